//! The figures behind the health report.

use rusqlite::params;

use super::tx::ReadTx;
use crate::error::Result;

/// What the health report measures.
#[derive(Debug, Clone, Copy, Default)]
pub struct HealthFigures {
    /// Share of the attempts ended in the last hour that failed.
    pub failure_rate: f64,
    /// Leases that ran out in the last hour.
    pub leases_lost: f64,
    /// Tasks in progress without a change for 30 minutes.
    pub stale: f64,
    /// Tasks in review.
    pub reviews_waiting: f64,
    /// Unfinished tasks flagged for a person.
    pub needs_human: f64,
    /// Leases and locks past their end.
    pub cleanup_backlog: f64,
}

impl ReadTx<'_> {
    /// Measures the board.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn health_figures(&self) -> Result<HealthFigures> {
        let minutes =
            |minutes: u64| self.now().before(std::time::Duration::from_secs(minutes * 60));
        let one = |sql: &str, params: &[&dyn rusqlite::ToSql]| -> Result<f64> {
            Ok(self.row(sql, params, |row| row.get(0))?.unwrap_or(0.0))
        };
        Ok(HealthFigures {
            failure_rate: one("SELECT coalesce(avg(outcome = 'failed'), 0.0) FROM attempts WHERE ended_at > ?", params![minutes(60)])?,
            leases_lost: one("SELECT 1.0 * count(*) FROM attempts WHERE outcome = 'lease_ended' AND ended_at > ?", params![minutes(60)])?,
            stale: one(
                "SELECT 1.0 * count(*) FROM tasks WHERE status = 'in_progress' AND deleted_at IS NULL AND updated_at <= ?",
                params![minutes(30)],
            )?,
            reviews_waiting: one("SELECT 1.0 * count(*) FROM tasks WHERE status = 'in_review' AND deleted_at IS NULL", &[])?,
            needs_human: one(
                "SELECT 1.0 * count(*) FROM tasks INDEXED BY tasks_flagged WHERE needs_human = 1 AND status NOT IN ('done', 'cancelled') AND deleted_at IS NULL",
                &[],
            )?,
            cleanup_backlog: one(
                "SELECT 1.0 * (SELECT count(*) FROM tasks WHERE lease_agent IS NOT NULL AND lease_expires_at <= ?1)
                   + (SELECT count(*) FROM locks WHERE expires_at <= ?1 AND task_id IS NULL)",
                params![minutes(1)],
            )?,
        })
    }
}
