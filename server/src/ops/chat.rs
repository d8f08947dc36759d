//! The chat that everybody reads.

use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::page::{self, Limit};
use crate::api::{Command, Operation, Query, Spec, Toolset};
use crate::error::{Code, Error, Result};
use crate::model::ids::{ChatId, TaskId};
use crate::model::text::ChatText;
use crate::model::things::{ChatMessage, Scope};
use crate::store::{ReadTx, WriteTx};

/// Say something to everybody on the board, the person included.
///
/// A decision, a warning, a plan. What concerns one task belongs into comment_on_task.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendChatMessage {
    /// Markdown.
    pub text: ChatText,
    /// The task it is about.
    pub task_id: Option<TaskId>,
    /// The message it answers.
    pub reply_to: Option<ChatId>,
}

/// The message.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChatOutput {
    /// The message as stored.
    pub message: ChatMessage,
}

impl Operation for SendChatMessage {
    const SPEC: Spec =
        Spec::new("send_chat_message", Method::POST, "/chat", Scope::Work, Toolset::Board)
            .default_tool()
            .fails(&[Code::NotFound])
            .example(
                r#"{"agent":"builder-1","text":"The API freeze starts at noon.","taskId":"T1"}"#,
            );
    type Output = ChatOutput;

    fn status(_: &ChatOutput) -> u16 {
        201
    }
}

impl Command for SendChatMessage {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<ChatOutput> {
        if let Some(task) = self.task_id {
            tx.any_task(task)?;
        }
        if let Some(answered) = self.reply_to
            && !tx.chat_exists(answered)?
        {
            return Err(Error::not_found("chat message", answered));
        }
        Ok(ChatOutput { message: tx.say(&self.text, self.task_id, self.reply_to)? })
    }
}

/// Read the shared chat, newest last.
///
/// The cursor leads to older messages.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListChatMessages {
    /// Only those about this task.
    pub task_id: Option<TaskId>,
    /// Up to 200.
    pub limit: Option<Limit>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
}

/// A page of the chat.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListChatOutput {
    /// The messages, newest last.
    pub messages: Vec<ChatMessage>,
    /// Leads to older messages; null: there are none.
    pub next_cursor: Option<String>,
    /// The board's position that the page reflects.
    pub as_of_seq: i64,
}

impl Operation for ListChatMessages {
    const SPEC: Spec =
        Spec::new("list_chat_messages", Method::GET, "/chat", Scope::Read, Toolset::Board)
            .example(r#"{"limit":10}"#);
    type Output = ListChatOutput;
}

impl Query for ListChatMessages {
    fn run(self, db: &ReadTx<'_>) -> Result<ListChatOutput> {
        let size = page::size(self.limit, db.caller());
        let before = page::position::<i64>(self.cursor.as_deref())?.map(ChatId);
        let mut messages = db.chat(before, self.task_id, size + 1)?;
        // The page grows towards older messages, so the row too many is the first.
        messages.reverse();
        let next_cursor = page::cut(&mut messages, size, |message| message.id.0);
        messages.reverse();
        Ok(ListChatOutput { messages, next_cursor, as_of_seq: db.log_bounds()?.1 })
    }
}
