//! The power goes at every step of what touches names: the next start, before it serves anybody, ends what was begun.

use super::{CONTACT, NAME, id};
use crate::support::Server;
use crate::support::house::House;
use meetellen_events::codec;
use meetellen_events::log::disk::simulated::{Fault, SimulatedDisk};
use meetellen_events::log::disk::{Disk, Open};
use meetellen_events::log::store::MemoryTree;
use meetellen_events::log::{self, EventLog};
use serde_json::{Value, json};
use std::sync::Arc;

const PUT_RIGHT: &str = "Anna de Boor";

/// A disk that tears, with the store on it.
struct Machine {
    disk: SimulatedDisk,
    tree: MemoryTree,
}

impl Machine {
    fn new(seed: u64) -> Self {
        Self {
            disk: SimulatedDisk::new(seed),
            tree: MemoryTree::default(),
        }
    }

    /// How its log opens, once the power is back.
    fn opens(&self) -> impl FnOnce() -> (EventLog, log::Recovery) + Send + 'static {
        let disk = self.disk.clone();
        let config = log::Config {
            disk: Arc::new(disk.clone()),
            memory: Some(self.tree.clone()),
            ..log::Config::new("/data", codec::pack, codec::directory)
        };
        move || {
            disk.restart();
            EventLog::open(config, &mut |_| {}).expect("the log opens")
        }
    }
}

/// All that lies in the key folder.
fn key_folder(machine: &Machine, house: &House<'_>) -> String {
    let folder = house.server.folder().join("keys");
    let mut all = String::new();
    for name in machine.disk.list(&folder).expect("a folder") {
        let file = machine.disk.open(&folder.join(name), Open::Read);
        let file = file.expect("it is listed");
        let mut bytes = vec![0; usize::try_from(file.len().expect("its length")).expect("short")];
        file.read_at(&mut bytes, 0).expect("it reads");
        all.push_str(&String::from_utf8_lossy(&bytes));
    }
    all
}

/// The figures that say what was counted; who is erased has left.
fn counted(house: &House<'_>) -> Vec<Value> {
    let path = "/api/v1/figures?period=2026-10";
    let told = house.coordinator.get(path).told(200);
    let figures = told["figures"].as_array().expect("figures").iter();
    figures
        .filter(|it| it["key"] != "volunteers_registered" && it["key"] != "volunteers_left")
        .map(|it| json!([it["key"], it["value"], it["basis"]]))
        .collect()
}

/// Has `act` done where the power goes at its first step, its second, and so on until it comes through, and then looks
/// at what the next start made of it. `look` hears the status that was answered.
fn at_every_step(
    act: impl Fn(&House<'_>, &str) -> u16,
    look: impl Fn(&Machine, &House<'_>, &str, u16),
) {
    for step in 0.. {
        let machine = Machine::new(step);
        let server = Server::over(machine.opens());
        let house = server.found("badhuis");
        let fields = json!({
            "name": NAME, "contact": CONTACT, "volunteer": true, "since": "2026-09-01",
        });
        let anna = id(&house.person(fields));
        house.records("shift_start", json!({ "volunteer": anna, "kind": "bar" }));
        let (whose, token, before) = (house.id, house.coordinator.clone(), counted(&house));
        machine.disk.plan(step, Fault::Crash);
        let status = act(&house, &anna);
        let crashed = machine.disk.is_down();
        machine.disk.kill();
        let server = server.restart_over(machine.opens());
        let house = House {
            server: &server,
            id: whose,
            coordinator: token.of(&server),
        };
        look(&machine, &house, &anna, status);
        if house.coordinator.get("/api/v1/people").status == 200 {
            assert_eq!(counted(&house), before, "step {step}");
        }
        if !crashed {
            assert!((200..300).contains(&status) && step > 3, "it comes through");
            break;
        }
    }
}

#[test]
fn an_erasure_is_finished_wherever_the_power_went() {
    at_every_step(
        |house, anna| house.erase(anna).status,
        |machine, house, anna, status| {
            let key = format!("person:{anna} ");
            let is_erased = house.people().is_empty();
            assert!(is_erased || status != 204, "what was answered holds");
            if is_erased {
                assert!(key_folder(machine, house).contains(&format!("{key}destroyed ")));
            } else {
                assert_eq!(house.people()[0]["name"], NAME);
                house.erase(anna).with_status(204);
            }
            let kept = key_folder(machine, house);
            assert_eq!(kept.matches(&key).count(), 1, "{kept}");
            assert!(!house.data(anna).to_string().contains("Boer"));
        },
    );
}

#[test]
fn a_name_is_the_old_or_the_new_one_wherever_the_power_went() {
    at_every_step(
        |house, anna| house.change(anna, json!({ "name": PUT_RIGHT })).status,
        |machine, house, anna, status| {
            let shown = house.people().remove(0);
            let is_new = shown["name"] == PUT_RIGHT;
            assert!(is_new || (shown["name"] == NAME && status != 200));
            assert_eq!(shown["contact"], CONTACT);
            let changed = json!({ "name": PUT_RIGHT, "contact": "06" });
            house.change(anna, changed).with_status(200);
            // One key: what it was before is readable by nothing that is kept.
            let kept = key_folder(machine, house);
            assert_eq!(
                kept.matches(&format!("person:{anna} ")).count(),
                1,
                "{kept}"
            );
            let shown = house.data(anna).to_string();
            assert!(
                !shown.contains("Boer") && !shown.contains(CONTACT),
                "{shown}"
            );
        },
    );
}

#[test]
fn who_is_registered_has_a_readable_name_wherever_the_power_went() {
    at_every_step(
        |house, _| {
            house
                .coordinator
                .post("/api/v1/people", &json!({ "name": "Bea" }))
                .status
        },
        |_, house, _, status| {
            let people = house.people();
            let is_there = people.len() == 2;
            assert!(is_there || status != 201);
            assert!(!is_there || people[1]["name"] == "Bea", "{people:?}");
        },
    );
}

#[test]
fn a_house_that_ends_keeps_no_key_wherever_the_power_went() {
    at_every_step(
        |house, _| end(house),
        |machine, house, anna, status| {
            let has_ended = house.coordinator.get("/api/v1/people").status != 200;
            assert!(has_ended || status != 204);
            if !has_ended {
                assert_eq!(house.people()[0]["name"], NAME);
                assert_eq!(end(house), 204);
            }
            let kept = key_folder(machine, house);
            assert!(
                kept.contains(&format!("person:{anna} destroyed ")),
                "{kept}"
            );
            assert!(
                kept.lines().all(|line| line.contains(" destroyed ")),
                "{kept}"
            );
        },
    );
}

fn end(house: &House<'_>) -> u16 {
    let path = format!("/api/v1/organisations/{}", house.id);
    house.server.operator().delete(&path).status
}
