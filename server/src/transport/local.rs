//! Routes about this machine rather than the board: liveness, and the coding agents' own configuration files.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::json;

use super::caller::Bearer;
use super::guard::CallId;
use super::{App, envelope};
use crate::error::{Code, Error, Result};
use crate::model::things::Scope;

/// Liveness and version; needs no key and says nothing of the board.
pub async fn health(State(app): State<Arc<App>>, Extension(call): Extension<CallId>) -> Response {
    let data = json!({"status": "ok", "version": env!("CARGO_PKG_VERSION"), "uptimeSeconds": app.started.elapsed().as_secs()});
    envelope::data(&app, &call, 200, &data)
}

fn person(app: &App, bearer: &Bearer, call: &CallId) -> Result<()> {
    super::caller::caller(app, &bearer.0, None, call, false)?.require(Scope::Admin)
}

/// Lists the coding agents that can be connected, and which are.
pub async fn clients(State(app): State<Arc<App>>, Extension(call): Extension<CallId>, Extension(bearer): Extension<Bearer>) -> Response {
    if let Err(error) = person(&app, &bearer, &call) {
        return envelope::failure(&app, &call, &error);
    }
    envelope::failure(&app, &call, &Error::new(Code::NotFound, "not wired"))
}

/// Writes a coding agent's configuration.
pub async fn connect(
    State(app): State<Arc<App>>,
    Extension(call): Extension<CallId>,
    Extension(bearer): Extension<Bearer>,
    Path(client): Path<String>,
) -> Response {
    change(&app, &call, &bearer, client, true).await
}

/// Takes it out again.
pub async fn disconnect(
    State(app): State<Arc<App>>,
    Extension(call): Extension<CallId>,
    Extension(bearer): Extension<Bearer>,
    Path(client): Path<String>,
) -> Response {
    change(&app, &call, &bearer, client, false).await
}

async fn change(app: &Arc<App>, call: &CallId, bearer: &Bearer, client: String, connect: bool) -> Response {
    if let Err(error) = person(app, bearer, call) {
        return envelope::failure(app, call, &error);
    }
    let _ = (client, connect);
    envelope::failure(app, call, &Error::new(Code::NotFound, "not wired"))
}
