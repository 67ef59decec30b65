//! Weekly repeats: the same time on the wall clock, whatever the clock does in between.

use super::{Rejection, SESSION_MILLIS_MAX, SESSIONS_A_COMMAND_MAX, WEEKS_BETWEEN_MAX};
use crate::values::{Day, Timestamp, Zone};

/// Beginning and end of each session of a repeat: the first as given, then every so many weeks while the day it begins
/// on is not behind `until`. Where the clock leaves too little of an end on the wall clock, it lasts as long as the first.
pub fn weekly(
    zone: &Zone,
    first: (Timestamp, Timestamp),
    every_weeks: u8,
    until: Day,
) -> Result<Vec<(Timestamp, Timestamp)>, Rejection> {
    let (starts_at, ends_at) = first;
    let lasts = ends_at.millis_since(starts_at);
    if !(1..=SESSION_MILLIS_MAX).contains(&lasts) {
        return Err(Rejection::EmptySpan);
    }
    if !(1..=WEEKS_BETWEEN_MAX).contains(&every_weeks) {
        return Err(Rejection::WeeksBetween);
    }
    let mut sessions = Vec::new();
    let (mut next, mut days) = (first, 0);
    while zone.day_of(next.0) <= until {
        if sessions.len() == SESSIONS_A_COMMAND_MAX {
            return Err(Rejection::SessionCount);
        }
        sessions.push(next);
        days += 7 * i32::from(every_weeks);
        let from = later(zone, starts_at, days);
        let to = later(zone, ends_at, days);
        let whole = (1..=SESSION_MILLIS_MAX).contains(&to.millis_since(from));
        next = (from, if whole { to } else { from.plus_millis(lasts) });
    }
    if sessions.is_empty() {
        return Err(Rejection::SessionCount);
    }
    Ok(sessions)
}

/// The same time on the wall clock some days later.
fn later(zone: &Zone, at: Timestamp, days: i32) -> Timestamp {
    let (date, minutes) = zone.wall(at);
    let seconds = at.millis().rem_euclid(60_000);
    zone.at(date.plus(days), minutes).plus_millis(seconds)
}
