use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What can go wrong around a project's files and keys. No variant carries a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The project folder is missing, is not a folder, or may not be entered.
    #[error("the project folder {} can't be used: {source}", path.display())]
    Project {
        /// The folder as it was asked for.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system names no data folder for this user, and none was given.
    #[error("no data folder is known for this user; set {}", crate::DATA_DIR_VARIABLE)]
    NoDataRoot,
    /// A file or folder operation failed.
    #[error("can't {doing} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb: "write", "read", "create".
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A symbolic link stands where a private file or folder belongs; it is never followed.
    #[error("{} is a symbolic link; remove it, MeshPilot doesn't follow links to private files", .0.display())]
    Symlink(PathBuf),
    /// Something other than a plain file (or folder) stands where one belongs.
    #[error("{} is not a {expected}", path.display())]
    WrongKind {
        /// What stands in the way.
        path: PathBuf,
        /// What belongs there: "plain file" or "folder".
        expected: &'static str,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes: {0}")]
    Random(String),
    /// A stored key is not of the form `mp_<id>_<secret>`.
    #[error("the key in {0} is damaged; replace it")]
    DamagedKey(String),
    /// The environment asks for a key store that doesn't exist.
    #[error("{variable}={0} is neither `keyring` nor `file`", variable = crate::KEY_STORE_VARIABLE)]
    UnknownStore(String),
    /// The system's keyring refused.
    #[error("the system's keyring refused: {0}")]
    Keyring(String),
    /// The system's keyring gave no answer, as one that waits for its password in a dialog does.
    #[error("the system's keyring did not answer within {} s; is it locked?", .0.as_secs())]
    KeyringTimeout(Duration),
    /// `.meshpilot/mcp.json` is not what MeshPilot writes.
    #[error("{} is not a MeshPilot configuration: {reason}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, without its contents.
        reason: String,
    },
}

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Turns an [`io::Error`] into one that says what was being done to which path.
pub(crate) fn io<'a>(doing: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Error + 'a {
    move |source| Error::Io { doing, path: path.to_owned(), source }
}
