//! Readers over noise: no panic, and no history that nobody wrote.

use crate::simulation::simulated;
use crate::world::{World, commit, organisation};
use meetellen_events::log::EventLog;
use meetellen_events::log::disk::simulated::SimulatedDisk;
use meetellen_events::log::line::{Head, Line};
use meetellen_events::log::store::MemoryTree;
use proptest::prelude::*;
use std::path::Path;

/// A place in a file, and what is written over it.
fn noise() -> impl Strategy<Value = Vec<(prop::sample::Index, Vec<u8>)>> {
    let bytes = prop::collection::vec(any::<u8>(), 1..40);
    prop::collection::vec((any::<prop::sample::Index>(), bytes), 1..4)
}

fn spoil(bytes: &mut [u8], noise: &[(prop::sample::Index, Vec<u8>)]) {
    for (at, with) in noise {
        let at = at.index(bytes.len().max(1));
        for (byte, new) in bytes.iter_mut().skip(at).zip(with) {
            *byte = *new;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_spoiled_line_is_no_line(noise in noise()) {
        let line = commit(organisation(1), Head::default(), 3);
        let mut bytes = line.bytes().to_vec();
        spoil(&mut bytes, &noise);
        prop_assert_eq!(Line::parse(&bytes).is_ok(), bytes == line.bytes());
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(Line::parse(&bytes).is_err());
    }

    #[test]
    fn a_spoiled_journal_and_end_mark_are_mended_or_refused(journal in noise(), mark in noise(), both in any::<bool>()) {
        let (disk, tree) = (SimulatedDisk::new(1), MemoryTree::default());
        let mut world = World::default();
        let (mut log, _) = EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("a new disk");
        for _ in 0..9 {
            log.append(world.batch(4, 2)).expect("room");
        }
        drop(log);
        disk.damage(Path::new("/data/journal/00000001.ndjson"), |bytes| spoil(bytes, &journal));
        if both {
            disk.damage(Path::new("/data/end"), |bytes| spoil(bytes, &mark));
        }
        // With the whole store as a witness there is always a way back, but where the file claims a newer format.
        if let Ok((log, _)) = EventLog::open(simulated(&disk, &tree), &mut |_| {}) {
            world.assert_holds(&log.reader());
        }
    }
}
