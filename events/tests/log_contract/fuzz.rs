//! Hostile bytes before every reader of the log: no panic, no history that nobody wrote, no memory without bound.
//!
//! Mutations know the form, so that they come past the checksums: batches are framed anew with right CRCs, lines sealed
//! anew with right hashes.

use crate::simulation::simulated;
use crate::world::{World, organisation};
use meetellen_events::codec;
use meetellen_events::log::disk::simulated::SimulatedDisk;
use meetellen_events::log::disk::{Disk, Open, RealDisk};
use meetellen_events::log::journal::JournalReader;
use meetellen_events::log::line::{Head, LINE_BYTES_MAX, Line};
use meetellen_events::log::store::MemoryTree;
use meetellen_events::log::{Config, EventLog, verify};
use meetellen_events::values::Timestamp;
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

const FIRST_FILE: &str = "/data/journal/00000001.ndjson";

/// Set in the process whose memory is limited.
const LIMITED: &str = "MEETELLEN_FUZZ_LIMITED";

/// A batch with a right CRC around whatever stands in it.
fn framed(number: &str, body: &[u8]) -> Vec<u8> {
    let begin = format!("{{\"batch\":{number},\"bytes\":{}", body.len());
    let crc = crc32c::crc32c_append(crc32c::crc32c(begin.as_bytes()), body);
    let mut batch = format!("{begin},\"crc32c\":\"{crc:08x}\"}}\n").into_bytes();
    batch.extend_from_slice(body);
    batch
}

/// A line with a right hash around whatever its one event is; none where that is too long.
fn sealed(event: &str) -> Option<Line> {
    let body = format!(r#"{{"actor":{{"kind":"visitor"}},"events":[{event}]"#);
    Line::seal(
        body.as_bytes(),
        organisation(1),
        Head::default(),
        Timestamp::from_millis(1_790_000_000_000),
    )
    .ok()
}

/// Numbers that are none of the form's, or claim what is not there.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<u64>().prop_map(|number| number.to_string()),
        (0..70_u32).prop_map(|bits| (1_u128 << bits).to_string()),
        proptest::sample::select(vec![
            "-1",
            "00",
            "1e9",
            "",
            " 1",
            "0x10",
            "1.0",
            "9999999999999999",
            "1152921504606846976",
        ])
        .prop_map(str::to_owned),
    ]
}

/// Pieces a journal is made of, right ones and wrong ones.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let lines = |commits: usize| {
        let lines = World::default().batch(commits, 2);
        lines
            .iter()
            .flat_map(|line| [line.bytes(), b"\n"].concat())
            .collect::<Vec<u8>>()
    };
    prop_oneof![
        ("[1-9]", 1..5_usize).prop_map(move |(number, commits)| framed(&number, &lines(commits))),
        (number(), any::<Vec<u8>>()).prop_map(|(number, body)| framed(&number, &body)),
        (number(), number()).prop_map(|(batch, bytes)| {
            format!("{{\"batch\":{batch},\"bytes\":{bytes},\"crc32c\":\"00000000\"}}\n").into()
        }),
        number().prop_map(|number| {
            format!("{{\"format\":1,\"journal\":\"meetellen\",\"number\":{number}}}\n").into()
        }),
        number().prop_map(|first| {
            let id = organisation(0).uuid();
            let row = format!(
                "{{\"lost\":{{\"first\":{first},\"last\":9,\"organisation\":\"{id}\"}}}}\n"
            );
            framed("1", row.as_bytes())
        }),
        any::<Vec<u8>>(),
        (0..3_000_usize).prop_map(|len| vec![0; len]),
        (1..4_000_usize).prop_map(|depth| b"[".repeat(depth)),
    ]
}

/// JSON of any depth and form, as text.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|is| is.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        // The form has whole numbers alone, but others must do no harm.
        proptest::sample::select(vec!["1.5", "-0.0", "1e300", "1e-300"]).prop_map(str::to_owned),
        ".{0,20}".prop_map(|text| serde_json::Value::from(text).to_string()),
        proptest::sample::select(vec![
            "\"coffee_served.v1\"",
            "\"person_registered.v1\"",
            "\"code_issued.v1\"",
            "\"0198c5a0-0000-7000-8000-000000000001\"",
            "\"2026-10-01T08:00:00.000Z\"",
        ])
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(6, 40, 5, |inner| {
        let key = prop_oneof![
            proptest::sample::select(vec!["type", "id", "occurred_at", "cups", "shifted_millis"])
                .prop_map(str::to_owned),
            "[a-z]{1,5}",
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5)
                .prop_map(|all| format!("[{}]", all.join(","))),
            proptest::collection::vec((key, inner), 0..5).prop_map(|all| {
                let members: Vec<String> = all
                    .iter()
                    .map(|(key, value)| format!("\"{key}\":{value}"))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_journal_is_read_or_refused(pieces in prop::collection::vec(piece(), 0..9), headed in any::<bool>(), marked in prop::bool::weighted(0.1)) {
        let mut bytes = pieces.concat();
        if headed {
            bytes = [b"{\"format\":1,\"journal\":\"meetellen\",\"number\":1}\n", bytes.as_slice()].concat();
        }
        let (disk, tree) = (SimulatedDisk::new(1), MemoryTree::default());
        drop(EventLog::open(simulated(&disk, &tree), &mut |_| {}).expect("a new disk"));
        disk.damage(Path::new(FIRST_FILE), |file| *file = bytes);
        if !marked {
            disk.remove(Path::new("/data/end")).expect("it is there");
        }
        let config = simulated(&disk, &tree);
        let mut read = 0;
        if let Ok(reader) = JournalReader::open(Arc::clone(&config.disk), &config.folder) {
            let _ = reader.read(&mut |_| read += 1, &mut |_| {});
        }
        let seen = verify(&config, &mut |_| {});
        let opened = EventLog::open(config, &mut |_| {});
        // What is called sound opens, with as many commits as were read.
        if let Ok(seen) = seen && seen.is_sound() {
            prop_assert_eq!(seen.commits, read);
            prop_assert!(opened.is_ok());
        }
    }

    #[test]
    fn any_event_in_a_sealed_line_is_decoded_or_refused(event in json()) {
        let event = format!(r#"{{"id":"0198c5a0-0000-7000-8000-000000000001","occurred_at":"2026-10-01T08:00:00.000Z","type":"x.v1","x":{event}}}"#);
        check(&event)?;
    }

    #[test]
    fn any_members_of_a_known_event_are_decoded_or_refused(members in prop::collection::vec(("[a-z_]{1,12}", json()), 0..6), name in proptest::sample::select(vec!["coffee_served.v1", "visitor_checked_in.v1", "code_issued.v1", "setting_changed.v1", "month_closed.v1"])) {
        let mut all = vec![
            r#""id":"0198c5a0-0000-7000-8000-000000000001""#.to_owned(),
            r#""occurred_at":"2026-10-01T08:00:00.000Z""#.to_owned(),
            format!("\"type\":\"{name}\""),
        ];
        all.extend(members.iter().map(|(key, value)| format!("\"{key}\":{value}")));
        check(&format!("{{{}}}", all.join(",")))?;
    }
}

/// Whatever a sealed line holds: read again it is the same, decoding says no or yes, and packing what it decoded to.
fn check(event: &str) -> Result<(), TestCaseError> {
    let Some(line) = sealed(event) else {
        return Ok(());
    };
    prop_assert_eq!(&Line::parse(line.bytes()).expect("just sealed"), &line);
    let decoded = codec::decode(&line);
    let listed = codec::directory(&line);
    prop_assert!(listed.is_empty() || decoded.is_ok());
    if let Ok(packed) = codec::pack(std::slice::from_ref(&line)) {
        let mut facts = Vec::new();
        let unpacked = codec::unpack(&packed, &mut |recorded| facts.push(recorded));
        prop_assert!(unpacked.is_ok());
        let expected = decoded.expect("it was packed");
        prop_assert_eq!(facts, expected.recorded().collect::<Vec<_>>());
    }
    Ok(())
}

#[test]
fn nesting_without_end_is_refused() {
    for depth in [100, 200, 10_000, 100_000] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let nested = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            if let Some(line) = sealed(&format!(r#"{{"type":"x.v1","x":{nested}}}"#)) {
                assert!(codec::decode(&line).is_err() || depth == 100);
                assert!(codec::pack(&[line]).is_err() || depth == 100);
            }
        }
    }
}

/// Lays a journal's first file out in a new folder and opens it, mark and store missing; what is said of it.
fn opened(fill: impl FnOnce(&fs::File)) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = folder.path().join("journal");
    fs::create_dir(&journal).expect("writable");
    let file = fs::File::create(journal.join("00000001.ndjson")).expect("writable");
    let header = b"{\"format\":1,\"journal\":\"meetellen\",\"number\":1}\n";
    std::io::Write::write_all(&mut &file, header).expect("writable");
    fill(&file);
    let config = Config {
        reserve_bytes: 0,
        ..Config::new(folder.path(), codec::pack, codec::directory)
    };
    let seen = verify(&config, &mut |_| {}).expect("readable");
    let opened = EventLog::open(config, &mut |_| {});
    assert_eq!(seen.is_sound(), opened.is_ok(), "{seen:?}");
    format!("{seen:?}")
}

/// The process with little memory: what claims to be large, or is.
#[test]
fn reads_what_is_hostile() {
    if std::env::var_os(LIMITED).is_none() {
        return;
    }
    let write = |file: &fs::File, bytes: &[u8]| {
        std::io::Write::write_all(&mut &*file, bytes).expect("writable");
    };
    for claimed in [u64::MAX, 1 << 60, 1 << 53, 1 << 40, 1 << 31, 200 << 20] {
        let header = format!("{{\"batch\":1,\"bytes\":{claimed},\"crc32c\":\"00000000\"}}\n");
        opened(|file| {
            write(file, header.as_bytes());
            file.set_len(24 << 20).expect("room for a hole");
        });
    }
    // A file of a terabyte, nearly all of it a hole.
    let said = opened(|file| file.set_len(1 << 40).expect("room for a hole"));
    assert!(said.contains("00000001.ndjson"), "{said}");
    // One line longer than any, and one nested deeper than any, in whole batches.
    for body in [b"x".repeat(3 * LINE_BYTES_MAX), b"[".repeat(LINE_BYTES_MAX)] {
        let said = opened(|file| write(file, &framed("1", &[body.as_slice(), b"\n"].concat())));
        assert!(said.contains("00000001.ndjson"), "{said}");
    }
    // A great many of the smallest rows.
    let rows = b"\n".repeat(4 << 20);
    opened(|file| write(file, &framed("1", &rows)));
    // An end mark that goes on for ever.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mark = fs::File::create(folder.path().join("end")).expect("writable");
    mark.set_len(1 << 40).expect("room for a hole");
    assert!(JournalReader::open(Arc::new(RealDisk), folder.path()).is_ok());
    assert!(
        RealDisk
            .open(&folder.path().join("end"), Open::Read)
            .is_ok()
    );
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!("peak {}", peak.unwrap_or("unknown").trim());
}

#[test]
fn what_claims_to_be_large_takes_little_memory() {
    const LIMIT_KIB: u64 = 1_500_000;
    const PEAK_KIB: u64 = 300_000;
    let limited = format!("ulimit -v {LIMIT_KIB} && exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &limited])
        .arg(std::env::current_exe().expect("this test"))
        .args(["--exact", "fuzz::reads_what_is_hostile", "--nocapture"])
        .arg("--test-threads=1")
        .env(LIMITED, "1")
        .output()
        .expect("this test runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let peak = said
        .split_once("peak ")
        .and_then(|(_, peak)| peak.split(' ').next());
    let peak = peak.and_then(|peak| peak.parse::<u64>().ok());
    // Elsewhere than on Linux the limit alone counts.
    assert!(peak.is_none_or(|peak| peak < PEAK_KIB), "{peak:?} KiB");
}
