//! The month and the entries behind it.

use super::world::{code, enrolled, field, follow};
use crate::support::Server;
use meetellen_events::access::Role;
use meetellen_events::programme::Target;
use serde_json::json;

#[test]
fn the_month_shows_figures_with_their_definitions_and_entries() {
    let server = Server::start();
    let house = server.found("badhuis");
    house.records("coffee", json!({ "cups": 5 }));
    house.records("bar_revenue", json!({ "amount_cents": 182_500 }));
    house.records("check_in", json!({ "adults": 2, "children": 1 }));
    let phone = enrolled(&house, Role::Coordinator);
    let month = phone.get("/month/2026-10").with_status(200).text();
    for shown in [
        "€\u{a0}1.825,00",
        "Hoe is dit geteld?",
        "geteld op 1 van 1 openingsdagen",
    ] {
        assert!(month.contains(shown), "{shown} on {month}");
    }
    assert!(month.contains("/entries?period=2026-10&#38;type=bar_revenue"));
    assert!(month.contains("De drukste dag was woensdag 7 oktober, met 3 bezoeken."));
    let entries = phone.get("/entries?period=2026-10&type=coffee").text();
    assert!(
        entries.contains("<bdi>5</bdi>") && !entries.contains("1.825"),
        "{entries}"
    );
    let file = phone.get("/api/v1/figures?period=2026-10&format=csv&locale=nl");
    assert_eq!(file.status, 200);
    phone.get("/month/2026-13").with_status(400);
    assert!(
        phone
            .get("/month/2026-09")
            .text()
            .contains("Nog niet bekend")
    );
}

#[test]
fn an_entry_is_taken_back_where_it_stands() {
    let server = Server::start();
    let house = server.found("badhuis");
    let told = house.records("coffee", json!({ "cups": 5 }));
    let phone = enrolled(&house, Role::Coordinator);
    let id = told["id"].as_str().expect("an id");
    let page = phone.get("/entries?period=2026-10-07");
    let form = field(&page, "id");
    let from = phone.clone().with(
        "referer",
        &format!("{}/entries?period=2026-10-07", server.url),
    );
    let page = follow(&from, &format!("/entries/{id}/retract"), &[("id", &form)]);
    assert!(page.text().contains("teruggenomen"), "{}", page.text());
    let again = follow(&from, &format!("/entries/{id}/retract"), &[]);
    assert!(again.text().contains("teruggenomen"));
}

#[test]
fn entries_that_wait_are_confirmed_with_one_tap() {
    let server = Server::start();
    let house = server.found("badhuis");
    let gift = format!("/c/{}", code(&house, Target::Gift, None));
    follow(
        &server.browser(),
        &gift,
        &[("what", "money"), ("amount", "5")],
    );
    let phone = enrolled(&house, Role::Coordinator);
    let page = phone.get("/entries?period=2026-10-07");
    let waiting = field(&page, "entries");
    let page = follow(&phone, "/entries/confirm", &[("entries", &waiting)]);
    assert!(!page.text().contains("name=\"entries\""), "{}", page.text());
    let bar = phone.get("/bar").text();
    assert!(!bar.contains("name=\"entries\""));
}
