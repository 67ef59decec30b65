//! Goods and contributions.

use super::{ContributionRow, GoodsRow};
use crate::figures::Value;
use crate::ledger::Row;
use meetellen_events::tally::Event;
use meetellen_events::values::{Name, PersonId, SessionId};
use std::collections::{BTreeMap, HashSet};

/// What was written the same, case and spaces aside, with the first way of writing it.
struct Alike<T> {
    first: (meetellen_events::values::Timestamp, u64),
    name: Name,
    sum: T,
}

fn alike<'a, T: Default>(
    kinds: &'a mut BTreeMap<String, Alike<T>>,
    name: &Name,
    row: &Row,
) -> &'a mut T {
    let place = (row.at, row.position);
    let known = kinds.entry(name.folded()).or_insert_with(|| Alike {
        first: place,
        name: name.clone(),
        sum: T::default(),
    });
    if place < known.first {
        known.first = place;
        known.name = name.clone();
    }
    &mut known.sum
}

#[derive(Default)]
struct Goods {
    named: HashSet<PersonId>,
    unnamed: i64,
    quantity: i64,
}

pub(super) fn goods(rows: impl Iterator<Item = Row>) -> Vec<GoodsRow> {
    let mut categories: BTreeMap<String, Alike<Goods>> = BTreeMap::new();
    for row in rows.filter(|row| !row.waiting) {
        let Event::GoodsDonated {
            category,
            quantity,
            donor,
            ..
        } = &row.event
        else {
            continue;
        };
        let sum = alike(&mut categories, category, &row);
        sum.quantity += i64::from(quantity.get());
        sum.unnamed += i64::from(donor.is_none());
        sum.named.extend(*donor);
    }
    let rows = categories.into_values();
    rows.map(|known| GoodsRow {
        category: known.name,
        donors: Value::Whole(known.sum.named.len() as i64 + known.sum.unnamed),
        quantity: Value::Whole(known.sum.quantity),
    })
    .collect()
}

#[derive(Default)]
struct Brought {
    quantity: i64,
    sessions: HashSet<SessionId>,
}

pub(super) fn contributions(rows: impl Iterator<Item = Row>) -> Vec<ContributionRow> {
    let mut kinds: BTreeMap<String, Alike<Brought>> = BTreeMap::new();
    for row in rows {
        let Event::ContributionMade {
            kind,
            quantity,
            session,
            ..
        } = &row.event
        else {
            continue;
        };
        let sum = alike(&mut kinds, kind, &row);
        sum.quantity += i64::from(quantity.get());
        sum.sessions.extend(*session);
    }
    let rows = kinds.into_values();
    rows.map(|known| ContributionRow {
        kind: known.name,
        quantity: known.sum.quantity,
        sessions: known.sum.sessions.len() as i64,
    })
    .collect()
}
