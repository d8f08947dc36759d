//! The ceiling's database: one writer thread with group commit, and a pool of readers.

use std::path::Path;
use std::thread;

use anyhow::{Context, Result, anyhow};
use axum::http::StatusCode;
use bytes::Bytes;
use r2d2::Pool;
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};
use serde::Serialize;
use tokio::sync::{broadcast, mpsc, oneshot};

const BATCH: usize = 64;
const QUEUE: usize = 1024;
const RING: usize = 4096;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS tasks (
        id INTEGER PRIMARY KEY,
        fingerprint TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        description TEXT NOT NULL,
        status TEXT NOT NULL DEFAULT 'todo',
        priority INTEGER NOT NULL DEFAULT 1,
        agent TEXT,
        version INTEGER NOT NULL DEFAULT 1,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS by_priority ON tasks (priority DESC, id);
    CREATE TABLE IF NOT EXISTS chat (
        id INTEGER PRIMARY KEY, author TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS events (
        seq INTEGER PRIMARY KEY, type TEXT NOT NULL, data TEXT NOT NULL, at TEXT NOT NULL
    ) STRICT;
";

const PRIORITIES: [&str; 4] = ["low", "normal", "high", "urgent"];

/// What a request is answered with.
pub struct Answer {
    pub status: StatusCode,
    pub body: Bytes,
}

/// What a write leaves: its answer, and the event for the readers unless nothing changed.
pub struct Written {
    answer: Answer,
    event: Option<Bytes>,
}

type Work = Box<dyn FnOnce(&Tx<'_>) -> Result<Written> + Send>;

struct Job {
    work: Work,
    answer: oneshot::Sender<Result<Answer>>,
}

/// The open database.
pub struct Store {
    writer: mpsc::Sender<Job>,
    readers: Pool<SqliteConnectionManager>,
    live: broadcast::Sender<Bytes>,
}

impl Store {
    /// Opens a database, creating it if need be, and starts its writer.
    pub fn open(path: &Path) -> Result<Self> {
        let writing = Connection::open(path).context("cannot open the database")?;
        writing.pragma_update(None, "journal_mode", "wal")?;
        writing.pragma_update(None, "synchronous", "full")?;
        writing.set_prepared_statement_cache_capacity(64);
        writing.execute_batch(SCHEMA)?;

        let reading = SqliteConnectionManager::file(path)
            .with_flags(OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX);
        let readers = Pool::builder().max_size(8).build(reading)?;

        let (writer, queue) = mpsc::channel(QUEUE);
        let (live, _) = broadcast::channel(RING);
        let publish = live.clone();
        thread::Builder::new()
            .name("writer".into())
            .spawn(move || write_all(&writing, queue, &publish))?;
        Ok(Self { writer, readers, live })
    }

    /// Runs a change on the writer and answers after the commit.
    pub async fn write(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<Written> + Send + 'static,
    ) -> Result<Answer> {
        let (answer, committed) = oneshot::channel();
        let job = Job { work: Box::new(work), answer };
        self.writer.send(job).await.map_err(|_| anyhow!("the writer has ended"))?;
        committed.await.context("the writer has ended")?
    }

    /// One task.
    pub fn get(&self, id: &str) -> Result<Answer> {
        let db = self.readers.get()?;
        let mut get = db.prepare_cached("SELECT * FROM tasks WHERE id = ?1")?;
        match get.query_row([number(id)?], |row| one(StatusCode::OK, row)).optional()? {
            Some(answer) => answer,
            None => Ok(failure(StatusCode::NOT_FOUND, "NOT_FOUND")),
        }
    }

    /// The most urgent tasks.
    pub fn list(&self, limit: u32) -> Result<Answer> {
        let db = self.readers.get()?;
        let mut list =
            db.prepare_cached("SELECT * FROM tasks ORDER BY priority DESC, id LIMIT ?1")?;
        let mut rows = list.query([limit])?;
        let mut body = br#"{"success":true,"data":{"tasks":["#.to_vec();
        let mut first = true;
        while let Some(row) = rows.next()? {
            if !std::mem::take(&mut first) {
                body.push(b',');
            }
            serde_json::to_writer(&mut body, &Task::read(row, false)?)?;
        }
        body.extend_from_slice(b"]}}");
        Ok(Answer { status: StatusCode::OK, body: body.into() })
    }

    /// Every event from now on, as server-sent frames.
    pub fn subscribe(&self) -> broadcast::Receiver<Bytes> {
        self.live.subscribe()
    }
}

/// Commits whatever has come, together; answers and publishes after the commit.
fn write_all(db: &Connection, mut queue: mpsc::Receiver<Job>, live: &broadcast::Sender<Bytes>) {
    while let Some(first) = queue.blocking_recv() {
        let mut jobs = vec![first];
        while jobs.len() < BATCH
            && let Ok(next) = queue.try_recv()
        {
            jobs.push(next);
        }
        let tx = Tx { db, at: jiff::Timestamp::now().to_string() };
        let (works, answers): (Vec<_>, Vec<_>) =
            jobs.into_iter().map(|job| (job.work, job.answer)).unzip();
        match tx.commit_together(works) {
            Ok(results) => {
                for (answer, result) in answers.into_iter().zip(results) {
                    let result = result.map(|written| {
                        if let Some(event) = written.event {
                            // Nobody listening is fine.
                            let _ = live.send(event);
                        }
                        written.answer
                    });
                    let _ = answer.send(result);
                }
            }
            Err(error) => {
                for answer in answers {
                    let _ = answer.send(Err(anyhow!("cannot commit: {error:#}")));
                }
            }
        }
    }
}

/// A transaction of the writer.
pub struct Tx<'db> {
    db: &'db Connection,
    at: String,
}

impl Tx<'_> {
    fn commit_together(&self, works: Vec<Work>) -> Result<Vec<Result<Written>>> {
        self.execute("BEGIN IMMEDIATE")?;
        let mut results = Vec::with_capacity(works.len());
        for work in works {
            self.execute("SAVEPOINT job")?;
            let result = work(self);
            if result.is_err() {
                self.execute("ROLLBACK TO job")?;
            }
            self.execute("RELEASE job")?;
            results.push(result);
        }
        self.execute("COMMIT")?;
        Ok(results)
    }

    fn execute(&self, sql: &str) -> Result<()> {
        self.db.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    /// Creates a task, or answers with the one of that title.
    pub fn create(&self, title: &str, description: &str) -> Result<Written> {
        let fingerprint: String = title.chars().take(120).collect::<String>().to_lowercase();
        let mut insert = self.db.prepare_cached(
            "INSERT INTO tasks (fingerprint, title, description, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?4) ON CONFLICT DO NOTHING RETURNING *",
        )?;
        let created = insert
            .query_row(params![fingerprint, title, description, self.at], |row| {
                one(StatusCode::CREATED, row)
            })
            .optional()?;
        match created {
            Some(answer) => self.announce("task.created", answer?),
            None => {
                let mut get =
                    self.db.prepare_cached("SELECT * FROM tasks WHERE fingerprint = ?1")?;
                let answer = get.query_row([fingerprint], |row| one(StatusCode::OK, row))??;
                Ok(Written { answer, event: None })
            }
        }
    }

    /// Sets a task's priority.
    pub fn update(&self, id: &str, priority: &str) -> Result<Written> {
        let rank =
            PRIORITIES.iter().position(|name| *name == priority).context("no such priority")?;
        let mut update = self.db.prepare_cached(
            "UPDATE tasks SET priority = ?1, version = version + 1, updated_at = ?2 WHERE id = ?3 RETURNING *",
        )?;
        let changed = update
            .query_row(params![rank, self.at, number(id)?], |row| one(StatusCode::OK, row))
            .optional()?;
        self.announce_if(changed, StatusCode::NOT_FOUND, "NOT_FOUND")
    }

    /// Gives a task to an agent, once.
    pub fn claim(&self, id: &str, agent: &str) -> Result<Written> {
        let mut claim = self.db.prepare_cached(
            "UPDATE tasks SET status = 'in_progress', agent = ?1, version = version + 1, updated_at = ?2
             WHERE id = ?3 AND status = 'todo' RETURNING *",
        )?;
        let changed = claim
            .query_row(params![agent, self.at, number(id)?], |row| one(StatusCode::OK, row))
            .optional()?;
        self.announce_if(changed, StatusCode::CONFLICT, "TASK_NOT_CLAIMABLE")
    }

    /// Says something in the chat.
    pub fn chat(&self, author: &str, text: &str) -> Result<Written> {
        #[derive(Serialize)]
        struct Message<'a> {
            id: String,
            from: &'a str,
            text: &'a str,
            at: &'a str,
        }
        let mut insert =
            self.db.prepare_cached("INSERT INTO chat (author, text, at) VALUES (?1, ?2, ?3)")?;
        let id = insert.insert(params![author, text, self.at])?;
        let message = Message { id: format!("M{id}"), from: author, text, at: &self.at };
        self.announce("chat.message", success(StatusCode::CREATED, "message", &message)?)
    }

    fn announce_if(
        &self,
        changed: Option<Result<Answer>>,
        status: StatusCode,
        code: &str,
    ) -> Result<Written> {
        match changed {
            Some(answer) => self.announce("task.updated", answer?),
            None => Ok(Written { answer: failure(status, code), event: None }),
        }
    }

    /// Stores the event with the change and makes the frame for the readers.
    fn announce(&self, kind: &str, answer: Answer) -> Result<Written> {
        let data = std::str::from_utf8(&answer.body)?;
        let mut insert =
            self.db.prepare_cached("INSERT INTO events (type, data, at) VALUES (?1, ?2, ?3)")?;
        let seq = insert.insert(params![kind, data, self.at])?;
        let frame = format!(
            "id: {seq}\nevent: {kind}\ndata: {{\"seq\":{seq},\"type\":\"{kind}\",\"at\":\"{}\",\"data\":{data}}}\n\n",
            self.at
        );
        Ok(Written { answer, event: Some(frame.into()) })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Task<'row> {
    id: String,
    title: &'row str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'row str>,
    status: &'row str,
    priority: &'static str,
    assigned_to: Option<&'row str>,
    version: i64,
    created_at: &'row str,
    updated_at: &'row str,
}

impl<'row> Task<'row> {
    fn read(row: &'row Row<'_>, whole: bool) -> Result<Self> {
        let text = |column| -> Result<&'row str> { Ok(row.get_ref(column)?.as_str()?) };
        let priority: usize = row.get("priority")?;
        Ok(Self {
            id: format!("T{}", row.get::<_, i64>("id")?),
            title: text("title")?,
            description: if whole { Some(text("description")?) } else { None },
            status: text("status")?,
            priority: PRIORITIES.get(priority).context("no such priority")?,
            assigned_to: row.get_ref("agent")?.as_str_or_null()?,
            version: row.get("version")?,
            created_at: text("created_at")?,
            updated_at: text("updated_at")?,
        })
    }
}

/// The answer with one task, inside the result that rusqlite's row callbacks want.
fn one(status: StatusCode, row: &Row<'_>) -> rusqlite::Result<Result<Answer>> {
    Ok(Task::read(row, true).and_then(|task| success(status, "task", &task)))
}

fn success(status: StatusCode, name: &str, value: &impl Serialize) -> Result<Answer> {
    let mut body = format!(r#"{{"success":true,"data":{{"{name}":"#).into_bytes();
    serde_json::to_writer(&mut body, value)?;
    body.extend_from_slice(b"}}");
    Ok(Answer { status, body: body.into() })
}

fn failure(status: StatusCode, code: &str) -> Answer {
    let body = format!(r#"{{"success":false,"error":{{"code":"{code}"}}}}"#);
    Answer { status, body: body.into() }
}

fn number(id: &str) -> Result<i64> {
    id.strip_prefix('T').and_then(|digits| digits.parse().ok()).context("not the id of a task")
}
