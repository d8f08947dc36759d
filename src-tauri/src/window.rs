//! The windows: how they are made, where they may go.

use std::sync::Arc;

use tauri::webview::{NewWindowResponse, WebviewWindowBuilder};
use tauri::{AppHandle, Manager, Url, WebviewUrl, WindowEvent};

use crate::page::{Page, Verdict};
use crate::shell;

const BUNDLED: &str = "index.html";

/// Opens a window with the bundled page and gives that page's address. Runs on the main thread.
///
/// # Errors
/// When the system gives no window.
pub fn open(app: &AppHandle, label: &str, title: &str, page: &Arc<Page>) -> tauri::Result<Url> {
    let (navigated, requested) = (Arc::clone(page), Arc::clone(page));
    let window = WebviewWindowBuilder::new(app, label, WebviewUrl::App(BUNDLED.into()))
        .title(title)
        .inner_size(1440.0, 900.0)
        .min_inner_size(375.0, 480.0)
        // The board has its own drag and drop; the shell's would swallow it.
        .disable_drag_drop_handler()
        .on_navigation(move |url| match navigated.judge(url) {
            Verdict::Go => true,
            Verdict::OpenOutside => {
                open_outside(url);
                false
            }
            Verdict::Refuse => false,
        })
        .on_new_window(move |url, _| {
            if requested.judge(&url) != Verdict::Refuse {
                open_outside(&url);
            }
            NewWindowResponse::Deny
        })
        .build()?;
    let (app, label) = (app.clone(), label.to_owned());
    window.on_window_event(move |event| match event {
        WindowEvent::Focused(true) => shell::focused(&app, &label),
        WindowEvent::Destroyed => shell::closed(&app, &label),
        _ => {}
    });
    window.url()
}

/// Brings the window `label` to the front; false when there is none.
pub fn bring_up(app: &AppHandle, label: &str) -> bool {
    let Some(window) = app.get_webview_window(label) else { return false };
    // Each of them may be refused by a window manager, and the others still help.
    let _ = window.unminimize();
    let _ = window.show();
    let _ = window.set_focus();
    true
}

/// Has the system's own program open what doesn't belong into a window.
fn open_outside(url: &Url) {
    if !matches!(url.scheme(), "http" | "https" | "mailto") {
        return;
    }
    if let Err(refused) = tauri_plugin_opener::open_url(url.as_str(), None::<&str>) {
        tracing::warn!(%refused, "a link can't be opened");
    }
}
