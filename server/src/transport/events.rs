//! The event stream: every committed event once, in order, from a position.
//!
//! A stream is pulled: it holds a position and nothing else, so a slow reader costs memory nowhere and slows no writer.
//! One that falls behind the ring is ended; it resumes with its position and catches up from the log.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http::HeaderMap;
use http::header::{self, HeaderValue};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::watch;

use super::caller::Bearer;
use super::guard::CallId;
use super::{App, envelope, snapshot};
use crate::error::{Code, Error, Result};
use crate::limits;
use crate::model::things::Scope;
use crate::store::{Caller, Frame};

/// What a reader asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wish {
    snapshot: bool,
    after: Option<String>,
    types: Option<String>,
}

/// Answers with the stream.
pub async fn stream(
    State(app): State<Arc<App>>,
    Extension(call): Extension<CallId>,
    Extension(bearer): Extension<Bearer>,
    headers: HeaderMap,
    wish: Result<Query<Wish>, QueryRejection>,
) -> Response {
    let opened = async {
        let Query(wish) =
            wish.map_err(|problem| Error::new(Code::ValidationError, problem.body_text()))?;
        open(&app, &bearer, &headers, wish).await
    };
    match opened.await {
        Ok(reader) => {
            let body = Body::from_stream(stream::unfold(reader, |mut reader| async move {
                let chunk = reader.next().await?;
                Some((Ok::<_, std::convert::Infallible>(chunk), reader))
            }));
            let mut response = body.into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
            response
        }
        Err(error) => envelope::failure(&app, &call, &error),
    }
}

/// A position `<epoch>-<seq>`, or a bare `seq`.
fn position(text: &str) -> Result<(Option<&str>, i64)> {
    let (epoch, seq) = match text.rsplit_once('-') {
        Some((epoch, seq)) => (Some(epoch), seq),
        None => (None, text),
    };
    let seq = seq.parse().map_err(|_| {
        Error::invalid("after", format!("`{text}` is no position such as 17 or a1b2c3d4-17"))
    })?;
    Ok((epoch, seq))
}

async fn open(app: &Arc<App>, bearer: &Bearer, headers: &HeaderMap, wish: Wish) -> Result<Reader> {
    let store = &app.context.store;
    let given = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok())
        .map(str::to_owned)
        .or(wish.after);
    let mut first = BytesMut::from(": welcome\n\n");
    let mut say = |kind: &str, seq: i64, data: String| {
        first.extend_from_slice(
            format!("id: {}-{seq}\nevent: {kind}\ndata: {data}\n\n", store.epoch()).as_bytes(),
        );
    };
    let head = store.feed().head();
    let after = if wish.snapshot {
        let project = snapshot::project(app);
        let (seq, data) =
            store.read(Arc::new(Caller::system()), move |db| snapshot::take(db, project)).await?;
        say("snapshot", seq, data);
        seq
    } else if let Some(given) = given {
        let (epoch, seq) = position(&given)?;
        let (oldest, _) = store.read(Arc::new(Caller::system()), |db| db.log_bounds()).await?;
        if epoch.is_some_and(|epoch| epoch != store.epoch()) || seq > head || seq < 0 {
            // The position is of another life of this log: nothing can be resumed from it.
            say("reset", head, json!({"head": head}).to_string());
            head
        } else if seq + 1 < oldest {
            say("gap", oldest - 1, json!({"oldest": oldest, "head": head}).to_string());
            oldest - 1
        } else {
            seq
        }
    } else {
        head
    };
    Ok(Reader {
        key: bearer.0.id.clone(),
        scope: bearer.0.scope,
        types: wish
            .types
            .map(|types| {
                types.split(',').map(|kind| kind.trim().trim_end_matches('*').to_owned()).collect()
            })
            .unwrap_or_default(),
        head: store.feed().watch(),
        keys: app.context.access.keys_changed(),
        app: Arc::clone(app),
        after,
        first: Some(first.freeze()),
        caught_up: false,
    })
}

/// One reader: a position, and what it may see.
struct Reader {
    app: Arc<App>,
    key: String,
    scope: Scope,
    types: Vec<String>,
    after: i64,
    first: Option<Bytes>,
    /// Whether the reader has reached the ring; one that loses it again is too slow.
    caught_up: bool,
    head: watch::Receiver<i64>,
    keys: watch::Receiver<u64>,
}

impl Reader {
    /// The next piece of the stream; `None` ends it.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            if !self.app.context.access.still_works(&self.key) || self.app.stopping.is_cancelled() {
                return None;
            }
            self.head.borrow_and_update();
            let frames = self.frames().await?;
            if let Some(last) = frames.last() {
                self.after = last.seq;
                let chunk = self.chunk(&frames);
                if !chunk.is_empty() {
                    return Some(chunk);
                }
                continue;
            }
            tokio::select! {
                moved = self.head.changed() => moved.ok()?,
                changed = self.keys.changed() => changed.ok()?,
                () = self.app.stopping.cancelled() => return None,
                () = tokio::time::sleep(limits::STREAM_KEEPALIVE) => return Some(Bytes::from_static(b": still here\n\n")),
            }
        }
    }

    async fn frames(&mut self) -> Option<Vec<Arc<Frame>>> {
        let store = &self.app.context.store;
        if let Some(frames) = store.feed().after(self.after, limits::STREAM_BUFFER_FRAMES) {
            self.caught_up = true;
            return Some(frames);
        }
        if self.caught_up {
            tracing::info!(
                key = self.key,
                "an event stream fell behind and was ended; it can resume"
            );
            return None;
        }
        let (after, epoch) = (self.after, store.epoch().to_owned());
        let frames =
            store.read(Arc::new(Caller::system()), move |db| db.frames_after(&epoch, after)).await;
        frames.inspect_err(|error| tracing::warn!(%error, "an event stream could not read the log and was ended")).ok()
    }

    fn chunk(&self, frames: &[Arc<Frame>]) -> Bytes {
        let wanted = |frame: &&Arc<Frame>| {
            frame.visible_to(self.scope)
                && (self.types.is_empty()
                    || self.types.iter().any(|start| frame.kind.starts_with(start.as_str())))
        };
        let wanted: Vec<&Arc<Frame>> = frames.iter().filter(wanted).collect();
        if let [only] = wanted.as_slice() {
            return only.wire.clone();
        }
        let mut chunk = BytesMut::with_capacity(wanted.iter().map(|frame| frame.wire.len()).sum());
        for frame in wanted {
            chunk.extend_from_slice(&frame.wire);
        }
        chunk.freeze()
    }
}
