//! Making tasks: what makes two the same, what a task may wait for, and how long an unclaimed one lives.

use insta::assert_snapshot;
use serde_json::json;

use super::world::World;

#[tokio::test]
async fn a_task_with_the_same_title_is_the_standing_task() {
    let world = World::new().await;
    let a = world.agent("a");
    a.call("create_task", json!({"title": "Fix the Straße login", "priority": "high"})).await;
    for same in ["FIX the  strasse login", "Ｆix the Straße\tlogin", "fix the strasse login "] {
        let answer = a.call("create_task", json!({"title": same, "priority": "low"})).await;
        assert_eq!(answer["deduplicated"], true, "{same}");
        assert_eq!(answer["task"]["priority"], "high", "the second create changed the task");
    }
    a.call("create_task", json!({"title": "Fix the strase login"})).await;
    a.call("create_task", json!({"title": "fix the strasse login", "allowDuplicate": true})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: create_task title: "Fix the Straße login", priority: "high"
       = 201 {task: T1 todo high v1, deduplicated: false}
       * task.created T1 created by a
    a: create_task title: "FIX the  strasse login", priority: "low"
       = {task: T1 todo high v1, deduplicated: true}
    a: create_task title: "Ｆix the Straße\tlogin", priority: "low"
       = {task: T1 todo high v1, deduplicated: true}
    a: create_task title: "fix the strasse login ", priority: "low"
       = {task: T1 todo high v1, deduplicated: true}
    a: create_task title: "Fix the strase login"
       = 201 {task: T2 todo v1, deduplicated: false}
       * task.created T2 created by a
    a: create_task title: "fix the strasse login", allowDuplicate: true
       = 201 {task: T3 todo v1, deduplicated: false}
       * task.created T3 created by a
    "#);
}

#[tokio::test]
async fn the_fingerprint_is_the_first_120_characters() {
    let world = World::new().await;
    let a = world.agent("a");
    let long = "ü".repeat(119);
    let first = a.call("create_task", json!({"title": format!("{long}a first")})).await;
    let same = a.call("create_task", json!({"title": format!("{long}A second")})).await;
    let other = a.call("create_task", json!({"title": format!("{long}b")})).await;
    assert_eq!(same["task"]["id"], first["task"]["id"]);
    assert_ne!(other["task"]["id"], first["task"]["id"]);
    let events: Vec<String> =
        world.transcript().lines().filter(|line| line.contains(" * ")).map(str::to_owned).collect();
    assert_eq!(events, ["   * task.created T1 created by a", "   * task.created T2 created by a"]);
}

#[tokio::test]
async fn a_finished_task_takes_no_part_in_dedup() {
    let world = World::new().await;
    let person = world.person();
    person.call("create_task", json!({"title": "Ship it"})).await;
    person.call("update_task", json!({"taskId": "T1", "status": "cancelled"})).await;
    person.call("create_task", json!({"title": "ship IT"})).await;
    person.call("delete_task", json!({"taskId": "T2"})).await;
    person.call("create_task", json!({"title": "ship IT"})).await;
    assert_snapshot!(world.transcript(), @r#"
    human: create_task title: "Ship it"
       = 201 {task: T1 todo v1, deduplicated: false}
       * task.created T1 created by human
    human: update_task taskId: "T1", status: "cancelled"
       = task: T1 cancelled completedAt=09:00:00 v2
       * task.updated T1 cancelled by human [status completedAt]
    human: create_task title: "ship IT"
       = 201 {task: T2 todo v1, deduplicated: false}
       * task.created T2 created by human
    human: delete_task taskId: "T2"
       = task: T2 todo v2
       * task.deleted T2 deleted by human
    human: create_task title: "ship IT"
       = 201 {task: T3 todo v1, deduplicated: false}
       * task.created T3 created by human
    "#);
}

#[tokio::test]
async fn close_titles_are_named() {
    let world = World::new().await;
    let a = world.agent("a");
    a.call("create_task", json!({"title": "Rate limit the login form"})).await;
    a.call("create_task", json!({"title": "Login form: add a rate limit"})).await;
    a.call("create_task", json!({"title": "Unrelated work"})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: create_task title: "Rate limit the login form"
       = 201 {task: T1 todo v1, deduplicated: false}
       * task.created T1 created by a
    a: create_task title: "Login form: add a rate limit"
       = 201 {task: T2 todo v1, deduplicated: false, similar: [{id: "T1", title: "Rate limit the login form", status: "todo"}]}
       * task.created T2 created by a
    a: create_task title: "Unrelated work"
       = 201 {task: T3 todo v1, deduplicated: false}
       * task.created T3 created by a
    "#);
}

#[tokio::test]
async fn every_field_that_is_given_is_kept_and_every_other_is_there() {
    let world = World::new().await;
    let input = json!({
        "title": "  Everything\nat once ", "description": "# What\n\nAll of it.", "priority": "urgent", "type": "question",
        "assignedTo": "b", "target": "builder", "filesOwned": ["src/**", "./docs\\a.md"], "labels": ["x", "x", "y"],
        "requiresReview": false, "action": "interrupt", "ttlSeconds": 60, "threadId": "th", "replyTo": "M1",
        "provenance": {"model": "m", "costTokens": 5, "confidence": 0.5}, "fallback": ["c"],
    });
    let answer = world.agent("a").call("create_task", input).await;
    world.begin();
    assert_snapshot!(serde_json::to_string_pretty(&answer["task"]).unwrap(), @r##"
    {
      "id": "T1",
      "title": "Everything at once",
      "description": "# What\n\nAll of it.",
      "status": "todo",
      "type": "question",
      "priority": "urgent",
      "assignedTo": "b",
      "createdBy": "a",
      "filesOwned": [
        "src/**",
        "docs/a.md"
      ],
      "labels": [
        "x",
        "y"
      ],
      "dependsOn": [],
      "sprintId": null,
      "wave": null,
      "requiresReview": false,
      "result": null,
      "review": null,
      "lease": null,
      "attempts": 0,
      "progress": null,
      "note": null,
      "cost": {
        "tokensIn": 0,
        "tokensOut": 0,
        "costUsd": 0.0
      },
      "action": "interrupt",
      "target": "builder",
      "threadId": "th",
      "replyTo": "M1",
      "provenance": {
        "model": "m",
        "costTokens": 5,
        "confidence": 0.5
      },
      "fallback": [
        "c"
      ],
      "expiresAt": "2026-01-01T09:01:00.000Z",
      "version": 1,
      "createdAt": "2026-01-01T09:00:00.000Z",
      "updatedAt": "2026-01-01T09:00:00.000Z",
      "startedAt": null,
      "completedAt": null,
      "needsHuman": false,
      "blockedReason": null,
      "dreamId": null,
      "model": null,
      "errorCode": null,
      "errorClass": null,
      "commentCount": 0,
      "rejections": 0,
      "warnings": [
        "No agent `b` has been seen yet; the task waits until one of that name claims it."
      ]
    }
    "##);
}

#[tokio::test]
async fn a_task_waits_for_what_it_depends_on() {
    let world = World::new().await;
    let (a, person) = (world.agent("a"), world.person());
    a.call("create_task", json!({"title": "one", "requiresReview": false})).await;
    a.call("create_task", json!({"title": "two", "dependsOn": ["T1"]})).await;
    a.refused("create_task", json!({"title": "three", "dependsOn": ["T9"]})).await;
    a.refused("claim_task", json!({"taskId": "T2"})).await;
    a.call("claim_next_task", json!({})).await;
    a.call("claim_next_task", json!({})).await;
    a.call("complete_task", json!({"taskId": "T1"})).await;
    a.call("claim_next_task", json!({})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: create_task title: "one", requiresReview: false
       = 201 {task: T1 todo v1, deduplicated: false}
       * task.created T1 created by a
    a: create_task title: "two", dependsOn: ["T1"]
       = 201 {task: T2 todo v1, deduplicated: false}
       * task.created T2 created by a
    a: create_task title: "three", dependsOn: ["T9"]
       ! NOT_FOUND: there is no task `T9`
    a: claim_task taskId: "T2"
       ! TASK_NOT_CLAIMABLE: T2 can't be claimed: it waits for T1
    a: claim_next_task
       = {task: T1 in_progress held by a#1 until 09:10:00 attempt 1 v2, skipped: {waiting: 0, assignedElsewhere: 0, needsHuman: 0, filesLocked: 0}}
       * task.updated T1 claimed by a [status assignedTo lease attempts startedAt]
    a: claim_next_task
       = {skipped: {waiting: 1, assignedElsewhere: 0, needsHuman: 0, filesLocked: 0}, next: "Nothing to claim now. Call claim_next_task again with waitSeconds 25, or end your run."}
    a: complete_task taskId: "T1"
       = task: T1 done for a attempt 1 progress=100 completedAt=09:00:00 v3
       * task.updated T1 completed by a [status lease progress completedAt]
    a: claim_next_task
       = {task: T2 in_progress held by a#2 until 09:10:00 attempt 1 v2, skipped: {waiting: 0, assignedElsewhere: 0, needsHuman: 0, filesLocked: 0}}
       * task.updated T2 claimed by a [status assignedTo lease attempts startedAt]
    "#);
    // What depended on a task goes back to waiting when that task is reopened.
    person.call("create_task", json!({"title": "three", "dependsOn": ["T1"]})).await;
    person.call("update_task", json!({"taskId": "T1", "status": "todo"})).await;
    world.agent("b").refused("claim_task", json!({"taskId": "T3"})).await;
    person.call("delete_task", json!({"taskId": "T1"})).await;
    world.agent("b").call("claim_task", json!({"taskId": "T3"})).await;
    assert_snapshot!(world.transcript(), @r#"
    human: create_task title: "three", dependsOn: ["T1"]
       = 201 {task: T3 todo v1, deduplicated: false}
       * task.created T3 created by human
    human: update_task taskId: "T1", status: "todo"
       = task: T1 todo attempt 1 v4
       * task.updated T1 reopened by human [status assignedTo progress completedAt]
    b: claim_task taskId: "T3"
       ! TASK_NOT_CLAIMABLE: T3 can't be claimed: it waits for T1
    human: delete_task taskId: "T1"
       = task: T1 todo attempt 1 v5
       * task.deleted T1 deleted by human
    b: claim_task taskId: "T3"
       = task: T3 in_progress held by b#3 until 09:10:00 attempt 1 v2
       * task.updated T3 claimed by b [status assignedTo lease attempts startedAt]
    "#);
}

#[tokio::test]
async fn a_circle_of_dependencies_is_refused_with_its_path() {
    let world = World::new().await;
    let a = world.agent("a");
    for (title, on) in [("one", vec![]), ("two", vec!["T1"]), ("three", vec!["T2"])] {
        a.call("create_task", json!({"title": title, "dependsOn": on})).await;
    }
    world.begin();
    let error = a.refused("update_task", json!({"taskId": "T1", "dependsOn": ["T3"]})).await;
    assert_eq!(error.to_json()["details"]["path"], json!(["T1", "T3", "T2", "T1"]));
    a.refused("update_task", json!({"taskId": "T2", "dependsOn": ["T2"]})).await;
    a.call("update_task", json!({"taskId": "T3", "dependsOn": ["T1", "T2"]})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: update_task taskId: "T1", dependsOn: ["T3"]
       ! DEPENDENCY_CYCLE: that would make a circle: T1 → T3 → T2 → T1
    a: update_task taskId: "T2", dependsOn: ["T2"]
       ! DEPENDENCY_CYCLE: that would make a circle: T2 → T2
    a: update_task taskId: "T3", dependsOn: ["T1", "T2"]
       = task: T3 todo v2
       * task.updated T3 edited by a [dependsOn]
    "#);
}

#[tokio::test]
async fn an_unclaimed_task_ends_with_its_time() {
    let world = World::new().await;
    let a = world.agent("a");
    a.call("create_task", json!({"title": "soon", "ttlSeconds": 60})).await;
    a.call("create_task", json!({"title": "taken in time", "ttlSeconds": 60})).await;
    a.call("claim_task", json!({"taskId": "T2"})).await;
    world.advance(60);
    world.sweep().await;
    assert_snapshot!(world.transcript(), @r#"
    a: create_task title: "soon", ttlSeconds: 60
       = 201 {task: T1 todo v1, deduplicated: false}
       * task.created T1 created by a
    a: create_task title: "taken in time", ttlSeconds: 60
       = 201 {task: T2 todo v1, deduplicated: false}
       * task.created T2 created by a
    a: claim_task taskId: "T2"
       = task: T2 in_progress held by a#1 until 09:10:00 attempt 1 v2
       * task.updated T2 claimed by a [status assignedTo lease attempts startedAt]
    … 60 s later
    upkeep
       * task.updated T1 cancelled by system [status completedAt] (its time ran out before anybody claimed it)
    "#);
    assert_snapshot!(world.board().await, @r#"
    T1 cancelled completedAt=09:01:00 v2 "soon"
    T2 in_progress held by a#1 until 09:10:00 attempt 1 v2 "taken in time"
    "#);
}

#[tokio::test]
async fn a_task_for_an_agent_nobody_knows_is_kept_with_a_warning() {
    let world = World::new().await;
    let answer =
        world.agent("a").call("create_task", json!({"title": "for b", "assignedTo": "b"})).await;
    assert_eq!(
        answer["task"]["warnings"],
        json!(["No agent `b` has been seen yet; the task waits until one of that name claims it."])
    );
    let answer =
        world.agent("b").call("create_task", json!({"title": "for a", "assignedTo": "a"})).await;
    assert_eq!(answer["task"]["warnings"], json!([]));
    assert_snapshot!(world.transcript(), @r#"
    a: create_task title: "for b", assignedTo: "b"
       = 201 {task: T1 todo for b v1, deduplicated: false}
       * task.created T1 created by a
    b: create_task title: "for a", assignedTo: "a"
       = 201 {task: T2 todo for a v1, deduplicated: false}
       * task.created T2 created by b
    "#);
}
