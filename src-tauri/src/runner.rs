//! Carries out what the supervisor decides for one project, and tells it what comes of it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::child::{Child, Spec};
use crate::log::Log;
use crate::supervisor::{self, Action, Health, Observation, Screen, State};

/// How long one look at a server may take.
const LOOK_LIMIT: Duration = Duration::from_secs(2);

/// Where the effects on the person's screen go.
pub trait Surface {
    /// Puts `screen` into the project's window.
    fn show(&mut self, screen: Screen);
    /// Follows the events of the server at `url`, or none.
    fn follow(&mut self, url: Option<String>);
    /// Tells the person something that changes nothing on the screen.
    fn tell(&mut self, text: String);
    /// Takes note of the server's health.
    fn report(&mut self, health: Health);
}

/// Runs one project's server until it is told to quit, and leaves no process of its own behind.
pub async fn run(
    spec: Spec,
    log: Arc<Mutex<Log>>,
    http: reqwest::Client,
    mut surface: impl Surface,
    mut told: mpsc::UnboundedReceiver<Observation>,
) {
    let started = Instant::now();
    let mut state = State::default();
    let mut child: Option<Child> = None;
    let mut look: Option<mpsc::Receiver<Observation>> = None;
    let mut at_once = VecDeque::from([Observation::Opened]);
    loop {
        let observation = match at_once.pop_front() {
            Some(observation) => observation,
            None => tokio::select! {
                observation = told.recv() => observation.unwrap_or(Observation::Quit),
                observation = happening(&mut child) => observation,
                observation = answer(&mut look) => {
                    look = None;
                    observation
                }
                () = wake(started, &state) => Observation::Tick,
            },
        };
        tracing::debug!(?observation, project = %spec.project.display());
        if let Observation::Ended(_) = observation {
            child = None;
        }
        let (next, actions) = supervisor::step(state, observation, started.elapsed());
        state = next;
        for action in actions {
            tracing::debug!(?action, project = %spec.project.display());
            match action {
                Action::Spawn => {
                    // An answer of the server before would be taken for this one's.
                    look = None;
                    match Child::spawn(&spec, Arc::clone(&log)) {
                        Ok(spawned) => child = Some(spawned),
                        Err(refused) => at_once.push_back(Observation::SpawnFailed(format!(
                            "The server can't be started from {}: {refused}.",
                            spec.program.display()
                        ))),
                    }
                }
                Action::Look(url) => look = Some(look_at(http.clone(), url)),
                Action::CutLifeline => child.iter_mut().for_each(Child::cut_lifeline),
                Action::Kill => child.iter_mut().for_each(Child::kill),
                Action::Show(screen) => surface.show(screen),
                Action::Follow(url) => surface.follow(url),
                Action::Tell(text) => surface.tell(text),
                Action::Report(health) => surface.report(health),
                Action::Finish => return,
            }
        }
    }
}

async fn happening(child: &mut Option<Child>) -> Observation {
    match child {
        Some(child) => child.next().await,
        None => std::future::pending().await,
    }
}

async fn answer(look: &mut Option<mpsc::Receiver<Observation>>) -> Observation {
    match look {
        Some(look) => look.recv().await.unwrap_or(Observation::Silent),
        None => std::future::pending().await,
    }
}

async fn wake(started: Instant, state: &State) {
    match supervisor::wake_at(state) {
        Some(at) => tokio::time::sleep_until(started + at).await,
        None => std::future::pending().await,
    }
}

/// Asks for the server's health on a task of its own; it ends when nobody wants the answer.
fn look_at(http: reqwest::Client, url: String) -> mpsc::Receiver<Observation> {
    let (answered, answer) = mpsc::channel(1);
    tokio::spawn(async move {
        let observation = tokio::select! {
            healthy = is_healthy(&http, &url) => match healthy {
                Ok(true) => Observation::Answered,
                Ok(false) | Err(_) => Observation::Silent,
            },
            () = answered.closed() => return,
        };
        let _ = answered.send(observation).await;
    });
    answer
}

#[derive(Deserialize)]
struct Envelope {
    data: HealthAnswer,
}

#[derive(Deserialize)]
struct HealthAnswer {
    status: String,
}

async fn is_healthy(http: &reqwest::Client, url: &str) -> reqwest::Result<bool> {
    let answer = http.get(format!("{url}/v1/health")).timeout(LOOK_LIMIT).send().await?;
    let envelope: Envelope = answer.error_for_status()?.json().await?;
    Ok(envelope.data.status == "ok")
}

#[cfg(all(test, unix))]
mod tests;
