//! The board's "load a sample swarm": the same swarm as `meshpilot demo`, on this very board, for a while.
//!
//! The swarm comes in from outside, over REST, with a key of its own that ends with it; all that it makes is labelled,
//! and taken away again on request.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::caller::Bearer;
use super::guard::CallId;
use super::{App, caller, envelope, rest};
use crate::api::Call;
use crate::client::Client;
use crate::demo::{self, AGENTS_MAX, AGENTS_MIN, LABEL, Options};
use crate::error::{Code, Error, Result};
use crate::model::things::{KeyKind, Scope};
use crate::model::time::Timestamp;
use crate::ops::keys::{blank, issue};
use crate::store::Caller;

/// The longest run, in minutes.
const MINUTES_MAX: u64 = 120;
/// How long agents may take to leave before what they made is deleted under them.
const LEAVE: Duration = Duration::from_secs(8);
/// The key outlives the run by so much, for the agents' goodbyes.
const GOODBYE: Duration = Duration::from_secs(60);

/// What can be asked for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Wish {
    minutes: u64,
    agents: usize,
    seed: u64,
    speed: f64,
}

impl Default for Wish {
    fn default() -> Self {
        Self { minutes: 5, agents: 10, seed: 1, speed: 1.0 }
    }
}

impl Wish {
    async fn read(request: Request) -> Result<Self> {
        let (parts, body) = request.into_parts();
        let fields = rest::json_object(&parts.headers, &rest::whole(body).await?)?;
        let wish: Self = serde_json::from_value(Value::Object(fields))
            .map_err(|error| Error::new(Code::ValidationError, error.to_string()))?;
        let within = |field: &str, ok: bool, allowed: String| {
            if ok {
                Ok(())
            } else {
                Err(Error::invalid(field, format!("`{field}`: {allowed} are allowed")))
            }
        };
        within(
            "minutes",
            (1..=MINUTES_MAX).contains(&wish.minutes),
            format!("1 to {MINUTES_MAX}"),
        )?;
        within(
            "agents",
            (AGENTS_MIN..=AGENTS_MAX).contains(&wish.agents),
            format!("{AGENTS_MIN} to {AGENTS_MAX}"),
        )?;
        within("speed", (0.05..=100.0).contains(&wish.speed), "0.05 to 100".to_owned())?;
        Ok(wish)
    }
}

/// The one swarm that may play.
#[derive(Default)]
struct Stage(Mutex<Option<Play>>);

struct Play {
    stop: CancellationToken,
    ended: JoinHandle<()>,
    agents: usize,
    ends_at: Timestamp,
}

impl Play {
    fn to_json(&self) -> Value {
        json!({"agents": self.agents, "endsAt": self.ends_at, "label": LABEL})
    }
}

/// The route `/demo`: GET says what plays, POST begins, DELETE ends and clears away. For the person alone.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/demo", get(look).post(begin).delete(clear))
        .layer(Extension(Arc::new(Stage::default())))
}

/// What every handler here needs.
type Asked = (State<Arc<App>>, Extension<CallId>, Extension<Bearer>, Extension<Arc<Stage>>);

fn answer(app: &App, call: &CallId, status: u16, outcome: Result<Value>) -> Response {
    match outcome {
        Ok(data) => envelope::data(app, call, status, &data),
        Err(error) => envelope::failure(app, call, &error),
    }
}

fn person(app: &App, bearer: &Bearer, call: &CallId) -> Result<Caller> {
    let caller = caller::caller(app, &bearer.0, None, call, false)?;
    caller.require_person(Scope::Admin).map(|()| caller)
}

async fn look(
    (State(app), Extension(call), Extension(bearer), Extension(stage)): Asked,
) -> Response {
    let outcome = async {
        person(&app, &bearer, &call)?;
        let playing = stage.0.lock().await;
        Ok(
            json!({"demo": playing.as_ref().filter(|play| !play.ended.is_finished()).map(Play::to_json)}),
        )
    };
    answer(&app, &call, 200, outcome.await)
}

async fn begin(
    (State(app), Extension(call), Extension(bearer), Extension(stage)): Asked,
    request: Request,
) -> Response {
    let outcome = async {
        person(&app, &bearer, &call)?;
        let wish = Wish::read(request).await?;
        let mut playing = stage.0.lock().await;
        if playing.as_ref().is_some_and(|play| !play.ended.is_finished()) {
            return Err(Error::new(Code::Conflict, "a sample swarm plays already")
                .hint("End it with DELETE /demo first."));
        }
        let play = start(&app, &wish).await?;
        let shown = play.to_json();
        *playing = Some(play);
        Ok(json!({ "demo": shown }))
    };
    answer(&app, &call, 201, outcome.await)
}

async fn start(app: &Arc<App>, wish: &Wish) -> Result<Play> {
    let length = Duration::from_secs(wish.minutes * 60);
    let (key, text) = app
        .context
        .access
        .write(&app.context.store, Arc::new(Caller::system()), move |tx| {
            let mut key = blank(KeyKind::Custom, Scope::Plan, "Sample swarm");
            key.expires_at = Some(tx.now().after(length + GOODBYE));
            issue(tx, key)
        })
        .await?;
    let client = Client::new(&app.url(), text.as_str()).map_err(Error::internal)?;
    let stop = app.stopping.child_token();
    let options = Options { agents: wish.agents, seed: wish.seed, speed: wish.speed, guest: true };
    let swarm = tokio::spawn(demo::run(client, options, stop.clone()));
    let (app, ending) = (Arc::clone(app), stop.clone());
    let ends_at = app.context.store.env().now().after(length);
    let ended = tokio::spawn(async move {
        tokio::select! {
            () = tokio::time::sleep(length) => ending.cancel(),
            () = ending.cancelled() => {}
        }
        if let Err(error) = swarm.await {
            tracing::error!(%error, "the sample swarm broke down");
        }
        let (access, store) = (&app.context.access, &app.context.store);
        let revoke = access.write(store, Arc::new(Caller::system()), move |tx| tx.revoke(&key));
        if let Err(error) = revoke.await {
            tracing::warn!(%error, "the sample swarm's key could not be revoked; it ends by itself");
        }
    });
    Ok(Play { stop, ended, agents: wish.agents, ends_at })
}

async fn clear(
    (State(app), Extension(call), Extension(bearer), Extension(stage)): Asked,
) -> Response {
    let outcome = async {
        let caller = person(&app, &bearer, &call)?;
        // Held to the end, so that no new swarm begins between two deletions.
        let mut playing = stage.0.lock().await;
        if let Some(play) = playing.take() {
            play.stop.cancel();
            if tokio::time::timeout(LEAVE, play.ended).await.is_err() {
                tracing::warn!("the sample swarm does not leave in time");
            }
        }
        let tasks = delete_all(&app, &caller, &TASKS).await?;
        let knowledge = delete_all(&app, &caller, &KNOWLEDGE).await?;
        Ok(json!({"deletedTasks": tasks, "deletedKnowledge": knowledge}))
    };
    answer(&app, &call, 200, outcome.await)
}

/// A kind of thing that a swarm leaves behind.
struct Kind {
    list: &'static str,
    filter: &'static str,
    things: &'static str,
    id: &'static str,
    delete: &'static str,
    field: &'static str,
    /// Whether somebody may hold it.
    held: bool,
}

const TASKS: Kind = Kind {
    list: "list_tasks",
    filter: "label",
    things: "tasks",
    id: "id",
    delete: "delete_task",
    field: "taskId",
    held: true,
};
const KNOWLEDGE: Kind = Kind {
    list: "get_knowledge",
    filter: "tag",
    things: "knowledge",
    id: "key",
    delete: "delete_knowledge",
    field: "key",
    held: false,
};

/// Deletes all things of a kind that carry the label, and says how many these were.
async fn delete_all(app: &App, caller: &Caller, kind: &Kind) -> Result<u64> {
    let mut deleted = 0;
    loop {
        // What is deleted leaves the list, so the first page is always the next one.
        let page =
            operate(app, caller, kind.list, json!({kind.filter: LABEL, "limit": 200})).await?;
        let things = page.get(kind.things).and_then(Value::as_array).cloned().unwrap_or_default();
        if things.is_empty() {
            return Ok(deleted);
        }
        for thing in things {
            let mut input = json!({kind.field: thing.get(kind.id)});
            if kind.held
                && let Value::Object(fields) = &mut input
            {
                fields.insert("force".to_owned(), true.into());
            }
            match operate(app, caller, kind.delete, input).await {
                Ok(_) => deleted += 1,
                // Somebody was faster.
                Err(error) if error.code == Code::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// An operation as the person.
async fn operate(app: &App, caller: &Caller, operation: &str, input: Value) -> Result<Value> {
    let endpoint = app
        .api
        .find(operation)
        .ok_or_else(|| Error::internal(format!("no operation {operation}")))?;
    let input = input.as_object().cloned().unwrap_or_else(Map::new);
    let answer = endpoint
        .call(&app.context, Call { caller: caller.clone(), input, request_id: None })
        .await?;
    serde_json::from_str(&answer.data).map_err(Error::internal)
}
