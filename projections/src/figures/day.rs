//! What one day came to: its opening, visits and sessions.

use super::Seen;
use crate::ledger::{Ledger, Row, Session};
use meetellen_events::tally::{CountBasis, Event, OpeningState, ShiftKind, Visitor};
use meetellen_events::values::{ActivityId, Day, HeadCount, Party, PersonId, Timestamp};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What one day came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCount {
    /// Which day.
    pub day: Day,
    /// Whether the house was open.
    pub open: bool,
    /// Whether anybody counted.
    pub counted: bool,
    /// The visits, by how they were seen.
    pub seen: Seen,
    /// Visits of children.
    pub children: i64,
    /// Volunteers on duty.
    pub volunteers: i64,
    /// Persons in check-ins that wait.
    pub waiting: i64,
    /// Known visitors with a visit.
    pub known: HashSet<Visitor>,
    /// Participations, by how they were seen.
    pub participations: Seen,
    /// Sessions held.
    pub held: usize,
    /// Sessions cancelled.
    pub cancelled: usize,
    /// Sessions neither held nor cancelled.
    pub unconfirmed: usize,
    /// Activities with a session held.
    pub kinds: BTreeSet<ActivityId>,
}

struct CheckIn {
    row: (Timestamp, u64),
    visitor: Visitor,
    party: Party,
    evidence: meetellen_events::tally::Evidence,
}

/// Those check-ins of the rows that count: of each known visitor the one with the largest party, of equals the earliest.
fn counted<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<CheckIn> {
    let mut counted: Vec<CheckIn> = Vec::new();
    let mut places: HashMap<Visitor, usize> = HashMap::new();
    for row in rows.filter(|row| !row.waiting) {
        let Event::VisitorCheckedIn {
            party,
            visitor,
            evidence,
            ..
        } = &row.event
        else {
            continue;
        };
        let new = CheckIn {
            row: (row.at, row.position),
            visitor: *visitor,
            party: *party,
            evidence: *evidence,
        };
        let place = if *visitor == Visitor::Unknown {
            None
        } else {
            places.get(visitor)
        };
        let Some(old) = place.and_then(|place| counted.get_mut(*place)) else {
            places.insert(*visitor, counted.len());
            counted.push(new);
            continue;
        };
        let rank = |one: &CheckIn| (std::cmp::Reverse(one.party.persons()), one.row);
        if rank(&new) < rank(old) {
            *old = new;
        }
    }
    counted
}

/// The last head count of the rows.
fn heads<'a>(rows: impl Iterator<Item = &'a Row>) -> Option<(HeadCount, CountBasis)> {
    let counts = rows.filter_map(|row| {
        let Event::HeadsCounted { heads, basis, .. } = &row.event else {
            return None;
        };
        Some(((row.at, row.position), (*heads, *basis)))
    });
    counts
        .max_by_key(|(place, _)| *place)
        .map(|(_, count)| count)
}

fn surplus(seen: &mut Seen, count: Option<(HeadCount, CountBasis)>, persons: i64) {
    let Some((heads, basis)) = count else { return };
    let more = (i64::from(heads.visitors()) - persons).max(0);
    match basis {
        CountBasis::Counted => seen.heads += more,
        CountBasis::Estimated => seen.guessed += more,
    }
}

fn persons(check_ins: &[CheckIn]) -> (i64, i64) {
    let all = check_ins
        .iter()
        .map(|one| i64::from(one.party.persons()))
        .sum();
    (
        all,
        check_ins
            .iter()
            .map(|one| i64::from(one.party.children()))
            .sum(),
    )
}

/// Counts one day as known at an instant.
pub fn count_day(ledger: &Ledger, day: Day, now: Timestamp) -> DayCount {
    let mut count = DayCount {
        day,
        open: false,
        counted: false,
        seen: Seen::default(),
        children: 0,
        volunteers: 0,
        waiting: 0,
        known: HashSet::new(),
        participations: Seen::default(),
        held: 0,
        cancelled: 0,
        unconfirmed: 0,
        kinds: BTreeSet::new(),
    };
    let sessions: Vec<&Session> = ledger
        .sessions_of(day)
        .map(|(_, session)| session)
        .collect();
    let all = || {
        let of_sessions = sessions
            .iter()
            .flat_map(|session| ledger.session_rows(session));
        ledger.rows_of(day).chain(of_sessions)
    };
    let duty: HashSet<PersonId> = all().filter_map(on_duty).collect();
    opening(
        &mut count,
        ledger
            .planned_opening(day)
            .is_some_and(|start| start <= now),
        all(),
    );
    let mut most = 0;
    for session in &sessions {
        let found = count_session(ledger, session, now);
        most = most.max(add_session(&mut count, session, &found));
    }
    let door = heads(ledger.rows_of(day));
    let mut seen = Seen {
        heads: count.seen.heads,
        guessed: count.seen.guessed,
        ..Seen::default()
    };
    for one in counted(all()) {
        let working = matches!(one.visitor, Visitor::Pass(person) if duty.contains(&person));
        if one.visitor != Visitor::Unknown && !working {
            count.known.insert(one.visitor);
        }
        let less = i64::from(working && one.party.adults() > 0);
        seen.check_in(one.evidence, i64::from(one.party.persons()) - less);
        count.children += i64::from(one.party.children());
    }
    let shown = seen.total();
    surplus(&mut seen, door, shown);
    if let Some((heads, _)) = door {
        count.children = count.children.max(i64::from(heads.children()));
        most = most.max(i64::from(heads.volunteers().unwrap_or(0)));
    }
    count.children = count.children.min(seen.total());
    count.volunteers = most.max(duty.len() as i64);
    count.seen = seen;
    count
}

fn on_duty(row: &Row) -> Option<PersonId> {
    let Event::ShiftStarted { volunteer, .. } = &row.event else {
        return None;
    };
    Some(*volunteer)
}

/// What became of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It took place.
    Held,
    /// It was called off.
    Cancelled,
    /// Nobody said, and nothing shows, that it took place.
    Unconfirmed,
    /// It had yet to begin, and has no entries.
    Ahead,
}

/// What one session came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionCount {
    /// What became of it.
    pub outcome: Outcome,
    /// The participations, by how they were seen; none unless it was held.
    pub participations: Seen,
    /// Volunteers in its last head count.
    pub volunteers: i64,
    surplus: Seen,
    children: i64,
}

/// Counts one session as known at an instant.
pub fn count_session(ledger: &Ledger, session: &Session, now: Timestamp) -> SessionCount {
    let check_ins = counted(ledger.session_rows(session));
    let head_count = heads(ledger.session_rows(session));
    let (all, children) = persons(&check_ins);
    let mut more = Seen::default();
    surplus(&mut more, head_count, all);
    let shown = !check_ins.is_empty() || head_count.is_some();
    let begun = session
        .plan
        .is_some_and(|(_, starts_at, _)| starts_at <= now);
    let outcome = match session.held {
        Some(false) if begun || shown => Outcome::Cancelled,
        held if shown || held == Some(true) && begun => Outcome::Held,
        None | Some(true) if begun => Outcome::Unconfirmed,
        None | Some(_) => Outcome::Ahead,
    };
    let mut participations = Seen::default();
    if outcome == Outcome::Held {
        for one in &check_ins {
            participations.check_in(one.evidence, i64::from(one.party.persons()));
        }
        participations.add(&more);
    }
    SessionCount {
        outcome,
        participations,
        volunteers: head_count.map_or(0, |(heads, _)| i64::from(heads.volunteers().unwrap_or(0))),
        surplus: more,
        children: head_count.map_or(0, |(heads, _)| {
            (i64::from(heads.children()) - children).max(0)
        }),
    }
}

/// Adds a session to its day; returns the volunteers in its last head count.
fn add_session(count: &mut DayCount, session: &Session, found: &SessionCount) -> i64 {
    count.seen.add(&found.surplus);
    count.children += found.children;
    match found.outcome {
        Outcome::Held => {
            count.held += 1;
            count
                .kinds
                .extend(session.plan.map(|(activity, ..)| activity));
            count.participations.add(&found.participations);
        }
        Outcome::Cancelled => count.cancelled += 1,
        Outcome::Unconfirmed => count.unconfirmed += 1,
        Outcome::Ahead => {}
    }
    found.volunteers
}

/// Whether the day is an opening, whether anybody counted, and what waits.
fn opening<'a>(count: &mut DayCount, planned: bool, rows: impl Iterator<Item = &'a Row>) {
    let mut closed = false;
    for row in rows {
        match &row.event {
            Event::VisitorCheckedIn { party, .. } if row.waiting => {
                count.waiting += i64::from(party.persons());
            }
            Event::VisitorCheckedIn { .. }
            | Event::HeadsCounted { .. }
            | Event::OpeningNoted {
                state: OpeningState::NobodyCame,
            } => {
                count.open = true;
                count.counted = true;
            }
            Event::CoffeeServed { .. }
            | Event::OpeningNoted {
                state: OpeningState::Opened,
            } => count.open = true,
            Event::OpeningNoted {
                state: OpeningState::Closed,
            } => closed = true,
            Event::ShiftStarted { kind, .. } => {
                count.open |= matches!(kind, ShiftKind::Bar | ShiftKind::Shop | ShiftKind::Host);
            }
            Event::CounterTallied { .. }
            | Event::ContributionMade { .. }
            | Event::ShiftEnded { .. }
            | Event::BarRevenueCounted { .. }
            | Event::ShopRevenueCounted { .. }
            | Event::MoneyDonated { .. }
            | Event::GoodsDonated { .. }
            | Event::IndicatorMeasured { .. }
            | Event::EntryRetracted { .. }
            | Event::EntriesConfirmed { .. } => {}
        }
    }
    count.open |= planned && !closed;
}
