//! The command line: a few commands of its own, and every operation, derived from the list.

mod bridge;
pub mod connect;
mod demo;
mod operation;
mod own;
mod print;

use std::process::ExitCode;

use clap::{Args as _, Command, FromArgMatches as _};

use crate::config::{ProjectArgs, ServeArgs};
use crate::ops;

/// Exit codes of failed operations; 1 is a fault of the command itself, 2 a wrong command line.
mod exit {
    use crate::error::Code;

    /// The exit code of a refusal: scripts can tell a conflict from an outage.
    pub fn of(code: &str) -> u8 {
        match Code::ALL.iter().find(|known| known.as_str() == code).map(|code| code.status()) {
            Some(400 | 413 | 415 | 422) => 2,
            Some(401 | 403) => 3,
            Some(404 | 405) => 4,
            Some(409 | 412) => 5,
            Some(402 | 429) => 6,
            Some(503 | 507) => 7,
            _ => 1,
        }
    }
}

/// The whole command line, operations included: what `--help` shows and what the reference is written from.
#[must_use]
pub fn command(api: &crate::api::Api) -> Command {
    let own = Command::new("meshpilot")
        .version(env!("CARGO_PKG_VERSION"))
        .about("One board per project for coding agents and the person who runs them")
        .after_help("Every operation is a command too: `meshpilot task claim T42 --agent a`. `meshpilot help task` lists those of tasks.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(ServeArgs::augment_args(Command::new("serve").about("Run the server of a project")))
        .subcommand(bridge::McpArgs::augment_args(Command::new("mcp").about("Speak MCP on standard input and output, for any client")))
        .subcommand(connect::ConnectArgs::augment_args(Command::new("connect").about("Connect coding agents to this project's board")))
        .subcommand(connect::DisconnectArgs::augment_args(Command::new("disconnect").about("Take MeshPilot out of coding agents' configuration")))
        .subcommand(Command::new("open").about("Open the board in a browser; starts the server when none runs"))
        .subcommand(demo::DemoArgs::augment_args(Command::new("demo").about("Play a sample swarm on a scratch board")))
        .subcommand(own::StatusArgs::augment_args(Command::new("status").about("Say what runs where")));
    operation::add(ProjectArgs::augment_args(own), api)
}

/// Runs the command line of this process.
pub async fn run() -> ExitCode {
    let api = ops::all();
    let matches = command(&api).get_matches();
    match dispatch(&api, &matches).await {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("meshpilot: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(api: &crate::api::Api, matches: &clap::ArgMatches) -> anyhow::Result<u8> {
    let Some((name, sub)) = matches.subcommand() else { return Ok(2) };
    // Global arguments may stand before or after the command.
    let project =
        ProjectArgs::from_arg_matches(sub).or_else(|_| ProjectArgs::from_arg_matches(matches))?;
    // A server is for the folder that it is started in; everything else finds the board from below.
    let project = if ["serve", "demo"].contains(&name) { project } else { project.or_enclosing() };
    match name {
        "serve" => own::serve(&project, &ServeArgs::from_arg_matches(sub)?).await,
        "mcp" => bridge::run(&project, &bridge::McpArgs::from_arg_matches(sub)?).await,
        "connect" => {
            let args = connect::ConnectArgs::from_arg_matches(sub)?;
            connect::connect(
                &args,
                project.folder(),
                project.data_dir.as_deref(),
                &mut std::io::stdout(),
            )
            .await
        }
        "disconnect" => {
            let args = connect::DisconnectArgs::from_arg_matches(sub)?;
            connect::disconnect(
                &args,
                project.folder(),
                project.data_dir.as_deref(),
                &mut std::io::stdout(),
            )
            .await
        }
        "open" => own::open(&project).await,
        "demo" => demo::run(&project, &demo::DemoArgs::from_arg_matches(sub)?).await,
        "status" => own::status(&project, &own::StatusArgs::from_arg_matches(sub)?).await,
        _ => operation::run(api, &project, name, sub).await,
    }
}
