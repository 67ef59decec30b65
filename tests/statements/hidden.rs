//! Nobody small comes out by laying statements side by side, or by asking again and again.

use super::{NOVEMBER, close, closed, settle, statements};
use crate::support::Server;
use crate::support::client::Client;
use crate::support::house::{House, entry, value};
use meetellen_events::access::Role;
use serde_json::{Value, json};

#[track_caller]
fn taps(client: &Client, day: &str, count: usize) {
    let at = format!("{day}T20:00:00+02:00");
    let taps: Vec<Value> = (0..count)
        .map(|_| entry("check_in", &at, json!({})))
        .collect();
    client.record(&json!(taps)).with_status(200);
}

/// A house on 2 November, with visits on some days of October.
fn house<'a>(server: &'a Server, days: &[(&str, usize)]) -> House<'a> {
    let house = server.found("badhuis");
    server.at(NOVEMBER);
    for (day, count) in days {
        taps(&house.coordinator, day, *count);
    }
    house
}

/// The visits of a day, as a statement or an answer tells them.
#[track_caller]
fn day(said: &Value, day: &str) -> Value {
    let days = said["by_day"].as_array().expect("days");
    let found = days.iter().find(|row| row["day"] == day);
    found.expect("the day")["visits"].clone()
}

fn hidden(why: &str) -> Value {
    json!({ "suppressed": why, "value": null })
}

#[track_caller]
fn rows(statement: &Value) -> Vec<&str> {
    let differences = statement["restates"]["differences"].as_array();
    let differences = differences.expect("a list").iter();
    differences
        .filter(|one| one["member"] == "visits" || one["row"] == "visits")
        .filter_map(|one| one["row"].as_str())
        .collect()
}

#[test]
fn entries_of_a_day_that_stays_small_are_not_named() {
    let server = Server::start();
    let house = house(
        &server,
        &[("2026-10-16", 40), ("2026-10-17", 22), ("2026-10-20", 1)],
    );
    let old = closed(&house);
    assert_eq!(day(&old, "2026-10-20"), hidden("<5"));
    taps(&house.coordinator, "2026-10-20", 3);
    settle(&server);
    let new = close(&house, "2026-10").told(200);
    assert_ne!(new["id"], old["id"]);
    assert_eq!(day(&new, "2026-10-20"), hidden("withheld"));
    let restates = &new["restates"];
    assert_eq!(restates["entries_withheld"], true);
    for member in ["entries", "arrivals", "entry_count"] {
        assert!(restates.get(member).is_none(), "{member}");
    }
    let positions = restates["positions"].as_array().expect("places in the log");
    assert_eq!(positions.len(), 3);
    assert_eq!(
        new["corrections"]["late"],
        hidden("withheld"),
        "what came late is counted in it"
    );
}

#[test]
fn a_small_number_that_grew_stays_hidden() {
    let server = Server::start();
    let days = [("2026-10-16", 50), ("2026-10-20", 4), ("2026-10-21", 12)];
    let house = house(&server, &days);
    let old = closed(&house);
    assert_eq!(value(&old, "visits"), 66);
    assert_eq!(day(&old, "2026-10-20"), hidden("<5"));
    taps(&house.coordinator, "2026-10-20", 1);
    settle(&server);
    let new = close(&house, "2026-10").told(200);
    assert_eq!(value(&new, "visits"), 67);
    assert_eq!(rows(&new), ["visits"], "of days nothing is told");
    for (name, _) in days {
        let was_hidden = day(&old, name).get("suppressed").is_some();
        let is_hidden = day(&new, name).get("suppressed").is_some();
        assert_eq!(is_hidden, was_hidden, "{name}");
    }
    assert_eq!(day(&new, "2026-10-20"), hidden("withheld"));
    // A third one keeps to it as well.
    taps(&house.coordinator, "2026-10-20", 9);
    settle(&server);
    let third = close(&house, "2026-10").told(200);
    assert_eq!(value(&third, "visits"), 76);
    assert_eq!(day(&third, "2026-10-20"), hidden("withheld"));
    assert_eq!(rows(&third), ["visits"]);
}

#[test]
fn a_viewer_sees_a_closed_month_as_its_statement_tells_it() {
    let server = Server::start();
    let days = [("2026-10-16", 50), ("2026-10-20", 4), ("2026-10-21", 12)];
    let house = house(&server, &days);
    closed(&house);
    let viewer = house.device(Role::Viewer);
    let seen = |query: &str| {
        let path = format!("/api/v1/figures?period={query}");
        viewer.get(&path).told(200)
    };
    let before = seen("2026-10");
    assert_eq!(value(&before, "visits"), 66);
    let week = seen("2026-W43");
    let csv = |client: &Client| {
        let path = "/api/v1/figures?period=2026-10&format=csv";
        client.get(path).with_status(200).text()
    };
    let table = csv(&viewer);
    taps(&house.coordinator, "2026-10-20", 1);
    assert_eq!(seen("2026-10"), before, "nobody is seen to come");
    assert_eq!(seen("2026-W43"), week);
    assert_eq!(csv(&viewer), table);
    settle(&server);
    let new = close(&house, "2026-10").told(200);
    let now = seen("2026-10");
    for section in [
        "figures",
        "by_day",
        "busiest_session",
        "as_of",
        "by_activity",
    ] {
        assert_eq!(now[section], new[section], "{section}");
    }
    assert_eq!(day(&now, "2026-10-20"), hidden("withheld"));
    let of_week = seen("2026-W43");
    assert_eq!(day(&of_week, "2026-10-20"), hidden("withheld"));
    assert_eq!(
        value(&of_week, "visits"),
        Value::Null,
        "a sum with a hidden day in it"
    );
    assert!(!csv(&viewer).contains("by_day,2026-10-20,visits,,5"));
    // Of the statement before it tells what that told.
    let first = &statements(&viewer)[0];
    let at = first["as_of"].as_u64().expect("a position");
    let then = seen(&format!("2026-10&as_of={at}"));
    assert_eq!(day(&then, "2026-10-20"), hidden("<5"));
    // The coordinator's own screen is exact, and of now.
    let path = "/api/v1/figures?period=2026-10";
    let exact = house.coordinator.get(path).told(200);
    assert_eq!(day(&exact, "2026-10-20"), 5);
}
