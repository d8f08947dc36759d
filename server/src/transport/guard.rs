//! In front of every route, static files included: who is spoken to (Host), from where (Origin, Sec-Fetch-Site), and
//! the headers that keep a browser from doing more than the board needs.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use http::header::{self, HeaderName, HeaderValue};

use super::{App, envelope};
use crate::error::{Code, Error, Result};

/// The correlation id of one request: in its answer, its log line and its audit row.
#[derive(Debug, Clone)]
pub struct CallId(pub String);

/// What the board's page may do: load its own files, talk to its own server, nothing else. The Trusted Types policies
/// are Svelte's and the markdown sanitiser's.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types svelte-trusted-html dompurify";

/// Adds the security headers to every answer, whatever it is.
pub async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Gives the request its correlation id and refuses what does not come from here.
pub async fn check(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let mut random = [0; 12];
    app.context.store.env().fill(&mut random);
    let call = CallId(URL_SAFE_NO_PAD.encode(random));
    if let Err(error) = check_host(request.headers(), app.port)
        .and_then(|()| check_origin(request.headers(), app.port))
    {
        tracing::warn!(call = call.0, %error, path = request.uri().path(), "refused at the door");
        return envelope::failure(&app, &call, &error);
    }
    let id = HeaderValue::from_str(&call.0);
    request.extensions_mut().insert(call);
    let mut response = next.run(request).await;
    // Also where no envelope carries it: streams, MCP, files.
    if let Ok(id) = id {
        response.headers_mut().entry("x-request-id").or_insert(id);
    }
    response
}

fn names(port: u16) -> [String; 3] {
    [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::1]:{port}")]
}

/// A page that rebinds its own name to this address still sends that name as Host.
fn check_host(headers: &HeaderMap, port: u16) -> Result<()> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    match host {
        Some(host)
            if hosts.next().is_none()
                && names(port).iter().any(|name| name.eq_ignore_ascii_case(host)) =>
        {
            Ok(())
        }
        Some(host) => {
            Err(Error::new(Code::HostNotAllowed, format!("`{host}` is no address of this server"))
                .detail("allowed", names(port).to_vec()))
        }
        None => Err(Error::new(Code::HostNotAllowed, "the request names no host")),
    }
}

/// Programs send no Origin; the board sends its own. Everything else is a page of somebody else's, other ports of this
/// machine included.
fn check_origin(headers: &HeaderMap, port: u16) -> Result<()> {
    for origin in headers.get_all(header::ORIGIN) {
        let own = origin
            .to_str()
            .is_ok_and(|origin| names(port).iter().any(|name| origin == format!("http://{name}")));
        if !own {
            return Err(Error::new(
                Code::OriginNotAllowed,
                "the request comes from a page of another origin",
            ));
        }
    }
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err(Error::new(
            Code::OriginNotAllowed,
            "the request was caused by a page of another site",
        )),
    }
}
