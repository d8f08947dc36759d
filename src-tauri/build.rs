//! Generates what Tauri needs at compile time.

/// The only commands there are; the capability gives them to the bundled page alone.
const COMMANDS: &[&str] = &["situation", "try_again", "show_logs", "choose_project", "open_recent"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}
