//! How the person's browser gets in: a one-time code out of the address bar becomes a token.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::caller::{Bearer, HUMAN, address};
use super::guard::CallId;
use super::{App, envelope, rest};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::things::{KeyKind, Scope};
use crate::ops::keys::{blank, issue};
use crate::store::Caller;

/// Exchanges a one-time code for a browser's token. Needs no key: the code is one.
pub async fn open_board(
    State(app): State<Arc<App>>,
    Extension(call): Extension<CallId>,
    request: Request,
) -> Response {
    match exchange(&app, request).await {
        Ok(data) => envelope::data(&app, &call, 201, &data),
        Err(error) => envelope::failure(&app, &call, &error),
    }
}

async fn exchange(app: &App, request: Request) -> Result<Value> {
    let address = address(&request);
    let (parts, body) = request.into_parts();
    let fields = rest::json_object(&parts.headers, &rest::whole(body).await?)?;
    let Some(code) = fields.get("code").and_then(Value::as_str) else {
        return Err(Error::invalid("code", "`code` is missing"));
    };
    app.context.access.use_code(code, address)?;
    let (key, text) = app
        .context
        .store
        .write(Arc::new(Caller::system()), |tx| {
            let mut key = blank(KeyKind::Board, Scope::Admin, "Browser");
            key.agent = Some(HUMAN.to_owned());
            key.role = Some(HUMAN.to_owned());
            key.expires_at = Some(tx.now().after(limits::BOARD_TOKEN));
            issue(tx, key)
        })
        .await?;
    app.context.access.refresh(&app.context.store).await?;
    Ok(json!({"token": text.as_str(), "expiresAt": key.expires_at, "keyId": key.id}))
}

/// Makes a fresh one-time code, for `meshpilot open` and the desktop app.
pub async fn new_code(
    State(app): State<Arc<App>>,
    Extension(call): Extension<CallId>,
    Extension(bearer): Extension<Bearer>,
) -> Response {
    match super::caller::caller(&app, &bearer.0, None, &call, false)
        .and_then(|caller| caller.require(Scope::Approve))
    {
        Ok(()) => {
            let code = app.context.access.new_code();
            let url = format!("{}/#code={code}", app.url());
            envelope::data(
                &app,
                &call,
                201,
                &json!({"code": code, "boardUrl": url, "expiresInSeconds": limits::BOARD_CODE.as_secs()}),
            )
        }
        Err(error) => envelope::failure(&app, &call, &error),
    }
}
