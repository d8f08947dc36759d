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
    /// The same, with the project that the current folder lies in when none is named. Coding agents start their
    /// servers where they were started themselves, which may be anywhere below the project's folder.
    #[must_use]
    pub fn or_enclosing(self) -> Self {
        let project =
            self.project.or_else(|| std::env::current_dir().ok().map(|at| enclosing(&at)));
        Self { project, ..self }
    }

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

/// The project that a folder lies in: the nearest folder upwards that has been served, no further up than the top of
/// the git repository, which is the project when none has. Outside of both, the folder itself.
fn enclosing(folder: &Path) -> PathBuf {
    let top = folder.ancestors().find(|above| above.join(".git").exists());
    let inside = |above: &&Path| top.is_none_or(|top| above.starts_with(top));
    let served = |above: &&Path| above.join(".meshpilot").join("mcp.json").is_file();
    let found = folder.ancestors().take_while(inside).find(served);
    found.or(top).unwrap_or(folder).to_owned()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_belongs_to_the_nearest_served_project_within_its_repository() {
        let scratch = tempfile::tempdir().expect("a folder");
        let at = |path: &str| scratch.path().join(path);
        for folder in ["repository/.git", "repository/part/deep", "loose/deep"] {
            std::fs::create_dir_all(at(folder)).expect("a folder");
        }
        let serve = |path: &str| {
            std::fs::create_dir_all(at(path).join(".meshpilot")).expect("a folder");
            std::fs::write(at(path).join(".meshpilot/mcp.json"), "{}").expect("a file");
        };
        assert_eq!(enclosing(&at("repository/part/deep")), at("repository"));
        assert_eq!(enclosing(&at("loose/deep")), at("loose/deep"));
        serve("");
        assert_eq!(enclosing(&at("repository/part/deep")), at("repository"), "left its repository");
        assert_eq!(enclosing(&at("loose/deep")), at(""));
        serve("repository/part");
        assert_eq!(enclosing(&at("repository/part/deep")), at("repository/part"));
        serve("repository/part/deep");
        assert_eq!(enclosing(&at("repository/part/deep")), at("repository/part/deep"));
    }
}
