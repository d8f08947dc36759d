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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use meshpilot_home::new_key;
    use serde_json::json;
    use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::mpsc;

    use super::*;
    use crate::shell::lock;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    const PATIENCE: Duration = Duration::from_secs(20);

    fn event(name: &str, data: &serde_json::Value) -> String {
        format!("id: e-1\nevent: {name}\ndata: {data}\n\n")
    }

    fn task(id: &str, status: &str) -> serde_json::Value {
        json!({"id": id, "title": format!("Do {id}"), "status": status})
    }

    fn updated(id: &str, status: &str) -> String {
        event("task.updated", &json!({"entity": id, "data": {"task": task(id, status)}}))
    }

    fn snapshot(tasks: &[serde_json::Value]) -> String {
        event("snapshot", &json!({"seq": 1, "tasks": tasks}))
    }

    /// A home whose person's key is in the file, whatever this machine has.
    fn home(
        scratch: &tempfile::TempDir,
    ) -> Result<(ProjectHome, String), Box<dyn std::error::Error>> {
        let project = scratch.path().join("shop");
        std::fs::create_dir(&project)?;
        let home = ProjectHome::open(&project, Some(&scratch.path().join("data")))?;
        let key = new_key()?.as_str().to_owned();
        std::fs::write(home.dir().join("key-store"), "file\n")?;
        std::fs::write(home.dir().join("person.key"), &key)?;
        Ok((home, key))
    }

    /// Takes one request, gives its head, and answers it with an open event stream.
    async fn accept(listener: &TcpListener) -> std::io::Result<(String, TcpStream)> {
        let (mut stream, _) = listener.accept().await?;
        let mut head = String::new();
        let mut reader = BufReader::new(&mut stream);
        while reader.read_line(&mut head).await? > 2 {}
        stream
            .write_all(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n",
            )
            .await?;
        Ok((head, stream))
    }

    #[tokio::test]
    async fn a_board_is_followed_over_breaks_and_reviews_come_together() -> Outcome {
        let scratch = tempfile::tempdir()?;
        let (home, key) = home(&scratch)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (tell, mut told) = mpsc::unbounded_channel();
        let board = Arc::new(tokio::sync::Mutex::new(Board::default()));
        let follower = tokio::spawn(async move {
            let Ok(http) = client() else { return };
            follow(http, home, url, &board, |news| drop(tell.send(news))).await;
        });
        let mut next = async || tokio::time::timeout(PATIENCE, told.recv()).await;

        let (head, mut stream) = accept(&listener).await?;
        assert!(head.starts_with("GET /v1/events?snapshot=true "), "{head}");
        assert!(head.contains(&format!("Bearer {key}")), "{head}");
        stream.write_all(snapshot(&[task("T1", "in_progress")]).as_bytes()).await?;
        let counts =
            |in_progress, in_review| Told::Counts(Counts { in_progress, in_review, blocked: 0 });
        // What is shown before the snapshot came, if anything, is nothing.
        let mut first = next().await?;
        if first == Some(counts(0, 0)) {
            first = next().await?;
        }
        assert_eq!(first, Some(counts(1, 0)));

        // In one piece, so that no pause of this machine comes between the two.
        let both = [updated("T1", "in_review"), updated("T2", "in_review")];
        stream.write_all(both.join(": still here\n\n").as_bytes()).await?;
        let seen = [next().await?, next().await?];
        let review = |id: &str| Review { id: id.to_owned(), title: format!("Do {id}") };
        let both = Told::Reviews(vec![review("T1"), review("T2")]);
        assert!(seen.contains(&Some(both)) && seen.contains(&Some(counts(0, 2))), "{seen:?}");

        drop(stream);
        assert_eq!(next().await?, Some(Told::Broken));
        let (_, mut stream) = accept(&listener).await?;
        let later = [task("T1", "done"), task("T2", "in_review"), task("T3", "in_review")];
        stream.write_all(snapshot(&later).as_bytes()).await?;
        let missed = loop {
            match next().await? {
                Some(Told::Reviews(reviews)) => break reviews,
                Some(_) => {}
                None => return Err("the follower ended".into()),
            }
        };
        assert_eq!(missed, [review("T3")]);
        follower.abort();
        Ok(())
    }

    #[tokio::test]
    async fn a_refused_key_is_no_reason_to_doubt_the_server() -> Outcome {
        let scratch = tempfile::tempdir()?;
        let (home, _) = home(&scratch)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let told = Arc::new(Mutex::new(Vec::new()));
        let (board, taken) = (tokio::sync::Mutex::new(Board::default()), Arc::clone(&told));
        let follower = tokio::spawn(async move {
            let Ok(http) = client() else { return };
            follow(http, home, url, &board, |news| lock(&taken).push(news)).await;
        });
        for _ in 0..2 {
            let (mut stream, _) = tokio::time::timeout(PATIENCE, listener.accept()).await??;
            stream
                .write_all(
                    b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                )
                .await?;
            stream.shutdown().await?;
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await?;
        }
        assert_eq!(*lock(&told), []);
        follower.abort();
        Ok(())
    }
}
