use std::io;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result, io};
use crate::private;

/// The environment variable that puts the data root elsewhere.
pub const DATA_DIR_VARIABLE: &str = "MESHPILOT_DATA_DIR";

/// The longest part of a folder's name that its id repeats, in characters.
const NAME_IN_ID: usize = 64;

/// The folder below which all projects' data lies: `chosen` if given, else the environment's
/// [`DATA_DIR_VARIABLE`], else the user's data folder (`~/.local/share/meshpilot` on Linux).
/// It need not exist yet.
///
/// # Errors
/// [`Error::NoDataRoot`] when the system knows no home folder for this user.
pub fn data_root(chosen: Option<&Path>) -> Result<PathBuf> {
    let root = match chosen {
        Some(chosen) => chosen.to_owned(),
        None => match std::env::var_os(DATA_DIR_VARIABLE).filter(|value| !value.is_empty()) {
            Some(value) => PathBuf::from(value),
            None => ProjectDirs::from("", "", "meshpilot")
                .ok_or(Error::NoDataRoot)?
                .data_dir()
                .to_owned(),
        },
    };
    std::path::absolute(&root).map_err(io("find", &root))
}

/// One project on this machine and the private folder that holds its data.
///
/// Two paths that lead to the same folder are the same project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectHome {
    project: PathBuf,
    name: String,
    id: String,
    dir: PathBuf,
    key_in_file: bool,
}

impl ProjectHome {
    /// Finds the project at `project` and makes its data folder and its `logs` (0700) below
    /// [`data_root`]`(data_root)`.
    ///
    /// # Errors
    /// [`Error::Project`] when `project` is no folder, [`Error::Io`] and its neighbours when
    /// the data folder can't be made.
    pub fn open(project: &Path, data_root: Option<&Path>) -> Result<Self> {
        let refuse = |source| Error::Project { path: project.to_owned(), source };
        let canonical = std::fs::canonicalize(project).map_err(refuse)?;
        if !canonical.is_dir() {
            return Err(refuse(io::ErrorKind::NotADirectory.into()));
        }
        let name = canonical.file_name().map_or_else(
            || canonical.to_string_lossy().into_owned(),
            |name| name.to_string_lossy().into_owned(),
        );
        let id = id_of(&name, &canonical);
        let dir = self::data_root(data_root)?.join("projects").join(&id);
        private::directory(&dir)?;
        let home = Self { project: canonical, name, id, dir, key_in_file: false };
        private::directory(&home.logs())?;
        Ok(home)
    }

    /// The same with the person's key in a file whatever the environment says: for a scratch
    /// project, whose key would outlive it in the keyring.
    #[must_use]
    pub fn with_key_in_file(mut self) -> Self {
        self.key_in_file = true;
        self
    }

    /// Whether the person's key must be in a file.
    pub(crate) fn key_in_file(&self) -> bool {
        self.key_in_file
    }

    /// The project folder, canonical.
    pub fn project(&self) -> &Path {
        &self.project
    }

    /// The project folder's own name, for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `<name>-<12 hexadecimal digits of the canonical path's SHA-256>`; characters of the name
    /// that not every file system takes are `-` in it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The project's private data folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The board's SQLite database.
    pub fn database(&self) -> PathBuf {
        self.dir.join("board.db")
    }

    /// The file whose kernel lock the running server holds.
    pub fn lock_file(&self) -> PathBuf {
        self.dir.join("server.lock")
    }

    /// Where a running server says how it is reached.
    pub fn server_file(&self) -> PathBuf {
        self.dir.join("server.json")
    }

    /// The folder for log files.
    pub fn logs(&self) -> PathBuf {
        self.dir.join("logs")
    }

    /// The MCP client configuration inside the project: `.meshpilot/mcp.json`.
    pub fn mcp_json(&self) -> PathBuf {
        self.project.join(".meshpilot").join("mcp.json")
    }

    /// The person's key, where no keyring keeps it.
    pub(crate) fn person_key_file(&self) -> PathBuf {
        self.dir.join("person.key")
    }

    /// Which store keeps the person's key.
    pub(crate) fn key_store_file(&self) -> PathBuf {
        self.dir.join("key-store")
    }
}

fn id_of(name: &str, canonical: &Path) -> String {
    let plain: String = name
        .chars()
        .take(NAME_IN_ID)
        .map(|c| match c {
            c if c.is_alphanumeric() => c,
            '.' | '_' | '-' => c,
            _ => '-',
        })
        .collect();
    let digest = Sha256::digest(canonical.as_os_str().as_encoded_bytes());
    format!("{plain}-{}", hex::encode(&digest[..6]))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = std::result::Result<(), Box<dyn std::error::Error>>;

    #[test]
    fn the_folder_is_named_after_the_project_and_its_path() -> Outcome {
        let scratch = tempfile::tempdir()?;
        let project = scratch.path().join("my shop");
        std::fs::create_dir(&project)?;
        let root = scratch.path().join("data");
        let home = ProjectHome::open(&project, Some(&root))?;

        let canonical = std::fs::canonicalize(&project)?;
        let digest = hex::encode(Sha256::digest(canonical.as_os_str().as_encoded_bytes()));
        assert_eq!(home.project(), canonical);
        assert_eq!(home.name(), "my shop");
        assert_eq!(home.id(), format!("my-shop-{}", &digest[..12]));
        assert_eq!(home.dir(), root.join("projects").join(home.id()));
        assert_eq!(home.database(), home.dir().join("board.db"));
        assert_eq!(home.mcp_json(), canonical.join(".meshpilot/mcp.json"));
        assert!(home.logs().is_dir());
        assert!(!canonical.join(".meshpilot").exists());
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_is_private_and_the_same_by_every_path() -> Outcome {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let scratch = tempfile::tempdir()?;
        let project = scratch.path().join("shop");
        let link = scratch.path().join("link");
        std::fs::create_dir(&project)?;
        symlink(&project, &link)?;
        let root = scratch.path().join("data");

        let direct = ProjectHome::open(&project, Some(&root))?;
        let through_link = ProjectHome::open(&link, Some(&root))?;
        assert_eq!(direct, through_link);
        for dir in [direct.dir(), &direct.logs(), &root] {
            let mode = std::fs::metadata(dir)?.permissions().mode();
            assert_eq!(mode & 0o777, 0o700, "{}", dir.display());
        }
        Ok(())
    }

    #[test]
    fn long_and_odd_names_stay_usable_and_distinct() {
        let long = "x".repeat(255);
        assert!(id_of(&long, Path::new("/a")).len() < 100);
        assert_ne!(id_of("a", Path::new("/1/a")), id_of("a", Path::new("/2/a")));
        assert!(id_of("a:b\n*", Path::new("/a")).starts_with("a-b---"));
    }

    #[test]
    fn a_project_that_is_no_folder_is_refused() -> Outcome {
        let scratch = tempfile::tempdir()?;
        let file = scratch.path().join("file");
        std::fs::write(&file, "")?;
        for wrong in [&file, &scratch.path().join("missing")] {
            let refused = ProjectHome::open(wrong, Some(scratch.path()));
            assert!(matches!(refused, Err(Error::Project { .. })), "{refused:?}");
        }
        Ok(())
    }
}
