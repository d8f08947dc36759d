//! Every client over every kind of file that people keep: connecting adds the entry and touches
//! nothing else, and disconnecting gives back the very bytes.

mod files;
mod property;
mod snapshots;

use std::fs;

use serde_json::Value;

use super::fixture::Machine;
use super::splice::Splice;
use super::syntax::{NAME, Syntax};
use super::{Action, Client, Scope, clients, journal, status};

/// Files as they are found, `SERVERS` standing for the key that the client keeps servers under.
const JSON: [(&str, &str); 19] = [
    ("an empty file", ""),
    ("an empty line", "\n"),
    ("an empty object", "{}"),
    ("an empty object and its line end", "{}\n"),
    ("an object with a space", "{ }"),
    ("nothing but a comment", "// mine\n"),
    ("an object with nothing but a comment", "{ /* mine */ }"),
    ("tabs", "{\n\t\"SERVERS\": {\n\t\t\"other\": {\n\t\t\t\"command\": \"x\"\n\t\t}\n\t}\n}\n"),
    (
        "four spaces and no final line end",
        "{\n    \"a\": [1, 2],\n    \"SERVERS\": {\n        \"other\": {\"command\": \"x\"}\n    }\n}",
    ),
    (
        "Windows lines",
        "{\r\n  \"SERVERS\": {\r\n    \"other\": { \"command\": \"x\" }\r\n  },\r\n  \"z\": true\r\n}\r\n",
    ),
    ("a byte order mark", "\u{feff}{\n  \"z\": 1\n}\n"),
    (
        "comments after the last entry",
        "{\n  \"SERVERS\": {\n    \"other\": {} // why\n    // \"old\": {}\n  }\n  /* end */\n}\n// after\n",
    ),
    ("trailing commas", "{\n  \"SERVERS\": {\n    \"other\": {\"command\": \"x\",},\n  },\n}\n"),
    ("one line", "{\"SERVERS\": {\"other\": {\"command\": \"x\"}}, \"z\": 1}\n"),
    ("no spaces at all", "{\"SERVERS\":{\"other\":{\"command\":\"x\"}}}"),
    ("no servers yet", "{\n  \"theme\": \"dark\", // nice\n\n  \"list\": [\n    1\n  ]\n}\n"),
    ("an empty list of servers", "{\n  \"SERVERS\": {}\n}\n"),
    (
        "a list of servers with nothing but a comment",
        "{\n  \"SERVERS\": {\n    // none yet\n  }\n}\n",
    ),
    (
        "names beyond ASCII",
        "{\n  \"SERVERS\": {\n    \"größe-✓\": {\"command\": \"é\\u00e9\"}\n  }\n}\n",
    ),
];

/// The same, with an entry that an earlier version or a person wrote.
const JSON_WITH_OURS: [(&str, &str); 3] = [
    (
        "ours in the middle",
        "{\n  \"SERVERS\": {\n    \"a\": {},\n    \"meshpilot\": {\n      \"command\": \"old\", // mine\n      \"disabled\": true\n    },\n    \"b\": {}\n  }\n}\n",
    ),
    ("ours on one line", "{\"SERVERS\": {\"meshpilot\": {\"url\": \"http://127.0.0.1:1/mcp\"}}}"),
    ("ours, empty", "{\n\t\"SERVERS\": {\n\t\t\"meshpilot\": {}\n\t}\n}\n"),
];

const TOML: [(&str, &str); 9] = [
    ("an empty file", ""),
    ("a comment", "# mine"),
    ("settings", "model = \"x\"  # nice\n\n[tools]\nweb = true\n"),
    ("no final line end", "model = 'x'\n[tools]\nweb = true"),
    ("another server and comments after it", "[SERVERS.other]\ncommand = \"x\" # c\n\n# end\n"),
    ("Windows lines", "model = \"x\"\r\n\r\n[SERVERS.other]\r\ncommand = \"x\"\r\n# end\r\n"),
    ("a byte order mark", "\u{feff}model = \"x\"\n"),
    ("servers in braces", "SERVERS = { other = { command = \"x\" } } # c\nmodel = \"y\"\n"),
    ("servers in braces and Windows lines", "SERVERS = { }\r\nmodel = \"y\"\r\n"),
];

const TOML_WITH_OURS: [(&str, &str); 3] = [
    (
        "ours before others",
        "# top\n[SERVERS.meshpilot]\ncommand = \"old\" # mine\nenabled = false\n\n# about z\n[z]\na = 1",
    ),
    (
        "ours in braces",
        "[SERVERS]\nother = { command = \"x\" }\nmeshpilot = { url = \"http://127.0.0.1:1/mcp\" }\r\n",
    ),
    (
        "ours with a table below",
        "[SERVERS.meshpilot]\ncommand = \"old\"\n[SERVERS.meshpilot.env]\nA = \"1\"\n\n[SERVERS.other]\ncommand = \"x\"\n",
    ),
];

fn files(client: &Client, with_ours: bool) -> Vec<(&'static str, String)> {
    let files: &[(&str, &str)] = match (client.syntax, with_ours) {
        (Syntax::Json, false) => &JSON,
        (Syntax::Json, true) => &JSON_WITH_OURS,
        (Syntax::Toml, false) => &TOML,
        (Syntax::Toml, true) => &TOML_WITH_OURS,
    };
    files.iter().map(|(name, text)| (*name, text.replace("SERVERS", client.container))).collect()
}

fn value(client: &Client, text: &str) -> Value {
    let text = text.trim_start_matches('\u{feff}');
    let value = match client.syntax {
        Syntax::Json => super::jsonc::value(text),
        Syntax::Toml => super::toml::value(text),
    };
    value.unwrap_or_else(|| panic!("not readable any more:\n{text}"))
}

/// What a file says without MeshPilot's entry and without the bare container left by it.
fn without_ours(client: &Client, text: &str) -> Value {
    let mut value = value(client, text);
    if let Some(root) = value.as_object_mut() {
        if let Some(servers) = root.get_mut(client.container).and_then(Value::as_object_mut) {
            servers.remove(NAME);
            if servers.is_empty() {
                root.remove(client.container);
            }
        }
        if root.is_empty() {
            return Value::Null;
        }
    }
    value
}

/// Whether `whole` is `part` with something put in between. What fills an empty pair of braces may
/// go: there is nothing that it would set off.
fn is_within(part: &str, whole: &str) -> bool {
    let mut whole = whole.chars();
    let mut pieces = part.split_inclusive('{').flat_map(|piece| match piece.trim_start() {
        rest if rest.starts_with('}') => rest.chars(),
        _ => piece.chars(),
    });
    pieces.all(|wanted| whole.any(|found| found == wanted))
}

fn for_each_file(with_ours: bool, check: impl Fn(&Machine, &'static Client, Scope, &str, &str)) {
    for client in clients() {
        for &scope in client.scopes() {
            for (name, text) in files(client, with_ours) {
                let machine = Machine::in_memory();
                machine.put(&client.path(&machine.env, scope).expect("a path"), &text);
                check(&machine, client, scope, &text, &format!("{} {scope}, {name}", client.id));
            }
        }
    }
}

#[test]
fn connecting_adds_the_entry_and_changes_nothing_else() {
    for_each_file(false, |machine, client, scope, text, name| {
        let plan = machine.run(client, scope, Action::Connect);
        let after = fs::read_to_string(&plan.path).expect("the file");
        assert!(plan.changed && !plan.diff.is_empty(), "{name}");
        assert!(is_within(text, &after), "{name}:\n{after}");
        assert_eq!(without_ours(client, text), without_ours(client, &after), "{name}:\n{after}");
        let ours = &value(client, &after)[client.container][NAME];
        let command = &ours["command"];
        assert!(command.is_string() || command[0].is_string(), "{name}: {ours}");
        assert_eq!(
            after.contains("\r\n"),
            after.contains('\n') && !after.replace("\r\n", "").contains('\n'),
            "{name} has mixed line ends: {after:?}"
        );
    });
}

#[test]
fn an_entry_that_stands_is_brought_up_to_date_where_it_is() {
    for_each_file(true, |machine, client, scope, text, name| {
        let plan = machine.run(client, scope, Action::Connect);
        let after = fs::read_to_string(&plan.path).expect("the file");
        assert_eq!(without_ours(client, text), without_ours(client, &after), "{name}:\n{after}");
        let (old, new) = (value(client, text), value(client, &after));
        let (old, new) = (&old[client.container][NAME], &new[client.container][NAME]);
        for kept in ["disabled", "enabled"] {
            assert_eq!(old.get(kept), new.get(kept), "{name}");
        }
        assert!(new.get("url").is_none() && new.get("command").is_some(), "{name}: {new}");
        assert_eq!(text.contains("mine"), after.contains("mine"), "{name} lost a comment");
    });
}

#[test]
fn connecting_twice_says_that_there_is_nothing_to_do() {
    for with_ours in [false, true] {
        for_each_file(with_ours, |machine, client, scope, _, name| {
            machine.run(client, scope, Action::Connect);
            let again = machine.plan(client, scope, Action::Connect);
            assert!(!again.changed && again.diff.is_empty(), "{name}:\n{}", again.diff);
        });
    }
}

#[test]
fn disconnecting_gives_back_the_very_bytes() {
    for with_ours in [false, true] {
        for_each_file(with_ours, |machine, client, scope, text, name| {
            let tree = machine.tree();
            let path = machine.run(client, scope, Action::Connect).path;
            let undone = machine.run(client, scope, Action::Disconnect);
            assert_eq!(fs::read_to_string(&path).expect("the file"), text, "{name}");
            assert_eq!(machine.tree(), tree, "{name}");
            assert_eq!(undone.notes.is_empty(), !with_ours, "{name}: {:?}", undone.notes);
            assert!(journal::load(&machine.env.data_root, &path).is_none(), "{name}");
        });
    }
}

#[test]
fn a_file_that_was_not_there_is_gone_again_with_its_folders() {
    for client in clients() {
        for &scope in client.scopes() {
            let machine = Machine::new();
            let tree = machine.tree();
            let path = machine.run(client, scope, Action::Connect).path;
            assert!(path.is_file(), "{}", client.id);
            machine.run(client, scope, Action::Disconnect);
            assert_eq!(machine.tree(), tree, "{} {scope}", client.id);
        }
    }
}

#[test]
fn several_connects_are_undone_to_the_file_before_the_first() {
    for_each_file(false, |machine, client, scope, text, name| {
        let path = machine.run(client, scope, Action::Connect).path;
        let mut moved = machine.env.clone();
        moved.variables.clear();
        moved.exe = "/elsewhere/meshpilot".into();
        let second = super::plan(&moved, client, scope, super::Form::Stdio, Action::Connect);
        super::apply(&second.expect("a plan")).expect("applied");
        machine.run(client, scope, Action::Disconnect);
        assert_eq!(fs::read_to_string(&path).expect("the file"), text, "{name}");
    });
}

#[test]
fn without_a_record_the_entry_alone_is_taken_out() {
    for with_ours in [false, true] {
        for_each_file(with_ours, |machine, client, scope, text, name| {
            let path = machine.run(client, scope, Action::Connect).path;
            journal::forget(&machine.env.data_root, &path).expect("forgotten");
            let undone = machine.run(client, scope, Action::Disconnect);
            let left = fs::read_to_string(&path).expect("the file");
            assert_eq!(without_ours(client, text), without_ours(client, &left), "{name}:\n{left}");
            assert!(!left.contains(NAME), "{name}:\n{left}");
            let comments = |text: &str| {
                ["//", "/*", "#"].map(|mark| text.matches(mark).count()).iter().sum::<usize>()
            };
            let inside = usize::from(text.contains("mine") && with_ours);
            assert_eq!(comments(&left) + inside, comments(text) - urls(text), "{name}:\n{left}");
            assert!(undone.changed, "{name}");
        });
    }
}

/// `//` that belong to an address and not to a comment.
fn urls(text: &str) -> usize {
    text.matches("://").count()
}

#[test]
fn what_was_written_elsewhere_in_the_file_meanwhile_stays() {
    for_each_file(false, |machine, client, scope, text, name| {
        let path = machine.run(client, scope, Action::Connect).path;
        let connected = fs::read_to_string(&path).expect("the file");
        let comment = match client.syntax {
            Syntax::Json => "\n// added later\n",
            Syntax::Toml => "\n# added later\n",
        };
        fs::write(&path, format!("{connected}{comment}")).expect("written");
        machine.run(client, scope, Action::Disconnect);
        let left = fs::read_to_string(&path).expect("the file");
        // Our own text still stood there word for word, so exactly that is gone. An empty list of
        // servers has no text of its own to find again.
        let bare = Splice::between(text, &connected).undo_elsewhere(&left).is_some();
        assert!(!bare, "{name}:\n{left}");
        assert!(left.ends_with(comment), "{name}:\n{left}");
        assert_eq!(without_ours(client, text), without_ours(client, &left), "{name}:\n{left}");
    });
}

#[test]
fn status_says_what_is_installed_and_what_is_connected() {
    let mut machine = Machine::new();
    machine.program("codex", "");
    machine.put(&machine.env.home.join(".cursor/argv.json"), "{}");
    let known = |machine: &Machine, id: &str| {
        status(&machine.env).into_iter().find(|status| status.client == id).expect("known")
    };
    assert!(known(&machine, "codex").installed && known(&machine, "cursor").installed);
    assert!(!known(&machine, "zed").installed);
    assert!(status(&machine.env).iter().all(|status| !status.configured));

    let codex = super::client("codex").expect("known");
    machine.run(codex, Scope::User, Action::Connect);
    let found = known(&machine, "codex");
    assert!(found.configured);
    assert_eq!(
        (found.scope, found.path),
        (Scope::User, machine.env.home.join(".codex/config.toml"))
    );
    assert_eq!(found.command.map(|it| machine.plain(&it)).as_deref(), Some("<meshpilot> mcp"));

    machine.put(&machine.env.project.join(".mcp.json"), "{");
    let broken = known(&machine, "claude-code");
    assert!(!broken.configured && broken.problem.is_some_and(|it| it.contains(".mcp.json:1:")));
}
