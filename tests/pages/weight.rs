//! What a page weighs over the wire, head and packed body, with the stylesheet it needs.

use super::world::{activity, code, enrolled, session, volunteer};
use crate::support::Server;
use crate::support::client::{Client, Reply};
use meetellen_events::access::Role;
use meetellen_events::programme::Target;

const CHECK_IN_BYTES_MAX: usize = 14 * 1024;
const BAR_BYTES_MAX: usize = 60 * 1024;
const COORDINATOR_BYTES_MAX: usize = 150 * 1024;

/// Bytes of an answer: its head as HTTP/1.1 writes it, and its body as it came.
fn bytes(reply: &Reply) -> usize {
    let head = reply.headers.iter();
    let head: usize = head.map(|(name, value)| name.len() + value.len() + 4).sum();
    head + reply.body.len()
}

/// Bytes of a page and its stylesheet.
#[track_caller]
fn weight(browser: &Client, path: &str) -> usize {
    let packing = browser.with("accept-encoding", "gzip, br");
    let page = packing.get(path).with_status(200);
    assert!(
        page.header("content-encoding").is_some(),
        "{path} is packed"
    );
    let plain = browser.get(path).text();
    let style = plain.split("rel=\"stylesheet\" href=\"").nth(1);
    let style = style.and_then(|rest| rest.split('"').next());
    let style = packing.get(style.expect("one stylesheet")).with_status(200);
    assert_eq!(
        plain.matches("<link ").count(),
        2,
        "the style and an empty icon"
    );
    bytes(&page) + bytes(&style)
}

#[test]
fn a_check_in_page_fits_in_one_round_trip() {
    let server = Server::start();
    let house = server.found("badhuis");
    for name in ["Seniorenkoor", "Filmavond", "Beeldhouwgroep"] {
        let activity = activity(&house, name, false);
        session(&house, activity, -30, 60);
    }
    let path = format!("/c/{}", code(&house, Target::Door, None));
    for language in ["nl", "en", "ar", "tr", "uk", "pl"] {
        let weight = weight(&server.browser(), &format!("{path}?lang={language}"));
        assert!(weight <= CHECK_IN_BYTES_MAX, "{language}: {weight} bytes");
    }
}

#[test]
fn the_bar_and_the_coordinators_pages_stay_light() {
    let server = Server::start();
    let house = server.found("badhuis");
    for number in 0..90 {
        volunteer(&house, &format!("Willemien van der Heijden {number}"));
    }
    let tablet = enrolled(&house, Role::Bar);
    let bar = weight(&tablet, "/bar");
    assert!(bar <= BAR_BYTES_MAX, "{bar} bytes");
    let phone = enrolled(&house, Role::Coordinator);
    for path in [
        "/today",
        "/people",
        "/programme",
        "/month/2026-10",
        "/settings",
    ] {
        let weight = weight(&phone, path);
        assert!(weight <= COORDINATOR_BYTES_MAX, "{path}: {weight} bytes");
    }
}
