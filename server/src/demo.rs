//! A sample swarm: agents that plan, build, block, fail, review and talk on a real board, over REST like any other
//! agent. It shows the board at work, and is what the board's page is developed and tested against.
//!
//! The work itself is a story ([`story`]) and its course is decided by a seed ([`dice`], [`fate`]); everything that the
//! board sees is real: claims, leases, locks, refusals.

mod agent;
mod builder;
mod coordinator;
mod dice;
mod fate;
pub mod fill;
mod plan;
mod reviewer;
mod story;
mod words;

use std::sync::Arc;

use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::agent::{Agent, Done, Halt, Shared};
use self::coordinator::Coordinator;
use self::reviewer::Reviewer;
use crate::client::Client;
use crate::env::{Env as _, System};
use crate::ops;

/// The label of every task, and the tag of every piece of knowledge, that a swarm makes on somebody else's board.
pub const LABEL: &str = "sample";
/// Fewest agents of a swarm: one to plan, one to build, one to review.
pub const AGENTS_MIN: usize = 3;
/// Most agents of a swarm.
pub const AGENTS_MAX: usize = 500;
/// Builders that one reviewer keeps up with.
const BUILDERS_PER_REVIEWER: usize = 10;
/// Builders of whom one at most hangs at a time.
const BUILDERS_PER_STALL: usize = 12;
/// More builders than this don't begin all at once, before there is work for them.
const CROWD: usize = 20;
/// Within so many seconds of the story a crowd begins.
const CROWD_SECONDS: f64 = 20.0;
/// The programs that builders run in, in turn.
const VENDORS: [&str; 6] = ["claude", "cursor", "codex", "gemini", "copilot", "opencode"];

/// How a swarm behaves.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Agents altogether, [`AGENTS_MIN`] to [`AGENTS_MAX`].
    pub agents: usize,
    /// Decides everything that chance decides.
    pub seed: u64,
    /// How many times faster than life.
    pub speed: f64,
    /// Whether the board is somebody's own: then the swarm takes fresh names, labels its tasks, addresses them to its
    /// own agents, and touches nothing else.
    pub guest: bool,
}

/// Runs a swarm until `stopping` is cancelled; its agents then give back what they hold.
///
/// The key of `client` must be unbound and hold the scope plan.
pub async fn run(client: Client, options: Options, stopping: CancellationToken) {
    let mut random = [0; 6];
    System.fill(&mut random);
    let shared = Arc::new(Shared {
        api: ops::all(),
        client,
        options,
        stopping,
        run: hex::encode(random),
        stalls: Semaphore::new(options.agents.div_ceil(BUILDERS_PER_STALL)),
    });
    let mut agents = JoinSet::new();
    if let Err(Halt::Refused { code, message }) = gather(&shared, &mut agents).await {
        tracing::warn!(code, message, "the swarm could not come together");
        shared.stopping.cancel();
    }
    while let Some(ended) = agents.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "an agent of the sample swarm broke down");
        }
    }
}

async fn gather(shared: &Arc<Shared>, agents: &mut JoinSet<()>) -> Done {
    let options = shared.options;
    let workers = options.agents.clamp(AGENTS_MIN, AGENTS_MAX) - 1;
    let reviewers = workers.div_ceil(BUILDERS_PER_REVIEWER + 1);
    // On a board of its own the swarm can choose its names; elsewhere somebody may have them already.
    let name = |name: String| (!options.guest).then_some(name);
    let lead =
        Agent::arrive(shared, "coordinator", "coordinator", name("coordinator".to_owned()), 0)
            .await?;
    let mut builders = Vec::new();
    for (number, vendor) in (1..=workers - reviewers).zip(VENDORS.into_iter().cycle()) {
        builders.push(
            Agent::arrive(shared, vendor, "builder", name(format!("{vendor}-{number}")), number)
                .await?,
        );
    }
    let names = builders.iter().map(|builder| builder.name.clone()).collect();
    agents.spawn(Coordinator::new(lead, names).run());
    for number in 0..reviewers {
        let agent = Agent::arrive(
            shared,
            "reviewer",
            "reviewer",
            name(format!("reviewer-{}", number + 1)),
            number,
        )
        .await?;
        agents.spawn(Reviewer { agent, number, of: reviewers }.run());
    }
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let apart = if builders.len() > CROWD { CROWD_SECONDS / builders.len() as f64 } else { 0.0 };
    for (number, builder) in (0_u32..).zip(builders) {
        agents.spawn(builder::run(builder, apart * f64::from(number)));
    }
    Ok(())
}

/// The key of a piece of knowledge: on somebody's own board set apart from theirs.
fn knowledge_key(guest: bool, key: &str) -> String {
    if guest { format!("{LABEL}/{key}") } else { key.to_owned() }
}

async fn save(agent: &mut Agent, key: &str, kind: &str, tags: &[&str], text: &str) -> Done {
    let tags: Vec<&str> =
        tags.iter().copied().chain(agent.shared.options.guest.then_some(LABEL)).collect();
    agent
        .call("save_knowledge", json!({"key": key, "kind": kind, "tags": tags, "text": text}))
        .await
        .map(drop)
}
