//! Entries that are sent again, late, or by a clock that is off.

use super::PHONE;
use crate::support::Server;
use crate::support::client::Client;
use crate::support::house::{House, entry, text};
use meetellen_events::access::Role;
use serde_json::{Value, json};

#[test]
fn a_repeat_weeks_later_after_a_restart_from_another_device_is_told_the_first_answer() {
    let server = Server::start();
    let house = server.found("badhuis");
    let gift = house.entry(
        "donation",
        json!({ "money_cents": 1000, "donor": "Ans", "purpose": "thee" }),
    );
    let scan = house.entry("check_in", json!({ "visitor": PHONE, "adults": 2 }));
    let tablet = house.device(Role::Bar);
    let first = [&gift, &scan].map(|entry| tablet.record(entry).told(201));
    let (id, others) = (
        house.id,
        [house.device(Role::Volunteer), house.coordinator.clone()],
    );
    let head = house.head();
    let server = server.restart();
    server.pass_minutes(21 * 24 * 60);
    for other in others {
        let again = [&gift, &scan].map(|entry| other.of(&server).record(entry).told(200));
        for (first, again) in first.iter().zip(again) {
            assert_eq!(again["status"], "duplicate");
            assert_eq!(
                (&again["position"], &again["hash"]),
                (&first["position"], &first["hash"])
            );
        }
    }
    assert_eq!(server.head(id), head);
}

#[test]
fn the_same_id_twice_in_one_request_is_recorded_once() {
    let server = Server::start();
    let house = server.found("badhuis");
    let head = house.head();
    let coffee = house.entry("coffee", json!({ "cups": 3 }));
    let mut other = coffee.clone();
    other["cups"] = 4.into();
    let told = house
        .coordinator
        .record(&json!([coffee, coffee, other]))
        .told(200);
    let results = told["results"].as_array().expect("results");
    let statuses: Vec<&str> = results
        .iter()
        .filter_map(|it| it["status"].as_str())
        .collect();
    assert_eq!(statuses, ["recorded", "duplicate", "rejected"]);
    assert_eq!(results[1]["hash"], results[0]["hash"]);
    assert_eq!(results[2]["problem"]["type"], "/problems/id-reused");
    assert_eq!(house.head(), head + 1);
}

/// When an entry happened, as the list tells.
#[track_caller]
fn happened(house: &House<'_>, id: &Value) -> (String, String) {
    let listed = house
        .coordinator
        .get("/api/v1/entries?limit=1000")
        .told(200);
    let mut items = listed["items"]
        .as_array()
        .expect("items")
        .clone()
        .into_iter();
    let item = items.find(|item| item["id"] == *id).expect("it is listed");
    (text(&item["occurred_at"]), text(&item["day"]))
}

#[test]
fn the_times_of_a_device_whose_clock_is_off_are_shifted() {
    let server = Server::start();
    let house = server.found("badhuis");
    // The server has 14:00, in summer time.
    for (says, of_device, happened_at) in [
        (
            "2026-10-07T14:02:00+02:00",
            "2026-10-07T14:01:00+02:00",
            "2026-10-07T12:01:00.000Z",
        ),
        (
            "2026-10-07T13:58:00+02:00",
            "2026-10-07T13:50:00+02:00",
            "2026-10-07T11:50:00.000Z",
        ),
        (
            "2026-10-07T14:02:01+02:00",
            "2026-10-07T14:01:01+02:00",
            "2026-10-07T11:59:00.000Z",
        ),
        (
            "2026-10-07T17:00:00+02:00",
            "2026-10-07T16:00:00+02:00",
            "2026-10-07T11:00:00.000Z",
        ),
        (
            "2020-01-01T00:00:00Z",
            "2019-12-31T23:30:00Z",
            "2026-10-07T11:30:00.000Z",
        ),
    ] {
        let coffee = entry("coffee", of_device, json!({ "cups": 1 }));
        let device = house.coordinator.with("client-time", says);
        let first = device.record(&coffee).told(201);
        assert_eq!(happened(&house, &coffee["id"]).0, happened_at, "{says}");
        // Sent again much later, by a clock that was set right meanwhile: it is the same entry.
        let again = house.coordinator.record(&coffee).told(200);
        assert_eq!(
            (&again["status"], &again["hash"]),
            (&json!("duplicate"), &first["hash"])
        );
    }
    let unshifted = entry("coffee", "2026-10-07T17:00:00+02:00", json!({ "cups": 1 }));
    let refused = house.coordinator.record(&unshifted).with_status(422);
    assert_eq!(refused.problem(), "too-far-ahead");
}

#[test]
fn a_phone_that_was_offline_counts_on_the_day_it_happened() {
    let server = Server::start();
    let house = server.found("badhuis");
    server.at("2026-11-02T09:00:00+01:00");
    let late = entry("coffee", "2026-11-01T00:30:00+01:00", json!({ "cups": 4 }));
    house.coordinator.record(&late).with_status(201);
    assert_eq!(
        happened(&house, &late["id"]).1,
        "2026-10-31",
        "the night belongs to the evening before"
    );
    let cups = |day: &str| {
        let path = format!("/api/v1/figures?period={day}");
        house.coordinator.get(&path).told(200)["by_day"][0]["coffee_cups"].clone()
    };
    assert_eq!(
        (cups("2026-10-31"), cups("2026-11-01")),
        (json!(4), json!(0))
    );
    let listed = house.coordinator.get("/api/v1/entries").told(200);
    assert_eq!(listed["items"][0]["late"], true);
}

/// Answers to the same entries, one for each.
#[track_caller]
fn told(client: &Client, entries: &Value) -> Vec<Value> {
    let told = client.record(entries).told(200);
    told["results"].as_array().expect("results").clone()
}

#[test]
fn a_repeat_after_more_than_a_year_is_told_the_first_answer() {
    let server = Server::start();
    let house = server.found("badhuis");
    let (door, coffee) = (
        house.code(json!({ "for": "door", "day": "2026-10-07" })),
        house.entry("coffee", json!({ "cups": 3 })),
    );
    let start = json!({ "volunteer": house.volunteer(), "kind": "bar" });
    let start = house.entry("shift_start", start);
    let entries = json!([
        coffee,
        house.entry("check_in", json!({ "visitor": PHONE, "adults": 2 })),
        house.entry("check_in", json!({ "code": door, "visitor": PHONE })),
        house.entry("donation", json!({ "money_cents": 500, "donor": "Ans" })),
        start,
        house.entry("shift_end", json!({ "shift": start["id"] })),
        house.entry("bar_revenue", json!({ "amount_cents": 1250 })),
        house.entry(
            "retraction",
            json!({ "retracts": coffee["id"], "reason": "mis" })
        ),
    ]);
    let id = house.id;
    let first = told(&house.coordinator, &entries);
    for answer in &first {
        assert!(answer["position"].is_u64(), "{answer}");
    }
    let values = |client: &Client| -> Vec<(Value, Value)> {
        let told = client.get("/api/v1/figures?period=2026-10").told(200);
        let rows = told["figures"].as_array().expect("figures").iter();
        rows.map(|row| (row["key"].clone(), row["value"].clone()))
            .collect()
    };
    // Once the log knows that the month is over: what is counted by whole weeks stands still then.
    server.pass_minutes(30 * 24 * 60);
    let before = values(&house.device(Role::Coordinator));
    let mut server = server;
    for days in [200, 210, 400] {
        server.pass_minutes(days * 24 * 60);
        // A start destroys the keys of months that are long over.
        server = server.restart();
        let house = House {
            server: &server,
            id,
            coordinator: server.anyone(),
        };
        let [one, other] = [Role::Volunteer, Role::Coordinator].map(|role| house.device(role));
        let head = server.head(id);
        for client in [&one, &other] {
            for (first, again) in first.iter().zip(told(client, &entries)) {
                assert_eq!(again["status"], "duplicate", "{again}");
                let place = |answer: &Value| (answer["position"].clone(), answer["hash"].clone());
                assert_eq!(place(&again), place(first));
            }
        }
        assert_eq!(server.head(id), head, "{days} days later");
        for (then, now) in before.iter().zip(values(&other)) {
            assert_eq!(*then, now);
        }
        // The same id with something else in it is told as that, however late.
        let mut changed = coffee.clone();
        changed["cups"] = 4.into();
        assert_eq!(
            other.record(&changed).with_status(409).problem(),
            "id-reused"
        );
    }
}

#[test]
fn a_phone_that_sends_again_once_its_code_is_gone_is_told_the_first_answer() {
    let server = Server::start();
    let house = server.found("badhuis");
    let [today, withdrawn] = [
        json!({ "for": "door", "day": "2026-10-07" }),
        json!({ "for": "door" }),
    ]
    .map(|code| house.code(code));
    let phone = server.anyone();
    let scans = [&today, &withdrawn].map(|code| {
        let scan = house.entry("check_in", json!({ "code": code }));
        let first = phone.record(&scan).told(201);
        (scan, first)
    });
    let gone = house
        .coordinator
        .delete(&format!("/api/v1/codes/{withdrawn}"));
    gone.with_status(204);
    server.pass_minutes(30 * 24 * 60);
    let head = house.head();
    for (scan, first) in &scans {
        let again = phone.record(scan).told(200);
        assert_eq!(again["status"], "duplicate");
        assert_eq!(again["hash"], first["hash"]);
        // What is new is refused.
        let new = house.entry("check_in", json!({ "code": scan["code"] }));
        assert!(phone.record(&new).status >= 400);
    }
    assert_eq!(house.head(), head);
}
