//! Commits to and from the lines of the log: canonical JSON (RFC 8785) with stored names that are for ever.
//!
//! | always true | tested in |
//! |---|---|
//! | what was encoded decodes to the same commit | `codec/tests.rs`: `every_event_reads_back_as_written` |
//! | stored forms never change | `codec/tests.rs`: `stored_forms_stay_as_they_were` |
//! | an event of a newer version is kept as it stood | `codec/tests.rs`: `an_unknown_event_is_written_back_as_it_stood` |
//! | unpacking gives what was packed, and refuses anything else | `codec/packed/tests.rs` |

pub mod canonical;
mod directory;
mod members;
mod packed;

pub use directory::{Found, directory, directory_key, directory_keys, erased};
pub use packed::{InvalidChunk, pack, unpack};

use crate::event::{Actor, Commit, Event, Fact, Unknown};
use crate::log::line::{Head, InvalidLine, Line, Position};
use crate::values::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Why a commit and a line could not be turned into each other.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// The line's bytes are no line.
    #[error(transparent)]
    Line(#[from] InvalidLine),
    /// A member is missing or has another form than its stored name says.
    #[error("the event at position {position} is not as its name says")]
    Event {
        /// Where.
        position: Position,
        /// What the parser said.
        #[source]
        cause: serde_json::Error,
    },
    /// The line is no commit as this version writes it.
    #[error("the commit can't be read")]
    Commit(#[source] serde_json::Error),
    /// The commit does not come right behind its `previous`.
    #[error("the commit's first position is 0")]
    Position,
}

/// The stored names of each room's events. A name is never changed, reused or removed.
const ORGANISATION: &[&str] = &[
    "organisation_founded.v1",
    "organisation_renamed.v1",
    "organisation_ended.v1",
];
const PROGRAMME: &[&str] = &[
    "activity_added.v1",
    "activity_changed.v1",
    "session_planned.v1",
    "session_cancelled.v1",
    "session_confirmed.v1",
    "code_issued.v1",
    "code_withdrawn.v1",
];
const TALLY: &[&str] = &[
    "visitor_checked_in.v1",
    "heads_counted.v1",
    "coffee_served.v1",
    "counter_tallied.v1",
    "contribution_made.v1",
    "shift_started.v1",
    "shift_ended.v1",
    "bar_revenue_counted.v1",
    "shop_revenue_counted.v1",
    "money_donated.v1",
    "goods_donated.v1",
    "indicator_measured.v1",
    "opening_noted.v1",
    "entry_retracted.v1",
    "entries_confirmed.v1",
];
const PEOPLE: &[&str] = &[
    "person_registered.v1",
    "person_changed.v1",
    "giver_named.v1",
    "person_erased.v1",
    "pass_issued.v1",
    "pass_withdrawn.v1",
];
const ACCESS: &[&str] = &[
    "device_invited.v1",
    "device_enrolled.v1",
    "device_enrolled_by_badge.v1",
    "api_token_issued.v1",
    "refresh_changed.v1",
    "refresh_used.v1",
    "device_revoked.v1",
];
const STANDING: &[&str] = &[
    "standing_added.v1",
    "standing_ended.v1",
    "grant_awarded.v1",
    "grant_ended.v1",
    "setting_changed.v1",
];

const MONTHS: &[&str] = &["month_closed.v1", "month_restated.v1"];

/// Writes a commit as its line, hash and all. Its `first` and `previous` say where it stands.
pub fn encode(commit: &Commit) -> Result<Line, CodecError> {
    let position = commit.first.0.checked_sub(1).ok_or(CodecError::Position)?;
    let mut body = Vec::with_capacity(256 * commit.facts.len());
    body.extend_from_slice(b"{\"actor\":");
    canonical::serialise(&mut body, &commit.actor).map_err(CodecError::Commit)?;
    body.extend_from_slice(b",\"events\":[");
    for (index, fact) in commit.facts.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        write_fact(&mut body, fact).map_err(|cause| CodecError::Event {
            position: Position(commit.first.0 + index as u64),
            cause,
        })?;
    }
    body.push(b']');
    let follows = Head {
        position: Position(position),
        hash: commit.previous,
    };
    Ok(Line::seal(
        &body,
        commit.organisation,
        follows,
        commit.recorded_at,
    )?)
}

/// Reads a line's commit.
pub fn decode(line: &Line) -> Result<Commit, CodecError> {
    let body: Body<'_> = serde_json::from_slice(line.bytes()).map_err(CodecError::Commit)?;
    let facts = (line.first().0..)
        .zip(body.events)
        .map(|(position, members)| {
            fact(members).map_err(|cause| CodecError::Event {
                position: Position(position),
                cause,
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(Commit {
        organisation: line.organisation(),
        first: line.first(),
        recorded_at: line.header().recorded_at,
        actor: body.actor,
        previous: line.header().previous,
        facts,
    })
}

/// The name and version that an event is stored under.
pub fn stored_name(event: &Event) -> Result<String, serde_json::Error> {
    #[derive(Deserialize)]
    struct Named {
        r#type: String,
    }
    let mut text = Vec::new();
    write_event(&mut text, event)?;
    Ok(serde_json::from_slice::<Named>(&text)?.r#type)
}

/// What of a line the header does not say.
#[derive(Deserialize)]
struct Body<'a> {
    actor: Actor,
    #[serde(borrow)]
    events: Vec<members::Members<'a>>,
}

/// An event with what goes with every fact; serialised, its members stand in one object.
#[derive(Serialize)]
struct Members<'a, E> {
    id: Uuid,
    occurred_at: Timestamp,
    #[serde(skip_serializing_if = "is_zero")]
    shifted_millis: i64,
    #[serde(flatten)]
    event: &'a E,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_zero(millis: &i64) -> bool {
    *millis == 0
}

/// Appends a fact as it stands in a commit's line.
fn write_fact(to: &mut Vec<u8>, fact: &Fact) -> Result<(), serde_json::Error> {
    fn write<E: Serialize>(
        to: &mut Vec<u8>,
        fact: &Fact,
        event: &E,
    ) -> Result<(), serde_json::Error> {
        let members = Members {
            id: fact.id,
            occurred_at: fact.occurred_at,
            shifted_millis: fact.shifted_millis,
            event,
        };
        canonical::serialise(to, &members)
    }
    match &fact.event {
        Event::Organisation(event) => write(to, fact, event),
        Event::Programme(event) => write(to, fact, event),
        Event::Tally(event) => write(to, fact, event),
        Event::People(event) => write(to, fact, event),
        Event::Access(event) => write(to, fact, event),
        Event::Standing(event) => write(to, fact, event),
        Event::Months(event) => write(to, fact, event),
        Event::Unknown(unknown) => write(to, fact, &unknown_members(unknown)?),
    }
}

/// Appends an event without what goes with every fact.
fn write_event(to: &mut Vec<u8>, event: &Event) -> Result<(), serde_json::Error> {
    match event {
        Event::Organisation(event) => canonical::serialise(to, event),
        Event::Programme(event) => canonical::serialise(to, event),
        Event::Tally(event) => canonical::serialise(to, event),
        Event::People(event) => canonical::serialise(to, event),
        Event::Access(event) => canonical::serialise(to, event),
        Event::Standing(event) => canonical::serialise(to, event),
        Event::Months(event) => canonical::serialise(to, event),
        Event::Unknown(unknown) => canonical::serialise(to, &unknown_members(unknown)?),
    }
}

fn unknown_members(unknown: &Unknown) -> Result<Map<String, Value>, serde_json::Error> {
    let mut members: Map<String, Value> = serde_json::from_str(&unknown.members)?;
    members.insert("type".into(), unknown.name.clone().into());
    Ok(members)
}

fn fact(mut members: members::Members<'_>) -> Result<Fact, serde_json::Error> {
    Ok(Fact {
        id: members.take("id")?,
        occurred_at: members.take("occurred_at")?,
        shifted_millis: members.take::<Option<i64>>("shifted_millis")?.unwrap_or(0),
        event: event(members)?,
    })
}

fn event(mut members: members::Members<'_>) -> Result<Event, serde_json::Error> {
    let name: Option<String> = members.read("type")?;
    let name = name.unwrap_or_default();
    let stands_in = |room: &[&str]| room.contains(&name.as_str());
    if stands_in(TALLY) {
        members.typed().map(Event::Tally)
    } else if stands_in(PROGRAMME) {
        members.typed().map(Event::Programme)
    } else if stands_in(PEOPLE) {
        members.typed().map(Event::People)
    } else if stands_in(ACCESS) {
        members.typed().map(Event::Access)
    } else if stands_in(STANDING) {
        members.typed().map(Event::Standing)
    } else if stands_in(MONTHS) {
        members.typed().map(Event::Months)
    } else if stands_in(ORGANISATION) {
        members.typed().map(Event::Organisation)
    } else {
        let name: String = members.take("type")?;
        let members = members.text()?;
        Ok(Event::Unknown(Unknown { name, members }))
    }
}

#[cfg(test)]
mod tests;
