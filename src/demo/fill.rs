//! Plays the demo where a server keeps its log and keys: every command is decided at its own instant, and kept in
//! batches.

use super::Stage;
use crate::keys::{KeyError, Keys, Owner};
use crate::live::Shared;
use crate::secrets;
use crate::statements::keys::StatementKeys;
use crate::statements::{self, restating};
use crate::writer::{Core, Done};
use anyhow::Context;
use meetellen_events::log::journal::AppendError;
use meetellen_events::months;
use meetellen_events::organisation::{Authority, Command, Request};
use meetellen_events::tally::Standing;
use meetellen_events::values::{
    Day, Month, OrganisationId, PersonId, Sealed, SecretHash, Tag, Timestamp,
};
use std::sync::Arc;

/// Commands kept with one sync.
const BATCH_COMMANDS: usize = 500;

/// Organisations played.
const ORGANISATIONS: u64 = 3;

/// The field of a person's facts that is sealed.
const NAME: &str = "name";

/// How far the playing is: days of all organisations together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Played {
    /// Days played.
    pub done: u64,
    /// Days in all.
    pub total: u64,
}

/// Fills an empty log with the demo of a day.
///
/// # Errors
/// Where the rules refuse a command, or log or keys can't be written.
pub fn fill(
    core: &mut Core,
    (keys, statement_keys): (&Keys, &StatementKeys),
    today: Day,
    progress: &mut dyn FnMut(Played),
) -> anyhow::Result<()> {
    let months = super::months_before(today);
    let days = today.days_since(months[0].first_day()).unsigned_abs();
    let mut playing = Playing {
        core,
        keys,
        statement_keys,
        decided: 0,
        begun: 0,
        first: None,
        days: u64::from(days),
        progress,
    };
    super::play(today, &mut playing)?;
    playing.core.commit()?;
    Ok(())
}

struct Playing<'a> {
    core: &'a mut Core,
    keys: &'a Keys,
    statement_keys: &'a StatementKeys,
    /// Since the last sync.
    decided: usize,
    /// Organisations begun.
    begun: u64,
    first: Option<Timestamp>,
    days: u64,
    progress: &'a mut dyn FnMut(Played),
}

impl Playing<'_> {
    fn keep(&mut self) -> Result<(), AppendError> {
        self.decided = 0;
        self.core.commit()?;
        self.core.make_room()
    }

    fn tell(&mut self, now: Timestamp) {
        const DAY_MILLIS: i64 = 86_400_000;
        let first = *self.first.get_or_insert(now);
        let day = now.millis_since(first) / DAY_MILLIS;
        let before = self.begun.saturating_sub(1) * self.days;
        (self.progress)(Played {
            done: before + u64::try_from(day).unwrap_or(0).min(self.days),
            total: ORGANISATIONS * self.days,
        });
    }
}

impl Playing<'_> {
    /// What is recorded so far, seen by its readers.
    fn seen(&mut self, organisation: OrganisationId) -> anyhow::Result<Arc<Shared>> {
        self.keep()?;
        let shared = self.core.houses().resident(organisation);
        shared.context("the demo closes a month of nobody")
    }
}

impl Stage for Playing<'_> {
    fn at(
        &mut self,
        organisation: OrganisationId,
        now: Timestamp,
        command: Command,
    ) -> anyhow::Result<Standing> {
        if let Request::Found { .. } = command.request {
            self.begun += 1;
        }
        if self.decided >= BATCH_COMMANDS || self.first.is_none() {
            self.keep()?;
            self.tell(now);
        }
        self.decided += 1;
        match self.core.decide(organisation, &command, now) {
            Done::Recorded(receipt) => Ok(receipt
                .facts
                .last()
                .map_or(Standing::Counted, |recorded| recorded.fact.event.standing())),
            Done::InEffect | Done::Known(_) => {
                anyhow::bail!("the demo asks twice for {:?}", command.request)
            }
            Done::Refused(refusal) => {
                anyhow::bail!("the rules refuse {:?}: {refusal:?}", command.request)
            }
        }
    }

    fn close(
        &mut self,
        organisation: OrganisationId,
        now: Timestamp,
        (authority, month): (Authority, Month),
    ) -> anyhow::Result<()> {
        let shared = self.seen(organisation)?;
        let signing = self.statement_keys.signing(now)?;
        let statement = statements::closing(&shared.read(), month, &signing, now)?;
        let request = Request::Months(months::Command::Close(statement));
        self.at(organisation, now, Command { authority, request })?;
        Ok(())
    }

    fn restate(
        &mut self,
        organisation: OrganisationId,
        now: Timestamp,
        month: Month,
    ) -> anyhow::Result<()> {
        let shared = self.seen(organisation)?;
        let closed = shared.read().organisation.months().month(month).cloned();
        let closed = closed.context("the demo restates an open month")?;
        let old = restating::given(&self.core.reader(), organisation, &closed.current)?;
        let signing = self.statement_keys.signing(now)?;
        let made = statements::restated(&shared.read(), &old, Vec::new(), &signing, now)?;
        let statement = made.context("what came late changes no figure")?;
        let authority = Authority::System;
        let request = Request::Months(months::Command::Restate(statement));
        self.at(organisation, now, Command { authority, request })?;
        Ok(())
    }

    fn seal(
        &mut self,
        organisation: OrganisationId,
        person: PersonId,
        text: &str,
    ) -> anyhow::Result<Sealed> {
        let owner = Owner::Person(person);
        Ok(self.keys.seal(organisation, owner, NAME, text)?)
    }

    fn tag(
        &mut self,
        organisation: OrganisationId,
        month: Month,
        phone: [u8; 16],
    ) -> Result<Tag, anyhow::Error> {
        let tag: Result<Tag, KeyError> = self.keys.tag(organisation, month, &phone);
        Ok(tag?)
    }

    fn secret(&mut self) -> anyhow::Result<SecretHash> {
        Ok(secrets::hash(secrets::code()?.bytes()))
    }
}
