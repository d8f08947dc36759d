use std::path::Path;
use std::process::{Command, Stdio};

use super::environment::Environment;

/// Whether git would take the file into a commit: it lies in a work tree and no rule ignores it.
/// Where git can't be asked, a repository above the file counts as one that would.
pub(super) fn would_commit(env: &Environment, path: &Path) -> bool {
    if !path.ancestors().skip(1).any(|folder| folder.join(".git").exists()) {
        return false;
    }
    let Some(git) = env.program("git") else { return true };
    let asked = Command::new(git)
        .arg("-C")
        .arg(&env.project)
        .args(["check-ignore", "--quiet", "--"])
        .arg(path)
        .env_clear()
        .envs(&env.variables)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    // 0: ignored. 1: not. Anything else: git could not say.
    !asked.is_ok_and(|status| status.success())
}
