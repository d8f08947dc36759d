//! Who takes part.

use insta::assert_snapshot;
use serde_json::json;

use super::world::World;

#[tokio::test]
async fn agents_are_listed_latest_first_with_their_role_and_what_they_hold() {
    let world = World::new().await;
    world.agent("a").call("get_briefing", json!({"role": "builder"})).await;
    world.person().call("create_task", json!({"title": "Fix the login"})).await;
    world.agent("a").call("claim_task", json!({"taskId": "T1"})).await;
    world.advance(60);
    world.agent("r").call("get_briefing", json!({"role": "reviewer"})).await;
    world.begin();

    world.person().call("list_agents", json!({})).await;
    world.person().call("list_agents", json!({"role": "builder"})).await;
    assert_snapshot!(world.transcript(), @r#"
    human: list_agents
       = agents: [{name: "r", role: "reviewer", lastSeenAt: 09:01:00}, {name: "a", role: "builder", lastSeenAt: 09:00:00, taskId: "T1"}]
    human: list_agents role: "builder"
       = agents: [{name: "a", role: "builder", lastSeenAt: 09:00:00, taskId: "T1"}]
    "#);
}
