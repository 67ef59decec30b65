//! Everything into one file and back: beside a server, into an empty folder, and never by half.

mod hostile;

use super::{DEMO, export, figures, garden};
use crate::support::Server;
use crate::support::house::text;
use crate::support::process::{Process, complained, path, printed};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

fn backup(data: &Path, file: &Path, more: &[&str]) -> String {
    let asked = ["backup", "--data", path(data), path(file)];
    printed(&[&asked[..], more].concat())
}

fn restore(file: &Path, data: &Path) -> String {
    printed(&["restore", path(file), "--data", path(data)])
}

#[track_caller]
fn refused(file: &Path, data: &Path) -> String {
    complained(&["restore", path(file), "--data", path(data)], 1)
}

/// Names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let listed = fs::read_dir(folder).expect("it lists");
    let mut names: Vec<String> = listed
        .map(|entry| entry.expect("it lists").file_name())
        .map(|name| name.into_string().expect("a plain name"))
        .collect();
    names.sort();
    names
}

/// As after the machine was lost.
fn empty(folder: &Path) {
    for name in names(folder) {
        let lost = folder.join(name);
        let gone = if lost.is_dir() {
            fs::remove_dir_all(lost)
        } else {
            fs::remove_file(lost)
        };
        gone.expect("it goes");
    }
}

#[test]
fn the_drill_every_organisation_has_its_head_and_figures_again() {
    let here = tempfile::tempdir().expect("a folder");
    let (file, data) = (here.path().join("monday.tar.zst"), here.path().join("new"));
    let told = backup(&DEMO, &file, &[]);
    let restored = restore(&file, &data);
    let (events, _) = told.split_once(" of 3 organisations, ").expect(&told);
    assert!(told.contains("without keys"), "{told}");
    assert!(restored.starts_with(events), "{restored}");
    assert_eq!(names(&data), ["end", "journal", "lock"]);
    for (slug, period) in [
        ("badhuis", "2026-05"),
        ("sleutel", "2025-05-01..2026-05-31"),
        ("kempenaar", "2026-Q1"),
    ] {
        assert_eq!(export(&data, slug), export(&DEMO, slug), "{slug}");
        assert_eq!(figures(&data, slug, period), figures(&DEMO, slug, period));
    }
    let server = Process::serve(&data, &[]);
    server.anyone().get("/readyz").with_status(200);
    drop(server);
    let verified = printed(&["verify", "--data", path(&data)]);
    assert!(verified.contains("sound and agree"), "{verified}");
    let again = here.path().join("again.tar.zst");
    backup(&data, &again, &[]);
    assert_eq!(journal(&again), journal(&file), "byte for byte");
}

/// The journal in a backup, as tar and zstd alone show it.
fn journal(file: &Path) -> Vec<u8> {
    let packed = fs::File::open(file).expect("it opens");
    let unpacked = zstd::Decoder::new(packed).expect("it is zstd");
    let mut archive = tar::Archive::new(unpacked);
    let mut journal = Vec::new();
    for entry in archive.entries().expect("it is a tar") {
        let mut entry = entry.expect("a member");
        let path = entry.path().expect("a path").into_owned();
        if path.starts_with("journal") {
            std::io::copy(&mut entry, &mut journal).expect("it reads");
        }
    }
    journal
}

#[test]
fn with_keys_names_are_read_and_tokens_are_good_again() {
    let server = Server::start();
    let house = server.found("badhuis");
    let anna = json!({ "name": "Anna", "volunteer": true });
    let anna = house.coordinator.post("/api/v1/people", &anna).told(201);
    let person = format!("/api/v1/people/{}/data", text(&anna["id"]));
    let coordinator = house.coordinator.clone();
    let here = tempfile::tempdir().expect("a folder");
    let [with, without] = ["with.tar.zst", "without.tar.zst"].map(|name| here.path().join(name));
    let told = backup(server.folder(), &with, &["--with-keys"]);
    assert!(told.contains("with keys"), "{told}");
    backup(server.folder(), &without, &[]);
    let operator = fs::read(server.folder().join("operator.token")).expect("it is there");
    let head = house.head();
    let id = house.id;

    let server = server.restart_after(|folder| {
        empty(folder);
        restore(&with, folder);
    });
    assert_eq!(server.head(id), head);
    let name = |server: &Server| {
        let told = coordinator.of(server).get(&person).told(200);
        told["person"]["name"].clone()
    };
    assert_eq!(name(&server), "Anna");
    let again = fs::read(server.folder().join("operator.token"));
    assert_eq!(again.expect("it is there"), operator);

    let signing = tempfile::tempdir().expect("a folder");
    let kept = signing.path().join("token.key");
    let server = server.restart_after(|folder| {
        fs::copy(folder.join("signing/token.key"), &kept).expect("it copies");
        empty(folder);
        restore(&without, folder);
        assert_eq!(names(folder), ["end", "journal", "lock"], "no secrets");
        // Only so that the token is good: signing anew is tested elsewhere.
        fs::create_dir(folder.join("signing")).expect("it is made");
        fs::copy(&kept, folder.join("signing/token.key")).expect("it copies");
    });
    assert_eq!(server.head(id), head);
    assert_ne!(name(&server), "Anna");
}

#[test]
fn a_backup_in_the_middle_of_writing_is_whole_up_to_its_end_mark() {
    let server = Server::start();
    let house = server.found("badhuis");
    let here = tempfile::tempdir().expect("a folder");
    let stop = AtomicBool::new(false);
    let rounds: Vec<(u64, PathBuf)> = std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    house.records("coffee", json!({ "cups": 1 }));
                }
            });
        }
        let rounds = (0..4).map(|round| {
            house.records("coffee", json!({ "cups": 1 }));
            let acknowledged = house.head();
            let file = here.path().join(format!("{round}.tar.zst"));
            backup(server.folder(), &file, &["--with-keys"]);
            (acknowledged, file)
        });
        let rounds = rounds.collect();
        stop.store(true, Ordering::Relaxed);
        rounds
    });
    let whole = export(server.folder(), "badhuis");
    for (acknowledged, file) in rounds {
        let data = file.with_extension("data");
        restore(&file, &data);
        let kept = export(&data, "badhuis");
        assert!(whole.starts_with(&kept), "as far as it goes");
        let head = figures(&data, "badhuis", "2026-10")["as_of"]["position"].as_u64();
        assert!(head >= Some(acknowledged), "{head:?} < {acknowledged}");
    }
}

#[test]
fn a_file_that_is_there_and_a_damaged_journal_are_left_alone() {
    let data = garden();
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("monday.tar.zst");
    let asked = ["backup", "--data", path(data.path()), path(&file)];
    fs::write(&file, "mine").expect("it is written");
    assert!(complained(&asked, 1).contains("is there already"));
    assert_eq!(fs::read(&file).expect("it reads"), b"mine");
    fs::remove_file(&file).expect("it goes");
    assert!(complained(&[&asked[..], &["--with-keys"]].concat(), 1).contains("no folder"));
    assert!(names(here.path()).is_empty(), "nothing half done");

    let journal = data.path().join("journal").join("00000001.ndjson");
    let mut bytes = fs::read(&journal).expect("it reads");
    let middle = bytes.iter().rposition(|byte| *byte == b'{').expect("lines") / 2;
    bytes[middle] ^= 1;
    fs::write(&journal, &bytes).expect("it is changed");
    assert!(complained(&asked, 1).contains("needs mending"));
    assert!(names(here.path()).is_empty(), "nothing half done");
    bytes[middle] ^= 1;
    fs::write(&journal, bytes).expect("it is changed back");
    // What a killed one left.
    fs::write(here.path().join("monday.tar.zst.unfinished"), "half").expect("it is written");
    printed(&asked);
    assert_eq!(names(here.path()), ["monday.tar.zst"]);
}

#[test]
fn only_an_empty_folder_that_nobody_holds_is_restored_into() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("monday.tar.zst");
    let garden = garden();
    backup(garden.path(), &file, &[]);
    let mine = here.path().join("mine");
    fs::create_dir(&mine).expect("it is made");
    fs::write(mine.join("notes"), "mine").expect("it is written");
    assert!(refused(&file, &mine).contains("not empty"));
    assert_eq!(names(&mine), ["notes"]);
    let server = Server::start();
    assert!(refused(&file, server.folder()).contains("not empty"));

    let data = here.path().join("new");
    fs::create_dir(&data).expect("it is made");
    let held = meetellen_events::log::lock(&data).expect("nobody holds it");
    assert!(refused(&file, &data).contains("another process holds the folder"));
    drop(held);
    restore(&file, &data);
    assert!(refused(&file, &data).contains("not empty"), "twice");
}

#[test]
fn what_was_broken_off_is_not_served_and_ends_right_when_done_again() {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("monday.tar.zst");
    let garden = garden();
    backup(garden.path(), &file, &[]);
    let data = here.path().join("new");
    let serve = ["serve", "--listen", "127.0.0.1:0", "--data", path(&data)];
    let log = super::file(here.path(), &export(&DEMO, "kempenaar"));
    let import = ["import", "--data", path(&data), path(&log)];
    for left in ["", "keys", "end"] {
        let aside = data.join("restore.unfinished");
        fs::create_dir_all(aside.join("journal")).expect("it is made");
        fs::write(aside.join("journal/00000001.ndjson"), "half").expect("it is written");
        if !left.is_empty() {
            fs::write(data.join(left), "half").expect("it is written");
        }
        assert!(complained(&serve, 1).contains("broken off"));
        assert!(complained(&import, 1).contains("broken off"));
        restore(&file, &data);
        assert_eq!(names(&data), ["end", "journal", "lock"]);
        assert_eq!(export(&data, "kempenaar"), export(&DEMO, "kempenaar"));
        fs::remove_dir_all(&data).expect("it goes");
    }
}

#[test]
fn keys_elsewhere_go_elsewhere_and_take_no_others_place() {
    let server = Server::start();
    let house = server.found("badhuis");
    let anna = json!({ "name": "Anna" });
    house.coordinator.post("/api/v1/people", &anna).told(201);
    let here = tempfile::tempdir().expect("a folder");
    let [file, data, keys] = ["b.tar.zst", "new", "secret"].map(|name| here.path().join(name));
    backup(server.folder(), &file, &["--with-keys"]);
    let asked = [
        "restore",
        path(&file),
        "--data",
        path(&data),
        "--keys",
        path(&keys),
    ];
    printed(&asked);
    let key_file = format!("{}.keys", house.id);
    assert_eq!(names(&keys), std::slice::from_ref(&key_file));
    assert!(!data.join("keys").exists());
    fs::remove_dir_all(&data).expect("it goes");
    fs::write(keys.join(&key_file), "another").expect("it is written");
    assert!(complained(&asked, 1).contains("other keys"));
    assert!(!data.exists(), "nothing half done");
    let kept = fs::read_to_string(keys.join(&key_file));
    assert_eq!(kept.expect("it reads"), "another");
    assert_eq!(names(&keys), [key_file]);
}

#[test]
fn a_restore_tells_which_devices_are_in_again() {
    let server = Server::start();
    let house = server.found("badhuis");
    let added = json!({ "name": "Tablet bij de deur", "role": "bar" });
    let link = house.coordinator.post("/api/v1/devices", &added).told(201)["enrol_url"].clone();
    let code = json!({ "code": text(&link).rsplit('/').next().expect("a code") });
    let tablet = server.browser();
    tablet.post("/api/v1/session/enrol", &code).with_status(200);
    let devices = house.coordinator.get("/api/v1/devices").told(200);
    let devices = devices["items"].as_array().expect("a list");
    let its = devices.iter().find(|it| it["name"] == added["name"]);
    let id = text(&its.expect("it is listed")["id"]);
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("monday.tar.zst");
    backup(server.folder(), &file, &[]);
    let gone = house.coordinator.delete(&format!("/api/v1/devices/{id}"));
    assert_eq!(gone.status, 204);

    let server = server.restart_after(|folder| {
        empty(folder);
        let told = restore(&file, folder);
        assert!(!told.contains("everybody signs in"), "{told}");
        let lines: Vec<&str> = told.lines().filter(|line| line.contains(&id)).collect();
        assert_eq!(lines.len(), 1, "{told}");
        assert!(lines[0].contains("badhuis") && lines[0].contains("Tablet bij de deur"));
        assert!(
            !told.contains(" coordinator "),
            "programs need new tokens: {told}"
        );
    });
    // What was told is so: the tablet was shut out after the backup.
    tablet
        .of(&server)
        .post("/api/v1/session/refresh", &json!({}))
        .with_status(200);
}
