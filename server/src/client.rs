//! The other end: how the command line and the stdio bridge find a project's server and call it.

use std::time::Duration;

use anyhow::Context as _;
use http::{HeaderValue, Method};
use meshpilot_home::ProjectHome;
use serde_json::{Map, Value};

use crate::api::Endpoint;
use crate::wire::{BRIDGE_HEADER, Ready};

/// How long a server may take to say that it is there.
const HEALTH: Duration = Duration::from_secs(2);
/// Longer than the longest held call.
const CALL: Duration = Duration::from_secs(crate::limits::WAIT_SECONDS + 30);

/// A connection to one server with one key.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    /// The server's address.
    pub url: String,
    key: String,
    bridge: bool,
}

/// What a server answered: the envelope, and whether it is a success.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// `data` of a success, `error` of a failure.
    pub body: Value,
    /// `meta`.
    pub meta: Map<String, Value>,
    /// Whether it is a success.
    pub success: bool,
}

/// A plain HTTP client: loopback needs no proxy, and a connection that fails is news at once.
fn http() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(CALL)
        .build()?)
}

/// The project's running server, if there is one that answers.
///
/// # Errors
/// When no HTTP client can be made.
pub async fn find(home: &ProjectHome) -> anyhow::Result<Option<Ready>> {
    let Some(bytes) = meshpilot_home::private::read(&home.server_file())? else { return Ok(None) };
    let Ok(ready) = serde_json::from_slice::<Ready>(&bytes) else { return Ok(None) };
    let alive = http()?.get(format!("{}/health", ready.url)).timeout(HEALTH).send().await;
    Ok(alive.is_ok_and(|answer| answer.status().is_success()).then_some(ready))
}

impl Client {
    /// A client for a server, with a key.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(url: &str, key: &str) -> anyhow::Result<Self> {
        Ok(Self { http: http()?, url: url.to_owned(), key: key.to_owned(), bridge: false })
    }

    /// The same for an agent's eyes.
    #[must_use]
    pub fn for_bridge(mut self) -> Self {
        self.bridge = true;
        self
    }

    /// Calls an operation.
    ///
    /// # Errors
    /// When the server can't be reached or does not answer in its envelope: the outcome is then unknown.
    pub async fn call(
        &self,
        endpoint: &Endpoint,
        mut input: Map<String, Value>,
        agent: Option<&str>,
    ) -> anyhow::Result<Envelope> {
        let mut path = endpoint.spec.path.to_owned();
        for field in endpoint.path_fields() {
            let value = input.remove(field).unwrap_or_default();
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            path = path.replace(&format!("{{{field}}}"), &percent(&value));
        }
        let mut request = self
            .http
            .request(endpoint.spec.method.clone(), format!("{}/v1{path}", self.url))
            .bearer_auth(&self.key);
        if let Some(agent) = agent {
            request = request.header("x-agent", HeaderValue::from_bytes(agent.as_bytes())?);
        }
        if self.bridge {
            request = request.header(BRIDGE_HEADER, "1");
        }
        if let Some(Value::String(id)) = input.remove("requestId") {
            request = request.header("idempotency-key", id);
        }
        request = if endpoint.spec.method == Method::GET || endpoint.spec.method == Method::DELETE {
            let fields: Vec<(String, String)> = input
                .into_iter()
                .map(|(name, value)| {
                    (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                })
                .collect();
            request.query(&fields)
        } else {
            request.json(&input)
        };
        envelope(request).await
    }

    /// Posts to a route that is no operation.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Envelope> {
        envelope(self.http.post(format!("{}/v1{path}", self.url)).bearer_auth(&self.key).json(body))
            .await
    }
}

async fn envelope(request: reqwest::RequestBuilder) -> anyhow::Result<Envelope> {
    let answer = request.send().await.context("the server does not answer")?;
    let mut answer: Value =
        answer.json().await.context("the server's answer is cut off or none of ours")?;
    let success = answer
        .get("success")
        .and_then(Value::as_bool)
        .context("the server's answer is none of ours")?;
    let body =
        answer.get_mut(if success { "data" } else { "error" }).map(Value::take).unwrap_or_default();
    let meta = match answer.get_mut("meta").map(Value::take) {
        Some(Value::Object(meta)) => meta,
        _ => Map::new(),
    };
    Ok(Envelope { body, meta, success })
}

fn percent(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
