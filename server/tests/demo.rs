//! The sample swarm, as a person starts it: `meshpilot demo` in a shell, or the button on an empty board.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use meshpilot::client::Client;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;

type Outcome<T = ()> = anyhow::Result<T>;

/// The longest that anything here may take on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// The program, with a data folder that nothing else uses.
fn program(arguments: &[&str], scratch: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshpilot"));
    command.args(arguments).current_dir(scratch).env("HOME", scratch).env("TMPDIR", scratch);
    command
        .env_remove("MESHPILOT_DATA_DIR")
        .env_remove("MESHPILOT_LOG")
        .env_remove("XDG_DATA_HOME");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// A started program and what its ready line says.
struct Running {
    child: Child,
    ready: Value,
}

impl Running {
    async fn start(command: Command) -> Outcome<Self> {
        let mut child = tokio::process::Command::from(command).kill_on_drop(true).spawn()?;
        let mut output = BufReader::new(child.stdout.take().context("no pipe")?);
        let mut line = String::new();
        tokio::time::timeout(PATIENCE, output.read_line(&mut line)).await??;
        Ok(Self { child, ready: serde_json::from_str(&line)? })
    }

    fn text(&self, field: &str) -> &str {
        self.ready[field].as_str().unwrap_or_default()
    }

    fn person(&self, data: &Path) -> Outcome<Client> {
        Client::new(self.text("url"), &person_key(data)?)
    }

    async fn stop(mut self) -> Outcome {
        let pid = Pid::from_raw(i32::try_from(self.child.id().context("it has ended already")?)?);
        kill_process(pid.context("no process id")?, Signal::TERM)?;
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await??;
        assert!(status.success(), "{status}");
        Ok(())
    }
}

/// The person's key in the only project of a data folder.
fn person_key(data: &Path) -> Outcome<String> {
    let homes = std::fs::read_dir(data.join("projects"))?;
    let home = homes.flatten().next().context("no data folder")?.path();
    Ok(std::fs::read_to_string(home.join("person.key"))?.trim().to_owned())
}

/// Waits for events until every wished-for change has happened; gives the events that were seen.
async fn until(person: &Client, wished: &[&str]) -> Outcome<Vec<Value>> {
    let mut missing: BTreeSet<&str> = wished.iter().copied().collect();
    let (mut seen, mut after) = (Vec::new(), 0);
    let search = async {
        while !missing.is_empty() {
            let wish = json!({"eventType": "task.", "after": after, "waitSeconds": 25});
            let answer = person.post("/wait", &wish).await?;
            assert!(answer.success, "{}", answer.body);
            after = answer.body["after"].as_i64().context("no position")?;
            let events = answer.body["events"].as_array().cloned().unwrap_or_default();
            for event in &events {
                missing.remove(event["data"]["change"].as_str().unwrap_or_default());
            }
            seen.extend(events);
        }
        anyhow::Ok(())
    };
    let found = tokio::time::timeout(PATIENCE, search).await;
    assert!(found.is_ok(), "{missing:?} did not happen");
    found??;
    Ok(seen)
}

async fn call(client: &Client, operation: &str, input: Value) -> Outcome<Value> {
    let api = meshpilot::ops::all();
    let endpoint = api.find(operation).context("no such operation")?;
    let input: Map<String, Value> = input.as_object().cloned().unwrap_or_default();
    let answer = client.call(endpoint, input, None).await?;
    assert!(answer.success, "{operation}: {}", answer.body);
    Ok(answer.body)
}

#[tokio::test]
async fn a_demo_claims_rejects_and_talks_and_leaves_nothing_behind() -> Outcome {
    let scratch = TempDir::new()?;
    let mut command =
        program(&["demo", "--port", "0", "--speed", "100", "--cards", "40"], scratch.path());
    // A scratch board stays out of the keyring even where the person wants theirs in it.
    command.env("MESHPILOT_KEY_STORE", "keyring");
    let demo = Running::start(command).await?;
    let folder =
        Path::new(demo.text("project")).parent().context("no folder of its own")?.to_owned();
    assert!(folder.starts_with(scratch.path()), "{}", folder.display());
    let person = demo.person(&folder.join("data"))?;

    let events =
        until(&person, &["created", "claimed", "progressed", "completed", "approved", "rejected"])
            .await?;
    let by = |change: &str| -> BTreeSet<&str> {
        events
            .iter()
            .filter(|event| event["data"]["change"] == change)
            .filter_map(|event| event["actor"].as_str())
            .collect()
    };
    assert!(by("claimed").len() > 2, "{:?}", by("claimed"));
    assert_eq!(by("rejected"), BTreeSet::from(["reviewer-1"]));
    let rejected =
        events.iter().find(|event| event["data"]["change"] == "rejected").context("no reject")?;
    assert!(!rejected["data"]["reason"].as_str().unwrap_or_default().is_empty());
    let said = person
        .post("/wait", &json!({"eventType": "chat.message", "after": 0, "waitSeconds": 25}))
        .await?;
    assert_eq!(said.body["reason"], "eventType", "nobody talks");

    demo.stop().await?;
    assert!(!folder.exists(), "{} is still there", folder.display());
    Ok(())
}

#[tokio::test]
async fn a_demo_ends_by_itself() -> Outcome {
    let scratch = TempDir::new()?;
    let mut demo =
        Running::start(program(&["demo", "--port", "0", "--for", "1"], scratch.path())).await?;
    let status = tokio::time::timeout(PATIENCE, demo.child.wait()).await??;
    assert!(status.success(), "{status}");
    Ok(())
}

#[tokio::test]
async fn the_boards_sample_swarm_keeps_to_itself_and_is_cleared_away() -> Outcome {
    let scratch = TempDir::new()?;
    let data = scratch.path().join("data");
    let project = scratch.path().join("project");
    std::fs::create_dir(&project)?;
    let paths = (project.to_string_lossy().into_owned(), data.to_string_lossy().into_owned());
    let mut command = program(
        &["serve", "--port", "0", "--project", &paths.0, "--data-dir", &paths.1],
        scratch.path(),
    );
    command.env("MESHPILOT_KEY_STORE", "file");
    let server = Running::start(command).await?;
    let person = server.person(&data)?;
    let own =
        call(&person, "create_task", json!({"title": "Real work", "priority": "urgent"})).await?;

    let wish = json!({"minutes": 1, "agents": 6, "speed": 50});
    let config: Value =
        serde_json::from_slice(&std::fs::read(project.join(".meshpilot/mcp.json"))?)?;
    let header =
        config["mcpServers"]["meshpilot"]["headers"]["Authorization"].as_str().unwrap_or_default();
    let agent = Client::new(server.text("url"), header.trim_start_matches("Bearer "))?;
    assert_eq!(agent.post("/demo", &wish).await?.body["code"], "FORBIDDEN");
    assert_eq!(
        person.post("/demo", &json!({"minutes": 0})).await?.body["code"],
        "VALIDATION_ERROR"
    );
    assert_eq!(person.post("/demo", &json!({"hours": 1})).await?.body["code"], "VALIDATION_ERROR");
    let begun = person.post("/demo", &wish).await?;
    assert!(begun.success, "{}", begun.body);
    assert_eq!(person.post("/demo", &wish).await?.body["code"], "CONFLICT");

    let events = until(&person, &["claimed", "completed"]).await?;
    for event in events.iter().filter(|event| event["actor"] != "human") {
        let labels = event["data"]["task"]["labels"].as_array().context("no labels")?;
        assert!(labels.contains(&json!("sample")), "{event}");
        assert!(event["data"]["task"]["assignedTo"].is_string(), "{event}");
    }

    let route = format!("{}/v1/demo", server.text("url"));
    let request = reqwest::Client::builder()
        .no_proxy()
        .build()?
        .delete(route)
        .bearer_auth(person_key(&data)?);
    let cleared: Value = request.send().await?.json().await?;
    assert!(cleared["data"]["deletedTasks"].as_u64() > Some(0), "{cleared}");
    let left = call(&person, "list_tasks", json!({})).await?;
    assert_eq!(left["tasks"].as_array().map(Vec::len), Some(1), "{left}");
    assert_eq!(left["tasks"][0]["id"], own["task"]["id"]);
    assert_eq!(left["tasks"][0]["status"], "todo");
    let keys = call(&person, "list_keys", json!({})).await?;
    let keys = keys["keys"].as_array().cloned().unwrap_or_default();
    assert!(
        !keys.iter().any(|key| key["label"] == "Sample swarm"),
        "its key still works: {keys:?}"
    );
    server.stop().await
}
