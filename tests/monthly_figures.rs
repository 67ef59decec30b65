//! The monthly figures of a small country are what a straight loop makes of the same facts, and what SQL does.

use crate::benches::country::{Known, Plan, play};
use crate::benches::monthly::rows::{self, Row};
use crate::benches::monthly::straight::straight;
use crate::benches::monthly::{HEADER, on_all_cores, ours};
use meetellen_events::codec;
use meetellen_events::log::{Config, EventLog};
use std::fs::File;
use std::io::BufWriter;
use std::process::Command;

/// About 20,000 entries: four houses with a year behind them, eight with a month.
const PLAN: Plan = Plan {
    organisations: 12,
    events: 350,
    largest: 4,
    spread: 5,
    seed: 3,
};

#[test]
fn a_straight_loop_and_sql_find_the_same_monthly_figures() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let played = play(&data, PLAN).expect("an empty folder");
    assert!(played.events > 15_000, "{played:?}");
    let config = Config::new(&data, codec::pack, codec::directory);
    let (log, _) = EventLog::open(config, &mut |_| {}).expect("a sound log");
    let reader = log.reader();
    let houses: Vec<Known> = PLAN.houses().collect();
    let all: Vec<Vec<Row>> = on_all_cores(houses.len(), |number| {
        rows::rows(&reader, houses[number].organisation)
    })
    .expect("readable");
    let found = on_all_cores(houses.len(), |number| {
        ours(&reader, number, houses[number].organisation)
    });
    let found = found.expect("readable");
    for (number, rows) in all.iter().enumerate() {
        let theirs = straight(number, rows);
        for (ours, theirs) in found[number].lines().zip(theirs.lines()) {
            assert_eq!(ours, theirs, "the loop");
        }
        assert_eq!(found[number], theirs);
    }
    let (table, answer) = (
        folder.path().join("rows.csv"),
        folder.path().join("figures.csv"),
    );
    let file = File::create(&table).expect("writable");
    rows::write(&mut BufWriter::new(file), &all).expect("writable");
    std::fs::write(&answer, format!("{HEADER}{}", found.concat())).expect("writable");
    let python = std::env::var_os("MEETELLEN_PYTHON");
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/benches/monthly_figures.py"
    );
    let output = Command::new(python.clone().unwrap_or_else(|| "python3".into()))
        .arg(script)
        .args([&table, &answer])
        .args(python.map(|_| "--need-duckdb"))
        .output();
    let Ok(output) = output else {
        eprintln!("no python3 here: SQL was not asked");
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
