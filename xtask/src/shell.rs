//! Commands of other tools: how they are started, shown and judged.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::place;
use crate::report::Summary;

/// A command under construction. It runs in the checkout's root unless told otherwise, and without
/// standard input: nothing here may stop to ask.
pub struct Cmd {
    inner: Command,
    shown: String,
}

/// Starts building a command.
pub fn cmd(program: impl AsRef<OsStr>) -> Cmd {
    let program = program.as_ref();
    let shown = Path::new(program).file_name().unwrap_or(program).to_string_lossy().into_owned();
    let mut inner = Command::new(program);
    inner.current_dir(place::root()).stdin(Stdio::null());
    Cmd { inner, shown }
}

/// Cargo itself: the one that started xtask, so that a chosen toolchain stays chosen.
pub fn cargo() -> Cmd {
    let mut cmd = cmd(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Meant for xtask's own package. Handed on, they would make cargo build everything again.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") {
            cmd.inner.env_remove(name);
        }
    }
    cmd.inner.env_remove("CARGO_MANIFEST_DIR").env_remove("CARGO_MANIFEST_PATH");
    cmd
}

impl Cmd {
    /// Adds one argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.shown.push(' ');
        self.shown.push_str(&arg.as_ref().to_string_lossy());
        self.inner.arg(arg);
        self
    }

    /// Adds several arguments.
    pub fn args<S: AsRef<OsStr>>(self, args: impl IntoIterator<Item = S>) -> Self {
        args.into_iter().fold(self, Self::arg)
    }

    /// Sets a variable of the command's environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.inner.env(name, value);
        self
    }

    /// Runs the command in this folder.
    pub fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.inner.current_dir(dir);
        self
    }

    /// Looks for programs in this folder first.
    pub fn path_first(self, dir: Option<&PathBuf>) -> Self {
        let Some(dir) = dir else { return self };
        let old = std::env::var_os("PATH").unwrap_or_default();
        let all = std::iter::once(dir.clone()).chain(std::env::split_paths(&old));
        match std::env::join_paths(all) {
            Ok(path) => self.env("PATH", path),
            Err(_) => self,
        }
    }

    /// The command for a caller that wants to hold the process itself.
    pub fn into_inner(self) -> Command {
        self.inner
    }

    /// Shows the command, runs it with its output going where xtask's goes, and fails if it fails.
    pub fn run(self) -> Result<()> {
        println!("$ {}", self.shown);
        self.run_quietly()
    }

    /// Like [`run`](Self::run), without showing the command.
    pub fn run_quietly(mut self) -> Result<()> {
        let status =
            self.inner.status().with_context(|| format!("cannot start `{}`", self.shown))?;
        if !status.success() {
            bail!("`{}` ended with {status}", self.shown);
        }
        Ok(())
    }

    /// Like [`run`](Self::run), and keeps the lines in which a test runner sums up what it did.
    pub fn run_noting(mut self, summary: &mut Summary) -> Result<()> {
        println!("$ {}", self.shown);
        // Piped, so that the lines can be read; colours would only get into the way of reading them.
        self.inner.env("NO_COLOR", "1").env_remove("FORCE_COLOR");
        self.inner.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child =
            self.inner.spawn().with_context(|| format!("cannot start `{}`", self.shown))?;
        let errors =
            child.stderr.take().map(|pipe| thread::spawn(|| echo(pipe, std::io::stderr())));
        let mut lines = match child.stdout.take() {
            Some(pipe) => echo(pipe, std::io::stdout()),
            None => Vec::new(),
        };
        if let Some(errors) = errors {
            lines.extend(errors.join().unwrap_or_default());
        }
        let status = child.wait().with_context(|| format!("cannot wait for `{}`", self.shown))?;
        for line in &lines {
            summary.note(line);
        }
        if !status.success() {
            bail!("`{}` ended with {status}", self.shown);
        }
        Ok(())
    }

    /// Runs the command without a sound and says whether it succeeded; one that is not installed did not.
    pub fn succeeds(mut self) -> bool {
        self.inner.stdout(Stdio::null()).stderr(Stdio::null());
        self.inner.status().is_ok_and(|status| status.success())
    }

    /// Runs the command without a sound and returns what it printed, whether or not it succeeded.
    pub fn read_any(mut self) -> String {
        let output = self.inner.stderr(Stdio::null()).output();
        output
            .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
            .unwrap_or_default()
    }

    /// Runs the command without a sound and returns what it printed, if it is there and succeeded.
    pub fn read(mut self) -> Option<String> {
        let output = self.inner.stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// Passes a pipe on line by line and returns the lines that some runner sums up with.
fn echo(pipe: impl Read, mut to: impl Write) -> Vec<String> {
    let mut kept = Vec::new();
    let mut reader = BufReader::new(pipe);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        // A reader that went away is no reason to stop the tests.
        let _ = to.write_all(&line).and_then(|()| to.flush());
        let text = String::from_utf8_lossy(&line);
        if Summary::is_closing(text.trim_end()) {
            kept.push(text.trim().to_owned());
        }
        line.clear();
    }
    kept
}
