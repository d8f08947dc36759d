//! Against servers that behave, and against every way in which one may not.
#![cfg(unix)]

use std::fs;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::super::fixture::Machine;
use super::super::{Action, client};
use super::*;

/// A server in shell: answers each method by the lines it is given, `ID` standing for the
/// request's id.
fn server(answers: &[(&str, &str)]) -> String {
    let cases: String = answers
        .iter()
        .map(|(method, answer)| format!("    *'\"{method}\"'*) answer='{answer}' ;;\n"))
        .collect();
    format!(
        "#!/bin/sh\nwhile IFS= read -r line; do\n  \
         id=$(printf '%s' \"$line\" | sed -n 's/.*\"id\":\\([0-9]*\\).*/\\1/p')\n  \
         [ -n \"$id\" ] || continue\n  case \"$line\" in\n{cases}    \
         *) answer='{{\"jsonrpc\":\"2.0\",\"id\":ID,\"error\":{{\"code\":-32601,\"message\":\"unknown\"}}}}' ;;\n  \
         esac\n  printf '%s\\n' \"$answer\" | sed \"s/ID/$id/\"\ndone\n"
    )
}

const INITIALIZED: &str = r#"{"jsonrpc":"2.0","id":ID,"result":{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"meshpilot","version":"9"}}}"#;
const TWO_TOOLS: &str =
    r#"{"jsonrpc":"2.0","id":ID,"result":{"tools":[{"name":"a"},{"name":"b"}]}}"#;

fn connected(id: &str, script: &str) -> Machine {
    let mut machine = Machine::new();
    machine.program("meshpilot", script);
    let path = std::env::var("PATH").expect("a PATH");
    let bin = machine.env.variables.get("PATH").expect("a PATH").clone();
    machine.env.variables.insert("PATH".to_owned(), format!("{bin}:{path}"));
    machine.run(client(id).expect("known"), Scope::Project, Action::Connect);
    machine
}

async fn checked(machine: &Machine, id: &str) -> Result<Check, CheckError> {
    check(&machine.env, client(id).expect("known"), None).await
}

#[tokio::test]
async fn a_server_that_answers_is_counted() {
    let machine =
        connected("codex", &server(&[("initialize", INITIALIZED), ("tools/list", TWO_TOOLS)]));
    let seen = checked(&machine, "codex").await.expect("tools");
    assert_eq!((seen.tools, seen.transport, seen.scope), (2, "stdio", Scope::Project));
    assert_eq!((seen.protocol.as_str(), seen.server.as_str()), ("2025-06-18", "meshpilot 9"));
}

#[tokio::test]
async fn claude_code_discovers_and_else_initializes() {
    let discovered = r#"{"jsonrpc":"2.0","id":ID,"result":{"supportedVersions":["2026-07-28"],"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"m","version":"1"}}}}"#;
    let modern = server(&[("server/discover", discovered), ("tools/list", TWO_TOOLS)]);
    let machine = connected("claude-code", &modern);
    assert_eq!(checked(&machine, "claude-code").await.expect("tools").protocol, MODERN);

    let legacy = server(&[("initialize", INITIALIZED), ("tools/list", TWO_TOOLS)]);
    let machine = connected("claude-code", &legacy);
    assert_eq!(checked(&machine, "claude-code").await.expect("tools").protocol, "2025-06-18");
}

#[tokio::test]
async fn every_page_of_tools_counts() {
    let first =
        r#"{"jsonrpc":"2.0","id":ID,"result":{"tools":[{"name":"a"}],"nextCursor":"more"}}"#;
    let script =
        server(&[("initialize", INITIALIZED), ("cursor", TWO_TOOLS), ("tools/list", first)]);
    let machine = connected("gemini-cli", &script);
    assert_eq!(checked(&machine, "gemini-cli").await.expect("tools").tools, 3);
}

#[tokio::test]
async fn the_server_runs_where_and_as_the_client_would_run_it() {
    let script = "#!/bin/sh\n{ pwd; echo \"$*\"; env; } > \"$HOME/seen\"\n";
    let mut machine = connected("codex", script);
    for (name, value) in [("SECRET_OF_THE_SHELL", "x"), ("XDG_RUNTIME_DIR", "/run")] {
        machine.env.variables.insert(name.to_owned(), value.to_owned());
    }
    let home = machine.env.home.display().to_string();
    machine.env.variables.insert("HOME".to_owned(), home);
    assert!(matches!(checked(&machine, "codex").await, Err(CheckError::Ended { .. })));
    let seen = fs::read_to_string(machine.env.home.join("seen")).expect("what it saw");
    let mut lines = seen.lines();
    let folder = machine.env.project.canonicalize().expect("a folder");
    assert_eq!(lines.next(), folder.to_str());
    assert_eq!(lines.next(), Some("mcp"));
    assert!(seen.contains("XDG_RUNTIME_DIR=/run") && !seen.contains("SECRET_OF_THE_SHELL"));
}

#[tokio::test]
async fn an_entry_that_names_its_project_is_started_elsewhere() {
    let script = "#!/bin/sh\n{ pwd; echo \"$*\"; } > \"$(dirname \"$0\")/../home/seen\"\n";
    let machine = connected("cursor", script);
    assert!(checked(&machine, "cursor").await.is_err());
    let seen = fs::read_to_string(machine.env.home.join("seen")).expect("what it saw");
    let home = machine.env.home.canonicalize().expect("a folder");
    let project = machine.env.project.display();
    assert_eq!(seen, format!("{}\nmcp --project {project}\n", home.display()));
}

#[tokio::test]
async fn what_a_client_would_stumble_over_is_named() {
    let dead = connected("codex", "#!/bin/sh\necho 'no such board' >&2\nexit 3\n");
    let failed = checked(&dead, "codex").await.expect_err("failed");
    assert!(failed.to_string().contains("no such board"), "{failed}");

    let noisy = connected("codex", "#!/bin/sh\necho Welcome\ncat >/dev/null\n");
    let failed = checked(&noisy, "codex").await.expect_err("failed");
    assert!(matches!(&failed, CheckError::NotMcp(line) if line == "Welcome"), "{failed}");

    let refusing = connected("codex", &server(&[("initialize", INITIALIZED)]));
    let failed = checked(&refusing, "codex").await.expect_err("failed");
    assert!(matches!(failed, CheckError::Refused { method: "tools/list", code: -32601, .. }));

    let gone = connected("codex", "#!/bin/sh\n");
    fs::remove_file(&gone.env.exe).expect("removed");
    let failed = checked(&gone, "codex").await.expect_err("failed");
    assert!(matches!(failed, CheckError::Start { .. }), "{failed}");

    let failed = checked(&Machine::new(), "codex").await.expect_err("failed");
    assert!(matches!(failed, CheckError::NotConnected { client: "Codex" }));
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_and_killed() {
    let machine = connected("codex", "#!/bin/sh\necho $$ >pid\nexec sleep 600\n");
    let command = vec![machine.env.exe.display().to_string(), "mcp".to_owned()];
    let wire = &client("codex").expect("known").wire;
    let seen = machine.env.project.join("pid");
    // On a loaded machine it may be given up before it has even said who it is.
    for _ in 0..20 {
        let environment = machine.env.variables.clone().into_iter().collect();
        let limit = Duration::from_millis(300);
        let folder = machine.env.project.clone();
        let failed = stdio::converse(wire, &command, folder, environment, limit).await;
        assert!(matches!(failed, Err(CheckError::Timeout { .. })), "{failed:?}");
        let pid = fs::read_to_string(&seen).unwrap_or_default();
        if !pid.trim().is_empty() {
            assert!(!std::path::Path::new("/proc").join(pid.trim()).exists());
            return;
        }
    }
    panic!("it never started");
}

/// One HTTP answer for each request, in order; gives the requests.
async fn http(answers: Vec<String>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/mcp", listener.local_addr().expect("an address"));
    let served = tokio::spawn(async move {
        let mut requests = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.expect("a call");
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            while !whole(&request) {
                let read = stream.read(&mut buffer).await.expect("a request");
                request.extend_from_slice(&buffer[..read]);
            }
            stream.write_all(answer.as_bytes()).await.expect("answered");
            requests.push(String::from_utf8(request).expect("text").to_lowercase());
        }
        requests
    });
    (url, served)
}

fn whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.is_some_and(|length| length.parse() == Ok(body.len()))
}

fn response(status: &str, kind: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nmcp-session-id: s1\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

async fn call(id: &str, url: &str) -> Result<Heard, CheckError> {
    let wire = &client(id).expect("known").wire;
    let headers = vec![("Authorization".to_owned(), "Bearer k".to_owned())];
    let mut connection = http::Connection::new(wire, url.to_owned(), headers)?;
    converse(wire, &mut connection).await
}

#[tokio::test]
async fn over_http_each_client_sends_its_own_headers() {
    let initialized = json!({"jsonrpc": "2.0", "id": 1, "result": {
        "protocolVersion": "2025-06-18", "serverInfo": {"name": "m", "version": "1"}}});
    let tools = json!({"jsonrpc": "2.0", "id": 2, "result": {"tools": [{}, {}, {}]}});
    let stream = format!(
        "id: 0\ndata:\n\nevent: message\ndata: {{\"method\":\"notifications/message\"}}\n\n\
         event: message\ndata: {tools}\n\n"
    );
    for (client, names_version) in [("gemini-cli", false), ("opencode", true)] {
        let (url, served) = http(vec![
            response("200 OK", "application/json", &initialized.to_string()),
            response("202 Accepted", "text/plain", ""),
            response("200 OK", "text/event-stream", &stream),
        ])
        .await;
        assert_eq!(call(client, &url).await.expect("tools").tools, 3);
        let requests = served.await.expect("served");
        for request in &requests {
            assert!(request.contains("authorization: bearer k"), "{request}");
            assert!(request.contains("accept: application/json, text/event-stream"), "{request}");
        }
        assert!(requests[2].contains("mcp-session-id: s1"), "{}", requests[2]);
        assert_eq!(requests[2].contains("mcp-protocol-version: 2025-06-18"), names_version);
    }
}

#[tokio::test]
async fn over_http_a_modern_call_names_its_method_and_no_session() {
    let discovered = json!({"jsonrpc": "2.0", "id": 1, "result": {"supportedVersions": [MODERN]}});
    let tools = json!({"jsonrpc": "2.0", "id": 2, "result": {"tools": []}});
    let (url, served) = http(vec![
        response("200 OK", "application/json", &discovered.to_string()),
        response("200 OK", "application/json", &tools.to_string()),
    ])
    .await;
    assert_eq!(call("claude-code", &url).await.expect("tools").protocol, MODERN);
    let requests = served.await.expect("served");
    assert!(requests[0].contains("mcp-method: server/discover"), "{}", requests[0]);
    assert!(requests[1].contains("mcp-protocol-version: 2026-07-28"), "{}", requests[1]);
    assert!(requests[1].contains("io.modelcontextprotocol/clientcapabilities"), "{}", requests[1]);
}

#[tokio::test]
async fn over_http_a_refusal_and_silence_are_told_apart() {
    let (url, _served) = http(vec![response(
        "401 Unauthorized",
        "application/json",
        r#"{"error":{"code":"UNAUTHENTICATED"}}"#,
    )])
    .await;
    let failed = call("codex", &url).await.expect_err("failed");
    assert!(matches!(failed, CheckError::Status { status: 401 }), "{failed}");
    assert!(failed.hint().contains("key"));

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/mcp", listener.local_addr().expect("an address"));
    drop(listener);
    let failed = call("codex", &url).await.expect_err("failed");
    assert!(matches!(failed, CheckError::Unreachable { .. }), "{failed}");
}
