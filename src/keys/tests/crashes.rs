//! The power goes at every step of every change of a key file.

use super::{ANNA, BEN, HOUSE, REMARK};
use crate::keys::{KeyError, Keys, Opened, Owner};
use meetellen_events::log::disk::simulated::{Fault, SimulatedDisk};
use meetellen_events::log::disk::{Disk, Open};
use meetellen_events::values::Sealed;
use std::path::Path;
use std::sync::Arc;

/// Disks that tear otherwise.
const SEEDS: u64 = 40;

const NAME: &str = "Anna de Boer";

struct World {
    disk: SimulatedDisk,
    /// The real one is only made, so that its mode can be set.
    folder: tempfile::TempDir,
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            disk: SimulatedDisk::new(seed),
            folder: tempfile::tempdir().expect("a folder to test in"),
        }
    }

    fn keys(&self) -> Keys {
        let disk = Arc::new(self.disk.clone());
        Keys::on(disk, self.folder.path()).expect("the folder opens")
    }

    /// Every byte below the key folder.
    fn bytes(&self) -> Vec<u8> {
        held(&self.disk, self.folder.path())
    }
}

/// All that a folder's files hold.
fn held(disk: &SimulatedDisk, folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for name in disk.list(folder).expect("a folder") {
        let file = disk.open(&folder.join(name), Open::Read).expect("a file");
        let mut bytes = vec![0; usize::try_from(file.len().expect("its length")).expect("short")];
        file.read_at(&mut bytes, 0).expect("it reads");
        all.extend(bytes);
    }
    all
}

fn contains(all: &[u8], part: &str) -> bool {
    all.windows(part.len())
        .any(|window| window == part.as_bytes())
}

fn seal(keys: &Keys, owner: Owner) -> Sealed {
    keys.seal(HOUSE, owner, "name", NAME).expect("it seals")
}

fn opens(keys: &Keys, owner: Owner, sealed: &Sealed) -> bool {
    let opened = keys.open_sealed(HOUSE, owner, "name", sealed);
    matches!(opened, Ok(Opened::Text(text)) if text == NAME)
}

/// Cuts the power at each step of a change in turn, on disks that tear otherwise, until the change comes through.
/// `check` hears whether it did, once the machine is back.
fn at_every_step(
    change: impl Fn(&Keys) -> Result<(), KeyError>,
    check: impl Fn(&World, &Sealed, bool),
) {
    for seed in 0..SEEDS {
        for step in 0.. {
            let world = World::new(seed);
            let keys = world.keys();
            let (anna, ben) = (seal(&keys, ANNA), seal(&keys, BEN));
            world.disk.plan(step, Fault::Crash);
            let done = change(&keys).is_ok();
            let crashed = world.disk.is_down();
            world.disk.restart();
            assert!(opens(&world.keys(), BEN, &ben), "seed {seed}, step {step}");
            check(&world, &anna, done);
            if !crashed {
                assert!(done && step > 0, "it has steps, and comes through");
                break;
            }
        }
    }
}

/// Anna's key in hex, of a world where only she and Ben have one.
fn secret(world: &World) -> String {
    let text = String::from_utf8_lossy(&world.bytes()).into_owned();
    let line = text
        .lines()
        .find(|line| line.starts_with(&ANNA.to_string()));
    let key = line.and_then(|line| line.split(' ').nth(1));
    key.expect("a key in hex").to_owned()
}

#[test]
fn a_destroyed_key_stays_destroyed_and_one_that_was_not_is_whole() {
    at_every_step(
        |keys| keys.destroy(HOUSE, ANNA),
        |world, anna, done| {
            if done {
                assert!(!opens(&world.keys(), ANNA, anna));
            } else if opens(&world.keys(), ANNA, anna) {
                // The erasure is done again, and leaves no byte of the key.
                let secret = secret(world);
                assert!(contains(&world.bytes(), &secret));
                world.keys().destroy(HOUSE, ANNA).expect("the disk is well");
                assert!(!contains(&world.bytes(), &secret));
            }
            world.keys().destroy(HOUSE, ANNA).expect("the disk is well");
            let erased = world.keys().open_sealed(HOUSE, ANNA, "name", anna);
            assert_eq!(erased.expect("a value"), Opened::Erased);
        },
    );
}

#[test]
fn a_key_that_took_anothers_place_is_there_before_it_is_used() {
    let Owner::Person(anna) = ANNA else {
        unreachable!("Anna is a person")
    };
    at_every_step(
        |keys| {
            keys.renew(HOUSE, anna)?;
            keys.seal(HOUSE, ANNA, "name", NAME)?;
            keys.settle(HOUSE, anna)
        },
        |world, before, done| {
            let keys = world.keys();
            let is_unsettled = !keys.unsettled(HOUSE).expect("it reads").is_empty();
            let is_there = opens(&keys, ANNA, before);
            assert!(!done || (!is_there && !is_unsettled));
            assert!(is_there || !is_unsettled);
        },
    );
}

#[test]
fn a_first_key_is_there_once_something_is_sealed_with_it() {
    for seed in 0..SEEDS {
        for step in 0.. {
            let world = World::new(seed);
            world.disk.plan(step, Fault::Crash);
            let sealed = world.keys().seal(HOUSE, REMARK, "name", NAME);
            let crashed = world.disk.is_down();
            world.disk.restart();
            let keys = world.keys();
            match sealed {
                Ok(sealed) => assert!(opens(&keys, REMARK, &sealed)),
                Err(_) => assert!(opens(&keys, REMARK, &seal(&keys, REMARK))),
            }
            if !crashed {
                break;
            }
        }
    }
}
