//! Checking everything: every checksum, every hash chain, and that store and journal agree. Mends nothing.

use super::journal::{Damage, JournalError, JournalReader, Place};
use super::line::{Head, Line};
use super::open::{Config, OpenError, Step, lock};
use super::store::{Derive, StoreError, folder};
use crate::values::OrganisationId;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

/// What `verify` saw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verification {
    /// Whole batches in the journal.
    pub batches: u64,
    /// Commits in them.
    pub commits: u64,
    /// Events in those.
    pub events: u64,
    /// Organisations they belong to.
    pub organisations: u64,
    /// The first bad place of the journal.
    pub damage: Option<Damage>,
    /// What is wrong with the store; `None` also where somebody holds it.
    pub store: Option<String>,
    /// Whether the store could be looked at.
    pub store_seen: bool,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.damage.is_none() && self.store.is_none()
    }
}

/// Checks the journal of a folder, beside a server too, and the store where nobody holds it.
pub fn verify(config: &Config, progress: &mut dyn FnMut(Step)) -> Result<Verification, OpenError> {
    check(config, None, progress)
}

/// The same for the organisations whose commits `select` takes: every batch's checksum, which they share with others,
/// but only their own chains and what the store holds of them.
pub fn verify_some(
    config: &Config,
    select: &mut dyn FnMut(&Line) -> bool,
    progress: &mut dyn FnMut(Step),
) -> Result<Verification, OpenError> {
    check(config, Some(select), progress)
}

fn check(
    config: &Config,
    mut select: Option<&mut dyn FnMut(&Line) -> bool>,
    progress: &mut dyn FnMut(Step),
) -> Result<Verification, OpenError> {
    let all = select.is_none();
    let held = lock(&config.folder).ok();
    let mut seen = Verification::default();
    let mut heads: HashMap<OrganisationId, Head> = HashMap::new();
    let reader = JournalReader::open(Arc::clone(&config.disk), &config.folder)?;
    let total = reader.until().map_or(0, |place| place.batch);
    let mut last = Place::default();
    let checked = reader.batches(None, &mut |place, lines| {
        for line in &lines {
            if select.as_mut().is_some_and(|select| !select(line)) {
                continue;
            }
            let head = heads.entry(line.organisation()).or_default();
            if !line.header().follows(head) {
                return Err(place.damage(line.organisation(), *head).into());
            }
            *head = line.head();
            seen.commits += 1;
            seen.events += u64::from(line.header().events);
        }
        seen.batches += 1;
        last = place;
        progress(Step {
            done: place.batch,
            total,
        });
        Ok(())
    });
    match checked {
        Ok(()) => {}
        Err(JournalError::Damage(damage)) => seen.damage = Some(damage),
        Err(error) => return Err(error.into()),
    }
    if seen.damage.is_none() && reader.until().is_some_and(|until| until != last) {
        seen.damage = Some(last.bad());
    }
    seen.organisations = heads.len() as u64;
    if held.is_some() && folder::ready(&config.folder)?.is_some() {
        seen.store_seen = true;
        if let Err(error) = check_store(config, &heads, all, seen.damage.is_none()) {
            seen.store = Some(error.to_string());
        }
    }
    Ok(seen)
}

/// Replays what the store has, in both forms, against the journal's heads.
fn check_store(
    config: &Config,
    heads: &HashMap<OrganisationId, Head>,
    all: bool,
    whole: bool,
) -> Result<(), StoreError> {
    let derive = Derive {
        pack: config.pack,
        directory: config.directory,
    };
    let Some(store) = folder::open(&config.folder, derive)? else {
        return Ok(());
    };
    store.directory()?;
    let cursor = Place::of(&store.cursor()?)
        .map_err(|_| StoreError::Damaged)?
        .unwrap_or_default();
    let mark = super::end::EndMark::read(&*config.disk, &config.folder)?.unwrap_or_default();
    let mut known = store.organisations()?;
    known.retain(|organisation| all || heads.contains_key(organisation));
    for &organisation in &known {
        let packed = store.replay(organisation, Default::default(), true, &mut |_| {
            ControlFlow::Continue(())
        })?;
        let lines = store.replay(organisation, Default::default(), false, &mut |_| {
            ControlFlow::Continue(())
        })?;
        let head = store.head(organisation)?;
        if packed != head.position || lines != head.position {
            return Err(StoreError::Damaged);
        }
        let journal = heads.get(&organisation).copied().unwrap_or_default();
        // A store that is behind is caught up at the next start: only what it claims must agree.
        if whole && cursor.batch == mark.batch && journal != head {
            return Err(StoreError::Damaged);
        }
    }
    if whole && cursor.batch == mark.batch && known.len() != heads.len() {
        return Err(StoreError::Damaged);
    }
    Ok(())
}
