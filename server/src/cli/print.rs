//! Answers on a terminal: short for people, JSON for programs.

use std::io::Write as _;

use serde_json::Value;

use crate::api::Endpoint;
use crate::client::Envelope;

/// Prints a success.
pub(super) fn success(endpoint: &Endpoint, answer: &Envelope, json: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", answer.body)?;
        return Ok(());
    }
    let fields = answer.body.as_object();
    let list = fields.and_then(|fields| {
        fields
            .iter()
            .find(|(name, value)| value.is_array() && endpoint.spec.path.contains(name.as_str()))
    });
    match list {
        Some((_, Value::Array(rows))) if rows.is_empty() => writeln!(out, "nothing")?,
        Some((_, Value::Array(rows))) => {
            for row in rows {
                writeln!(out, "{}", line(row))?;
            }
        }
        _ => match fields.and_then(|fields| fields.get("task")).filter(|task| task.is_object()) {
            Some(task) => writeln!(out, "{}", line(task))?,
            None => writeln!(out, "{}", serde_json::to_string_pretty(&answer.body)?)?,
        },
    }
    if let Some(cursor) = fields.and_then(|fields| fields.get("nextCursor")).and_then(Value::as_str)
    {
        writeln!(out, "more: --cursor {cursor}")?;
    }
    for notice in answer.meta.get("notices").and_then(Value::as_array).into_iter().flatten() {
        eprintln!("notice: {}", notice.get("text").and_then(Value::as_str).unwrap_or_default());
    }
    Ok(())
}

/// One thing in one line: what a person would look for first.
fn line(thing: &Value) -> String {
    let word = |name: &str| match thing.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(clean(text)),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let lease =
        thing.pointer("/lease/agent").and_then(Value::as_str).map(|agent| format!("({agent})"));
    let names = [
        "id",
        "seq",
        "key",
        "kind",
        "status",
        "priority",
        "type",
        "from",
        "agent",
        "label",
        "path",
        "title",
        "text",
        "expiresAt",
    ];
    let mut words: Vec<String> = names.iter().filter_map(|name| word(name)).collect();
    words.extend(lease);
    words.join("  ")
}

/// Text of agents goes to a terminal: no control characters, one line.
fn clean(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().count() > 100 {
        format!("{}…", line.chars().take(99).collect::<String>())
    } else {
        line
    }
}

/// Prints a refusal or a fault to standard error.
pub(super) fn failure(answer: &Envelope, json: bool) {
    if json {
        eprintln!("{}", answer.body);
        return;
    }
    let text =
        |name: &str| answer.body.get(name).and_then(Value::as_str).map(clean).unwrap_or_default();
    eprintln!("{}: {}\n{}", text("code"), text("message"), text("hint"));
}
