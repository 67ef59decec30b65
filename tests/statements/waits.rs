//! What only waits to be confirmed restates no month.

use super::{closed, house, settle, statements};
use crate::support::Server;
use crate::support::house::{entry, value};
use serde_json::json;

#[test]
fn a_scan_that_waits_is_no_reason_to_restate_and_its_confirmation_is() {
    let server = Server::start();
    let house = house(&server, 10);
    let hours = json!({ "opening_hours": [{ "weekday": 1, "from": "10:00", "to": "12:00" }], "since": "2026-10-07" });
    house
        .coordinator
        .patch("/api/v1/settings", &hours)
        .with_status(200);
    let code = house.code(json!({ "for": "door" }));
    closed(&house);
    let at_night = entry(
        "check_in",
        "2026-10-16T23:00:00+02:00",
        json!({ "code": code }),
    );
    let told = server.anyone().record(&at_night).told(201);
    assert_eq!(told["status"], "to_confirm");
    settle(&server);
    assert_eq!(statements(&house.coordinator).len(), 1);
    house.records("confirmation", json!({ "entries": [at_night["id"]] }));
    settle(&server);
    let listed = statements(&house.coordinator);
    assert_eq!(listed.len(), 2);
    let id = listed[1]["id"].as_str().expect("an id");
    let path = format!("/api/v1/statements/{id}");
    let restated = house.coordinator.get(&path).told(200);
    assert_eq!(value(&restated, "visits"), 11);
}
