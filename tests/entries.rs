//! Entries of every type are recorded once, whoever sends them and however often.

mod again;
mod gifts;
mod refused;

use crate::support::Server;
use crate::support::client::Client;
use crate::support::house::{House, text, value};
use meetellen_events::access::Role;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

const PHONE: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// What stands in the examples for what a house gives out.
const SESSION: &str = "0198c5a0-0000-7000-8000-000000000102";
const COUNTER: &str = "0198c5a0-0000-7000-8000-000000000103";
const PERSON: &str = "0198c5a0-0000-7000-8000-000000000104";
const INDICATOR: &str = "0198c5a0-0000-7000-8000-000000000105";
const CODE: &str = "0123456789ABCDEFGHJKMNPQRR";

/// The order in which the examples can be sent, with what comes of each.
const EXAMPLES: [(&str, &str); 18] = [
    ("check_in", "to_confirm"),
    ("confirmation", "recorded"),
    ("check_in-pass", "recorded"),
    ("head_count", "recorded"),
    ("coffee", "recorded"),
    ("coffee-sticker", "recorded"),
    ("tally", "recorded"),
    ("contribution", "recorded"),
    ("shift_start", "recorded"),
    ("shift_end", "recorded"),
    ("bar_revenue", "recorded"),
    ("shop_revenue", "recorded"),
    ("donation", "recorded"),
    ("donation-goods", "recorded"),
    ("measurement", "recorded"),
    ("opening", "recorded"),
    ("retraction", "recorded"),
    ("several", "recorded"),
];

/// The examples of entries by name, as the house takes them.
fn examples(house: &House<'_>) -> BTreeMap<String, Value> {
    let post = |path: &str, body: Value| house.coordinator.post(path, &body).told(201);
    // A poster scanned outside of these hours waits to be confirmed.
    let hours = json!({
        "opening_hours": [{ "weekday": 1, "from": "09:00", "to": "17:00" }],
        "since": "2026-01-01",
    });
    house
        .coordinator
        .patch("/api/v1/settings", &hours)
        .with_status(200);
    let choir = house.activity("Koor");
    let session = house.session(
        &choir,
        "2026-10-01T19:30:00+02:00",
        "2026-10-01T21:00:00+02:00",
    );
    let counter = post("/api/v1/counters", json!({ "name": "Eieren" }));
    let indicator = post("/api/v1/indicators", json!({ "name": "Volgers" }));
    let person = post(
        "/api/v1/people",
        json!({ "volunteer": true, "since": "2026-01-01" }),
    );
    let pass = post(
        &format!("/api/v1/people/{}/passes", text(&person["id"])),
        json!({}),
    );
    let (door, sticker) = (
        house.code(json!({ "for": "door" })),
        house.code(json!({ "for": "coffee" })),
    );
    let codes = [
        ("check_in", door),
        ("check_in-pass", text(&pass["pass"])),
        ("coffee-sticker", sticker),
    ];
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("api-spec/examples/good");
    let files = std::fs::read_dir(folder).expect("the examples are there");
    let mut found = BTreeMap::new();
    for file in files {
        let path = file.expect("it can be listed").path();
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let Some(name) = name.strip_prefix("record_entries.") else {
            continue;
        };
        let mut body = std::fs::read_to_string(&path).expect("it can be read");
        for (theirs, ours) in [
            (SESSION, &*session),
            (COUNTER, &text(&counter["id"])),
            (PERSON, &text(&person["id"])),
            (INDICATOR, &text(&indicator["id"])),
        ] {
            body = body.replace(theirs, ours);
        }
        if let Some((_, code)) = codes.iter().find(|(of, _)| *of == name) {
            body = body.replace(CODE, code);
        }
        found.insert(name.to_owned(), serde_json::from_str(&body).expect("JSON"));
    }
    found
}

#[test]
fn an_entry_of_every_type_is_recorded_and_a_repeat_told_the_same() {
    let server = Server::start();
    let house = server.found("badhuis");
    let mut examples = examples(&house);
    let mut sent = 0;
    for (name, status) in EXAMPLES {
        let body = examples.remove(name).expect("the example is there");
        let by_code = ["check_in", "coffee-sticker"].contains(&name);
        let client = if by_code {
            server.anyone()
        } else {
            house.coordinator.clone()
        };
        let head = house.head();
        if let Some(entries) = body.as_array() {
            let told = client.record(&body).told(200);
            let results = told["results"].as_array().expect("results");
            assert!(results.iter().all(|result| result["status"] == status));
            sent += entries.len();
            continue;
        }
        let told = client.record(&body).told(201);
        assert_eq!(
            (&told["id"], &told["status"]),
            (&body["id"], &json!(status)),
            "{name}"
        );
        // A giver who is new is registered first.
        let facts = if name == "donation" { 2 } else { 1 };
        assert_eq!(
            (&told["position"], house.head()),
            (&json!(head + facts), head + facts),
            "{name}"
        );
        let again = client.record(&body).told(200);
        assert_eq!(again["status"], "duplicate", "{name}");
        assert_eq!(
            (&again["position"], &again["hash"]),
            (&told["position"], &told["hash"]),
            "{name}"
        );
        assert_eq!(house.head(), head + facts, "{name}");
        sent += 1;
    }
    assert!(examples.is_empty(), "not sent: {examples:?}");
    let listed = house.coordinator.get("/api/v1/entries").told(200);
    let listed = listed["items"].as_array().expect("items");
    assert_eq!(listed.len(), sent);
    let mut types: Vec<String> = listed.iter().map(|item| text(&item["type"])).collect();
    types.sort_unstable();
    types.dedup();
    assert_eq!(types.len(), 14, "{types:?}");
}

#[test]
fn a_visitor_counts_once_with_the_largest_party() {
    let server = Server::start();
    let house = server.found("badhuis");
    let session = house.choir();
    let check_in = |fields: Value| {
        let reply = house.coordinator.record(&house.entry("check_in", fields));
        (reply.status, text(&reply.json()["status"]))
    };
    let (recorded, counted) = (
        (201, "recorded".to_owned()),
        (200, "already_counted".to_owned()),
    );
    assert_eq!(check_in(json!({ "visitor": PHONE })), recorded);
    assert_eq!(check_in(json!({ "visitor": PHONE })), counted);
    assert_eq!(
        check_in(json!({ "visitor": PHONE, "adults": 3 })),
        recorded,
        "a larger party"
    );
    assert_eq!(check_in(json!({ "visitor": PHONE, "adults": 2 })), counted);
    assert_eq!(
        check_in(json!({ "visitor": PHONE, "session": session })),
        recorded,
        "elsewhere"
    );
    assert_eq!(
        check_in(json!({ "visitor": PHONE, "session": session })),
        counted
    );
    assert_eq!(check_in(json!({})), recorded, "nobody can be told apart");
    assert_eq!(check_in(json!({})), recorded);
    let told = house
        .coordinator
        .get("/api/v1/figures?period=2026-10-07")
        .told(200);
    assert_eq!(told["by_day"][0]["visits"], 5);
    server.at("2026-10-08T14:00:00+02:00");
    assert_eq!(
        check_in(json!({ "visitor": PHONE })),
        recorded,
        "on another day"
    );
}

#[test]
fn what_waits_counts_once_it_is_confirmed() {
    let server = Server::start();
    let house = server.found("badhuis");
    let gifts = house.code(json!({ "for": "gift" }));
    let give = || house.entry("donation", json!({ "code": gifts, "money_cents": 1500 }));
    let (real, doubted) = (give(), give());
    for gift in [&real, &doubted] {
        assert_eq!(
            server.anyone().record(gift).told(201)["status"],
            "to_confirm"
        );
    }
    let given = || figure(&house, "donations_money");
    assert_ne!(given(), 1500);
    let confirmation = house.entry("confirmation", json!({ "entries": [real["id"]] }));
    let volunteer = house.device(Role::Volunteer);
    assert_eq!(
        volunteer.record(&confirmation).told(201)["status"],
        "recorded"
    );
    assert_eq!(given(), 1500);
    let listed = house
        .coordinator
        .get("/api/v1/entries?type=donation")
        .told(200);
    let states: Vec<&Value> = listed["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|it| &it["state"])
        .collect();
    assert_eq!(states, ["counted", "to_confirm"]);
}

#[test]
fn nobody_is_named_in_the_log() {
    let server = Server::start();
    let house = server.found("badhuis");
    let pass = house.volunteer();
    let pass = house
        .coordinator
        .post(&format!("/api/v1/people/{pass}/passes"), &json!({}))
        .told(201);
    house.records(
        "donation",
        json!({ "money_cents": 1000, "donor": "Ans Jansen", "purpose": "de tuin" }),
    );
    house.records("check_in", json!({ "visitor": PHONE }));
    house.records("check_in", json!({ "pass": pass["pass"] }));
    let coffee = house.records("coffee", json!({ "cups": 1 }));
    house.records(
        "retraction",
        json!({ "retracts": coffee["id"], "reason": "Piet telde dubbel" }),
    );
    let log = house.coordinator.get("/api/v1/log").with_status(200).text();
    let short = text(&pass["short"]);
    for secret in [
        "Ans",
        "Jansen",
        "tuin",
        "Piet",
        PHONE,
        &text(&pass["pass"]),
        &short,
    ] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[test]
fn a_code_stands_for_its_activity_s_session() {
    let server = Server::start();
    let house = server.found("badhuis");
    let choir = house.activity("Koor");
    let session = house.session(
        &choir,
        "2026-10-07T13:30:00+02:00",
        "2026-10-07T15:00:00+02:00",
    );
    let poster = house.code(json!({ "for": { "activity": choir } }));
    let anyone: Client = server.anyone();
    let scan = |visitor: char| {
        let visitor = format!("{}{visitor}", &PHONE[1..]);
        let entry = house.entry("check_in", json!({ "code": poster, "visitor": visitor }));
        anyone.record(&entry).told(201)["status"].clone()
    };
    assert_eq!(scan('A'), "recorded");
    // Two hours behind its end, and a minute more.
    server.at("2026-10-07T17:00:00+02:00");
    assert_eq!(scan('Q'), "recorded");
    server.at("2026-10-07T17:01:00+02:00");
    assert_eq!(scan('g'), "recorded", "as drop-in");
    let listed = house.coordinator.get("/api/v1/entries").told(200);
    let items = listed["items"].as_array().expect("items").iter();
    let sessions: Vec<Value> = items
        .clone()
        .map(|item| item["fields"]["session"].clone())
        .collect();
    assert_eq!(sessions, [json!(session), json!(session), Value::Null]);
    assert!(items.clone().all(|item| item["evidence"] == "poster"));
}

#[track_caller]
fn figure(house: &House<'_>, key: &str) -> Value {
    let told = house.coordinator.get("/api/v1/figures?period=2026-10-07");
    value(&told.told(200), key)
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
