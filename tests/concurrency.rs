//! Sent twice, counted once: at once, from two devices, after a restart.

use super::support::Server;
use super::support::house::text;
use meetellen_events::access::Role;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const AT_ONCE: usize = 100;

#[test]
fn a_hundred_equal_requests_at_once_record_one_entry() {
    let server = Server::start();
    let house = server.found("huis");
    let devices = [house.device(Role::Bar), house.device(Role::Volunteer)];
    let entry = house.entry("coffee", json!({ "cups": 2 }));
    let before = house.head();
    let told: Vec<(u16, Value)> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..AT_ONCE)
            .map(|number| {
                let (device, entry) = (&devices[number % 2], &entry);
                scope.spawn(move || {
                    let reply = device.record(entry);
                    (reply.status, reply.json())
                })
            })
            .collect();
        let told = sent.into_iter().map(|sent| sent.join());
        told.map(|told| told.expect("it is answered")).collect()
    });
    assert_eq!(house.head(), before + 1);
    let first = told.iter().filter(|(status, _)| *status == 201).count();
    assert_eq!((first, told.len()), (1, AT_ONCE));
    let others = told.iter().filter(|(status, _)| *status != 201);
    for (status, answer) in others {
        assert_eq!((*status, &answer["status"]), (200, &"duplicate".into()));
    }
    let places: BTreeSet<String> = told
        .iter()
        .map(|(_, answer)| format!("{} {}", answer["position"], text(&answer["hash"])))
        .collect();
    assert_eq!(places.len(), 1, "all are told the same place");
}

#[test]
fn a_repeat_after_a_restart_gets_the_first_answer() {
    let server = Server::start();
    let house = server.found("huis");
    let entry = house.entry("bar_revenue", json!({ "amount_cents": 6_250 }));
    let first = house.coordinator.record(&entry).told(201);
    let (id, coordinator) = (house.id, house.coordinator.clone());
    let head = server.head(id);
    let server = server.restart();
    let again = coordinator.of(&server).record(&entry).told(200);
    assert_eq!(again["status"], "duplicate");
    for member in ["id", "position", "hash"] {
        assert_eq!(again[member], first[member], "{member}");
    }
    assert_eq!(server.head(id), head);
}

#[test]
fn many_phones_at_once_are_all_counted_without_a_gap() {
    let server = Server::start();
    let house = server.found("huis");
    let coordinator = &house.coordinator;
    let before = house.head();
    let places: BTreeSet<u64> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                let entry = house.entry("check_in", json!({}));
                scope.spawn(move || coordinator.record(&entry).told(201)["position"].as_u64())
            })
            .collect();
        let told = sent.into_iter().map(|sent| sent.join());
        told.map(|told| told.expect("it is answered").expect("a position"))
            .collect()
    });
    let expected: BTreeSet<u64> = (before + 1..=before + AT_ONCE as u64).collect();
    assert_eq!(places, expected);
}
