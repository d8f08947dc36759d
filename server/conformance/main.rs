//! The server with the MCP conformance suite's fixtures: a program of its own, so that no build of it can be taken for
//! the shipped one.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    meshpilot::cli::run().await
}
