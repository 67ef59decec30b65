//! The month, and the entries behind it.

use super::coordinator::Task;
use super::{Icon, Place, Tone};
use crate::web::chart::Bar;
use jiff::civil::{Date, Time};

/// The share of a figure that came about in one way.
#[derive(Debug, Clone)]
pub struct Share {
    /// A basis (`counted`, `head_count`, `entered`, `estimated`) or an evidence (`host`, `live_code`, `day_code`, `poster`).
    pub name: String,
    /// In whole percent.
    pub percent: u64,
}

/// One figure as the page shows it; values stand as the reader's language writes them.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Its key in the catalogue.
    pub key: String,
    /// Its value with unit; nothing where it is not known.
    pub value: Option<String>,
    /// The month before.
    pub last_month: Option<String>,
    /// The same month a year before.
    pub last_year: Option<String>,
    /// What it means, in the reader's language.
    pub definition: String,
    /// How it was counted.
    pub basis: String,
    /// The share of each basis where they are mixed.
    pub shares: Vec<Share>,
    /// How the counted part was seen, where anything was.
    pub evidence: Vec<Share>,
    /// What part was counted, in words.
    pub coverage: Option<String>,
    /// Address of the entries behind it.
    pub entries: Option<String>,
}

/// One activity in the month.
#[derive(Debug, Clone)]
pub struct ActivityRow {
    /// Its name.
    pub name: String,
    /// Sessions held.
    pub sessions: i64,
    /// Participations, where they are known.
    pub participations: Option<String>,
    /// Per session, where that is known.
    pub average: Option<String>,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// What stands in it.
    pub name: String,
    /// Whether that is a number.
    pub number: bool,
}

/// What has rows of its own; everything stands as the reader's language writes it.
#[derive(Debug, Clone)]
pub struct Table {
    /// What it shows.
    pub title: String,
    /// Its columns; the first names the row.
    pub columns: Vec<Column>,
    /// Its rows, each as long as there are columns.
    pub rows: Vec<Vec<String>>,
}

/// What is said of a month that is closed.
#[derive(Debug, Clone)]
pub struct Closed {
    /// The day it was closed on, in words.
    pub on: String,
    /// The day its statement was last made anew, in words.
    pub restated_on: Option<String>,
    /// Address of the statement that holds.
    pub statement: String,
}

page! {
    /// The month's figures, what to mend, and what to take along.
    Month in "month.html" {
        /// A day in the month.
        month: Date,
        /// Its address, as `2026-10`.
        address: String,
        /// Address of the month before.
        previous: String,
        /// Address of the month after, where it has begun.
        next: Option<String>,
        /// Whether it isn't over yet.
        running: bool,
        /// When it was closed, if it is.
        closed: Option<Closed>,
        /// The figures most asked for.
        figures: Vec<Figure>,
        /// The others.
        more: Vec<Figure>,
        /// What is not known and never was, as a list in words.
        unknown: String,
        /// What is missing or contradictory.
        mend: Vec<Task>,
        /// Visits a day.
        bars: Vec<Bar>,
        /// What the chart shows, in words.
        chart_text: String,
        /// The activities.
        activities: Vec<ActivityRow>,
        /// What else has rows of its own.
        tables: Vec<Table>,
        /// The log position the figures stand on.
        position: String,
        /// The first characters of its hash.
        hash: String,
    }
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It counts.
    Counted,
    /// It was taken back.
    Retracted,
    /// It arrived after its day was over.
    Late,
    /// It counts once confirmed.
    Waiting,
    /// Another check-in of the same visitor counts instead.
    AlreadyCounted,
    /// A later head count, or an earlier end, counts instead.
    Replaced,
}

impl State {
    /// The word of the code for it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Retracted => "retracted",
            Self::Late => "late",
            Self::Waiting => "waiting",
            Self::AlreadyCounted => "already-counted",
            Self::Replaced => "replaced",
        }
    }

    /// How it is drawn.
    pub const fn tone(&self) -> Tone {
        match self {
            Self::Counted => Tone::Counted,
            Self::Late | Self::Waiting | Self::AlreadyCounted | Self::Replaced => Tone::Waiting,
            Self::Retracted => Tone::Problem,
        }
    }
}

/// One entry behind a figure.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The entry's id.
    pub id: String,
    /// Its type in the contract, such as `check_in`.
    pub kind: String,
    /// What it says, in words; nothing personal.
    pub detail: String,
    /// The day it counts on.
    pub day: Date,
    /// When it happened.
    pub at: Time,
    /// Where it stands in the log.
    pub position: u64,
    /// What became of it.
    pub states: Vec<State>,
    /// Id of the entry that retracting makes; none where it can't be.
    pub retract: Option<String>,
}

impl Entry {
    /// Whether it waits to be confirmed.
    pub fn waiting(&self) -> bool {
        self.states.contains(&State::Waiting)
    }

    /// Whether it was taken back.
    pub fn gone(&self) -> bool {
        self.states.contains(&State::Retracted)
    }
}

page! {
    /// The entries behind a figure.
    Entries in "entries.html" {
        /// Which figure or period.
        title: String,
        /// The entries, in the order of the log.
        entries: Vec<Entry>,
        /// How many wait on this page.
        waiting: u64,
        /// Id of the entry that confirming makes.
        confirm_entry: String,
        /// Address of the next page.
        next: Option<String>,
    }
}
