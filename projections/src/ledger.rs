//! One fold of all facts into rows, by day and by session. Late and out-of-order facts need no special case:
//! rows of a session wait with it until its day is known.

use crate::Projection;
use crate::facts::Facts;
use meetellen_events::event::{Event, Recorded};
use meetellen_events::organisation;
use meetellen_events::programme;
use meetellen_events::standing::{self, Hours, Setting};
use meetellen_events::tally::{Event as Tally, Standing};
use meetellen_events::values::{ActivityId, Day, SessionId, Timestamp, Zone};
use std::collections::{BTreeMap, HashMap};

/// One tallied entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// When it happened.
    pub at: Timestamp,
    /// Its place in the log.
    pub position: u64,
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
}

/// All rows of one organisation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    zone: Zone,
    facts: Facts,
    rows: Vec<Option<Row>>,
    days: BTreeMap<Day, Vec<u64>>,
    sessions: HashMap<SessionId, Session>,
    sessions_by_day: BTreeMap<Day, Vec<SessionId>>,
    hours: BTreeMap<Day, Vec<Hours>>,
    closed_days: BTreeMap<Day, Vec<Day>>,
}

impl Projection for Ledger {
    fn apply(&mut self, recorded: &Recorded) {
        self.facts.apply(recorded);
        let slot = usize::try_from(recorded.position.0).unwrap_or(usize::MAX);
        if self.rows.len() < slot {
            self.rows.resize(slot, None);
        }
        match &recorded.fact.event {
            Event::Organisation(organisation::Event::Founded { time_zone, .. }) => {
                self.zone = Zone::new(time_zone).unwrap_or_default();
            }
            Event::Tally(event) => self.tally(recorded, event),
            Event::Programme(event) => self.programme(event),
            Event::Standing(standing::Event::SettingChanged { setting, since }) => {
                self.setting(setting, *since);
            }
            Event::Organisation(_)
            | Event::Standing(_)
            | Event::People(_)
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

    /// What stands on which day.
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The row at a place, unless retracted.
    pub fn row(&self, position: u64) -> Option<&Row> {
        let slot = usize::try_from(position.checked_sub(1)?).ok()?;
        self.rows.get(slot)?.as_ref().filter(|row| !row.retracted)
    }

    /// Rows of a day that belong to no session's count, in the order they were recorded.
    pub fn rows_of(&self, day: Day) -> impl Iterator<Item = &Row> {
        self.days
            .get(&day)
            .into_iter()
            .flatten()
            .filter_map(|place| self.row(*place))
    }

    /// The sessions that began on a day.
    pub fn sessions_of(&self, day: Day) -> impl Iterator<Item = (SessionId, &Session)> {
        let ids = self.sessions_by_day.get(&day).into_iter().flatten();
        ids.filter_map(|id| Some((*id, self.sessions.get(id)?)))
    }

    /// Check-ins and head counts of a session.
    pub fn session_rows<'a>(&'a self, session: &'a Session) -> impl Iterator<Item = &'a Row> {
        session.rows.iter().filter_map(|place| self.row(*place))
    }

    /// When the weekly hours open the house on a day, if they do.
    pub fn planned_opening(&self, day: Day) -> Option<Timestamp> {
        let closed = self.closed_days.range(..=day).next_back();
        if closed.is_some_and(|(_, days)| days.contains(&day)) {
            return None;
        }
        let (_, hours) = self.hours.range(..=day).next_back()?;
        let today = hours.iter().filter(|hours| hours.weekday == day.weekday());
        today
            .map(|hours| self.zone.at(day, hours.from.minutes()))
            .min()
    }

    /// Every day with a row, a session or weekly hours before it; the earliest first.
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

    fn tally(&mut self, recorded: &Recorded, event: &Tally) {
        let place = recorded.position.0;
        let mut waiting = false;
        let mut of_session = None;
        match event {
            Tally::EntryRetracted { target, .. } => {
                if let Some(row) = self.row_mut(target.position.0) {
                    row.retracted = true;
                }
                return;
            }
            Tally::EntriesConfirmed { targets } => {
                for target in targets {
                    if let Some(row) = self.row_mut(target.position.0) {
                        row.waiting = false;
                    }
                }
                return;
            }
            Tally::ShiftEnded { shift, .. } => {
                if let Some(row) = self.row_mut(shift.position.0) {
                    row.ends.push(place);
                }
            }
            Tally::VisitorCheckedIn {
                session, standing, ..
            } => {
                of_session = *session;
                waiting = *standing == Standing::ToConfirm;
            }
            Tally::HeadsCounted { session, .. } => of_session = *session,
            Tally::MoneyDonated { standing, .. } | Tally::GoodsDonated { standing, .. } => {
                waiting = *standing == Standing::ToConfirm;
            }
            Tally::CoffeeServed { .. }
            | Tally::CounterTallied { .. }
            | Tally::ContributionMade { .. }
            | Tally::ShiftStarted { .. }
            | Tally::BarRevenueCounted { .. }
            | Tally::ShopRevenueCounted { .. }
            | Tally::IndicatorMeasured { .. }
            | Tally::OpeningNoted { .. } => {}
        }
        let at = recorded.fact.occurred_at;
        match of_session {
            Some(id) => self.sessions.entry(id).or_default().rows.push(place),
            None => self
                .days
                .entry(self.zone.day_of(at))
                .or_default()
                .push(place),
        }
        let row = Row {
            at,
            position: place,
            event: event.clone(),
            retracted: false,
            waiting,
            ends: Vec::new(),
        };
        let slot = usize::try_from(place.saturating_sub(1)).ok();
        if let Some(empty) = slot.and_then(|slot| self.rows.get_mut(slot)) {
            *empty = Some(row);
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
            } => {
                let known = self.sessions.entry(*session).or_default();
                known.plan = Some((*activity, *starts_at, *ends_at));
                self.sessions_by_day
                    .entry(self.zone.day_of(*starts_at))
                    .or_default()
                    .push(*session);
            }
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

    fn setting(&mut self, setting: &Setting, since: Day) {
        match setting {
            Setting::OpeningHours(hours) => {
                self.hours.insert(since, hours.clone());
            }
            Setting::ClosedDays(days) => {
                self.closed_days.insert(since, days.clone());
            }
            Setting::Rooms(_)
            | Setting::HourlyRate(_)
            | Setting::CupsPerPot(_)
            | Setting::CanteenLimit(_)
            | Setting::Inhabitants(_) => {}
        }
    }
}
