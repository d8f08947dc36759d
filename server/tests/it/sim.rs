//! A swarm at random: twenty agents and a person, clocks that jump, servers that restart, answers that get lost and are
//! asked for again. After every step the board must be what the model says; a failure prints the seed that replays it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use meshpilot::api::{Answer, Call};
use meshpilot::env::Stopwatch;
use meshpilot::error::{Error, Result};
use meshpilot::model::ids::TaskId;
use meshpilot::model::task::{Outcome, Priority, Status};
use meshpilot::model::text::RequestId;
use meshpilot::model::things::{KeyKind, Lock, LockMode, Scope};
use meshpilot::store::{Caller, TaskFilter, TaskRow};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::model::{Model, Op, PERSON, REVIEWER, overlap};
use super::world::{START, World, caller};

/// Seeds of a run when `MESHPILOT_SEEDS` says nothing else.
const SEEDS: u64 = 300;
/// Steps of a seed.
const STEPS: usize = 500;
/// Steps between two looks at the whole board.
const WHOLE: usize = 50;
const AGENTS: usize = 20;
const PATHS: [&str; 6] = ["src/a.rs", "src/b.rs", "src/**", "docs/x.md", "docs/**", "Cargo.toml"];

fn name(agent: usize) -> String {
    if agent == PERSON { "human".to_owned() } else { format!("a{agent}") }
}

/// One run: the server's board, the model, and what the events alone say.
struct Run {
    world: World,
    model: Model,
    random: ChaCha8Rng,
    seq: i64,
    folded: BTreeMap<String, Value>,
    folded_locks: BTreeMap<String, Value>,
    fences: BTreeMap<i64, i64>,
    answered: Vec<(usize, Op, String, String)>,
    calls: u64,
}

impl Run {
    async fn new(seed: u64) -> Self {
        let world = World::seeded(seed).await;
        Self {
            model: Model { now: START, ..Model::default() },
            random: ChaCha8Rng::seed_from_u64(seed),
            world,
            seq: 0,
            folded: BTreeMap::new(),
            folded_locks: BTreeMap::new(),
            fences: BTreeMap::new(),
            answered: Vec::new(),
            calls: 0,
        }
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.random.random_range(0..of.len())]
    }

    fn some_task(&mut self) -> usize {
        // Now and then one that is not there.
        self.random.random_range(0..self.model.tasks.len() + 1)
    }

    /// A task that somebody holds, and by whom, so that much of what is tried also succeeds.
    fn held_task(&mut self) -> Option<(usize, usize)> {
        let held: Vec<(usize, usize)> = self
            .model
            .tasks
            .iter()
            .enumerate()
            .filter_map(|(task, found)| found.lease.as_ref().map(|lease| (task, lease.agent)))
            .collect();
        if held.is_empty() { None } else { Some(self.pick(&held)) }
    }

    fn some_paths(&mut self, most: usize) -> Vec<&'static str> {
        let count = self.random.random_range(0..=most);
        let paths: BTreeSet<&'static str> = (0..count).map(|_| self.pick(&PATHS)).collect();
        paths.into_iter().collect()
    }

    /// Somebody and what they do.
    fn choose(&mut self) -> (usize, Op) {
        let agent = self.random.random_range(0..AGENTS);
        let (task, holder) = match self.held_task() {
            Some((task, holder)) if holder != PERSON && self.chance(80) => (task, holder),
            _ => (self.some_task(), agent),
        };
        match self.random.random_range(0..100) {
            0..14 => {
                let count = self.pick(&[0, 0, 0, 1, 2]);
                let deps: BTreeSet<usize> = (0..count).map(|_| self.some_task()).collect();
                let op = Op::Create {
                    title: self.random.random_range(0..40),
                    priority: self.random.random_range(0..4),
                    files: self.some_paths(2),
                    review: self.chance(50),
                    deps: deps.into_iter().collect(),
                };
                (agent, op)
            }
            14..26 => {
                let seconds =
                    if self.chance(50) { Some(self.random.random_range(30..2_000)) } else { None };
                (agent, Op::Claim { task: self.some_task(), seconds })
            }
            26..38 => (agent, Op::ClaimNext),
            38..48 => (holder, Op::Heartbeat { task, note: self.chance(50) }),
            48..58 => (
                holder,
                Op::Complete {
                    task,
                    outcome: self.pick(&[
                        Outcome::Success,
                        Outcome::Success,
                        Outcome::Failed,
                        Outcome::Skipped,
                        Outcome::Cancelled,
                    ]),
                },
            ),
            58..63 => (holder, Op::Release { task }),
            63..70 => {
                let who = self.pick(&[PERSON, REVIEWER, agent]);
                let reviewed: Vec<usize> = (0..self.model.tasks.len())
                    .filter(|task| self.model.tasks[*task].status == Status::InReview)
                    .collect();
                let task =
                    if reviewed.is_empty() { self.some_task() } else { self.pick(&reviewed) };
                (who, Op::Review { task, approve: self.chance(50) })
            }
            70..80 => (PERSON, Op::Move { task: self.some_task(), to: self.pick(Status::ALL) }),
            80..83 => (agent, Op::Delete { task: self.some_task(), force: self.chance(50) }),
            83..86 => (agent, Op::Restore { task: self.some_task() }),
            86..94 => {
                let mut paths = self.some_paths(2);
                if paths.is_empty() {
                    paths.push(self.pick(&PATHS));
                }
                (
                    agent,
                    Op::Acquire {
                        paths,
                        shared: self.chance(50),
                        seconds: self.random.random_range(1..1_000),
                    },
                )
            }
            94..96 => (agent, Op::Renew),
            96..98 => (agent, Op::ReleaseLocks),
            _ => (agent, Op::Say),
        }
    }

    async fn step(&mut self, number: usize) -> std::result::Result<(), String> {
        match self.random.random_range(0..100) {
            0..12 => {
                let millis = if self.chance(20) {
                    self.random.random_range(0..3_600_000)
                } else {
                    self.random.random_range(0..120_000)
                };
                self.model.now += millis;
                self.world.env.advance(Duration::from_millis(millis.unsigned_abs()));
            }
            12..20 => {
                meshpilot::ops::upkeep::sweep(self.world.store())
                    .await
                    .map_err(|error| error.to_string())?;
                self.model.sweep();
            }
            20 if self.chance(50) => {
                self.world.restart().await;
                self.model.grace();
            }
            21..25 if !self.answered.is_empty() => self.ask_again().await?,
            _ => {
                let (who, op) = self.choose();
                self.act(number, who, op.clone())
                    .await
                    .map_err(|problem| format!("{} does {op:?}: {problem}", name(who)))?;
            }
        }
        self.check(number % WHOLE == 0).await
    }

    /// Does one thing there and in the model, and compares what came of it.
    async fn act(&mut self, number: usize, who: usize, op: Op) -> std::result::Result<(), String> {
        let request = if self.chance(60) { Some(format!("r{number}")) } else { None };
        let lost = request.is_some() && self.chance(20);
        if lost {
            // The client goes away as soon as it has asked, and asks again.
            let refused_at_once = {
                let call = self.call(who, &op, request.as_deref());
                futures_util::poll!(std::pin::pin!(call)).is_ready()
            };
            if !refused_at_once && keeps_text(&self.model, who, &op) {
                // A refusal is not remembered, so its text is kept twice.
                drop(self.model.apply(who, &op));
            }
        }
        let outcome = self.call(who, &op, request.as_deref()).await;
        let expected = self.model.apply(who, &op);
        if std::env::var_os("MESHPILOT_SEED").is_some() {
            println!(
                "{number}: {}: {op:?}{} → {expected:?}",
                name(who),
                if lost { " (lost)" } else { "" }
            );
        }
        match (&outcome, &expected) {
            (Ok(answer), Ok(task)) => {
                if lost && !answer.replayed {
                    return Err(
                        "it happened, its answer was lost, and asking again did it anew".to_owned()
                    );
                }
                let data: Value =
                    serde_json::from_str(&answer.data).map_err(|error| error.to_string())?;
                let id = data["task"]["id"].as_str().map(str::to_owned);
                let wanted = task.map(|task| format!("T{}", task + 1));
                if !matches!(op, Op::Acquire { .. } | Op::Renew | Op::ReleaseLocks | Op::Say)
                    && id != wanted
                {
                    return Err(format!("it is about {id:?}; the model says {wanted:?}"));
                }
                if let Some(request) = request {
                    self.answered.push((who, op, request, answer.data.clone()));
                }
                Ok(())
            }
            (Err(error), Err(code)) if error.code == *code => Ok(()),
            _ => Err(format!(
                "the server says {:?}, the model {expected:?}",
                outcome.map(|answer| answer.data).map_err(|error: Error| error.to_string())
            )),
        }
    }

    /// Asks for an earlier answer once more: the same, and nothing happens.
    async fn ask_again(&mut self) -> std::result::Result<(), String> {
        let (who, op, request, data) =
            self.answered[self.random.random_range(0..self.answered.len())].clone();
        let answer = self
            .call(who, &op, Some(&request))
            .await
            .map_err(|error| format!("{op:?} again: {error}"))?;
        if !answer.replayed || answer.data != data {
            return Err(format!("{op:?} again gave {}; at first it was {data}", answer.data));
        }
        Ok(())
    }

    async fn call(&self, who: usize, op: &Op, request: Option<&str>) -> Result<Answer> {
        let (operation, input) = input(op);
        let mut caller = if who == PERSON {
            caller("person", KeyKind::Person, Scope::Admin, Some("human"), Some("human"))
        } else {
            let role = if who == REVIEWER { "reviewer" } else { "builder" };
            caller("project", KeyKind::Project, Scope::Plan, Some(&name(who)), Some(role))
        };
        caller.call = format!("{}-{}", self.calls, self.seq);
        let Value::Object(input) = input else { return Err(Error::internal("no object")) };
        let request_id = request.and_then(|id| RequestId::parse(id).ok());
        self.world
            .api
            .find(operation)
            .unwrap()
            .call(self.world.context(), Call { caller, input, request_id })
            .await
    }

    /// What must hold after every step.
    async fn check(&mut self, whole: bool) -> std::result::Result<(), String> {
        self.calls += 1;
        let seq = self.seq;
        let (events, rows) = self
            .world
            .look(move |db| {
                let events = db.events_after(seq, i64::MAX)?;
                let touched: BTreeSet<TaskId> = events
                    .iter()
                    .filter(|event| event.kind.starts_with("task."))
                    .filter_map(|event| event.entity.as_ref()?.parse().ok())
                    .collect();
                let rows = touched
                    .into_iter()
                    .map(|id| db.any_task(id))
                    .collect::<Result<Vec<TaskRow>>>()?;
                Ok((events, rows))
            })
            .await;
        for event in events {
            if event.seq != self.seq + 1 {
                return Err(format!("event {} follows {}", event.seq, self.seq));
            }
            self.seq = event.seq;
            match event.kind.as_str() {
                "task.created" | "task.updated" => drop(
                    self.folded
                        .insert(event.entity.unwrap_or_default(), event.data["task"].clone()),
                ),
                "task.deleted" => drop(self.folded.remove(&event.entity.unwrap_or_default())),
                "lock.acquired" | "lock.renewed" => {
                    for lock in event.data["locks"].as_array().into_iter().flatten() {
                        self.folded_locks.insert(lock["id"].to_string(), lock.clone());
                    }
                }
                "lock.released" | "lock.ended" => {
                    for lock in event.data["locks"].as_array().into_iter().flatten() {
                        self.folded_locks.remove(&lock["id"].to_string());
                    }
                }
                _ => {}
            }
        }
        for row in &rows {
            self.check_task(row)?;
        }
        if whole { self.check_whole().await } else { Ok(()) }
    }

    fn check_task(&mut self, row: &TaskRow) -> std::result::Result<(), String> {
        let task = &row.task;
        let index = usize::try_from(task.id.0 - 1).map_err(|error| error.to_string())?;
        let Some(model) = self.model.tasks.get(index) else {
            return Err(format!("{} is not in the model", task.id));
        };
        let there = (
            (task.status, task.assigned_to.clone(), task.attempts, task.needs_human, task.version),
            (task.comment_count, task.rejections, row.deleted_at.is_some(), row.releases),
            task.lease
                .as_ref()
                .map(|lease| (lease.agent.clone(), lease.expires_at.as_millis(), lease.fence)),
        );
        let here = (
            (
                model.status,
                model.assigned.map(name),
                i64::from(model.attempts),
                model.needs_human,
                model.version,
            ),
            (
                i64::from(model.comments),
                i64::from(model.rejections),
                model.deleted,
                i64::from(model.releases),
            ),
            model.lease.as_ref().map(|lease| (name(lease.agent), lease.until, lease.fence)),
        );
        if there != here {
            return Err(format!("{} is {there:?}; the model says {here:?}", task.id));
        }
        if let Some(lease) = &task.lease {
            let last = self.fences.insert(task.id.0, lease.fence).unwrap_or(0);
            if lease.fence < last {
                return Err(format!(
                    "the fence of {} went back from {last} to {}",
                    task.id, lease.fence
                ));
            }
        }
        Ok(())
    }

    /// The whole board: tables, model and the fold of all events agree.
    async fn check_whole(&mut self) -> std::result::Result<(), String> {
        let (cards, locks, said) = self
            .world
            .look(|db| {
                let held =
                    db.ended_locks()?.into_iter().chain(db.locks(None)?).collect::<Vec<Lock>>();
                Ok((
                    db.list_tasks(&TaskFilter::default(), 10_000, false)?,
                    held,
                    db.chat(None, None, 10_000)?.len(),
                ))
            })
            .await;
        let tables: BTreeMap<String, Value> =
            cards.iter().map(|card| (card.id.to_string(), json!(card))).collect();
        // A restored task comes back with an event, a deleted one is gone from both.
        if tables != self.folded {
            let differs = tables.iter().find(|(id, card)| self.folded.get(*id) != Some(card));
            return Err(format!(
                "the fold of the events is not the board: {differs:?} is {:?}",
                differs.and_then(|(id, _)| self.folded.get(id))
            ));
        }
        if said != self.model.said {
            return Err(format!("{said} things were said; the model says {}", self.model.said));
        }
        let mut there: Vec<_> = locks
            .iter()
            .map(|lock| {
                (
                    lock.agent.clone(),
                    lock.path.clone(),
                    lock.mode == LockMode::Shared,
                    lock.task_id.map(|id| id.0 - 1),
                    lock.fence,
                    lock.expires_at.as_millis(),
                )
            })
            .collect();
        let mut here: Vec<_> = self
            .model
            .locks
            .iter()
            .map(|lock| {
                (
                    name(lock.agent),
                    lock.path.to_owned(),
                    lock.shared,
                    lock.task.and_then(|task| i64::try_from(task).ok()),
                    lock.fence,
                    lock.until,
                )
            })
            .collect();
        there.sort();
        here.sort();
        if there != here {
            return Err(format!("the locks are {there:?}; the model says {here:?}"));
        }
        let mut folded: Vec<(String, String)> = self
            .folded_locks
            .values()
            .map(|lock| (lock["id"].to_string(), end_of(lock, &self.folded)))
            .collect();
        let mut table: Vec<(String, String)> = locks
            .iter()
            .map(|lock| (json!(lock.id).to_string(), lock.expires_at.to_string()))
            .collect();
        folded.sort();
        table.sort();
        if folded != table {
            return Err(format!(
                "the fold of the events has the locks {folded:?}; the table {table:?}"
            ));
        }
        for (at, one) in locks.iter().enumerate() {
            for other in &locks[at + 1..] {
                let live = |lock: &Lock| {
                    lock.task_id.is_some() || lock.expires_at.as_millis() > self.model.now
                };
                let shared = one.mode == LockMode::Shared && other.mode == LockMode::Shared;
                if one.agent != other.agent
                    && live(one)
                    && live(other)
                    && !shared
                    && overlap(&one.path, &other.path)
                {
                    return Err(format!("two hold the same: {one:?} and {other:?}"));
                }
            }
        }
        self.check_file()
    }

    /// The file itself: the chain of hashes, one open attempt for each held task and no other.
    fn check_file(&self) -> std::result::Result<(), String> {
        let path = format!("file:{}?vfs=unix-excl", self.world.database().display());
        let flags =
            rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_URI;
        let database = rusqlite::Connection::open_with_flags(path, flags)
            .map_err(|error| error.to_string())?;
        check_chain(&database)
            .map_err(|error| error.to_string())?
            .map_or(Ok(()), |seq| Err(format!("the chain of hashes breaks at event {seq}")))?;
        let differing = "SELECT (SELECT count(*) FROM (
              SELECT id, lease_agent, fence FROM tasks WHERE lease_agent IS NOT NULL
              EXCEPT SELECT task_id, agent, fence FROM attempts WHERE ended_at IS NULL))
            + (SELECT count(*) FROM (
              SELECT task_id, agent, fence FROM attempts WHERE ended_at IS NULL
              EXCEPT SELECT id, lease_agent, fence FROM tasks WHERE lease_agent IS NOT NULL))";
        let differing: i64 = database
            .query_row(differing, [], |row| row.get(0))
            .map_err(|error| error.to_string())?;
        if differing == 0 { Ok(()) } else { Err("open attempts and held tasks differ".to_owned()) }
    }
}

/// When a lock ends, as the events tell it: a claim's with the lease of its task.
fn end_of(lock: &Value, tasks: &BTreeMap<String, Value>) -> String {
    let lease = lock["taskId"]
        .as_str()
        .and_then(|task| tasks.get(task))
        .map(|task| &task["lease"]["expiresAt"]);
    lease.unwrap_or(&lock["expiresAt"]).as_str().unwrap_or_default().to_owned()
}

/// Recomputes the hash of every event; gives the first that does not fit.
pub(crate) fn check_chain(database: &rusqlite::Connection) -> rusqlite::Result<Option<i64>> {
    let mut statement = database.prepare(
        "SELECT seq, at, type, actor, coalesce(entity, ''), data, hash FROM events ORDER BY seq",
    )?;
    let mut rows = statement.query([])?;
    let mut previous = [0_u8; 32];
    while let Some(row) = rows.next()? {
        let (seq, at): (i64, i64) = (row.get(0)?, row.get(1)?);
        let mut hasher = Sha256::new();
        hasher.update(previous);
        hasher.update(seq.to_be_bytes());
        hasher.update(at.to_be_bytes());
        for column in 2..6 {
            let text: String = row.get(column)?;
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        previous = hasher.finalize().into();
        if row.get::<_, [u8; 32]>(6)? != previous {
            return Ok(Some(seq));
        }
    }
    Ok(None)
}

/// Whether this is a late write whose text is kept as a comment.
fn keeps_text(model: &Model, who: usize, op: &Op) -> bool {
    let (Op::Heartbeat { task, note: true } | Op::Complete { task, .. } | Op::Release { task }) =
        op
    else {
        return false;
    };
    model.tasks.get(*task).is_some_and(|task| {
        !task.deleted
            && task.former.contains(&who)
            && task.lease.as_ref().is_none_or(|lease| lease.agent != who)
    })
}

fn id(task: usize) -> String {
    format!("T{}", task + 1)
}

fn input(op: &Op) -> (&'static str, Value) {
    match op {
        Op::Create { title, priority, files, review, deps } => {
            let deps: Vec<String> = deps.iter().map(|dep| id(*dep)).collect();
            let priority = Priority::ALL[usize::from(*priority)];
            let input = json!({"title": format!("Do number {title}"), "priority": priority, "filesOwned": files, "requiresReview": review, "dependsOn": deps});
            ("create_task", input)
        }
        Op::Claim { task, seconds } => {
            ("claim_task", json!({"taskId": id(*task), "leaseSeconds": seconds}))
        }
        Op::ClaimNext => ("claim_next_task", json!({})),
        Op::Heartbeat { task, note } => {
            ("heartbeat_task", json!({"taskId": id(*task), "note": note.then_some("going on")}))
        }
        Op::Complete { task, outcome } => (
            "complete_task",
            json!({"taskId": id(*task), "outcome": outcome, "result": "what came out"}),
        ),
        Op::Release { task } => ("release_task", json!({"taskId": id(*task), "reason": "can't"})),
        Op::Review { task, approve } => (
            "review_task",
            json!({"taskId": id(*task), "verdict": if *approve { "approve" } else { "reject" }, "reason": "because"}),
        ),
        Op::Move { task, to } => {
            ("update_task", json!({"taskId": id(*task), "status": to, "reason": "because"}))
        }
        Op::Delete { task, force } => ("delete_task", json!({"taskId": id(*task), "force": force})),
        Op::Restore { task } => ("restore_task", json!({"taskId": id(*task)})),
        Op::Acquire { paths, shared, seconds } => (
            "acquire_locks",
            json!({"paths": paths, "mode": if *shared { "shared" } else { "exclusive" }, "ttlSeconds": seconds}),
        ),
        Op::Renew => ("renew_locks", json!({})),
        Op::ReleaseLocks => ("release_locks", json!({})),
        Op::Say => ("send_chat_message", json!({"text": "hello"})),
    }
}

async fn run(seed: u64) -> std::result::Result<(), String> {
    let mut run = Run::new(seed).await;
    let mut outcome = Ok(());
    for step in 1..=STEPS {
        outcome = run.step(step).await.map_err(|problem| format!("step {step}: {problem}"));
        if outcome.is_err() {
            break;
        }
    }
    run.world.begin();
    outcome
}

#[test]
fn a_swarm_at_random_leaves_the_board_that_the_rules_say() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("MESHPILOT_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("MESHPILOT_SEEDS").unwrap_or(SEEDS),
    };
    let (watch, next, failures) =
        (Stopwatch::start(), AtomicU64::new(seeds.start), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let runtime =
                    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= seeds.end || !failures.lock().unwrap().is_empty() {
                        break;
                    }
                    if let Err(problem) = runtime.block_on(run(seed)) {
                        failures.lock().unwrap().push(format!(
                            "seed {seed}, {problem}\nreplay it with MESHPILOT_SEED={seed}"
                        ));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let steps = (seeds.end - seeds.start) * STEPS as u64;
    println!(
        "{} seeds, {steps} steps, {} steps/s",
        seeds.end - seeds.start,
        steps * 1_000 / u64::try_from(watch.elapsed().as_millis()).unwrap().max(1)
    );
}
