//! Drives the real desktop window: a display, a session bus and a WebDriver of its own.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::program;
use crate::wait::{PATIENCE, eventually};

/// In the environment of everything that a test starts through the app, and of nothing else.
const MARK: &str = "MESHPILOT_TEST_RUN";

/// The desktop app that was built with these tests.
///
/// # Errors
/// When it was not built.
pub fn app() -> Result<PathBuf> {
    let app = program()?.with_file_name("meshpilot-desktop");
    ensure!(app.is_file(), "build it first: `cargo build --package meshpilot-desktop`");
    Ok(app)
}

/// A screen, a session bus and a person's folders that nothing else uses, ended when dropped.
pub struct Desktop {
    scratch: TempDir,
    mark: String,
    display: String,
    bus: String,
    processes: Vec<Child>,
}

impl Desktop {
    /// Starts an X server on a free display and a session bus.
    ///
    /// # Errors
    /// When one of the programs is missing, by the name of its package.
    pub fn start() -> Result<Self> {
        let scratch = tempfile::tempdir()?;
        let mark = scratch.path().display().to_string();
        let mut xvfb = spawn(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"])
                .stderr(Stdio::null()),
            "xvfb",
        )?;
        let display = format!(":{}", first_line(&mut xvfb)?);
        let mut bus = spawn(
            Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--print-address=1"])
                .env("HOME", scratch.path())
                .stderr(Stdio::null()),
            "dbus",
        )?;
        let address = first_line(&mut bus)?;
        let desktop = Self { scratch, mark, display, bus: address, processes: vec![xvfb, bus] };
        for folder in ["run", "bin", "project", "installed"] {
            std::fs::create_dir_all(desktop.folder(folder))?;
        }
        std::fs::set_permissions(desktop.folder("run"), PermissionsExt::from_mode(0o700))?;
        // What the app would open in the person's browser is written down instead.
        desktop.script(
            "bin/xdg-open",
            &format!("printf '%s\\n' \"$1\" >>'{}'", desktop.folder("opened").display()),
        )?;
        Ok(desktop)
    }

    /// A path below this desktop's own folder.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// The project that the tests open first.
    pub fn project(&self) -> PathBuf {
        self.folder("project")
    }

    /// The session bus's address.
    pub fn bus(&self) -> &str {
        &self.bus
    }

    /// The links that the app had the system open.
    pub fn opened_outside(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder("opened")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Writes an executable shell script.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn script(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.folder(name);
        std::fs::create_dir_all(path.parent().context("a script lies in a folder")?)?;
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n"))?;
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755))?;
        Ok(path)
    }

    /// `program` as this desktop's person would start it.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new(program);
        command
            .env(MARK, &self.mark)
            .env("PATH", format!("{}:{path}", self.folder("bin").display()))
            .env("HOME", self.scratch.path())
            .env("XDG_RUNTIME_DIR", self.folder("run"))
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("MESHPILOT_DATA_DIR", self.folder("data"))
            .env("MESHPILOT_KEY_STORE", "file")
            // The accessibility bus starts daemons that outlive the app by design.
            .env("NO_AT_BRIDGE", "1")
            .env("GTK_A11Y", "none")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("XDG_DATA_HOME")
            .env_remove("XDG_CONFIG_HOME")
            .current_dir(self.project());
        command
    }

    /// Opens the app on the project, through a WebDriver.
    ///
    /// # Errors
    /// When the driver is missing or the app does not come up.
    pub async fn open(&self) -> Result<Window> {
        // A session that begins while the window goes from the splash to the board may never
        // come to be, so the board has to wait for it.
        let gate = self.folder("gate");
        let server = program()?;
        let after_the_gate = format!(
            "until [ -e '{}' ]; do sleep 0.02; done\nexec '{}' \"$@\"",
            gate.display(),
            server.display()
        );
        let window = self.open_with(&after_the_gate).await?;
        std::fs::write(gate, "")?;
        Ok(window)
    }

    /// Opens the app on the project with this shell script for a server.
    ///
    /// # Errors
    /// When the driver is missing or the app does not come up.
    pub async fn open_with(&self, server: &str) -> Result<Window> {
        // The app looks for the server beside itself.
        let installed = self.folder("installed/meshpilot-desktop");
        std::fs::copy(app()?, &installed)?;
        self.replace_server(server)?;
        self.drive(&installed).await
    }

    /// Puts another shell script in the server's place.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn replace_server(&self, script: &str) -> Result<()> {
        self.script("installed/meshpilot", script)?;
        Ok(())
    }

    async fn drive(&self, app: &Path) -> Result<Window> {
        let port = free_port()?;
        let mut command = self.command("WebKitWebDriver");
        command
            .args(["--host=127.0.0.1", &format!("--port={port}")])
            // Without it a session never begins.
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdout(Stdio::null());
        let driver = command
            .spawn()
            .context("WebKitWebDriver is missing; install the package webkit2gtk-driver")?;
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        let mut window = Window {
            mark: self.mark.clone(),
            driver,
            http,
            base: format!("http://127.0.0.1:{port}"),
        };
        eventually("the WebDriver", async || {
            window.http.get(format!("{}/status", window.base)).send().await.ok()
        })
        .await?;
        let options = json!({ "binary": app, "args": [self.project()] });
        let capabilities = json!({ "webkitgtk:browserOptions": options });
        let session = window
            .call("session", json!({ "capabilities": { "alwaysMatch": capabilities } }))
            .await
            .context("the app did not come up")?;
        let id = session["sessionId"].as_str().context("a session has an id")?;
        window.base = format!("{}/session/{id}", window.base);
        Ok(window)
    }

    /// The running processes of this desktop whose executable is called `name`, oldest first.
    pub fn running(&self, name: &str) -> Vec<Process> {
        processes(&self.mark).into_iter().filter(|process| process.name == name).collect()
    }

    /// All running processes that the app, or what it started, has started.
    pub fn all_running(&self) -> Vec<Process> {
        let is_of_the_app = |process: &Process| !process.name.contains("WebDriver");
        processes(&self.mark).into_iter().filter(is_of_the_app).collect()
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for left in processes(&self.mark) {
            left.signal("KILL");
        }
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// A process that was seen running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its executable's file name.
    pub name: String,
}

impl Process {
    /// Sends it a signal by name, like `KILL`.
    pub fn signal(&self, name: &str) {
        let _ = Command::new("kill").args(["-s", name, &self.pid.to_string()]).status();
    }
}

/// Those whose environment carries `mark` and that still run; a zombie runs nothing.
fn processes(mark: &str) -> Vec<Process> {
    let wanted = format!("{MARK}={mark}");
    let mut found: Vec<Process> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let folder = entry.ok()?.path();
            let pid: u32 = folder.file_name()?.to_str()?.parse().ok()?;
            let environment = std::fs::read(folder.join("environ")).ok()?;
            environment.split(|&byte| byte == 0).find(|&pair| pair == wanted.as_bytes())?;
            let status = std::fs::read_to_string(folder.join("status")).ok()?;
            let state = status.lines().find(|line| line.starts_with("State:"))?;
            if state.contains('Z') || state.contains('X') {
                return None;
            }
            let program = std::fs::read_link(folder.join("exe")).ok()?;
            let name = program.file_name()?.to_str()?.trim_end_matches(" (deleted)").to_owned();
            Some(Process { pid, name })
        })
        .collect();
    found.sort_by_key(|process| process.pid);
    found
}

/// The app's window, through its WebDriver.
pub struct Window {
    mark: String,
    driver: Child,
    http: reqwest::Client,
    base: String,
}

impl Window {
    /// Runs `script` (the body of a function) in the page and gives what it returns.
    ///
    /// # Errors
    /// When the page throws or is just being replaced.
    pub async fn run(&self, script: &str) -> Result<Value> {
        self.call("execute/sync", json!({ "script": script, "args": [] })).await
    }

    /// The visible text of the page; empty while there is none.
    pub async fn text(&self) -> String {
        let text = self.run("return document.body?.innerText ?? ''").await;
        text.ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Waits until the page shows `text`.
    ///
    /// # Errors
    /// When it doesn't within half a minute; says what it shows instead.
    pub async fn shows(&self, text: &str) -> Result<()> {
        let waited =
            eventually(text, async || self.text().await.contains(text).then_some(())).await;
        match waited {
            Ok(()) => Ok(()),
            Err(_) => bail!("the page never shows {text:?} but:\n{}", self.text().await),
        }
    }

    /// The page's address.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn url(&self) -> Result<String> {
        let url = self.get("url").await?;
        Ok(url.as_str().context("an address is a text")?.to_owned())
    }

    /// Clicks the first element that the CSS selector finds.
    ///
    /// # Errors
    /// When there is none.
    pub async fn click(&self, selector: &str) -> Result<()> {
        let query = json!({ "using": "css selector", "value": selector });
        let element = self.call("element", query).await?;
        let id = element
            .as_object()
            .and_then(|element| element.values().next())
            .and_then(Value::as_str)
            .context("an element has an id")?;
        self.call(&format!("element/{id}/click"), json!({})).await?;
        Ok(())
    }

    async fn get(&self, path: &str) -> Result<Value> {
        value(self.http.get(format!("{}/{path}", self.base)).send().await?).await
    }

    async fn call(&self, path: &str, body: Value) -> Result<Value> {
        value(self.http.post(format!("{}/{path}", self.base)).json(&body).send().await?).await
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        for left in processes(&self.mark) {
            left.signal("KILL");
        }
    }
}

async fn value(answer: reqwest::Response) -> Result<Value> {
    let is_good = answer.status().is_success();
    let mut body: Value = answer.json().await?;
    ensure!(is_good, "the WebDriver refused: {}", body["value"]);
    Ok(body["value"].take())
}

fn spawn(command: &mut Command, package: &str) -> Result<Child> {
    let program = command.get_program().to_string_lossy().into_owned();
    command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{program} is missing; install the package {package}"))
}

fn first_line(process: &mut Child) -> Result<String> {
    let stdout = process.stdout.take().context("no pipe")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    let line = line.trim();
    ensure!(!line.is_empty(), "a program ended before it was ready");
    Ok(line.to_owned())
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
