//! Clocks: the server's jumps, a phone's is hours off, clocks are changed, and months, years and leap days end. Every
//! figure lands on the day on which it happened.

use crate::support::Server;
use crate::support::client::Client;
use crate::support::house::{House, entry, value};
use meetellen_events::access::Role;
use meetellen_events::values::OrganisationId;
use serde_json::{Value, json};

#[track_caller]
fn figures(client: &Client, period: &str) -> Value {
    let path = format!("/api/v1/figures?period={period}");
    client.get(&path).told(200)
}

/// Cups of a day, as its row tells and as its own figure does.
#[track_caller]
fn cups(client: &Client, day: &str) -> u64 {
    let told = figures(client, day);
    let cups = value(&told, "coffee_cups");
    assert_eq!(told["by_day"][0]["coffee_cups"], cups, "{day}");
    cups.as_u64().expect("a count")
}

/// An organisation in a zone, founded at an instant; its coordinator's token would not last the test.
fn founded(server: &Server, at: &str, zone: &str) -> OrganisationId {
    server.at(at);
    let body = json!({ "name": "Het Badhuis", "slug": "badhuis", "time_zone": zone });
    let made = server.operator().post("/api/v1/organisations", &body);
    serde_json::from_value(made.told(201)["id"].clone()).expect("an id")
}

/// A device that is let in now.
fn device(server: &Server, id: OrganisationId) -> Client {
    let house = House {
        server,
        id,
        coordinator: server.anyone(),
    };
    house.device(Role::Coordinator)
}

/// What happened at each instant counts on the day and in the period beside it, and in nothing else. The server is at
/// the instant, then a day later; both must agree.
#[track_caller]
fn land(zone: &str, cases: &[(&str, &str, &str)]) {
    let server = Server::start();
    let begun: jiff::Timestamp = cases[0].0.parse().expect("an instant");
    let begun = begun - jiff::SignedDuration::from_hours(48);
    let id = founded(&server, &begun.to_string(), zone);
    for (number, (happened, day, period)) in cases.iter().enumerate() {
        server.at(happened);
        let client = device(&server, id);
        let before = [day, period].map(|it| value(&figures(&client, it), "coffee_cups"));
        for (cups, later) in [(1 + number, 0), (100, 24 * 60)] {
            server.pass_minutes(later);
            let coffee = entry("coffee", happened, json!({ "cups": cups }));
            client.record(&coffee).with_status(201);
        }
        let all = 101 + number as u64;
        // Null where nobody counted yet.
        let before = before.map(|cups| cups.as_u64().unwrap_or(0));
        assert_eq!(cups(&client, day), before[0] + all, "{happened}");
        let month = value(&figures(&client, period), "coffee_cups");
        assert_eq!(month, before[1] + all, "{happened} in {period}");
    }
    let client = device(&server, id);
    let total: usize = (0..cases.len()).map(|number| 101 + number).sum();
    let days: std::collections::BTreeSet<&str> = cases.iter().map(|case| case.1).collect();
    let of_days: u64 = days.iter().map(|day| cups(&client, day)).sum();
    assert_eq!(of_days, total as u64, "on no other day");
}

#[test]
fn the_nights_on_which_clocks_change_belong_to_the_evening_before() {
    land(
        "Europe/Amsterdam",
        &[
            // 02:00 is 03:00: this day has 23 hours.
            ("2026-03-28T04:00:00+01:00", "2026-03-28", "2026-03"),
            ("2026-03-29T01:59:59.999+01:00", "2026-03-28", "2026-W13"),
            ("2026-03-29T03:00:00+02:00", "2026-03-28", "2026-W13"),
            ("2026-03-29T03:59:59.999+02:00", "2026-03-28", "2026-W13"),
            ("2026-03-29T04:00:00+02:00", "2026-03-29", "2026-W13"),
            // 03:00 is 02:00 again: this one has 25, and 02:30 comes twice.
            ("2026-10-24T04:00:00+02:00", "2026-10-24", "2026-10"),
            ("2026-10-25T02:30:00+02:00", "2026-10-24", "2026-10"),
            ("2026-10-25T02:30:00+01:00", "2026-10-24", "2026-10"),
            ("2026-10-25T03:59:59.999+01:00", "2026-10-24", "2026-10"),
            ("2026-10-25T04:00:00+01:00", "2026-10-25", "2026-10"),
        ],
    );
}

#[test]
fn elsewhere_clocks_change_at_other_times_and_by_other_hours() {
    // Half an hour, in the other half of the year; and a zone whose night is our day.
    land(
        "Australia/Lord_Howe",
        &[
            ("2026-04-05T01:45:00+11:00", "2026-04-04", "2026-04"),
            ("2026-04-05T01:45:00+10:30", "2026-04-04", "2026-04"),
            ("2026-04-05T03:59:59.999+10:30", "2026-04-04", "2026-04"),
            ("2026-04-05T04:00:00+10:30", "2026-04-05", "2026-04"),
            ("2026-09-30T17:29:59.999Z", "2026-09-30", "2026-Q3"),
            ("2026-09-30T17:30:00Z", "2026-10-01", "2026-Q4"),
        ],
    );
}

#[test]
fn months_quarters_years_and_leap_days_end_at_four_in_the_morning() {
    land(
        "Europe/Amsterdam",
        &[
            ("2026-02-28T23:59:59+01:00", "2026-02-28", "2026-02"),
            ("2026-03-01T03:59:59.999+01:00", "2026-02-28", "2026-02"),
            ("2026-03-01T04:00:00+01:00", "2026-03-01", "2026-03"),
            ("2026-11-01T00:30:00+01:00", "2026-10-31", "2026-10"),
            ("2026-12-31T23:59:59+01:00", "2026-12-31", "2026-Q4"),
            ("2027-01-01T03:59:59.999+01:00", "2026-12-31", "2026"),
            ("2027-01-01T04:00:00+01:00", "2027-01-01", "2027"),
            // The week with the most days of a year is that year's.
            ("2027-01-03T12:00:00+01:00", "2027-01-03", "2026-W53"),
            ("2027-01-04T03:59:59.999+01:00", "2027-01-03", "2026-W53"),
            ("2027-01-04T04:00:00+01:00", "2027-01-04", "2027-W01"),
            ("2028-02-29T04:00:00+01:00", "2028-02-29", "2028-02"),
            ("2028-03-01T03:59:59.999+01:00", "2028-02-29", "2028-Q1"),
            ("2028-03-01T04:00:00+01:00", "2028-03-01", "2028-03"),
        ],
    );
}

#[test]
fn there_is_a_29th_of_february_in_leap_years_only() {
    let server = Server::start();
    let house = server.found("badhuis");
    let asked = |period: &str| {
        let path = format!("/api/v1/figures?period={period}");
        house.coordinator.get(&path)
    };
    assert_eq!(asked("2027-02-29").problem(), "unknown-period");
    let days = |period: &str| {
        let told = asked(period).told(200);
        told["by_day"].as_array().expect("rows").len()
    };
    assert_eq!(days("2028-02-29"), 1);
    assert_eq!([days("2027-02"), days("2028-02")], [28, 29]);
    assert_eq!([days("2027"), days("2028")], [365, 366]);
}

#[test]
fn a_shift_through_a_night_on_which_clocks_change_has_the_hours_it_took() {
    let server = Server::start();
    let id = founded(&server, "2026-03-28T12:00:00+01:00", "Europe/Amsterdam");
    for (from, until, day, hours) in [
        (
            "2026-03-28T23:00:00+01:00",
            "2026-03-29T04:30:00+02:00",
            "2026-03-28",
            "4.5",
        ),
        (
            "2026-10-24T23:00:00+02:00",
            "2026-10-25T04:30:00+01:00",
            "2026-10-24",
            "6.5",
        ),
    ] {
        server.at(from);
        let client = device(&server, id);
        let house = House {
            server: &server,
            id,
            coordinator: client.clone(),
        };
        let start = json!({ "volunteer": house.volunteer(), "kind": "bar" });
        let start = entry("shift_start", from, start);
        client.record(&start).with_status(201);
        server.at(until);
        let end = entry("shift_end", until, json!({ "shift": start["id"] }));
        client.record(&end).with_status(201);
        let told = figures(&client, day);
        assert_eq!(value(&told, "volunteer_hours"), hours);
        assert_eq!(value(&told, "bar_shifts"), 1);
    }
}

#[test]
fn a_phone_that_is_hours_or_years_off_counts_on_the_right_day() {
    let server = Server::start();
    let house = server.found("badhuis");
    // It is one at night: still the seventh.
    server.at("2026-10-08T01:00:00+02:00");
    let says = [
        ("2026-10-08T06:00:00+02:00", "2026-10-08T05:50:00+02:00"),
        ("2026-10-07T13:00:00+02:00", "2026-10-07T12:50:00+02:00"),
        ("2027-10-08T01:00:00+02:00", "2027-10-08T00:50:00+02:00"),
        ("1970-01-01T00:10:00Z", "1970-01-01T00:00:00Z"),
        // The same instant in another zone is right.
        ("2026-10-07T16:00:00-07:00", "2026-10-07T15:50:00-07:00"),
    ];
    for (number, (now, happened)) in says.iter().enumerate() {
        let coffee = entry("coffee", happened, json!({ "cups": 1 }));
        let phone = house.coordinator.with("client-time", now);
        phone.record(&coffee).with_status(201);
        assert_eq!(cups(&house.coordinator, "2026-10-07"), 1 + number as u64);
    }
    assert_eq!(
        value(&figures(&house.coordinator, "2026-10"), "coffee_cups"),
        5
    );
    // Started by a phone that is slow, ended by one that is fast: it took two hours.
    let start = json!({ "volunteer": house.volunteer(), "kind": "bar" });
    let start = entry("shift_start", "2026-10-07T22:00:00+02:00", start);
    let slow = house
        .coordinator
        .with("client-time", "2026-10-07T22:00:00+02:00");
    slow.record(&start).with_status(201);
    server.pass_minutes(120);
    let end = json!({ "shift": start["id"] });
    let end = entry("shift_end", "2026-10-08T09:00:00+02:00", end);
    let fast = house
        .coordinator
        .with("client-time", "2026-10-08T09:00:00+02:00");
    fast.record(&end).with_status(201);
    let told = figures(&house.coordinator, "2026-10-07");
    assert_eq!(value(&told, "volunteer_hours"), "2.0");
}

/// When each commit was recorded, and that it never goes back.
#[track_caller]
fn recorded(client: &Client) -> Vec<String> {
    let log = client.get("/api/v1/log").with_status(200).text();
    let commits = log.lines().map(|line| {
        let commit: Value = serde_json::from_str(line).expect("a line is JSON");
        commit["recorded_at"].as_str().expect("a time").to_owned()
    });
    let times: Vec<String> = commits.collect();
    assert!(times.is_sorted(), "{times:?}");
    times
}

#[test]
fn a_server_whose_clock_jumped_ahead_and_back_loses_no_day() {
    let server = Server::start();
    let house = server.found("badhuis");
    let (id, token) = (house.id, house.coordinator.clone());
    let coffee = |at: &str| entry("coffee", at, json!({ "cups": 1 }));
    token
        .record(&coffee("2026-10-07T14:00:00+02:00"))
        .with_status(201);
    // Three days ahead, as before its time server is heard.
    server.at("2026-10-10T14:00:00+02:00");
    let ahead = coffee("2026-10-07T14:05:00+02:00");
    token.record(&ahead).with_status(201);
    // Set right: it stands before its log now, and tells no phone that it is wrong.
    server.at("2026-10-07T14:10:00+02:00");
    let back = coffee("2026-10-07T14:10:00+02:00");
    let phone = token.with("client-time", "2026-10-07T14:10:00+02:00");
    phone.record(&back).with_status(201);
    assert_eq!(cups(&token, "2026-10-07"), 3);

    let server = server.restart();
    let token = token.of(&server);
    server.at("2026-10-07T14:20:00+02:00");
    token.record(&ahead).told(200);
    let after = coffee("2026-10-07T14:20:00+02:00");
    // Nobody is shifted while the server can't know: this one is two hours ahead, and is refused instead.
    let fast = coffee("2026-10-07T16:20:00+02:00");
    let phone = token.with("client-time", "2026-10-07T16:20:00+02:00");
    assert_eq!(
        phone.record(&fast).with_status(422).problem(),
        "too-far-ahead"
    );
    token.record(&after).with_status(201);
    assert_eq!(cups(&token, "2026-10-07"), 4);
    let times = recorded(&token);
    let held = times
        .iter()
        .filter(|time| *time == "2026-10-10T12:00:00.000Z");
    assert_eq!(held.count(), 3, "as long as the clock stands before it");

    // Past its log it knows again.
    server.at("2026-10-11T14:00:00+02:00");
    let fast = coffee("2026-10-11T16:00:00+02:00");
    let phone = token.with("client-time", "2026-10-11T16:00:00+02:00");
    phone.record(&fast).with_status(201);
    assert_eq!(cups(&token, "2026-10-11"), 1);
    assert_eq!(cups(&token, "2026-10-07"), 4);
    assert_eq!(server.head(id), recorded(&token).len() as u64);
}
