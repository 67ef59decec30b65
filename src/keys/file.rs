//! One organisation's keys on disk: a line for each, the owner, the key in hex or `destroyed`, and a checksum.
//!
//! A new key is appended and synced; of two keys of one owner the later one seals, and both open. A destroyed or
//! replaced one is taken out by writing the file anew beside the old one and renaming it. A last line cut short by a power cut was never used, and is dropped when the file is opened.

use std::collections::BTreeMap;
use std::fmt::{Display, Formatter, Write as _};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use meetellen_events::values::{Month, OrganisationId};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{KeyError, Owner, random};
use crate::private;

pub(super) const KEY_BYTES: usize = 32;
/// Hex digits of the checksum: against accidents, not against forgery.
const CHECKSUM_DIGITS: usize = 16;

pub(super) type Key = Zeroizing<[u8; KEY_BYTES]>;

/// The keys of one owner, or what is left of them.
pub(super) enum Held {
    /// The one that seals, and those it takes the place of while that is not settled, the latest first.
    Keys(Key, Vec<Key>),
    Destroyed,
}

/// The keys of one organisation, as they are on disk.
pub(super) struct KeyFile {
    path: PathBuf,
    held: BTreeMap<Owner, Held>,
    /// An append failed: what is behind the last whole line is not known, so the next write starts anew.
    doubtful: bool,
}

impl std::fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyFile")
            .field("keys", &self.held.len())
            .finish_non_exhaustive()
    }
}

impl KeyFile {
    pub(super) fn open(folder: &Path, organisation: OrganisationId) -> Result<Self, KeyError> {
        let path = folder.join(format!("{organisation}.keys"));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Zeroizing::default(),
            Err(error) => return Err(error.into()),
        };
        let mut held = BTreeMap::new();
        let mut doubtful = false;
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for (i, line) in lines.iter().enumerate() {
            match read(line) {
                Some((owner, key)) => take(&mut held, owner, key),
                // Cut short: it was never synced, so it was never used.
                None if i + 1 == lines.len() && !line.ends_with('\n') => doubtful = true,
                None => {
                    return Err(KeyError::Damaged {
                        file: format!("{organisation}.keys"),
                        line: i + 1,
                    });
                }
            }
        }
        Ok(Self {
            path,
            held,
            doubtful,
        })
    }

    pub(super) fn held(&self, owner: Owner) -> Option<&Held> {
        self.held.get(&owner)
    }

    /// The owner's key; made, appended and synced where there was none.
    pub(super) fn key_or_new(&mut self, owner: Owner) -> Result<&Key, KeyError> {
        if self.doubtful {
            self.rewrite()?;
        }
        if !self.held.contains_key(&owner) {
            self.add(owner)?;
        }
        match self.held.get(&owner) {
            Some(Held::Keys(key, _)) => Ok(key),
            Some(Held::Destroyed) | None => Err(KeyError::Destroyed),
        }
    }

    /// A new key for the owner, appended and synced; older ones stay until [`Self::settle`].
    pub(super) fn renew(&mut self, owner: Owner) -> Result<(), KeyError> {
        if self.doubtful {
            self.rewrite()?;
        }
        match self.held.get(&owner) {
            Some(Held::Destroyed) => Err(KeyError::Destroyed),
            Some(Held::Keys(..)) | None => self.add(owner),
        }
    }

    /// Drops the keys that others took the place of.
    pub(super) fn settle(&mut self, owner: Owner) -> Result<(), KeyError> {
        match self.held.get_mut(&owner) {
            Some(Held::Keys(_, older)) if !older.is_empty() => older.clear(),
            Some(_) | None if self.doubtful => {}
            Some(_) | None => return Ok(()),
        }
        self.rewrite()
    }

    /// Whether memory knows better than the disk.
    pub(super) fn is_doubtful(&self) -> bool {
        self.doubtful
    }

    pub(super) fn has_any(&self) -> bool {
        let mut held = self.held.values();
        held.any(|held| matches!(held, Held::Keys(..)))
    }

    /// The owners whose older keys are still there.
    pub(super) fn unsettled(&self) -> Vec<Owner> {
        let with_older = self.held.iter().filter_map(|(owner, held)| match held {
            Held::Keys(_, older) if !older.is_empty() => Some(*owner),
            Held::Keys(..) | Held::Destroyed => None,
        });
        with_older.collect()
    }

    fn add(&mut self, owner: Owner) -> Result<(), KeyError> {
        let key = Zeroizing::new(random()?);
        if let Err(error) = self.append(&line(owner, Some(&key))) {
            self.doubtful = true;
            return Err(error.into());
        }
        take(&mut self.held, owner, Some(key));
        Ok(())
    }

    pub(super) fn destroy(&mut self, owner: Owner) -> Result<(), KeyError> {
        if matches!(self.held.get(&owner), Some(Held::Destroyed)) && !self.doubtful {
            return Ok(());
        }
        self.held.insert(owner, Held::Destroyed);
        self.rewrite()
    }

    pub(super) fn destroy_all(&mut self) -> Result<(), KeyError> {
        for held in self.held.values_mut() {
            *held = Held::Destroyed;
        }
        self.rewrite()
    }

    pub(super) fn months(&self) -> Vec<Month> {
        let months = self.held.iter().filter_map(|held| match held {
            (Owner::Month(month), Held::Keys(..)) => Some(*month),
            (Owner::Month(_), Held::Destroyed) | (Owner::Person(_) | Owner::Entry(_), _) => None,
        });
        months.collect()
    }

    pub(super) fn destroyed(&self) -> Vec<Owner> {
        let gone = self.held.iter().filter_map(|(owner, held)| match held {
            Held::Destroyed => Some(*owner),
            Held::Keys(..) => None,
        });
        gone.collect()
    }

    fn append(&self, line: &str) -> std::io::Result<()> {
        let is_new = !self.path.exists();
        let mut file = private::open(OpenOptions::new().append(true).create(true), &self.path)?;
        file.write_all(line.as_bytes())?;
        file.sync_all()?;
        if is_new {
            private::sync_name(&self.path)?;
        }
        Ok(())
    }

    /// Writes all lines to a new file and swaps it in. Until it is done the file counts as doubtful: the next write
    /// tries again, and memory never gives out a key the caller asked to destroy.
    fn rewrite(&mut self) -> Result<(), KeyError> {
        self.doubtful = true;
        let beside = self.path.with_extension("new");
        let mut text = Zeroizing::new(String::new());
        for (owner, held) in &self.held {
            match held {
                Held::Destroyed => text.push_str(&line(*owner, None)),
                Held::Keys(key, older) => {
                    let oldest_first = older.iter().rev().chain([key]);
                    oldest_first.for_each(|key| text.push_str(&line(*owner, Some(key))));
                }
            }
        }
        private::replace(&self.path, &beside, text.as_bytes())?;
        self.doubtful = false;
        Ok(())
    }
}

impl Display for Owner {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Person(person) => write!(f, "person:{person}"),
            Self::Entry(entry) => write!(f, "entry:{entry}"),
            Self::Month(month) => write!(f, "month:{month}"),
        }
    }
}

fn owner(text: &str) -> Option<Owner> {
    let (kind, name) = text.split_once(':')?;
    match kind {
        "person" => name.parse().ok().map(Owner::Person),
        "entry" => name.parse().ok().map(Owner::Entry),
        "month" => FromStr::from_str(name).ok().map(Owner::Month),
        _ => None,
    }
}

/// Takes a line in; none stands for a tombstone. What was destroyed stays so.
fn take(held: &mut BTreeMap<Owner, Held>, owner: Owner, key: Option<Key>) {
    match (held.get_mut(&owner), key) {
        (Some(Held::Destroyed), _) => {}
        (Some(Held::Keys(newest, older)), Some(key)) => {
            older.insert(0, std::mem::replace(newest, key));
        }
        (None, Some(key)) => {
            held.insert(owner, Held::Keys(key, Vec::new()));
        }
        (Some(Held::Keys(..)) | None, None) => {
            held.insert(owner, Held::Destroyed);
        }
    }
}

fn line(owner: Owner, key: Option<&Key>) -> Zeroizing<String> {
    let mut line = Zeroizing::new(String::with_capacity(160));
    let written = match key {
        Some(key) => write!(line, "{owner} {}", &*hex(&**key)),
        None => write!(line, "{owner} destroyed"),
    };
    written.expect("writing to a String never fails");
    let sum = checksum(&line);
    line.push(' ');
    line.push_str(&sum);
    line.push('\n');
    line
}

fn read(line: &str) -> Option<(Owner, Option<Key>)> {
    let (content, sum) = line.strip_suffix('\n')?.rsplit_once(' ')?;
    if checksum(content) != sum {
        return None;
    }
    let (name, key) = content.split_once(' ')?;
    let key = if key == "destroyed" {
        None
    } else {
        Some(unhex(key)?)
    };
    Some((owner(name)?, key))
}

fn checksum(content: &str) -> String {
    let mut digits = hex(&Sha256::digest(content.as_bytes())).to_string();
    digits.truncate(CHECKSUM_DIGITS);
    digits
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a String never fails");
    }
    text
}

fn unhex(text: &str) -> Option<Key> {
    let mut key = Key::default();
    if text.len() != 2 * KEY_BYTES || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (i, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(key)
}
