//! Finishes erasures before anybody is served: what the log says is gone must be gone from the key folder, whatever
//! copy of it was put back, and what is gone from there must be gone in the log.
//!
//! Tested in `tests/people.rs`: an erasure that broke off is finished; an older key file put back revives nobody; a key
//! that was destroyed is recorded as an erasure.

pub mod months;

use crate::keys::{KeyError, Keys, Owner};
use crate::load;
use crate::writer::{Core, Done};
use meetellen_events::codec::Found;
use meetellen_events::log::journal::AppendError;
use meetellen_events::organisation::{Authority, Command, Request};
use meetellen_events::people;
use meetellen_events::values::{OrganisationId, PersonId, Timestamp};
use std::collections::{BTreeSet, HashMap};

/// Why erasures can't be finished, so that nobody may be served.
#[derive(Debug, thiserror::Error)]
pub enum FinishError {
    /// The key folder can't be read.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// An erasure could not be recorded.
    #[error(transparent)]
    Log(#[from] AppendError),
}

/// What a start found undone between the log and the key folder, and did: an erasure that broke off, an older copy of
/// either that was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Finished {
    /// Keys of persons the log calls erased, destroyed again.
    pub persons: u64,
    /// Organisations that ended, and had keys again.
    pub organisations: u64,
    /// Persons whose key was destroyed without the log knowing: recorded as erased.
    pub recorded: u64,
    /// The same, where the log could not record it.
    pub unknown: u64,
    /// Organisations whose keys could not be gone through.
    pub failed: u64,
}

/// Goes through all key files. What can't be finished for one organisation is told in the log and stops no other.
pub fn finish(core: &mut Core, keys: &Keys, now: Timestamp) -> Result<Finished, FinishError> {
    let mut done = Finished::default();
    let mut erased: HashMap<OrganisationId, BTreeSet<PersonId>> = HashMap::new();
    for (organisation, person) in core.houses().erased() {
        erased.entry(organisation).or_default().insert(person);
    }
    for organisation in keys.organisations()? {
        let gone = erased.remove(&organisation).unwrap_or_default();
        match finish_one(core, keys, organisation, &gone, (now, &mut done)) {
            Err(FinishError::Keys(error)) => {
                done.failed += 1;
                tracing::error!(%organisation, %error, "keys that should be gone may still be there");
            }
            finished => finished?,
        }
    }
    Ok(done)
}

fn finish_one(
    core: &mut Core,
    keys: &Keys,
    organisation: OrganisationId,
    erased: &BTreeSet<PersonId>,
    (now, done): (Timestamp, &mut Finished),
) -> Result<(), FinishError> {
    if core.houses().find(&Found::Ended(organisation)).is_some() {
        if keys.has_any(organisation)? {
            keys.destroy_all(organisation)?;
            done.organisations += 1;
            tracing::warn!(%organisation, "keys of an organisation that ended were destroyed again");
        }
        return Ok(());
    }
    for person in erased {
        let owner = Owner::Person(*person);
        if keys.has(organisation, owner)? {
            keys.destroy(organisation, owner)?;
            done.persons += 1;
            tracing::warn!(%organisation, %person, "the key of somebody erased was destroyed again");
        }
    }
    for person in persons(keys.destroyed(organisation)?) {
        if erased.contains(&person) {
            continue;
        }
        if record(core, organisation, person, now)? {
            done.recorded += 1;
        } else {
            done.unknown += 1;
        }
    }
    for person in persons(keys.unsettled(organisation)?) {
        settle(core, keys, organisation, person)?;
    }
    // Last, for its file was read by now: a node has thousands.
    months::destroy_oldest(keys, organisation, now)?;
    Ok(())
}

fn persons(owners: Vec<Owner>) -> impl Iterator<Item = PersonId> {
    owners.into_iter().filter_map(|owner| match owner {
        Owner::Person(person) => Some(person),
        Owner::Entry(_) | Owner::Month(_) => None,
    })
}

/// Records that somebody was erased whose key is gone already: the log is an older copy than the keys. Whether it could;
/// an error means that the log is no more to be used.
fn record(
    core: &mut Core,
    organisation: OrganisationId,
    person: PersonId,
    now: Timestamp,
) -> Result<bool, AppendError> {
    let command = Command {
        authority: Authority::System,
        request: Request::People(people::Command::Erase(person)),
    };
    // On a full disk the next start does it.
    let is_decided = is_loaded(core, organisation)
        && core.make_room().is_ok()
        && matches!(
            core.decide(organisation, &command, now),
            Done::Recorded(_) | Done::InEffect
        );
    if is_decided {
        core.commit()?;
        tracing::warn!(%organisation, %person, "somebody whose key was destroyed was recorded as erased");
    } else {
        tracing::warn!(%organisation, %person, "a key was destroyed of somebody the log can't erase");
    }
    Ok(is_decided)
}

/// Drops the key that a rectified person had before, where what the new one sealed was recorded.
fn settle(
    core: &mut Core,
    keys: &Keys,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<(), KeyError> {
    let Ok(live) = load::live(&core.reader(), organisation) else {
        // Who opens it is told.
        return Ok(());
    };
    let Some(zone) = live.organisation.zone() else {
        return Ok(());
    };
    let people = live.organisation.people();
    let Some(known) = people.person(person, zone.day_of(live.recorded_at)) else {
        return Ok(());
    };
    let owner = Owner::Person(person);
    for (field, sealed) in [("name", known.name), ("contact", known.contact)] {
        if let Some(sealed) = sealed
            && !keys.is_current(organisation, owner, field, sealed)?
        {
            return Ok(());
        }
    }
    keys.settle(organisation, person)
}

fn is_loaded(core: &mut Core, organisation: OrganisationId) -> bool {
    match load::live(&core.reader(), organisation) {
        Ok(live) if live.organisation.id().is_none() => false,
        Ok(live) => core.admit(organisation, live).is_some(),
        Err(error) => {
            tracing::error!(%organisation, %error, "an organisation can't be loaded");
            false
        }
    }
}
