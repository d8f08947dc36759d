//! MCP sessions of the handshake-based protocol revisions, so that a restart of the server is no event for a client.

use rusqlite::params;

use super::tx::{ReadTx, WriteTx};
use crate::error::Result;
use crate::limits;

/// The owner of sessions that their clients have ended: no key has this id.
const ENDED: &str = "-";

impl ReadTx<'_> {
    /// Whose session it is and how it was opened.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn session(&self, id: &str) -> Result<Option<(String, String)>> {
        self.row("SELECT principal, initialize FROM mcp_sessions WHERE id = ?", [id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }
}

impl WriteTx<'_> {
    /// Remembers a session. The oldest of the same principal go when there are too many.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn put_session(&mut self, id: &str, principal: &str, initialize: &str) -> Result<()> {
        let now = self.now();
        self.execute(
            "INSERT INTO mcp_sessions (id, principal, initialize, at) VALUES (?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET initialize = CASE WHEN excluded.initialize = '' THEN initialize ELSE excluded.initialize END,
               principal = CASE WHEN excluded.principal = '' THEN principal ELSE excluded.principal END",
            params![id, principal, initialize, now],
        )?;
        self.execute(
            "DELETE FROM mcp_sessions WHERE id IN (SELECT id FROM mcp_sessions WHERE principal = ? ORDER BY at DESC LIMIT -1 OFFSET ?)",
            params![principal, limits::SESSIONS_PER_KEY],
        )?;
        Ok(())
    }

    /// Ends a session for good. Its id stays known as nobody's, since an unknown one would be restored.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn end_session(&mut self, id: &str) -> Result<()> {
        self.put_session(id, ENDED, "")
    }
}
