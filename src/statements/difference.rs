//! What two statements of a month say differently.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A number that is another now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// `figures`, or the section it stands in.
    pub section: String,
    /// The figure's key, or what the section's row is known by.
    pub row: String,
    /// The member of the row.
    pub member: String,
    /// What the statement before said; null where it had no such row.
    pub old: Value,
    /// What holds now; null where there is no such row any more.
    pub new: Value,
}

/// Sections with rows, and the member that a row is known by.
pub(super) const SECTIONS: [(&str, &str); 11] = [
    ("figures", "key"),
    ("by_activity", "activity"),
    ("by_day", "day"),
    ("shifts", "kind"),
    ("rooms", "room"),
    ("goods", "category"),
    ("contributions", "kind"),
    ("counters", "counter"),
    ("indicators", "indicator"),
    ("grants", "funder"),
    ("canteen", "year"),
];

/// The members of a figure that say how its value came about.
const WAYS: [&str; 4] = ["basis", "basis_share", "coverage", "evidence_share"];

/// Members that only say what a row is called, or where something was found.
const WORDS: [&str; 5] = ["name", "label", "source", "purpose", "organised_by"];

/// The numbers that differ, of those that both tell. What only one of two versions of this program tells is no difference.
pub fn differences(old: &Value, new: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    for (section, known_by) in SECTIONS {
        if let (Some(before), Some(after)) = (old.get(section), new.get(section)) {
            rows(section, known_by, (before, after), &mut found);
        }
    }
    if let (Some(before), Some(after)) = (old.get("corrections"), new.get("corrections")) {
        members("corrections", "", (before, after), &mut found);
    }
    if let (Some(before), Some(after)) = (old.get("busiest_session"), new.get("busiest_session"))
        // No session ends after its month: one that is gone is not told.
        && !after.is_null()
    {
        members("busiest_session", "", (before, after), &mut found);
    }
    found
}

fn rows(section: &str, known_by: &str, (old, new): (&Value, &Value), found: &mut Vec<Difference>) {
    let (old, new) = (keyed(old, known_by), keyed(new, known_by));
    for (key, row) in &old {
        let now = new
            .iter()
            .find(|(other, _)| other == key)
            .map(|(_, row)| *row);
        if section != "figures" {
            members(section, key, (row, now.unwrap_or(&Value::Null)), found);
        } else if let Some(now) = now {
            // One that another version of this program does not know is none that changed.
            figure(key, (row, now), found);
        }
    }
    for (key, row) in &new {
        if section != "figures" && !old.iter().any(|(other, _)| other == key) {
            members(section, key, (&Value::Null, row), found);
        }
    }
}

/// What differs of a figure that both tell. One that is defined otherwise by now, and comes to the same, is the same.
fn figure(key: &str, (old, new): (&Value, &Value), found: &mut Vec<Difference>) {
    if [old, new].iter().any(|one| one.get("suppressed").is_some()) {
        return;
    }
    let mut note = |member: &str, old: Option<&Value>, new: Option<&Value>| {
        if old != new {
            let of = |value: Option<&Value>| value.cloned().unwrap_or(Value::Null);
            found.push(Difference {
                section: "figures".to_owned(),
                row: key.to_owned(),
                member: member.to_owned(),
                old: of(old),
                new: of(new),
            });
        }
    };
    let version = |figure: &'_ Value| figure.pointer("/definition/version").cloned();
    let (defined, defines) = (version(old), version(new));
    let is_same = defined == defines;
    if !is_same && old.get("value") == new.get("value") {
        return;
    }
    note("value", old.get("value"), new.get("value"));
    note("definition", defined.as_ref(), defines.as_ref());
    if is_same {
        for way in WAYS {
            // Of nothing there are no shares, and of a small part none is told.
            if let (Some(old), Some(new)) = (old.get(way), new.get(way)) {
                note(way, Some(old), Some(new));
            }
        }
    }
}

/// Rows with what each is known by; of several alike, such as two grants of one funder, with their number.
pub(super) fn keyed<'a>(section: &'a Value, known_by: &str) -> Vec<(String, &'a Value)> {
    let mut all: Vec<(String, &Value)> = Vec::new();
    for row in section.as_array().into_iter().flatten() {
        let name = match row.get(known_by) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let alike = all.iter().filter(|(key, _)| {
            *key == name
                || key
                    .strip_prefix(&name)
                    .is_some_and(|rest| rest.starts_with(" #"))
        });
        let alike = alike.count();
        let key = if alike == 0 {
            name
        } else {
            format!("{name} #{}", alike + 1)
        };
        all.push((key, row));
    }
    all
}

fn members(section: &str, row: &str, (old, new): (&Value, &Value), found: &mut Vec<Difference>) {
    let (old, new) = (numbers(section, old), numbers(section, new));
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for member in names {
        let of = |row: &Map<String, Value>| row.get(member).cloned().unwrap_or(Value::Null);
        let (old, new) = (of(&old), of(&new));
        let is_told = [&old, &new]
            .into_iter()
            .all(|value| value.get("suppressed").is_none());
        if is_told && old != new {
            found.push(Difference {
                section: section.to_owned(),
                row: row.to_owned(),
                member: member.clone(),
                old,
                new,
            });
        }
    }
}

/// The members of a row that are numbers.
fn numbers(section: &str, row: &Value) -> Map<String, Value> {
    let known_by = SECTIONS.iter().find(|(name, _)| *name == section);
    let members = row.as_object().into_iter().flatten().filter(|(name, _)| {
        !WORDS.contains(&name.as_str()) && known_by.is_none_or(|(_, known_by)| known_by != name)
    });
    members
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
