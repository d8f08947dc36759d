//! A machine in a temporary folder, for tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Action, Client, Environment, Form, Plan, Scope, apply, plan};

pub(crate) struct Machine {
    pub(crate) env: Environment,
    root: tempfile::TempDir,
}

impl Machine {
    /// A person with an empty home, a project, and `meshpilot` on PATH.
    pub(crate) fn new() -> Self {
        let mut machine = Self::within(tempfile::tempdir().expect("a folder"));
        machine.env.exe = machine.program("meshpilot", "#!/bin/sh\n");
        let bin = machine.root.path().join("bin").display().to_string();
        machine.env.variables.insert("PATH".to_owned(), bin);
        machine
    }

    /// The same without any program, in memory where the system offers that: for tests that write
    /// hundreds of files, each of which is synced several times.
    pub(crate) fn in_memory() -> Self {
        let memory = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        Self::within(memory.expect("a folder"))
    }

    fn within(root: tempfile::TempDir) -> Self {
        let at = |name: &str| {
            let path = root.path().join(name);
            fs::create_dir(&path).expect("a folder");
            path
        };
        let (home, project, bin, data_root) = (at("home"), at("project"), at("bin"), at("data"));
        let env = Environment {
            config_home: home.join(".config"),
            xdg_config_home: home.join(".config"),
            variables: BTreeMap::new(),
            exe: bin.join("meshpilot"),
            home,
            project,
            data_root,
        };
        Self { env, root }
    }

    /// Puts a program on PATH.
    ///
    /// Another process writes it: a file that any process still holds open for writing can't be
    /// started, and one that another test starts at this moment would inherit this process's.
    #[cfg(unix)]
    pub(crate) fn program(&mut self, name: &str, script: &str) -> PathBuf {
        use std::io::Write;
        use std::process::{Command, Stdio};

        let path = self.root.path().join("bin").join(name);
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", "cat >\"$0\" && chmod 755 \"$0\""]).arg(&path).stdin(Stdio::piped());
        let mut writer = shell.spawn().expect("a shell");
        let mut pipe = writer.stdin.take().expect("a pipe");
        pipe.write_all(script.as_bytes()).expect("written");
        drop(pipe);
        assert!(writer.wait().expect("its end").success());
        path
    }

    /// Puts a program on PATH.
    #[cfg(not(unix))]
    pub(crate) fn program(&mut self, name: &str, script: &str) -> PathBuf {
        let path = self.root.path().join("bin").join(name).with_extension("exe");
        fs::write(&path, script).expect("a program");
        path
    }

    pub(crate) fn plan(&self, client: &'static Client, scope: Scope, action: Action) -> Plan {
        plan(&self.env, client, scope, Form::Stdio, action).expect("a plan")
    }

    /// Plans and applies; gives the plan.
    pub(crate) fn run(&self, client: &'static Client, scope: Scope, action: Action) -> Plan {
        let plan = self.plan(client, scope, action);
        apply(&plan).expect("applied");
        plan
    }

    pub(crate) fn put(&self, path: &Path, text: &str) {
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, text).expect("written");
    }

    /// `text` with this machine's folders named, for snapshots.
    pub(crate) fn plain(&self, text: &str) -> String {
        text.replace(&self.env.home.display().to_string(), "<home>")
            .replace(&self.env.project.display().to_string(), "<project>")
            .replace(&self.env.exe.display().to_string(), "<meshpilot>")
    }

    /// Every file and folder below the person's home and the project.
    pub(crate) fn tree(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                found.push(path.clone());
                if path.is_dir() {
                    walk(&path, found);
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.env.home, &mut found);
        walk(&self.env.project, &mut found);
        found.sort();
        found
    }
}
