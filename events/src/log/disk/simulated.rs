//! A disk in memory that keeps, loses or tears what was not synced. One seed replays one run exactly.

use super::{Disk, DiskFile, Open, Space};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

/// Writes reach the platter in pieces of this many bytes.
const SECTOR_BYTES: usize = 512;

/// What goes wrong at a chosen step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The power goes: this step and all behind it fail until [`SimulatedDisk::restart`].
    Crash,
    /// This one step fails with an input/output error; a write may have got half-way.
    Fail,
    /// This one step finds no room; a write may have got half-way.
    Full,
}

/// A disk in memory. Clones are the same disk.
#[derive(Clone)]
pub struct SimulatedDisk {
    state: Arc<Mutex<State>>,
}

struct State {
    random: u64,
    /// What a folder's listing shows now, and what it would show after a power cut.
    names: BTreeMap<PathBuf, usize>,
    synced_names: BTreeMap<PathBuf, usize>,
    files: Vec<Contents>,
    steps: u64,
    fault: Option<(u64, Fault)>,
    reads: u64,
    read_fault: Option<u64>,
    /// Over every write and sync so far: equal runs have equal ones.
    trace: u32,
    down: bool,
    free: u64,
    total: u64,
    lies: bool,
}

/// A file as the cache shows it and as the platter holds it.
#[derive(Default)]
struct Contents {
    now: Vec<u8>,
    synced: Vec<u8>,
    /// Sectors the next sync writes; a failed sync forgets them, as real kernels do.
    dirty: BTreeSet<usize>,
}

impl Contents {
    fn write(&mut self, bytes: &[u8], from: usize) {
        let to = from + bytes.len();
        if self.now.len() < to {
            self.resize(to);
        }
        self.now[from..to].copy_from_slice(bytes);
        self.touch(from, to);
    }

    fn resize(&mut self, len: usize) {
        let before = self.now.len();
        self.now.resize(len, 0);
        self.touch(before.min(len), before.max(len));
    }

    fn touch(&mut self, from: usize, to: usize) {
        self.dirty
            .extend(from / SECTOR_BYTES..to.div_ceil(SECTOR_BYTES));
    }

    /// Puts one sector on the platter.
    fn keep(&mut self, sector: usize) {
        let from = (sector * SECTOR_BYTES).min(self.now.len());
        let to = (from + SECTOR_BYTES).min(self.now.len());
        if self.synced.len() < to {
            self.synced.resize(to, 0);
        }
        self.synced[from..to].copy_from_slice(&self.now[from..to]);
    }
}

impl SimulatedDisk {
    /// An empty disk.
    pub fn new(seed: u64) -> Self {
        let state = State {
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            names: BTreeMap::new(),
            synced_names: BTreeMap::new(),
            files: Vec::new(),
            steps: 0,
            fault: None,
            reads: 0,
            read_fault: None,
            trace: 0,
            down: false,
            free: 1 << 40,
            total: 1 << 41,
            lies: false,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Writes and syncs so far: the points where a fault can be placed.
    pub fn steps(&self) -> u64 {
        self.lock().steps
    }

    /// Readings so far: opening, listing, reading, asking for a length.
    pub fn reads(&self) -> u64 {
        self.lock().reads
    }

    /// Lets the reading that is `after` away (0: the next) fail with an input/output error.
    pub fn plan_read(&self, after: u64) {
        let mut state = self.lock();
        state.read_fault = Some(state.reads + after);
    }

    /// A checksum over all writes and syncs so far, in their order.
    pub fn trace(&self) -> u32 {
        self.lock().trace
    }

    /// Lets `fault` happen at the step that is `after` steps away (0: the next).
    pub fn plan(&self, after: u64, fault: Fault) {
        let mut state = self.lock();
        let at = state.steps + after;
        state.fault = Some((at, fault));
    }

    /// Whether a planned crash has happened.
    pub fn is_down(&self) -> bool {
        self.lock().down
    }

    /// Sets the room that is left: what makes files longer takes of it.
    pub fn set_free(&self, free: u64) {
        self.lock().free = free;
    }

    /// From now on says of every sync that it was done, and does none.
    pub fn lie_about_syncs(&self) {
        self.lock().lies = true;
    }

    /// Cuts the power, if it is still on, and comes back with what the platter holds: all that was synced, and of the
    /// rest any sectors in any mixture.
    pub fn restart(&self) {
        let mut state = self.lock();
        state.down = false;
        state.fault = None;
        state.read_fault = None;
        for index in 0..state.files.len() {
            state.reach_platter(index);
            let contents = &mut state.files[index];
            contents.now.clone_from(&contents.synced);
        }
        let mut names = state.synced_names.clone();
        let changed: Vec<PathBuf> = state
            .names
            .keys()
            .chain(state.synced_names.keys())
            .filter(|path| state.names.get(*path) != state.synced_names.get(*path))
            .cloned()
            .collect();
        for path in changed {
            if state.below(2) == 0 {
                match state.names.get(&path).copied() {
                    Some(index) => names.insert(path, index),
                    None => names.remove(&path),
                };
            }
        }
        state.names.clone_from(&names);
        state.synced_names = names;
    }

    /// Ends the process but not the power: the cache stays as it is.
    pub fn kill(&self) {
        let mut state = self.lock();
        state.fault = None;
        state.read_fault = None;
        if state.down {
            drop(state);
            self.restart();
        }
    }

    /// Changes bytes behind everybody's back.
    pub fn damage(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.lock();
        if let Some(&index) = state.names.get(path) {
            let contents = &mut state.files[index];
            change(&mut contents.now);
            contents.synced = contents.now.clone();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no holder of this lock panics")
    }
}

impl State {
    fn below(&mut self, bound: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % bound
    }

    /// Counts a step and says what fault it meets.
    fn step(&mut self) -> io::Result<Option<Fault>> {
        if self.down {
            return Err(io::Error::other("the power is off"));
        }
        let at = self.steps;
        self.steps += 1;
        match self.fault {
            Some((when, fault)) if when == at => {
                self.fault = None;
                self.down = fault == Fault::Crash;
                Ok(Some(fault))
            }
            _ => Ok(None),
        }
    }

    /// Counts a reading and says whether it fails.
    fn read(&mut self) -> io::Result<()> {
        if self.down {
            return Err(error(Fault::Crash));
        }
        let at = self.reads;
        self.reads += 1;
        if self.read_fault == Some(at) {
            self.read_fault = None;
            return Err(error(Fault::Fail));
        }
        Ok(())
    }

    fn note(&mut self, what: &[u8], index: usize, offset: u64) {
        let place = [index as u64, offset].map(u64::to_be_bytes).concat();
        self.trace = crc32c::crc32c_append(crc32c::crc32c_append(self.trace, &place), what);
    }

    /// Counts a step that either happens or does not.
    fn whole_step(&mut self) -> io::Result<()> {
        match self.step()? {
            None => Ok(()),
            Some(fault) => Err(error(fault)),
        }
    }

    /// Puts any of a file's dirty sectors on the platter, and forgets the others.
    fn reach_platter(&mut self, index: usize) {
        let dirty = std::mem::take(&mut self.files[index].dirty);
        let mut cut = false;
        for sector in dirty {
            if self.below(2) == 0 {
                self.files[index].keep(sector);
                cut = true;
            }
        }
        let contents = &mut self.files[index];
        if cut && contents.now.len() < contents.synced.len() {
            contents.synced.truncate(contents.now.len());
        }
    }
}

fn error(fault: Fault) -> io::Error {
    match fault {
        Fault::Crash => io::Error::other("the power went"),
        Fault::Fail => io::Error::other("input/output error"),
        Fault::Full => io::ErrorKind::StorageFull.into(),
    }
}

struct SimulatedFile {
    disk: SimulatedDisk,
    index: usize,
}

impl Disk for SimulatedDisk {
    fn open(&self, path: &Path, how: Open) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.lock();
        state.read()?;
        let index = match (state.names.get(path).copied(), how) {
            (Some(index), Open::Read | Open::Write) => index,
            (None, Open::Read | Open::Write) => return Err(io::ErrorKind::NotFound.into()),
            (_, Open::Create) => {
                state.whole_step()?;
                let index = state.files.len();
                state.files.push(Contents::default());
                state.names.insert(path.to_owned(), index);
                index
            }
        };
        Ok(Arc::new(SimulatedFile {
            disk: self.clone(),
            index,
        }))
    }

    fn make_dir(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut state = self.lock();
        state.read()?;
        let inside = state
            .names
            .keys()
            .filter(|path| path.parent() == Some(folder));
        Ok(inside
            .filter_map(|path| path.file_name()?.to_str().map(str::to_owned))
            .collect())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.whole_step()?;
        let index = state.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        state.note(b"rename", index, 0);
        state.names.insert(to.to_owned(), index);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.whole_step()?;
        state.names.remove(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(())
    }

    fn sync_dir(&self, folder: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.whole_step()?;
        let State {
            names,
            synced_names,
            ..
        } = &mut *state;
        synced_names.retain(|path, _| path.parent() != Some(folder));
        let inside = names
            .iter()
            .filter(|(path, _)| path.parent() == Some(folder));
        synced_names.extend(inside.map(|(path, index)| (path.clone(), *index)));
        Ok(())
    }

    fn space(&self, _path: &Path) -> io::Result<Space> {
        let state = self.lock();
        Ok(Space {
            free: state.free,
            total: state.total,
        })
    }
}

impl DiskFile for SimulatedFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut state = self.disk.lock();
        state.read()?;
        let now = &state.files[self.index].now;
        let from = usize::try_from(offset).map_or(now.len(), |offset| offset.min(now.len()));
        let len = buffer.len().min(now.len() - from);
        buffer[..len].copy_from_slice(&now[from..from + len]);
        Ok(len)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut state = self.disk.lock();
        let mut fault = state.step()?;
        let from = usize::try_from(offset).map_err(io::Error::other)?;
        let mut written = match fault {
            None => bytes.len(),
            Some(_) => state.below(bytes.len() as u64 + 1) as usize,
        };
        let len = state.files[self.index].now.len();
        let longer = ((from + written).saturating_sub(len) as u64).min(written as u64);
        if longer > state.free {
            written -= (longer - state.free) as usize;
            fault = fault.or(Some(Fault::Full));
        }
        state.free -= longer.min(state.free);
        state.note(&bytes[..written], self.index, offset);
        state.files[self.index].write(&bytes[..written], from);
        fault.map_or(Ok(()), |fault| Err(error(fault)))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.disk.lock();
        let fault = state.step()?;
        state.note(b"sync", self.index, 0);
        if state.lies {
            return Ok(());
        }
        if fault.is_some() {
            // The cache goes on saying what the platter does not hold.
            state.reach_platter(self.index);
        } else {
            let contents = &mut state.files[self.index];
            for sector in std::mem::take(&mut contents.dirty) {
                contents.keep(sector);
            }
            contents.synced.resize(contents.now.len(), 0);
        }
        fault.map_or(Ok(()), |fault| Err(error(fault)))
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        let mut state = self.disk.lock();
        state.whole_step()?;
        let len = usize::try_from(len).map_err(io::Error::other)?;
        state.files[self.index].resize(len);
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        let mut state = self.disk.lock();
        state.read()?;
        Ok(state.files[self.index].now.len() as u64)
    }
}
