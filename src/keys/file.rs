//! One organisation's keys on disk: a line for each, the owner, the key in hex or `destroyed`, and a checksum.
//!
//! A new key is appended and synced; of two keys of one owner the later one seals, and both open. A destroyed or
//! replaced one is taken out by writing the file anew beside the old one and renaming it. A last line cut short by a power cut was never used, and is dropped when the file is opened.

use std::collections::BTreeMap;
use std::fmt::{Display, Formatter, Write as _};
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use meetellen_events::log::disk::{Disk, Open};
use meetellen_events::values::{Month, OrganisationId};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{KeyError, Owner, random};

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
    disk: Arc<dyn Disk>,
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
    pub(super) fn open(
        disk: &Arc<dyn Disk>,
        folder: &Path,
        organisation: OrganisationId,
    ) -> Result<Self, KeyError> {
        let path = folder.join(format!("{organisation}.keys"));
        let text = read_all(&**disk, &path)?;
        let text = std::str::from_utf8(&text)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let mut held = BTreeMap::new();
        let mut doubtful = false;
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for (i, line) in lines.iter().enumerate() {
            match read(line) {
                Some((owner, key)) => take(&mut held, owner, key),
                // It was never synced, so it was never used.
                None if i + 1 == lines.len() && is_torn(line) => {
                    tracing::warn!(%organisation, line = i + 1, "a key that was never used was dropped");
                    doubtful = true;
                }
                None => {
                    return Err(KeyError::Damaged {
                        file: format!("{organisation}.keys"),
                        line: i + 1,
                    });
                }
            }
        }
        Ok(Self {
            disk: Arc::clone(disk),
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

    fn append(&self, line: &str) -> io::Result<()> {
        let (file, is_new) = match self.disk.open(&self.path, Open::Write) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                (self.disk.open(&self.path, Open::Create)?, true)
            }
            opened => (opened?, false),
        };
        file.write_at(line.as_bytes(), file.len()?)?;
        file.sync_data()?;
        if is_new {
            self.sync_name()?;
        }
        Ok(())
    }

    /// A new name is on disk once its folder is synced.
    fn sync_name(&self) -> io::Result<()> {
        let folder = self.path.parent();
        self.disk
            .sync_dir(folder.expect("a key file lies in the key folder"))
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
        let file = self.disk.open(&beside, Open::Create)?;
        file.write_at(text.as_bytes(), 0)?;
        file.sync_data()?;
        self.disk.rename(&beside, &self.path)?;
        self.sync_name()?;
        self.doubtful = false;
        Ok(())
    }
}

/// Whether a power cut can have left a last line so: cut short, or with zeros where a sector never reached the disk.
fn is_torn(line: &str) -> bool {
    !line.ends_with('\n') || line.contains('\0')
}

/// The bytes of a file; none where there is no such file.
fn read_all(disk: &dyn Disk, path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = match disk.open(path, Open::Read) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Zeroizing::default()),
        opened => opened?,
    };
    let len = usize::try_from(file.len()?).map_err(io::Error::other)?;
    let mut bytes = Zeroizing::new(vec![0; len]);
    let mut filled = 0;
    while filled < len {
        match file.read_at(&mut bytes[filled..], filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
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
