use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::key::KeyText;
use crate::private;
use crate::project::ProjectHome;

/// What `.meshpilot/mcp.json` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectConfig {
    /// The server's address, for REST.
    pub url: String,
    /// The server's MCP endpoint.
    pub mcp_url: String,
    /// The key that the project's agents share.
    pub key: KeyText,
    /// Which board it is.
    pub board_id: String,
    /// The version of the MeshPilot that wrote it.
    pub version: String,
}

/// The file's shape: an MCP client's configuration with MeshPilot's own facts beside it.
#[derive(Serialize, Deserialize)]
struct File {
    #[serde(rename = "mcpServers")]
    mcp_servers: Servers,
    meshpilot: Facts,
}

#[derive(Serialize, Deserialize)]
struct Servers {
    meshpilot: Server,
}

#[derive(Serialize, Deserialize)]
struct Server {
    #[serde(rename = "type")]
    transport: String,
    url: String,
    headers: Headers,
}

#[derive(Serialize, Deserialize)]
struct Headers {
    #[serde(rename = "Authorization")]
    authorization: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    url: String,
    board_id: String,
    version: String,
}

/// Writes `.meshpilot/mcp.json` (0600, its folder 0700) into the project. A `.gitignore` that
/// hides the whole folder is on disk before the key is.
///
/// # Errors
/// [`Error::Symlink`] when `.meshpilot` or a file in it is a link, which a repository could have
/// brought along to send the key elsewhere; [`Error::Io`] when the disk refuses.
pub fn write_project_config(
    home: &ProjectHome,
    url: &str,
    mcp_url: &str,
    key: &KeyText,
    board_id: &str,
    version: &str,
) -> Result<()> {
    let path = home.mcp_json();
    let folder = home.project().join(".meshpilot");
    private::directory(&folder)?;
    private::write(&folder.join(".gitignore"), b"*\n")?;

    let file = File {
        mcp_servers: Servers {
            meshpilot: Server {
                transport: "http".to_owned(),
                url: mcp_url.to_owned(),
                headers: Headers { authorization: format!("Bearer {}", key.as_str()) },
            },
        },
        meshpilot: Facts {
            url: url.to_owned(),
            board_id: board_id.to_owned(),
            version: version.to_owned(),
        },
    };
    let mut json = serde_json::to_vec_pretty(&file)
        .map_err(|source| Error::Config { path: path.clone(), reason: source.to_string() })?;
    json.push(b'\n');
    private::write(&path, &json)
}

/// What `.meshpilot/mcp.json` says, or `None` when there is none.
///
/// # Errors
/// [`Error::Config`] when it is not what [`write_project_config`] writes, [`Error::Symlink`]
/// when it is a link, [`Error::Io`] when the disk refuses.
pub fn read_project_config(home: &ProjectHome) -> Result<Option<ProjectConfig>> {
    let path = home.mcp_json();
    let Some(bytes) = private::read(&path)? else {
        return Ok(None);
    };
    let wrong = |reason: String| Error::Config { path: path.clone(), reason };
    // Only where it is wrong, never what stands there: the reason may be logged.
    let file: File = serde_json::from_slice(&bytes)
        .map_err(|source| wrong(format!("line {}, column {}", source.line(), source.column())))?;
    let server = file.mcp_servers.meshpilot;
    let key = server
        .headers
        .authorization
        .strip_prefix("Bearer ")
        .and_then(KeyText::parse)
        .ok_or_else(|| wrong("it holds no key".to_owned()))?;
    Ok(Some(ProjectConfig {
        url: file.meshpilot.url,
        mcp_url: server.url,
        key,
        board_id: file.meshpilot.board_id,
        version: file.meshpilot.version,
    }))
}
