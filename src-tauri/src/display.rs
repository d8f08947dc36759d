//! Is there a display, and can its web view draw on it?

/// Makes sure that windows can be opened; the error says what a person without a display can do.
///
/// May replace this process by itself, so nothing may be started before.
#[cfg(target_os = "linux")]
pub fn require() -> Result<(), String> {
    const INSTEAD: &str =
        "`meshpilot serve --open` runs the board without a window, for any browser";
    let is_set = |variable: &str| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    if !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
        return Err(format!(
            "there is no display (DISPLAY and WAYLAND_DISPLAY are unset); {INSTEAD}"
        ));
    }
    draw_without_dmabuf()?;
    // Tauri would panic.
    gtk::init().map_err(|_| format!("the display can't be opened; {INSTEAD}"))
}

/// Elsewhere there always is one.
#[cfg(not(target_os = "linux"))]
pub fn require() -> Result<(), String> {
    Ok(())
}

/// WebKitGTK's DMABUF renderer leaves windows blank on many graphics drivers. The switch has to
/// be in the environment before GTK starts, and setting it in a running process is unsafe, so the
/// process starts over with it; whoever has set it, to whatever, knows better.
#[cfg(target_os = "linux")]
fn draw_without_dmabuf() -> Result<(), String> {
    use std::os::unix::process::CommandExt;
    const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if std::env::var_os(SWITCH).is_some() {
        return Ok(());
    }
    let program = std::env::current_exe().map_err(|refused| refused.to_string())?;
    let mut arguments = std::env::args_os();
    let mut again = std::process::Command::new(program);
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    // Returns only when it fails, and then the window may still be fine.
    let refused = again.args(arguments).env(SWITCH, "1").exec();
    tracing::warn!(%refused, "{SWITCH} can't be set");
    Ok(())
}
