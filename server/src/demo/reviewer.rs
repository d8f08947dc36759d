//! Those who look at results: they approve, send back with a reason, and leave to the person what is the person's.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::agent::{Agent, Done, Halt, number, text};
use super::dice::Dice;
use super::fate::Verdict;
use super::words::{self, fill};

/// Results left for the person before a reviewer decides the older ones, so that the column does not overflow in a run
/// that nobody watches.
const LEFT_MOST: usize = 6;

/// One of several reviewers, who share the work by the number of the task.
pub(super) struct Reviewer {
    pub agent: Agent,
    pub number: usize,
    pub of: usize,
}

impl Reviewer {
    /// Reviews until the run ends.
    pub(super) async fn run(mut self) {
        let mut left = HashSet::new();
        loop {
            match self.round(&mut left).await {
                Ok(()) => {}
                Err(Halt::Stopped) => break,
                Err(Halt::Refused { code, message }) => {
                    tracing::debug!(
                        agent = self.agent.name,
                        code,
                        message,
                        "this review is not to be"
                    );
                    if self.agent.pause(2.0).await.is_err() {
                        break;
                    }
                }
            }
        }
        self.agent.leave().await;
    }

    async fn round(&mut self, left: &mut HashSet<(String, u64)>) -> Done {
        let waiting = self.agent.tasks("in_review", false, 100).await?;
        let mine: Vec<&Value> = waiting.iter().filter(|task| self.is_mine(task)).collect();
        let key = |task: &Value| (text(task, "id").to_owned(), number(task, "attempts"));
        left.retain(|known| mine.iter().any(|task| key(task) == *known));
        let overfull = left.len() >= LEFT_MOST;
        let next = mine.iter().find(|task| !left.contains(&key(task))).or(if overfull {
            mine.first()
        } else {
            None
        });
        let Some(task) = next else { return self.agent.await_news().await };
        let decided =
            if overfull && left.contains(&key(task)) { Some(Verdict::Approve) } else { None };
        if self.review(task, decided).await? == Verdict::Leave {
            left.insert(key(task));
        }
        Ok(())
    }

    fn is_mine(&self, task: &Value) -> bool {
        let number: usize =
            text(task, "id").trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0);
        number % self.of.max(1) == self.number
    }

    async fn review(&mut self, task: &Value, decided: Option<Verdict>) -> Done<Verdict> {
        let agent = &mut self.agent;
        let (id, title) = (text(task, "id"), text(task, "title"));
        let read = agent.call("get_task", json!({"taskId": id, "include": ["comments"]})).await?;
        let version = read.pointer("/task/version").cloned().unwrap_or_default();
        let reading = agent.dice.seconds(1.5, 5.0);
        agent.pause(reading).await?;
        let rejections = number(task, "rejections");
        let verdict = decided.unwrap_or_else(|| Verdict::of(agent.seed(), title, rejections));
        let mut dice = Dice::new(agent.seed(), &["verdict", title, &rejections.to_string()]);
        let file = task
            .pointer("/filesOwned/0")
            .and_then(Value::as_str)
            .unwrap_or("The module")
            .to_owned();
        match verdict {
            Verdict::Approve => {
                if decided.is_some() {
                    agent
                        .call(
                            "update_task",
                            json!({"taskId": id, "needsHuman": false, "version": version}),
                        )
                        .await?;
                }
                let version = if decided.is_some() { Value::Null } else { version };
                agent.call("review_task", json!({"taskId": id, "verdict": "approve", "reason": dice.text(words::APPROVALS), "version": version})).await?;
            }
            Verdict::Reject => {
                let reason = fill(dice.text(words::REJECTS), &[("{file}", &file)]);
                agent.call("review_task", json!({"taskId": id, "verdict": "reject", "reason": reason, "version": version})).await?;
            }
            Verdict::Leave => {
                agent
                    .call(
                        "comment_on_task",
                        json!({"taskId": id, "text": dice.text(words::LEAVES)}),
                    )
                    .await?;
                agent.call("update_task", json!({"taskId": id, "needsHuman": true})).await?;
            }
        }
        Ok(verdict)
    }
}
