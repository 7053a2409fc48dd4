//! Variables as JSON and back, for delegates behind HTTP.

use models::Value;
use objects::{Object, convert, json::JsonNode};
use serde_json::Value as Json;

/// A variable as plain JSON: what the REST API shows as its value.
pub(crate) fn to_json(value: &Value) -> Json {
    let text = match value {
        Value::Null | Value::NullOf(_) => return Json::Null,
        Value::Boolean(value) => return (*value).into(),
        Value::Short(value) => return (*value).into(),
        Value::Integer(value) => return (*value).into(),
        Value::Long(value) => return (*value).into(),
        Value::Double(value) => return (*value).into(),
        Value::String(text) | Value::Xml(text) => return (**text).into(),
        Value::Json(text) => text.to_string(),
        other => match other {
            Value::Object(object) => match &object.content {
                models::value::ObjectContent::Null => return Json::Null,
                models::value::ObjectContent::Serialized(text) => text.to_string(),
                models::value::ObjectContent::Tree(tree) => convert::tree_json(tree),
            },
            other => convert::tree_json(&models::value::Tree::Value(other.clone())),
        },
    };
    serde_json::from_str(&text).unwrap_or(Json::String(text))
}

/// A variable from JSON: objects and arrays become JSON variables.
pub(crate) fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(number) => match number.as_i64() {
            Some(value) => i32::try_from(value).map_or(Value::Long(value), Value::Integer),
            None => Value::Double(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::string(text.as_str()),
        other => match JsonNode::parse(&other.to_string()).map(Object::Json) {
            Ok(node) => convert::to_value(&node).unwrap_or(Value::Null),
            Err(_) => Value::Null,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_there_and_back() {
        for text in ["null", "true", "5", "5000000000", "2.5", "\"x\"", "{\"a\":[1,2]}"] {
            let json: Json = serde_json::from_str(text).unwrap();
            assert_eq!(to_json(&from_json(&json)), json);
        }
        assert_eq!(from_json(&Json::from(5)), Value::Integer(5));
        assert_eq!(from_json(&Json::from(5_000_000_000_i64)), Value::Long(5_000_000_000));
    }
}
