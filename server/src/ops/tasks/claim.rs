//! Taking work.

use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::life;
use crate::api::{Command, Operation, Spec, Toolset};
use crate::error::{Code, Result};
use crate::limits;
use crate::model::ids::TaskId;
use crate::model::task::Task;
use crate::model::text::Whole;
use crate::model::things::Scope;
use crate::store::{Frame, Skipped, WriteTx};

/// Seconds of a lease.
pub type LeaseSeconds = Whole<{ limits::LEASE_SECONDS_MIN }, { limits::LEASE_SECONDS_MAX }>;
/// Seconds a call may be held.
pub type WaitSeconds = Whole<0, { limits::WAIT_SECONDS }>;

/// What came of a claim.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ClaimOutput {
    /// The task, now the caller's, with its lease and fence.
    pub task: Task,
}

/// Claim a task so that nobody else works on it.
///
/// Gives you a lease and locks the task's files. Keep it with heartbeat_task; end it with complete_task or
/// release_task. With no task in mind, use claim_next_task.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClaimTask {
    /// The task.
    pub task_id: TaskId,
    /// Default: the board's, 600.
    pub lease_seconds: Option<LeaseSeconds>,
}

impl Operation for ClaimTask {
    const SPEC: Spec =
        Spec::new("claim_task", Method::POST, "/tasks/{taskId}/claim", Scope::Work, Toolset::Board)
            .default_tool()
            .idempotent()
            .fails(&[
                Code::NotFound,
                Code::TaskNotClaimable,
                Code::FilesLocked,
                Code::BudgetExceeded,
            ])
            .example(r#"{"taskId":"T1","agent":"builder-1"}"#);
    type Output = ClaimOutput;
}

impl Command for ClaimTask {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<ClaimOutput> {
        let agent = tx.caller().agent()?.clone();
        let row = tx.task(self.task_id)?;
        let row = life::claim(tx, row, &agent, self.lease_seconds.map(|seconds| seconds.0))?;
        Ok(ClaimOutput { task: row.task })
    }
}

/// Claim the next task for you: the most urgent, then the oldest.
///
/// Call this when you are free. With `waitSeconds` the call is held until there is one; ask again when it ends with
/// nothing. Read the description to its end: reject reasons stand there. Then heartbeat_task, then complete_task.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClaimNextTask {
    /// Default 0, advised 25.
    pub wait_seconds: Option<WaitSeconds>,
    /// Default: the board's, 600.
    pub lease_seconds: Option<LeaseSeconds>,
}

/// What a search for work found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ClaimNextOutput {
    /// The task, now the caller's; null when there is none.
    pub task: Option<Task>,
    /// What was passed over, by reason.
    pub skipped: Skipped,
    /// What to do now, when there was nothing.
    pub next: Option<String>,
}

impl Operation for ClaimNextTask {
    const SPEC: Spec = Spec::new(
        "claim_next_task",
        Method::POST,
        "/tasks/claim-next",
        Scope::Work,
        Toolset::Board,
    )
    .default_tool()
    .fails(&[Code::BudgetExceeded])
    .example(r#"{"agent":"builder-1"}"#);
    type Output = ClaimNextOutput;

    fn wait_seconds(&self) -> u64 {
        self.wait_seconds.map_or(0, |seconds| seconds.0)
    }
    fn is_pending(output: &ClaimNextOutput) -> bool {
        output.task.is_none()
    }
    fn wakes(&self, event: &Frame) -> bool {
        // Work may have become ready. What its holder reports of it changes nothing for others.
        match event.kind.as_str() {
            "task.updated" => {
                !["claimed", "renewed", "progressed", "commented"].contains(&event.change)
            }
            "task.created" | "task.deleted" | "lock.released" | "lock.ended"
            | "settings.updated" => true,
            _ => false,
        }
    }
}

/// Ready tasks looked at in one go.
const LOOK: i64 = 20;
/// Ready tasks looked at altogether: beyond these, locked files are the board's problem, not this call's.
const LOOK_MOST: i64 = 200;

impl Command for ClaimNextTask {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<ClaimNextOutput> {
        let agent = tx.caller().agent()?.clone();
        let mut skipped = Skipped::default();
        for offset in (0..LOOK_MOST).step_by(20) {
            let ready = tx.ready_tasks(&agent, LOOK, offset)?;
            let last = i64::try_from(ready.len()).unwrap_or(LOOK) < LOOK;
            for row in ready {
                match life::claim(tx, row, &agent, self.lease_seconds.map(|seconds| seconds.0)) {
                    Ok(row) => {
                        return Ok(ClaimNextOutput { task: Some(row.task), skipped, next: None });
                    }
                    Err(error) if error.code == Code::FilesLocked => skipped.files_locked += 1,
                    Err(error) => return Err(error),
                }
            }
            if last {
                break;
            }
        }
        (skipped.waiting, skipped.assigned_elsewhere, skipped.needs_human) =
            tx.not_ready(&agent)?;
        let next = "Nothing to claim now. Call claim_next_task again with waitSeconds 25, or end your run.".to_owned();
        Ok(ClaimNextOutput { task: None, skipped, next: Some(next) })
    }
}
