//! Replays a log and holds its statements against it.

use super::MakeError;
use super::check::{Told, Wrong, compared, signatory, tell};
use super::make::{Cause, cause};
use crate::live::Live;
use meetellen_events::codec::{self, CodecError};
use meetellen_events::event::{Event, Recorded};
use meetellen_events::log::line::{Line, Position};
use meetellen_events::months::{Statement, state::Given};
use meetellen_events::values::{Month, StatementId};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Why a log can't be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A line is no commit.
    #[error(transparent)]
    Line(#[from] CodecError),
    /// Figures that can't be written down.
    #[error(transparent)]
    Make(#[from] MakeError),
    /// A line that does not go on behind the one before.
    #[error("the log does not go on behind position {0}")]
    Gap(Position),
}

/// One organisation's log on its way through, with the statements to be held against it.
#[derive(Default)]
pub struct Replay {
    live: Live,
    /// The statements by the position they were made at, with their months.
    wanted: BTreeMap<Position, Vec<(StatementId, Month)>>,
    expected: HashSet<StatementId>,
    told: HashMap<StatementId, Told>,
    /// The statement that holds, of every closed month.
    current: HashMap<Month, Statement>,
    /// Facts that are no entries and may have changed a closed month.
    causes: HashMap<Position, Cause>,
    seen: usize,
    wrong: Vec<(StatementId, Wrong)>,
}

impl Replay {
    /// Has a statement of the log held against it.
    pub fn expect(&mut self, statement: &Statement) {
        self.want(statement);
        self.expected.insert(statement.id());
    }

    /// Looks up what the log comes to where a statement was made, for [`Self::compare`].
    pub fn want(&mut self, statement: &Statement) {
        let wanted = self.wanted.entry(statement.as_of()).or_default();
        wanted.push((statement.id(), statement.month()));
    }

    /// Takes the next line in; its hash was checked when it was read.
    pub fn take(&mut self, line: &Line) -> Result<(), ReplayError> {
        if !line.header().follows(&self.live.head) {
            return Err(ReplayError::Gap(self.live.head.position));
        }
        let commit = codec::decode(line)?;
        for recorded in commit.recorded() {
            if let Event::Months(event) = &recorded.fact.event {
                self.check(event.statement());
            }
            self.live.apply(&recorded);
            self.remember(&recorded)?;
        }
        self.live.head = line.head();
        for (id, month) in self.wanted.remove(&line.last()).unwrap_or_default() {
            self.told.insert(id, self.tell(month)?);
        }
        Ok(())
    }

    /// Keeps what a restatement is made of: the statement before, and the facts that changed its month.
    fn remember(&mut self, recorded: &Recorded) -> Result<(), ReplayError> {
        match &recorded.fact.event {
            Event::Months(event) => {
                let statement = event.statement();
                self.current.insert(statement.month(), statement.clone());
            }
            Event::Tally(_) => {}
            Event::Organisation(_)
            | Event::Programme(_)
            | Event::People(_)
            | Event::Standing(_)
            | Event::Access(_)
            | Event::Unknown(_) => {
                let mut touched = self.live.organisation.months().touched();
                if touched.any(|(_, touched)| touched.position == recorded.position) {
                    self.causes.insert(recorded.position, cause(recorded)?);
                }
            }
        }
        Ok(())
    }

    /// What the log comes to in a month, as far as it was taken in.
    fn tell(&self, month: Month) -> Result<Told, MakeError> {
        let closed = self.live.organisation.months().month(month);
        let touched = closed.and_then(|closed| closed.touched.as_ref());
        let facts = touched.into_iter().flat_map(|touched| &touched.facts);
        let facts: Vec<Cause> = facts
            .filter_map(|position| self.causes.get(position).cloned())
            .collect();
        let before = self.current.get(&month).map(|before| (before, facts));
        tell(&self.live, month, before)
    }

    /// The closed months that the log comes to other figures of than their statements say: what came for them was not
    /// restated yet.
    pub fn waiting(&self) -> Result<Vec<Month>, MakeError> {
        let mut waiting = Vec::new();
        for (month, _) in self.live.organisation.months().touched() {
            if self.tell(month)?.is_other() {
                waiting.push(month);
            }
        }
        Ok(waiting)
    }

    /// What the organisation is called in addresses.
    pub fn slug(&self) -> &str {
        let slug = self.live.organisation.slug();
        slug.map_or("", |slug| slug.as_str())
    }

    /// Where a statement stands in the log, byte for byte; none where it does not.
    pub fn given(&self, statement: &Statement) -> Option<Given> {
        let given = self.live.organisation.months().statement(statement.id());
        given
            .filter(|given| given.hash == statement.hash())
            .copied()
    }

    /// The statement of a month that holds at the end of what was taken in.
    pub fn holding(&self, month: Month) -> Option<Given> {
        let closed = self.live.organisation.months().month(month);
        closed.map(|closed| closed.current)
    }

    /// Holds a statement against the log as it was at the statement's position.
    pub fn compare(&mut self, statement: &Statement) {
        let found = match self.told.remove(&statement.id()) {
            Some(told) => compared(&told, statement),
            None => vec![Wrong::Log(statement.as_of().0)],
        };
        self.seen += 1;
        self.note(statement.id(), found);
    }

    fn note(&mut self, id: StatementId, found: Vec<Wrong>) {
        self.wrong
            .extend(found.into_iter().map(|wrong| (id, wrong)));
    }

    /// A statement in the log: what it says of itself, of the one before, and of the log.
    fn check(&mut self, statement: &Statement) {
        let months = self.live.organisation.months();
        let current = months.month(statement.month()).map(|closed| closed.current);
        let value = statement.value();
        let restates = value.get("restates");
        let names_it = statement.restates() == current.map(|current| current.id);
        let with_hash = restates.is_none_or(|restates| {
            let hash = current.map(|current| current.hash.to_string().into());
            restates.get("hash") == hash.as_ref()
        });
        let mut found = Vec::new();
        if statement.previous() != months.last_hash() || !names_it || !with_hash {
            found.push(Wrong::Chain);
        }
        found.extend(signatory(statement).err());
        self.note(statement.id(), found);
        if self.expected.contains(&statement.id()) {
            self.compare(statement);
        }
    }

    /// How many statements were held against the log, and what is wrong with which.
    pub fn finish(self) -> (usize, Vec<(StatementId, Wrong)>) {
        (self.seen, self.wrong)
    }
}
