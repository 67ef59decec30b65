//! Bodies of entries: read, checked, and still clear where keys are needed.
//!
//! Whether `occurred_at` lies too far off is for the rules: the device's clock is corrected in between.

mod kinds;
mod same;
#[cfg(test)]
mod tests;

pub use same::content_equals;

use super::fields::{self, FieldError, Fields, Read};
use meetellen_events::tally::{CountBasis, HoursBasis, OpeningState, ShiftKind};
use meetellen_events::values::{
    Cents, Code, CounterId, Cups, Decimal, EntryId, HeadCount, IndicatorId, Name, Party, PersonId,
    Quantity, SessionId, Timestamp,
};
use serde_json::Value;

/// One entry as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryBody {
    /// Made by the client; the idempotency key.
    pub id: EntryId,
    /// When it happened, by the device's clock.
    pub occurred_at: Timestamp,
    /// The code it was made with.
    pub code: Option<Code>,
    /// What is tallied.
    pub kind: Kind,
}

/// The random token a phone keeps. Never printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VisitorToken([u8; 16]);

impl VisitorToken {
    /// From 16 random bytes.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes, to make the month's pseudonym of.
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl std::fmt::Debug for VisitorToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VisitorToken")
    }
}

/// A pass as scanned or typed. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub enum Pass {
    /// The code in its QR.
    Code(Code),
    /// The 8 characters below it, in capitals, mistaken letters mended.
    Short(String),
}

impl std::fmt::Debug for Pass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pass")
    }
}

/// Who checks in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// Nobody that can be told apart.
    Unknown,
    /// A phone.
    Phone(VisitorToken),
    /// The holder of a pass.
    Pass(Pass),
}

/// Whose shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// By id.
    Person(PersonId),
    /// By badge.
    Pass(Pass),
}

/// Who gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Donor {
    /// Known already.
    Person(PersonId),
    /// By name, to be sealed.
    Named(Name),
}

/// What was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gift {
    /// Money.
    Money {
        /// How much.
        amount: Cents,
        /// Cash, transfer, …
        method: Option<Name>,
    },
    /// Goods.
    Goods {
        /// What sort.
        category: Name,
        /// What exactly, to be sealed.
        description: Option<Name>,
        /// How many.
        quantity: Quantity,
    },
}

/// What can be tallied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Somebody came; `party` left out means one adult, or one child with a child's pass.
    CheckIn {
        /// At which session.
        session: Option<SessionId>,
        /// How many.
        party: Option<Party>,
        /// Who.
        arrival: Arrival,
    },
    /// Heads were counted.
    HeadCount {
        /// At which session.
        session: Option<SessionId>,
        /// How many.
        heads: HeadCount,
        /// How it is known.
        basis: CountBasis,
    },
    /// Coffee was served.
    Coffee {
        /// Cups.
        cups: Cups,
        /// Paid or free.
        paid: Option<bool>,
        /// By the pot.
        pot: bool,
        /// At which session.
        session: Option<SessionId>,
    },
    /// A counter goes up.
    Tally {
        /// Which.
        counter: CounterId,
        /// How many.
        quantity: Quantity,
    },
    /// Somebody brought something.
    Contribution {
        /// What kind.
        kind: Name,
        /// How many.
        quantity: Quantity,
        /// At which session.
        session: Option<SessionId>,
        /// By whom.
        volunteer: Option<PersonId>,
    },
    /// A shift begins.
    ShiftStart {
        /// Whose.
        who: Who,
        /// What kind.
        kind: ShiftKind,
        /// At which session.
        session: Option<SessionId>,
    },
    /// A shift ends.
    ShiftEnd {
        /// The start's entry.
        shift: EntryId,
        /// How the end is known.
        basis: HoursBasis,
    },
    /// The bar's till.
    BarRevenue {
        /// What was in it.
        amount: Cents,
        /// What should have been.
        expected: Option<Cents>,
        /// Private hire.
        hire: bool,
    },
    /// The shop's till.
    ShopRevenue {
        /// What was in it.
        amount: Cents,
        /// What should have been.
        expected: Option<Cents>,
    },
    /// Something was given; `purpose` is to be sealed.
    Donation {
        /// What.
        gift: Gift,
        /// By whom.
        donor: Option<Donor>,
        /// What for.
        purpose: Option<Name>,
    },
    /// An indicator was measured.
    Measurement {
        /// Which.
        indicator: IndicatorId,
        /// Its value.
        value: Decimal,
    },
    /// About the door.
    Opening(OpeningState),
    /// An entry counts no more; `reason` is to be sealed.
    Retraction {
        /// Which.
        retracts: EntryId,
        /// Why.
        reason: Option<Name>,
    },
    /// Waiting entries were real; 1 to 500, each once.
    Confirmation(Vec<EntryId>),
}

/// Reads one entry; else all its mistakes.
pub fn parse(value: &Value) -> Result<EntryBody, Vec<FieldError>> {
    fields::parse(value)
}

impl Read for EntryBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let id = fields.required("id", fields::id);
        let occurred_at = fields.required("occurred_at", fields::instant);
        let entry_type = fields.required("type", |value| fields::text(value).map(str::to_owned));
        if entry_type.is_none() {
            fields.ignore_unknown();
        }
        let (code, kind) = kinds::read(&entry_type?, fields)?;
        Some(Self {
            id: id?,
            occurred_at: occurred_at?,
            code,
            kind,
        })
    }
}
