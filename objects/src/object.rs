//! The dynamic value.

use std::rc::Rc;

use indexmap::IndexMap;
use models::{
    Timestamp,
    value::{FileValue, Value},
};
use rust_decimal::Decimal;

use crate::{
    context::{Context, Handle, ObjectError},
    shared::Shared,
};

/// A value while an expression or script runs. Lists and maps are shared and mutable, as in Java.
#[derive(Clone, Debug)]
pub enum Object {
    /// `null`.
    Null,
    /// `java.lang.Boolean`.
    Boolean(bool),
    /// `java.lang.Short`.
    Short(i16),
    /// `java.lang.Integer`.
    Integer(i32),
    /// `java.lang.Long`.
    Long(i64),
    /// `java.math.BigInteger` within 128 bits.
    BigInteger(i128),
    /// `java.lang.Double`.
    Double(f64),
    /// `java.math.BigDecimal` within 96 bits.
    BigDecimal(Decimal),
    /// `java.lang.String`.
    String(Rc<str>),
    /// `java.util.Date`.
    Date(Timestamp),
    /// `byte[]`.
    Bytes(Rc<[u8]>),
    /// A file variable.
    File(Rc<FileValue>),
    /// `java.util.ArrayList` (or another `List`).
    List(Shared<Vec<Object>>),
    /// `java.util.LinkedHashMap` (or another `Map`).
    Map(Shared<ObjectMap>),
    /// `java.util.LinkedHashSet` (or another `Set`): keys of the map, values unused.
    Set(Shared<ObjectMap>),
    /// A Spin JSON node.
    Json(crate::json::JsonNode),
    /// A Spin XML node or attribute.
    Xml(crate::xml::XmlNode),
    /// Joda `DateTime`, `java.time` types and other date objects.
    Temporal(Rc<crate::temporal::Temporal>),
    /// An object variable that is carried but not understood (another format or Java class).
    Opaque(Rc<Value>),
    /// Something the surrounding engine knows.
    Handle(Handle),
    /// An object of a language's own: closures, class instances, regular expression matchers.
    Extension(Rc<dyn Extension>),
}

/// An object of a language's own.
pub trait Extension: std::fmt::Debug {
    /// Java-like class name.
    fn class_name(&self) -> String;
    /// `toString()`.
    fn text(&self) -> String;
    /// For downcasts by the language that made it.
    fn as_any(&self) -> &dyn std::any::Any;

    /// Calls a method of the object.
    ///
    /// # Errors
    /// [`ObjectError::UnknownMethod`] with empty names when there is none: who dispatches fills them in.
    fn call(&self, name: &str, args: &[Object], ctx: &mut dyn Context) -> Result<Object, ObjectError> {
        let _ = (name, args, ctx);
        Err(ObjectError::UnknownMethod(String::new(), String::new()))
    }
}

/// Insertion-ordered map with Java-like keys.
pub type ObjectMap = IndexMap<MapKey, Object>;

/// A key: equal as in Java (`1` and `1L` differ, strings by content).
#[derive(Clone, Debug)]
pub struct MapKey(pub Object);

// Objects are moved all the time: a larger one needs a box around what made it grow.
const _: () = assert!(size_of::<Object>() <= 32);
