//! Shifts by kind.

use super::ShiftRow;
use crate::figures::{Value, rounded};
use crate::ledger::{Ledger, Row};
use meetellen_events::tally::{Event, ShiftKind};
use meetellen_events::values::PersonId;
use std::collections::{BTreeMap, HashSet};

const HOUR_MILLIS: i128 = 3_600_000;

#[derive(Default)]
struct Sum {
    shifts: i64,
    millis: Option<i64>,
    volunteers: HashSet<PersonId>,
}

pub(super) fn shifts(ledger: &Ledger, rows: impl Iterator<Item = Row>) -> Vec<ShiftRow> {
    let mut kinds: BTreeMap<ShiftKind, Sum> = BTreeMap::new();
    for row in rows {
        let Event::ShiftStarted {
            volunteer, kind, ..
        } = &row.event
        else {
            continue;
        };
        let sum = kinds.entry(*kind).or_default();
        sum.shifts += 1;
        sum.volunteers.insert(*volunteer);
        if let Some((millis, _)) = ledger.hours_of(&row) {
            sum.millis = Some(sum.millis.unwrap_or(0) + millis);
        }
    }
    let rows = kinds.into_iter();
    rows.map(|(kind, sum)| ShiftRow {
        kind,
        shifts: sum.shifts,
        hours: sum.millis.map_or(Value::Unknown, |millis| {
            Value::Decimal(rounded(i128::from(millis), HOUR_MILLIS, 1))
        }),
        volunteers: sum.volunteers.len() as i64,
    })
    .collect()
}
