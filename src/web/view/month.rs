//! The month, and the entries behind it.

use super::coordinator::Task;
use super::{Icon, Place, Tone};
use crate::web::chart::Bar;
use jiff::civil::{Date, Time};

/// The share of a figure that has one basis.
#[derive(Debug, Clone)]
pub struct Share {
    /// `counted`, `head_count`, `entered` or `estimated`.
    pub basis: String,
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
    /// Participations.
    pub participations: i64,
    /// Per session, as a decimal string with a point.
    pub average: String,
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
        /// The figures, the big ones first.
        figures: Vec<Figure>,
        /// What is missing or contradictory.
        mend: Vec<Task>,
        /// Visits a day.
        bars: Vec<Bar>,
        /// What the chart shows, in words.
        chart_text: String,
        /// The activities.
        activities: Vec<ActivityRow>,
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
}

impl State {
    /// The word of the code for it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Retracted => "retracted",
            Self::Late => "late",
            Self::Waiting => "waiting",
        }
    }

    /// How it is drawn.
    pub const fn tone(&self) -> Tone {
        match self {
            Self::Counted => Tone::Counted,
            Self::Late | Self::Waiting => Tone::Waiting,
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
