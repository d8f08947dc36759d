//! MCP over HTTP: calls go straight into the board.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use http::header::{self, HeaderValue};
use http::request::Parts;
use http::{Method, StatusCode};
use rmcp::model::JsonObject;
use serde_json::{Map, Value, json};

use super::door::{Backend, Grant, Reply};
use super::sessions;
use super::toolset::Selection;
use crate::api::{Call, Endpoint, request_id};
use crate::error::{Code, Error};
use crate::model::things::KeyKind;
use crate::transport::caller::{Bearer, caller};
use crate::transport::guard::CallId;
use crate::transport::{App, envelope, rest};

/// The board of this process.
#[derive(Clone)]
pub struct Local(pub Arc<App>);

/// The toolset of an address: `?tools=`, else the header.
fn selection(app: &App, parts: &Parts) -> Result<Selection, Error> {
    let query = parts.uri.query().unwrap_or_default();
    let named = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "tools")
        .map(|(_, value)| value.into_owned());
    let header = || {
        parts.headers.get("x-mcp-toolsets").and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    named.or_else(header).map_or_else(
        || Ok(Selection::default()),
        |words| Selection::parse(&words, app.api.endpoints()),
    )
}

impl Backend for Local {
    async fn grant(&self, parts: Option<&Parts>) -> Result<Grant, Error> {
        let Some((parts, Bearer(key))) =
            parts.and_then(|parts| Some((parts, parts.extensions.get::<Bearer>()?)))
        else {
            return Err(Error::new(Code::Unauthenticated, "no key was sent"));
        };
        let bound = key.agent.is_some() || matches!(key.kind, KeyKind::Person | KeyKind::Board);
        Ok(Grant { scope: key.scope, bound, selection: selection(&self.0, parts)? })
    }

    async fn call(
        &self,
        parts: Option<&Parts>,
        endpoint: &Arc<Endpoint>,
        arguments: JsonObject,
    ) -> Result<Reply, Value> {
        let app = &self.0;
        let Some((parts, Bearer(key))) =
            parts.and_then(|parts| Some((parts, parts.extensions.get::<Bearer>()?)))
        else {
            return Err(Error::new(Code::Unauthenticated, "no key was sent").to_json());
        };
        let id = parts.extensions.get::<CallId>().cloned().unwrap_or_else(|| CallId(String::new()));
        let answer = async {
            let mut input = arguments;
            let given = input.remove("requestId");
            let header = rest::header_text(&parts.headers, "x-agent")?;
            let agent = input.remove("agent");
            let agent = match &agent {
                None | Some(Value::Null) => header,
                Some(Value::String(agent)) => Some(agent.as_str()),
                Some(_) => return Err(Error::invalid("agent", "`agent` must be a text")),
            };
            let caller = caller(app, key, agent, &id, true)?;
            endpoint
                .call(&app.context, Call { caller, input, request_id: request_id(given)? })
                .await
        }
        .await
        .map_err(|error| error.to_json())?;
        let mut data: Value = endpoint.lean(
            serde_json::from_str(&answer.data).map_err(|error| Error::internal(error).to_json())?,
        );
        if let Value::Object(fields) = &mut data
            && !answer.notices.is_empty()
        {
            fields.insert("notices".to_owned(), json!(answer.notices));
        }
        let mut meta = Map::new();
        meta.insert("timestamp".to_owned(), json!(app.context.store.env().now()));
        meta.insert("correlationId".to_owned(), id.0.into());
        meta.insert("seq".to_owned(), answer.seq.into());
        if answer.replayed {
            meta.insert("replayed".to_owned(), true.into());
        }
        Ok(Reply { data, meta })
    }
}

/// Smooths what plain clients send, answers what is no JSON in the protocol's own words, and lets nobody onto another
/// principal's session.
pub async fn prepare(
    State((app, live)): State<(Arc<App>, Arc<sessions::Live>)>,
    request: Request,
    next: Next,
) -> Response {
    let call =
        request.extensions().get::<CallId>().cloned().unwrap_or_else(|| CallId(String::new()));
    let Some(Bearer(key)) = request.extensions().get::<Bearer>().cloned() else {
        return envelope::failure(
            &app,
            &call,
            &Error::new(Code::Unauthenticated, "no key was sent"),
        );
    };
    let session =
        request.headers().get("mcp-session-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    if let Some(session) = &session {
        if let Err(error) = sessions::admit(&app.context.store, session, &key.id).await {
            return envelope::failure(&app, &call, &error);
        }
        live.touch(session, &key.id).await;
    }
    let request = if request.method() == Method::POST {
        match checked(request).await {
            Ok(request) => request,
            Err(Refused::Protocol(response)) => return *response,
            Err(Refused::Call(error)) => return envelope::failure(&app, &call, &error),
        }
    } else {
        request
    };
    let listens = request.method() == Method::GET;
    let response = next.run(request).await;
    if listens {
        return until_revoked(app, response, key.id.clone());
    }
    if session.is_none()
        && let Some(id) = response.headers().get("mcp-session-id").and_then(|id| id.to_str().ok())
    {
        sessions::bind(&app.context.store, id, &key.id).await;
        live.touch(id, &key.id).await;
    }
    response
}

/// Ends an open stream with its key.
fn until_revoked(app: Arc<App>, response: Response, key: String) -> Response {
    let (parts, body) = response.into_parts();
    let stopped = async move { app.context.access.stopped_working(&key).await };
    Response::from_parts(parts, Body::from_stream(body.into_data_stream().take_until(stopped)))
}

enum Refused {
    Protocol(Box<Response>),
    Call(Error),
}

/// Reads the body (within its size and time), and makes curl's `Accept: */*` the pair that the protocol asks for.
async fn checked(request: Request) -> Result<Request, Refused> {
    let (mut parts, body) = request.into_parts();
    let body = rest::whole(body).await.map_err(Refused::Call)?;
    let kind = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    if kind.starts_with("application/json")
        && let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(&body)
    {
        let answer = json!({"jsonrpc": "2.0", "id": null, "error": {"code": -32700, "message": format!("parse error: {error}")}});
        let response = (
            StatusCode::BAD_REQUEST,
            [(header::CONTENT_TYPE, "application/json")],
            answer.to_string(),
        )
            .into_response();
        return Err(Refused::Protocol(Box::new(response)));
    }
    let accept =
        parts.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or("*/*");
    if accept.contains("*/*") {
        parts.headers.insert(
            header::ACCEPT,
            HeaderValue::from_static("application/json, text/event-stream"),
        );
    }
    Ok(Request::from_parts(parts, Body::from(body)))
}
