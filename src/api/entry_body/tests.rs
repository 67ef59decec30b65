//! Each edge and one past it.

mod hostile;

use super::{EntryBody, Kind, content_equals, parse};
use meetellen_events::event::{Event, Fact};
use meetellen_events::tally::{self, Evidence};
use meetellen_events::values::Cups;
use serde_json::{Value, json};

const ID: &str = "01980000-0000-7000-8000-000000000001";
const PASS: &str = "00000000000000000000000000";

fn entry(entry_type: &str, more: &Value) -> Value {
    let mut entry =
        json!({ "id": ID, "type": entry_type, "occurred_at": "2026-10-05T14:30:00+02:00" });
    for (name, value) in more.as_object().expect("an object") {
        entry[name] = value.clone();
    }
    entry
}

fn good(entry_type: &str, more: Value) -> EntryBody {
    parse(&entry(entry_type, &more)).expect("is good")
}

fn places(entry_type: &str, more: Value) -> Vec<String> {
    let errors = parse(&entry(entry_type, &more)).expect_err("is refused");
    errors.into_iter().map(|error| error.pointer).collect()
}

#[test]
fn a_party_has_one_to_twenty_persons() {
    good("check_in", json!({}));
    good(
        "check_in",
        json!({ "adults": 19, "children": 1, "code": PASS }),
    );
    good("check_in", json!({ "children": 19 }));
    assert_eq!(places("check_in", json!({ "children": 20 })), ["/children"]);
    assert_eq!(places("check_in", json!({ "adults": 0 })), ["/adults"]);
}

#[test]
fn a_visitor_is_a_token_or_a_pass() {
    good("check_in", json!({ "visitor": "AAAAAAAAAAAAAAAAAAAAAA" }));
    good("check_in", json!({ "pass": "abcd0123" }));
    assert_eq!(
        places("check_in", json!({ "visitor": "AAAAAAAAAAAAAAAAAAAAA" })),
        ["/visitor"]
    );
    assert_eq!(places("check_in", json!({ "pass": "abcd012" })), ["/pass"]);
    let both = json!({ "visitor": "AAAAAAAAAAAAAAAAAAAAAA", "pass": PASS });
    assert_eq!(places("check_in", both), ["/pass"]);
}

#[test]
fn coffee_has_one_to_two_hundred_cups_and_one_by_code() {
    good("coffee", json!({ "cups": 1 }));
    good("coffee", json!({ "cups": 200, "pot": true, "paid": false }));
    for cups in [
        json!(0),
        json!(201),
        json!("1"),
        json!(1.5),
        json!(u64::MAX),
        json!(null),
    ] {
        assert_eq!(places("coffee", json!({ "cups": cups })), ["/cups"]);
    }
    assert_eq!(places("coffee", json!({})), ["/cups"]);
    good("coffee", json!({ "code": PASS }));
    assert_eq!(
        places("coffee", json!({ "code": PASS, "cups": 2 })),
        ["/cups"]
    );
}

#[test]
fn quantities_and_amounts_have_bounds() {
    for quantity in [1, 10_000] {
        good("tally", json!({ "counter": ID, "quantity": quantity }));
    }
    for quantity in [0, 10_001, -1] {
        assert_eq!(
            places("tally", json!({ "counter": ID, "quantity": quantity })),
            ["/quantity"]
        );
        assert_eq!(
            places(
                "contribution",
                json!({ "kind": "cake", "quantity": quantity })
            ),
            ["/quantity"]
        );
    }
    for till in ["bar_revenue", "shop_revenue"] {
        good(
            till,
            json!({ "amount_cents": 0, "expected_cents": 10_000_000 }),
        );
        assert_eq!(
            places(till, json!({ "amount_cents": 10_000_001 })),
            ["/amount_cents"]
        );
        assert_eq!(
            places(till, json!({ "amount_cents": -1 })),
            ["/amount_cents"]
        );
    }
    assert_eq!(
        places("shop_revenue", json!({ "amount_cents": 1, "hire": true })),
        ["/hire"]
    );
    good(
        "head_count",
        json!({ "adults": 10_000, "basis": "counted" }),
    );
    assert_eq!(
        places("head_count", json!({ "adults": 10_001, "basis": "guess" })),
        ["/adults", "/basis"]
    );
}

#[test]
fn a_gift_is_money_or_goods() {
    good(
        "donation",
        json!({ "money_cents": 1, "method": "cash", "donor": "Ria" }),
    );
    good(
        "donation",
        json!({ "goods": { "category": "books" }, "donor": ID }),
    );
    assert_eq!(places("donation", json!({})), ["/money_cents"]);
    let both = json!({ "money_cents": 1, "goods": { "category": "books" } });
    assert_eq!(places("donation", both), ["/money_cents"]);
    let goods = json!({ "goods": { "category": "books", "quantity": 0, "a/b": 1 } });
    assert_eq!(
        places("donation", goods),
        ["/goods/quantity", "/goods/a~1b"]
    );
}

#[test]
fn shifts_name_one_volunteer() {
    good("shift_start", json!({ "volunteer": ID, "kind": "bar" }));
    good("shift_start", json!({ "pass": PASS, "kind": "other" }));
    assert_eq!(
        places("shift_start", json!({ "kind": "bar" })),
        ["/volunteer"]
    );
    assert_eq!(
        places(
            "shift_start",
            json!({ "volunteer": ID, "pass": PASS, "kind": "bar" })
        ),
        ["/volunteer"]
    );
    good("shift_end", json!({ "shift": ID }));
    assert_eq!(
        places("shift_end", json!({ "shift": "x", "basis": "y" })),
        ["/shift", "/basis"]
    );
}

#[test]
fn measurements_openings_and_retractions_are_read() {
    good("measurement", json!({ "indicator": ID, "value": "-1.5" }));
    assert_eq!(
        places("measurement", json!({ "indicator": ID, "value": 1.5 })),
        ["/value"]
    );
    good("opening", json!({ "state": "nobody_came" }));
    assert_eq!(places("opening", json!({ "state": "ajar" })), ["/state"]);
    good(
        "retraction",
        json!({ "retracts": ID, "reason": "x".repeat(200) }),
    );
    assert_eq!(
        places(
            "retraction",
            json!({ "retracts": ID, "reason": "x".repeat(201) })
        ),
        ["/reason"]
    );
}

#[test]
fn a_confirmation_names_one_to_five_hundred_entries_once() {
    let ids = |n: u128| {
        (0..n)
            .map(|i| uuid::Uuid::from_u128(i).to_string())
            .collect::<Vec<_>>()
    };
    let body = good("confirmation", json!({ "entries": ids(500) }));
    assert!(matches!(body.kind, Kind::Confirmation(entries) if entries.len() == 500));
    assert_eq!(
        places("confirmation", json!({ "entries": ids(501) })),
        ["/entries"]
    );
    assert_eq!(
        places("confirmation", json!({ "entries": [] })),
        ["/entries"]
    );
    assert_eq!(
        places("confirmation", json!({ "entries": [ID, "x", ID] })),
        ["/entries/1", "/entries/2"]
    );
}

#[test]
fn all_mistakes_are_told_together() {
    let errors = parse(&json!({ "type": "tally", "id": 1, "cake": 2 })).expect_err("is refused");
    let places: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(
        places,
        ["/id", "/occurred_at", "/counter", "/quantity", "/cake"]
    );
    assert_eq!(places_of_type("tea"), ["/type"]);
    for at in [
        "2026-10-05T14:30:00",
        "2026-10-05 14:30:00Z",
        "2026-13-05T14:30:00Z",
    ] {
        assert_eq!(places_at(at), ["/occurred_at"]);
    }
}

fn places_of_type(entry_type: &str) -> Vec<String> {
    places(entry_type, json!({}))
}

fn places_at(at: &str) -> Vec<String> {
    places("coffee", json!({ "cups": 1, "occurred_at": at }))
}

#[test]
fn the_same_content_is_told_from_other_content() {
    let body = good("coffee", json!({ "cups": 2 }));
    let fact = |cups| Fact {
        id: body.id.uuid(),
        occurred_at: body.occurred_at.plus_millis(5_000),
        shifted_millis: 5_000,
        event: Event::Tally(tally::Event::CoffeeServed {
            cups: Cups::new(cups).expect("in range"),
            paid: None,
            pot: false,
            session: None,
            evidence: Evidence::Host,
            code: None,
        }),
    };
    assert!(content_equals(&body, &fact(2), false));
    assert!(!content_equals(&body, &fact(3), false));
    let later = Fact {
        shifted_millis: 0,
        ..fact(2)
    };
    assert!(!content_equals(&body, &later, false));
    assert!(content_equals(&body, &later, true));
}
