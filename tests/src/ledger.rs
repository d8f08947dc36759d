//! What the clients know, on a disk of their own: every request before it is sent, every outcome after.
//!
//! A server that loses what it has acknowledged is found out only by somebody who wrote down what it said.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use serde_json::{Value, json};

/// What became of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was acknowledged with this data.
    Committed(Value),
    /// It was refused with this code: nothing may have happened.
    Refused(String),
    /// The connection was lost: either may be true.
    Unknown,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What makes a retry safe.
    pub request_id: String,
    /// The body that was sent.
    pub body: Value,
    /// What became of it; none while it is under way.
    pub outcome: Option<Outcome>,
}

/// The ledger.
pub struct Ledger {
    inner: Mutex<Inner>,
}

struct Inner {
    file: File,
    entries: BTreeMap<String, Entry>,
}

impl Ledger {
    /// Begins an empty one.
    ///
    /// # Errors
    /// When the file can't be made.
    pub fn create(path: &Path) -> Result<Self> {
        let file = File::options().create_new(true).append(true).open(path)?;
        Ok(Self { inner: Mutex::new(Inner { file, entries: BTreeMap::new() }) })
    }

    /// Writes a request down. It may be sent when this has come back.
    ///
    /// # Errors
    /// When it is not on disk.
    pub fn request(&self, request_id: &str, body: &Value) -> Result<()> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.write(&json!({ "requestId": request_id, "body": body }))?;
        let (request_id, body) = (request_id.to_owned(), body.clone());
        let entry = Entry { request_id: request_id.clone(), body, outcome: None };
        inner.entries.insert(request_id, entry);
        Ok(())
    }

    /// Writes an outcome down.
    ///
    /// # Errors
    /// When it is not on disk.
    pub fn outcome(&self, request_id: &str, outcome: Outcome) -> Result<()> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let word = match &outcome {
            Outcome::Committed(data) => json!({ "committed": data }),
            Outcome::Refused(code) => json!({ "refused": code }),
            Outcome::Unknown => json!("unknown"),
        };
        inner.write(&json!({ "requestId": request_id, "outcome": word }))?;
        if let Some(entry) = inner.entries.get_mut(request_id) {
            entry.outcome = Some(outcome);
        }
        Ok(())
    }

    /// All requests, by their ids.
    pub fn entries(&self) -> Vec<Entry> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.entries.values().cloned().collect()
    }
}

impl Inner {
    fn write(&mut self, line: &Value) -> Result<()> {
        self.file.write_all(format!("{line}\n").as_bytes())?;
        Ok(self.file.sync_data()?)
    }
}
