//! `codegen`: accepts what generated files and snapshots look like now, for the reader of the diff to judge.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::{node, tools, ui};

/// `cargo xtask codegen`.
pub fn main(args: &[String]) -> Result<ExitCode> {
    if let Some(arg) = args.first() {
        bail!("codegen takes no `{arg}`");
    }
    // Tests compare every generated file with what it should be; told to, they write it instead.
    tools::nextest()?
        .args(["run", "--locked", "--package", "meshpilot-server"])
        .env("INSTA_UPDATE", "always")
        .env("MESHPILOT_UPDATE", "1")
        .run()?;
    let node = node::for_board()?;
    node.install(&ui::folder())?;
    node.npm().args(["run", "--silent", "api"]).dir(ui::folder()).run()?;
    Ok(ExitCode::SUCCESS)
}
