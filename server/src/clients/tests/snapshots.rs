//! What each client gets, in full.

use insta::assert_snapshot;

use super::super::{Form, client, plan};
use super::*;

fn entry(id: &str, scope: Scope) -> String {
    let machine = Machine::new();
    let planned = machine.plan(client(id).expect("known"), scope, Action::Connect);
    machine.plain(&planned.diff)
}

#[test]
fn claude_code() {
    assert_snapshot!(entry("claude-code", Scope::Project), @r#"
    --- /dev/null
    +++ <project>/.mcp.json
    @@ -0,0 +1,9 @@
    +{
    +  "mcpServers": {
    +    "meshpilot": {
    +      "type": "stdio",
    +      "command": "meshpilot",
    +      "args": ["mcp"]
    +    }
    +  }
    +}
    "#);
    assert_snapshot!(entry("claude-code", Scope::User), @r#"
    --- /dev/null
    +++ <home>/.claude.json
    @@ -0,0 +1,9 @@
    +{
    +  "mcpServers": {
    +    "meshpilot": {
    +      "type": "stdio",
    +      "command": "<meshpilot>",
    +      "args": ["mcp"]
    +    }
    +  }
    +}
    "#);
}

#[test]
fn cursor() {
    assert_snapshot!(entry("cursor", Scope::Project), @r#"
    --- /dev/null
    +++ <project>/.cursor/mcp.json
    @@ -0,0 +1,9 @@
    +{
    +  "mcpServers": {
    +    "meshpilot": {
    +      "type": "stdio",
    +      "command": "meshpilot",
    +      "args": ["mcp", "--project", "${workspaceFolder}"]
    +    }
    +  }
    +}
    "#);
    assert_snapshot!(entry("cursor", Scope::User), @r#"
    --- /dev/null
    +++ <home>/.cursor/mcp.json
    @@ -0,0 +1,9 @@
    +{
    +  "mcpServers": {
    +    "meshpilot": {
    +      "type": "stdio",
    +      "command": "<meshpilot>",
    +      "args": ["mcp", "--project", "<project>"]
    +    }
    +  }
    +}
    "#);
}

#[test]
fn vs_code() {
    assert_snapshot!(entry("vscode", Scope::Project), @r#"
    --- /dev/null
    +++ <project>/.vscode/mcp.json
    @@ -0,0 +1,9 @@
    +{
    +  "servers": {
    +    "meshpilot": {
    +      "type": "stdio",
    +      "command": "meshpilot",
    +      "args": ["mcp", "--project", "${workspaceFolder}"]
    +    }
    +  }
    +}
    "#);
    assert_snapshot!(entry("vscode", Scope::User), @r#"
    --- /dev/null
    +++ <home>/.config/Code/User/mcp.json
    @@ -0,0 +1,9 @@
    +{
    +  "servers": {
    +    "meshpilot": {
    +      "type": "stdio",
    +      "command": "<meshpilot>",
    +      "args": ["mcp", "--project", "<project>"]
    +    }
    +  }
    +}
    "#);
}

#[test]
fn gemini_cli() {
    assert_snapshot!(entry("gemini-cli", Scope::Project), @r#"
    --- /dev/null
    +++ <project>/.gemini/settings.json
    @@ -0,0 +1,8 @@
    +{
    +  "mcpServers": {
    +    "meshpilot": {
    +      "command": "meshpilot",
    +      "args": ["mcp"]
    +    }
    +  }
    +}
    "#);
}

#[test]
fn codex() {
    assert_snapshot!(entry("codex", Scope::Project), @r#"
    --- /dev/null
    +++ <project>/.codex/config.toml
    @@ -0,0 +1,5 @@
    +[mcp_servers.meshpilot]
    +command = "meshpilot"
    +args = ["mcp"]
    +env_vars = ["MESHPILOT_DATA_DIR", "MESHPILOT_KEY_STORE", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"]
    +tool_timeout_sec = 600
    "#);
}

#[test]
fn opencode() {
    assert_snapshot!(entry("opencode", Scope::Project), @r#"
    --- /dev/null
    +++ <project>/opencode.json
    @@ -0,0 +1,9 @@
    +{
    +  "mcp": {
    +    "meshpilot": {
    +      "type": "local",
    +      "command": ["meshpilot", "mcp"],
    +      "timeout": 30000
    +    }
    +  }
    +}
    "#);
}

#[test]
fn windsurf() {
    assert_snapshot!(entry("windsurf", Scope::User), @r#"
    --- /dev/null
    +++ <home>/.codeium/windsurf/mcp_config.json
    @@ -0,0 +1,8 @@
    +{
    +  "mcpServers": {
    +    "meshpilot": {
    +      "command": "<meshpilot>",
    +      "args": ["mcp", "--project", "<project>"]
    +    }
    +  }
    +}
    "#);
}

#[test]
fn zed() {
    assert_snapshot!(entry("zed", Scope::Project), @r#"
    --- /dev/null
    +++ <project>/.zed/settings.json
    @@ -0,0 +1,8 @@
    +{
    +  "context_servers": {
    +    "meshpilot": {
    +      "command": "meshpilot",
    +      "args": ["mcp"]
    +    }
    +  }
    +}
    "#);
}

#[test]
fn cline() {
    assert_snapshot!(entry("cline", Scope::User), @r#"
    --- /dev/null
    +++ <home>/.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json
    @@ -0,0 +1,9 @@
    +{
    +  "mcpServers": {
    +    "meshpilot": {
    +      "command": "<meshpilot>",
    +      "args": ["mcp", "--project", "<project>"],
    +      "timeout": 600
    +    }
    +  }
    +}
    "#);
}

#[test]
fn roo() {
    assert_snapshot!(entry("roo", Scope::Project), @r#"
    --- /dev/null
    +++ <project>/.roo/mcp.json
    @@ -0,0 +1,9 @@
    +{
    +  "mcpServers": {
    +    "meshpilot": {
    +      "command": "meshpilot",
    +      "args": ["mcp"],
    +      "timeout": 600
    +    }
    +  }
    +}
    "#);
}

#[test]
fn claude_desktop() {
    assert_snapshot!(entry("claude-desktop", Scope::User), @r#"
    --- /dev/null
    +++ <home>/.config/Claude/claude_desktop_config.json
    @@ -0,0 +1,8 @@
    +{
    +  "mcpServers": {
    +    "meshpilot": {
    +      "command": "<meshpilot>",
    +      "args": ["mcp", "--project", "<project>"]
    +    }
    +  }
    +}
    "#);
}

#[test]
fn a_lived_in_file() {
    let machine = Machine::new();
    let client = client("zed").expect("known");
    let path = client.path(&machine.env, Scope::User).expect("a path");
    machine.put(
        &path,
        "// Zed settings\n{\n  \"theme\": \"One Dark\",\n  \"context_servers\": {\n    \"docs\": {\n      \
         \"command\": \"docs-mcp\",\n    }, // keep\n    // \"old\": {},\n  },\n  \"vim_mode\": true,\n}\n",
    );
    let planned = plan(&machine.env, client, Scope::User, Form::Stdio, Action::Connect);
    assert_snapshot!(machine.plain(&planned.expect("a plan").diff), @r#"
    --- <home>/.config/zed/settings.json
    +++ <home>/.config/zed/settings.json
    @@ -5,6 +5,10 @@
         "docs": {
           "command": "docs-mcp",
         }, // keep
    +    "meshpilot": {
    +      "command": "<meshpilot>",
    +      "args": ["mcp"],
    +    },
         // "old": {},
       },
       "vim_mode": true,
    "#);
}

#[test]
fn an_older_entry() {
    let machine = Machine::new();
    let client = client("codex").expect("known");
    let path = client.path(&machine.env, Scope::Project).expect("a path");
    machine.put(
        &path,
        "model = \"x\"\n\n[mcp_servers.meshpilot]\nurl = \"http://127.0.0.1:3456/mcp\"\n\
         bearer_token_env_var = \"KEY\"\nenabled = true # on\n\n[tools]\nweb = true\n",
    );
    let planned = plan(&machine.env, client, Scope::Project, Form::Stdio, Action::Connect);
    assert_snapshot!(machine.plain(&planned.expect("a plan").diff), @r#"
    --- <project>/.codex/config.toml
    +++ <project>/.codex/config.toml
    @@ -1,9 +1,11 @@
     model = "x"
     
     [mcp_servers.meshpilot]
    -url = "http://127.0.0.1:3456/mcp"
    -bearer_token_env_var = "KEY"
     enabled = true # on
    +command = "meshpilot"
    +args = ["mcp"]
    +env_vars = ["MESHPILOT_DATA_DIR", "MESHPILOT_KEY_STORE", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"]
    +tool_timeout_sec = 600
     
     [tools]
     web = true
    "#);
}
