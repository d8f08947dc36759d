//! Every refusal that an operation declares, provoked. What is declared and what stands here must be the same.

use std::collections::BTreeSet;

use meshpilot::error::Code;
use meshpilot::ops;
use serde_json::{Value, json};

use super::example::Scene;
use super::world::{Actor, World};

/// What comes before the refusal.
enum Step {
    /// Somebody does something.
    Do(&'static str, &'static str, Value),
    /// Time goes by, and upkeep runs.
    Later(u64),
}

use Step::{Do, Later};

struct Case {
    operation: &'static str,
    code: Code,
    before: Vec<Step>,
    who: &'static str,
    input: Value,
}

fn case(
    operation: &'static str,
    code: Code,
    before: Vec<Step>,
    who: &'static str,
    input: Value,
) -> Case {
    Case { operation, code, before, who, input }
}

fn actor<'w>(world: &'w World, who: &str) -> Actor<'w> {
    match who {
        "human" => world.person(),
        "reviewer" => world.agent(who).role("reviewer"),
        agent => world.agent(agent),
    }
}

/// The month's budget is spent.
fn broke() -> Vec<Step> {
    vec![Do("human", "update_settings", json!({"monthlyBudgetUsd": 0}))]
}

/// `builder-1` has lost `T2` to `builder-2`.
fn lost() -> Vec<Step> {
    vec![Later(601), Do("builder-2", "claim_task", json!({"taskId": "T2"}))]
}

/// `T1` owns files that `builder-2` has locked.
fn locked() -> Vec<Step> {
    vec![Do("human", "update_task", json!({"taskId": "T1", "filesOwned": ["scripts/release.sh"]}))]
}

fn cases() -> Vec<Case> {
    use Code::{
        BudgetExceeded, Conflict, DependencyCycle, FilesLocked, InvalidTransition, LeaseLost,
        NotFound, TaskNotClaimable, VersionMismatch,
    };
    let one = || json!({"taskId": "T1"});
    let two = || json!({"taskId": "T2"});
    let none = || json!({"taskId": "T99"});
    let start = || json!({"taskId": "T1", "status": "in_progress"});
    let finish = || json!({"taskId": "T2", "status": "done"});
    vec![
        case("claim_next_task", BudgetExceeded, broke(), "builder-1", json!({})),
        case("claim_task", NotFound, vec![], "builder-1", none()),
        case("claim_task", TaskNotClaimable, vec![], "builder-2", two()),
        case("claim_task", FilesLocked, locked(), "builder-1", one()),
        case("claim_task", BudgetExceeded, broke(), "builder-1", one()),
        case("get_task", NotFound, vec![], "builder-1", none()),
        case(
            "create_task",
            NotFound,
            vec![],
            "human",
            json!({"title": "new", "dependsOn": ["T99"]}),
        ),
        case("update_task", NotFound, vec![], "human", none()),
        case(
            "update_task",
            InvalidTransition,
            vec![],
            "human",
            json!({"taskId": "T3", "status": "blocked", "reason": "x"}),
        ),
        case(
            "update_task",
            VersionMismatch,
            vec![],
            "human",
            json!({"taskId": "T1", "version": 9}),
        ),
        case(
            "update_task",
            DependencyCycle,
            vec![],
            "human",
            json!({"taskId": "T1", "dependsOn": ["T1"]}),
        ),
        case(
            "update_task",
            TaskNotClaimable,
            vec![Do("human", "update_task", json!({"taskId": "T1", "dependsOn": ["T3"]}))],
            "builder-1",
            start(),
        ),
        case("update_task", FilesLocked, locked(), "builder-1", start()),
        case("update_task", BudgetExceeded, broke(), "builder-1", start()),
        case("update_task", LeaseLost, lost(), "builder-1", finish()),
        case("update_task", Conflict, vec![], "builder-2", finish()),
        case("heartbeat_task", NotFound, vec![], "builder-1", none()),
        case("heartbeat_task", LeaseLost, lost(), "builder-1", two()),
        case("heartbeat_task", Conflict, vec![], "builder-2", two()),
        case("complete_task", NotFound, vec![], "builder-1", none()),
        case("complete_task", LeaseLost, lost(), "builder-1", two()),
        case("complete_task", Conflict, vec![], "builder-2", two()),
        case("release_task", NotFound, vec![], "builder-1", none()),
        case("release_task", LeaseLost, lost(), "builder-1", two()),
        case("release_task", Conflict, vec![], "builder-2", two()),
        case(
            "review_task",
            NotFound,
            vec![],
            "reviewer",
            json!({"taskId": "T99", "verdict": "approve"}),
        ),
        case(
            "review_task",
            InvalidTransition,
            vec![],
            "reviewer",
            json!({"taskId": "T1", "verdict": "approve"}),
        ),
        case(
            "review_task",
            VersionMismatch,
            vec![],
            "reviewer",
            json!({"taskId": "T3", "verdict": "approve", "version": 1}),
        ),
        case(
            "comment_on_task",
            NotFound,
            vec![],
            "builder-1",
            json!({"taskId": "T99", "text": "x"}),
        ),
        case("delete_task", NotFound, vec![], "human", none()),
        case("delete_task", Conflict, vec![], "human", two()),
        case("restore_task", NotFound, vec![], "human", none()),
        case("restore_task", Conflict, vec![Later(31 * 86_400)], "human", json!({"taskId": "T4"})),
        case("explain_task", NotFound, vec![], "human", none()),
        case(
            "send_chat_message",
            NotFound,
            vec![],
            "builder-1",
            json!({"text": "x", "replyTo": "C99"}),
        ),
        case("get_knowledge", NotFound, vec![], "builder-1", json!({"key": "nothing"})),
        case("delete_knowledge", NotFound, vec![], "human", json!({"key": "nothing"})),
        case("wait_for", NotFound, vec![], "builder-1", none()),
        case("acquire_locks", FilesLocked, vec![], "builder-1", json!({"paths": ["scripts/**"]})),
        case("renew_locks", LeaseLost, vec![], "builder-1", json!({"paths": ["scripts/**"]})),
        case("release_locks", LeaseLost, vec![], "builder-1", json!({"paths": ["scripts/**"]})),
        case("revoke_key", NotFound, vec![], "human", json!({"keyId": "nothing"})),
    ]
}

#[tokio::test]
async fn every_declared_refusal_can_be_provoked_and_changes_nothing() {
    for Case { operation, code, before, who, input } in cases() {
        let scene = Scene::new().await;
        let world = &scene.world;
        for step in before {
            match step {
                Do(who, operation, input) => drop(actor(world, who).call(operation, input).await),
                Later(seconds) => {
                    world.advance(seconds);
                    world.sweep().await;
                }
            }
        }
        actor(world, who).call("list_locks", json!({})).await;
        let board = world.board().await;
        let refusal = actor(world, who).ask(operation, input, None).await.unwrap_err();
        assert_eq!(refusal.code, code, "{operation}: {refusal}");
        let error = refusal.to_json();
        assert!(
            !error["hint"].as_str().unwrap().is_empty(),
            "{operation}: {code} says nothing of what to do next"
        );
        assert_eq!(error["retryable"], code.retryable());
        assert_eq!(world.board().await, board, "{operation}: {code} changed the board");
        assert!(world.fresh_events().await.is_empty(), "{operation}: {code} announced something");
        world.begin();
    }
}

#[test]
fn what_is_declared_is_what_is_provoked() {
    let provoked: BTreeSet<(&str, &str)> =
        cases().iter().map(|case| (case.operation, case.code.as_str())).collect();
    let api = ops::all();
    let declared: BTreeSet<(&str, &str)> = api
        .endpoints()
        .iter()
        .flat_map(|endpoint| {
            endpoint.spec.fails.iter().map(|code| (endpoint.spec.name, code.as_str()))
        })
        .collect();
    let missing: Vec<_> = declared.difference(&provoked).collect();
    let extra: Vec<_> = provoked.difference(&declared).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "declared and not provoked: {missing:?}; provoked and not declared: {extra:?}"
    );
}
