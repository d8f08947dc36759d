//! `check`: everything that reads the code without running it, cheapest first.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::node::Node;
use crate::report::Report;
use crate::shell::cargo;
use crate::{node, system, tools, ui};

/// The packages' folders. Named, because what else lies in the checkout takes longer to read than they do.
const PACKAGES: &[&str] = &["benches", "home", "server", "src-tauri", "tests", "xtask"];

/// `cargo xtask check`.
pub fn main(args: &[String]) -> Result<ExitCode> {
    if let Some(arg) = args.first() {
        bail!("check takes no `{arg}`");
    }
    let mut report = Report::default();
    let result = steps(&mut report, &node::for_board()?);
    print!("\n{}", report.table());
    result.map(|()| ExitCode::SUCCESS)
}

/// Adds the steps to a report, up to the first that fails.
pub fn steps(report: &mut Report, node: &Node) -> Result<()> {
    report.step("formatting", |_| cargo().args(["fmt", "--all", "--check"]).run())?;
    report.step("spelling", |_| tools::typos()?.run())?;
    report.step("dependencies", |_| {
        tools::deny()?
            .args(["--log-level", "warn", "check", "bans", "licenses", "sources"])
            .run()?;
        tools::machete()?.args(PACKAGES).run()
    })?;
    report.step("board: types and lints", |_| {
        node.install(&ui::folder())?;
        node.npm().args(["run", "--silent", "check"]).dir(ui::folder()).run()?;
        node.npm().args(["run", "--silent", "lint"]).dir(ui::folder()).run()
    })?;
    report.step("lints", |_| {
        let mut clippy = cargo().args(["clippy", "--locked", "--workspace", "--all-targets"]);
        if !system::can_build_desktop() {
            println!("(without the desktop app: its system packages are not installed)");
            clippy = clippy.args(["--exclude", "meshpilot-desktop"]);
        }
        clippy.args(["--", "-D", "warnings"]).run()
    })
}
