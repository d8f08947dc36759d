//! How the board is doing.

use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::{Operation, Query, Spec, Toolset};
use crate::error::Result;
use crate::model::task::words;
use crate::model::things::Scope;
use crate::store::ReadTx;

words! {
    /// How bad it is.
    Level {
        /// As it should be.
        Ok = "ok",
        /// Worth a look.
        Warning = "warning",
        /// Somebody should act.
        Critical = "critical",
    }
}

/// Check the board's health against thresholds.
///
/// Share of failed work, work without a sign of life, queues, disk and log. The worst level is the report's.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetHealthReport {}

/// One figure against its thresholds.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Indicator {
    /// What is measured.
    pub name: &'static str,
    /// The figure.
    pub value: f64,
    /// From here on it is a warning.
    pub warning: f64,
    /// From here on it is critical.
    pub critical: f64,
    /// Where the figure stands.
    pub level: Level,
    /// What it means, and what to do when it is not ok.
    pub meaning: &'static str,
}

/// The report.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HealthOutput {
    /// The worst of all levels.
    pub level: Level,
    /// All figures.
    pub indicators: Vec<Indicator>,
}

impl Operation for GetHealthReport {
    const SPEC: Spec = Spec::new(
        "get_health_report",
        Method::GET,
        "/health-report",
        Scope::Read,
        Toolset::Observe,
    );
    type Output = HealthOutput;
}

impl Query for GetHealthReport {
    fn run(self, db: &ReadTx<'_>) -> Result<HealthOutput> {
        let figures = db.health_figures()?;
        let indicator = |name, value: f64, warning: f64, critical: f64, meaning| Indicator {
            name,
            value,
            warning,
            critical,
            level: if value >= critical {
                Level::Critical
            } else if value >= warning {
                Level::Warning
            } else {
                Level::Ok
            },
            meaning,
        };
        let indicators = vec![
            indicator(
                "task_failure_rate",
                figures.failure_rate,
                0.2,
                0.5,
                "share of the attempts ended in the last hour that failed; read their results",
            ),
            indicator(
                "leases_lost",
                figures.leases_lost,
                3.0,
                10.0,
                "leases that ran out in the last hour: agents end without a word; look for crashes",
            ),
            indicator(
                "stale_tasks",
                figures.stale,
                5.0,
                15.0,
                "tasks in progress without a change for 30 minutes; ask their holders or release them",
            ),
            indicator(
                "reviews_waiting",
                figures.reviews_waiting,
                10.0,
                30.0,
                "pieces of work that wait for a review; agents can't go on without it",
            ),
            indicator(
                "needs_human",
                figures.needs_human,
                1.0,
                10.0,
                "tasks that failed too often and are no longer handed out; decide on each",
            ),
            indicator(
                "cleanup_backlog",
                figures.cleanup_backlog,
                10.0,
                50.0,
                "leases and locks past their end that are still there; the server is behind",
            ),
        ];
        let level = indicators.iter().map(|indicator| indicator.level).max().unwrap_or(Level::Ok);
        Ok(HealthOutput { level, indicators })
    }
}
