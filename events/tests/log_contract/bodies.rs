//! The bodies of sealed chunks lie in files beside the tree: cut short they are made again, changed they are found.

use crate::world::{World, organisation, real_config};
use meetellen_events::log::line::Position;
use meetellen_events::log::store::Stretch;
use meetellen_events::log::{EventLog, LogReader, verify};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

const FORMS: [&str; 2] = ["lines", "packed"];

/// Three organisations with a sealed chunk each, and a tail.
fn filled(folder: &Path) -> World {
    let mut world = World::default();
    let (mut log, _) = EventLog::open(real_config(folder), &mut |_| {}).expect("a new folder");
    for _ in 0..50 {
        log.append(world.batch(6, 3)).expect("room");
    }
    world
}

/// Everything of organisation 0, packed where it can be: in these tests that is the lines themselves.
fn packed(reader: &LogReader) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = reader.replay(organisation(0), Position(0), &mut |stretch| {
        match stretch {
            Stretch::Packed { bytes: chunk, .. } => bytes.extend_from_slice(chunk),
            Stretch::Line(line) => bytes.extend_from_slice(line.bytes()),
        }
        ControlFlow::Continue(())
    });
    read.ok().map(|_| bytes)
}

#[test]
fn bodies_that_were_cut_short_are_made_again() {
    for form in FORMS {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let world = filled(folder.path());
        let path = folder.path().join("store/1").join(form);
        let len = fs::metadata(&path).expect("it is there").len();
        let file = fs::OpenOptions::new().write(true).open(&path);
        let cut = file.and_then(|file| file.set_len(len - 1));
        cut.expect("writable");
        let (log, recovery) =
            EventLog::open(real_config(folder.path()), &mut |_| {}).expect("the journal is sound");
        assert!(recovery.store_rebuilt.is_some(), "{form}");
        world.assert_holds(&log.reader());
    }
}

#[test]
fn a_flipped_bit_in_a_body_is_found_and_never_read() {
    for (form, third) in FORMS
        .into_iter()
        .flat_map(|form| [0, 1, 2].map(|at| (form, at)))
    {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let lines = filled(folder.path()).lines(organisation(0));
        let sound = lines.iter().flat_map(|line| line.bytes().to_vec());
        let path = folder.path().join("store/1").join(form);
        let mut bytes = fs::read(&path).expect("it is there");
        let at = third * (bytes.len() - 1) / 2;
        bytes[at] ^= 1;
        fs::write(&path, bytes).expect("writable");
        let seen = verify(&real_config(folder.path()), &mut |_| {}).expect("readable");
        assert!(seen.store.is_some(), "{form} at {at}");
        let (log, _) = EventLog::open(real_config(folder.path()), &mut |_| {}).expect("sound");
        if let Some(read) = packed(&log.reader()) {
            assert_eq!(read, sound.collect::<Vec<u8>>(), "{form} at {at}");
        }
    }
}

#[test]
fn a_chunk_that_was_swapped_for_another_is_found() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    filled(folder.path());
    let path = folder.path().join("store/1/packed");
    let bytes = fs::read(&path).expect("it is there");
    let mut turned = bytes.clone();
    turned.rotate_left(bytes.len() / 3);
    fs::write(&path, turned).expect("writable");
    let seen = verify(&real_config(folder.path()), &mut |_| {}).expect("readable");
    assert!(seen.store.is_some());
}
