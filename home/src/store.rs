//! The two places that can keep the person's key: the system's keyring and a private file.

use std::fmt;
use std::str::FromStr;
use std::sync::mpsc;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::key::{KeyText, new_key};
use crate::private;
use crate::project::ProjectHome;

/// The environment variable that decides the store: `keyring` or `file`.
pub const KEY_STORE_VARIABLE: &str = "MESHPILOT_KEY_STORE";

/// How long the keyring may take. A locked one opens a dialog and answers when the person has;
/// nobody may be there to see it.
const KEYRING_LIMIT: Duration = Duration::from_secs(5);

const SERVICE: &str = "meshpilot";

/// Where the person's key of a project is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStore {
    /// The system's keyring (Secret Service, Keychain, Credential Manager).
    Keyring,
    /// `person.key` (0600) in the project's data folder.
    File,
}

impl fmt::Display for KeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keyring => "keyring",
            Self::File => "file",
        })
    }
}

impl FromStr for KeyStore {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.trim() {
            "keyring" => Ok(Self::Keyring),
            "file" => Ok(Self::File),
            other => Err(Error::UnknownStore(other.to_owned())),
        }
    }
}

impl KeyStore {
    /// The store that the project or the environment demands, if any.
    pub(crate) fn demanded(home: &ProjectHome) -> Result<Option<Self>> {
        if home.key_in_file() {
            return Ok(Some(Self::File));
        }
        std::env::var(KEY_STORE_VARIABLE)
            .ok()
            .filter(|value| !value.is_empty())
            .map(|value| value.parse())
            .transpose()
    }

    /// The store that was chosen for this project before.
    pub(crate) fn remembered(home: &ProjectHome) -> Result<Option<Self>> {
        private::read(&home.key_store_file())?
            .map(|bytes| String::from_utf8_lossy(&bytes).parse())
            .transpose()
    }

    /// Keeps the choice, so that a keyring that is there one day and away the next never gives
    /// a project two keys.
    pub(crate) fn remember(self, home: &ProjectHome) -> Result<()> {
        private::write(&home.key_store_file(), format!("{self}\n").as_bytes())
    }

    /// The keyring if it keeps and returns a secret within its time, else the file. Its own
    /// status is no proof: a daemon without an unlocked keyring reports that all is well.
    pub(crate) fn probed() -> Self {
        match within(KEYRING_LIMIT, probe_keyring) {
            Ok(()) => Self::Keyring,
            Err(_) => Self::File,
        }
    }

    pub(crate) fn load(self, home: &ProjectHome) -> Result<Option<KeyText>> {
        let text = match self {
            Self::File => private::read(&home.person_key_file())?
                .map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned()),
            Self::Keyring => {
                let user = home.id().to_owned();
                within(KEYRING_LIMIT, move || get_password(&user))?
            }
        };
        text.map(|text| KeyText::parse(&text).ok_or_else(|| Error::DamagedKey(self.place(home))))
            .transpose()
    }

    pub(crate) fn save(self, home: &ProjectHome, key: &KeyText) -> Result<()> {
        match self {
            Self::File => {
                private::write(&home.person_key_file(), format!("{}\n", key.as_str()).as_bytes())
            }
            Self::Keyring => {
                let (user, text) = (home.id().to_owned(), key.as_str().to_owned());
                within(KEYRING_LIMIT, move || entry(&user)?.set_password(&text).map_err(refused))
            }
        }
    }

    pub(crate) fn delete(self, home: &ProjectHome) -> Result<()> {
        match self {
            Self::File => private::remove(&home.person_key_file()),
            Self::Keyring => {
                let user = home.id().to_owned();
                within(KEYRING_LIMIT, move || delete_password(&user))
            }
        }
    }

    fn place(self, home: &ProjectHome) -> String {
        match self {
            Self::File => home.person_key_file().display().to_string(),
            Self::Keyring => format!("the system's keyring ({SERVICE}, {})", home.id()),
        }
    }
}

/// Runs `work` in a thread of its own and waits at most `limit` for it. A thread that outlives
/// its limit is left to itself: it waits in the keyring's dialog and can't be ended from here.
fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (answer, answered) = mpsc::sync_channel(1);
    std::thread::Builder::new()
        .name("keyring".to_owned())
        .spawn(move || answer.send(work()))
        .map_err(|source| Error::Keyring(source.to_string()))?;
    match answered.recv_timeout(limit) {
        Ok(outcome) => outcome,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(Error::KeyringTimeout(limit)),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            Err(Error::Keyring("its thread ended without an answer".to_owned()))
        }
    }
}

fn probe_keyring() -> Result<()> {
    // A name of its own, so that two probes at once don't read each other's secret.
    let probe = new_key()?;
    let user = format!("probe-{}", probe.id());
    entry(&user)?.set_password(probe.as_str()).map_err(refused)?;
    let read_back = get_password(&user);
    delete_password(&user)?;
    match read_back? {
        Some(text) if text == probe.as_str() => Ok(()),
        _ => Err(Error::Keyring("it returned another secret".to_owned())),
    }
}

fn entry(user: &str) -> Result<keyring::Entry> {
    keyring::Entry::new(SERVICE, user).map_err(refused)
}

fn get_password(user: &str) -> Result<Option<String>> {
    match entry(user)?.get_password() {
        Ok(text) => Ok(Some(text)),
        Err(keyring::Error::NoEntry) => Ok(None),
        Err(other) => Err(refused(other)),
    }
}

fn delete_password(user: &str) -> Result<()> {
    match entry(user)?.delete_credential() {
        Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
        Err(other) => Err(refused(other)),
    }
}

/// Only the error's own words: some of its variants carry the secret that could not be decoded.
fn refused(error: keyring::Error) -> Error {
    Error::Keyring(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_never_answers_costs_its_limit_and_no_more() {
        let (never, waits) = mpsc::channel::<()>();
        let started = std::time::Instant::now();
        let limit = Duration::from_millis(50);
        let outcome = within(limit, move || {
            // Blocks until the test ends, as a keyring's dialog does.
            let _ = waits.recv();
            Ok(())
        });
        assert!(matches!(outcome, Err(Error::KeyringTimeout(_))));
        assert!(started.elapsed() >= limit);
        drop(never);
    }

    #[test]
    fn a_store_that_answers_is_not_waited_for() {
        let limit = Duration::from_secs(3600);
        assert!(matches!(within(limit, || Ok(7)), Ok(7)));
        let failed: Result<()> = within(limit, || Err(Error::Keyring("no".to_owned())));
        assert!(matches!(failed, Err(Error::Keyring(_))));
    }

    #[test]
    fn names_of_stores_are_read_as_written() -> Result<()> {
        for store in [KeyStore::Keyring, KeyStore::File] {
            assert_eq!(format!("{store}\n").parse::<KeyStore>()?, store);
        }
        assert!(matches!("vault".parse::<KeyStore>(), Err(Error::UnknownStore(_))));
        Ok(())
    }
}
