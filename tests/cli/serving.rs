//! The server as its own process: the demo.

use crate::support::house::{entry, value};
use crate::support::process::{Process, path, printed};
use serde_json::{Value, json};

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
