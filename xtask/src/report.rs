//! What a run of several steps did: each step's time and its runner's own closing lines.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// The closing lines that the runners of one step printed.
#[derive(Default)]
pub struct Summary(Vec<String>);

impl Summary {
    /// Says whether a line is one in which nextest, `cargo test`, vitest or `node --test` sums up.
    pub fn is_closing(line: &str) -> bool {
        // Indented, it is what nextest shows of a test that failed.
        let result = line.starts_with("test result:");
        let line = line.trim_start();
        let counts = |word: &str| {
            ["#", "ℹ"].iter().any(|mark| {
                line.strip_prefix(mark)
                    .and_then(|rest| rest.trim_start().strip_prefix(word))
                    .is_some_and(|rest| rest.trim().parse::<u64>().is_ok())
            })
        };
        (line.starts_with("Summary [") && line.contains("run:"))
            || result
            || ["Test Files ", "Tests "]
                .iter()
                .any(|start| line.starts_with(start) && line.ends_with(')'))
            || ["tests", "pass", "fail", "skipped"].iter().any(|word| counts(word))
    }

    /// Keeps a closing line.
    pub fn note(&mut self, line: &str) {
        self.0.push(line.split_whitespace().collect::<Vec<_>>().join(" "));
    }
}

struct Row {
    name: &'static str,
    took: Duration,
    outcome: &'static str,
    lines: Vec<String>,
}

/// The steps so far.
#[derive(Default)]
pub struct Report(Vec<Row>);

impl Report {
    /// Runs one step under a heading and notes how long it took.
    ///
    /// # Errors
    ///
    /// What the step failed with, under the step's name.
    pub fn step(
        &mut self,
        name: &'static str,
        work: impl FnOnce(&mut Summary) -> Result<()>,
    ) -> Result<()> {
        println!("\n━━ {name}");
        let mut summary = Summary::default();
        let began = Instant::now();
        let result = work(&mut summary);
        let outcome = if result.is_ok() { "ok" } else { "FAILED" };
        self.0.push(Row { name, took: began.elapsed(), outcome, lines: summary.0 });
        result.with_context(|| format!("{name} failed"))
    }

    /// Notes a step that was left out, and why.
    pub fn skip(&mut self, name: &'static str, why: &'static str) {
        println!("\n━━ {name}: left out, {why}");
        self.0.push(Row {
            name,
            took: Duration::ZERO,
            outcome: "left out",
            lines: vec![why.to_owned()],
        });
    }

    /// The table: one row a step, its runners' closing lines beneath it.
    pub fn table(&self) -> String {
        let width = self.0.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max(5);
        let mut out = format!("{:width$}  {:>8}  outcome\n", "step", "time");
        for row in &self.0 {
            let _ = writeln!(out, "{:width$}  {:>8}  {}", row.name, clock(row.took), row.outcome);
            for line in &row.lines {
                let _ = writeln!(out, "{:width$}  {:>8}    {line}", "", "");
            }
        }
        let total = self.0.iter().map(|row| row.took).sum();
        let _ = writeln!(out, "{:width$}  {:>8}", "total", clock(total));
        out
    }
}

fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds >= 60 {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn closing_lines_of_every_runner_are_recognised() {
        for line in [
            "     Summary [   1.234s] 120 tests run: 120 passed, 0 skipped",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
            " Test Files  12 passed (12)",
            "      Tests  87 passed | 1 failed (88)",
            "ℹ tests 14",
            "# pass 14",
            "ℹ fail 0",
        ] {
            assert!(Summary::is_closing(line), "{line:?}");
        }
    }

    #[test]
    fn other_output_is_not_taken_for_a_closing_line() {
        for line in [
            "Tests that quantify over the list",
            "# tests are below",
            "    Starting 120 tests across 5 binaries",
            "Summary of changes",
            "    test result: FAILED. 0 passed; 1 failed; 0 ignored",
            "",
        ] {
            assert!(!Summary::is_closing(line), "{line:?}");
        }
    }

    #[test]
    fn a_failure_carries_the_name_of_its_step() {
        let mut report = Report::default();
        report.step("spelling", |_| Ok(())).unwrap();
        let error = report.step("lints", |_| bail!("3 warnings")).unwrap_err();
        assert_eq!(format!("{error:#}"), "lints failed: 3 warnings");
        let table = report.table();
        assert!(table.contains("spelling") && table.contains("FAILED"), "{table}");
    }

    #[test]
    fn times_are_readable() {
        assert_eq!(clock(Duration::from_millis(340)), "0.3 s");
        assert_eq!(clock(Duration::from_secs(185)), "3 min 05 s");
    }
}
