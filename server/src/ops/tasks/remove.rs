//! Clearing up: deleting, bringing back, cancelling what nobody took.

use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{TaskOutput, life};
use crate::api::{Command, Operation, Spec, Toolset};
use crate::error::{Code, Error, Result};
use crate::limits;
use crate::model::ids::TaskId;
use crate::model::text::{Reason, Whole};
use crate::model::things::Scope;
use crate::store::{Ended, WriteTx};

/// Delete a task: gone from lists, kept in the history, restorable for 30 days.
///
/// A task that somebody holds is refused without `force`, which ends their lease.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteTask {
    /// The task.
    pub task_id: TaskId,
    /// Deletes it even if somebody holds it.
    pub force: Option<bool>,
}

impl Operation for DeleteTask {
    const SPEC: Spec =
        Spec::new("delete_task", Method::DELETE, "/tasks/{taskId}", Scope::Plan, Toolset::Board)
            .destructive()
            .fails(&[Code::NotFound, Code::Conflict])
            .example(r#"{"taskId":"T1"}"#);
    type Output = TaskOutput;
}

impl Command for DeleteTask {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<TaskOutput> {
        let mut before = tx.task(self.task_id)?;
        if let Some(lease) = &before.task.lease {
            if self.force != Some(true) {
                return Err(Error::new(
                    Code::Conflict,
                    format!(
                        "{} is held by {} until {}",
                        self.task_id, lease.agent, lease.expires_at
                    ),
                )
                .hint("Send `force: true` to delete it anyway; its holder loses the lease.")
                .detail("heldBy", lease.agent.clone()));
            }
            before = life::put_back(tx, &before, Ended::Taken, "released", Some("deleted"))?;
        }
        let mut after = before.clone();
        after.deleted_at = Some(tx.now());
        Ok(TaskOutput { task: tx.change_task(&before, after, "deleted", None)?.task })
    }
}

/// Bring a deleted task back.
///
/// Possible for 30 days; it returns to the column it was in.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RestoreTask {
    /// The task.
    pub task_id: TaskId,
}

impl Operation for RestoreTask {
    const SPEC: Spec = Spec::new(
        "restore_task",
        Method::POST,
        "/tasks/{taskId}/restore",
        Scope::Plan,
        Toolset::Board,
    )
    .idempotent()
    .fails(&[Code::NotFound, Code::Conflict])
    .example(r#"{"taskId":"T4"}"#);
    type Output = TaskOutput;
}

impl Command for RestoreTask {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<TaskOutput> {
        let before = tx.any_task(self.task_id)?;
        let Some(deleted_at) = before.deleted_at else {
            return Ok(TaskOutput { task: before.task });
        };
        if tx.now().since(deleted_at) > limits::RESTORE_WINDOW {
            return Err(Error::new(
                Code::Conflict,
                format!("{} was deleted at {deleted_at}, more than 30 days ago", self.task_id),
            ));
        }
        let mut after = before.clone();
        after.deleted_at = None;
        Ok(TaskOutput { task: tx.change_task(&before, after, "restored", None)?.task })
    }
}

/// Cancel every task that still waits in todo, at the end of a swarm's run.
///
/// Tells everybody `swarm.complete`. With `olderThanSeconds` only those untouched for so long.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CancelStaleTasks {
    /// Default 0: all.
    pub older_than_seconds: Option<Whole<0, 31_536_000>>,
    /// Why, for the history.
    pub reason: Option<Reason>,
}

/// What was cancelled.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CancelStaleOutput {
    /// How many.
    pub cancelled: usize,
    /// Which.
    pub task_ids: Vec<TaskId>,
}

impl Operation for CancelStaleTasks {
    const SPEC: Spec = Spec::new(
        "cancel_stale_tasks",
        Method::POST,
        "/tasks/cancel-stale",
        Scope::Plan,
        Toolset::Board,
    )
    .default_tool()
    .destructive()
    .idempotent()
    .example(r#"{"olderThanSeconds":86400}"#);
    type Output = CancelStaleOutput;
}

impl Command for CancelStaleTasks {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<CancelStaleOutput> {
        let age =
            std::time::Duration::from_secs(self.older_than_seconds.map_or(0, |seconds| seconds.0));
        let task_ids = tx.stale_tasks(tx.now().before(age))?;
        for id in &task_ids {
            life::cancel(tx, *id, "stale_cancelled", self.reason.as_deref())?;
        }
        tx.emit(
            "project.event",
            None,
            &json!({"name": "swarm.complete", "payload": {"cancelled": task_ids.len()}}),
        )?;
        Ok(CancelStaleOutput { cancelled: task_ids.len(), task_ids })
    }
}
