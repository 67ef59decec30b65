//! Every kind of change to every file of a data folder: all is there again, or it is refused by name.

use crate::folder::{Fate, Folder, Moments, config, fate, moments};
use crate::simulation::Random;
use crate::world::organisation;
use meetellen_events::log::{EventLog, rebuild};
use std::path::{Path, PathBuf};

/// Rounds over all files in the short form; more by `MEETELLEN_DAMAGE_ROUNDS`.
fn rounds() -> u64 {
    let asked = std::env::var("MEETELLEN_DAMAGE_ROUNDS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// A change to the bytes of one file.
type Change = fn(&mut Vec<u8>, &mut Random);

/// What happens to bytes of any kind.
const BYTES: [(&str, Change); 7] = [
    ("a flipped bit", |bytes, random| {
        let at = random.below(bytes.len() as u64) as usize;
        bytes[at] ^= 1 << random.below(8);
    }),
    ("a flipped bit near its data's end", |bytes, random| {
        let end = bytes.iter().rposition(|&byte| byte != 0).unwrap_or(0) + 1;
        let at = end - 1 - random.below(end.min(700) as u64) as usize;
        bytes[at] ^= 1 << random.below(8);
    }),
    ("a zeroed sector", |bytes, random| {
        let at = random.below(bytes.len() as u64) as usize / 512 * 512;
        let end = bytes.len().min(at + 512);
        bytes[at..end].fill(0);
    }),
    ("a sector of another place", |bytes, random| {
        let sectors = bytes.len() as u64 / 512;
        if sectors > 1 {
            let from = random.below(sectors) as usize * 512;
            let to = random.below(sectors) as usize * 512;
            bytes.copy_within(from..from + 512, to);
        }
    }),
    ("a cut", |bytes, random| {
        bytes.truncate(random.below(bytes.len() as u64) as usize)
    }),
    ("all bytes gone", |bytes, _| bytes.clear()),
    ("bytes behind its end", |bytes, random| {
        bytes.extend((0..700).map(|_| random.below(256) as u8));
    }),
];

/// What happens to lines: batches and their headers in the journal.
const LINES: [(&str, Change); 6] = [
    ("a line dropped", |bytes, random| {
        lines(bytes, |lines| {
            lines.remove(random.below(lines.len() as u64) as usize);
        })
    }),
    ("a line doubled", |bytes, random| {
        lines(bytes, |lines| {
            let at = random.below(lines.len() as u64) as usize;
            lines.insert(at, lines[at].clone());
        })
    }),
    ("two lines swapped", |bytes, random| {
        lines(bytes, |lines| {
            let at = random.below(lines.len() as u64 - 1) as usize;
            lines.swap(at, at + 1);
        })
    }),
    ("a batch dropped", |bytes, random| {
        batches(bytes, |batches| {
            batches.remove(1 + random.below(batches.len() as u64 - 1) as usize);
        })
    }),
    ("a batch doubled", |bytes, random| {
        batches(bytes, |batches| {
            let at = 1 + random.below(batches.len() as u64 - 1) as usize;
            batches.insert(at, batches[at].clone());
        })
    }),
    ("two batches swapped", |bytes, random| {
        batches(bytes, |batches| {
            let at = 1 + random.below(batches.len() as u64 - 2) as usize;
            batches.swap(at, at + 1);
        })
    }),
];

fn lines(bytes: &mut Vec<u8>, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
    let end = bytes.iter().rposition(|&byte| byte != 0).unwrap_or(0) + 1;
    let zeros = bytes.split_off(end.min(bytes.len()));
    let mut all: Vec<Vec<u8>> = bytes
        .split_inclusive(|&byte| byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    change(&mut all);
    *bytes = all.concat();
    bytes.extend(zeros);
}

/// The first is the file's own first line.
fn batches(bytes: &mut Vec<u8>, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
    lines(bytes, |lines| {
        let mut all: Vec<Vec<u8>> = Vec::new();
        for line in lines.drain(..) {
            match all.last_mut() {
                Some(batch) if !line.starts_with(b"{\"batch\":") => batch.extend(line),
                _ => all.push(line),
            }
        }
        change(&mut all);
        *lines = all;
    });
}

/// The other copy is sound, so all must be there again; a claim of a newer format alone may keep the log closed.
#[track_caller]
fn must_be_whole(folder: &Folder, moments: &Moments, what: &str) {
    let fate = fate(folder, &moments.world, what);
    let newer = folder.of("journal").iter().any(|path| {
        let number = b"{\"format\":";
        let text = &folder.0[path];
        text.starts_with(number) && !text.starts_with(b"{\"format\":1,")
    });
    assert!(fate == Fate::Whole || newer, "{what}: {fate:?}");
}

/// Every change to every file of a part: half of them after a kill, the others after a stop, then the other way round.
fn each_file(part: &str, changes: &[(&str, Change)]) {
    let moments = moments();
    let mut random = Random(7);
    for round in 0..rounds() {
        for (file, path) in moments.stopped.of(part).iter().enumerate() {
            for (number, (change_name, change)) in changes.iter().enumerate() {
                let (name, sound) = if (round as usize + file + number).is_multiple_of(2) {
                    ("killed", &moments.killed)
                } else {
                    ("stopped", &moments.stopped)
                };
                let mut folder = sound.clone();
                let what = format!("{round} {name} {}: {change_name}", path.display());
                match folder.0.get_mut(path) {
                    Some(bytes) if bytes.len() > 2 => change(bytes, &mut random),
                    Some(_) | None => continue,
                }
                must_be_whole(&folder, &moments, &what);
            }
            let mut folder = moments.stopped.clone();
            folder.0.remove(path);
            must_be_whole(&folder, &moments, &format!("{}: gone", path.display()));
        }
    }
}

#[test]
fn any_change_to_a_journal_file_is_put_back_from_the_store() {
    each_file("journal", &BYTES);
}

#[test]
fn any_change_to_lines_and_batches_is_put_back_from_the_store() {
    each_file("journal", &LINES);
}

#[test]
fn any_change_to_the_store_is_put_back_from_the_journal() {
    each_file("store", &BYTES);
}

#[test]
fn any_change_to_the_end_mark_is_seen_and_mended() {
    each_file("end", &BYTES);
}

#[test]
fn swapped_and_stray_journal_files_change_nothing() {
    let moments = moments();
    let sound = &moments.stopped;
    let files = sound.of("journal");
    for (at, first) in files.iter().enumerate() {
        for second in &files[at + 1..] {
            let mut folder = sound.clone();
            let (one, other) = (sound.0[first].clone(), sound.0[second].clone());
            folder.0.insert(first.clone(), other);
            folder.0.insert(second.clone(), one);
            let what = format!("{} and {} swapped", first.display(), second.display());
            must_be_whole(&folder, &moments, &what);
        }
        for stray in ["1.ndjson", "00000002 (copy).ndjson", "00000099.ndjson"] {
            let mut folder = sound.clone();
            let path = Path::new("journal").join(stray);
            folder.0.insert(path, sound.0[first].clone());
            let what = format!("{} also as {stray}", first.display());
            must_be_whole(&folder, &moments, &what);
        }
    }
}

#[test]
fn an_older_copy_in_part_or_whole_is_made_up_for_or_refused() {
    let Moments {
        older,
        killed,
        stopped,
        world,
        ..
    } = moments();
    let parts = ["journal", "end", "store"];
    for (name, sound) in [("killed", &killed), ("stopped", &stopped)] {
        for chosen in 1..7_u32 {
            let of_chosen = |part: &usize| chosen & (1 << part) != 0;
            let chosen: Vec<&str> = (0..3).filter(of_chosen).map(|part| parts[part]).collect();
            let mut folder = sound.clone();
            for part in &chosen {
                folder.put_back(part, &older);
            }
            let what = format!("{name}: an older copy of {chosen:?}");
            let fate = fate(&folder, &world, &what);
            // Only the mark knows that both copies once went further.
            let expected = if chosen == ["journal", "store"] {
                Fate::Closed
            } else {
                Fate::Whole
            };
            assert_eq!(fate, expected, "{what}");
        }
        for path in sound.0.keys().filter(|path| older.0.contains_key(*path)) {
            let (now, then) = (&sound.0[path], &older.0[path]);
            let half = now.len().min(then.len()) / 2;
            let mixed: [(&str, Vec<u8>); 3] = [
                ("all", then.clone()),
                ("the first half", [&then[..half], &now[half..]].concat()),
                ("the second half", [&now[..half], &then[half..]].concat()),
            ];
            for (which, bytes) in mixed {
                let mut folder = sound.clone();
                folder.0.insert(path.clone(), bytes);
                let what = format!("{name} {}: {which} of an older copy", path.display());
                assert_eq!(fate(&folder, &world, &what), Fate::Whole, "{what}");
            }
        }
    }
}

#[test]
fn parts_that_are_missing_are_made_again_or_the_log_stays_closed() {
    let moments = moments();
    for gone in [
        vec!["end"],
        vec!["store"],
        vec!["journal"],
        vec!["end", "store"],
        vec!["journal", "end"],
    ] {
        let mut folder = moments.stopped.clone();
        folder
            .0
            .retain(|path, _| !gone.iter().any(|part| path.starts_with(part)));
        must_be_whole(&folder, &moments, &format!("{gone:?} gone"));
    }
    let mut folder = moments.stopped.clone();
    folder
        .0
        .retain(|path, _| !path.starts_with("journal") && !path.starts_with("store"));
    let what = "journal and store gone";
    assert_eq!(fate(&folder, &moments.world, what), Fate::Closed);
}

/// The first line of an organisation in the journal that holds `text`: its file, and where in it.
fn find(folder: &Folder, text: &[u8]) -> (PathBuf, usize) {
    let found = folder.of("journal").into_iter().find_map(|path| {
        let mut windows = folder.0[&path].windows(text.len());
        let at = windows.position(|window| window == text)?;
        Some((path, at))
    });
    found.expect("it was kept")
}

#[test]
fn what_neither_copy_has_refuses_that_organisation_alone() {
    let moments = moments();
    let mut fates = Vec::new();
    for number in 0..3 {
        let mut folder = moments.stopped.clone();
        let line = &moments.world.lines(organisation(number))[2];
        let (path, at) = find(&folder, line.bytes());
        let bytes = folder.0.get_mut(&path).expect("it is there");
        bytes[at + 40] ^= 1;
        // The first sealed chunk: of one of these organisations.
        let bodies = Path::new("store/1/lines");
        folder.0.get_mut(bodies).expect("it is there")[20] ^= 1;
        let what = format!("a line of {number} and a chunk");
        // A start does not look that deep: the store fails when it is read, and is made again.
        fates.push(fate(&folder, &moments.world, &what));
    }
    fates.sort_by_key(|fate| *fate == Fate::Whole);
    assert_eq!(fates, [Fate::Refused(1), Fate::Whole, Fate::Whole]);
}

#[test]
fn a_log_that_does_not_go_on_in_whole_batches_is_refused_alone() {
    let moments = moments();
    let line = &moments.world.lines(organisation(1))[5];
    let mut folder = moments.stopped.clone();
    let (path, _) = find(&folder, line.bytes());
    let bytes = folder.0.get_mut(&path).expect("it is there");
    batches(bytes, |batches| {
        let mut holds = |batch: &&mut Vec<u8>| {
            batch
                .windows(line.bytes().len())
                .any(|window| window == line.bytes())
        };
        let batch = batches.iter_mut().find(&mut holds).expect("it was kept");
        let rows: Vec<&[u8]> = batch.split_inclusive(|&byte| byte == b'\n').collect();
        let kept = rows[1..]
            .iter()
            .filter(|row| !row.starts_with(line.bytes()));
        let body: Vec<u8> = kept.flat_map(|row| row.to_vec()).collect();
        let number = String::from_utf8_lossy(rows[0]);
        let number = number.split([':', ',']).nth(1).expect("a batch's number");
        let begin = format!("{{\"batch\":{number},\"bytes\":{}", body.len());
        let crc = crc32c::crc32c_append(crc32c::crc32c(begin.as_bytes()), &body);
        *batch = format!("{begin},\"crc32c\":\"{crc:08x}\"}}\n").into_bytes();
        batch.extend(body);
    });
    let whole = folder.clone();
    folder.0.retain(|path, _| !path.starts_with("store"));
    let found = fate(&folder, &moments.world, "a line cut out, no store");
    assert_eq!(found, Fate::Refused(1));
    // The store alone has that line: it is read, and not dropped.
    let place = whole.write();
    assert!(rebuild(config(place.path()), &mut |_| {}).is_err());
    let (log, _) = EventLog::open(config(place.path()), &mut |_| {}).expect("the store is sound");
    moments.world.assert_holds(&log.reader());
}

/// What the store had not seen yet has one copy: it is there, or its loss is named.
#[test]
fn damage_to_what_the_store_had_not_seen_is_never_silent() {
    let moments = moments();
    let mut random = Random(13);
    let mut fates = Vec::new();
    for round in 0..rounds() * 2 {
        for (name, change) in BYTES.iter().chain(&LINES) {
            let mut folder = moments.behind.clone();
            let path = folder.of("journal").pop().expect("there are files");
            let bytes = folder.0.get_mut(&path).expect("it is there");
            change(bytes, &mut random);
            fates.push(fate(
                &folder,
                &moments.world,
                &format!("{round} behind: {name}"),
            ));
        }
    }
    assert!(fates.contains(&Fate::Closed), "{fates:?}");
}

/// Both copies at once, at random places: whatever is left is the original or refused.
#[test]
fn damage_to_both_copies_is_never_silent() {
    let moments = moments();
    let mut random = Random(11);
    let mut fates = Vec::new();
    for round in 0..rounds() * 30 {
        let mut folder = moments.stopped.clone();
        let mut told = Vec::new();
        for part in ["journal", "store"] {
            let files: Vec<PathBuf> = folder.of(part);
            let path = &files[random.below(files.len() as u64) as usize];
            let (name, change) = BYTES[random.below(5) as usize];
            if let Some(bytes) = folder.0.get_mut(path).filter(|bytes| bytes.len() > 2) {
                change(bytes, &mut random);
            }
            told.push(format!("{}: {name}", path.display()));
        }
        fates.push(fate(&folder, &moments.world, &format!("{round} {told:?}")));
    }
    assert!(fates.contains(&Fate::Whole), "{fates:?}");
}
