//! `meshpilot connect`, its check and `disconnect`, on a person's empty home beside a real server.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::cli::Output;
use meshpilot_e2e::server::program;
use meshpilot_e2e::{Mcp, Place, Server};
use serde_json::Value;

const CLIENTS: [&str; 11] = [
    "claude-code",
    "cursor",
    "vscode",
    "gemini-cli",
    "codex",
    "opencode",
    "windsurf",
    "zed",
    "cline",
    "roo",
    "claude-desktop",
];

/// Runs the program in a place whose home is its own and where `meshpilot` is on `PATH`.
async fn run(place: &Place, command: &str, arguments: &[&str], key: &str) -> Result<Output> {
    let bin = program()?.parent().context("a program lies in a folder")?.to_owned();
    let system = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(bin).chain(std::env::split_paths(&system)))?;
    let path = path.to_str().context("a PATH in Unicode")?;
    let home = place.file("").display().to_string();
    let moved = ["XDG_CONFIG_HOME", "CODEX_HOME", "CLAUDE_CONFIG_DIR", "GEMINI_CLI_HOME"];
    let mut env = vec![("PATH", path), ("MESHPILOT_KEY", key), ("APPDATA", &home)];
    env.extend(moved.map(|name| (name, "")));
    place.run_with(&[&[command], arguments].concat(), &env).await
}

/// Everything in the person's home, the project included, but for MeshPilot's own.
fn files(place: &Place) -> Result<BTreeMap<PathBuf, String>> {
    fn walk(folder: &Path, found: &mut BTreeMap<PathBuf, String>) -> Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let own = path.ends_with(".meshpilot") || path.ends_with("stderr.log");
            if path.is_dir() && !own {
                found.insert(path.clone(), String::new());
                walk(&path, found)?;
            } else if !own {
                let text = fs::read_to_string(&path)?;
                found.insert(path, text);
            }
        }
        Ok(())
    }
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(place.file(""))? {
        let path = entry?.path();
        if path.is_dir() && path != place.data() {
            found.insert(path.clone(), String::new());
            walk(&path, &mut found)?;
        }
    }
    Ok(found)
}

async fn tools(server: &Server) -> Result<usize> {
    let mcp = Mcp::modern(&server.ready().mcp, &server.place().project_key()?, None)?;
    Ok(mcp.tools().await?.len())
}

/// Every client's check has to have counted that many tools.
fn ensure_seen(checked: &Output, clients: usize, tools: usize, transport: &str) -> Result<()> {
    let line = format!(": {tools} tools in ");
    let seen = checked.stdout.lines().filter(|it| it.contains(&line) && it.contains(transport));
    ensure!(seen.count() == clients && checked.code == 0, "{checked:?}");
    Ok(())
}

#[tokio::test]
async fn every_client_is_connected_sees_the_tools_and_is_put_back() -> Result<()> {
    let server = Server::start().await?;
    let place = server.place();
    let theirs = place.project().join(".vscode/mcp.json");
    fs::create_dir(place.project().join(".vscode"))?;
    fs::write(
        &theirs,
        "{\r\n\t// ours\r\n\t\"servers\": {\"docs\": {\"command\": \"docs\"}},\r\n}",
    )?;
    let before = files(place)?;

    let written = run(place, "connect", &[&["--yes"], &CLIENTS[..]].concat(), "").await?;
    ensure!(written.code == 0, "{written:?}");
    ensure!(fs::read_to_string(&theirs)?.contains("\"meshpilot\""));
    let key = place.project_key()?;
    for (path, text) in files(place)? {
        ensure!(!text.contains(&key), "{} holds the key", path.display());
    }
    let checked = run(place, "connect", &[&["--check"], &CLIENTS[..]].concat(), "").await?;
    ensure_seen(&checked, CLIENTS.len(), tools(&server).await?, "stdio")?;

    let again = run(place, "connect", &[&["--yes"], &CLIENTS[..]].concat(), "").await?;
    ensure!(again.stdout.matches("nothing to do").count() == CLIENTS.len(), "{again:?}");

    let undone = run(place, "disconnect", &[&["--yes"], &CLIENTS[..]].concat(), "").await?;
    ensure!(undone.code == 0 && files(place)? == before, "{undone:?}");
    Ok(())
}

#[tokio::test]
async fn over_http_every_client_sees_the_tools_until_the_server_ends() -> Result<()> {
    let mut server = Server::start().await?;
    let place = server.place().clone();
    let (key, before) = (place.project_key()?, files(&place)?);
    let clients: Vec<_> = CLIENTS.into_iter().filter(|it| *it != "claude-desktop").collect();
    let user = ["--scope", "user"];

    let line = [&["--yes", "--http"], &user[..], &clients].concat();
    let written = run(&place, "connect", &line, "").await?;
    ensure!(written.code == 0, "{written:?}");
    ensure!(!written.stdout.contains(&key), "the key was shown");
    let line = [&["--check"], &user[..], &clients].concat();
    let checked = run(&place, "connect", &line, &key).await?;
    ensure_seen(&checked, clients.len(), tools(&server).await?, "http")?;

    // Codex alone takes the key from the environment.
    let refused = run(&place, "connect", &["--check", "--scope", "user", "codex"], "wrong").await?;
    ensure!(refused.code == 1 && refused.stdout.contains("status 401"), "{refused:?}");

    server.kill9()?;
    let failed = run(&place, "connect", &line, &key).await?;
    let told = failed.stdout.matches("can't be reached").count();
    ensure!(failed.code == 1 && told == clients.len(), "{failed:?}");

    let line = [&["--yes"], &user[..], &clients].concat();
    let undone = run(&place, "disconnect", &line, "").await?;
    ensure!(undone.code == 0 && files(&place)? == before, "{undone:?}");
    Ok(())
}

#[tokio::test]
async fn a_script_writes_nothing_unless_it_says_yes() -> Result<()> {
    let place = Place::new()?;
    let file = place.project().join(".cursor/mcp.json");
    for arguments in [&["cursor"][..], &["cursor", "--dry-run"]] {
        let shown = run(&place, "connect", arguments, "").await?;
        ensure!(shown.code == 0 && shown.stdout.contains("+++ "), "{shown:?}");
        ensure!(shown.stdout.contains("Nothing was written") && !file.exists(), "{shown:?}");
        ensure!(!shown.stdout.contains('\x1b'), "colours in a pipe: {shown:?}");
    }
    Ok(())
}

#[tokio::test]
async fn with_no_client_named_those_on_the_machine_are_connected() -> Result<()> {
    let place = Place::new()?;
    // Nothing but what this test puts there may be found.
    let bare = [("PATH", ""), ("XDG_CONFIG_HOME", "")];
    let none = place.run_with(&["connect", "--yes"], &bare).await?;
    ensure!(none.code == 1 && none.stdout.contains("No client was found"), "{none:?}");

    fs::create_dir_all(place.file(".codeium/windsurf"))?;
    let written = place.run_with(&["connect", "--yes"], &bare).await?;
    ensure!(written.code == 0, "{written:?}");
    let text = fs::read_to_string(place.file(".codeium/windsurf/mcp_config.json"))?;
    let project = place.project().canonicalize()?;
    ensure!(text.contains(project.to_str().context("Unicode")?), "{text}");
    ensure!(files(&place)?.keys().all(|path| !path.ends_with(".mcp.json")));

    let listed = place.run_with(&["connect", "--list"], &bare).await?;
    let line = listed.stdout.lines().find(|line| line.starts_with("windsurf"));
    ensure!(line.is_some_and(|line| line.contains("connected")), "{listed:?}");
    Ok(())
}

#[tokio::test]
async fn a_server_that_has_never_run_has_no_address_to_write() -> Result<()> {
    let place = Place::new()?;
    let refused = run(&place, "connect", &["--yes", "--http", "cursor"], "").await?;
    ensure!(refused.code == 1 && refused.stdout.contains("meshpilot serve"), "{refused:?}");
    Ok(())
}

#[tokio::test]
async fn over_stdio_a_check_needs_no_running_server() -> Result<()> {
    let place = Place::new()?;
    run(&place, "connect", &["--yes", "claude-code"], "").await?;
    let checked = run(&place, "connect", &["--check", "claude-code"], "").await?;
    ensure!(checked.code == 0 && checked.stdout.contains(" tools in "), "{checked:?}");
    Ok(())
}

#[tokio::test]
async fn an_agent_started_below_the_project_is_on_the_projects_board() -> Result<()> {
    let server = Server::start().await?;
    let place = server.place();
    let below = place.project().join("src/deep");
    fs::create_dir_all(&below)?;
    let mut command = place.command()?;
    command.args(["status", "--json"]).current_dir(&below);
    let status = meshpilot_e2e::cli::finish(command).await?;
    ensure!(status.stdout.contains(server.url()), "{status:?}");
    ensure!(!below.join(".meshpilot").exists());
    Ok(())
}

#[tokio::test]
async fn the_board_connects_a_client_for_the_person_and_for_nobody_else() -> Result<()> {
    let server = Server::start().await?;
    let place = server.place();
    let before = files(place)?;
    let route = "/clients/cursor/connect";
    server.agent("a")?.post(route, Value::Null).await?.refused(403, "FORBIDDEN")?;
    server.agent("a")?.get("/clients").await?.refused(403, "FORBIDDEN")?;
    ensure!(files(place)? == before, "a refused call wrote a file");

    let person = server.person()?;
    let state = async || -> Result<(bool, String)> {
        let listed = person.get("/clients").await?.ok()?;
        let clients = listed["clients"].as_array().context("a list")?;
        let known: Vec<_> = clients.iter().filter_map(|it| it["client"].as_str()).collect();
        ensure!(known == CLIENTS, "{known:?}");
        let it = clients.iter().find(|it| it["client"] == "cursor").context("Cursor")?;
        Ok((it["configured"] == true, it["path"].as_str().unwrap_or_default().to_owned()))
    };
    let (connected, path) = state().await?;
    ensure!(!connected && path.ends_with(".cursor/mcp.json"), "{path}");
    let written = person.post(route, Value::Null).await?.ok()?;
    ensure!(written["changed"] == true && written["path"] == path.as_str(), "{written}");
    ensure!(written["diff"].as_str().is_some_and(|diff| diff.contains("+    \"meshpilot\": {")));
    ensure!(state().await?.0);

    person.post("/clients/cursor/disconnect", Value::Null).await?.ok()?;
    ensure!(!state().await?.0 && files(place)? == before);
    person.post("/clients/notepad/connect", Value::Null).await?.refused(404, "NOT_FOUND")?;

    fs::write(place.project().join(".mcp.json"), "{\n oops")?;
    let refused = person.post("/clients/claude-code/connect", Value::Null).await?;
    let error = refused.refused(409, "CONFLICT")?;
    ensure!(error["message"].as_str().is_some_and(|text| text.contains(".mcp.json:2:")), "{error}");
    Ok(())
}
