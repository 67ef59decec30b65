//! The bar's pages.

use super::visitor::Offered;
use super::{Choice, Icon, Place, Tone};
use jiff::civil::{Date, Time};

/// A tile that counts one with each tap.
#[derive(Debug, Clone)]
pub struct Tile {
    /// Id of the entry its form makes.
    pub entry: String,
    /// The day's number.
    pub today: i64,
}

/// A counter of the organisation's own.
#[derive(Debug, Clone)]
pub struct Counter {
    /// The counter's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Id of the entry its form makes.
    pub entry: String,
    /// The day's number.
    pub today: i64,
}

/// A session that is on, for whoever counts at it.
#[derive(Debug, Clone)]
pub struct SessionTile {
    /// The session's id.
    pub id: String,
    /// Name of its activity.
    pub name: String,
    /// Id of the entry its form makes.
    pub entry: String,
    /// Its participations so far.
    pub today: i64,
}

/// Somebody on duty.
#[derive(Debug, Clone)]
pub struct RunningShift {
    /// The shift's id.
    pub id: String,
    /// Id of the entry that ending it makes.
    pub entry: String,
    /// Who.
    pub name: String,
    /// `bar`, `kitchen`, `shop`, `garden`, `host` or `other`.
    pub kind: String,
    /// Since when.
    pub since: Time,
}

/// One of the last twenty entries.
#[derive(Debug, Clone)]
pub struct LastEntry {
    /// The entry's id.
    pub id: String,
    /// Id of the entry that undoing makes.
    pub undo: String,
    /// What it was, in the reader's language.
    pub text: String,
    /// When.
    pub at: Time,
    /// Whether it was undone.
    pub retracted: bool,
}

page! {
    /// The page of the tablet behind the bar.
    Bar in "bar.html" {
        /// Whether the coordinator's pages are one tap away.
        coordinator: bool,
        /// What was just counted, for undoing in place.
        undoable: Option<LastEntry>,
        /// Volunteers whose shift of one of the last days never ended, as a list in words.
        forgotten: String,
        /// Cups.
        coffee: Tile,
        /// Cups in a pot, where that was set.
        pot: Option<u64>,
        /// Visitors who neither scan nor carry a card.
        adult: Tile,
        /// Children of the same kind.
        child: Tile,
        /// Sessions that are on or soon.
        on_now: Vec<SessionTile>,
        /// Own counters.
        counters: Vec<Counter>,
        /// Who is on duty.
        shifts: Vec<RunningShift>,
        /// Kinds of shift, the likeliest first.
        shift_kinds: Vec<&'static str>,
        /// Volunteers not on duty who had a shift lately.
        volunteers: Vec<Choice>,
        /// The other volunteers not on duty.
        others: Vec<Choice>,
        /// Entries that wait for somebody to say they were real.
        waiting: Vec<String>,
        /// Id of the entry that saying so makes.
        confirm_entry: String,
        /// What was last said about the door, in the reader's language.
        door: Option<String>,
        /// Id of the entry that saying something about it makes.
        opening_entry: String,
        /// Today's sessions, for a head count.
        sessions: Vec<Choice>,
        /// The last twenty entries of the day, newest first.
        last: Vec<LastEntry>,
        /// Id of the entry that starting a shift makes.
        shift_entry: String,
        /// Id of the entry that the form for the other volunteers makes.
        others_entry: String,
        /// Id of the entry that the form for a badge makes.
        badge_entry: String,
        /// Id of the revenue's entry.
        revenue_entry: String,
        /// Id of the entry of a gift of money.
        money_entry: String,
        /// Id of the entry of a gift of goods.
        goods_entry: String,
        /// Id of the entry of something somebody brought.
        contribution_entry: String,
        /// Id of the head count's entry.
        head_count_entry: String,
    }
}

page! {
    /// Asks whether the amount is right before it is kept.
    Revenue in "revenue.html" {
        /// Id of the entry this form makes.
        entry: String,
        /// Which till: `bar`, `hire` or `shop`.
        till: String,
        /// The amount.
        cents: i64,
        /// The day it counts on.
        day: Date,
        /// What the till should have held.
        expected_cents: Option<i64>,
        /// The amount less what was expected.
        difference_cents: i64,
    }
}

page! {
    /// A pass or badge that a device of the house scanned.
    Pass in "pass.html" {
        /// The code in its QR.
        code: String,
        /// The holder's name, where a volunteer's.
        name: Option<String>,
        /// What was just counted with it, for undoing in place.
        undoable: Option<LastEntry>,
        /// Id of the entry that counting makes.
        entry: String,
        /// What is on now.
        sessions: Vec<Offered>,
        /// Whether drop-in is the choice to begin with.
        drop_in_chosen: bool,
        /// Whether the holder is a volunteer.
        volunteer: bool,
        /// The holder's running shift.
        shift: Option<RunningShift>,
        /// Kinds of shift, the likeliest first.
        shift_kinds: Vec<&'static str>,
        /// Id of the entry that starting a shift makes.
        shift_entry: String,
    }
}
