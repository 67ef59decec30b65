//! Whoever reads every export knows no small number.

use super::*;
use proptest::prelude::*;
use std::collections::HashSet;

const DATES: [&str; 6] = [
    "2026-09-29",
    "2026-09-30",
    "2026-10-01",
    "2026-10-02",
    "2026-10-30",
    "2026-11-01",
];
/// Numbers the reader takes into account.
const MOST: i64 = 9;

fn day(number: usize) -> Day {
    DATES[number].parse().expect("a day")
}

fn activity(number: u64) -> ActivityId {
    let id = format!("00000000-0000-4000-8000-{number:012}");
    id.parse().expect("an id")
}

/// Every day, every range from one of the dates to another, and the months, quarters and years around them.
fn periods() -> Vec<Period> {
    let mut periods = Vec::new();
    for from in 0..DATES.len() {
        for to in from..DATES.len() {
            periods.push(Period::range(day(from), day(to)).expect("a range"));
        }
    }
    for name in [
        "2026-09", "2026-10", "2026-11", "2026-Q3", "2026-Q4", "2026",
    ] {
        periods.push(name.parse().expect("a period"));
    }
    periods
}

/// Whether a small number of the period says that it is small: of days and months.
fn says_so(period: &Period) -> bool {
    matches!(Span::pieces(period)[..], [Span::Day(_) | Span::Month(_)])
}

/// What an export tells of the sum of some items.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Sum {
    items: Vec<usize>,
    least: i64,
    most: i64,
    small: bool,
}

/// What all exports of a table tell.
struct Reader {
    sums: Vec<Sum>,
    /// Of some items the largest, by its place.
    tops: Vec<(Vec<usize>, usize)>,
}

impl Reader {
    fn new(items: &[Item]) -> Self {
        let table = Table::new(items.to_vec());
        let mut sums = HashSet::new();
        let mut tops = Vec::new();
        let mut activities: Vec<Option<ActivityId>> = vec![None];
        activities.extend(items.iter().filter_map(|item| item.activity).map(Some));
        for period in periods() {
            let inside = |of: Option<ActivityId>| -> Vec<usize> {
                let all = items.iter().enumerate();
                all.filter(|(_, item)| {
                    period.contains(item.day) && (of.is_none() || item.activity == of)
                })
                .map(|(place, _)| place)
                .collect()
            };
            for of in &activities {
                let items_inside = inside(*of);
                let number: i64 = items_inside.iter().map(|place| items[*place].number).sum();
                let (least, most) = match table.told(*of, &period) {
                    Told::Exact => (number, number),
                    Told::Small => (1, 4),
                    // Of a sum of several nothing is told, small or not.
                    Told::Withheld if number >= 5 && says_so(&period) => (5, i64::MAX),
                    Told::Withheld => (0, i64::MAX),
                };
                sums.insert(Sum {
                    items: items_inside,
                    least,
                    most,
                    small: SMALL.contains(&number),
                });
            }
            let all = inside(None);
            let top = all
                .iter()
                .copied()
                .rev()
                .max_by_key(|place| items[*place].number);
            if let Some(top) = top.filter(|top| items[*top].number > 0 && table.top_told(&period)) {
                tops.push((all, top));
            }
        }
        Self {
            sums: sums.into_iter().collect(),
            tops,
        }
    }

    fn fits(&self, items: &[Item], numbers: &[i64]) -> bool {
        let known = items.iter().zip(numbers);
        let known = known
            .into_iter()
            .all(|(item, number)| (item.least..=item.most).contains(number));
        known
            && self.sums.iter().all(|sum| {
                let number: i64 = sum.items.iter().map(|place| numbers[*place]).sum();
                (sum.least..=sum.most).contains(&number)
            })
            && self.tops.iter().all(|(inside, top)| {
                numbers[*top] == items[*top].number
                    && inside.iter().all(|place| numbers[*place] <= numbers[*top])
            })
    }

    /// Checks that each sum that is small could be another one.
    fn knows_no_small_number(&self, items: &[Item]) -> Result<(), TestCaseError> {
        let small: Vec<&Sum> = self.sums.iter().filter(|sum| sum.small).collect();
        let mut found: Vec<HashSet<i64>> = vec![HashSet::new(); small.len()];
        let mut numbers = vec![0; items.len()];
        loop {
            if self.fits(items, &numbers) {
                for (sum, found) in small.iter().zip(&mut found) {
                    found.insert(sum.items.iter().map(|place| numbers[*place]).sum());
                }
                if found.iter().all(|found| found.len() > 1) {
                    return Ok(());
                }
            }
            let Some(place) = numbers.iter().position(|number| *number < MOST) else {
                break;
            };
            numbers[..place].fill(0);
            numbers[place] += 1;
        }
        for (sum, found) in small.iter().zip(&found) {
            prop_assert!(found.len() > 1, "{sum:?} can only be {found:?}");
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_small_number_of_days_is_known(
        days in prop::collection::vec(
            (prop_oneof![3 => 1..5_i64, 2 => 5..7_i64, 1 => Just(0)], 0..4_i64),
            5,
        ),
    ) {
        let items: Vec<Item> = days
            .iter()
            .enumerate()
            .map(|(place, (number, room))| Item {
                least: if *number >= 5 { number - room } else { 0 },
                ..Item::of_day(day(place), *number)
            })
            .filter(|item| item.number > 0)
            .collect();
        Reader::new(&items).knows_no_small_number(&items)?;
    }

    #[test]
    fn no_small_number_of_sessions_is_known(
        sessions in prop::collection::vec((0..6_usize, 1..4_u64, 0..8_i64, 0..4_i64), 1..6),
    ) {
        let mut items: Vec<Item> = sessions
            .iter()
            .map(|(date, of, number, room)| Item {
                activity: Some(activity(*of)),
                most: (number + room).max(5),
                ..Item::of_day(day(*date), *number)
            })
            .collect();
        items.sort_by_key(|item| item.day);
        Reader::new(&items).knows_no_small_number(&items)?;
    }
}
