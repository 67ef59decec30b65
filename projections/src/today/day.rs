//! One day, kept up with each entry.

use super::crowd::{Came, Crowd};
use super::{Children, Numbers};
use meetellen_events::tally::{Event, OpeningState, Standing, Visitor};
use meetellen_events::values::{Cents, CounterId, EntryId, Party, PersonId, SessionId, Timestamp};
use std::collections::{BTreeMap, HashMap};

/// Where something stands in time: the last one counts.
type When = (Timestamp, u64);

#[derive(Debug, Clone)]
struct Kept {
    at: Timestamp,
    event: Event,
    waiting: bool,
}

#[derive(Debug, Clone, Default)]
struct AtSession {
    crowd: Crowd,
    heads: BTreeMap<When, i64>,
}

impl AtSession {
    fn participations(&self) -> i64 {
        self.crowd.persons().max(last(&self.heads).unwrap_or(0))
    }

    fn surplus(&self) -> i64 {
        self.participations() - self.crowd.persons()
    }
}

fn last<T: Copy>(counts: &BTreeMap<When, T>) -> Option<T> {
    counts.last_key_value().map(|(_, count)| *count)
}

/// What one day came to so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Count {
    kept: HashMap<u64, Kept>,
    numbers: HashMap<EntryId, i64>,
    crowd: Crowd,
    on_duty: HashMap<PersonId, usize>,
    sessions: HashMap<SessionId, AtSession>,
    surplus: i64,
    heads: BTreeMap<When, i64>,
    door: BTreeMap<When, OpeningState>,
    check_ins: i64,
    to_confirm: i64,
    cups: i64,
    bar_cents: i64,
    shop_cents: i64,
    counters: BTreeMap<CounterId, i64>,
}

impl Count {
    pub(super) fn numbers(&self) -> Numbers {
        let counters = self.counters.iter().filter(|(_, sum)| **sum != 0);
        Numbers {
            visits: self.visits(),
            check_ins: self.check_ins,
            to_confirm: self.to_confirm,
            coffee_cups: self.cups,
            bar_cents: self.bar_cents,
            shop_cents: self.shop_cents,
            counters: counters.map(|(id, sum)| (*id, *sum)).collect(),
            door: last(&self.door),
        }
    }

    pub(super) fn number_of(&self, check_in: EntryId) -> Option<i64> {
        self.numbers.get(&check_in).copied()
    }

    pub(super) fn participations(&self, session: SessionId) -> i64 {
        let found = self.sessions.get(&session);
        found.map_or(0, AtSession::participations)
    }

    /// What entries show, or the last head count of the door where that is more.
    fn visits(&self) -> i64 {
        let shown = self.crowd.persons() + self.surplus;
        shown.max(last(&self.heads).unwrap_or(0))
    }

    /// Takes an entry in.
    pub(super) fn take(
        &mut self,
        (entry, place, at): (EntryId, u64, Timestamp),
        event: &Event,
        children: &Children<'_>,
    ) {
        let waiting = waits(event);
        let kept = Kept {
            at,
            event: event.clone(),
            waiting,
        };
        self.change(place, &kept, true, children);
        self.kept.insert(place, kept);
        if matches!(event, Event::VisitorCheckedIn { .. }) && !waiting {
            self.numbers.insert(entry, self.visits());
        }
    }

    /// Takes an entry back, if it is one of this day.
    pub(super) fn retract(&mut self, place: u64, children: &Children<'_>) {
        if let Some(kept) = self.kept.remove(&place) {
            self.change(place, &kept, false, children);
        }
    }

    /// Lets a waiting entry count, if it is one of this day.
    pub(super) fn confirm(&mut self, place: u64, children: &Children<'_>) {
        let Some(mut kept) = self.kept.remove(&place) else {
            return;
        };
        if kept.waiting {
            self.change(place, &kept, false, children);
            kept.waiting = false;
            self.change(place, &kept, true, children);
        }
        self.kept.insert(place, kept);
    }

    /// Counts the party of somebody on duty anew, who turned out to be a child or none.
    pub(super) fn value_again(&mut self, person: PersonId, was: bool, is: bool) {
        let party = self.crowd.party_of(Visitor::Pass(person));
        if self.on_duty.contains_key(&person) && party.is_some_and(|party| party.adults() == 0) {
            self.crowd.correct(i64::from(was) - i64::from(is));
        }
    }

    fn change(&mut self, place: u64, kept: &Kept, more: bool, children: &Children<'_>) {
        let sign = if more { 1 } else { -1 };
        let when = (kept.at, place);
        match &kept.event {
            Event::VisitorCheckedIn {
                session,
                party,
                visitor,
                ..
            } => {
                let came = Came {
                    visitor: *visitor,
                    party: *party,
                    at: kept.at,
                    place,
                };
                if kept.waiting {
                    self.to_confirm += sign * i64::from(party.persons());
                } else {
                    self.check_ins += sign;
                    self.check_in(&came, *session, more, children);
                }
            }
            Event::HeadsCounted { session, heads, .. } => {
                self.head_count(when, *session, i64::from(heads.visitors()), more);
            }
            Event::ShiftStarted { volunteer, .. } => self.duty(*volunteer, more, children),
            Event::CoffeeServed { cups, .. } => self.cups += sign * i64::from(cups.get()),
            Event::CounterTallied { counter, quantity } => {
                *self.counters.entry(*counter).or_default() += sign * i64::from(quantity.get());
            }
            Event::BarRevenueCounted { amount, .. } => self.bar_cents += sign * cents(*amount),
            Event::ShopRevenueCounted { amount, .. } => self.shop_cents += sign * cents(*amount),
            Event::OpeningNoted { state } => put(&mut self.door, when, *state, more),
            Event::ContributionMade { .. }
            | Event::ShiftEnded { .. }
            | Event::MoneyDonated { .. }
            | Event::GoodsDonated { .. }
            | Event::IndicatorMeasured { .. }
            | Event::EntryRetracted { .. }
            | Event::EntriesConfirmed { .. } => {}
        }
    }

    fn check_in(
        &mut self,
        came: &Came,
        session: Option<SessionId>,
        more: bool,
        children: &Children<'_>,
    ) {
        let less = match came.visitor {
            Visitor::Pass(person) if self.on_duty.contains_key(&person) => Some(person),
            Visitor::Pass(_) | Visitor::Phone(_) | Visitor::Unknown => None,
        };
        let worth = |party: Party| {
            let less = less.map_or(0, |person| own(person, party, children));
            i64::from(party.persons()) - less
        };
        self.crowd.change(came, more, worth);
        if let Some(session) = session {
            let at = self.sessions.entry(session).or_default();
            let before = at.surplus();
            let persons = |party: Party| i64::from(party.persons());
            at.crowd.change(came, more, persons);
            self.surplus += at.surplus() - before;
        }
    }

    fn head_count(&mut self, when: When, session: Option<SessionId>, heads: i64, more: bool) {
        match session {
            None => put(&mut self.heads, when, heads, more),
            Some(session) => {
                let at = self.sessions.entry(session).or_default();
                let before = at.surplus();
                put(&mut at.heads, when, heads, more);
                self.surplus += at.surplus() - before;
            }
        }
    }

    /// Whoever has a shift that day is no visit, but for the company.
    fn duty(&mut self, person: PersonId, more: bool, children: &Children<'_>) {
        let shifts = self.on_duty.entry(person).or_default();
        let before = *shifts > 0;
        *shifts = if more {
            *shifts + 1
        } else {
            shifts.saturating_sub(1)
        };
        let after = *shifts > 0;
        if !after {
            self.on_duty.remove(&person);
        }
        if before != after
            && let Some(party) = self.crowd.party_of(Visitor::Pass(person))
        {
            let own = own(person, party, children);
            self.crowd.correct(if after { -own } else { own });
        }
    }
}

/// How many of a party somebody on duty is herself: one adult, or the child.
fn own(person: PersonId, party: Party, children: &Children<'_>) -> i64 {
    i64::from(party.adults() > 0 || children.has(person))
}

fn put<T>(counts: &mut BTreeMap<When, T>, when: When, count: T, more: bool) {
    if more {
        counts.insert(when, count);
    } else {
        counts.remove(&when);
    }
}

fn cents(amount: Cents) -> i64 {
    i64::try_from(amount.get()).unwrap_or(i64::MAX)
}

fn waits(event: &Event) -> bool {
    matches!(
        event,
        Event::VisitorCheckedIn {
            standing: Standing::ToConfirm,
            ..
        }
    )
}
