//! What comes in: an entry, and what it asks to be tallied.

use super::{CountBasis, HoursBasis, OpeningState, ShiftKind};
use crate::values::{
    Cents, Code, CounterId, Cups, Decimal, EntryId, HeadCount, IndicatorId, Month, Name, Party,
    PersonId, Quantity, Sealed, SecretHash, SessionId, Tag, Timestamp,
};

/// One entry as it comes: its id, when it happened, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Made by the client; the idempotency key.
    pub id: EntryId,
    /// When it happened, the device's clock error taken out.
    pub occurred_at: Timestamp,
    /// By how much that error shifted it; 0 where not.
    pub shifted_millis: i64,
    /// What is tallied.
    pub command: Command,
}

/// Where somebody checks in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Where the code of the authority says; a door's code may name the session.
    Code {
        /// The code.
        code: Code,
        /// The session chosen on a door's page.
        session: Option<SessionId>,
    },
    /// At a session.
    Session(SessionId),
    /// As drop-in.
    DropIn,
}

/// Who checks in, before the rules: a phone's pseudonyms for the months its day may lie in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// Nobody that can be told apart.
    Unknown,
    /// A phone.
    Phone(Vec<(Month, Tag)>),
    /// A pass, by the hash of its code or of its short code.
    Pass(SecretHash),
}

/// A volunteer, by id or by pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// By id.
    Person(PersonId),
    /// By the hash of the badge's code.
    Pass(SecretHash),
}

/// A giver. One who is named is registered with the first gift; the server finds the same name's person again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Donor {
    /// Known already.
    Person(PersonId),
    /// Named.
    Named {
        /// The person of that name, new where there was none.
        person: PersonId,
        /// The sealed name.
        name: Sealed,
    },
}

/// What can be tallied. Amounts are as in the events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Somebody came; `party` left out means one adult, or one child with a child's pass.
    CheckIn {
        /// Where.
        place: Place,
        /// How many.
        party: Option<Party>,
        /// Who.
        arrival: Arrival,
    },
    /// Heads were counted.
    CountHeads {
        /// At which session.
        session: Option<SessionId>,
        /// How many.
        heads: HeadCount,
        /// Counted or guessed.
        basis: CountBasis,
    },
    /// Coffee was served; one cup with a sticker's code.
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
        /// By how much.
        quantity: Quantity,
    },
    /// Somebody brought something.
    Contribute {
        /// What kind.
        kind: Name,
        /// How many.
        quantity: Quantity,
        /// For which session.
        session: Option<SessionId>,
        /// By whom.
        volunteer: Option<PersonId>,
    },
    /// A shift begins.
    StartShift {
        /// Whose.
        who: Who,
        /// What for.
        kind: ShiftKind,
        /// At which session.
        session: Option<SessionId>,
    },
    /// A shift ends.
    EndShift {
        /// The start's entry.
        shift: EntryId,
        /// How it is known.
        basis: HoursBasis,
    },
    /// The bar's till.
    CountBarRevenue {
        /// What was in it.
        amount: Cents,
        /// What should have been.
        expected: Option<Cents>,
        /// Private hire.
        hire: bool,
    },
    /// The shop's till.
    CountShopRevenue {
        /// What was in it.
        amount: Cents,
        /// What should have been.
        expected: Option<Cents>,
    },
    /// Money given.
    GiveMoney {
        /// How much.
        amount: Cents,
        /// Cash, transfer, …
        method: Option<Name>,
        /// By whom.
        donor: Option<Donor>,
        /// What for.
        purpose: Option<Sealed>,
    },
    /// Goods given.
    GiveGoods {
        /// What sort.
        category: Name,
        /// What exactly.
        description: Option<Sealed>,
        /// How many.
        quantity: Quantity,
        /// By whom.
        donor: Option<Donor>,
        /// What for.
        purpose: Option<Sealed>,
    },
    /// An indicator was measured.
    Measure {
        /// Which.
        indicator: IndicatorId,
        /// Its value.
        value: Decimal,
    },
    /// About the door.
    NoteOpening(OpeningState),
    /// An entry counts no more.
    Retract {
        /// Which.
        retracts: EntryId,
        /// Why.
        reason: Option<Sealed>,
    },
    /// Waiting entries were real; 1 to [`super::CONFIRMED_MAX`], each once.
    Confirm(Vec<EntryId>),
}
