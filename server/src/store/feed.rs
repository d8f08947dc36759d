//! The live feed: every committed event once, in order, to everyone who asks from a position.
//!
//! One ring of frames is shared by all readers; each reader has only a position. Who falls behind the ring reads on
//! from the database, so a slow reader costs nothing but its own time.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use rusqlite::Row;
use serde::Serialize;
use tokio::sync::watch;

use super::sql::Columns;
use super::tx::ReadTx;
use crate::error::{Error, Result};
use crate::limits;
use crate::model::things::{Event, Scope};
use crate::model::time::Timestamp;

/// One event, written out once for all streams.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The position.
    pub seq: i64,
    /// What happened, such as `task.updated`.
    pub kind: String,
    /// What changed about a task, such as `released`; empty for other events, and for those read back from the log.
    pub change: &'static str,
    /// What it is about.
    pub entity: Option<String>,
    /// The event as it goes over the wire: id, event and data lines.
    pub wire: Bytes,
}

#[derive(Serialize)]
struct Wire<'a> {
    seq: i64,
    #[serde(rename = "type")]
    kind: &'a str,
    at: Timestamp,
    actor: &'a str,
    entity: Option<&'a str>,
    data: &'a serde_json::value::RawValue,
}

impl Frame {
    /// Writes an event out.
    pub(super) fn new(
        epoch: &str,
        seq: i64,
        kind: &str,
        at: Timestamp,
        actor: &str,
        entity: Option<&str>,
        data: &str,
    ) -> Result<Self> {
        let raw = serde_json::from_str(data).map_err(Error::internal)?;
        let json = serde_json::to_string(&Wire { seq, kind, at, actor, entity, data: raw })
            .map_err(Error::internal)?;
        let wire = Bytes::from(format!("id: {epoch}-{seq}\nevent: {kind}\ndata: {json}\n\n"));
        Ok(Self { seq, kind: kind.to_owned(), change: "", entity: entity.map(str::to_owned), wire })
    }

    /// Whether a key of this scope may see it.
    #[must_use]
    pub fn visible_to(&self, scope: Scope) -> bool {
        scope >= visibility(&self.kind)
    }
}

/// The scope that an event of a kind needs.
#[must_use]
pub fn visibility(kind: &str) -> Scope {
    if kind.starts_with("key.") { Scope::Admin } else { Scope::Read }
}

/// The ring and the position of its end.
#[derive(Debug)]
pub struct Feed {
    ring: RwLock<VecDeque<Arc<Frame>>>,
    head: watch::Sender<i64>,
}

impl Feed {
    pub(super) fn new(head: i64) -> Self {
        Self {
            ring: RwLock::new(VecDeque::with_capacity(limits::RING)),
            head: watch::Sender::new(head),
        }
    }

    /// Publishes what was just committed. Called by the writer only, in order.
    pub(super) fn publish(&self, frames: &[Arc<Frame>]) {
        let Some(last) = frames.last() else { return };
        {
            let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
            for frame in frames {
                if ring.len() == limits::RING {
                    ring.pop_front();
                }
                ring.push_back(Arc::clone(frame));
            }
        }
        self.head.send_replace(last.seq);
    }

    /// The position of the last committed event.
    #[must_use]
    pub fn head(&self) -> i64 {
        *self.head.borrow()
    }

    /// Tells whenever the head moves.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<i64> {
        self.head.subscribe()
    }

    /// The frames after a position, at most `most`; `None` when the ring does not reach back so far.
    #[must_use]
    pub fn after(&self, seq: i64, most: usize) -> Option<Vec<Arc<Frame>>> {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        let Some(first) = ring.front() else { return (seq >= self.head()).then(Vec::new) };
        let skip = usize::try_from(seq + 1 - first.seq).ok()?;
        Some(ring.iter().skip(skip).take(most).cloned().collect())
    }
}

fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let mut c = Columns::new(row);
    Ok(Event {
        seq: c.get()?,
        kind: c.get()?,
        at: c.get()?,
        actor: c.get()?,
        entity: c.get()?,
        data: c.get::<super::sql::Json<serde_json::Value>>()?.0,
    })
}

const EVENT: &str = "seq, type, at, actor, entity, data";

impl ReadTx<'_> {
    /// Committed events after a position, oldest first.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn events_after(&self, seq: i64, limit: i64) -> Result<Vec<Event>> {
        self.rows(
            &format!("SELECT {EVENT} FROM events WHERE seq > ? ORDER BY seq LIMIT ?"),
            (seq, limit),
            event,
        )
    }

    /// Committed events after a position whose type begins with some text, oldest first.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn events_starting(&self, start: &str, seq: i64, limit: i64) -> Result<Vec<Event>> {
        self.rows(
            &format!("SELECT {EVENT} FROM events WHERE seq > ?2 AND substr(type, 1, length(?1)) = ?1 ORDER BY seq LIMIT ?3"),
            (start, seq, limit),
            event,
        )
    }

    /// The newest events of one thing, oldest first.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn events_of(&self, entity: &str) -> Result<Vec<Event>> {
        let mut events = self.rows(
            &format!("SELECT {EVENT} FROM events WHERE entity = ? ORDER BY seq DESC LIMIT ?"),
            (entity, limits::HISTORY),
            event,
        )?;
        events.reverse();
        Ok(events)
    }

    /// Whether anything happened to one thing after a position.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn changed_since(&self, entity: &str, seq: i64) -> Result<bool> {
        let sql = "SELECT 1 FROM events WHERE entity = ? AND seq > ? LIMIT 1";
        Ok(self.row(sql, (entity, seq), |_| Ok(()))?.is_some())
    }

    /// Frames after a position from the log, for a reader that fell behind the ring.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn frames_after(&self, epoch: &str, seq: i64) -> Result<Vec<Arc<Frame>>> {
        let rows = self.rows(
            "SELECT seq, type, at, actor, entity, data FROM events WHERE seq > ? ORDER BY seq LIMIT ?",
            (seq, limits::CATCH_UP),
            |row| {
                let mut c = Columns::new(row);
                Ok((c.get::<i64>()?, c.get::<String>()?, c.get()?, c.get::<String>()?, c.get::<Option<String>>()?, c.get::<String>()?))
            },
        )?;
        rows.into_iter()
            .map(|(seq, kind, at, actor, entity, data)| {
                Frame::new(epoch, seq, &kind, at, &actor, entity.as_deref(), &data).map(Arc::new)
            })
            .collect()
    }

    /// The positions of the oldest and the newest event that are still there.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn log_bounds(&self) -> Result<(i64, i64)> {
        Ok(self
            // Each for itself: SQLite reads one end of the index for one of them, and the whole log for both at once.
            .row(
                "SELECT coalesce((SELECT min(seq) FROM events), 0), coalesce((SELECT max(seq) FROM events), 0)",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?
            .unwrap_or_default())
    }
}
