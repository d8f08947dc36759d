//! Locks on paths and globs, and the queue of those who wait for them.

use rusqlite::{Row, params};

use super::sql::{Columns, Json};
use super::tx::{ReadTx, WriteTx};
use crate::error::Result;
use crate::model::glob;
use crate::model::ids::{LockId, TaskId};
use crate::model::things::{Lock, LockMode, Overlap};
use crate::model::time::Timestamp;

const LOCK: &str =
    "SELECT id, path, mode, agent, task_id, fence, reason, acquired_at, expires_at FROM locks";

fn lock(row: &Row<'_>) -> rusqlite::Result<Lock> {
    let mut c = Columns::new(row);
    Ok(Lock {
        id: c.get()?,
        path: c.get()?,
        mode: c.get()?,
        agent: c.get()?,
        task_id: c.get()?,
        fence: c.get()?,
        reason: c.get()?,
        acquired_at: c.get()?,
        expires_at: c.get()?,
    })
}

impl ReadTx<'_> {
    /// Live locks, by path; of one agent or of all. A claim's lock lives as long as its lease, which upkeep alone ends:
    /// were it free a moment earlier, a late heartbeat could give two agents the same file.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn locks(&self, agent: Option<&str>) -> Result<Vec<Lock>> {
        self.rows(
            &format!(
                "{LOCK} WHERE (expires_at > ?1 OR task_id IS NOT NULL) AND (?2 IS NULL OR agent = ?2) ORDER BY path, id"
            ),
            params![self.now(), agent],
            lock,
        )
    }

    /// The locks that a task's claim took.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn task_locks(&self, task: TaskId) -> Result<Vec<Lock>> {
        self.rows(&format!("{LOCK} WHERE task_id = ? ORDER BY path"), [task], lock)
    }

    /// Locks whose time has run out. Those of a claim end with its lease, not by themselves.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn ended_locks(&self) -> Result<Vec<Lock>> {
        self.rows(
            &format!("{LOCK} WHERE expires_at <= ? AND task_id IS NULL LIMIT 500"),
            [self.now()],
            lock,
        )
    }

    /// Every live lock of others that is in the way of these paths. Two shared locks never are.
    ///
    /// # Errors
    /// When the locks can't be read.
    pub fn overlaps(&self, agent: &str, paths: &[String], mode: LockMode) -> Result<Vec<Overlap>> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let held = self.rows(
            &format!("{LOCK} WHERE agent <> ? AND (expires_at > ? OR task_id IS NOT NULL)"),
            params![agent, self.now()],
            lock,
        )?;
        let mut found = Vec::new();
        for path in paths {
            for lock in &held {
                if (mode == LockMode::Exclusive || lock.mode == LockMode::Exclusive)
                    && glob::overlap(path, &lock.path)
                {
                    found.push(Overlap {
                        path: path.clone(),
                        held: lock.path.clone(),
                        mode: lock.mode,
                        agent: lock.agent.clone(),
                        task_id: lock.task_id,
                        reason: lock.reason.clone(),
                        expires_at: lock.expires_at,
                    });
                }
            }
        }
        Ok(found)
    }

    /// Whether somebody who came earlier waits for paths that these are in the way of.
    ///
    /// # Errors
    /// When the queue can't be read.
    pub fn waits_behind(
        &self,
        call: &str,
        agent: &str,
        paths: &[String],
        mode: LockMode,
    ) -> Result<bool> {
        let earlier = self.rows(
            "SELECT paths, mode FROM lock_waiters WHERE until > ?1 AND agent <> ?2
               AND id < coalesce((SELECT id FROM lock_waiters WHERE call_id = ?3), 9223372036854775807) ORDER BY id",
            params![self.now(), agent, call],
            |row| Ok((row.get::<_, Json<Vec<String>>>(0)?.0, row.get::<_, LockMode>(1)?)),
        )?;
        Ok(earlier.iter().any(|(waiting, waiting_mode)| {
            (mode == LockMode::Exclusive || *waiting_mode == LockMode::Exclusive)
                && paths.iter().any(|path| waiting.iter().any(|other| glob::overlap(path, other)))
        }))
    }
}

impl WriteTx<'_> {
    /// Takes locks. Conflicts are the caller's to have looked for, in this same transaction.
    ///
    /// # Errors
    /// When they can't be stored.
    #[expect(clippy::too_many_arguments, reason = "each is a column of the lock")]
    pub fn add_locks(
        &mut self,
        agent: &str,
        paths: &[String],
        mode: LockMode,
        task: Option<TaskId>,
        fence: i64,
        reason: Option<&str>,
        expires_at: Timestamp,
    ) -> Result<Vec<Lock>> {
        // Brought back by a restart, one whose time is over could stand beside what is taken here.
        self.end_locks()?;
        let acquired_at = self.now();
        let seconds = expires_at.since(acquired_at).as_secs();
        let mut taken = Vec::with_capacity(paths.len());
        for path in paths {
            let id = self.insert(
                "INSERT INTO locks (path, mode, agent, task_id, fence, reason, acquired_at, expires_at, ttl_seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                params![path, mode, agent, task, fence, reason, acquired_at, expires_at, seconds],
            )?;
            taken.push(Lock {
                id: LockId(id),
                path: path.clone(),
                mode,
                agent: agent.to_owned(),
                task_id: task,
                fence,
                reason: reason.map(str::to_owned),
                acquired_at,
                expires_at,
            });
        }
        Ok(taken)
    }

    /// Removes the locks whose time is over, and says so.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn end_locks(&mut self) -> Result<()> {
        let ended = self.ended_locks()?;
        if ended.is_empty() {
            return Ok(());
        }
        self.remove_locks(&ended)?;
        self.emit("lock.ended", None, &serde_json::json!({ "locks": ended }))
    }

    /// Moves the end of a claim's locks with its lease.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn renew_task_locks(&mut self, task: TaskId, expires_at: Timestamp) -> Result<()> {
        self.execute(
            "UPDATE locks SET expires_at = ? WHERE task_id = ?",
            params![expires_at, task],
        )?;
        Ok(())
    }

    /// Gives one lock `seconds` from now, and remembers them as its time.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn renew_lock(&mut self, id: LockId, seconds: u64) -> Result<Timestamp> {
        let expires_at = self.now().after_seconds(seconds);
        self.execute(
            "UPDATE locks SET expires_at = ?, ttl_seconds = ? WHERE id = ?",
            params![expires_at, seconds, id],
        )?;
        Ok(expires_at)
    }

    /// Removes locks.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn remove_locks(&mut self, locks: &[Lock]) -> Result<()> {
        for lock in locks {
            self.execute("DELETE FROM locks WHERE id = ?", [lock.id])?;
        }
        Ok(())
    }

    /// Gives every lock that is not a claim's its full time again, and says which got more: after a restart or a
    /// suspended machine nobody loses one for time in which no call could be answered.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn extend_locks(&mut self) -> Result<Vec<Lock>> {
        let now = self.now();
        self.rows(
            "UPDATE locks SET expires_at = ?1 + 1000 * ttl_seconds
             WHERE task_id IS NULL AND expires_at < ?1 + 1000 * ttl_seconds
             RETURNING id, path, mode, agent, task_id, fence, reason, acquired_at, expires_at",
            [now],
            lock,
        )
    }

    /// Puts a call into the queue, where it keeps its place while it asks again.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn queue_for_locks(
        &mut self,
        call: &str,
        agent: &str,
        paths: &[String],
        mode: LockMode,
        until: Timestamp,
    ) -> Result<()> {
        self.execute(
            "INSERT INTO lock_waiters (call_id, agent, paths, mode, until) VALUES (?, ?, ?, ?, ?) ON CONFLICT (call_id) DO NOTHING",
            params![call, agent, Json(paths), mode, until],
        )?;
        Ok(())
    }

    /// Takes a call out of the queue, and all whose time is over. Says whether anybody was there.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn leave_queue(&mut self, call: &str) -> Result<bool> {
        let now = self.now();
        let left = self.execute(
            "DELETE FROM lock_waiters WHERE call_id = ? OR until <= ?",
            params![call, now],
        )?;
        Ok(left > 0)
    }
}
