//! Takes one organisation's log in from NDJSON, history, ids and hashes as they are.

use super::{progress, unfinished};
use anyhow::Context;
use indicatif::ProgressBar;
use meetellen_events::codec;
use meetellen_events::event::Event;
use meetellen_events::log::line::{Head, LINE_BYTES_MAX, Line, Position};
use meetellen_events::log::{self, EventLog, LogReader};
use meetellen_events::organisation;
use meetellen_events::values::{OrganisationId, Slug, Timestamp, Zone};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// Commits and bytes kept with one sync.
const BATCH_COMMITS: usize = 1_024;
const BATCH_BYTES: usize = 1 << 20;

/// From where, and into what.
#[derive(Debug, clap::Args)]
pub struct ImportArguments {
    /// The data folder, made where it is missing; no server may hold it
    #[arg(long, value_name = "DIR", env = "MEETELLEN_DATA")]
    data: PathBuf,
    /// What `export` wrote
    #[arg(value_name = "FILE", env = "MEETELLEN_FILE")]
    file: PathBuf,
}

/// Takes the file in where its organisation is not there yet, or what is new of it.
pub fn run(arguments: &ImportArguments, out: &mut dyn Write) -> anyhow::Result<()> {
    let ImportArguments { data, file } = arguments;
    unfinished::refuse_restore(data)?;
    let checked = check(file)?;
    let config = log::Config::new(data, codec::pack, codec::directory);
    let bar = progress::bar("opening the log");
    let (mut log, _) = EventLog::open(config, &mut |step| progress::step(&bar, step))?;
    bar.finish_and_clear();
    let reader = log.reader();
    checked.free(&reader)?;
    let there = reader.head(checked.organisation)?;
    checked.goes_on(file, &reader, there)?;
    let slug = checked.slug.as_str();
    let new = checked.head.position.0.saturating_sub(there.position.0);
    if new == 0 {
        unfinished::end_import(data, checked.organisation)?;
        writeln!(out, "{slug} is there already: nothing changed")?;
        return Ok(());
    }
    unfinished::begin_import(data, checked.organisation)?;
    append(file, &mut log, there)?;
    anyhow::ensure!(
        reader.head(checked.organisation)? == checked.head,
        "{} changed while it was read",
        file.display()
    );
    // Its end is on disk, so the way in is.
    unfinished::end_import(data, checked.organisation)?;
    writeln!(out, "{new} events of {slug}")?;
    Ok(())
}

/// What a file holds, every line of it checked.
struct Checked {
    organisation: OrganisationId,
    slug: Slug,
    head: Head,
    /// What is looked up across organisations, and the first position that names it.
    keys: HashMap<Vec<u8>, Position>,
}

/// Checks every line: hash, chain, canonical form, and that each event is as its name says.
fn check(file: &Path) -> anyhow::Result<Checked> {
    let mut checked: Option<Checked> = None;
    let mut recorded_at = Timestamp::default();
    each(file, "checking", &mut |line| {
        let at = line.first();
        let commit = codec::decode(&line).with_context(|| format!("position {at}"))?;
        let again = codec::encode(&commit).with_context(|| format!("position {at}"))?;
        anyhow::ensure!(
            again.bytes() == line.bytes(),
            "position {at}: not in its canonical form"
        );
        anyhow::ensure!(
            commit.recorded_at >= recorded_at,
            "position {at}: its time goes back"
        );
        recorded_at = commit.recorded_at;
        let known = match &mut checked {
            Some(known) => known,
            None => {
                let slug = founded(&line, &commit.facts[0].event, commit.facts[0].id)?;
                checked.insert(Checked {
                    organisation: line.organisation(),
                    slug,
                    head: Head::default(),
                    keys: HashMap::new(),
                })
            }
        };
        anyhow::ensure!(
            line.organisation() == known.organisation && line.header().follows(&known.head),
            "position {at}: does not go on behind position {}",
            known.head.position
        );
        known.head = line.head();
        for (key, _) in codec::directory(&line) {
            known.keys.entry(key).or_insert(at);
        }
        Ok(())
    })?;
    checked.with_context(|| format!("{} is empty", file.display()))
}

/// A log begins with the founding of its organisation.
fn founded(line: &Line, first: &Event, id: uuid::Uuid) -> anyhow::Result<Slug> {
    match first {
        Event::Organisation(organisation::Event::Founded {
            slug, time_zone, ..
        }) if line.first() == Position(1) && line.organisation().uuid() == id => {
            Zone::new(time_zone).context("position 1: no such time zone")?;
            Ok(slug.clone())
        }
        Event::Organisation(_)
        | Event::Programme(_)
        | Event::Tally(_)
        | Event::People(_)
        | Event::Access(_)
        | Event::Standing(_)
        | Event::Months(_)
        | Event::Unknown(_) => anyhow::bail!(
            "position {}: a log begins with the founding of its organisation at position 1",
            line.first()
        ),
    }
}

impl Checked {
    /// That slug, codes and passes are no other organisation's here.
    fn free(&self, reader: &LogReader) -> anyhow::Result<()> {
        for entry in reader.directory()? {
            if entry.organisation == self.organisation {
                continue;
            }
            if let Some(position) = self.keys.get(&entry.key) {
                anyhow::bail!(
                    "position {position}: its slug, code or pass is in use by organisation {}",
                    entry.organisation
                );
            }
        }
        Ok(())
    }

    /// That what is there and what is in the file are one history, as far as both go.
    fn goes_on(&self, file: &Path, reader: &LogReader, there: Head) -> anyhow::Result<()> {
        if there.position == Position(0) {
            return Ok(());
        }
        let both = there.position.min(self.head.position);
        let ours = reader.commit_at(self.organisation, both)?;
        let ours = ours.map(|line| line.head());
        let mut theirs = None;
        each(file, "comparing", &mut |line| {
            if line.first() <= both {
                theirs = Some(line.head());
            }
            Ok(())
        })?;
        if ours == theirs {
            return Ok(());
        }
        each(file, "comparing", &mut |line| {
            let ours = reader.commit_at(self.organisation, line.first())?;
            anyhow::ensure!(
                ours.as_ref() == Some(&line),
                "position {}: the history there is another one",
                line.first()
            );
            Ok(())
        })
    }
}

fn append(file: &Path, log: &mut EventLog, there: Head) -> anyhow::Result<()> {
    let (mut lines, mut bytes): (Vec<Line>, usize) = Default::default();
    each(file, "importing", &mut |line| {
        if line.last() <= there.position {
            return Ok(());
        }
        bytes += line.bytes().len() + 1;
        lines.push(line);
        if lines.len() >= BATCH_COMMITS || bytes >= BATCH_BYTES {
            bytes = 0;
            log.make_room()?;
            log.append(std::mem::take(&mut lines))?;
        }
        Ok(())
    })?;
    log.make_room()?;
    Ok(log.append(lines)?)
}

/// Shows `visit` every line of a file.
fn each(
    file: &Path,
    doing: &'static str,
    visit: &mut dyn FnMut(Line) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let name = file.display();
    let opened = File::open(file).with_context(|| format!("{name} can't be read"))?;
    let bar = progress::bar(doing);
    bar.set_length(opened.metadata()?.len());
    let read = lines(opened, &bar, visit);
    bar.finish_and_clear();
    read.with_context(|| format!("{name} is not taken in"))
}

fn lines(
    file: File,
    bar: &ProgressBar,
    visit: &mut dyn FnMut(Line) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut reader = BufReader::new(file);
    let mut text = Vec::new();
    for number in 1_u64.. {
        text.clear();
        let most = LINE_BYTES_MAX as u64 + 2;
        let read = reader.by_ref().take(most).read_until(b'\n', &mut text)?;
        if read == 0 {
            break;
        }
        bar.inc(read as u64);
        let bytes = text.strip_suffix(b"\n").unwrap_or(&text);
        let line = Line::parse(bytes).with_context(|| format!("line {number}"))?;
        visit(line)?;
    }
    Ok(())
}
