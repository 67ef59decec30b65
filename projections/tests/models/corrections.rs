//! What was mended in a period, and what came for it later.

use crate::world::{World, at, day, device, period, phone};
use meetellen_events::tally::{ShiftKind, Standing, Target};
use meetellen_projections::corrections::{Corrections, arrivals, corrections};
use meetellen_projections::figures::Value;
use meetellen_projections::history::EntryType;

fn october(world: &World) -> Corrections {
    corrections(world.house.get(), &period("2026-10"))
}

/// Place, type and day of what came for October behind a place.
fn came(world: &World, after: Target) -> Vec<(u64, EntryType, String)> {
    let found = arrivals(world.house.get(), &period("2026-10"), after.position.0);
    found
        .map(|one| (one.position, one.entry_type, one.day.to_string()))
        .collect()
}

#[test]
fn entries_taken_back_late_and_waiting_are_told_but_no_small_number_of_them() {
    let mut world = World::new();
    let nothing = Corrections {
        retracted: Value::Whole(0),
        late: Value::Whole(0),
        waiting: Value::Whole(0),
    };
    assert_eq!(october(&world), nothing);
    let all: Vec<Target> = (1..=5)
        .map(|cups| world.coffee("2026-10-05T12:00:00Z", cups))
        .collect();
    for target in &all[1..] {
        world.retract("2026-10-05T13:00:00Z", *target);
    }
    assert_eq!(october(&world).retracted, Value::Suppressed, "four");
    world.retract("2026-10-05T13:00:00Z", all[0]);
    assert_eq!(october(&world).retracted, Value::Whole(5));
    for number in 1..=6 {
        world.check_in_as(
            "2026-10-05T12:00:00Z",
            phone(number),
            None,
            (1, 0),
            Standing::ToConfirm,
        );
    }
    assert_eq!(october(&world).waiting, Value::Whole(6));
    world.recorded_at = Some(at("2026-11-02T09:00:00Z"));
    for cups in 1..=5 {
        world.coffee("2026-10-31T12:00:00Z", cups);
    }
    assert_eq!(october(&world).late, Value::Whole(5));
    assert_eq!(corrections(world.house.get(), &period("2026-11")), nothing);
}

#[test]
fn what_came_is_every_entry_that_counts_in_the_period_or_changes_one_that_does() {
    let mut world = World::new();
    world.actor = device(1);
    let choir = world.activity(800, "Koor", None);
    let session = world.session(choir, "2026-10-31T20:00:00Z", "2026-11-01T05:00:00Z");
    let shift = world.shift("2026-10-31T20:00:00Z", 1, ShiftKind::Bar);
    let waiting = world.check_in_as(
        "2026-10-05T12:00:00Z",
        phone(1),
        None,
        (1, 0),
        Standing::ToConfirm,
    );
    let before = world.coffee("2026-10-05T12:00:00Z", 1);
    world.recorded_at = Some(at("2026-11-02T09:00:00Z"));
    let coffee = world.coffee("2026-10-05T12:00:00Z", 2);
    world.coffee("2026-11-02T08:00:00Z", 3);
    let of_session = world.check_in("2026-11-01T04:30:00Z", phone(2), Some(session), (1, 0));
    let end = world.end("2026-11-01T06:00:00Z", shift);
    let confirmed = world.confirm("2026-11-02T09:00:00Z", &[waiting]);
    let retracted = world.retract("2026-11-02T09:00:00Z", before);
    let expected = [
        (coffee, EntryType::Coffee, "2026-10-05"),
        (of_session, EntryType::CheckIn, "2026-10-31"),
        (end, EntryType::ShiftEnd, "2026-10-31"),
        (confirmed, EntryType::Confirmation, "2026-10-05"),
        (retracted, EntryType::Retraction, "2026-10-05"),
    ];
    let expected = expected.map(|(target, kind, day)| (target.position.0, kind, day.to_owned()));
    assert_eq!(came(&world, before), expected);
    assert_eq!(came(&world, retracted), []);
    let first = arrivals(world.house.get(), &period("2026-10"), before.position.0).next();
    let first = first.expect("the coffee");
    assert_eq!((first.device, first.day), (device(1).id, day("2026-10-05")));
    assert_eq!(first.recorded_at, at("2026-11-02T09:00:00Z"));
}
