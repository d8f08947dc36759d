//! When a server ends: a signal, or the end of its standard input.

use tokio::io::AsyncReadExt as _;
use tokio_util::sync::CancellationToken;

/// Cancels `stopping` at SIGTERM, SIGINT, or (with `lifeline`) the end of standard input.
pub fn watch(stopping: &CancellationToken, lifeline: bool) {
    let token = stopping.clone();
    tokio::spawn(async move {
        signal().await;
        token.cancel();
        tracing::info!("asked to stop");
    });
    if lifeline {
        let token = stopping.clone();
        tokio::spawn(async move {
            let mut input = tokio::io::stdin();
            let mut buffer = [0; 256];
            // Whatever is written is ignored: only the end counts, and it comes however the owner dies.
            while matches!(input.read(&mut buffer).await, Ok(read) if read > 0) {}
            // Before anything is said: who would read it may be gone as well.
            token.cancel();
            tracing::info!("the owner is gone, stopping");
        });
    }
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (terminate, interrupt) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    match (terminate, interrupt) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        _ => {
            tracing::warn!("signals can't be watched; stopping by signal is abrupt");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
async fn signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
