//! The official MCP clients, both generations, over HTTP and through `meshpilot mcp`: a task's whole life, with the
//! server killed in the middle and nothing done about it by the client.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::server::program;
use meshpilot_e2e::{PATIENCE, Server, tools, within};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};

/// One of the four clients.
#[derive(Clone, Copy)]
enum Client {
    TypeScript1,
    TypeScript2,
    Python1,
    Python2,
}

impl Client {
    /// The program that drives it, up to its transport.
    fn command(self) -> Result<Command> {
        let script = |name: &str| tools::folder().join("clients").join(name);
        let mut command = match self {
            Self::TypeScript1 | Self::TypeScript2 => tools::node("clients/ts")?,
            Self::Python1 => tools::python(1)?,
            Self::Python2 => tools::python(2)?,
        };
        match self {
            Self::TypeScript1 => command.arg(script("ts/drive.mjs")).arg("legacy"),
            Self::TypeScript2 => command.arg(script("ts/drive.mjs")).arg("modern"),
            Self::Python1 => command.arg(script("python/drive_1.py")),
            Self::Python2 => command.arg(script("python/drive_2.py")),
        };
        Ok(command)
    }

    fn is_modern(self) -> bool {
        matches!(self, Self::TypeScript2 | Self::Python2)
    }
}

/// A running client.
struct Driver {
    _process: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    /// Sent with every call; none where the key says who it is.
    agent: Option<&'static str>,
    hello: Value,
}

impl Driver {
    async fn start(
        mut command: Command,
        server: &Server,
        agent: Option<&'static str>,
    ) -> Result<Self> {
        let log = std::fs::File::create(server.place().file("client.log"))?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut process = tokio::process::Command::from(command).kill_on_drop(true).spawn()?;
        let stdin = process.stdin.take().context("no pipe")?;
        let lines = BufReader::new(process.stdout.take().context("no pipe")?).lines();
        let mut driver = Self { _process: process, stdin, lines, agent, hello: Value::Null };
        let said =
            || std::fs::read_to_string(server.place().file("client.log")).unwrap_or_default();
        driver.hello = driver.read().await.with_context(said)?;
        Ok(driver)
    }

    async fn read(&mut self) -> Result<Value> {
        let line = within(PATIENCE, "the client", self.lines.next_line()).await??;
        Ok(serde_json::from_str(&line.context("the client ended")?)?)
    }

    async fn call(&mut self, tool: &str, mut arguments: Value) -> Result<Value> {
        if let Some(agent) = self.agent {
            arguments["agent"] = agent.into();
        }
        let line = format!("{}\n", json!({ "tool": tool, "arguments": arguments }));
        self.stdin.write_all(line.as_bytes()).await?;
        self.read().await
    }

    async fn ok(&mut self, tool: &str, arguments: Value) -> Result<Value> {
        let mut result = self.call(tool, arguments).await?;
        ensure!(result["isError"] == false, "{tool}: {result}");
        ensure!(result["text"] == result["structured"], "{tool}: {result}");
        Ok(result["structured"].take())
    }
}

/// From a briefing to an approval, with a reject, a refusal and a killed server on the way.
async fn live(mut server: Server, mut client: Driver, is_modern: bool) -> Result<()> {
    let version = client.hello["version"].as_str().unwrap_or_default().to_owned();
    ensure!(is_modern == (version == "2026-07-28"), "negotiated {version}");
    let tools = client.hello["tools"].as_array().map(Vec::len).unwrap_or_default();
    ensure!((15..=30).contains(&tools), "{tools} tools by default");
    let instructions = client.hello["instructions"].as_str().unwrap_or_default().to_owned();
    ensure!(instructions.contains("claim_next_task"), "instructions: {instructions:?}");

    let briefing = client.ok("get_briefing", json!({ "role": "builder" })).await?;
    assert_eq!(briefing["agent"], "builder-1");
    let created = client
        .ok("create_task", json!({ "title": "Lock the door", "filesOwned": ["door.rs"] }))
        .await?;
    let id = created["task"]["id"].as_str().context("a task has an id")?.to_owned();
    client.ok("claim_task", json!({ "taskId": id })).await?;
    client.ok("heartbeat_task", json!({ "taskId": id, "progress": 30, "note": "halfway" })).await?;

    // A refusal reaches the model as text, in a form that no client's validation swallows.
    let refused = client.call("complete_task", json!({ "taskId": "T999" })).await?;
    assert_eq!((&refused["isError"], &refused["structured"]), (&json!(true), &Value::Null));
    let error = &refused["text"];
    assert_eq!(error["code"], "NOT_FOUND");
    ensure!(error["hint"].is_string(), "{error}");

    server.restart().await?;
    let done = client.ok("complete_task", json!({ "taskId": id, "result": "It locks." })).await?;
    assert_eq!(done["task"]["status"], "in_review");

    let person = server.person()?;
    let review = json!({ "verdict": "reject", "reason": "From outside only." });
    person.post(&format!("/tasks/{id}/review"), review).await?.ok()?;
    let listed = client.ok("list_tasks", json!({ "status": ["todo"] })).await?;
    assert_eq!(listed["notices"][0]["kind"], "rejected");
    assert_eq!(listed["notices"][0]["taskId"], json!(id));
    let again = client.ok("claim_next_task", json!({})).await?;
    assert_eq!(again["task"]["id"], json!(id));
    let description = again["task"]["description"].as_str().unwrap_or_default();
    ensure!(description.ends_with("From outside only."), "{description:?}");
    client.ok("complete_task", json!({ "taskId": id, "result": "From both sides." })).await?;
    person.post(&format!("/tasks/{id}/review"), json!({ "verdict": "approve" })).await?.ok()?;

    let mut full = person.get(&format!("/tasks/{id}?include=history")).await?.ok()?;
    assert_eq!(full["task"]["status"], "done");
    let Value::Array(history) = full["history"].take() else { anyhow::bail!("no history: {full}") };
    let told: Vec<(&str, &str)> = history
        .iter()
        .filter_map(|entry| Some((entry["change"].as_str()?, entry["actor"].as_str()?)))
        // The restart gives every lease its full time again.
        .filter(|(change, _)| *change != "renewed")
        .collect();
    let expected = [
        ("created", "builder-1"),
        ("claimed", "builder-1"),
        ("progressed", "builder-1"),
        ("completed", "builder-1"),
        ("rejected", "human"),
        ("claimed", "builder-1"),
        ("completed", "builder-1"),
        ("approved", "human"),
    ];
    assert_eq!(told, expected);
    Ok(())
}

async fn over_http(client: Client) -> Result<()> {
    let server = Server::start().await?;
    let mut command = client.command()?;
    server.place().adorn(&mut command);
    command
        .args(["http", &server.ready().mcp])
        .env("MESHPILOT_TEST_KEY", server.place().project_key()?);
    let driver = Driver::start(command, &server, Some("builder-1")).await?;
    live(server, driver, client.is_modern()).await
}

async fn through_the_bridge(client: Client) -> Result<()> {
    let server = Server::start().await?;
    let mut command = client.command()?;
    server.place().adorn(&mut command);
    command.arg("stdio").arg(program()?).args(["mcp", "--agent", "builder-1"]);
    let driver = Driver::start(command, &server, None).await?;
    live(server, driver, client.is_modern()).await
}

#[tokio::test]
async fn typescript_1_over_http() -> Result<()> {
    over_http(Client::TypeScript1).await
}

#[tokio::test]
async fn typescript_2_over_http() -> Result<()> {
    over_http(Client::TypeScript2).await
}

#[tokio::test]
async fn python_1_over_http() -> Result<()> {
    over_http(Client::Python1).await
}

#[tokio::test]
async fn python_2_over_http() -> Result<()> {
    over_http(Client::Python2).await
}

#[tokio::test]
async fn typescript_1_through_the_bridge() -> Result<()> {
    through_the_bridge(Client::TypeScript1).await
}

#[tokio::test]
async fn typescript_2_through_the_bridge() -> Result<()> {
    through_the_bridge(Client::TypeScript2).await
}

#[tokio::test]
async fn python_1_through_the_bridge() -> Result<()> {
    through_the_bridge(Client::Python1).await
}

#[tokio::test]
async fn python_2_through_the_bridge() -> Result<()> {
    through_the_bridge(Client::Python2).await
}
