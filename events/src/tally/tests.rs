use super::{Arrival, Command, Event, OpeningState, Place, Rejection, Standing};
use crate::access::Role;
use crate::event;
use crate::organisation::{self, Authority, Request};
use crate::programme::{self, Target};
use crate::scenario::{Scenario, device};
use crate::values::{Code, EntryId, Month, Party, Tag};
use proptest::prelude::*;
use uuid::Uuid;

type Outcome = Result<(), Box<dyn std::error::Error>>;

const CODE: Code = Code::new([7; 16]);
const VOLUNTEER: Authority = device(50, Role::Volunteer);
const COORDINATOR: Authority = device(51, Role::Coordinator);

fn with_door() -> Result<Scenario, Box<dyn std::error::Error>> {
    let mut scenario = Scenario::founded("2026-10-05T10:00:00Z".parse()?)?;
    let asked = programme::Command::IssueCode {
        code: CODE,
        target: Target::Door,
        day: None,
        valid_until: None,
    };
    scenario.when(COORDINATOR, Request::Programme(asked))?;
    Ok(scenario)
}

fn check_in(arrival: Arrival, adults: i64) -> Command {
    let place = Place::Code {
        code: CODE,
        session: None,
    };
    Command::CheckIn {
        place,
        party: Party::new(adults, 0).ok(),
        arrival,
    }
}

fn phone() -> Result<Arrival, Box<dyn std::error::Error>> {
    let month: Month = "2026-10".parse().map_err(|_| "a month")?;
    Ok(Arrival::Phone(vec![(month, Tag::new([1; 16]))]))
}

fn standing(facts: &[event::Fact]) -> Option<Standing> {
    facts.iter().find_map(|fact| {
        if let event::Event::Tally(Event::VisitorCheckedIn { standing, .. }) = &fact.event {
            Some(*standing)
        } else {
            None
        }
    })
}

fn refused(result: Result<Vec<event::Fact>, organisation::Rejection>) -> Option<Rejection> {
    match result {
        Err(organisation::Rejection::Tally(rejection)) => Some(rejection),
        _ => None,
    }
}

#[test]
fn the_same_phone_counts_again_only_with_a_larger_party() -> Outcome {
    let mut scenario = with_door()?;
    let door = Authority::Code(CODE);
    let first = scenario.tally(door, 100, check_in(phone()?, 1))?;
    assert_eq!(standing(&first), Some(Standing::Counted));
    let again = scenario.tally(door, 101, check_in(phone()?, 1))?;
    assert_eq!(standing(&again), Some(Standing::AlreadyCounted));
    let larger = scenario.tally(door, 102, check_in(phone()?, 3))?;
    assert_eq!(standing(&larger), Some(Standing::Counted));
    assert_eq!(scenario.tally(door, 102, check_in(phone()?, 3))?, vec![]);
    Ok(())
}

#[test]
fn a_poster_beyond_the_plausible_waits_and_is_confirmed_once() -> Outcome {
    let mut scenario = with_door()?;
    let door = Authority::Code(CODE);
    for id in 100..110 {
        let facts = scenario.tally(door, id, check_in(Arrival::Unknown, 1))?;
        assert_eq!(standing(&facts), Some(Standing::Counted));
    }
    let eleventh = scenario.tally(door, 110, check_in(Arrival::Unknown, 1))?;
    assert_eq!(standing(&eleventh), Some(Standing::ToConfirm));
    let waiting = vec![EntryId::new(Uuid::from_u128(110))];
    let confirm = || Command::Confirm(waiting.clone());
    assert_eq!(
        refused(scenario.tally(door, 200, confirm())),
        Some(Rejection::Forbidden)
    );
    assert_eq!(scenario.tally(VOLUNTEER, 201, confirm())?.len(), 1);
    assert_eq!(scenario.organisation.waiting().count(), 0);
    let again = refused(scenario.tally(VOLUNTEER, 202, confirm()));
    assert_eq!(again, Some(Rejection::NotWaiting(waiting[0])));
    Ok(())
}

#[test]
fn a_code_retracts_its_own_for_a_quarter_of_an_hour() -> Outcome {
    let mut scenario = with_door()?;
    let door = Authority::Code(CODE);
    for id in [100, 101] {
        scenario.tally(door, id, check_in(Arrival::Unknown, 1))?;
    }
    let retract = |id| Command::Retract {
        retracts: EntryId::new(Uuid::from_u128(id)),
        reason: None,
    };
    assert_eq!(scenario.tally(door, 200, retract(100))?.len(), 1);
    assert_eq!(scenario.tally(door, 201, retract(100))?, vec![]);
    scenario.now = scenario.now.plus_millis(15 * 60_000 + 1);
    let late = EntryId::new(Uuid::from_u128(101));
    assert_eq!(
        refused(scenario.tally(door, 202, retract(101))),
        Some(Rejection::NotYours(late))
    );
    assert_eq!(
        refused(scenario.tally(VOLUNTEER, 203, retract(101))),
        Some(Rejection::NotYours(late))
    );
    assert_eq!(scenario.tally(COORDINATOR, 204, retract(101))?.len(), 1);
    let of_retraction = EntryId::new(Uuid::from_u128(204));
    let refusal = refused(scenario.tally(COORDINATOR, 205, retract(204)));
    assert_eq!(refusal, Some(Rejection::NotRetractable(of_retraction)));
    Ok(())
}

#[test]
fn a_withdrawn_code_opens_nothing() -> Outcome {
    let mut scenario = with_door()?;
    let withdraw = || Request::Programme(programme::Command::WithdrawCode(CODE));
    assert_eq!(scenario.when(COORDINATOR, withdraw())?.len(), 1);
    assert_eq!(scenario.when(COORDINATOR, withdraw())?, vec![]);
    let refusal = refused(scenario.tally(Authority::Code(CODE), 100, check_in(phone()?, 1)));
    assert_eq!(refusal, Some(Rejection::UnknownCode));
    Ok(())
}

proptest! {
    #[test]
    fn whatever_comes_positions_run_on_and_ids_stand_once(
        steps in prop::collection::vec((0u8..5, 100u128..130, 100u128..130, 0i64..2_000_000), 0..80)
    ) {
        let mut scenario = with_door().expect("a door");
        for (what, id, target, wait) in steps {
            scenario.now = scenario.now.plus_millis(wait);
            let entry = EntryId::new(Uuid::from_u128(target));
            let (authority, command) = match what {
                0 => (Authority::Code(CODE), check_in(Arrival::Unknown, 1)),
                1 => (Authority::Code(CODE), check_in(phone().expect("a phone"), 2)),
                2 => (VOLUNTEER, Command::NoteOpening(OpeningState::Opened)),
                3 => (COORDINATOR, Command::Retract { retracts: entry, reason: None }),
                _ => (VOLUNTEER, Command::Confirm(vec![entry])),
            };
            let known = scenario.organisation.entry(EntryId::new(Uuid::from_u128(id)));
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
