//! Contradictions and what is missing.

use crate::world::{World, at, day, id, name, parsed, period, phone};
use meetellen_events::standing::{Hours, Room, Setting};
use meetellen_events::tally::{Event as Tally, OpeningState, ShiftKind, Standing, Visitor};
use meetellen_events::values::{EntryId, RoomId};
use meetellen_projections::warnings::{Kind, Parameter, Warning, warnings};

fn of(world: &World, of: &str) -> Vec<Warning> {
    warnings(world.later().house.get(), &period(of))
}

/// The kinds of the period's warnings with the entries concerned.
fn kinds(world: &World, of_period: &str) -> Vec<(Kind, Vec<EntryId>)> {
    let found = of(world, of_period).into_iter();
    found.map(|one| (one.kind, one.entries)).collect()
}

#[test]
fn a_shift_without_an_end_is_told_once_its_day_is_over() {
    let mut world = World::new();
    let shift = world.shift("2026-10-05T08:00:00Z", 700, ShiftKind::Bar);
    world.taps("2026-10-06T01:59:59Z", None, 1);
    let october = period("2026-10");
    assert_eq!(
        warnings(world.house.get(), &october),
        [],
        "03:59 is the same day"
    );
    world.taps("2026-10-06T02:00:00Z", None, 1);
    let found = warnings(world.house.get(), &october);
    assert_eq!(found[0].kind, Kind::ShiftNotEnded);
    assert_eq!(found[0].day, day("2026-10-05"));
    assert_eq!(found[0].entries, [shift.entry]);
    assert_eq!(
        found[0].parameters,
        [
            ("shift", Parameter::Shift(ShiftKind::Bar)),
            ("since", Parameter::Time(at("2026-10-05T08:00:00Z"))),
        ]
    );
    let end = world.end("2026-10-05T12:00:00Z", shift);
    assert_eq!(kinds(&world, "2026-10-05"), []);
    world.retract("2026-10-06T09:00:00Z", end);
    assert_eq!(kinds(&world, "2026-10-05").len(), 1);
}

#[test]
fn a_shift_is_too_long_over_sixteen_hours_and_the_clock_change_is_no_hour() {
    let mut world = World::new();
    let taps = |world: &mut World, when: &str| world.taps(when, None, 1);
    // From 12:00 to 03:00 on the wall clock are 16 hours on that night.
    taps(&mut world, "2026-10-24T10:00:00Z");
    let exact = world.shift("2026-10-24T10:00:00Z", 700, ShiftKind::Bar);
    world.end("2026-10-25T02:00:00Z", exact);
    let over = world.shift("2026-10-24T10:00:00Z", 701, ShiftKind::Bar);
    world.end("2026-10-25T02:00:00.001Z", over);
    assert_eq!(
        kinds(&world, "2026-10"),
        [(Kind::ShiftTooLong, vec![over.entry])]
    );
}

#[test]
fn one_person_on_two_shifts_at_once_is_told_where_the_later_begins() {
    let mut world = World::new();
    world.taps("2026-10-31T21:00:00Z", None, 1);
    world.taps("2026-11-01T10:00:00Z", None, 1);
    let night = world.shift("2026-10-31T21:00:00Z", 700, ShiftKind::Bar);
    world.end("2026-11-01T03:30:00Z", night);
    let other = world.shift("2026-11-01T03:00:00Z", 701, ShiftKind::Host);
    world.end("2026-11-01T05:00:00Z", other);
    let early = world.shift("2026-11-01T03:00:00Z", 700, ShiftKind::Host);
    world.end("2026-11-01T05:00:00Z", early);
    let next = world.shift("2026-11-01T05:00:00Z", 700, ShiftKind::Host);
    world.end("2026-11-01T06:00:00Z", next);
    assert_eq!(kinds(&world, "2026-10"), []);
    let found = of(&world, "2026-11");
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].kind, &found[0].entries),
        (Kind::ShiftsAtOnce, &vec![night.entry, early.entry])
    );
    assert_eq!(
        found[0].parameters[1],
        ("until", Parameter::Time(at("2026-11-01T03:30:00Z")))
    );
}

#[test]
fn an_opening_that_nobody_counted_is_told_once_it_is_over() {
    let mut world = World::new();
    world.setting(Setting::OpeningHours(vec![Hours {
        weekday: 1,
        from: parsed("09:00"),
        to: parsed("17:00"),
    }]));
    world.coffee("2026-10-06T08:00:00Z", 3);
    world.tally(
        "2026-10-07T08:00:00Z",
        Tally::OpeningNoted {
            state: OpeningState::NobodyCame,
        },
    );
    let week = period("2026-W41");
    assert_eq!(warnings(world.house.get(), &week).len(), 2);
    let days: Vec<_> = of(&world, "2026-W41")
        .into_iter()
        .map(|one| (one.kind, one.day))
        .collect();
    assert_eq!(
        days,
        [
            (Kind::OpeningNotCounted, day("2026-10-05")),
            (Kind::OpeningNotCounted, day("2026-10-06")),
        ]
    );
}

#[test]
fn a_session_is_unconfirmed_once_it_is_over_and_nothing_shows_it() {
    let mut world = World::new();
    let choir = world.activity(800, "Koor", None);
    let session = world.session(choir, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    let october = period("2026-10");
    let visit = world.check_in("2026-10-05T13:59:00Z", Visitor::Unknown, None, (1, 0));
    assert_eq!(warnings(world.house.get(), &october), []);
    let found = of(&world, "2026-10");
    assert_eq!(
        (found[0].kind, found[0].session),
        (Kind::SessionUnconfirmed, Some(session))
    );
    assert_eq!(
        found[0].parameters[0],
        ("activity", Parameter::Name(name("Koor")))
    );
    let late = world.check_in(
        "2026-10-05T13:00:00Z",
        Visitor::Unknown,
        Some(session),
        (1, 0),
    );
    assert_eq!(of(&world, "2026-10"), []);
    world.retract("2026-10-06T13:00:00Z", late);
    assert_eq!(of(&world, "2026-10").len(), 1);
    world.cancel("2026-10-06T13:01:00Z", session);
    assert_eq!(of(&world, "2026-10"), []);
    world.retract("2026-10-06T13:02:00Z", visit);
}

#[test]
fn entries_wait_until_they_are_confirmed_or_retracted() {
    let mut world = World::new();
    world.taps("2026-10-05T10:00:00Z", None, 1);
    let visit = world.check_in_as(
        "2026-10-05T20:00:00Z",
        phone(1),
        None,
        (1, 0),
        Standing::ToConfirm,
    );
    let gift = world.goods(
        "2026-10-05T20:00:00Z",
        "boeken",
        3,
        None,
        Standing::ToConfirm,
    );
    assert_eq!(
        kinds(&world, "2026-10"),
        [(Kind::EntriesToConfirm, vec![visit.entry, gift.entry])]
    );
    world.confirm("2026-11-05T20:00:00Z", &[visit]);
    assert_eq!(
        kinds(&world, "2026-10"),
        [(Kind::EntriesToConfirm, vec![gift.entry])]
    );
    world.retract("2026-11-06T20:00:00Z", gift);
    assert_eq!(kinds(&world, "2026-10"), []);
}

#[test]
fn a_head_count_below_the_check_ins_until_then_is_told() {
    let mut world = World::new();
    let choir = world.activity(800, "Koor", None);
    let session = world.session(choir, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    world.taps("2026-10-05T12:00:00Z", Some(session), 10);
    let count = world.heads("2026-10-05T12:30:00Z", Some(session), 10, None);
    world.taps("2026-10-05T13:00:00Z", Some(session), 2);
    assert_eq!(
        kinds(&world, "2026-10"),
        [],
        "who came later was not there yet"
    );
    world.retract("2026-10-05T13:01:00Z", count);
    let short = world.heads("2026-10-05T13:30:00Z", Some(session), 11, None);
    let door = world.heads("2026-10-05T15:00:00Z", None, 11, None);
    let found = of(&world, "2026-10");
    let told: Vec<_> = found
        .iter()
        .map(|one| (one.session, one.entries.clone()))
        .collect();
    assert_eq!(
        told,
        [(None, vec![door.entry]), (Some(session), vec![short.entry]),]
    );
    assert_eq!(
        found[0].parameters,
        [
            ("heads", Parameter::Number(11)),
            ("check_ins", Parameter::Number(12))
        ]
    );
}

#[test]
fn a_volunteer_on_duty_is_in_no_head_count_of_the_door() {
    let mut world = World::new();
    world.shift("2026-10-05T08:00:00Z", 700, ShiftKind::Bar);
    world.check_in("2026-10-05T09:00:00Z", Visitor::Pass(id(700)), None, (1, 1));
    world.heads("2026-10-05T10:00:00Z", None, 1, None);
    let found = of(&world, "2026-10");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].kind, Kind::ShiftNotEnded);
}

#[test]
fn a_session_with_more_people_than_the_room_holds_is_told() {
    let mut world = World::new();
    let hall: RoomId = id(500);
    world.setting(Setting::Rooms(vec![Room {
        id: hall,
        name: name("Zaal"),
        capacity: Some(30),
    }]));
    let choir = world.activity(800, "Koor", Some(hall));
    let session = world.session(choir, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    let full = world.heads("2026-10-05T12:30:00Z", Some(session), 30, None);
    assert_eq!(of(&world, "2026-10"), []);
    let over = world.heads("2026-10-05T12:40:00Z", Some(session), 31, None);
    let found = of(&world, "2026-10");
    assert_eq!(
        (found[0].kind, &found[0].entries),
        (Kind::SessionOverRoom, &vec![full.entry, over.entry])
    );
    assert_eq!(found[0].parameters[3], ("holds", Parameter::Number(30)));
}

#[test]
fn a_session_with_more_people_than_its_activity_can_take_is_told() {
    let mut world = World::new();
    let course = world.activity_for(800, "Taalles", 12);
    let session = world.session(course, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    let full = world.heads("2026-10-05T12:30:00Z", Some(session), 12, None);
    assert_eq!(of(&world, "2026-10"), []);
    let over = world.heads("2026-10-05T12:40:00Z", Some(session), 13, None);
    let found = of(&world, "2026-10");
    assert_eq!(
        (found[0].kind, &found[0].entries),
        (Kind::SessionOverCapacity, &vec![full.entry, over.entry])
    );
    assert_eq!(found[0].parameters[2], ("holds", Parameter::Number(12)));
}

#[test]
fn cups_are_set_against_visits_and_revenue() {
    let mut world = World::new();
    world.taps("2026-10-05T10:00:00Z", None, 2);
    let pot = world.coffee("2026-10-05T10:00:00Z", 10);
    let till = world.bar_revenue("2026-10-06T01:00:00Z", 300, false);
    assert_eq!(kinds(&world, "2026-10-05"), []);
    let cup = world.coffee("2026-10-05T11:00:00Z", 1);
    assert_eq!(
        kinds(&world, "2026-10-05"),
        [
            (Kind::ManyCupsPerVisit, vec![pot.entry, cup.entry]),
            (Kind::LittleRevenuePerCup, vec![till.entry]),
        ]
    );
    world.retract("2026-10-06T08:00:00Z", till);
    assert_eq!(
        kinds(&world, "2026-10-05").len(),
        1,
        "no revenue is no little revenue"
    );
}
