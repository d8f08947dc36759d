//! How fast MeshPilot is.
//!
//! Absolute figures mean little on a shared machine, so three things run beside it and every goal is a ratio
//! within one run: the *ceiling* (a server of the same shape that does nothing else), the *raw limits* under
//! it (SQLite, a bare route, a bare tool), and the *stand-ins* (what people would use instead). All rows are
//! medians over rounds in which the subjects take turns, with each server's processor time per operation.

mod ceiling;
mod events;
mod http_client;
mod limits;
mod load;
mod machine;
mod mcp;
mod process;
mod raw;
mod report;
mod rest;
mod stats;
mod subject;
mod suite;

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;

/// Measures MeshPilot, or is one of the things it is measured against.
#[derive(Parser)]
enum Command {
    /// Runs all rows and prints the tables.
    Run(Run),
    /// Serves the ceiling on a free port.
    #[command(hide = true)]
    Ceiling { database: PathBuf },
    /// Serves one bare route on a free port.
    #[command(hide = true)]
    Route,
    /// Serves one bare MCP tool on a free port.
    #[command(hide = true)]
    Tool,
}

/// What to measure and where to write it.
#[derive(clap::Args)]
struct Run {
    /// The `meshpilot` binary.
    #[arg(long)]
    meshpilot: PathBuf,
    /// The `node` that runs the stand-ins.
    #[arg(long, default_value = "node")]
    node: PathBuf,
    /// The folder of the stand-ins; without it they are left out.
    #[arg(long)]
    standins: Option<PathBuf>,
    /// Fewer and shorter rounds: a look, not a measurement.
    #[arg(long)]
    quick: bool,
    /// Only the rows whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// Writes the report to this file as well.
    #[arg(long)]
    write: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    match Command::parse() {
        Command::Run(run) => suite::run(run).await,
        Command::Ceiling { database } => ceiling::serve(&database).await,
        Command::Route => raw::serve_route().await,
        Command::Tool => raw::serve_tool().await,
    }
}
