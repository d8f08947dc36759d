//! One keep-alive HTTP/1.1 connection: the least a client can cost, so that the server is what is measured.

use anyhow::{Context, Result, bail};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// A request whose body is already there.
pub type Outgoing = Request<Full<Bytes>>;

/// An answer, read to its end.
pub struct Incoming2xx {
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// An open connection.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
}

impl Connection {
    /// Connects to `host:port`.
    pub async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("cannot connect")?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // An error here is also the error of whoever waits for an answer.
        tokio::spawn(async move { drop(connection.await) });
        Ok(Self { sender })
    }

    /// Sends a request and reads the answer; an answer that is not a success is an error.
    pub async fn send(&mut self, request: Outgoing) -> Result<Incoming2xx> {
        let (status, headers, mut body) = self.start(request).await?;
        let mut all = BytesMut::new();
        while let Some(frame) = body.frame().await {
            if let Ok(data) = frame?.into_data() {
                all.extend_from_slice(&data);
            }
        }
        if !status.is_success() {
            bail!("{status}: {}", String::from_utf8_lossy(&all));
        }
        Ok(Incoming2xx { headers, body: all.freeze() })
    }

    /// Sends a request and returns as soon as the answer begins.
    pub async fn start(&mut self, request: Outgoing) -> Result<(StatusCode, HeaderMap, Incoming)> {
        self.sender.ready().await.context("the connection has ended")?;
        let (head, body) =
            self.sender.send_request(request).await.context("no answer")?.into_parts();
        Ok((head.status, head.headers, body))
    }
}

/// Builds requests to one server.
#[derive(Clone)]
pub struct Requests {
    address: String,
    key: Option<String>,
}

impl Requests {
    /// For the server at `host:port`, with a key if it wants one.
    pub fn new(address: String, key: Option<String>) -> Self {
        Self { address, key }
    }

    /// The same key for a server that moved.
    pub fn at(self, address: String) -> Self {
        Self { address, ..self }
    }

    /// The server's `host:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A request; `body` is JSON text and may be empty.
    pub fn build(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<Outgoing> {
        let mut request = Request::builder().method(method).uri(path).header("host", &self.address);
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Full::new(body.into())).context("cannot build the request")
    }

    /// Sends one request on a connection of its own and returns the JSON it was answered with.
    pub async fn once(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let mut connection = Connection::open(&self.address).await?;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = connection.send(self.build(method, path, &[], body)?).await?;
        serde_json::from_slice(&answer.body).context("the answer is not JSON")
    }
}
