//! What goes wrong with the disk, the log or the writer is told as it is, and nothing is called kept that was not.

use crate::support::house::{House, wait};
use crate::support::{START, Server, config, instant};
use meetellen::clock::{Clock, StoppedClock};
use meetellen::writer::QUEUE_COMMANDS_MAX;
use meetellen_events::codec;
use meetellen_events::event::{Actor, ActorKind, Commit, Event, Fact, Unknown};
use meetellen_events::log::disk::simulated::{Fault, SimulatedDisk};
use meetellen_events::log::line::Position;
use meetellen_events::log::store::MemoryTree;
use meetellen_events::log::{self, EventLog};
use meetellen_events::values::Timestamp;
use serde_json::{Value, json};
use std::sync::{Arc, Condvar, Mutex};

/// A log whose files and store are in memory.
fn simulated(disk: &SimulatedDisk, tree: &MemoryTree) -> log::Config {
    log::Config {
        disk: Arc::new(disk.clone()),
        memory: Some(tree.clone()),
        ..log::Config::new("/data", codec::pack, codec::directory)
    }
}

/// A server over a simulated disk.
fn server_on(disk: &SimulatedDisk, tree: &MemoryTree) -> Server {
    let config = simulated(disk, tree);
    Server::over(move || EventLog::open(config, &mut |_| {}).expect("the log opens"))
}

#[test]
fn on_a_full_disk_reads_go_on_and_writes_wait_for_room() {
    let disk = SimulatedDisk::new(1);
    let server = server_on(&disk, &MemoryTree::default());
    let house = server.found("badhuis");
    house.records("coffee", json!({ "cups": 1 }));
    let head = house.head();
    disk.set_free(0);
    let coffee = house.entry("coffee", json!({ "cups": 2 }));
    let full = house.coordinator.record(&coffee).with_status(507);
    assert_eq!(full.problem(), "disk-full");
    assert_eq!(
        server.anyone().get("/readyz").with_status(507).problem(),
        "disk-full"
    );
    let shown = house
        .coordinator
        .get("/api/v1/figures?period=2026-10")
        .told(200);
    assert_eq!(shown["as_of"]["position"], head);
    disk.set_free(1 << 40);
    server.anyone().get("/readyz").with_status(200);
    house.coordinator.record(&coffee).with_status(201);
    assert_eq!(house.head(), head + 1);
}

#[test]
fn after_a_failed_sync_nothing_is_called_kept_and_sending_again_tells() {
    let (disk, tree) = (SimulatedDisk::new(2), MemoryTree::default());
    let server = server_on(&disk, &tree);
    let house = server.found("badhuis");
    let (id, coordinator, head) = (house.id, house.coordinator.clone(), house.head());
    let coffee = house.entry("coffee", json!({ "cups": 1 }));
    disk.plan(0, Fault::Fail);
    let unknown = coordinator.record(&coffee).with_status(503);
    assert_eq!(unknown.problem(), "outcome-unknown");
    assert_eq!(server.head(id), head, "what is not durable is not shown");
    let server = server.restart_over({
        let config = simulated(&disk, &tree);
        move || EventLog::open(config, &mut |_| {}).expect("the next start tells")
    });
    let told = coordinator.of(&server).record(&coffee);
    assert!([200, 201].contains(&told.status), "{}", told.text());
    assert_eq!(
        server.head(id),
        head + 1,
        "once, whatever the disk had kept"
    );
}

#[test]
fn a_server_whose_store_failed_is_not_ready() {
    let (disk, tree) = (SimulatedDisk::new(3), MemoryTree::default());
    let mut server = server_on(&disk, &tree);
    server.may_fail();
    let house = server.found("badhuis");
    // All so far is in the store.
    house.coordinator.get("/api/v1/log").with_status(200);
    tree.fail();
    house.records("coffee", json!({ "cups": 1 }));
    // Waits until the store is to have it.
    house.coordinator.get("/api/v1/log").with_status(500);
    let told = server.anyone().get("/readyz").with_status(503);
    assert_eq!(told.problem(), "not-ready");
    server.anyone().get("/healthz").with_status(200);
}

#[test]
fn a_log_with_facts_of_a_newer_version_is_only_read() {
    let server = Server::start();
    let house = server.found("badhuis");
    let (id, coordinator) = (house.id, house.coordinator.clone());
    let head = {
        let live = wait(server.node.open(id)).expect("it opens");
        live.read().head
    };
    let commit = Commit {
        organisation: id,
        first: Position(head.position.0 + 1),
        recorded_at: instant(START),
        actor: Actor {
            id: None,
            kind: ActorKind::System,
        },
        previous: head.hash,
        facts: vec![Fact {
            id: uuid::Uuid::now_v7(),
            occurred_at: instant(START),
            shifted_millis: 0,
            event: Event::Unknown(Unknown {
                name: "tea_served.v7".to_owned(),
                members: "{}".to_owned(),
            }),
        }],
    };
    let server = server.restart_after(|folder| {
        let opened = meetellen::server::open_log(&config(folder), &mut |_| {});
        let (mut log, _) = opened.expect("nobody holds it");
        let line = codec::encode(&commit).expect("a commit of that form");
        log.append(vec![line]).expect("room");
    });
    let coordinator = coordinator.of(&server);
    let house = House {
        server: &server,
        id,
        coordinator,
    };
    let refused = house
        .coordinator
        .record(&house.entry("coffee", json!({ "cups": 1 })));
    assert_eq!(refused.with_status(409).problem(), "read-only");
    assert_eq!(house.head(), head.position.0 + 1);
    let log = house.coordinator.get("/api/v1/log").with_status(200).text();
    assert!(log.contains("tea_served.v7"), "what is not known is kept");
    house
        .coordinator
        .get("/api/v1/figures?period=2026-10")
        .with_status(200);
}

#[test]
fn a_damaged_log_is_refused_and_its_neighbour_served() {
    let (disk, tree) = (SimulatedDisk::new(4), MemoryTree::default());
    let server = server_on(&disk, &tree);
    let (house, other) = (server.found("badhuis"), server.found("sleutel"));
    house.records("coffee", json!({ "cups": 1 }));
    other.records("coffee", json!({ "cups": 1 }));
    let (damaged, sound) = (house.coordinator.clone(), other.coordinator.clone());
    let mark = house.id.uuid().into_bytes();
    let mut server = server.restart_over({
        let (disk, tree) = (disk.clone(), tree.clone());
        move || {
            tree.spoil(&mark);
            EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("the rest opens")
        }
    });
    server.may_fail();
    let told = damaged
        .of(&server)
        .get("/api/v1/figures?period=2026-10")
        .with_status(500);
    assert_eq!(told.problem(), "log-damaged");
    assert_eq!(
        told.json()["detail"],
        Value::Null,
        "the cause is in our log only"
    );
    let served = sound.of(&server).get("/api/v1/figures?period=2026-10");
    served.with_status(200);
}

#[test]
fn commits_that_neither_copy_has_refuse_their_organisation_and_nobody_else() {
    let (disk, tree) = (SimulatedDisk::new(6), MemoryTree::default());
    let server = server_on(&disk, &tree);
    let (house, other) = (server.found("badhuis"), server.found("sleutel"));
    house.records("coffee", json!({ "cups": 1 }));
    let coffee = other.entry("coffee", json!({ "cups": 1 }));
    other.coordinator.record(&coffee).with_status(201);
    let (lost, whole) = (house.coordinator.clone(), other.coordinator.clone());
    let (id, more) = (house.id, other.entry("coffee", json!({ "cups": 2 })));
    let server = server.restart_over({
        let (disk, tree) = (disk.clone(), tree.clone());
        move || {
            tree.spoil(&id.uuid().into_bytes());
            let (journal, text) = ("/data/journal/00000001.ndjson", id.uuid().to_string());
            disk.damage(std::path::Path::new(journal), |bytes| {
                let mut windows = bytes.windows(text.len());
                let at = windows.position(|window| window == text.as_bytes());
                bytes[at.expect("it was founded")] ^= 1;
            });
            let config = simulated(&disk, &tree);
            let found = log::rebuild(config.clone(), &mut |_| {}).expect("the rest is whole");
            let refused: Vec<_> = found.refused.iter().map(|it| it.organisation).collect();
            assert_eq!(refused, [Some(id)]);
            EventLog::open(config, &mut |_| {}).expect("the rest opens")
        }
    });
    let told = lost
        .of(&server)
        .get("/api/v1/figures?period=2026-10")
        .status;
    assert!([401, 500].contains(&told), "{told}");
    server.anyone().get("/readyz").with_status(200);
    let whole = whole.of(&server);
    whole.record(&coffee).with_status(200);
    whole.record(&more).with_status(201);
}

#[test]
fn a_fault_of_ours_tells_a_number_and_nothing_else() {
    let server = Server::start();
    let house = server.found("badhuis");
    let keys = server.folder().join("keys");
    std::fs::remove_dir_all(&keys).expect("it is there");
    std::fs::write(&keys, "no folder").expect("it is written");
    let head = house.head();
    let donation = house.entry("donation", json!({ "money_cents": 100, "donor": "Ans" }));
    let told = house.coordinator.record(&donation).told(500);
    assert_eq!(told["type"], "/problems/internal");
    assert_eq!(told["detail"], "the cause is in the server's log");
    assert_eq!(house.head(), head);
    house.records("coffee", json!({ "cups": 1 }));
}

/// A clock that keeps the writer's thread waiting while it is held.
struct HeldClock {
    clock: Arc<StoppedClock>,
    state: Mutex<Held>,
    changed: Condvar,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    No,
    Yes,
    /// And the writer waits.
    Waiting,
}

impl HeldClock {
    fn set(&self, state: Held) {
        *self.state.lock().expect("no holder of this lock panics") = state;
        self.changed.notify_all();
    }

    fn wait_while(&self, state: Held) {
        let now = self.state.lock().expect("no holder of this lock panics");
        let waited = self.changed.wait_while(now, |now| *now == state);
        drop(waited.expect("no holder of this lock panics"));
    }
}

impl Clock for HeldClock {
    fn now(&self) -> Timestamp {
        let held = *self.state.lock().expect("no holder of this lock panics") == Held::Yes;
        if held && std::thread::current().name() == Some("writer") {
            self.set(Held::Waiting);
            self.wait_while(Held::Waiting);
        }
        self.clock.now()
    }
}

#[test]
fn a_full_queue_is_busy_and_what_was_taken_is_kept() {
    let mut held = None;
    let server = Server::by(|clock| {
        let clock = Arc::new(HeldClock {
            clock,
            state: Mutex::new(Held::No),
            changed: Condvar::new(),
        });
        held = Some(Arc::clone(&clock));
        clock
    });
    let clock = held.expect("it was made");
    let house = server.found("badhuis");
    let head = house.head();
    // One that the writer takes, and a quarter of the queue behind it.
    let room = QUEUE_COMMANDS_MAX / 4;
    let batches = std::iter::repeat_n(500, room / 500).chain([room % 500]);
    let coffees = |count: usize| -> Value {
        let coffee = |_| house.entry("coffee", json!({ "cups": 1 }));
        (0..count).map(coffee).collect()
    };
    clock.set(Held::Yes);
    let taken: u64 = std::thread::scope(|scope| {
        let send = |count: usize| {
            let (coordinator, entries) = (&house.coordinator, coffees(count));
            scope.spawn(move || count_recorded(&coordinator.record(&entries).told(200)))
        };
        let mut sent = vec![send(1)];
        clock.wait_while(Held::Yes);
        sent.extend(batches.map(send));
        while server.node.writer.waiting() < room {
            std::thread::yield_now();
        }
        let one = house
            .coordinator
            .record(&house.entry("coffee", json!({ "cups": 1 })));
        clock.set(Held::No);
        assert_eq!(one.with_status(503).problem(), "busy");
        sent.into_iter()
            .map(|sent| sent.join().expect("it is answered"))
            .sum()
    });
    assert_eq!(taken, room as u64 + 1);
    assert_eq!(house.head(), head + taken);
}

fn count_recorded(told: &Value) -> u64 {
    let results = told["results"].as_array().expect("results").iter();
    results
        .filter(|result| result["status"] == "recorded")
        .count() as u64
}
