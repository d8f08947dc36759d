//! One call over both doors, found by its operation's name in the server's own description.

use anyhow::{Context, Result};
use meshpilot_e2e::{Answer, Mcp, Rest, Server};
use reqwest::Method;
use serde_json::{Value, json};

/// A caller who has REST and MCP at hand.
pub struct Both {
    rest: Rest,
    mcp: Mcp,
    openapi: Value,
}

impl Both {
    /// The project's key as `agent`.
    pub async fn of(server: &Server, agent: &str) -> Result<Self> {
        Self::with_key(server, &server.place().project_key()?, Some(agent)).await
    }

    /// Any key.
    pub async fn with_key(server: &Server, key: &str, agent: Option<&str>) -> Result<Self> {
        let rest = Rest::new(server.url(), Some(key), agent)?;
        let openapi = rest.call(Method::GET, "!/openapi.json", None).await?.body;
        let all = format!("{}?tools=all", server.ready().mcp);
        Ok(Self { rest, mcp: Mcp::modern(&all, key, agent)?, openapi })
    }

    /// An operation over REST.
    pub async fn rest(&self, operation: &str, mut input: Value) -> Result<Answer> {
        let (method, mut path) = self.route(operation)?;
        let fields = input.as_object_mut().context("an input is an object")?;
        let in_path: Vec<String> =
            fields.keys().filter(|name| path.contains(&format!("{{{name}}}"))).cloned().collect();
        for name in in_path {
            let value = fields.remove(&name).unwrap_or_default();
            path = path.replace(&format!("{{{name}}}"), value.as_str().unwrap_or_default());
        }
        if method == Method::GET || method == Method::DELETE {
            let text =
                |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let pairs: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}={}", text(value))).collect();
            return self.rest.call(method, &format!("!{path}?{}", pairs.join("&")), None).await;
        }
        self.rest.call(method, &format!("!{path}"), Some(input)).await
    }

    /// An operation that is refused over both doors with the same code, and gives REST's error object.
    pub async fn refused(
        &self,
        operation: &str,
        input: Value,
        status: u16,
        code: &str,
    ) -> Result<Value> {
        let over_rest = self.rest(operation, input.clone()).await?.refused(status, code);
        let over_rest = over_rest.with_context(|| format!("{operation} {input}"))?;
        let over_mcp = self.mcp.call(operation, input.clone()).await?.refused(code);
        let over_mcp = over_mcp.with_context(|| format!("{operation} {input} over MCP"))?;
        let facts =
            |error: &Value| json!([error["hint"], error["details"]["field"], error["retryable"]]);
        assert_eq!(facts(&over_rest), facts(&over_mcp), "{operation} {input}");
        Ok(over_rest)
    }

    /// An operation that succeeds.
    pub async fn ok(&self, operation: &str, input: Value) -> Result<Value> {
        self.rest(operation, input).await?.ok()
    }

    /// A new task's id.
    pub async fn task(&self, fields: Value) -> Result<String> {
        self.rest.create_task(fields).await
    }

    fn route(&self, operation: &str) -> Result<(Method, String)> {
        let paths = self.openapi["paths"].as_object().context("the description has paths")?;
        for (path, methods) in paths {
            for (method, described) in methods.as_object().into_iter().flatten() {
                if described["operationId"] == operation {
                    return Ok((method.to_uppercase().parse()?, path.clone()));
                }
            }
        }
        anyhow::bail!("{operation} is not described")
    }
}
