//! The board's web page: its packages and its build.

use std::path::PathBuf;

use anyhow::Result;

use crate::node::Node;
use crate::stale::is_stale;
use crate::{node, place};

/// The page's folder.
pub fn folder() -> PathBuf {
    place::root().join("ui")
}

/// Builds the page if a source is newer than the last build. Node is looked for only then.
pub fn ensure_built() -> Result<()> {
    if !is_stale(&folder().join("dist/index.html"), &sources())? {
        return Ok(());
    }
    build(&node::for_board()?)
}

/// Builds the page.
pub fn build(node: &Node) -> Result<()> {
    node.install(&folder())?;
    node.npm().args(["run", "--silent", "build"]).dir(folder()).run()
}

/// Everything the build reads. Not the folder itself, whose time changes with every build.
fn sources() -> Vec<PathBuf> {
    [
        "src",
        "public",
        "index.html",
        "package.json",
        "package-lock.json",
        "vite.config.ts",
        "tsconfig.json",
    ]
    .iter()
    .map(|name| folder().join(name))
    .collect()
}
