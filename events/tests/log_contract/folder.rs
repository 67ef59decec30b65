//! A real data folder as bytes, to be damaged and put back, and what must then hold of it.

use crate::world::{World, real_config};
use meetellen_events::log::disk::RealDisk;
use meetellen_events::log::journal::{JournalReader, Sizes};
use meetellen_events::log::line::Line;
use meetellen_events::log::store::Stretch;
use meetellen_events::log::{
    Config, EventLog, LogError, LogReader, OpenError, Recovery, rebuild, verify,
};
use meetellen_events::values::OrganisationId;
use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Every file of a data folder, by its path below it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Folder(pub BTreeMap<PathBuf, Vec<u8>>);

impl Folder {
    /// Reads what is there, beside a log that is open too.
    pub fn read(at: &Path) -> Self {
        let mut folder = Self::default();
        folder.gather(at, at);
        folder
    }

    fn gather(&mut self, top: &Path, at: &Path) {
        for entry in fs::read_dir(at).expect("a folder") {
            let path = entry.expect("it lists").path();
            if path.is_dir() {
                self.gather(top, &path);
            } else if let Ok(bytes) = fs::read(&path) {
                let below = path.strip_prefix(top).expect("it lies below");
                self.0.insert(below.to_owned(), bytes);
            }
        }
    }

    /// Writes all of it into a new folder.
    pub fn write(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (path, bytes) in &self.0 {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("it has a folder")).expect("writable");
            fs::write(path, bytes).expect("writable");
        }
        folder
    }

    /// The files of one of `journal`, `end`, `store`.
    pub fn of(&self, part: &str) -> Vec<PathBuf> {
        let files = self.0.keys().filter(|path| path.starts_with(part));
        files.cloned().collect()
    }

    /// Puts one of `journal`, `end`, `store` back as it was in `older`; all of it.
    pub fn put_back(&mut self, part: &str, older: &Self) {
        self.0.retain(|path, _| !path.starts_with(part));
        let files = older.0.iter().filter(|(path, _)| path.starts_with(part));
        self.0
            .extend(files.map(|(path, bytes)| (path.clone(), bytes.clone())));
    }
}

/// A log in small files.
pub fn config(folder: &Path) -> Config {
    Config {
        sizes: Sizes {
            file: 48 << 10,
            growth: 8 << 10,
            batch: 8 << 10,
        },
        ..real_config(folder)
    }
}

/// A folder at some moments, and all it was told by the last ones.
pub struct Moments {
    /// Long before the others.
    pub older: Folder,
    /// As a kill leaves it: the journal and its mark are exact, the store is behind.
    pub behind: Folder,
    /// As a kill leaves it when the store had caught up.
    pub killed: Folder,
    /// After a stop.
    pub stopped: Folder,
    pub world: World,
}

/// Several organisations, journal files and sealed chunks.
pub fn moments() -> Moments {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let open = || {
        EventLog::open(config(folder.path()), &mut |_| {})
            .expect("a sound folder")
            .0
    };
    let mut world = World::default();
    let mut log = open();
    for _ in 0..43 {
        log.append(world.batch(4, 3)).expect("room");
    }
    drop(log);
    let older = Folder::read(folder.path());
    let mut log = open();
    for round in 0..55 {
        log.append(world.batch(1 + round % 7, 4)).expect("room");
    }
    world.assert_holds(&log.reader());
    let behind = Folder::read(folder.path());
    drop(log);
    let stopped = Folder::read(folder.path());
    let log = open();
    let killed = Folder::read(folder.path());
    drop(log);
    assert!(stopped.of("journal").len() >= 3, "several files");
    Moments {
        older,
        behind,
        killed,
        stopped,
        world,
    }
}

/// What became of a damaged folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// All is there again.
    Whole,
    /// These many organisations are refused by name, the others are whole.
    Refused(usize),
    /// Nothing is served, and the place is named.
    Closed,
}

fn read(reader: &LogReader, organisation: OrganisationId) -> Result<Vec<Line>, LogError> {
    let mut lines = Vec::new();
    reader.lines(organisation, Default::default(), &mut |line| {
        lines.push(line.clone());
        ControlFlow::Continue(())
    })?;
    Ok(lines)
}

/// The same in both forms: here the typed one is the lines themselves.
fn packed(reader: &LogReader, organisation: OrganisationId) -> Result<Vec<u8>, LogError> {
    let mut bytes = Vec::new();
    reader.replay(organisation, Default::default(), &mut |stretch| {
        match stretch {
            Stretch::Packed { bytes: chunk, .. } => bytes.extend_from_slice(chunk),
            Stretch::Line(line) => bytes.extend_from_slice(line.bytes()),
        }
        ControlFlow::Continue(())
    })?;
    Ok(bytes)
}

/// Whether the log holds exactly the world, but for who is refused; else whether its store failed under way.
fn holds(log: &EventLog, recovery: &Recovery, world: &World, what: &str) -> Option<Fate> {
    let mut refused = 0;
    for organisation in world.organisations() {
        let expected = world.lines(organisation);
        let reader = log.reader();
        let both = read(&reader, organisation)
            .and_then(|lines| Ok((lines, packed(&reader, organisation)?)));
        match both {
            Ok((lines, packed)) => {
                assert!(lines == expected, "{what}: another history");
                let same = expected.iter().flat_map(|line| line.bytes());
                assert!(packed.iter().eq(same), "{what}: another history in chunks");
                let head = log.reader().head(organisation).expect("it was read");
                assert_eq!(Some(head), expected.last().map(Line::head), "{what}");
            }
            Err(LogError::Refused(damage)) => {
                assert_eq!(damage.organisation, Some(organisation), "{what}");
                assert!(damage.position.is_some(), "{what}: {damage}");
                assert!(recovery.refused.contains(&damage), "{what}: {recovery:?}");
                refused += 1;
            }
            Err(LogError::Store(_) | LogError::Damaged(_)) => return None,
        }
    }
    let found = log.reader().organisations().expect("it was read");
    assert_eq!(found, world.organisations(), "{what}");
    assert_eq!(recovery.refused.len(), refused, "{what}: {recovery:?}");
    if refused == 0 {
        let directory = log.reader().directory().ok()?;
        let listed: Vec<_> = directory.iter().map(|entry| entry.organisation).collect();
        assert_eq!(listed, world.organisations(), "{what}");
    }
    Some(match refused {
        0 => Fate::Whole,
        refused => Fate::Refused(refused),
    })
}

/// The journal read as another program would: each organisation's lines.
fn journal_alone(folder: &Path) -> Option<BTreeMap<OrganisationId, Vec<Line>>> {
    let reader = JournalReader::open(Arc::new(RealDisk), folder).ok()?;
    let (mut all, mut lost) = (BTreeMap::<_, Vec<Line>>::new(), false);
    let mut take = |line: Result<Line, _>| match line {
        Ok(line) => all.entry(line.organisation()).or_default().push(line),
        Err(_) => lost = true,
    };
    reader.read(&mut take, &mut |_| {}).ok()?;
    (!lost).then_some(all)
}

/// A report of `verify` that calls the folder sound must stand over the original history.
#[track_caller]
fn assert_report(folder: &Path, world: &World, what: &str) -> bool {
    let Ok(seen) = verify(&config(folder), &mut |_| {}) else {
        return false;
    };
    let sound = seen.is_sound();
    if sound {
        assert_eq!(seen.commits, world.commits(), "{what}: called sound");
        let read = journal_alone(folder).expect("a sound journal");
        for organisation in world.organisations() {
            let same = read.get(&organisation) == Some(&world.lines(organisation));
            assert!(same, "{what}: called sound over another history");
        }
    } else if let Some(damage) = &seen.damage {
        assert!(damage.file.ends_with(".ndjson"), "{what}: {damage}");
    }
    sound
}

/// Verifies, opens and reads a damaged folder, and what it leaves behind; panics where anything is silently wrong.
#[track_caller]
pub fn fate(damaged: &Folder, world: &World, what: &str) -> Fate {
    let folder = damaged.write();
    let path = folder.path();
    let before = assert_report(path, world, what);
    let mut fate = None;
    // A store that turns out bad while it is read is made again at the next start.
    for _ in 0..2 {
        match EventLog::open(config(path), &mut |_| {}) {
            Ok((log, recovery)) => {
                fate = holds(&log, &recovery, world, what);
                if fate.is_some() {
                    break;
                }
            }
            Err(error) => return closed(&error, path, what, before),
        }
    }
    let fate = fate.unwrap_or_else(|| panic!("{what}: its store fails at every start"));
    if !assert_report(path, world, what) && fate == Fate::Whole {
        // Damage deep in a journal whose store is sound.
        rebuild(config(path), &mut |_| {}).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(assert_report(path, world, what), "{what}: not mended");
    }
    // Once more: as it was left it stays.
    let (log, recovery) = EventLog::open(config(path), &mut |_| {})
        .unwrap_or_else(|error| panic!("{what}, again: {error}"));
    assert_eq!(holds(&log, &recovery, world, what), Some(fate), "{what}");
    assert!(recovery.restored.is_empty(), "{what}: {recovery:?}");
    fate
}

/// A refusal names its place, comes again, and changes nothing of what is left.
fn closed(error: &OpenError, path: &Path, what: &str, sound: bool) -> Fate {
    match error {
        OpenError::Damage(damage) => {
            assert!(damage.file.ends_with(".ndjson"), "{what}: {damage}");
            assert!(!sound, "{what}: called sound, and does not open: {damage}");
        }
        OpenError::Disk(error) => {
            let newer = error.kind() == std::io::ErrorKind::Unsupported;
            assert!(
                newer && error.to_string().contains(".ndjson"),
                "{what}: {error}"
            );
        }
        OpenError::Locked | OpenError::Store(_) => panic!("{what}: {error}"),
    }
    let journal = |folder: &Folder| -> Vec<_> {
        let files = folder.of("journal").into_iter();
        files.map(|path| folder.0[&path].clone()).collect()
    };
    let left = journal(&Folder::read(path));
    assert!(EventLog::open(config(path), &mut |_| {}).is_err(), "{what}");
    assert!(journal(&Folder::read(path)) == left, "{what}: changed");
    Fate::Closed
}
