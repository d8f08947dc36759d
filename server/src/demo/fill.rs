//! Fills a board with many tasks at once, to see how it carries a load.

use anyhow::{Context as _, ensure};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Map, Value, json};

use super::dice::Dice;
use super::plan::Plan;
use super::{VENDORS, words};
use crate::api::Api;
use crate::client::Client;
use crate::limits;

/// Calls under way at once: the server writes what comes together in one commit.
const AT_ONCE: usize = 48;
/// Updates of one bulk call.
const BULK: usize = limits::BULK - limits::BULK % 2;

/// Where a task ends up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Todo,
    Done,
    InReview,
    Failed,
    Blocked,
    Cancelled,
}

impl Column {
    fn of(dice: &mut Dice) -> Self {
        match dice.between(1, 100) {
            1..=70 => Self::Done,
            71..=90 => Self::Todo,
            91..=93 => Self::InReview,
            94..=96 => Self::Failed,
            97..=98 => Self::Blocked,
            _ => Self::Cancelled,
        }
    }

    /// The moves that lead there from todo.
    fn moves(self, task: &str, dice: &mut Dice) -> Vec<Value> {
        let held = |status: &str| {
            vec![
                json!({"taskId": task, "status": "in_progress"}),
                json!({"taskId": task, "status": status}),
            ]
        };
        match self {
            Self::Todo => Vec::new(),
            Self::Done => held("done"),
            Self::InReview => held("in_review"),
            Self::Failed => held("failed"),
            Self::Blocked => vec![
                json!({"taskId": task, "status": "blocked", "reason": dice.text(words::BLOCKS)}),
            ],
            Self::Cancelled => vec![json!({"taskId": task, "status": "cancelled"})],
        }
    }
}

/// Takes the limits of calls a minute out of the way, which are made for agents and not for a load.
///
/// # Errors
/// When the server can't be reached or `person` is not the person's key.
pub async fn raise_limits(api: &Api, person: &Client) -> anyhow::Result<()> {
    let most = json!({"readsPerMinute": 10_000_000, "writesPerMinute": 10_000_000});
    call(api, person, "update_settings", most, None).await.map(drop)
}

/// Makes `count` tasks and moves them to where a project that has run for a while would have them. The same seed makes
/// the same tasks.
///
/// # Errors
/// When the server can't be reached or refuses.
pub async fn fill(api: &Api, client: &Client, count: usize, seed: u64) -> anyhow::Result<()> {
    let plan = Plan::new(seed);
    let made: Vec<(usize, String)> = stream::iter(0..count)
        .map(|number| {
            let planned = plan.follow_up(number);
            let reviewed = column(seed, number) == Column::InReview;
            async move {
                let task = json!({
                    "title": planned.title, "description": planned.text, "priority": planned.priority.as_str(),
                    "labels": [planned.area], "requiresReview": reviewed, "allowDuplicate": true,
                });
                let answer = call(api, client, "create_task", task, Some("coordinator")).await?;
                let id = answer.pointer("/task/id").and_then(Value::as_str).context("a created task has no id")?;
                anyhow::Ok((number, id.to_owned()))
            }
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let mut moves: Vec<Vec<Value>> = Vec::new();
    for (number, id) in &made {
        let steps = column(seed, *number).moves(id, &mut Dice::new(seed, &["block", id]));
        match moves.last_mut() {
            // The two moves of one task stay in one call, by one agent.
            Some(last) if last.len() + steps.len() <= BULK => last.extend(steps),
            _ => moves.push(steps),
        }
    }
    for (updates, (number, vendor)) in
        moves.into_iter().filter(|updates| !updates.is_empty()).zip((1..).zip(VENDORS).cycle())
    {
        let agent = format!("{vendor}-{number}");
        let answer =
            call(api, client, "bulk_update_tasks", json!({ "updates": updates }), Some(&agent))
                .await?;
        let failed = answer.get("failed").and_then(Value::as_u64);
        ensure!(failed == Some(0), "{failed:?} tasks could not be moved");
    }
    Ok(())
}

fn column(seed: u64, number: usize) -> Column {
    Column::of(&mut Dice::new(seed, &["fill", &number.to_string()]))
}

async fn call(
    api: &Api,
    client: &Client,
    operation: &str,
    input: Value,
    agent: Option<&str>,
) -> anyhow::Result<Value> {
    let endpoint =
        api.find(operation).with_context(|| format!("there is no operation {operation}"))?;
    let input: Map<String, Value> = input.as_object().cloned().unwrap_or_default();
    let answer = client.call(endpoint, input, agent).await?;
    ensure!(answer.success, "{operation} was refused: {}", answer.body);
    Ok(answer.body)
}
