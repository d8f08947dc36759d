//! Clients and suites of other people, in the versions that the lock files name.
//!
//! They are installed when a test first wants them, below `target/tools` and in the folders of the lock files, so that
//! `cargo nextest run` works on a machine that has nothing but Rust, Node and Python.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// What is fetched where the machine's own Node is too old for the conformance suite.
const NODE: &str = "22.23.3";

/// The folder of this package.
pub fn folder() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR");
    own.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from)
}

/// Where what is installed for the tests lies.
///
/// # Errors
/// When the test does not lie in a target folder.
fn tools() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    // target/<profile>/deps/<this test>
    let target = test.ancestors().nth(3).context("a test lies in target/<profile>/deps")?;
    let tools = target.join("tools");
    std::fs::create_dir_all(&tools)?;
    Ok(tools)
}

/// Holds other tests off while something is installed.
fn alone() -> Result<File> {
    let file = File::options().create(true).append(true).open(tools()?.join("installing.lock"))?;
    file.lock()?;
    Ok(file)
}

/// A Node of version 22 or newer, to be put first in the search path; none: the machine's own.
///
/// # Errors
/// When there is none and none can be fetched.
fn node_folder() -> Result<Option<PathBuf>> {
    if let Some(given) = std::env::var_os("MESHPILOT_TEST_NODE") {
        return Ok(Path::new(&given).parent().filter(|dir| dir.is_dir()).map(Path::to_owned));
    }
    if is_new_enough(Path::new("node")) {
        return Ok(None);
    }
    let prefix = tools()?.join("node");
    let bin = prefix.join("node_modules").join("node").join("bin");
    if !is_new_enough(&bin.join("node")) {
        std::fs::create_dir_all(&prefix)?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]);
        run(npm.arg("--prefix").arg(&prefix).arg(format!("node@{NODE}")))?;
    }
    Ok(Some(bin))
}

fn is_new_enough(node: &Path) -> bool {
    let version = Command::new(node).arg("--version").output();
    let version = version.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    let major =
        version.as_deref().and_then(|version| version.trim_start_matches('v').split('.').next());
    major.and_then(|major| major.parse().ok()).is_some_and(|major: u32| major >= 22)
}

fn with_node(program: &str) -> Result<Command> {
    let mut command = Command::new(program);
    if let Some(first) = node_folder()? {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths([first].into_iter().chain(std::env::split_paths(&path)))?;
        command.env("PATH", path);
    }
    Ok(command)
}

/// `node`, with the packages that the lock file of `folder` (below this package) names.
///
/// # Errors
/// When they can't be installed.
pub fn node(folder: &str) -> Result<Command> {
    let _alone = alone()?;
    let folder = self::folder().join(folder);
    let marker = folder.join("node_modules").join(".package-lock.json");
    if is_stale(&marker, &folder.join("package-lock.json")) {
        let mut npm = with_node("npm")?;
        npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
        run(npm.current_dir(&folder))?;
    }
    let mut node = with_node("node")?;
    node.current_dir(&folder);
    Ok(node)
}

/// A Python with the packages that `clients/python/requirements-<line>.txt` names.
///
/// # Errors
/// When they can't be installed.
pub fn python(line: u8) -> Result<Command> {
    let _alone = alone()?;
    let folder = folder().join("clients").join("python");
    let wanted = folder.join(format!("requirements-{line}.txt"));
    let venv = tools()?.join(format!("python-mcp-{line}"));
    let python = venv.join("bin").join("python");
    let marker = venv.join("installed");
    if is_stale(&marker, &wanted) {
        let base = std::env::var_os("MESHPILOT_TEST_PYTHON");
        run(Command::new(base.unwrap_or_else(|| OsString::from("python3")))
            .args(["-m", "venv"])
            .arg(&venv))?;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(&wanted))?;
        std::fs::write(&marker, "")?;
    }
    let mut command = Command::new(python);
    command.current_dir(folder).env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(command)
}

fn is_stale(marker: &Path, source: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|facts| facts.modified()).ok();
    changed(marker) < changed(source) || changed(marker).is_none()
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "{command:?} ended with {}:\n{said}", output.status);
    Ok(())
}
