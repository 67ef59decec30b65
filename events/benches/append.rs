//! Durable commits per second, the store following, against the rate at which one writer appends 200 bytes to a plain
//! file and syncs them, in the same run. `cargo bench -p meetellen-events --bench append`; the folder is
//! `MEETELLEN_BENCH_DIR`, else the system's temporary one, which should be a real disk.

mod plain;

use meetellen_events::codec;
use meetellen_events::event::{Actor, ActorKind, Commit, Event, Fact};
use meetellen_events::log::line::{Head, Line, Position};
use meetellen_events::log::{Config, EventLog};
use meetellen_events::tally::{self, Evidence, Standing, Visitor};
use meetellen_events::values::{Code, OrganisationId, Party, SessionId, Tag, Timestamp};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error>;

/// How long each row is measured.
const ROW: Duration = Duration::from_secs(4);

/// Commands decided before one sync, as in the server.
const BATCH_COMMITS_MAX: usize = 1_024;

fn main() -> Result<(), Failure> {
    let parent =
        std::env::var_os("MEETELLEN_BENCH_DIR").unwrap_or_else(|| std::env::temp_dir().into());
    let folder = tempfile::tempdir_in(parent)?;
    let plain = plain::rate(folder.path(), ROW)?;
    println!("one writer, 200 bytes appended and synced: {plain:.0}/s\n");
    println!("| writers | organisations | commits/s | × the plain loop | commits a sync |");
    println!("|---:|---:|---:|---:|---:|");
    for (writers, organisations) in [(1, 1), (8, 1), (64, 1), (256, 1), (64, 64), (256, 1_024)] {
        let path = folder.path().join(format!("{writers}-{organisations}"));
        let (commits, batches, time) = measure(&path, writers, organisations)?;
        let rate = commits as f64 / time.as_secs_f64();
        let per_sync = commits as f64 / batches as f64;
        println!(
            "| {writers} | {organisations} | {rate:.0} | {:.1} | {per_sync:.1} |",
            rate / plain
        );
    }
    Ok(())
}

/// Commits and syncs until everything is in the store too.
fn measure(
    folder: &Path,
    writers: usize,
    organisations: u64,
) -> Result<(u64, u64, Duration), Failure> {
    let config = Config::new(folder, codec::pack, codec::directory);
    let (mut log, _) = EventLog::open(config, &mut |_| {})?;
    let reader = log.reader();
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::new(AtomicU64::new(0));
    let (queue, waiting) = mpsc::sync_channel::<(u64, mpsc::SyncSender<()>)>(16_384);
    let clients: Vec<_> = (0..writers)
        .map(|_| {
            let (queue, stop, asked) = (queue.clone(), Arc::clone(&stop), Arc::clone(&asked));
            std::thread::spawn(move || {
                let (sender, answer) = mpsc::sync_channel(1);
                while !stop.load(Ordering::Relaxed) {
                    let whose = asked.fetch_add(1, Ordering::Relaxed) % organisations;
                    if queue.send((whose, sender.clone())).is_err() || answer.recv().is_err() {
                        return;
                    }
                }
            })
        })
        .collect();
    drop(queue);
    let mut heads = vec![Head::default(); usize::try_from(organisations)?];
    let (begun, mut commits, mut batches) = (Instant::now(), 0, 0);
    while let Ok(first) = waiting.recv() {
        let mut taken = vec![first];
        taken.extend(waiting.try_iter().take(BATCH_COMMITS_MAX - 1));
        log.make_room()?;
        let mut lines = Vec::with_capacity(taken.len());
        for (whose, _) in &taken {
            let head = &mut heads[usize::try_from(*whose)?];
            let line = check_in(*whose, *head)?;
            *head = line.head();
            lines.push(line);
        }
        log.append(lines)?;
        commits += taken.len() as u64;
        batches += 1;
        for (_, answer) in taken {
            // A writer that was told to stop does not wait any more.
            let _ = answer.send(());
        }
        if begun.elapsed() >= ROW {
            stop.store(true, Ordering::Relaxed);
        }
    }
    for whose in 0..organisations {
        reader.wait_applied(organisation(whose))?;
    }
    let time = begun.elapsed();
    for client in clients {
        client.join().map_err(|_| "a writer panicked")?;
    }
    Ok((commits, batches, time))
}

fn organisation(number: u64) -> OrganisationId {
    OrganisationId::new(uuid::Uuid::from_u128(
        (u128::from(number) << 64) | 0x8000_0000_0000_0007,
    ))
}

/// A phone's check-in by a poster.
fn check_in(whose: u64, head: Head) -> Result<Line, Failure> {
    let number = head.position.0 + 1;
    let id = uuid::Uuid::from_u128((u128::from(whose) << 64) | u128::from(number));
    let tag = u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    let at = Timestamp::from_millis(1_790_000_000_000);
    let event = tally::Event::VisitorCheckedIn {
        session: Some(SessionId::new(organisation(whose).uuid())),
        party: Party::one_adult(),
        visitor: Visitor::Phone(Tag::new(tag.to_be_bytes())),
        evidence: Evidence::Poster,
        code: Some(Code::new([7; 16])),
        standing: Standing::Counted,
    };
    let commit = Commit {
        organisation: organisation(whose),
        first: Position(number),
        recorded_at: at,
        actor: Actor {
            id: None,
            kind: ActorKind::Visitor,
        },
        previous: head.hash,
        facts: vec![Fact {
            id,
            occurred_at: at,
            shifted_millis: 0,
            event: Event::Tally(event),
        }],
    };
    Ok(codec::encode(&commit)?)
}
