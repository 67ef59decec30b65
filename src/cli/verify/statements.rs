//! Checks every statement in a journal: its signature, the chain of statements, and that the log comes to it.

use crate::cli::journal::Own;
use crate::cli::progress;
use crate::statements::check::{Wrong, signatory};
use crate::statements::keys::{StatementKeys, fingerprint};
use crate::statements::replay::{Replay, ReplayError};
use anyhow::Context;
use meetellen_events::codec;
use meetellen_events::event::Event;
use meetellen_events::log::disk::RealDisk;
use meetellen_events::log::journal::JournalReader;
use meetellen_events::log::line::Line;
use meetellen_events::values::{OrganisationId, Slug, StatementId};
use std::collections::{BTreeSet, HashMap};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Events of organisations that are replayed at once: what they take in memory is bounded by it.
const EVENTS_AT_ONCE: u64 = 500_000;

/// What every line with a statement has in it.
const MARK: &[u8] = b"\"type\":\"month_";

/// An organisation with its statements, to be replayed.
#[derive(Default)]
struct Stated {
    events: u64,
    statements: usize,
    replay: Replay,
}

/// Checks all statements, or those of one organisation.
pub fn run(data: &Path, only: Option<&Slug>, out: &mut dyn Write) -> anyhow::Result<()> {
    let (mut stated, keys) = collect(data, only)?;
    stated.retain(|_, one| one.statements > 0);
    if stated.is_empty() {
        return Ok(());
    }
    strangers(data, keys, out)?;
    let mut wrong: Vec<(StatementId, Wrong)> = Vec::new();
    let mut seen = 0;
    let mut waiting: Vec<(OrganisationId, Stated)> = stated.into_iter().collect();
    while !waiting.is_empty() {
        let mut events = 0;
        let mut at_once = HashMap::new();
        while let Some((organisation, one)) =
            waiting.pop_if(|(_, one)| events == 0 || events + one.events <= EVENTS_AT_ONCE)
        {
            events += one.events;
            at_once.insert(organisation, one.replay);
        }
        for replay in replayed(data, at_once)? {
            for month in replay.waiting()? {
                let slug = replay.slug();
                writeln!(
                    out,
                    "{slug}: {month} has other figures since its statement, which the server will restate"
                )?;
            }
            let (held, found) = replay.finish();
            seen += held;
            wrong.extend(found);
        }
    }
    for (statement, wrong) in &wrong {
        writeln!(out, "statement {statement}: {wrong}")?;
    }
    anyhow::ensure!(
        wrong.is_empty(),
        "{} things are wrong with the statements",
        wrong.len()
    );
    writeln!(
        out,
        "{seen} statements are signed, follow each other, and are what their logs come to"
    )?;
    Ok(())
}

/// Every organisation with what is to be held against its log, and the public keys that signed.
fn collect(
    data: &Path,
    only: Option<&Slug>,
) -> anyhow::Result<(HashMap<OrganisationId, Stated>, BTreeSet<String>)> {
    let mut own = only.map(Own::of);
    let mut stated: HashMap<OrganisationId, Stated> = HashMap::new();
    let (mut keys, mut failed) = (BTreeSet::new(), None);
    each(data, "looking for statements", &mut |line| {
        if own.as_mut().is_some_and(|own| !own.is(&line)) {
            return;
        }
        let one = stated.entry(line.organisation()).or_default();
        one.events = line.last().0;
        if !line.bytes().windows(MARK.len()).any(|found| found == MARK) {
            return;
        }
        let commit = match codec::decode(&line) {
            Ok(commit) => commit,
            Err(error) => {
                failed = failed.take().or(Some(error));
                return;
            }
        };
        for fact in commit.facts {
            if let Event::Months(event) = fact.event {
                one.statements += 1;
                one.replay.expect(event.statement());
                keys.extend(signatory(event.statement()).map(|by| by.public));
            }
        }
    })?;
    failed.map_or(Ok((stated, keys)), |error| Err(error.into()))
}

/// Names keys that are not of this folder: another machine's, or those of a folder that was lost.
fn strangers(data: &Path, mut keys: BTreeSet<String>, out: &mut dyn Write) -> anyhow::Result<()> {
    let known = StatementKeys::of(&data.join("signing")).known();
    for one in known.context("the keys of statements")? {
        keys.remove(&one.public);
    }
    for key in keys {
        let key = fingerprint(&key);
        writeln!(
            out,
            "some statements are signed by key {key}, which is none of this folder's"
        )?;
    }
    Ok(())
}

fn replayed(
    data: &Path,
    mut replays: HashMap<OrganisationId, Replay>,
) -> anyhow::Result<Vec<Replay>> {
    let mut failed: Option<ReplayError> = None;
    each(data, "counting again", &mut |line| {
        if failed.is_none()
            && let Some(replay) = replays.get_mut(&line.organisation())
        {
            failed = replay.take(&line).err();
        }
    })?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(replays.into_values().collect()),
    }
}

fn each(data: &Path, doing: &'static str, visit: &mut dyn FnMut(Line)) -> anyhow::Result<()> {
    let journal = JournalReader::open(Arc::new(RealDisk), data)?;
    let bar = progress::bar(doing);
    let mut lost = None;
    let read = journal.read(
        &mut |line| match line {
            Ok(line) => visit(line),
            Err(damage) => lost = lost.take().or(Some(damage)),
        },
        &mut |step| progress::step(&bar, step),
    );
    bar.finish_and_clear();
    read?;
    lost.map_or(Ok(()), |damage| {
        Err(anyhow::anyhow!("commits are lost: {damage}"))
    })
}
