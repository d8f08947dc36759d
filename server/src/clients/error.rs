use std::io;
use std::path::{Path, PathBuf};

use super::Scope;

/// The result of a function of this module.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a client was not connected. Nothing was written when one of these is returned, except that
/// [`Error::Io`] says itself what it was doing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No client has this name.
    #[error("`{name}` is not a client that MeshPilot knows")]
    UnknownClient {
        /// The name given.
        name: String,
    },
    /// The client has no file of this scope.
    #[error("{client} has no {scope} file for MCP servers")]
    NoSuchScope {
        /// The client's title.
        client: &'static str,
        /// The scope asked for.
        scope: Scope,
    },
    /// The client starts its servers itself and takes no URL.
    #[error("{client} takes no HTTP server from its file")]
    StdioOnly {
        /// The client's title.
        client: &'static str,
    },
    /// The key would stand in a file that git commits.
    #[error(
        "{} would be committed with the project's key in it, and {client} can't take it from an \
         environment variable there", path.display()
    )]
    SecretInSharedFile {
        /// The client's title.
        client: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// No server has run for this project yet, so there is no address and no key to write.
    #[error("{} has no `.meshpilot/mcp.json`", project.display())]
    NoServer {
        /// The project folder.
        project: PathBuf,
    },
    /// The file is not valid JSON (with comments) or TOML.
    #[error("{}:{line}:{column}: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// The file is not text.
    #[error("{} is not UTF-8 text", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// A path can't stand in a configuration file.
    #[error("the path {} can't be written into a configuration file: it is not Unicode", path.display())]
    NotUnicode {
        /// The path.
        path: PathBuf,
    },
    /// The owner made the file read-only.
    #[error("{} is read-only", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// Something else than a file stands where the client's file belongs.
    #[error("{} is not a plain file", path.display())]
    NotAFile {
        /// What stands there.
        path: PathBuf,
    },
    /// Somebody wrote the file between showing the difference and writing.
    #[error("{} has changed since the difference was worked out", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The executable's path will not exist any more when the client wants it.
    #[error("{} lies in a mounted AppImage and will be gone when the app ends", exe.display())]
    Fleeting {
        /// The executable.
        exe: PathBuf,
    },
    /// The system names no home folder for this person.
    #[error("no home folder is known for this user")]
    Home,
    /// The disk refused.
    #[error("can't {doing} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The record of what was written could not be kept.
    #[error("the record of what was written can't be kept: {0}")]
    Journal(#[from] meshpilot_home::Error),
}

impl Error {
    /// What to do next, in one sentence.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::UnknownClient { .. } => {
                let known: Vec<_> = super::clients().iter().map(|client| client.id).collect();
                format!("It is one of: {}.", known.join(", "))
            }
            Self::NoSuchScope { scope: Scope::Project, .. } => "Give `--scope user`.".to_owned(),
            Self::NoSuchScope { scope: Scope::User, .. } => "Give `--scope project`.".to_owned(),
            Self::StdioOnly { .. } | Self::SecretInSharedFile { .. } => {
                "Leave `--http` out: the stdio form holds no key and survives a moved port."
                    .to_owned()
            }
            Self::NoServer { .. } => {
                "Start `meshpilot serve` in the project once, or leave `--http` out.".to_owned()
            }
            Self::Malformed { .. } | Self::NotText { .. } => {
                "Repair the file first; MeshPilot changed nothing in it.".to_owned()
            }
            Self::NotUnicode { .. } => "Rename the folder.".to_owned(),
            Self::ReadOnly { .. } => "Make it writable if you want it changed.".to_owned(),
            Self::NotAFile { .. } => "Move it out of the way.".to_owned(),
            Self::Changed { .. } => "Run the command again.".to_owned(),
            Self::Fleeting { .. } => {
                "Put a `meshpilot` executable on PATH and run it from there.".to_owned()
            }
            Self::Home => "Set HOME.".to_owned(),
            Self::Io { .. } | Self::Journal(_) => {
                "See the system's message; nothing else was changed.".to_owned()
            }
        }
    }

    /// For `map_err`: an [`Error::Io`] about `path`.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}
