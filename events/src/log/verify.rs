//! Checking everything: every checksum, every hash chain, and that store and journal agree. Mends nothing.

use super::disk::Disk;
use super::end::EndMark;
use super::journal::{Damage, JournalError, JournalReader, Place, Rows};
use super::line::{Head, Line};
use super::open::{Config, OpenError, Step, derive, try_lock};
use super::store::{Store, StoreError, folder};
use crate::values::OrganisationId;
use std::collections::{HashMap, HashSet};
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
    /// The end mark can't be read, or half of it: a start makes it again.
    pub mark_damaged: bool,
    /// There is no end mark, as in a copy of the journal alone: whether its end was cut off only the store tells.
    pub mark_missing: bool,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.damage.is_none() && self.store.is_none() && !self.mark_damaged
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
    select: Option<&mut dyn FnMut(&Line) -> bool>,
    progress: &mut dyn FnMut(Step),
) -> Result<Verification, OpenError> {
    let all = select.is_none();
    let held = if config.memory.is_none() {
        try_lock(&config.folder).ok()
    } else {
        None
    };
    let store = match (&config.memory, &held) {
        (Some(tree), _) => Ok(Some(Store::in_memory(tree, derive(config)))),
        (None, Some(_)) => folder::open(&config.folder, derive(config)),
        (None, None) => Ok(None),
    };
    let store = store.and_then(|store| {
        let Some(store) = store else { return Ok(None) };
        let cursor = Place::of(&store.cursor()?).map_err(|_| StoreError::Damaged)?;
        Ok(Some((store, cursor.unwrap_or_default())))
    });
    let mark = EndMark::read(&*config.disk, &config.folder)?;
    let claimed = store.as_ref().ok().and_then(Option::as_ref);
    let mut reading = Reading {
        select,
        cursor: claimed.map(|(_, cursor)| *cursor),
        seen: Verification::default(),
        heads: HashMap::new(),
        lost: HashSet::new(),
        at_cursor: claimed.filter(|it| it.1.batch == 0).map(|_| HashMap::new()),
        mark: mark.newest,
    };
    reading.seen.mark_damaged = mark.there && !mark.whole;
    reading.seen.mark_missing = !mark.there;
    reading.journal(&config.disk, config, progress)?;
    let Reading {
        mut seen,
        at_cursor,
        ..
    } = reading;
    seen.store_seen = !matches!(store, Ok(None));
    let agrees = match store {
        Ok(None) => Ok(()),
        Ok(Some((store, _))) => check_store(&store, at_cursor.as_ref(), all),
        Err(error) => Err(error),
    };
    seen.store = agrees.err().map(|error| error.to_string());
    Ok(seen)
}

/// A journal being read.
struct Reading<'a> {
    select: Option<&'a mut dyn FnMut(&Line) -> bool>,
    /// How far the store says it followed.
    cursor: Option<Place>,
    seen: Verification,
    heads: HashMap<OrganisationId, Head>,
    /// Organisations whose log ends for good.
    lost: HashSet<OrganisationId>,
    /// The heads where the store's cursor stands.
    at_cursor: Option<HashMap<OrganisationId, Head>>,
    mark: Option<Place>,
}

impl Reading<'_> {
    fn journal(
        &mut self,
        disk: &Arc<dyn Disk>,
        config: &Config,
        progress: &mut dyn FnMut(Step),
    ) -> Result<(), OpenError> {
        let reader = JournalReader::open(Arc::clone(disk), &config.folder)?;
        let reader = reader.at_least(self.cursor.map_or(0, |cursor| cursor.batch));
        let total = reader.total();
        let read = reader.batches(None, &mut |place, rows| {
            progress(Step {
                done: place.batch,
                total: total.max(place.batch),
            });
            self.batch(place, rows)
        });
        match read {
            Ok(()) => {}
            Err(JournalError::Damage(damage)) => self.found(damage),
            Err(error) => return Err(error.into()),
        }
        self.seen.organisations = self.heads.len() as u64;
        Ok(())
    }

    fn found(&mut self, damage: Damage) {
        self.seen.damage.get_or_insert(damage);
    }

    fn batch(&mut self, place: Place, rows: Rows) -> Result<(), JournalError> {
        for lost in &rows.lost {
            self.lost.insert(lost.organisation);
            self.found(place.lost(lost));
        }
        for line in &rows.lines {
            if self.select.as_mut().is_some_and(|select| !select(line)) {
                continue;
            }
            let organisation = line.organisation();
            let head = self.heads.entry(organisation).or_default();
            let follows = line.header().follows(head);
            if !follows && !self.lost.contains(&organisation) {
                return Err(place.damage(organisation, *head).into());
            }
            *head = line.head();
            self.seen.commits += 1;
            self.seen.events += u64::from(line.header().events);
        }
        self.seen.batches += 1;
        if self
            .mark
            .is_some_and(|mark| mark.batch == place.batch && mark != place)
        {
            return Err(place.bad().into());
        }
        if let Some(cursor) = self.cursor.filter(|cursor| cursor.batch == place.batch) {
            if cursor != place {
                return Err(place.bad().into());
            }
            self.at_cursor = Some(self.heads.clone());
        }
        Ok(())
    }
}

/// Replays what the store has, in both forms, against the journal's heads where it stands; those are not known where the
/// journal is damaged before.
fn check_store(
    store: &Store,
    journal: Option<&HashMap<OrganisationId, Head>>,
    all: bool,
) -> Result<(), StoreError> {
    store.directory()?;
    if let Some(refused) = store.refused()?.into_iter().next() {
        return Err(StoreError::Refused(refused));
    }
    let known = store.organisations()?;
    let selected = known
        .iter()
        .filter(|whose| all || journal.is_none_or(|journal| journal.contains_key(whose)));
    for &organisation in selected {
        let replay = |packed| {
            store.replay(organisation, Default::default(), packed, &mut |_| {
                ControlFlow::Continue(())
            })
        };
        let (packed, lines) = (replay(true)?, replay(false)?);
        let head = store.head(organisation)?;
        if packed != head.position || lines != head.position {
            return Err(StoreError::Damaged);
        }
        if journal.is_some_and(|journal| journal.get(&organisation) != Some(&head)) {
            return Err(StoreError::Damaged);
        }
    }
    let all_there = journal.is_none_or(|journal| journal.keys().all(|whose| known.contains(whose)));
    if all_there {
        Ok(())
    } else {
        Err(StoreError::Damaged)
    }
}
