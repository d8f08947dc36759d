//! The person's key against a real keyring, a locked one, and none.
//!
//! Each test that needs a session bus runs this same test binary again inside a
//! `dbus-run-session` with a home folder of its own, so the person's real keyring is never
//! touched.
#![cfg(target_os = "linux")]

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use meshpilot_home::{
    KeyStore, PersonKey, ProjectHome, forget_person_key, load_person_key, person_key,
    replace_person_key,
};

type Outcome = Result<(), Box<dyn Error>>;

/// Set inside a session; holds the scratch folder.
const INSIDE: &str = "MESHPILOT_TEST_SESSION";
const UNLOCKED: &str =
    "printf '\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null";
/// The bus starts the daemon by itself; its keyring is locked or does not exist yet.
const NOT_UNLOCKED: &str = ":";

#[test]
fn an_unlocked_keyring_keeps_the_key() -> Outcome {
    let test = "an_unlocked_keyring_keeps_the_key";
    let Some(scratch) = inside() else {
        let scratch = tempfile::tempdir()?;
        return run_inside(test, UNLOCKED, scratch.path(), None);
    };
    let home = project(Path::new(&scratch))?;
    assert!(load_person_key(&home)?.is_none());

    let made = person_key(&home)?;
    assert_eq!((made.store, made.created), (KeyStore::Keyring, true));
    let again = person_key(&home)?;
    assert_eq!((again.store, again.created), (KeyStore::Keyring, false));
    assert_eq!(again.text, made.text);
    assert_eq!(loaded(&home)?.text, made.text);
    assert!(!home.dir().join("person.key").exists());

    let replaced = replace_person_key(&home)?;
    assert_ne!(replaced.text, made.text);
    assert_eq!(loaded(&home)?.text, replaced.text);

    forget_person_key(&home)?;
    assert!(load_person_key(&home)?.is_none());
    let fresh = person_key(&home)?;
    assert!(fresh.created);
    assert_ne!(fresh.text, replaced.text);
    Ok(())
}

#[test]
fn a_keyring_that_was_never_unlocked_gives_way_to_the_file() -> Outcome {
    let test = "a_keyring_that_was_never_unlocked_gives_way_to_the_file";
    let Some(scratch) = inside() else {
        let scratch = tempfile::tempdir()?;
        return run_inside(test, NOT_UNLOCKED, scratch.path(), None);
    };
    kept_in_the_file(&project(Path::new(&scratch))?)
}

#[test]
fn a_keyring_locked_since_gives_way_to_the_file_for_good() -> Outcome {
    let test = "a_keyring_locked_since_gives_way_to_the_file_for_good";
    let Some(scratch) = inside() else {
        let scratch = tempfile::tempdir()?;
        run_inside(test, UNLOCKED, scratch.path(), None)?;
        run_inside(test, NOT_UNLOCKED, scratch.path(), None)?;
        return run_inside(test, UNLOCKED, scratch.path(), None);
    };
    let home = project(Path::new(&scratch))?;
    let mark = Path::new(&scratch).join("sessions");
    let earlier = std::fs::read_to_string(&mark).unwrap_or_default();
    std::fs::write(&mark, format!("{earlier}+"))?;
    let key = person_key(&home)?;
    match earlier.len() {
        0 => assert_eq!((key.store, key.created), (KeyStore::Keyring, true)),
        1 => assert_eq!((key.store, key.created), (KeyStore::File, true)),
        // Unlocked again: the choice stands, or there would be two keys in turn.
        _ => assert_eq!((key.store, key.created), (KeyStore::File, false)),
    }
    assert_eq!(loaded(&home)?.text, key.text);
    Ok(())
}

/// With a display a locked keyring asks for its password in a dialog and answers nothing.
#[test]
fn a_keyring_that_waits_for_its_password_is_given_up_in_time() -> Outcome {
    let test = "a_keyring_that_waits_for_its_password_is_given_up_in_time";
    let Some(scratch) = inside() else {
        let scratch = tempfile::tempdir()?;
        run_inside(test, UNLOCKED, scratch.path(), None)?;
        let (_server, display) = Xvfb::start()?;
        return run_inside(test, NOT_UNLOCKED, scratch.path(), Some(&display));
    };
    let home = project(Path::new(&scratch))?;
    let started = Instant::now();
    let key = person_key(&home)?;
    if std::env::var_os("DISPLAY").is_some() {
        assert_eq!((key.store, key.created), (KeyStore::File, true));
        assert!(started.elapsed() < Duration::from_secs(15), "waited for ever");
    } else {
        assert_eq!(key.store, KeyStore::Keyring);
    }
    Ok(())
}

#[test]
fn without_a_session_bus_the_file_keeps_the_key() -> Outcome {
    let test = "without_a_session_bus_the_file_keeps_the_key";
    let Some(scratch) = inside() else {
        let scratch = tempfile::tempdir()?;
        let mut command = again(test, scratch.path())?;
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        return finished(command);
    };
    kept_in_the_file(&project(Path::new(&scratch))?)
}

#[test]
fn the_environment_decides_the_store() -> Outcome {
    let test = "the_environment_decides_the_store";
    let Some(scratch) = inside() else {
        let scratch = tempfile::tempdir()?;
        let mut by_file = again(test, scratch.path())?;
        by_file.env("MESHPILOT_KEY_STORE", "file");
        finished(by_file)?;
        let mut by_keyring = again(test, scratch.path())?;
        by_keyring
            .env("MESHPILOT_KEY_STORE", "keyring")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        finished(by_keyring)?;
        let mut by_mistake = again(test, scratch.path())?;
        by_mistake.env("MESHPILOT_KEY_STORE", "vault");
        return finished(by_mistake);
    };
    let home = project(Path::new(&scratch))?;
    let key = person_key(&home);
    match std::env::var("MESHPILOT_KEY_STORE")?.as_str() {
        "file" => assert_eq!(key?.store, KeyStore::File),
        // Demanded and not there: no silent retreat to the file.
        "keyring" => assert!(matches!(key, Err(meshpilot_home::Error::Keyring(_)))),
        _ => assert!(matches!(key, Err(meshpilot_home::Error::UnknownStore(_)))),
    }
    Ok(())
}

fn kept_in_the_file(home: &ProjectHome) -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    let made = person_key(home)?;
    assert_eq!((made.store, made.created), (KeyStore::File, true));
    let file = home.dir().join("person.key");
    let mode = std::fs::metadata(&file)?.permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_to_string(&file)?.trim_end(), made.text.as_str());

    let again = person_key(home)?;
    assert!(!again.created);
    assert_eq!(again.text, made.text);
    let replaced = replace_person_key(home)?;
    assert_eq!(loaded(home)?.text, replaced.text);

    std::fs::write(&file, "mp_cut")?;
    let damaged = person_key(home);
    assert!(matches!(damaged, Err(meshpilot_home::Error::DamagedKey(_))));
    forget_person_key(home)?;
    assert!(!file.exists());
    assert!(load_person_key(home)?.is_none());
    Ok(())
}

fn loaded(home: &ProjectHome) -> Result<PersonKey, Box<dyn Error>> {
    Ok(load_person_key(home)?.ok_or("no key is stored")?)
}

fn project(scratch: &Path) -> Result<ProjectHome, Box<dyn Error>> {
    let folder = scratch.join("project");
    std::fs::create_dir_all(&folder)?;
    Ok(ProjectHome::open(&folder, Some(&scratch.join("data")))?)
}

fn inside() -> Option<String> {
    std::env::var(INSIDE).ok()
}

/// This test binary, to run one test with `scratch` as everything that a person has.
fn again(test: &str, scratch: &Path) -> Result<Command, Box<dyn Error>> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--exact", test, "--nocapture"]);
    isolate(&mut command, scratch)?;
    Ok(command)
}

fn isolate(command: &mut Command, scratch: &Path) -> Outcome {
    use std::os::unix::fs::DirBuilderExt;
    let runtime = scratch.join("run");
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&runtime)?;
    command
        .env(INSIDE, scratch)
        .env("HOME", scratch)
        .env("XDG_RUNTIME_DIR", runtime)
        .env_remove("XDG_DATA_HOME")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("MESHPILOT_KEY_STORE")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY");
    Ok(())
}

/// Runs `test` on a session bus of its own after the shell line `before`.
fn run_inside(test: &str, before: &str, scratch: &Path, display: Option<&str>) -> Outcome {
    for (program, package) in
        [("dbus-run-session", "dbus"), ("gnome-keyring-daemon", "gnome-keyring")]
    {
        needs(program, package)?;
    }
    let mut command = Command::new("dbus-run-session");
    command
        .args(["--", "sh", "-c"])
        .arg(format!("{before}\nexec \"$0\" --exact {test} --nocapture"))
        .arg(std::env::current_exe()?);
    isolate(&mut command, scratch)?;
    if let Some(display) = display {
        command.env("DISPLAY", display);
    }
    finished(command)
}

fn finished(mut command: Command) -> Outcome {
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!(
            "{}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
        .into());
    }
    let said = String::from_utf8_lossy(&output.stdout);
    if !said.contains("1 passed") {
        return Err(format!("the inner run tested nothing:\n{said}").into());
    }
    Ok(())
}

/// A missing program is a failure that says what to install, not a test passed over.
fn needs(program: &str, package: &str) -> Outcome {
    let found = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()));
    if found {
        return Ok(());
    }
    Err(format!("{program} is missing; install the package {package}").into())
}

/// An X server without a screen, ended when dropped.
struct Xvfb(std::process::Child);

impl Xvfb {
    fn start() -> Result<(Self, String), Box<dyn Error>> {
        use std::io::{BufRead, BufReader};
        needs("Xvfb", "xvfb")?;
        // It takes a free display itself and names it when it is ready.
        let mut child = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "800x600x24"])
            .args(["-nolisten", "tcp"])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()?;
        let stdout = child.stdout.take().ok_or("no pipe")?;
        let server = Self(child);
        let mut number = String::new();
        BufReader::new(stdout).read_line(&mut number)?;
        Ok((server, format!(":{}", number.trim())))
    }
}

impl Drop for Xvfb {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
