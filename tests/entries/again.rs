//! Entries that are sent again, late, or by a clock that is off.

use super::PHONE;
use crate::support::Server;
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
