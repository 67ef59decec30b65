//! The programme as iCalendar, out and in.

use crate::support::Server;
use crate::support::client::{Client, Reply};
use crate::support::house::House;
use meetellen_events::access::Role;
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/v1/programme.ics";

fn file(events: &[&str]) -> String {
    let event = |lines: &&str| format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT\n");
    let events: String = events.iter().map(event).collect();
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{events}END:VCALENDAR\n").replace('\n', "\r\n")
}

#[track_caller]
fn import(client: &Client, file: &str) -> Reply {
    client.bytes(Method::POST, PATH, "text/calendar; charset=utf-8", file)
}

/// Start, end and state of every session, by start.
fn sessions(house: &House<'_>) -> Vec<(String, String, String)> {
    let list = house
        .coordinator
        .get("/api/v1/sessions?limit=1000")
        .told(200);
    let items = list["items"].as_array().expect("a list").iter();
    let text = |item: &Value, member: &str| item[member].as_str().unwrap_or_default().to_owned();
    items
        .map(|item| {
            (
                text(item, "starts_at"),
                text(item, "ends_at"),
                text(item, "state"),
            )
        })
        .collect()
}

const CHOIR: &str = "UID:koor@buurt\nSUMMARY:Koor\\, gemengd\nDTSTART;TZID=Europe/Amsterdam:20261021T193000\n\
                     DTEND;TZID=Europe/Amsterdam:20261021T210000\nRRULE:FREQ=WEEKLY;COUNT=3\nLOCATION:zaal";

#[test]
fn what_repeats_is_planned_at_its_local_time_and_importing_twice_changes_nothing() {
    let server = Server::start();
    let house = server.found("badhuis");
    let rooms = json!({ "rooms": ["Zaal"] });
    let rooms = house
        .coordinator
        .patch("/api/v1/settings", &rooms)
        .told(200);
    let told = import(&house.coordinator, &file(&[CHOIR])).told(200);
    assert_eq!(
        told,
        json!({ "activities": 1, "sessions": 3, "skipped": 0 })
    );
    let activities = house.coordinator.get("/api/v1/activities").told(200);
    assert_eq!(activities["items"][0]["name"], "Koor, gemengd");
    assert_eq!(activities["items"][0]["organised_by"], "volunteers");
    let planned = house.coordinator.get("/api/v1/sessions").told(200);
    assert_eq!(planned["items"][0]["room"], rooms["rooms"][0]["id"]);
    let starts: Vec<String> = sessions(&house)
        .into_iter()
        .map(|(start, ..)| start)
        .collect();
    assert_eq!(
        starts,
        [
            "2026-10-21T17:30:00.000Z",
            "2026-10-28T18:30:00.000Z",
            "2026-11-04T18:30:00.000Z"
        ]
    );
    let head = house.head();
    let told = import(&house.coordinator, &file(&[CHOIR])).told(200);
    assert_eq!(
        told,
        json!({ "activities": 0, "sessions": 0, "skipped": 0 })
    );
    assert_eq!(house.head(), head);
}

#[test]
fn what_was_moved_or_cancelled_since_is_so_here_too() {
    let server = Server::start();
    let house = server.found("badhuis");
    import(&house.coordinator, &file(&[CHOIR])).with_status(200);
    let cancelled = "UID:koor@buurt\nSUMMARY:Koor\\, gemengd\nSTATUS:CANCELLED\n\
                     RECURRENCE-ID;TZID=Europe/Amsterdam:20261028T193000\n\
                     DTSTART;TZID=Europe/Amsterdam:20261028T193000\nDURATION:PT1H30M";
    let moved = "UID:koor@buurt\nSUMMARY:Koor\\, gemengd\nRECURRENCE-ID:20261104T183000Z\n\
                 DTSTART:20261105T120000Z\nDTEND:20261105T130000Z";
    let changed = file(&[CHOIR, cancelled, moved]);
    let told = import(&house.coordinator, &changed).told(200);
    assert_eq!(told["sessions"], 1);
    let states: Vec<(String, String)> = sessions(&house)
        .into_iter()
        .map(|(start, _, state)| (start, state))
        .collect();
    let expected = [
        ("2026-10-21T17:30:00.000Z", "planned"),
        ("2026-10-28T18:30:00.000Z", "cancelled"),
        ("2026-11-04T18:30:00.000Z", "cancelled"),
        ("2026-11-05T12:00:00.000Z", "planned"),
    ];
    assert_eq!(
        states,
        expected.map(|(start, state)| (start.to_owned(), state.to_owned()))
    );
    let head = house.head();
    import(&house.coordinator, &changed).with_status(200);
    assert_eq!(house.head(), head);
}

#[test]
fn what_is_no_session_is_skipped_and_told() {
    let server = Server::start();
    let house = server.found("badhuis");
    let told = import(
        &house.coordinator,
        &file(&[
            "UID:1\nSUMMARY:Kerst\nDTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261226",
            "UID:2\nSUMMARY:Jaarlijks\nDTSTART:20261008T120000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY",
            "UID:3\nSUMMARY:Kamp\nDTSTART:20261008T120000Z\nDTEND:20261010T120000Z",
            "UID:4\nSUMMARY:Zonder eind\nDTSTART:20261008T120000Z",
            "UID:5\nSUMMARY:Soep\nDTSTART:20261008T120000Z\nDURATION:PT1H\nEXDATE:20261015T120000Z\n\
             RRULE:FREQ=WEEKLY;UNTIL=20261022T120000Z",
        ]),
    );
    assert_eq!(
        told.told(200),
        json!({ "activities": 1, "sessions": 2, "skipped": 4 })
    );
    let starts: Vec<String> = sessions(&house)
        .into_iter()
        .map(|(start, ..)| start)
        .collect();
    assert_eq!(
        starts,
        ["2026-10-08T12:00:00.000Z", "2026-10-22T12:00:00.000Z"]
    );
}

#[test]
fn what_one_house_tells_another_takes_and_the_same_house_knows() {
    let server = Server::start();
    let (house, other) = (server.found("badhuis"), server.found("sleutel"));
    house
        .coordinator
        .patch("/api/v1/settings", &json!({ "rooms": ["Zaal"] }))
        .with_status(200);
    let soup = json!({ "name": "Soep; met brood", "organised_by": "residents", "room": "Zaal", "category": "eten" });
    let soup = house
        .coordinator
        .post("/api/v1/activities", &soup)
        .told(201);
    let soup = soup["id"].as_str().expect("an id");
    house.session(soup, "2026-10-08T12:00:00Z", "2026-10-08T13:00:00Z");
    let told = house.coordinator.get(PATH).with_status(200);
    assert_eq!(
        told.header("content-type"),
        Some("text/calendar; charset=utf-8")
    );
    let text = told.text();
    for line in [
        "SUMMARY:Soep\\; met brood",
        "LOCATION:Zaal",
        "CATEGORIES:eten",
        "DTSTART:20261008T120000Z",
        "DTEND:20261008T130000Z",
        "X-WR-CALNAME:Huis badhuis",
    ] {
        assert!(
            text.lines().any(|it| it == line),
            "{line} is not in\n{text}"
        );
    }
    let head = house.head();
    let known = import(&house.coordinator, &text).told(200);
    assert_eq!(
        known,
        json!({ "activities": 0, "sessions": 0, "skipped": 0 })
    );
    assert_eq!(house.head(), head);
    let taken = import(&other.coordinator, &text).told(200);
    assert_eq!(
        taken,
        json!({ "activities": 1, "sessions": 1, "skipped": 0 })
    );
    let activities = other.coordinator.get("/api/v1/activities").told(200);
    assert_eq!(activities["items"][0]["name"], "Soep; met brood");
    assert_eq!(activities["items"][0]["organised_by"], "residents");
    assert_eq!(activities["items"][0]["category"], "eten");
    assert_eq!(sessions(&other), sessions(&house));
}

#[test]
fn a_calendar_that_did_not_change_is_not_sent_again() {
    let server = Server::start();
    let house = server.found("badhuis");
    let soup = house.activity("Soep");
    let session = house.session(&soup, "2026-10-08T12:00:00Z", "2026-10-08T13:00:00Z");
    let first = house.coordinator.get(PATH).with_status(200);
    let tag = first.header("etag").expect("a tag").to_owned();
    let again = || house.coordinator.with("if-none-match", &tag).get(PATH);
    house.records("coffee", json!({ "cups": 3 }));
    assert!(again().with_status(304).body.is_empty());
    house
        .coordinator
        .post(&format!("/api/v1/sessions/{session}/cancel"), &json!({}))
        .with_status(200);
    let changed = again().with_status(200).text();
    assert!(changed.contains("STATUS:CANCELLED"), "{changed}");
}

#[test]
fn what_is_no_calendar_is_refused() {
    let server = Server::start();
    let house = server.found("badhuis");
    let head = house.head();
    let send = |sort: &str, body: Vec<u8>| house.coordinator.bytes(Method::POST, PATH, sort, body);
    let good = file(&[CHOIR]).into_bytes();
    let too_large = vec![b' '; (1 << 20) + 1];
    for (sort, body, problem) in [
        ("application/json", good.clone(), "unsupported-media-type"),
        ("text/calendar", b"hello".to_vec(), "malformed"),
        ("text/calendar", vec![0xff, 0xfe], "malformed"),
        ("text/calendar", too_large, "body-too-large"),
    ] {
        assert_eq!(send(sort, body).problem(), problem);
    }
    let every_day = "SUMMARY:Soep\nDTSTART:20100101T120000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY";
    assert_eq!(
        import(&house.coordinator, &file(&[&format!("UID:1\n{every_day}")])).problem(),
        "out-of-range"
    );
    let path = format!("{PATH}?organised_by=nobody");
    let unknown = house
        .coordinator
        .bytes(Method::POST, &path, "text/calendar", good.clone());
    assert_eq!(unknown.with_status(400).problem(), "malformed");
    for role in [Role::Volunteer, Role::Bar, Role::Viewer] {
        let device = house.device(role);
        let refused = device.bytes(Method::POST, PATH, "text/calendar", good.clone());
        assert_eq!(refused.with_status(403).problem(), "forbidden");
    }
    assert_eq!(house.head(), head + 3, "but for the devices let in above");
}
