//! Locks on files, so that two agents don't edit the same one.

use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::tasks::claim::WaitSeconds;
use super::tasks::create::texts;
use super::tasks::life;
use crate::api::{Command, Operation, Query, Spec, Toolset};
use crate::error::{Code, Error, Result};
use crate::limits;
use crate::model::glob;
use crate::model::text::{AgentName, Few, PathGlob, Reason, Whole};
use crate::model::things::{Lock, LockMode, Overlap, Scope};
use crate::store::{Frame, ReadTx, WriteTx};

/// How long a lock lasts.
type TtlSeconds = Whole<1, 86_400>;
/// When nothing else is said, in seconds.
const TTL: u64 = 600;

/// Lock paths or globs before you edit them: all of them or none.
///
/// A task's `filesOwned` are locked by its claim already. With `waitSeconds` you queue in order of arrival. Give them
/// back with release_locks.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcquireLocks {
    /// Such as src/api/**.
    pub paths: Few<PathGlob, { limits::LOCK_PATHS }>,
    /// Default exclusive.
    pub mode: Option<LockMode>,
    /// Default 600.
    pub ttl_seconds: Option<TtlSeconds>,
    /// Default 0, advised 25.
    pub wait_seconds: Option<WaitSeconds>,
    /// Why, for who has to wait.
    pub reason: Option<Reason>,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AcquireLocksOutput {
    /// Whether all were taken.
    pub acquired: bool,
    /// The locks; empty when the wait ended without.
    pub locks: Vec<Lock>,
    /// Proves the holder in renew_locks and release_locks.
    pub fence: Option<i64>,
    /// What is in the way.
    pub conflicts: Vec<Overlap>,
    /// What to do now, when there was nothing.
    pub next: Option<String>,
}

impl Operation for AcquireLocks {
    const SPEC: Spec =
        Spec::new("acquire_locks", Method::POST, "/locks", Scope::Work, Toolset::Memory)
            .default_tool()
            .idempotent()
            .fails(&[Code::FilesLocked])
            .example(r#"{"agent":"builder-1","paths":["docs/**"],"ttlSeconds":300}"#);
    type Output = AcquireLocksOutput;

    fn wait_seconds(&self) -> u64 {
        self.wait_seconds.map_or(0, |seconds| seconds.0)
    }
    fn is_pending(output: &AcquireLocksOutput) -> bool {
        !output.acquired
    }
    fn wakes(&self, event: &Frame) -> bool {
        ["lock.released", "lock.ended", "lock.queue"].contains(&event.kind.as_str())
    }
}

impl Command for AcquireLocks {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<AcquireLocksOutput> {
        let agent = tx.caller().agent()?.to_string();
        let call = tx.caller().call.clone();
        let waits = self.wait_seconds.map_or(0, |seconds| seconds.0);
        let mode = self.mode.unwrap_or(LockMode::Exclusive);
        if self.paths.is_empty() {
            return Err(Error::invalid("paths", "`paths` needs at least one path"));
        }
        let paths = texts(Some(self.paths));
        for path in &paths {
            glob::check(path).map_err(|problem| Error::invalid("paths", problem))?;
        }
        let conflicts = tx.overlaps(&agent, &paths, mode)?;
        let behind = tx.waits_behind(&call, &agent, &paths, mode)?;
        if !conflicts.is_empty() || behind {
            if waits == 0 {
                return Err(if conflicts.is_empty() {
                    Error::new(Code::FilesLocked, "others wait for these paths already")
                        .hint("Send waitSeconds to queue behind them.")
                } else {
                    life::files_locked(&conflicts)
                });
            }
            tx.queue_for_locks(&call, &agent, &paths, mode, tx.now().after_seconds(waits))?;
            let next = Some("Still locked. Call acquire_locks again with waitSeconds, or work on something else.".to_owned());
            return Ok(AcquireLocksOutput {
                acquired: false,
                locks: Vec::new(),
                fence: None,
                conflicts,
                next,
            });
        }
        tx.leave_queue(&call)?;
        let fence = tx.next_fence()?;
        let expires_at = tx.now().after_seconds(self.ttl_seconds.map_or(TTL, |seconds| seconds.0));
        // Asking again for what one holds renews it instead of holding it twice.
        let mine: Vec<Lock> = tx
            .locks(Some(&agent))?
            .into_iter()
            .filter(|lock| {
                lock.task_id.is_none() && lock.mode == mode && paths.contains(&lock.path)
            })
            .collect();
        if !mine.is_empty() {
            tx.remove_locks(&mine)?;
            tx.emit("lock.released", None, &json!({ "locks": mine }))?;
        }
        let reason = self.reason.as_deref();
        let locks = tx.add_locks(&agent, &paths, mode, None, fence, reason, expires_at)?;
        tx.emit("lock.acquired", None, &json!({ "locks": locks }))?;
        Ok(AcquireLocksOutput {
            acquired: true,
            locks,
            fence: Some(fence),
            conflicts: Vec::new(),
            next: None,
        })
    }
}

/// The locks that a call means: the caller's own, by fence or path, or all of them.
fn own(
    db: &ReadTx<'_>,
    fence: Option<i64>,
    paths: Option<Few<PathGlob, { limits::LOCK_PATHS }>>,
) -> Result<Vec<Lock>> {
    let paths = paths.map(|paths| texts(Some(paths)));
    let person = db.caller().is_person();
    let agent = if person { None } else { Some(db.caller().agent()?.to_string()) };
    let locks: Vec<Lock> = db
        .locks(agent.as_deref())?
        .into_iter()
        .filter(|lock| {
            fence.is_none_or(|fence| lock.fence == fence)
                && paths.as_ref().is_none_or(|paths| paths.contains(&lock.path))
        })
        .collect();
    if locks.is_empty() && (fence.is_some() || paths.is_some()) {
        return Err(Error::new(
            Code::LeaseLost,
            "you hold no such lock; it ended, or was never yours",
        )
        .hint("list_locks shows who holds what."));
    }
    Ok(locks)
}

/// Keep locks for longer.
///
/// Without `fence` and `paths`: all that you hold. Locks of a task's claim are renewed by heartbeat_task instead.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RenewLocks {
    /// Those taken with this fence.
    pub fence: Option<i64>,
    /// Those on these paths.
    pub paths: Option<Few<PathGlob, { limits::LOCK_PATHS }>>,
    /// How long from now (default 600).
    pub ttl_seconds: Option<TtlSeconds>,
}

/// Locks.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LocksOutput {
    /// The locks.
    pub locks: Vec<Lock>,
}

impl Operation for RenewLocks {
    const SPEC: Spec =
        Spec::new("renew_locks", Method::POST, "/locks/renew", Scope::Work, Toolset::Memory)
            .idempotent()
            .lifeline()
            .fails(&[Code::LeaseLost])
            .example(r#"{"agent":"builder-2","ttlSeconds":300}"#);
    type Output = LocksOutput;
}

impl Command for RenewLocks {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<LocksOutput> {
        let seconds = self.ttl_seconds.map_or(TTL, |seconds| seconds.0);
        let mut locks = own(tx, self.fence, self.paths)?;
        locks.retain(|lock| lock.task_id.is_none());
        for lock in &mut locks {
            lock.expires_at = tx.renew_lock(lock.id, seconds)?;
        }
        if !locks.is_empty() {
            tx.emit("lock.renewed", None, &json!({ "locks": locks }))?;
        }
        Ok(LocksOutput { locks })
    }
}

/// Give locks back.
///
/// Without fields: all that you took with acquire_locks. Those of a task end with complete_task or release_task.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReleaseLocks {
    /// Those taken with this fence.
    pub fence: Option<i64>,
    /// Those on these paths.
    pub paths: Option<Few<PathGlob, { limits::LOCK_PATHS }>>,
}

impl Operation for ReleaseLocks {
    const SPEC: Spec =
        Spec::new("release_locks", Method::POST, "/locks/release", Scope::Work, Toolset::Memory)
            .default_tool()
            .lifeline()
            .fails(&[Code::LeaseLost])
            .example(r#"{"agent":"builder-2"}"#);
    type Output = LocksOutput;
}

impl Command for ReleaseLocks {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<LocksOutput> {
        let person = tx.caller().is_person();
        if person && self.fence.is_none() && self.paths.is_none() {
            return Err(Error::invalid("paths", "say which locks to release"));
        }
        let mut locks = own(tx, self.fence, self.paths)?;
        locks.retain(|lock| person || lock.task_id.is_none());
        tx.remove_locks(&locks)?;
        if !locks.is_empty() {
            tx.emit("lock.released", None, &json!({ "locks": locks }))?;
        }
        Ok(LocksOutput { locks })
    }
}

/// List the locks that are held, by path.
///
/// Look here to see who works where; a conflict of acquire_locks tells the same for your paths.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListLocks {
    /// Only those of this agent.
    pub holder: Option<AgentName>,
    /// Only those that overlap this path or glob.
    pub path: Option<PathGlob>,
}

impl Operation for ListLocks {
    const SPEC: Spec = Spec::new("list_locks", Method::GET, "/locks", Scope::Read, Toolset::Memory)
        .example(r#"{"path":"src/**"}"#);
    type Output = LocksOutput;
}

impl Query for ListLocks {
    fn run(self, db: &ReadTx<'_>) -> Result<LocksOutput> {
        let mut locks = db.locks(self.holder.as_deref())?;
        if let Some(path) = &self.path {
            glob::check(path).map_err(|problem| Error::invalid("path", problem))?;
            locks.retain(|lock| glob::overlap(path, &lock.path));
        }
        Ok(LocksOutput { locks })
    }
}
