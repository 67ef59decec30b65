//! Whoever took a picture of a gift box's code can say names, but not for ever.

use crate::support::Server;
use serde_json::{Value, json};

#[test]
fn a_gift_box_code_keeps_two_hundred_names_that_wait_and_takes_gifts_on() {
    let server = Server::start();
    let house = server.found("badhuis");
    let code = house.code(json!({ "for": "gift" }));
    let gift = |number: usize| {
        let donor = format!("Niemand {number}");
        let said = json!({ "code": code, "money_cents": 100, "donor": donor, "purpose": "thee" });
        house.entry("donation", said)
    };
    let mut last = Value::Null;
    for minute in 0..7 {
        // A minute's gifts, and one that is too many.
        let gifts: Vec<Value> = (0..31).map(|number| gift(minute * 31 + number)).collect();
        let told = server.anyone().record(&json!(gifts)).told(200);
        let results = told["results"].as_array().expect("results");
        assert!(results[..30].iter().all(|it| it["status"] == "to_confirm"));
        assert_eq!(results[30]["problem"]["type"], "/problems/too-fast");
        last = gifts[29].clone();
        server.pass_minutes(1);
    }
    let log = house.coordinator.get("/api/v1/log").with_status(200).text();
    let named = log.matches("giver_named.v1").count();
    assert_eq!((named, log.matches("money_donated.v1").count()), (200, 210));
    // What was said with a name that is not kept has a key of its own, and can be read.
    let keys = server
        .folder()
        .join("keys")
        .join(format!("{}.keys", house.id));
    let keys = std::fs::read_to_string(keys).expect("there are keys");
    assert!(keys.contains(last["id"].as_str().expect("an id")));
    // A host names whom she likes, and a name that waits is still the same one.
    let by_host = json!({ "money_cents": 100, "donor": "Ans" });
    house.records("donation", by_host);
    assert_eq!(
        server.anyone().record(&gift(0)).told(201)["status"],
        "to_confirm"
    );
    let log = house.coordinator.get("/api/v1/log").text();
    assert_eq!(log.matches("giver_named.v1").count(), 200);
    assert_eq!(log.matches("person_registered.v1").count(), 1);
}
