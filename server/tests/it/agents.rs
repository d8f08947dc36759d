//! Who takes part.

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
    let before = world.store().feed().head();

    let all = world.person().call("list_agents", json!({})).await;
    let seen: Vec<_> = all["agents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|agent| (agent["name"].as_str().unwrap(), agent["taskId"].as_str()))
        .collect();
    assert_eq!(seen, [("r", None), ("a", Some("T1"))]);
    let builders = world.person().call("list_agents", json!({"role": "builder"})).await;
    assert_eq!(builders["agents"][0]["name"], "a");
    assert_eq!(builders["agents"].as_array().unwrap().len(), 1);
    assert_eq!(world.store().feed().head(), before, "looking is no event");
}
