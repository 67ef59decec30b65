//! Reading a journal beside whoever writes it, without its lock.

use super::lost::Lost;
use super::scan::{Found, Scan};
use super::{Cursor, Damage, JournalError, Place, file_name};
use crate::log::disk::Disk;
use crate::log::end::EndMark;
use crate::log::line::{InvalidLine, Line};
use crate::log::open::Step;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How often, and how long between, a reader looks whether the end mark moves on before it takes it for an older one.
const MARK_READINGS: u32 = 10;
const MARK_PATIENCE: Duration = Duration::from_millis(50);

/// A journal up to where it ended when this reader was made.
pub struct JournalReader {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) folder: PathBuf,
    /// The last batch to read; `None`: whatever is whole.
    pub(super) until: Option<Place>,
    /// A batch that must be there.
    at_least: u64,
    /// `until` is what the end mark says, and that may be an older copy.
    may_be_stale: bool,
}

impl JournalReader {
    /// Reads the journal of the data folder `folder` up to its end mark, a running server's too. Where that is missing,
    /// or older than the journal, or half of it can't be read, everything that is whole: the lost half may have said
    /// more than the other.
    pub fn open(disk: Arc<dyn Disk>, folder: &Path) -> io::Result<Self> {
        let mark = EndMark::read(&*disk, folder)?;
        Ok(Self {
            disk,
            folder: folder.to_owned(),
            until: mark.newest.filter(|_| mark.whole),
            at_least: mark.newest.map_or(0, |place| place.batch),
            may_be_stale: true,
        })
    }

    /// The same, but that it reads up to the batch `number`, which somebody claims to have seen, or finds damage.
    pub(in crate::log) fn at_least(self, number: u64) -> Self {
        Self {
            until: self.until.filter(|until| until.batch >= number),
            at_least: self.at_least.max(number),
            ..self
        }
    }

    /// The last batch it must come to.
    pub(in crate::log) fn total(&self) -> u64 {
        self.at_least
    }

    /// Reads up to a place that is known to be synced.
    pub(in crate::log) fn up_to(disk: Arc<dyn Disk>, folder: &Path, until: Place) -> Self {
        Self {
            disk,
            folder: folder.to_owned(),
            until: Some(until),
            at_least: until.batch,
            may_be_stale: false,
        }
    }

    /// Shows `visit` every commit behind `after`, in the journal's order, and says how far it came. Each line's hash is
    /// checked; that it follows from the one before is for who keeps heads.
    pub fn follow(
        &self,
        after: &Cursor,
        visit: &mut dyn FnMut(Line),
    ) -> Result<Cursor, JournalError> {
        let place = Place::of(after)?;
        let mut last = place;
        self.batches(place, &mut |place, rows| {
            if let Some(lost) = rows.lost.first() {
                return Err(place.lost(lost).into());
            }
            last = Some(place);
            rows.lines.into_iter().for_each(&mut *visit);
            Ok(())
        })?;
        Ok(last.map_or_else(Cursor::default, |place| place.cursor()))
    }

    /// Shows `visit` every commit from the first one on, as [`Self::follow`] does, or where some organisation's log ends
    /// since its commits are lost; `progress` hears of the batches.
    pub fn read(
        &self,
        visit: &mut dyn FnMut(Result<Line, Damage>),
        progress: &mut dyn FnMut(Step),
    ) -> Result<(), JournalError> {
        let total = self.until.map_or(0, |place| place.batch);
        self.batches(None, &mut |place, rows| {
            let lost = rows.lost.iter().map(|lost| Err(place.lost(lost)));
            lost.for_each(&mut *visit);
            rows.lines.into_iter().map(Ok).for_each(&mut *visit);
            progress(Step {
                done: place.batch,
                total: total.max(place.batch),
            });
            Ok(())
        })
    }

    /// Shows `visit` every batch behind `after`.
    pub(in crate::log) fn batches(
        &self,
        after: Option<Place>,
        visit: &mut dyn FnMut(Place, Rows) -> Result<(), JournalError>,
    ) -> Result<(), JournalError> {
        let mut until = self.until.map_or(u64::MAX, |until| until.batch);
        let from = after.map_or(0, |place| place.batch);
        if from >= until && !self.may_be_stale {
            return Ok(());
        }
        let scan = match &after {
            Some(place) if place.batch > 0 => Scan::at(&*self.disk, &self.folder, place)?,
            _ => Scan::at_file(&*self.disk, &self.folder, 1, 1)?,
        };
        let Some(mut scan) = scan else {
            let file = file_name(after.map_or(1, |place| place.file.max(1)));
            return Err(Damage {
                file,
                offset: 0,
                organisation: None,
                position: None,
            }
            .into());
        };
        loop {
            if scan.next > until {
                if !self.may_be_stale || !self.is_stale(&scan)? {
                    return Ok(());
                }
                tracing::warn!("the journal goes on behind its end mark");
                scan.forget();
                until = u64::MAX;
            }
            let may_end = until == u64::MAX && scan.next > self.at_least;
            match scan.step()? {
                Found::Batch(place) if place.batch > from => {
                    let rows = rows(scan.body()).map_err(|_| damage(&scan, place.start))?;
                    visit(place, rows)?;
                }
                Found::Batch(place) if after == Some(place) => {}
                Found::End if may_end && scan.is_last_file()? => return Ok(()),
                // Nobody was told of a batch that is not whole yet.
                Found::Broken
                    if may_end && scan.is_last_file()? && !scan.whole_batch_behind()? =>
                {
                    return Ok(());
                }
                Found::End => return Err(scan.end_damage()?.into()),
                Found::Batch(_) | Found::Broken => {
                    return Err(damage(&scan, scan.offset).into());
                }
            }
        }
    }

    /// Whether the journal goes on behind its end mark and nobody writes there: the mark is an older one. Whoever holds
    /// the journal moves the mark on, as soon as the batch behind it is synced.
    fn is_stale(&self, scan: &Scan<'_>) -> io::Result<bool> {
        for attempt in 0..MARK_READINGS {
            if attempt > 0 {
                std::thread::sleep(MARK_PATIENCE);
            }
            let mut peek = scan.clone();
            peek.forget();
            let goes_on = match peek.step()? {
                Found::Batch(_) => true,
                Found::End => !peek.is_last_file()?,
                Found::Broken => peek.whole_batch_behind()?,
            };
            let mark = EndMark::read(&*self.disk, &self.folder)?.newest;
            if !goes_on || mark.is_some_and(|mark| mark.batch >= scan.next) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// The first bad place of a scan.
pub(super) fn damage(scan: &Scan<'_>, offset: u64) -> Damage {
    let file = file_name(scan.number);
    Damage {
        file,
        offset,
        organisation: None,
        position: None,
    }
}

/// What a batch holds.
#[derive(Debug, Default)]
pub(in crate::log) struct Rows {
    pub(in crate::log) lines: Vec<Line>,
    /// What stands in place of others.
    pub(in crate::log) lost: Vec<Lost>,
}

/// Reads and checks the rows of a batch.
fn rows(body: &[u8]) -> Result<Rows, InvalidLine> {
    let mut rows = Rows::default();
    if !body.is_empty() {
        let body = body.strip_suffix(b"\n").ok_or(InvalidLine::Shape)?;
        for bytes in body.split(|&byte| byte == b'\n') {
            match Lost::parse(bytes) {
                Some(lost) => rows.lost.push(lost),
                None => rows.lines.push(Line::parse(bytes)?),
            }
        }
    }
    Ok(rows)
}
