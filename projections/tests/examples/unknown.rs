//! Rules 4, 5 and 9: what is not known, not yet, or only late.

use super::history::{History, activity, at, figure, person, phone, shows};
use super::weekdays;
use meetellen_events::programme;
use meetellen_events::tally::{
    CountBasis, Event as Tally, Evidence, OpeningState, ShiftKind, Standing, Target, Visitor,
};
use meetellen_events::values::{Cents, HeadCount, Party};
use meetellen_projections::figures::Basis;

#[test]
fn nobody_came_is_a_count_of_nothing() {
    let mut history = History::default();
    history.note("2026-10-06T10:00:00Z", OpeningState::NobodyCame);
    let found = history.figures("2026-10-06");
    shows(&found, &[("visits", "0"), ("open_days", "1")]);
    assert!(figure(&found, "visits").basis_share.is_empty());
}

#[test]
fn what_nobody_ever_recorded_is_not_known() {
    let mut history = History::default();
    let found = history.figures("2026-10");
    for key in [
        "visits",
        "visits_with_volunteers",
        "visits_children",
        "visits_anonymous",
        "visits_to_confirm",
        "reach",
        "unique_visitors",
        "unique_visitors_per_month",
        "unique_pass_holders",
        "regular_visitors",
        "regular_children",
        "participations",
        "average_participations",
        "activities_held",
        "activities_by_residents",
        "activity_kinds",
        "volunteers_active",
        "shifts",
        "bar_shifts",
        "bar_shifts_instructed",
        "volunteer_hours",
        "replacement_value",
        "coffee_cups",
        "coffee_cups_paid",
        "coffee_cups_per_bar_volunteer",
        "bar_revenue",
        "bar_revenue_hire",
        "bar_revenue_difference",
        "bar_revenue_own_year",
        "canteen_limit_used",
        "shop_revenue",
        "donations_money",
        "donations_money_count",
        "donors",
        "money_donors",
        "goods_donors",
        "open_days_per_week",
        "visits_per_open_day",
        "visits_per_open_day_min",
        "visits_per_open_day_all",
    ] {
        shows(&found, &[(key, "null")]);
        assert_eq!(figure(&found, key).basis, Basis::Unknown, "{key}");
    }
    let standing = [
        ("open_days", "0"),
        ("tenants", "0"),
        ("partners", "0"),
        ("grants", "0"),
        ("volunteers_registered", "0"),
    ];
    shows(&found, &standing);
    history.until("2026-10-20T10:00:00Z");
    shows(&history.figures("2026-10"), &[("visits", "null")]);
}

#[test]
fn a_kind_is_known_from_the_period_of_its_first_entry_on() {
    let mut history = History::default();
    let first = history.tap("2026-10-05T10:00:00Z", None);
    history.tap("2026-10-20T10:00:00Z", None);
    shows(&history.figures("2026-10-04"), &[("visits", "null")]);
    shows(&history.figures("2026-10-05"), &[("visits", "1")]);
    shows(&history.figures("2026-10-06"), &[("visits", "0")]);
    // Taken back, it was still the first: its day is a day of nobody, as in example 2.
    history.retract("2026-10-21T10:00:00Z", first);
    shows(&history.figures("2026-10-05"), &[("visits", "0")]);
    shows(&history.figures("2026-10-04"), &[("visits", "null")]);
    shows(&history.figures("2026-10-20"), &[("visits", "1")]);
}

#[test]
fn where_none_of_some_openings_was_counted_visits_are_not_known() {
    let mut history = History::default();
    history.tap("2026-10-05T10:00:00Z", None);
    history.start_shift("2026-10-10T08:00:00Z", person(0), ShiftKind::Bar);
    let found = history.figures("2026-10-10");
    let expected = [
        ("open_days", "1"),
        ("visits", "null"),
        ("visits_per_open_day", "null"),
        ("visits_per_open_day_all", "null"),
    ];
    shows(&found, &expected);
}

#[test]
fn where_none_of_some_sessions_was_held_participations_are_not_known() {
    let mut history = History::default();
    let first = history.plan(1, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    history.plan(2, "2026-10-06T12:00:00Z", "2026-10-06T14:00:00Z");
    history.tap("2026-10-05T12:00:00Z", Some(first));
    history.until("2026-10-08T12:00:00Z");
    let unconfirmed = [
        ("participations", "null"),
        ("average_participations", "null"),
        ("activities_held", "0"),
        ("activities_unconfirmed", "1"),
    ];
    shows(&history.figures("2026-10-06"), &unconfirmed);
    shows(
        &history.figures("2026-10-07"),
        &[("participations", "0"), ("average_participations", "null")],
    );
}

#[test]
fn what_is_only_planned_waits_until_it_begins() {
    let mut history = History::default();
    history.set(weekdays(), "2026-10-01");
    history.plan(1, "2026-10-09T12:00:00Z", "2026-10-09T14:00:00Z");
    let called_off = history.plan(2, "2026-10-09T12:00:00Z", "2026-10-09T14:00:00Z");
    let session = called_off;
    let cancelled = programme::Event::SessionCancelled { session };
    history.programme("2026-10-05T10:00:00Z", cancelled);
    history.until("2026-10-07T06:59:00Z");
    let soon = [
        ("open_days", "2"),
        ("open_days_per_week", "null"),
        ("activities_unconfirmed", "0"),
        ("activities_cancelled", "0"),
    ];
    shows(&history.figures("2026-W41"), &soon);
    history.until("2026-10-07T07:00:00Z");
    shows(&history.figures("2026-W41"), &[("open_days", "3")]);
    history.tap("2026-10-07T07:00:00Z", Some(called_off));
    let early = [
        ("open_days", "4"),
        ("activities_unconfirmed", "0"),
        ("activities_cancelled", "1"),
    ];
    shows(&history.figures("2026-W41"), &early);
    history.until("2026-10-12T02:00:00Z");
    let over = [
        ("open_days", "5"),
        ("open_days_per_week", "5.0"),
        ("activities_unconfirmed", "1"),
    ];
    shows(&history.figures("2026-W41"), &over);
}

fn waiting(history: &mut History, when: &str) -> Target {
    let checked_in = Tally::VisitorCheckedIn {
        session: None,
        party: Party::new(2, 1).expect("a party"),
        visitor: Visitor::Unknown,
        evidence: Evidence::Poster,
        code: None,
        standing: Standing::ToConfirm,
    };
    history.tally(when, checked_in)
}

#[test]
fn what_waits_counts_once_confirmed_in_the_period_it_happened() {
    let mut history = History::default();
    let target = waiting(&mut history, "2026-10-05T10:00:00Z");
    let gift = Tally::MoneyDonated {
        amount: Cents::new(500).expect("an amount"),
        method: None,
        donor: None,
        purpose: None,
        code: None,
        standing: Standing::ToConfirm,
    };
    let gift = history.tally("2026-10-05T10:00:00Z", gift);
    let before = [
        ("visits", "null"),
        ("visits_to_confirm", "3"),
        ("open_days", "0"),
        ("donations_money", "null"),
    ];
    shows(&history.figures("2026-10"), &before);
    let targets = vec![target, gift];
    history.tally("2026-11-05T10:00:00Z", Tally::EntriesConfirmed { targets });
    let after = [
        ("visits", "3"),
        ("visits_to_confirm", "0"),
        ("open_days", "1"),
        ("donations_money", "500"),
        ("donors", "1"),
    ];
    shows(&history.figures("2026-10"), &after);
}

#[test]
fn a_late_head_count_gives_way_to_one_of_a_later_hour() {
    let mut history = History::default();
    history.heads("2026-10-05T14:00:00Z", None, 20);
    history.heads("2026-10-05T12:00:00Z", None, 30);
    shows(&history.figures("2026-10-05"), &[("visits", "20")]);
    history.heads("2026-10-05T14:00:00Z", None, 21);
    shows(&history.figures("2026-10-05"), &[("visits", "21")]);
}

#[test]
fn a_guessed_head_count_is_an_estimate() {
    let mut history = History::default();
    history.tap("2026-10-05T10:00:00Z", None);
    let guessed = Tally::HeadsCounted {
        session: None,
        heads: HeadCount::new(3, 1, Some(2)).expect("a head count"),
        basis: CountBasis::Estimated,
    };
    history.tally("2026-10-05T14:00:00Z", guessed);
    let found = history.figures("2026-10-05");
    let expected = [
        ("visits", "4"),
        ("visits_children", "1"),
        ("visits_with_volunteers", "6"),
    ];
    shows(&found, &expected);
    let visits = figure(&found, "visits");
    assert_eq!(visits.basis, Basis::Mixed);
    assert_eq!(visits.basis_share["estimated"], "0.75");
    assert_eq!(figure(&found, "visits_children").basis, Basis::Estimated);
}

#[test]
fn the_last_word_on_a_session_counts() {
    let mut history = History::default();
    let session = history.plan_of(
        activity(1),
        1,
        "2026-10-05T12:00:00Z",
        "2026-10-05T14:00:00Z",
    );
    history.programme(
        "2026-10-05T15:00:00Z",
        programme::Event::SessionCancelled { session },
    );
    history.programme(
        "2026-10-05T16:00:00Z",
        programme::Event::SessionConfirmed { session },
    );
    let held = [("activities_held", "1"), ("activities_cancelled", "0")];
    shows(&history.figures("2026-10-05"), &held);
    assert_eq!(
        history.figures("2026-10-05").recorded_at,
        at("2026-10-05T16:00:00Z")
    );
}

#[test]
fn children_are_at_most_the_visits() {
    let mut history = History::default();
    for number in [1, 2] {
        let session = history.plan(number, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
        for one in 1..=3 {
            let (visitor, party) = (phone(one), (1, 0));
            let when = "2026-10-05T12:00:00Z";
            history.check_in(when, visitor, Some(session), party, Evidence::Poster);
        }
        let children = Tally::HeadsCounted {
            session: Some(session),
            heads: HeadCount::new(0, 3, None).expect("a head count"),
            basis: CountBasis::Counted,
        };
        history.tally("2026-10-05T13:00:00Z", children);
    }
    let found = history.figures("2026-10-05");
    shows(&found, &[("visits", "3"), ("visits_children", "3")]);
}
