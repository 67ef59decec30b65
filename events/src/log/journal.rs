//! The journal: every commit of every organisation, in the order it was kept.

use super::disk::{Disk, DiskFile, Open};
use super::end::EndMark;
use super::heads::Heads;
use super::line::{Head, Line, Position};
use crate::values::OrganisationId;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

mod batch;
mod extent;
mod lost;
mod mend;
mod open;
mod reader;
mod scan;

pub use extent::Extent;
pub(super) use mend::{Mended, mend};
pub(super) use open::Opened;
pub use reader::JournalReader;
pub(super) use reader::Rows;

/// A file is finished once a whole batch might not fit below this any more.
pub const FILE_BYTES_MAX: u64 = 64 << 20;

/// Files grow ahead by this many written zeros, so that a sync carries no metadata.
pub const GROWTH_BYTES: u64 = 4 << 20;

/// Lines of one append, line feeds included.
pub const BATCH_BYTES_MAX: usize = 4 << 20;

/// How large files, their growth and batches are; simulations have smaller ones.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// [`FILE_BYTES_MAX`].
    pub file: u64,
    /// [`GROWTH_BYTES`].
    pub growth: u64,
    /// [`BATCH_BYTES_MAX`].
    pub batch: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            file: FILE_BYTES_MAX,
            growth: GROWTH_BYTES,
            batch: BATCH_BYTES_MAX,
        }
    }
}

impl Sizes {
    /// Room a batch may need, its header included.
    fn room(&self) -> u64 {
        (self.batch + batch::HEADER_BYTES_MAX) as u64
    }
}

/// How far somebody came in a journal, in the journal's own bytes. Empty: nothing seen yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cursor(pub Vec<u8>);

/// Why a commit was not kept, or may not have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Another commit of that organisation was first: follow, decide again.
    #[error("organisation {organisation} stands at position {position}")]
    Conflict {
        /// Whose commit it was.
        organisation: OrganisationId,
        /// Where its log stands.
        position: Position,
    },
    /// More than [`BATCH_BYTES_MAX`]: nothing was kept.
    #[error("{0} bytes are too many for one append")]
    TooLarge(usize),
    /// No room: nothing was kept. Goes away when space returns.
    #[error("the disk is full")]
    Full,
    /// This organisation's log needs mending: nothing was kept.
    #[error("the log of organisation {0} is damaged")]
    Damaged(OrganisationId),
    /// A write or a sync failed, now or before. Only the next start tells what was kept; nothing more is taken.
    #[error("whether it was kept shows at the next start")]
    Unknown,
}

/// Why a journal can't be read on.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The disk failed.
    #[error("the journal can't be read")]
    Disk(#[from] io::Error),
    /// A batch or a line is not right.
    #[error("the journal is damaged: {0}")]
    Damage(#[from] Damage),
    /// The cursor is of another journal.
    #[error("the cursor belongs to another journal")]
    Cursor,
}

/// The first bad place of a journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Damage {
    /// Name of the file.
    pub file: String,
    /// Where in it.
    pub offset: u64,
    /// Whose log is concerned, where one can tell; else everybody's.
    pub organisation: Option<OrganisationId>,
    /// From which position on, where one can tell.
    pub position: Option<Position>,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "journal file {} at byte {}", self.file, self.offset)?;
        if let Some(organisation) = self.organisation {
            write!(f, ", organisation {organisation}")?;
        }
        if let Some(position) = self.position {
            write!(f, ", position {position}")?;
        }
        Ok(())
    }
}

/// Where commits are kept. Nothing here assumes files.
pub trait Journal: Send {
    /// Keeps each commit whole, right behind the one its `previous` names, or says why not: conflict (another was
    /// first: follow, decide again) or unknown (only resending tells). What it calls kept would survive a power cut.
    fn append(&mut self, lines: &[Line]) -> Vec<Result<(), AppendError>>;
    /// Shows `visit` every commit behind `after`, each organisation's in order, and says how far it came.
    fn follow(&self, after: &Cursor, visit: &mut dyn FnMut(Line)) -> Result<Cursor, JournalError>;
}

/// Where a batch stands in the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    pub(super) batch: u64,
    pub(super) crc: u32,
    pub(super) file: u32,
    /// Where its header begins.
    pub(super) start: u64,
    /// Where the next one begins.
    pub(super) end: u64,
}

impl Place {
    /// For whoever keeps how far it came.
    pub(super) fn cursor(&self) -> Cursor {
        let mut bytes = Vec::with_capacity(32);
        bytes.extend_from_slice(&self.batch.to_be_bytes());
        bytes.extend_from_slice(&self.start.to_be_bytes());
        bytes.extend_from_slice(&self.end.to_be_bytes());
        bytes.extend_from_slice(&self.crc.to_be_bytes());
        bytes.extend_from_slice(&self.file.to_be_bytes());
        Cursor(bytes)
    }

    /// This batch as a bad place.
    pub(super) fn bad(&self) -> Damage {
        Damage {
            file: file_name(self.file.max(1)),
            offset: self.start,
            organisation: None,
            position: None,
        }
    }

    /// This batch as the place where an organisation's log does not go on behind `head`.
    pub(super) fn damage(&self, organisation: OrganisationId, head: Head) -> Damage {
        let position = Some(Position(head.position.0 + 1));
        Damage {
            organisation: Some(organisation),
            position,
            ..self.bad()
        }
    }

    /// This batch as the place where commits of an organisation are lost.
    pub(super) fn lost(&self, lost: &lost::Lost) -> Damage {
        Damage {
            organisation: Some(lost.organisation),
            position: Some(lost.first),
            ..self.bad()
        }
    }

    /// `None` for the cursor that has seen nothing; an error for one that is not ours.
    pub(super) fn of(cursor: &Cursor) -> Result<Option<Self>, JournalError> {
        if cursor.0.is_empty() {
            return Ok(None);
        }
        let bytes: &[u8; 32] = cursor
            .0
            .as_slice()
            .try_into()
            .map_err(|_| JournalError::Cursor)?;
        let long = |at: usize| {
            u64::from_be_bytes(
                bytes[at..at + 8]
                    .try_into()
                    .expect("eight bytes are eight bytes"),
            )
        };
        let last = long(24);
        Ok(Some(Self {
            batch: long(0),
            start: long(8),
            end: long(16),
            crc: (last >> 32) as u32,
            file: last as u32,
        }))
    }
}

/// A journal in files of a folder, with one writer.
pub struct FileJournal {
    disk: Arc<dyn Disk>,
    /// The data folder; the files lie in `journal/` below it.
    folder: PathBuf,
    file: Arc<dyn DiskFile>,
    /// The last batch kept.
    last: Place,
    /// Length of the current file, of which what is behind the last batch is synced zeros.
    allocated: u64,
    mark: EndMark,
    heads: Arc<Heads>,
    sizes: Sizes,
    buffer: Vec<u8>,
    /// A write or sync failed: memory may be ahead of the disk, or the disk ahead of memory.
    failed: bool,
}

impl FileJournal {
    /// Makes sure that the next append meets no full disk. To be called before a batch is decided.
    pub fn make_room(&mut self) -> Result<(), AppendError> {
        if self.failed {
            return Err(AppendError::Unknown);
        }
        if self.last.end + self.sizes.room() > self.sizes.file {
            self.rotate()
        } else if self.allocated < self.last.end + self.sizes.room() {
            self.grow()
        } else {
            Ok(())
        }
    }

    /// The organisations' heads, shared with the readers.
    pub(super) fn heads(&self) -> &Arc<Heads> {
        &self.heads
    }

    /// The last batch kept.
    pub(super) fn last(&self) -> Place {
        self.last
    }

    /// The end mark's file, to be synced now and then.
    pub(super) fn mark_file(&self) -> Arc<dyn DiskFile> {
        self.mark.file()
    }

    /// Keeps all lines with one write and one sync, or none.
    pub(super) fn append_all(&mut self, lines: &[Line]) -> Result<(), AppendError> {
        if self.failed {
            return Err(AppendError::Unknown);
        }
        let bytes: usize = lines.iter().map(|line| line.bytes().len() + 1).sum();
        if bytes > self.sizes.batch {
            return Err(AppendError::TooLarge(bytes));
        }
        self.heads.check(lines)?;
        self.make_room()?;
        let number = self.last.batch + 1;
        let crc = batch::encode(&mut self.buffer, number, lines);
        let start = self.last.end;
        let end = start + self.buffer.len() as u64;
        let place = Place {
            batch: number,
            crc,
            file: self.last.file,
            start,
            end,
        };
        let kept = self
            .file
            .write_at(&self.buffer, start)
            .and_then(|()| self.file.sync_data())
            .and_then(|()| self.mark.set(&place));
        self.settle(kept)?;
        self.last = place;
        self.heads.advance(lines, number);
        Ok(())
    }

    fn grow(&mut self) -> Result<(), AppendError> {
        // In step with the file system's pages, so that a sync touches no page twice.
        let to = (self.last.end + self.sizes.room()).next_multiple_of(self.sizes.growth);
        let zeros = vec![0; (to - self.allocated) as usize];
        self.room_made(self.file.write_at(&zeros, self.allocated))?;
        let synced = self.file.sync_data();
        self.settle(synced)?;
        self.allocated = to;
        Ok(())
    }

    /// New file, sync, sync the folder, cut the old one to length; what is left undone is done at the next start.
    fn rotate(&mut self) -> Result<(), AppendError> {
        let number = self.last.file + 1;
        let created = create_file(&*self.disk, &self.folder, number);
        let file = self.room_made(created)?;
        let synced = file
            .sync_data()
            .and_then(|()| self.disk.sync_dir(&self.folder.join("journal")));
        self.settle(synced)?;
        let cut = self
            .file
            .truncate(self.last.end)
            .and_then(|()| self.file.sync_data());
        self.settle(cut)?;
        let end = scan::file_header(number).len() as u64;
        self.file = file;
        self.allocated = end;
        self.last = Place {
            file: number,
            start: end,
            end,
            ..self.last
        };
        self.grow()
    }

    /// A full disk is no failure while nothing was promised.
    fn room_made<T>(&mut self, made: io::Result<T>) -> Result<T, AppendError> {
        match made {
            Err(error) if error.kind() == io::ErrorKind::StorageFull => Err(AppendError::Full),
            made => self.settle(made),
        }
    }

    fn settle<T>(&mut self, done: io::Result<T>) -> Result<T, AppendError> {
        done.map_err(|error| {
            tracing::error!(%error, "the journal failed and takes nothing more");
            self.failed = true;
            AppendError::Unknown
        })
    }
}

impl Journal for FileJournal {
    fn append(&mut self, lines: &[Line]) -> Vec<Result<(), AppendError>> {
        let kept = self.append_all(lines);
        vec![kept; lines.len()]
    }

    fn follow(&self, after: &Cursor, visit: &mut dyn FnMut(Line)) -> Result<Cursor, JournalError> {
        let reader = JournalReader::up_to(Arc::clone(&self.disk), &self.folder, self.last);
        reader.follow(after, &mut |line| visit(line))
    }
}

/// Where a file of the journal lies.
fn file_path(folder: &Path, number: u32) -> PathBuf {
    folder.join("journal").join(file_name(number))
}

fn file_name(number: u32) -> String {
    format!("{number:08}.ndjson")
}

/// The numbers of the files there are, in order. What is named otherwise is none of them.
fn file_numbers(disk: &dyn Disk, folder: &Path) -> io::Result<Vec<u32>> {
    let names = disk.list(&folder.join("journal"))?;
    let numbers = names.iter().filter_map(|name| {
        let number = name.strip_suffix(".ndjson")?.parse().ok()?;
        (*name == file_name(number)).then_some(number)
    });
    let mut numbers: Vec<u32> = numbers.filter(|&number| number > 0).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// Makes a file with its first line, not yet synced.
fn create_file(disk: &dyn Disk, folder: &Path, number: u32) -> io::Result<Arc<dyn DiskFile>> {
    let file = disk.open(&file_path(folder, number), Open::Create)?;
    file.write_at(scan::file_header(number).as_bytes(), 0)?;
    Ok(file)
}
