//! A board, an answer and an event as short text for transcripts.

use std::fmt::Write as _;

use meshpilot::model::things::Event;
use meshpilot::store::TaskFilter;
use serde_json::{Map, Value, json};

use super::world::World;

/// Texts longer than this are cut in transcripts.
const LONG: usize = 160;

/// An instant of the day that every board begins on, without the day.
fn instant(text: &str) -> Option<String> {
    let rest = text.strip_prefix("2026-01-01T")?.strip_suffix('Z')?;
    Some(rest.strip_suffix(".000").unwrap_or(rest).to_owned())
}

fn text(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => instant(text).unwrap_or_else(|| text.clone()),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// A task in one line: what changes of it in its life.
pub(crate) fn task(task: &Value) -> String {
    let mut line = format!("{} {}", text(task, "id"), text(task, "status"));
    if text(task, "priority") != "normal" {
        write!(line, " {}", text(task, "priority")).unwrap();
    }
    if let Some(lease) = task.get("lease").filter(|lease| !lease.is_null()) {
        write!(
            line,
            " held by {}#{} until {}",
            text(lease, "agent"),
            text(lease, "fence"),
            text(lease, "expiresAt")
        )
        .unwrap();
    } else if task.get("assignedTo").is_some_and(|agent| !agent.is_null()) {
        write!(line, " for {}", text(task, "assignedTo")).unwrap();
    }
    if task.get("attempts").is_some_and(|attempts| attempts != 0) {
        write!(line, " attempt {}", text(task, "attempts")).unwrap();
    }
    for name in ["progress", "note", "result", "blockedReason", "completedAt"] {
        if task.get(name).is_some_and(|value| !value.is_null()) {
            write!(line, " {name}={}", cut(&text(task, name))).unwrap();
        }
    }
    if task.get("needsHuman") == Some(&Value::Bool(true)) {
        line.push_str(" needsHuman");
    }
    write!(line, " v{}", text(task, "version")).unwrap();
    line
}

fn cut(text: &str) -> String {
    if text.chars().count() > LONG {
        format!("{}…", text.chars().take(LONG).collect::<String>())
    } else {
        text.to_owned()
    }
}

fn lock(lock: &Value) -> String {
    let of = if lock.get("taskId").is_some_and(|task| !task.is_null()) {
        format!(" for {}", text(lock, "taskId"))
    } else {
        String::new()
    };
    format!(
        "{} {} {}#{}{of} until {}",
        text(lock, "path"),
        text(lock, "mode"),
        text(lock, "agent"),
        text(lock, "fence"),
        text(lock, "expiresAt")
    )
}

fn says_something(value: &Value) -> bool {
    !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty())
}

/// Any value, shortly: no nulls, no empty lists, no quotes around names.
pub(crate) fn brief(value: &Value) -> String {
    match value {
        Value::Object(map) if map.contains_key("status") && map.contains_key("priority") => {
            task(value)
        }
        Value::Object(map) if map.contains_key("path") && map.contains_key("fence") => lock(value),
        Value::Object(map) if map.values().filter(|value| says_something(value)).count() == 1 => {
            fields(map)
        }
        Value::Object(map) => format!("{{{}}}", fields(map)),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(brief).collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => match instant(text) {
            Some(instant) => instant,
            None => format!("{:?}", cut(text)),
        },
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_)) => plain.to_string(),
    }
}

/// The fields of an input, the empty ones too: `null` clears.
pub(crate) fn input(map: &Map<String, Value>) -> String {
    map.iter()
        .map(|(name, value)| format!("{name}: {}", brief(value)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The fields of an object, shortly.
pub(crate) fn fields(map: &Map<String, Value>) -> String {
    map.iter()
        .filter(|(_, value)| says_something(value))
        .map(|(name, value)| format!("{name}: {}", brief(value)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// An event in one line.
pub(crate) fn event_line(event: &Event) -> String {
    let mut line = event.kind.clone();
    if event.kind.starts_with("task.") {
        let fields: Vec<&str> =
            event.data["fields"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        write!(
            line,
            " {} {} by {}",
            event.entity.as_deref().unwrap(),
            event.data["change"].as_str().unwrap(),
            event.actor
        )
        .unwrap();
        if !fields.is_empty() {
            write!(line, " [{}]", fields.join(" ")).unwrap();
        }
        if let Some(reason) = event.data["reason"].as_str() {
            write!(line, " ({})", cut(reason)).unwrap();
        }
        return line;
    }
    write!(line, " by {}: {}", event.actor, brief(&event.data)).unwrap();
    line
}

/// The whole board: tasks, locks, chat, knowledge.
pub(crate) async fn board(world: &World) -> String {
    let (tasks, locks, chat, knowledge) = world
        .look(|db| {
            Ok((
                db.list_tasks(&TaskFilter::default(), 10_000, true)?,
                db.locks(None)?,
                db.chat(None, None, 1_000)?,
                db.find_knowledge(&meshpilot::store::KnowledgeFilter::default(), 1_000)?,
            ))
        })
        .await;
    let mut page = String::new();
    for task in &tasks {
        writeln!(page, "{} {:?}", self::task(&json!(task)), task.title).unwrap();
    }
    for lock in &locks {
        writeln!(page, "lock {}", self::lock(&json!(lock))).unwrap();
    }
    for message in &chat {
        writeln!(page, "chat {} {}: {}", message.id, message.from, message.text).unwrap();
    }
    for piece in &knowledge {
        writeln!(
            page,
            "knowledge {} v{} {}: {}",
            piece.key,
            piece.version,
            piece.kind,
            cut(&piece.text)
        )
        .unwrap();
    }
    page
}
