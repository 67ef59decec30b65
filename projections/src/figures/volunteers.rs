//! Volunteers, their shifts and hours.

use super::{Basis, DayCount, Figure, Seen, Value, Whole, Yardstick, rounded};
use crate::facts::Facts;
use crate::ledger::{Kind, Ledger, Row};
use meetellen_events::tally::{Event, HoursBasis, ShiftKind};
use meetellen_events::values::{Day, Period, PersonId, Timestamp};
use std::collections::BTreeMap;

const HOUR_MILLIS: i64 = 3_600_000;

/// What the volunteers of a period did.
#[derive(Default)]
pub(super) struct Work {
    shifts: i64,
    bar_shifts: i64,
    instructed: i64,
    /// Shifts whose hours are known.
    timed: i64,
    /// Milliseconds, by how their end was known.
    time: Seen,
    millis_by_year: BTreeMap<i16, i64>,
    /// Who was active, and whether by a shift.
    active: BTreeMap<PersonId, bool>,
}

/// The register on the last day, and who joined or left in the period.
fn registered(facts: &Facts, period: &Period) -> Vec<Figure> {
    let last = period.last_day();
    let (mut on_last, mut joined, mut left, mut near) = (0, 0, 0, 0);
    for person in facts.persons() {
        if facts.is_volunteer(person, last) {
            on_last += 1;
            let marked = facts.person(person, last, |facts| facts.from_neighbourhood);
            near += i64::from(marked == Some(true));
        }
        let turned = |to: bool| {
            let turns = facts.turns(person).filter(|day| period.contains(*day));
            turns.into_iter().any(|day| {
                facts.is_volunteer(person, day) == to
                    && facts.is_volunteer(person, day.plus(-1)) != to
            })
        };
        joined += i64::from(turned(true));
        left += i64::from(turned(false));
    }
    let persons = |key, number| Figure::new(key, "persons", Value::Whole(number)).entered();
    vec![
        persons("volunteers_registered", on_last),
        persons("volunteers_joined", joined),
        persons("volunteers_left", left),
        persons("volunteers_from_neighbourhood", near),
    ]
}

/// Milliseconds as hours with one decimal, in tenths.
fn tenths(millis: i64) -> i64 {
    (20 * millis + HOUR_MILLIS) / (2 * HOUR_MILLIS)
}

fn hours(millis: i64) -> Value {
    Value::Decimal(rounded(i128::from(millis), i128::from(HOUR_MILLIS), 1))
}

/// Kind, volunteer and span of a shift; one without hours lasts to the end of its day.
fn duty(ledger: &Ledger, day: Day, row: &Row) -> Option<(ShiftKind, PersonId, Span)> {
    let Event::ShiftStarted {
        volunteer, kind, ..
    } = &row.event
    else {
        return None;
    };
    let end = match ledger.hours_of(row) {
        Some((millis, _)) => row.at.plus_millis(millis),
        None => ledger.zone().end_of(day),
    };
    Some((*kind, *volunteer, Span(row.at, end)))
}

/// From an instant to another, which may be the same.
#[derive(Clone, Copy)]
struct Span(Timestamp, Timestamp);

impl Span {
    fn meets(self, other: Self) -> bool {
        self.0 == other.0 || self.0 < other.1 && other.0 < self.1
    }
}

impl Work {
    pub(super) fn figures(&self, ledger: &Ledger, period: &Period) -> Vec<Figure> {
        let known = ledger.began(Kind::Shift, period.last_day());
        let shifts = |key, number| Figure::new(key, "shifts", Value::known(known, number)).tapped();
        let instructed = shifts("bar_shifts_instructed", self.instructed);
        let mut figures = registered(ledger.facts(), period);
        figures.push(self.active(ledger, period));
        figures.push(shifts("shifts", self.shifts));
        figures.push(shifts("bar_shifts", self.bar_shifts));
        figures.extend(self.hours());
        figures.push(self.replacement_value(ledger, period));
        figures.push(instructed.covering(self.instructed, Whole::Shifts, self.bar_shifts));
        figures
    }

    pub(super) fn add_day(&mut self, ledger: &Ledger, count: &DayCount, rows: &[Row]) {
        let day = count.day;
        self.add_organisers(ledger, count);
        let mut bar: Vec<Span> = Vec::new();
        for row in rows {
            if let Event::ContributionMade {
                volunteer: Some(volunteer),
                ..
            } = &row.event
            {
                self.active.entry(*volunteer).or_default();
            }
            let Some((kind, volunteer, span)) = duty(ledger, day, row) else {
                continue;
            };
            self.shifts += 1;
            self.active.insert(volunteer, true);
            if kind == ShiftKind::Bar {
                bar.push(span);
            }
            if let Some((millis, basis)) = ledger.hours_of(row) {
                self.timed += 1;
                *self.millis_by_year.entry(day.date().year()).or_default() += millis;
                match basis {
                    HoursBasis::Clocked => self.time.add(&Seen::tapped(millis)),
                    HoursBasis::Entered => self.time.entered += millis,
                    HoursBasis::Estimated => self.time.guessed += millis,
                }
            }
        }
        self.bar_shifts += bar.len() as i64;
        if bar.is_empty() {
            return;
        }
        // A shift may reach into the next day, but no further.
        let around = [day.plus(-1), day, day.next()];
        let duties = around.into_iter().flat_map(|near| {
            let rows = ledger.rows_of(near);
            rows.filter_map(move |row| duty(ledger, near, &row))
        });
        let instructed: Vec<Span> = duties
            .filter(|(_, volunteer, _)| {
                let marked = ledger
                    .facts()
                    .person(*volunteer, day, |facts| facts.alcohol_instruction);
                marked == Some(true)
            })
            .map(|(.., span)| span)
            .collect();
        let covered = bar
            .iter()
            .filter(|shift| instructed.iter().any(|span| span.meets(**shift)));
        self.instructed += covered.count() as i64;
    }

    fn add_organisers(&mut self, ledger: &Ledger, day: &DayCount) {
        for (activity, _) in &day.activities {
            let organisers = ledger
                .facts()
                .activity(*activity, day.day, |facts| facts.organisers.clone());
            for person in organisers.into_iter().flatten() {
                self.active.entry(person).or_default();
            }
        }
    }

    fn active(&self, ledger: &Ledger, period: &Period) -> Figure {
        let (active, by_shift) = (
            self.active.len() as i64,
            self.active.values().filter(|by_shift| **by_shift).count() as i64,
        );
        let known = active > 0 || ledger.began(Kind::Shift, period.last_day());
        let mut seen = Seen::tapped(by_shift);
        seen.entered = active - by_shift;
        Figure::new("volunteers_active", "persons", Value::known(known, active))
            .seen(&seen, Basis::Counted)
    }

    fn hours(&self) -> [Figure; 4] {
        let figure = |key, seen: &Seen, otherwise| {
            let value = if self.timed == 0 {
                Value::Unknown
            } else {
                hours(seen.total())
            };
            let figure = Figure::new(key, "hours", value).seen(seen, otherwise);
            figure.covering(self.timed, Whole::Shifts, self.shifts)
        };
        let of = |basis: Basis| {
            let mut part = Seen::default();
            match basis {
                Basis::Counted => part.by = self.time.by,
                Basis::Entered => part.entered = self.time.entered,
                Basis::Estimated => part.guessed = self.time.guessed,
                Basis::HeadCount | Basis::Mixed | Basis::Unknown => {}
            }
            part
        };
        let apart = |key, basis| figure(key, &of(basis), basis);
        [
            figure("volunteer_hours", &self.time, Basis::Counted),
            apart("volunteer_hours_clocked", Basis::Counted),
            apart("volunteer_hours_entered", Basis::Entered),
            apart("volunteer_hours_estimated", Basis::Estimated),
        ]
    }

    /// Hours as printed times the rate of their year, years apart: the rate that holds on the last day of the year's part.
    fn replacement_value(&self, ledger: &Ledger, period: &Period) -> Figure {
        const KEY: &str = "replacement_value";
        let mut rates = Vec::new();
        let mut tenths_of_cents = 0;
        for (year, millis) in &self.millis_by_year {
            let of_year = period.days().filter(|day| day.date().year() == *year);
            let rate = of_year
                .last()
                .and_then(|day| ledger.facts().hourly_rate(day));
            let Some(rate) = rate else {
                return Figure::new(KEY, "cents", Value::Unknown);
            };
            tenths_of_cents += i128::from(tenths(*millis)) * i128::from(rate.number);
            rates.push(Yardstick {
                year: Some(*year),
                sourced: rate.clone(),
                against: hours(*millis),
            });
        }
        let value = match i64::try_from((tenths_of_cents + 5) / 10) {
            Ok(cents) if self.timed > 0 => Value::Whole(cents),
            Ok(_) | Err(_) => Value::Unknown,
        };
        Figure::new(KEY, "cents", value)
            .seen(&self.time, Basis::Counted)
            .covering(self.timed, Whole::Shifts, self.shifts)
            .against(rates)
    }
}
