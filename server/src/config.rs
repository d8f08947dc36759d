//! What a server is started with.

use std::path::{Path, PathBuf};

use clap::Args;

/// Which project, and where its data lies. The same for every command.
#[derive(Debug, Clone, Args)]
pub struct ProjectArgs {
    /// The folder of the project (default: the current one).
    #[arg(long, value_name = "DIR", global = true)]
    pub project: Option<PathBuf>,
    /// Keeps databases and logs of all projects here instead of in your data folder.
    #[arg(long, value_name = "DIR", global = true, env = meshpilot_home::DATA_DIR_VARIABLE)]
    pub data_dir: Option<PathBuf>,
}

impl ProjectArgs {
    /// The folder of the project.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.project.as_deref().unwrap_or(Path::new("."))
    }

    /// The files of the project on this machine.
    ///
    /// # Errors
    /// When the folder does not exist or its data folder can't be made.
    pub fn home(&self) -> meshpilot_home::Result<meshpilot_home::ProjectHome> {
        meshpilot_home::ProjectHome::open(self.folder(), self.data_dir.as_deref())
    }
}

/// How a server listens and when it ends.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// The port to listen on; a taken one leads to the next. Default: the project's last one, else 3456. 0: any free
    /// one, the last one if it is free.
    #[arg(long)]
    pub port: Option<u16>,
    /// Ends when standard input ends: whoever holds the other end of the pipe takes the server with it.
    #[arg(long)]
    pub lifeline: bool,
    /// Opens the board in a browser.
    #[arg(long)]
    pub open: bool,
}

/// The port that is tried first when nothing else is known.
pub const DEFAULT_PORT: u16 = 3456;
