//! Real threads: many callers at once on one board.

use std::collections::BTreeSet;
use std::sync::Arc;

use meshpilot::api::Call;
use meshpilot::error::{Code, Error};
use meshpilot::model::things::{KeyKind, Scope};
use meshpilot::store::Caller;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use super::world::{World, caller};

/// Callers at once.
const CALLERS: usize = 64;

/// Lets so many agents ask the same at the same moment, each on a task of the runtime's threads.
async fn all_at_once(
    world: &World,
    operation: &'static str,
    input: impl Fn(usize) -> Value,
) -> Vec<Result<Value, Code>> {
    let start = Arc::new(Barrier::new(CALLERS));
    let calls: Vec<_> = (0..CALLERS)
        .map(|number| {
            let (start, context, endpoint) = (
                Arc::clone(&start),
                world.context().clone(),
                Arc::clone(world.api.find(operation).unwrap()),
            );
            let Value::Object(input) = input(number) else { panic!("an input is an object") };
            let mut caller = caller(
                "project",
                KeyKind::Project,
                Scope::Plan,
                Some(&format!("agent-{number}")),
                None,
            );
            caller.call = format!("call-{number}");
            tokio::spawn(async move {
                start.wait().await;
                let answer =
                    endpoint.call(&context, Call { caller, input, request_id: None }).await;
                answer
                    .map(|answer| serde_json::from_str(&answer.data).unwrap())
                    .map_err(|error| error.code)
            })
        })
        .collect();
    let mut outcomes = Vec::with_capacity(CALLERS);
    for call in calls {
        outcomes.push(call.await.unwrap());
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_claims_at_once_one_wins() {
    let world = World::new().await;
    for round in 1..=20 {
        world
            .person()
            .call(
                "create_task",
                json!({"title": format!("round {round}"), "filesOwned": ["src/**"]}),
            )
            .await;
        let id = format!("T{round}");
        let outcomes = all_at_once(&world, "claim_task", |_| json!({ "taskId": id })).await;
        let winners: Vec<&Value> =
            outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
        assert_eq!(winners.len(), 1, "round {round}");
        assert!(
            outcomes.iter().all(|outcome| matches!(outcome, Ok(_) | Err(Code::TaskNotClaimable))),
            "{outcomes:?}"
        );
        let holder = winners[0]["task"]["lease"]["agent"].as_str().unwrap();
        let events = world.fresh_events().await;
        let claims: Vec<&str> = events
            .iter()
            .filter(|event| event.data["change"] == "claimed")
            .map(|event| event.actor.as_str())
            .collect();
        assert_eq!(claims, [holder], "round {round}");
        world
            .agent(holder)
            .call("complete_task", json!({"taskId": id, "outcome": "skipped"}))
            .await;
        world.begin();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_that_want_the_next_task_each_gets_another() {
    let world = World::new().await;
    for number in 0..CALLERS - 4 {
        world.person().call("create_task", json!({"title": format!("number {number}")})).await;
    }
    world.begin();
    let outcomes = all_at_once(&world, "claim_next_task", |_| json!({})).await;
    let ids: Vec<String> = outcomes
        .iter()
        .filter_map(|outcome| outcome.as_ref().unwrap()["task"]["id"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(ids.len(), CALLERS - 4, "a task was left, or given twice");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "a task was given twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_creates_with_one_title_one_creates() {
    let world = World::new().await;
    let outcomes = all_at_once(
        &world,
        "create_task",
        |number| json!({"title": if number % 2 == 0 { "The same" } else { "the  SAME" }}),
    )
    .await;
    let created = outcomes
        .iter()
        .filter(|outcome| outcome.as_ref().unwrap()["deduplicated"] == false)
        .count();
    assert_eq!(created, 1);
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().unwrap()["task"]["id"] == "T1"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writes_at_once_have_one_order_without_a_gap() {
    let world = World::new().await;
    let before = world.store().feed().head();
    let outcomes = all_at_once(
        &world,
        "send_chat_message",
        |number| json!({"text": format!("number {number}")}),
    )
    .await;
    let ids: BTreeSet<&str> = outcomes
        .iter()
        .map(|outcome| outcome.as_ref().unwrap()["message"]["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), CALLERS);
    // What was answered is on disk: read by another connection than the one that wrote.
    let stored = world.look(move |db| db.events_after(before, i64::MAX)).await;
    let messages = stored.iter().filter(|event| event.kind == "chat.message").count();
    assert_eq!(messages, CALLERS);
    for (event, seq) in stored.iter().zip(before + 1..) {
        assert_eq!(event.seq, seq, "a gap in the order");
    }
    let database = rusqlite::Connection::open_with_flags(
        format!("file:{}?vfs=unix-excl", world.database().display()),
        rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_URI,
    )
    .unwrap();
    assert_eq!(
        super::invariants::check_chain(&database).unwrap(),
        None,
        "the chain of hashes is broken"
    );
}

/// What one command of a mixed batch does.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Accepted,
    Refused,
    Panics,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refused_or_panicking_command_leaves_nothing_in_the_batch_of_others() {
    let world = World::new().await;
    let system = Arc::new(Caller::system());
    let fates: Vec<Fate> = (0..CALLERS)
        .map(|number| [Fate::Accepted, Fate::Refused, Fate::Accepted, Fate::Panics][number % 4])
        .collect();
    // The first command holds the writer until all others stand in its queue, so they come to be one batch.
    let (entered, held) = std::sync::mpsc::channel::<()>();
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let store = world.store().clone();
    let first = tokio::spawn({
        let (store, system) = (store.clone(), Arc::clone(&system));
        async move {
            store
                .write(system, move |tx| {
                    entered.send(()).unwrap();
                    wait.recv().unwrap();
                    tx.say("first", None, None).map(drop)
                })
                .await
        }
    });
    held.recv().unwrap();
    let commands: Vec<_> = fates
        .iter()
        .copied()
        .enumerate()
        .map(|(number, fate)| {
            let (store, system) = (store.clone(), Arc::clone(&system));
            tokio::spawn(async move {
                store
                    .write(system, move |tx| {
                        tx.say(&format!("{number} {fate:?}"), None, None)?;
                        match fate {
                            Fate::Accepted => Ok(number),
                            Fate::Refused => Err(Error::new(Code::Conflict, "refused on purpose")),
                            Fate::Panics => panic!("on purpose"),
                        }
                    })
                    .await
            })
        })
        .collect();
    while store.queued() < CALLERS {
        tokio::task::yield_now().await;
    }
    release.send(()).unwrap();
    first.await.unwrap().unwrap();
    for (number, (command, fate)) in commands.into_iter().zip(&fates).enumerate() {
        match (command.await.unwrap(), fate) {
            (Ok(answer), Fate::Accepted) => assert_eq!(answer, number),
            (Err(error), Fate::Refused) => assert_eq!(error.code, Code::Conflict),
            (Err(error), Fate::Panics) => assert_eq!(error.code, Code::Internal),
            (outcome, fate) => panic!("{fate:?} came to {outcome:?}"),
        }
    }
    let said: Vec<String> = world
        .look(|db| db.chat(None, None, 1_000))
        .await
        .into_iter()
        .map(|message| message.text)
        .collect();
    let expected = fates
        .iter()
        .enumerate()
        .filter(|(_, fate)| **fate == Fate::Accepted)
        .map(|(number, fate)| format!("{number} {fate:?}"));
    let said_by_others: BTreeSet<String> =
        said.into_iter().filter(|text| text != "first").collect();
    assert_eq!(said_by_others, expected.collect());
    let announced = world.fresh_events().await;
    assert_eq!(announced.len(), said_by_others.len() + 1, "something else was announced");
    for (event, seq) in announced.iter().zip(announced[0].seq..) {
        assert_eq!(event.seq, seq, "a refused command left a gap");
    }
    // And the writer goes on.
    world.person().call("send_chat_message", json!({"text": "still here"})).await;
    world.begin();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_queue_answers_at_once() {
    let world = World::new().await;
    let system = Arc::new(Caller::system());
    let (entered, held) = std::sync::mpsc::channel::<()>();
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let store = world.store().clone();
    let first = tokio::spawn({
        let (store, system) = (store.clone(), Arc::clone(&system));
        async move {
            store
                .write(system, move |_| {
                    entered.send(()).unwrap();
                    wait.recv().unwrap();
                    Ok(())
                })
                .await
        }
    });
    held.recv().unwrap();
    let mut waiting = Vec::new();
    for number in 0..=meshpilot::limits::WRITE_QUEUE {
        let write = Box::pin(store.write(Arc::clone(&system), move |tx| {
            tx.say(&number.to_string(), None, None).map(drop)
        }));
        let mut write = write;
        let polled = futures_util::poll!(write.as_mut());
        if number < meshpilot::limits::WRITE_QUEUE {
            assert!(polled.is_pending(), "{number} was answered while the writer was held");
            waiting.push(write);
        } else {
            let std::task::Poll::Ready(Err(error)) = polled else {
                panic!("one too many was taken")
            };
            assert_eq!(error.code, Code::Overloaded);
        }
    }
    release.send(()).unwrap();
    first.await.unwrap().unwrap();
    // All that was taken is done, asked for or not.
    drop(waiting.split_off(waiting.len() / 2));
    for write in waiting {
        write.await.unwrap();
    }
    store.write(system, |tx| tx.say("last", None, None).map(drop)).await.unwrap();
    let said = world.look(|db| db.chat(None, None, 10_000)).await.len();
    assert_eq!(said, meshpilot::limits::WRITE_QUEUE + 1);
}
