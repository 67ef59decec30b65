//! The check figures of the three initiatives, whatever months they are played in.

use super::{Played, day, left_open};
use crate::demo::{days_on, months_before};
use meetellen_events::programme::OrganisedBy;
use meetellen_events::tally::ShiftKind;
use meetellen_events::values::{Day, Month, Period};
use meetellen_projections::figures::{Figures, Value, figures};
use meetellen_projections::sections::{Sections, sections};

/// One organisation over one period.
struct Shown {
    figures: Figures,
    sections: Sections,
}

impl Shown {
    fn of(played: &Played, period: &Period) -> Self {
        let ledger = played.house.get();
        Self {
            figures: figures(ledger, period),
            sections: sections(ledger, period),
        }
    }

    #[track_caller]
    fn whole(&self, key: &str) -> i64 {
        let figure = self.figures.get(key);
        let value = figure
            .unwrap_or_else(|| panic!("no figure {key}"))
            .value
            .clone();
        number(&value).unwrap_or_else(|| panic!("{key} is {value:?}"))
    }

    #[track_caller]
    fn tenths(&self, key: &str) -> i64 {
        let figure = self.figures.get(key);
        let value = &figure.unwrap_or_else(|| panic!("no figure {key}")).value;
        tenths(value).unwrap_or_else(|| panic!("{key} is {value:?}"))
    }
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Whole(number) => Some(*number),
        Value::Decimal(_) | Value::Unknown | Value::Suppressed | Value::Withheld => None,
    }
}

/// A decimal with one digit behind its point.
fn tenths(value: &Value) -> Option<i64> {
    match value {
        Value::Decimal(text) => {
            let (whole, tenth) = text.split_once('.')?;
            Some(whole.parse::<i64>().ok()? * 10 + tenth.parse::<i64>().ok()?)
        }
        Value::Whole(_) | Value::Unknown | Value::Suppressed | Value::Withheld => None,
    }
}

/// Every row of the contract's table for the demo of a day, the two of the outcome side aside.
#[track_caller]
fn check(today: &str) {
    let today: Day = day(today);
    let months = months_before(today);
    let last = months[months.len() - 1];
    let year = Period::range(months[0].first_day(), last.last_day()).expect("thirteen months");
    let [badhuis, sleutel, kempenaar] = left_open(today);
    check_badhuis(&badhuis, last);
    check_sleutel_month(&sleutel, last);
    check_sleutel_year(&sleutel, &months, &year);
    check_kempenaar(&kempenaar, last, &year);
}

#[track_caller]
fn check_badhuis(played: &Played, month: Month) {
    let shown = Shown::of(played, &Period::month(month));
    for (key, value) in [
        ("bar_revenue", 182_500),
        ("activities_by_residents", 25),
        ("volunteers_registered", 94),
        ("volunteers_from_neighbourhood", 94),
        ("participations", 600),
        ("tenants", 7),
        ("coffee_cups_per_bar_volunteer", 160),
        ("bar_shifts", 42),
    ] {
        assert_eq!(shown.whole(key), value, "{month}: {key}");
    }
    let drinks = shown.sections.by_activity.iter().find(|row| {
        let name = row.name.as_ref().map(|name| name.as_str());
        name == Some("Vrijdagborrel")
    });
    let drinks = drinks.expect("there are drinks");
    let fridays = days_on(month, &[5]).len();
    assert_eq!(usize::try_from(drinks.sessions), Ok(fridays), "{month}");
    assert_eq!(tenths(&drinks.average_participations), Some(350), "{month}");
    assert_eq!(drinks.organised_by, Some(OrganisedBy::Residents));
    for row in &shown.sections.by_day {
        assert!(row.open || row.day.weekday() > 5, "{} is closed", row.day);
    }
}

#[track_caller]
fn check_sleutel_month(played: &Played, month: Month) {
    let shown = Shown::of(played, &Period::month(month));
    for (key, value) in [
        ("volunteers_registered", 50),
        ("volunteers_from_neighbourhood", 50),
        ("partners", 9),
        ("grants", 30_000_000),
    ] {
        assert_eq!(shown.whole(key), value, "{month}: {key}");
    }
    assert!(shown.whole("visits_per_open_day_min") >= 25, "{month}");
    assert!(shown.whole("visits_per_open_day_max") <= 50, "{month}");
    let a_week = shown.tenths("open_days_per_week");
    assert!((40..=50).contains(&a_week), "{month}: {a_week}");
    assert!(shown.whole("shop_revenue") > 0, "{month}");
    let indicator = |name: &str| {
        let rows = &shown.sections.indicators;
        let row = rows.iter().find(|row| row.name.as_str() == name);
        row.expect("it is measured")
    };
    let last = indicator("Volgers").last.as_ref().map(ToString::to_string);
    assert_eq!(last.as_deref(), Some("1769"), "{month}");
    let likes = tenths(&indicator("Likes per bericht").mean);
    assert!(likes.is_some_and(|likes| (100..=150).contains(&likes)));
    for name in ["Spullen binnen", "Spullen verkocht"] {
        let rows = &shown.sections.counters;
        let row = rows.iter().find(|row| row.name.as_str() == name);
        let quantity = row.and_then(|row| number(&row.quantity));
        assert!(quantity.is_some_and(|quantity| quantity > 0), "{name}");
    }
    for tuesday in days_on(month, &[2]) {
        let day = sections(played.house.get(), &Period::day(tuesday));
        let shop = day.shifts.iter().find(|row| row.kind == ShiftKind::Shop);
        let shop = shop.map(|row| (row.shifts, row.volunteers));
        assert_eq!(shop, Some((3, 3)), "{tuesday}");
    }
}

#[track_caller]
fn check_sleutel_year(played: &Played, months: &[Month], year: &Period) {
    let shown = Shown::of(played, year);
    let busiest = shown.sections.busiest_session.as_ref();
    let busiest = busiest.expect("somebody came");
    let name = busiest.name.as_ref().map(|name| name.as_str());
    assert_eq!(name, Some("Halloween"));
    assert_eq!(number(&busiest.participations), Some(500));
    assert_eq!(busiest.volunteers, 110);
    let (last, others) = months.split_last().expect("thirteen months");
    assert_eq!(busiest.day.month().number(), 10);
    assert_ne!(busiest.day.month(), *last, "not in the last month");
    let crowded = others.iter().filter(|month| {
        let month = sections(played.house.get(), &Period::month(**month));
        let busiest = month.busiest_session;
        let heads = busiest.and_then(|busiest| number(&busiest.participations));
        heads.is_some_and(|heads| heads >= 100)
    });
    // Never two in one month, but for Halloween's.
    assert!(crowded.count() >= 6);
    assert!(shown.whole("activity_kinds") >= 24);
}

#[track_caller]
fn check_kempenaar(played: &Played, month: Month, year: &Period) {
    let shown = Shown::of(played, year);
    let cakes = &shown.sections.contributions;
    let cakes: Vec<_> = cakes
        .iter()
        .map(|row| (row.quantity, row.sessions))
        .collect();
    assert_eq!(cakes, [(12, 6)]);
    assert!(shown.whole("coffee_cups") > 100);
    assert_eq!(shown.whole("money_donors"), 15);
    assert_eq!(shown.whole("goods_donors"), 16);
    let shown = Shown::of(played, &Period::month(month));
    assert_eq!(shown.whole("regular_children"), 15, "{month}");
}

#[test]
fn october_with_five_fridays_and_the_clock_set_back() {
    check("2026-11-25");
}

#[test]
fn february_with_twenty_weekdays() {
    check("2026-03-02");
}

#[test]
fn march_with_the_clock_set_forward() {
    check("2026-04-30");
}

#[test]
fn july_when_the_project_rests() {
    check("2026-08-09");
}

#[test]
fn december_on_the_first_day_of_the_year() {
    check("2027-01-01");
}

#[test]
fn february_of_a_leap_year() {
    check("2028-03-15");
}
