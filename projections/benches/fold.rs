//! Folding sealed chunks into the ledger and asking it for a month, against a straight loop over an array of structs in
//! the same run. `cargo bench -p meetellen-projections --bench fold`.

#[path = "fold/played.rs"]
mod played;

use meetellen_events::codec;
use meetellen_events::event::Recorded;
use meetellen_events::values::Period;
use meetellen_projections::figures::figures;
use meetellen_projections::ledger::Ledger;
use meetellen_projections::{House, Projected};
use played::{Chunks, played};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// As in the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error>;

/// Ten years of a busy house.
const EVENTS: usize = 300_000;

/// What a fold can't be faster than: the day and a number, already apart.
struct Plain {
    day: u32,
    kind: u8,
    persons: u8,
}

fn main() -> Result<(), Failure> {
    let chunks = played(EVENTS)?;
    let plain = plain(&chunks);
    println!(
        "{} events, {} chunks, {:.1} bytes an event\n",
        chunks.events,
        chunks.packed.len(),
        chunks.packed.iter().map(Vec::len).sum::<usize>() as f64 / chunks.events as f64
    );
    println!("| what | events | ms | M events/s | of the plain loop |");
    println!("|---|---:|---:|---:|---:|");
    let wanted = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"));
    let mut table = Table {
        wanted,
        straight: 0.0,
    };
    table.row("plain loop over structs", plain.len(), 10_000_000, || {
        black_box(add_up(black_box(&plain)))
    });
    for events in [EVENTS, 1_000_000, 10_000_000] {
        table.row("unpack alone", chunks.events, events, || unpack(&chunks));
        table.row("unpack and fold the ledger", chunks.events, events, || {
            folded(&chunks)
        });
        table.row("unpack and fold the house", chunks.events, events, || {
            house(&chunks)
        });
    }
    let period: Period = chunks.last_month.parse()?;
    let mut cold = Duration::MAX;
    let mut ledger = Projected::default();
    for _ in 0..3 {
        let begun = Instant::now();
        ledger = folded(&chunks);
        black_box(figures(ledger.get(), &period));
        cold = cold.min(begun.elapsed());
    }
    println!("\n{period}, cold: {:.1} ms", millis(cold));
    for period in [chunks.last_month.as_str(), &chunks.last_month[..4]] {
        let period: Period = period.parse()?;
        let times = 100;
        let begun = Instant::now();
        for _ in 0..times {
            black_box(figures(ledger.get(), &period));
        }
        println!("{period}, warm: {:.3} ms", millis(begun.elapsed() / times));
    }
    Ok(())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

struct Table {
    /// Only rows with this in their names, where it was said.
    wanted: Option<String>,
    /// Events a second of the first row.
    straight: f64,
}

impl Table {
    /// Runs it until there were so many events; prints the best of three, what was made dropped outside the time.
    fn row<T>(&mut self, what: &str, each: usize, events: usize, mut run: impl FnMut() -> T) {
        let wanted = self.wanted.as_ref();
        if self.straight > 0.0 && wanted.is_some_and(|wanted| !what.contains(wanted.as_str())) {
            return;
        }
        let times = events.div_ceil(each);
        let mut once = || {
            let mut time = Duration::ZERO;
            for _ in 0..times {
                let begun = Instant::now();
                let made = black_box(run());
                time += begun.elapsed();
                drop(made);
            }
            time
        };
        let best = once().min(once()).min(once());
        let rate = (times * each) as f64 / best.as_secs_f64();
        if self.straight == 0.0 {
            self.straight = rate;
        }
        println!(
            "| {what} | {} | {:.1} | {:.2} | {:.4} |",
            times * each,
            millis(best),
            rate / 1e6,
            rate / self.straight
        );
    }
}

fn each(chunks: &Chunks, mut visit: impl FnMut(Recorded)) {
    for chunk in &chunks.packed {
        codec::unpack(chunk, &mut visit).expect("what was packed");
    }
}

fn unpack(chunks: &Chunks) {
    each(chunks, |recorded| {
        black_box(&recorded);
    });
}

fn folded(chunks: &Chunks) -> Projected<Ledger> {
    let mut ledger = Projected::default();
    each(chunks, |recorded| {
        ledger.apply(&recorded).expect("no gap");
    });
    ledger
}

fn house(chunks: &Chunks) -> House {
    let mut house = House::default();
    each(chunks, |recorded| {
        house.apply(&recorded).expect("no gap");
    });
    house
}

fn plain(chunks: &Chunks) -> Vec<Plain> {
    let mut plain = Vec::new();
    each(chunks, |recorded| {
        plain.push(Plain {
            day: (recorded.fact.occurred_at.millis() / 86_400_000) as u32,
            kind: (recorded.position.0 % 16) as u8,
            persons: 1,
        });
    });
    plain
}

fn add_up(plain: &[Plain]) -> [u64; 16] {
    let mut sums = [0; 16];
    for one in plain {
        sums[usize::from(one.kind)] += u64::from(one.persons) + u64::from(one.day & 1);
    }
    sums
}
