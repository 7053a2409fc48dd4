//! `toString()` and class names as Java has them.

use std::rc::Rc;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    context::{Context, ObjectError},
    number::{decimal_to_string, double_to_string},
    object::{Object, ObjectMap},
};

/// Longest text an operation may build, in bytes.
pub const MAX_TEXT: usize = 16 * 1024 * 1024;

/// Deepest nesting that is written; a container inside itself gets there.
const MAX_DEPTH: usize = 200;

/// `String.valueOf(object)`.
pub fn to_text(object: &Object, ctx: &mut dyn Context) -> Result<Rc<str>, ObjectError> {
    if let Object::String(text) = object {
        return Ok(text.clone());
    }
    let mut out = String::new();
    append(&mut out, object, ctx)?;
    Ok(Rc::from(out))
}

/// Appends `String.valueOf(object)`.
pub fn append(out: &mut String, object: &Object, ctx: &mut dyn Context) -> Result<(), ObjectError> {
    write(out, object, ctx, 0)
}

fn write(out: &mut String, object: &Object, ctx: &mut dyn Context, depth: usize) -> Result<(), ObjectError> {
    use std::fmt::Write as _;
    if depth > MAX_DEPTH {
        return Err(ObjectError::exception("java.lang.StackOverflowError", "a container contains itself"));
    }
    if out.len() > MAX_TEXT {
        return Err(ObjectError::Limit(format!("text longer than {MAX_TEXT} bytes")));
    }
    match object {
        Object::Null => out.push_str("null"),
        Object::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
        Object::Short(value) => write!(out, "{value}").unwrap_or(()),
        Object::Integer(value) => write!(out, "{value}").unwrap_or(()),
        Object::Long(value) => write!(out, "{value}").unwrap_or(()),
        Object::BigInteger(value) => write!(out, "{value}").unwrap_or(()),
        Object::Double(value) => out.push_str(&double_to_string(*value)),
        Object::BigDecimal(value) => out.push_str(&decimal_to_string(value)),
        Object::String(value) => out.push_str(value),
        Object::Date(value) => out.push_str(&date_to_string(value.0, &zone(ctx)?)),
        Object::Bytes(value) => write!(out, "[B@{:x}", value.len()).unwrap_or(()),
        Object::File(_) => out.push_str("java.io.ByteArrayInputStream@0"),
        Object::List(items) => {
            out.push('[');
            for (index, item) in items.borrow().iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(out, item, ctx, depth + 1)?;
            }
            out.push(']');
        }
        Object::Set(items) => {
            out.push('[');
            for (index, item) in items.borrow().keys().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(out, &item.0, ctx, depth + 1)?;
            }
            out.push(']');
        }
        Object::Map(entries) => write_map(out, &entries.borrow(), ctx, depth)?,
        Object::Json(node) => write!(out, "{node}")
            .map_err(|_| ObjectError::exception("java.lang.StackOverflowError", "a JSON node contains itself"))?,
        Object::Xml(node) => write!(out, "{node}").unwrap_or(()),
        Object::Temporal(value) => out.push_str(&value.text()),
        Object::Opaque(value) => out.push_str(&crate::convert::opaque_text(value)),
        Object::Handle(handle) => match ctx.call_method(handle, "toString", &[])? {
            Object::String(text) => out.push_str(&text),
            other => write(out, &other, ctx, depth + 1)?,
        },
        Object::Extension(value) => out.push_str(&value.text()),
    }
    Ok(())
}

fn write_map(out: &mut String, map: &ObjectMap, ctx: &mut dyn Context, depth: usize) -> Result<(), ObjectError> {
    out.push('{');
    for (index, (key, value)) in map.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write(out, &key.0, ctx, depth + 1)?;
        out.push('=');
        write(out, value, ctx, depth + 1)?;
    }
    out.push('}');
    Ok(())
}

/// The engine's time zone.
pub fn zone(ctx: &mut dyn Context) -> Result<TimeZone, ObjectError> {
    let name = ctx.time_zone();
    crate::temporal::zone_from_name(&name).ok_or_else(|| {
        ObjectError::exception("java.time.zone.ZoneRulesException", format!("Unknown time-zone ID: {name}"))
    })
}

/// `java.util.Date.toString`: `Tue Jan 15 10:20:30 UTC 2030`.
pub fn date_to_string(ms: i64, zone: &TimeZone) -> String {
    let Ok(timestamp) = Timestamp::from_millisecond(ms) else {
        return ms.to_string();
    };
    timestamp.to_zoned(zone.clone()).strftime("%a %b %d %H:%M:%S %Z %Y").to_string()
}

impl Object {
    /// A string object.
    pub fn string(text: impl Into<Rc<str>>) -> Self {
        Self::String(text.into())
    }

    /// A list that shares nothing yet.
    pub fn list(items: Vec<Self>) -> Self {
        Self::List(crate::shared::Shared::new(items))
    }

    /// A map that shares nothing yet.
    pub fn map(entries: ObjectMap) -> Self {
        Self::Map(crate::shared::Shared::new(entries))
    }

    /// A map that shares nothing yet and keeps its entries in the order of their keys, in which they are.
    pub fn sorted_map(entries: ObjectMap) -> Self {
        Self::Map(crate::shared::Shared::of_class(entries, crate::shared::ContainerClass::Sorted))
    }

    /// A set that shares nothing yet.
    pub fn set(items: impl IntoIterator<Item = Self>) -> Self {
        let entries = items.into_iter().map(|item| (crate::object::MapKey(item), Self::Null)).collect();
        Self::Set(crate::shared::Shared::new(entries))
    }

    /// A date, time or amount of time.
    pub fn temporal(value: crate::temporal::Temporal) -> Self {
        Self::Temporal(Rc::new(value))
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text of a string object.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Java class name as error texts show it; `null` for null.
    pub fn class_name(&self, ctx: &mut dyn Context) -> String {
        match self {
            Self::Handle(handle) => ctx.class_name(handle),
            other => other.plain_class_name(),
        }
    }

    /// Java class name of everything but handles.
    pub fn plain_class_name(&self) -> String {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "java.lang.Boolean",
            Self::Short(_) => "java.lang.Short",
            Self::Integer(_) => "java.lang.Integer",
            Self::Long(_) => "java.lang.Long",
            Self::BigInteger(_) => "java.math.BigInteger",
            Self::Double(_) => "java.lang.Double",
            Self::BigDecimal(_) => "java.math.BigDecimal",
            Self::String(_) => "java.lang.String",
            Self::Date(_) => "java.util.Date",
            Self::Bytes(_) => "[B",
            Self::File(_) => "java.io.ByteArrayInputStream",
            Self::List(items) => items.class().name().unwrap_or("java.util.ArrayList"),
            Self::Map(entries) => entries.class().name().unwrap_or("java.util.LinkedHashMap"),
            Self::Set(_) => "java.util.LinkedHashSet",
            Self::Json(_) => "org.camunda.spin.impl.json.jackson.JacksonJsonNode",
            Self::Xml(node) if node.is_attribute() => "org.camunda.spin.impl.xml.dom.DomXmlAttribute",
            Self::Xml(_) => "org.camunda.spin.impl.xml.dom.DomXmlElement",
            Self::Temporal(value) => value.class_name(),
            Self::Opaque(value) => return crate::convert::opaque_class_name(value),
            Self::Handle(handle) => return format!("{handle:?}"),
            Self::Extension(value) => return value.class_name(),
        }
        .to_owned()
    }
}
