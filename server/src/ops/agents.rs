//! Who takes part.

use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::{Operation, Query, Spec, Toolset};
use crate::error::Result;
use crate::model::text::Role;
use crate::model::things::{Agent, Scope};
use crate::store::ReadTx;

/// List the agents of this board, the latest seen first.
///
/// Look here before you assign a task or name a target: who is there, in which role, and what each one holds.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListAgents {
    /// Only those with this role.
    pub role: Option<Role>,
}

/// The agents.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ListAgentsOutput {
    /// The latest seen first.
    pub agents: Vec<Agent>,
}

impl Operation for ListAgents {
    const SPEC: Spec =
        Spec::new("list_agents", Method::GET, "/agents", Scope::Read, Toolset::Board)
            .example(r#"{"role":"builder"}"#);
    type Output = ListAgentsOutput;
}

impl Query for ListAgents {
    fn run(self, db: &ReadTx<'_>) -> Result<ListAgentsOutput> {
        let mut agents = db.agents()?;
        agents.retain(|agent| {
            self.role.as_ref().is_none_or(|role| agent.role.as_deref() == Some(role))
        });
        Ok(ListAgentsOutput { agents })
    }
}
