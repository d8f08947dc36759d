//! One run of `meshpilot serve` as a child process.

use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tauri::Url;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{ChildStdin, Command};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::log::Log;
use crate::supervisor::{Observation, Server};

/// The longest ready line that is read; a longer one is no ready line.
const READY_LINE_LIMIT: u64 = 64 << 10;
/// How long a child that has ended may leave its pipes open (through a process of its own).
const DRAIN_LIMIT: Duration = Duration::from_millis(500);

/// How a project's server is started.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The `meshpilot` binary.
    pub program: PathBuf,
    /// The project folder.
    pub project: PathBuf,
}

/// A child that runs, or has ended and not been reported yet.
pub struct Child {
    process: tokio::process::Child,
    pid: u32,
    /// The server ends when this closes; the system closes it should the shell die.
    lifeline: Option<ChildStdin>,
    ready: mpsc::Receiver<ReadyLine>,
    log_pump: Option<JoinHandle<()>>,
    ended: Option<(ExitStatus, Instant)>,
}

/// The ready line; what is not named here is not needed here.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
struct ReadyLine {
    url: String,
    board_url: String,
    pid: u32,
}

impl Child {
    /// Starts the server. Its standard error goes to `log`.
    ///
    /// # Errors
    /// What the system says when the program can't be run.
    pub fn spawn(spec: &Spec, log: Arc<Mutex<Log>>) -> io::Result<Self> {
        let mut process = Command::new(&spec.program)
            .args(["serve", "--lifeline", "--project"])
            .arg(&spec.project)
            .current_dir(&spec.project)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let missing = || io::Error::other("the child has no pipes");
        let pid = process.id().ok_or_else(missing)?;
        let lifeline = process.stdin.take().ok_or_else(missing)?;
        let stdout = process.stdout.take().ok_or_else(missing)?;
        let stderr = process.stderr.take().ok_or_else(missing)?;
        let (found, ready) = mpsc::channel(1);
        tokio::spawn(read_ready_line(stdout, found));
        let log_pump = tokio::spawn(pump(stderr, log));
        Ok(Self {
            process,
            pid,
            lifeline: Some(lifeline),
            ready,
            log_pump: Some(log_pump),
            ended: None,
        })
    }

    /// Waits for the next thing that happens to the child: its ready line, then its end. May be
    /// dropped at any moment and called again; not after the end was reported.
    pub async fn next(&mut self) -> Observation {
        let mut listening = true;
        loop {
            let Some((status, drained_at)) = self.ended else {
                tokio::select! {
                    biased;
                    line = self.ready.recv(), if listening => match line {
                        Some(line) => return Observation::Ready(self.server(line)),
                        None => listening = false,
                    },
                    status = self.process.wait() => {
                        let status = match status {
                            Ok(status) => status,
                            Err(refused) => return Observation::Ended(refused.to_string()),
                        };
                        self.ended = Some((status, Instant::now() + DRAIN_LIMIT));
                    }
                }
                continue;
            };
            // What it said before its end counts, also when the end is noticed first.
            if let Ok(Some(line)) = timeout_at(drained_at, self.ready.recv()).await {
                return Observation::Ready(self.server(line));
            }
            if let Some(pump) = &mut self.log_pump {
                let _ = timeout_at(drained_at, pump).await;
                self.log_pump = None;
            }
            return Observation::Ended(status.to_string());
        }
    }

    /// Cuts the lifeline, on which the server ends by itself.
    pub fn cut_lifeline(&mut self) {
        self.lifeline = None;
    }

    /// Kills the child.
    pub fn kill(&mut self) {
        if let Err(refused) = self.process.start_kill() {
            tracing::warn!(%refused, pid = self.pid, "the server can't be killed");
        }
    }

    fn server(&self, line: ReadyLine) -> Server {
        Server {
            url: line.url,
            board_url: line.board_url,
            pid: line.pid,
            owned: line.pid == self.pid,
        }
    }
}

/// Reads the first line, then the rest to its end, so that the child never waits for a reader.
async fn read_ready_line(stdout: impl AsyncRead + Unpin, found: mpsc::Sender<ReadyLine>) {
    let mut reader = BufReader::new(stdout);
    let mut line = Vec::new();
    let read = (&mut reader).take(READY_LINE_LIMIT).read_until(b'\n', &mut line).await;
    match read.map_err(|refused| refused.to_string()).and_then(|_| parse(&line)) {
        Ok(ready) => {
            let _ = found.send(ready).await;
        }
        // One that ends without a word says why in its log.
        Err(_) if line.is_empty() => {}
        Err(reason) => tracing::warn!(reason, "no ready line"),
    }
    drop(found);
    let _ = tokio::io::copy(&mut reader, &mut tokio::io::sink()).await;
}

/// The board is shown in a window with the person's trust, so its address must be this machine's
/// and the board's must be the server's.
fn parse(line: &[u8]) -> Result<ReadyLine, String> {
    let mut ready: ReadyLine =
        serde_json::from_slice(line).map_err(|refused| refused.to_string())?;
    let url: Url = ready.url.parse().map_err(|_| "its url is none".to_owned())?;
    let board: Url = ready.board_url.parse().map_err(|_| "its boardUrl is none".to_owned())?;
    let is_loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    if url.scheme() != "http" || !is_loopback {
        return Err("its url is not on this machine".to_owned());
    }
    if board.origin() != url.origin() {
        return Err("its boardUrl is another server's".to_owned());
    }
    ready.url = url.origin().ascii_serialization();
    Ok(ready)
}

/// The writes are short and go to the page cache, so they stay on this task.
async fn pump(mut stderr: impl AsyncRead + Unpin, log: Arc<Mutex<Log>>) {
    let mut chunk = vec![0; 8 << 10];
    while let Ok(read @ 1..) = stderr.read(&mut chunk).await {
        log.lock().unwrap_or_else(PoisonError::into_inner).append(&chunk[..read]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(url: &str, board_url: &str) -> String {
        serde_json::json!({
            "url": url, "mcp": format!("{url}/mcp"), "project": "/p", "pid": 7,
            "version": "0.1.0", "boardUrl": board_url,
        })
        .to_string()
    }

    #[test]
    fn a_ready_line_is_read_and_its_address_normalised() {
        let ready =
            parse(line("http://127.0.0.1:3456/", "http://127.0.0.1:3456/#code=x").as_bytes());
        assert_eq!(
            ready,
            Ok(ReadyLine {
                url: "http://127.0.0.1:3456".to_owned(),
                board_url: "http://127.0.0.1:3456/#code=x".to_owned(),
                pid: 7,
            })
        );
    }

    #[test]
    fn only_a_server_on_this_machine_gets_into_the_window() {
        let here = "http://127.0.0.1:3456";
        for (url, board_url) in [
            ("http://example.org", "http://example.org/"),
            ("https://127.0.0.1:3456", "https://127.0.0.1:3456/"),
            ("http://127.0.0.1.example.org:3456", "http://127.0.0.1.example.org:3456/"),
            (here, "http://127.0.0.1:9999/#code=x"),
            (here, "javascript:alert(1)"),
            ("nonsense", here),
        ] {
            assert!(parse(line(url, board_url).as_bytes()).is_err(), "{url} {board_url}");
        }
        assert!(parse(b"listening on 3456").is_err());
        assert!(parse(b"").is_err());
    }
}
