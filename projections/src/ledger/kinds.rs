//! Which figures an entry makes known (figures.md, rule 9).

use meetellen_events::tally::{Event, OpeningState};
use meetellen_events::values::Day;

/// Kinds of entries of which a figure is not known before the first (figures.md, rule 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A check-in, a head count, or that nobody came.
    Visit,
    /// A check-in or a head count at a session.
    Participation,
    /// Coffee.
    Coffee,
    /// Coffee of which it was said whether it was paid.
    CoffeePaid,
    /// A shift.
    Shift,
    /// The bar's till.
    BarRevenue,
    /// The bar's till with what should have been in it.
    BarExpected,
    /// The shop's till.
    ShopRevenue,
    /// The shop's till with what should have been in it.
    ShopExpected,
    /// Money given.
    Money,
    /// Goods given.
    Goods,
    /// A counter of the organisation's own.
    Counter,
    /// A contribution.
    Contribution,
}

const KINDS: usize = Kind::Contribution as usize + 1;

/// The first day with an entry of each kind that counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Firsts([Option<Day>; KINDS]);

impl Firsts {
    pub(super) const fn of(&self, kind: Kind) -> Option<Day> {
        self.0[kind as usize]
    }

    /// Notes that an event counts on a day.
    pub(super) fn note(&mut self, event: &Event, day: Day) {
        for kind in kinds_of(event).into_iter().flatten() {
            let first = &mut self.0[kind as usize];
            if first.is_none_or(|first| day < first) {
                *first = Some(day);
            }
        }
    }
}

/// The kinds an event is of.
pub(super) fn kinds_of(event: &Event) -> [Option<Kind>; 2] {
    match event {
        Event::VisitorCheckedIn { session, .. } | Event::HeadsCounted { session, .. } => {
            [Some(Kind::Visit), session.map(|_| Kind::Participation)]
        }
        Event::OpeningNoted {
            state: OpeningState::NobodyCame,
        } => [Some(Kind::Visit), None],
        Event::CoffeeServed { paid, .. } => [Some(Kind::Coffee), paid.map(|_| Kind::CoffeePaid)],
        Event::ShiftStarted { .. } => [Some(Kind::Shift), None],
        Event::BarRevenueCounted { expected, .. } => {
            [Some(Kind::BarRevenue), expected.map(|_| Kind::BarExpected)]
        }
        Event::ShopRevenueCounted { expected, .. } => [
            Some(Kind::ShopRevenue),
            expected.map(|_| Kind::ShopExpected),
        ],
        Event::MoneyDonated { .. } => [Some(Kind::Money), None],
        Event::GoodsDonated { .. } => [Some(Kind::Goods), None],
        Event::CounterTallied { .. } => [Some(Kind::Counter), None],
        Event::ContributionMade { .. } => [Some(Kind::Contribution), None],
        Event::ShiftEnded { .. }
        | Event::IndicatorMeasured { .. }
        | Event::OpeningNoted {
            state: OpeningState::Opened | OpeningState::Closed,
        }
        | Event::EntryRetracted { .. }
        | Event::EntriesConfirmed { .. } => [None, None],
    }
}
