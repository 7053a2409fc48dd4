//! The `OpenAPI` document of the lists.

use serde_json::{Map, Value, json};

use super::text::{Answer, Content, Field, Operation, Type, operations, schemas};

/// The lists.
pub(super) const OPERATIONS: &str = include_str!("operations.txt");
pub(super) const SCHEMAS: &str = include_str!("schemas.txt");

/// The document of the operations of the lists.
pub(crate) fn document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations(OPERATIONS) {
        let entry = paths.entry(operation.path.to_owned()).or_insert_with(|| Value::Object(Map::new()));
        entry[operation.method.to_ascii_lowercase()] = described(&operation);
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
        "components": {"schemas": components()},
    })
}

fn components() -> Map<String, Value> {
    let mut components: Map<String, Value> = schemas(SCHEMAS)
        .into_iter()
        .map(|(name, fields)| {
            let properties: Map<String, Value> =
                fields.iter().map(|field| (field.name.to_owned(), property(&field.kind))).collect();
            (name.to_owned(), json!({"type": "object", "properties": properties}))
        })
        .collect();
    let error = json!({"type": "object", "required": ["type", "message", "code"], "properties": {
        "type": {"type": "string"},
        "message": {"type": "string", "nullable": true},
        "code": {"type": "integer", "nullable": true},
    }});
    components.insert("Exception".to_owned(), error);
    components
}

/// The schema of a type.
fn schema(kind: &Type<'_>) -> Value {
    match kind {
        Type::List(inner) => json!({"type": "array", "items": schema(inner)}),
        Type::Map(inner) => json!({"type": "object", "additionalProperties": schema(inner)}),
        Type::OneOf(words) => json!({"type": "string", "enum": words}),
        Type::Named("string") => json!({"type": "string"}),
        Type::Named("date") => json!({"type": "string", "format": "date-time"}),
        Type::Named("binary") => json!({"type": "string", "format": "binary"}),
        Type::Named("boolean") => json!({"type": "boolean"}),
        Type::Named("integer") => json!({"type": "integer", "format": "int32"}),
        Type::Named("long") => json!({"type": "integer", "format": "int64"}),
        Type::Named("number") => json!({"type": "number"}),
        Type::Named("object") => json!({"type": "object"}),
        Type::Named("any") => json!({}),
        Type::Named(name) => json!({"$ref": format!("#/components/schemas/{name}")}),
    }
}

/// The schema of a property: null is always possible.
fn property(kind: &Type<'_>) -> Value {
    match kind {
        // what stands beside a reference does not count in OpenAPI 3.0
        Type::Named(_) if schema(kind).get("$ref").is_some() => json!({"allOf": [schema(kind)], "nullable": true}),
        Type::OneOf(words) => {
            let words: Vec<Value> = words.iter().map(|word| (*word).into()).chain([Value::Null]).collect();
            json!({"type": "string", "enum": words, "nullable": true})
        }
        _ => {
            let mut schema = schema(kind);
            schema["nullable"] = true.into();
            schema
        }
    }
}

fn parameter(field: &Field<'_>) -> Value {
    json!({"name": field.name, "in": "query", "schema": schema(&field.kind)})
}

/// The media types of a body.
fn media(content: &Content<'_>) -> Value {
    let (name, schema) = match content {
        Content::Json(kind) => ("application/json", schema(kind)),
        Content::Form(name) => ("multipart/form-data", schema(&Type::Named(name))),
        Content::Media("binary") => ("*/*", schema(&Type::Named("binary"))),
        Content::Media(name) => (*name, schema(&Type::Named("string"))),
    };
    let mut media = Map::new();
    media.insert(name.to_owned(), json!({"schema": schema}));
    Value::Object(media)
}

fn response(answer: &Answer<'_>) -> Value {
    match &answer.content {
        None => json!({"description": "Done"}),
        Some(content) => json!({"description": "Success", "content": media(content)}),
    }
}

fn described(operation: &Operation<'_>) -> Value {
    let in_path = operation.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = in_path
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    parameters.extend(operation.query.iter().map(parameter));
    if operation.once {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "description": "A request that is sent again with the same key has no second effect and gets the first answer.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        }));
    }
    let mut responses: Map<String, Value> =
        operation.answers.iter().map(|answer| (answer.status.to_owned(), response(answer))).collect();
    let error = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Exception"}}});
    responses.insert("default".to_owned(), json!({"description": "Error", "content": error}));
    let mut described = json!({
        "tags": [operation.path.split('/').nth(1).unwrap_or_default()],
        "operationId": operation_id(operation.method, operation.path),
        "summary": operation.summary,
        "parameters": parameters,
        "responses": responses,
    });
    if let Some(body) = &operation.body {
        described["requestBody"] = json!({"content": media(body)});
    }
    described
}

fn operation_id(method: &str, path: &str) -> String {
    let mut id = method.to_ascii_lowercase();
    for word in path.split(['/', '-', '{', '}']).filter(|word| !word.is_empty()) {
        let (first, rest) = word.split_at(1);
        id.push_str(&first.to_ascii_uppercase());
        id.push_str(rest);
    }
    id
}

#[cfg(test)]
mod tests;
