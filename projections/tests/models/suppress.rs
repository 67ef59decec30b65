//! What may leave the organisation.

#[path = "suppress/persons.rs"]
mod persons;

use crate::world::{World, day, id, period, phone};
use meetellen_events::event::Event;
use meetellen_events::people::{self, AgeGroup, PersonFacts};
use meetellen_events::tally::{Event as Tally, ShiftKind, Standing, Visitor};
use meetellen_events::values::{ActivityId, Cents};
use meetellen_projections::figures::{Figures, Value, figures};
use meetellen_projections::sections::{Sections, sections};
use meetellen_projections::suppress::exported;
use proptest::prelude::*;

fn of(world: &World, of: &str) -> (Figures, Sections) {
    let world = world.later();
    let (ledger, of) = (world.house.get(), period(of));
    exported(ledger, figures(ledger, &of), sections(ledger, &of))
}

fn value(world: &World, of_period: &str, key: &str) -> Value {
    let (figures, _) = of(world, of_period);
    figures.get(key).expect(key).value.clone()
}

/// Visits of the days with any, in the order of the days.
fn days(world: &World, of_period: &str) -> Vec<Value> {
    let (_, sections) = of(world, of_period);
    let rows = sections.by_day.into_iter();
    rows.map(|row| row.visits)
        .filter(|visits| !matches!(visits, Value::Whole(0) | Value::Unknown))
        .collect()
}

/// A month with so many visits on the days of October from the first on.
fn october(visits: &[usize]) -> World {
    let mut world = World::new();
    for (number, visits) in visits.iter().enumerate() {
        world.taps(
            &format!("2026-10-{:02}T10:00:00Z", number + 1),
            None,
            *visits,
        );
    }
    world
}

fn whole(number: i64) -> Value {
    Value::Whole(number)
}

fn money(world: &mut World, when: &str, donor: Option<u64>) {
    world.tally(
        when,
        Tally::MoneyDonated {
            amount: Cents::new(1_000).expect("an amount"),
            method: None,
            donor: donor.map(id),
            purpose: None,
            code: None,
            standing: Standing::Counted,
        },
    );
}

#[test]
fn a_small_day_hides_behind_another_and_the_sum_stays() {
    let world = october(&[12, 3, 17, 20]);
    assert_eq!(
        days(&world, "2026-10"),
        [whole(12), Value::Suppressed, Value::Withheld, whole(20)],
        "the fullest day is told as such"
    );
    assert_eq!(value(&world, "2026-10", "visits"), whole(52));
    assert_eq!(
        value(&world, "2026-10", "visits_per_open_day_max"),
        whole(20)
    );
    assert_eq!(
        value(&world, "2026-10", "visits_per_open_day_min"),
        Value::Suppressed
    );
    assert_eq!(
        value(&world, "2026-10", "visits_per_open_day"),
        Value::Decimal("13.0".into())
    );
}

#[test]
fn no_small_day_hides_nothing() {
    let world = october(&[12, 5, 17]);
    let (figures, sections) = of(&world, "2026-10");
    let later = world.later();
    let exact = meetellen_projections::figures::figures(later.house.get(), &period("2026-10"));
    assert_eq!(figures, exact);
    assert_eq!(
        sections,
        meetellen_projections::sections::sections(later.house.get(), &period("2026-10"))
    );
}

#[test]
fn a_second_export_tells_no_more_than_the_first() {
    let world = october(&[12, 3, 17, 20]);
    for (of_period, told) in [
        ("2026-10-02", Value::Suppressed),
        ("2026-10-03", Value::Withheld),
        ("2026-10-04", whole(20)),
        ("2026-10-05..2026-10-31", whole(0)),
        ("2026-10-01..2026-10-02", Value::Withheld),
        ("2026-10-02..2026-10-03", Value::Withheld),
        ("2026-10-04..2026-12-31", whole(20)),
        ("2026-10-03..2026-12-31", Value::Withheld),
        ("2026-10-01..2026-10-31", whole(52)),
        ("2026-Q4", whole(52)),
        ("2026", whole(52)),
    ] {
        assert_eq!(value(&world, of_period, "visits"), told, "{of_period}");
    }
}

#[test]
fn small_days_that_the_sum_would_fix_hide_behind_a_third() {
    for (visits, told, why) in [
        (vec![1, 1], "< <", "the month is not told but to be small"),
        (
            vec![3, 2, 30],
            "< < 30",
            "5 in two small days are 3 and 2, or 2 and 3, or 1 and 4",
        ),
        (
            vec![4, 4, 30, 40],
            "< < - 40",
            "8 in two small days are 4 and 4",
        ),
        (vec![2, 1, 30], "< < -", "a range of the two days has 3"),
        (
            vec![1, 5, 30],
            "< 5 -",
            "6 in a small and a withheld day are 1 and 5",
        ),
        (vec![1, 30, 5], "< - 5", "the same the other way round"),
    ] {
        let days = days(&october(&visits), "2026-10").into_iter();
        let found: Vec<String> = days
            .map(|day| match day {
                Value::Suppressed => "<".to_owned(),
                Value::Withheld => "-".to_owned(),
                Value::Whole(visits) => visits.to_string(),
                Value::Decimal(text) => text,
                Value::Unknown => "?".to_owned(),
            })
            .collect();
        assert_eq!(found.join(" "), told, "{why}");
    }
}

#[test]
fn four_days_of_one_visit_are_not_all_told_to_be_small() {
    let world = october(&[1, 1, 1, 1]);
    assert_eq!(value(&world, "2026-10", "visits"), Value::Suppressed);
    let told = days(&world, "2026-10");
    assert_eq!(
        told.iter().filter(|one| **one == Value::Suppressed).count(),
        3
    );
    assert_eq!(told.last(), Some(&Value::Withheld));
    for key in [
        "visits_per_open_day",
        "visits_anonymous",
        "visits_with_volunteers",
    ] {
        assert_eq!(value(&world, "2026-10", key), Value::Suppressed, "{key}");
    }
}

#[test]
fn a_small_month_is_in_no_sum_with_months_that_are_told() {
    let mut world = october(&[3]);
    world.taps("2026-11-05T10:00:00Z", None, 20);
    assert_eq!(value(&world, "2026-10", "visits"), Value::Suppressed);
    assert_eq!(value(&world, "2026-11", "visits"), whole(20));
    assert_eq!(value(&world, "2026-Q4", "visits"), Value::Withheld);
    assert_eq!(value(&world, "2026", "visits"), Value::Withheld);
    world.taps("2026-12-05T10:00:00Z", None, 2);
    assert_eq!(
        value(&world, "2026-Q4", "visits"),
        whole(25),
        "two small months hide behind each other"
    );
    assert_eq!(value(&world, "2026", "visits"), whole(25));
}

fn told(sections: &Sections) -> Vec<(ActivityId, Value)> {
    let rows = sections.by_activity.iter();
    rows.map(|row| (row.activity, row.participations.clone()))
        .collect()
}

/// A session on a day of October with so many participations.
fn session(world: &mut World, activity: ActivityId, date: usize, participations: usize) {
    let at = |hour: usize| format!("2026-10-{date:02}T{hour:02}:00:00Z");
    let session = world.session(activity, &at(12), &at(14));
    world.taps(&at(12), Some(session), participations);
}

#[test]
fn a_small_activity_hides_behind_another_and_on_its_day_too() {
    let mut world = World::new();
    let [choir, café, yoga] = [(800, "Koor"), (801, "Eetcafé"), (802, "Yoga")]
        .map(|(number, called)| world.activity(number, called, None));
    session(&mut world, choir, 5, 3);
    session(&mut world, choir, 6, 0);
    for date in [5, 12] {
        session(&mut world, café, date, 20);
    }
    session(&mut world, yoga, 7, 15);
    session(&mut world, yoga, 14, 16);
    let (figures, sections) = of(&world, "2026-10");
    assert_eq!(
        told(&sections),
        [
            (café, whole(40)),
            (choir, Value::Suppressed),
            (yoga, Value::Withheld)
        ]
    );
    assert_eq!(
        sections.by_activity[1].average_participations,
        Value::Suppressed
    );
    assert_eq!(
        figures.get("participations").expect("participations").value,
        whole(74)
    );
    let days: Vec<_> = sections
        .by_day
        .iter()
        .filter(|row| row.participations == Value::Withheld)
        .map(|row| row.day.to_string())
        .collect();
    assert_eq!(
        days,
        ["2026-10-05", "2026-10-14"],
        "less the busiest session, the 5th would be the choir"
    );
    let busiest = sections.busiest_session.expect("a session");
    assert_eq!(
        (busiest.activity, busiest.participations),
        (café, whole(20))
    );
}

#[test]
fn visits_with_volunteers_and_of_children_are_told_where_visits_are() {
    let mut world = october(&[12, 3, 17, 20]);
    for number in 2..5 {
        world.shift(
            &format!("2026-10-{number:02}T09:00:00Z"),
            700,
            ShiftKind::Bar,
        );
    }
    for (of_period, told) in [
        ("2026-10-02", Value::Suppressed),
        ("2026-10-03", Value::Withheld),
        ("2026-10-04", whole(21)),
        ("2026-10", whole(55)),
    ] {
        let value = value(&world, of_period, "visits_with_volunteers");
        assert_eq!(value, told, "{of_period}");
    }
    assert_eq!(
        value(&world, "2026-10-02", "visits_children"),
        Value::Withheld,
        "no child here would leave all of them to the other day"
    );
    assert_eq!(value(&world, "2026-10-04", "visits_children"), whole(0));
    assert_eq!(value(&world, "2026-10", "visits_anonymous"), whole(52));
}

#[test]
fn the_anonymous_visits_leave_few_known_visitors_to_nobody() {
    let mut world = october(&[20, 20, 20]);
    for number in 0..2 {
        world.check_in("2026-10-02T11:00:00Z", phone(number), None, (1, 0));
    }
    for of_period in ["2026-10-02", "2026-10"] {
        let visits = value(&world, of_period, "visits");
        let unique = value(&world, of_period, "unique_visitors");
        assert!(matches!(visits, Value::Whole(22 | 62)), "{of_period}");
        assert_eq!(unique, Value::Suppressed, "{of_period}");
        let anonymous = value(&world, of_period, "visits_anonymous");
        assert_eq!(anonymous, Value::Withheld, "{of_period}");
    }
    for number in 2..9 {
        world.check_in("2026-10-02T11:00:00Z", phone(number), None, (1, 0));
    }
    assert_eq!(value(&world, "2026-10", "visits_anonymous"), whole(60));
}

#[test]
fn a_share_that_stands_for_a_few_is_not_told() {
    let mut world = october(&[97]);
    let shares = |world: &World| {
        let (figures, _) = of(world, "2026-10");
        let visits = figures.get("visits").expect("visits");
        (
            visits.value.clone(),
            visits.basis_share.len(),
            visits.evidence_share.len(),
        )
    };
    assert_eq!(shares(&world), (whole(97), 1, 4));
    world.heads("2026-10-01T18:00:00Z", None, 101, None);
    assert_eq!(shares(&world), (whole(101), 0, 0), "0.04 of 101 is 4");
    world.heads("2026-10-01T19:00:00Z", None, 105, None);
    assert_eq!(shares(&world), (whole(105), 2, 4));
    let mut few = october(&[3]);
    few.heads("2026-10-01T18:00:00Z", None, 4, None);
    assert_eq!(shares(&few), (Value::Suppressed, 0, 0));
    let mut one_more = october(&[299]);
    one_more.heads("2026-10-01T18:00:00Z", None, 300, None);
    assert_eq!(shares(&one_more), (whole(300), 0, 0), "0.00 of 300 is 1");
}

#[test]
fn a_session_fuller_than_its_small_day_says_nothing() {
    let mut world = october(&[20, 0, 30]);
    let choir = world.activity(800, "Koor", None);
    let on_second = world.session(choir, "2026-10-02T12:00:00Z", "2026-10-02T14:00:00Z");
    for who in 700..703 {
        world.shift("2026-10-02T09:00:00Z", who, ShiftKind::Bar);
        world.check_in(
            "2026-10-02T12:00:00Z",
            Visitor::Pass(id(who)),
            Some(on_second),
            (1, 0),
        );
    }
    world.taps("2026-10-02T12:00:00Z", Some(on_second), 4);
    session(&mut world, choir, 3, 10);
    let (_, sections) = of(&world, "2026-10");
    assert_eq!(sections.by_day[1].visits, Value::Suppressed);
    assert_eq!(
        sections.by_day[1].participations,
        Value::Withheld,
        "7 less 3 on duty are at most the visits"
    );
}

/// Figures that count persons the rule leaves out.
const FREE: [&str; 5] = [
    "volunteers_registered",
    "volunteers_joined",
    "volunteers_left",
    "volunteers_from_neighbourhood",
    "volunteers_active",
];

#[test]
fn no_figure_of_persons_tells_that_they_are_few() {
    let mut world = World::new();
    let child = people::Event::Registered {
        person: id(700),
        facts: PersonFacts {
            age: Some(AgeGroup::Child),
            ..PersonFacts::default()
        },
        since: day("2026-01-01"),
    };
    world.record("2026-01-01T10:00:00Z", Event::People(child));
    let choir = world.activity(800, "Koor", None);
    for date in 5..10 {
        let at = |hour: usize| format!("2026-10-{date:02}T{hour:02}:00:00Z");
        let held = world.session(choir, &at(12), &at(14));
        if date < 9 {
            world.check_in(&at(12), Visitor::Pass(id(700)), Some(held), (0, 1));
        }
    }
    world.check_in_as(
        "2026-10-05T12:00:00Z",
        phone(1),
        None,
        (1, 0),
        Standing::ToConfirm,
    );
    money(&mut world, "2026-10-05T10:00:00Z", None);
    world.goods("2026-10-05T10:00:00Z", "boeken", 1, None, Standing::Counted);
    let persons = [
        "visits",
        "persons",
        "participations",
        "gifts",
        "persons/parties",
    ];
    let mut seen = 0;
    for of_period in [
        "2026-10",
        "2026-Q4",
        "2026",
        "2026-10-05",
        "2026-W41",
        "2026-10-05..2026-11-05",
    ] {
        let (figures, sections) = of(&world, of_period);
        for figure in &figures.figures {
            if persons.contains(&figure.unit) && !FREE.contains(&figure.key) {
                let told = matches!(figure.value, Value::Whole(1..=4));
                assert!(!told, "{of_period} {}", figure.key);
                seen += usize::from(figure.value.hidden().is_some());
            }
        }
        assert!(
            told(&sections)
                .iter()
                .all(|(_, value)| value.hidden().is_some())
        );
    }
    assert!(seen > 40, "{seen}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn what_is_told_is_the_exact_number(
        sessions in prop::collection::vec((1..28_usize, 0..3_u64, 0..12_usize), 0..8),
        visits in prop::collection::vec((1..28_usize, 1..12_usize), 0..8),
    ) {
        let mut world = World::new();
        let activities = [800, 801, 802].map(|number| world.activity(number, "Koor", None));
        for (date, of, number) in sessions {
            session(&mut world, activities[usize::try_from(of).expect("small")], date, number);
        }
        for (date, number) in visits {
            world.taps(&format!("2026-10-{date:02}T16:00:00Z"), None, number);
        }
        let later = world.later();
        let (ledger, october) = (later.house.get(), period("2026-10"));
        let (exact, all) = (figures(ledger, &october), sections(ledger, &october));
        let (figures, sections) = exported(ledger, exact.clone(), all.clone());
        let same = |told: &Value, exact: &Value| match told {
            Value::Suppressed => matches!(exact, Value::Whole(1..=4) | Value::Decimal(_)),
            Value::Withheld => true,
            Value::Whole(_) | Value::Decimal(_) | Value::Unknown => told == exact,
        };
        for (told, exact) in figures.figures.iter().zip(&exact.figures) {
            prop_assert!(same(&told.value, &exact.value), "{}", told.key);
        }
        for (told, exact) in sections.by_day.iter().zip(&all.by_day) {
            prop_assert!(same(&told.visits, &exact.visits));
            prop_assert!(same(&told.participations, &exact.participations));
            prop_assert_eq!(&told.coffee_cups, &exact.coffee_cups);
        }
        for (told, exact) in sections.by_activity.iter().zip(&all.by_activity) {
            prop_assert!(same(&told.participations, &exact.participations));
        }
    }
}
