//! Tasks: rows, lists, counts and dependencies.

use rusqlite::types::Value;
use rusqlite::{Row, ToSql, params, params_from_iter};
use serde::Serialize;

use super::sql::{Columns, Json};
use super::tx::{ReadTx, WriteTx};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::ids::TaskId;
use crate::model::task::{Cost, Lease, Priority, Provenance, Review, Status, Task, Verdict};
use crate::model::text::fingerprint;
use crate::model::time::Timestamp;

/// A task with what no client sees.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskRow {
    /// The task, description and result included.
    pub task: Task,
    /// How long its lease lasts when renewed, in seconds.
    pub lease_seconds: u64,
    /// The fence of its last lease, live or not.
    pub fence: i64,
    /// How often it was released.
    pub releases: i64,
    /// How many of its dependencies are not finished.
    pub waits_for: i64,
    /// Whether the claim assigned it, so that its end takes the assignment back.
    pub assigned_on_claim: bool,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// A task about to be made: everything that its creator decides.
pub type NewTask = Task;

/// What a list of tasks is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct TaskFilter {
    /// Any of these statuses; empty: all.
    pub status: Vec<Status>,
    /// Assigned to this agent.
    pub assigned_to: Option<String>,
    /// Meant for this agent, group or `all`.
    pub target: Option<String>,
    /// Of this priority.
    pub priority: Option<Priority>,
    /// With this label.
    pub label: Option<String>,
    /// Of this sprint.
    pub sprint_id: Option<String>,
    /// Of this type.
    pub kind: Option<String>,
    /// With these words in title or description.
    pub text: Option<String>,
    /// Changed at or after this instant.
    pub updated_since: Option<Timestamp>,
    /// After this position of the list.
    pub after: Option<(u8, i64)>,
}

impl Priority {
    /// The number that is stored and sorted by.
    #[must_use]
    pub const fn rank(self) -> u8 {
        self as u8
    }

    fn from_rank(rank: i64) -> Self {
        usize::try_from(rank)
            .ok()
            .and_then(|rank| Self::ALL.get(rank))
            .copied()
            .unwrap_or(Self::Normal)
    }
}

/// The columns of a task: as stored, and as clients call them (empty: what no client sees). [`values`] and [`row`]
/// have the same order.
const COLUMNS: &[(&str, &str)] = &[
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

fn select() -> &'static str {
    static SELECT: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let names: Vec<_> = COLUMNS.iter().map(|(sql, _)| *sql).collect();
        format!("SELECT id, {} FROM tasks", names.join(", "))
    });
    &SELECT
}

/// Dollars as the whole number that is stored, so that sums are exact.
pub(super) fn micro_usd(dollars: f64) -> i64 {
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

fn integer(value: impl TryInto<i64>) -> Value {
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

fn values(row: &TaskRow) -> Vec<Value> {
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

fn row(row: &Row<'_>) -> rusqlite::Result<TaskRow> {
    let mut c = Columns::new(row);
    let mut task = Task {
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
        lease: None,
        attempts: 0,
        progress: None,
        note: None,
        cost: Cost::default(),
        action: None,
        target: None,
        thread_id: None,
        reply_to: None,
        provenance: None,
        fallback: Vec::new(),
        expires_at: None,
        version: 0,
        created_at: Timestamp::default(),
        updated_at: Timestamp::default(),
        started_at: None,
        completed_at: None,
        needs_human: false,
        blocked_reason: None,
        dream_id: None,
        model: None,
        error_code: None,
        error_class: None,
        comment_count: 0,
        rejections: 0,
        warnings: Vec::new(),
    };
    let (agent, expires_at): (Option<String>, Option<Timestamp>) = (c.get()?, c.get()?);
    let (lease_seconds, fence) = (c.get::<Option<u64>>()?.unwrap_or_default(), c.get()?);
    task.lease =
        agent.zip(expires_at).map(|(agent, expires_at)| Lease { agent, expires_at, fence });
    task.attempts = c.get()?;
    task.progress = c.get()?;
    task.note = c.get()?;
    task.cost = Cost { tokens_in: c.get()?, tokens_out: c.get()?, cost_usd: usd(c.get()?) };
    task.action = c.get()?;
    task.target = c.get()?;
    task.thread_id = c.get()?;
    task.reply_to = c.get()?;
    task.provenance = c.get::<Option<Json<Provenance>>>()?.map(|json| json.0);
    task.fallback = c.list()?;
    task.expires_at = c.get()?;
    task.version = c.get()?;
    task.created_at = c.get()?;
    task.updated_at = c.get()?;
    task.started_at = c.get()?;
    task.completed_at = c.get()?;
    task.needs_human = c.get()?;
    task.blocked_reason = c.get()?;
    task.dream_id = c.get()?;
    task.model = c.get()?;
    task.error_code = c.get()?;
    task.error_class = c.get()?;
    task.comment_count = c.get()?;
    task.rejections = c.get()?;
    task.warnings = c.list()?;
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

/// A full-text query out of what a person typed: every word, the last one as the start of a word.
pub(super) fn full_text(words: &str) -> String {
    let mut quoted: Vec<String> = words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(20)
        .map(|word| format!("\"{word}\""))
        .collect();
    if let Some(last) = quoted.last_mut() {
        last.push('*');
    }
    quoted.join(" ")
}

/// A task as lists and events carry it: without its long texts.
fn card(mut row: TaskRow) -> Task {
    row.task.description = None;
    row.task.result = None;
    row.task
}

#[derive(Serialize)]
struct Changed<'a> {
    task: &'a Task,
    change: &'a str,
    fields: Vec<&'a str>,
    reason: Option<&'a str>,
}

impl ReadTx<'_> {
    /// A task, deleted ones included.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn any_task(&self, id: TaskId) -> Result<TaskRow> {
        let mut statement = self.prepare(&format!("{} WHERE id = ?", select()))?;
        let mut rows = statement.query([id])?;
        match rows.next()? {
            Some(found) => Ok(row(found)?),
            None => Err(Error::not_found("task", id)),
        }
    }

    /// A task that is not deleted.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn task(&self, id: TaskId) -> Result<TaskRow> {
        let found = self.any_task(id)?;
        if found.deleted_at.is_some() {
            return Err(Error::not_found("task", id)
                .hint("It was deleted; restore_task brings it back within 30 days."));
        }
        Ok(found)
    }

    /// The standing task with the same fingerprint.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn same_task(&self, title: &str) -> Result<Option<TaskRow>> {
        self.row(
            &format!(
                "{} WHERE fingerprint = ? AND status NOT IN ('done', 'failed', 'cancelled') AND deleted_at IS NULL ORDER BY id LIMIT 1",
                select()
            ),
            [fingerprint(title)],
            row,
        )
    }

    /// Unfinished tasks that have all the longer words of a title, or its beginning: likely the same in other words.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn similar_tasks(
        &self,
        title: &str,
        except: TaskId,
    ) -> Result<Vec<(TaskId, String, Status)>> {
        let print = fingerprint(title);
        let long: Vec<&str> = print
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.chars().count() > 3)
            .take(8)
            .collect();
        if long.len() < 2 {
            return Ok(Vec::new());
        }
        let query = long.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" ");
        // Unranked and cut off at a few rows: this runs on every create.
        self.rows(
            "SELECT id, title, status FROM tasks WHERE id IN (SELECT rowid FROM tasks_fts WHERE title MATCH ? LIMIT 20)
               AND id <> ? AND status NOT IN ('done', 'failed', 'cancelled') AND deleted_at IS NULL LIMIT 3",
            params![query, except],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
    }

    /// A page of tasks: the most urgent first, then the oldest. Bodies are left out unless asked for.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn list_tasks(&self, filter: &TaskFilter, limit: u64, bodies: bool) -> Result<Vec<Task>> {
        let mut sql = format!("{} WHERE deleted_at IS NULL", select());
        let mut values: Vec<Value> = Vec::new();
        let mut narrow = |condition: &str, value: Value| {
            sql.push_str(" AND ");
            sql.push_str(condition);
            values.push(value);
        };
        let plain: [(&str, &Option<String>); 4] = [
            ("assigned_to = ?", &filter.assigned_to),
            ("target = ?", &filter.target),
            ("sprint_id = ?", &filter.sprint_id),
            ("type = ?", &filter.kind),
        ];
        for (condition, value) in plain {
            if let Some(value) = value {
                narrow(condition, Value::Text(value.clone()));
            }
        }
        if let Some(priority) = filter.priority {
            narrow("priority = ?", integer(priority.rank()));
        }
        if let Some(label) = &filter.label {
            narrow(
                "EXISTS (SELECT 1 FROM json_each(labels) WHERE value = ?)",
                Value::Text(label.clone()),
            );
        }
        if let Some(words) = &filter.text {
            narrow(
                "id IN (SELECT rowid FROM tasks_fts WHERE tasks_fts MATCH ?)",
                Value::Text(full_text(words)),
            );
        }
        if let Some(since) = filter.updated_since {
            narrow("updated_at >= ?", Value::Integer(since.as_millis()));
        }
        if let Some((rank, id)) = filter.after {
            narrow(
                &format!("(priority < {rank} OR (priority = {rank} AND id > ?))"),
                Value::Integer(id),
            );
        }
        if !filter.status.is_empty() {
            let words: Vec<String> =
                filter.status.iter().map(|status| format!("'{status}'")).collect();
            sql.push_str(&format!(" AND status IN ({})", words.join(", ")));
        }
        sql.push_str(" ORDER BY priority DESC, id LIMIT ?");
        values.push(integer(limit));
        self.rows(&sql, params_from_iter(values), |found| {
            row(found).map(|row| if bodies { row.task } else { card(row) })
        })
    }

    /// The cards of a board snapshot: all that is not finished, and the newest of what is.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn board_tasks(&self) -> Result<Vec<Task>> {
        let mut cards = self.rows(
            &format!("{} WHERE deleted_at IS NULL AND status IN ('todo', 'in_progress', 'blocked', 'in_review')", select()),
            [],
            |found| row(found).map(card),
        )?;
        for status in [Status::Done, Status::Failed, Status::Cancelled] {
            cards.extend(self.rows(
                &format!("{} WHERE deleted_at IS NULL AND status = '{status}' ORDER BY completed_at DESC LIMIT ?", select()),
                [limits::SNAPSHOT_FINISHED],
                |found| row(found).map(card),
            )?);
        }
        Ok(cards)
    }

    /// How many tasks each status has.
    ///
    /// # Errors
    /// When they can't be counted.
    pub fn count_tasks(&self) -> Result<Vec<(Status, i64)>> {
        self.rows(
            "SELECT status, count(*) FROM tasks WHERE deleted_at IS NULL GROUP BY status",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    /// The dependencies of a task that are neither done nor cancelled.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn unfinished_dependencies(&self, id: TaskId) -> Result<Vec<TaskId>> {
        self.rows(
            "SELECT t.id FROM task_deps d JOIN tasks t ON t.id = d.depends_on
             WHERE d.task_id = ? AND t.status NOT IN ('done', 'cancelled') AND t.deleted_at IS NULL ORDER BY t.id",
            [id],
            |row| row.get(0),
        )
    }

    /// What a task depends on, directly.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn dependencies(&self, id: TaskId) -> Result<Vec<TaskId>> {
        self.rows(
            "SELECT depends_on FROM task_deps WHERE task_id = ? ORDER BY depends_on",
            [id],
            |row| row.get(0),
        )
    }

    /// Tasks that wait for this one, directly.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn dependents(&self, id: TaskId) -> Result<Vec<TaskId>> {
        self.rows(
            "SELECT task_id FROM task_deps WHERE depends_on = ? ORDER BY task_id",
            [id],
            |row| row.get(0),
        )
    }

    /// Ready tasks that an agent may claim, the most urgent first, then the oldest.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn ready_tasks(&self, agent: &str, limit: i64, offset: i64) -> Result<Vec<TaskRow>> {
        // Two walks along one index, each already in order: the agent's own tasks and nobody's.
        let mine = "status = 'todo' AND waits_for = 0 AND deleted_at IS NULL AND needs_human = 0
                    AND (target IS NULL OR target IN (?1, 'all', ?4))";
        let select = select();
        self.rows(
            &format!(
                "SELECT * FROM (
                   SELECT * FROM ({select} WHERE assigned_to = ?1 AND {mine} ORDER BY priority DESC, id LIMIT ?2 + ?3)
                   UNION ALL
                   SELECT * FROM ({select} WHERE assigned_to IS NULL AND {mine} ORDER BY priority DESC, id LIMIT ?2 + ?3))
                 ORDER BY priority DESC, id LIMIT ?2 OFFSET ?3"
            ),
            params![agent, limit, offset, self.caller().role],
            row,
        )
    }

    /// How many tasks in todo wait for others, for somebody else, and for a person (each counted up to 1,000).
    ///
    /// # Errors
    /// When they can't be counted.
    pub fn not_ready(&self, agent: &str) -> Result<(i64, i64, i64)> {
        let count = |sql: &str, params: &[&dyn ToSql]| -> Result<i64> {
            Ok(self.row(sql, params, |row| row.get(0))?.unwrap_or(0))
        };
        Ok((
            count(
                "SELECT count(*) FROM (SELECT 1 FROM tasks WHERE status = 'todo' AND waits_for > 0 AND deleted_at IS NULL LIMIT 1000)",
                &[],
            )?,
            count(
                "SELECT count(*) FROM (SELECT 1 FROM tasks WHERE status = 'todo' AND waits_for = 0 AND deleted_at IS NULL AND needs_human = 0
                   AND ((assigned_to IS NOT NULL AND assigned_to <> ?1) OR (target IS NOT NULL AND target NOT IN (?1, 'all', coalesce(?2, 'all')))) LIMIT 1000)",
                &[&agent, &self.caller().role],
            )?,
            count(
                "SELECT count(*) FROM (SELECT 1 FROM tasks WHERE status = 'todo' AND waits_for = 0 AND deleted_at IS NULL AND needs_human = 1 LIMIT 1000)",
                &[],
            )?,
        ))
    }

    /// Tasks that an agent holds, with its fence and the end of its lease.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn held_tasks(&self, agent: &str) -> Result<Vec<TaskRow>> {
        self.rows(
            &format!("{} WHERE lease_agent = ? ORDER BY started_at DESC", select()),
            [agent],
            row,
        )
    }

    /// Work that came back to an agent with a reject and waits for it.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn rejected_tasks(&self, agent: &str) -> Result<Vec<TaskRow>> {
        self.rows(
            &format!(
                "{} WHERE assigned_to = ? AND status = 'todo' AND rejections > 0 AND assigned_to IS NOT NULL AND deleted_at IS NULL LIMIT 10",
                select()
            ),
            [agent],
            row,
        )
    }

    /// Ids of todo tasks last changed before an instant.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn stale_tasks(&self, before: Timestamp) -> Result<Vec<TaskId>> {
        self.rows("SELECT id FROM tasks WHERE status = 'todo' AND deleted_at IS NULL AND updated_at <= ? ORDER BY id", [before], |row| row.get(0))
    }

    /// Ids of todo tasks whose time has run out.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn expired_tasks(&self) -> Result<Vec<TaskId>> {
        self.rows(
            "SELECT id FROM tasks WHERE status = 'todo' AND expires_at IS NOT NULL AND expires_at <= ? AND deleted_at IS NULL LIMIT 500",
            [self.now()],
            |row| row.get(0),
        )
    }

    /// Ids of tasks whose lease has run out.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn ended_leases(&self) -> Result<Vec<TaskId>> {
        self.rows("SELECT id FROM tasks WHERE lease_agent IS NOT NULL AND lease_expires_at <= ? LIMIT 500", [self.now()], |row| row.get(0))
    }

    /// Ids of all tasks that somebody holds.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn leased_tasks(&self) -> Result<Vec<TaskId>> {
        self.rows("SELECT id FROM tasks WHERE lease_agent IS NOT NULL", [], |row| row.get(0))
    }
}

impl WriteTx<'_> {
    /// Stores a new task and says so. The id is the next one; the instants are this transaction's.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn add_task(&mut self, mut task: NewTask) -> Result<TaskRow> {
        task.created_at = self.now();
        task.updated_at = task.created_at;
        task.version = 1;
        let mut row = TaskRow {
            lease_seconds: 0,
            fence: 0,
            releases: 0,
            waits_for: 0,
            assigned_on_claim: false,
            deleted_at: None,
            task,
        };
        let names: Vec<_> = COLUMNS.iter().map(|(sql, _)| *sql).collect();
        let mut stored = values(&row);
        stored.push(Value::Text(fingerprint(&row.task.title)));
        let marks = vec!["?"; stored.len()].join(", ");
        let sql = format!("INSERT INTO tasks ({}, fingerprint) VALUES ({marks})", names.join(", "));
        row.task.id = TaskId(self.insert(&sql, params_from_iter(stored))?);
        if !row.task.depends_on.is_empty() {
            self.put_dependencies(&row.task)?;
            row.waits_for = self.count_waits(row.task.id)?;
        }
        self.tell("task.created", "created", &row.task, Vec::new(), None)?;
        Ok(row)
    }

    /// Stores what has changed of a task, with a new version, and says so. Only changed columns are written.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn change_task(
        &mut self,
        before: &TaskRow,
        mut after: TaskRow,
        change: &'static str,
        reason: Option<&str>,
    ) -> Result<TaskRow> {
        after.task.version = before.task.version + 1;
        after.task.updated_at = self.now();
        let (old, new) = (values(before), values(&after));
        let mut sets: Vec<&str> = Vec::new();
        let mut fields: Vec<&'static str> = Vec::new();
        let mut stored: Vec<Value> = Vec::new();
        for (((column, field), old), new) in COLUMNS.iter().zip(old).zip(new) {
            if old != new {
                sets.push(column);
                stored.push(new);
                if !field.is_empty() && fields.last() != Some(field) {
                    fields.push(field);
                }
            }
        }
        if before.task.title != after.task.title {
            sets.push("fingerprint");
            stored.push(Value::Text(fingerprint(&after.task.title)));
        }
        let sql =
            format!("UPDATE tasks SET {} = ? WHERE id = ? AND version = ?", sets.join(" = ?, "));
        stored.push(Value::Integer(after.task.id.0));
        stored.push(Value::Integer(before.task.version));
        // The version makes the write conditional: whatever else happens, one change of a version wins.
        if self.execute(&sql, params_from_iter(stored))? != 1 {
            return Err(Error::internal(format!(
                "task {} changed under its own transaction",
                after.task.id
            )));
        }
        if before.task.depends_on != after.task.depends_on {
            self.put_dependencies(&after.task)?;
            after.waits_for = self.count_waits(after.task.id)?;
        }
        let frees = |row: &TaskRow| {
            matches!(row.task.status, Status::Done | Status::Cancelled) || row.deleted_at.is_some()
        };
        if frees(before) != frees(&after) {
            self.recount_dependents(after.task.id)?;
        }
        self.tell(
            if change == "deleted" { "task.deleted" } else { "task.updated" },
            change,
            &after.task,
            fields,
            reason,
        )?;
        Ok(after)
    }

    fn tell(
        &mut self,
        kind: &'static str,
        change: &str,
        task: &Task,
        fields: Vec<&str>,
        reason: Option<&str>,
    ) -> Result<()> {
        let card = Task { description: None, result: None, ..task.clone() };
        self.emit(kind, Some(task.id.to_string()), &Changed { task: &card, change, fields, reason })
    }

    fn put_dependencies(&mut self, task: &Task) -> Result<()> {
        self.execute("DELETE FROM task_deps WHERE task_id = ?", [task.id])?;
        for other in &task.depends_on {
            self.execute(
                "INSERT OR IGNORE INTO task_deps (task_id, depends_on) VALUES (?, ?)",
                [task.id, *other],
            )?;
        }
        Ok(())
    }

    fn count_waits(&mut self, id: TaskId) -> Result<i64> {
        let waits = i64::try_from(self.unfinished_dependencies(id)?.len()).unwrap_or(i64::MAX);
        self.execute("UPDATE tasks SET waits_for = ? WHERE id = ?", (waits, id))?;
        Ok(waits)
    }

    fn recount_dependents(&mut self, id: TaskId) -> Result<()> {
        for dependent in self.dependents(id)? {
            self.count_waits(dependent)?;
        }
        Ok(())
    }
}
