//! Native notifications: a notification server of the test's own on the desktop's session bus.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::eventually;
use meshpilot_e2e::webdriver::Desktop;
use tokio::sync::{Mutex, mpsc};
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::zvariant::OwnedValue;

use crate::board::Board;
use crate::open;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_review_is_told_of_and_a_click_opens_it() -> Result<()> {
    let desktop = Desktop::start()?;
    let tray = Notifications::start(desktop.bus())?;
    let window = open(&desktop).await?;
    let board = Board::of(&desktop.project()).await?;
    let id = board.create("Paint the <b>shed</b>").await?;
    window.shows("Paint the").await?;
    board.claim(&id).await?;
    board.complete(&id).await?;

    let told = tray.next().await?;
    ensure!(told.summary == format!("{id} waits for your review"), "{told:?}");
    // What an agent writes is text, not markup.
    ensure!(told.body == "Paint the &lt;b&gt;shed&lt;/b&gt;", "{told:?}");

    tray.click(&told)?;
    eventually("the task in the window", async || {
        window.url().await.ok()?.ends_with(&format!("#/board?task={id}")).then_some(())
    })
    .await?;
    window.shows("Paint the <b>shed</b>").await?;
    Ok(())
}

#[tokio::test]
async fn reviews_that_come_together_are_told_of_once() -> Result<()> {
    let desktop = Desktop::start()?;
    let tray = Notifications::start(desktop.bus())?;
    let window = open(&desktop).await?;
    let board = Board::of(&desktop.project()).await?;
    let mut ids = Vec::new();
    for title in ["Sand it", "Prime it", "Paint it"] {
        ids.push(board.create(title).await?);
    }
    window.shows("Paint it").await?;
    for id in &ids {
        board.claim(id).await?;
        board.complete(id).await?;
    }
    // All of them within the time that is told of together, or some of them in a second one.
    let mut seen = String::new();
    let mut count = 0;
    while !ids.iter().all(|id| seen.contains(id.as_str())) {
        let told = tray.next().await?;
        seen += &format!("{} {}\n", told.summary, told.body);
        count += 1;
    }
    ensure!(count < ids.len(), "one for each:\n{seen}");
    Ok(())
}

/// One notification that the app asked for.
#[derive(Debug)]
struct Told {
    id: u32,
    sender: String,
    summary: String,
    body: String,
}

/// The person's notification area.
struct Notifications {
    connection: Connection,
    told: Mutex<mpsc::UnboundedReceiver<Told>>,
}

impl Notifications {
    fn start(bus: &str) -> Result<Self> {
        let (tell, told) = mpsc::unbounded_channel();
        let connection = Builder::address(bus)?
            .serve_at(PATH, Server { tell, shown: 0 })?
            .name(NAME)?
            .build()?;
        Ok(Self { connection, told: Mutex::new(told) })
    }

    async fn next(&self) -> Result<Told> {
        let mut told = self.told.lock().await;
        let next = tokio::time::timeout(PATIENCE, told.recv()).await.context("no notification")?;
        next.context("the notification server ended")
    }

    /// Clicks on the notification itself.
    fn click(&self, told: &Told) -> Result<()> {
        let sender = Some(told.sender.as_str());
        self.connection.emit_signal(sender, PATH, NAME, "ActionInvoked", &(told.id, "default"))?;
        Ok(())
    }
}

struct Server {
    tell: mpsc::UnboundedSender<Told>,
    shown: u32,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Server {
    #[expect(clippy::too_many_arguments, reason = "the specification's own list")]
    fn notify(
        &mut self,
        _app_name: &str,
        replaces: u32,
        _icon: &str,
        summary: String,
        body: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
        #[zbus(header)] header: zbus::message::Header<'_>,
    ) -> u32 {
        self.shown += 1;
        let id = if replaces == 0 { self.shown } else { replaces };
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        // The test has ended when nobody takes it.
        let _ = self.tell.send(Told { id, sender, summary, body });
        id
    }

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "body-markup"].map(str::to_owned).to_vec()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ["test", "MeshPilot", "1", "1.2"].map(str::to_owned).into()
    }
}
