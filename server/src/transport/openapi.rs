//! The OpenAPI 3.1 document: a fold over the list, since OpenAPI's schemas are JSON Schema.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{Method, header};
use serde_json::{Map, Value, json};

use super::App;
use crate::api::{Api, Endpoint, UNIVERSAL, openapi_components};
use crate::error::Code;

/// Serves the document.
pub async fn document(State(app): State<Arc<App>>) -> Response {
    (
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")],
        app.openapi.clone(),
    )
        .into_response()
}

/// Builds the document.
#[must_use]
pub fn build(api: &Api) -> Value {
    let (pairs, mut schemas) = openapi_components(api);
    let mut paths: Map<String, Value> = Map::new();
    for (endpoint, (input, output)) in api.endpoints().iter().zip(pairs) {
        let input = resolve(&input, &schemas);
        let item = paths.entry(format!("/v1{}", endpoint.spec.path)).or_insert_with(|| json!({}));
        if let Value::Object(item) = item {
            item.insert(
                endpoint.spec.method.as_str().to_lowercase(),
                operation(endpoint, &input, output),
            );
        }
    }
    schemas.insert("Error".to_owned(), error_schema());
    schemas.insert("Meta".to_owned(), meta_schema());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "MeshPilot",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "MIT", "identifier": "MIT"},
            "description": "One board per project for coding agents and the person who runs them.",
        },
        "servers": [{"url": "http://127.0.0.1:3456"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    })
}

fn resolve(schema: &Value, shared: &Map<String, Value>) -> Value {
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
    name.and_then(|name| shared.get(name)).unwrap_or(schema).clone()
}

fn operation(endpoint: &Endpoint, input: &Value, output: Value) -> Value {
    let spec = &endpoint.spec;
    let empty = Map::new();
    let properties = input.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let required = |name: &str| {
        input
            .get("required")
            .and_then(Value::as_array)
            .is_some_and(|all| all.iter().any(|one| one == name))
    };
    let in_path: Vec<&str> = endpoint.path_fields().collect();
    let has_body = spec.method != Method::GET && spec.method != Method::DELETE;
    let mut parameters =
        vec![header_parameter("X-Agent", "The agent's name, when the key is shared.")];
    if endpoint.writes {
        parameters.push(header_parameter(
            "Idempotency-Key",
            "Makes a retry safe: same key and body, one effect.",
        ));
    }
    let mut body = Map::new();
    let mut body_required = Vec::new();
    for (name, schema) in properties {
        if in_path.contains(&name.as_str()) {
            parameters
                .push(json!({"name": name, "in": "path", "required": true, "schema": schema}));
        } else if has_body {
            body.insert(name.clone(), schema.clone());
            if required(name) {
                body_required.push(name.clone());
            }
        } else {
            parameters.push(json!({"name": name, "in": "query", "required": required(name), "schema": schema, "style": "form", "explode": false}));
        }
    }
    let envelope = json!({
        "type": "object",
        "required": ["success", "data", "meta"],
        "properties": {"success": {"const": true}, "data": output, "meta": {"$ref": "#/components/schemas/Meta"}},
    });
    let mut responses: Map<String, Value> = Map::new();
    responses.insert(
        "2XX".to_owned(),
        json!({"description": "Done.", "content": {"application/json": {"schema": envelope}}}),
    );
    let mut by_status: std::collections::BTreeMap<u16, Vec<&str>> =
        std::collections::BTreeMap::new();
    for code in UNIVERSAL.iter().chain(spec.fails) {
        by_status.entry(code.status()).or_default().push(code.as_str());
    }
    for (status, codes) in by_status {
        let schema = json!({"$ref": "#/components/schemas/Error"});
        responses.insert(status.to_string(), json!({"description": codes.join(", "), "content": {"application/json": {"schema": schema}}}));
    }
    let mut operation = json!({
        "operationId": spec.name,
        "summary": endpoint.summary(),
        "description": endpoint.description,
        "tags": [spec.toolset.as_str()],
        "x-scope": spec.scope.as_str(),
        "parameters": parameters,
        "responses": responses,
    });
    if has_body && let Value::Object(operation) = &mut operation {
        let schema = json!({"type": "object", "properties": body, "required": body_required, "additionalProperties": false});
        operation.insert("requestBody".to_owned(), json!({"required": !body_required.is_empty(), "content": {"application/json": {"schema": schema}}}));
    }
    operation
}

fn header_parameter(name: &str, description: &str) -> Value {
    json!({"name": name, "in": "header", "required": false, "description": description, "schema": {"type": "string", "maxLength": 100}})
}

fn error_schema() -> Value {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    json!({
        "type": "object",
        "required": ["success", "error", "meta"],
        "properties": {
            "success": {"const": false},
            "error": {
                "type": "object",
                "required": ["code", "message", "hint", "retryable", "details"],
                "properties": {
                    "code": {"type": "string", "enum": codes},
                    "message": {"type": "string"},
                    "hint": {"type": "string"},
                    "retryable": {"type": "boolean"},
                    "details": {"type": "object"},
                },
            },
            "meta": {"$ref": "#/components/schemas/Meta"},
        },
    })
}

fn meta_schema() -> Value {
    json!({
        "type": "object",
        "required": ["timestamp", "correlationId"],
        "properties": {
            "timestamp": {"type": "string", "format": "date-time"},
            "correlationId": {"type": "string"},
            "seq": {"type": "integer"},
            "replayed": {"type": "boolean"},
            "notices": {"type": "array", "items": {"type": "object"}},
        },
    })
}
