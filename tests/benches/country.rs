//! Plays a country into a data folder: so many houses, so many entries a month each, through the real log in batches as
//! the writer makes them, but without HTTP. The same seed gives the same entries.

mod house;

use house::{Calendar, House};
use meetellen_events::access::Role;
use meetellen_events::codec;
use meetellen_events::log::line::Line;
use meetellen_events::log::{Config, EventLog};
use meetellen_events::values::{DeviceId, OrganisationId};
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Commits in a batch, as in the server.
const BATCH_COMMITS: usize = 1_024;

/// Months that the largest houses have; the others have the last one.
const MONTHS_OF_THE_LARGEST: usize = 12;

/// What is played.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Houses.
    pub organisations: u64,
    /// Entries of each a month, near enough.
    pub events: u64,
    /// How many of the houses have twelve months behind them instead of one.
    pub largest: u64,
    /// Houses whose entries come in turn, one by one: a batch holds no more of them.
    pub spread: usize,
    /// Gives other entries of the same kind.
    pub seed: u64,
}

/// One house of the country, as a caller needs it.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Its id.
    pub organisation: OrganisationId,
    /// A device that may record.
    pub device: DeviceId,
    /// What it may do.
    pub role: Role,
}

/// What playing came to.
#[derive(Debug, Clone, Copy)]
pub struct Played {
    /// Events in all.
    pub events: u64,
    /// Until all of it was in the journal.
    pub journal: Duration,
    /// Until all of it was in the store, too.
    pub store: Duration,
}

impl Plan {
    /// The houses, in their order.
    pub fn houses(self) -> impl Iterator<Item = Known> {
        (0..self.organisations).map(move |number| House::known(self.seed, number))
    }

    /// Days that are played, the first of each house's months among them.
    fn calendar(self) -> Result<Calendar, Failure> {
        let months = if self.largest > 0 {
            MONTHS_OF_THE_LARGEST
        } else {
            1
        };
        Calendar::last(months)
    }
}

/// Plays the plan into an empty folder.
pub fn play(folder: &Path, plan: Plan) -> Result<Played, Failure> {
    let calendar = plan.calendar()?;
    let config = Config::new(folder, codec::pack, codec::directory);
    let (mut log, _) = EventLog::open(config, &mut |_| {})?;
    let begun = Instant::now();
    let mut played = Played {
        events: 0,
        journal: Duration::ZERO,
        store: Duration::ZERO,
    };
    let (sender, batches) = sync_channel::<Vec<Line>>(16);
    std::thread::scope(|scope| {
        let author = scope.spawn(move || write_down(plan, &calendar, &sender));
        let mut told = Instant::now();
        for batch in batches {
            played.events += batch.len() as u64;
            log.make_room()?;
            log.append(batch)?;
            if told.elapsed() > Duration::from_secs(30) {
                let rate = played.events as f64 / begun.elapsed().as_secs_f64();
                eprintln!("{} events played, {rate:.0}/s", played.events);
                told = Instant::now();
            }
        }
        author.join().map_err(|_| "the author panicked")?
    })?;
    played.journal = begun.elapsed();
    drop(log);
    played.store = begun.elapsed();
    Ok(played)
}

/// Writes the days of all houses down, those of a group in turn, and hands them on in batches.
fn write_down(plan: Plan, calendar: &Calendar, to: &SyncSender<Vec<Line>>) -> Result<(), Failure> {
    let mut houses: Vec<House> = (0..plan.organisations)
        .map(|number| House::new(plan.seed, number))
        .collect::<Result<_, _>>()?;
    let mut batch = Vec::with_capacity(BATCH_COMMITS);
    for day in calendar.days() {
        let first = if day.is_of_last_month() {
            0
        } else {
            plan.organisations - plan.largest.min(plan.organisations)
        };
        for group in houses[usize::try_from(first)?..].chunks_mut(plan.spread.max(1)) {
            let days = group.iter_mut().map(|house| house.play(day, plan.events));
            let mut turns: Vec<_> = days
                .map(|day| day.map(Vec::into_iter))
                .collect::<Result<_, _>>()?;
            while !turns.is_empty() {
                turns.retain_mut(|lines| match lines.next() {
                    Some(line) => {
                        batch.push(line);
                        true
                    }
                    None => false,
                });
                while batch.len() >= BATCH_COMMITS {
                    let rest = batch.split_off(BATCH_COMMITS);
                    to.send(std::mem::replace(&mut batch, rest))?;
                }
            }
        }
    }
    Ok(to.send(batch)?)
}
