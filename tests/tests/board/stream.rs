//! The event stream: nothing missing, nothing twice, in order, and nobody waits for who reads slowly.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::sse::{Frame, Stream};
use meshpilot_e2e::wire::Wire;
use meshpilot_e2e::{Rest, Server, within};
use serde_json::{Value, json};

/// Where the log ends.
async fn head(rest: &Rest) -> Result<i64> {
    rest.get("/tasks?limit=1").await?.ok()?["asOfSeq"].as_i64().context("a position")
}

/// A board as a page keeps it: tasks by id, followed by deltas.
fn apply(board: &mut BTreeMap<String, Value>, frame: &Frame) {
    let task = &frame.data["data"]["task"];
    let id = task["id"].as_str().unwrap_or_default().to_owned();
    match frame.kind.as_str() {
        "task.created" | "task.updated" => drop(board.insert(id, task.clone())),
        "task.deleted" => drop(board.remove(&id)),
        _ => {}
    }
}

fn tasks_of(snapshot: &Value) -> BTreeMap<String, Value> {
    let tasks = snapshot["tasks"].as_array().into_iter().flatten();
    tasks.map(|task| (task["id"].as_str().unwrap_or_default().to_owned(), task.clone())).collect()
}

/// Something of everything that can happen to tasks.
async fn busy_board(server: &Server, turns: usize) -> Result<()> {
    let agent = server.agent("a")?;
    let person = server.person()?;
    for turn in 0..turns {
        let id = agent
            .create_task(json!({ "title": format!("busy {turn}"), "description": "long" }))
            .await?;
        let step = |what: &str| format!("/tasks/{id}/{what}");
        match turn % 5 {
            0 => {}
            1 => drop(agent.post(&step("claim"), json!({})).await?.ok()?),
            2 => {
                agent.post(&step("claim"), json!({})).await?.ok()?;
                agent.post(&step("complete"), json!({ "result": "done" })).await?.ok()?;
                person
                    .post(&step("review"), json!({ "verdict": "reject", "reason": "no" }))
                    .await?
                    .ok()?;
            }
            3 => drop(agent.delete(&format!("/tasks/{id}")).await?.ok()?),
            _ => {
                agent
                    .patch(&format!("/tasks/{id}"), json!({ "priority": "urgent" }))
                    .await?
                    .ok()?;
                agent.post(&step("comments"), json!({ "text": "look" })).await?.ok()?;
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_snapshot_and_its_deltas_are_the_board() -> Result<()> {
    let server = Server::unlimited().await?;
    busy_board(&server, 10).await?;
    let person = server.person()?;
    let mut stream = Stream::open(&person, "?snapshot=true", None).await?;
    let snapshot = stream.next().await?;
    assert_eq!(snapshot.kind, "snapshot");
    for part in ["project", "counts", "tasks", "agents", "chat", "settings", "truncated"] {
        ensure!(!snapshot.data[part].is_null(), "the snapshot has no {part}");
    }
    let mut board = tasks_of(&snapshot.data);
    assert_eq!(board.len(), 8, "two were deleted: {:?}", board.keys());
    busy_board(&server, 12).await?;
    for frame in stream.up_to(head(&person).await?).await? {
        apply(&mut board, &frame);
    }
    let mut again = Stream::open(&person, "?snapshot=true", None).await?;
    let fresh = again.next().await?;
    assert_eq!(board, tasks_of(&fresh.data));
    // And it is what a list says, but for the bodies.
    let listed = person.get("/tasks?limit=200").await?.ok()?;
    assert_eq!(board, tasks_of(&listed));
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for task in board.values() {
        *counts.entry(task["status"].as_str().unwrap_or_default()).or_default() += 1;
    }
    for (status, count) in fresh.data["counts"].as_object().context("counts")? {
        assert_eq!(
            count.as_i64(),
            Some(counts.get(status.as_str()).copied().unwrap_or(0)),
            "{status}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_cut_stream_resumes_without_gap_or_repeat() -> Result<()> {
    let server = Server::unlimited().await?;
    let person = server.person()?;
    busy_board(&server, 80).await?;
    let log = person.events(0).await?;
    let last = log.last().and_then(|event| event["seq"].as_i64()).context("a log")?;
    // Cut after each so many events, at 50 places, by the header and by the query alike.
    let mut seen = Vec::new();
    let mut position = String::new();
    let mut cuts = 0;
    while seen.last() != Some(&last) {
        let by_header = cuts % 2 == 0 && !position.is_empty();
        let query = match (by_header, position.as_str()) {
            (true, _) => String::new(),
            (false, "") => "?after=0".to_owned(),
            (false, position) => format!("?after={position}"),
        };
        let mut stream =
            Stream::open(&person, &query, by_header.then_some(position.as_str())).await?;
        for _ in 0..=cuts % 6 {
            seen.push(stream.next().await?.seq());
            if seen.last() == Some(&last) {
                break;
            }
        }
        position = stream.last_id;
        cuts += 1;
    }
    ensure!(cuts >= 50, "only {cuts} cuts");
    let logged: Vec<i64> = log.iter().filter_map(|event| event["seq"].as_i64()).collect();
    assert_eq!(seen, logged);
    Ok(())
}

#[tokio::test]
async fn a_position_of_another_life_is_reset_and_nonsense_refused() -> Result<()> {
    let server = Server::start().await?;
    let agent = server.agent("a")?;
    agent.create_task(json!({ "title": "x" })).await?;
    let head = head(&agent).await?;
    for position in ["ffffffff-1".to_owned(), format!("{}", head + 1_000)] {
        let mut stream = Stream::open(&agent, "?types=chat.", Some(&position)).await?;
        let reset = stream.next().await?;
        assert_eq!(reset.kind, "reset", "{position}");
        ensure!(reset.data["head"].as_i64() >= Some(head), "{reset:?}");
        agent.post("/chat", json!({ "text": position })).await?.ok()?;
        let next = stream.next().await?;
        assert_eq!(
            (next.kind.as_str(), &next.data["data"]["message"]["text"]),
            ("chat.message", &json!(position))
        );
    }
    agent.get("/events?after=nonsense").await?.refused(400, "VALIDATION_ERROR")?;
    Ok(())
}

#[tokio::test]
async fn types_narrow_the_stream_and_its_snapshot_does_not_suffer() -> Result<()> {
    let server = Server::start().await?;
    let agent = server.agent("a")?;
    let mut stream = Stream::open(&agent, "?types=chat.message,lock.", None).await?;
    let id = agent.create_task(json!({ "title": "x", "filesOwned": ["a"] })).await?;
    agent.post(&format!("/tasks/{id}/claim"), json!({})).await?.ok()?;
    agent.post("/chat", json!({ "text": "hello" })).await?.ok()?;
    assert_eq!(stream.next().await?.kind, "lock.acquired");
    assert_eq!(stream.next().await?.kind, "chat.message");
    // What a key may not see doesn't come, and leaves nothing but its number out.
    let mut all = Stream::open(&agent, "?types=key.,chat.", None).await?;
    server.create_key(json!({ "label": "secret" })).await?;
    agent.post("/chat", json!({ "text": "after" })).await?.ok()?;
    assert_eq!(all.next().await?.kind, "chat.message");
    let mut persons = Stream::open(&server.person()?, "?types=key.", None).await?;
    server.create_key(json!({ "label": "seen" })).await?;
    assert_eq!(persons.next().await?.kind, "key.created");
    Ok(())
}

#[tokio::test]
async fn an_event_is_there_at_once() -> Result<()> {
    let server = Server::start().await?;
    let agent = server.agent("a")?;
    agent.post("/chat", json!({ "text": "warm" })).await?.ok()?;
    let mut stream = Stream::open(&agent, "?types=chat.", None).await?;
    let mut slowest = Duration::ZERO;
    for turn in 0..20 {
        let said = Instant::now();
        agent.post("/chat", json!({ "text": format!("{turn}") })).await?.ok()?;
        let heard = stream.next().await?;
        assert_eq!(heard.data["data"]["message"]["text"], json!(format!("{turn}")));
        slowest = slowest.max(said.elapsed());
    }
    ensure!(slowest < Duration::from_secs(2), "{slowest:?}");
    Ok(())
}

#[tokio::test]
async fn a_revoked_keys_stream_ends_within_a_second() -> Result<()> {
    let server = Server::start().await?;
    let (id, secret) = server.create_key(json!({ "label": "gone" })).await?;
    let owner = server.stranger()?.with_key(&secret);
    let mut stream = Stream::open(&owner, "?snapshot=true", None).await?;
    assert_eq!(stream.next().await?.kind, "snapshot");
    let mut others = Stream::open(&server.agent("a")?, "?types=chat.", None).await?;
    server.person()?.delete(&format!("/keys/{id}")).await?.ok()?;
    let ended = async {
        while stream.next_or_end().await?.is_some() {}
        anyhow::Ok(())
    };
    within(Duration::from_secs(1), "the end of the stream", ended).await??;
    // Nobody else's ends.
    server.agent("a")?.post("/chat", json!({ "text": "still here" })).await?.ok()?;
    assert_eq!(others.next().await?.kind, "chat.message");
    Ok(())
}

#[tokio::test]
async fn a_stream_says_that_it_lives() -> Result<()> {
    let server = Server::start().await?;
    let agent = server.agent("a")?;
    agent.get("/tasks").await?.ok()?;
    let mut stream = Stream::open(&agent, "?types=nothing.", None).await?;
    let started = Instant::now();
    // The first block may be a welcome; the second can only be the sign of life.
    for _ in 0..2 {
        let block =
            stream.next_block(Duration::from_secs(17)).await?.context("the stream ended")?;
        ensure!(block.is_comment(), "{block:?}");
    }
    ensure!(started.elapsed() < Duration::from_secs(17), "{:?}", started.elapsed());
    Ok(())
}

/// Events that are written past a reader who does not read: more than the server keeps for live readers, and larger
/// together than what any socket holds.
const ROUNDS: usize = 105;
const TASKS: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_slowly_is_dropped_and_slows_nobody() -> Result<()> {
    let server = Server::unlimited().await?;
    let agent = server.agent("a")?;
    let labels: Vec<String> = (0..20).map(|number| format!("{number}").repeat(40)).collect();
    let mut ids = Vec::new();
    for number in 0..TASKS {
        let title = format!("{number} {}", "t".repeat(490));
        ids.push(agent.create_task(json!({ "title": title, "labels": labels })).await?);
    }
    // Opens a stream and never reads a byte of it.
    let mut lazy = Wire::with_small_window(server.port()).await?;
    let key = server.place().project_key()?;
    let head = ["GET /v1/events HTTP/1.1", &format!("Host: 127.0.0.1:{}", server.port())];
    lazy.send(format!("{}\r\nAuthorization: Bearer {key}\r\n\r\n", head.join("\r\n")).as_bytes())
        .await?;
    let mut quick = Stream::open(&agent, "?types=task.updated", None).await?;

    let writing = async {
        for round in 0..ROUNDS {
            let priority = if round % 2 == 0 { "high" } else { "low" };
            let update = |id: &String| json!({ "taskId": id, "priority": priority });
            let updates: Vec<Value> = ids.iter().map(update).collect();
            let done = agent.patch("/tasks", json!({ "updates": updates })).await?.ok()?;
            ensure!(done["succeeded"] == TASKS, "{done}");
        }
        anyhow::Ok(())
    };
    let reading = async {
        for _ in 0..ROUNDS * TASKS {
            quick.next().await?;
        }
        anyhow::Ok(())
    };
    let started = Instant::now();
    let (wrote, read) = tokio::join!(writing, reading);
    wrote?;
    read.context("the quick reader lost its stream")?;
    let said = Instant::now();
    agent.post("/chat", json!({ "text": "anybody there?" })).await?.ok()?;
    ensure!(said.elapsed() < Duration::from_secs(5), "a writer waited {:?}", said.elapsed());
    println!("{} events in {:?}", ROUNDS * TASKS, started.elapsed());
    // Now the lazy one reads: what was buffered, and then the end, not the rest.
    let text = lazy.to_the_end(Duration::from_secs(30)).await?;
    let events = text.matches("event: task.updated").count();
    ensure!(events < ROUNDS * TASKS, "nothing was dropped");
    Ok(())
}
