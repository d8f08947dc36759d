//! `codegen`: accepts what generated files and snapshots look like now, for the reader of the diff to judge.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::shell::cargo;
use crate::{node, place, ui};

/// `cargo xtask codegen`.
pub fn main(args: &[String]) -> Result<ExitCode> {
    if let Some(arg) = args.first() {
        bail!("codegen takes no `{arg}`");
    }
    // Tests compare every generated file with what it should be; told to, they write it instead.
    cargo()
        .args(["test", "--locked", "--package", "meshpilot-server"])
        .env("INSTA_UPDATE", "always")
        .env("MESHPILOT_UPDATE", "1")
        .run()?;
    let node = node::for_board()?;
    node.install(&ui::folder())?;
    node.npx()
        .args(["--yes", "openapi-typescript@7.13.0"])
        .arg(place::root().join("server/tests/snapshots/openapi.json"))
        .arg("--output")
        .arg(ui::folder().join("src/api/api.ts"))
        .dir(ui::folder())
        .run()?;
    Ok(ExitCode::SUCCESS)
}
