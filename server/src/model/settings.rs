//! What the person can set for one board.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The board's settings. A field that an older version did not know has its default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// The name shown on the board.
    pub project_name: String,
    /// Whether a new task needs a review unless it says otherwise.
    pub requires_review: bool,
    /// How long a lease lasts unless the claim says otherwise, in seconds.
    pub lease_seconds: u64,
    /// After this many attempts a task is flagged for a person.
    pub max_attempts: i64,
    /// After this many releases a task is flagged for a person.
    pub max_releases: i64,
    /// Reads a minute per key and agent.
    pub reads_per_minute: u32,
    /// Writes a minute per key and agent. Heartbeats, releases and completions have a budget of their own of the same size.
    pub writes_per_minute: u32,
    /// US dollars a calendar month (UTC) after which no task can be claimed; null: no limit.
    pub monthly_budget_usd: Option<f64>,
    /// Whether all writes but the person's are refused.
    pub paused: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            project_name: String::new(),
            requires_review: true,
            lease_seconds: 600,
            max_attempts: 5,
            max_releases: 3,
            reads_per_minute: 600,
            writes_per_minute: 300,
            monthly_budget_usd: None,
            paused: false,
        }
    }
}
