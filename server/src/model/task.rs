//! A task and the rules of its life: the table of statuses, what a claim, an end and a review do.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};

use super::ids::{CommentId, TaskId};
use super::time::Timestamp;
use crate::limits;

macro_rules! words {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $vdoc:literal])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[doc = $vdoc])* #[serde(rename = $text)] $variant),+ }
        impl $name {
            /// All values, in the order the documentation shows them.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// The word as clients see it.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $($name::$variant => $text),+ } }
            /// Reads the word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> { match word { $($text => Some($name::$variant),)+ _ => None } }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        // Written by hand so that every schema is a plain list of words, which the narrowest client understands.
        impl JsonSchema for $name {
            fn inline_schema() -> bool { true }
            fn schema_name() -> std::borrow::Cow<'static, str> { stringify!($name).into() }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "enum": [$($text),+]})
            }
        }
    };
}
pub(crate) use words;

words! {
    /// The column a task is in.
    Status {
        /// Waits to be claimed.
        Todo = "todo",
        /// Somebody holds its lease.
        InProgress = "in_progress",
        /// Waits for something outside.
        Blocked = "blocked",
        /// Done, and waits for a reviewer.
        InReview = "in_review",
        /// Done.
        Done = "done",
        /// Did not work.
        Failed = "failed",
        /// Not wanted any more.
        Cancelled = "cancelled",
    }
}

words! {
    /// How urgent a task is. The order is the rank.
    Priority {
        /// When there is nothing else.
        Low = "low",
        /// The usual.
        Normal = "normal",
        /// Before the usual.
        High = "high",
        /// Before everything.
        Urgent = "urgent",
    }
}

words! {
    /// What the sender wants done with the task, as CacheBash's clients know it.
    Action {
        /// Now, before the current work.
        Interrupt = "interrupt",
        /// As part of a sprint.
        Sprint = "sprint",
        /// Beside the current work.
        Parallel = "parallel",
        /// After the current work.
        Queue = "queue",
        /// Some day.
        Backlog = "backlog",
    }
}

words! {
    /// How a piece of work ended.
    Outcome {
        /// It is done.
        Success = "success",
        /// It did not work.
        Failed = "failed",
        /// It was not needed.
        Skipped = "skipped",
        /// It is not wanted any more.
        Cancelled = "cancelled",
    }
}

words! {
    /// Why a piece of work failed, for whoever decides on a retry.
    ErrorClass {
        /// It may work next time.
        Transient = "transient",
        /// It will not work.
        Permanent = "permanent",
        /// Something it needs was missing.
        Dependency = "dependency",
        /// It was not allowed.
        Policy = "policy",
        /// It took too long.
        Timeout = "timeout",
        /// Nobody knows.
        Unknown = "unknown",
    }
}

words! {
    /// A reviewer's decision.
    Verdict {
        /// The work is accepted.
        Approve = "approve",
        /// The work goes back with a reason.
        Reject = "reject",
    }
}

impl Status {
    /// Whether nothing more is to happen by itself: finished work takes no part in dedup, claims or dependencies.
    #[must_use]
    pub const fn is_finished(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }

    /// The table: where a task may go from here.
    #[must_use]
    pub const fn allowed(self) -> &'static [Status] {
        match self {
            Self::Todo => &[Self::InProgress, Self::Blocked, Self::Cancelled],
            Self::InProgress => &[
                Self::InReview,
                Self::Done,
                Self::Blocked,
                Self::Failed,
                Self::Todo,
                Self::Cancelled,
            ],
            Self::Blocked => &[Self::Todo, Self::InProgress, Self::Failed, Self::Cancelled],
            Self::InReview => &[Self::Done, Self::Todo, Self::Cancelled],
            Self::Failed => &[Self::Todo, Self::Cancelled],
            Self::Done | Self::Cancelled => &[Self::Todo],
        }
    }

    /// Whether the table allows this change.
    #[must_use]
    pub fn may_become(self, to: Self) -> bool {
        self.allowed().contains(&to)
    }
}

/// What a task has cost so far, over all attempts. Failed attempts count.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Cost {
    /// Tokens read.
    #[serde(deserialize_with = "tokens")]
    pub tokens_in: u64,
    /// Tokens written.
    #[serde(deserialize_with = "tokens")]
    pub tokens_out: u64,
    /// US dollars.
    #[serde(deserialize_with = "dollars")]
    pub cost_usd: f64,
}

/// Within bounds that no sum of reports can leave.
fn tokens<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let (given, most) = (u64::deserialize(deserializer)?, limits::TOKENS);
    let problem = || de::Error::custom(format!("{given} tokens are not allowed; 0 to {most} are"));
    (given <= most).then_some(given).ok_or_else(problem)
}

/// The same for money.
fn dollars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let (given, most) = (f64::deserialize(deserializer)?, limits::COST_USD);
    let problem = || de::Error::custom(format!("{given} dollars are not allowed; 0 to {most} are"));
    (0.0..=most).contains(&given).then_some(given).ok_or_else(problem)
}

/// The right of one agent to work on a task until a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Lease {
    /// Who holds it.
    pub agent: String,
    /// When it ends unless renewed.
    pub expires_at: Timestamp,
    /// The fencing token: proves the holder, never goes back.
    pub fence: i64,
}

/// The last review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Review {
    /// The decision.
    pub verdict: Verdict,
    /// Why, when it was sent back.
    pub reason: Option<String>,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Where a task's content comes from.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Provenance {
    /// The model that wrote it.
    pub model: Option<String>,
    /// Tokens spent on writing it.
    pub cost_tokens: Option<u64>,
    /// How sure the writer is, 0 to 1.
    pub confidence: Option<f64>,
}

/// A task. Over REST every field is always there, null or empty where there is nothing; MCP leaves those out.
/// In lists and events `description` and `result` are null unless asked for.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// The id.
    pub id: TaskId,
    /// One line.
    pub title: String,
    /// What is to be done, as markdown. Reject reasons stand at its end.
    pub description: Option<String>,
    /// The column.
    pub status: Status,
    /// Its type: task, question, or any other word.
    #[serde(rename = "type")]
    pub kind: String,
    /// How urgent.
    pub priority: Priority,
    /// Whose it is; with nobody, anyone may claim it.
    pub assigned_to: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// Paths and globs that a claim locks.
    pub files_owned: Vec<String>,
    /// Free words.
    pub labels: Vec<String>,
    /// Tasks that must be done or cancelled first.
    pub depends_on: Vec<TaskId>,
    /// The sprint it belongs to.
    pub sprint_id: Option<String>,
    /// Its wave in the sprint.
    pub wave: Option<i64>,
    /// Whether a reviewer has to approve it.
    pub requires_review: bool,
    /// What came out, as markdown.
    pub result: Option<String>,
    /// The last review.
    pub review: Option<Review>,
    /// Who works on it until when.
    pub lease: Option<Lease>,
    /// How often it was claimed.
    pub attempts: i64,
    /// Percent done, as its holder sees it.
    pub progress: Option<u8>,
    /// Where the work stands.
    pub note: Option<String>,
    /// What it has cost.
    pub cost: Cost,
    /// What the sender wants done with it.
    pub action: Option<Action>,
    /// The agent, group or `all` it is meant for.
    pub target: Option<String>,
    /// The conversation it belongs to.
    pub thread_id: Option<String>,
    /// What it answers.
    pub reply_to: Option<String>,
    /// Where its content comes from.
    pub provenance: Option<Provenance>,
    /// Agents to try when the target is away.
    pub fallback: Vec<String>,
    /// When it is cancelled unless claimed.
    pub expires_at: Option<Timestamp>,
    /// Grows with every change; see `version` of update_task.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was last claimed.
    pub started_at: Option<Timestamp>,
    /// When it was finished.
    pub completed_at: Option<Timestamp>,
    /// Whether a person should look at it.
    pub needs_human: bool,
    /// Why it is blocked or needs a person.
    pub blocked_reason: Option<String>,
    /// The dream it belongs to.
    pub dream_id: Option<String>,
    /// The model that worked on it.
    pub model: Option<String>,
    /// The worker's own code of the failure.
    pub error_code: Option<String>,
    /// The kind of the failure.
    pub error_class: Option<ErrorClass>,
    /// How many comments it has.
    pub comment_count: i64,
    /// How often it was sent back by a reviewer.
    pub rejections: i64,
    /// What was odd about it when it was made or changed.
    pub warnings: Vec<String>,
}

/// A comment on a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Comment {
    /// The id.
    pub id: CommentId,
    /// Who wrote it.
    pub author: String,
    /// The text, as markdown.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// One claim of a task and how it ended.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// The number of the attempt, from 1.
    pub attempt: i64,
    /// Who tried.
    pub agent: String,
    /// When it was claimed.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How it ended: success, failed, skipped, cancelled, released, lease_ended, taken, blocked.
    pub outcome: Option<String>,
    /// Its fencing token.
    pub fence: i64,
}

#[cfg(test)]
mod tests {
    use super::Status::{Blocked, Cancelled, Done, Failed, InProgress, InReview, Todo};
    use super::*;

    #[test]
    fn the_table_of_statuses_is_the_contracts() {
        let table = [
            (Todo, vec![InProgress, Blocked, Cancelled]),
            (InProgress, vec![InReview, Done, Blocked, Failed, Todo, Cancelled]),
            (Blocked, vec![Todo, InProgress, Failed, Cancelled]),
            (InReview, vec![Done, Todo, Cancelled]),
            (Failed, vec![Todo, Cancelled]),
            (Done, vec![Todo]),
            (Cancelled, vec![Todo]),
        ];
        for (from, to) in table {
            for status in Status::ALL {
                assert_eq!(from.may_become(*status), to.contains(status), "{from} to {status}");
            }
        }
    }

    #[test]
    fn a_cost_that_no_work_has_is_refused() {
        let read = serde_json::from_str::<Cost>;
        let cost = read(r#"{"tokensIn":5,"costUsd":0.25}"#).unwrap();
        assert_eq!((cost.tokens_in, cost.tokens_out), (5, 0));
        for bad in [
            r#"{"tokensIn":18446744073709551615}"#,
            r#"{"costUsd":-1}"#,
            r#"{"costUsd":1e300}"#,
            r#"{"usd":3}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn priorities_are_ranked_not_alphabetical() {
        assert!(
            Priority::Urgent > Priority::High
                && Priority::High > Priority::Normal
                && Priority::Normal > Priority::Low
        );
    }
}
