//! The protocol's own suite and inspector against the built server.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use meshpilot_e2e::cli::{Output, finish_within};
use meshpilot_e2e::proxy::Proxy;
use meshpilot_e2e::server::{Launch, built};
use meshpilot_e2e::{Place, Server, tools};

const FOLDER: &str = "conformance";
/// The whole suite of one revision takes some seconds.
const SUITE_LIMIT: Duration = Duration::from_secs(150);

fn script(path: &str) -> PathBuf {
    tools::folder().join(FOLDER).join("node_modules/@modelcontextprotocol").join(path)
}

/// Runs what one revision of the protocol requires; a baseline names what the program does not pass.
async fn suite(server: &Server, revision: &str, baseline: Option<&str>) -> Result<Output> {
    // The suite can't send a key, so a proxy does.
    let proxy = Proxy::start(server.port(), &server.place().project_key()?).await?;
    let url = format!("http://127.0.0.1:{}/mcp", proxy.port());
    let mut command = tools::node(FOLDER)?;
    command
        .arg(script("conformance/dist/index.js"))
        .args(["server", "--url", &url, "--requirements", revision])
        .arg("-o")
        .arg(server.place().file("conformance"));
    if let Some(baseline) = baseline {
        command.args(["--expected-failures", baseline]);
    }
    finish_within(command, SUITE_LIMIT).await
}

/// What a shipped build keeps, but for what its baseline excuses.
async fn conforms(revision: &str) -> Result<()> {
    let server = Server::unlimited().await?;
    let baseline = format!("baseline-{revision}.yml");
    let summary = passed(suite(&server, revision, Some(&baseline)).await?)?;
    // It did run: what is excused is not everything.
    ensure!(summary.matches('✓').count() >= 8, "{summary}");
    Ok(())
}

/// What the transport, the guard and the sessions keep when the suite finds the tools, prompts and resources it needs.
async fn conforms_with_fixtures(revision: &str, at_least: usize) -> Result<()> {
    let program = built("meshpilot-conformance").context(
        "`cargo build --package meshpilot-server --features conformance --bin meshpilot-conformance`",
    )?;
    let launch = Launch { program: Some(program), ..Launch::default() };
    let server = Place::new()?.serve(launch).await?;
    server.raise_limits().await?;
    let summary = passed(suite(&server, revision, None).await?)?;
    ensure!(summary.matches('✓').count() >= at_least, "{summary}");
    Ok(())
}

/// The summary of a run that went well.
fn passed(output: Output) -> Result<String> {
    let summary = output.stdout.split("=== SUMMARY ===").nth(1).unwrap_or(&output.stdout);
    ensure!(output.code == 0, "{}\n{summary}\n{}", output.code, output.stderr);
    let total = summary.lines().find(|line| line.starts_with("Total:")).context("a total")?;
    println!("{total}");
    Ok(summary.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_current_revision_is_kept() -> Result<()> {
    conforms("2026-07-28").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_revision_with_a_handshake_is_kept() -> Result<()> {
    conforms("2025-11-25").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_current_revision_is_kept_whole_with_fixtures() -> Result<()> {
    conforms_with_fixtures("2026-07-28", 35).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_revision_with_a_handshake_is_kept_whole_with_fixtures() -> Result<()> {
    conforms_with_fixtures("2025-11-25", 29).await
}

/// Its linter knows what the narrowest clients can't read.
#[tokio::test]
async fn the_inspector_finds_every_tool_portable() -> Result<()> {
    let server = Server::unlimited().await?;
    let header = format!("Authorization: Bearer {}", server.place().person_key()?);
    for (query, era) in [("", "legacy"), ("?tools=all", "legacy"), ("?tools=all", "modern")] {
        let url = format!("{}{query}", server.ready().mcp);
        let mut command = tools::node(FOLDER)?;
        command
            .arg(script("inspector/clients/launcher/build/index.js"))
            .args([
                "--cli",
                &url,
                "--transport",
                "http",
                "--header",
                &header,
                "--protocol-era",
                era,
            ])
            .args(["--method", "tools/list", "--strict", "--format", "json"])
            .env("HOME", server.place().file("inspector"));
        let output = finish_within(command, SUITE_LIMIT).await?;
        ensure!(output.code == 0, "{query} {era}: {output:?}");
        ensure!(output.stderr.trim().is_empty(), "{query} {era}: {}", output.stderr);
        let listed: serde_json::Value = serde_json::from_str(&output.stdout)?;
        let count = listed["result"]["tools"].as_array().map(Vec::len).unwrap_or_default();
        ensure!(
            if query.is_empty() { (15..=26).contains(&count) } else { count > 26 },
            "{query}: {count} tools"
        );
    }
    Ok(())
}
