//! Bytes that no well-behaved client sends: slow, too large, ambiguous, broken.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use meshpilot_e2e::Server;
use meshpilot_e2e::wire::{Wire, exchange, status_of};
use serde_json::json;

/// A little more than the server gives the head of a request.
const HEAD_LIMIT: Duration = Duration::from_secs(14);

/// A request's head with a good key.
fn head(server: &Server, line: &str, more: &[&str]) -> Result<String> {
    let mut lines = vec![
        line.to_owned(),
        format!("Host: 127.0.0.1:{}", server.port()),
        format!("Authorization: Bearer {}", server.place().project_key()?),
        "X-Agent: a".to_owned(),
    ];
    lines.extend(more.iter().map(ToString::to_string));
    Ok(format!("{}\r\n\r\n", lines.join("\r\n")))
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_off_and_keeps_nobody_waiting() -> Result<()> {
    let server = Server::start().await?;
    let started = Instant::now();
    let mut slow = Vec::new();
    for _ in 0..50 {
        let mut wire = Wire::connect(server.port()).await?;
        wire.send(b"GET /v1/health HTTP/1.1\r\nHost: 127").await?;
        slow.push(wire);
    }
    let agent = server.agent("a")?;
    let asked = Instant::now();
    agent.create_task(json!({ "title": "meanwhile" })).await?;
    ensure!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    for mut wire in slow {
        let left = HEAD_LIMIT.saturating_sub(started.elapsed());
        let answer = wire.to_the_end(left).await?;
        ensure!(matches!(status_of(&answer), 0 | 400 | 408), "{answer}");
    }
    Ok(())
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() -> Result<()> {
    let server = Server::start().await?;
    let one = format!("X-Much: {}", "x".repeat(150_000));
    let many: Vec<String> =
        (0..2_000).map(|number| format!("X-{number}: {}", "y".repeat(40))).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let address = format!("GET /v1/tasks?text={} HTTP/1.1", "z".repeat(70_000));
    for request in [
        head(&server, "GET /v1/tasks HTTP/1.1", &[&one])?,
        head(&server, "GET /v1/tasks HTTP/1.1", &many)?,
        head(&server, &address, &[])?,
    ] {
        let answer = exchange(server.port(), request.as_bytes(), Duration::from_secs(5)).await?;
        ensure!(matches!(status_of(&answer), 0 | 400 | 414 | 431), "{answer:.200}");
    }
    server.agent("a")?.get("/tasks").await?.ok()?;
    Ok(())
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_is_refused_before_it_is_sent() -> Result<()> {
    let server = Server::start().await?;
    let length = format!("Content-Length: {}", 1_u64 << 40);
    let request =
        head(&server, "POST /v1/tasks HTTP/1.1", &["Content-Type: application/json", &length])?;
    let mut wire = Wire::connect(server.port()).await?;
    wire.send(request.as_bytes()).await?;
    wire.send(&vec![b' '; 64 * 1024]).await?;
    let answer = wire.answer(Duration::from_secs(5)).await?;
    assert_eq!(status_of(&answer), 413, "{answer}");
    // Without an announcement it is refused once it is.
    let mut wire = Wire::connect(server.port()).await?;
    let request = head(
        &server,
        "POST /v1/tasks HTTP/1.1",
        &["Content-Type: application/json", "Transfer-Encoding: chunked"],
    )?;
    wire.send(request.as_bytes()).await?;
    let chunk = [b"100000\r\n".to_vec(), vec![b' '; 1 << 20], b"\r\n".to_vec()].concat();
    for _ in 0..13 {
        wire.send(&chunk).await?;
    }
    let answer = wire.answer(Duration::from_secs(10)).await?;
    assert_eq!(status_of(&answer), 413, "{answer}");
    Ok(())
}

/// Two readers of one byte stream must never see different requests in it.
#[tokio::test]
async fn what_could_be_read_in_two_ways_is_refused() -> Result<()> {
    let server = Server::start().await?;
    let hidden = head(
        &server,
        "POST /v1/chat HTTP/1.1",
        &["Content-Type: application/json", "Content-Length: 20"],
    )? + "{\"text\":\"smuggled!\"}";
    let json = "Content-Type: application/json";
    let length = format!("Content-Length: {}", hidden.len());
    for framing in [
        vec!["Content-Length: 0", "Transfer-Encoding: chunked"],
        vec![length.as_str(), "Transfer-Encoding: chunked"],
        vec!["Transfer-Encoding: chunked", length.as_str()],
        vec!["Content-Length: 0", length.as_str()],
        vec!["Content-Length: +0"],
        vec!["Content-Length: 0x0"],
        vec!["Content-Length : 0"],
        vec!["Transfer-Encoding: xchunked"],
        vec!["Transfer-Encoding: chunked, identity"],
        vec!["Transfer-Encoding:\u{b}chunked"],
    ] {
        let mut more = vec![json];
        more.extend(&framing);
        let request = head(&server, "POST /v1/tasks HTTP/1.1", &more)? + "0\r\n\r\n" + &hidden;
        let mut wire = Wire::connect(server.port()).await?;
        wire.send(request.as_bytes()).await?;
        let answer = wire.to_the_end(Duration::from_secs(20)).await?;
        // Either it is no request at all, or what follows it is not read as one.
        ensure!((400..500).contains(&status_of(&answer)), "{framing:?}: {answer}");
        let chat = server.agent("a")?.get("/chat").await?.ok()?;
        ensure!(chat["messages"] == json!([]), "{framing:?} got through: {answer}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_no_http_is_no_request() -> Result<()> {
    let server = Server::start().await?;
    for bytes in [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        b"GET /v1/health\r\n\r\n".to_vec(),
        b"GET /v1/health HTTP/1.1\nHost: x\n\n\x00".to_vec(),
        b"\x00\x00\x00\x00\r\n\r\n".to_vec(),
        b"GET /v1/tasks\x00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".to_vec(),
        b"GET http://evil.example/v1/health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".to_vec(),
        b"GET /v1/health HTTP/1.1\r\nConnection: close\r\n\r\n".to_vec(),
    ] {
        let answer = exchange(server.port(), &bytes, HEAD_LIMIT).await?;
        ensure!(matches!(status_of(&answer), 0 | 400 | 403), "{bytes:?}: {answer}");
    }
    server.agent("a")?.get("/tasks").await?.ok()?;
    Ok(())
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_leaves_a_whole_write_or_none() -> Result<()> {
    let server = Server::start().await?;
    let agent = server.agent("a")?;
    let body = r#"{"text":"gone before the answer"}"#;
    let length = format!("Content-Length: {}", body.len());
    let request =
        head(&server, "POST /v1/chat HTTP/1.1", &["Content-Type: application/json", &length])?
            + body;
    for _ in 0..100 {
        let mut wire = Wire::connect(server.port()).await?;
        wire.send(request.as_bytes()).await?;
        drop(wire);
    }
    for cut in [1, body.len() / 2, body.len() - 1] {
        let mut wire = Wire::connect(server.port()).await?;
        wire.send(&request.as_bytes()[..request.len() - cut]).await?;
        drop(wire);
    }
    agent.post("/chat", json!({ "text": "last" })).await?.ok()?;
    let chat = agent.get("/chat?limit=200").await?.ok()?["messages"].take();
    let said: Vec<&str> = chat
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|message| message["text"].as_str())
        .collect();
    let messages =
        agent.events(0).await?.iter().filter(|event| event["type"] == "chat.message").count();
    assert_eq!(said.len(), messages);
    ensure!(said.iter().all(|text| ["gone before the answer", "last"].contains(text)), "{said:?}");
    Ok(())
}
