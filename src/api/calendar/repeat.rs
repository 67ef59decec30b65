//! Rules by which events repeat: what calendars of houses use of RFC 5545. By the day, the week or the month; others
//! are not guessed at.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};

/// A rule that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    every: Every,
    interval: i64,
    week_start: Weekday,
    count: Option<usize>,
    until: Option<Until>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Every {
    Day,
    /// On these weekdays; on the first event's where there are none.
    Week(Vec<Weekday>),
    /// On these weekdays of the month; on the first event's date where there are none.
    Month(Vec<Nth>),
}

/// The first, second … weekday of a month; the last where negative; each where 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Nth(i8, Weekday);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    Instant(Timestamp),
    Wall(DateTime),
}

impl Rule {
    /// Reads the value of an `RRULE`; none where it says what is not understood.
    pub fn read(text: &str) -> Option<Self> {
        let (mut frequency, mut days) = (None, Vec::new());
        let mut rule = Self {
            every: Every::Day,
            interval: 1,
            week_start: Weekday::Monday,
            count: None,
            until: None,
        };
        for part in text.trim().split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            match name.to_ascii_uppercase().as_str() {
                "FREQ" => frequency = Some(value.to_ascii_uppercase()),
                "INTERVAL" => rule.interval = value.parse().ok().filter(|each| *each >= 1)?,
                "COUNT" => rule.count = Some(value.parse().ok()?),
                "UNTIL" => rule.until = Some(until(value)?),
                "WKST" => rule.week_start = weekday(value)?,
                "BYDAY" => days = value.split(',').map(nth).collect::<Option<_>>()?,
                _ => return None,
            }
        }
        rule.every = match (frequency?.as_str(), days) {
            ("DAILY", days) if days.is_empty() => Every::Day,
            ("WEEKLY", days) if days.iter().all(|Nth(nth, _)| *nth == 0) => {
                Every::Week(days.into_iter().map(|Nth(_, day)| day).collect())
            }
            ("MONTHLY", days) => Every::Month(days),
            _ => return None,
        };
        Some(rule)
    }

    /// The starts on the wall clock, the first event's among them, up to a date. `instant` tells when each is.
    pub fn starts(
        &self,
        first: DateTime,
        last: Date,
        instant: impl Fn(DateTime) -> Timestamp,
    ) -> impl Iterator<Item = DateTime> {
        let dates = first.date().series(jiff::Span::new().days(1));
        dates
            .take_while(move |date| *date <= last)
            .filter(move |date| *date == first.date() || self.falls_on(first.date(), *date))
            .map(move |date| date.to_datetime(first.time()))
            .take(self.count.unwrap_or(usize::MAX))
            .take_while(move |start| match self.until {
                None => true,
                Some(Until::Wall(until)) => *start <= until,
                Some(Until::Instant(until)) => instant(*start) <= until,
            })
    }

    fn falls_on(&self, first: Date, date: Date) -> bool {
        match &self.every {
            Every::Day => days_between(first, date) % self.interval == 0,
            Every::Week(days) => {
                let weeks = days_between(self.week_of(first), self.week_of(date)) / 7;
                let on_day = if days.is_empty() {
                    date.weekday() == first.weekday()
                } else {
                    days.contains(&date.weekday())
                };
                weeks % self.interval == 0 && on_day
            }
            Every::Month(days) => {
                let month = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
                let on_day = if days.is_empty() {
                    date.day() == first.day()
                } else {
                    days.iter().any(|nth| nth.is(date))
                };
                (month(date) - month(first)) % self.interval == 0 && on_day
            }
        }
    }

    /// The first date of the week.
    fn week_of(&self, date: Date) -> Date {
        let days = self.week_start.until(date.weekday());
        date.saturating_sub(jiff::Span::new().days(days))
    }
}

impl Nth {
    fn is(self, date: Date) -> bool {
        let Self(nth, weekday) = self;
        let falls = |found: Date| found == date;
        date.weekday() == weekday
            && (nth == 0 || date.nth_weekday_of_month(nth, weekday).is_ok_and(falls))
    }
}

fn days_between(first: Date, date: Date) -> i64 {
    first.until(date).map_or(0, |span| span.get_days().into())
}

fn until(text: &str) -> Option<Until> {
    if let Some(text) = text.strip_suffix('Z') {
        let wall = DateTime::strptime("%Y%m%dT%H%M%S", text).ok()?;
        return Some(Until::Instant(
            jiff::tz::TimeZone::UTC.to_timestamp(wall).ok()?,
        ));
    }
    if let Ok(date) = Date::strptime("%Y%m%d", text) {
        return Some(Until::Wall(date.at(23, 59, 59, 0)));
    }
    let wall = DateTime::strptime("%Y%m%dT%H%M%S", text);
    wall.ok().map(Until::Wall)
}

fn nth(text: &str) -> Option<Nth> {
    let text = text.trim();
    let (number, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let number = if number.is_empty() {
        0
    } else {
        number
            .parse()
            .ok()
            .filter(|nth| (-5..=5).contains(nth) && *nth != 0)?
    };
    Some(Nth(number, weekday(day)?))
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text.to_ascii_uppercase().as_str() {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::Rule;
    use jiff::Timestamp;
    use jiff::civil::{Date, DateTime};
    use jiff::tz::TimeZone;

    /// The dates of a rule whose first event is on Wednesday 7 October 2026 at 19:30 UTC.
    fn dates(rule: &str, last: &str) -> Vec<String> {
        let first: DateTime = "2026-10-07T19:30".parse().expect("a time");
        let last: Date = last.parse().expect("a date");
        let utc = |wall| -> Timestamp { TimeZone::UTC.to_timestamp(wall).expect("an instant") };
        let rule = Rule::read(rule).expect("a rule");
        rule.starts(first, last, utc)
            .map(|start| start.strftime("%d-%m").to_string())
            .collect()
    }

    #[test]
    fn a_rule_falls_on_its_days() {
        for (rule, last, expected) in [
            (
                "FREQ=DAILY;INTERVAL=10",
                "2026-11-01",
                &["07-10", "17-10", "27-10"][..],
            ),
            ("FREQ=WEEKLY", "2026-10-22", &["07-10", "14-10", "21-10"]),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE",
                "2026-10-25",
                &["07-10", "19-10", "21-10"],
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU",
                "2026-11-02",
                &["07-10", "18-10", "01-11"],
            ),
            ("FREQ=MONTHLY", "2026-12-31", &["07-10", "07-11", "07-12"]),
            (
                "FREQ=MONTHLY;BYDAY=1WE",
                "2026-12-31",
                &["07-10", "04-11", "02-12"],
            ),
            (
                "FREQ=MONTHLY;BYDAY=-1FR;INTERVAL=2",
                "2026-12-31",
                &["07-10", "30-10", "25-12"],
            ),
        ] {
            assert_eq!(dates(rule, last), expected, "{rule}");
        }
    }

    #[test]
    fn a_rule_ends_by_count_or_time() {
        for rule in [
            "FREQ=WEEKLY;COUNT=2",
            "FREQ=WEEKLY;UNTIL=20261014",
            "FREQ=WEEKLY;UNTIL=20261014T193000Z",
            "FREQ=WEEKLY;UNTIL=20261021T192959",
        ] {
            assert_eq!(dates(rule, "2026-12-31"), ["07-10", "14-10"], "{rule}");
        }
    }

    #[test]
    fn what_is_not_understood_is_not_guessed_at() {
        for rule in [
            "",
            "FREQ=YEARLY",
            "FREQ=WEEKLY;BYSETPOS=1",
            "FREQ=WEEKLY;BYDAY=1MO",
            "FREQ=DAILY;BYDAY=MO",
            "FREQ=WEEKLY;INTERVAL=0",
            "FREQ=MONTHLY;BYDAY=6MO",
            "FREQ=WEEKLY;BYDAY=é",
            "WEEKLY",
        ] {
            assert_eq!(Rule::read(rule), None, "{rule}");
        }
    }
}
