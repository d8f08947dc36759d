//! Files that are links, read-only, broken, changed meanwhile, or about to be committed.

use std::fs;

use super::super::{Error, Form, apply, client, plan};
use super::*;

fn cursor() -> &'static Client {
    client("cursor").expect("known")
}

fn refusal(machine: &Machine, client: &'static Client, text: &str) -> Error {
    let path = client.path(&machine.env, Scope::Project).expect("a path");
    machine.put(&path, text);
    let refused = plan(&machine.env, client, Scope::Project, Form::Stdio, Action::Connect);
    assert_eq!(fs::read_to_string(&path).expect("the file"), text);
    refused.expect_err("refused")
}

#[test]
fn a_broken_file_is_refused_with_its_place_and_left_alone() {
    let machine = Machine::new();
    for (text, line, column) in [
        ("{\n  \"mcpServers\": {\n    \"a\": }\n}", 3, 10),
        ("{\"a\": 1 \"b\": 2}", 1, 8),
        ("[]", 1, 1),
        ("{\n  \"mcpServers\": []\n}", 2, 3),
        ("{\n  \"mcpServers\": null\n}", 2, 3),
        ("\u{feff}{\n\t\"é\": x\n}", 2, 7),
        ("{\"mcpServers\": {}, \"mcpServers\": {}}", 1, 20),
        ("{\"mcpServers\": {\"meshpilot\": 1}}", 1, 17),
    ] {
        match refusal(&machine, cursor(), text) {
            Error::Malformed { line: l, column: c, .. } => {
                assert_eq!((l, c), (line, column), "{text}")
            }
            other => panic!("{text}: {other}"),
        }
    }
    let codex = client("codex").expect("known");
    for (text, line, column) in [
        ("a = 1\nb = \n", 2, 5),
        ("a = 1\r\nb = 2\r\na = 3\r\n", 3, 1),
        ("mcp_servers = 1\n", 1, 15),
    ] {
        match refusal(&machine, codex, text) {
            Error::Malformed { line: l, column: c, .. } => {
                assert_eq!((l, c), (line, column), "{text}")
            }
            other => panic!("{text}: {other}"),
        }
    }
}

#[test]
fn bytes_that_are_no_text_and_folders_are_refused() {
    let machine = Machine::new();
    let path = machine.env.project.join(".cursor/mcp.json");
    machine.put(&path, "");
    fs::write(&path, b"{\"a\": \"\xff\"}").expect("written");
    let refused = plan(&machine.env, cursor(), Scope::Project, Form::Stdio, Action::Connect);
    assert!(matches!(refused, Err(Error::NotText { .. })));
    fs::remove_file(&path).expect("removed");
    fs::create_dir(&path).expect("a folder");
    let refused = plan(&machine.env, cursor(), Scope::Project, Form::Stdio, Action::Connect);
    assert!(matches!(refused, Err(Error::NotAFile { .. })));
}

#[test]
fn a_file_changed_between_showing_and_writing_is_left_alone() {
    let machine = Machine::new();
    let path = machine.env.project.join(".cursor/mcp.json");
    let planned = machine.plan(cursor(), Scope::Project, Action::Connect);
    machine.put(&path, "{\"new\": 1}");
    assert!(matches!(apply(&planned), Err(Error::Changed { .. })));
    assert_eq!(fs::read_to_string(&path).expect("the file"), "{\"new\": 1}");
    assert!(journal::load(&machine.env.data_root, &path).is_none());
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_the_file_keeps_its_mode() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let machine = Machine::new();
    let real = machine.env.home.join("dotfiles/cursor.json");
    machine.put(&real, "{}\n");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("a mode");
    let link = machine.env.home.join(".cursor/mcp.json");
    fs::create_dir(link.parent().expect("a parent")).expect("a folder");
    symlink("../dotfiles/cursor.json", &link).expect("a link");

    let shown = machine.run(cursor(), Scope::User, Action::Connect);
    assert_eq!(shown.path, link);
    assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
    assert!(fs::read_to_string(&real).expect("the file").contains(NAME));
    assert_eq!(fs::metadata(&real).expect("a file").permissions().mode() & 0o777, 0o640);
    machine.run(cursor(), Scope::User, Action::Disconnect);
    assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
    assert_eq!(fs::read_to_string(&real).expect("the file"), "{}\n");
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_leads_to_the_new_file_and_a_loop_is_refused() {
    use std::os::unix::fs::symlink;

    let machine = Machine::new();
    let link = machine.env.project.join(".mcp.json");
    symlink("shared.json", &link).expect("a link");
    let claude = client("claude-code").expect("known");
    machine.run(claude, Scope::Project, Action::Connect);
    assert!(machine.env.project.join("shared.json").is_file());
    assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
    machine.run(claude, Scope::Project, Action::Disconnect);
    assert!(!machine.env.project.join("shared.json").exists());

    fs::remove_file(&link).expect("removed");
    symlink(".mcp.json", &link).expect("a link");
    let refused = plan(&machine.env, claude, Scope::Project, Form::Stdio, Action::Connect);
    assert!(matches!(refused, Err(Error::Io { .. })), "{refused:?}");
}

#[cfg(unix)]
#[test]
fn a_read_only_file_is_not_replaced() {
    use std::os::unix::fs::PermissionsExt;

    let machine = Machine::new();
    let path = machine.env.project.join(".cursor/mcp.json");
    machine.put(&path, "{}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("a mode");
    let planned = machine.plan(cursor(), Scope::Project, Action::Connect);
    assert!(matches!(apply(&planned), Err(Error::ReadOnly { .. })));
    assert_eq!(fs::read_to_string(&path).expect("the file"), "{}");
    assert!(journal::load(&machine.env.data_root, &path).is_none());
}

#[test]
fn a_folder_that_somebody_else_uses_too_stays() {
    let machine = Machine::new();
    let path = machine.run(cursor(), Scope::Project, Action::Connect).path;
    let neighbour = machine.env.project.join(".cursor/rules.md");
    machine.put(&neighbour, "x");
    machine.run(cursor(), Scope::Project, Action::Disconnect);
    assert!(!path.exists() && neighbour.is_file());
}

#[test]
fn a_file_of_ours_that_got_another_server_keeps_that() {
    let machine = Machine::new();
    let path = machine.run(cursor(), Scope::Project, Action::Connect).path;
    let text = fs::read_to_string(&path).expect("the file");
    let text = text.replacen("\"mcpServers\": {", "\"mcpServers\": {\n    \"other\": {},", 1);
    fs::write(&path, text).expect("written");
    machine.run(cursor(), Scope::Project, Action::Disconnect);
    let left = fs::read_to_string(&path).expect("the file");
    assert_eq!(value(cursor(), &left), serde_json::json!({"mcpServers": {"other": {}}}));
}

#[test]
fn a_file_of_ours_whose_last_other_server_went_goes_too() {
    let machine = Machine::new();
    let tree = machine.tree();
    let path = machine.run(cursor(), Scope::Project, Action::Connect).path;
    let text = fs::read_to_string(&path).expect("the file");
    fs::write(&path, text.replace("\"mcp\"", "\"mcp\", \"--tools\", \"all\"")).expect("written");
    machine.run(cursor(), Scope::Project, Action::Disconnect);
    assert_eq!(machine.tree(), tree);
}

#[test]
fn a_file_edited_between_two_connects_loses_the_entry_all_the_same() {
    let machine = Machine::new();
    let path = machine.env.project.join(".cursor/mcp.json");
    machine.put(&path, "{\n  \"a\": 1\n}\n");
    machine.run(cursor(), Scope::Project, Action::Connect);
    let text = fs::read_to_string(&path).expect("the file");
    fs::write(&path, text.replace("\"a\": 1", "\"a\": 2").replace("\"stdio\"", "\"http\""))
        .expect("written");
    assert!(machine.run(cursor(), Scope::Project, Action::Connect).changed);
    machine.run(cursor(), Scope::Project, Action::Disconnect);
    assert_eq!(fs::read_to_string(&path).expect("the file"), "{\n  \"a\": 2\n}\n");
}

mod http {
    use std::process::Command;

    use meshpilot_home::{KeyText, ProjectHome, new_key, write_project_config};

    use super::*;

    fn served(machine: &Machine) -> KeyText {
        let key = new_key().expect("a key");
        let home = ProjectHome::open(&machine.env.project, Some(&machine.env.data_root));
        let url = "http://127.0.0.1:3456";
        let mcp = "http://127.0.0.1:3456/mcp";
        write_project_config(&home.expect("a home"), url, mcp, &key, "b", "1").expect("written");
        key
    }

    fn repository(machine: &mut Machine) {
        let path = std::env::var("PATH").expect("a PATH");
        let made = Command::new("git").args(["init", "--quiet"]).arg(&machine.env.project).status();
        assert!(made.expect("git").success());
        let mine = machine.env.variables.get("PATH").expect("a PATH").clone();
        machine.env.variables.insert("PATH".to_owned(), format!("{mine}:{path}"));
    }

    fn connect(machine: &Machine, id: &str, scope: Scope) -> Result<Plan, Error> {
        plan(&machine.env, client(id).expect("known"), scope, Form::Http, Action::Connect)
    }

    use super::super::super::Plan;

    #[test]
    fn no_server_yet_means_no_address_to_write() {
        let machine = Machine::new();
        let refused = connect(&machine, "cursor", Scope::User);
        assert!(matches!(refused, Err(Error::NoServer { .. })));
    }

    #[test]
    fn a_persons_file_gets_the_key_and_others_may_not_read_it() {
        let machine = Machine::new();
        let key = served(&machine);
        for client in
            clients().iter().filter(|client| client.http.is_some() && client.id != "codex")
        {
            let planned = connect(&machine, client.id, Scope::User).expect("a plan");
            apply(&planned).expect("applied");
            let text = fs::read_to_string(&planned.path).expect("the file");
            assert!(text.contains(key.as_str()), "{}", client.id);
            assert!(!planned.diff.contains(key.as_str()) && planned.diff.contains("mp_…"));
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = fs::metadata(&planned.path).expect("a file").permissions().mode();
                assert_eq!(mode & 0o777, 0o600, "{}", client.id);
            }
        }
    }

    #[test]
    fn a_file_that_git_commits_never_gets_the_key() {
        let mut machine = Machine::new();
        let key = served(&machine);
        repository(&mut machine);
        for client in clients() {
            if client.default_scope() == Scope::User {
                continue;
            }
            match connect(&machine, client.id, Scope::Project) {
                Ok(planned) => {
                    let text = planned.after.expect("a text");
                    assert!(!text.contains(key.as_str()), "{}", client.id);
                    assert!(text.contains("MESHPILOT_KEY"), "{}: {text}", client.id);
                    assert!(planned.notes.iter().any(|note| note.contains("MESHPILOT_KEY")));
                }
                Err(refused) => {
                    assert!(["vscode", "zed"].contains(&client.id), "{}: {refused}", client.id);
                    assert!(matches!(refused, Error::SecretInSharedFile { .. }));
                }
            }
        }
    }

    #[test]
    fn a_file_that_git_ignores_may_hold_the_key() {
        let mut machine = Machine::new();
        let key = served(&machine);
        repository(&mut machine);
        machine.put(&machine.env.project.join(".gitignore"), ".zed/\n");
        let planned = connect(&machine, "zed", Scope::Project).expect("a plan");
        assert!(planned.after.expect("a text").contains(key.as_str()));
    }

    #[test]
    fn codex_never_gets_the_key_itself() {
        let machine = Machine::new();
        let key = served(&machine);
        let text = connect(&machine, "codex", Scope::User).expect("a plan").after.expect("a text");
        assert!(!text.contains(key.as_str()) && text.contains("bearer_token_env_var"));
    }

    #[test]
    fn claude_desktop_takes_no_address() {
        let machine = Machine::new();
        served(&machine);
        let refused = connect(&machine, "claude-desktop", Scope::User);
        assert!(matches!(refused, Err(Error::StdioOnly { .. })));
    }

    #[test]
    fn changing_the_form_and_back_ends_where_it_began() {
        let machine = Machine::new();
        served(&machine);
        for client in clients().iter().filter(|client| client.http.is_some()) {
            let scope = Scope::User;
            let stdio = machine.run(client, scope, Action::Connect).after;
            apply(&connect(&machine, client.id, scope).expect("a plan")).expect("applied");
            let back = machine.run(client, scope, Action::Connect).after;
            let [stdio, back] = [stdio, back].map(|text| value(client, &text.expect("a text")));
            assert_eq!(stdio, back, "{}", client.id);
            machine.run(client, scope, Action::Disconnect);
            assert!(!client.path(&machine.env, scope).expect("a path").exists(), "{}", client.id);
        }
    }
}
