//! Distinct persons: they don't add up, but a whole has no more of them than its parts together.

use super::span::Span;
use super::table::{SMALL, Told};
use crate::figures::{Figures, Value, figures};
use crate::ledger::Ledger;
use crate::sections::{self, GoodsRow, Sections};
use meetellen_events::values::{Name, Period};
use std::collections::BTreeMap;

/// A whole that leaves a small part this many at least fixes it at 4.
const FIXES: i64 = 4;

/// "<5" where a value is small, else as told otherwise.
pub(super) fn small_or(value: &Value, otherwise: Told) -> Told {
    match value {
        Value::Whole(number) if SMALL.contains(number) => Told::Small,
        Value::Whole(_)
        | Value::Decimal(_)
        | Value::Unknown
        | Value::Suppressed
        | Value::Withheld => otherwise,
    }
}

/// The numbers of distinct persons in one span.
struct Numbers {
    span: Span,
    figures: BTreeMap<&'static str, i64>,
    goods: BTreeMap<String, (i64, i64)>,
}

impl Numbers {
    fn new(span: Span, figures: &Figures, goods: &[GoodsRow]) -> Self {
        let whole = |value: &Value| match value {
            Value::Whole(number) => *number,
            Value::Decimal(_) | Value::Unknown | Value::Suppressed | Value::Withheld => 0,
        };
        let figures = figures.figures.iter();
        let goods = goods.iter();
        Self {
            span,
            figures: figures
                .map(|figure| (figure.key, whole(&figure.value)))
                .collect(),
            goods: goods
                .map(|row| {
                    let numbers = (whole(&row.donors), whole(&row.quantity));
                    (row.category.folded(), numbers)
                })
                .collect(),
        }
    }
}

/// Which persons are counted: by a figure, or as givers of a category.
#[derive(Clone, Copy)]
enum Of<'a> {
    Figure(&'a str),
    Category(&'a str),
}

/// The period's numbers of distinct persons with those of the months and quarters inside it.
pub(super) struct Persons {
    whole: Numbers,
    parts: Vec<Numbers>,
}

impl Persons {
    pub(super) fn new(
        ledger: &Ledger,
        period: &Period,
        of_whole: &Figures,
        sections: &Sections,
    ) -> Self {
        let pieces = Span::pieces(period);
        let span = match pieces[..] {
            [one] => one,
            _ => Span::Day(period.first_day()),
        };
        let quarters = span
            .months()
            .map(Span::quarter_of)
            .filter(|quarter| *quarter != span && matches!(span, Span::Year(_)));
        let months = span
            .months()
            .map(Span::Month)
            .filter(|month| *month != span);
        let mut inside: Vec<Span> = quarters.chain(months).collect();
        inside.dedup();
        let parts = inside.into_iter().map(|part| {
            let period = part.period();
            let goods = sections::goods_of(ledger, &period);
            Numbers::new(part, &figures(ledger, &period), &goods)
        });
        Self {
            whole: Numbers::new(span, of_whole, &sections.goods),
            parts: parts.collect(),
        }
    }

    fn number(numbers: &Numbers, of: Of<'_>) -> i64 {
        match of {
            Of::Figure(key) => numbers.figures.get(key).copied(),
            Of::Category(name) => numbers.goods.get(name).map(|(donors, _)| *donors),
        }
        .unwrap_or(0)
    }

    /// What is told of the number of the period, or of a part inside it.
    fn told_of(&self, numbers: &Numbers, of: Of<'_>) -> Told {
        let number = Self::number(numbers, of);
        match numbers.span {
            _ if number == 0 => Told::Exact,
            _ if SMALL.contains(&number) => Told::Small,
            Span::Day(_) => Told::Withheld,
            Span::Month(_) => Told::Exact,
            Span::Quarter(_) | Span::Year(_) if self.fixes(numbers, of) => Told::Withheld,
            Span::Quarter(_) | Span::Year(_) => Told::Exact,
        }
    }

    /// The most that can be known of a part: its number, or 4 where that is small.
    fn most(number: i64) -> i64 {
        if SMALL.contains(&number) {
            FIXES
        } else {
            number
        }
    }

    /// Whether a whole with what is told of its parts fixes one that is small.
    fn fixes(&self, whole: &Numbers, of: Of<'_>) -> bool {
        let number = Self::number(whole, of);
        let inside = |part: &&Numbers| {
            let (outer, inner) = (whole.span, part.span);
            outer != inner && outer.contains(inner.first_day())
        };
        let parts = || self.parts.iter().filter(inside);
        let small = parts().filter(|part| SMALL.contains(&Self::number(part, of)));
        small.into_iter().any(|small| {
            let apart = |span: Span| {
                !span.contains(small.span.first_day()) && !small.span.contains(span.first_day())
            };
            let months = parts().filter(|part| matches!(part.span, Span::Month(_)));
            let others = months.filter(|part| apart(part.span)).map(|month| {
                let quarter = parts().find(|part| {
                    matches!(part.span, Span::Quarter(_))
                        && part.span.contains(month.span.first_day())
                });
                (month, quarter.filter(|quarter| apart(quarter.span)))
            });
            // Of a quarter apart the fewer of its own number and that of its months together.
            let mut by_quarter: BTreeMap<Option<Span>, (i64, i64)> = BTreeMap::new();
            for (month, quarter) in others {
                let own = quarter.map_or(i64::MAX, |quarter| Self::most(Self::number(quarter, of)));
                let sums = by_quarter
                    .entry(quarter.map(|quarter| quarter.span))
                    .or_insert((0, own));
                sums.0 += Self::most(Self::number(month, of));
            }
            let others: i64 = by_quarter
                .values()
                .map(|(months, own)| *months.min(own))
                .sum();
            number - others >= FIXES
        })
    }

    /// Whether the number of a whole leaves a small part no choice, with the other part beside it.
    fn fixed_beside(&self, whole: i64, part: &str, other: &str) -> bool {
        let (part, other) = (Of::Figure(part), Of::Figure(other));
        SMALL.contains(&Self::number(&self.whole, part))
            && self.told_of(&self.whole, other) != Told::Withheld
            && whole - Self::most(Self::number(&self.whole, other)) >= FIXES
    }

    /// What is told of a figure of distinct persons.
    pub(super) fn told(&self, key: &str) -> Told {
        let told = self.told_of(&self.whole, Of::Figure(key));
        let number = Self::number(&self.whole, Of::Figure(key));
        let fixed = match key {
            "donors" => {
                self.fixed_beside(number, "money_donors", "goods_donors")
                    || self.fixed_beside(number, "goods_donors", "money_donors")
            }
            "goods_donors" => self.fixes_category(number),
            _ => false,
        };
        if fixed && told == Told::Exact {
            Told::Withheld
        } else {
            told
        }
    }

    fn fixes_category(&self, number: i64) -> bool {
        let mut small = self
            .whole
            .goods
            .iter()
            .filter(|(_, (donors, _))| SMALL.contains(donors));
        small.any(|(name, _)| {
            let others = self.whole.goods.iter().filter(|(other, _)| *other != name);
            let others: Option<i64> = others
                .map(|(other, (donors, _))| {
                    let told = self.told_of(&self.whole, Of::Category(other));
                    (told != Told::Withheld).then(|| Self::most(*donors))
                })
                .sum();
            others.is_some_and(|others| number - others >= FIXES)
        })
    }

    /// What is told of the givers of a category.
    pub(super) fn category(&self, category: &Name) -> Told {
        self.told_of(&self.whole, Of::Category(&category.folded()))
    }

    /// Whether the quantity of a category may be told: not where it bounds its few givers, here or in a month inside.
    pub(super) fn tells_quantity(&self, category: &Name) -> bool {
        let name = category.folded();
        let few = |numbers: &Numbers| {
            let found = numbers.goods.get(&name);
            found.is_some_and(|(donors, quantity)| {
                SMALL.contains(donors) && SMALL.contains(quantity)
            })
        };
        !matches!(self.whole.span, Span::Day(_)) && !few(&self.whole) && !self.parts.iter().any(few)
    }

    /// What is told of the mean of unique visitors a month: nothing where a month has few.
    pub(super) fn unique_per_month(&self) -> Told {
        const KEY: Of<'static> = Of::Figure("unique_visitors");
        match self.whole.span {
            Span::Day(_) => Told::Withheld,
            Span::Month(_) => self.told_of(&self.whole, KEY),
            Span::Quarter(_) | Span::Year(_) => {
                let mut months = self.parts.iter();
                let few = months.any(|part| SMALL.contains(&Self::number(part, KEY)));
                if few { Told::Withheld } else { Told::Exact }
            }
        }
    }
}
