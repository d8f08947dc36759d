//! A reverse proxy that adds a bearer key, for suites that have no way to send one.

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The proxy, ended when dropped.
pub struct Proxy {
    port: u16,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Puts `Authorization: Bearer <key>` into every request for the server at `port`. A `Host` of the proxy's own
    /// becomes the server's; any other is passed on as it is, so that the server can refuse it.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(port: u16, key: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let own = listener.local_addr()?.port();
        let head = Head { own, port, key: key.to_owned() };
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let head = head.clone();
                // A client that hangs up in the middle is its own affair.
                tokio::spawn(async move { forward(client, &head).await.ok() });
            }
        });
        Ok(Self { port: own, task })
    }

    /// The proxy's port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone)]
struct Head {
    own: u16,
    port: u16,
    key: String,
}

impl Head {
    /// The head of a request as the server gets it. One request a connection keeps the proxy simple.
    fn rewrite(&self, head: &str) -> String {
        let mut lines = head.trim_end().split("\r\n");
        let mut out = vec![lines.next().unwrap_or_default().to_owned()];
        for line in lines {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            match name.to_ascii_lowercase().as_str() {
                "connection" | "authorization" => {}
                "host" | "origin" => {
                    let value =
                        value.replace(&format!(":{}", self.own), &format!(":{}", self.port));
                    out.push(format!("{name}:{value}"));
                }
                _ => out.push(line.to_owned()),
            }
        }
        out.push(format!("Authorization: Bearer {}", self.key));
        out.push("Connection: close".to_owned());
        format!("{}\r\n\r\n", out.join("\r\n"))
    }
}

async fn forward(mut client: TcpStream, head: &Head) -> Result<()> {
    let mut bytes = Vec::new();
    let end = loop {
        let mut chunk = [0; 16_384];
        let read = client.read(&mut chunk).await?;
        if read == 0 {
            return Ok(());
        }
        bytes.extend_from_slice(chunk.get(..read).unwrap_or_default());
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let (request, rest) = bytes.split_at_checked(end).context("the end lies within")?;
    let mut server = TcpStream::connect(("127.0.0.1", head.port)).await?;
    server.set_nodelay(true)?;
    client.set_nodelay(true)?;
    server.write_all(head.rewrite(std::str::from_utf8(request)?).as_bytes()).await?;
    server.write_all(rest).await?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    // The answer's end is the connection's: the client may go on reading after it has sent everything, and it may
    // hang up first, which the server has to notice.
    tokio::select! {
        sent = tokio::io::copy(&mut from_server, &mut to_client) => { sent?; to_client.shutdown().await?; }
        gone = tokio::io::copy(&mut from_client, &mut to_server) => { gone?; }
    }
    Ok(())
}
