//! One suite for the log and its journal: order, conflict, all or nothing, reopen, torn, flipped, cut, full, and a
//! simulated disk that does all of it at any step.

#[path = "log_contract/accidents.rs"]
mod accidents;
#[path = "log_contract/bodies.rs"]
mod bodies;
#[path = "log_contract/damage.rs"]
mod damage;
#[path = "log_contract/either.rs"]
mod either;
#[path = "log_contract/faults.rs"]
mod faults;
#[path = "log_contract/folder.rs"]
mod folder;
#[path = "log_contract/foreign.rs"]
mod foreign;
#[path = "log_contract/fuzz.rs"]
mod fuzz;
#[path = "log_contract/kill.rs"]
mod kill;
#[path = "log_contract/matrix.rs"]
mod matrix;
#[path = "log_contract/noise.rs"]
mod noise;
#[path = "log_contract/simulation.rs"]
mod simulation;
#[path = "log_contract/world.rs"]
mod world;

use meetellen_events::log::journal::{AppendError, Cursor, JournalReader};
use meetellen_events::log::line::{Head, Position};
use meetellen_events::log::store::Stretch;
use meetellen_events::log::{EventLog, verify};
use std::ops::ControlFlow;
use std::sync::Arc;
use world::{World, commit, lines_of, organisation, real_config};

#[test]
fn what_was_appended_is_read_in_order_and_again_after_reopening() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut world = World::default();
    let (mut log, _) =
        EventLog::open(real_config(folder.path()), &mut |_| {}).expect("a new folder");
    for round in 0..100 {
        log.append(world.batch(round % 5 + 1, 3)).expect("room");
    }
    world.assert_holds(&log.reader());
    drop(log);
    let (log, recovery) =
        EventLog::open(real_config(folder.path()), &mut |_| {}).expect("a sound folder");
    assert_eq!(recovery, Default::default());
    world.assert_holds(&log.reader());
    drop(log);
    let seen = verify(&real_config(folder.path()), &mut |_| {}).expect("readable");
    assert!(seen.is_sound() && seen.store_seen, "{seen:?}");
    assert_eq!(seen.commits, world.commits());
}

#[test]
fn a_commit_that_is_not_next_is_refused_with_its_batch() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut log, _) =
        EventLog::open(real_config(folder.path()), &mut |_| {}).expect("a new folder");
    let first = commit(organisation(1), Head::default(), 2);
    let second = commit(organisation(1), first.head(), 1);
    let stray = commit(
        organisation(2),
        Head {
            position: Position(5),
            ..Head::default()
        },
        1,
    );
    log.append(vec![first.clone()]).expect("room");
    let conflict = |organisation, position| AppendError::Conflict {
        organisation,
        position: Position(position),
    };
    assert_eq!(
        log.append(vec![first.clone()]),
        Err(conflict(organisation(1), 2))
    );
    assert_eq!(
        log.append(vec![second.clone(), stray]),
        Err(conflict(organisation(2), 0))
    );
    assert_eq!(
        lines_of(&log.reader(), organisation(1)),
        vec![first.clone()]
    );
    log.append(vec![second.clone()])
        .expect("the refused batch left nothing");
    drop(log);
    let (mut log, _) =
        EventLog::open(real_config(folder.path()), &mut |_| {}).expect("a sound folder");
    assert_eq!(
        log.append(vec![second.clone()]),
        Err(conflict(organisation(1), 3))
    );
    assert_eq!(
        lines_of(&log.reader(), organisation(1)),
        vec![first, second]
    );
}

#[test]
fn a_second_process_is_kept_out() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = EventLog::open(real_config(folder.path()), &mut |_| {}).expect("a new folder");
    assert!(EventLog::open(real_config(folder.path()), &mut |_| {}).is_err());
    drop(log);
    assert!(EventLog::open(real_config(folder.path()), &mut |_| {}).is_ok());
}

#[test]
fn a_reader_without_the_lock_sees_what_was_acknowledged() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = real_config(folder.path());
    let mut world = World::default();
    let (mut log, _) = EventLog::open(config.clone(), &mut |_| {}).expect("a new folder");
    log.append(world.batch(10, 1)).expect("room");
    let read = |after: &Cursor| {
        let reader =
            JournalReader::open(Arc::clone(&config.disk), folder.path()).expect("readable");
        let mut lines = Vec::new();
        let cursor = reader
            .follow(after, &mut |line| lines.push(line))
            .expect("sound");
        (lines, cursor)
    };
    let (lines, cursor) = read(&Cursor::default());
    assert_eq!(lines, world.lines(organisation(0)));
    assert_eq!(read(&cursor).0, vec![]);
    let more = world.batch(3, 1);
    log.append(more.clone()).expect("room");
    assert_eq!(read(&cursor).0, more);
}

#[test]
fn sealed_chunks_come_packed_and_hold_the_same_as_the_lines() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut world = World::default();
    let (mut log, _) =
        EventLog::open(real_config(folder.path()), &mut |_| {}).expect("a new folder");
    for _ in 0..30 {
        log.append(world.batch(7, 1)).expect("room");
    }
    let reader = log.reader();
    reader.wait_applied(organisation(0)).expect("a sound store");
    let (mut packed, mut bytes) = (0, Vec::new());
    let last = reader
        .replay(organisation(0), Position(0), &mut |stretch| {
            match stretch {
                Stretch::Packed { bytes: chunk, .. } => {
                    packed += 1;
                    bytes.extend_from_slice(chunk);
                }
                Stretch::Line(line) => bytes.extend_from_slice(line.bytes()),
            }
            ControlFlow::Continue(())
        })
        .expect("a sound store");
    let lines = world.lines(organisation(0));
    assert_eq!(packed, 210 / 64);
    assert_eq!(last, lines.last().expect("210 of them").last());
    assert_eq!(
        bytes,
        lines
            .iter()
            .flat_map(|line| line.bytes().to_vec())
            .collect::<Vec<_>>()
    );
    for (index, line) in lines.iter().enumerate() {
        let at = reader
            .commit_at(organisation(0), line.last())
            .expect("a sound store");
        assert_eq!(at.as_ref(), Some(line));
        let mut behind = Vec::new();
        reader
            .lines(organisation(0), line.last(), &mut |line| {
                behind.push(line.clone());
                ControlFlow::Continue(())
            })
            .expect("a sound store");
        assert_eq!(behind, lines[index + 1..]);
    }
    assert_eq!(
        reader
            .commit_at(organisation(0), Position(last.0 + 1))
            .expect("a sound store"),
        None
    );
    assert_eq!(
        reader
            .commit_at(organisation(0), Position(0))
            .expect("a sound store"),
        None
    );
}

#[test]
fn lines_of_any_length_come_back_from_tail_and_chunk() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut log, _) =
        EventLog::open(real_config(folder.path()), &mut |_| {}).expect("a new folder");
    let (mut head, mut lines) = (Head::default(), Vec::new());
    for round in 0..130_usize {
        let line = world::long_commit(organisation(1), head, (round * 1_999) % 200_000);
        head = line.head();
        lines.push(line.clone());
        log.append(vec![line]).expect("room");
    }
    assert_eq!(lines_of(&log.reader(), organisation(1)), lines);
}

#[test]
fn the_directory_and_the_organisations_are_found() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut world = World::default();
    let (mut log, _) =
        EventLog::open(real_config(folder.path()), &mut |_| {}).expect("a new folder");
    log.append(world.batch(40, 4)).expect("room");
    let reader = log.reader();
    for number in 0..4 {
        reader
            .wait_applied(organisation(number))
            .expect("a sound store");
    }
    let found = reader.organisations().expect("a sound store");
    assert_eq!(found, (0..4).map(organisation).collect::<Vec<_>>());
    let directory = reader.directory().expect("a sound store");
    let owners: Vec<_> = directory.iter().map(|entry| entry.organisation).collect();
    assert_eq!(owners, found);
    assert!(
        directory
            .iter()
            .all(|entry| entry.key == entry.organisation.uuid().as_bytes())
    );
}
