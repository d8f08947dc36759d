//! What agents say. `{file}`, `{task}`, `{part}` and the like are filled in.

/// Follow-up work: title and description.
pub(super) const FOLLOW_UPS: &[(&str, &str)] = &[
    (
        "Raise the test coverage of the {part} to 80 %",
        "Branches, not lines. Begin with the error paths of `{folder}`; leave generated code out.",
    ),
    (
        "Remove dead code from the {part}",
        "`{folder}` has exports that nobody imports. Remove them one commit each, so that a revert is easy.",
    ),
    (
        "Write down how the {part} fails and recovers",
        "Dependencies of `{folder}`, what happens when each is slow, down or wrong, and what the user sees.",
    ),
    (
        "Replace string errors in the {part} by typed ones",
        "Callers match on messages. Give each failure of `{folder}` a code, keep the text for people.",
    ),
    (
        "Add timeouts to every outgoing call of the {part}",
        "Some calls in `{folder}` wait forever. Default 2 s, carriers 5 s; a test with a server that never answers.",
    ),
    (
        "Measure and cut the memory of the {part}",
        "Heap snapshot under load, the three largest holders in `{folder}`, one fix each, figures before and after.",
    ),
    (
        "Check the inputs of the {part} at its border",
        "Parse, don't validate: schemas at the edge of `{folder}`, plain types inside.",
    ),
    (
        "Update the dependencies of the {part}",
        "Minor and patch levels of `{folder}` together, majors one by one with their notes read.",
    ),
    (
        "Make the {part} log one line per request",
        "Fields instead of sentences; `{folder}` writes up to nine lines for one call today.",
    ),
    (
        "Split the largest file of the {part}",
        "It has grown past 900 lines. Along the seams that its tests already show; no change of behaviour.",
    ),
    (
        "Give the {part} a health check that means something",
        "`/healthz` of `{folder}` says yes while its database is away. Check what it needs, cache for 5 s.",
    ),
    (
        "Translate the messages of the {part}",
        "Texts of `{folder}` into the message catalogue, German and French first; plural forms, no concatenation.",
    ),
];

/// Parts of the shop: label, name, folder.
pub(super) const PARTS: &[(&str, &str, &str)] = &[
    ("checkout", "cart service", "services/cart"),
    ("checkout", "order service", "services/orders"),
    ("checkout", "address book", "services/checkout/address"),
    ("payments", "payment service", "services/payments"),
    ("payments", "refund desk", "services/orders/refunds"),
    ("payments", "dispute inbox", "services/payments/disputes"),
    ("pricing", "price engine", "services/pricing"),
    ("pricing", "coupon rules", "services/pricing/coupons"),
    ("pricing", "tax tables", "services/pricing/tax"),
    ("shipping", "rate finder", "services/shipping/rates"),
    ("shipping", "label printer", "services/shipping/labels"),
    ("shipping", "delivery promise", "services/shipping/promise"),
    ("catalogue", "product import", "services/catalogue/import"),
    ("catalogue", "media pipeline", "services/media"),
    ("catalogue", "stock reservation", "services/stock"),
    ("search", "query parser", "services/search/query"),
    ("search", "search index", "services/search/index"),
    ("search", "facet counter", "services/search/facets"),
    ("accounts", "sign-in form", "services/accounts/login"),
    ("accounts", "session store", "services/accounts/session"),
    ("accounts", "data export", "services/accounts/export"),
    ("web", "product page", "apps/web/product"),
    ("web", "checkout form", "apps/web/checkout"),
    ("web", "wishlist", "apps/web/wishlist"),
    ("web", "newsletter banner", "apps/web/newsletter"),
    ("platform", "job queue", "packages/jobs"),
    ("platform", "event relay", "packages/events"),
    ("platform", "API gateway", "services/gateway"),
    ("platform", "flag evaluation", "packages/flags"),
    ("operations", "deploy pipeline", "infra/deploy"),
    ("operations", "backup job", "infra/backup"),
    ("operations", "log shipper", "infra/logs"),
    ("operations", "alert rules", "infra/alerts"),
    ("quality", "end-to-end suite", "tests/e2e"),
    ("quality", "load test", "tests/load"),
    ("quality", "contract tests", "tests/contract"),
    ("docs", "API reference", "docs/api"),
    ("docs", "runbooks", "docs/runbooks"),
];

/// Progress notes, from the first to the last step of an attempt.
pub(super) const NOTES: &[&[&str]] = &[
    &[
        "Reading {file} and its tests",
        "Looking for all callers of {file}",
        "Reproducing it before changing anything",
        "Reading what the knowledge base says about {area}",
    ],
    &[
        "Wrote a test that fails for the right reason",
        "Narrowed it down to {file}",
        "Two ways to do it; taking the one without a migration",
        "Sketched the change, 3 files",
    ],
    &[
        "Writing the change in {file}",
        "First version works, edge cases next",
        "Refactored the caller first, to keep the change small",
        "9 of 14 cases pass",
    ],
    &[
        "13 of 14 cases pass",
        "All cases pass, running the whole suite",
        "Checking the error paths",
        "Measuring before and after",
    ],
    &[
        "Whole suite green, reading my own diff",
        "Cleaning up and writing the summary",
        "Last look at names and comments",
    ],
];

/// Results of finished work.
pub(super) const RESULTS: &[&str] = &[
    "Done in `{file}`.\n\n**Checked:** {n} new tests, the whole suite, once by hand against staging.\n\n**Left out:** nothing that the task asks for.",
    "Changed {n} places, all behind one function in `{file}`.\n\n- behaviour before: as described\n- behaviour now: as asked, with the edge cases in the tests\n\nNo migration needed.",
    "The cause was not where the task suspects it: a cached value in `{file}` outlived its request. Fixed there; {n} regression tests.\n\nI also looked at the two neighbours that use the same pattern; they are fine.",
    "Implemented as described. {n} tests, property test included (10,000 cases).\n\n**Figures:** p95 from 410 ms to 96 ms on the recorded traffic of Friday.\n\n**Open:** the old path stays until the flag is on everywhere.",
    "Works, and is smaller than before: −212 / +{n} lines in `{file}`.\n\nScreen reader and keyboard checked. Screenshots are in the pull request.",
];

/// Why a reviewer sends work back.
pub(super) const REJECTS: &[&str] = &[
    "The new test passes without the change too. Make it fail first, then show that it passes.",
    "`{file}` still has the old path for orders made before the change; those would break at the first edit. Cover one in a test.",
    "The retry holds the database connection while it sleeps. Under load that empties the pool. Release it before waiting.",
    "The amount is a float in two places. Minor units as integers, please, as our convention `money/minor-units` says.",
    "Error messages show the provider's text to the customer, mail address included. Map to our own codes.",
    "It works, but only with JavaScript's local time zone. Our warehouse is in another one; take it as an argument.",
    "No answer to what the task asks under **Done when**. The second point has neither code nor test.",
    "This adds a dependency of 86 KB for one function of nine lines. Write the nine lines.",
    "The migration locks `orders` for the whole update. Batches of 1,000, with a pause; see `db/safe-migrations`.",
    "Focus is lost after the dialog closes; with a keyboard one lands at the top of the page. Give it back to the button.",
];

/// What a reviewer says to good work.
pub(super) const APPROVALS: &[&str] = &[
    "Small, tested, and the summary says what was left out. Thanks.",
    "Read it twice, ran it once. Good.",
    "The property test found a case I would not have thought of. Approved.",
    "Good. The name `settle` for the shared function reads well.",
    "Approved; the figures before and after convinced me.",
];

/// Why a reviewer leaves a decision to a person.
pub(super) const LEAVES: &[&str] = &[
    "Technically fine. It changes what customers see at checkout, so I leave the decision to a human.",
    "I would approve it, but it deletes stored data. Please have a look yourself.",
    "Two reasonable designs; the task does not say which one is wanted. Result describes both.",
    "This raises our monthly bill by about $40. Not mine to decide.",
];

/// Why work is blocked.
pub(super) const BLOCKS: &[&str] = &[
    "Needs the staging credentials of the carrier; the ones in the secret store ended last week",
    "Waits for an answer: should a cancelled order free its coupon?",
    "The provider's sandbox answers 503 since this morning; can't test without it",
    "The design has no state for *payment pending*; needs one before I can build it",
    "Two teams own this table. Who approves the migration?",
];

/// How a block is solved.
pub(super) const UNBLOCKS: &[&str] = &[
    "New credentials are in the secret store under the same name.",
    "Decided: yes, but only within the first hour. It is in the knowledge base now.",
    "The sandbox is back. Go on.",
    "Take the layout of *processing* with the other text; design agrees.",
    "The platform team approves; they want to see the plan in the pull request.",
];

/// A block that a person has to solve.
pub(super) const ESCALATIONS: &[&str] = &[
    "I can't decide this one; it needs somebody who may sign for it.",
    "Asked twice and got two answers. A human has to choose.",
];

/// Why an agent gives work back.
pub(super) const RELEASES: &[&str] = &[
    "Needs a Mac to reproduce; I run in a Linux container",
    "The change belongs into the design system's repository, where I have no access",
    "Half of this is in T-shirt sizes I don't know; somebody who did the last migration is faster",
];

/// Why nobody can do the one task that only a person can.
pub(super) const OUT_OF_REACH: &str = "Signing request is ready in infra/wallet, but the developer account asks for a second factor that only a person has";

/// Failures: code, class, report.
pub(super) const FAILURES: &[(&str, &str, &str)] = &[
    (
        "E_BUILD",
        "dependency",
        "The build fails in a dependency that pins a removed version. Tried the two later ones, both break the API we use. Log attached in the pull request.",
    ),
    (
        "E_TIMEOUT",
        "timeout",
        "The suite did not end within 20 minutes, three times. It hangs in the payment sandbox, not in our code.",
    ),
    (
        "E_UNREPRODUCIBLE",
        "permanent",
        "Could not reproduce it with the recorded traffic of the last two weeks. Without a case I would be guessing.",
    ),
    (
        "E_QUOTA",
        "transient",
        "The staging cluster has no room for the load generator. Worth another try tonight.",
    ),
];

/// Comments on one's own work.
pub(super) const COMMENTS: &[&str] = &[
    "Note for the reviewer: the interesting part is `{file}`, the rest is moved code.",
    "The provider answers 409 for a second delivery, not 200 as its documentation says.",
    "Found an older bug on the way; not fixing it here, see the follow-up.",
    "Kept the public function as it was. Three other services call it.",
    "Measured first: 1,240 calls a minute at the peak, 96 % of them the same key.",
];

/// What is said in the chat, and what others answer to it.
pub(super) const TALK: &[(&str, &[&str])] = &[
    (
        "Heads-up: I am changing the event names in {area} today. Old ones stay for a release.",
        &[
            "Good to know, I rebase after you.",
            "Thanks. Does that include the ones the mails listen to?",
            "Fine with me, my task reads the new ones already.",
        ],
    ),
    (
        "Does anybody know why {file} catches and drops every error?",
        &[
            "History says: a provider that threw on success. That one is gone since 2.1.",
            "No, but I fell into it too. Would welcome it gone.",
            "See the knowledge base, `payments/provider-api`, last paragraph.",
        ],
    ),
    (
        "The end-to-end suite is red on main, three tests in checkout. Looking.",
        &[
            "It was the fixture, not the code. Green again here.",
            "Same here; skipping nothing, waiting for you.",
            "Started with the merge an hour ago, if that helps.",
        ],
    ),
    (
        "Longer than planned: {task}. The test data was the hard part; there is a builder for it in tests/setup now.",
        &["Used it already, saved me ten minutes. Thanks!", "Nice. I point the next ones there."],
    ),
    (
        "Anybody else in {area}? I would like to rename a module and don't want to step on toes.",
        &[
            "I hold two files there, done in a few minutes.",
            "Go ahead, I am elsewhere.",
            "After me, please; about to hand in for review.",
        ],
    ),
    (
        "Figures after the change of {area}: p95 down by 40 %, memory flat.",
        &["Impressive. Same machine for both runs?", "Put that into the release notes, please."],
    ),
    (
        "Reminder: amounts in minor units, everywhere. I just found a float again.",
        &["Mine, fixed. Sorry.", "There is a lint rule for it in the follow-ups."],
    ),
];

/// What the coordinator says now and then.
pub(super) const STEERING: &[&str] = &[
    "Priorities: the two findings of the penetration test first, then payments. Everything else can wait a day.",
    "Please keep results short: what changed, how it was checked, what is left out.",
    "If you are blocked, say what exactly would unblock you. *Waiting* alone helps nobody.",
    "Good pace today. Reviews are the bottleneck now, so smaller changes, please.",
    "Code freeze for 2.4 is tomorrow at noon. Anything with a migration should be in review tonight.",
];

/// The coordinator's answer to the person.
pub(super) const ANSWERS: &[&str] = &[
    "Understood. I take it into the plan.",
    "Thanks, will do. Say it on the task too if it should outlive this chat.",
    "Noted. Whoever takes the next task in that area will read it.",
];

/// What the swarm knows: key, kind, tags, text.
pub(super) const KNOWLEDGE: &[(&str, &str, &[&str], &str)] = &[
    (
        "money/minor-units",
        "convention",
        &["pricing", "payments"],
        "Amounts are integers in minor units, with their currency beside them. Never floats, never a bare number.",
    ),
    (
        "db/safe-migrations",
        "convention",
        &["platform"],
        "A migration never locks a large table: add a nullable column, fill it in batches of 1,000 with a pause, then add the constraint as `NOT VALID` and validate it.",
    ),
    (
        "payments/provider-api",
        "decision",
        &["payments"],
        "We follow the provider's names for states (`processing`, `succeeded`) and map to ours at one place. Errors of the provider never reach a customer.",
    ),
    (
        "tests/no-retries",
        "decision",
        &["quality"],
        "A flaky test is a bug. Find its cause; a retry only hides it from us, not from customers.",
    ),
    (
        "search/ranking",
        "note",
        &["search"],
        "Exact title matches first, then brand, then popularity of 30 days. Tried learning to rank in 2.2: no gain worth its cost.",
    ),
    (
        "web/focus",
        "pattern",
        &["web", "accessibility"],
        "When a dialog closes, focus goes back to what opened it. `useReturnFocus` does it.",
    ),
    (
        "shipping/cutoff",
        "note",
        &["shipping"],
        "Cut-off is 14:00 in the warehouse's time zone, 12:00 on the day before a holiday.",
    ),
    (
        "accounts/enumeration",
        "decision",
        &["accounts", "security"],
        "Sign-in, registration and reset answer alike for known and unknown accounts, in like time.",
    ),
    (
        "events/at-least-once",
        "pattern",
        &["platform"],
        "Consumers keep the ids of events they have handled for seven days, in the same transaction as the effect.",
    ),
];

/// Fills gaps.
pub(super) fn fill(text: &str, gaps: &[(&str, &str)]) -> String {
    gaps.iter().fold(text.to_owned(), |text, (gap, value)| text.replace(gap, value))
}

/// A title as a folder name.
pub(super) fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.take(5).collect::<Vec<_>>().join("-").to_lowercase()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_opener_is_recognised_by_how_it_begins() {
        let beginnings: HashSet<&str> =
            TALK.iter().filter_map(|(opener, _)| opener.split('{').next()).collect();
        assert_eq!(beginnings.len(), TALK.len());
        assert!(beginnings.iter().all(|beginning| beginning.len() > 10), "{beginnings:?}");
    }

    #[test]
    fn every_block_has_a_solution_of_its_own() {
        assert_eq!(BLOCKS.len(), UNBLOCKS.len());
    }
}
