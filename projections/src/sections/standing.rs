//! Counters, indicators, grants and the canteen limit.

use super::{CanteenRow, CounterRow, GrantRow, IndicatorRow};
use crate::facts::Stands;
use crate::figures::{Value, rounded};
use crate::ledger::{Kind, Ledger, Row};
use meetellen_events::standing::Listed;
use meetellen_events::tally::Event;
use meetellen_events::values::{
    CounterId, Day, Decimal, IndicatorId, Month, Name, Period, Timestamp,
};
use std::collections::BTreeMap;

fn stood(stands: &Stands<Name>, period: &Period) -> bool {
    let ended = stands
        .until
        .is_some_and(|until| until <= period.first_day());
    stands.since <= period.last_day() && !ended && stands.until != Some(stands.since)
}

pub(super) fn counters(
    ledger: &Ledger,
    period: &Period,
    rows: impl Iterator<Item = Row>,
) -> Vec<CounterRow> {
    let mut sums: BTreeMap<CounterId, i64> = BTreeMap::new();
    for row in rows {
        if let Event::CounterTallied { counter, quantity } = &row.event {
            *sums.entry(*counter).or_default() += i64::from(quantity.get());
        }
    }
    let mut found: Vec<CounterRow> = ledger
        .facts()
        .listed()
        .filter_map(|(listed, stands)| {
            let counter = match listed {
                Listed::Counter(counter) => counter,
                Listed::Indicator(_) | Listed::Tenant(_) | Listed::Partner(_) => return None,
            };
            let sum = sums.get(&counter).copied();
            (sum.is_some() || stood(stands, period)).then(|| CounterRow {
                counter,
                name: stands.what.clone(),
                quantity: Value::known(
                    sum.is_some() || was_used(ledger, counter, period.first_day()),
                    sum.unwrap_or(0),
                ),
            })
        })
        .collect();
    found.sort_by_cached_key(|row| (row.name.folded(), row.counter));
    found
}

/// Whether a counter was used before a day.
fn was_used(ledger: &Ledger, counter: CounterId, before: Day) -> bool {
    let used = |row: Row| matches!(&row.event, Event::CounterTallied { counter: of, .. } if *of == counter);
    ledger.began(Kind::Counter, before)
        && ledger
            .days()
            .take_while(|day| *day < before)
            .any(|day| ledger.rows_of(day).any(used))
}

#[derive(Default)]
struct Measured {
    last: Option<(Timestamp, u64, Decimal)>,
    millionths: i128,
    number: i128,
}

pub(super) fn indicators(
    ledger: &Ledger,
    period: &Period,
    rows: impl Iterator<Item = Row>,
) -> Vec<IndicatorRow> {
    let mut found: BTreeMap<IndicatorId, Measured> = BTreeMap::new();
    for row in rows {
        let Event::IndicatorMeasured { indicator, value } = &row.event else {
            continue;
        };
        let known = found.entry(*indicator).or_default();
        known.millionths += value.millionths();
        known.number += 1;
        let place = (row.at, row.position);
        if known
            .last
            .is_none_or(|(at, position, _)| (at, position) < place)
        {
            known.last = Some((row.at, row.position, *value));
        }
    }
    let mut rows: Vec<IndicatorRow> = ledger
        .facts()
        .listed()
        .filter_map(|(listed, stands)| {
            let indicator = match listed {
                Listed::Indicator(indicator) => indicator,
                Listed::Counter(_) | Listed::Tenant(_) | Listed::Partner(_) => return None,
            };
            let measured = found.remove(&indicator);
            if measured.is_none() && !stood(stands, period) {
                return None;
            }
            let measured = measured.unwrap_or_default();
            Some(IndicatorRow {
                indicator,
                name: stands.what.clone(),
                last: measured.last.map(|(_, _, value)| value),
                mean: mean_of(measured.millionths, measured.number),
            })
        })
        .collect();
    rows.sort_by_cached_key(|row| (row.name.folded(), row.indicator));
    rows
}

/// A mean of millionths with one decimal.
fn mean_of(millionths: i128, number: i128) -> Value {
    const UNIT: i128 = 1_000_000;
    if number == 0 {
        return Value::Unknown;
    }
    Value::Decimal(rounded(millionths, number * UNIT, 1))
}

pub(super) fn grants(ledger: &Ledger, period: &Period) -> Vec<GrantRow> {
    let mut rows: Vec<GrantRow> = ledger
        .facts()
        .grants()
        .filter(|(_, stands)| stands.on(period.last_day()))
        .map(|(grant, stands)| GrantRow {
            grant,
            funder: stands.what.funder.clone(),
            purpose: stands.what.purpose.clone(),
            amount: stands.what.amount,
        })
        .collect();
    rows.sort_by_cached_key(|row| (row.funder.folded(), row.purpose.folded(), row.grant));
    rows
}

pub(super) fn canteen(ledger: &Ledger, period: &Period) -> Vec<CanteenRow> {
    let years = period.first_day().month().year()..=period.last_day().month().year();
    years
        .filter_map(|year| {
            let (first, last) = year_of(period, year)?;
            let limit = ledger.facts().canteen_limit(last)?;
            let rows = ledger.tills(first, last);
            Some(CanteenRow {
                year,
                own_cents: rows.map(|row| own_cents(&row.event)).sum(),
                limit_cents: limit.number,
                source: limit.source.clone(),
            })
        })
        .collect()
}

/// The days of a calendar year up to the end of the period.
fn year_of(period: &Period, year: i16) -> Option<(Day, Day)> {
    let january: Month = format!("{year:04}-01").parse().ok()?;
    let december: Month = format!("{year:04}-12").parse().ok()?;
    Some((
        january.first_day(),
        december.last_day().min(period.last_day()),
    ))
}

fn own_cents(event: &Event) -> i64 {
    let Event::BarRevenueCounted {
        amount,
        hire: false,
        ..
    } = event
    else {
        return 0;
    };
    i64::try_from(amount.get()).unwrap_or(i64::MAX)
}
