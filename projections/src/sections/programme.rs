//! Activities, days, the busiest session and the rooms.

use super::{ActivityRow, BusiestSession, DayRow, RoomRow};
use crate::figures::{DayCount, Outcome, SessionCount, Value, count_session, rounded};
use crate::ledger::{Kind, Ledger, Session};
use meetellen_events::tally::Event;
use meetellen_events::values::{
    ActivityId, Day, Name, Period, PersonId, RoomId, SessionId, Timestamp,
};
use std::collections::{BTreeMap, HashSet};

/// A session that was held, with what it came to.
pub(super) struct Held<'a> {
    id: SessionId,
    session: &'a Session,
    activity: ActivityId,
    day: Day,
    span: (Timestamp, Timestamp),
    count: SessionCount,
}

impl Held<'_> {
    /// Activity and participations.
    pub(super) fn numbers(&self) -> (ActivityId, i64) {
        (self.activity, self.count.participations.total())
    }
}

/// The sessions held in a period, in the order they began.
pub(super) fn held<'a>(ledger: &'a Ledger, period: &Period, now: Timestamp) -> Vec<Held<'a>> {
    let sessions = period
        .days()
        .flat_map(|day| ledger.sessions_of(day).map(move |found| (day, found)));
    let mut held: Vec<Held<'a>> = sessions
        .filter_map(|(day, (id, session))| {
            let (activity, from, to) = session.plan?;
            let count = count_session(ledger, session, now);
            (count.outcome == Outcome::Held).then_some(Held {
                id,
                session,
                activity,
                day,
                span: (from, to),
                count,
            })
        })
        .collect();
    held.sort_by_key(|one| (one.span.0, one.id));
    held
}

pub(super) fn by_activity(ledger: &Ledger, sessions: &[Held<'_>]) -> Vec<ActivityRow> {
    let mut found: BTreeMap<ActivityId, (usize, i64, Day)> = BTreeMap::new();
    for one in sessions {
        let sum = found.entry(one.activity).or_insert((0, 0, one.day));
        sum.0 += 1;
        sum.1 += one.count.participations.total();
        sum.2 = sum.2.max(one.day);
    }
    let facts = ledger.facts();
    let rows = found.into_iter();
    let mut rows: Vec<ActivityRow> = rows
        .map(|(activity, (sessions, persons, day))| ActivityRow {
            activity,
            name: facts.activity(activity, day, |facts| facts.name.clone()),
            organised_by: facts.activity(activity, day, |facts| facts.organised_by),
            sessions: sessions as i64,
            participations: Value::Whole(persons),
            average_participations: Value::mean(persons, sessions),
        })
        .collect();
    rows.sort_by_cached_key(|row| (row.name.as_ref().map(Name::folded), row.activity));
    rows
}

pub(super) fn day_row(ledger: &Ledger, count: &DayCount) -> DayRow {
    let day = count.day;
    let seen = ledger.began(Kind::Visit, day) && (count.counted || !count.open);
    let sessions = count.held + count.cancelled + count.unconfirmed;
    let took_part = ledger.began(Kind::Participation, day) && (count.held > 0 || sessions == 0);
    let cups: i64 = ledger.rows_of(day).map(|row| cups(&row.event)).sum();
    DayRow {
        day,
        open: count.open,
        visits: Value::known(seen, count.seen.total()),
        participations: Value::known(took_part, count.participations.total()),
        coffee_cups: Value::known(ledger.began(Kind::Coffee, day), cups),
    }
}

fn cups(event: &Event) -> i64 {
    if let Event::CoffeeServed { cups, .. } = event {
        i64::from(cups.get())
    } else {
        0
    }
}

pub(super) fn busiest(ledger: &Ledger, sessions: &[Held<'_>]) -> Option<BusiestSession> {
    let persons = |one: &Held<'_>| one.count.participations.total();
    let most = sessions
        .iter()
        .map(persons)
        .max()
        .filter(|most| *most > 0)?;
    let one = sessions.iter().find(|one| persons(one) == most)?;
    let on_duty: HashSet<PersonId> = ledger
        .shifts_at(one.session)
        .filter_map(|row| on_duty(&row.event))
        .collect();
    let facts = ledger.facts();
    Some(BusiestSession {
        session: one.id,
        activity: one.activity,
        name: facts.activity(one.activity, one.day, |facts| facts.name.clone()),
        day: one.day,
        participations: Value::Whole(most),
        volunteers: one.count.volunteers.total().max(on_duty.len() as i64),
    })
}

fn on_duty(shift: &Event) -> Option<PersonId> {
    let Event::ShiftStarted { volunteer, .. } = shift else {
        return None;
    };
    Some(*volunteer)
}

/// Weekly hours count on openings only: a house that stayed closed had no room to fill.
pub(super) fn rooms(
    ledger: &Ledger,
    period: &Period,
    days: &[DayCount],
    sessions: &[Held<'_>],
    now: Timestamp,
) -> Vec<RoomRow> {
    let facts = ledger.facts();
    let mut used: BTreeMap<RoomId, Vec<(Timestamp, Timestamp)>> = BTreeMap::new();
    let mut names: BTreeMap<RoomId, Name> = BTreeMap::new();
    for room in facts.rooms(period.last_day()) {
        used.entry(room.id).or_default();
        names.insert(room.id, room.name.clone());
    }
    for one in sessions {
        let Some(id) = facts.room_of(one.id, one.activity, one.day) else {
            continue;
        };
        used.entry(id).or_default().push(one.span);
        if let Some(room) = facts.rooms(one.day).iter().find(|room| room.id == id) {
            names.entry(id).or_insert_with(|| room.name.clone());
        }
    }
    let open = days.iter().filter(|count| count.open);
    let weekly: Vec<(Timestamp, Timestamp)> = open
        .flat_map(|count| facts.hours_of(count.day))
        .filter(|(from, _)| *from <= now)
        .collect();
    let rows = names.into_iter();
    let mut rows: Vec<RoomRow> = rows
        .map(|(room, name)| {
            let own = used.remove(&room).unwrap_or_default();
            let whole = millis(own.iter().chain(&weekly).copied().collect());
            let occupancy = if whole == 0 {
                Value::Unknown
            } else {
                percent(millis(own), whole)
            };
            RoomRow {
                room,
                name,
                occupancy,
            }
        })
        .collect();
    rows.sort_by_cached_key(|row| (row.name.folded(), row.room));
    rows
}

fn percent(part: i64, whole: i64) -> Value {
    let percent = rounded(i128::from(part) * 100, i128::from(whole), 0);
    percent.parse().map_or(Value::Unknown, Value::Whole)
}

/// How long the spans last in all, overlaps once.
fn millis(mut spans: Vec<(Timestamp, Timestamp)>) -> i64 {
    spans.sort_unstable();
    let mut sum = 0;
    let mut until = None;
    for (from, to) in spans {
        let from = until.map_or(from, |until| from.max(until));
        if to > from {
            sum += to.millis_since(from);
            until = Some(to);
        }
    }
    sum
}
