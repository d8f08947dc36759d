//! A check that can't fail proves nothing: each fault here is put into a board by hand, and the simulation's checks must
//! find it.

use super::sim::Run;

/// A fault, and the statements that plant it.
const FAULTS: &[(&str, &str)] = &[
    ("an event that was changed later", "UPDATE events SET data = data || ' ' WHERE seq = 5"),
    ("an event that was taken out", "DELETE FROM events WHERE seq = 5"),
    (
        "events that changed places",
        "UPDATE events SET seq = -5 WHERE seq = 5; UPDATE events SET seq = 5 WHERE seq = 6; UPDATE events SET seq = 6 WHERE seq = -5",
    ),
    (
        "an event that nobody emitted",
        "INSERT INTO events SELECT seq + 1, at, type, actor, entity, data, hash FROM events ORDER BY seq DESC LIMIT 1",
    ),
    ("another holder", "UPDATE tasks SET lease_agent = 'thief' WHERE lease_agent IS NOT NULL"),
    ("a fence that went back", "UPDATE tasks SET fence = fence - 1 WHERE lease_agent IS NOT NULL"),
    (
        "a lease that nobody renewed",
        "UPDATE tasks SET lease_expires_at = lease_expires_at + 1000 WHERE lease_agent IS NOT NULL",
    ),
    ("a change without an event", "UPDATE tasks SET needs_human = 1 - needs_human WHERE id = 1"),
    (
        "an attempt that was closed under its holder",
        "UPDATE attempts SET ended_at = 1 WHERE ended_at IS NULL",
    ),
    ("a lock that was lost", "DELETE FROM locks"),
    (
        "a lock beside another's",
        "UPDATE locks SET agent = 'thief' WHERE id = (SELECT min(id) FROM locks)",
    ),
    ("a message that was lost", "DELETE FROM chat WHERE id = (SELECT max(id) FROM chat)"),
];

/// Plays a board until it has everything that a fault could touch.
async fn played() -> Run {
    for seed in 0.. {
        let mut run = Run::new(seed).await;
        for step in 1..=200 {
            run.step(step).await.unwrap();
            let (model, live) = (&run.model, |lock: &&super::model::Lock| lock.task.is_none());
            let full = model.said > 0
                && model.tasks.iter().any(|task| task.lease.is_some())
                && model.locks.iter().any(|lock| live(&lock));
            if full && !model.tasks[0].deleted && run.seq > 20 {
                return run;
            }
        }
        run.world.begin();
    }
    unreachable!("no seed comes so far")
}

#[tokio::test]
async fn the_checks_find_every_fault_that_is_planted() {
    for (fault, statements) in FAULTS {
        let mut run = played().await;
        assert_eq!(run.check(true).await.and_then(|()| run.check_file()), Ok(()), "before {fault}");
        let path = format!("file:{}?vfs=unix-excl", run.world.database().display());
        let flags =
            rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_URI;
        let database = rusqlite::Connection::open_with_flags(path, flags).unwrap();
        let before = database.total_changes();
        database.execute_batch(statements).unwrap();
        assert!(database.total_changes() > before, "{fault}: the statement changed nothing");
        let found = run.check(true).await.and_then(|()| run.check_file());
        run.world.begin();
        assert!(found.is_err(), "nobody noticed {fault}");
    }
}
