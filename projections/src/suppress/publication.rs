//! The published tables, and an answer cut to them.

use super::persons::{Persons, small_or};
use super::shown;
use super::span::Span;
use super::table::{Item, SMALL, Table, Told};
use crate::figures::{DayCount, Figure, Figures, Value, Whole, count_day};
use crate::ledger::Ledger;
use crate::sections::{self, GoodsRow, Sections};
use meetellen_events::tally::Event;
use meetellen_events::values::{ActivityId, Day, Period};

/// The tables behind an answer.
pub(super) struct Publication {
    period: Period,
    visits: Table,
    with_volunteers: Table,
    children: Table,
    anonymous: Table,
    /// Visits of those who can be told apart: what lies between the visits and the anonymous ones.
    known: Table,
    to_confirm: Table,
    participations: Table,
    gifts: Table,
    persons: Persons,
}

/// How a figure is told.
enum Rule {
    /// As it is: nobody is counted, or only who the rule leaves out.
    Free,
    /// By its own table.
    Sum,
    /// By its own table, where the visits are told.
    Visits,
    /// By its own table, where the visits are told and what lies between the two would be.
    Anonymous,
    /// As visits are.
    OfVisits,
    /// As participations are.
    OfParticipations,
    /// The fewest visits of a day.
    Least,
    /// The most visits of a day.
    Most,
    /// Distinct persons; of visitors only where the visits are told.
    Distinct { visitors: bool },
    /// As the unique visitors are.
    OfUnique,
    /// The mean of months of unique visitors.
    UniquePerMonth,
}

fn rule(key: &str) -> Rule {
    match key {
        "visits" | "participations" | "visits_to_confirm" | "donations_money_count" => Rule::Sum,
        "visits_with_volunteers" | "visits_children" => Rule::Visits,
        "visits_anonymous" => Rule::Anonymous,
        "visits_per_open_day" | "visits_per_open_day_all" => Rule::OfVisits,
        "visits_per_open_day_min" => Rule::Least,
        "visits_per_open_day_max" => Rule::Most,
        "average_participations" => Rule::OfParticipations,
        "unique_visitors" | "unique_pass_holders" | "regular_visitors" | "regular_children" => {
            Rule::Distinct { visitors: true }
        }
        "donors" | "money_donors" | "goods_donors" | "survey_responses" => {
            Rule::Distinct { visitors: false }
        }
        "reach" => Rule::OfUnique,
        "unique_visitors_per_month" => Rule::UniquePerMonth,
        _ => Rule::Free,
    }
}

/// Whether a figure is not told as it is wherever it is small.
pub(super) fn counts_persons(key: &str) -> bool {
    !matches!(rule(key), Rule::Free)
}

/// Every day of the calendar years a period touches, as far as they have begun.
fn days(ledger: &Ledger, period: &Period) -> Vec<DayCount> {
    let now = ledger.recorded_at();
    let begun = ledger.zone().day_of(now);
    let first = Span::year_of(period.first_day().month()).first_day();
    let last = Span::year_of(period.last_day().month()).last_day();
    let days = std::iter::successors(Some(first), |day| Some(day.next()));
    days.take_while(|day| *day <= last.min(begun))
        .map(|day| count_day(ledger, day, now))
        .collect()
}

fn table(numbers: impl Iterator<Item = (Day, i64)>) -> Table {
    let items = numbers.map(|(day, number)| Item::of_day(day, number));
    Table::new(items.filter(|item| item.number > 0).collect())
}

/// Whoever takes part is a visit, but for volunteers on duty: so the fullest session bounds the visits of its day, and
/// they bound it; and of a session that is fuller than its day is small nothing may be told.
fn visits_and_participations(ledger: &Ledger, days: &[DayCount]) -> (Table, Table) {
    let mut of_days = Vec::new();
    let mut of_sessions = Vec::new();
    for count in days {
        let visits = count.seen.total();
        let is_few = visits == 0 || SMALL.contains(&visits);
        let held = sections::held_on(ledger, count.day);
        let fullest = held.iter().map(|(_, number)| *number).max().unwrap_or(0);
        if visits > 0 {
            of_days.push(Item {
                least: if is_few { 0 } else { fullest.min(visits) },
                ..Item::of_day(count.day, visits)
            });
        }
        of_sessions.extend(held.into_iter().map(|(activity, number)| Item {
            activity: Some(activity),
            most: if is_few { i64::MAX } else { number.max(visits) },
            guarded: visits > 0 && is_few && number > *SMALL.end(),
            ..Item::of_day(count.day, number)
        }));
    }
    (Table::new(of_days), Table::new(of_sessions))
}

fn money_gifts(ledger: &Ledger, day: Day) -> i64 {
    let gifts = ledger.rows_of(day).filter(|row| !row.waiting);
    let gifts = gifts.filter(|row| matches!(&row.event, Event::MoneyDonated { .. }));
    gifts.count() as i64
}

impl Publication {
    pub(super) fn new(
        ledger: &Ledger,
        period: Period,
        figures: &Figures,
        sections: &Sections,
    ) -> Self {
        let days = days(ledger, &period);
        let of = |number: fn(&DayCount) -> i64| {
            table(days.iter().map(|count| (count.day, number(count))))
        };
        let (visits, participations) = visits_and_participations(ledger, &days);
        Self {
            period,
            visits,
            with_volunteers: of(|count| count.seen.total() + count.volunteers.total()),
            children: of(|count| count.children.total()),
            anonymous: of(|count| count.anonymous.total()),
            known: of(|count| count.seen.total() - count.anonymous.total()),
            to_confirm: of(|count| count.waiting.total()),
            participations,
            gifts: table(
                days.iter()
                    .map(|count| (count.day, money_gifts(ledger, count.day))),
            ),
            persons: Persons::new(ledger, &period, figures, sections),
        }
    }

    fn table(&self, key: &str) -> &Table {
        match key {
            "visits_with_volunteers" => &self.with_volunteers,
            "visits_children" => &self.children,
            "visits_anonymous" => &self.anonymous,
            "visits_to_confirm" => &self.to_confirm,
            "participations" => &self.participations,
            "donations_money_count" => &self.gifts,
            _ => &self.visits,
        }
    }

    fn told(&self, figure: &Figure) -> Told {
        let visits = self.visits.told(None, &self.period);
        let own = || self.table(figure.key).told(None, &self.period);
        // Nothing at all is withheld too: no child on a small day leaves all of them to the others.
        let with_visits = |told: Told| match visits {
            Told::Exact => told,
            Told::Small | Told::Withheld => small_or(&figure.value, Told::Withheld),
        };
        match rule(figure.key) {
            Rule::Free => Told::Exact,
            Rule::Sum => own(),
            Rule::Visits => with_visits(own()),
            Rule::Anonymous => match self.known.told(None, &self.period) {
                Told::Exact => with_visits(own()),
                Told::Small | Told::Withheld => small_or(&figure.value, Told::Withheld),
            },
            Rule::OfVisits => visits,
            Rule::OfParticipations => self.participations.told(None, &self.period),
            Rule::Least => self.least(&figure.value),
            Rule::Most => self.most(&figure.value),
            Rule::Distinct { visitors: true } => with_visits(self.persons.told(figure.key)),
            Rule::Distinct { visitors: false } => self.persons.told(figure.key),
            Rule::OfUnique => with_visits(self.persons.told("unique_visitors")),
            Rule::UniquePerMonth => with_visits(self.persons.unique_per_month()),
        }
    }

    /// That the fewest are few is told where some day says so of itself; else it would be news.
    fn least(&self, least: &Value) -> Told {
        let all_told = self.visits.all_days_told(&self.period);
        match small_or(least, Told::Exact) {
            Told::Exact if all_told => Told::Exact,
            Told::Small if self.visits.any_day_small(&self.period) => Told::Small,
            Told::Exact | Told::Small | Told::Withheld => Told::Withheld,
        }
    }

    fn most(&self, most: &Value) -> Told {
        match small_or(most, Told::Exact) {
            Told::Exact if self.visits.top_told(&self.period) => Told::Exact,
            Told::Small if self.visits.all_days_small(&self.period) => Told::Small,
            Told::Exact | Told::Small | Told::Withheld => Told::Withheld,
        }
    }

    /// The figures as they may leave.
    pub(super) fn figures(&self, mut figures: Figures) -> Figures {
        let anonymous = figures.get("visits_anonymous");
        let anonymous = anonymous.map_or(Told::Withheld, |figure| self.told(figure));
        for figure in &mut figures.figures {
            let told = self.told(figure);
            let value = shown(&figure.value, told);
            let hidden = value != figure.value;
            let counts = !matches!(rule(figure.key), Rule::Free);
            if hidden || counts && tells_small_part(figure) {
                figure.basis_share.clear();
                figure.evidence_share.clear();
            }
            // Coverage by visits tells both the visits and how many of them are anonymous.
            let of_visits = figure
                .coverage
                .is_some_and(|covered| covered.of == Whole::Visits);
            let visits = self.visits.told(None, &self.period);
            if of_visits && (hidden || visits != Told::Exact || anonymous != Told::Exact) {
                figure.coverage = None;
            }
            if hidden {
                let yardsticks = figure.yardsticks.iter_mut();
                yardsticks.for_each(|yardstick| yardstick.against = value.clone());
            }
            figure.value = value;
        }
        figures
    }

    fn of_activity(&self, activity: ActivityId) -> Told {
        self.participations.told(Some(activity), &self.period)
    }

    /// The sections as they may leave.
    pub(super) fn sections(&self, mut sections: Sections) -> Sections {
        for row in &mut sections.by_activity {
            let told = self.of_activity(row.activity);
            let value = shown(&row.participations, told);
            if value != row.participations {
                row.average_participations = value.clone();
            }
            row.participations = value;
        }
        for row in &mut sections.by_day {
            let day = Period::day(row.day);
            row.visits = shown(&row.visits, self.visits.told(None, &day));
            let told = self.participations.told(None, &day);
            row.participations = shown(&row.participations, told);
        }
        if !self.participations.top_told(&self.period) {
            sections.busiest_session = None;
        }
        for row in &mut sections.goods {
            self.goods(row);
        }
        sections
    }

    /// Nobody gave less than one thing, so that few things tell of few givers.
    fn goods(&self, row: &mut GoodsRow) {
        let told = self.persons.category(&row.category);
        if !self.persons.tells_quantity(&row.category) {
            row.quantity = Value::Withheld;
        }
        row.donors = shown(&row.donors, told);
    }
}

/// Whether a share of a number of persons stands for 1 to 4 of them, and nothing else.
fn tells_small_part(figure: &Figure) -> bool {
    let Value::Whole(number) = figure.value else {
        return false;
    };
    // Every evidence has a share, of a basis there is some: "0.00" of it is one at least.
    let bases = figure.basis_share.values().map(|share| (share, 1));
    let evidence = figure.evidence_share.values().map(|share| (share, 0));
    bases.chain(evidence).any(|(share, fewest)| {
        let hundredths: i64 = share
            .bytes()
            .filter(u8::is_ascii_digit)
            .fold(0, |sum, digit| 10 * sum + i64::from(digit - b'0'));
        // A share of h hundredths stands for h - 0.5 hundredths of the number at least, and for less than h + 0.5.
        let from = |halves: i64| (number * halves + 199).div_euclid(200);
        let least = from(2 * hundredths - 1).max(fewest);
        let most = (from(2 * hundredths + 1) - 1).min(number);
        least <= most && SMALL.contains(&least) && SMALL.contains(&most)
    })
}
