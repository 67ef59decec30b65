//! One organisation's log out of the journal alone, beside a server or without.

use super::progress;
use anyhow::Context;
use meetellen_events::codec;
use meetellen_events::event::Event;
use meetellen_events::log::disk::RealDisk;
use meetellen_events::log::journal::{JournalError, JournalReader};
use meetellen_events::log::line::{Head, Line, Position};
use meetellen_events::organisation;
use meetellen_events::values::{OrganisationId, Slug};
use std::path::Path;
use std::sync::Arc;

/// A mistyped folder must not pass as an empty one.
pub fn must_be(data: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(
        data.join("journal").is_dir(),
        "there is no journal in {}",
        data.display()
    );
    Ok(())
}

/// Finds one organisation's commits among all.
pub struct Own<'a> {
    slug: &'a Slug,
    found: Option<OrganisationId>,
}

impl<'a> Own<'a> {
    /// Those of the organisation with this name in addresses.
    pub const fn of(slug: &'a Slug) -> Self {
        Self { slug, found: None }
    }

    /// Whether a commit is one of them. All are to be shown, in the journal's order.
    pub fn is(&mut self, line: &Line) -> bool {
        if self.found.is_none() && line.first() == Position(1) && founds(line, self.slug) {
            self.found = Some(line.organisation());
        }
        self.found == Some(line.organisation())
    }

    /// The organisation, or that there is none.
    pub fn found(&self, data: &Path) -> anyhow::Result<OrganisationId> {
        let (slug, data) = (self.slug.as_str(), data.display());
        self.found
            .with_context(|| format!("there is no organisation {slug} in {data}"))
    }
}

fn founds(line: &Line, slug: &Slug) -> bool {
    let first = codec::decode(line).map(|commit| commit.facts.into_iter().next());
    let Ok(Some(first)) = first else {
        return false;
    };
    matches!(
        first.event,
        Event::Organisation(organisation::Event::Founded { slug: its, .. }) if its == *slug
    )
}

/// Shows `visit` the commits of an organisation, its chain checked; `doing` says on the bar what for. The end of its log.
pub fn read(
    data: &Path,
    slug: &Slug,
    doing: &'static str,
    visit: &mut dyn FnMut(&Line) -> anyhow::Result<()>,
) -> anyhow::Result<Head> {
    must_be(data)?;
    let journal = JournalReader::open(Arc::new(RealDisk), data)
        .with_context(|| format!("the journal in {} can't be read", data.display()))?;
    let mut own = Own::of(slug);
    let mut head = Head::default();
    let mut failed = None;
    let mut take = |line: &Line| -> anyhow::Result<()> {
        anyhow::ensure!(
            line.header().follows(&head),
            "the journal needs mending: {} does not go on behind position {}",
            slug.as_str(),
            head.position
        );
        head = line.head();
        visit(line)
    };
    let bar = progress::bar(doing);
    let read = journal.read(
        &mut |line| match line {
            Ok(line) if failed.is_none() && own.is(&line) => failed = take(&line).err(),
            Err(lost) if failed.is_none() && lost.organisation == own.found => {
                failed = Some(anyhow::anyhow!("commits are lost: {lost}"));
            }
            Ok(_) | Err(_) => {}
        },
        &mut |step| progress::step(&bar, step),
    );
    bar.finish_and_clear();
    if let Some(error) = failed {
        return Err(error);
    }
    read.map_err(needs_mending)?;
    own.found(data)?;
    Ok(head)
}

/// Damage, told as what it asks for.
pub fn needs_mending(error: JournalError) -> anyhow::Error {
    match error {
        JournalError::Damage(damage) => anyhow::anyhow!("the journal needs mending: {damage}"),
        JournalError::Disk(_) | JournalError::Cursor => error.into(),
    }
}
