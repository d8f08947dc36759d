//! Those who do the work.

use std::sync::Arc;

use serde_json::{Value, json};

use super::CROWD;
use super::agent::{Agent, Done, Halt, LEASE, WAIT, number, text};
use super::dice::Dice;
use super::fate::{Ending, Fate, is_out_of_reach};
use super::words::{self, fill};
use crate::limits;

/// Works until the run ends, from so many seconds of the story on.
pub(super) async fn run(mut agent: Agent, begins: f64) {
    if agent.pause(begins).await.is_err() {
        return;
    }
    loop {
        match turn(&mut agent).await {
            Ok(()) => {}
            Err(Halt::Stopped) => break,
            Err(Halt::Refused { code, message }) => {
                tracing::debug!(agent = agent.name, code, message, "gave up on this one");
                // A moment to think, so that a refusal that repeats does not become a storm.
                if agent.pause(3.0).await.is_err() {
                    break;
                }
            }
        }
    }
    agent.leave().await;
}

async fn turn(agent: &mut Agent) -> Done {
    if let Some(task) = next(agent).await? {
        let id = text(&task, "id").to_owned();
        match work(agent, &task, &id).await {
            Err(Halt::Refused { code, .. }) if code == "LEASE_LOST" => {
                agent.say(&format!("I was away too long and lost {id}. I leave it alone; whoever has it now: my notes are in its comments."), Some(&id), None).await?;
            }
            other => other?,
        }
    }
    if agent.dice.chance(30) {
        answer_somebody(agent).await?;
    }
    let rest = agent.dice.seconds(1.0, 4.0);
    agent.pause(rest).await
}

/// The next task, claimed. On somebody else's board only the swarm's own are touched.
async fn next(agent: &mut Agent) -> Done<Option<Value>> {
    if !agent.shared.options.guest {
        // In a crowd, every new task would wake hundreds of held calls for one winner.
        let crowd = agent.shared.options.agents > CROWD;
        let wait = if crowd { 0 } else { WAIT };
        let mut answer = agent
            .call("claim_next_task", json!({"waitSeconds": wait, "leaseSeconds": LEASE}))
            .await?;
        let task = answer.get_mut("task").map(Value::take).filter(|task| !task.is_null());
        if crowd && task.is_none() {
            let rest = agent.dice.seconds(3.0, 9.0);
            agent.pause(rest).await?;
        }
        return Ok(task);
    }
    for task in agent.tasks("todo", true, 20).await? {
        if task.get("needsHuman").and_then(Value::as_bool) == Some(true) {
            continue;
        }
        match agent
            .call("claim_task", json!({"taskId": text(&task, "id"), "leaseSeconds": LEASE}))
            .await
        {
            Ok(mut answer) => return Ok(answer.get_mut("task").map(Value::take)),
            Err(Halt::Refused { code, .. })
                if ["TASK_NOT_CLAIMABLE", "FILES_LOCKED", "NOT_FOUND"].contains(&code.as_str()) => {
            }
            Err(other) => return Err(other),
        }
    }
    agent.await_news().await.map(|()| None)
}

/// One attempt, from the claim to its end.
async fn work(agent: &mut Agent, task: &Value, id: &str) -> Done {
    let (title, attempt) = (text(task, "title"), number(task, "attempts"));
    let rejected = number(task, "rejections") > 0;
    let fate = Fate::of(agent.seed(), title, attempt, rejected);
    let mut dice = Dice::new(agent.seed(), &["work", title, &attempt.to_string()]);
    let file = task
        .pointer("/filesOwned/0")
        .and_then(Value::as_str)
        .unwrap_or("the affected module")
        .to_owned();
    let area = task.pointer("/labels/0").and_then(Value::as_str).unwrap_or("this part").to_owned();
    let count = dice.between(4, 38).to_string();
    let gaps = [
        ("{file}", file.as_str()),
        ("{area}", area.as_str()),
        ("{task}", id),
        ("{n}", count.as_str()),
    ];
    if rejected {
        agent
            .say(
                &format!(
                    "{id} came back from review. The reason stands in its description; on it."
                ),
                Some(id),
                None,
            )
            .await?;
    }
    let mut tokens = (0, 0);
    for step in 1..=fate.steps {
        agent.work(id, fate.seconds / f64::from(fate.steps)).await?;
        tokens.0 += u64::from(dice.between(9_000, 70_000));
        tokens.1 += u64::from(dice.between(600, 6_000));
        let phase =
            usize::try_from((step - 1) * 5 / fate.steps).unwrap_or(0).min(words::NOTES.len() - 1);
        let note = fill(dice.text(words::NOTES.get(phase).copied().unwrap_or_default()), &gaps);
        let progress = step * 95 / fate.steps;
        if fate.ending == Ending::Stalled && step * 2 > fate.steps {
            let shared = Arc::clone(&agent.shared);
            // Where others hang already it goes well.
            if let Ok(_one_of_few) = shared.stalls.try_acquire() {
                return stall(agent, id, &note).await;
            }
        }
        agent.call("heartbeat_task", json!({"taskId": id, "progress": progress, "note": note, "cost": cost(agent.vendor, tokens)})).await?;
        if step == 2 && dice.chance(14) {
            let comment = fill(dice.text(words::COMMENTS), &gaps);
            agent.call("comment_on_task", json!({"taskId": id, "text": comment})).await?;
        }
        if step == 2 && dice.chance(10) {
            open_a_talk(agent, &mut dice, id, &gaps).await?;
        }
        if fate.ending == Ending::Blocked && step * 2 > fate.steps {
            let reason = dice.text(words::BLOCKS);
            return agent
                .call("update_task", json!({"taskId": id, "status": "blocked", "reason": reason}))
                .await
                .map(drop);
        }
    }
    end(agent, title, id, &fate, &mut dice, tokens, &gaps).await
}

async fn end(
    agent: &mut Agent,
    title: &str,
    id: &str,
    fate: &Fate,
    dice: &mut Dice,
    tokens: (u64, u64),
    gaps: &[(&str, &str)],
) -> Done {
    let cost = cost(agent.vendor, tokens);
    match fate.ending {
        Ending::Failed => {
            let Some((code, class, report)) = dice.one(words::FAILURES) else { return Ok(()) };
            let input = json!({"taskId": id, "outcome": "failed", "result": report, "errorCode": code, "errorClass": class, "cost": cost, "model": model(agent.vendor)});
            agent.call("complete_task", input).await?;
        }
        Ending::Released => {
            let reason = if is_out_of_reach(title) {
                words::OUT_OF_REACH
            } else {
                dice.text(words::RELEASES)
            };
            agent.call("release_task", json!({"taskId": id, "reason": reason})).await?;
        }
        Ending::Done | Ending::Blocked | Ending::Stalled => {
            let result = fill(dice.text(words::RESULTS), gaps);
            agent.call("complete_task", json!({"taskId": id, "result": result, "cost": cost, "model": model(agent.vendor)})).await?;
            if dice.chance(12) {
                remember(agent, dice).await?;
            }
        }
    }
    Ok(())
}

/// Hangs, as a program does whose laptop sleeps: the lease ends, and the report that follows is refused.
async fn stall(agent: &mut Agent, id: &str, note: &str) -> Done {
    let shortest = limits::LEASE_SECONDS_MIN;
    agent
        .call("heartbeat_task", json!({"taskId": id, "note": note, "leaseSeconds": shortest}))
        .await?;
    #[expect(clippy::cast_precision_loss, reason = "half a minute")]
    let silence = shortest as f64 + agent.dice.seconds(3.0, 8.0);
    agent.sleep(silence).await?;
    agent
        .call(
            "heartbeat_task",
            json!({"taskId": id, "progress": 60, "note": format!("Back after a pause. {note}")}),
        )
        .await
        .map(drop)
}

/// Keeps what was learned, unless somebody has done so.
async fn remember(agent: &mut Agent, dice: &mut Dice) -> Done {
    let Some((key, kind, tags, text)) = dice.one(words::KNOWLEDGE) else { return Ok(()) };
    let key = super::knowledge_key(agent.shared.options.guest, key);
    match agent.call("get_knowledge", json!({ "key": key })).await {
        Err(Halt::Refused { code, .. }) if code == "NOT_FOUND" => {
            super::save(agent, &key, kind, tags, text).await
        }
        other => other.map(drop),
    }
}

/// Says something of its own, unless the same was said a moment ago.
async fn open_a_talk(agent: &mut Agent, dice: &mut Dice, id: &str, gaps: &[(&str, &str)]) -> Done {
    let Some((opener, _)) = dice.one(words::TALK) else { return Ok(()) };
    let chat = agent.call("list_chat_messages", json!({"limit": 25})).await?;
    let messages = chat.get("messages").and_then(Value::as_array);
    if messages.into_iter().flatten().any(|message| begins(text(message, "text"), opener)) {
        return Ok(());
    }
    agent.say(&fill(opener, gaps), Some(id), None).await
}

/// Whether something that was said is this opener, whatever its gaps were filled with.
fn begins(said: &str, opener: &str) -> bool {
    said.starts_with(opener.split('{').next().unwrap_or(opener))
}

/// Answers the newest question in the chat that nobody has answered.
async fn answer_somebody(agent: &mut Agent) -> Done {
    let chat = agent.call("list_chat_messages", json!({"limit": 8})).await?;
    let messages =
        chat.get("messages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let open = messages.iter().rev().find_map(|message| {
        let said = text(message, "text");
        let (_, replies) = words::TALK.iter().find(|(opener, _)| begins(said, opener))?;
        let answered = messages.iter().any(|other| other.get("replyTo") == message.get("id"));
        (!answered && text(message, "from") != agent.name).then_some((message, *replies))
    });
    let Some((message, replies)) = open else { return Ok(()) };
    let reply = agent.dice.text(replies);
    let think = agent.dice.seconds(1.0, 5.0);
    agent.pause(think).await?;
    agent.say(reply, None, message.get("id")).await
}

/// The model that an agent of a vendor runs.
fn model(vendor: &str) -> &'static str {
    match vendor {
        "claude" => "claude-sonnet",
        "codex" => "gpt-codex",
        "gemini" => "gemini-pro",
        "cursor" => "cursor-composer",
        _ => "open-weights-coder",
    }
}

/// What so many tokens in and out cost, at list prices of about that kind of model per million tokens.
fn cost(vendor: &str, (tokens_in, tokens_out): (u64, u64)) -> Value {
    let (price_in, price_out) = match vendor {
        "claude" => (3.0, 15.0),
        "codex" | "gemini" => (1.25, 10.0),
        "cursor" => (1.25, 6.0),
        _ => (0.3, 1.2),
    };
    #[expect(clippy::cast_precision_loss, reason = "a few hundred thousand tokens")]
    let dollars = (tokens_in as f64 * price_in + tokens_out as f64 * price_out) / 1_000_000.0;
    json!({"tokensIn": tokens_in, "tokensOut": tokens_out, "costUsd": (dollars * 10_000.0).round() / 10_000.0})
}
