//! Figures over HTTP are what was played, now and as they were known earlier.

use crate::support::Server;
use crate::support::house::{House, entry, id, value, wait};
use meetellen::counting::REPLAYS_AT_ONCE;
use meetellen_events::access::Role;
use reqwest::blocking::RequestBuilder;
use serde_json::{Value, json};

const DAY: &str = "2026-10-07";

/// The figures of a period as JSON.
#[track_caller]
fn figures(house: &House<'_>, query: &str) -> Value {
    let path = format!("/api/v1/figures?{query}");
    house.coordinator.get(&path).told(200)
}

#[track_caller]
fn values<const N: usize>(document: &Value, keys: [&str; N]) -> Vec<Value> {
    keys.map(|key| value(document, key)).into()
}

/// Records an entry that happened at a time of the day, in summer time.
#[track_caller]
fn at(house: &House<'_>, time: &str, kind: &str, fields: Value) -> Value {
    let when = format!("{DAY}T{time}:00+02:00");
    let sent = entry(kind, &when, fields);
    let told = house.coordinator.record(&sent);
    assert!([200, 201].contains(&told.status), "{}", told.text());
    sent["id"].clone()
}

const PHONE: &str = "AAAAAAAAAAAAAAAAAAAAAA";

#[test]
fn one_phone_with_company_is_three_visits_and_one_known_visitor() {
    let server = Server::start();
    let house = server.found("badhuis");
    let choir = house.activity("Koor");
    let session = house.session(
        &choir,
        "2026-10-07T14:00:00+02:00",
        "2026-10-07T15:30:00+02:00",
    );
    server.at("2026-10-07T20:00:00+02:00");
    at(&house, "10:00", "check_in", json!({ "visitor": PHONE }));
    at(
        &house,
        "14:00",
        "check_in",
        json!({ "visitor": PHONE, "session": session }),
    );
    at(
        &house,
        "14:05",
        "check_in",
        json!({ "visitor": PHONE, "session": session, "children": 2 }),
    );
    let told = figures(&house, "period=2026-10-07");
    let keys = [
        "visits",
        "visits_children",
        "visits_anonymous",
        "participations",
        "unique_visitors",
    ];
    assert_eq!(values(&told, keys), [3, 2, 2, 3, 1]);
    assert_eq!(
        told["by_day"],
        json!([{ "day": DAY, "open": true, "visits": 3, "participations": 3, "coffee_cups": null }])
    );
    assert_eq!(told["by_activity"][0]["name"], "Koor");
    assert_eq!(told["busiest_session"]["session"], session);
    assert_eq!(
        told["period"],
        json!({ "kind": "day", "first_day": DAY, "last_day": DAY, "time_zone": "Europe/Amsterdam" })
    );
    assert_eq!(
        told["organisation"],
        json!({ "slug": "badhuis", "name": "Huis badhuis" })
    );
    assert_eq!(told["as_of"]["position"], house.head());
}

#[test]
fn coffee_shifts_and_tills_are_what_was_entered() {
    let server = Server::start();
    let house = server.found("badhuis");
    let counter = house
        .coordinator
        .post("/api/v1/counters", &json!({ "name": "Eieren" }))
        .told(201)["id"]
        .clone();
    server.at("2026-10-07T23:00:00+02:00");
    let shift = json!({ "volunteer": house.volunteer(), "kind": "bar" });
    let shift = at(&house, "09:00", "shift_start", shift);
    let till = json!({ "amount_cents": 6250, "expected_cents": 6300 });
    for (time, kind, fields) in [
        ("10:00", "coffee", json!({ "cups": 3, "paid": true })),
        ("10:05", "coffee", json!({ "cups": 2, "paid": false })),
        ("11:30", "shift_end", json!({ "shift": shift })),
        (
            "12:00",
            "tally",
            json!({ "counter": counter, "quantity": 12 }),
        ),
        ("16:00", "shop_revenue", json!({ "amount_cents": 1200 })),
        ("22:00", "bar_revenue", till),
    ] {
        at(&house, time, kind, fields);
    }
    let told = figures(&house, "period=2026-10");
    for (key, expected) in [
        ("coffee_cups", json!(5)),
        ("coffee_cups_paid", json!(3)),
        ("coffee_cups_free", json!(2)),
        ("coffee_cups_per_bar_volunteer", json!(5)),
        ("bar_shifts", json!(1)),
        ("volunteer_hours", json!("2.5")),
        ("volunteers_registered", json!(1)),
        ("bar_revenue", json!(6250)),
        ("bar_revenue_difference", json!(-50)),
        ("shop_revenue", json!(1200)),
        ("open_days", json!(1)),
    ] {
        assert_eq!(value(&told, key), expected, "{key}");
    }
    assert_eq!(
        told["counters"],
        json!([{ "counter": counter, "name": "Eieren", "quantity": 12 }])
    );
}

#[test]
fn gifts_are_by_their_givers_case_and_spaces_aside() {
    let server = Server::start();
    let house = server.found("kempenaar");
    let give = |fields: Value| at(&house, "13:00", "donation", fields);
    give(json!({ "money_cents": 1000, "donor": "Ans" }));
    give(json!({ "money_cents": 500, "donor": "ans" }));
    give(json!({ "money_cents": 2000, "donor": "J. Bos" }));
    give(json!({ "money_cents": 2000, "donor": "j. bos" }));
    give(json!({ "goods": { "category": "tools" }, "donor": "ANS" }));
    give(json!({ "goods": { "category": "soil" } }));
    let cakes = json!({ "kind": "cake", "quantity": 2 });
    at(&house, "12:00", "contribution", cakes);
    let told = figures(&house, "period=2026-10");
    for (key, expected) in [
        ("donations_money", 5500),
        ("donations_money_count", 4),
        ("money_donors", 2),
        ("goods_donors", 2),
        ("donors", 3),
    ] {
        assert_eq!(value(&told, key), expected, "{key}");
    }
    assert_eq!(
        told["contributions"],
        json!([{ "kind": "cake", "quantity": 2, "sessions": 0 }])
    );
}

#[test]
fn a_figure_can_be_asked_for_as_it_was_known_earlier() {
    let server = Server::start();
    let house = server.found("badhuis");
    at(&house, "12:00", "coffee", json!({ "cups": 2 }));
    let mistaken = at(&house, "13:00", "coffee", json!({ "cups": 30 }));
    let before = house.head();
    server.at("2026-10-08T09:00:00+02:00");
    house.records("retraction", json!({ "retracts": mistaken }));
    // Sealed into chunks meanwhile: what was known lies inside one.
    for _ in 0..150 {
        house.records("coffee", json!({ "cups": 1 }));
    }
    let cups = |query: &str| {
        let told = figures(&house, &format!("period=2026-10-07{query}"));
        (
            value(&told, "coffee_cups"),
            told["as_of"]["position"].clone(),
        )
    };
    assert_eq!(cups(""), (json!(2), json!(house.head())));
    assert_eq!(
        cups(&format!("&as_of={before}")),
        (json!(32), json!(before))
    );
    assert_eq!(
        cups(&format!("&as_of={}", before + 1)),
        (json!(2), json!(before + 1))
    );
    let then = "&as_of=2026-10-07T23:00:00%2B02:00";
    assert_eq!(cups(then), (json!(32), json!(before)));
    let now = "&as_of=2026-10-08T09:00:00%2B02:00";
    assert_eq!(cups(now), (json!(2), json!(house.head())));

    let path = |as_of: &str| format!("/api/v1/figures?period=2026&as_of={as_of}");
    let beyond = house.coordinator.get(&path("99999999")).told(200);
    assert_eq!(
        beyond["as_of"]["position"],
        house.head(),
        "the last whole commit"
    );
    for unknown in ["0", "2026-10-01T00:00:00Z"] {
        let refused = house.coordinator.get(&path(unknown)).with_status(404);
        assert_eq!(refused.problem(), "unknown-position", "{unknown}");
    }
    for malformed in ["yesterday", "-1", "2026-10-07"] {
        let refused = house.coordinator.get(&path(malformed)).with_status(400);
        assert_eq!(refused.problem(), "malformed", "{malformed}");
    }
}

#[test]
fn figures_that_did_not_change_are_not_sent_again() {
    let server = Server::start();
    let house = server.found("badhuis");
    let path = "/api/v1/figures?period=2026-10";
    let first = house.coordinator.get(path).with_status(200);
    let tag = first.header("etag").expect("a tag").to_owned();
    let again = |path: &str| {
        house
            .coordinator
            .with("if-none-match", &format!("\"x\", W/{tag}"))
            .get(path)
    };
    assert!(again(path).with_status(304).body.is_empty());
    let head = house.head();
    again(&format!("{path}&as_of={head}")).with_status(304);
    for other in ["&locale=en", "&format=csv", "&as_of=1"] {
        again(&format!("{path}{other}")).with_status(200);
    }
    again("/api/v1/figures?period=2026-11").with_status(200);
    house.records("coffee", json!({ "cups": 1 }));
    again(path).with_status(200);
}

#[test]
fn a_reader_may_ask_for_the_language() {
    let server = Server::start();
    let house = server.found("badhuis");
    let label = |house: &House<'_>, query: &str| {
        let told = figures(house, &format!("period=2026-10{query}"));
        let figures = told["figures"].as_array().expect("figures").iter();
        let mut visits = figures.filter(|figure| figure["key"] == "visits");
        visits.next().expect("visits")["label"].clone()
    };
    assert_eq!(label(&house, ""), "Bezoeken", "the organisation's own");
    assert_eq!(label(&house, "&locale=nl"), "Bezoeken");
    assert_eq!(label(&house, "&locale=en"), "Visits");
    let english = json!({ "name": "House", "slug": "house", "locale": "en" });
    let made = server
        .operator()
        .post("/api/v1/organisations", &english)
        .told(201);
    let token = made["coordinator_token"].as_str().expect("a token");
    let reader = server.anyone().with_token(token);
    let told = reader.get("/api/v1/figures?period=2026-10").told(200);
    assert!(
        told["figures"].to_string().contains("\"Visits\""),
        "its own language"
    );
}

#[test]
fn the_table_has_the_same_numbers() {
    let server = Server::start();
    let house = server.found("badhuis");
    house.records("coffee", json!({ "cups": 7 }));
    let reply = house
        .coordinator
        .get("/api/v1/figures?period=2026-10&format=csv");
    let reply = reply.with_status(200);
    assert_eq!(
        reply.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    assert_eq!(
        reply.header("content-disposition"),
        Some("attachment; filename=\"badhuis-2026-10.csv\"")
    );
    let text = reply.text();
    let cups = text.lines().find(|line| line.contains(",coffee_cups,"));
    assert!(cups.is_some_and(|line| line.contains(",7,")), "{text}");
}

#[test]
fn a_period_is_one_of_the_contract_s() {
    let server = Server::start();
    let house = server.found("badhuis");
    for (period, kind, first, last) in [
        ("2026-10-05", "day", "2026-10-05", "2026-10-05"),
        ("2026-W53", "week", "2026-12-28", "2027-01-03"),
        ("2026-10", "month", "2026-10-01", "2026-10-31"),
        ("2026-Q4", "quarter", "2026-10-01", "2026-12-31"),
        ("2026", "year", "2026-01-01", "2026-12-31"),
        (
            "2026-10-01..2026-10-15",
            "range",
            "2026-10-01",
            "2026-10-15",
        ),
    ] {
        let told = figures(&house, &format!("period={period}"))["period"].clone();
        let expected = json!({ "kind": kind, "first_day": first, "last_day": last, "time_zone": "Europe/Amsterdam" });
        assert_eq!(told, expected);
    }
    for bad in [
        "",
        "?period=",
        "?period=2026-13",
        "?period=2026-W54",
        "?period=2026-10-05..2026-10-01",
        "?period=october",
    ] {
        let refused = house
            .coordinator
            .get(&format!("/api/v1/figures{bad}"))
            .told(400);
        assert_eq!(refused["type"], "/problems/unknown-period", "{bad}");
        assert_eq!(refused["errors"][0]["parameter"], "period");
    }
    for bad in ["&locale=fr", "&format=doc", "&colour=red", "&period=2026"] {
        let refused = house
            .coordinator
            .get(&format!("/api/v1/figures?period=2026{bad}"));
        assert_eq!(refused.with_status(400).problem(), "malformed", "{bad}");
    }
}

#[test]
fn figures_are_for_the_coordinator_and_of_closed_months_for_a_viewer() {
    let server = Server::start();
    let house = server.found("badhuis");
    let path = "/api/v1/figures?period=2026-09";
    for role in [Role::Volunteer, Role::Bar, Role::Viewer] {
        let refused = house.device(role).get(path).with_status(403);
        assert_eq!(refused.problem(), "forbidden");
    }
    server.anyone().get(path).with_status(401);
    server.operator().get(path).with_status(401);
    let other = server.found("sleutel");
    at(&house, "13:00", "coffee", json!({ "cups": 30 }));
    assert_eq!(
        value(&figures(&other, "period=2026-10"), "coffee_cups"),
        Value::Null
    );
}

#[test]
fn the_entries_behind_the_figures_are_listed_with_what_became_of_them() {
    let server = Server::start();
    let house = server.found("badhuis");
    server.at("2026-10-07T20:00:00+02:00");
    let first = at(&house, "10:00", "check_in", json!({ "visitor": PHONE }));
    let again = at(&house, "10:05", "check_in", json!({ "visitor": PHONE }));
    let coffee = at(
        &house,
        "11:00",
        "coffee",
        json!({ "cups": 3, "paid": true }),
    );
    server.at("2026-10-08T10:00:00+02:00");
    let late = at(&house, "12:00", "coffee", json!({ "cups": 1 }));
    let retraction = house.entry("retraction", json!({ "retracts": coffee }));
    house.coordinator.record(&retraction).with_status(201);
    let list = |query: &str| {
        house
            .coordinator
            .get(&format!("/api/v1/entries{query}"))
            .told(200)
    };
    let states = |page: &Value| -> Vec<Value> {
        let items = page["items"].as_array().expect("items").iter();
        items
            .map(|item| json!([item["id"], item["state"], item["late"]]))
            .collect()
    };
    assert_eq!(
        states(&list("")),
        [
            json!([first, "counted", false]),
            json!([again, "already_counted", false]),
            json!([coffee, "retracted", false]),
            json!([late, "counted", true]),
            json!([retraction["id"], "counted", false]),
        ]
    );
    let of_type = list("?type=coffee&from=2026-10-07&to=2026-10-07");
    assert_eq!(states(&of_type).len(), 2);
    assert_eq!(
        of_type["items"][0]["fields"],
        json!({ "cups": 3, "paid": true, "pot": false })
    );
    let page = list("?limit=2");
    assert_eq!(states(&page).len(), 2);
    let next = page["next"].as_str().expect("more");
    assert_eq!(states(&list(&format!("?limit=3&after={next}"))).len(), 3);
    assert_eq!(list(&format!("?limit=3&after={next}"))["next"], Value::Null);
    assert!(!list("").to_string().contains(PHONE));
    for bad in [
        "?type=cake",
        "?from=october",
        "?after=x",
        "?limit=many",
        "?colour=red",
    ] {
        let refused = house.coordinator.get(&format!("/api/v1/entries{bad}"));
        assert_eq!(refused.with_status(400).problem(), "malformed", "{bad}");
    }
    for bad in ["?limit=0", "?limit=1001"] {
        let refused = house
            .coordinator
            .get(&format!("/api/v1/entries{bad}"))
            .told(422);
        assert_eq!(refused["type"], "/problems/out-of-range");
        assert_eq!(refused["errors"][0]["parameter"], "limit");
    }
}

#[test]
fn who_is_no_coordinator_sees_today_s_entries() {
    let server = Server::start();
    let house = server.found("badhuis");
    at(&house, "13:00", "coffee", json!({ "cups": 3 }));
    server.at("2026-10-08T10:00:00+02:00");
    house.records("coffee", json!({ "cups": 1 }));
    let bar = house.device(Role::Bar);
    let today = bar.get("/api/v1/entries").told(200);
    assert_eq!(today["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(today["items"][0]["fields"]["cups"], 1);
    bar.get("/api/v1/entries?from=2026-10-08").with_status(200);
    let refused = bar.get("/api/v1/entries?from=2026-10-07");
    assert_eq!(refused.with_status(403).problem(), "forbidden");
    house
        .device(Role::Viewer)
        .get("/api/v1/entries")
        .with_status(403);
}

#[test]
fn an_unknown_parameter_is_named() {
    let server = Server::start();
    let house = server.found("badhuis");
    let plain = |request: RequestBuilder| request;
    let path = format!("/api/v1/entries?colour=red&id={}", id());
    let refused = house
        .coordinator
        .send(reqwest::Method::GET, &path, plain)
        .told(400);
    let errors = refused["errors"].as_array().expect("errors").iter();
    let mut named: Vec<&str> = errors
        .filter_map(|error| error["parameter"].as_str())
        .collect();
    named.sort_unstable();
    assert_eq!(named, ["colour", "id"]);
}

#[test]
fn who_asks_for_too_many_figures_at_once_is_told_to_come_back() {
    let server = Server::start();
    let house = server.found("badhuis");
    let (counting, path) = (&server.node.counting, "/api/v1/figures?period=2026");
    let mut turns = Vec::new();
    // Taken here as a hundred requests would take them, all of them still being counted.
    for _ in 0..REPLAYS_AT_ONCE {
        turns.push(wait(counting.replay()).expect("there are turns"));
    }
    let busy = house.coordinator.get(&format!("{path}&as_of=1"));
    assert_eq!((busy.status, busy.problem()), (503, "busy".to_owned()));
    assert!(busy.header("retry-after").is_some());
    figures(&house, "period=2026");
    turns.clear();
    figures(&house, "period=2026&as_of=1");
}
