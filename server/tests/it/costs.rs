//! What work costs, what a spent budget stops, and what an agent should notice.

use insta::assert_snapshot;
use serde_json::json;

use super::claims::one_task;

#[tokio::test]
async fn costs_are_totals_of_an_attempt_and_sums_of_the_task() {
    let world = one_task().await;
    let a = world.agent("a");
    a.call("claim_task", json!({"taskId": "T1"})).await;
    let cost = |tokens: u64, usd: f64| json!({"tokensIn": tokens, "tokensOut": 1, "costUsd": usd});
    a.call("heartbeat_task", json!({"taskId": "T1", "cost": cost(100, 0.5)})).await;
    a.call("heartbeat_task", json!({"taskId": "T1", "cost": cost(300, 0.75)})).await;
    let answer = a.call("heartbeat_task", json!({"taskId": "T1", "cost": cost(200, 0.1)})).await;
    assert_eq!(answer["task"]["cost"], json!({"tokensIn": 300, "tokensOut": 1, "costUsd": 0.75}));
    a.call("complete_task", json!({"taskId": "T1", "outcome": "failed", "cost": cost(300, 1.0)}))
        .await;
    world.person().call("update_task", json!({"taskId": "T1", "status": "todo"})).await;
    a.call("claim_task", json!({"taskId": "T1"})).await;
    let answer = a.call("complete_task", json!({"taskId": "T1", "cost": cost(50, 0.25)})).await;
    assert_eq!(answer["task"]["cost"], json!({"tokensIn": 350, "tokensOut": 2, "costUsd": 1.25}));
    world.begin();
}

#[tokio::test]
async fn a_spent_budget_stops_claims_until_the_next_month() {
    let world = one_task().await;
    let (a, person) = (world.agent("a"), world.person());
    a.call("claim_task", json!({"taskId": "T1"})).await;
    a.call("complete_task", json!({"taskId": "T1", "cost": {"costUsd": 10.0}})).await;
    person.call("create_task", json!({"title": "two"})).await;
    person.call("update_settings", json!({"monthlyBudgetUsd": 10})).await;
    world.begin();
    a.refused("claim_task", json!({"taskId": "T2"})).await;
    a.refused("claim_next_task", json!({})).await;
    a.refused("update_task", json!({"taskId": "T2", "status": "in_progress"})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: claim_task taskId: "T2"
       ! BUDGET_EXCEEDED: this month's budget of $10.00 is spent ($10.00)
    a: claim_next_task
       ! BUDGET_EXCEEDED: this month's budget of $10.00 is spent ($10.00)
    a: update_task taskId: "T2", status: "in_progress"
       ! BUDGET_EXCEEDED: this month's budget of $10.00 is spent ($10.00)
    "#);
    world.advance(31 * 86_400);
    a.call("claim_next_task", json!({})).await;
    person.call("update_settings", json!({"monthlyBudgetUsd": null})).await;
    world.begin();
}

#[tokio::test]
async fn what_an_agent_should_notice_comes_with_any_answer() {
    let world = one_task().await;
    let (a, person) = (world.agent("a"), world.person());
    a.call("claim_task", json!({"taskId": "T1", "leaseSeconds": 120})).await;
    world.advance(31);
    a.call("list_locks", json!({})).await;
    a.call("complete_task", json!({"taskId": "T1"})).await;
    person
        .call("review_task", json!({"taskId": "T1", "verdict": "reject", "reason": "no tests"}))
        .await;
    a.call("get_settings", json!({})).await;
    world.agent("b").call("list_locks", json!({})).await;
    a.call("claim_task", json!({"taskId": "T1"})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: claim_task taskId: "T1", leaseSeconds: 120
       = task: T1 in_progress held by a#1 until 09:02:00 attempt 1 v2
       * lock.acquired by a: locks: [src/** exclusive a#1 for T1 until 09:02:00]
       * task.updated T1 claimed by a [status assignedTo lease attempts startedAt]
    … 31 s later
    a: list_locks
       = locks: [src/** exclusive a#1 for T1 until 09:02:00]
       ~ lease_ending Your lease on T1 ends in 89 s. Call heartbeat_task to keep it.
    a: complete_task taskId: "T1"
       = task: T1 in_review for a attempt 1 progress=100 v3
       * lock.released by a: locks: [src/** exclusive a#1 for T1 until 09:02:00]
       * task.updated T1 completed by a [status lease progress]
    human: review_task taskId: "T1", verdict: "reject", reason: "no tests"
       = task: T1 todo for a attempt 1 v4
       * task.updated T1 rejected by human [description status review progress rejections] (no tests)
    a: get_settings
       = settings: {projectName: "shop", requiresReview: true, leaseSeconds: 600, maxAttempts: 5, maxReleases: 3, readsPerMinute: 600, writesPerMinute: 300, paused: false}
       ~ rejected T1 "one" was sent back to you. The reason stands at the end of its description: claim_task T1.
    b: list_locks
       = {}
    a: claim_task taskId: "T1"
       = task: T1 in_progress held by a#2 until 09:10:31 attempt 2 v5
       * lock.acquired by a: locks: [src/** exclusive a#2 for T1 until 09:10:31]
       * task.updated T1 claimed by a [status lease attempts startedAt]
    "#);
}
