//! Figures of the catalogue that no worked example shows.

use super::history::{History, activity, figure, name, person, phone, shares, shows, text, uuid};
use meetellen_events::people::{self, AgeGroup, PersonFacts};
use meetellen_events::programme::{self, ActivityFacts, OrganisedBy};
use meetellen_events::standing::{self, Listed, Setting, Sourced};
use meetellen_events::tally::{Event as Tally, Evidence, HoursBasis, ShiftKind, Visitor};
use meetellen_events::values::{Cents, Cups, GrantId, PartnerId, Quantity, TenantId};

fn sourced(number: u64, source: &str) -> Sourced {
    let source = name(source);
    Sourced { number, source }
}

#[test]
fn reach_is_set_against_the_inhabitants() {
    let mut history = History::default();
    for number in 0..5 {
        let when = "2026-10-05T10:00:00Z";
        history.check_in(when, phone(number), None, (1, 0), Evidence::DayCode);
    }
    shows(&history.figures("2026-10"), &[("reach", "null")]);
    let inhabitants = Setting::Inhabitants(sourced(4_830, "CBS 2025"));
    history.set(inhabitants, "2026-10-31");
    let found = history.figures("2026-10");
    shows(&found, &[("reach", "0.1")]);
    let yardstick = &figure(&found, "reach").yardsticks[0];
    assert_eq!(yardstick.sourced, sourced(4_830, "CBS 2025"));
    assert_eq!(text(&yardstick.against), "5");
    let over_months = history.figures("2026-10-01..2026-11-01");
    shows(&over_months, &[("reach", "null")]);
    let before = history.figures("2026-10-05");
    shows(&before, &[("reach", "null")]);
}

#[test]
fn unique_visitors_of_longer_periods_are_a_mean_of_months() {
    let mut history = History::default();
    let pass = Visitor::Pass(person(1));
    for (when, visitor) in [
        ("2026-09-30T10:00:00Z", phone(9)),
        ("2026-10-05T10:00:00Z", phone(1)),
        ("2026-10-05T10:00:00Z", phone(2)),
        ("2026-10-06T10:00:00Z", pass),
        ("2026-12-06T10:00:00Z", pass),
        ("2026-12-06T10:00:00Z", phone(3)),
    ] {
        history.check_in(when, visitor, None, (1, 0), Evidence::Poster);
    }
    // November had no opening, September is not whole.
    let found = history.figures("2026-09-15..2026-12-31");
    let expected = [
        ("unique_visitors_per_month", "2.5"),
        ("unique_pass_holders", "1"),
        ("unique_visitors", "null"),
        ("regular_visitors", "null"),
    ];
    shows(&found, &expected);
}

#[test]
fn a_regular_visitor_came_on_four_days_of_the_month() {
    let mut history = History::default();
    let child = PersonFacts {
        age: Some(AgeGroup::Child),
        ..PersonFacts::default()
    };
    // The first age group holds before its day too.
    history.register(person(1), "2026-12-01", child);
    history.register(person(2), "2026-06-01", PersonFacts::default());
    for (visitor, days) in [
        (Visitor::Pass(person(1)), [1, 2, 3, 4]),
        (Visitor::Pass(person(2)), [1, 9, 17, 25]),
        (phone(1), [6, 7, 8, 9]),
        (phone(2), [6, 7, 8, 8]),
    ] {
        for day in days {
            let when = format!("2026-10-{day:02}T10:00:00Z");
            history.check_in(&when, visitor, None, (1, 0), Evidence::Host);
        }
    }
    let found = history.figures("2026-10");
    let expected = [
        ("regular_visitors", "3"),
        ("regular_children", "1"),
        ("unique_visitors", "4"),
    ];
    shows(&found, &expected);
    shows(
        &history.figures("2026-10-01..2026-10-30"),
        &[("regular_visitors", "null")],
    );
}

fn volunteer(near: bool) -> PersonFacts {
    PersonFacts {
        volunteer: Some(true),
        from_neighbourhood: Some(near),
        ..PersonFacts::default()
    }
}

#[test]
fn volunteers_are_those_on_the_last_day() {
    let mut history = History::default();
    history.register(person(1), "2026-06-01", volunteer(true));
    history.register(person(2), "2026-10-10", volunteer(true));
    history.register(person(3), "2026-09-01", volunteer(false));
    history.register(person(4), "2026-09-01", PersonFacts::default());
    let since = "2026-10-20".parse().expect("a day");
    let left = PersonFacts {
        volunteer: Some(false),
        ..PersonFacts::default()
    };
    let person_left = people::Event::Changed {
        person: person(3),
        facts: left,
        since,
    };
    history.people("2026-10-01T10:00:00Z", person_left);
    let october = [
        ("volunteers_registered", "2"),
        ("volunteers_joined", "1"),
        ("volunteers_left", "1"),
        ("volunteers_from_neighbourhood", "2"),
    ];
    shows(&history.figures("2026-10"), &october);
    let erased = people::Event::Erased { person: person(1) };
    history.people("2026-11-03T10:00:00Z", erased);
    let november = [
        ("volunteers_registered", "1"),
        ("volunteers_joined", "0"),
        ("volunteers_left", "1"),
    ];
    shows(&history.figures("2026-11"), &november);
    shows(&history.figures("2026-10"), &october);
}

#[test]
fn who_is_erased_does_not_join_on_a_later_day() {
    let mut history = History::default();
    history.register(person(1), "2026-12-10", volunteer(true));
    let person = person(1);
    history.people("2026-11-25T10:00:00Z", people::Event::Erased { person });
    let december = [("volunteers_registered", "0"), ("volunteers_joined", "0")];
    shows(&history.figures("2026-12"), &december);
}

#[test]
fn active_is_who_had_a_shift_organised_or_contributed() {
    let mut history = History::default();
    let facts = ActivityFacts {
        name: Some(name("Koor")),
        organised_by: Some(OrganisedBy::Residents),
        organisers: Some(vec![person(1), person(2)]),
        ..ActivityFacts::default()
    };
    let added = programme::Event::ActivityAdded {
        activity: activity(0),
        facts,
        since: "2026-12-01".parse().expect("a day"),
    };
    history.programme("2026-06-02T10:00:00Z", added);
    let choir = history.plan(1, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    history.plan(2, "2026-10-06T12:00:00Z", "2026-10-06T14:00:00Z");
    history.tap("2026-10-05T12:00:00Z", Some(choir));
    history.start_shift("2026-10-05T08:00:00Z", person(2), ShiftKind::Garden);
    history.start_shift("2026-10-06T08:00:00Z", person(2), ShiftKind::Other);
    let cake = Tally::ContributionMade {
        kind: name("cake"),
        quantity: Quantity::new(2).expect("a quantity"),
        session: None,
        volunteer: Some(person(3)),
    };
    history.tally("2026-10-06T08:00:00Z", cake);
    let found = history.figures("2026-10");
    let expected = [
        ("volunteers_active", "3"),
        ("shifts", "2"),
        ("bar_shifts", "0"),
        ("activities_by_residents", "1"),
        ("activity_kinds", "1"),
    ];
    shows(&found, &expected);
    let split = [("counted", "0.33"), ("entered", "0.67")];
    shares(&found, "volunteers_active", &split);
}

#[test]
fn hours_stand_apart_by_how_their_end_was_known() {
    let mut history = History::default();
    for (start, end, basis) in [
        (
            "2026-10-05T08:00:00Z",
            "2026-10-05T11:00:00Z",
            HoursBasis::Clocked,
        ),
        (
            "2026-10-06T08:00:00Z",
            "2026-10-06T10:00:00Z",
            HoursBasis::Entered,
        ),
        (
            "2026-10-07T08:00:00Z",
            "2026-10-07T09:00:00Z",
            HoursBasis::Estimated,
        ),
        // Forgotten: over 16 hours.
        (
            "2026-10-08T08:00:00Z",
            "2026-10-09T00:00:01Z",
            HoursBasis::Clocked,
        ),
    ] {
        let shift = history.start_shift(start, person(1), ShiftKind::Bar);
        history.end_shift(end, shift, basis);
    }
    let found = history.figures("2026-10");
    let expected = [
        ("shifts", "4"),
        ("volunteer_hours", "6.0"),
        ("volunteer_hours_clocked", "3.0"),
        ("volunteer_hours_entered", "2.0"),
        ("volunteer_hours_estimated", "1.0"),
    ];
    shows(&found, &expected);
    let split = [
        ("counted", "0.50"),
        ("entered", "0.33"),
        ("estimated", "0.17"),
    ];
    shares(&found, "volunteer_hours", &split);
    shares(&found, "volunteer_hours_entered", &[("entered", "1.00")]);
}

#[test]
fn replacement_value_is_the_printed_hours_at_the_rate_of_their_year() {
    let mut history = History::default();
    for (start, end) in [
        ("2026-12-05T08:00:00Z", "2026-12-05T08:50:00Z"),
        ("2027-01-05T08:00:00Z", "2027-01-05T10:00:00Z"),
    ] {
        let shift = history.start_shift(start, person(1), ShiftKind::Bar);
        history.end_shift(end, shift, HoursBasis::Clocked);
    }
    shows(
        &history.figures("2026-12"),
        &[("replacement_value", "null")],
    );
    history.set(
        Setting::HourlyRate(sourced(1_713, "NOV 2026")),
        "2026-12-31",
    );
    history.set(
        Setting::HourlyRate(sourced(1_800, "NOV 2027")),
        "2027-01-01",
    );
    // 50 minutes are printed as 0.8 hours: 1370.4 cents.
    shows(
        &history.figures("2026-12-05"),
        &[("replacement_value", "1370")],
    );
    let found = history.figures("2026-12-01..2027-01-31");
    shows(&found, &[("replacement_value", "4970")]);
    let rates: Vec<_> = figure(&found, "replacement_value")
        .yardsticks
        .iter()
        .map(|rate| (rate.year, rate.sourced.number, text(&rate.against)))
        .collect();
    let expected = [
        (Some(2026), 1_713, "0.8".to_owned()),
        (Some(2027), 1_800, "2.0".to_owned()),
    ];
    assert_eq!(rates, expected);
}

#[test]
fn a_bar_shift_is_instructed_while_somebody_instructed_is_there() {
    let mut history = History::default();
    let instructed = PersonFacts {
        volunteer: Some(true),
        alcohol_instruction: Some(true),
        ..PersonFacts::default()
    };
    history.register(person(1), "2026-10-06", instructed);
    history.register(person(2), "2026-06-01", volunteer(true));
    for (kind, who, start, end) in [
        // Not yet instructed.
        (
            ShiftKind::Bar,
            1,
            "2026-10-05T18:00:00Z",
            Some("2026-10-05T20:00:00Z"),
        ),
        // A host who is, for part of it.
        (
            ShiftKind::Bar,
            2,
            "2026-10-06T18:00:00Z",
            Some("2026-10-06T20:00:00Z"),
        ),
        (
            ShiftKind::Host,
            1,
            "2026-10-06T19:00:00Z",
            Some("2026-10-06T22:00:00Z"),
        ),
        // One who left when it began.
        (
            ShiftKind::Bar,
            2,
            "2026-10-06T22:00:00Z",
            Some("2026-10-06T23:00:00Z"),
        ),
        // One without hours is there until 04:00, and no longer.
        (ShiftKind::Kitchen, 1, "2026-10-07T18:00:00Z", None),
        (
            ShiftKind::Bar,
            2,
            "2026-10-07T23:00:00Z",
            Some("2026-10-08T01:00:00Z"),
        ),
        (
            ShiftKind::Bar,
            2,
            "2026-10-08T02:00:00Z",
            Some("2026-10-08T05:00:00Z"),
        ),
    ] {
        let shift = history.start_shift(start, person(who), kind);
        if let Some(end) = end {
            history.end_shift(end, shift, HoursBasis::Clocked);
        }
    }
    let found = history.figures("2026-10");
    shows(
        &found,
        &[("bar_shifts", "5"), ("bar_shifts_instructed", "2")],
    );
}

fn coffee(cups: i64, paid: Option<bool>, pot: bool, evidence: Evidence) -> Tally {
    Tally::CoffeeServed {
        cups: Cups::new(cups).expect("cups"),
        paid,
        pot,
        session: None,
        evidence,
        code: None,
    }
}

#[test]
fn coffee_by_the_pot_is_an_estimate_and_paid_where_recorded() {
    let mut history = History::default();
    history.tally(
        "2026-10-05T08:00:00Z",
        coffee(10, None, true, Evidence::Host),
    );
    let unsaid = [("coffee_cups_paid", "null"), ("coffee_cups_free", "null")];
    shows(&history.figures("2026-10"), &unsaid);
    for (cups, paid, evidence) in [
        (3, Some(true), Evidence::Host),
        (1, Some(false), Evidence::Host),
        (1, None, Evidence::Poster),
    ] {
        history.tally("2026-10-06T08:00:00Z", coffee(cups, paid, false, evidence));
    }
    history.start_shift("2026-10-06T07:00:00Z", person(1), ShiftKind::Bar);
    history.start_shift("2026-10-06T07:00:00Z", person(2), ShiftKind::Bar);
    history.start_shift("2026-10-07T07:00:00Z", person(2), ShiftKind::Bar);
    let found = history.figures("2026-10");
    let expected = [
        ("coffee_cups", "15"),
        ("coffee_cups_paid", "3"),
        ("coffee_cups_free", "1"),
        ("coffee_cups_per_bar_volunteer", "8"),
    ];
    shows(&found, &expected);
    let split = [("counted", "0.33"), ("estimated", "0.67")];
    shares(&found, "coffee_cups", &split);
    let evidence = &figure(&found, "coffee_cups").evidence_share;
    let (host, poster) = (evidence["host"].as_str(), evidence["poster"].as_str());
    assert_eq!((host, poster), ("0.27", "0.07"));
}

fn bar(amount: i64, expected: Option<i64>, hire: bool) -> Tally {
    let cents = |cents| Cents::new(cents).expect("an amount");
    Tally::BarRevenueCounted {
        amount: cents(amount),
        expected: expected.map(cents),
        hire,
    }
}

#[test]
fn the_tills_with_hire_differences_and_the_canteen_limit() {
    let mut history = History::default();
    for (when, till) in [
        ("2025-12-31T20:00:00Z", bar(99_900, None, false)),
        ("2026-03-31T20:00:00Z", bar(10_000, None, false)),
        ("2026-10-05T20:00:00Z", bar(5_000, Some(5_250), false)),
        ("2026-10-06T20:00:00Z", bar(20_000, None, true)),
        ("2026-10-07T20:00:00Z", bar(1_000, Some(900), false)),
    ] {
        history.tally(when, till);
    }
    let shop = Tally::ShopRevenueCounted {
        amount: Cents::new(700).expect("an amount"),
        expected: None,
    };
    history.tally("2026-10-06T15:00:00Z", shop);
    let limit = sourced(6_806_700, "Belastingdienst 2026");
    history.set(Setting::CanteenLimit(limit), "2026-01-01");
    let found = history.figures("2026-10");
    let expected = [
        ("bar_revenue", "26000"),
        ("bar_revenue_hire", "20000"),
        ("bar_revenue_difference", "-150"),
        ("bar_revenue_own_year", "16000"),
        ("canteen_limit_used", "0.2"),
        ("shop_revenue", "700"),
        ("shop_revenue_difference", "null"),
    ];
    shows(&found, &expected);
    shares(&found, "bar_revenue_difference", &[("entered", "1.00")]);
    let march = [("bar_revenue_difference", "null"), ("shop_revenue", "null")];
    shows(&history.figures("2026-03"), &march);
}

#[test]
fn what_stands_on_the_last_day() {
    let mut history = History::default();
    let day = |text: &str| text.parse().expect("a day");
    let tenant = |number| Listed::Tenant(TenantId::new(uuid(number)));
    let partner = Listed::Partner(PartnerId::new(uuid(3)));
    for (listed, since) in [
        (tenant(1), "2026-06-01"),
        (tenant(2), "2026-10-31"),
        (partner, "2026-11-01"),
    ] {
        let (name, since) = (name("Iemand"), day(since));
        let added = standing::Event::Added {
            listed,
            name,
            since,
        };
        history.standing("2026-06-01T10:00:00Z", added);
    }
    let awarded = standing::Event::GrantAwarded {
        grant: GrantId::new(uuid(4)),
        funder: name("Gemeente"),
        purpose: name("Park"),
        amount: Cents::new(30_000_000).expect("an amount"),
        since: day("2026-10-15"),
    };
    history.standing("2026-06-01T10:00:00Z", awarded);
    let october = [("tenants", "2"), ("partners", "0"), ("grants", "30000000")];
    shows(&history.figures("2026-10"), &october);
    let ended = standing::Event::Ended {
        listed: tenant(1),
        since: day("2026-11-30"),
    };
    history.standing("2026-11-02T10:00:00Z", ended);
    let november = [("tenants", "1"), ("partners", "1")];
    shows(&history.figures("2026-11"), &november);
    shows(&history.figures("2026-11-29"), &[("tenants", "2")]);
}
