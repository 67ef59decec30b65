//! Room: closed months and their statements.
//!
//! A statement is made and signed outside the rules; they see that it comes in time, once, and right behind the one
//! before it. From then on the month takes late entries and confirmations, and nothing that would change it silently.

pub mod state;
mod statement;
#[cfg(test)]
mod tests;

pub use statement::{InvalidStatement, STATEMENT_BYTES_MAX, Statement, StatementHead};

use crate::values::{Day, Month, StatementId};
use serde::{Deserialize, Serialize};

/// What happened to months.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum Event {
    /// A month was closed.
    #[serde(rename = "month_closed.v1")]
    Closed {
        /// Its figures, signed.
        statement: Statement,
    },
    /// What came later changed a closed month.
    #[serde(rename = "month_restated.v1")]
    Restated {
        /// Its figures now, signed, with what changed and why.
        statement: Statement,
    },
}

impl Event {
    /// The statement it gives.
    pub const fn statement(&self) -> &Statement {
        match self {
            Self::Closed { statement } | Self::Restated { statement } => statement,
        }
    }
}

/// What can be asked about months.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Close the month of a statement. The month may be any one that is over: a forgotten earlier one must not hold up
    /// a report, and what is told of a month depends on that month alone.
    Close(Statement),
    /// Restate a closed month.
    Restate(Statement),
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Its last day is not over.
    #[error("{0} is not over")]
    NotOver(Month),
    /// It lies so far before the founding that nothing can have happened in it.
    #[error("{0} lies before everything that can be counted here")]
    BeforeAll(Month),
    /// The month is closed: what is asked would change it silently.
    #[error("{month} was closed on {closed_on}")]
    Closed {
        /// Which.
        month: Month,
        /// The day it was closed on.
        closed_on: Day,
        /// Its statement as it stands.
        statement: StatementId,
    },
    /// Nothing to restate.
    #[error("{0} is not closed")]
    NotClosed(Month),
    /// The statement was made of an older log, or of another's: make it anew.
    #[error("the statement does not follow the one before it")]
    Outdated,
    /// Only a coordinator closes a month, only the server restates one.
    #[error("not with this role")]
    Forbidden,
}
