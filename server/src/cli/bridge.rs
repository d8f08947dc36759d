//! MCP over standard input and output, for clients that start a program: the same door as the server's, with a board
//! that is reached over REST. It finds or starts the project's server, takes a key of its own, and outlives restarts.

use std::pin::Pin;
use std::process::Stdio;
use std::sync::Arc;
use std::task::{self, Poll};
use std::time::Duration;

use anyhow::Context as _;
use base64::Engine as _;
use clap::Args;
use http::request::Parts;
use meshpilot_home::ProjectHome;
use rmcp::ServiceExt as _;
use rmcp::model::JsonObject;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader, ReadBuf, Stdin};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::own;
use crate::api::{Api, Endpoint};
use crate::client::{Client, Envelope, find};
use crate::config::ProjectArgs;
use crate::env::{Env as _, System};
use crate::error::{Code, Error};
use crate::model::things::Scope;
use crate::ops;
use crate::transport::mcp::door::{Backend, Door, Grant, Reply};
use crate::transport::mcp::toolset::Selection;

/// How an agent comes in over stdio.
#[derive(Debug, Clone, Args)]
pub(super) struct McpArgs {
    /// The agent's name (default: a fresh one, such as claude-3).
    #[arg(long, env = "MESHPILOT_AGENT")]
    agent: Option<String>,
    /// Its role: coordinator, builder, reviewer, auditor, or any other word.
    #[arg(long)]
    role: Option<String>,
    /// Which tools it sees: toolsets (default, all, board, memory, keys, observe) or single names.
    #[arg(long, default_value = "default")]
    tools: String,
}

/// Tries after a lost connection, so that a restart of the server goes unnoticed.
const TRIES: u32 = 60;
/// Time between two tries.
const PAUSE: Duration = Duration::from_millis(250);
/// What answers under way get after the end of standard input.
const LAST_ANSWERS: Duration = Duration::from_secs(1);
/// How long a server may take to start.
const START: Duration = Duration::from_secs(20);
/// A key of a bridge that was killed ends by itself.
const KEY_DAYS: i64 = 7;

/// Speaks MCP until the end of standard input.
pub(super) async fn run(project: &ProjectArgs, args: &McpArgs) -> anyhow::Result<u8> {
    own::log();
    let api = ops::all();
    let selection = Selection::parse(&args.tools, api.endpoints())
        .map_err(|error| anyhow::anyhow!(error.message))?;
    let remote = Remote(Arc::new(Inner {
        home: project.home()?,
        args: args.clone(),
        selection,
        link: Mutex::default(),
        api: ops::all(),
    }));
    let door = Door::new(remote.clone(), &api);
    let input = Input { stdin: tokio::io::stdin(), ended: CancellationToken::new() };
    let gone = input.ended.clone();
    let service = door
        .serve((input, tokio::io::stdout()))
        .await
        .context("the client ended before it began")?;
    let ended = tokio::select! {
        ended = service.waiting() => ended.map(drop).context("standard input or output broke"),
        // rmcp would wait 5 s for a held call that could still claim work for a client who is gone.
        () = async { gone.cancelled().await; tokio::time::sleep(LAST_ANSWERS).await } => Ok(()),
    };
    remote.leave().await;
    ended.map(|()| 0)
}

/// Standard input, which says when it has ended.
struct Input {
    stdin: Stdin,
    ended: CancellationToken,
}

impl AsyncRead for Input {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut task::Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stdin).poll_read(context, buffer);
        if polled.is_ready() && buffer.filled().len() == before {
            self.ended.cancel();
        }
        polled
    }
}

/// The board at the other end of a REST connection.
#[derive(Clone)]
struct Remote(Arc<Inner>);

struct Inner {
    home: ProjectHome,
    args: McpArgs,
    selection: Selection,
    link: Mutex<Link>,
    api: Api,
}

/// The connection as it stands. The server that this process started ends with it, by its lifeline.
#[derive(Default)]
struct Link {
    client: Option<Client>,
    identity: Option<Identity>,
    server: Option<Child>,
}

#[derive(Clone)]
struct Identity {
    key: String,
    key_id: String,
    agent: String,
}

impl Backend for Remote {
    async fn grant(&self, _: Option<&Parts>) -> Result<Grant, Error> {
        Ok(Grant { scope: Scope::Plan, bound: true, selection: self.0.selection.clone() })
    }

    async fn call(
        &self,
        _: Option<&Parts>,
        endpoint: &Arc<Endpoint>,
        mut arguments: JsonObject,
    ) -> Result<Reply, Value> {
        if let Some(Value::String(named)) = arguments.remove("agent") {
            let own =
                self.0.link.lock().await.identity.as_ref().map(|identity| identity.agent.clone());
            if own.as_ref().is_some_and(|own| *own != named) {
                let own = own.unwrap_or_default();
                return Err(Error::new(
                    Code::SourceMismatch,
                    format!("you are `{own}`, the call names `{named}`"),
                )
                .to_json());
            }
        }
        if endpoint.writes && !arguments.contains_key("requestId") {
            // What is asked again after a lost connection must not happen twice.
            arguments.insert("requestId".to_owned(), request_id().into());
        }
        let answer = self.persist(endpoint, arguments).await.map_err(|error| {
            Error::new(Code::Overloaded, format!("the board can't be reached: {error:#}"))
                .hint("Start MeshPilot (`meshpilot open` in the project) and call again.")
                .to_json()
        })?;
        if !answer.success {
            return Err(answer.body);
        }
        let mut data = endpoint.lean(answer.body);
        let mut meta = answer.meta;
        if let (Value::Object(fields), Some(notices)) = (&mut data, meta.remove("notices")) {
            fields.insert("notices".to_owned(), notices);
        }
        Ok(Reply { data, meta })
    }
}

fn request_id() -> String {
    let mut random = [0; 18];
    System.fill(&mut random);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random)
}

impl Remote {
    /// Calls until there is an answer; a connection that breaks is made anew, with a server started where none runs.
    async fn persist(
        &self,
        endpoint: &Endpoint,
        arguments: Map<String, Value>,
    ) -> anyhow::Result<Envelope> {
        let mut last = None;
        for _ in 0..TRIES {
            match self.client().await {
                Ok(client) => match client.call(endpoint, arguments.clone(), None).await {
                    Ok(answer) => return Ok(answer),
                    Err(error) => last = Some(error),
                },
                Err(error) => last = Some(error),
            }
            self.0.link.lock().await.client = None;
            tokio::time::sleep(PAUSE).await;
        }
        Err(last.unwrap_or_else(|| anyhow::anyhow!("no answer")))
    }

    async fn client(&self) -> anyhow::Result<Client> {
        let mut link = self.0.link.lock().await;
        if let Some(client) = &link.client {
            return Ok(client.clone());
        }
        let url = match find(&self.0.home).await? {
            Some(ready) => ready.url,
            None => {
                let (child, url) = start_server(&self.0.home).await?;
                link.server = Some(child);
                url
            }
        };
        let identity = match &link.identity {
            Some(identity) => identity.clone(),
            None => self.introduce(&url).await?,
        };
        let client = Client::new(&url, &identity.key)?.for_bridge();
        link.identity = Some(identity);
        link.client = Some(client.clone());
        Ok(client)
    }

    /// Takes a name and a key of its own, with the person's rights: two windows of one client are two agents.
    async fn introduce(&self, url: &str) -> anyhow::Result<Identity> {
        let Inner { home, args, api, .. } = self.0.as_ref();
        let agent = match &args.agent {
            Some(agent) => agent.clone(),
            None => {
                let config = meshpilot_home::read_project_config(home)?
                    .context("the server wrote no .meshpilot/mcp.json")?;
                let project = Client::new(url, config.key.as_str())?;
                let briefing = api.find("get_briefing").context("no briefing")?;
                let input = [("client", json!(client_name())), ("role", json!(args.role))];
                let input = input
                    .into_iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect();
                let answer = project.call(briefing, input, None).await?;
                answer
                    .body
                    .get("agent")
                    .and_then(Value::as_str)
                    .context("the board gave no name")?
                    .to_owned()
            }
        };
        let person = Client::new(url, own::person(home).await?.as_str())?;
        let expires =
            System.now().after_seconds(u64::try_from(KEY_DAYS * 86_400).unwrap_or_default());
        let wish = json!({"label": format!("stdio: {agent}"), "forAgent": agent, "role": args.role, "scopes": ["plan"], "kind": "bridge", "expiresAt": expires});
        let answer = person
            .call(
                api.find("create_key").context("no keys")?,
                wish.as_object().cloned().unwrap_or_default(),
                None,
            )
            .await?;
        let text =
            |pointer: &str| answer.body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let key =
            text("/secret").with_context(|| format!("the board gave no key: {}", answer.body))?;
        Ok(Identity { key, key_id: text("/key/id").unwrap_or_default(), agent })
    }

    /// Gives the key back; the server that this process started ends by its lifeline.
    async fn leave(&self) {
        let mut link = self.0.link.lock().await;
        if let (Some(client), Some(identity)) = (&link.client, &link.identity)
            && let Err(error) = self.revoke(&client.url, &identity.key_id).await
        {
            tracing::debug!(%error, "the key could not be given back; it ends by itself");
        }
        if let Some(mut server) = link.server.take() {
            drop(server.stdin.take());
            if tokio::time::timeout(START, server.wait()).await.is_err() {
                tracing::warn!("the server did not end in time");
            }
        }
    }

    async fn revoke(&self, url: &str, key: &str) -> anyhow::Result<()> {
        let person = Client::new(url, own::person(&self.0.home).await?.as_str())?;
        let endpoint = self.0.api.find("revoke_key").context("no keys")?;
        person
            .call(endpoint, Map::from_iter([("keyId".to_owned(), key.into())]), None)
            .await
            .map(drop)
    }
}

/// The client that started this process, as far as its environment tells.
fn client_name() -> &'static str {
    let set = |name: &str| std::env::var_os(name).is_some();
    if set("CLAUDECODE") || set("CLAUDE_PROJECT_DIR") {
        "claude"
    } else if set("GEMINI_CLI") {
        "gemini"
    } else if set("CURSOR_TRACE_ID") || set("CURSOR_AGENT") {
        "cursor"
    } else if set("CODEX_HOME") || set("CODEX_SANDBOX") {
        "codex"
    } else if set("VSCODE_PID") || set("VSCODE_IPC_HOOK") {
        "vscode"
    } else {
        "agent"
    }
}

/// Starts the project's server, which ends with this process; reads its ready line.
async fn start_server(home: &ProjectHome) -> anyhow::Result<(Child, String)> {
    let logs = home.logs();
    meshpilot_home::private::directory(&logs)?;
    let log = std::fs::File::options().create(true).append(true).open(logs.join("server.log"))?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("serve").arg("--lifeline").arg("--project").arg(home.project());
    // The data of all projects lies two folders above that of this one.
    if let Some(root) = home.dir().ancestors().nth(2) {
        command.arg("--data-dir").arg(root);
    }
    // A client's Ctrl-C ends the bridge, and the bridge's end ends the server; the signal itself is not for it.
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .context("the server could not be started")?;
    let output = child.stdout.take().context("the server has no output")?;
    let mut line = String::new();
    tokio::time::timeout(START, BufReader::new(output).read_line(&mut line))
        .await
        .context("the server did not start in time")??;
    let ready: crate::wire::Ready =
        serde_json::from_str(&line).context("the server did not start; see its log")?;
    Ok((child, ready.url))
}
