//! The server on a small disk of its own that really runs full: writes get 507, reads go on, and it recovers by itself.
//!
//! A disk is mounted where nobody else sees it, by root or where the system lets users do so. Elsewhere it is said that
//! this was not tested; with `FULL_DISK=must`, as `.ci/run` sets it where one can be, that is a failure for the disk in memory.

use crate::support::client::Client;
use crate::support::house::{entry, value};
use crate::support::process::{Process, complained, path, printed};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tells the test that runs on the small disk where that is mounted.
const INSIDE: &str = "FULL_DISK_AT";

/// A disk in memory, as every system that has user namespaces lets one mount.
const IN_MEMORY: &str = "mount -t tmpfs -o size=96m tmpfs \"$0\"";

/// A disk in a file, with the file system that most servers have; only root may.
const IN_A_FILE: &str = "truncate -s 320M \"$0.img\" && mkfs.ext4 -q -F -m 0 \"$0.img\" && mount -o loop \"$0.img\" \"$0\"";

const NOT_TESTED: &str = "NOT TESTED, no disk can be mounted here";

#[test]
fn a_disk_in_memory_runs_full_and_is_freed_again() {
    let must = std::env::var("FULL_DISK").as_deref() == Ok("must");
    let test = "a_disk_in_memory_runs_full_and_is_freed_again";
    assert!(on(test, IN_MEMORY) || !must, "{NOT_TESTED}");
}

#[test]
fn a_disk_in_a_file_runs_full_and_is_freed_again() {
    on("a_disk_in_a_file_runs_full_and_is_freed_again", IN_A_FILE);
}

/// Runs this test once more where its disk is mounted, or says loudly that it can't. Whether it could.
#[track_caller]
fn on(test: &str, mount: &str) -> bool {
    if let Some(disk) = std::env::var_os(INSIDE) {
        Disk(disk.into()).runs_full();
        return true;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).expect("it is made");
    let mounted = apart(&format!("{mount} && exec true"), &disk).output();
    if !mounted.is_ok_and(|done| done.status.success()) {
        // Not by a macro: those are heard of tests that fail only.
        let _ = writeln!(std::io::stderr(), "\n{NOT_TESTED}: {test}");
        return false;
    }
    let this = std::env::current_exe().expect("it runs");
    let done = apart(&format!("{mount} && exec \"$@\""), &disk)
        .arg(this)
        .args([
            &format!("durability::full_disk::{test}"),
            "--exact",
            "--nocapture",
        ])
        .env(INSIDE, &disk)
        .output()
        .expect("it ran before");
    let said = String::from_utf8_lossy(&done.stdout);
    let wrong = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}\n{wrong}");
    assert!(said.contains("1 passed"), "it ran: {said}");
    true
}

/// A script that sees mounts of its own; `$0` is the disk.
fn apart(script: &str, disk: &Path) -> Command {
    let mut command = Command::new("unshare");
    let is_root = fs::metadata("/proc/self").is_ok_and(|it| {
        use std::os::unix::fs::MetadataExt;
        it.uid() == 0
    });
    command.arg("--mount");
    if !is_root {
        command.arg("--map-root-user");
    }
    command.args(["sh", "-c", script, path(disk)]);
    command
}

/// Where the small disk is mounted.
struct Disk(PathBuf);

impl Disk {
    fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }

    /// Takes all that is left.
    fn fill(&self) {
        let mut filler = File::create(self.filler()).expect("a name has room");
        for size in [1 << 20, 4 << 10, 1] {
            let zeros = vec![0; size];
            while filler.write_all(&zeros).is_ok() {}
        }
    }

    fn free(&self) {
        fs::remove_file(self.filler()).expect("it is there");
    }

    fn runs_full(&self) {
        let server = Process::serve(&self.data(), &[]);
        let token = self.found(&server);
        let coordinator = server.anyone().with_token(&token);
        let mut cups = self.is_full_for_writes_only(&coordinator, 0);
        cups = self.runs_full_under_load(server, &token, cups);

        self.fill();
        let server = Process::serve(&self.data(), &[]);
        let coordinator = server.anyone().with_token(&token);
        coordinator.get("/readyz").with_status(507);
        coordinator.record(&coffee()).with_status(507);
        self.is_read(&coordinator, cups);
        self.free();
        cups = self.is_full_for_writes_only(&coordinator, cups);
        self.is_read(&coordinator, cups);
        drop(server);
        let verified = printed(&["verify", "--data", path(&self.data())]);
        assert!(verified.contains("sound and agree"), "{verified}");
    }

    fn found(&self, server: &Process) -> String {
        let operator = fs::read_to_string(self.data().join("operator.token"));
        let operator = operator.expect("the first start makes it");
        let operator = server.anyone().with_token(operator.trim());
        let body = json!({ "name": "Het Badhuis", "slug": "badhuis" });
        let made = operator.post("/api/v1/organisations", &body).told(201);
        made["coordinator_token"]
            .as_str()
            .expect("a token")
            .to_owned()
    }

    /// Fills the disk, asks, frees it and asks again; the cups that there are then.
    fn is_full_for_writes_only(&self, coordinator: &Client, cups: u64) -> u64 {
        let (before, waiting) = (coffee(), coffee());
        coordinator.record(&before).with_status(201);
        coordinator.get("/readyz").with_status(200);
        self.fill();
        coordinator.get("/readyz").with_status(507);
        let refused = coordinator.record(&waiting).with_status(507);
        assert_eq!(refused.problem(), "disk-full");
        coordinator.get("/healthz").with_status(200);
        self.is_read(coordinator, cups + 1);
        self.is_backed_up_elsewhere_only();
        self.free();
        coordinator.get("/readyz").with_status(200);
        coordinator.record(&waiting).with_status(201);
        cups + 2
    }

    /// A backup takes nothing of the last room, and needs none where the data is.
    fn is_backed_up_elsewhere_only(&self) {
        let data = self.data();
        let asked = ["backup", "--data", path(&data)];
        let here = self.0.join("backup.tar.zst");
        let said = complained(&[&asked[..], &[path(&here)]].concat(), 1);
        assert!(said.contains("backup.tar.zst"), "{said}");
        let left = fs::read_dir(&self.0).expect("it lists").map(|entry| {
            let name = entry.expect("it lists").file_name();
            name.to_string_lossy().starts_with("backup")
        });
        assert_eq!(left.filter(|it| *it).count(), 0, "nothing half done");
        let elsewhere = self.0.with_extension("tar.zst");
        printed(&[&asked[..], &[path(&elsewhere)]].concat());
        fs::remove_file(elsewhere).expect("it was written");
    }

    /// The disk runs full while many write: each is told what is so, and the next start knows it. The cups that there are
    /// then.
    fn runs_full_under_load(&self, server: Process, token: &str, cups: u64) -> u64 {
        let stop = AtomicBool::new(false);
        let refused: Vec<Value> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..4)
                .map(|_| {
                    let client = server.anyone().with_token(token);
                    scope.spawn(|| write(client, &stop))
                })
                .collect();
            self.fill();
            stop.store(true, Ordering::Relaxed);
            let told = writers.into_iter().map(|it| it.join().expect("it ends"));
            told.flatten().collect()
        });
        self.free();
        // Where the last room went in one blow, sled may have met the full disk first: it can't go on after that, so the
        // server stops, and its unit starts it again.
        server.kill();
        let server = Process::serve(&self.data(), &[]);
        let coordinator = server.anyone().with_token(token);
        for coffee in &refused {
            // One whose outcome was unknown may stand already.
            let reply = coordinator.record(coffee);
            assert!(matches!(reply.status, 200 | 201), "{}", reply.text());
        }
        let log = coordinator.get("/api/v1/log").with_status(200).text();
        let served = log.lines().filter(|line| line.contains("coffee_served"));
        let served = served.count() as u64;
        assert!(served >= cups + refused.len() as u64);
        self.is_read(&coordinator, served);
        served
    }

    /// Figures over HTTP and by the command line.
    fn is_read(&self, coordinator: &Client, cups: u64) {
        let today = jiff::Timestamp::now()
            .in_tz("UTC")
            .expect("it is a zone")
            .date();
        let [first, last] = [today.yesterday(), today.tomorrow()].map(|day| day.expect("a day"));
        let period = format!("{first}..{last}");
        let shown = coordinator.get(&format!("/api/v1/figures?period={period}"));
        let shown = shown.told(200);
        assert_eq!(value(&shown, "coffee_cups"), cups);
        coordinator.get("/api/v1/entries").with_status(200);
        let data = self.data();
        let of = ["--data", path(&data), "--organisation", "badhuis"];
        let alone = printed(&[&["figures", "--period", &period], &of[..]].concat());
        let alone: Value = serde_json::from_str(&alone).expect("figures are JSON");
        assert_eq!(alone, shown);
        printed(&[&["export"], &of[..]].concat());
    }
}

fn coffee() -> Value {
    let now = jiff::Timestamp::now().to_string();
    entry("coffee", &now, json!({ "cups": 1 }))
}

/// Writes until it is told to stop and was refused once; what was refused.
fn write(client: Client, stop: &AtomicBool) -> Vec<Value> {
    let mut refused = Vec::new();
    while !stop.load(Ordering::Relaxed) || refused.is_empty() {
        let coffee = coffee();
        let reply = client.record(&coffee);
        match reply.status {
            201 => {}
            507 => refused.push(coffee),
            // It is on its way down: sent again after the start.
            503 => {
                refused.push(coffee);
                return refused;
            }
            other => panic!("{other}: {}", reply.text()),
        }
    }
    refused
}
