//! The rows over MCP: `get_task` as a tool call, by clients of either protocol generation.

use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::http_client::{Connection, Outgoing, Requests};
use crate::load::Next;

const LEGACY: &str = "2025-11-25";
const MODERN: &str = "2026-07-28";
const ACCEPT: (&str, &str) = ("accept", "application/json, text/event-stream");

/// How a client speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// 2026-07-28: every request stands alone.
    Modern,
    /// 2025-11-25: a handshake, then calls in its session.
    Legacy,
}

impl Generation {
    /// For the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Modern => "get_task over MCP 2026-07-28",
            Self::Legacy => "get_task over MCP 2025-11-25, in a session",
        }
    }
}

/// Prepares calls of `get_task` on one task by that many callers, each with its own handshake where one is due.
pub async fn calls(
    requests: &Requests,
    generation: Generation,
    task: &str,
    callers: usize,
) -> Result<Next> {
    let mut sessions = Vec::with_capacity(callers);
    for caller in 0..callers {
        sessions.push(match generation {
            Generation::Modern => None,
            Generation::Legacy => handshake(requests, caller).await?,
        });
    }
    let (requests, task) = (requests.clone(), task.to_owned());
    let next = move |caller: usize, n: u64| -> Result<Outgoing> {
        let params = json!({ "name": "get_task", "arguments": { "taskId": task } });
        let agent = agent(caller);
        match generation {
            Generation::Modern => {
                let mut params = params;
                params["_meta"] = json!({
                    "io.modelcontextprotocol/protocolVersion": MODERN,
                    "io.modelcontextprotocol/clientCapabilities": {},
                    "io.modelcontextprotocol/clientInfo": { "name": "meshpilot-bench", "version": "0.1.0" },
                });
                let headers = [
                    ACCEPT,
                    ("mcp-protocol-version", MODERN),
                    ("mcp-method", "tools/call"),
                    ("mcp-name", "get_task"),
                    ("x-agent", &agent),
                ];
                requests.build("POST", "/mcp", &headers, message(n, "tools/call", &params))
            }
            Generation::Legacy => {
                let mut headers =
                    vec![ACCEPT, ("mcp-protocol-version", LEGACY), ("x-agent", &agent)];
                if let Some(Some(session)) = sessions.get(caller) {
                    headers.push(("mcp-session-id", session));
                }
                requests.build("POST", "/mcp", &headers, message(n, "tools/call", &params))
            }
        }
    };
    Ok(Arc::new(move |caller, n| Some(next(caller, n))))
}

/// Opens a session; a server may do without and give none.
async fn handshake(requests: &Requests, caller: usize) -> Result<Option<String>> {
    let mut connection = Connection::open(requests.address()).await?;
    let agent = agent(caller);
    let initialize = message(
        0,
        "initialize",
        &json!({
            "protocolVersion": LEGACY,
            "capabilities": {},
            "clientInfo": { "name": "meshpilot-bench", "version": "0.1.0" },
        }),
    );
    let headers = [ACCEPT, ("x-agent", &agent)];
    let answer = connection.send(requests.build("POST", "/mcp", &headers, initialize)?).await?;
    let session = answer.headers.get("mcp-session-id").and_then(|value| value.to_str().ok());
    let session = session.map(str::to_owned);

    let initialized =
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string();
    let mut headers = vec![ACCEPT, ("mcp-protocol-version", LEGACY), ("x-agent", &agent)];
    if let Some(session) = &session {
        headers.push(("mcp-session-id", session));
    }
    connection.send(requests.build("POST", "/mcp", &headers, initialized)?).await?;
    Ok(session)
}

/// Checks that a server answers such a call with the task: a refusal is quick, and must not count.
pub async fn check(requests: &Requests, next: &Next) -> Result<()> {
    let mut connection = Connection::open(requests.address()).await?;
    let request = next(0, u64::from(u32::MAX)).context("no request")??;
    let answer = connection.send(request).await?;
    let text = String::from_utf8_lossy(&answer.body);
    // A server may answer in a stream of one event.
    let text = text.lines().rfind(|line| line.contains("jsonrpc")).unwrap_or_default();
    let answer: Value = serde_json::from_str(text.trim_start_matches("data:").trim())
        .with_context(|| format!("not an answer: {text}"))?;
    let content = answer["result"]["content"][0]["text"].as_str();
    if answer["result"]["isError"] == true
        || !content.is_some_and(|text| text.contains("\"title\""))
    {
        anyhow::bail!("the call was refused: {answer}");
    }
    Ok(())
}

fn message(id: u64, method: &str, params: &Value) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string()
}

fn agent(caller: usize) -> String {
    format!("bench-{caller}")
}
