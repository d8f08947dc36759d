//! First answers, kept so that a retry with the same `requestId` has one effect.

use rusqlite::params;

use super::tx::{ReadTx, WriteTx};
use crate::error::{Code, Error, Result};
use crate::limits;

/// The first answer of a `requestId`.
#[derive(Debug, Clone)]
pub struct Replay {
    /// The answer's data, as JSON.
    pub answer: String,
}

impl ReadTx<'_> {
    /// The first answer to this request, if there was one.
    ///
    /// # Errors
    /// `REQUEST_ID_REUSED` when the id was used for another operation or other input.
    pub fn replay(
        &self,
        request_id: &str,
        operation: &str,
        input_hash: &[u8; 32],
    ) -> Result<Option<Replay>> {
        let principal = self.caller().principal();
        let oldest = self.now().before(limits::REQUEST_ID_KEPT);
        let found = self.row(
            "SELECT operation, input_hash, answer FROM requests WHERE principal = ? AND request_id = ? AND at > ?",
            (principal, request_id, oldest),
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, [u8; 32]>(1)?, row.get::<_, String>(2)?)),
        )?;
        match found {
            None => Ok(None),
            Some((first, hash, answer)) if first == operation && hash == *input_hash => {
                Ok(Some(Replay { answer }))
            }
            Some((first, ..)) => Err(Error::new(
                Code::RequestIdReused,
                format!("requestId `{request_id}` was used for another call of `{first}`"),
            )
            .detail("requestId", request_id)
            .detail("operation", first)),
        }
    }
}

impl WriteTx<'_> {
    /// Keeps the first answer, in the transaction of what it tells.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn keep_answer(
        &mut self,
        request_id: &str,
        operation: &str,
        input_hash: &[u8; 32],
        answer: &str,
    ) -> Result<()> {
        let (principal, now) = (self.caller().principal(), self.now());
        self.execute(
            "INSERT OR REPLACE INTO requests (principal, request_id, operation, input_hash, answer, at) VALUES (?, ?, ?, ?, ?, ?)",
            params![principal, request_id, operation, input_hash, answer, now],
        )?;
        Ok(())
    }

    /// Forgets answers older than their time, a bounded number at once.
    ///
    /// # Errors
    /// When they can't be removed.
    pub fn prune_requests(&mut self) -> Result<usize> {
        let oldest = self.now().before(limits::REQUEST_ID_KEPT);
        self.execute(
            "DELETE FROM requests WHERE (principal, request_id) IN (SELECT principal, request_id FROM requests WHERE at <= ? LIMIT 500)",
            [oldest],
        )
    }
}
