use std::path::{Path, PathBuf};

use meshpilot_home::{ProjectHome, read_project_config};
use serde::Serialize;

use super::client::{Client, Place, Scope};
use super::entry::{Entry, Form, KEY_VARIABLE, Target};
use super::environment::Environment;
use super::error::{Error, Result};
use super::journal::{self, Record};
use super::splice::Splice;
use super::syntax::Fault;
use super::{diff, file, git};

/// What to do with a client's entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// Write it, or bring a standing one up to date.
    Connect,
    /// Take back what [`Action::Connect`] did, or take the entry out.
    Disconnect,
}

/// One change of one file, worked out and not yet made.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The client's [`id`](Client::id).
    pub client: &'static str,
    /// Connect or disconnect.
    pub action: Action,
    /// The client's file. Where it is a link, the file it leads to is written.
    pub path: PathBuf,
    /// Its text now; `None` when there is none.
    #[serde(skip)]
    pub before: Option<String>,
    /// Its text afterwards; `None` when it is removed.
    #[serde(skip)]
    pub after: Option<String>,
    /// The unified difference, keys masked; empty when nothing changes.
    pub diff: String,
    /// Whether there is anything to write.
    pub changed: bool,
    /// What the person should know about this change.
    pub notes: Vec<String>,
    /// The file itself, links resolved.
    #[serde(skip)]
    target: PathBuf,
    #[serde(skip)]
    data_root: PathBuf,
    /// The record to keep after a connect.
    #[serde(skip)]
    record: Option<Record>,
    /// Folders to remove with the file after a disconnect.
    #[serde(skip)]
    folders: Vec<PathBuf>,
    #[serde(skip)]
    private: bool,
}

/// Works out what connecting or disconnecting a client would change. Writes nothing.
///
/// # Errors
/// [`Error::Malformed`] when the file can't be parsed, and the other refusals of [`Error`].
pub fn plan(
    env: &Environment,
    client: &'static Client,
    scope: Scope,
    form: Form,
    action: Action,
) -> Result<Plan> {
    let path = client.path(env, scope)?;
    let target = file::target(&path)?;
    let before = file::read(&target)?;
    let known = journal::load(&env.data_root, &target);
    let mut plan = Plan {
        client: client.id,
        action,
        before,
        after: None,
        diff: String::new(),
        changed: false,
        notes: Vec::new(),
        data_root: env.data_root.clone(),
        record: None,
        folders: Vec::new(),
        private: false,
        target,
        path,
    };
    match action {
        Action::Connect => connect(&mut plan, env, client, scope, form, known)?,
        Action::Disconnect => disconnect(&mut plan, client, known)?,
    }
    plan.changed = plan.before != plan.after;
    if plan.changed {
        plan.diff = diff::unified(&plan.path, plan.before.as_deref(), plan.after.as_deref());
    }
    Ok(plan)
}

/// Makes a planned change. Nothing is written when there is none.
///
/// # Errors
/// [`Error::Changed`] when the file is not what it was when the change was worked out;
/// [`Error::ReadOnly`], [`Error::Io`] when it can't be written.
pub fn apply(plan: &Plan) -> Result<()> {
    if !plan.changed {
        return Ok(());
    }
    if file::read(&plan.target)? != plan.before {
        return Err(Error::Changed { path: plan.path.clone() });
    }
    // The record goes first: an entry without one can only be cut out, a record without an entry
    // matches no file and does nothing.
    let earlier = journal::load(&plan.data_root, &plan.target);
    if let Some(record) = &plan.record {
        journal::store(&plan.data_root, record)?;
    }
    let written = match &plan.after {
        Some(text) => file::write(&plan.target, text, plan.private),
        None => file::remove(&plan.target, &plan.folders),
    };
    match (&written, plan.action, earlier) {
        (Ok(()), Action::Disconnect, _) | (Err(_), Action::Connect, None) => {
            journal::forget(&plan.data_root, &plan.target)?;
        }
        (Err(_), Action::Connect, Some(earlier)) => journal::store(&plan.data_root, &earlier)?,
        _ => {}
    }
    written
}

fn connect(
    plan: &mut Plan,
    env: &Environment,
    client: &'static Client,
    scope: Scope,
    form: Form,
    known: Option<Record>,
) -> Result<()> {
    let target = self::target(plan, env, client, scope, form)?;
    let entry = Entry::new(client, &target).ok_or(Error::StdioOnly { client: client.title })?;
    let fault = |text: &str, fault: Fault| malformed(&plan.path, text, fault);

    let standing = plan.before.clone().unwrap_or_default();
    let after = client.syntax.put(&standing, client.container, &entry);
    let after = after.map_err(|at| fault(&standing, at))?;
    let unchanged = plan.before.as_ref() == Some(&after);

    // What a disconnect has to give back is the file before the first connect, not before this one.
    let (original, earlier) = match (known, &plan.before) {
        (Some(known), Some(current)) => {
            let original = match known.before(current) {
                Some(original) => original,
                None => without(client, current, Some(&known)).map_err(|at| fault(current, at))?,
            };
            (original, Some(known))
        }
        (_, current) => (current.clone(), None),
    };
    let text = original.as_deref().unwrap_or_default();
    let created = original.is_none();
    let container = match original.as_deref() {
        None => true,
        Some(text) => !client.syntax.has(text, client.container),
    };
    plan.record = (!unchanged).then(|| Record {
        path: plan.target.clone(),
        after: journal::digest(&after),
        splice: Splice::between(text, &after),
        created,
        folders: match earlier {
            Some(earlier) => earlier.folders,
            None => file::missing_folders(&plan.target),
        },
        container,
    });
    plan.after = Some(after);
    Ok(())
}

fn disconnect(plan: &mut Plan, client: &'static Client, known: Option<Record>) -> Result<()> {
    let Some(current) = plan.before.as_deref() else { return Ok(()) };
    let fault = |at: Fault| malformed(&plan.path, current, at);
    let connected = client.syntax.entry(current, client.container).map_err(fault)?.is_some();
    plan.after = match known.as_ref().and_then(|known| known.before(current)) {
        Some(original) => original,
        None if connected => without(client, current, known.as_ref()).map_err(fault)?,
        None => Some(current.to_owned()),
    };
    let left = plan.after.as_deref().map(|text| client.syntax.entry(text, client.container));
    if plan.before != plan.after && matches!(left, Some(Ok(Some(_)))) {
        plan.notes.push(
            "The file is as it was before `connect`, with an entry that MeshPilot did not write. \
             Disconnect once more to take that out too."
                .to_owned(),
        );
    }
    plan.folders = known.map(|known| known.folders).unwrap_or_default();
    Ok(())
}

/// `current`, which was edited since the last connect or was never written by one, without the
/// entry. `None`: nothing but what MeshPilot wrote is in it, and MeshPilot made the file.
fn without(
    client: &Client,
    current: &str,
    known: Option<&Record>,
) -> std::result::Result<Option<String>, Fault> {
    let (syntax, container) = (client.syntax, client.container);
    let cut = syntax.remove(current, container, known.is_some_and(|known| known.container))?;
    if known.is_some_and(|known| known.created) && syntax.is_blank(&cut) {
        return Ok(None);
    }
    // Where the inserted text still stands as it was, taking exactly that out is closer to the
    // original than any cut. It has to mean the same.
    let exact = known.and_then(|known| known.splice.undo_elsewhere(current));
    Ok(Some(match exact {
        Some(exact) if syntax.means_the_same(&exact, &cut) => exact,
        _ => cut,
    }))
}

/// What the entry leads to, by the rules of the [module](super).
fn target(
    plan: &mut Plan,
    env: &Environment,
    client: &'static Client,
    scope: Scope,
    form: Form,
) -> Result<Target> {
    match form {
        Form::Stdio => {
            let mut arguments = vec!["mcp".to_owned()];
            let place = match scope {
                Scope::Project => client.in_project,
                Scope::User => client.in_user,
            };
            match place {
                Place::WorkingFolder => {}
                Place::Variable(name) => {
                    arguments.extend(["--project".to_owned(), name.to_owned()]);
                }
                Place::Path => {
                    arguments.extend(["--project".to_owned(), env.project_text()?]);
                    plan.notes.push(format!(
                        "{} has one entry for all projects; it serves {} from now on.",
                        client.title,
                        env.project.display()
                    ));
                }
            }
            let command = env.command(scope == Scope::Project)?;
            if scope == Scope::Project && command != "meshpilot" {
                plan.notes.push(
                    "`meshpilot` is not on PATH, so its whole path is written. Put it on PATH and \
                     connect again before you commit the file."
                        .to_owned(),
                );
            }
            Ok(Target::Stdio { command, arguments })
        }
        Form::Http => http(plan, env, client, scope),
    }
}

fn http(
    plan: &mut Plan,
    env: &Environment,
    client: &'static Client,
    scope: Scope,
) -> Result<Target> {
    let http = client.http.ok_or(Error::StdioOnly { client: client.title })?;
    let home = ProjectHome::open(&env.project, Some(&env.data_root))?;
    let Some(config) = read_project_config(&home)? else {
        return Err(Error::NoServer { project: env.project.clone() });
    };
    plan.notes.push(
        "The URL holds the server's port: connect again when it moves. The stdio form needs that \
         never."
            .to_owned(),
    );
    let by_name = http.fields.iter().any(|field| field.key == "bearer_token_env_var");
    let shared = scope == Scope::Project && git::would_commit(env, &plan.target);
    let key = match http.key_reference {
        Some(reference) if by_name || shared => {
            plan.notes.push(format!(
                "The key is taken from {KEY_VARIABLE}: set it to the key in `.meshpilot/mcp.json` \
                 where {} starts.",
                client.title
            ));
            reference
        }
        None if shared => {
            let path = plan.path.clone();
            return Err(Error::SecretInSharedFile { client: client.title, path });
        }
        _ => {
            plan.private = true;
            config.key.as_str()
        }
    };
    Ok(Target::Http { url: config.mcp_url, authorization: format!("Bearer {key}") })
}

/// A fault in `text` as an error that says where.
pub(super) fn malformed(path: &Path, text: &str, fault: Fault) -> Error {
    let (line, column) = fault.position(text);
    Error::Malformed { path: path.to_owned(), line, column, message: fault.message }
}
