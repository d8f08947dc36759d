use std::collections::VecDeque;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::{CheckError, Connection, Heard, result};
use crate::clients::wire::Wire;

/// How long a server has to end by itself once its input is closed.
const GRACE: Duration = Duration::from_secs(2);
/// Lines of standard error that are kept for a message.
const LINES_KEPT: usize = 5;

type Tail = Arc<Mutex<VecDeque<String>>>;

/// Starts the command, talks to it and ends it, all within `limit` and [`GRACE`].
pub(super) async fn converse(
    wire: &Wire,
    command: &[String],
    folder: PathBuf,
    environment: Vec<(String, String)>,
    limit: Duration,
) -> Result<Heard, CheckError> {
    let mut process = Process::start(command, folder, environment)?;
    let heard = tokio::time::timeout(limit, super::converse(wire, &mut process)).await;
    let tail = Arc::clone(&process.stderr);
    process.end().await;
    let stderr = tail.lock().unwrap_or_else(PoisonError::into_inner).make_contiguous().join(" / ");
    match heard {
        Err(_) => Err(CheckError::Timeout { stderr }),
        Ok(Err(CheckError::Ended { .. })) => Err(CheckError::Ended { stderr }),
        Ok(heard) => heard,
    }
}

struct Process {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    stderr: Tail,
    reader: tokio::task::JoinHandle<()>,
    next: u64,
}

impl Process {
    fn start(
        command: &[String],
        folder: PathBuf,
        environment: Vec<(String, String)>,
    ) -> Result<Self, CheckError> {
        let [program, arguments @ ..] = command else { return Err(CheckError::Incomplete) };
        let refuse = |source: std::io::Error| CheckError::Start {
            command: command.join(" "),
            folder: folder.clone(),
            source,
        };
        // Looked for on the PATH that the server gets, as clients do.
        let path = environment.iter().rfind(|(name, _)| name == "PATH").map(|(_, value)| value);
        let found = which::which_in(program, path, &folder).map_err(|missing| {
            refuse(std::io::Error::new(std::io::ErrorKind::NotFound, missing))
        })?;
        let mut child = Command::new(found)
            .args(arguments)
            .current_dir(&folder)
            .env_clear()
            .envs(environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(&refuse)?;
        let (Some(input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(refuse(std::io::ErrorKind::BrokenPipe.into()));
        };
        let stderr = Tail::default();
        let reader = tokio::spawn(keep_tail(BufReader::new(errors).lines(), Arc::clone(&stderr)));
        let output = BufReader::new(output).lines();
        Ok(Self { child, input, output, stderr, reader, next: 0 })
    }

    async fn send(&mut self, message: &Value) -> Result<(), CheckError> {
        let sent = self.input.write_all(format!("{message}\n").as_bytes()).await;
        sent.map_err(|_| CheckError::Ended { stderr: String::new() })
    }

    /// End of input asks a server to end; one that doesn't is killed.
    async fn end(self) {
        let Self { mut child, input, output, reader, .. } = self;
        drop((input, output));
        if tokio::time::timeout(GRACE, child.wait()).await.is_err() {
            // Already ended is what was wanted.
            let _ = child.kill().await;
        }
        // A process that it started may hold standard error open for as long as it lives.
        if tokio::time::timeout(Duration::from_millis(100), reader).await.is_err() {
            tracing::debug!("the server's standard error is still open");
        }
    }
}

async fn keep_tail(mut lines: Lines<BufReader<tokio::process::ChildStderr>>, tail: Tail) {
    while let Ok(Some(line)) = lines.next_line().await {
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        if tail.len() == LINES_KEPT {
            tail.pop_front();
        }
        tail.push_back(crate::clients::diff::mask(line.trim()));
    }
}

impl Connection for Process {
    async fn request(
        &mut self,
        method: &'static str,
        params: Value,
        _protocol: Option<&str>,
    ) -> Result<Value, CheckError> {
        self.next += 1;
        let id = self.next;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})).await?;
        while let Some(line) = self.output.next_line().await? {
            let message: Value =
                serde_json::from_str(&line).map_err(|_| CheckError::NotMcp(line.clone()))?;
            // Notifications and the server's own requests may come in between.
            if message.get("id") == Some(&json!(id)) && message.get("method").is_none() {
                return result(method, message);
            }
        }
        Err(CheckError::Ended { stderr: String::new() })
    }

    async fn notify(&mut self, method: &'static str, _protocol: &str) -> Result<(), CheckError> {
        self.send(&json!({"jsonrpc": "2.0", "method": method})).await
    }
}
