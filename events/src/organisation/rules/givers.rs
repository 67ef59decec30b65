//! Who gave at the gift box becomes a person once somebody signed in says that a gift was real, and is erased with the
//! last one that was not.

use super::Organisation;
use crate::people::{Event, PersonFacts};
use crate::tally;
use crate::values::{Day, PersonId};
use std::collections::BTreeMap;

impl Organisation {
    /// What an entry says of givers of whom nothing was confirmed so far.
    pub(super) fn of_givers(&self, entry: &tally::Event) -> Vec<Event> {
        if let tally::Event::EntriesConfirmed { targets } = entry {
            let mut since: BTreeMap<PersonId, Day> = BTreeMap::new();
            for target in targets {
                if let (Some(giver), Some(day)) =
                    (self.giver_of(*target), self.tally.day(target.entry))
                {
                    let first = since.entry(giver).or_insert(day);
                    *first = day.min(*first);
                }
            }
            let register = |(person, since)| Event::Registered {
                person,
                // Her name stands with her first gift.
                facts: PersonFacts::default(),
                since,
            };
            return since.into_iter().map(register).collect();
        }
        if let tally::Event::EntryRetracted { target, .. } = entry
            && let Some(person) = self.giver_of(*target)
            && self
                .tally
                .waiting_gifts(person)
                .all(|gift| gift == target.entry)
        {
            return vec![Event::Erased { person }];
        }
        Vec::new()
    }

    fn giver_of(&self, target: tally::Target) -> Option<PersonId> {
        let giver = self.tally.giver(target.entry)?;
        self.people.is_giver(giver).then_some(giver)
    }
}
