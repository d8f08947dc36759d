//! What must hold of a simulated board after every step, and of the whole of it now and then.

use std::collections::{BTreeMap, BTreeSet};

use meshpilot::error::Result;
use meshpilot::model::ids::TaskId;
use meshpilot::model::things::{Lock, LockMode};
use meshpilot::store::{TaskFilter, TaskRow};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::model::overlap;
use super::sim::{Run, name};

impl Run {
    /// What must hold after every step.
    pub(super) async fn check(&mut self, whole: bool) -> std::result::Result<(), String> {
        self.calls += 1;
        let seq = self.seq;
        let (events, rows) = self
            .world
            .look(move |db| {
                let events = db.events_after(seq, i64::MAX)?;
                let touched: BTreeSet<TaskId> = events
                    .iter()
                    .filter(|event| event.kind.starts_with("task."))
                    .filter_map(|event| event.entity.as_ref()?.parse().ok())
                    .collect();
                let rows = touched
                    .into_iter()
                    .map(|id| db.any_task(id))
                    .collect::<Result<Vec<TaskRow>>>()?;
                Ok((events, rows))
            })
            .await;
        for event in events {
            if event.seq != self.seq + 1 {
                return Err(format!("event {} follows {}", event.seq, self.seq));
            }
            self.seq = event.seq;
            match event.kind.as_str() {
                "task.created" | "task.updated" => drop(
                    self.folded
                        .insert(event.entity.unwrap_or_default(), event.data["task"].clone()),
                ),
                "task.deleted" => drop(self.folded.remove(&event.entity.unwrap_or_default())),
                "lock.acquired" | "lock.renewed" => {
                    for lock in event.data["locks"].as_array().into_iter().flatten() {
                        self.folded_locks.insert(lock["id"].to_string(), lock.clone());
                    }
                }
                "lock.released" | "lock.ended" => {
                    for lock in event.data["locks"].as_array().into_iter().flatten() {
                        self.folded_locks.remove(&lock["id"].to_string());
                    }
                }
                _ => {}
            }
        }
        for row in &rows {
            self.check_task(row)?;
        }
        if whole { self.check_whole().await } else { Ok(()) }
    }

    fn check_task(&mut self, row: &TaskRow) -> std::result::Result<(), String> {
        let task = &row.task;
        let index = usize::try_from(task.id.0 - 1).map_err(|error| error.to_string())?;
        let Some(model) = self.model.tasks.get(index) else {
            return Err(format!("{} is not in the model", task.id));
        };
        let there = (
            (task.status, task.assigned_to.clone(), task.attempts, task.needs_human, task.version),
            (task.comment_count, task.rejections, row.deleted_at.is_some(), row.releases),
            task.lease
                .as_ref()
                .map(|lease| (lease.agent.clone(), lease.expires_at.as_millis(), lease.fence)),
        );
        let here = (
            (
                model.status,
                model.assigned.map(name),
                i64::from(model.attempts),
                model.needs_human,
                model.version,
            ),
            (
                i64::try_from(model.comments.len()).unwrap_or(i64::MAX),
                i64::from(model.rejections),
                model.deleted,
                i64::from(model.releases),
            ),
            model.lease.as_ref().map(|lease| (name(lease.agent), lease.until, lease.fence)),
        );
        if there != here {
            return Err(format!("{} is {there:?}; the model says {here:?}", task.id));
        }
        if let Some(lease) = &task.lease {
            let last = self.fences.insert(task.id.0, lease.fence).unwrap_or(0);
            if lease.fence < last {
                return Err(format!(
                    "the fence of {} went back from {last} to {}",
                    task.id, lease.fence
                ));
            }
        }
        Ok(())
    }

    /// The whole board: tables, model and the fold of all events agree.
    async fn check_whole(&mut self) -> std::result::Result<(), String> {
        let (cards, locks, said) = self
            .world
            .look(|db| {
                let held =
                    db.ended_locks()?.into_iter().chain(db.locks(None)?).collect::<Vec<Lock>>();
                Ok((
                    db.list_tasks(&TaskFilter::default(), 10_000, false)?,
                    held,
                    db.chat(None, None, 10_000)?.len(),
                ))
            })
            .await;
        let tables: BTreeMap<String, Value> =
            cards.iter().map(|card| (card.id.to_string(), json!(card))).collect();
        // A restored task comes back with an event, a deleted one is gone from both.
        if tables != self.folded {
            let differs = tables.iter().find(|(id, card)| self.folded.get(*id) != Some(card));
            return Err(format!(
                "the fold of the events is not the board: {differs:?} is {:?}",
                differs.and_then(|(id, _)| self.folded.get(id))
            ));
        }
        if said != self.model.said {
            return Err(format!("{said} things were said; the model says {}", self.model.said));
        }
        let mut there: Vec<_> = locks
            .iter()
            .map(|lock| {
                (
                    lock.agent.clone(),
                    lock.path.clone(),
                    lock.mode == LockMode::Shared,
                    lock.task_id.map(|id| id.0 - 1),
                    lock.fence,
                    lock.expires_at.as_millis(),
                )
            })
            .collect();
        let mut here: Vec<_> = self
            .model
            .locks
            .iter()
            .map(|lock| {
                (
                    name(lock.agent),
                    lock.path.to_owned(),
                    lock.shared,
                    lock.task.and_then(|task| i64::try_from(task).ok()),
                    lock.fence,
                    lock.until,
                )
            })
            .collect();
        there.sort();
        here.sort();
        if there != here {
            return Err(format!("the locks are {there:?}; the model says {here:?}"));
        }
        let mut folded: Vec<(String, String)> = self
            .folded_locks
            .values()
            .map(|lock| (lock["id"].to_string(), end_of(lock, &self.folded)))
            .collect();
        let mut table: Vec<(String, String)> = locks
            .iter()
            .map(|lock| (json!(lock.id).to_string(), lock.expires_at.to_string()))
            .collect();
        folded.sort();
        table.sort();
        if folded != table {
            return Err(format!(
                "the fold of the events has the locks {folded:?}; the table {table:?}"
            ));
        }
        for (at, one) in locks.iter().enumerate() {
            for other in &locks[at + 1..] {
                let live = |lock: &Lock| {
                    lock.task_id.is_some() || lock.expires_at.as_millis() > self.model.now
                };
                let shared = one.mode == LockMode::Shared && other.mode == LockMode::Shared;
                if one.agent != other.agent
                    && live(one)
                    && live(other)
                    && !shared
                    && overlap(&one.path, &other.path)
                {
                    return Err(format!("two hold the same: {one:?} and {other:?}"));
                }
            }
        }
        Ok(())
    }

    /// The file itself: the chain of hashes, one open attempt for each held task and no other.
    pub(super) fn check_file(&self) -> std::result::Result<(), String> {
        let path = format!("file:{}?vfs=unix-excl", self.world.database().display());
        let flags =
            rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_URI;
        let database = rusqlite::Connection::open_with_flags(path, flags)
            .map_err(|error| error.to_string())?;
        check_chain(&database)
            .map_err(|error| error.to_string())?
            .map_or(Ok(()), |seq| Err(format!("the chain of hashes breaks at event {seq}")))?;
        let differing = "SELECT (SELECT count(*) FROM (
              SELECT id, lease_agent, fence FROM tasks WHERE lease_agent IS NOT NULL
              EXCEPT SELECT task_id, agent, fence FROM attempts WHERE ended_at IS NULL))
            + (SELECT count(*) FROM (
              SELECT task_id, agent, fence FROM attempts WHERE ended_at IS NULL
              EXCEPT SELECT id, lease_agent, fence FROM tasks WHERE lease_agent IS NOT NULL))";
        let differing: i64 = database
            .query_row(differing, [], |row| row.get(0))
            .map_err(|error| error.to_string())?;
        if differing == 0 { Ok(()) } else { Err("open attempts and held tasks differ".to_owned()) }
    }
}

/// When a lock ends, as the events tell it: a claim's with the lease of its task.
fn end_of(lock: &Value, tasks: &BTreeMap<String, Value>) -> String {
    let lease = lock["taskId"]
        .as_str()
        .and_then(|task| tasks.get(task))
        .map(|task| &task["lease"]["expiresAt"]);
    lease.unwrap_or(&lock["expiresAt"]).as_str().unwrap_or_default().to_owned()
}

/// Recomputes the hash of every event; gives the first that does not fit.
pub(crate) fn check_chain(database: &rusqlite::Connection) -> rusqlite::Result<Option<i64>> {
    let mut statement = database.prepare(
        "SELECT seq, at, type, actor, coalesce(entity, ''), data, hash FROM events ORDER BY seq",
    )?;
    let mut rows = statement.query([])?;
    let mut previous = [0_u8; 32];
    while let Some(row) = rows.next()? {
        let (seq, at): (i64, i64) = (row.get(0)?, row.get(1)?);
        let mut hasher = Sha256::new();
        hasher.update(previous);
        hasher.update(seq.to_be_bytes());
        hasher.update(at.to_be_bytes());
        for column in 2..6 {
            let text: String = row.get(column)?;
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        previous = hasher.finalize().into();
        if row.get::<_, [u8; 32]>(6)? != previous {
            return Ok(Some(seq));
        }
    }
    Ok(None)
}
