//! People: named where they wish, sealed always, gone when they ask.

mod access;
mod crashes;
mod givers;
mod kept;
mod months;

use crate::support::Server;
use crate::support::client::Reply;
use crate::support::house::{House, wait};
use meetellen::erasure::Finished;
use meetellen::keys::{Keys, Owner};
use meetellen_events::organisation::{Authority, Request};
use meetellen_events::people::Command;
use meetellen_events::values::PersonId;
use serde_json::{Value, json};
use std::path::Path;

const NAME: &str = "Anna de Boer";
const CONTACT: &str = "anna@voorbeeld.nl";

impl House<'_> {
    #[track_caller]
    fn person(&self, fields: Value) -> Value {
        self.coordinator.post("/api/v1/people", &fields).told(201)
    }

    #[track_caller]
    fn anna(&self) -> String {
        let fields = json!({ "name": NAME, "contact": CONTACT, "volunteer": true });
        id(&self.person(fields))
    }

    #[track_caller]
    fn data(&self, person: &str) -> Value {
        self.coordinator
            .get(&format!("/api/v1/people/{person}/data"))
            .told(200)
    }

    #[track_caller]
    fn change(&self, person: &str, fields: Value) -> Reply {
        self.coordinator
            .patch(&format!("/api/v1/people/{person}"), &fields)
    }

    #[track_caller]
    fn erase(&self, person: &str) -> Reply {
        self.coordinator.delete(&format!("/api/v1/people/{person}"))
    }

    #[track_caller]
    fn people(&self) -> Vec<Value> {
        let page = self.coordinator.get("/api/v1/people").told(200);
        page["items"].as_array().expect("a list").clone()
    }

    fn key_file(&self) -> std::path::PathBuf {
        self.server
            .folder()
            .join("keys")
            .join(format!("{}.keys", self.id))
    }
}

#[track_caller]
fn id(person: &Value) -> String {
    person["id"].as_str().expect("an id").to_owned()
}

#[track_caller]
fn person_id(id: &str) -> PersonId {
    PersonId::new(id.parse().expect("an id"))
}

/// Whether any file below the folder holds the bytes.
fn is_anywhere(folder: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).expect("a folder").any(|entry| {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            is_anywhere(&path, bytes)
        } else {
            let held = std::fs::read(&path).expect("a file");
            held.windows(bytes.len()).any(|window| window == bytes)
        }
    })
}

#[test]
fn a_person_is_known_by_what_was_said_of_her() {
    let server = Server::start();
    let house = server.found("badhuis");
    let fields = json!({
        "name": format!("  {NAME} "), "contact": CONTACT, "volunteer": true, "age": "senior",
        "from_neighbourhood": true, "alcohol_instruction": false, "since": "2026-09-01",
    });
    let anna = house.person(fields);
    let mut expected = json!({
        "id": anna["id"], "name": NAME, "contact": CONTACT, "volunteer": true, "age": "senior",
        "from_neighbourhood": true, "alcohol_instruction": false, "since": "2026-09-01",
    });
    assert_eq!(anna, expected);
    let unnamed = house.person(json!({}));
    assert_eq!(
        unnamed,
        json!({ "id": unnamed["id"], "name": null, "contact": null, "volunteer": false, "since": "2026-10-07" })
    );
    assert_eq!(house.people(), [anna.clone(), unnamed]);
    let left = house
        .change(&id(&anna), json!({ "volunteer": false }))
        .told(200);
    expected["volunteer"] = false.into();
    expected["since"] = "2026-10-07".into();
    assert_eq!(left, expected);
    for name in [NAME, CONTACT, "Boer"] {
        assert!(
            !is_anywhere(server.folder(), name.as_bytes()),
            "{name} is sealed"
        );
    }
}

#[test]
fn people_come_in_pages() {
    let server = Server::start();
    let house = server.found("badhuis");
    let all: Vec<_> = (0..5).map(|_| house.person(json!({}))).collect();
    let mut seen = Vec::new();
    let mut path = "/api/v1/people?limit=2".to_owned();
    loop {
        let page = house.coordinator.get(&path).told(200);
        seen.extend(page["items"].as_array().expect("a list").clone());
        match page["next"].as_str() {
            Some(next) => path = format!("/api/v1/people?limit=2&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, all);
}

#[test]
fn wrong_fields_are_refused_and_nothing_is_recorded() {
    let server = Server::start();
    let house = server.found("badhuis");
    let anna = house.anna();
    let head = house.head();
    for body in [
        json!({ "name": "" }),
        json!({ "name": "x".repeat(201) }),
        json!({ "name": "Anna\nBoer" }),
        json!({ "age": "old" }),
        json!({ "volunteer": "yes" }),
        json!({ "since": "2026-02-30" }),
        json!({ "email": CONTACT }),
    ] {
        house
            .coordinator
            .post("/api/v1/people", &body)
            .with_status(422);
        house.change(&anna, body).with_status(422);
    }
    assert_eq!(
        house.change("x", json!({})).with_status(422).problem(),
        "malformed-id"
    );
    let nobody = uuid::Uuid::now_v7().to_string();
    for reply in [
        house.change(&nobody, json!({ "name": NAME })),
        house.erase(&nobody),
        house
            .coordinator
            .get(&format!("/api/v1/people/{nobody}/data")),
        house
            .coordinator
            .post(&format!("/api/v1/people/{nobody}/passes"), &json!({})),
        house
            .coordinator
            .delete(&format!("/api/v1/people/{nobody}/passes")),
    ] {
        assert_eq!(
            (reply.status, reply.problem()),
            (404, "unknown-person".to_owned())
        );
    }
    assert_eq!(house.head(), head);
}

#[test]
fn a_name_put_right_is_unreadable_as_it_was() {
    let server = Server::start();
    let house = server.found("badhuis");
    let anna = house.anna();
    let changed = house
        .change(&anna, json!({ "name": "Anna de Boor" }))
        .told(200);
    assert_eq!(
        (&changed["name"], &changed["contact"]),
        (&json!("Anna de Boor"), &json!(CONTACT))
    );
    let events = house.data(&anna)["events"].clone();
    assert_eq!(events[0]["facts"]["name"], Value::Null);
    assert_eq!(events[1]["facts"]["name"], "Anna de Boor");
    assert_eq!(events[1]["facts"]["contact"], CONTACT);
    let head = house.head();
    house
        .change(&anna, json!({ "name": "Anna de Boor" }))
        .with_status(200);
    assert_eq!(
        house.head(),
        head,
        "what is there already is not recorded again"
    );
    // A first contact takes no other's place.
    let bea = id(&house.person(json!({ "name": "Bea" })));
    house
        .change(&bea, json!({ "contact": "06" }))
        .with_status(200);
    assert_eq!(house.data(&bea)["events"][0]["facts"]["name"], "Bea");
}

#[test]
fn a_name_put_right_is_kept_whatever_breaks_off() {
    let server = Server::start();
    let house = server.found("badhuis");
    let (anna, token) = (house.anna(), house.coordinator.clone());
    // The new key is there, but nothing was recorded with it.
    let renewed = server.node.keys().renew(house.id, person_id(&anna));
    renewed.expect("a new key");
    let id = house.id;
    let server = server.restart();
    let house = House {
        server: &server,
        id,
        coordinator: token.of(&server),
    };
    assert_eq!(house.people()[0]["name"], NAME);
    // Recorded, but the old key is still there.
    house
        .change(&anna, json!({ "name": "Anna de Boor" }))
        .with_status(200);
    let before = std::fs::read_to_string(house.key_file()).expect("the key file");
    server
        .node
        .keys()
        .renew(id, person_id(&anna))
        .expect("a new key");
    let sealed = server
        .node
        .keys()
        .seal(id, Owner::Person(person_id(&anna)), "name", "Anna B");
    let facts = meetellen_events::people::PersonFacts {
        name: Some(sealed.expect("it seals")),
        contact: Some(
            server
                .node
                .keys()
                .seal(id, Owner::Person(person_id(&anna)), "contact", CONTACT)
                .expect("it seals"),
        ),
        ..Default::default()
    };
    let command = Command::Change {
        person: person_id(&anna),
        facts,
        since: None,
    };
    wait(
        server
            .node
            .ask(id, Authority::System, Request::People(command)),
    )
    .expect("it is recorded");
    let server = server.restart();
    let house = House {
        server: &server,
        id,
        coordinator: token.of(&server),
    };
    assert_eq!(house.people()[0]["name"], "Anna B");
    let after = std::fs::read_to_string(house.key_file()).expect("the key file");
    assert_eq!(after.lines().count(), 1, "the old key is gone");
    assert_ne!(before, after);
}

#[test]
fn who_is_erased_is_gone_from_answers_and_files() {
    let server = Server::start();
    let house = server.found("badhuis");
    let anna = house.anna();
    let keys = std::fs::read_to_string(house.key_file()).expect("the key file");
    let key = keys.split(' ').nth(1).expect("a key in hex").to_owned();
    house.records("shift_start", json!({ "volunteer": anna, "kind": "bar" }));
    // Who is erased has left; all that was counted stays.
    let left = [
        "volunteers_registered",
        "volunteers_joined",
        "volunteers_left",
    ];
    let figures = || -> Vec<Value> {
        let path = "/api/v1/figures?period=2026-10";
        let told = house.coordinator.get(path).told(200);
        let figures = told["figures"].as_array().expect("figures").iter();
        figures
            .map(|it| json!([it["key"], it["value"], it["basis"], it["coverage"]]))
            .filter(|it| left.iter().all(|key| it[0] != *key))
            .collect()
    };
    let (head, before) = (house.head(), figures());
    house.erase(&anna).with_status(204);
    assert_eq!(house.head(), head + 1);
    assert_eq!(figures(), before);
    assert!(before.contains(&json!(["bar_shifts", 1, "counted", null])));
    assert!(!is_anywhere(&server.folder().join("keys"), key.as_bytes()));
    assert_eq!(house.people(), Vec::<Value>::new());
    let data = house.data(&anna);
    assert!(!data.to_string().contains("Boer") && !data.to_string().contains(CONTACT));
    let types: Vec<_> = data["events"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| it["type"].clone())
        .collect();
    assert_eq!(
        types,
        [
            "person_registered.v1",
            "shift_started.v1",
            "person_erased.v1"
        ]
    );
    house.erase(&anna).with_status(204);
    assert_eq!(house.head(), head + 1, "twice is once");
    for reply in [
        house.change(&anna, json!({ "name": NAME })),
        house
            .coordinator
            .post(&format!("/api/v1/people/{anna}/passes"), &json!({})),
    ] {
        assert_eq!(
            (reply.status, reply.problem()),
            (409, "person-erased".to_owned())
        );
    }
}

#[test]
fn an_erasure_is_finished_by_the_next_start() {
    let server = Server::start();
    let house = server.found("badhuis");
    let (anna, token, id) = (house.anna(), house.coordinator.clone(), house.id);
    let older = std::fs::read_to_string(house.key_file()).expect("the key file");
    // Recorded, and then the power went.
    let erase = Request::People(Command::Erase(person_id(&anna)));
    wait(server.node.ask(id, Authority::System, erase)).expect("it is recorded");
    let server = server.restart();
    let path = server.folder().join("keys").join(format!("{id}.keys"));
    let left = std::fs::read_to_string(&path).expect("the key file");
    assert!(
        left.starts_with(&format!("person:{anna} destroyed ")),
        "{left}"
    );
    // An older copy of the keys is put back.
    std::fs::write(&path, &older).expect("it is written");
    let server = server.restart();
    let again = std::fs::read_to_string(&path).expect("the key file");
    assert_eq!(again, left);
    let house = House {
        server: &server,
        id,
        coordinator: token.of(&server),
    };
    assert!(!house.data(&anna).to_string().contains("Boer"));
}

#[test]
fn a_key_that_is_gone_is_recorded_as_an_erasure() {
    let server = Server::start();
    let house = server.found("badhuis");
    let (anna, token, id) = (house.anna(), house.coordinator.clone(), house.id);
    let nobody = Owner::Person(PersonId::new(uuid::Uuid::now_v7()));
    for owner in [Owner::Person(person_id(&anna)), nobody] {
        server
            .node
            .keys()
            .destroy(id, owner)
            .expect("it is destroyed");
    }
    let head = house.head();
    let server = server.restart();
    let house = House {
        server: &server,
        id,
        coordinator: token.of(&server),
    };
    assert_eq!(house.head(), head + 1);
    let told = Finished {
        recorded: 1,
        unknown: 1,
        ..Finished::default()
    };
    assert_eq!(server.finished, told);
    assert_eq!(house.people(), Vec::<Value>::new());
    assert_eq!(server.restart().head(id), head + 1, "once is enough");
}

#[test]
fn destroying_all_keys_stops_nothing_but_names() {
    let server = Server::start();
    let house = server.found("badhuis");
    let (anna, token, id) = (house.anna(), house.coordinator.clone(), house.id);
    std::fs::remove_file(house.key_file()).expect("it is there");
    let server = server.restart();
    let house = House {
        server: &server,
        id,
        coordinator: token.of(&server),
    };
    let listed = house.people().remove(0);
    assert_eq!(
        (&listed["name"], &listed["volunteer"]),
        (&Value::Null, &json!(true))
    );
    house.records("shift_start", json!({ "volunteer": anna, "kind": "bar" }));
    assert_eq!(
        house.change(&anna, json!({ "name": NAME })).told(200)["name"],
        NAME
    );
}

#[test]
fn a_pass_is_shown_once_and_is_good_until_withdrawn() {
    let server = Server::start();
    let house = server.found("badhuis");
    let child = id(&house.person(json!({ "age": "child" })));
    let passes = format!("/api/v1/people/{child}/passes");
    let made = house.coordinator.post(&passes, &json!({})).told(201);
    let (pass, short) = (
        made["pass"].as_str().expect("a pass"),
        made["short"].as_str().expect("8 characters"),
    );
    assert_eq!(made["url"], format!("{}/p/{pass}", server.url));
    for secret in [pass, short] {
        assert!(!is_anywhere(server.folder(), secret.as_bytes()));
    }
    assert_eq!(
        house.records("check_in", json!({ "pass": pass }))["status"],
        "recorded"
    );
    let again = house
        .coordinator
        .record(&house.entry("check_in", json!({ "pass": short })));
    assert_eq!(again.told(200)["status"], "already_counted");
    let other = server.found("sleutel");
    let elsewhere = other
        .coordinator
        .record(&other.entry("check_in", json!({ "pass": pass })));
    assert_eq!(elsewhere.with_status(404).problem(), "unknown-pass");
    house.coordinator.delete(&passes).with_status(204);
    for gone in [pass, short] {
        let refused = house
            .coordinator
            .record(&house.entry("check_in", json!({ "pass": gone })));
        assert_eq!(refused.with_status(404).problem(), "unknown-pass");
    }
}

#[test]
fn a_house_that_ended_keeps_no_key() {
    let server = Server::start();
    let house = server.found("badhuis");
    house.anna();
    let older = std::fs::read_to_string(house.key_file()).expect("the key file");
    let (path, id) = (house.key_file(), house.id);
    server
        .operator()
        .delete(&format!("/api/v1/organisations/{id}"))
        .with_status(204);
    let left = std::fs::read_to_string(&path).expect("the key file");
    std::fs::write(&path, older).expect("it is written");
    let server = server.restart();
    assert_eq!(std::fs::read_to_string(&path).expect("the key file"), left);
    let keys = Keys::open(&server.folder().join("keys")).expect("the folder");
    assert!(!keys.has_any(id).expect("it reads"));
}
