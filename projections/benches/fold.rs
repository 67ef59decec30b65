//! Folding sealed chunks into the ledger and asking it for a month, against a straight loop over an array of structs in
//! the same run. `cargo bench -p meetellen-projections --bench fold`.

#[path = "fold/house.rs"]
mod house;

use house::{Chunks, played};
use meetellen_events::codec;
use meetellen_events::event::Recorded;
use meetellen_events::values::Period;
use meetellen_projections::House;
use meetellen_projections::figures::figures;
use std::hint::black_box;
use std::time::{Duration, Instant};

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
    let straight = row("plain loop over structs", 10_000_000, None, || {
        (0..10_000_000 / plain.len()).for_each(|_| {
            black_box(add_up(black_box(&plain)));
        });
    });
    for events in [EVENTS, 1_000_000, 10_000_000] {
        let times = events.div_ceil(EVENTS);
        row("unpack alone", events, Some(straight), || {
            (0..times).for_each(|_| unpack(&chunks));
        });
        row("unpack and fold", events, Some(straight), || {
            (0..times).for_each(|_| {
                black_box(folded(&chunks));
            });
        });
    }
    let period: Period = chunks.last_month.parse()?;
    let begun = Instant::now();
    let house = folded(&chunks);
    black_box(figures(house.get(), &period));
    let cold = begun.elapsed();
    println!("\na month, cold: {:.1} ms", millis(cold));
    for period in [chunks.last_month.as_str(), &chunks.last_month[..4]] {
        let period: Period = period.parse()?;
        let times = 100;
        let begun = Instant::now();
        for _ in 0..times {
            black_box(figures(house.get(), &period));
        }
        println!("{period}, warm: {:.3} ms", millis(begun.elapsed() / times));
    }
    Ok(())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Prints the best of three; its events a second.
fn row(what: &str, events: usize, straight: Option<f64>, mut run: impl FnMut()) -> f64 {
    let best = (0..3).map(|_| {
        let begun = Instant::now();
        run();
        begun.elapsed()
    });
    let best = best.min().unwrap_or_default();
    let rate = events as f64 / best.as_secs_f64();
    let ratio = straight.map_or(1.0, |straight| rate / straight);
    println!(
        "| {what} | {events} | {:.1} | {:.2} | {ratio:.3} |",
        millis(best),
        rate / 1e6
    );
    rate
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

fn folded(chunks: &Chunks) -> House {
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
