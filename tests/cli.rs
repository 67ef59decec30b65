//! The command line beside and without a server.

mod backup;
mod foreign;
mod moving;
mod serving;

use crate::support::Server;
use crate::support::house::value;
use crate::support::process::{complained, meetellen, path, printed};
use meetellen_events::codec;
use meetellen_events::log::line::Line;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The demo of a day, filled once and only read.
static DEMO: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo");
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("an earlier run's folder goes");
    }
    printed(&["demo", "--data", path(&folder), "--day", "2026-06-15"]);
    folder
});

/// A folder of the test's own with the demo's garden, which is soon done.
fn garden() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("the system has room for a folder");
    let log = file(folder.path(), &export(&DEMO, "kempenaar"));
    printed(&["import", "--data", path(folder.path()), path(&log)]);
    folder
}

#[track_caller]
fn figures(folder: &Path, slug: &str, period: &str) -> Value {
    let asked = [
        "figures",
        "--data",
        path(folder),
        "--organisation",
        slug,
        "--period",
        period,
    ];
    serde_json::from_str(&printed(&asked)).expect("figures are JSON")
}

fn export(folder: &Path, slug: &str) -> String {
    printed(&["export", "--data", path(folder), "--organisation", slug])
}

/// The file in a folder that an export was written to.
fn file(folder: &Path, text: &str) -> PathBuf {
    file_of(folder, "log.ndjson", text)
}

fn file_of(folder: &Path, name: &str, text: &str) -> PathBuf {
    let file = folder.join(name);
    fs::write(&file, text).expect("it is written");
    file
}

#[test]
fn every_command_tells_how_it_is_used() {
    let manual = printed(&["man"]);
    for command in [
        "serve",
        "demo",
        "figures",
        "rebuild",
        "verify",
        "export",
        "import",
        "backup",
        "restore",
        "completions",
        "man",
    ] {
        assert!(printed(&[command, "--help"]).contains("Usage"), "{command}");
        assert!(manual.contains(command), "{command}");
    }
}

#[test]
fn wrong_usage_is_2_and_failure_is_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = ["--data", path(folder.path())];
    let with = |more: &[&'static str]| -> Vec<String> {
        let all = more.iter().copied().chain(data);
        all.map(str::to_owned).collect()
    };
    let badhuis = ["--organisation", "badhuis"];
    for (code, more) in [
        (2, vec!["dance"]),
        (2, vec!["demo", "--day", "2026-02-30"]),
        (2, vec!["demo", "--day", "2999-01-01"]),
        (2, vec!["serve", "--memory", "1"]),
        (
            2,
            vec!["figures", "--organisation", "No Slug", "--period", "2026"],
        ),
        (
            2,
            [&["figures", "--period", "2026-13"], &badhuis[..]].concat(),
        ),
        (
            2,
            [
                &["figures", "--period", "2026", "--as-of", "0"],
                &badhuis[..],
            ]
            .concat(),
        ),
        (
            2,
            [
                &["figures", "--period", "2026", "--format", "doc"],
                &badhuis[..],
            ]
            .concat(),
        ),
        (1, [&["figures", "--period", "2026"], &badhuis[..]].concat()),
        (1, [&["export"], &badhuis[..]].concat()),
        (1, vec!["verify"]),
        (1, vec!["rebuild"]),
        (1, vec!["import", "nowhere.ndjson"]),
        (1, vec!["backup", "nowhere.tar.zst"]),
        (1, vec!["restore", "nowhere.tar.zst"]),
    ] {
        let asked = with(&more);
        let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
        let done = meetellen(&asked).assert().code(code);
        let output = done.get_output();
        assert!(output.stdout.is_empty(), "{asked:?} prints a result");
        assert!(!output.stderr.is_empty(), "{asked:?} says nothing");
    }
    let left = fs::read_dir(folder.path()).expect("it lists").count();
    assert_eq!(left, 0, "nothing was made");
}

#[test]
fn the_demo_shows_its_figures_from_the_journal_alone() {
    let badhuis = figures(&DEMO, "badhuis", "2026-05");
    assert_eq!(badhuis["period"]["last_day"], "2026-05-31");
    for (key, shown) in [
        ("bar_revenue", 182_500),
        ("participations", 600),
        ("volunteers_registered", 94),
        ("coffee_cups_per_bar_volunteer", 160),
    ] {
        assert_eq!(value(&badhuis, key), shown, "{key}");
    }
    let sleutel = figures(&DEMO, "sleutel", "2025-05-01..2026-05-31");
    assert_eq!(sleutel["busiest_session"]["participations"], 500);
    let kempenaar = figures(&DEMO, "kempenaar", "2025-05-01..2026-05-31");
    assert_eq!(value(&kempenaar, "goods_donors"), 16);
    let csv = printed(&[
        "figures",
        "--data",
        path(&DEMO),
        "--organisation",
        "badhuis",
        "--period",
        "2026-05",
        "--format",
        "csv",
        "--locale",
        "en",
    ]);
    assert!(csv.contains("figures,,tenants,Tenants,7,"), "{csv}");
}

#[test]
fn a_folder_with_anything_in_it_is_not_filled() {
    let folder = tempfile::tempdir().expect("a folder");
    file(folder.path(), "mine");
    for filling in [
        &["demo"][..],
        &["serve", "--demo", "--listen", "127.0.0.1:0"],
    ] {
        let asked = [filling, &["--data", path(folder.path())]].concat();
        assert!(complained(&asked, 1).contains("not empty"), "{asked:?}");
    }
    let left = fs::read_dir(folder.path()).expect("it lists").count();
    assert_eq!(left, 1, "nothing was made");
}

#[test]
fn only_a_whole_demo_is_served_as_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let serve = ["serve", "--demo", "--listen", "127.0.0.1:0", "--data"];
    let refused = |folder: &Path| complained(&[&serve, &[path(folder)][..]].concat(), 1);
    fs::write(folder.path().join("demo.unfinished"), "").expect("it is written");
    assert!(refused(folder.path()).contains("broken off"));
    let own = tempfile::tempdir().expect("a folder");
    let server = Server::start();
    server.found("badhuis");
    let log = file(folder.path(), &export(server.folder(), "badhuis"));
    printed(&["import", "--data", path(own.path()), path(&log)]);
    assert!(refused(own.path()).contains("something else than the demo"));
}

#[test]
fn figures_are_the_same_beside_a_server_and_as_of_then() {
    let server = Server::start();
    let house = server.found("badhuis");
    house.records("coffee", json!({ "cups": 3 }));
    let before = figures(server.folder(), "badhuis", "2026-10");
    assert_eq!(value(&before, "coffee_cups"), 3);
    assert_eq!(before["as_of"]["position"], house.head());
    let answered = house.coordinator.get("/api/v1/figures?period=2026-10");
    assert_eq!(answered.told(200), before, "what the server answers");
    house.records("coffee", json!({ "cups": 4 }));
    let after = figures(server.folder(), "badhuis", "2026-10");
    assert_eq!(value(&after, "coffee_cups"), 7);
    let then = before["as_of"]["position"].to_string();
    let as_of = printed(&[
        "figures",
        "--data",
        path(server.folder()),
        "--organisation",
        "badhuis",
        "--period",
        "2026-10",
        "--as-of",
        &then,
    ]);
    let as_of: Value = serde_json::from_str(&as_of).expect("figures are JSON");
    assert_eq!(as_of, before);
}

#[test]
fn an_export_taken_in_elsewhere_is_the_same_log() {
    let here = tempfile::tempdir().expect("a folder");
    let elsewhere = here.path().join("data");
    let log = export(&DEMO, "kempenaar");
    let file = file(here.path(), &log);
    let import = ["import", "--data", path(&elsewhere), path(&file)];
    let events = figures(&DEMO, "kempenaar", "2026-05")["as_of"]["position"].clone();
    assert_eq!(printed(&import), format!("{events} events of kempenaar\n"));
    assert_eq!(export(&elsewhere, "kempenaar"), log);
    for period in ["2026-05", "2025-Q3", "2026"] {
        let (theirs, ours) = (
            figures(&elsewhere, "kempenaar", period),
            figures(&DEMO, "kempenaar", period),
        );
        assert_eq!(theirs, ours, "hash and all, {period}");
    }
    assert_eq!(
        printed(&import),
        "kempenaar is there already: nothing changed\n"
    );
    assert_eq!(export(&elsewhere, "kempenaar"), log);
    let verified = printed(&["verify", "--data", path(&elsewhere)]);
    assert!(verified.contains("sound and agree"), "{verified}");
}

#[test]
fn an_import_goes_on_where_the_log_ends() {
    let server = Server::start();
    let house = server.found("badhuis");
    house.records("coffee", json!({ "cups": 3 }));
    let first = export(server.folder(), "badhuis");
    house.records("coffee", json!({ "cups": 4 }));
    let whole = export(server.folder(), "badhuis");
    let here = tempfile::tempdir().expect("a folder");
    let data = here.path().join("data");
    for (log, told) in [
        (&first, format!("{} events of badhuis\n", house.head() - 1)),
        (&whole, "1 events of badhuis\n".to_owned()),
        (
            &first,
            "badhuis is there already: nothing changed\n".to_owned(),
        ),
    ] {
        let file = file(here.path(), log);
        assert_eq!(
            printed(&["import", "--data", path(&data), path(&file)]),
            told
        );
    }
    assert_eq!(export(&data, "badhuis"), whole);
}

#[test]
fn an_import_that_was_broken_off_is_not_served_and_ends_right_when_done_again() {
    let log = export(&DEMO, "kempenaar");
    let here = tempfile::tempdir().expect("a folder");
    let data = here.path().join("data");
    let head: String = log.split_inclusive('\n').take(700).collect();
    let whole = file(here.path(), &log);
    let half = file_of(here.path(), "half.ndjson", &head);
    let import = |file: &Path| printed(&["import", "--data", path(&data), path(file)]);
    import(&half);
    let first: Value = serde_json::from_str(log.lines().next().expect("lines")).expect("JSON");
    let whose = first["organisation"].as_str().expect("an id");
    let mark = data.join("import.unfinished");
    // As a kill between the first batch and the last leaves it.
    fs::write(&mark, whose).expect("it is written");
    let serve = ["serve", "--listen", "127.0.0.1:0", "--data", path(&data)];
    assert!(complained(&serve, 1).contains("broken off"));
    let another = file_of(here.path(), "other.ndjson", &export(&DEMO, "sleutel"));
    let refused = complained(&["import", "--data", path(&data), path(&another)], 1);
    assert!(refused.contains("finish that first"), "{refused}");
    import(&whole);
    assert!(!mark.exists());
    assert_eq!(export(&data, "kempenaar"), log);
    fs::write(&mark, whose).expect("it is written");
    assert!(
        import(&whole).contains("nothing changed"),
        "it was all there"
    );
    assert!(!mark.exists());
}

#[test]
fn an_import_that_does_not_fit_is_refused_by_its_position() {
    let server = Server::start();
    let house = server.found("badhuis");
    house.records("coffee", json!({ "cups": 3 }));
    let log = export(server.folder(), "badhuis");
    let here = tempfile::tempdir().expect("a folder");
    let data = here.path().join("data");
    let refused = |text: &str| {
        let file = file(here.path(), text);
        complained(&["import", "--data", path(&data), path(&file)], 1)
    };
    let (before, last) = log.trim_end().rsplit_once('\n').expect("three lines");
    let position = house.head();
    let changed = log.replace("\"cups\":3", "\"cups\":4");
    assert!(refused(&changed).contains(&format!("line {position}")));
    let gap = log.lines().filter(|line| !line.contains("api_token"));
    let gap: Vec<&str> = gap.collect();
    assert!(refused(&gap.join("\n")).contains("position 3"));
    assert!(refused(last).contains("position 3"), "no beginning");
    assert!(!data.exists(), "nothing was made");

    let at = file(here.path(), &log);
    printed(&["import", "--data", path(&data), path(&at)]);
    let other = format!("{before}\n{}\n", another(last));
    let told = refused(&other);
    assert!(told.contains("position 3: the history there"), "{told}");
    let namesake = Server::start();
    namesake.found("badhuis");
    let told = refused(&export(namesake.folder(), "badhuis"));
    assert!(told.contains("position 1: its slug"), "{told}");
    assert_eq!(export(&data, "badhuis"), log);
}

/// The same commit with another time in it, hash and all.
fn another(line: &str) -> String {
    let line = Line::parse(line.as_bytes()).expect("a line");
    let mut commit = codec::decode(&line).expect("a commit");
    commit.facts[0].occurred_at = commit.facts[0].occurred_at.plus_millis(-1);
    let line = codec::encode(&commit).expect("a line");
    String::from_utf8(line.bytes().to_vec()).expect("a line is text")
}

#[test]
fn a_folder_that_a_server_holds_is_only_read() {
    let server = Server::start();
    let house = server.found("badhuis");
    house.records("coffee", json!({ "cups": 3 }));
    let folder = path(server.folder());
    let here = tempfile::tempdir().expect("a folder");
    let file = file(here.path(), &export(server.folder(), "badhuis"));
    let held = "another process holds the folder";
    assert!(complained(&["rebuild", "--data", folder], 1).contains(held));
    assert!(complained(&["import", "--data", folder, path(&file)], 1).contains(held));
    complained(&["demo", "--data", folder], 1);
    let verified = printed(&["verify", "--data", folder, "--organisation", "badhuis"]);
    assert!(verified.starts_with("3 events in 3 commits"), "{verified}");
}

#[test]
fn a_store_is_made_anew_with_the_same_figures() {
    let folder = garden();
    let data = ["--data", path(folder.path())];
    let rebuild = |more: &[&str]| printed(&[&["rebuild"], &data[..], more].concat());
    let before = figures(folder.path(), "kempenaar", "2026-05");
    let told = rebuild(&["--organisation", "kempenaar"]);
    let events = before["as_of"]["position"].to_string();
    assert!(told.starts_with(&format!("{events} events in")), "{told}");
    assert!(told.contains("all figures equal the old ones"), "{told}");
    fs::remove_dir_all(folder.path().join("store")).expect("the store goes");
    let told = rebuild(&[]);
    assert!(told.contains("no old store"), "{told}");
    let verified = printed(&[&["verify"], &data[..]].concat());
    assert!(verified.contains("sound and agree"), "{verified}");
    assert_eq!(figures(folder.path(), "kempenaar", "2026-05"), before);
}

#[test]
fn a_damaged_journal_is_named_and_put_back_by_a_rebuild() {
    let folder = garden();
    let data = ["--data", path(folder.path())];
    let before = figures(folder.path(), "kempenaar", "2026-05");
    let journal = folder.path().join("journal").join("00000001.ndjson");
    let mut bytes = fs::read(&journal).expect("it reads");
    let middle = bytes.iter().rposition(|byte| *byte == b'{').expect("lines") / 2;
    bytes[middle] ^= 1;
    fs::write(&journal, bytes).expect("it is changed");
    let figures_asked = [
        "figures",
        "--organisation",
        "kempenaar",
        "--period",
        "2026-05",
    ];
    for asked in [
        &["verify"][..],
        &["verify", "--organisation", "kempenaar"],
        &["export", "--organisation", "kempenaar"],
        &figures_asked,
    ] {
        let said = complained(&[asked, &data].concat(), 1);
        assert!(said.contains("00000001.ndjson"), "{said}");
    }
    let done = meetellen(&[&["rebuild"], &data[..]].concat())
        .assert()
        .success();
    let said = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
    assert!(said.contains("put back from the old store"), "{said}");
    assert_eq!(figures(folder.path(), "kempenaar", "2026-05"), before);
}
