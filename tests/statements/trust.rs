//! A statement needs only itself and a key to be checked; a log, to be counted again.

use super::{arguments, close, closed, export, file, house, settle, statements, taps, written};
use crate::support::Server;
use crate::support::process::{complained, meetellen, path, printed};
use serde_json::{Value, json};
use std::fs;

#[test]
fn a_statement_is_checked_by_itself_and_one_changed_byte_is_found() {
    let server = Server::start();
    let house = house(&server, 7);
    let reply = close(&house, "2026-10").with_status(201);
    let statement = reply.json();
    let path = written(&server, &reply);
    let said = printed(&arguments(&path, &[]));
    assert!(said.contains("2026-10 of Huis badhuis (badhuis)"), "{said}");
    let fingerprint: String = said.chars().filter(|it| !it.is_whitespace()).collect();
    assert!(fingerprint.contains(statement["key"]["id"].as_str().expect("an id")));
    let text = reply.text();
    let at = text.find("\"value\":7").expect("the visits");
    for (place, new) in [(at + 8, b'8'), (text.len() - 10, b'x'), (1, b' ')] {
        let mut bytes = reply.body.clone();
        bytes[place] = new;
        let changed = file(&server, "changed.json", bytes);
        complained(&arguments(&changed, &[]), 1);
    }
    // A line feed at its end, as an editor makes it, changes nothing.
    let edited = file(&server, "edited.json", format!("{text}\n"));
    printed(&arguments(&edited, &[]));
    complained(&["verify", "statement"], 2);
}

#[test]
fn every_number_is_counted_again_from_an_export() {
    let server = Server::start();
    let house = house(&server, 598);
    let first = close(&house, "2026-10").with_status(201);
    taps(&house.coordinator, 5);
    settle(&server);
    let second = close(&house, "2026-10").with_status(200);
    let log = export(&server, &house);
    for (name, statement) in [("first.json", &first), ("second.json", &second)] {
        let at = file(&server, name, &statement.body);
        let said = printed(&arguments(&at, &["--export", path(&log)]));
        assert!(said.contains("every number"), "{said}");
    }
    // A statement of another log, or of one that was cut off before it, is found out.
    let other = server.found("sleutel");
    let foreign = file(
        &server,
        "other.ndjson",
        other.coordinator.get("/api/v1/log").body,
    );
    let at = file(&server, "first.json", &first.body);
    complained(&arguments(&at, &["--export", path(&foreign)]), 1);
    let whole = fs::read_to_string(&log).expect("it is there");
    let cut: String = whole
        .lines()
        .take(10)
        .map(|line| format!("{line}\n"))
        .collect();
    let cut = file(&server, "cut.ndjson", cut);
    complained(&arguments(&at, &["--export", path(&cut)]), 1);
}

#[test]
fn a_statement_that_tells_more_than_the_log_comes_to_is_found_out() {
    let server = Server::start();
    let house = house(&server, 7);
    let mut forged = closed(&house);
    let visits = forged["figures"]
        .as_array_mut()
        .and_then(|all| all.iter_mut().find(|one| one["key"] == "visits"));
    visits.expect("a figure")["value"] = json!(700);
    let forged = signed_anew(&server, forged);
    let at = file(&server, "forged.json", forged);
    printed(&arguments(&at, &[]));
    let log = export(&server, &house);
    complained(&arguments(&at, &["--export", path(&log)]), 1);
}

#[test]
fn a_statement_that_leaves_something_out_or_invents_something_is_found_out() {
    let server = Server::start();
    let house = house(&server, 598);
    let first = closed(&house);
    taps(&house.coordinator, 5);
    settle(&server);
    let second = close(&house, "2026-10").told(200);
    let log = export(&server, &house);
    let refused = |forged: Value, says: &str| {
        let at = file(&server, "forged.json", signed_anew(&server, forged));
        printed(&arguments(&at, &[]));
        let against = arguments(&at, &["--export", path(&log)]);
        let failed = meetellen(&against).assert().code(1);
        let failed = failed.get_output();
        let said = [&failed.stdout[..], &failed.stderr[..]].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains(says), "{says}: {said}");
    };
    let figure = |key: &str| {
        let all = first["figures"].as_array().expect("figures");
        let place = all.iter().position(|one| one["key"] == key);
        place.expect("a figure")
    };
    let mut without = first.clone();
    let figures = without["figures"].as_array_mut().expect("figures");
    figures.remove(figure("visits"));
    refused(without, "figures/visits: the statement leaves it out");
    let mut without = first.clone();
    without.as_object_mut().expect("members").remove("by_day");
    refused(without, "by_day: the statement leaves it out");
    let mut without = first.clone();
    let visits = without["figures"][figure("visits")].as_object_mut();
    visits.expect("a figure").remove("basis_share");
    refused(without, "basis_share: the statement leaves it out");
    let mut twice = first.clone();
    let again = twice["figures"][figure("visits")].clone();
    let figures = twice["figures"].as_array_mut().expect("figures");
    figures.push(again);
    refused(twice, "visits: told twice");
    let mut invented = first.clone();
    invented["canteen"] =
        json!([{ "year": 2026, "own_cents": 1, "limit_cents": 2, "source": "x" }]);
    refused(invented, "canteen: the log comes to nothing of the kind");
    let mut otherwise = second.clone();
    otherwise["restates"]["differences"][0]["new"] = json!(9999);
    refused(otherwise, "restates/differences/0/new");
    let mut otherwise = second.clone();
    otherwise["restates"]["entry_count"] = json!(4);
    refused(otherwise, "restates/entry_count");
    // All that it says is true, and yet it was never given out.
    let mut never = first;
    never["id"] = json!(crate::support::house::id());
    refused(never, "the log does not hold this statement");
}

#[test]
fn a_statement_that_no_longer_holds_says_so() {
    let server = Server::start();
    let house = house(&server, 598);
    let old = close(&house, "2026-10").with_status(201);
    taps(&house.coordinator, 5);
    let data = ["verify", "--data", path(server.folder())];
    let says_waiting = || printed(&data).contains("badhuis: 2026-10 has other figures");
    assert!(says_waiting(), "nothing is restated yet");
    settle(&server);
    assert!(!says_waiting());
    let new = close(&house, "2026-10").with_status(200);
    let log = export(&server, &house);
    let said = |reply: &crate::support::client::Reply| {
        let at = file(&server, "statement.json", &reply.body);
        printed(&arguments(&at, &["--export", path(&log)]))
    };
    let position = &statements(&house.coordinator)[1]["position"];
    let newer = format!(
        "superseded: statement {} at position {position}",
        crate::support::house::text(&new.json()["id"])
    );
    assert!(said(&old).contains(&newer));
    assert!(!said(&new).contains("superseded"));
}

/// Whoever holds the key can sign anything: the log says whether it is true.
fn signed_anew(server: &Server, mut statement: Value) -> String {
    let members = statement.as_object_mut().expect("an object");
    members.remove("signature");
    let signing = server
        .node
        .statement_keys
        .signing(server.node.now())
        .expect("a key");
    let said = meetellen_events::codec::canonical::text(&statement);
    statement["signature"] = signing.sign(said.as_bytes()).into();
    meetellen_events::codec::canonical::text(&statement)
}

#[test]
fn a_new_key_is_introduced_by_the_old_one_and_old_statements_stay_good() {
    let server = Server::start();
    let house = house(&server, 5);
    let keys = || server.anyone().get("/api/v1/statement-keys").told(200);
    assert_eq!(keys()["keys"], json!([]));
    let old = close(&house, "2026-10").with_status(201);
    let only_old = file(&server, "old-keys.json", keys().to_string());
    for refused in [&house.coordinator, &server.anyone()] {
        let status = refused.post("/api/v1/statement-keys", &json!({})).status;
        assert!(matches!(status, 401 | 403), "{status}");
    }
    let rotated = server
        .operator()
        .post("/api/v1/statement-keys", &json!({}))
        .told(201);
    assert_eq!(rotated["introduced_by"], old.json()["key"]["public"]);
    let new = close(&house, "2026-09").with_status(201);
    assert_eq!(new.json()["key"]["public"], rotated["public"]);
    assert_eq!(
        new.json()["key"]["introductions"].as_array().map(Vec::len),
        Some(2)
    );
    let both = file(&server, "keys.json", keys().to_string());
    let hex = file(
        &server,
        "key.txt",
        old.json()["key"]["public"].as_str().expect("hex"),
    );
    let newest = file(&server, "new.json", rotated.to_string());
    let (old, new) = (
        file(&server, "old.json", &old.body),
        file(&server, "september.json", &new.body),
    );
    for keys in [&both, &only_old, &hex] {
        for statement in [&old, &new] {
            printed(&arguments(statement, &["--key", path(keys)]));
        }
    }
    // By the newest key alone, the older one can't be reached: nothing but its own statements.
    printed(&arguments(&new, &["--key", path(&newest)]));
    let stranger = file(&server, "stranger.txt", "7".repeat(64));
    for statement in [&old, &new] {
        complained(&arguments(statement, &["--key", path(&stranger)]), 1);
    }
    complained(&arguments(&old, &["--key", path(&new)]), 1);
}

#[test]
fn a_lost_signing_folder_begins_anew_and_says_so() {
    let server = Server::start();
    let founded = house(&server, 5);
    close(&founded, "2026-10").with_status(201);
    let (id, coordinator) = (founded.id, founded.coordinator.clone());
    drop(founded);
    let server = server.restart_after(|folder| {
        for name in ["statement.key", "statement-keys.json"] {
            fs::remove_file(folder.join("signing").join(name)).expect("it goes");
        }
    });
    let again = coordinator.of(&server);
    let path = "/api/v1/months/2026-09/close";
    let new = again.post(path, &json!({})).told(201);
    assert_eq!(
        new["key"]["introductions"].as_array().map(Vec::len),
        Some(1)
    );
    assert_eq!(statements(&again).len(), 2);
    assert!(server.head(id) > 0);
    let folder = server.folder().to_owned();
    let said = printed(&["verify", "--data", crate::support::process::path(&folder)]);
    assert!(said.contains("none of this folder's"), "{said}");
    assert!(said.contains("2 statements are signed"), "{said}");
}

#[test]
fn verify_checks_every_statement_of_a_folder() {
    let server = Server::start();
    let house = house(&server, 598);
    closed(&house);
    taps(&house.coordinator, 5);
    settle(&server);
    close(&house, "2026-09").with_status(201);
    let other = server.found("sleutel");
    close(&other, "2026-10").with_status(201);
    let folder = server.folder().to_owned();
    let data = ["verify", "--data", path(&folder)];
    let said = printed(&data);
    assert!(said.contains("4 statements are signed"), "{said}");
    let one = [&data[..], &["--organisation", "sleutel"]].concat();
    assert!(printed(&one).contains("1 statements are signed"));
}
