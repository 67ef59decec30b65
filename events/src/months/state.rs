//! What the rules keep of months: which are closed, by which statements, and what came since.

use super::{Command, Event, Rejection, Statement};
use crate::access::Role;
use crate::event::{self, Recorded};
use crate::log::line::{Hash, Position};
use crate::organisation::Authority;
use crate::values::{Day, Month, OrganisationId, StatementId, Timestamp, Zone};
use std::collections::{BTreeMap, HashMap};

/// Days before the founding from which entries are taken.
const DAYS_BEFORE_FOUNDING: i32 = 401;

/// A statement that was given; what it says stands in the log, at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// Its id.
    pub id: StatementId,
    /// Of which month.
    pub month: Month,
    /// Where it stands in the log.
    pub position: Position,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Up to where the log was read for it.
    pub as_of: Position,
    /// SHA-256 of its canonical JSON.
    pub hash: Hash,
    /// The one in whose place it stands.
    pub restates: Option<StatementId>,
}

/// A closed month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// When it was closed.
    pub closed_at: Timestamp,
    /// The statement that holds now.
    pub current: Given,
    /// What may have changed its figures since; none where nothing can have.
    pub touched: Option<Touched>,
}

/// What came for a closed month since its last statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// Where the last of it stands in the log.
    pub position: Position,
    /// When that was recorded.
    pub recorded_at: Timestamp,
    /// When the first of it was recorded.
    pub first_at: Timestamp,
    /// Where facts that are no entries stand, at most [`FACTS_MAX`], the first of them.
    pub facts: Vec<Position>,
}

/// Facts that are remembered as a reason to restate a month.
pub const FACTS_MAX: usize = 100;

/// Which months a fact may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// None that is closed.
    Nowhere,
    /// Those that end on a day or later.
    From(Day),
    /// Any: what holds from its first day on also holds before it (figures.md, rule 11).
    Everywhere,
}

/// What a command about months depends on.
pub struct Rooms<'a> {
    /// Whose months.
    pub organisation: OrganisationId,
    /// Its time zone.
    pub zone: &'a Zone,
    /// The day of its founding.
    pub founded_on: Day,
    /// The last position of its log.
    pub position: Position,
    /// The day on which it is asked.
    pub today: Day,
}

/// Closed months and statements.
#[derive(Debug, Clone, Default)]
pub struct State {
    closed: BTreeMap<Month, Closed>,
    given: Vec<Given>,
    by_id: HashMap<StatementId, usize>,
}

impl State {
    /// The closed months, the earliest first.
    pub fn closed(&self) -> impl Iterator<Item = (Month, &Closed)> {
        self.closed.iter().map(|(month, closed)| (*month, closed))
    }

    /// A closed month.
    pub fn month(&self, month: Month) -> Option<&Closed> {
        self.closed.get(&month)
    }

    /// Whether every month that some days touch is closed.
    pub fn covers(&self, first: Day, last: Day) -> bool {
        let following = |month: &Month| Some(month.next()).filter(|next| next > month);
        std::iter::successors(Some(first.month()), following)
            .take_while(|month| *month <= last.month())
            .all(|month| self.closed.contains_key(&month))
    }

    /// Every statement ever given, in the order of the log.
    pub fn statements(&self) -> &[Given] {
        &self.given
    }

    /// A statement.
    pub fn statement(&self, id: StatementId) -> Option<&Given> {
        self.given.get(*self.by_id.get(&id)?)
    }

    /// How often a month was restated since an instant.
    pub fn restated_since(&self, month: Month, since: Timestamp) -> usize {
        let lately = self.given.iter().rev();
        lately
            .take_while(|given| given.recorded_at > since)
            .filter(|given| given.month == month && given.restates.is_some())
            .count()
    }

    /// Hash of the last statement: what the next one names. Zero before the first.
    pub fn last_hash(&self) -> Hash {
        self.given.last().map_or(Hash::ZERO, |given| given.hash)
    }

    /// Closed months that something since may have changed, with where that stands.
    pub fn touched(&self) -> impl Iterator<Item = (Month, &Touched)> {
        let touched = self.closed.iter();
        touched.filter_map(|(month, closed)| Some((*month, closed.touched.as_ref()?)))
    }

    /// Refuses what would change the month of a day silently.
    pub fn open_on(&self, zone: &Zone, day: Day) -> Result<(), Rejection> {
        let closed = self.closed.get(&day.month());
        closed.map_or(Ok(()), |closed| Err(closed.refusal(zone)))
    }

    /// Refuses what would hold from a day on where a closed month ends on that day or later.
    pub fn open_from(&self, zone: &Zone, since: Day) -> Result<(), Rejection> {
        let mut reached = self.closed.range(since.month()..);
        let reached = reached.next();
        reached.map_or(Ok(()), |(_, closed)| Err(closed.refusal(zone)))
    }

    /// What a command would record.
    pub fn decide(
        &self,
        command: &Command,
        authority: Authority,
        rooms: &Rooms<'_>,
    ) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Close(statement) => {
                self.may_follow(statement, rooms)?;
                let month = statement.month();
                let by_coordinator = matches!(
                    authority,
                    Authority::Device {
                        role: Role::Coordinator,
                        ..
                    }
                );
                if !by_coordinator {
                    return Err(Rejection::Forbidden);
                }
                if self.closed.contains_key(&month) {
                    return Ok(vec![]);
                }
                if rooms.today <= month.last_day() {
                    return Err(Rejection::NotOver(month));
                }
                let earliest = rooms.founded_on.plus(-DAYS_BEFORE_FOUNDING);
                if month.last_day() < earliest {
                    return Err(Rejection::BeforeAll(month));
                }
                self.goes_on(statement)?;
                if statement.restates().is_some() {
                    return Err(Rejection::Outdated);
                }
                let statement = statement.clone();
                Ok(vec![Event::Closed { statement }])
            }
            Command::Restate(statement) => {
                self.may_follow(statement, rooms)?;
                let month = statement.month();
                if authority != Authority::System {
                    return Err(Rejection::Forbidden);
                }
                let closed = self.closed.get(&month);
                let closed = closed.ok_or(Rejection::NotClosed(month))?;
                if closed.current.id == statement.id() {
                    return Ok(vec![]);
                }
                self.goes_on(statement)?;
                if statement.restates() != Some(closed.current.id)
                    || statement.as_of() <= closed.current.as_of
                {
                    return Err(Rejection::Outdated);
                }
                let statement = statement.clone();
                Ok(vec![Event::Restated { statement }])
            }
        }
    }

    fn may_follow(&self, statement: &Statement, rooms: &Rooms<'_>) -> Result<(), Rejection> {
        let ours = statement.organisation() == rooms.organisation;
        if ours && statement.as_of() <= rooms.position {
            Ok(())
        } else {
            Err(Rejection::Outdated)
        }
    }

    fn goes_on(&self, statement: &Statement) -> Result<(), Rejection> {
        let new = !self.by_id.contains_key(&statement.id());
        if new && statement.previous() == self.last_hash() {
            Ok(())
        } else {
            Err(Rejection::Outdated)
        }
    }

    /// Takes an event in.
    pub fn evolve(&mut self, event: &Event, recorded: &Recorded) {
        let statement = event.statement();
        let given = Given {
            id: statement.id(),
            month: statement.month(),
            position: recorded.position,
            recorded_at: recorded.recorded_at,
            as_of: statement.as_of(),
            hash: statement.hash(),
            restates: statement.restates(),
        };
        self.by_id.insert(given.id, self.given.len());
        self.given.push(given);
        // What slipped in between stands right before it, at the latest; its facts are still to be told.
        let before = Position(recorded.position.0.saturating_sub(1));
        let known = self.closed.get_mut(&given.month);
        let known = known.and_then(|closed| closed.touched.take());
        let mut facts = known.map_or(Vec::new(), |known| known.facts);
        facts.retain(|fact| *fact > given.as_of);
        let touched = (before > given.as_of).then_some(Touched {
            position: before,
            recorded_at: recorded.recorded_at,
            first_at: recorded.recorded_at,
            facts,
        });
        let closed = self.closed.entry(given.month).or_insert(Closed {
            closed_at: recorded.recorded_at,
            current: given,
            touched: None,
        });
        closed.current = given;
        closed.touched = touched;
    }

    /// Notes which closed months a fact may change.
    pub fn touch(&mut self, reach: Reach, recorded: &Recorded) {
        let from = match reach {
            Reach::Nowhere => return,
            Reach::From(day) => Some(day.month()),
            Reach::Everywhere => None,
        };
        let is_entry = matches!(recorded.fact.event, event::Event::Tally(_));
        for (month, closed) in &mut self.closed {
            if from.is_some_and(|from| *month < from) {
                continue;
            }
            let known = closed.touched.take();
            let first_at = known
                .as_ref()
                .map_or(recorded.recorded_at, |known| known.first_at);
            let mut facts = known.map_or(Vec::new(), |known| known.facts);
            if !is_entry && facts.len() < FACTS_MAX {
                facts.push(recorded.position);
            }
            closed.touched = Some(Touched {
                position: recorded.position,
                recorded_at: recorded.recorded_at,
                first_at,
                facts,
            });
        }
    }

    /// Whether no month was ever closed.
    pub fn is_empty(&self) -> bool {
        self.closed.is_empty()
    }
}

impl Closed {
    fn refusal(&self, zone: &Zone) -> Rejection {
        Rejection::Closed {
            month: self.current.month,
            closed_on: zone.day_of(self.closed_at),
            statement: self.current.id,
        }
    }
}
