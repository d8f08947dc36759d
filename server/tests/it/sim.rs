//! A swarm at random: twenty agents and a person, clocks that jump, servers that restart, answers that get lost and are
//! asked for again. After every step the board must be what the model says; a failure prints the seed that replays it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use meshpilot::api::{Answer, Call};
use meshpilot::env::Stopwatch;
use meshpilot::error::{Error, Result};
use meshpilot::model::task::{Outcome, Priority, Status};
use meshpilot::model::text::RequestId;
use meshpilot::model::things::{KeyKind, Scope};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use super::model::{Model, Op, PERSON, REVIEWER};
use super::world::{START, World, caller};

/// Seeds of a run when `MESHPILOT_SEEDS` says nothing else.
const SEEDS: u64 = 300;
/// Steps of a seed.
const STEPS: usize = 500;
/// Steps between two looks at the whole board.
const WHOLE: usize = 50;
const AGENTS: usize = 20;
const PATHS: [&str; 6] = ["src/a.rs", "src/b.rs", "src/**", "docs/x.md", "docs/**", "Cargo.toml"];

pub(super) fn name(agent: usize) -> String {
    if agent == PERSON { "human".to_owned() } else { format!("a{agent}") }
}

/// One run: the server's board, the model, and what the events alone say.
pub(super) struct Run {
    pub(super) world: World,
    pub(super) model: Model,
    random: ChaCha8Rng,
    pub(super) seq: i64,
    pub(super) folded: BTreeMap<String, Value>,
    pub(super) folded_locks: BTreeMap<String, Value>,
    pub(super) fences: BTreeMap<i64, i64>,
    answered: Vec<(usize, Op, String, String)>,
    pub(super) calls: u64,
}

impl Run {
    pub(super) async fn new(seed: u64) -> Self {
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
            80 => (agent, Op::Files { task, files: self.some_paths(2) }),
            81..83 => (agent, Op::Delete { task: self.some_task(), force: self.chance(50) }),
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

    pub(super) async fn step(&mut self, number: usize) -> std::result::Result<(), String> {
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
        self.check(number.is_multiple_of(WHOLE)).await
    }

    /// Does one thing there and in the model, and compares what came of it.
    async fn act(&mut self, number: usize, who: usize, op: Op) -> std::result::Result<(), String> {
        let request = if self.chance(60) { Some(format!("r{number}")) } else { None };
        let lost = request.is_some() && self.chance(20);
        if lost {
            // The client goes away as soon as it has asked, and asks again.
            let call = self.call(who, &op, request.as_deref());
            let _ = futures_util::poll!(std::pin::pin!(call));
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
        Op::Files { task, files } => {
            ("update_task", json!({"taskId": id(*task), "filesOwned": files}))
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
    outcome.and_then(|()| run.check_file())
}

#[test]
fn a_swarm_at_random_leaves_the_board_that_the_rules_say() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("MESHPILOT_SEED") {
        Some(seed) => {
            // A replay also shows what the server logs.
            tracing_subscriber::fmt().init();
            seed..seed + 1
        }
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
