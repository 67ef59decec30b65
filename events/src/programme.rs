//! Room: activities, their sessions, and the codes on walls.

mod series;
pub mod state;
#[cfg(test)]
mod tests;

pub use series::weekly;

use crate::values::{
    ActivityId, Code, Day, Name, PersonId, RoomId, SeriesId, SessionId, Timestamp,
};
use serde::{Deserialize, Serialize};

/// Who sets an activity up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrganisedBy {
    /// Residents.
    Residents,
    /// The house's volunteers.
    Volunteers,
    /// A partner.
    Partner,
    /// Paid staff.
    Staff,
}

/// What a code opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// Check in at an activity's session that is on.
    Activity(ActivityId),
    /// Check in at one session.
    Session(SessionId),
    /// Check in at the front door.
    Door,
    /// Open the bar page.
    Bar,
    /// Count the cup a visitor takes.
    Coffee,
    /// Say what one gave.
    Gift,
}

/// What an activity is like; each holds from its own day on (figures.md, rule 11).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivityFacts {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Who sets it up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organised_by: Option<OrganisedBy>,
    /// The persons who do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisers: Option<Vec<PersonId>>,
    /// A word to group it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Name>,
    /// Where it usually is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    /// How many the activity can take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// Whether nothing may show who came (design.md §6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitive: Option<bool>,
}

/// What happened in the programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum Event {
    /// An activity is offered. Its facts have at least name and organiser.
    #[serde(rename = "activity_added.v1")]
    ActivityAdded {
        /// Which.
        activity: ActivityId,
        /// What it is like.
        facts: ActivityFacts,
        /// From which day.
        since: Day,
    },
    /// Some of an activity's facts are otherwise.
    #[serde(rename = "activity_changed.v1")]
    ActivityChanged {
        /// Which.
        activity: ActivityId,
        /// Only what changed.
        facts: ActivityFacts,
        /// From which day.
        since: Day,
    },
    /// A session is planned.
    #[serde(rename = "session_planned.v1")]
    SessionPlanned {
        /// Which.
        session: SessionId,
        /// Of what.
        activity: ActivityId,
        /// Its beginning.
        starts_at: Timestamp,
        /// Its end, behind the beginning, at most 24 hours.
        ends_at: Timestamp,
        /// Where, if not where the activity usually is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<RoomId>,
        /// The weekly repeat it came from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        series: Option<SeriesId>,
    },
    /// A session does not take place.
    #[serde(rename = "session_cancelled.v1")]
    SessionCancelled {
        /// Which.
        session: SessionId,
    },
    /// Somebody signed in says that the session took place.
    #[serde(rename = "session_confirmed.v1")]
    SessionConfirmed {
        /// Which.
        session: SessionId,
    },
    /// A code was made.
    #[serde(rename = "code_issued.v1")]
    CodeIssued {
        /// The code itself.
        code: Code,
        /// What it opens.
        target: Target,
        /// The only day it is good on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        day: Option<Day>,
        /// The instant from which it is good no more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        valid_until: Option<Timestamp>,
    },
    /// A code is good no more.
    #[serde(rename = "code_withdrawn.v1")]
    CodeWithdrawn {
        /// Which.
        code: Code,
    },
}

/// One session to be planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionPlan {
    /// Its id, made by the server.
    pub session: SessionId,
    /// Its beginning.
    pub starts_at: Timestamp,
    /// Its end.
    pub ends_at: Timestamp,
}

/// What can be asked of the programme. Ids are new, made by the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Offer an activity.
    AddActivity {
        /// Its id.
        activity: ActivityId,
        /// What it is like.
        facts: ActivityFacts,
        /// From which day; today where not said.
        since: Option<Day>,
    },
    /// Change some of its facts.
    ChangeActivity {
        /// Which.
        activity: ActivityId,
        /// Only what changes.
        facts: ActivityFacts,
        /// From which day; today where not said.
        since: Option<Day>,
    },
    /// Plan one session, or those of a weekly repeat.
    PlanSessions {
        /// Of what.
        activity: ActivityId,
        /// At least one, at most [`SESSIONS_A_COMMAND_MAX`].
        sessions: Vec<SessionPlan>,
        /// Where.
        room: Option<RoomId>,
        /// The repeat's id, where it is one.
        series: Option<SeriesId>,
    },
    /// Cancel a session.
    CancelSession(SessionId),
    /// Confirm that a session took place.
    ConfirmSession(SessionId),
    /// Make a code.
    IssueCode {
        /// The code, random.
        code: Code,
        /// What it opens.
        target: Target,
        /// The only day it is good on.
        day: Option<Day>,
        /// Until when.
        valid_until: Option<Timestamp>,
    },
    /// Withdraw a code.
    WithdrawCode(Code),
}

/// Sessions planned by one command: four years of weeks.
pub const SESSIONS_A_COMMAND_MAX: usize = 209;

/// Weeks between the sessions of a repeat, at most.
pub const WEEKS_BETWEEN_MAX: u8 = 52;

/// A session lasts no longer.
const SESSION_MILLIS_MAX: i64 = 24 * 3_600_000;

/// Why the programme says no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No such activity.
    #[error("no activity {0}")]
    UnknownActivity(ActivityId),
    /// No such session.
    #[error("no session {0}")]
    UnknownSession(SessionId),
    /// No such room.
    #[error("no room {0}")]
    UnknownRoom(RoomId),
    /// No such person, or erased.
    #[error("no person {0}")]
    UnknownPerson(PersonId),
    /// No such code here.
    #[error("no such code")]
    UnknownCode,
    /// A code for a session that does not take place.
    #[error("session {0} is cancelled")]
    SessionCancelled(SessionId),
    /// An activity needs a name and an organiser.
    #[error("an activity needs a name and who organises it")]
    IncompleteActivity,
    /// A session's end must be behind its beginning, by at most 24 hours.
    #[error("a session lasts up to 24 hours")]
    EmptySpan,
    /// The id stands for something else already.
    #[error("the id is in use")]
    IdReused,
    /// Too many sessions at once, or none.
    #[error("1 to {SESSIONS_A_COMMAND_MAX} sessions at once")]
    SessionCount,
    /// A repeat has 1 to 52 weeks in between.
    #[error("a session is repeated every 1 to {WEEKS_BETWEEN_MAX} weeks")]
    WeeksBetween,
}
