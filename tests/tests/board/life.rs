//! The life of a task over REST, as the README tells it.

use anyhow::{Result, ensure};
use meshpilot_e2e::Server;
use meshpilot_e2e::sse::{Frame, Stream};
use serde_json::{Value, json};

/// What a frame says, in short: type, thing, change.
fn short(frame: &Frame) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let entity = text(&frame.data["entity"]);
    format!("{} {entity} {}", frame.kind, text(&frame.data["data"]["change"]))
}

#[tokio::test]
async fn a_rejected_task_comes_back_with_its_reason_and_ends_approved() -> Result<()> {
    let server = Server::start().await?;
    let (person, planner) = (server.person()?, server.agent("planner")?);
    let builder = server.agent("builder-1")?;
    for agent in [&planner, &builder] {
        agent.post("/briefing", json!({})).await?.ok()?;
    }
    let before = person.get("/tasks").await?.ok()?["asOfSeq"].as_i64().unwrap_or_default();
    let mut stream = Stream::open(&person, &format!("?after={before}"), None).await?;

    let created = planner
        .post(
            "/tasks",
            json!({ "title": "Retry webhooks", "description": "Back off.", "filesOwned": ["src/hooks/**"] }),
        )
        .await?;
    assert_eq!(created.status, 201);
    let id = created.ok()?["task"]["id"].as_str().unwrap_or_default().to_owned();
    let path = |what: &str| format!("/tasks/{id}{what}");

    let task = builder.post(&path("/claim"), json!({})).await?.ok()?["task"].take();
    assert_eq!(task["status"], "in_progress");
    assert_eq!(task["lease"]["agent"], "builder-1");
    let first_fence = task["lease"]["fence"].as_i64();
    let beat = builder
        .post(&path("/heartbeat"), json!({ "progress": 40, "note": "tests are next" }))
        .await?
        .ok()?;
    assert_eq!(
        (&beat["task"]["progress"], &beat["task"]["note"]),
        (&json!(40), &json!("tests are next"))
    );
    let done = builder
        .post(&path("/complete"), json!({ "result": "Done.", "cost": { "costUsd": 0.25 } }))
        .await?
        .ok()?;
    assert_eq!(done["task"]["status"], "in_review");
    assert_eq!(done["task"]["lease"], Value::Null);

    // The reject goes to the one who did it, with the reason where the next attempt reads it.
    let reason = "The retry loop holds the connection while it sleeps.";
    let review = json!({ "verdict": "reject", "reason": reason });
    let rejected = person.post(&path("/review"), review).await?.ok()?["task"].take();
    assert_eq!(
        (&rejected["status"], &rejected["assignedTo"]),
        (&json!("todo"), &json!("builder-1"))
    );
    assert_eq!(rejected["review"]["reason"], reason);
    let description = rejected["description"].as_str().unwrap_or_default();
    ensure!(description.starts_with("Back off.\n\nRejected by human at "), "{description}");
    ensure!(description.ends_with(&format!(":\n{reason}")), "{description}");

    let next_call = builder.get("/tasks").await?;
    assert_eq!(next_call.notices(), [("rejected".to_owned(), id.clone())]);
    let others_call = planner.get("/tasks").await?;
    assert_eq!(others_call.notices(), []);

    let again = builder.post("/tasks/claim-next", json!({})).await?;
    assert_eq!(again.notices(), []);
    let again = again.ok()?["task"].take();
    assert_eq!((&again["id"], &again["attempts"]), (&json!(id), &json!(2)));
    ensure!(again["lease"]["fence"].as_i64() > first_fence, "a fence went back: {again}");
    ensure!(again["description"].as_str().unwrap_or_default().ends_with(reason), "{again}");
    builder.post(&path("/complete"), json!({ "result": "Now it lets go." })).await?.ok()?;
    let approved = person.post(&path("/review"), json!({ "verdict": "approve" })).await?.ok()?;
    assert_eq!(approved["task"]["status"], "done");
    ensure!(approved["task"]["completedAt"].is_string(), "{approved}");

    let frames = stream
        .up_to(person.get("/tasks").await?.body["meta"]["seq"].as_i64().unwrap_or_default())
        .await?;
    let seen: Vec<String> = frames.iter().map(short).collect();
    let expected = [
        "task.created T1 created",
        "lock.acquired T1 -",
        "task.updated T1 claimed",
        "task.updated T1 progressed",
        "lock.released T1 -",
        "task.updated T1 completed",
        "task.updated T1 rejected",
        "lock.acquired T1 -",
        "task.updated T1 claimed",
        "lock.released T1 -",
        "task.updated T1 completed",
        "task.updated T1 approved",
    ];
    assert_eq!(seen, expected);
    let actors: Vec<&str> =
        frames.iter().filter_map(|frame| frame.data["actor"].as_str()).collect();
    assert_eq!(actors[..2], ["planner", "builder-1"]);
    assert_eq!((actors[6], actors[11]), ("human", "human"));
    for frame in frames.iter().filter(|frame| frame.kind.starts_with("task.")) {
        let task = &frame.data["data"]["task"];
        assert_eq!(task["id"], "T1");
        ensure!(
            task["description"].is_null() && task["result"].is_null(),
            "bodies stay home: {task}"
        );
    }

    let full = person.get(&path("?include=comments,history,attempts")).await?.ok()?;
    let outcomes: Vec<&Value> = full["attempts"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|attempt| &attempt["outcome"])
        .collect();
    assert_eq!(outcomes, ["success", "success"]);
    let changes: Vec<&str> = full["history"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|entry| entry["change"].as_str())
        .collect();
    assert_eq!(
        changes,
        [
            "created",
            "claimed",
            "progressed",
            "completed",
            "rejected",
            "claimed",
            "completed",
            "approved"
        ]
    );
    assert_eq!(full["comments"], json!([]));
    Ok(())
}

#[tokio::test]
async fn the_same_title_twice_is_one_task() -> Result<()> {
    let server = Server::start().await?;
    let planner = server.agent("planner")?;
    let first = planner.post("/tasks", json!({ "title": "Fix the  Login" })).await?;
    assert_eq!(first.status, 201);
    let first = first.ok()?;
    let second = planner.post("/tasks", json!({ "title": "fix the login" })).await?;
    assert_eq!(second.status, 200);
    let second = second.ok()?;
    assert_eq!(second["deduplicated"], true);
    assert_eq!(second["task"]["id"], first["task"]["id"]);
    let wished = json!({ "title": "fix the login", "allowDuplicate": true });
    let third = planner.post("/tasks", wished).await?;
    assert_eq!(third.status, 201);
    ensure!(third.ok()?["task"]["id"] != first["task"]["id"], "a duplicate was wished for");
    let created = planner.events(0).await?;
    assert_eq!(created.iter().filter(|event| event["type"] == "task.created").count(), 2);
    Ok(())
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_clean_restart() -> Result<()> {
    let mut server = Server::start().await?;
    let keys = (server.place().person_key()?, server.place().project_key()?);
    let id = server.agent("planner")?.create_task(json!({ "title": "Survive" })).await?;
    let builder = server.agent("builder-1")?;
    let claim = json!({ "leaseSeconds": 600 });
    let fence =
        builder.post(&format!("/tasks/{id}/claim"), claim).await?.ok()?["task"]["lease"]["fence"]
            .take();
    let events = server.person()?.events(0).await?;

    server.signal("TERM")?;
    let status = server.ends_within(std::time::Duration::from_secs(5)).await?;
    ensure!(status.success(), "{status}");
    server.restart().await?;

    assert_eq!((server.place().person_key()?, server.place().project_key()?), keys);
    let task = server.agent("builder-1")?.task(&id).await?;
    assert_eq!((&task["status"], &task["lease"]["fence"]), (&json!("in_progress"), &fence));
    let after = server.person()?.events(0).await?;
    ensure!(after.starts_with(&events), "history changed: {events:?}\n{after:?}");
    // The restart gave the lease its full time again, and the holder goes on as if nothing had happened.
    builder.post(&format!("/tasks/{id}/heartbeat"), json!({})).await?.ok()?;
    builder.post(&format!("/tasks/{id}/complete"), json!({})).await?.ok()?;
    Ok(())
}
