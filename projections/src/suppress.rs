//! What may leave the organisation (figures.md, rule 6): nobody is identified by a figure.
//!
//! A number of visitors, participants, givers or answers from 1 to 4 shows as "<5" ([`Value::Suppressed`]). So that no
//! sum, difference or second export lets it be worked out, others are not told either ([`Value::Withheld`]).
//!
//! **The rule.** Months, quarters and years are published; every export of whatever period is made of them, and tells
//! no more than they do. What is told of a month depends on that month alone, of a quarter or year on its own months:
//! so the same cell is told or not in every export, whoever asks for what, in whatever order. A week, a range or a
//! running sum is the sum of the spans inside it where those are told, else it is withheld: the difference of two
//! periods is a sum of cells that are told anyway. A rule that looked at the asked period alone could not be safe: a
//! month that shows all days but a small one can hide it only by another day, which the export of that day must hide
//! too; and the visits of `1..15` less those of `1..14` are the visits of the 15th.
//!
//! **Within a month** one number after the other is told while each small one could still be another one
//! ([`network`]): first the sum, last the days. What "<5" itself tells is reckoned with (four days of "<5" in a month
//! of "<5" had one visit each, so one of them is withheld), as is that a withheld day or month is no small one. Numbers
//! are told in the order of ids and dates, never by size. A quarter or year is told while the same holds; that a sum of
//! several spans is small is withheld, since "<5" would tell as much as a number.
//!
//! **What hangs together** is told together: visits with volunteers, of children and of nobody known where the visits
//! are; means and shares where their number is; the largest where all others stay open below it. Distinct persons don't
//! add up, but no more of them than in all parts together are in the whole, so a whole that would fix a small part is
//! withheld; outside whole months, quarters and years they are always.
//!
//! **What it does not hide:** what changes between two exports of one period, such as late entries, which statements
//! tell openly; so only what is closed may be asked for from outside, and no earlier state of it but that of a
//! statement. And volunteers, tenants, partners, cups and money, which the rule leaves out. Warnings name small numbers
//! and entries: they are for whoever mends, and leave in no export.
//!
//! | always true | tested in |
//! |---|---|
//! | a small number has two possible values at least, by all exports of all periods | `tests/models/suppress.rs` |
//! | what is told is the exact number | `tests/models/suppress.rs` |

mod board;
mod network;
mod persons;
mod publication;
mod span;
mod table;

use crate::figures::{Figures, Value};
use crate::ledger::Ledger;
use crate::sections::Sections;
use publication::Publication;
pub(crate) use table::SMALL;

/// The answer about a period in the form that may leave the organisation. Figures and sections are those of one ledger.
pub fn exported(ledger: &Ledger, figures: Figures, sections: Sections) -> (Figures, Sections) {
    let publication = Publication::new(ledger, figures.period, &figures, &sections);
    (publication.figures(figures), publication.sections(sections))
}

/// Whether a figure counts visitors, participants, givers or answers, or is worked out of such a number.
pub fn counts_persons(key: &str) -> bool {
    publication::counts_persons(key)
}

/// The form of a value that is told or not. What is not known stays so.
fn shown(value: &Value, told: table::Told) -> Value {
    match (value, told) {
        (Value::Unknown, _) | (_, table::Told::Exact) => value.clone(),
        (_, table::Told::Small) => Value::Suppressed,
        (_, table::Told::Withheld) => Value::Withheld,
    }
}
