//! A disk in memory that keeps, loses or tears what was not synced. One seed replays one run exactly.

use super::{Disk, DiskFile, Open, Space};
use std::collections::BTreeMap;
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
    down: bool,
    free: u64,
    total: u64,
}

#[derive(Default)]
struct Contents {
    now: Vec<u8>,
    synced: Vec<u8>,
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
            down: false,
            free: 1 << 40,
            total: 1 << 41,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Writes and syncs so far: the points where a fault can be placed.
    pub fn steps(&self) -> u64 {
        self.lock().steps
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

    /// Sets the room that is left.
    pub fn set_free(&self, free: u64) {
        self.lock().free = free;
    }

    /// Cuts the power, if it is still on, and comes back with what the platter holds: all that was synced, and of the
    /// rest any sectors in any mixture.
    pub fn restart(&self) {
        let mut state = self.lock();
        state.down = false;
        state.fault = None;
        for index in 0..state.files.len() {
            let Contents { now, synced } = std::mem::take(&mut state.files[index]);
            let kept = state.mix(&now, &synced);
            state.files[index] = Contents {
                now: kept.clone(),
                synced: kept,
            };
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

    /// Counts a step that either happens or does not.
    fn whole_step(&mut self) -> io::Result<()> {
        match self.step()? {
            None => Ok(()),
            Some(fault) => Err(error(fault)),
        }
    }

    fn mix(&mut self, now: &[u8], synced: &[u8]) -> Vec<u8> {
        let len = if self.below(2) == 0 {
            now.len()
        } else {
            synced.len()
        };
        let mut kept = vec![0; len];
        for from in (0..len).step_by(SECTOR_BYTES) {
            let to = (from + SECTOR_BYTES).min(len);
            let source = if self.below(2) == 0 { now } else { synced };
            let to = to.min(source.len());
            if from < to {
                kept[from..to].copy_from_slice(&source[from..to]);
            }
        }
        kept
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
        if state.down {
            return Err(error(Fault::Crash));
        }
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
        let state = self.lock();
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
        let state = self.disk.lock();
        if state.down {
            return Err(error(Fault::Crash));
        }
        let now = &state.files[self.index].now;
        let from = usize::try_from(offset).map_or(now.len(), |offset| offset.min(now.len()));
        let len = buffer.len().min(now.len() - from);
        buffer[..len].copy_from_slice(&now[from..from + len]);
        Ok(len)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut state = self.disk.lock();
        let fault = state.step()?;
        let written = match fault {
            None => bytes.len(),
            Some(_) => state.below(bytes.len() as u64 + 1) as usize,
        };
        let from = usize::try_from(offset).map_err(io::Error::other)?;
        let now = &mut state.files[self.index].now;
        if now.len() < from + written {
            now.resize(from + written, 0);
        }
        now[from..from + written].copy_from_slice(&bytes[..written]);
        fault.map_or(Ok(()), |fault| Err(error(fault)))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.disk.lock();
        let fault = state.step()?;
        let Contents { now, synced } = std::mem::take(&mut state.files[self.index]);
        // A failed sync leaves the cache saying what the platter does not hold.
        let synced = if fault.is_some() {
            state.mix(&now, &synced)
        } else {
            now.clone()
        };
        state.files[self.index] = Contents { now, synced };
        fault.map_or(Ok(()), |fault| Err(error(fault)))
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        let mut state = self.disk.lock();
        state.whole_step()?;
        let len = usize::try_from(len).map_err(io::Error::other)?;
        state.files[self.index].now.resize(len, 0);
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.disk.lock().files[self.index].now.len() as u64)
    }
}
