//! What the rules keep of the tally: every entry's place, what may be mended, and who is in already.

mod check_in;
mod decide;
mod layered;

pub(crate) use check_in::good_code;
pub use decide::{Decided, Rooms};

use super::{Event, Evidence, Standing, Visitor};
use crate::event::Recorded;
use crate::log::line::Position;
use crate::values::{Code, Day, DeviceId, EntryId, PersonId, SessionId, Timestamp, Zone};
use layered::Layered;
use std::collections::{BTreeMap, HashMap};

const QUARTER_MILLIS: i64 = 15 * 60_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Counting,
    CheckIn(CheckIn),
    ShiftStart { at: Timestamp, end: Option<EntryId> },
    ShiftEnd { shift: EntryId },
    Retraction,
    Confirmation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CheckIn {
    quarter: i64,
    persons: u32,
    sure: bool,
    counted: bool,
    /// The day it was told on, where a code alone told it once its own day was over.
    late: Option<Day>,
}

#[derive(Debug, Clone)]
struct Kept {
    position: Position,
    device: Option<DeviceId>,
    code: Option<Code>,
    recorded_at: Timestamp,
    counted_on: Day,
    kind: Kind,
    waiting: bool,
    retracted: bool,
}

/// Where a known visitor counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Spot {
    Session(SessionId),
    DropIn(Day),
}

/// An entry of a known visitor, and how many came along.
type In = (EntryId, u8);

/// A known visitor's entries at one spot: seldom more than one.
#[derive(Debug, Clone)]
struct Present {
    first: In,
    more: Vec<In>,
}

impl Present {
    fn all(&self) -> impl Iterator<Item = &In> {
        std::iter::once(&self.first).chain(&self.more)
    }
}

/// Quarters of an hour since 1970.
fn quarter_of(at: Timestamp) -> i64 {
    at.millis().div_euclid(QUARTER_MILLIS)
}

/// Persons in one quarter of an hour.
#[derive(Debug, Clone, Copy, Default)]
struct Quarter {
    sure: u32,
    poster: u32,
}

/// What the other rooms say of an event that is taken in.
pub struct Seen<'a> {
    /// The organisation's time zone.
    pub zone: &'a Zone,
    /// When the entry was seen.
    pub at: Timestamp,
    /// The day it counts on.
    pub counted_on: Day,
}

/// The tally's entries.
#[derive(Debug, Clone, Default)]
pub struct State {
    entries: Layered<EntryId, Kept>,
    present: Layered<(Spot, Visitor), Present>,
    quarters: HashMap<i64, Quarter>,
    /// Persons that codes alone told of once their day was over, by the day they were told on.
    late: HashMap<Day, u32>,
    waiting: BTreeMap<Position, EntryId>,
    /// Of the gifts among them, who gave.
    givers: BTreeMap<EntryId, PersonId>,
}

impl State {
    /// Where an entry of that id stands.
    pub fn entry(&self, id: EntryId) -> Option<Position> {
        self.entries.get(&id).map(|kept| kept.position)
    }

    /// The day an entry counts on, retracted or not.
    pub fn day(&self, id: EntryId) -> Option<Day> {
        self.entries.get(&id).map(|kept| kept.counted_on)
    }

    /// The entries that wait to be confirmed, in the order they came.
    pub fn waiting(&self) -> impl Iterator<Item = EntryId> {
        self.waiting.values().copied()
    }

    /// Who gave a gift that waits to be confirmed.
    pub fn giver(&self, id: EntryId) -> Option<PersonId> {
        self.givers.get(&id).copied()
    }

    /// The gifts of somebody that wait to be confirmed.
    pub fn waiting_gifts(&self, giver: PersonId) -> impl Iterator<Item = EntryId> {
        let gifts = self.givers.iter();
        gifts.filter_map(move |(id, by)| (*by == giver).then_some(*id))
    }

    fn is_in(&self, spot: Spot, visitor: Visitor, persons: u8) -> bool {
        self.present.get(&(spot, visitor)).is_some_and(|earlier| {
            earlier.all().any(|(id, as_many)| {
                let kept = self.entries.get(id);
                *as_many >= persons && kept.is_some_and(|kept| !kept.retracted && !kept.waiting)
            })
        })
    }

    /// Whether so many more by poster are beyond what is plausible in that quarter of an hour: twice the busiest quarter
    /// of that hour of the weekday, today and in the weeks before, of what was seen otherwise or confirmed.
    fn is_too_many(&self, zone: &Zone, at: Timestamp, persons: u32) -> bool {
        const FLOOR: u32 = 10;
        const WEEKS_BACK: i32 = 8;
        let (date, minutes) = zone.wall(at);
        let sure = |weeks: i32| {
            let hour = quarter_of(zone.at(date.plus(-7 * weeks), minutes / 60 * 60));
            let quarters = (hour..hour + 4).filter_map(|quarter| self.quarters.get(&quarter));
            quarters.map(|seen| seen.sure).max()
        };
        let busiest = (0..=WEEKS_BACK).filter_map(sure).max().unwrap_or(0);
        let so_far = self.quarters.get(&quarter_of(at));
        let so_far = so_far.map_or(0, |seen| seen.poster);
        so_far.saturating_add(persons) > busiest.saturating_mul(2).max(FLOOR)
    }

    /// Whether so many more are too much to be told on a day of days that are over, by codes alone: phones that were
    /// offline come in ones and twos, who has a picture of a code comes with a month.
    fn is_too_late(&self, told_on: Day, persons: u32) -> bool {
        const PERSONS_MAX: u32 = 10;
        let so_far = self.late.get(&told_on).copied().unwrap_or(0);
        so_far.saturating_add(persons) > PERSONS_MAX
    }

    /// Takes an event in.
    pub fn evolve(&mut self, event: &Event, recorded: &Recorded, seen: &Seen<'_>) {
        let Seen {
            zone,
            at: seen_at,
            counted_on,
        } = *seen;
        let id = EntryId::new(recorded.fact.id);
        let (code, waiting) = (event.code(), event.standing() == Standing::ToConfirm);
        let kind = match event {
            Event::VisitorCheckedIn {
                session,
                party,
                visitor,
                evidence,
                standing,
                ..
            } => {
                let at = recorded.fact.occurred_at;
                let spot = session.map_or_else(|| Spot::DropIn(zone.day_of(at)), Spot::Session);
                if *visitor != Visitor::Unknown {
                    self.enter((spot, *visitor), (id, party.persons()));
                }
                let seen = CheckIn {
                    quarter: quarter_of(seen_at),
                    persons: u32::from(party.persons()),
                    sure: *evidence != Evidence::Poster,
                    counted: *standing == Standing::Counted,
                    late: Some(zone.day_of(recorded.recorded_at))
                        .filter(|told_on| *evidence != Evidence::Host && counted_on < *told_on),
                };
                self.see(seen, true);
                Kind::CheckIn(seen)
            }
            Event::ShiftStarted { .. } => Kind::ShiftStart {
                at: recorded.fact.occurred_at,
                end: None,
            },
            Event::ShiftEnded { shift, .. } => {
                if let Some(Kept {
                    kind: Kind::ShiftStart { end, .. },
                    ..
                }) = self.entries.get_mut(&shift.entry)
                {
                    *end = Some(id);
                }
                Kind::ShiftEnd { shift: shift.entry }
            }
            Event::MoneyDonated { .. }
            | Event::GoodsDonated { .. }
            | Event::CoffeeServed { .. }
            | Event::HeadsCounted { .. }
            | Event::CounterTallied { .. }
            | Event::ContributionMade { .. }
            | Event::BarRevenueCounted { .. }
            | Event::ShopRevenueCounted { .. }
            | Event::IndicatorMeasured { .. }
            | Event::OpeningNoted { .. } => Kind::Counting,
            Event::EntryRetracted { target, .. } => {
                self.retract(target.entry);
                Kind::Retraction
            }
            Event::EntriesConfirmed { targets } => {
                targets.iter().for_each(|target| self.confirm(target.entry));
                Kind::Confirmation
            }
        };
        if waiting {
            self.waiting.insert(recorded.position, id);
            self.givers.extend(event.donor().map(|giver| (id, giver)));
        }
        let kept = Kept {
            position: recorded.position,
            device: recorded.actor.id,
            code,
            recorded_at: recorded.recorded_at,
            counted_on,
            kind,
            waiting,
            retracted: false,
        };
        self.entries.insert(id, kept);
    }

    /// Lets copies made from here on share what is kept of each entry.
    pub(crate) fn share(&mut self) {
        self.entries.share();
        self.present.share();
    }

    fn enter(&mut self, place: (Spot, Visitor), entry: In) {
        if let Some(earlier) = self.present.get_mut(&place) {
            earlier.more.push(entry);
            return;
        }
        let (first, more) = (entry, Vec::new());
        self.present.insert(place, Present { first, more });
    }

    fn see(&mut self, seen: CheckIn, more: bool) {
        if !seen.counted {
            return;
        }
        let change = |persons: &mut u32| {
            *persons = if more {
                persons.saturating_add(seen.persons)
            } else {
                persons.saturating_sub(seen.persons)
            };
        };
        let quarter = self.quarters.entry(seen.quarter).or_default();
        change(if seen.sure {
            &mut quarter.sure
        } else {
            &mut quarter.poster
        });
        if let Some(told_on) = seen.late {
            change(self.late.entry(told_on).or_default());
        }
    }

    fn retract(&mut self, id: EntryId) {
        let Some(kept) = self.entries.get_mut(&id) else {
            return;
        };
        if kept.retracted {
            return;
        }
        kept.retracted = true;
        let (kind, position) = (kept.kind, kept.position);
        self.waiting.remove(&position);
        self.givers.remove(&id);
        match kind {
            Kind::CheckIn(seen) => self.see(seen, false),
            Kind::ShiftStart { end: Some(end), .. } => self.retract(end),
            Kind::ShiftEnd { shift } => {
                if let Some(Kept {
                    kind: Kind::ShiftStart { end, .. },
                    ..
                }) = self.entries.get_mut(&shift)
                    && *end == Some(id)
                {
                    *end = None;
                }
            }
            Kind::ShiftStart { end: None, .. }
            | Kind::Counting
            | Kind::Retraction
            | Kind::Confirmation => {}
        }
    }

    fn confirm(&mut self, id: EntryId) {
        let Some(kept) = self.entries.get_mut(&id) else {
            return;
        };
        if !kept.waiting || kept.retracted {
            return;
        }
        kept.waiting = false;
        self.waiting.remove(&kept.position);
        self.givers.remove(&id);
        if let Kind::CheckIn(seen) = &mut kept.kind {
            (seen.sure, seen.counted, seen.late) = (true, true, None);
            let seen = *seen;
            self.see(seen, true);
        }
    }
}
