//! Looking tasks up.

use rusqlite::types::Value;
use rusqlite::{ToSql, params, params_from_iter};

use super::row::{integer, row, select};
use super::{TaskFilter, TaskRow};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::ids::TaskId;
use crate::model::task::{Status, Task};
use crate::model::text::fingerprint;
use crate::model::time::Timestamp;
use crate::store::tx::ReadTx;

/// A full-text query out of what a person typed: every word, the last one as the start of a word.
pub(in crate::store) fn full_text(words: &str) -> String {
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

/// The words of a fingerprint that say something: those longer than three characters.
fn long_words(fingerprint: &str) -> impl Iterator<Item = &str> {
    let words = fingerprint.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| word.chars().count() > 3)
}

/// A task as lists and events carry it: without its long texts.
fn card(mut row: TaskRow) -> Task {
    row.task.description = None;
    row.task.result = None;
    row.task
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

    /// Unfinished tasks that have all the longer words of a title: likely the same in other words.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn similar_tasks(
        &self,
        title: &str,
        except: TaskId,
    ) -> Result<Vec<(TaskId, String, Status)>> {
        let print = fingerprint(title);
        let words: Vec<&str> = long_words(&print).take(8).collect();
        let Some(rarest) = words.iter().max_by_key(|word| word.len()).filter(|_| words.len() > 1)
        else {
            return Ok(Vec::new());
        };
        // This runs on every create, so it must not grow with the board: the index is asked for one word, the
        // longest, which is likely the rarest; a search for all of them walks through the whole list of each.
        let mut close = self.rows(
            "SELECT id, title, status, fingerprint FROM tasks
             WHERE id IN (SELECT rowid FROM tasks_fts WHERE title MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?)
               AND status NOT IN ('done', 'failed', 'cancelled') AND deleted_at IS NULL ORDER BY id DESC",
            params![format!("\"{rarest}\""), except, limits::SIMILAR_CANDIDATES],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?)),
        )?;
        close.retain(|(.., other)| {
            let other: Vec<&str> = long_words(other).collect();
            words.iter().all(|word| other.contains(word))
        });
        Ok(close.into_iter().take(3).map(|(id, title, status, _)| (id, title, status)).collect())
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
                &format!(
                    "{} INDEXED BY tasks_finished WHERE deleted_at IS NULL AND status = '{status}' AND completed_at IS NOT NULL
                     ORDER BY completed_at DESC LIMIT ?",
                    select()
                ),
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
            "SELECT status, count FROM task_counts WHERE count > 0 ORDER BY status",
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
        // Two walks along one index, each already in order: the agent's own tasks and nobody's. The index is named
        // because SQLite, which knows no figures of the board, would rather sort all of todo.
        let mine = "status = 'todo' AND waits_for = 0 AND deleted_at IS NULL AND needs_human = 0
                    AND (target IS NULL OR target IN (?1, 'all', ?4))";
        let select = select();
        self.rows(
            &format!(
                "SELECT * FROM (
                   SELECT * FROM ({select} INDEXED BY tasks_ready WHERE assigned_to = ?1 AND {mine} ORDER BY priority DESC, id LIMIT ?2 + ?3)
                   UNION ALL
                   SELECT * FROM ({select} INDEXED BY tasks_ready WHERE assigned_to IS NULL AND {mine} ORDER BY priority DESC, id LIMIT ?2 + ?3))
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
                "SELECT count(*) FROM (SELECT 1 FROM tasks INDEXED BY tasks_waiting WHERE status = 'todo' AND waits_for > 0 AND deleted_at IS NULL LIMIT 1000)",
                &[],
            )?,
            count(
                "SELECT count(*) FROM (SELECT 1 FROM tasks INDEXED BY tasks_ready WHERE status = 'todo' AND waits_for = 0 AND deleted_at IS NULL AND needs_human = 0
                   AND ((assigned_to IS NOT NULL AND assigned_to <> ?1) OR (target IS NOT NULL AND target NOT IN (?1, 'all', coalesce(?2, 'all')))) LIMIT 1000)",
                &[&agent, &self.caller().role],
            )?,
            count(
                "SELECT count(*) FROM (SELECT 1 FROM tasks INDEXED BY tasks_flagged WHERE status = 'todo' AND waits_for = 0 AND deleted_at IS NULL AND needs_human = 1 LIMIT 1000)",
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
            "SELECT id FROM tasks INDEXED BY tasks_expiring WHERE status = 'todo' AND expires_at IS NOT NULL AND expires_at <= ? AND deleted_at IS NULL LIMIT 500",
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
