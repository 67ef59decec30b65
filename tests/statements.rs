//! Months are closed by signed statements that anyone can check, and restated in the open.

mod closed;
mod hidden;
mod trust;
mod waits;

use crate::support::Server;
use crate::support::client::{Client, Reply};
use crate::support::house::{House, entry, id, value, wait};
use crate::support::process::path;
use meetellen::statements::restating;
use meetellen_events::access::Role;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// When October is over, in the house.
const NOVEMBER: &str = "2026-11-02T10:00:00+01:00";

/// A time on an evening in October.
const EVENING: &str = "2026-10-16T20:00:00+02:00";

/// Taps at the door in the evening, each of a device.
#[track_caller]
fn taps(client: &Client, count: usize) {
    let taps: Vec<Value> = (0..count)
        .map(|_| entry("check_in", EVENING, json!({})))
        .collect();
    for some in taps.chunks(500) {
        let told = client.record(&json!(some)).told(200);
        let results = told["results"].as_array().expect("one each");
        assert!(
            results.iter().all(|one| one["status"] == "recorded"),
            "{told}"
        );
    }
}

/// A house on 2 November, with so many visits in October.
#[track_caller]
fn house(server: &Server, visits: usize) -> House<'_> {
    let house = server.found("badhuis");
    server.at(NOVEMBER);
    taps(&house.coordinator, visits);
    house
}

#[track_caller]
fn close(house: &House<'_>, month: &str) -> Reply {
    let path = format!("/api/v1/months/{month}/close");
    house.coordinator.post(&path, &json!({}))
}

#[track_caller]
fn closed(house: &House<'_>) -> Value {
    close(house, "2026-10").told(201)
}

#[track_caller]
fn statements(reader: &Client) -> Vec<Value> {
    let told = reader.get("/api/v1/statements").told(200);
    told["items"].as_array().expect("a list").clone()
}

/// Lets the server restate what is due once nothing more has come for a while.
fn settle(server: &Server) {
    server.pass_minutes(1);
    wait(restating::round(&server.node));
}

/// A file in the server's folder.
fn file(server: &Server, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let file = server.folder().join(name);
    fs::write(&file, text).expect("it is written");
    file
}

/// The organisation's log as it is exported.
#[track_caller]
fn export(server: &Server, house: &House<'_>) -> PathBuf {
    let log = house.coordinator.get("/api/v1/log").with_status(200);
    file(server, "log.ndjson", log.body)
}

#[test]
fn a_month_is_closed_with_its_figures_and_its_place_in_the_log() {
    let server = Server::start();
    let house = house(&server, 7);
    let before = house
        .coordinator
        .get("/api/v1/figures?period=2026-10")
        .told(200);
    assert_eq!(before["closed"], false);
    let reply = close(&house, "2026-10").with_status(201);
    let statement = reply.json();
    let at = format!(
        "/api/v1/statements/{}",
        statement["id"].as_str().expect("an id")
    );
    assert_eq!(reply.header("location"), Some(&*at));
    assert_eq!(
        house.coordinator.get(&at).with_status(200).body,
        reply.body,
        "for ever as it was given"
    );
    assert_eq!(statement["as_of"], before["as_of"]);
    assert_eq!(statement["period"], before["period"]);
    assert_eq!(statement["organisation"]["id"], json!(house.id));
    assert_eq!(value(&statement, "visits"), 7);
    assert_eq!(statement["previous"], "0".repeat(64));
    assert_eq!(
        statement["corrections"]["late"], 7,
        "recorded on a later day"
    );
    let listed = statements(&house.coordinator);
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (&listed[0]["id"], &listed[0]["current"]),
        (&statement["id"], &json!(true))
    );
    let now = house
        .coordinator
        .get("/api/v1/figures?period=2026-10")
        .told(200);
    assert_eq!(now["closed"], true);
    // Sent again it tells what holds, and records nothing.
    let head = house.head();
    assert_eq!(close(&house, "2026-10").with_status(200).body, reply.body);
    assert_eq!(house.head(), head);
}

#[test]
fn other_periods_are_closed_when_all_their_months_are() {
    let server = Server::start();
    let house = house(&server, 5);
    let is_closed = |period: &str| {
        let path = format!("/api/v1/figures?period={period}");
        house.coordinator.get(&path).told(200)["closed"].clone()
    };
    closed(&house);
    for (period, all) in [
        ("2026-10-05", true),
        ("2026-W43", true),
        ("2026-W44", false),
        ("2026-Q4", false),
        ("2026-09-30..2026-10-01", false),
    ] {
        assert_eq!(is_closed(period), all, "{period}");
    }
    close(&house, "2026-09").with_status(201);
    assert_eq!(is_closed("2026-09-30..2026-10-01"), true);
    let earlier = house
        .coordinator
        .get("/api/v1/figures?period=2026-10&as_of=2")
        .told(200);
    assert_eq!(earlier["closed"], false, "not as it was known then");
}

#[test]
fn a_statement_names_the_one_before_it() {
    let server = Server::start();
    let house = house(&server, 5);
    let first = close(&house, "2026-10").with_status(201);
    let second = close(&house, "2026-09").told(201);
    let hash = statements(&house.coordinator)[0]["hash"].clone();
    assert_eq!(second["previous"], hash);
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&first.body);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hash, hex, "of the bytes as they were given");
}

#[test]
fn what_is_not_over_or_was_never_is_not_closed() {
    let server = Server::start();
    let house = house(&server, 5);
    let head = house.head();
    let refused = |month: &str| close(&house, month).problem();
    assert_eq!(refused("2026-11"), "month-not-over");
    assert_eq!(refused("2027-01"), "month-not-over");
    assert_eq!(refused("2024-01"), "unknown-period");
    assert_eq!(refused("2026-13"), "unknown-period");
    server.at("2026-11-01T03:59:59+01:00");
    assert_eq!(
        refused("2026-10"),
        "month-not-over",
        "the night belongs to the evening before"
    );
    assert_eq!(house.head(), head);
    for role in [Role::Volunteer, Role::Bar, Role::Viewer] {
        let path = "/api/v1/months/2026-09/close";
        let refused = house.device(role).post(path, &json!({}));
        assert_eq!(refused.with_status(403).problem(), "forbidden");
    }
    let unknown = house
        .coordinator
        .get(&format!("/api/v1/statements/{}", id()));
    assert_eq!(unknown.with_status(404).problem(), "unknown-statement");
}

#[test]
fn late_entries_are_told_of_by_a_new_statement() {
    let server = Server::start();
    let house = house(&server, 598);
    let old = closed(&house);
    let phone = house.device(Role::Volunteer);
    server.at("2026-11-09T09:00:00+01:00");
    taps(&phone, 5);
    wait(restating::round(&server.node));
    assert_eq!(statements(&house.coordinator).len(), 1, "more may come");
    settle(&server);
    let listed = statements(&house.coordinator);
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0]["current"], false);
    assert_eq!(listed[1]["restates"], old["id"]);
    let new = close(&house, "2026-10").told(200);
    assert_eq!(new["id"], listed[1]["id"], "the one that holds");
    assert_eq!(new["previous"], listed[0]["hash"]);
    assert_eq!(value(&new, "visits"), 603);
    let restates = &new["restates"];
    assert_eq!(restates["statement"], old["id"]);
    let differences = restates["differences"].as_array().expect("a list");
    let visits = differences.iter().find(|one| one["row"] == "visits");
    let expected = json!({
        "section": "figures", "row": "visits", "member": "value", "old": 598, "new": 603
    });
    assert_eq!(visits, Some(&expected));
    let day = differences.iter().find(|one| one["section"] == "by_day");
    assert_eq!(
        day.map(|day| (&day["row"], &day["old"], &day["new"])),
        Some((&json!("2026-10-16"), &json!(598), &json!(603)))
    );
    let arrivals = json!([{
        "type": "check_in", "entries": 5, "devices": 1,
        "first": "2026-11-09T08:00:00.000Z", "last": "2026-11-09T08:00:00.000Z"
    }]);
    assert_eq!(restates["arrivals"], arrivals);
    assert_eq!(restates["entries"].as_array().map(Vec::len), Some(5));
    // The first is still there, as it was given; and nothing is restated twice.
    let first = house.coordinator.get(&format!(
        "/api/v1/statements/{}",
        old["id"].as_str().expect("an id")
    ));
    assert_eq!(first.told(200), old);
    let head = house.head();
    settle(&server);
    assert_eq!(house.head(), head);
}

#[test]
fn what_changes_nothing_that_is_told_restates_nothing() {
    let server = Server::start();
    let house = house(&server, 5);
    let count = |adults: u64| {
        let fields = json!({ "occurred_at": EVENING, "adults": adults, "basis": "counted" });
        house.records("head_count", fields);
    };
    count(4);
    closed(&house);
    house.records("coffee", json!({ "cups": 2 }));
    settle(&server);
    assert_eq!(statements(&house.coordinator).len(), 1);
    // A count that swallows nobody changes no figure, and came late all the same.
    count(5);
    settle(&server);
    let new = close(&house, "2026-10").told(200);
    let late =
        json!([{ "section": "corrections", "row": "", "member": "late", "old": 6, "new": 7 }]);
    assert_eq!(new["restates"]["differences"], late);
}

#[test]
fn how_a_figure_came_about_is_a_difference_too() {
    let server = Server::start();
    let house = house(&server, 10);
    house.records(
        "head_count",
        json!({ "occurred_at": EVENING, "adults": 50, "basis": "counted" }),
    );
    closed(&house);
    taps(&house.coordinator, 35);
    settle(&server);
    let new = close(&house, "2026-10").told(200);
    assert_eq!(value(&new, "visits"), 50);
    let differences = new["restates"]["differences"].as_array().expect("a list");
    let of_visits = differences.iter().filter(|one| one["row"] == "visits");
    let of_visits: Vec<(&Value, &Value, &Value)> = of_visits
        .map(|one| (&one["member"], &one["old"], &one["new"]))
        .collect();
    let shares = |counted: &str, rest: &str| json!({ "counted": counted, "head_count": rest });
    let (old, now) = (shares("0.20", "0.80"), shares("0.90", "0.10"));
    let member = json!("basis_share");
    assert!(of_visits.contains(&(&member, &old, &now)), "{of_visits:?}");
}

#[test]
fn a_number_that_is_not_told_does_not_come_out_by_its_causes() {
    let server = Server::start();
    let house = house(&server, 3);
    let old = closed(&house);
    assert_eq!(value(&old, "visits"), Value::Null);
    taps(&house.coordinator, 4);
    settle(&server);
    let new = close(&house, "2026-10").told(200);
    assert_ne!(new["id"], old["id"], "it is no small one any more");
    assert_eq!(value(&new, "visits"), Value::Null);
    let restates = &new["restates"];
    assert_eq!(restates["entries_withheld"], true);
    assert!(restates.get("entries").is_none() && restates.get("arrivals").is_none());
    let positions = restates["positions"].as_array().expect("places in the log");
    assert_eq!(positions.len(), 4);
}

#[test]
fn what_a_stop_left_undone_is_restated_after_the_start() {
    let server = Server::start();
    let founded = house(&server, 5);
    closed(&founded);
    taps(&founded.coordinator, 1);
    let (id, coordinator) = (founded.id, founded.coordinator.clone());
    let server = server.restart();
    let coordinator = coordinator.of(&server);
    server.pass_minutes(1);
    wait(server.node.open(id)).expect("it opens");
    settle(&server);
    assert_eq!(statements(&coordinator).len(), 2);
}

#[test]
fn a_fact_that_holds_before_its_first_day_too_is_named() {
    let server = Server::start();
    let house = house(&server, 5);
    let volunteer = house.volunteer();
    let start = entry(
        "shift_start",
        EVENING,
        json!({ "volunteer": volunteer, "kind": "bar" }),
    );
    house.coordinator.record(&start).with_status(201);
    let end = json!({ "occurred_at": "2026-10-16T22:00:00+02:00", "shift": start["id"] });
    house.records("shift_end", end);
    closed(&house);
    let rate = json!({ "hourly_rate": { "cents": 1500, "source": "Movisie" } });
    house
        .coordinator
        .patch("/api/v1/settings", &rate)
        .with_status(200);
    settle(&server);
    let new = close(&house, "2026-10").told(200);
    assert_eq!(value(&new, "replacement_value"), 3000);
    let facts = new["restates"]["facts"].as_array().expect("a list");
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0]["type"], "setting_changed.v1");
}

#[test]
fn what_an_earlier_month_got_is_named_where_it_runs_on() {
    let server = Server::start();
    let house = house(&server, 10);
    house.records(
        "head_count",
        json!({ "occurred_at": EVENING, "adults": 50, "basis": "counted" }),
    );
    let till = |at: &str| {
        let told = house.records(
            "bar_revenue",
            json!({ "occurred_at": at, "amount_cents": 5000 }),
        );
        told["id"].clone()
    };
    till(EVENING);
    closed(&house);
    let late = till("2026-09-16T22:00:00+02:00");
    settle(&server);
    let new = close(&house, "2026-10").told(200);
    assert_eq!(value(&new, "bar_revenue_own_year"), 10_000);
    let entries = new["restates"]["entries"].as_array().expect("a list");
    let ids: Vec<&Value> = entries.iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, [&late]);
    assert_eq!(entries[0]["day"], "2026-09-16");
}

#[test]
fn the_first_of_its_kind_is_named_where_nothing_was_known() {
    let server = Server::start();
    let house = house(&server, 10);
    let old = closed(&house);
    assert_eq!(value(&old, "coffee_cups"), Value::Null);
    let pour = || {
        let at = "2026-09-16T22:00:00+02:00";
        let told = house.records("coffee", json!({ "occurred_at": at, "cups": 2 }));
        told["id"].clone()
    };
    let first = pour();
    settle(&server);
    let new = close(&house, "2026-10").told(200);
    assert_eq!(
        value(&new, "coffee_cups"),
        0,
        "it is known that there were none"
    );
    assert_eq!(new["restates"]["entries"][0]["id"], first);
    pour();
    settle(&server);
    assert_eq!(statements(&house.coordinator).len(), 2);
}

#[test]
fn a_viewer_sees_closed_months_and_no_small_number() {
    let server = Server::start();
    let house = house(&server, 3);
    let viewer = house.device(Role::Viewer);
    let figures = |query: &str| viewer.get(&format!("/api/v1/figures?period={query}"));
    assert_eq!(figures("2026-10").with_status(403).problem(), "forbidden");
    assert!(statements(&viewer).is_empty());
    let statement = closed(&house);
    let seen = figures("2026-10").told(200);
    let visits = seen["figures"]
        .as_array()
        .and_then(|all| all.iter().find(|one| one["key"] == "visits"));
    let visits = visits.expect("a figure");
    assert_eq!(
        (&visits["value"], &visits["suppressed"]),
        (&Value::Null, &json!("<5"))
    );
    assert_eq!(seen["warnings"], json!([]));
    let exact = house
        .coordinator
        .get("/api/v1/figures?period=2026-10")
        .told(200);
    assert_eq!(
        value(&exact, "visits"),
        3,
        "the coordinator's own screen is exact"
    );
    for open in ["2026-11", "2026-W44", "2026-Q4", "2026-09-30..2026-10-31"] {
        assert_eq!(
            figures(open).with_status(403).problem(),
            "forbidden",
            "{open}"
        );
    }
    // Of what was known earlier only statements tell.
    let at = statement["as_of"]["position"].as_u64().expect("a position");
    figures(&format!("2026-10&as_of={at}")).with_status(200);
    for earlier in [(at - 1).to_string(), NOVEMBER.replace('+', "%2B")] {
        let refused = figures(&format!("2026-10&as_of={earlier}"));
        assert_eq!(refused.with_status(403).problem(), "forbidden");
    }
    assert_eq!(statements(&viewer).len(), 1);
    let path = format!(
        "/api/v1/statements/{}",
        statement["id"].as_str().expect("an id")
    );
    assert_eq!(viewer.get(&path).told(200), statement);
    for role in [Role::Volunteer, Role::Bar] {
        assert_eq!(
            house.device(role).get(&path).with_status(403).problem(),
            "forbidden"
        );
    }
    let other = server.found("sleutel");
    assert_eq!(
        other.coordinator.get(&path).with_status(404).problem(),
        "unknown-statement"
    );
}

fn written(server: &Server, statement: &Reply) -> PathBuf {
    file(server, "statement.json", &statement.body)
}

fn arguments<'a>(statement: &'a Path, rest: &[&'a str]) -> Vec<&'a str> {
    [&["verify", "statement", path(statement)], rest].concat()
}
