//! `bench`: MeshPilot beside the ceiling, the raw limits and the stand-in, in one run.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::place::{self, Profile};
use crate::shell::{cargo, cmd};
use crate::{node, ui};

/// `cargo xtask bench`.
pub fn main(args: &[String]) -> Result<ExitCode> {
    let quick = match args {
        [] => None,
        [flag] if flag == "--quick" => Some("--quick"),
        _ => bail!("bench takes --quick and nothing else"),
    };
    ui::ensure_built()?;
    // One after the other: together, the benchmark's features of shared crates would get into the server.
    for package in ["meshpilot-server", "meshpilot-bench"] {
        cargo().args(["build", "--release", "--locked", "--bins", "--package", package]).run()?;
    }
    let node = node::for_board()?;
    let standins = place::root().join("benches/standins");
    node.install(&standins)?;
    cmd(Profile::Release.binary("meshpilot-bench"))
        .args(quick)
        .arg("--meshpilot")
        .arg(Profile::Release.binary("meshpilot"))
        .arg("--node")
        .arg(node.program())
        .arg("--standins")
        .arg(&standins)
        .arg("--write")
        .arg(place::root().join("docs/performance.md"))
        .run()?;
    Ok(ExitCode::SUCCESS)
}
