//! Connecting coding agents: MeshPilot's entry in the configuration file of each client, written
//! and taken out again without disturbing anything else in it.
//!
//! [`plan`] works out what would change and writes nothing; [`apply`] writes exactly that, or
//! refuses when somebody else has written the file meanwhile. [`status`] says what is connected,
//! and [`check`] calls the server the way a client would.
//!
//! Why the entry looks as it does:
//!
//! - **stdio by default.** `meshpilot mcp` finds the project's server by itself, so the entry
//!   survives a moved port, and it holds no key, so the file may be committed.
//! - **The project's own file by default**, since a board belongs to a project.
//! - **A plain `meshpilot`** in a project's file, when it is on `PATH`; the whole path in a
//!   person's file, because editors started from a desktop see a shorter `PATH` than a shell.
//! - **HTTP on request.** The key goes into a file that git would commit only as the name of an
//!   environment variable. The entry has to be written anew when the server's port moves.
//! - **Undone to the byte.** A record of the change is kept below the data root. A file edited
//!   since loses the entry and nothing else.

mod check;
mod client;
mod diff;
mod entry;
mod environment;
mod error;
mod file;
#[cfg(test)]
pub(crate) mod fixture;
mod git;
mod insertion;
mod journal;
mod jsonc;
mod plan;
mod splice;
mod syntax;
mod table;
#[cfg(test)]
mod tests;
mod toml;
mod wire;

use std::path::PathBuf;

use serde::Serialize;
use serde_json::{Map, Value};

pub use check::{Check, CheckError, check};
pub use client::{Client, Scope, client};
pub use diff::coloured;
pub use entry::{Form, KEY_VARIABLE};
pub use environment::Environment;
pub use error::{Error, Result};
pub use plan::{Action, Plan, apply, plan};
pub use syntax::NAME;
pub use table::clients;

/// One client on this machine, as the board and `meshpilot connect --list` show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientStatus {
    /// The client's [`id`](Client::id).
    pub client: &'static str,
    /// The client's name as its makers write it.
    pub title: &'static str,
    /// Whether the client is on this machine.
    pub installed: bool,
    /// Whether one of its files has MeshPilot's entry.
    pub configured: bool,
    /// Of the file with the entry, else the one that [`plan`] takes by default.
    pub scope: Scope,
    /// That file.
    pub path: PathBuf,
    /// What the entry starts or calls; `None` without one. Holds no key.
    pub command: Option<String>,
    /// Why the file can't be read, when it can't.
    pub problem: Option<String>,
}

/// Every client with what this project's and this person's files say about it. Reads a dozen
/// small files; writes nothing.
#[must_use]
pub fn status(env: &Environment) -> Vec<ClientStatus> {
    clients().iter().map(|client| status_of(env, client)).collect()
}

fn status_of(env: &Environment, client: &'static Client) -> ClientStatus {
    let mut status = ClientStatus {
        client: client.id,
        title: client.title,
        installed: client.is_installed(env),
        configured: false,
        scope: client.default_scope(),
        path: client.path(env, client.default_scope()).unwrap_or_default(),
        command: None,
        problem: None,
    };
    for &scope in client.scopes() {
        match standing(env, client, scope) {
            Ok(Some((path, entry))) => {
                let command = Some(command_line(&entry));
                return ClientStatus { configured: true, scope, path, command, ..status };
            }
            Ok(None) => {}
            Err(problem) => status.problem = Some(problem.to_string()),
        }
    }
    status
}

/// The file of a scope and the entry in it.
fn standing(
    env: &Environment,
    client: &Client,
    scope: Scope,
) -> Result<Option<(PathBuf, Map<String, Value>)>> {
    let path = client.path(env, scope)?;
    let Some(text) = file::read(&file::target(&path)?)? else { return Ok(None) };
    let entry = client.syntax.entry(&text, client.container);
    let entry = entry.map_err(|fault| plan::malformed(&path, &text, fault))?;
    Ok(entry.map(|entry| (path, entry)))
}

/// What an entry starts or calls, in one line.
fn command_line(entry: &Map<String, Value>) -> String {
    let words = |key: &str| match entry.get(key) {
        Some(Value::String(word)) => vec![word.clone()],
        Some(Value::Array(words)) => {
            words.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    };
    let url = ["url", "httpUrl", "serverUrl"].into_iter().flat_map(words);
    let words: Vec<_> = ["command", "args"].into_iter().flat_map(words).chain(url).collect();
    diff::mask(&words.join(" "))
}
