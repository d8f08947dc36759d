//! What the bundled page may ask; the board may ask nothing (see `capabilities/`).

use tauri::{AppHandle, Manager, WebviewWindow};

use crate::page::Numbered;
use crate::shell::{self, Shell};
use crate::supervisor::Observation;

/// What the window shows, as soon as it isn't the situation numbered `seen`.
#[tauri::command]
pub async fn situation(window: WebviewWindow, seen: u64) -> Result<Numbered, String> {
    let page = Shell::of(window.app_handle()).page(window.label());
    let page = page.ok_or("this window is closing")?;
    let situation = page.situation_after(seen).await;
    situation.ok_or_else(|| "this window is closing".to_owned())
}

/// Starts the server of this window's project again.
#[tauri::command]
pub fn try_again(app: AppHandle, window: WebviewWindow) {
    Shell::of(&app).tell(window.label(), Observation::Restart);
}

/// Shows the folder with the server's logs.
#[tauri::command]
pub fn show_logs(app: AppHandle, window: WebviewWindow) {
    shell::show_logs(&app, window.label());
}

/// Asks for a project and opens it in this window's place.
#[tauri::command]
pub fn choose_project(app: AppHandle, window: WebviewWindow) {
    shell::choose_project(&app, Some(window.label().to_owned()));
}

/// Opens the recent project at `index` of the list that the page was given, in this window's
/// place.
#[tauri::command]
pub fn open_recent(app: AppHandle, window: WebviewWindow, index: usize) -> Result<(), String> {
    let project = Shell::of(&app).recent().into_iter().nth(index);
    let project = project.ok_or("this project is gone")?;
    let (in_main, label) = (app.clone(), window.label().to_owned());
    app.run_on_main_thread(move || shell::replace(&in_main, Some(&label), &project))
        .map_err(|refused| refused.to_string())
}
