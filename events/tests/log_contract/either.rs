//! Journal and store rebuild each other hash for hash, broken off at any call and begun again.

use crate::folder::{Folder, config, moments};
use crate::simulation::{Random, simulated};
use crate::world::World;
use meetellen_events::log::disk::simulated::{Fault, SimulatedDisk};
use meetellen_events::log::disk::{Disk, DiskFile, Open, RealDisk, Space};
use meetellen_events::log::store::MemoryTree;
use meetellen_events::log::{Config, EventLog, OpenError, Recovery, rebuild, verify};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The operating system's disk, until the call `at` and all behind it fail.
#[derive(Clone)]
struct Breaking {
    at: u64,
    calls: Arc<AtomicU64>,
}

impl Breaking {
    fn call(&self) -> io::Result<()> {
        if self.calls.fetch_add(1, Ordering::SeqCst) < self.at {
            Ok(())
        } else {
            Err(io::Error::other("the process was ended"))
        }
    }
}

struct BreakingFile {
    disk: Breaking,
    file: Arc<dyn DiskFile>,
}

impl Disk for Breaking {
    fn open(&self, path: &Path, how: Open) -> io::Result<Arc<dyn DiskFile>> {
        self.call()?;
        Ok(Arc::new(BreakingFile {
            disk: self.clone(),
            file: RealDisk.open(path, how)?,
        }))
    }

    fn make_dir(&self, path: &Path) -> io::Result<()> {
        self.call()?;
        RealDisk.make_dir(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        self.call()?;
        RealDisk.list(folder)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call()?;
        RealDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call()?;
        RealDisk.remove(path)
    }

    fn sync_dir(&self, folder: &Path) -> io::Result<()> {
        self.call()?;
        RealDisk.sync_dir(folder)
    }

    fn space(&self, path: &Path) -> io::Result<Space> {
        RealDisk.space(path)
    }
}

impl DiskFile for BreakingFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.disk.call()?;
        self.file.read_at(buffer, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.disk.call()?;
        self.file.write_at(bytes, offset)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.disk.call()?;
        self.file.sync_data()
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        self.disk.call()?;
        self.file.truncate(len)
    }

    fn len(&self) -> io::Result<u64> {
        self.disk.call()?;
        self.file.len()
    }
}

/// What rebuilds.
type Work = fn(Config) -> Result<(), OpenError>;

/// Breaks the work on a real folder off at its calls, every `stride`-th of them, each time going on from where the last
/// one left the folder; in the end all must be there.
fn broken_off(folder: &Folder, world: &World, stride: u64, work: Work) {
    let place = folder.write();
    let mut at = 0;
    loop {
        let disk = Breaking {
            at,
            calls: Arc::default(),
        };
        let config = Config {
            disk: Arc::new(disk.clone()),
            ..config(place.path())
        };
        match work(config) {
            Ok(()) => break,
            Err(OpenError::Disk(_)) => at += stride,
            Err(error) => panic!("broken off at {at}: {error}"),
        }
    }
    assert!(at > 5, "it takes {at} calls");
    assert_whole(place.path(), world);
}

#[track_caller]
fn assert_whole(folder: &Path, world: &World) {
    let seen = verify(&config(folder), &mut |_| {}).expect("readable");
    assert!(seen.is_sound() && seen.store_seen, "{seen:?}");
    assert_eq!(seen.commits, world.commits());
    let (log, recovery) = EventLog::open(config(folder), &mut |_| {}).expect("sound");
    assert_eq!(recovery, Recovery::default());
    world.assert_holds(&log.reader());
    let stores = std::fs::read_dir(folder.join("store")).expect("a folder");
    assert_eq!(stores.count(), 1, "no half-made store is left");
}

#[test]
fn a_rebuild_of_the_store_broken_off_at_any_call_ends_right() {
    let moments = moments();
    broken_off(&moments.stopped, &moments.world, 2, |config| {
        rebuild(config, &mut |_| {}).map(|_| ())
    });
    let mut folder = moments.stopped.clone();
    folder.0.retain(|path, _| !path.starts_with("store"));
    broken_off(&folder, &moments.world, 2, |config| {
        EventLog::open(config, &mut |_| {}).map(|_| ())
    });
}

#[test]
fn putting_the_journal_back_broken_off_at_any_call_ends_right() {
    let moments = moments();
    let mut folder = moments.stopped.clone();
    let files = folder.of("journal");
    folder.0.remove(&files[1]);
    let last = files.last().expect("several");
    folder.0.get_mut(last).expect("it is there").truncate(700);
    broken_off(&folder, &moments.world, 3, |config| {
        EventLog::open(config, &mut |_| {}).map(|_| ())
    });
    folder = moments.stopped.clone();
    folder.0.retain(|path, _| !path.starts_with("journal"));
    broken_off(&folder, &moments.world, 5, |config| {
        EventLog::open(config, &mut |_| {}).map(|_| ())
    });
}

fn file(number: u32) -> PathBuf {
    PathBuf::from(format!("/data/journal/{number:08}.ndjson"))
}

/// The power goes at every step of mending, each time from the beginning; what was torn then is no loss.
#[test]
fn a_power_cut_at_any_step_of_putting_the_journal_back_ends_right() {
    let filled = || {
        let (disk, tree) = (SimulatedDisk::new(8), MemoryTree::default());
        let (mut world, mut random) = (World::default(), Random(8));
        let (mut log, _) =
            EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("a new disk");
        for _ in 0..50 {
            log.append(world.batch(2 + random.below(8) as usize, 1 + random.below(4)))
                .expect("room");
        }
        drop(log);
        disk.damage(&file(1), |bytes| bytes[3_000..9_000].fill(b'\n'));
        disk.damage(&file(2), |bytes| bytes.truncate(2_000));
        (disk, tree, world)
    };
    let mut step = 0;
    loop {
        let (disk, tree, world) = filled();
        let before = disk.steps();
        disk.plan(step, Fault::Crash);
        let opened = EventLog::open(simulated(&disk, &tree), &mut |_| {}).map(|(log, _)| drop(log));
        let reached = disk.steps() - before > step;
        assert!(
            opened.is_ok() || matches!(opened, Err(OpenError::Disk(_))),
            "step {step}: {opened:?}"
        );
        disk.restart();
        tree.crash(tree.unflushed());
        let (log, _) = EventLog::open(simulated(&disk, &tree), &mut |_| {})
            .unwrap_or_else(|error| panic!("step {step}: {error}"));
        world.assert_holds(&log.reader());
        drop(log);
        // The journal alone holds it all, hash for hash.
        tree.clear();
        let (log, recovery) = EventLog::open(simulated(&disk, &tree), &mut |_| {})
            .unwrap_or_else(|error| panic!("step {step}, journal alone: {error}"));
        assert!(recovery.restored.is_empty() && recovery.refused.is_empty());
        world.assert_holds(&log.reader());
        if !reached {
            break;
        }
        step += 1;
    }
    assert!(step > 8, "{step} steps");
}

#[test]
fn what_is_put_back_fills_no_more_than_batches_and_files_do() {
    let moments = moments();
    let mut folder = moments.stopped.clone();
    let before = folder.of("journal").len();
    folder.0.retain(|path, _| !path.starts_with("journal"));
    for number in 1..=before {
        let path = format!("journal/{number:08}.ndjson");
        folder.0.insert(PathBuf::from(path), b"nothing\n".to_vec());
    }
    let place = folder.write();
    drop(EventLog::open(config(place.path()), &mut |_| {}).expect("the store has it all"));
    let sizes = config(place.path()).sizes;
    let after = Folder::read(place.path());
    assert_eq!(after.of("journal").len(), before);
    for path in after.of("journal") {
        let bytes = &after.0[&path];
        assert!(bytes.len() as u64 <= sizes.file + sizes.batch as u64);
        let text = String::from_utf8(bytes.clone()).expect("lines");
        for header in text.lines().filter(|line| line.starts_with("{\"batch\"")) {
            let len = header
                .split([':', ','])
                .nth(3)
                .and_then(|it| it.parse().ok());
            let len: usize = len.expect("a length");
            assert!(len <= sizes.batch, "{header}");
        }
    }
    assert_whole(place.path(), &moments.world);
}
