//! The menu bar and what its items do.

use tauri::menu::{
    AboutMetadata, IsMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu,
};
use tauri::{AppHandle, Manager};

use crate::shell::{self, Shell, Zoom};
use crate::supervisor::Observation;
use crate::{tray, window};

const OPEN: &str = "open";
const RECENT: &str = "recent:";
const RESTART: &str = "restart";
const LOGS: &str = "logs";
const CLOSE: &str = "close";
const QUIT: &str = "quit";
const RELOAD: &str = "reload";
const ACTUAL_SIZE: &str = "zoom-actual";
const ZOOM_IN: &str = "zoom-in";
const ZOOM_OUT: &str = "zoom-out";
const FULL_SCREEN: &str = "full-screen";
#[cfg(target_os = "linux")]
const EDIT: &str = "edit:";

/// The part of the menu that changes.
pub struct RecentMenu(Submenu<tauri::Wry>);

/// Puts the menu bar onto the windows to come.
///
/// # Errors
/// When the system refuses a menu.
pub fn start(app: &AppHandle) -> tauri::Result<()> {
    let recent = Submenu::new(app, "Recent &Projects", false)?;
    let menu = Menu::new(app)?;
    let project = project_menu(app, &recent)?;
    menu.append_items(&[&project, &edit_menu(app)?, &view_menu(app)?, &help_menu(app)?])?;
    app.set_menu(menu)?;
    app.manage(RecentMenu(recent));
    refresh_recent(app);
    Ok(())
}

/// Lists the recent projects as they are now.
pub fn refresh_recent(app: &AppHandle) {
    if let Err(refused) = list_recent(app) {
        tracing::warn!(%refused, "the menu of recent projects is not up to date");
    }
}

fn list_recent(app: &AppHandle) -> tauri::Result<()> {
    let RecentMenu(menu) = &*app.state::<RecentMenu>();
    while menu.remove_at(0)?.is_some() {}
    let recent = Shell::of(app).recent();
    for (index, project) in recent.iter().enumerate() {
        // An ampersand would mark the next letter as a key.
        let text = project.display().to_string().replace('&', "&&");
        menu.append(&item(app, &format!("{RECENT}{index}"), &text, None)?)?;
    }
    menu.set_enabled(!recent.is_empty())
}

/// Does what a menu item of the bar or the tray says.
pub fn chosen(app: &AppHandle, event: &MenuEvent) {
    let id = event.id().as_ref();
    match id {
        OPEN => return shell::choose_project(app, shell::current(app)),
        QUIT => return shell::quit(app),
        tray::SHOW => return shell::bring_any_up(app),
        _ => {}
    }
    if let Some(label) = id.strip_prefix(tray::PROJECT) {
        window::bring_up(app, label);
        return;
    }
    if let Some(index) = id.strip_prefix(RECENT) {
        let recent = Shell::of(app).recent();
        if let Some(project) = index.parse::<usize>().ok().and_then(|index| recent.get(index)) {
            shell::open_project(app, project);
        }
        return;
    }
    let Some(label) = shell::current(app) else { return };
    match id {
        RESTART => Shell::of(app).tell(&label, Observation::Restart),
        LOGS => shell::show_logs(app, &label),
        _ => in_window(app, &label, id),
    }
}

fn in_window(app: &AppHandle, label: &str, id: &str) {
    let Some(window) = app.get_webview_window(label) else { return };
    let done = match id {
        CLOSE => window.close(),
        RELOAD => window.reload(),
        FULL_SCREEN => window.is_fullscreen().and_then(|is_full| window.set_fullscreen(!is_full)),
        ACTUAL_SIZE => window.set_zoom(Shell::of(app).zoom(label, Zoom::Actual)),
        ZOOM_IN => window.set_zoom(Shell::of(app).zoom(label, Zoom::In)),
        ZOOM_OUT => window.set_zoom(Shell::of(app).zoom(label, Zoom::Out)),
        _ => edit(&window, id),
    };
    if let Err(refused) = done {
        tracing::warn!(%refused, id, "a menu item came to nothing");
    }
}

/// GTK has no menu items of its own for this that reach into a web page.
#[cfg(target_os = "linux")]
fn edit(window: &tauri::WebviewWindow, id: &str) -> tauri::Result<()> {
    use webkit2gtk::WebViewExt;
    let Some(command) = id.strip_prefix(EDIT) else { return Ok(()) };
    let command = command.to_owned();
    window.with_webview(move |webview| webview.inner().execute_editing_command(&command))
}

#[cfg(not(target_os = "linux"))]
fn edit(_window: &tauri::WebviewWindow, _id: &str) -> tauri::Result<()> {
    Ok(())
}

fn project_menu(
    app: &AppHandle,
    recent: &Submenu<tauri::Wry>,
) -> tauri::Result<Submenu<tauri::Wry>> {
    Submenu::with_items(
        app,
        "&Project",
        true,
        &[
            &item(app, OPEN, "&Open Project…", Some("CmdOrCtrl+O"))?,
            recent,
            &PredefinedMenuItem::separator(app)?,
            &item(app, RESTART, "&Restart Server", None)?,
            &item(app, LOGS, "Show &Logs", None)?,
            &PredefinedMenuItem::separator(app)?,
            &item(app, CLOSE, "&Close Window", Some("CmdOrCtrl+W"))?,
            &item(app, QUIT, "&Quit MeshPilot", Some("CmdOrCtrl+Q"))?,
        ],
    )
}

#[cfg(target_os = "linux")]
fn edit_menu(app: &AppHandle) -> tauri::Result<Submenu<tauri::Wry>> {
    // No accelerators: the page handles the keys itself, and must be able to.
    let commands = ["Undo", "Redo", "Cut", "Copy", "Paste", "SelectAll"];
    let menu = Submenu::new(app, "&Edit", true)?;
    for command in commands {
        let text = if command == "SelectAll" { "Select All" } else { command };
        menu.append(&item(app, &format!("{EDIT}{command}"), text, None)?)?;
    }
    Ok(menu)
}

#[cfg(not(target_os = "linux"))]
fn edit_menu(app: &AppHandle) -> tauri::Result<Submenu<tauri::Wry>> {
    Submenu::with_items(
        app,
        "&Edit",
        true,
        &[
            &PredefinedMenuItem::undo(app, None)?,
            &PredefinedMenuItem::redo(app, None)?,
            &PredefinedMenuItem::separator(app)?,
            &PredefinedMenuItem::cut(app, None)?,
            &PredefinedMenuItem::copy(app, None)?,
            &PredefinedMenuItem::paste(app, None)?,
            &PredefinedMenuItem::select_all(app, None)?,
        ],
    )
}

fn view_menu(app: &AppHandle) -> tauri::Result<Submenu<tauri::Wry>> {
    Submenu::with_items(
        app,
        "&View",
        true,
        &[
            &item(app, RELOAD, "&Reload", Some("CmdOrCtrl+R"))?,
            &PredefinedMenuItem::separator(app)?,
            &item(app, ACTUAL_SIZE, "&Actual Size", Some("CmdOrCtrl+0"))?,
            &item(app, ZOOM_IN, "Zoom &In", Some("CmdOrCtrl+="))?,
            &item(app, ZOOM_OUT, "Zoom &Out", Some("CmdOrCtrl+-"))?,
            &PredefinedMenuItem::separator(app)?,
            &item(app, FULL_SCREEN, "&Full Screen", Some("F11"))?,
        ],
    )
}

fn help_menu(app: &AppHandle) -> tauri::Result<Submenu<tauri::Wry>> {
    let about = AboutMetadata {
        name: Some("MeshPilot".to_owned()),
        version: Some(app.package_info().version.to_string()),
        license: Some("MIT".to_owned()),
        ..AboutMetadata::default()
    };
    let about = PredefinedMenuItem::about(app, Some("&About MeshPilot"), Some(about))?;
    Submenu::with_items(app, "&Help", true, &[&about as &dyn IsMenuItem<_>])
}

fn item(
    app: &AppHandle,
    id: &str,
    text: &str,
    keys: Option<&str>,
) -> tauri::Result<MenuItem<tauri::Wry>> {
    MenuItem::with_id(app, id, text, true, keys)
}
