//! The server as its own process: the demo, and what a killed one leaves.

use crate::support::house::{entry, value};
use crate::support::process::{Process, path, printed};
use serde_json::{Value, json};
use std::fs;
use std::sync::mpsc;

#[test]
fn the_demo_is_served_with_doors_that_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Process::serve(folder.path(), &["--demo"]);
    let anyone = server.anyone();
    let code = |link: String| link.rsplit('/').next().map(str::to_owned);
    let poster = code(server.told("/c/"));
    let now = jiff::Timestamp::now().to_string();
    let scan = entry("check_in", &now, json!({ "code": poster }));
    let told = anyone.record(&scan).told(201);
    assert_eq!(told["status"], "recorded", "whatever the hour");
    let roles = [(); 2].map(|()| {
        let code = code(server.told("/enrol/"));
        let enrol = json!({ "code": code });
        let told = anyone.post("/api/v1/session/enrol", &enrol).told(200);
        anyone
            .post("/api/v1/session/enrol", &enrol)
            .with_status(409);
        told["role"].clone()
    });
    assert_eq!(roles, ["bar", "coordinator"]);
    let day = jiff::Timestamp::now().in_tz("Europe/Amsterdam");
    let day = day.expect("the zone is there").date();
    // Before four in the morning it is still the day before.
    let period = format!("{}..{day}", day.yesterday().expect("a day"));
    let figures = printed(&[
        "figures",
        "--data",
        path(folder.path()),
        "--organisation",
        "badhuis",
        "--period",
        &period,
    ]);
    let figures: Value = serde_json::from_str(&figures).expect("figures are JSON");
    assert_eq!(value(&figures, "visits"), 1, "scanned and counted");
    assert!(server.kill().is_empty(), "one line of results");

    let again = Process::serve(folder.path(), &["--demo"]);
    assert_eq!(code(again.told("/c/")), poster, "one poster a day");
    again.anyone().record(&scan).told(200);
}

#[test]
fn what_a_killed_server_acknowledged_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Process::serve(folder.path(), &[]);
    let operator = fs::read_to_string(folder.path().join("operator.token"));
    let operator = server
        .anyone()
        .with_token(operator.expect("it is made").trim());
    let body = json!({ "name": "Het Badhuis", "slug": "badhuis" });
    let made = operator.post("/api/v1/organisations", &body).told(201);
    let token = made["coordinator_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let (told, answered) = mpsc::channel();
    for _ in 0..4 {
        let (url, token, told) = (server.url.clone(), token.clone(), told.clone());
        std::thread::spawn(move || load(&url, &token, &told));
    }
    drop(told);
    let mut acknowledged: Vec<Value> = answered.iter().take(200).collect();
    server.kill();
    acknowledged.extend(answered);
    let again = Process::serve(folder.path(), &[]);
    let coordinator = again.anyone().with_token(&token);
    for entries in acknowledged.chunks(500) {
        let told = coordinator.record(&json!(entries)).told(200);
        let results = told["results"].as_array().expect("one for each");
        assert_eq!(results.len(), entries.len());
        for result in results {
            assert_eq!(result["status"], "duplicate");
        }
    }
    drop(again);
    let verified = printed(&["verify", "--data", path(folder.path())]);
    assert!(verified.contains("sound and agree"), "{verified}");
}

/// Sends coffee until nobody answers, and tells what was.
fn load(url: &str, token: &str, acknowledged: &mpsc::Sender<Value>) {
    let http = reqwest::blocking::Client::new();
    loop {
        let now = jiff::Timestamp::now().to_string();
        let coffee = entry("coffee", &now, json!({ "cups": 1 }));
        let request = http.post(format!("{url}/api/v1/entries")).json(&coffee);
        match request.bearer_auth(token).send() {
            Ok(answer) => {
                assert_eq!(answer.status().as_u16(), 201);
                acknowledged.send(coffee).expect("the test listens");
            }
            Err(_) => return,
        }
    }
}
