//! Coffee, shifts, hours, money and gifts.

use super::{Figure, Value, figure, rounded};
use crate::ledger::{Ledger, Row};
use meetellen_events::tally::{Event, HoursBasis, ShiftKind};
use meetellen_events::values::{Cents, Period, PersonId};
use std::collections::HashSet;

const LONGEST_SHIFT_MILLIS: i64 = 16 * 3_600_000;
const HOUR_MILLIS: i128 = 3_600_000;

fn cents(amount: Cents) -> i64 {
    i64::try_from(amount.get()).unwrap_or(i64::MAX)
}

#[derive(Default)]
struct Sums {
    pots: i64,
    hours_basis: HashSet<HoursBasis>,
    cups: i64,
    shifts: i64,
    bar_shifts: i64,
    bar_volunteers: HashSet<PersonId>,
    millis: i64,
    timed: i64,
    bar: i64,
    hire: i64,
    shop: i64,
    money: i64,
    gifts: i64,
    money_donors: HashSet<PersonId>,
    goods_donors: HashSet<PersonId>,
    unnamed_money: usize,
    unnamed_goods: usize,
}

impl Sums {
    fn coffee_basis(&self) -> &'static str {
        match self.pots {
            0 => "counted",
            pots if pots == self.cups => "estimated",
            _some => "mixed",
        }
    }

    fn hours_basis(&self) -> &'static str {
        let mut bases = self.hours_basis.iter();
        match (bases.next(), bases.next()) {
            (Some(HoursBasis::Clocked) | None, None) => "counted",
            (Some(HoursBasis::Entered), None) => "entered",
            (Some(HoursBasis::Estimated), None) => "estimated",
            (_, Some(_)) => "mixed",
        }
    }

    fn add(&mut self, ledger: &Ledger, row: &Row) {
        match &row.event {
            Event::CoffeeServed { cups, pot, .. } => {
                self.cups += i64::from(cups.get());
                self.pots += if *pot { i64::from(cups.get()) } else { 0 };
            }
            Event::ShiftStarted {
                volunteer, kind, ..
            } => {
                self.shifts += 1;
                if *kind == ShiftKind::Bar {
                    self.bar_shifts += 1;
                    self.bar_volunteers.insert(*volunteer);
                }
                let end = row.ends.iter().rev().find_map(|place| ledger.row(*place));
                let millis = end.map(|end| end.at.millis_since(row.at));
                if let Some(millis) = millis.filter(|millis| *millis <= LONGEST_SHIFT_MILLIS) {
                    self.millis += millis;
                    self.timed += 1;
                    if let Some(Event::ShiftEnded { basis, .. }) = end.map(|end| &end.event) {
                        self.hours_basis.insert(*basis);
                    }
                }
            }
            Event::BarRevenueCounted { amount, hire, .. } => {
                self.bar += cents(*amount);
                self.hire += if *hire { cents(*amount) } else { 0 };
            }
            Event::ShopRevenueCounted { amount, .. } => self.shop += cents(*amount),
            Event::MoneyDonated { amount, donor, .. } if !row.waiting => {
                self.money += cents(*amount);
                self.gifts += 1;
                self.unnamed_money += usize::from(donor.is_none());
                self.money_donors.extend(*donor);
            }
            Event::GoodsDonated { donor, .. } if !row.waiting => {
                self.unnamed_goods += usize::from(donor.is_none());
                self.goods_donors.extend(*donor);
            }
            Event::MoneyDonated { .. }
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
}

/// A sum is unknown in a period that ends before the first entry of its kind.
fn known(ledger: &Ledger, period: &Period, is: fn(&Event) -> bool, value: i64) -> Value {
    let began = ledger
        .days()
        .take_while(|day| *day <= period.last_day())
        .any(|day| ledger.rows_of(day).any(|row| is(&row.event)));
    if began {
        Value::Whole(value)
    } else {
        Value::Unknown
    }
}

pub(super) fn figures(ledger: &Ledger, period: &Period) -> Vec<Figure> {
    let mut sums = Sums::default();
    for row in period.days().flat_map(|day| ledger.rows_of(day)) {
        sums.add(ledger, row);
    }
    let sum = |is, value| known(ledger, period, is, value);
    let coffee = |event: &Event| matches!(event, Event::CoffeeServed { .. });
    let shift = |event: &Event| matches!(event, Event::ShiftStarted { .. });
    let bar = |event: &Event| matches!(event, Event::BarRevenueCounted { .. });
    let shop = |event: &Event| matches!(event, Event::ShopRevenueCounted { .. });
    let money = |event: &Event| matches!(event, Event::MoneyDonated { .. });
    let hours = if sums.timed == 0 {
        Value::Unknown
    } else {
        Value::Decimal(rounded(i128::from(sums.millis), HOUR_MILLIS, 1))
    };
    let per_volunteer = match sums.bar_volunteers.len() {
        0 => Value::Unknown,
        persons => Value::Whole((2 * sums.cups + persons as i64) / (2 * persons as i64)),
    };
    let either = sums.money_donors.union(&sums.goods_donors).count();
    let people =
        |key, number: usize| figure(key, "persons", "entered", Value::Whole(number as i64));
    vec![
        figure(
            "coffee_cups",
            "cups",
            sums.coffee_basis(),
            sum(coffee, sums.cups),
        ),
        figure(
            "coffee_cups_per_bar_volunteer",
            "cups/person",
            sums.coffee_basis(),
            per_volunteer,
        ),
        figure("shifts", "shifts", "counted", sum(shift, sums.shifts)),
        figure(
            "bar_shifts",
            "shifts",
            "counted",
            sum(shift, sums.bar_shifts),
        ),
        figure("volunteer_hours", "hours", sums.hours_basis(), hours),
        figure("bar_revenue", "cents", "entered", sum(bar, sums.bar)),
        figure("bar_revenue_hire", "cents", "entered", sum(bar, sums.hire)),
        figure("shop_revenue", "cents", "entered", sum(shop, sums.shop)),
        figure(
            "donations_money",
            "cents",
            "entered",
            sum(money, sums.money),
        ),
        figure(
            "donations_money_count",
            "gifts",
            "entered",
            sum(money, sums.gifts),
        ),
        people("money_donors", sums.money_donors.len() + sums.unnamed_money),
        people("goods_donors", sums.goods_donors.len() + sums.unnamed_goods),
        people("donors", either + sums.unnamed_money + sums.unnamed_goods),
    ]
}
