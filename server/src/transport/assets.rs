//! The board's files, embedded in the binary.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::{self, HeaderValue};
use http::{Method, StatusCode, Uri};
use rust_embed::RustEmbed;

use super::guard::CallId;
use super::{App, envelope};

/// The built board. Debug builds read it from disk, so a new build of the board needs no new server.
#[derive(RustEmbed)]
#[folder = "../ui/dist"]
#[allow_missing = true]
struct Board;

const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>MeshPilot</title><p>The board is not built. Run \
    <code>cargo xtask run</code>, or <code>npm run build</code> in <code>ui/</code>; the API works meanwhile.";

/// Serves a file of the board. The page keeps its own addresses behind the `#`, so no other path is one of it.
pub async fn serve(
    state: State<Arc<App>>,
    call: Extension<CallId>,
    method: Method,
    uri: Uri,
) -> Response {
    let path = uri.path().trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    if method != Method::GET && method != Method::HEAD {
        return envelope::not_found(state, call, uri).await;
    }
    match Board::get(path) {
        Some(file) => {
            let mut response = file.data.into_response();
            let headers = response.headers_mut();
            if let Ok(kind) = HeaderValue::from_str(file.metadata.mimetype()) {
                headers.insert(header::CONTENT_TYPE, kind);
            }
            // Vite puts a hash of the content into the names of what lies in assets/.
            let age = if path.starts_with("assets/") {
                "public, max-age=31536000, immutable"
            } else {
                "no-cache"
            };
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(age));
            response
        }
        None if path == "index.html" => (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
            NOT_BUILT,
        )
            .into_response(),
        None => envelope::not_found(state, call, uri).await,
    }
}
