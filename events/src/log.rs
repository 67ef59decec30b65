//! The log of every organisation on this node: a journal that is synced before anything is answered, and a store made
//! from it that everything reads.
//!
//! | always true | tested in |
//! |---|---|
//! | what `append` called kept is there after a power cut | `events/tests/log_contract.rs`: `a_simulated_year_of_accidents_loses_nothing_acknowledged` |
//! | an append is kept whole or not at all, right behind the head | the same: `a_commit_that_is_not_next_is_refused_with_its_batch` |
//! | a fault at any disk call is never taken for success, and nothing is tried again | `events/tests/log_contract/faults.rs` |
//! | a damaged journal is put back from the store or refused by name | the same: `what_the_tail_of_the_journal_lost_is_put_back_from_the_store`, `no_flipped_bit_is_read_as_another_history` |
//! | any change to any file is made up for or named, and what is lost refuses one organisation alone | `events/tests/log_contract/matrix.rs` |
//! | journal and store rebuild each other, broken off at any call | `events/tests/log_contract/either.rs` |
//! | hostile bytes do no harm and take little memory | `events/tests/log_contract/fuzz.rs` |
//! | the store can be deleted, cut or damaged | the same: `a_store_that_is_deleted_is_made_again`, `a_damaged_store_is_made_again`, `log_contract/bodies.rs` |

pub mod disk;
mod end;
mod follower;
mod heads;
pub mod journal;
pub mod line;
mod open;
#[doc(hidden)]
pub mod pace;
mod reader;
pub mod store;
mod verify;

pub use open::{Config, OpenError, Recovery, Step, lock, rebuild};
pub use reader::{LogError, LogReader, Statistics};
pub use verify::{Verification, verify, verify_some};

use disk::Disk;
use follower::Follower;
use journal::{AppendError, FileJournal};
use line::Line;
use reader::Shared;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Writes are refused while no more than this is free, or than 1/16 of the volume where that is less.
pub const LOW_WATER_BYTES: u64 = 16 << 20;

/// The low-water mark of a volume with so many bytes in all.
pub fn low_water(total: u64) -> u64 {
    LOW_WATER_BYTES.min(total / 16)
}

/// The append side of the log: one per data folder, owned by the one writer. Dropping it applies and syncs the rest.
pub struct EventLog {
    journal: FileJournal,
    follower: Follower,
    shared: Arc<Shared>,
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    /// Held as long as the log is; none over a simulated disk.
    _lock: Option<File>,
}

impl EventLog {
    /// The reading side, for any number of threads.
    pub fn reader(&self) -> LogReader {
        LogReader::new(Arc::clone(&self.shared))
    }

    /// The disk it is on: what must survive with it is kept on the same one.
    pub fn disk(&self) -> Arc<dyn Disk> {
        Arc::clone(&self.disk)
    }

    /// Sees that the next append meets no full disk. To be called before a batch is decided: it may write and sync.
    pub fn make_room(&mut self) -> Result<(), AppendError> {
        self.usable()?;
        if !self.has_room() {
            return Err(AppendError::Full);
        }
        self.journal.make_room()
    }

    /// Keeps all these commits or none, in one write and one sync; on success they would survive a power cut. The store
    /// follows by itself.
    pub fn append(&mut self, lines: Vec<Line>) -> Result<(), AppendError> {
        self.usable()?;
        if lines.is_empty() {
            return Ok(());
        }
        let begun = Instant::now();
        self.journal.append_all(&lines)?;
        let millis = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.shared.sync_micros.store(millis, Ordering::Relaxed);
        let bytes: usize = lines.iter().map(|line| line.bytes().len() + 1).sum();
        self.shared
            .appended_bytes
            .fetch_add(bytes as u64, Ordering::Relaxed);
        self.follower.follow(self.journal.last(), lines);
        Ok(())
    }

    fn usable(&self) -> Result<(), AppendError> {
        let progress = self.follower.progress();
        if progress.disk_failed() || progress.store_failed() {
            return Err(AppendError::Unknown);
        }
        Ok(())
    }

    /// Whether the disk is above the low-water mark.
    fn has_room(&self) -> bool {
        let Ok(space) = self.disk.space(&self.folder) else {
            return true;
        };
        space.free > low_water(space.total)
    }
}
