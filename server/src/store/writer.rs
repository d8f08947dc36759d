//! The one thread that writes, with group commit: it takes what has come, runs each command in a savepoint of its own
//! inside one transaction, commits once with an fsync, and only then answers all callers and publishes their events.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use rusqlite::{Connection, ErrorCode};
use tokio::sync::oneshot;

use super::feed::{Feed, Frame};
use super::log::Log;
use super::tx::{Caller, Salvage, WriteTx};
use crate::env::SharedEnv;
use crate::error::{Error, Result};
use crate::limits;
use crate::model::time::Timestamp;

/// One command on its way through a batch.
trait Job: Send {
    /// Who asks.
    fn caller(&self) -> Arc<Caller>;
    /// Runs it; `false` when it was refused and has to be rolled back.
    fn run(&mut self, tx: &mut WriteTx<'_>) -> bool;
    /// Makes a fault of the server its answer.
    fn fault(&mut self, error: Error);
    /// Sends the answer, after the commit.
    fn answer(self: Box<Self>);
}

struct Command<F, G, T> {
    caller: Arc<Caller>,
    run: Option<F>,
    committed: G,
    outcome: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<F, G, T> Job for Command<F, G, T>
where
    F: FnOnce(&mut WriteTx<'_>) -> Result<T> + Send,
    G: FnOnce(&T) + Send,
    T: Send,
{
    fn caller(&self) -> Arc<Caller> {
        Arc::clone(&self.caller)
    }

    fn run(&mut self, tx: &mut WriteTx<'_>) -> bool {
        let outcome = self.run.take().map(|run| run(tx));
        let accepted = matches!(outcome, Some(Ok(_)));
        self.outcome = outcome;
        accepted
    }

    fn fault(&mut self, error: Error) {
        self.outcome = Some(Err(error));
    }

    fn answer(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            if let Ok(output) = &outcome {
                (self.committed)(output);
            }
            // A caller that went away does not cancel its write; there is just nobody to tell.
            let _ = self.reply.send(outcome);
        }
    }
}

/// The way to the writer's thread.
#[derive(Clone)]
pub(super) struct Writer(Sender<Message>);

/// What the writer's thread is told.
enum Message {
    /// To run a command.
    Run(Box<dyn Job>),
    /// To leave a whole file behind, and end.
    Close(oneshot::Sender<()>),
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        log: Log,
        feed: Arc<Feed>,
        env: SharedEnv,
        file: OpenFile,
    ) -> std::io::Result<Self> {
        let (send, receive) = bounded(limits::WRITE_QUEUE);
        let thread = Thread { connection, log, feed, env, file };
        thread::Builder::new().name("store-writer".to_owned()).spawn(move || {
            if catch_unwind(AssertUnwindSafe(|| thread.serve(&receive))).is_err() {
                tracing::error!(
                    "the writer's thread panicked; ending, since nothing could be written any more"
                );
                std::process::abort();
            }
        })?;
        Ok(Self(send))
    }

    pub(super) fn send<T: Send + 'static>(
        &self,
        caller: Arc<Caller>,
        run: impl FnOnce(&mut WriteTx<'_>) -> Result<T> + Send + 'static,
        committed: impl FnOnce(&T) + Send + 'static,
        reply: oneshot::Sender<Result<T>>,
    ) -> Result<()> {
        self.0
            .try_send(Message::Run(Box::new(Command {
                caller,
                run: Some(run),
                committed,
                outcome: None,
                reply,
            })))
            .map_err(|_| super::overloaded())
    }

    /// Ends the thread after what is queued, with everything in the database's own file. Nothing can be written
    /// afterwards.
    pub(super) async fn close(&self) {
        let (reply, closed) = oneshot::channel();
        let sender = self.0.clone();
        let sent = tokio::task::spawn_blocking(move || sender.send(Message::Close(reply)).is_ok());
        if sent.await.unwrap_or(false) && closed.await.is_err() {
            tracing::warn!("the writer ended without a word");
        }
    }

    pub(super) fn queued(&self) -> usize {
        self.0.len()
    }
}

struct Thread {
    connection: Connection,
    log: Log,
    feed: Arc<Feed>,
    env: SharedEnv,
    file: OpenFile,
}

impl Thread {
    fn serve(mut self, messages: &Receiver<Message>) {
        let mut closing = None;
        while closing.is_none()
            && let Ok(first) = messages.recv()
        {
            // Whatever came while the last batch was committed. Waiting for more would make a lone caller slower and
            // a crowd no faster: the fsync itself is the time in which the next batch gathers.
            let mut batch = Vec::new();
            for message in std::iter::once(first).chain(messages.try_iter()) {
                match message {
                    Message::Run(job) => batch.push(job),
                    Message::Close(reply) => closing = Some(reply),
                }
                if batch.len() == limits::BATCH || closing.is_some() {
                    break;
                }
            }
            self.transact(batch);
        }
        // A clean end leaves no log to recover: who copies the file has the whole board.
        if let Err(error) = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the last checkpoint did not finish; the next start does it");
        }
        if let Some(reply) = closing {
            let _ = reply.send(());
        }
    }

    fn transact(&mut self, mut batch: Vec<Box<dyn Job>>) {
        if batch.is_empty() {
            return;
        }
        let before = self.log.clone();
        match self.run(&mut batch) {
            Ok(frames) => self.feed.publish(&frames),
            Err(error) => {
                self.log = before;
                let failure = Error::from(error);
                for job in &mut batch {
                    job.fault(failure.clone());
                }
            }
        }
        for job in batch {
            job.answer();
        }
    }

    fn run(&mut self, batch: &mut [Box<dyn Job>]) -> rusqlite::Result<Vec<Arc<Frame>>> {
        let now = self.env.now();
        self.statement("BEGIN IMMEDIATE")?;
        let mut frames = Vec::with_capacity(batch.len());
        let outcome = batch
            .iter_mut()
            .try_for_each(|job| self.command(job.as_mut(), now, &mut frames))
            .and_then(|()| self.file.check())
            .and_then(|()| self.statement("COMMIT"));
        if let Err(error) = outcome {
            end_on_io_error(&error);
            if !self.connection.is_autocommit() {
                self.statement("ROLLBACK")?;
            }
            return Err(error);
        }
        Ok(frames)
    }

    /// One command in its savepoint. An error here is SQLite's own and ends the batch; a refusal is the command's.
    fn command(
        &mut self,
        job: &mut dyn Job,
        now: Timestamp,
        frames: &mut Vec<Arc<Frame>>,
    ) -> rusqlite::Result<()> {
        let caller = job.caller();
        let salvage = self.savepoint(&caller, now, frames, |tx| job.run(tx))?;
        let Some(salvage) = salvage else { return Ok(()) };
        let mut salvage = Some(salvage);
        self.savepoint(&caller, now, frames, |tx| {
            salvage.take().is_some_and(|run| run(tx).is_ok())
        })?;
        Ok(())
    }

    /// Runs `f` in a savepoint; gives back what is still to be done when it was refused.
    fn savepoint(
        &mut self,
        caller: &Caller,
        now: Timestamp,
        frames: &mut Vec<Arc<Frame>>,
        f: impl FnOnce(&mut WriteTx<'_>) -> bool,
    ) -> rusqlite::Result<Option<Salvage>> {
        let before = self.log.clone();
        self.statement("SAVEPOINT command")?;
        let mut tx = WriteTx::new(&self.connection, caller, now, self.env.as_ref(), &mut self.log);
        let accepted = catch_unwind(AssertUnwindSafe(|| f(&mut tx))).unwrap_or_else(|_| {
            tracing::error!("a command panicked");
            false
        });
        let (emitted, salvage) = (std::mem::take(&mut tx.frames), tx.salvage.take());
        // A full disk may have rolled the whole transaction back already, whatever the command made of it.
        if self.connection.is_autocommit() {
            return Err(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL),
                None,
            ));
        }
        if accepted {
            frames.extend(emitted);
            self.statement("RELEASE command")?;
            return Ok(None);
        }
        self.log = before;
        self.statement("ROLLBACK TO command")?;
        self.statement("RELEASE command")?;
        Ok(salvage)
    }

    fn statement(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(drop)
    }
}

/// The database's file as it was when it was opened. SQLite goes on writing into a file that was moved or deleted, and
/// what it acknowledges then is nowhere that the next start looks.
#[derive(Debug, Clone)]
pub(super) struct OpenFile {
    path: PathBuf,
    identity: Option<(u64, u64)>,
}

impl OpenFile {
    /// Notes which file stands at the path now.
    pub(super) fn at(path: &Path) -> std::io::Result<Self> {
        Ok(Self { path: path.to_owned(), identity: identity(path)? })
    }

    /// Refuses a commit when another file stands there, or none.
    fn check(&self) -> rusqlite::Result<()> {
        if identity(&self.path).is_ok_and(|now| now == self.identity) {
            return Ok(());
        }
        tracing::error!(path = %self.path.display(), "the database's file was moved, deleted or replaced; nothing is written any more");
        let moved = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_READONLY_DBMOVED);
        Err(rusqlite::Error::SqliteFailure(moved, None))
    }
}

/// Device and number of a file; none where the system lets nobody move a file that is open.
fn identity(path: &Path) -> std::io::Result<Option<(u64, u64)>> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let facts = path.metadata()?;
        Ok(Some((facts.dev(), facts.ino())))
    }
    #[cfg(not(unix))]
    {
        path.metadata().map(|_| None)
    }
}

/// After a failed fsync the kernel may have dropped the pages that were to be written and called them clean, so a
/// second try could "succeed" without them. Only a new process that reads the disk knows what is there.
pub(super) fn end_on_io_error(error: &rusqlite::Error) {
    if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) {
        tracing::error!(%error, "the disk failed a write; ending so that nothing is acknowledged that is not there");
        std::process::abort();
    }
}
