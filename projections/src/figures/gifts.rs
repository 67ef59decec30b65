//! Gifts of money and goods, and who gave.

use super::bar::cents;
use super::{Figure, Value};
use crate::ledger::{Kind, Ledger, Row};
use meetellen_events::tally::Event;
use meetellen_events::values::{Period, PersonId};
use std::collections::BTreeSet;

/// Givers of one sort: each named person once, each unnamed gift one.
#[derive(Default)]
struct Givers {
    named: BTreeSet<PersonId>,
    unnamed: usize,
}

impl Givers {
    fn add(&mut self, donor: Option<PersonId>) {
        match donor {
            Some(person) => {
                self.named.insert(person);
            }
            None => self.unnamed += 1,
        }
    }

    fn number(&self) -> i64 {
        (self.named.len() + self.unnamed) as i64
    }
}

/// Gifts over a period.
#[derive(Default)]
pub(super) struct Gifts {
    money: i64,
    gifts: i64,
    money_givers: Givers,
    goods_givers: Givers,
}

impl Gifts {
    pub(super) fn add_day(&mut self, rows: &[Row]) {
        let counting = rows.iter().filter(|row| !row.waiting);
        counting.for_each(|row| self.add(&row.event));
    }

    fn add(&mut self, event: &Event) {
        match event {
            Event::MoneyDonated { amount, donor, .. } => {
                self.money += cents(*amount);
                self.gifts += 1;
                self.money_givers.add(*donor);
            }
            Event::GoodsDonated { donor, .. } => self.goods_givers.add(*donor),
            Event::CoffeeServed { .. }
            | Event::ShiftStarted { .. }
            | Event::BarRevenueCounted { .. }
            | Event::ShopRevenueCounted { .. }
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

    pub(super) fn figures(&self, ledger: &Ledger, period: &Period) -> Vec<Figure> {
        let money_began = ledger.began(Kind::Money, period.last_day());
        let goods_began = ledger.began(Kind::Goods, period.last_day());
        let (money, goods) = (&self.money_givers, &self.goods_givers);
        let either = money.named.union(&goods.named).count() + money.unnamed + goods.unnamed;
        let figure = |key, unit, known, number| {
            Figure::new(key, unit, Value::known(known, number)).entered()
        };
        vec![
            figure("donations_money", "cents", money_began, self.money),
            figure("donations_money_count", "gifts", money_began, self.gifts),
            figure(
                "donors",
                "persons/parties",
                money_began || goods_began,
                either as i64,
            ),
            figure(
                "money_donors",
                "persons/parties",
                money_began,
                money.number(),
            ),
            figure(
                "goods_donors",
                "persons/parties",
                goods_began,
                goods.number(),
            ),
        ]
    }
}
