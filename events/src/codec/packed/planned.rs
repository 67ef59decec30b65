//! Sessions, which come as often as days.

use super::bytes::{Reader, Writer};
use super::tallied::id;
use super::{InvalidChunk, later};
use crate::programme::Event;
use crate::values::{ActivityId, RoomId, SeriesId, SessionId, Timestamp};
use uuid::Uuid;

const SESSION_PLANNED: u8 = 16;
const SESSION_CANCELLED: u8 = 17;
const SESSION_CONFIRMED: u8 = 18;

/// Writes the event with its number, and says whether it has a form here; else nothing is written.
pub(super) fn put(to: &mut Writer, event: &Event, recorded_at: Timestamp) -> bool {
    match event {
        Event::SessionPlanned {
            session,
            activity,
            starts_at,
            ends_at,
            room,
            series,
        } => {
            to.byte(SESSION_PLANNED);
            to.again(Some(session.uuid().as_bytes()));
            to.again(Some(activity.uuid().as_bytes()));
            to.signed(starts_at.millis_since(recorded_at));
            to.signed(ends_at.millis_since(*starts_at));
            to.again(room.map(RoomId::uuid).as_ref().map(Uuid::as_bytes));
            to.again(series.map(SeriesId::uuid).as_ref().map(Uuid::as_bytes));
        }
        Event::SessionCancelled { session } => {
            to.byte(SESSION_CANCELLED);
            to.again(Some(session.uuid().as_bytes()));
        }
        Event::SessionConfirmed { session } => {
            to.byte(SESSION_CONFIRMED);
            to.again(Some(session.uuid().as_bytes()));
        }
        Event::ActivityAdded { .. }
        | Event::ActivityChanged { .. }
        | Event::CodeIssued { .. }
        | Event::CodeWithdrawn { .. } => return false,
    }
    true
}

/// Reads the event of a number.
pub(super) fn read(
    number: u8,
    from: &mut Reader<'_>,
    recorded_at: Timestamp,
) -> Result<Event, InvalidChunk> {
    Ok(match number {
        SESSION_PLANNED => {
            let (session, activity) = (SessionId::new(id(from)?), ActivityId::new(id(from)?));
            let starts_at = later(recorded_at.millis(), from.signed()?)?;
            Event::SessionPlanned {
                session,
                activity,
                starts_at,
                ends_at: later(starts_at.millis(), from.signed()?)?,
                room: from.again()?.map(|id| RoomId::new(Uuid::from_bytes(id))),
                series: from.again()?.map(|id| SeriesId::new(Uuid::from_bytes(id))),
            }
        }
        SESSION_CANCELLED => Event::SessionCancelled {
            session: SessionId::new(id(from)?),
        },
        SESSION_CONFIRMED => Event::SessionConfirmed {
            session: SessionId::new(id(from)?),
        },
        _ => return Err(InvalidChunk::Form),
    })
}
