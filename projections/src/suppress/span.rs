//! The spans that are published: months, quarters and years, and the days inside; every period is made of them.

use meetellen_events::values::{Day, Month, Period};

/// A day, a calendar month, a quarter or a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Span {
    Day(Day),
    Month(Month),
    Quarter(Month),
    Year(Month),
}

impl Span {
    /// The quarter of a month, named by its first month.
    pub(super) fn quarter_of(month: Month) -> Self {
        let behind = (month.number() - 1) % 3;
        Self::Quarter((0..behind).fold(month, |month, _| month.previous()))
    }

    /// The year of a month, named by its January.
    pub(super) fn year_of(month: Month) -> Self {
        let behind = month.number() - 1;
        Self::Year((0..behind).fold(month, |month, _| month.previous()))
    }

    pub(super) fn first_day(self) -> Day {
        match self {
            Self::Day(day) => day,
            Self::Month(month) | Self::Quarter(month) | Self::Year(month) => month.first_day(),
        }
    }

    pub(super) fn last_day(self) -> Day {
        match self {
            Self::Day(day) => day,
            Self::Month(_) | Self::Quarter(_) | Self::Year(_) => self
                .months()
                .last()
                .map_or(self.first_day(), Month::last_day),
        }
    }

    /// Its whole months; none of a day.
    pub(super) fn months(self) -> impl Iterator<Item = Month> {
        let (first, number) = match self {
            Self::Day(day) => (day.month(), 0),
            Self::Month(month) => (month, 1),
            Self::Quarter(month) => (month, 3),
            Self::Year(month) => (month, 12),
        };
        std::iter::successors(Some(first), |month| Some(month.next())).take(number)
    }

    pub(super) fn period(self) -> Period {
        let (first, last) = (self.first_day(), self.last_day());
        Period::range(first, last).unwrap_or(Period::day(first))
    }

    pub(super) fn contains(self, day: Day) -> bool {
        self.first_day() <= day && day <= self.last_day()
    }

    /// The fewest spans that make up a period, in order.
    pub(super) fn pieces(period: &Period) -> Vec<Self> {
        let mut pieces = Vec::new();
        let mut day = period.first_day();
        while day <= period.last_day() {
            let month = day.month();
            let whole = [
                Self::year_of(month),
                Self::quarter_of(month),
                Self::Month(month),
            ];
            let fits =
                |span: &Self| span.first_day() == day && span.last_day() <= period.last_day();
            let piece = whole.into_iter().find(fits).unwrap_or(Self::Day(day));
            pieces.push(piece);
            let following = piece.last_day().next();
            if following <= day {
                break;
            }
            day = following;
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_made_of_the_fewest_spans() {
        let pieces = |text: &str| -> Vec<String> {
            let period: Period = text.parse().expect("a period");
            let pieces = Span::pieces(&period).into_iter();
            pieces
                .map(|piece| match piece {
                    Span::Day(day) => day.to_string(),
                    Span::Month(month) => month.to_string(),
                    Span::Quarter(month) => format!("Q{month}"),
                    Span::Year(month) => format!("Y{month}"),
                })
                .collect()
        };
        assert_eq!(pieces("2026"), ["Y2026-01"]);
        assert_eq!(pieces("2026-04-01..2026-06-30"), ["Q2026-04"]);
        assert_eq!(pieces("2026-02-01..2026-02-28"), ["2026-02"]);
        assert_eq!(
            pieces("2025-11-29..2027-01-01"),
            [
                "2025-11-29",
                "2025-11-30",
                "2025-12",
                "Y2026-01",
                "2027-01-01"
            ]
        );
        assert_eq!(
            pieces("2026-03-01..2026-08-01"),
            ["2026-03", "Q2026-04", "2026-07", "2026-08-01"]
        );
    }
}
