//! `meshpilot mcp`: a client's window on the board over standard input and output.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::{PATIENCE, Place, Rest, Server, eventually, within};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};

/// What an end may take.
const END_LIMIT: Duration = Duration::from_secs(4);

/// A client that starts the bridge as its program.
struct Window {
    process: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    next_id: u64,
}

impl Window {
    async fn open(place: &Place, arguments: &[&str]) -> Result<Self> {
        let mut command = place.command()?;
        command.arg("mcp").args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let log =
            std::fs::File::options().create(true).append(true).open(place.file("bridge.log"))?;
        command.stderr(log);
        let mut process = tokio::process::Command::from(command).kill_on_drop(true).spawn()?;
        let stdin = process.stdin.take().context("no pipe")?;
        let lines = BufReader::new(process.stdout.take().context("no pipe")?).lines();
        let mut window = Self { process, stdin, lines, next_id: 0 };
        let hello = json!({
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": { "name": "window", "version": "1" },
        });
        let hello = window.request("initialize", hello).await?;
        ensure!(hello["protocolVersion"] == "2025-06-18", "{hello}");
        window.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await?;
        Ok(window)
    }

    async fn send(&mut self, message: &Value) -> Result<()> {
        Ok(self.stdin.write_all(format!("{message}\n").as_bytes()).await?)
    }

    async fn request(&mut self, method: &str, params: Value) -> Result<Value> {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .await?;
        loop {
            let line = within(PATIENCE, method, self.lines.next_line()).await??;
            let line = line.context("the bridge ended")?;
            // Whatever else a program prints here breaks its client.
            let mut message: Value = serde_json::from_str(&line).with_context(|| line.clone())?;
            if message["id"] == id {
                ensure!(message["error"].is_null(), "{method}: {message}");
                return Ok(message["result"].take());
            }
        }
    }

    async fn call(&mut self, tool: &str, arguments: Value) -> Result<Value> {
        let mut result =
            self.request("tools/call", json!({ "name": tool, "arguments": arguments })).await?;
        ensure!(result["isError"] != true, "{tool}: {result}");
        Ok(result["structuredContent"].take())
    }

    async fn close(mut self) -> Result<ExitStatus> {
        drop(self.stdin);
        Ok(within(END_LIMIT, "the bridge's end", self.process.wait()).await??)
    }
}

#[tokio::test]
async fn two_windows_are_two_agents_with_a_key_each_that_ends_with_them() -> Result<()> {
    let server = Server::start().await?;
    let (mut one, mut two) =
        (Window::open(server.place(), &[]).await?, Window::open(server.place(), &[]).await?);
    let name = |briefing: Value| briefing["agent"].as_str().unwrap_or_default().to_owned();
    let first = name(one.call("get_briefing", json!({ "role": "builder" })).await?);
    let second = name(two.call("get_briefing", json!({})).await?);
    ensure!(!first.is_empty() && !second.is_empty() && first != second, "{first:?} and {second:?}");
    let task = one.call("create_task", json!({ "title": "x" })).await?;
    let id = task["task"]["id"].as_str().context("an id")?;
    assert_eq!(task["task"]["createdBy"], json!(first));
    two.call("claim_task", json!({ "taskId": id })).await?;
    // The key says who one is: nobody can be the other.
    let claim = json!({ "name": "complete_task", "arguments": { "taskId": id, "agent": second } });
    let refused = one.request("tools/call", claim).await?;
    let error: Value =
        serde_json::from_str(refused["content"][0]["text"].as_str().unwrap_or_default())?;
    assert_eq!(error["code"], "SOURCE_MISMATCH");

    let bridges = async || -> Result<usize> {
        let keys = server.person()?.get("/keys").await?.ok()?["keys"].take();
        Ok(keys.as_array().into_iter().flatten().filter(|key| key["kind"] == "bridge").count())
    };
    assert_eq!(bridges().await?, 2);
    let status = one.close().await?;
    ensure!(status.success(), "{status}");
    assert_eq!(bridges().await?, 1);
    ensure!(two.close().await?.success());
    assert_eq!(bridges().await?, 0);
    // The server was there before them, and stays.
    server.agent("a")?.get("/tasks").await?.ok()?;
    Ok(())
}

#[tokio::test]
async fn without_a_server_it_brings_its_own_and_takes_it_along() -> Result<()> {
    let place = Place::new()?;
    let mut window = Window::open(&place, &["--agent", "a"]).await?;
    window.call("create_task", json!({ "title": "x" })).await?;
    let status = place.run(&["status", "--json"]).await?.json()?;
    let url = status["server"]["url"].as_str().context("a server runs")?.to_owned();
    // A second window finds it.
    let mut second = Window::open(&place, &["--agent", "b"]).await?;
    let listed = second.call("list_tasks", json!({})).await?;
    assert_eq!(listed["tasks"][0]["title"], "x");
    ensure!(second.close().await?.success());
    ensure!(window.close().await?.success());
    let stranger = Rest::new(&url, None, None)?;
    eventually("the server's end", async || stranger.get("/health").await.err()).await?;
    assert_eq!(place.run(&["status", "--json"]).await?.json()?["running"], false);
    Ok(())
}

#[tokio::test]
async fn a_killed_server_comes_back_by_itself_and_nothing_happens_twice() -> Result<()> {
    let mut server = Server::start().await?;
    let mut window = Window::open(server.place(), &["--agent", "a"]).await?;
    window.call("create_task", json!({ "title": "before" })).await?;
    window.call("claim_task", json!({ "taskId": "T1" })).await?;
    server.kill9()?;
    // Nobody starts it again but the bridge itself.
    window.call("send_chat_message", json!({ "text": "after" })).await?;
    window.call("complete_task", json!({ "taskId": "T1" })).await?;
    let events = window.call("get_events", json!({ "types": ["chat."] })).await?;
    assert_eq!(events["events"].as_array().map(Vec::len), Some(1), "{events}");
    ensure!(window.close().await?.success());
    Ok(())
}

#[tokio::test]
async fn it_ends_when_its_client_does() -> Result<()> {
    let server = Server::start().await?;
    // In the middle of a held call, too.
    let mut window = Window::open(server.place(), &["--agent", "a"]).await?;
    let held = json!({ "name": "claim_next_task", "arguments": { "waitSeconds": 25 } });
    let held = json!({ "jsonrpc": "2.0", "id": 77, "method": "tools/call", "params": held });
    window.send(&held).await?;
    let arrived = async || {
        let events = server.person().ok()?.events(0).await.ok()?;
        let agents = events.into_iter().filter(|event| event["type"] == "agent.seen");
        agents.map(|event| event["data"]["agent"]["name"].clone()).find(|name| name == "a")
    };
    eventually("the held call", arrived).await?;
    let status = window.close().await?;
    ensure!(status.success(), "{status}");
    // Nothing is left that could claim for it.
    let id = server.agent("planner")?.create_task(json!({ "title": "x" })).await?;
    server.agent("b")?.post(&format!("/tasks/{id}/claim"), json!({})).await?.ok()?;
    // Before a word was said.
    let output = server.place().run(&["mcp"]).await?;
    ensure!(output.stdout.is_empty(), "{output:?}");
    Ok(())
}
