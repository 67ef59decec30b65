//! Room: persons (volunteers, pass holders, donors) and their passes. Names are sealed before they come here.

pub mod state;
#[cfg(test)]
mod tests;

use crate::values::{Day, PersonId, Sealed, SecretHash};
use serde::{Deserialize, Serialize};

/// How old somebody is, as far as figures ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AgeGroup {
    /// A child.
    Child,
    /// An adult.
    Adult,
    /// A senior.
    Senior,
}

/// What is known of a person; each holds from its own day on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonFacts {
    /// Whether a volunteer of the house.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volunteer: Option<bool>,
    /// Age group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<AgeGroup>,
    /// Whether from the neighbourhood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_neighbourhood: Option<bool>,
    /// Whether instructed to serve alcohol (IVA).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alcohol_instruction: Option<bool>,
    /// The sealed name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Sealed>,
    /// How to reach the person, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Sealed>,
}

/// What happened to persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum Event {
    /// A person is known.
    #[serde(rename = "person_registered.v1")]
    Registered {
        /// Who.
        person: PersonId,
        /// What is known.
        facts: PersonFacts,
        /// From which day.
        since: Day,
    },
    /// Somebody said a name at a gift box. Nobody vouched for it yet: the giver becomes a person once a gift of hers is
    /// confirmed, and is erased with the last one that is refused.
    #[serde(rename = "giver_named.v1")]
    GiverNamed {
        /// Who.
        person: PersonId,
        /// The sealed name.
        name: Sealed,
    },
    /// Some of it is otherwise; a volunteer leaves by `volunteer: false`.
    #[serde(rename = "person_changed.v1")]
    Changed {
        /// Who.
        person: PersonId,
        /// Only what changed.
        facts: PersonFacts,
        /// From which day.
        since: Day,
    },
    /// The person's sealed fields are gone for good; the counts stay.
    #[serde(rename = "person_erased.v1")]
    Erased {
        /// Who.
        person: PersonId,
    },
    /// A pass was made.
    #[serde(rename = "pass_issued.v1")]
    PassIssued {
        /// Whose.
        person: PersonId,
        /// Hash of the code in its QR.
        pass: SecretHash,
        /// Hash of the eight characters to type.
        short: SecretHash,
    },
    /// A pass is good no more.
    #[serde(rename = "pass_withdrawn.v1")]
    PassWithdrawn {
        /// Hash of the code in its QR.
        pass: SecretHash,
    },
}

/// Givers named at a gift box of whom nothing is confirmed yet. Beyond them gifts are taken without a name, until
/// somebody confirms or refuses what waits.
pub const GIVERS_MAX: usize = 200;

/// What can be asked about persons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Register a person.
    Register {
        /// The new id.
        person: PersonId,
        /// What is known.
        facts: PersonFacts,
        /// From which day; today where not said.
        since: Option<Day>,
    },
    /// Change what is known.
    Change {
        /// Who.
        person: PersonId,
        /// Only what changes.
        facts: PersonFacts,
        /// From which day; today where not said.
        since: Option<Day>,
    },
    /// Erase a person.
    Erase(PersonId),
    /// Make a pass.
    IssuePass {
        /// Whose.
        person: PersonId,
        /// Hash of the code in its QR.
        pass: SecretHash,
        /// Hash of the eight characters to type.
        short: SecretHash,
    },
    /// Withdraw a pass.
    WithdrawPass(SecretHash),
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No such person.
    #[error("no person {0}")]
    UnknownPerson(PersonId),
    /// The person was erased.
    #[error("person {0} was erased")]
    ErasedPerson(PersonId),
    /// No such pass, or it was withdrawn.
    #[error("no such pass")]
    UnknownPass,
    /// The id stands for somebody else already.
    #[error("the id is in use")]
    IdReused,
}
