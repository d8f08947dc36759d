//! Why a card is where it is.

use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::life;
use super::read::HistoryEntry;
use crate::api::{Operation, Query, Spec, Toolset};
use crate::error::{Code, Result};
use crate::model::ids::TaskId;
use crate::model::task::{Status, Verdict};
use crate::model::things::{Lock, LockMode, Overlap, Scope};
use crate::store::{ReadTx, TaskRow};

/// Say why a task is where it is: the events, agents and rules behind its column.
///
/// Also why it can't be claimed at this moment, and who holds what until when.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExplainTask {
    /// The task.
    pub task_id: TaskId,
}

/// The explanation.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExplainOutput {
    /// One or two sentences for a person.
    pub summary: String,
    /// The column.
    pub status: Status,
    /// Whether anybody could claim it now.
    pub claimable: bool,
    /// Why not: the refusal that a claim would get.
    pub claim_refusal: Option<Value>,
    /// Unfinished tasks it waits for.
    pub waits_for: Vec<TaskId>,
    /// Tasks that wait for it.
    pub unblocks: Vec<TaskId>,
    /// Locks it holds.
    pub locks: Vec<Lock>,
    /// Locks of others in the way of its files.
    pub conflicts: Vec<Overlap>,
    /// The last things that happened to it, oldest first.
    pub events: Vec<HistoryEntry>,
}

impl Operation for ExplainTask {
    const SPEC: Spec = Spec::new(
        "explain_task",
        Method::GET,
        "/tasks/{taskId}/explain",
        Scope::Read,
        Toolset::Board,
    )
    .fails(&[Code::NotFound])
    .example(r#"{"taskId":"T1"}"#);
    type Output = ExplainOutput;
}

/// Events shown as facts behind the summary.
const FACTS: usize = 12;

impl Query for ExplainTask {
    fn run(self, db: &ReadTx<'_>) -> Result<ExplainOutput> {
        let row = db.task(self.task_id)?;
        let mut events: Vec<HistoryEntry> =
            db.events_of(&self.task_id.to_string())?.into_iter().map(HistoryEntry::from).collect();
        let waits_for = db.unfinished_dependencies(self.task_id)?;
        // Asked for somebody without a name: what stands in anybody's way.
        let refusal =
            life::check_claim(db, &row, row.task.assigned_to.as_deref().unwrap_or("")).err();
        let summary = summary(
            &row,
            &events,
            &waits_for,
            refusal.as_ref().map(|error| error.message.as_str()),
        );
        let holder = row.task.lease.as_ref().map_or("", |lease| lease.agent.as_str());
        let conflicts = db.overlaps(holder, &row.task.files_owned, LockMode::Exclusive)?;
        if events.len() > FACTS {
            events.drain(..events.len() - FACTS);
        }
        Ok(ExplainOutput {
            summary,
            status: row.task.status,
            claimable: refusal.is_none(),
            claim_refusal: refusal.map(|error| error.to_json()),
            waits_for,
            unblocks: db.dependents(self.task_id)?,
            locks: db.task_locks(self.task_id)?,
            conflicts,
            events,
        })
    }
}

fn summary(
    row: &TaskRow,
    events: &[HistoryEntry],
    waits_for: &[TaskId],
    refusal: Option<&str>,
) -> String {
    let task = &row.task;
    let last = |changes: &[&str]| {
        events
            .iter()
            .rev()
            .find(|event| event.change.as_deref().is_some_and(|change| changes.contains(&change)))
    };
    let because = |event: &HistoryEntry| {
        event.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default()
    };
    let mut text = match task.status {
        Status::InProgress => task.lease.as_ref().map_or_else(
            || "It is in progress.".to_owned(),
            |lease| {
                format!(
                    "{} has been working on it since its claim; the lease runs until {}.",
                    lease.agent, lease.expires_at
                )
            },
        ),
        Status::InReview => last(&["completed"]).map_or_else(
            || "It waits for a review.".to_owned(),
            |event| {
                format!(
                    "{} finished it at {}; it waits for a review because the task asks for one.",
                    event.actor, event.at
                )
            },
        ),
        Status::Blocked => format!(
            "It is blocked: {}.",
            task.blocked_reason.as_deref().unwrap_or("no reason was given")
        ),
        Status::Todo if !waits_for.is_empty() => {
            let names: Vec<String> = waits_for.iter().map(ToString::to_string).collect();
            format!("It waits for {}.", names.join(", "))
        }
        Status::Todo => {
            match last(&["rejected", "released", "lease_ended", "retried", "reopened", "unblocked"])
            {
                Some(event) if event.change.as_deref() == Some("rejected") => {
                    format!(
                        "{} sent it back at {}; it waits for {}.",
                        event.actor,
                        event.at,
                        task.assigned_to.as_deref().unwrap_or("anybody")
                    )
                }
                Some(event) if event.change.as_deref() == Some("lease_ended") => {
                    format!(
                        "Its last holder's lease ran out at {}; it waits to be claimed again.",
                        event.at
                    )
                }
                Some(event) => format!(
                    "{} put it back at {}{}; it waits to be claimed.",
                    event.actor,
                    event.at,
                    because(event)
                ),
                None => match &task.assigned_to {
                    Some(agent) => format!("It waits for {agent}, whom it is assigned to."),
                    None => "It waits for any agent to claim it.".to_owned(),
                },
            }
        }
        Status::Done | Status::Failed | Status::Cancelled => {
            match last(&["approved", "completed", "cancelled", "stale_cancelled"]) {
                Some(event) => format!(
                    "It is {} since {}, by {}{}.",
                    task.status,
                    event.at,
                    event.actor,
                    because(event)
                ),
                None => format!("It is {}.", task.status),
            }
        }
    };
    if task.needs_human {
        text.push_str(&format!(
            " A person should look at it: {}.",
            task.blocked_reason.as_deref().unwrap_or("it was flagged")
        ));
    }
    if let Some(review) = task
        .review
        .as_ref()
        .filter(|review| review.verdict == Verdict::Reject && task.status != Status::Todo)
    {
        let times = match task.rejections {
            1 => format!("once, by {}", review.by),
            2 => format!("twice, last by {}", review.by),
            times => format!("{times} times, last by {}", review.by),
        };
        text.push_str(&format!(" It was sent back {times}."));
    }
    if task.status == Status::Todo
        && waits_for.is_empty()
        && let Some(refusal) = refusal
    {
        text.push_str(&format!(" Now {refusal}."));
    }
    text
}
