//! The first run, and devices on their way in and out.

use super::world::{field, follow, next};
use crate::support::Server;
use meetellen_events::access::Role;
use meetellen_events::organisation::Authority;
use meetellen_events::values::{Code, Name};

fn setup_link(server: &Server) -> String {
    let code = server.node.setup_code().expect("nobody is in yet");
    format!("/setup/{code}")
}

#[test]
fn the_setup_link_makes_the_organisation_and_signs_this_phone_in() {
    let server = Server::start();
    let phone = server.browser();
    let link = setup_link(&server);
    let page = phone.get(&link).with_status(200);
    assert_eq!(field(&page, "time_zone"), "Europe/Amsterdam");
    let sent = [
        ("name", "Café ’t Hoekje"),
        ("slug", ""),
        ("time_zone", "Europe/Amsterdam"),
    ];
    let welcome = follow(&phone, &link, &sent);
    assert!(welcome.text().contains("Café ’t Hoekje"));
    assert_eq!(next(&phone.get("/")), "/today");
    let again = server.browser().get(&link).with_status(409);
    assert!(
        again
            .header("content-type")
            .is_some_and(|it| it.starts_with("text/html"))
    );
}

#[test]
fn a_mistake_in_the_first_run_is_told_beside_what_was_typed() {
    let server = Server::start();
    let phone = server.browser();
    let link = setup_link(&server);
    let sent = [
        ("name", "Het Badhuis"),
        ("slug", "Bad Huis"),
        ("time_zone", "Europe/Amsterdam"),
    ];
    let page = phone.form(&link, &sent).with_status(422);
    assert_eq!(field(&page, "name"), "Het Badhuis");
    assert!(page.text().contains("role=\"alert\""));
    assert!(server.node.setup_code().is_some(), "the link is good still");
}

#[test]
fn an_invitation_lets_one_device_in_once() {
    let server = Server::start();
    let house = server.found("badhuis");
    let name = Name::new("Tablet bar").expect("a name");
    let code = crate::support::house::wait(meetellen::api::house::invitation(
        &server.node,
        house.id,
        Authority::System,
        name,
        Role::Bar,
    ));
    let (_, code): (_, Code) = code.expect("invited");
    let link = format!("/enrol/{code}");
    let tablet = server.browser();
    assert!(
        tablet
            .get(&link)
            .with_status(200)
            .text()
            .contains("Tablet bar")
    );
    assert_eq!(next(&tablet.form(&link, &[])), "/bar");
    assert_eq!(next(&tablet.get("/")), "/bar");
    server.browser().get(&link).with_status(409);
    server.browser().form(&link, &[]).with_status(409);
    let foreign = server.anyone().with("sec-fetch-site", "cross-site");
    foreign.form(&link, &[]).with_status(403);
    assert_eq!(next(&tablet.form("/sign-out", &[])), "/");
    let stranger = tablet.get("/").with_status(200);
    assert!(!stranger.text().contains("/bar"));
}
