//! The whole surface as files that a reviewer sees change.

use std::fmt::Write as _;

use meshpilot::ops;
use meshpilot::transport::openapi;
use serde_json::{Value, json};

use super::golden;

fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap();
    text.push('\n');
    text
}

#[test]
fn the_openapi_document_is_the_committed_one() {
    golden::check("server/tests/snapshots/openapi.json", &pretty(&openapi::build(&ops::all())));
}

#[test]
fn the_tools_are_the_committed_ones() {
    golden::check(
        "server/tests/snapshots/tools.json",
        &pretty(&json!({ "tools": super::tools::all() })),
    );
}

#[test]
fn the_operations_are_the_committed_ones() {
    let mut table = String::new();
    for endpoint in ops::all().endpoints() {
        let spec = &endpoint.spec;
        let does = if endpoint.writes { "writes" } else { "reads" };
        let fails: Vec<&str> = spec.fails.iter().map(|code| code.as_str()).collect();
        let mut marks = Vec::new();
        marks.extend(spec.default_tool.then_some("default"));
        marks.extend(spec.destructive.then_some("destructive"));
        marks.extend(spec.idempotent.then_some("idempotent"));
        marks.extend(spec.lifeline.then_some("lifeline"));
        write!(
            table,
            "{:<22} {:<6} {:<27} {:<6} {:<6} {}",
            spec.name,
            spec.method.as_str(),
            spec.path,
            does,
            spec.scope.as_str(),
            marks.join(",")
        )
        .unwrap();
        let line = table.lines().last().unwrap_or_default().trim_end().to_owned();
        table.truncate(table.rfind('\n').map_or(0, |at| at + 1));
        writeln!(table, "{line}").unwrap();
        if !fails.is_empty() {
            writeln!(table, "    {}", fails.join(" ")).unwrap();
        }
    }
    golden::check("server/tests/snapshots/operations.txt", &table);
}
