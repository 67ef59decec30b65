//! The document as one table: a row for each value, so that a spreadsheet and a script read it alike.

use super::document::{Cell, Document};
use meetellen_projections::figures::Value;
use serde::Serialize;
use std::collections::BTreeMap;

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

/// The document but its warnings, which are for whoever can mend, in UTF-8, comma separated, lines ended by CR LF (RFC 4180).
pub fn csv(document: &Document) -> Result<Vec<u8>, CsvError> {
    let mut table = Table {
        writer: ::csv::WriterBuilder::new()
            .terminator(::csv::Terminator::CRLF)
            .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec()),
        as_of: format!("{} {}", document.as_of.position, document.as_of.hash),
    };
    table.write(&COLUMNS.map(str::to_owned))?;
    for figure in &document.figures {
        let whole = figure.coverage.iter().find(|(name, _)| **name != "counted");
        let counted = figure.coverage.get("counted").map(i64::to_string);
        table.write(&[
            "figures".to_owned(),
            String::new(),
            figure.key.to_owned(),
            figure.label.clone(),
            figure
                .suppressed
                .map_or_else(|| text(&figure.value), str::to_owned),
            figure.unit.to_owned(),
            figure.basis.to_owned(),
            counted.unwrap_or_default(),
            whole.map(|(_, all)| all.to_string()).unwrap_or_default(),
            whole
                .map(|(name, _)| (*name).to_owned())
                .unwrap_or_default(),
            format!(
                "{} v{}: {}",
                figure.definition.id, figure.definition.version, figure.definition.text
            ),
            table.as_of.clone(),
            shares(&figure.basis_share),
            shares(&figure.evidence_share),
            if figure.adds_up { "yes" } else { "no" }.to_owned(),
        ])?;
    }
    table.rows("by_activity", &document.by_activity, &["name", "activity"])?;
    table.rows("by_day", &document.by_day, &["day"])?;
    table.rows(
        "busiest_session",
        document.busiest_session.as_slice(),
        &["name", "session"],
    )?;
    table.rows("shifts", &document.shifts, &["kind"])?;
    table.rows("rooms", &document.rooms, &["room"])?;
    table.rows("goods", &document.goods, &["category"])?;
    table.rows("contributions", &document.contributions, &["kind"])?;
    table.rows("counters", &document.counters, &["name", "counter"])?;
    table.rows("indicators", &document.indicators, &["name", "indicator"])?;
    table.rows("grants", &document.grants, &["funder", "purpose"])?;
    table.rows("canteen", &document.canteen, &["year"])?;
    table
        .writer
        .into_inner()
        .map_err(|error| CsvError(error.into_error().into()))
}

/// Shares as `counted 0.94 head_count 0.06`.
fn shares(shares: &BTreeMap<&'static str, String>) -> String {
    let shares: Vec<String> = shares
        .iter()
        .map(|(name, share)| format!("{name} {share}"))
        .collect();
    shares.join(" ")
}

fn text(cell: &Cell) -> String {
    match &cell.0 {
        Value::Whole(number) => number.to_string(),
        Value::Decimal(text) => text.clone(),
        Value::Unknown => String::new(),
        Value::Suppressed | Value::Withheld => cell.0.hidden().unwrap_or_default().to_owned(),
    }
}

struct Table {
    writer: ::csv::Writer<Vec<u8>>,
    as_of: String,
}

impl Table {
    /// The members of each row that name it stand together, the others get a line each.
    fn rows(
        &mut self,
        section: &str,
        rows: &[impl Serialize],
        named_by: &[&str],
    ) -> Result<(), CsvError> {
        for row in rows {
            let value = serde_json::to_value(row).map_err(|error| CsvError(error.into()))?;
            let members = value.as_object().cloned().unwrap_or_default();
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

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(plain).collect();
            items.join(" ")
        }
        serde_json::Value::Object(members) => {
            members.get("suppressed").map(plain).unwrap_or_default()
        }
        serde_json::Value::Bool(_) | serde_json::Value::Number(_) => value.to_string(),
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
