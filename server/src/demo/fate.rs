//! How the work on a task goes, and what a reviewer thinks of it.

use super::dice::Dice;
use super::story;

/// How an attempt ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Ending {
    Done,
    Blocked,
    Failed,
    Released,
    /// The agent hangs until its lease is over.
    Stalled,
}

/// An attempt, decided at its start.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fate {
    /// How long it takes, at speed 1.
    pub seconds: f64,
    /// Reports on the way.
    pub steps: u32,
    pub ending: Ending,
}

impl Fate {
    /// The fate of an attempt on a task. A second one, and one after a reject, goes well more often.
    pub(super) fn of(seed: u64, title: &str, attempt: u64, rejected: bool) -> Self {
        let mut dice = Dice::new(seed, &["fate", title, &attempt.to_string()]);
        let seconds = dice.seconds(5.0, 60.0);
        let steps = dice.between(2, 7);
        let trouble = match attempt {
            0 | 1 if !rejected => 24,
            2 => 8,
            _ => 2,
        };
        let ending = if is_out_of_reach(title) {
            Ending::Released
        } else if !dice.chance(trouble) {
            Ending::Done
        } else {
            match dice.between(1, 12) {
                1..=4 => Ending::Blocked,
                5..=7 => Ending::Failed,
                8..=9 => Ending::Released,
                _ => Ending::Stalled,
            }
        };
        Self { seconds, steps, ending }
    }
}

/// Whether only a person can do a task.
pub(super) fn is_out_of_reach(title: &str) -> bool {
    story::cards().any(|card| card.key == story::OUT_OF_REACH && card.title == title)
}

/// What a reviewer does with a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Verdict {
    Approve,
    Reject,
    /// It is a person's decision.
    Leave,
}

impl Verdict {
    /// The verdict on a task that was rejected so many times before.
    pub(super) fn of(seed: u64, title: &str, rejections: u64) -> Self {
        let mut dice = Dice::new(seed, &["review", title, &rejections.to_string()]);
        let rejects = if rejections == 0 { 24 } else { 8 };
        if rejections < 3 && dice.chance(rejects) {
            Self::Reject
        } else if dice.chance(18) {
            Self::Leave
        } else {
            Self::Approve
        }
    }
}
