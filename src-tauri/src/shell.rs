//! The app's state: its open projects, and what happens to them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use meshpilot_home::ProjectHome;
use tauri::async_runtime::JoinHandle;
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};
use tokio::sync::mpsc::{self, UnboundedSender};

use crate::board::Counts;
use crate::child::Spec;
use crate::log::Log;
use crate::page::{Page, RecentProject, Situation};
use crate::recent::Recent;
use crate::supervisor::{Health, Observation};
use crate::surface::WindowSurface;
use crate::{menu, runner, tray, window};

/// The window that stands where no project is open.
const WELCOME: &str = "welcome";
/// How long quitting may take in all; each server is killed well before.
const QUIT_LIMIT: Duration = Duration::from_secs(3);
const ZOOM_STEP: f64 = 1.1;
const ZOOM_LIMIT: f64 = 3.0;

/// What the app holds, one for the process.
pub struct Shell {
    program: PathBuf,
    http: reqwest::Client,
    streams: reqwest::Client,
    open: Mutex<Open>,
    recent: Mutex<Recent>,
    quitting: AtomicBool,
    may_exit: AtomicBool,
}

/// The open windows and the tasks behind them, by window label.
#[derive(Default)]
struct Open {
    projects: BTreeMap<String, Project>,
    welcome: Option<Arc<Page>>,
    /// The window that had the focus last.
    focused: Option<String>,
    /// How large the pages are shown, where it isn't their actual size.
    zooms: BTreeMap<String, f64>,
    /// Also of projects whose windows are closed and whose servers are still ending.
    runners: BTreeMap<String, JoinHandle<()>>,
}

struct Project {
    home: ProjectHome,
    page: Arc<Page>,
    tell: UnboundedSender<Observation>,
    health: Health,
    counts: Option<Counts>,
}

/// A change of how large a page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zoom {
    Actual,
    In,
    Out,
}

/// One open project as the tray shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub label: String,
    pub name: String,
    pub health: Health,
    pub counts: Option<Counts>,
}

impl Shell {
    /// A shell without windows that starts servers from `program`.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(program: PathBuf, recent: Recent) -> reqwest::Result<Self> {
        Ok(Self {
            program,
            http: reqwest::Client::builder().no_proxy().build()?,
            streams: crate::follow::client()?,
            open: Mutex::default(),
            recent: Mutex::new(recent),
            quitting: AtomicBool::new(false),
            may_exit: AtomicBool::new(false),
        })
    }

    /// The shell of `app`.
    pub fn of(app: &AppHandle) -> tauri::State<'_, Self> {
        app.state()
    }

    /// The client for event streams.
    pub fn streams(&self) -> reqwest::Client {
        self.streams.clone()
    }

    /// The projects that were open and still exist, newest first.
    pub fn recent(&self) -> Vec<PathBuf> {
        lock(&self.recent).existing()
    }

    /// The open projects, for the tray.
    pub fn lines(&self) -> Vec<Line> {
        let open = lock(&self.open);
        let line = |(label, project): (&String, &Project)| Line {
            label: label.clone(),
            name: project.home.name().to_owned(),
            health: project.health,
            counts: project.counts,
        };
        open.projects.iter().map(line).collect()
    }

    /// What the window `label` shows and where it may go.
    pub fn page(&self, label: &str) -> Option<Arc<Page>> {
        let open = lock(&self.open);
        match label {
            WELCOME => open.welcome.clone(),
            label => open.projects.get(label).map(|project| Arc::clone(&project.page)),
        }
    }

    /// Takes note of a server's health.
    pub fn report(&self, app: &AppHandle, label: &str, health: Health) {
        if let Some(project) = lock(&self.open).projects.get_mut(label) {
            project.health = health;
        }
        tray::refresh(app);
    }

    /// Takes note of where the tasks of a board stand.
    pub fn count(&self, app: &AppHandle, label: &str, counts: Option<Counts>) {
        if let Some(project) = lock(&self.open).projects.get_mut(label) {
            project.counts = counts;
        }
        tray::refresh(app);
    }

    /// Tells the supervisor of the project in the window `label`.
    pub fn tell(&self, label: &str, observation: Observation) {
        if let Some(project) = lock(&self.open).projects.get(label) {
            // A runner that has returned needs no telling.
            let _ = project.tell.send(observation);
        }
    }

    /// The new scale of the page in the window `label`, 1 being its actual size.
    pub fn zoom(&self, label: &str, change: Zoom) -> f64 {
        let mut open = lock(&self.open);
        let scale = open.zooms.entry(label.to_owned()).or_insert(1.0);
        *scale = match change {
            Zoom::Actual => 1.0,
            Zoom::In => (*scale * ZOOM_STEP).min(ZOOM_LIMIT),
            Zoom::Out => (*scale / ZOOM_STEP).max(1.0 / ZOOM_LIMIT),
        };
        *scale
    }

    fn remember(&self, home: &ProjectHome) {
        lock(&self.recent).opened(home.project());
    }
}

/// Opens `project` in a window of its own, or brings its window to the front. What goes wrong is
/// told in a dialog. Runs on the main thread.
pub fn open_project(app: &AppHandle, project: &Path) {
    if let Err(reason) = try_open_project(app, project) {
        tracing::warn!(reason, project = %project.display(), "the project can't be opened");
        complain(app, &reason);
        if app.webview_windows().is_empty() {
            open_welcome(app);
        }
    }
}

fn try_open_project(app: &AppHandle, project: &Path) -> Result<(), String> {
    let shell = Shell::of(app);
    if shell.quitting.load(Ordering::SeqCst) {
        return Ok(());
    }
    let home = ProjectHome::open(project, None).map_err(|refused| refused.to_string())?;
    let label = label_of(&home);
    if window::bring_up(app, &label) {
        return Ok(());
    }

    let path = home.project().display().to_string();
    let page = Arc::new(Page::new(Situation::Starting { path, tries: 0 }));
    let title = format!("{} · MeshPilot", home.name());
    let bundled =
        window::open(app, &label, &title, &page).map_err(|refused| refused.to_string())?;

    let (tell, told) = mpsc::unbounded_channel();
    let log = Arc::new(Mutex::new(Log::open(&home.logs())));
    let surface = WindowSurface::new(app, &label, &home, &page, bundled, &log, tell.clone());
    let spec = Spec { program: shell.program.clone(), project: home.project().to_owned() };
    let http = shell.http.clone();

    let mut open = lock(&shell.open);
    let previous = open.runners.remove(&label);
    let runner = tauri::async_runtime::spawn(async move {
        if let Some(previous) = previous {
            // Its server has to be gone, or the new one would attach to it as it ends.
            let _ = previous.await;
        }
        runner::run(spec, log, http, surface, told).await;
    });
    open.runners.insert(label.clone(), runner);
    shell.remember(&home);
    let project = Project { home, page, tell, health: Health::Starting, counts: None };
    open.projects.insert(label, project);
    drop(open);

    menu::refresh_recent(app);
    tray::refresh(app);
    Ok(())
}

/// Opens the window that asks for a project. Runs on the main thread.
pub fn open_welcome(app: &AppHandle) {
    if window::bring_up(app, WELCOME) {
        return;
    }
    let shell = Shell::of(app);
    let recent = shell
        .recent()
        .iter()
        .map(|path| RecentProject {
            name: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            path: path.display().to_string(),
        })
        .collect();
    let page = Arc::new(Page::new(Situation::Welcome { recent }));
    lock(&shell.open).welcome = Some(Arc::clone(&page));
    if let Err(refused) = window::open(app, WELCOME, "MeshPilot", &page) {
        tracing::error!(%refused, "no window can be opened");
        quit(app);
    }
}

/// A later launch: with a project it is opened, without one the app comes to the front.
pub fn launched_again(app: &AppHandle, project: Option<PathBuf>) {
    let in_main = app.clone();
    let asked = app.run_on_main_thread(move || match project {
        Some(project) => open_project(&in_main, &project),
        None => bring_any_up(&in_main),
    });
    if let Err(refused) = asked {
        tracing::warn!(%refused, "a second launch came to nothing");
    }
}

/// Brings the window that was used last to the front, or opens one.
pub fn bring_any_up(app: &AppHandle) {
    match current(app) {
        Some(label) => {
            window::bring_up(app, &label);
        }
        None => open_welcome(app),
    }
}

/// The window that the person works in: the one that had the focus last, else any.
pub fn current(app: &AppHandle) -> Option<String> {
    let focused = lock(&Shell::of(app).open).focused.clone();
    let windows = app.webview_windows();
    focused.filter(|label| windows.contains_key(label)).or_else(|| windows.into_keys().next())
}

/// A window got the focus.
pub fn focused(app: &AppHandle, label: &str) {
    lock(&Shell::of(app).open).focused = Some(label.to_owned());
}

/// Asks for a folder and opens it. A window `from` that shows no board gives way to it.
pub fn choose_project(app: &AppHandle, from: Option<String>) {
    let app = app.clone();
    let mut dialog = app.dialog().file().set_title("Open Project");
    // Projects tend to lie beside each other.
    if let Some(beside) = Shell::of(&app).recent().first().and_then(|project| project.parent()) {
        dialog = dialog.set_directory(beside);
    }
    dialog.pick_folder(move |picked| {
        let Some(folder) = picked.and_then(|picked| picked.into_path().ok()) else { return };
        let in_main = app.clone();
        let asked = app.run_on_main_thread(move || replace(&in_main, from.as_deref(), &folder));
        if let Err(refused) = asked {
            tracing::warn!(%refused, "the chosen project is not opened");
        }
    });
}

/// Opens `project`; the window `from`, if it shows no board, closes. Runs on the main thread.
pub fn replace(app: &AppHandle, from: Option<&str>, project: &Path) {
    open_project(app, project);
    let Some(from) = from else { return };
    let Some(page) = Shell::of(app).page(from) else { return };
    let is_the_same = ProjectHome::open(project, None).is_ok_and(|home| label_of(&home) == from);
    if page.board().is_none()
        && !is_the_same
        && app.webview_windows().len() > 1
        && let Some(window) = app.get_webview_window(from)
    {
        let _ = window.close();
    }
}

/// Shows the log folder of the project in the window `label`.
pub fn show_logs(app: &AppHandle, label: &str) {
    let logs = lock(&Shell::of(app).open).projects.get(label).map(|project| project.home.logs());
    if let Some(logs) = logs
        && let Err(refused) = tauri_plugin_opener::open_path(&logs, None::<&str>)
    {
        tracing::warn!(%refused, "the log folder can't be shown");
        complain(app, &format!("The logs lie in {}.", logs.display()));
    }
}

/// A window is gone: its project's server ends.
pub fn closed(app: &AppHandle, label: &str) {
    let shell = Shell::of(app);
    {
        let mut open = lock(&shell.open);
        open.zooms.remove(label);
        if label == WELCOME {
            open.welcome = None;
        }
        if let Some(project) = open.projects.remove(label) {
            let _ = project.tell.send(Observation::Quit);
        }
    }
    tray::refresh(app);
}

/// Whether the app may end now; otherwise it is told to, and will.
pub fn may_exit(app: &AppHandle) -> bool {
    let may_exit = Shell::of(app).may_exit.load(Ordering::SeqCst);
    if !may_exit {
        quit(app);
    }
    may_exit
}

/// Ends all servers, then the app.
pub fn quit(app: &AppHandle) {
    let shell = Shell::of(app);
    if shell.quitting.swap(true, Ordering::SeqCst) {
        return;
    }
    let runners = {
        let mut open = lock(&shell.open);
        for project in open.projects.values() {
            let _ = project.tell.send(Observation::Quit);
        }
        std::mem::take(&mut open.runners)
    };
    for window in app.webview_windows().values() {
        let _ = window.hide();
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let all = async {
            for runner in runners.into_values() {
                let _ = runner.await;
            }
        };
        if tokio::time::timeout(QUIT_LIMIT, all).await.is_err() {
            tracing::warn!("a server has not ended; its lifeline is cut when the app is gone");
        }
        Shell::of(&app).may_exit.store(true, Ordering::SeqCst);
        app.exit(0);
    });
}

/// Tells the person in a dialog.
pub fn complain(app: &AppHandle, text: &str) {
    app.dialog().message(text).title("MeshPilot").kind(MessageDialogKind::Warning).show(|_| {});
}

/// Stable for a project, so that its window comes back where it was; its characters are those
/// that Tauri allows.
fn label_of(home: &ProjectHome) -> String {
    let digest = home.id().rsplit('-').next().unwrap_or_default();
    format!("project-{digest}")
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
