//! Decides what happens to one project's server: no clock, no process, no window in here.
//!
//! ```text
//! Absent ─► Starting ─► Healthy ─► (crash, hang) ─► Ending? ─► BackingOff ─► Starting
//!              └──────────────────────────────────────────────► GaveUp (safe mode)
//! ```
//!
//! The runner tells what it observed and carries out the actions that come back. A server that
//! was running before the shell came is attached to: used, looked at, never ended.

use std::time::Duration;

/// A moment, as the time since the shell started.
pub type Moment = Duration;

/// How long a server may take from its start to its first good answer.
const READY_LIMIT: Duration = Duration::from_secs(10);
/// Between two tries to reach a server that has just said where it listens.
const FIRST_LOOK_INTERVAL: Duration = Duration::from_millis(100);
/// Between two looks at a healthy server.
const LOOK_INTERVAL: Duration = Duration::from_secs(20);
/// Between two looks at a server that did not answer the last one.
const DOUBT_INTERVAL: Duration = Duration::from_secs(1);
/// So many looks in a row without an answer mean that a server hangs.
const SILENCES: u32 = 3;
/// How long a server may take to end by itself once its lifeline is cut.
const END_LIMIT: Duration = Duration::from_millis(1500);
/// The first wait before a restart; it doubles with each further crash.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// So many crashes within [`CRASH_WINDOW`], or starts in a row that came to nothing, end in safe
/// mode: something is wrong that starting again does not mend.
const CRASHES: usize = 5;
const CRASH_WINDOW: Duration = Duration::from_secs(60);

/// A running server, as its ready line names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    /// The board with a one-time code in its fragment.
    pub board_url: String,
    /// The server's process.
    pub pid: u32,
    /// Whether that process is the shell's child; otherwise it was running already.
    pub owned: bool,
}

/// What the runner saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observation {
    /// The project was opened.
    Opened,
    /// No process came of [`Action::Spawn`].
    SpawnFailed(String),
    /// The child printed its ready line.
    Ready(Server),
    /// The child ended; the text says how.
    Ended(String),
    /// The server answered a look.
    Answered,
    /// It did not.
    Silent,
    /// Something suggests that the server is gone: its event stream broke.
    Doubt,
    /// The person wants the server started anew.
    Restart,
    /// The project's window closed, or the app ends.
    Quit,
    /// [`wake_at`] has come.
    Tick,
}

/// What the runner is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Start a child.
    Spawn,
    /// Ask the server at this address for its health, and report.
    Look(String),
    /// Cut the child's lifeline, on which it ends by itself.
    CutLifeline,
    /// Kill the child.
    Kill,
    /// Put this into the window.
    Show(Screen),
    /// Follow the events of the server at this address, or none.
    Follow(Option<String>),
    /// Tell the person why nothing happened.
    Tell(String),
    /// The state as the tray shows it has changed.
    Report(Health),
    /// All is done; the runner ends.
    Finish,
}

/// What the window shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Screen {
    /// The splash. `tries` counts the starts that failed before.
    Starting { tries: usize },
    /// The board.
    Board { url: String },
    /// Safe mode: the server does not stay up.
    Stopped { reason: String },
}

/// The state in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Starting,
    Live,
    Restarting,
    Stopped,
}

/// One project's server as the shell knows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    phase: Phase,
    /// Whether a child process is running.
    child: bool,
    /// When the server crashed, at most [`CRASH_WINDOW`] ago.
    crashes: Vec<Moment>,
    /// Starts in a row that never came to a good answer.
    failed_starts: usize,
    /// The address of the board in the window, if the window shows it.
    showing: Option<String>,
    /// Whether a server's events are followed.
    following: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Phase {
    #[default]
    Absent,
    Starting {
        give_up_at: Moment,
        server: Option<Server>,
        /// Set while the last look had no answer.
        look_at: Option<Moment>,
    },
    Healthy {
        server: Server,
        look_at: Moment,
        silences: u32,
    },
    Ending {
        /// `None` once the child was killed.
        kill_at: Option<Moment>,
        then: Then,
    },
    BackingOff {
        until: Moment,
    },
    GaveUp,
    Finished,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Then {
    Settle { reason: String },
    Restart,
    Finish,
}

/// The next moment at which a [`Observation::Tick`] is wanted.
pub fn wake_at(state: &State) -> Option<Moment> {
    match &state.phase {
        Phase::Starting { give_up_at, look_at, .. } => {
            Some(look_at.map_or(*give_up_at, |look_at| look_at.min(*give_up_at)))
        }
        Phase::Healthy { look_at, .. } => Some(*look_at),
        Phase::Ending { kill_at, .. } => *kill_at,
        Phase::BackingOff { until } => Some(*until),
        Phase::Absent | Phase::GaveUp | Phase::Finished => None,
    }
}

/// The state after `observation` at `now`, and what is to be done.
pub fn step(state: State, observation: Observation, now: Moment) -> (State, Vec<Action>) {
    let before = state.health();
    let mut step = Step { state, now, actions: Vec::new() };
    step.observe(observation);
    let after = step.state.health();
    if after != before {
        step.actions.push(Action::Report(after));
    }
    (step.state, step.actions)
}

impl State {
    fn health(&self) -> Health {
        match self.phase {
            Phase::Healthy { .. } => Health::Live,
            Phase::GaveUp | Phase::Finished => Health::Stopped,
            _ if self.crashes.is_empty() && self.showing.is_none() => Health::Starting,
            _ => Health::Restarting,
        }
    }
}

struct Step {
    state: State,
    now: Moment,
    actions: Vec<Action>,
}

impl Step {
    fn observe(&mut self, observation: Observation) {
        match observation {
            Observation::Opened => {
                if self.state.phase == Phase::Absent {
                    self.start();
                }
            }
            Observation::SpawnFailed(reason) => self.childless(reason),
            Observation::Ready(server) => self.ready(server),
            Observation::Ended(how) => self.childless(format!("The server ended: {how}.")),
            Observation::Answered => self.answered(),
            Observation::Silent => self.silent(),
            Observation::Doubt => self.look_now(),
            Observation::Restart => self.restart(),
            Observation::Quit => self.quit(),
            Observation::Tick => self.tick(),
        }
    }

    fn start(&mut self) {
        self.state.child = true;
        self.state.phase =
            Phase::Starting { give_up_at: self.now + READY_LIMIT, server: None, look_at: None };
        self.actions.push(Action::Spawn);
        // A board in the window says itself that it has lost its server.
        if self.state.showing.is_none() {
            self.show(Screen::Starting {
                tries: self.state.crashes.len().max(self.state.failed_starts),
            });
        }
    }

    fn ready(&mut self, ready: Server) {
        let Phase::Starting { server, look_at, .. } = &mut self.state.phase else {
            return;
        };
        let url = ready.url.clone();
        *server = Some(ready);
        *look_at = None;
        self.actions.push(Action::Look(url));
    }

    fn childless(&mut self, reason: String) {
        self.state.child = false;
        match std::mem::take(&mut self.state.phase) {
            Phase::Starting { server: Some(server), give_up_at, look_at } if !server.owned => {
                // The child only told where the running server is, and has done its part.
                self.state.phase = Phase::Starting { give_up_at, server: Some(server), look_at };
            }
            phase @ Phase::Healthy { server: Server { owned: false, .. }, .. } => {
                self.state.phase = phase
            }
            phase @ (Phase::Starting { .. } | Phase::Healthy { .. }) => {
                self.state.phase = phase;
                self.fail(reason);
            }
            Phase::Ending { then, .. } => match then {
                Then::Settle { reason } => self.settle(reason),
                Then::Restart => self.start(),
                Then::Finish => self.finish(),
            },
            other => self.state.phase = other,
        }
    }

    fn answered(&mut self) {
        match &mut self.state.phase {
            Phase::Starting { server: Some(server), .. } => {
                let server = server.clone();
                self.state.failed_starts = 0;
                self.state.following = true;
                self.actions.push(Action::Follow(Some(server.url.clone())));
                if self.state.showing.as_ref() != Some(&server.url) {
                    self.show(Screen::Board { url: server.board_url.clone() });
                    self.state.showing = Some(server.url.clone());
                }
                self.state.phase =
                    Phase::Healthy { server, look_at: self.now + LOOK_INTERVAL, silences: 0 };
            }
            Phase::Healthy { look_at, silences, .. } => {
                *silences = 0;
                *look_at = self.now + LOOK_INTERVAL;
            }
            _ => {}
        }
    }

    fn silent(&mut self) {
        match &mut self.state.phase {
            Phase::Starting { server: Some(_), look_at, .. } => {
                *look_at = Some(self.now + FIRST_LOOK_INTERVAL)
            }
            Phase::Healthy { look_at, silences, .. } => {
                *silences += 1;
                *look_at = self.now + DOUBT_INTERVAL;
                if *silences >= SILENCES {
                    self.fail("The server runs but does not answer.".to_owned());
                }
            }
            _ => {}
        }
    }

    fn look_now(&mut self) {
        if let Phase::Healthy { server, look_at, .. } = &mut self.state.phase {
            *look_at = self.now + LOOK_INTERVAL;
            self.actions.push(Action::Look(server.url.clone()));
        }
    }

    fn restart(&mut self) {
        match &mut self.state.phase {
            Phase::Healthy { server, .. } if !server.owned => {
                self.actions.push(Action::Tell(format!(
                    "This project's server (process {}) was started elsewhere, and is left alone. \
                     End it there to have MeshPilot start its own.",
                    server.pid
                )));
            }
            Phase::Starting { .. } | Phase::Healthy { .. } if self.state.child => {
                self.forgive();
                self.end(Then::Restart);
            }
            Phase::Ending { then, .. } => {
                if let Then::Settle { .. } = then {
                    *then = Then::Restart;
                    self.forgive();
                }
            }
            Phase::Finished => {}
            Phase::Absent
            | Phase::Starting { .. }
            | Phase::Healthy { .. }
            | Phase::BackingOff { .. }
            | Phase::GaveUp => {
                self.forgive();
                self.start();
            }
        }
    }

    fn quit(&mut self) {
        match &mut self.state.phase {
            Phase::Finished => {}
            Phase::Ending { then, .. } => *then = Then::Finish,
            _ if self.state.child => self.end(Then::Finish),
            _ => self.finish(),
        }
    }

    fn tick(&mut self) {
        let now = self.now;
        match &mut self.state.phase {
            Phase::Starting { give_up_at, .. } if now >= *give_up_at => {
                self.fail(format!(
                    "The server gave no answer within {} seconds.",
                    READY_LIMIT.as_secs()
                ));
            }
            Phase::Starting { server: Some(server), look_at, .. }
                if look_at.is_some_and(|at| now >= at) =>
            {
                *look_at = None;
                self.actions.push(Action::Look(server.url.clone()));
            }
            Phase::Healthy { look_at, .. } if now >= *look_at => self.look_now(),
            Phase::Ending { kill_at, .. } if kill_at.is_some_and(|at| now >= at) => {
                *kill_at = None;
                self.actions.push(Action::Kill);
            }
            Phase::BackingOff { until } if now >= *until => self.start(),
            _ => {}
        }
    }

    /// The server is of no use any more; a child that still runs is ended first.
    fn fail(&mut self, reason: String) {
        if let Phase::Starting { .. } = self.state.phase {
            self.state.failed_starts += 1;
        }
        let now = self.now;
        self.state.crashes.retain(|at| now - *at < CRASH_WINDOW);
        self.state.crashes.push(now);
        self.unfollow();
        if self.state.child {
            self.end(Then::Settle { reason });
        } else {
            self.settle(reason);
        }
    }

    /// With no child left: wait and start again, or give up.
    fn settle(&mut self, reason: String) {
        let failures = self.state.crashes.len().max(self.state.failed_starts);
        if failures >= CRASHES {
            self.state.phase = Phase::GaveUp;
            self.show(Screen::Stopped { reason });
        } else {
            let doublings = u32::try_from(failures.saturating_sub(1)).unwrap_or(u32::MAX);
            let wait = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_WAIT);
            self.state.phase = Phase::BackingOff { until: self.now + wait };
        }
    }

    fn end(&mut self, then: Then) {
        self.unfollow();
        self.state.phase = Phase::Ending { kill_at: Some(self.now + END_LIMIT), then };
        self.actions.push(Action::CutLifeline);
    }

    fn finish(&mut self) {
        self.unfollow();
        self.state.phase = Phase::Finished;
        self.actions.push(Action::Finish);
    }

    /// The person asked for a new start, so what went wrong before counts no more.
    fn forgive(&mut self) {
        self.state.crashes.clear();
        self.state.failed_starts = 0;
    }

    fn unfollow(&mut self) {
        if std::mem::take(&mut self.state.following) {
            self.actions.push(Action::Follow(None));
        }
    }

    fn show(&mut self, screen: Screen) {
        self.state.showing = None;
        self.actions.push(Action::Show(screen));
    }
}

#[cfg(test)]
mod tests;
