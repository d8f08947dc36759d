//! A project's board as agents reach it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::webdriver::eventually;
use serde_json::{Value, json};

/// A project's board as an agent reaches it: through `.meshpilot/mcp.json` and nothing else.
pub struct Board {
    project: PathBuf,
    http: reqwest::Client,
}

impl Board {
    /// The board of `project`, once its server answers.
    pub async fn of(project: &Path) -> Result<Self> {
        let http =
            reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?;
        let board = Self { project: project.to_owned(), http };
        eventually("the board", async || {
            let (url, key) = board.address().ok()?;
            let answer = board.http.get(format!("{url}/v1/tasks")).bearer_auth(key).send().await;
            answer.ok()?.status().is_success().then_some(())
        })
        .await?;
        Ok(board)
    }

    /// Creates a task and gives its id.
    pub async fn create(&self, title: &str) -> Result<String> {
        let created = self.post("tasks", json!({ "title": title })).await?;
        Ok(created["task"]["id"].as_str().context("a task has an id")?.to_owned())
    }

    /// Has an agent do a task, so that it waits for the person's review.
    pub async fn bring_to_review(&self, id: &str) -> Result<()> {
        self.post(&format!("tasks/{id}/claim"), json!({})).await?;
        let done = json!({ "outcome": "success", "result": "Done." });
        let completed = self.post(&format!("tasks/{id}/complete"), done).await?;
        ensure!(completed["task"]["status"] == "in_review", "{completed}");
        Ok(())
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value> {
        let (url, key) = self.address()?;
        let call = self.http.post(format!("{url}/v1/{path}")).bearer_auth(key);
        let answer = call.header("X-Agent", "builder-1").json(&body).send().await?;
        let is_good = answer.status().is_success();
        let mut body: Value = answer.json().await?;
        ensure!(is_good, "{path}: {}", body["error"]);
        Ok(body["data"].take())
    }

    fn address(&self) -> Result<(String, String)> {
        let file = std::fs::read(self.project.join(".meshpilot/mcp.json"))?;
        let config: Value = serde_json::from_slice(&file)?;
        let url = config["meshpilot"]["url"].as_str().context("a url")?;
        let bearer = config["mcpServers"]["meshpilot"]["headers"]["Authorization"].as_str();
        let key = bearer.and_then(|text| text.strip_prefix("Bearer ")).context("a key")?;
        Ok((url.to_owned(), key.to_owned()))
    }
}
