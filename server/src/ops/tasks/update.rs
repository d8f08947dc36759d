//! Editing: one task, or many in one call.

use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::create::{check_files, texts, warn_of_unknown};
use super::life::{self, Report};
use crate::api::{Command, Operation, Spec, Toolset};
use crate::error::{Code, Error, Result};
use crate::limits;
use crate::model::ids::TaskId;
use crate::model::task::{Action, Outcome, Priority, Status, Task, Verdict};
use crate::model::text::{
    AgentName, Description, Few, Label, Patch, PathGlob, RejectReason, ResultText, Title, Whole,
    Word,
};
use crate::model::things::{LockMode, Scope};
use crate::store::{Ended, ReadTx, TaskRow, WriteTx};

/// Change fields of a task, its status included.
///
/// Fields left out keep their value; null clears. To in_progress claims, to in_review or done completes, from in_review
/// to todo rejects, to blocked waits; the last two need a `reason`. `version` refuses to overwrite somebody's change.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateTask {
    /// The task.
    pub task_id: TaskId,
    /// What is to be changed.
    #[serde(flatten)]
    pub changes: Changes,
}

/// The fields that an update can change.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Changes {
    /// One line.
    pub title: Option<Title>,
    /// The whole description.
    pub description: Option<Description>,
    /// The column.
    pub status: Option<Status>,
    /// Why: required for a reject and a block.
    pub reason: Option<RejectReason>,
    /// What came out.
    pub result: Option<ResultText>,
    /// How urgent.
    pub priority: Option<Priority>,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Option<Word>,
    /// Whose it is.
    pub assigned_to: Patch<AgentName>,
    /// Who it is meant for.
    pub target: Patch<Word>,
    /// All files.
    pub files_owned: Option<Few<PathGlob, { limits::FILES }>>,
    /// All labels.
    pub labels: Option<Few<Label, { limits::LABELS }>>,
    /// All dependencies.
    pub depends_on: Option<Few<TaskId, { limits::DEPENDENCIES }>>,
    /// Whether it needs a review.
    pub requires_review: Option<bool>,
    /// Whether a person should look.
    pub needs_human: Option<bool>,
    /// When to take it up.
    pub action: Patch<Action>,
    /// Percent done.
    pub progress: Option<Whole<0, 100>>,
    /// The version you read.
    pub version: Option<i64>,
}

/// The changed task.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UpdateTaskOutput {
    /// The task.
    pub task: Task,
    /// What came out differently from what was asked, in a sentence.
    pub note: Option<String>,
}

const FAILS: &[Code] = &[
    Code::NotFound,
    Code::InvalidTransition,
    Code::VersionMismatch,
    Code::DependencyCycle,
    Code::TaskNotClaimable,
    Code::FilesLocked,
    Code::BudgetExceeded,
    Code::LeaseLost,
    Code::Conflict,
];

impl Operation for UpdateTask {
    const SPEC: Spec =
        Spec::new("update_task", Method::PATCH, "/tasks/{taskId}", Scope::Work, Toolset::Board)
            .default_tool()
            .idempotent()
            .fails(FAILS)
            .example(r#"{"taskId":"T1","priority":"urgent","labels":["security"]}"#);
    type Output = UpdateTaskOutput;
}

impl Command for UpdateTask {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<UpdateTaskOutput> {
        update(tx, self.task_id, self.changes)
    }
}

/// Refuses a change of a version that is not the current one any more.
pub(super) fn check_version(row: &TaskRow, version: Option<i64>) -> Result<()> {
    match version {
        Some(version) if version != row.task.version => Err(Error::new(
            Code::VersionMismatch,
            format!("{} is at version {}, not {version}", row.task.id, row.task.version),
        )
        .detail("task", serde_json::to_value(&row.task).unwrap_or_default())),
        _ => Ok(()),
    }
}

/// Work may edit its own; everything else needs plan.
fn check_rights(db: &ReadTx<'_>, row: &TaskRow) -> Result<()> {
    let me = db.caller().agent.as_deref();
    let own = me.is_some()
        && (row.task.assigned_to.as_deref() == me
            || row.task.created_by.as_str() == me.unwrap_or_default());
    if own { Ok(()) } else { db.caller().require(Scope::Plan) }
}

fn update(tx: &mut WriteTx<'_>, id: TaskId, changes: Changes) -> Result<UpdateTaskOutput> {
    let before = tx.task(id)?;
    check_version(&before, changes.version)?;
    let status = changes.status.filter(|status| *status != before.task.status);
    let reviews = before.task.status == Status::InReview
        && matches!(status, Some(Status::Done | Status::Todo));
    // A verdict has rules of its own; whatever else comes with it does not.
    let verdict = Changes {
        status: changes.status,
        reason: changes.reason.clone(),
        version: changes.version,
        ..Changes::default()
    };
    if !reviews || changes != verdict {
        check_rights(tx, &before)?;
    }
    if let Some(to) = status
        && !before.task.status.may_become(to)
    {
        return Err(life::invalid_transition(&before, to));
    }
    let edited = edit(tx, &before, &changes)?;
    let (row, note) = match status {
        Some(to) => move_to(tx, edited, to, &changes)?,
        None => (edited, None),
    };
    Ok(UpdateTaskOutput { task: row.task, note })
}

/// The fields that have no rule of their own.
fn edit(tx: &mut WriteTx<'_>, before: &TaskRow, changes: &Changes) -> Result<TaskRow> {
    let mut after = before.clone();
    let mine = before.task.lease.as_ref().map(|lease| lease.agent.as_str());
    if changes.requires_review == Some(false)
        && before.task.requires_review
        && mine.is_some_and(|holder| tx.caller().agent.as_deref() == Some(holder))
        && tx.caller().scope < Scope::Approve
    {
        return Err(Error::new(Code::Forbidden, "nobody calls off the review of their own work")
            .hint(
                "Leave `requiresReview` as it is; the task goes to review when you complete it.",
            ));
    }
    let task = &mut after.task;
    if let Some(title) = &changes.title {
        task.title = title.to_string();
    }
    if let Some(description) = &changes.description {
        task.description = Some(description.to_string());
    }
    if let Some(result) = &changes.result {
        task.result = Some(result.to_string());
    }
    task.priority = changes.priority.unwrap_or(task.priority);
    task.requires_review = changes.requires_review.unwrap_or(task.requires_review);
    if let Some(kind) = &changes.kind {
        task.kind = kind.to_string();
    }
    if let Some(labels) = changes.labels.clone() {
        task.labels = texts(Some(labels));
    }
    if let Some(progress) = changes.progress {
        task.progress = u8::try_from(progress.0).ok();
    }
    if let Some(needs_human) = changes.needs_human {
        task.needs_human = needs_human;
        if !needs_human && task.status != Status::Blocked {
            task.blocked_reason = None;
        }
    }
    changes.action.clone().apply(&mut task.action);
    match &changes.target {
        Patch::Keep => {}
        Patch::Clear => task.target = None,
        Patch::Set(target) => task.target = Some(target.to_string()),
    }
    match &changes.assigned_to {
        Patch::Keep => {}
        Patch::Clear => task.assigned_to = None,
        Patch::Set(agent) => {
            task.warnings = warn_of_unknown(tx, Some(agent))?;
            task.assigned_to = Some(agent.to_string());
            after.assigned_on_claim = false;
        }
    }
    let task = &mut after.task;
    if let Some(depends_on) = &changes.depends_on {
        for other in depends_on.iter() {
            tx.task(*other)?;
        }
        check_cycle(tx, task.id, depends_on)?;
        task.depends_on = depends_on.0.clone();
    }
    if let Some(files) = changes.files_owned.clone() {
        let files = texts(Some(files));
        check_files(&files)?;
        if files != task.files_owned {
            relock(tx, before, &files)?;
            after.task.files_owned = files;
        }
    }
    if after == *before { Ok(after) } else { tx.change_task(before, after, "edited", None) }
}

/// New files of a held task are locked for its holder in the same transaction, or the edit is refused.
fn relock(tx: &mut WriteTx<'_>, row: &TaskRow, files: &[String]) -> Result<()> {
    let Some(lease) = &row.task.lease else { return Ok(()) };
    let overlaps = tx.overlaps(&lease.agent, files, LockMode::Exclusive)?;
    if !overlaps.is_empty() {
        return Err(life::files_locked(&overlaps));
    }
    let old = tx.task_locks(row.task.id)?;
    tx.remove_locks(&old)?;
    let new = tx.add_locks(
        &lease.agent,
        files,
        LockMode::Exclusive,
        Some(row.task.id),
        lease.fence,
        None,
        lease.expires_at,
    )?;
    tx.emit("lock.released", Some(row.task.id.to_string()), &serde_json::json!({ "locks": old }))?;
    tx.emit("lock.acquired", Some(row.task.id.to_string()), &serde_json::json!({ "locks": new }))
}

/// Refuses a dependency that leads back to the task, naming the way.
fn check_cycle(db: &ReadTx<'_>, id: TaskId, depends_on: &[TaskId]) -> Result<()> {
    let mut seen = std::collections::BTreeSet::new();
    let mut open: Vec<Vec<TaskId>> = depends_on.iter().map(|first| vec![id, *first]).collect();
    while let Some(way) = open.pop() {
        let Some(&last) = way.last() else { continue };
        if last == id {
            let names: Vec<String> = way.iter().map(ToString::to_string).collect();
            return Err(Error::new(
                Code::DependencyCycle,
                format!("that would make a circle: {}", names.join(" → ")),
            )
            .detail("path", names));
        }
        if seen.insert(last) {
            open.extend(
                db.dependencies(last)?.into_iter().map(|next| [way.as_slice(), &[next]].concat()),
            );
        }
    }
    Ok(())
}

/// A move along the table, by the rules of the operation made for it. A person may move any card.
fn move_to(
    tx: &mut WriteTx<'_>,
    row: TaskRow,
    to: Status,
    changes: &Changes,
) -> Result<(TaskRow, Option<String>)> {
    use Status::{Blocked, Cancelled, Done, Failed, InProgress, InReview, Todo};
    let reason = changes.reason.as_deref();
    let person = tx.caller().is_person();
    let from = row.task.status;
    if from == InProgress && !person {
        life::check_holder(tx, &row, None, changes.result.as_deref().or(reason))?;
    }
    let moved = match (from, to) {
        (Todo | Blocked, InProgress) => {
            let agent = if person { "human".to_owned() } else { tx.caller().agent()?.to_string() };
            life::claim(tx, row, &agent, None)?
        }
        (InProgress, InReview | Done | Failed) => {
            let outcome = if to == Failed { Outcome::Failed } else { Outcome::Success };
            let review = match to {
                InReview => Some(true),
                // The person who moves it to done has looked at it.
                Done if person => Some(false),
                _ => None,
            };
            let reason = reason.map(str::to_owned);
            life::complete(tx, &row, outcome, Report { reason, review, ..Report::default() })?
        }
        (InProgress, Todo) => {
            let ended = if person { Ended::Taken } else { Ended::Released };
            life::put_back(tx, &row, ended, "released", reason)?
        }
        (InReview, Done | Todo) => {
            life::check_reviewer(tx.caller(), &row)?;
            life::review(
                tx,
                &row,
                if to == Done { Verdict::Approve } else { Verdict::Reject },
                reason,
            )?
        }
        (Todo | InProgress, Blocked) => {
            let Some(reason) = reason else {
                return Err(Error::invalid(
                    "reason",
                    "a block needs a reason: what does it wait for?",
                ));
            };
            let mut after = row.clone();
            after.task.status = Blocked;
            after.task.blocked_reason = Some(reason.to_owned());
            life::end_lease(tx, &row, after, Ended::Blocked, "blocked", Some(reason))?
        }
        (Done | Cancelled, Todo) => {
            tx.caller().require(Scope::Approve)?;
            reopened(tx, &row, "reopened", reason)?
        }
        (Failed, Todo) => reopened(tx, &row, "retried", reason)?,
        (Blocked, Todo) => reopened(tx, &row, "unblocked", reason)?,
        (_, Cancelled | Failed) => {
            let mut after = row.clone();
            after.task.status = to;
            let change = if to == Cancelled { "cancelled" } else { "completed" };
            life::end_lease(tx, &row, after, Ended::Taken, change, reason)?
        }
        _ => return Err(life::invalid_transition(&row, to)),
    };
    let note = (to == Done && moved.task.status == InReview).then(|| {
        format!("{} needs a review, so it went to in_review instead of done.", moved.task.id)
    });
    Ok((moved, note))
}

fn reopened(
    tx: &mut WriteTx<'_>,
    row: &TaskRow,
    change: &'static str,
    reason: Option<&str>,
) -> Result<TaskRow> {
    let mut after = row.clone();
    after.task.status = Status::Todo;
    after.task.progress = None;
    after.task.completed_at = None;
    after.task.blocked_reason = None;
    after.task.needs_human = false;
    if after.assigned_on_claim {
        after.task.assigned_to = None;
        after.assigned_on_claim = false;
    }
    tx.change_task(row, after, change, reason)
}

/// One of many updates: a task's id and what is to be changed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkUpdate {
    /// The task.
    pub task_id: TaskId,
    /// What is to be changed.
    #[serde(flatten)]
    pub changes: Changes,
}

/// Change up to 500 tasks in one call.
///
/// Each succeeds or fails by itself, in order, and is answered one by one. Use it instead of many update_task calls.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkUpdateTasks {
    /// The updates, each with `taskId` and the fields of update_task.
    #[schemars(with = "Vec<serde_json::Map<String, Value>>")]
    pub updates: Vec<Value>,
}

/// What came of one update.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkResult {
    /// The task's id, as it was given.
    pub task_id: Option<String>,
    /// Whether it was done.
    pub success: bool,
    /// The changed task.
    pub task: Option<Task>,
    /// Why it was not done.
    pub error: Option<Value>,
}

/// What came of all.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BulkOutput {
    /// One result for each update, in order.
    pub results: Vec<BulkResult>,
    /// How many were done.
    pub succeeded: usize,
    /// How many were not.
    pub failed: usize,
}

impl Operation for BulkUpdateTasks {
    const SPEC: Spec = Spec::new(
        "bulk_update_tasks",
        Method::PATCH,
        "/tasks",
        Scope::Plan,
        Toolset::Board,
    )
    .default_tool()
    .idempotent()
    .example(
        r#"{"updates":[{"taskId":"T1","priority":"high"},{"taskId":"T999","priority":"low"}]}"#,
    );
    type Output = BulkOutput;
}

impl Command for BulkUpdateTasks {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<BulkOutput> {
        if self.updates.is_empty() || self.updates.len() > limits::BULK {
            return Err(Error::invalid(
                "updates",
                format!(
                    "`updates` has {} items; 1 to {} are allowed",
                    self.updates.len(),
                    limits::BULK
                ),
            ));
        }
        let results: Vec<BulkResult> =
            self.updates.into_iter().map(|given| one(tx, given)).collect();
        let succeeded = results.iter().filter(|result| result.success).count();
        Ok(BulkOutput { failed: results.len() - succeeded, succeeded, results })
    }
}

fn one(tx: &mut WriteTx<'_>, given: Value) -> BulkResult {
    let task_id = given.get("taskId").and_then(Value::as_str).map(str::to_owned);
    let outcome = serde_json::from_value::<BulkUpdate>(given)
        .map_err(|problem| Error::invalid("updates", problem.to_string()))
        .and_then(|bulk| tx.part(|tx| update(tx, bulk.task_id, bulk.changes)));
    match outcome {
        Ok(done) => BulkResult {
            task_id,
            success: true,
            // The caller has most of it already; bodies would only cost.
            task: Some(Task { description: None, result: None, ..done.task }),
            error: None,
        },
        Err(error) => {
            BulkResult { task_id, success: false, task: None, error: Some(error.to_json()) }
        }
    }
}
