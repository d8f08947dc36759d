//! REST as a client sees it: a status, headers and the envelope.

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::Value;

use crate::wait::PATIENCE;

/// One caller: an address, perhaps a key, perhaps an agent's name.
#[derive(Clone)]
pub struct Rest {
    http: reqwest::Client,
    base: String,
    key: Option<String>,
    agent: Option<String>,
}

impl Rest {
    /// A caller with connections of its own.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(base: &str, key: Option<&str>, agent: Option<&str>) -> Result<Self> {
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        Ok(Self {
            http,
            base: base.to_owned(),
            key: key.map(str::to_owned),
            agent: agent.map(str::to_owned),
        })
    }

    /// A caller without a key whose connections come from `127.0.0.<last>`: what is counted for each address is
    /// counted anew for this one.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn from_address(base: &str, last: u8) -> Result<Self> {
        let own = std::net::IpAddr::from([127, 0, 0, last]);
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).local_address(own);
        Ok(Self { http: http.build()?, base: base.to_owned(), key: None, agent: None })
    }

    /// The same connections with another key.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self.clone() }
    }

    /// The same connections as another agent.
    #[must_use]
    pub fn as_agent(&self, agent: &str) -> Self {
        Self { agent: Some(agent.to_owned()), ..self.clone() }
    }

    /// The same connections as no agent in particular.
    #[must_use]
    pub fn as_nobody(&self) -> Self {
        Self { agent: None, ..self.clone() }
    }

    /// A request with key and agent, for tests that change it further. `path` stands below `/v1`, unless it begins
    /// with `!`, which leaves it as it is.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let path = path.strip_prefix('!').map_or_else(|| format!("/v1{path}"), str::to_owned);
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, format!("Bearer {key}"));
        }
        if let Some(agent) = &self.agent {
            request = request.header("X-Agent", agent);
        }
        request
    }

    /// Any call with a JSON body or none.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Answer> {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::of(request).await
    }

    /// `GET`.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.call(Method::GET, path, None).await
    }

    /// `POST`.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn post(&self, path: &str, body: Value) -> Result<Answer> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// `PATCH`.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn patch(&self, path: &str, body: Value) -> Result<Answer> {
        self.call(Method::PATCH, path, Some(body)).await
    }

    /// `PUT`.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn put(&self, path: &str, body: Value) -> Result<Answer> {
        self.call(Method::PUT, path, Some(body)).await
    }

    /// `DELETE`.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn delete(&self, path: &str) -> Result<Answer> {
        self.call(Method::DELETE, path, None).await
    }

    /// Creates a task and gives its id.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn create_task(&self, fields: Value) -> Result<String> {
        let data = self.post("/tasks", fields).await?.ok()?;
        Ok(data["task"]["id"].as_str().context("a task has an id")?.to_owned())
    }

    /// A task in full.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn task(&self, id: &str) -> Result<Value> {
        Ok(self.get(&format!("/tasks/{id}")).await?.ok()?["task"].take())
    }

    /// All events after a position that this key may see, read page by page.
    ///
    /// # Errors
    /// When a page is refused.
    pub async fn events(&self, mut after: i64) -> Result<Vec<Value>> {
        let mut all = Vec::new();
        loop {
            let mut page = self.get(&format!("/events/log?after={after}&limit=200")).await?.ok()?;
            let Value::Array(events) = page["events"].take() else { bail!("no events: {page}") };
            after = page["after"].as_i64().context("a page says where it ends")?;
            all.extend(events);
            if page["more"] == false {
                return Ok(all);
            }
        }
    }
}

/// An answer, whatever it says.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; `null` where it is no JSON.
    pub body: Value,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// Sends a request and reads its answer to the end.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn of(request: reqwest::RequestBuilder) -> Result<Self> {
        let answer = request.send().await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await?;
        let body = serde_json::from_str(&text).unwrap_or_default();
        Ok(Self { status, headers, body, text })
    }

    /// The code of a refusal; empty for a success.
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    /// A header's value; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The notices in `meta`, as `(kind, taskId)`.
    pub fn notices(&self) -> Vec<(String, String)> {
        notices(&self.body["meta"]["notices"])
    }

    /// The data of a success.
    ///
    /// # Errors
    /// When it is a refusal, with all it says.
    pub fn ok(mut self) -> Result<Value> {
        let is_good = (200..300).contains(&self.status) && self.body["success"] == true;
        ensure!(is_good, "refused with {}: {}", self.status, self.text);
        Ok(self.body["data"].take())
    }

    /// The error object of a refusal.
    ///
    /// # Errors
    /// When it is a success or another refusal, or not an envelope.
    pub fn refused(mut self, status: u16, code: &str) -> Result<Value> {
        let is_it = self.status == status && self.code() == code && self.body["success"] == false;
        ensure!(is_it, "{status} {code} was expected, not {}: {}", self.status, self.text);
        let error = &self.body["error"];
        for field in ["message", "hint"] {
            let text = error[field].as_str().unwrap_or_default();
            ensure!(!text.is_empty(), "{code} has no {field}: {}", self.text);
        }
        let id = self.body["meta"]["correlationId"].as_str().unwrap_or_default();
        ensure!(!id.is_empty() && self.header("x-request-id") == id, "no correlation: {self:?}");
        Ok(self.body["error"].take())
    }
}

pub(crate) fn notices(list: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let each = |notice: &Value| (text(&notice["kind"]), text(&notice["taskId"]));
    list.as_array().map(|list| list.iter().map(each).collect()).unwrap_or_default()
}
