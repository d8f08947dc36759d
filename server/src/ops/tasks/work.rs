//! Working: staying alive, reporting, ending, giving back, commenting.

use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::TaskOutput;
use super::claim::LeaseSeconds;
use super::life::{self, Report};
use crate::api::{Command, Operation, Spec, Toolset};
use crate::error::{Code, Result};
use crate::model::ids::TaskId;
use crate::model::task::{Comment, Cost, ErrorClass, Outcome};
use crate::model::text::{CommentText, Note, Reason, ResultText, Whole, Word};
use crate::model::things::Scope;
use crate::store::{Ended, WriteTx};

const HOLDER: &[Code] = &[Code::NotFound, Code::LeaseLost, Code::Conflict];

/// Keep your lease on a task, and say where the work stands.
///
/// Call it about every third of the lease's time. LEASE_LOST means that somebody else may have the task: stop.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HeartbeatTask {
    /// The task.
    pub task_id: TaskId,
    /// Instead of your name.
    pub fence: Option<i64>,
    /// Percent done.
    pub progress: Option<Whole<0, 100>>,
    /// Where the work stands.
    pub note: Option<Note>,
    /// Total of this attempt so far.
    pub cost: Option<Cost>,
    /// A new length for the lease.
    pub lease_seconds: Option<LeaseSeconds>,
}

impl Operation for HeartbeatTask {
    const SPEC: Spec = Spec::new(
        "heartbeat_task",
        Method::POST,
        "/tasks/{taskId}/heartbeat",
        Scope::Work,
        Toolset::Board,
    )
    .default_tool()
    .idempotent()
    .lifeline()
    .fails(HOLDER)
    .example(r#"{"taskId":"T2","agent":"builder-1","progress":40,"note":"Tests are next"}"#);
    type Output = TaskOutput;
}

impl Command for HeartbeatTask {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<TaskOutput> {
        let before = tx.task(self.task_id)?;
        life::check_holder(tx, &before, self.fence, self.note.as_deref())?;
        let mut row = before.clone();
        let news = self.progress.is_some() || self.note.is_some();
        if let Some(progress) = self.progress {
            row.task.progress = u8::try_from(progress.0).ok();
        }
        if let Some(note) = self.note {
            row.task.note = Some(note.into_string());
        }
        if let Some(cost) = self.cost {
            tx.report_cost(&mut row, cost)?;
        }
        let row = life::renew(
            tx,
            before,
            row,
            self.lease_seconds.map(|seconds| seconds.0),
            if news { "progressed" } else { "renewed" },
        )?;
        Ok(TaskOutput { task: row.task })
    }
}

/// End your work on a task.
///
/// It goes to review, or to done where none is due. Say in `result` what you did, what you checked and what is left.
/// Then claim_next_task.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompleteTask {
    /// The task.
    pub task_id: TaskId,
    /// Instead of your name.
    pub fence: Option<i64>,
    /// Default success.
    pub outcome: Option<Outcome>,
    /// What you did (markdown).
    pub result: Option<ResultText>,
    /// Total of this attempt.
    pub cost: Option<Cost>,
    /// The model you are.
    pub model: Option<Word>,
    /// Your code of the failure.
    pub error_code: Option<Word>,
    /// The kind of the failure.
    pub error_class: Option<ErrorClass>,
}

impl Operation for CompleteTask {
    const SPEC: Spec = Spec::new(
        "complete_task",
        Method::POST,
        "/tasks/{taskId}/complete",
        Scope::Work,
        Toolset::Board,
    )
    .default_tool()
    .lifeline()
    .fails(HOLDER)
    .example(r#"{"taskId":"T2","agent":"builder-1","result":"Back-off 1 s to 5 min. 14 tests."}"#);
    type Output = TaskOutput;
}

impl Command for CompleteTask {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<TaskOutput> {
        let before = tx.task(self.task_id)?;
        life::check_holder(tx, &before, self.fence, self.result.as_deref())?;
        let report = Report {
            result: self.result.map(ResultText::into_string),
            cost: self.cost,
            model: self.model.map(Word::into_string),
            error_code: self.error_code.map(Word::into_string),
            error_class: self.error_class,
            reason: None,
            review: None,
        };
        let row = life::complete(tx, &before, self.outcome.unwrap_or(Outcome::Success), report)?;
        Ok(TaskOutput { task: row.task })
    }
}

/// Give a task back that you can't or won't finish.
///
/// It goes to todo for others, with your reason in its history. If it only waits for something, set it to blocked with
/// update_task instead.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReleaseTask {
    /// The task.
    pub task_id: TaskId,
    /// Instead of your name.
    pub fence: Option<i64>,
    /// Why, for whoever takes it next.
    pub reason: Option<Reason>,
}

impl Operation for ReleaseTask {
    const SPEC: Spec = Spec::new(
        "release_task",
        Method::POST,
        "/tasks/{taskId}/release",
        Scope::Work,
        Toolset::Board,
    )
    .default_tool()
    .lifeline()
    .fails(HOLDER)
    .example(
        r#"{"taskId":"T2","agent":"builder-1","reason":"Needs access to the staging database"}"#,
    );
    type Output = TaskOutput;
}

impl Command for ReleaseTask {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<TaskOutput> {
        let before = tx.task(self.task_id)?;
        life::check_holder(tx, &before, self.fence, self.reason.as_deref())?;
        let row = life::put_back(tx, &before, Ended::Released, "released", self.reason.as_deref())?;
        Ok(TaskOutput { task: row.task })
    }
}

/// Add a comment to a task.
///
/// For the next reader of the task; use send_chat_message for what concerns everybody.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommentOnTask {
    /// The task.
    pub task_id: TaskId,
    /// Markdown.
    pub text: CommentText,
}

/// The comment.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CommentOutput {
    /// The comment as stored.
    pub comment: Comment,
}

impl Operation for CommentOnTask {
    const SPEC: Spec = Spec::new("comment_on_task", Method::POST, "/tasks/{taskId}/comments", Scope::Work, Toolset::Board)
        .default_tool()
        .fails(&[Code::NotFound])
        .example(r#"{"taskId":"T1","agent":"builder-1","text":"The provider answers 409 for a second delivery."}"#);
    type Output = CommentOutput;

    fn status(_: &CommentOutput) -> u16 {
        201
    }
}

impl Command for CommentOnTask {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<CommentOutput> {
        let id = tx.task(self.task_id)?.task.id;
        let author = tx.caller().name().to_owned();
        Ok(CommentOutput { comment: life::comment(tx, id, &author, &self.text)? })
    }
}
