//! Every field of every described operation with values that nobody means: each is understood or refused, none is a
//! fault of the server.

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::{Answer, Mcp, Rest, Server};
use reqwest::Method;
use serde_json::{Map, Value, json};

/// One operation as the server describes it.
struct Described {
    name: String,
    method: Method,
    path: String,
    fields: Vec<String>,
    required: Vec<String>,
}

impl Described {
    fn has_body(&self) -> bool {
        self.method != Method::GET && self.method != Method::DELETE
    }

    fn in_path(&self, field: &str) -> bool {
        self.path.contains(&format!("{{{field}}}"))
    }

    fn in_address(&self, field: &str) -> bool {
        !self.has_body() || self.in_path(field)
    }
}

fn described(document: &Value) -> Result<Vec<Described>> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().context("paths")? {
        for (method, one) in methods.as_object().context("methods")? {
            let body = &one["requestBody"]["content"]["application/json"]["schema"];
            let mut fields: Vec<String> = body["properties"]
                .as_object()
                .into_iter()
                .flat_map(|all| all.keys().cloned())
                .collect();
            let mut required: Vec<String> = body["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect();
            for parameter in one["parameters"].as_array().into_iter().flatten() {
                if parameter["in"] == "header" {
                    continue;
                }
                let name = parameter["name"].as_str().context("a name")?.to_owned();
                if parameter["required"] == true {
                    required.push(name.clone());
                }
                fields.push(name);
            }
            all.push(Described {
                name: one["operationId"].as_str().context("a name")?.to_owned(),
                method: method.to_uppercase().parse()?,
                path: path.clone(),
                fields,
                required,
            });
        }
    }
    Ok(all)
}

/// What a field is given when another one is being tried.
fn plain(field: &str) -> Value {
    match field {
        "taskId" => json!("T1"),
        "paths" => json!(["a"]),
        "updates" => json!([{ "taskId": "T1", "priority": "low" }]),
        "verdict" => json!("approve"),
        _ => json!("x"),
    }
}

fn odd() -> Vec<Value> {
    let mut values = vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e308),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(u64::MAX),
        json!([]),
        json!([[]]),
        json!([null, 1, {}]),
        json!([{ "taskId": null }]),
        json!({}),
        json!({ "a": { "b": [1e300, null] } }),
    ];
    let deep = (0..50).fold(json!(1), |inner, _| json!([inner]));
    values.push(deep);
    for text in [
        "",
        " ",
        "\0",
        "a\0b",
        "\u{202e}\u{200b}\u{feff}",
        "\r\n\r\nx: y",
        "T0",
        "T-1",
        "T1 ",
        "t1",
        "T99999999999999999999",
        "[",
        "[1,",
        "{}",
        "null",
        "NaN",
        "-0",
        "1e999",
        "%",
        "*",
        "**/**/**",
        "[a-",
        "../../etc/passwd",
        "/",
        "..",
        "'; DROP TABLE tasks; --",
        "\" OR 1=1 NEAR(",
        "AND OR NOT",
        "2026-13-45T99:99:99Z",
        "-999999999-01-01T00:00:00Z",
    ] {
        values.push(json!(text));
    }
    values.extend([json!("𝕏".repeat(600)), json!("x".repeat(70_000)), json!(["y".repeat(2_000)])]);
    values
}

/// Everything in hexadecimal, so that nothing of it means anything to the address.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

async fn ask(rest: &Rest, operation: &Described, mut input: Map<String, Value>) -> Result<Answer> {
    let mut path = operation.path.clone();
    for field in operation.fields.iter().filter(|field| operation.in_path(field)) {
        let value = input.remove(field).unwrap_or_default();
        path = path.replace(&format!("{{{field}}}"), &encoded(&text(&value)));
    }
    if !operation.has_body() {
        let pairs: Vec<String> =
            input.iter().map(|(name, value)| format!("{name}={}", encoded(&text(value)))).collect();
        return rest
            .call(operation.method.clone(), &format!("!{path}?{}", pairs.join("&")), None)
            .await;
    }
    rest.call(operation.method.clone(), &format!("!{path}"), Some(Value::Object(input))).await
}

#[tokio::test]
async fn no_value_of_any_field_is_a_fault_of_the_server() -> Result<()> {
    let server = Server::unlimited().await?;
    let person = server.person()?;
    let document = person.call(Method::GET, "!/openapi.json", None).await?.body;
    let operations = described(&document)?;
    ensure!(operations.len() >= 30, "{}", operations.len());
    let mcp = Mcp::modern(
        &format!("{}?tools=all", server.ready().mcp),
        &server.place().person_key()?,
        None,
    )?;
    person.create_task(json!({ "title": "x" })).await?;
    let mut calls = 0;
    for operation in &operations {
        for field in &operation.fields {
            for value in odd() {
                // An address ends at a length that no field of it has anything to do with.
                if text(&value).len() > 2_500 && operation.in_address(field) {
                    continue;
                }
                let mut input: Map<String, Value> =
                    operation.required.iter().map(|name| (name.clone(), plain(name))).collect();
                input.insert(field.clone(), value.clone());
                let shown = || format!("{} {field}={:.80}", operation.name, text(&value));
                let answer = ask(&person, operation, input.clone()).await.with_context(shown)?;
                let good = answer.status < 500 && answer.body["meta"]["correlationId"].is_string();
                ensure!(good, "{}: {} {:.300}", shown(), answer.status, answer.text);
                calls += 1;
                // The other door reads the same input in its own way.
                if calls % 5 == 0 {
                    let result = mcp
                        .call(&operation.name, Value::Object(input))
                        .await
                        .with_context(shown)?;
                    ensure!(result.text["code"] != "INTERNAL", "{}: {}", shown(), result.text);
                }
            }
        }
    }
    person.patch("/settings", json!({ "paused": false })).await?.ok()?;
    person.create_task(json!({ "title": "still here" })).await?;
    let log = server.place().log()?;
    for word in ["panicked", "ERROR", "does not declare"] {
        let line = log.lines().find(|line| line.contains(word));
        ensure!(line.is_none(), "{line:?}");
    }
    println!("{} operations, {calls} calls", operations.len());
    Ok(())
}
