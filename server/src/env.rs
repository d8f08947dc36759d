//! What the outside world decides: time and randomness.
//!
//! Nothing else in the server may look at a clock or draw a random number (`clippy.toml` bans it), so a test that
//! makes its own [`Env`] decides both, and a seed replays a run.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::model::time::Timestamp;

/// Time and randomness. Production has [`System`], each test makes its own.
pub trait Env: Send + Sync + 'static {
    /// The wall clock, in whole milliseconds.
    fn now(&self) -> Timestamp;
    /// Fills `bytes` with random bytes good enough for keys.
    fn fill(&self, bytes: &mut [u8]);
}

/// A shared [`Env`].
pub type SharedEnv = Arc<dyn Env>;

/// The operating system's clock and random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Env for System {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    fn now(&self) -> Timestamp {
        let since =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn fill(&self, bytes: &mut [u8]) {
        use rand::TryRng as _;
        if let Err(error) = rand::rngs::SysRng.try_fill_bytes(bytes) {
            // Without the operating system's random source no key may be made and no answer given.
            tracing::error!(%error, "the operating system gives no random bytes");
            std::process::abort();
        }
    }
}

/// Measures how long something took. For limits and telemetry only: never for what is stored as a fact.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the monotonic clock")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
