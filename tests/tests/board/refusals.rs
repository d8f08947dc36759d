//! What is refused for what the caller sent or who the caller is, with the code that the contract names.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::{Answer, Mcp, Server};
use reqwest::Method;
use serde_json::json;

use super::both::Both;

#[tokio::test]
async fn wrong_input_names_the_field_the_limit_and_the_size() -> Result<()> {
    let server = Server::start().await?;
    let both = Both::of(&server, "a").await?;
    let cases = [
        ("create_task", json!({}), "title", vec!["title"]),
        ("create_task", json!({ "title": "x", "titel": "y" }), "titel", vec!["titel", "title"]),
        ("create_task", json!({ "title": "é".repeat(501) }), "title", vec!["500", "501"]),
        ("create_task", json!({ "title": "" }), "title", vec!["title"]),
        (
            "create_task",
            json!({ "title": "x", "description": "d".repeat(32_001) }),
            "description",
            vec!["32000", "32001"],
        ),
        (
            "create_task",
            json!({ "title": "x", "priority": "huge" }),
            "priority",
            vec!["huge", "urgent"],
        ),
        ("create_task", json!({ "title": 7 }), "title", vec!["title"]),
        (
            "create_task",
            json!({ "title": "x", "agent": "a".repeat(101) }),
            "agent",
            vec!["100", "101"],
        ),
        (
            "create_task",
            json!({ "title": "x", "requestId": "r".repeat(101) }),
            "requestId",
            vec!["100", "101"],
        ),
        ("list_tasks", json!({ "limit": 201 }), "limit", vec!["200", "201"]),
        ("list_tasks", json!({ "limit": 0 }), "limit", vec!["limit"]),
        ("list_tasks", json!({ "cursor": "nonsense" }), "cursor", vec!["cursor"]),
        ("list_tasks", json!({ "status": "nowhere" }), "status", vec!["nowhere"]),
        ("claim_task", json!({ "taskId": "42" }), "taskId", vec!["T42", "42"]),
        (
            "claim_task",
            json!({ "taskId": "T1", "leaseSeconds": 29 }),
            "leaseSeconds",
            vec!["30", "29"],
        ),
        ("send_chat_message", json!({ "text": "c".repeat(2_001) }), "text", vec!["2000", "2001"]),
        ("get_briefing", json!({ "role": "r".repeat(101) }), "role", vec!["100", "101"]),
    ];
    for (operation, input, field, named) in cases {
        let error = both.refused(operation, input.clone(), 400, "VALIDATION_ERROR").await?;
        let named_field = error["details"]["field"].as_str().unwrap_or_default();
        ensure!(named_field.starts_with(field), "{operation} {input}: {error}");
        let said = error.to_string();
        let missing: Vec<&&str> = named.iter().filter(|word| !said.contains(**word)).collect();
        ensure!(missing.is_empty(), "{operation}: {missing:?} is not named in {error}");
    }
    Ok(())
}

#[tokio::test]
async fn text_that_is_a_number_a_truth_or_a_list_is_understood() -> Result<()> {
    let server = Server::start().await?;
    let mcp = Mcp::modern(&server.ready().mcp, &server.place().project_key()?, Some("a"))?;
    let sloppy = json!({ "title": "x", "labels": "[\"one\", \"two\"]", "requiresReview": "false", "ttlSeconds": "60" });
    let task = mcp.call("create_task", sloppy).await?.ok()?["task"].take();
    assert_eq!((&task["labels"], &task["requiresReview"]), (&json!(["one", "two"]), &json!(false)));
    let sloppy = json!({ "taskId": task["id"], "leaseSeconds": "60" });
    mcp.call("claim_task", sloppy).await?.ok()?;
    Ok(())
}

#[tokio::test]
async fn nobody_gets_in_without_a_key_and_no_further_than_it_reaches() -> Result<()> {
    let server = Server::start().await?;
    let stranger = server.stranger()?;
    for answer in
        [stranger.get("/tasks").await?, stranger.with_key("mp_no_key").get("/tasks").await?]
    {
        assert_eq!(answer.header("www-authenticate"), "Bearer error=\"invalid_token\"");
        answer.refused(401, "UNAUTHENTICATED")?;
    }
    let mcp = Mcp::modern(&server.ready().mcp, "mp_no_key", Some("a"))?;
    let reply = mcp.request("tools/list", json!({})).await?;
    assert_eq!(reply.status, 401, "{}", reply.text);

    // The project's key can't decide, make keys or change settings.
    let both = Both::of(&server, "a").await?;
    let task = both.task(json!({ "title": "x" })).await?;
    for (operation, input) in [
        ("create_key", json!({ "label": "mine" })),
        ("list_keys", json!({})),
        ("update_settings", json!({ "paused": true })),
        ("review_task", json!({ "taskId": task, "verdict": "approve" })),
    ] {
        let error = both.rest(operation, input.clone()).await?.refused(403, "FORBIDDEN")?;
        ensure!(error["hint"].is_string(), "{error}");
    }
    both.refused("review_task", json!({ "taskId": task, "verdict": "approve" }), 403, "FORBIDDEN")
        .await?;

    // A key bound to an agent is that agent; nobody but the person is `human`.
    both.refused("claim_task", json!({ "taskId": task, "agent": "human" }), 403, "SOURCE_MISMATCH")
        .await?;
    let (_, bound) = server.create_key(json!({ "forAgent": "ci", "scopes": ["work"] })).await?;
    let bound = Both::with_key(&server, &bound, None).await?;
    bound
        .refused("claim_task", json!({ "taskId": task, "agent": "b" }), 403, "SOURCE_MISMATCH")
        .await?;
    let claimed = bound.ok("claim_task", json!({ "taskId": task, "agent": "ci" })).await?;
    assert_eq!(claimed["task"]["lease"]["agent"], "ci");
    bound.rest("create_task", json!({ "title": "y" })).await?.refused(403, "FORBIDDEN")?;
    Ok(())
}

#[tokio::test]
async fn a_key_makes_none_with_more_rights_and_ends_when_it_is_told_to() -> Result<()> {
    let server = Server::start().await?;
    let expired = json!({ "label": "old", "expiresAt": "2020-01-01T00:00:00.000Z" });
    server.person()?.post("/keys", expired).await?.refused(400, "VALIDATION_ERROR")?;
    let (id, secret) = server.create_key(json!({ "label": "CI", "scopes": ["plan"] })).await?;
    let ci = server.stranger()?.with_key(&secret);
    ci.get("/tasks").await?.ok()?;
    server.person()?.delete(&format!("/keys/{id}")).await?.ok()?;
    ci.get("/tasks").await?.refused(401, "UNAUTHENTICATED")?;
    Ok(())
}

#[tokio::test]
async fn what_is_not_there_is_not_found() -> Result<()> {
    let server = Server::start().await?;
    let both = Both::of(&server, "a").await?;
    for (operation, input) in [
        ("get_task", json!({ "taskId": "T999" })),
        ("claim_task", json!({ "taskId": "T999" })),
        ("comment_on_task", json!({ "taskId": "T999", "text": "x" })),
        ("send_chat_message", json!({ "text": "x", "taskId": "T999" })),
        ("create_task", json!({ "title": "x", "dependsOn": ["T999"] })),
        ("get_knowledge", json!({ "key": "nothing" })),
    ] {
        both.refused(operation, input, 404, "NOT_FOUND").await?;
    }
    let rest = server.agent("a")?;
    for path in ["/nowhere", "!/nowhere", "!/assets/../../etc/passwd", "!/index.php"] {
        rest.get(path).await?.refused(404, "NOT_FOUND")?;
    }
    for (method, path) in
        [(Method::PUT, "/tasks"), (Method::DELETE, "/chat"), (Method::POST, "/tasks/T1")]
    {
        let answer = rest.call(method, path, None).await?;
        ensure!(!answer.header("allow").is_empty(), "{answer:?}");
        answer.refused(405, "METHOD_NOT_ALLOWED")?;
    }
    Ok(())
}

#[tokio::test]
async fn only_json_objects_of_bearable_size_are_read() -> Result<()> {
    let server = Server::start().await?;
    let rest = server.agent("a")?;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let request = rest
            .request(Method::POST, "/tasks")
            .header("Content-Type", kind)
            .body(r#"{"title":"x"}"#);
        Answer::of(request).await?.refused(415, "UNSUPPORTED_MEDIA_TYPE")?;
    }
    let json = |body: Vec<u8>| {
        rest.request(Method::POST, "/tasks").header("Content-Type", "application/json").body(body)
    };
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_field = format!(r#"{{"title":{deep}}}"#);
    for body in [
        b"[]".to_vec(),
        b"{".to_vec(),
        b"{\"title\":\"\xff\xfe\"}".to_vec(),
        deep.into_bytes(),
        deep_field.into_bytes(),
    ] {
        Answer::of(json(body)).await?.refused(400, "VALIDATION_ERROR")?;
    }
    for megabytes in [12, 16] {
        let large = json!({ "title": "x", "description": "d".repeat(megabytes * 1024 * 1024) });
        rest.post("/tasks", large).await?.refused(413, "PAYLOAD_TOO_LARGE")?;
    }
    let both = Both::of(&server, "a").await?;
    let payload = json!({ "name": "n", "payload": { "text": "p".repeat(65_537) } });
    both.refused("publish_project_event", payload, 413, "PAYLOAD_TOO_LARGE").await?;
    assert_eq!(rest.get("/tasks").await?.ok()?["tasks"], json!([]));
    Ok(())
}

#[tokio::test]
async fn a_request_id_gives_its_first_answer_again_and_serves_one_call_only() -> Result<()> {
    let server = Server::start().await?;
    let both = Both::of(&server, "a").await?;
    let rest = server.agent("a")?;
    let first = rest.post("/tasks", json!({ "title": "x", "requestId": "r1" })).await?.ok()?;
    let again = rest.post("/tasks", json!({ "title": "x", "requestId": "r1" })).await?;
    assert_eq!((again.status, &again.body["meta"]["replayed"]), (200, &json!(true)));
    assert_eq!(again.ok()?, first);
    // The header means the same, and so does the other door.
    let request = rest
        .request(Method::POST, "/tasks")
        .header("Idempotency-Key", "r1")
        .json(&json!({ "title": "x" }));
    assert_eq!(Answer::of(request).await?.body["meta"]["replayed"], true);
    let mcp = Mcp::modern(&server.ready().mcp, &server.place().project_key()?, Some("a"))?;
    let over_mcp =
        mcp.call("create_task", json!({ "title": "x", "requestId": "r1" })).await?.ok()?;
    assert_eq!(over_mcp["task"]["id"], first["task"]["id"]);

    for (operation, input) in [
        ("create_task", json!({ "title": "y", "requestId": "r1" })),
        ("send_chat_message", json!({ "text": "x", "requestId": "r1" })),
    ] {
        both.refused(operation, input, 422, "REQUEST_ID_REUSED").await?;
    }
    // Another agent's `r1` is another id.
    let other = server.agent("b")?.post("/chat", json!({ "text": "x", "requestId": "r1" })).await?;
    assert_eq!(other.status, 201);
    let created = rest.events(0).await?;
    assert_eq!(created.iter().filter(|event| event["type"] == "task.created").count(), 1);
    Ok(())
}

#[tokio::test]
async fn a_second_call_while_the_first_is_held_is_told_so() -> Result<()> {
    let server = Server::start().await?;
    let both = Both::of(&server, "a").await?;
    let rest = server.agent("a")?;
    let input = json!({ "waitSeconds": 25, "requestId": "held" });
    // Whichever of the two comes first is held; the other is not.
    let call = || Box::pin(rest.post("/tasks/claim-next", input.clone()));
    let (refused, held) = futures_util::future::select(call(), call()).await.factor_first();
    refused?.refused(409, "REQUEST_IN_PROGRESS")?;
    both.refused("claim_next_task", input.clone(), 409, "REQUEST_IN_PROGRESS").await?;
    let task = server.agent("planner")?.create_task(json!({ "title": "wake" })).await?;
    let woken = held.await?.ok()?;
    assert_eq!(woken["task"]["id"], json!(task));
    Ok(())
}

#[tokio::test]
async fn too_many_calls_are_told_when_to_come_again() -> Result<()> {
    let server = Server::start().await?;
    let person = server.person()?;
    let task = server.agent("a")?.create_task(json!({ "title": "x" })).await?;
    person.patch("/settings", json!({ "writesPerMinute": 3, "readsPerMinute": 4 })).await?.ok()?;
    let rest = server.agent("a")?;
    for _ in 0..3 {
        rest.post(&format!("/tasks/{task}/claim"), json!({})).await?.ok()?;
    }
    let answer = rest.post("/chat", json!({ "text": "x" })).await?;
    let seconds: u64 = answer.header("retry-after").parse().context("Retry-After is a number")?;
    ensure!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(
        (answer.header("x-ratelimit-limit"), answer.header("x-ratelimit-remaining")),
        ("3", "0")
    );
    ensure!(!answer.header("x-ratelimit-reset").is_empty(), "{:?}", answer.headers);
    answer.refused(429, "RATE_LIMITED")?;
    let mcp = Mcp::modern(&server.ready().mcp, &server.place().project_key()?, Some("a"))?;
    mcp.call("send_chat_message", json!({ "text": "x" })).await?.refused("RATE_LIMITED")?;
    // Reads, lifelines, other agents and the person have budgets of their own.
    for _ in 0..4 {
        rest.get("/tasks").await?.ok()?;
    }
    rest.get("/tasks").await?.refused(429, "RATE_LIMITED")?;
    rest.post(&format!("/tasks/{task}/heartbeat"), json!({})).await?.ok()?;
    rest.post(&format!("/tasks/{task}/complete"), json!({})).await?.ok()?;
    server.agent("b")?.post("/chat", json!({ "text": "x" })).await?.ok()?;
    for _ in 0..5 {
        person.post("/chat", json!({ "text": "x" })).await?.ok()?;
    }
    Ok(())
}

#[tokio::test]
async fn guessing_keys_is_slowed_down() -> Result<()> {
    let server = Server::start().await?;
    let stranger = server.stranger()?;
    let started = Instant::now();
    let mut guesses = 0;
    loop {
        let answer = stranger.with_key(&format!("mp_guess{guesses}_x")).get("/tasks").await?;
        if answer.status == 429 {
            answer.refused(429, "RATE_LIMITED")?;
            break;
        }
        answer.refused(401, "UNAUTHENTICATED")?;
        guesses += 1;
        // One more a second is what sixty a minute means.
        ensure!(
            guesses <= 61 + started.elapsed().as_secs(),
            "{guesses} guesses in {:?}",
            started.elapsed()
        );
    }
    ensure!(guesses >= 60, "{guesses}");
    // Who has a key is not kept out by who has none.
    server.agent("a")?.get("/tasks").await?.ok()?;
    Ok(())
}
