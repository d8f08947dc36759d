//! Every client that MeshPilot connects: where its file is, and what stands in an entry.
//!
//! Formats and quirks were read off the clients themselves where they run without a window
//! (Claude Code 2.1.328, Codex 0.169.0, Gemini CLI 0.61.0, opencode 1.18.33: the folder and the
//! environment they start a server in were recorded), and taken from their makers' documentation
//! or source otherwise.

use super::client::{Client, Http, Place, may, must};
use super::entry::Piece::{
    Arguments, Command, CommandLine, Flag, Headers, KeyVariable, Number, Text, Texts, Url,
};
use super::environment::Environment;
use super::syntax::Syntax;
use super::wire::{Expansion, Inherits, Opening, Wire};

const PROTOCOL: Opening = Opening::Initialize("2025-06-18");

/// Editors inherit the desktop's environment and pass all of it on.
const fn editor(name: &'static str, expansion: Expansion) -> Wire {
    Wire { name, opening: PROTOCOL, inherits: Inherits::Everything, expansion }
}

/// Codex starts servers with `HOME`, `PATH` and little else. Without these the bridge would look
/// for the project's data in another place than the server keeps it, and for the keyring in none.
const FORWARDED: &[&str] = &[
    "MESHPILOT_DATA_DIR",
    "MESHPILOT_KEY_STORE",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
];

/// All known clients, in the order in which they are shown.
#[must_use]
pub fn clients() -> &'static [Client] {
    &CLIENTS
}

static CLIENTS: [Client; 11] = [
    // Starts servers where it was started itself, which may be a folder below the project's: the
    // bridge looks upwards. `${CLAUDE_PROJECT_DIR}` is set for the server but not for its entry.
    Client {
        id: "claude-code",
        title: "Claude Code",
        afterwards: "Start `claude` in the project and approve the server once.",
        syntax: Syntax::Json,
        container: "mcpServers",
        project_files: &[".mcp.json"],
        user_files: |env| {
            vec![env.variable("CLAUDE_CONFIG_DIR").map_or_else(
                || env.home.join(".claude.json"),
                |moved| std::path::Path::new(moved).join(".claude.json"),
            )]
        },
        programs: &["claude"],
        trace: |env| env.folder("CLAUDE_CONFIG_DIR", ".claude"),
        stdio: &[must("type", Text("stdio")), must("command", Command), must("args", Arguments)],
        http: Some(Http {
            fields: &[must("type", Text("http")), must("url", Url), must("headers", Headers)],
            key_reference: Some("${MESHPILOT_KEY}"),
        }),
        in_project: Place::WorkingFolder,
        in_user: Place::WorkingFolder,
        wire: Wire {
            name: "claude-code",
            opening: Opening::Discover,
            inherits: Inherits::Everything,
            expansion: Expansion::BracedWithDefault,
        },
    },
    Client {
        id: "cursor",
        title: "Cursor",
        afterwards: "Turn `meshpilot` on under Settings, MCP.",
        syntax: Syntax::Json,
        container: "mcpServers",
        project_files: &[".cursor/mcp.json"],
        user_files: |env| vec![env.home.join(".cursor/mcp.json")],
        programs: &["cursor", "cursor-agent"],
        trace: |env| env.home.join(".cursor"),
        stdio: &[must("type", Text("stdio")), must("command", Command), must("args", Arguments)],
        http: Some(Http {
            fields: &[must("url", Url), must("headers", Headers)],
            key_reference: Some("${env:MESHPILOT_KEY}"),
        }),
        in_project: Place::Variable("${workspaceFolder}"),
        // In the person's file the variable means the folder of that file.
        in_user: Place::Path,
        wire: editor("cursor-vscode", Expansion::Editor),
    },
    Client {
        id: "vscode",
        title: "VS Code",
        afterwards: "Press Start above the entry in the file, or run `MCP: List Servers`.",
        syntax: Syntax::Json,
        container: "servers",
        project_files: &[".vscode/mcp.json"],
        user_files: |env| vec![env.config_home.join("Code/User/mcp.json")],
        programs: &["code", "code-insiders", "codium"],
        trace: |env| env.config_home.join("Code/User"),
        stdio: &[must("type", Text("stdio")), must("command", Command), must("args", Arguments)],
        http: Some(Http {
            fields: &[must("type", Text("http")), must("url", Url), must("headers", Headers)],
            // `${env:…}` reaches a process's arguments but, as users report, no header.
            key_reference: None,
        }),
        in_project: Place::Variable("${workspaceFolder}"),
        // In the person's file the variable fails where no folder is open.
        in_user: Place::Path,
        wire: Wire {
            opening: Opening::Initialize("2025-11-25"),
            ..editor("Visual Studio Code", Expansion::Editor)
        },
    },
    Client {
        id: "gemini-cli",
        title: "Gemini CLI",
        afterwards: "Trust the folder when `gemini` asks; it starts no server in others.",
        syntax: Syntax::Json,
        container: "mcpServers",
        project_files: &[".gemini/settings.json"],
        user_files: |env| {
            vec![env.folder("GEMINI_CLI_HOME", "").join(".gemini").join("settings.json")]
        },
        programs: &["gemini"],
        trace: |env| env.folder("GEMINI_CLI_HOME", "").join(".gemini"),
        stdio: &[must("command", Command), must("args", Arguments)],
        http: Some(Http {
            fields: &[must("httpUrl", Url), must("headers", Headers)],
            key_reference: Some("${MESHPILOT_KEY}"),
        }),
        in_project: Place::WorkingFolder,
        in_user: Place::WorkingFolder,
        wire: Wire {
            name: "gemini-cli-mcp-client",
            opening: PROTOCOL,
            inherits: Inherits::AllButSecrets,
            expansion: Expansion::Shell,
        },
    },
    Client {
        id: "codex",
        title: "Codex",
        afterwards: "Trust the project when `codex` asks; it reads no project file in others.",
        syntax: Syntax::Toml,
        container: "mcp_servers",
        project_files: &[".codex/config.toml"],
        user_files: |env| vec![env.folder("CODEX_HOME", ".codex").join("config.toml")],
        programs: &["codex"],
        trace: |env| env.folder("CODEX_HOME", ".codex"),
        stdio: &[
            must("command", Command),
            must("args", Arguments),
            may("env_vars", Texts(FORWARDED)),
            // Its default of 60 s cuts calls that wait.
            may("tool_timeout_sec", Number(600)),
        ],
        http: Some(Http {
            // A key in the file itself is refused.
            fields: &[
                must("url", Url),
                must("bearer_token_env_var", KeyVariable),
                may("tool_timeout_sec", Number(600)),
            ],
            key_reference: Some(super::KEY_VARIABLE),
        }),
        in_project: Place::WorkingFolder,
        in_user: Place::WorkingFolder,
        wire: Wire {
            name: "codex-mcp-client",
            opening: PROTOCOL,
            inherits: Inherits::ShortList,
            expansion: Expansion::None,
        },
    },
    Client {
        id: "opencode",
        title: "opencode",
        afterwards: "Start `opencode` anew.",
        syntax: Syntax::Json,
        container: "mcp",
        project_files: &["opencode.jsonc", "opencode.json"],
        user_files: |env| {
            let folder = env.xdg_config_home.join("opencode");
            vec![folder.join("opencode.jsonc"), folder.join("opencode.json")]
        },
        programs: &["opencode"],
        trace: |env| env.xdg_config_home.join("opencode"),
        stdio: &[
            must("type", Text("local")),
            must("command", CommandLine),
            // Its 5 s for listing tools are short for a server that starts first.
            may("timeout", Number(30_000)),
        ],
        http: Some(Http {
            fields: &[
                must("type", Text("remote")),
                must("url", Url),
                must("headers", Headers),
                // Otherwise a refused key starts a login that doesn't exist.
                must("oauth", Flag(false)),
                may("timeout", Number(30_000)),
            ],
            key_reference: Some("{env:MESHPILOT_KEY}"),
        }),
        in_project: Place::WorkingFolder,
        in_user: Place::WorkingFolder,
        wire: Wire {
            opening: Opening::Initialize("2025-11-25"),
            ..editor("opencode", Expansion::EnvOnly)
        },
    },
    Client {
        id: "windsurf",
        title: "Windsurf",
        afterwards: "Press Refresh in the MCP panel.",
        syntax: Syntax::Json,
        container: "mcpServers",
        project_files: &[],
        user_files: |env| vec![env.home.join(".codeium/windsurf/mcp_config.json")],
        programs: &["windsurf"],
        trace: |env| env.home.join(".codeium/windsurf"),
        stdio: &[must("command", Command), must("args", Arguments)],
        http: Some(Http {
            // `url` instead of `serverUrl` fails without a word.
            fields: &[must("serverUrl", Url), must("headers", Headers)],
            key_reference: Some("${env:MESHPILOT_KEY}"),
        }),
        in_project: Place::Path,
        in_user: Place::Path,
        wire: editor("windsurf", Expansion::Editor),
    },
    // Starts servers in the project's first folder, whichever file names them.
    Client {
        id: "zed",
        title: "Zed",
        afterwards: "Zed starts the server by itself; see the Agent panel's settings.",
        syntax: Syntax::Json,
        container: "context_servers",
        project_files: &[".zed/settings.json"],
        user_files: zed_settings,
        programs: &["zed", "zeditor"],
        trace: |env| zed_folder(env),
        stdio: &[must("command", Command), must("args", Arguments)],
        http: Some(Http {
            fields: &[must("url", Url), must("headers", Headers)],
            key_reference: None,
        }),
        in_project: Place::WorkingFolder,
        in_user: Place::WorkingFolder,
        wire: editor("Zed", Expansion::None),
    },
    Client {
        id: "cline",
        title: "Cline",
        afterwards: "Cline picks the server up by itself; see its MCP Servers panel.",
        syntax: Syntax::Json,
        container: "mcpServers",
        project_files: &[],
        user_files: |env| {
            vec![extension(env, "saoudrizwan.claude-dev").join("settings/cline_mcp_settings.json")]
        },
        programs: &[],
        trace: |env| extension(env, "saoudrizwan.claude-dev"),
        stdio: &[
            must("command", Command),
            must("args", Arguments),
            // Seconds; its default of 60 cuts calls that wait.
            may("timeout", Number(600)),
        ],
        http: Some(Http {
            fields: &[
                // Without it older builds take the URL for the retired SSE transport.
                must("type", Text("streamableHttp")),
                must("url", Url),
                must("headers", Headers),
                may("timeout", Number(600)),
            ],
            key_reference: None,
        }),
        in_project: Place::Path,
        in_user: Place::Path,
        wire: editor("Cline", Expansion::None),
    },
    // Starts servers in the first folder that is open, unless the entry has a `cwd`.
    Client {
        id: "roo",
        title: "Roo Code",
        afterwards: "Roo Code picks the server up by itself; see its MCP Servers panel.",
        syntax: Syntax::Json,
        container: "mcpServers",
        project_files: &[".roo/mcp.json"],
        user_files: |env| {
            vec![extension(env, "rooveterinaryinc.roo-cline").join("settings/mcp_settings.json")]
        },
        programs: &[],
        trace: |env| extension(env, "rooveterinaryinc.roo-cline"),
        stdio: &[
            must("command", Command),
            must("args", Arguments),
            // Seconds; its default of 60 cuts calls that wait.
            may("timeout", Number(600)),
        ],
        http: Some(Http {
            fields: &[
                must("type", Text("streamable-http")),
                must("url", Url),
                must("headers", Headers),
                may("timeout", Number(600)),
            ],
            key_reference: Some("${env:MESHPILOT_KEY}"),
        }),
        in_project: Place::WorkingFolder,
        in_user: Place::WorkingFolder,
        wire: editor("Roo Code", Expansion::Editor),
    },
    Client {
        id: "claude-desktop",
        title: "Claude Desktop",
        afterwards: "Quit Claude Desktop completely and start it again.",
        syntax: Syntax::Json,
        container: "mcpServers",
        project_files: &[],
        user_files: |env| vec![env.config_home.join("Claude/claude_desktop_config.json")],
        programs: &[],
        trace: |env| env.config_home.join("Claude"),
        stdio: &[must("command", Command), must("args", Arguments)],
        // A URL in its file is ignored.
        http: None,
        in_project: Place::Path,
        in_user: Place::Path,
        wire: editor("claude-ai", Expansion::None),
    },
];

/// The folder in which a VS Code extension keeps its own settings.
fn extension(env: &Environment, id: &str) -> std::path::PathBuf {
    env.config_home.join("Code/User/globalStorage").join(id)
}

fn zed_settings(env: &Environment) -> Vec<std::path::PathBuf> {
    vec![zed_folder(env).join("settings.json")]
}

/// `%APPDATA%\Zed` on Windows; elsewhere, macOS included, the command line's place.
fn zed_folder(env: &Environment) -> std::path::PathBuf {
    if cfg!(windows) { env.config_home.join("Zed") } else { env.xdg_config_home.join("zed") }
}
