//! The end mark: where the journal ended at its last sync, in two slots written in turn.

use super::disk::{Disk, DiskFile, Open, read_upto, replace};
use super::journal::Place;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Slots lie on pages of their own, so that a torn write harms one.
const SLOT_BYTES: usize = 4096;

/// Longest text in a slot.
const TEXT_BYTES_MAX: usize = 256;

/// The file `end`. It never claims what is not on disk; a kill leaves it exact, a power cut about a second old.
pub(super) struct EndMark {
    file: Arc<dyn DiskFile>,
    slot: u64,
}

/// What a reading of the mark found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Seen {
    /// The newer of what its whole slots say.
    pub(super) newest: Option<Place>,
    /// Whether both slots are whole: else the journal may have ended later than `newest` says.
    pub(super) whole: bool,
    /// Whether there is a file.
    pub(super) there: bool,
}

impl EndMark {
    /// Reads the mark without opening it for writing. Whoever holds it may be writing a slot just then: so it is read
    /// again before a slot is called bad.
    pub(super) fn read(disk: &dyn Disk, folder: &Path) -> io::Result<Seen> {
        const READINGS_MAX: usize = 3;
        let mut seen = Seen::default();
        for _ in 0..READINGS_MAX {
            seen = Self::read_once(disk, folder)?;
            if seen.whole || !seen.there {
                break;
            }
        }
        Ok(seen)
    }

    fn read_once(disk: &dyn Disk, folder: &Path) -> io::Result<Seen> {
        let file = match disk.open(&path(folder), Open::Read) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Seen::default()),
            Err(error) => return Err(error),
        };
        let bytes = read_upto(&*file, 0, 2 * SLOT_BYTES)?;
        let slots: Vec<Place> = bytes.chunks(SLOT_BYTES).filter_map(decode).collect();
        Ok(Seen {
            newest: slots.iter().copied().max_by_key(|place| place.batch),
            whole: slots.len() == 2,
            there: true,
        })
    }

    /// Opens the mark, both slots saying `place` and synced; in place where it can be, since a full disk must start too.
    pub(super) fn create(disk: &dyn Disk, folder: &Path, place: &Place) -> io::Result<Self> {
        let text = encode(place);
        if let Ok(file) = disk.open(&path(folder), Open::Write)
            && file.len()? == 2 * SLOT_BYTES as u64
        {
            let bytes = read_upto(&*file, 0, 2 * SLOT_BYTES)?;
            let newest = bytes
                .chunks(SLOT_BYTES)
                .map(|slot| decode(slot).map(|place| place.batch));
            let newest = newest
                .enumerate()
                .max_by_key(|(_, batch)| *batch)
                .map_or(0, |(at, _)| at as u64);
            for slot in [newest ^ 1, newest] {
                file.write_at(text.as_bytes(), slot * SLOT_BYTES as u64)?;
                file.sync_data()?;
            }
            return Ok(Self { file, slot: 0 });
        }
        replace(disk, &path(folder), &content(place))?;
        Ok(Self {
            file: disk.open(&path(folder), Open::Write)?,
            slot: 0,
        })
    }

    /// Says that the journal is on disk up to `place`. Not synced.
    pub(super) fn set(&mut self, place: &Place) -> io::Result<()> {
        self.slot ^= 1;
        self.file
            .write_at(encode(place).as_bytes(), self.slot * SLOT_BYTES as u64)
    }

    /// The file, for whoever syncs it now and then.
    pub(super) fn file(&self) -> Arc<dyn DiskFile> {
        Arc::clone(&self.file)
    }
}

/// The whole file, both slots saying `place`.
pub(super) fn content(place: &Place) -> Vec<u8> {
    let text = encode(place);
    let mut bytes = vec![b' '; 2 * SLOT_BYTES];
    for slot in bytes.chunks_mut(SLOT_BYTES) {
        slot[..text.len()].copy_from_slice(text.as_bytes());
    }
    bytes
}

fn path(folder: &Path) -> PathBuf {
    folder.join("end")
}

fn encode(place: &Place) -> String {
    let Place {
        batch,
        crc,
        file,
        start,
        end,
    } = place;
    let text = format!(
        "{{\"batch\":{batch},\"batch_crc32c\":\"{crc:08x}\",\"end\":{end},\"file\":{file},\"start\":{start}"
    );
    format!(
        "{text},\"crc32c\":\"{:08x}\"}}\n",
        crc32c::crc32c(text.as_bytes())
    )
}

fn decode(slot: &[u8]) -> Option<Place> {
    let slot = &slot[..slot.len().min(TEXT_BYTES_MAX)];
    let text = std::str::from_utf8(slot).ok()?.split_once('\n')?.0;
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let number = |name: &str| value.get(name)?.as_u64();
    let place = Place {
        batch: number("batch")?,
        crc: u32::from_str_radix(value.get("batch_crc32c")?.as_str()?, 16).ok()?,
        file: u32::try_from(number("file")?).ok()?,
        start: number("start")?,
        end: number("end")?,
    };
    (encode(&place).trim_end() == text).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::disk::simulated::SimulatedDisk;

    fn place(batch: u64) -> Place {
        Place {
            batch,
            crc: 0xabc,
            file: 3,
            start: batch * 10,
            end: batch * 10 + 10,
        }
    }

    #[test]
    fn the_newest_whole_slot_is_the_mark() {
        let disk = SimulatedDisk::new(1);
        let folder = Path::new("/data");
        let mut mark = EndMark::create(&disk, folder, &place(1)).expect("a sound disk");
        for batch in 2..6 {
            mark.set(&place(batch)).expect("a sound disk");
            let read = EndMark::read(&disk, folder).expect("a sound disk");
            assert_eq!((read.newest, read.whole), (Some(place(batch)), true));
        }
        disk.damage(&path(folder), |bytes| {
            bytes[SLOT_BYTES * mark.slot as usize + 12] ^= 1
        });
        let read = EndMark::read(&disk, folder).expect("a sound disk");
        assert_eq!((read.newest, read.whole), (Some(place(4)), false));
        disk.damage(&path(folder), |bytes| bytes.fill(0));
        let read = EndMark::read(&disk, folder).expect("a sound disk");
        assert_eq!((read.newest, read.whole, read.there), (None, false, true));
    }
}
