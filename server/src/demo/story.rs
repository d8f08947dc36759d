//! What the sample swarm works on: the 2.4 release of a shop that does not exist.

mod back;
mod front;
mod money;

use crate::model::task::Priority;

/// A piece of the plan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Card {
    /// What other cards call it.
    pub key: &'static str,
    /// The part of the shop; becomes a label.
    pub area: &'static str,
    /// How urgent.
    pub priority: Priority,
    /// The task's title.
    pub title: &'static str,
    /// The task's description, as markdown.
    pub text: &'static str,
    /// What a claim locks.
    pub files: &'static [&'static str],
    /// Keys of cards that must be done first.
    pub after: &'static [&'static str],
}

/// A card that no agent can finish: whoever takes it gives it back, until the board calls for a person.
pub(super) const OUT_OF_REACH: &str = "wallet-certificate";

/// All cards of the plan.
pub(super) fn cards() -> impl Iterator<Item = &'static Card> {
    [money::CARDS, front::CARDS, back::CARDS].into_iter().flatten()
}
