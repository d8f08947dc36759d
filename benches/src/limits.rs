//! What SQLite itself does on this disk, with the same durability: the floor under the ceiling.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use rusqlite::{Connection, params};

const SCHEMA: &str = "
    CREATE TABLE tasks (id INTEGER PRIMARY KEY, title TEXT NOT NULL, description TEXT NOT NULL, version INTEGER NOT NULL) STRICT;
    CREATE TABLE events (seq INTEGER PRIMARY KEY, type TEXT NOT NULL, data TEXT NOT NULL) STRICT;
";

/// Operations a second, by name.
pub fn sqlite(folder: &Path, time: Duration) -> Result<Vec<(&'static str, f64)>> {
    let db = Connection::open(folder.join("limits.db"))?;
    db.pragma_update(None, "journal_mode", "wal")?;
    db.pragma_update(None, "synchronous", "full")?;
    db.execute_batch(SCHEMA)?;
    Ok(vec![
        ("insert with its event, one a commit", inserts(&db, 1, time)?),
        ("insert with its event, 32 a commit", inserts(&db, 32, time)?),
        ("get by key", gets(&db, time)?),
    ])
}

fn inserts(db: &Connection, batch: u64, time: Duration) -> Result<f64> {
    rate(time, || {
        db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for _ in 0..batch {
            db.prepare_cached(
                "INSERT INTO tasks (title, description, version) VALUES (?1, ?2, 1)",
            )?
            .execute(params!["One of the tasks that a plan was cut into", "Read, test, write."])?;
            db.prepare_cached("INSERT INTO events (type, data) VALUES (?1, ?2)")?.execute(
                params!["task.created", r#"{"title":"One of the tasks that a plan was cut into"}"#],
            )?;
        }
        db.prepare_cached("COMMIT")?.execute([])?;
        Ok(batch)
    })
}

fn gets(db: &Connection, time: Duration) -> Result<f64> {
    let count: i64 = db.query_row("SELECT count(*) FROM tasks", [], |row| row.get(0))?;
    let mut at = 0;
    rate(time, || {
        at = (at + 7919) % count;
        let mut get =
            db.prepare_cached("SELECT title, description, version FROM tasks WHERE id = ?1")?;
        let length = get.query_row([at + 1], |row| Ok(row.get_ref(0)?.as_str()?.len()))?;
        std::hint::black_box(length);
        Ok(1)
    })
}

fn rate(time: Duration, mut work: impl FnMut() -> Result<u64>) -> Result<f64> {
    let began = Instant::now();
    let mut done = 0;
    while began.elapsed() < time {
        done += work()?;
    }
    Ok(done as f64 / began.elapsed().as_secs_f64())
}
