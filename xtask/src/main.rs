//! `cargo xtask <verb>`: what needs more than one tool.
//!
//! Each verb checks what it needs, installs what it can and says in one line what it cannot. Whatever it
//! installs for itself lies in `target/tools`, with pinned versions; only system packages go elsewhere.

mod bench;
mod check;
mod codegen;
mod demo;
mod dist;
mod node;
mod place;
mod report;
mod run;
mod shell;
mod stale;
mod system;
mod test;
mod tools;
mod ui;
mod version;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
MeshPilot's tasks. Usage: cargo xtask <verb>

  run [--headless] [--release] [-- PROJECT]
                        install what is missing, build, and open the board of PROJECT
                        (default: the current directory); without a display, serve it
  demo [ARGS…]          play a realistic swarm on a scratch board
  check                 formatting, lints, types, dependencies, spelling
  test [--quick]        everything, cheapest first; --quick leaves out end-to-end and desktop
  codegen               accept what generated files and snapshots look like now
  bench [--quick]       measure against the ceiling and the stand-in; writes docs/performance.md
  dist                  release binaries and the .deb, with sizes and SHA-256
";

fn main() -> ExitCode {
    match dispatch(std::env::args().skip(1).collect()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(mut args: Vec<String>) -> Result<ExitCode> {
    if args.is_empty() {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let verb = args.remove(0);
    match verb.as_str() {
        "run" => run::main(&args),
        "demo" => demo::main(&args),
        "check" => check::main(&args),
        "test" => test::main(&args),
        "codegen" => codegen::main(&args),
        "bench" => bench::main(&args),
        "dist" => dist::main(&args),
        "help" | "-h" | "--help" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("there is no `{other}`; `cargo xtask help` lists what there is"),
    }
}
