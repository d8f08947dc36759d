//! Generated files that are committed: compared by tests, rewritten when `MESHPILOT_UPDATE=1`.

use std::path::{Path, PathBuf};

use similar::TextDiff;

/// The top of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Whether this run rewrites instead of comparing.
pub(crate) fn updating() -> bool {
    std::env::var_os("MESHPILOT_UPDATE").is_some_and(|value| value == "1")
}

/// Compares a file (by its path from the top of the repository) with what it should be.
pub(crate) fn check(path: &str, expected: &str) {
    let file = root().join(path);
    let found = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    if found == expected {
        return;
    }
    if updating() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, expected).unwrap();
        return;
    }
    let diff = TextDiff::from_lines(found.as_str(), expected);
    let diff: String = diff
        .unified_diff()
        .context_radius(2)
        .header("committed", "generated")
        .to_string()
        .chars()
        .take(6_000)
        .collect();
    panic!(
        "{path} is out of date. Look at the difference, then accept it with `cargo xtask codegen`.\n{diff}"
    );
}
