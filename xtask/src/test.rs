//! `test`: everything, cheapest first, on a machine that has only Rust, Node and Python.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::node::Node;
use crate::report::{Report, Summary};
use crate::shell::{Cmd, cargo};
use crate::{check, node, place, system, tools, ui};

const EVERYTHING: &[&str] = &["--locked", "--workspace"];

/// What builds without the desktop's system packages.
const WITHOUT_DESKTOP: &[&str] = &["--locked", "--workspace", "--exclude", "meshpilot-desktop"];

/// `cargo xtask test`.
pub fn main(args: &[String]) -> Result<ExitCode> {
    let quick = match args {
        [] => false,
        [flag] if flag == "--quick" => true,
        _ => bail!("test takes --quick and nothing else"),
    };
    let mut report = Report::default();
    let result = steps(&mut report, quick);
    print!("\n{}", report.table());
    result.map(|()| ExitCode::SUCCESS)
}

fn steps(report: &mut Report, quick: bool) -> Result<()> {
    report.step("system packages", |_| {
        if quick {
            system::install(system::KEYRING_TESTS)
        } else {
            system::install(
                &[system::DESKTOP, system::KEYRING_TESTS, system::WINDOW_TESTS].concat(),
            )
        }
    })?;
    let node = node::for_board()?;
    check::steps(report, &node)?;

    // First the board: what is built without it does without it.
    report.step("board: unit tests", |summary| {
        node.install(&ui::folder())?;
        node.npm().args(["run", "--silent", "test"]).dir(ui::folder()).run_noting(summary)
    })?;
    report.step("board: build", |_| ui::ensure_built())?;

    // Every step names this one set of packages and narrows it by a filter: with another set cargo would
    // choose other features for the crates they share, and build those again.
    let packages = if quick { WITHOUT_DESKTOP } else { EVERYTHING };
    report.step("unit tests", |summary| {
        nextest(packages, "not package(meshpilot-e2e)")?.run_noting(summary)
    })?;
    report.step("documentation tests", |summary| {
        cargo().args(["test", "--doc"]).args(packages).run_noting(summary)
    })?;
    if quick {
        for name in ["end-to-end tests", "browser tests"] {
            report.skip(name, "--quick");
        }
        return Ok(());
    }

    report.step("programs: build", |_| {
        // With the tests, whose own dependencies may choose features too.
        cargo().arg("build").args(packages).args(["--bins", "--tests"]).run()?;
        cargo()
            .args(["build", "--locked", "--package", "meshpilot-server"])
            .args(["--features", "conformance", "--bin", "meshpilot-conformance"])
            .run()
    })?;
    report.step("end-to-end tests", |summary| {
        with_node(nextest(packages, "package(meshpilot-e2e)")?)?.run_noting(summary)
    })?;
    report.step("browser tests", |summary| browser(&node, summary))
}

fn nextest(packages: &[&str], filter: &str) -> Result<Cmd> {
    let profile = if std::env::var_os("CI").is_some() { "ci" } else { "default" };
    Ok(tools::nextest()?.args(["run", "--profile", profile]).args(packages).args(["-E", filter]))
}

/// Names the Node for what the tests install themselves: the conformance suite and the official clients.
fn with_node(tests: Cmd) -> Result<Cmd> {
    Ok(tests.env("MESHPILOT_TEST_NODE", node::for_conformance()?.program()))
}

fn browser(node: &Node, summary: &mut Summary) -> Result<()> {
    let folder = place::root().join("tests/ui");
    node.install(&folder)?;
    node.npm().args(["run", "--silent", "test"]).dir(&folder).run_noting(summary)
}
