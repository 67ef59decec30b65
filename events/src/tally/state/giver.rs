//! Who gives.

use super::decide::Rooms;
use crate::people;
use crate::tally::{Donor, Rejection};
use crate::values::{Day, PersonId};

/// Who gives: somebody known, or a name said for the first time. Where the gift waits nobody vouches for the name, so
/// that it makes no person yet.
pub(super) fn giver(
    rooms: &Rooms<'_>,
    donor: Option<Donor>,
    day: Day,
    waits: bool,
) -> Result<(Option<people::Event>, Option<PersonId>), Rejection> {
    match donor {
        None => Ok((None, None)),
        Some(Donor::Person(person) | Donor::Named { person, .. })
            if rooms.people.is_known(person) =>
        {
            Ok((None, Some(person)))
        }
        Some(Donor::Named { person, .. }) if waits && rooms.people.is_giver(person) => {
            Ok((None, Some(person)))
        }
        // Whoever took a picture of the gift box's code could say names for ever: the gift is taken, the name is not.
        Some(Donor::Named { person, .. })
            if waits && !rooms.people.was_known(person) && !rooms.people.takes_giver() =>
        {
            Ok((None, None))
        }
        Some(Donor::Named { person, name }) if waits && !rooms.people.was_known(person) => {
            let named = people::Event::GiverNamed { person, name };
            Ok((Some(named), Some(person)))
        }
        Some(Donor::Named { person, name }) if !rooms.people.was_known(person) => {
            let facts = people::PersonFacts {
                name: Some(name),
                ..people::PersonFacts::default()
            };
            Ok((
                Some(people::Event::Registered {
                    person,
                    facts,
                    since: day,
                }),
                Some(person),
            ))
        }
        Some(Donor::Person(person) | Donor::Named { person, .. }) => {
            Err(Rejection::UnknownPerson(person))
        }
    }
}
