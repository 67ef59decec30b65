//! Every disk call of an append, of growing ahead, of a rotation and of a start, failing in every way.

use crate::simulation::simulated;
use crate::world::World;
use meetellen_events::log::disk::simulated::{Fault, SimulatedDisk};
use meetellen_events::log::journal::{AppendError, Sizes};
use meetellen_events::log::pace::SimulatedPace;
use meetellen_events::log::store::MemoryTree;
use meetellen_events::log::{Config, EventLog, OpenError};

const FAULTS: [Fault; 3] = [Fault::Fail, Fault::Full, Fault::Crash];

/// A log that is about to do something.
struct Scene {
    disk: SimulatedDisk,
    tree: MemoryTree,
    log: EventLog,
    told: World,
}

/// What the next append does besides writing a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// Nothing.
    Plain,
    /// The file grows ahead.
    Growing,
    /// A file is finished and the next begun.
    Rotating,
}

const MOMENTS: [Moment; 3] = [Moment::Plain, Moment::Growing, Moment::Rotating];

fn config(disk: &SimulatedDisk, tree: &MemoryTree) -> Config {
    Config {
        sizes: Sizes {
            file: 20 << 10,
            growth: 6 << 10,
            batch: 4 << 10,
        },
        pace: Some(SimulatedPace::new(3)),
        ..simulated(disk, tree)
    }
}

/// After how many appends the next one comes at this moment: told by how many steps it takes.
fn when(seed: u64, moment: Moment) -> u64 {
    let mut scene = after(seed, 0);
    for appends in 0..60 {
        let before = scene.disk.steps();
        scene.log.append(scene.told.batch(3, 2)).expect("room");
        let found = match scene.disk.steps() - before {
            0..=3 => Moment::Plain,
            4..=5 => Moment::Growing,
            6.. => Moment::Rotating,
        };
        if appends > 0 && found == moment {
            return appends;
        }
    }
    panic!("{moment:?} never comes");
}

fn after(seed: u64, appends: u64) -> Scene {
    let (disk, tree) = (SimulatedDisk::new(seed), MemoryTree::default());
    let (mut log, _) = EventLog::open(config(&disk, &tree), &mut |_| {}).expect("a new disk");
    let mut told = World::default();
    for _ in 0..appends {
        log.append(told.batch(3, 2)).expect("room");
    }
    Scene {
        disk,
        tree,
        log,
        told,
    }
}

/// Steps that this append takes without any fault.
fn steps(seed: u64, appends: u64) -> u64 {
    let mut scene = after(seed, appends);
    let before = scene.disk.steps();
    scene.log.make_room().expect("room");
    scene.log.append(scene.told.batch(3, 2)).expect("room");
    scene.disk.steps() - before
}

/// Starts again; all that was told is there, and of what was asked whole batches.
#[track_caller]
fn starts_again(disk: &SimulatedDisk, tree: &MemoryTree, told: &World, asked: &World, what: &str) {
    let (mut log, recovery) = EventLog::open(config(disk, tree), &mut |_| {})
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(recovery.restored.is_empty(), "{what}: {recovery:?}");
    assert!(recovery.refused.is_empty(), "{what}: {recovery:?}");
    let mut found = asked.clone();
    if let Err(error) = found.settle(told, &log.reader()) {
        panic!("{what}: {error}");
    }
    log.append(found.batch(2, 2)).expect("a sound disk");
    found.assert_holds(&log.reader());
}

#[test]
fn no_fault_at_any_call_of_an_append_is_taken_for_success() {
    for moment in MOMENTS {
        let appends = when(1, moment);
        for step in 0..steps(1, appends) {
            for (fault, power) in FAULTS.into_iter().flat_map(|it| [(it, false), (it, true)]) {
                let what = format!("{moment:?}, {fault:?} at call {step}, power cut: {power}");
                let mut scene = after(1, appends);
                scene.disk.plan(step, fault);
                let mut asked = scene.told.clone();
                let batch = asked.batch(3, 2);
                let room = scene.log.make_room();
                let kept = room.and_then(|()| scene.log.append(batch));
                match kept {
                    // Only the end mark's own sync comes behind the answer.
                    Ok(()) => scene.told = asked.clone(),
                    Err(AppendError::Full) => recovers(&mut scene, &what),
                    Err(AppendError::Unknown) => stays_closed(&mut scene, &what),
                    Err(error) => panic!("{what}: {error}"),
                }
                drop(scene.log);
                if power {
                    scene.disk.restart();
                } else {
                    scene.disk.kill();
                }
                if scene.told.commits() > asked.commits() {
                    asked = scene.told.clone();
                }
                starts_again(&scene.disk, &scene.tree, &scene.told, &asked, &what);
            }
        }
    }
}

/// Before a batch is decided a full disk refuses, and nothing more: with room again the next one is kept.
#[track_caller]
fn recovers(scene: &mut Scene, what: &str) {
    scene.told.assert_holds(&scene.log.reader());
    scene
        .log
        .make_room()
        .unwrap_or_else(|error| panic!("{what}: room came back, {error}"));
    for _ in 0..12 {
        let batch = scene.told.batch(3, 2);
        scene.log.append(batch).expect("room");
    }
    scene.told.assert_holds(&scene.log.reader());
}

/// Once it failed nothing is taken and nothing written or synced any more, though the disk is well again.
#[track_caller]
fn stays_closed(scene: &mut Scene, what: &str) {
    let before = scene.disk.steps();
    for _ in 0..3 {
        let batch = scene.told.clone().batch(1, 2);
        assert_eq!(scene.log.make_room(), Err(AppendError::Unknown), "{what}");
        assert_eq!(scene.log.append(batch), Err(AppendError::Unknown), "{what}");
    }
    assert_eq!(scene.disk.steps(), before, "{what}: tried again");
    scene.told.assert_holds(&scene.log.reader());
}

/// What a crash at a call of one append leaves once the disk is up again: what was told, and what was asked for.
fn crashed(mut scene: Scene, call: u64) -> (SimulatedDisk, MemoryTree, [World; 2]) {
    scene.disk.plan(call, Fault::Crash);
    let mut asked = scene.told.clone();
    if scene.log.append(asked.batch(3, 2)).is_ok() {
        scene.told = asked.clone();
    }
    drop(scene.log);
    scene.disk.restart();
    (scene.disk, scene.tree, [scene.told, asked])
}

#[test]
fn a_start_that_fails_at_any_call_costs_nothing() {
    for moment in MOMENTS {
        let appends = when(2, moment);
        let taken = steps(2, appends);
        for crash in 0..taken {
            // What a crash within the append left, opened over and over, each time failing one call later.
            let mut at = 0;
            loop {
                let (disk, tree, [told, asked]) = crashed(after(2, appends), crash);
                let fault = FAULTS[at as usize % 3];
                let what = format!("{moment:?}, crash at {crash}, {fault:?} at start's call {at}");
                let before = disk.steps();
                disk.plan(at, fault);
                match EventLog::open(config(&disk, &tree), &mut |_| {}) {
                    Ok(_) | Err(OpenError::Disk(_)) => {}
                    Err(error) => panic!("{what}: {error}"),
                }
                let reached = disk.steps() - before > at;
                disk.restart();
                starts_again(&disk, &tree, &told, &asked, &what);
                if !reached {
                    break;
                }
                at += 1;
            }
        }
    }
}

#[test]
fn a_reading_that_fails_at_start_changes_nothing() {
    let mut at = 0;
    let appends = when(4, Moment::Rotating);
    loop {
        let Scene {
            disk,
            tree,
            log,
            told,
        } = after(4, appends);
        drop(log);
        disk.restart();
        let before = disk.reads();
        disk.plan_read(at);
        let opened = EventLog::open(config(&disk, &tree), &mut |_| {}).map(|(log, _)| drop(log));
        let reached = disk.reads() - before > at;
        match opened {
            Ok(()) | Err(OpenError::Disk(_)) => {}
            Err(error) => panic!("reading {at}: {error}"),
        }
        disk.kill();
        starts_again(&disk, &tree, &told, &told, &format!("reading {at}"));
        if !reached {
            break;
        }
        at += 1;
    }
    assert!(at > 10, "{at} readings");
}

#[test]
fn after_a_crash_at_any_call_it_starts_read_only_on_a_full_disk() {
    for moment in MOMENTS {
        let appends = when(5, moment);
        for step in 0..steps(5, appends) {
            let (disk, tree, [told, asked]) = crashed(after(5, appends), step);
            disk.set_free(0);
            let what = format!("{moment:?}, crash at {step}");
            let (mut log, _) = EventLog::open(config(&disk, &tree), &mut |_| {})
                .unwrap_or_else(|error| panic!("{what}: {error}"));
            let mut found = asked.clone();
            found.settle(&told, &log.reader()).expect("what was told");
            assert_eq!(log.make_room(), Err(AppendError::Full), "{what}");
            found.assert_holds(&log.reader());
            disk.set_free(1 << 40);
            assert_eq!(log.make_room(), Ok(()), "{what}");
            log.append(found.batch(3, 2)).expect("room again");
            found.assert_holds(&log.reader());
        }
    }
}

#[test]
fn a_reserve_that_finds_no_room_is_left_out() {
    for step in 0..6 {
        let (disk, tree) = (SimulatedDisk::new(6), MemoryTree::default());
        disk.plan(step, Fault::Full);
        let with_reserve = Config {
            reserve_bytes: 4 << 20,
            ..config(&disk, &tree)
        };
        match EventLog::open(with_reserve.clone(), &mut |_| {}) {
            Ok(_) => {}
            // The very first file needs room.
            Err(OpenError::Disk(error)) => {
                assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
                assert!(EventLog::open(with_reserve, &mut |_| {}).is_ok(), "{step}");
            }
            Err(error) => panic!("{step}: {error}"),
        }
    }
}
