//! Whether two paths or globs can mean the same file.
//!
//! Globs are compared as globs: each becomes an automaton (globset gives the regular expression, regex-automata the
//! automaton), and two overlap when some text leads both to a match, which a walk over pairs of states finds out.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use globset::GlobBuilder;
use regex_automata::dfa::{Automaton, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::{Anchored, util::start};

/// Largest automaton of one glob, in bytes: a lock is a few directories and stars, not a program.
const DFA_BYTES: usize = 4 * 1024 * 1024;
/// Most pairs of states looked at before two globs count as overlapping: doubt protects the file.
const PAIRS: usize = 200_000;

/// Whether the text has a character that a glob reads as more than itself.
#[must_use]
pub fn is_glob(path: &str) -> bool {
    path.contains(['*', '?', '[', '{'])
}

/// The part before the first special character: two patterns can only overlap when one's is the start of the other's.
#[must_use]
pub fn literal_prefix(path: &str) -> &str {
    path.find(['*', '?', '[', '{']).map_or(path, |at| path.get(..at).unwrap_or(path))
}

/// A path that names a directory means everything below it.
fn normal(path: &str) -> String {
    path.strip_suffix('/').map_or_else(|| path.to_owned(), |folder| format!("{folder}/**"))
}

/// Checks that a path or glob can be read.
///
/// # Errors
/// When it is no valid glob, or too large to compare.
pub fn check(path: &str) -> Result<(), String> {
    if is_glob(path) { automaton(&normal(path)).map(drop) } else { Ok(()) }
}

/// Whether two paths or globs have a file in common. Comparing never fails: what can't be compared overlaps.
#[must_use]
pub fn overlap(one: &str, other: &str) -> bool {
    let (one, other) = (normal(one), normal(other));
    let (a, b) = (literal_prefix(&one), literal_prefix(&other));
    if !(a.starts_with(b) || b.starts_with(a)) {
        return false;
    }
    if one == other {
        return true;
    }
    match (is_glob(&one), is_glob(&other)) {
        (false, false) => false,
        (true, false) => matches(&one, &other),
        (false, true) => matches(&other, &one),
        (true, true) => both(&one, &other),
    }
}

fn glob(pattern: &str) -> Result<globset::Glob, String> {
    GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .map_err(|error| format!("`{pattern}` is no valid glob: {}", error.kind()))
}

fn matches(pattern: &str, path: &str) -> bool {
    glob(pattern).map_or(true, |glob| glob.compile_matcher().is_match(path))
}

type Dfa = Rc<dense::DFA<Vec<u32>>>;

/// Automata kept: the same few globs are compared again with every claim, and building one costs far more.
const KEPT: usize = 512;

thread_local! {
    static AUTOMATA: RefCell<HashMap<String, Dfa>> = RefCell::default();
}

fn automaton(pattern: &str) -> Result<Dfa, String> {
    if let Some(known) = AUTOMATA.with_borrow(|kept| kept.get(pattern).cloned()) {
        return Ok(known);
    }
    let new = Rc::new(build(pattern)?);
    AUTOMATA.with_borrow_mut(|kept| {
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(pattern.to_owned(), Rc::clone(&new));
    });
    Ok(new)
}

fn build(pattern: &str) -> Result<dense::DFA<Vec<u32>>, String> {
    dense::Builder::new()
        .configure(
            dense::Config::new()
                .dfa_size_limit(Some(DFA_BYTES))
                .determinize_size_limit(Some(DFA_BYTES)),
        )
        .syntax(regex_automata::util::syntax::Config::new().utf8(false))
        .thompson(regex_automata::nfa::thompson::Config::new().utf8(false))
        .build(glob(pattern)?.regex())
        .map_err(|_| format!("`{pattern}` is too complicated for a lock; use a simpler glob"))
}

fn both(one: &str, other: &str) -> bool {
    let (Ok(a), Ok(b)) = (automaton(one), automaton(other)) else { return true };
    let anchored = start::Config::new().anchored(Anchored::Yes);
    let (Ok(first), Ok(second)) = (a.start_state(&anchored), b.start_state(&anchored)) else {
        return true;
    };
    let mut seen: HashSet<(StateID, StateID)> = HashSet::from([(first, second)]);
    let mut open = vec![(first, second)];
    while let Some((x, y)) = open.pop() {
        if a.is_match_state(a.next_eoi_state(x)) && b.is_match_state(b.next_eoi_state(y)) {
            return true;
        }
        if seen.len() > PAIRS {
            return true;
        }
        // Bytes of one class lead every state to the same place, so one byte of each class is enough.
        for class in a
            .byte_classes()
            .representatives(0..=u8::MAX)
            .chain(b.byte_classes().representatives(0..=u8::MAX))
        {
            let Some(byte) = class.as_u8() else { continue };
            let next = (a.next_state(x, byte), b.next_state(y, byte));
            if !a.is_dead_state(next.0) && !b.is_dead_state(next.1) && seen.insert(next) {
                open.push(next);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_are_compared_as_globs() {
        let table = [
            ("src/a.rs", "src/a.rs", true),
            ("src/a.rs", "src/b.rs", false),
            ("src/**", "src/a/b.rs", true),
            ("src/*", "src/a/b.rs", false),
            ("src/", "src/a/b.rs", true),
            ("src/**/*.rs", "src/**/lib.*", true),
            ("src/**/*.rs", "src/**/*.ts", false),
            ("src/*.rs", "src/a*", true),
            ("src/{a,b}.rs", "src/[bc].rs", true),
            ("src/{a,b}.rs", "src/[cd].rs", false),
            ("**/*.md", "docs/**", true),
            ("docs/**", "src/**", false),
            ("a?c", "a*d", false),
            ("**", "anything/at/all", true),
        ];
        for (one, other, expected) in table {
            assert_eq!(overlap(one, other), expected, "{one} and {other}");
            assert_eq!(overlap(other, one), expected, "{other} and {one}");
        }
    }

    #[test]
    fn a_broken_glob_is_refused() {
        assert!(check("src/[").is_err());
        assert!(check("src/{a,b").is_err());
        assert!(check("src/**").is_ok());
    }
}
