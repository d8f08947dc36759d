//! Every route that the server describes, and those beside them, under every attack: generated from the server's own
//! description, so that a new route is covered by being there.
#![cfg(target_os = "linux")]

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::server::Launch;
use meshpilot_e2e::{Answer, Place, Rest, Server};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HOST, ORIGIN};
use serde_json::{Value, json};

/// From the least to the most.
const SCOPES: [&str; 5] = ["read", "work", "plan", "approve", "admin"];

/// Routes that are no operations: method, path, and the scope they need. Without one they are open to who has no key,
/// but to no other page and no other name of this machine.
const BESIDE: [(&str, &str, Option<&str>); 17] = [
    ("GET", "/health", None),
    ("POST", "/board-sessions", None),
    ("POST", "/board-codes", Some("approve")),
    ("GET", "/clients", Some("admin")),
    ("POST", "/clients/cursor/connect", Some("admin")),
    ("POST", "/clients/cursor/disconnect", Some("admin")),
    ("GET", "/demo", Some("admin")),
    ("POST", "/demo", Some("admin")),
    ("DELETE", "/demo", Some("admin")),
    ("GET", "/events", Some("read")),
    ("GET", "/openapi.json", Some("read")),
    ("POST", "/mcp", Some("read")),
    ("GET", "/mcp", Some("read")),
    ("DELETE", "/mcp", Some("read")),
    ("GET", "!/", None),
    ("GET", "!/index.html", None),
    ("GET", "!/nowhere", None),
];

/// What a browser has to be told with every answer.
const HEADERS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

struct Route {
    method: Method,
    path: String,
    scope: Option<String>,
}

/// All routes, under `/v1` and bare.
async fn routes(server: &Server) -> Result<Vec<Route>> {
    let document = server.person()?.call(Method::GET, "!/openapi.json", None).await?.body;
    let mut routes = Vec::new();
    let mut add = |method: &str, path: &str, scope: Option<&str>| -> Result<()> {
        let paths = match path.strip_prefix('!') {
            Some(_) => vec![path.to_owned()],
            None => vec![path.to_owned(), format!("!{path}")],
        };
        for path in paths {
            let method = method.to_uppercase().parse()?;
            routes.push(Route { method, path, scope: scope.map(str::to_owned) });
        }
        Ok(())
    };
    for (path, methods) in document["paths"].as_object().context("the description has paths")? {
        let path = path.strip_prefix("/v1").with_context(|| format!("{path} is not below /v1"))?;
        let filled: Vec<&str> =
            path.split('/').map(|part| if part.starts_with('{') { "T1" } else { part }).collect();
        for (method, described) in methods.as_object().context("a path has methods")? {
            let scope = described["x-scope"].as_str().context("an operation names its scope")?;
            add(method, &filled.join("/"), Some(scope))?;
        }
    }
    for (method, path, scope) in BESIDE {
        add(method, path, scope)?;
    }
    Ok(routes)
}

/// Callers from ever new addresses, since too many failures from one are refused for that.
struct Strangers {
    base: String,
    calls: u32,
    current: Rest,
}

impl Strangers {
    const CALLS_EACH: u32 = 50;

    fn new(base: &str) -> Result<Self> {
        Ok(Self { base: base.to_owned(), calls: 0, current: Rest::from_address(base, 2)? })
    }

    fn next(&mut self) -> Result<&Rest> {
        self.calls += 1;
        if self.calls.is_multiple_of(Self::CALLS_EACH) {
            let last = u8::try_from(2 + self.calls / Self::CALLS_EACH)?;
            self.current = Rest::from_address(&self.base, last)?;
        }
        Ok(&self.current)
    }
}

/// Everything that was answered, and the check that holds for all of it.
#[derive(Default)]
struct Answers {
    bodies: String,
}

impl Answers {
    async fn get(&mut self, request: reqwest::RequestBuilder) -> Result<Answer> {
        let answer = Answer::of(request).await?;
        for (name, value) in HEADERS {
            ensure!(
                answer.header(name) == value,
                "{name} is {:?} in {answer:?}",
                answer.header(name)
            );
        }
        let policy = answer.header("content-security-policy");
        for rule in
            ["default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]
        {
            ensure!(policy.contains(rule), "{rule} is missing in {policy:?}");
        }
        let cors = answer.headers.keys().find(|name| name.as_str().starts_with("access-control-"));
        ensure!(cors.is_none(), "{cors:?} in {answer:?}");
        self.bodies.push_str(&answer.text);
        Ok(answer)
    }
}

#[tokio::test]
async fn every_route_refuses_whoever_may_not() -> Result<()> {
    // The most that a person can ask the log to say.
    let launch =
        Launch { env: vec![("MESHPILOT_LOG".into(), "trace".into())], ..Launch::default() };
    let server = Place::new()?.serve(launch).await?;
    server.raise_limits().await?;
    let (person_key, project_key) = (server.place().person_key()?, server.place().project_key()?);
    let mut by_scope = Vec::new();
    for scope in SCOPES {
        by_scope.push(server.create_key(json!({ "label": scope, "scopes": [scope] })).await?.1);
    }
    let (revoked_id, revoked) = server.create_key(json!({ "label": "revoked" })).await?;
    server.person()?.delete(&format!("/keys/{revoked_id}")).await?.ok()?;
    // One character off: the id is known, the secret is not.
    let almost = format!(
        "{}{}",
        &project_key[..project_key.len() - 1],
        if project_key.ends_with('A') { 'B' } else { 'A' }
    );

    let mut strangers = Strangers::new(server.url())?;
    let mut answers = Answers::default();
    let person = server.person()?;
    let routes = routes(&server).await?;
    for Route { method, path, scope } in &routes {
        let context = || format!("{method} {path}");
        let attacks = [
            (HOST.as_str(), "evil.example", "HOST_NOT_ALLOWED"),
            (HOST.as_str(), "127.0.0.1:1", "HOST_NOT_ALLOWED"),
            (ORIGIN.as_str(), "http://evil.example", "ORIGIN_NOT_ALLOWED"),
            (ORIGIN.as_str(), "http://127.0.0.1:1", "ORIGIN_NOT_ALLOWED"),
            (ORIGIN.as_str(), "null", "ORIGIN_NOT_ALLOWED"),
            ("sec-fetch-site", "cross-site", "ORIGIN_NOT_ALLOWED"),
            ("sec-fetch-site", "same-site", "ORIGIN_NOT_ALLOWED"),
        ];
        for (header, value, code) in attacks {
            let request = person.request(method.clone(), path).header(header, value);
            answers.get(request).await?.refused(403, code).with_context(context)?;
        }
        let Some(scope) = scope else { continue };
        let headers = [None, Some(almost.as_str()), Some(revoked.as_str())]
            .map(|key| key.map(|key| format!("Bearer {key}")));
        let odd =
            [format!("Basic {project_key}"), project_key.clone(), "Bearer".to_owned()].map(Some);
        for header in headers.into_iter().chain(odd) {
            let mut request = strangers.next()?.request(method.clone(), path);
            if let Some(header) = header {
                request = request.header(AUTHORIZATION, header);
            }
            let answer = answers.get(request).await?;
            assert_eq!(
                answer.header("www-authenticate"),
                "Bearer error=\"invalid_token\"",
                "{}",
                context()
            );
            answer.refused(401, "UNAUTHENTICATED").with_context(context)?;
        }
        // A key in the address is no key.
        let request = strangers.next()?.request(
            method.clone(),
            &format!("{path}?key={project_key}&access_token={project_key}"),
        );
        answers.get(request).await?.refused(401, "UNAUTHENTICATED").with_context(context)?;
        let rank = SCOPES
            .iter()
            .position(|known| known == scope)
            .with_context(|| format!("scope {scope}"))?;
        if let Some(lower) = rank.checked_sub(1).and_then(|lower| by_scope.get(lower)) {
            let request = server.stranger()?.with_key(lower).request(method.clone(), path);
            answers.get(request).await?.refused(403, "FORBIDDEN").with_context(context)?;
        }
    }
    ensure!(routes.len() >= 80, "{} routes", routes.len());

    // No browser is ever told that another page may call.
    let preflight =
        person.request(Method::OPTIONS, "/tasks").header("Access-Control-Request-Method", "POST");
    ensure!(answers.get(preflight).await?.status >= 400, "a preflight was answered");
    // Nothing was done by all this, and no key has left a trace.
    assert_eq!(person.get("/tasks").await?.ok()?["tasks"], json!([]));
    let events = Value::from(person.events(0).await?).to_string();
    let log = server.place().log()?;
    for key in [&person_key, &project_key, &revoked, &almost].into_iter().chain(&by_scope) {
        let secret = key.splitn(3, '_').nth(2).unwrap_or_default();
        ensure!(secret.len() > 20, "{secret} is no secret");
        let secret = &secret[..20];
        for (place, text) in [("answers", &answers.bodies), ("events", &events), ("the log", &log)]
        {
            let at = text.find(secret);
            ensure!(
                at.is_none(),
                "a key stands in {place}: {:?}",
                at.and_then(|at| text.get(at.saturating_sub(300)..at))
            );
        }
    }
    ensure!(log.contains("refused at the door"), "the log was not written");
    println!("{} routes, {} failed authentications", routes.len(), strangers.calls);
    Ok(())
}

#[tokio::test]
async fn the_board_itself_may_call_under_each_of_its_names() -> Result<()> {
    let server = Server::start().await?;
    let person = server.person()?;
    for name in ["127.0.0.1", "localhost", "[::1]"] {
        let host = format!("{name}:{}", server.port());
        let request = person
            .request(Method::GET, "/tasks")
            .header(HOST, &host)
            .header(ORIGIN, format!("http://{host}"))
            .header("Sec-Fetch-Site", "same-origin");
        Answer::of(request).await?.ok().with_context(|| host.clone())?;
    }
    let typed = person.request(Method::GET, "!/").header("Sec-Fetch-Site", "none");
    ensure!([200, 503].contains(&Answer::of(typed).await?.status));
    Ok(())
}

#[tokio::test]
async fn a_one_time_code_opens_the_board_once() -> Result<()> {
    let server = Server::start().await?;
    let url = server.ready().board_url.clone().context("a board address")?;
    let (base, code) = url.split_once("/#code=").context("a code in the fragment")?;
    assert_eq!(base, server.url());
    let stranger = server.stranger()?;
    let opened = stranger.post("/board-sessions", json!({ "code": code })).await?.ok()?;
    let token = opened["token"].as_str().context("a token")?;
    let page = stranger.with_key(token);
    page.patch("/settings", json!({ "projectName": "Mine" })).await?.ok()?;
    stranger
        .post("/board-sessions", json!({ "code": code }))
        .await?
        .refused(401, "UNAUTHENTICATED")?;
    stranger
        .post("/board-sessions", json!({ "code": "guess" }))
        .await?
        .refused(401, "UNAUTHENTICATED")?;
    // A page is the person, is listed, and can be thrown out.
    let task = page.create_task(json!({ "title": "x" })).await?;
    assert_eq!(page.task(&task).await?["createdBy"], "human");
    let keys = server.person()?.get("/keys").await?.ok()?["keys"].take();
    let own = keys
        .as_array()
        .into_iter()
        .flatten()
        .find(|key| key["kind"] == "board")
        .context("it is listed")?;
    server
        .person()?
        .delete(&format!("/keys/{}", own["id"].as_str().unwrap_or_default()))
        .await?
        .ok()?;
    page.get("/tasks").await?.refused(401, "UNAUTHENTICATED")?;
    // A fresh code comes from those who may decide.
    let fresh = server.person()?.post("/board-codes", json!({})).await?.ok()?;
    ensure!(fresh["boardUrl"].as_str().is_some_and(|url| url.contains("/#code=")), "{fresh}");
    let code = fresh["code"].as_str().context("a code")?;
    stranger.post("/board-sessions", json!({ "code": code })).await?.ok()?;
    Ok(())
}
