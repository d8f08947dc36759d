//! Answers that get lost on the way: a call asked again with the same `requestId` has one effect, whatever became of
//! the first.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::wire::{Wire, status_of};
use meshpilot_e2e::{Rest, Server};
use serde_json::json;
use tokio::task::JoinSet;

const CALLERS: usize = 10;
const CALLS: usize = 100;

/// Sends a message, hangs up at one of several moments, and asks again. `true` when the first one had an effect.
async fn lose_one(server: &Target, rest: &Rest, text: &str, turn: usize) -> Result<bool> {
    let body = json!({ "text": text, "requestId": text });
    let bytes = body.to_string();
    let head = format!(
        "POST /v1/chat HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {}\r\nX-Agent: {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        server.port,
        server.key,
        server.agent,
        bytes.len()
    );
    let request = format!("{head}{bytes}");
    let mut wire = Wire::connect(server.port).await?;
    match turn % 4 {
        // Cut in the middle of the body: nothing may come of it.
        0 => wire.send(request.as_bytes().get(..request.len() - 3).context("a body")?).await?,
        // Gone before the answer.
        1 | 2 => wire.send(request.as_bytes()).await?,
        // The answer came, and got lost after that.
        _ => {
            wire.send(request.as_bytes()).await?;
            let answer = wire.answer(Duration::from_secs(30)).await?;
            ensure!(status_of(&answer) == 201, "{answer}");
        }
    }
    drop(wire);
    loop {
        let answer = rest.post("/chat", body.clone()).await?;
        // The first one is still at it.
        if answer.code() != "REQUEST_IN_PROGRESS" {
            let replayed = answer.body["meta"]["replayed"] == true;
            let said = answer.ok()?;
            ensure!(said["message"]["text"] == *text, "another call's answer: {said}");
            return Ok(replayed);
        }
        tokio::task::yield_now().await;
    }
}

#[derive(Clone)]
struct Target {
    port: u16,
    key: String,
    agent: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_lost_answers_have_a_thousand_effects() -> Result<()> {
    let server = Server::unlimited().await?;
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let agent = format!("caller-{caller}");
        let rest = server.agent(&agent)?;
        let target = Target { port: server.port(), key: server.place().project_key()?, agent };
        callers.spawn(async move {
            let mut replayed = 0;
            for turn in 0..CALLS {
                let text = format!("{}/{turn}", target.agent);
                replayed += usize::from(lose_one(&target, &rest, &text, turn).await?);
            }
            anyhow::Ok(replayed)
        });
    }
    let mut replayed = 0;
    while let Some(done) = callers.join_next().await {
        replayed += done??;
    }
    let log = server.person()?.events(0).await?;
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for event in log.iter().filter(|event| event["type"] == "chat.message") {
        let text = event["data"]["message"]["text"].as_str().context("a message has a text")?;
        *times.entry(text).or_default() += 1;
    }
    let doubled: Vec<_> = times.iter().filter(|(_, times)| **times != 1).collect();
    ensure!(doubled.is_empty(), "more than one effect: {doubled:?}");
    assert_eq!(times.len(), CALLERS * CALLS);
    println!("{} calls, {replayed} of the first ones had an effect", times.len());
    // A quarter was answered for certain before it was asked again.
    ensure!(replayed >= CALLERS * CALLS / 4, "{replayed}");
    Ok(())
}
