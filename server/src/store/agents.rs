//! Who takes part.

use rusqlite::params;

use super::sql::Columns;
use super::tx::{ReadTx, WriteTx};
use crate::error::Result;
use crate::model::things::Agent;
use crate::model::time::Timestamp;

/// An agent's last call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The agent.
    pub name: String,
    /// Its role, if it has one.
    pub role: Option<String>,
    /// When.
    pub at: Timestamp,
}

const AGENT: &str = "SELECT a.name, a.role, a.last_seen_at,
    (SELECT t.id FROM tasks t WHERE t.lease_agent = a.name ORDER BY t.started_at DESC LIMIT 1) FROM agents a";

fn agent(row: &rusqlite::Row<'_>) -> rusqlite::Result<Agent> {
    let mut c = Columns::new(row);
    Ok(Agent { name: c.get()?, role: c.get()?, last_seen_at: c.get()?, task_id: c.get()? })
}

impl ReadTx<'_> {
    /// All agents, the latest seen first.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn agents(&self) -> Result<Vec<Agent>> {
        self.rows(&format!("{AGENT} ORDER BY a.last_seen_at DESC LIMIT 1000"), [], agent)
    }

    /// One agent.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn agent(&self, name: &str) -> Result<Option<Agent>> {
        self.row(&format!("{AGENT} WHERE a.name = ?"), [name], agent)
    }
}

impl WriteTx<'_> {
    /// Remembers an agent's call. A new agent, or a new role, is an event; another call is not.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn see_agent(&mut self, seen: &Seen) -> Result<()> {
        let known = self.agent(&seen.name)?;
        self.execute(
            "INSERT INTO agents (name, role, first_seen_at, last_seen_at) VALUES (?1, ?2, ?3, ?3)
             ON CONFLICT (name) DO UPDATE SET role = coalesce(excluded.role, role), last_seen_at = max(last_seen_at, excluded.last_seen_at)",
            params![seen.name, seen.role, seen.at],
        )?;
        let news = known.is_none_or(|known| seen.role.is_some() && known.role != seen.role);
        if news && let Some(agent) = self.agent(&seen.name)? {
            self.emit(
                "agent.seen",
                Some(seen.name.clone()),
                &serde_json::json!({ "agent": agent }),
            )?;
        }
        Ok(())
    }
}
