//! Opening a journal after whatever happened: what is whole is kept, what was torn is cut, anything else is damage.

use super::reader::damage;
use super::scan::{self, Found, Scan};
use super::{
    Damage, FileJournal, JournalError, Place, Sizes, create_file, file_name, file_numbers,
    file_path,
};
use crate::log::disk::{Disk, Open, read_upto};
use crate::log::end::EndMark;
use crate::log::heads::Heads;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Pages of the cache; a failed sync leaves whole ones that the disk does not hold.
const PAGE_BYTES: u64 = 4096;

/// A journal ready for appends, and what was found.
pub(in crate::log) struct Opened {
    pub(in crate::log) journal: FileJournal,
    /// The last whole batch.
    pub(in crate::log) last: Place,
    /// A batch that nobody was told of was cut off here.
    pub(in crate::log) torn: Option<Damage>,
    /// The end mark was missing or half of it unreadable, and was made again.
    pub(in crate::log) mark_made: bool,
}

/// Where the writer goes on.
struct Tail {
    last: Place,
    file: u32,
    end: u64,
    torn: bool,
}

impl FileJournal {
    /// Opens the journal of the data folder, checking it from its witnesses on: the end mark, and the `cursor` of a
    /// store that followed it.
    pub(in crate::log) fn open(
        disk: Arc<dyn Disk>,
        folder: &Path,
        cursor: Option<Place>,
        heads: Arc<Heads>,
        sizes: Sizes,
    ) -> Result<Opened, JournalError> {
        let mark = EndMark::read(&*disk, folder)?;
        let witnesses: Vec<Place> = [mark.newest, cursor].into_iter().flatten().collect();
        let files = prepare(&*disk, folder, &witnesses)?;
        let tail = find_tail(&*disk, folder, files, &witnesses)?;
        let from = witnesses.iter().copied().min_by_key(|place| place.batch);
        write_again(&*disk, folder, from.unwrap_or_default(), &tail)?;
        if tail.file > 1 {
            cut_finished(&*disk, folder, tail.file - 1)?;
        }
        let file = disk.open(&file_path(folder, tail.file), Open::Write)?;
        let allocated = file.len()?;
        let mark_made = !mark.whole && tail.last.batch > 0;
        let mark = EndMark::create(&*disk, folder, &tail.last)?;
        let torn = tail.torn.then(|| Damage {
            file: file_name(tail.file),
            offset: tail.end,
            organisation: None,
            position: None,
        });
        let last = Place {
            file: tail.file,
            start: tail.end,
            end: tail.end,
            ..tail.last
        };
        let (folder, buffer) = (folder.to_owned(), Vec::new());
        let journal = Self {
            disk,
            folder,
            file,
            last,
            allocated,
            mark,
            heads,
            sizes,
            buffer,
            failed: false,
        };
        Ok(Opened {
            journal,
            last: tail.last,
            torn,
            mark_made,
        })
    }
}

fn missing(number: u32) -> JournalError {
    Damage {
        file: file_name(number),
        offset: 0,
        organisation: None,
        position: None,
    }
    .into()
}

/// Sees that the files are there from the first to the last, and returns the last one's number. One whose making was
/// interrupted is removed, the first file made where there is nothing.
fn prepare(disk: &dyn Disk, folder: &Path, witnesses: &[Place]) -> Result<u32, JournalError> {
    let inside = folder.join("journal");
    disk.make_dir(&inside)?;
    let mut last = 0;
    for number in file_numbers(disk, folder)? {
        last += 1;
        if number != last {
            return Err(missing(last));
        }
    }
    let claimed = witnesses
        .iter()
        .filter(|place| place.batch > 0)
        .map(|place| place.file)
        .max();
    if last > claimed.unwrap_or(0) && half_made(disk, folder, last)? {
        disk.remove(&file_path(folder, last))?;
        disk.sync_dir(&inside)?;
        last -= 1;
    }
    if last == 0 {
        if claimed.is_some() {
            return Err(missing(1));
        }
        create_file(disk, folder, 1)?.sync_data()?;
        disk.sync_dir(&inside)?;
        disk.sync_dir(folder)?;
        last = 1;
    }
    Ok(last)
}

/// Whether a file holds no more than some of its first line.
pub(super) fn half_made(disk: &dyn Disk, folder: &Path, number: u32) -> io::Result<bool> {
    let file = disk.open(&file_path(folder, number), Open::Read)?;
    let header = scan::file_header(number);
    let first = read_upto(&*file, 0, header.len())?;
    if first == header.as_bytes() {
        return Ok(false);
    }
    let of_header = first
        .iter()
        .zip(header.bytes())
        .all(|(&byte, right)| byte == 0 || byte == right);
    Ok(of_header && data_end(disk, folder, number)? <= header.len() as u64)
}

/// Reads from the older witness on to the end, and holds what it finds against both.
fn find_tail(
    disk: &dyn Disk,
    folder: &Path,
    files: u32,
    witnesses: &[Place],
) -> Result<Tail, JournalError> {
    let claimed = witnesses.iter().map(|place| place.batch).max().unwrap_or(0);
    let from = witnesses
        .iter()
        .min_by_key(|place| place.batch)
        .filter(|place| place.batch > 0);
    let scan = match from {
        Some(place) => Scan::at(disk, folder, place)?,
        None => Scan::at_file(disk, folder, 1, 1)?,
    };
    let mut scan = scan.ok_or_else(|| missing(from.map_or(1, |place| place.file)))?;
    let mut last = Place::default();
    loop {
        match scan.step()? {
            Found::Batch(place) => {
                if witnesses
                    .iter()
                    .any(|other| other.batch == place.batch && *other != place)
                {
                    return Err(damage(&scan, place.start).into());
                }
                last = place;
            }
            Found::End if scan.number == files && scan.next > claimed => {
                return Ok(Tail {
                    last,
                    file: scan.number,
                    end: scan.offset,
                    torn: false,
                });
            }
            Found::Broken
                if scan.number == files && scan.next > claimed && !scan.whole_batch_behind()? =>
            {
                return Ok(Tail {
                    last,
                    file: scan.number,
                    end: scan.offset,
                    torn: true,
                });
            }
            Found::End => return Err(scan.end_damage()?.into()),
            Found::Broken => return Err(damage(&scan, scan.offset).into()),
        }
    }
}

/// Writes what the last run left once more, and syncs it: after a failed sync the cache shows what the disk may not
/// hold. Whatever stands behind the tail becomes zeros.
fn write_again(disk: &dyn Disk, folder: &Path, from: Place, tail: &Tail) -> io::Result<()> {
    let first = if from.batch == 0 {
        tail.file
    } else {
        from.file
    };
    for number in first..=tail.file {
        let file = disk.open(&file_path(folder, number), Open::Write)?;
        let start = if number == from.file {
            from.start / PAGE_BYTES * PAGE_BYTES
        } else {
            0
        };
        let len = file.len()?.saturating_sub(start);
        let mut bytes = read_upto(&*file, start, len as usize)?;
        if number == tail.file {
            let keep = (tail.end.saturating_sub(start) as usize).min(bytes.len());
            bytes[keep..].fill(0);
        }
        file.write_at(&bytes, start)?;
        file.sync_data()?;
    }
    disk.sync_dir(&folder.join("journal"))
}

/// Cuts a finished file to length, where a rotation was interrupted before it did.
fn cut_finished(disk: &dyn Disk, folder: &Path, number: u32) -> Result<(), JournalError> {
    let file = disk.open(&file_path(folder, number), Open::Write)?;
    if file.len()? > scan::FILE_BYTES_LIMIT {
        return Err(Damage {
            file: file_name(number),
            offset: scan::FILE_BYTES_LIMIT,
            organisation: None,
            position: None,
        }
        .into());
    }
    let end = data_end(disk, folder, number)?;
    if end < file.len()? {
        file.truncate(end)?;
        file.sync_data()?;
    }
    Ok(())
}

/// Where the zeros at the end of a file begin: no line has a zero byte.
fn data_end(disk: &dyn Disk, folder: &Path, number: u32) -> io::Result<u64> {
    const BLOCK_BYTES: u64 = 1 << 20;
    let file = disk.open(&file_path(folder, number), Open::Read)?;
    let mut end = file.len()?;
    while end > 0 {
        let from = end.saturating_sub(BLOCK_BYTES);
        let bytes = read_upto(&*file, from, (end - from) as usize)?;
        if let Some(at) = bytes.iter().rposition(|&byte| byte != 0) {
            return Ok(from + at as u64 + 1);
        }
        end = from;
    }
    Ok(0)
}
