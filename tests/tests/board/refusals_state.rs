//! What is refused for the state that the board is in.

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::server::Launch;
use meshpilot_e2e::{Answer, Place, Server};
use reqwest::Method;
use serde_json::{Value, json};

use super::both::Both;

#[tokio::test]
async fn a_task_that_cannot_be_claimed_says_why() -> Result<()> {
    let server = Server::start().await?;
    let (a, b) = (Both::of(&server, "a").await?, Both::of(&server, "b").await?);
    let held = b.task(json!({ "title": "held" })).await?;
    b.ok("claim_task", json!({ "taskId": held })).await?;
    let waits = b.task(json!({ "title": "waits", "dependsOn": [held] })).await?;
    let assigned = b.task(json!({ "title": "assigned", "assignedTo": "b" })).await?;
    let meant = b.task(json!({ "title": "meant", "target": "b" })).await?;
    let done = b.task(json!({ "title": "done", "requiresReview": false })).await?;
    b.ok("claim_task", json!({ "taskId": done })).await?;
    b.ok("complete_task", json!({ "taskId": done })).await?;
    for (task, named) in [
        (&held, "b until"),
        (&waits, held.as_str()),
        (&assigned, "b"),
        (&meant, "b"),
        (&done, "done"),
    ] {
        let error =
            a.refused("claim_task", json!({ "taskId": task }), 409, "TASK_NOT_CLAIMABLE").await?;
        let reason = error["details"]["reason"].as_str().unwrap_or_default();
        ensure!(reason.contains(named), "{task}: {error}");
    }
    let none = a.ok("claim_next_task", json!({})).await?;
    assert_eq!(none["task"], Value::Null);
    ensure!(none["next"].as_str().is_some_and(|next| next.contains("waitSeconds")), "{none}");
    Ok(())
}

#[tokio::test]
async fn locked_files_are_named_with_their_holder() -> Result<()> {
    let server = Server::start().await?;
    let (a, b) = (Both::of(&server, "a").await?, Both::of(&server, "b").await?);
    let first = b.task(json!({ "title": "first", "filesOwned": ["src/api/**"] })).await?;
    let second = b
        .task(json!({ "title": "second", "filesOwned": ["docs/x.md", "src/api/keys.rs"] }))
        .await?;
    b.ok("claim_task", json!({ "taskId": first })).await?;
    for (operation, input) in [
        ("claim_task", json!({ "taskId": second })),
        ("acquire_locks", json!({ "paths": ["README.md", "src/api/keys.rs"] })),
    ] {
        let error = a.refused(operation, input, 409, "FILES_LOCKED").await?;
        let overlap = &error["details"]["overlaps"][0];
        assert_eq!(
            (&overlap["path"], &overlap["held"]),
            (&json!("src/api/keys.rs"), &json!("src/api/**"))
        );
        assert_eq!((&overlap["agent"], &overlap["taskId"]), (&json!("b"), &json!(first)));
        ensure!(overlap["expiresAt"].is_string(), "{error}");
    }
    // All or none: nothing was locked, nothing claimed.
    assert_eq!(a.ok("list_locks", json!({ "holder": "a" })).await?["locks"], json!([]));
    assert_eq!(a.ok("get_task", json!({ "taskId": second })).await?["task"]["status"], "todo");
    b.ok("complete_task", json!({ "taskId": first })).await?;
    a.ok("claim_task", json!({ "taskId": second })).await?;
    Ok(())
}

#[tokio::test]
async fn a_former_holder_is_refused_and_its_text_is_kept() -> Result<()> {
    let server = Server::start().await?;
    let (a, b) = (Both::of(&server, "a").await?, Both::of(&server, "b").await?);
    let task = a.task(json!({ "title": "x" })).await?;
    let lease = a.ok("claim_task", json!({ "taskId": task })).await?["task"]["lease"].take();
    a.ok("release_task", json!({ "taskId": task, "reason": "lunch" })).await?;
    b.ok("claim_task", json!({ "taskId": task })).await?;
    let late = json!({ "taskId": task, "result": "What I found out.", "fence": lease["fence"] });
    let error = a.rest("complete_task", late).await?.refused(409, "LEASE_LOST")?;
    assert_eq!(error["details"]["heldBy"], "b");
    for operation in ["heartbeat_task", "release_task"] {
        a.refused(operation, json!({ "taskId": task }), 409, "LEASE_LOST").await?;
    }
    let full = a.ok("get_task", json!({ "taskId": task, "include": "comments" })).await?;
    assert_eq!(
        (&full["task"]["status"], &full["task"]["result"]),
        (&json!("in_progress"), &Value::Null)
    );
    let comments = full["comments"].as_array().context("comments were asked for")?;
    let kept = |comment: &&Value| {
        comment["author"] == "a"
            && comment["text"].as_str().unwrap_or_default().contains("What I found out.")
    };
    assert_eq!(comments.iter().filter(kept).count(), 1, "{comments:?}");

    // One who never held it is told so, and leaves nothing.
    let c = Both::of(&server, "c").await?;
    c.refused("complete_task", json!({ "taskId": task, "result": "mine" }), 409, "CONFLICT")
        .await?;
    let error = c.refused("delete_task", json!({ "taskId": task }), 409, "CONFLICT").await?;
    assert_eq!(error["details"]["heldBy"], "b");
    let full = a.ok("get_task", json!({ "taskId": task, "include": "comments" })).await?;
    assert_eq!(full["comments"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test]
async fn only_the_table_of_moves_is_allowed() -> Result<()> {
    let server = Server::start().await?;
    let both = Both::of(&server, "a").await?;
    let task = both.task(json!({ "title": "x" })).await?;
    for to in ["in_review", "done", "failed"] {
        let error = both
            .refused(
                "update_task",
                json!({ "taskId": task, "status": to }),
                409,
                "INVALID_TRANSITION",
            )
            .await?;
        assert_eq!(
            (&error["details"]["from"], &error["details"]["to"]),
            (&json!("todo"), &json!(to))
        );
        let allowed = error["details"]["allowed"].as_array().context("what is allowed")?;
        let expected = [json!("in_progress"), json!("blocked"), json!("cancelled")];
        ensure!(
            allowed.len() == 3 && expected.iter().all(|status| allowed.contains(status)),
            "{error}"
        );
    }
    let person = Both::with_key(&server, &server.place().person_key()?, None).await?;
    let review = json!({ "taskId": task, "verdict": "approve" });
    person.refused("review_task", review, 409, "INVALID_TRANSITION").await?;
    // What is over is opened again by the person alone.
    both.ok("update_task", json!({ "taskId": task, "status": "cancelled" })).await?;
    both.rest("update_task", json!({ "taskId": task, "status": "todo" }))
        .await?
        .refused(403, "FORBIDDEN")?;
    person.ok("update_task", json!({ "taskId": task, "status": "todo" })).await?;
    Ok(())
}

#[tokio::test]
async fn a_lost_update_is_refused_with_the_current_task() -> Result<()> {
    let server = Server::start().await?;
    let both = Both::of(&server, "a").await?;
    let task = both.task(json!({ "title": "x" })).await?;
    let input =
        |version: i64, title: &str| json!({ "taskId": task, "version": version, "title": title });
    let current = both.ok("update_task", input(1, "second")).await?["task"]["version"].as_i64();
    let error = both.refused("update_task", input(1, "lost"), 412, "VERSION_MISMATCH").await?;
    assert_eq!(error["details"]["task"]["title"], "second");
    assert_eq!(error["details"]["task"]["version"].as_i64(), current);
    let rest = server.agent("a")?;
    let request =
        rest.request(Method::PATCH, &format!("/tasks/{task}")).header("If-Match", "\"1\"");
    let answer = Answer::of(request.json(&json!({ "title": "lost" }))).await?;
    answer.refused(412, "VERSION_MISMATCH")?;
    Ok(())
}

#[tokio::test]
async fn a_circle_of_dependencies_is_refused_with_its_path() -> Result<()> {
    let server = Server::start().await?;
    let both = Both::of(&server, "a").await?;
    let one = both.task(json!({ "title": "one" })).await?;
    let two = both.task(json!({ "title": "two", "dependsOn": [one] })).await?;
    let three = both.task(json!({ "title": "three", "dependsOn": [two] })).await?;
    let circle = json!({ "taskId": one, "dependsOn": [three] });
    let error = both.refused("update_task", circle, 422, "DEPENDENCY_CYCLE").await?;
    assert_eq!(error["details"]["path"], json!([one, three, two, one]));
    let own = json!({ "taskId": one, "dependsOn": [one] });
    both.refused("update_task", own, 422, "DEPENDENCY_CYCLE").await?;
    assert_eq!(
        both.ok("get_task", json!({ "taskId": one })).await?["task"]["dependsOn"],
        json!([])
    );
    Ok(())
}

#[tokio::test]
async fn a_spent_budget_stops_claims_and_nothing_else() -> Result<()> {
    let server = Server::start().await?;
    let both = Both::of(&server, "a").await?;
    server.person()?.patch("/settings", json!({ "monthlyBudgetUsd": 1.5 })).await?.ok()?;
    let first = both.task(json!({ "title": "first" })).await?;
    let second = both.task(json!({ "title": "second" })).await?;
    both.ok("claim_task", json!({ "taskId": first })).await?;
    // Failed work costs, too.
    both.ok(
        "complete_task",
        json!({ "taskId": first, "outcome": "failed", "cost": { "costUsd": 1.5 } }),
    )
    .await?;
    let error =
        both.refused("claim_task", json!({ "taskId": second }), 402, "BUDGET_EXCEEDED").await?;
    assert_eq!(
        (&error["details"]["budgetUsd"], &error["details"]["spentUsd"]),
        (&json!(1.5), &json!(1.5))
    );
    both.refused("claim_next_task", json!({}), 402, "BUDGET_EXCEEDED").await?;
    both.ok("send_chat_message", json!({ "text": "out of money" })).await?;
    server.person()?.patch("/settings", json!({ "monthlyBudgetUsd": null })).await?.ok()?;
    both.ok("claim_task", json!({ "taskId": second })).await?;
    Ok(())
}

#[tokio::test]
async fn a_paused_board_takes_writes_from_the_person_alone() -> Result<()> {
    let server = Server::start().await?;
    let both = Both::of(&server, "a").await?;
    let person = server.person()?;
    person.patch("/settings", json!({ "paused": true })).await?.ok()?;
    both.refused("create_task", json!({ "title": "x" }), 503, "READ_ONLY").await?;
    both.ok("list_tasks", json!({})).await?;
    person.create_task(json!({ "title": "mine" })).await?;
    person.patch("/settings", json!({ "paused": false })).await?.ok()?;
    both.task(json!({ "title": "x" })).await?;
    Ok(())
}

/// On a disk of 8 MB, half of it filled by something else.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_refuses_writes_and_loses_nothing() -> Result<()> {
    let place = Place::new()?;
    drop(place.serve(Launch::default()).await?);
    // A small disk that only the server sees, with what the first start has left.
    let script = "mkdir \"$1/small\" && mount -t tmpfs -o size=8m none \"$1/small\" && cp -a \"$1/projects\" \"$1/small\" \
        && head -c 4m /dev/zero >\"$1/small/ballast\" && shift && exec \"$@\"";
    let data = place.data().to_string_lossy().into_owned();
    let wrapper =
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", &data];
    let launch = Launch {
        wrapper: wrapper.iter().map(Into::into).collect(),
        arguments: vec!["--data-dir".into(), place.data().join("small").into()],
        ..Launch::default()
    };
    let server = place.serve(launch).await?;
    server.raise_limits().await?;
    let both = Both::of(&server, "a").await?;
    let rest = server.agent("a")?;
    let task = |number: usize| json!({ "title": format!("n{number}"), "description": "d".repeat(30_000), "requestId": format!("r{number}") });
    let mut kept = Vec::new();
    let refused = loop {
        let number = kept.len();
        ensure!(number < 1_000, "the disk never filled up");
        let answer = rest.post("/tasks", task(number)).await?;
        if answer.status == 507 {
            answer.refused(507, "DISK_FULL")?;
            break number;
        }
        kept.push(answer.ok()?["task"]["id"].as_str().context("an id")?.to_owned());
    };
    both.refused("create_task", task(refused), 507, "DISK_FULL").await?;
    for id in &kept {
        assert_eq!(rest.task(id).await?["id"], json!(id));
    }
    // With room again the same call goes through, once.
    let ballast = place.data().join("small").join("ballast");
    std::fs::remove_file(format!("/proc/{}/root{}", server.ready().pid, ballast.display()))?;
    let created = rest.post("/tasks", task(refused)).await?;
    assert_eq!((created.status, created.body["meta"].get("replayed")), (201, None));
    let tasks = rest.events(0).await?;
    let created = tasks.iter().filter(|event| event["type"] == "task.created").count();
    assert_eq!(created, kept.len() + 1);
    Ok(())
}
