//! What differs between two statements, and what a signature holds together.

use super::keys::{Signing, StatementKeys};
use super::{Difference, check, closing, differences, make};
use crate::demo;
use crate::i18n::Language;
use crate::live::Live;
use check::Wrong;
use meetellen_events::months::Statement;
use meetellen_events::values::{Month, Period, Timestamp};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The demo's garden, and a key.
static GARDEN: LazyLock<(Live, Signing)> = LazyLock::new(|| {
    let [_, _, garden] = &*demo::tests::PLAYED;
    let mut live = Live::default();
    for recorded in &garden.recorded {
        live.apply(recorded);
    }
    live.head.position = live.organisation.position();
    let folder = tempfile::tempdir().expect("a folder");
    let signing = StatementKeys::of(folder.path())
        .signing(now())
        .expect("a key");
    (live, signing)
});

fn now() -> Timestamp {
    "2027-01-05T09:00:00Z".parse().expect("RFC 3339")
}

fn month() -> Month {
    "2026-12".parse().expect("a month")
}

fn made() -> Statement {
    let (live, signing) = &*GARDEN;
    closing(live, month(), signing, now()).expect("a statement")
}

#[test]
fn any_changed_byte_is_found() {
    let statement = made();
    let by = check::signatory(&statement).expect("it holds");
    assert_eq!(by.public, GARDEN.1.public());
    let text = statement.as_str();
    // Every byte would take minutes; a step that meets keys, numbers, texts and the signature alike.
    for place in (0..text.len()).step_by(61) {
        let mut bytes = text.as_bytes().to_vec();
        bytes[place] ^= 1;
        let changed = String::from_utf8(bytes).ok();
        let changed = changed.and_then(|text| Statement::parse(&text).ok());
        let holds = changed.is_some_and(|changed| check::signatory(&changed).is_ok());
        assert!(!holds, "byte {place}");
    }
}

#[test]
fn what_another_signed_or_no_one_introduced_is_found() {
    let without = |member: &str| {
        let mut value = made().value();
        value["key"]["introductions"] = json!([]);
        if member == "signature" {
            value = made().value();
            value["signature"] = json!("0".repeat(128));
        }
        check::signatory(&Statement::new(&value).expect("a statement"))
    };
    assert_eq!(without("introductions"), Err(Wrong::Introductions));
    assert_eq!(without("signature"), Err(Wrong::Signature));
    let mut value = made().value();
    value["version"] = json!(2);
    let other = Statement::new(&value).expect("a statement");
    assert_eq!(check::signatory(&other), Err(Wrong::Format));
}

#[test]
fn a_log_comes_to_what_was_stated_of_it_and_to_nothing_else() {
    let told = check::tell(&GARDEN.0, month(), None).expect("it tells");
    assert_eq!(check::compared(&told, &made()), []);
    let other = check::tell(&GARDEN.0, month().previous(), None).expect("it tells");
    assert!(check::compared(&other, &made()).len() > 5);
    for (pointer, wrong) in [
        ("/figures/0/value", json!(1_000_000)),
        ("/figures/0/definition/version", json!(99)),
        ("/by_day/3/coffee_cups", json!(1_000_000)),
        ("/corrections/retracted", json!(1_000_000)),
    ] {
        let mut value = made().value();
        *value.pointer_mut(pointer).expect("it is there") = wrong;
        let forged = Statement::new(&value).expect("a statement");
        assert_eq!(check::compared(&told, &forged).len(), 1, "{pointer}");
    }
    let mut value = made().value();
    value["as_of"]["hash"] = json!("1".repeat(64));
    let forged = Statement::new(&value).expect("a statement");
    let at = forged.as_of().0;
    assert_eq!(check::compared(&told, &forged), [Wrong::Log(at)]);
}

#[test]
fn a_month_is_told_whole_where_the_last_commit_lies_before_its_end() {
    let [house, ..] = &*demo::tests::PLAYED;
    let noon: Timestamp = "2026-12-15T11:00:00Z".parse().expect("RFC 3339");
    let mut live = Live::default();
    let until_then = house.recorded.iter().filter(|one| one.recorded_at < noon);
    until_then.for_each(|recorded| live.apply(recorded));
    let open_days = |document: &Value| {
        let figures = document["figures"].as_array().expect("figures");
        let days = figures.iter().find(|figure| figure["key"] == "open_days");
        days.expect("open days")["value"]
            .as_i64()
            .expect("a number")
    };
    let screen = crate::export::leaving(&live, &Period::month(month()), Language::Dutch);
    let screen = serde_json::to_value(screen).expect("JSON");
    let told = Value::Object(make::told(&live, month()).expect("it tells"));
    // Its weekly hours plan every Monday to Friday.
    assert!(open_days(&screen) <= 15, "{}", open_days(&screen));
    assert_eq!(open_days(&told), open_days(&screen) + 12);
    assert_eq!(told["as_of"], screen["as_of"]);
}

fn figure(key: &str, value: Value) -> Value {
    json!({ "key": key, "label": "Iets", "value": value, "definition": { "version": 1 }, "basis_share": { "counted": "1.00" } })
}

fn difference(section: &str, row: &str, member: &str, old: Value, new: Value) -> Difference {
    let text = str::to_owned;
    Difference {
        section: text(section),
        row: text(row),
        member: text(member),
        old,
        new,
    }
}

#[test]
fn numbers_that_differ_are_named_and_words_are_not() {
    let mut hidden = figure("visits_children", Value::Null);
    hidden["suppressed"] = json!("<5");
    let old = json!({
        "figures": [figure("visits", json!(598)), hidden, figure("shifts", json!(3))],
        "counters": [{ "counter": "a", "name": "Eieren", "quantity": 3 }],
        "grants": [{ "funder": "Stad", "purpose": "Park", "amount_cents": 1 }, { "funder": "Stad", "purpose": "Feest", "amount_cents": 2 }],
        "busiest_session": null,
    });
    let mut shares = figure("shifts", json!(3));
    (shares["basis_share"], shares["label"]) = (json!({ "entered": "1.00" }), json!("Anders"));
    let new = json!({
        "figures": [figure("visits", json!(603)), figure("visits_children", json!(6)), shares, figure("stories", json!(1))],
        "counters": [{ "counter": "a", "name": "Eitjes", "quantity": 3 }, { "counter": "b", "name": "Kaas", "quantity": 1 }],
        "grants": [{ "funder": "Stad", "purpose": "Park", "amount_cents": 1 }, { "funder": "Stad", "purpose": "Feest", "amount_cents": 5 }],
        "busiest_session": { "session": "s", "name": "Koor", "participations": 9 },
    });
    let expected = [
        difference("figures", "visits", "value", json!(598), json!(603)),
        difference(
            "figures",
            "shifts",
            "basis_share",
            json!({ "counted": "1.00" }),
            json!({ "entered": "1.00" }),
        ),
        difference("counters", "b", "quantity", Value::Null, json!(1)),
        difference("grants", "Stad #2", "amount_cents", json!(2), json!(5)),
        difference(
            "busiest_session",
            "",
            "participations",
            Value::Null,
            json!(9),
        ),
        difference("busiest_session", "", "session", Value::Null, json!("s")),
    ];
    assert_eq!(differences(&old, &new), expected);
    assert_eq!(differences(&old, &old), []);
}

#[test]
fn what_another_version_defines_otherwise_differs_where_its_number_does() {
    let mut other = figure("visits", json!(1));
    other["definition"]["version"] = json!(2);
    let old = json!({ "figures": [figure("visits", json!(598)), figure("gone", json!(1))] });
    let new = json!({ "figures": [other.clone(), figure("new", json!(1))], "surveys": [1] });
    let expected = [
        difference("figures", "visits", "value", json!(598), json!(1)),
        difference("figures", "visits", "definition", json!(1), json!(2)),
    ];
    assert_eq!(differences(&old, &new), expected);
    // What comes to the same, and what only one of the two tells, is none.
    other["value"] = json!(598);
    let new = json!({ "figures": [other] });
    assert_eq!(differences(&old, &new), []);
}
