//! What was mended in a period, and what came for it later: the other half of a figure that was stated once.
//!
//! | always true | tested in |
//! |---|---|
//! | what came later is every entry that counts in the period, or changes one that does, or that it depends on | `tests/models/corrections.rs`, `tests/statements.rs` |

use crate::figures::Value;
use crate::history::EntryType;
use crate::ledger::{Ledger, Row};
use crate::suppress::SMALL;
use meetellen_events::tally::Event;
use meetellen_events::values::{Day, DeviceId, EntryId, Period, Timestamp};
use std::collections::HashSet;
use std::mem::{Discriminant, discriminant};

/// How many entries of a period were mended or late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrections {
    /// Taken back.
    pub retracted: Value,
    /// Recorded on a later day than they happened.
    pub late: Value,
    /// Waiting to be confirmed: they count nowhere.
    pub waiting: Value,
}

/// An entry that came for a period after it was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// The entry.
    pub entry: EntryId,
    /// What it was sent as.
    pub entry_type: EntryType,
    /// Its place in the log.
    pub position: u64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The device that recorded it; none of a visitor's own phone.
    pub device: Option<DeviceId>,
    /// The day that it counts on, or that an entry it changes counts on: one of the period, or one before it that the
    /// period still depends on.
    pub day: Day,
}

/// The corrections of a period in the form that may leave the organisation: an entry may be a person.
pub fn corrections(ledger: &Ledger, period: &Period) -> Corrections {
    let (mut retracted, mut late, mut waiting) = (0, 0, 0);
    let days = period.days();
    let places = days.flat_map(|day| ledger.places_of(day));
    for row in places.filter_map(|place| ledger.kept(place)) {
        if is_mending(&row.event) {
            continue;
        }
        let zone = ledger.zone();
        retracted += i64::from(row.retracted);
        waiting += i64::from(row.waiting && !row.retracted);
        late += i64::from(zone.day_of(row.recorded_at) > zone.day_of(row.at));
    }
    Corrections {
        retracted: leaving(retracted),
        late: leaving(late),
        waiting: leaving(waiting),
    }
}

/// The entries recorded behind a place that may have changed what a period comes to, in the order of the log: those that
/// count in it or change one that does; tills of its year before it, which its running sum holds; and the first of their
/// kind ever, before which nothing was known (figures.md, rule 9).
pub fn arrivals<'a>(
    ledger: &'a Ledger,
    period: &Period,
    after: u64,
) -> impl Iterator<Item = Arrival> + use<'a> {
    let period = *period;
    let known = kinds(ledger, &period, after);
    (after + 1..=ledger.last()).filter_map(move |place| {
        let row = ledger.kept(place)?;
        let counts_on = reached(ledger, &row);
        let within = counts_on.iter().find(|day| period.contains(**day));
        let (first, last) = (period.first_day(), period.last_day());
        let before = counts_on.iter().find(|day| **day < first);
        let before = before.filter(|day| {
            let is_first = !is_mending(&row.event) && !known.contains(&discriminant(&row.event));
            is_first || is_till(ledger, &row) && day.date().year() == last.date().year()
        });
        Some(Arrival {
            entry: row.entry,
            entry_type: EntryType::of(&row.event),
            position: row.position,
            recorded_at: row.recorded_at,
            device: row.actor.id,
            day: *within.or(before)?,
        })
    })
}

/// The kinds of entries that were known of up to a place, and happened before a period was over.
fn kinds(ledger: &Ledger, period: &Period, until: u64) -> HashSet<Discriminant<Event>> {
    let rows = (1..=until).filter_map(|place| ledger.kept(place));
    let rows = rows.filter(|row| {
        let day = reached(ledger, row).into_iter().next();
        day.is_some_and(|day| day <= period.last_day())
    });
    rows.map(|row| discriminant(&row.event)).collect()
}

/// Whether a row is a count of the bar's till, or changes one.
fn is_till(ledger: &Ledger, row: &Row) -> bool {
    let of = |position: u64| {
        let target = ledger.kept(position);
        target.is_some_and(|target| matches!(target.event, Event::BarRevenueCounted { .. }))
    };
    match &row.event {
        Event::BarRevenueCounted { .. } => true,
        Event::EntryRetracted { target, .. } => of(target.position.0),
        Event::EntriesConfirmed { targets } => targets.iter().any(|one| of(one.position.0)),
        Event::VisitorCheckedIn { .. }
        | Event::HeadsCounted { .. }
        | Event::CoffeeServed { .. }
        | Event::CounterTallied { .. }
        | Event::ContributionMade { .. }
        | Event::ShiftStarted { .. }
        | Event::ShiftEnded { .. }
        | Event::ShopRevenueCounted { .. }
        | Event::MoneyDonated { .. }
        | Event::GoodsDonated { .. }
        | Event::IndicatorMeasured { .. }
        | Event::OpeningNoted { .. } => false,
    }
}

fn leaving(number: i64) -> Value {
    if SMALL.contains(&number) {
        Value::Suppressed
    } else {
        Value::Whole(number)
    }
}

const fn is_mending(event: &Event) -> bool {
    match event {
        Event::EntryRetracted { .. } | Event::EntriesConfirmed { .. } => true,
        Event::VisitorCheckedIn { .. }
        | Event::HeadsCounted { .. }
        | Event::CoffeeServed { .. }
        | Event::CounterTallied { .. }
        | Event::ContributionMade { .. }
        | Event::ShiftStarted { .. }
        | Event::ShiftEnded { .. }
        | Event::BarRevenueCounted { .. }
        | Event::ShopRevenueCounted { .. }
        | Event::MoneyDonated { .. }
        | Event::GoodsDonated { .. }
        | Event::IndicatorMeasured { .. }
        | Event::OpeningNoted { .. } => false,
    }
}

/// The days whose figures a row has a part in.
fn reached(ledger: &Ledger, row: &Row) -> Vec<Day> {
    let of = |position: u64| {
        let target = ledger.kept(position)?;
        reached(ledger, &target).into_iter().next()
    };
    match &row.event {
        Event::ShiftEnded { shift, .. } => of(shift.position.0).into_iter().collect(),
        Event::EntryRetracted { target, .. } => of(target.position.0).into_iter().collect(),
        Event::EntriesConfirmed { targets } => targets
            .iter()
            .filter_map(|target| of(target.position.0))
            .collect(),
        Event::VisitorCheckedIn { .. }
        | Event::HeadsCounted { .. }
        | Event::CoffeeServed { .. }
        | Event::CounterTallied { .. }
        | Event::ContributionMade { .. }
        | Event::ShiftStarted { .. }
        | Event::BarRevenueCounted { .. }
        | Event::ShopRevenueCounted { .. }
        | Event::MoneyDonated { .. }
        | Event::GoodsDonated { .. }
        | Event::IndicatorMeasured { .. }
        | Event::OpeningNoted { .. } => ledger.day_of(row).into_iter().collect(),
    }
}
