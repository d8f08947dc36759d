//! Rebuilds the server when the board appears, and a release also when the board was built anew: rust-embed notices
//! changed files, but neither new ones nor a folder that was not there.

use std::path::Path;

fn main() {
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    // With the folder there, debug builds read the board from disk at run time.
    let watched =
        if release || !Path::new("../ui/dist").exists() { "../ui/dist" } else { "build.rs" };
    println!("cargo:rerun-if-changed={watched}");
}
