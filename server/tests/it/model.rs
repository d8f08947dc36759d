//! The rules of claims, leases and locks once more, written from the contract and not from the server, in the plainest
//! way: vectors and loops. The simulation holds the server against this.

use std::collections::BTreeSet;

use meshpilot::model::task::{Outcome, Status};

/// The person, among agents that are numbers.
pub(crate) const PERSON: usize = usize::MAX;
/// The agent with the role reviewer.
pub(crate) const REVIEWER: usize = 19;

/// A lease: who, until when, for how long at a time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lease {
    pub(crate) agent: usize,
    pub(crate) until: i64,
    pub(crate) seconds: i64,
    pub(crate) fence: i64,
}

/// What the rules need to know of a task.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Task {
    pub(crate) title: usize,
    pub(crate) priority: u8,
    pub(crate) files: Vec<&'static str>,
    pub(crate) review: bool,
    pub(crate) deps: Vec<usize>,
    pub(crate) status: Status,
    pub(crate) assigned: Option<usize>,
    pub(crate) by_claim: bool,
    pub(crate) lease: Option<Lease>,
    pub(crate) attempts: u32,
    pub(crate) releases: u32,
    pub(crate) needs_human: bool,
    pub(crate) former: BTreeSet<usize>,
    /// Who came late, and with what.
    pub(crate) comments: BTreeSet<(usize, &'static str)>,
    pub(crate) rejections: u32,
    pub(crate) deleted: bool,
    pub(crate) version: i64,
}

/// A lock on a path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lock {
    pub(crate) agent: usize,
    pub(crate) path: &'static str,
    pub(crate) shared: bool,
    pub(crate) task: Option<usize>,
    pub(crate) fence: i64,
    pub(crate) seconds: i64,
    pub(crate) until: i64,
}

/// One thing that somebody does.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    Create { title: usize, priority: u8, files: Vec<&'static str>, review: bool, deps: Vec<usize> },
    Claim { task: usize, seconds: Option<i64> },
    ClaimNext,
    Heartbeat { task: usize, note: bool },
    Complete { task: usize, outcome: Outcome },
    Release { task: usize },
    Review { task: usize, approve: bool },
    Move { task: usize, to: Status },
    Files { task: usize, files: Vec<&'static str> },
    Delete { task: usize, force: bool },
    Restore { task: usize },
    Acquire { paths: Vec<&'static str>, shared: bool, seconds: i64 },
    Renew,
    ReleaseLocks,
    Say,
}

/// The board as the rules see it. Tasks are numbered from 0 here and from `T1` there.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) now: i64,
    pub(crate) tasks: Vec<Task>,
    pub(crate) locks: Vec<Lock>,
    pub(crate) fence: i64,
    pub(crate) said: usize,
}

/// Whether two paths of the simulation's have a file in common.
pub(crate) fn overlap(one: &str, other: &str) -> bool {
    let inside = |folder: &str, path: &str| {
        folder.strip_suffix("**").is_some_and(|folder| path.starts_with(folder))
    };
    one == other || inside(one, other) || inside(other, one)
}
