//! Commits to append, and what a log must then hold.

use meetellen_events::log::line::{Head, Line};
use meetellen_events::log::{Config, LogReader};
use meetellen_events::values::{OrganisationId, Timestamp};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

/// A log on the real disk, without reserve.
pub fn real_config(folder: &Path) -> Config {
    Config {
        reserve_bytes: 0,
        ..Config::new(folder, |lines| Ok(pack(lines)), directory)
    }
}

fn pack(lines: &[Line]) -> Vec<u8> {
    lines
        .iter()
        .flat_map(|line| line.bytes().to_vec())
        .collect()
}

fn directory(line: &Line) -> Vec<(Vec<u8>, Vec<u8>)> {
    let key = line.organisation().uuid().as_bytes().to_vec();
    if line.first().0 == 1 {
        vec![(key, b"slug".to_vec())]
    } else {
        Vec::new()
    }
}

pub fn organisation(number: u64) -> OrganisationId {
    OrganisationId::new(uuid::Uuid::from_u128(u128::from(number) << 64 | 7))
}

/// A commit behind `head`.
#[track_caller]
pub fn commit(organisation: OrganisationId, head: Head, events: usize) -> Line {
    let events: Vec<String> = (0..events)
        .map(|event| {
            format!(
                r#"{{"id":"{}-{event}","type":"coffee_served.v1"}}"#,
                head.position
            )
        })
        .collect();
    let body = format!(
        r#"{{"actor":{{"kind":"host"}},"events":[{}]"#,
        events.join(",")
    );
    let at = Timestamp::from_millis(1_790_000_000_000 + head.position.0 as i64);
    Line::seal(body.as_bytes(), organisation, head, at).expect("a canonical body")
}

/// A commit with `bytes` bytes of text in it.
#[track_caller]
pub fn long_commit(organisation: OrganisationId, head: Head, bytes: usize) -> Line {
    let text: String = (0..bytes)
        .map(|at| char::from(b'a' + (at * at / 7 % 26) as u8))
        .collect();
    let body = format!(r#"{{"actor":{{"kind":"host"}},"events":[{{"text":"{text}"}}]"#);
    Line::seal(body.as_bytes(), organisation, head, Timestamp::default()).expect("a canonical body")
}

/// All lines a log has of an organisation.
#[track_caller]
pub fn lines_of(reader: &LogReader, organisation: OrganisationId) -> Vec<Line> {
    let mut lines = Vec::new();
    reader
        .lines(organisation, Default::default(), &mut |line| {
            lines.push(line.clone());
            ControlFlow::Continue(())
        })
        .expect("a sound store");
    lines
}

/// What a log was told to keep.
#[derive(Default, Clone)]
pub struct World {
    kept: BTreeMap<OrganisationId, Vec<Line>>,
}

impl World {
    /// The next `commits` commits, dealt round among organisations 0, 1, 2 …; counted as kept.
    pub fn batch(&mut self, commits: usize, organisations: u64) -> Vec<Line> {
        let mut lines = Vec::new();
        for index in 0..commits as u64 {
            let whose = organisation(index % organisations);
            let kept = self.kept.entry(whose).or_default();
            let head = kept.last().map(Line::head).unwrap_or_default();
            let line = commit(whose, head, 1 + (head.position.0 % 3) as usize);
            kept.push(line.clone());
            lines.push(line);
        }
        lines
    }

    /// What it should hold of one organisation.
    pub fn lines(&self, organisation: OrganisationId) -> Vec<Line> {
        self.kept.get(&organisation).cloned().unwrap_or_default()
    }

    /// Goes on behind what a log holds of an organisation, whose commits must be without gap.
    #[track_caller]
    pub fn take_over(&mut self, organisation: OrganisationId, reader: &LogReader) {
        let lines = lines_of(reader, organisation);
        let mut head = Head::default();
        for line in &lines {
            assert!(
                line.header().follows(&head),
                "a gap behind {}",
                head.position
            );
            head = line.head();
        }
        self.kept.insert(organisation, lines);
    }

    /// Whose commits it was told, in the order of their ids.
    pub fn organisations(&self) -> Vec<OrganisationId> {
        self.kept.keys().copied().collect()
    }

    pub fn commits(&self) -> u64 {
        self.kept.values().map(|lines| lines.len() as u64).sum()
    }

    /// The log holds exactly this.
    #[track_caller]
    pub fn assert_holds(&self, reader: &LogReader) {
        for (organisation, lines) in &self.kept {
            assert_eq!(&lines_of(reader, *organisation), lines);
            let head = reader.head(*organisation).expect("a sound store");
            assert_eq!(head, lines.last().map(Line::head).unwrap_or_default());
        }
    }

    /// The log holds this or, as whole batches behind it, some of what nobody was told of; then that is what it holds.
    pub fn settle(&mut self, told: &Self, reader: &LogReader) -> Result<(), String> {
        for (organisation, asked) in &self.kept.clone() {
            let found = lines_of(reader, *organisation);
            let sure = told.lines(*organisation);
            if !found.starts_with(&sure) {
                return Err(format!(
                    "{} of {} commits are left",
                    found.len(),
                    sure.len()
                ));
            }
            if !asked.starts_with(&found) {
                return Err(format!("{} commits nobody made", found.len()));
            }
            self.kept.insert(*organisation, found);
        }
        Ok(())
    }
}
