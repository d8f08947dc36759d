//! Linters and runners in pinned versions, installed into `target/tools` when first wanted.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::place;
use crate::shell::{Cmd, cargo, cmd};
use crate::version::Version;

/// A tool that comes as a crate.
struct Crate {
    name: &'static str,
    version: Version,
}

const DENY: Crate = Crate { name: "cargo-deny", version: Version(0, 20, 2) };
const MACHETE: Crate = Crate { name: "cargo-machete", version: Version(0, 9, 2) };
const NEXTEST: Crate = Crate { name: "cargo-nextest", version: Version(0, 9, 143) };
const TYPOS: Crate = Crate { name: "typos-cli", version: Version(1, 52, 0) };

/// `cargo deny`: licences, banned crates, sources.
pub fn deny() -> Result<Cmd> {
    Ok(cmd(DENY.ensure("cargo-deny")?))
}

/// `cargo machete`: dependencies that nothing uses.
pub fn machete() -> Result<Cmd> {
    Ok(cmd(MACHETE.ensure("cargo-machete")?))
}

/// `cargo nextest`: the machine's own if there is one, whatever its version.
pub fn nextest() -> Result<Cmd> {
    if cargo().args(["nextest", "--version"]).succeeds() {
        return Ok(cargo().arg("nextest"));
    }
    Ok(cmd(NEXTEST.ensure("cargo-nextest")?).arg("nextest"))
}

/// `typos`: the spelling. Python's registry has it built, which takes a second instead of a minute.
pub fn typos() -> Result<Cmd> {
    let venv = place::tools().join("python");
    let bin = venv.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let program = bin.join(format!("typos{}", std::env::consts::EXE_SUFFIX));
    if is_version(cmd(&program), TYPOS.version) {
        return Ok(cmd(program));
    }
    let wheel = format!("typos=={}", TYPOS.version);
    let installed = python_venv(&venv).and_then(|()| {
        cmd(bin.join("python"))
            .args(["-m", "pip", "install", "--quiet", "--no-deps"])
            .arg(wheel)
            .run()
    });
    match installed {
        Ok(()) => Ok(cmd(program)),
        // No Python, or one without venv, as Debian ships it.
        Err(_) => Ok(cmd(TYPOS.ensure("typos")?)),
    }
}

/// Creates a virtual environment unless it is there.
fn python_venv(folder: &Path) -> Result<()> {
    if folder.join("pyvenv.cfg").exists() {
        return Ok(());
    }
    let python = if cfg!(windows) { "python" } else { "python3" };
    cmd(python).args(["-m", "venv"]).arg(folder).run()
}

impl Crate {
    /// The path of the crate's program, built if it is not there in this version.
    fn ensure(&self, program: &str) -> Result<PathBuf> {
        let root = place::tools();
        let path = root.join("bin").join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
        if !is_version(cmd(&path), self.version) {
            // Unoptimised: these run for seconds, and built this way they are there in a quarter of the time.
            cargo()
                .args([
                    "install",
                    "--quiet",
                    "--locked",
                    "--debug",
                    "--force",
                    self.name,
                    "--version",
                ])
                .arg(self.version.to_string())
                .arg("--root")
                .arg(&root)
                .env("CARGO_PROFILE_DEV_DEBUG", "0")
                .run()
                .with_context(|| format!("cannot install {}", self.name))?;
        }
        Ok(path)
    }
}

fn is_version(program: Cmd, wanted: Version) -> bool {
    program.arg("--version").read().as_deref().and_then(Version::find) == Some(wanted)
}
