//! What the rules keep of the programme.

mod decide;

pub use decide::Rooms;

use super::{ActivityFacts, Event, SESSION_MILLIS_MAX, Target};
use crate::organisation::Held;
use crate::values::{ActivityId, Code, Day, RoomId, SessionId, Timestamp, Zone};
use std::collections::{BTreeSet, HashMap};

/// A code without a session that is on looks this far for one.
const NEAR_MILLIS: i64 = 2 * 3_600_000;

/// What was said last about whether a session takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Nothing.
    None,
    /// It does not.
    Cancelled,
    /// It did.
    Confirmed,
}

/// A planned session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Of what.
    pub activity: ActivityId,
    /// Its beginning.
    pub starts_at: Timestamp,
    /// Its end.
    pub ends_at: Timestamp,
    /// Where, if not where the activity usually is.
    pub room: Option<RoomId>,
    /// Whether it takes place.
    pub word: Word,
    /// When it was planned, or the last word on it was said.
    pub changed_at: Timestamp,
}

/// A code on a wall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// What it opens.
    pub target: Target,
    /// The only day it is good on.
    pub day: Option<Day>,
    /// The instant from which it is good no more.
    pub valid_until: Option<Timestamp>,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
}

/// Activities, sessions and codes.
#[derive(Debug, Clone, Default)]
pub struct State {
    activities: HashMap<ActivityId, Held<ActivityFacts>>,
    sessions: HashMap<SessionId, Session>,
    by_start: BTreeSet<(Timestamp, SessionId)>,
    codes: HashMap<Code, Issued>,
}

/// The facts with what `news` says otherwise.
fn over(facts: &ActivityFacts, news: &ActivityFacts) -> ActivityFacts {
    ActivityFacts {
        name: news.name.clone().or_else(|| facts.name.clone()),
        organised_by: news.organised_by.or(facts.organised_by),
        organisers: news.organisers.clone().or_else(|| facts.organisers.clone()),
        category: news.category.clone().or_else(|| facts.category.clone()),
        room: news.room.or(facts.room),
        capacity: news.capacity.or(facts.capacity),
        sensitive: news.sensitive.or(facts.sensitive),
    }
}

/// What holds on a day: each change names only what it changes.
fn facts_on(held: &Held<ActivityFacts>, day: Day) -> ActivityFacts {
    held.up_to(day)
        .fold(ActivityFacts::default(), |facts, news| over(&facts, news))
}

impl State {
    /// Every activity, in no order.
    pub fn activities(&self) -> impl Iterator<Item = ActivityId> + '_ {
        self.activities.keys().copied()
    }

    /// What holds of an activity on a day; before its first day, what holds then.
    pub fn activity(&self, activity: ActivityId, day: Day) -> Option<ActivityFacts> {
        let held = self.activities.get(&activity)?;
        let first = held.days().next()?;
        Some(facts_on(held, day.max(first)))
    }

    /// Every session that begins behind `after` and before `before`, in the order of their starts.
    pub fn sessions(
        &self,
        after: (Timestamp, SessionId),
        before: Timestamp,
    ) -> impl Iterator<Item = (SessionId, &Session)> {
        use std::ops::Bound::{Excluded, Unbounded};
        self.by_start
            .range((Excluded(after), Unbounded))
            .take_while(move |(starts_at, _)| *starts_at < before)
            .filter_map(|(_, id)| Some((*id, self.sessions.get(id)?)))
    }

    /// A session, cancelled or not.
    pub fn session(&self, session: SessionId) -> Option<&Session> {
        self.sessions.get(&session)
    }

    /// A code, good or not.
    pub fn code(&self, code: Code) -> Option<&Issued> {
        self.codes.get(&code)
    }

    /// Every code ever made, in no order.
    pub fn codes(&self) -> impl Iterator<Item = (Code, &Issued)> {
        self.codes.iter().map(|(code, issued)| (*code, issued))
    }

    /// Whether nothing may show who came to an activity on a day.
    pub fn is_sensitive(&self, activity: ActivityId, day: Day) -> bool {
        self.activities.get(&activity).is_some_and(|held| {
            let said = held.up_to(day).filter_map(|facts| facts.sensitive).last();
            said.or_else(|| held.on_or_first(day).and_then(|facts| facts.sensitive)) == Some(true)
        })
    }

    /// The session of an activity that is on at an instant, else the nearest within two hours. Of several on, the one begun last.
    pub fn session_at(&self, activity: ActivityId, at: Timestamp) -> Option<SessionId> {
        self.near(at)
            .filter(|(_, session)| session.activity == activity)
            .min_by_key(|(_, session)| (session.distance(at), at.millis_since(session.starts_at)))
            .map(|(id, _)| id)
    }

    /// Whether the last word on a session is that it does not take place.
    pub fn is_cancelled(&self, session: SessionId) -> bool {
        let known = self.sessions.get(&session);
        known.is_some_and(|known| known.word == Word::Cancelled)
    }

    /// Whether any session is on or within two hours.
    pub fn is_near_any(&self, at: Timestamp) -> bool {
        self.near(at).next().is_some()
    }

    /// The sessions that are on or within two hours and not cancelled, the first to begin first.
    pub fn near(&self, at: Timestamp) -> impl Iterator<Item = (SessionId, &Session)> {
        let none = SessionId::new(uuid::Uuid::nil());
        let from = (at.plus_millis(-SESSION_MILLIS_MAX - NEAR_MILLIS), none);
        let to = (at.plus_millis(NEAR_MILLIS + 1), none);
        self.by_start.range(from..to).filter_map(move |(_, id)| {
            let session = self.sessions.get(id)?;
            let near = session.word != Word::Cancelled && session.is_near(at);
            near.then_some((*id, session))
        })
    }

    /// Whether nothing may show who comes to a session, or at an instant with an activity's code.
    pub fn is_hidden(
        &self,
        zone: &Zone,
        session: Option<SessionId>,
        code: Option<Code>,
        at: Timestamp,
    ) -> bool {
        let planned = session.and_then(|session| self.sessions.get(&session));
        let issued = code.and_then(|code| self.codes.get(&code));
        let (activity, at) = match (planned, issued.map(|issued| issued.target)) {
            (Some(planned), _) => (planned.activity, planned.starts_at),
            (None, Some(Target::Activity(activity))) => (activity, at),
            (None, _) => return false,
        };
        self.is_sensitive(activity, zone.day_of(at))
    }

    /// Takes an event in.
    pub fn evolve(&mut self, event: &Event, recorded_at: Timestamp) {
        match event {
            Event::ActivityAdded {
                activity,
                facts,
                since,
            }
            | Event::ActivityChanged {
                activity,
                facts,
                since,
            } => {
                self.activities
                    .entry(*activity)
                    .or_default()
                    .set(*since, facts.clone());
            }
            Event::SessionPlanned {
                session,
                activity,
                starts_at,
                ends_at,
                room,
                ..
            } => {
                let planned = Session {
                    activity: *activity,
                    starts_at: *starts_at,
                    ends_at: *ends_at,
                    room: *room,
                    word: Word::None,
                    changed_at: recorded_at,
                };
                self.by_start.insert((*starts_at, *session));
                self.sessions.insert(*session, planned);
            }
            Event::SessionCancelled { session } => {
                self.hear(*session, Word::Cancelled, recorded_at)
            }
            Event::SessionConfirmed { session } => {
                self.hear(*session, Word::Confirmed, recorded_at)
            }
            Event::CodeIssued {
                code,
                target,
                day,
                valid_until,
            } => {
                let (day, valid_until) = (*day, *valid_until);
                let issued = Issued {
                    target: *target,
                    day,
                    valid_until,
                    withdrawn: false,
                };
                self.codes.insert(*code, issued);
            }
            Event::CodeWithdrawn { code } => {
                if let Some(known) = self.codes.get_mut(code) {
                    known.withdrawn = true;
                }
            }
        }
    }

    fn hear(&mut self, session: SessionId, word: Word, at: Timestamp) {
        if let Some(known) = self.sessions.get_mut(&session) {
            known.word = word;
            known.changed_at = at;
        }
    }
}

impl Issued {
    /// Whether it can be good on a day or later, the instant given being on that day.
    pub fn is_good(&self, today: Day, now: Timestamp) -> bool {
        !self.withdrawn
            && self.day.is_none_or(|day| day >= today)
            && self.valid_until.is_none_or(|until| until > now)
    }
}

impl Session {
    /// Whether it is on at an instant, or within two hours.
    pub fn is_near(&self, at: Timestamp) -> bool {
        self.distance(at) <= NEAR_MILLIS
    }

    /// Milliseconds between an instant and the session; 0 while it is on.
    fn distance(&self, at: Timestamp) -> i64 {
        let ahead = self.starts_at.millis_since(at);
        let behind = at.millis_since(self.ends_at);
        ahead.max(behind).max(0)
    }
}
