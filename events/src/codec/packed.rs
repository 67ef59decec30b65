//! A sealed chunk in its typed form, to fold on: made from lines, and never the only place something is kept.
//!
//! A byte for the version, the first position, then commit by commit: the number of its events, its time as the
//! difference from the commit before, its actor, its events. An event is its number, its id, its time as the difference
//! from the commit's, its shift and its members. Number 0: its members as canonical JSON.

mod bytes;
mod planned;
mod refreshed;
mod small;
mod stated;
mod tallied;
mod written;

use super::{decode, event, write_event};
use crate::event::{Actor, Event, Fact, Recorded};
use crate::log::line::{Line, POSITION_MAX, Position};
use crate::values::{DeviceId, InvalidValue, Timestamp};
use bytes::{Reader, Writer};
use small::Small;
use std::error::Error;
use uuid::Uuid;

/// Of this form. Another form is another version; a chunk of an unknown one is read from its lines.
const VERSION: u8 = 2;
const JSON: u8 = 0;

/// Why bytes are no packed chunk.
#[derive(Debug, thiserror::Error)]
pub enum InvalidChunk {
    /// Of a version this program doesn't know.
    #[error("a packed chunk of an unknown version")]
    Version,
    /// Cut off, or not in the form of its version.
    #[error("not a packed chunk")]
    Form,
    /// A value outside its range.
    #[error("a value of a packed event is refused")]
    Value(#[from] InvalidValue),
    /// An event kept as JSON is not as its name says.
    #[error("an event of a packed chunk is not as its name says")]
    Event(#[from] serde_json::Error),
}

/// Packs lines that come right behind each other in one organisation's log.
pub fn pack(lines: &[Line]) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let mut to = Writer::default();
    to.byte(VERSION);
    let first = lines.first().map_or(0, |line| line.first().0);
    to.number(first);
    let (mut position, mut before) = (first, 0);
    for line in lines {
        let commit = decode(line)?;
        if commit.first.0 != position {
            return Err("the lines do not come right behind each other".into());
        }
        to.number(commit.facts.len() as u64);
        let recorded_at = commit.recorded_at.millis();
        to.signed(recorded_at - before);
        commit.actor.kind.put(&mut to);
        to.again(
            commit
                .actor
                .id
                .map(DeviceId::uuid)
                .as_ref()
                .map(Uuid::as_bytes),
        );
        for fact in &commit.facts {
            put_fact(&mut to, fact, Position(position), commit.recorded_at)?;
            position += 1;
        }
        before = recorded_at;
    }
    Ok(to.bytes)
}

fn put_fact(
    to: &mut Writer,
    fact: &Fact,
    at: Position,
    recorded_at: Timestamp,
) -> Result<(), serde_json::Error> {
    to.raw(fact.id.as_bytes());
    to.signed(fact.occurred_at.millis_since(recorded_at));
    to.signed(fact.shifted_millis);
    let has_form = match &fact.event {
        Event::Tally(event) => tallied::put(to, event, at) || written::put(to, event, at),
        Event::Programme(event) => planned::put(to, event, recorded_at),
        Event::Access(event) => refreshed::put(to, event),
        Event::Months(event) => stated::put(to, event),
        Event::Organisation(_) | Event::People(_) | Event::Standing(_) | Event::Unknown(_) => false,
    };
    if has_form {
        return Ok(());
    }
    to.byte(JSON);
    let mut text = Vec::new();
    write_event(&mut text, &fact.event)?;
    to.text(&text);
    Ok(())
}

/// Shows `visit` every fact of a packed chunk, in order. Where the bytes turn out to be none, what stood before was shown:
/// the caller begins again from the lines.
pub fn unpack(bytes: &[u8], visit: &mut dyn FnMut(Recorded)) -> Result<(), InvalidChunk> {
    let mut from = Reader::new(bytes);
    if from.byte()? != VERSION {
        return Err(InvalidChunk::Version);
    }
    let (mut position, mut millis) = (from.number()?, 0);
    while !from.is_empty() {
        let events = from.number()?;
        let recorded_at = later(millis, from.signed()?)?;
        millis = recorded_at.millis();
        let kind = Small::read(&mut from)?;
        let id = from.again()?.map(|id| DeviceId::new(Uuid::from_bytes(id)));
        for _ in 0..events {
            if position > POSITION_MAX {
                return Err(InvalidChunk::Form);
            }
            let fact = read_fact(&mut from, Position(position), recorded_at)?;
            visit(Recorded {
                position: Position(position),
                recorded_at,
                actor: Actor { id, kind },
                fact,
            });
            position += 1;
        }
    }
    Ok(())
}

fn read_fact(
    from: &mut Reader<'_>,
    at: Position,
    recorded_at: Timestamp,
) -> Result<Fact, InvalidChunk> {
    let id = Uuid::from_bytes(from.raw()?);
    let occurred_at = later(recorded_at.millis(), from.signed()?)?;
    let shifted_millis = from.signed()?;
    let event = match from.byte()? {
        JSON => event(serde_json::from_str(from.text()?)?)?,
        number @ 1..=8 => Event::Tally(tallied::read(number, from, at)?),
        number @ 9..=15 => Event::Tally(written::read(number, from, at)?),
        number @ 16..=18 => Event::Programme(planned::read(number, from, recorded_at)?),
        number if stated::is(number) => Event::Months(stated::read(number, from)?),
        number => Event::Access(refreshed::read(number, from)?),
    };
    Ok(Fact {
        id,
        occurred_at,
        shifted_millis,
        event,
    })
}

fn later(millis: i64, by: i64) -> Result<Timestamp, InvalidChunk> {
    let millis = millis.checked_add(by).ok_or(InvalidChunk::Form)?;
    let at = Timestamp::from_millis(millis);
    if at.millis() == millis {
        Ok(at)
    } else {
        Err(InvalidChunk::Form)
    }
}

#[cfg(test)]
mod tests;
