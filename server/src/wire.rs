//! What a server and the programs that call it agree on, beside the API.

use serde::{Deserialize, Serialize};

/// The header by which the bridge says that an agent reads the answer, for whom a page is smaller.
pub const BRIDGE_HEADER: &str = "x-meshpilot-bridge";

/// The one line that a server prints when it listens.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ready {
    /// The server's address.
    pub url: String,
    /// The MCP endpoint.
    pub mcp: String,
    /// The folder of the project.
    pub project: String,
    /// The server's process.
    pub pid: u32,
    /// Its version.
    pub version: String,
    /// The board, with a one-time code; not in the file that other programs read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub board_url: Option<String>,
}
