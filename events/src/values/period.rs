//! Periods of whole days (figures.md, rule 2).

use super::{Day, InvalidValue, Month};
use jiff::civil::{Date, ISOWeekDate, Weekday};
use serde::{Deserialize, Serialize};

/// A range of whole days, both ends included, and how it was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    kind: PeriodKind,
    first_day: Day,
    last_day: Day,
}

/// How a period was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PeriodKind {
    /// `2026-10-05`.
    Day,
    /// `2026-W41`, an ISO week.
    Week,
    /// `2026-10`.
    Month,
    /// `2026-Q4`.
    Quarter,
    /// `2026`.
    Year,
    /// `2026-10-01..2026-10-15`, at most [`RANGE_DAYS_MAX`] days.
    Range,
}

/// Longest range, in days: a little over ten years.
pub const RANGE_DAYS_MAX: i32 = 3_700;

/// Years that can be asked for: the calendar's own end, where no day follows, is far from it.
pub const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

impl Period {
    /// How it was named.
    pub const fn kind(&self) -> PeriodKind {
        self.kind
    }

    /// First day, included.
    pub const fn first_day(&self) -> Day {
        self.first_day
    }

    /// Last day, included.
    pub const fn last_day(&self) -> Day {
        self.last_day
    }

    /// Whether the day lies in it.
    pub fn contains(&self, day: Day) -> bool {
        self.first_day <= day && day <= self.last_day
    }

    /// Every day of it, in order.
    pub fn days(&self) -> impl Iterator<Item = Day> + use<> {
        let last = self.last_day;
        std::iter::successors(Some(self.first_day), move |day| {
            (*day < last).then(|| day.next())
        })
    }

    /// One calendar month.
    pub fn month(month: Month) -> Self {
        Self {
            kind: PeriodKind::Month,
            first_day: month.first_day(),
            last_day: month.last_day(),
        }
    }

    /// One day.
    pub const fn day(day: Day) -> Self {
        Self {
            kind: PeriodKind::Day,
            first_day: day,
            last_day: day,
        }
    }

    /// From one day to another; refuses an end before its start and more than [`RANGE_DAYS_MAX`] days.
    pub fn range(first_day: Day, last_day: Day) -> Result<Self, InvalidValue> {
        if first_day <= last_day && last_day.days_since(first_day) < RANGE_DAYS_MAX {
            Ok(Self {
                kind: PeriodKind::Range,
                first_day,
                last_day,
            })
        } else {
            Err(InvalidValue::Period)
        }
    }

    /// The one calendar month that this period lies in, if it does.
    pub fn calendar_month(&self) -> Option<Month> {
        let month = self.first_day.month();
        (month == self.last_day.month()).then_some(month)
    }

    /// The calendar months that lie whole in this period.
    pub fn whole_months(&self) -> impl Iterator<Item = Month> + use<> {
        let (first, last) = (self.first_day, self.last_day);
        let start = if first == first.month().first_day() {
            first.month()
        } else {
            first.month().next()
        };
        let following = |month: &Month| Some(month.next()).filter(|next| next != month);
        std::iter::successors(Some(start), following)
            .take_while(move |month| month.last_day() <= last)
    }
}

fn year_of(text: &str) -> Result<i16, InvalidValue> {
    if text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse()
            .ok()
            .filter(|year| *year > 0)
            .ok_or(InvalidValue::Period)
    } else {
        Err(InvalidValue::Period)
    }
}

fn week(year: i16, number: &str) -> Result<Period, InvalidValue> {
    let number: i8 = number.parse().map_err(|_| InvalidValue::Period)?;
    let monday =
        ISOWeekDate::new(year, number, Weekday::Monday).map_err(|_| InvalidValue::Period)?;
    let first_day = Day::new(monday.date());
    Ok(Period {
        kind: PeriodKind::Week,
        first_day,
        last_day: first_day.plus(6),
    })
}

fn months(kind: PeriodKind, year: i16, first: i8, last: i8) -> Result<Period, InvalidValue> {
    let day = |month| {
        Date::new(year, month, 1)
            .map(Day::new)
            .map_err(|_| InvalidValue::Period)
    };
    Ok(Period {
        kind,
        first_day: day(first)?,
        last_day: day(last)?.month().last_day(),
    })
}

impl std::str::FromStr for Period {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !text.is_ascii() {
            return Err(InvalidValue::Period);
        }
        read(text).and_then(|period| {
            let years = [period.first_day, period.last_day].map(|day| day.date().year());
            if years.iter().all(|year| YEARS.contains(year)) {
                Ok(period)
            } else {
                Err(InvalidValue::Period)
            }
        })
    }
}

fn read(text: &str) -> Result<Period, InvalidValue> {
    if let Some((first, last)) = text.split_once("..") {
        return Period::range(first.parse()?, last.parse()?);
    }
    match text.split_once('-') {
        None => months(PeriodKind::Year, year_of(text)?, 1, 12),
        Some((year, rest)) => match (rest.as_bytes(), rest.len()) {
            ([b'W', ..], 3) => week(year_of(year)?, &rest[1..]),
            ([b'Q', quarter @ b'1'..=b'4'], _) => {
                let last = (*quarter - b'0') as i8 * 3;
                months(PeriodKind::Quarter, year_of(year)?, last - 2, last)
            }
            (_, 2) => text.parse().map(Period::month),
            _ => text.parse().map(Period::day),
        },
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let first = self.first_day.date();
        match self.kind {
            PeriodKind::Day => self.first_day.fmt(f),
            PeriodKind::Week => {
                let week = first.iso_week_date();
                write!(f, "{:04}-W{:02}", week.year(), week.week())
            }
            PeriodKind::Month => self.first_day.month().fmt(f),
            PeriodKind::Quarter => write!(f, "{:04}-Q{}", first.year(), (first.month() + 2) / 3),
            PeriodKind::Year => write!(f, "{:04}", first.year()),
            PeriodKind::Range => write!(f, "{}..{}", self.first_day, self.last_day),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_far_off_are_no_period() {
        for far in [
            "9999",
            "9999-12",
            "2201-01-01",
            "1899",
            "2200-12-31..2201-01-01",
        ] {
            assert_eq!(far.parse::<Period>(), Err(InvalidValue::Period), "{far}");
        }
        for near in ["1900", "2200-12", "2200-12-31"] {
            assert!(near.parse::<Period>().is_ok(), "{near}");
        }
    }

    #[test]
    fn every_kind_of_period_reads_back_as_written() {
        for (text, first, last) in [
            ("2026-10-05", "2026-10-05", "2026-10-05"),
            ("2026-W53", "2026-12-28", "2027-01-03"),
            ("2028-02", "2028-02-01", "2028-02-29"),
            ("2026-Q4", "2026-10-01", "2026-12-31"),
            ("2026", "2026-01-01", "2026-12-31"),
            ("2026-10-01..2026-10-15", "2026-10-01", "2026-10-15"),
        ] {
            let period: Period = text.parse().expect(text);
            assert_eq!(period.to_string(), text);
            assert_eq!(
                (
                    period.first_day().to_string().as_str(),
                    period.last_day().to_string().as_str()
                ),
                (first, last)
            );
        }
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in [
            "",
            "26",
            "2026-13",
            "2026-W54",
            "2025-W53",
            "2026-Q5",
            "2026-1",
            "2026-02-30",
            "2026-10-05..2026-10-01",
            "0000",
            "2026-10-5",
            "2026-W1",
        ] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn whole_months_are_those_inside() {
        let period: Period = "2026-01-02..2026-04-30".parse().expect("a range");
        let months: Vec<String> = period.whole_months().map(|m| m.to_string()).collect();
        assert_eq!(months, ["2026-02", "2026-03", "2026-04"]);
    }
}
