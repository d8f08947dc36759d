//! Prompts: what a person starts by name in their client (`/mcp__meshpilot__work` in Claude Code, for one), instead of
//! explaining the board to every agent.

use rmcp::model::{
    ErrorData, GetPromptRequestParams, GetPromptResult, Prompt, PromptArgument, PromptMessage, Role,
};
use serde_json::Value;

use crate::ops::project::HOW_TO_WORK;

/// All prompts.
pub(super) fn list() -> Vec<Prompt> {
    let argument = |name: &str, description: &str, required: bool| {
        PromptArgument::new(name).with_description(description).with_required(required)
    };
    vec![
        Prompt::new(
            "work",
            Some("Work from this project's board until it has nothing left for you."),
            Some(vec![argument("role", "builder (default), reviewer, or any other word.", false)]),
        )
        .with_title("Work from the board"),
        Prompt::new(
            "plan",
            Some("Break a goal into tasks on this project's board, for other agents to take."),
            Some(vec![argument("goal", "What is to be reached.", true)]),
        )
        .with_title("Plan onto the board"),
    ]
}

/// One prompt, with its arguments filled in.
///
/// # Errors
/// Invalid parameters for an unknown prompt or a missing goal.
pub(super) fn get(request: &GetPromptRequestParams) -> Result<GetPromptResult, ErrorData> {
    let argument = |name: &str| {
        request
            .arguments
            .as_ref()
            .and_then(|all| all.get(name))
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let text = match request.name.as_str() {
        "work" => format!(
            "Work from this project's MeshPilot board as a {} until it has nothing left for you.\n\n{HOW_TO_WORK}",
            argument("role").unwrap_or("builder")
        ),
        "plan" => {
            let goal = argument("goal")
                .ok_or_else(|| ErrorData::invalid_params("`goal` is missing", None))?;
            format!(
                "Plan this onto the project's MeshPilot board, for other agents to take: {goal}\n\n\
                 Call get_briefing with the role coordinator, then list_tasks and get_knowledge for what is there \
                 already. Create each task with create_task: one that an agent who knows nothing else can finish in \
                 one go, with all it needs in `description`, what it touches in `filesOwned`, and what must be done \
                 first in `dependsOn`. Tasks that touch the same files depend on each other. Save decisions that \
                 concern several tasks with save_knowledge. End with a summary in send_chat_message."
            )
        }
        other => return Err(ErrorData::invalid_params(format!("prompt not found: {other}"), None)),
    };
    Ok(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]))
}
