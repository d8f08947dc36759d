use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng;
use rand::rngs::SysRng;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

const PREFIX: &str = "mp_";
const ID_LENGTH: usize = 10;
/// 32 bytes in unpadded base64.
const SECRET_LENGTH: usize = 43;
/// 32 characters, so five random bits name one without bias; no digit that looks like a letter.
const ID_ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The text of a key, `mp_<id>_<secret>`. Whoever has it has the key's rights, so it shows its
/// secret nowhere but through [`KeyText::as_str`].
#[derive(Clone, PartialEq, Eq)]
pub struct KeyText(String);

impl KeyText {
    /// Takes `text` if it has a key's form.
    pub fn parse(text: &str) -> Option<Self> {
        key_id(text).map(|_| Self(text.to_owned()))
    }

    /// The key that these random bytes make: 10 for the id, 32 for the secret. For a caller that has its own source of
    /// randomness; everybody else takes [`new_key`].
    pub fn from_random(random: &[u8; ID_LENGTH + 32]) -> Self {
        let (id, secret) = random.split_at(ID_LENGTH);
        let id: String =
            id.iter().map(|byte| char::from(ID_ALPHABET[usize::from(byte & 31)])).collect();
        Self(format!("{PREFIX}{id}_{}", URL_SAFE_NO_PAD.encode(secret)))
    }

    /// The whole text, secret included.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part that may be shown and logged.
    pub fn id(&self) -> &str {
        &self.0[PREFIX.len()..PREFIX.len() + ID_LENGTH]
    }

    /// What the board stores of it.
    pub fn hash(&self) -> [u8; 32] {
        key_hash(&self.0)
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyText(mp_{}_…)", self.id())
    }
}

/// A new key: an id of 50 random bits and a secret of 256, from the operating system.
///
/// # Errors
/// [`Error::Random`] when the operating system gives no random bytes.
pub fn new_key() -> Result<KeyText> {
    let mut random = [0_u8; ID_LENGTH + 32];
    SysRng.try_fill_bytes(&mut random).map_err(|refused| Error::Random(refused.to_string()))?;
    Ok(KeyText::from_random(&random))
}

/// The SHA-256 of a key's text. The secret is random, so a fast hash hides it.
pub fn key_hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// The id within a key's text, or `None` when `text` has not a key's form.
pub fn key_id(text: &str) -> Option<&str> {
    let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
    let is_id = id.len() == ID_LENGTH
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let is_secret = secret.len() == SECRET_LENGTH
        && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    (is_id && is_secret).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_has_the_form_of_a_key_and_is_new() -> Result<()> {
        let key = new_key()?;
        assert_eq!(key.as_str().len(), 3 + 10 + 1 + 43);
        assert_eq!(key_id(key.as_str()), Some(key.id()));
        assert_eq!(KeyText::parse(key.as_str()), Some(key.clone()));
        let other = new_key()?;
        assert_ne!(key.id(), other.id());
        assert_ne!(key.hash(), other.hash());
        Ok(())
    }

    #[test]
    fn the_hash_is_sha_256_of_the_whole_text() {
        // The digest of "abc" in FIPS 180-2, appendix B.1.
        assert_eq!(
            hex::encode(key_hash("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn debug_shows_the_id_and_never_the_secret() -> Result<()> {
        let key = new_key()?;
        let shown = format!("{key:?} {:#?}", Some(&key));
        assert!(shown.contains(key.id()));
        assert!(!shown.contains(&key.as_str()[3 + 10 + 1..]));
        Ok(())
    }

    #[test]
    fn other_texts_are_no_keys() -> Result<()> {
        let good = new_key()?.as_str().to_owned();
        let upper = format!("mp_ABCDEFGHIJ_{}", "a".repeat(43));
        for wrong in ["", "mp_", "mp__", &good[1..], &good[..56], &format!("{good}a"), &upper] {
            assert_eq!(key_id(wrong), None, "{wrong}");
        }
        // The alphabet of the secret contains the separator itself.
        assert_eq!(key_id(&format!("mp_abcdefghij_{}", "_".repeat(43))), Some("abcdefghij"));
        Ok(())
    }
}
