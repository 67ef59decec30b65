//! The keys that tell the phones of a month apart end, and with them what they told.

use crate::support::house::{House, value};
use crate::support::{Server, instant};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long the server's next round may be waited for: only a fault takes as long.
const PATIENCE: Duration = Duration::from_secs(60);

const PHONE: &str = "AAECAwQFBgcICQoLDA0ODw";

/// The house's key file below a data folder.
fn key_file(folder: &Path, house: &House<'_>) -> PathBuf {
    folder.join("keys").join(format!("{}.keys", house.id))
}

/// What the key file says of October: its key in hex, or that it was destroyed.
fn october(path: &Path) -> Option<String> {
    let text = std::fs::read_to_string(path).expect("the key file");
    let mut lines = text.lines().map(|line| line.split(' '));
    lines
        .find_map(|mut parts| (parts.next() == Some("month:2026-10")).then(|| parts.next()))??
        .to_owned()
        .into()
}

/// A house where one phone checked in twice in October.
fn counted(server: &Server) -> House<'_> {
    let house = server.found("badhuis");
    let entry = json!({ "visitor": PHONE });
    house.records("check_in", entry.clone());
    server.at("2026-10-08T14:00:00+02:00");
    house.records("check_in", entry);
    house
}

/// October's figures, asked for while the coordinator's token is good.
fn figures(house: &House<'_>) -> Value {
    house.server.at("2026-10-08T14:00:00+02:00");
    let path = "/api/v1/figures?period=2026-10";
    let told = house.coordinator.get(path).told(200);
    assert_eq!(
        ["visits", "unique_visitors"].map(|key| value(&told, key)),
        [json!(2), json!(1)]
    );
    told
}

/// Waits for the server's own round to destroy October's key.
fn until_destroyed(server: &Server, path: &Path) {
    let begun = Instant::now();
    while october(path).as_deref() != Some("destroyed") {
        assert!(begun.elapsed() < PATIENCE, "it is never destroyed");
        server.anyone().get("/readyz").with_status(200);
    }
}

#[test]
fn the_running_server_destroys_a_months_key_400_days_after_its_end() {
    let server = Server::start();
    let house = counted(&server);
    let before = figures(&house);
    let path = key_file(server.folder(), &house);
    assert_eq!(october(&path).expect("a key").len(), 64);
    // Two days on, for the round of the day may have gone by.
    server.at("2027-12-08T12:00:00+01:00");
    until_destroyed(&server, &path);
    assert_eq!(figures(&house), before);
}

#[test]
fn a_months_key_is_gone_at_the_next_start_however_it_got_there() {
    let server = Server::start();
    let house = counted(&server);
    let (before, token, id) = (figures(&house), house.coordinator.clone(), house.id);
    let path = key_file(server.folder(), &house);
    let older = std::fs::read_to_string(&path).expect("the key file");
    let clock = std::sync::Arc::clone(&server.clock);
    let late = || clock.set(instant("2027-12-09T12:00:00+01:00"));
    // The server was off.
    let mut server = server.restart_after(|_| late());
    // An older copy is put back, and then the whole folder is lost.
    for put_back in [Some(&older), Some(&older), None] {
        let house = House {
            server: &server,
            id,
            coordinator: token.of(&server),
        };
        assert_eq!(figures(&house), before);
        let kept = path.exists().then(|| october(&path)).flatten();
        assert_ne!(kept.map(|key| key.len()), Some(64));
        server = server.restart_after(|_| {
            late();
            match put_back {
                Some(older) => std::fs::write(&path, older).expect("it is written"),
                None => std::fs::remove_file(&path).expect("it is there"),
            }
        });
    }
}

/// Closes October.
#[track_caller]
fn close(house: &House<'_>) {
    let path = "/api/v1/months/2026-10/close";
    house.coordinator.post(path, &json!({})).with_status(201);
}

/// A phone that was offline reports that it was there on an evening in October, with what October then shows.
#[track_caller]
fn late(house: &House<'_>, occurred_at: &str) -> [Value; 3] {
    let fields = json!({ "visitor": PHONE, "occurred_at": occurred_at });
    house.records("check_in", fields);
    let told = house.coordinator.get("/api/v1/figures?period=2026-10");
    let told = told.told(200);
    ["visits", "visits_anonymous", "unique_visitors"].map(|key| value(&told, key))
}

#[test]
fn a_late_phone_is_nobody_we_can_tell_apart_60_days_after_the_closing() {
    let server = Server::start();
    let house = counted(&server);
    let path = key_file(server.folder(), &house);
    let older = std::fs::read_to_string(&path).expect("the key file");
    server.at("2026-11-02T10:00:00+01:00");
    close(&house);
    server.at("2027-01-01T09:59:59+01:00");
    let told_apart = late(&house, "2026-10-20T20:00:00+02:00");
    assert_eq!(told_apart, [json!(3), json!(0), json!(1)]);
    // At once, whether the key is gone yet or not.
    server.at("2027-01-01T10:00:00+01:00");
    let nobody = late(&house, "2026-10-21T20:00:00+02:00");
    assert_eq!(nobody, [json!(4), json!(1), json!(1)]);
    server.at("2027-01-02T10:00:00+01:00");
    until_destroyed(&server, &path);
    let nobody = late(&house, "2026-10-22T20:00:00+02:00");
    assert_eq!(nobody, [json!(5), json!(2), json!(1)]);
    // An older copy that is put back tells nobody apart, and is destroyed again.
    let (id, token) = (house.id, house.coordinator.clone());
    let server = server.restart_after(|_| std::fs::write(&path, older).expect("it is written"));
    let house = House {
        server: &server,
        id,
        coordinator: token.of(&server),
    };
    let nobody = late(&house, "2026-10-23T20:00:00+02:00");
    assert_eq!(nobody, [json!(6), json!(3), json!(1)]);
    until_destroyed(&server, &path);
}
