//! Damage to the journal: put back from the store hash for hash, or refused by name; never silently less.

use crate::simulation::{Random, simulated};
use crate::world::{World, lines_of, organisation, real_config};
use meetellen_events::log::disk::simulated::SimulatedDisk;
use meetellen_events::log::store::MemoryTree;
use meetellen_events::log::{EventLog, OpenError, verify};
use std::fs;
use std::path::{Path, PathBuf};

fn file(number: u32) -> PathBuf {
    PathBuf::from(format!("/data/journal/{number:08}.ndjson"))
}

struct Filled {
    disk: SimulatedDisk,
    tree: MemoryTree,
    world: World,
}

/// A log over several files, all of it in the store.
fn filled(seed: u64) -> Filled {
    let (disk, tree, mut world) = (
        SimulatedDisk::new(seed),
        MemoryTree::default(),
        World::default(),
    );
    let mut random = Random(seed);
    let (mut log, _) = EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("a new disk");
    for _ in 0..60 {
        log.append(world.batch(1 + random.below(9) as usize, 1 + random.below(4)))
            .expect("room");
    }
    drop(log);
    Filled { disk, tree, world }
}

impl Filled {
    /// Opens, with everything there and the journal as sound as its store.
    #[track_caller]
    fn assert_mended(&self, what: &str) {
        let (log, recovery) = EventLog::open(simulated(&self.disk, &self.tree), &mut |_| {})
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(!recovery.restored.is_empty(), "{what}: {recovery:?}");
        self.world.assert_holds(&log.reader());
        drop(log);
        // The journal alone holds it all again.
        self.tree.clear();
        let (log, _) = EventLog::open(simulated(&self.disk, &self.tree), &mut |_| {})
            .unwrap_or_else(|error| panic!("{what}, journal alone: {error}"));
        self.world.assert_holds(&log.reader());
    }
}

#[test]
fn no_flipped_bit_is_read_as_another_history() {
    let mut random = Random(4);
    for round in 0..150 {
        let filled = filled(round);
        filled
            .disk
            .damage(&file(1 + random.below(3) as u32), |bytes| {
                let end = bytes
                    .iter()
                    .rposition(|&byte| byte != 0)
                    .map_or(1, |at| at + 1);
                let at = random.below(end as u64) as usize;
                bytes[at] ^= 1 << random.below(8);
            });
        // Without the mark a start reads everything, as `verify` does.
        filled
            .disk
            .damage(Path::new("/data/end"), |bytes| bytes.fill(b' '));
        let last = filled.tree.clone();
        last.clear();
        let alone = EventLog::open(simulated(&filled.disk, &last), &mut |_| {});
        match alone {
            Ok((log, _)) => {
                // Only the very last batch may be taken for one that was never told.
                let mut asked = filled.world.clone();
                asked
                    .settle(&World::default(), &log.reader())
                    .expect("a part of what was kept");
                assert!(
                    filled.world.commits() - asked.commits() <= 9,
                    "round {round}"
                );
            }
            Err(OpenError::Damage(damage)) => assert!(damage.file.ends_with(".ndjson")),
            Err(OpenError::Disk(error)) => {
                assert_eq!(error.kind(), std::io::ErrorKind::Unsupported)
            }
            Err(error) => panic!("round {round}: {error}"),
        }
    }
}

#[test]
fn what_the_tail_of_the_journal_lost_is_put_back_from_the_store() {
    for seed in 0..40 {
        let filled = filled(seed);
        let mut random = Random(seed);
        let mut number = 1;
        filled.disk.damage(&file(2), |_| number = 2);
        filled.disk.damage(&file(3), |_| number = 3);
        filled.disk.damage(&file(number), |bytes| {
            let end = bytes
                .iter()
                .rposition(|&byte| byte != 0)
                .map_or(0, |at| at + 1);
            match seed % 4 {
                0 => bytes.truncate(end - 1 - random.below(end as u64 / 2) as usize),
                1 => bytes[end - 2 - random.below(300) as usize] ^= 1,
                2 => bytes[..end]
                    .iter_mut()
                    .skip(end - 900)
                    .step_by(97)
                    .for_each(|byte| *byte = b'\n'),
                _ => bytes.clear(),
            }
        });
        filled.assert_mended(&format!("seed {seed}"));
    }
}

#[test]
fn an_older_copy_of_the_journal_is_made_whole_from_the_store() {
    let (disk, tree, mut world) = (
        SimulatedDisk::new(1),
        MemoryTree::default(),
        World::default(),
    );
    let (mut log, _) = EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("a new disk");
    log.append(world.batch(20, 3)).expect("room");
    drop(log);
    let mut older = Vec::new();
    disk.damage(&file(1), |bytes| older.clone_from(bytes));
    let (mut log, _) = EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("sound");
    log.append(world.batch(20, 3)).expect("room");
    drop(log);
    disk.damage(&file(1), |bytes| bytes.clone_from(&older));
    Filled { disk, tree, world }.assert_mended("an older copy");
}

#[test]
fn a_journal_that_ends_before_its_mark_is_refused_without_a_store() {
    let filled = filled(3);
    filled.tree.clear();
    let mut number = 1;
    filled.disk.damage(&file(2), |_| number = 2);
    filled.disk.damage(&file(number), |bytes| {
        let end = bytes
            .iter()
            .rposition(|&byte| byte != 0)
            .map_or(0, |at| at + 1);
        bytes.truncate(end - 1);
    });
    for _ in 0..2 {
        let refused = EventLog::open(simulated(&filled.disk, &filled.tree), &mut |_| {}).err();
        match refused {
            Some(OpenError::Damage(damage)) => {
                assert_eq!(damage.file, format!("{number:08}.ndjson"))
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_deleted_journal_is_made_again_from_sled() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut world = World::default();
    let (mut log, _) =
        EventLog::open(real_config(folder.path()), &mut |_| {}).expect("a new folder");
    for _ in 0..100 {
        log.append(world.batch(5, 3)).expect("room");
    }
    drop(log);
    fs::remove_dir_all(folder.path().join("journal")).expect("it is there");
    let (log, recovery) =
        EventLog::open(real_config(folder.path()), &mut |_| {}).expect("the store is sound");
    assert_eq!(recovery.restored.len(), 1);
    world.assert_holds(&log.reader());
    drop(log);
    let seen = verify(&real_config(folder.path()), &mut |_| {}).expect("readable");
    assert!(seen.is_sound(), "{seen:?}");
    assert_eq!(seen.commits, world.commits());
}

#[test]
fn a_damaged_line_deep_in_the_journal_is_found_by_verify_and_mended_by_rebuild() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut world = World::default();
    let (mut log, _) =
        EventLog::open(real_config(folder.path()), &mut |_| {}).expect("a new folder");
    for _ in 0..100 {
        log.append(world.batch(5, 3)).expect("room");
    }
    drop(log);
    let path = folder.path().join("journal/00000001.ndjson");
    let sound = fs::read(&path).expect("it is there");
    let mut bytes = sound.clone();
    bytes[9_000] ^= 1;
    fs::write(&path, bytes).expect("writable");
    let seen = verify(&real_config(folder.path()), &mut |_| {}).expect("readable");
    assert!(seen.damage.is_some_and(|damage| damage.offset <= 9_000));
    let recovery = meetellen_events::log::rebuild(real_config(folder.path()), &mut |_| {})
        .expect("the store is sound");
    assert_eq!(recovery.restored.len(), 1);
    let mended = fs::read(&path).expect("it is there");
    let text = |bytes: &[u8]| -> Vec<String> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let mut lines: Vec<String> = text
            .lines()
            .filter(|line| line.contains("actor"))
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    };
    assert_eq!(text(&mended), text(&sound));
    let (log, _) = EventLog::open(real_config(folder.path()), &mut |_| {}).expect("sound");
    assert_eq!(
        lines_of(&log.reader(), organisation(0)),
        world.lines(organisation(0))
    );
}
