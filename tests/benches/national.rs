//! One node with a country on it: how fast it fills, what it takes on the disk and in memory, how soon it is ready, and
//! what a caller waits for. `cargo bench --bench national`.
//!
//! | variable | meaning | without |
//! |---|---|---:|
//! | `MEETELLEN_NATIONAL_ORGANISATIONS` | houses | 200 |
//! | `MEETELLEN_NATIONAL_EVENTS` | entries of each a month | 500 |
//! | `MEETELLEN_NATIONAL_LARGEST` | houses among them with twelve months behind them | 0 |
//! | `MEETELLEN_NATIONAL_SPREAD` | houses whose entries come in turn | 1024 |
//! | `MEETELLEN_NATIONAL_RATE` | check-ins a second, in all | 500 |
//! | `MEETELLEN_NATIONAL_DIR` | a folder to keep it in, and use again where it is filled | a temporary one |
//! | `MEETELLEN_BENCH_DIR` | where the temporary one is made | the system's |

mod client;
mod country;
mod served;
mod setting;

use client::Client;
use country::{Known, Plan, Played, play};
use meetellen::tokens::{Bearer, Kind, Tokens};
use meetellen_events::values::Timestamp;
use served::Served;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// As in the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Connections that check visitors in.
const CONNECTIONS: usize = 64;

/// How long visitors are checked in for each row.
const ROW: Duration = Duration::from_secs(10);

/// Houses that are asked for their figures.
const TOUCHED: usize = 1_000;

/// Houses that stay in memory while each is asked twice.
const STAY: usize = 50;

/// Clock ticks a second in `/proc/PID/stat`, on every Linux we know.
const TICKS: f64 = 100.0;

const MONTH: &str = "2026-10";

fn main() -> Result<(), Failure> {
    let plan = Plan {
        organisations: setting::number("MEETELLEN_NATIONAL_ORGANISATIONS", 200)?.max(1),
        events: setting::number("MEETELLEN_NATIONAL_EVENTS", 500)?,
        largest: setting::number("MEETELLEN_NATIONAL_LARGEST", 0)?,
        spread: usize::try_from(setting::number("MEETELLEN_NATIONAL_SPREAD", 1_024)?)?,
        seed: 7,
    };
    let parent =
        std::env::var_os("MEETELLEN_BENCH_DIR").unwrap_or_else(|| std::env::temp_dir().into());
    let temporary = tempfile::tempdir_in(parent)?;
    let kept = std::env::var_os("MEETELLEN_NATIONAL_DIR").map(PathBuf::from);
    let folder = kept.unwrap_or_else(|| temporary.path().join("country"));
    println!(
        "{} organisations, {} entries a month each, {} of them with twelve months\n",
        plan.organisations, plan.events, plan.largest
    );
    println!("| what | measured | aim |");
    println!("|---|---:|---:|");
    if !folder.join("journal").exists() {
        let played = play(&folder, plan)?;
        tell_load(&folder, &played)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve(&folder, plan))
}

fn row(what: &str, measured: &str, aim: &str) {
    println!("| {what} | {measured} | {aim} |");
}

fn tell_load(folder: &Path, played: &Played) -> Result<(), Failure> {
    let events = played.events as f64;
    let rate = |time: Duration| format!("{:.0}", events / time.as_secs_f64());
    row("events", &played.events.to_string(), "");
    row("events/s into the journal", &rate(played.journal), "");
    row("events/s until the store has them", &rate(played.store), "");
    for part in ["journal", "store"] {
        let bytes = bytes_on_disk(&folder.join(part))? as f64;
        let measured = format!("{:.0}", bytes / events);
        row(&format!("bytes an event on disk, {part}"), &measured, "");
    }
    Ok(())
}

/// Bytes that a folder takes on the disk.
fn bytes_on_disk(folder: &Path) -> std::io::Result<u64> {
    use std::os::unix::fs::MetadataExt;
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() {
            bytes_on_disk(&entry.path())?
        } else {
            metadata.blocks() * 512
        };
    }
    Ok(bytes)
}

/// A house with a token of its own.
struct Door {
    token: String,
}

fn doors(folder: &Path, plan: Plan) -> Result<Vec<Door>, Failure> {
    let tokens = Tokens::open(&folder.join("signing"))?;
    let now = Timestamp::from_millis(jiff::Timestamp::now().as_millisecond());
    let door = |known: Known| Door {
        token: tokens.issue(
            Kind::Api,
            Bearer {
                organisation: known.organisation,
                device: known.device,
                role: known.role,
            },
            now,
        ),
    };
    Ok(plan.houses().map(door).collect())
}

async fn serve(folder: &Path, plan: Plan) -> Result<(), Failure> {
    let begun = Instant::now();
    let server = Served::meetellen(folder)?;
    let mut client = Client::connect(&server.address).await?;
    client.get("/readyz", "", 200).await?;
    let ready = begun.elapsed();
    row(
        "start to ready, s",
        &format!("{:.2}", ready.as_secs_f64()),
        "5",
    );
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mib = |kib: u64| format!("{:.0}", kib as f64 / 1_024.0);
    row(
        "resident when idle, MiB",
        &mib(resident_kib(&server)?),
        "300",
    );
    let doors = doors(folder, plan)?;
    let step = (doors.len() / TOUCHED).max(1);
    let asked: Vec<&Door> = doors.iter().step_by(step).take(TOUCHED).collect();
    figures(&server, &mut client, &asked).await?;
    let after = format!("resident after {} organisations, MiB", asked.len());
    row(&after, &mib(resident_kib(&server)?), "bounded");
    for door in &doors {
        ask(&mut client, door).await?;
    }
    row(
        "resident after all of them, MiB",
        &mib(resident_kib(&server)?),
        "bounded",
    );
    check_ins(&server, doors).await?;
    row(
        "resident at the end, MiB",
        &mib(resident_kib(&server)?),
        "bounded",
    );
    Ok(())
}

fn resident_kib(server: &Served) -> Result<u64, Failure> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id()))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let figure = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(figure.ok_or("no VmRSS")?.parse()?)
}

async fn ask(client: &mut Client, door: &Door) -> Result<Duration, Failure> {
    let begun = Instant::now();
    let path = format!("/api/v1/figures?period={MONTH}");
    client.get(&path, &door.token, 200).await?;
    Ok(begun.elapsed())
}

/// The month of each, first when it is not in memory and then when it is; so many in turn as stay there for a while.
async fn figures(server: &Served, client: &mut Client, doors: &[&Door]) -> Result<(), Failure> {
    let (mut times, mut cpu) = ([Vec::new(), Vec::new()], [0.0; 2]);
    for some in doors.chunks(STAY) {
        for (times, cpu) in times.iter_mut().zip(&mut cpu) {
            let begun = cpu_millis(server)?;
            for door in some {
                times.push(ask(client, door).await?);
            }
            *cpu += cpu_millis(server)? - begun;
        }
    }
    let [mut cold, mut warm] = times;
    let each = cpu.map(|cpu| cpu / doors.len() as f64);
    tell_figures("not in memory", &mut cold, each[0], "50");
    tell_figures("in memory", &mut warm, each[1], "1");
    Ok(())
}

fn tell_figures(what: &str, times: &mut [Duration], cpu: f64, aim: &str) {
    let what = format!("a month of an organisation {what}");
    row(
        &format!("{what}, p50 · p99 · most, ms"),
        &spread(times),
        aim,
    );
    row(
        &format!("{what}, the server's CPU, ms"),
        &format!("{cpu:.2}"),
        "",
    );
}

/// User and system time of the server so far.
fn cpu_millis(server: &Served) -> Result<f64, Failure> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.child.id()))?;
    let behind = stat.rsplit(')').next().ok_or("no stat")?;
    let fields: Vec<&str> = behind.split_whitespace().collect();
    let ticks = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
    Ok(ticks * 1_000.0 / TICKS)
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The time that so many in a thousand stay below.
fn at(sorted: &[Duration], thousandths: usize) -> Duration {
    let place = (sorted.len() * thousandths / 1_000).min(sorted.len().saturating_sub(1));
    sorted.get(place).copied().unwrap_or_default()
}

fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let [middle, late, most] = [500, 990, 1_000].map(|part| millis(at(times, part)));
    format!("{middle:.2} · {late:.2} · {most:.2}")
}

/// Check-ins over all organisations against check-ins at one, at a peak's rate and as fast as they go.
async fn check_ins(server: &Served, doors: Vec<Door>) -> Result<(), Failure> {
    let rate = setting::number("MEETELLEN_NATIONAL_RATE", 500)?;
    let doors = Arc::new(doors);
    let every = Duration::from_secs_f64(CONNECTIONS as f64 / rate as f64);
    for pace in [Some(every), None] {
        let said = if pace.is_some() {
            format!("check-ins, {CONNECTIONS} connections, {rate}/s in all")
        } else {
            format!("check-ins, {CONNECTIONS} connections, as fast as they go")
        };
        let mut late = Vec::new();
        for spread_over in [1, doors.len()] {
            let begun = cpu_millis(server)?;
            let mut times = load(server, &doors, spread_over, pace).await?;
            let cpu = (cpu_millis(server)? - begun) / times.len() as f64;
            let measured = spread(&mut times);
            let what = format!("{said}: over {spread_over}");
            row(&format!("{what}, p50 · p99 · most, ms"), &measured, "");
            row(
                &format!("{what}, the server's CPU, ms"),
                &format!("{cpu:.3}"),
                "",
            );
            if pace.is_none() {
                let rate = times.len() as f64 / ROW.as_secs_f64();
                row(
                    &format!("{said}: over {spread_over}, a second"),
                    &format!("{rate:.0}"),
                    "",
                );
            }
            late.push(at(&times, 990).as_secs_f64());
        }
        let aim = if pace.is_some() { "2" } else { "" };
        row(
            &format!("{said}: p99 over all ÷ p99 at one"),
            &format!("{:.2}", late[1] / late[0]),
            aim,
        );
    }
    Ok(())
}

/// How long each check-in took from the moment it was due.
async fn load(
    server: &Served,
    doors: &Arc<Vec<Door>>,
    spread_over: usize,
    pace: Option<Duration>,
) -> Result<Vec<Duration>, Failure> {
    let mut tasks = Vec::new();
    let begun = Instant::now() + Duration::from_millis(50);
    for number in 0..CONNECTIONS {
        let mut client = Client::connect(&server.address).await?;
        let doors = Arc::clone(doors);
        tasks.push(tokio::spawn(async move {
            let mut times = Vec::new();
            // A walk that meets every house, each connection at another place of it.
            let mut turn = number * spread_over / CONNECTIONS;
            let late = pace.unwrap_or_default() * u32::try_from(number)? / CONNECTIONS as u32;
            let mut due = begun + late;
            while begun.elapsed() < ROW {
                if let Some(pace) = pace {
                    tokio::time::sleep_until(due.into()).await;
                    due += pace;
                } else {
                    due = Instant::now();
                }
                let door = &doors[turn % spread_over];
                turn += 7_919;
                let body = check_in();
                client
                    .post("/api/v1/entries", &door.token, &body, 201)
                    .await?;
                times.push(pace.map_or(due, |pace| due - pace).elapsed());
            }
            Ok::<_, Failure>(times)
        }));
    }
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    Ok(times)
}

fn check_in() -> String {
    let now = jiff::Timestamp::now();
    let entry = uuid::Uuid::now_v7();
    format!(r#"{{"id":"{entry}","type":"check_in","occurred_at":"{now:.3}"}}"#)
}
