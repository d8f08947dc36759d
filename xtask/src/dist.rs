//! `dist`: what is handed to users, with sizes and checksums.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::place::{self, Profile};
use crate::shell::{cargo, cmd};
use crate::{node, system, ui};

/// Tauri's command line, prebuilt in its npm package; as a crate it takes longer than MeshPilot itself.
const TAURI_CLI: &str = "@tauri-apps/cli@2.12.5";

/// `cargo xtask dist`.
pub fn main(args: &[String]) -> Result<ExitCode> {
    if let Some(arg) = args.first() {
        bail!("dist takes no `{arg}`");
    }
    let out = place::target().join("dist");
    fs::create_dir_all(&out).with_context(|| format!("cannot create {}", out.display()))?;

    let node = node::for_board()?;
    // Always anew: what is embedded should be what these sources make, not what lay there.
    ui::build(&node)?;
    cargo()
        .args(["build", "--release", "--locked", "--bins", "--package", "meshpilot-server"])
        .run()?;
    let server = copy_stripped(&Profile::Release.binary("meshpilot"), &out)?;
    let mut made = vec![server.clone()];

    if cfg!(target_os = "linux") {
        if !system::can_build_desktop() {
            system::install(system::DESKTOP)?;
        }
        // The bundler panics where pkg-config doesn't know the tray's library.
        system::install(&["libayatana-appindicator3-dev"])?;
        let shell = place::root().join("src-tauri");
        // Given here and not in the app's configuration, which would then need a release build of the server
        // for every other build of the app.
        let beside = json!({ "bundle": { "linux": { "deb": { "files": { "/usr/bin/meshpilot": server } } } } });
        node.npx()
            .args(["--yes", TAURI_CLI, "build", "--bundles", "deb", "--config"])
            .arg(beside.to_string())
            .args(["--", "--locked"])
            .dir(&shell)
            .run()?;
        let bundles = place::target().join("release/bundle/deb");
        made.push(newest_with_extension(&bundles, "deb")?);
    } else {
        println!(
            "The desktop bundle of this system is made by `npx {TAURI_CLI} build` in src-tauri."
        );
    }

    println!();
    for path in &made {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let digest =
            Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let name = path.strip_prefix(place::root()).unwrap_or(path).display().to_string();
        println!("{digest}  {:>6.1} MB  {name}", bytes.len() as f64 / 1e6);
    }
    Ok(ExitCode::SUCCESS)
}

/// Copies a binary without its symbols, where there is a `strip` to take them out.
fn copy_stripped(binary: &Path, folder: &Path) -> Result<PathBuf> {
    let name = binary.file_name().context("the binary has no name")?;
    let copy = folder.join(name);
    fs::copy(binary, &copy).with_context(|| format!("cannot copy {}", binary.display()))?;
    if !cmd("strip").arg(&copy).succeeds() {
        println!("(not stripped: there is no `strip` here)");
    }
    Ok(copy)
}

fn newest_with_extension(folder: &Path, extension: &str) -> Result<PathBuf> {
    let mut found = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?
    {
        let entry = entry?;
        if entry.path().extension().is_some_and(|ext| ext == extension) {
            found.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    found.sort();
    found
        .pop()
        .map(|(_, path)| path)
        .with_context(|| format!("no .{extension} in {}", folder.display()))
}
