//! Commands about the server itself: serve, open, status.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use meshpilot_home::ProjectHome;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::client::{Client, find};
use crate::config::{ProjectArgs, ServeArgs};
use crate::serve::{Started, start};
use crate::wire::Ready;

/// How long a second server waits for the first to say where it is.
const FIRST: Duration = Duration::from_secs(10);

/// Logs to standard error; `MESHPILOT_LOG` narrows or widens it.
pub(super) fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("MESHPILOT_LOG")
        // rmcp calls every client that goes away an error.
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,rmcp=off"));
    let written = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        // It would say so on standard error, and panic where that is gone: with a killed owner.
        .log_internal_errors(false)
        .try_init();
    if let Err(error) = written {
        eprintln!("meshpilot: no log: {error}");
    }
}

/// Runs the server of a project to its end; a second one hands out the first one's address.
pub(super) async fn serve(project: &ProjectArgs, args: &ServeArgs) -> anyhow::Result<u8> {
    log();
    let home = project.home()?;
    match start(&home, args, CancellationToken::new()).await? {
        Started::Owner(ready, run) => {
            announce(&ready, args.open)?;
            run.await?;
            Ok(0)
        }
        Started::Taken => {
            let mut ready = first(&home).await?;
            ready.board_url = board_url(&home, &ready).await.ok();
            announce(&ready, args.open)?;
            Ok(0)
        }
    }
}

/// Prints the ready line.
pub(super) fn announce(ready: &Ready, open: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(ready)?)?;
    out.flush()?;
    if open && let Some(url) = &ready.board_url {
        browse(url);
    }
    Ok(())
}

/// The server that holds the project's lock: it is there, or about to be.
async fn first(home: &ProjectHome) -> anyhow::Result<Ready> {
    let there = async {
        loop {
            if let Some(ready) = find(home).await? {
                return anyhow::Ok(ready);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(FIRST, there)
        .await
        .context("another server has this project's lock, but does not answer")?
}

/// A fresh way into the board, with the person's own key.
pub(super) async fn board_url(home: &ProjectHome, ready: &Ready) -> anyhow::Result<String> {
    let client = Client::new(&ready.url, person(home).await?.as_str())?;
    let answer = client.post("/board-codes", &json!({})).await?;
    answer
        .body
        .get("boardUrl")
        .and_then(|url| url.as_str())
        .map(str::to_owned)
        .context("the server gave no code")
}

/// The person's own key.
pub(super) async fn person(home: &ProjectHome) -> anyhow::Result<meshpilot_home::KeyText> {
    let home = home.clone();
    let key = tokio::task::spawn_blocking(move || meshpilot_home::load_person_key(&home)).await??;
    key.map(|key| key.text)
        .context("this project has no key of yours yet: run `meshpilot serve` in it once")
}

/// Opens the board; without a running server this process becomes it.
pub(super) async fn open(project: &ProjectArgs) -> anyhow::Result<u8> {
    let home = project.home()?;
    match find(&home).await? {
        Some(ready) => {
            let url = board_url(&home, &ready).await?;
            println!("{url}");
            browse(&url);
            Ok(0)
        }
        None => serve(project, &ServeArgs { port: None, lifeline: false, open: true }).await,
    }
}

/// Hands an address to the system's browser. Only ever one of our own.
fn browse(url: &str) {
    let (program, first): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let quiet = std::process::Stdio::null;
    let started = std::process::Command::new(program)
        .args(first)
        .arg(url)
        .stdin(quiet())
        .stdout(quiet())
        .stderr(quiet())
        .spawn();
    if let Err(error) = started {
        eprintln!("meshpilot: no browser could be opened ({error}); open {url} yourself");
    }
}

/// What `status` shows.
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Says whether a server runs for the project, and where things lie.
pub(super) async fn status(project: &ProjectArgs, args: &StatusArgs) -> anyhow::Result<u8> {
    let home = project.home()?;
    let ready = find(&home).await?;
    if args.json {
        let value = json!({"running": ready.is_some(), "server": ready, "project": home.project(), "data": home.dir(), "config": home.mcp_json()});
        println!("{value}");
        return Ok(0);
    }
    println!("project  {}", home.project().display());
    println!("data     {}", home.dir().display());
    println!("config   {}", home.mcp_json().display());
    match ready {
        Some(ready) => {
            println!("server   {} (process {}, version {})", ready.url, ready.pid, ready.version)
        }
        None => println!(
            "server   not running; start it with `meshpilot serve`, `meshpilot open` or the desktop app"
        ),
    }
    Ok(0)
}
