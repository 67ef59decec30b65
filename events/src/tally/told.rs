//! What an event of the tally tells by itself: how sure it is, by which code, and whom it names.

use super::{Event, Standing, Visitor};
use crate::values::{Code, PersonId, Sealed};

impl Event {
    /// How sure it is; an entry that can't wait counts.
    pub const fn standing(&self) -> Standing {
        match self {
            Self::VisitorCheckedIn { standing, .. }
            | Self::MoneyDonated { standing, .. }
            | Self::GoodsDonated { standing, .. } => *standing,
            Self::HeadsCounted { .. }
            | Self::CoffeeServed { .. }
            | Self::CounterTallied { .. }
            | Self::ContributionMade { .. }
            | Self::ShiftStarted { .. }
            | Self::ShiftEnded { .. }
            | Self::BarRevenueCounted { .. }
            | Self::ShopRevenueCounted { .. }
            | Self::IndicatorMeasured { .. }
            | Self::OpeningNoted { .. }
            | Self::EntryRetracted { .. }
            | Self::EntriesConfirmed { .. } => Standing::Counted,
        }
    }

    /// Who gave, where that is known.
    pub const fn donor(&self) -> Option<PersonId> {
        match self {
            Self::MoneyDonated { donor, .. } | Self::GoodsDonated { donor, .. } => *donor,
            Self::VisitorCheckedIn { .. }
            | Self::HeadsCounted { .. }
            | Self::CoffeeServed { .. }
            | Self::CounterTallied { .. }
            | Self::ContributionMade { .. }
            | Self::ShiftStarted { .. }
            | Self::ShiftEnded { .. }
            | Self::BarRevenueCounted { .. }
            | Self::ShopRevenueCounted { .. }
            | Self::IndicatorMeasured { .. }
            | Self::OpeningNoted { .. }
            | Self::EntryRetracted { .. }
            | Self::EntriesConfirmed { .. } => None,
        }
    }

    /// Whom it names: the holder of a pass, a volunteer, or who gave.
    pub const fn whom(&self) -> Option<PersonId> {
        match self {
            Self::VisitorCheckedIn {
                visitor: Visitor::Pass(person),
                ..
            } => Some(*person),
            Self::ShiftStarted { volunteer, .. } => Some(*volunteer),
            Self::ContributionMade { volunteer, .. } => *volunteer,
            Self::MoneyDonated { .. } | Self::GoodsDonated { .. } => self.donor(),
            Self::VisitorCheckedIn { .. }
            | Self::HeadsCounted { .. }
            | Self::CoffeeServed { .. }
            | Self::CounterTallied { .. }
            | Self::ShiftEnded { .. }
            | Self::BarRevenueCounted { .. }
            | Self::ShopRevenueCounted { .. }
            | Self::IndicatorMeasured { .. }
            | Self::OpeningNoted { .. }
            | Self::EntryRetracted { .. }
            | Self::EntriesConfirmed { .. } => None,
        }
    }

    /// What was remarked, by its member; sealed.
    pub fn remarks(&self) -> Vec<(&'static str, &Sealed)> {
        let remarks = match self {
            Self::MoneyDonated { purpose, .. } => vec![("purpose", purpose)],
            Self::GoodsDonated {
                description,
                purpose,
                ..
            } => vec![("description", description), ("purpose", purpose)],
            Self::EntryRetracted { reason, .. } => vec![("reason", reason)],
            Self::VisitorCheckedIn { .. }
            | Self::HeadsCounted { .. }
            | Self::CoffeeServed { .. }
            | Self::CounterTallied { .. }
            | Self::ContributionMade { .. }
            | Self::ShiftStarted { .. }
            | Self::ShiftEnded { .. }
            | Self::BarRevenueCounted { .. }
            | Self::ShopRevenueCounted { .. }
            | Self::IndicatorMeasured { .. }
            | Self::OpeningNoted { .. }
            | Self::EntriesConfirmed { .. } => Vec::new(),
        };
        let said = remarks.into_iter();
        said.filter_map(|(member, sealed)| Some((member, sealed.as_ref()?)))
            .collect()
    }

    /// The code it was made with, where it was by one.
    pub const fn code(&self) -> Option<Code> {
        match self {
            Self::VisitorCheckedIn { code, .. }
            | Self::CoffeeServed { code, .. }
            | Self::MoneyDonated { code, .. }
            | Self::GoodsDonated { code, .. } => *code,
            Self::HeadsCounted { .. }
            | Self::CounterTallied { .. }
            | Self::ContributionMade { .. }
            | Self::ShiftStarted { .. }
            | Self::ShiftEnded { .. }
            | Self::BarRevenueCounted { .. }
            | Self::ShopRevenueCounted { .. }
            | Self::IndicatorMeasured { .. }
            | Self::OpeningNoted { .. }
            | Self::EntryRetracted { .. }
            | Self::EntriesConfirmed { .. } => None,
        }
    }
}
