//! Rebuilds a release when the board was built anew: rust-embed notices changed files, but not new ones.

fn main() {
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    // Debug builds read the board from disk at run time.
    println!("cargo:rerun-if-changed={}", if release { "../ui/dist" } else { "build.rs" });
}
