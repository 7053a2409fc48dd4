//! Plain values of a scenario as Camunda's typed variables.

use serde_json::{Map, Value, json};

use super::python;

/// Keys of a request whose values are variables.
const VARIABLES: [&str; 8] = [
    "variables",
    "processVariables",
    "processVariablesLocal",
    "correlationKeys",
    "localVariables",
    "localCorrelationKeys",
    "modifications",
    "processVariablesToTriggeredScope",
];

/// A plain value as a variable; a map with `value` or `type` is taken as it is.
fn typed(value: Value) -> Value {
    match value {
        Value::Object(mut map) if map.contains_key("value") || map.contains_key("type") => {
            let is_json = map.get("type").is_some_and(|kind| kind == "Json");
            if let Some(inner) = map.get_mut("value")
                && is_json
                && !matches!(inner, Value::String(_) | Value::Null)
            {
                *inner = Value::String(python::dumps(inner));
            }
            Value::Object(map)
        }
        Value::Null => json!({"value": null, "type": "Null"}),
        Value::Bool(value) => json!({"value": value, "type": "Boolean"}),
        Value::Number(number) => match number.as_i64() {
            Some(value) if i32::try_from(value).is_ok() => json!({"value": value, "type": "Integer"}),
            Some(value) => json!({"value": value, "type": "Long"}),
            None => json!({"value": number, "type": "Double"}),
        },
        Value::String(text) => json!({"value": text, "type": "String"}),
        other => json!({"value": python::dumps(&other), "type": "Json"}),
    }
}

/// The body of a request, with its variables typed.
pub(super) fn body(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(body).collect()),
        Value::Object(entries) => Value::Object(entries.into_iter().map(|(key, value)| entry(key, value)).collect()),
        other => other,
    }
}

fn entry(key: String, value: Value) -> (String, Value) {
    let value = match value {
        Value::Object(variables) if VARIABLES.contains(&key.as_str()) => {
            let variables = variables.into_iter().map(|(name, value)| (name, typed(value)));
            Value::Object(Map::from_iter(variables))
        }
        value => body(value),
    };
    (key, value)
}
