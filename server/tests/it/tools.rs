//! The tools as an MCP client with a shared key lists them.

use std::sync::Arc;

use http::request::Parts;
use meshpilot::api::Endpoint;
use meshpilot::error::Error;
use meshpilot::ops;
use meshpilot::transport::mcp::door::{Backend, Door, Grant, Reply};
use rmcp::ServerHandler as _;
use rmcp::model::JsonObject;
use serde_json::Value;

/// Nobody calls in these tests; the list alone is looked at.
#[derive(Clone)]
struct NoCalls;

impl Backend for NoCalls {
    async fn grant(&self, _: Option<&Parts>) -> Result<Grant, Error> {
        Err(Error::internal("nothing is granted here"))
    }

    async fn call(
        &self,
        _: Option<&Parts>,
        _: &Arc<Endpoint>,
        _: JsonObject,
    ) -> Result<Reply, Value> {
        Err(Value::Null)
    }
}

/// All tools, in the order of the list.
pub(crate) fn all() -> Vec<Value> {
    let api = ops::all();
    let door = Door::new(NoCalls, &api);
    api.endpoints()
        .iter()
        .map(|endpoint| serde_json::to_value(door.get_tool(endpoint.spec.name).unwrap()).unwrap())
        .collect()
}
