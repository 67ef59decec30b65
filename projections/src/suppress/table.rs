//! One kind of number by day, activity and span, and which of its cells are told.

use super::board::Board;
use super::span::Span;
use meetellen_events::values::{ActivityId, Day, Period};
use std::collections::{BTreeMap, BTreeSet};

/// Numbers that nobody may find out.
pub(crate) const SMALL: std::ops::RangeInclusive<i64> = 1..=4;

/// What is told of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// Its number.
    Exact,
    /// That it is 1 to 4.
    Small,
    /// Nothing.
    Withheld,
}

/// What is counted at once: a session's participations, or the visits of a day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub activity: Option<ActivityId>,
    pub day: Day,
    pub number: i64,
    /// By what is known otherwise it is no less than this.
    pub least: i64,
    /// And no more than this.
    pub most: i64,
    /// Whether it would tell a small number elsewhere, though it is none itself.
    pub guarded: bool,
}

impl Item {
    /// A number of a day of which nothing else is known.
    pub(super) const fn of_day(day: Day, number: i64) -> Self {
        Self {
            activity: None,
            day,
            number,
            least: 0,
            most: i64::MAX,
            guarded: false,
        }
    }
}

/// All of a span, or one activity's part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Cell {
    pub of: Option<ActivityId>,
    pub span: Span,
}

/// The cells of all spans with items, and what is told of each.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) items: Vec<Item>,
    numbers: BTreeMap<Cell, i64>,
    /// Cells that tell of a small number elsewhere.
    pub(super) guarded: BTreeSet<Cell>,
    /// What the small days of a month come to, and the small months of a quarter or year.
    pub(super) few: BTreeMap<Cell, i64>,
    pub(super) told: BTreeSet<Cell>,
    /// Spans whose largest item is told.
    pub(super) tops: BTreeSet<Span>,
}

/// A day and the spans around it, up to one.
pub(super) fn spans(day: Day, up_to: Span) -> Vec<Span> {
    let month = day.month();
    let all = [
        Span::Day(day),
        Span::Month(month),
        Span::quarter_of(month),
        Span::year_of(month),
    ];
    let number = match up_to {
        Span::Day(_) => 1,
        Span::Month(_) => 2,
        Span::Quarter(_) => 3,
        Span::Year(_) => 4,
    };
    all.into_iter().take(number).collect()
}

impl Table {
    /// Decides what to tell of items, in the order of time: months first, then quarters, then years.
    pub(super) fn new(items: Vec<Item>) -> Self {
        let mut table = Self {
            items,
            ..Self::default()
        };
        let mut months = BTreeSet::new();
        for item in &table.items {
            for span in spans(item.day, Span::year_of(item.day.month())) {
                let all = Cell { of: None, span };
                *table.numbers.entry(all).or_default() += item.number;
                if item.activity.is_some() {
                    let own = Cell {
                        of: item.activity,
                        span,
                    };
                    *table.numbers.entry(own).or_default() += item.number;
                }
            }
            if item.guarded {
                let span = Span::Day(item.day);
                let cells = [None, item.activity].map(|of| Cell { of, span });
                table.guarded.extend(cells);
            }
            months.insert(item.day.month());
        }
        table.few = table.few();
        let quarters: BTreeSet<Span> = months.iter().copied().map(Span::quarter_of).collect();
        let years: BTreeSet<Span> = months.iter().copied().map(Span::year_of).collect();
        let months = months.into_iter().map(Span::Month);
        for span in months.chain(quarters).chain(years) {
            table.publish(span);
        }
        table
    }

    fn few(&self) -> BTreeMap<Cell, i64> {
        let mut few = BTreeMap::new();
        let small = self
            .numbers
            .iter()
            .filter(|(_, number)| SMALL.contains(*number));
        for (Cell { of, span }, number) in small {
            let month = span.first_day().month();
            let around = match span {
                Span::Day(_) => vec![Span::Month(month)],
                Span::Month(_) => vec![Span::quarter_of(month), Span::year_of(month)],
                Span::Quarter(_) | Span::Year(_) => Vec::new(),
            };
            for span in around {
                *few.entry(Cell { of: *of, span }).or_default() += number;
            }
        }
        few
    }

    /// Whether the small parts of a cell are few together too: a range of days or months may hold just them.
    pub(super) fn has_few(&self, cell: Cell) -> bool {
        self.few.get(&cell).is_some_and(|few| SMALL.contains(few))
    }

    pub(super) fn number(&self, cell: Cell) -> i64 {
        self.numbers.get(&cell).copied().unwrap_or(0)
    }

    fn told_of(&self, cell: Cell) -> Told {
        let number = self.number(cell);
        if number == 0 {
            return Told::Exact;
        }
        match (self.told.contains(&cell), SMALL.contains(&number)) {
            (false, _) => Told::Withheld,
            (true, true) => Told::Small,
            (true, false) => Told::Exact,
        }
    }

    /// What is told of a period, or of one activity in it: no more than its pieces tell. That a sum of several is small
    /// is not told: four times "<5" in it were four times 1.
    pub(super) fn told(&self, of: Option<ActivityId>, period: &Period) -> Told {
        let pieces = Span::pieces(period).into_iter();
        let pieces = pieces.flat_map(|span| self.known_parts(Cell { of, span }));
        let told = pieces.filter(|cell| self.number(*cell) != 0);
        let told: Vec<Told> = told.map(|cell| self.told_of(cell)).collect();
        match told[..] {
            [] => Told::Exact,
            [one] => one,
            _ if told.iter().all(|one| *one == Told::Exact) => Told::Exact,
            _ => Told::Withheld,
        }
    }

    /// A cell; of a quarter or year that is not told its months.
    fn known_parts(&self, cell: Cell) -> Vec<Cell> {
        let Cell { of, span } = cell;
        match span {
            Span::Quarter(_) | Span::Year(_) if !self.told.contains(&cell) => {
                let months = span.months().map(Span::Month);
                months.map(|span| Cell { of, span }).collect()
            }
            Span::Day(_) | Span::Month(_) | Span::Quarter(_) | Span::Year(_) => vec![cell],
        }
    }

    fn days(&self, period: &Period) -> impl Iterator<Item = Told> {
        let days = period.days().map(|day| Cell {
            of: None,
            span: Span::Day(day),
        });
        days.filter(|cell| self.number(*cell) != 0)
            .map(|cell| self.told_of(cell))
    }

    /// Whether every day of a period is told exactly.
    pub(super) fn all_days_told(&self, period: &Period) -> bool {
        self.days(period).all(|told| told == Told::Exact)
    }

    /// Whether every day of a period is told to be small or nothing.
    pub(super) fn all_days_small(&self, period: &Period) -> bool {
        self.days(period).all(|told| told == Told::Small)
    }

    /// Whether some day of a period is told to be small.
    pub(super) fn any_day_small(&self, period: &Period) -> bool {
        self.days(period).any(|told| told == Told::Small)
    }

    /// Whether the largest item of a period may be told, with its number.
    pub(super) fn top_told(&self, period: &Period) -> bool {
        let items = || self.items.iter().filter(|item| period.contains(item.day));
        match Span::pieces(period)[..] {
            [span @ (Span::Month(_) | Span::Quarter(_) | Span::Year(_))] => {
                self.tops.contains(&span)
            }
            _ => items().all(|item| {
                let alone = items()
                    .filter(|other| (other.activity, other.day) == (item.activity, item.day));
                let cell = Cell {
                    of: item.activity,
                    span: Span::Day(item.day),
                };
                alone.count() == 1 && self.told_of(cell) == Told::Exact
            }),
        }
    }

    /// Tells as much of a month, quarter or year as leaves every small number open.
    fn publish(&mut self, span: Span) {
        let mut board = Board::new(self, span);
        let turns = board.cells.keys().copied();
        let mut turns: Vec<(u8, Cell)> = turns
            .filter_map(|cell| Some((self.turn(cell, span)?, cell)))
            .collect();
        turns.sort_unstable();
        let (before, behind) = turns.split_at(turns.partition_point(|(turn, _)| *turn < TOP_TURN));
        let told = board.tell_all(before);
        let top = board.tell_top();
        self.told.extend(told);
        self.told.extend(board.tell_all(behind));
        if top {
            self.tops.insert(span);
        }
    }

    /// When it is a cell's turn: the sum first, then that what is small is small, then activities, the largest item,
    /// days, and activities on days. Within a turn the order is that of ids and dates: one by size would tell of what
    /// is withheld. Cells of the months in a quarter or year had theirs.
    fn turn(&self, cell: Cell, span: Span) -> Option<u8> {
        let small = SMALL.contains(&self.number(cell));
        let of_month = matches!(span, Span::Month(_)) && matches!(cell.span, Span::Day(_));
        let of_months = matches!(cell.span, Span::Quarter(_) | Span::Year(_));
        if self.guarded.contains(&cell) || of_months && (small || self.has_few(cell)) {
            return None;
        }
        match (cell.of, cell.span == span, of_month) {
            (None, true, _) => Some(0),
            (Some(_), true, _) if small => Some(1),
            (None, _, true) if small => Some(2),
            (Some(_), true, _) => Some(3),
            (None, _, true) => Some(TOP_TURN + 1),
            (Some(_), _, true) if small => Some(TOP_TURN + 2),
            (Some(_), _, true) => Some(TOP_TURN + 3),
            (None | Some(_), false, false) => None,
        }
    }
}

/// The turn of the largest item.
const TOP_TURN: u8 = 4;

#[cfg(test)]
mod tests;
