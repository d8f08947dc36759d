//! `demo`: a sample swarm on a scratch board, or on the project's own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use meshpilot_home::ProjectHome;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::own;
use crate::client::{Client, find};
use crate::config::{ProjectArgs, ServeArgs};
use crate::demo::{self, AGENTS_MAX, AGENTS_MIN, Options, fill};
use crate::serve::{Started, start};
use crate::wire::Ready;
use crate::{lifeline, ops};

/// From this speed on the board's limits of calls a minute, made for real agents, would slow the swarm down.
const FAST: f64 = 4.0;

/// How the swarm behaves and where.
#[derive(Debug, Clone, Args)]
pub(super) struct DemoArgs {
    /// Agents, 3 to 500. One coordinator keeps some fifty in work; for more, give them `--cards` too.
    #[arg(long, default_value_t = 10, value_parser = agents)]
    agents: usize,
    /// Decides everything that chance decides: the same seed plans the same work and the same course of it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many times faster than life.
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    speed: f64,
    /// Ends by itself after so many seconds.
    #[arg(long = "for", value_name = "SECONDS")]
    seconds: Option<u64>,
    /// Fills the board with so many more tasks before the swarm begins.
    #[arg(long, value_name = "N", conflicts_with = "here")]
    cards: Option<usize>,
    /// Plays on this project's own board, through its running server; the tasks are labelled `sample`.
    #[arg(long)]
    here: bool,
    /// The port of the scratch board's server (default: 3456, or the next free one; 0: any free one).
    #[arg(long, conflicts_with = "here")]
    port: Option<u16>,
    /// Ends when standard input ends.
    #[arg(long)]
    lifeline: bool,
    /// Opens the board in a browser.
    #[arg(long)]
    open: bool,
}

fn agents(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count) if (AGENTS_MIN..=AGENTS_MAX).contains(&count) => Ok(count),
        _ => Err(format!("{AGENTS_MIN} to {AGENTS_MAX} agents are possible")),
    }
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(speed) if (0.05..=1_000.0).contains(&speed) => Ok(speed),
        _ => Err("a speed from 0.05 to 1000 is possible".to_owned()),
    }
}

/// Plays until it is asked to stop.
pub(super) async fn run(project: &ProjectArgs, args: &DemoArgs) -> anyhow::Result<u8> {
    own::log();
    let stopping = CancellationToken::new();
    if args.here {
        here(project, args, stopping).await
    } else {
        scratch(project, args, stopping).await
    }
}

async fn here(
    project: &ProjectArgs,
    args: &DemoArgs,
    stopping: CancellationToken,
) -> anyhow::Result<u8> {
    let home = project.clone().or_enclosing().home()?;
    let mut ready = find(&home)
        .await?
        .context("this project's server is not running; start it with `meshpilot serve`")?;
    ready.board_url = own::board_url(&home, &ready).await.ok();
    own::announce(&ready, args.open)?;
    lifeline::watch(&stopping, args.lifeline);
    play(&home, &ready, args, true, stopping).await?;
    Ok(0)
}

async fn scratch(
    project: &ProjectArgs,
    args: &DemoArgs,
    stopping: CancellationToken,
) -> anyhow::Result<u8> {
    anyhow::ensure!(
        project.project.is_none(),
        "a demo plays on a scratch board; add --here to play on the project's own"
    );
    let scratch = Scratch::new()?;
    let serve = ServeArgs { port: args.port, lifeline: args.lifeline, open: false };
    let Started::Owner(ready, server) = start(&scratch.home, &serve, stopping.clone()).await?
    else {
        anyhow::bail!("a new folder has a server already");
    };
    own::announce(&ready, args.open)?;
    let server = tokio::spawn(server);
    let played = play(&scratch.home, &ready, args, false, stopping.clone()).await;
    stopping.cancel();
    server.await??;
    scratch.remove();
    played.map(|()| 0)
}

async fn play(
    home: &ProjectHome,
    ready: &Ready,
    args: &DemoArgs,
    guest: bool,
    stopping: CancellationToken,
) -> anyhow::Result<()> {
    let config = meshpilot_home::read_project_config(home)?
        .context("the server wrote no .meshpilot/mcp.json")?;
    let client = Client::new(&ready.url, config.key.as_str())?;
    let api = ops::all();
    if !guest && (args.cards.is_some() || args.speed > FAST) {
        let person = Client::new(&ready.url, own::person(home).await?.as_str())?;
        fill::raise_limits(&api, &person).await?;
    }
    if let Some(count) = args.cards {
        let filled = tokio::select! {
            filled = fill::fill(&api, &client, count, args.seed) => filled,
            () = stopping.cancelled() => return Ok(()),
        };
        filled.context("the board could not be filled")?;
        tracing::info!(count, "the board is filled");
    }
    if let Some(seconds) = args.seconds {
        let stopping = stopping.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            stopping.cancel();
        });
    }
    demo::run(
        client,
        Options { agents: args.agents, seed: args.seed, speed: args.speed, guest },
        stopping,
    )
    .await;
    Ok(())
}

/// A project that nobody has, and its data, gone with the demo.
struct Scratch {
    folder: TempDir,
    home: ProjectHome,
}

impl Scratch {
    fn new() -> anyhow::Result<Self> {
        let folder =
            TempDir::with_prefix("meshpilot-demo-").context("no scratch folder could be made")?;
        let project = folder.path().join("acme-shop");
        std::fs::create_dir(&project)?;
        // The key opens a board that is gone in an hour: nothing for the person's keyring.
        let home = ProjectHome::open(&project, Some(&data(folder.path())))?.with_key_in_file();
        Ok(Self { folder, home })
    }

    fn remove(self) {
        let path = self.folder.path().to_owned();
        if let Err(error) = self.folder.close() {
            tracing::warn!(%error, path = %path.display(), "the scratch folder could not be removed");
        }
    }
}

fn data(scratch: &Path) -> PathBuf {
    scratch.join("data")
}
