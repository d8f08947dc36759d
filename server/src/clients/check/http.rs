use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, Response};
use serde_json::{Value, json};

use super::{CheckError, result};
use crate::clients::wire::Wire;

/// An answer longer than this is no tool list.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Streamable HTTP: one POST for each message.
pub(super) struct Connection {
    http: Client,
    url: String,
    headers: Vec<(String, String)>,
    session: Option<String>,
    /// Gemini CLI never sends the version header, and a check has to notice if that hurts.
    names_version: bool,
    next: u64,
}

impl Connection {
    pub(super) fn new(
        wire: &Wire,
        url: String,
        headers: Vec<(String, String)>,
    ) -> Result<Self, CheckError> {
        // The server is on this machine, where no proxy has a say.
        let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
        let http = http.map_err(|error| unreachable(&url, &error))?;
        let names_version = !wire.name.starts_with("gemini");
        Ok(Self { http, url, headers, session: None, names_version, next: 0 })
    }

    async fn post(
        &mut self,
        method: &str,
        message: &Value,
        protocol: Option<&str>,
    ) -> Result<Response, CheckError> {
        let mut request = self
            .http
            .post(&self.url)
            .header(ACCEPT, "application/json, text/event-stream")
            .json(message);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(protocol) = protocol.filter(|_| self.names_version) {
            request = request.header("MCP-Protocol-Version", protocol);
        }
        if protocol == Some(super::MODERN) {
            request = request.header("Mcp-Method", method);
        }
        if let Some(session) = &self.session {
            request = request.header("Mcp-Session-Id", session);
        }
        let response = request.send().await.map_err(|error| unreachable(&self.url, &error))?;
        if let Some(session) = response.headers().get("mcp-session-id") {
            self.session = session.to_str().ok().map(str::to_owned);
        }
        Ok(response)
    }
}

impl super::Connection for Connection {
    async fn request(
        &mut self,
        method: &'static str,
        params: Value,
        protocol: Option<&str>,
    ) -> Result<Value, CheckError> {
        self.next += 1;
        let id = json!(self.next);
        let message = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        let response = self.post(method, &message, protocol).await?;
        let status = response.status();
        // A refusal of the protocol is an error of JSON-RPC whatever the status; one at the door
        // is a status with a body of another kind.
        match answer(response, &id).await {
            Ok(answer) if status.is_success() || answer["error"]["code"].is_i64() => {
                result(method, answer)
            }
            _ if !status.is_success() => Err(CheckError::Status { status: status.as_u16() }),
            Ok(other) => Err(CheckError::NotMcp(other.to_string())),
            Err(error) => Err(error),
        }
    }

    async fn notify(&mut self, method: &'static str, protocol: &str) -> Result<(), CheckError> {
        let message = json!({"jsonrpc": "2.0", "method": method});
        let status = self.post(method, &message, Some(protocol)).await?.status();
        if status.is_success() {
            return Ok(());
        }
        Err(CheckError::Status { status: status.as_u16() })
    }
}

/// The JSON-RPC answer to `id` in a response: its whole body, or the event of a stream that
/// carries it. The stream may stay open behind it.
async fn answer(mut response: Response, id: &Value) -> Result<Value, CheckError> {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let streams = kind.is_some_and(|kind| kind.starts_with("text/event-stream"));
    let mut body = Vec::new();
    let mut read = 0;
    while let Some(chunk) =
        response.chunk().await.map_err(|error| CheckError::NotMcp(error.to_string()))?
    {
        body.extend_from_slice(&chunk);
        if body.len() > MOST_BYTES {
            return Err(CheckError::NotMcp("an answer of more than 16 MiB".to_owned()));
        }
        while streams && let Some(end) = body[read..].iter().position(|byte| *byte == b'\n') {
            let line = &body[read..read + end];
            read += end + 1;
            let Some(data) = line.strip_prefix(b"data:") else { continue };
            if let Ok(message) = serde_json::from_slice::<Value>(data)
                && message.get("id") == Some(id)
            {
                return Ok(message);
            }
        }
    }
    let text = || String::from_utf8_lossy(&body).chars().take(200).collect();
    serde_json::from_slice(&body).map_err(|_| CheckError::NotMcp(text()))
}

fn unreachable(url: &str, error: &reqwest::Error) -> CheckError {
    let mut reason = error.to_string();
    // The cause that helps (connection refused) is the innermost one.
    let mut inner = std::error::Error::source(error);
    while let Some(cause) = inner {
        reason = cause.to_string();
        inner = cause.source();
    }
    CheckError::Unreachable { url: url.to_owned(), reason }
}
