//! A project's board as agents reach it: through `.meshpilot/mcp.json` and nothing else.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::{Rest, eventually};
use serde_json::{Value, json};

/// The board of one project; its server may come and go, and with it its address.
pub struct Board {
    project: PathBuf,
}

impl Board {
    /// The board of `project`, once its server answers.
    pub async fn of(project: &Path) -> Result<Self> {
        let board = Self { project: project.to_owned() };
        eventually("the board", async || board.rest().ok()?.get("/tasks").await.ok()?.ok().ok())
            .await?;
        Ok(board)
    }

    /// Creates a task and gives its id.
    pub async fn create(&self, title: &str) -> Result<String> {
        self.rest()?.create_task(json!({ "title": title })).await
    }

    /// Has an agent take a task.
    pub async fn claim(&self, id: &str) -> Result<()> {
        self.rest()?.post(&format!("/tasks/{id}/claim"), json!({})).await?.ok()?;
        Ok(())
    }

    /// Has the agent finish the task, so that it waits for the person's review.
    pub async fn complete(&self, id: &str) -> Result<()> {
        let done = json!({ "outcome": "success", "result": "Done." });
        let answer = self.rest()?.post(&format!("/tasks/{id}/complete"), done).await?.ok()?;
        ensure!(answer["task"]["status"] == "in_review", "{answer}");
        Ok(())
    }

    fn rest(&self) -> Result<Rest> {
        let file = std::fs::read(self.project.join(".meshpilot/mcp.json"))?;
        let config: Value = serde_json::from_slice(&file)?;
        let url = config["meshpilot"]["url"].as_str().context("a url")?;
        let bearer = config["mcpServers"]["meshpilot"]["headers"]["Authorization"].as_str();
        let key = bearer.and_then(|text| text.strip_prefix("Bearer ")).context("a key")?;
        Rest::new(url, Some(key), Some("builder-1"))
    }
}
