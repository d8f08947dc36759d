//! The MeshPilot desktop app: a window on the board, a tray, notifications, and the server's
//! supervisor.
//!
//! The shell never opens the database and links nothing of the server. It starts the `meshpilot`
//! binary beside its own, reads one ready line from it, looks after it, and shows the page that
//! it serves. [`supervisor`] decides, [`runner`] does, [`surface`] shows.

mod board;
mod child;
mod commands;
mod display;
mod follow;
#[cfg(unix)]
mod instance;
mod log;
mod menu;
mod notify;
mod page;
mod recent;
mod runner;
mod shell;
mod supervisor;
mod surface;
mod tray;
mod window;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use tauri::{AppHandle, Manager, RunEvent};
use tracing_subscriber::EnvFilter;

use crate::recent::Recent;
use crate::shell::Shell;

/// A window on a project's MeshPilot board.
#[derive(Parser)]
#[command(name = "meshpilot-desktop", version)]
struct Arguments {
    /// The project folder; else the project that was open last, else the current directory.
    project: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_env("MESHPILOT_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,meshpilot_desktop=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        // It would panic where standard error is gone, as with a closed terminal.
        .log_internal_errors(false)
        .init();

    if let Err(reason) = display::require() {
        eprintln!("meshpilot-desktop: {reason}");
        return ExitCode::from(2);
    }
    match start(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("meshpilot-desktop: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn start(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    // Relative to this process, which need not be the one that opens it.
    let asked = arguments.project.as_ref().map(std::path::absolute).transpose()?;
    let data_root = meshpilot_home::data_root(None)?;

    #[cfg(unix)]
    let mut first = match instance::claim(&data_root, &instance::Launch { project: asked.clone() })?
    {
        instance::Claim::First(first) => first,
        instance::Claim::HandedOver => return Ok(()),
    };

    let recent = Recent::load(&data_root);
    let project = asked.or_else(|| recent.existing().into_iter().next()).or_else(working_folder);
    let shell = Shell::new(server_program()?, recent)?;

    let builder = tauri::Builder::default();
    #[cfg(not(unix))]
    let builder = builder.plugin(tauri_plugin_single_instance::init(|app, arguments, folder| {
        let project = arguments.get(1).map(|project| Path::new(&folder).join(project));
        shell::launched_again(app, project);
    }));
    let app = builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(window_state())
        .manage(shell)
        .invoke_handler(tauri::generate_handler![
            commands::situation,
            commands::try_again,
            commands::show_logs,
            commands::choose_project,
            commands::open_recent
        ])
        .on_menu_event(|app, event| menu::chosen(app, &event))
        .setup(move |app| {
            let app = app.handle();
            menu::start(app)?;
            tray::start(app);
            notify::listen(app);
            quit_on_signals(app);
            match &project {
                Some(project) => shell::open_project(app, project),
                None => shell::open_welcome(app),
            }
            #[cfg(unix)]
            {
                let later = app.clone();
                first.serve(move |launch| shell::launched_again(&later, launch.project))?;
                app.manage(first);
            }
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(|app, event| {
        if let RunEvent::ExitRequested { api, .. } = event
            && !shell::may_exit(app)
        {
            api.prevent_exit();
        }
    });
    Ok(())
}

/// The `meshpilot` binary that lies beside this one.
fn server_program() -> std::io::Result<PathBuf> {
    let name = format!("meshpilot{}", std::env::consts::EXE_SUFFIX);
    Ok(std::env::current_exe()?.with_file_name(name))
}

/// The current directory, unless it is where launchers start programs: a home folder or a root
/// is nobody's project.
fn working_folder() -> Option<PathBuf> {
    let folder = std::env::current_dir().ok()?;
    let is_home = std::env::home_dir().is_some_and(|home| same(&home, &folder));
    (folder.parent().is_some() && !is_home).then_some(folder)
}

fn same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

fn window_state() -> tauri::plugin::TauriPlugin<tauri::Wry> {
    use tauri_plugin_window_state::{Builder, StateFlags};
    let kept =
        StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN;
    Builder::new().with_state_flags(kept).build()
}

/// Tauri ends on no signal in an orderly way by itself.
#[cfg(unix)]
fn quit_on_signals(app: &AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
        let [Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)] = kinds.map(signal) else {
            tracing::warn!("signals are not listened to");
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
        shell::quit(&app);
    });
}

/// The console's Ctrl+C.
#[cfg(not(unix))]
fn quit_on_signals(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            shell::quit(&app);
        }
    });
}
