//! Entries by a code that the rules refuse, or know already, leave nothing in the key folder.

use crate::support::Server;
use crate::support::house::{House, entry, id};
use serde_json::{Value, json};

/// The organisation's key file; empty before the first key.
fn keys(house: &House<'_>) -> String {
    let folder = house.server.folder().join("keys");
    std::fs::read_to_string(folder.join(format!("{}.keys", house.id))).unwrap_or_default()
}

#[track_caller]
fn statuses(house: &House<'_>, entries: &Value) -> Vec<String> {
    let told = house.server.anyone().record(entries).told(200);
    let results = told["results"].as_array().expect("results").iter();
    let word = |it: &Value| match it["problem"]["type"].as_str() {
        Some(problem) => problem.replace("/problems/", ""),
        None => it["status"].as_str().expect("a status").to_owned(),
    };
    results.map(word).collect()
}

#[test]
fn what_a_code_may_not_do_makes_no_key() {
    let server = Server::start();
    let house = server.found("badhuis");
    let door = house.code(json!({ "for": "door" }));
    let gone = house.code(json!({ "for": "gift" }));
    let withdrawn = house.coordinator.delete(&format!("/api/v1/codes/{gone}"));
    assert!(
        (200..300).contains(&withdrawn.status),
        "{}",
        withdrawn.text()
    );
    let (before, head) = (keys(&house), house.head());
    let anyone = server.anyone();
    let retraction = json!({ "code": door, "retracts": id(), "reason": "zomaar" });
    anyone
        .record(&house.entry("retraction", retraction))
        .with_status(404);
    for (code, problem) in [(&door, "wrong-code"), (&gone, "unknown-code")] {
        let gift = json!({ "code": code, "money_cents": 500, "donor": "Niemand", "purpose": "x" });
        let refused = anyone.record(&house.entry("donation", gift));
        assert_eq!(refused.problem(), problem);
    }
    for (at, code) in [
        ("2031-03-01T12:00:00Z", &door),
        ("2027-01-05T12:00:00Z", &gone),
    ] {
        let scan = json!({ "code": code, "visitor": super::PHONE });
        let refused = anyone.record(&entry("check_in", at, scan.clone()));
        assert!((400..500).contains(&refused.status), "{}", refused.text());
        // Nor for a device that is let in: its clock is wrong.
        let device = json!({ "visitor": super::PHONE });
        let refused = house.coordinator.record(&entry("check_in", at, device));
        assert!((400..500).contains(&refused.status), "{}", refused.text());
    }
    assert_eq!((keys(&house), house.head()), (before, head));
}

#[test]
fn a_retraction_sent_with_its_entry_is_sealed_once() {
    let server = Server::start();
    let house = server.found("badhuis");
    let door = house.code(json!({ "for": "door" }));
    let scan = house.entry("check_in", json!({ "code": door }));
    let take_back = || {
        let fields = json!({ "code": door, "retracts": scan["id"], "reason": "dubbel" });
        house.entry("retraction", fields)
    };
    let [first, second, third] = [take_back(), take_back(), take_back()];
    let told = statuses(&house, &json!([scan, first, second, third]));
    let again = "already-retracted";
    assert_eq!(told, ["recorded", "recorded", again, again]);
    let made = keys(&house);
    let first_id = first["id"].as_str().expect("an id");
    assert!(made.contains(first_id), "what was recorded has its key");
    assert!(!made.contains(second["id"].as_str().expect("an id")));
    assert_eq!(
        statuses(&house, &json!([first, third])),
        ["duplicate", again]
    );
    assert_eq!(keys(&house), made);
}
