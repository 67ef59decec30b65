//! Seeded runs over a disk and a clock that are simulated: the disk tears, loses, fails, fills and crashes at any step,
//! at start and while a store is made again too; the store's thread gets behind and the second goes by when the seed
//! says. What stands in for sled is a map whose batches a crash cuts off from behind, as sled's are; sled itself runs in
//! the tests over a real folder.
//!
//! `MEETELLEN_SEED=n` replays one run exactly, `MEETELLEN_SEEDS=n` sets how many there are.

use crate::world::{World, real_config};
use meetellen_events::log::disk::simulated::{Fault, SimulatedDisk};
use meetellen_events::log::journal::{AppendError, Sizes};
use meetellen_events::log::pace::SimulatedPace;
use meetellen_events::log::store::MemoryTree;
use meetellen_events::log::{Config, EventLog, OpenError, rebuild, verify};
use std::path::Path;
use std::sync::Arc;

/// Runs in the short form.
const SEEDS: u64 = 1_000;

/// Starts of the log in one run.
const LIVES: u64 = 6;

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

/// One run's world.
struct Run {
    random: Random,
    disk: SimulatedDisk,
    tree: MemoryTree,
    pace: SimulatedPace,
    /// What was asked to be kept, and what was acknowledged.
    asked: World,
    told: World,
}

impl Run {
    fn new(seed: u64) -> Self {
        Self {
            random: Random(seed),
            disk: SimulatedDisk::new(seed),
            tree: MemoryTree::default(),
            pace: SimulatedPace::new(seed),
            asked: World::default(),
            told: World::default(),
        }
    }

    fn config(&mut self) -> Config {
        self.pace = SimulatedPace::new(self.random.below(1 << 40));
        Config {
            pace: Some(self.pace.clone()),
            // So that a run of a few dozen commits comes past every kind of step.
            sizes: Sizes {
                file: 24 << 10,
                growth: 4 << 10,
                batch: 4 << 10,
            },
            ..simulated(&self.disk, &self.tree)
        }
    }

    /// Ends the process, with or without the power.
    fn crash(&mut self) {
        if self.random.below(3) == 0 {
            self.disk.kill();
        } else {
            self.disk.restart();
        }
        let kept = self.random.below(self.tree.unflushed() as u64 + 1);
        self.tree.crash(kept as usize);
        if self.random.below(12) == 0 {
            self.tree.clear();
        }
    }

    /// The power goes, or a reading fails, while the log opens or its store is made again.
    fn broken_start(&mut self) -> Result<(), String> {
        let crashes = self.random.below(3) > 0;
        if crashes {
            self.disk.plan(self.random.below(30), Fault::Crash);
        } else {
            self.disk.plan_read(self.random.below(60));
        }
        let config = self.config();
        let opened = if self.random.below(4) == 0 {
            rebuild(config, &mut |_| {})
        } else {
            EventLog::open(config, &mut |_| {}).map(|(log, recovery)| {
                self.pace.kill();
                drop(log);
                recovery
            })
        };
        match opened {
            Ok(_) | Err(OpenError::Disk(_)) => {}
            Err(error) => return Err(format!("a start that breaks off says {error}")),
        }
        self.crash();
        Ok(())
    }

    /// Appends until something breaks.
    fn append(&mut self, log: &mut EventLog) {
        let fault = [Fault::Crash, Fault::Crash, Fault::Fail, Fault::Full];
        let fault = fault[self.random.below(4) as usize];
        self.disk.plan(self.random.below(50), fault);
        for _ in 0..self.random.below(25) {
            let room = if self.random.below(12) == 0 {
                1 << 12
            } else {
                1 << 40
            };
            self.disk.set_free(room);
            match log.make_room() {
                Ok(()) => {}
                Err(AppendError::Full) => continue,
                Err(_) => return,
            }
            let mut next = self.told.clone();
            let commits = 1 + self.random.below(8) as usize;
            let batch = next.batch(commits, 1 + self.random.below(4));
            match log.append(batch) {
                Ok(()) => (self.asked, self.told) = (next.clone(), next),
                Err(AppendError::Full) => {}
                Err(_) => {
                    self.asked = next;
                    return;
                }
            }
        }
    }

    fn life(&mut self, life: u64) -> Result<(), String> {
        while self.random.below(3) == 0 {
            self.broken_start()?;
        }
        self.disk.set_free(1 << 40);
        let (mut log, recovery) = EventLog::open(self.config(), &mut |_| {})
            .map_err(|error| format!("life {life} does not start: {error}"))?;
        if !recovery.restored.is_empty() || !recovery.refused.is_empty() {
            return Err(format!("life {life} lost something: {recovery:?}"));
        }
        self.asked.settle(&self.told, &log.reader())?;
        self.told = self.asked.clone();
        self.append(&mut log);
        if self.random.below(4) > 0 {
            self.pace.kill();
            drop(log);
            self.crash();
        } else {
            drop(log);
            self.disk.kill();
        }
        Ok(())
    }

    /// After all that, `verify` finds everything sound, and as much as was told.
    fn verified(&mut self) -> Result<(), String> {
        let (log, _) = EventLog::open(self.config(), &mut |_| {})
            .map_err(|error| format!("the last start: {error}"))?;
        self.asked.settle(&self.told, &log.reader())?;
        drop(log);
        let seen = verify(&self.config(), &mut |_| {}).map_err(|error| error.to_string())?;
        if seen.is_sound() && seen.store_seen && seen.commits == self.asked.commits() {
            Ok(())
        } else {
            Err(format!("{} commits, {seen:?}", self.asked.commits()))
        }
    }
}

/// One run: what went wrong, if anything did, and what the disk was asked to do.
fn run(seed: u64, lies: bool) -> (Result<(), String>, u32) {
    let mut run = Run::new(seed);
    if lies {
        run.disk.lie_about_syncs();
    }
    let lives = (0..LIVES).try_for_each(|life| run.life(life));
    let outcome = lives.and_then(|()| run.verified());
    (outcome, run.disk.trace())
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn a_simulated_year_of_accidents_loses_nothing_acknowledged() {
    let seeds = match number("MEETELLEN_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("MEETELLEN_SEEDS").unwrap_or(SEEDS),
    };
    for seed in seeds {
        let found = std::panic::catch_unwind(|| run(seed, false).0);
        match found {
            Ok(Ok(())) => {}
            Ok(Err(found)) => panic!("MEETELLEN_SEED={seed} replays it: {found}"),
            Err(_) => panic!("MEETELLEN_SEED={seed} replays the panic above"),
        }
    }
}

#[test]
fn a_seed_replays_its_run_exactly() {
    for seed in 0..20 {
        assert_eq!(run(seed, false), run(seed, false), "seed {seed}");
    }
}

/// The tester's own test: a log that answers before its sync.
#[test]
fn an_answer_before_the_sync_is_found() {
    let found = (0..60).filter(|seed| {
        std::panic::catch_unwind(|| run(*seed, true).0).map_or(true, |outcome| outcome.is_err())
    });
    assert!(
        found.count() > 10,
        "a log that answers before its sync must be caught"
    );
}
