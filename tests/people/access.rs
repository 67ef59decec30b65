//! Who asks sees all that is kept about her, and can have it put right.

use super::{CONTACT, NAME, id, is_anywhere};
use crate::pages::world::{enrolled, follow, next};
use crate::support::Server;
use crate::support::client::Client;
use crate::support::house::{House, entry, text};
use meetellen_events::access::Role;
use serde_json::{Value, json};

const PURPOSE: &str = "Voor de koffiemachine";
const REASON: &str = "Anna vergiste zich";

/// A pass of a person, by the code in its QR.
#[track_caller]
fn pass(house: &House<'_>, person: &str) -> String {
    let path = format!("/api/v1/people/{person}/passes");
    text(&house.coordinator.post(&path, &json!({})).told(201)["pass"])
}

/// A phone that a badge lets in.
fn phone(house: &House<'_>, badge: &str) -> Client {
    let phone = house.server.browser();
    phone.form(&format!("/enrol/{badge}"), &[]).with_status(303);
    phone
}

/// Somebody of whom the log holds one of each, among what is others'. Her id.
fn full(house: &House<'_>) -> String {
    let (anna, bea) = (
        house.anna(),
        id(&house.person(json!({ "name": "Bea", "volunteer": true }))),
    );
    let (badge, other) = (pass(house, &anna), pass(house, &bea));
    let organisers =
        json!({ "name": "Koor", "organised_by": "volunteers", "organisers": [anna, bea] });
    house
        .coordinator
        .post("/api/v1/activities", &organisers)
        .with_status(201);
    house.records("check_in", json!({ "pass": badge }));
    house.records("check_in", json!({ "pass": other }));
    // So many that sealed chunks are read as well.
    let now = house.server.node.now().to_string();
    let cups: Vec<Value> = (0..150)
        .map(|_| entry("coffee", &now, json!({ "cups": 1 })))
        .collect();
    house.coordinator.record(&json!(cups)).with_status(200);
    let shift = house.records("shift_start", json!({ "volunteer": anna, "kind": "bar" }));
    house.records("shift_start", json!({ "volunteer": bea, "kind": "bar" }));
    house.records("shift_end", json!({ "shift": shift["id"] }));
    let cake = json!({ "kind": "cake", "quantity": 2, "volunteer": anna });
    let cake = house.records("contribution", cake);
    let gift = json!({ "money_cents": 2_500, "donor": anna, "purpose": PURPOSE });
    house.records("donation", gift);
    house.records(
        "retraction",
        json!({ "retracts": cake["id"], "reason": REASON }),
    );
    let own = phone(house, &badge);
    follow(&own, "/bar/coffee", &[("cups", "1")]);
    house
        .coordinator
        .delete(&format!("/api/v1/people/{anna}/passes"))
        .with_status(204);
    anna
}

/// What each event is, in order.
fn types(data: &Value) -> Vec<String> {
    let events = data["events"].as_array().expect("a list").iter();
    events.map(|it| text(&it["type"])).collect()
}

const ALL: [&str; 12] = [
    "person_registered.v1",
    "pass_issued.v1",
    "activity_added.v1",
    "visitor_checked_in.v1",
    "shift_started.v1",
    "shift_ended.v1",
    "contribution_made.v1",
    "money_donated.v1",
    "entry_retracted.v1",
    "device_enrolled_by_badge.v1",
    "pass_withdrawn.v1",
    "device_revoked.v1",
];

#[test]
fn she_sees_all_that_is_kept_about_her_and_nothing_of_others() {
    let server = Server::start();
    let house = server.found("badhuis");
    let anna = full(&house);
    let data = house.data(&anna);
    assert_eq!(types(&data), ALL);
    assert_eq!(
        (&data["person"]["name"], &data["erased"]),
        (&json!(NAME), &json!(false))
    );
    let events = &data["events"];
    assert_eq!(events[0]["facts"]["contact"], CONTACT);
    assert_eq!(events[2]["facts"]["organisers"], json!([anna]));
    assert_eq!(
        (&events[7]["purpose"], &events[7]["amount"]),
        (&json!(PURPOSE), &json!(2_500))
    );
    assert_eq!(events[8]["reason"], REASON);
    let by =
        json!({ "kind": "device", "device": events[0]["recorded_by"]["device"], "name": "API" });
    assert_eq!(events[4]["recorded_by"], by);
    let device = &data["devices"][0];
    assert_eq!(
        (&device["device"], &device["revoked"]),
        (&events[9]["device"], &json!(true))
    );
    let bea = house
        .people()
        .into_iter()
        .find(|it| it["name"] == "Bea")
        .expect("she is there");
    let all = data.to_string();
    assert!(!all.contains("Bea") && !all.contains(&id(&bea)), "{all}");
    for sealed in [NAME, CONTACT, PURPOSE, REASON] {
        assert!(!is_anywhere(server.folder(), sealed.as_bytes()), "{sealed}");
    }
}

#[test]
fn of_who_was_erased_is_left_what_names_nobody() {
    let server = Server::start();
    let house = server.found("badhuis");
    let anna = full(&house);
    house.erase(&anna).with_status(204);
    let data = house.data(&anna);
    let mut left: Vec<&str> = ALL.into();
    left.push("person_erased.v1");
    assert_eq!(types(&data), left);
    assert_eq!(
        (&data["person"]["name"], &data["erased"]),
        (&Value::Null, &json!(true))
    );
    let all = data.to_string();
    for gone in [NAME, CONTACT, PURPOSE, REASON] {
        assert!(!all.contains(gone), "{gone}");
    }
    // What can't be read any more is told as such.
    assert_eq!(data["events"][7]["purpose"], Value::Null);
    assert!(
        data["events"][0]["facts"]
            .as_object()
            .expect("facts")
            .contains_key("contact")
    );
    assert_eq!(data["devices"][0]["revoked"], true);
}

#[test]
fn a_name_or_a_contact_can_be_taken_away() {
    let server = Server::start();
    let house = server.found("badhuis");
    let anna = house.anna();
    let changed = house.change(&anna, json!({ "contact": null })).told(200);
    assert_eq!(
        (&changed["name"], &changed["contact"]),
        (&json!(NAME), &Value::Null)
    );
    let data = house.data(&anna);
    assert!(
        !data.to_string().contains(CONTACT),
        "as it was it can't be read"
    );
    assert_eq!(types(&data), ["person_registered.v1", "person_changed.v1"]);
    let head = house.head();
    house
        .change(&anna, json!({ "contact": null }))
        .with_status(200);
    assert_eq!(
        house.head(),
        head,
        "what is gone already is not recorded again"
    );
    house
        .change(&anna, json!({ "name": null }))
        .with_status(200);
    assert_eq!(house.people()[0]["name"], Value::Null);
    // Nobody gives by an empty name.
    house.records("donation", json!({ "money_cents": 500, "donor": NAME }));
    assert_eq!(house.people().len(), 2);
    let unnamed = house.person(json!({ "name": null }));
    assert_eq!(unnamed["name"], Value::Null);
}

#[test]
fn one_screen_shows_puts_right_and_erases() {
    let server = Server::start();
    let house = server.found("badhuis");
    let anna = full(&house);
    let phone = enrolled(&house, Role::Coordinator);
    let (screen, data) = (format!("/people/{anna}"), format!("/people/{anna}/data"));
    let shown = phone.get(&screen).with_status(200).text();
    for way in [
        data.clone(),
        format!("/api/v1{data}"),
        format!("{screen}/erase"),
    ] {
        assert!(shown.contains(&format!("href=\"{way}\"")), "{way}");
    }
    let dutch = phone.get(&data).with_status(200).text();
    for told in [
        NAME,
        CONTACT,
        PURPOSE,
        REASON,
        "Ingeschreven",
        "Begin dienst",
        "Koor",
    ] {
        assert!(dutch.contains(told), "{told}");
    }
    assert!(!dutch.contains("Bea"));
    assert!(
        phone
            .get(&format!("{data}?lang=en"))
            .text()
            .contains("Registered")
    );
    // A field that is emptied is taken away, and what it was is readable nowhere.
    let put_right = [
        ("name", "Anna de Boor"),
        ("contact", ""),
        ("volunteer", "true"),
        ("since", "2026-10-07"),
    ];
    follow(&phone, &screen, &put_right);
    let told = phone.get(&format!("{data}?lang=nl")).text();
    assert!(told.contains("Anna de Boor") && told.contains("weggehaald"));
    assert!(told.contains("niet meer te lezen"));
    assert!(!told.contains(NAME) && !told.contains(CONTACT) && !told.contains(PURPOSE));
    // Erasing takes a plain yes, and shows what it leaves.
    let asked = phone.get(&format!("{screen}/erase")).with_status(200);
    assert!(asked.text().contains("Anna de Boor"));
    phone.form(&format!("{screen}/erase"), &[]).with_status(422);
    assert_eq!(house.people()[0]["name"], "Anna de Boor");
    let erased = phone.form(&format!("{screen}/erase"), &[("erase", "for-ever")]);
    let left = phone.get(&next(&erased)).with_status(200).text();
    assert!(left.contains("is gewist") && left.contains("Begin dienst"));
    assert!(!left.contains("Boor"), "{left}");
    phone.get(&screen).with_status(404);
}
