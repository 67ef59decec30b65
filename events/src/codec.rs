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
mod packed;

pub use directory::{Found, directory, directory_key, directory_keys, erased};
pub use packed::{InvalidChunk, pack, unpack};

use crate::event::{Actor, Commit, Event, Fact, Unknown};
use crate::log::line::{Head, InvalidLine, Line, Position};
use crate::values::Timestamp;
use crate::{access, months, organisation, people, programme, standing, tally};
use serde::Deserialize;
use serde::de::DeserializeOwned;
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
    let actor = serde_json::to_value(commit.actor).map_err(CodecError::Commit)?;
    canonical::write(&mut body, &actor);
    body.extend_from_slice(b",\"events\":[");
    for (index, fact) in commit.facts.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        let members = members(fact).map_err(|cause| CodecError::Event {
            position: Position(commit.first.0 + index as u64),
            cause,
        })?;
        canonical::write(&mut body, &Value::Object(members));
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
    let body: Body = serde_json::from_slice(line.bytes()).map_err(CodecError::Commit)?;
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

/// What of a line the header does not say.
#[derive(Deserialize)]
struct Body {
    actor: Actor,
    events: Vec<Map<String, Value>>,
}

fn members(fact: &Fact) -> Result<Map<String, Value>, serde_json::Error> {
    let event = match &fact.event {
        Event::Organisation(event) => serde_json::to_value(event)?,
        Event::Programme(event) => serde_json::to_value(event)?,
        Event::Tally(event) => serde_json::to_value(event)?,
        Event::People(event) => serde_json::to_value(event)?,
        Event::Access(event) => serde_json::to_value(event)?,
        Event::Standing(event) => serde_json::to_value(event)?,
        Event::Months(event) => serde_json::to_value(event)?,
        Event::Unknown(unknown) => unknown_members(unknown)?,
    };
    let mut members = match event {
        Value::Object(members) => members,
        other @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)) => serde_json::from_value(other)?,
    };
    members.insert("id".into(), fact.id.to_string().into());
    members.insert("occurred_at".into(), fact.occurred_at.to_string().into());
    if fact.shifted_millis != 0 {
        members.insert("shifted_millis".into(), fact.shifted_millis.into());
    }
    Ok(members)
}

fn unknown_members(unknown: &Unknown) -> Result<Value, serde_json::Error> {
    let mut members: Map<String, Value> = serde_json::from_str(&unknown.members)?;
    members.insert("type".into(), unknown.name.clone().into());
    Ok(Value::Object(members))
}

fn fact(mut members: Map<String, Value>) -> Result<Fact, serde_json::Error> {
    let id: Uuid = take(&mut members, "id")?;
    let occurred_at: Timestamp = take(&mut members, "occurred_at")?;
    let shifted_millis = match members.remove("shifted_millis") {
        Some(millis) => serde_json::from_value(millis)?,
        None => 0,
    };
    Ok(Fact {
        id,
        occurred_at,
        shifted_millis,
        event: event(members)?,
    })
}

fn take<T: DeserializeOwned>(
    members: &mut Map<String, Value>,
    name: &str,
) -> Result<T, serde_json::Error> {
    serde_json::from_value(members.remove(name).unwrap_or(Value::Null))
}

fn event(mut members: Map<String, Value>) -> Result<Event, serde_json::Error> {
    let name = members
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let stands_in = |room: &[&str]| room.contains(&name.as_str());
    if stands_in(TALLY) {
        typed::<tally::Event>(members).map(Event::Tally)
    } else if stands_in(PROGRAMME) {
        typed::<programme::Event>(members).map(Event::Programme)
    } else if stands_in(PEOPLE) {
        typed::<people::Event>(members).map(Event::People)
    } else if stands_in(ACCESS) {
        typed::<access::Event>(members).map(Event::Access)
    } else if stands_in(STANDING) {
        typed::<standing::Event>(members).map(Event::Standing)
    } else if stands_in(MONTHS) {
        typed::<months::Event>(members).map(Event::Months)
    } else if stands_in(ORGANISATION) {
        typed::<organisation::Event>(members).map(Event::Organisation)
    } else {
        let _: String = take(&mut members, "type")?;
        let members = canonical::text(&Value::Object(members));
        Ok(Event::Unknown(Unknown { name, members }))
    }
}

fn typed<T: DeserializeOwned>(members: Map<String, Value>) -> Result<T, serde_json::Error> {
    serde_json::from_value(Value::Object(members))
}

#[cfg(test)]
mod tests;
