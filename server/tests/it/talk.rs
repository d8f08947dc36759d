//! What is said and known: chat, knowledge, project events, the log, and waiting for any of it.

use insta::assert_snapshot;
use meshpilot::model::things::Scope;
use serde_json::{Value, json};

use super::world::World;

#[tokio::test]
async fn the_chat_is_read_newest_last_and_paged_backwards() {
    let world = World::new().await;
    let a = world.agent("a");
    a.call("create_task", json!({"title": "one"})).await;
    a.call("send_chat_message", json!({"text": "Hello **all**", "taskId": "T1"})).await;
    world.person().call("send_chat_message", json!({"text": "Hello", "replyTo": "C1"})).await;
    a.refused("send_chat_message", json!({"text": "?", "replyTo": "C9"})).await;
    a.refused("send_chat_message", json!({"text": "?", "taskId": "T9"})).await;
    a.refused("send_chat_message", json!({"text": ""})).await;
    a.refused("send_chat_message", json!({"text": "x".repeat(2_001)})).await;
    a.call("list_chat_messages", json!({"taskId": "T1"})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: create_task title: "one"
       = 201 {task: T1 todo v1, deduplicated: false}
       * task.created T1 created by a
    a: send_chat_message text: "Hello **all**", taskId: "T1"
       = 201 message: {id: "C1", from: "a", text: "Hello **all**", taskId: "T1", at: 09:00:00}
       * chat.message by a: message: {id: "C1", from: "a", text: "Hello **all**", taskId: "T1", at: 09:00:00}
    human: send_chat_message text: "Hello", replyTo: "C1"
       = 201 message: {id: "C2", from: "human", text: "Hello", replyTo: "C1", at: 09:00:00}
       * chat.message by human: message: {id: "C2", from: "human", text: "Hello", replyTo: "C1", at: 09:00:00}
    a: send_chat_message text: "?", replyTo: "C9"
       ! NOT_FOUND: there is no chat message `C9`
    a: send_chat_message text: "?", taskId: "T9"
       ! NOT_FOUND: there is no task `T9`
    a: send_chat_message text: ""
       ! VALIDATION_ERROR: `text`: a chat message can't be empty
    a: send_chat_message text: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
       ! VALIDATION_ERROR: `text`: a chat message has 2001 characters; 1 to 2000 are allowed
    a: list_chat_messages taskId: "T1"
       = {messages: [{id: "C1", from: "a", text: "Hello **all**", taskId: "T1", at: 09:00:00}], asOfSeq: 5}
    "#);
    for number in 3..=7 {
        a.call("send_chat_message", json!({"text": format!("number {number}")})).await;
    }
    world.begin();
    let mut pages = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let page = a.call("list_chat_messages", json!({"limit": 3, "cursor": cursor})).await;
        let ids: Vec<&str> = page["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["id"].as_str().unwrap())
            .collect();
        pages.push(ids.join(" "));
        cursor = page["nextCursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    world.begin();
    assert_eq!(pages, ["C5 C6 C7", "C2 C3 C4", "C1"]);
}

#[tokio::test]
async fn knowledge_keeps_its_versions_and_counts_on_after_a_delete() {
    let world = World::new().await;
    let (a, b) = (world.agent("a"), world.agent("b"));
    a.call(
        "save_knowledge",
        json!({"key": "db/retries", "text": "Three times.", "kind": "decision", "tags": ["db"]}),
    )
    .await;
    world.advance(5);
    b.call("save_knowledge", json!({"key": "db/retries", "text": "Five times."})).await;
    b.call("delete_knowledge", json!({"key": "db/retries"})).await;
    b.refused("delete_knowledge", json!({"key": "db/retries"})).await;
    b.refused("get_knowledge", json!({"key": "db/retries"})).await;
    a.call("save_knowledge", json!({"key": "db/retries", "text": "Once."})).await;
    a.call("get_knowledge", json!({"key": "db/retries"})).await;
    a.scope(Scope::Work).refused("delete_knowledge", json!({"key": "db/retries"})).await;
    assert_snapshot!(world.transcript(), @r#"
    a: save_knowledge key: "db/retries", text: "Three times.", kind: "decision", tags: ["db"]
       = knowledge: {key: "db/retries", kind: "decision", text: "Three times.", tags: ["db"], version: 1, updatedBy: "a", createdAt: 09:00:00, updatedAt: 09:00:00}
       * knowledge.saved by a: {key: "db/retries", kind: "decision", tags: ["db"], version: 1}
    … 5 s later
    b: save_knowledge key: "db/retries", text: "Five times."
       = knowledge: {key: "db/retries", kind: "decision", text: "Five times.", tags: ["db"], version: 2, updatedBy: "b", createdAt: 09:00:00, updatedAt: 09:00:05}
       * knowledge.saved by b: {key: "db/retries", kind: "decision", tags: ["db"], version: 2}
    b: delete_knowledge key: "db/retries"
       = knowledge: {key: "db/retries", kind: "decision", text: "Five times.", tags: ["db"], version: 2, updatedBy: "b", createdAt: 09:00:00, updatedAt: 09:00:05}
       * knowledge.deleted by b: {key: "db/retries", kind: "decision", tags: ["db"], version: 2}
    b: delete_knowledge key: "db/retries"
       ! NOT_FOUND: there is no knowledge `db/retries`
    b: get_knowledge key: "db/retries"
       ! NOT_FOUND: there is no knowledge `db/retries`
    a: save_knowledge key: "db/retries", text: "Once."
       = knowledge: {key: "db/retries", kind: "note", text: "Once.", version: 3, updatedBy: "a", createdAt: 09:00:05, updatedAt: 09:00:05}
       * knowledge.saved by a: {key: "db/retries", kind: "note", version: 3}
    a: get_knowledge key: "db/retries"
       = {knowledge: [{key: "db/retries", kind: "note", text: "Once.", version: 3, updatedBy: "a", createdAt: 09:00:05, updatedAt: 09:00:05}], asOfSeq: 7}
    a: delete_knowledge key: "db/retries"
       ! FORBIDDEN: this needs the scope `plan`; the key has `work`
    "#);
}

#[tokio::test]
async fn knowledge_is_found_by_what_fits_best() {
    let world = World::new().await;
    let a = world.agent("a");
    for (key, text, kind, tags) in [
        (
            "notes/a",
            "The retry policy is mentioned here in a long text about many other things.",
            "note",
            json!(["misc"]),
        ),
        ("retry/policy", "Back off.", "decision", json!(["net"])),
        ("net/timeouts", "Thirty seconds.", "convention", json!(["retry", "policy"])),
        ("naïve", "Café au lait.", "note", json!([])),
    ] {
        a.call(
            "save_knowledge",
            json!({"key": key.replace('ï', "i"), "text": text, "kind": kind, "tags": tags}),
        )
        .await;
    }
    world.begin();
    let find = async |input: Value| {
        let page = a.call("get_knowledge", input).await;
        page["knowledge"]
            .as_array()
            .unwrap()
            .iter()
            .map(|piece| piece["key"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        find(json!({"query": "retry policy"})).await,
        ["retry/policy", "net/timeouts", "notes/a"]
    );
    assert_eq!(
        find(json!({"query": "polic"})).await.len(),
        3,
        "the last word may be the start of one"
    );
    assert_eq!(find(json!({"query": "cafe"})).await, ["naive"]);
    assert_eq!(find(json!({"tag": "net"})).await, ["retry/policy"]);
    assert_eq!(find(json!({"kind": "convention"})).await, ["net/timeouts"]);
    assert_eq!(find(json!({"query": "nothing like it"})).await, Vec::<String>::new());
    assert_eq!(
        find(json!({"query": "\" OR 1=1 --"})).await,
        Vec::<String>::new(),
        "a query is words, not syntax"
    );
    a.refused("get_knowledge", json!({"query": "!!!"})).await;
    let first = a.call("get_knowledge", json!({"limit": 3})).await;
    let second = a.call("get_knowledge", json!({"limit": 3, "cursor": first["nextCursor"]})).await;
    assert_eq!(
        (
            first["knowledge"].as_array().unwrap().len(),
            second["knowledge"].as_array().unwrap().len()
        ),
        (3, 1)
    );
    assert_eq!(second["nextCursor"], Value::Null);
    a.refused("get_knowledge", json!({"cursor": "nonsense"})).await;
    world.begin();
}

#[tokio::test]
async fn tasks_are_found_filtered_first_then_paged() {
    let world = World::new().await;
    let a = world.agent("a");
    for number in 1..=9 {
        let priority = ["low", "normal", "high"][number % 3];
        let labels = if number % 2 == 0 { json!(["even"]) } else { json!([]) };
        a.call("create_task", json!({"title": format!("Task number {number}"), "description": "Über alles", "priority": priority, "labels": labels})).await;
    }
    world.begin();
    let list = async |input: Value| {
        let page = a.call("list_tasks", input).await;
        let ids: Vec<String> = page["tasks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|task| task["id"].as_str().unwrap().to_owned())
            .collect();
        (ids.join(" "), page["nextCursor"].clone())
    };
    assert_eq!(list(json!({})).await.0, "T2 T5 T8 T1 T4 T7 T3 T6 T9");
    let (first, cursor) = list(json!({"label": "even", "limit": 2})).await;
    let (second, cursor) = list(json!({"label": "even", "limit": 2, "cursor": cursor})).await;
    assert_eq!((first.as_str(), second.as_str(), cursor), ("T2 T8", "T4 T6", Value::Null));
    assert_eq!(list(json!({"text": "uber", "priority": "low"})).await.0, "T3 T6 T9");
    assert_eq!(list(json!({"status": ["done", "failed"]})).await.0, "");
    assert_eq!(list(json!({"status": "todo,done", "text": "number 7"})).await.0, "T7");
    a.call("claim_task", json!({"taskId": "T4"})).await;
    assert_eq!(list(json!({"assignedTo": "a"})).await.0, "T4");
    world.advance(10);
    a.call("heartbeat_task", json!({"taskId": "T4"})).await;
    assert_eq!(list(json!({"updatedSince": "2026-01-01T09:00:10Z"})).await.0, "T4");
    a.refused("list_tasks", json!({"limit": 201})).await;
    a.refused("list_tasks", json!({"text": "--"})).await;
    let page = a.call("list_tasks", json!({"limit": 1})).await;
    assert_eq!(page["tasks"][0]["description"], Value::Null);
    let page = a.call("list_tasks", json!({"limit": 1, "include": ["description"]})).await;
    assert_eq!(page["tasks"][0]["description"], "Über alles");
    world.begin();
}

#[tokio::test]
async fn the_log_is_read_from_a_position_and_filtered_by_type() {
    let world = World::new().await;
    let (a, person) = (world.agent("a"), world.person());
    a.call("create_task", json!({"title": "one"})).await;
    a.call("send_chat_message", json!({"text": "hi"})).await;
    person.call("create_key", json!({"label": "CI"})).await;
    a.call("publish_project_event", json!({"name": "swarm.started", "payload": {"agents": 5}}))
        .await;
    world.begin();
    let read = async |who: &super::world::Actor<'_>, input: Value| {
        let page = who.call("get_events", input).await;
        let events: Vec<String> = page["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| format!("{} {}", event["seq"], event["type"].as_str().unwrap()))
            .collect();
        (events.join(", "), page["after"].as_i64().unwrap(), page["more"] == true)
    };
    let expected =
        "1 settings.updated, 2 agent.seen, 3 task.created, 4 chat.message, 6 project.event";
    assert_eq!(read(&a, json!({})).await, (expected.to_owned(), 6, false));
    assert!(read(&person, json!({})).await.0.contains("5 key.created"), "the person sees keys");
    assert_eq!(
        read(&a, json!({"after": 3, "limit": 1})).await,
        ("4 chat.message".to_owned(), 4, true)
    );
    assert_eq!(read(&a, json!({"after": 4, "limit": 1})).await.0, "6 project.event");
    assert_eq!(
        read(&a, json!({"types": ["task.", "chat.message"]})).await.0,
        "3 task.created, 4 chat.message"
    );
    assert_eq!(read(&a, json!({"after": 6})).await, (String::new(), 6, false));
    world.begin();
}

#[tokio::test]
async fn a_project_event_reaches_everybody_and_has_a_bound() {
    let world = World::new().await;
    let a = world.agent("a");
    a.call("publish_project_event", json!({"name": "build.broken", "payload": {"commit": "abc"}}))
        .await;
    a.call("publish_project_event", json!({"name": "swarm.started"})).await;
    let error = a
        .refused(
            "publish_project_event",
            json!({"name": "big", "payload": {"x": "y".repeat(70_000)}}),
        )
        .await;
    assert_eq!(error.code.as_str(), "PAYLOAD_TOO_LARGE");
    a.refused("publish_project_event", json!({"name": "two words"})).await;
    let text = world.transcript();
    let lines: Vec<&str> = text.lines().filter(|line| !line.contains("yyyy")).collect();
    assert_snapshot!(lines.join("\n"), @r#"
    a: publish_project_event name: "build.broken", payload: commit: "abc"
       = 201 seq: 3
       * project.event by a: {name: "build.broken", payload: commit: "abc"}
    a: publish_project_event name: "swarm.started"
       = 201 seq: 4
       * project.event by a: {name: "swarm.started", payload: {}}
       ! PAYLOAD_TOO_LARGE: the payload has 70008 bytes; 65536 are allowed
    a: publish_project_event name: "two words"
       ! VALIDATION_ERROR: `name`: the character ' ' is not allowed in a name: letters, digits and - _ . : / @ are
    "#);
}

#[tokio::test]
async fn a_briefing_names_an_agent_and_tells_it_all_it_needs() {
    let world = World::new().await;
    let nobody = world.nobody();
    let answer = nobody.call("get_briefing", json!({"client": "Claude Code"})).await;
    assert_eq!(answer["agent"], "claude-code-1");
    let answer = nobody.call("get_briefing", json!({"client": "Claude Code"})).await;
    assert_eq!(answer["agent"], "claude-code-2");
    let answer = nobody.call("get_briefing", json!({"role": "reviewer"})).await;
    assert_eq!(answer["agent"], "reviewer-1");
    let answer = nobody.call("get_briefing", json!({"client": "human"})).await;
    assert_eq!(answer["agent"], "agent-1", "nobody but the person is human");
    let a = world.agent("claude-code-1");
    let person = world.person();
    person.call("create_task", json!({"title": "one", "description": "Do it."})).await;
    person.call("create_task", json!({"title": "two"})).await;
    a.call("claim_task", json!({"taskId": "T1"})).await;
    a.call("complete_task", json!({"taskId": "T1"})).await;
    person
        .call("review_task", json!({"taskId": "T1", "verdict": "reject", "reason": "No tests."}))
        .await;
    a.call("claim_task", json!({"taskId": "T2"})).await;
    a.call("save_knowledge", json!({"key": "style", "text": "Tabs.", "kind": "convention"})).await;
    a.call("save_knowledge", json!({"key": "misc", "text": "A note."})).await;
    a.call("send_chat_message", json!({"text": "hi"})).await;
    world.begin();
    let mut answer = a.call("get_briefing", json!({})).await;
    assert_eq!(
        answer["rejected"][0]["description"],
        "Do it.\n\nRejected by human at 2026-01-01T09:00:00.000Z:\nNo tests."
    );
    let how = answer["howToWork"].take();
    assert!(how.as_str().unwrap().starts_with("1. get_briefing once"));
    assert_snapshot!(super::print::brief(&answer), @r#"{agent: "claude-code-1", project: "shop", tasks: [T2 in_progress held by claude-code-1#2 until 09:10:00 attempt 1 v2], rejected: [T1 todo for claude-code-1 attempt 1 v4], counts: {in_progress: 1, todo: 1}, decisions: [{key: "style", kind: "convention", text: "Tabs.", version: 1, updatedBy: "claude-code-1", createdAt: 09:00:00, updatedAt: 09:00:00}], chat: [{id: "C1", from: "claude-code-1", text: "hi", at: 09:00:00}], seq: 14}"#);
    let transcript = world.transcript();
    assert!(!transcript.contains(" * "), "a briefing announced something:\n{transcript}");
}

#[tokio::test]
async fn a_wait_ends_with_what_happens_first() {
    let world = World::new().await;
    let (a, b, person) = (world.agent("a"), world.agent("b"), world.person());
    for agent in ["a", "b"] {
        world.introduce(agent, None).await;
    }
    person.call("create_task", json!({"title": "one", "requiresReview": false})).await;
    b.call("claim_task", json!({"taskId": "T1"})).await;
    b.call("acquire_locks", json!({"paths": ["x"]})).await;
    a.refused("wait_for", json!({})).await;
    a.refused("wait_for", json!({"taskId": "T9"})).await;
    a.call("wait_for", json!({"taskId": "T1", "taskStatus": ["in_progress"]})).await;
    world.begin();
    a.call("wait_for", json!({"taskId": "T1", "taskStatus": ["done"], "paths": ["x"]})).await;
    let (answer, ()) = tokio::join!(
        a.call("wait_for", json!({"taskId": "T1", "taskStatus": ["done"], "waitSeconds": 60})),
        async {
            b.ask("heartbeat_task", json!({"taskId": "T1"}), None).await.unwrap();
            b.ask("complete_task", json!({"taskId": "T1"}), None).await.unwrap();
        }
    );
    assert_eq!(
        (answer["reason"].as_str(), answer["task"]["status"].as_str()),
        (Some("taskStatus"), Some("done"))
    );
    let (answer, ()) =
        tokio::join!(a.call("wait_for", json!({"paths": ["x"], "waitSeconds": 60})), async {
            b.ask("release_locks", json!({}), None).await.unwrap();
        });
    assert_eq!(answer["reason"], "paths");
    let (answer, ()) =
        tokio::join!(a.call("wait_for", json!({"eventType": "chat.", "waitSeconds": 60})), async {
            b.ask("create_task", json!({"title": "other"}), None).await.unwrap();
            b.ask("send_chat_message", json!({"text": "hi"}), None).await.unwrap();
        });
    assert_eq!(answer["events"][0]["type"], "chat.message");
    assert_eq!(answer["events"].as_array().unwrap().len(), 1);
    let after = answer["after"].clone();
    let answer = a.call("wait_for", json!({"eventType": "chat.", "after": after})).await;
    assert_eq!(answer["reason"], Value::Null, "the same event twice");
    let (answer, ()) = tokio::join!(a.call("claim_next_task", json!({"waitSeconds": 60})), async {
        b.ask("update_task", json!({"taskId": "T2", "priority": "high"}), None).await.unwrap();
    });
    assert_eq!(answer["task"]["id"], "T2");
    world.begin();
}

#[tokio::test]
async fn waiting_keeps_the_leases_of_the_one_who_waits() {
    let world = World::new().await;
    let a = world.agent("a");
    a.call("create_task", json!({"title": "one"})).await;
    a.call("claim_task", json!({"taskId": "T1"})).await;
    world.begin();
    world.advance(100);
    a.call("wait_for", json!({"eventType": "chat."})).await;
    world.advance(200);
    a.call("wait_for", json!({"eventType": "chat."})).await;
    assert_snapshot!(world.transcript(), @r#"
    … 100 s later
    a: wait_for eventType: "chat."
       = {after: 4, next: "Nothing yet. Call wait_for again with the same conditions and this `after`."}
    … 200 s later
    a: wait_for eventType: "chat."
       = {after: 4, next: "Nothing yet. Call wait_for again with the same conditions and this `after`."}
       * task.updated T1 renewed by a [lease]
    "#);
}

#[tokio::test]
async fn over_mcp_a_page_is_smaller_unless_it_is_asked_for() {
    let world = World::new().await;
    let a = world.agent("a");
    for number in 0..55 {
        a.call("create_task", json!({"title": format!("number {number}")})).await;
    }
    let rows = async |page: Value| page["tasks"].as_array().unwrap().len();
    assert_eq!(rows(a.call("list_tasks", json!({})).await).await, 50);
    assert_eq!(rows(a.clone().mcp().call("list_tasks", json!({})).await).await, 20);
    assert_eq!(rows(a.mcp().call("list_tasks", json!({"limit": 30})).await).await, 30);
    world.begin();
}
