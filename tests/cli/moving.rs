//! An organisation moves to another machine: its log byte for byte, its names where its keys are carried along.

use super::{export, figures, file};
use crate::support::Server;
use crate::support::client::Client;
use crate::support::house::House;
use crate::support::process::{path, printed};
use meetellen_events::access::Role;
use meetellen_events::values::OrganisationId;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Names of people, as a coordinator who was let in there sees them.
fn names(server: &Server, id: OrganisationId) -> Vec<Value> {
    let told = coordinator(server, id).get("/api/v1/people").told(200);
    let people = told["items"].as_array().expect("a list").iter();
    people.map(|person| person["name"].clone()).collect()
}

/// Somebody the new machine's operator invites, as where all devices were left behind.
fn coordinator(server: &Server, id: OrganisationId) -> Client {
    let path = format!("/api/v1/organisations/{id}/invite");
    let invited = server.operator().post(&path, &json!({})).told(201);
    let link = invited["enrol_url"].as_str().expect("a link");
    let (_, code) = link.rsplit_once('/').expect("it ends with a code");
    let enrol = json!({ "code": code });
    let browser = server.browser();
    let told = browser.post("/api/v1/session/enrol", &enrol).told(200);
    assert_eq!(told["role"], "coordinator");
    browser
}

#[test]
fn who_moves_keeps_history_and_names_and_goes_on_there() {
    let here = Server::start();
    let house = here.found("badhuis");
    for name in ["Anna", "Bram"] {
        let person = json!({ "name": name, "volunteer": true });
        house.coordinator.post("/api/v1/people", &person).told(201);
    }
    let coffee = house.entry("coffee", json!({ "cups": 3 }));
    let first = house.coordinator.record(&coffee).told(201);
    let id = house.id;
    let log = export(here.folder(), "badhuis");
    let before = figures(here.folder(), "badhuis", "2026-10");
    let key_file = format!("keys/{id}.keys");
    let keys = fs::read(here.folder().join(&key_file)).expect("it has keys");
    let carried = tempfile::tempdir().expect("a folder");
    let moved = file(carried.path(), &log);

    // Another house lives there already.
    let there = Server::start();
    let neighbour = there.found("sleutel").id;
    let import = |folder: &Path| printed(&["import", "--data", path(folder), path(&moved)]);
    let there = there.restart_after(|folder| {
        import(folder);
        fs::write(folder.join(&key_file), keys).expect("it is written");
        let again = import(folder);
        assert!(again.contains("nothing changed"), "{again}");
        assert_eq!(export(folder, "badhuis"), log, "byte for byte");
        assert_eq!(figures(folder, "badhuis", "2026-10"), before);
    });
    assert_eq!(names(&there, id), ["Anna", "Bram"]);
    let house = House {
        server: &there,
        id,
        coordinator: there.anyone(),
    };
    let tablet = house.device(Role::Bar);
    // What was sent to the old machine is known here.
    let again = tablet.record(&coffee).told(200);
    assert_eq!(
        (&again["status"], &again["hash"]),
        (&json!("duplicate"), &first["hash"])
    );
    let new = house.entry("coffee", json!({ "cups": 4 }));
    tablet.record(&new).with_status(201);
    assert!(
        export(there.folder(), "badhuis").starts_with(&log),
        "and goes on"
    );
    assert_eq!(there.head(neighbour), 2, "nothing of it is the neighbour's");
}

#[test]
fn without_its_keys_all_but_names_moves() {
    let here = Server::start();
    let house = here.found("badhuis");
    let anna = json!({ "name": "Anna", "volunteer": true });
    house.coordinator.post("/api/v1/people", &anna).told(201);
    let visit = json!({ "visitor": "AAAAAAAAAAAAAAAAAAAAAA" });
    house.records("check_in", visit.clone());
    let id = house.id;
    let carried = tempfile::tempdir().expect("a folder");
    let moved = file(carried.path(), &export(here.folder(), "badhuis"));
    let before = figures(here.folder(), "badhuis", "2026-10");
    let there = Server::start().restart_after(|folder| {
        printed(&["import", "--data", path(folder), path(&moved)]);
        assert_eq!(figures(folder, "badhuis", "2026-10"), before);
    });
    assert_eq!(names(&there, id), [Value::Null]);
    let house = House {
        server: &there,
        id,
        coordinator: coordinator(&there, id),
    };
    // The running month's tags begin anew: the same phone is another visitor.
    let told = house
        .device(Role::Bar)
        .record(&house.entry("check_in", visit));
    assert_eq!(told.told(201)["status"], "recorded");
}
