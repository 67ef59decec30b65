//! The worked examples of the catalogue, and each figure that they leave out.

#[path = "examples/catalogue.rs"]
mod catalogue;
#[path = "examples/history.rs"]
mod history;
#[path = "examples/unknown.rs"]
mod unknown;

use history::{History, figure, name, person, phone, shares, shows};
use meetellen_events::event::Event;
use meetellen_events::programme;
use meetellen_events::standing::{Hours, Setting};
use meetellen_events::tally::{
    Event as Tally, Evidence, HoursBasis, OpeningState, ShiftKind, Standing, Visitor,
};
use meetellen_events::values::{Cents, Cups, PersonId, Quantity};
use meetellen_projections::figures::{Basis, Coverage, Whole};

#[test]
fn example_1_a_phone_twice_and_a_larger_party() {
    let mut history = History::default();
    let choir = history.plan(1, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    for (when, session, party) in [
        ("2026-10-05T08:00:00Z", None, (1, 0)),
        ("2026-10-05T12:00:00Z", Some(choir), (1, 0)),
        ("2026-10-05T12:05:00Z", Some(choir), (1, 2)),
    ] {
        history.check_in(when, phone(7), session, party, Evidence::Poster);
    }
    let found = history.figures("2026-10-05");
    shows(
        &found,
        &[
            ("visits", "3"),
            ("visits_children", "2"),
            ("visits_anonymous", "2"),
            ("participations", "3"),
            ("unique_visitors", "1"),
        ],
    );
    shares(&found, "visits", &[("counted", "1.00")]);
    assert_eq!(
        figure(&found, "unique_visitors").coverage,
        Some(Coverage {
            counted: 1,
            of: Whole::Visits,
            all: 3
        })
    );
}

#[test]
fn example_2_a_retracted_check_in_gives_way_to_the_other() {
    let mut history = History::default();
    let pass = Visitor::Pass(person(0));
    let first = history.check_in("2026-10-05T08:00:00Z", pass, None, (1, 0), Evidence::Host);
    let again = Tally::VisitorCheckedIn {
        session: None,
        party: meetellen_events::values::Party::one_adult(),
        visitor: pass,
        evidence: Evidence::Host,
        code: None,
        standing: Standing::AlreadyCounted,
    };
    let second = history.tally("2026-10-05T08:05:00Z", again);
    shows(&history.figures("2026-10-05"), &[("visits", "1")]);
    history.retract("2026-10-05T09:00:00Z", first);
    shows(
        &history.figures("2026-10-05"),
        &[("visits", "1"), ("open_days", "1")],
    );
    history.retract("2026-10-05T09:01:00Z", second);
    shows(
        &history.figures("2026-10-05"),
        &[("visits", "0"), ("open_days", "0")],
    );
}

#[test]
fn example_3_two_taps_may_be_one_and_are_two() {
    let mut history = History::default();
    let choir = history.plan(1, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    history.tap("2026-10-05T11:50:00Z", None);
    history.tap("2026-10-05T12:10:00Z", Some(choir));
    shows(
        &history.figures("2026-10-05"),
        &[
            ("visits", "2"),
            ("participations", "1"),
            ("unique_visitors", "0"),
        ],
    );
}

#[test]
fn example_4_head_counts_add_what_check_ins_miss() {
    let mut history = History::default();
    let choir = history.plan(1, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    for number in 0..10 {
        let visitor = phone(number);
        history.check_in(
            "2026-10-05T12:00:00Z",
            visitor,
            Some(choir),
            (1, 0),
            Evidence::Poster,
        );
    }
    history.heads("2026-10-05T12:30:00Z", Some(choir), 30);
    history.heads("2026-10-05T13:00:00Z", Some(choir), 35);
    for _ in 0..5 {
        history.tap("2026-10-05T10:00:00Z", None);
    }
    let found = history.figures("2026-10-05");
    shows(&found, &[("participations", "35"), ("visits", "40")]);
    let split = [("counted", "0.29"), ("head_count", "0.71")];
    shares(&found, "participations", &split);
    let poster = &figure(&found, "participations").evidence_share;
    assert_eq!(
        (poster["poster"].as_str(), poster["host"].as_str()),
        ("0.29", "0.00")
    );
    let split = [("counted", "0.38"), ("head_count", "0.63")];
    shares(&found, "visits", &split);
    assert_eq!(figure(&found, "visits").basis, Basis::Mixed);
    history.heads("2026-10-05T14:00:00Z", None, 38);
    shows(&history.figures("2026-10-05"), &[("visits", "40")]);
    history.heads("2026-10-05T15:00:00Z", None, 50);
    let found = history.figures("2026-10-05");
    shows(&found, &[("visits", "50"), ("visits_anonymous", "40")]);
    let split = [("counted", "0.30"), ("head_count", "0.70")];
    shares(&found, "visits", &split);
}

#[test]
fn example_5_a_volunteer_on_duty_is_no_visit() {
    let mut history = History::default();
    let volunteer = person(0);
    let choir = history.plan(1, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    let shift = history.start_shift("2026-10-05T07:00:00Z", volunteer, ShiftKind::Bar);
    history.end_shift("2026-10-05T10:00:00Z", shift, HoursBasis::Clocked);
    history.check_in(
        "2026-10-05T12:00:00Z",
        Visitor::Pass(volunteer),
        Some(choir),
        (1, 1),
        Evidence::Host,
    );
    shows(
        &history.figures("2026-10-05"),
        &[
            ("visits", "1"),
            ("visits_with_volunteers", "2"),
            ("participations", "2"),
            ("unique_visitors", "0"),
            ("visits_anonymous", "1"),
        ],
    );
}

#[test]
fn example_6_the_night_belongs_to_the_evening_before() {
    let mut history = History::default();
    let party = history.plan(1, "2026-10-31T21:00:00Z", "2026-11-01T01:00:00Z");
    history.check_in(
        "2026-10-31T23:30:00Z",
        phone(7),
        Some(party),
        (1, 0),
        Evidence::Poster,
    );
    history.tap("2026-11-01T00:00:00Z", None);
    let till = Tally::BarRevenueCounted {
        amount: Cents::new(6250).expect("an amount"),
        expected: None,
        hire: false,
    };
    history.tally("2026-11-01T00:30:00Z", till);
    let found = history.figures("2026-10-31");
    shows(
        &found,
        &[
            ("participations", "1"),
            ("visits", "2"),
            ("bar_revenue", "6250"),
        ],
    );
    shows(
        &history.figures("2026-11-01"),
        &[("open_days", "0"), ("visits", "0"), ("bar_revenue", "0")],
    );
}

#[test]
fn example_7_hours_over_the_clock_change() {
    let mut history = History::default();
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    for (start, end) in [
        ("2026-10-24T20:00:00Z", "2026-10-25T02:30:00Z"),
        ("2026-10-31T19:00:00Z", "2026-11-01T00:00:00Z"),
    ] {
        let shift = history.start_shift(start, person(0), ShiftKind::Bar);
        starts.push(shift);
        ends.push(history.end_shift(end, shift, HoursBasis::Clocked));
    }
    let both = [("shifts", "2"), ("volunteer_hours", "11.5")];
    shows(&history.figures("2026-10"), &both);
    history.retract("2026-11-02T09:00:00Z", ends[1]);
    let found = history.figures("2026-10");
    shows(&found, &[("shifts", "2"), ("volunteer_hours", "6.5")]);
    assert_eq!(
        figure(&found, "volunteer_hours").coverage,
        Some(Coverage {
            counted: 1,
            of: Whole::Shifts,
            all: 2
        })
    );
    history.retract("2026-11-02T09:01:00Z", starts[0]);
    let one = [("shifts", "1"), ("volunteer_hours", "null")];
    shows(&history.figures("2026-10"), &one);
}

#[test]
fn example_8_held_cancelled_and_unconfirmed_sessions() {
    let mut history = History::default();
    let sessions = [1, 2, 3]
        .map(|number| history.plan(number, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z"));
    for _ in 0..3 {
        history.tap("2026-10-05T12:00:00Z", Some(sessions[0]));
    }
    let session = sessions[0];
    let cancelled = programme::Event::SessionCancelled { session };
    history.record("2026-10-05T12:10:00Z", Event::Programme(cancelled));
    history.heads("2026-10-05T12:30:00Z", Some(sessions[1]), 0);
    let found = history.figures("2026-10-05");
    shows(
        &found,
        &[
            ("activities_cancelled", "1"),
            ("activities_held", "1"),
            ("activities_unconfirmed", "1"),
            ("participations", "0"),
            ("average_participations", "0.0"),
            ("visits", "3"),
        ],
    );
    shares(&found, "participations", &[]);
    assert_eq!(
        figure(&found, "participations").coverage,
        Some(Coverage {
            counted: 1,
            of: Whole::Sessions,
            all: 2
        })
    );
}

/// Open on weekdays from 09:00 to 12:00.
fn weekdays() -> Setting {
    let time = |text: &str| text.parse().expect("a time of day");
    let hours = |weekday| Hours {
        weekday,
        from: time("09:00"),
        to: time("12:00"),
    };
    Setting::OpeningHours((1..=5).map(hours).collect())
}

#[test]
fn example_9_a_week_of_openings() {
    let mut history = History::default();
    history.set(weekdays(), "2026-10-01");
    for _ in 0..12 {
        history.tap("2026-10-05T08:00:00Z", None);
    }
    history.note("2026-10-06T10:00:00Z", OpeningState::NobodyCame);
    let coffee = Tally::CoffeeServed {
        cups: Cups::new(4).expect("cups"),
        paid: None,
        pot: false,
        session: None,
        evidence: Evidence::Host,
        code: None,
    };
    history.tally("2026-10-07T08:00:00Z", coffee);
    history.note("2026-10-08T07:00:00Z", OpeningState::Closed);
    history.start_shift("2026-10-10T08:00:00Z", person(0), ShiftKind::Bar);
    history.until("2026-10-12T08:00:00Z");
    let found = history.figures("2026-W41");
    shows(
        &found,
        &[
            ("open_days", "5"),
            ("visits", "12"),
            ("visits_per_open_day", "6.0"),
            ("visits_per_open_day_min", "0"),
            ("visits_per_open_day_max", "12"),
            ("visits_per_open_day_all", "2.4"),
            ("open_days_per_week", "5.0"),
        ],
    );
    assert_eq!(
        figure(&found, "visits").coverage,
        Some(Coverage {
            counted: 2,
            of: Whole::Openings,
            all: 5
        })
    );
    shares(
        &found,
        "open_days",
        &[("counted", "0.40"), ("entered", "0.60")],
    );
}

#[test]
fn example_10_a_phone_over_a_months_border() {
    let mut history = History::default();
    for when in ["2026-10-31T14:00:00Z", "2026-11-01T14:00:00Z"] {
        history.check_in(when, phone(7), None, (1, 0), Evidence::Poster);
    }
    let week = history.figures("2026-W44");
    shows(&week, &[("visits", "2"), ("unique_visitors", "null")]);
    for month in ["2026-10", "2026-11"] {
        shows(&history.figures(month), &[("unique_visitors", "1")]);
    }
}

#[test]
fn example_11_gifts_and_who_gave() {
    let mut history = History::default();
    // The same name is the same person: the server finds who that is.
    let (ans, bos) = (person(1), person(2));
    for (donor, cents) in [(ans, 1000), (ans, 500), (bos, 2000), (bos, 2000)] {
        let given = Tally::MoneyDonated {
            amount: Cents::new(cents).expect("an amount"),
            method: None,
            donor: Some(donor),
            purpose: None,
            code: None,
            standing: Standing::Counted,
        };
        history.tally("2026-10-05T10:00:00Z", given);
    }
    let goods = |donor: Option<PersonId>, category: &str| Tally::GoodsDonated {
        category: name(category),
        description: None,
        quantity: Quantity::new(1).expect("a quantity"),
        donor,
        purpose: None,
        code: None,
        standing: Standing::Counted,
    };
    history.tally("2026-10-05T10:00:00Z", goods(Some(ans), "tools"));
    history.tally("2026-10-05T11:00:00Z", goods(None, "soil"));
    shows(
        &history.figures("2026-10"),
        &[
            ("donations_money", "5500"),
            ("donations_money_count", "4"),
            ("money_donors", "2"),
            ("goods_donors", "2"),
            ("donors", "3"),
        ],
    );
}

#[test]
fn example_12_hours_are_rounded_once() {
    let mut history = History::default();
    for number in 0..3 {
        let shift = history.start_shift("2026-10-05T08:00:00Z", person(number), ShiftKind::Bar);
        history.end_shift("2026-10-05T08:50:00Z", shift, HoursBasis::Clocked);
    }
    shows(&history.figures("2026-10"), &[("volunteer_hours", "2.5")]);
}
