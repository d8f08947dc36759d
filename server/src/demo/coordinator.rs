//! The one who plans: keeps enough work on the board and never too much, solves blocks, tries failures again, and
//! talks to the person.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::LABEL;
use super::agent::{Agent, Done, Halt, text};
use super::dice::Dice;
use super::plan::{Plan, Planned};
use super::words;

/// Rounds that a block or a failure stands before it is looked after.
const ROUNDS: (u32, u32) = (2, 6);
/// Blocks left to the person at a time.
const ESCALATED_MOST: usize = 2;
/// Tasks made in one round once the board is full.
const BATCH: usize = 3;

/// The coordinator and what it remembers.
pub(super) struct Coordinator {
    agent: Agent,
    plan: Plan,
    /// Who can be given work, where the swarm is a guest.
    builders: Vec<String>,
    /// Unfinished tasks wanted on the board.
    wanted: usize,
    /// Ids of the story's cards.
    ids: HashMap<&'static str, String>,
    /// Rounds for which a task has been stuck.
    stuck: HashMap<String, u32>,
}

impl Coordinator {
    pub(super) fn new(agent: Agent, builders: Vec<String>) -> Self {
        let wanted = 36 + builders.len() * 2;
        let plan = Plan::new(agent.seed());
        Self { agent, plan, builders, wanted, ids: HashMap::new(), stuck: HashMap::new() }
    }

    /// Coordinates until the run ends.
    pub(super) async fn run(mut self) {
        let mut begun = false;
        loop {
            let turn = if begun { self.round().await } else { self.begin().await };
            match turn {
                Ok(()) => begun = true,
                Err(Halt::Stopped) => break,
                Err(Halt::Refused { code, message }) => {
                    tracing::debug!(
                        agent = self.agent.name,
                        code,
                        message,
                        "put off to the next round"
                    );
                    begun = true;
                }
            }
            let rest = self.agent.dice.seconds(3.0, 6.0);
            if self.agent.pause(rest).await.is_err() {
                break;
            }
        }
        self.agent.leave().await;
    }

    async fn begin(&mut self) -> Done {
        let guest = self.agent.shared.options.guest;
        self.agent.call("publish_project_event", json!({"name": "swarm.started", "payload": {"release": "2.4", "builders": self.builders.len()}})).await?;
        self.agent.say("Good morning. Plan for **acme-shop 2.4** goes onto the board now: security findings first, then payments, then the rest. Take what is free, report early, block loudly.", None, None).await?;
        for (key, kind, tags, text) in words::KNOWLEDGE.iter().take(3) {
            let key = super::knowledge_key(guest, key);
            super::save(&mut self.agent, &key, kind, tags, text).await?;
        }
        let wanted = self.wanted;
        self.create(wanted).await
    }

    async fn round(&mut self) -> Done {
        let open = self.open().await?;
        if open < self.wanted {
            self.create((self.wanted - open).min(BATCH.max(self.builders.len() / 2))).await?;
        }
        self.look_after_blocks().await?;
        self.look_after_failures().await?;
        self.answer_the_person().await?;
        if self.agent.dice.chance(4) {
            let said = self.agent.dice.text(words::STEERING);
            self.agent.say(said, None, None).await?;
        }
        Ok(())
    }

    /// Unfinished tasks: all on a board of its own, else those of the swarm.
    async fn open(&mut self) -> Done<usize> {
        const OPEN: [&str; 4] = ["todo", "in_progress", "blocked", "in_review"];
        if self.agent.shared.options.guest {
            let mut open = 0;
            for status in OPEN {
                open += self.agent.tasks(status, false, 200).await?.len();
            }
            return Ok(open);
        }
        let briefing = self.agent.call("get_briefing", json!({})).await?;
        let count = |status: &&str| {
            briefing.pointer(&format!("/counts/{status}")).and_then(Value::as_u64).unwrap_or(0)
        };
        Ok(usize::try_from(OPEN.iter().map(count).sum::<u64>()).unwrap_or(usize::MAX))
    }

    async fn create(&mut self, count: usize) -> Done {
        for _ in 0..count {
            let planned = self.plan.next();
            let input = self.task(&planned);
            match self.agent.call("create_task", input).await {
                Ok(answer) => {
                    if let (Some(key), Some(id)) =
                        (planned.key, answer.pointer("/task/id").and_then(Value::as_str))
                    {
                        self.ids.insert(key, id.to_owned());
                    }
                }
                // Somebody has deleted what it depends on: then it comes without.
                Err(Halt::Refused { code, .. }) if code == "NOT_FOUND" => self.ids.clear(),
                Err(other) => return Err(other),
            }
            // Many builders wait for many tasks.
            let crowd = f64::from(u32::try_from(self.builders.len()).unwrap_or(u32::MAX)).max(8.0);
            let breath = self.agent.dice.seconds(0.4, 2.0) / crowd;
            self.agent.pause(breath).await?;
        }
        Ok(())
    }

    fn task(&mut self, planned: &Planned) -> Value {
        let guest = self.agent.shared.options.guest;
        let after: Vec<&String> =
            planned.after.iter().filter_map(|key| self.ids.get(key)).collect();
        let labels: Vec<&str> = [planned.area].into_iter().chain(guest.then_some(LABEL)).collect();
        let mut task = json!({
            "title": planned.title,
            "description": planned.text,
            "priority": planned.priority.as_str(),
            "labels": labels,
            "filesOwned": planned.files,
            "dependsOn": after,
        });
        if guest && let Value::Object(fields) = &mut task {
            // Addressed to one of the swarm, so that nobody's real agent takes it for work.
            fields.insert("assignedTo".to_owned(), json!(self.agent.dice.one(&self.builders)));
            fields.insert("allowDuplicate".to_owned(), true.into());
        }
        task
    }

    /// Whether a task has been stuck long enough to be looked after.
    fn is_due(&mut self, id: &str) -> bool {
        let mut dice = Dice::new(self.agent.seed(), &["stuck", id]);
        let rounds = self.stuck.entry(id.to_owned()).or_insert(0);
        *rounds += 1;
        *rounds > dice.between(ROUNDS.0, ROUNDS.1)
    }

    async fn look_after_blocks(&mut self) -> Done {
        let blocked = self.agent.tasks("blocked", false, 50).await?;
        let needs_human =
            |task: &&Value| task.get("needsHuman").and_then(Value::as_bool) == Some(true);
        let mut escalated = blocked.iter().filter(needs_human).count();
        for task in blocked.iter().filter(|task| !needs_human(task)) {
            let (id, title) = (text(task, "id"), text(task, "title"));
            if !self.is_due(id) {
                continue;
            }
            self.stuck.remove(id);
            let mut dice = Dice::new(self.agent.seed(), &["unblock", title]);
            if escalated < ESCALATED_MOST && dice.chance(25) {
                escalated += 1;
                self.agent
                    .call(
                        "comment_on_task",
                        json!({"taskId": id, "text": dice.text(words::ESCALATIONS)}),
                    )
                    .await?;
                self.agent.call("update_task", json!({"taskId": id, "needsHuman": true})).await?;
                continue;
            }
            let reason = text(task, "blockedReason");
            let at = words::BLOCKS.iter().position(|known| *known == reason).unwrap_or(0);
            let answer = words::UNBLOCKS.get(at).copied().unwrap_or("Solved, go on.");
            self.agent.call("comment_on_task", json!({"taskId": id, "text": answer})).await?;
            self.agent
                .call("update_task", json!({"taskId": id, "status": "todo", "reason": answer}))
                .await?;
        }
        Ok(())
    }

    async fn look_after_failures(&mut self) -> Done {
        for task in self.agent.tasks("failed", false, 50).await? {
            let (id, title) = (text(&task, "id"), text(&task, "title"));
            let mut dice = Dice::new(self.agent.seed(), &["failure", title]);
            // Some stay as they are: not every failure is worth another try.
            if dice.chance(30) || !self.is_due(id) {
                continue;
            }
            self.stuck.remove(id);
            self.agent.call("update_task", json!({"taskId": id, "status": "todo", "reason": "Worth another try with a fresh mind."})).await?;
        }
        Ok(())
    }

    async fn answer_the_person(&mut self) -> Done {
        let chat = self.agent.call("list_chat_messages", json!({"limit": 10})).await?;
        let messages =
            chat.get("messages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let open = messages.iter().find(|message| {
            text(message, "from") == "human"
                && !messages.iter().any(|other| other.get("replyTo") == message.get("id"))
        });
        let Some(message) = open else { return Ok(()) };
        let answer = self.agent.dice.text(words::ANSWERS);
        self.agent.say(answer, None, message.get("id")).await
    }
}
