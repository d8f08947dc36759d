//! The operating system: whether there is a display, and the packages that cargo and npm cannot bring.

use std::ffi::OsString;

use anyhow::{Context, Result, bail};

use crate::shell::{Cmd, cmd};

/// What building and showing the desktop app takes on Debian and Ubuntu.
pub const DESKTOP: &[&str] = &["pkg-config", "libwebkit2gtk-4.1-dev", "libayatana-appindicator3-1"];

/// What the tests of the person's key take: a keyring of their own, and a display without a screen for the
/// dialog of a locked one.
pub const KEYRING_TESTS: &[&str] = &["dbus", "gnome-keyring", "libsecret-tools", "xvfb", "xauth"];

/// What the tests of the board and of the desktop app take besides: a browser, a driver for the app's window
/// and a way to look at the screen.
pub const WINDOW_TESTS: &[&str] = &["chromium", "webkit2gtk-driver", "imagemagick"];

/// Says whether a window can be shown.
pub fn has_display() -> bool {
    !cfg!(target_os = "linux") || display_named(|name| std::env::var_os(name))
}

fn display_named(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| variable(name).is_some_and(|value| !value.is_empty()))
}

/// Says whether the desktop app can be built here.
pub fn can_build_desktop() -> bool {
    !cfg!(target_os = "linux") || cmd("pkg-config").args(["--exists", "webkit2gtk-4.1"]).succeeds()
}

/// Which of these Debian packages are not installed.
pub fn missing<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    let listed = cmd("dpkg-query")
        .args(["-W", "-f", "${Package} ${db:Status-Status}\n"])
        .args(packages)
        .read_any();
    not_installed(packages, &listed)
}

fn not_installed<'a>(packages: &[&'a str], listed: &str) -> Vec<&'a str> {
    let installed =
        |package: &&str| listed.lines().any(|line| line == format!("{package} installed"));
    packages.iter().copied().filter(|package| !installed(package)).collect()
}

/// Installs Debian packages that are missing, as root or through a `sudo` that does not ask.
///
/// # Errors
///
/// If that cannot be done; the message is one line for the person to copy.
pub fn install(packages: &[&str]) -> Result<()> {
    if !cmd("apt-get").arg("--version").succeeds() {
        bail!("{}", elsewhere(packages));
    }
    let missing = missing(packages);
    if missing.is_empty() {
        return Ok(());
    }
    if !is_root() && !cmd("sudo").args(["-n", "true"]).succeeds() {
        bail!(
            "system packages are missing; install them with\n\n    sudo apt-get update && sudo apt-get install -y --no-install-recommends {}\n",
            missing.join(" ")
        );
    }
    apt_get(&["update"]).run().context("cannot fetch the lists of packages")?;
    // A machine that updates itself at start may hold apt's lock for a while.
    apt_get(&["-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends"])
        .args(missing)
        .run()
        .context("cannot install system packages")
}

fn apt_get(args: &[&str]) -> Cmd {
    let quiet = ["DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"];
    if is_root() { cmd("env") } else { cmd("sudo").args(["-n", "env"]) }.args(quiet).args(args)
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// What to say where there is no apt.
fn elsewhere(packages: &[&str]) -> String {
    if packages.iter().any(|package| package.contains("webkit2gtk")) {
        "the desktop app needs WebKitGTK 4.1; install it with\n\n    \
         Fedora: sudo dnf install webkit2gtk4.1-devel libappindicator-gtk3\n    \
         Arch:   sudo pacman -S --needed webkit2gtk-4.1 libayatana-appindicator\n    \
         openSUSE: sudo zypper install webkit2gtk3-devel libayatana-appindicator3-1\n"
            .to_owned()
    } else {
        format!("there is no apt-get here to install these with: {}", packages.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_counts_only_when_fully_installed() {
        let listed = "xvfb installed\nchromium config-files\nlibxvfb installed";
        assert_eq!(not_installed(&["xvfb", "chromium", "xauth"], listed), ["chromium", "xauth"]);
    }

    #[test]
    fn an_empty_variable_is_no_display() {
        let with = |set: &'static str, value: &'static str| {
            display_named(|name| (name == set).then(|| OsString::from(value)))
        };
        assert!(with("DISPLAY", ":0"));
        assert!(with("WAYLAND_DISPLAY", "wayland-0"));
        assert!(!with("DISPLAY", ""));
        assert!(!with("TERM", "xterm"));
    }

    #[test]
    fn every_package_is_named_once() {
        let mut all = [DESKTOP, KEYRING_TESTS, WINDOW_TESTS].concat();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
