//! Deciding on finished work: who may, what a reject leaves, and clearing up.

use insta::assert_snapshot;
use meshpilot::model::things::Scope;
use serde_json::json;

use super::world::World;

async fn in_review() -> World {
    let world = World::new().await;
    let a = world.agent("a");
    world
        .person()
        .call("create_task", json!({"title": "one", "description": "Make it work."}))
        .await;
    a.call("claim_task", json!({"taskId": "T1"})).await;
    a.call("complete_task", json!({"taskId": "T1", "result": "It works."})).await;
    world.begin();
    world
}

#[tokio::test]
async fn a_reject_reason_stands_at_the_end_of_the_description() {
    let world = in_review().await;
    let (a, person) = (world.agent("a"), world.person());
    person.refused("review_task", json!({"taskId": "T1", "verdict": "reject"})).await;
    world.advance(60);
    person
        .call("review_task", json!({"taskId": "T1", "verdict": "reject", "reason": "No tests."}))
        .await;
    a.call("claim_task", json!({"taskId": "T1"})).await;
    a.call("complete_task", json!({"taskId": "T1"})).await;
    world.advance(60);
    let answer = world
        .agent("r")
        .role("reviewer")
        .call("review_task", json!({"taskId": "T1", "verdict": "reject", "reason": "They fail."}))
        .await;
    assert_eq!(
        answer["task"]["description"],
        "Make it work.\n\n\
         Rejected by human at 2026-01-01T09:01:00.000Z:\nNo tests.\n\n\
         Rejected by r at 2026-01-01T09:02:00.000Z:\nThey fail."
    );
    assert_eq!(
        answer["task"]["review"],
        json!({"verdict": "reject", "reason": "They fail.", "by": "r", "at": "2026-01-01T09:02:00.000Z"})
    );
    assert_eq!(answer["task"]["assignedTo"], "a");
    assert_eq!(answer["task"]["rejections"], 2);
    assert_snapshot!(world.transcript(), @r#"
    human: review_task taskId: "T1", verdict: "reject"
       ! VALIDATION_ERROR: a reject needs a reason, so that the next attempt can be better
    … 60 s later
    human: review_task taskId: "T1", verdict: "reject", reason: "No tests."
       = task: T1 todo for a attempt 1 result=It works. v4
       * task.updated T1 rejected by human [description status review progress rejections] (No tests.)
    a: claim_task taskId: "T1"
       = task: T1 in_progress held by a#2 until 09:11:00 attempt 2 result=It works. v5
       * task.updated T1 claimed by a [status lease attempts startedAt]
    a: complete_task taskId: "T1"
       = task: T1 in_review for a attempt 2 progress=100 result=It works. v6
       * task.updated T1 completed by a [status lease progress]
    … 60 s later
    r: review_task taskId: "T1", verdict: "reject", reason: "They fail."
       = task: T1 todo for a attempt 2 result=It works. v7
       * task.updated T1 rejected by r [description status review progress rejections] (They fail.)
    "#);
}

#[tokio::test]
async fn nobody_reviews_own_work_and_builders_review_nothing() {
    let world = in_review().await;
    let approve = json!({"taskId": "T1", "verdict": "approve"});
    world.agent("b").refused("review_task", approve.clone()).await;
    world.agent("b").role("builder").refused("review_task", approve.clone()).await;
    world.agent("a").role("reviewer").refused("review_task", approve.clone()).await;
    world.agent("b").refused("update_task", json!({"taskId": "T1", "status": "done"})).await;
    world
        .agent("r")
        .role("reviewer")
        .refused("review_task", json!({"taskId": "T1", "verdict": "approve", "version": 2}))
        .await;
    world.agent("r").role("reviewer").call("review_task", approve.clone()).await;
    world.agent("r").role("reviewer").refused("review_task", approve).await;
    assert_snapshot!(world.transcript(), @r#"
    b: review_task taskId: "T1", verdict: "approve"
       ! FORBIDDEN: only the person, or an agent with the role reviewer, may review
    b: review_task taskId: "T1", verdict: "approve"
       ! FORBIDDEN: only the person, or an agent with the role reviewer, may review
    a: review_task taskId: "T1", verdict: "approve"
       ! FORBIDDEN: nobody reviews their own work
    b: update_task taskId: "T1", status: "done"
       ! FORBIDDEN: only the person, or an agent with the role reviewer, may review
    r: review_task taskId: "T1", verdict: "approve", version: 2
       ! VERSION_MISMATCH: T1 is at version 3, not 2
    r: review_task taskId: "T1", verdict: "approve"
       = task: T1 done for a attempt 1 progress=100 result=It works. completedAt=09:00:00 v4
       * task.updated T1 approved by r [status review completedAt]
    r: review_task taskId: "T1", verdict: "approve"
       ! INVALID_TRANSITION: T1 is done and can't become done; it can become todo
    "#);
}

#[tokio::test]
async fn a_task_without_review_goes_straight_to_done() {
    let world = World::new().await;
    let (a, person) = (world.agent("a"), world.person());
    person.call("create_task", json!({"title": "one", "requiresReview": false})).await;
    a.call("claim_task", json!({"taskId": "T1"})).await;
    a.call(
        "complete_task",
        json!({"taskId": "T1", "result": "ok", "model": "m-1", "cost": {"tokensIn": 5}}),
    )
    .await;
    person.call("update_settings", json!({"requiresReview": false})).await;
    person.call("create_task", json!({"title": "two"})).await;
    a.call("claim_task", json!({"taskId": "T2"})).await;
    a.call("complete_task", json!({"taskId": "T2", "outcome": "skipped"})).await;
    person.call("create_task", json!({"title": "three"})).await;
    a.call("claim_task", json!({"taskId": "T3"})).await;
    a.call(
        "complete_task",
        json!({"taskId": "T3", "outcome": "failed", "errorCode": "E1", "errorClass": "transient"}),
    )
    .await;
    person.call("update_task", json!({"taskId": "T3", "status": "todo"})).await;
    a.call("claim_task", json!({"taskId": "T3"})).await;
    a.call("complete_task", json!({"taskId": "T3", "outcome": "cancelled"})).await;
    assert_snapshot!(world.transcript(), @r#"
    human: create_task title: "one", requiresReview: false
       = 201 {task: T1 todo v1, deduplicated: false}
       * task.created T1 created by human
    a: claim_task taskId: "T1"
       = task: T1 in_progress held by a#1 until 09:10:00 attempt 1 v2
       * task.updated T1 claimed by a [status assignedTo lease attempts startedAt]
    a: complete_task taskId: "T1", result: "ok", model: "m-1", cost: tokensIn: 5
       = task: T1 done for a attempt 1 progress=100 result=ok completedAt=09:00:00 v3
       * task.updated T1 completed by a [status result lease progress cost completedAt model]
    human: update_settings requiresReview: false
       = settings: {projectName: "shop", requiresReview: false, leaseSeconds: 600, maxAttempts: 5, maxReleases: 3, readsPerMinute: 600, writesPerMinute: 300, paused: false}
       * settings.updated by human: settings: {projectName: "shop", requiresReview: false, leaseSeconds: 600, maxAttempts: 5, maxReleases: 3, readsPerMinute: 600, writesPerMinute: 300, paused: false}
    human: create_task title: "two"
       = 201 {task: T2 todo v1, deduplicated: false}
       * task.created T2 created by human
    a: claim_task taskId: "T2"
       = task: T2 in_progress held by a#2 until 09:10:00 attempt 1 v2
       * task.updated T2 claimed by a [status assignedTo lease attempts startedAt]
    a: complete_task taskId: "T2", outcome: "skipped"
       = task: T2 done for a attempt 1 completedAt=09:00:00 v3
       * task.updated T2 completed by a [status lease completedAt]
    human: create_task title: "three"
       = 201 {task: T3 todo v1, deduplicated: false}
       * task.created T3 created by human
    a: claim_task taskId: "T3"
       = task: T3 in_progress held by a#3 until 09:10:00 attempt 1 v2
       * task.updated T3 claimed by a [status assignedTo lease attempts startedAt]
    a: complete_task taskId: "T3", outcome: "failed", errorCode: "E1", errorClass: "transient"
       = task: T3 failed for a attempt 1 completedAt=09:00:00 v3
       * task.updated T3 completed by a [status lease completedAt errorCode errorClass]
    human: update_task taskId: "T3", status: "todo"
       = task: T3 todo attempt 1 v4
       * task.updated T3 retried by human [status assignedTo completedAt]
    a: claim_task taskId: "T3"
       = task: T3 in_progress held by a#4 until 09:10:00 attempt 2 v5
       * task.updated T3 claimed by a [status assignedTo lease attempts errorCode errorClass]
    a: complete_task taskId: "T3", outcome: "cancelled"
       = task: T3 cancelled for a attempt 2 completedAt=09:00:00 v6
       * task.updated T3 completed by a [status lease completedAt]
    "#);
}

#[tokio::test]
async fn a_deleted_task_is_gone_from_lists_and_restorable_for_30_days() {
    let world = in_review().await;
    let (a, person) = (world.agent("a"), world.person());
    a.call("delete_task", json!({"taskId": "T1"})).await;
    a.refused("get_task", json!({"taskId": "T1"})).await;
    a.refused("delete_task", json!({"taskId": "T1"})).await;
    assert_eq!(a.call("list_tasks", json!({})).await["tasks"], json!([]));
    world.advance(30 * 86_400);
    a.call("restore_task", json!({"taskId": "T1"})).await;
    a.call("restore_task", json!({"taskId": "T1"})).await;
    a.call("delete_task", json!({"taskId": "T1"})).await;
    world.advance(30 * 86_400 + 1);
    person.refused("restore_task", json!({"taskId": "T1"})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: delete_task taskId: "T1"
       = task: T1 in_review for a attempt 1 progress=100 result=It works. v4
       * task.deleted T1 deleted by a
    a: get_task taskId: "T1"
       ! NOT_FOUND: there is no task `T1`
    a: delete_task taskId: "T1"
       ! NOT_FOUND: there is no task `T1`
    a: list_tasks
       = asOfSeq: 6
    … 2592000 s later
    a: restore_task taskId: "T1"
       = task: T1 in_review for a attempt 1 progress=100 result=It works. v5
       * task.updated T1 restored by a
    a: restore_task taskId: "T1"
       = task: T1 in_review for a attempt 1 progress=100 result=It works. v5
    a: delete_task taskId: "T1"
       = task: T1 in_review for a attempt 1 progress=100 result=It works. v6
       * task.deleted T1 deleted by a
    … 2592001 s later
    human: restore_task taskId: "T1"
       ! CONFLICT: T1 was deleted at 2026-01-31T09:00:00.000Z, more than 30 days ago
    "#);
}

#[tokio::test]
async fn a_held_task_is_deleted_only_by_force() {
    let world = World::new().await;
    let (a, b) = (world.agent("a"), world.agent("b"));
    a.call("create_task", json!({"title": "one", "filesOwned": ["src/**"]})).await;
    a.call("claim_task", json!({"taskId": "T1"})).await;
    world.begin();
    b.refused("delete_task", json!({"taskId": "T1"})).await;
    b.call("delete_task", json!({"taskId": "T1", "force": true})).await;
    a.refused("heartbeat_task", json!({"taskId": "T1"})).await;
    assert_snapshot!(world.transcript(), @r#"
    b: delete_task taskId: "T1"
       ! CONFLICT: T1 is held by a until 2026-01-01T09:10:00.000Z
    b: delete_task taskId: "T1", force: true
       = task: T1 todo attempt 1 v4
       * lock.released by b: locks: [src/** exclusive a#1 for T1 until 09:10:00]
       * task.updated T1 released by b [status assignedTo lease] (deleted)
       * task.deleted T1 deleted by b
    a: heartbeat_task taskId: "T1"
       ! NOT_FOUND: there is no task `T1`
    "#);
}

#[tokio::test]
async fn cancelling_what_is_stale_says_that_the_swarm_is_complete() {
    let world = World::new().await;
    let a = world.agent("a");
    a.call("create_task", json!({"title": "old"})).await;
    a.call("create_task", json!({"title": "held"})).await;
    a.call("claim_task", json!({"taskId": "T2"})).await;
    world.advance(100);
    a.call("create_task", json!({"title": "new"})).await;
    world.begin();
    a.call("cancel_stale_tasks", json!({"olderThanSeconds": 100, "reason": "the run is over"}))
        .await;
    a.call("cancel_stale_tasks", json!({})).await;
    a.call("cancel_stale_tasks", json!({})).await;
    a.scope(Scope::Work).refused("cancel_stale_tasks", json!({})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: cancel_stale_tasks olderThanSeconds: 100, reason: "the run is over"
       = {cancelled: 1, taskIds: ["T1"]}
       * task.updated T1 stale_cancelled by a [status completedAt] (the run is over)
       * project.event by a: {name: "swarm.complete", payload: cancelled: 1}
    a: cancel_stale_tasks
       = {cancelled: 1, taskIds: ["T3"]}
       * task.updated T3 stale_cancelled by a [status completedAt]
       * project.event by a: {name: "swarm.complete", payload: cancelled: 1}
    a: cancel_stale_tasks
       = cancelled: 0
       * project.event by a: {name: "swarm.complete", payload: cancelled: 0}
    a: cancel_stale_tasks
       ! FORBIDDEN: this needs the scope `plan`; the key has `work`
    "#);
}

#[tokio::test]
async fn every_status_is_explained() {
    let world = World::new().await;
    let (a, person) = (world.agent("a"), world.person());
    let explain = async |said: &mut String| {
        let answer = a.call("explain_task", json!({"taskId": "T1"})).await;
        let claimable = if answer["claimable"] == true { "claimable" } else { "not claimable" };
        assert_eq!(answer["claimable"], answer["claimRefusal"].is_null());
        assert_eq!(
            answer["status"],
            world.look(|db| Ok(db.task("T1".parse().unwrap())?.task.status)).await.as_str()
        );
        said.push_str(&format!("{} ({claimable})\n", answer["summary"].as_str().unwrap()));
    };
    let mut said = String::new();
    person.call("create_task", json!({"title": "one", "filesOwned": ["src/**"]})).await;
    explain(&mut said).await;
    person.call("create_task", json!({"title": "two"})).await;
    person.call("update_task", json!({"taskId": "T1", "dependsOn": ["T2"]})).await;
    explain(&mut said).await;
    person.call("update_task", json!({"taskId": "T1", "dependsOn": [], "assignedTo": "a"})).await;
    explain(&mut said).await;
    world.agent("b").call("acquire_locks", json!({"paths": ["src/a.rs"]})).await;
    explain(&mut said).await;
    world.agent("b").call("release_locks", json!({})).await;
    a.call("claim_task", json!({"taskId": "T1"})).await;
    explain(&mut said).await;
    a.call("release_task", json!({"taskId": "T1", "reason": "no access"})).await;
    explain(&mut said).await;
    a.call("claim_task", json!({"taskId": "T1"})).await;
    world.advance(600);
    world.sweep().await;
    explain(&mut said).await;
    a.call("claim_task", json!({"taskId": "T1"})).await;
    a.call(
        "update_task",
        json!({"taskId": "T1", "status": "blocked", "reason": "waits for the staging database"}),
    )
    .await;
    explain(&mut said).await;
    a.call("update_task", json!({"taskId": "T1", "status": "in_progress"})).await;
    a.call("complete_task", json!({"taskId": "T1"})).await;
    explain(&mut said).await;
    person
        .call("review_task", json!({"taskId": "T1", "verdict": "reject", "reason": "no tests"}))
        .await;
    explain(&mut said).await;
    a.call("claim_task", json!({"taskId": "T1"})).await;
    a.call("complete_task", json!({"taskId": "T1", "outcome": "failed"})).await;
    explain(&mut said).await;
    person
        .call("update_task", json!({"taskId": "T1", "status": "todo", "reason": "try once more"}))
        .await;
    explain(&mut said).await;
    a.call("claim_task", json!({"taskId": "T1"})).await;
    a.call("complete_task", json!({"taskId": "T1"})).await;
    person.call("review_task", json!({"taskId": "T1", "verdict": "approve"})).await;
    explain(&mut said).await;
    person.call("update_task", json!({"taskId": "T1", "status": "todo"})).await;
    person
        .call("update_task", json!({"taskId": "T1", "status": "cancelled", "reason": "not wanted"}))
        .await;
    explain(&mut said).await;
    world.begin();
    assert_snapshot!(said, @r#"
    It waits for any agent to claim it. (claimable)
    It waits for T2. (not claimable)
    It waits for a, whom it is assigned to. (claimable)
    It waits for a, whom it is assigned to. Now `src/**` overlaps `src/a.rs`, held by b until 2026-01-01T09:10:00.000Z. (not claimable)
    a has been working on it since its claim; the lease runs until 2026-01-01T09:10:00.000Z. (not claimable)
    a put it back at 2026-01-01T09:00:00.000Z (no access); it waits to be claimed. (claimable)
    Its last holder's lease ran out at 2026-01-01T09:10:00.000Z; it waits to be claimed again. (claimable)
    It is blocked: waits for the staging database. (claimable)
    a finished it at 2026-01-01T09:10:00.000Z; it waits for a review because the task asks for one. (not claimable)
    human sent it back at 2026-01-01T09:10:00.000Z; it waits for a. (claimable)
    It is failed since 2026-01-01T09:10:00.000Z, by a. A person should look at it: 5 attempts did not finish it. It was sent back once, by human. (not claimable)
    human put it back at 2026-01-01T09:10:00.000Z (try once more); it waits to be claimed. (claimable)
    It is done since 2026-01-01T09:10:00.000Z, by human. (not claimable)
    It is cancelled since 2026-01-01T09:10:00.000Z, by human (not wanted). (not claimable)
    "#);
}
