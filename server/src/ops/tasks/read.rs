//! Looking at work.

use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::{Operation, Query, Spec, Toolset};
use crate::error::{Code, Error, Result};
use crate::model::ids::TaskId;
use crate::model::task::{Attempt, Comment, Priority, Status, Task};
use crate::model::text::{AgentName, Few, Label, SearchText, Word};
use crate::model::things::{Event, Scope};
use crate::model::time::Timestamp;
use crate::ops::page::{self, Limit};
use crate::store::{ReadTx, TaskFilter};

crate::model::task::words! {
    /// What get_task adds beside the task.
    Include {
        /// What was said about it.
        Comments = "comments",
        /// What happened to it.
        History = "history",
        /// Who tried it.
        Attempts = "attempts",
    }
}

/// Read one task in full.
///
/// Ask for comments, history or attempts with `include` when you need them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetTask {
    /// The task.
    pub task_id: TaskId,
    /// What to add.
    pub include: Option<Few<Include, 3>>,
}

/// One entry of a task's history.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HistoryEntry {
    /// The event's position.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// The event's type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Who did it.
    pub actor: String,
    /// What happened, in a word.
    pub change: Option<String>,
    /// Which fields changed.
    pub fields: Vec<String>,
    /// Why.
    pub reason: Option<String>,
}

impl From<Event> for HistoryEntry {
    fn from(event: Event) -> Self {
        let word = |name: &str| event.data.get(name).and_then(Value::as_str).map(str::to_owned);
        let fields = event.data.get("fields").and_then(Value::as_array);
        Self {
            change: word("change"),
            reason: word("reason"),
            fields: fields
                .map(|all| {
                    all.iter().filter_map(|field| field.as_str().map(str::to_owned)).collect()
                })
                .unwrap_or_default(),
            seq: event.seq,
            at: event.at,
            kind: event.kind,
            actor: event.actor,
        }
    }
}

/// A task and what was asked for beside it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GetTaskOutput {
    /// The task.
    pub task: Task,
    /// What was said about it, oldest first; null unless asked for.
    pub comments: Option<Vec<Comment>>,
    /// What happened to it, oldest first; null unless asked for.
    pub history: Option<Vec<HistoryEntry>>,
    /// Who tried it, oldest first; null unless asked for.
    pub attempts: Option<Vec<Attempt>>,
}

impl Operation for GetTask {
    const SPEC: Spec =
        Spec::new("get_task", Method::GET, "/tasks/{taskId}", Scope::Read, Toolset::Board)
            .default_tool()
            .fails(&[Code::NotFound])
            .example(r#"{"taskId":"T1","include":["comments","history"]}"#);
    type Output = GetTaskOutput;
}

impl Query for GetTask {
    fn run(self, db: &ReadTx<'_>) -> Result<GetTaskOutput> {
        let task = db.task(self.task_id)?.task;
        let wants = |what: Include| self.include.as_ref().is_some_and(|list| list.contains(&what));
        let history = || -> Result<Vec<HistoryEntry>> {
            Ok(db
                .events_of(&self.task_id.to_string())?
                .into_iter()
                .map(HistoryEntry::from)
                .collect())
        };
        Ok(GetTaskOutput {
            comments: wants(Include::Comments).then(|| db.comments(self.task_id)).transpose()?,
            history: wants(Include::History).then(history).transpose()?,
            attempts: wants(Include::Attempts).then(|| db.attempts(self.task_id)).transpose()?,
            task,
        })
    }
}

crate::model::task::words! {
    /// What list_tasks adds to each task.
    ListInclude {
        /// Description and result.
        Description = "description",
    }
}

/// List tasks, the most urgent first, then the oldest.
///
/// Bodies are left out: read one with get_task. To take work, call claim_next_task instead.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListTasks {
    /// Any of these statuses.
    pub status: Option<Few<Status, 7>>,
    /// Whose they are.
    pub assigned_to: Option<AgentName>,
    /// Meant for.
    pub target: Option<Word>,
    /// How urgent.
    pub priority: Option<Priority>,
    /// A label they have.
    pub label: Option<Label>,
    /// Of a sprint.
    pub sprint_id: Option<Word>,
    /// Their type.
    #[serde(rename = "type")]
    pub kind: Option<Word>,
    /// Words in it.
    pub text: Option<SearchText>,
    /// Changed since.
    pub updated_since: Option<Timestamp>,
    /// Bodies too.
    pub include: Option<Few<ListInclude, 1>>,
    /// Up to 200.
    pub limit: Option<Limit>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
}

/// A page of tasks.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListTasksOutput {
    /// The tasks.
    pub tasks: Vec<Task>,
    /// Where the next page begins; null: this was the last.
    pub next_cursor: Option<String>,
    /// The board's position that the page reflects.
    pub as_of_seq: i64,
}

impl Operation for ListTasks {
    const SPEC: Spec = Spec::new("list_tasks", Method::GET, "/tasks", Scope::Read, Toolset::Board)
        .alias("get_tasks")
        .rows(&[
            "id",
            "title",
            "status",
            "priority",
            "assignedTo",
            "labels",
            "description",
            "result",
        ])
        .default_tool()
        .example(r#"{"status":["todo","in_progress"],"limit":20}"#);
    type Output = ListTasksOutput;
}

impl Query for ListTasks {
    fn run(self, db: &ReadTx<'_>) -> Result<ListTasksOutput> {
        let size = page::size(self.limit, db.caller());
        let filter = TaskFilter {
            status: self.status.map(|list| list.0).unwrap_or_default(),
            assigned_to: self.assigned_to.map(AgentName::into_string),
            target: self.target.map(Word::into_string),
            priority: self.priority,
            label: self.label.map(Label::into_string),
            sprint_id: self.sprint_id.map(Word::into_string),
            kind: self.kind.map(Word::into_string),
            text: self.text.map(SearchText::into_string),
            updated_since: self.updated_since,
            after: page::position(self.cursor.as_deref())?,
        };
        if filter.text.as_ref().is_some_and(|text| !text.chars().any(char::is_alphanumeric)) {
            return Err(Error::invalid("text", "a search needs at least one letter or digit"));
        }
        let mut tasks =
            db.list_tasks(&filter, size + 1, self.include.is_some_and(|list| !list.is_empty()))?;
        let next_cursor = page::cut(&mut tasks, size, |task| (task.priority.rank(), task.id.0));
        Ok(ListTasksOutput { tasks, next_cursor, as_of_seq: db.log_bounds()?.1 })
    }
}
