//! The report: tables in Markdown, the same on the terminal and in the docs.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::mcp::Generation;
use crate::rest::Row;
use crate::stats::{Measured, percentile};

/// The goals of a tool call: share of the bare tool, times the official TypeScript server.
const MCP_GOALS: (f64, f64) = (0.5, 8.0);

/// The goal of an event's 99th percentile: at most this many times the ceiling's.
const EVENT_GOAL: f64 = 3.0;

/// MeshPilot beside what it is compared with.
pub struct Comparison {
    meshpilot: Measured,
    ceiling: Measured,
    standin: Option<Measured>,
}

impl Comparison {
    /// From the figures of MeshPilot, the ceiling and, if it took part, the stand-in.
    pub fn of(measured: Vec<Measured>) -> Result<Self> {
        let mut measured = measured.into_iter();
        Ok(Self {
            meshpilot: measured.next().context("MeshPilot was not measured")?,
            ceiling: measured.next().context("the ceiling was not measured")?,
            standin: measured.next(),
        })
    }
}

/// A single figure with a goal.
pub struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    goal: f64,
}

impl Figure {
    /// A figure that should be below its goal.
    pub fn below(name: &str, value: f64, unit: &'static str, goal: f64) -> Self {
        Self { name: name.to_owned(), value, unit, goal }
    }
}

/// What has been measured so far.
pub struct Report {
    machine: String,
    rounds: u32,
    time: Duration,
    comparisons: Vec<Vec<String>>,
    events: Vec<Vec<String>>,
    figures: Vec<Vec<String>>,
    limits: Vec<Vec<String>>,
    failed: Vec<String>,
}

impl Report {
    /// An empty report of a run on this machine.
    pub fn new(machine: String, rounds: u32, time: Duration) -> Self {
        Self {
            machine,
            rounds,
            time,
            comparisons: Vec::new(),
            events: Vec::new(),
            figures: Vec::new(),
            limits: Vec::new(),
            failed: Vec::new(),
        }
    }

    /// Adds a row over REST.
    pub fn rest(&mut self, row: &Row, result: Result<Comparison>) {
        self.comparison(row.name, row.callers, row.share, row.times, result);
    }

    /// Adds a row over MCP; its ceiling is a bare tool.
    pub fn mcp(&mut self, generation: Generation, callers: usize, result: Result<Comparison>) {
        self.comparison(generation.name(), callers, MCP_GOALS.0, MCP_GOALS.1, result);
    }

    fn comparison(
        &mut self,
        name: &str,
        callers: usize,
        share: f64,
        times: f64,
        result: Result<Comparison>,
    ) {
        let Some(mut figures) = self.unless_failed(&format!("{name}, {callers} callers"), result)
        else {
            return;
        };
        let own = figures.meshpilot.rate();
        let of_ceiling = own / figures.ceiling.rate();
        let (standin, of_standin) = match &figures.standin {
            Some(standin) => (thousands(standin.rate()), judged(own / standin.rate(), times, "×")),
            None => ("–".to_owned(), "–".to_owned()),
        };
        let tail = percentile(&mut figures.meshpilot.micros, 0.99);
        self.comparisons.push(vec![
            name.to_owned(),
            callers.to_string(),
            thousands(own),
            thousands(figures.ceiling.rate()),
            judged(of_ceiling, share, ""),
            standin,
            of_standin,
            format!("{:.0}", figures.meshpilot.cpu_micros()),
            format!("{:.0}", figures.ceiling.cpu_micros()),
            format!("{:.2}", f64::from(tail) / 1e3),
        ]);
    }

    /// Adds a row of events: median and 99th percentile of MeshPilot and of the ceiling, in microseconds.
    pub fn events(&mut self, readers: usize, result: Result<[(f64, f64); 2]>) {
        let Some([own, ceiling]) =
            self.unless_failed(&format!("events, {readers} readers"), result)
        else {
            return;
        };
        let times = own.1 / ceiling.1;
        let verdict = if times <= EVENT_GOAL { "met" } else { "missed" };
        let milliseconds = |micros: f64| format!("{:.2}", micros / 1e3);
        self.events.push(vec![
            thousands(readers as f64),
            milliseconds(own.0),
            milliseconds(own.1),
            milliseconds(ceiling.0),
            milliseconds(ceiling.1),
            format!("{times:.1}× (goal ≤ {EVENT_GOAL}×: {verdict})"),
        ]);
    }

    /// Adds single figures.
    pub fn figures(&mut self, result: Result<Vec<Figure>>) {
        let Some(figures) = self.unless_failed("start and memory", result) else { return };
        for figure in figures {
            let verdict = if figure.value < figure.goal { "met" } else { "missed" };
            self.figures.push(vec![
                figure.name,
                format!("{:.1} {}", figure.value, figure.unit),
                format!("< {:.0} {}: {verdict}", figure.goal, figure.unit),
            ]);
        }
    }

    /// Adds the raw limits.
    pub fn limits(&mut self, result: Result<Vec<(&'static str, f64)>>) {
        let Some(limits) = self.unless_failed("raw limits", result) else { return };
        for (name, rate) in limits {
            self.limits.push(vec![name.to_owned(), thousands(rate)]);
        }
    }

    /// The rows that could not be measured, with the reason.
    pub fn failed(&self) -> &[String] {
        &self.failed
    }

    fn unless_failed<T>(&mut self, name: &str, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.failed.push(format!("{name}: {error:#}"))).ok()
    }

    /// The whole report.
    pub fn render(&self) -> String {
        let mut out = format!(
            "# How fast MeshPilot is\n\n\
             Made by `cargo xtask bench`. Every figure is a median over {} rounds of {:.1} s in which the subjects take\n\
             turns, with the load on the same machine: {}.\n\
             Absolute figures say little about another machine; shares and factors, and processor time per operation,\n\
             carry over better. Writes are durable (`synchronous=FULL`) everywhere.\n\n\
             - **MeshPilot**: the release binary as users run it, rate limits raised.\n\
             - **Ceiling**: a bare server of the same shape (one writer with group commit, read pool, server-sent events)\n\
             \x20 without keys, rights, rules, audit or deduplication beyond a unique index. For MCP: one bare rmcp tool.\n\
             - **Stand-in**: Node with Express, better-sqlite3 in WAL, a promise-chain write queue and server-sent events.\n\
             \x20 For MCP: the official TypeScript SDK with one trivial tool.\n",
            self.rounds,
            self.time.as_secs_f64(),
            self.machine,
        );
        section(
            &mut out,
            "Operations a second",
            &self.comparisons,
            &[
                "operation",
                "callers",
                "MeshPilot /s",
                "ceiling /s",
                "share of the ceiling",
                "stand-in /s",
                "times the stand-in",
                "CPU µs/op",
                "ceiling CPU µs/op",
                "p99 ms",
            ],
        );
        section(
            &mut out,
            "From a write to its event at every reader, in milliseconds",
            &self.events,
            &[
                "readers",
                "median",
                "p99",
                "ceiling's median",
                "ceiling's p99",
                "p99 to the ceiling's",
            ],
        );
        section(&mut out, "Start and memory", &self.figures, &["figure", "measured", "goal"]);
        section(&mut out, "Raw limits, for scale", &self.limits, &["what", "a second"]);
        if !self.failed.is_empty() {
            out.push_str("\n## Could not be measured\n\n");
            for row in &self.failed {
                let _ = writeln!(out, "- {row}");
            }
        }
        out
    }
}

/// A value with its goal and whether it is met.
fn judged(value: f64, goal: f64, unit: &str) -> String {
    let verdict = if value >= goal { "met" } else { "missed" };
    format!("{value:.2}{unit} (goal {goal}{unit}: {verdict})")
}

/// A whole number with commas.
fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A heading and a table whose columns line up, unless there are no rows.
fn section(out: &mut String, title: &str, rows: &[Vec<String>], head: &[&str]) {
    if rows.is_empty() {
        return;
    }
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(head.get(column).map(|cell| cell.chars().count())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded = cells.zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("| {} |\n", padded.collect::<Vec<_>>().join(" | "))
    };
    let _ = write!(out, "\n## {title}\n\n");
    out.push_str(&line(&mut head.iter().copied()));
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    out.push_str(&line(&mut rule.iter().map(String::as_str)));
    for row in rows {
        out.push_str(&line(&mut row.iter().map(String::as_str)));
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    fn measured(rate: f64) -> Measured {
        Measured {
            rates: vec![rate],
            operations: 1000,
            cpu: Duration::from_millis(20),
            micros: vec![500],
        }
    }

    #[test]
    fn a_missed_goal_is_called_missed() {
        assert_eq!(judged(0.49, 0.5, ""), "0.49 (goal 0.5: missed)");
        assert_eq!(judged(8.0, 8.0, "×"), "8.00× (goal 8×: met)");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(thousands(1_234_567.0), "1,234,567");
        assert_eq!(thousands(999.4), "999");
        assert_eq!(thousands(0.0), "0");
    }

    #[test]
    fn a_row_that_failed_is_named_and_the_others_stand() {
        let mut report = Report::new("2 cores".into(), 3, Duration::from_secs(1));
        let comparison = Comparison::of(vec![measured(600.0), measured(1000.0)]).unwrap();
        report.comparison("get a task", 32, 0.5, 10.0, Ok(comparison));
        report.comparison("claim a task", 32, 0.5, 8.0, Err(anyhow!("404 Not Found")));
        let text = report.render();
        assert!(text.contains("| get a task | 32 "), "{text}");
        assert!(text.contains("0.60 (goal 0.5: met)"), "{text}");
        assert!(text.contains("- claim a task, 32 callers: 404 Not Found"), "{text}");
        assert_eq!(report.failed().len(), 1);
    }
}
