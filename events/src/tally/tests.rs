mod check_ins;
mod codes;
mod evidence;
mod gifts;
mod mending;
mod sensitive;
mod shifts;
mod tallies;

use super::{Arrival, Command, Event, OpeningState, Standing};
use crate::event;
use crate::organisation::Authority;
use crate::scenario::given::*;
use crate::values::EntryId;
use proptest::prelude::*;

proptest! {
    #[test]
    fn whatever_comes_positions_run_on_and_ids_stand_once(
        steps in prop::collection::vec((0u8..5, 100u128..130, 100u128..130, 0i64..2_000_000), 0..80)
    ) {
        let mut scenario = house();
        for (what, id, target, wait) in steps {
            scenario.now = scenario.now.plus_millis(wait);
            let target = entry(target);
            let (authority, command) = match what {
                0 => (Authority::Code(AT_DOOR), by_code(AT_DOOR, Arrival::Unknown)),
                1 => (Authority::Code(AT_DOOR), by_code(AT_DOOR, phone(1))),
                2 => (VOLUNTEER, Command::NoteOpening(OpeningState::Opened)),
                3 => (COORDINATOR, Command::Retract { retracts: target, reason: None }),
                _ => (VOLUNTEER, Command::Confirm(vec![target])),
            };
            let known = scenario.organisation.entry(entry(id));
            let recorded = scenario.tally(authority, id, command);
            prop_assert!(known.is_none() || recorded == Ok(vec![]));
        }
        let mut ids = std::collections::HashSet::new();
        for (number, recorded) in scenario.log.iter().enumerate() {
            prop_assert_eq!(recorded.position.0, number as u64 + 1);
            prop_assert!(ids.insert(recorded.fact.id));
        }
        let mut open = std::collections::BTreeSet::new();
        for recorded in &scenario.log {
            let tallied = &recorded.fact.event;
            if let event::Event::Tally(Event::VisitorCheckedIn { standing: Standing::ToConfirm, .. }) = tallied {
                open.insert(EntryId::new(recorded.fact.id));
            } else if let event::Event::Tally(Event::EntryRetracted { target, .. }) = tallied {
                open.remove(&target.entry);
            } else if let event::Event::Tally(Event::EntriesConfirmed { targets }) = tallied {
                for target in targets {
                    prop_assert!(open.remove(&target.entry));
                }
            }
        }
        let waiting: std::collections::BTreeSet<_> = scenario.organisation.waiting().collect();
        prop_assert_eq!(waiting, open);
    }
}
