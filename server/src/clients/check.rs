//! Calls the server exactly as a client would from what stands in its file: the same command or
//! URL, with the client's own variables put in, in the folder and with the environment that it
//! gives its servers, opening the conversation as it does.

mod http;
mod stdio;
#[cfg(test)]
mod tests;

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::client::{Client, Place, Scope};
use super::environment::Environment;
use super::error::Error;
use super::wire::{Opening, Wire};

/// A client waits longer, but whoever asks for a check wants an answer.
const LIMIT: Duration = Duration::from_secs(15);
/// The revision without a handshake.
const MODERN: &str = "2026-07-28";
/// What Claude Code falls back to.
const LEGACY: &str = "2025-11-25";
/// A tool list in more parts than this has no end.
const MOST_PAGES: usize = 100;

/// What a client finds when it starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// The client's [`id`](Client::id).
    pub client: &'static str,
    /// Which of its files named the server.
    pub scope: Scope,
    /// `stdio` or `http`.
    pub transport: &'static str,
    /// The protocol version agreed on.
    pub protocol: String,
    /// The server's name and version.
    pub server: String,
    /// How many tools the client sees.
    pub tools: usize,
    /// From the start until the tools were listed.
    pub elapsed_ms: u64,
}

/// Why a client would not see the server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// No file of the client has the entry.
    #[error("{client} is not connected")]
    NotConnected {
        /// The client's title.
        client: &'static str,
    },
    /// The client's file can't be read.
    #[error(transparent)]
    File(#[from] Error),
    /// The entry lacks what a client needs.
    #[error("the entry has neither a command nor a URL")]
    Incomplete,
    /// The entry holds a variable that only the running client can know.
    #[error("the entry needs `{name}`, which only the client itself can fill in")]
    Variable {
        /// The variable.
        name: String,
    },
    /// The command can't be started.
    #[error("can't start `{command}` in {}: {source}", folder.display())]
    Start {
        /// The command of the entry.
        command: String,
        /// The folder it was to run in.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The process ended, or closed its output, in the middle.
    #[error("the server ended before it answered{}", said(.stderr))]
    Ended {
        /// The end of what it wrote to standard error.
        stderr: String,
    },
    /// Something that is not MCP came back.
    #[error("the server sent something that is not MCP: {0}")]
    NotMcp(String),
    /// The server refused a request.
    #[error("the server refused {method}: {message} ({code})")]
    Refused {
        /// Which request.
        method: &'static str,
        /// The JSON-RPC error code.
        code: i64,
        /// The server's message.
        message: String,
    },
    /// An HTTP status that ends a client's attempt.
    #[error("the server answered with status {status}")]
    Status {
        /// The status.
        status: u16,
    },
    /// The address gave no answer.
    #[error("{url} can't be reached: {reason}")]
    Unreachable {
        /// The URL of the entry.
        url: String,
        /// Why.
        reason: String,
    },
    /// Reading or writing failed.
    #[error("the connection broke: {0}")]
    Io(#[from] io::Error),
    /// No answer in time.
    #[error("no answer within {} s{}", LIMIT.as_secs(), said(.stderr))]
    Timeout {
        /// The end of what the process wrote to standard error.
        stderr: String,
    },
}

impl CheckError {
    /// What to do next, in one sentence.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::NotConnected { .. } | Self::Incomplete => {
                "Run `meshpilot connect` for it.".to_owned()
            }
            Self::File(error) => error.hint(),
            Self::Variable { .. } => "Look at the client's own list of servers.".to_owned(),
            Self::Start { .. } => {
                "Put `meshpilot` on PATH, or run `meshpilot connect` again.".to_owned()
            }
            Self::Status { status: 401 | 403 } => {
                "The key is missing or no longer good: run `meshpilot connect` again, or set \
                 MESHPILOT_KEY."
                    .to_owned()
            }
            Self::Unreachable { .. } => {
                "Start `meshpilot serve`; if it has moved to another port, run `meshpilot connect` \
                 again."
                    .to_owned()
            }
            _ => "Run `meshpilot doctor`.".to_owned(),
        }
    }
}

fn said(stderr: &str) -> String {
    if stderr.is_empty() { String::new() } else { format!("; it said: {stderr}") }
}

/// Calls the server as `client` would; from the file of `scope`, or from the first of its files
/// that has the entry. Ends the process that it started.
///
/// # Errors
/// [`CheckError`] says at which step a client would fail. Answers within 15 s and a little.
pub async fn check(
    env: &Environment,
    client: &'static Client,
    scope: Option<Scope>,
) -> Result<Check, CheckError> {
    let scopes = scope.as_ref().map_or(client.scopes(), std::slice::from_ref);
    let mut found = None;
    for &scope in scopes {
        if let Some((_, entry)) = super::standing(env, client, scope)? {
            found = Some((scope, entry));
            break;
        }
    }
    let (scope, entry) = found.ok_or(CheckError::NotConnected { client: client.title })?;
    let call = Call::read(env, client, scope, &entry)?;
    let transport = match call {
        Call::Stdio { .. } => "stdio",
        Call::Http { .. } => "http",
    };

    let started = now();
    let heard = match call {
        Call::Stdio { command, folder, environment } => {
            stdio::converse(&client.wire, &command, folder, environment, LIMIT).await?
        }
        Call::Http { url, headers } => {
            let mut connection = http::Connection::new(&client.wire, url, headers)?;
            let conversation = converse(&client.wire, &mut connection);
            let timeout = |_| CheckError::Timeout { stderr: String::new() };
            tokio::time::timeout(LIMIT, conversation).await.map_err(timeout)??
        }
    };
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let Heard { protocol, server, tools } = heard;
    Ok(Check { client: client.id, scope, transport, protocol, server, tools, elapsed_ms })
}

#[expect(clippy::disallowed_methods, reason = "measures how long a person waits; decides nothing")]
fn now() -> Instant {
    Instant::now()
}

/// What an entry tells its client to do, variables put in.
#[derive(Debug, PartialEq)]
enum Call {
    Stdio { command: Vec<String>, folder: PathBuf, environment: Vec<(String, String)> },
    Http { url: String, headers: Vec<(String, String)> },
}

impl Call {
    fn read(
        env: &Environment,
        client: &Client,
        scope: Scope,
        entry: &Map<String, Value>,
    ) -> Result<Self, CheckError> {
        let wire = &client.wire;
        let expand =
            |text: &str| wire.expand(env, text).map_err(|name| CheckError::Variable { name });
        let list = |key: &str| match entry.get(key) {
            Some(Value::String(word)) => vec![word.as_str()],
            Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let pairs = |key: &str| {
            let pairs = entry.get(key).and_then(Value::as_object).into_iter().flatten();
            pairs.filter_map(|(name, value)| Some((name.clone(), value.as_str()?)))
        };

        if let Some(url) =
            ["url", "httpUrl", "serverUrl"].into_iter().find_map(|key| list(key).first().copied())
        {
            let mut headers = Vec::new();
            for (name, value) in pairs("headers") {
                headers.push((name, expand(value)?));
            }
            for variable in list("bearer_token_env_var") {
                let key = env.variable(variable).unwrap_or_default();
                headers.push(("Authorization".to_owned(), format!("Bearer {key}")));
            }
            return Ok(Self::Http { url: expand(url)?, headers });
        }

        let command: Vec<_> = list("command").into_iter().chain(list("args")).collect();
        if command.is_empty() {
            return Err(CheckError::Incomplete);
        }
        let command = command.into_iter().map(expand).collect::<Result<_, _>>()?;
        let forwarded: Vec<_> = list("env_vars").into_iter().map(str::to_owned).collect();
        let mut environment: Vec<_> = wire.environment(env, &forwarded).into_iter().collect();
        for (name, value) in pairs("env").chain(pairs("environment")) {
            environment.push((name, expand(value)?));
        }
        if client.id == "claude-code" {
            let project = env.project.to_string_lossy().into_owned();
            environment.push(("CLAUDE_PROJECT_DIR".to_owned(), project));
        }
        let place = match scope {
            Scope::Project => client.in_project,
            Scope::User => client.in_user,
        };
        // An entry that names its project has to work from anywhere.
        let usual = if place == Place::WorkingFolder { &env.project } else { &env.home };
        let folder = match list("cwd").first() {
            Some(folder) => env.project.join(expand(folder)?),
            None => usual.clone(),
        };
        Ok(Self::Stdio { command, folder, environment })
    }
}

/// What was learnt in a conversation.
#[derive(Debug, PartialEq)]
struct Heard {
    protocol: String,
    server: String,
    tools: usize,
}

/// One way to send a JSON-RPC message and get the answer with its id.
trait Connection {
    /// Sends a request and gives its result. `protocol` is the version agreed on so far.
    async fn request(
        &mut self,
        method: &'static str,
        params: Value,
        protocol: Option<&str>,
    ) -> Result<Value, CheckError>;

    /// Sends a notification.
    async fn notify(&mut self, method: &'static str, protocol: &str) -> Result<(), CheckError>;
}

/// Opens the conversation as the client does and lists all tools.
async fn converse(wire: &Wire, connection: &mut impl Connection) -> Result<Heard, CheckError> {
    let (protocol, server, meta) = match wire.opening {
        Opening::Initialize(version) => initialize(wire, connection, version).await?,
        Opening::Discover => {
            let meta = json!({
                "io.modelcontextprotocol/protocolVersion": MODERN,
                "io.modelcontextprotocol/clientInfo": identity(wire),
                "io.modelcontextprotocol/clientCapabilities": {},
            });
            let asked =
                connection.request("server/discover", json!({ "_meta": meta }), Some(MODERN)).await;
            match asked {
                Ok(known) if speaks(&known, MODERN) => {
                    let info = known.pointer("/_meta/io.modelcontextprotocol~1serverInfo");
                    (MODERN.to_owned(), called(info), Some(meta))
                }
                Ok(_) | Err(CheckError::Refused { .. }) => {
                    initialize(wire, connection, LEGACY).await?
                }
                Err(other) => return Err(other),
            }
        }
    };

    let mut tools = 0;
    let mut cursor = None;
    for _ in 0..MOST_PAGES {
        let mut params = Map::new();
        if let Some(meta) = &meta {
            params.insert("_meta".to_owned(), meta.clone());
        }
        if let Some(cursor) = cursor.take() {
            params.insert("cursor".to_owned(), cursor);
        }
        let page = connection.request("tools/list", params.into(), Some(&protocol)).await?;
        let listed = page.get("tools").and_then(Value::as_array);
        tools +=
            listed.ok_or_else(|| CheckError::NotMcp("a tool list without tools".into()))?.len();
        match page.get("nextCursor") {
            Some(next) if !next.is_null() => cursor = Some(next.clone()),
            _ => return Ok(Heard { protocol, server, tools }),
        }
    }
    Err(CheckError::NotMcp("a tool list without end".into()))
}

type Opened = (String, String, Option<Value>);

async fn initialize(
    wire: &Wire,
    connection: &mut impl Connection,
    version: &str,
) -> Result<Opened, CheckError> {
    let params =
        json!({"protocolVersion": version, "capabilities": {}, "clientInfo": identity(wire)});
    let answer = connection.request("initialize", params, None).await?;
    let agreed = answer.get("protocolVersion").and_then(Value::as_str);
    let agreed = agreed.ok_or_else(|| CheckError::NotMcp("no protocol version".into()))?.to_owned();
    connection.notify("notifications/initialized", &agreed).await?;
    Ok((agreed, called(answer.get("serverInfo")), None))
}

fn identity(wire: &Wire) -> Value {
    json!({"name": wire.name, "version": env!("CARGO_PKG_VERSION")})
}

fn speaks(discovered: &Value, version: &str) -> bool {
    let versions = discovered.get("supportedVersions").and_then(Value::as_array);
    versions.is_some_and(|versions| versions.iter().any(|known| known == version))
}

fn called(info: Option<&Value>) -> String {
    let part = |key| info.and_then(|info| info.get(key)).and_then(Value::as_str).unwrap_or("?");
    format!("{} {}", part("name"), part("version"))
}

/// The result in a JSON-RPC answer.
fn result(method: &'static str, mut answer: Value) -> Result<Value, CheckError> {
    if let Some(error) = answer.get("error") {
        return Err(CheckError::Refused {
            method,
            code: error.get("code").and_then(Value::as_i64).unwrap_or_default(),
            message: error.get("message").and_then(Value::as_str).unwrap_or_default().to_owned(),
        });
    }
    let result = answer.get_mut("result").map(Value::take);
    result.ok_or_else(|| CheckError::NotMcp(answer.to_string()))
}
