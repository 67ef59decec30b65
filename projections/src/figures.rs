//! Figures computed from the ledger, for any period: the catalogue of figures.md but for what has rows of its own.
//!
//! | always true | tested in |
//! |---|---|
//! | the worked examples of the catalogue come out | `tests/examples.rs` |
//! | live equals rebuilt, a repeat adds nothing, the order of arrival changes nothing | `tests/properties.rs` |
//! | visits and participations are what a naive count gives | `tests/properties.rs` |

mod activities;
mod adding;
mod bar;
mod day;
mod gifts;
mod seen;
mod standing;
mod visits;
mod volunteers;

pub use adding::adds_up;
pub(crate) use day::counted;
pub use day::{DayCount, Outcome, SessionCount, count_day, count_session};
pub use seen::{Basis, Seen};

use crate::ledger::{Ledger, Row};
use bar::Bar;
use day::count_rows;
use gifts::Gifts;
use meetellen_events::standing::Sourced;
use meetellen_events::values::{Period, Timestamp};
use std::collections::BTreeMap;
use volunteers::Work;

/// A figure's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A whole number.
    Whole(i64),
    /// A decimal with a point.
    Decimal(String),
    /// Not known.
    Unknown,
    /// In what leaves the organisation: a number of persons from 1 to 4.
    Suppressed,
    /// In what leaves the organisation: not told, since it would give a suppressed one away.
    Withheld,
}

impl Value {
    /// Why a value is not told in what leaves the organisation, as answers say it.
    pub const fn hidden(&self) -> Option<&'static str> {
        match self {
            Self::Whole(_) | Self::Decimal(_) | Self::Unknown => None,
            Self::Suppressed => Some("<5"),
            Self::Withheld => Some("withheld"),
        }
    }

    /// The number where it is known, else unknown.
    pub(crate) fn known(known: bool, number: i64) -> Self {
        if known {
            Self::Whole(number)
        } else {
            Self::Unknown
        }
    }

    /// A quotient with one decimal; unknown over nothing.
    pub(crate) fn mean(sum: i64, number: usize) -> Self {
        if number == 0 {
            return Self::Unknown;
        }
        Self::Decimal(rounded(i128::from(sum), number as i128, 1))
    }
}

/// Which definition a figure follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// Its id: the key.
    pub id: &'static str,
    /// Its version.
    pub version: u32,
}

/// What a coverage is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// Openings.
    Openings,
    /// Sessions that were not cancelled.
    Sessions,
    /// Shifts.
    Shifts,
    /// Visits.
    Visits,
}

impl Whole {
    /// Its name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Openings => "openings",
            Self::Sessions => "sessions",
            Self::Shifts => "shifts",
            Self::Visits => "visits",
        }
    }
}

/// On how much of its whole a figure rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// How much.
    pub counted: i64,
    /// Of what.
    pub of: Whole,
    /// How much that is in all.
    pub all: i64,
}

/// A number from outside that a figure was set against, and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Yardstick {
    /// The calendar year, where it holds for one.
    pub year: Option<i16>,
    /// Cents of a rate or limit, or inhabitants, and the source.
    pub sourced: Sourced,
    /// What was set against it: hours as printed, cents, or visitors.
    pub against: Value,
}

/// One figure with what goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Its key in the catalogue.
    pub key: &'static str,
    /// Its value.
    pub value: Value,
    /// What is counted.
    pub unit: &'static str,
    /// How it came about.
    pub basis: Basis,
    /// Share of each basis, two decimals; none where the value is 0 or not known.
    pub basis_share: BTreeMap<&'static str, String>,
    /// Share of each evidence in the whole value; together the share counted.
    pub evidence_share: BTreeMap<&'static str, String>,
    /// Where it applies.
    pub coverage: Option<Coverage>,
    /// What it was set against, printed with it.
    pub yardsticks: Vec<Yardstick>,
    /// Which definition it follows.
    pub definition: Definition,
}

impl Figure {
    fn new(key: &'static str, unit: &'static str, value: Value) -> Self {
        Self {
            key,
            value,
            unit,
            basis: Basis::Unknown,
            basis_share: BTreeMap::new(),
            evidence_share: BTreeMap::new(),
            coverage: None,
            yardsticks: Vec::new(),
            definition: Definition {
                id: key,
                version: 1,
            },
        }
    }

    fn is_nothing(&self) -> bool {
        match &self.value {
            Value::Unknown | Value::Whole(0) => true,
            Value::Decimal(text) => text.bytes().all(|byte| matches!(byte, b'0' | b'.')),
            Value::Whole(_) | Value::Suppressed | Value::Withheld => false,
        }
    }

    /// Takes basis and shares from the parts of the value; `otherwise` is the basis of nothing.
    fn seen(mut self, seen: &Seen, otherwise: Basis) -> Self {
        if self.value == Value::Unknown {
            return self;
        }
        self.basis = seen.basis().unwrap_or(otherwise);
        if !self.is_nothing() && seen.total() > 0 {
            self.basis_share = seen.basis_share();
            self.evidence_share = seen.evidence_share();
        }
        self
    }

    /// So many are shown by check-ins or head counts, the others were written down.
    fn shown(self, counted: i64, entered: i64) -> Self {
        let mut seen = Seen::tapped(counted);
        seen.entered = entered;
        let mut figure = self.seen(&seen, Basis::Entered);
        figure.evidence_share.clear();
        figure
    }

    /// All of it was written down.
    fn entered(self) -> Self {
        self.seen(&Seen::entered(1), Basis::Entered)
    }

    /// All of it was tapped by somebody signed in.
    fn tapped(self) -> Self {
        self.seen(&Seen::tapped(1), Basis::Counted)
    }

    fn covering(mut self, counted: i64, of: Whole, all: i64) -> Self {
        self.coverage = Some(Coverage { counted, of, all });
        self
    }

    fn against(mut self, yardsticks: impl IntoIterator<Item = Yardstick>) -> Self {
        self.yardsticks.extend(yardsticks);
        self
    }
}

/// All figures of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Which period.
    pub period: Period,
    /// When the last fact behind them was recorded.
    pub recorded_at: Timestamp,
    /// One figure a key, in the order of the catalogue.
    pub figures: Vec<Figure>,
}

impl Figures {
    /// The figure of a key.
    pub fn get(&self, key: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.key == key)
    }
}

/// A quotient with so many decimals, rounded half up, away from 0; the divisor above 0.
pub fn rounded(part: i128, whole: i128, decimals: u32) -> String {
    let scale = 10_i128.pow(decimals);
    let scaled = (2 * part.abs() * scale + whole) / (2 * whole);
    let sign = if part < 0 && scaled > 0 { "-" } else { "" };
    if decimals == 0 {
        return format!("{sign}{scaled}");
    }
    let width = usize::try_from(decimals).unwrap_or(0);
    format!("{sign}{}.{:0width$}", scaled / scale, scaled % scale)
}

/// The figures of a period as known when the ledger's last fact was recorded. A ledger of whole commits up to a
/// position gives them as of there.
pub fn figures(ledger: &Ledger, period: &Period) -> Figures {
    let now = ledger.recorded_at();
    let mut days: Vec<DayCount> = Vec::new();
    let (mut work, mut bar, mut gifts) = (Work::default(), Bar::default(), Gifts::default());
    for day in period.days() {
        let rows: Vec<Row> = ledger.rows_of(day).collect();
        let count = count_rows(ledger, day, now, &rows);
        work.add_day(ledger, &count, &rows);
        bar.add_day(&rows);
        gifts.add_day(&rows);
        days.push(count);
    }
    let mut figures = visits::figures(ledger, period, &days);
    figures.extend(activities::figures(ledger, period, &days));
    figures.extend(work.figures(ledger, period));
    figures.extend(bar.figures(ledger, period));
    figures.extend(gifts.figures(ledger, period));
    figures.extend(standing::figures(ledger, period));
    Figures {
        period: *period,
        recorded_at: now,
        figures,
    }
}
