//! Replays a log and holds its statements against it.

use super::MakeError;
use super::check::{Told, Wrong, compared, signatory, tell};
use crate::live::Live;
use meetellen_events::codec::{self, CodecError};
use meetellen_events::event::Event;
use meetellen_events::log::line::{Line, Position};
use meetellen_events::months::Statement;
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
    seen: usize,
    wrong: Vec<(StatementId, Wrong)>,
}

impl Replay {
    /// Has a statement held against the log.
    pub fn expect(&mut self, statement: &Statement) {
        let wanted = self.wanted.entry(statement.as_of()).or_default();
        wanted.push((statement.id(), statement.month()));
        self.expected.insert(statement.id());
    }

    /// Takes the next line in; its hash was checked when it was read.
    pub fn take(&mut self, line: &Line) -> Result<(), ReplayError> {
        if !line.header().follows(&self.live.head) {
            return Err(ReplayError::Gap(self.live.head.position));
        }
        let commit = codec::decode(line)?;
        for recorded in commit.recorded() {
            if let Event::Months(event) = &recorded.fact.event {
                self.given(event.statement());
            }
            self.live.apply(&recorded);
        }
        self.live.head = line.head();
        for (id, month) in self.wanted.remove(&line.last()).unwrap_or_default() {
            self.told.insert(id, tell(&self.live, month)?);
        }
        Ok(())
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
    fn given(&mut self, statement: &Statement) {
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
