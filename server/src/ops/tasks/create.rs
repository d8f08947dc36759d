//! Making work.

use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::{Command, Operation, Spec, Toolset};
use crate::error::{Code, Error, Result};
use crate::limits;
use crate::model::glob;
use crate::model::ids::TaskId;
use crate::model::task::{Action, Cost, Priority, Provenance, Status, Task};
use crate::model::text::{AgentName, Description, Few, Label, PathGlob, Title, Whole, Word};
use crate::model::things::Scope;
use crate::store::{ReadTx, TaskRow, WriteTx};

/// Create a task on the board.
///
/// If an unfinished task has the same title, you get that one and `deduplicated: true`. Write into the description all
/// that an agent needs who knows nothing else, into `filesOwned` the files to lock, into `dependsOn` what comes first.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateTask {
    /// What is to be done, in one line.
    pub title: Title,
    /// All that is needed to do it (markdown).
    pub description: Option<Description>,
    /// Default normal.
    pub priority: Option<Priority>,
    /// task (default), question, any word.
    #[serde(rename = "type")]
    pub kind: Option<Word>,
    /// Left out: whoever claims it.
    pub assigned_to: Option<AgentName>,
    /// An agent, a role or `all`.
    pub target: Option<Word>,
    /// Paths or globs that its claim locks.
    pub files_owned: Option<Few<PathGlob, { limits::FILES }>>,
    /// Free words to filter by.
    pub labels: Option<Few<Label, { limits::LABELS }>>,
    /// Tasks that must be done first.
    pub depends_on: Option<Few<TaskId, { limits::DEPENDENCIES }>>,
    /// Default: the board's setting.
    pub requires_review: Option<bool>,
    /// When to take it up.
    pub action: Option<Action>,
    /// Cancels it if unclaimed by then.
    pub ttl_seconds: Option<Whole<1, 31_536_000>>,
    /// The conversation it belongs to.
    pub thread_id: Option<Word>,
    /// What it answers.
    pub reply_to: Option<Word>,
    /// Where its content comes from.
    pub provenance: Option<Provenance>,
    /// Agents to try instead.
    pub fallback: Option<Few<AgentName, 20>>,
    /// Creates it even if the same is there.
    pub allow_duplicate: Option<bool>,
}

/// A task with nearly the same title.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SimilarTask {
    /// Its id.
    pub id: TaskId,
    /// Its title.
    pub title: String,
    /// Its status.
    pub status: Status,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CreateTaskOutput {
    /// The new task, or the standing one.
    pub task: Task,
    /// Whether a standing task was found and nothing was changed.
    pub deduplicated: bool,
    /// Open tasks that may mean the same.
    pub similar: Vec<SimilarTask>,
}

impl Operation for CreateTask {
    const SPEC: Spec = Spec::new(
        "create_task",
        Method::POST,
        "/tasks",
        Scope::Plan,
        Toolset::Board,
    )
    .default_tool()
    .idempotent()
    .fails(&[Code::NotFound])
    .example(
        r#"{"title":"Rate limit the login form","priority":"high","filesOwned":["src/login/**"]}"#,
    );
    type Output = CreateTaskOutput;

    fn status(output: &CreateTaskOutput) -> u16 {
        if output.deduplicated { 200 } else { 201 }
    }
}

/// The text of each item of an optional list.
pub(crate) fn texts<T: std::fmt::Display, const MAX: usize>(
    list: Option<Few<T, MAX>>,
) -> Vec<String> {
    list.map(|list| list.0.iter().map(ToString::to_string).collect()).unwrap_or_default()
}

/// Refuses globs that can't be read.
pub(super) fn check_files(files: &[String]) -> Result<()> {
    files.iter().try_for_each(|file| {
        glob::check(file).map_err(|problem| Error::invalid("filesOwned", problem))
    })
}

/// Refuses an origin that nothing has: it is kept with the task and told with every event of it.
fn check_provenance(origin: &Provenance) -> Result<()> {
    let model = origin.model.as_deref().map_or(0, |model| model.chars().count());
    if model > limits::NAME {
        let most = limits::NAME;
        let text = format!("`provenance.model` has {model} characters; at most {most} are allowed");
        return Err(Error::invalid("provenance", text).detail("size", model));
    }
    if origin.confidence.is_some_and(|sure| !(0.0..=1.0).contains(&sure)) {
        return Err(Error::invalid("provenance", "`provenance.confidence` lies between 0 and 1"));
    }
    Ok(())
}

/// What is odd about who a task is for.
pub(super) fn warn_of_unknown(db: &ReadTx<'_>, assigned_to: Option<&str>) -> Result<Vec<String>> {
    match assigned_to {
        Some(agent) if agent != "human" && db.agent(agent)?.is_none() => Ok(vec![format!(
            "No agent `{agent}` has been seen yet; the task waits until one of that name claims it."
        )]),
        _ => Ok(Vec::new()),
    }
}

impl Command for CreateTask {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<CreateTaskOutput> {
        if self.allow_duplicate != Some(true)
            && let Some(TaskRow { task, .. }) = tx.same_task(&self.title)?
        {
            return Ok(CreateTaskOutput { task, deduplicated: true, similar: Vec::new() });
        }
        let depends_on = self.depends_on.map(|list| list.0).unwrap_or_default();
        for id in &depends_on {
            tx.task(*id)?;
        }
        let files_owned = texts(self.files_owned);
        check_files(&files_owned)?;
        self.provenance.as_ref().map_or(Ok(()), check_provenance)?;
        let assigned_to = self.assigned_to.map(AgentName::into_string);
        let warnings = warn_of_unknown(tx, assigned_to.as_deref())?;
        let requires_review = match self.requires_review {
            Some(requires) => requires,
            None => tx.settings()?.requires_review,
        };
        let task = Task {
            id: TaskId(0),
            title: self.title.into_string(),
            description: Some(self.description.map(Description::into_string).unwrap_or_default()),
            status: Status::Todo,
            kind: self.kind.map_or_else(|| "task".to_owned(), Word::into_string),
            priority: self.priority.unwrap_or(Priority::Normal),
            assigned_to,
            created_by: tx.caller().name().to_owned(),
            files_owned,
            labels: texts(self.labels),
            depends_on,
            sprint_id: None,
            wave: None,
            requires_review,
            result: None,
            review: None,
            lease: None,
            attempts: 0,
            progress: None,
            note: None,
            cost: Cost::default(),
            action: self.action,
            target: self.target.map(Word::into_string),
            thread_id: self.thread_id.map(Word::into_string),
            reply_to: self.reply_to.map(Word::into_string),
            provenance: self.provenance,
            fallback: texts(self.fallback),
            expires_at: self.ttl_seconds.map(|seconds| tx.now().after_seconds(seconds.0)),
            version: 1,
            created_at: tx.now(),
            updated_at: tx.now(),
            started_at: None,
            completed_at: None,
            needs_human: false,
            blocked_reason: None,
            dream_id: None,
            model: None,
            error_code: None,
            error_class: None,
            comment_count: 0,
            rejections: 0,
            warnings,
        };
        let row = tx.add_task(task)?;
        let similar = tx.similar_tasks(&row.task.title, row.task.id)?;
        let similar = similar
            .into_iter()
            .map(|(id, title, status)| SimilarTask { id, title, status })
            .collect();
        Ok(CreateTaskOutput { task: row.task, deduplicated: false, similar })
    }
}
