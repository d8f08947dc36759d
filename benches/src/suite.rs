//! The run: which rows there are, who takes turns in them, and what is kept of it.

use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::load::{Callers, Next};
use crate::mcp::Generation;
use crate::process::Server;
use crate::report::{Comparison, Figure, Report};
use crate::rest::Row;
use crate::stats::{Measured, median, percentile};
use crate::subject::{Programs, Subject};
use crate::{Run, events, limits, machine, mcp, rest};

/// Callers of an MCP row.
const MCP_CALLERS: usize = 32;

/// How long and how often everything is measured.
#[derive(Clone, Copy)]
struct Plan {
    rounds: u32,
    time: Duration,
    /// Readers of the event rows.
    readers: &'static [usize],
    /// Writes in a round of an event row.
    writes: u32,
    /// Tasks of the full board.
    tasks: u64,
}

const FULL: Plan = Plan {
    rounds: 5,
    time: Duration::from_secs(1),
    readers: &[1, 100, 1000],
    writes: 100,
    tasks: 100_000,
};

const QUICK: Plan = Plan {
    rounds: 3,
    time: Duration::from_millis(300),
    readers: &[1, 100],
    writes: 30,
    tasks: 10_000,
};

/// Runs all rows, prints the report and writes it where it was asked for.
///
/// # Errors
///
/// If a row could not be measured; the others are, and the report names it.
pub async fn run(options: Run) -> Result<()> {
    let plan = if options.quick { QUICK } else { FULL };
    let programs =
        Programs { meshpilot: options.meshpilot, node: options.node, standins: options.standins };
    let wanted = |name: &str| options.only.as_ref().is_none_or(|only| name.contains(only.as_str()));
    let scratch = tempfile::tempdir()?;
    let mut report = Report::new(machine::describe(scratch.path())?, plan.rounds, plan.time);

    for row in rest::ROWS.iter().filter(|row| wanted(row.name)) {
        eprintln!("{}, {} callers …", row.name, row.callers);
        report.rest(row, rest_row(&programs, row, plan).await);
    }
    for generation in [Generation::Modern, Generation::Legacy] {
        if wanted(generation.name()) {
            eprintln!("{} …", generation.name());
            report.mcp(generation, MCP_CALLERS, mcp_row(&programs, generation, plan).await);
        }
    }
    if wanted("event") {
        for &readers in plan.readers {
            eprintln!("events, {readers} readers …");
            report.events(readers, event_row(&programs, readers, plan).await);
        }
    }
    if wanted("start") {
        eprintln!("start and memory …");
        report.figures(start_and_memory(&programs, plan).await);
    }
    if wanted("limit") {
        eprintln!("raw limits …");
        report.limits(raw_limits(&programs, plan, scratch.path()).await);
    }

    let text = report.render();
    print!("{text}");
    if let Some(path) = options.write {
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    match report.failed().len() {
        0 => Ok(()),
        rows => bail!("{rows} rows could not be measured; the report ends with them"),
    }
}

/// A subject in a row.
struct Contestant<'a> {
    server: &'a Server,
    callers: Callers,
    next: Next,
}

/// Lets the contestants take turns, so that whatever else the machine does hits all of them alike.
async fn take_turns(
    contestants: &mut [Contestant<'_>],
    rounds: u32,
    time: Duration,
) -> Result<Vec<Measured>> {
    let mut measured: Vec<Measured> = contestants.iter().map(|_| Measured::default()).collect();
    for contestant in contestants.iter_mut() {
        contestant.callers.burst(time / 4, &contestant.next, false).await?;
    }
    for _ in 0..rounds {
        for (contestant, measured) in contestants.iter_mut().zip(&mut measured) {
            let before = contestant.server.cpu()?;
            let burst = contestant.callers.burst(time, &contestant.next, false).await?;
            measured.cpu += contestant.server.cpu()?.saturating_sub(before);
            measured.operations += burst.operations;
            measured.rates.push(burst.operations as f64 / burst.elapsed.as_secs_f64());
            measured.micros.extend(burst.micros);
        }
    }
    Ok(measured)
}

async fn rest_row(programs: &Programs, row: &Row, plan: Plan) -> Result<Comparison> {
    let mut subjects = vec![programs.meshpilot().await?, programs.ceiling().await?];
    subjects.extend(programs.standin_board().await?);
    let time = row.operation.round(plan.time);
    let mut asked = Vec::new();
    for subject in &subjects {
        asked.push(rest::prepare(subject, row, plan.rounds, plan.time).await?);
    }
    // Only now: a connection that waited for the slowest subject to be filled may be closed as idle.
    let mut contestants = Vec::new();
    for (subject, next) in subjects.iter().zip(asked) {
        let callers = Callers::connect(subject.requests.address(), row.callers).await?;
        contestants.push(Contestant { server: &subject.server, callers, next });
    }
    Comparison::of(take_turns(&mut contestants, plan.rounds, time).await?)
}

async fn mcp_row(programs: &Programs, generation: Generation, plan: Plan) -> Result<Comparison> {
    let mut subjects = vec![programs.meshpilot().await?, programs.bare_tool().await?];
    subjects.extend(programs.standin_mcp(generation).await?);
    rest::seed(&subjects[0].requests, Duration::from_secs(10), 1).await?;
    let mut contestants = Vec::new();
    for subject in &subjects {
        let next = mcp::calls(&subject.requests, generation, "T1", MCP_CALLERS).await?;
        mcp::check(&subject.requests, &next).await?;
        let callers = Callers::connect(subject.requests.address(), MCP_CALLERS).await?;
        contestants.push(Contestant { server: &subject.server, callers, next });
    }
    Comparison::of(take_turns(&mut contestants, plan.rounds, plan.time).await?)
}

/// Median and 99th percentile for MeshPilot, then for the ceiling, in microseconds.
async fn event_row(programs: &Programs, readers: usize, plan: Plan) -> Result<[(f64, f64); 2]> {
    let subjects = [programs.meshpilot().await?, programs.ceiling().await?];
    let mut halves = [Vec::new(), Vec::new()];
    let mut tails = [Vec::new(), Vec::new()];
    for _ in 0..plan.rounds {
        for (at, subject) in subjects.iter().enumerate() {
            let mut micros = events::latencies(&subject.requests, readers, plan.writes).await?;
            halves[at].push(f64::from(percentile(&mut micros, 0.5)));
            tails[at].push(f64::from(percentile(&mut micros, 0.99)));
        }
    }
    Ok([0, 1].map(|at| (median(&halves[at]), median(&tails[at]))))
}

async fn start_and_memory(programs: &Programs, plan: Plan) -> Result<Vec<Figure>> {
    let mut empty = Vec::new();
    for _ in 0..plan.rounds {
        empty.push(programs.meshpilot().await?.server.start.as_secs_f64() * 1e3);
    }
    let subject = programs.meshpilot().await?;
    let idle = settled_memory(&subject).await?;

    rest::seed(&subject.requests, Duration::from_secs(600), plan.tasks).await?;
    let seeded = settled_memory(&subject).await?;
    let mut full = Vec::new();
    let mut subject = subject;
    for _ in 0..plan.rounds {
        subject = programs.restart_killed(subject).await?;
        full.push(subject.server.start.as_secs_f64() * 1e3);
    }
    let tasks = plan.tasks;
    Ok(vec![
        Figure::below("start to ready, empty board", median(&empty), "ms", 50.0),
        Figure::below(
            &format!("start to ready after kill -9, {tasks} tasks"),
            median(&full),
            "ms",
            2000.0,
        ),
        Figure::below("memory, idle", idle, "MB", 30.0),
        Figure::below(&format!("memory after {tasks} tasks were created"), seeded, "MB", 60.0),
    ])
}

/// Resident memory in megabytes, once what the last requests needed had time to be given back.
async fn settled_memory(subject: &Subject) -> Result<f64> {
    tokio::time::sleep(Duration::from_secs(2)).await;
    Ok(subject.server.memory()? as f64 / 1e6)
}

async fn raw_limits(
    programs: &Programs,
    plan: Plan,
    scratch: &std::path::Path,
) -> Result<Vec<(&'static str, f64)>> {
    let mut figures = limits::sqlite(scratch, plan.time)?;
    let route = programs.bare_route().await?;
    let requests = route.requests.clone();
    let next: Next =
        std::sync::Arc::new(move |_, _| Some(requests.build("GET", "/", &[], String::new())));
    let callers = Callers::connect(route.requests.address(), 32).await?;
    let mut contestants = [Contestant { server: &route.server, callers, next }];
    let measured = take_turns(&mut contestants, plan.rounds, plan.time).await?;
    figures
        .extend(measured.iter().map(|measured| ("a bare axum route, 32 callers", measured.rate())));
    Ok(figures)
}
