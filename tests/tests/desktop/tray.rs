//! The tray: a status area of the test's own on the desktop's session bus.

use std::collections::HashMap;

use anyhow::{Context, Result};
use meshpilot_e2e::eventually;
use meshpilot_e2e::webdriver::Desktop;
use tokio::sync::mpsc;
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use crate::board::Board;
use crate::{open, server};

/// A menu's number, its properties and what it holds.
type Entry<'a> = (i32, HashMap<String, Value<'a>>, Vec<Value<'a>>);

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const WATCHER_PATH: &str = "/StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

#[tokio::test]
async fn the_tray_counts_what_is_in_progress_and_what_waits() -> Result<()> {
    let desktop = Desktop::start()?;
    let mut area = Area::start(desktop.bus())?;
    let _window = open(&desktop).await?;
    area.shows("project: 0 in progress").await?;

    let board = Board::of(&desktop.project()).await?;
    let first = board.create("Saw the boards").await?;
    board.create("Nail them together").await?;
    board.claim(&first).await?;
    area.shows("project: 1 in progress").await?;
    board.complete(&first).await?;
    area.shows("project: 0 in progress, 1 to review").await?;

    // The counts come back with a server that comes back.
    server(&desktop).await?.signal("KILL");
    area.shows("project: restarting…").await?;
    area.shows("project: 0 in progress, 1 to review").await?;
    Ok(())
}

/// The person's status area.
struct Area {
    connection: Connection,
    registered: mpsc::UnboundedReceiver<(String, String)>,
    item: Option<(String, String)>,
}

impl Area {
    fn start(bus: &str) -> Result<Self> {
        let (tell, registered) = mpsc::unbounded_channel();
        let connection = Builder::address(bus)?
            .serve_at(WATCHER_PATH, Watcher { tell })?
            .name(WATCHER)?
            .build()?;
        Ok(Self { connection, registered, item: None })
    }

    /// Waits until the icon's menu has an entry `text`.
    async fn shows(&mut self, text: &str) -> Result<()> {
        let quoted = format!("{text:?}");
        eventually(text, async || self.menu().ok()?.contains(&quoted).then_some(()))
            .await
            .with_context(|| {
                format!("the tray shows {}", self.menu().unwrap_or_else(|error| error.to_string()))
            })
    }

    /// The icon's whole menu, as text to search in.
    fn menu(&mut self) -> Result<String> {
        while let Ok(item) = self.registered.try_recv() {
            self.item = Some(item);
        }
        let (owner, path) = self.item.as_ref().context("no icon yet")?;
        let (owner, path) = (owner.as_str(), path.as_str());
        let properties = Some("org.freedesktop.DBus.Properties");
        let menu: OwnedValue = self
            .connection
            .call_method(Some(owner), path, properties, "Get", &(ITEM, "Menu"))?
            .body()
            .deserialize()?;
        let menu = OwnedObjectPath::try_from(menu)?;
        let none: &[&str] = &[];
        let layout = self.connection.call_method(
            Some(owner),
            menu,
            Some(MENU),
            "GetLayout",
            &(0, -1, none),
        )?;
        let body = layout.body();
        let (_, (_, _, entries)): (u32, Entry) = body.deserialize()?;
        Ok(format!("{entries:?}"))
    }
}

struct Watcher {
    tell: mpsc::UnboundedSender<(String, String)>,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(
        &self,
        service: String,
        #[zbus(header)] header: zbus::message::Header<'_>,
    ) {
        // Some give their path on the connection they call from, others a name of their own.
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let item = if service.starts_with('/') {
            (sender, service)
        } else {
            (service, "/StatusNotifierItem".to_owned())
        };
        let _ = self.tell.send(item);
    }

    fn register_status_notifier_host(&self, _service: String) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}
