//! Claiming: one holder, leases that end, fences that never go back, files that are locked with it.

use insta::assert_snapshot;
use serde_json::json;

use super::world::World;

/// A board with one task.
pub(super) async fn one_task() -> World {
    let world = World::new().await;
    world.person().call("create_task", json!({"title": "one", "filesOwned": ["src/**"]})).await;
    world.begin();
    world
}

#[tokio::test]
async fn a_second_claim_is_refused_and_a_repeated_one_renews() {
    let world = one_task().await;
    let (a, b) = (world.agent("a"), world.agent("b"));
    a.call("claim_task", json!({"taskId": "T1", "leaseSeconds": 100})).await;
    let error = b.refused("claim_task", json!({"taskId": "T1"})).await;
    assert_eq!(error.to_json()["details"]["heldBy"], "a");
    world.advance(50);
    a.call("claim_task", json!({"taskId": "T1"})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: claim_task taskId: "T1", leaseSeconds: 100
       = task: T1 in_progress held by a#1 until 09:01:40 attempt 1 v2
       * lock.acquired by a: locks: [src/** exclusive a#1 for T1 until 09:01:40]
       * task.updated T1 claimed by a [status assignedTo lease attempts startedAt]
    b: claim_task taskId: "T1"
       ! TASK_NOT_CLAIMABLE: T1 can't be claimed: held by a until 2026-01-01T09:01:40.000Z
    … 50 s later
    a: claim_task taskId: "T1"
       = task: T1 in_progress held by a#1 until 09:02:30 attempt 1 v3
       * task.updated T1 renewed by a [lease]
    "#);
}

#[tokio::test]
async fn a_lease_that_ends_puts_the_task_back_and_frees_its_files() {
    let world = one_task().await;
    let (a, b) = (world.agent("a"), world.agent("b"));
    a.call("claim_task", json!({"taskId": "T1"})).await;
    b.refused("acquire_locks", json!({"paths": ["src/main.rs"]})).await;
    world.advance(599);
    world.sweep().await;
    world.advance(1);
    world.sweep().await;
    b.call("claim_task", json!({"taskId": "T1"})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: claim_task taskId: "T1"
       = task: T1 in_progress held by a#1 until 09:10:00 attempt 1 v2
       * lock.acquired by a: locks: [src/** exclusive a#1 for T1 until 09:10:00]
       * task.updated T1 claimed by a [status assignedTo lease attempts startedAt]
    b: acquire_locks paths: ["src/main.rs"]
       ! FILES_LOCKED: `src/main.rs` overlaps `src/**`, held by a for T1 until 2026-01-01T09:10:00.000Z
    … 599 s later
    upkeep
    … 1 s later
    upkeep
       * lock.released by system: locks: [src/** exclusive a#1 for T1 until 09:10:00]
       * task.updated T1 lease_ended by system [status assignedTo lease] (the lease of a ran out at 2026-01-01T09:10:00.000Z)
       * lease.ended by system: {taskId: "T1", agent: "a", fence: 1}
    b: claim_task taskId: "T1"
       = task: T1 in_progress held by b#2 until 09:20:00 attempt 2 v4
       * lock.acquired by b: locks: [src/** exclusive b#2 for T1 until 09:20:00]
       * task.updated T1 claimed by b [status assignedTo lease attempts startedAt]
    "#);
    assert_snapshot!(world.board().await, @r#"
    T1 in_progress held by b#2 until 09:20:00 attempt 2 v4 "one"
    lock src/** exclusive b#2 for T1 until 09:20:00
    "#);
}

#[tokio::test]
async fn a_late_write_is_refused_and_its_text_kept_as_a_comment() {
    let world = one_task().await;
    let (a, b) = (world.agent("a"), world.agent("b"));
    a.call("claim_task", json!({"taskId": "T1"})).await;
    world.advance(600);
    world.sweep().await;
    b.call("claim_task", json!({"taskId": "T1"})).await;
    world.begin();
    a.refused("heartbeat_task", json!({"taskId": "T1", "progress": 90})).await;
    a.refused("heartbeat_task", json!({"taskId": "T1", "note": "nearly there"})).await;
    a.refused("complete_task", json!({"taskId": "T1", "result": "All done, 14 tests."})).await;
    a.refused("release_task", json!({"taskId": "T1", "reason": "no time"})).await;
    a.refused("update_task", json!({"taskId": "T1", "status": "done", "result": "again"})).await;
    world
        .agent("c")
        .refused("complete_task", json!({"taskId": "T1", "result": "never mine"}))
        .await;
    assert_snapshot!(world.transcript(), @r#"
    a: heartbeat_task taskId: "T1", progress: 90
       ! LEASE_LOST: your lease on T1 is over: b holds it until 2026-01-01T09:20:00.000Z
    a: heartbeat_task taskId: "T1", note: "nearly there"
       ! LEASE_LOST: your lease on T1 is over: b holds it until 2026-01-01T09:20:00.000Z
       * task.updated T1 commented by a [commentCount]
    a: complete_task taskId: "T1", result: "All done, 14 tests."
       ! LEASE_LOST: your lease on T1 is over: b holds it until 2026-01-01T09:20:00.000Z
       * task.updated T1 commented by a [commentCount]
    a: release_task taskId: "T1", reason: "no time"
       ! LEASE_LOST: your lease on T1 is over: b holds it until 2026-01-01T09:20:00.000Z
       * task.updated T1 commented by a [commentCount]
    a: update_task taskId: "T1", status: "done", result: "again"
       ! LEASE_LOST: your lease on T1 is over: b holds it until 2026-01-01T09:20:00.000Z
       * task.updated T1 commented by a [commentCount]
    c: complete_task taskId: "T1", result: "never mine"
       ! CONFLICT: you never held T1: b holds it until 2026-01-01T09:20:00.000Z
    "#);
    let task =
        b.call("get_task", json!({"taskId": "T1", "include": ["comments", "attempts"]})).await;
    world.begin();
    let comments: Vec<&str> = task["comments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|comment| comment["text"].as_str().unwrap())
        .collect();
    assert_eq!(
        comments,
        [
            "Came after the lease was lost:\n\nnearly there",
            "Came after the lease was lost:\n\nAll done, 14 tests.",
            "Came after the lease was lost:\n\nno time",
            "Came after the lease was lost:\n\nagain",
        ]
    );
    assert_eq!(task["task"]["lease"]["agent"], "b");
    assert_snapshot!(super::print::brief(&task["attempts"]), @r#"[{attempt: 1, agent: "a", startedAt: 09:00:00, endedAt: 09:10:00, outcome: "lease_ended", fence: 1}, {attempt: 2, agent: "b", startedAt: 09:10:00, fence: 2}]"#);
}

#[tokio::test]
async fn a_holder_is_told_by_its_name_or_by_its_fence() {
    let world = one_task().await;
    let nobody = world.nobody();
    world.agent("a").call("claim_task", json!({"taskId": "T1"})).await;
    nobody.refused("claim_task", json!({"taskId": "T1"})).await;
    nobody.refused("heartbeat_task", json!({"taskId": "T1"})).await;
    nobody.call("heartbeat_task", json!({"taskId": "T1", "fence": 1, "progress": 10})).await;
    nobody.refused("heartbeat_task", json!({"taskId": "T1", "fence": 2})).await;
    world.agent("a").refused("heartbeat_task", json!({"taskId": "T1", "fence": 2})).await;
    world.agent("b").refused("complete_task", json!({"taskId": "T1", "fence": 1})).await;
    nobody.call("complete_task", json!({"taskId": "T1", "fence": 1})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: claim_task taskId: "T1"
       = task: T1 in_progress held by a#1 until 09:10:00 attempt 1 v2
       * lock.acquired by a: locks: [src/** exclusive a#1 for T1 until 09:10:00]
       * task.updated T1 claimed by a [status assignedTo lease attempts startedAt]
    nobody: claim_task taskId: "T1"
       ! VALIDATION_ERROR: this call needs to know which agent it is for
    nobody: heartbeat_task taskId: "T1"
       ! VALIDATION_ERROR: this call needs to know which agent it is for
    nobody: heartbeat_task taskId: "T1", fence: 1, progress: 10
       = task: T1 in_progress held by a#1 until 09:10:00 attempt 1 progress=10 v3
       * task.updated T1 progressed by project [progress]
    nobody: heartbeat_task taskId: "T1", fence: 2
       ! LEASE_LOST: your lease on T1 is over: a holds it until 2026-01-01T09:10:00.000Z
    a: heartbeat_task taskId: "T1", fence: 2
       ! LEASE_LOST: your lease on T1 is over: a holds it until 2026-01-01T09:10:00.000Z
    b: complete_task taskId: "T1", fence: 1
       ! CONFLICT: you never held T1: a holds it until 2026-01-01T09:10:00.000Z
    nobody: complete_task taskId: "T1", fence: 1
       = task: T1 in_review for a attempt 1 progress=100 v4
       * lock.released by project: locks: [src/** exclusive a#1 for T1 until 09:10:00]
       * task.updated T1 completed by project [status lease progress]
    "#);
}

#[tokio::test]
async fn a_fence_never_goes_back() {
    let mut world = one_task().await;
    let mut last = 0;
    for round in 0..4 {
        let answer = world.agent("a").call("claim_task", json!({"taskId": "T1"})).await;
        let fence = answer["task"]["lease"]["fence"].as_i64().unwrap();
        assert!(fence > last, "the fence went from {last} to {fence}");
        last = fence;
        match round {
            0 => drop(world.agent("a").call("release_task", json!({"taskId": "T1"})).await),
            1 => {
                world.advance(601);
                world.sweep().await;
            }
            _ => {
                world.person().call("delete_task", json!({"taskId": "T1", "force": true})).await;
                world.person().call("restore_task", json!({"taskId": "T1"})).await;
                world.restart().await;
            }
        }
    }
    world.begin();
}

#[tokio::test]
async fn a_restart_gives_every_live_lease_its_full_time_again() {
    let mut world = one_task().await;
    world.agent("a").call("claim_task", json!({"taskId": "T1", "leaseSeconds": 300})).await;
    world
        .agent("b")
        .call("acquire_locks", json!({"paths": ["docs/a.md"], "ttlSeconds": 300}))
        .await;
    world.advance(10_000);
    world.restart().await;
    world.sweep().await;
    world.agent("a").call("heartbeat_task", json!({"taskId": "T1"})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: claim_task taskId: "T1", leaseSeconds: 300
       = task: T1 in_progress held by a#1 until 09:05:00 attempt 1 v2
       * lock.acquired by a: locks: [src/** exclusive a#1 for T1 until 09:05:00]
       * task.updated T1 claimed by a [status assignedTo lease attempts startedAt]
    b: acquire_locks paths: ["docs/a.md"], ttlSeconds: 300
       = {acquired: true, locks: [docs/a.md exclusive b#2 until 09:05:00], fence: 2}
       * lock.acquired by b: locks: [docs/a.md exclusive b#2 until 09:05:00]
    … 10000 s later
    restart
       * task.updated T1 renewed by system [lease]
       * lock.renewed by system: locks: [docs/a.md exclusive b#2 until 11:51:40]
    upkeep
    a: heartbeat_task taskId: "T1"
       = task: T1 in_progress held by a#1 until 11:51:40 attempt 1 v4
       * task.updated T1 renewed by a
    "#);
    assert_snapshot!(world.board().await, @r#"
    T1 in_progress held by a#1 until 11:51:40 attempt 1 v4 "one"
    lock docs/a.md exclusive b#2 until 11:51:40
    lock src/** exclusive a#1 for T1 until 11:51:40
    "#);
}

#[tokio::test]
async fn after_five_attempts_a_person_is_asked_and_nobody_is_sent_to_it() {
    let world = one_task().await;
    let a = world.agent("a");
    for _ in 0..5 {
        a.call("claim_task", json!({"taskId": "T1"})).await;
        world.advance(600);
        world.sweep().await;
    }
    world.begin();
    let answer = a.call("claim_next_task", json!({})).await;
    assert_eq!(answer["skipped"]["needsHuman"], 1);
    assert_snapshot!(world.transcript(), @r#"
    a: claim_next_task
       = {skipped: {waiting: 0, assignedElsewhere: 0, needsHuman: 1, filesLocked: 0}, next: "Nothing to claim now. Call claim_next_task again with waitSeconds 25, or end your run."}
    "#);
    assert_snapshot!(world.board().await, @r#"T1 todo attempt 5 blockedReason=5 attempts did not finish it needsHuman v11 "one""#);
    // The person looks at it and lets it go again.
    world.person().call("update_task", json!({"taskId": "T1", "needsHuman": false})).await;
    a.call("claim_next_task", json!({})).await;
    assert_snapshot!(world.transcript(), @r#"
    human: update_task taskId: "T1", needsHuman: false
       = task: T1 todo attempt 5 v12
       * task.updated T1 edited by human [needsHuman blockedReason]
    a: claim_next_task
       = {task: T1 in_progress held by a#6 until 10:00:00 attempt 6 v13, skipped: {waiting: 0, assignedElsewhere: 0, needsHuman: 0, filesLocked: 0}}
       * lock.acquired by a: locks: [src/** exclusive a#6 for T1 until 10:00:00]
       * task.updated T1 claimed by a [status assignedTo lease attempts startedAt]
    "#);
}

#[tokio::test]
async fn the_third_release_flags_the_task() {
    let world = one_task().await;
    for (agent, reason) in [("a", "no access"), ("b", "no idea"), ("c", "no time")] {
        world.agent(agent).call("claim_task", json!({"taskId": "T1"})).await;
        world.agent(agent).call("release_task", json!({"taskId": "T1", "reason": reason})).await;
    }
    assert_snapshot!(world.transcript(), @r#"
    a: claim_task taskId: "T1"
       = task: T1 in_progress held by a#1 until 09:10:00 attempt 1 v2
       * lock.acquired by a: locks: [src/** exclusive a#1 for T1 until 09:10:00]
       * task.updated T1 claimed by a [status assignedTo lease attempts startedAt]
    a: release_task taskId: "T1", reason: "no access"
       = task: T1 todo attempt 1 v3
       * lock.released by a: locks: [src/** exclusive a#1 for T1 until 09:10:00]
       * task.updated T1 released by a [status assignedTo lease] (no access)
    b: claim_task taskId: "T1"
       = task: T1 in_progress held by b#2 until 09:10:00 attempt 2 v4
       * lock.acquired by b: locks: [src/** exclusive b#2 for T1 until 09:10:00]
       * task.updated T1 claimed by b [status assignedTo lease attempts]
    b: release_task taskId: "T1", reason: "no idea"
       = task: T1 todo attempt 2 v5
       * lock.released by b: locks: [src/** exclusive b#2 for T1 until 09:10:00]
       * task.updated T1 released by b [status assignedTo lease] (no idea)
    c: claim_task taskId: "T1"
       = task: T1 in_progress held by c#3 until 09:10:00 attempt 3 v6
       * lock.acquired by c: locks: [src/** exclusive c#3 for T1 until 09:10:00]
       * task.updated T1 claimed by c [status assignedTo lease attempts]
    c: release_task taskId: "T1", reason: "no time"
       = task: T1 todo attempt 3 blockedReason=released 3 times, last: no time needsHuman v7
       * lock.released by c: locks: [src/** exclusive c#3 for T1 until 09:10:00]
       * task.updated T1 released by c [status assignedTo lease needsHuman blockedReason] (no time)
    "#);
    assert_snapshot!(world.board().await, @r#"T1 todo attempt 3 blockedReason=released 3 times, last: no time needsHuman v7 "one""#);
}

#[tokio::test]
async fn the_next_task_is_mine_or_nobodys_the_most_urgent_first_then_the_oldest() {
    let world = World::new().await;
    let person = world.person();
    for (title, extra) in [
        ("old and normal", json!({})),
        ("urgent but for b", json!({"priority": "urgent", "assignedTo": "b"})),
        ("high", json!({"priority": "high"})),
        ("low and mine", json!({"priority": "low", "assignedTo": "a"})),
        ("high too", json!({"priority": "high"})),
        ("for reviewers", json!({"priority": "urgent", "target": "reviewer"})),
        ("for all", json!({"priority": "urgent", "target": "all"})),
    ] {
        let mut input = extra;
        input["title"] = title.into();
        person.call("create_task", input).await;
    }
    world.begin();
    let mut order = Vec::new();
    loop {
        let answer = world.agent("a").role("builder").call("claim_next_task", json!({})).await;
        let Some(id) = answer["task"]["id"].as_str() else {
            assert_eq!(answer["skipped"]["assignedElsewhere"], 2);
            break;
        };
        order.push(id.to_owned());
    }
    assert_eq!(order, ["T7", "T3", "T5", "T1", "T4"]);
    world.begin();
    world.agent("a").refused("claim_task", json!({"taskId": "T2"})).await;
    world.agent("a").role("builder").refused("claim_task", json!({"taskId": "T6"})).await;
    world.agent("r").role("reviewer").call("claim_task", json!({"taskId": "T6"})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: claim_task taskId: "T2"
       ! TASK_NOT_CLAIMABLE: T2 can't be claimed: it is assigned to b
    a: claim_task taskId: "T6"
       ! TASK_NOT_CLAIMABLE: T6 can't be claimed: it is meant for reviewer
    r: claim_task taskId: "T6"
       = task: T6 in_progress urgent held by r#6 until 09:10:00 attempt 1 v2
       * task.updated T6 claimed by r [status assignedTo lease attempts startedAt]
    "#);
}

#[tokio::test]
async fn a_claim_takes_all_files_or_names_the_overlap() {
    let world = World::new().await;
    let (a, b) = (world.agent("a"), world.agent("b"));
    a.call("acquire_locks", json!({"paths": ["src/login.rs"], "reason": "a rename"})).await;
    b.call("create_task", json!({"title": "one", "filesOwned": ["docs/**", "src/**/*.rs"]})).await;
    b.call("create_task", json!({"title": "two", "filesOwned": ["docs/**"]})).await;
    world.begin();
    let error = b.refused("claim_task", json!({"taskId": "T1"})).await;
    assert_eq!(error.to_json()["details"]["overlaps"][0]["reason"], "a rename");
    // Nothing of the refused claim is left: the docs are free.
    let answer = b.call("claim_next_task", json!({})).await;
    assert_eq!(answer["task"]["id"], "T2");
    assert_eq!(answer["skipped"]["filesLocked"], 1);
    assert_snapshot!(world.transcript(), @r#"
    b: claim_task taskId: "T1"
       ! FILES_LOCKED: `src/**/*.rs` overlaps `src/login.rs`, held by a until 2026-01-01T09:10:00.000Z
    b: claim_next_task
       = {task: T2 in_progress held by b#2 until 09:10:00 attempt 1 v2, skipped: {waiting: 0, assignedElsewhere: 0, needsHuman: 0, filesLocked: 1}}
       * lock.acquired by b: locks: [docs/** exclusive b#2 for T2 until 09:10:00]
       * task.updated T2 claimed by b [status assignedTo lease attempts startedAt]
    "#);
}
