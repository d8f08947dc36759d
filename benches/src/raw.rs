//! Bare servers: one axum route and one rmcp tool, nothing behind them.

use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, JsonObject,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{RoleServer, ServerHandler};
use serde_json::json;

use crate::process;

const TASK: &str =
    r#"{"success":true,"data":{"task":{"id":"T1","title":"A task","status":"todo","version":1}}}"#;

/// Serves `GET /` with a constant body.
pub async fn serve_route() -> Result<()> {
    let routes =
        Router::new().route("/", get(async || ([(CONTENT_TYPE, "application/json")], TASK)));
    process::serve_until_input_ends(routes).await
}

/// Serves one MCP tool, `get_task`, with a constant answer, to clients of both protocol generations.
pub async fn serve_tool() -> Result<()> {
    let tool = BareTool { tool: Arc::new(get_task()) };
    let config = StreamableHttpServerConfig::default().with_json_response(true);
    let service = StreamableHttpService::new(
        move || Ok(tool.clone()),
        LocalSessionManager::default().into(),
        config,
    );
    process::serve_until_input_ends(Router::new().route_service("/mcp", service)).await
}

fn get_task() -> Tool {
    let schema = json!({
        "type": "object",
        "properties": { "taskId": { "type": "string" } },
        "required": ["taskId"],
    });
    let schema = match schema {
        serde_json::Value::Object(schema) => schema,
        _ => JsonObject::new(),
    };
    Tool::new("get_task", "Reads one task.", Arc::new(schema))
}

#[derive(Clone)]
struct BareTool {
    tool: Arc<Tool>,
}

impl ServerHandler for BareTool {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(vec![Tool::clone(&self.tool)]))
    }

    async fn call_tool(
        &self,
        _: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        Ok(CallToolResult::success(vec![ContentBlock::text(TASK)]).into())
    }
}
