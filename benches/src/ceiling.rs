//! The ceiling: a server of MeshPilot's shape that does nothing else.
//!
//! One writer thread with group commit at full durability, a pool of readers, a ring of live events. No keys,
//! no rights, no limits, no audit, no rules but a unique index on titles. What the design can give at most.

mod store;

use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use axum::body::Body;
use axum::extract::{self, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use futures_util::StreamExt;
use serde::Deserialize;
use tokio_stream::wrappers::BroadcastStream;

use self::store::{Answer, Store};
use crate::process;

/// Serves a database until standard input ends.
pub async fn serve(database: &Path) -> Result<()> {
    let store = Arc::new(Store::open(database)?);
    let routes = Router::new()
        .route("/tasks", post(create).get(list))
        .route("/tasks/{id}", get(read).patch(update))
        .route("/tasks/{id}/claim", post(claim))
        .route("/chat", post(chat))
        .route("/events", get(events))
        .with_state(store);
    process::serve_until_input_ends(routes).await
}

type Shared = State<Arc<Store>>;

#[derive(Deserialize)]
struct Create {
    title: String,
    #[serde(default)]
    description: String,
}

#[derive(Deserialize)]
struct Update {
    priority: String,
}

#[derive(Deserialize)]
struct Chat {
    text: String,
}

#[derive(Deserialize)]
struct List {
    limit: u32,
}

async fn create(State(store): Shared, Json(input): Json<Create>) -> Response {
    respond(store.write(move |tx| tx.create(&input.title, &input.description)).await)
}

async fn update(
    State(store): Shared,
    extract::Path(id): extract::Path<String>,
    Json(input): Json<Update>,
) -> Response {
    respond(store.write(move |tx| tx.update(&id, &input.priority)).await)
}

async fn claim(
    State(store): Shared,
    extract::Path(id): extract::Path<String>,
    headers: HeaderMap,
) -> Response {
    let agent = agent(&headers);
    respond(store.write(move |tx| tx.claim(&id, &agent)).await)
}

async fn chat(State(store): Shared, headers: HeaderMap, Json(input): Json<Chat>) -> Response {
    let agent = agent(&headers);
    respond(store.write(move |tx| tx.chat(&agent, &input.text)).await)
}

// The reads run where they are asked: shorter than handing them to another thread and waiting for it.
async fn read(State(store): Shared, extract::Path(id): extract::Path<String>) -> Response {
    respond(store.get(&id))
}

async fn list(State(store): Shared, extract::Query(input): extract::Query<List>) -> Response {
    respond(store.list(input.limit))
}

async fn events(State(store): Shared) -> Response {
    let live = BroadcastStream::new(store.subscribe());
    // A reader that fell behind the ring ends here; it would have to resume.
    let frames = live
        .take_while(|event| std::future::ready(event.is_ok()))
        .filter_map(async |event| event.ok().map(Ok::<Bytes, Infallible>));
    let frames =
        futures_util::stream::once(async { Ok(Bytes::from_static(b": ready\n\n")) }).chain(frames);
    ([(CONTENT_TYPE, "text/event-stream")], Body::from_stream(frames)).into_response()
}

fn agent(headers: &HeaderMap) -> String {
    headers.get("x-agent").and_then(|value| value.to_str().ok()).unwrap_or("agent").to_owned()
}

fn respond(answer: Result<Answer>) -> Response {
    match answer {
        Ok(answer) => {
            (answer.status, [(CONTENT_TYPE, "application/json")], answer.body).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
