//! Standing facts and settings, each with the day it holds from.

use crate::support::Server;
use crate::support::house::{id, text};
use meetellen_events::access::Role;
use serde_json::{Value, json};

const NAMED: [&str; 4] = ["counters", "indicators", "tenants", "partners"];

#[test]
fn what_is_listed_stands_until_it_is_ended() {
    let server = Server::start();
    let house = server.found("badhuis");
    for kind in NAMED {
        let path = format!("/api/v1/{kind}");
        let add = |body: Value| house.coordinator.post(&path, &body).told(201);
        let first = add(json!({ "name": "Eieren" }));
        let second = add(json!({ "name": "Boeken", "since": "2026-01-01" }));
        assert_eq!(
            first["since"], "2026-10-07",
            "today, where nothing was said"
        );
        let list = || house.coordinator.get(&path).told(200)["items"].clone();
        assert_eq!(
            list(),
            json!([first, second]),
            "{kind}, in the order they were added"
        );

        let one = format!("{path}/{}", text(&second["id"]));
        house
            .coordinator
            .delete(&format!("{one}?since=2026-11-01"))
            .with_status(204);
        let mut ended = second.clone();
        ended["until"] = "2026-11-01".into();
        assert_eq!(list(), json!([first, ended]));
        house.coordinator.delete(&one).with_status(204);
        ended["until"] = "2026-10-07".into();
        assert_eq!(list(), json!([first, ended]), "it may be ended sooner");
        let head = house.head();
        house.coordinator.delete(&one).with_status(204);
        let later = house.coordinator.delete(&format!("{one}?since=2026-12-01"));
        assert_eq!(later.with_status(409).problem(), "already-ended");
        assert_eq!(house.head(), head);
    }
}

#[test]
fn a_grant_says_who_gave_how_much_what_for() {
    let server = Server::start();
    let house = server.found("sleutel");
    let grant = json!({
        "funder": "Oranje Fonds",
        "purpose": "De tuin",
        "amount_cents": 100_000_000_000_u64,
        "since": "2026-03-01",
    });
    let mut awarded = house.coordinator.post("/api/v1/grants", &grant).told(201);
    let list = || house.coordinator.get("/api/v1/grants").told(200)["items"].clone();
    assert_eq!(list(), json!([awarded]));
    let path = format!("/api/v1/grants/{}", text(&awarded["id"]));
    house.coordinator.delete(&path).with_status(204);
    awarded["until"] = "2026-10-07".into();
    assert_eq!(list(), json!([awarded]));
    for amount in [0, 100_000_000_001_u64] {
        let mut bad = grant.clone();
        bad["amount_cents"] = amount.into();
        let refused = house.coordinator.post("/api/v1/grants", &bad).told(422);
        assert_eq!(refused["type"], "/problems/out-of-range");
        assert_eq!(refused["errors"][0]["pointer"], "/amount_cents");
    }
    assert_eq!(list().as_array().map(Vec::len), Some(1));
}

#[test]
fn nothing_unknown_can_be_ended() {
    let server = Server::start();
    let house = server.found("badhuis");
    let counter = house
        .coordinator
        .post("/api/v1/counters", &json!({ "name": "Eieren" }));
    let counter = text(&counter.told(201)["id"]);
    let head = house.head();
    for kind in NAMED.iter().chain(&["grants"]) {
        let unknown = house
            .coordinator
            .delete(&format!("/api/v1/{kind}/{}", id()));
        assert_eq!(
            unknown.with_status(404).problem(),
            "unknown-standing-fact",
            "{kind}"
        );
    }
    let of_another_kind = house
        .coordinator
        .delete(&format!("/api/v1/tenants/{counter}"));
    assert_eq!(
        of_another_kind.with_status(404).problem(),
        "unknown-standing-fact"
    );
    let malformed = house.coordinator.delete("/api/v1/counters/eggs");
    assert_eq!(malformed.with_status(422).problem(), "malformed-id");
    assert_eq!(house.head(), head);
}

#[test]
fn a_list_is_read_page_by_page() {
    let server = Server::start();
    let house = server.found("badhuis");
    for number in 0..5 {
        let body = json!({ "name": format!("Partner {number}") });
        house
            .coordinator
            .post("/api/v1/partners", &body)
            .with_status(201);
    }
    let mut names = Vec::new();
    let mut after = String::new();
    for pages in 1.. {
        let page = house
            .coordinator
            .get(&format!("/api/v1/partners?limit=2{after}"))
            .told(200);
        let items = page["items"].as_array().expect("a list");
        assert!(items.len() <= 2);
        names.extend(items.iter().map(|item| text(&item["name"])));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => {
                assert_eq!(pages, 3);
                break;
            }
        }
    }
    let all: Vec<String> = (0..5).map(|number| format!("Partner {number}")).collect();
    assert_eq!(names, all);
}

#[test]
fn settings_hold_from_their_day_on() {
    let server = Server::start();
    let house = server.found("badhuis");
    let get = || house.coordinator.get("/api/v1/settings").told(200);
    let none = json!({ "opening_hours": [], "closed_days": [], "rooms": [] });
    assert_eq!(get(), none);
    let said = json!({
        "opening_hours": [
            { "weekday": 1, "from": "09:00", "to": "17:00" },
            { "weekday": 5, "from": "20:00", "to": "02:00" },
        ],
        "closed_days": ["2026-12-25"],
        "hourly_rate": { "cents": 1550, "source": "CBS 2025" },
        "cups_per_pot": 12,
        "canteen_limit": { "cents": 6_800_000, "source": "Belastingdienst" },
        "inhabitants": { "number": 4210, "source": "gemeente, 2026" },
        "since": "2026-10-01",
    });
    let changed = house.coordinator.patch("/api/v1/settings", &said).told(200);
    let mut now = said.clone();
    now["rooms"] = json!([]);
    now.as_object_mut().expect("an object").remove("since");
    assert_eq!(changed, now);
    assert_eq!(get(), now);

    let later = json!({ "cups_per_pot": 10, "since": "2026-10-09" });
    let then = house
        .coordinator
        .patch("/api/v1/settings", &later)
        .told(200);
    assert_eq!(then["cups_per_pot"], 10);
    assert_eq!(get(), now, "not yet");
    server.at("2026-10-09T12:00:00+02:00");
    assert_eq!(get(), then);
    let head = house.head();
    house
        .coordinator
        .patch("/api/v1/settings", &json!({ "cups_per_pot": 10 }))
        .with_status(200);
    assert_eq!(house.head(), head, "what holds already records nothing");
}

#[test]
fn a_room_stays_the_same_room_by_its_name_or_id() {
    let server = Server::start();
    let house = server.found("badhuis");
    let set = |rooms: Value| {
        house
            .coordinator
            .patch("/api/v1/settings", &json!({ "rooms": rooms }))
    };
    let first =
        set(json!(["Zaal", { "name": "Keuken", "capacity": 8 }])).told(200)["rooms"].clone();
    let (hall, kitchen) = (text(&first[0]["id"]), text(&first[1]["id"]));
    assert_ne!(hall, kitchen);
    assert_eq!(
        first,
        json!([{ "id": hall, "name": "Zaal" }, { "id": kitchen, "name": "Keuken", "capacity": 8 }])
    );
    let second =
        set(json!(["keuken", { "id": hall, "name": "Grote zaal", "capacity": 60 }])).told(200);
    assert_eq!(
        second["rooms"],
        json!([
            { "id": kitchen, "name": "keuken", "capacity": 8 },
            { "id": hall, "name": "Grote zaal", "capacity": 60 },
        ])
    );
    let head = house.head();
    assert_eq!(
        set(json!([{ "id": id(), "name": "Zolder" }]))
            .with_status(404)
            .problem(),
        "unknown-room"
    );
    let twice = set(json!(["Zolder", "zolder"])).told(422);
    assert_eq!(twice["errors"][0]["pointer"], "/rooms/1");
    assert_eq!(house.head(), head);

    let choir = json!({ "name": "Koor", "organised_by": "residents", "room": "GROTE ZAAL" });
    let choir = house
        .coordinator
        .post("/api/v1/activities", &choir)
        .told(201);
    assert_eq!(choir["room"], hall);
    let session = |room: Value| {
        let mut body = json!({
            "activity": choir["id"],
            "starts_at": "2026-10-08T19:30:00+02:00",
            "ends_at": "2026-10-08T21:00:00+02:00",
        });
        if !room.is_null() {
            body["room"] = room;
        }
        house.coordinator.post("/api/v1/sessions", &body).told(201)["sessions"][0]["room"].clone()
    };
    assert_eq!(session(kitchen.clone().into()), kitchen);
    assert_eq!(session(Value::Null), hall, "where the activity usually is");
}

#[test]
fn every_mistake_in_settings_is_named() {
    let server = Server::start();
    let house = server.found("badhuis");
    let head = house.head();
    let refused = house.coordinator.patch(
        "/api/v1/settings",
        &json!({
            "opening_hours": [
                { "weekday": 1, "from": "09:00", "to": "17:00" },
                { "weekday": 8, "from": "9:00", "to": "17:00", "note": "x" },
            ],
            "closed_days": ["2026-12-25", "2026-12-25"],
            "hourly_rate": { "cents": -1 },
            "cups_per_pot": 201,
            "rooms": [7],
            "colour": "red",
        }),
    );
    let refused = refused.told(422);
    let errors = refused["errors"].as_array().expect("errors").iter();
    let mut places: Vec<&str> = errors
        .filter_map(|error| error["pointer"].as_str())
        .collect();
    places.sort_unstable();
    assert_eq!(
        places,
        [
            "/closed_days/1",
            "/colour",
            "/cups_per_pot",
            "/hourly_rate/cents",
            "/hourly_rate/source",
            "/opening_hours/1/from",
            "/opening_hours/1/note",
            "/opening_hours/1/weekday",
            "/rooms/0",
        ]
    );
    let no_length = json!({ "opening_hours": [{ "weekday": 1, "from": "09:00", "to": "09:00" }] });
    let refused = house
        .coordinator
        .patch("/api/v1/settings", &no_length)
        .told(422);
    assert_eq!(refused["errors"][0]["pointer"], "/opening_hours");
    let nothing = house.coordinator.patch("/api/v1/settings", &json!({}));
    assert_eq!(nothing.with_status(422).problem(), "invalid");
    assert_eq!(house.head(), head);
}

#[test]
fn who_may_see_and_change_what_stands() {
    let server = Server::start();
    let house = server.found("badhuis");
    let [volunteer, bar, viewer] =
        [Role::Volunteer, Role::Bar, Role::Viewer].map(|role| house.device(role));
    let head = house.head();
    for kind in NAMED.iter().chain(&["grants"]) {
        let path = format!("/api/v1/{kind}");
        for device in [&volunteer, &bar, &viewer] {
            let body = if *kind == "grants" {
                json!({ "funder": "x", "purpose": "y", "amount_cents": 1 })
            } else {
                json!({ "name": "x" })
            };
            device.post(&path, &body).with_status(403);
            device.delete(&format!("{path}/{}", id())).with_status(403);
        }
        let seen = if ["counters", "indicators"].contains(kind) {
            200
        } else {
            403
        };
        volunteer.get(&path).with_status(seen);
        bar.get(&path).with_status(seen);
        viewer.get(&path).with_status(403);
    }
    for (device, seen) in [(&volunteer, 200), (&bar, 200), (&viewer, 403)] {
        device.get("/api/v1/settings").with_status(seen);
        device
            .patch("/api/v1/settings", &json!({ "cups_per_pot": 10 }))
            .with_status(403);
    }
    server.anyone().get("/api/v1/settings").with_status(401);
    assert_eq!(house.head(), head);
}
