//! Entries that are refused.

use super::{NOBODY, bad_entry, refused};
use crate::support::Server;
use crate::support::house::{House, id, text};
use serde_json::{Value, json};

/// Each of these is taken, one after the other.
#[track_caller]
fn good(house: &House<'_>, kind: &str, bodies: &[Value]) {
    for fields in bodies {
        house.records(kind, fields.clone());
    }
}

/// Each of these is refused.
#[track_caller]
fn bad(house: &House<'_>, slug: &str, kind: &str, bodies: &[Value]) {
    for fields in bodies {
        bad_entry(
            house,
            &house.coordinator,
            slug,
            &house.entry(kind, fields.clone()),
        );
    }
}

#[test]
fn parties_cups_and_heads_are_taken_at_their_edges_and_refused_one_past() {
    let server = Server::start();
    let house = server.found("badhuis");
    let cups = |cups: i64| json!({ "cups": cups });
    good(&house, "coffee", &[1, 200].map(cups));
    bad(&house, "out-of-range", "coffee", &[0, 201, -1].map(cups));
    let party = |(adults, children): (i64, i64)| json!({ "adults": adults, "children": children });
    good(&house, "check_in", &[(20, 0), (0, 1), (1, 19)].map(party));
    bad(
        &house,
        "out-of-range",
        "check_in",
        &[(0, 0), (21, 0), (20, 1), (-1, 3)].map(party),
    );
    let heads = |adults: i64| json!({ "adults": adults, "basis": "counted" });
    good(&house, "head_count", &[0, 10_000].map(heads));
    bad(
        &house,
        "out-of-range",
        "head_count",
        &[-1, 10_001].map(heads),
    );
}

#[test]
fn money_and_quantities_are_taken_at_their_edges_and_refused_one_past() {
    let server = Server::start();
    let house = server.found("badhuis");
    let counter = house
        .coordinator
        .post("/api/v1/counters", &json!({ "name": "Eieren" }));
    let counter = text(&counter.told(201)["id"]);
    let amount = |cents: i64| json!({ "amount_cents": cents });
    let expected = |cents: i64| json!({ "amount_cents": 1, "expected_cents": cents });
    let given = |cents: i64| json!({ "money_cents": cents });
    for till in ["bar_revenue", "shop_revenue"] {
        good(&house, till, &[0, 10_000_000].map(amount));
        good(&house, till, &[0, 10_000_000].map(expected));
        bad(&house, "out-of-range", till, &[-1, 10_000_001].map(amount));
        bad(
            &house,
            "out-of-range",
            till,
            &[-1, 10_000_001].map(expected),
        );
    }
    good(&house, "donation", &[1, 10_000_000].map(given));
    bad(
        &house,
        "out-of-range",
        "donation",
        &[0, -1, 10_000_001].map(given),
    );
    let tally = |quantity: i64| json!({ "counter": counter, "quantity": quantity });
    let cakes = |quantity: i64| json!({ "kind": "cake", "quantity": quantity });
    good(&house, "tally", &[1, 10_000].map(tally));
    good(&house, "contribution", &[1, 10_000].map(cakes));
    bad(&house, "out-of-range", "tally", &[0, -3, 10_001].map(tally));
    bad(
        &house,
        "out-of-range",
        "contribution",
        &[0, -3, 10_001].map(cakes),
    );
}

#[test]
fn times_are_taken_at_their_edges_and_refused_one_past() {
    let server = Server::start();
    let house = server.found("badhuis");
    let now = server.node.now();
    let at = |millis: i64| {
        let occurred_at = now.plus_millis(millis).to_string();
        json!({ "cups": 1, "occurred_at": occurred_at })
    };
    let (minute, day) = (60_000, 86_400_000);
    good(&house, "coffee", &[5 * minute, -400 * day].map(at));
    bad(
        &house,
        "too-far-ahead",
        "coffee",
        &[5 * minute + 1, 6 * minute].map(at),
    );
    bad(
        &house,
        "too-far-back",
        "coffee",
        &[-400 * day - 1, -401 * day].map(at),
    );
}

/// An entry refused for what stands at one place. It is sent inside an array, since one may be no object at all.
#[track_caller]
fn wrong_at(house: &House<'_>, slug: &str, entry: &Value, pointer: &str) {
    let head = house.head();
    let told = house.coordinator.record(&json!([entry])).told(200);
    let problem = &told["results"][0]["problem"];
    assert_eq!(problem["type"], format!("/problems/{slug}"), "{entry}");
    assert_eq!(problem["errors"][0]["pointer"], pointer, "{entry}");
    assert_eq!(house.head(), head);
}

#[test]
fn fields_are_known_and_of_their_type() {
    let server = Server::start();
    let house = server.found("badhuis");
    for nothing in [json!([]), json!("coffee"), json!(7), json!(null)] {
        wrong_at(&house, "wrong-type", &nothing, "");
    }
    let cup = |other: Value| {
        let mut fields = json!({ "cups": 1 });
        let others = other.as_object().expect("an object").clone();
        fields.as_object_mut().expect("an object").extend(others);
        house.entry("coffee", fields)
    };
    for (slug, other, pointer) in [
        ("unknown-field", json!({ "sugar": 2 }), "/sugar"),
        ("wrong-type", json!({ "cups": "1" }), "/cups"),
        ("wrong-type", json!({ "cups": 1.5 }), "/cups"),
        ("wrong-type", json!({ "cups": null }), "/cups"),
        ("wrong-type", json!({ "paid": 1 }), "/paid"),
        ("wrong-type", json!({ "id": 7 }), "/id"),
        ("malformed-id", json!({ "id": "7" }), "/id"),
        (
            "malformed-id",
            json!({ "id": id().replace('-', "") }),
            "/id",
        ),
        (
            "invalid",
            json!({ "occurred_at": "2026-10-07" }),
            "/occurred_at",
        ),
        (
            "invalid",
            json!({ "occurred_at": "2026-10-07T12:00:00" }),
            "/occurred_at",
        ),
    ] {
        wrong_at(&house, slug, &cup(other), pointer);
    }
    for (slug, kind, fields, pointer) in [
        ("invalid", "coffee", json!({}), "/cups"),
        ("invalid", "opening", json!({ "state": "ajar" }), "/state"),
        (
            "invalid",
            "check_in",
            json!({ "visitor": "me" }),
            "/visitor",
        ),
        ("invalid", "check_in", json!({ "code": "door" }), "/code"),
        (
            "malformed-id",
            "retraction",
            json!({ "retracts": "that" }),
            "/retracts",
        ),
    ] {
        wrong_at(&house, slug, &house.entry(kind, fields), pointer);
    }
    let none = refused(&house, "invalid", || house.coordinator.record(&json!([])));
    assert_eq!(none["errors"][0]["detail"], "at least one entry");
}

#[test]
fn what_an_entry_names_must_be_there() {
    let server = Server::start();
    let house = server.found("badhuis");
    for (slug, kind, fields) in [
        ("unknown-session", "check_in", json!({ "session": NOBODY })),
        (
            "unknown-session",
            "head_count",
            json!({ "session": NOBODY, "adults": 1, "basis": "counted" }),
        ),
        (
            "unknown-pass",
            "check_in",
            json!({ "pass": "0123456789ABCDEFGHJKMNPQRR" }),
        ),
        ("unknown-pass", "check_in", json!({ "pass": "01234567" })),
        (
            "unknown-counter",
            "tally",
            json!({ "counter": NOBODY, "quantity": 1 }),
        ),
        (
            "unknown-indicator",
            "measurement",
            json!({ "indicator": NOBODY, "value": "1" }),
        ),
        (
            "unknown-person",
            "shift_start",
            json!({ "volunteer": NOBODY, "kind": "bar" }),
        ),
        (
            "unknown-pass",
            "shift_start",
            json!({ "pass": "01234567", "kind": "bar" }),
        ),
        ("unknown-shift", "shift_end", json!({ "shift": NOBODY })),
        (
            "unknown-person",
            "donation",
            json!({ "money_cents": 100, "donor": NOBODY }),
        ),
        (
            "unknown-person",
            "contribution",
            json!({ "kind": "cake", "quantity": 1, "volunteer": NOBODY }),
        ),
        (
            "nothing-to-retract",
            "retraction",
            json!({ "retracts": NOBODY }),
        ),
        (
            "nothing-to-confirm",
            "confirmation",
            json!({ "entries": [NOBODY] }),
        ),
        (
            "unknown-code",
            "check_in",
            json!({ "code": "0123456789ABCDEFGHJKMNPQRR" }),
        ),
    ] {
        bad_entry(&house, &house.coordinator, slug, &house.entry(kind, fields));
    }
}

#[test]
fn a_batch_records_what_is_good_and_names_what_is_bad() {
    let server = Server::start();
    let house = server.found("badhuis");
    let head = house.head();
    let entries = json!([
        house.entry("coffee", json!({ "cups": 1 })),
        house.entry("coffee", json!({ "cups": 0 })),
        { "type": "coffee" },
        house.entry("opening", json!({ "state": "opened" })),
        house.entry("retraction", json!({ "retracts": NOBODY })),
        house.entry("check_in", json!({})),
    ]);
    let told = house.coordinator.record(&entries).told(200);
    let results = told["results"].as_array().expect("results");
    let said: Vec<Value> = results
        .iter()
        .map(|result| {
            json!([
                result["id"],
                result["status"],
                result["position"],
                result["problem"]["type"]
            ])
        })
        .collect();
    let id = |place: usize| entries[place]["id"].clone();
    assert_eq!(
        said,
        [
            json!([id(0), "recorded", head + 1, null]),
            json!([id(1), "rejected", null, "/problems/out-of-range"]),
            json!([null, "rejected", null, "/problems/invalid"]),
            json!([id(3), "recorded", head + 2, null]),
            json!([id(4), "rejected", null, "/problems/nothing-to-retract"]),
            json!([id(5), "recorded", head + 3, null]),
        ]
    );
    assert_eq!(house.head(), head + 3);
}

#[test]
fn five_hundred_entries_go_in_one_request_and_no_more() {
    let server = Server::start();
    let house = server.found("badhuis");
    let coffees = |count: usize| -> Value {
        let coffee = |_| house.entry("coffee", json!({ "cups": 1 }));
        (0..count).map(coffee).collect()
    };
    refused(&house, "too-many-entries", || {
        house.coordinator.record(&coffees(501))
    });
    let head = house.head();
    let told = house.coordinator.record(&coffees(500)).told(200);
    assert_eq!(told["results"].as_array().map(Vec::len), Some(500));
    assert_eq!(house.head(), head + 500);
}
