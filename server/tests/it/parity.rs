//! MCP and OpenAPI tell the same of every operation: one definition, seen through two doors.

use std::collections::{BTreeMap, BTreeSet};

use meshpilot::ops;
use serde_json::{Map, Value, json};

use super::surface::unwrapped;

/// A schema without what the two doors may say differently: names of shared parts, titles, formats of numbers, null.
fn plain(schema: &Value, shared: &Value) -> Value {
    let Some(map) = schema.as_object() else { return schema.clone() };
    if let Some(name) = map.get("$ref").and_then(Value::as_str) {
        let mut found = plain(&shared[name.rsplit('/').next().unwrap()], shared);
        if let (Some(found), Some(description)) = (found.as_object_mut(), map.get("description")) {
            found.insert("description".to_owned(), description.clone());
        }
        return found;
    }
    let mut plain_map: BTreeMap<String, Value> = BTreeMap::new();
    for (word, value) in map {
        match word.as_str() {
            // The document alone has bounds; a refusal names them, so no agent has to pay for them with every list.
            "default"
            | "format"
            | "minLength"
            | "maxLength"
            | "maxItems"
            | "pattern"
            | "additionalProperties" => {}
            "required" if value == &json!([]) => {}
            "minimum" if value == &json!(0) => {}
            "type" => {
                let kinds: Vec<&Value> = value.as_array().map_or(vec![value], |kinds| {
                    kinds.iter().filter(|kind| **kind != "null").collect()
                });
                assert_eq!(kinds.len(), 1, "{schema}");
                plain_map.insert("type".to_owned(), kinds[0].clone());
            }
            "anyOf" => {
                let some: Vec<&Value> = value
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|option| option["type"] != "null")
                    .collect();
                assert_eq!(some.len(), 1, "{schema}");
                for (word, value) in plain(some[0], shared).as_object().unwrap() {
                    plain_map.entry(word.clone()).or_insert(value.clone());
                }
            }
            "enum" => drop(plain_map.insert(
                word.clone(),
                value.as_array().unwrap().iter().filter(|word| !word.is_null()).cloned().collect(),
            )),
            "properties" => {
                let inner: BTreeMap<String, Value> = value
                    .as_object()
                    .unwrap()
                    .iter()
                    .map(|(name, value)| (name.clone(), plain(value, shared)))
                    .collect();
                plain_map.insert(word.clone(), json!(inner));
            }
            "items" => drop(plain_map.insert(word.clone(), plain(value, shared))),
            _ => drop(plain_map.insert(word.clone(), value.clone())),
        }
    }
    // The description of the place wins over that of the type.
    if let Some(description) = map.get("description") {
        plain_map.insert("description".to_owned(), description.clone());
    }
    json!(plain_map)
}

/// Takes the descriptions out.
fn undescribed(schema: &mut Value) {
    let Some(map) = schema.as_object_mut() else { return };
    if map.get("description").is_some_and(Value::is_string) {
        map.remove("description");
    }
    if let Some(items) = map.get_mut("items") {
        undescribed(items);
    }
    map.get_mut("properties")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(Map::values_mut)
        .for_each(undescribed);
}

#[test]
fn a_tools_schema_is_the_documents_schema() {
    let document = meshpilot::transport::openapi::build(&ops::all());
    let shared = &document["components"]["schemas"];
    for tool in super::tools::all() {
        let name = tool["name"].as_str().unwrap();
        let endpoint = ops::all().find(name).unwrap().clone();
        let operation = &document["paths"][format!("/v1{}", endpoint.spec.path)]
            [endpoint.spec.method.as_str().to_lowercase()];
        assert_eq!(operation["operationId"], name);
        assert_eq!(
            unwrapped(operation["description"].as_str().unwrap()),
            tool["description"],
            "{name} is described twice"
        );
        let mut documented: BTreeMap<String, Value> = BTreeMap::new();
        let mut required = BTreeSet::new();
        for parameter in operation["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|parameter| parameter["in"] != "header")
        {
            let field = parameter["name"].as_str().unwrap();
            documented.insert(field.to_owned(), plain(&parameter["schema"], shared));
            if parameter["required"] == true {
                required.insert(field.to_owned());
            }
        }
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        for (field, schema) in
            body.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            documented.insert(field.clone(), plain(schema, shared));
        }
        required.extend(
            body.get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .map(|name| name.as_str().unwrap().to_owned()),
        );
        let mut listed: BTreeMap<String, Value> = tool["inputSchema"]["properties"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(field, schema)| (field.clone(), plain(schema, shared)))
            .collect();
        // These belong to the call: headers over REST, fields over MCP.
        listed.remove("agent");
        assert_eq!(listed.remove("requestId").is_some(), endpoint.writes, "{name}");
        let described = |field: &Value| field["description"].as_str().map(str::to_owned);
        for (field, listed) in &listed {
            let (short, long) = (described(listed), described(&documented[field]));
            assert!(
                short.is_none() || short == long,
                "{name}.{field} is described twice: {short:?} and {long:?}"
            );
        }
        listed.values_mut().chain(documented.values_mut()).for_each(undescribed);
        assert_eq!(json!(listed), json!(documented), "{name}: MCP and OpenAPI differ");
        let listed: BTreeSet<String> = tool["inputSchema"]
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect();
        assert_eq!(listed, required, "{name}");
    }
}
