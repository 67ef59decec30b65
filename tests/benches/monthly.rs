//! Eight figures of every month of every organisation as lines of CSV: by ours from the store, by a straight loop over
//! an array in memory, and by whoever reads the array's rows from a file.

pub mod rows;
pub mod straight;

use meetellen_events::codec;
use meetellen_events::event::Recorded;
use meetellen_events::log::LogReader;
use meetellen_events::log::line::Position;
use meetellen_events::log::store::Stretch;
use meetellen_events::values::{Month, OrganisationId, Period};
use meetellen_projections::Projected;
use meetellen_projections::figures::{Value, figures};
use meetellen_projections::ledger::Ledger;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The figures that are compared, in their order.
pub const KEYS: [&str; 8] = [
    "visits",
    "participations",
    "unique_visitors",
    "open_days",
    "coffee_cups",
    "bar_revenue",
    "shifts",
    "volunteer_hours",
];

/// The first line of every answer.
pub const HEADER: &str = "organisation,key,month,value\n";

/// Shows every fact of an organisation, sealed ones from their chunks.
pub fn each(
    reader: &LogReader,
    organisation: OrganisationId,
    visit: &mut dyn FnMut(&Recorded),
) -> Result<(), Failure> {
    let mut outcome: Result<(), Failure> = Ok(());
    reader.replay(organisation, Position(0), &mut |stretch| {
        let step = match stretch {
            Stretch::Packed { bytes, .. } => {
                codec::unpack(bytes, &mut |recorded| visit(&recorded)).map_err(Failure::from)
            }
            Stretch::Line(line) => codec::decode(line).map_err(Failure::from).map(|commit| {
                commit.recorded().for_each(|recorded| visit(&recorded));
            }),
        };
        if let Err(error) = step {
            outcome = Err(error);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    outcome
}

/// Does the same for every organisation on all cores; what it came to, in their order.
pub fn on_all_cores<T: Send>(
    organisations: usize,
    each: impl Fn(usize) -> Result<T, Failure> + Sync,
) -> Result<Vec<T>, Failure> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, T)>, Failure> {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= organisations {
                return Ok(done);
            }
            done.push((number, each(number)?));
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut all = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut all = Vec::with_capacity(organisations);
        for thread in threads {
            all.extend(thread.join().map_err(|_| "a thread panicked")??);
        }
        Ok::<_, Failure>(all)
    })?;
    all.sort_unstable_by_key(|(number, _)| *number);
    Ok(all.into_iter().map(|(_, done)| done).collect())
}

/// All figures of an organisation's months, folded from the store.
pub fn ours(
    reader: &LogReader,
    number: usize,
    organisation: OrganisationId,
) -> Result<String, Failure> {
    let mut ledger: Projected<Ledger> = Projected::default();
    let mut gap = None;
    each(reader, organisation, &mut |recorded| {
        gap = ledger.apply(recorded).err().or(gap);
    })?;
    if let Some(gap) = gap {
        return Err(format!("{gap:?}").into());
    }
    let ledger = ledger.get();
    let mut months: Vec<Month> = ledger.days().map(|day| day.month()).collect();
    months.dedup();
    let mut text = String::new();
    for month in months {
        let figures = figures(ledger, &Period::month(month));
        let values = KEYS.map(|key| match figures.get(key).map(|figure| &figure.value) {
            Some(Value::Whole(number)) => number.to_string(),
            Some(Value::Decimal(text)) => text.clone(),
            Some(Value::Unknown | Value::Suppressed | Value::Withheld) | None => String::new(),
        });
        lines(&mut text, number, &month.to_string(), &values);
    }
    Ok(text)
}

/// Writes the figures of one month.
pub fn lines(text: &mut String, number: usize, month: &str, values: &[String]) {
    for (key, value) in KEYS.iter().zip(values) {
        text.push_str(&format!("{number},{key},{month},{value}\n"));
    }
}
