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
    let fields =
        rest::json_object(&parts.headers, &rest::within(body, limits::CODE_BODY_BYTES).await?)?;
    let Some(code) = fields.get("code").and_then(Value::as_str) else {
        return Err(Error::invalid("code", "`code` is missing"));
    };
    let scope = app.context.access.use_code(code, address)?;
    let (key, text) = app
        .context
        .access
        .write(&app.context.store, Arc::new(Caller::system()), move |tx| {
            let mut key = blank(KeyKind::Board, scope, "Browser");
            key.agent = Some(HUMAN.to_owned());
            key.role = Some(HUMAN.to_owned());
            key.expires_at = Some(tx.now().after(limits::BOARD_TOKEN));
            issue(tx, key)
        })
        .await?;
    Ok(json!({"token": text.as_str(), "expiresAt": key.expires_at, "keyId": key.id}))
}

/// Makes a fresh one-time code, for `meshpilot open` and the desktop app.
pub async fn new_code(
    State(app): State<Arc<App>>,
    Extension(call): Extension<CallId>,
    Extension(bearer): Extension<Bearer>,
) -> Response {
    // The code becomes a token that is the person, so nobody else may ask for one.
    match super::caller::caller(&app, &bearer.0, None, &call, false)
        .and_then(|caller| caller.require_person(Scope::Approve).map(|()| caller.scope))
    {
        Ok(scope) => {
            let code = app.context.access.new_code(scope);
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
