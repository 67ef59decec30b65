//! Rows as they are kept: 72 bytes each. A log of ten years is 300,000 of them, and most of a fold is memory.
//!
//! What comes often is kept without texts, and ids that come again by their slots; the rest lies beside, as it is.

use super::places::{IdHasher, Sessions};
use meetellen_events::event::Actor;
use meetellen_events::log::line::Position;
use meetellen_events::tally::{
    CountBasis, Event, Evidence, HoursBasis, ShiftKind, Standing, Target, Visitor,
};
use meetellen_events::values::{
    Code, CounterId, Cups, EntryId, HeadCount, Party, PersonId, Quantity, Timestamp,
};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash};

/// One more than a slot of another table or a place, or 0 for none. Tables end at 4 billion: no memory holds so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Slot(u32);

impl Slot {
    pub(super) fn of(slot: usize) -> Self {
        Self(u32::try_from(slot + 1).unwrap_or(u32::MAX))
    }

    /// The slot of the row at a place.
    pub(super) fn of_place(place: u64) -> Self {
        Self(u32::try_from(place).unwrap_or(u32::MAX))
    }

    pub(super) fn get(self) -> Option<usize> {
        self.0.checked_sub(1).map(|slot| slot as usize)
    }

    pub(super) const fn place(self) -> u64 {
        self.0 as u64
    }
}

/// So many values are compared before one is looked up by its hash: most houses have fewer devices, and fewer codes.
const COMPARED: usize = 8;

/// Values that come again and again, each kept once.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Once<T: Eq + Hash> {
    all: Vec<T>,
    slots: HashMap<T, usize, BuildHasherDefault<IdHasher>>,
}

impl<T: Eq + Hash> Default for Once<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            slots: HashMap::default(),
        }
    }
}

impl<T: Copy + Eq + Hash> Once<T> {
    fn slot(&mut self, value: T) -> Slot {
        let mut first = self.all.iter().take(COMPARED);
        if let Some(slot) = first.position(|known| *known == value) {
            return Slot::of(slot);
        }
        let slot = *self.slots.entry(value).or_insert(self.all.len());
        if slot == self.all.len() {
            self.all.push(value);
        }
        Slot::of(slot)
    }

    fn get(&self, slot: Slot) -> Option<T> {
        self.all.get(slot.get()?).copied()
    }
}

/// What was tallied.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum What {
    CheckIn {
        session: Slot,
        code: Slot,
        visitor: Visitor,
        party: Party,
        evidence: Evidence,
        standing: Standing,
    },
    Heads {
        session: Slot,
        heads: HeadCount,
        basis: CountBasis,
    },
    Coffee {
        session: Slot,
        code: Slot,
        cups: Cups,
        paid: Option<bool>,
        pot: bool,
        evidence: Evidence,
    },
    Counter {
        counter: CounterId,
        quantity: Quantity,
    },
    ShiftStart {
        session: Slot,
        /// The end that was recorded last.
        end: Slot,
        volunteer: PersonId,
        kind: ShiftKind,
    },
    ShiftEnd {
        shift: Slot,
        /// The end of the same shift that was recorded before.
        before: Slot,
        basis: HoursBasis,
    },
    Retraction(Slot),
    /// Anything else, by its slot beside the rows.
    Other(Slot),
}

/// A row as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kept {
    pub(super) entry: EntryId,
    pub(super) at: Timestamp,
    pub(super) recorded_at: Timestamp,
    actor: Slot,
    pub(super) what: What,
    pub(super) retracted: bool,
    pub(super) waiting: bool,
}

/// All rows by their places, with what lies beside them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Rows {
    rows: Vec<Option<Kept>>,
    others: Vec<Event>,
    actors: Once<Actor>,
    codes: Once<Code>,
}

impl Rows {
    /// How many places there are.
    pub(super) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Leaves every place up to that one to facts that are no rows.
    pub(super) fn pass(&mut self, place: u64) {
        let places = usize::try_from(place).unwrap_or(usize::MAX);
        if self.rows.len() < places {
            self.rows.resize(places, None);
        }
    }

    pub(super) fn get(&self, place: u64) -> Option<&Kept> {
        let slot = usize::try_from(place.checked_sub(1)?).ok()?;
        self.rows.get(slot)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, place: u64) -> Option<&mut Kept> {
        let slot = usize::try_from(place.checked_sub(1)?).ok()?;
        self.rows.get_mut(slot)?.as_mut()
    }

    /// Keeps a row at its place.
    pub(super) fn put(&mut self, place: u64, row: Kept) {
        let slot = usize::try_from(place.saturating_sub(1)).unwrap_or(usize::MAX);
        if slot == self.rows.len() {
            self.rows.push(Some(row));
            return;
        }
        self.pass(place);
        self.rows[slot] = Some(row);
    }

    pub(super) fn actor(&mut self, actor: Actor) -> Slot {
        self.actors.slot(actor)
    }

    pub(super) fn actor_of(&self, row: &Kept) -> Option<Actor> {
        self.actors.get(row.actor)
    }

    /// The event as it is kept: a session's slot was found before.
    pub(super) fn what(&mut self, event: &Event, session: Slot) -> What {
        let mut code =
            |code: &Option<Code>| code.map_or_else(Slot::default, |code| self.codes.slot(code));
        match event {
            Event::VisitorCheckedIn {
                party,
                visitor,
                evidence,
                code: by,
                standing,
                ..
            } => What::CheckIn {
                session,
                code: code(by),
                visitor: *visitor,
                party: *party,
                evidence: *evidence,
                standing: *standing,
            },
            Event::HeadsCounted { heads, basis, .. } => What::Heads {
                session,
                heads: *heads,
                basis: *basis,
            },
            Event::CoffeeServed {
                cups,
                paid,
                pot,
                evidence,
                code: by,
                ..
            } => What::Coffee {
                session,
                code: code(by),
                cups: *cups,
                paid: *paid,
                pot: *pot,
                evidence: *evidence,
            },
            Event::CounterTallied { counter, quantity } => What::Counter {
                counter: *counter,
                quantity: *quantity,
            },
            Event::ShiftStarted {
                volunteer, kind, ..
            } => What::ShiftStart {
                session,
                end: Slot::default(),
                volunteer: *volunteer,
                kind: *kind,
            },
            Event::ShiftEnded { shift, basis } if self.is(shift) => What::ShiftEnd {
                shift: Slot::of_place(shift.position.0),
                before: self.end_after(shift.position.0),
                basis: *basis,
            },
            Event::EntryRetracted {
                target,
                reason: None,
            } if self.is(target) => What::Retraction(Slot::of_place(target.position.0)),
            Event::ShiftEnded { .. }
            | Event::EntryRetracted { .. }
            | Event::ContributionMade { .. }
            | Event::BarRevenueCounted { .. }
            | Event::ShopRevenueCounted { .. }
            | Event::MoneyDonated { .. }
            | Event::GoodsDonated { .. }
            | Event::IndicatorMeasured { .. }
            | Event::OpeningNoted { .. }
            | Event::EntriesConfirmed { .. } => {
                self.others.push(event.clone());
                What::Other(Slot::of(self.others.len() - 1))
            }
        }
    }

    fn is(&self, target: &Target) -> bool {
        let row = self.get(target.position.0);
        row.is_some_and(|row| row.entry == target.entry)
    }

    /// Notes an end of a shift.
    pub(super) fn end(&mut self, shift: Slot, place: u64) {
        let row = self.get_mut(shift.place());
        if let Some(What::ShiftStart { end, .. }) = row.map(|row| &mut row.what) {
            *end = Slot::of_place(place);
        }
    }

    fn end_after(&self, shift: u64) -> Slot {
        match self.get(shift).map(|row| row.what) {
            Some(What::ShiftStart { end, .. }) => end,
            Some(_) | None => Slot::default(),
        }
    }

    /// The ends of a shift, the one recorded last first.
    pub(super) fn ends(&self, shift: u64) -> impl Iterator<Item = u64> {
        let last = Some(self.end_after(shift));
        let ends = std::iter::successors(last, |end| match self.get(end.place())?.what {
            What::ShiftEnd { before, .. } => Some(before),
            What::CheckIn { .. }
            | What::Heads { .. }
            | What::Coffee { .. }
            | What::Counter { .. }
            | What::ShiftStart { .. }
            | What::Retraction(_)
            | What::Other(_) => None,
        });
        ends.map(Slot::place).take_while(|place| *place > 0)
    }

    /// The event of a row as it was recorded.
    pub(super) fn event(&self, row: &Kept, sessions: &Sessions) -> Option<Event> {
        let target = |slot: Slot| {
            let entry = self.get(slot.place())?.entry;
            let position = Position(slot.place());
            Some(Target { entry, position })
        };
        Some(match row.what {
            What::CheckIn {
                session,
                code,
                visitor,
                party,
                evidence,
                standing,
            } => Event::VisitorCheckedIn {
                session: sessions.id(session),
                party,
                visitor,
                evidence,
                code: self.codes.get(code),
                standing,
            },
            What::Heads {
                session,
                heads,
                basis,
            } => Event::HeadsCounted {
                session: sessions.id(session),
                heads,
                basis,
            },
            What::Coffee {
                session,
                code,
                cups,
                paid,
                pot,
                evidence,
            } => Event::CoffeeServed {
                cups,
                paid,
                pot,
                session: sessions.id(session),
                evidence,
                code: self.codes.get(code),
            },
            What::Counter { counter, quantity } => Event::CounterTallied { counter, quantity },
            What::ShiftStart {
                session,
                volunteer,
                kind,
                ..
            } => Event::ShiftStarted {
                volunteer,
                kind,
                session: sessions.id(session),
            },
            What::ShiftEnd { shift, basis, .. } => Event::ShiftEnded {
                shift: target(shift)?,
                basis,
            },
            What::Retraction(slot) => Event::EntryRetracted {
                target: target(slot)?,
                reason: None,
            },
            What::Other(slot) => self.others.get(slot.get()?)?.clone(),
        })
    }
}

impl Kept {
    /// A row that nothing has happened to yet.
    pub(super) const fn new(
        entry: EntryId,
        at: Timestamp,
        recorded_at: Timestamp,
        actor: Slot,
        what: What,
    ) -> Self {
        Self {
            entry,
            at,
            recorded_at,
            actor,
            what,
            retracted: false,
            waiting: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_stays_small() {
        assert_eq!(size_of::<Option<Kept>>(), 72);
    }
}
