//! The OpenAPI document, made from the table of routes. `Operation` stands beside each route of the interface;
//! a test compares what the routes answer with what it says.

use axum::Json;
use axum::http::Method;
use serde_json::{Map, Value, json};

use crate::route::Rule;
use crate::routes;

/// Makes a JSON schema.
pub(crate) type Schema = fn() -> Value;

/// What the document says of a route.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    /// Names and schemas of what may stand in the query.
    pub(crate) query: &'static [(&'static str, Schema)],
    /// Schema of what is sent.
    pub(crate) body: Option<Schema>,
    /// What is sent, for instance.
    pub(crate) example: Option<Schema>,
    /// Schema of what comes back.
    pub(crate) reply: Schema,
}

impl Operation {
    /// What most have: nothing in the query, no body.
    pub(crate) const NONE: Self =
        Self { id: "", summary: "", query: &[], body: None, example: None, reply: || Value::Null };
}

/// An object's schema with fields that may be missing.
pub(super) fn with_optional(mut schema: Value, fields: &[(&str, Value)]) -> Value {
    for (name, field) in fields {
        schema["properties"][*name] = field.clone();
    }
    schema
}

/// Schema of an object: texts that are always there, texts that may be null or missing, and other fields.
pub(super) fn object(texts: &[&str], maybe: &[&str], others: &[(&str, Value)]) -> Value {
    let mut properties = Map::new();
    for name in texts {
        properties.insert((*name).to_owned(), json!({"type": "string"}));
    }
    for name in maybe {
        properties.insert((*name).to_owned(), json!({"type": ["string", "null"]}));
    }
    for (name, schema) in others {
        properties.insert((*name).to_owned(), schema.clone());
    }
    let required: Vec<&str> = texts.iter().copied().chain(others.iter().map(|(n, _)| *n)).collect();
    json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
}

/// Schema of a list.
pub(super) fn list(of: Value) -> Value {
    json!({"type": "array", "items": of})
}

/// The document of this program.
pub(super) async fn document() -> Json<Value> {
    let mut paths: Map<String, Value> = Map::new();
    for route in routes::all() {
        let Some(operation) = route.operation else { continue };
        let entry = paths.entry(route.path.to_owned()).or_insert_with(|| json!({}));
        let method = if route.method == Method::POST { "post" } else { "get" };
        entry[method] = describe(route.path, route.rule, &operation);
    }
    Json(json!({
        "openapi": "3.1.0",
        "info": {"title": "Chancery", "version": env!("CARGO_PKG_VERSION")},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "A token (`chancery_` and 64 digits), made on the page /programs or with `chancery token make`. It acts for one person in one office."}},
            "schemas": {"Problem": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {"type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}},
            }},
        },
        "security": [{"token": []}],
        "paths": paths,
    }))
}

fn describe(path: &str, rule: Rule, operation: &Operation) -> Value {
    let in_path = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = in_path
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    for (name, schema) in operation.query {
        parameters.push(json!({"name": name, "in": "query", "schema": schema()}));
    }
    let problem = |says: &str| json!({"description": says, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}});
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "x-chancery-rule": format!("{rule:?}"),
        "parameters": parameters,
        "responses": {
            "200": {"description": "Done.", "content": {"application/json": {"schema": (operation.reply)()}}},
            "401": problem("No token, or one that counts no longer."),
            "403": problem("A rule forbids it."),
            "404": problem("There is no such thing, or not for the caller."),
            "405": problem("This is asked in another way; see Allow."),
            "422": problem("What was sent cannot be used."),
            "503": problem("Too much at once; see Retry-After."),
            "default": problem("It did not work."),
        },
    });
    if let Some(body) = operation.body {
        let mut content = json!({"schema": body()});
        if let Some(example) = operation.example {
            content["example"] = example();
        }
        described["requestBody"] =
            json!({"required": true, "content": {"application/json": content}});
    }
    described
}
