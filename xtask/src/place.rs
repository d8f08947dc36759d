//! Where things lie in the checkout.

use std::env;
use std::path::{Path, PathBuf};

/// The checkout's root folder, whatever folder the command was called from.
pub fn root() -> PathBuf {
    // Cargo sets the variable for `cargo run`; the constant serves a binary started by hand.
    let own = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    own.parent().map_or_else(|| own.clone(), Path::to_path_buf)
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// What xtask installs for itself: linters, a Node that is new enough, a Python environment.
pub fn tools() -> PathBuf {
    target().join("tools")
}

/// Which of cargo's profiles a binary was built with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build.
    Dev,
    /// Quick to run.
    Release,
}

impl Profile {
    /// The arguments that ask cargo for this profile.
    pub fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Dev => &[],
            Self::Release => &["--release"],
        }
    }

    /// The built binary of that name.
    pub fn binary(self, name: &str) -> PathBuf {
        let folder = match self {
            Self::Dev => "debug",
            Self::Release => "release",
        };
        target().join(folder).join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}
