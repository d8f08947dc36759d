//! Waiting for conditions, never for time to pass.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// The longest that anything on a loaded machine may take before a test gives up on it.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How often a condition that can't announce itself is looked at.
const LOOK_INTERVAL: Duration = Duration::from_millis(10);

/// A wait that has an end, for loops that [`eventually`] is too small for.
pub struct Patience {
    since: Instant,
    what: String,
}

impl Patience {
    /// Begins to wait for `what`.
    #[must_use]
    pub fn with(what: &str) -> Self {
        Self { since: Instant::now(), what: what.to_owned() }
    }

    /// Lets the others work for a moment.
    ///
    /// # Errors
    /// When it has taken longer than [`PATIENCE`] altogether.
    pub async fn pause(&self) -> Result<()> {
        ensure!(self.since.elapsed() < PATIENCE, "waited in vain for {}", self.what);
        tokio::time::sleep(LOOK_INTERVAL).await;
        Ok(())
    }
}

/// Waits until `look` gives something.
///
/// # Errors
/// When it has given nothing within [`PATIENCE`], with `what` was awaited.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await {
            return Ok(found);
        }
        ensure!(started.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
}

/// Gives what `future` gives.
///
/// # Errors
/// When it takes longer than `limit`, with `what` was awaited.
pub async fn within<T>(limit: Duration, what: &str, future: impl Future<Output = T>) -> Result<T> {
    tokio::time::timeout(limit, future)
        .await
        .with_context(|| format!("waited {limit:?} in vain for {what}"))
}
