//! Browsers that have a new refresh secret, and use it: once a day each.

use super::InvalidChunk;
use super::bytes::{Reader, Writer};
use super::tallied::id;
use crate::access::Event;
use crate::values::{DeviceId, SecretHash};

const REFRESH_CHANGED: u8 = 19;
const REFRESH_USED: u8 = 20;

/// Writes the event with its number, and says whether it has a form here; else nothing is written.
pub(super) fn put(to: &mut Writer, event: &Event) -> bool {
    let (number, device, refresh) = match event {
        Event::RefreshChanged { device, refresh } => (REFRESH_CHANGED, device, refresh),
        Event::RefreshUsed { device, refresh } => (REFRESH_USED, device, refresh),
        Event::Invited { .. }
        | Event::Enrolled { .. }
        | Event::EnrolledByBadge { .. }
        | Event::ApiTokenIssued { .. }
        | Event::Revoked { .. } => return false,
    };
    to.byte(number);
    to.again(Some(device.uuid().as_bytes()));
    to.raw(refresh.bytes());
    true
}

/// Reads the event of a number.
pub(super) fn read(number: u8, from: &mut Reader<'_>) -> Result<Event, InvalidChunk> {
    let device = DeviceId::new(id(from)?);
    let refresh = SecretHash::new(from.raw()?);
    match number {
        REFRESH_CHANGED => Ok(Event::RefreshChanged { device, refresh }),
        REFRESH_USED => Ok(Event::RefreshUsed { device, refresh }),
        _ => Err(InvalidChunk::Form),
    }
}
