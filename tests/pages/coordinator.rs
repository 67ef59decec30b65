//! The coordinator's pages: today, programme, people, posters, devices, settings, standing facts.

use super::world::{enrolled, field, follow, next, today, volunteer};
use crate::support::Server;
use meetellen_events::access::Role;
use meetellen_events::tally::ShiftKind;
use meetellen_projections::figures::Value;
use serde_json::json;

/// Every page of the navigation.
const PAGES: [&str; 9] = [
    "/today",
    "/programme",
    "/people",
    "/posters",
    "/devices",
    "/settings",
    "/standing",
    "/entries",
    "/month/2026-10",
];

#[test]
fn every_page_opens_for_the_coordinator_and_records_nothing() {
    let server = Server::start();
    let house = server.found("badhuis");
    let phone = enrolled(&house, Role::Coordinator);
    let head = house.head();
    for path in PAGES {
        let page = phone.get(path).with_status(200);
        assert!(page.text().contains("Huis badhuis"), "{path}");
        let english = phone.get(&format!("{path}?lang=en"));
        assert!(english.text().contains("<html lang=\"en\""), "{path}");
        phone.get(&format!("{path}?lang=nl"));
    }
    assert_eq!(house.head(), head);
}

#[test]
fn no_page_opens_for_who_may_not_see_it() {
    let server = Server::start();
    let house = server.found("badhuis");
    let other = server.found("sleutel");
    let tablet = enrolled(&house, Role::Bar);
    let (ans, _) = volunteer(&other, "Ans");
    for path in PAGES {
        tablet.get(path).with_status(403);
        server.browser().get(path).with_status(401);
    }
    let coordinator = enrolled(&house, Role::Coordinator);
    coordinator
        .get(&format!("/people/{ans}/erase"))
        .with_status(404);
    assert!(!coordinator.get("/people").text().contains("Ans"));
}

#[test]
fn an_activity_is_planned_weekly_cancelled_and_counted_afterwards() {
    let server = Server::start();
    let house = server.found("badhuis");
    let phone = enrolled(&house, Role::Coordinator);
    let added = [("name", "Vrijdagborrel"), ("organised_by", "residents")];
    let page = follow(&phone, "/activities", &added);
    assert!(page.text().contains("Vastgelegd."));
    let drinks = field_of_option(&page.text(), "Vrijdagborrel");
    let (ans, _) = volunteer(&house, "Ans");
    let path = format!("/activities/{drinks}");
    let page = phone.get(&path).with_status(200);
    assert!(page.text().contains("Ans"), "{}", page.text());
    let ans = ans.to_string();
    let changed = [
        ("name", "Vrijdagborrel"),
        ("organised_by", "residents"),
        ("organiser", ans.as_str()),
        ("since", "2026-10-01"),
    ];
    follow(&phone, &path, &changed);
    assert_eq!(field(&phone.get(&path), "organiser"), ans);
    let planned = [
        ("activity", drinks.as_str()),
        ("day", "2026-10-02"),
        ("from", "20:00"),
        ("to", "01:00"),
        ("every_weeks", "1"),
        ("repeat_until", "2026-10-16"),
    ];
    let page = follow(&phone, "/sessions", &planned);
    assert!(page.text().contains("20:00–01:00"), "past midnight");
    let session = part(&page.text(), "/mend/sessions/");
    let counted = format!("/mend/sessions/{session}");
    assert!(
        phone
            .get(&counted)
            .with_status(200)
            .text()
            .contains("Vrijdagborrel")
    );
    let heads = [("adults", "30"), ("children", "5"), ("basis", "counted")];
    follow(&phone, &counted, &heads);
    let month = phone.get("/month/2026-10").text();
    assert!(
        month.contains("Vrijdagborrel") && month.contains("35,0"),
        "{month}"
    );
    let page = phone.get("/programme?from=2026-10-09");
    let next_week = part(&page.text(), "/mend/sessions/");
    follow(&phone, &format!("/sessions/{next_week}/cancel"), &[]);
    let page = phone.get("/programme?from=2026-10-09");
    assert!(page.text().contains("Afgelast"), "{}", page.text());
    let none = [("activity", drinks.as_str()), ("day", "2026-10-02")];
    phone.form("/sessions", &none).with_status(422);
}

/// The id of the option with that name.
#[track_caller]
fn field_of_option(text: &str, name: &str) -> String {
    let option = text
        .split("<option value=\"")
        .find(|it| it.contains(&format!(">{name}<")));
    let id = option.and_then(|option| option.split('"').next());
    id.unwrap_or_else(|| panic!("no option {name}")).to_owned()
}

/// What stands behind the first address that starts so.
#[track_caller]
fn part(text: &str, start: &str) -> String {
    let rest = text.split(&format!("\"{start}")).nth(1);
    let part = rest.and_then(|rest| rest.split(['"', '/', '?']).next());
    part.unwrap_or_else(|| panic!("no {start} on {text}"))
        .to_owned()
}

#[test]
fn somebody_is_registered_given_a_badge_and_erased() {
    let server = Server::start();
    let house = server.found("badhuis");
    let phone = enrolled(&house, Role::Coordinator);
    let said = [
        ("name", "Ans de Boer"),
        ("volunteer", "true"),
        ("from_neighbourhood", "true"),
    ];
    let page = follow(&phone, "/people", &said);
    assert!(page.text().contains("Ans de Boer"));
    assert_eq!(
        today(&house, "volunteers_from_neighbourhood"),
        Value::Whole(1)
    );
    let person = part(&page.text(), "/people/");
    let card = follow(&phone, &format!("/people/{person}/passes"), &[]);
    assert!(
        card.text().contains("<svg") && !card.text().contains("Ans"),
        "no name on it"
    );
    let changed = [("name", "Ans Bakker"), ("volunteer", "true")];
    let page = follow(&phone, &format!("/people/{person}"), &changed);
    assert!(page.text().contains("Ans Bakker") && !page.text().contains("Ans de Boer"));
    assert_eq!(
        today(&house, "volunteers_from_neighbourhood"),
        Value::Whole(0)
    );
    let erase = format!("/people/{person}/erase");
    assert!(phone.get(&erase).text().contains("Ans Bakker"));
    phone.form(&erase, &[]).with_status(422);
    let page = follow(&phone, &erase, &[("erase", "for-ever")]);
    assert!(!page.text().contains("Ans"), "{}", page.text());
}

#[test]
fn a_poster_is_made_looked_at_in_other_languages_and_removed() {
    let server = Server::start();
    let house = server.found("badhuis");
    let phone = enrolled(&house, Role::Coordinator);
    let page = follow(&phone, "/codes", &[("for", "door")]);
    assert!(page.text().contains("Tel mee: scan en tik"));
    let listed = phone.get("/posters").text();
    let code = part(&listed, "/posters/");
    let arabic = phone.get(&format!("/posters/{code}?in=ar"));
    assert!(arabic.text().contains("dir=\"rtl\"") && !arabic.text().contains("Tel mee: scan"));
    phone.get(&format!("/c/{code}")).with_status(200);
    let picture = phone
        .get(&format!("/api/v1/codes/{code}.png"))
        .with_status(200);
    assert_eq!(picture.header("content-type"), Some("image/png"));
    follow(&phone, &format!("/posters/{code}/remove"), &[]);
    phone.get(&format!("/c/{code}")).with_status(404);
}

#[test]
fn a_device_is_invited_and_shut_out_at_once() {
    let server = Server::start();
    let house = server.found("badhuis");
    let phone = enrolled(&house, Role::Coordinator);
    let page = follow(
        &phone,
        "/devices",
        &[("name", "Tablet keuken"), ("role", "bar")],
    );
    assert!(page.text().contains("Tablet keuken") && page.text().contains("<svg"));
    let text = page.text();
    let listed = text.split("<bdi>Tablet keuken</bdi>").nth(1);
    let link = part(listed.expect("it stands in the list"), "/devices/");
    let code = text.split("/enrol/").nth(1).and_then(|rest| rest.get(..26));
    let code = code.expect("the address in words");
    let tablet = server.browser();
    next(&tablet.form(&format!("/enrol/{code}"), &[]));
    tablet.get("/bar").with_status(200);
    follow(&phone, &format!("/devices/{link}/revoke"), &[]);
    tablet.get("/bar").with_status(401);
}

#[test]
fn hours_rooms_and_rates_hold_from_the_day_chosen() {
    let server = Server::start();
    let house = server.found("badhuis");
    let phone = enrolled(&house, Role::Coordinator);
    let hours = [
        ("from_1", "09:00"),
        ("to_1", "12:30"),
        ("from_again_1", "19:00"),
        ("to_again_1", "22:00"),
        ("since", "2026-10-01"),
    ];
    let page = follow(&phone, "/settings/hours", &hours);
    assert_eq!(field(&page, "from_1"), "09:00");
    assert_eq!(field(&page, "to_again_1"), "22:00");
    assert_eq!(field(&page, "from_2"), "");
    phone
        .form("/settings/hours", &[("from_1", "09:00")])
        .with_status(422);
    let page = follow(
        &phone,
        "/settings/rooms",
        &[("name", "Grote zaal"), ("capacity", "80")],
    );
    assert!(page.text().contains("80 personen"), "{}", page.text());
    let page = follow(&phone, "/settings/rooms", &[("name", "Keuken")]);
    assert!(page.text().contains("Grote zaal") && page.text().contains("Keuken"));
    let room = part(&page.text(), "/settings/rooms/");
    let page = follow(&phone, &format!("/settings/rooms/{room}/remove"), &[]);
    assert!(!page.text().contains("Grote zaal"));
    let rates = [
        ("hourly_rate", "18,50"),
        ("hourly_rate_source", "CBS, 2025"),
        ("cups_per_pot", "8"),
        ("inhabitants", "4.830"),
        ("inhabitants_source", "CBS, 2025"),
    ];
    let page = follow(&phone, "/settings/rates", &rates);
    assert_eq!(field(&page, "hourly_rate"), "18,50");
    assert_eq!(field(&page, "inhabitants"), "4830");
    let page = follow(&phone, "/settings/closed-days", &[("day", "2026-12-25")]);
    assert!(page.text().contains("vrijdag 25 december 2026"));
    let page = follow(&phone, "/settings/closed-days/2026-12-25/remove", &[]);
    assert!(!page.text().contains("25 december"));
    let page = follow(&phone, "/settings/name", &[("name", "Het Badhuis")]);
    assert!(page.text().contains("<bdi>Het Badhuis</bdi>"));
}

#[test]
fn standing_facts_begin_and_end() {
    let server = Server::start();
    let house = server.found("badhuis");
    let phone = enrolled(&house, Role::Coordinator);
    follow(&phone, "/standing/tenant", &[("name", "Fysio de Buurt")]);
    let granted = [
        ("funder", "Gemeente"),
        ("purpose", "Park"),
        ("amount", "300.000"),
    ];
    let page = follow(&phone, "/standing/grant", &granted);
    assert!(page.text().contains("€\u{a0}300.000,00"), "{}", page.text());
    assert_eq!(today(&house, "tenants"), Value::Whole(1));
    assert_eq!(today(&house, "grants"), Value::Whole(30_000_000));
    let tenant = part(&page.text(), "/standing/tenant/");
    follow(&phone, &format!("/standing/tenant/{tenant}/end"), &[]);
    assert_eq!(today(&house, "tenants"), Value::Whole(0));
    let page = follow(&phone, "/standing/indicator", &[("name", "Volgers")]);
    let indicator = part(&page.text(), "/standing/measure/");
    let measure = format!("/standing/measure/{indicator}");
    follow(&phone, &measure, &[("value", "1760,5")]);
    let month = phone.get("/month/2026-10").text();
    assert!(month.contains("1.760,5"), "{month}");
    phone
        .form("/standing/house", &[("name", "x")])
        .with_status(404);
}

#[test]
fn a_forgotten_shift_is_asked_for_and_mended() {
    let server = Server::start();
    let house = server.found("badhuis");
    let (ans, _) = volunteer(&house, "Ans");
    let phone = enrolled(&house, Role::Coordinator);
    let kind = ShiftKind::Bar;
    house.records("shift_start", json!({ "volunteer": ans, "kind": kind }));
    server.at("2026-10-08T10:00:00+02:00");
    house.records("opening", json!({ "state": "opened" }));
    let start = phone.get("/today");
    let shift = part(&start.text(), "/mend/shifts/");
    let mend = format!("/mend/shifts/{shift}");
    let page = phone.get(&mend).with_status(200);
    assert_eq!(field(&page, "ended"), "2026-10-07T14:00");
    let told = [("ended", "2026-10-07T17:30"), ("basis", "entered")];
    let page = follow(&phone, &mend, &told);
    assert!(
        !page.text().contains("/mend/shifts/"),
        "nothing is missing there"
    );
    let page = phone.get(&mend);
    let (id, retraction, end) = (
        field(&page, "id"),
        field(&page, "retraction"),
        field(&page, "end"),
    );
    let again = [
        ("id", id.as_str()),
        ("retraction", retraction.as_str()),
        ("end", end.as_str()),
        ("ended", "2026-10-07T17:00"),
        ("basis", "estimated"),
    ];
    follow(&phone, &mend, &again);
    let month = phone.get("/month/2026-10").text();
    assert!(month.contains("<b>3,0</b>"), "{month}");
}

#[test]
fn a_day_nobody_counted_is_counted_afterwards() {
    let server = Server::start();
    let house = server.found("badhuis");
    let phone = enrolled(&house, Role::Coordinator);
    house.records("coffee", json!({ "cups": 3 }));
    server.at("2026-10-08T10:00:00+02:00");
    house.records("opening", json!({ "state": "opened" }));
    let start = phone.get("/today").text();
    assert!(start.contains("/mend/days/2026-10-07"), "{start}");
    phone.get("/mend/days/2026-10-07").with_status(200);
    let heads = [("adults", "12"), ("children", "0"), ("basis", "estimated")];
    let page = follow(&phone, "/mend/days/2026-10-07", &heads);
    assert!(!page.text().contains("/mend/days/2026-10-07"));
}
