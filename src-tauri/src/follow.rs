//! Follows a board's event stream for the tray's counts and the notifications.

use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt;
use meshpilot_home::{KeyText, ProjectHome, load_person_key};
use reqwest::StatusCode;
use sse_stream::SseStream;
use tokio::time::{Instant, sleep, sleep_until};

use crate::board::{Board, Counts, News, Review};

/// The server sends a comment every 15 s; a stream that is silent longer is dead.
const SILENCE_LIMIT: Duration = Duration::from_secs(40);
/// Reviews that come within this time of the first are told of together.
const GROUPING: Duration = Duration::from_millis(1500);
/// The tray's counts change at most this often.
const COUNTING: Duration = Duration::from_millis(500);
/// The first wait before the stream is opened again; it doubles to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What a follower tells.
#[derive(Debug, PartialEq, Eq)]
pub enum Told {
    /// The counts as they are now.
    Counts(Counts),
    /// These tasks have come to wait for a review.
    Reviews(Vec<Review>),
    /// The stream broke.
    Broken,
}

/// The client for event streams: no time limit on the whole answer, one on its silences.
///
/// # Errors
/// When the system gives no random bytes or the like.
pub fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().no_proxy().read_timeout(SILENCE_LIMIT).build()
}

/// Follows the board at `url` until dropped. `board` is kept between streams, so that what
/// happened while none was open is told as well.
pub async fn follow(
    http: reqwest::Client,
    home: ProjectHome,
    url: String,
    board: &tokio::sync::Mutex<Board>,
    tell: impl Fn(Told),
) {
    let mut wait = FIRST_WAIT;
    loop {
        let opened = match person_key(home.clone()).await {
            Ok(key) => listen(&http, &url, &key, &mut *board.lock().await, &tell).await,
            Err(reason) => Err(reason),
        };
        match opened {
            // A stream that lived is worth an early new try, and a look at its server.
            Ok(()) => {
                wait = FIRST_WAIT;
                tell(Told::Broken);
            }
            Err(reason) => {
                tracing::warn!(reason, "the board's events can't be followed");
                wait = (wait * 2).min(LONGEST_WAIT);
            }
        }
        sleep(wait).await;
    }
}

/// Keyrings may block for seconds.
async fn person_key(home: ProjectHome) -> Result<KeyText, String> {
    match tokio::task::spawn_blocking(move || load_person_key(&home)).await {
        Ok(Ok(Some(key))) => Ok(key.text),
        Ok(Ok(None)) => Err("the server has made no key for the person yet".to_owned()),
        Ok(Err(refused)) => Err(refused.to_string()),
        Err(panicked) => Err(panicked.to_string()),
    }
}

/// Reads one stream to its end; an error when it never opened.
async fn listen(
    http: &reqwest::Client,
    url: &str,
    key: &KeyText,
    board: &mut Board,
    tell: &impl Fn(Told),
) -> Result<(), String> {
    let answer = http
        .get(format!("{url}/v1/events?snapshot=true"))
        .bearer_auth(key.as_str())
        .send()
        .await
        .map_err(|refused| refused.to_string())?;
    if answer.status() != StatusCode::OK {
        return Err(format!("the server answered {}", answer.status()));
    }
    let mut events = pin!(SseStream::from_bytes_stream(answer.bytes_stream()));
    let mut reviews: Vec<Review> = Vec::new();
    let mut reviews_due: Option<Instant> = None;
    let mut told = None;
    let mut counts_due: Option<Instant> = Some(Instant::now());
    loop {
        tokio::select! {
            event = events.next() => {
                let Some(Ok(event)) = event else { return Ok(()) };
                let (Some(name), Some(data)) = (event.event, event.data) else { continue };
                match board.take(&name, &data) {
                    Ok(News::Reviews(new)) if new.is_empty() => {}
                    Ok(News::Reviews(new)) => {
                        reviews.extend(new);
                        reviews_due.get_or_insert_with(|| Instant::now() + GROUPING);
                    }
                    Ok(News::StartOver) => return Ok(()),
                    Err(wrong) => tracing::warn!(%wrong, name, "an event is not understood"),
                }
                if told != Some(board.counts()) {
                    counts_due.get_or_insert_with(|| Instant::now() + COUNTING);
                }
            }
            () = due(reviews_due) => {
                reviews_due = None;
                tell(Told::Reviews(std::mem::take(&mut reviews)));
            }
            () = due(counts_due) => {
                counts_due = None;
                let counts = board.counts();
                told = Some(counts);
                tell(Told::Counts(counts));
            }
        }
    }
}

async fn due(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
