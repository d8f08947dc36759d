//! Keys, settings, pause and rates: who may do what, and how much of it.

use std::net::{IpAddr, Ipv4Addr};

use insta::assert_snapshot;
use meshpilot::env::Stopwatch;
use meshpilot::error::Code;
use meshpilot::model::things::Scope;
use serde_json::{Value, json};

use super::world::World;

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[tokio::test]
async fn a_key_works_until_it_is_revoked_at_the_very_next_call() {
    let world = World::new().await;
    let person = world.person();
    let made = person
        .call(
            "create_key",
            json!({"label": "CI", "forAgent": "ci", "role": "builder", "scopes": ["work"]}),
        )
        .await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    let id = made["key"]["id"].as_str().unwrap().to_owned();
    let access = world.context().access.clone();
    let key = access.authenticate(Some(&secret), HOME).unwrap();
    assert_eq!(
        (key.agent.as_deref(), key.role.as_deref(), key.scope),
        (Some("ci"), Some("builder"), Scope::Work)
    );
    for wrong in [
        format!("{secret}x"),
        secret.replace("mp_", "mq_"),
        secret[..secret.len() - 1].to_owned(),
        String::new(),
    ] {
        assert_eq!(
            access.authenticate(Some(&wrong), HOME).unwrap_err().code,
            Code::Unauthenticated,
            "{wrong}"
        );
    }
    let listed = person.call("list_keys", json!({})).await;
    assert!(!listed.to_string().contains(&secret), "the list shows a secret");
    person.call("revoke_key", json!({"keyId": id})).await;
    assert_eq!(access.authenticate(Some(&secret), HOME).unwrap_err().code, Code::Unauthenticated);
    assert!(!access.still_works(&id));
    assert_eq!(person.call("list_keys", json!({})).await["keys"], json!([]));
    assert_eq!(
        person.call("list_keys", json!({"includeRevoked": true})).await["keys"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    // A second revoke changes nothing.
    person.call("revoke_key", json!({"keyId": id})).await;
    person.refused("revoke_key", json!({"keyId": "nope"})).await;
    let (id, secret) = (id.as_str(), secret.as_str());
    assert_snapshot!(world.transcript().replace(secret, "SECRET").replace(id, "KEY"), @r#"
    human: create_key label: "CI", forAgent: "ci", role: "builder", scopes: ["work"]
       = 201 {key: {id: "KEY", label: "CI", agent: "ci", role: "builder", scopes: ["read", "work"], kind: "custom", createdAt: 09:00:00}, secret: "SECRET"}
       * key.created by human: key: {id: "KEY", label: "CI", agent: "ci", role: "builder", scopes: ["read", "work"], kind: "custom", createdAt: 09:00:00}
    human: list_keys
       = keys: [{id: "KEY", label: "CI", agent: "ci", role: "builder", scopes: ["read", "work"], kind: "custom", createdAt: 09:00:00}]
    human: revoke_key keyId: "KEY"
       = key: {id: "KEY", label: "CI", agent: "ci", role: "builder", scopes: ["read", "work"], kind: "custom", createdAt: 09:00:00, revokedAt: 09:00:00}
       * key.revoked by human: key: {id: "KEY", label: "CI", agent: "ci", role: "builder", scopes: ["read", "work"], kind: "custom", createdAt: 09:00:00, revokedAt: 09:00:00}
    human: list_keys
       = {}
    human: list_keys includeRevoked: true
       = keys: [{id: "KEY", label: "CI", agent: "ci", role: "builder", scopes: ["read", "work"], kind: "custom", createdAt: 09:00:00, revokedAt: 09:00:00}]
    human: revoke_key keyId: "KEY"
       = key: {id: "KEY", label: "CI", agent: "ci", role: "builder", scopes: ["read", "work"], kind: "custom", createdAt: 09:00:00, revokedAt: 09:00:00}
    human: revoke_key keyId: "nope"
       ! NOT_FOUND: there is no key `nope`
    "#);
}

#[tokio::test]
async fn a_key_ends_with_its_time() {
    let world = World::new().await;
    let person = world.person();
    person.refused("create_key", json!({"expiresAt": "2026-01-01T09:00:00Z"})).await;
    let made = person.call("create_key", json!({"expiresAt": "2026-01-01T09:00:10Z"})).await;
    let secret = made["secret"].as_str().unwrap();
    let access = &world.context().access;
    world.advance(9);
    assert!(access.authenticate(Some(secret), HOME).is_ok());
    world.advance(1);
    assert_eq!(access.authenticate(Some(secret), HOME).unwrap_err().code, Code::Unauthenticated);
    assert_eq!(person.call("list_keys", json!({})).await["keys"], json!([]));
    world.begin();
}

#[tokio::test]
async fn no_key_makes_one_with_more_than_it_has() {
    let world = World::new().await;
    for scope in [Scope::Read, Scope::Work, Scope::Plan, Scope::Approve] {
        world.agent("a").scope(scope).refused("create_key", json!({"scopes": ["read"]})).await;
        world.agent("a").scope(scope).refused("list_keys", json!({})).await;
        world.agent("a").scope(scope).refused("revoke_key", json!({"keyId": "x"})).await;
    }
    let person = world.person();
    for kind in ["person", "project", "board"] {
        person.refused("create_key", json!({"kind": kind})).await;
    }
    let made = person.call("create_key", json!({})).await;
    assert_eq!(
        made["key"]["scopes"],
        json!(["read", "work", "plan"]),
        "the default is what an agent needs"
    );
    let transcript = world.transcript();
    assert_eq!(transcript.matches("FORBIDDEN").count(), 12, "{transcript}");
    assert_eq!(transcript.matches(" * ").count(), 1, "{transcript}");
}

#[tokio::test]
async fn a_secret_is_stored_nowhere() {
    let world = World::new().await;
    let made = world.person().once("r1", "create_key", json!({"label": "CI"})).await.unwrap();
    let secret: Value = serde_json::from_str(&made.data).unwrap();
    let secret = secret["secret"].as_str().unwrap().rsplit('_').next().unwrap().to_owned();
    world.begin();
    for file in std::fs::read_dir(world.database().parent().unwrap()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(
            !bytes.windows(secret.len()).any(|window| window == secret.as_bytes()),
            "the secret is on disk"
        );
    }
}

#[tokio::test]
async fn settings_change_what_they_name_from_the_next_call_on() {
    let world = World::new().await;
    let person = world.person();
    person.call("get_settings", json!({})).await;
    person
        .call(
            "update_settings",
            json!({"leaseSeconds": 900, "maxAttempts": 2, "projectName": "shop II"}),
        )
        .await;
    person.call("update_settings", json!({"leaseSeconds": 900})).await;
    person.call("update_settings", json!({"monthlyBudgetUsd": 12.5})).await;
    person.call("update_settings", json!({"monthlyBudgetUsd": null})).await;
    for wrong in [
        json!({"leaseSeconds": 29}),
        json!({"leaseSeconds": 86_401}),
        json!({"maxAttempts": 0}),
        json!({"monthlyBudgetUsd": -1}),
    ] {
        person.refused("update_settings", wrong).await;
    }
    world.agent("a").refused("update_settings", json!({"leaseSeconds": 60})).await;
    person.call("create_task", json!({"title": "one"})).await;
    world.agent("a").call("claim_task", json!({"taskId": "T1"})).await;
    assert_snapshot!(world.transcript(), @r#"
    human: get_settings
       = settings: {projectName: "shop", requiresReview: true, leaseSeconds: 600, maxAttempts: 5, maxReleases: 3, readsPerMinute: 600, writesPerMinute: 300, paused: false}
    human: update_settings leaseSeconds: 900, maxAttempts: 2, projectName: "shop II"
       = settings: {projectName: "shop II", requiresReview: true, leaseSeconds: 900, maxAttempts: 2, maxReleases: 3, readsPerMinute: 600, writesPerMinute: 300, paused: false}
       * settings.updated by human: settings: {projectName: "shop II", requiresReview: true, leaseSeconds: 900, maxAttempts: 2, maxReleases: 3, readsPerMinute: 600, writesPerMinute: 300, paused: false}
    human: update_settings leaseSeconds: 900
       = settings: {projectName: "shop II", requiresReview: true, leaseSeconds: 900, maxAttempts: 2, maxReleases: 3, readsPerMinute: 600, writesPerMinute: 300, paused: false}
    human: update_settings monthlyBudgetUsd: 12.5
       = settings: {projectName: "shop II", requiresReview: true, leaseSeconds: 900, maxAttempts: 2, maxReleases: 3, readsPerMinute: 600, writesPerMinute: 300, monthlyBudgetUsd: 12.5, paused: false}
       * settings.updated by human: settings: {projectName: "shop II", requiresReview: true, leaseSeconds: 900, maxAttempts: 2, maxReleases: 3, readsPerMinute: 600, writesPerMinute: 300, monthlyBudgetUsd: 12.5, paused: false}
    human: update_settings monthlyBudgetUsd: null
       = settings: {projectName: "shop II", requiresReview: true, leaseSeconds: 900, maxAttempts: 2, maxReleases: 3, readsPerMinute: 600, writesPerMinute: 300, paused: false}
       * settings.updated by human: settings: {projectName: "shop II", requiresReview: true, leaseSeconds: 900, maxAttempts: 2, maxReleases: 3, readsPerMinute: 600, writesPerMinute: 300, paused: false}
    human: update_settings leaseSeconds: 29
       ! VALIDATION_ERROR: `leaseSeconds`: 29 is not allowed; a whole number from 30 to 86400 is
    human: update_settings leaseSeconds: 86401
       ! VALIDATION_ERROR: `leaseSeconds`: 86401 is not allowed; a whole number from 30 to 86400 is
    human: update_settings maxAttempts: 0
       ! VALIDATION_ERROR: `maxAttempts`: 0 is not allowed; a whole number from 1 to 100 is
    human: update_settings monthlyBudgetUsd: -1
       ! VALIDATION_ERROR: `monthlyBudgetUsd` is -1; 0 or more dollars are allowed
    a: update_settings leaseSeconds: 60
       ! FORBIDDEN: this needs the scope `admin`; the key has `plan`
    human: create_task title: "one"
       = 201 {task: T1 todo v1, deduplicated: false}
       * task.created T1 created by human
    a: claim_task taskId: "T1"
       = task: T1 in_progress held by a#1 until 09:15:00 attempt 1 v2
       * task.updated T1 claimed by a [status assignedTo lease attempts startedAt]
    "#);
}

#[tokio::test]
async fn while_paused_agents_read_and_the_person_writes() {
    let world = World::new().await;
    let (a, person) = (world.agent("a"), world.person());
    person.call("update_settings", json!({"paused": true})).await;
    a.refused("create_task", json!({"title": "one"})).await;
    a.call("list_tasks", json!({})).await;
    person.call("create_task", json!({"title": "one"})).await;
    person.call("update_settings", json!({"paused": false})).await;
    a.call("claim_task", json!({"taskId": "T1"})).await;
    assert_snapshot!(world.transcript(), @r#"
    human: update_settings paused: true
       = settings: {projectName: "shop", requiresReview: true, leaseSeconds: 600, maxAttempts: 5, maxReleases: 3, readsPerMinute: 600, writesPerMinute: 300, paused: true}
       * settings.updated by human: settings: {projectName: "shop", requiresReview: true, leaseSeconds: 600, maxAttempts: 5, maxReleases: 3, readsPerMinute: 600, writesPerMinute: 300, paused: true}
    a: create_task title: "one"
       ! READ_ONLY: the person has paused all writes of agents
    a: list_tasks
       = asOfSeq: 3
    human: create_task title: "one"
       = 201 {task: T1 todo v1, deduplicated: false}
       * task.created T1 created by human
    human: update_settings paused: false
       = settings: {projectName: "shop", requiresReview: true, leaseSeconds: 600, maxAttempts: 5, maxReleases: 3, readsPerMinute: 600, writesPerMinute: 300, paused: false}
       * settings.updated by human: settings: {projectName: "shop", requiresReview: true, leaseSeconds: 600, maxAttempts: 5, maxReleases: 3, readsPerMinute: 600, writesPerMinute: 300, paused: false}
    a: claim_task taskId: "T1"
       = task: T1 in_progress held by a#1 until 09:10:00 attempt 1 v2
       * task.updated T1 claimed by a [status assignedTo lease attempts startedAt]
    "#);
}

#[tokio::test]
async fn each_key_and_agent_has_its_own_rates_and_lifelines_theirs() {
    let world = World::new().await;
    let (a, b, person) = (world.agent("a"), world.agent("b"), world.person());
    person.call("create_task", json!({"title": "one"})).await;
    a.call("claim_task", json!({"taskId": "T1"})).await;
    person.call("update_settings", json!({"writesPerMinute": 3, "readsPerMinute": 2})).await;
    world.begin();
    let say = async |who: &super::world::Actor<'_>, operation: &str, input: Value| {
        who.ask(operation, input, None).await.map(drop)
    };
    for _ in 0..3 {
        say(&a, "send_chat_message", json!({"text": "x"})).await.unwrap();
    }
    let error = say(&a, "send_chat_message", json!({"text": "x"})).await.unwrap_err();
    assert_eq!(error.code, Code::RateLimited);
    let details = error.to_json()["details"].clone();
    assert_eq!((details["limit"].as_u64(), details["remaining"].as_u64()), (Some(3), Some(0)));
    assert!(details["retryAfterSeconds"].as_u64().unwrap() >= 1);
    // Work that runs can always be kept, ended and given back; reading has a budget of its own.
    say(&a, "heartbeat_task", json!({"taskId": "T1"})).await.unwrap();
    say(&a, "complete_task", json!({"taskId": "T1"})).await.unwrap();
    say(&a, "list_tasks", json!({})).await.unwrap();
    say(&a, "list_tasks", json!({})).await.unwrap();
    assert_eq!(say(&a, "list_tasks", json!({})).await.unwrap_err().code, Code::RateLimited);
    // Others are not held back, nor is the same name with another key, nor the person.
    say(&b, "send_chat_message", json!({"text": "x"})).await.unwrap();
    say(&world.agent("a").key("other"), "send_chat_message", json!({"text": "x"})).await.unwrap();
    for _ in 0..10 {
        say(&person, "send_chat_message", json!({"text": "x"})).await.unwrap();
    }
}

#[tokio::test]
async fn failed_authentications_are_limited_by_address() {
    let world = World::new().await;
    let access = &world.context().access;
    let watch = Stopwatch::start();
    let refusal = || access.authenticate(Some("mp_x_y"), HOME).unwrap_err().code;
    let tried = (0_u64..).find(|_| refusal() == Code::RateLimited).unwrap();
    // A minute has 60 of them, so one more is let through for each second that this took.
    assert!((60..=61 + watch.elapsed().as_secs()).contains(&tried), "{tried} were let through");
    let other = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
    assert_eq!(access.authenticate(None, other).unwrap_err().code, Code::Unauthenticated);
}

#[tokio::test]
async fn a_one_time_code_opens_once_and_for_a_minute() {
    let world = World::new().await;
    let access = &world.context().access;
    let code = access.new_code(Scope::Approve);
    assert_eq!(access.use_code(&code, HOME).unwrap(), Scope::Approve);
    assert_eq!(access.use_code(&code, HOME).unwrap_err().code, Code::Unauthenticated);
    let code = access.new_code(Scope::Approve);
    world.advance(60);
    assert_eq!(access.use_code(&code, HOME).unwrap_err().code, Code::Unauthenticated);
    world.begin();
}

#[tokio::test]
async fn the_health_report_measures_against_thresholds() {
    let world = World::new().await;
    let (a, person) = (world.agent("a"), world.person());
    assert_eq!(a.call("get_health_report", json!({})).await["level"], "ok");
    for number in 1..=2 {
        person.call("create_task", json!({"title": format!("number {number}")})).await;
        a.call("claim_task", json!({"taskId": format!("T{number}")})).await;
    }
    a.call("complete_task", json!({"taskId": "T1", "outcome": "failed"})).await;
    world.advance(3_700);
    world.sweep().await;
    person.call("update_task", json!({"taskId": "T1", "needsHuman": true})).await;
    world.begin();
    let report = a.call("get_health_report", json!({})).await;
    world.begin();
    let figures: Vec<String> = report["indicators"]
        .as_array()
        .unwrap()
        .iter()
        .map(|indicator| {
            format!(
                "{} {} {}",
                indicator["name"].as_str().unwrap(),
                indicator["value"],
                indicator["level"].as_str().unwrap()
            )
        })
        .collect();
    assert_snapshot!(figures.join("\n"), @r#"
    task_failure_rate 0.0 ok
    leases_lost 1.0 ok
    stale_tasks 0.0 ok
    reviews_waiting 0.0 ok
    needs_human 1.0 warning
    cleanup_backlog 0.0 ok
    "#);
}
