//! The document: figures with label, definition, basis and coverage, then the sections.

mod rows;

pub use rows::{
    Busiest, ByActivity, ByDay, Canteen, Contribution, Counter, Goods, Grant, Indicator, Room,
    Shifts,
};

use super::warning::warning;
use crate::i18n::Language;
use crate::live::Live;
use meetellen_events::values::{Day, EntryId, Name, Period, PeriodKind, Timestamp};
use meetellen_projections::figures::{self, Figure, Figures, Value};
use meetellen_projections::sections::{self, Sections};
use meetellen_projections::suppress::exported;
use meetellen_projections::warnings;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// A value in an answer: a whole number, a decimal as text, null, or why it is not told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell(pub Value);

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Value::Whole(number) => serializer.serialize_i64(*number),
            Value::Decimal(text) => serializer.serialize_str(text),
            Value::Unknown => serializer.serialize_none(),
            Value::Suppressed | Value::Withheld => Hidden {
                value: (),
                suppressed: self.0.hidden(),
            }
            .serialize(serializer),
        }
    }
}

/// A value that is not told, and why.
#[derive(Serialize)]
struct Hidden {
    value: (),
    suppressed: Option<&'static str>,
}

/// The figures of a period with all that goes with them.
#[derive(Debug, Clone, Serialize)]
pub struct Document {
    /// Whose.
    pub organisation: House,
    /// Which days.
    pub period: Span,
    /// Up to where the log was read.
    pub as_of: AsOf,
    /// Whether every month of the period is closed.
    pub closed: bool,
    /// One number a key.
    pub figures: Vec<Row>,
    /// Activities with a session held.
    pub by_activity: Vec<ByActivity>,
    /// Every day of the period.
    pub by_day: Vec<ByDay>,
    /// The session with most participations.
    pub busiest_session: Option<Busiest>,
    /// Shifts by kind.
    pub shifts: Vec<Shifts>,
    /// Rooms by name.
    pub rooms: Vec<Room>,
    /// Goods by category.
    pub goods: Vec<Goods>,
    /// Contributions by kind.
    pub contributions: Vec<Contribution>,
    /// The organisation's own counters.
    pub counters: Vec<Counter>,
    /// What is measured now and then.
    pub indicators: Vec<Indicator>,
    /// Grants on the last day.
    pub grants: Vec<Grant>,
    /// Own bar revenue against the canteen limit, by year.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub canteen: Vec<Canteen>,
    /// Surveys; none are taken yet.
    pub surveys: [(); 0],
    /// Where figures contradict each other, or something is missing.
    pub warnings: Vec<Warning>,
}

/// Whose figures they are.
#[derive(Debug, Clone, Serialize)]
pub struct House {
    /// Its name in addresses.
    pub slug: String,
    /// What people call it.
    pub name: String,
}

/// The days of a period.
#[derive(Debug, Clone, Serialize)]
pub struct Span {
    /// Day, week, month, quarter, year or range.
    pub kind: &'static str,
    /// The first day.
    pub first_day: Day,
    /// The last day, included.
    pub last_day: Day,
    /// IANA name.
    pub time_zone: String,
}

/// Up to where the log was read: the same log up to there gives the same numbers anywhere.
#[derive(Debug, Clone, Serialize)]
pub struct AsOf {
    /// The last position.
    pub position: u64,
    /// The hash of its commit.
    pub hash: String,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// One figure.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Its key in the catalogue.
    pub key: &'static str,
    /// What it is called.
    pub label: String,
    /// Its value.
    pub value: Cell,
    /// Why the value is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<&'static str>,
    /// What is counted.
    pub unit: &'static str,
    /// How it came about.
    pub basis: &'static str,
    /// The share of each basis.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub basis_share: BTreeMap<&'static str, String>,
    /// The share of each evidence.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence_share: BTreeMap<&'static str, String>,
    /// On how much of its whole it rests.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub coverage: BTreeMap<&'static str, i64>,
    /// The hourly rates behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<Rate>,
    /// Where the inhabitants were found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whether its values for periods that follow each other add up.
    pub adds_up: bool,
    /// What it says.
    pub definition: Definition,
}

/// An hourly rate.
#[derive(Debug, Clone, Serialize)]
pub struct Rate {
    /// What an hour would cost.
    pub cents: u64,
    /// Where it was found.
    pub source: String,
}

/// Which definition a figure follows, in words.
#[derive(Debug, Clone, Serialize)]
pub struct Definition {
    /// Its id.
    pub id: &'static str,
    /// Its version.
    pub version: u32,
    /// The sentence.
    pub text: String,
}

/// One warning.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, §4.1")]
pub struct Warning {
    pub slug: &'static str,
    pub text: String,
    pub entries: Vec<EntryId>,
}

/// The figures of a period, exact, as the coordinator sees them.
pub fn document(live: &Live, period: &Period, language: Language) -> Document {
    let ledger = live.house.get();
    let computed = figures::figures(ledger, period);
    let sections = sections::sections(ledger, period);
    let mut document = filled(live, &computed, sections, language);
    let zone = live.organisation.zone().cloned().unwrap_or_default();
    document.warnings = warnings::warnings(ledger, period)
        .into_iter()
        .map(|found| warning(found, &zone, language))
        .collect();
    document
}

/// The figures of a period in the form that may leave the organisation (figures.md, rule 6): small numbers of persons and
/// what would give them away are not told, nor are the warnings, which are for whoever can mend.
pub fn leaving(live: &Live, period: &Period, language: Language) -> Document {
    let ledger = live.house.get();
    let computed = figures::figures(ledger, period);
    let sections = sections::sections(ledger, period);
    let (computed, sections) = exported(ledger, computed, sections);
    filled(live, &computed, sections, language)
}

fn filled(live: &Live, computed: &Figures, sections: Sections, language: Language) -> Document {
    let period = &computed.period;
    let organisation = &live.organisation;
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let zone = organisation.zone();
    Document {
        organisation: House {
            slug: text(organisation.slug().map(|slug| slug.as_str())),
            name: text(organisation.name().map(Name::as_str)),
        },
        period: Span {
            kind: kind(period.kind()),
            first_day: period.first_day(),
            last_day: period.last_day(),
            time_zone: text(zone.map(|zone| zone.name())),
        },
        as_of: AsOf {
            position: live.head.position.0,
            hash: live.head.hash.to_string(),
            recorded_at: live.recorded_at,
        },
        closed: organisation
            .months()
            .covers(period.first_day(), period.last_day()),
        figures: computed
            .figures
            .iter()
            .map(|figure| row(figure, language))
            .collect(),
        by_activity: all(sections.by_activity),
        by_day: all(sections.by_day),
        busiest_session: sections.busiest_session.map(Into::into),
        shifts: all(sections.shifts),
        rooms: all(sections.rooms),
        goods: all(sections.goods),
        contributions: all(sections.contributions),
        counters: all(sections.counters),
        indicators: all(sections.indicators),
        grants: all(sections.grants),
        canteen: all(sections.canteen),
        surveys: [],
        warnings: Vec::new(),
    }
}

fn all<Found, Told: From<Found>>(rows: Vec<Found>) -> Vec<Told> {
    rows.into_iter().map(Into::into).collect()
}

const fn kind(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::Day => "day",
        PeriodKind::Week => "week",
        PeriodKind::Month => "month",
        PeriodKind::Quarter => "quarter",
        PeriodKind::Year => "year",
        PeriodKind::Range => "range",
    }
}

fn row(figure: &Figure, language: Language) -> Row {
    let mut coverage = BTreeMap::new();
    if let Some(covered) = &figure.coverage {
        coverage.insert("counted", covered.counted);
        coverage.insert(covered.of.name(), covered.all);
    }
    let is_rated = figure.key == "replacement_value";
    let rates = figure.yardsticks.iter().filter(|_| is_rated);
    let source = figure.yardsticks.first().filter(|_| figure.key == "reach");
    Row {
        key: figure.key,
        label: language.word("figure", figure.key),
        value: Cell(match figure.value.hidden() {
            Some(_) => Value::Unknown,
            None => figure.value.clone(),
        }),
        suppressed: figure.value.hidden(),
        unit: figure.unit,
        basis: figure.basis.name(),
        basis_share: figure.basis_share.clone(),
        evidence_share: figure.evidence_share.clone(),
        coverage,
        rates: rates
            .map(|yardstick| Rate {
                cents: yardstick.sourced.number,
                source: yardstick.sourced.source.as_str().to_owned(),
            })
            .collect(),
        source: source.map(|yardstick| yardstick.sourced.source.as_str().to_owned()),
        adds_up: figures::adds_up(figure.key),
        definition: Definition {
            id: figure.definition.id,
            version: figure.definition.version,
            text: language.word("definition", figure.definition.id),
        },
    }
}
