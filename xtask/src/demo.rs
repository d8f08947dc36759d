//! `demo`: a realistic swarm on a scratch board.

use std::process::ExitCode;

use anyhow::Result;

use crate::place::Profile;
use crate::shell::cmd;
use crate::{run, system, ui};

/// `cargo xtask demo`: hands its arguments on to `meshpilot demo`, which opens the board if there is a display.
pub fn main(args: &[String]) -> Result<ExitCode> {
    ui::ensure_built()?;
    run::build(Profile::Dev, false)?;
    let mut demo = cmd(Profile::Dev.binary("meshpilot")).arg("demo").args(args);
    if system::has_display() && !args.iter().any(|arg| arg == "--open") {
        demo = demo.arg("--open");
    }
    run::become_program(demo.into_inner())
}
