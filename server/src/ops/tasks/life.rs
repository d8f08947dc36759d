//! What happens to a task: claimed, ended, given back, reviewed. Every operation that moves a card ends here, so a move
//! by update has the same rules as the operation made for it.

use serde_json::json;

use crate::error::{Code, Error, Result};
use crate::model::ids::TaskId;
use crate::model::task::{Cost, ErrorClass, Lease, Outcome, Review, Status, Verdict};
use crate::model::things::{LockMode, Scope};
use crate::model::time::Timestamp;
use crate::store::{Caller, Ended, ReadTx, TaskRow, WriteTx};

/// Why a task can't be claimed, in a sentence and a word.
fn not_claimable(row: &TaskRow, why: &str, reason: impl Into<String>) -> Error {
    let reason = reason.into();
    Error::new(Code::TaskNotClaimable, format!("{} can't be claimed: {reason}", row.task.id))
        .detail("taskId", row.task.id.to_string())
        .detail("why", why)
        .detail("reason", reason)
}

/// Whether an agent could claim a task at this moment, as the refusal that it would get.
///
/// # Errors
/// `TASK_NOT_CLAIMABLE` with the reason, `FILES_LOCKED` with the exact overlaps, `BUDGET_EXCEEDED`.
pub fn check_claim(db: &ReadTx<'_>, row: &TaskRow, agent: &str) -> Result<()> {
    let task = &row.task;
    if let Some(lease) = &task.lease {
        return Err(not_claimable(
            row,
            "held",
            format!("held by {} until {}", lease.agent, lease.expires_at),
        )
        .detail("heldBy", lease.agent.clone())
        .detail("until", lease.expires_at.to_string()));
    }
    let resumes = task.status == Status::Blocked
        && (task.assigned_to.as_deref() == Some(agent) || db.caller().is_person());
    if task.status != Status::Todo && !resumes {
        return Err(not_claimable(row, "status", format!("it is {}, not todo", task.status))
            .detail("status", task.status.as_str()));
    }
    if !db.caller().is_person() {
        if let Some(other) = task.assigned_to.as_deref().filter(|other| *other != agent) {
            return Err(not_claimable(row, "assigned", format!("it is assigned to {other}"))
                .detail("assignedTo", other));
        }
        let role = db.caller().role.as_deref();
        if let Some(other) = task
            .target
            .as_deref()
            .filter(|target| ![Some(agent), Some("all"), role].contains(&Some(target)))
        {
            return Err(not_claimable(row, "target", format!("it is meant for {other}"))
                .detail("target", other));
        }
    }
    let waits = if row.waits_for > 0 { db.unfinished_dependencies(task.id)? } else { Vec::new() };
    if !waits.is_empty() {
        let names: Vec<String> = waits.iter().map(ToString::to_string).collect();
        return Err(not_claimable(
            row,
            "dependencies",
            format!("it waits for {}", names.join(", ")),
        )
        .detail("waitsFor", names));
    }
    check_budget(db)?;
    let overlaps = db.overlaps(agent, &task.files_owned, LockMode::Exclusive)?;
    if overlaps.is_empty() { Ok(()) } else { Err(files_locked(&overlaps)) }
}

fn check_budget(db: &ReadTx<'_>) -> Result<()> {
    let Some(budget) = db.settings()?.monthly_budget_usd else { return Ok(()) };
    #[expect(clippy::cast_precision_loss, reason = "exact up to nine billion dollars")]
    let spent = db.spent(&db.now().month())? as f64 / 1_000_000.0;
    if spent < budget {
        return Ok(());
    }
    Err(Error::new(
        Code::BudgetExceeded,
        format!("this month's budget of ${budget:.2} is spent (${spent:.2})"),
    )
    .detail("budgetUsd", budget)
    .detail("spentUsd", spent))
}

/// `FILES_LOCKED`, naming holder, task, reason and end of each overlap.
#[must_use]
pub fn files_locked(overlaps: &[crate::model::things::Overlap]) -> Error {
    let first = overlaps.first().map(|overlap| {
        let task = overlap.task_id.map(|task| format!(" for {task}")).unwrap_or_default();
        format!(
            "`{}` overlaps `{}`, held by {}{task} until {}",
            overlap.path, overlap.held, overlap.agent, overlap.expires_at
        )
    });
    Error::new(Code::FilesLocked, first.unwrap_or_else(|| "a path is locked".to_owned()))
        .detail("overlaps", json!(overlaps))
}

/// Gives a task to an agent: lease, fence, locks on its files, a new attempt. Claiming what one holds renews it.
///
/// # Errors
/// As [`check_claim`].
pub fn claim(
    tx: &mut WriteTx<'_>,
    row: TaskRow,
    agent: &str,
    seconds: Option<u64>,
) -> Result<TaskRow> {
    if row.task.lease.as_ref().is_some_and(|lease| lease.agent == agent) {
        return renew(tx, row.clone(), row, seconds, "renewed");
    }
    check_claim(tx, &row, agent)?;
    let seconds = match seconds {
        Some(seconds) => seconds,
        None => tx.settings()?.lease_seconds,
    };
    let mut after = row.clone();
    after.fence = tx.next_fence()?;
    after.lease_seconds = seconds;
    let expires_at = tx.now().after_seconds(seconds);
    let task = &mut after.task;
    task.lease = Some(Lease { agent: agent.to_owned(), expires_at, fence: after.fence });
    task.status = Status::InProgress;
    task.attempts += 1;
    task.progress = None;
    task.started_at = Some(tx.now());
    task.completed_at = None;
    task.blocked_reason = None;
    task.error_code = None;
    task.error_class = None;
    if task.assigned_to.as_deref() != Some(agent) {
        // What the person takes out of an agent's hands is free for all as well when they give it back.
        after.assigned_on_claim = true;
        task.assigned_to = Some(agent.to_owned());
    }
    if !task.files_owned.is_empty() {
        let (id, files, fence) = (task.id, task.files_owned.clone(), after.fence);
        let locks =
            tx.add_locks(agent, &files, LockMode::Exclusive, Some(id), fence, None, expires_at)?;
        tx.emit("lock.acquired", Some(id.to_string()), &json!({ "locks": locks }))?;
    }
    let claimed = tx.change_task(&row, after, "claimed", None)?;
    tx.begin_attempt(&claimed, agent)?;
    Ok(claimed)
}

/// Gives the holder its full time again. `before` is the row as stored, `row` may carry other changes with it.
///
/// # Errors
/// When it can't be stored.
pub fn renew(
    tx: &mut WriteTx<'_>,
    before: TaskRow,
    mut row: TaskRow,
    seconds: Option<u64>,
    change: &'static str,
) -> Result<TaskRow> {
    if let Some(seconds) = seconds {
        row.lease_seconds = seconds;
    }
    let expires_at = tx.now().after_seconds(row.lease_seconds);
    if let Some(lease) = row.task.lease.as_mut() {
        lease.expires_at = expires_at;
    }
    if !row.task.files_owned.is_empty() {
        tx.renew_task_locks(row.task.id, expires_at)?;
    }
    tx.change_task(&before, row, change, None)
}

/// Checks that the caller holds the task: by its name, or by the fence when a shared key names nobody.
///
/// # Errors
/// `LEASE_LOST` for a former holder, whose `text` is then kept as a comment; `CONFLICT` for one who never held it.
pub fn check_holder(
    tx: &mut WriteTx<'_>,
    row: &TaskRow,
    fence: Option<i64>,
    text: Option<&str>,
) -> Result<String> {
    let agent = tx.caller().agent.as_ref().map(|agent| agent.as_str().to_owned());
    if agent.is_none() && fence.is_none() {
        tx.caller().agent()?;
    }
    let lease = row.task.lease.as_ref();
    if let Some(lease) = lease
        && agent.as_deref().is_none_or(|agent| agent == lease.agent)
        && fence.is_none_or(|fence| fence == lease.fence)
    {
        return Ok(lease.agent.clone());
    }
    let id = row.task.id;
    let now = lease.map_or_else(
        || format!("it is {} and nobody holds it", row.task.status),
        |lease| format!("{} holds it until {}", lease.agent, lease.expires_at),
    );
    let former = match &agent {
        Some(agent) => tx.ever_held(id, agent)?,
        None => true,
    };
    if !former {
        return Err(Error::new(Code::Conflict, format!("you never held {id}: {now}"))
            .hint("Call claim_task first; only its holder can report on a task.")
            .detail("taskId", id.to_string()));
    }
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        let (text, author) = (
            format!("Came after the lease was lost:\n\n{text}"),
            agent.clone().unwrap_or_else(|| "unknown".to_owned()),
        );
        tx.keep_on_refusal(move |tx| {
            // Whoever did not get the refusal asks again; the text is kept once.
            let kept = tx.comments(id)?.iter().any(|it| it.author == author && it.text == text);
            if kept { Ok(()) } else { comment(tx, id, &author, &text).map(drop) }
        });
    }
    let mut error = Error::new(Code::LeaseLost, format!("your lease on {id} is over: {now}"))
        .detail("taskId", id.to_string());
    if let Some(lease) = lease {
        error = error.detail("heldBy", lease.agent.clone()).detail("fence", lease.fence);
    }
    Err(error)
}

/// Appends a comment and says so on the task.
///
/// # Errors
/// When it can't be stored.
pub fn comment(
    tx: &mut WriteTx<'_>,
    id: TaskId,
    author: &str,
    text: &str,
) -> Result<crate::model::task::Comment> {
    let before = tx.any_task(id)?;
    let comment = tx.add_comment(id, author, text)?;
    let mut after = before.clone();
    after.task.comment_count += 1;
    tx.change_task(&before, after, "commented", None)?;
    Ok(comment)
}

/// What a worker reports at the end of a task.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What came out.
    pub result: Option<String>,
    /// What the attempt has cost.
    pub cost: Option<Cost>,
    /// The model that worked.
    pub model: Option<String>,
    /// The worker's own code of a failure.
    pub error_code: Option<String>,
    /// The kind of a failure.
    pub error_class: Option<ErrorClass>,
    /// Why, for the history.
    pub reason: Option<String>,
    /// Whether it goes to review; as the task says when nothing is said.
    pub review: Option<bool>,
}

/// Ends an attempt. The holder was checked.
///
/// # Errors
/// When it can't be stored.
pub fn complete(
    tx: &mut WriteTx<'_>,
    before: &TaskRow,
    outcome: Outcome,
    report: Report,
) -> Result<TaskRow> {
    let mut after = before.clone();
    if let Some(cost) = report.cost {
        tx.report_cost(&mut after, cost)?;
    }
    let review = report.review.unwrap_or(after.task.requires_review);
    let (status, ended) = match outcome {
        Outcome::Success if review => (Status::InReview, Ended::Success),
        Outcome::Success => (Status::Done, Ended::Success),
        Outcome::Skipped => (Status::Done, Ended::Skipped),
        Outcome::Failed => (Status::Failed, Ended::Failed),
        Outcome::Cancelled => (Status::Cancelled, Ended::Cancelled),
    };
    let task = &mut after.task;
    task.status = status;
    task.result = report.result.or(task.result.take());
    task.model = report.model.or(task.model.take());
    task.error_code = report.error_code;
    task.error_class = report.error_class;
    if outcome == Outcome::Success {
        task.progress = Some(100);
    }
    if status == Status::Failed {
        flag_if_tried_too_often(tx, &mut after)?;
    }
    let completed = end_lease(tx, before, after, ended, "completed", report.reason.as_deref())?;
    Ok(completed)
}

fn flag_if_tried_too_often(tx: &ReadTx<'_>, row: &mut TaskRow) -> Result<()> {
    if row.task.attempts >= tx.settings()?.max_attempts {
        row.task.needs_human = true;
        row.task.blocked_reason = Some(format!("{} attempts did not finish it", row.task.attempts));
    }
    Ok(())
}

/// Takes the lease and its locks away and closes the attempt; `after` says where the task goes.
///
/// # Errors
/// When it can't be stored.
pub fn end_lease(
    tx: &mut WriteTx<'_>,
    before: &TaskRow,
    mut after: TaskRow,
    ended: Ended,
    change: &'static str,
    reason: Option<&str>,
) -> Result<TaskRow> {
    if before.task.lease.is_some() {
        after.task.lease = None;
        tx.end_attempt(before, ended)?;
        let locks = tx.task_locks(before.task.id)?;
        if !locks.is_empty() {
            tx.remove_locks(&locks)?;
            tx.emit("lock.released", Some(before.task.id.to_string()), &json!({ "locks": locks }))?;
        }
    }
    after.task.completed_at = if after.task.status.is_finished() { Some(tx.now()) } else { None };
    tx.change_task(before, after, change, reason)
}

/// Takes a task off the board's work.
///
/// # Errors
/// When it can't be stored.
pub fn cancel(
    tx: &mut WriteTx<'_>,
    id: TaskId,
    change: &'static str,
    reason: Option<&str>,
) -> Result<TaskRow> {
    let before = tx.any_task(id)?;
    let mut after = before.clone();
    after.task.status = Status::Cancelled;
    end_lease(tx, &before, after, Ended::Cancelled, change, reason)
}

/// Puts a held task back to todo, free for others unless somebody had assigned it.
///
/// # Errors
/// When it can't be stored.
pub fn put_back(
    tx: &mut WriteTx<'_>,
    before: &TaskRow,
    ended: Ended,
    change: &'static str,
    reason: Option<&str>,
) -> Result<TaskRow> {
    let mut after = before.clone();
    after.task.status = Status::Todo;
    after.task.progress = None;
    if after.assigned_on_claim {
        after.task.assigned_to = None;
        after.assigned_on_claim = false;
    }
    if ended == Ended::Released {
        after.releases += 1;
        if after.releases >= tx.settings()?.max_releases {
            after.task.needs_human = true;
            after.task.blocked_reason = Some(format!(
                "released {} times, last: {}",
                after.releases,
                reason.unwrap_or("no reason given")
            ));
        }
    }
    flag_if_tried_too_often(tx, &mut after)?;
    end_lease(tx, before, after, ended, change, reason)
}

/// Refuses a caller who may not review: without the scope approve it takes the role reviewer and somebody else's work.
///
/// # Errors
/// `FORBIDDEN`.
pub fn check_reviewer(caller: &Caller, row: &TaskRow) -> Result<()> {
    if caller.scope >= Scope::Approve {
        return Ok(());
    }
    if caller.role.as_deref() != Some("reviewer") {
        return Err(Error::new(
            Code::Forbidden,
            "only the person, or an agent with the role reviewer, may review",
        )
        .hint("Wait for the review; wait_for with this task's id tells you."));
    }
    if row.task.assigned_to.is_some() && row.task.assigned_to.as_deref() == caller.agent.as_deref()
    {
        return Err(Error::new(Code::Forbidden, "nobody reviews their own work"));
    }
    Ok(())
}

/// Accepts a piece of work, or sends it back to the same agent with a reason.
///
/// # Errors
/// `INVALID_TRANSITION` when it is not in review; `VALIDATION_ERROR` for a reject without a reason.
pub fn review(
    tx: &mut WriteTx<'_>,
    before: &TaskRow,
    verdict: Verdict,
    reason: Option<&str>,
) -> Result<TaskRow> {
    if before.task.status != Status::InReview {
        let to = if verdict == Verdict::Approve { Status::Done } else { Status::Todo };
        return Err(invalid_transition(before, to));
    }
    let (by, at) = (tx.caller().name().to_owned(), tx.now());
    let mut after = before.clone();
    after.task.review =
        Some(Review { verdict, reason: reason.map(str::to_owned), by: by.clone(), at });
    match verdict {
        Verdict::Approve => {
            after.task.status = Status::Done;
            after.task.completed_at = Some(at);
            tx.change_task(before, after, "approved", reason)
        }
        Verdict::Reject => {
            let Some(reason) = reason else {
                return Err(Error::invalid(
                    "reason",
                    "a reject needs a reason, so that the next attempt can be better",
                ));
            };
            let text = after.task.description.take().unwrap_or_default();
            after.task.description = Some(with_rejection(&text, reason, &by, at));
            after.task.status = Status::Todo;
            after.task.progress = None;
            after.task.rejections += 1;
            // It goes back to whoever did it; should they be gone, the end of their next lease frees it for others.
            after.assigned_on_claim = after.task.assigned_to.is_some();
            tx.change_task(before, after, "rejected", Some(reason))
        }
    }
}

fn with_rejection(description: &str, reason: &str, by: &str, at: Timestamp) -> String {
    let gap = if description.is_empty() { "" } else { "\n\n" };
    format!("{description}{gap}Rejected by {by} at {at}:\n{reason}")
}

/// `INVALID_TRANSITION`, naming from, to and what is allowed.
#[must_use]
pub fn invalid_transition(row: &TaskRow, to: Status) -> Error {
    let allowed: Vec<&str> =
        row.task.status.allowed().iter().map(|status| status.as_str()).collect();
    Error::new(
        Code::InvalidTransition,
        format!(
            "{} is {} and can't become {to}; it can become {}",
            row.task.id,
            row.task.status,
            allowed.join(", ")
        ),
    )
    .detail("from", row.task.status.as_str())
    .detail("to", to.as_str())
    .detail("allowed", allowed)
}
