//! Every type of entry goes through the one door, is told where it stands, and shows in the figures.

use super::support::Server;
use super::support::house::{House, id, text};
use serde_json::{Value, json};

#[track_caller]
fn figure(house: &House<'_>, key: &str) -> Value {
    let told = house.coordinator.get("/api/v1/figures?period=2026-10-07");
    let told = told.told(200);
    let figures = told["figures"].as_array().expect("a list").clone();
    let found = figures.into_iter().find(|figure| figure["key"] == key);
    found.expect("a figure of that key")["value"].clone()
}

#[track_caller]
fn standing(house: &House<'_>, route: &str, body: Value) -> String {
    text(&house.coordinator.post(route, &body).told(201)["id"])
}

#[test]
fn every_type_is_recorded_and_counts() {
    let server = Server::start();
    let house = server.found("huis");
    let volunteer = house.volunteer();
    let counter = standing(&house, "/api/v1/counters", json!({ "name": "Eieren" }));
    let indicator = standing(&house, "/api/v1/indicators", json!({ "name": "Volgers" }));
    let activity = house.activity("Koor");
    let session = house.session(
        &activity,
        "2026-10-07T13:30:00+02:00",
        "2026-10-07T15:00:00+02:00",
    );
    house.records(
        "check_in",
        json!({ "session": session, "adults": 2, "children": 1 }),
    );
    let heads = json!({ "session": session, "adults": 5, "basis": "counted" });
    house.records("head_count", heads);
    house.records("coffee", json!({ "cups": 4, "paid": true }));
    house.records("tally", json!({ "counter": counter, "quantity": 6 }));
    house.records(
        "contribution",
        json!({ "kind": "cake", "quantity": 2, "session": session }),
    );
    let shift = json!({ "volunteer": volunteer, "kind": "bar" });
    let shift = text(&house.records("shift_start", shift)["id"]);
    server.pass_minutes(90);
    house.records("shift_end", json!({ "shift": shift }));
    house.records(
        "bar_revenue",
        json!({ "amount_cents": 6_250, "expected_cents": 6_300 }),
    );
    house.records("shop_revenue", json!({ "amount_cents": 1_000 }));
    house.records("donation", json!({ "money_cents": 500, "donor": "J. Bos" }));
    let spade = json!({ "goods": { "category": "tools" }, "donor": "j. bos" });
    house.records("donation", spade);
    house.records(
        "measurement",
        json!({ "indicator": indicator, "value": "1769" }),
    );
    house.records("opening", json!({ "state": "opened" }));
    for (key, value) in [
        ("participations", json!(5)),
        ("visits", json!(5)),
        ("coffee_cups", json!(4)),
        ("coffee_cups_paid", json!(4)),
        ("bar_shifts", json!(1)),
        ("volunteer_hours", json!("1.5")),
        ("bar_revenue", json!(6_250)),
        ("bar_revenue_difference", json!(-50)),
        ("shop_revenue", json!(1_000)),
        ("donations_money", json!(500)),
        ("donors", json!(1)),
        ("open_days", json!(1)),
    ] {
        assert_eq!(figure(&house, key), value, "{key}");
    }
}

#[test]
fn a_poster_counts_a_phone_once_and_takes_it_back() {
    let server = Server::start();
    let house = server.found("huis");
    let code = house.code(json!({ "for": "door" }));
    let phone = server.anyone();
    let scan = |visitor: &str| house.entry("check_in", json!({ "code": code, "visitor": visitor }));
    let (one, other) = ("AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAQ");
    let first = phone.record(&scan(one)).told(201);
    assert_eq!(first["status"], "recorded");
    let again = phone.record(&scan(one)).told(200);
    assert_eq!(again["status"], "already_counted");
    phone.record(&scan(other)).told(201);
    assert_eq!(figure(&house, "visits"), 2);
    for entry in [&first["id"], &again["id"]] {
        let back = json!({ "code": code, "retracts": entry });
        phone.record(&house.entry("retraction", back)).told(201);
    }
    assert_eq!(figure(&house, "visits"), 1);
}

#[test]
fn a_gift_by_the_box_waits_until_somebody_confirms_it() {
    let server = Server::start();
    let house = server.found("huis");
    let code = house.code(json!({ "for": "gift" }));
    let gift = house.entry("donation", json!({ "code": code, "money_cents": 1_000 }));
    let told = server.anyone().record(&gift).told(201);
    assert_eq!(told["status"], "to_confirm");
    assert_ne!(figure(&house, "donations_money"), 1_000);
    house.records("confirmation", json!({ "entries": [told["id"]] }));
    assert_eq!(figure(&house, "donations_money"), 1_000);
}

#[test]
fn a_batch_keeps_the_good_ones_and_names_the_bad_ones() {
    let server = Server::start();
    let house = server.found("huis");
    let before = house.head();
    let batch = json!([
        house.entry("coffee", json!({ "cups": 1 })),
        house.entry("coffee", json!({ "cups": 201 })),
        house.entry("shift_end", json!({ "shift": id() })),
        house.entry("coffee", json!({ "cups": 2 })),
    ]);
    let told = house.coordinator.record(&batch).told(200);
    let results = told["results"].as_array().expect("a list").clone();
    let statuses: Vec<&Value> = results.iter().map(|result| &result["status"]).collect();
    assert_eq!(statuses, ["recorded", "rejected", "rejected", "recorded"]);
    assert_eq!(results[1]["problem"]["type"], "/problems/out-of-range");
    assert_eq!(results[2]["problem"]["type"], "/problems/unknown-shift");
    assert_eq!(house.head(), before + 2);
    assert_eq!(figure(&house, "coffee_cups"), 3);
}
