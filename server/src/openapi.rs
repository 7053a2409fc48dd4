//! An OpenAPI description of the operations that are served: paths, methods and path parameters.

use axum::http::Method;
use serde_json::{Map, Value, json};

/// The document.
pub(crate) fn document(operations: &[(Method, String)]) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for (method, path) in operations {
        let tag = path.split('/').nth(1).unwrap_or_default();
        let parameters: Vec<Value> = path
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
            .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
            .collect();
        let operation = json!({
            "tags": [tag],
            "operationId": operation_id(method, path),
            "parameters": parameters,
            "responses": {
                "2XX": {"description": "Success"},
                "default": {"description": "Error", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Exception"}}}},
            },
        });
        let entry = paths.entry(path.clone()).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(entry) = entry {
            entry.insert(method.as_str().to_ascii_lowercase(), operation);
        }
    }
    json!({
        "openapi": "3.0.2",
        "info": {
            "title": "Tollgate, the REST API of Camunda 7",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache License 2.0", "url": "http://www.apache.org/licenses/LICENSE-2.0.html"},
        },
        "servers": [{"url": "/engine-rest"}, {"url": "/engine-rest/engine/default"}],
        "paths": paths,
        "components": {"schemas": {"Exception": {"type": "object", "properties": {
            "type": {"type": "string"},
            "message": {"type": "string"},
            "code": {"type": "integer", "nullable": true},
        }}}},
    })
}

fn operation_id(method: &Method, path: &str) -> String {
    let mut id = method.as_str().to_ascii_lowercase();
    for word in path.split(['/', '-', '{', '}']).filter(|word| !word.is_empty()) {
        let (first, rest) = word.split_at(1);
        id.push_str(&first.to_ascii_uppercase());
        id.push_str(rest);
    }
    id
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    #[test]
    fn operations_are_listed_with_their_parameters() {
        let operations = [(Method::GET, "/task/{id}".to_owned()), (Method::PUT, "/task/{id}".to_owned())];
        let document = super::document(&operations);
        let path = &document["paths"]["/task/{id}"];
        assert_eq!(path["get"]["operationId"], "getTaskId");
        assert_eq!(path["put"]["parameters"][0]["name"], "id");
    }
}
