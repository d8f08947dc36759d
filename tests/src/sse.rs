//! Server-sent events as a browser reads them.

use std::pin::Pin;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use futures_util::future::poll_fn;
use reqwest::Method;
use serde_json::Value;

use crate::rest::Rest;
use crate::wait::{PATIENCE, within};

type Body = Pin<Box<dyn futures_util::Stream<Item = reqwest::Result<Vec<u8>>> + Send>>;

/// One block of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// `id:`, empty when there is none.
    pub id: String,
    /// `event:`, empty for a comment.
    pub kind: String,
    /// `data:` as JSON; `null` for a comment.
    pub data: Value,
}

impl Frame {
    /// The position.
    pub fn seq(&self) -> i64 {
        self.data["seq"].as_i64().unwrap_or_default()
    }

    /// Whether it is only a sign of life.
    pub fn is_comment(&self) -> bool {
        self.kind.is_empty() && self.data.is_null()
    }
}

/// An open stream.
pub struct Stream {
    body: Body,
    buffer: Vec<u8>,
    /// The last `id:` that was read.
    pub last_id: String,
}

impl Stream {
    /// Opens `/events` with a query such as `?snapshot=true`, and perhaps a `Last-Event-ID`.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn open(rest: &Rest, query: &str, last_id: Option<&str>) -> Result<Self> {
        let mut request = rest.request(Method::GET, &format!("/events{query}"));
        // The client's own time limit covers the whole body, which has no end.
        request = request.timeout(Duration::from_secs(3_600)).header("Accept", "text/event-stream");
        if let Some(id) = last_id {
            request = request.header("Last-Event-ID", id);
        }
        let answer = within(PATIENCE, "a stream's head", request.send()).await??;
        let status = answer.status();
        if !status.is_success() {
            bail!("the stream was refused with {status}: {}", answer.text().await?);
        }
        let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        ensure!(kind.is_some_and(|kind| kind.starts_with("text/event-stream")), "{kind:?}");
        let body =
            futures_util::TryStreamExt::map_ok(answer.bytes_stream(), |bytes| bytes.to_vec());
        Ok(Self { body: Box::pin(body), buffer: Vec::new(), last_id: String::new() })
    }

    /// The next block, comments included; `None` at the end of the stream, however it ended.
    ///
    /// # Errors
    /// When nothing comes within `limit`, or no block of a stream.
    pub async fn next_block(&mut self, limit: Duration) -> Result<Option<Frame>> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.buffer.drain(..end + 2).collect();
                let frame = parse(std::str::from_utf8(&block)?)?;
                if !frame.id.is_empty() {
                    self.last_id.clone_from(&frame.id);
                }
                return Ok(Some(frame));
            }
            let chunk = poll_fn(|context| self.body.as_mut().poll_next(context));
            match within(limit, "the next event", chunk).await? {
                Some(Ok(bytes)) => self.buffer.extend_from_slice(&bytes),
                // A server that was killed leaves a broken body behind.
                Some(Err(_)) | None => return Ok(None),
            }
        }
    }

    /// The next event, whatever comments stand before it.
    ///
    /// # Errors
    /// As for [`Self::next_block`].
    pub async fn next_or_end(&mut self) -> Result<Option<Frame>> {
        loop {
            match self.next_block(PATIENCE).await? {
                Some(frame) if frame.is_comment() => {}
                other => return Ok(other),
            }
        }
    }

    /// The next event.
    ///
    /// # Errors
    /// Also when the stream ends instead.
    pub async fn next(&mut self) -> Result<Frame> {
        self.next_or_end().await?.context("the stream ended")
    }

    /// All events up to the position `seq`, which must be there.
    ///
    /// # Errors
    /// As for [`Self::next`].
    pub async fn up_to(&mut self, seq: i64) -> Result<Vec<Frame>> {
        let mut frames = Vec::new();
        loop {
            let frame = self.next().await?;
            let (at, is_last) = (frame.seq(), frame.seq() == seq);
            ensure!(at <= seq, "{seq} never came, {at} did");
            frames.push(frame);
            if is_last {
                return Ok(frames);
            }
        }
    }
}

fn parse(block: &str) -> Result<Frame> {
    let mut frame = Frame { id: String::new(), kind: String::new(), data: Value::Null };
    let mut data = None;
    for line in block.lines().filter(|line| !line.is_empty() && !line.starts_with(':')) {
        let (field, value) = line.split_once(':').context("a line has a field")?;
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => value.clone_into(&mut frame.id),
            "event" => value.clone_into(&mut frame.kind),
            "data" => {
                ensure!(data.is_none(), "an event's data is one line: {block}");
                data = Some(serde_json::from_str(value).context("data is JSON")?);
            }
            "retry" => {}
            other => bail!("a stream has no field {other}"),
        }
    }
    frame.data = data.unwrap_or_default();
    Ok(frame)
}
