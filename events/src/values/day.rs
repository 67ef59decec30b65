//! Days of the house: from 04:00 to 04:00 on the wall clock (figures.md, rule 2).

use super::{InvalidValue, Timestamp};
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

/// A day of the house, named by the calendar date on which it began at 04:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Date);

impl Day {
    /// The day that began on this date.
    pub const fn new(date: Date) -> Self {
        Self(date)
    }

    /// The calendar date it began on.
    pub const fn date(self) -> Date {
        self.0
    }

    /// The calendar month it belongs to.
    pub fn month(self) -> Month {
        Month {
            year: self.0.year(),
            month: self.0.month(),
        }
    }

    /// 1 is Monday, 7 is Sunday.
    pub fn weekday(self) -> u8 {
        self.0.weekday().to_monday_one_offset().unsigned_abs()
    }

    /// `days` later, or earlier where negative; stays at the calendar's end beyond it.
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(jiff::Span::new().days(days)))
    }

    /// The day after.
    pub fn next(self) -> Self {
        Self(self.0.tomorrow().unwrap_or(self.0))
    }

    /// Days from `earlier` to this day; negative where that is later.
    pub fn days_since(self, earlier: Self) -> i32 {
        self.0.since(earlier.0).map_or(0, |span| span.get_days())
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Day {
    type Err = InvalidValue;

    /// `2026-10-05`, four digits for the year.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != 10 || !text.is_ascii() {
            return Err(InvalidValue::Period);
        }
        text.parse::<Date>()
            .map(Self)
            .map_err(|_| InvalidValue::Period)
    }
}

impl TryFrom<String> for Day {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

/// A calendar month, written `2026-10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// Its first day.
    pub fn first_day(self) -> Day {
        Day(Date::new(self.year, self.month, 1).expect("made from a date or checked when parsed"))
    }

    /// Its last day.
    pub fn last_day(self) -> Day {
        Day(self.first_day().date().last_of_month())
    }

    /// The month after.
    pub fn next(self) -> Self {
        self.last_day().next().month()
    }

    /// The month before.
    pub fn previous(self) -> Self {
        self.first_day().plus(-1).month()
    }

    /// The calendar year.
    pub const fn year(self) -> i16 {
        self.year
    }

    /// 1 to 12.
    pub const fn number(self) -> i8 {
        self.month
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl std::str::FromStr for Month {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != 7 {
            return Err(InvalidValue::Period);
        }
        format!("{text}-01").parse::<Day>().map(Day::month)
    }
}

impl TryFrom<String> for Month {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

/// A time on the wall clock in whole minutes, written `09:30`; `24:00` is the day's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DayTime(u16);

impl DayTime {
    /// Minutes after midnight, 0 to 1,440.
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl std::fmt::Display for DayTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl std::str::FromStr for DayTime {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (hours, minutes) = text.split_once(':').ok_or(InvalidValue::DayTime)?;
        let two = |s: &str| {
            (s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit()))
                .then(|| s.parse::<u16>().ok())
                .flatten()
        };
        match (two(hours), two(minutes)) {
            (Some(h), Some(m)) if m < 60 && h * 60 + m <= 1_440 => Ok(Self(h * 60 + m)),
            _ => Err(InvalidValue::DayTime),
        }
    }
}

impl TryFrom<String> for DayTime {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<DayTime> for String {
    fn from(time: DayTime) -> Self {
        time.to_string()
    }
}

/// An organisation's time zone, with its day borders worked out beforehand: asking for a day is an array look-up.
#[derive(Clone)]
pub struct Zone(Arc<Borders>);

struct Borders {
    name: String,
    zone: jiff::tz::TimeZone,
    /// 04:00 local of each day from [`FIRST_YEAR`] on, in milliseconds.
    starts: Vec<i64>,
    /// Each of those days.
    days: Vec<Day>,
}

const FIRST_YEAR: i16 = 2000;
const LAST_YEAR: i16 = 2100;
const DAY_MILLIS: i64 = 86_400_000;

/// One table per zone in use, shared by all organisations in it.
static ZONES: LazyLock<Mutex<HashMap<String, Zone>>> = LazyLock::new(Mutex::default);

impl Zone {
    /// An IANA name, such as `Europe/Amsterdam`.
    pub fn new(name: &str) -> Result<Self, InvalidValue> {
        let mut zones = ZONES
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(zone) = zones.get(name) {
            return Ok(zone.clone());
        }
        let zone = jiff::tz::TimeZone::get(name).map_err(|_| InvalidValue::TimeZone)?;
        let days = days();
        let canonical = zone.iana_name().unwrap_or(name).to_owned();
        let made = Self(Arc::new(Borders {
            starts: starts(&zone, &days),
            days,
            name: canonical,
            zone,
        }));
        zones.insert(name.to_owned(), made.clone());
        Ok(made)
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The calendar library's zone.
    pub fn jiff(&self) -> &jiff::tz::TimeZone {
        &self.0.zone
    }

    /// The day of the house an instant belongs to.
    pub fn day_of(&self, at: Timestamp) -> Day {
        let starts = &self.0.starts;
        let first = starts[0];
        if at.millis() < first || at.millis() >= starts[starts.len() - 1] {
            return self.day_of_slowly(at);
        }
        let mut index = ((at.millis() - first) / DAY_MILLIS) as usize;
        while index > 0 && starts[index] > at.millis() {
            index -= 1;
        }
        while index + 1 < starts.len() && starts[index + 1] <= at.millis() {
            index += 1;
        }
        self.0.days[index]
    }

    /// When a day begins: 04:00 on the wall clock.
    pub fn start_of(&self, day: Day) -> Timestamp {
        let index = day.days_since(first_day());
        usize::try_from(index)
            .ok()
            .and_then(|i| self.0.starts.get(i))
            .map_or_else(
                || start(&self.0.zone, day),
                |&millis| Timestamp::from_millis(millis),
            )
    }

    /// When a day ends: where the next begins.
    pub fn end_of(&self, day: Day) -> Timestamp {
        self.start_of(day.next())
    }

    /// A time on the wall clock of a calendar date; minutes past 24:00 run into the next date. In a gap the later reading, in a fold the earlier.
    pub fn at(&self, date: Day, minutes: u16) -> Timestamp {
        let (days, minutes) = (i32::from(minutes / 1_440), minutes % 1_440);
        let time = Time::constant((minutes / 60) as i8, (minutes % 60) as i8, 0, 0);
        date.plus(days)
            .date()
            .to_datetime(time)
            .to_zoned_datetime(self.0.zone.clone())
            .map_or(Timestamp::default(), |zoned| zoned.timestamp().into())
    }

    /// Date and minutes after midnight on the wall clock.
    pub fn wall(&self, at: Timestamp) -> (Day, u16) {
        let local = self.0.zone.to_datetime(at.to_jiff());
        let minutes =
            local.hour().unsigned_abs() as u16 * 60 + local.minute().unsigned_abs() as u16;
        (Day(local.date()), minutes)
    }

    fn day_of_slowly(&self, at: Timestamp) -> Day {
        let local = self.0.zone.to_datetime(at.to_jiff());
        let day = Day(local.date());
        if local.hour() < 4 { day.plus(-1) } else { day }
    }
}

fn first_day() -> Day {
    Day(Date::constant(FIRST_YEAR, 1, 1))
}

fn days() -> Vec<Day> {
    let last = Day(Date::constant(LAST_YEAR, 1, 1));
    let days = std::iter::successors(Some(first_day()), |day| Some(day.next()));
    days.take_while(|day| *day < last).collect()
}

/// While no change of the clock is near, a day begins 24 hours after the one before.
fn starts(zone: &jiff::tz::TimeZone, days: &[Day]) -> Vec<i64> {
    let change_after = |millis: i64| {
        let at = Timestamp::from_millis(millis).to_jiff();
        let change = zone.following(at).next();
        change.map_or(i64::MAX, |change| change.timestamp().as_millisecond())
    };
    let mut change = i64::MIN;
    let mut starts: Vec<i64> = Vec::with_capacity(days.len());
    for day in days {
        let before = starts.last().copied().unwrap_or(i64::MIN);
        let next = before.saturating_add(DAY_MILLIS);
        if change > next {
            starts.push(next);
            continue;
        }
        let begins = start(zone, *day).millis();
        starts.push(begins);
        // A day that begins in the gap of a change tells nothing of the one behind it.
        change = change_after(begins - DAY_MILLIS);
    }
    starts
}

fn start(zone: &jiff::tz::TimeZone, day: Day) -> Timestamp {
    day.date()
        .at(4, 0, 0, 0)
        .to_zoned_datetime(zone.clone())
        .map_or(Timestamp::default(), |zoned| zoned.timestamp().into())
}

impl std::fmt::Debug for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Zone({})", self.0.name)
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Default for Zone {
    /// Amsterdam, where the product comes from.
    fn default() -> Self {
        Self::new("Europe/Amsterdam").expect("bundled")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("RFC 3339")
    }

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn the_night_belongs_to_the_evening_before() {
        let zone = Zone::default();
        assert_eq!(
            zone.day_of(at("2026-11-01T00:30:00+01:00")),
            day("2026-10-31")
        );
        assert_eq!(
            zone.day_of(at("2026-11-01T03:59:59.999+01:00")),
            day("2026-10-31")
        );
        assert_eq!(
            zone.day_of(at("2026-11-01T04:00:00+01:00")),
            day("2026-11-01")
        );
    }

    #[test]
    fn days_at_clock_changes_have_23_and_25_hours() {
        let zone = Zone::default();
        let hours = |d: &str| zone.end_of(day(d)).millis_since(zone.start_of(day(d))) / 3_600_000;
        assert_eq!(
            (
                hours("2026-03-28"),
                hours("2026-10-24"),
                hours("2026-10-25")
            ),
            (23, 25, 24)
        );
    }

    #[test]
    fn the_table_agrees_with_the_calendar_over_its_edges() {
        let zone = Zone::new("America/New_York").expect("a zone");
        for text in [
            "1999-12-31T23:00:00Z",
            "2000-01-01T08:59:59Z",
            "2000-01-01T09:00:00Z",
            "2099-12-31T12:00:00Z",
            "2101-06-01T00:00:00Z",
        ] {
            assert_eq!(
                zone.day_of(at(text)),
                zone.day_of_slowly(at(text)),
                "{text}"
            );
        }
    }

    #[test]
    fn each_day_of_the_table_begins_at_four_on_the_wall_clock() {
        for name in [
            "Europe/Amsterdam",
            "America/New_York",
            "Pacific/Apia",
            "Australia/Lord_Howe",
            "Antarctica/Troll",
            "Africa/Casablanca",
            "Etc/UTC",
        ] {
            let zone = Zone::new(name).expect("a zone");
            for (day, begins) in zone.0.days.iter().zip(&zone.0.starts) {
                let slowly = start(&zone.0.zone, *day).millis();
                assert_eq!(*begins, slowly, "{name} {day}");
            }
        }
    }

    #[test]
    fn a_wall_clock_time_in_the_gap_is_read_as_the_later_one() {
        let zone = Zone::default();
        assert_eq!(
            zone.at(day("2026-03-29"), 150),
            at("2026-03-29T03:30:00+02:00")
        );
        assert_eq!(
            zone.at(day("2026-03-28"), 1_440 + 240),
            at("2026-03-29T04:00:00+02:00")
        );
    }
}
