//! The bounds that schemas tell, tried against what reads the input: at the bound it is taken, one beyond it is refused
//! by the field's name.

use meshpilot::api::Endpoint;
use meshpilot::error::{Code, Error};
use meshpilot::model::text::{self, fingerprint};
use meshpilot::ops;
use proptest::prelude::*;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::example::Scene;
use super::world::World;

/// Values of a field that its schema allows, and values that it does not.
fn edges(schema: &Value) -> (Vec<Value>, Vec<Value>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    if let Some(words) = schema["enum"].as_array() {
        return (words.clone(), vec![json!("bogus"), json!(""), json!(true)]);
    }
    match schema["type"].as_str().unwrap() {
        "string" if schema["format"] == "date-time" => {
            good.push(json!("2026-01-01T10:00:00Z"));
            bad.extend([json!("yesterday"), json!("2026-13-01T00:00:00Z")]);
        }
        "string" if schema["pattern"].is_string() => {
            let letter = schema["pattern"].as_str().unwrap().chars().nth(1).unwrap();
            good.push(json!(format!("{letter}1")));
            bad.extend([
                json!("1"),
                json!(format!("{letter}")),
                json!(format!("{letter}-1")),
                json!("Z1"),
                json!(format!("{letter}{}", "9".repeat(30))),
            ]);
        }
        "string" => {
            let (least, most) =
                (schema["minLength"].as_u64().unwrap_or(0), schema["maxLength"].as_u64());
            let text = |length: u64| json!("a".repeat(usize::try_from(length).unwrap()));
            if let Some(most) = most {
                good.push(text(most));
                bad.push(text(most + 1));
            }
            if least > 0 {
                good.push(text(least));
                bad.push(text(least - 1));
            }
        }
        "integer" => {
            for (bound, beyond) in [("minimum", -1), ("maximum", 1)] {
                if let Some(bound) = schema[bound].as_i64() {
                    good.push(json!(bound));
                    bad.push(json!(bound + beyond));
                }
            }
            bad.extend([json!(1.5), json!("many")]);
        }
        "boolean" => {
            good.extend([json!(true), json!(false)]);
            bad.extend([json!("maybe"), json!(2)]);
        }
        "array" => {
            let (inner_good, inner_bad) = edges(&schema["items"]);
            good.extend(inner_good.into_iter().map(|item| json!([item])));
            // A bare text is read as a list with commas, so only what no list can hold is wrong.
            bad.extend(inner_bad.into_iter().map(|item| json!([item])));
            if let Some(most) = schema["maxItems"].as_u64() {
                let items = |count: u64| -> Value {
                    (0..count).map(|number| json!(format!("a{number}"))).collect()
                };
                if schema["items"]["maxLength"].is_u64() {
                    good.push(items(most));
                    bad.push(items(most + 1));
                }
            }
        }
        "number" => {
            good.push(json!(0.5));
            bad.extend([json!("much"), json!([1])]);
        }
        "object" => bad.extend([json!([1]), json!(5)]),
        other => panic!("no edges are known of {other}"),
    }
    (good, bad)
}

/// Whether a refusal is about this field's value.
fn is_about(error: &Error, field: &str) -> bool {
    let told = error.to_json()["details"]["field"].as_str().unwrap_or_default().to_owned();
    error.code == Code::ValidationError && told.split(['[', '.']).next() == Some(field)
}

async fn ask(scene: &Scene, endpoint: &Endpoint, input: &Map<String, Value>) -> Result<(), Error> {
    let agent = input.get("agent").and_then(Value::as_str).map(str::to_owned);
    let actor = match &agent {
        Some(agent) => scene.world.agent(agent),
        None => scene.world.person(),
    };
    let mut input = input.clone();
    input.remove("agent");
    actor.ask(endpoint.spec.name, Value::Object(input), None).await.map(drop)
}

#[tokio::test]
async fn every_bound_of_every_field_is_the_parsers() {
    let mut tried = 0;
    for endpoint in ops::all().endpoints() {
        let scene = Scene::new().await;
        let properties = endpoint.properties().unwrap();
        for (field, schema) in
            properties.iter().filter(|(field, _)| !["agent", "requestId"].contains(&field.as_str()))
        {
            let at = format!("{}.{field}", endpoint.spec.name);
            let (good, bad) = edges(schema);
            for value in good {
                // A call that is taken with a wait is held; that it is taken is tried with the shortest wait.
                if field == "waitSeconds" && value != 0 {
                    continue;
                }
                let mut input = scene.input(endpoint);
                input.insert(field.clone(), value.clone());
                if let Err(error) = ask(&scene, endpoint, &input).await {
                    assert!(
                        !is_about(&error, field) || may_refuse(endpoint, field),
                        "{at} refuses what its schema allows: {error}"
                    );
                }
                tried += 1;
            }
            // Each of many updates is refused by itself, in the answer.
            let each_by_itself =
                (endpoint.spec.name, field.as_str()) == ("bulk_update_tasks", "updates");
            for value in bad.into_iter().filter(|_| !each_by_itself) {
                let mut input = scene.input(endpoint);
                input.insert(field.clone(), value.clone());
                let short: String = value.to_string().chars().take(60).collect();
                match ask(&scene, endpoint, &input).await {
                    Err(error) => assert!(is_about(&error, field), "{at} with {short}: {error}"),
                    Ok(()) => panic!("{at} takes {short}, which its schema does not allow"),
                }
                tried += 1;
            }
        }
        scene.world.begin();
    }
    println!("{tried} edges");
    assert!(tried > 500, "only {tried} edges were tried");
}

/// Fields whose meaning is checked beyond their shape: a letter that is no cursor, a kind of key that only MeshPilot makes.
fn may_refuse(endpoint: &Endpoint, field: &str) -> bool {
    [("create_key", "kind"), ("create_key", "expiresAt")].contains(&(endpoint.spec.name, field))
        || field == "cursor"
}

/// The bounds that a type tells in its schema.
fn bounds<T: JsonSchema>() -> (usize, usize) {
    let schema = schemars::schema_for!(T).to_value();
    let bound = |name: &str| schema[name].as_u64().map(|bound| usize::try_from(bound).unwrap());
    (bound("minLength").unwrap_or(0), bound("maxLength").unwrap())
}

macro_rules! for_each_text {
    ($text:expr, $check:ident) => {
        for_each_text!($text, $check, Title Description ResultText RejectReason Reason Note CommentText ChatText AgentName Role Label
            Word PathGlob KnowledgeKey KnowledgeText SearchText EventName RequestId)
    };
    ($text:expr, $check:ident, $($name:ident)*) => {
        $($check(stringify!($name), $text, bounds::<text::$name>(), |text| text::$name::parse(text).map(text::$name::into_string));)*
    };
}

/// What is read is within the bounds, has no control characters that could hide something, and reads as itself again.
fn check_text(
    name: &str,
    given: &str,
    (least, most): (usize, usize),
    parse: impl Fn(&str) -> Result<String, String>,
) {
    match parse(given) {
        Ok(read) => {
            let size = read.chars().count();
            assert!(
                (least..=most).contains(&size),
                "{name} read {size} characters; {least} to {most} are told"
            );
            assert!(
                !read.chars().any(|c| c.is_control() && !"\n\r\t".contains(c)),
                "{name} read a control character"
            );
            assert_eq!(
                parse(&read).as_deref(),
                Ok(read.as_str()),
                "{name} reads what it read as something else"
            );
        }
        Err(problem) => assert!(
            !problem.is_empty() && problem.len() < 2 * most.max(200) + 200,
            "{name} says {problem:?}"
        ),
    }
}

/// Plain letters are refused for their number alone.
fn check_size(
    name: &str,
    given: &str,
    (least, most): (usize, usize),
    parse: impl Fn(&str) -> Result<String, String>,
) {
    assert_eq!(
        parse(given).is_ok(),
        (least..=most).contains(&given.len()),
        "{name} with {} letters",
        given.len()
    );
}

/// The sizes around the bounds.
fn check_edges(
    name: &str,
    _: &str,
    (least, most): (usize, usize),
    parse: impl Fn(&str) -> Result<String, String>,
) {
    for size in [least.saturating_sub(1), least, least + 1, most - 1, most, most + 1] {
        check_size(name, &"x".repeat(size), (least, most), &parse);
        // Characters are counted, not bytes; a key is ASCII.
        if size > 0 && name != "KnowledgeKey" {
            let wide = "ü".repeat(size);
            assert_eq!(
                parse(&wide).is_ok(),
                (least..=most).contains(&size),
                "{name} with {size} wide letters"
            );
        }
    }
}

#[test]
fn the_edges_of_every_text_are_those_of_its_schema() {
    for_each_text!("", check_edges);
    let source = include_str!("../../src/model/text.rs");
    let declared = source
        .split("\ntexts! {")
        .nth(1)
        .unwrap()
        .split("\n}")
        .next()
        .unwrap()
        .lines()
        .filter(|line| line.contains("..="))
        .count();
    let tried = stringify!(Title Description ResultText RejectReason Reason Note CommentText ChatText AgentName Role Label
            Word PathGlob KnowledgeKey KnowledgeText SearchText EventName RequestId)
    .split_whitespace()
    .count();
    assert_eq!(tried, declared, "a kind of text is not tried here");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_given_is_read_within_the_bounds_or_refused(text in any::<String>()) {
        for_each_text!(&text, check_text);
    }

    #[test]
    fn whatever_looks_like_a_path_or_a_name_is_too(text in "[ ./\\\\a-zA-Z0-9:_@*?{}\\[\\]\u{0}-\u{1f}\u{200b}-\u{202e}-]{0,120}") {
        for_each_text!(&text, check_text);
    }

    #[test]
    fn titles_that_differ_in_case_and_space_alone_are_the_same_task(words in proptest::collection::vec("[a-zA-Z0-9äßΣ]{1,8}", 1..6)) {
        let one = fingerprint(&words.join(" "));
        let spaced = format!("  {}\t", words.join(" \u{a0} "));
        prop_assert_eq!(&fingerprint(&spaced), &one);
        prop_assert_eq!(&fingerprint(&words.join(" ").to_uppercase().to_lowercase()), &fingerprint(&one.to_uppercase()));
        prop_assert!(one.chars().count() <= 120);
    }
}

#[tokio::test]
async fn what_arrives_as_text_is_understood() {
    let world = World::new().await;
    let a = world.agent("a");
    let input = json!({"title": "one", "requiresReview": "false", "labels": "x, y,", "filesOwned": "[\"src/**\"]", "ttlSeconds": "60", "target": null});
    let task = a.call("create_task", input).await["task"].clone();
    assert_eq!(
        (&task["requiresReview"], &task["labels"], &task["filesOwned"]),
        (&json!(false), &json!(["x", "y"]), &json!(["src/**"]))
    );
    assert_eq!(task["expiresAt"], "2026-01-01T09:01:00.000Z");
    // A text stays a text, even when it looks like a number.
    let task = a
        .call("update_task", json!({"taskId": "T1", "title": "42", "description": "true"}))
        .await["task"]
        .clone();
    assert_eq!((&task["title"], &task["description"]), (&json!("42"), &json!("true")));
    let error = a.refused("create_task", json!({"title": "x".repeat(501)})).await.to_json();
    assert_eq!(
        (&error["details"]["field"], &error["details"]["size"]),
        (&json!("title"), &json!(501))
    );
    world.begin();
}
