//! Sixty-four callers want one task, over every door at once: one gets it, each time.

use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use meshpilot_e2e::sse::Stream;
use meshpilot_e2e::{Mcp, Place, Rest, Server};
use serde_json::json;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

const REST_CALLERS: usize = 30;
const MCP_CALLERS: usize = 30;
const CLI_CALLERS: usize = 4;
/// `MESHPILOT_ROUNDS` raises it.
const ROUNDS: usize = 200;
/// Starting four processes takes longer than all other calls of a round, so they come along every so many rounds.
const CLI_EVERY: usize = 10;

/// Somebody who tries to claim.
#[derive(Clone)]
enum Caller {
    Rest(Rest),
    Mcp(Mcp),
    Cli(Place, String),
}

impl Caller {
    fn door(&self) -> usize {
        match self {
            Self::Rest(_) => 0,
            Self::Mcp(_) => 1,
            Self::Cli(..) => 2,
        }
    }

    /// `true` for the winner, `false` for one who was told that somebody else has it.
    async fn claim(&self, task: &str) -> Result<bool> {
        let code = match self {
            Self::Rest(rest) => {
                let answer = rest.post(&format!("/tasks/{task}/claim"), json!({})).await?;
                if answer.status == 200 {
                    return Ok(true);
                }
                answer.code().to_owned()
            }
            Self::Mcp(mcp) => {
                let result = mcp.call("claim_task", json!({ "taskId": task })).await?;
                if !result.is_error {
                    return Ok(true);
                }
                result.text["code"].as_str().unwrap_or_default().to_owned()
            }
            Self::Cli(place, agent) => {
                let arguments = ["task", "claim", task, "--agent", agent, "--json"];
                let output = place.run(&arguments).await?;
                if output.code == 0 {
                    return Ok(true);
                }
                let said = format!("{}{}", output.stdout, output.stderr);
                ensure!(said.contains("TASK_NOT_CLAIMABLE"), "{output:?}");
                "TASK_NOT_CLAIMABLE".to_owned()
            }
        };
        ensure!(code == "TASK_NOT_CLAIMABLE", "a loser was told {code}");
        Ok(false)
    }
}

async fn callers(server: &Server) -> Result<Vec<Caller>> {
    let key = server.place().project_key()?;
    let mut callers = Vec::new();
    for number in 0..REST_CALLERS {
        let agent = format!("rest-{number}");
        callers.push(Caller::Rest(Rest::new(server.url(), Some(&key), Some(&agent))?));
    }
    for number in 0..MCP_CALLERS {
        let agent = format!("mcp-{number}");
        let mcp = if number % 2 == 0 {
            Mcp::modern(&server.ready().mcp, &key, Some(&agent))?
        } else {
            Mcp::handshake(&server.ready().mcp, &key, Some(&agent)).await?
        };
        callers.push(Caller::Mcp(mcp));
    }
    Ok(callers)
}

/// Waits for the first call of an agent whose name begins so.
async fn arrival(stream: &mut Stream, start: &str) -> Result<()> {
    loop {
        let seen = stream.next().await?;
        let name = seen.data["data"]["agent"]["name"].as_str().unwrap_or_default();
        if name.starts_with(start) {
            return Ok(());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_sixty_four_callers_exactly_one_gets_the_task() -> Result<()> {
    let rounds = match std::env::var("MESHPILOT_ROUNDS") {
        Ok(text) => text.parse().context("MESHPILOT_ROUNDS is a number")?,
        Err(_) => ROUNDS,
    };
    let server = Server::unlimited().await?;
    let callers = callers(&server).await?;
    let planner = server.agent("planner")?;
    let mut arrivals = Stream::open(&server.person()?, "?types=agent.seen", None).await?;
    let mut doors = [0; 3];
    for round in 0..rounds {
        let task = planner.create_task(json!({ "title": format!("Round {round}") })).await?;
        let mut running = JoinSet::new();
        if round % CLI_EVERY == 0 {
            for number in 0..CLI_CALLERS {
                let caller = Caller::Cli(server.place().clone(), format!("cli-{round}-{number}"));
                let task = task.clone();
                running.spawn(async move {
                    caller.claim(&task).await.map(|won| won.then_some(caller.door()))
                });
            }
            // Every other time the others wait until the first process is through the door, or none would ever win.
            if round % (2 * CLI_EVERY) == 0 {
                arrival(&mut arrivals, &format!("cli-{round}-")).await?;
            }
        }
        let start = Arc::new(Barrier::new(callers.len()));
        // Who is started first has an edge; everybody gets it in turn.
        for caller in callers.iter().cycle().skip(round % callers.len()).take(callers.len()) {
            let (caller, start, task) = (caller.clone(), Arc::clone(&start), task.clone());
            running.spawn(async move {
                start.wait().await;
                caller.claim(&task).await.map(|won| won.then_some(caller.door()))
            });
        }
        let mut winners = Vec::new();
        while let Some(claimed) = running.join_next().await {
            winners.extend(claimed??);
        }
        let [winner] = winners.as_slice() else { bail!("round {round}: {winners:?} won") };
        doors[*winner] += 1;
    }

    // Each task was claimed once, says the log, and has one attempt and one holder.
    let events = server.person()?.events(0).await?;
    let claims: Vec<&str> = events
        .iter()
        .filter(|event| event["data"]["change"] == "claimed")
        .filter_map(|event| event["entity"].as_str())
        .collect();
    let distinct: std::collections::BTreeSet<&&str> = claims.iter().collect();
    assert_eq!((claims.len(), distinct.len()), (rounds, rounds));
    println!("{rounds} rounds, won over REST, MCP and the command line: {doors:?}");
    Ok(())
}
