//! The shared chat.

use rusqlite::params;

use super::sql::Columns;
use super::tx::{ReadTx, WriteTx};
use crate::error::Result;
use crate::model::ids::{ChatId, TaskId};
use crate::model::things::ChatMessage;

impl ReadTx<'_> {
    /// A page of the chat, newest last: the newest before a message, or the newest of all.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn chat(
        &self,
        before: Option<ChatId>,
        task: Option<TaskId>,
        limit: u64,
    ) -> Result<Vec<ChatMessage>> {
        let about = if task.is_some() { "task_id = ?2" } else { "?2 IS NULL" };
        let mut messages = self.rows(
            &format!(
                "SELECT id, sender, text, task_id, reply_to, at FROM chat WHERE id < ?1 AND {about} ORDER BY id DESC LIMIT ?3"
            ),
            params![before.map_or(i64::MAX, |id| id.0), task, limit],
            |row| {
                let mut c = Columns::new(row);
                Ok(ChatMessage {
                    id: c.get()?,
                    from: c.get()?,
                    text: c.get()?,
                    task_id: c.get()?,
                    reply_to: c.get()?,
                    at: c.get()?,
                })
            },
        )?;
        messages.reverse();
        Ok(messages)
    }

    /// Whether a message exists.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn chat_exists(&self, id: ChatId) -> Result<bool> {
        Ok(self.row("SELECT 1 FROM chat WHERE id = ?", [id], |_| Ok(()))?.is_some())
    }
}

impl WriteTx<'_> {
    /// Adds a message and says so.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn say(
        &mut self,
        text: &str,
        task_id: Option<TaskId>,
        reply_to: Option<ChatId>,
    ) -> Result<ChatMessage> {
        let (from, at) = (self.caller().name().to_owned(), self.now());
        let id = self.insert(
            "INSERT INTO chat (sender, text, task_id, reply_to, at) VALUES (?, ?, ?, ?, ?)",
            params![from, text, task_id, reply_to, at],
        )?;
        let message =
            ChatMessage { id: ChatId(id), from, text: text.to_owned(), task_id, reply_to, at };
        self.emit(
            "chat.message",
            Some(message.id.to_string()),
            &serde_json::json!({ "message": message }),
        )?;
        Ok(message)
    }
}
