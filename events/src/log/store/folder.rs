//! Numbered folders `store/N`: the newest with a synced `ready` file is the store; all others are leftovers.

use super::bodies::Bodies;
use super::tree::OnDisk;
use super::{Derive, Store, StoreError, guarded};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Pages sled keeps in memory; it does not honour it strictly.
const CACHE_BYTES: u64 = 64 << 20;

/// The least time an open may take, and the bytes a second it is granted beyond.
const OPEN_TIME_MIN: Duration = Duration::from_secs(20);
const OPEN_BYTES_PER_SECOND: u64 = 4 << 20;

/// The form of what is in it: another one is rebuilt.
const FORMAT: &str = "3";

/// The store that is ready, if there is one that opens.
pub(in crate::log) fn open(
    folder: &Path,
    derive: Derive,
) -> Result<Option<Arc<Store>>, StoreError> {
    let Some(number) = ready(folder)? else {
        return Ok(None);
    };
    let store = open_number(folder, number, derive)?;
    guarded(|| store.check_extent())?;
    Ok(Some(store))
}

/// All stores there are, ready or not, of those that open: what of them is right tells itself.
pub(in crate::log) fn leftovers(folder: &Path, derive: Derive) -> Vec<Arc<Store>> {
    let mut found = Vec::new();
    for number in numbers(folder).unwrap_or_default() {
        match open_number(folder, number, derive) {
            Ok(store) => found.push(store),
            Err(error) => tracing::warn!(number, %error, "a leftover store does not open"),
        }
    }
    found
}

/// An empty store beside the one that is ready; [`make_ready`] lets it take the place.
pub(in crate::log) fn begin(
    folder: &Path,
    derive: Derive,
) -> Result<(u64, Arc<Store>), StoreError> {
    let number = numbers(folder)?.last().map_or(1, |last| last + 1);
    fs::create_dir_all(path(folder, number))?;
    Ok((number, open_number(folder, number, derive)?))
}

/// Makes `store/number` the store, and removes all others.
pub(in crate::log) fn make_ready(folder: &Path, number: u64) -> Result<(), StoreError> {
    let path = path(folder, number);
    let file = fs::File::create(path.join("ready"))?;
    io::Write::write_all(&mut &file, FORMAT.as_bytes())?;
    file.sync_all()?;
    for folder in [&path, &folder.join("store"), folder] {
        fs::File::open(folder)?.sync_all()?;
    }
    remove_others(folder, number)
}

/// Lets the store be rebuilt at the next start.
pub(in crate::log) fn give_up(folder: &Path) -> io::Result<()> {
    for number in numbers(folder)? {
        match fs::remove_file(path(folder, number).join("ready")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Err(_) | Ok(()) => {}
        }
    }
    Ok(())
}

/// Whether there is a store at all that claims to be ready.
pub(in crate::log) fn ready(folder: &Path) -> io::Result<Option<u64>> {
    let right = |number: &u64| {
        fs::read(path(folder, *number).join("ready")).is_ok_and(|text| text == FORMAT.as_bytes())
    };
    Ok(numbers(folder)?.into_iter().rev().find(right))
}

fn remove_others(folder: &Path, keep: u64) -> Result<(), StoreError> {
    for number in numbers(folder)?
        .into_iter()
        .filter(|number| *number != keep)
    {
        fs::remove_dir_all(path(folder, number))?;
    }
    Ok(())
}

fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join("store").join(number.to_string())
}

/// All numbers there are, in order.
pub(in crate::log) fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let entries = match fs::read_dir(folder.join("store")) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut numbers = Vec::new();
    for entry in entries {
        if let Some(number) = entry?
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        {
            numbers.push(number);
        }
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Opens sled on a thread of its own: it may panic, or hang, on what a crash left.
fn open_number(folder: &Path, number: u64, derive: Derive) -> Result<Arc<Store>, StoreError> {
    let bodies = Bodies::open(&path(folder, number))?;
    let path = path(folder, number).join("sled");
    let bytes = clean(&path)?;
    let limit = OPEN_TIME_MIN + Duration::from_secs(bytes / OPEN_BYTES_PER_SECOND);
    let (sender, receiver) = mpsc::channel();
    std::thread::Builder::new()
        .name("store-open".to_owned())
        .spawn(move || {
            let config = sled::Config::new()
                .path(path)
                .cache_capacity(CACHE_BYTES)
                .flush_every_ms(None)
                .mode(sled::Mode::HighThroughput);
            let opened = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| config.open()));
            // Nobody waits any more where the time was over.
            let _ = sender.send(opened);
        })?;
    match receiver.recv_timeout(limit) {
        Ok(Ok(opened)) => {
            let tree = opened?;
            let store = Store::new(Box::new(OnDisk { tree, bodies }), derive);
            Ok(Arc::new(store))
        }
        Ok(Err(_)) => Err(StoreError::Panicked),
        Err(_) => Err(StoreError::Hung),
    }
}

/// Removes half-made snapshots, which keep sled from opening; the bytes of what is left.
fn clean(path: &Path) -> io::Result<u64> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut bytes = 0;
    for entry in entries {
        let entry = entry?;
        if entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "generating")
        {
            fs::remove_file(entry.path())?;
        } else {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}
