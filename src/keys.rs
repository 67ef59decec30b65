//! The key folder: seals, opens, makes tags, destroys.
//!
//! One file per organisation, outside log and store. Always true, each with a test in `keys/tests.rs`: a key is on
//! disk before it is used; a destroyed key is gone from the file and leaves a tombstone, so it never comes to life
//! again under the same name; text sealed for one organisation, owner or field opens for no other.
//!
//! Every call may touch the disk: call it off the async threads, and never from the rules.

mod file;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use meetellen_events::log::disk::{Disk, RealDisk};
use meetellen_events::values::{EntryId, Month, OrganisationId, PersonId, Sealed, Tag};
use sha2::Sha256;

use file::{Held, Key, KeyFile};

/// Bytes of text that can be sealed: what fits in a `Sealed` of 8 KiB of base64.
pub const SEALED_TEXT_BYTES_MAX: usize = 6_000;

/// Organisations whose keys are kept in memory: a national node has thousands that are idle.
const FILES_MAX: usize = 1_024;

const NONCE_BYTES: usize = 24;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner {
    /// A person's sealed fields.
    Person(PersonId),
    /// The sealed remark or story of an entry that names no person.
    Entry(EntryId),
    /// The tags of the visitors of one month.
    Month(Month),
}

/// A sealed field, as far as it can still be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// The text.
    Text(String),
    /// Its key was destroyed: a value, not an error.
    Erased,
}

/// Why a key could not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The disk refused.
    #[error("key folder not readable or writable")]
    Disk(#[from] std::io::Error),
    /// The system gave no randomness.
    #[error("no randomness from the system: {0}")]
    Randomness(getrandom::Error),
    /// A line before the last one does not hold.
    #[error("key file {file} is damaged at line {line}")]
    Damaged {
        /// The file's name.
        file: String,
        /// Counted from 1.
        line: usize,
    },
    /// Nothing is sealed, and no tag is made, under a key that was destroyed.
    #[error("the key was destroyed")]
    Destroyed,
    /// There never was such a key here: the folder is not the one this log was written with.
    #[error("no such key in this folder")]
    Missing,
    /// The text is not what this key sealed for this organisation, owner and field.
    #[error("sealed text does not open")]
    Forged,
    /// The text is over `SEALED_TEXT_BYTES_MAX`.
    #[error("text too long to seal")]
    TooLong,
}

/// All keys of one data folder.
pub struct Keys {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    files: Mutex<HashMap<OrganisationId, KeyFile>>,
}

impl Keys {
    /// Opens the folder, and makes it (mode 0700) where it is missing.
    pub fn open(folder: &Path) -> Result<Self, KeyError> {
        Self::on(Arc::new(RealDisk), folder)
    }

    /// The same on another disk.
    pub fn on(disk: Arc<dyn Disk>, folder: &Path) -> Result<Self, KeyError> {
        crate::private::make_folder(folder)?;
        Ok(Self {
            disk,
            folder: folder.to_owned(),
            files: Mutex::new(HashMap::new()),
        })
    }

    /// Seals `text`. A first use makes the owner's key and syncs it.
    pub fn seal(
        &self,
        organisation: OrganisationId,
        owner: Owner,
        field: &str,
        text: &str,
    ) -> Result<Sealed, KeyError> {
        if text.len() > SEALED_TEXT_BYTES_MAX {
            return Err(KeyError::TooLong);
        }
        self.with(organisation, |file| {
            let cipher = XChaCha20Poly1305::new((&**file.key_or_new(owner)?).into());
            let nonce: [u8; NONCE_BYTES] = random()?;
            let message = Payload {
                msg: text.as_bytes(),
                aad: &associated(organisation, owner, field),
            };
            let sealed = cipher
                .encrypt(&XNonce::from(nonce), message)
                .map_err(|_| KeyError::TooLong)?;
            let mut bytes = nonce.to_vec();
            bytes.extend(sealed);
            Ok(Sealed::new(STANDARD_NO_PAD.encode(bytes)))
        })
    }

    /// Opens what `seal` sealed for the same organisation, owner and field.
    pub fn open_sealed(
        &self,
        organisation: OrganisationId,
        owner: Owner,
        field: &str,
        sealed: &Sealed,
    ) -> Result<Opened, KeyError> {
        self.with(organisation, |file| {
            let (key, older) = match file.held(owner) {
                Some(Held::Keys(key, older)) => (key, older),
                Some(Held::Destroyed) => return Ok(Opened::Erased),
                None => return Err(KeyError::Missing),
            };
            let keys = std::iter::once(key).chain(older);
            decrypt(keys, &associated(organisation, owner, field), sealed).map(Opened::Text)
        })
    }

    /// A visitor's pseudonym for one month. The same token gives another tag in every other month and organisation.
    pub fn tag(
        &self,
        organisation: OrganisationId,
        month: Month,
        token: &[u8],
    ) -> Result<Tag, KeyError> {
        self.with(organisation, |file| {
            let key = file.key_or_new(Owner::Month(month))?;
            let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&**key)
                .expect("a MAC takes a key of any length");
            mac.update(token);
            let full = mac.finalize().into_bytes();
            let cut = full.first_chunk().expect("SHA-256 is longer than 16 bytes");
            Ok(Tag::new(*cut))
        })
    }

    /// Whether the pseudonyms of these months can be made without the disk: their keys were used since the start.
    pub fn is_warm(&self, organisation: OrganisationId, months: &[Month]) -> bool {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.get(&organisation).is_some_and(|file| {
            let held = |month: &Month| file.held(Owner::Month(*month)).is_some();
            months.iter().all(held)
        })
    }

    /// Destroys the owner's key for good. A key that never was gets its tombstone too: an older copy of the folder,
    /// put back, must not revive it.
    pub fn destroy(&self, organisation: OrganisationId, owner: Owner) -> Result<(), KeyError> {
        self.with(organisation, |file| file.destroy(owner))
    }

    /// Gives a rectified person a new key, which seals from here on. What older ones sealed stays readable until
    /// [`Self::settle`], so that nothing is lost where what the new one sealed could not be recorded.
    pub fn renew(&self, organisation: OrganisationId, person: PersonId) -> Result<(), KeyError> {
        self.with(organisation, |file| file.renew(Owner::Person(person)))
    }

    /// Drops the keys of a rectified person that the new one took the place of: what they sealed is unreadable.
    pub fn settle(&self, organisation: OrganisationId, person: PersonId) -> Result<(), KeyError> {
        self.with(organisation, |file| file.settle(Owner::Person(person)))
    }

    /// The owners who have a new key beside older ones: a start settles what was recorded.
    pub fn unsettled(&self, organisation: OrganisationId) -> Result<Vec<Owner>, KeyError> {
        self.with(organisation, |file| Ok(file.unsettled()))
    }

    /// Destroys every key of an organisation that leaves, and keeps the tombstones.
    pub fn destroy_all(&self, organisation: OrganisationId) -> Result<(), KeyError> {
        self.with(organisation, KeyFile::destroy_all)
    }

    /// The owners whose key was destroyed, in order: what a start compares with the log.
    pub fn destroyed(&self, organisation: OrganisationId) -> Result<Vec<Owner>, KeyError> {
        self.with(organisation, |file| Ok(file.destroyed()))
    }

    /// The months whose tags can still be made, in order. Keeps nothing in memory: all organisations are gone through.
    pub fn months(&self, organisation: OrganisationId) -> Result<Vec<Month>, KeyError> {
        {
            let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(file) = files.get(&organisation) {
                return Ok(file.months());
            }
        }
        Ok(self.read(organisation)?.months())
    }

    /// Every organisation with a key file, in order.
    pub fn organisations(&self) -> Result<Vec<OrganisationId>, KeyError> {
        let mut found = Vec::new();
        for name in self.disk.list(&self.folder)? {
            let name = name.strip_suffix(".keys");
            found.extend(name.and_then(|name| name.parse::<OrganisationId>().ok()));
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Whether an organisation has any key that was not destroyed.
    pub fn has_any(&self, organisation: OrganisationId) -> Result<bool, KeyError> {
        self.with(organisation, |file| Ok(file.has_any()))
    }

    /// Whether the owner has a key that was not destroyed.
    pub fn has(&self, organisation: OrganisationId, owner: Owner) -> Result<bool, KeyError> {
        self.with(organisation, |file| {
            Ok(matches!(file.held(owner), Some(Held::Keys(..))))
        })
    }

    /// Whether a text was sealed with the owner's present key, not with one that it takes the place of.
    pub fn is_current(
        &self,
        organisation: OrganisationId,
        owner: Owner,
        field: &str,
        sealed: &Sealed,
    ) -> Result<bool, KeyError> {
        self.with(organisation, |file| match file.held(owner) {
            Some(Held::Keys(key, _)) => {
                Ok(decrypt([key], &associated(organisation, owner, field), sealed).is_ok())
            }
            Some(Held::Destroyed) | None => Ok(false),
        })
    }

    fn read(&self, organisation: OrganisationId) -> Result<KeyFile, KeyError> {
        KeyFile::open(&self.disk, &self.folder, organisation)
    }

    fn with<T>(
        &self,
        organisation: OrganisationId,
        work: impl FnOnce(&mut KeyFile) -> Result<T, KeyError>,
    ) -> Result<T, KeyError> {
        let mut files: MutexGuard<'_, _> =
            self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if files.len() >= FILES_MAX && !files.contains_key(&organisation) {
            // What is on disk is read again when it is asked for.
            files.retain(|_, file| file.is_doubtful());
        }
        let file = match files.entry(organisation) {
            std::collections::hash_map::Entry::Occupied(there) => there.into_mut(),
            std::collections::hash_map::Entry::Vacant(empty) => {
                empty.insert(self.read(organisation)?)
            }
        };
        work(file)
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// What the first key that fits opens.
fn decrypt<'a>(
    keys: impl IntoIterator<Item = &'a Key>,
    associated: &[u8],
    sealed: &Sealed,
) -> Result<String, KeyError> {
    let bytes = STANDARD_NO_PAD
        .decode(sealed.as_str())
        .map_err(|_| KeyError::Forged)?;
    let (nonce, message) = bytes
        .split_first_chunk::<NONCE_BYTES>()
        .ok_or(KeyError::Forged)?;
    let text = keys.into_iter().find_map(|key| {
        let message = Payload {
            msg: message,
            aad: associated,
        };
        let cipher = XChaCha20Poly1305::new((&**key).into());
        cipher.decrypt(&XNonce::from(*nonce), message).ok()
    });
    String::from_utf8(text.ok_or(KeyError::Forged)?).map_err(|_| KeyError::Forged)
}

/// Binds a ciphertext to its place. Each part has a length of its own or a fixed one, so no two places look alike.
fn associated(organisation: OrganisationId, owner: Owner, field: &str) -> Vec<u8> {
    format!("{organisation} {owner} {field}").into_bytes()
}

fn random<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(KeyError::Randomness)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
