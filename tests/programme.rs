//! Activities, their sessions and the codes that lead to them.

use crate::support::Server;
use crate::support::house::id;
use meetellen_events::access::Role;
use serde_json::{Value, json};

/// The text of each item's member.
fn each<'a>(page: &'a Value, member: &str) -> Vec<&'a str> {
    let items = page["items"].as_array().expect("a page has items").iter();
    items.filter_map(|item| item[member].as_str()).collect()
}

#[test]
fn an_activity_is_shown_as_it_is_on_the_day() {
    let server = Server::start();
    let house = server.found("badhuis");
    let choir = json!({ "name": " Koor ", "organised_by": "residents", "category": "muziek", "capacity": 40 });
    let added = house.coordinator.post("/api/v1/activities", &choir);
    let added = added.told(201);
    let path = format!(
        "/api/v1/activities/{}",
        added["id"].as_str().expect("an id")
    );
    let mut choir = choir;
    choir["id"] = added["id"].clone();
    choir["name"] = "Koor".into();
    choir["sensitive"] = false.into();
    assert_eq!(added, choir);

    let later = json!({ "organised_by": "volunteers", "since": "2026-10-10" });
    let changed = house.coordinator.patch(&path, &later).told(200);
    assert_eq!(changed["organised_by"], "volunteers");
    assert_eq!(changed["category"], "muziek", "the rest stays");
    let list = || house.coordinator.get("/api/v1/activities").told(200);
    assert_eq!(list(), json!({ "items": [choir], "next": null }));
    server.at("2026-10-10T12:00:00+02:00");
    assert_eq!(list()["items"], json!([changed]));
}

#[test]
fn a_weekly_session_keeps_its_time_when_the_clocks_change() {
    let server = Server::start();
    let house = server.found("badhuis");
    let choir = house.activity("Koor");
    let weekly = json!({
        "activity": choir,
        "starts_at": "2026-10-21T19:30:00+02:00",
        "ends_at": "2026-10-21T21:00:00+02:00",
        "repeat": { "every_weeks": 1, "until": "2026-11-04" },
    });
    let planned = house
        .coordinator
        .post("/api/v1/sessions", &weekly)
        .told(201);
    let sessions = planned["sessions"].as_array().expect("a list");
    let times = |member: &str| -> Vec<&str> {
        let times = sessions.iter().map(|session| session[member].as_str());
        times.map(Option::unwrap_or_default).collect()
    };
    assert_eq!(
        times("starts_at"),
        [
            "2026-10-21T17:30:00.000Z",
            "2026-10-28T18:30:00.000Z",
            "2026-11-04T18:30:00.000Z"
        ]
    );
    assert_eq!(
        times("ends_at"),
        [
            "2026-10-21T19:00:00.000Z",
            "2026-10-28T20:00:00.000Z",
            "2026-11-04T20:00:00.000Z"
        ]
    );
    assert_eq!(planned["id"], sessions[0]["id"]);
}

#[test]
fn a_repeat_has_at_least_one_session_and_at_most_four_years_of_them() {
    let server = Server::start();
    let house = server.found("badhuis");
    let choir = house.activity("Koor");
    let until = |day: &str| {
        let weekly = json!({
            "activity": choir,
            "starts_at": "2026-10-08T19:30:00+02:00",
            "ends_at": "2026-10-08T21:00:00+02:00",
            "repeat": { "every_weeks": 1, "until": day },
        });
        house.coordinator.post("/api/v1/sessions", &weekly)
    };
    for bad in ["2026-10-07", "2030-10-10"] {
        let refused = until(bad).told(422);
        assert_eq!(refused["type"], "/problems/out-of-range", "{bad}");
        assert_eq!(refused["errors"][0]["pointer"], "/repeat/until");
    }
    let planned = until("2030-10-03").told(201);
    assert_eq!(planned["sessions"].as_array().map(Vec::len), Some(209));
}

#[test]
fn sessions_are_listed_by_their_start_page_by_page() {
    let server = Server::start();
    let house = server.found("badhuis");
    let choir = house.activity("Koor");
    let at = |day: u8| {
        let (from, to) = (
            format!("2026-10-{day:02}T19:30:00Z"),
            format!("2026-10-{day:02}T21:00:00Z"),
        );
        house.session(&choir, &from, &to)
    };
    let (late, early, middle) = (at(22), at(8), at(15));
    let list = |query: &str| {
        house
            .coordinator
            .get(&format!("/api/v1/sessions{query}"))
            .told(200)
    };
    assert_eq!(each(&list(""), "id"), [&*early, &middle, &late]);
    let first = list("?limit=2");
    assert_eq!(each(&first, "id"), [&*early, &middle]);
    assert_eq!(first["next"], middle);
    let second = list(&format!("?limit=2&after={middle}"));
    assert_eq!(
        (each(&second, "id"), &second["next"]),
        (vec![&*late], &Value::Null)
    );
    assert_eq!(
        each(&list("?from=2026-10-15&to=2026-10-21"), "id"),
        [&*middle]
    );
    assert_eq!(each(&list("?limit=3"), "id").len(), 3);
    assert_eq!(
        list("?limit=3")["next"],
        Value::Null,
        "nothing is behind a full last page"
    );
}

#[test]
fn of_cancel_and_confirm_the_last_word_counts() {
    let server = Server::start();
    let house = server.found("badhuis");
    let choir = house.activity("Koor");
    let session = house.session(&choir, "2026-10-07T14:00:00Z", "2026-10-07T15:00:00Z");
    let volunteer = house.device(Role::Volunteer);
    let say = |word: &str| {
        let path = format!("/api/v1/sessions/{session}/{word}");
        if word == "confirm" {
            volunteer.post(&path, &json!({}))
        } else {
            house.coordinator.post(&path, &json!({}))
        }
    };
    assert_eq!(say("confirm").told(200)["state"], "confirmed");
    assert_eq!(say("cancel").told(200)["state"], "cancelled");
    let head = house.head();
    assert_eq!(say("cancel").told(200)["state"], "cancelled");
    assert_eq!(house.head(), head, "saying it again records nothing");
    assert_eq!(say("confirm").told(200)["state"], "confirmed");
    assert_eq!(house.head(), head + 1);
}

#[test]
fn what_a_session_needs_must_be_known() {
    let server = Server::start();
    let house = server.found("badhuis");
    let choir = house.activity("Koor");
    let head = house.head();
    let session = |activity: &str, room: Value| {
        let mut body = json!({
            "activity": activity,
            "starts_at": "2026-10-08T19:30:00+02:00",
            "ends_at": "2026-10-08T21:00:00+02:00",
        });
        if !room.is_null() {
            body["room"] = room;
        }
        house
            .coordinator
            .post("/api/v1/sessions", &body)
            .with_status(404)
    };
    assert_eq!(session(&id(), Value::Null).problem(), "unknown-activity");
    assert_eq!(session(&choir, id().into()).problem(), "unknown-room");
    assert_eq!(session(&choir, "Zolder".into()).problem(), "unknown-room");
    let unknown = [
        house
            .coordinator
            .post(&format!("/api/v1/sessions/{}/cancel", id()), &json!({})),
        house
            .coordinator
            .post(&format!("/api/v1/sessions/{}/confirm", id()), &json!({})),
        house.coordinator.patch(
            &format!("/api/v1/activities/{}", id()),
            &json!({ "name": "x" }),
        ),
        house.coordinator.patch(
            &format!("/api/v1/activities/{choir}"),
            &json!({ "organisers": [id()] }),
        ),
    ];
    let unknown = unknown.map(|reply| reply.with_status(404).problem());
    assert_eq!(
        unknown,
        [
            "unknown-session",
            "unknown-session",
            "unknown-activity",
            "unknown-person"
        ]
    );
    assert_eq!(house.head(), head);
}

#[test]
fn a_session_lasts_up_to_a_day() {
    let server = Server::start();
    let house = server.found("badhuis");
    let choir = house.activity("Koor");
    let ends = |at: &str| {
        let body = json!({ "activity": choir, "starts_at": "2026-10-08T08:00:00Z", "ends_at": at });
        house.coordinator.post("/api/v1/sessions", &body)
    };
    for bad in [
        "2026-10-08T08:00:00Z",
        "2026-10-08T07:00:00Z",
        "2026-10-09T08:00:00.001Z",
    ] {
        let refused = ends(bad).told(422);
        assert_eq!(refused["errors"][0]["pointer"], "/ends_at", "{bad}");
    }
    ends("2026-10-09T08:00:00Z").with_status(201);
}

#[test]
fn a_code_leads_where_its_picture_says_until_it_is_withdrawn() {
    let server = Server::start();
    let house = server.found("badhuis");
    let choir = house.activity("Koor");
    let made = house
        .coordinator
        .post("/api/v1/codes", &json!({ "for": { "activity": choir } }));
    let made = made.told(201);
    let code = made["code"].as_str().expect("a code");
    let url = format!("{}/c/{code}", server.url);
    assert_eq!(
        made,
        json!({ "code": code, "url": url, "for": { "activity": choir } })
    );
    let list = || house.coordinator.get("/api/v1/codes").told(200);
    assert_eq!(list()["items"], json!([made]));

    let picture = house.coordinator.get(&format!("/api/v1/codes/{code}.png"));
    assert_eq!(read_qr(&picture.with_status(200).body), url);
    let svg = house.coordinator.get(&format!("/api/v1/codes/{code}.svg"));
    assert!(svg.with_status(200).text().starts_with("<svg"));

    let path = format!("/api/v1/codes/{code}");
    house.coordinator.delete(&path).with_status(204);
    house.coordinator.delete(&path).with_status(204);
    assert_eq!(list()["items"], json!([]));
    for kind in ["png", "svg"] {
        let gone = house.coordinator.get(&format!("{path}.{kind}"));
        assert_eq!(gone.with_status(404).problem(), "unknown-code");
    }
    let scan = server
        .anyone()
        .record(&house.entry("check_in", json!({ "code": code })));
    assert_eq!(scan.problem(), "unknown-code");
}

#[test]
fn codes_that_are_over_are_not_listed() {
    let server = Server::start();
    let house = server.found("badhuis");
    house.code(json!({ "for": "door", "day": "2026-10-07" }));
    let until = house.code(json!({ "for": "bar", "valid_until": "2026-10-09T12:00:00+02:00" }));
    let always = house.code(json!({ "for": "coffee" }));
    let list = || {
        let page = house.coordinator.get("/api/v1/codes").told(200);
        each(&page, "code")
            .iter()
            .map(|code| (*code).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(list().len(), 3);
    // The night still belongs to the day before.
    server.at("2026-10-08T03:59:00+02:00");
    assert_eq!(list().len(), 3);
    server.at("2026-10-08T04:00:00+02:00");
    let mut left = [until, always.clone()];
    left.sort();
    assert_eq!(list(), left);
    server.at("2026-10-09T12:00:00+02:00");
    assert_eq!(list(), [always]);
}

#[test]
fn a_code_of_another_organisation_is_not_drawn_nor_withdrawn() {
    let server = Server::start();
    let (house, other) = (server.found("badhuis"), server.found("sleutel"));
    let code = other.code(json!({ "for": "door" }));
    let path = format!("/api/v1/codes/{code}");
    for reply in [
        house.coordinator.get(&format!("{path}.svg")),
        house.coordinator.get(&format!("{path}.png")),
        house.coordinator.delete(&path),
    ] {
        assert_eq!(
            reply.with_status(403).problem(),
            "code-of-another-organisation"
        );
    }
    let listed = other.coordinator.get("/api/v1/codes").told(200);
    assert_eq!(each(&listed, "code"), [code]);
}

#[test]
fn a_code_is_for_one_thing_that_is_there() {
    let server = Server::start();
    let house = server.found("badhuis");
    let choir = house.activity("Koor");
    let head = house.head();
    let issue = |of: Value| {
        let reply = house
            .coordinator
            .post("/api/v1/codes", &json!({ "for": of }));
        (reply.status, reply.problem())
    };
    assert_eq!(
        issue(json!({ "activity": id() })),
        (404, "unknown-activity".into())
    );
    assert_eq!(
        issue(json!({ "session": id() })),
        (404, "unknown-session".into())
    );
    assert_eq!(issue(json!({ "survey": id() })), (404, "not-found".into()));
    let both = json!({ "activity": choir, "session": id() });
    assert_eq!(issue(both), (422, "invalid".into()));
    assert_eq!(issue(json!({})), (422, "invalid".into()));
    assert_eq!(issue("window".into()), (422, "invalid".into()));
    assert_eq!(issue(7.into()), (422, "wrong-type".into()));
    assert_eq!(
        issue(json!({ "activity": "x" })),
        (422, "malformed-id".into())
    );
    assert_eq!(house.head(), head);
}

#[test]
fn only_a_coordinator_changes_the_programme() {
    let server = Server::start();
    let house = server.found("badhuis");
    let choir = house.activity("Koor");
    let session = house.session(&choir, "2026-10-07T14:00:00Z", "2026-10-07T15:00:00Z");
    let code = house.code(json!({ "for": "door" }));
    let devices = [Role::Volunteer, Role::Bar, Role::Viewer].map(|role| house.device(role));
    let head = house.head();
    for device in &devices {
        let refused = [
            device.post("/api/v1/activities", &json!({ "name": "x", "organised_by": "staff" })),
            device.patch(&format!("/api/v1/activities/{choir}"), &json!({ "name": "x" })),
            device.post(
                "/api/v1/sessions",
                &json!({ "activity": choir, "starts_at": "2026-10-08T08:00:00Z", "ends_at": "2026-10-08T09:00:00Z" }),
            ),
            device.post(&format!("/api/v1/sessions/{session}/cancel"), &json!({})),
            device.post("/api/v1/codes", &json!({ "for": "door" })),
            device.delete(&format!("/api/v1/codes/{code}")),
        ];
        for reply in refused {
            assert_eq!(reply.with_status(403).problem(), "forbidden");
        }
    }
    assert_eq!(house.head(), head);
    let [volunteer, bar, viewer] = &devices;
    for path in ["/api/v1/activities", "/api/v1/sessions"] {
        volunteer.get(path).with_status(200);
        bar.get(path).with_status(200);
        viewer.get(path).with_status(403);
    }
    let shown = bar.get("/api/v1/activities").told(200);
    assert_eq!(
        shown["items"][0]["organisers"],
        Value::Null,
        "a shared device sees no people"
    );
}

fn read_qr(png: &[u8]) -> String {
    let picture = image::load_from_memory(png).expect("a picture").to_luma8();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        picture.as_raw()[y * width + x]
    });
    let grids = prepared.detect_grids();
    let read = grids.first().expect("one code is seen").decode();
    read.expect("it can be read").1
}
