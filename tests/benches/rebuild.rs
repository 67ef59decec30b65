//! The store made anew from the journal, and eight figures of every month from sealed chunks, against a straight loop
//! over the same facts in memory, DuckDB and SQLite. All answers must be equal, byte for byte.
//! `cargo bench --bench rebuild`.
//!
//! | variable | meaning | without |
//! |---|---|---:|
//! | `MEETELLEN_REBUILD_ORGANISATIONS` | houses | 40 |
//! | `MEETELLEN_REBUILD_EVENTS` | entries of each a month, twelve months | 500 |
//! | `MEETELLEN_PYTHON` | a Python, with the package `duckdb` where it is to take part | `python3` |
//! | `MEETELLEN_BENCH_DIR` | where the temporary folder is made | the system's |

mod country;
mod monthly;
mod setting;

use country::{Known, Plan, play};
use meetellen_events::codec;
use meetellen_events::log::{Config, EventLog, rebuild};
use monthly::rows::Row;
use monthly::straight::straight;
use monthly::{Failure, HEADER, on_all_cores, ours, rows};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// As in the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Each is done so often; the fastest is told.
const TIMES: usize = 3;

fn main() -> Result<(), Failure> {
    let organisations = setting::number("MEETELLEN_REBUILD_ORGANISATIONS", 40)?;
    let plan = Plan {
        organisations,
        events: setting::number("MEETELLEN_REBUILD_EVENTS", 500)?,
        largest: organisations,
        spread: 16,
        seed: 11,
    };
    let parent =
        std::env::var_os("MEETELLEN_BENCH_DIR").unwrap_or_else(|| std::env::temp_dir().into());
    let temporary = tempfile::tempdir_in(parent)?;
    let folder = temporary.path().join("country");
    let events = play(&folder, plan)?.events;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{organisations} organisations, 12 months, {events} events; {cores} cores, which all use but SQLite\n"
    );
    println!("| what | ms | M events/s | of the straight loop |");
    println!("|---|---:|---:|---:|");
    let begun = Instant::now();
    let config = || Config::new(&folder, codec::pack, codec::directory);
    rebuild(config(), &mut |_| {})?;
    row("the store from the journal", events, begun.elapsed(), None);
    let houses: Vec<Known> = plan.houses().collect();
    let (log, _) = EventLog::open(config(), &mut |_| {})?;
    let reader = log.reader();
    let all: Vec<Vec<Row>> = on_all_cores(houses.len(), |number| {
        rows::rows(&reader, houses[number].organisation)
    })?;
    let (limit, expected) =
        best(|| on_all_cores(all.len(), |number| Ok(straight(number, &all[number]))))?;
    let (time, found) = best(|| {
        on_all_cores(houses.len(), |number| {
            ours(&reader, number, houses[number].organisation)
        })
    })?;
    row(
        "eight figures a month, straight loop over an array",
        events,
        limit,
        Some(limit),
    );
    row(
        "eight figures a month, from sealed chunks",
        events,
        time,
        Some(limit),
    );
    if found != expected {
        return Err(first_difference(&found, &expected).into());
    }
    tables(temporary.path(), &all, &found, (events, limit))
}

fn row(what: &str, events: u64, time: Duration, limit: Option<Duration>) {
    let seconds = time.as_secs_f64();
    let of_limit = limit.map(|limit| format!("{:.3}", limit.as_secs_f64() / seconds));
    println!(
        "| {what} | {:.0} | {:.2} | {} |",
        seconds * 1_000.0,
        events as f64 / seconds / 1e6,
        of_limit.unwrap_or_default()
    );
}

/// The fastest time, and what it came to.
fn best(run: impl Fn() -> Result<Vec<String>, Failure>) -> Result<(Duration, String), Failure> {
    let (mut best, mut answer) = (Duration::MAX, Vec::new());
    for _ in 0..TIMES {
        let begun = Instant::now();
        answer = run()?;
        best = best.min(begun.elapsed());
    }
    Ok((best, format!("{HEADER}{}", answer.concat())))
}

fn first_difference(one: &str, other: &str) -> String {
    let different = one
        .lines()
        .zip(other.lines())
        .find(|(one, other)| one != other);
    format!("the straight loop says otherwise: {different:?}")
}

/// Has DuckDB and SQLite compute the same from their own tables. The script prints a line for each that took part.
fn tables(
    folder: &Path,
    all: &[Vec<Row>],
    figures: &str,
    (events, limit): (u64, Duration),
) -> Result<(), Failure> {
    let (table, answer) = (folder.join("rows.csv"), folder.join("figures.csv"));
    rows::write(&mut BufWriter::new(File::create(&table)?), all)?;
    std::fs::write(&answer, figures)?;
    let python = std::env::var_os("MEETELLEN_PYTHON").unwrap_or_else(|| "python3".into());
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/benches/monthly_figures.py"
    );
    let output = Command::new(python)
        .arg(script)
        .args([&table, &answer])
        .output()?;
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let (engine, seconds) = line
            .split_once(' ')
            .ok_or("the script says something else")?;
        let time = Duration::from_secs_f64(seconds.parse()?);
        let what = format!("eight figures a month, {engine} from its own table");
        row(&what, events, time, Some(limit));
    }
    if output.status.success() {
        Ok(())
    } else {
        Err("DuckDB or SQLite says otherwise".into())
    }
}
