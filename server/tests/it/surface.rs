//! What holds for every operation, by walking the list.

use std::collections::BTreeSet;

use meshpilot::api::{Endpoint, UNIVERSAL};
use meshpilot::error::Code;
use meshpilot::ops;
use serde_json::{Map, Value, json};

use super::example::Scene;

/// The most tokens that the default tools may cost an agent before it has done anything.
const DEFAULT_TOOLS_TOKENS: usize = 5_000;
/// Bytes of a token in JSON such as the tools', on the safe side: OpenAI's o200k takes 4.3 of them, and models differ.
const BYTES_PER_TOKEN: f64 = 3.6;

/// Commands that succeed without an event, and why that is right.
const SILENT: &[(&str, &str)] = &[
    (
        "get_briefing",
        "reading with a name: only a name that is new is an event, and that comes from the door",
    ),
    (
        "wait_for",
        "waiting changes nothing but leases, and those only when a third of their time is gone",
    ),
];

fn properties(endpoint: &Endpoint) -> &Map<String, Value> {
    endpoint.properties().unwrap()
}

/// A doc comment as a client shows it: paragraphs on one line each.
pub(super) fn unwrapped(text: &str) -> String {
    text.split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn names_are_verb_noun_short_and_unique() {
    let mut seen = BTreeSet::new();
    for endpoint in ops::all().endpoints() {
        for name in std::iter::once(endpoint.spec.name).chain(endpoint.spec.alias) {
            assert!(name.len() <= 32, "{name} has more than 32 characters");
            let parts: Vec<&str> = name.split('_').collect();
            assert!(
                parts.len() >= 2
                    && parts.iter().all(
                        |part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase())
                    ),
                "{name} is no verb_noun"
            );
            assert!(seen.insert(name), "two operations are called {name}");
        }
    }
}

#[test]
fn routes_are_unique_and_their_parameters_are_fields() {
    let mut seen = BTreeSet::new();
    for endpoint in ops::all().endpoints() {
        let spec = &endpoint.spec;
        assert!(
            seen.insert((spec.method.clone().to_string(), spec.path)),
            "two operations have the route {} {}",
            spec.method,
            spec.path
        );
        for field in endpoint.path_fields() {
            assert!(
                properties(endpoint).contains_key(field),
                "{}: `{field}` of its path is no field",
                spec.name
            );
            let required = endpoint.input["required"].as_array().unwrap();
            assert!(
                required.iter().any(|name| name == field),
                "{}: `{field}` of its path is not required",
                spec.name
            );
        }
        assert_eq!(
            spec.method == http::Method::GET,
            !endpoint.writes,
            "{}: what only reads is GET, and nothing else is",
            spec.name
        );
    }
}

#[test]
fn everything_is_documented_and_nothing_at_length() {
    fn walk(at: &str, schema: &Value) {
        for (name, property) in
            schema.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            let text = property["description"].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{at}.{name} has no description");
            assert!(text.ends_with('.'), "{at}.{name}: its description does not end with a period");
            walk(&format!("{at}.{name}"), property);
            walk(&format!("{at}.{name}"), &property["items"]);
        }
    }
    for endpoint in ops::all().endpoints() {
        let name = endpoint.spec.name;
        let summary = endpoint.summary();
        assert!(
            summary.chars().count() < 80 && summary.ends_with('.'),
            "{name}: its first line is {summary:?}"
        );
        let whole = unwrapped(&endpoint.description);
        assert!(
            whole.contains('\n'),
            "{name}: its description has only one paragraph; say when to use it and what to call next"
        );
        assert!(
            whole.chars().count() <= 600,
            "{name}: its description has {} characters",
            whole.chars().count()
        );
        walk(name, &Value::Object(endpoint.input.clone()));
    }
}

#[test]
fn failures_are_declared_once_and_only_where_they_are_not_universal() {
    for endpoint in ops::all().endpoints() {
        let fails = endpoint.spec.fails;
        let set: BTreeSet<&str> = fails.iter().map(|code| code.as_str()).collect();
        assert_eq!(set.len(), fails.len(), "{} declares a failure twice", endpoint.spec.name);
        let universal: Vec<&Code> = fails.iter().filter(|code| UNIVERSAL.contains(code)).collect();
        assert!(
            universal.is_empty(),
            "{} declares {universal:?}, which every operation has",
            endpoint.spec.name
        );
    }
}

/// What the narrowest client understands: see the tables of clients that choke on more.
fn check_narrow(at: &str, schema: &Value) {
    let Some(map) = schema.as_object() else {
        assert!(
            schema.is_array()
                || schema.is_string()
                || schema.is_number()
                || schema == &Value::Bool(false),
            "{at} is {schema}"
        );
        return;
    };
    for word in [
        "$ref",
        "$defs",
        "definitions",
        "anyOf",
        "oneOf",
        "allOf",
        "not",
        "const",
        "nullable",
        "patternProperties",
        "prefixItems",
        "if",
    ] {
        assert!(!map.contains_key(word), "{at} has `{word}`");
    }
    if let Some(kind) = map.get("type") {
        let kind = kind.as_str().unwrap_or_else(|| panic!("{at}: its type is the list {kind}"));
        assert_ne!(kind, "null", "{at} is null");
        if kind == "array" {
            assert!(
                map.get("items").is_some_and(|items| items.get("type").is_some()),
                "{at}: a list without the type of its items"
            );
        }
    }
    if let Some(words) = map.get("enum") {
        assert_eq!(map.get("type"), Some(&json!("string")), "{at}: an enum that is no text");
        assert!(
            words.as_array().unwrap().iter().all(Value::is_string),
            "{at}: an enum with something else than texts"
        );
    }
    for (name, property) in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
        assert!(property.get("type").is_some(), "{at}.{name} has no type");
        check_narrow(&format!("{at}.{name}"), property);
    }
    if let Some(items) = map.get("items") {
        check_narrow(&format!("{at}[]"), items);
    }
}

#[test]
fn schemas_are_what_the_narrowest_client_understands() {
    for endpoint in ops::all().endpoints() {
        for (which, schema) in [("input", &endpoint.input), ("output", &endpoint.output)] {
            let at = format!("{} {which}", endpoint.spec.name);
            assert_eq!(schema["type"], "object", "{at} is no object");
            assert!(
                schema.get("properties").is_some_and(Value::is_object),
                "{at} has no properties"
            );
            // The output's first level alone is told, so its lists say nothing of their items.
            if which == "input" {
                check_narrow(&at, &Value::Object(schema.clone()));
                assert_eq!(schema["additionalProperties"], false, "{at} takes unknown fields");
            } else {
                let kinds = schema["properties"].as_object().unwrap().values();
                assert!(
                    kinds.into_iter().all(|property| property["type"].is_string()),
                    "{at} has a field without one type"
                );
            }
        }
    }
}

#[tokio::test]
async fn unknown_fields_are_refused_by_name() {
    let scene = Scene::new().await;
    for endpoint in scene.app.api.endpoints() {
        let name = endpoint.spec.name;
        let mut input = scene.input(endpoint);
        let key = scene.key_for(&input, endpoint).to_owned();
        input.insert("colour".to_owned(), json!("red"));
        let exchange = scene.rest(endpoint, &input, &key).await;
        assert_eq!(exchange.body["error"]["code"], "VALIDATION_ERROR", "{name}: {}", exchange.body);
        assert_eq!(exchange.body["error"]["details"]["field"], "colour", "{name}");
        for (field, schema) in properties(endpoint) {
            let Some(inner) = schema.get("properties").and_then(Value::as_object) else { continue };
            let mut input = scene.input(endpoint);
            input.insert(field.clone(), json!({"colour": "red"}));
            let exchange = scene.rest(endpoint, &input, &key).await;
            assert_eq!(
                exchange.body["error"]["code"],
                "VALIDATION_ERROR",
                "{name}.{field} ({} fields) takes `colour`",
                inner.len()
            );
        }
    }
    assert!(scene.world.fresh_events().await.is_empty(), "a refused call announced something");
}

#[tokio::test]
async fn every_example_runs_and_says_what_it_did() {
    for endpoint in ops::all().endpoints() {
        let name = endpoint.spec.name;
        let scene = Scene::new().await;
        let input = scene.input(endpoint);
        let database = rusqlite::Connection::open_with_flags(
            format!("file:{}?vfs=unix-excl", scene.world.database().display()),
            rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_URI,
        )
        .unwrap();
        // Grows with every commit of any other connection.
        let commits =
            || -> i64 { database.query_row("PRAGMA data_version", [], |row| row.get(0)).unwrap() };
        let before = commits();
        let exchange = scene.rest(endpoint, &input, scene.key_for(&input, endpoint)).await;
        assert!((200..300).contains(&exchange.status), "{name}: {}", exchange.body);
        let mut events = scene.world.fresh_events().await;
        events.retain(|event| event.kind != "agent.seen");
        if endpoint.writes {
            let silent = SILENT.iter().any(|(silent, _)| *silent == name);
            assert_eq!(events.is_empty(), silent, "{name} announced {events:?}");
        } else {
            assert_eq!(events, [], "{name} only reads");
            assert_eq!(commits(), before, "{name} only reads, and something was committed");
        }
        // The answer has the fields that its schema promises, all of them.
        let promised: BTreeSet<&str> = endpoint.output["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .filter(|name| *name != "notices")
            .collect();
        let given: BTreeSet<&str> =
            exchange.body["data"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(given, promised, "{name}: the answer is not what its schema says");
    }
}

#[test]
fn the_default_tools_are_the_contracts() {
    let contract: BTreeSet<&str> = "get_briefing claim_next_task claim_task list_tasks get_task create_task update_task heartbeat_task \
        complete_task release_task review_task comment_on_task bulk_update_tasks cancel_stale_tasks send_chat_message send_message \
        get_messages get_knowledge save_knowledge ask_question get_response acquire_locks release_locks setStorage getStorage wait_for"
        .split_whitespace()
        .collect();
    assert_eq!(contract.len(), 26);
    let api = ops::all();
    let default: BTreeSet<&str> = api
        .endpoints()
        .iter()
        .filter(|endpoint| endpoint.spec.default_tool)
        .map(|endpoint| endpoint.spec.name)
        .collect();
    let missing: Vec<&&str> = contract.difference(&default).collect();
    let extra: Vec<&&str> = default.difference(&contract).collect();
    assert_eq!(
        missing,
        [
            &"ask_question",
            &"getStorage",
            &"get_messages",
            &"get_response",
            &"send_message",
            &"setStorage"
        ]
    );
    assert!(extra.is_empty(), "{extra:?} are no default tools");
}

#[test]
fn the_default_tools_cost_few_tokens() {
    let tools: Vec<Value> = super::tools::all()
        .into_iter()
        .filter(|tool| ops::all().find(tool["name"].as_str().unwrap()).unwrap().spec.default_tool)
        .collect();
    // What a model is shown of a tool; annotations and output schemas stay with its client.
    let shown: Vec<Value> = tools
        .iter()
        .map(|tool| json!({"name": tool["name"], "description": tool["description"], "inputSchema": tool["inputSchema"]}))
        .collect();
    let bytes = serde_json::to_string(&shown).unwrap().len();
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an estimate"
    )]
    let tokens = (bytes as f64 / BYTES_PER_TOKEN).ceil() as usize;
    println!("the {} default tools: {bytes} bytes, about {tokens} tokens", tools.len());
    let mut largest: Vec<(usize, &str)> =
        shown.iter().map(|tool| (tool.to_string().len(), tool["name"].as_str().unwrap())).collect();
    largest.sort_unstable();
    largest.reverse();
    assert!(
        tokens <= DEFAULT_TOOLS_TOKENS,
        "the default tools cost about {tokens} tokens; the largest: {largest:?}"
    );
}
