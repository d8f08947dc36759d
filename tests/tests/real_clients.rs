//! The coding agents themselves, from npm, connected by `meshpilot connect` and driven against the built server: each
//! has to report the server as connected, and to offer every one of its tools to the model.
//!
//! No account is needed: the model is an endpoint of the test, which keeps what a client sends and refuses it.
//!
//! They weigh 1.2 GB, so these tests run when asked for:
//! `cargo nextest run --package meshpilot-e2e --test real_clients --run-ignored all`.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use meshpilot_e2e::server::{Launch, program};
use meshpilot_e2e::{Mcp, Place, Server, within};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::sync::mpsc;

/// The longest that one run of a client may take.
const LIMIT: Duration = Duration::from_secs(60);
/// The longest that the installation may take.
const INSTALLATION: Duration = Duration::from_secs(150);

/// A project with a server on it, a person's empty home, and the clients on `PATH`.
struct Desk {
    server: Server,
    path: OsString,
    /// The tools that the server shows to an agent.
    tools: Vec<String>,
}

impl Desk {
    async fn new() -> Result<Self> {
        let clients = clients().await?;
        let bin = program()?.parent().context("a program lies in a folder")?.to_owned();
        let system = std::env::var_os("PATH").unwrap_or_default();
        let folders =
            [bin, clients].into_iter().chain(node()).chain(std::env::split_paths(&system));
        let path = std::env::join_paths(folders)?;
        let server = Place::new()?.serve(Launch::default()).await?;
        let mcp = Mcp::modern(&server.ready().mcp, &server.place().project_key()?, None)?;
        let tools = mcp.tools().await?;
        ensure!(tools.iter().any(|tool| tool == "claim_task"), "no tools of a board: {tools:?}");
        Ok(Self { server, path, tools })
    }

    fn place(&self) -> &Place {
        self.server.place()
    }

    fn in_project(&self, file: &str) -> PathBuf {
        self.place().project().join(file)
    }

    fn at_home(&self, file: &str, text: &str) -> Result<()> {
        put(&self.place().file(file), text)
    }

    /// Runs a program as the person would, in the project, and gives all that it printed.
    async fn run(&self, line: &[&str], variables: &[(&str, &str)]) -> Result<String> {
        let (name, arguments) = line.split_first().context("a command")?;
        let mut command = std::process::Command::new(name);
        self.place().adorn(&mut command);
        command
            .args(arguments)
            .env("PATH", &self.path)
            // As a shell would: opencode takes the project from it.
            .env("PWD", self.place().project())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("CODEX_HOME")
            .env_remove("CLAUDE_CONFIG_DIR")
            .envs(variables.iter().copied())
            .stdin(Stdio::null());
        let mut command = Command::from(command);
        command.kill_on_drop(true);
        let output =
            within(LIMIT, name, command.output()).await?.with_context(|| (*name).to_owned())?;
        let all = [output.stdout, output.stderr].concat();
        Ok(String::from_utf8_lossy(&all).into_owned())
    }

    async fn connect(&self, arguments: &[&str]) -> Result<()> {
        let line = [&["meshpilot", "connect", "--yes"], arguments].concat();
        let said = self.run(&line, &[]).await?;
        ensure!(said.contains("wrote"), "{said}");
        Ok(())
    }

    /// The check that `connect` offers has to see what the client will see.
    async fn check(&self, client: &str) -> Result<()> {
        let said = self.run(&["meshpilot", "connect", "--check", client], &[]).await?;
        ensure!(said.contains(&format!(": {} tools in ", self.tools.len())), "{said}");
        Ok(())
    }

    /// Every tool has to be among `names`, each with the client's own prefix.
    fn ensure_offered(&self, names: &BTreeSet<String>, prefix: &str) -> Result<()> {
        let offered = |tool: &&String| names.contains(&format!("{prefix}{tool}"));
        let missing: Vec<_> = self.tools.iter().filter(|tool| !offered(tool)).collect();
        ensure!(missing.is_empty(), "not offered to the model: {missing:?}, but {names:?}");
        Ok(())
    }

    /// Disconnects and looks whether the file is gone.
    async fn disconnect(&self, client: &str, file: &Path) -> Result<()> {
        let said = self.run(&["meshpilot", "disconnect", "--yes", client], &[]).await?;
        ensure!(!file.exists(), "{} is still there: {said}", file.display());
        Ok(())
    }
}

#[tokio::test]
#[ignore = "downloads other makers' programs"]
async fn claude_code_offers_the_tools_of_a_connected_project() -> Result<()> {
    let desk = Desk::new().await?;
    let model = Model::start().await?;
    let file = desk.in_project(".mcp.json");
    desk.connect(&["claude-code"]).await?;
    desk.check("claude-code").await?;

    let variables = [
        ("ANTHROPIC_BASE_URL", model.url.as_str()),
        ("ANTHROPIC_API_KEY", "none"),
        ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
        // Otherwise it sends names first and schemas on demand.
        ("ENABLE_TOOL_SEARCH", "false"),
    ];
    let said = desk.run(&["claude", "-p", "hi"], &variables).await?;
    let names = model.names().with_context(|| said.clone())?;
    desk.ensure_offered(&names, "mcp__meshpilot__").context(said)?;

    desk.disconnect("claude-code", &file).await?;
    // Its own list shows a project's servers only once they were approved in its window.
    desk.connect(&["claude-code", "--scope", "user"]).await?;
    let listed = desk.run(&["claude", "mcp", "list"], &[]).await?;
    ensure!(connected(&listed, "meshpilot"), "{listed}");
    Ok(())
}

#[tokio::test]
#[ignore = "downloads other makers' programs"]
async fn codex_lists_the_server_and_offers_its_tools() -> Result<()> {
    let desk = Desk::new().await?;
    let model = Model::start().await?;
    let file = desk.in_project(".codex/config.toml");
    desk.connect(&["codex"]).await?;
    desk.check("codex").await?;

    let project = desk.place().project().canonicalize()?;
    let project = project.to_str().context("a path in Unicode")?;
    desk.at_home(
        ".codex/config.toml",
        &format!("[projects.\"{project}\"]\ntrust_level = \"trusted\"\n"),
    )?;
    let listed = desk.run(&["codex", "mcp", "get", "meshpilot"], &[]).await?;
    for line in ["enabled: true", "transport: stdio", "command: meshpilot", "args: mcp"] {
        ensure!(listed.contains(line), "{line:?} is missing in {listed}");
    }

    let provider = format!(
        "model_providers.test={{name=\"test\",base_url=\"{}/v1\",request_max_retries=0,stream_max_retries=0}}",
        model.url
    );
    // A model that it doesn't know gets all tools at once.
    let line = [
        "codex",
        "exec",
        "--skip-git-repo-check",
        "--model",
        "unknown",
        "-c",
        "model_provider=test",
        "-c",
        &provider,
        "hi",
    ];
    let said = desk.run(&line, &[("OPENAI_API_KEY", "none")]).await?;
    let names = model.names().with_context(|| said.clone())?;
    ensure!(names.contains("mcp__meshpilot"), "{names:?}");
    desk.ensure_offered(&names, "").context(said)?;

    desk.disconnect("codex", &file).await?;
    let listed = desk.run(&["codex", "mcp", "list"], &[]).await?;
    ensure!(listed.contains("No MCP servers configured"), "{listed}");
    Ok(())
}

#[tokio::test]
#[ignore = "downloads other makers' programs"]
async fn gemini_cli_reports_the_server_connected_and_offers_its_tools() -> Result<()> {
    let desk = Desk::new().await?;
    let model = Model::start().await?;
    let file = desk.in_project(".gemini/settings.json");
    desk.connect(&["gemini-cli"]).await?;
    desk.check("gemini-cli").await?;

    let project = desk.place().project().canonicalize()?;
    let trusted = serde_json::json!({ project.to_str().context("Unicode")?: "TRUST_FOLDER" });
    desk.at_home(".gemini/trustedFolders.json", &trusted.to_string())?;
    desk.at_home(
        ".gemini/settings.json",
        r#"{"security": {"auth": {"selectedType": "gemini-api-key"}}}"#,
    )?;
    let listed = desk.run(&["gemini", "mcp", "list"], &[]).await?;
    ensure!(connected(&listed, "meshpilot: meshpilot mcp (stdio)"), "{listed}");

    // Without a person to ask it offers no tool that has to be approved, so all are.
    let line = ["gemini", "--yolo", "--model", "gemini-2.5-pro", "-p", "hi"];
    let variables = [("GOOGLE_GEMINI_BASE_URL", model.url.as_str()), ("GEMINI_API_KEY", "none")];
    let said = desk.run(&line, &variables).await?;
    let names = model.names().with_context(|| said.clone())?;
    desk.ensure_offered(&names, "mcp_meshpilot_").context(said)?;

    desk.disconnect("gemini-cli", &file).await?;
    let listed = desk.run(&["gemini", "mcp", "list"], &[]).await?;
    ensure!(listed.contains("No MCP servers configured"), "{listed}");
    Ok(())
}

#[tokio::test]
#[ignore = "downloads other makers' programs"]
async fn opencode_reports_the_server_connected_and_offers_its_tools() -> Result<()> {
    let desk = Desk::new().await?;
    let model = Model::start().await?;
    let file = desk.in_project("opencode.json");
    desk.connect(&["opencode"]).await?;
    desk.check("opencode").await?;

    let provider = serde_json::json!({
        "model": "test/test",
        "provider": {"test": {
            "npm": "@ai-sdk/openai-compatible",
            "options": {"baseURL": format!("{}/v1", model.url), "apiKey": "none"},
            "models": {"test": {}},
        }},
    });
    desk.at_home(".config/opencode/opencode.json", &provider.to_string())?;
    let listed = desk.run(&["opencode", "mcp", "list"], &[]).await?;
    ensure!(connected(&listed, "meshpilot"), "{listed}");

    let said = desk.run(&["opencode", "run", "hi"], &[]).await?;
    let names = model.names().with_context(|| said.clone())?;
    desk.ensure_offered(&names, "meshpilot_").context(said)?;

    // It has added a `$schema` to the file, which is therefore not MeshPilot's alone any more.
    desk.run(&["meshpilot", "disconnect", "--yes", "opencode"], &[]).await?;
    let left = fs::read_to_string(&file)?;
    ensure!(!left.contains("meshpilot"), "{left}");
    let listed = desk.run(&["opencode", "mcp", "list"], &[]).await?;
    ensure!(listed.contains("No MCP servers configured"), "{listed}");
    Ok(())
}

/// Whether a client's own list marks the server as connected.
fn connected(listed: &str, server: &str) -> bool {
    listed.lines().any(|line| {
        let (name, state) = (line.contains(server), line.to_lowercase());
        name && (line.contains('✓') || line.contains('✔')) && state.contains("connected")
    })
}

/// A model's endpoint that keeps what it is asked and refuses it.
struct Model {
    url: String,
    asked: mpsc::UnboundedReceiver<Vec<u8>>,
}

impl Model {
    async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (keep, asked) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let keep = keep.clone();
                tokio::spawn(async move {
                    if let Ok(body) = refuse(stream).await {
                        // Nobody listens any more at the end of a test.
                        let _ = keep.send(body);
                    }
                });
            }
        });
        Ok(Self { url, asked })
    }

    /// Every name in what a client, which has ended, had sent.
    fn names(mut self) -> Result<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        let mut requests = 0;
        while let Ok(body) = self.asked.try_recv() {
            requests += 1;
            if let Ok(body) = serde_json::from_slice(&body) {
                collect_names(&body, &mut names);
            }
        }
        ensure!(requests > 0, "the model was never asked");
        Ok(names)
    }
}

fn collect_names(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect_names(value, names)),
        Value::Object(properties) => {
            if let Some(name) = properties.get("name").and_then(Value::as_str) {
                names.insert(name.to_owned());
            }
            properties.values().for_each(|value| collect_names(value, names));
        }
        _ => {}
    }
}

/// Reads one request, answers with an error that no client tries again, and gives the body.
async fn refuse(mut stream: TcpStream) -> Result<Vec<u8>> {
    let mut request = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    let body = loop {
        let read = stream.read(&mut buffer).await?;
        ensure!(read > 0, "the client hung up");
        request.extend_from_slice(&buffer[..read]);
        if let Some(body) = whole_body(&request)? {
            break body;
        }
    };
    let error = r#"{"type":"error","error":{"type":"invalid_request_error","message":"refused","code":400,"status":"INVALID_ARGUMENT"}}"#;
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{error}",
        error.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    Ok(body)
}

/// The body of a request, when all of it has come.
fn whole_body(request: &[u8]) -> Result<Option<Vec<u8>>> {
    let Some(end) = request.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&request[..end])?.to_lowercase();
    let body = &request[end + 4..];
    let header = |name: &str| {
        let value = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        value.map(|value| value.trim().to_owned())
    };
    if header("transfer-encoding").is_some_and(|encoding| encoding.contains("chunked")) {
        return dechunked(body);
    }
    let length = header("content-length").map_or(Ok(0), |length| length.parse::<usize>())?;
    Ok((body.len() >= length).then(|| body[..length].to_vec()))
}

fn dechunked(mut rest: &[u8]) -> Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let Some(line) = rest.windows(2).position(|bytes| bytes == b"\r\n") else {
            return Ok(None);
        };
        let size = std::str::from_utf8(&rest[..line])?.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16)?;
        if size == 0 {
            return Ok(Some(body));
        }
        let Some(chunk) = rest.get(line + 2..line + 2 + size) else { return Ok(None) };
        body.extend_from_slice(chunk);
        rest = rest.get(line + 4 + size..).unwrap_or_default();
    }
}

/// The folder with the clients' programs; installs them when the lock file is not the one they were installed by.
async fn clients() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    // target/<profile>/deps/<this test>
    let target = test.ancestors().nth(3).context("a test lies in target/<profile>/deps")?;
    let folder = target.join("real-clients");
    fs::create_dir_all(&folder)?;
    // Each test is a process of its own, and one of them installs.
    let gate = File::create(folder.join("gate"))?;
    let gate = tokio::task::spawn_blocking(move || gate.lock().map(|()| gate)).await??;

    let wanted = Path::new(env!("CARGO_MANIFEST_DIR")).join("real_clients");
    let lock = fs::read_to_string(wanted.join("package-lock.json"))?;
    let marker = folder.join("installed-by.json");
    if fs::read_to_string(&marker).ok().as_ref() != Some(&lock) {
        for file in ["package.json", "package-lock.json"] {
            fs::copy(wanted.join(file), folder.join(file))?;
        }
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        // `npm ci` insists on opencode's packages for other systems, which a lock file made on this one lacks.
        let install = [
            "install",
            "--no-save",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ];
        quietly(npm, &install, &folder).await?;
        // What these two would do after an installation, whatever this npm thinks of scripts.
        for (package, script) in
            [("@anthropic-ai/claude-code", "install.cjs"), ("opencode-ai", "postinstall.mjs")]
        {
            quietly("node", &[script], &folder.join("node_modules").join(package)).await?;
        }
        put(&marker, &lock)?;
    }
    drop(gate);
    Ok(folder.join("node_modules/.bin"))
}

async fn quietly(program: &str, arguments: &[&str], folder: &Path) -> Result<()> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
    if let Some(node) = node() {
        let system = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(node).chain(std::env::split_paths(&system));
        command.env("PATH", std::env::join_paths(folders)?);
    }
    let output = within(INSTALLATION, program, command.output()).await??;
    if !output.status.success() {
        bail!("{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// The folder of the Node that the tests were told to use.
fn node() -> Option<PathBuf> {
    let node = PathBuf::from(std::env::var_os("MESHPILOT_TEST_NODE")?);
    node.parent().filter(|folder| folder.is_absolute()).map(Path::to_owned)
}

fn put(path: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(path.parent().context("a file lies in a folder")?)?;
    Ok(fs::write(path, text)?)
}
