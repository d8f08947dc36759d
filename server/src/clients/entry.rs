use serde_json::{Map, Value};

use super::client::Client;

/// How a client reaches the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Form {
    /// The client starts `meshpilot mcp`. Holds no key and no port, so it survives a moved port
    /// and may be committed.
    #[default]
    Stdio,
    /// The client posts to the server's URL with the project's key.
    Http,
}

/// One key of an entry, as [`Client`]'s table states it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) piece: Piece,
    /// Whether the key has to hold this value for the entry to work. What doesn't is written into
    /// a new entry and left alone in a standing one, where it may be the person's own choice.
    pub(super) required: bool,
}

/// What a key holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Piece {
    /// The command, alone.
    Command,
    /// The command's arguments.
    Arguments,
    /// Command and arguments in one list.
    CommandLine,
    /// The server's MCP address.
    Url,
    /// An object with the `Authorization` header.
    Headers,
    /// The name of the variable that holds the key.
    KeyVariable,
    /// A fixed text.
    Text(&'static str),
    /// A fixed list of texts.
    Texts(&'static [&'static str]),
    /// A fixed number.
    Number(u32),
    /// A fixed truth value.
    Flag(bool),
}

/// The environment variable that a shared file takes the project's key from.
pub const KEY_VARIABLE: &str = "MESHPILOT_KEY";

/// What varies between two entries of one client.
#[derive(Debug, Clone)]
pub(super) enum Target {
    Stdio { command: String, arguments: Vec<String> },
    Http { url: String, authorization: String },
}

/// What a client's entry has to hold.
#[derive(Debug)]
pub(super) struct Entry {
    fields: Vec<(&'static str, Value, bool)>,
    form: Form,
}

/// One step that brings a standing entry up to date.
#[derive(Debug, PartialEq)]
pub(super) enum Edit {
    Set(&'static str, Value),
    Remove(&'static str),
}

/// Keys that tell a client to start a process, and to call a URL. Both at once is an error in most
/// clients, so the other form's keys go when the form changes.
const OF_STDIO: [&str; 7] = ["command", "args", "env", "envFile", "environment", "env_vars", "cwd"];
const OF_HTTP: [&str; 8] = [
    "url",
    "httpUrl",
    "serverUrl",
    "headers",
    "http_headers",
    "env_http_headers",
    "bearer_token_env_var",
    "oauth",
];

impl Entry {
    /// The entry of `client` for `target`. `None` when the client doesn't take that form.
    pub(super) fn new(client: &Client, target: &Target) -> Option<Self> {
        let (fields, form) = match target {
            Target::Stdio { .. } => (client.stdio, Form::Stdio),
            Target::Http { .. } => (client.http?.fields, Form::Http),
        };
        let fields = fields
            .iter()
            .map(|field| (field.key, value(field.piece, target), field.required))
            .collect();
        Some(Self { fields, form })
    }

    /// The entry as it is written where none stands.
    pub(super) fn fresh(&self) -> Map<String, Value> {
        self.fields.iter().map(|(key, value, _)| ((*key).to_owned(), value.clone())).collect()
    }

    /// What to change in a standing entry. Keys that MeshPilot doesn't know (approvals, a switch
    /// to turn it off) and further arguments (`--agent`, `--tools`) are the person's and stay.
    pub(super) fn edits(&self, standing: &Map<String, Value>) -> Vec<Edit> {
        let mut edits = Vec::new();
        for (key, value, required) in &self.fields {
            match standing.get(*key) {
                None => edits.push(Edit::Set(key, value.clone())),
                Some(old) if *required => {
                    let value = keep_arguments(old, value);
                    if *old != value {
                        edits.push(Edit::Set(key, value));
                    }
                }
                Some(_) => {}
            }
        }
        let (other, kinds): (&[&'static str], [&str; 2]) = match self.form {
            Form::Stdio => (&OF_HTTP, ["stdio", "local"]),
            Form::Http => (&OF_STDIO, ["", ""]),
        };
        let ours = |key: &str| self.fields.iter().any(|(field, ..)| *field == key);
        let stale = other.iter().filter(|key| standing.contains_key(**key) && !ours(key));
        edits.extend(stale.map(|key| Edit::Remove(key)));
        let kind = standing.get("type").and_then(Value::as_str);
        let local = kind.is_some_and(|kind| ["stdio", "local"].contains(&kind));
        if kind.is_some() && !ours("type") && local != kinds.contains(&"stdio") {
            edits.push(Edit::Remove("type"));
        }
        edits
    }
}

fn value(piece: Piece, target: &Target) -> Value {
    match (piece, target) {
        (Piece::Command, Target::Stdio { command, .. }) => command.as_str().into(),
        (Piece::Arguments, Target::Stdio { arguments, .. }) => arguments.as_slice().into(),
        (Piece::CommandLine, Target::Stdio { command, arguments }) => {
            std::iter::once(command).chain(arguments).map(String::as_str).collect()
        }
        (Piece::Url, Target::Http { url, .. }) => url.as_str().into(),
        (Piece::Headers, Target::Http { authorization, .. }) => Value::Object(Map::from_iter([(
            "Authorization".to_owned(),
            authorization.as_str().into(),
        )])),
        (Piece::KeyVariable, _) => KEY_VARIABLE.into(),
        (Piece::Text(text), _) => text.into(),
        (Piece::Texts(texts), _) => texts.iter().copied().collect(),
        (Piece::Number(number), _) => number.into(),
        (Piece::Flag(flag), _) => flag.into(),
        // The table never asks a form for the other form's pieces.
        _ => Value::Null,
    }
}

/// The new argument list with the further arguments of the old one behind it.
fn keep_arguments(old: &Value, new: &Value) -> Value {
    let (Some(old), Some(ours)) = (old.as_array(), new.as_array()) else { return new.clone() };
    let Some(start) = old.iter().position(|argument| argument == "mcp") else { return new.clone() };
    let mut kept = ours.clone();
    let mut rest = old[start + 1..].iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            Some("--project") => {
                rest.next();
            }
            Some(text) if text.starts_with("--project=") => {}
            _ => kept.push(argument.clone()),
        }
    }
    Value::Array(kept)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stdio(client: &str, standing: Value) -> Vec<Edit> {
        let client = super::super::client(client).expect("known");
        let target = Target::Stdio {
            command: "meshpilot".to_owned(),
            arguments: vec!["mcp".to_owned(), "--project".to_owned(), "/new".to_owned()],
        };
        let Value::Object(standing) = standing else { panic!("an object") };
        Entry::new(client, &target).expect("stdio").edits(&standing)
    }

    #[test]
    fn an_up_to_date_entry_needs_no_edit_whatever_else_it_holds() {
        let standing = json!({"command": "meshpilot", "args": ["mcp", "--project", "/new"],
            "alwaysAllow": ["get_task"], "disabled": true, "timeout": 60});
        assert_eq!(stdio("cline", standing), []);
    }

    #[test]
    fn further_arguments_stay_and_the_old_project_goes() {
        let standing = json!({"command": "meshpilot",
            "args": ["mcp", "--project=/old", "--agent", "a", "--project", "/older"]});
        let wanted = json!(["mcp", "--project", "/new", "--agent", "a"]);
        assert_eq!(stdio("claude-desktop", standing), [Edit::Set("args", wanted)]);
    }

    #[test]
    fn the_other_forms_keys_go() {
        let standing = json!({"type": "streamableHttp", "url": "http://127.0.0.1:1/mcp",
            "headers": {"Authorization": "Bearer x"}, "timeout": 600});
        assert_eq!(
            stdio("cline", standing),
            [
                Edit::Set("command", json!("meshpilot")),
                Edit::Set("args", json!(["mcp", "--project", "/new"])),
                Edit::Remove("url"),
                Edit::Remove("headers"),
                Edit::Remove("type"),
            ]
        );
    }

    #[test]
    fn a_client_with_one_list_for_command_and_arguments_keeps_further_ones() {
        let standing = json!({"type": "local", "timeout": 1,
            "command": ["/old/meshpilot", "mcp", "--tools", "all"]});
        let wanted = json!(["meshpilot", "mcp", "--project", "/new", "--tools", "all"]);
        assert_eq!(stdio("opencode", standing), [Edit::Set("command", wanted)]);
    }
}
