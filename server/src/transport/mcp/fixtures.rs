//! What the official MCP conformance suite calls and no board has: tools, prompts and resources with prescribed names
//! and answers. They stand around the real door, so that the suite exercises the transport, the guard and the sessions
//! of the product. Only in builds with the feature `conformance`; no shipped binary contains them.

#![expect(deprecated, reason = "the suite tests what the current revision has deprecated too")]

mod ask;
mod content;
mod input;
mod shelf;
mod task;

use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, CancelTaskParams,
    CompleteRequestParams, CompleteResult, CompletionInfo, ContentBlock, ErrorData,
    GetPromptRequestParams, GetPromptResponse, GetTaskParams, GetTaskResult, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, RequestStateCodec, ServerCapabilities,
    ServerConfig, SetLevelRequestParams, SubscribeRequestParams, SubscriptionFilter, Tool,
    UnsubscribeRequestParams, UpdateTaskParams,
};
use rmcp::service::{RequestContext, SubscriptionContext};
use rmcp::task_manager::TaskManager;
use rmcp::{RoleServer, ServerHandler};
use serde_json::{Map, Value};
use tokio::sync::broadcast;

use crate::env::{Env as _, System};

/// News of lists that are waiting to be sent.
const NEWS: usize = 16;

/// A list that has changed, as far as subscribers are told.
#[derive(Debug, Clone, Copy)]
enum News {
    Tools,
    Prompts,
}

/// A door with the suite's fixtures around it.
#[derive(Clone)]
pub struct Fixtures<D> {
    door: D,
    tools: Arc<[Tool]>,
    news: broadcast::Sender<News>,
    seal: RequestStateCodec,
    tasks: TaskManager,
}

impl<D: ServerHandler> Fixtures<D> {
    /// Puts the fixtures around a door.
    ///
    /// # Panics
    /// Never: the key that seals `requestState` is as long as it must be.
    pub fn new(door: D) -> Self {
        let mut key = [0; 32];
        System.fill(&mut key);
        let tools = [content::tools(), ask::tools(), input::tools(), task::tools()].concat();
        Self {
            door,
            tools: tools.into(),
            news: broadcast::Sender::new(NEWS),
            seal: RequestStateCodec::new_unchecked(key),
            tasks: TaskManager::new(),
        }
    }

    fn tell(&self, news: News) -> CallToolResult {
        // Nobody who listens is no failure.
        let told = self.news.send(news).unwrap_or(0);
        CallToolResult::success(vec![ContentBlock::text(format!("{told} subscriptions told"))])
    }
}

/// A tool without annotations and output schema.
fn tool(name: &'static str, description: &'static str, input: Value) -> Tool {
    let input = match input {
        Value::Object(input) => input,
        _ => Map::new(),
    };
    Tool::new(name, description, Arc::new(input))
}

/// The schema of a tool that takes nothing.
fn nothing() -> Value {
    serde_json::json!({"type": "object", "properties": {}})
}

impl<D: ServerHandler> ServerHandler for Fixtures<D> {
    fn get_info(&self) -> ServerConfig {
        let mut info = self.door.get_info();
        info.capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_prompts()
            .enable_prompts_list_changed()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_resources_list_changed()
            .enable_completions()
            .enable_logging()
            .enable_tasks()
            .build();
        info
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut listed = self.door.list_tools(request, context).await?;
        listed.tools.extend(self.tools.iter().cloned());
        Ok(listed)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.door
            .get_tool(name)
            .or_else(|| self.tools.iter().find(|tool| tool.name == name).cloned())
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if !self.tools.iter().any(|tool| tool.name == request.name) {
            return self.door.call_tool(request, context).await;
        }
        match request.name.as_ref() {
            "test_trigger_tool_change" => Ok(self.tell(News::Tools).into()),
            "test_trigger_prompt_change" => Ok(self.tell(News::Prompts).into()),
            name if input::is_one(name) => input::call(&self.seal, request, &context),
            name if task::is_one(name) => task::call(&self.tasks, request, &context).await,
            name if ask::is_one(name) => ask::call(request, &context).await,
            _ => content::call(request, &context).await.map(Into::into),
        }
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(shelf::resources())
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(shelf::templates())
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        shelf::read(&request.uri).map(Into::into)
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(shelf::prompts())
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        shelf::prompt(request)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let cities = ["paris", "park", "party"].into_iter();
        let found = cities.filter(|city| city.starts_with(&request.argument.value));
        let found = CompletionInfo::new(found.map(str::to_owned).collect());
        Ok(CompleteResult::new(found.map_err(|error| ErrorData::internal_error(error, None))?))
    }

    fn accepted_subscription_filter(
        &self,
        asked: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(asked.supported_by(&self.get_info().capabilities))
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let mut news = self.news.subscribe();
        loop {
            let news = tokio::select! {
                news = news.recv() => news,
                () = context.cancelled() => return Ok(()),
            };
            let sent = match news {
                Ok(News::Tools) => context.sink().notify_tool_list_changed().await,
                Ok(News::Prompts) => context.sink().notify_prompt_list_changed().await,
                Err(broadcast::error::RecvError::Lagged(_)) => continue,
                Err(broadcast::error::RecvError::Closed) => return Ok(()),
            };
            if let Err(error) = sent {
                tracing::debug!(%error, "a subscription has ended");
                return Ok(());
            }
        }
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        shelf::known(&request.uri)
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        shelf::known(&request.uri)
    }

    /// Every level is sent anyway: the suite asks whether it can be set, not what it hides.
    async fn set_level(
        &self,
        _: SetLevelRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetTaskResult, ErrorData> {
        self.tasks.get_task(&request.task_id).map(GetTaskResult::new)
    }

    async fn update_task(
        &self,
        request: UpdateTaskParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.tasks.update_task(&request.task_id, request.input_responses)
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.tasks.cancel_task(&request.task_id)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::ops;

    #[test]
    fn no_fixture_stands_in_front_of_an_operation() {
        let tools = [content::tools(), ask::tools(), input::tools(), task::tools()].concat();
        let names: HashSet<&str> = tools.iter().map(|tool| tool.name.as_ref()).collect();
        assert_eq!(names.len(), tools.len());
        assert!(names.iter().all(|name| ops::all().find(name).is_none()), "{names:?}");
    }
}
