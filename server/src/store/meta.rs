//! The board's identity, its settings and its budget.

use rusqlite::{Connection, OptionalExtension as _};

use super::tx::{ReadTx, WriteTx};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::model::settings::Settings;

/// Who this board is and which life of its log this is.
pub(super) struct Identity {
    pub(super) board: String,
    pub(super) epoch: String,
}

/// Reads the identity, or gives a new board one.
pub(super) fn identity(connection: &Connection, env: &dyn Env) -> Result<Identity> {
    let get = |name: &str, bytes: usize| -> Result<String> {
        let found = connection
            .query_row("SELECT value FROM meta WHERE name = ?", [name], |row| row.get(0))
            .optional()?;
        if let Some(value) = found {
            return Ok(value);
        }
        let mut random = vec![0; bytes];
        env.fill(&mut random);
        let value = hex::encode(random);
        connection.execute("INSERT INTO meta (name, value) VALUES (?, ?)", [name, &value])?;
        Ok(value)
    };
    Ok(Identity { board: get("board", 16)?, epoch: get("epoch", 4)? })
}

impl ReadTx<'_> {
    /// The board's settings.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn settings(&self) -> Result<Settings> {
        let text: Option<String> =
            self.row("SELECT value FROM meta WHERE name = 'settings'", [], |row| row.get(0))?;
        text.map_or_else(
            || Ok(Settings::default()),
            |text| serde_json::from_str(&text).map_err(Error::internal),
        )
    }

    /// What was spent in a month (`2026-11`), in millionths of a US dollar.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn spent(&self, month: &str) -> Result<i64> {
        Ok(self
            .row("SELECT cost_micro_usd FROM spend WHERE month = ?", [month], |row| row.get(0))?
            .unwrap_or(0))
    }
}

impl WriteTx<'_> {
    /// Replaces the board's settings.
    ///
    /// # Errors
    /// When they can't be stored.
    pub fn put_settings(&mut self, settings: &Settings) -> Result<()> {
        let text = serde_json::to_string(settings).map_err(Error::internal)?;
        self.execute("INSERT INTO meta (name, value) VALUES ('settings', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", [text])?;
        Ok(())
    }

    /// Adds to what was spent in a month.
    pub(super) fn spend(&mut self, month: &str, micro_usd: i64) -> Result<()> {
        if micro_usd != 0 {
            self.execute(
                "INSERT INTO spend (month, cost_micro_usd) VALUES (?, ?)
                 ON CONFLICT (month) DO UPDATE SET cost_micro_usd = cost_micro_usd + excluded.cost_micro_usd",
                (month, micro_usd),
            )?;
        }
        Ok(())
    }
}
