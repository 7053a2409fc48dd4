//! Values as clients send them.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use engine_core::{
    command::{NamedValue, Variables},
    error::Fault,
};
use models::{
    Value,
    value::{FileValue, NullType, ObjectContent, ObjectValue},
};
use serde_json::{Number, Value as Json};

use crate::http::{Date, Failure, Object};

/// The data format that untyped objects and lists get.
const JSON_FORMAT: &str = "application/json";

/// The values of a property such as `variables`; none when it is absent.
pub(crate) fn variables(body: &Object, property: &str) -> Result<Variables, Failure> {
    let Some(map) = body.object(property)? else { return Ok(Variables::default()) };
    let values = map
        .0
        .iter()
        .map(|(name, value)| {
            if value.is_null() {
                return Err(Failure::java(
                    "NullPointerException",
                    "Cannot invoke \"org.camunda.bpm.engine.rest.dto.VariableValueDto.toTypedValue(\
                     org.camunda.bpm.engine.ProcessEngine, com.fasterxml.jackson.databind.ObjectMapper)\" because the return \
                     value of \"java.util.Map$Entry.getValue()\" is null",
                ));
            }
            named(name, &Object::of(value)?)
        })
        .collect::<Result<_, _>>()?;
    Ok(Variables(values))
}

/// A value with its name.
pub(crate) fn named(name: &str, body: &Object) -> Result<NamedValue, Failure> {
    let transient = body.object("valueInfo")?.is_some_and(|info| info.value("transient") == Some(&Json::Bool(true)));
    Ok(NamedValue { name: Arc::from(name), value: typed(body)?, transient })
}

/// The value of `{"type", "value", "valueInfo"}`; without type it is taken from the JSON.
pub(crate) fn typed(body: &Object) -> Result<Value, Failure> {
    let value = body.value("value").unwrap_or(&Json::Null);
    let Some(kind) = body.text("type")? else { return Ok(untyped(value)) };
    let info = body.object("valueInfo")?.unwrap_or_default();
    let mut letters = kind.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    let canonical: String = first.into_iter().chain(letters).collect();
    let mistyped = |java_type: &str| {
        let shown = match value {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        Failure::bad(format!("Cannot convert value '{shown}' of type '{kind}' to java type {java_type}"))
    };
    match canonical.as_str() {
        "Null" if value.is_null() => Ok(Value::Null),
        "Null" => Err(mistyped("javax.lang.model.type.NullType")),
        "Json" => Ok(serialized(value, &kind)?.map_or(Value::NullOf(NullType::Json), Value::Json)),
        "Xml" => Ok(serialized(value, &kind)?.map_or(Value::NullOf(NullType::Xml), Value::Xml)),
        "Object" => {
            let content = serialized(value, &kind)?.map_or(ObjectContent::Null, ObjectContent::Serialized);
            Ok(Value::Object(Arc::new(ObjectValue {
                type_name: info.text("objectTypeName")?,
                format: info.text("serializationDataFormat")?,
                content,
            })))
        }
        "File" => file(value, &info),
        "Bytes" => match value {
            Json::Null => Ok(Value::NullOf(NullType::Bytes)),
            Json::String(text) => decode(text).map(|bytes| Value::Bytes(bytes.into())).ok_or_else(|| mistyped("[B")),
            _ => Err(mistyped("[B")),
        },
        "Boolean" | "String" | "Short" | "Integer" | "Long" | "Double" | "Date" => {
            if value.is_null() {
                return Ok(null_of(&canonical));
            }
            primitive(&canonical, value).ok_or_else(|| mistyped(java_type(&canonical)))
        }
        // the parent of the types of numbers
        "Number" => match value {
            Json::Null | Json::Number(_) => Err(Fault::engine("Cannot serialize value of abstract type number").into()),
            _ => Err(mistyped("java.lang.Number")),
        },
        _ => Err(Failure::rest(axum::http::StatusCode::BAD_REQUEST, format!("Unsupported value type '{kind}'"))),
    }
}

fn null_of(kind: &str) -> Value {
    NullType::named(kind).map_or(Value::Null, Value::NullOf)
}

fn java_type(kind: &str) -> &'static str {
    match kind {
        "Boolean" => "java.lang.Boolean",
        "Short" => "java.lang.Short",
        "Integer" => "java.lang.Integer",
        "Long" => "java.lang.Long",
        "Double" => "java.lang.Double",
        "Date" => "java.util.Date",
        _ => "java.lang.String",
    }
}

/// A primitive value, strings converted; `None` when it cannot be.
fn primitive(kind: &str, value: &Json) -> Option<Value> {
    let text = match value {
        Json::String(text) => text.clone(),
        Json::Number(_) | Json::Bool(_) => value.to_string(),
        _ => return None,
    };
    // a string is trimmed before it is converted; an empty one is null
    let trimmed = text.trim();
    if trimmed.is_empty() && kind != "String" {
        return Some(null_of(kind));
    }
    match kind {
        "String" => Some(Value::string(text)),
        "Boolean" => match trimmed {
            "true" | "True" | "TRUE" => Some(Value::Boolean(true)),
            "false" | "False" | "FALSE" => Some(Value::Boolean(false)),
            _ => None,
        },
        "Short" => trimmed.parse().ok().map(Value::Short),
        "Integer" => trimmed.parse().ok().map(Value::Integer),
        "Long" => trimmed.parse().ok().map(Value::Long),
        "Double" => trimmed.parse().ok().map(Value::Double),
        "Date" => Date::parse(trimmed).map(Value::Date),
        _ => None,
    }
}

/// The text of a value that is serialised by the client.
fn serialized(value: &Json, kind: &str) -> Result<Option<Arc<str>>, Failure> {
    match value {
        Json::Null => Ok(None),
        Json::String(text) => Ok(Some(Arc::from(text.as_str()))),
        _ => Err(Failure::bad(format!(
            "Must provide 'null' or String value for value of SerializableValue type '{kind}'."
        ))),
    }
}

/// Base64 as lenient as the decoder of Camunda: line breaks and missing padding are tolerated.
fn decode(text: &str) -> Option<Vec<u8>> {
    let letters: String = text
        .chars()
        .filter(|c| !c.is_ascii_whitespace() && *c != '=')
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    let padding = "=".repeat((4 - letters.len() % 4) % 4);
    STANDARD.decode(letters + padding.as_str()).ok()
}

fn file(value: &Json, info: &Object) -> Result<Value, Failure> {
    let illegal = |message: &str| {
        Failure::new(axum::http::StatusCode::INTERNAL_SERVER_ERROR, "IllegalArgumentException", message)
    };
    if info.0.is_empty() {
        return Err(illegal("Cannot create file without valueInfo."));
    }
    let filename = info.text("filename")?.ok_or_else(|| {
        illegal("Cannot create file without filename! Please set a name into ValueInfo with key filename")
    })?;
    let content = match value {
        Json::Null => None,
        Json::String(text) => Some(decode(text).unwrap_or_default()),
        _ => return Err(illegal("Provided value is not of File, InputStream or byte[] type.")),
    };
    Ok(Value::File(Arc::new(FileValue {
        filename,
        mime_type: info.text("mimeType")?,
        encoding: info.text("encoding")?,
        content,
    })))
}

/// The value of JSON without a type.
pub(crate) fn untyped(value: &Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Boolean(*flag),
        Json::Number(number) => untyped_number(number),
        Json::String(text) => Value::string(text.as_str()),
        Json::Array(_) => object(value, "java.util.ArrayList"),
        Json::Object(_) => object(value, "java.util.LinkedHashMap"),
    }
}

fn untyped_number(number: &Number) -> Value {
    match number.as_i64() {
        Some(whole) => i32::try_from(whole).map_or(Value::Long(whole), Value::Integer),
        None => Value::Double(number.as_f64().unwrap_or(f64::NAN)),
    }
}

fn object(value: &Json, type_name: &str) -> Value {
    Value::Object(Arc::new(ObjectValue {
        type_name: Some(type_name.to_owned()),
        format: Some(JSON_FORMAT.to_owned()),
        content: ObjectContent::Serialized(Arc::from(value.to_string())),
    }))
}

#[cfg(test)]
mod tests {
    use models::Value;
    use serde_json::json;

    use super::typed;
    use crate::http::Object;

    fn value(json: &serde_json::Value) -> Result<Value, String> {
        typed(&Object::of(json).unwrap()).map_err(|failure| failure.message)
    }

    #[test]
    fn types_are_inferred() {
        assert_eq!(value(&json!({"value": true})), Ok(Value::Boolean(true)));
        assert_eq!(value(&json!({"value": 1})), Ok(Value::Integer(1)));
        assert_eq!(value(&json!({"value": 3_000_000_000_u64})), Ok(Value::Long(3_000_000_000)));
        assert_eq!(value(&json!({"value": 1.5})), Ok(Value::Double(1.5)));
        assert_eq!(value(&json!({"value": null})), Ok(Value::Null));
        assert_eq!(value(&json!({"value": null, "type": "Long"})), Ok(Value::NullOf(models::value::NullType::Long)));
        assert_eq!(value(&json!({"value": "x"})), Ok(Value::string("x")));
    }

    #[test]
    fn strings_are_converted() {
        assert_eq!(value(&json!({"value": "1", "type": "Integer"})), Ok(Value::Integer(1)));
        assert_eq!(value(&json!({"value": 5, "type": "double"})), Ok(Value::Double(5.0)));
        assert_eq!(value(&json!({"value": 1, "type": "String"})), Ok(Value::string("1")));
        assert_eq!(value(&json!({"value": "YWJj", "type": "Bytes"})), Ok(Value::Bytes(b"abc".as_slice().into())));
    }

    #[test]
    fn wrong_values_are_refused_in_camundas_words() {
        let refused = |json, message: &str| assert_eq!(value(&json).unwrap_err(), message);
        refused(
            json!({"value": "abc", "type": "Integer"}),
            "Cannot convert value 'abc' of type 'Integer' to java type java.lang.Integer",
        );
        refused(
            json!({"value": 3_000_000_000_u64, "type": "Integer"}),
            "Cannot convert value '3000000000' of type 'Integer' to java type java.lang.Integer",
        );
        refused(
            json!({"value": 1, "type": "Boolean"}),
            "Cannot convert value '1' of type 'Boolean' to java type java.lang.Boolean",
        );
        refused(json!({"value": "abc", "type": "Foo"}), "Unsupported value type 'Foo'");
        refused(
            json!({"value": {"a": 1}, "type": "Json"}),
            "Must provide 'null' or String value for value of SerializableValue type 'Json'.",
        );
        refused(json!({"value": "x", "type": "File"}), "Cannot create file without valueInfo.");
    }
}
