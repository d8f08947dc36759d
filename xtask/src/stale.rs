//! Whether something built is older than what it was built from.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result};

/// Says whether `output` is missing or older than anything in `inputs`.
///
/// An input is a file or a folder, which counts with all it holds and with the moment something was last
/// added to it or taken away. An input that is not there is not an error.
pub fn is_stale(output: &Path, inputs: &[impl AsRef<Path>]) -> Result<bool> {
    let Ok(built) = modified(output) else { return Ok(true) };
    for input in inputs {
        if let Some(changed) = newest(input.as_ref())?
            && changed > built
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn newest(path: &Path) -> Result<Option<SystemTime>> {
    if !path.exists() {
        return Ok(None);
    }
    let mut latest = modified(path)?;
    if path.is_dir() {
        let entries =
            fs::read_dir(path).with_context(|| format!("cannot list {}", path.display()))?;
        for entry in entries {
            if let Some(changed) = newest(&entry?.path())? {
                latest = latest.max(changed);
            }
        }
    }
    Ok(Some(latest))
}

fn modified(path: &Path) -> Result<SystemTime> {
    fs::metadata(path)
        .and_then(|meta| meta.modified())
        .with_context(|| format!("cannot read the time of {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::Duration;

    use tempfile::TempDir;

    use super::*;

    fn touch(path: &Path, second: u64) {
        if !path.is_dir() {
            File::create(path).unwrap();
        }
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
        File::open(path).unwrap().set_modified(at).unwrap();
    }

    fn tree() -> TempDir {
        let dir = TempDir::new().unwrap();
        fs::create_dir_all(dir.path().join("src/deep")).unwrap();
        touch(&dir.path().join("src/deep/a.ts"), 10);
        touch(&dir.path().join("src/deep"), 10);
        touch(&dir.path().join("src"), 10);
        touch(&dir.path().join("lock"), 10);
        touch(&dir.path().join("out"), 20);
        dir
    }

    fn stale(dir: &TempDir) -> bool {
        let at = dir.path();
        is_stale(&at.join("out"), &[at.join("src"), at.join("lock"), at.join("absent")]).unwrap()
    }

    #[test]
    fn an_output_newer_than_its_inputs_is_fresh() {
        assert!(!stale(&tree()));
    }

    #[test]
    fn a_missing_output_is_stale() {
        let dir = tree();
        fs::remove_file(dir.path().join("out")).unwrap();
        assert!(stale(&dir));
    }

    #[test]
    fn a_changed_file_deep_inside_makes_it_stale() {
        let dir = tree();
        touch(&dir.path().join("src/deep/a.ts"), 30);
        assert!(stale(&dir));
    }

    #[test]
    fn a_removed_file_makes_it_stale() {
        let dir = tree();
        fs::remove_file(dir.path().join("src/deep/a.ts")).unwrap();
        assert!(stale(&dir));
    }
}
