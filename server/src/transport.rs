//! The doors: REST, MCP, the event stream, the board's files, and the guard in front of all of them.

pub mod assets;
pub mod caller;
pub mod demo;
pub mod envelope;
pub mod events;
pub mod guard;
pub mod local;
pub mod mcp;
pub mod openapi;
pub mod rest;
pub mod sessions;
pub mod snapshot;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tokio_util::sync::CancellationToken;

use crate::api::{Api, Context};
use crate::env::Stopwatch;
use crate::model::things::Scope;

/// What every door shares.
pub struct App {
    /// The board and who may do what on it.
    pub context: Context,
    /// The list of operations.
    pub api: Api,
    /// The folder of the project.
    pub project: PathBuf,
    /// The folder that holds the data of all projects.
    pub data_root: PathBuf,
    /// The port that is listened on.
    pub port: u16,
    /// When the server started.
    pub started: Stopwatch,
    /// Cancelled when the server stops: open streams and held calls end.
    pub stopping: CancellationToken,
    /// The OpenAPI document.
    pub openapi: String,
}

impl App {
    /// The server's address, without a path.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The board's address with a fresh one-time code.
    #[must_use]
    pub fn board_url(&self) -> String {
        format!("{}/#code={}", self.url(), self.context.access.new_code(Scope::Admin))
    }
}

/// All routes. Every one stands behind [`guard::check`]; every one that shows or changes anything of the board also
/// stands behind [`caller::authenticate`].
pub fn router(app: &Arc<App>) -> Router {
    let open = Router::new()
        .route("/health", get(local::health))
        .route("/board-sessions", post(sessions::open_board));
    let mut closed = Router::new()
        .route("/events", get(events::stream))
        .route("/openapi.json", get(openapi::document))
        .route("/board-codes", post(sessions::new_code))
        .route("/clients", get(local::clients))
        .route("/clients/{client}/connect", post(local::connect))
        .route("/clients/{client}/disconnect", post(local::disconnect));
    closed = rest::add_routes(closed, &app.api).merge(demo::routes());
    let closed = closed
        .merge(mcp::routes(app))
        .layer(from_fn_with_state(Arc::clone(app), caller::authenticate));
    let api = open.merge(closed).method_not_allowed_fallback(envelope::method_not_allowed);
    Router::new()
        .merge(api.clone())
        .nest("/v1", api.fallback(envelope::not_found))
        .fallback(assets::serve)
        .layer(from_fn_with_state(Arc::clone(app), guard::check))
        .layer(from_fn(guard::harden))
        .with_state(Arc::clone(app))
}
