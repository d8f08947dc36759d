//! The command line as a shell script uses it.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::process::Command;

use crate::server::Place;
use crate::wait::{PATIENCE, within};

/// What a command left behind.
#[derive(Debug, Clone)]
pub struct Output {
    /// Its exit code.
    pub code: i32,
    /// What it printed.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
}

impl Output {
    /// The JSON that a command which went well has printed.
    ///
    /// # Errors
    /// When it did not go well, or printed no JSON.
    pub fn json(&self) -> Result<Value> {
        ensure!(self.code == 0, "{self:?}");
        serde_json::from_str(&self.stdout).with_context(|| format!("no JSON: {self:?}"))
    }
}

impl Place {
    /// Runs the program under test with the person's environment.
    ///
    /// # Errors
    /// When it can't be started or does not end.
    pub async fn run(&self, arguments: &[&str]) -> Result<Output> {
        self.run_with(arguments, &[]).await
    }

    /// As [`Self::run`], with further environment variables.
    ///
    /// # Errors
    /// As for [`Self::run`].
    pub async fn run_with(&self, arguments: &[&str], env: &[(&str, &str)]) -> Result<Output> {
        let mut command = self.command()?;
        command.args(arguments).envs(env.iter().copied());
        finish(command).await
    }
}

/// Runs a program to its end.
///
/// # Errors
/// When it can't be started or does not end.
pub async fn finish(command: std::process::Command) -> Result<Output> {
    finish_within(command, PATIENCE).await
}

/// Runs a program that may take as long as `limit`.
///
/// # Errors
/// When it can't be started or does not end by then.
pub async fn finish_within(command: std::process::Command, limit: Duration) -> Result<Output> {
    let what = format!("{command:?}");
    let mut command = Command::from(command);
    let running = command.stdin(Stdio::null()).kill_on_drop(true).output();
    let output = within(limit, &what, running).await?.with_context(|| what.clone())?;
    Ok(Output {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}
