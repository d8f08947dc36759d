//! Everything MeshPilot can be asked to do. One file per resource; this is the list.

pub mod agents;
pub mod chat;
pub mod keys;
pub mod knowledge;
pub mod locks;
pub mod observe;
pub mod page;
pub mod project;
pub mod settings;
pub mod tasks;
pub mod upkeep;

use crate::api::Api;

/// The list, in the order the documentation shows it.
#[must_use]
pub fn all() -> Api {
    Api::default()
        // board: tasks
        .command::<project::GetBriefing>()
        .command::<tasks::claim::ClaimNextTask>()
        .command::<tasks::claim::ClaimTask>()
        .query::<tasks::read::ListTasks>()
        .query::<tasks::read::GetTask>()
        .command::<tasks::create::CreateTask>()
        .command::<tasks::update::UpdateTask>()
        .command::<tasks::work::HeartbeatTask>()
        .command::<tasks::work::CompleteTask>()
        .command::<tasks::work::ReleaseTask>()
        .command::<tasks::review::ReviewTask>()
        .command::<tasks::work::CommentOnTask>()
        .command::<tasks::update::BulkUpdateTasks>()
        .command::<tasks::remove::CancelStaleTasks>()
        .command::<tasks::remove::DeleteTask>()
        .command::<tasks::remove::RestoreTask>()
        .query::<tasks::explain::ExplainTask>()
        // board: chat, knowledge, project
        .command::<chat::SendChatMessage>()
        .query::<chat::ListChatMessages>()
        .query::<knowledge::GetKnowledge>()
        .command::<knowledge::SaveKnowledge>()
        .command::<knowledge::DeleteKnowledge>()
        .query::<agents::ListAgents>()
        .command::<project::WaitFor>()
        .command::<project::PublishProjectEvent>()
        .query::<project::GetEvents>()
        // memory: locks
        .command::<locks::AcquireLocks>()
        .command::<locks::RenewLocks>()
        .command::<locks::ReleaseLocks>()
        .query::<locks::ListLocks>()
        // keys
        .command::<keys::CreateKey>()
        .query::<keys::ListKeys>()
        .command::<keys::RevokeKey>()
        // observe, admin
        .query::<observe::GetHealthReport>()
        .query::<settings::GetSettings>()
        .command::<settings::UpdateSettings>()
}
