//! How long a change takes to reach everyone who listens.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::http_client::{Connection, Requests};

/// Longer than any event takes, so that a lost one ends the row instead of hanging it.
const LOST: Duration = Duration::from_secs(20);

/// Writes `writes` chat messages one after another, waiting for every reader to have each, and returns the time
/// from sending the write to reading its event, for each reader and write, in microseconds.
pub async fn latencies(requests: &Requests, readers: usize, writes: u32) -> Result<Vec<u32>> {
    let (seen, mut arrivals) = mpsc::unbounded_channel();
    let mut streams = JoinSet::new();
    for _ in 0..readers {
        let mut connection = Connection::open(requests.address()).await?;
        let subscribe =
            requests.build("GET", "/events", &[("accept", "text/event-stream")], String::new())?;
        let (status, _, body) = connection.start(subscribe).await?;
        if !status.is_success() {
            bail!("{status} for /events");
        }
        streams.spawn(follow(connection, body, seen.clone()));
    }

    let mut writer = Connection::open(requests.address()).await?;
    let mut micros = Vec::new();
    // The first writes wait for every stream to be at its live end, and are not counted.
    const WARM_UP: u32 = 5;
    for n in 0..WARM_UP + writes {
        let body = json!({ "text": format!("{MARK}{n};") }).to_string();
        let write = requests.build("POST", "/chat", &[("x-agent", "bench-writer")], body)?;
        let began = Instant::now();
        writer.send(write).await?;
        for _ in 0..readers {
            let arrived = loop {
                let (number, at): (u32, Instant) = tokio::time::timeout(LOST, arrivals.recv())
                    .await
                    .context("an event was lost")?
                    .context("all readers ended")?;
                if number == n {
                    break at;
                }
            };
            if n >= WARM_UP {
                micros.push(
                    u32::try_from(arrived.duration_since(began).as_micros()).unwrap_or(u32::MAX),
                );
            }
        }
    }
    streams.abort_all();
    Ok(micros)
}

/// What a benchmark's message starts with; nothing else on a scratch board says it.
const MARK: &str = "benchmark-event-";

/// Reads a stream and reports each of our events as it arrives. The stream ends with its connection.
async fn follow(
    _held: Connection,
    mut body: Incoming,
    seen: mpsc::UnboundedSender<(u32, Instant)>,
) -> Result<()> {
    let mut pending = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        let at = Instant::now();
        pending.extend_from_slice(&data);
        while let Some(end) = pending.windows(2).position(|pair| pair == b"\n\n") {
            let event: Vec<u8> = pending.drain(..end + 2).collect();
            let text = String::from_utf8_lossy(&event);
            let number = text.split_once(MARK).and_then(|(_, rest)| rest.split_once(';'));
            if let Some((number, _)) = number {
                seen.send((number.parse()?, at)).context("nobody listens")?;
            }
        }
    }
    Ok(())
}
