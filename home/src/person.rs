use crate::error::{Error, Result};
use crate::key::{KeyText, new_key};
use crate::project::ProjectHome;
use crate::store::KeyStore;

/// The person's own key for one project: all rights.
#[derive(Debug, Clone)]
pub struct PersonKey {
    /// The key itself.
    pub text: KeyText,
    /// Where it is kept.
    pub store: KeyStore,
    /// True when it was made just now, so that the board doesn't know its hash yet.
    pub created: bool,
}

/// Loads the person's key, making one when there is none. Only the server calls this: a key
/// that the board never heard of opens nothing.
///
/// The first call chooses the store by trying the keyring for at most 5 s, and the choice is
/// kept. A keyring that was chosen and can't be read now is given up for the file, for good,
/// with a new key: the server has to start also where nobody can unlock anything.
/// [`crate::KEY_STORE_VARIABLE`] overrides both.
///
/// # Errors
/// [`Error::Keyring`] or [`Error::KeyringTimeout`] when the environment demands the keyring and
/// it refuses; [`Error::DamagedKey`] when what is stored is no key; [`Error::Io`] and its
/// neighbours when the data folder can't be used.
pub fn person_key(home: &ProjectHome) -> Result<PersonKey> {
    let demanded = KeyStore::demanded(home)?;
    let store = match demanded {
        Some(store) => store,
        None => KeyStore::remembered(home)?.unwrap_or_else(KeyStore::probed),
    };
    match load_or_create(home, store) {
        Err(Error::Keyring(_) | Error::KeyringTimeout(_)) if demanded.is_none() => {
            load_or_create(home, KeyStore::File)
        }
        outcome => outcome,
    }
}

/// The person's key if there is one, from the store that the server chose. For programs that
/// act for the person beside the server: they never make a key.
///
/// # Errors
/// As for [`person_key`]; also when the keyring that keeps the key refuses or is locked.
pub fn load_person_key(home: &ProjectHome) -> Result<Option<PersonKey>> {
    let store = match KeyStore::demanded(home)? {
        Some(store) => Some(store),
        None => KeyStore::remembered(home)?,
    };
    let Some(store) = store else { return Ok(None) };
    let text = store.load(home)?;
    Ok(text.map(|text| PersonKey { text, store, created: false }))
}

/// Makes a new key in the place of the old one, in the same store. The caller makes the board
/// know the new one and revokes the old.
///
/// # Errors
/// As for [`person_key`]. The old key then still stands.
pub fn replace_person_key(home: &ProjectHome) -> Result<PersonKey> {
    let store = match KeyStore::demanded(home)? {
        Some(store) => store,
        None => KeyStore::remembered(home)?.unwrap_or_else(KeyStore::probed),
    };
    create(home, store)
}

/// Removes the person's key of this project and the choice of its store from this machine.
///
/// # Errors
/// [`Error::Keyring`] or [`Error::KeyringTimeout`] when the keyring keeps it and refuses;
/// [`Error::Io`] when the data folder can't be used.
pub fn forget_person_key(home: &ProjectHome) -> Result<()> {
    if let Some(KeyStore::Keyring) = KeyStore::remembered(home)? {
        KeyStore::Keyring.delete(home)?;
    }
    KeyStore::File.delete(home)?;
    crate::private::remove(&home.key_store_file())
}

fn load_or_create(home: &ProjectHome, store: KeyStore) -> Result<PersonKey> {
    match store.load(home)? {
        Some(text) => {
            store.remember(home)?;
            Ok(PersonKey { text, store, created: false })
        }
        None => create(home, store),
    }
}

fn create(home: &ProjectHome, store: KeyStore) -> Result<PersonKey> {
    let text = new_key()?;
    store.save(home, &text)?;
    store.remember(home)?;
    Ok(PersonKey { text, store, created: true })
}
