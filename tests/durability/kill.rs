//! The server is killed at random moments while eight write: nothing acknowledged is lost, nothing is there twice, and
//! what is shown live is what the journal comes to.
//!
//! `KILL_ROUNDS` says how often; where it is set, 100,000 events stand before the first round, and the server must be
//! ready within five seconds each time.

use crate::support::house::{entry, id as new_id, text, value};
use crate::support::process::{Process, path, printed};
use meetellen_events::codec;
use meetellen_events::log::line::Position;
use meetellen_events::log::{Config, EventLog};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};

const WRITERS: usize = 8;

/// Acknowledgements of one round, at most.
const ACKNOWLEDGED_MAX: u64 = 300;

/// Commits of one batch of those that stand before.
const BATCH: usize = 1_024;

/// The founding, and the coordinator's token.
const OTHER_EVENTS: u64 = 2;

/// Rounds from one comparison of all figures to the next: the journal is folded for each.
const COMPARED_EVERY: u64 = 5;

/// As the promise has it.
const READY: Duration = Duration::from_secs(5);

/// How hard it is tried.
struct Plan {
    rounds: u64,
    events_before: u64,
    is_timed: bool,
}

impl Plan {
    fn new() -> Self {
        let told = std::env::var("KILL_ROUNDS").ok();
        let rounds = told.map(|text| text.parse().expect("KILL_ROUNDS is a number"));
        Self {
            rounds: rounds.unwrap_or(3),
            events_before: if rounds.is_some() { 100_000 } else { 3_000 },
            is_timed: rounds.is_some(),
        }
    }
}

/// What a writer says of one entry.
enum Note {
    /// It is on its way.
    Sent(String),
    /// It was answered: where it stands, and the hash there.
    Told(String, (u64, String)),
}

/// What is known outside the server.
#[derive(Default)]
struct Known {
    /// Sent, whatever came of it.
    sent: HashSet<String>,
    /// Acknowledged, and as what.
    told: HashMap<String, (u64, String)>,
    /// Every entry seen in the log.
    logged: HashSet<String>,
    /// Where the log ended when it was last read.
    head: (u64, String),
}

impl Known {
    /// Takes the notes of all writers in; kills the server once so many entries were acknowledged.
    fn until_killed(&mut self, server: Process, token: &str) {
        let (say, said) = mpsc::channel();
        let again: Vec<String> = self.told.keys().take(100).cloned().collect();
        let again = Arc::new(again);
        let threads: Vec<_> = (0..WRITERS)
            .map(|_| {
                let (url, token) = (server.url.clone(), token.to_owned());
                let (say, again) = (say.clone(), Arc::clone(&again));
                std::thread::spawn(move || write(&url, &token, &again, &say))
            })
            .collect();
        drop(say);
        let mut left = 1 + random(ACKNOWLEDGED_MAX);
        let mut server = Some(server);
        for note in said {
            let was_told = matches!(note, Note::Told(..));
            self.take(note);
            left -= u64::from(was_told).min(left);
            if left == 0
                && let Some(server) = server.take()
            {
                server.kill();
            }
        }
        for thread in threads {
            thread.join().expect("a writer only ends");
        }
    }

    fn take(&mut self, note: Note) {
        match note {
            Note::Sent(id) => {
                self.sent.insert(id);
            }
            Note::Told(id, place) => {
                let first = self.told.entry(id).or_insert_with(|| place.clone());
                assert_eq!(*first, place, "one answer, however often it is sent");
            }
        }
    }

    /// Reads what is new in the log: one chain without gaps, each entry once, and all that was acknowledged.
    fn check(&mut self, server: &Process, token: &str) {
        let after = format!("/api/v1/log?after={}", self.head.0);
        let log = server.anyone().with_token(token).get(&after);
        let mut new = HashMap::new();
        for line in log.with_status(200).text().lines() {
            let commit: Value = serde_json::from_str(line).expect("a line is JSON");
            let (position, previous) = &self.head;
            assert_eq!(commit["position"], position + 1, "no gap");
            assert_eq!(commit["previous"], **previous, "one chain");
            let hash = commit["hash"].as_str().expect("a hash").to_owned();
            let events = commit["events"].as_array().expect("events");
            self.head = (position + events.len() as u64, hash);
            for event in events {
                let id = event["id"].as_str().expect("an id").to_owned();
                assert!(self.logged.insert(id.clone()), "{id} is there twice");
                new.insert(id, self.head.clone());
            }
        }
        for id in new.keys() {
            assert!(self.sent.contains(id), "{id} was never sent");
        }
        for (id, place) in &self.told {
            assert!(
                self.logged.contains(id),
                "{id} was acknowledged and is lost"
            );
            if let Some(there) = new.get(id) {
                assert_eq!(there, place, "where it was said to be");
            }
        }
    }

    /// What was never answered, sent again: then it is told, and is there once.
    fn ask_again(&mut self, server: &Process, token: &str) {
        let open = self.sent.iter().filter(|id| !self.told.contains_key(*id));
        let open: Vec<String> = open.cloned().collect();
        for id in open {
            let reply = server.anyone().with_token(token).record(&coffee(&id));
            assert!([200, 201].contains(&reply.status), "{}", reply.text());
            self.take(Note::Told(id, place(&reply.json())));
        }
    }
}

fn random(below: u64) -> u64 {
    u64::try_from(uuid::Uuid::new_v4().as_u128() % u128::from(below)).expect("it is below")
}

/// The coffee of an id: sent again it says the same.
fn coffee(id: &str) -> Value {
    let millis = uuid::Uuid::parse_str(id).expect("an id").get_timestamp();
    let (seconds, _) = millis.expect("it is of the seventh kind").to_unix();
    let at = jiff::Timestamp::from_second(i64::try_from(seconds).expect("it is now"));
    let at = at.expect("it is now").to_string();
    entry("coffee", &at, json!({ "id": id, "cups": 1 }))
}

fn place(answer: &Value) -> (u64, String) {
    let hash = answer["hash"].as_str().expect("a hash").to_owned();
    (answer["position"].as_u64().expect("a place"), hash)
}

/// Sends new coffee, now and then some that was acknowledged before, until nobody answers.
fn write(url: &str, token: &str, again: &[String], say: &Sender<Note>) {
    let http = reqwest::blocking::Client::new();
    for number in 0_usize.. {
        let old = again.get(number / 8).filter(|_| number % 8 == 7);
        let id = old.map_or_else(new_id, Clone::clone);
        say.send(Note::Sent(id.clone())).expect("the test listens");
        let request = http.post(format!("{url}/api/v1/entries"));
        let request = request.json(&coffee(&id)).bearer_auth(token);
        let Ok(answer) = request.send() else { return };
        let status = answer.status().as_u16();
        // Cut off behind its head it is no answer.
        let Ok(body) = answer.json::<Value>() else {
            return;
        };
        assert!([200, 201].contains(&status), "{body}");
        let told = Note::Told(id, place(&body));
        say.send(told).expect("the test listens");
    }
}

/// Starts it, and says how long that took until it could record.
fn start(folder: &Path) -> (Process, Duration) {
    let begun = Instant::now();
    let server = Process::serve(folder, &[]);
    server.anyone().get("/readyz").with_status(200);
    (server, begun.elapsed())
}

fn found(folder: &Path) -> String {
    let server = Process::serve(folder, &[]);
    let operator = fs::read_to_string(folder.join("operator.token"));
    let operator = operator.expect("the first start makes it");
    let operator = server.anyone().with_token(operator.trim());
    let body = json!({ "name": "Het Badhuis", "slug": "badhuis" });
    let made = operator.post("/api/v1/organisations", &body).told(201);
    let token = made["coordinator_token"].as_str().expect("a token");
    let one = coffee(&new_id());
    server.anyone().with_token(token).record(&one).told(201);
    token.to_owned()
}

/// Makes the log so long, with coffee like the last one in it. Where it ends.
fn lengthen(folder: &Path, events: u64) -> (u64, String) {
    let config = Config::new(folder, codec::pack, codec::directory);
    let (mut log, _) = EventLog::open(config, &mut |_| {}).expect("it opens");
    let reader = log.reader();
    let organisation = reader.organisations().expect("it reads")[0];
    let head = reader.head(organisation).expect("it reads");
    let last = reader.commit_at(organisation, head.position);
    let mut last = last.expect("it reads").expect("it is there");
    let mut commit = codec::decode(&last).expect("it is a commit");
    let mut lines = Vec::new();
    for position in head.position.0 + 1..=events {
        commit.first = Position(position);
        commit.previous = last.head().hash;
        commit.facts[0].id = uuid::Uuid::now_v7();
        last = codec::encode(&commit).expect("it is a commit");
        lines.push(last.clone());
        if lines.len() == BATCH || position == events {
            log.make_room().expect("there is room");
            log.append(std::mem::take(&mut lines)).expect("it is kept");
        }
    }
    (last.head().position.0, last.head().hash.to_string())
}

/// What the server shows is what the journal alone comes to, and no cup is missing.
#[track_caller]
fn figures_agree(server: &Process, folder: &Path, token: &str, cups: u64) {
    let today = jiff::Timestamp::now()
        .in_tz("UTC")
        .expect("it is a zone")
        .date();
    let [first, last] = [today.yesterday(), today.tomorrow()].map(|day| day.expect("a day"));
    let period = format!("{first}..{last}");
    let asked = format!("/api/v1/figures?period={period}");
    let live = server.anyone().with_token(token).get(&asked).told(200);
    let of = ["--organisation", "badhuis", "--period", &period];
    let rebuilt = printed(&[&["figures", "--data", path(folder)], &of[..]].concat());
    let rebuilt: Value = serde_json::from_str(&rebuilt).expect("figures are JSON");
    assert_eq!(live, rebuilt);
    assert_eq!(value(&live, "coffee_cups"), cups);
}

#[test]
fn killed_at_any_moment_nothing_acknowledged_is_lost_or_there_twice() {
    let plan = Plan::new();
    let folder = tempfile::tempdir().expect("a folder");
    let token = found(folder.path());
    let mut known = Known {
        head: lengthen(folder.path(), plan.events_before),
        ..Known::default()
    };
    let mut slowest = Duration::ZERO;
    for round in 0..=plan.rounds {
        let (server, took) = start(folder.path());
        slowest = slowest.max(took);
        known.ask_again(&server, &token);
        known.check(&server, &token);
        if round % COMPARED_EVERY == 0 || round == plan.rounds {
            figures_agree(&server, folder.path(), &token, known.head.0 - OTHER_EVENTS);
        }
        if round < plan.rounds {
            known.until_killed(server, &token);
            Process::break_off(folder.path(), Duration::from_millis(random(100)));
        }
    }
    println!(
        "{} rounds, {} acknowledged, {} in the log, ready after {slowest:?} at most",
        plan.rounds,
        known.told.len(),
        known.head.0
    );
    if plan.is_timed {
        assert!(slowest < READY, "ready after {slowest:?}");
    }
    let told = printed(&["verify", "--data", path(folder.path())]);
    assert!(told.contains("sound and agree"), "{told}");
    let told = printed(&["rebuild", "--data", path(folder.path())]);
    assert!(told.contains("all figures equal the old ones"), "{told}");
}

#[test]
#[should_panic(expected = "was acknowledged and is lost")]
fn an_acknowledgement_that_the_log_does_not_hold_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let token = found(folder.path());
    let (server, _) = start(folder.path());
    let mut known = Known {
        head: (0, "0".repeat(64)),
        ..Known::default()
    };
    let log = server.anyone().with_token(&token).get("/api/v1/log");
    for line in log.text().lines() {
        let commit: Value = serde_json::from_str(line).expect("a line is JSON");
        known.sent.insert(text(&commit["events"][0]["id"]));
    }
    known.check(&server, &token);
    known.take(Note::Told(new_id(), known.head.clone()));
    known.check(&server, &token);
}
