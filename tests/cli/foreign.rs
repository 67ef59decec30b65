//! Another language checks what is exported, from `api-spec/log-format.md` alone.

use super::{DEMO, export, figures, file_of};
use meetellen_events::log::line::Hash;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

/// What the script says of a file and a head; none where there is no Python, which is said loudly.
fn script(export: &Path, head: &[&str]) -> Option<Output> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verify_export.py");
    let mut run = Command::new("python3");
    let said = run.arg(script).arg(export).args(head).output();
    if said.is_err() {
        let _ = writeln!(
            std::io::stderr(),
            "\nNOT TESTED, no python3 here: verify_export.py"
        );
    }
    said.ok()
}

#[test]
fn every_export_of_the_demo_is_sound_and_ends_where_its_figures_say() {
    let here = tempfile::tempdir().expect("a folder");
    for slug in ["badhuis", "sleutel", "kempenaar"] {
        let log = export(&DEMO, slug);
        let as_of = &figures(&DEMO, slug, "2026-05")["as_of"];
        let position = as_of["position"].to_string();
        let hash = as_of["hash"].as_str().expect("a hash");
        let file = file_of(here.path(), slug, &log);
        let Some(said) = script(&file, &[&position, hash]) else {
            return;
        };
        let wrong = String::from_utf8_lossy(&said.stderr);
        assert!(said.status.success(), "{slug}: {wrong}");
        let (cut, _) = log.trim_end().rsplit_once('\n').expect("lines");
        let cut = file_of(here.path(), slug, &format!("{cut}\n"));
        let said = script(&cut, &[&position, hash]).expect("it ran before");
        assert!(!said.status.success(), "{slug}: an end is missing");
    }
}

/// A line with a right hash around what may be wrong.
fn sealed(begin: &str) -> String {
    let zeros = "0".repeat(64);
    let end = format!(
        r#""organisation":"0198c5a0-0000-7000-8000-0000000000aa","position":1,"previous":"{zeros}","recorded_at":"2026-10-01T08:00:00.000Z"}}"#
    );
    let sum = Sha256::new().chain_update([0; 32]);
    let sum = sum.chain_update(format!("{begin},{end}")).finalize();
    format!("{begin},\"hash\":\"{}\",{end}\n", Hash(sum.into()))
}

#[test]
fn what_is_not_canonical_is_refused_though_its_hash_is_right() {
    let here = tempfile::tempdir().expect("a folder");
    let of = |events: &str| {
        sealed(&format!(
            r#"{{"actor":{{"kind":"system"}},"events":{events}"#
        ))
    };
    let accepts = |text: &str| {
        let file = file_of(here.path(), "export", text);
        script(&file, &[]).map(|said| said.status.success())
    };
    let Some(sound) = accepts(&of(r#"[{"cups":2,"type":"coffee_served.v1"}]"#)) else {
        return;
    };
    assert!(sound);
    for wrong in [
        r#"[{"type":"coffee_served.v1","cups":2}]"#,
        r#"[{"cups":2,"cups":2,"type":"coffee_served.v1"}]"#,
        r#"[{"cups": 2,"type":"coffee_served.v1"}]"#,
        r#"[{"cups":2.5,"type":"coffee_served.v1"}]"#,
        r#"[{"cups":2e0,"type":"coffee_served.v1"}]"#,
        r#"[{"cups":9007199254740992,"type":"coffee_served.v1"}]"#,
        r#"[{"cups":NaN,"type":"coffee_served.v1"}]"#,
        r#"[{"cups":"\u0041","type":"coffee_served.v1"}]"#,
        r#"[{"cups":2,"type":"coffee_served"}]"#,
        r#"[{"cups":2}]"#,
        "[]",
        "{}",
    ] {
        assert_eq!(accepts(&of(wrong)), Some(false), "{wrong}");
    }
    assert_eq!(accepts(""), Some(false), "no commit in it");
}
