//! Putting back from the store what the journal lost, hash for hash.
//!
//! Whole batches stay as they are. Between them, what is missing in an organisation's chain is taken from the store, or
//! from lines that are still right themselves, and takes the numbers of the batches that were lost; the batches' CRCs
//! are made anew. What neither copy has is named in its place, and refuses that organisation alone: the store knows
//! who had what. Batches that the store had not seen can't be put back: then nothing is changed.
//!
//! Interrupted at any step and run again it ends the same: every file is written beside the old one and takes its place
//! whole, and what was put back in one file is found there the next time.

mod survey;

use super::scan::{self, Found, Scan};
use super::{Damage, JournalError, Place, Sizes, batch, file_path};
use crate::log::disk::{Disk, DiskFile, Open, read_upto};
use crate::log::end::EndMark;
use crate::log::line::{LINE_BYTES_MAX, Line};
use crate::log::store::Store;
use std::io;
use std::path::Path;
use std::sync::Arc;
use survey::{Item, Kind, Missing, Survey, SurveyError};

/// What was done.
#[derive(Debug, Default)]
pub(in crate::log) struct Mended {
    /// Places put back.
    pub(in crate::log) restored: Vec<Damage>,
    /// Where whose log ends for good.
    pub(in crate::log) lost: Vec<Damage>,
}

/// Mends the journal from a store that had followed it up to `cursor`; `damage` is what was found first.
pub(in crate::log) fn mend(
    disk: &dyn Disk,
    folder: &Path,
    sizes: Sizes,
    (store, cursor): (&Store, Place),
    damage: Damage,
) -> Result<Mended, JournalError> {
    let mark = EndMark::read(disk, folder)?.newest.unwrap_or_default();
    let claimed = mark.batch.max(cursor.batch);
    let surveyed = Survey::of(disk, folder, store, claimed);
    let mut survey = surveyed.map_err(|error| match error {
        SurveyError::Disk(error) => JournalError::Disk(error),
        SurveyError::Store => damage.clone().into(),
    })?;
    survey.place(store)?;
    if let Some(forked) = survey.forked() {
        return Err(forked.into());
    }
    let mut mended = told(&survey, cursor)?;
    mended.lost.append(&mut survey.gaps);
    write(disk, folder, sizes, store, &survey)?;
    let last = last_place(disk, folder, &damage)?;
    if last.batch < claimed {
        return Err(damage.into());
    }
    EndMark::create(disk, folder, &last)?;
    if mended.restored.is_empty() {
        mended.restored.push(damage);
    }
    Ok(mended)
}

/// What will have been put back and what is lost; an error where a bad place holds what the store had not seen.
fn told(survey: &Survey, cursor: Place) -> Result<Mended, Damage> {
    let mut mended = Mended::default();
    for item in &survey.items {
        let Kind::Bad { numbers, missing } = &item.kind else {
            continue;
        };
        if numbers.is_empty() && missing.is_empty() {
            continue;
        }
        if numbers.is_empty() || *numbers.end() > cursor.batch {
            return Err(item.damage());
        }
        mended.restored.push(item.damage());
        let lost = missing.iter().filter(|missing| !missing.found);
        mended.lost.extend(lost.map(|missing| Damage {
            organisation: Some(missing.organisation),
            position: Some(missing.lost().first),
            ..item.damage()
        }));
    }
    Ok(mended)
}

/// Writes every bad file anew.
fn write(
    disk: &dyn Disk,
    folder: &Path,
    sizes: Sizes,
    store: &Store,
    survey: &Survey,
) -> io::Result<()> {
    let mut output = Output {
        disk,
        folder,
        survey,
        number: 0,
        beside: None,
        at: 0,
    };
    let mut items = survey.items.iter().peekable();
    while let Some(item) = items.next() {
        output.go_to(item.file)?;
        match &item.kind {
            Kind::Good { end } => output.copy(item, *end)?,
            Kind::Bad { numbers, missing } => {
                let until = items.peek().map_or(survey.files, |next| next.file);
                PutBack {
                    store,
                    sizes,
                    output: &mut output,
                    next: *numbers.start(),
                    last: *numbers.end(),
                    rows: Vec::new(),
                    bytes: 0,
                    left: 0,
                    until,
                }
                .all(missing)?;
            }
        }
    }
    output.go_to(survey.files + 1)
}

/// The files being written, one behind the other; those that are not bad are passed over.
struct Output<'a> {
    disk: &'a dyn Disk,
    folder: &'a Path,
    survey: &'a Survey,
    number: u32,
    /// The new file; none where the old one stays.
    beside: Option<Arc<dyn DiskFile>>,
    at: u64,
}

impl Output<'_> {
    /// Finishes files until it stands in `number`.
    fn go_to(&mut self, number: u32) -> io::Result<()> {
        while self.number < number {
            if let Some(file) = self.beside.take() {
                let path = file_path(self.folder, self.number);
                file.sync_data()?;
                self.disk.rename(&path.with_extension("new"), &path)?;
                self.disk.sync_dir(&self.folder.join("journal"))?;
            }
            self.number += 1;
            if self.survey.bad_files.contains(&self.number) {
                let path = file_path(self.folder, self.number).with_extension("new");
                self.beside = Some(self.disk.open(&path, Open::Create)?);
                self.at = 0;
                self.put(scan::file_header(self.number).as_bytes())?;
            }
        }
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(file) = &self.beside {
            file.write_at(bytes, self.at)?;
            self.at += bytes.len() as u64;
        }
        Ok(())
    }

    /// Takes whole batches over as they are.
    fn copy(&mut self, item: &Item, end: u64) -> io::Result<()> {
        const PIECE_BYTES: u64 = 1 << 20;
        if self.beside.is_none() {
            return Ok(());
        }
        let old = self
            .disk
            .open(&file_path(self.folder, item.file), Open::Read)?;
        let mut at = item.offset;
        while at < end {
            let bytes = read_upto(&*old, at, PIECE_BYTES.min(end - at) as usize)?;
            if bytes.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.put(&bytes)?;
            at += bytes.len() as u64;
        }
        Ok(())
    }
}

/// Writes what was lost at one bad place, in as many batches as were lost there, about equally large.
struct PutBack<'a, 'b> {
    store: &'a Store,
    sizes: Sizes,
    output: &'a mut Output<'b>,
    next: u64,
    last: u64,
    rows: Vec<Vec<u8>>,
    bytes: u64,
    /// Bytes of rows that are not in a batch yet.
    left: u64,
    /// The last file that may take some.
    until: u32,
}

impl PutBack<'_, '_> {
    fn all(mut self, missing: &[Missing]) -> io::Result<()> {
        let survey = self.output.survey;
        let store = self.store;
        let each = |visit: &mut dyn FnMut(&[u8]) -> io::Result<()>| {
            missing.iter().try_for_each(|missing| {
                if !missing.found {
                    return visit(&missing.lost().bytes());
                }
                let mut line = |line: &Line| visit(line.bytes());
                missing.each(store, &survey.loose, &mut line).map(|_| ())
            })
        };
        let mut left = 0;
        each(&mut |row| {
            left += row.len() as u64 + 1;
            Ok(())
        })?;
        self.left = left;
        each(&mut |row| {
            let share = self.left.div_ceil(self.last - self.next + 1);
            let bytes = row.len() as u64 + 1;
            if self.next < self.last && self.bytes > 0 && self.bytes + bytes > share {
                self.batch()?;
            }
            self.rows.push(row.to_vec());
            self.bytes += bytes;
            Ok(())
        })?;
        while self.next <= self.last {
            self.batch()?;
        }
        Ok(())
    }

    fn batch(&mut self) -> io::Result<()> {
        let full = self.output.at + self.sizes.room() > self.sizes.file;
        let following = self.output.number + 1;
        if full && following <= self.until && self.output.survey.bad_files.contains(&following) {
            self.output.go_to(following)?;
        }
        let mut bytes = Vec::with_capacity(LINE_BYTES_MAX);
        batch::encode_rows(&mut bytes, self.next, self.rows.iter().map(Vec::as_slice));
        self.output.put(&bytes)?;
        self.next += 1;
        self.left -= self.bytes;
        self.bytes = 0;
        self.rows.clear();
        Ok(())
    }
}

/// The last batch of a journal that must be whole from its beginning on.
fn last_place(disk: &dyn Disk, folder: &Path, damage: &Damage) -> Result<Place, JournalError> {
    let mut last = Place::default();
    let mut scan = Scan::at_file(disk, folder, 1, 1)?.ok_or_else(|| damage.clone())?;
    loop {
        match scan.step()? {
            Found::Batch(place) => last = place,
            Found::End => return Ok(last),
            Found::Broken => return Err(damage.clone().into()),
        }
    }
}
