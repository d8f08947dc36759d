//! The rows over REST. All subjects have the same routes, so one row is one kind of request to each of them.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::http_client::Requests;
use crate::load::{Callers, Next};
use crate::subject::Subject;

/// One kind of request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Creates a task with a title that no other has.
    Create,
    /// Claims a task that nobody claimed before.
    Claim,
    /// Gives a task another priority.
    Update,
    /// Reads one of the tasks.
    Get,
    /// Lists 100 tasks.
    List,
    /// Says something in the chat.
    Chat,
}

/// A row of the table.
pub struct Row {
    /// What the row shows.
    pub name: &'static str,
    /// The kind of request.
    pub operation: Operation,
    /// How many callers at once.
    pub callers: usize,
    /// The goal: the least share of the ceiling's operations a second.
    pub share: f64,
    /// The goal: at least this many times the stand-in's operations a second.
    pub times: f64,
}

/// All rows, in the table's order.
pub const ROWS: &[Row] = &[
    Row { name: "create a task", operation: Operation::Create, callers: 1, share: 0.7, times: 2.0 },
    Row {
        name: "create a task",
        operation: Operation::Create,
        callers: 32,
        share: 0.5,
        times: 8.0,
    },
    Row { name: "claim a task", operation: Operation::Claim, callers: 32, share: 0.5, times: 8.0 },
    Row {
        name: "update a task",
        operation: Operation::Update,
        callers: 32,
        share: 0.5,
        times: 8.0,
    },
    Row { name: "get a task", operation: Operation::Get, callers: 32, share: 0.6, times: 10.0 },
    Row {
        name: "list 100 of 10,000 tasks",
        operation: Operation::List,
        callers: 8,
        share: 0.7,
        times: 6.0,
    },
    Row {
        name: "send a chat message",
        operation: Operation::Chat,
        callers: 32,
        share: 0.5,
        times: 6.0,
    },
];

impl Operation {
    /// How long one round takes. Claims use tasks up, which have to be made first, so their rounds are short.
    pub fn round(self, time: Duration) -> Duration {
        if self == Self::Claim { time.min(Duration::from_millis(300)) } else { time }
    }
}

/// Creates the tasks that a row needs and connects its callers.
pub async fn prepare(subject: &Subject, row: &Row, rounds: u32, time: Duration) -> Result<Next> {
    let requests = &subject.requests;
    let ids = match row.operation {
        Operation::Create | Operation::Chat => Vec::new(),
        // For as long as all rounds together and as long again: creating is about as quick as claiming.
        Operation::Claim => {
            seed(requests, row.operation.round(time) * (rounds + 1) * 2, u64::MAX).await?
        }
        Operation::Update | Operation::Get | Operation::List => {
            seed(requests, Duration::from_secs(120), 10_000).await?
        }
    };
    Ok(requests_for(row.operation, requests.clone(), ids))
}

/// Creates tasks for a time or up to a number, and returns their ids.
pub async fn seed(requests: &Requests, time: Duration, most: u64) -> Result<Vec<String>> {
    let mut callers = Callers::connect(requests.address(), 32).await?;
    let create = requests_for(Operation::Create, requests.clone(), Vec::new());
    let limited: Next = Arc::new(move |caller, n| if n < most { create(caller, n) } else { None });
    let burst = callers.burst(time, &limited, true).await?;
    let id = |body: &Bytes| {
        let answer: Value = serde_json::from_slice(body)?;
        let id = answer["data"]["task"]["id"].as_str().context("a created task has no id")?;
        Ok(id.to_owned())
    };
    burst.bodies.iter().map(id).collect()
}

fn requests_for(operation: Operation, requests: Requests, ids: Vec<String>) -> Next {
    let any = move |n: u64, ids: &[String]| {
        // A step that shares no divisor with the count visits every task in an order that no cache likes.
        let at = (n as usize).wrapping_mul(7919) % ids.len().max(1);
        ids.get(at).cloned().unwrap_or_default()
    };
    Arc::new(move |caller, n| {
        let agent = format!("bench-{caller}");
        let headers = [("x-agent", agent.as_str())];
        let request = |method, path: &str, body: Value| {
            let body = if body.is_null() { String::new() } else { body.to_string() };
            requests.build(method, path, &headers, body)
        };
        Some(match operation {
            Operation::Create => request(
                "POST",
                "/tasks",
                json!({
                    "title": format!("{n} of the tasks that a plan was cut into"),
                    "description": "Read the module, write the test that fails, make it pass, and say what was left out.",
                }),
            ),
            Operation::Claim => {
                let id = ids.get(n as usize)?;
                request("POST", &format!("/tasks/{id}/claim"), json!({}))
            }
            Operation::Update => {
                // Once round all tasks for each priority, so that every update changes something.
                let round = n as usize / ids.len().max(1);
                let priority = if round.is_multiple_of(2) { "high" } else { "low" };
                request(
                    "PATCH",
                    &format!("/tasks/{}", any(n, &ids)),
                    json!({ "priority": priority }),
                )
            }
            Operation::Get => request("GET", &format!("/tasks/{}", any(n, &ids)), Value::Null),
            Operation::List => request("GET", "/tasks?limit=100", Value::Null),
            Operation::Chat => request(
                "POST",
                "/chat",
                json!({ "text": format!("{n}: the tests of the parser pass now") }),
            ),
        })
    })
}
