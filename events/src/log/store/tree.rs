//! The one ordered map under the store, with the bodies of chunks beside it: sled and files, or memory that a simulated
//! crash cuts short.

use super::bodies::{Bodies, Form};
use std::collections::BTreeMap;
use std::io;
use std::ops::{Bound, ControlFlow};
use std::sync::{Arc, Mutex, MutexGuard};

/// Kind of the keys of bodies in memory.
const BODY: u8 = b'b';

/// A change to one key: its new value, or none.
pub(super) type Change = (Vec<u8>, Option<Vec<u8>>);

/// Shows keys and values until it breaks off.
pub(super) type Visit<'a> = &'a mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>;

/// An ordered map whose batches are kept whole and in order; after a crash the last ones may be missing.
pub(super) trait Tree: Send + Sync {
    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, sled::Error>;
    /// The greatest key under `to`, from `from` on.
    fn last(&self, from: &[u8], to: &[u8]) -> Result<Option<Vec<u8>>, sled::Error>;
    /// Shows the keys from `from` on, under `to`.
    fn scan(&self, from: &[u8], to: &[u8], visit: Visit<'_>) -> Result<(), sled::Error>;
    /// Makes all changes, or none.
    fn apply(&self, changes: Vec<Change>) -> Result<(), sled::Error>;
    /// Hands what was applied to the operating system.
    fn flush(&self) -> Result<(), sled::Error>;
    /// Keeps the body of a chunk; where. To be done before the batch that notes it.
    fn put_body(&self, form: Form, bytes: &[u8]) -> io::Result<u64>;
    /// The bytes at a place.
    fn body(&self, form: Form, at: u64, len: usize) -> io::Result<Vec<u8>>;
    /// How far the bodies of each form reach.
    fn extent(&self) -> [u64; 2];
}

/// sled, and the bodies in files.
pub(super) struct OnDisk {
    pub(super) tree: sled::Db,
    pub(super) bodies: Bodies,
}

impl Tree for OnDisk {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, sled::Error> {
        Ok(self.tree.get(key)?.map(|value| value.to_vec()))
    }

    fn last(&self, from: &[u8], to: &[u8]) -> Result<Option<Vec<u8>>, sled::Error> {
        Ok(self
            .tree
            .range(from..to)
            .next_back()
            .transpose()?
            .map(|(key, _)| key.to_vec()))
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: Visit<'_>) -> Result<(), sled::Error> {
        for entry in self.tree.range(from..to) {
            let (key, value) = entry?;
            if visit(&key, &value).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn apply(&self, changes: Vec<Change>) -> Result<(), sled::Error> {
        let mut batch = sled::Batch::default();
        for (key, value) in changes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        self.tree.apply_batch(batch)
    }

    fn flush(&self) -> Result<(), sled::Error> {
        self.tree.flush().map(|_| ())
    }

    fn put_body(&self, form: Form, bytes: &[u8]) -> io::Result<u64> {
        self.bodies.put(form, bytes)
    }

    fn body(&self, form: Form, at: u64, len: usize) -> io::Result<Vec<u8>> {
        self.bodies.get(form, at, len)
    }

    fn extent(&self) -> [u64; 2] {
        self.bodies.extent()
    }
}

/// A tree in memory that outlives the log which uses it, for simulations. Clones are the same tree.
#[doc(hidden)]
#[derive(Clone, Default)]
pub struct MemoryTree {
    state: Arc<Mutex<Memory>>,
}

#[derive(Default)]
struct Memory {
    now: BTreeMap<Vec<u8>, Vec<u8>>,
    flushed: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Batches since the last flush.
    unflushed: Vec<Vec<Change>>,
    /// Whether it takes nothing more.
    failed: bool,
}

impl MemoryTree {
    /// Batches a crash may lose.
    pub fn unflushed(&self) -> usize {
        self.lock().unflushed.len()
    }

    /// Keeps the first `kept` of the batches since the last flush, as a crash does.
    pub fn crash(&self, kept: usize) {
        let mut state = self.lock();
        let mut map = std::mem::take(&mut state.flushed);
        let batches = std::mem::take(&mut state.unflushed);
        for batch in batches.into_iter().take(kept) {
            change(&mut map, batch);
        }
        state.now.clone_from(&map);
        state.flushed = map;
    }

    /// From now on refuses every change, as a store on a broken disk does.
    pub fn fail(&self) {
        self.lock().failed = true;
    }

    /// Changes a bit in every value whose key holds these bytes.
    pub fn spoil(&self, part: &[u8]) {
        let mut state = self.lock();
        let values = state.now.iter_mut();
        let of_part = values.filter(|(key, _)| key.windows(part.len()).any(|it| it == part));
        of_part.for_each(|(_, value)| value.iter_mut().take(1).for_each(|byte| *byte ^= 1));
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *self.lock() = Memory::default();
    }

    /// An empty one, to be filled before this one takes over what it holds.
    pub(in crate::log) fn beside(&self) -> Self {
        Self::default()
    }

    /// From now on holds what `other` does, all of it flushed.
    pub(in crate::log) fn become_like(&self, other: &Self) {
        let now = std::mem::take(&mut other.lock().now);
        let mut state = self.lock();
        state.flushed.clone_from(&now);
        state.now = now;
        state.unflushed.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.state.lock().expect("no holder of this lock panics")
    }
}

fn change(map: &mut BTreeMap<Vec<u8>, Vec<u8>>, batch: Vec<Change>) {
    for (key, value) in batch {
        match value {
            Some(value) => map.insert(key, value),
            None => map.remove(&key),
        };
    }
}

impl Tree for MemoryTree {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, sled::Error> {
        Ok(self.lock().now.get(key).cloned())
    }

    fn last(&self, from: &[u8], to: &[u8]) -> Result<Option<Vec<u8>>, sled::Error> {
        let state = self.lock();
        let last = state.now.range(from.to_vec()..to.to_vec()).next_back();
        Ok(last.map(|(key, _)| key.clone()))
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: Visit<'_>) -> Result<(), sled::Error> {
        // Not locked while it is shown: whoever looks at a record may read its body.
        let mut after = Bound::Included(from.to_vec());
        loop {
            let range = (after, Bound::Excluded(to.to_vec()));
            let state = self.lock();
            let next = state.now.range::<Vec<u8>, _>(range).next();
            let next = next.map(|(key, value)| (key.clone(), value.clone()));
            drop(state);
            let Some((key, value)) = next else {
                return Ok(());
            };
            if visit(&key, &value).is_break() {
                return Ok(());
            }
            after = Bound::Excluded(key);
        }
    }

    fn apply(&self, changes: Vec<Change>) -> Result<(), sled::Error> {
        let mut state = self.lock();
        if state.failed {
            return Err(sled::Error::ReportableBug("made to fail".to_owned()));
        }
        change(&mut state.now, changes.clone());
        state.unflushed.push(changes);
        Ok(())
    }

    fn flush(&self) -> Result<(), sled::Error> {
        let mut state = self.lock();
        state.flushed = state.now.clone();
        state.unflushed.clear();
        Ok(())
    }

    fn put_body(&self, _: Form, bytes: &[u8]) -> io::Result<u64> {
        let mut state = self.lock();
        if state.failed {
            return Err(io::Error::other("made to fail"));
        }
        let last = state.now.range(vec![BODY]..vec![BODY + 1]).next_back();
        let at = last
            .and_then(|(key, _)| key.get(1..)?.try_into().ok())
            .map_or(0, |number| u64::from_be_bytes(number) + 1);
        let body = vec![(body_key(at), Some(bytes.to_vec()))];
        change(&mut state.now, body.clone());
        state.unflushed.push(body);
        Ok(at)
    }

    fn body(&self, _: Form, at: u64, len: usize) -> io::Result<Vec<u8>> {
        let state = self.lock();
        let found = state.now.get(&body_key(at));
        let whole = found.filter(|bytes| bytes.len() == len);
        whole
            .cloned()
            .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn extent(&self) -> [u64; 2] {
        // What a crash leaves of it is a beginning, like what it leaves of the map.
        [u64::MAX; 2]
    }
}

/// In memory the bodies stand in the map itself, numbered.
fn body_key(number: u64) -> Vec<u8> {
    let mut key = vec![BODY];
    key.extend_from_slice(&number.to_be_bytes());
    key
}
