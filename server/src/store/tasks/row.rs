//! A task as a row: its columns, and both ways between them and the type.

use rusqlite::Row;
use rusqlite::types::Value;
use serde::Serialize;

use super::TaskRow;
use crate::model::task::{Cost, Lease, Priority, Provenance, Review, Task, Verdict};
use crate::model::time::Timestamp;
use crate::store::sql::{Columns, Json};

/// The columns of a task: as stored, and as clients call them (empty: what no client sees). [`values`] and [`row`]
/// have the same order.
pub(super) const COLUMNS: &[(&str, &str)] = &[
    ("title", "title"),
    ("description", "description"),
    ("status", "status"),
    ("type", "type"),
    ("priority", "priority"),
    ("assigned_to", "assignedTo"),
    ("created_by", "createdBy"),
    ("files_owned", "filesOwned"),
    ("labels", "labels"),
    ("depends_on", "dependsOn"),
    ("sprint_id", "sprintId"),
    ("wave", "wave"),
    ("requires_review", "requiresReview"),
    ("result", "result"),
    ("review", "review"),
    ("lease_agent", "lease"),
    ("lease_expires_at", "lease"),
    ("lease_seconds", ""),
    ("fence", ""),
    ("attempts", "attempts"),
    ("progress", "progress"),
    ("note", "note"),
    ("tokens_in", "cost"),
    ("tokens_out", "cost"),
    ("cost_micro_usd", "cost"),
    ("action", "action"),
    ("target", "target"),
    ("thread_id", "threadId"),
    ("reply_to", "replyTo"),
    ("provenance", "provenance"),
    ("fallback", "fallback"),
    ("expires_at", "expiresAt"),
    ("version", ""),
    ("created_at", "createdAt"),
    ("updated_at", ""),
    ("started_at", "startedAt"),
    ("completed_at", "completedAt"),
    ("needs_human", "needsHuman"),
    ("blocked_reason", "blockedReason"),
    ("dream_id", "dreamId"),
    ("model", "model"),
    ("error_code", "errorCode"),
    ("error_class", "errorClass"),
    ("comment_count", "commentCount"),
    ("rejections", "rejections"),
    ("warnings", "warnings"),
    ("releases", ""),
    ("waits_for", ""),
    ("assigned_on_claim", ""),
    ("deleted_at", ""),
];

pub(super) fn select() -> &'static str {
    static SELECT: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let names: Vec<_> = COLUMNS.iter().map(|(sql, _)| *sql).collect();
        format!("SELECT id, {} FROM tasks", names.join(", "))
    });
    &SELECT
}

/// Dollars as the whole number that is stored, so that sums are exact.
pub(in crate::store) fn micro_usd(dollars: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the cast saturates, and no cost comes near the bounds"
    )]
    let micros = (dollars * 1_000_000.0).round() as i64;
    micros
}

fn usd(micros: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "exact up to nine billion dollars")]
    let dollars = micros as f64 / 1_000_000.0;
    dollars
}

pub(super) fn integer(value: impl TryInto<i64>) -> Value {
    Value::Integer(value.try_into().unwrap_or(i64::MAX))
}

fn text(value: &Option<String>) -> Value {
    value.as_ref().map_or(Value::Null, |text| Value::Text(text.clone()))
}

fn instant(value: Option<Timestamp>) -> Value {
    value.map_or(Value::Null, |at| Value::Integer(at.as_millis()))
}

fn list<T: Serialize>(value: &[T]) -> Value {
    if value.is_empty() { Value::Text("[]".to_owned()) } else { json(&value) }
}

fn json(value: &impl Serialize) -> Value {
    Value::Text(serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()))
}

pub(super) fn values(row: &TaskRow) -> Vec<Value> {
    let task = &row.task;
    vec![
        Value::Text(task.title.clone()),
        Value::Text(task.description.clone().unwrap_or_default()),
        Value::Text(task.status.as_str().to_owned()),
        Value::Text(task.kind.clone()),
        integer(task.priority.rank()),
        text(&task.assigned_to),
        Value::Text(task.created_by.clone()),
        list(&task.files_owned),
        list(&task.labels),
        list(&task.depends_on),
        text(&task.sprint_id),
        task.wave.map_or(Value::Null, Value::Integer),
        integer(i64::from(task.requires_review)),
        text(&task.result),
        task.review.as_ref().map_or(Value::Null, |review| {
            json(&serde_json::json!({"verdict": review.verdict, "reason": review.reason, "by": review.by, "at": review.at.as_millis()}))
        }),
        task.lease.as_ref().map_or(Value::Null, |lease| Value::Text(lease.agent.clone())),
        instant(task.lease.as_ref().map(|lease| lease.expires_at)),
        integer(row.lease_seconds),
        Value::Integer(row.fence),
        Value::Integer(task.attempts),
        task.progress.map_or(Value::Null, integer),
        text(&task.note),
        integer(task.cost.tokens_in),
        integer(task.cost.tokens_out),
        Value::Integer(micro_usd(task.cost.cost_usd)),
        task.action.map_or(Value::Null, |action| Value::Text(action.as_str().to_owned())),
        text(&task.target),
        text(&task.thread_id),
        text(&task.reply_to),
        task.provenance.as_ref().map_or(Value::Null, json),
        list(&task.fallback),
        instant(task.expires_at),
        Value::Integer(task.version),
        Value::Integer(task.created_at.as_millis()),
        Value::Integer(task.updated_at.as_millis()),
        instant(task.started_at),
        instant(task.completed_at),
        integer(i64::from(task.needs_human)),
        text(&task.blocked_reason),
        text(&task.dream_id),
        text(&task.model),
        text(&task.error_code),
        task.error_class.map_or(Value::Null, |class| Value::Text(class.as_str().to_owned())),
        Value::Integer(task.comment_count),
        Value::Integer(task.rejections),
        list(&task.warnings),
        Value::Integer(row.releases),
        Value::Integer(row.waits_for),
        integer(i64::from(row.assigned_on_claim)),
        instant(row.deleted_at),
    ]
}

#[derive(serde::Deserialize)]
struct StoredReview {
    verdict: Verdict,
    reason: Option<String>,
    by: String,
    at: i64,
}

pub(super) fn row(row: &Row<'_>) -> rusqlite::Result<TaskRow> {
    let mut c = Columns::new(row);
    // Columns are read in their order, and those of the lease lie between those of the task.
    let (lease_seconds, fence);
    let task = Task {
        id: c.get()?,
        title: c.get()?,
        description: Some(c.get()?),
        status: c.get()?,
        kind: c.get()?,
        priority: Priority::from_rank(c.get()?),
        assigned_to: c.get()?,
        created_by: c.get()?,
        files_owned: c.list()?,
        labels: c.list()?,
        depends_on: c.list()?,
        sprint_id: c.get()?,
        wave: c.get()?,
        requires_review: c.get()?,
        result: c.get()?,
        review: c.get::<Option<Json<StoredReview>>>()?.map(|Json(stored)| Review {
            verdict: stored.verdict,
            reason: stored.reason,
            by: stored.by,
            at: Timestamp::from_millis(stored.at),
        }),
        lease: {
            let (agent, expires_at): (Option<String>, Option<Timestamp>) = (c.get()?, c.get()?);
            (lease_seconds, fence) = (c.get::<Option<u64>>()?.unwrap_or_default(), c.get()?);
            agent.zip(expires_at).map(|(agent, expires_at)| Lease { agent, expires_at, fence })
        },
        attempts: c.get()?,
        progress: c.get()?,
        note: c.get()?,
        cost: Cost { tokens_in: c.get()?, tokens_out: c.get()?, cost_usd: usd(c.get()?) },
        action: c.get()?,
        target: c.get()?,
        thread_id: c.get()?,
        reply_to: c.get()?,
        provenance: c.get::<Option<Json<Provenance>>>()?.map(|json| json.0),
        fallback: c.list()?,
        expires_at: c.get()?,
        version: c.get()?,
        created_at: c.get()?,
        updated_at: c.get()?,
        started_at: c.get()?,
        completed_at: c.get()?,
        needs_human: c.get()?,
        blocked_reason: c.get()?,
        dream_id: c.get()?,
        model: c.get()?,
        error_code: c.get()?,
        error_class: c.get()?,
        comment_count: c.get()?,
        rejections: c.get()?,
        warnings: c.list()?,
    };
    Ok(TaskRow {
        task,
        lease_seconds,
        fence,
        releases: c.get()?,
        waits_for: c.get()?,
        assigned_on_claim: c.get()?,
        deleted_at: c.get()?,
    })
}
