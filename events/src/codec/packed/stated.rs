//! Statements of closed months: their text as it stands, and beside it what the rules need of it, so that reading a
//! log of ten years need not read every statement in it.

use super::InvalidChunk;
use super::bytes::{Reader, Writer};
use super::small::Small;
use crate::log::line::{Hash, Position};
use crate::months::{Event, Statement, StatementHead};
use crate::values::{OrganisationId, StatementId, Timestamp};
use uuid::Uuid;

const CLOSED: u8 = 21;
const RESTATED: u8 = 22;

/// Whether a number is one of these.
pub(super) const fn is(number: u8) -> bool {
    matches!(number, CLOSED | RESTATED)
}

/// Writes the event with its number; each has a form here.
pub(super) fn put(to: &mut Writer, event: &Event) -> bool {
    to.byte(match event {
        Event::Closed { .. } => CLOSED,
        Event::Restated { .. } => RESTATED,
    });
    let head = event.statement().head();
    to.raw(head.id.uuid().as_bytes());
    to.again(Some(head.organisation.uuid().as_bytes()));
    to.text(head.month.to_string());
    to.number(head.as_of.0);
    to.signed(head.made_at.millis());
    to.raw(&head.previous.0);
    head.restates.is_some().put(to);
    if let Some(restates) = head.restates {
        to.raw(restates.uuid().as_bytes());
    }
    to.raw(&head.hash.0);
    to.text(event.statement().as_str());
    true
}

/// Reads the event of a number.
pub(super) fn read(number: u8, from: &mut Reader<'_>) -> Result<Event, InvalidChunk> {
    let id = StatementId::new(Uuid::from_bytes(from.raw()?));
    let organisation = from.again()?.ok_or(InvalidChunk::Form)?;
    let head = StatementHead {
        id,
        organisation: OrganisationId::new(Uuid::from_bytes(organisation)),
        month: from.text()?.parse()?,
        as_of: Position(from.number()?),
        made_at: instant(from.signed()?)?,
        previous: Hash(from.raw()?),
        restates: if bool::read(from)? {
            Some(StatementId::new(Uuid::from_bytes(from.raw()?)))
        } else {
            None
        },
        hash: Hash(from.raw()?),
    };
    let statement = Statement::of_parts(from.text()?, head);
    match number {
        CLOSED => Ok(Event::Closed { statement }),
        RESTATED => Ok(Event::Restated { statement }),
        _ => Err(InvalidChunk::Form),
    }
}

fn instant(millis: i64) -> Result<Timestamp, InvalidChunk> {
    let at = Timestamp::from_millis(millis);
    if at.millis() == millis {
        Ok(at)
    } else {
        Err(InvalidChunk::Form)
    }
}
