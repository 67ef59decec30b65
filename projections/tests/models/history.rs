//! The entries behind the figures.

use crate::world::{World, at, day, device, id, phone};
use meetellen_events::access::Role;
use meetellen_events::event::{Actor, ActorKind};
use meetellen_events::tally::{Evidence, ShiftKind, Standing, Target, Visitor};
use meetellen_events::values::EntryId;
use meetellen_projections::history::{self, Entry, EntryType, Field, Filter, State};

fn of(world: &World, from: &str, to: &str) -> Vec<Entry> {
    let filter = Filter {
        from: Some(day(from)),
        to: Some(day(to)),
        ..Filter::default()
    };
    history::page(world.house.get(), &filter, 100, Role::Coordinator).entries
}

fn state(world: &World, target: Target) -> State {
    let found = history::at(world.house.get(), target.position.0, Role::Bar);
    found.expect("an entry").state
}

#[test]
fn an_entry_tells_when_how_and_by_whom_it_was_recorded() {
    let mut world = World::new();
    let choir = world.activity(800, "Koor", None);
    let session = world.session(choir, "2026-10-05T20:00:00Z", "2026-10-06T03:00:00Z");
    world.actor = Actor {
        id: None,
        kind: ActorKind::Visitor,
    };
    let target = world.check_in_as(
        "2026-10-06T02:30:00Z",
        phone(1),
        Some(session),
        (1, 2),
        Standing::ToConfirm,
    );
    let found = of(&world, "2026-10-05", "2026-10-05");
    assert_eq!(
        found,
        [Entry {
            entry: target.entry,
            entry_type: EntryType::CheckIn,
            occurred_at: at("2026-10-06T02:30:00Z"),
            recorded_at: at("2026-10-06T02:30:00Z"),
            position: target.position.0,
            day: day("2026-10-05"),
            state: State::ToConfirm,
            late: false,
            evidence: Some(Evidence::Poster),
            actor: world.actor,
            fields: vec![
                ("adults", Field::Whole(1)),
                ("children", Field::Whole(2)),
                ("visitor", Field::Word("phone")),
                ("session", Field::Session(session)),
            ],
            person: None,
        }]
    );
    assert_eq!(of(&world, "2026-10-06", "2026-10-06"), []);
}

#[test]
fn days_run_from_four_to_four_and_late_is_another_day_than_it_happened() {
    let mut world = World::new();
    world.recorded_at = Some(at("2026-10-06T01:59:00Z"));
    let evening = world.coffee("2026-10-05T20:00:00Z", 1);
    world.recorded_at = Some(at("2026-10-06T02:00:00Z"));
    let late = world.coffee("2026-10-05T20:00:00Z", 2);
    world.recorded_at = Some(at("2026-11-09T02:00:00Z"));
    let last = world.coffee("2026-10-25T02:59:59Z", 3);
    let told = |from: &str, to: &str| -> Vec<(EntryId, bool)> {
        let found = of(&world, from, to).into_iter();
        found.map(|one| (one.entry, one.late)).collect()
    };
    assert_eq!(
        told("2026-10-05", "2026-10-05"),
        [(evening.entry, false), (late.entry, true)]
    );
    assert_eq!(told("2026-10-06", "2026-10-23"), []);
    assert_eq!(
        told("2026-10-24", "2026-10-24"),
        [(last.entry, true)],
        "03:59 after the clock went back"
    );
}

#[test]
fn of_a_visitors_check_ins_one_counts_and_another_takes_its_place() {
    let mut world = World::new();
    let choir = world.activity(800, "Koor", None);
    let session = world.session(choir, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    let door = world.check_in("2026-10-05T08:00:00Z", phone(1), None, (1, 0));
    let first = world.check_in("2026-10-05T12:00:00Z", phone(1), Some(session), (1, 0));
    let larger = world.check_in("2026-10-05T12:05:00Z", phone(1), Some(session), (1, 2));
    let again = world.check_in_as(
        "2026-10-05T12:06:00Z",
        phone(1),
        Some(session),
        (1, 2),
        Standing::AlreadyCounted,
    );
    let other = world.check_in(
        "2026-10-05T12:06:00Z",
        Visitor::Unknown,
        Some(session),
        (1, 0),
    );
    let states = |world: &World| [door, first, larger, again, other].map(|one| state(world, one));
    assert_eq!(
        states(&world),
        [
            State::AlreadyCounted,
            State::AlreadyCounted,
            State::Counted,
            State::AlreadyCounted,
            State::Counted,
        ]
    );
    world.retract("2026-10-05T12:10:00Z", larger);
    assert_eq!(states(&world)[2..4], [State::Retracted, State::Counted]);
    world.retract("2026-10-05T12:11:00Z", again);
    assert_eq!(states(&world)[..2], [State::Counted, State::Counted]);
}

#[test]
fn a_later_head_count_replaces_the_one_before_at_the_same_place() {
    let mut world = World::new();
    let choir = world.activity(800, "Koor", None);
    let session = world.session(choir, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    let last = world.heads("2026-10-05T13:00:00Z", Some(session), 35, None);
    let earlier = world.heads("2026-10-05T12:30:00Z", Some(session), 30, None);
    let door = world.heads("2026-10-05T12:00:00Z", None, 9, None);
    let states = |world: &World| [last, earlier, door].map(|one| state(world, one));
    assert_eq!(
        states(&world),
        [State::Counted, State::Replaced, State::Counted]
    );
    world.retract("2026-10-05T13:10:00Z", last);
    assert_eq!(states(&world)[..2], [State::Retracted, State::Counted]);
}

#[test]
fn a_retracted_start_takes_its_end_along() {
    let mut world = World::new();
    let shift = world.shift("2026-10-05T08:00:00Z", 700, ShiftKind::Bar);
    let wrong = world.end("2026-10-05T20:00:00Z", shift);
    assert_eq!(state(&world, wrong), State::Counted);
    world.retract("2026-10-05T21:00:00Z", wrong);
    let right = world.end("2026-10-05T12:00:00Z", shift);
    assert_eq!(state(&world, right), State::Counted);
    let retraction = world.retract("2026-10-05T21:01:00Z", shift);
    assert_eq!(state(&world, right), State::Retracted);
    let found = of(&world, "2026-10-05", "2026-10-05");
    let last = found.last().expect("the retraction");
    assert_eq!(
        (last.entry, last.entry_type),
        (retraction.entry, EntryType::Retraction)
    );
    assert_eq!(last.fields, [("retracts", Field::Entry(shift.entry))]);
}

#[test]
fn only_a_coordinator_sees_whom_an_entry_names_and_nobody_sees_a_visitor() {
    let mut world = World::new();
    world.shift("2026-10-05T08:00:00Z", 700, ShiftKind::Bar);
    world.goods(
        "2026-10-05T09:00:00Z",
        "boeken",
        3,
        Some(701),
        Standing::Counted,
    );
    world.check_in("2026-10-05T10:00:00Z", Visitor::Pass(id(702)), None, (1, 0));
    let told = |role: Role| {
        let page = history::page(world.house.get(), &Filter::default(), 100, role);
        let text = format!("{page:?}");
        [700, 701, 702].map(|number| text.contains(&format!("{number:012}")))
    };
    assert_eq!(told(Role::Coordinator), [true, true, false]);
    for role in [Role::Volunteer, Role::Bar, Role::Viewer] {
        assert_eq!(told(role), [false, false, false], "{role:?}");
    }
}

#[test]
fn pages_follow_the_log_by_type_day_and_device() {
    let mut world = World::new();
    let mut own = Vec::new();
    for number in 0..25 {
        world.actor = device(600 + number % 2);
        let date = 5 + number / 5;
        let cup = world.coffee(&format!("2026-10-{date:02}T08:00:00Z"), 1);
        world.taps(&format!("2026-10-{date:02}T08:00:00Z"), None, 1);
        if number % 2 == 0 && date < 9 {
            own.push(cup.entry);
        }
    }
    let mut filter = Filter {
        to: Some(day("2026-10-08")),
        entry_types: &[EntryType::Coffee],
        device: device(600).id,
        ..Filter::default()
    };
    let mut found = Vec::new();
    loop {
        let page = history::page(world.house.get(), &filter, 3, Role::Bar);
        found.push(page.entries.len());
        own.retain(|entry| page.entries.iter().all(|one| one.entry != *entry));
        let Some(next) = page.next else { break };
        filter.after = next;
    }
    assert_eq!((found, own), (vec![3, 3, 3, 1], vec![]));
}

#[test]
fn every_type_is_found_by_its_name() {
    for one in EntryType::ALL {
        assert_eq!(EntryType::named(one.name()), Some(one));
    }
    assert_eq!(EntryType::named("tea"), None);
}
