//! Entries that are right in themselves, and refused for what went before.

use super::{NOBODY, bad_entry, refused};
use crate::support::Server;
use crate::support::house::{entry, id, text};
use meetellen_events::access::Role;
use serde_json::{Value, json};

#[test]
fn a_code_is_good_for_its_own_thing_in_its_own_time() {
    let server = Server::start();
    let house = server.found("badhuis");
    let choir = house.activity("Koor");
    let session = house.session(
        &choir,
        "2026-10-07T14:00:00+02:00",
        "2026-10-07T15:00:00+02:00",
    );
    let later = house.session(
        &choir,
        "2026-10-14T14:00:00+02:00",
        "2026-10-14T15:00:00+02:00",
    );
    let of_session = house.code(json!({ "for": { "session": session } }));
    let of_day = house.code(json!({ "for": "door", "day": "2026-10-06" }));
    let until = house.code(json!({ "for": "door", "valid_until": "2026-10-07T14:00:00+02:00" }));
    let sticker = house.code(json!({ "for": "coffee" }));
    let box_of_gifts = house.code(json!({ "for": "gift" }));
    let anyone = server.anyone();
    for (slug, kind, fields) in [
        ("code-expired", "check_in", json!({ "code": of_day })),
        ("code-expired", "check_in", json!({ "code": until })),
        ("wrong-code", "check_in", json!({ "code": sticker })),
        (
            "wrong-code",
            "check_in",
            json!({ "code": of_session, "session": later }),
        ),
        ("wrong-code", "coffee", json!({ "code": of_session })),
        (
            "wrong-code",
            "donation",
            json!({ "code": sticker, "money_cents": 100 }),
        ),
        (
            "out-of-range",
            "coffee",
            json!({ "code": sticker, "cups": 2 }),
        ),
        (
            "unknown-code",
            "coffee",
            json!({ "code": "0123456789ABCDEFGHJKMNPQRR" }),
        ),
        ("unauthorised", "coffee", json!({ "cups": 1 })),
        ("unauthorised", "opening", json!({ "state": "opened" })),
        (
            "forbidden",
            "donation",
            json!({ "code": box_of_gifts, "money_cents": 100, "donor": NOBODY }),
        ),
        (
            "unknown-pass",
            "check_in",
            json!({ "code": of_session, "pass": "01234567" }),
        ),
    ] {
        bad_entry(&house, &anyone, slug, &house.entry(kind, fields));
    }
}

#[test]
fn a_code_of_another_organisation_is_refused_on_a_device() {
    let server = Server::start();
    let (house, other) = (server.found("badhuis"), server.found("sleutel"));
    let foreign = other.code(json!({ "for": "door" }));
    let scanned = house.entry("check_in", json!({ "code": foreign }));
    let head = other.head();
    bad_entry(
        &house,
        &house.coordinator,
        "code-of-another-organisation",
        &scanned,
    );
    assert_eq!(other.head(), head, "nor there");
}

#[test]
fn a_sensitive_activity_takes_nobody_who_can_be_told_apart() {
    let server = Server::start();
    let house = server.found("badhuis");
    let group = json!({ "name": "Groep", "organised_by": "residents", "sensitive": true });
    let group = text(
        &house
            .coordinator
            .post("/api/v1/activities", &group)
            .told(201)["id"],
    );
    let session = house.session(
        &group,
        "2026-10-07T14:00:00+02:00",
        "2026-10-07T15:00:00+02:00",
    );
    let phone = json!({ "session": session, "visitor": "AAAAAAAAAAAAAAAAAAAAAA" });
    bad_entry(
        &house,
        &house.coordinator,
        "sensitive-activity",
        &house.entry("check_in", phone),
    );
    house.records("check_in", json!({ "session": session }));
}

#[test]
fn what_was_done_can_be_undone_once_by_whoever_may() {
    let server = Server::start();
    let house = server.found("badhuis");
    let door = house.code(json!({ "for": "door" }));
    let bar = house.device(Role::Bar);
    let coffee = house.entry("coffee", json!({ "cups": 1 }));
    bar.record(&coffee).with_status(201);
    let scan = house.entry("check_in", json!({ "code": door }));
    server.anyone().record(&scan).with_status(201);
    let retraction = |of: &Value| house.entry("retraction", json!({ "retracts": of["id"] }));

    let others = house.device(Role::Volunteer);
    bad_entry(
        &house,
        &others,
        "not-yours-to-retract",
        &retraction(&coffee),
    );
    let mut by_code = retraction(&coffee);
    by_code["code"] = door.clone().into();
    bad_entry(&house, &server.anyone(), "not-yours-to-retract", &by_code);

    server.pass_minutes(16);
    let mut late = retraction(&scan);
    late["code"] = door.into();
    bad_entry(&house, &server.anyone(), "too-late-to-retract", &late);
    server.at("2026-10-08T04:00:00+02:00");
    bad_entry(&house, &bar, "too-late-to-retract", &retraction(&coffee));

    let undone = retraction(&coffee);
    house.coordinator.record(&undone).with_status(201);
    bad_entry(
        &house,
        &house.coordinator,
        "already-retracted",
        &retraction(&coffee),
    );
    bad_entry(
        &house,
        &house.coordinator,
        "not-retractable",
        &retraction(&undone),
    );
}

#[test]
fn only_what_waits_can_be_confirmed_and_no_confirmation_undone() {
    let server = Server::start();
    let house = server.found("badhuis");
    let coffee = house.entry("coffee", json!({ "cups": 1 }));
    house.coordinator.record(&coffee).with_status(201);
    let confirm = |of: &Value| house.entry("confirmation", json!({ "entries": [of["id"]] }));
    bad_entry(&house, &house.coordinator, "not-waiting", &confirm(&coffee));
    let gifts = house.code(json!({ "for": "gift" }));
    let gift = house.entry("donation", json!({ "code": gifts, "money_cents": 500 }));
    assert_eq!(
        server.anyone().record(&gift).told(201)["status"],
        "to_confirm"
    );
    let confirmed = confirm(&gift);
    house.coordinator.record(&confirmed).with_status(201);
    bad_entry(&house, &house.coordinator, "not-waiting", &confirm(&gift));
    let undo = house.entry("retraction", json!({ "retracts": confirmed["id"] }));
    bad_entry(&house, &house.coordinator, "not-retractable", &undo);
}

#[test]
fn a_shift_ends_once_and_behind_its_start() {
    let server = Server::start();
    let house = server.found("badhuis");
    let visitor = house
        .coordinator
        .post("/api/v1/people", &json!({ "age": "adult" }))
        .told(201);
    let nobody_s = json!({ "volunteer": visitor["id"], "kind": "bar" });
    bad_entry(
        &house,
        &house.coordinator,
        "not-a-volunteer",
        &house.entry("shift_start", nobody_s),
    );
    let shift = house.entry(
        "shift_start",
        json!({ "volunteer": house.volunteer(), "kind": "bar" }),
    );
    house.coordinator.record(&shift).with_status(201);
    let before = json!({ "shift": shift["id"], "occurred_at": "2026-10-07T13:59:59+02:00" });
    bad_entry(
        &house,
        &house.coordinator,
        "ends-before-it-began",
        &house.entry("shift_end", before),
    );
    let coffee = house.records("coffee", json!({ "cups": 1 }));
    let of_no_shift = house.entry("shift_end", json!({ "shift": coffee["id"] }));
    bad_entry(&house, &house.coordinator, "unknown-shift", &of_no_shift);
    house.records("shift_end", json!({ "shift": shift["id"] }));
    let again = house.entry("shift_end", json!({ "shift": shift["id"] }));
    bad_entry(&house, &house.coordinator, "shift-ended", &again);
}

#[test]
fn an_id_says_one_thing_for_ever() {
    let server = Server::start();
    let house = server.found("badhuis");
    let coffee = house.entry("coffee", json!({ "cups": 1 }));
    house.coordinator.record(&coffee).with_status(201);
    let mut other = coffee.clone();
    other["cups"] = 2.into();
    bad_entry(&house, &house.coordinator, "id-reused", &other);
    let mut later = coffee.clone();
    later["occurred_at"] = "2026-10-07T13:59:00+02:00".into();
    bad_entry(&house, &house.coordinator, "id-reused", &later);
    let opening = json!({ "id": coffee["id"], "state": "opened" });
    bad_entry(
        &house,
        &house.coordinator,
        "id-reused",
        &house.entry("opening", opening),
    );
}

#[test]
fn a_cancelled_session_takes_no_code() {
    let server = Server::start();
    let house = server.found("badhuis");
    let session = house.choir();
    let path = format!("/api/v1/sessions/{session}/cancel");
    house.coordinator.post(&path, &json!({})).with_status(200);
    let body = json!({ "for": { "session": session } });
    refused(&house, "session-cancelled", || {
        house.coordinator.post("/api/v1/codes", &body)
    });
}

#[test]
fn an_old_id_in_a_new_organisation_is_another() {
    let server = Server::start();
    let (house, other) = (server.found("badhuis"), server.found("sleutel"));
    let coffee = entry("coffee", crate::support::START, json!({ "cups": 1 }));
    house.coordinator.record(&coffee).with_status(201);
    let mut same_id = coffee.clone();
    same_id["cups"] = 2.into();
    assert_eq!(
        other.coordinator.record(&same_id).told(201)["status"],
        "recorded"
    );
    let retraction = other.entry("retraction", json!({ "retracts": id() }));
    bad_entry(
        &other,
        &other.coordinator,
        "nothing-to-retract",
        &retraction,
    );
}
