//! The organisation as a whole: its founding, and the rules that need more than one room.

mod held;
mod rules;
#[cfg(test)]
mod tests;

pub use held::Held;
pub use rules::{Organisation, Rejection};

use crate::values::{Locale, Name, OrganisationId, Slug, Timestamp};
use crate::{access, months, people, programme, standing, tally};
use serde::{Deserialize, Serialize};

/// What happened to the organisation itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum Event {
    /// It began. Slug and time zone are for ever.
    #[serde(rename = "organisation_founded.v1")]
    Founded {
        /// What people call it.
        name: Name,
        /// Its name in addresses.
        slug: Slug,
        /// IANA name of its time zone.
        time_zone: String,
        /// Its first language.
        locale: Locale,
        /// Whether it is the invented demo: pages and exports say so.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        demo: bool,
    },
    /// It is called otherwise from now on.
    #[serde(rename = "organisation_renamed.v1")]
    Renamed {
        /// The new name.
        name: Name,
    },
    /// It left: nothing more is recorded.
    #[serde(rename = "organisation_ended.v1")]
    Ended {},
}

/// On whose word a command comes: what its rules may depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// A code on a wall, scanned by nobody known.
    Code(crate::values::Code),
    /// A device that was let in, with its role.
    Device {
        /// Which.
        device: crate::values::DeviceId,
        /// Its role when the request was checked.
        role: access::Role,
    },
    /// The host.
    Operator,
    /// The server by itself.
    System,
}

/// One request to the rules of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// On whose word.
    pub authority: Authority,
    /// What is asked.
    pub request: Request,
}

/// What can be asked, by room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// To begin an organisation.
    Found {
        /// Its id, made by the server.
        organisation: OrganisationId,
        /// What people call it.
        name: Name,
        /// Its name in addresses.
        slug: Slug,
        /// IANA name of its time zone.
        time_zone: String,
        /// Its first language.
        locale: Locale,
        /// Whether it is the invented demo.
        demo: bool,
        /// When.
        at: Timestamp,
    },
    /// To call it otherwise.
    Rename(Name),
    /// To end it.
    End,
    /// To tally something.
    Tally(tally::Entry),
    /// About activities, sessions and codes.
    Programme(programme::Command),
    /// About persons and passes.
    People(people::Command),
    /// About devices.
    Access(access::Command),
    /// About standing facts and settings.
    Standing(standing::Command),
    /// About closed months.
    Months(months::Command),
}
