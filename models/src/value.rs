//! Typed variable values: what Camunda 7 stores and shows (`bpmn-semantics.md` S-VR-3).

use std::sync::Arc;

use crate::time::Timestamp;

/// The content of a variable. `Integer` and `Long` are kept apart, as clients see the difference.
#[derive(Clone, Debug, PartialEq, minicbor::Encode, minicbor::Decode)]
pub enum Value {
    /// `Null`.
    #[n(0)]
    Null,
    /// `Boolean`.
    #[n(1)]
    Boolean(#[n(0)] bool),
    /// `Short`, 16 bits.
    #[n(2)]
    Short(#[n(0)] i16),
    /// `Integer`, 32 bits.
    #[n(3)]
    Integer(#[n(0)] i32),
    /// `Long`, 64 bits.
    #[n(4)]
    Long(#[n(0)] i64),
    /// `Double`.
    #[n(5)]
    Double(#[n(0)] f64),
    /// `String`.
    #[n(6)]
    String(#[cbor(n(0), with = "crate::cbor::arc_str")] Arc<str>),
    /// `Date`, a point in time.
    #[n(7)]
    Date(#[n(0)] Timestamp),
    /// `Bytes`.
    #[n(8)]
    Bytes(#[cbor(n(0), with = "crate::cbor::arc_bytes")] Arc<[u8]>),
    /// `File`.
    #[n(9)]
    File(#[cbor(n(0), with = "crate::cbor::arc")] Arc<FileValue>),
    /// `Object`: serialised, or a plain tree that a script or expression made.
    #[n(10)]
    Object(#[cbor(n(0), with = "crate::cbor::arc")] Arc<ObjectValue>),
    /// `Json` (Spin): the text.
    #[n(11)]
    Json(#[cbor(n(0), with = "crate::cbor::arc_str")] Arc<str>),
    /// `Xml` (Spin): the text.
    #[n(12)]
    Xml(#[cbor(n(0), with = "crate::cbor::arc_str")] Arc<str>),
    /// Null with a type: what a client declared, or a typed clause or form field made.
    #[n(13)]
    NullOf(#[n(0)] NullType),
}

/// The type of a null that has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
#[expect(missing_docs, reason = "named as the values are")]
pub enum NullType {
    #[n(0)]
    Boolean,
    #[n(1)]
    Short,
    #[n(2)]
    Integer,
    #[n(3)]
    Long,
    #[n(4)]
    Double,
    #[n(5)]
    String,
    #[n(6)]
    Date,
    #[n(7)]
    Bytes,
    #[n(8)]
    Json,
    #[n(9)]
    Xml,
}

impl NullType {
    /// The type name the REST API shows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Boolean => "Boolean",
            Self::Short => "Short",
            Self::Integer => "Integer",
            Self::Long => "Long",
            Self::Double => "Double",
            Self::String => "String",
            Self::Date => "Date",
            Self::Bytes => "Bytes",
            Self::Json => "Json",
            Self::Xml => "Xml",
        }
    }

    /// The type of that name.
    pub fn named(name: &str) -> Option<Self> {
        use NullType::{Boolean, Bytes, Date, Double, Integer, Json, Long, Short, String, Xml};
        [Boolean, Short, Integer, Long, Double, String, Date, Bytes, Json, Xml]
            .into_iter()
            .find(|known| known.name() == name)
    }
}

/// A file with what a browser wants to know about it.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct FileValue {
    /// File name, without folder.
    #[n(0)]
    pub filename: String,
    /// Such as `text/plain`.
    #[n(1)]
    pub mime_type: Option<String>,
    /// Such as `UTF-8`.
    #[n(2)]
    pub encoding: Option<String>,
    /// The content; `None` is a file variable without content.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub content: Option<Vec<u8>>,
}

/// An `Object` variable.
#[derive(Clone, Debug, PartialEq, minicbor::Encode, minicbor::Decode)]
pub struct ObjectValue {
    /// `objectTypeName`, such as `java.util.ArrayList`.
    #[n(0)]
    pub type_name: Option<String>,
    /// `serializationDataFormat`, such as `application/json`; [`JAVA_SERIALIZED`] for what Java would have serialised itself.
    #[n(1)]
    pub format: Option<String>,
    /// What it holds.
    #[n(2)]
    pub content: ObjectContent,
}

/// The data format of objects that Java serialised.
pub const JAVA_SERIALIZED: &str = "application/x-java-serialized-object";

/// What an `Object` variable holds.
#[derive(Clone, Debug, PartialEq, minicbor::Encode, minicbor::Decode)]
pub enum ObjectContent {
    /// The object is null.
    #[n(0)]
    Null,
    /// Text in the data format; base64 for binary formats. Carried as it came, never reinterpreted.
    #[n(1)]
    Serialized(#[cbor(n(0), with = "crate::cbor::arc_str")] Arc<str>),
    /// A list, map or other plain object made by an expression or script.
    #[n(2)]
    Tree(#[n(0)] Tree),
}

/// Plain object trees: lists, sets and maps of scalars.
#[derive(Clone, Debug, PartialEq, minicbor::Encode, minicbor::Decode)]
pub enum Tree {
    /// A scalar or a nested typed value.
    #[n(0)]
    Value(#[n(0)] Value),
    /// `java.util.List`.
    #[n(1)]
    List(#[n(0)] Vec<Tree>),
    /// `java.util.Map`, in insertion order.
    #[n(2)]
    Map(#[n(0)] Vec<(Tree, Tree)>),
    /// `java.util.Set`, in insertion order.
    #[n(3)]
    Set(#[n(0)] Vec<Tree>),
    /// Any other value class, by class name and text form (`java.math.BigDecimal`, `java.time.LocalDate` …).
    #[n(4)]
    Other(#[n(0)] String, #[n(1)] String),
    /// `java.util.TreeMap`, in the order of its keys.
    #[n(5)]
    SortedMap(#[n(0)] Vec<(Tree, Tree)>),
}

impl Value {
    /// A string value.
    pub fn string(text: impl Into<Arc<str>>) -> Self {
        Self::String(text.into())
    }

    /// Whether it is null, with a type or without.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null | Self::NullOf(_))
    }

    /// The type name the REST API shows.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "Null",
            Self::NullOf(kind) => kind.name(),
            Self::Boolean(_) => "Boolean",
            Self::Short(_) => "Short",
            Self::Integer(_) => "Integer",
            Self::Long(_) => "Long",
            Self::Double(_) => "Double",
            Self::String(_) => "String",
            Self::Date(_) => "Date",
            Self::Bytes(_) => "Bytes",
            Self::File(_) => "File",
            Self::Object(_) => "Object",
            Self::Json(_) => "Json",
            Self::Xml(_) => "Xml",
        }
    }
}
