//! REST: one handler for all operations. It gathers path, query and body into one object and hands it over.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::routing::{MethodFilter, on};
use axum::{Extension, Router};
use bytes::Bytes;
use http::{HeaderMap, header};
use http_body::Body as _;
use http_body_util::{BodyExt as _, Limited};
use serde_json::{Map, Value};

use super::caller::{Bearer, caller};
use super::guard::CallId;
use super::{App, envelope};
use crate::api::{Answer, Api, Call, Endpoint, request_id};
use crate::error::{Code, Error, Result};
use crate::limits;

/// Adds the route of every operation.
pub fn add_routes(mut router: Router<Arc<App>>, api: &Api) -> Router<Arc<App>> {
    for endpoint in api.endpoints() {
        let Ok(method) = MethodFilter::try_from(endpoint.spec.method.clone()) else { continue };
        let (path, endpoint) = (endpoint.spec.path, Arc::clone(endpoint));
        let handler = move |State(app): State<Arc<App>>,
                            Extension(id): Extension<CallId>,
                            Extension(bearer): Extension<Bearer>,
                            path: Result<RawPathParams, RawPathParamsRejection>,
                            request: Request| {
            let endpoint = Arc::clone(&endpoint);
            async move {
                let outcome = match &path {
                    Ok(path) => answer(&app, &endpoint, &id, &bearer, path, request).await,
                    Err(problem) => {
                        Err(Error::new(Code::ValidationError, format!("the path: {problem}")))
                    }
                };
                match outcome {
                    Ok(answer) => envelope::success(&app, &id, &answer),
                    Err(error) => {
                        tracing::debug!(call = id.0, operation = endpoint.spec.name, code = %error.code, "refused");
                        envelope::failure(&app, &id, &error)
                    }
                }
            }
        };
        router = router.route(path, on(method, handler));
    }
    router
}

async fn answer(
    app: &App,
    endpoint: &Endpoint,
    id: &CallId,
    bearer: &Bearer,
    path: &RawPathParams,
    request: Request,
) -> Result<Answer> {
    let (parts, body) = request.into_parts();
    let mut input = query(parts.uri.query().unwrap_or_default());
    let body = whole(body).await?;
    input.extend(json_object(&parts.headers, &body)?);
    for (name, value) in path {
        let value = Value::String(value.to_owned());
        if input.get(name).is_some_and(|given| *given != value) {
            return Err(Error::invalid(
                name,
                format!("`{name}` in the path and in the body differ"),
            ));
        }
        input.insert(name.to_owned(), value);
    }
    // `*` is any version that there is.
    if let Some(version) =
        header_text(&parts.headers, "if-match")?.filter(|version| *version != "*")
        && endpoint.properties().is_some_and(|properties| properties.contains_key("version"))
    {
        input.entry("version").or_insert_with(|| {
            Value::String(version.trim_start_matches("W/").trim_matches('"').to_owned())
        });
    }
    let key = header_text(&parts.headers, "idempotency-key")?;
    let given = input.remove("requestId").or_else(|| key.map(|id| Value::String(id.to_owned())));
    let agent = input.remove("agent");
    let agent = match &agent {
        None | Some(Value::Null) => header_text(&parts.headers, "x-agent")?,
        Some(Value::String(agent)) => Some(agent.as_str()),
        Some(_) => return Err(Error::invalid("agent", "`agent` must be a text")),
    };
    let bridge = parts.headers.contains_key(crate::wire::BRIDGE_HEADER);
    let caller = caller(app, &bearer.0, agent, id, bridge)?;
    endpoint.call(&app.context, Call { caller, input, request_id: request_id(given)? }).await
}

/// A header as text. One that can't be read is refused: to pass over it would be to do something else than asked.
///
/// # Errors
/// `VALIDATION_ERROR` when it is no UTF-8.
pub fn header_text<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>> {
    let text = headers.get(name).map(|value| std::str::from_utf8(value.as_bytes())).transpose();
    text.map_err(|_| Error::invalid(name, format!("the header `{name}` is no UTF-8 text")))
}

/// How long a body that is refused is read on.
const DISCARD: Duration = Duration::from_secs(1);

/// Reads on and forgets it, for a moment: closing on a client that is still sending resets the connection, and with it
/// the refusal that it was to read.
async fn discard(mut body: axum::body::Body) {
    let rest = async { while let Some(Ok(_)) = body.frame().await {} };
    // Whoever takes longer than that had their moment.
    let _ = tokio::time::timeout(DISCARD, rest).await;
}

/// The whole body, within its size and time.
///
/// # Errors
/// `PAYLOAD_TOO_LARGE`; `VALIDATION_ERROR` when it does not arrive whole or in time.
pub async fn whole(body: axum::body::Body) -> Result<Bytes> {
    within(body, limits::BODY_BYTES).await
}

/// The whole body, within `most` bytes.
///
/// # Errors
/// As [`whole`].
pub async fn within(mut body: axum::body::Body, most: usize) -> Result<Bytes> {
    let too_large = || {
        let text = format!("the body has more than {most} bytes");
        Error::new(Code::PayloadTooLarge, text).detail("limit", most)
    };
    // What is announced too large need not be kept.
    if body.size_hint().lower() > most as u64 {
        discard(body).await;
        return Err(too_large());
    }
    let collecting = Limited::new(&mut body, most).collect();
    match tokio::time::timeout(limits::BODY_TIMEOUT, collecting).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            discard(body).await;
            Err(too_large())
        }
        Ok(Err(error)) => Err(Error::new(
            Code::ValidationError,
            format!("the body did not arrive whole: {error}"),
        )),
        Err(_) => Err(Error::new(
            Code::ValidationError,
            format!("the body did not arrive within {} s", limits::BODY_TIMEOUT.as_secs()),
        )),
    }
}

/// The fields of a JSON body; an empty body has none.
///
/// # Errors
/// `UNSUPPORTED_MEDIA_TYPE` for another type; `VALIDATION_ERROR` when it is no JSON object.
pub fn json_object(headers: &HeaderMap, body: &Bytes) -> Result<Map<String, Value>> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    let kind =
        headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let plain = kind.split(';').next().unwrap_or_default().trim();
    if !plain.eq_ignore_ascii_case("application/json") {
        return Err(Error::new(
            Code::UnsupportedMediaType,
            format!("the body is `{kind}`, not application/json"),
        ));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Error::new(Code::ValidationError, "the body must be a JSON object")),
        Err(error) => {
            Err(Error::new(Code::ValidationError, format!("the body is no JSON: {error}")))
        }
    }
}

/// The fields of a query string. A name given twice is a list.
fn query(text: &str) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        match fields.get_mut(name.as_ref()) {
            Some(Value::String(first)) => *first = format!("{first},{value}"),
            _ => {
                fields.insert(name.into_owned(), Value::String(value.into_owned()));
            }
        }
    }
    fields
}
