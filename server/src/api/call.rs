//! One call from input to answer: checks, rates, replay, the transaction, waiting, notices.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::{Command, Context, Endpoint, Operation, Query};
use crate::error::{Code, Error, Result};
use crate::limits;
use crate::model::text::RequestId;
use crate::model::things::Notice;
use crate::store::{Caller, Frame, ReadTx, WriteTx};

/// What a door hands over.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who asks.
    pub caller: Caller,
    /// The input's fields.
    pub input: Map<String, Value>,
    /// What makes a retry safe.
    pub request_id: Option<RequestId>,
}

/// What a door gives back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The data, as JSON.
    pub data: String,
    /// The HTTP status.
    pub status: u16,
    /// Whether this is the first answer given again.
    pub replayed: bool,
    /// What the agent should notice.
    pub notices: Vec<Notice>,
    /// The board's position that the answer reflects, at least.
    pub seq: i64,
}

impl Endpoint {
    /// Checks a call before any transaction: rights, pause, rates, fields. A call with wrong fields costs as much of its
    /// budget as any other.
    pub(super) fn admit(&self, context: &Context, mut call: Call) -> Result<Call> {
        call.caller.require(self.spec.scope)?;
        context.access.admit(&call.caller, self.writes, self.spec.lifeline, &context.store)?;
        self.tidy(&mut call.input)?;
        call.caller.since = context.store.feed().head();
        Ok(call)
    }

    /// Refuses unknown fields by name, takes out nulls that say nothing, and understands numbers, truth values and
    /// lists that arrive as text, as models and query strings send them.
    fn tidy(&self, input: &mut Map<String, Value>) -> Result<()> {
        let Some(properties) = self.properties() else { return Ok(()) };
        if let Some(unknown) = input.keys().find(|name| !properties.contains_key(*name)) {
            let known: Vec<&str> = properties.keys().map(String::as_str).collect();
            return Err(Error::invalid(
                unknown,
                format!(
                    "`{unknown}` is no field of {}; its fields are {}",
                    self.spec.name,
                    known.join(", ")
                ),
            ));
        }
        input.retain(|name, value| !value.is_null() || self.clearable.contains(name));
        for (name, value) in input.iter_mut() {
            let kind = properties
                .get(name)
                .and_then(|property| property.get("type"))
                .and_then(Value::as_str)
                .unwrap_or_default();
            // A list would be read as an object's fields in their order, which no schema tells.
            if kind == "object" && value.is_array() {
                return Err(Error::invalid(name, format!("`{name}` must be an object")));
            }
            let Some(text) = value.as_str() else { continue };
            let read = match kind {
                "integer" | "number" | "boolean" | "object" => serde_json::from_str(text).ok(),
                "array" if text.trim_start().starts_with('[') => serde_json::from_str(text).ok(),
                "array" => Some(
                    text.split(',')
                        .map(|item| Value::String(item.trim().to_owned()))
                        .filter(|item| item != "")
                        .collect(),
                ),
                _ => None,
            };
            if let Some(read) = read {
                *value = read;
            }
        }
        Ok(())
    }
}

/// Reads the typed input, and on failure says which field is wrong, what is allowed and how large the value is.
fn read<O: DeserializeOwned>(input: Map<String, Value>) -> Result<O> {
    let value = Value::Object(input);
    if let Ok(operation) = O::deserialize(&value) {
        return Ok(operation);
    }
    match serde_path_to_error::deserialize::<_, O>(&value) {
        Ok(operation) => Ok(operation),
        Err(error) => {
            let path = error.path().to_string();
            let problem = error.into_inner().to_string();
            let field = if path.trim_matches('.').is_empty() {
                culprit::<O>(&value, &problem)
                    .or_else(|| problem.split('`').nth(1).map(str::to_owned))
                    .unwrap_or_default()
            } else {
                path
            };
            let size = value.get(&field).and_then(Value::as_str).map(|text| text.chars().count());
            let error = Error::invalid(&field, format!("`{field}`: {problem}"));
            Err(if let Some(size) = size { error.detail("size", size) } else { error })
        }
    }
}

/// The field without which there is another problem or none: inside flattened fields serde tells no path.
fn culprit<O: DeserializeOwned>(input: &Value, problem: &str) -> Option<String> {
    let fields = input.as_object()?;
    let is_it = |name: &&String| {
        let mut rest = fields.clone();
        rest.remove(*name);
        O::deserialize(Value::Object(rest)).err().is_none_or(|error| {
            let error = error.to_string();
            error != problem && error != format!("missing field `{name}`")
        })
    };
    fields.keys().find(is_it).cloned()
}

fn write<T: serde::Serialize>(output: &T) -> Result<String> {
    serde_json::to_string(output).map_err(Error::internal)
}

/// Runs a query, again and again while it is pending and may wait.
pub(super) async fn query<Q: Query>(context: Context, call: Call) -> Result<Answer> {
    let operation = read::<Q>(call.input)?;
    let caller = Arc::new(call.caller);
    let mut held = Held::new(&context, &caller, &operation);
    loop {
        let run = operation.clone();
        let (output, notices) = context
            .store
            .read(Arc::clone(&caller), move |db| Ok((run.run(db)?, notices(db)?)))
            .await?;
        if !Q::is_pending(&output) || !held.wait(&operation).await? {
            return Ok(Answer {
                data: write(&output)?,
                status: Q::status(&output),
                replayed: false,
                notices,
                seq: context.store.feed().head(),
            });
        }
    }
}

/// Runs a command; with a `requestId` its first answer is kept in the same transaction and given again.
pub(super) async fn command<C: Command>(context: Context, call: Call) -> Result<Answer> {
    let once = call.request_id.map(|id| (id, hash(&call.input)));
    let operation = read::<C>(call.input)?;
    let caller = Arc::new(call.caller);
    let _running = match &once {
        Some((id, _)) => Some(context.access.begin(caller.principal(), id)?),
        None => None,
    };
    let mut held = Held::new(&context, &caller, &operation);
    let _queue =
        held.waits().then(|| Queue { context: context.clone(), caller: Arc::clone(&caller) });
    loop {
        let (run, once, last) = (operation.clone(), once.clone(), !held.waits());
        let done = context
            .access
            .write(&context.store, Arc::clone(&caller), move |tx| {
                attempt(run, tx, once.as_ref(), last)
            })
            .await?;
        if !done.pending || !held.wait(&operation).await? {
            return Ok(done.answer);
        }
    }
}

struct Done {
    answer: Answer,
    pending: bool,
}

fn attempt<C: Command>(
    operation: C,
    tx: &mut WriteTx<'_>,
    once: Option<&(RequestId, [u8; 32])>,
    last: bool,
) -> Result<Done> {
    if let Some((id, hash)) = once
        && let Some(first) = tx.replay(id, C::SPEC.name, hash)?
    {
        let notices = notices(tx)?;
        return Ok(Done {
            answer: Answer {
                data: first.answer,
                status: 200,
                replayed: true,
                notices,
                seq: tx.seq(),
            },
            pending: false,
        });
    }
    let mut output = operation.run(tx)?;
    let (data, status, pending) = (write(&output)?, C::status(&output), C::is_pending(&output));
    if let Some((id, hash)) = once
        && (last || !pending)
    {
        let kept = if C::forget(&mut output) { &write(&output)? } else { &data };
        tx.keep_answer(id, C::SPEC.name, hash, kept)?;
    }
    let answer = Answer { data, status, replayed: false, notices: notices(tx)?, seq: tx.seq() };
    Ok(Done { answer, pending })
}

/// What the calling agent should notice. The person looks at the board.
fn notices(db: &ReadTx<'_>) -> Result<Vec<Notice>> {
    match &db.caller().agent {
        Some(agent) if !db.caller().is_person() => db.notices(agent),
        _ => Ok(Vec::new()),
    }
}

/// The hash of an input, whatever the order of its fields.
fn hash(input: &Map<String, Value>) -> [u8; 32] {
    fn feed(hasher: &mut Sha256, value: &Value) {
        match value {
            Value::Object(map) => {
                let mut names: Vec<&String> = map.keys().collect();
                names.sort();
                hasher.update(b"{");
                for name in names {
                    hasher.update((name.len() as u64).to_be_bytes());
                    hasher.update(name.as_bytes());
                    feed(hasher, map.get(name).unwrap_or(&Value::Null));
                }
                hasher.update(b"}");
            }
            Value::Array(values) => {
                hasher.update(b"[");
                values.iter().for_each(|value| feed(hasher, value));
                hasher.update(b"]");
            }
            plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
                let text = plain.to_string();
                hasher.update((text.len() as u64).to_be_bytes());
                hasher.update(text.as_bytes());
            }
        }
    }
    let mut hasher = Sha256::new();
    let fields = Value::Object(input.clone());
    feed(&mut hasher, &fields);
    hasher.finalize().into()
}

/// A call that may be held: its time, and the feed that wakes it.
struct Held {
    context: Context,
    key: String,
    head: tokio::sync::watch::Receiver<i64>,
    looked: i64,
    left: Option<std::pin::Pin<Box<tokio::time::Sleep>>>,
}

impl Held {
    fn new<O: Operation>(context: &Context, caller: &Caller, operation: &O) -> Self {
        let seconds = operation.wait_seconds().min(limits::WAIT_SECONDS);
        let feed = context.store.feed();
        // The position is taken before the first look, so nothing that comes after it is missed.
        let (head, looked) = (feed.watch(), feed.head());
        let left = (seconds > 0)
            .then(|| Box::pin(tokio::time::sleep(std::time::Duration::from_secs(seconds))));
        Self { context: context.clone(), key: caller.key.clone(), head, looked, left }
    }

    /// Whether the call may still wait.
    fn waits(&self) -> bool {
        self.left.is_some()
    }

    /// Waits for something worth another look; `false` when this was the last one. Once the time is up, or the server
    /// is asked to stop, there is one more look, which is the one whose answer counts.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when the key stops working meanwhile.
    async fn wait<O: Operation>(&mut self, operation: &O) -> Result<bool> {
        let Some(left) = self.left.as_mut() else { return Ok(false) };
        let woken = {
            let (feed, head, looked) =
                (self.context.store.feed(), &mut self.head, &mut self.looked);
            tokio::select! {
                biased;
                () = self.context.access.stopped_working(&self.key) => {
                    return Err(Error::new(Code::Unauthenticated, "the key was revoked during the call"));
                }
                () = self.context.stopping.cancelled() => false,
                () = left.as_mut() => false,
                woken = worth_a_look(feed, head, looked, |event| operation.wakes(event)) => woken,
                () = pulse(operation.pulse()) => true,
            }
        };
        if !woken {
            self.left = None;
        }
        Ok(true)
    }
}

/// Ends when a held call looks again without an event.
async fn pulse(every: Option<std::time::Duration>) {
    match every {
        Some(every) => tokio::time::sleep(every).await,
        None => std::future::pending().await,
    }
}

async fn worth_a_look(
    feed: &crate::store::Feed,
    head: &mut tokio::sync::watch::Receiver<i64>,
    looked: &mut i64,
    wakes: impl Fn(&Frame) -> bool,
) -> bool {
    loop {
        let now = *head.borrow_and_update();
        if now > *looked {
            let frames = feed.after(*looked, limits::RING);
            *looked = now;
            if frames.is_none_or(|frames| frames.iter().any(|frame| wakes(frame))) {
                return true;
            }
        }
        if head.changed().await.is_err() {
            return false;
        }
    }
}

/// Those behind a call that gave up may be first now, so they are told.
fn leave(tx: &mut WriteTx<'_>, call: &str) -> Result<()> {
    if tx.leave_queue(call)? {
        tx.emit("lock.queue", None, &serde_json::json!({ "locks": [] }))
    } else {
        Ok(())
    }
}

/// Takes a held call out of the queue for locks when it ends, also when its client went away.
struct Queue {
    context: Context,
    caller: Arc<Caller>,
}

impl Drop for Queue {
    fn drop(&mut self) {
        let (store, caller) = (self.context.store.clone(), Arc::clone(&self.caller));
        tokio::spawn(async move {
            let call = caller.call.clone();
            if let Err(error) = store.write(caller, move |tx| leave(tx, &call)).await {
                tracing::warn!(%error, "a waiting call could not leave the queue; its place ends with its time");
            }
        });
    }
}
