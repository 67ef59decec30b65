//! Makes the store anew from the journal, and tells whether every figure comes out as before.

use super::{journal, progress};
use crate::export;
use crate::i18n::Language;
use crate::live::Live;
use crate::load::{self, LoadError};
use anyhow::Context;
use meetellen_events::codec::{self, Found};
use meetellen_events::log::line::Hash;
use meetellen_events::log::{self, EventLog, LogReader, Recovery};
use meetellen_events::values::{Month, OrganisationId, Period, Slug};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Of what.
#[derive(Debug, clap::Args)]
pub struct RebuildArguments {
    /// The data folder; no server may hold it
    #[arg(long, value_name = "DIR", env = "MEETELLEN_DATA")]
    data: PathBuf,
    /// Whose figures are compared and whose events are told [default: everybody's]; the store is one, and made anew for all
    #[arg(long, value_name = "SLUG", env = "MEETELLEN_ORGANISATION", value_parser = Slug::new)]
    organisation: Option<Slug>,
}

/// What an organisation's log comes to: how long it is, and a hash over all its figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sum {
    events: u64,
    figures: Hash,
}

type Sums = BTreeMap<OrganisationId, Sum>;

/// Rebuilds, and writes to `out` what it came to. An error where a figure is another one than before.
pub fn run(arguments: &RebuildArguments, out: &mut dyn Write) -> anyhow::Result<()> {
    let RebuildArguments { data, organisation } = arguments;
    journal::must_be(data)?;
    let slug = organisation.as_ref();
    let begun = Instant::now();
    let (before, mut recovery) = before(data, slug)?;
    let mut seconds = begun.elapsed();
    if recovery.store_rebuilt.is_none() {
        let begun = Instant::now();
        recovery = anew(data)?;
        seconds = begun.elapsed();
    }
    for damage in &recovery.restored {
        eprintln!("put back from the old store: {damage}");
    }
    let (log, _) = open(data)?;
    let after = sums(&log.reader(), slug, "adding up the new store")?;
    let events: u64 = after.values().map(|sum| sum.events).sum();
    write!(out, "{events} events in {:.1} s; ", seconds.as_secs_f64())?;
    let Some(before) = before else {
        writeln!(out, "there was no old store to compare figures with")?;
        return Ok(());
    };
    let other: Vec<String> = after
        .iter()
        .filter(|(whose, sum)| before.get(whose) != Some(sum))
        .map(|(whose, _)| whose.to_string())
        .collect();
    if other.is_empty() && before.len() == after.len() {
        writeln!(out, "all figures equal the old ones")?;
        return Ok(());
    }
    writeln!(out, "figures differ from the old ones")?;
    anyhow::bail!("other figures than before: {}", other.join(", "))
}

/// The figures of the old store; none where there was no store that could be read.
fn before(data: &Path, slug: Option<&Slug>) -> anyhow::Result<(Option<Sums>, Recovery)> {
    let (log, mut recovery) = open(data)?;
    if recovery.store_rebuilt.is_some() {
        return Ok((None, recovery));
    }
    let reader = log.reader();
    if let Some(slug) = slug {
        whose(&reader, slug)?;
    }
    match sums(&reader, slug, "adding up the old store") {
        Ok(sums) => Ok((Some(sums), recovery)),
        Err(error) => {
            // It is made anew below; until then nothing is known of it.
            eprintln!("the old store can't be read: {error:#}");
            recovery.store_rebuilt = None;
            Ok((None, recovery))
        }
    }
}

fn open(data: &Path) -> anyhow::Result<(EventLog, Recovery)> {
    let bar = progress::bar("opening the log");
    let opened = EventLog::open(config(data), &mut |step| progress::step(&bar, step));
    bar.finish_and_clear();
    Ok(opened?)
}

fn anew(data: &Path) -> anyhow::Result<Recovery> {
    let bar = progress::bar("rebuilding the store");
    let done = log::rebuild(config(data), &mut |step| progress::step(&bar, step));
    bar.finish_and_clear();
    Ok(done?)
}

fn config(data: &Path) -> log::Config {
    log::Config::new(data, codec::pack, codec::directory)
}

fn whose(reader: &LogReader, slug: &Slug) -> anyhow::Result<OrganisationId> {
    let key = codec::directory_key(&Found::Slug(slug.clone()));
    let directory = reader.directory()?;
    let found = directory.iter().find(|entry| entry.key == key);
    let found = found.with_context(|| format!("there is no organisation {}", slug.as_str()))?;
    Ok(found.organisation)
}

fn sums(reader: &LogReader, slug: Option<&Slug>, doing: &'static str) -> anyhow::Result<Sums> {
    let organisations = match slug {
        Some(slug) => vec![whose(reader, slug)?],
        None => reader.organisations()?,
    };
    let bar = progress::bar(doing);
    bar.set_length(organisations.len() as u64);
    let mut sums = Sums::new();
    for organisation in organisations {
        sums.insert(organisation, sum(reader, organisation)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(sums)
}

/// Every figure, section and warning of every month in which anything happened.
fn sum(reader: &LogReader, organisation: OrganisationId) -> Result<Sum, LoadError> {
    let live: Live = load::live(reader, organisation)?;
    let mut months: Vec<Month> = live.house.get().days().map(|day| day.month()).collect();
    months.dedup();
    let mut hash = Sha256::new();
    for month in months {
        let document = export::document(&live, &Period::month(month), Language::Dutch);
        hash.update(format!("{document:?}"));
    }
    Ok(Sum {
        events: live.head.position.0,
        figures: Hash(hash.finalize().into()),
    })
}
