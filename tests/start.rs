//! A server starts, answers, and starts again where it stopped.

use crate::support::Server;
use crate::support::spec::Spec;
use meetellen_events::access::Role;
use reqwest::Method;
use serde_json::json;

#[test]
fn a_new_server_is_alive_and_ready() {
    let server = Server::start();
    for path in ["/healthz", "/readyz"] {
        let told = server.anyone().get(path).told(200);
        assert_eq!(told, json!({ "status": "ok" }), "{path}");
    }
}

#[test]
fn what_was_recorded_is_there_after_a_restart() {
    let server = Server::start();
    let house = server.found("badhuis");
    let coffee = house.entry("coffee", json!({ "cups": 3 }));
    let first = house.coordinator.record(&coffee).told(201);
    let (id, token) = (house.id, house.coordinator.clone());
    let server = server.restart();
    let again = token.of(&server).record(&coffee).told(200);
    assert_eq!(again["status"], "duplicate");
    assert_eq!(
        (&again["position"], &again["hash"]),
        (&first["position"], &first["hash"])
    );
    assert_eq!(first["position"], server.head(id));
}

#[test]
fn a_token_lasts_until_the_clock_says_otherwise() {
    let server = Server::start();
    let house = server.found("badhuis");
    let coffee = |cups: u8| house.entry("coffee", json!({ "cups": cups }));
    server.pass_minutes(90 * 24 * 60);
    house.coordinator.record(&coffee(1)).told(201);
    server.pass_minutes(1);
    let refused = house.coordinator.record(&coffee(2)).with_status(401);
    assert_eq!(refused.problem(), "token-expired");
}

#[test]
fn what_no_route_takes_is_told_as_a_problem() {
    let server = Server::start();
    let house = server.found("badhuis");
    let head = house.head();
    let bar = house.device(Role::Bar);
    let told = [
        bar.get("/api/v1/nowhere"),
        bar.patch("/api/v1/entries", &json!({})),
        bar.delete("/api/v1/entries"),
        bar.form("/api/v1/entries", &[("cups", "3")]),
        bar.bytes(Method::POST, "/api/v1/entries", "application/json", "{"),
    ];
    let told = told.map(|reply| {
        let sort = reply.header("content-type").map(str::to_owned);
        assert_eq!(sort.as_deref(), Some("application/problem+json"));
        reply.problem()
    });
    assert_eq!(
        told,
        [
            "not-found",
            "method-not-allowed",
            "method-not-allowed",
            "unsupported-media-type",
            "malformed"
        ]
    );
    assert_eq!(house.head(), head + 1, "but for the device let in above");
}

#[test]
fn an_entry_recorded_is_the_end_of_the_log() {
    let server = Server::start();
    let house = server.found("badhuis");
    server.at("2026-10-07T15:30:00+02:00");
    let told = house.records("opening", json!({ "state": "opened" }));
    assert_eq!(told["status"], "recorded");
    assert_eq!(told["position"], house.head());
}

#[test]
fn a_page_nobody_has_is_a_problem_to_read() {
    let server = Server::start();
    let page = server.browser().get("/nowhere").with_status(404);
    assert!(page.header("content-type").is_some(), "{}", page.text());
}

#[test]
fn every_operation_of_the_contract_is_served() {
    let server = Server::start();
    let mut count = 0;
    for (pointer, operation) in Spec::shared().operations() {
        let parts: Vec<&str> = pointer.split('/').collect();
        let method: Method = parts[3].to_uppercase().parse().expect("a method");
        let path = parts[2].replace("~1", "/").replace("~0", "~");
        let path = path
            .replace("{id}", "0198c5a0-0000-7000-8000-000000000fff")
            .replace("{code}", "0123456789ABCDEFGHJKMNPQRR")
            .replace("{slug}", "invalid");
        let told = server.anyone().send(method, &path, |request| request);
        let stray = ["not-found", "method-not-allowed"];
        assert!(
            !stray.contains(&&*told.problem()),
            "{}",
            operation["operationId"]
        );
        count += 1;
    }
    assert!(count > 50, "only {count} operations");
}
