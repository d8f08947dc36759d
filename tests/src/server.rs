//! A project folder with a private data folder, and the server on it.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

pub use crate::program::{built, program};
use crate::rest::Rest;
use crate::wait::{PATIENCE, eventually, within};

/// A project and a data folder that nothing else uses; gone with the last clone.
#[derive(Clone)]
pub struct Place {
    scratch: Arc<TempDir>,
    data: PathBuf,
}

impl Place {
    /// Makes both folders.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn new() -> Result<Self> {
        let scratch = TempDir::with_prefix("meshpilot-test-")?;
        let data = scratch.path().join("data");
        Self::make(scratch, data)
    }

    /// Keeps the data elsewhere, in a folder that the caller made.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn with_data(data: &Path) -> Result<Self> {
        Self::make(TempDir::with_prefix("meshpilot-test-")?, data.to_owned())
    }

    fn make(scratch: TempDir, data: PathBuf) -> Result<Self> {
        std::fs::create_dir(scratch.path().join("project"))?;
        Ok(Self { scratch: Arc::new(scratch), data })
    }

    /// The project folder.
    pub fn project(&self) -> PathBuf {
        self.scratch.path().join("project")
    }

    /// The data root.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// A path beside project and data, for a test's own files.
    pub fn file(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// The project's own folder below the data root.
    ///
    /// # Errors
    /// Before the first start of a server.
    pub fn home(&self) -> Result<PathBuf> {
        let projects = self.data.join("projects");
        let entries = std::fs::read_dir(&projects).context("no project has data yet")?;
        let found: Vec<PathBuf> =
            entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
        match found.as_slice() {
            [only] => Ok(only.clone()),
            several => bail!("one project was expected: {several:?}"),
        }
    }

    /// The person's own key.
    ///
    /// # Errors
    /// Before the first start of a server.
    pub fn person_key(&self) -> Result<String> {
        let path = self.home()?.join("person.key");
        let text = std::fs::read_to_string(&path).context("the person has no key file")?;
        Ok(text.trim().to_owned())
    }

    /// `.meshpilot/mcp.json`, parsed.
    ///
    /// # Errors
    /// When it is missing or no JSON.
    pub fn config(&self) -> Result<Value> {
        let path = self.project().join(".meshpilot").join("mcp.json");
        Ok(serde_json::from_slice(&std::fs::read(path).context("no mcp.json")?)?)
    }

    /// The key that the project's agents share.
    ///
    /// # Errors
    /// As for [`Self::config`].
    pub fn project_key(&self) -> Result<String> {
        let config = self.config()?;
        let header = config["mcpServers"]["meshpilot"]["headers"]["Authorization"].as_str();
        let key = header.and_then(|header| header.strip_prefix("Bearer "));
        Ok(key.context("mcp.json has no bearer key")?.to_owned())
    }

    /// The program under test as the person would start it in this project.
    ///
    /// # Errors
    /// When it was not built.
    pub fn command(&self) -> Result<Command> {
        let mut command = Command::new(program()?);
        self.adorn(&mut command);
        Ok(command)
    }

    /// Gives any program the environment of this place.
    pub fn adorn(&self, command: &mut Command) {
        command
            .current_dir(self.project())
            .env("MESHPILOT_DATA_DIR", &self.data)
            .env("MESHPILOT_KEY_STORE", "file")
            .env("HOME", self.scratch.path())
            .env_remove("MESHPILOT_KEY")
            .env_remove("MESHPILOT_AGENT")
            .env_remove("XDG_DATA_HOME")
            .env_remove("MESHPILOT_LOG");
    }

    /// What all servers of this place have logged so far.
    ///
    /// # Errors
    /// When none was started.
    pub fn log(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&std::fs::read(self.file("stderr.log"))?).into_owned())
    }

    /// Starts a server and waits for its ready line.
    ///
    /// # Errors
    /// When it ends before it is ready, with what it logged.
    pub async fn serve(&self, launch: Launch) -> Result<Server> {
        let program = match &launch.program {
            Some(other) => other.clone(),
            None => program()?,
        };
        let mut line = launch.wrapper.clone();
        line.push(program.into());
        line.extend(["serve", "--project"].map(OsString::from));
        line.push(self.project().into());
        if let Some(port) = launch.port {
            line.extend(["--port".into(), port.to_string().into()]);
        }
        line.extend(launch.arguments.clone());
        let mut command = Command::new(line.remove(0));
        self.adorn(&mut command);
        let log = File::options().create(true).append(true).open(self.file("stderr.log"))?;
        command
            .args(line)
            .envs(launch.env.clone())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log);
        let mut process = command.spawn()?;
        let stdout = process.stdout.take().context("no pipe")?;
        let read = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(stdout).read_line(&mut line).map(|_| line)
        });
        let mut guard = Process(process);
        let line = within(PATIENCE, "the ready line", read).await???;
        let Ok(ready) = serde_json::from_str(&line) else {
            let status = guard.0.wait()?;
            bail!("the server ended with {status} after {line:?}:\n{}", self.log()?);
        };
        Ok(Server { place: self.clone(), launch, ready, process: guard })
    }
}

/// How to start a server.
#[derive(Debug, Clone)]
pub struct Launch {
    /// `--port`; none: the default one.
    pub port: Option<u16>,
    /// Another program than the one under test.
    pub program: Option<PathBuf>,
    /// Further arguments.
    pub arguments: Vec<OsString>,
    /// Further environment variables.
    pub env: Vec<(String, String)>,
    /// A program, with its arguments, that starts the server in its turn.
    pub wrapper: Vec<OsString>,
}

impl Default for Launch {
    fn default() -> Self {
        Self {
            port: Some(0),
            program: None,
            arguments: Vec::new(),
            env: Vec::new(),
            wrapper: Vec::new(),
        }
    }
}

impl Launch {
    /// With further arguments.
    #[must_use]
    pub fn with(arguments: &[&str]) -> Self {
        Self { arguments: arguments.iter().map(OsString::from).collect(), ..Self::default() }
    }
}

/// The one line that a server prints.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ready {
    /// The base address.
    pub url: String,
    /// The MCP endpoint.
    pub mcp: String,
    /// The project folder.
    pub project: PathBuf,
    /// The server's process.
    pub pid: u32,
    /// MeshPilot's version.
    pub version: String,
    /// The board with a one-time code.
    pub board_url: Option<String>,
}

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running server, killed when dropped.
pub struct Server {
    place: Place,
    launch: Launch,
    ready: Ready,
    process: Process,
}

impl Server {
    /// Starts one on a place of its own.
    ///
    /// # Errors
    /// As for [`Place::serve`].
    pub async fn start() -> Result<Self> {
        Place::new()?.serve(Launch::default()).await
    }

    /// Starts one that never refuses a call for its rate.
    ///
    /// # Errors
    /// As for [`Place::serve`].
    pub async fn unlimited() -> Result<Self> {
        let server = Self::start().await?;
        server.raise_limits().await?;
        Ok(server)
    }

    /// Where it runs.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Its ready line.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Its base address.
    pub fn url(&self) -> &str {
        &self.ready.url
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.ready.url.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or_default()
    }

    /// REST with the person's own key.
    ///
    /// # Errors
    /// When the key can't be read.
    pub fn person(&self) -> Result<Rest> {
        Rest::new(self.url(), Some(&self.place.person_key()?), None)
    }

    /// REST with the project's key as `agent`.
    ///
    /// # Errors
    /// When the key can't be read.
    pub fn agent(&self, agent: &str) -> Result<Rest> {
        Rest::new(self.url(), Some(&self.place.project_key()?), Some(agent))
    }

    /// REST without any key.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn stranger(&self) -> Result<Rest> {
        Rest::new(self.url(), None, None)
    }

    /// A new key made by the person: `{key, secret}`.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn create_key(&self, wishes: Value) -> Result<(String, String)> {
        let data = self.person()?.post("/keys", wishes).await?.ok()?;
        let id = data["key"]["id"].as_str().context("a key has an id")?;
        let secret = data["secret"].as_str().context("a new key has a secret")?;
        Ok((id.to_owned(), secret.to_owned()))
    }

    /// Takes the rate limits out of the way.
    ///
    /// # Errors
    /// When the person may not.
    pub async fn raise_limits(&self) -> Result<()> {
        let wishes = json!({ "readsPerMinute": 10_000_000, "writesPerMinute": 10_000_000 });
        self.person()?.patch("/settings", wishes).await?.ok()?;
        Ok(())
    }

    /// Ends it the hard way, and waits until it is gone.
    ///
    /// # Errors
    /// When it can't be waited for.
    pub fn kill9(&mut self) -> Result<()> {
        self.process.0.kill()?;
        self.process.0.wait()?;
        Ok(())
    }

    /// Starts it again on the same folders and port.
    ///
    /// # Errors
    /// As for [`Place::serve`].
    pub async fn restart(&mut self) -> Result<()> {
        let _ = self.kill9();
        let mut launch = self.launch.clone();
        launch.port = Some(self.port());
        let again = self.place.serve(launch).await?;
        ensure!(again.url() == self.url(), "the port {} was not free", self.port());
        let first = std::mem::replace(&mut self.launch, again.launch.clone());
        *self = again;
        self.launch = first;
        Ok(())
    }

    /// Sends it a signal by name, like `TERM`.
    ///
    /// # Errors
    /// When `kill` can't be run.
    pub fn signal(&self, name: &str) -> Result<()> {
        let status =
            Command::new("kill").args(["-s", name, &self.process.0.id().to_string()]).status()?;
        ensure!(status.success(), "kill: {status}");
        Ok(())
    }

    /// Closes its standard input.
    pub fn close_stdin(&mut self) {
        drop(self.process.0.stdin.take());
    }

    /// Waits until it has ended by itself.
    ///
    /// # Errors
    /// When it has not within `limit`.
    pub async fn ends_within(&mut self, limit: Duration) -> Result<ExitStatus> {
        let ended =
            eventually("the server's end", async || self.process.0.try_wait().ok().flatten());
        within(limit, "the server's end", ended).await?
    }
}
