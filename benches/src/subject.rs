//! What is measured: each a process of its own on a scratch folder of its own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::http_client::Requests;
use crate::mcp::Generation;
use crate::process::Server;

/// The most that a board takes: more a minute, for each agent, than any row reaches.
const NO_LIMIT: u64 = 10_000_000;

/// A running subject and how it is spoken to.
pub struct Subject {
    /// The process.
    pub server: Server,
    /// Requests to it, with an agent's key if it wants one.
    pub requests: Requests,
    // Below the process, so that it is removed after it.
    folder: TempDir,
}

/// Where the programs lie.
pub struct Programs {
    /// `meshpilot`.
    pub meshpilot: PathBuf,
    /// `node`.
    pub node: PathBuf,
    /// The stand-ins' folder.
    pub standins: Option<PathBuf>,
}

impl Programs {
    /// MeshPilot as users run it, but for the rate limits, which are set out of the way.
    pub async fn meshpilot(&self) -> Result<Subject> {
        let folder = scratch()?;
        let project = folder.path().join("project");
        fs::create_dir(&project)?;
        let server = Server::start(self.meshpilot_command(folder.path())).await?;
        let address = server.address()?;

        let board = server.text("boardUrl")?;
        let (_, code) =
            board.split_once("#code=").context("the board's address carries no code")?;
        let anyone = Requests::new(address.clone(), None);
        let session = anyone.once("POST", "/v1/board-sessions", &json!({ "code": code })).await?;
        let token = session["data"]["token"].as_str().context("no token for the code")?;
        let person = Requests::new(address.clone(), Some(token.to_owned()));
        let limits = json!({ "readsPerMinute": NO_LIMIT, "writesPerMinute": NO_LIMIT });
        person
            .once("PATCH", "/v1/settings", &limits)
            .await
            .context("cannot raise the rate limits")?;

        let config: Value =
            serde_json::from_slice(&fs::read(project.join(".meshpilot/mcp.json"))?)?;
        let header = config["mcpServers"]["meshpilot"]["headers"]["Authorization"].as_str();
        let key =
            header.and_then(|text| text.strip_prefix("Bearer ")).context("no key in mcp.json")?;
        let requests = Requests::new(address, Some(key.to_owned()));
        Ok(Subject { server, requests, folder })
    }

    /// MeshPilot on the same board again, after its process was killed.
    pub async fn restart_killed(&self, subject: Subject) -> Result<Subject> {
        let Subject { server, requests, folder } = subject;
        server.kill().await?;
        let server = Server::start(self.meshpilot_command(folder.path())).await?;
        let requests = requests.at(server.address()?);
        Ok(Subject { server, requests, folder })
    }

    /// The command that serves `folder/project` with its data in `folder/data`.
    fn meshpilot_command(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.meshpilot);
        command
            .args(["serve", "--port", "0", "--lifeline", "--project"])
            .arg(folder.join("project"));
        command.arg("--data-dir").arg(folder.join("data"));
        // The person's keyring is none of a benchmark's business.
        command.env("MESHPILOT_KEY_STORE", "file");
        command
    }

    /// The ceiling.
    pub async fn ceiling(&self) -> Result<Subject> {
        let folder = scratch()?;
        let mut command = own()?;
        command.arg("ceiling").arg(folder.path().join("board.db"));
        plain(command, folder).await
    }

    /// One bare route.
    pub async fn bare_route(&self) -> Result<Subject> {
        let mut command = own()?;
        command.arg("route");
        plain(command, scratch()?).await
    }

    /// One bare MCP tool.
    pub async fn bare_tool(&self) -> Result<Subject> {
        let mut command = own()?;
        command.arg("tool");
        plain(command, scratch()?).await
    }

    /// The stand-in board, if its folder was given.
    pub async fn standin_board(&self) -> Result<Option<Subject>> {
        let folder = scratch()?;
        let database = folder.path().join("board.db");
        let Some(mut command) = self.standin("board.js") else { return Ok(None) };
        command.arg(database);
        plain(command, folder).await.map(Some)
    }

    /// The official TypeScript SDK with one tool, in its line for that protocol generation, if the stand-ins'
    /// folder was given.
    pub async fn standin_mcp(&self, generation: Generation) -> Result<Option<Subject>> {
        let script = match generation {
            Generation::Modern => "mcp-modern.js",
            Generation::Legacy => "mcp-legacy.js",
        };
        let Some(command) = self.standin(script) else { return Ok(None) };
        plain(command, scratch()?).await.map(Some)
    }

    fn standin(&self, script: &str) -> Option<Command> {
        let mut command = Command::new(&self.node);
        command.arg(self.standins.as_ref()?.join(script)).env("NODE_ENV", "production");
        Some(command)
    }
}

fn scratch() -> Result<TempDir> {
    tempfile::Builder::new()
        .prefix("meshpilot-bench-")
        .tempdir()
        .context("cannot create a scratch folder")
}

fn own() -> Result<Command> {
    Ok(Command::new(std::env::current_exe().context("cannot tell the path of this program")?))
}

async fn plain(command: Command, folder: TempDir) -> Result<Subject> {
    let server = Server::start(command).await?;
    let requests = Requests::new(server.address()?, None);
    Ok(Subject { server, requests, folder })
}
