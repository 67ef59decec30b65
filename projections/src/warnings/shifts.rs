//! Shifts that never ended, lasted too long, or overlap.

use super::{Kind, Parameter, Warning};
use crate::figures::rounded;
use crate::ledger::{Ledger, Row, SHIFT_MILLIS_MAX};
use meetellen_events::tally::{Event, ShiftKind};
use meetellen_events::values::{Day, Period, PersonId, Timestamp};
use std::collections::BTreeMap;

const HOUR_MILLIS: i128 = 3_600_000;

struct Shift {
    row: Row,
    day: Day,
    volunteer: PersonId,
    kind: ShiftKind,
    ended_at: Option<Timestamp>,
}

pub(super) fn warnings(ledger: &Ledger, period: &Period) -> Vec<Warning> {
    let now = ledger.recorded_at();
    // A shift of the day before may last into the period.
    let before = period.first_day().plus(-1);
    let days = std::iter::once(before).chain(period.days());
    let shifts: Vec<Shift> = days.flat_map(|day| of_day(ledger, day)).collect();
    let own = shifts.iter().filter(|shift| period.contains(shift.day));
    let mut found: Vec<Warning> = own
        .filter_map(|shift| hours_unknown(ledger, shift, now))
        .collect();
    found.extend(at_once(ledger, period, &shifts, now));
    found
}

fn of_day(ledger: &Ledger, day: Day) -> impl Iterator<Item = Shift> {
    ledger.rows_of(day).filter_map(move |row| {
        let Event::ShiftStarted {
            volunteer, kind, ..
        } = &row.event
        else {
            return None;
        };
        let (volunteer, kind) = (*volunteer, *kind);
        let end = ledger.end_of(&row);
        Some(Shift {
            row,
            day,
            volunteer,
            kind,
            ended_at: end.map(|end| end.at),
        })
    })
}

fn hours_unknown(ledger: &Ledger, shift: &Shift, now: Timestamp) -> Option<Warning> {
    let warn = |kind| {
        Warning::new(kind, shift.day)
            .with("shift", Parameter::Shift(shift.kind))
            .with("since", Parameter::Time(shift.row.at))
            .about([&shift.row])
    };
    let Some(ended_at) = shift.ended_at else {
        let over = ledger.zone().end_of(shift.day) <= now;
        return over.then(|| warn(Kind::ShiftNotEnded));
    };
    let millis = ended_at.millis_since(shift.row.at);
    (millis > SHIFT_MILLIS_MAX).then(|| {
        let hours = rounded(i128::from(millis), HOUR_MILLIS, 1);
        warn(Kind::ShiftTooLong).with("hours", Parameter::Decimal(hours))
    })
}

/// Of each shift that begins while another of the same person lasts, that other.
fn at_once(ledger: &Ledger, period: &Period, shifts: &[Shift], now: Timestamp) -> Vec<Warning> {
    let mut by_person: BTreeMap<PersonId, Vec<&Shift>> = BTreeMap::new();
    for shift in shifts {
        by_person.entry(shift.volunteer).or_default().push(shift);
    }
    let mut found = Vec::new();
    for mut own in by_person.into_values() {
        own.sort_by_key(|shift| (shift.row.at, shift.row.position));
        let mut lasting: Option<(&Shift, Timestamp)> = None;
        for shift in own {
            let until = until(ledger, shift, now);
            if let Some((other, end)) = lasting
                && shift.row.at < end
                && until > shift.row.at
                && period.contains(shift.day)
            {
                let warning = Warning::new(Kind::ShiftsAtOnce, shift.day)
                    .with("since", Parameter::Time(shift.row.at))
                    .with("until", Parameter::Time(end.min(until)));
                found.push(warning.about([&other.row, &shift.row]));
            }
            if lasting.is_none_or(|(_, end)| end < until) {
                lasting = Some((shift, until));
            }
        }
    }
    found
}

/// A shift without hours lasts to the end of its day, or to now.
fn until(ledger: &Ledger, shift: &Shift, now: Timestamp) -> Timestamp {
    let end_of_day = ledger.zone().end_of(shift.day);
    match (ledger.hours_of(&shift.row), shift.ended_at) {
        (Some(_), Some(ended_at)) => ended_at,
        (None, _) | (_, None) => end_of_day.min(now.max(shift.row.at)),
    }
}
