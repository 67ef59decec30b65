//! Entries in words: what one was, without its type, in the reader's language.

use super::facts::{Names, listed_name, session_name};
use crate::i18n::Language;
use meetellen_events::standing::Listed;
use meetellen_events::tally::{Event, OpeningState, Standing};
use meetellen_events::values::{Cents, SessionId};
use meetellen_projections::history::EntryType;
use meetellen_projections::ledger::{Ledger, Row};

/// What tells of entries.
pub struct Teller<'a> {
    /// The reader's language.
    pub t: Language,
    /// The rows they stand among.
    pub ledger: &'a Ledger,
    /// Who is who.
    pub names: &'a Names,
}

impl Teller<'_> {
    /// The type and what it was: `Koffie: 5`.
    pub fn whole(&self, row: &Row) -> String {
        let kind = self.t.word("entry", EntryType::of(&row.event).name());
        let detail = self.detail(row);
        if detail.is_empty() {
            kind
        } else {
            format!("{kind}: {detail}")
        }
    }

    /// What it was: `Vrijdagborrel, 3`. Names of volunteers only.
    pub fn detail(&self, row: &Row) -> String {
        let t = self.t;
        let number = |number: i64| t.number(number);
        match &row.event {
            Event::VisitorCheckedIn { session, party, .. } => {
                let place = self.place(*session, "drop-in");
                format!("{place}, {}", number(i64::from(party.persons())))
            }
            Event::HeadsCounted { session, heads, .. } => {
                let place = self.place(*session, "head-count-door");
                format!("{place}, {}", number(i64::from(heads.visitors())))
            }
            Event::CoffeeServed { cups, .. } => number(i64::from(cups.get())),
            Event::CounterTallied { counter, quantity } => format!(
                "{}, {}",
                listed_name(self.ledger, Listed::Counter(*counter)),
                number(i64::from(quantity.get()))
            ),
            Event::ContributionMade { kind, quantity, .. } => {
                format!("{kind}, {}", number(i64::from(quantity.get())))
            }
            Event::ShiftStarted {
                volunteer, kind, ..
            } => format!(
                "{}, {}",
                self.names.say(t, *volunteer),
                t.word("shift-kind", kind.name())
            ),
            Event::ShiftEnded { shift, .. } => self
                .ledger
                .kept(shift.position.0)
                .map_or_else(String::new, |start| self.detail(&start)),
            Event::BarRevenueCounted { amount, .. }
            | Event::ShopRevenueCounted { amount, .. }
            | Event::MoneyDonated { amount, .. } => t.money(cents(*amount)),
            Event::GoodsDonated {
                category, quantity, ..
            } => format!("{category}, {}", number(i64::from(quantity.get()))),
            Event::IndicatorMeasured { indicator, value } => format!(
                "{}, {}",
                listed_name(self.ledger, Listed::Indicator(*indicator)),
                t.decimal(value.to_string())
            ),
            Event::OpeningNoted { state } => t.say(opening_key(*state)),
            Event::EntryRetracted { target, .. } => self
                .ledger
                .kept(target.position.0)
                .map_or_else(String::new, |taken_back| self.whole(&taken_back)),
            Event::EntriesConfirmed { targets } => {
                number(i64::try_from(targets.len()).unwrap_or(i64::MAX))
            }
        }
    }

    fn place(&self, session: Option<SessionId>, otherwise: &str) -> String {
        session
            .and_then(|session| session_name(self.ledger, session))
            .unwrap_or_else(|| self.t.say(otherwise))
    }
}

/// Cents as pages write them.
pub fn cents(amount: Cents) -> i64 {
    i64::try_from(amount.get()).unwrap_or(i64::MAX)
}

/// What stands for a state of the door.
pub const fn opening_key(state: OpeningState) -> &'static str {
    match state {
        OpeningState::Opened => "opening-opened",
        OpeningState::Closed => "opening-closed",
        OpeningState::NobodyCame => "opening-nobody-came",
    }
}

/// Whether a visitor was counted before.
pub const fn is_already_counted(event: &Event) -> bool {
    matches!(
        event,
        Event::VisitorCheckedIn {
            standing: Standing::AlreadyCounted,
            ..
        }
    )
}
