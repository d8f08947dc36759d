//! The projects that were open, newest first, kept in the data root.

use std::path::{Path, PathBuf};

use meshpilot_home::private;
use serde::{Deserialize, Serialize};

const KEPT: usize = 10;

/// The recent projects and where they are kept.
#[derive(Debug)]
pub struct Recent {
    file: PathBuf,
    projects: Vec<PathBuf>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    recent: Vec<PathBuf>,
}

impl Recent {
    /// Reads the list below `data_root`; one that can't be read begins empty.
    pub fn load(data_root: &Path) -> Self {
        let file = data_root.join("desktop.json");
        let projects = match private::read(&file) {
            Ok(Some(bytes)) => match serde_json::from_slice::<Stored>(&bytes) {
                Ok(stored) => stored.recent,
                Err(wrong) => {
                    tracing::warn!(%wrong, "the list of recent projects is damaged");
                    Vec::new()
                }
            },
            Ok(None) => Vec::new(),
            Err(refused) => {
                tracing::warn!(%refused, "no list of recent projects");
                Vec::new()
            }
        };
        Self { file, projects }
    }

    /// The projects whose folders still exist, newest first.
    pub fn existing(&self) -> Vec<PathBuf> {
        self.projects.iter().filter(|project| project.is_dir()).cloned().collect()
    }

    /// Puts `project` first.
    pub fn opened(&mut self, project: &Path) {
        self.projects.retain(|known| known != project);
        self.projects.insert(0, project.to_owned());
        self.projects.truncate(KEPT);
        let stored = Stored { recent: self.projects.clone() };
        let written =
            serde_json::to_vec_pretty(&stored).map_err(|wrong| wrong.to_string()).and_then(
                |json| private::write(&self.file, &json).map_err(|refused| refused.to_string()),
            );
        if let Err(reason) = written {
            tracing::warn!(reason, "the list of recent projects is not kept");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_is_first_once_and_survives() -> std::io::Result<()> {
        let root = tempfile::tempdir()?;
        let projects: Vec<PathBuf> =
            (0..12).map(|number| root.path().join(format!("p{number}"))).collect();
        let mut recent = Recent::load(root.path());
        for project in &projects {
            std::fs::create_dir(project)?;
            recent.opened(project);
        }
        recent.opened(&projects[5]);
        std::fs::remove_dir(&projects[11])?;

        let existing = Recent::load(root.path()).existing();
        assert_eq!(existing[..2], [projects[5].clone(), projects[10].clone()]);
        assert_eq!(existing.len(), KEPT - 1);
        Ok(())
    }

    #[test]
    fn a_damaged_list_begins_empty_and_is_mended() -> std::io::Result<()> {
        let root = tempfile::tempdir()?;
        std::fs::write(root.path().join("desktop.json"), "{")?;
        let mut recent = Recent::load(root.path());
        assert!(recent.existing().is_empty());
        recent.opened(root.path());
        assert_eq!(Recent::load(root.path()).existing(), [root.path()]);
        Ok(())
    }
}
