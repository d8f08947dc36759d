//! Every operation as a command: the noun is the first part of its path, the verb what is left of its name.

use std::io::IsTerminal as _;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Arg, ArgAction, ArgMatches, Command};
use meshpilot_home::ProjectHome;
use serde_json::{Map, Value};

use super::{exit, own, print};
use crate::api::{Api, Endpoint};
use crate::client::{Client, find};
use crate::config::ProjectArgs;

/// `task` and `claim-next` for `claim_next_task` at `/tasks/claim-next`.
fn words(endpoint: &Endpoint) -> (String, String) {
    let first = endpoint.spec.path.split('/').nth(1).unwrap_or_default();
    let noun = if first == "settings" { first } else { first.strip_suffix('s').unwrap_or(first) };
    let verb: Vec<&str> = endpoint
        .spec
        .name
        .split('_')
        .filter(|word| {
            !noun.split('-').any(|part| part == *word || word.strip_suffix('s') == Some(part))
        })
        .collect();
    (noun.to_owned(), verb.join("-"))
}

/// `filesOwned` as `files-owned`.
fn flag(field: &str) -> String {
    field
        .chars()
        .flat_map(
            |c| if c.is_ascii_uppercase() { vec!['-', c.to_ascii_lowercase()] } else { vec![c] },
        )
        .collect()
}

/// Flags that are shorter than their field's name: whoever makes a key says whose it is, and makes it as themselves.
const SHORT: &[(&str, &str, &str)] =
    &[("create_key", "forAgent", "agent"), ("create_key", "expiresAt", "expires")];

/// The flag of a field, with its short form if it has one; none when another field's short form has taken it.
fn flags(operation: &str, field: &str) -> Option<(String, Option<String>)> {
    let mut own = SHORT.iter().filter(|(name, ..)| *name == operation);
    if own.clone().any(|(_, _, short)| *short == field) {
        return None;
    }
    Some(match own.find(|(_, long, _)| *long == field) {
        Some((_, long, short)) => ((*short).to_owned(), Some(flag(long))),
        None => (flag(field), None),
    })
}

/// Fields that stand without a flag: those of the path, then the required ones.
fn positional(endpoint: &Endpoint) -> Vec<String> {
    let mut fields: Vec<String> = endpoint.path_fields().map(str::to_owned).collect();
    if let Some(Value::Array(required)) = endpoint.input.get("required") {
        for name in required.iter().filter_map(Value::as_str) {
            if !fields.iter().any(|field| field == name) {
                fields.push(name.to_owned());
            }
        }
    }
    fields
}

fn arguments(endpoint: &Endpoint) -> Vec<Arg> {
    let positional = positional(endpoint);
    let Some(properties) = endpoint.properties() else { return Vec::new() };
    let text = |schema: &Value, name: &str| {
        schema.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let mut arguments = Vec::new();
    for field in &positional {
        let help =
            properties.get(field).map(|schema| text(schema, "description")).unwrap_or_default();
        arguments.push(
            Arg::new(field.clone())
                .value_name(flag(field).to_uppercase())
                .help(help)
                .required(true)
                .allow_hyphen_values(true),
        );
    }
    for (field, schema) in properties.iter().filter(|(field, _)| !positional.contains(field)) {
        let Some((long, alias)) = flags(endpoint.spec.name, field) else { continue };
        let mut argument =
            Arg::new(field.clone()).long(long).aliases(alias).help(text(schema, "description"));
        argument = match text(schema, "type").as_str() {
            "boolean" => {
                argument.num_args(0..=1).default_missing_value("true").value_name("true|false")
            }
            "array" => argument.action(ArgAction::Append).value_name("A,B"),
            _ => argument.value_name(flag(field).to_uppercase()).allow_hyphen_values(true),
        };
        arguments.push(argument);
    }
    arguments.push(
        Arg::new("as_json")
            .long("json")
            .action(ArgAction::SetTrue)
            .help("Prints the answer as JSON"),
    );
    arguments
}

fn leaf(name: String, endpoint: &Endpoint) -> Command {
    Command::new(name)
        .about(endpoint.summary().to_owned())
        .long_about(endpoint.description.clone())
        .args(arguments(endpoint))
}

/// Adds a command for every operation, grouped by noun, and hidden under its own name.
pub(super) fn add(mut command: Command, api: &Api) -> Command {
    let mut nouns: Vec<(String, Command)> = Vec::new();
    for endpoint in api.endpoints() {
        let (noun, verb) = words(endpoint);
        let leaf = leaf(verb, endpoint);
        match nouns.iter_mut().find(|(known, _)| *known == noun) {
            Some((_, group)) => *group = std::mem::take(group).subcommand(leaf),
            None => {
                let about = format!("Operations on {noun}");
                nouns.push((
                    noun.clone(),
                    Command::new(noun)
                        .about(about)
                        .subcommand_required(true)
                        .arg_required_else_help(true)
                        .subcommand(leaf),
                ));
            }
        }
    }
    for (_, group) in nouns {
        command = command.subcommand(group);
    }
    for endpoint in api.endpoints() {
        command =
            command.subcommand(self::leaf(endpoint.spec.name.to_owned(), endpoint).hide(true));
    }
    command
}

fn find_endpoint<'a, 'm>(
    api: &'a Api,
    name: &str,
    matches: &'m ArgMatches,
) -> Option<(&'a Arc<Endpoint>, &'m ArgMatches)> {
    if let Some(endpoint) = api.find(name) {
        return Some((endpoint, matches));
    }
    let (verb, sub) = matches.subcommand()?;
    api.endpoints()
        .iter()
        .find(|endpoint| words(endpoint) == (name.to_owned(), verb.to_owned()))
        .map(|endpoint| (endpoint, sub))
}

/// Calls the operation of a command line and prints its answer.
pub(super) async fn run(
    api: &Api,
    project: &ProjectArgs,
    name: &str,
    matches: &ArgMatches,
) -> anyhow::Result<u8> {
    let (endpoint, matches) = find_endpoint(api, name, matches).context("no such command")?;
    let home = project.home()?;
    let mut input = input(endpoint, matches);
    // Only the person makes keys, so the agent named with one is the one that it is for.
    if endpoint.spec.name == "create_key"
        && let Some(agent) = input.remove("agent")
    {
        input.insert("forAgent".to_owned(), agent);
    }
    let agent = input
        .remove("agent")
        .and_then(|agent| agent.as_str().map(str::to_owned))
        .or_else(|| std::env::var("MESHPILOT_AGENT").ok());
    let ready = find(&home).await?.context(
        "no server runs for this project: start one with `meshpilot serve` or `meshpilot open`",
    )?;
    let client = Client::new(&ready.url, &key(&home, agent.as_deref()).await?)?;
    let answer = client.call(endpoint, input, agent.as_deref()).await?;
    let json = matches.get_flag("as_json") || !std::io::stdout().is_terminal();
    if answer.success {
        print::success(endpoint, &answer, json)?;
        return Ok(0);
    }
    print::failure(&answer, json);
    Ok(exit::of(answer.body.get("code").and_then(Value::as_str).unwrap_or_default()))
}

/// An agent acts with the project's shared key, a person with their own; `MESHPILOT_KEY` overrides both.
async fn key(home: &ProjectHome, agent: Option<&str>) -> anyhow::Result<String> {
    if let Ok(key) = std::env::var("MESHPILOT_KEY") {
        return Ok(key);
    }
    if agent.is_some_and(|agent| agent != "human") {
        let config = meshpilot_home::read_project_config(home)?
            .context("there is no .meshpilot/mcp.json: run `meshpilot serve` once")?;
        return Ok(config.key.as_str().to_owned());
    }
    Ok(own::person(home).await?.as_str().to_owned())
}

fn input(endpoint: &Endpoint, matches: &ArgMatches) -> Map<String, Value> {
    let mut input = Map::new();
    let Some(properties) = endpoint.properties() else { return input };
    for (field, schema) in properties {
        let list = schema.get("type").and_then(Value::as_str) == Some("array");
        let Ok(Some(given)) = matches.try_get_many::<String>(field) else { continue };
        let given: Vec<&String> = given.collect();
        let value = match given.as_slice() {
            // JSON in one piece, such as the updates of a bulk call.
            [only] if list && only.trim_start().starts_with('[') => {
                serde_json::from_str(only).unwrap_or_else(|_| Value::String((*only).clone()))
            }
            many if list => many
                .iter()
                .flat_map(|text| text.split(','))
                .map(|text| Value::String(text.trim().to_owned()))
                .collect(),
            [only] if *only == "null" => Value::Null,
            [only] => Value::String((*only).clone()),
            _ => continue,
        };
        input.insert(field.clone(), value);
    }
    input
}
