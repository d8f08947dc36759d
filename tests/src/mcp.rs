//! MCP over HTTP, spoken by hand in both generations of the protocol, so that a test sees every byte that matters.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail, ensure};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::rest::notices;
use crate::wait::PATIENCE;

/// The current revision: no handshake, no session.
pub const MODERN: &str = "2026-07-28";
/// A revision with a handshake.
pub const HANDSHAKE: &str = "2025-11-25";

/// A client's answer as it stands on the wire.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The JSON-RPC message; `null` where there is none.
    pub message: Value,
    /// The body as it came.
    pub text: String,
}

/// What a tool answered.
#[derive(Debug, Clone)]
pub struct ToolResult {
    /// Whether it failed.
    pub is_error: bool,
    /// `structuredContent`; `null` where there is none.
    pub structured: Value,
    /// The text block, parsed.
    pub text: Value,
}

impl ToolResult {
    /// The data of a success, checked to be the same in both forms.
    ///
    /// # Errors
    /// When the tool failed.
    pub fn ok(self) -> Result<Value> {
        ensure!(!self.is_error, "the tool failed: {}", self.text);
        ensure!(self.structured == self.text, "{} is not {}", self.structured, self.text);
        Ok(self.structured)
    }

    /// The error object of a refusal.
    ///
    /// # Errors
    /// When it is none, or another.
    pub fn refused(self, code: &str) -> Result<Value> {
        ensure!(self.is_error && self.structured.is_null(), "{code} was expected: {self:?}");
        ensure!(self.text["code"] == code, "{code} was expected: {}", self.text);
        Ok(self.text)
    }

    /// The notices, as `(kind, taskId)`.
    pub fn notices(&self) -> Vec<(String, String)> {
        notices(&self.structured["notices"])
    }
}

/// One client.
#[derive(Clone)]
pub struct Mcp {
    http: reqwest::Client,
    url: String,
    key: String,
    agent: Option<String>,
    version: &'static str,
    /// The session that the handshake gave, if any.
    pub session: Option<String>,
    next_id: Arc<AtomicU64>,
}

impl Mcp {
    /// A client of the current revision.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn modern(url: &str, key: &str, agent: Option<&str>) -> Result<Self> {
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        Ok(Self {
            http,
            url: url.to_owned(),
            key: key.to_owned(),
            agent: agent.map(str::to_owned),
            version: MODERN,
            session: None,
            next_id: Arc::default(),
        })
    }

    /// A client that has shaken hands for [`HANDSHAKE`].
    ///
    /// # Errors
    /// When the server doesn't take the handshake.
    pub async fn handshake(url: &str, key: &str, agent: Option<&str>) -> Result<Self> {
        let mut client = Self { version: HANDSHAKE, ..Self::modern(url, key, agent)? };
        let hello = json!({
            "protocolVersion": HANDSHAKE,
            "capabilities": {},
            "clientInfo": { "name": "harness", "version": "1" },
        });
        let reply = client.request("initialize", hello).await?;
        let result = &reply.message["result"];
        ensure!(result["protocolVersion"] == HANDSHAKE, "no handshake: {}", reply.text);
        let session = reply.headers.get("mcp-session-id").and_then(|id| id.to_str().ok());
        client.session = session.map(str::to_owned);
        let reply = client
            .send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }), None)
            .await?;
        ensure!(reply.status == 202, "initialized: {} {}", reply.status, reply.text);
        Ok(client)
    }

    /// Sends a request and gives the reply as it stands on the wire.
    ///
    /// # Errors
    /// When there is none.
    pub async fn request(&self, method: &str, mut params: Value) -> Result<Reply> {
        if self.version == MODERN {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": MODERN,
                "io.modelcontextprotocol/clientCapabilities": {},
                "io.modelcontextprotocol/clientInfo": { "name": "harness", "version": "1" },
            });
        }
        let name = params["name"].as_str().map(str::to_owned);
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let reply = self.send(&message, name.as_deref()).await?;
        ensure!(
            reply.message["jsonrpc"].is_null() || reply.message["id"] == id,
            "an answer to another request: {}",
            reply.text
        );
        Ok(reply)
    }

    async fn send(&self, message: &Value, name: Option<&str>) -> Result<Reply> {
        let mut request = self
            .http
            .post(&self.url)
            .bearer_auth(&self.key)
            .header("Accept", "application/json, text/event-stream")
            .json(message);
        let method = message["method"].as_str().unwrap_or_default();
        if method != "initialize" {
            request = request.header("MCP-Protocol-Version", self.version);
        }
        if self.version == MODERN {
            request = request.header("Mcp-Method", method);
            if let Some(name) = name {
                request = request.header("Mcp-Name", name);
            }
        }
        if let Some(session) = &self.session {
            request = request.header("Mcp-Session-Id", session);
        }
        if let Some(agent) = &self.agent {
            request = request.header("X-Agent", agent);
        }
        let answer = request.send().await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await?;
        Ok(Reply { status, headers, message: message_of(&text), text })
    }

    /// Calls a tool.
    ///
    /// # Errors
    /// When the protocol refuses it; a tool's own failure is a result.
    pub async fn call(&self, tool: &str, mut arguments: Value) -> Result<ToolResult> {
        if let Some(agent) = &self.agent
            && arguments["agent"].is_null()
        {
            arguments["agent"] = agent.as_str().into();
        }
        let reply =
            self.request("tools/call", json!({ "name": tool, "arguments": arguments })).await?;
        let result = &reply.message["result"];
        let Some(text) = result["content"][0]["text"].as_str() else {
            bail!("{tool}: {} {}", reply.status, reply.text)
        };
        Ok(ToolResult {
            is_error: result["isError"] == true,
            structured: result["structuredContent"].clone(),
            text: serde_json::from_str(text).context("a text block is JSON")?,
        })
    }

    /// The tools' names, in the order they are listed.
    ///
    /// # Errors
    /// When they can't be listed.
    pub async fn tools(&self) -> Result<Vec<String>> {
        let reply = self.request("tools/list", json!({})).await?;
        let tools = reply.message["result"]["tools"].as_array();
        let tools = tools.with_context(|| format!("no tools: {} {}", reply.status, reply.text))?;
        let name = |tool: &Value| tool["name"].as_str().map(str::to_owned);
        tools.iter().map(|tool| name(tool).context("a tool has a name")).collect()
    }
}

/// The JSON-RPC answer in a body, whether plain or the last event of a stream.
fn message_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| {
        let data = text.lines().filter_map(|line| line.strip_prefix("data:"));
        let mut messages = data.filter_map(|data| serde_json::from_str::<Value>(data.trim()).ok());
        messages.rfind(|message| !message["id"].is_null()).unwrap_or_default()
    })
}
