//! What `connect` did to a file, so that `disconnect` can give back the very bytes. One small
//! private file per configuration file lies below MeshPilot's data root; a person's file is
//! disconnected from any project.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::{Error, Result};
use super::splice::Splice;

/// The record about one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    /// The file, links resolved.
    pub(super) path: PathBuf,
    /// SHA-256 of the file as `connect` left it.
    pub(super) after: String,
    /// The change that `connect` made, from the file as it was before the first one.
    pub(super) splice: Splice,
    /// Whether there was no file before.
    pub(super) created: bool,
    /// The folders made for it, outermost first.
    pub(super) folders: Vec<PathBuf>,
    /// Whether the key that holds all servers was added too.
    pub(super) container: bool,
}

impl Record {
    /// The text before the first `connect`, when `current` is still what the last one left.
    /// `Some(None)`: there was no file.
    pub(super) fn before(&self, current: &str) -> Option<Option<String>> {
        if self.after != digest(current) {
            return None;
        }
        let before = self.splice.undo(current)?;
        Some(if self.created { None } else { Some(before) })
    }
}

/// SHA-256 of a text, in lower-case hex.
pub(super) fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Where the record about `path` is kept.
fn place(data_root: &Path, path: &Path) -> PathBuf {
    let name = digest(&path.to_string_lossy());
    data_root.join("connect").join(format!("{}.json", name.get(..16).unwrap_or(&name)))
}

/// The record about `path`. A missing or unreadable one only costs the exact bytes: the entry can
/// still be taken out.
pub(super) fn load(data_root: &Path, path: &Path) -> Option<Record> {
    let bytes = meshpilot_home::private::read(&place(data_root, path)).ok()??;
    let record: Record = serde_json::from_slice(&bytes).ok()?;
    (record.path == path).then_some(record)
}

/// Keeps a record, in place of an earlier one about the same file.
pub(super) fn store(data_root: &Path, record: &Record) -> Result<()> {
    let text = serde_json::to_vec(record).map_err(|source| Error::Io {
        doing: "keep the record of",
        path: record.path.clone(),
        source: source.into(),
    })?;
    Ok(meshpilot_home::private::write(&place(data_root, &record.path), &text)?)
}

/// Forgets the record about `path`.
pub(super) fn forget(data_root: &Path, path: &Path) -> Result<()> {
    Ok(meshpilot_home::private::remove(&place(data_root, path))?)
}
