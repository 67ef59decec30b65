//! Names said at the gift box: kept sealed while nobody vouches for them, and no longer than their gifts.

use super::is_anywhere;
use crate::support::Server;
use crate::support::client::{Client, Reply};
use crate::support::house::{House, text, value, wait};
use meetellen_events::organisation::{Authority, Request};
use meetellen_events::tally;
use serde_json::{Value, json};

const GIVER: &str = "Jan-Willem Bos";

/// A gift of ten euros with a name, by the code of the gift box; the entry's id.
#[track_caller]
fn gives(house: &House<'_>, code: &str, name: &str) -> String {
    let fields =
        json!({ "code": code, "money_cents": 1_000, "donor": name, "purpose": "Voor Truus" });
    let entry = house.entry("donation", fields);
    let told = house.server.anyone().record(&entry).told(201);
    assert_eq!(told["status"], "to_confirm");
    text(&entry["id"])
}

/// Whom a gift names: what the coordinator sees of the entries.
#[track_caller]
fn giver(house: &House<'_>, gift: &str) -> String {
    let told = house
        .coordinator
        .get("/api/v1/entries?type=donation")
        .told(200);
    let mut items = told["items"].as_array().expect("a list").iter();
    let item = items.find(|item| item["id"] == gift).expect("it is listed");
    text(&item["person"])
}

fn refuses(client: &Client, house: &House<'_>, gift: &str) -> Reply {
    client.record(&house.entry("retraction", json!({ "retracts": gift })))
}

#[track_caller]
fn donors(house: &House<'_>) -> Value {
    let told = house
        .coordinator
        .get("/api/v1/figures?period=2026-10")
        .told(200);
    value(&told, "donors")
}

#[test]
fn who_gives_at_the_box_is_a_person_once_somebody_says_it_was_real() {
    let server = Server::start();
    let house = server.found("badhuis");
    let code = house.code(json!({ "for": "gift" }));
    let gift = gives(&house, &code, GIVER);
    let again = gives(&house, &code, " jan-willem  bos");
    assert_eq!(giver(&house, &gift), giver(&house, &again));
    assert_eq!(house.people(), Vec::<Value>::new());
    assert!(
        house
            .data(&giver(&house, &gift))
            .to_string()
            .contains(GIVER),
        "she may see it"
    );
    house.records("confirmation", json!({ "entries": [gift, again] }));
    let person = house.people().remove(0);
    assert_eq!(
        (&person["id"], &person["name"]),
        (&json!(giver(&house, &gift)), &json!(GIVER))
    );
    assert_eq!(donors(&house), 1);
    house.records(
        "donation",
        json!({ "money_cents": 500, "donor": "JAN-WILLEM BOS" }),
    );
    assert_eq!((donors(&house), house.people().len()), (json!(1), 1));
    assert!(!is_anywhere(server.folder(), GIVER.as_bytes()));
}

#[test]
fn a_name_does_not_outlive_the_refusal_of_its_gifts() {
    let server = Server::start();
    let house = server.found("badhuis");
    let code = house.code(json!({ "for": "gift" }));
    let (gift, again) = (gives(&house, &code, GIVER), gives(&house, &code, GIVER));
    let person = giver(&house, &gift);
    let older = std::fs::read_to_string(house.key_file()).expect("the key file");
    refuses(&house.coordinator, &house, &gift).with_status(201);
    assert!(
        house.data(&person).to_string().contains(GIVER),
        "one still waits"
    );
    // By whoever made it, too.
    let undo = json!({ "retracts": again, "code": code });
    let undone = server.anyone().record(&house.entry("retraction", undo));
    undone.with_status(201);
    let left = std::fs::read_to_string(house.key_file()).expect("the key file");
    assert!(
        left.starts_with(&format!("person:{person} destroyed ")),
        "{left}"
    );
    let data = house.data(&person).to_string();
    assert!(!data.contains("Bos") && !data.contains("Truus"), "{data}");
    assert_eq!((house.people(), donors(&house)), (vec![], Value::Null));
    // The same name is somebody else's, and an older copy of the keys revives nobody.
    assert_ne!(giver(&house, &gives(&house, &code, GIVER)), person);
    let (id, token, path) = (house.id, house.coordinator.clone(), house.key_file());
    let server = server.restart_after(|_| std::fs::write(&path, older).expect("it is written"));
    let house = House {
        server: &server,
        id,
        coordinator: token.of(&server),
    };
    assert!(!house.data(&person).to_string().contains("Bos"));
}

#[test]
fn a_refusal_that_broke_off_is_finished_by_the_next_start() {
    let server = Server::start();
    let house = server.found("badhuis");
    let code = house.code(json!({ "for": "gift" }));
    let gift = gives(&house, &code, GIVER);
    let (person, id, path) = (giver(&house, &gift), house.id, house.key_file());
    // Recorded, and then the power went.
    let refusal = Request::Tally(tally::Entry {
        id: uuid::Uuid::now_v7().to_string().parse().expect("an id"),
        occurred_at: server.node.now(),
        shifted_millis: 0,
        command: tally::Command::Retract {
            retracts: gift.parse().expect("an id"),
            reason: None,
        },
    });
    wait(server.node.ask(id, Authority::System, refusal)).expect("it is recorded");
    let kept = std::fs::read_to_string(&path).expect("the key file");
    assert!(!kept.contains("destroyed"));
    let _server = server.restart();
    let kept = std::fs::read_to_string(&path).expect("the key file");
    assert!(
        kept.starts_with(&format!("person:{person} destroyed ")),
        "{kept}"
    );
}

#[test]
fn nobody_waits_for_the_names_of_another_house() {
    let server = Server::start();
    let (house, other) = (server.found("badhuis"), server.found("sleutel"));
    let turn = wait(server.node.names.take(house.id));
    other.records("donation", json!({ "money_cents": 500, "donor": GIVER }));
    assert_eq!(other.people().len(), 1);
    drop(turn);
    house.records("donation", json!({ "money_cents": 500, "donor": GIVER }));
    assert_eq!(house.people().len(), 1);
}
