//! The timer that runs the server's own commands.

use std::sync::Arc;

use tokio::time::{MissedTickBehavior, interval};

use crate::error::Result;
use crate::limits;
use crate::ops::upkeep;
use crate::store::Caller;
use crate::transport::App;

/// Ticks between two flushes of presence and key use.
const FLUSH_TICKS: u64 = 30;

/// Runs until the server stops.
pub async fn run(app: Arc<App>) {
    let mut timer = interval(limits::TICK);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = app.context.store.env().now();
    for tick in 1_u64.. {
        tokio::select! {
            _ = timer.tick() => {}
            () = app.stopping.cancelled() => break,
        }
        let now = app.context.store.env().now();
        let slept = now.since(last) > limits::SLEPT;
        last = now;
        if let Err(error) = look(&app, slept, tick % FLUSH_TICKS == 0).await {
            tracing::warn!(%error, "upkeep failed; the next tick tries again");
        }
    }
    if let Err(error) = flush(&app).await {
        tracing::warn!(%error, "the last presence could not be written");
    }
}

async fn look(app: &App, slept: bool, flush_due: bool) -> Result<()> {
    if slept {
        tracing::info!("the machine slept; every lease gets its full time again");
        app.context.store.write(Arc::new(Caller::system()), upkeep::grant_grace).await?;
    }
    upkeep::sweep(&app.context.store).await?;
    if flush_due { flush(app).await } else { Ok(()) }
}

async fn flush(app: &App) -> Result<()> {
    let (seen, used) = (app.context.access.take_seen(), app.context.access.take_used());
    if seen.is_empty() && used.is_empty() {
        return Ok(());
    }
    app.context
        .store
        .write(Arc::new(Caller::system()), move |tx| upkeep::flush(tx, &seen, &used))
        .await
}
