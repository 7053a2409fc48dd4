//! What deserialised Spin nodes look like through Java: by their getters.

use serde_json::{Value as Json, json};

/// A JSON node, as Jackson writes the bean that wraps it. `None` when the text is no JSON.
pub(super) fn json_node(text: &str) -> Option<Json> {
    let node: Json = serde_json::from_str(text).ok()?;
    let kind = match node {
        Json::Null => "NULL",
        Json::Bool(_) => "BOOLEAN",
        Json::Number(_) => "NUMBER",
        Json::String(_) => "STRING",
        Json::Array(_) => "ARRAY",
        Json::Object(_) => "OBJECT",
    };
    Some(json!({
        "boolean": kind == "BOOLEAN",
        "object": kind == "OBJECT",
        "nodeType": kind,
        "array": kind == "ARRAY",
        "null": kind == "NULL",
        "number": kind == "NUMBER",
        "dataFormatName": "application/json",
        "string": kind == "STRING",
        "value": !matches!(kind, "ARRAY" | "OBJECT"),
    }))
}

/// An XML node, as Jackson writes the bean that wraps it.
pub(super) fn xml_node() -> Json {
    json!({"dataFormatName": "application/xml"})
}
