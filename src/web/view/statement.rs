//! Closing a month, and the statements of closed months.

use super::month::{Figure, Table};
use super::{Icon, Place, Tone};
use jiff::civil::Date;

/// A number that a restatement changed, as the reader's language writes it.
#[derive(Debug, Clone)]
pub struct Change {
    /// What it counts.
    pub what: String,
    /// What the statement before said.
    pub old: String,
    /// What holds now.
    pub new: String,
}

/// One entry that changed a closed month.
#[derive(Debug, Clone)]
pub struct Cause {
    /// Its type in the contract, such as `check_in`.
    pub kind: String,
    /// The day it counts on.
    pub day: Date,
    /// Its place in the log.
    pub position: String,
}

/// Why a statement stands in the place of another.
#[derive(Debug, Clone)]
pub struct Restated {
    /// Address of the one before.
    pub before: String,
    /// When that was given, in words.
    pub before_at: String,
    /// The numbers that changed.
    pub changes: Vec<Change>,
    /// What came, in sentences.
    pub arrivals: Vec<String>,
    /// The entries, where naming them gives nothing away.
    pub causes: Vec<Cause>,
    /// Whether naming them would.
    pub withheld: bool,
}

/// A statement in a list.
#[derive(Debug, Clone)]
pub struct Row {
    /// A day in its month.
    pub month: Date,
    /// Its address.
    pub address: String,
    /// When it was given, in words.
    pub given_at: String,
    /// Whether it stands in the place of another.
    pub restates: bool,
    /// Whether it is the one that holds.
    pub current: bool,
}

page! {
    /// What closing a month means, before it is done.
    Close in "month_close.html" {
        /// A day in the month.
        month: Date,
        /// Its address, as `2026-10`.
        address: String,
        /// How many things are missing or contradictory.
        missing: u64,
        /// How many entries of it wait to be confirmed.
        waiting: u64,
    }
}

page! {
    /// A statement, as it was given.
    Statement in "statement.html" {
        /// Whether the reader has the other pages of the house, too.
        coordinator: bool,
        /// A day in the month.
        month: Date,
        /// The month's address, as `2026-10`.
        address: String,
        /// Its id.
        id: String,
        /// When it was given, in words.
        given_at: String,
        /// Address of the one that holds, where this one does not.
        newer: Option<String>,
        /// Why it stands in the place of another.
        restated: Option<Restated>,
        /// The figures most asked for.
        figures: Vec<Figure>,
        /// The others that are known.
        more: Vec<Figure>,
        /// What has rows of its own.
        tables: Vec<Table>,
        /// Entries taken back.
        retracted: String,
        /// Entries that came on a later day.
        late: String,
        /// Entries that wait.
        pending: String,
        /// What its key is known by, in groups of four.
        key: String,
        /// The log position it stands on.
        position: String,
        /// The hash of the log there.
        hash: String,
        /// SHA-256 of the file.
        file: String,
        /// Name of the file.
        download: String,
    }
}

page! {
    /// Every statement that was given.
    Statements in "statements.html" {
        /// Whether the reader has the other pages of the house, too.
        coordinator: bool,
        /// The last ones first.
        rows: Vec<Row>,
    }
}
