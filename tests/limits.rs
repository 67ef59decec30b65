//! How often something may be asked for.

use crate::support::Server;
use crate::support::client::{Client, Reply};
use crate::support::house::House;
use meetellen_events::access::Role;
use serde_json::{Value, json};

const NOWHERE: &str = "0000000000000000000000000G";

#[track_caller]
fn door(house: &House<'_>) -> String {
    let made = house
        .coordinator
        .post("/api/v1/codes", &json!({ "for": "door" }));
    made.told(201)["code"].as_str().expect("a code").to_owned()
}

fn check_in(house: &House<'_>, code: &str, visitor: &str) -> Value {
    house.entry("check_in", json!({ "code": code, "visitor": visitor }))
}

#[track_caller]
fn is_too_fast(reply: &Reply, seconds: &str) {
    assert_eq!(
        (reply.status, reply.problem()),
        (429, "too-fast".to_owned())
    );
    assert_eq!(reply.header("retry-after"), Some(seconds));
}

/// Somebody behind the proxy on this machine.
fn from(server: &Server, address: &str) -> Client {
    server.anyone().with("x-forwarded-for", address)
}

#[test]
fn guesses_at_codes_are_held_back_by_address_and_known_codes_are_not() {
    let server = Server::start();
    let house = server.found("badhuis");
    let code = door(&house);
    let guesser = from(&server, "198.51.100.1");
    for _ in 0..60 {
        let guess = guesser.record(&house.entry("check_in", json!({ "code": NOWHERE })));
        assert_eq!(
            (guess.status, guess.problem()),
            (404, "unknown-code".to_owned())
        );
    }
    let enrol = json!({ "code": NOWHERE });
    let guess = house.entry("check_in", json!({ "code": NOWHERE }));
    is_too_fast(&guesser.record(&guess), "1");
    is_too_fast(&guesser.post("/api/v1/session/enrol", &enrol), "1");
    let page = guesser.get(&format!("/c/{NOWHERE}"));
    assert_eq!((page.status, page.header("retry-after")), (429, Some("1")));
    assert!(
        page.header("content-type")
            .is_some_and(|it| it.starts_with("text/html"))
    );
    // A house sits behind one address: its own codes go on.
    guesser
        .record(&house.entry("check_in", json!({ "code": code })))
        .with_status(201);
    from(&server, "198.51.100.2")
        .post("/api/v1/session/enrol", &enrol)
        .with_status(404);
    server.clock.set(server.node.now().plus_millis(1_000));
    guesser
        .post("/api/v1/session/enrol", &enrol)
        .with_status(404);
    is_too_fast(&guesser.post("/api/v1/session/enrol", &enrol), "1");
}

#[test]
fn each_guess_of_an_array_counts() {
    let server = Server::start();
    let house = server.found("badhuis");
    let guesses: Vec<_> = (0..70)
        .map(|_| house.entry("check_in", json!({ "code": NOWHERE })))
        .collect();
    let told = server.anyone().record(&json!(guesses)).told(200);
    let problems: Vec<_> = told["results"]
        .as_array()
        .expect("results")
        .iter()
        .map(|it| it["problem"]["type"].as_str().expect("a problem"))
        .collect();
    assert_eq!(problems[..60], ["/problems/unknown-code"; 60]);
    assert_eq!(problems[60..], ["/problems/too-fast"; 10]);
}

#[test]
fn one_phone_has_thirty_entries_a_minute() {
    let server = Server::start();
    let house = server.found("badhuis");
    let code = door(&house);
    let entries: Vec<_> = (0..31)
        .map(|_| check_in(&house, &code, "AAAAAAAAAAAAAAAAAAAAAA"))
        .collect();
    let told = server.anyone().record(&json!(entries)).told(200);
    let results = told["results"].as_array().expect("results");
    let rejected: Vec<_> = results
        .iter()
        .filter(|it| it["status"] == "rejected")
        .collect();
    assert_eq!(rejected.len(), 1);
    assert_eq!(results[30]["problem"]["type"], "/problems/too-fast");
    let head = house.head();
    is_too_fast(&server.anyone().record(&entries[30]), "2");
    assert_eq!(house.head(), head, "nothing was recorded");
    let other = check_in(&house, &code, "AQAAAAAAAAAAAAAAAAAAAA");
    server.anyone().record(&other).with_status(201);
    server.pass_minutes(1);
    server.anyone().record(&entries[30]).with_status(200);
}

#[test]
fn a_browser_is_held_back_and_a_program_by_the_queue_alone() {
    let server = Server::start();
    let house = server.found("badhuis");
    let added = house
        .coordinator
        .post("/api/v1/devices", &json!({ "name": "Bar", "role": "bar" }));
    let link = added.told(201)["enrol_url"]
        .as_str()
        .expect("a link")
        .to_owned();
    let code = link.rsplit('/').next().expect("a code");
    let browser = Client::browser(&server.url);
    browser
        .post("/api/v1/session/enrol", &json!({ "code": code }))
        .with_status(200);
    let program = house.device(Role::Bar);
    let coffees = || -> Value {
        let coffee = |_| house.entry("coffee", json!({ "cups": 1 }));
        (0..500).map(coffee).collect()
    };
    let rejected = |client: &Client| -> usize {
        let told = client.record(&coffees()).told(200);
        let results = told["results"].as_array().expect("results");
        results
            .iter()
            .filter(|it| it["status"] == "rejected")
            .count()
    };
    assert_eq!(
        [rejected(&browser), rejected(&browser), rejected(&browser)],
        [0, 0, 500]
    );
    assert_eq!(
        [rejected(&program), rejected(&program), rejected(&program)],
        [0, 0, 0]
    );
}

#[test]
fn two_big_arrays_switch_no_poster_off() {
    let server = Server::start();
    let house = server.found("badhuis");
    let code = door(&house);
    let flooder = from(&server, "198.51.100.1");
    let flood = || -> Value {
        let scan = |_| house.entry("check_in", json!({ "code": code }));
        (0..500).map(scan).collect()
    };
    for (array, most) in [(flood(), 50), (flood(), 50)] {
        let told = flooder.record(&array).told(200);
        let results = told["results"].as_array().expect("results").iter();
        let (taken, refused): (Vec<_>, Vec<_>) = results.partition(|it| it["status"] != "rejected");
        assert_eq!(taken.len(), most);
        let too_fast = |it: &&Value| it["problem"]["type"] == "/problems/too-fast";
        assert!(refused.iter().all(too_fast));
    }
    let scan = house.entry("check_in", json!({ "code": code }));
    let other = from(&server, "192.0.2.7");
    assert!([200, 201].contains(&other.record(&scan).status));
}
