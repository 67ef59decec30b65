//! The figures and read models of Meetellen.

pub mod corrections;
pub mod facts;
pub mod figures;
pub mod history;
pub mod ledger;
pub mod sections;
pub mod suppress;
pub mod today;
pub mod warnings;

use meetellen_events::event::Recorded;
use meetellen_events::log::line::Position;
use meetellen_events::values::Timestamp;

/// A fold of all facts, in their order.
pub trait Projection {
    /// Takes one fact in.
    fn apply(&mut self, recorded: &Recorded);
}

/// A fact came before the one that precedes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The position that was due.
    pub expected: Position,
    /// The position that came.
    pub found: Position,
}

/// A projection with its checkpoint: repeats are skipped, gaps are refused.
#[derive(Debug, Clone, Default)]
pub struct Projected<P> {
    projection: P,
    position: u64,
}

impl<P: Projection> Projected<P> {
    /// Takes one fact in; says whether it was new.
    pub fn apply(&mut self, recorded: &Recorded) -> Result<bool, Gap> {
        let expected = self.position + 1;
        if recorded.position.0 < expected {
            return Ok(false);
        }
        if recorded.position.0 > expected {
            return Err(Gap {
                expected: Position(expected),
                found: recorded.position,
            });
        }
        self.projection.apply(recorded);
        self.position = expected;
        Ok(true)
    }

    /// What the facts so far came to.
    pub const fn get(&self) -> &P {
        &self.projection
    }

    /// Position of the last fact taken in; 0 for none.
    pub const fn position(&self) -> Position {
        Position(self.position)
    }
}

/// All read models of one organisation, each with the same facts.
#[derive(Debug, Clone, Default)]
pub struct House {
    ledger: Projected<ledger::Ledger>,
    today: today::Today,
}

impl House {
    /// Takes one fact in; says whether it was new.
    pub fn apply(&mut self, recorded: &Recorded) -> Result<bool, Gap> {
        let new = self.ledger.apply(recorded)?;
        if new {
            self.today.apply(recorded);
        }
        Ok(new)
    }

    /// Takes it that nothing more happened until an instant: what was to begin until then has begun, or not.
    pub fn wait_until(&mut self, instant: Timestamp) {
        self.ledger.projection.wait_until(instant);
    }

    /// The rows that figures, sections, warnings and the history are made of.
    pub const fn get(&self) -> &ledger::Ledger {
        self.ledger.get()
    }

    /// What the bar and the door show now.
    pub const fn today(&self) -> &today::Today {
        &self.today
    }

    /// Position of the last fact taken in; 0 for none.
    pub const fn position(&self) -> Position {
        self.ledger.position()
    }
}
