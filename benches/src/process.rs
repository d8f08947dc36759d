//! Servers as processes of their own: started, asked for their processor time and memory, ended.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::serve::ListenerExt;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdin, Command};

/// Longer than any server here takes to start, on any machine.
const START_LIMIT: Duration = Duration::from_secs(60);

/// The unit of `/proc/PID/stat`: Linux promises hundredths of a second to programs, whatever the kernel uses.
const TICKS_PER_SECOND: u64 = 100;

/// A running server. Dropping it ends it.
pub struct Server {
    child: Child,
    // The servers end when their standard input does.
    _lifeline: Option<ChildStdin>,
    /// The line it printed when it listened.
    pub ready: Value,
    /// From just before the process was made until its line was read.
    pub start: Duration,
}

impl Server {
    /// Starts a server and waits for the JSON line that says where it listens.
    pub async fn start(mut command: Command) -> Result<Self> {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let began = Instant::now();
        let mut child = command.spawn().context("cannot start a server")?;
        let lifeline = child.stdin.take();
        let stdout = child.stdout.take().context("the server has no standard output")?;
        let mut line = String::new();
        let mut reader = BufReader::new(stdout);
        tokio::time::timeout(START_LIMIT, reader.read_line(&mut line))
            .await
            .context("the server did not say that it listens")??;
        let start = began.elapsed();
        if line.is_empty() {
            bail!("the server ended before it listened: {:?}", command.as_std());
        }
        let ready = serde_json::from_str(&line).context("the server's first line is not JSON")?;
        Ok(Self { child, _lifeline: lifeline, ready, start })
    }

    /// A text field of the ready line.
    pub fn text(&self, field: &str) -> Result<&str> {
        self.ready
            .get(field)
            .and_then(Value::as_str)
            .with_context(|| format!("no `{field}` in the ready line"))
    }

    /// The address it listens on, as `host:port`.
    pub fn address(&self) -> Result<String> {
        let url = self.text("url")?;
        Ok(url.trim_start_matches("http://").trim_end_matches('/').to_owned())
    }

    /// The processor time it has used, in user and system mode, with all its threads.
    pub fn cpu(&self) -> Result<Duration> {
        let stat = self.proc("stat")?;
        // The second field is the name in brackets and may hold anything, so count from behind it.
        let (_, fields) = stat.rsplit_once(')').context("unreadable /proc/PID/stat")?;
        let ticks = |index: usize| -> Result<u64> {
            Ok(fields.split_whitespace().nth(index).context("short /proc/PID/stat")?.parse()?)
        };
        let total = ticks(11)? + ticks(12)?;
        Ok(Duration::from_millis(total * 1000 / TICKS_PER_SECOND))
    }

    /// Its resident memory in bytes.
    pub fn memory(&self) -> Result<u64> {
        let status = self.proc("status")?;
        let line =
            status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
        Ok(kilobytes * 1024)
    }

    /// Kills it, without a chance to tidy up, and waits until it is gone.
    pub async fn kill(mut self) -> Result<()> {
        self.child.kill().await.context("cannot kill the server")
    }

    fn proc(&self, name: &str) -> Result<String> {
        let pid = self.child.id().context("the server has ended")?;
        std::fs::read_to_string(format!("/proc/{pid}/{name}"))
            .context("cannot read /proc: this needs Linux")
    }
}

/// Serves routes on a free loopback port, says where in a ready line, and returns when standard input ends.
pub async fn serve_until_input_ends(routes: Router) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", json!({ "url": format!("http://{}", listener.local_addr()?) }));
    let listener = listener.tap_io(|stream| {
        // Without it answers in two writes wait for the client's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
    });
    let serving = async { axum::serve(listener, routes).await.context("cannot serve") };
    let mut input = tokio::io::stdin();
    let mut rest = Vec::new();
    tokio::select! {
        served = serving => served,
        _ = input.read_to_end(&mut rest) => Ok(()),
    }
}
