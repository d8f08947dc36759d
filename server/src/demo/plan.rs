//! In which order the coordinator puts work on the board: the story's cards, then follow-ups without end.

use std::collections::{HashSet, VecDeque};

use super::dice::Dice;
use super::story::{self, Card};
use super::words;
use crate::model::task::Priority;

/// A task to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Planned {
    /// What later ones name in `after`; follow-ups have none.
    pub key: Option<&'static str>,
    pub area: &'static str,
    pub title: String,
    pub text: String,
    pub priority: Priority,
    pub files: Vec<String>,
    pub after: &'static [&'static str],
}

/// The plan of one seed.
#[derive(Debug)]
pub(super) struct Plan {
    cards: VecDeque<&'static Card>,
    follow_ups: Vec<(usize, usize)>,
    next: usize,
    seed: u64,
}

impl Plan {
    /// The plan that `seed` makes.
    pub(super) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed, &["plan"]);
        let mut follow_ups: Vec<(usize, usize)> = (0..words::FOLLOW_UPS.len())
            .flat_map(|kind| (0..words::PARTS.len()).map(move |part| (kind, part)))
            .collect();
        dice.shuffle(&mut follow_ups);
        Self { cards: in_order(&mut dice), follow_ups, next: 0, seed }
    }

    /// The next task. There always is one.
    pub(super) fn next(&mut self) -> Planned {
        if let Some(card) = self.cards.pop_front() {
            return Planned {
                key: Some(card.key),
                area: card.area,
                title: card.title.to_owned(),
                text: card.text.to_owned(),
                priority: card.priority,
                files: card.files.iter().map(ToString::to_string).collect(),
                after: card.after,
            };
        }
        let follow_up = self.follow_up(self.next);
        self.next += 1;
        follow_up
    }

    /// The follow-up with a number; a number beyond all combinations begins another round.
    pub(super) fn follow_up(&self, number: usize) -> Planned {
        let (round, at) = (number / self.follow_ups.len(), number % self.follow_ups.len());
        let (kind, part) = self.follow_ups[at];
        let (title, text) = words::FOLLOW_UPS[kind];
        let (area, name, folder) = words::PARTS[part];
        let fill = |text: &str| text.replace("{part}", name).replace("{folder}", folder);
        let mut title = fill(title);
        if round > 0 {
            title = format!("{title} (round {})", round + 1);
        }
        let mut dice = Dice::new(self.seed, &["follow-up", &title]);
        let priority = match dice.between(1, 10) {
            1 => Priority::Urgent,
            2 | 3 => Priority::High,
            4..=8 => Priority::Normal,
            _ => Priority::Low,
        };
        // A folder of its own for each: follow-ups on one part may well be worked on at once.
        let files = if dice.chance(60) {
            vec![format!("{folder}/{}/**", words::slug(&title))]
        } else {
            Vec::new()
        };
        Planned { key: None, area, text: fill(text), title, priority, files, after: &[] }
    }
}

/// Cards in an order of chance in which each comes after those it needs.
fn in_order(dice: &mut Dice) -> VecDeque<&'static Card> {
    let mut waiting: Vec<&Card> = story::cards().collect();
    dice.shuffle(&mut waiting);
    let (mut ordered, mut placed) = (VecDeque::new(), HashSet::new());
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain(|card| {
            let ready = card.after.iter().all(|key| placed.contains(key));
            if ready {
                placed.insert(card.key);
                ordered.push_back(*card);
            }
            !ready
        });
        debug_assert!(waiting.len() < before, "the story's cards wait for each other in a circle");
        if waiting.len() == before {
            break;
        }
    }
    ordered
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::demo::fate::{Fate, Verdict};
    use crate::limits;
    use crate::model::glob;

    /// More than the story and one whole round of follow-ups.
    const MANY: usize = 700;

    fn plan(seed: u64) -> Vec<Planned> {
        let mut plan = Plan::new(seed);
        (0..MANY).map(|_| plan.next()).collect()
    }

    #[test]
    fn the_same_seed_plans_the_same_story() {
        assert_eq!(plan(7), plan(7));
        assert_ne!(plan(7), plan(8));
        for task in plan(7) {
            assert_eq!(Fate::of(7, &task.title, 1, false), Fate::of(7, &task.title, 1, false));
            assert_eq!(Verdict::of(7, &task.title, 0), Verdict::of(7, &task.title, 0));
        }
    }

    #[test]
    fn the_board_takes_every_task_of_the_plan() {
        let mut seen = HashMap::new();
        let mut titles = HashSet::new();
        for (at, task) in plan(1).into_iter().enumerate() {
            assert!(titles.insert(task.title.to_lowercase()), "`{}` comes twice", task.title);
            assert!(
                task.title.chars().count() <= 120,
                "`{}` is cut in the fingerprint",
                task.title
            );
            assert!(task.text.chars().count() <= limits::DESCRIPTION);
            assert!(
                !task.text.contains(['{', '}']) || task.key.is_some(),
                "`{}` has a gap",
                task.text
            );
            for file in &task.files {
                assert_eq!(glob::check(file), Ok(()), "{file}");
            }
            for needed in task.after {
                assert!(seen.contains_key(needed), "`{}` comes before `{needed}`", task.title);
            }
            if let Some(key) = task.key {
                assert_eq!(seen.insert(key, at), None, "`{key}` stands for two cards");
            }
        }
        assert_eq!(seen.len(), story::cards().count(), "a card was left out");
        assert!(seen.contains_key(story::OUT_OF_REACH));
    }

    #[test]
    fn every_kind_of_ending_happens() {
        let mut endings = HashMap::new();
        let mut verdicts = HashMap::new();
        for task in plan(1) {
            *endings.entry(Fate::of(1, &task.title, 1, false).ending).or_insert(0) += 1;
            *verdicts.entry(Verdict::of(1, &task.title, 0)).or_insert(0) += 1;
        }
        assert_eq!(endings.len(), 5, "{endings:?}");
        assert_eq!(verdicts.len(), 3, "{verdicts:?}");
    }
}
