//! One fold of all facts into rows, by day and by session. Late and out-of-order facts need no special case:
//! rows of a session wait with it until its day is known.

use crate::Projection;
use crate::facts::Facts;
use meetellen_events::event::{Actor, Event, Recorded};
use meetellen_events::organisation;
use meetellen_events::programme;
use meetellen_events::tally::{Event as Tally, HoursBasis, OpeningState, Standing};
use meetellen_events::values::{ActivityId, Day, EntryId, SessionId, Timestamp, Zone};
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
    /// Places of what ended it, where it is a shift.
    pub ends: Vec<u64>,
}

/// One dated occurrence of an activity.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Session {
    /// Activity, beginning and end, once planned.
    pub plan: Option<(ActivityId, Timestamp, Timestamp)>,
    /// The last word: confirmed or cancelled.
    pub held: Option<bool>,
    /// Places of its check-ins and head counts.
    pub rows: Vec<u64>,
    /// Places of the shifts at it.
    pub shifts: Vec<u64>,
}

/// Kinds of entries of which a figure is not known before the first (figures.md, rule 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A check-in, a head count, or that nobody came.
    Visit,
    /// A check-in or a head count at a session.
    Participation,
    /// Coffee.
    Coffee,
    /// Coffee of which it was said whether it was paid.
    CoffeePaid,
    /// A shift.
    Shift,
    /// The bar's till.
    BarRevenue,
    /// The bar's till with what should have been in it.
    BarExpected,
    /// The shop's till.
    ShopRevenue,
    /// The shop's till with what should have been in it.
    ShopExpected,
    /// Money given.
    Money,
    /// Goods given.
    Goods,
    /// A counter of the organisation's own.
    Counter,
    /// A contribution.
    Contribution,
}

const KINDS: usize = Kind::Contribution as usize + 1;

/// All rows of one organisation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    zone: Zone,
    facts: Facts,
    recorded_at: Timestamp,
    rows: Vec<Option<Row>>,
    days: BTreeMap<Day, Vec<u64>>,
    sessions: BTreeMap<SessionId, Session>,
    sessions_by_day: BTreeMap<Day, Vec<SessionId>>,
    tills: BTreeMap<Day, Vec<u64>>,
    firsts: [Option<Day>; KINDS],
}

impl Projection for Ledger {
    fn apply(&mut self, recorded: &Recorded) {
        let slot = usize::try_from(recorded.position.0).unwrap_or(usize::MAX);
        if self.rows.len() < slot {
            self.rows.resize(slot, None);
        }
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
            | Event::Access(_)
            | Event::Unknown(_) => {}
        }
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

    /// What stands on which day.
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The row at a place, unless retracted.
    pub fn row(&self, position: u64) -> Option<&Row> {
        self.kept(position).filter(|row| !row.retracted)
    }

    /// The row at a place, retracted or not.
    pub fn kept(&self, position: u64) -> Option<&Row> {
        let slot = usize::try_from(position.checked_sub(1)?).ok()?;
        self.rows.get(slot)?.as_ref()
    }

    /// How far the rows go: the last position taken in.
    pub const fn last(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Rows of a day that belong to no session's count, in the order they were recorded.
    pub fn rows_of(&self, day: Day) -> impl Iterator<Item = &Row> {
        self.days
            .get(&day)
            .into_iter()
            .flatten()
            .filter_map(|place| self.row(*place))
    }

    /// Counts of the bar's till from one day to another, both included.
    pub fn tills(&self, first: Day, last: Day) -> impl Iterator<Item = &Row> {
        let days = self.tills.range(first..=last);
        days.flat_map(|(_, places)| places)
            .filter_map(|place| self.row(*place))
    }

    /// A session.
    pub fn session(&self, session: SessionId) -> Option<&Session> {
        self.sessions.get(&session)
    }

    /// The sessions that began on a day, in the order they were planned.
    pub fn sessions_of(&self, day: Day) -> impl Iterator<Item = (SessionId, &Session)> {
        let ids = self.sessions_by_day.get(&day).into_iter().flatten();
        ids.filter_map(|id| Some((*id, self.sessions.get(id)?)))
    }

    /// Check-ins and head counts of a session.
    pub fn session_rows<'a>(&'a self, session: &'a Session) -> impl Iterator<Item = &'a Row> {
        session.rows.iter().filter_map(|place| self.row(*place))
    }

    /// Places of the rows that count on a day, retracted ones and those of its sessions too, in the order of the log.
    pub fn places_of(&self, day: Day) -> Vec<u64> {
        let of_sessions = self.sessions_of(day).flat_map(|(_, session)| &session.rows);
        let of_day = self.days.get(&day).into_iter().flatten();
        let mut places: Vec<u64> = of_day.chain(of_sessions).copied().collect();
        places.sort_unstable();
        places
    }

    /// The shifts at a session.
    pub fn shifts_at<'a>(&'a self, session: &'a Session) -> impl Iterator<Item = &'a Row> {
        session.shifts.iter().filter_map(|place| self.row(*place))
    }

    /// When the weekly hours open the house on a day, if they do.
    pub fn planned_opening(&self, day: Day) -> Option<Timestamp> {
        self.facts.planned_opening(day)
    }

    /// How long a shift lasted, in milliseconds, and how that is known; nothing where it never ended or is too long.
    pub fn hours_of(&self, shift: &Row) -> Option<(i64, HoursBasis)> {
        let end = shift.ends.iter().find_map(|place| self.row(*place))?;
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
        self.firsts[kind as usize].is_some_and(|first| first <= day)
    }

    /// Whether a session was ever planned for that day or any before.
    pub fn had_sessions(&self, day: Day) -> bool {
        self.sessions_by_day
            .first_key_value()
            .is_some_and(|(first, _)| *first <= day)
    }

    /// Every day with a row or a session, the earliest first.
    pub fn days(&self) -> impl Iterator<Item = Day> {
        let mut days: Vec<Day> = self
            .days
            .keys()
            .chain(self.sessions_by_day.keys())
            .copied()
            .collect();
        days.sort_unstable();
        days.dedup();
        days.into_iter()
    }

    fn row_mut(&mut self, position: u64) -> Option<&mut Row> {
        let slot = usize::try_from(position.checked_sub(1)?).ok()?;
        self.rows.get_mut(slot)?.as_mut()
    }

    /// The day a row counts on: a session's is known once it is planned.
    pub fn day_of(&self, row: &Row) -> Option<Day> {
        match session_of(&row.event) {
            None => Some(self.zone.day_of(row.at)),
            Some(id) => {
                let (_, starts_at, _) = self.sessions.get(&id)?.plan?;
                Some(self.zone.day_of(starts_at))
            }
        }
    }

    fn tally(&mut self, recorded: &Recorded, event: &Tally) {
        let place = recorded.position.0;
        let waiting = match event {
            Tally::EntryRetracted { target, .. } => {
                self.retract(target.position.0);
                false
            }
            Tally::EntriesConfirmed { targets } => {
                let places = targets.iter().map(|target| target.position.0);
                places.for_each(|place| self.confirm(place));
                false
            }
            Tally::ShiftStarted {
                session: Some(id), ..
            } => {
                self.sessions.entry(*id).or_default().shifts.push(place);
                false
            }
            Tally::ShiftEnded { shift, .. } => {
                if let Some(row) = self.row_mut(shift.position.0) {
                    row.ends.push(place);
                }
                false
            }
            Tally::VisitorCheckedIn { standing, .. }
            | Tally::MoneyDonated { standing, .. }
            | Tally::GoodsDonated { standing, .. } => *standing == Standing::ToConfirm,
            Tally::HeadsCounted { .. }
            | Tally::CoffeeServed { .. }
            | Tally::CounterTallied { .. }
            | Tally::ContributionMade { .. }
            | Tally::ShiftStarted { session: None, .. }
            | Tally::BarRevenueCounted { .. }
            | Tally::ShopRevenueCounted { .. }
            | Tally::IndicatorMeasured { .. }
            | Tally::OpeningNoted { .. } => false,
        };
        let at = recorded.fact.occurred_at;
        match session_of(event) {
            Some(id) => self.sessions.entry(id).or_default().rows.push(place),
            None => self
                .days
                .entry(self.zone.day_of(at))
                .or_default()
                .push(place),
        }
        let row = Row {
            entry: EntryId::new(recorded.fact.id),
            at,
            position: place,
            recorded_at: recorded.recorded_at,
            actor: recorded.actor,
            event: event.clone(),
            retracted: false,
            waiting,
            ends: Vec::new(),
        };
        if matches!(event, Tally::BarRevenueCounted { .. }) {
            let day = self.zone.day_of(at);
            self.tills.entry(day).or_default().push(place);
        }
        self.note(&row);
        let slot = usize::try_from(place.saturating_sub(1)).ok();
        if let Some(empty) = slot.and_then(|slot| self.rows.get_mut(slot)) {
            *empty = Some(row);
        }
    }

    /// Notes that a row counts, if it does.
    fn note(&mut self, row: &Row) {
        if row.waiting || row.retracted {
            return;
        }
        let Some(day) = self.day_of(row) else { return };
        for kind in kinds_of(&row.event).into_iter().flatten() {
            let first = &mut self.firsts[kind as usize];
            *first = Some(first.map_or(day, |first| first.min(day)));
        }
    }

    fn confirm(&mut self, place: u64) {
        let Some(row) = self.row_mut(place) else {
            return;
        };
        row.waiting = false;
        let row = row.clone();
        self.note(&row);
    }

    fn retract(&mut self, place: u64) {
        let Some(row) = self.row_mut(place) else {
            return;
        };
        row.retracted = true;
        let kinds = kinds_of(&row.event);
        let day = self.kept(place).and_then(|row| self.day_of(row));
        for kind in kinds.into_iter().flatten() {
            if self.firsts[kind as usize] == day {
                self.firsts[kind as usize] = day.and_then(|day| self.first_from(day, kind));
            }
        }
    }

    /// The first day from one on with an entry of a kind that counts.
    fn first_from(&self, day: Day, kind: Kind) -> Option<Day> {
        let counts = |row: &Row| !row.waiting && kinds_of(&row.event).contains(&Some(kind));
        let mut from = Some(day);
        while let Some(day) = from {
            let mut sessions = self.sessions_of(day).map(|(_, session)| session);
            if self.rows_of(day).any(counts)
                || sessions.any(|session| self.session_rows(session).any(counts))
            {
                return Some(day);
            }
            let next = day.next();
            let of_rows = self.days.range(next..).next().map(|(day, _)| *day);
            let of_sessions = self.sessions_by_day.range(next..).next();
            let of_sessions = of_sessions.map(|(day, _)| *day);
            from = of_rows.into_iter().chain(of_sessions).min();
        }
        None
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
                self.sessions.entry(*session).or_default().held = Some(false);
            }
            programme::Event::SessionConfirmed { session } => {
                self.sessions.entry(*session).or_default().held = Some(true);
            }
            programme::Event::ActivityAdded { .. }
            | programme::Event::ActivityChanged { .. }
            | programme::Event::CodeIssued { .. }
            | programme::Event::CodeWithdrawn { .. } => {}
        }
    }

    /// The first plan of a session stands; rows that came before it find their day.
    fn plan(&mut self, id: SessionId, plan: (ActivityId, Timestamp, Timestamp)) {
        let session = self.sessions.entry(id).or_default();
        if session.plan.is_some() {
            return;
        }
        session.plan = Some(plan);
        let places = session.rows.clone();
        let day = self.zone.day_of(plan.1);
        self.sessions_by_day.entry(day).or_default().push(id);
        let waited: Vec<Row> = places
            .into_iter()
            .filter_map(|place| self.row(place).cloned())
            .collect();
        waited.iter().for_each(|row| self.note(row));
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

fn kinds_of(event: &Tally) -> [Option<Kind>; 2] {
    match event {
        Tally::VisitorCheckedIn { session, .. } | Tally::HeadsCounted { session, .. } => {
            [Some(Kind::Visit), session.map(|_| Kind::Participation)]
        }
        Tally::OpeningNoted {
            state: OpeningState::NobodyCame,
        } => [Some(Kind::Visit), None],
        Tally::CoffeeServed { paid, .. } => [Some(Kind::Coffee), paid.map(|_| Kind::CoffeePaid)],
        Tally::ShiftStarted { .. } => [Some(Kind::Shift), None],
        Tally::BarRevenueCounted { expected, .. } => {
            [Some(Kind::BarRevenue), expected.map(|_| Kind::BarExpected)]
        }
        Tally::ShopRevenueCounted { expected, .. } => [
            Some(Kind::ShopRevenue),
            expected.map(|_| Kind::ShopExpected),
        ],
        Tally::MoneyDonated { .. } => [Some(Kind::Money), None],
        Tally::GoodsDonated { .. } => [Some(Kind::Goods), None],
        Tally::CounterTallied { .. } => [Some(Kind::Counter), None],
        Tally::ContributionMade { .. } => [Some(Kind::Contribution), None],
        Tally::ShiftEnded { .. }
        | Tally::IndicatorMeasured { .. }
        | Tally::OpeningNoted {
            state: OpeningState::Opened | OpeningState::Closed,
        }
        | Tally::EntryRetracted { .. }
        | Tally::EntriesConfirmed { .. } => [None, None],
    }
}
