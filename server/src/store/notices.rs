//! What an agent should notice, found by two indexed look-ups with every call.

use super::tx::ReadTx;
use crate::error::Result;
use crate::limits;
use crate::model::ids::TaskId;
use crate::model::things::{Notice, NoticeKind};
use crate::model::time::Timestamp;

impl ReadTx<'_> {
    /// Rejections that wait for the agent, and leases of its that are about to end.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn notices(&self, agent: &str) -> Result<Vec<Notice>> {
        let mut notices = self.rows(
            "SELECT id, title FROM tasks WHERE assigned_to = ? AND status = 'todo' AND rejections > 0 AND assigned_to IS NOT NULL
               AND deleted_at IS NULL LIMIT 5",
            [agent],
            |row| {
                let (task_id, title): (TaskId, String) = (row.get(0)?, row.get(1)?);
                let text = format!("{task_id} \"{title}\" was sent back to you. The reason stands at the end of its description: claim_task {task_id}.");
                Ok(Notice { kind: NoticeKind::Rejected, task_id, text })
            },
        )?;
        let soon = self.now().after(limits::LEASE_NOTICE);
        notices.extend(self.rows(
            "SELECT id, lease_expires_at FROM tasks WHERE lease_agent = ? AND lease_expires_at <= ? LIMIT 5",
            rusqlite::params![agent, soon],
            |row| {
                let (task_id, end): (TaskId, Timestamp) = (row.get(0)?, row.get(1)?);
                let left = end.since(self.now()).as_secs();
                let text = format!("Your lease on {task_id} ends in {left} s. Call heartbeat_task to keep it.");
                Ok(Notice { kind: NoticeKind::LeaseEnding, task_id, text })
            },
        )?);
        Ok(notices)
    }
}
