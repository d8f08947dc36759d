//! Storing tasks, with the event that tells of it.

use rusqlite::params_from_iter;
use rusqlite::types::Value;
use serde::Serialize;

use super::row::{COLUMNS, values};
use super::{NewTask, TaskRow};
use crate::error::{Error, Result};
use crate::model::ids::TaskId;
use crate::model::task::{Status, Task};
use crate::model::text::fingerprint;
use crate::store::tx::WriteTx;

#[derive(Serialize)]
struct Changed<'a> {
    task: &'a Task,
    change: &'a str,
    fields: Vec<&'a str>,
    reason: Option<&'a str>,
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
        change: &'static str,
        task: &Task,
        fields: Vec<&str>,
        reason: Option<&str>,
    ) -> Result<()> {
        let card = Task { description: None, result: None, ..task.clone() };
        self.emit_change(
            kind,
            change,
            Some(task.id.to_string()),
            &Changed { task: &card, change, fields, reason },
        )
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
        self.execute(
            "UPDATE tasks SET waits_for = (
               SELECT count(*) FROM task_deps d JOIN tasks t ON t.id = d.depends_on
               WHERE d.task_id = tasks.id AND t.status NOT IN ('done', 'cancelled') AND t.deleted_at IS NULL)
             WHERE id IN (SELECT task_id FROM task_deps WHERE depends_on = ?)",
            [id],
        )?;
        Ok(())
    }
}
