//! What an MCP client sees: tools by set and by right, lean answers, sessions that are somebody's own.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::{Mcp, Rest, Server};
use reqwest::Method;
use serde_json::{Value, json};

/// The tools of a working agent, as far as they are built, in the order of the contract.
const DEFAULT: [&str; 20] = [
    "get_briefing",
    "claim_next_task",
    "claim_task",
    "list_tasks",
    "get_task",
    "create_task",
    "update_task",
    "heartbeat_task",
    "complete_task",
    "release_task",
    "review_task",
    "comment_on_task",
    "bulk_update_tasks",
    "cancel_stale_tasks",
    "send_chat_message",
    "get_knowledge",
    "save_knowledge",
    "acquire_locks",
    "release_locks",
    "wait_for",
];

async fn listed(server: &Server, query: &str, key: &str) -> Result<Vec<String>> {
    Mcp::modern(&format!("{}{query}", server.ready().mcp), key, Some("a"))?.tools().await
}

/// All operations with their scopes.
async fn described(server: &Server) -> Result<Vec<(String, String)>> {
    let document = server.person()?.call(Method::GET, "!/openapi.json", None).await?.body;
    let paths = document["paths"].as_object().context("paths")?;
    let operations =
        paths.values().filter_map(Value::as_object).flat_map(|methods| methods.values());
    let text = |value: &Value| value.as_str().map(str::to_owned).context("a text");
    operations.map(|one| Ok((text(&one["operationId"])?, text(&one["x-scope"])?))).collect()
}

#[tokio::test]
async fn a_client_sees_what_it_chose_and_may_use() -> Result<()> {
    let server = Server::start().await?;
    let (project, person) = (server.place().project_key()?, server.place().person_key()?);
    let set = |tools: Vec<String>| tools.into_iter().collect::<BTreeSet<_>>();
    let default = listed(&server, "", &project).await?;
    assert_eq!(set(default.clone()), DEFAULT.into_iter().map(str::to_owned).collect());
    assert_eq!(
        default,
        listed(&server, "?tools=default", &project).await?,
        "the order is always the same"
    );

    let all = described(&server).await?;
    let names = |scopes: &[&str]| -> BTreeSet<String> {
        all.iter()
            .filter(|(_, scope)| scopes.contains(&scope.as_str()))
            .map(|(name, _)| name.clone())
            .collect()
    };
    let everything = set(listed(&server, "?tools=all", &person).await?);
    assert_eq!(everything, names(&["read", "work", "plan", "approve", "admin"]));
    let planned = set(listed(&server, "?tools=all", &project).await?);
    assert_eq!(planned, names(&["read", "work", "plan"]));
    let (_, reader) = server.create_key(json!({ "scopes": ["read"], "forAgent": "a" })).await?;
    let read = set(listed(&server, "?tools=all", &reader).await?);
    assert_eq!(read, names(&["read"]));
    for query in ["?tools=memory", "?tools=get_task,claim_task", "?tools=keys,observe"] {
        let some = set(listed(&server, query, &person).await?);
        ensure!(
            !some.is_empty() && some.len() < everything.len() && some.is_subset(&everything),
            "{query}: {some:?}"
        );
    }
    assert_eq!(
        set(listed(&server, "?tools=get_task", &project).await?),
        set(vec!["get_task".into()])
    );
    Ok(())
}

#[tokio::test]
async fn what_is_not_listed_can_be_called_by_right_alone() -> Result<()> {
    let server = Server::start().await?;
    let mcp = Mcp::modern(&server.ready().mcp, &server.place().project_key()?, Some("a"))?;
    // An old client's name for it.
    mcp.call("get_tasks", json!({})).await?.ok()?;
    mcp.call("list_chat_messages", json!({})).await?.ok()?;
    mcp.call("create_key", json!({ "label": "x" })).await?.refused("FORBIDDEN")?;
    let unknown =
        mcp.request("tools/call", json!({ "name": "drop_tables", "arguments": {} })).await?;
    assert_eq!(
        (unknown.status, &unknown.message["error"]["code"]),
        (200, &json!(-32602)),
        "{}",
        unknown.text
    );
    Ok(())
}

#[tokio::test]
async fn mcp_leaves_out_what_is_empty_and_rest_never_does() -> Result<()> {
    let server = Server::start().await?;
    let rest = server.agent("a")?;
    let id = rest.create_task(json!({ "title": "x" })).await?;
    let full = rest.task(&id).await?;
    for field in [
        "id",
        "title",
        "description",
        "status",
        "type",
        "priority",
        "assignedTo",
        "createdBy",
        "filesOwned",
        "labels",
        "dependsOn",
        "sprintId",
        "wave",
        "requiresReview",
        "result",
        "review",
        "lease",
        "attempts",
        "progress",
        "note",
        "cost",
        "action",
        "target",
        "threadId",
        "replyTo",
        "provenance",
        "fallback",
        "expiresAt",
        "version",
        "createdAt",
        "updatedAt",
        "startedAt",
        "completedAt",
        "needsHuman",
        "blockedReason",
        "dreamId",
        "model",
        "errorCode",
        "errorClass",
        "warnings",
    ] {
        ensure!(full.get(field).is_some(), "a task has no {field}: {full}");
    }
    let mcp = Mcp::modern(&server.ready().mcp, &server.place().project_key()?, Some("a"))?;
    let lean = mcp.call("get_task", json!({ "taskId": id })).await?.ok()?;
    let task = lean["task"].as_object().context("a task")?;
    let empty = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    let left: Vec<&String> =
        task.iter().filter(|(_, value)| empty(value)).map(|(name, _)| name).collect();
    ensure!(left.is_empty(), "{left:?}");
    assert_eq!((&task["id"], &task["title"]), (&full["id"], &full["title"]));

    // Rows cost tokens, so a page is shorter.
    for number in 0..60 {
        rest.create_task(json!({ "title": format!("t{number}") })).await?;
    }
    let count = |page: &Value| page["tasks"].as_array().map(Vec::len);
    assert_eq!(count(&rest.get("/tasks").await?.ok()?), Some(50));
    assert_eq!(count(&mcp.call("list_tasks", json!({})).await?.ok()?), Some(20));
    Ok(())
}

/// Pages go through everything once, whatever is written meanwhile.
#[tokio::test]
async fn pages_follow_one_another() -> Result<()> {
    let server = Server::unlimited().await?;
    let rest = server.agent("a")?;
    for number in 0..25 {
        let priority = ["low", "normal", "high", "urgent"][number % 4];
        rest.create_task(json!({ "title": format!("t{number}"), "priority": priority })).await?;
    }
    let mut seen: Vec<(String, String)> = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = rest.get(&format!("/tasks?limit=7&status=todo{cursor}")).await?.ok()?;
        for task in page["tasks"].as_array().context("tasks")? {
            let text = |name: &str| task[name].as_str().unwrap_or_default().to_owned();
            seen.push((text("priority"), text("id")));
        }
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
        rest.post("/chat", json!({ "text": "meanwhile" })).await?.ok()?;
    }
    let rank = |priority: &str| {
        ["urgent", "high", "normal", "low"].iter().position(|one| *one == priority)
    };
    let number = |id: &str| id.trim_start_matches('T').parse::<u32>().ok();
    let keys: Vec<_> = seen.iter().map(|(priority, id)| (rank(priority), number(id))).collect();
    let mut sorted = keys.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!((keys.len(), &keys), (25, &sorted));
    Ok(())
}

#[tokio::test]
async fn a_session_is_its_keys_own() -> Result<()> {
    let server = Server::start().await?;
    let (_, first) = server.create_key(json!({ "forAgent": "a", "scopes": ["plan"] })).await?;
    let (_, second) = server.create_key(json!({ "forAgent": "b", "scopes": ["plan"] })).await?;
    let own = Mcp::handshake(&server.ready().mcp, &first, None).await?;
    let id = own.session.clone().context("a session")?;
    let mut thief = Mcp::handshake(&server.ready().mcp, &second, None).await?;
    thief.session = Some(id.clone());
    let refused = thief.request("tools/list", json!({})).await?;
    assert_eq!(refused.status, 404, "{}", refused.text);
    let rest = Rest::new(server.url(), Some(&second), None)?;
    let ended = rest.request(Method::DELETE, "!/mcp").header("Mcp-Session-Id", &id);
    assert_eq!(meshpilot_e2e::Answer::of(ended).await?.status, 404);
    own.call("list_tasks", json!({})).await?.ok()?;
    // An id that nobody knows is a client whose server has forgotten it: it goes on.
    let mut forgotten = own.clone();
    forgotten.session = Some("00000000-0000-4000-8000-000000000000".to_owned());
    forgotten.call("list_tasks", json!({})).await?.ok()?;
    Ok(())
}
