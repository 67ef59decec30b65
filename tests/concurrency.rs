//! Many at once: what is the same is recorded once, what is not is all there, and nothing is told before it is so.

use crate::support::Server;
use crate::support::house::House;
use meetellen_events::access::Role;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::thread;

/// Every answer to as many requests at once as there are bodies, in their order.
fn at_once<T: Send, B: Sync>(bodies: &[B], ask: impl Fn(&B) -> T + Sync) -> Vec<T> {
    let ready = std::sync::Barrier::new(bodies.len());
    thread::scope(|scope| {
        let asked: Vec<_> = bodies
            .iter()
            .map(|body| {
                let (ask, ready) = (&ask, &ready);
                scope.spawn(move || {
                    ready.wait();
                    ask(body)
                })
            })
            .collect();
        asked
            .into_iter()
            .map(|it| it.join().expect("it is answered"))
            .collect()
    })
}

/// The numbers of a log's commits follow each other, and each hash from the one before.
#[track_caller]
fn is_a_chain(house: &House<'_>) {
    let log = house.coordinator.get("/api/v1/log").with_status(200).text();
    let (mut position, mut previous) = (1, "0".repeat(64));
    for line in log.lines() {
        let commit: Value = serde_json::from_str(line).expect("a line is JSON");
        assert_eq!(
            (&commit["position"], &commit["previous"]),
            (&json!(position), &json!(previous))
        );
        position += commit["events"].as_array().map_or(0, Vec::len);
        previous = commit["hash"].as_str().expect("a hash").to_owned();
    }
    assert_eq!(house.head(), position as u64 - 1);
}

#[test]
fn a_hundred_equal_requests_at_once_record_one_entry() {
    let server = Server::start();
    let house = server.found("badhuis");
    let (tablet, phone) = (house.device(Role::Bar), house.device(Role::Volunteer));
    let head = house.head();
    let coffee = house.entry("coffee", json!({ "cups": 3 }));
    let clients: Vec<_> = (0..100)
        .map(|i| if i % 2 == 0 { &tablet } else { &phone })
        .collect();
    let told = at_once(&clients, |client| {
        let reply = client.record(&coffee);
        (reply.status, reply.json())
    });
    let recorded = told.iter().filter(|(status, _)| *status == 201).count();
    assert_eq!(recorded, 1);
    for (status, answer) in &told {
        let word = if *status == 201 {
            "recorded"
        } else {
            "duplicate"
        };
        assert_eq!(answer["status"], word);
        assert_eq!(
            (&answer["position"], &answer["hash"]),
            (&json!(head + 1), &told[0].1["hash"])
        );
    }
    assert_eq!(house.head(), head + 1);
    let figures = house
        .coordinator
        .get("/api/v1/figures?period=2026-10-07")
        .told(200);
    assert_eq!(figures["by_day"][0]["coffee_cups"], 3);
}

#[test]
fn a_queue_that_two_devices_flush_at_once_again_and_again_is_recorded_once() {
    let server = Server::start();
    let house = server.found("badhuis");
    let devices = [house.device(Role::Bar), house.device(Role::Volunteer)];
    let head = house.head();
    let queue: Vec<Value> = (1..=20)
        .map(|cups| house.entry("coffee", json!({ "cups": cups })))
        .collect();
    // One sends it as it was, one the other way round; both have half of it in common with a third request.
    let turned: Vec<Value> = queue.iter().rev().cloned().collect();
    let flushes: Vec<_> = (0..100)
        .map(|i| (&devices[i % 2], [&queue[..], &turned, &queue[..10]][i % 3]))
        .collect();
    let told = at_once(&flushes, |(device, entries)| {
        let told = device.record(&json!(entries)).told(200);
        told["results"].as_array().expect("results").clone()
    });
    let mut places: std::collections::HashMap<&Value, &Value> = Default::default();
    let mut recorded = 0;
    for ((_, entries), answers) in flushes.iter().zip(&told) {
        for (entry, answer) in entries.iter().zip(answers) {
            assert_eq!(answer["id"], entry["id"]);
            recorded += usize::from(answer["status"] == "recorded");
            let first = places.entry(&entry["id"]).or_insert(&answer["position"]);
            assert_eq!(*first, &answer["position"], "one answer");
        }
    }
    assert_eq!((recorded, house.head()), (20, head + 20));
    is_a_chain(&house);
    let figures = house
        .coordinator
        .get("/api/v1/figures?period=2026-10-07")
        .told(200);
    assert_eq!(figures["by_day"][0]["coffee_cups"], 210);
}

#[test]
fn one_name_given_by_many_at_once_is_one_giver() {
    let server = Server::start();
    let house = server.found("badhuis");
    let gifts: Vec<Value> = (0..20)
        .map(|_| house.entry("donation", json!({ "money_cents": 100, "donor": "J. Bos" })))
        .collect();
    at_once(&gifts, |gift| house.coordinator.record(gift).told(201));
    let told = house
        .coordinator
        .get("/api/v1/figures?period=2026-10")
        .told(200);
    let value = |key: &str| {
        let mut figures = told["figures"].as_array().expect("figures").iter();
        figures
            .find(|figure| figure["key"] == key)
            .expect("it is there")["value"]
            .clone()
    };
    assert_eq!(
        (value("donations_money"), value("money_donors")),
        (json!(2000), json!(1))
    );
}

#[test]
fn what_many_send_at_once_is_all_there_in_one_chain() {
    let server = Server::start();
    let houses = [server.found("badhuis"), server.found("sleutel")];
    let heads = houses.each_ref().map(House::head);
    let entries: Vec<(usize, Value)> = (0..60)
        .map(|i| (i % 2, houses[i % 2].entry("coffee", json!({ "cups": 1 }))))
        .collect();
    let told = at_once(&entries, |(of, entry)| {
        let answer = houses[*of].coordinator.record(entry).told(201);
        // Whoever was told reads their own write.
        let after = format!(
            "/api/v1/entries?after={}",
            answer["position"].as_u64().expect("a place") - 1
        );
        let listed = houses[*of].coordinator.get(&after).told(200);
        assert_eq!(listed["items"][0]["id"], entry["id"]);
        (*of, answer["position"].as_u64().expect("a place"))
    });
    for (of, house) in houses.iter().enumerate() {
        let places: BTreeSet<u64> = told
            .iter()
            .filter(|(it, _)| *it == of)
            .map(|(_, at)| *at)
            .collect();
        assert_eq!(places, (heads[of] + 1..=heads[of] + 30).collect());
        is_a_chain(house);
    }
}

#[test]
fn a_slug_asked_for_by_many_at_once_is_given_once() {
    let server = Server::start();
    let operator = server.operator();
    let body = json!({ "name": "Het Badhuis", "slug": "badhuis" });
    let told = at_once(&[(); 10], |()| {
        let reply = operator.post("/api/v1/organisations", &body);
        (reply.status, reply.problem())
    });
    let made = told.iter().filter(|(status, _)| *status == 201).count();
    let refused = told
        .iter()
        .filter(|told| **told == (409, "slug-taken".to_owned()))
        .count();
    assert_eq!((made, refused), (1, 9));
}
