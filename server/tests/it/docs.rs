//! The reference in `docs/reference/`, written from the operations: one page each, with an example that really ran.

use std::fmt::Write as _;

use clap::{Arg, Command};
use meshpilot::api::{Endpoint, Toolset, UNIVERSAL};
use meshpilot::error::Code;
use meshpilot::ops;
use meshpilot::transport::openapi;
use serde_json::{Map, Value};

use super::example::{Scene, request_line};
use super::golden;

const MARK: &str =
    "<!-- Generated from the operations by `cargo xtask codegen`; do not edit. -->\n";

fn page(name: &str, text: &str) {
    golden::check(&format!("docs/reference/{name}.md"), &format!("{MARK}\n{}\n", text.trim()));
}

/// The last part of a reference to a shared schema.
fn shared_name(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str().and_then(|path| path.rsplit('/').next())
}

/// What a schema takes or gives, in a few words.
fn kind(schema: &Value) -> String {
    if let Some(name) = shared_name(schema) {
        return format!("[{name}](types.md#{})", name.to_lowercase());
    }
    if let Some(options) = schema["anyOf"].as_array() {
        let some: Vec<String> =
            options.iter().filter(|option| option["type"] != "null").map(kind).collect();
        return format!("{} or null", some.join(" or "));
    }
    if let Some(words) = schema["enum"].as_array() {
        let null = if words.iter().any(Value::is_null) { " or null" } else { "" };
        let words: Vec<String> =
            words.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect();
        return format!("{}{null}", words.join(", "));
    }
    let bounds = |low: &str, high: &str| match (schema[low].as_u64(), schema[high].as_u64()) {
        (Some(low), Some(high)) => format!(", {low} to {high}"),
        (None, Some(high)) => format!(", up to {high}"),
        (Some(low), None) if low > 0 => format!(", {low} or more"),
        _ => String::new(),
    };
    let one = |word: &str| match word {
        "string" if schema["format"] == "date-time" => "instant".to_owned(),
        "string" => match (schema["pattern"].as_str(), bounds("minLength", "maxLength")) {
            (Some(pattern), _) => format!(
                "id `{}`",
                pattern
                    .trim_start_matches('^')
                    .chars()
                    .next()
                    .map(|letter| format!("{letter}42"))
                    .unwrap_or_default()
            ),
            (None, bounds) if bounds.is_empty() => "text".to_owned(),
            (None, bounds) => format!("text{bounds} characters"),
        },
        "integer" => format!("whole number{}", bounds("minimum", "maximum")),
        "number" => "number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "array" => format!(
            "list of {}{}",
            kind(&schema["items"]),
            schema["maxItems"].as_u64().map(|most| format!(", at most {most}")).unwrap_or_default()
        ),
        "object" => "object".to_owned(),
        other => other.to_owned(),
    };
    match &schema["type"] {
        Value::String(kind) => one(kind),
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).map(one).collect::<Vec<_>>().join(" or ")
        }
        _ => "anything".to_owned(),
    }
}

fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

fn table_of_fields(page: &mut String, schema: &Map<String, Value>, given: bool) {
    let Some(properties) = schema
        .get("properties")
        .and_then(Value::as_object)
        .filter(|properties| !properties.is_empty())
    else {
        page.push_str("None.\n");
        return;
    };
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    page.push_str("| Field | Type | What it is |\n| --- | --- | --- |\n");
    for (name, field) in properties {
        let must = if given && required.contains(&name.as_str()) { " (required)" } else { "" };
        writeln!(
            page,
            "| `{name}`{must} | {} | {} |",
            kind(field),
            cell(field["description"].as_str().unwrap_or_default())
        )
        .unwrap();
    }
}

/// The command of an operation: its words, and how each field is given.
struct CommandForm {
    words: String,
    positional: Vec<String>,
    flags: Vec<(String, String)>,
}

/// Finds the command among the groups of nouns, by its description, which no two operations share.
fn command_form(command: &Command, endpoint: &Endpoint) -> CommandForm {
    for group in command.get_subcommands().filter(|group| group.get_subcommands().next().is_some())
    {
        let leaf = group.get_subcommands().find(|leaf| {
            leaf.get_long_about().is_some_and(|about| about.to_string() == endpoint.description)
        });
        let Some(leaf) = leaf else { continue };
        let id = |arg: &Arg| arg.get_id().as_str().to_owned();
        return CommandForm {
            words: format!("meshpilot {} {}", group.get_name(), leaf.get_name()),
            positional: leaf.get_positionals().map(id).collect(),
            flags: leaf
                .get_arguments()
                .filter_map(|arg| Some((id(arg), arg.get_long()?.to_owned())))
                .collect(),
        };
    }
    panic!("{} has no command", endpoint.spec.name)
}

fn quoted(word: &str) -> String {
    let plain =
        !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "-_./:,@".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// The words of an example's command line.
fn command_line(form: &CommandForm, input: &Map<String, Value>) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    };
    let mut words: Vec<String> = form.words.split(' ').map(str::to_owned).collect();
    words.extend(form.positional.iter().map(|field| text(&input[field])));
    for (name, value) in input {
        if let Some((_, flag)) = form.flags.iter().find(|(field, _)| field == name) {
            words.extend([format!("--{flag}"), text(value)]);
        }
    }
    words
}

/// A body without what differs from run to run or looks like a secret.
fn shown(body: &Value) -> String {
    let mut body = body.clone();
    body["meta"]["correlationId"] = "mD3Qh0aVnZ1cT7Rk".into();
    if body["data"]["secret"].is_string() {
        body["data"]["secret"] = "mp_<id>_<43 characters>".into();
    }
    serde_json::to_string_pretty(&body).unwrap()
}

fn paragraphs(text: &str) -> String {
    text.split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join("\n\n")
}

fn errors_table(page: &mut String, codes: &[Code]) {
    page.push_str("| Code | Status | Again? | What to do |\n| --- | --- | --- | --- |\n");
    for code in codes {
        let again = if code.retryable() { "later" } else { "no" };
        writeln!(
            page,
            "| [`{code}`](errors.md#{}) | {} | {again} | {} |",
            code.as_str().to_lowercase(),
            code.status(),
            cell(code.hint())
        )
        .unwrap();
    }
}

async fn operation_page(endpoint: &Endpoint, document: &Value, command: &Command) -> String {
    let spec = &endpoint.spec;
    let scene = Scene::new().await;
    let input = scene.input(endpoint);
    let exchange = scene.rest(endpoint, &input, scene.key_for(&input, endpoint)).await;
    assert!(exchange.status < 300, "{}: {}", spec.name, exchange.body);
    let form = command_form(command, endpoint);
    let line = command_line(&form, &input);
    if let Err(error) = command.clone().try_get_matches_from(&line) {
        panic!("{}: its example is no command line: {error}", spec.name);
    }

    let mut page = format!("# {}\n\n{}\n\n", spec.name, paragraphs(&endpoint.description));
    page.push_str("| | |\n| --- | --- |\n");
    writeln!(page, "| REST | `{} /v1{}` |", spec.method, spec.path).unwrap();
    let sets = if spec.default_tool {
        format!("`default`, `{}`", spec.toolset.as_str())
    } else {
        format!("`{}`", spec.toolset.as_str())
    };
    let alias = spec.alias.map(|alias| format!("; `{alias}` is accepted too")).unwrap_or_default();
    writeln!(page, "| MCP | tool `{}`, in the toolsets {sets}{alias} |", spec.name).unwrap();
    let positional: String = form.positional.iter().map(|field| format!(" <{field}>")).collect();
    writeln!(page, "| Command line | `{}{positional}` |", form.words).unwrap();
    writeln!(page, "| Scope | `{}` |", spec.scope.as_str()).unwrap();
    let mut effects = vec![if endpoint.writes { "writes" } else { "only reads" }];
    effects.extend(spec.destructive.then_some("can destroy something"));
    effects.extend((endpoint.writes && spec.idempotent).then_some("twice is the same as once"));
    effects.extend(spec.lifeline.then_some("has a rate budget of its own"));
    writeln!(page, "| Effect | {} |", effects.join("; ")).unwrap();

    page.push_str("\n## Input\n\n");
    table_of_fields(&mut page, &endpoint.input, true);
    page.push_str("\n## Answer\n\n");
    let operation =
        &document["paths"][format!("/v1{}", spec.path)][spec.method.as_str().to_lowercase()];
    let data = &operation["responses"]["2XX"]["content"]["application/json"]["schema"]["properties"]
        ["data"];
    let answer = shared_name(data).map_or(data, |name| &document["components"]["schemas"][name]);
    table_of_fields(&mut page, answer.as_object().unwrap(), false);

    page.push_str("\n## Errors\n\n");
    if spec.fails.is_empty() {
        page.push_str("None but [those that every operation has](errors.md).\n");
    } else {
        errors_table(&mut page, spec.fails);
        page.push_str("\nAnd [those that every operation has](errors.md).\n");
    }

    page.push_str("\n## Example\n\n");
    let (path, body) = request_line(endpoint, &input);
    let path = path.replace(&scene.key, "k3v9x2m7qa");
    let arguments = serde_json::to_string(&Value::Object(input.clone()))
        .unwrap()
        .replace(&scene.key, "k3v9x2m7qa");
    let line: Vec<String> =
        line.iter().map(|word| quoted(&word.replace(&scene.key, "k3v9x2m7qa"))).collect();
    writeln!(page, "```sh\n{}\n```\n", line.join(" ")).unwrap();
    writeln!(page, "```json\n{{\"method\":\"tools/call\",\"params\":{{\"name\":\"{}\",\"arguments\":{arguments}}}}}\n```\n", spec.name).unwrap();
    write!(page, "```http\n{} {path} HTTP/1.1\nAuthorization: Bearer mp_…\n", spec.method).unwrap();
    match body {
        Some(body) => writeln!(page, "Content-Type: application/json\n\n{body}\n```\n").unwrap(),
        None => page.push_str("```\n\n"),
    }
    let answer = shown(&exchange.body).replace(&scene.key, "k3v9x2m7qa");
    writeln!(page, "answers {}:\n\n```json\n{answer}\n```", exchange.status).unwrap();
    page
}

#[tokio::test]
async fn each_operation_has_the_page_that_is_committed() {
    let api = ops::all();
    let (document, command) = (openapi::build(&api), meshpilot::cli::command(&api));
    for endpoint in api.endpoints() {
        page(endpoint.spec.name, &operation_page(endpoint, &document, &command).await);
    }
}

#[test]
fn the_index_is_the_committed_one() {
    let api = ops::all();
    let mut text = "# Reference\n\n\
        Every operation can be asked over REST, over MCP and on the command line, with the same fields, rights, answers and errors: \
        all of them, and these pages, come from one definition in the code. The same as a document for programs: `GET /openapi.json`.\n\n\
        Over REST a success is `{\"success\":true,\"data\":…,\"meta\":…}` and a failure `{\"success\":false,\"error\":…,\"meta\":…}`. \
        Over MCP `data` is the `structuredContent`, without what is null or empty. Both take `agent`, the caller's name when its key is \
        shared (REST also: header `X-Agent`), and what writes takes `requestId`, which makes a retry safe (REST also: header \
        `Idempotency-Key`). Waiting calls (`waitSeconds`) answer when there is something, or say that there was nothing.\n\n\
        The examples ran on a board where `T1` waits, `builder-1` holds `T2`, `T3` is in review and `T4` was deleted.\n\n\
        [Errors](errors.md) · [Events](events.md) · [Limits](limits.md) · [Types](types.md)\n"
        .to_owned();
    for set in Toolset::ALL {
        write!(
            text,
            "\n## {}\n\n| Operation | REST | Scope | What it does |\n| --- | --- | --- | --- |\n",
            set.as_str()
        )
        .unwrap();
        for endpoint in api.endpoints().iter().filter(|endpoint| endpoint.spec.toolset == *set) {
            let spec = &endpoint.spec;
            let default = if spec.default_tool { "" } else { " ¹" };
            writeln!(
                text,
                "| [{name}]({name}.md){default} | `{} {}` | `{}` | {} |",
                spec.method,
                spec.path,
                spec.scope.as_str(),
                cell(endpoint.summary()),
                name = spec.name
            )
            .unwrap();
        }
    }
    text.push_str("\n¹ Not among the tools that an MCP client sees by default; ask for more with `/mcp?tools=…` or `meshpilot mcp --tools …`.\n");
    page("README", &text);
}

#[test]
fn the_errors_are_the_committed_ones() {
    let api = ops::all();
    let mut text = "# Errors\n\n\
        An error is `{\"code\",\"message\",\"hint\",\"retryable\",\"details\"}`, the same over REST, MCP and on the command line. Match on \
        `code`; `message` is for people, and `hint` says what to do next. `retryable` means that the same call may succeed later without a change.\n\n\
        Any operation can answer "
        .to_owned();
    let universal: Vec<String> = UNIVERSAL
        .iter()
        .map(|code| format!("[`{code}`](#{})", code.as_str().to_lowercase()))
        .collect();
    writeln!(text, "{}; the others only where they are declared.", universal.join(", ")).unwrap();
    for code in Code::ALL {
        let again = if code.retryable() {
            "may succeed later"
        } else {
            "will not succeed without a change"
        };
        writeln!(
            text,
            "\n## {code}\n\nStatus {}; the same call {again}.\n\n{}\n\n{}",
            code.status(),
            paragraphs(code.meaning()),
            code.hint()
        )
        .unwrap();
        let by: Vec<String> = api
            .endpoints()
            .iter()
            .filter(|endpoint| endpoint.spec.fails.contains(code))
            .map(|endpoint| format!("[{name}]({name}.md)", name = endpoint.spec.name))
            .collect();
        if !by.is_empty() {
            writeln!(text, "\nAnswered by {}.", by.join(", ")).unwrap();
        }
    }
    page("errors", &text);
}

#[test]
fn the_types_are_the_committed_ones() {
    let document = openapi::build(&ops::all());
    let mut text = "# Types\n\nWhat answers and events are made of. Over REST every field is always there; over MCP what is null or empty is left out.\n".to_owned();
    let inputs: Vec<String> =
        ops::all().endpoints().iter().map(|endpoint| endpoint.spec.name.replace('_', "")).collect();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        // Inputs and answers of operations stand on their pages.
        let of_one = name.ends_with("Output")
            || inputs.contains(&name.to_lowercase())
            || ["Error", "Meta"].contains(&name.as_str());
        if of_one || schema["properties"].is_null() {
            continue;
        }
        writeln!(
            text,
            "\n## {name}\n\n{}\n",
            paragraphs(schema["description"].as_str().unwrap_or_default())
        )
        .unwrap();
        table_of_fields(&mut text, schema.as_object().unwrap(), false);
    }
    page("types", &text);
}

#[test]
fn the_limits_are_the_committed_ones() {
    let source = std::fs::read_to_string(golden::root().join("server/src/limits.rs")).unwrap();
    let mut text = "# Limits\n\nEvery limit of the server. Text limits count characters (Unicode scalar values); what is over a limit is refused, never cut.\n\n\
        | Limit | Value | What it bounds |\n| --- | --- | --- |\n"
        .to_owned();
    let mut about = String::new();
    let mut found = 0;
    for line in source.lines() {
        if let Some(doc) = line.strip_prefix("/// ") {
            about = format!("{about} {doc}");
        } else if let Some(constant) = line.strip_prefix("pub const ") {
            let (name, rest) = constant.split_once(':').unwrap();
            let value = rest.split_once('=').unwrap().1.trim().trim_end_matches(';');
            writeln!(text, "| `{name}` | {} | {} |", value_of(value), cell(&about)).unwrap();
            about.clear();
            found += 1;
        }
    }
    assert_eq!(
        found,
        source.matches("pub const ").count(),
        "a limit is written in a way that this test can't read"
    );
    page("limits", &text);
}

/// A constant's value as people write it: `7 * 86_400` seconds as days, bytes as MiB.
fn value_of(source: &str) -> String {
    let product = |text: &str| {
        text.split('*')
            .map(|factor| factor.trim().replace('_', "").parse::<u64>().ok())
            .product::<Option<u64>>()
    };
    let inside = |start: &str| {
        source.strip_prefix(start).and_then(|rest| rest.strip_suffix(')')).and_then(product)
    };
    if let Some(millis) = inside("Duration::from_millis(") {
        return format!("{millis} ms");
    }
    if let Some(seconds) = inside("Duration::from_secs(") {
        return if seconds >= 86_400 && seconds % 86_400 == 0 {
            format!("{} days", seconds / 86_400)
        } else {
            format!("{seconds} s")
        };
    }
    match product(source) {
        Some(bytes) if source.contains("1024") && bytes % 1_048_576 == 0 => {
            format!("{} MiB", bytes / 1_048_576)
        }
        Some(bytes) if source.contains("1024") => format!("{} KiB", bytes / 1024),
        Some(number) => number.to_string(),
        None => source.replace('_', "").trim_end_matches(".0").to_owned(),
    }
}

#[test]
fn no_page_is_left_of_an_operation_that_is_gone() {
    let mut expected: Vec<String> = ops::all()
        .endpoints()
        .iter()
        .map(|endpoint| format!("{}.md", endpoint.spec.name))
        .collect();
    expected.extend(
        ["README.md", "errors.md", "events.md", "limits.md", "types.md"].map(str::to_owned),
    );
    expected.sort();
    let folder = golden::root().join("docs/reference");
    let mut found: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    assert_eq!(found, expected);
}
