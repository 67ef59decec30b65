//! The month's sections with rows of their own, as tables.

use super::super::telling::cents;
use super::written;
use crate::i18n::Language;
use crate::web::view::month::{Column, Table};
use meetellen_projections::figures::Value;
use meetellen_projections::sections::Sections;

/// The tables that have rows, in the order they are shown.
pub fn tables(t: Language, found: &Sections) -> Vec<Table> {
    let tables = [
        shifts(t, found),
        goods(t, found),
        contributions(t, found),
        counters(t, found),
        rooms(t, found),
        indicators(t, found),
        grants(t, found),
        canteen(t, found),
    ];
    let with_rows = tables.into_iter().filter(|table| !table.rows.is_empty());
    with_rows.collect()
}

/// A table whose first column names the row and whose others are numbers.
fn table(t: Language, title: &str, columns: &[&str], rows: Vec<Vec<String>>) -> Table {
    let columns = columns.iter().enumerate().map(|(place, key)| Column {
        name: t.say(key),
        number: place > 0,
    });
    Table {
        title: t.say(title),
        columns: columns.collect(),
        rows,
    }
}

fn told(t: Language, value: &Value, unit: &str) -> String {
    written(t, value, unit).unwrap_or_else(|| t.say("figure-unknown"))
}

fn shifts(t: Language, found: &Sections) -> Table {
    let rows = found.shifts.iter().map(|row| {
        vec![
            t.word("shift-kind", row.kind.name()),
            t.number(row.shifts),
            told(t, &row.hours, "hours"),
            t.number(row.volunteers),
        ]
    });
    let columns = [
        "shift-kind",
        "figure-shifts",
        "figure-volunteer-hours",
        "figure-volunteers-active",
    ];
    table(t, "figure-shifts", &columns, rows.collect())
}

fn goods(t: Language, found: &Sections) -> Table {
    let rows = found.goods.iter().map(|row| {
        vec![
            row.category.to_string(),
            told(t, &row.quantity, "items"),
            told(t, &row.donors, "persons"),
        ]
    });
    let columns = ["gift-category", "table-quantity", "figure-donors"];
    table(t, "gift-goods", &columns, rows.collect())
}

fn contributions(t: Language, found: &Sections) -> Table {
    let rows = found.contributions.iter().map(|row| {
        vec![
            row.kind.to_string(),
            t.number(row.quantity),
            t.number(row.sessions),
        ]
    });
    let columns = ["table-what", "table-quantity", "programme-sessions"];
    table(t, "contribution", &columns, rows.collect())
}

fn counters(t: Language, found: &Sections) -> Table {
    let rows = found
        .counters
        .iter()
        .map(|row| vec![row.name.to_string(), told(t, &row.quantity, "items")]);
    let columns = ["table-what", "table-quantity"];
    table(t, "standing-counter", &columns, rows.collect())
}

fn rooms(t: Language, found: &Sections) -> Table {
    let rows = found
        .rooms
        .iter()
        .map(|row| vec![row.name.to_string(), told(t, &row.occupancy, "%")]);
    table(
        t,
        "settings-rooms",
        &["room", "table-occupancy"],
        rows.collect(),
    )
}

fn indicators(t: Language, found: &Sections) -> Table {
    let rows = found.indicators.iter().map(|row| {
        let last = row.last.as_ref().map(|last| t.decimal(last.to_string()));
        vec![
            row.name.to_string(),
            last.unwrap_or_else(|| t.say("figure-unknown")),
            told(t, &row.mean, ""),
        ]
    });
    let columns = ["table-what", "table-last", "month-average"];
    table(t, "standing-indicator", &columns, rows.collect())
}

fn grants(t: Language, found: &Sections) -> Table {
    let rows = found.grants.iter().map(|row| {
        vec![
            format!("{}: {}", row.funder, row.purpose),
            t.money(cents(row.amount)),
        ]
    });
    let columns = ["grant-funder", "gift-amount"];
    table(t, "standing-grant", &columns, rows.collect())
}

fn canteen(t: Language, found: &Sections) -> Table {
    let rows = found.canteen.iter().map(|row| {
        vec![
            row.year.to_string(),
            t.money(row.own_cents),
            t.money(i64::try_from(row.limit_cents).unwrap_or(i64::MAX)),
        ]
    });
    let columns = ["table-year", "table-own-revenue", "table-limit"];
    table(t, "canteen-limit", &columns, rows.collect())
}
