//! What is kept of names: nothing that any key still opens, whatever copy was put back; and no figure asks for one.

use super::{CONTACT, NAME, id, is_anywhere};
use crate::pages::world::{code, enrolled};
use crate::support::Server;
use crate::support::client::Client;
use crate::support::house::{House, text, value};
use crate::support::process::{path, printed};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use meetellen::erasure::Finished;
use meetellen_events::access::Role;
use meetellen_events::programme::Target;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const PURPOSE: &str = "Voor de koffiemachine";
const REASON: &str = "Anna vergiste zich";
const PHONE: &str = "AAECAwQFBgcICQoLDA0ODw";

/// Every key that any key file below a folder still holds, in hex.
fn keys(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(path).expect("lines");
        let keys = text.lines().filter_map(|line| line.split(' ').nth(1));
        found.extend(keys.filter(|key| key.len() == 64).map(str::to_owned));
    }
    found
}

/// Whether a key opens a sealed text, wherever in the house and in whichever field it would have been sealed.
fn opens(key: &str, sealed: &str, house: &House<'_>, owners: &[String]) -> bool {
    let key: Vec<u8> = (0..32)
        .map(|i| u8::from_str_radix(&key[2 * i..2 * i + 2], 16).expect("hex"))
        .collect();
    let cipher = XChaCha20Poly1305::new_from_slice(&key).expect("32 bytes");
    let bytes = STANDARD_NO_PAD.decode(sealed).expect("base64");
    let (nonce, message) = bytes.split_at(24);
    let nonce = XNonce::try_from(nonce).expect("24 bytes");
    let fields = ["name", "contact", "purpose", "reason", "description"];
    let mut places = owners
        .iter()
        .flat_map(|owner| fields.map(|field| (owner, field)));
    places.any(|(owner, field)| {
        let place = format!("{} {owner} {field}", house.id);
        let place = Payload {
            msg: message,
            aad: place.as_bytes(),
        };
        cipher.decrypt(&nonce, place).is_ok()
    })
}

/// The log as it leaves the house.
#[track_caller]
fn log(house: &House<'_>) -> String {
    house.coordinator.get("/api/v1/log").with_status(200).text()
}

/// What is sealed in the events of a log that a person's data come from, and the ids that could have sealed it.
fn sealed(house: &House<'_>, person: &str) -> (Vec<String>, Vec<String>) {
    let data = house.data(person);
    let places: Vec<u64> = data["events"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| it["position"].as_u64())
        .collect();
    let (mut texts, mut owners) = (Vec::new(), vec![format!("person:{person}")]);
    for line in log(house).lines() {
        let commit: Value = serde_json::from_str(line).expect("a commit");
        let first = commit["position"].as_u64().expect("a position");
        for (event, place) in commit["events"]
            .as_array()
            .expect("events")
            .iter()
            .zip(first..)
        {
            if places.contains(&place) {
                owners.push(format!("entry:{}", text(&event["id"])));
                let members = [event, &event["facts"]].into_iter().flat_map(|of| {
                    ["name", "contact", "purpose", "reason"].map(|field| of[field].as_str())
                });
                texts.extend(members.flatten().map(str::to_owned));
            }
        }
    }
    (texts, owners)
}

/// The register: who is erased has left it (figures.md). No other figure may change.
const REGISTER: [&str; 2] = ["volunteers_registered", "volunteers_left"];

/// All figures and sections of some periods, each under its name.
fn figures(house: &House<'_>) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for period in ["2026-10-07", "2026-W41", "2026-10", "2026-Q4", "2026"] {
        let path = format!("/api/v1/figures?period={period}");
        let mut told = house.coordinator.get(&path).told(200);
        let figures = told["figures"].take();
        for figure in figures.as_array().expect("figures") {
            let key = text(&figure["key"]);
            if !REGISTER.contains(&&*key) {
                all.insert(format!("{period} {key}"), figure.clone());
            }
        }
        let sections = told.as_object().expect("a document");
        for (name, section) in sections.iter().filter(|(name, _)| *name != "as_of") {
            all.insert(format!("{period} {name}"), section.clone());
        }
    }
    all
}

/// The same as before, each by itself.
#[track_caller]
fn unchanged(house: &House<'_>, before: &BTreeMap<String, Value>) {
    let now = figures(house);
    assert!(now.keys().eq(before.keys()));
    for (name, was) in before {
        assert_eq!(&now[name], was, "{name}");
    }
}

/// Somebody with everything that can be sealed about her; her id.
fn everything(house: &House<'_>) -> String {
    let fields = json!({
        "name": NAME, "contact": CONTACT, "volunteer": true, "since": "2026-09-01",
    });
    let anna = id(&house.person(fields));
    house.records("shift_start", json!({ "volunteer": anna, "kind": "bar" }));
    let gift = json!({ "money_cents": 2_500, "donor": anna, "purpose": PURPOSE });
    let gift = house.records("donation", gift);
    let gift = json!({ "retracts": gift["id"], "reason": REASON });
    house.records("retraction", gift);
    let spade = json!({ "category": "tools", "description": "schep" });
    house.records("donation", json!({ "goods": spade, "donor": anna }));
    house.records("check_in", json!({ "visitor": PHONE }));
    anna
}

#[test]
fn no_byte_kept_and_no_key_left_tells_who_was_erased() {
    let server = Server::start();
    let house = server.found("badhuis");
    let bea = id(&house.person(json!({ "name": "Bea" })));
    let anna = everything(&house);
    let (texts, owners) = sealed(&house, &anna);
    assert_eq!(texts.len(), 4, "name, contact, purpose and reason");
    let folder = server.folder().join("keys");
    let is_open = |text: &String| {
        keys(&folder)
            .iter()
            .any(|key| opens(key, text, &house, &owners))
    };
    assert!(
        texts.iter().all(is_open),
        "the test can open what can be opened"
    );
    let own: Vec<String> = keys(&folder);
    let (before, history) = (figures(&house), log(&house));
    house.erase(&anna).with_status(204);
    let gone: Vec<&String> = own
        .iter()
        .filter(|key| !keys(&folder).contains(key))
        .collect();
    assert_eq!(gone.len(), 1, "hers, and nobody else's");
    // Figures and chain are as they were: the log only went on.
    unchanged(&house, &before);
    assert!(log(&house).starts_with(&history));
    assert!(
        texts.iter().all(|text| log(&house).contains(text)),
        "the log keeps what nobody can read"
    );
    assert!(!texts.iter().any(is_open));
    assert_eq!(house.data(&bea)["person"]["name"], "Bea");
    let aside = tempfile::tempdir().expect("a folder");
    let backup = aside.path().join("all.tar.zst");
    printed(&[
        "backup",
        "--data",
        path(server.folder()),
        "--with-keys",
        path(&backup),
    ]);
    let (whose, token) = (house.id, house.coordinator.clone());
    // All that a stop and a start write is on the disk then.
    let server = server.restart();
    printed(&["verify", "--data", path(server.folder())]);
    let raw: Vec<u8> = (0..32)
        .map(|i| u8::from_str_radix(&gone[0][2 * i..2 * i + 2], 16).expect("hex"))
        .collect();
    let restored = aside.path().join("restored");
    printed(&["restore", path(&backup), "--data", path(&restored)]);
    for folder in [server.folder(), &restored] {
        for clear in [NAME, CONTACT, PURPOSE, REASON] {
            assert!(!is_anywhere(folder, clear.as_bytes()), "{clear}");
        }
        assert!(!is_anywhere(folder, gone[0].as_bytes()) && !is_anywhere(folder, &raw));
    }
    let house = House {
        server: &server,
        id: whose,
        coordinator: token.of(&server),
    };
    unchanged(&house, &before);
    assert_eq!(
        server.finished,
        Finished::default(),
        "nothing was left undone"
    );
}

/// A copy of the key folder, to be put back.
fn copy(server: &Server) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = std::fs::read_dir(server.folder().join("keys")).expect("a folder");
    let paths = folder.map(|entry| entry.expect("an entry").path());
    paths
        .map(|path| (path.clone(), std::fs::read(path).expect("a file")))
        .collect()
}

#[test]
fn an_older_key_folder_put_back_revives_nobody_and_is_told() {
    let server = Server::start();
    let (house, other, third) = (
        server.found("badhuis"),
        server.found("sleutel"),
        server.found("kempenaar"),
    );
    let (anna, ans) = (everything(&house), everything(&other));
    third.anna();
    let older = copy(&server);
    let late = id(&house.person(json!({ "name": "Laatkomer" })));
    house.erase(&anna).with_status(204);
    other.erase(&ans).with_status(204);
    let leaving = format!("/api/v1/organisations/{}", third.id);
    server.operator().delete(&leaving).with_status(204);
    let before = [figures(&house), figures(&other)];
    let (ids, tokens) = (
        [house.id, other.id],
        [house.coordinator.clone(), other.coordinator.clone()],
    );
    let folder = server.folder().join("keys");
    let server = server.restart_after(|_| {
        std::fs::remove_dir_all(&folder).expect("it is there");
        std::fs::create_dir(&folder).expect("it is made");
        for (path, bytes) in &older {
            std::fs::write(path, bytes).expect("it is written");
        }
    });
    let told = Finished {
        persons: 2,
        organisations: 1,
        ..Finished::default()
    };
    assert_eq!(server.finished, told);
    for (place, person) in [&anna, &ans].into_iter().enumerate() {
        let house = House {
            server: &server,
            id: ids[place],
            coordinator: tokens[place].of(&server),
        };
        unchanged(&house, &before[place]);
        let data = house.data(person).to_string();
        assert!(!data.contains("Boer") && !data.contains(PURPOSE), "{data}");
        let (texts, owners) = sealed(&house, person);
        let is_open = |text: &String| {
            keys(&folder)
                .iter()
                .any(|key| opens(key, text, &house, &owners))
        };
        assert!(!texts.iter().any(is_open));
    }
    // Who came after the copy was made has no key in it: a name that nobody can read any more, and nothing else.
    let house = House {
        server: &server,
        id: ids[0],
        coordinator: tokens[0].of(&server),
    };
    assert_eq!(house.data(&late)["person"]["name"], Value::Null);
    assert_eq!(
        server.restart().finished,
        Finished::default(),
        "once is enough"
    );
}

#[test]
fn keys_that_are_all_gone_stop_nothing_but_names() {
    let server = Server::start();
    let house = server.found("badhuis");
    let anna = everything(&house);
    let bea = id(&house.person(json!({ "name": "Bea", "volunteer": true })));
    let poster = code(&house, Target::Door, None);
    let phone = enrolled(&house, Role::Coordinator);
    let before = figures(&house);
    let (whose, token, history) = (house.id, house.coordinator.clone(), log(&house));
    let folder = server.folder().join("keys");
    let server = server.restart_after(|_| std::fs::remove_dir_all(&folder).expect("it is there"));
    let house = House {
        server: &server,
        id: whose,
        coordinator: token.of(&server),
    };
    unchanged(&house, &before);
    assert_eq!(log(&house), history);
    printed(&["verify", "--data", path(server.folder())]);
    let names: Vec<Value> = house
        .people()
        .iter()
        .map(|person| person["name"].clone())
        .collect();
    assert_eq!(names, [Value::Null, Value::Null]);
    // Of some the contact is put right: they have a key again that does not open the name.
    house
        .change(&bea, json!({ "contact": "06" }))
        .with_status(200);
    house.records("donation", json!({ "money_cents": 500, "donor": "Bea" }));
    house.records("shift_start", json!({ "volunteer": bea, "kind": "shop" }));
    house
        .change(&anna, json!({ "name": NAME }))
        .with_status(200);
    assert_eq!(house.data(&anna)["person"]["name"], NAME);
    // The running month's phones are told apart anew.
    let visits = |house: &House<'_>| {
        let told = house
            .coordinator
            .get("/api/v1/figures?period=2026-10")
            .told(200);
        ["visits", "unique_visitors"].map(|key| value(&told, key))
    };
    let [visits_before, unique_before] = visits(&house);
    let again = json!({ "visitor": PHONE, "code": poster });
    house
        .coordinator
        .record(&house.entry("check_in", again.clone()))
        .with_status(201);
    let told = house.coordinator.record(&house.entry("check_in", again));
    assert_eq!(told.told(200)["status"], "already_counted");
    let [visits_after, unique_after] = visits(&house);
    let one_more = |before: &Value| json!(before.as_u64().expect("a number") + 1);
    assert_eq!(
        (visits_after, unique_after),
        (one_more(&visits_before), one_more(&unique_before))
    );
    every_page(&phone.of(&server), &anna, &bea);
}

/// Opens every page that shows names, and sees what stands for one that can't be read.
fn every_page(phone: &Client, anna: &str, bea: &str) {
    for page in [
        "/today",
        "/programme",
        "/people",
        "/posters",
        "/devices",
        "/settings",
        "/standing",
        "/entries",
        "/month/2026-10",
        "/bar",
    ] {
        let shown = phone.get(&format!("{page}?lang=en")).with_status(200);
        if page == "/people" {
            assert!(shown.text().contains(NAME) && shown.text().contains("Without a name, no. "));
        }
    }
    for person in [anna, bea] {
        for page in ["", "/data", "/erase"] {
            phone
                .get(&format!("/people/{person}{page}"))
                .with_status(200);
        }
    }
}

#[test]
fn of_a_house_that_left_nothing_names_anybody() {
    let server = Server::start();
    let (house, stays) = (server.found("badhuis"), server.found("sleutel"));
    let anna = everything(&house);
    let poster = code(&house, Target::Door, None);
    let (tablet, program) = (enrolled(&house, Role::Bar), house.device(Role::Volunteer));
    let neighbour = stays.anna();
    let (texts, owners) = sealed(&house, &anna);
    let exported = log(&house);
    let leaving = format!("/api/v1/organisations/{}", house.id);
    server.operator().delete(&leaving).with_status(204);
    // Nobody gets in any more, and nothing more is recorded.
    for client in [&house.coordinator, &program] {
        client.get("/api/v1/people").with_status(401);
        client
            .record(&house.entry("coffee", json!({ "cups": 1 })))
            .with_status(401);
    }
    tablet.get("/bar").with_status(401);
    let check_in = house.entry("check_in", json!({ "code": poster }));
    let refused = server.anyone().record(&check_in);
    assert!([404, 409].contains(&refused.status), "{}", refused.text());
    let invited = server
        .operator()
        .post(&format!("{leaving}/invite"), &json!({}));
    assert!(invited.status >= 400, "{}", invited.text());
    server.operator().delete(&leaving).with_status(204);
    // What stays names nobody: no clear text, and no key.
    let folder = server.folder().join("keys");
    let (whose, other, token) = (house.id, stays.id, stays.coordinator.clone());
    let left = std::fs::read_to_string(house.key_file()).expect("the key file");
    assert!(
        left.lines().all(|line| line.contains(" destroyed ")),
        "{left}"
    );
    let is_open = |text: &String| {
        keys(&folder)
            .iter()
            .any(|key| opens(key, text, &house, &owners))
    };
    assert!(!texts.iter().any(is_open));
    let server = server.restart();
    for clear in [NAME, CONTACT, PURPOSE, REASON] {
        assert!(!is_anywhere(server.folder(), clear.as_bytes()), "{clear}");
    }
    let kept = printed(&[
        "export",
        "--data",
        path(server.folder()),
        "--organisation",
        "badhuis",
    ]);
    assert!(kept.starts_with(&exported) && kept.contains("organisation_ended.v1"));
    printed(&["verify", "--data", path(server.folder())]);
    assert!(server.head(whose) > 0);
    // The others stay as they were.
    let stays = House {
        server: &server,
        id: other,
        coordinator: token.of(&server),
    };
    assert_eq!(stays.data(&neighbour)["person"]["name"], NAME);
}
