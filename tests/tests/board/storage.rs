//! The board's file: whole after a stop, watched while it is open, and never touched when it is not ours.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::server::Launch;
use meshpilot_e2e::{Place, Server};
use serde_json::json;

/// SQLite keeps the number of the schema here, in four bytes.
const USER_VERSION: std::ops::Range<usize> = 60..64;

fn database(place: &Place) -> Result<PathBuf> {
    Ok(place.home()?.join("board.db"))
}

/// A board with something on it, stopped.
async fn stopped() -> Result<Place> {
    let mut server = Server::start().await?;
    server.agent("a")?.create_task(json!({ "title": "x" })).await?;
    server.signal("TERM")?;
    let status = server.ends_within(Duration::from_secs(5)).await?;
    ensure!(status.success(), "{status}");
    Ok(server.place().clone())
}

/// A start that is refused, with what was said, and with every file as it was.
async fn refused(place: &Place, file: &Path) -> Result<String> {
    let before = std::fs::read(file)?;
    let error = match place.serve(Launch::default()).await {
        Ok(_) => anyhow::bail!("it was opened"),
        Err(error) => error.to_string(),
    };
    ensure!(std::fs::read(file)? == before, "the file was changed: {error}");
    Ok(error)
}

#[tokio::test]
async fn a_clean_stop_leaves_the_whole_board_in_one_file() -> Result<()> {
    let place = stopped().await?;
    let log = place.home()?.join("board.db-wal");
    let left = log.metadata().map(|facts| facts.len()).unwrap_or(0);
    assert_eq!(left, 0, "bytes are left in {}", log.display());
    // Who copies it has all of it.
    let other = place.file("copy.db");
    std::fs::copy(database(&place)?, &other)?;
    std::fs::rename(&other, database(&place)?)?;
    let server = place.serve(Launch::default()).await?;
    assert_eq!(server.agent("a")?.task("T1").await?["title"], "x");
    Ok(())
}

#[tokio::test]
async fn a_board_whose_file_is_gone_acknowledges_nothing() -> Result<()> {
    let mut server = Server::start().await?;
    let agent = server.agent("a")?;
    agent.post("/chat", json!({ "text": "before" })).await?.ok()?;
    let (file, elsewhere) = (database(server.place())?, server.place().file("elsewhere.db"));
    std::fs::rename(&file, &elsewhere)?;
    agent.post("/chat", json!({ "text": "into nothing" })).await?.refused(503, "READ_ONLY")?;
    // Another file in its place is not the board either.
    std::fs::copy(&elsewhere, &file)?;
    agent.post("/chat", json!({ "text": "into a copy" })).await?.refused(503, "READ_ONLY")?;
    server.kill9()?;
    std::fs::rename(&elsewhere, &file)?;
    server.restart().await?;
    let chat = server.agent("a")?.get("/chat").await?.ok()?["messages"].take();
    let said: Vec<&str> =
        chat.as_array().into_iter().flatten().filter_map(|one| one["text"].as_str()).collect();
    assert_eq!(said, ["before"]);
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_no_board_is_left_alone() -> Result<()> {
    let place = stopped().await?;
    let file = database(&place)?;
    std::fs::write(&file, "not a database at all, but somebody's notes\n".repeat(200))?;
    let error = refused(&place, &file).await?;
    ensure!(error.contains("board"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_board_of_a_newer_version_is_left_alone() -> Result<()> {
    let place = stopped().await?;
    let file = database(&place)?;
    let mut bytes = std::fs::read(&file)?;
    bytes.get_mut(USER_VERSION).context("a header")?.copy_from_slice(&9_999_u32.to_be_bytes());
    std::fs::write(&file, bytes)?;
    let error = refused(&place, &file).await?;
    ensure!(error.contains("newer") || error.contains("9999"), "{error}");
    Ok(())
}
