//! Deciding on finished work.

use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{TaskOutput, life};
use crate::api::{Command, Operation, Spec, Toolset};
use crate::error::{Code, Error, Result};
use crate::model::ids::TaskId;
use crate::model::task::Verdict;
use crate::model::text::RejectReason;
use crate::model::things::Scope;
use crate::store::WriteTx;

/// Approve a task in review, or send it back with a reason.
///
/// For the person and for agents with the role reviewer, never for own work. A reject goes back to the same agent, with
/// the reason at the end of the description.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReviewTask {
    /// The task.
    pub task_id: TaskId,
    /// The decision.
    pub verdict: Verdict,
    /// Required for a reject.
    pub reason: Option<RejectReason>,
    /// The version you read.
    pub version: Option<i64>,
}

impl Operation for ReviewTask {
    const SPEC: Spec = Spec::new("review_task", Method::POST, "/tasks/{taskId}/review", Scope::Work, Toolset::Board)
        .default_tool()
        .fails(&[Code::NotFound, Code::InvalidTransition, Code::VersionMismatch])
        .example(r#"{"taskId":"T3","verdict":"reject","reason":"The retry loop holds the connection while it sleeps."}"#);
    type Output = TaskOutput;
}

impl Command for ReviewTask {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<TaskOutput> {
        let before = tx.task(self.task_id)?;
        life::check_reviewer(tx.caller(), &before)?;
        super::update::check_version(&before, self.version)?;
        if self.verdict == Verdict::Reject && self.reason.is_none() {
            return Err(Error::invalid(
                "reason",
                "a reject needs a reason, so that the next attempt can be better",
            ));
        }
        let row = life::review(tx, &before, self.verdict, self.reason.as_deref())?;
        Ok(TaskOutput { task: row.task })
    }
}
