//! One participant of the swarm: it calls the board over REST like a real agent, and does with every refusal what the
//! refusal's hint says.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::dice::Dice;
use super::{LABEL, Options};
use crate::api::Api;
use crate::client::Client;

/// How long a call is held at most, in seconds.
pub(super) const WAIT: u64 = 25;
/// The lease that builders ask for, in seconds: long enough for every step, short enough to see it shrink.
pub(super) const LEASE: u64 = 90;
/// Real time between two signs of life of an agent that works.
const ALIVE: f64 = 20.0;
/// First wait after a call without an answer; doubled up to the longest.
const BACK_OFF: Duration = Duration::from_millis(200);
const BACK_OFF_MOST: Duration = Duration::from_secs(5);
/// How long an agent stands by while the person has paused the board or the budget is spent.
const STAND_BY: Duration = Duration::from_secs(3);
/// How long an agent may take to give back what it holds when the run ends.
const LEAVE: Duration = Duration::from_secs(3);

/// What all agents of a run share.
pub(super) struct Shared {
    pub api: Api,
    pub client: Client,
    pub options: Options,
    pub stopping: CancellationToken,
    /// Makes the `requestId`s of this run its own.
    pub run: String,
    /// How many agents may hang at a time: a stall takes a whole lease, however fast the story goes.
    pub stalls: Semaphore,
}

/// Why an agent does not go on.
#[derive(Debug)]
pub(super) enum Halt {
    /// The run ends.
    Stopped,
    /// The board said no, for good.
    Refused { code: String, message: String },
}

/// What came of something that an agent did.
pub(super) type Done<T = ()> = Result<T, Halt>;

/// One participant.
pub(super) struct Agent {
    pub name: String,
    pub vendor: &'static str,
    /// Its own habits: pauses, small talk.
    pub dice: Dice,
    pub shared: Arc<Shared>,
    /// Marks its `requestId`s; the name won't do, since the first call is made without one.
    mark: String,
    calls: u64,
}

impl Agent {
    /// Comes onto the board: says its role, and takes the name it is given when it has none.
    pub(super) async fn arrive(
        shared: &Arc<Shared>,
        vendor: &'static str,
        role: &str,
        name: Option<String>,
        number: usize,
    ) -> Done<Self> {
        let dice = Dice::new(shared.options.seed, &["agent", role, &number.to_string()]);
        let mut agent = Self {
            name: name.unwrap_or_default(),
            vendor,
            dice,
            shared: Arc::clone(shared),
            mark: format!("{}-{role}-{number}", shared.run),
            calls: 0,
        };
        let briefing = agent.call("get_briefing", json!({"role": role, "client": vendor})).await?;
        if let Some(name) = briefing.get("agent").and_then(Value::as_str) {
            name.clone_into(&mut agent.name);
        }
        Ok(agent)
    }

    /// The run's seed.
    pub(super) fn seed(&self) -> u64 {
        self.shared.options.seed
    }

    /// Calls an operation until it is answered for good. A write keeps its `requestId` over all tries, so a lost answer
    /// makes no second effect.
    pub(super) async fn call(&mut self, operation: &str, input: Value) -> Done<Value> {
        let shared = Arc::clone(&self.shared);
        tokio::select! {
            biased;
            () = shared.stopping.cancelled() => Err(Halt::Stopped),
            answer = self.persist(operation, input) => answer,
        }
    }

    async fn persist(&mut self, operation: &str, input: Value) -> Done<Value> {
        let shared = Arc::clone(&self.shared);
        let Some(endpoint) = shared.api.find(operation) else {
            return Err(Halt::Refused {
                code: "UNKNOWN".to_owned(),
                message: format!("no operation {operation}"),
            });
        };
        let mut input = match input {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        if endpoint.writes {
            self.calls += 1;
            input.insert("requestId".to_owned(), format!("{}-{}", self.mark, self.calls).into());
        }
        let name = Some(self.name.as_str()).filter(|name| !name.is_empty());
        let mut wait = BACK_OFF;
        loop {
            let error = match shared.client.call(endpoint, input.clone(), name).await {
                Ok(answer) if answer.success => return Ok(answer.body),
                Ok(answer) => answer.body,
                // The server restarts, perhaps: it comes back at the same place.
                Err(_) => json!({"code": "OVERLOADED"}),
            };
            let text =
                |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let pause = match text("code").as_str() {
                "RATE_LIMITED" => Duration::from_secs(
                    error
                        .pointer("/details/retryAfterSeconds")
                        .and_then(Value::as_u64)
                        .unwrap_or(1),
                ),
                "OVERLOADED" | "REQUEST_IN_PROGRESS" | "DISK_FULL" => {
                    wait = (wait * 2).min(BACK_OFF_MOST);
                    wait
                }
                "READ_ONLY" | "BUDGET_EXCEEDED" => STAND_BY,
                "UNAUTHENTICATED" => {
                    tracing::info!(agent = self.name, "the swarm's key is gone, the swarm leaves");
                    shared.stopping.cancel();
                    return Err(Halt::Stopped);
                }
                code => {
                    return Err(Halt::Refused { code: code.to_owned(), message: text("message") });
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Lets so many seconds of the story pass.
    pub(super) async fn pause(&self, seconds: f64) -> Done {
        self.sleep(seconds / self.shared.options.speed).await
    }

    /// Lets so many seconds of the real world pass.
    pub(super) async fn sleep(&self, seconds: f64) -> Done {
        tokio::select! {
            biased;
            () = self.shared.stopping.cancelled() => Err(Halt::Stopped),
            () = tokio::time::sleep(Duration::from_secs_f64(seconds.max(0.0))) => Ok(()),
        }
    }

    /// Works on a task for so many seconds of the story, without losing its lease on the way.
    pub(super) async fn work(&mut self, task: &str, seconds: f64) -> Done {
        let mut left = seconds / self.shared.options.speed;
        while left > ALIVE {
            self.sleep(ALIVE).await?;
            self.call("heartbeat_task", json!({"taskId": task})).await?;
            left -= ALIVE;
        }
        self.sleep(left).await
    }

    /// Says something to everybody.
    pub(super) async fn say(
        &mut self,
        text: &str,
        task: Option<&str>,
        reply_to: Option<&Value>,
    ) -> Done {
        let mut message = json!({ "text": text });
        if let Value::Object(fields) = &mut message {
            fields.extend(task.map(|task| ("taskId".to_owned(), task.into())));
            fields.extend(reply_to.map(|id| ("replyTo".to_owned(), id.clone())));
        }
        self.call("send_chat_message", message).await.map(drop)
    }

    /// Tasks of a status: on somebody else's board the swarm's own alone.
    pub(super) async fn tasks(&mut self, status: &str, own: bool, limit: u32) -> Done<Vec<Value>> {
        let mut filter = json!({"status": status, "limit": limit});
        if let Value::Object(fields) = &mut filter {
            if self.shared.options.guest {
                fields.insert("label".to_owned(), LABEL.into());
            }
            if own {
                fields.insert("assignedTo".to_owned(), self.name.as_str().into());
            }
        }
        let mut page = self.call("list_tasks", filter).await?;
        Ok(match page.get_mut("tasks").map(Value::take) {
            Some(Value::Array(tasks)) => tasks,
            _ => Vec::new(),
        })
    }

    /// Waits until something happens to some task.
    pub(super) async fn await_news(&mut self) -> Done {
        self.call("wait_for", json!({"eventType": "task.", "waitSeconds": WAIT})).await?;
        self.pause(1.0).await
    }

    /// Goes: gives back what it holds. The board may be gone already, so nothing is tried twice.
    pub(super) async fn leave(self) {
        let client = &self.shared.client;
        let goodbye = async {
            let (Some(briefing), Some(release)) =
                (self.shared.api.find("get_briefing"), self.shared.api.find("release_task"))
            else {
                return;
            };
            let Ok(answer) = client.call(briefing, Map::new(), Some(&self.name)).await else {
                return;
            };
            for task in answer.body.get("tasks").and_then(Value::as_array).into_iter().flatten() {
                let input =
                    json!({"taskId": task.get("id"), "reason": "The sample run has ended."});
                let Some(input) = input.as_object() else { continue };
                if let Err(error) = client.call(release, input.clone(), Some(&self.name)).await {
                    tracing::debug!(agent = self.name, %error, "a task could not be given back; its lease ends by itself");
                }
            }
        };
        if tokio::time::timeout(LEAVE, goodbye).await.is_err() {
            tracing::debug!(
                agent = self.name,
                "left without giving everything back; leases end by themselves"
            );
        }
    }
}

/// A text field of an answer.
pub(super) fn text<'a>(thing: &'a Value, field: &str) -> &'a str {
    thing.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// A number field of an answer.
pub(super) fn number(thing: &Value, field: &str) -> u64 {
    thing.get(field).and_then(Value::as_u64).unwrap_or_default()
}
