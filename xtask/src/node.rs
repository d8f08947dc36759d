//! Node and npm: finding one that is new enough, and the packages of a folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::shell::{Cmd, cmd};
use crate::stale::is_stale;
use crate::version::Version;
use crate::{place, system};

/// What is installed where the machine's own Node is too old.
const PINNED: &str = "22.23.3";

/// A Node that can be called.
pub struct Node {
    /// The folder that must come first in the search path, unless the machine's own Node is meant.
    first: Option<PathBuf>,
}

impl Node {
    /// Where `node` lies, for programs that start it themselves; a bare name means the search path.
    pub fn program(&self) -> PathBuf {
        self.first.as_ref().map_or_else(|| "node".into(), |dir| dir.join(executable("node")))
    }

    /// `npm`, running on this Node.
    pub fn npm(&self) -> Cmd {
        cmd(npm_name()).path_first(self.first.as_ref())
    }

    /// `npx`, running on this Node.
    pub fn npx(&self) -> Cmd {
        cmd(if cfg!(windows) { "npx.cmd" } else { "npx" }).path_first(self.first.as_ref())
    }

    /// Installs a folder's packages exactly as its lock file says, if they are not there already.
    pub fn install(&self, folder: &Path) -> Result<()> {
        let marker = folder.join("node_modules/.package-lock.json");
        if is_stale(&marker, &[folder.join("package-lock.json")])? {
            self.npm().args(["ci", "--no-audit", "--no-fund"]).dir(folder).run()?;
        }
        Ok(())
    }
}

/// A Node that Vite runs on, installed if the machine has none.
///
/// # Errors
///
/// If there is no Node and no way to get one without asking; the message says what to do.
pub fn for_board() -> Result<Node> {
    find_or_install(runs_vite)
}

/// A Node of major version 22 or newer, which the MCP conformance suite and inspector want.
pub fn for_conformance() -> Result<Node> {
    find_or_install(|version| version >= Version(22, 19, 0))
}

/// Vite 8 names these: `^20.19 || >=22.12`.
fn runs_vite(version: Version) -> bool {
    (version.0 == 20 && version >= Version(20, 19, 0)) || version >= Version(22, 12, 0)
}

fn find_or_install(enough: impl Fn(Version) -> bool) -> Result<Node> {
    let found = version_of(cmd("node"));
    if found.is_some_and(&enough) {
        return Ok(Node { first: None });
    }
    let prefix = place::tools().join("node");
    let bin = prefix.join("node_modules/node/bin");
    let own = || version_of(cmd(bin.join(executable("node"))));
    if own().is_some_and(&enough) {
        return Ok(Node { first: Some(bin) });
    }

    match found {
        Some(version) => {
            println!("Node {version} is too old here; fetching Node {PINNED} beside it.")
        }
        None => println!("Node was not found; fetching Node {PINNED}."),
    }
    if !cmd(npm_name()).arg("--version").succeeds() {
        // A distribution's npm may be old, but it can fetch a Node that is not.
        system::install(&["nodejs", "npm"]).context(MISSING)?;
    }
    std::fs::create_dir_all(&prefix)
        .with_context(|| format!("cannot create {}", prefix.display()))?;
    cmd(npm_name())
        .args(["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
        .arg(&prefix)
        .arg(format!("node@{PINNED}"))
        .run()
        .context(MISSING)?;
    if !own().is_some_and(&enough) {
        bail!("the Node that npm installed does not start. {MISSING}");
    }
    Ok(Node { first: Some(bin) })
}

const MISSING: &str = "Node 22 is needed to build the board: install it from https://nodejs.org/en/download \
                       (with npm), open a new terminal and run the same command again";

fn version_of(node: Cmd) -> Option<Version> {
    node.arg("--version").read().as_deref().and_then(Version::find)
}

fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// npm is a script, which Windows starts only by its full name.
fn npm_name() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_versions_that_vite_names_are_taken() {
        for (version, taken) in [
            (Version(18, 20, 4), false),
            (Version(20, 18, 9), false),
            (Version(20, 19, 0), true),
            (Version(21, 7, 0), false),
            (Version(22, 11, 0), false),
            (Version(22, 12, 0), true),
            (Version(26, 10, 0), true),
        ] {
            assert_eq!(runs_vite(version), taken, "{version}");
        }
    }
}
