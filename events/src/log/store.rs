//! The store: what everything reads. Made from the journal, and good to mend it.

use super::journal::{Cursor, Damage};
use super::line::{Head, Line, Position};
use crate::values::OrganisationId;
use bodies::Form;
use record::{CHUNK, CHUNK_COMMITS, CURSOR, ChunkHeader, DIRECTORY, EXTENT, PACKED, TAIL};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tail::{Tail, Tails};
use tree::{Change, Tree};

mod bodies;
pub(super) mod folder;
mod read;
mod record;
mod refused;
mod tail;
mod tree;

pub use read::Stretch;
#[doc(hidden)]
pub use tree::MemoryTree;

/// Makes the typed form of a sealed chunk, to fold on. An error (a type this version doesn't know) leaves the chunk
/// with its lines alone.
pub type Pack = fn(&[Line]) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>>;

/// Says what a commit adds to the directory: keys (slugs, codes) with a value each.
pub type Directory = fn(&Line) -> Vec<(Vec<u8>, Vec<u8>)>;

/// Where a key of the directory leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// A slug, a code, the hash of a secret.
    pub key: Vec<u8>,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// What the deriving function said of it.
    pub value: Vec<u8>,
}

/// Why the store can't answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// sled failed.
    #[error("the store failed")]
    Sled(#[from] sled::Error),
    /// sled panicked.
    #[error("the store panicked")]
    Panicked,
    /// A checksum, a hash or an order does not hold, or something is missing.
    #[error("the store is damaged")]
    Damaged,
    /// Its folder can't be read or written.
    #[error("the store's folder failed")]
    Folder(#[from] std::io::Error),
    /// It did not open within its time.
    #[error("the store did not open in time")]
    Hung,
    /// Commits of this organisation are lost: nothing of it is shown.
    #[error("commits are lost: {0}")]
    Refused(Damage),
}

/// What the store makes of lines besides keeping them.
#[derive(Clone, Copy)]
pub(super) struct Derive {
    pub(super) pack: Pack,
    pub(super) directory: Directory,
}

/// One tree with everything in it, but for the bodies of sealed chunks, which it says the places of. Many read, one
/// thread applies.
pub(super) struct Store {
    tree: Box<dyn Tree>,
    derive: Derive,
    /// Held for writing while a tail becomes a chunk, so that a reader sees either.
    sealing: RwLock<()>,
    /// The tails of organisations applied to since the start, as they are in the tree.
    tails: Mutex<Tails>,
    /// Who is refused, once it was read.
    refused: RwLock<Option<HashMap<OrganisationId, Damage>>>,
}

impl Store {
    fn new(tree: Box<dyn Tree>, derive: Derive) -> Self {
        Self {
            tree,
            derive,
            sealing: RwLock::new(()),
            tails: Mutex::default(),
            refused: RwLock::new(None),
        }
    }

    /// A store in memory.
    pub(super) fn in_memory(tree: &MemoryTree, derive: Derive) -> Arc<Self> {
        Arc::new(Self::new(Box::new(tree.clone()), derive))
    }

    /// How far the journal was applied.
    pub(super) fn cursor(&self) -> Result<Cursor, StoreError> {
        guarded(|| {
            let Some(value) = self.tree.get(CURSOR)? else {
                return Ok(Cursor::default());
            };
            Ok(Cursor(record::open(CURSOR, &value)?.1.to_vec()))
        })
    }

    /// Sees that the bodies reach as far as the tree says: after a power cut they may not.
    fn check_extent(&self) -> Result<(), StoreError> {
        let Some(value) = self.tree.get(EXTENT)? else {
            return Ok(());
        };
        let noted = record::open(EXTENT, &value)?.1;
        let (extent, noted) = (self.tree.extent(), noted.chunks_exact(8));
        let reaches = |(there, noted): (&u64, &[u8])| there.to_be_bytes().as_slice() >= noted;
        if noted.len() == extent.len() && extent.iter().zip(noted).all(reaches) {
            Ok(())
        } else {
            Err(StoreError::Damaged)
        }
    }

    /// Takes in what the journal holds up to `cursor`, all of it or nothing.
    pub(super) fn apply(&self, lines: Vec<Line>, cursor: &Cursor) -> Result<(), StoreError> {
        guarded(|| self.apply_lines(lines, cursor))
    }

    fn apply_lines(&self, lines: Vec<Line>, cursor: &Cursor) -> Result<(), StoreError> {
        let mut by_organisation: HashMap<OrganisationId, Vec<Line>> = HashMap::new();
        let mut changes = Vec::new();
        for line in lines {
            for (name, value) in (self.derive.directory)(&line) {
                put_directory(&mut changes, &name, line.organisation(), &value);
            }
            by_organisation
                .entry(line.organisation())
                .or_default()
                .push(line);
        }
        let mut tails = self.tails.lock().unwrap_or_else(PoisonError::into_inner);
        let mut full = Vec::new();
        for (organisation, new) in by_organisation {
            let tail = match tails.take(organisation) {
                Some(tail) => tail,
                None => Tail::Read(self.tail(organisation)?),
            };
            let tail = if tail.len() + new.len() < CHUNK_COMMITS {
                new.iter().for_each(|line| put_tail(&mut changes, line));
                tail.with(new)
            } else {
                let mut lines = match tail {
                    Tail::Read(lines) => lines,
                    Tail::Long(_) => self.tail(organisation)?,
                };
                lines
                    .iter()
                    .for_each(|line| remove_tail(&mut changes, line));
                lines.extend(new);
                let left = lines.split_off(lines.len() - lines.len() % CHUNK_COMMITS);
                left.iter().for_each(|line| put_tail(&mut changes, line));
                full.push(lines);
                Tail::Read(left)
            };
            tails.keep(organisation, tail);
        }
        changes.push((CURSOR.to_vec(), Some(record::checked(CURSOR, 0, &cursor.0))));
        for sealed in self.seal_all(&full)? {
            sealed.put(&*self.tree, &mut changes)?;
        }
        if !full.is_empty() {
            let extent = self.tree.extent().map(u64::to_be_bytes).concat();
            changes.push((EXTENT.to_vec(), Some(record::checked(EXTENT, 0, &extent))));
        }
        let _sealing = (!full.is_empty())
            .then(|| self.sealing.write().unwrap_or_else(PoisonError::into_inner));
        Ok(self.tree.apply(changes)?)
    }

    /// Makes chunks of each organisation's lines; on all cores where there are many.
    fn seal_all(&self, full: &[Vec<Line>]) -> Result<Vec<Sealed>, StoreError> {
        /// Fewer are done before a thread begins.
        const CHUNKS_A_CORE_MIN: usize = 32;
        let chunks: Vec<&[Line]> = full
            .iter()
            .flat_map(|lines| lines.chunks(CHUNK_COMMITS))
            .collect();
        let pack = self.derive.pack;
        let seal = |part: &[&[Line]]| -> Result<Vec<Sealed>, StoreError> {
            part.iter().map(|lines| Sealed::of(lines, pack)).collect()
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let part = chunks.len().div_ceil(cores).max(CHUNKS_A_CORE_MIN);
        if chunks.len() <= part {
            return seal(&chunks);
        }
        std::thread::scope(|scope| {
            let parts = chunks.chunks(part);
            let threads: Vec<_> = parts.map(|part| scope.spawn(move || seal(part))).collect();
            let mut all = Vec::with_capacity(chunks.len());
            for thread in threads {
                all.extend(thread.join().map_err(|_| StoreError::Panicked)??);
            }
            Ok(all)
        })
    }

    /// All lines of an organisation's tail.
    fn tail(&self, organisation: OrganisationId) -> Result<Vec<Line>, StoreError> {
        let mut lines = Vec::new();
        record::scan(&*self.tree, TAIL, organisation, 0, &mut |_, bytes| {
            lines.push(Line::parse(bytes).map_err(|_| StoreError::Damaged)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(lines)
    }

    /// Hands what was applied to the operating system. Nobody relies on it: it shortens the next start.
    pub(super) fn flush(&self) -> Result<(), StoreError> {
        guarded(|| Ok(self.tree.flush()?))
    }

    /// The last position and hash of an organisation, as far as applied.
    pub(super) fn head(&self, organisation: OrganisationId) -> Result<Head, StoreError> {
        guarded(|| {
            self.allowed(organisation)?;
            self.head_now(organisation)
        })
    }

    fn head_now(&self, organisation: OrganisationId) -> Result<Head, StoreError> {
        let _sealing = self.sealing.read().unwrap_or_else(PoisonError::into_inner);
        let mut head = Head::default();
        for kind in [TAIL, PACKED] {
            let from = record::key(kind, organisation, 0);
            let mut to = record::key(kind, organisation, u64::MAX);
            to.push(0xff);
            let Some(last) = self.tree.last(&from, &to)? else {
                continue;
            };
            let first = last.get(17..25).ok_or(StoreError::Damaged)?;
            let first = u64::from_be_bytes(first.try_into().expect("eight bytes are eight bytes"));
            record::scan(&*self.tree, kind, organisation, first, &mut |_, bytes| {
                head = if kind == TAIL {
                    Line::parse(bytes).map_err(|_| StoreError::Damaged)?.head()
                } else {
                    ChunkHeader::read(bytes)?.0.head()
                };
                Ok(ControlFlow::Break(()))
            })?;
            break;
        }
        Ok(head)
    }
}

/// A chunk in both forms, not kept yet.
struct Sealed {
    organisation: OrganisationId,
    first: u64,
    header: ChunkHeader,
    exact: Vec<u8>,
    packed: Vec<u8>,
}

impl Sealed {
    fn of(lines: &[Line], pack: Pack) -> Result<Self, StoreError> {
        const LEVEL: i32 = 1;
        let header = ChunkHeader::of(lines).ok_or(StoreError::Damaged)?;
        let mut text = Vec::with_capacity(header.bytes as usize);
        for line in lines {
            text.extend_from_slice(line.bytes());
            text.push(b'\n');
        }
        Ok(Self {
            organisation: lines[0].organisation(),
            first: lines[0].first().0,
            header,
            exact: zstd::bulk::compress(&text, LEVEL).map_err(StoreError::Folder)?,
            packed: pack(lines).unwrap_or_else(|error| {
                tracing::warn!(%error, "a chunk is kept as lines alone");
                Vec::new()
            }),
        })
    }

    /// Keeps both bodies, and notes where.
    fn put(&self, tree: &dyn Tree, changes: &mut Vec<Change>) -> Result<(), StoreError> {
        let forms = [
            (CHUNK, Form::Lines, &self.exact),
            (PACKED, Form::Packed, &self.packed),
        ];
        for (kind, form, body) in forms {
            let key = record::key(kind, self.organisation, self.first);
            let mut bytes = Vec::new();
            self.header.write(&mut bytes);
            record::put_body(tree, form, &key, body, &mut bytes)?;
            record::put(changes, &key, &bytes);
        }
        Ok(())
    }
}

fn remove_tail(changes: &mut Vec<Change>, line: &Line) {
    let key = record::key(TAIL, line.organisation(), line.first().0);
    record::remove(changes, &key, line.bytes().len());
}

fn put_tail(changes: &mut Vec<Change>, line: &Line) {
    record::put(
        changes,
        &record::key(TAIL, line.organisation(), line.first().0),
        line.bytes(),
    );
}

fn put_directory(
    changes: &mut Vec<Change>,
    name: &[u8],
    organisation: OrganisationId,
    value: &[u8],
) {
    let mut key = vec![DIRECTORY];
    key.extend_from_slice(name);
    let entry = [organisation.uuid().as_bytes().as_slice(), value].concat();
    let value = record::checked(&key, 0, &entry);
    changes.push((key, Some(value)));
}

/// sled panics where it finds what it did not expect: for us that is an error like any other.
fn guarded<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(StoreError::Panicked))
}

/// The position an error or a reader speaks of.
pub(super) fn behind(position: Position) -> u64 {
    position.0.saturating_add(1)
}
