//! What the swarm knows, with its versions.

use rusqlite::{Row, params};

use super::sql::{Columns, Json};
use super::tasks::full_text;
use super::tx::{ReadTx, WriteTx};
use crate::error::Result;
use crate::limits;
use crate::model::things::{Knowledge, KnowledgeKind};

const KNOWLEDGE: &str =
    "k.key, k.kind, k.text, k.tags, k.version, k.updated_by, k.created_at, k.updated_at";

fn knowledge(row: &Row<'_>) -> rusqlite::Result<Knowledge> {
    let mut c = Columns::new(row);
    Ok(Knowledge {
        key: c.get()?,
        kind: c.get()?,
        text: c.get()?,
        tags: c.list()?,
        version: c.get()?,
        updated_by: c.get()?,
        created_at: c.get()?,
        updated_at: c.get()?,
    })
}

/// What a search for knowledge is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct KnowledgeFilter {
    /// With this tag.
    pub tag: Option<String>,
    /// Of this kind.
    pub kind: Option<KnowledgeKind>,
    /// With these words; ranked by how well they fit.
    pub text: Option<String>,
    /// Rows to pass over.
    pub offset: u64,
}

impl ReadTx<'_> {
    /// One piece.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn knowledge(&self, key: &str) -> Result<Option<Knowledge>> {
        self.row(&format!("SELECT {KNOWLEDGE} FROM knowledge k WHERE key = ?"), [key], knowledge)
    }

    /// Pieces, the best fit first when searched for, else the latest first.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn find_knowledge(&self, filter: &KnowledgeFilter, limit: u64) -> Result<Vec<Knowledge>> {
        let kind = if filter.kind.is_some() { "k.kind = ?2" } else { "?2 IS NULL" };
        let narrow = format!(
            "(?1 IS NULL OR EXISTS (SELECT 1 FROM json_each(k.tags) WHERE value = ?1)) AND {kind}"
        );
        match &filter.text {
            // A hit in the key or the tags says more than one in the text.
            Some(words) => self.rows(
                &format!(
                    "SELECT {KNOWLEDGE} FROM knowledge_fts f JOIN knowledge k ON k.id = f.rowid
                     WHERE knowledge_fts MATCH ?3 AND {narrow} ORDER BY bm25(knowledge_fts, 8.0, 4.0, 1.0), k.id LIMIT ?4 OFFSET ?5"
                ),
                params![filter.tag, filter.kind, full_text(words), limit, filter.offset],
                knowledge,
            ),
            None => self.rows(
                &format!("SELECT {KNOWLEDGE} FROM knowledge k WHERE {narrow} ORDER BY k.updated_at DESC, k.id LIMIT ?3 OFFSET ?4"),
                params![filter.tag, filter.kind, limit, filter.offset],
                knowledge,
            ),
        }
    }
}

impl WriteTx<'_> {
    /// Saves a piece as its next version, keeps the one before, and says so.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn save_knowledge(
        &mut self,
        key: &str,
        kind: KnowledgeKind,
        text: &str,
        tags: &[String],
    ) -> Result<Knowledge> {
        let (by, now) = (self.caller().name().to_owned(), self.now());
        self.execute(
            "INSERT INTO knowledge_versions (key, version, kind, text, tags, updated_by, updated_at)
             SELECT key, version, kind, text, tags, updated_by, updated_at FROM knowledge WHERE key = ?",
            [key],
        )?;
        self.execute(
            "DELETE FROM knowledge_versions WHERE key = ?1 AND version <= (SELECT version FROM knowledge WHERE key = ?1) - ?2",
            params![key, limits::KNOWLEDGE_VERSIONS],
        )?;
        self.execute(
            "INSERT INTO knowledge (key, kind, text, tags, version, updated_by, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, 1 + coalesce((SELECT max(version) FROM knowledge_versions WHERE key = ?1), 0), ?5, ?6, ?6)
             ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, text = excluded.text, tags = excluded.tags,
               version = knowledge.version + 1, updated_by = excluded.updated_by, updated_at = excluded.updated_at",
            params![key, kind, text, Json(tags), by, now],
        )?;
        let saved = self.knowledge(key)?.ok_or_else(|| {
            crate::error::Error::internal("knowledge vanished while it was saved")
        })?;
        self.tell_knowledge("knowledge.saved", &saved)?;
        Ok(saved)
    }

    /// Deletes a piece; its versions stay in the history.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn delete_knowledge(&mut self, piece: &Knowledge) -> Result<()> {
        self.execute(
            "INSERT OR IGNORE INTO knowledge_versions (key, version, kind, text, tags, updated_by, updated_at)
             SELECT key, version, kind, text, tags, updated_by, updated_at FROM knowledge WHERE key = ?",
            [&piece.key],
        )?;
        self.execute("DELETE FROM knowledge WHERE key = ?", [&piece.key])?;
        self.tell_knowledge("knowledge.deleted", piece)
    }

    fn tell_knowledge(&mut self, kind: &'static str, piece: &Knowledge) -> Result<()> {
        let data = serde_json::json!({"key": piece.key, "kind": piece.kind, "tags": piece.tags, "version": piece.version});
        self.emit(kind, Some(piece.key.clone()), &data)
    }
}
