//! Between typed variables and the objects of expressions and scripts.
//!
//! Objects become variables as Camunda types a Java object that is set without a type: lists, maps and other plain objects
//! turn into `Object` variables that Java would have serialised itself (S-VR-3).

use std::{rc::Rc, sync::Arc};

use models::{
    Timestamp,
    value::{JAVA_SERIALIZED, ObjectContent, ObjectValue, Tree, Value},
};

use crate::{
    compare::compare_text,
    json::{JsonNode, write::write_string},
    number::{decimal_from_text, decimal_to_string, double_to_string},
    object::{MapKey, Object, ObjectMap},
    shared::{ContainerClass, Shared},
    temporal,
    typed::TypedObject,
    xml::XmlNode,
};

/// Deepest nesting of stored objects.
const MAX_DEPTH: usize = 200;

/// An object that cannot be stored: its class, as Camunda names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotSerializable {
    /// Class of the object, or of the element inside a container.
    pub class: String,
}

impl NotSerializable {
    /// Camunda's message for the variable it was to be stored in.
    pub fn message(&self, variable: &str) -> String {
        format!("Cannot serialize object in variable '{variable}': {}", self.class)
    }
}

impl std::fmt::Display for NotSerializable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "objects of class {} cannot be stored", self.class)
    }
}

impl std::error::Error for NotSerializable {}

/// What an expression or script sees of a variable.
pub fn to_object(value: &Value) -> Object {
    match value {
        Value::Null | Value::NullOf(_) => Object::Null,
        Value::Boolean(value) => Object::Boolean(*value),
        Value::Short(value) => Object::Short(*value),
        Value::Integer(value) => Object::Integer(*value),
        Value::Long(value) => Object::Long(*value),
        Value::Double(value) => Object::Double(*value),
        Value::String(text) => Object::String(Rc::from(&**text)),
        Value::Date(at) => Object::Date(*at),
        Value::Bytes(bytes) => Object::Bytes(Rc::from(&**bytes)),
        Value::File(file) => Object::File(Rc::new((**file).clone())),
        Value::Json(text) => {
            JsonNode::parse(text).map_or_else(|_| Object::Opaque(Rc::new(value.clone())), Object::Json)
        }
        Value::Xml(text) => XmlNode::parse(text).map_or_else(|_| Object::Opaque(Rc::new(value.clone())), Object::Xml),
        Value::Object(object) => match &object.content {
            ObjectContent::Null => Object::Null,
            ObjectContent::Tree(tree) => {
                let class = object.type_name.as_deref().and_then(ContainerClass::named).unwrap_or_default();
                of_class(from_tree(tree), class)
            }
            ObjectContent::Serialized(text) => {
                plain_json(object, text).unwrap_or_else(|| Object::Opaque(Rc::new(value.clone())))
            }
        },
    }
}

/// Gives containers back the class they were stored with.
fn of_class(object: Object, class: ContainerClass) -> Object {
    match (object, class) {
        (Object::List(rules), ContainerClass::DecisionResult) => {
            crate::methods::decision_result(rules.borrow().iter().filter_map(|rule| match rule {
                Object::Map(outputs) => Some(outputs.borrow().clone()),
                _ => None,
            }))
        }
        (Object::Map(outputs), ContainerClass::DecisionEntries) => {
            Object::Map(Shared::of_class(outputs.borrow().clone(), class))
        }
        (object, _) => object,
    }
}

/// Deserialises JSON objects of the classes that every Java has; others stay opaque.
fn plain_json(object: &ObjectValue, text: &str) -> Option<Object> {
    let is_json = object.format.as_deref().is_some_and(|format| format.starts_with("application/json"));
    let class = object.type_name.as_deref().filter(|_| is_json)?;
    let class = class.split('<').next().unwrap_or(class);
    let known = [
        "java.util.List",
        "java.util.ArrayList",
        "java.util.LinkedList",
        "java.util.Collection",
        "java.util.Map",
        "java.util.HashMap",
        "java.util.LinkedHashMap",
        "java.util.TreeMap",
        "java.util.Set",
        "java.util.HashSet",
        "java.util.LinkedHashSet",
        "java.lang.Object",
        "java.lang.String",
        "java.lang.Integer",
        "java.lang.Long",
        "java.lang.Double",
        "java.lang.Boolean",
        "java.math.BigDecimal",
    ];
    if !known.contains(&class) {
        return None;
    }
    let plain = plain(&JsonNode::parse(text).ok()?);
    Some(match (class, &plain) {
        ("java.util.Set" | "java.util.HashSet" | "java.util.LinkedHashSet", Object::List(items)) => {
            Object::set(items.borrow().iter().cloned())
        }
        ("java.util.TreeMap", Object::Map(entries)) => {
            let mut entries = entries.borrow().clone();
            // keys of JSON are texts
            entries.sort_by(|a, _, b, _| match (&a.0, &b.0) {
                (Object::String(a), Object::String(b)) => compare_text(a, b).cmp(&0),
                _ => std::cmp::Ordering::Equal,
            });
            Object::sorted_map(entries)
        }
        ("java.lang.Long", number) => number.long_value().map_or(plain.clone(), Object::Long),
        ("java.lang.Double", number) => number.double_value().map_or(plain.clone(), Object::Double),
        ("java.math.BigDecimal", number) => number.decimal_value().map_or(plain.clone(), Object::BigDecimal),
        _ => plain,
    })
}

/// JSON as plain lists, maps and scalars.
pub fn plain(node: &JsonNode) -> Object {
    match node {
        JsonNode::Array(items) => Object::list(items.borrow().iter().map(plain).collect()),
        JsonNode::Object(properties) => {
            let entries = properties.borrow();
            Object::map(
                entries.iter().map(|(name, value)| (MapKey(Object::String(name.clone())), plain(value))).collect(),
            )
        }
        scalar => scalar.to_object(),
    }
}

fn from_tree(tree: &Tree) -> Object {
    match tree {
        Tree::Value(value) => to_object(value),
        Tree::List(items) => Object::list(items.iter().map(from_tree).collect()),
        Tree::Set(items) => Object::set(items.iter().map(from_tree)),
        Tree::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| (MapKey(from_tree(key)), from_tree(value)));
            Object::map(entries.collect::<ObjectMap>())
        }
        Tree::SortedMap(entries) => {
            Object::sorted_map(entries.iter().map(|(key, value)| (MapKey(from_tree(key)), from_tree(value))).collect())
        }
        Tree::Other(class, text) => from_text(class, text).unwrap_or_else(|| {
            let content = ObjectContent::Tree(tree.clone());
            Object::Opaque(Rc::new(Value::Object(Arc::new(ObjectValue {
                type_name: Some(class.clone()),
                format: Some(JAVA_SERIALIZED.to_owned()),
                content,
            }))))
        }),
    }
}

/// An object from its class and its text form.
fn from_text(class: &str, text: &str) -> Option<Object> {
    match class {
        "java.math.BigDecimal" => decimal_from_text(text).map(Object::BigDecimal),
        "java.math.BigInteger" => text.parse().ok().map(Object::BigInteger),
        _ => temporal::from_text(class, text).map(Object::temporal),
    }
}

/// The variable Camunda makes of an object.
///
/// # Errors
/// Refused for what Java could not serialise: handles of the engine, nodes inside containers, iterators.
pub fn to_value(object: &Object) -> Result<Value, NotSerializable> {
    Ok(match object {
        Object::Null => Value::Null,
        Object::Boolean(value) => Value::Boolean(*value),
        Object::Short(value) => Value::Short(*value),
        Object::Integer(value) => Value::Integer(*value),
        Object::Long(value) => Value::Long(*value),
        Object::Double(value) => Value::Double(*value),
        Object::String(text) => Value::String(Arc::from(&**text)),
        Object::Date(at) => Value::Date(*at),
        Object::Bytes(bytes) => Value::Bytes(Arc::from(&**bytes)),
        // An expression reads a file as a stream, and a stream is stored as bytes.
        Object::File(file) => Value::Bytes(Arc::from(file.content.as_deref().unwrap_or_default())),
        Object::Json(node) => Value::Json(Arc::from(node.to_string())),
        Object::Xml(node) if !node.is_attribute() => Value::Xml(Arc::from(node.to_string())),
        Object::Opaque(value) => (**value).clone(),
        Object::List(_)
        | Object::Map(_)
        | Object::Set(_)
        | Object::Temporal(_)
        | Object::BigDecimal(_)
        | Object::BigInteger(_) => Value::Object(Arc::new(ObjectValue {
            type_name: Some(object.plain_class_name()),
            format: Some(JAVA_SERIALIZED.to_owned()),
            content: ObjectContent::Tree(to_tree(object, 0)?),
        })),
        Object::Extension(extension) => match extension.as_any().downcast_ref::<TypedObject>() {
            Some(typed) => return typed.stored().cloned().ok_or_else(|| refused(object)),
            None => return Err(refused(object)),
        },
        Object::Xml(_) | Object::Handle(_) => return Err(refused(object)),
    })
}

/// The same object, with the content of files in place of the files within a list or map: for receivers that read them.
#[must_use]
pub fn with_content(object: &Object) -> Object {
    let content = |item: &Object| match item {
        Object::File(file) => Object::Bytes(Rc::from(file.content.as_deref().unwrap_or_default())),
        other => other.clone(),
    };
    match object {
        Object::List(items) if items.borrow().iter().any(|item| matches!(item, Object::File(_))) => {
            Object::list(items.borrow().iter().map(content).collect())
        }
        Object::Map(entries) if entries.borrow().values().any(|item| matches!(item, Object::File(_))) => {
            Object::map(entries.borrow().iter().map(|(key, item)| (key.clone(), content(item))).collect())
        }
        other => other.clone(),
    }
}

fn refused(object: &Object) -> NotSerializable {
    NotSerializable { class: object.plain_class_name() }
}

fn to_tree(object: &Object, depth: usize) -> Result<Tree, NotSerializable> {
    if depth > MAX_DEPTH {
        return Err(refused(object));
    }
    Ok(match object {
        Object::List(items) => {
            Tree::List(items.borrow().iter().map(|item| to_tree(item, depth + 1)).collect::<Result<_, _>>()?)
        }
        Object::Set(items) => {
            Tree::Set(items.borrow().keys().map(|item| to_tree(&item.0, depth + 1)).collect::<Result<_, _>>()?)
        }
        Object::Map(entries) => {
            let pair = |(key, value): (&MapKey, &Object)| Ok((to_tree(&key.0, depth + 1)?, to_tree(value, depth + 1)?));
            let pairs = entries.borrow().iter().map(pair).collect::<Result<_, _>>()?;
            match entries.class() {
                ContainerClass::Sorted => Tree::SortedMap(pairs),
                _ => Tree::Map(pairs),
            }
        }
        Object::BigDecimal(value) => Tree::Other(object.plain_class_name(), decimal_to_string(value)),
        Object::BigInteger(value) => Tree::Other(object.plain_class_name(), value.to_string()),
        Object::Temporal(value) => Tree::Other(object.plain_class_name(), value.text()),
        Object::Json(_) | Object::Xml(_) | Object::File(_) => return Err(refused(object)),
        scalar => Tree::Value(to_value(scalar)?),
    })
}

/// Text of a variable that is carried but not understood.
pub(crate) fn opaque_text(value: &Value) -> String {
    match value {
        Value::Json(text) | Value::Xml(text) => text.to_string(),
        Value::Object(object) => match &object.content {
            ObjectContent::Tree(Tree::Other(_, text)) => text.clone(),
            _ => format!("{}@0", object.type_name.as_deref().unwrap_or("java.lang.Object")),
        },
        other => format!("{other:?}"),
    }
}

/// Java class of a variable that is carried but not understood.
pub(crate) fn opaque_class_name(value: &Value) -> String {
    match value {
        Value::Object(object) => object.type_name.clone().unwrap_or_else(|| "java.lang.Object".to_owned()),
        other => other.type_name().to_owned(),
    }
}

/// The name that Spin gives to the type of a list, set or map that it writes as JSON: the declared class, and the class of the
/// first element.
pub fn json_type_name(declared: &str, object: &Object) -> String {
    let raw = declared.split('<').next().unwrap_or(declared);
    let raw = match raw {
        "java.util.List" | "java.util.Collection" => "java.util.ArrayList",
        "java.util.Map" => "java.util.LinkedHashMap",
        "java.util.Set" => "java.util.HashSet",
        raw => raw,
    };
    match object {
        Object::List(items) => format!("{raw}<{}>", element_type_name(items.borrow().first())),
        Object::Set(_) => format!("{raw}<java.lang.Object>"),
        Object::Map(_) => format!("{raw}<java.lang.Object,java.lang.Object>"),
        _ => declared.to_owned(),
    }
}

fn element_type_name(first: Option<&Object>) -> String {
    match first {
        None | Some(Object::Null) => "java.lang.Object".to_owned(),
        Some(container @ (Object::List(_) | Object::Set(_) | Object::Map(_))) => {
            json_type_name(&container.plain_class_name(), container)
        }
        Some(other) => other.plain_class_name(),
    }
}

/// JSON text of a stored tree, as the REST API shows a deserialised object.
pub fn tree_json(tree: &Tree) -> String {
    let mut out = String::new();
    write_tree(&mut out, tree);
    out
}

#[expect(clippy::match_same_arms, reason = "one line per type reads as a table")]
fn write_tree(out: &mut String, tree: &Tree) {
    let quoted = |out: &mut String, text: &str| write_string(text, out).unwrap_or(());
    match tree {
        Tree::Value(value) => match value {
            Value::Null | Value::NullOf(_) => out.push_str("null"),
            Value::Boolean(value) => out.push_str(&value.to_string()),
            Value::Short(value) => out.push_str(&value.to_string()),
            Value::Integer(value) => out.push_str(&value.to_string()),
            Value::Long(value) => out.push_str(&value.to_string()),
            Value::Double(value) if value.is_finite() => out.push_str(&double_to_string(*value)),
            Value::Double(value) => quoted(out, &double_to_string(*value)),
            Value::String(text) => quoted(out, text),
            Value::Date(at) => quoted(out, &date_json(*at)),
            Value::Bytes(bytes) => quoted(out, &base64(bytes)),
            Value::File(file) => quoted(out, &base64(file.content.as_deref().unwrap_or_default())),
            Value::Json(text) => out.push_str(text),
            Value::Xml(text) => quoted(out, text),
            Value::Object(object) => match &object.content {
                ObjectContent::Null => out.push_str("null"),
                ObjectContent::Serialized(text) => quoted(out, text),
                ObjectContent::Tree(tree) => write_tree(out, tree),
            },
        },
        Tree::List(items) | Tree::Set(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_tree(out, item);
            }
            out.push(']');
        }
        Tree::Map(entries) | Tree::SortedMap(entries) => {
            out.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                match key {
                    Tree::Value(Value::String(name)) => quoted(out, name),
                    other => {
                        let name = tree_json(other);
                        quoted(out, name.trim_matches('"'));
                    }
                }
                out.push(':');
                write_tree(out, value);
            }
            out.push('}');
        }
        Tree::Other(class, text) if class.starts_with("java.math.") => out.push_str(text),
        Tree::Other(class, text) => match temporal::from_text(class, text) {
            // Jackson writes durations as seconds.
            Some(temporal::Temporal::Duration(length)) => {
                use std::fmt::Write as _;
                write!(out, "{}.{:09}", length.as_secs(), length.subsec_nanos()).unwrap_or(());
            }
            _ => quoted(out, text),
        },
    }
}

/// `2030-01-15T10:20:30.123+0000`, the REST API's date format.
fn date_json(at: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(at.0) {
        Ok(at) => at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S.%3f%z").to_string(),
        Err(_) => at.0.to_string(),
    }
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().fold(0_usize, |group, byte| (group << 8) | usize::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..4 {
            if index <= chunk.len() {
                out.push(char::from(ALPHABET[(group >> (18 - 6 * index)) & 63]));
            } else {
                out.push('=');
            }
        }
    }
    out
}
