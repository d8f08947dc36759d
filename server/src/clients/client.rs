use std::fmt;
use std::path::PathBuf;

use super::entry::{Field, Piece};
use super::environment::Environment;
use super::error::{Error, Result};
use super::syntax::Syntax;
use super::wire::Wire;

/// Whose file an entry stands in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// The project's own file, usually committed and shared.
    Project,
    /// The person's own file, for all projects.
    User,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Project => "project",
            Self::User => "user",
        })
    }
}

/// How an entry says which project it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Not at all: the client starts its servers in the folder that it works on.
    WorkingFolder,
    /// By the client's own variable for the folder that is open.
    Variable(&'static str),
    /// By its path. The entry then serves this one project, whatever is open.
    Path,
}

/// How a client takes an HTTP server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Http {
    pub(super) fields: &'static [Field],
    /// How the client names the environment variable that holds the key; `None` when it has no way
    /// that works in a header.
    pub(super) key_reference: Option<&'static str>,
}

/// One coding agent and the file it reads MCP servers from.
#[derive(Debug)]
pub struct Client {
    /// The name on the command line and over REST.
    pub id: &'static str,
    /// The name as its makers write it.
    pub title: &'static str,
    /// What to do in the client before it uses the server, one sentence.
    pub afterwards: &'static str,
    pub(super) syntax: Syntax,
    /// The key below which servers stand.
    pub(super) container: &'static str,
    /// The project's files, the preferred one last: the first that exists is taken.
    pub(super) project_files: &'static [&'static str],
    pub(super) user_files: fn(&Environment) -> Vec<PathBuf>,
    /// Its programs; one on `PATH` means that it is installed.
    pub(super) programs: &'static [&'static str],
    /// A folder that is there only when it has run.
    pub(super) trace: fn(&Environment) -> PathBuf,
    pub(super) stdio: &'static [Field],
    pub(super) http: Option<Http>,
    pub(super) in_project: Place,
    pub(super) in_user: Place,
    pub(super) wire: Wire,
}

impl Client {
    /// Whether the client is on this machine: a program of it on `PATH`, or its folder.
    #[must_use]
    pub fn is_installed(&self, env: &Environment) -> bool {
        self.programs.iter().any(|program| env.program(program).is_some())
            || (self.trace)(env).is_dir()
    }

    /// The scope that is used when none is asked for: the project's file where there is one, since
    /// a board belongs to a project.
    #[must_use]
    pub fn default_scope(&self) -> Scope {
        if self.project_files.is_empty() { Scope::User } else { Scope::Project }
    }

    /// The scopes that the client has files for, the default one first.
    #[must_use]
    pub fn scopes(&self) -> &'static [Scope] {
        if self.project_files.is_empty() { &[Scope::User] } else { &[Scope::Project, Scope::User] }
    }

    /// The client's file of a scope; the one that exists where there are several spellings.
    ///
    /// # Errors
    /// [`Error::NoSuchScope`] when the client has none.
    pub fn path(&self, env: &Environment, scope: Scope) -> Result<PathBuf> {
        let mut files = match scope {
            Scope::Project => {
                self.project_files.iter().map(|file| env.project.join(file)).collect()
            }
            Scope::User => (self.user_files)(env),
        };
        let standing = files.iter().position(|file| file.symlink_metadata().is_ok());
        match standing {
            Some(standing) => Ok(files.swap_remove(standing)),
            None => files.pop().ok_or(Error::NoSuchScope { client: self.title, scope }),
        }
    }
}

/// The client of that name.
///
/// # Errors
/// [`Error::UnknownClient`].
pub fn client(id: &str) -> Result<&'static Client> {
    let known = super::clients().iter().find(|client| client.id == id);
    known.ok_or_else(|| Error::UnknownClient { name: id.to_owned() })
}

pub(super) const fn must(key: &'static str, piece: Piece) -> Field {
    Field { key, piece, required: true }
}

pub(super) const fn may(key: &'static str, piece: Piece) -> Field {
    Field { key, piece, required: false }
}
