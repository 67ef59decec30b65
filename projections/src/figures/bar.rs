//! Coffee, and what was in the tills.

use super::{Basis, Figure, Seen, Value, Yardstick, rounded};
use crate::ledger::{Kind, Ledger, Row};
use meetellen_events::tally::{Event, ShiftKind};
use meetellen_events::values::{Cents, Day, Period, PersonId};
use std::collections::BTreeSet;

pub(super) fn cents(amount: Cents) -> i64 {
    i64::try_from(amount.get()).unwrap_or(i64::MAX)
}

/// A till over a period.
#[derive(Default)]
struct Till {
    all: i64,
    hire: i64,
    /// Beyond what was expected, where that was said; below it where negative.
    difference: i64,
    counts: i64,
    expected: i64,
}

impl Till {
    fn add(&mut self, amount: Cents, expected: Option<Cents>, hire: bool) {
        let amount = cents(amount);
        self.all += amount;
        self.hire += if hire { amount } else { 0 };
        self.counts += 1;
        if let Some(expected) = expected {
            self.difference += amount - cents(expected);
            self.expected += 1;
        }
    }
}

/// Coffee and tills over a period.
#[derive(Default)]
pub(super) struct Bar {
    cups: Seen,
    paid: Seen,
    free: Seen,
    bar_volunteers: BTreeSet<PersonId>,
    bar: Till,
    shop: Till,
}

impl Bar {
    pub(super) fn add_day(&mut self, rows: &[Row]) {
        rows.iter().for_each(|row| self.add(&row.event));
    }

    pub(super) fn figures(&self, ledger: &Ledger, period: &Period) -> Vec<Figure> {
        let began = |kind| ledger.began(kind, period.last_day());
        let (bar_began, shop_began) = (began(Kind::BarRevenue), began(Kind::ShopRevenue));
        let (bar, shop) = (&self.bar, &self.shop);
        let mut figures = Vec::from(self.coffee(began));
        figures.extend([
            money("bar_revenue", bar_began, bar.all),
            money("bar_revenue_hire", bar_began, bar.hire),
            difference("bar_revenue_difference", began(Kind::BarExpected), bar),
        ]);
        figures.extend(canteen(ledger, period));
        figures.extend([
            money("shop_revenue", shop_began, shop.all),
            difference("shop_revenue_difference", began(Kind::ShopExpected), shop),
        ]);
        figures
    }

    fn add(&mut self, event: &Event) {
        match event {
            Event::CoffeeServed {
                cups,
                paid,
                pot,
                evidence,
                ..
            } => {
                let cups = i64::from(cups.get());
                let mut seen = Seen::default();
                if *pot {
                    seen.guessed = cups;
                } else {
                    seen.check_in(*evidence, cups);
                }
                self.cups.add(&seen);
                match paid {
                    Some(true) => self.paid.add(&seen),
                    Some(false) => self.free.add(&seen),
                    None => {}
                }
            }
            Event::ShiftStarted {
                volunteer,
                kind: ShiftKind::Bar,
                ..
            } => {
                self.bar_volunteers.insert(*volunteer);
            }
            Event::BarRevenueCounted {
                amount,
                expected,
                hire,
            } => self.bar.add(*amount, *expected, *hire),
            Event::ShopRevenueCounted { amount, expected } => {
                self.shop.add(*amount, *expected, false);
            }
            Event::ShiftStarted { .. }
            | Event::MoneyDonated { .. }
            | Event::GoodsDonated { .. }
            | Event::VisitorCheckedIn { .. }
            | Event::HeadsCounted { .. }
            | Event::CounterTallied { .. }
            | Event::ContributionMade { .. }
            | Event::ShiftEnded { .. }
            | Event::IndicatorMeasured { .. }
            | Event::OpeningNoted { .. }
            | Event::EntryRetracted { .. }
            | Event::EntriesConfirmed { .. } => {}
        }
    }

    fn coffee(&self, began: impl Fn(Kind) -> bool) -> [Figure; 4] {
        let cups = |key, known, seen: &Seen| {
            let value = Value::known(known, seen.total());
            Figure::new(key, "cups", value).seen(seen, Basis::Counted)
        };
        let (all, said) = (self.cups.total(), self.paid.total() + self.free.total());
        let paid_known = began(Kind::CoffeePaid) && (all == 0 || said > 0);
        let persons = self.bar_volunteers.len() as i64;
        let each = if persons > 0 && began(Kind::Coffee) {
            Value::Whole((2 * all + persons) / (2 * persons))
        } else {
            Value::Unknown
        };
        [
            cups("coffee_cups", began(Kind::Coffee), &self.cups),
            cups("coffee_cups_paid", paid_known, &self.paid),
            cups("coffee_cups_free", paid_known, &self.free),
            Figure::new("coffee_cups_per_bar_volunteer", "cups/person", each)
                .seen(&self.cups, Basis::Counted),
        ]
    }
}

fn money(key: &'static str, known: bool, cents: i64) -> Figure {
    Figure::new(key, "cents", Value::known(known, cents)).entered()
}

/// What was in a till beyond what was expected, where anybody said what was.
fn difference(key: &'static str, began: bool, till: &Till) -> Figure {
    let known = began && (till.counts == 0 || till.expected > 0);
    money(key, known, till.difference)
}

/// The bar's own revenue, private hire left out, from the beginning of the calendar year to the period's last day, and
/// its share of the limit up to which canteen revenue bears no VAT.
fn canteen(ledger: &Ledger, period: &Period) -> [Figure; 2] {
    let last = period.last_day();
    let year = last.date().year();
    let first = Day::new(last.date().first_of_year());
    let mut till = Till::default();
    for row in ledger.tills(first, last) {
        if let Event::BarRevenueCounted {
            amount,
            expected,
            hire,
        } = &row.event
        {
            till.add(*amount, *expected, *hire);
        }
    }
    let own = till.all - till.hire;
    let known = ledger.began(Kind::BarRevenue, last);
    let limit = ledger.facts().canteen_limit(last);
    let limit = limit.filter(|limit| limit.number > 0);
    let share = match limit {
        Some(limit) if known => {
            let part = 100 * i128::from(own);
            Value::Decimal(rounded(part, i128::from(limit.number), 1))
        }
        Some(_) | None => Value::Unknown,
    };
    let yardstick = || {
        limit.map(|limit| Yardstick {
            year: Some(year),
            sourced: limit.clone(),
            against: Value::known(known, own),
        })
    };
    [
        money("bar_revenue_own_year", known, own).against(yardstick()),
        Figure::new("canteen_limit_used", "%", share)
            .entered()
            .against(yardstick()),
    ]
}
