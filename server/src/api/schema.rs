//! Schemas out of types: for MCP in the form that the narrowest client understands, for OpenAPI with shared parts.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{Api, Operation};
use crate::limits;
use crate::model::text::CLEARABLE;

/// The input's schema with everything in place, and the fields that `null` clears. `agent` and `requestId` are added:
/// they belong to the call, not to the operation.
pub(super) fn input<O: Operation>(writes: bool) -> (Map<String, Value>, Vec<String>) {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .for_deserialize()
        .into_generator();
    let mut schema = generator.root_schema_for::<O>().to_value();
    let clearable = fields_with(&schema, CLEARABLE);
    narrow(&mut schema);
    let mut schema = into_map(schema);
    let properties = schema.entry("properties").or_insert_with(|| json!({}));
    if let Some(properties) = properties.as_object_mut() {
        properties.insert(
            "agent".to_owned(),
            json!({"type": "string", "minLength": 1, "maxLength": limits::NAME, "description": "Your name."}),
        );
        if writes {
            properties.insert(
                "requestId".to_owned(),
                json!({"type": "string", "minLength": 1, "maxLength": limits::REQUEST_ID, "description": "Makes a retry safe."}),
            );
        }
    }
    schema.insert("additionalProperties".to_owned(), false.into());
    (schema, clearable)
}

/// The output's schema for MCP. Only the first level: clients validate it, few models read it, and all pay for it.
/// Nothing is required, because MCP leaves out what is empty.
pub(super) fn output<T: JsonSchema>() -> Map<String, Value> {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .for_serialize()
        .into_generator();
    let mut schema = generator.root_schema_for::<T>().to_value();
    narrow(&mut schema);
    let mut properties = Map::new();
    if let Some(all) = schema.get("properties").and_then(Value::as_object) {
        for (name, property) in all {
            let kind = property.get("type").cloned().unwrap_or_else(|| json!("object"));
            properties.insert(name.clone(), json!({ "type": kind }));
        }
    }
    properties.insert("notices".to_owned(), json!({"type": "array"}));
    into_map(json!({"type": "object", "properties": properties}))
}

/// Makes a schema portable: no `null` types, no formats that only Rust knows, no titles.
fn narrow(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            for word in ["$schema", "title", "default", CLEARABLE] {
                // A property may well be called `title`; there the value is a schema, not a text.
                if map.get(word).is_some_and(|value| word != "title" || value.is_string()) {
                    map.remove(word);
                }
            }
            if map.get("format").and_then(Value::as_str).is_some_and(|format| {
                format.starts_with("uint") || format.starts_with("int") || format == "double"
            }) {
                map.remove("format");
            }
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|kind| kind != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    map.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(options)) = map.get_mut("anyOf") {
                options.retain(|option| option.get("type").is_none_or(|kind| kind != "null"));
                if let [only] = options.as_slice() {
                    let only = only.clone();
                    map.remove("anyOf");
                    if let Value::Object(only) = only {
                        for (name, value) in only {
                            map.entry(name).or_insert(value);
                        }
                    }
                }
            }
            if let Some(Value::Array(words)) = map.get_mut("enum") {
                words.retain(|word| !word.is_null());
            }
            for value in map.values_mut() {
                narrow(value);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(narrow),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            // A schema that allows anything is `true`; some clients only know objects.
            if *schema == Value::Bool(true) {
                *schema = json!({"type": "object"});
            }
        }
    }
}

fn fields_with(schema: &Value, keyword: &str) -> Vec<String> {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return Vec::new();
    };
    properties
        .iter()
        .filter(|(_, property)| property.get(keyword).is_some())
        .map(|(name, _)| name.clone())
        .collect()
}

fn into_map(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}

/// What OpenAPI needs: each operation's input and output, referring to shared parts, and those parts.
#[must_use]
pub fn openapi_components(api: &Api) -> (Vec<(Value, Value)>, Map<String, Value>) {
    let at = |settings: SchemaSettings| {
        settings.with(|settings| settings.definitions_path = "/components/schemas".into())
    };
    let mut inputs: SchemaGenerator =
        at(SchemaSettings::draft2020_12()).for_deserialize().into_generator();
    let mut outputs: SchemaGenerator =
        at(SchemaSettings::draft2020_12()).for_serialize().into_generator();
    let mut pairs: Vec<(Value, Value)> = api
        .endpoints()
        .iter()
        .map(|endpoint| {
            (
                (endpoint.describe_input)(&mut inputs).to_value(),
                (endpoint.describe_output)(&mut outputs).to_value(),
            )
        })
        .collect();
    let (mut given, mut shared) = (inputs.take_definitions(true), outputs.take_definitions(true));
    // A type that is both given and answered has two schemas: answered, all its fields are there.
    let twofold: Vec<String> =
        given.keys().filter(|name| shared.contains_key(*name)).cloned().collect();
    for name in twofold {
        for schema in given.values_mut().chain(pairs.iter_mut().map(|(input, _)| input)) {
            rename(schema, &name);
        }
        if let Some(schema) = given.remove(&name) {
            given.insert(format!("{name}Input"), schema);
        }
    }
    shared.append(&mut given);
    for schema in shared.values_mut() {
        strip(schema);
    }
    (pairs, shared)
}

/// Turns references to a shared part into references to its form as input.
fn rename(schema: &mut Value, name: &str) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::String(path)) = map.get_mut("$ref")
                && path.rsplit('/').next() == Some(name)
            {
                path.push_str("Input");
            }
            map.values_mut().for_each(|value| rename(value, name));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| rename(value, name)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn strip(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.remove(CLEARABLE).is_some() {
                allow_null(map);
            }
            if map.get("title").is_some_and(Value::is_string) {
                map.remove("title");
            }
            map.values_mut().for_each(strip);
        }
        Value::Array(values) => values.iter_mut().for_each(strip),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Says that null is a value of a field, as it is of one that it clears.
fn allow_null(schema: &mut Map<String, Value>) {
    if let Some(kind) = schema.remove("type") {
        schema.insert("type".to_owned(), json!([kind, "null"]));
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.push(Value::Null);
    }
}

/// The same data without what is null or an empty list: an agent pays for every token.
pub(super) fn lean(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(name, value)| (name, lean(value)))
                .filter(|(_, value)| {
                    !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty())
                })
                .collect(),
        ),
        Value::Array(values) => Value::Array(values.into_iter().map(lean).collect()),
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain,
    }
}
