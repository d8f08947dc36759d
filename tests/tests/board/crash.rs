//! `kill -9` under fifty writers, again and again, against a ledger that the clients keep.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::{Context, Result, bail, ensure};
use meshpilot_e2e::ledger::{Ledger, Outcome};
use meshpilot_e2e::sse::{Frame, Stream};
use meshpilot_e2e::{Mcp, Patience, Rest, Server, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// `MESHPILOT_CYCLES` raises it.
const CYCLES: usize = 20;
const REST_WRITERS: usize = 40;
const MCP_WRITERS: usize = 10;
/// Acknowledgements between two kills, give or take what makes the moment differ each time.
const WRITES_A_CYCLE: usize = 120;

/// The way a writer comes in.
#[derive(Clone)]
enum Door {
    Rest(Rest),
    Mcp(Mcp),
}

impl Door {
    /// One try of a command; `None` when no answer came. Says also whether the answer was a first one given again.
    async fn ask(
        &self,
        tool: &str,
        task: Option<&str>,
        body: &Value,
    ) -> Result<Option<(Outcome, bool)>> {
        match self {
            Self::Rest(rest) => {
                let path = match (tool, task) {
                    ("create_task", _) => "/tasks".to_owned(),
                    ("send_chat_message", _) => "/chat".to_owned(),
                    ("claim_task", Some(task)) => format!("/tasks/{task}/claim"),
                    ("complete_task", Some(task)) => format!("/tasks/{task}/complete"),
                    other => bail!("no route for {other:?}"),
                };
                let Ok(answer) = rest.call(Method::POST, &path, Some(body.clone())).await else {
                    return Ok(None);
                };
                if answer.body.is_null() {
                    return Ok(None);
                }
                let code = answer.code().to_owned();
                let replayed = answer.body["meta"]["replayed"] == true;
                let outcome = if code.is_empty() {
                    Outcome::Committed(answer.ok()?)
                } else {
                    Outcome::Refused(code)
                };
                Ok(Some((outcome, replayed)))
            }
            Self::Mcp(mcp) => {
                let mut arguments = body.clone();
                if let Some(task) = task {
                    arguments["taskId"] = task.into();
                }
                match mcp.call(tool, arguments).await {
                    Ok(result) if result.is_error => {
                        let code = result.text["code"].as_str().unwrap_or_default().to_owned();
                        Ok(Some((Outcome::Refused(code), false)))
                    }
                    Ok(result) => Ok(Some((Outcome::Committed(result.ok()?), false))),
                    Err(error) if error.downcast_ref::<reqwest::Error>().is_some() => Ok(None),
                    // An answer that is none of the tool's: this client would have to do something.
                    Err(error) => Err(error),
                }
            }
        }
    }
}

/// What all writers share.
struct Run {
    ledger: Ledger,
    acknowledged: AtomicUsize,
    unknown: AtomicUsize,
    /// Of the unknown ones, those that had been committed all the same (as far as REST says so).
    replayed: AtomicUsize,
    over: AtomicBool,
}

/// One client: it works tasks from beginning to end for as long as the run lasts.
struct Writer {
    name: String,
    door: Door,
    run: Arc<Run>,
    next: usize,
}

impl Writer {
    /// A command with a request id, asked again with the same one until there is an answer.
    async fn ask(&mut self, tool: &str, task: Option<&str>, mut body: Value) -> Result<Outcome> {
        self.next += 1;
        let id = format!("{}-{}", self.name, self.next);
        body["requestId"] = id.as_str().into();
        let ledger = &self.run.ledger;
        ledger.request(&id, &json!({ "tool": tool, "task": task, "body": body }))?;
        let first = self.door.ask(tool, task, &body).await?;
        let outcome = match first {
            Some((outcome, _)) => outcome,
            None => {
                ledger.outcome(&id, Outcome::Unknown)?;
                self.run.unknown.fetch_add(1, Ordering::Relaxed);
                let patience = Patience::with("an answer after the restart");
                loop {
                    if let Some((outcome, replayed)) = self.door.ask(tool, task, &body).await? {
                        self.run.replayed.fetch_add(usize::from(replayed), Ordering::Relaxed);
                        break outcome;
                    }
                    patience.pause().await?;
                }
            }
        };
        ledger.outcome(&id, outcome.clone())?;
        self.run.acknowledged.fetch_add(1, Ordering::Relaxed);
        Ok(outcome)
    }

    async fn work(mut self) -> Result<()> {
        for turn in 0.. {
            if self.run.over.load(Ordering::Relaxed) {
                break;
            }
            let title = format!("{}/{turn}", self.name);
            // Without the request id a second try would make a second task.
            let wish = json!({ "title": title, "allowDuplicate": true });
            let outcome = self.ask("create_task", None, wish).await?;
            let Outcome::Committed(created) = outcome else { bail!("{title}: {outcome:?}") };
            let task = created["task"]["id"].as_str().context("a task has an id")?.to_owned();
            for step in ["claim_task", "complete_task"] {
                let outcome = self.ask(step, Some(&task), json!({})).await?;
                ensure!(matches!(outcome, Outcome::Committed(_)), "{step} {task}: {outcome:?}");
            }
            let said = self.ask("send_chat_message", None, json!({ "text": title })).await?;
            ensure!(matches!(said, Outcome::Committed(_)), "{said:?}");
            // One that must leave no trace.
            let refused = json!({ "text": format!("refused {title}"), "taskId": "T999999" });
            let refused = self.ask("send_chat_message", None, refused).await?;
            assert_eq!(refused, Outcome::Refused("NOT_FOUND".to_owned()));
        }
        Ok(())
    }
}

/// Follows the stream over all restarts, until the position that `last` gives is reached.
async fn follow(
    rest: Rest,
    mut last: tokio::sync::watch::Receiver<Option<i64>>,
) -> Result<(Vec<Frame>, usize)> {
    let mut frames: Vec<Frame> = Vec::new();
    let mut streams = 0;
    let mut position: Option<String> = None;
    let mut patience = Patience::with("a stream");
    loop {
        let query = if position.is_some() { "" } else { "?after=0" };
        let Ok(mut stream) = Stream::open(&rest, query, position.as_deref()).await else {
            patience.pause().await?;
            continue;
        };
        patience = Patience::with("a stream");
        streams += 1;
        loop {
            if last
                .borrow()
                .is_some_and(|last| frames.last().is_some_and(|frame| frame.seq() >= last))
            {
                return Ok((frames, streams));
            }
            let next = tokio::select! {
                next = stream.next_or_end() => next?,
                changed = last.changed() => { changed?; continue }
            };
            match next {
                Some(frame) => frames.push(frame),
                None => break,
            }
        }
        if !stream.last_id.is_empty() {
            position = Some(stream.last_id.clone());
        }
    }
}

async fn writers(server: &Server, run: &Arc<Run>) -> Result<Vec<Writer>> {
    let key = server.place().project_key()?;
    let mut writers = Vec::new();
    for number in 0..REST_WRITERS + MCP_WRITERS {
        let name = format!("writer-{number}");
        let door = if number < REST_WRITERS {
            Door::Rest(Rest::new(server.url(), Some(&key), Some(&name))?)
        } else if number % 2 == 0 {
            Door::Mcp(Mcp::modern(&server.ready().mcp, &key, Some(&name))?)
        } else {
            Door::Mcp(Mcp::handshake(&server.ready().mcp, &key, Some(&name)).await?)
        };
        writers.push(Writer { name, door, run: Arc::clone(run), next: 0 });
    }
    Ok(writers)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_being_killed() -> Result<()> {
    let cycles = match std::env::var("MESHPILOT_CYCLES") {
        Ok(text) => text.parse().context("MESHPILOT_CYCLES is a number")?,
        Err(_) => CYCLES,
    };
    let mut server = Server::unlimited().await?;
    let run = Arc::new(Run {
        ledger: Ledger::create(&server.place().file("ledger.jsonl"))?,
        acknowledged: AtomicUsize::new(0),
        unknown: AtomicUsize::new(0),
        replayed: AtomicUsize::new(0),
        over: AtomicBool::new(false),
    });
    let (last, until) = tokio::sync::watch::channel(None);
    let subscriber = tokio::spawn(follow(server.person()?, until));
    let mut working = JoinSet::new();
    for writer in writers(&server, &run).await? {
        working.spawn(writer.work());
    }

    for cycle in 0..cycles {
        let goal = run.acknowledged.load(Ordering::Relaxed) + WRITES_A_CYCLE + cycle % 17;
        eventually("writers at work", async || {
            // A writer that failed ends the test at once.
            if let Some(ended) = working.try_join_next() {
                return Some(ended.map_err(anyhow::Error::from).and_then(|ended| ended));
            }
            (run.acknowledged.load(Ordering::Relaxed) >= goal).then_some(Ok(()))
        })
        .await??;
        server.restart().await?;
    }
    run.over.store(true, Ordering::Relaxed);
    while let Some(ended) = working.join_next().await {
        ended??;
    }

    let person = server.person()?;
    let log = person.events(0).await?;
    verify(&run.ledger, &log)?;
    let head = log.last().and_then(|event| event["seq"].as_i64()).context("a log")?;
    last.send(Some(head))?;
    let (frames, streams) = subscriber.await??;
    ensure!(streams > 1, "the stream was never cut");
    let followed: Vec<&Value> = frames.iter().map(|frame| &frame.data).take(log.len()).collect();
    let logged: Vec<&Value> = log.iter().collect();
    let differs = followed.iter().zip(&logged).position(|(one, other)| one != other);
    ensure!(differs.is_none(), "the stream differs from the log at {differs:?}");
    assert_eq!(followed.len(), logged.len());
    let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
    let (acknowledged, unknown) = (count(&run.acknowledged), count(&run.unknown));
    let replayed = count(&run.replayed);
    println!(
        "{cycles} kills, {acknowledged} answers, {unknown} lost and asked again \
         ({replayed} of them committed before the kill), {streams} streams"
    );
    ensure!(unknown > 0, "no kill hit a call: this proved nothing");
    Ok(())
}

/// Holds the clients' ledger against the server's log.
fn verify(ledger: &Ledger, log: &[Value]) -> Result<()> {
    for (one, next) in log.iter().zip(log.iter().skip(1)) {
        let (one, next) = (one["seq"].as_i64(), next["seq"].as_i64());
        ensure!(one.map(|seq| seq + 1) == next, "a gap between {one:?} and {next:?}");
    }
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for event in log {
        let data = &event["data"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let what = match event["type"].as_str().unwrap_or_default() {
            "task.created" => ("create_task".to_owned(), text(&data["task"]["title"])),
            "chat.message" => ("send_chat_message".to_owned(), text(&data["message"]["text"])),
            "task.updated" if data["change"] == "claimed" => {
                ("claim_task".to_owned(), text(&event["entity"]))
            }
            "task.updated" if data["change"] == "completed" => {
                ("complete_task".to_owned(), text(&event["entity"]))
            }
            _ => continue,
        };
        *counts.entry(what).or_default() += 1;
    }
    for entry in ledger.entries() {
        let request = &entry.body;
        let tool = request["tool"].as_str().unwrap_or_default();
        let body = &request["body"];
        let subject =
            [&request["task"], &body["title"], &body["text"]].into_iter().find_map(Value::as_str);
        let subject = subject.unwrap_or_default();
        let times = counts.get(&(tool.to_owned(), subject.to_owned())).copied().unwrap_or(0);
        let expected = match &entry.outcome {
            Some(Outcome::Committed(_)) => 1,
            Some(Outcome::Refused(_)) => 0,
            other => bail!("{} ended as {other:?}", entry.request_id),
        };
        ensure!(times == expected, "{tool} {subject} is there {times} times: {entry:?}");
    }
    Ok(())
}
