//! Passes and badges, scanned by a device of the house and by a strange phone.

use super::world::{ask, enrolled, field, follow, next, pass, today, volunteer};
use crate::support::Server;
use meetellen_events::access::Role;
use meetellen_events::organisation::Request;
use meetellen_events::people::{self, PersonFacts};
use meetellen_events::values::PersonId;
use meetellen_projections::figures::Value;

#[test]
fn a_pass_counts_its_holder_once_a_day() {
    let server = Server::start();
    let house = server.found("badhuis");
    let person = PersonId::new(uuid::Uuid::now_v7());
    let register = people::Command::Register {
        person,
        facts: PersonFacts::default(),
        since: None,
    };
    ask(&house, Request::People(register));
    let path = format!("/p/{}", pass(&house, person));
    let tablet = enrolled(&house, Role::Bar);
    let head = house.head();
    let id = field(&tablet.get(&path).with_status(200), "id");
    assert_eq!(house.head(), head, "looking records nothing");
    let page = follow(&tablet, &path, &[("id", &id)]);
    assert!(page.text().contains("Geteld."), "{}", page.text());
    let page = follow(&tablet, &path, &[]);
    assert!(page.text().contains("was al geteld"), "{}", page.text());
    assert_eq!(today(&house, "visits"), Value::Whole(1));
    let stranger = server.browser().get(&path).with_status(200);
    assert!(stranger.text().contains("Dit is een pas"));
    server.browser().form(&path, &[]).with_status(401);
    server
        .browser()
        .get(&format!("/p/{}", "0".repeat(26)))
        .with_status(404);
}

#[test]
fn a_badge_starts_a_shift_and_lets_its_volunteers_phone_in() {
    let server = Server::start();
    let house = server.found("badhuis");
    let (_, badge) = volunteer(&house, "Ans");
    let path = format!("/p/{badge}");
    let tablet = enrolled(&house, Role::Bar);
    assert!(tablet.get(&path).text().contains("<bdi>Ans</bdi>"));
    follow(&tablet, "/bar/shifts", &[("kind", "bar"), ("pass", &badge)]);
    let page = tablet.get(&path);
    assert!(
        page.text().contains("Op dienst sinds 14:00"),
        "{}",
        page.text()
    );
    follow(
        &tablet,
        "/bar/shifts/end",
        &[("shift", &field(&page, "shift"))],
    );
    let phone = server.browser();
    assert!(phone.get(&path).text().contains(&format!("/enrol/{badge}")));
    assert_eq!(next(&phone.form(&format!("/enrol/{badge}"), &[])), "/bar");
    phone.get("/bar").with_status(200);
}
