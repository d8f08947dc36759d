//! Locks on files: shared or exclusive, all or none, in the order of arrival.

use std::sync::Arc;

use insta::assert_snapshot;
use meshpilot::store::Caller;
use serde_json::{Value, json};

use super::world::World;

#[tokio::test]
async fn all_paths_or_none_and_shared_beside_shared() {
    let world = World::new().await;
    let (a, b, c) = (world.agent("a"), world.agent("b"), world.agent("c"));
    a.call(
        "acquire_locks",
        json!({"paths": ["src/api/**"], "mode": "shared", "reason": "reading"}),
    )
    .await;
    b.call("acquire_locks", json!({"paths": ["src/api/mod.rs"], "mode": "shared"})).await;
    let error = c.refused("acquire_locks", json!({"paths": ["docs/a.md", "src/api/mod.rs"]})).await;
    let overlaps = error.to_json()["details"]["overlaps"].clone();
    let holders: Vec<&str> = overlaps
        .as_array()
        .unwrap()
        .iter()
        .map(|overlap| overlap["agent"].as_str().unwrap())
        .collect();
    assert_eq!(holders, ["a", "b"]);
    // None of the refused paths is held.
    b.call("acquire_locks", json!({"paths": ["docs/a.md"]})).await;
    b.refused("acquire_locks", json!({"paths": ["src/api/mod.rs"], "mode": "exclusive"})).await;
    c.call("list_locks", json!({"path": "src/**"})).await;
    c.call("list_locks", json!({"holder": "b"})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: acquire_locks paths: ["src/api/**"], mode: "shared", reason: "reading"
       = {acquired: true, locks: [src/api/** shared a#1 until 09:10:00], fence: 1}
       * lock.acquired by a: locks: [src/api/** shared a#1 until 09:10:00]
    b: acquire_locks paths: ["src/api/mod.rs"], mode: "shared"
       = {acquired: true, locks: [src/api/mod.rs shared b#2 until 09:10:00], fence: 2}
       * lock.acquired by b: locks: [src/api/mod.rs shared b#2 until 09:10:00]
    c: acquire_locks paths: ["docs/a.md", "src/api/mod.rs"]
       ! FILES_LOCKED: `src/api/mod.rs` overlaps `src/api/**`, held by a until 2026-01-01T09:10:00.000Z
    b: acquire_locks paths: ["docs/a.md"]
       = {acquired: true, locks: [docs/a.md exclusive b#3 until 09:10:00], fence: 3}
       * lock.acquired by b: locks: [docs/a.md exclusive b#3 until 09:10:00]
    b: acquire_locks paths: ["src/api/mod.rs"], mode: "exclusive"
       ! FILES_LOCKED: `src/api/mod.rs` overlaps `src/api/**`, held by a until 2026-01-01T09:10:00.000Z
    c: list_locks path: "src/**"
       = locks: [src/api/** shared a#1 until 09:10:00, src/api/mod.rs shared b#2 until 09:10:00]
    c: list_locks holder: "b"
       = locks: [docs/a.md exclusive b#3 until 09:10:00, src/api/mod.rs shared b#2 until 09:10:00]
    "#);
}

#[tokio::test]
async fn asking_again_renews_and_another_path_adds() {
    let world = World::new().await;
    let a = world.agent("a");
    a.call("acquire_locks", json!({"paths": ["a", "b"], "ttlSeconds": 60})).await;
    world.advance(30);
    a.call("acquire_locks", json!({"paths": ["b", "c"], "ttlSeconds": 60})).await;
    a.call("renew_locks", json!({"fence": 1, "ttlSeconds": 600})).await;
    a.call("release_locks", json!({"paths": ["c"]})).await;
    a.refused("release_locks", json!({"paths": ["c"]})).await;
    a.refused("renew_locks", json!({"fence": 99})).await;
    world.agent("b").refused("release_locks", json!({"fence": 1})).await;
    world.advance(61);
    world.sweep().await;
    a.call("release_locks", json!({})).await;
    a.call("release_locks", json!({})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: acquire_locks paths: ["a", "b"], ttlSeconds: 60
       = {acquired: true, locks: [a exclusive a#1 until 09:01:00, b exclusive a#1 until 09:01:00], fence: 1}
       * lock.acquired by a: locks: [a exclusive a#1 until 09:01:00, b exclusive a#1 until 09:01:00]
    … 30 s later
    a: acquire_locks paths: ["b", "c"], ttlSeconds: 60
       = {acquired: true, locks: [b exclusive a#2 until 09:01:30, c exclusive a#2 until 09:01:30], fence: 2}
       * lock.released by a: locks: [b exclusive a#1 until 09:01:00]
       * lock.acquired by a: locks: [b exclusive a#2 until 09:01:30, c exclusive a#2 until 09:01:30]
    a: renew_locks fence: 1, ttlSeconds: 600
       = locks: [a exclusive a#1 until 09:10:30]
       * lock.renewed by a: locks: [a exclusive a#1 until 09:10:30]
    a: release_locks paths: ["c"]
       = locks: [c exclusive a#2 until 09:01:30]
       * lock.released by a: locks: [c exclusive a#2 until 09:01:30]
    a: release_locks paths: ["c"]
       ! LEASE_LOST: you hold no such lock; it ended, or was never yours
    a: renew_locks fence: 99
       ! LEASE_LOST: you hold no such lock; it ended, or was never yours
    b: release_locks fence: 1
       ! LEASE_LOST: you hold no such lock; it ended, or was never yours
    … 61 s later
    upkeep
       * lock.ended by system: locks: [b exclusive a#2 until 09:01:30]
    a: release_locks
       = locks: [a exclusive a#1 until 09:10:30]
       * lock.released by a: locks: [a exclusive a#1 until 09:10:30]
    a: release_locks
       = {}
    "#);
}

#[tokio::test]
async fn globs_that_are_none_are_refused() {
    let world = World::new().await;
    let a = world.agent("a");
    for paths in [json!([]), json!(["src/["]), json!(["../other"]), json!(["/etc/passwd"])] {
        a.refused("acquire_locks", json!({"paths": paths})).await;
    }
    a.refused("list_locks", json!({"path": "src/["})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: acquire_locks paths: []
       ! VALIDATION_ERROR: `paths` needs at least one path
    a: acquire_locks paths: ["src/["]
       ! VALIDATION_ERROR: `src/[` is no valid glob: unclosed character class; missing ']'
    a: acquire_locks paths: ["../other"]
       ! VALIDATION_ERROR: `paths[0]`: `../other` must be a path inside the project, relative to its root
    a: acquire_locks paths: ["/etc/passwd"]
       ! VALIDATION_ERROR: `paths[0]`: `/etc/passwd` must be a path inside the project, relative to its root
    a: list_locks path: "src/["
       ! VALIDATION_ERROR: `src/[` is no valid glob: unclosed character class; missing ']'
    "#);
}

#[tokio::test]
async fn a_tasks_locks_end_with_its_lease_or_by_the_persons_hand() {
    let world = World::new().await;
    let (a, person) = (world.agent("a"), world.person());
    a.call("create_task", json!({"title": "one", "filesOwned": ["src/**"]})).await;
    a.call("claim_task", json!({"taskId": "T1"})).await;
    world.begin();
    a.call("release_locks", json!({})).await;
    a.call("renew_locks", json!({})).await;
    person.refused("release_locks", json!({})).await;
    person.call("release_locks", json!({"paths": ["src/**"]})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: release_locks
       = {}
    a: renew_locks
       = {}
    human: release_locks
       ! VALIDATION_ERROR: say which locks to release
    human: release_locks paths: ["src/**"]
       = locks: [src/** exclusive a#1 for T1 until 09:10:00]
       * lock.released by human: locks: [src/** exclusive a#1 for T1 until 09:10:00]
    "#);
}

/// Waits until so many calls stand in the queue for locks.
async fn queued(world: &World, count: usize) {
    let connection = rusqlite::Connection::open_with_flags(
        format!("file:{}?vfs=unix-excl", world.database().display()),
        rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_URI,
    )
    .unwrap();
    loop {
        let waiting: usize = connection
            .query_row("SELECT count(*) FROM lock_waiters", [], |row| row.get(0))
            .unwrap();
        if waiting == count {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_waits_gets_it_in_the_order_of_arrival() {
    let world = World::new().await;
    let (a, b, c, d) = (world.agent("a"), world.agent("b"), world.agent("c"), world.agent("d"));
    for agent in ["a", "b", "c", "d"] {
        world.introduce(agent, None).await;
    }
    a.call("acquire_locks", json!({"paths": ["x"]})).await;
    world.begin();
    let wait = json!({"paths": ["x"], "waitSeconds": 60});
    let order = std::sync::Mutex::new(Vec::new());
    let turn = async |who: &str, answer: Value| {
        assert_eq!(answer["acquired"], true);
        order.lock().unwrap().push(who.to_owned());
    };
    tokio::join!(
        async {
            let answer = b.ask("acquire_locks", wait.clone(), None).await.unwrap();
            turn("b", serde_json::from_str(&answer.data).unwrap()).await;
            b.ask("release_locks", json!({}), None).await.unwrap();
        },
        async {
            queued(&world, 1).await;
            let answer = c.ask("acquire_locks", wait.clone(), None).await.unwrap();
            turn("c", serde_json::from_str(&answer.data).unwrap()).await;
        },
        async {
            queued(&world, 2).await;
            // Who does not wait does not pass those who do, even when the path is free for a moment.
            a.ask("release_locks", json!({}), None).await.unwrap();
            let error = d.ask("acquire_locks", json!({"paths": ["x"]}), None).await.unwrap_err();
            assert_eq!(error.code.as_str(), "FILES_LOCKED");
        },
    );
    assert_eq!(order.into_inner().unwrap(), ["b", "c"]);
    queued(&world, 0).await;
    let kinds: Vec<String> =
        world.fresh_events().await.iter().map(super::print::event_line).collect();
    assert_snapshot!(kinds.join("\n"), @r#"
    lock.released by a: locks: [x exclusive a#1 until 09:10:00]
    lock.acquired by b: locks: [x exclusive b#2 until 09:10:00]
    lock.released by b: locks: [x exclusive b#2 until 09:10:00]
    lock.acquired by c: locks: [x exclusive c#3 until 09:10:00]
    "#);
}

#[tokio::test]
async fn a_waiter_whose_client_goes_away_leaves_the_queue() {
    let world = World::new().await;
    let (a, b, c) = (world.agent("a"), world.agent("b"), world.agent("c"));
    for agent in ["a", "b", "c"] {
        world.introduce(agent, None).await;
    }
    a.call("acquire_locks", json!({"paths": ["x"]})).await;
    {
        let waits = b.ask("acquire_locks", json!({"paths": ["x"], "waitSeconds": 60}), None);
        tokio::pin!(waits);
        tokio::select! {
            biased;
            _ = queued(&world, 1) => {}
            answer = &mut waits => panic!("nobody has released it: {answer:?}"),
        }
        // Here the client goes away: the call is dropped.
    }
    queued(&world, 0).await;
    a.call("release_locks", json!({})).await;
    c.call("acquire_locks", json!({"paths": ["x"]})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: acquire_locks paths: ["x"]
       = {acquired: true, locks: [x exclusive a#1 until 09:10:00], fence: 1}
       * lock.acquired by a: locks: [x exclusive a#1 until 09:10:00]
    a: release_locks
       = locks: [x exclusive a#1 until 09:10:00]
       * lock.queue by b: {}
       * lock.released by a: locks: [x exclusive a#1 until 09:10:00]
    c: acquire_locks paths: ["x"]
       = {acquired: true, locks: [x exclusive c#2 until 09:10:00], fence: 2}
       * lock.acquired by c: locks: [x exclusive c#2 until 09:10:00]
    "#);
}

#[tokio::test]
async fn a_wait_that_ends_with_nothing_says_so() {
    let world = World::new().await;
    world.agent("a").call("acquire_locks", json!({"paths": ["x"]})).await;
    world.agent("b").call("acquire_locks", json!({"paths": ["x"], "waitSeconds": 1})).await;
    queued(&world, 0).await;
    assert_snapshot!(world.transcript(), @r#"
    a: acquire_locks paths: ["x"]
       = {acquired: true, locks: [x exclusive a#1 until 09:10:00], fence: 1}
       * lock.acquired by a: locks: [x exclusive a#1 until 09:10:00]
    b: acquire_locks paths: ["x"], waitSeconds: 1
       = {acquired: false, conflicts: [{path: "x", held: "x", mode: "exclusive", agent: "a", expiresAt: 09:10:00}], next: "Still locked. Call acquire_locks again with waitSeconds, or work on something else."}
    "#);
}

#[tokio::test]
async fn a_suspended_machine_takes_no_lock_away() {
    let world = World::new().await;
    let (a, b) = (world.agent("a"), world.agent("b"));
    a.call("acquire_locks", json!({"paths": ["x"], "ttlSeconds": 60})).await;
    world.advance(3_600);
    world.grace().await;
    world.sweep().await;
    b.refused("acquire_locks", json!({"paths": ["x"]})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: acquire_locks paths: ["x"], ttlSeconds: 60
       = {acquired: true, locks: [x exclusive a#1 until 09:01:00], fence: 1}
       * lock.acquired by a: locks: [x exclusive a#1 until 09:01:00]
    … 3600 s later
    grace
       * lock.renewed by system: locks: [x exclusive a#1 until 10:01:00]
    upkeep
    b: acquire_locks paths: ["x"]
       ! FILES_LOCKED: `x` overlaps `x`, held by a until 2026-01-01T10:01:00.000Z
    "#);
    let locks = world.store().read(Arc::new(Caller::system()), |db| db.locks(None)).await.unwrap();
    assert_eq!(locks[0].expires_at.to_string(), "2026-01-01T10:01:00.000Z");
}
