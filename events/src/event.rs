//! Facts: what was recorded, by whom, and when.

use crate::log::line::{Hash, Position};
use crate::values::{DeviceId, OrganisationId, Timestamp};
use crate::{access, months, organisation, people, programme, standing, tally};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One recorded happening, of one room. Its stored name and version are written at its variant, for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The organisation itself.
    Organisation(organisation::Event),
    /// Activities, sessions and codes.
    Programme(programme::Event),
    /// What is tallied.
    Tally(tally::Event),
    /// Persons and passes.
    People(people::Event),
    /// Devices and their rights.
    Access(access::Event),
    /// Standing facts and settings.
    Standing(standing::Event),
    /// Closed months.
    Months(months::Event),
    /// A type that this version doesn't know: kept, shown as unknown; its organisation is read-only.
    Unknown(Unknown),
}

impl Event {
    /// How sure it is; anything but an entry that can wait holds.
    pub const fn standing(&self) -> tally::Standing {
        match self {
            Self::Tally(event) => event.standing(),
            Self::Organisation(_)
            | Self::Programme(_)
            | Self::People(_)
            | Self::Access(_)
            | Self::Standing(_)
            | Self::Months(_)
            | Self::Unknown(_) => tally::Standing::Counted,
        }
    }
}

/// An event of a newer version, as it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Its stored name, such as `tea_served.v1`.
    pub name: String,
    /// Its other members, as canonical JSON.
    pub members: String,
}

/// What `decide` makes: an event with its id and the instant it tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The entry's id where a client made one, else new.
    pub id: Uuid,
    /// When it happened, the device's clock error taken out.
    pub occurred_at: Timestamp,
    /// By how much the device's clock error shifted it; `occurred_at` as sent = this instant less the shift. 0 where not.
    pub shifted_millis: i64,
    /// What happened.
    pub event: Event,
}

/// A fact in its place in the log: what every fold takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its place: 1, 2, 3 … in one organisation's log.
    pub position: Position,
    /// When its commit was recorded; never goes back.
    pub recorded_at: Timestamp,
    /// Who had it recorded.
    pub actor: Actor,
    /// The fact.
    pub fact: Fact,
}

/// Who had something recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// The device, where it was one.
    pub id: Option<DeviceId>,
    /// What kind of actor.
    pub kind: ActorKind,
}

/// Kinds of actors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActorKind {
    /// Somebody who scanned a code: nobody known.
    Visitor,
    /// A device that was let in.
    Device,
    /// The host.
    Operator,
    /// The server by itself.
    System,
}

/// The facts of one command, kept together or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Whose log.
    pub organisation: OrganisationId,
    /// Position of the first fact.
    pub first: Position,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who had it recorded.
    pub actor: Actor,
    /// Hash of the commit before; zero for the first.
    pub previous: Hash,
    /// The facts, in order; at least one.
    pub facts: Vec<Fact>,
}

impl Commit {
    /// The facts in their places.
    pub fn recorded(&self) -> impl Iterator<Item = Recorded> + '_ {
        (self.first.0..)
            .zip(&self.facts)
            .map(|(position, fact)| Recorded {
                position: Position(position),
                recorded_at: self.recorded_at,
                actor: self.actor,
                fact: fact.clone(),
            })
    }
}
