//! The MCP server over the list of operations. The same door stands in the server (calls go into the board) and in
//! `meshpilot mcp` (calls go over REST), so both eras of the protocol come from one place.

use std::future::Future;
use std::sync::Arc;

use http::request::Parts;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData,
    GetPromptRequestParams, GetPromptResponse, Implementation, JsonObject, ListPromptsResult,
    ListToolsResult, MetaObject, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
    ToolAnnotations,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};
use serde_json::{Map, Value, json};

use super::prompts;
use super::toolset::Selection;
use crate::api::{Api, Endpoint};
use crate::error::Error;
use crate::model::things::Scope;
use crate::ops::project::HOW_TO_WORK;

/// How long a client may keep the list of tools, in milliseconds. It changes with the server's version only.
const LIST_TTL_MS: u64 = 60_000;
/// Largest text of the instructions; clients cut what is longer.
const INSTRUCTIONS_BYTES: usize = 2_048;

/// What a client may see.
#[derive(Debug, Clone)]
pub struct Grant {
    /// What its key may do.
    pub scope: Scope,
    /// Whether its key names the agent, so that no tool needs an `agent` field.
    pub bound: bool,
    /// What it wants to see.
    pub selection: Selection,
}

/// What a tool answers.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The data, without what is null or empty.
    pub data: Value,
    /// What belongs to the call rather than to the data.
    pub meta: Map<String, Value>,
}

/// Where calls go. `parts` are those of this HTTP request; over stdio there are none.
pub trait Backend: Clone + Send + Sync + 'static {
    /// What the client may see.
    fn grant(&self, parts: Option<&Parts>) -> impl Future<Output = Result<Grant, Error>> + Send;
    /// Makes a call; a refusal is the error object.
    fn call(
        &self,
        parts: Option<&Parts>,
        endpoint: &Arc<Endpoint>,
        arguments: JsonObject,
    ) -> impl Future<Output = Result<Reply, Value>> + Send;
}

/// An operation as a tool, with and without the `agent` field.
struct Entry {
    endpoint: Arc<Endpoint>,
    shared: Tool,
    bound: Tool,
}

/// The server that rmcp drives. Cheap to clone: one is made per request.
#[derive(Clone)]
pub struct Door<B> {
    backend: B,
    entries: Arc<[Entry]>,
}

impl<B: Backend> Door<B> {
    /// Builds the tools once; rmcp's macros would build them anew for every request.
    #[must_use]
    pub fn new(backend: B, api: &Api) -> Self {
        let entries = api
            .endpoints()
            .iter()
            .map(|endpoint| Entry {
                endpoint: Arc::clone(endpoint),
                shared: tool(endpoint, false),
                bound: tool(endpoint, true),
            })
            .collect();
        Self { backend, entries }
    }

    fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| {
            entry.endpoint.spec.name == name || entry.endpoint.spec.alias == Some(name)
        })
    }
}

/// Paragraphs of a doc comment on one line each: line breaks of the source are nothing for a model to pay for.
fn unwrapped(description: &str) -> String {
    description
        .split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Takes out of a field's schema what every agent would pay for and none needs: bounds of texts and lists, which the
/// refusal of a longer one names, and descriptions of parts that the field's own description names.
fn shorten(field: &mut Value) {
    let Some(field) = field.as_object_mut() else { return };
    for word in ["minLength", "maxLength", "maxItems", "pattern"] {
        field.remove(word);
    }
    if field.get("minimum") == Some(&json!(0)) {
        field.remove("minimum");
    }
    if let Some(items) = field.get_mut("items") {
        shorten(items);
    }
    for part in field
        .get_mut("properties")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(Map::values_mut)
    {
        shorten(part);
        part.as_object_mut().map(|part| part.remove("description"));
    }
}

/// Whether a description says no more than the field's name: `The task.` of `taskId`.
fn says_its_name(description: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    let mut words = description.trim_end_matches('.').split_whitespace().map(str::to_lowercase);
    words.all(|word| {
        ["the", "a", "an", "its", "all"].contains(&word.as_str()) || name.contains(&word)
    })
}

fn tool(endpoint: &Endpoint, bound: bool) -> Tool {
    let spec = &endpoint.spec;
    let mut input = endpoint.input.clone();
    input.remove("description");
    for (name, field) in
        input.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten()
    {
        shorten(field);
        let Some(field) = field.as_object_mut() else { continue };
        if field
            .get("description")
            .and_then(Value::as_str)
            .is_some_and(|text| says_its_name(text, name))
        {
            field.remove("description");
        }
    }
    if bound && let Some(Value::Object(properties)) = input.get_mut("properties") {
        properties.remove("agent");
    }
    // All four, since what is left out is not always false. No model is shown these, so they cost nothing.
    let annotations = ToolAnnotations::new()
        .read_only(!endpoint.writes)
        .destructive(spec.destructive)
        .idempotent(spec.idempotent || !endpoint.writes)
        .open_world(false);
    let mut tool = Tool::new(spec.name, unwrapped(&endpoint.description), Arc::new(input))
        .with_annotations(annotations);
    tool.output_schema = Some(Arc::new(endpoint.output.clone()));
    tool
}

/// Every list is on one page, so no cursor is ours.
fn one_page(request: Option<PaginatedRequestParams>) -> Result<(), ErrorData> {
    if request.and_then(|request| request.cursor).is_some_and(|cursor| !cursor.is_empty()) {
        return Err(ErrorData::invalid_params("this is no cursor of this list", None));
    }
    Ok(())
}

fn parts(context: &RequestContext<RoleServer>) -> Option<&Parts> {
    context.extensions.get::<Parts>()
}

fn implementation() -> Implementation {
    let mut implementation = Implementation::new("meshpilot", env!("CARGO_PKG_VERSION"));
    implementation.title = Some("MeshPilot".to_owned());
    implementation
}

impl<B: Backend> ServerHandler for Door<B> {
    fn get_info(&self) -> ServerConfig {
        let instructions = format!(
            "MeshPilot is this project's shared board: tasks, locks, chat and knowledge of all agents.\n{HOW_TO_WORK}"
        );
        debug_assert!(
            instructions.len() <= INSTRUCTIONS_BYTES,
            "clients cut instructions of more than 2 KB"
        );
        ServerConfig::new(ServerCapabilities::builder().enable_tools().enable_prompts().build())
            .with_server_info(implementation())
            .with_instructions(instructions)
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        one_page(request)?;
        let grant =
            self.backend.grant(parts(&context)).await.map_err(|error| {
                ErrorData::invalid_params(error.to_string(), Some(error.to_json()))
            })?;
        let shown =
            self.entries.iter().filter(|entry| grant.selection.shows(&entry.endpoint, grant.scope));
        let tools = shown
            .map(|entry| if grant.bound { entry.bound.clone() } else { entry.shared.clone() })
            .collect();
        // What is listed depends on the key, so no shared cache may keep it.
        Ok(ListToolsResult::with_all_items(tools)
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Private))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(entry) = self.find(&request.name) else {
            return Err(ErrorData::invalid_params(
                format!("tool not found: {}", request.name),
                None,
            ));
        };
        let arguments = request.arguments.unwrap_or_default();
        let (result, mut meta) =
            match self.backend.call(parts(&context), &entry.endpoint, arguments).await {
                Ok(reply) => (CallToolResult::structured(reply.data), reply.meta),
                // As text only: clients check `structuredContent` against the schema of a success and would throw.
                Err(error) => {
                    (CallToolResult::error(vec![ContentBlock::text(error.to_string())]), Map::new())
                }
            };
        meta.insert("io.modelcontextprotocol/serverInfo".to_owned(), json!(implementation()));
        Ok(result.with_meta(Some(MetaObject(meta))).into())
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        one_page(request)?;
        Ok(ListPromptsResult::with_all_items(prompts::list())
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Private))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        prompts::get(&request).map(Into::into)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.find(name).map(|entry| entry.shared.clone())
    }
}
