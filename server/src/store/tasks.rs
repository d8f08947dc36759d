//! Tasks: rows, lists, counts and dependencies.

mod read;
mod row;
mod write;

pub(super) use self::read::full_text;
pub(super) use self::row::micro_usd;
use crate::model::task::{Priority, Status, Task};
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

    pub(super) fn from_rank(rank: i64) -> Self {
        usize::try_from(rank)
            .ok()
            .and_then(|rank| Self::ALL.get(rank))
            .copied()
            .unwrap_or(Self::Normal)
    }
}
