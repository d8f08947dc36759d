//! Editing: every move of the status table, for agents and for the person, and what protects from lost updates.

use insta::assert_snapshot;
use meshpilot::error::Code;
use meshpilot::model::task::Status;
use meshpilot::model::things::Scope;
use serde_json::{Value, json};

use super::world::{Actor, World};

/// Makes T1, claimed by `a` on its way when the status needs it.
async fn task_in(world: &World, status: Status) {
    let (a, person) = (world.agent("a"), world.person());
    person.call("create_task", json!({"title": "one", "filesOwned": ["src/**"]})).await;
    match status {
        Status::Todo => {}
        Status::InProgress => drop(a.call("claim_task", json!({"taskId": "T1"})).await),
        Status::Blocked => drop(
            person
                .call(
                    "update_task",
                    json!({"taskId": "T1", "status": "blocked", "reason": "waits for access"}),
                )
                .await,
        ),
        Status::InReview => {
            a.call("claim_task", json!({"taskId": "T1"})).await;
            a.call("complete_task", json!({"taskId": "T1", "result": "done"})).await;
        }
        Status::Done => {
            person.call("update_task", json!({"taskId": "T1", "status": "in_progress"})).await;
            person.call("update_task", json!({"taskId": "T1", "status": "done"})).await;
        }
        Status::Failed => {
            a.call("claim_task", json!({"taskId": "T1"})).await;
            a.call("complete_task", json!({"taskId": "T1", "outcome": "failed"})).await;
        }
        Status::Cancelled => {
            drop(person.call("update_task", json!({"taskId": "T1", "status": "cancelled"})).await)
        }
    }
    world.begin();
}

/// Tries one move on a board of its own and says what came of it.
async fn one_move(
    from: Status,
    to: Status,
    who: impl for<'w> Fn(&'w World) -> Actor<'w>,
) -> Result<String, Code> {
    let world = World::new().await;
    task_in(&world, from).await;
    let input = json!({"taskId": "T1", "status": to, "reason": "because"});
    let outcome = who(&world).ask("update_task", input, None).await;
    let outcome = match outcome {
        Ok(answer) => {
            let answer: Value = serde_json::from_str(&answer.data).unwrap();
            let events = world.fresh_events().await;
            let change = events
                .iter()
                .rev()
                .find(|event| event.kind == "task.updated")
                .map(|event| event.data["change"].as_str().unwrap().to_owned());
            Ok(format!(
                "{} ({})",
                answer["task"]["status"].as_str().unwrap(),
                change.unwrap_or_default()
            ))
        }
        Err(error) => {
            assert_eq!(world.fresh_events().await, [], "a refused move announced something");
            Err(error.code)
        }
    };
    world.begin();
    outcome
}

#[tokio::test]
async fn every_move_of_the_table_and_no_other() {
    let mut table = String::new();
    for from in Status::ALL {
        for to in Status::ALL {
            if from == to {
                continue;
            }
            let person = one_move(*from, *to, World::person).await;
            let holder = one_move(*from, *to, |world| world.agent("a")).await;
            let reviewer = one_move(*from, *to, |world| world.agent("r").role("reviewer")).await;
            if from.may_become(*to) {
                assert!(
                    person.is_ok(),
                    "the person can't move a card from {from} to {to}: {person:?}"
                );
            } else {
                for (who, outcome) in
                    [("person", &person), ("holder", &holder), ("reviewer", &reviewer)]
                {
                    assert_eq!(
                        *outcome,
                        Err(Code::InvalidTransition),
                        "{who}, from {from} to {to}"
                    );
                }
                continue;
            }
            let say =
                |outcome: Result<String, Code>| outcome.unwrap_or_else(|code| code.to_string());
            table.push_str(&format!(
                "{from} → {to}: person {}, holder {}, reviewer {}\n",
                say(person),
                say(holder),
                say(reviewer)
            ));
        }
    }
    assert_snapshot!(table, @r#"
    todo → in_progress: person in_progress (claimed), holder in_progress (claimed), reviewer in_progress (claimed)
    todo → blocked: person blocked (blocked), holder blocked (blocked), reviewer blocked (blocked)
    todo → cancelled: person cancelled (cancelled), holder cancelled (cancelled), reviewer cancelled (cancelled)
    in_progress → todo: person todo (released), holder todo (released), reviewer CONFLICT
    in_progress → blocked: person blocked (blocked), holder blocked (blocked), reviewer CONFLICT
    in_progress → in_review: person in_review (completed), holder in_review (completed), reviewer CONFLICT
    in_progress → done: person done (completed), holder in_review (completed), reviewer CONFLICT
    in_progress → failed: person failed (completed), holder failed (completed), reviewer CONFLICT
    in_progress → cancelled: person cancelled (cancelled), holder cancelled (cancelled), reviewer CONFLICT
    blocked → todo: person todo (unblocked), holder todo (unblocked), reviewer todo (unblocked)
    blocked → in_progress: person in_progress (claimed), holder TASK_NOT_CLAIMABLE, reviewer TASK_NOT_CLAIMABLE
    blocked → failed: person failed (completed), holder failed (completed), reviewer failed (completed)
    blocked → cancelled: person cancelled (cancelled), holder cancelled (cancelled), reviewer cancelled (cancelled)
    in_review → todo: person todo (rejected), holder FORBIDDEN, reviewer todo (rejected)
    in_review → done: person done (approved), holder FORBIDDEN, reviewer done (approved)
    in_review → cancelled: person cancelled (cancelled), holder cancelled (cancelled), reviewer cancelled (cancelled)
    done → todo: person todo (reopened), holder FORBIDDEN, reviewer FORBIDDEN
    failed → todo: person todo (retried), holder todo (retried), reviewer todo (retried)
    failed → cancelled: person cancelled (cancelled), holder cancelled (cancelled), reviewer cancelled (cancelled)
    cancelled → todo: person todo (reopened), holder FORBIDDEN, reviewer FORBIDDEN
    "#);
}

#[tokio::test]
async fn a_refused_move_names_what_is_allowed() {
    let world = World::new().await;
    task_in(&world, Status::Done).await;
    let error =
        world.person().refused("update_task", json!({"taskId": "T1", "status": "in_review"})).await;
    let details = error.to_json()["details"].clone();
    assert_eq!(details, json!({"from": "done", "to": "in_review", "allowed": ["todo"]}));
    world.begin();
}

#[tokio::test]
async fn a_lost_update_is_refused_with_the_current_task() {
    let world = World::new().await;
    let (a, b) = (world.agent("a"), world.agent("b"));
    a.call("create_task", json!({"title": "one", "description": "first"})).await;
    a.call("update_task", json!({"taskId": "T1", "description": "second", "version": 1})).await;
    let error = b
        .refused("update_task", json!({"taskId": "T1", "description": "mine", "version": 1}))
        .await;
    assert_eq!(error.to_json()["details"]["task"]["version"], 2);
    assert_eq!(error.to_json()["details"]["task"]["description"], "second");
    assert_snapshot!(world.transcript(), @r#"
    a: create_task title: "one", description: "first"
       = 201 {task: T1 todo v1, deduplicated: false}
       * task.created T1 created by a
    a: update_task taskId: "T1", description: "second", version: 1
       = task: T1 todo v2
       * task.updated T1 edited by a [description]
    b: update_task taskId: "T1", description: "mine", version: 1
       ! VERSION_MISMATCH: T1 is at version 2, not 1
    "#);
}

#[tokio::test]
async fn an_edit_changes_what_it_names_and_nothing_else() {
    let world = World::new().await;
    let a = world.agent("a");
    let given = json!({"title": "one", "description": "text", "priority": "high", "labels": ["x"], "assignedTo": "a", "target": "all"});
    let before = a.call("create_task", given).await["task"].clone();
    let after = a
        .call("update_task", json!({"taskId": "T1", "assignedTo": null, "priority": "low"}))
        .await["task"]
        .clone();
    let (before, after) = (before.as_object().unwrap(), after.as_object().unwrap());
    let changed: Vec<&str> = before
        .iter()
        .filter(|(name, value)| after[*name] != **value)
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(changed, ["priority", "assignedTo", "version"]);
    // An edit that changes nothing is no event and no new version.
    a.call("update_task", json!({"taskId": "T1", "priority": "low"})).await;
    a.call("update_task", json!({"taskId": "T1"})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: create_task title: "one", description: "text", priority: "high", labels: ["x"], assignedTo: "a", target: "all"
       = 201 {task: T1 todo high for a v1, deduplicated: false}
       * task.created T1 created by a
    a: update_task taskId: "T1", assignedTo: null, priority: "low"
       = task: T1 todo low v2
       * task.updated T1 edited by a [priority assignedTo]
    a: update_task taskId: "T1", priority: "low"
       = task: T1 todo low v2
    a: update_task taskId: "T1"
       = task: T1 todo low v2
    "#);
}

#[tokio::test]
async fn work_edits_its_own_and_plan_edits_all() {
    let world = World::new().await;
    world.person().call("create_task", json!({"title": "one"})).await;
    world.person().call("create_task", json!({"title": "two", "assignedTo": "a"})).await;
    world.begin();
    let a = world.agent("a").scope(Scope::Work);
    a.refused("update_task", json!({"taskId": "T1", "priority": "low"})).await;
    a.call("update_task", json!({"taskId": "T2", "priority": "low"})).await;
    a.refused("create_task", json!({"title": "three"})).await;
    world
        .agent("a")
        .scope(Scope::Read)
        .refused("comment_on_task", json!({"taskId": "T1", "text": "x"}))
        .await;
    world.agent("b").call("update_task", json!({"taskId": "T2", "priority": "high"})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: update_task taskId: "T1", priority: "low"
       ! FORBIDDEN: this needs the scope `plan`; the key has `work`
    a: update_task taskId: "T2", priority: "low"
       = task: T2 todo low for a v2
       * task.updated T2 edited by a [priority]
    a: create_task title: "three"
       ! FORBIDDEN: this needs the scope `plan`; the key has `work`
    a: comment_on_task taskId: "T1", text: "x"
       ! FORBIDDEN: this needs the scope `work`; the key has `read`
    b: update_task taskId: "T2", priority: "high"
       = task: T2 todo high for a v3
       * task.updated T2 edited by b [priority]
    "#);
}

#[tokio::test]
async fn new_files_of_a_held_task_are_locked_or_the_edit_is_refused() {
    let world = World::new().await;
    task_in(&world, Status::InProgress).await;
    world.agent("b").call("acquire_locks", json!({"paths": ["docs/**"]})).await;
    world.begin();
    let a = world.agent("a");
    a.refused("update_task", json!({"taskId": "T1", "filesOwned": ["src/**", "docs/a.md"]})).await;
    a.call("update_task", json!({"taskId": "T1", "filesOwned": ["lib/**"]})).await;
    a.refused("update_task", json!({"taskId": "T1", "filesOwned": ["lib/["]})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: update_task taskId: "T1", filesOwned: ["src/**", "docs/a.md"]
       ! FILES_LOCKED: `docs/a.md` overlaps `docs/**`, held by b until 2026-01-01T09:10:00.000Z
    a: update_task taskId: "T1", filesOwned: ["lib/**"]
       = task: T1 in_progress held by a#1 until 09:10:00 attempt 1 v3
       * lock.released by a: locks: [src/** exclusive a#1 for T1 until 09:10:00]
       * lock.acquired by a: locks: [lib/** exclusive a#1 for T1 until 09:10:00]
       * task.updated T1 edited by a [filesOwned]
    a: update_task taskId: "T1", filesOwned: ["lib/["]
       ! VALIDATION_ERROR: `lib/[` is no valid glob: unclosed character class; missing ']'
    "#);
    assert_snapshot!(world.board().await, @r#"
    T1 in_progress held by a#1 until 09:10:00 attempt 1 v3 "one"
    lock docs/** exclusive b#2 until 09:10:00
    lock lib/** exclusive a#1 for T1 until 09:10:00
    "#);
}

#[tokio::test]
async fn meshmcps_clients_move_tasks_with_updates_alone() {
    let world = World::new().await;
    let (a, person) = (world.agent("a"), world.person());
    a.call("create_task", json!({"title": "one"})).await;
    a.call("update_task", json!({"taskId": "T1", "status": "in_progress"})).await;
    a.call("update_task", json!({"taskId": "T1", "progress": 50})).await;
    let answer = a
        .call("update_task", json!({"taskId": "T1", "status": "done", "result": "It works."}))
        .await;
    assert_eq!(answer["note"], "T1 needs a review, so it went to in_review instead of done.");
    person.refused("update_task", json!({"taskId": "T1", "status": "todo"})).await;
    person
        .call("update_task", json!({"taskId": "T1", "status": "todo", "reason": "no tests"}))
        .await;
    assert_snapshot!(world.transcript(), @r#"
    a: create_task title: "one"
       = 201 {task: T1 todo v1, deduplicated: false}
       * task.created T1 created by a
    a: update_task taskId: "T1", status: "in_progress"
       = task: T1 in_progress held by a#1 until 09:10:00 attempt 1 v2
       * task.updated T1 claimed by a [status assignedTo lease attempts startedAt]
    a: update_task taskId: "T1", progress: 50
       = task: T1 in_progress held by a#1 until 09:10:00 attempt 1 progress=50 v3
       * task.updated T1 edited by a [progress]
    a: update_task taskId: "T1", status: "done", result: "It works."
       = {task: T1 in_review for a attempt 1 progress=100 result=It works. v5, note: "T1 needs a review, so it went to in_review instead of done."}
       * task.updated T1 edited by a [result]
       * task.updated T1 completed by a [status lease progress]
    human: update_task taskId: "T1", status: "todo"
       ! VALIDATION_ERROR: a reject needs a reason, so that the next attempt can be better
    human: update_task taskId: "T1", status: "todo", reason: "no tests"
       = task: T1 todo for a attempt 1 result=It works. v6
       * task.updated T1 rejected by human [description status review progress rejections] (no tests)
    "#);
}

#[tokio::test]
async fn of_many_updates_each_stands_by_itself() {
    let world = World::new().await;
    let a = world.agent("a");
    for title in ["one", "two", "three"] {
        a.call("create_task", json!({"title": title})).await;
    }
    world.begin();
    let updates = json!([
        {"taskId": "T1", "priority": "high"},
        {"taskId": "T9", "priority": "high"},
        {"taskId": "T2", "status": "done"},
        {"taskId": "T2", "priority": "bogus"},
        {"taskId": "T2", "colour": "red"},
        {"priority": "high"},
        {"taskId": "T1", "dependsOn": ["T3"]},
        {"taskId": "T3", "dependsOn": ["T1"]},
        {"taskId": "T2", "status": "cancelled", "reason": "not wanted"},
        {"taskId": "T1", "priority": "low", "version": 1},
    ]);
    let answer = a.call("bulk_update_tasks", json!({"updates": updates})).await;
    let results: Vec<String> = answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| {
            assert_eq!(result["success"], result["error"].is_null());
            result["error"]["code"]
                .as_str()
                .map_or_else(|| super::print::task(&result["task"]), str::to_owned)
        })
        .collect();
    assert_snapshot!(results.join("\n"), @r#"
    T1 todo high v2
    NOT_FOUND
    INVALID_TRANSITION
    VALIDATION_ERROR
    VALIDATION_ERROR
    VALIDATION_ERROR
    T1 todo high v3
    DEPENDENCY_CYCLE
    T2 cancelled completedAt=09:00:00 v2
    VERSION_MISMATCH
    "#);
    let events: Vec<String> = world
        .transcript()
        .lines()
        .filter(|line| line.contains(" * "))
        .map(|line| line.trim().to_owned())
        .collect();
    assert_snapshot!(events.join("\n"), @r#"
    * task.updated T1 edited by a [priority]
    * task.updated T1 edited by a [dependsOn]
    * task.updated T2 cancelled by a [status completedAt] (not wanted)
    "#);
    let many: Vec<Value> = (0..501).map(|_| json!({"taskId": "T1", "priority": "low"})).collect();
    a.refused("bulk_update_tasks", json!({"updates": many})).await;
    a.refused("bulk_update_tasks", json!({"updates": []})).await;
    assert_eq!(world.fresh_events().await, []);
    world.begin();
}
