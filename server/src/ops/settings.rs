//! What the person can set.

use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::{Command, Operation, Query, Spec, Toolset};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::settings::Settings;
use crate::model::text::{Patch, Whole, Word};
use crate::model::things::Scope;
use crate::store::{ReadTx, WriteTx};

/// Read the board's settings.
///
/// Leases, reviews, rates, budget, pause.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetSettings {}

/// The settings.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SettingsOutput {
    /// All of them.
    pub settings: Settings,
}

impl Operation for GetSettings {
    const SPEC: Spec =
        Spec::new("get_settings", Method::GET, "/settings", Scope::Read, Toolset::Observe);
    type Output = SettingsOutput;
}

impl Query for GetSettings {
    fn run(self, db: &ReadTx<'_>) -> Result<SettingsOutput> {
        Ok(SettingsOutput { settings: db.settings()? })
    }
}

/// Change the board's settings.
///
/// Fields left out keep their value; they hold from the next call on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[derive(Default)]
pub struct UpdateSettings {
    /// The name shown on the board.
    pub project_name: Option<Word>,
    /// Whether a new task needs a review unless it says otherwise.
    pub requires_review: Option<bool>,
    /// How long a lease lasts unless the claim says otherwise.
    pub lease_seconds: Option<Whole<{ limits::LEASE_SECONDS_MIN }, { limits::LEASE_SECONDS_MAX }>>,
    /// After this many attempts a task is flagged for a person.
    pub max_attempts: Option<Whole<1, 100>>,
    /// After this many releases a task is flagged for a person.
    pub max_releases: Option<Whole<1, 100>>,
    /// Reads a minute per key and agent.
    pub reads_per_minute: Option<Whole<1, 10_000_000>>,
    /// Writes a minute per key and agent.
    pub writes_per_minute: Option<Whole<1, 10_000_000>>,
    /// US dollars a calendar month (UTC) after which no task can be claimed; null: no limit.
    pub monthly_budget_usd: Patch<f64>,
    /// Whether all writes but the person's are refused.
    pub paused: Option<bool>,
}

impl Operation for UpdateSettings {
    const SPEC: Spec =
        Spec::new("update_settings", Method::PATCH, "/settings", Scope::Admin, Toolset::Observe)
            .idempotent()
            .example(r#"{"leaseSeconds":900,"monthlyBudgetUsd":200}"#);
    type Output = SettingsOutput;
}

impl Command for UpdateSettings {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<SettingsOutput> {
        let before = tx.settings()?;
        let narrow = |value: Option<u32>, current: u32| value.unwrap_or(current);
        let rate = |whole: Option<Whole<1, 10_000_000>>| {
            whole.and_then(|whole| u32::try_from(whole.0).ok())
        };
        let count = |whole: Option<Whole<1, 100>>, current: i64| {
            whole.and_then(|whole| i64::try_from(whole.0).ok()).unwrap_or(current)
        };
        let mut settings = Settings {
            project_name: self.project_name.map_or(before.project_name.clone(), Word::into_string),
            requires_review: self.requires_review.unwrap_or(before.requires_review),
            lease_seconds: self.lease_seconds.map_or(before.lease_seconds, |seconds| seconds.0),
            max_attempts: count(self.max_attempts, before.max_attempts),
            max_releases: count(self.max_releases, before.max_releases),
            reads_per_minute: narrow(rate(self.reads_per_minute), before.reads_per_minute),
            writes_per_minute: narrow(rate(self.writes_per_minute), before.writes_per_minute),
            monthly_budget_usd: before.monthly_budget_usd,
            paused: self.paused.unwrap_or(before.paused),
        };
        if let Patch::Set(budget) = &self.monthly_budget_usd
            && !(budget.is_finite() && *budget >= 0.0)
        {
            return Err(Error::invalid(
                "monthlyBudgetUsd",
                format!("`monthlyBudgetUsd` is {budget}; 0 or more dollars are allowed"),
            ));
        }
        self.monthly_budget_usd.apply(&mut settings.monthly_budget_usd);
        if settings != before {
            tx.put_settings(&settings)?;
            tx.emit("settings.updated", None, &serde_json::json!({ "settings": settings }))?;
        }
        Ok(SettingsOutput { settings })
    }
}
