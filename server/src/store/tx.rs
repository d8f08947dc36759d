//! What an operation is handed: a transaction that reads, or one that also writes. The type is the permission.

use std::sync::Arc;

use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Params, Row};
use serde::Serialize;

use super::feed::Frame;
use super::log::Log;
use crate::env::Env;
use crate::error::{Code, Error, Result};
use crate::model::text::AgentName;
use crate::model::things::{KeyKind, Scope};
use crate::model::time::Timestamp;

/// Who asks, and through what. Built once per call, from the key alone.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The key's id; `system` for work that the server does by itself.
    pub key: String,
    /// What the key was made for.
    pub kind: KeyKind,
    /// What the key may do, at most.
    pub scope: Scope,
    /// The agent: the key's own, or the one that the call names.
    pub agent: Option<AgentName>,
    /// The agent's role, when its key or its briefing gave one.
    pub role: Option<String>,
    /// The call's correlation id.
    pub call: String,
    /// The board's position when the call came in: what a waiting call counts as new.
    pub since: i64,
    /// Whether the call comes over MCP, where a page is smaller.
    pub mcp: bool,
}

impl Caller {
    /// The server itself, for work on a timer.
    #[must_use]
    pub fn system() -> Self {
        Self {
            key: "system".to_owned(),
            kind: KeyKind::Person,
            scope: Scope::Admin,
            agent: None,
            role: None,
            call: "system".to_owned(),
            since: 0,
            mcp: false,
        }
    }

    /// The name that stands as author and actor: the agent, else what the key is.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.agent {
            Some(agent) => agent,
            None if self.key == "system" => "system",
            None => self.kind.as_str(),
        }
    }

    /// The agent, for operations that make no sense without one.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` when a shared key names no agent.
    pub fn agent(&self) -> Result<&AgentName> {
        self.agent.as_ref().ok_or_else(|| {
            Error::invalid("agent", "this call needs to know which agent it is for")
                .hint("Call get_briefing once: it gives you a name. Then send it as `agent` (REST also: header X-Agent) with every call.")
        })
    }

    /// Who a `requestId` belongs to.
    #[must_use]
    pub fn principal(&self) -> String {
        format!("{}/{}", self.key, self.agent.as_deref().unwrap_or(""))
    }

    /// Refuses a caller whose key does not reach a scope.
    ///
    /// # Errors
    /// `FORBIDDEN`, naming both scopes.
    pub fn require(&self, scope: Scope) -> Result<()> {
        if self.scope >= scope {
            return Ok(());
        }
        Err(Error::new(
            Code::Forbidden,
            format!("this needs the scope `{scope}`; the key has `{}`", self.scope),
        )
        .detail("needed", scope.as_str())
        .detail("scope", self.scope.as_str()))
    }

    /// Whether the caller is the person, not an agent: only a key of the person speaks as `human`.
    #[must_use]
    pub fn is_person(&self) -> bool {
        self.scope >= Scope::Approve && self.agent.as_deref() == Some("human")
    }

    /// Refuses everybody but the person.
    ///
    /// # Errors
    /// `FORBIDDEN`, naming the scope when that is what lacks.
    pub fn require_person(&self, scope: Scope) -> Result<()> {
        self.require(scope)?;
        if self.is_person() {
            return Ok(());
        }
        Err(Error::new(Code::Forbidden, "only the person's own key may do this"))
    }
}

/// A transaction that reads one consistent state.
pub struct ReadTx<'c> {
    connection: &'c Connection,
    caller: &'c Caller,
    now: Timestamp,
}

impl<'c> ReadTx<'c> {
    pub(super) fn new(connection: &'c Connection, caller: &'c Caller, now: Timestamp) -> Self {
        Self { connection, caller, now }
    }

    /// Who asks.
    #[must_use]
    pub fn caller(&self) -> &'c Caller {
        self.caller
    }

    /// The time, frozen when the transaction opened.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    pub(super) fn prepare(&self, sql: &str) -> Result<CachedStatement<'c>> {
        Ok(self.connection.prepare_cached(sql)?)
    }

    /// All rows of a query.
    pub(super) fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.prepare(sql)?;
        let rows = statement.query_map(params, read)?.collect::<rusqlite::Result<Vec<T>>>()?;
        Ok(rows)
    }

    /// The first row of a query.
    pub(super) fn row<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.prepare(sql)?.query_row(params, read).optional()?)
    }
}

/// A transaction that may also write. What it emits is stored with it, and published after the commit.
pub struct WriteTx<'c> {
    read: ReadTx<'c>,
    env: &'c dyn Env,
    log: &'c mut Log,
    pub(super) frames: Vec<Arc<Frame>>,
    pub(super) salvage: Option<Salvage>,
}

/// What is still done when the command itself is refused, in a savepoint of its own.
pub(super) type Salvage = Box<dyn FnOnce(&mut WriteTx<'_>) -> Result<()> + Send>;

impl<'c> std::ops::Deref for WriteTx<'c> {
    type Target = ReadTx<'c>;
    fn deref(&self) -> &ReadTx<'c> {
        &self.read
    }
}

impl<'c> WriteTx<'c> {
    pub(super) fn new(
        connection: &'c Connection,
        caller: &'c Caller,
        now: Timestamp,
        env: &'c dyn Env,
        log: &'c mut Log,
    ) -> Self {
        Self {
            read: ReadTx::new(connection, caller, now),
            env,
            log,
            frames: Vec::new(),
            salvage: None,
        }
    }

    /// Says that something happened: stored in this transaction, published after its commit, in order.
    ///
    /// # Errors
    /// When the event can't be stored.
    pub fn emit(
        &mut self,
        kind: &'static str,
        entity: Option<String>,
        data: &impl Serialize,
    ) -> Result<()> {
        self.emit_change(kind, "", entity, data)
    }

    /// The same for a task, saying what changed about it.
    pub(super) fn emit_change(
        &mut self,
        kind: &'static str,
        change: &'static str,
        entity: Option<String>,
        data: &impl Serialize,
    ) -> Result<()> {
        let frame = self.log.append(&self.read, kind, entity, data)?;
        self.frames.push(Arc::new(Frame { change, ..frame }));
        Ok(())
    }

    /// Runs one part of a command in a savepoint of its own: refused, it leaves nothing behind and the rest goes on.
    ///
    /// # Errors
    /// What the part answers.
    pub fn part<T>(&mut self, f: impl FnOnce(&mut WriteTx<'_>) -> Result<T>) -> Result<T> {
        // A full disk rolls the whole transaction back; a part that ran on outside of one would be committed at once.
        if self.read.connection.is_autocommit() {
            return Err(Error::new(Code::DiskFull, "the disk is full, nothing was changed"));
        }
        let (before, emitted) = (self.log.clone(), self.frames.len());
        self.execute("SAVEPOINT part", [])?;
        let outcome = f(self);
        if outcome.is_err() {
            *self.log = before;
            self.frames.truncate(emitted);
            self.execute("ROLLBACK TO part", [])?;
        }
        self.execute("RELEASE part", [])?;
        outcome
    }

    /// Whether this command has emitted an event whose type begins with one of these.
    #[must_use]
    pub fn emitted(&self, starts: &[&str]) -> bool {
        self.frames.iter().any(|frame| starts.iter().any(|start| frame.kind.starts_with(start)))
    }

    /// The position of the last event so far, this transaction's own included.
    #[must_use]
    pub fn seq(&self) -> i64 {
        self.log.seq()
    }

    /// Random bytes for keys and names.
    pub fn random(&self, bytes: &mut [u8]) {
        self.env.fill(bytes);
    }

    /// Random bytes, as many as the type says.
    #[must_use]
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.env.fill(&mut bytes);
        bytes
    }

    /// Sets what is still to be done when this command is refused, such as keeping a late worker's text.
    pub fn keep_on_refusal(
        &mut self,
        salvage: impl FnOnce(&mut WriteTx<'_>) -> Result<()> + Send + 'static,
    ) {
        self.salvage = Some(Box::new(salvage));
    }

    /// The next value of a counter that never goes back.
    pub(super) fn next(&mut self, counter: &str) -> Result<i64> {
        Ok(self
            .prepare("UPDATE counters SET value = value + 1 WHERE name = ? RETURNING value")?
            .query_row([counter], |row| row.get(0))?)
    }

    /// Runs one statement that changes rows, and says how many.
    pub(super) fn execute(&mut self, sql: &str, params: impl Params) -> Result<usize> {
        Ok(self.prepare(sql)?.execute(params)?)
    }

    /// Runs an insert and gives the new row's id.
    pub(super) fn insert(&mut self, sql: &str, params: impl Params) -> Result<i64> {
        Ok(self.prepare(sql)?.insert(params)?)
    }
}
