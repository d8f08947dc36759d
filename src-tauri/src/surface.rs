//! One project's window, notifications and line in the tray, as its runner sees them.

use std::sync::{Arc, Mutex};

use meshpilot_home::ProjectHome;
use tauri::async_runtime::JoinHandle;
use tauri::{AppHandle, Manager, Url};
use tokio::sync::mpsc::UnboundedSender;

use crate::board::Board;
use crate::follow::{self, Told};
use crate::log::Log;
use crate::notify;
use crate::page::{Page, Situation};
use crate::runner::Surface;
use crate::shell::{self, Shell, lock};
use crate::supervisor::{Health, Observation, Screen};

/// Lines of the log on the safe mode page.
const LINES: usize = 40;

/// Where the effects of one project's runner go.
pub struct WindowSurface {
    app: AppHandle,
    label: String,
    home: ProjectHome,
    page: Arc<Page>,
    /// The bundled page's address.
    bundled: Url,
    log: Arc<Mutex<Log>>,
    tell: UnboundedSender<Observation>,
    board: Arc<tokio::sync::Mutex<Board>>,
    follower: Option<JoinHandle<()>>,
}

impl WindowSurface {
    /// The surface of the window `label`.
    pub fn new(
        app: &AppHandle,
        label: &str,
        home: &ProjectHome,
        page: &Arc<Page>,
        bundled: Url,
        log: &Arc<Mutex<Log>>,
        tell: UnboundedSender<Observation>,
    ) -> Self {
        Self {
            app: app.clone(),
            label: label.to_owned(),
            home: home.clone(),
            page: Arc::clone(page),
            bundled,
            log: Arc::clone(log),
            tell,
            board: Arc::default(),
            follower: None,
        }
    }

    fn go(&self, url: Url) {
        // A window that was closed meanwhile needs nothing.
        if let Some(window) = self.app.get_webview_window(&self.label)
            && let Err(refused) = window.navigate(url)
        {
            tracing::warn!(%refused, "the window can't be sent on");
        }
    }

    fn put_bundled(&self, situation: Situation) {
        if self.page.put_bundled(situation) {
            self.go(self.bundled.clone());
        }
    }
}

impl Surface for WindowSurface {
    fn show(&mut self, screen: Screen) {
        let path = self.home.project().display().to_string();
        match screen {
            Screen::Starting { tries } => self.put_bundled(Situation::Starting { path, tries }),
            Screen::Stopped { reason } => {
                let log = lock(&self.log).last_lines(LINES);
                self.put_bundled(Situation::Stopped { path, reason, log });
            }
            Screen::Board { url } => match url.parse::<Url>() {
                Ok(url) => {
                    self.page.put_board(url.clone());
                    self.go(url);
                }
                Err(wrong) => tracing::error!(%wrong, "the board has no address"),
            },
        }
    }

    fn follow(&mut self, url: Option<String>) {
        if let Some(follower) = self.follower.take() {
            follower.abort();
        }
        let shell = Shell::of(&self.app);
        let Some(url) = url else {
            shell.count(&self.app, &self.label, None);
            return;
        };
        let streams = shell.streams();
        let (app, label, home) = (self.app.clone(), self.label.clone(), self.home.clone());
        let (board, tell) = (Arc::clone(&self.board), self.tell.clone());
        self.follower = Some(tauri::async_runtime::spawn(async move {
            let name = home.name().to_owned();
            let take = |told| match told {
                Told::Counts(counts) => Shell::of(&app).count(&app, &label, Some(counts)),
                Told::Reviews(reviews) => notify::reviews(&app, &label, &name, &reviews),
                Told::Broken => drop(tell.send(Observation::Doubt)),
            };
            follow::follow(streams, home, url, &board, take).await;
        }));
    }

    fn tell(&mut self, text: String) {
        shell::complain(&self.app, &text);
    }

    fn report(&mut self, health: Health) {
        Shell::of(&self.app).report(&self.app, &self.label, health);
    }
}

impl Drop for WindowSurface {
    fn drop(&mut self) {
        if let Some(follower) = self.follower.take() {
            follower.abort();
        }
    }
}
