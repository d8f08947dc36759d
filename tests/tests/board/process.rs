//! The server as a process: one for a project, quick to start, clean to stop, private on disk.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use meshpilot_e2e::server::{Launch, Ready};
use meshpilot_e2e::sse::Stream;
use meshpilot_e2e::{Place, Server, eventually, within};
use serde_json::json;

/// What a stop may take.
const STOP_LIMIT: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_second_server_hands_out_the_firsts_address() -> Result<()> {
    let server = Server::start().await?;
    for arguments in [&["serve"][..], &["serve", "--port", "0"], &["serve", "--port", "45678"]] {
        let output = server.place().run(arguments).await?;
        assert_eq!(output.stdout.lines().count(), 1, "{output:?}");
        let ready: Ready = serde_json::from_value(output.json()?)?;
        assert_eq!((&ready.url, ready.pid), (&server.ready().url, server.ready().pid));
        // Its way into the board is its own, and good.
        ensure!(ready.board_url != server.ready().board_url, "the same one-time code twice");
        let code = ready.board_url.as_deref().and_then(|url| url.split("#code=").nth(1));
        let code = code.context("a one-time code")?;
        server.stranger()?.post("/board-sessions", json!({ "code": code })).await?.ok()?;
    }
    Ok(())
}

struct Killed(Vec<Child>);

impl Drop for Killed {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[tokio::test]
async fn of_twenty_servers_started_at_once_one_owns_the_board() -> Result<()> {
    let place = Place::new()?;
    let mut started = Killed(Vec::new());
    for _ in 0..20 {
        let mut command = place.command()?;
        command
            .args(["serve", "--port", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        started.0.push(command.spawn()?);
    }
    let mut ready: Vec<Ready> = Vec::new();
    for child in &mut started.0 {
        let stdout = child.stdout.take().context("no pipe")?;
        let read = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(stdout).read_line(&mut line).map(|_| line)
        });
        let line = within(Duration::from_secs(20), "a ready line", read).await???;
        ready.push(serde_json::from_str(&line).with_context(|| format!("{line:?}"))?);
    }
    let first = ready.first().context("twenty of them")?;
    ensure!(
        ready.iter().all(|other| (other.pid, &other.url) == (first.pid, &first.url)),
        "{ready:?}"
    );
    let ended = eventually("the others' end", async || {
        let statuses: Vec<_> =
            started.0.iter_mut().filter_map(|child| child.try_wait().ok().flatten()).collect();
        (statuses.len() >= 19).then_some(statuses)
    })
    .await?;
    ensure!(ended.len() == 19 && ended.iter().all(std::process::ExitStatus::success), "{ended:?}");
    ensure!(started.0.iter().any(|child| child.id() == first.pid), "a stranger owns the board");
    Ok(())
}

#[tokio::test]
async fn it_stops_cleanly_with_streams_and_held_calls_open() -> Result<()> {
    for signal in ["TERM", "INT"] {
        let mut server = Server::start().await?;
        let agent = server.agent("a")?;
        let mut stream = Stream::open(&agent, "?snapshot=true", None).await?;
        stream.next().await?;
        let held = tokio::spawn({
            let agent = agent.clone();
            async move { agent.post("/tasks/claim-next", json!({ "waitSeconds": 25 })).await }
        });
        eventually("the held call's agent", async || {
            stream.next().await.ok().filter(|frame| frame.kind == "agent.seen")
        })
        .await?;
        server.signal(signal)?;
        let asked = Instant::now();
        let status = server.ends_within(STOP_LIMIT).await?;
        ensure!(
            status.success(),
            "{signal}: {status} after {:?}\n{}",
            asked.elapsed(),
            server.place().log()?
        );
        while stream.next_or_end().await?.is_some() {}
        // The held call ended with what it knew.
        let answer = within(STOP_LIMIT, "the held call", held).await???.ok()?;
        ensure!(answer["task"].is_null() && answer["next"].is_string(), "{answer}");
        let home = server.place().home()?;
        ensure!(!home.join("server.json").exists(), "server.json still says that it runs");
    }
    Ok(())
}

#[tokio::test]
async fn its_lifeline_is_its_life() -> Result<()> {
    let place = Place::new()?;
    let mut server = place.serve(Launch::with(&["--lifeline"])).await?;
    server.agent("a")?.get("/tasks").await?.ok()?;
    server.close_stdin();
    let status = server.ends_within(STOP_LIMIT).await?;
    ensure!(status.success(), "{status}");
    // Without it a closed input means nothing.
    let mut server = place.serve(Launch::default()).await?;
    server.close_stdin();
    server.agent("a")?.post("/chat", json!({ "text": "still here" })).await?.ok()?;
    Ok(())
}

#[tokio::test]
async fn a_taken_port_is_left_alone_and_the_files_name_the_new_one() -> Result<()> {
    let place = Place::new()?;
    let first = place.serve(Launch::default()).await?;
    let (port, key) = (first.port(), place.project_key()?);
    drop(first);
    let stranger = TcpListener::bind(("127.0.0.1", port))?;
    for wish in [Some(port), Some(0)] {
        let server = place.serve(Launch { port: wish, ..Launch::default() }).await?;
        ensure!(server.port() != port, "two on one port");
        let config = place.config()?;
        assert_eq!(config["meshpilot"]["url"], server.url());
        assert_eq!(config["mcpServers"]["meshpilot"]["url"], server.ready().mcp);
        assert_eq!(place.project_key()?, key);
        server.agent("a")?.get("/tasks").await?.ok()?;
    }
    drop(stranger);
    Ok(())
}

#[tokio::test]
async fn after_a_kill_it_starts_at_once_where_it_was() -> Result<()> {
    let mut server = Server::start().await?;
    server.agent("a")?.create_task(json!({ "title": "x" })).await?;
    server.kill9()?;
    ensure!(
        server.place().home()?.join("server.json").exists(),
        "it was killed, so the file is stale"
    );
    let started = Instant::now();
    server.restart().await?;
    ensure!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    assert_eq!(server.agent("a")?.task("T1").await?["title"], "x");
    Ok(())
}

fn mode(path: &Path) -> Result<u32> {
    Ok(path.symlink_metadata().with_context(|| path.display().to_string())?.mode() & 0o777)
}

#[tokio::test]
async fn what_it_writes_is_for_its_user_alone() -> Result<()> {
    let server = Server::start().await?;
    server.agent("a")?.create_task(json!({ "title": "x" })).await?;
    let (home, folder) = (server.place().home()?, server.place().project().join(".meshpilot"));
    for directory in [home.as_path(), folder.as_path()] {
        assert_eq!(mode(directory)?, 0o700, "{}", directory.display());
    }
    let mut files = 0;
    for directory in [&home, &folder] {
        for entry in std::fs::read_dir(directory)? {
            let path = entry?.path();
            let expected = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode(&path)?, expected, "{}", path.display());
            files += usize::from(path.is_file());
        }
    }
    ensure!(files >= 5, "{files}");
    // The list of what git leaves out was there before there was anything to leave out.
    let ignore = folder.join(".gitignore").metadata()?.created()?;
    let secret = folder.join("mcp.json").metadata()?.created()?;
    ensure!(ignore <= secret, "the key was written first");
    let git = |arguments: &[&str]| -> Result<String> {
        let output =
            Command::new("git").args(arguments).current_dir(server.place().project()).output()?;
        ensure!(output.status.success(), "{output:?}");
        Ok(String::from_utf8(output.stdout)?)
    };
    git(&["init", "--quiet"])?;
    assert_eq!(git(&["status", "--porcelain", "--untracked-files=all"])?, "");
    Ok(())
}

#[tokio::test]
async fn a_link_in_the_project_leads_no_key_away() -> Result<()> {
    for is_folder in [true, false] {
        let place = Place::new()?;
        let trap = place.file("trap");
        std::fs::create_dir(&trap)?;
        let link = place.project().join(".meshpilot");
        if is_folder {
            symlink(&trap, &link)?;
        } else {
            std::fs::create_dir(&link)?;
            std::fs::write(trap.join("mcp.json"), "{}")?;
            symlink(trap.join("mcp.json"), link.join("mcp.json"))?;
        }
        let started = place.serve(Launch::default()).await;
        let mut text = String::new();
        if let Ok(mut file) = std::fs::File::open(trap.join("mcp.json")) {
            file.read_to_string(&mut text)?;
        }
        ensure!(!text.contains("mp_"), "the key was written through a link");
        match started {
            // Refused with the reason, or the link is replaced by a file of its own.
            Err(refused) => ensure!(refused.to_string().contains(".meshpilot"), "{refused}"),
            Ok(_) if !is_folder => ensure!(link.join("mcp.json").symlink_metadata()?.is_file()),
            Ok(_) => bail!("a linked folder was taken"),
        }
    }
    Ok(())
}
