//! What the server does by itself, as commands that a timer runs: leases and locks that end, tasks that expire,
//! answers that are forgotten, and the grace after a restart or a suspended machine.

use std::sync::Arc;

use serde_json::json;

use super::tasks::life;
use crate::error::Result;
use crate::store::{Ended, ReadTx, Seen, Store, WriteTx};

/// Ends what has run out. Looks first, so that an idle board writes nothing.
///
/// # Errors
/// When the board can't be read or written; the next look tries again.
pub async fn sweep(store: &Store) -> Result<()> {
    let system = Arc::new(crate::store::Caller::system());
    let due = |db: &ReadTx<'_>| {
        Ok(!(db.ended_leases()?.is_empty()
            && db.ended_locks()?.is_empty()
            && db.expired_tasks()?.is_empty()))
    };
    if store.read(Arc::clone(&system), due).await? {
        store
            .write(system, |tx| {
                end_leases(tx)?;
                tx.end_locks()?;
                expire_tasks(tx)
            })
            .await?;
    }
    Ok(())
}

/// Puts tasks whose lease has run out back to todo.
///
/// # Errors
/// When it can't be stored.
pub fn end_leases(tx: &mut WriteTx<'_>) -> Result<()> {
    for id in tx.ended_leases()? {
        let row = tx.any_task(id)?;
        let Some(lease) = row.task.lease.clone() else { continue };
        let reason = format!("the lease of {} ran out at {}", lease.agent, lease.expires_at);
        life::put_back(tx, &row, Ended::LeaseEnded, "lease_ended", Some(&reason))?;
        tx.emit(
            "lease.ended",
            Some(id.to_string()),
            &json!({"taskId": id, "agent": lease.agent, "fence": lease.fence}),
        )?;
    }
    Ok(())
}

/// Cancels tasks that nobody has claimed in their time.
///
/// # Errors
/// When it can't be stored.
pub fn expire_tasks(tx: &mut WriteTx<'_>) -> Result<()> {
    for id in tx.expired_tasks()? {
        life::cancel(tx, id, "cancelled", Some("its time ran out before anybody claimed it"))?;
    }
    Ok(())
}

/// What a server does before it listens: a new board is named after its folder, and live leases get their full time.
/// Says how many leases are live.
///
/// # Errors
/// When it can't be stored.
pub fn begin(tx: &mut WriteTx<'_>, folder: &str) -> Result<usize> {
    let mut settings = tx.settings()?;
    if settings.project_name.is_empty() {
        settings.project_name = folder.to_owned();
        tx.put_settings(&settings)?;
        tx.emit("settings.updated", None, &json!({ "settings": settings }))?;
    }
    grant_grace(tx)
}

/// Gives every live lease and lock its full time again: nobody loses one for time in which no call could be answered.
///
/// # Errors
/// When it can't be stored.
pub fn grant_grace(tx: &mut WriteTx<'_>) -> Result<usize> {
    let held = tx.leased_tasks()?;
    for id in &held {
        let row = tx.any_task(*id)?;
        life::renew(tx, row.clone(), row, None, "renewed")?;
    }
    let locks = tx.extend_locks()?;
    if !locks.is_empty() {
        tx.emit("lock.renewed", None, &json!({ "locks": locks }))?;
    }
    Ok(held.len())
}

/// Writes down who was last seen when and which keys were used, and forgets old answers.
///
/// # Errors
/// When it can't be stored.
pub fn flush(
    tx: &mut WriteTx<'_>,
    seen: &[Seen],
    used: &[(String, crate::model::time::Timestamp)],
) -> Result<()> {
    for agent in seen {
        tx.see_agent(agent)?;
    }
    for (key, at) in used {
        tx.used_key(key, *at)?;
    }
    tx.prune_requests().map(drop)
}
