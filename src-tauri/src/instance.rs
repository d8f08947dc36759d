//! One app per data root: a second launch hands its project to the first and ends.
//!
//! The single-instance plugin needs a session bus on Linux and does nothing without one, so on
//! Unix a lock file decides and a socket beside it takes the message; both are private to the
//! user and need no GTK, so the second launch is over at once.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use meshpilot_home::private;
use serde::{Deserialize, Serialize};

/// How long the second launch tries to reach the first, which may be starting or ending.
const REACH_LIMIT: Duration = Duration::from_secs(5);
const REACH_INTERVAL: Duration = Duration::from_millis(50);
/// How long either side waits for the other's words.
const TALK_LIMIT: Duration = Duration::from_secs(2);
const MESSAGE_LIMIT: u64 = 64 << 10;
const DONE: &[u8] = b"ok\n";

/// What a second launch asks of the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    /// The project that it was given; none only brings the first to the front.
    pub project: Option<PathBuf>,
}

/// Whether this process is the app.
#[derive(Debug)]
pub enum Claim {
    /// It is, for as long as this is kept.
    First(First),
    /// Another one is, and has taken the launch over.
    HandedOver,
}

/// The lock that makes this process the app, and the socket of later launches.
#[derive(Debug)]
pub struct First {
    _lock: File,
    listener: Option<UnixListener>,
}

/// Makes this process the app of `data_root`, or hands `launch` to the one that is.
///
/// # Errors
/// When the data root can't be used, or another app holds it and does not answer.
pub fn claim(data_root: &Path, launch: &Launch) -> io::Result<Claim> {
    private::directory(data_root).map_err(io::Error::other)?;
    let socket = data_root.join("desktop.sock");
    let given_up_at = Instant::now() + REACH_LIMIT;
    loop {
        let lock = open_lock(&data_root.join("desktop.lock"))?;
        match lock.try_lock() {
            Ok(()) => return Ok(Claim::First(First { _lock: lock, listener: listen(&socket) })),
            Err(TryLockError::Error(refused)) => return Err(refused),
            Err(TryLockError::WouldBlock) => {}
        }
        match hand_over(&socket, launch) {
            Ok(()) => return Ok(Claim::HandedOver),
            Err(refused) if Instant::now() >= given_up_at => {
                return Err(io::Error::new(
                    refused.kind(),
                    format!("MeshPilot is running already but does not answer ({refused})"),
                ));
            }
            Err(_) => std::thread::sleep(REACH_INTERVAL),
        }
    }
}

impl First {
    /// Calls `take` with each later launch, on a thread of its own, while this process lives.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn serve(&mut self, take: impl Fn(Launch) + Send + 'static) -> io::Result<()> {
        let Some(listener) = self.listener.take() else { return Ok(()) };
        std::thread::Builder::new().name("launches".to_owned()).spawn(move || {
            for stream in listener.incoming() {
                match stream.and_then(receive) {
                    Ok(launch) => take(launch),
                    Err(refused) => tracing::warn!(%refused, "a second launch was not understood"),
                }
            }
        })?;
        Ok(())
    }
}

fn open_lock(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)
}

/// Without a socket (its path may be too long) there is still only one app; it just can't be
/// handed anything.
fn listen(socket: &Path) -> Option<UnixListener> {
    // Whoever made it is gone, or the lock would be held.
    let _ = std::fs::remove_file(socket);
    UnixListener::bind(socket)
        .inspect_err(|refused| tracing::warn!(%refused, "later launches can't be taken over"))
        .ok()
}

fn hand_over(socket: &Path, launch: &Launch) -> io::Result<()> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(TALK_LIMIT))?;
    stream.set_write_timeout(Some(TALK_LIMIT))?;
    let mut message = serde_json::to_vec(launch)?;
    message.push(b'\n');
    stream.write_all(&message)?;
    let mut answer = [0; DONE.len()];
    stream.read_exact(&mut answer)
}

fn receive(stream: UnixStream) -> io::Result<Launch> {
    stream.set_read_timeout(Some(TALK_LIMIT))?;
    stream.set_write_timeout(Some(TALK_LIMIT))?;
    let mut line = Vec::new();
    BufReader::new((&stream).take(MESSAGE_LIMIT)).read_until(b'\n', &mut line)?;
    let launch = serde_json::from_slice(&line)?;
    (&stream).write_all(DONE)?;
    Ok(launch)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    fn launch(project: &str) -> Launch {
        Launch { project: Some(project.into()) }
    }

    #[test]
    fn the_second_launch_is_handed_to_the_first() -> Outcome {
        let root = tempfile::tempdir()?;
        let Claim::First(mut first) = claim(root.path(), &launch("/a"))? else {
            return Err("the first launch found another".into());
        };
        let (taken, launches) = mpsc::channel();
        first.serve(move |launch| drop(taken.send(launch)))?;

        for wanted in [launch("/b"), Launch { project: None }] {
            assert!(matches!(claim(root.path(), &wanted)?, Claim::HandedOver));
            assert_eq!(launches.recv_timeout(Duration::from_secs(10))?, wanted);
        }
        // A visitor that says nothing does not keep the others out.
        drop(UnixStream::connect(root.path().join("desktop.sock"))?);
        assert!(matches!(claim(root.path(), &launch("/c"))?, Claim::HandedOver));
        assert_eq!(launches.recv_timeout(Duration::from_secs(10))?, launch("/c"));
        Ok(())
    }

    #[test]
    fn what_a_dead_app_left_behind_is_no_hindrance() -> Outcome {
        let root = tempfile::tempdir()?;
        drop(claim(root.path(), &launch("/a"))?);
        assert!(root.path().join("desktop.sock").exists());
        assert!(matches!(claim(root.path(), &launch("/a"))?, Claim::First(_)));
        Ok(())
    }

    #[test]
    fn a_path_too_long_for_a_socket_costs_the_socket_only() -> Outcome {
        let root = tempfile::tempdir()?;
        let deep = root.path().join("d".repeat(120));
        assert!(matches!(claim(&deep, &launch("/a"))?, Claim::First(First { listener: None, .. })));
        Ok(())
    }
}
