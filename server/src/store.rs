//! The board on disk: one thread that writes, a few that read, and the feed of what was committed.

mod agents;
mod chat;
mod feed;
mod health;
mod keys;
mod knowledge;
mod locks;
mod log;
mod meta;
mod notices;
mod readers;
mod requests;
mod schema;
mod sessions;
mod sql;
mod tasks;
mod tx;
mod work;
mod writer;

use std::path::Path;
use std::sync::Arc;

use tokio::sync::oneshot;

pub use self::agents::Seen;
pub use self::feed::{Feed, Frame, visibility};
pub use self::health::HealthFigures;
pub use self::keys::KeyRow;
pub use self::knowledge::KnowledgeFilter;
pub use self::requests::Replay;
pub use self::schema::OpenError;
pub use self::tasks::{NewTask, TaskFilter, TaskRow};
pub use self::tx::{Caller, ReadTx, WriteTx};
pub use self::work::{Ended, Skipped};
use crate::env::SharedEnv;
use crate::error::{Code, Error, Result};

/// The board's state. Cheap to clone; the threads end when the last clone is dropped.
#[derive(Clone)]
pub struct Store {
    writer: writer::Writer,
    readers: readers::Readers,
    feed: Arc<Feed>,
    env: SharedEnv,
    epoch: Arc<str>,
    board: Arc<str>,
}

impl Store {
    /// Opens (or creates) the database and starts the threads.
    ///
    /// # Errors
    /// When the file can't be used; see [`OpenError`].
    pub fn open(path: &Path, env: SharedEnv) -> Result<Self, OpenError> {
        let connection = schema::open_writer(path)?;
        let identity = meta::identity(&connection, env.as_ref())?;
        let log = log::Log::load(&connection, identity.epoch.clone())?;
        let feed = Arc::new(Feed::new(log.seq()));
        let writer = writer::Writer::start(
            connection,
            log,
            Arc::clone(&feed),
            Arc::clone(&env),
            writer::OpenFile::at(path)?,
        )?;
        let readers = readers::Readers::start(path, Arc::clone(&env))?;
        Ok(Self {
            writer,
            readers,
            feed,
            env,
            epoch: identity.epoch.into(),
            board: identity.board.into(),
        })
    }

    /// Runs `f` on one consistent state. Any number run at once.
    ///
    /// # Errors
    /// What `f` answers; `OVERLOADED` when too much is waiting.
    pub async fn read<T: Send + 'static>(
        &self,
        caller: Arc<Caller>,
        f: impl FnOnce(&ReadTx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.readers.send(Box::new(move |connection, now| {
            // A caller that went away needs no answer, and a read without a listener is not worth running.
            if !reply.is_closed() {
                let _ = reply.send(
                    connection.and_then(|connection| f(&ReadTx::new(connection, &caller, now))),
                );
            }
        }))?;
        answer.await.map_err(|_| Error::internal("a reader ended without an answer"))?
    }

    /// Runs `f` alone. If it fails nothing happened; if it succeeds it is on disk when this returns, and its events
    /// follow. A caller that goes away does not cancel its write.
    ///
    /// # Errors
    /// What `f` answers; `OVERLOADED` when too much is waiting; `DISK_FULL` when the commit found no space.
    pub async fn write<T: Send + 'static>(
        &self,
        caller: Arc<Caller>,
        f: impl FnOnce(&mut WriteTx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.write_then(caller, f, |_| ()).await
    }

    /// Like [`Self::write`], and once `f` is on disk does `committed` with its outcome: in the order of the commits,
    /// before any of their answers goes out, and also when the caller has gone away.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn write_then<T: Send + 'static>(
        &self,
        caller: Arc<Caller>,
        f: impl FnOnce(&mut WriteTx<'_>) -> Result<T> + Send + 'static,
        committed: impl FnOnce(&T) + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.writer.send(caller, f, committed, reply)?;
        answer.await.map_err(|_| Error::internal("the writer ended without an answer"))?
    }

    /// Ends the writing: what is queued is done, and the whole board is in its one file. Later writes are refused.
    pub async fn close(&self) {
        self.writer.close().await;
    }

    /// The live feed.
    #[must_use]
    pub fn feed(&self) -> &Arc<Feed> {
        &self.feed
    }

    /// Time and randomness.
    #[must_use]
    pub fn env(&self) -> &SharedEnv {
        &self.env
    }

    /// Names this life of the log: a restore makes a new one, so that no client goes on from a position of another.
    #[must_use]
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// The board's id.
    #[must_use]
    pub fn board(&self) -> &str {
        &self.board
    }

    /// Writes that wait at this moment.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.writer.queued()
    }
}

fn overloaded() -> Error {
    Error::new(Code::Overloaded, "more is waiting than the server takes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board(folder: &tempfile::TempDir) -> Store {
        Store::open(&folder.path().join("board.db"), Arc::new(crate::env::System)).unwrap()
    }

    /// What a full disk does: SQLite rolls the whole transaction back in the middle of a command.
    fn full(tx: &mut WriteTx<'_>) -> Result<()> {
        tx.part(|tx| {
            tx.execute("ROLLBACK", [])?;
            Err(Error::new(Code::Conflict, "this part failed"))
        })
    }

    #[tokio::test]
    async fn nothing_is_kept_of_a_command_whose_transaction_was_rolled_back_under_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = board(&folder);
        let system = || Arc::new(Caller::system());
        let head = store.feed().head();
        let outcome = store.write(system(), |tx| {
            tx.say("before", None, None)?;
            let _ = full(tx);
            // A command that answers part by part goes on with the next one.
            let after = tx.part(|tx| tx.say("after", None, None));
            assert_eq!(after.unwrap_err().code, Code::DiskFull);
            Ok(())
        });
        assert_eq!(outcome.await.unwrap_err().code, Code::DiskFull);
        assert_eq!(store.feed().head(), head);
        store.write(system(), |tx| tx.say("later", None, None)).await.unwrap();
        let chat = store.read(system(), |db| db.chat(None, None, 10)).await.unwrap();
        assert_eq!(chat.iter().map(|message| message.text.as_str()).collect::<Vec<_>>(), ["later"]);
        assert_eq!(store.feed().head(), head + 1);
    }

    #[tokio::test]
    async fn a_command_that_panics_leaves_nothing_and_the_next_one_runs() {
        let folder = tempfile::tempdir().unwrap();
        let store = board(&folder);
        let system = || Arc::new(Caller::system());
        let outcome: Result<()> = store
            .write(system(), |tx| {
                tx.say("before", None, None)?;
                panic!("a fault in a command");
            })
            .await;
        assert_eq!(outcome.unwrap_err().code, Code::Internal);
        store.write(system(), |tx| tx.say("later", None, None)).await.unwrap();
        let chat = store.read(system(), |db| db.chat(None, None, 10)).await.unwrap();
        assert_eq!(chat.len(), 1);
    }

    #[tokio::test]
    async fn one_more_than_the_queue_takes_is_refused_at_once_and_what_waits_is_done() {
        let folder = tempfile::tempdir().unwrap();
        let store = board(&folder);
        let system = || Arc::new(Caller::system());
        let (go, hold) = std::sync::mpsc::channel::<()>();
        let (begun, begins) = oneshot::channel();
        let busy = store.clone();
        let busy = tokio::spawn(async move {
            let held = move |_: &mut WriteTx<'_>| {
                begun.send(()).unwrap();
                hold.recv().unwrap();
                Ok(())
            };
            busy.write(system(), held).await
        });
        begins.await.unwrap();
        let mut waiting = tokio::task::JoinSet::new();
        for _ in 0..crate::limits::WRITE_QUEUE {
            let store = store.clone();
            waiting.spawn(
                async move { store.write(system(), |tx| tx.say("hello", None, None)).await },
            );
        }
        while store.queued() < crate::limits::WRITE_QUEUE {
            tokio::task::yield_now().await;
        }
        let refused = store.write(system(), |tx| tx.say("too much", None, None)).await;
        assert_eq!(refused.unwrap_err().code, Code::Overloaded);
        go.send(()).unwrap();
        busy.await.unwrap().unwrap();
        while let Some(done) = waiting.join_next().await {
            done.unwrap().unwrap();
        }
        assert_eq!(usize::try_from(store.feed().head()).unwrap(), crate::limits::WRITE_QUEUE);
    }
}
