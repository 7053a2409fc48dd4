//! Values as clients see them.

use base64::{Engine, engine::general_purpose::STANDARD};
use models::{
    Value,
    value::{FileValue, JAVA_SERIALIZED, ObjectContent, ObjectValue, Tree},
};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value as Json, value::RawValue};

use crate::http::{Answer, Date, Failure};

/// A value in the form of the API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Typed<'a> {
    /// The value.
    pub(crate) value: &'a Value,
    /// Objects as JSON, not as their serialised text.
    pub(crate) deserialize: bool,
    /// Bytes are shown; lists of variable instances leave them out.
    pub(crate) binary: bool,
    /// Objects are named by the Java type that reading their JSON gives; history keeps the name that was stored.
    pub(crate) detected: bool,
}

impl<'a> Typed<'a> {
    /// A value, with bytes.
    pub(crate) fn new(value: &'a Value, deserialize: bool) -> Self {
        Self { value, deserialize, binary: true, detected: deserialize }
    }

    /// A value as `/variable-instance` shows it: without bytes.
    pub(crate) fn listed(value: &'a Value, deserialize: bool) -> Self {
        Self { value, deserialize, binary: false, detected: false }
    }

    /// Writes `type`, `value`, `valueInfo` into a JSON object.
    pub(crate) fn entries<M: SerializeMap>(self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("type", self.value.type_name())?;
        map.serialize_key("value")?;
        match self.value {
            Value::Null | Value::NullOf(_) | Value::File(_) => map.serialize_value(&())?,
            Value::Boolean(flag) => map.serialize_value(flag)?,
            Value::Short(number) => map.serialize_value(number)?,
            Value::Integer(number) => map.serialize_value(number)?,
            Value::Long(number) => map.serialize_value(number)?,
            Value::Double(number) if number.is_finite() => map.serialize_value(number)?,
            // as Jackson writes what JSON cannot say
            Value::Double(number) if number.is_nan() => map.serialize_value("NaN")?,
            Value::Double(number) => map.serialize_value(if *number > 0.0 { "Infinity" } else { "-Infinity" })?,
            Value::Json(text) if self.deserialize => match super::java::json_node(text) {
                Some(node) => map.serialize_value(&node)?,
                None => map.serialize_value(&**text)?,
            },
            Value::Xml(_) if self.deserialize => map.serialize_value(&super::java::xml_node())?,
            Value::String(text) | Value::Json(text) | Value::Xml(text) => map.serialize_value(&**text)?,
            Value::Date(time) => map.serialize_value(&Date(*time))?,
            Value::Bytes(bytes) if self.binary => map.serialize_value(&STANDARD.encode(bytes))?,
            Value::Bytes(_) => map.serialize_value(&())?,
            Value::Object(object) => serialize_object(object, self.deserialize, map)?,
        }
        map.serialize_entry("valueInfo", &info(self.value, self.detected))
    }
}

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        self.entries(&mut map)?;
        map.end()
    }
}

fn serialize_object<M: SerializeMap>(object: &ObjectValue, deserialize: bool, map: &mut M) -> Result<(), M::Error> {
    match &object.content {
        ObjectContent::Null => map.serialize_value(&()),
        ObjectContent::Serialized(text) => {
            let json = deserialize && object.format.as_deref() == Some("application/json");
            match if json { serde_json::from_str::<&RawValue>(text).ok() } else { None } {
                Some(raw) => map.serialize_value(raw),
                None => map.serialize_value(&**text),
            }
        }
        ObjectContent::Tree(tree) if deserialize => map.serialize_value(&tree_json(tree)),
        ObjectContent::Tree(_) => map.serialize_value(&object_text(object)),
    }
}

/// `valueInfo` of a value.
fn info(value: &Value, detected: bool) -> Json {
    let mut info = Map::new();
    match value {
        Value::File(file) => {
            if let Some(encoding) = &file.encoding {
                info.insert("encoding".into(), encoding.as_str().into());
            }
            if let Some(mime_type) = &file.mime_type {
                info.insert("mimeType".into(), mime_type.as_str().into());
            }
            info.insert("filename".into(), file.filename.as_str().into());
        }
        Value::Object(object) => {
            let name = if detected { detected_type(object) } else { None }.or_else(|| object.type_name.clone());
            info.insert("objectTypeName".into(), name.map_or(Json::Null, Json::String));
            let format = object.format.clone().or_else(|| match object.content {
                ObjectContent::Tree(_) => Some("application/json".to_owned()),
                _ => None,
            });
            info.insert("serializationDataFormat".into(), format.map_or(Json::Null, Json::String));
        }
        _ => {}
    }
    Json::Object(info)
}

/// The name that Camunda's JSON format gives to a collection it has read: maps of anything, lists of the type of their first
/// element.
fn detected_type(object: &ObjectValue) -> Option<String> {
    let raw = object.type_name.as_deref()?.split('<').next()?;
    let simple = raw.strip_prefix("java.util.")?;
    let ObjectContent::Serialized(text) = &object.content else { return None };
    if object.format.as_deref() != Some("application/json") {
        return None;
    }
    if simple.ends_with("Map") {
        return Some(format!("{raw}<java.lang.Object,java.lang.Object>"));
    }
    if !simple.ends_with("List") && !simple.ends_with("Set") {
        return None;
    }
    let items: Vec<Json> = serde_json::from_str(text).ok()?;
    let element = items.first().map_or_else(|| "java.lang.Object".to_owned(), java_type);
    Some(format!("{raw}<{element}>"))
}

/// The Java type that Jackson makes of JSON.
fn java_type(json: &Json) -> String {
    match json {
        Json::Null => "java.lang.Object".to_owned(),
        Json::Bool(_) => "java.lang.Boolean".to_owned(),
        Json::Number(number) => match number.as_i64() {
            Some(whole) if i32::try_from(whole).is_ok() => "java.lang.Integer".to_owned(),
            Some(_) => "java.lang.Long".to_owned(),
            None => "java.lang.Double".to_owned(),
        },
        Json::String(_) => "java.lang.String".to_owned(),
        Json::Array(items) => {
            let element = items.first().map_or_else(|| "java.lang.Object".to_owned(), java_type);
            format!("java.util.ArrayList<{element}>")
        }
        Json::Object(_) => "java.util.LinkedHashMap<java.lang.Object,java.lang.Object>".to_owned(),
    }
}

/// The JSON of a plain object.
fn tree_json(tree: &Tree) -> Json {
    match tree {
        Tree::Value(value) => value_json(value),
        Tree::List(items) | Tree::Set(items) => Json::Array(items.iter().map(tree_json).collect()),
        Tree::Map(entries) | Tree::SortedMap(entries) => {
            let key = |key: &Tree| match tree_json(key) {
                Json::String(text) => text,
                other => other.to_string(),
            };
            Json::Object(entries.iter().map(|(name, value)| (key(name), tree_json(value))).collect())
        }
        Tree::Other(class, text) if class.starts_with("java.math.") => {
            serde_json::from_str(text).unwrap_or_else(|_| Json::String(text.clone()))
        }
        Tree::Other(_, text) => Json::String(text.clone()),
    }
}

fn value_json(value: &Value) -> Json {
    match value {
        Value::Null | Value::NullOf(_) | Value::File(_) => Json::Null,
        Value::Boolean(flag) => (*flag).into(),
        Value::Short(number) => (*number).into(),
        Value::Integer(number) => (*number).into(),
        Value::Long(number) => (*number).into(),
        Value::Double(number) => (*number).into(),
        Value::String(text) | Value::Xml(text) => (&**text).into(),
        Value::Json(text) => serde_json::from_str(text).unwrap_or_else(|_| (&**text).into()),
        // milliseconds, as Jackson writes dates inside of objects
        Value::Date(time) => time.0.into(),
        Value::Bytes(bytes) => STANDARD.encode(bytes).into(),
        Value::Object(object) => match &object.content {
            ObjectContent::Null => Json::Null,
            ObjectContent::Serialized(text) => serde_json::from_str(text).unwrap_or_else(|_| (&**text).into()),
            ObjectContent::Tree(tree) => tree_json(tree),
        },
    }
}

/// The serialised text of an object.
fn object_text(object: &ObjectValue) -> Option<String> {
    match &object.content {
        ObjectContent::Null => None,
        ObjectContent::Serialized(text) => Some(text.to_string()),
        ObjectContent::Tree(tree) => {
            let java = object.format.as_deref() == Some(JAVA_SERIALIZED);
            let stream = if java { super::java_stream::base64(object) } else { None };
            Some(stream.unwrap_or_else(|| tree_json(tree).to_string()))
        }
    }
}

/// The bytes of a binary value, to be downloaded.
///
/// # Errors
/// 400 when the value is not binary; `id` is what the text names.
pub(crate) fn content(value: &Value, id: &str) -> Result<Answer, Failure> {
    match value {
        Value::Bytes(bytes) => Ok(Answer::bytes("application/octet-stream", bytes.to_vec())),
        Value::File(file) => Ok(file_answer(file)),
        Value::Object(object) if object.format.as_deref() == Some(JAVA_SERIALIZED) => {
            let text = object_text(object).unwrap_or_default();
            Ok(Answer::bytes("application/octet-stream", STANDARD.decode(text).unwrap_or_default()))
        }
        _ => Err(Failure::bad(format!("Value of variable with id {id} is not a binary value."))),
    }
}

fn file_answer(file: &FileValue) -> Answer {
    let mime_type = file.mime_type.as_deref().unwrap_or("application/octet-stream");
    let media_type = match &file.encoding {
        Some(encoding) => format!("{mime_type};charset={encoding}"),
        None => mime_type.to_owned(),
    };
    Answer::bytes(&media_type, file.content.clone().unwrap_or_default()).attachment(&file.filename)
}

#[cfg(test)]
mod tests {
    use models::Value;

    use super::Typed;

    #[test]
    fn doubles_keep_their_point() {
        let value = Value::Double(5.0);
        let json = serde_json::to_string(&Typed::new(&value, true)).unwrap();
        assert_eq!(json, r#"{"type":"Double","value":5.0,"valueInfo":{}}"#);
    }

    #[test]
    fn objects_are_shown_as_json_or_as_their_text() {
        let value = crate::value::untyped(&serde_json::json!(["a", "b"]));
        let json = |deserialize| serde_json::to_value(Typed::new(&value, deserialize)).unwrap()["value"].clone();
        assert_eq!(json(true), serde_json::json!(["a", "b"]));
        assert_eq!(json(false), serde_json::json!("[\"a\",\"b\"]"));
    }
}
