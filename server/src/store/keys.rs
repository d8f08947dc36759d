//! Keys: only the hash of a secret is stored.

use rusqlite::params;

use super::sql::Columns;
use super::tx::{ReadTx, WriteTx};
use crate::error::Result;
use crate::model::things::{Key, KeyKind, Scope};
use crate::model::time::Timestamp;

/// A key as it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// The public part.
    pub id: String,
    /// SHA-256 of the whole text.
    pub hash: [u8; 32],
    /// What the person calls it.
    pub label: String,
    /// The one agent it is bound to.
    pub agent: Option<String>,
    /// That agent's role.
    pub role: Option<String>,
    /// What it may do, at most.
    pub scope: Scope,
    /// What it was made for.
    pub kind: KeyKind,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Its last use.
    pub last_used_at: Option<Timestamp>,
}

impl KeyRow {
    /// The key as clients see it.
    #[must_use]
    pub fn to_key(&self) -> Key {
        Key {
            id: self.id.clone(),
            label: self.label.clone(),
            agent: self.agent.clone(),
            role: self.role.clone(),
            scopes: Scope::ALL.iter().copied().filter(|scope| *scope <= self.scope).collect(),
            kind: self.kind,
            created_at: self.created_at,
            expires_at: self.expires_at,
            revoked_at: self.revoked_at,
            last_used_at: self.last_used_at,
        }
    }

    /// Whether it works at an instant.
    #[must_use]
    pub fn works_at(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none_or(|at| at > now) && self.expires_at.is_none_or(|at| at > now)
    }
}

impl ReadTx<'_> {
    /// All keys, the newest first.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn keys(&self) -> Result<Vec<KeyRow>> {
        self.rows(
            "SELECT id, hash, label, agent, role, scope, kind, created_at, expires_at, revoked_at, last_used_at FROM keys ORDER BY created_at DESC, id",
            [],
            |row| {
                let mut c = Columns::new(row);
                Ok(KeyRow {
                    id: c.get()?,
                    hash: c.get()?,
                    label: c.get()?,
                    agent: c.get()?,
                    role: c.get()?,
                    scope: c.get()?,
                    kind: c.get()?,
                    created_at: c.get()?,
                    expires_at: c.get()?,
                    revoked_at: c.get()?,
                    last_used_at: c.get()?,
                })
            },
        )
    }

    /// One key.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn key(&self, id: &str) -> Result<Option<KeyRow>> {
        Ok(self.keys()?.into_iter().find(|key| key.id == id))
    }
}

impl WriteTx<'_> {
    /// Stores a key and says so. A key that is there already, with the same hash, is left as it is.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn add_key(&mut self, key: &KeyRow) -> Result<()> {
        let added = self.execute(
            "INSERT INTO keys (id, hash, label, agent, role, scope, kind, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO NOTHING",
            params![key.id, key.hash, key.label, key.agent, key.role, key.scope, key.kind, key.created_at, key.expires_at],
        )?;
        if added == 1 {
            self.emit(
                "key.created",
                Some(key.id.clone()),
                &serde_json::json!({ "key": key.to_key() }),
            )?;
        }
        Ok(())
    }

    /// Revokes a key from this instant on, and says so.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn revoke(&mut self, key: &KeyRow) -> Result<KeyRow> {
        let now = self.now();
        self.execute("UPDATE keys SET revoked_at = ? WHERE id = ?", params![now, key.id])?;
        let revoked = KeyRow { revoked_at: Some(now), ..key.clone() };
        self.emit(
            "key.revoked",
            Some(key.id.clone()),
            &serde_json::json!({ "key": revoked.to_key() }),
        )?;
        Ok(revoked)
    }

    /// Books the last use of a key.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn used_key(&mut self, id: &str, at: Timestamp) -> Result<()> {
        self.execute("UPDATE keys SET last_used_at = ? WHERE id = ?", params![at, id])?;
        Ok(())
    }
}
