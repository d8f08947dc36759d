//! Attempts, comments and cost: what work leaves behind.

use rusqlite::params;

use super::sql::Columns;
use super::tasks::{TaskRow, micro_usd};
use super::tx::{ReadTx, WriteTx};
use crate::error::Result;
use crate::model::ids::{CommentId, TaskId};
use crate::model::task::{Attempt, Comment, Cost};

/// How an attempt ended, in the words of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With a result.
    Success,
    /// With a failure.
    Failed,
    /// It was not needed.
    Skipped,
    /// It was cancelled.
    Cancelled,
    /// The holder gave it back.
    Released,
    /// The lease ran out.
    LeaseEnded,
    /// A person moved it elsewhere.
    Taken,
    /// It waits for something outside.
    Blocked,
}

impl Ended {
    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
            Self::Released => "released",
            Self::LeaseEnded => "lease_ended",
            Self::Taken => "taken",
            Self::Blocked => "blocked",
        }
    }
}

/// How many tasks a search for work passed over, by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    /// They wait for other tasks.
    pub waiting: i64,
    /// They are for somebody else.
    pub assigned_elsewhere: i64,
    /// They have failed too often and wait for a person.
    pub needs_human: i64,
    /// Their files are locked.
    pub files_locked: i64,
}

impl ReadTx<'_> {
    /// The attempts of a task, oldest first.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn attempts(&self, id: TaskId) -> Result<Vec<Attempt>> {
        self.rows("SELECT attempt, agent, started_at, ended_at, outcome, fence FROM attempts WHERE task_id = ? ORDER BY attempt", [id], |row| {
            let mut c = Columns::new(row);
            Ok(Attempt {
                attempt: c.get()?,
                agent: c.get()?,
                started_at: c.get()?,
                ended_at: c.get()?,
                outcome: c.get()?,
                fence: c.get()?,
            })
        })
    }

    /// Whether an agent ever held a task.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn ever_held(&self, id: TaskId, agent: &str) -> Result<bool> {
        Ok(self
            .row(
                "SELECT 1 FROM attempts WHERE task_id = ? AND agent = ? LIMIT 1",
                params![id, agent],
                |_| Ok(()),
            )?
            .is_some())
    }

    /// The comments of a task, oldest first.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn comments(&self, id: TaskId) -> Result<Vec<Comment>> {
        self.rows(
            "SELECT id, author, text, at FROM comments WHERE task_id = ? ORDER BY id LIMIT 1000",
            [id],
            |row| {
                let mut c = Columns::new(row);
                Ok(Comment { id: c.get()?, author: c.get()?, text: c.get()?, at: c.get()? })
            },
        )
    }
}

impl WriteTx<'_> {
    /// The next fencing token of the board.
    ///
    /// # Errors
    /// When it can't be taken.
    pub fn next_fence(&mut self) -> Result<i64> {
        self.next("fence")
    }

    /// Opens an attempt for the holder of a task.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn begin_attempt(&mut self, row: &TaskRow, agent: &str) -> Result<()> {
        let now = self.now();
        self.execute(
            "INSERT INTO attempts (task_id, attempt, agent, fence, started_at) VALUES (?, ?, ?, ?, ?)",
            params![row.task.id, row.task.attempts, agent, row.fence, now],
        )?;
        Ok(())
    }

    /// Closes the open attempt of a task.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn end_attempt(&mut self, row: &TaskRow, ended: Ended) -> Result<()> {
        let now = self.now();
        self.execute(
            "UPDATE attempts SET ended_at = ?, outcome = ? WHERE task_id = ? AND attempt = ? AND ended_at IS NULL",
            params![now, ended.as_str(), row.task.id, row.task.attempts],
        )?;
        Ok(())
    }

    /// Books what an attempt has cost so far. The figures are totals of the attempt and never go down; the task's are
    /// the sums over its attempts, and the month's is the sum over all tasks.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn report_cost(&mut self, row: &mut TaskRow, so_far: Cost) -> Result<()> {
        let key = params![row.task.id, row.task.attempts];
        let before = self
            .row("SELECT tokens_in, tokens_out, cost_micro_usd FROM attempts WHERE task_id = ? AND attempt = ?", key, |row| {
                Ok((row.get::<_, u64>(0)?, row.get::<_, u64>(1)?, row.get::<_, i64>(2)?))
            })?
            .unwrap_or_default();
        let after = (
            before.0.max(so_far.tokens_in),
            before.1.max(so_far.tokens_out),
            before.2.max(micro_usd(so_far.cost_usd)),
        );
        if before == after {
            return Ok(());
        }
        self.execute(
            "UPDATE attempts SET tokens_in = ?, tokens_out = ?, cost_micro_usd = ? WHERE task_id = ? AND attempt = ?",
            params![after.0, after.1, after.2, row.task.id, row.task.attempts],
        )?;
        row.task.cost.tokens_in += after.0 - before.0;
        row.task.cost.tokens_out += after.1 - before.1;
        #[expect(clippy::cast_precision_loss, reason = "exact up to nine billion dollars")]
        let total = (micro_usd(row.task.cost.cost_usd) + after.2 - before.2) as f64 / 1_000_000.0;
        row.task.cost.cost_usd = total;
        let month = self.now().month();
        self.spend(&month, after.2 - before.2)
    }

    /// Appends a comment. The task's own count is its caller's to raise.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn add_comment(&mut self, id: TaskId, author: &str, text: &str) -> Result<Comment> {
        let at = self.now();
        let comment = self.insert(
            "INSERT INTO comments (task_id, author, text, at) VALUES (?, ?, ?, ?)",
            params![id, author, text, at],
        )?;
        Ok(Comment { id: CommentId(comment), author: author.to_owned(), text: text.to_owned(), at })
    }
}
