//! What the doors let in and what they answer, asked over HTTP without a socket.
#[cfg(test)]
mod doors {
    use std::sync::Arc;

    use axum::Router;
    use axum::body::Body;
    use futures_util::StreamExt as _;
    use http::{Request, Response, StatusCode};
    use http_body_util::BodyExt as _;
    use meshpilot::access::Access;
    use meshpilot::api::Context;
    use meshpilot::env::{Stopwatch, System};
    use meshpilot::model::things::{KeyKind, Scope};
    use meshpilot::ops;
    use meshpilot::ops::keys::{blank, issue};
    use meshpilot::store::{Caller, Store};
    use meshpilot::transport::{App, router};
    use serde_json::{Value, json};
    use tokio_util::sync::CancellationToken;
    use tower::ServiceExt as _;

    struct Server {
        app: Arc<App>,
        _folder: tempfile::TempDir,
    }

    impl Server {
        async fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(&folder.path().join("board.db"), Arc::new(System)).unwrap();
            let access = Access::load(&store).await.unwrap();
            let stopping = CancellationToken::new();
            let app = App {
                context: Context { store, access, stopping: stopping.clone() },
                api: ops::all(),
                project: folder.path().to_owned(),
                data_root: folder.path().to_owned(),
                port: 3456,
                started: Stopwatch::start(),
                stopping,
                openapi: String::new(),
            };
            Self { app: Arc::new(app), _folder: folder }
        }

        /// A key with a scope, bound to an agent with a role.
        async fn key(&self, kind: KeyKind, scope: Scope, agent: &str, role: &str) -> String {
            let mut key = blank(kind, scope, "test");
            key.agent = Some(agent.to_owned());
            key.role = Some(role.to_owned());
            let Context { access, store, .. } = &self.app.context;
            let made =
                access.write(store, Arc::new(Caller::system()), move |tx| issue(tx, key)).await;
            made.unwrap().1.as_str().to_owned()
        }

        async fn send(&self, request: Request<Body>) -> Response<Body> {
            router(&self.app).oneshot(request).await.unwrap()
        }

        /// Status and body of a call.
        async fn call(
            &self,
            key: &str,
            method: &str,
            path: &str,
            body: Value,
        ) -> (StatusCode, Value) {
            let request = asked(key, method, path).header("content-type", "application/json");
            let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
            read(self.send(request.body(body).unwrap()).await).await
        }
    }

    fn asked(key: &str, method: &str, path: &str) -> http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header("host", "127.0.0.1:3456")
            .header("authorization", format!("Bearer {key}"))
    }

    async fn read(response: Response<Body>) -> (StatusCode, Value) {
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (
            status,
            serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("no envelope: {bytes:?}")),
        )
    }

    fn code(answer: &Value) -> &str {
        answer["error"]["code"].as_str().unwrap_or_default()
    }

    #[tokio::test]
    async fn only_the_person_gets_what_makes_a_person() {
        let server = Server::new().await;
        let person = server.key(KeyKind::Person, Scope::Admin, "human", "human").await;
        let approver = server.key(KeyKind::Custom, Scope::Approve, "alice", "lead").await;
        let admin = server.key(KeyKind::Custom, Scope::Admin, "bot", "coordinator").await;
        for key in [&approver, &admin] {
            let (status, answer) = server.call(key, "POST", "/v1/board-codes", Value::Null).await;
            assert_eq!((status, code(&answer)), (StatusCode::FORBIDDEN, "FORBIDDEN"));
        }
        let (status, _) = server.call(&admin, "GET", "/v1/clients", Value::Null).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let human = json!({"forAgent": "human", "scopes": ["approve"]});
        let (status, _) = server.call(&admin, "POST", "/v1/keys", human).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, answer) = server.call(&person, "POST", "/v1/board-codes", Value::Null).await;
        assert_eq!(status, StatusCode::CREATED);
        let code = json!({"code": answer["data"]["code"]});
        let (status, answer) = server.call("", "POST", "/v1/board-sessions", code).await;
        assert_eq!(status, StatusCode::CREATED);
        let token = answer["data"]["token"].as_str().unwrap();
        let (status, _) = server.call(token, "GET", "/v1/keys", Value::Null).await;
        assert_eq!(status, StatusCode::OK, "the token is in force when it is handed out");
    }

    #[tokio::test]
    async fn a_verdict_edits_nothing_and_a_holder_keeps_the_review() {
        let server = Server::new().await;
        let person = server.key(KeyKind::Person, Scope::Admin, "human", "human").await;
        let builder = server.key(KeyKind::Custom, Scope::Work, "b", "builder").await;
        let reviewer = server.key(KeyKind::Custom, Scope::Work, "r", "reviewer").await;
        let lead = server.key(KeyKind::Custom, Scope::Approve, "alice", "lead").await;
        server.call(&person, "POST", "/v1/tasks", json!({"title": "one"})).await;
        server.call(&builder, "POST", "/v1/tasks/T1/claim", Value::Null).await;
        let off = json!({"requiresReview": false, "status": "done"});
        let (status, _) = server.call(&builder, "PATCH", "/v1/tasks/T1", off).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        server
            .call(&builder, "POST", "/v1/tasks/T1/complete", json!({"result": "It works."}))
            .await;
        let both = json!({"status": "todo", "reason": "No.", "title": "another"});
        let (status, _) = server.call(&reviewer, "PATCH", "/v1/tasks/T1", both).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let reject = json!({"status": "todo", "reason": "No tests."});
        let (status, _) = server.call(&reviewer, "PATCH", "/v1/tasks/T1", reject).await;
        assert_eq!(status, StatusCode::OK);
        server.call(&builder, "POST", "/v1/tasks/T1/claim", Value::Null).await;
        server.call(&builder, "POST", "/v1/tasks/T1/complete", Value::Null).await;
        let approve = json!({"verdict": "approve"});
        let (status, answer) = server.call(&lead, "POST", "/v1/tasks/T1/review", approve).await;
        assert_eq!((status, &answer["data"]["task"]["status"]), (StatusCode::OK, &json!("done")));
    }

    #[tokio::test]
    async fn what_can_not_be_read_is_refused_in_the_envelope() {
        let server = Server::new().await;
        let key = server.key(KeyKind::Custom, Scope::Plan, "a", "builder").await;
        for path in [
            "/v1/events?snapshot=maybe",
            "/v1/events?since=5",
            "/v1/tasks/%ff",
            "/v1/events?after=x",
        ] {
            let (status, answer) = server.call(&key, "GET", path, Value::Null).await;
            assert_eq!(
                (status, code(&answer)),
                (StatusCode::BAD_REQUEST, "VALIDATION_ERROR"),
                "{path}"
            );
        }
        for header in ["idempotency-key", "x-agent"] {
            let request = asked(&key, "POST", "/v1/chat")
                .header("content-type", "application/json")
                .header(header, http::HeaderValue::from_bytes(b"\xff\xfe").unwrap());
            let request = request.body(Body::from(r#"{"text":"hello"}"#)).unwrap();
            let (status, answer) = read(server.send(request).await).await;
            assert_eq!(
                (status, code(&answer)),
                (StatusCode::BAD_REQUEST, "VALIDATION_ERROR"),
                "{header}"
            );
        }
        let much = json!({"code": "x".repeat(10_000)});
        let (status, answer) = server.call("", "POST", "/v1/board-sessions", much).await;
        assert_eq!((status, code(&answer)), (StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE"));
    }

    #[tokio::test]
    async fn a_name_may_have_letters_of_any_language() {
        let server = Server::new().await;
        let mut shared = blank(KeyKind::Project, Scope::Plan, "Project");
        shared.role = None;
        let Context { access, store, .. } = &server.app.context;
        let issued =
            access.write(store, Arc::new(Caller::system()), move |tx| issue(tx, shared)).await;
        let (_, key) = issued.unwrap();
        let request = asked(key.as_str(), "POST", "/v1/chat")
            .header("content-type", "application/json")
            .header("x-agent", http::HeaderValue::from_bytes("jürgen".as_bytes()).unwrap());
        let request = request.body(Body::from(r#"{"text":"hello"}"#)).unwrap();
        let (status, answer) = read(server.send(request).await).await;
        assert_eq!(
            (status, &answer["data"]["message"]["from"]),
            (StatusCode::CREATED, &json!("jürgen"))
        );
    }

    #[tokio::test]
    async fn every_answer_carries_its_id_streams_and_files_included() {
        let server = Server::new().await;
        let key = server.key(KeyKind::Custom, Scope::Plan, "a", "builder").await;
        let mut ids = std::collections::HashSet::new();
        for path in [
            "/",
            "/health",
            "/v1/health",
            "/v1/tasks",
            "/v1/events",
            "/v1/openapi.json",
            "/mcp",
            "/nothing",
        ] {
            let response = server.send(asked(&key, "GET", path).body(Body::empty()).unwrap()).await;
            let id = response
                .headers()
                .get("x-request-id")
                .unwrap_or_else(|| panic!("{path} has no id"));
            assert!(
                ids.insert(id.to_str().unwrap().to_owned()),
                "{path} has the id of another call"
            );
        }
    }

    #[tokio::test]
    async fn a_stream_ends_with_its_key() {
        let server = Server::new().await;
        let key = server.key(KeyKind::Custom, Scope::Plan, "a", "builder").await;
        let person = server.key(KeyKind::Person, Scope::Admin, "human", "human").await;
        let response =
            server.send(asked(&key, "GET", "/v1/events").body(Body::empty()).unwrap()).await;
        let mut stream = response.into_body().into_data_stream();
        assert_eq!(stream.next().await.unwrap().unwrap(), ": welcome\n\n");
        let id = meshpilot_home::key_id(&key).unwrap();
        let (status, _) =
            server.call(&person, "DELETE", &format!("/v1/keys/{id}"), Value::Null).await;
        assert_eq!(status, StatusCode::OK);
        assert!(stream.next().await.is_none(), "the stream goes on");
    }

    fn mcp(key: &str, session: Option<&str>, body: Value) -> Request<Body> {
        let mut request = asked(key, "POST", "/mcp")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream");
        if let Some(session) = session {
            request = request.header("mcp-session-id", session);
        }
        request.body(Body::from(body.to_string())).unwrap()
    }

    /// Opens a session of a handshake-based revision and gives its id.
    async fn session(router: &Router, key: &str) -> String {
        let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "0"}}});
        let response = router.clone().oneshot(mcp(key, None, hello)).await.unwrap();
        let id = response
            .headers()
            .get("mcp-session-id")
            .expect("a session")
            .to_str()
            .unwrap()
            .to_owned();
        let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        let response = router.clone().oneshot(mcp(key, Some(&id), ready)).await.unwrap();
        assert_eq!(response.status(), StatusCode::ACCEPTED);
        id
    }

    #[tokio::test]
    async fn a_session_is_its_keys_own_and_its_stream_ends_with_the_key() {
        let server = Server::new().await;
        // The sessions live in the router.
        let router = router(&server.app);
        let key = server.key(KeyKind::Custom, Scope::Plan, "a", "builder").await;
        let other = server.key(KeyKind::Custom, Scope::Plan, "b", "builder").await;
        let person = server.key(KeyKind::Person, Scope::Admin, "human", "human").await;
        let id = session(&router, &key).await;
        let ping = json!({"jsonrpc": "2.0", "id": 2, "method": "ping"});
        let (status, answer) =
            read(router.clone().oneshot(mcp(&other, Some(&id), ping)).await.unwrap()).await;
        assert_eq!((status, code(&answer)), (StatusCode::NOT_FOUND, "NOT_FOUND"));
        let listen = asked(&key, "GET", "/mcp")
            .header("accept", "text/event-stream")
            .header("mcp-session-id", &id);
        let response = router.clone().oneshot(listen.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let ended = tokio::spawn(response.into_body().into_data_stream().for_each(async |_| ()));
        let key = meshpilot_home::key_id(&key).unwrap();
        server.call(&person, "DELETE", &format!("/v1/keys/{key}"), Value::Null).await;
        ended.await.unwrap();
    }

    #[tokio::test]
    async fn sessions_that_were_closed_to_save_memory_go_on() {
        let server = Server::new().await;
        let router = router(&server.app);
        let key = server.key(KeyKind::Custom, Scope::Plan, "a", "builder").await;
        let first = session(&router, &key).await;
        for _ in 0..meshpilot::limits::SESSIONS_LIVE_PER_KEY {
            session(&router, &key).await;
        }
        let ping = json!({"jsonrpc": "2.0", "id": 2, "method": "ping"});
        let response = router.clone().oneshot(mcp(&key, Some(&first), ping)).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn an_origin_has_a_bounded_name_and_a_share_of_certainty() {
        let server = Server::new().await;
        let key = server.key(KeyKind::Custom, Scope::Plan, "a", "builder").await;
        for bad in [json!({"model": "x".repeat(101)}), json!({"confidence": 1.5})] {
            let task = json!({"title": "one", "provenance": bad});
            let (status, answer) = server.call(&key, "POST", "/v1/tasks", task).await;
            assert_eq!((status, code(&answer)), (StatusCode::BAD_REQUEST, "VALIDATION_ERROR"));
        }
        let task = json!({"title": "one", "provenance": {"model": "m", "confidence": 1}});
        let (status, _) = server.call(&key, "POST", "/v1/tasks", task).await;
        assert_eq!(status, StatusCode::CREATED);
    }

    #[tokio::test]
    async fn a_version_may_be_given_as_an_entity_tag() {
        let server = Server::new().await;
        let person = server.key(KeyKind::Person, Scope::Admin, "human", "human").await;
        server.call(&person, "POST", "/v1/tasks", json!({"title": "one"})).await;
        for (tag, expected) in
            [("\"1\"", 200), ("\"1\"", 412), ("W/\"2\"", 200), ("*", 200), ("3", 412)]
        {
            let request = asked(&person, "PATCH", "/v1/tasks/T1")
                .header("content-type", "application/json")
                .header("if-match", tag);
            let body = json!({"labels": [format!("after {tag} {expected}")]}).to_string();
            let (status, answer) =
                read(server.send(request.body(Body::from(body)).unwrap()).await).await;
            assert_eq!(status.as_u16(), expected, "{tag}: {answer}");
        }
    }

    #[tokio::test]
    async fn a_wait_far_back_is_refused_rather_than_held_for_ever() {
        let server = Server::new().await;
        let key = server.key(KeyKind::Custom, Scope::Plan, "a", "builder").await;
        let say =
            |text: &'static str| server.call(&key, "POST", "/v1/chat", json!({ "text": text }));
        say("first").await;
        let wait = json!({"eventType": "chat", "after": 0});
        let (_, answer) = server.call(&key, "POST", "/v1/wait", wait.clone()).await;
        assert_eq!(answer["data"]["events"][0]["data"]["message"]["text"], "first");
        // More happens than one look used to see.
        let many = move |tx: &mut meshpilot::store::WriteTx<'_>| {
            (0..1_200).try_for_each(|n| {
                tx.emit("project.event", None, &json!({"name": "tick", "payload": {"n": n}}))
            })
        };
        let after = server.app.context.store.feed().head();
        server.app.context.store.write(Arc::new(Caller::system()), many).await.unwrap();
        say("second").await;
        let wait = json!({"eventType": "chat", "after": after});
        let (_, answer) = server.call(&key, "POST", "/v1/wait", wait).await;
        assert_eq!(answer["data"]["events"][0]["data"]["message"]["text"], "second");
        let wait = json!({"eventType": "chat", "after": -100_000});
        let (status, answer) = server.call(&key, "POST", "/v1/wait", wait).await;
        assert_eq!((status, code(&answer)), (StatusCode::BAD_REQUEST, "VALIDATION_ERROR"));
    }
}
