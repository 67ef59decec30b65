//! A process that is killed while it appends: what it had called kept is there.

use crate::world::{World, organisation, real_config};
use meetellen_events::log::{EventLog, verify};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// Rounds in the short form; more by `MEETELLEN_KILL_ROUNDS`.
const ROUNDS: u64 = 6;

const FOLDER: &str = "MEETELLEN_KILL_FOLDER";

/// The killed process: appends and says how many commits are kept, for ever.
#[test]
fn appends_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let folder = Path::new(&folder);
    let (mut log, _) =
        EventLog::open(real_config(folder), &mut |_| {}).expect("what a kill leaves");
    let reader = log.reader();
    let mut world = World::default();
    for number in 0..3 {
        world.take_over(organisation(number), &reader);
    }
    let mut out = std::io::stdout().lock();
    loop {
        log.append(world.batch(7, 3)).expect("room");
        writeln!(out, "kept {}", world.commits()).expect("somebody listens");
    }
}

#[test]
fn a_kill_at_any_moment_loses_nothing_acknowledged() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let rounds = std::env::var("MEETELLEN_KILL_ROUNDS")
        .ok()
        .and_then(|text| text.parse().ok());
    let mut before = 0;
    for round in 0..rounds.unwrap_or(ROUNDS) {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "kill::appends_until_killed", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test runs");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut kept = before;
        let mut wanted = 5 + round * 37 % 50;
        for line in output.lines() {
            let line = line.expect("text");
            let Some(number) = line.split_once("kept ").map(|(_, number)| number) else {
                continue;
            };
            kept = number.parse::<u64>().expect("a number");
            wanted -= 1;
            if wanted == 0 {
                child.kill().expect("it runs");
                break;
            }
        }
        child.wait().expect("it ran");
        assert!(kept > before, "round {round} appended nothing");
        let (log, _) =
            EventLog::open(real_config(folder.path()), &mut |_| {}).expect("what a kill leaves");
        let mut world = World::default();
        for number in 0..3 {
            world.take_over(organisation(number), &log.reader());
        }
        assert!(
            world.commits() >= kept,
            "round {round}: {} of {kept}",
            world.commits()
        );
        before = world.commits();
        drop(log);
        let seen = verify(&real_config(folder.path()), &mut |_| {}).expect("readable");
        assert!(seen.is_sound(), "round {round}: {seen:?}");
        assert_eq!(seen.commits, before);
    }
}
