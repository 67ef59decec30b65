//! The month and the entries behind it.

use super::world::{code, enrolled, field, follow};
use crate::support::Server;
use crate::support::house::wait;
use meetellen::statements::restating;
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

/// A house on 2 November, with a month behind it.
fn in_november(server: &Server) -> crate::support::house::House<'_> {
    let house = server.found("badhuis");
    house.records("check_in", json!({ "adults": 7 }));
    server.at("2026-11-02T10:00:00+01:00");
    house
}

#[test]
fn a_month_is_closed_by_a_form_and_its_statement_can_be_taken_along() {
    let server = Server::start();
    let house = in_november(&server);
    let phone = enrolled(&house, Role::Coordinator);
    let month = phone.get("/month/2026-10").text();
    assert!(month.contains("/month/2026-10/close"), "{month}");
    assert!(
        !phone.get("/month/2026-11").text().contains("/close"),
        "it runs"
    );
    let asked = phone.get("/month/2026-10/close").with_status(200).text();
    assert!(asked.contains("Sluit oktober 2026 af"), "{asked}");
    let head = house.head();
    let page = follow(&phone, "/month/2026-10/close", &[("close", "yes")]);
    let text = page.with_status(200).text();
    assert!(
        text.contains("Verklaring over oktober 2026") && text.contains("<b>7</b>"),
        "{text}"
    );
    follow(&phone, "/month/2026-10/close", &[("close", "yes")]);
    assert_eq!(house.head(), head + 1, "closed once");
    let download = text
        .split("href=\"/api/v1/statements/")
        .nth(1)
        .expect("a link");
    let id = download.split('"').next().expect("an id");
    let file = phone
        .get(&format!("/api/v1/statements/{id}"))
        .with_status(200);
    meetellen_events::months::Statement::parse(&file.text()).expect("as it was given");
    let closed = phone.get("/month/2026-10").text();
    assert!(
        closed.contains("Afgesloten op 2 november 2026."),
        "{closed}"
    );
    assert!(closed.contains(&format!("/statements/{id}")) && !closed.contains("/close"));
    let asked = phone.get("/month/2026-10/close");
    assert_eq!(
        asked.header("location"),
        Some(&*format!("/statements/{id}"))
    );
    phone.get("/month/2026-11/close").with_status(409);
    let english = phone.get(&format!("/statements/{id}?lang=en")).text();
    assert!(english.contains("Statement of October 2026"), "{english}");
}

#[test]
fn a_restated_month_shows_what_changed_and_why() {
    let server = Server::start();
    let house = in_november(&server);
    let phone = enrolled(&house, Role::Coordinator);
    follow(&phone, "/month/2026-10/close", &[("close", "yes")]);
    server.at("2026-11-09T09:00:00+01:00");
    // Fewer than five would be a small number themselves: then none is named.
    for _ in 0..6 {
        house.records(
            "check_in",
            json!({ "occurred_at": "2026-10-16T20:00:00+02:00" }),
        );
    }
    server.pass_minutes(1);
    wait(restating::round(&server.node));
    let month = phone.get("/month/2026-10").text();
    assert!(
        month.contains("De cijfers zijn aangevuld op 9 november 2026."),
        "{month}"
    );
    let list = phone.get("/statements").text();
    let newest = list.split("href=\"/statements/").nth(1).expect("a link");
    let newest = format!("/statements/{}", newest.split('"').next().expect("an id"));
    let page = phone.get(&newest).with_status(200).text();
    for shown in [
        "6 tellingen (Aanmelding) van 1 toestel, binnengekomen op 9 november 2026.",
        "<bdi>Bezoeken</bdi></th><td class=\"n\">7</td><td class=\"n\">13</td>",
        "vrijdag 16 oktober",
    ] {
        assert!(page.contains(shown), "{shown} on {page}");
    }
    let before = page
        .split("class=\"noprint\" href=\"")
        .nth(1)
        .expect("a link");
    let before = phone
        .get(before.split('"').next().expect("an address"))
        .text();
    assert!(before.contains("nieuwere verklaring") && before.contains(&newest));
}

#[test]
fn a_viewer_reads_statements_and_nothing_else() {
    let server = Server::start();
    let house = in_november(&server);
    let coordinator = enrolled(&house, Role::Coordinator);
    let viewer = enrolled(&house, Role::Viewer);
    let home = viewer.get("/month");
    assert_eq!(home.header("location"), Some("/statements"));
    assert!(
        viewer
            .get("/statements")
            .text()
            .contains("nog geen maand afgesloten")
    );
    viewer.get("/month/2026-10").with_status(403);
    follow(&coordinator, "/month/2026-10/close", &[("close", "yes")]);
    let month = viewer.get("/month/2026-10");
    let statement = month.header("location").expect("it leads on").to_owned();
    let page = viewer.get(&statement).with_status(200).text();
    assert!(page.contains("Verklaring over oktober 2026"), "{page}");
    assert!(
        !page.contains("href=\"/today\"") && !page.contains("href=\"/month/2026-10\""),
        "no pages that refuse him"
    );
    viewer.get("/month/2026-10/close").with_status(403);
    viewer.get("/entries?period=2026-10").with_status(403);
}
