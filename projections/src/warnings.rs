//! Where figures contradict each other or something is missing (figures.md, rule 7): a warning, never a refusal.
//!
//! Warnings are for whoever can mend: they tell small numbers and name entries, so no export has them.

mod day;
mod shifts;

use crate::ledger::{Ledger, Row};
use meetellen_events::tally::ShiftKind;
use meetellen_events::values::{Day, EntryId, Name, Period, SessionId, Timestamp};
use std::borrow::Borrow;

/// Cups a visit from which on somebody may have mistyped.
pub const CUPS_A_VISIT_MAX: i64 = 5;
/// Bar revenue a cup below which something was not entered, in cents.
pub const CENTS_A_CUP_MIN: i64 = 30;
/// Entries named by one warning; as many as one confirmation takes.
pub const ENTRIES_MAX: usize = 500;

/// What is contradictory or missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A shift of a day that is over has no end.
    ShiftNotEnded,
    /// A shift over 16 hours.
    ShiftTooLong,
    /// One person on two shifts at once.
    ShiftsAtOnce,
    /// An opening, over by now, with nobody counted.
    OpeningNotCounted,
    /// A session, over by now, that nobody confirmed or cancelled and no entry shows.
    SessionUnconfirmed,
    /// Entries that wait to be confirmed.
    EntriesToConfirm,
    /// A head count below the check-ins until then.
    HeadCountBelowCheckIns,
    /// A session with more people than its room holds.
    SessionOverRoom,
    /// A session with more people than its activity can take.
    SessionOverCapacity,
    /// More cups a visit than anybody drinks.
    ManyCupsPerVisit,
    /// Bar revenue, but hardly any a cup.
    LittleRevenuePerCup,
}

impl Kind {
    /// Every kind, in the order of one day's warnings.
    pub const ALL: [Self; 11] = [
        Self::ShiftNotEnded,
        Self::ShiftTooLong,
        Self::ShiftsAtOnce,
        Self::OpeningNotCounted,
        Self::SessionUnconfirmed,
        Self::EntriesToConfirm,
        Self::HeadCountBelowCheckIns,
        Self::SessionOverRoom,
        Self::SessionOverCapacity,
        Self::ManyCupsPerVisit,
        Self::LittleRevenuePerCup,
    ];

    /// Its name in answers and texts.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::ShiftNotEnded => "shift-not-ended",
            Self::ShiftTooLong => "shift-too-long",
            Self::ShiftsAtOnce => "shifts-at-once",
            Self::OpeningNotCounted => "opening-not-counted",
            Self::SessionUnconfirmed => "session-unconfirmed",
            Self::EntriesToConfirm => "entries-to-confirm",
            Self::HeadCountBelowCheckIns => "head-count-below-check-ins",
            Self::SessionOverRoom => "session-over-room",
            Self::SessionOverCapacity => "session-over-capacity",
            Self::ManyCupsPerVisit => "many-cups-per-visit",
            Self::LittleRevenuePerCup => "little-revenue-per-cup",
        }
    }
}

/// What a text about a warning is filled with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameter {
    /// A whole number.
    Number(i64),
    /// Money in cents.
    Cents(i64),
    /// A decimal with a point.
    Decimal(String),
    /// What something is called.
    Name(Name),
    /// An instant.
    Time(Timestamp),
    /// What a shift was for.
    Shift(ShiftKind),
}

/// One contradiction, or one thing missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What.
    pub kind: Kind,
    /// The day it concerns.
    pub day: Day,
    /// The session it concerns.
    pub session: Option<SessionId>,
    /// What its text is filled with, by name.
    pub parameters: Vec<(&'static str, Parameter)>,
    /// The entries concerned, in the order of the log; at most [`ENTRIES_MAX`].
    pub entries: Vec<EntryId>,
}

impl Warning {
    const fn new(kind: Kind, day: Day) -> Self {
        Self {
            kind,
            day,
            session: None,
            parameters: Vec::new(),
            entries: Vec::new(),
        }
    }

    fn at(mut self, session: SessionId) -> Self {
        self.session = Some(session);
        self
    }

    fn with(mut self, name: &'static str, parameter: Parameter) -> Self {
        self.parameters.push((name, parameter));
        self
    }

    fn about<R: Borrow<Row>>(mut self, rows: impl IntoIterator<Item = R>) -> Self {
        let mut named: Vec<(u64, EntryId)> = rows
            .into_iter()
            .map(|row| (row.borrow().position, row.borrow().entry))
            .collect();
        named.sort_unstable();
        named.truncate(ENTRIES_MAX);
        self.entries = named.into_iter().map(|(_, entry)| entry).collect();
        self
    }
}

/// The warnings of a period as known when the ledger's last fact was recorded: by day, then kind, then as they began.
pub fn warnings(ledger: &Ledger, period: &Period) -> Vec<Warning> {
    let mut found: Vec<Warning> = shifts::warnings(ledger, period);
    let begun = ledger.zone().day_of(ledger.recorded_at());
    let days = period.days().take_while(|day| *day <= begun);
    found.extend(days.flat_map(|day| day::warnings(ledger, day)));
    found.sort_by_key(|warning| (warning.day, warning.kind));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_kind_has_a_slug_of_its_own_in_kebab_case() {
        let slugs: HashSet<&str> = Kind::ALL.into_iter().map(Kind::slug).collect();
        assert_eq!(slugs.len(), Kind::ALL.len());
        let kebab = |slug: &str| {
            slug.split('-')
                .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        };
        assert!(slugs.into_iter().all(kebab));
    }
}
