//! Room: standing facts and settings, each with the day it holds from.

pub mod state;
#[cfg(test)]
mod tests;

use crate::values::{
    Cents, CounterId, Cups, Day, DayTime, GrantId, IndicatorId, Name, PartnerId, RoomId, TenantId,
};
use serde::{Deserialize, Serialize};

/// Something that stands until it is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Listed {
    /// A counter of the organisation's own.
    Counter(CounterId),
    /// An indicator that is measured now and then.
    Indicator(IndicatorId),
    /// A fixed tenant.
    Tenant(TenantId),
    /// A partner.
    Partner(PartnerId),
}

/// Weekly hours of one weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// 1 is Monday, 7 is Sunday.
    pub weekday: u8,
    /// When the door opens.
    pub from: DayTime,
    /// When it closes; up to `from` means on the next date.
    pub to: DayTime,
}

/// A room of the house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Room {
    /// Its id.
    pub id: RoomId,
    /// Its name.
    pub name: Name,
    /// How many persons it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
}

/// A number and where it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sourced {
    /// Cents, or inhabitants.
    pub number: u64,
    /// Where it was found.
    pub source: Name,
}

/// One setting with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// When the house is open in a week.
    OpeningHours(Vec<Hours>),
    /// Days on which it is not, the hours notwithstanding.
    ClosedDays(Vec<Day>),
    /// Its rooms.
    Rooms(Vec<Room>),
    /// What an hour of a volunteer would cost, in cents.
    HourlyRate(Sourced),
    /// Cups in a pot.
    CupsPerPot(Cups),
    /// The yearly limit of canteen revenue without VAT, in cents.
    CanteenLimit(Sourced),
    /// Inhabitants of the neighbourhood.
    Inhabitants(Sourced),
}

/// What happened to the standing facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum Event {
    /// Something stands from a day on.
    #[serde(rename = "standing_added.v1")]
    Added {
        /// What.
        listed: Listed,
        /// Its name.
        name: Name,
        /// From which day.
        since: Day,
    },
    /// It stands no more.
    #[serde(rename = "standing_ended.v1")]
    Ended {
        /// What.
        listed: Listed,
        /// From which day not.
        since: Day,
    },
    /// Money was awarded.
    #[serde(rename = "grant_awarded.v1")]
    GrantAwarded {
        /// Which.
        grant: GrantId,
        /// By whom.
        funder: Name,
        /// What for.
        purpose: Name,
        /// How much.
        amount: Cents,
        /// From which day.
        since: Day,
    },
    /// A grant holds no more.
    #[serde(rename = "grant_ended.v1")]
    GrantEnded {
        /// Which.
        grant: GrantId,
        /// From which day not.
        since: Day,
    },
    /// A setting is otherwise from a day on.
    #[serde(rename = "setting_changed.v1")]
    SettingChanged {
        /// Which, and its value.
        setting: Setting,
        /// From which day.
        since: Day,
    },
}

impl Event {
    /// The day from which it holds.
    pub const fn since(&self) -> Day {
        match self {
            Self::Added { since, .. }
            | Self::Ended { since, .. }
            | Self::GrantAwarded { since, .. }
            | Self::GrantEnded { since, .. }
            | Self::SettingChanged { since, .. } => *since,
        }
    }
}

/// What can be asked of the standing facts; `since` is today where not said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Add something.
    Add {
        /// What, with a new id.
        listed: Listed,
        /// Its name.
        name: Name,
        /// From which day.
        since: Option<Day>,
    },
    /// End it. From its first day on or before, it never stood: so a mistake is taken back.
    End {
        /// What.
        listed: Listed,
        /// From which day not.
        since: Option<Day>,
    },
    /// Note a grant.
    AwardGrant {
        /// Its new id.
        grant: GrantId,
        /// By whom.
        funder: Name,
        /// What for.
        purpose: Name,
        /// How much.
        amount: Cents,
        /// From which day.
        since: Option<Day>,
    },
    /// End a grant.
    EndGrant {
        /// Which.
        grant: GrantId,
        /// From which day not.
        since: Option<Day>,
    },
    /// Change settings, all from the same day.
    Change {
        /// At least one; of each kind the last.
        settings: Vec<Setting>,
        /// From which day.
        since: Option<Day>,
    },
}

/// Why the standing facts say no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Nothing of that id stands.
    #[error("no such standing fact")]
    UnknownListed(Listed),
    /// No such grant.
    #[error("no grant {0}")]
    UnknownGrant(GrantId),
    /// It ended before the day on which it is to end.
    #[error("it ended on {since}")]
    AlreadyEnded {
        /// The first day without it.
        since: Day,
    },
    /// The id stands for something else already.
    #[error("the id is in use")]
    IdReused,
    /// A weekday outside 1 to 7, or hours without length.
    #[error("weekly hours need a weekday from 1 to 7 and a length")]
    InvalidHours,
}
