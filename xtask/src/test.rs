//! `test`: everything, cheapest first, on a machine that has only Rust, Node and Python.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::node::Node;
use crate::place::Profile;
use crate::report::{Report, Summary};
use crate::shell::{Cmd, cargo, cmd};
use crate::{check, node, place, system, tools, ui};

/// Every package that builds without the desktop's system packages. Always named as one set: with another
/// set cargo would choose other features for shared crates and build them again.
const PACKAGES: &[&str] = &["--locked", "--workspace", "--exclude", "meshpilot-desktop"];

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
    if quick {
        report.skip("system packages", "nothing quick needs them");
    } else {
        report.step("system packages", |_| {
            system::install(&[system::DESKTOP, system::TESTS].concat())
        })?;
    }
    let node = node::for_board()?;
    check::steps(report, &node)?;

    report
        .step("unit tests", |summary| nextest("not package(meshpilot-e2e)")?.run_noting(summary))?;
    report.step("documentation tests", |summary| {
        cargo()
            .args([
                "test",
                "--doc",
                "--locked",
                "--package",
                "meshpilot-server",
                "--package",
                "meshpilot-home",
            ])
            .run_noting(summary)
    })?;
    report.step("board: unit tests", |summary| {
        node.install(&ui::folder())?;
        node.npm().args(["run", "--silent", "test"]).dir(ui::folder()).run_noting(summary)
    })?;
    report.step("board: build", |_| ui::ensure_built())?;
    if quick {
        report.skip("end-to-end tests", "--quick");
        report.skip("browser tests", "--quick");
        report.skip("desktop app", "--quick");
        return Ok(());
    }

    report.step("end-to-end tests", |summary| {
        cargo().arg("build").args(PACKAGES).arg("--bins").run()?;
        with_tools(nextest("package(meshpilot-e2e)")?)?.run_noting(summary)
    })?;
    report.step("browser tests", |summary| browser(&node, summary))?;
    report.step("desktop app", desktop)
}

/// nextest over the whole set of packages, narrowed by a filter rather than by naming fewer.
fn nextest(filter: &str) -> Result<Cmd> {
    let profile = if std::env::var_os("CI").is_some() { "ci" } else { "default" };
    Ok(tools::nextest()?.args(["run", "--profile", profile]).args(PACKAGES).args(["-E", filter]))
}

/// Names the built binary and the tools that other languages' clients come from.
fn with_tools(tests: Cmd) -> Result<Cmd> {
    let modern = node::for_conformance()?;
    let python = tools::python_clients()?;
    Ok(tests
        .env("MESHPILOT_BIN", Profile::Dev.binary("meshpilot"))
        .env("MESHPILOT_TEST_PYTHON", python)
        .env("MESHPILOT_TEST_NODE", modern.program()))
}

fn browser(node: &Node, summary: &mut Summary) -> Result<()> {
    let folder = place::root().join("tests/ui");
    node.install(&folder)?;
    node.npm()
        .args(["run", "--silent", "test"])
        .dir(&folder)
        .env("MESHPILOT_BIN", Profile::Dev.binary("meshpilot"))
        .run_noting(summary)
}

/// The app's own tests, in a display and a session of their own: they open windows and keep keys.
fn desktop(summary: &mut Summary) -> Result<()> {
    if !system::can_build_desktop() {
        bail!("the system packages for the desktop app are not installed");
    }
    let package = ["--locked", "--package", "meshpilot-desktop", "--package", "meshpilot-server"];
    cargo().arg("build").args(package).arg("--bins").run()?;
    let run =
        tools::nextest()?.args(["run"]).args(package).args(["-E", "package(meshpilot-desktop)"]);
    if cfg!(target_os = "linux") {
        // In this order, or what the bus starts gets no display.
        cmd("xvfb-run")
            .args(["-a", "-s", "-screen 0 1280x800x24", "dbus-run-session", "--"])
            .args(run.words())
            .run_noting(summary)
    } else {
        run.run_noting(summary)
    }
}
