//! Numbers, money, days and times as the reader's language writes them.

use crate::i18n::Language;
use jiff::civil::{Date, Time};

/// Holds an amount of money together with its sign, and a number with its unit, over a line's end.
const HARD_SPACE: char = '\u{a0}';

/// A small value, or a reference to one, as templates hand them over.
pub trait Lent<T> {
    /// The value itself.
    fn value(&self) -> T;
}

macro_rules! lent {
    ($($type:ty),+) => {$(
        impl Lent<$type> for $type {
            fn value(&self) -> $type {
                *self
            }
        }
    )+};
}
lent!(i8, i64, Date, Time);

impl<T, L: Lent<T> + ?Sized> Lent<T> for &L {
    fn value(&self) -> T {
        (**self).value()
    }
}

impl Language {
    /// A whole number in groups of three: `1.825`.
    pub fn number(self, number: impl Lent<i64>) -> String {
        let number = number.value();
        let digits = number.unsigned_abs().to_string();
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(self.group_mark(digits.len()));
            }
            grouped.push(digit);
        }
        grouped.retain(|character| character != '\0');
        if number < 0 {
            format!("\u{2212}{grouped}")
        } else {
            grouped
        }
    }

    /// A decimal string with a point, such as `1760.5`, in the language's own marks.
    pub fn decimal(self, decimal: impl AsRef<str>) -> String {
        let decimal = decimal.as_ref();
        let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
        let Ok(number) = whole.parse::<i64>() else {
            return decimal.to_owned();
        };
        let sign = if number == 0 && whole.starts_with('-') {
            "\u{2212}"
        } else {
            ""
        };
        let whole = self.number(number);
        if fraction.is_empty() {
            return format!("{sign}{whole}");
        }
        format!("{sign}{whole}{}{fraction}", self.decimal_mark())
    }

    /// Euro cents: `€ 1.825,00` in Dutch, `€1,825.00` in English.
    pub fn money(self, cents: impl Lent<i64>) -> String {
        let cents = cents.value();
        let euros = i64::try_from(cents.unsigned_abs() / 100).unwrap_or(i64::MAX);
        let amount = format!(
            "{}{}{:02}",
            self.number(euros),
            self.decimal_mark(),
            cents.unsigned_abs() % 100
        );
        let sign = if cents < 0 { "\u{2212}" } else { "" };
        match self {
            Self::Dutch => format!("€{HARD_SPACE}{sign}{amount}"),
            Self::English | Self::Turkish => format!("{sign}€{amount}"),
            Self::Arabic | Self::Ukrainian | Self::Polish => format!("{sign}{amount}{HARD_SPACE}€"),
        }
    }

    /// A day with its weekday and without its year: `vrijdag 6 november`.
    pub fn day(self, day: impl Lent<Date>) -> String {
        let day = day.value();
        let weekday = self.weekday(day.weekday().to_monday_one_offset());
        match self {
            Self::Arabic => format!("{weekday}، {} {}", day.day(), self.month_name(day.month())),
            Self::Ukrainian | Self::Polish => {
                format!("{weekday}, {} {}", day.day(), self.month_name(day.month()))
            }
            Self::Turkish => format!("{} {} {weekday}", day.day(), self.month_name(day.month())),
            Self::Dutch | Self::English => {
                format!("{weekday} {} {}", day.day(), self.month_name(day.month()))
            }
        }
    }

    /// A day with its year: `6 november 2026`.
    pub fn date(self, day: impl Lent<Date>) -> String {
        let day = day.value();
        format!(
            "{} {} {}",
            day.day(),
            self.month_name(day.month()),
            day.year()
        )
    }

    /// A short day for narrow lists: `vr 6 nov`.
    pub fn short_day(self, day: impl Lent<Date>) -> String {
        let day = day.value();
        let short = |word: String, length: usize| word.chars().take(length).collect::<String>();
        let (weekday, month) = match self {
            Self::Dutch => (2, 3),
            Self::English | Self::Arabic | Self::Turkish | Self::Ukrainian | Self::Polish => (3, 3),
        };
        let weekday = short(self.weekday(day.weekday().to_monday_one_offset()), weekday);
        format!(
            "{weekday} {} {}",
            day.day(),
            short(self.month_name(day.month()), month)
        )
    }

    /// The month a day is in: `oktober 2026`.
    pub fn month(self, day: impl Lent<Date>) -> String {
        let day = day.value();
        format!("{} {}", self.month_name(day.month()), day.year())
    }

    /// A time of day on the 24-hour clock all these languages share: `14:05`.
    pub fn time(self, time: impl Lent<Time>) -> String {
        let time = time.value();
        format!("{:02}:{:02}", time.hour(), time.minute())
    }

    /// The name of a weekday, 1 for Monday to 7 for Sunday.
    pub fn weekday(self, weekday: impl Lent<i8>) -> String {
        self.say(format!("weekday-{}", weekday.value()))
    }

    fn month_name(self, month: i8) -> String {
        self.say(format!("month-{month}"))
    }

    const fn group_mark(self, digits: usize) -> char {
        match self {
            Self::Dutch | Self::Turkish => '.',
            Self::English | Self::Arabic => ',',
            Self::Ukrainian => HARD_SPACE,
            // Polish groups from five digits on.
            Self::Polish if digits < 5 => '\0',
            Self::Polish => HARD_SPACE,
        }
    }

    const fn decimal_mark(self) -> char {
        match self {
            Self::English | Self::Arabic => '.',
            Self::Dutch | Self::Turkish | Self::Ukrainian | Self::Polish => ',',
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn dutch_writes_points_between_thousands_and_a_comma_before_cents() {
        assert_eq!(Language::Dutch.money(182_500), "€\u{a0}1.825,00");
        assert_eq!(Language::Dutch.money(6_250), "€\u{a0}62,50");
        assert_eq!(Language::Dutch.money(-5), "€\u{a0}\u{2212}0,05");
        assert_eq!(Language::Dutch.number(30_000_000), "30.000.000");
        assert_eq!(Language::Dutch.decimal("1760.5"), "1.760,5");
        assert_eq!(Language::Dutch.decimal("-0.5"), "\u{2212}0,5");
    }

    #[test]
    fn each_language_has_its_own_marks() {
        assert_eq!(Language::English.money(182_500), "€1,825.00");
        assert_eq!(Language::Polish.number(1_825), "1825");
        assert_eq!(Language::Polish.number(18_250), "18\u{a0}250");
        assert_eq!(Language::Ukrainian.money(6_250), "62,50\u{a0}€");
        assert_eq!(Language::Turkish.number(1_825), "1.825");
    }

    #[test]
    fn days_are_written_out() {
        let day = date(2026, 11, 6);
        assert_eq!(Language::Dutch.day(day), "vrijdag 6 november");
        assert_eq!(Language::Dutch.short_day(day), "vr 6 nov");
        assert_eq!(Language::English.day(day), "Friday 6 November");
        assert_eq!(Language::Dutch.month(day), "november 2026");
        assert_eq!(Language::Dutch.time(jiff::civil::time(9, 5, 0, 0)), "09:05");
    }
}
