//! The threads that read. Dedicated threads cost half the processor time of the runtime's blocking pool.

use std::path::Path;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use r2d2::{ManageConnection, Pool};
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, TransactionBehavior};

use super::schema::{self, OpenError};
use crate::env::{SharedEnv, Stopwatch};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::time::Timestamp;

/// A read: handed a connection inside a transaction (or why there is none) and the time.
pub(super) type Job = Box<dyn FnOnce(Result<&Connection>, Timestamp) + Send>;

#[derive(Clone)]
pub(super) struct Readers(Sender<Job>);

impl Readers {
    pub(super) fn start(path: &Path, env: SharedEnv) -> Result<Self, OpenError> {
        let manager = SqliteConnectionManager::file(schema::uri(path))
            .with_flags(schema::reading())
            .with_init(|connection| {
                schema::configure(connection)?;
                connection.execute_batch("PRAGMA query_only = ON;")
            });
        let pool = Pool::builder().max_size(limits::READERS).min_idle(Some(1)).build(manager)?;
        let (send, receive) = bounded::<Job>(limits::READ_QUEUE);
        for number in 0..limits::READERS {
            let (pool, receive, env) = (pool.clone(), receive.clone(), Arc::clone(&env));
            thread::Builder::new()
                .name(format!("store-reader-{number}"))
                .spawn(move || serve(&pool, &receive, &env))?;
        }
        Ok(Self(send))
    }

    pub(super) fn send(&self, job: Job) -> Result<()> {
        self.0.try_send(job).map_err(|_| super::overloaded())
    }
}

fn serve<M: ManageConnection<Connection = Connection>>(
    pool: &Pool<M>,
    jobs: &Receiver<Job>,
    env: &SharedEnv,
) {
    for job in jobs {
        match pool.get() {
            Ok(mut connection) => run(&mut connection, job, env.now()),
            Err(error) => job(Err(Error::internal(error)), env.now()),
        }
    }
}

fn run(connection: &mut Connection, job: Job, now: Timestamp) {
    let watch = Stopwatch::start();
    // Every 20,000 steps of the virtual machine is often enough to end a read in time and too seldom to cost anything.
    if let Err(error) =
        connection.progress_handler(20_000, Some(move || watch.elapsed() > limits::READ_TIME))
    {
        return job(Err(error.into()), now);
    }
    match connection.transaction_with_behavior(TransactionBehavior::Deferred) {
        Ok(transaction) => {
            // A panic in one read must not take the thread with it; its caller learns of it by the dropped channel.
            if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(Ok(&transaction), now)))
                .is_err()
            {
                tracing::error!("a read panicked");
            }
        }
        Err(error) => job(Err(error.into()), now),
    }
}
