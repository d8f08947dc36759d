//! The tray icon: what is in progress, what waits for the person, and whether all is well.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Mutex;

use tauri::image::Image;
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager};

use crate::shell::{Line, Shell, lock};
use crate::supervisor::Health;

/// Menu item: brings the app to the front.
pub const SHOW: &str = "tray:show";
/// Menu item: brings the window named behind it to the front.
pub const PROJECT: &str = "tray:project:";

const CALM: Image<'_> = tauri::include_image!("icons/tray.png");
const ATTENTION: Image<'_> = tauri::include_image!("icons/tray-attention.png");

/// The icon, and what it shows now. There is none where the desktop has no place for one.
pub struct Tray {
    icon: TrayIcon,
    shown: Mutex<Vec<Line>>,
}

/// Puts the icon into the tray. A desktop without one costs the icon only.
pub fn start(app: &AppHandle) {
    // On Linux the library behind it is opened when needed, and panics at length when it isn't
    // installed; one line says as much.
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    let built = catch_unwind(AssertUnwindSafe(|| {
        let menu = menu(app, &[])?;
        TrayIconBuilder::with_id("main").icon(CALM).tooltip("MeshPilot").menu(&menu).build(app)
    }));
    set_hook(hook);
    match built {
        Ok(Ok(icon)) => {
            app.manage(Tray { icon, shown: Mutex::default() });
        }
        Ok(Err(refused)) => tracing::warn!(%refused, "no tray icon"),
        Err(_) => tracing::warn!("no tray icon: install libayatana-appindicator3"),
    }
}

/// Has the tray show how the open projects stand now.
pub fn refresh(app: &AppHandle) {
    let in_main = app.clone();
    let asked = app.run_on_main_thread(move || {
        if let Some(tray) = in_main.try_state::<Tray>()
            && let Err(refused) = tray.show(&in_main, Shell::of(&in_main).lines())
        {
            tracing::warn!(%refused, "the tray is not up to date");
        }
    });
    if let Err(refused) = asked {
        tracing::debug!(%refused, "the tray is not up to date");
    }
}

impl Tray {
    fn show(&self, app: &AppHandle, lines: Vec<Line>) -> tauri::Result<()> {
        let mut shown = lock(&self.shown);
        if *shown == lines {
            return Ok(());
        }
        let waiting = waiting(&lines);
        if (waiting > 0) != (self::waiting(&shown) > 0) {
            self.icon.set_icon(Some(if waiting > 0 { ATTENTION } else { CALM }))?;
        }
        self.icon.set_title((waiting > 0).then(|| waiting.to_string()))?;
        let tooltip: Vec<String> = lines.iter().map(text).collect();
        self.icon.set_tooltip(Some(tooltip.join("\n")))?;
        self.icon.set_menu(Some(menu(app, &lines)?))?;
        *shown = lines;
        Ok(())
    }
}

fn menu(app: &AppHandle, lines: &[Line]) -> tauri::Result<Menu<tauri::Wry>> {
    let menu = Menu::new(app)?;
    for line in lines {
        let id = format!("{PROJECT}{}", line.label);
        menu.append(&MenuItem::with_id(app, id, text(line), true, None::<&str>)?)?;
    }
    if !lines.is_empty() {
        menu.append(&PredefinedMenuItem::separator(app)?)?;
    }
    menu.append(&MenuItem::with_id(app, SHOW, "Show MeshPilot", true, None::<&str>)?)?;
    menu.append(&MenuItem::with_id(app, "open", "Open Project…", true, None::<&str>)?)?;
    menu.append(&PredefinedMenuItem::separator(app)?)?;
    menu.append(&MenuItem::with_id(app, "quit", "Quit MeshPilot", true, None::<&str>)?)?;
    Ok(menu)
}

fn waiting(lines: &[Line]) -> usize {
    lines.iter().filter_map(|line| line.counts).map(|counts| counts.in_review).sum()
}

/// One project in a line.
fn text(line: &Line) -> String {
    let state = match (line.health, line.counts) {
        (Health::Starting, _) => "starting…".to_owned(),
        (Health::Restarting, _) => "restarting…".to_owned(),
        (Health::Stopped, _) => "stopped".to_owned(),
        (Health::Live, None) => "live".to_owned(),
        (Health::Live, Some(counts)) => {
            let mut parts = vec![format!("{} in progress", counts.in_progress)];
            if counts.in_review > 0 {
                parts.push(format!("{} to review", counts.in_review));
            }
            if counts.blocked > 0 {
                parts.push(format!("{} blocked", counts.blocked));
            }
            parts.join(", ")
        }
    };
    format!("{}: {state}", line.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::Counts;

    fn line(health: Health, counts: Option<(usize, usize, usize)>) -> Line {
        let counts = counts.map(|(in_progress, in_review, blocked)| Counts {
            in_progress,
            in_review,
            blocked,
        });
        Line { label: "project-1".to_owned(), name: "shop".to_owned(), health, counts }
    }

    #[test]
    fn a_line_says_what_is_and_leaves_out_what_is_not() {
        for (line, expected) in [
            (line(Health::Starting, None), "shop: starting…"),
            (line(Health::Restarting, Some((3, 1, 0))), "shop: restarting…"),
            (line(Health::Stopped, None), "shop: stopped"),
            (line(Health::Live, None), "shop: live"),
            (line(Health::Live, Some((0, 0, 0))), "shop: 0 in progress"),
            (line(Health::Live, Some((3, 2, 1))), "shop: 3 in progress, 2 to review, 1 blocked"),
        ] {
            assert_eq!(text(&line), expected);
        }
    }

    #[test]
    fn what_waits_is_added_up_over_the_projects() {
        let lines = [line(Health::Live, Some((1, 2, 0))), line(Health::Live, Some((0, 3, 1)))];
        assert_eq!(waiting(&lines), 5);
        assert_eq!(waiting(&[line(Health::Starting, None)]), 0);
    }
}
