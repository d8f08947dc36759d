//! What every REST answer looks like.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderValue};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::App;
use super::guard::CallId;
use crate::api::Answer;
use crate::error::{Code, Error};

fn respond(status: u16, call: &CallId, body: String) -> Response {
    let mut response =
        (StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body)
            .into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(&call.0) {
        headers.insert("x-request-id", id);
    }
    response
}

/// A success: data as it was written, and what belongs to the call.
#[must_use]
pub fn success(app: &App, call: &CallId, answer: &Answer) -> Response {
    let mut meta = json!({
        "timestamp": app.context.store.env().now(),
        "correlationId": call.0,
        "seq": answer.seq,
    });
    if let Value::Object(meta) = &mut meta {
        if answer.replayed {
            meta.insert("replayed".to_owned(), true.into());
        }
        if !answer.notices.is_empty() {
            meta.insert("notices".to_owned(), json!(answer.notices));
        }
    }
    // The data is JSON already; parsing it only to write it again would double the cost of a long list.
    let body = format!(r#"{{"success":true,"data":{},"meta":{meta}}}"#, answer.data);
    respond(answer.status, call, body)
}

/// A success of a route that is no operation.
#[must_use]
pub fn data(app: &App, call: &CallId, status: u16, data: &Value) -> Response {
    let seq = app.context.store.feed().head();
    success(
        app,
        call,
        &Answer { data: data.to_string(), status, replayed: false, notices: Vec::new(), seq },
    )
}

/// A success that says nothing of the board.
#[must_use]
pub fn bare(app: &App, call: &CallId, data: &Value) -> Response {
    let meta = json!({"timestamp": app.context.store.env().now(), "correlationId": call.0});
    respond(200, call, json!({"success": true, "data": data, "meta": meta}).to_string())
}

/// A refusal or a fault.
#[must_use]
pub fn failure(app: &App, call: &CallId, error: &Error) -> Response {
    // No position: a refusal may go to somebody without a key, who is to learn nothing of the board.
    let meta = json!({"timestamp": app.context.store.env().now(), "correlationId": call.0});
    let body = json!({"success": false, "error": error.to_json(), "meta": meta});
    if error.code == Code::Internal {
        tracing::error!(call = call.0, %error, "a call failed");
    }
    let mut response = respond(error.code.status(), call, body.to_string());
    let headers = response.headers_mut();
    match error.code {
        Code::RateLimited => {
            for (name, detail) in [
                ("retry-after", "retryAfterSeconds"),
                ("x-ratelimit-limit", "limit"),
                ("x-ratelimit-remaining", "remaining"),
                ("x-ratelimit-reset", "retryAfterSeconds"),
            ] {
                if let Some(value) =
                    error.to_json().pointer(&format!("/details/{detail}")).and_then(Value::as_u64)
                {
                    headers.insert(name, value.into());
                }
            }
        }
        Code::Unauthenticated => {
            // No `resource_metadata`: clients would open a browser for a login that does not exist.
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static(r#"Bearer error="invalid_token""#),
            );
        }
        Code::Overloaded => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        _ => {}
    }
    response
}

/// Answers a path that is none of ours.
pub async fn not_found(
    State(app): State<Arc<App>>,
    Extension(call): Extension<CallId>,
    uri: http::Uri,
) -> Response {
    failure(
        &app,
        &call,
        &Error::new(Code::NotFound, format!("there is no route `{}`", uri.path()))
            .hint("GET /openapi.json lists the routes."),
    )
}

/// Answers a method that a path does not have.
pub async fn method_not_allowed(
    State(app): State<Arc<App>>,
    Extension(call): Extension<CallId>,
    method: Method,
    uri: http::Uri,
) -> Response {
    failure(
        &app,
        &call,
        &Error::new(Code::MethodNotAllowed, format!("`{}` does not take {method}", uri.path())),
    )
}
