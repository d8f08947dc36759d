//! Load: callers that each send one request after another on a connection of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bytes::Bytes;
use tokio::task::JoinSet;

use crate::http_client::{Connection, Outgoing};

/// Makes a caller's next request: given the caller's number and a number that no other request has.
/// `None` when there is nothing left to ask.
pub type Next = Arc<dyn Fn(usize, u64) -> Option<Result<Outgoing>> + Send + Sync>;

/// What a burst of load did.
#[derive(Default)]
pub struct Burst {
    /// How many requests were answered.
    pub operations: u64,
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// How long each took, in microseconds.
    pub micros: Vec<u32>,
    /// The bodies, if they were asked for.
    pub bodies: Vec<Bytes>,
}

/// Callers with open connections to one server.
pub struct Callers {
    connections: Vec<Connection>,
    count: Arc<AtomicU64>,
}

impl Callers {
    /// Opens the connections.
    pub async fn connect(address: &str, callers: usize) -> Result<Self> {
        let mut connections = Vec::with_capacity(callers);
        for _ in 0..callers {
            connections.push(Connection::open(address).await?);
        }
        Ok(Self { connections, count: Arc::default() })
    }

    /// Sends requests for a time, or until there are no more, and keeps the answers if `keep`.
    ///
    /// # Errors
    ///
    /// The first answer that is not a success.
    pub async fn burst(&mut self, time: Duration, next: &Next, keep: bool) -> Result<Burst> {
        let mut tasks = JoinSet::new();
        let began = Instant::now();
        for (caller, mut connection) in self.connections.drain(..).enumerate() {
            let (next, count) = (Arc::clone(next), Arc::clone(&self.count));
            tasks.spawn(async move {
                let mut mine = Burst::default();
                while began.elapsed() < time {
                    let Some(request) = next(caller, count.fetch_add(1, Ordering::Relaxed)) else {
                        break;
                    };
                    let request = request?;
                    let sent = Instant::now();
                    let answer = connection.send(request).await?;
                    mine.micros.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
                    mine.operations += 1;
                    if keep {
                        mine.bodies.push(answer.body);
                    }
                }
                anyhow::Ok((connection, mine))
            });
        }
        let mut all = Burst::default();
        while let Some(done) = tasks.join_next().await {
            let (connection, mine) = done.context("a caller panicked")??;
            self.connections.push(connection);
            all.operations += mine.operations;
            all.micros.extend(mine.micros);
            all.bodies.extend(mine.bodies);
        }
        all.elapsed = began.elapsed();
        Ok(all)
    }
}
