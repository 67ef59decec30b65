//! The document as one table: a row for each value, so that a spreadsheet and a script read it alike.

use serde::Serialize;
use serde_json::Value;

/// Why the table could not be written: memory only.
#[derive(Debug, thiserror::Error)]
#[error("the table could not be written")]
pub struct CsvError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Columns, in this order for ever; more may follow.
const COLUMNS: [&str; 15] = [
    "section",
    "row",
    "key",
    "label",
    "value",
    "unit",
    "basis",
    "counted",
    "of",
    "whole",
    "definition",
    "as_of",
    "basis_share",
    "evidence_share",
    "adds_up",
];

/// Bytes a spreadsheet needs to know that it reads UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The document but its warnings, which are for whoever can mend, in UTF-8, comma separated, lines ended by CR LF
/// (RFC 4180). Takes a [`Document`](super::Document), or what became of its JSON.
pub fn csv(document: &impl Serialize) -> Result<Vec<u8>, CsvError> {
    let said = serde_json::to_value(document).map_err(|error| CsvError(error.into()))?;
    let mut table = Table {
        writer: ::csv::WriterBuilder::new()
            .terminator(::csv::Terminator::CRLF)
            .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec()),
        as_of: ["position", "hash"]
            .map(|member| plain(&said["as_of"][member]))
            .join(" "),
    };
    table.write(&COLUMNS.map(str::to_owned))?;
    for figure in rows(&said, "figures") {
        table.figure(figure)?;
    }
    for (section, named_by) in SECTIONS {
        table.rows(section, rows(&said, section), named_by)?;
    }
    table
        .writer
        .into_inner()
        .map_err(|error| CsvError(error.into_error().into()))
}

/// The sections in their order, and the members that name a row.
const SECTIONS: [(&str, &[&str]); 11] = [
    ("by_activity", &["name", "activity"]),
    ("by_day", &["day"]),
    ("busiest_session", &["name", "session"]),
    ("shifts", &["kind"]),
    ("rooms", &["room"]),
    ("goods", &["category"]),
    ("contributions", &["kind"]),
    ("counters", &["name", "counter"]),
    ("indicators", &["name", "indicator"]),
    ("grants", &["funder", "purpose"]),
    ("canteen", &["year"]),
];

/// The rows of a section; one that is no list is a row itself.
fn rows<'a>(said: &'a Value, section: &str) -> &'a [Value] {
    match said.get(section) {
        Some(Value::Array(rows)) => rows,
        Some(row @ Value::Object(_)) => std::slice::from_ref(row),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => &[],
    }
}

/// Shares as `counted 0.94 head_count 0.06`.
fn shares(shares: &Value) -> String {
    let shares = shares.as_object().into_iter().flatten();
    let shares = shares.map(|(name, share)| format!("{name} {}", plain(share)));
    shares.collect::<Vec<_>>().join(" ")
}

struct Table {
    writer: ::csv::Writer<Vec<u8>>,
    as_of: String,
}

impl Table {
    fn figure(&mut self, figure: &Value) -> Result<(), CsvError> {
        let member = |name: &str| plain(&figure[name]);
        let coverage = figure["coverage"].as_object();
        let whole = coverage.and_then(|all| all.iter().find(|(name, _)| *name != "counted"));
        let definition = &figure["definition"];
        let value = match figure.get("suppressed") {
            Some(why) => plain(why),
            None => member("value"),
        };
        self.write(&[
            "figures".to_owned(),
            String::new(),
            member("key"),
            member("label"),
            value,
            member("unit"),
            member("basis"),
            plain(&figure["coverage"]["counted"]),
            whole.map(|(_, all)| plain(all)).unwrap_or_default(),
            whole.map(|(name, _)| name.clone()).unwrap_or_default(),
            format!(
                "{} v{}: {}",
                plain(&definition["id"]),
                plain(&definition["version"]),
                plain(&definition["text"])
            ),
            self.as_of.clone(),
            shares(&figure["basis_share"]),
            shares(&figure["evidence_share"]),
            if figure["adds_up"] == true {
                "yes"
            } else {
                "no"
            }
            .to_owned(),
        ])
    }

    /// The members of each row that name it stand together, the others get a line each.
    fn rows(&mut self, section: &str, rows: &[Value], named_by: &[&str]) -> Result<(), CsvError> {
        for row in rows {
            let members = row.as_object().cloned().unwrap_or_default();
            let name: Vec<String> = named_by
                .iter()
                .filter_map(|key| members.get(*key))
                .map(plain)
                .collect();
            for (key, value) in members
                .iter()
                .filter(|(key, _)| !named_by.contains(&key.as_str()))
            {
                let mut line = vec![String::new(); COLUMNS.len()];
                line[0] = section.to_owned();
                line[1] = name.join(" · ");
                line[2].clone_from(key);
                line[4] = plain(value);
                line[11].clone_from(&self.as_of);
                self.write(&line)?;
            }
        }
        Ok(())
    }

    fn write(&mut self, line: &[String]) -> Result<(), CsvError> {
        let line = line.iter().map(|cell| harmless(cell));
        self.writer
            .write_record(line)
            .map_err(|error| CsvError(error.into()))
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(plain).collect();
            items.join(" ")
        }
        Value::Object(members) => members.get("suppressed").map(plain).unwrap_or_default(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// A spreadsheet takes a cell that begins like a formula for one: a name must not run.
fn harmless(cell: &str) -> String {
    let number = cell.parse::<f64>().is_ok();
    if !number && cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}
