//! The runner with real processes: a shell script stands in for the server's process, and a
//! listener in the test for its port.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// No wait of the runner comes near it; a test that needs it has failed.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, PartialEq)]
enum Effect {
    Show(Screen),
    Follow(Option<String>),
    Tell(String),
    Report(Health),
    Returned,
}

struct Recorder(mpsc::UnboundedSender<Effect>);

impl Surface for Recorder {
    fn show(&mut self, screen: Screen) {
        let _ = self.0.send(Effect::Show(screen));
    }
    fn follow(&mut self, url: Option<String>) {
        let _ = self.0.send(Effect::Follow(url));
    }
    fn tell(&mut self, text: String) {
        let _ = self.0.send(Effect::Tell(text));
    }
    fn report(&mut self, health: Health) {
        let _ = self.0.send(Effect::Report(health));
    }
}

struct Stage {
    folder: tempfile::TempDir,
    log: Arc<Mutex<Log>>,
    tell: mpsc::UnboundedSender<Observation>,
    effects: mpsc::UnboundedReceiver<Effect>,
}

impl Stage {
    /// Runs `script` as the server; `$URL` in it is `url`, `$PIDS` a file that takes its pids.
    fn run(script: &str, url: &str) -> Result<Self, Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let program = folder.path().join("meshpilot");
        let pids = folder.path().join("pids");
        fs::write(
            &program,
            format!("#!/bin/sh\nURL={url}\nPIDS={}\necho $$ >>$PIDS\n{script}", pids.display()),
        )?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
        let spec = Spec { program, project: folder.path().to_owned() };
        let log = Arc::new(Mutex::new(Log::open(folder.path())));
        let (tell, told) = mpsc::unbounded_channel();
        let (record, effects) = mpsc::unbounded_channel();
        let runner = run(spec, Arc::clone(&log), client()?, Recorder(record.clone()), told);
        tokio::spawn(async move {
            runner.await;
            let _ = record.send(Effect::Returned);
        });
        Ok(Self { folder, log, tell, effects })
    }

    async fn until(&mut self, wanted: Effect) -> Outcome {
        let mut seen = Vec::new();
        let waiting = async {
            while let Some(effect) = self.effects.recv().await {
                if effect == wanted {
                    return;
                }
                seen.push(effect);
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(()) => Ok(()),
            Err(_) => Err(format!("no {wanted:?}, only {seen:?}").into()),
        }
    }

    fn pids(&self) -> std::io::Result<Vec<String>> {
        let text = fs::read_to_string(self.folder.path().join("pids"))?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    fn send(&self, observation: Observation) -> Outcome {
        Ok(self.tell.send(observation)?)
    }
}

fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().no_proxy().build()
}

/// A zombie is gone: it runs nothing and holds nothing.
fn is_gone(pid: &str) -> bool {
    fs::read_to_string(Path::new("/proc").join(pid).join("status")).map_or(true, |status| {
        status.lines().any(|line| line.starts_with("State:") && line.contains('Z'))
    })
}

/// Answers every request as a healthy server does while `healthy` is set, else not at all.
fn port(healthy: Arc<AtomicBool>) -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        let mut unanswered: Vec<TcpStream> = Vec::new();
        for stream in listener.incoming().flatten() {
            if healthy.load(Ordering::SeqCst) {
                let _ = respond(stream);
            } else {
                unanswered.push(stream);
            }
        }
    });
    Ok(url)
}

fn respond(mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let body = r#"{"success":true,"data":{"status":"ok","version":"0.1.0","uptimeSeconds":1}}"#;
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
}

const READY: &str = r#"printf '{"url":"%s","boardUrl":"%s/#code=1","pid":%d}\n' $URL $URL $$"#;

fn live() -> Effect {
    Effect::Report(Health::Live)
}

#[tokio::test]
async fn a_healthy_server_is_shown_and_ends_with_its_lifeline() -> Outcome {
    let url = port(Arc::new(AtomicBool::new(true)))?;
    let script = format!("{READY}\necho hello >&2\nexec cat >/dev/null");
    let mut stage = Stage::run(&script, &url)?;
    stage.until(Effect::Show(Screen::Starting { tries: 0 })).await?;
    stage.until(Effect::Follow(Some(url.clone()))).await?;
    stage.until(Effect::Show(Screen::Board { url: format!("{url}/#code=1") })).await?;
    stage.until(live()).await?;

    stage.send(Observation::Quit)?;
    stage.until(Effect::Returned).await?;
    let pids = stage.pids()?;
    assert_eq!(pids.len(), 1);
    assert!(is_gone(&pids[0]));
    let log = stage.log.lock().unwrap_or_else(PoisonError::into_inner).last_lines(9);
    assert_eq!(log, ["hello"]);
    Ok(())
}

#[tokio::test]
async fn a_killed_server_is_started_again_at_once() -> Outcome {
    let url = port(Arc::new(AtomicBool::new(true)))?;
    let mut stage = Stage::run(&format!("{READY}\nexec cat >/dev/null"), &url)?;
    stage.until(live()).await?;
    let first = stage.pids()?.remove(0);

    let killed = Instant::now();
    std::process::Command::new("kill").args(["-9", &first]).status()?;
    stage.until(Effect::Report(Health::Restarting)).await?;
    stage.until(live()).await?;
    // Far below the 20 s between two looks: the end itself was noticed.
    assert!(killed.elapsed() < Duration::from_secs(10), "{:?}", killed.elapsed());
    let second = stage.pids()?.remove(1);
    assert!(is_gone(&first) && !is_gone(&second));

    stage.send(Observation::Quit)?;
    stage.until(Effect::Returned).await?;
    assert!(is_gone(&second));
    Ok(())
}

#[tokio::test]
async fn a_server_that_ignores_its_lifeline_is_killed() -> Outcome {
    let url = port(Arc::new(AtomicBool::new(true)))?;
    let script = format!("trap '' HUP INT TERM PIPE\n{READY}\nexec sleep 600");
    let mut stage = Stage::run(&script, &url)?;
    stage.until(live()).await?;
    let quit = Instant::now();
    stage.send(Observation::Quit)?;
    stage.until(Effect::Returned).await?;
    assert!(quit.elapsed() < Duration::from_secs(5), "{:?}", quit.elapsed());
    assert!(is_gone(&stage.pids()?[0]));
    Ok(())
}

#[tokio::test]
async fn a_crash_loop_ends_in_safe_mode_with_the_last_words_in_the_log() -> Outcome {
    let mut stage = Stage::run("echo the disk is on fire >&2\nexit 3", "http://127.0.0.1:9")?;
    let reason = "The server ended: exit status: 3.".to_owned();
    stage.until(Effect::Show(Screen::Stopped { reason })).await?;
    assert_eq!(stage.pids()?.len(), 5);
    let log = stage.log.lock().unwrap_or_else(PoisonError::into_inner).last_lines(1);
    assert_eq!(log, ["the disk is on fire"]);

    stage.send(Observation::Restart)?;
    stage.until(Effect::Show(Screen::Starting { tries: 0 })).await?;
    stage.send(Observation::Quit)?;
    stage.until(Effect::Returned).await?;
    Ok(())
}

#[tokio::test]
async fn a_missing_program_ends_in_safe_mode() -> Outcome {
    let mut stage = Stage::run("", "http://127.0.0.1:9")?;
    fs::remove_file(stage.folder.path().join("meshpilot"))?;
    stage.until(Effect::Report(Health::Stopped)).await?;
    stage.send(Observation::Quit)?;
    stage.until(Effect::Returned).await
}

#[tokio::test]
async fn a_server_that_was_there_survives_the_shell() -> Outcome {
    let url = port(Arc::new(AtomicBool::new(true)))?;
    let mut other = std::process::Command::new("sleep").arg("600").spawn()?;
    let script =
        format!(r#"printf '{{"url":"%s","boardUrl":"%s/","pid":{}}}\n' $URL $URL"#, other.id());
    let mut stage = Stage::run(&script, &url)?;
    stage.until(live()).await?;
    stage.send(Observation::Restart)?;
    let told = tokio::time::timeout(PATIENCE, stage.effects.recv()).await?;
    assert!(matches!(told, Some(Effect::Tell(_))), "{told:?}");
    stage.send(Observation::Quit)?;
    stage.until(Effect::Returned).await?;
    assert!(other.try_wait()?.is_none(), "the shell ended a server that wasn't its own");
    other.kill()?;
    other.wait()?;
    Ok(())
}

/// Takes the eight seconds that three looks without an answer take.
#[tokio::test]
async fn a_hung_server_is_found_and_replaced() -> Outcome {
    let healthy = Arc::new(AtomicBool::new(true));
    let url = port(Arc::clone(&healthy))?;
    let mut stage = Stage::run(&format!("{READY}\nexec cat >/dev/null"), &url)?;
    stage.until(live()).await?;
    healthy.store(false, Ordering::SeqCst);
    // The broken event stream of a hung server is what tells first; the looks then decide.
    stage.send(Observation::Doubt)?;
    stage.until(Effect::Report(Health::Restarting)).await?;
    healthy.store(true, Ordering::SeqCst);
    stage.until(live()).await?;
    let pids = stage.pids()?;
    assert_eq!(pids.len(), 2);
    assert!(is_gone(&pids[0]));
    stage.send(Observation::Quit)?;
    stage.until(Effect::Returned).await
}
