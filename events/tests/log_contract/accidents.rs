//! One accident a test.

use crate::simulation::simulated;
use crate::world::{World, commit, organisation, real_config};
use meetellen_events::log::disk::simulated::{Fault, SimulatedDisk};
use meetellen_events::log::journal::AppendError;
use meetellen_events::log::line::Head;
use meetellen_events::log::store::MemoryTree;
use meetellen_events::log::{EventLog, OpenError, rebuild, verify};
use std::fs;
use std::path::{Path, PathBuf};

const JOURNAL: &str = "/data/journal/00000001.ndjson";

fn filled(folder: &Path) -> World {
    let mut world = World::default();
    let (mut log, _) = EventLog::open(real_config(folder), &mut |_| {}).expect("a new folder");
    for _ in 0..50 {
        log.append(world.batch(6, 3)).expect("room");
    }
    world
}

#[test]
fn after_a_failed_sync_nothing_is_taken() {
    let (disk, tree) = (SimulatedDisk::new(3), MemoryTree::default());
    let mut world = World::default();
    let (mut log, _) = EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("a new disk");
    log.append(world.batch(3, 2)).expect("room");
    // The next append: one write, one sync.
    disk.plan(1, Fault::Fail);
    assert_eq!(
        log.append(world.clone().batch(2, 2)),
        Err(AppendError::Unknown)
    );
    assert_eq!(
        log.append(world.clone().batch(1, 1)),
        Err(AppendError::Unknown)
    );
    assert_eq!(log.make_room(), Err(AppendError::Unknown));
    world.assert_holds(&log.reader());
}

#[test]
fn no_fault_at_any_step_of_an_append_is_taken_for_success() {
    for fault in [Fault::Fail, Fault::Full, Fault::Crash] {
        for step in 0..40 {
            let (disk, tree) = (SimulatedDisk::new(step), MemoryTree::default());
            let (mut told, mut asked) = (World::default(), World::default());
            let (mut log, _) =
                EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("a new disk");
            disk.plan(step, fault);
            for _ in 0..30 {
                let mut next = told.clone();
                if log.append(next.batch(5, 2)).is_err() {
                    asked = next;
                    break;
                }
                (asked, told) = (next.clone(), next);
            }
            drop(log);
            disk.restart();
            let (log, _) = EventLog::open(simulated(&disk, &tree), &mut |_| {})
                .unwrap_or_else(|error| panic!("{fault:?} at {step}: {error}"));
            if let Err(found) = asked.settle(&told, &log.reader()) {
                panic!("{fault:?} at {step}: {found}");
            }
        }
    }
}

#[test]
fn a_torn_last_batch_is_cut_and_reported() {
    let (disk, tree) = (SimulatedDisk::new(5), MemoryTree::default());
    let mut world = World::default();
    let (mut log, _) = EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("a new disk");
    log.append(world.batch(3, 2)).expect("room");
    drop(log);
    disk.damage(Path::new(JOURNAL), |bytes| {
        let end = bytes
            .iter()
            .rposition(|&byte| byte != 0)
            .expect("three commits")
            + 1;
        let torn = b"{\"batch\":2,\"bytes\":500,\"crc32c\":\"00000000";
        bytes[end..end + torn.len()].copy_from_slice(torn);
    });
    let (mut log, recovery) =
        EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("torn only");
    assert_eq!(recovery.torn.expect("a torn batch").file, "00000001.ndjson");
    world.assert_holds(&log.reader());
    log.append(world.batch(3, 2)).expect("room");
    drop(log);
    let (log, recovery) = EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("sound");
    assert_eq!(recovery.torn, None);
    world.assert_holds(&log.reader());
}

#[test]
fn a_full_disk_refuses_and_recovers_by_itself() {
    let (disk, tree) = (SimulatedDisk::new(9), MemoryTree::default());
    let mut world = World::default();
    let (mut log, _) = EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("a new disk");
    log.append(world.batch(3, 2)).expect("room");
    disk.set_free(1 << 20);
    assert_eq!(log.make_room(), Err(AppendError::Full));
    world.assert_holds(&log.reader());
    disk.set_free(1 << 30);
    assert_eq!(log.make_room(), Ok(()));
    log.append(world.batch(3, 2)).expect("room again");
    drop(log);
    disk.set_free(0);
    let (mut log, _) =
        EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("it starts read-only");
    assert_eq!(log.make_room(), Err(AppendError::Full));
    world.assert_holds(&log.reader());
}

#[test]
fn an_append_that_is_too_large_keeps_nothing() {
    let (disk, tree) = (SimulatedDisk::new(9), MemoryTree::default());
    let (mut log, _) = EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("a new disk");
    let large = commit(organisation(0), Head::default(), 300);
    assert_eq!(
        log.append(vec![large.clone()]),
        Err(AppendError::TooLarge(large.bytes().len() + 1))
    );
    log.append(vec![commit(organisation(0), Head::default(), 1)])
        .expect("room");
}

#[test]
fn a_store_that_is_deleted_is_made_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let world = filled(folder.path());
    fs::remove_dir_all(folder.path().join("store")).expect("it is there");
    let (log, recovery) =
        EventLog::open(real_config(folder.path()), &mut |_| {}).expect("the journal is sound");
    assert!(recovery.store_rebuilt.is_some());
    world.assert_holds(&log.reader());
}

#[test]
fn a_damaged_store_is_made_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let world = filled(folder.path());
    let store: PathBuf = folder.path().join("store/1/sled/db");
    let len = fs::metadata(&store).expect("sled's file").len();
    for (from, to) in [(0, len), (len / 3, len / 2)] {
        let number = fs::read_dir(folder.path().join("store"))
            .expect("a folder")
            .next();
        let number = number.expect("a store").expect("readable").path();
        let mut bytes = fs::read(number.join("sled/db")).expect("sled's file");
        let range = from as usize..(to as usize).min(bytes.len());
        bytes[range].iter_mut().for_each(|byte| *byte ^= 0x5a);
        fs::write(number.join("sled/db"), bytes).expect("writable");
        let (log, _) =
            EventLog::open(real_config(folder.path()), &mut |_| {}).expect("the journal is sound");
        world.assert_holds(&log.reader());
    }
}

#[test]
fn a_store_that_is_behind_is_caught_up() {
    let (disk, tree) = (SimulatedDisk::new(9), MemoryTree::default());
    let mut world = World::default();
    let (mut log, _) = EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("a new disk");
    log.append(world.batch(3, 2)).expect("room");
    log.reader()
        .wait_applied(organisation(0))
        .expect("a sound store");
    let behind = tree.unflushed();
    tree.crash(behind);
    drop(log);
    let (mut log, _) = EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("sound");
    for _ in 0..10 {
        log.append(world.batch(3, 2)).expect("room");
        log.reader()
            .wait_applied(organisation(0))
            .expect("a sound store");
    }
    tree.crash(1);
    std::mem::forget(log);
    disk.restart();
    let (log, recovery) = EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("sound");
    assert!(recovery.caught_up > 0, "{recovery:?}");
    world.assert_holds(&log.reader());
}

#[test]
fn a_missing_end_mark_is_made_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let world = filled(folder.path());
    fs::remove_file(folder.path().join("end")).expect("it is there");
    let (log, recovery) =
        EventLog::open(real_config(folder.path()), &mut |_| {}).expect("the journal is sound");
    assert!(recovery.end_mark_made);
    world.assert_holds(&log.reader());
}

#[test]
fn rebuilding_makes_the_same_store_from_the_journal_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let world = filled(folder.path());
    rebuild(real_config(folder.path()), &mut |_| {}).expect("a sound journal");
    let seen = verify(&real_config(folder.path()), &mut |_| {}).expect("readable");
    assert!(seen.is_sound() && seen.store_seen, "{seen:?}");
    let (log, recovery) = EventLog::open(real_config(folder.path()), &mut |_| {}).expect("sound");
    assert_eq!(recovery, Default::default());
    world.assert_holds(&log.reader());
}

#[test]
fn a_journal_damaged_without_a_store_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    filled(folder.path());
    fs::remove_dir_all(folder.path().join("store")).expect("it is there");
    let path = folder.path().join("journal/00000001.ndjson");
    let mut bytes = fs::read(&path).expect("it is there");
    bytes[5_000] ^= 4;
    fs::write(&path, bytes).expect("writable");
    let seen = verify(&real_config(folder.path()), &mut |_| {}).expect("readable");
    let damage = seen.damage.expect("a flipped bit");
    assert_eq!(damage.file, "00000001.ndjson");
    assert!(damage.offset <= 5_000);
    let refused = EventLog::open(real_config(folder.path()), &mut |_| {}).err();
    assert!(matches!(refused, Some(OpenError::Damage(_))), "{refused:?}");
}
