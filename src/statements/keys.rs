//! The keys that sign statements: one at a time, each introduced by the one before it.
//!
//! `signing/statement.key` holds the secret one, `signing/statement-keys.json` the public ones with their introductions.
//! The secret of a key is gone once another took its place.

#[cfg(test)]
mod tests;

use crate::private;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use meetellen_events::codec::canonical;
use meetellen_events::values::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroizing;

/// What an introduction calls its own form.
const FORMAT: &str = "meetellen-statement-key";

/// Keys that one installation may have had: their introductions are part of each statement.
pub const KEYS_MAX: usize = 100;

/// Why the keys of statements can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The disk refused.
    #[error("the keys of statements can't be read or written")]
    Disk(#[from] std::io::Error),
    /// The system gave no randomness.
    #[error("no randomness from the system: {0}")]
    Randomness(getrandom::Error),
    /// A file in the folder is not what it should be.
    #[error("{0} is damaged: put it back, or remove it, and a new key begins")]
    Damaged(&'static str),
    /// There were [`KEYS_MAX`] already.
    #[error("there were {KEYS_MAX} keys already")]
    TooMany,
}

/// A public key with who vouches for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Introduction {
    format: String,
    version: u64,
    /// 32 bytes in hex.
    pub public: String,
    /// From when on it signs.
    pub introduced_at: Timestamp,
    /// The key before it; none for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduced_by: Option<String>,
    /// By the key before it, over all members but the two signatures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    introducer_signature: Option<String>,
    /// By this key, over the same.
    signature: String,
}

impl Introduction {
    fn of(key: &SigningKey, by: Option<&SigningKey>, at: Timestamp) -> Self {
        let mut introduction = Self {
            format: FORMAT.to_owned(),
            version: 1,
            public: hex(key.verifying_key().as_bytes()),
            introduced_at: at,
            introduced_by: by.map(|by| hex(by.verifying_key().as_bytes())),
            introducer_signature: None,
            signature: String::new(),
        };
        let said = introduction.said();
        introduction.introducer_signature = by.map(|by| hex(&by.sign(&said).to_bytes()));
        introduction.signature = hex(&key.sign(&said).to_bytes());
        introduction
    }

    /// What is signed: canonical JSON of all members but the two signatures.
    fn said(&self) -> Vec<u8> {
        let mut said = serde_json::json!({
            "format": self.format,
            "version": self.version,
            "public": self.public,
            "introduced_at": self.introduced_at,
        });
        if let Some(by) = &self.introduced_by {
            said["introduced_by"] = by.clone().into();
        }
        canonical::text(&said).into_bytes()
    }

    /// Whether both keys signed it.
    pub fn holds(&self) -> bool {
        let said = self.said();
        let by_itself = signed(&self.public, &said, &self.signature);
        let by_other = match (&self.introduced_by, &self.introducer_signature) {
            (Some(by), Some(signature)) => signed(by, &said, signature),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        self.format == FORMAT && self.version == 1 && by_itself && by_other
    }
}

/// Whether the holder of a public key signed a message; all but the message in hex.
pub fn signed(public: &str, message: &[u8], signature: &str) -> bool {
    let Some((public, signature)) = unhex::<32>(public).zip(unhex::<64>(signature)) else {
        return false;
    };
    VerifyingKey::from_bytes(&public).is_ok_and(|key| {
        let signature = Signature::from_bytes(&signature);
        key.verify_strict(message, &signature).is_ok()
    })
}

/// What a public key is known by, to be compared by eye: the first 16 bytes of its SHA-256, in hex.
pub fn fingerprint(public: &str) -> String {
    let bytes = unhex::<32>(public).unwrap_or_default();
    hex(&Sha256::digest(bytes)[..16])
}

/// The keys leading to one, the earliest first, as far back as each was introduced.
pub fn chain<'a>(known: &'a [Introduction], public: &str) -> Vec<&'a Introduction> {
    let mut chain = Vec::new();
    let mut next = Some(public);
    while let Some(wanted) = next {
        let found = known.iter().find(|one| one.public == wanted);
        let Some(found) = found.filter(|_| chain.len() < KEYS_MAX) else {
            break;
        };
        chain.push(found);
        next = found.introduced_by.as_deref();
    }
    chain.reverse();
    chain
}

/// A key with what vouches for it, to sign with.
pub struct Signing {
    key: SigningKey,
    chain: Vec<Introduction>,
}

impl Signing {
    /// Its public half, in hex.
    pub fn public(&self) -> String {
        hex(self.key.verifying_key().as_bytes())
    }

    /// The introductions from the first key on up to this one.
    pub fn chain(&self) -> &[Introduction] {
        &self.chain
    }

    /// The signature of a message, in hex.
    pub fn sign(&self, message: &[u8]) -> String {
        hex(&self.key.sign(message).to_bytes())
    }
}

/// The folder of signing keys, as far as it is about statements. Every call may touch the disk.
#[derive(Debug)]
pub struct StatementKeys {
    folder: PathBuf,
    /// Held while the files change.
    changing: Mutex<()>,
}

impl StatementKeys {
    /// The keys in a folder; the first is made when it is needed.
    pub fn of(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            changing: Mutex::new(()),
        }
    }

    /// Every public key there was, the earliest first.
    pub fn known(&self) -> Result<Vec<Introduction>, KeyError> {
        let bytes = match fs::read(self.public_path()) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let known: Result<Vec<Introduction>, _> = serde_json::from_slice(&bytes);
        let known = known
            .ok()
            .filter(|known| known.iter().all(Introduction::holds));
        known.ok_or(KeyError::Damaged(PUBLIC))
    }

    /// The key that signs now; the first time it is made.
    pub fn signing(&self, now: Timestamp) -> Result<Signing, KeyError> {
        let _held = self.hold();
        let (key, known) = self.current(now)?;
        Ok(signing(key, &known))
    }

    /// Puts a new key in the place of the one that signs now, which introduces it. Its secret is gone then.
    pub fn rotate(&self, now: Timestamp) -> Result<Introduction, KeyError> {
        let _held = self.hold();
        let (old, mut known) = self.current(now)?;
        if known.len() >= KEYS_MAX {
            return Err(KeyError::TooMany);
        }
        let new = fresh()?;
        let introduction = Introduction::of(&new, Some(&old), now);
        known.push(introduction.clone());
        // In this order a start finds, whatever breaks off, the old key whole or the new one with its introduction.
        let next = self.folder.join(NEXT);
        private::replace(&next, &next.with_extension("new"), &new.to_bytes())?;
        self.publish(&known)?;
        fs::rename(&next, self.secret_path())?;
        private::sync_name(&next)?;
        Ok(introduction)
    }

    fn hold(&self) -> std::sync::MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The secret key and all public ones; finishes a rotation that broke off, and begins anew where the secret or its
    /// introduction is gone.
    fn current(&self, now: Timestamp) -> Result<(SigningKey, Vec<Introduction>), KeyError> {
        private::make_folder(&self.folder)?;
        let mut known = self.known()?;
        let last = known.last().map(|last| last.public.clone());
        let is_last =
            |key: &SigningKey| last.as_deref() == Some(&*hex(key.verifying_key().as_bytes()));
        if let Some(next) = read(&self.folder.join(NEXT), NEXT)?
            && is_last(&next)
        {
            fs::rename(self.folder.join(NEXT), self.secret_path())?;
            private::sync_name(&self.secret_path())?;
            return Ok((next, known));
        }
        let key = match read(&self.secret_path(), SECRET)? {
            Some(key) if is_last(&key) => return Ok((key, known)),
            Some(key) => key,
            None => {
                if last.is_some() {
                    tracing::warn!(
                        "the key that signed statements is gone: a new one begins, which nobody introduced"
                    );
                }
                let key = fresh()?;
                let path = self.secret_path();
                private::replace(&path, &path.with_extension("new"), &key.to_bytes())?;
                key
            }
        };
        known.push(Introduction::of(&key, None, now));
        self.publish(&known)?;
        Ok((key, known))
    }

    fn publish(&self, known: &[Introduction]) -> Result<(), KeyError> {
        let value = serde_json::to_value(known).expect("texts and numbers alone");
        let path = self.public_path();
        let bytes = canonical::text(&value).into_bytes();
        private::replace(&path, &path.with_extension("new"), &bytes)?;
        Ok(())
    }

    fn secret_path(&self) -> PathBuf {
        self.folder.join(SECRET)
    }

    fn public_path(&self) -> PathBuf {
        self.folder.join(PUBLIC)
    }
}

const SECRET: &str = "statement.key";
const NEXT: &str = "statement-next.key";
const PUBLIC: &str = "statement-keys.json";

fn signing(key: SigningKey, known: &[Introduction]) -> Signing {
    let public = hex(key.verifying_key().as_bytes());
    let chain = chain(known, &public).into_iter().cloned().collect();
    Signing { key, chain }
}

fn fresh() -> Result<SigningKey, KeyError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed).map_err(KeyError::Randomness)?;
    Ok(SigningKey::from_bytes(&seed))
}

fn read(path: &Path, name: &'static str) -> Result<Option<SigningKey>, KeyError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => Zeroizing::new(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let seed = <[u8; 32]>::try_from(&**bytes).map_err(|_| KeyError::Damaged(name))?;
    let seed = Zeroizing::new(seed);
    Ok(Some(SigningKey::from_bytes(&seed)))
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex<const LEN: usize>(text: &str) -> Option<[u8; LEN]> {
    let canonical = text.len() == 2 * LEN
        && text
            .bytes()
            .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    let mut bytes = [0; LEN];
    for (index, byte) in bytes.iter_mut().enumerate() {
        let pair = text.get(2 * index..2 * index + 2).filter(|_| canonical)?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(bytes)
}
