//! Every edge of the machine as a story: at this millisecond this is seen, and this is done.

use proptest::prelude::*;

use super::Observation::*;
use super::*;

const URL: &str = "http://127.0.0.1:3456";
const OTHER: &str = "http://127.0.0.1:3457";

struct Story {
    state: State,
    now: u64,
}

impl Story {
    fn new() -> Self {
        Self { state: State::default(), now: 0 }
    }

    /// Sees `observation` at `at` milliseconds and must do exactly `expected`.
    #[track_caller]
    fn at(mut self, at: u64, observation: Observation, expected: &[Action]) -> Self {
        assert!(at >= self.now, "stories run forwards");
        let told = format!("{at} ms: {observation:?}");
        let (state, actions) = step(self.state, observation, Duration::from_millis(at));
        assert_eq!(actions, expected, "{told}");
        self.state = state;
        self.now = at;
        self
    }

    #[track_caller]
    fn wakes_at(self, at: impl Into<Option<u64>>) -> Self {
        assert_eq!(wake_at(&self.state), at.into().map(Duration::from_millis));
        self
    }

    /// Opened at 0, healthy at 100 ms, the board in the window.
    #[track_caller]
    fn healthy(owned: bool) -> Self {
        Self::new()
            .at(0, Opened, &[Action::Spawn, splash(0)])
            .wakes_at(10_000)
            .at(50, Ready(server(URL, owned)), &[look()])
            .at(100, Answered, &[follow(URL), board(URL), Action::Report(Health::Live)])
            .wakes_at(20_100)
    }
}

fn server(url: &str, owned: bool) -> Server {
    Server { url: url.to_owned(), board_url: format!("{url}/#code=1"), pid: 7, owned }
}

fn look() -> Action {
    Action::Look(URL.to_owned())
}

fn follow(url: &str) -> Action {
    Action::Follow(Some(url.to_owned()))
}

fn board(url: &str) -> Action {
    Action::Show(Screen::Board { url: format!("{url}/#code=1") })
}

fn splash(tries: usize) -> Action {
    Action::Show(Screen::Starting { tries })
}

fn stopped(reason: &str) -> Action {
    Action::Show(Screen::Stopped { reason: reason.to_owned() })
}

fn ended() -> Observation {
    Ended("signal 9".to_owned())
}

const LOST: [Action; 2] = [Action::Follow(None), Action::Report(Health::Restarting)];

#[test]
fn a_healthy_server_is_looked_at_every_20_seconds() {
    Story::healthy(true)
        .at(20_100, Tick, &[look()])
        .at(20_110, Answered, &[])
        .wakes_at(40_110)
        .at(40_110, Tick, &[look()])
        .at(40_120, Answered, &[])
        .wakes_at(60_120);
}

#[test]
fn a_tick_before_its_time_does_nothing() {
    Story::new().at(0, Tick, &[]).wakes_at(None);
    Story::healthy(true).at(20_099, Tick, &[]).wakes_at(20_100);
}

#[test]
fn a_server_that_listens_but_does_not_answer_yet_is_asked_again() {
    Story::new()
        .at(0, Opened, &[Action::Spawn, splash(0)])
        .at(50, Ready(server(URL, true)), &[look()])
        .wakes_at(10_000)
        .at(60, Silent, &[])
        .wakes_at(160)
        .at(160, Tick, &[look()])
        .wakes_at(10_000)
        .at(170, Answered, &[follow(URL), board(URL), Action::Report(Health::Live)]);
}

#[test]
fn a_crash_is_mended_at_once_and_the_page_stays() {
    Story::healthy(true)
        .at(5_000, ended(), &LOST)
        .wakes_at(5_250)
        .at(5_250, Tick, &[Action::Spawn])
        .at(5_300, Ready(server(URL, true)), &[look()])
        .at(5_310, Answered, &[follow(URL), Action::Report(Health::Live)]);
}

#[test]
fn a_server_that_comes_back_elsewhere_is_followed_there() {
    Story::healthy(true)
        .at(5_000, ended(), &LOST)
        .at(5_250, Tick, &[Action::Spawn])
        .at(5_300, Ready(server(OTHER, true)), &[Action::Look(OTHER.to_owned())])
        .at(5_310, Answered, &[follow(OTHER), board(OTHER), Action::Report(Health::Live)]);
}

#[test]
fn a_server_that_hangs_is_found_ended_and_started_anew() {
    Story::healthy(true)
        .at(20_100, Tick, &[look()])
        .at(22_100, Silent, &[])
        .wakes_at(23_100)
        .at(23_100, Tick, &[look()])
        .at(25_100, Silent, &[])
        .at(26_100, Tick, &[look()])
        .at(
            28_100,
            Silent,
            &[Action::Follow(None), Action::CutLifeline, Action::Report(Health::Restarting)],
        )
        .wakes_at(29_600)
        .at(29_600, Tick, &[Action::Kill])
        .wakes_at(None)
        .at(29_610, ended(), &[])
        .wakes_at(29_860)
        .at(29_860, Tick, &[Action::Spawn]);
}

#[test]
fn a_server_that_was_only_slow_is_left_alone() {
    Story::healthy(true)
        .at(20_100, Tick, &[look()])
        .at(22_100, Silent, &[])
        .at(23_100, Tick, &[look()])
        .at(25_100, Silent, &[])
        .at(26_100, Tick, &[look()])
        .at(26_200, Answered, &[])
        .wakes_at(46_200)
        .at(46_200, Tick, &[look()])
        .at(48_200, Silent, &[])
        .wakes_at(49_200);
}

#[test]
fn a_broken_event_stream_is_reason_to_look_at_once() {
    Story::healthy(true).at(1_000, Doubt, &[look()]).wakes_at(21_000);
    Story::new().at(0, Doubt, &[]);
}

#[test]
fn five_crashes_in_a_minute_end_in_safe_mode() {
    let mut story = Story::healthy(true);
    let mut at = 1_000;
    for wait in [250, 500, 1_000, 2_000] {
        story = story.at(at, ended(), &LOST).wakes_at(at + wait);
        at += wait;
        story = story
            .at(at, Tick, &[Action::Spawn])
            .at(at, Ready(server(URL, true)), &[look()])
            .at(at, Answered, &[follow(URL), Action::Report(Health::Live)]);
        at += 1_000;
    }
    story
        .at(
            at,
            ended(),
            &[
                Action::Follow(None),
                stopped("The server ended: signal 9."),
                Action::Report(Health::Stopped),
            ],
        )
        .wakes_at(None)
        // Nothing starts by itself any more, whatever comes.
        .at(at, Tick, &[])
        .at(at, Answered, &[])
        .at(at, Silent, &[])
        .at(at, Doubt, &[])
        .at(at, Restart, &[Action::Spawn, splash(0), Action::Report(Health::Starting)])
        .at(at, Ready(server(URL, true)), &[look()])
        .at(at, Answered, &[follow(URL), board(URL), Action::Report(Health::Live)])
        // A new start begins a new count.
        .at(at + 1_000, ended(), &LOST)
        .wakes_at(at + 1_250);
}

#[test]
fn crashes_that_lie_a_minute_back_do_not_count() {
    let mut story = Story::healthy(true);
    for crash in 1..20 {
        let at = crash * 15_100;
        // At most four lie within any minute, so the wait never passes two seconds.
        let wait = 250 << (crash - 1).min(3);
        story = story
            .at(at, ended(), &LOST)
            .wakes_at(at + wait)
            .at(at + wait, Tick, &[Action::Spawn])
            .at(at + wait, Ready(server(URL, true)), &[look()])
            .at(at + wait, Answered, &[follow(URL), Action::Report(Health::Live)]);
    }
}

#[test]
fn starts_that_come_to_nothing_end_in_safe_mode_however_long_they_take() {
    let late = "The server gave no answer within 10 seconds.";
    let mut story = Story::new().at(0, Opened, &[Action::Spawn, splash(0)]);
    let mut at = 0;
    for (tries, wait) in [(1, 250), (2, 500), (3, 1_000), (4, 2_000)] {
        at += 10_000;
        let report = Action::Report(Health::Restarting);
        let expected: &[Action] =
            if tries == 1 { &[Action::CutLifeline, report] } else { &[Action::CutLifeline] };
        story = story.at(at, Tick, expected);
        at += 1_500;
        story = story.at(at, Tick, &[Action::Kill]);
        at += 1_000;
        story = story.at(at, ended(), &[]).wakes_at(at + wait);
        at += wait;
        story = story.at(at, Tick, &[Action::Spawn, splash(tries)]);
    }
    at += 10_000;
    story.at(at, Tick, &[Action::CutLifeline]).at(
        at + 10,
        ended(),
        &[stopped(late), Action::Report(Health::Stopped)],
    );
}

#[test]
fn a_program_that_can_not_be_started_ends_in_safe_mode_with_its_reason() {
    let failed = || SpawnFailed("not found".to_owned());
    let mut story = Story::new().at(0, Opened, &[Action::Spawn, splash(0)]).at(
        0,
        failed(),
        &[Action::Report(Health::Restarting)],
    );
    let mut at = 0;
    for (tries, wait) in [(1, 250), (2, 500), (3, 1_000), (4, 2_000)] {
        at += wait;
        story = story.at(at, Tick, &[Action::Spawn, splash(tries)]);
        let expected: &[Action] = match tries {
            4 => &[stopped("not found"), Action::Report(Health::Stopped)],
            _ => &[],
        };
        story = story.at(at, failed(), expected);
    }
    story.at(at, Quit, &[Action::Finish]);
}

#[test]
fn a_server_that_was_there_is_attached_to_and_never_ended() {
    let attached = Story::new()
        .at(0, Opened, &[Action::Spawn, splash(0)])
        .at(50, Ready(server(URL, false)), &[look()])
        // The child has told where the server is, and is done.
        .at(60, Ended("exit code 0".to_owned()), &[])
        .at(100, Answered, &[follow(URL), board(URL), Action::Report(Health::Live)]);
    attached.at(
        200,
        Quit,
        &[Action::Follow(None), Action::Finish, Action::Report(Health::Stopped)],
    );

    // The child may also end later.
    Story::healthy(false)
        .at(200, Ended("exit code 0".to_owned()), &[])
        .wakes_at(20_100)
        .at(
            300,
            Restart,
            &[Action::Tell(
                "This project's server (process 7) was started elsewhere, and is left alone. \
                 End it there to have MeshPilot start its own."
                    .to_owned(),
            )],
        )
        .at(20_100, Tick, &[look()])
        .at(20_200, Answered, &[]);
}

#[test]
fn an_attached_server_that_is_gone_is_replaced_by_an_own_one() {
    Story::healthy(false)
        .at(200, Ended("exit code 0".to_owned()), &[])
        .at(1_000, Doubt, &[look()])
        .at(1_001, Silent, &[])
        .at(2_001, Tick, &[look()])
        .at(2_002, Silent, &[])
        .at(3_002, Tick, &[look()])
        .at(3_003, Silent, &LOST)
        .at(3_253, Tick, &[Action::Spawn])
        .at(3_300, Ready(server(URL, true)), &[look()])
        .at(3_310, Answered, &[follow(URL), Action::Report(Health::Live)]);
}

#[test]
fn the_person_restarts_a_healthy_server() {
    Story::healthy(true)
        .at(
            1_000,
            Restart,
            &[Action::Follow(None), Action::CutLifeline, Action::Report(Health::Restarting)],
        )
        // Once is enough.
        .at(1_001, Restart, &[])
        .at(1_100, Ended("exit code 0".to_owned()), &[Action::Spawn])
        .at(1_200, Ready(server(URL, true)), &[look()])
        .at(1_300, Answered, &[follow(URL), Action::Report(Health::Live)]);
}

#[test]
fn the_person_needs_not_wait_for_the_back_off() {
    Story::healthy(true)
        .at(1_000, ended(), &LOST)
        .at(1_100, Restart, &[Action::Spawn])
        // The time of the back-off passes without a second child.
        .at(1_250, Tick, &[]);
}

#[test]
fn a_restart_asked_for_while_a_hung_server_ends_starts_at_its_end() {
    Story::new()
        .at(0, Opened, &[Action::Spawn, splash(0)])
        .at(10_000, Tick, &[Action::CutLifeline, Action::Report(Health::Restarting)])
        .at(10_100, Restart, &[Action::Report(Health::Starting)])
        .at(10_200, ended(), &[Action::Spawn, splash(0)]);
}

#[test]
fn quitting_ends_the_child_first_and_kills_it_if_it_must() {
    Story::healthy(true)
        .at(
            1_000,
            Quit,
            &[Action::Follow(None), Action::CutLifeline, Action::Report(Health::Restarting)],
        )
        .at(1_001, Quit, &[])
        .at(1_002, Restart, &[])
        .at(2_500, Tick, &[Action::Kill])
        .at(2_510, ended(), &[Action::Finish, Action::Report(Health::Stopped)])
        .at(2_511, Quit, &[])
        .at(2_512, Restart, &[])
        .at(2_513, Opened, &[])
        .wakes_at(None);
}

#[test]
fn quitting_works_from_everywhere() {
    let finish = [Action::Finish, Action::Report(Health::Stopped)];
    Story::new().at(0, Quit, &finish);
    Story::new()
        .at(0, Opened, &[Action::Spawn, splash(0)])
        .at(1, Quit, &[Action::CutLifeline])
        .at(2, Ready(server(URL, true)), &[])
        .at(3, Answered, &[])
        .at(4, ended(), &finish);
    Story::healthy(true).at(1_000, ended(), &LOST).at(1_100, Quit, &finish);
    Story::new()
        .at(0, Opened, &[Action::Spawn, splash(0)])
        .at(10_000, Tick, &[Action::CutLifeline, Action::Report(Health::Restarting)])
        .at(10_001, Quit, &[])
        .at(10_002, ended(), &finish);
}

fn any_observation() -> impl Strategy<Value = Observation> {
    prop_oneof![
        Just(Opened),
        Just(SpawnFailed("no".to_owned())),
        any::<bool>().prop_map(|owned| Ready(server(URL, owned))),
        Just(Ended("exit code 1".to_owned())),
        Just(Answered),
        Just(Silent),
        Just(Doubt),
        Just(Restart),
        Just(Tick),
    ]
}

proptest! {
    /// Whatever comes, in whatever order: one child at most, none ended that is not there, and
    /// quitting always comes to its end with no child left.
    #[test]
    fn there_is_never_a_second_child_nor_one_left(
        events in prop::collection::vec((any_observation(), 0_u64..15_000), 0..200)
    ) {
        let mut world = World::default();
        for (observation, pause) in events {
            world.now += Duration::from_millis(pause);
            world.see(observation)?;
        }
        world.see(Quit)?;
        let mut rounds = 0;
        while !world.finished {
            rounds += 1;
            prop_assert!(rounds < 4, "quitting does not come to an end: {:?}", world.state);
            match wake_at(&world.state) {
                Some(at) => { world.now = world.now.max(at); world.see(Tick)?; }
                None => world.see(Ended("signal 9".to_owned()))?,
            }
        }
        prop_assert!(!world.child);
    }
}

/// What the machine's actions do, as far as its rules speak of them.
#[derive(Default)]
struct World {
    state: State,
    now: Duration,
    child: bool,
    killed: bool,
    finished: bool,
}

impl World {
    fn see(&mut self, observation: Observation) -> Result<(), TestCaseError> {
        match observation {
            // Only a child that runs can end, speak, or have failed to start.
            Ended(_) | SpawnFailed(_) | Ready(_) if !self.child => return Ok(()),
            Ended(_) | SpawnFailed(_) => self.child = false,
            _ => {}
        }
        let (state, actions) = step(std::mem::take(&mut self.state), observation, self.now);
        self.state = state;
        for action in actions {
            match action {
                Action::Spawn => {
                    prop_assert!(!self.child, "a second child");
                    prop_assert!(!self.finished, "a child after the end");
                    self.child = true;
                    self.killed = false;
                }
                Action::CutLifeline => prop_assert!(self.child),
                Action::Kill => {
                    prop_assert!(self.child && !self.killed);
                    self.killed = true;
                }
                Action::Finish => {
                    prop_assert!(!self.child, "an orphan");
                    prop_assert!(!self.finished, "a second end");
                    self.finished = true;
                }
                _ => {}
            }
        }
        Ok(())
    }
}
