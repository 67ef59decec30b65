//! What one day's entries contradict or leave out.

use super::{CENTS_A_CUP_MIN, CUPS_A_VISIT_MAX, Kind, Parameter, Warning};
use crate::figures::{DayCount, Outcome, count_day, count_session, counted};
use crate::ledger::{Ledger, Row, Session};
use meetellen_events::tally::{Event, Visitor};
use meetellen_events::values::{Day, Name, PersonId, SessionId};
use std::collections::HashSet;

pub(super) fn warnings(ledger: &Ledger, day: Day) -> Vec<Warning> {
    let now = ledger.recorded_at();
    let count = count_day(ledger, day, now);
    let mut found = Vec::new();
    if count.open && !count.counted && ledger.zone().end_of(day) <= now {
        found.push(Warning::new(Kind::OpeningNotCounted, day));
    }
    found.extend(waiting(ledger, day));
    found.extend(door(ledger, day));
    found.extend(bar(ledger, &count));
    for (id, session) in ledger.sessions_of(day) {
        let about = OfSession {
            ledger,
            day,
            id,
            session,
        };
        found.extend(about.unconfirmed());
        found.extend(about.below_check_ins());
        found.extend(about.over_room());
        found.extend(about.over_capacity());
    }
    found
}

fn waiting(ledger: &Ledger, day: Day) -> Option<Warning> {
    let of_sessions = ledger.sessions_of(day).map(|(_, session)| session);
    let of_sessions = of_sessions.flat_map(|session| ledger.session_rows(session));
    let rows = ledger.rows_of(day).chain(of_sessions);
    let waiting: Vec<Row> = rows.filter(|row| row.waiting).collect();
    if waiting.is_empty() {
        return None;
    }
    let number = Parameter::Number(waiting.len() as i64);
    let warning = Warning::new(Kind::EntriesToConfirm, day).with("number", number);
    Some(warning.about(waiting))
}

/// The last head count with what it says of visitors.
fn last_head_count(rows: impl Iterator<Item = Row>) -> Option<(Row, i64)> {
    let counts = rows.filter_map(|row| {
        let Event::HeadsCounted { heads, .. } = &row.event else {
            return None;
        };
        let heads = i64::from(heads.visitors());
        Some((row, heads))
    });
    counts.max_by_key(|(row, _)| (row.at, row.position))
}

/// The last head count of the door against who had checked in by then; volunteers on duty stand in neither.
fn door(ledger: &Ledger, day: Day) -> Option<Warning> {
    let (row, heads) = last_head_count(ledger.rows_of(day))?;
    let of_sessions = ledger.sessions_of(day).map(|(_, session)| session);
    let of_sessions = of_sessions.flat_map(|session| ledger.session_rows(session));
    let rows = ledger.rows_of(day).chain(of_sessions);
    let on_duty: HashSet<PersonId> = ledger
        .rows_of(day)
        .filter_map(|row| on_duty(&row))
        .collect();
    let by_then = counted(rows.filter(|other| other.at <= row.at));
    let persons = by_then.iter().map(|one| {
        let working = matches!(one.visitor, Visitor::Pass(person) if on_duty.contains(&person));
        i64::from(one.party.persons()) - i64::from(working)
    });
    below(day, &row, heads, persons.sum())
}

fn on_duty(row: &Row) -> Option<PersonId> {
    let Event::ShiftStarted { volunteer, .. } = &row.event else {
        return None;
    };
    Some(*volunteer)
}

fn below(day: Day, row: &Row, heads: i64, check_ins: i64) -> Option<Warning> {
    (heads < check_ins).then(|| {
        Warning::new(Kind::HeadCountBelowCheckIns, day)
            .with("heads", Parameter::Number(heads))
            .with("check_ins", Parameter::Number(check_ins))
            .about([row])
    })
}

fn bar(ledger: &Ledger, count: &DayCount) -> Vec<Warning> {
    let (mut cups, mut cents) = (0, 0);
    let (mut coffee, mut tills) = (Vec::new(), Vec::new());
    let rows: Vec<Row> = ledger.rows_of(count.day).collect();
    for row in &rows {
        if let Event::CoffeeServed { cups: more, .. } = &row.event {
            cups += i64::from(more.get());
            coffee.push(row);
        }
        if let Event::BarRevenueCounted { amount, .. } = &row.event {
            cents += i64::try_from(amount.get()).unwrap_or(i64::MAX);
            tills.push(row);
        }
    }
    let cups_drunk = || Parameter::Number(cups);
    let visits = count.seen.total();
    let mut found = Vec::new();
    if count.counted && cups > CUPS_A_VISIT_MAX * visits {
        let warning = Warning::new(Kind::ManyCupsPerVisit, count.day)
            .with("cups", cups_drunk())
            .with("visits", Parameter::Number(visits));
        found.push(warning.about(coffee));
    }
    if cents > 0 && cents < CENTS_A_CUP_MIN * cups {
        let warning = Warning::new(Kind::LittleRevenuePerCup, count.day)
            .with("cups", cups_drunk())
            .with("revenue", Parameter::Cents(cents));
        found.push(warning.about(tills));
    }
    found
}

struct OfSession<'a> {
    ledger: &'a Ledger,
    day: Day,
    id: SessionId,
    session: &'a Session,
}

impl OfSession<'_> {
    /// Names the session by its activity.
    fn warning(&self, kind: Kind) -> Warning {
        let warning = Warning::new(kind, self.day).at(self.id);
        match self.name() {
            Some(name) => warning.with("activity", Parameter::Name(name)),
            None => warning,
        }
    }

    fn name(&self) -> Option<Name> {
        let (activity, ..) = self.session.plan?;
        let facts = self.ledger.facts();
        facts.activity(activity, self.day, |facts| facts.name.clone())
    }

    fn unconfirmed(&self) -> Option<Warning> {
        let now = self.ledger.recorded_at();
        let (_, starts_at, ends_at) = self.session.plan?;
        let count = count_session(self.ledger, self.session, now);
        (count.outcome == Outcome::Unconfirmed && ends_at <= now).then(|| {
            let warning = self.warning(Kind::SessionUnconfirmed);
            warning.with("since", Parameter::Time(starts_at))
        })
    }

    fn below_check_ins(&self) -> Option<Warning> {
        let rows = || self.ledger.session_rows(self.session);
        let (row, heads) = last_head_count(rows())?;
        let by_then = counted(rows().filter(|other| other.at <= row.at));
        let persons = by_then.iter().map(|one| i64::from(one.party.persons()));
        let warning = below(self.day, &row, heads, persons.sum())?.at(self.id);
        Some(match self.name() {
            Some(name) => warning.with("activity", Parameter::Name(name)),
            None => warning,
        })
    }

    fn over_room(&self) -> Option<Warning> {
        let (activity, ..) = self.session.plan?;
        let facts = self.ledger.facts();
        let id = facts.room_of(self.id, activity, self.day)?;
        let room = facts.rooms(self.day).iter().find(|room| room.id == id)?;
        let warning = self
            .warning(Kind::SessionOverRoom)
            .with("room", Parameter::Name(room.name.clone()));
        self.over(warning, room.capacity?)
    }

    fn over_capacity(&self) -> Option<Warning> {
        let (activity, ..) = self.session.plan?;
        let facts = self.ledger.facts();
        let takes = facts.activity(activity, self.day, |facts| facts.capacity)?;
        self.over(self.warning(Kind::SessionOverCapacity), takes)
    }

    /// The warning where more people came than it `holds`.
    fn over(&self, warning: Warning, holds: u32) -> Option<Warning> {
        let holds = i64::from(holds);
        let count = count_session(self.ledger, self.session, self.ledger.recorded_at());
        let persons = count.participations.total();
        if persons <= holds {
            return None;
        }
        let rows = self.ledger.session_rows(self.session);
        let warning = warning
            .with("persons", Parameter::Number(persons))
            .with("holds", Parameter::Number(holds));
        Some(warning.about(rows.filter(|row| !row.waiting)))
    }
}
