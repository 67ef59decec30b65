//! Rooms, by id or by name.

use super::caller::Caller;
use crate::problem::{Cause, Problem};
use meetellen_events::values::{Day, Name, RoomId};

/// The room that a body names, by its id or by its name on a day.
pub fn named(caller: &Caller, named: &Name, day: Day) -> Result<RoomId, Problem> {
    let seen = caller.live.read();
    let standing = seen.organisation.standing();
    if let Ok(id) = named.as_str().parse()
        && standing.has_room(id)
    {
        return Ok(id);
    }
    let folded = named.folded();
    let rooms = standing.rooms(day);
    let found = rooms.iter().find(|room| room.name.folded() == folded);
    found
        .map(|room| room.id)
        .ok_or_else(|| Problem::from(Cause::UnknownRoom).because("no room of that id or name"))
}
