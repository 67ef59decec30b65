//! What one day came to: its opening, visits and sessions.

use super::seen::{Seen, strength};
use crate::ledger::{Ledger, Row, Session};
use meetellen_events::tally::{CountBasis, Event, Evidence, OpeningState, ShiftKind, Visitor};
use meetellen_events::values::{ActivityId, Day, HeadCount, Party, PersonId, Timestamp};
use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap};

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
    pub children: Seen,
    /// Volunteers on duty: the larger of those with a shift and the most in one of the last head counts.
    pub volunteers: Seen,
    /// Visits of nobody that can be told apart.
    pub anonymous: Seen,
    /// Persons in check-ins that wait.
    pub waiting: Seen,
    /// Known visitors with a visit, and how each was seen.
    pub known: Vec<(Visitor, Evidence)>,
    /// Participations, by how they were seen.
    pub participations: Seen,
    /// Sessions held.
    pub held: usize,
    /// Sessions held with a check-in or a head count.
    pub sessions_counted: usize,
    /// Sessions cancelled.
    pub cancelled: usize,
    /// Sessions neither held nor cancelled.
    pub unconfirmed: usize,
    /// The activity of each session held, and whether a check-in or head count shows it.
    pub activities: Vec<(ActivityId, bool)>,
}

impl DayCount {
    fn of_nothing(day: Day) -> Self {
        Self {
            day,
            open: false,
            counted: false,
            seen: Seen::default(),
            children: Seen::default(),
            volunteers: Seen::default(),
            anonymous: Seen::default(),
            waiting: Seen::default(),
            known: Vec::new(),
            participations: Seen::default(),
            held: 0,
            sessions_counted: 0,
            cancelled: 0,
            unconfirmed: 0,
            activities: Vec::new(),
        }
    }
}

/// A check-in that counts.
pub(crate) struct CheckIn {
    row: (Timestamp, u64),
    /// Who.
    pub visitor: Visitor,
    /// How many.
    pub party: Party,
    evidence: Evidence,
}

impl CheckIn {
    /// Its place in the log.
    pub const fn position(&self) -> u64 {
        self.row.1
    }
}

/// Those check-ins of the rows that count: of each known visitor the one with the largest party, of equals the earliest.
pub(crate) fn counted<R: Borrow<Row>>(rows: impl IntoIterator<Item = R>) -> Vec<CheckIn> {
    let mut counted: Vec<CheckIn> = Vec::new();
    let mut places: HashMap<Visitor, usize> = HashMap::new();
    for row in rows {
        let row: &Row = row.borrow();
        if row.waiting {
            continue;
        }
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
        if *visitor == Visitor::Unknown {
            counted.push(new);
            continue;
        }
        let place = *places.entry(*visitor).or_insert(counted.len());
        let rank = |one: &CheckIn| (std::cmp::Reverse(one.party.persons()), one.row);
        match counted.get_mut(place) {
            Some(old) if rank(&new) < rank(old) => *old = new,
            Some(_) => {}
            None => counted.push(new),
        }
    }
    counted
}

type Heads = (HeadCount, CountBasis);

/// The last head count of the rows.
fn heads(rows: &[Row]) -> Option<Heads> {
    let counts = rows.iter().filter_map(|row| {
        let Event::HeadsCounted { heads, basis, .. } = &row.event else {
            return None;
        };
        Some(((row.at, row.position), (*heads, *basis)))
    });
    counts
        .max_by_key(|(place, _)| *place)
        .map(|(_, count)| count)
}

/// What a head count has beyond the persons seen otherwise.
fn surplus(count: Option<Heads>, seen: i64, of: fn(HeadCount) -> u32) -> Seen {
    count.map_or_else(Seen::default, |(heads, basis)| {
        Seen::head_count((i64::from(of(heads)) - seen).max(0), basis)
    })
}

fn volunteers_in(count: Option<Heads>) -> Seen {
    surplus(count, 0, |heads| heads.volunteers().unwrap_or(0))
}

/// The larger of two sums; of equals the first.
fn larger(one: Seen, other: Seen) -> Seen {
    if other.total() > one.total() {
        other
    } else {
        one
    }
}

/// Counts one day as known at an instant.
pub fn count_day(ledger: &Ledger, day: Day, now: Timestamp) -> DayCount {
    let rows: Vec<Row> = ledger.rows_of(day).collect();
    count_rows(ledger, day, now, &rows)
}

/// Counts one day by its own rows, which were looked up before; those of its sessions are looked up here.
pub(super) fn count_rows(ledger: &Ledger, day: Day, now: Timestamp, rows: &[Row]) -> DayCount {
    let mut count = DayCount::of_nothing(day);
    let duty: BTreeSet<PersonId> = rows.iter().filter_map(on_duty).collect();
    let mut at_once = Seen::default();
    let mut of_sessions: Vec<Row> = Vec::new();
    for (_, session) in ledger.sessions_of(day) {
        let from = of_sessions.len();
        of_sessions.extend(ledger.session_rows(session));
        let found = count_session_rows(session, now, &of_sessions[from..]);
        add_session(&mut count, session, &found);
        at_once = larger(at_once, found.volunteers);
    }
    let planned = ledger.planned_opening(day);
    let all = || rows.iter().chain(&of_sessions);
    opening(&mut count, planned.is_some_and(|start| start <= now), all());
    for one in counted(all()) {
        add_visit(&mut count, ledger, &duty, &one);
    }
    let door = heads(rows);
    let more = surplus(door, count.seen.total(), HeadCount::visitors);
    count.seen.add(&more);
    count.anonymous.add(&more);
    let more = surplus(door, count.children.total(), HeadCount::children);
    count.children.add(&more);
    count.children = count.children.capped(count.seen.total());
    at_once = larger(at_once, volunteers_in(door));
    count.volunteers = larger(Seen::tapped(duty.len() as i64), at_once);
    count
}

fn on_duty(row: &Row) -> Option<PersonId> {
    let Event::ShiftStarted { volunteer, .. } = &row.event else {
        return None;
    };
    Some(*volunteer)
}

/// Adds a check-in that counts. Whoever is on duty is no visit, but for the company: one adult less, or the child itself.
fn add_visit(count: &mut DayCount, ledger: &Ledger, duty: &BTreeSet<PersonId>, one: &CheckIn) {
    let (mut adults, mut children) = (
        i64::from(one.party.adults()),
        i64::from(one.party.children()),
    );
    let mut told_apart = i64::from(one.visitor != Visitor::Unknown);
    if let Visitor::Pass(person) = one.visitor
        && duty.contains(&person)
    {
        told_apart = 0;
        if adults > 0 {
            adults -= 1;
        } else if ledger.facts().is_child(person, count.day) {
            children -= 1;
        }
    }
    count.seen.check_in(one.evidence, adults + children);
    count.children.check_in(one.evidence, children);
    count
        .anonymous
        .check_in(one.evidence, adults + children - told_apart);
    if told_apart > 0 {
        count.known.push((one.visitor, one.evidence));
    }
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
    /// Whether it has a check-in or a head count.
    pub counted: bool,
    /// The participations, by how they were seen; none unless it was held.
    pub participations: Seen,
    /// Volunteers in its last head count.
    pub volunteers: Seen,
    surplus: Seen,
    children: Seen,
}

/// Counts one session as known at an instant.
pub fn count_session(ledger: &Ledger, session: &Session, now: Timestamp) -> SessionCount {
    let rows: Vec<Row> = ledger.session_rows(session).collect();
    count_session_rows(session, now, &rows)
}

fn count_session_rows(session: &Session, now: Timestamp, rows: &[Row]) -> SessionCount {
    let check_ins = counted(rows);
    let head_count = heads(rows);
    let (mut seen, mut children) = (Seen::default(), 0);
    for one in &check_ins {
        seen.check_in(one.evidence, i64::from(one.party.persons()));
        children += i64::from(one.party.children());
    }
    let more = surplus(head_count, seen.total(), HeadCount::visitors);
    seen.add(&more);
    let counted = !check_ins.is_empty() || head_count.is_some();
    let begun = session
        .plan
        .is_some_and(|(_, starts_at, _)| starts_at <= now);
    let outcome = match session.held {
        Some(false) if begun || counted => Outcome::Cancelled,
        held if counted || held == Some(true) && begun => Outcome::Held,
        None | Some(true) if begun => Outcome::Unconfirmed,
        None | Some(_) => Outcome::Ahead,
    };
    SessionCount {
        outcome,
        counted,
        participations: if outcome == Outcome::Held {
            seen
        } else {
            Seen::default()
        },
        volunteers: volunteers_in(head_count),
        surplus: more,
        children: surplus(head_count, children, HeadCount::children),
    }
}

/// Adds a session to its day.
fn add_session(count: &mut DayCount, session: &Session, found: &SessionCount) {
    count.seen.add(&found.surplus);
    count.anonymous.add(&found.surplus);
    count.children.add(&found.children);
    match found.outcome {
        Outcome::Held => {
            count.held += 1;
            count.sessions_counted += usize::from(found.counted);
            let activity = session.plan.map(|(activity, ..)| activity);
            count
                .activities
                .extend(activity.map(|activity| (activity, found.counted)));
            count.participations.add(&found.participations);
        }
        Outcome::Cancelled => count.cancelled += 1,
        Outcome::Unconfirmed => count.unconfirmed += 1,
        Outcome::Ahead => {}
    }
}

/// Whether the day is an opening, whether anybody counted, and what waits.
fn opening<'a>(count: &mut DayCount, planned: bool, rows: impl Iterator<Item = &'a Row>) {
    let mut closed = false;
    for row in rows {
        match &row.event {
            Event::VisitorCheckedIn {
                party, evidence, ..
            } if row.waiting => {
                count
                    .waiting
                    .check_in(*evidence, i64::from(party.persons()));
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

/// Each visitor once, by the strongest evidence.
pub(super) fn distinct(
    known: impl Iterator<Item = (Visitor, Evidence)>,
) -> HashMap<Visitor, Evidence> {
    let mut distinct = HashMap::new();
    for (visitor, evidence) in known {
        let kept = distinct.entry(visitor).or_insert(evidence);
        if strength(evidence) < strength(*kept) {
            *kept = evidence;
        }
    }
    distinct
}
