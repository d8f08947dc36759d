//! The events of the log: each kind that the sources emit stands in `docs/reference/events.md`, and no other.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::golden;

/// Kind, what it is about, its data, and when it is emitted.
const EVENTS: &[(&str, &str, &str, &str)] = &[
    ("task.created", "`T42`", "`{task, change, fields, reason}`", "A task was made."),
    (
        "task.updated",
        "`T42`",
        "`{task, change, fields, reason}`",
        "Something of a task changed; `change` says what in a word, `fields` names the changed fields.",
    ),
    (
        "task.deleted",
        "`T42`",
        "`{task, change, fields, reason}`",
        "A task was deleted; it can be restored for 30 days, which is a `task.updated` again.",
    ),
    (
        "lease.ended",
        "`T42`",
        "`{taskId, agent, fence}`",
        "A lease ran out. The task is back in todo, which is an event of its own.",
    ),
    (
        "lock.acquired",
        "`T42` for a claim's",
        "`{locks}`",
        "Locks were taken, by a claim or by acquire_locks.",
    ),
    (
        "lock.renewed",
        "",
        "`{locks}`",
        "Locks got more time. Those of a claim follow their task's lease without an event of their own.",
    ),
    ("lock.released", "`T42` for a claim's", "`{locks}`", "Locks were given back."),
    ("lock.ended", "", "`{locks}`", "The time of locks was over."),
    (
        "lock.queue",
        "",
        "`{locks}`, empty",
        "Somebody who waited for locks went away; who came later may look again.",
    ),
    ("chat.message", "`C913`", "`{message}`", "Somebody said something to everybody."),
    (
        "project.event",
        "",
        "`{name, payload}`",
        "A signal to the swarm, from publish_project_event, or `swarm.complete` from cancel_stale_tasks.",
    ),
    (
        "knowledge.saved",
        "the key",
        "`{key, kind, tags, version}`",
        "A piece of knowledge has a new version.",
    ),
    (
        "knowledge.deleted",
        "the key",
        "`{key, kind, tags, version}`",
        "A piece of knowledge was deleted.",
    ),
    (
        "agent.seen",
        "the name",
        "`{agent}`",
        "A new agent called for the first time, or one has another role.",
    ),
    ("settings.updated", "", "`{settings}`", "The person changed a setting."),
    (
        "key.created",
        "the key's id",
        "`{key}`",
        "A key was made. Only keys with the scope admin see this.",
    ),
    (
        "key.revoked",
        "the key's id",
        "`{key}`",
        "A key was revoked. Only keys with the scope admin see this.",
    ),
];

/// The words of `change`.
const CHANGES: &[(&str, &str)] = &[
    ("created", "made"),
    ("edited", "fields changed"),
    ("claimed", "an agent took it"),
    ("renewed", "its lease got more time"),
    ("progressed", "its holder said where the work stands"),
    ("completed", "its holder ended the work"),
    ("released", "its holder gave it back"),
    ("lease_ended", "its lease ran out"),
    ("approved", "a reviewer accepted it"),
    ("rejected", "a reviewer sent it back"),
    ("commented", "somebody commented"),
    ("retried", "a failed task goes back to todo"),
    ("reopened", "a finished task goes back to todo"),
    ("cancelled", "it is not wanted any more"),
    ("blocked", "it waits for something outside"),
    ("unblocked", "it waits no longer"),
    ("deleted", "deleted"),
    ("restored", "brought back"),
    ("stale_cancelled", "cancelled at the end of a run"),
];

fn source() -> String {
    fn read(folder: &std::path::Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, text);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = std::fs::read_to_string(path).unwrap();
                text.push_str(source.split("#[cfg(test)]").next().unwrap_or_default());
            }
        }
    }
    let mut text = String::new();
    for folder in ["ops", "store", "api"] {
        read(&golden::root().join("server/src").join(folder), &mut text);
    }
    text
}

#[test]
fn every_event_that_is_emitted_is_documented_and_no_other() {
    let source = source();
    let documented: BTreeSet<&str> = EVENTS.iter().map(|(kind, ..)| *kind).collect();
    // An event's kind is the only text with a dot between two words that stands where one is emitted.
    let is_kind = |text: &str| {
        let parts: Vec<&str> = text.split('.').collect();
        parts.len() == 2
            && parts
                .iter()
                .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase()))
    };
    let emitted: BTreeSet<&str> = source
        .split('"')
        .filter(|text| is_kind(text) && *text != "swarm.complete" && *text != "swarm.started")
        .collect();
    let kinds: Vec<&&str> = emitted.symmetric_difference(&documented).collect();
    assert!(kinds.is_empty(), "in the sources or in this test, and not in both: {kinds:?}");
    for (change, _) in CHANGES {
        assert!(source.contains(&format!("\"{change}\"")), "no task is ever `{change}`");
    }
}

#[test]
fn the_events_page_is_the_committed_one() {
    let mut text = "# Events\n\n\
        Every change is one event, stored in the transaction of the change and published after its commit, in one order without a gap. \
        `GET /v1/events` streams them (SSE); [get_events](get_events.md) reads the same log now and then.\n\n\
        - Each comes as `id: <epoch>-<seq>`, `event: <type>` and one line of JSON: `{seq, type, at, actor, entity, data}`. `at` is the time of the commit.\n\
        - `?snapshot=true` gives the whole board first, as the event `snapshot`, and then all that came after it.\n\
        - `Last-Event-ID` or `?after=` resumes at a position, without a gap and without a repeat. A position that is too old gets one `gap` \
        `{oldest, head}`, one of another epoch one `reset` `{head}`: after both, ask for a snapshot.\n\
        - `?types=task.,chat.message` filters by the beginnings of types.\n\
        - A comment line comes every 15 s. A reader that is too slow is cut off and resumes; it never slows anybody else.\n\n\
        | Type | About | Data | When |\n| --- | --- | --- | --- |\n"
        .to_owned();
    for (kind, about, data, when) in EVENTS {
        writeln!(text, "| `{kind}` | {about} | {data} | {when} |").unwrap();
    }
    text.push_str("\nThe `task` of an event is the [task](types.md#task) without its description and result. `change` is one of:\n\n| Change | What happened |\n| --- | --- |\n");
    for (change, what) in CHANGES {
        writeln!(text, "| `{change}` | {what} |").unwrap();
    }
    golden::check(
        "docs/reference/events.md",
        &format!("<!-- Generated by `cargo xtask codegen`; do not edit. -->\n\n{}\n", text.trim()),
    );
}
