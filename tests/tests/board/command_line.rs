//! Every operation as a command, for scripts: JSON, exit codes, and nothing on the wrong stream.

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::cli::Output;
use meshpilot_e2e::{Place, Server};
use reqwest::Method;
use serde_json::{Value, json};

/// A refused command: its exit code, and the error object on standard error.
fn refusal(output: &Output) -> Result<(i32, String)> {
    ensure!(output.stdout.is_empty(), "a refusal on standard output: {output:?}");
    let error: Value =
        serde_json::from_str(output.stderr.trim()).with_context(|| format!("{output:?}"))?;
    Ok((output.code, error["code"].as_str().unwrap_or_default().to_owned()))
}

#[tokio::test]
async fn a_task_lives_on_the_command_line() -> Result<()> {
    let server = Server::start().await?;
    let place = server.place();
    let ok = async |line: &[&str]| place.run(line).await?.json();
    let created = ok(&[
        "task",
        "create",
        "Retry webhooks",
        "--files-owned",
        "src/a.rs,src/b.rs",
        "--priority",
        "high",
        "--agent",
        "planner",
        "--json",
    ])
    .await?;
    assert_eq!(
        (&created["task"]["id"], &created["task"]["createdBy"]),
        (&json!("T1"), &json!("planner"))
    );
    assert_eq!(created["task"]["filesOwned"], json!(["src/a.rs", "src/b.rs"]));
    let claimed = ok(&["task", "claim", "T1", "--agent", "a", "--json"]).await?;
    assert_eq!(claimed["task"]["lease"]["agent"], "a");
    ok(&["task", "heartbeat", "T1", "--progress", "50", "--note", "- half -", "--agent", "a"])
        .await?;
    let done = ok(&["task", "complete", "T1", "--result", "done", "--agent", "a"]).await?;
    assert_eq!(done["task"]["status"], "in_review");
    // Without an agent it is the person who decides.
    let rejected = ok(&["task", "review", "T1", "reject", "--reason", "again"]).await?;
    assert_eq!(
        (&rejected["task"]["status"], &rejected["task"]["review"]["by"]),
        (&json!("todo"), &json!("human"))
    );
    let next = ok(&["task", "claim-next", "--agent", "a"]).await?;
    assert_eq!(next["task"]["id"], "T1");
    ok(&["task", "complete", "T1", "--agent", "a"]).await?;
    ok(&["task", "review", "T1", "approve"]).await?;
    let listed = ok(&["task", "list", "--status", "done,failed"]).await?;
    assert_eq!(listed["tasks"].as_array().map(Vec::len), Some(1));
    let saved = ok(&["knowledge", "save", "a/b", "text", "--tags", "x,y"]).await?;
    assert_eq!(
        (&saved["knowledge"]["key"], &saved["knowledge"]["tags"]),
        (&json!("a/b"), &json!(["x", "y"]))
    );
    let changed = ok(&["settings", "update", "--lease-seconds", "900"]).await?;
    assert_eq!(changed["settings"]["leaseSeconds"], 900);
    Ok(())
}

#[tokio::test]
async fn every_operation_is_a_command() -> Result<()> {
    let server = Server::start().await?;
    let document = server.person()?.call(Method::GET, "!/openapi.json", None).await?.body;
    let mut operations = Vec::new();
    for methods in document["paths"].as_object().context("paths")?.values() {
        for described in methods.as_object().context("methods")?.values() {
            operations.push(described["operationId"].as_str().context("a name")?.to_owned());
        }
    }
    ensure!(operations.len() >= 30, "{operations:?}");
    for operation in &operations {
        let help = server.place().run(&[operation, "--help"]).await?;
        ensure!(help.code == 0 && help.stdout.contains("--json"), "{operation}: {help:?}");
    }
    // And each has its place among the nouns.
    let nouns = server.place().run(&["--help"]).await?.stdout;
    for noun in ["task", "chat", "knowledge", "lock", "key", "settings"] {
        ensure!(
            nouns.lines().any(|line| line.trim_start().starts_with(&format!("{noun} "))),
            "{noun}: {nouns}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn exit_codes_tell_scripts_what_went_wrong() -> Result<()> {
    let server = Server::start().await?;
    let place = server.place();
    server.agent("b")?.create_task(json!({ "title": "held" })).await?;
    server.agent("b")?.post("/tasks/T1/claim", json!({})).await?.ok()?;
    let codes: [(&[&str], i32, &str); 6] = [
        (&["task", "claim", "T1", "--agent", "a", "--json"], 5, "TASK_NOT_CLAIMABLE"),
        (&["task", "claim", "T9", "--agent", "a", "--json"], 4, "NOT_FOUND"),
        (&["task", "review", "T1", "approve", "--agent", "a", "--json"], 3, "FORBIDDEN"),
        (&["task", "create", "", "--json"], 2, "VALIDATION_ERROR"),
        (&["task", "list", "--limit", "201", "--json"], 2, "VALIDATION_ERROR"),
        (
            &["task", "update", "T1", "--status", "done", "--version", "77", "--json"],
            5,
            "VERSION_MISMATCH",
        ),
    ];
    for (line, code, name) in codes {
        assert_eq!(refusal(&place.run(line).await?)?, (code, name.to_owned()), "{line:?}");
    }
    server.person()?.patch("/settings", json!({ "paused": true })).await?.ok()?;
    let paused = place.run(&["chat", "send-message", "x", "--agent", "a", "--json"]).await?;
    assert_eq!(refusal(&paused)?, (7, "READ_ONLY".to_owned()));
    let key = [("MESHPILOT_KEY", "mp_not_a_key")];
    let stranger = place.run_with(&["task", "list", "--json"], &key).await?;
    assert_eq!(refusal(&stranger)?, (3, "UNAUTHENTICATED".to_owned()));
    // A wrong line is told from a refused call by its text, and does nothing.
    for line in [
        &["task", "explode"][..],
        &["task", "claim"],
        &["task", "claim", "T1", "--nonsense"],
        &["frobnicate"],
    ] {
        let output = place.run(line).await?;
        ensure!(
            output.code == 2 && output.stderr.contains("Usage") && output.stdout.is_empty(),
            "{line:?}: {output:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn without_a_server_it_says_what_to_do() -> Result<()> {
    let place = Place::new()?;
    let output = place.run(&["task", "list"]).await?;
    ensure!(output.code == 1 && output.stderr.contains("meshpilot serve"), "{output:?}");
    let status = place.run(&["status", "--json"]).await?.json()?;
    assert_eq!((&status["running"], &status["server"]), (&json!(false), &Value::Null));
    Ok(())
}

#[tokio::test]
async fn status_knows_the_server_from_anywhere_in_the_project() -> Result<()> {
    let server = Server::start().await?;
    let status = server.place().run(&["status", "--json"]).await?.json()?;
    assert_eq!(status["running"], true);
    assert_eq!(status["server"]["url"], server.url());
    let below = server.place().project().join("src").join("deep");
    std::fs::create_dir_all(&below)?;
    let mut command = server.place().command()?;
    command.args(["task", "list", "--json"]).current_dir(below);
    let listed = meshpilot_e2e::cli::finish(command).await?.json()?;
    assert_eq!(listed["tasks"], json!([]));
    Ok(())
}

#[tokio::test]
async fn an_agents_key_is_made_shown_once_listed_and_revoked() -> Result<()> {
    let server = Server::start().await?;
    let place = server.place();
    let made = place
        .run(&["key", "create", "--agent", "ci", "--scopes", "work", "--label", "CI", "--json"])
        .await?
        .json()?;
    let secret = made["secret"].as_str().context("a secret")?;
    let key = [("MESHPILOT_KEY", secret)];
    server.person()?.create_task(json!({ "title": "x" })).await?;
    let claimed = place.run_with(&["task", "claim", "T1", "--json"], &key).await?.json()?;
    assert_eq!(claimed["task"]["lease"]["agent"], "ci");
    let listed = place.run(&["key", "list", "--json"]).await?;
    ensure!(!listed.stdout.contains(&secret[20..]), "a secret is shown again");
    ensure!(
        listed.json()?["keys"]
            .as_array()
            .is_some_and(|keys| keys.iter().any(|key| key["label"] == "CI"))
    );
    place
        .run(&["key", "revoke", made["key"]["id"].as_str().unwrap_or_default(), "--json"])
        .await?
        .json()?;
    let output = place.run_with(&["task", "list", "--json"], &key).await?;
    assert_eq!(refusal(&output)?, (3, "UNAUTHENTICATED".to_owned()));
    Ok(())
}
