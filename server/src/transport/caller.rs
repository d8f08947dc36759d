//! Who is asking: the key from the bearer header, and the agent that it may speak for.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header;

use super::guard::CallId;
use super::{App, envelope};
use crate::error::{Code, Error, Result};
use crate::model::text::AgentName;
use crate::model::things::KeyKind;
use crate::store::{Caller, KeyRow};

/// The key that a request came with.
#[derive(Debug, Clone)]
pub struct Bearer(pub Arc<KeyRow>);

/// The name that belongs to the person alone.
pub const HUMAN: &str = "human";

/// The address of the other end.
#[must_use]
pub fn address(request: &Request) -> IpAddr {
    request.extensions().get::<SocketAddr>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), SocketAddr::ip)
}

/// Lets nobody pass without a key that works.
pub async fn authenticate(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let call =
        request.extensions().get::<CallId>().cloned().unwrap_or_else(|| CallId(String::new()));
    let mut given = request.headers().get_all(header::AUTHORIZATION).iter();
    let text = given.next().and_then(|value| value.to_str().ok()).and_then(|value| {
        let (scheme, text) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| text.trim())
    });
    // Two keys in one request are one too many to choose from.
    let text = if given.next().is_some() { None } else { text };
    match app.context.access.authenticate(text, address(&request)) {
        Ok(key) => {
            request.extensions_mut().insert(Bearer(key));
            next.run(request).await
        }
        Err(error) => envelope::failure(&app, &call, &error),
    }
}

/// Builds the caller of one call from its key and the agent that it names.
///
/// # Errors
/// `SOURCE_MISMATCH` when the key is bound to another agent, or the name is the person's; `VALIDATION_ERROR` for a
/// name that is none.
pub fn caller(
    app: &App,
    key: &KeyRow,
    named: Option<&str>,
    call: &CallId,
    mcp: bool,
) -> Result<Caller> {
    let named = named
        .filter(|name| !name.is_empty())
        .map(|name| AgentName::parse(name).map_err(|problem| Error::invalid("agent", problem)))
        .transpose()?;
    let bound = match key.kind {
        KeyKind::Person | KeyKind::Board => Some(HUMAN),
        KeyKind::Project | KeyKind::Bridge | KeyKind::Custom => key.agent.as_deref(),
    };
    let agent = match (bound, named) {
        (Some(bound), Some(named)) if bound != named.as_str() => {
            tracing::warn!(
                key = key.id,
                bound,
                named = named.as_str(),
                "a key was used for another agent"
            );
            return Err(Error::new(
                Code::SourceMismatch,
                format!("the key is bound to `{bound}`, the call names `{named}`"),
            ));
        }
        (Some(bound), _) => AgentName::parse(bound).ok(),
        (None, Some(named)) if named.as_str() == HUMAN => {
            return Err(Error::new(Code::SourceMismatch, "only the person's own key is `human`"));
        }
        (None, named) => named,
    };
    let role = key
        .role
        .clone()
        .or_else(|| agent.as_ref().and_then(|agent| app.context.access.role(agent)));
    Ok(Caller {
        key: key.id.clone(),
        kind: key.kind,
        scope: key.scope,
        agent,
        role,
        call: call.0.clone(),
        since: 0,
        mcp,
    })
}
