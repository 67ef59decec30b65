//! An organisation's log leaves as it is kept, and anyone can redo its chain.

use crate::support::Server;
use crate::support::house::House;
use meetellen_events::access::Role;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The lines behind a position.
#[track_caller]
fn lines(house: &House<'_>, query: &str) -> Vec<String> {
    let reply = house
        .coordinator
        .get(&format!("/api/v1/log{query}"))
        .with_status(200);
    assert_eq!(reply.header("content-type"), Some("application/x-ndjson"));
    let text = reply.text();
    assert!(text.is_empty() || text.ends_with('\n'), "whole lines");
    text.lines().map(str::to_owned).collect()
}

/// Follows the chain from its beginning; position and hash of its end.
fn redo(lines: &[String]) -> (u64, String) {
    let (mut next, mut previous) = (1, [0_u8; 32]);
    for line in lines {
        let commit: Value = serde_json::from_str(line).expect("a line is JSON");
        assert_eq!(commit["position"], next);
        let (before, behind) = line.rsplit_once("\"hash\":\"").expect("a line has a hash");
        let mut sum = Sha256::new_with_prefix(previous);
        sum.update(before);
        sum.update(&behind[66..]);
        previous = sum.finalize().into();
        let hash: String = previous.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(commit["hash"], hash);
        next += commit["events"].as_array().map_or(0, Vec::len) as u64;
    }
    let hash = previous.iter().map(|byte| format!("{byte:02x}")).collect();
    (next - 1, hash)
}

#[test]
fn the_whole_log_is_a_chain_to_the_last_answer() {
    let server = Server::start();
    let house = server.found("badhuis");
    let mut last = Value::Null;
    // Enough to be sealed into chunks, and more behind them.
    for _ in 0..150 {
        last = house.records("coffee", json!({ "cups": 1 }));
    }
    let (position, hash) = redo(&lines(&house, ""));
    assert_eq!(
        (json!(position), json!(hash)),
        (last["position"].clone(), last["hash"].clone())
    );
    assert_eq!(
        lines(&house, &format!("?after={position}")),
        Vec::<String>::new()
    );
    let all = lines(&house, "");
    let behind = lines(&house, "?after=70");
    assert_eq!(behind, all[all.len() - behind.len()..]);
    assert!(behind[0].contains("\"position\":71,"), "{}", behind[0]);
}

#[test]
fn a_commit_that_holds_the_position_comes_whole() {
    let server = Server::start();
    let house = server.found("badhuis");
    let before = house.head();
    let hours = json!([{ "weekday": 1, "from": "09:00", "to": "17:00" }]);
    let both = json!({ "cups_per_pot": 10, "opening_hours": hours });
    house
        .coordinator
        .patch("/api/v1/settings", &both)
        .with_status(200);
    assert_eq!(house.head(), before + 2, "two facts in one commit");
    let whole = lines(&house, &format!("?after={before}"));
    assert_eq!(whole.len(), 1);
    assert_eq!(lines(&house, &format!("?after={}", before + 1)), whole);
    assert_eq!(
        lines(&house, &format!("?after={}", before + 2)),
        Vec::<String>::new()
    );
}

#[test]
fn the_log_is_the_coordinator_s_and_ends_where_it_ends() {
    let server = Server::start();
    let house = server.found("badhuis");
    for role in [Role::Volunteer, Role::Bar, Role::Viewer] {
        house.device(role).get("/api/v1/log").with_status(403);
    }
    server.operator().get("/api/v1/log").with_status(401);
    let beyond = format!("/api/v1/log?after={}", house.head() + 1);
    assert_eq!(
        house.coordinator.get(&beyond).with_status(404).problem(),
        "unknown-position"
    );
    for bad in ["?after=x", "?after=-1", "?before=3"] {
        let refused = house.coordinator.get(&format!("/api/v1/log{bad}"));
        assert_eq!(refused.with_status(400).problem(), "malformed", "{bad}");
    }
}
