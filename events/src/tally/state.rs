//! What the rules keep of the tally: every entry's place, what may be mended, and who is in already.

mod check_in;
mod decide;
mod giver;
mod layered;

pub(crate) use check_in::good_code;
use decide::CODE_MENDS_MILLIS;
pub use decide::{Decided, Rooms};

use super::{Event, Evidence, Standing, Visitor};
use crate::event::Recorded;
use crate::log::line::Position;
use crate::values::{Code, Day, DeviceId, EntryId, PersonId, SessionId, Timestamp, Zone};
use layered::Layered;
use std::collections::{BTreeMap, HashMap, VecDeque};

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
    weight: Weight,
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

/// What a check-in says of how many posters are plausible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// It makes more plausible: somebody signed in saw or confirmed it, or a changing code did.
    Sure,
    /// It takes room.
    Poster,
    /// Neither: a printed code of one day is copied as easily as it is read.
    None,
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
    /// Known visitors' check-ins by code that the code may still take back, the earliest first.
    fresh: VecDeque<(Timestamp, EntryId, (Spot, Visitor))>,
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

    /// Whether so many persons or cups more are too much to be told on a day of days that are over, by codes alone:
    /// phones that were offline come in ones and twos, who has a picture of a code comes with a month.
    fn is_too_late(&self, told_on: Day, more: u32) -> bool {
        const LATE_MAX: u32 = 10;
        let so_far = self.late.get(&told_on).copied().unwrap_or(0);
        so_far.saturating_add(more) > LATE_MAX
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
                    if *evidence != Evidence::Host {
                        self.remember(recorded.recorded_at, id, (spot, *visitor));
                    }
                }
                let seen = CheckIn {
                    quarter: quarter_of(seen_at),
                    persons: u32::from(party.persons()),
                    weight: match evidence {
                        Evidence::Host | Evidence::LiveCode => Weight::Sure,
                        Evidence::Poster => Weight::Poster,
                        Evidence::DayCode => Weight::None,
                    },
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
            Event::CoffeeServed { cups, code, .. } => {
                let told_on = zone.day_of(recorded.recorded_at);
                if code.is_some() && counted_on < told_on {
                    let late = self.late.entry(told_on).or_default();
                    *late = late.saturating_add(u32::from(cups.get()));
                }
                Kind::Counting
            }
            Event::MoneyDonated { .. }
            | Event::GoodsDonated { .. }
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
        match seen.weight {
            Weight::Sure => change(&mut self.quarters.entry(seen.quarter).or_default().sure),
            Weight::Poster => change(&mut self.quarters.entry(seen.quarter).or_default().poster),
            Weight::None => {}
        }
        if let Some(told_on) = seen.late {
            change(self.late.entry(told_on).or_default());
        }
    }

    fn remember(&mut self, recorded_at: Timestamp, id: EntryId, place: (Spot, Visitor)) {
        let over = |(then, ..): &(Timestamp, EntryId, _)| {
            recorded_at.millis_since(*then) > CODE_MENDS_MILLIS
        };
        while self.fresh.front().is_some_and(over) {
            self.fresh.pop_front();
        }
        self.fresh.push_back((recorded_at, id, place));
    }

    /// Where a visitor takes a check-in back that kept another from counting, that one counts from now on: the room that
    /// became free is its own. Else a poster would count without end, two by two.
    fn take_its_place(&mut self, id: EntryId) {
        let place = self.fresh.iter().rev().find(|(_, fresh, _)| *fresh == id);
        let Some(present) = place.and_then(|(.., place)| self.present.get(place)) else {
            return;
        };
        let counts_now = |(other, _): &&In| {
            let kept = self.entries.get(other);
            kept.is_some_and(|kept| {
                let not_yet = matches!(kept.kind, Kind::CheckIn(CheckIn { counted: false, .. }));
                not_yet && !kept.retracted && !kept.waiting
            })
        };
        let next = present.all().find(counts_now).map(|(other, _)| *other);
        if let Some(kept) = next.and_then(|next| self.entries.get_mut(&next))
            && let Kind::CheckIn(seen) = &mut kept.kind
        {
            seen.counted = true;
            let seen = *seen;
            self.see(seen, true);
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
            Kind::CheckIn(seen) => {
                self.see(seen, false);
                self.take_its_place(id);
            }
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
            (seen.weight, seen.counted, seen.late) = (Weight::Sure, true, None);
            let seen = *seen;
            self.see(seen, true);
        }
    }
}
