//! The server's integration tests, in one binary: what each operation does, what holds for all of them, what holds
//! over long random runs, and what the sources must not do.
//!
//! None of them opens a port. `MESHPILOT_UPDATE=1` rewrites the generated files they compare.

#[cfg(test)]
mod it {
    mod agents;
    mod claims;
    mod costs;
    mod create;
    mod docs;
    mod edges;
    mod events;
    mod example;
    mod failures;
    mod golden;
    mod goldens;
    mod invariants;
    mod keys;
    mod locks;
    mod model;
    mod parity;
    mod planted;
    mod print;
    mod races;
    mod retries;
    mod review;
    mod rules;
    mod sim;
    mod surface;
    mod talk;
    mod tidy;
    mod tools;
    mod updates;
    mod world;
}
