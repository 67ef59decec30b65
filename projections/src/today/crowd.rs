//! Check-ins added up as they come and go: of a known visitor the one with the largest party counts.

use meetellen_events::tally::Visitor;
use meetellen_events::values::{Party, Timestamp};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// One check-in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Came {
    pub visitor: Visitor,
    pub party: Party,
    pub at: Timestamp,
    pub place: u64,
}

type Rank = (Reverse<u8>, Timestamp, u64);

/// Who came, at a session or on a day.
#[derive(Debug, Clone, Default)]
pub(super) struct Crowd {
    unknown: i64,
    known: HashMap<Visitor, BTreeMap<Rank, Party>>,
    of_known: i64,
}

impl Crowd {
    /// All persons.
    pub(super) const fn persons(&self) -> i64 {
        self.unknown + self.of_known
    }

    /// The party that counts of a known visitor.
    pub(super) fn party_of(&self, visitor: Visitor) -> Option<Party> {
        let parties = self.known.get(&visitor)?;
        parties.first_key_value().map(|(_, party)| *party)
    }

    /// Counts a party's worth otherwise than before.
    pub(super) const fn correct(&mut self, by: i64) {
        self.of_known += by;
    }

    /// Adds a check-in or takes it back; `worth` says for how many a known visitor's party counts.
    pub(super) fn change(&mut self, came: &Came, more: bool, worth: impl Fn(Party) -> i64) {
        let persons = i64::from(came.party.persons());
        if came.visitor == Visitor::Unknown {
            self.unknown += if more { persons } else { -persons };
            return;
        }
        let counting = |crowd: &Self| crowd.party_of(came.visitor).map_or(0, &worth);
        let before = counting(self);
        let rank = (Reverse(came.party.persons()), came.at, came.place);
        let parties = self.known.entry(came.visitor).or_default();
        if more {
            parties.insert(rank, came.party);
        } else {
            parties.remove(&rank);
        }
        self.of_known += counting(self) - before;
    }
}
