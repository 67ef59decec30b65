//! Reading a journal beside whoever writes it, without its lock.

use super::scan::{Found, Scan};
use super::{Cursor, Damage, JournalError, Place, file_name};
use crate::log::disk::Disk;
use crate::log::end::EndMark;
use crate::log::line::{InvalidLine, Line};
use crate::log::open::Step;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A journal up to where it ended when this reader was made.
pub struct JournalReader {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) folder: PathBuf,
    /// The last batch to read; `None`: whatever is whole.
    until: Option<Place>,
}

impl JournalReader {
    /// Reads the journal of the data folder `folder` up to its end mark, a running server's too.
    pub fn open(disk: Arc<dyn Disk>, folder: &Path) -> io::Result<Self> {
        let until = EndMark::read(&*disk, folder)?;
        Ok(Self {
            disk,
            folder: folder.to_owned(),
            until,
        })
    }

    /// Where it ends, as far as the end mark says.
    pub(in crate::log) fn until(&self) -> Option<Place> {
        self.until
    }

    /// Reads up to a place that is known to be synced.
    pub(in crate::log) fn up_to(disk: Arc<dyn Disk>, folder: &Path, until: Place) -> Self {
        Self {
            disk,
            folder: folder.to_owned(),
            until: Some(until),
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
        self.batches(place, &mut |place, lines| {
            last = Some(place);
            lines.into_iter().for_each(&mut *visit);
            Ok(())
        })?;
        Ok(last.map_or_else(Cursor::default, |place| place.cursor()))
    }

    /// Shows `visit` every commit from the first one on, as [`Self::follow`] does; `progress` hears of the batches.
    pub fn read(
        &self,
        visit: &mut dyn FnMut(Line),
        progress: &mut dyn FnMut(Step),
    ) -> Result<(), JournalError> {
        let total = self.until.map_or(0, |place| place.batch);
        self.batches(None, &mut |place, lines| {
            lines.into_iter().for_each(&mut *visit);
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
        visit: &mut dyn FnMut(Place, Vec<Line>) -> Result<(), JournalError>,
    ) -> Result<(), JournalError> {
        let until = self.until.map_or(u64::MAX, |until| until.batch);
        let from = after.map_or(0, |place| place.batch);
        if from >= until {
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
        while scan.next <= until {
            match scan.step()? {
                Found::Batch(place) if place.batch > from => {
                    let lines = lines(scan.body()).map_err(|_| damage(&scan, place.start))?;
                    visit(place, lines)?;
                }
                Found::Batch(place) if after == Some(place) => {}
                Found::End if self.until.is_none() => return Ok(()),
                Found::Batch(_) | Found::End | Found::Broken => {
                    return Err(damage(&scan, scan.offset).into());
                }
            }
        }
        Ok(())
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

/// Reads and checks the lines of a batch.
pub(super) fn lines(body: &[u8]) -> Result<Vec<Line>, InvalidLine> {
    let mut lines = Vec::new();
    if !body.is_empty() {
        let body = body.strip_suffix(b"\n").ok_or(InvalidLine::Shape)?;
        for bytes in body.split(|&byte| byte == b'\n') {
            lines.push(Line::parse(bytes)?);
        }
    }
    Ok(lines)
}
