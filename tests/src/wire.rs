//! Bytes on a socket, for what no well-behaved client sends.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::wait::within;

/// A raw connection.
pub struct Wire {
    stream: TcpStream,
}

impl Wire {
    /// Connects to a port of this machine.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn connect(port: u16) -> Result<Self> {
        Ok(Self { stream: TcpStream::connect(("127.0.0.1", port)).await? })
    }

    /// Connects as somebody who can take only a few bytes at a time.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn with_small_window(port: u16) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(4_096)?;
        Ok(Self { stream: socket.connect(([127, 0, 0, 1], port).into()).await? })
    }

    /// Sends bytes. A peer that has hung up already is no error: what it said is what counts.
    ///
    /// # Errors
    /// When the peer doesn't take them within half a minute.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        let _ = within(Duration::from_secs(30), "the peer to read", self.stream.write_all(bytes))
            .await?;
        Ok(())
    }

    /// Reads until the peer closes the connection.
    ///
    /// # Errors
    /// When it is still open after `limit`.
    pub async fn to_the_end(&mut self, limit: Duration) -> Result<String> {
        let mut bytes = Vec::new();
        let mut chunk = [0; 16_384];
        let started = Instant::now();
        loop {
            let left = limit.saturating_sub(started.elapsed());
            match within(left, "the peer to hang up", self.stream.read(&mut chunk)).await? {
                // A reset is an end, too.
                Ok(0) | Err(_) => return Ok(String::from_utf8_lossy(&bytes).into_owned()),
                Ok(read) => bytes.extend_from_slice(chunk.get(..read).unwrap_or_default()),
            }
        }
    }

    /// Reads the head of one answer and as much of its body as came with it.
    ///
    /// # Errors
    /// When no head comes within `limit`.
    pub async fn answer(&mut self, limit: Duration) -> Result<String> {
        let mut bytes = Vec::new();
        let mut chunk = [0; 16_384];
        while !bytes.windows(4).any(|four| four == b"\r\n\r\n") {
            let read = within(limit, "an answer", self.stream.read(&mut chunk)).await?.unwrap_or(0);
            ensure!(read > 0, "hung up after {:?}", String::from_utf8_lossy(&bytes));
            bytes.extend_from_slice(chunk.get(..read).unwrap_or_default());
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// The status of an answer; 0 when there is none.
#[must_use]
pub fn status_of(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

/// Sends one raw request and reads until the peer hangs up.
///
/// # Errors
/// When it doesn't.
pub async fn exchange(port: u16, request: &[u8], limit: Duration) -> Result<String> {
    let mut wire = Wire::connect(port).await?;
    wire.send(request).await?;
    wire.to_the_end(limit).await
}
