//! What became of an entry.

use crate::figures::counted;
use crate::ledger::{Ledger, Row};
use meetellen_events::tally::{Event, Visitor};
use meetellen_events::values::{Day, SessionId};
use std::collections::{HashMap, HashSet};

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It counts.
    Counted,
    /// It counts once confirmed.
    ToConfirm,
    /// Another check-in of the same visitor counts instead.
    AlreadyCounted,
    /// A later head count, or an earlier end of the same shift, counts instead.
    Replaced,
    /// It was taken back, or ends a shift that was.
    Retracted,
}

impl State {
    /// Its name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::ToConfirm => "to_confirm",
            Self::AlreadyCounted => "already_counted",
            Self::Replaced => "replaced",
            Self::Retracted => "retracted",
        }
    }
}

/// Where check-ins and head counts are set against each other.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Spot {
    Session(SessionId),
    /// For drop-in: the day with all its sessions; for head counts: the door.
    Day(Day),
}

/// Tells what became of rows, and remembers what it worked out for a session or day.
pub(super) struct Reader<'a> {
    ledger: &'a Ledger,
    check_ins: HashMap<Spot, HashSet<u64>>,
    heads: HashMap<Spot, Option<u64>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(ledger: &'a Ledger) -> Self {
        Self {
            ledger,
            check_ins: HashMap::new(),
            heads: HashMap::new(),
        }
    }

    pub(super) const fn ledger(&self) -> &'a Ledger {
        self.ledger
    }

    pub(super) fn state(&mut self, row: &Row) -> State {
        if row.retracted {
            return State::Retracted;
        }
        if row.waiting {
            return State::ToConfirm;
        }
        match &row.event {
            Event::VisitorCheckedIn {
                session, visitor, ..
            } if *visitor != Visitor::Unknown => self.check_in(row, *session),
            Event::HeadsCounted { session, .. } => {
                if self.last_head_count(row, *session) == Some(row.position) {
                    State::Counted
                } else {
                    State::Replaced
                }
            }
            Event::ShiftEnded { shift, .. } => self.end(row, shift.position.0),
            Event::VisitorCheckedIn { .. }
            | Event::CoffeeServed { .. }
            | Event::CounterTallied { .. }
            | Event::ContributionMade { .. }
            | Event::ShiftStarted { .. }
            | Event::BarRevenueCounted { .. }
            | Event::ShopRevenueCounted { .. }
            | Event::MoneyDonated { .. }
            | Event::GoodsDonated { .. }
            | Event::IndicatorMeasured { .. }
            | Event::OpeningNoted { .. }
            | Event::EntryRetracted { .. }
            | Event::EntriesConfirmed { .. } => State::Counted,
        }
    }

    fn spot(&self, row: &Row, session: Option<SessionId>) -> Spot {
        session.map_or_else(
            || Spot::Day(self.ledger.zone().day_of(row.at)),
            Spot::Session,
        )
    }

    /// A known visitor's check-in counts at its session or not at all; as drop-in unless the day has a larger one anywhere.
    fn check_in(&mut self, row: &Row, session: Option<SessionId>) -> State {
        let (ledger, spot) = (self.ledger, self.spot(row, session));
        let counting = self.check_ins.entry(spot).or_insert_with(|| {
            let counting = match spot {
                Spot::Session(id) => {
                    let session = ledger.session(id).into_iter();
                    counted(session.flat_map(|session| ledger.session_rows(session)))
                }
                Spot::Day(day) => {
                    let places = ledger.places_of(day).into_iter();
                    counted(places.filter_map(|place| ledger.row(place)))
                }
            };
            counting.iter().map(|one| one.position()).collect()
        });
        if counting.contains(&row.position) {
            State::Counted
        } else {
            State::AlreadyCounted
        }
    }

    fn last_head_count(&mut self, row: &Row, session: Option<SessionId>) -> Option<u64> {
        let (ledger, spot) = (self.ledger, self.spot(row, session));
        *self.heads.entry(spot).or_insert_with(|| match spot {
            Spot::Session(id) => last(ledger.session_rows(ledger.session(id)?)),
            Spot::Day(day) => last(ledger.rows_of(day)),
        })
    }

    /// The first end stands until retracted.
    fn end(&self, row: &Row, shift: u64) -> State {
        let Some(shift) = self.ledger.row(shift) else {
            return State::Retracted;
        };
        let standing = self.ledger.end_of(&shift);
        if standing.is_some_and(|end| end.position == row.position) {
            State::Counted
        } else {
            State::Replaced
        }
    }
}

fn last(rows: impl Iterator<Item = Row>) -> Option<u64> {
    let counts = rows.filter(|row| matches!(&row.event, Event::HeadsCounted { .. }));
    let last = counts.max_by_key(|row| (row.at, row.position));
    last.map(|row| row.position)
}
