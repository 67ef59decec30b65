//! The three flows in a phone-sized browser against a real server: check in, coffee with undo, the month.
//! `cargo test --features browser --test black_box browser::`, with `chromium` and `chromedriver` on the path: a missing browser
//! fails. The feature keeps `cargo test` passing on a machine that has Rust and gcc alone.

mod phone;
mod promises;

use super::support::Server;
use super::support::house::{House, value, wait};
use meetellen::api::house::invite;
use meetellen_events::access::Role;
use meetellen_events::organisation::Authority;
use meetellen_events::values::{Name, Timestamp};
use phone::Phone;
use serde_json::{Value, json};

/// What stands on the page after undoing alone: the way back to the form.
const UNDONE: &str = "main a[href^='/c/']";

/// A server whose clock stands at the browser's own time, so that its cookies are as old as the browser thinks.
fn server() -> Server {
    let server = Server::start();
    let now = jiff::Timestamp::now().as_millisecond();
    server.clock.set(Timestamp::from_millis(now));
    server
}

/// Lets the phone in with this role, by a link as an invitation has it.
#[track_caller]
fn enrols(phone: &Phone, house: &House<'_>, role: Role) {
    let name = Name::new("Telefoon").expect("a short name");
    let node = &house.server.node;
    let url = invite(node, house.id, Authority::System, name, role);
    phone.open(&wait(url).expect("an invitation is given"));
    phone.press("form[action^='/enrol/'] button");
}

fn today(house: &House<'_>) -> String {
    let live = wait(house.server.node.open(house.id)).expect("it opens");
    let zone = live.read().organisation.zone().cloned();
    let day = zone
        .expect("it was founded")
        .day_of(house.server.node.now());
    day.to_string()
}

#[track_caller]
fn figure(house: &House<'_>, key: &str) -> Value {
    let path = format!("/api/v1/figures?period={}", today(house));
    value(&house.coordinator.get(&path).told(200), key)
}

/// The address in the picture of a code, as a camera reads it.
#[track_caller]
fn scanned(house: &House<'_>, code: &str) -> String {
    let path = format!("/api/v1/codes/{code}.png");
    let picture = house.coordinator.get(&path).with_status(200).body;
    let picture = image::load_from_memory(&picture).expect("a picture");
    let picture = picture.to_luma8();
    let (width, height) = picture.dimensions();
    let side = |length: u32| usize::try_from(length).expect("a small picture");
    let pixels = picture.as_raw();
    let at = |x: usize, y: usize| pixels[y * side(width) + x];
    let mut seen = rqrr::PreparedImage::prepare_from_greyscale(side(width), side(height), at);
    let found = seen.detect_grids();
    let (_, address) = found.first().expect("a code").decode().expect("readable");
    address
}

fn check_in_and_undo(script: bool) {
    let server = server();
    let house = server.found("huis");
    let code = house.code(json!({ "for": "door" }));
    let phone = Phone::new(script);
    phone.open(&scanned(&house, &code));
    assert_eq!(
        figure(&house, "visits"),
        Value::Null,
        "looking counts nobody"
    );
    phone.fits();
    phone.press("button.here");
    assert_eq!(phone.text(".big"), "1");
    phone.fits();
    assert_eq!(figure(&house, "visits"), 1);
    phone.press("form[action$='/undo'] button");
    assert_eq!(phone.count(UNDONE), 1);
    assert_eq!(figure(&house, "visits"), 0);
}

#[test]
fn a_visitor_checks_in_with_one_tap_and_takes_it_back() {
    check_in_and_undo(true);
}

#[test]
fn a_visitor_checks_in_where_script_is_off() {
    check_in_and_undo(false);
}

#[test]
fn a_visitor_checks_in_by_keyboard_alone_and_counts_once() {
    let server = server();
    let house = server.found("huis");
    let code = house.code(json!({ "for": "door" }));
    let phone = Phone::new(true);
    for _ in 0..2 {
        phone.open(&format!("{}/c/{code}", server.url));
        phone.tab_to("button.here");
        phone.enter();
        assert_eq!(phone.count("form[action$='/undo']"), 1);
    }
    assert_eq!(figure(&house, "visits"), 1, "one phone, one visit");
}

#[test]
fn company_is_counted_on_the_same_page() {
    let server = server();
    let house = server.found("huis");
    let code = house.code(json!({ "for": "door" }));
    let phone = Phone::new(true);
    phone.open(&format!("{}/c/{code}", server.url));
    phone.touch("summary");
    phone.write("input[name=children]", "2");
    phone.press("button.here");
    assert_eq!(phone.text(".big"), "3");
    assert_eq!(phone.count(".strokes .new"), 1, "the last stroke is drawn");
    assert_eq!(figure(&house, "visits_children"), 2);
}

#[test]
fn coffee_is_tapped_and_taken_back() {
    let server = server();
    let house = server.found("huis");
    let phone = Phone::new(true);
    enrols(&phone, &house, Role::Bar);
    phone.open(&format!("{}/bar", server.url));
    phone.fits();
    let place = "document.querySelector('.tile').getBoundingClientRect().top";
    let before = phone.ask(place);
    phone.press("form[action='/bar/coffee'] button[value='1']");
    assert_eq!(phone.text("form[action='/bar/coffee'] b"), "1");
    assert_eq!(phone.ask(place), before, "the tile stays under the finger");
    phone.press("form[action='/bar/coffee'] button[value='5']");
    assert_eq!(phone.text("form[action='/bar/coffee'] b"), "6");
    assert_eq!(figure(&house, "coffee_cups"), 6);
    phone.press("form[action='/bar/undo'] button");
    assert_eq!(phone.text("form[action='/bar/coffee'] b"), "1");
    assert_eq!(figure(&house, "coffee_cups"), 1);
}

#[test]
fn the_month_shows_big_numbers_with_definition_and_entries() {
    let server = server();
    let house = server.found("huis");
    for _ in 0..3 {
        house.records("check_in", json!({}));
    }
    house.records("coffee", json!({ "cups": 7 }));
    let month = today(&house)[..7].to_owned();
    let phone = Phone::new(true);
    enrols(&phone, &house, Role::Coordinator);
    phone.open(&format!("{}/month/{month}", server.url));
    phone.fits();
    assert_eq!(phone.text(".figure b"), "3", "visits come first");
    phone.touch(".figure summary");
    assert!(
        phone.text(".figure details p").len() > 40,
        "a definition is a sentence"
    );
    phone.press(".figure details a.button");
    phone.fits();
    assert!(phone.path().starts_with("/entries"), "{}", phone.path());
    assert!(
        phone.count("main li, main tbody tr") >= 3,
        "the entries behind it"
    );
}
