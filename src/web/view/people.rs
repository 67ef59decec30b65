//! The pages about volunteers and pass holders.

use super::{Place, Tone};
use jiff::civil::{Date, Time};

/// Somebody in the list.
#[derive(Debug, Clone)]
pub struct Person {
    /// The person's id.
    pub id: String,
    /// A number to call her by where she has no name.
    pub number: u64,
    /// Her name, opened for the coordinator.
    pub name: Option<String>,
    /// Whether she is a volunteer.
    pub volunteer: bool,
    /// How to reach her; empty where that is not known.
    pub contact: String,
    /// Since when.
    pub since: Option<Date>,
    /// `child`, `adult` or `senior`; empty where nobody asked.
    pub age: String,
    /// Whether she lives in the neighbourhood.
    pub neighbour: bool,
    /// Whether she has the alcohol instruction.
    pub instructed: bool,
}

page! {
    /// Volunteers and pass holders.
    People in "people.html" {
        /// Who is known.
        people: Vec<Person>,
        /// From which day changes hold, unless said otherwise.
        today: Date,
    }
}

page! {
    /// One of them, to be changed.
    OnePerson in "person.html" {
        /// Who.
        person: Person,
        /// From which day changes hold, unless said otherwise.
        today: Date,
    }
}

/// Something that was recorded about somebody.
#[derive(Debug, Clone)]
pub struct DataLine {
    /// What happened, in the reader's language.
    pub what: String,
    /// What was said with it: names of fields, and texts.
    pub details: Vec<(String, String)>,
    /// The day it tells of.
    pub day: Date,
    /// The time it tells of.
    pub at: Time,
    /// Who had it recorded.
    pub by: String,
    /// Its place in the log.
    pub position: u64,
}

/// A device that somebody's badge let in.
#[derive(Debug, Clone)]
pub struct DataDevice {
    /// What it is called.
    pub name: String,
    /// The day it was let in.
    pub since: Date,
    /// The day it last recorded anything.
    pub last: Date,
    /// Entries it recorded.
    pub entries: u64,
    /// Whether it was shut out.
    pub revoked: bool,
}

page! {
    /// All that is kept about somebody.
    PersonData in "data.html" {
        /// As she is known today.
        person: Person,
        /// Her name, or what stands for it.
        name: String,
        /// What stands for her name in the file's.
        number: u64,
        /// Whether this is what an erasure left.
        erased: bool,
        /// What was recorded, the first first.
        lines: Vec<DataLine>,
        /// Her devices.
        devices: Vec<DataDevice>,
    }
}

page! {
    /// Says what erasing means, before it is done.
    Erase in "erase.html" {
        /// The person's id.
        person: String,
        /// Her name, or what stands for it.
        name: String,
    }
}

page! {
    /// A pass or a badge, shown once.
    Card in "card.html" {
        /// The QR as SVG, made by us.
        qr: String,
        /// The characters to type where scanning fails.
        short_code: String,
    }
}
