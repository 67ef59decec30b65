//! The sections.

use crate::world::{World, day, id, name, parsed, period, phone};
use meetellen_events::event::Event;
use meetellen_events::standing::{self, Hours, Listed, Room, Setting, Sourced};
use meetellen_events::tally::{Event as Tally, ShiftKind, Standing, Visitor};
use meetellen_events::values::{Cents, Quantity, RoomId};
use meetellen_projections::figures::{Value, figures};
use meetellen_projections::sections::{DayRow, Sections, sections};

fn of(world: &World, of: &str) -> Sections {
    sections(world.later().house.get(), &period(of))
}

fn decimal(text: &str) -> Value {
    Value::Decimal(text.into())
}

fn hours(weekday: u8, from: &str, to: &str) -> Hours {
    Hours {
        weekday,
        from: parsed(from),
        to: parsed(to),
    }
}

#[test]
fn an_activity_adds_up_its_sessions_held() {
    let mut world = World::new();
    let (choir, café) = (
        world.activity(800, "Koor", None),
        world.activity(801, "Eetcafé", None),
    );
    for (date, persons) in [("05", 30), ("12", 41)] {
        let start = format!("2026-10-{date}T12:00:00Z");
        let session = world.session(choir, &start, &format!("2026-10-{date}T14:00:00Z"));
        world.taps(&start, Some(session), persons);
    }
    let cancelled = world.session(choir, "2026-10-19T12:00:00Z", "2026-10-19T14:00:00Z");
    world.taps("2026-10-19T12:00:00Z", Some(cancelled), 3);
    world.cancel("2026-10-19T13:00:00Z", cancelled);
    let dinner = world.session(café, "2026-10-20T16:00:00Z", "2026-10-20T18:00:00Z");
    world.heads("2026-10-20T17:00:00Z", Some(dinner), 0, None);
    world.session(café, "2026-10-27T16:00:00Z", "2026-10-27T18:00:00Z");
    let rows = of(&world, "2026-10").by_activity;
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            let name = row.name.as_ref().map(ToString::to_string);
            (
                name.unwrap_or_default(),
                row.sessions,
                row.participations.clone(),
                row.average_participations.clone(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("Eetcafé".into(), 1, Value::Whole(0), decimal("0.0")),
            ("Koor".into(), 2, Value::Whole(71), decimal("35.5")),
        ]
    );
    assert_eq!(of(&world, "2026-09").by_activity, []);
}

#[test]
fn the_busiest_session_is_the_earliest_of_equals_with_its_volunteers() {
    let mut world = World::new();
    let choir = world.activity(800, "Koor", None);
    let late = world.session(choir, "2026-10-12T12:00:00Z", "2026-10-12T14:00:00Z");
    let early = world.session(choir, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    for session in [late, early] {
        let day = if session == late { "12" } else { "05" };
        world.taps(&format!("2026-10-{day}T12:00:00Z"), Some(session), 5);
    }
    world.heads("2026-10-05T12:30:00Z", Some(early), 4, Some(2));
    for who in [700, 701, 702, 700] {
        world.shift_at("2026-10-03T12:30:00Z", who, ShiftKind::Other, Some(early));
    }
    let busiest = of(&world, "2026-10").busiest_session.expect("a session");
    assert_eq!((busiest.session, busiest.day), (early, day("2026-10-05")));
    assert_eq!(
        (busiest.participations, busiest.volunteers),
        (Value::Whole(5), 3)
    );
    world.heads("2026-10-05T13:30:00Z", Some(early), 4, Some(9));
    assert_eq!(
        of(&world, "2026-10")
            .busiest_session
            .expect("it")
            .volunteers,
        9
    );
    assert_eq!(of(&world, "2026-11").busiest_session, None);
}

#[test]
fn every_day_of_the_period_has_a_row_and_the_night_is_the_evening_before() {
    let mut world = World::new();
    world.taps("2026-10-02T10:00:00Z", None, 2);
    world.coffee("2026-10-31T23:30:00Z", 7);
    world.taps("2026-10-31T23:45:00Z", None, 1);
    world.taps("2026-11-01T03:00:00Z", None, 4);
    let rows = of(&world, "2026-10").by_day;
    assert_eq!(rows.len(), 31);
    assert_eq!(rows[0].visits, Value::Unknown, "before the first check-in");
    assert_eq!(
        rows[1],
        DayRow {
            day: day("2026-10-02"),
            open: true,
            visits: Value::Whole(2),
            participations: Value::Unknown,
            coffee_cups: Value::Unknown,
        }
    );
    assert_eq!((rows[2].open, &rows[2].visits), (false, &Value::Whole(0)));
    assert_eq!(
        (&rows[30].visits, &rows[30].coffee_cups),
        (&Value::Whole(1), &Value::Whole(7))
    );
    assert_eq!(of(&world, "2026-11-01").by_day[0].visits, Value::Whole(4));
}

#[test]
fn a_day_says_what_its_own_figures_say() {
    let mut world = World::new();
    let choir = world.activity(800, "Koor", None);
    let held = world.session(choir, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    world.session(choir, "2026-10-06T12:00:00Z", "2026-10-06T14:00:00Z");
    world.check_in("2026-10-05T12:00:00Z", phone(1), Some(held), (1, 2));
    world.check_in("2026-10-05T08:00:00Z", phone(1), None, (1, 0));
    world.coffee("2026-10-07T08:00:00Z", 3);
    let world = world.later();
    for row in of(&world, "2026-10-01..2026-10-10").by_day {
        let own = figures(world.house.get(), &period(&row.day.to_string()));
        let value = |key: &str| own.get(key).map(|figure| figure.value.clone());
        assert_eq!(value("visits"), Some(row.visits), "{}", row.day);
        assert_eq!(value("coffee_cups"), Some(row.coffee_cups), "{}", row.day);
        assert_eq!(
            value("participations"),
            Some(row.participations),
            "{}",
            row.day
        );
    }
}

#[test]
fn shifts_are_told_by_kind_with_hours_and_distinct_volunteers() {
    let mut world = World::new();
    for (who, start, end) in [
        (700, "2026-10-24T20:00:00Z", Some("2026-10-25T02:30:00Z")),
        (700, "2026-10-26T08:00:00Z", Some("2026-10-26T08:50:00Z")),
        (701, "2026-10-27T08:00:00Z", Some("2026-10-28T08:00:00Z")),
        (702, "2026-10-28T08:00:00Z", None),
    ] {
        let shift = world.shift(start, who, ShiftKind::Bar);
        if let Some(end) = end {
            world.end(end, shift);
        }
    }
    world.shift("2026-10-28T08:00:00Z", 702, ShiftKind::Garden);
    let gone = world.shift("2026-10-28T09:00:00Z", 703, ShiftKind::Host);
    world.retract("2026-10-28T09:01:00Z", gone);
    let told: Vec<_> = of(&world, "2026-10")
        .shifts
        .into_iter()
        .map(|row| (row.kind, row.shifts, row.hours, row.volunteers))
        .collect();
    assert_eq!(
        told,
        [
            (ShiftKind::Bar, 4, decimal("7.3"), 3),
            (ShiftKind::Garden, 1, Value::Unknown, 1),
        ]
    );
}

#[test]
fn a_room_is_occupied_by_held_sessions_overlaps_once() {
    let mut world = World::new();
    let hall: RoomId = id(500);
    let cellar: RoomId = id(501);
    let room = |id, called: &str| Room {
        id,
        name: name(called),
        capacity: None,
    };
    world.setting(Setting::Rooms(vec![
        room(hall, "Zaal"),
        room(cellar, "Kelder"),
    ]));
    world.setting(Setting::OpeningHours(vec![hours(1, "09:00", "17:00")]));
    let choir = world.activity(800, "Koor", Some(hall));
    for (from, to) in [("08:00", "10:00"), ("09:00", "11:00"), ("14:00", "17:00")] {
        let session = world.session(
            choir,
            &format!("2026-10-05T{from}:00Z"),
            &format!("2026-10-05T{to}:00Z"),
        );
        world.confirm_session("2026-10-05T18:00:00Z", session);
    }
    // 10–13 and 16–19 local are 6 hours, 2 of them beyond the 8 hours of that Monday.
    let told: Vec<_> = of(&world, "2026-10-05")
        .rooms
        .into_iter()
        .map(|row| (row.name.to_string(), row.occupancy))
        .collect();
    assert_eq!(
        told,
        [
            ("Kelder".to_owned(), Value::Whole(0)),
            ("Zaal".to_owned(), Value::Whole(60)),
        ]
    );
    let tuesday = of(&world, "2026-10-06").rooms;
    assert!(tuesday.iter().all(|row| row.occupancy == Value::Unknown));
}

#[test]
fn goods_are_told_by_category_with_each_unnamed_gift_as_one_giver() {
    let mut world = World::new();
    let mut gifts = Vec::new();
    for (category, quantity, donor, standing) in [
        ("Gereedschap", 2, Some(700), Standing::Counted),
        ("gereed schap", 3, Some(700), Standing::Counted),
        ("gereedschap", 1, None, Standing::Counted),
        ("boeken", 40, None, Standing::ToConfirm),
    ] {
        gifts.push(world.goods("2026-10-05T10:00:00Z", category, quantity, donor, standing));
    }
    let told = |world: &World| -> Vec<_> {
        let rows = of(world, "2026-10").goods.into_iter();
        rows.map(|row| (row.category.to_string(), row.donors, row.quantity))
            .collect()
    };
    let tools = ("Gereedschap".to_owned(), Value::Whole(2), Value::Whole(6));
    assert_eq!(told(&world), std::slice::from_ref(&tools));
    world.confirm("2026-11-05T10:00:00Z", &gifts[3..]);
    let books = ("boeken".to_owned(), Value::Whole(1), Value::Whole(40));
    assert_eq!(told(&world), [books, tools]);
}

#[test]
fn contributions_tell_in_how_many_sessions() {
    let mut world = World::new();
    let choir = world.activity(800, "Koor", None);
    let sessions = ["05", "12"].map(|day| {
        world.session(
            choir,
            &format!("2026-10-{day}T12:00:00Z"),
            &format!("2026-10-{day}T14:00:00Z"),
        )
    });
    for (session, quantity) in [
        (Some(sessions[0]), 2),
        (Some(sessions[0]), 1),
        (Some(sessions[1]), 4),
        (None, 5),
    ] {
        world.tally(
            "2026-10-12T12:00:00Z",
            Tally::ContributionMade {
                kind: name("cake"),
                quantity: Quantity::new(quantity).expect("a quantity"),
                session,
                volunteer: None,
            },
        );
    }
    let rows = of(&world, "2026-10").contributions;
    assert_eq!((rows[0].quantity, rows[0].sessions), (12, 2));
}

#[test]
fn a_counter_is_unknown_before_its_first_entry_and_then_nothing() {
    let mut world = World::new();
    let (eggs, chairs) = (id(400), id(401));
    world.list(Listed::Counter(eggs), "Eieren", "2026-01-01");
    world.list(Listed::Counter(chairs), "Stoelen", "2026-01-01");
    let quantity = |number| Quantity::new(number).expect("a quantity");
    for number in [12, 19] {
        world.tally(
            "2026-10-12T12:00:00Z",
            Tally::CounterTallied {
                counter: eggs,
                quantity: quantity(number),
            },
        );
    }
    let told = |of_period: &str| -> Vec<_> {
        let rows = of(&world, of_period).counters.into_iter();
        rows.map(|row| row.quantity).collect()
    };
    assert_eq!(told("2026-10"), [Value::Whole(31), Value::Unknown]);
    assert_eq!(told("2026-11"), [Value::Whole(0), Value::Unknown]);
    assert_eq!(told("2026-09"), [Value::Unknown, Value::Unknown]);
}

#[test]
fn an_indicator_tells_the_last_measurement_as_entered_and_the_mean() {
    let mut world = World::new();
    let likes = id(400);
    world.list(Listed::Indicator(likes), "Likes", "2026-01-01");
    for (when, value) in [
        ("2026-10-20T12:00:00Z", "1769"),
        ("2026-10-05T12:00:00Z", "1752.25"),
        ("2026-09-05T12:00:00Z", "-3.25"),
        ("2026-09-06T12:00:00Z", "-3.25"),
    ] {
        world.tally(
            when,
            Tally::IndicatorMeasured {
                indicator: likes,
                value: parsed(value),
            },
        );
    }
    let told = |of_period: &str| {
        let row = of(&world, of_period).indicators.remove(0);
        (row.last.map(|last| last.to_string()), row.mean)
    };
    assert_eq!(told("2026-10"), (Some("1769".into()), decimal("1760.6")));
    assert_eq!(told("2026-09"), (Some("-3.25".into()), decimal("-3.3")));
    assert_eq!(told("2026-08"), (None, Value::Unknown));
}

#[test]
fn grants_are_those_of_the_last_day_and_the_canteen_limit_is_the_years() {
    let mut world = World::new();
    for (number, funder, since) in [
        (300, "Gemeente", "2026-01-01"),
        (301, "Fonds", "2026-11-01"),
    ] {
        let awarded = standing::Event::GrantAwarded {
            grant: id(number),
            funder: name(funder),
            purpose: name("Huur"),
            amount: Cents::new(30_000_000).expect("an amount"),
            since: day(since),
        };
        world.record("2026-01-01T10:00:00Z", Event::Standing(awarded));
    }
    let limit = Sourced {
        number: 6_800_000,
        source: name("Belastingdienst"),
    };
    world.setting(Setting::CanteenLimit(limit));
    world.bar_revenue("2026-03-01T10:00:00Z", 10_000, false);
    world.bar_revenue("2026-10-01T10:00:00Z", 2_500, false);
    world.bar_revenue("2026-10-01T11:00:00Z", 90_000, true);
    world.bar_revenue("2026-11-01T11:00:00Z", 4_000, false);
    let found = of(&world, "2026-10");
    let funders: Vec<_> = found.grants.iter().map(|row| row.funder.as_str()).collect();
    assert_eq!(funders, ["Gemeente"]);
    assert_eq!(found.canteen[0].own_cents, 12_500);
    assert_eq!(of(&world, "2026").canteen[0].own_cents, 16_500);
    assert_eq!(of(&world, "2026-11").grants.len(), 2);
}

#[test]
fn what_was_not_known_at_the_instant_is_left_out() {
    let mut world = World::new();
    let choir = world.activity(800, "Koor", None);
    let session = world.session(choir, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    world.confirm_session("2026-10-01T12:00:00Z", session);
    let october = period("2026-10");
    assert_eq!(sections(world.house.get(), &october).by_activity, []);
    let late = world.check_in(
        "2026-10-05T12:10:00Z",
        Visitor::Unknown,
        Some(session),
        (2, 0),
    );
    assert_eq!(
        of(&world, "2026-10").by_day[4].participations,
        Value::Whole(2)
    );
    world.retract("2026-12-01T12:00:00Z", late);
    assert_eq!(
        of(&world, "2026-10").by_day[4].participations,
        Value::Whole(0)
    );
}
