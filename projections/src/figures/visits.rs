//! Openings, visits and visitors.

use super::day::distinct;
use super::seen::strength;
use super::{Basis, DayCount, Figure, Seen, Value, Whole, Yardstick, rounded};
use crate::ledger::{Kind, Ledger};
use meetellen_events::tally::{Evidence, Visitor};
use meetellen_events::values::{Month, Period};
use std::collections::HashMap;

/// Visits on so many days of a month make a visitor regular.
const REGULAR_DAYS_MIN: usize = 4;

/// The days of a period, with what is known of their visits.
struct Visits<'a> {
    ledger: &'a Ledger,
    period: &'a Period,
    days: &'a [DayCount],
    open: Vec<&'a DayCount>,
    counted: Vec<&'a DayCount>,
    /// By rule 9: not before anybody was counted, nor where of some openings none was.
    known: bool,
}

pub(super) fn figures(ledger: &Ledger, period: &Period, days: &[DayCount]) -> Vec<Figure> {
    let open: Vec<&DayCount> = days.iter().filter(|day| day.open).collect();
    let counted: Vec<&DayCount> = open.iter().copied().filter(|day| day.counted).collect();
    let began = ledger.began(Kind::Visit, period.last_day());
    let known = began && (open.is_empty() || !counted.is_empty());
    let visits = Visits {
        ledger,
        period,
        days,
        open,
        counted,
        known,
    };
    let mut figures = visits.sums();
    figures.extend(visits.persons());
    figures.extend(visits.openings());
    figures
}

fn sum(days: &[&DayCount], of: fn(&DayCount) -> &Seen) -> Seen {
    let mut sum = Seen::default();
    days.iter().for_each(|day| sum.add(of(day)));
    sum
}

impl Visits<'_> {
    fn whole(&self, key: &'static str, seen: &Seen) -> Figure {
        let value = Value::known(self.known, seen.total());
        let figure = Figure::new(key, "visits", value).seen(seen, Basis::Counted);
        figure.covering(
            self.counted.len() as i64,
            Whole::Openings,
            self.open.len() as i64,
        )
    }

    fn sums(&self) -> Vec<Figure> {
        let seen = sum(&self.open, |day| &day.seen);
        let mut with_volunteers = seen.clone();
        with_volunteers.add(&sum(&self.open, |day| &day.volunteers));
        let mut waiting = Seen::default();
        self.days.iter().for_each(|day| waiting.add(&day.waiting));
        let value = Value::known(self.known || waiting.total() > 0, waiting.total());
        let to_confirm = Figure::new("visits_to_confirm", "visits", value);
        vec![
            self.whole("visits", &seen),
            self.whole("visits_with_volunteers", &with_volunteers),
            self.whole("visits_children", &sum(&self.open, |day| &day.children)),
            self.reach(),
            self.whole("visits_anonymous", &sum(&self.open, |day| &day.anonymous)),
            to_confirm.seen(&waiting, Basis::Counted),
        ]
    }

    /// Distinct known visitors of some days, by the strongest evidence of each.
    fn distinct(&self, wanted: impl Fn(&DayCount, Visitor) -> bool) -> HashMap<Visitor, Evidence> {
        let seen = self.open.iter().flat_map(|day| {
            let known = day.known.iter().copied();
            known.filter(|(visitor, _)| wanted(day, *visitor))
        });
        distinct(seen)
    }

    fn unique(&self) -> Option<HashMap<Visitor, Evidence>> {
        self.period.calendar_month().filter(|_| self.known)?;
        Some(self.distinct(|_, _| true))
    }

    fn reach(&self) -> Figure {
        const KEY: &str = "reach";
        let inhabitants = self.ledger.facts().inhabitants(self.period.last_day());
        let inhabitants = inhabitants.filter(|inhabitants| inhabitants.number > 0);
        let (Some(unique), Some(inhabitants)) = (self.unique(), inhabitants) else {
            return Figure::new(KEY, "%", Value::Unknown);
        };
        let part = 100 * unique.len() as i128;
        let value = Value::Decimal(rounded(part, i128::from(inhabitants.number), 1));
        let figure = Figure::new(KEY, "%", value).seen(&by_evidence(&unique), Basis::Counted);
        figure.against([Yardstick {
            year: None,
            sourced: inhabitants.clone(),
            against: Value::Whole(unique.len() as i64),
        }])
    }

    fn persons(&self) -> Vec<Figure> {
        let persons = |key, found: Option<HashMap<Visitor, Evidence>>| {
            let value = found
                .as_ref()
                .map_or(Value::Unknown, |found| Value::Whole(found.len() as i64));
            let seen = found.as_ref().map(by_evidence).unwrap_or_default();
            Figure::new(key, "persons", value).seen(&seen, Basis::Counted)
        };
        let seen = sum(&self.open, |day| &day.seen).total();
        let anonymous = sum(&self.open, |day| &day.anonymous).total();
        let mut unique = persons("unique_visitors", self.unique());
        if unique.value != Value::Unknown {
            unique = unique.covering(seen - anonymous, Whole::Visits, seen);
        }
        let passes = self.distinct(|_, visitor| matches!(visitor, Visitor::Pass(_)));
        vec![
            unique,
            self.unique_per_month(),
            persons("unique_pass_holders", self.known.then_some(passes)),
            persons("regular_visitors", self.regular(|_, _| true)),
            persons(
                "regular_children",
                self.regular(|day, visitor| match visitor {
                    Visitor::Pass(person) => self.ledger.facts().is_child(person, day.day),
                    Visitor::Phone(_) | Visitor::Unknown => false,
                }),
            ),
        ]
    }

    /// The mean over the whole calendar months with an opening of which anybody was counted.
    fn unique_per_month(&self) -> Figure {
        let mut seen = Seen::default();
        let mut months = 0;
        for month in self.period.whole_months() {
            let lies_in = |day: &&&DayCount| day.day.month() == month;
            if self.counted.iter().any(|day| lies_in(&day)) {
                months += 1;
                seen.add(&by_evidence(&self.of_month(month)));
            }
        }
        let value = Value::mean(seen.total(), months);
        Figure::new("unique_visitors_per_month", "persons", value).seen(&seen, Basis::Counted)
    }

    fn of_month(&self, month: Month) -> HashMap<Visitor, Evidence> {
        self.distinct(|day, _| day.day.month() == month)
    }

    /// Known visitors with visits on enough days of the calendar month; nothing for other periods.
    fn regular(
        &self,
        wanted: impl Fn(&DayCount, Visitor) -> bool,
    ) -> Option<HashMap<Visitor, Evidence>> {
        let month = self.period.calendar_month().filter(|_| self.known)?;
        let whole = Period::month(month);
        let same = (self.period.first_day(), self.period.last_day());
        if (whole.first_day(), whole.last_day()) != same {
            return None;
        }
        let mut days: HashMap<Visitor, usize> = HashMap::new();
        for day in &self.open {
            for (visitor, _) in &day.known {
                if wanted(day, *visitor) {
                    *days.entry(*visitor).or_default() += 1;
                }
            }
        }
        let regular = |visitor| {
            days.get(&visitor)
                .is_some_and(|days| *days >= REGULAR_DAYS_MIN)
        };
        Some(self.distinct(|day, visitor| regular(visitor) && wanted(day, visitor)))
    }

    fn openings(&self) -> Vec<Figure> {
        let seen = sum(&self.counted, |day| &day.seen);
        let least = self.counted.iter().min_by_key(|day| day.seen.total());
        let most = self.counted.iter().max_by_key(|day| day.seen.total());
        let visits =
            |key, value, seen: &Seen| Figure::new(key, "visits", value).seen(seen, Basis::Counted);
        let of_day = |key, day: Option<&&DayCount>| {
            let value = day.map_or(Value::Unknown, |day| Value::Whole(day.seen.total()));
            visits(
                key,
                value,
                &day.map(|day| day.seen.clone()).unwrap_or_default(),
            )
        };
        let all = if self.known {
            Value::mean(seen.total(), self.open.len())
        } else {
            Value::Unknown
        };
        let mean = Value::mean(seen.total(), self.counted.len());
        let counted = self.counted.len() as i64;
        vec![
            Figure::new("open_days", "days", Value::Whole(self.open.len() as i64))
                .shown(counted, self.open.len() as i64 - counted),
            self.per_week(),
            visits("visits_per_open_day", mean, &seen).covering(
                self.counted.len() as i64,
                Whole::Openings,
                self.open.len() as i64,
            ),
            of_day("visits_per_open_day_min", least),
            of_day("visits_per_open_day_max", most),
            visits("visits_per_open_day_all", all, &seen),
        ]
    }

    /// Over the whole ISO weeks that were over when the last fact was recorded.
    fn per_week(&self) -> Figure {
        let (ledger, now) = (self.ledger, self.ledger.recorded_at());
        let first = self.days.iter().position(|day| day.day.weekday() == 1);
        let from_monday = &self.days[first.unwrap_or(self.days.len())..];
        let weeks: Vec<&[DayCount]> = from_monday
            .chunks_exact(7)
            .filter(|week| ledger.zone().end_of(week[6].day) <= now)
            .collect();
        let open = weeks.iter().flat_map(|week| week.iter());
        let open = open.filter(|day| day.open);
        let counted = open.clone().filter(|day| day.counted).count() as i64;
        let open = open.count() as i64;
        let value = Value::mean(open, weeks.len());
        Figure::new("open_days_per_week", "days", value).shown(counted, open - counted)
    }
}

fn by_evidence(persons: &HashMap<Visitor, Evidence>) -> Seen {
    let mut seen = Seen::default();
    for evidence in persons.values() {
        seen.by[strength(*evidence)] += 1;
    }
    seen
}
