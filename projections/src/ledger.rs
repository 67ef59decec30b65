//! One fold of all facts into rows, by day and by session. Late and out-of-order facts need no special case:
//! rows of a session wait with it until its day is known.

mod kept;
mod kinds;
mod places;

pub use kinds::Kind;

use crate::Projection;
use crate::facts::Facts;
use kept::{Kept, Rows, Slot, What};
use kinds::Firsts;
use meetellen_events::event::{Actor, Event, Recorded};
use meetellen_events::organisation;
use meetellen_events::programme;
use meetellen_events::tally::{Event as Tally, HoursBasis, Standing};
use meetellen_events::values::{ActivityId, Day, EntryId, SessionId, Timestamp, Zone};
use places::{Days, Sessions};
use std::collections::BTreeMap;

/// A longer shift is a forgotten end: its hours are unknown.
pub const SHIFT_MILLIS_MAX: i64 = 16 * 3_600_000;

/// One tallied entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The entry.
    pub entry: EntryId,
    /// When it happened.
    pub at: Timestamp,
    /// Its place in the log.
    pub position: u64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who had it recorded.
    pub actor: Actor,
    /// What was tallied.
    pub event: Tally,
    /// Whether it was retracted.
    pub retracted: bool,
    /// Whether it waits to be confirmed.
    pub waiting: bool,
}

/// One dated occurrence of an activity.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Session {
    /// Activity, beginning and end, once planned.
    pub plan: Option<(ActivityId, Timestamp, Timestamp)>,
    /// The last word: confirmed or cancelled.
    pub held: Option<bool>,
    /// Places of its check-ins and head counts.
    rows: Vec<Slot>,
    /// Places of the shifts at it.
    shifts: Vec<Slot>,
    /// The day it begins on, once planned.
    day: Option<Day>,
}

/// All rows of one organisation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    zone: Zone,
    facts: Facts,
    recorded_at: Timestamp,
    rows: Rows,
    days: Days,
    sessions: Sessions,
    sessions_by_day: BTreeMap<Day, Vec<SessionId>>,
    tills: BTreeMap<Day, Vec<Slot>>,
    firsts: Firsts,
}

impl Projection for Ledger {
    fn apply(&mut self, recorded: &Recorded) {
        self.facts.apply(recorded);
        self.recorded_at = recorded.recorded_at;
        match &recorded.fact.event {
            Event::Organisation(organisation::Event::Founded { time_zone, .. }) => {
                self.zone = Zone::new(time_zone).unwrap_or_default();
            }
            Event::Tally(event) => self.tally(recorded, event),
            Event::Programme(event) => self.programme(event),
            Event::Organisation(_)
            | Event::People(_)
            | Event::Standing(_)
            | Event::Months(_)
            | Event::Access(_)
            | Event::Unknown(_) => {}
        }
        // Other facts have a place in the log, too.
        self.rows.pass(recorded.position.0);
    }
}

impl Ledger {
    /// The organisation's time zone.
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// When the last fact was recorded: the instant as of which everything here is known.
    pub const fn recorded_at(&self) -> Timestamp {
        self.recorded_at
    }

    /// Takes it that nothing more was recorded until an instant.
    pub(crate) fn wait_until(&mut self, instant: Timestamp) {
        self.recorded_at = self.recorded_at.max(instant);
    }

    /// What stands on which day.
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The row at a place, unless retracted.
    pub fn row(&self, position: u64) -> Option<Row> {
        let kept = self.rows.get(position).filter(|kept| !kept.retracted)?;
        self.shown(position, kept)
    }

    /// The row at a place, retracted or not.
    pub fn kept(&self, position: u64) -> Option<Row> {
        self.shown(position, self.rows.get(position)?)
    }

    /// How far the rows go: the last position taken in.
    pub const fn last(&self) -> u64 {
        self.rows.len() as u64
    }

    fn shown(&self, position: u64, kept: &Kept) -> Option<Row> {
        Some(Row {
            entry: kept.entry,
            at: kept.at,
            position,
            recorded_at: kept.recorded_at,
            actor: self.rows.actor_of(kept)?,
            event: self.rows.event(kept, &self.sessions)?,
            retracted: kept.retracted,
            waiting: kept.waiting,
        })
    }

    fn shown_of<'a>(&'a self, places: &'a [Slot]) -> impl Iterator<Item = Row> + 'a {
        places.iter().filter_map(|place| self.row(place.place()))
    }

    /// Rows of a day that belong to no session's count, in the order they were recorded.
    pub fn rows_of(&self, day: Day) -> impl Iterator<Item = Row> {
        self.shown_of(self.days.of(day))
    }

    /// Counts of the bar's till from one day to another, both included.
    pub fn tills(&self, first: Day, last: Day) -> impl Iterator<Item = Row> {
        let days = self.tills.range(first..=last);
        days.flat_map(|(_, places)| self.shown_of(places))
    }

    /// A session.
    pub fn session(&self, session: SessionId) -> Option<&Session> {
        self.sessions.get(session)
    }

    /// The sessions that began on a day, in the order they were planned.
    pub fn sessions_of(&self, day: Day) -> impl Iterator<Item = (SessionId, &Session)> {
        let ids = self.sessions_by_day.get(&day).into_iter().flatten();
        ids.filter_map(|id| Some((*id, self.sessions.get(*id)?)))
    }

    /// Check-ins and head counts of a session.
    pub fn session_rows<'a>(&'a self, session: &'a Session) -> impl Iterator<Item = Row> + 'a {
        self.shown_of(&session.rows)
    }

    /// Places of the rows that count on a day, retracted ones and those of its sessions too, in the order of the log.
    pub fn places_of(&self, day: Day) -> Vec<u64> {
        let of_sessions = self.sessions_of(day).flat_map(|(_, session)| &session.rows);
        let slots = self.days.of(day).iter().chain(of_sessions);
        let mut places: Vec<u64> = slots.map(|slot| slot.place()).collect();
        places.sort_unstable();
        places
    }

    /// The shifts at a session.
    pub fn shifts_at<'a>(&'a self, session: &'a Session) -> impl Iterator<Item = Row> + 'a {
        self.shown_of(&session.shifts)
    }

    /// When the weekly hours open the house on a day, if they do.
    pub fn planned_opening(&self, day: Day) -> Option<Timestamp> {
        self.facts.planned_opening(day)
    }

    /// What ended a shift: the first end that was not retracted.
    pub fn end_of(&self, shift: &Row) -> Option<Row> {
        let ends = self.rows.ends(shift.position);
        ends.filter_map(|place| self.row(place)).last()
    }

    /// How long a shift lasted, in milliseconds, and how that is known; nothing where it never ended or is too long.
    pub fn hours_of(&self, shift: &Row) -> Option<(i64, HoursBasis)> {
        let end = self.end_of(shift)?;
        let Tally::ShiftEnded { basis, .. } = &end.event else {
            return None;
        };
        let millis = end.at.millis_since(shift.at);
        (0..=SHIFT_MILLIS_MAX)
            .contains(&millis)
            .then_some((millis, *basis))
    }

    /// Whether an entry of that kind counts on that day or any before.
    pub fn began(&self, kind: Kind, day: Day) -> bool {
        self.firsts.of(kind).is_some_and(|first| first <= day)
    }

    /// Whether a session was ever planned for that day or any before.
    pub fn had_sessions(&self, day: Day) -> bool {
        self.sessions_by_day
            .first_key_value()
            .is_some_and(|(first, _)| *first <= day)
    }

    /// Every day with a row or a session, the earliest first.
    pub fn days(&self) -> impl Iterator<Item = Day> {
        let of_sessions = self.sessions_by_day.keys().copied();
        let mut days: Vec<Day> = self.days.days().chain(of_sessions).collect();
        days.sort_unstable();
        days.dedup();
        days.into_iter()
    }

    /// The day a row counts on: a session's is known once it is planned.
    pub fn day_of(&self, row: &Row) -> Option<Day> {
        match session_of(&row.event) {
            None => Some(self.zone.day_of(row.at)),
            Some(id) => self.sessions.get(id)?.day,
        }
    }

    fn tally(&mut self, recorded: &Recorded, event: &Tally) {
        let place = recorded.position.0;
        let waiting = event.standing() == Standing::ToConfirm;
        let mut session = Slot::default();
        if let Some(id) = session_at(event) {
            session = self.sessions.known(id).0;
        }
        match event {
            Tally::EntryRetracted { target, .. } => self.retract(target.position.0),
            Tally::EntriesConfirmed { targets } => {
                let places = targets.iter().map(|target| target.position.0);
                places.for_each(|place| self.confirm(place));
            }
            Tally::VisitorCheckedIn { .. }
            | Tally::MoneyDonated { .. }
            | Tally::GoodsDonated { .. }
            | Tally::HeadsCounted { .. }
            | Tally::CoffeeServed { .. }
            | Tally::CounterTallied { .. }
            | Tally::ContributionMade { .. }
            | Tally::ShiftStarted { .. }
            | Tally::ShiftEnded { .. }
            | Tally::BarRevenueCounted { .. }
            | Tally::ShopRevenueCounted { .. }
            | Tally::IndicatorMeasured { .. }
            | Tally::OpeningNoted { .. } => {}
        }
        let what = self.rows.what(event, session);
        if let What::ShiftEnd { shift, .. } = what {
            self.rows.end(shift, place);
        }
        if let Some(day) = self.file(event, session, recorded.fact.occurred_at, place)
            && !waiting
        {
            self.firsts.note(event, day);
        }
        let (entry, at) = (EntryId::new(recorded.fact.id), recorded.fact.occurred_at);
        let actor = self.rows.actor(recorded.actor);
        let mut row = Kept::new(entry, at, recorded.recorded_at, actor, what);
        row.waiting = waiting;
        self.rows.put(place, row);
    }

    /// Files a place where it is looked for; the day it counts on.
    fn file(&mut self, event: &Tally, session: Slot, at: Timestamp, place: u64) -> Option<Day> {
        let slot = Slot::of_place(place);
        if let Some(session) = self.sessions.at_mut(session) {
            if session_of(event).is_some() {
                session.rows.push(slot);
                return session.day;
            }
            if matches!(event, Tally::ShiftStarted { .. }) {
                session.shifts.push(slot);
            }
        }
        let day = self.days.push(&self.zone, at, slot);
        if matches!(event, Tally::BarRevenueCounted { .. }) {
            self.tills.entry(day).or_default().push(slot);
        }
        Some(day)
    }

    fn confirm(&mut self, place: u64) {
        if let Some(row) = self.rows.get_mut(place) {
            row.waiting = false;
        }
        self.note(place);
    }

    /// Notes that there was an entry of its kind, once it does not wait; a retracted one was there too.
    fn note(&mut self, place: u64) {
        if let Some(row) = self.kept(place).filter(|row| !row.waiting)
            && let Some(day) = self.day_of(&row)
        {
            self.firsts.note(&row.event, day);
        }
    }

    fn retract(&mut self, place: u64) {
        // What came before the first entry stays known: that it was taken back is a count of 0.
        if let Some(row) = self.rows.get_mut(place) {
            row.retracted = true;
        }
    }

    fn programme(&mut self, event: &programme::Event) {
        match event {
            programme::Event::SessionPlanned {
                session,
                activity,
                starts_at,
                ends_at,
                ..
            } => self.plan(*session, (*activity, *starts_at, *ends_at)),
            programme::Event::SessionCancelled { session } => {
                self.sessions.known(*session).1.held = Some(false);
            }
            programme::Event::SessionConfirmed { session } => {
                self.sessions.known(*session).1.held = Some(true);
            }
            programme::Event::ActivityAdded { .. }
            | programme::Event::ActivityChanged { .. }
            | programme::Event::CodeIssued { .. }
            | programme::Event::CodeWithdrawn { .. } => {}
        }
    }

    /// The first plan of a session stands; rows that came before it find their day.
    fn plan(&mut self, id: SessionId, plan: (ActivityId, Timestamp, Timestamp)) {
        let day = self.zone.day_of(plan.1);
        let (_, session) = self.sessions.known(id);
        if session.plan.is_some() {
            return;
        }
        session.plan = Some(plan);
        session.day = Some(day);
        let waited = session.rows.clone();
        self.sessions_by_day.entry(day).or_default().push(id);
        waited.into_iter().for_each(|slot| self.note(slot.place()));
    }
}

/// The session an entry names.
fn session_at(event: &Tally) -> Option<SessionId> {
    match event {
        Tally::VisitorCheckedIn { session, .. }
        | Tally::HeadsCounted { session, .. }
        | Tally::CoffeeServed { session, .. }
        | Tally::ContributionMade { session, .. }
        | Tally::ShiftStarted { session, .. } => *session,
        Tally::CounterTallied { .. }
        | Tally::ShiftEnded { .. }
        | Tally::BarRevenueCounted { .. }
        | Tally::ShopRevenueCounted { .. }
        | Tally::MoneyDonated { .. }
        | Tally::GoodsDonated { .. }
        | Tally::IndicatorMeasured { .. }
        | Tally::OpeningNoted { .. }
        | Tally::EntryRetracted { .. }
        | Tally::EntriesConfirmed { .. } => None,
    }
}

/// The session whose count a row is part of.
pub(crate) fn session_of(event: &Tally) -> Option<SessionId> {
    match event {
        Tally::VisitorCheckedIn { session, .. } | Tally::HeadsCounted { session, .. } => *session,
        Tally::CoffeeServed { .. }
        | Tally::CounterTallied { .. }
        | Tally::ContributionMade { .. }
        | Tally::ShiftStarted { .. }
        | Tally::ShiftEnded { .. }
        | Tally::BarRevenueCounted { .. }
        | Tally::ShopRevenueCounted { .. }
        | Tally::MoneyDonated { .. }
        | Tally::GoodsDonated { .. }
        | Tally::IndicatorMeasured { .. }
        | Tally::OpeningNoted { .. }
        | Tally::EntryRetracted { .. }
        | Tally::EntriesConfirmed { .. } => None,
    }
}
