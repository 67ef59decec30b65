//! Another language reads an export from `api-spec/log-format.md` alone.

use crate::world::{World, organisation};
use meetellen_events::log::line::Line;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Whether the script finds the export sound; none where there is no Python.
fn accepts(folder: &Path, bytes: &[u8], head: &[String]) -> Option<bool> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/verify_export.py");
    let path = folder.join("export.ndjson");
    fs::write(&path, bytes).expect("a temporary folder");
    let output = Command::new("python3")
        .arg(script)
        .arg(path)
        .args(head)
        .output()
        .ok()?;
    Some(output.status.success())
}

#[test]
fn a_script_of_another_language_accepts_an_export_and_refuses_every_change() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut world = World::default();
    let lines = world.batch(12, 1);
    assert_eq!(lines, world.lines(organisation(0)));
    let export = |lines: &[Line]| -> Vec<u8> {
        lines
            .iter()
            .flat_map(|line| [line.bytes(), b"\n"].concat())
            .collect()
    };
    let sound = export(&lines);
    let Some(accepted) = accepts(folder.path(), &sound, &[]) else {
        eprintln!("no python3 here: the script was not run");
        return;
    };
    assert!(accepted);
    let head = lines.last().map(Line::head).expect("twelve lines");
    let head = [head.position.to_string(), head.hash.to_string()];
    assert_eq!(accepts(folder.path(), &sound, &head), Some(true));
    assert_eq!(
        accepts(folder.path(), &export(&lines[..11]), &head),
        Some(false),
        "cut"
    );
    assert_eq!(
        accepts(folder.path(), &export(&lines[1..]), &[]),
        Some(false),
        "begins late"
    );
    let mut swapped = lines.clone();
    swapped.swap(4, 5);
    assert_eq!(
        accepts(folder.path(), &export(&swapped), &[]),
        Some(false),
        "swapped"
    );
    for at in (0..sound.len()).step_by(411) {
        let mut bytes = sound.clone();
        bytes[at] ^= 1;
        assert_eq!(
            accepts(folder.path(), &bytes, &[]),
            Some(false),
            "byte {at}"
        );
    }
}
