//! What a statement does not tell, kept so in whatever tells of its month again.
//!
//! Two statements of a month, or a statement and an answer of today, lie side by side. A "<5" that has become 5 while a
//! sum went up by one was 4: so a cell that was hidden once is withheld for ever after, whatever it has become, and
//! "withheld" alone says nothing of its size.

use super::difference::{SECTIONS, keyed};
use meetellen_projections::suppress::counts_persons;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Members of a figure that say how its value is made up.
const PARTS: [&str; 3] = ["basis_share", "evidence_share", "coverage"];

/// A cell: section, row, member.
type Place = (&'static str, String, String);

/// The cells that a statement, or an answer of the same form, does not tell, with why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hidden(BTreeMap<Place, String>);

impl Hidden {
    /// Of a statement's or an answer's members.
    pub fn of(members: &Map<String, Value>) -> Self {
        let mut hidden = Self::default();
        for (section, known_by) in SECTIONS {
            let rows = members.get(section).map(|rows| keyed(rows, known_by));
            for (name, row) in rows.into_iter().flatten() {
                hidden.note(section, &name, row);
            }
        }
        for section in ["busiest_session", "corrections"] {
            hidden.note(section, "", members.get(section).unwrap_or(&Value::Null));
        }
        hidden
    }

    fn note(&mut self, section: &'static str, name: &str, row: &Value) {
        if let Some(why) = why(row) {
            let place = (section, name.to_owned(), "value".to_owned());
            self.0.insert(place, why);
        }
        for (member, value) in row.as_object().into_iter().flatten() {
            if let Some(why) = why(value) {
                let place = (section, name.to_owned(), member.clone());
                self.0.insert(place, why);
            }
        }
    }

    /// Whether all is told.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a statement that hides these cells no longer tells the truth of them: one that it calls small is not, or
    /// one that it tells may no longer be told. What waits to be confirmed counts nowhere yet.
    pub fn is_outdated(&self, now: &Self) -> bool {
        let counts = |place: &Place| {
            let (section, row, _) = place;
            row != "visits_to_confirm" && *section != "corrections"
        };
        let small = self.0.iter().filter(|(_, why)| *why != WITHHELD);
        let mut grown = small.filter(|(place, why)| now.0.get(*place) != Some(why));
        let mut newly = now.0.keys().filter(|place| !self.0.contains_key(*place));
        grown.any(|(place, _)| counts(place)) || newly.any(counts)
    }

    fn has(&self, section: &'static str, row: &str, member: &str) -> bool {
        let place = (section, row.to_owned(), member.to_owned());
        self.0.contains_key(&place)
    }
}

/// What a hidden cell is called whose size nothing may be said of.
const WITHHELD: &str = "withheld";

fn why(value: &Value) -> Option<String> {
    value.get("suppressed")?.as_str().map(str::to_owned)
}

fn withheld() -> Value {
    json!({ "suppressed": WITHHELD, "value": null })
}

/// Withholds in `members` whatever they or a statement before them hide.
pub fn withhold(members: &mut Map<String, Value>, before: &Map<String, Value>) {
    let (mut hidden, now) = (Hidden::of(before), Hidden::of(members));
    hidden.0.extend(now.0);
    hide(members, &hidden);
    if hides_busiest(before) {
        members.insert("busiest_session".to_owned(), Value::Null);
    }
    parts(members, before);
}

/// Withholds every number of persons of a period that holds a part of a month only: of a month that was restated, less
/// what was told of that part before they may tell of somebody who came.
pub fn withhold_persons(members: &mut Map<String, Value>) {
    let mut hidden = Hidden::default();
    let counting: [(&'static str, &[&str]); 2] = [
        ("by_activity", &["participations", "average_participations"]),
        ("goods", &["donors", "quantity"]),
    ];
    for (section, known_by) in SECTIONS {
        let rows = members.get(section).map(|rows| keyed(rows, known_by));
        for (name, row) in rows.into_iter().flatten() {
            let counting = counting.iter().filter(|(other, _)| *other == section);
            let mut cells: Vec<&str> = counting.flat_map(|(_, cells)| *cells).copied().collect();
            if section == "figures" && counts_persons(&name) {
                cells.push("value");
            }
            // What is not known stays so.
            for cell in cells.into_iter().filter(|cell| !row[*cell].is_null()) {
                let place = (section, name.clone(), cell.to_owned());
                hidden.0.insert(place, WITHHELD.to_owned());
            }
        }
    }
    hide(members, &hidden);
    members.insert("busiest_session".to_owned(), Value::Null);
}

fn hide(members: &mut Map<String, Value>, hidden: &Hidden) {
    for (section, known_by) in SECTIONS {
        let Some(rows) = members.get(section) else {
            continue;
        };
        let names = keyed(rows, known_by).into_iter().map(|(name, _)| name);
        let names: Vec<String> = names.collect();
        let rows = members.get_mut(section).and_then(Value::as_array_mut);
        for (name, row) in names.iter().zip(rows.into_iter().flatten()) {
            cover(hidden, section, name, row);
        }
    }
    for section in ["busiest_session", "corrections"] {
        if let Some(row) = members.get_mut(section) {
            cover(hidden, section, "", row);
        }
    }
}

fn cover(hidden: &Hidden, section: &'static str, name: &str, row: &mut Value) {
    let Some(row) = row.as_object_mut() else {
        return;
    };
    // A figure says so beside its value, and its parts would tell of it.
    if section == "figures" {
        if hidden.has(section, name, "value") {
            row.insert("value".to_owned(), Value::Null);
            row.insert("suppressed".to_owned(), WITHHELD.into());
            for part in PARTS {
                row.remove(part);
            }
        }
        return;
    }
    for (member, value) in row.iter_mut() {
        if hidden.has(section, name, member) {
            *value = withheld();
        }
    }
}

/// Whether there was a busiest session that was not told.
fn hides_busiest(before: &Map<String, Value>) -> bool {
    let figures = before.get("figures").and_then(Value::as_array);
    let mut figures = figures.into_iter().flatten();
    let took_part = figures.find(|one| one.get("key") == Some(&"participations".into()));
    let took_part = took_part.is_some_and(|one| {
        one.get("suppressed").is_some() || one.get("value").and_then(Value::as_i64) > Some(0)
    });
    took_part && before.get("busiest_session").is_none_or(Value::is_null)
}

/// Takes the parts from figures of which the statement before told none: one of them was small.
fn parts(members: &mut Map<String, Value>, before: &Map<String, Value>) {
    let nothing = Value::Null;
    let before = keyed(before.get("figures").unwrap_or(&nothing), "key");
    let figures = members.get_mut("figures").and_then(Value::as_array_mut);
    for figure in figures.into_iter().flatten() {
        let same = |row: &&Value| row.get("key") == figure.get("key");
        let Some(then) = before.iter().map(|(_, row)| *row).find(same) else {
            continue;
        };
        // Nothing has no parts.
        let none = [
            json!(null),
            json!(0),
            json!("0"),
            json!("0.0"),
            json!("0.00"),
        ];
        let is_nothing = then.get("suppressed").is_none()
            && none.contains(then.get("value").unwrap_or(&Value::Null));
        let missing = PARTS.iter().filter(|part| then.get(**part).is_none());
        let missing: Vec<&str> = missing.copied().collect();
        if let Some(figure) = figure.as_object_mut().filter(|_| !is_nothing) {
            for part in missing {
                figure.remove(part);
            }
        }
    }
}
