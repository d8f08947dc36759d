//! Leases and locks that nobody keeps alive.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::sse::{Frame, Stream};
use meshpilot_e2e::{Answer, Server, within};
use reqwest::Method;
use serde_json::{Value, json};

/// How long after its end a lease or lock may still stand.
const LATE_LIMIT_MS: i64 = 1_000;

/// Milliseconds between two instants of the same day, as the server writes them.
fn late(end: &Value, at: &Value) -> Result<i64> {
    let milliseconds = |instant: &Value| -> Result<i64> {
        let text = instant.as_str().context("an instant is a text")?;
        let clock = text.split_once('T').map(|(_, clock)| clock.trim_end_matches('Z'));
        let parts: Vec<f64> =
            clock.unwrap_or_default().split(':').map(str::parse).collect::<Result<_, _>>()?;
        let [hours, minutes, seconds] = parts.as_slice() else { anyhow::bail!("{text}") };
        #[expect(clippy::cast_possible_truncation, reason = "a day has fewer milliseconds")]
        Ok(((hours * 3_600.0 + minutes * 60.0 + seconds) * 1_000.0).round() as i64)
    };
    // Midnight may lie between the two.
    Ok((milliseconds(at)? - milliseconds(end)?).rem_euclid(86_400_000))
}

async fn next_of(stream: &mut Stream, kind: &str) -> Result<Frame> {
    loop {
        let frame =
            stream.next_block(Duration::from_secs(40)).await?.context("the stream ended")?;
        if frame.kind == kind {
            return Ok(frame);
        }
    }
}

#[tokio::test]
async fn a_lock_that_runs_out_is_free_a_second_later_and_says_so() -> Result<()> {
    let server = Server::start().await?;
    let (a, b) = (server.agent("a")?, server.agent("b")?);
    let mut stream = Stream::open(&a, "?types=lock.", None).await?;
    let taken = json!({ "paths": ["src/**"], "ttlSeconds": 1 });
    let taken = a.post("/locks", taken).await?.ok()?;
    let waited = json!({ "paths": ["src/a.rs"], "waitSeconds": 20 });
    let waiting = tokio::spawn(async move { b.post("/locks", waited).await });
    let ended = next_of(&mut stream, "lock.ended").await?;
    let lock = &ended.data["data"]["locks"][0];
    assert_eq!(lock["id"], taken["locks"][0]["id"]);
    let late = late(&lock["expiresAt"], &ended.data["at"])?;
    ensure!(late <= LATE_LIMIT_MS, "{late} ms late");
    // Who waited for it has it.
    let got = within(Duration::from_secs(5), "the lock", waiting).await???.ok()?;
    assert_eq!((&got["acquired"], &got["locks"][0]["agent"]), (&json!(true), &json!("b")));
    ensure!(got["fence"].as_i64() > taken["fence"].as_i64(), "a fence went back: {got}");
    Ok(())
}

#[tokio::test]
async fn a_lease_that_runs_out_gives_the_task_back_with_its_files() -> Result<()> {
    let server = Server::start().await?;
    let (a, b) = (server.agent("a")?, server.agent("b")?);
    let id = a.create_task(json!({ "title": "x", "filesOwned": ["src/**"] })).await?;
    let mut stream = Stream::open(&b, "?types=lease.,task.,lock.", None).await?;
    let claim = json!({ "leaseSeconds": 30 });
    let lease = a.post(&format!("/tasks/{id}/claim"), claim).await?.ok()?["task"]["lease"].take();
    // A notice says so in time.
    assert_eq!(a.get("/tasks").await?.notices(), [("lease_ending".to_owned(), id.clone())]);
    let wait = b.request(Method::POST, "/tasks/claim-next").timeout(Duration::from_secs(60));
    let waiting = tokio::spawn(Answer::of(wait.json(&json!({ "waitSeconds": 45 }))));
    let ended = next_of(&mut stream, "lease.ended").await?;
    let data = &ended.data["data"];
    assert_eq!(
        (&data["taskId"], &data["agent"], &data["fence"]),
        (&json!(id), &json!("a"), &lease["fence"])
    );
    let late = late(&lease["expiresAt"], &ended.data["at"])?;
    ensure!(late <= LATE_LIMIT_MS, "{late} ms late");
    // It went back to everybody, and whoever waits for work has it, with a higher fence.
    let woken = within(Duration::from_secs(5), "the waiting claim", waiting).await???.ok()?;
    let claimed = &woken["task"];
    assert_eq!((&claimed["id"], &claimed["lease"]["agent"]), (&json!(id), &json!("b")));
    ensure!(claimed["lease"]["fence"].as_i64() > lease["fence"].as_i64(), "{claimed}");
    let late = json!({ "result": "too late" });
    a.post(&format!("/tasks/{id}/complete"), late).await?.refused(409, "LEASE_LOST")?;
    let full = a.get(&format!("/tasks/{id}?include=comments,attempts")).await?.ok()?;
    ensure!(
        full["comments"][0]["text"].as_str().is_some_and(|text| text.contains("too late")),
        "{full}"
    );
    assert_eq!(full["attempts"][0]["outcome"], "lease_ended");
    Ok(())
}
