use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::error::{Error, Result};

/// Everything that connecting asks of the machine. The functions of [`clients`](super) read no
/// process state of their own, so a test can stand a whole machine up in a temporary folder.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The person's home folder.
    pub home: PathBuf,
    /// The project to connect, absolute.
    pub project: PathBuf,
    /// Where graphical programs keep settings: `~/.config` on Linux,
    /// `~/Library/Application Support` on macOS, `%APPDATA%` on Windows.
    pub config_home: PathBuf,
    /// Where command-line programs keep settings, on every system: `$XDG_CONFIG_HOME` or
    /// `~/.config`.
    pub xdg_config_home: PathBuf,
    /// MeshPilot's data root; the record of what was written lies below it.
    pub data_root: PathBuf,
    /// The `meshpilot` executable, absolute.
    pub exe: PathBuf,
    /// Environment variables: where programs are looked for (`PATH`), where clients were moved to
    /// (`CODEX_HOME`, `CLAUDE_CONFIG_DIR`), and what a check expands and passes on.
    pub variables: BTreeMap<String, String>,
}

impl Environment {
    /// The machine as this process sees it.
    ///
    /// # Errors
    /// [`Error::Home`] when the system names no home folder; [`Error::Io`] when the project folder
    /// or the executable can't be resolved.
    pub fn detect(project: &Path, data_root: PathBuf) -> Result<Self> {
        let folders = directories::BaseDirs::new().ok_or(Error::Home)?;
        let home = folders.home_dir().to_owned();
        // Variables that are not Unicode can't be named in any client's file either.
        let variables: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let xdg_config_home = variables
            .get("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .unwrap_or_else(|| home.join(".config"));
        Ok(Self {
            config_home: folders.config_dir().to_owned(),
            xdg_config_home,
            project: std::path::absolute(project).map_err(Error::io("resolve", project))?,
            data_root,
            exe: std::env::current_exe().map_err(Error::io("resolve", Path::new("meshpilot")))?,
            home,
            variables,
        })
    }

    /// The value of an environment variable; an empty one counts as unset.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The folder that a variable names, or `otherwise` below the home folder.
    pub(super) fn folder(&self, variable: &str, otherwise: &str) -> PathBuf {
        self.variable(variable).map_or_else(|| self.home.join(otherwise), PathBuf::from)
    }

    /// Where on `PATH` a program stands.
    #[must_use]
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        which::which_in(name, Some(self.variable("PATH")?), &self.project).ok()
    }

    /// The command that starts MeshPilot. A file that other people may receive names it plainly,
    /// when that works on this machine; a person's own file gets the whole path, because editors
    /// started from a desktop see a shorter `PATH` than a shell does.
    ///
    /// # Errors
    /// [`Error::Fleeting`] when the executable lies in a mounted AppImage, whose path is gone when
    /// the app ends.
    pub(super) fn command(&self, shared: bool) -> Result<String> {
        let on_path = self.program("meshpilot");
        if shared && on_path.is_some() {
            return Ok("meshpilot".to_owned());
        }
        let fleeting = self.variable("APPDIR").is_some_and(|mount| self.exe.starts_with(mount));
        // A link on PATH outlives the version that it leads to; the executable's own path may not.
        let same = |found: &PathBuf| same_file(found, &self.exe);
        let exe = match on_path {
            Some(installed) if fleeting || same(&installed) => installed,
            None if fleeting => return Err(Error::Fleeting { exe: self.exe.clone() }),
            _ => self.exe.clone(),
        };
        exe.into_os_string().into_string().map_err(|exe| Error::NotUnicode { path: exe.into() })
    }

    /// The project folder as text, for a configuration file.
    pub(super) fn project_text(&self) -> Result<String> {
        let text = self.project.to_str().map(str::to_owned);
        text.ok_or_else(|| Error::NotUnicode { path: self.project.clone() })
    }
}

fn same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Machine;
    use super::*;

    #[test]
    fn a_shared_file_names_the_command_and_a_persons_file_its_place() {
        let mut machine = Machine::new();
        let place = machine.env.exe.display().to_string();
        assert_eq!(machine.env.command(true).expect("a command"), "meshpilot");
        assert_eq!(machine.env.command(false).expect("a command"), place);
        machine.env.variables.clear();
        assert_eq!(machine.env.command(true).expect("a command"), place);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_on_path_is_written_rather_than_the_version_it_leads_to() {
        let mut machine = Machine::new();
        let version = machine.env.home.join("0.1.0/meshpilot");
        machine.put(&version, "");
        let link = machine.env.exe.clone();
        std::fs::remove_file(&link).expect("removed");
        std::os::unix::fs::symlink(&version, &link).expect("a link");
        std::fs::set_permissions(&version, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .expect("a mode");
        machine.env.exe = version;
        assert_eq!(machine.env.command(false).expect("a command"), link.display().to_string());
    }

    #[test]
    fn a_path_that_will_be_gone_is_never_written() {
        let mut machine = Machine::new();
        let installed = machine.env.exe.display().to_string();
        machine.env.exe = "/mount/app/usr/bin/meshpilot".into();
        machine.env.variables.insert("APPDIR".to_owned(), "/mount/app".to_owned());
        assert_eq!(machine.env.command(false).expect("a command"), installed);
        machine.env.variables.remove("PATH");
        assert!(matches!(machine.env.command(false), Err(Error::Fleeting { .. })));
        assert!(matches!(machine.env.command(true), Err(Error::Fleeting { .. })));
    }
}
