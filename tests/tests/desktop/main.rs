//! The desktop app as a person meets it: the built binaries, a real window, a real server.
#![cfg(target_os = "linux")]

mod board;
mod notifications;
mod tray;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::eventually;
use meshpilot_e2e::server::program;
use meshpilot_e2e::webdriver::{Desktop, Process, Window, app};

use reqwest::Url;

use crate::board::Board;

/// After any death of the app nothing of it may run longer.
const GONE_LIMIT: Duration = Duration::from_secs(2);

#[tokio::test]
async fn the_window_shows_the_board_and_what_agents_put_on_it() -> Result<()> {
    let desktop = Desktop::start()?;
    let window = open(&desktop).await?;
    let board = Board::of(&desktop.project()).await?;
    board.create("Keep the lights on").await?;
    window.shows("Keep the lights on").await?;
    // The one-time code is spent and gone from the address.
    ensure!(!window.url().await?.contains("code="), "{}", window.url().await?);
    Ok(())
}

#[tokio::test]
async fn a_killed_server_comes_back_and_the_page_catches_up() -> Result<()> {
    let desktop = Desktop::start()?;
    let window = open(&desktop).await?;
    let board = Board::of(&desktop.project()).await?;
    board.create("Before the crash").await?;
    window.shows("Before the crash").await?;

    let first = server(&desktop).await?;
    first.signal("KILL");
    let killed = Instant::now();
    let second = eventually("a new server", async || {
        desktop.running("meshpilot").into_iter().find(|process| process.pid != first.pid)
    })
    .await?;
    // The next look would come after 20 s: the end itself was noticed.
    ensure!(killed.elapsed() < Duration::from_secs(10), "{:?}", killed.elapsed());

    let board = Board::of(&desktop.project()).await?;
    board.create("After the crash").await?;
    window.shows("After the crash").await?;
    window.shows("Before the crash").await?;
    ensure!(desktop.running("meshpilot") == [second], "one server, and the same one still");
    Ok(())
}

#[tokio::test]
async fn a_server_that_comes_back_elsewhere_is_found_there() -> Result<()> {
    let desktop = Desktop::start()?;
    let window = open(&desktop).await?;
    let board = Board::of(&desktop.project()).await?;
    board.create("Before the move").await?;
    let before = window.url().await?;
    let port = Url::parse(&before)?.port().context("a port")?;

    // The app may not look until the port is somebody else's.
    let app = the_app(&desktop)?;
    app.signal("STOP");
    server(&desktop).await?.signal("KILL");
    let _occupied =
        eventually("the port", async || TcpListener::bind(("127.0.0.1", port)).ok()).await?;
    app.signal("CONT");

    eventually("the new address", async || {
        let url = window.url().await.ok()?;
        (Url::parse(&url).ok()?.port() != Some(port) && !url.contains("code=")).then_some(())
    })
    .await?;
    window.shows("Before the move").await?;
    Board::of(&desktop.project()).await?.create("After the move").await?;
    window.shows("After the move").await?;
    Ok(())
}

#[tokio::test]
async fn quitting_leaves_no_process() -> Result<()> {
    for signal in ["TERM", "INT", "KILL"] {
        let desktop = Desktop::start()?;
        let _window = open(&desktop).await?;
        let server = server(&desktop).await?;
        let app = the_app(&desktop)?;
        app.signal(signal);
        let asked = Instant::now();
        all_gone(&desktop).await.context(signal)?;
        ensure!(asked.elapsed() < GONE_LIMIT, "{signal} took {:?}", asked.elapsed());
        ensure!(!Path::new("/proc").join(server.pid.to_string()).join("exe").exists());
    }
    Ok(())
}

#[tokio::test]
async fn killed_at_any_moment_of_its_start_it_leaves_no_process() -> Result<()> {
    let desktop = Desktop::start()?;
    let announced = || announced(&desktop);
    let moments: [(&str, &dyn Fn() -> bool); 4] = [
        ("the app runs", &|| !desktop.running("meshpilot-desktop").is_empty()),
        ("the server runs", &|| !desktop.running("meshpilot").is_empty()),
        ("the server listens", &|| announced().is_some()),
        ("the page loads", &|| !desktop.running("WebKitWebProcess").is_empty()),
    ];
    for round in 0..20 {
        let (moment, has_come) = moments[round % moments.len()];
        let mut app = desktop.command(app()?);
        let mut app = app.arg(desktop.project()).stderr(Stdio::null()).spawn()?;
        eventually(moment, async || has_come().then_some(())).await?;
        app.kill()?;
        let killed = Instant::now();
        app.wait()?;
        all_gone(&desktop).await.context(moment)?;
        ensure!(killed.elapsed() < GONE_LIMIT, "killed when {moment}: {:?}", killed.elapsed());
        // A server that could no longer say that it listens leaves this behind.
        announced().map(std::fs::remove_file).transpose()?;
    }
    Ok(())
}

#[tokio::test]
async fn a_second_launch_hands_its_project_to_the_first() -> Result<()> {
    let desktop = Desktop::start()?;
    let _window = open(&desktop).await?;
    let other = desktop.folder("other");
    std::fs::create_dir(&other)?;

    // Without a session bus, where the usual way would silently start a second app.
    let second = desktop
        .command(app()?)
        .arg(&other)
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .stderr(Stdio::inherit())
        .status()?;
    ensure!(second.success(), "the second launch ended with {second}");
    // A server is the app itself for the moment between its fork and its start.
    eventually("one app", async || (desktop.running("meshpilot-desktop").len() == 1).then_some(()))
        .await?;

    let board = Board::of(&other).await?;
    board.create("In the other project").await?;
    let servers = eventually("two servers", async || {
        let servers = desktop.running("meshpilot");
        (servers.len() == 2).then_some(servers)
    })
    .await?;

    // The same project again only comes to the front.
    let again = desktop.command(app()?).arg(&other).status()?;
    ensure!(again.success(), "{again}");
    ensure!(desktop.running("meshpilot") == servers, "one server per open project");
    Ok(())
}

#[tokio::test]
async fn a_server_that_was_there_is_used_and_outlives_the_app() -> Result<()> {
    let desktop = Desktop::start()?;
    let mut own = desktop.command(program()?);
    own.args(["serve", "--project"]).arg(desktop.project()).stdout(Stdio::null());
    let mut own = own.stderr(Stdio::null()).spawn()?;
    let board = Board::of(&desktop.project()).await?;
    board.create("Here before the window").await?;

    let window = open(&desktop).await?;
    window.shows("Here before the window").await?;
    let found = server(&desktop).await?;
    ensure!(found.pid == own.id(), "the app uses the server that was there");
    the_app(&desktop)?.signal("TERM");
    eventually("the app's end", async || {
        desktop.running("meshpilot-desktop").is_empty().then_some(())
    })
    .await?;
    ensure!(own.try_wait()?.is_none(), "the app ended a server that wasn't its own");
    own.kill()?;
    own.wait()?;
    Ok(())
}

#[tokio::test]
async fn a_crash_loop_ends_in_safe_mode_and_a_new_try_mends_it() -> Result<()> {
    let desktop = Desktop::start()?;
    let count = desktop.folder("starts");
    let broken = format!("echo . >>'{}'\necho 'the disk is on fire' >&2\nexit 70", count.display());
    let window = desktop.open_with(&broken).await?;
    window.shows("doesn’t stay up").await?;
    window.shows("the disk is on fire").await?;
    ensure!(std::fs::read_to_string(&count)?.lines().count() == 5, "five tries, then no more");

    desktop.replace_server(&format!("exec '{}' \"$@\"", program()?.display()))?;
    window.click("[data-command=try_again]").await?;
    let board = Board::of(&desktop.project()).await?;
    board.create("Up again").await?;
    window.shows("Up again").await?;
    Ok(())
}

#[tokio::test]
async fn the_served_page_can_ask_nothing_of_the_shell_and_go_nowhere() -> Result<()> {
    let desktop = Desktop::start()?;
    let window = open(&desktop).await?;
    let home = window.url().await?;

    let commands = [
        "situation",
        "try_again",
        "show_logs",
        "choose_project",
        "open_recent",
        "plugin:dialog|open",
        "plugin:notification|notify",
        "plugin:window|close",
        "plugin:webview|create_webview_window",
    ];
    for command in commands {
        let asked = format!(
            "window.asked = 'waiting';
             (window.__TAURI_INTERNALS__ ? window.__TAURI_INTERNALS__.invoke('{command}', {{seen: 0, index: 0}})
                                         : Promise.reject('there is no shell'))
               .then(() => window.asked = 'ALLOWED', (refused) => window.asked = 'refused ' + refused)"
        );
        window.run(&asked).await?;
        let answer = eventually("an answer", async || {
            let answer = window.run("return window.asked").await.ok()?;
            answer.as_str().filter(|&answer| answer != "waiting").map(str::to_owned)
        })
        .await?;
        ensure!(answer.starts_with("refused"), "{command}: {answer}");
    }

    let link = "https://example.org/pull/7";
    // A page may only open a window when the person clicks.
    let links = format!(
        "document.body.replaceChildren(...['here', 'there'].map((id) =>
           Object.assign(document.createElement('a'), {{ id, href: '{link}', textContent: id }})));
         document.getElementById('there').target = '_blank'"
    );
    window.run(&links).await?;
    for way in ["#here", "#there"] {
        click_outside(&desktop, &window, way, link).await?;
        ensure!(window.url().await? == home, "{way} took the window to {}", window.url().await?);
    }
    window.run("window.still = 'here'").await?;
    for place in ["file:///etc/passwd", "tauri://localhost/index.html", "data:text/html,x"] {
        window.run(&format!("location.href = '{place}'")).await?;
        // Decided on after it, so that what becomes of the place is known by then.
        click_outside(&desktop, &window, "#here", link).await?;
        ensure!(window.run("return window.still").await? == "here", "{place} replaced the page");
        ensure!(window.url().await? == home, "{place} took the window away");
    }
    Ok(())
}

/// Clicks on a link and waits until the system's browser was asked to open it.
async fn click_outside(desktop: &Desktop, window: &Window, link: &str, url: &str) -> Result<()> {
    let before = desktop.opened_outside().len();
    window.click(link).await?;
    let opened = eventually("the system's browser", async || {
        let opened = desktop.opened_outside();
        (opened.len() > before).then_some(opened)
    })
    .await?;
    ensure!(opened.last().is_some_and(|opened| opened == url), "{opened:?}");
    Ok(())
}

#[tokio::test]
async fn without_a_display_it_says_so() -> Result<()> {
    let desktop = Desktop::start()?;
    for display in [None, Some(":987")] {
        let mut command = desktop.command(app()?);
        match display {
            Some(display) => command.env("DISPLAY", display),
            None => command.env_remove("DISPLAY"),
        };
        let output = command.output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.code() == Some(2), "{}: {said}", output.status);
        ensure!(said.contains("display") && said.contains("meshpilot serve"), "{said}");
        ensure!(!said.contains("panicked"), "{said}");
    }
    Ok(())
}

async fn open(desktop: &Desktop) -> Result<Window> {
    let window = desktop.open().await?;
    eventually("the board in the window", async || {
        let url = window.url().await.ok()?;
        (url.starts_with("http://127.0.0.1") && !url.contains("code=")).then_some(())
    })
    .await?;
    Ok(window)
}

/// Waits until nothing that the app started runs any more, nor the app.
async fn all_gone(desktop: &Desktop) -> Result<()> {
    let left = || desktop.all_running();
    let waited = eventually("the end of all", async || left().is_empty().then_some(())).await;
    waited.with_context(|| format!("left behind: {:?}", left()))
}

/// The file in which the project's server says where it listens, if it is there.
fn announced(desktop: &Desktop) -> Option<PathBuf> {
    let homes = std::fs::read_dir(desktop.folder("data/projects")).ok()?.flatten();
    homes.map(|home| home.path().join("server.json")).find(|file| file.is_file())
}

async fn server(desktop: &Desktop) -> Result<Process> {
    eventually("the server", async || desktop.running("meshpilot").into_iter().next()).await
}

fn the_app(desktop: &Desktop) -> Result<Process> {
    desktop.running("meshpilot-desktop").into_iter().next().context("the app runs")
}
