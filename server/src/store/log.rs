//! The event log: one order, each row chained to the one before by its hash.

use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::feed::Frame;
use super::tx::ReadTx;
use crate::error::{Error, Result};
use crate::model::time::Timestamp;

/// The end of the log, kept by the writer. A copy is taken before each command and put back when it is refused.
#[derive(Debug, Clone)]
pub(super) struct Log {
    seq: i64,
    hash: [u8; 32],
    epoch: String,
}

impl Log {
    /// Reads the end of the log.
    pub(super) fn load(connection: &Connection, epoch: String) -> Result<Self> {
        let last = connection
            .query_row("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let (seq, hash) = last.unwrap_or((0, [0; 32]));
        Ok(Self { seq, hash, epoch })
    }

    pub(super) fn seq(&self) -> i64 {
        self.seq
    }

    /// Appends one event, in the transaction of what it tells.
    pub(super) fn append(
        &mut self,
        tx: &ReadTx<'_>,
        kind: &'static str,
        entity: Option<String>,
        data: &impl Serialize,
    ) -> Result<Frame> {
        let data = serde_json::to_string(data).map_err(Error::internal)?;
        let (seq, at, actor) = (self.seq + 1, tx.now(), tx.caller().name());
        let hash = chain(&self.hash, seq, at, kind, actor, entity.as_deref(), &data);
        tx.prepare("INSERT INTO events (seq, at, type, actor, entity, data, hash) VALUES (?, ?, ?, ?, ?, ?, ?)")?
            .execute(params![seq, at, kind, actor, entity, data, hash])?;
        self.seq = seq;
        self.hash = hash;
        Frame::new(&self.epoch, seq, kind, at, actor, entity.as_deref(), &data)
    }
}

/// The hash of an event: SHA-256 over the hash before it and its fields, each with its length so that none can run
/// into the next.
pub(super) fn chain(
    previous: &[u8; 32],
    seq: i64,
    at: Timestamp,
    kind: &str,
    actor: &str,
    entity: Option<&str>,
    data: &str,
) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(seq.to_be_bytes());
    hasher.update(at.as_millis().to_be_bytes());
    for field in [kind, actor, entity.unwrap_or(""), data] {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field.as_bytes());
    }
    hasher.finalize().into()
}
