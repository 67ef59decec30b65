//! What a statement says, as the reader's language writes it. It is read from the statement alone: other versions of
//! this program may have counted otherwise.

use super::super::month::percent;
use crate::i18n::Language;
use crate::statements::Difference;
use crate::web::view::month::{Column, Figure, Share, Table};
use crate::web::view::statement::{Cause, Change};
use meetellen_events::values::{Day, Timestamp, Zone};
use serde_json::{Value, json};

/// Entries that are listed on the page; the file has more.
const CAUSES_SHOWN: usize = 100;

/// A number of a statement.
pub fn cell(t: Language, value: &Value, unit: &str) -> String {
    if let Some(hidden) = value.get("suppressed").and_then(Value::as_str) {
        return suppressed(t, hidden);
    }
    let text = match value {
        Value::Number(number) if unit == "cents" => t.money(number.as_i64().unwrap_or(0)),
        Value::Number(number) => t.number(number.as_i64().unwrap_or(0)),
        Value::String(text) => t.decimal(text),
        Value::Bool(_) | Value::Null | Value::Array(_) | Value::Object(_) => {
            return t.say("figure-unknown");
        }
    };
    if unit == "%" {
        format!("{text}\u{a0}%")
    } else {
        text
    }
}

fn suppressed(t: Language, hidden: &str) -> String {
    if hidden == "withheld" {
        t.say("statement-not-told")
    } else {
        hidden.to_owned()
    }
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn rows<'a>(value: &'a Value, section: &str) -> impl Iterator<Item = &'a Value> {
    value
        .get(section)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// The figures that were known.
pub fn figures(t: Language, said: &Value) -> impl Iterator<Item = Figure> {
    let known = rows(said, "figures")
        .filter(|figure| !figure["value"].is_null() || figure.get("suppressed").is_some());
    known.map(move |figure| {
        let value = match figure.get("suppressed").and_then(Value::as_str) {
            Some(hidden) => suppressed(t, hidden),
            None => cell(t, &figure["value"], text(figure, "unit")),
        };
        let shares = |member: &str| {
            let shares = figure.get(member).and_then(Value::as_object);
            let shares = shares.into_iter().flatten();
            let shares = shares.map(|(name, share)| Share {
                name: name.clone(),
                percent: percent(share.as_str().unwrap_or_default()),
            });
            shares.collect::<Vec<_>>()
        };
        let basis = shares("basis_share");
        Figure {
            key: text(figure, "key").to_owned(),
            value: Some(value),
            last_month: None,
            last_year: None,
            definition: t.word("definition", text(&figure["definition"], "id")),
            basis: text(figure, "basis").to_owned(),
            shares: if basis.len() > 1 { basis } else { Vec::new() },
            evidence: shares("evidence_share"),
            coverage: coverage(t, figure),
            entries: None,
        }
    })
}

fn coverage(t: Language, figure: &Value) -> Option<String> {
    let covered = figure.get("coverage")?.as_object()?;
    let (whole, all) = covered.iter().find(|(name, _)| *name != "counted")?;
    let counted = t.number(covered.get("counted")?.as_i64()?);
    let key = format!("coverage-{whole}");
    Some(t.with_two(&key, "counted", counted, "all", t.number(all.as_i64()?)))
}

/// Section, title, what its rows are known by, and its columns of numbers with their units.
type Told = (
    &'static str,
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str, &'static str)],
);

const TABLES: [Told; 10] = [
    (
        "by_activity",
        "month-activities",
        "activity",
        &[
            ("sessions", "month-sessions", ""),
            ("participations", "figure-participations", ""),
            ("average_participations", "month-average", ""),
        ],
    ),
    (
        "by_day",
        "month-days",
        "day",
        &[
            ("visits", "figure-visits", ""),
            ("participations", "figure-participations", ""),
            ("coffee_cups", "figure-coffee-cups", ""),
        ],
    ),
    (
        "shifts",
        "figure-shifts",
        "shift-kind",
        &[
            ("shifts", "figure-shifts", ""),
            ("hours", "figure-volunteer-hours", ""),
            ("volunteers", "figure-volunteers-active", ""),
        ],
    ),
    (
        "goods",
        "gift-goods",
        "gift-category",
        &[
            ("quantity", "table-quantity", ""),
            ("donors", "figure-donors", ""),
        ],
    ),
    (
        "contributions",
        "contribution",
        "table-what",
        &[
            ("quantity", "table-quantity", ""),
            ("sessions", "programme-sessions", ""),
        ],
    ),
    (
        "counters",
        "standing-counter",
        "table-what",
        &[("quantity", "table-quantity", "")],
    ),
    (
        "rooms",
        "settings-rooms",
        "room",
        &[("occupancy", "table-occupancy", "%")],
    ),
    (
        "indicators",
        "standing-indicator",
        "table-what",
        &[("last", "table-last", ""), ("mean", "month-average", "")],
    ),
    (
        "grants",
        "standing-grant",
        "grant-funder",
        &[("amount_cents", "gift-amount", "cents")],
    ),
    (
        "canteen",
        "canteen-limit",
        "table-year",
        &[
            ("own_cents", "table-own-revenue", "cents"),
            ("limit_cents", "table-limit", "cents"),
        ],
    ),
];

/// The sections that have rows.
pub fn tables(t: Language, said: &Value) -> Vec<Table> {
    let tables = TABLES.iter().map(|(section, title, known_by, columns)| {
        let first = Column {
            name: t.say(known_by),
            number: false,
        };
        let numbers = columns.iter().map(|(_, key, _)| Column {
            name: t.say(key),
            number: true,
        });
        let rows = rows(said, section).map(|row| {
            let cells = columns.iter();
            let cells = cells.map(|(member, _, unit)| cell(t, &row[*member], unit));
            std::iter::once(name(t, section, row))
                .chain(cells)
                .collect()
        });
        Table {
            title: t.say(title),
            columns: std::iter::once(first).chain(numbers).collect(),
            rows: rows.collect(),
        }
    });
    tables.filter(|table| !table.rows.is_empty()).collect()
}

/// What a row of a section is called.
fn name(t: Language, section: &str, row: &Value) -> String {
    match section {
        "by_day" => day(text(row, "day")).map_or_else(String::new, |day| t.short_day(day.date())),
        "shifts" => t.word("shift-kind", text(row, "kind")),
        "goods" => text(row, "category").to_owned(),
        "contributions" => text(row, "kind").to_owned(),
        "rooms" => text(row, "room").to_owned(),
        "grants" => format!("{}: {}", text(row, "funder"), text(row, "purpose")),
        "canteen" => row["year"].to_string(),
        _ => text(row, "name").to_owned(),
    }
}

fn day(text: &str) -> Option<Day> {
    text.parse().ok()
}

/// The numbers that a restatement changed: the figures first, then the rows of its sections.
pub fn changes(t: Language, said: &Value) -> Vec<Change> {
    let changed = said.pointer("/restates/differences").cloned();
    let changed: Option<Vec<Difference>> =
        changed.and_then(|changed| serde_json::from_value(changed).ok());
    let changed = changed.unwrap_or_default();
    let told = changed.iter().filter_map(|one| change(t, said, one));
    told.collect()
}

fn figure_change(t: Language, said: &Value, one: &Difference) -> Option<Change> {
    let figure = rows(said, "figures").find(|figure| text(figure, "key") == one.row)?;
    let name = t.word("figure", &one.row);
    let Some((key, told)) = way(&one.member) else {
        let unit = text(figure, "unit");
        return Some(Change {
            what: name,
            old: cell(t, &one.old, unit),
            new: cell(t, &one.new, unit),
        });
    };
    Some(Change {
        what: format!("{name}: {}", t.say(key)),
        old: told(t, &one.old)?,
        new: told(t, &one.new)?,
    })
}

fn change(t: Language, said: &Value, one: &Difference) -> Option<Change> {
    if one.section == "figures" {
        return figure_change(t, said, one);
    }
    let (what, unit) = if one.section == "corrections" {
        let key = match &*one.member {
            "retracted" => "statement-retracted",
            "late" => "statement-late",
            "waiting" => "statement-pending",
            _ => return None,
        };
        (t.say(key), "")
    } else {
        let (_, title, _, columns) = TABLES.iter().find(|(name, ..)| *name == one.section)?;
        let (_, key, unit) = columns.iter().find(|(member, ..)| *member == one.member)?;
        let row = rows(said, &one.section).find(|row| is_row(row, &one.row));
        let called = row.map_or_else(|| one.row.clone(), |row| name(t, &one.section, row));
        let title = t.say(title);
        let column = t.say(key);
        let column = if title == column {
            title
        } else {
            format!("{title}, {column}")
        };
        (format!("{column}: {called}"), *unit)
    };
    Some(Change {
        what,
        old: cell(t, &one.old, unit),
        new: cell(t, &one.new, unit),
    })
}

/// What a member of a figure that is not its value is called, and how it is written.
type Way = (&'static str, fn(Language, &Value) -> Option<String>);

fn way(member: &str) -> Option<Way> {
    Some(match member {
        "basis" => ("figure-basis", |t, value| {
            Some(t.word("basis", value.as_str()?))
        }),
        "basis_share" => ("figure-basis", |t, value| shares(t, "basis", value)),
        "evidence_share" => ("figure-evidence", |t, value| shares(t, "evidence", value)),
        "coverage" => ("figure-coverage", |t, value| {
            coverage(t, &json!({ "coverage": value }))
        }),
        "definition" => ("figure-how", |_, value| Some(value.to_string())),
        _ => return None,
    })
}

fn shares(t: Language, kind: &str, value: &Value) -> Option<String> {
    let shares = value.as_object()?.iter().map(|(name, share)| {
        let percent = percent(share.as_str().unwrap_or_default());
        format!("{}: {percent}\u{a0}%", t.word(kind, name))
    });
    Some(shares.collect::<Vec<_>>().join(", "))
}

/// Whether a row is the one that a difference names.
fn is_row(row: &Value, named: &str) -> bool {
    let members = [
        "activity",
        "day",
        "kind",
        "room",
        "category",
        "counter",
        "indicator",
        "funder",
    ];
    let year = row["year"].as_i64().map(|year| year.to_string());
    members.iter().any(|member| text(row, member) == named) || year.as_deref() == Some(named)
}

/// What came, in sentences: so many entries of a type, from so many devices, on which day.
pub fn arrivals(t: Language, restates: &Value, zone: &Zone) -> Vec<String> {
    let of_type = rows(restates, "arrivals").map(|one| {
        let number = |member: &str| one[member].as_u64().unwrap_or(0);
        let on = |member: &str| {
            let at: Option<Timestamp> = text(one, member).parse().ok();
            at.map(|at| t.date(zone.day_of(at).date()))
                .unwrap_or_default()
        };
        let (first, last) = (on("first"), on("last"));
        let days = if first == last {
            first
        } else {
            format!("{first} – {last}")
        };
        let count = t.with_two(
            "arrival-count",
            "count",
            number("entries"),
            "what",
            t.word("entry", text(one, "type")),
        );
        let from = match number("devices") {
            0 => String::new(),
            devices => format!(" {}", t.with("arrival-devices", "count", devices)),
        };
        t.with_two(
            "arrival-line",
            "what",
            format!("{count}{from}"),
            "when",
            days,
        )
    });
    let facts = rows(restates, "facts").count();
    let facts = (facts > 0).then(|| t.say("arrival-facts"));
    of_type.chain(facts).collect()
}

/// The entries that came, as far as they are named.
pub fn causes(t: Language, restates: &Value) -> Vec<Cause> {
    let named = rows(restates, "entries").take(CAUSES_SHOWN);
    let named = named.filter_map(|entry| {
        Some(Cause {
            kind: text(entry, "type").to_owned(),
            day: day(text(entry, "day"))?.date(),
            position: t.number(entry["position"].as_i64()?),
        })
    });
    named.collect()
}
