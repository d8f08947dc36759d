//! The smaller things on a board: agents, keys, chat, knowledge, locks, notices.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ids::{ChatId, LockId, TaskId};
use super::task::words;
use super::time::Timestamp;

words! {
    /// What a key may do. Each scope includes those before it.
    Scope {
        /// Look.
        Read = "read",
        /// Claim, report, talk, lock.
        Work = "work",
        /// Create and edit tasks and knowledge.
        Plan = "plan",
        /// Decide as a person does: review, reopen.
        Approve = "approve",
        /// Keys, settings, other agents' things.
        Admin = "admin",
    }
}

words! {
    /// What a key was made for.
    KeyKind {
        /// The person's own key, in the OS keyring.
        Person = "person",
        /// The project's shared key, in `.meshpilot/mcp.json`.
        Project = "project",
        /// A browser that opened the board.
        Board = "board",
        /// One `meshpilot mcp` process.
        Bridge = "bridge",
        /// Made by hand.
        Custom = "custom",
    }
}

words! {
    /// Whether others may hold a lock on the same path.
    LockMode {
        /// Nobody else.
        Exclusive = "exclusive",
        /// Others too, as long as they only share.
        Shared = "shared",
    }
}

words! {
    /// What a piece of knowledge is.
    KnowledgeKind {
        /// Something worth knowing.
        Note = "note",
        /// Something that was decided.
        Decision = "decision",
        /// A way of doing things that worked.
        Pattern = "pattern",
        /// A rule of this project.
        Convention = "convention",
    }
}

/// A named participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Agent {
    /// The name.
    pub name: String,
    /// The role it gave or its key has.
    pub role: Option<String>,
    /// Its last call.
    pub last_seen_at: Timestamp,
    /// The task it holds (the newest, when several).
    pub task_id: Option<TaskId>,
}

/// A key, without its secret: that is shown once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    /// The public part, as it stands in the key's text.
    pub id: String,
    /// What the person calls it.
    pub label: String,
    /// The one agent it is bound to; none: any agent of the project.
    pub agent: Option<String>,
    /// The role of that agent.
    pub role: Option<String>,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// What it was made for.
    pub kind: KeyKind,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Its last use, to within a minute.
    pub last_used_at: Option<Timestamp>,
}

/// A message in the shared chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChatMessage {
    /// The id.
    pub id: ChatId,
    /// Who said it.
    pub from: String,
    /// What was said.
    pub text: String,
    /// The task it is about.
    pub task_id: Option<TaskId>,
    /// The message it answers.
    pub reply_to: Option<ChatId>,
    /// When.
    pub at: Timestamp,
}

/// A piece of knowledge.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Knowledge {
    /// The key.
    pub key: String,
    /// What it is.
    pub kind: KnowledgeKind,
    /// The text, as markdown.
    pub text: String,
    /// Free words.
    pub tags: Vec<String>,
    /// Grows with every save.
    pub version: i64,
    /// Who saved it last.
    pub updated_by: String,
    /// When it was first saved.
    pub created_at: Timestamp,
    /// When it was last saved.
    pub updated_at: Timestamp,
}

/// A lock on a path or glob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Lock {
    /// The id.
    pub id: LockId,
    /// The path or glob, relative to the project's root.
    pub path: String,
    /// Whether others may hold one too.
    pub mode: LockMode,
    /// Who holds it.
    pub agent: String,
    /// The task whose claim took it; such a lock ends with the lease.
    pub task_id: Option<TaskId>,
    /// The fencing token.
    pub fence: i64,
    /// Why.
    pub reason: Option<String>,
    /// When it was taken.
    pub acquired_at: Timestamp,
    /// When it ends unless renewed.
    pub expires_at: Timestamp,
}

/// A lock in the way of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Overlap {
    /// What was asked for.
    pub path: String,
    /// What is locked.
    pub held: String,
    /// How.
    pub mode: LockMode,
    /// By whom.
    pub agent: String,
    /// For which task.
    pub task_id: Option<TaskId>,
    /// Why.
    pub reason: Option<String>,
    /// Until when.
    pub expires_at: Timestamp,
}

words! {
    /// What a notice is about.
    NoticeKind {
        /// A reviewer sent the agent's work back.
        Rejected = "rejected",
        /// A lease is about to end.
        LeaseEnding = "lease_ending",
    }
}

/// Something an agent should notice. Agents only pull, so it comes with the answer of whatever they call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// The task.
    pub task_id: TaskId,
    /// What happened and what to call next.
    pub text: String,
}

/// A committed fact, in the board's one order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// The position.
    pub seq: i64,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it was committed.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// What it is about, such as a task's id.
    pub entity: Option<String>,
    /// The facts.
    pub data: serde_json::Value,
}
