//! Seeded runs over a disk that tears, loses, fails and crashes at any step.

use crate::world::{World, real_config};
use meetellen_events::log::disk::simulated::{Fault, SimulatedDisk};
use meetellen_events::log::journal::{AppendError, Sizes};
use meetellen_events::log::store::MemoryTree;
use meetellen_events::log::{Config, EventLog};
use std::path::Path;
use std::sync::Arc;

/// Runs in the short form; more by `MEETELLEN_SIMULATION_SEEDS`.
const SEEDS: u64 = 200;

/// Starts of the log in one run.
const LIVES: u64 = 8;

pub fn simulated(disk: &SimulatedDisk, tree: &MemoryTree) -> Config {
    Config {
        disk: Arc::new(disk.clone()),
        memory: Some(tree.clone()),
        sizes: Sizes {
            file: 64 << 10,
            growth: 8 << 10,
            batch: 8 << 10,
        },
        ..real_config(Path::new("/data"))
    }
}

pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// One run; what went wrong, if anything did.
fn run(seed: u64, lies: bool) -> Result<(), String> {
    let mut random = Random(seed);
    let (disk, tree) = (SimulatedDisk::new(seed), MemoryTree::default());
    let (mut asked, mut told) = (World::default(), World::default());
    if lies {
        disk.lie_about_syncs();
    }
    for life in 0..LIVES {
        if random.below(3) == 0 {
            // The power goes while it starts.
            disk.plan(random.below(25), Fault::Crash);
            drop(EventLog::open(simulated(&disk, &tree), &mut |_| {}));
            crash(&mut random, &disk, &tree);
        }
        let (mut log, recovery) = EventLog::open(simulated(&disk, &tree), &mut |_| {})
            .map_err(|error| format!("life {life} does not start: {error}"))?;
        if !recovery.restored.is_empty() {
            return Err(format!(
                "life {life} had to restore {:?}",
                recovery.restored
            ));
        }
        asked.settle(&told, &log.reader())?;
        told = asked.clone();
        let fault =
            [Fault::Crash, Fault::Crash, Fault::Fail, Fault::Full][random.below(4) as usize];
        disk.plan(random.below(60), fault);
        for _ in 0..random.below(40) {
            let mut next = told.clone();
            let batch = next.batch(1 + random.below(8) as usize, 1 + random.below(4));
            match log.append(batch) {
                Ok(()) => (asked, told) = (next.clone(), next),
                Err(AppendError::Full) => {}
                Err(_) => {
                    asked = next;
                    break;
                }
            }
        }
        drop(log);
        crash(&mut random, &disk, &tree);
    }
    Ok(())
}

fn crash(random: &mut Random, disk: &SimulatedDisk, tree: &MemoryTree) {
    if random.below(3) == 0 {
        disk.kill();
    } else {
        disk.restart();
    }
    tree.crash(random.below(tree.unflushed() as u64 + 1) as usize);
    if random.below(10) == 0 {
        tree.clear();
    }
}

#[test]
fn a_simulated_year_of_accidents_loses_nothing_acknowledged() {
    let seeds = std::env::var("MEETELLEN_SIMULATION_SEEDS")
        .ok()
        .and_then(|text| text.parse().ok());
    for seed in 0..seeds.unwrap_or(SEEDS) {
        if let Err(found) = run(seed, false) {
            panic!("seed {seed}: {found}");
        }
    }
}

#[test]
fn an_answer_before_the_sync_is_found() {
    let found = (0..SEEDS).filter(|seed| {
        std::panic::catch_unwind(|| run(*seed, true)).map_or(true, |outcome| outcome.is_err())
    });
    assert!(
        found.count() > 10,
        "a log that answers before its sync must be caught"
    );
}
