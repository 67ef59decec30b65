//! Room: everything that is tallied: check-ins, head counts, coffee, shifts, money, gifts, and their retraction.

mod entry;
pub mod state;
#[cfg(test)]
mod tests;
mod told;

pub use entry::{Arrival, Command, Donor, Entry, Place, Who};

use crate::log::line::Position;
use crate::values::{
    Cents, Code, CounterId, Cups, Decimal, EntryId, HeadCount, IndicatorId, Name, Party, PersonId,
    Quantity, Sealed, SessionId, Tag,
};
use serde::{Deserialize, Serialize};

/// How a counted thing was seen (design.md §8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A signed-in person or device recorded it.
    Host,
    /// A code that changes on a screen.
    LiveCode,
    /// A code printed for one day or session.
    DayCode,
    /// A fixed printed code.
    Poster,
}

/// How sure an entry is, decided once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It counts.
    #[default]
    Counted,
    /// It counts once somebody signed in confirmed it.
    ToConfirm,
    /// This visitor was in already, with as large a party: kept, should the other be retracted.
    AlreadyCounted,
}

/// Who checked in, as far as can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visitor {
    /// Nobody that can be told apart.
    Unknown,
    /// A phone, for one month.
    Phone(Tag),
    /// The holder of a pass.
    Pass(PersonId),
}

/// How a head count or the hours were known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CountBasis {
    /// Counted.
    Counted,
    /// Guessed, and marked as such.
    Estimated,
}

/// How the end of a shift was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HoursBasis {
    /// By a tap at the time.
    #[default]
    Clocked,
    /// Written down afterwards.
    Entered,
    /// Guessed.
    Estimated,
}

/// What a shift is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShiftKind {
    /// Behind the bar.
    Bar,
    /// In the kitchen.
    Kitchen,
    /// In the thrift shop.
    Shop,
    /// In the garden.
    Garden,
    /// At the door or as host.
    Host,
    /// Anything else.
    Other,
}

impl ShiftKind {
    /// Its name in the contract and in texts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bar => "bar",
            Self::Kitchen => "kitchen",
            Self::Shop => "shop",
            Self::Garden => "garden",
            Self::Host => "host",
            Self::Other => "other",
        }
    }
}

/// What is said about the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpeningState {
    /// The house is open.
    Opened,
    /// Closed for the night, or all day.
    Closed,
    /// It was open and nobody came.
    NobodyCame,
}

/// An entry of the same log, by id and place: folds need no index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its id.
    pub entry: EntryId,
    /// Its place.
    pub position: Position,
}

/// What was tallied. The fact's id is the entry's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum Event {
    /// Somebody came.
    #[serde(rename = "visitor_checked_in.v1")]
    VisitorCheckedIn {
        /// At which session; else as drop-in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<SessionId>,
        /// How many.
        party: Party,
        /// Who, as far as can be told.
        visitor: Visitor,
        /// How it was seen.
        evidence: Evidence,
        /// The code it was made with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<Code>,
        /// How sure it is.
        standing: Standing,
    },
    /// Heads were counted, all so far.
    #[serde(rename = "heads_counted.v1")]
    HeadsCounted {
        /// At which session; else at the door, of the day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<SessionId>,
        /// How many.
        heads: HeadCount,
        /// Counted or guessed.
        basis: CountBasis,
    },
    /// Coffee was served.
    #[serde(rename = "coffee_served.v1")]
    CoffeeServed {
        /// Cups, also of a pot.
        cups: Cups,
        /// Paid or free, where recorded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        paid: Option<bool>,
        /// Whether by the pot: a guess.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pot: bool,
        /// At which session.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<SessionId>,
        /// How it was seen.
        evidence: Evidence,
        /// The sticker it was made with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<Code>,
    },
    /// One of the organisation's own counters went up.
    #[serde(rename = "counter_tallied.v1")]
    CounterTallied {
        /// Which.
        counter: CounterId,
        /// By how much.
        quantity: Quantity,
    },
    /// Somebody brought something: cakes, meals.
    #[serde(rename = "contribution_made.v1")]
    ContributionMade {
        /// What kind.
        kind: Name,
        /// How many.
        quantity: Quantity,
        /// For which session.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<SessionId>,
        /// By which volunteer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        volunteer: Option<PersonId>,
    },
    /// A shift began; the entry's id is the shift's.
    #[serde(rename = "shift_started.v1")]
    ShiftStarted {
        /// Whose.
        volunteer: PersonId,
        /// What for.
        kind: ShiftKind,
        /// At which session.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<SessionId>,
    },
    /// A shift ended.
    #[serde(rename = "shift_ended.v1")]
    ShiftEnded {
        /// Its start.
        shift: Target,
        /// How the end was known.
        basis: HoursBasis,
    },
    /// The till of the bar was counted.
    #[serde(rename = "bar_revenue_counted.v1")]
    BarRevenueCounted {
        /// What was in it, VAT included.
        amount: Cents,
        /// What should have been.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<Cents>,
        /// Whether of private hire.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        hire: bool,
    },
    /// The till of the thrift shop was counted.
    #[serde(rename = "shop_revenue_counted.v1")]
    ShopRevenueCounted {
        /// What was in it, VAT included.
        amount: Cents,
        /// What should have been.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<Cents>,
    },
    /// Money was given.
    #[serde(rename = "money_donated.v1")]
    MoneyDonated {
        /// How much.
        amount: Cents,
        /// Cash, transfer, …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        method: Option<Name>,
        /// By whom, where known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        donor: Option<PersonId>,
        /// What for, sealed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        purpose: Option<Sealed>,
        /// The gift box's code it was made with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<Code>,
        /// How sure it is.
        standing: Standing,
    },
    /// Goods were given.
    #[serde(rename = "goods_donated.v1")]
    GoodsDonated {
        /// What sort.
        category: Name,
        /// What exactly, sealed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<Sealed>,
        /// How many.
        quantity: Quantity,
        /// By whom, where known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        donor: Option<PersonId>,
        /// What for, sealed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        purpose: Option<Sealed>,
        /// The gift box's code it was made with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<Code>,
        /// How sure it is.
        standing: Standing,
    },
    /// An indicator was measured.
    #[serde(rename = "indicator_measured.v1")]
    IndicatorMeasured {
        /// Which.
        indicator: IndicatorId,
        /// Its value.
        value: Decimal,
    },
    /// Something was said about the door.
    #[serde(rename = "opening_noted.v1")]
    OpeningNoted {
        /// What.
        state: OpeningState,
    },
    /// An entry counts no more.
    #[serde(rename = "entry_retracted.v1")]
    EntryRetracted {
        /// Which.
        target: Target,
        /// Why, sealed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Sealed>,
    },
    /// Waiting entries were real.
    #[serde(rename = "entries_confirmed.v1")]
    EntriesConfirmed {
        /// Which; 1 to [`CONFIRMED_MAX`].
        targets: Vec<Target>,
    },
}

/// Money in one entry, in cents; only grants are larger.
pub const AMOUNT_CENTS_MAX: i64 = 10_000_000;

/// Entries confirmed by one entry.
pub const CONFIRMED_MAX: usize = 500;

/// Why an entry is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No such code here, or it was withdrawn.
    #[error("no such code")]
    UnknownCode,
    /// The code was good for another day or until an earlier instant.
    #[error("the code is no longer good")]
    CodeExpired,
    /// The code opens something else than this entry.
    #[error("the code is for something else")]
    WrongCode,
    /// More than 5 minutes ahead.
    #[error("the time lies ahead")]
    TooFarAhead,
    /// More than 400 days back.
    #[error("the time lies more than 400 days back")]
    TooFarBack,
    /// No such session.
    #[error("no session {0}")]
    UnknownSession(SessionId),
    /// No such person, or erased.
    #[error("no person {0}")]
    UnknownPerson(PersonId),
    /// The person is no volunteer.
    #[error("person {0} is no volunteer")]
    NoVolunteer(PersonId),
    /// No such pass.
    #[error("no such pass")]
    UnknownPass,
    /// No such counter on that day.
    #[error("no counter {0}")]
    UnknownCounter(CounterId),
    /// No such indicator on that day.
    #[error("no indicator {0}")]
    UnknownIndicator(IndicatorId),
    /// No such shift.
    #[error("no shift {0}")]
    UnknownShift(EntryId),
    /// The shift has an end.
    #[error("shift {0} has an end")]
    ShiftEnded(EntryId),
    /// The end stands before the start.
    #[error("a shift ends after it began")]
    EndBeforeStart,
    /// No such entry to retract.
    #[error("no entry {0}")]
    NothingToRetract(EntryId),
    /// A retraction or a confirmation.
    #[error("entry {0} can't be retracted")]
    NotRetractable(EntryId),
    /// Made by another code or device.
    #[error("entry {0} is not yours to retract")]
    NotYours(EntryId),
    /// Made by this code over 15 minutes ago, or by this device on another day.
    #[error("it is too late to retract entry {0}")]
    TooLateToRetract(EntryId),
    /// By another retraction, or along with the start of its shift.
    #[error("entry {0} was retracted")]
    AlreadyRetracted(EntryId),
    /// No such entry to confirm.
    #[error("no entry {0}")]
    NothingToConfirm(EntryId),
    /// The entry does not wait to be confirmed.
    #[error("entry {0} does not wait")]
    NotWaiting(EntryId),
    /// Too many entries confirmed at once, or none.
    #[error("1 to {CONFIRMED_MAX} entries at once")]
    ConfirmationCount,
    /// Who comes to this activity is not to be known.
    #[error("nothing may show who comes to this activity")]
    Sensitive,
    /// This role can't.
    #[error("not with this role")]
    Forbidden,
}
