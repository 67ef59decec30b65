//! Figures computed from the ledger, for any period.

mod day;
mod tallies;

pub use day::{DayCount, Outcome, SessionCount, count_day, count_session};

use crate::ledger::Ledger;
use meetellen_events::tally::Evidence;
use meetellen_events::values::{Period, Timestamp};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// A figure's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A whole number.
    Whole(i64),
    /// A decimal with a point.
    Decimal(String),
    /// Not known.
    Unknown,
}

/// Which definition a figure follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// Its id: the key.
    pub id: &'static str,
    /// Its version.
    pub version: u32,
}

/// One figure with what goes with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// Its key in the catalogue.
    pub key: &'static str,
    /// Its value.
    pub value: Value,
    /// What is counted.
    pub unit: &'static str,
    /// How it was counted.
    pub basis: &'static str,
    /// Share of each basis.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub basis_share: BTreeMap<&'static str, String>,
    /// Share of each evidence.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence_share: BTreeMap<&'static str, String>,
    /// Where it applies.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub coverage: BTreeMap<&'static str, i64>,
    /// Which definition it follows.
    pub definition: Definition,
}

/// All figures of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// One figure a key.
    pub figures: Vec<Figure>,
}

impl Figures {
    /// The figure of a key.
    pub fn get(&self, key: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.key == key)
    }
}

/// A quotient with so many decimals, rounded half up; both at least 0.
pub fn rounded(part: i128, whole: i128, decimals: u32) -> String {
    let scale = 10_i128.pow(decimals);
    let scaled = (2 * part * scale + whole) / (2 * whole);
    if decimals == 0 {
        return scaled.to_string();
    }
    let width = usize::try_from(decimals).unwrap_or(0);
    format!("{}.{:0width$}", scaled / scale, scaled % scale)
}

fn mean(part: i64, whole: usize) -> Value {
    if whole == 0 {
        return Value::Unknown;
    }
    Value::Decimal(rounded(i128::from(part), whole as i128, 1))
}

fn figure(key: &'static str, unit: &'static str, basis: &'static str, value: Value) -> Figure {
    let basis = if value == Value::Unknown {
        "unknown"
    } else {
        basis
    };
    Figure {
        key,
        value,
        unit,
        basis,
        basis_share: BTreeMap::new(),
        evidence_share: BTreeMap::new(),
        coverage: BTreeMap::new(),
        definition: Definition {
            id: key,
            version: 1,
        },
    }
}

/// How a sum of persons was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Persons by evidence: host, live code, day code, poster.
    pub by: [i64; 4],
    /// What head counts add.
    pub heads: i64,
    /// What guessed head counts add.
    pub guessed: i64,
}

impl Seen {
    fn add(&mut self, other: &Self) {
        for (sum, more) in self.by.iter_mut().zip(other.by) {
            *sum += more;
        }
        self.heads += other.heads;
        self.guessed += other.guessed;
    }

    fn check_in(&mut self, evidence: Evidence, persons: i64) {
        let place = match evidence {
            Evidence::Host => 0,
            Evidence::LiveCode => 1,
            Evidence::DayCode => 2,
            Evidence::Poster => 3,
        };
        self.by[place] += persons;
    }

    /// All persons.
    pub fn total(&self) -> i64 {
        self.by.iter().sum::<i64>() + self.heads + self.guessed
    }

    fn put(&self, figure: &mut Figure) {
        let total = self.total();
        if total == 0 || figure.value == Value::Unknown {
            return;
        }
        let share = |part: i64| rounded(i128::from(part), i128::from(total), 2);
        let bases = [
            ("counted", self.by.iter().sum()),
            ("head_count", self.heads),
            ("estimated", self.guessed),
        ];
        let mut used = bases.into_iter().filter(|(_, part)| *part > 0);
        figure.basis = match (used.next(), used.next()) {
            (Some((only, _)), None) => only,
            (Some(_), Some(_)) => "mixed",
            (None, _) => figure.basis,
        };
        figure.basis_share = bases
            .into_iter()
            .filter(|(_, part)| *part > 0)
            .map(|(name, part)| (name, share(part)))
            .collect();
        let names = ["host", "live_code", "day_code", "poster"];
        figure.evidence_share = names.into_iter().zip(self.by.map(share)).collect();
    }
}

/// The figures of a period, as known at an instant.
pub fn figures(ledger: &Ledger, period: &Period, now: Timestamp) -> Figures {
    let days: Vec<DayCount> = period
        .days()
        .map(|day| count_day(ledger, day, now))
        .collect();
    let mut figures = visits(ledger, period, &days, now);
    figures.extend(activities(&days));
    figures.extend(tallies::figures(ledger, period));
    Figures { figures }
}

fn visits(ledger: &Ledger, period: &Period, days: &[DayCount], now: Timestamp) -> Vec<Figure> {
    let open: Vec<&DayCount> = days.iter().filter(|day| day.open).collect();
    let counted: Vec<i64> = open
        .iter()
        .filter(|day| day.counted)
        .map(|day| day.seen.total())
        .collect();
    let sum: i64 = counted.iter().sum();
    let began = ledger
        .days()
        .any(|day| day <= period.last_day() && count_day(ledger, day, now).counted);
    let known = began && (open.is_empty() || !counted.is_empty());
    let whole = |value: i64| {
        if known {
            Value::Whole(value)
        } else {
            Value::Unknown
        }
    };
    let mut seen = Seen::default();
    let mut unique = HashSet::new();
    for day in &open {
        seen.add(&day.seen);
        unique.extend(day.known.iter().copied());
    }
    let total = |of: fn(&DayCount) -> i64| open.iter().map(|day| of(day)).sum::<i64>();
    let mut visits = figure("visits", "visits", "counted", whole(sum));
    seen.put(&mut visits);
    visits.coverage = [
        ("counted", counted.len() as i64),
        ("openings", open.len() as i64),
    ]
    .into();
    let month = period.first_day().month() == period.last_day().month();
    let distinct = if month && known {
        Value::Whole(unique.len() as i64)
    } else {
        Value::Unknown
    };
    let edge = |value: Option<&i64>| value.map_or(Value::Unknown, |value| Value::Whole(*value));
    let all = if known {
        mean(sum, open.len())
    } else {
        Value::Unknown
    };
    vec![
        visits,
        figure(
            "visits_with_volunteers",
            "visits",
            "mixed",
            whole(total(|day| day.seen.total() + day.volunteers)),
        ),
        figure(
            "visits_children",
            "visits",
            "mixed",
            whole(total(|day| day.children)),
        ),
        figure(
            "visits_anonymous",
            "visits",
            "mixed",
            whole(total(|day| day.seen.total() - day.known.len() as i64)),
        ),
        figure(
            "visits_to_confirm",
            "visits",
            "counted",
            whole(days.iter().map(|day| day.waiting).sum()),
        ),
        figure("unique_visitors", "persons", "counted", distinct),
        figure(
            "open_days",
            "days",
            "counted",
            Value::Whole(open.len() as i64),
        ),
        figure(
            "open_days_per_week",
            "days",
            "counted",
            per_week(ledger, days, now),
        ),
        figure(
            "visits_per_open_day",
            "visits",
            "mixed",
            mean(sum, counted.len()),
        ),
        figure(
            "visits_per_open_day_min",
            "visits",
            "mixed",
            edge(counted.iter().min()),
        ),
        figure(
            "visits_per_open_day_max",
            "visits",
            "mixed",
            edge(counted.iter().max()),
        ),
        figure("visits_per_open_day_all", "visits", "mixed", all),
    ]
}

fn per_week(ledger: &Ledger, days: &[DayCount], now: Timestamp) -> Value {
    let first = days
        .iter()
        .position(|day| day.day.weekday() == 1)
        .unwrap_or(days.len());
    let weeks: Vec<&[DayCount]> = days[first..]
        .chunks_exact(7)
        .filter(|week| ledger.zone().end_of(week[6].day) <= now)
        .collect();
    let open = weeks
        .iter()
        .flat_map(|week| week.iter())
        .filter(|day| day.open)
        .count();
    mean(open as i64, weeks.len())
}

fn activities(days: &[DayCount]) -> Vec<Figure> {
    let held: usize = days.iter().map(|day| day.held).sum();
    let cancelled: usize = days.iter().map(|day| day.cancelled).sum();
    let unconfirmed: usize = days.iter().map(|day| day.unconfirmed).sum();
    let mut seen = Seen::default();
    days.iter().for_each(|day| seen.add(&day.participations));
    let kinds: BTreeSet<_> = days.iter().flat_map(|day| day.kinds.iter()).collect();
    let none_held = held == 0 && cancelled + unconfirmed > 0;
    let value = if none_held {
        Value::Unknown
    } else {
        Value::Whole(seen.total())
    };
    let mut participations = figure("participations", "participations", "counted", value);
    seen.put(&mut participations);
    participations.coverage = [
        ("counted", held as i64),
        ("sessions", (held + unconfirmed) as i64),
    ]
    .into();
    let count =
        |key, number: usize| figure(key, "sessions", "counted", Value::Whole(number as i64));
    vec![
        participations,
        count("activities_held", held),
        count("activities_cancelled", cancelled),
        count("activities_unconfirmed", unconfirmed),
        figure(
            "activity_kinds",
            "activities",
            "counted",
            Value::Whole(kinds.len() as i64),
        ),
        figure(
            "average_participations",
            "per session",
            "mixed",
            mean(seen.total(), held),
        ),
    ]
}
