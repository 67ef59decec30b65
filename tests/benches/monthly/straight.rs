//! The limit: a straight loop over an organisation's rows in memory that knows nothing but these eight figures.

use super::lines;
use super::rows::{Kind, Row};
use std::cmp::Reverse;

const HOUR: i64 = 3_600_000;
/// A longer shift is a forgotten end.
const SHIFT_MAX: i64 = 16 * HOUR;

const RETRACTED: u8 = 1;
const CONFIRMED: u8 = 2;

/// What happened to the row at each place, and where its shift ends.
struct Marks {
    flags: Vec<u8>,
    ends: Vec<i64>,
}

impl Marks {
    fn of(rows: &[Row]) -> Self {
        let last = rows.iter().map(|row| row.position).max().unwrap_or(0) as usize;
        let (mut flags, mut ends) = (vec![0; last + 1], vec![i64::MIN; last + 1]);
        for row in rows {
            if row.kind == Kind::Retraction {
                flags[row.target as usize] |= RETRACTED;
            } else if row.kind == Kind::Confirmation {
                flags[row.target as usize] |= CONFIRMED;
            }
        }
        for row in rows {
            let end = &mut ends[row.target as usize];
            if row.kind == Kind::ShiftEnd
                && flags[row.position as usize] & RETRACTED == 0
                && *end == i64::MIN
            {
                *end = row.at;
            }
        }
        Self { flags, ends }
    }

    /// Whether a row counts: neither taken back, nor waiting still.
    fn counts(&self, row: &Row) -> bool {
        let flags = self.flags[row.position as usize];
        flags & RETRACTED == 0 && (!row.waits || flags & CONFIRMED > 0)
    }
}

#[derive(Default)]
struct Month {
    visits: i64,
    participations: i64,
    unique: Vec<u32>,
    open_days: i64,
    cups: i64,
    revenue: i64,
    shifts: i64,
    timed: i64,
    millis: i64,
}

/// All figures of the months of an organisation.
pub fn straight(number: usize, rows: &[Row]) -> String {
    let marks = Marks::of(rows);
    let mut order: Vec<(u32, u32)> = rows
        .iter()
        .enumerate()
        .map(|(index, row)| (row.day, index as u32))
        .collect();
    order.sort_unstable();
    let (mut text, mut month, mut of) = (String::new(), Month::default(), 0);
    let mut day: Vec<&Row> = Vec::new();
    for days in order.chunk_by(|one, other| one.0 == other.0) {
        let now = days[0].0 / 100;
        if now != of && of > 0 {
            tell(&mut text, number, of, std::mem::take(&mut month));
        }
        of = now;
        day.clear();
        let all = days.iter().map(|(_, index)| &rows[*index as usize]);
        day.extend(all.filter(|row| marks.counts(row)));
        month.add(&day, &marks);
    }
    if of > 0 {
        tell(&mut text, number, of, month);
    }
    text
}

/// Of each known visitor the check-in with the largest party, of equals the earliest; of sorted ones the first.
fn largest(check_ins: &mut Vec<&Row>, same: impl Fn(&Row) -> u32) {
    check_ins.sort_unstable_by_key(|row| {
        let persons = Reverse(row.adults + row.children);
        (same(row), row.visitor, persons, row.at, row.position)
    });
    check_ins.dedup_by(|row, before| {
        row.visitor > 0 && row.visitor == before.visitor && same(row) == same(before)
    });
}

fn persons(row: &Row) -> i64 {
    i64::from(row.adults + row.children)
}

/// The last head count of those a test picks.
fn heads(day: &[&Row], session: u32) -> Option<i64> {
    let counts = day
        .iter()
        .filter(|row| row.kind == Kind::Heads && row.session == session);
    let last = counts.max_by_key(|row| (row.at, row.position));
    last.map(|row| row.amount)
}

impl Month {
    fn add(&mut self, day: &[&Row], marks: &Marks) {
        let mut open = false;
        let mut duty: Vec<u32> = Vec::new();
        let mut check_ins: Vec<&Row> = Vec::new();
        for row in day {
            match row.kind {
                Kind::CheckIn => {
                    open = true;
                    check_ins.push(row);
                }
                Kind::Heads | Kind::Opened => open = true,
                Kind::Coffee => {
                    open = true;
                    self.cups += row.amount;
                }
                Kind::ShiftInFront | Kind::ShiftBehind => {
                    open |= row.kind == Kind::ShiftInFront;
                    duty.push(row.person);
                    self.shifts += 1;
                    let millis = marks.ends[row.position as usize].saturating_sub(row.at);
                    if (0..=SHIFT_MAX).contains(&millis) {
                        self.timed += 1;
                        self.millis += millis;
                    }
                }
                Kind::Till => self.revenue += row.amount,
                Kind::ShiftEnd
                | Kind::Retraction
                | Kind::Confirmation
                | Kind::Session
                | Kind::Cancelled => {}
            }
        }
        self.open_days += i64::from(open);
        let surplus = self.sessions(day, &check_ins);
        self.visits(day, check_ins, &duty, surplus);
    }

    /// Adds the participations; what head counts of sessions have beyond the check-ins.
    fn sessions(&mut self, day: &[&Row], check_ins: &[&Row]) -> i64 {
        let mut at_sessions: Vec<&Row> = check_ins.to_vec();
        at_sessions.retain(|row| row.session > 0);
        largest(&mut at_sessions, |row| row.session);
        let mut surplus = 0;
        for planned in day.iter().filter(|row| row.kind == Kind::Session) {
            let at = at_sessions
                .iter()
                .filter(|row| row.session == planned.session);
            let seen: i64 = at.map(|row| persons(row)).sum();
            let more = heads(day, planned.session).map_or(0, |heads| (heads - seen).max(0));
            surplus += more;
            let is_off = |row: &&Row| row.kind == Kind::Cancelled && row.session == planned.session;
            if !day.iter().any(is_off) {
                self.participations += seen + more;
            }
        }
        surplus
    }

    fn visits(&mut self, day: &[&Row], mut check_ins: Vec<&Row>, duty: &[u32], surplus: i64) {
        largest(&mut check_ins, |_| 0);
        let mut seen = surplus;
        for row in check_ins {
            let on_duty = row.person > 0 && duty.contains(&row.person);
            seen += persons(row) - i64::from(on_duty && row.adults > 0);
            if row.visitor > 0 && !on_duty {
                self.unique.push(row.visitor);
            }
        }
        self.visits += seen.max(heads(day, 0).unwrap_or(0));
    }
}

fn tell(text: &mut String, number: usize, of: u32, mut month: Month) {
    month.unique.sort_unstable();
    month.unique.dedup();
    let tenths = (20 * month.millis + HOUR) / (2 * HOUR);
    let hours = if month.timed > 0 {
        format!("{}.{}", tenths / 10, tenths % 10)
    } else {
        String::new()
    };
    let whole = [
        month.visits,
        month.participations,
        month.unique.len() as i64,
        month.open_days,
        month.cups,
        month.revenue,
        month.shifts,
    ];
    let mut values: Vec<String> = whole.iter().map(i64::to_string).collect();
    values.push(hours);
    lines(
        text,
        number,
        &format!("{:04}-{:02}", of / 100, of % 100),
        &values,
    );
}
