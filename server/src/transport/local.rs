//! Routes about this machine rather than the board: liveness, and the coding agents' own configuration files.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::caller::Bearer;
use super::guard::CallId;
use super::{App, envelope};
use crate::clients::{self, Action, Environment, Form};
use crate::error::{Code, Error, Result};
use crate::model::things::Scope;

/// Liveness and version; needs no key and says nothing of the board.
pub async fn health(State(app): State<Arc<App>>, Extension(call): Extension<CallId>) -> Response {
    let data = json!({"status": "ok", "version": env!("CARGO_PKG_VERSION"), "uptimeSeconds": app.started.elapsed().as_secs()});
    envelope::bare(&app, &call, &data)
}

fn person(app: &App, bearer: &Bearer, call: &CallId) -> Result<()> {
    super::caller::caller(app, &bearer.0, None, call, false)?.require_person(Scope::Admin)
}

/// Lists the coding agents that can be connected, and which are.
pub async fn clients(
    State(app): State<Arc<App>>,
    Extension(call): Extension<CallId>,
    Extension(bearer): Extension<Bearer>,
) -> Response {
    let listed =
        on_this_machine(&app, &bearer, &call, |env| Ok(json!({ "clients": clients::status(env) })))
            .await;
    respond(&app, &call, listed)
}

/// Writes a coding agent's configuration.
pub async fn connect(
    State(app): State<Arc<App>>,
    Extension(call): Extension<CallId>,
    Extension(bearer): Extension<Bearer>,
    Path(client): Path<String>,
) -> Response {
    let changed =
        on_this_machine(&app, &bearer, &call, move |env| change(env, &client, Action::Connect))
            .await;
    respond(&app, &call, changed)
}

/// Takes it out again.
pub async fn disconnect(
    State(app): State<Arc<App>>,
    Extension(call): Extension<CallId>,
    Extension(bearer): Extension<Bearer>,
    Path(client): Path<String>,
) -> Response {
    let changed =
        on_this_machine(&app, &bearer, &call, move |env| change(env, &client, Action::Disconnect))
            .await;
    respond(&app, &call, changed)
}

fn respond(app: &App, call: &CallId, outcome: Result<Value>) -> Response {
    match outcome {
        Ok(data) => envelope::data(app, call, 200, &data),
        Err(error) => envelope::failure(app, call, &error),
    }
}

/// Runs `f` for the person, on a thread that may block.
async fn on_this_machine(
    app: &App,
    bearer: &Bearer,
    call: &CallId,
    f: impl FnOnce(&Environment) -> Result<Value> + Send + 'static,
) -> Result<Value> {
    person(app, bearer, call)?;
    let (project, data_root) = (app.project.clone(), app.data_root.clone());
    let run =
        move || Environment::detect(&project, data_root).map_err(refusal).and_then(|env| f(&env));
    tokio::task::spawn_blocking(run).await.map_err(Error::internal)?
}

fn change(env: &Environment, name: &str, action: Action) -> Result<Value> {
    let client = clients::client(name)
        .map_err(|error| Error::not_found("client", name).hint(error.hint()))?;
    // The file that has the entry, so that a disconnect finds what a connect by hand wrote elsewhere.
    let standing = clients::status(env).into_iter().find(|status| status.client == client.id);
    let scope = standing.map_or_else(|| client.default_scope(), |status| status.scope);
    let plan = clients::plan(env, client, scope, Form::Stdio, action).map_err(refusal)?;
    clients::apply(&plan).map_err(refusal)?;
    Ok(
        json!({"client": plan.client, "path": plan.path, "changed": plan.changed, "diff": plan.diff, "notes": plan.notes}),
    )
}

fn refusal(error: clients::Error) -> Error {
    Error::new(Code::Conflict, error.to_string()).hint(error.hint())
}
