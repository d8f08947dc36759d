//! Chance that repeats: every draw comes from the run's seed and the name of what it is about, never from when it
//! happens. Who claims a task first may differ from run to run; how the work on it goes does not.

use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

/// Draws for one thing.
#[derive(Debug, Clone)]
pub(super) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// Dice for the thing that `about` names.
    pub(super) fn new(seed: u64, about: &[&str]) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        for part in about {
            hash.update(part.as_bytes());
            // So that ("ab", "c") and ("a", "bc") are two things.
            hash.update([0]);
        }
        Self(Xoshiro256PlusPlus::from_seed(hash.finalize().into()))
    }

    /// True in `percent` of 100 cases.
    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100) < percent
    }

    /// A number from `least` to `most`, both included.
    pub(super) fn between(&mut self, least: u32, most: u32) -> u32 {
        self.0.random_range(least..=most)
    }

    /// A length of time in seconds.
    pub(super) fn seconds(&mut self, least: f64, most: f64) -> f64 {
        self.0.random_range(least..=most)
    }

    /// One of several; none of none.
    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.choose(&mut self.0)
    }

    /// One of several texts.
    pub(super) fn text(&mut self, of: &[&'static str]) -> &'static str {
        of.choose(&mut self.0).copied().unwrap_or_default()
    }

    /// Puts `items` into an order of chance.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        rand::seq::SliceRandom::shuffle(items, &mut self.0);
    }
}
