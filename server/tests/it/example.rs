//! The board that the examples of all operations run on, and running one through the whole server, without a socket.

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use http::{Method, Request};
use http_body_util::BodyExt as _;
use meshpilot::api::Endpoint;
use meshpilot::env::Stopwatch;
use meshpilot::model::things::{KeyKind, Scope};
use meshpilot::ops::{self, keys};
use meshpilot::store::{Caller, WriteTx};
use meshpilot::transport::{App, router};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::world::World;

/// The port that the server of these tests believes to listen on.
const PORT: u16 = 3456;

/// A board with the scene that `Spec::example` promises, and the doors of a server on it.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) app: Arc<App>,
    /// The person's key.
    pub(crate) person: String,
    /// The project's shared key.
    pub(crate) shared: String,
    /// The id of a key that can be revoked.
    pub(crate) key: String,
}

/// What a call over REST came to.
pub(crate) struct Exchange {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let world = World::new().await;
        let person = world.person();
        let (one, two) = (world.agent("builder-1"), world.agent("builder-2"));
        let tasks = [
            json!({"title": "Refuse a webhook that was delivered twice", "description": "Providers deliver again after a timeout."}),
            json!({"title": "Back off between retries", "filesOwned": ["src/retry/**"]}),
            json!({"title": "Stream the export"}),
            json!({"title": "Drop the old importer"}),
        ];
        for task in tasks {
            person.call("create_task", task).await;
        }
        world.advance(60);
        one.call("claim_task", json!({"taskId": "T2"})).await;
        two.call("claim_task", json!({"taskId": "T3"})).await;
        two.call(
            "acquire_locks",
            json!({"paths": ["scripts/**"], "reason": "a new release script"}),
        )
        .await;
        world.advance(60);
        two.call(
            "complete_task",
            json!({"taskId": "T3", "result": "Rows go out as they are read. 9 tests."}),
        )
        .await;
        person.call("delete_task", json!({"taskId": "T4"})).await;
        one.call("send_chat_message", json!({"text": "I take the retries."})).await;
        one.call(
            "save_knowledge",
            json!({"key": "old/decision", "text": "The retry policy is a fixed delay of 5 s.", "kind": "decision", "tags": ["retries"]}),
        )
        .await;
        let made = person.call("create_key", json!({"label": "Laptop"})).await;
        world.advance(60);
        world.fresh_events().await;
        world.begin();
        let person = issue(&world, KeyKind::Person, Scope::Admin).await;
        let shared = issue(&world, KeyKind::Project, Scope::Plan).await;
        world.fresh_events().await;
        let app = Arc::new(App {
            context: world.context().clone(),
            api: ops::all(),
            project: PathBuf::from("shop"),
            data_root: PathBuf::from("data"),
            port: PORT,
            started: Stopwatch::start(),
            stopping: CancellationToken::new(),
            openapi: String::new(),
        });
        Self { world, app, person, shared, key: made["key"]["id"].as_str().unwrap().to_owned() }
    }

    /// The example's input, with a real id in the place of `KEY`.
    pub(crate) fn input(&self, endpoint: &Endpoint) -> Map<String, Value> {
        let text = endpoint.spec.example.replace("\"KEY\"", &format!("{:?}", self.key));
        serde_json::from_str(&text).unwrap_or_else(|error| {
            panic!("the example of {} is no JSON object: {error}", endpoint.spec.name)
        })
    }

    /// The key that somebody who calls like the example has: agents share one, the person has their own.
    pub(crate) fn key_for(&self, input: &Map<String, Value>, endpoint: &Endpoint) -> &str {
        if input.contains_key("agent") || endpoint.spec.name == "get_briefing" {
            &self.shared
        } else {
            &self.person
        }
    }

    /// Calls over REST.
    pub(crate) async fn rest(
        &self,
        endpoint: &Endpoint,
        input: &Map<String, Value>,
        key: &str,
    ) -> Exchange {
        let (path, body) = request_line(endpoint, input);
        let request = Request::builder()
            .method(endpoint.spec.method.clone())
            .uri(path)
            .header("authorization", format!("Bearer {key}"));
        let request = match body {
            Some(body) => request
                .header("content-type", "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.send(request.unwrap()).await
    }

    /// Hands a request to the router.
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Exchange {
        request
            .headers_mut()
            .entry("host")
            .or_insert_with(|| format!("127.0.0.1:{PORT}").parse().unwrap());
        let response = router(&self.app).oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Exchange { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
    }
}

async fn issue(world: &World, kind: KeyKind, scope: Scope) -> String {
    let make = move |tx: &mut WriteTx<'_>| keys::issue(tx, keys::blank(kind, scope, kind.as_str()));
    let access = &world.context().access;
    access
        .write(world.store(), Arc::new(Caller::system()), make)
        .await
        .unwrap()
        .1
        .as_str()
        .to_owned()
}

/// The path with its fields in it and the query, and the body that is left.
pub(crate) fn request_line(
    endpoint: &Endpoint,
    input: &Map<String, Value>,
) -> (String, Option<Value>) {
    let mut rest = input.clone();
    let mut path = format!("/v1{}", endpoint.spec.path);
    for field in endpoint.path_fields() {
        let value = rest
            .remove(field)
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default();
        let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        path = path.replace(&format!("{{{field}}}"), &encoded);
    }
    if endpoint.spec.method != Method::GET && endpoint.spec.method != Method::DELETE {
        return (path, Some(Value::Object(rest)));
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in &rest {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Array(items) => {
                items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
            }
            other => other.to_string(),
        };
        query.append_pair(name, &text);
    }
    let query = query.finish().replace("%2C", ",");
    (if query.is_empty() { path } else { format!("{path}?{query}") }, None)
}
