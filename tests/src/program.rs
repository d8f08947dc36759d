//! Where the built programs lie.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

/// The program under test: the one that was built with these tests, or what `MESHPILOT_TEST_PROGRAM` names.
///
/// # Errors
/// When it was not built.
pub fn program() -> Result<PathBuf> {
    match std::env::var_os("MESHPILOT_TEST_PROGRAM") {
        Some(given) => Ok(given.into()),
        None => built("meshpilot").context("`cargo build --package meshpilot-server`"),
    }
}

/// A program that was built with these tests.
///
/// # Errors
/// When it was not.
pub fn built(name: &str) -> Result<PathBuf> {
    // target/<profile>/deps/<this test>
    let test = std::env::current_exe()?;
    let profile = test.ancestors().nth(2).context("a test lies in target/<profile>/deps")?;
    let program = profile.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    ensure!(program.is_file(), "{name} is not built");
    Ok(program)
}
