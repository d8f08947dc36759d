//! `run`: from a fresh checkout to an open board, and from an open checkout to an open board in no time.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::place::Profile;
use crate::shell::{cargo, cmd};
use crate::{system, ui};

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    headless: bool,
    release: bool,
    project: Option<PathBuf>,
}

impl Options {
    fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self { headless: false, release: false, project: None };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--headless" => options.headless = true,
                "--release" => options.release = true,
                "--" => {
                    for project in args.by_ref() {
                        options.take_project(project)?;
                    }
                }
                flag if flag.starts_with('-') => {
                    bail!("run knows no `{flag}`; it takes --headless, --release and -- PROJECT")
                }
                project => options.take_project(project)?,
            }
        }
        Ok(options)
    }

    fn take_project(&mut self, project: &str) -> Result<()> {
        if let Some(first) = self.project.replace(PathBuf::from(project)) {
            bail!("run opens one project, not both {} and {project}", first.display());
        }
        Ok(())
    }
}

/// `cargo xtask run`.
pub fn main(args: &[String]) -> Result<ExitCode> {
    let options = Options::parse(args)?;
    let project = match &options.project {
        Some(given) => given
            .canonicalize()
            .with_context(|| format!("there is no folder {}", given.display()))?,
        None => env::current_dir().context("cannot tell the current directory")?,
    };
    if !project.is_dir() {
        bail!("{} is not a folder", project.display());
    }
    // Unoptimised unless asked for: the window is there several times sooner on a fresh machine, and what is
    // hot (SQLite, hashing) is optimised in every profile.
    let profile = if options.release { Profile::Release } else { Profile::Dev };

    let desktop = !options.headless && prepare_desktop();
    ui::ensure_built()?;
    build(profile, desktop)?;
    if desktop {
        become_program(
            cmd(profile.binary("meshpilot-desktop")).arg(&project).dir(&project).into_inner(),
        )
    } else {
        serve(&profile.binary("meshpilot"), &project)
    }
}

/// Makes sure that the desktop app can be built and shown, or says why it will not be.
fn prepare_desktop() -> bool {
    if !system::has_display() {
        println!("There is no display here, so the board is served for a browser.");
        return false;
    }
    if system::can_build_desktop() {
        return true;
    }
    match system::install(system::DESKTOP) {
        Ok(()) => true,
        Err(error) => {
            println!("Without the desktop app for now: {error:#}");
            false
        }
    }
}

/// Builds the server and, where it can be shown, the desktop app, in one go so that cargo shares what it can.
pub fn build(profile: Profile, desktop: bool) -> Result<()> {
    let mut build = cargo().args(["build", "--quiet", "--locked", "--package", "meshpilot-server"]);
    if desktop {
        build = build.args(["--package", "meshpilot-desktop"]);
    }
    if !profile.binary(if desktop { "meshpilot-desktop" } else { "meshpilot" }).exists() {
        println!("Building MeshPilot. The first time this takes some minutes.");
    }
    build.arg("--bins").args(profile.flags()).run_quietly()
}

/// Serves a project until the server ends or the person ends it.
fn serve(binary: &Path, project: &Path) -> Result<ExitCode> {
    // The server lives as long as its standard input is open. Taking the pipe away is how it is told to end,
    // and if xtask is killed the system takes it away.
    let lifeline = Arc::new(Mutex::new(None));
    let held = Arc::clone(&lifeline);
    ctrlc::set_handler(move || drop(held.lock().unwrap_or_else(PoisonError::into_inner).take()))
        .context("cannot listen for Ctrl-C")?;

    let mut server = cmd(binary)
        .args(["serve", "--lifeline", "--project"])
        .arg(project)
        .into_inner()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", binary.display()))?;
    *lifeline.lock().unwrap_or_else(PoisonError::into_inner) = server.stdin.take();

    let mut ready = String::new();
    if let Some(stdout) = server.stdout.take() {
        BufReader::new(stdout).read_line(&mut ready).context("cannot read from the server")?;
    }
    if !ready.is_empty() {
        println!("{}", announcement(&ready)?);
    }
    let status = server.wait().context("cannot wait for the server")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a person wants to know of the server's ready line.
fn announcement(ready: &str) -> Result<String> {
    let ready: Value =
        serde_json::from_str(ready).context("the server's first line is not its ready line")?;
    let field = |name: &str| ready.get(name).and_then(Value::as_str);
    let board = field("boardUrl").or(field("url")).context("the ready line names no address")?;
    let mcp = field("mcp").unwrap_or_default();
    Ok(format!(
        "\nMeshPilot: {board}\n\n\
         Open it in a browser within a minute; `meshpilot open` makes a fresh link.\n\
         Agents find it in .meshpilot/mcp.json ({mcp}). Ctrl-C ends it.\n"
    ))
}

/// Hands this process over to another program, so that signals and the exit code are that program's own.
#[cfg(unix)]
pub fn become_program(mut program: Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;

    let error = program.exec();
    Err(error).with_context(|| format!("cannot start {}", program.get_program().display()))
}

/// Runs another program to its end. A console's Ctrl-C reaches it as it reaches this one.
#[cfg(not(unix))]
pub fn become_program(mut program: Command) -> Result<ExitCode> {
    ctrlc::set_handler(|| ()).context("cannot listen for Ctrl-C")?;
    let status = program
        .status()
        .with_context(|| format!("cannot start {}", program.get_program().display()))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Options> {
        Options::parse(&args.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn a_project_may_stand_with_or_without_the_dashes() {
        let expected = Options { headless: true, release: false, project: Some("/p".into()) };
        assert_eq!(parse(&["--headless", "--", "/p"]).unwrap(), expected);
        assert_eq!(parse(&["/p", "--headless"]).unwrap(), expected);
    }

    #[test]
    fn a_folder_that_looks_like_a_flag_can_be_opened() {
        assert_eq!(parse(&["--", "--headless"]).unwrap().project, Some("--headless".into()));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert!(parse(&["--port"]).is_err());
        assert!(parse(&["a", "b"]).is_err());
    }

    #[test]
    fn the_announcement_leads_with_the_board() {
        let ready = r#"{"url":"http://127.0.0.1:3456","mcp":"http://127.0.0.1:3456/mcp","boardUrl":"http://127.0.0.1:3456/#code=x"}"#;
        assert!(
            announcement(ready)
                .unwrap()
                .starts_with("\nMeshPilot: http://127.0.0.1:3456/#code=x\n")
        );
        assert!(announcement("listening…").is_err());
    }
}
