//! `requestId`: asking again has one effect and the same answer.

use insta::assert_snapshot;
use meshpilot::error::Code;
use serde_json::json;

use super::world::World;

#[tokio::test]
async fn the_same_request_gives_the_first_answer_again() {
    let world = World::new().await;
    let a = world.agent("a");
    let first =
        a.once("r1", "create_task", json!({"title": "one", "priority": "high"})).await.unwrap();
    world.person().call("update_task", json!({"taskId": "T1", "priority": "low"})).await;
    world.advance(60);
    let second =
        a.once("r1", "create_task", json!({"priority": "high", "title": "one"})).await.unwrap();
    assert_eq!(second.data, first.data, "the answer is another one");
    assert!(second.replayed);
    // A refusal is not kept: nothing happened, so it may be tried again.
    a.once("r2", "claim_task", json!({"taskId": "T2"})).await.unwrap_err();
    a.call("create_task", json!({"title": "two"})).await;
    a.once("r2", "claim_task", json!({"taskId": "T2"})).await.unwrap();
    assert_snapshot!(world.transcript(), @r#"
    a: create_task title: "one", priority: "high" (requestId r1)
       = 201 {task: T1 todo high v1, deduplicated: false}
       * task.created T1 created by a
    human: update_task taskId: "T1", priority: "low"
       = task: T1 todo low v2
       * task.updated T1 edited by human [priority]
    … 60 s later
    a: create_task priority: "high", title: "one" (requestId r1)
       = replayed {task: T1 todo high v1, deduplicated: false}
    a: claim_task taskId: "T2" (requestId r2)
       ! NOT_FOUND: there is no task `T2`
    a: create_task title: "two"
       = 201 {task: T2 todo v1, deduplicated: false}
       * task.created T2 created by a
    a: claim_task taskId: "T2" (requestId r2)
       = task: T2 in_progress held by a#1 until 09:11:00 attempt 1 v2
       * task.updated T2 claimed by a [status assignedTo lease attempts startedAt]
    "#);
}

#[tokio::test]
async fn the_same_id_for_something_else_is_refused() {
    let world = World::new().await;
    let (a, b) = (world.agent("a"), world.agent("b"));
    a.once("r1", "create_task", json!({"title": "one"})).await.unwrap();
    let error = a.once("r1", "create_task", json!({"title": "two"})).await.unwrap_err();
    assert_eq!(error.code, Code::RequestIdReused);
    let error = a.once("r1", "send_chat_message", json!({"text": "one"})).await.unwrap_err();
    assert_eq!(error.code, Code::RequestIdReused);
    // Another agent's, or another key's, is another request.
    b.once("r1", "create_task", json!({"title": "two"})).await.unwrap();
    world
        .agent("a")
        .key("other")
        .once("r1", "create_task", json!({"title": "three"}))
        .await
        .unwrap();
    assert_snapshot!(world.transcript(), @r#"
    a: create_task title: "one" (requestId r1)
       = 201 {task: T1 todo v1, deduplicated: false}
       * task.created T1 created by a
    a: create_task title: "two" (requestId r1)
       ! REQUEST_ID_REUSED: requestId `r1` was used for another call of `create_task`
    a: send_chat_message text: "one" (requestId r1)
       ! REQUEST_ID_REUSED: requestId `r1` was used for another call of `create_task`
    b: create_task title: "two" (requestId r1)
       = 201 {task: T2 todo v1, deduplicated: false}
       * task.created T2 created by b
    a: create_task title: "three" (requestId r1)
       = 201 {task: T3 todo v1, deduplicated: false}
       * task.created T3 created by a
    "#);
}

#[tokio::test]
async fn a_first_answer_is_kept_for_seven_days() {
    let mut world = World::new().await;
    world.agent("a").once("r1", "send_chat_message", json!({"text": "once"})).await.unwrap();
    world.advance(7 * 86_400 - 1);
    world.restart().await;
    assert!(
        world
            .agent("a")
            .once("r1", "send_chat_message", json!({"text": "once"}))
            .await
            .unwrap()
            .replayed
    );
    world.advance(1);
    assert!(
        !world
            .agent("a")
            .once("r1", "send_chat_message", json!({"text": "once"}))
            .await
            .unwrap()
            .replayed
    );
    world.begin();
    assert_eq!(world.look(|db| db.chat(None, None, 10)).await.len(), 2);
}

#[tokio::test]
async fn a_second_call_while_the_first_is_held_is_told_so() {
    let world = World::new().await;
    let a = world.agent("a");
    world.introduce("a", None).await;
    world.begin();
    let wait = json!({"waitSeconds": 60});
    // Two calls at once: one is held, the other is refused and makes what the first waits for.
    let one = async || match a.ask("claim_next_task", wait.clone(), Some("r1")).await {
        Ok(answer) => Some(answer.data),
        Err(error) => {
            assert_eq!(error.code, Code::RequestInProgress);
            world.person().ask("create_task", json!({"title": "one"}), None).await.unwrap();
            None
        }
    };
    let (first, second) = tokio::join!(one(), one());
    assert!(first.is_some() != second.is_some(), "both were held, or none");
    let again = a.ask("claim_next_task", wait.clone(), Some("r1")).await.unwrap();
    assert_eq!(Some(again.data), first.or(second));
    assert!(again.replayed);
    let kinds: Vec<String> =
        world.fresh_events().await.iter().map(super::print::event_line).collect();
    assert_snapshot!(kinds.join("\n"), @r#"
    task.created T1 created by human
    task.updated T1 claimed by a [status assignedTo lease attempts startedAt]
    "#);
}

#[tokio::test]
async fn a_late_text_is_kept_once_however_often_it_is_sent() {
    let world = World::new().await;
    let (a, b) = (world.agent("a"), world.agent("b"));
    a.call("create_task", json!({"title": "one"})).await;
    a.call("claim_task", json!({"taskId": "T1"})).await;
    world.advance(600);
    world.sweep().await;
    b.call("claim_task", json!({"taskId": "T1"})).await;
    world.begin();
    let late = json!({"taskId": "T1", "result": "All done."});
    for _ in 0..2 {
        let error = a.once("r1", "complete_task", late.clone()).await.unwrap_err();
        assert_eq!(error.code, Code::LeaseLost);
    }
    a.refused("complete_task", json!({"taskId": "T1", "result": "All done, really."})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: complete_task taskId: "T1", result: "All done." (requestId r1)
       ! LEASE_LOST: your lease on T1 is over: b holds it until 2026-01-01T09:20:00.000Z
       * task.updated T1 commented by a [commentCount]
    a: complete_task taskId: "T1", result: "All done." (requestId r1)
       ! LEASE_LOST: your lease on T1 is over: b holds it until 2026-01-01T09:20:00.000Z
    a: complete_task taskId: "T1", result: "All done, really."
       ! LEASE_LOST: your lease on T1 is over: b holds it until 2026-01-01T09:20:00.000Z
       * task.updated T1 commented by a [commentCount]
    "#);
}
