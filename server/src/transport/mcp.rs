//! MCP over Streamable HTTP: the current revision (2026-07-28, no sessions) and the handshake-based ones on one
//! endpoint. rmcp speaks the protocol; the list of operations is served by [`door::Door`].

pub mod door;
#[cfg(feature = "conformance")]
mod fixtures;
mod http;
mod prompts;
mod sessions;
pub mod toolset;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use self::door::Door;
use super::App;
use crate::limits;

/// Sessions without a message for so long are dropped from memory; their client does not notice, since any session id
/// is restored when it comes back. rmcp's default of five minutes would end open streams and silent tool calls.
const SESSION_IDLE: Duration = Duration::from_secs(3_600);

/// The MCP endpoint.
pub fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    let mut sessions = LocalSessionManager::default();
    sessions.session_config.keep_alive = Some(SESSION_IDLE);
    let mut config = StreamableHttpServerConfig::default()
        .with_json_response(true)
        .with_cancellation_token(app.stopping.child_token())
        .with_allowed_origins([
            format!("http://127.0.0.1:{}", app.port),
            format!("http://localhost:{}", app.port),
        ]);
    config.max_request_body_bytes = limits::BODY_BYTES;
    config.session_store = Some(Arc::new(sessions::Stored(app.context.store.clone())));
    let door = Door::new(http::Local(Arc::clone(app)), &app.api);
    #[cfg(feature = "conformance")]
    let door = fixtures::Fixtures::new(door);
    let sessions = Arc::new(sessions);
    let live = Arc::new(sessions::Live::new(Arc::clone(&sessions)));
    let service = StreamableHttpService::new(move || Ok(door.clone()), sessions, config);
    Router::new()
        .route_service("/mcp", service)
        .layer(from_fn_with_state((Arc::clone(app), live), http::prepare))
}
