//! What the rules keep of the programme.

use super::{
    ActivityFacts, Command, Event, Rejection, SESSIONS_A_COMMAND_MAX, SessionPlan, Target,
};
use crate::organisation::Held;
use crate::values::{ActivityId, Code, Day, RoomId, SeriesId, SessionId, Timestamp};
use std::collections::{BTreeSet, HashMap};

/// A code without a session that is on looks this far for one.
const NEAR_MILLIS: i64 = 2 * 3_600_000;
/// A session lasts no longer.
const SESSION_MILLIS_MAX: i64 = 24 * 3_600_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    None,
    Cancelled,
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
    room: Option<RoomId>,
    word: Word,
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
    /// A session, cancelled or not.
    pub fn session(&self, session: SessionId) -> Option<&Session> {
        self.sessions.get(&session)
    }

    /// A code, good or not.
    pub fn code(&self, code: Code) -> Option<&Issued> {
        self.codes.get(&code)
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

    /// Whether any session is on or within two hours.
    pub fn is_near_any(&self, at: Timestamp) -> bool {
        self.near(at).next().is_some()
    }

    fn near(&self, at: Timestamp) -> impl Iterator<Item = (SessionId, &Session)> {
        let none = SessionId::new(uuid::Uuid::nil());
        let from = (at.plus_millis(-SESSION_MILLIS_MAX - NEAR_MILLIS), none);
        let to = (at.plus_millis(NEAR_MILLIS + 1), none);
        self.by_start.range(from..to).filter_map(move |(_, id)| {
            let session = self.sessions.get(id)?;
            let near = session.word != Word::Cancelled && session.distance(at) <= NEAR_MILLIS;
            near.then_some((*id, session))
        })
    }

    /// What a command would record; `has_room` tells whether a room is known.
    pub fn decide(
        &self,
        command: &Command,
        today: Day,
        has_room: &dyn Fn(RoomId) -> bool,
    ) -> Result<Vec<Event>, Rejection> {
        let known_room = |room: Option<RoomId>| match room {
            Some(room) if !has_room(room) => Err(Rejection::UnknownRoom(room)),
            Some(_) | None => Ok(()),
        };
        match command {
            Command::AddActivity {
                activity,
                facts,
                since,
            } => {
                known_room(facts.room)?;
                self.add(*activity, facts, since.unwrap_or(today))
            }
            Command::ChangeActivity {
                activity,
                facts,
                since,
            } => {
                known_room(facts.room)?;
                self.change(*activity, facts, since.unwrap_or(today))
            }
            Command::PlanSessions {
                activity,
                sessions,
                room,
                series,
            } => {
                known_room(*room)?;
                self.plan(*activity, sessions, *room, *series)
            }
            Command::CancelSession(session) => self.say(
                *session,
                Word::Cancelled,
                Event::SessionCancelled { session: *session },
            ),
            Command::ConfirmSession(session) => self.say(
                *session,
                Word::Confirmed,
                Event::SessionConfirmed { session: *session },
            ),
            Command::IssueCode {
                code,
                target,
                day,
                valid_until,
            } => {
                let (day, valid_until) = (*day, *valid_until);
                self.issue(
                    *code,
                    Issued {
                        target: *target,
                        day,
                        valid_until,
                        withdrawn: false,
                    },
                )
            }
            Command::WithdrawCode(code) => match self.codes.get(code) {
                None => Err(Rejection::UnknownCode),
                Some(known) if known.withdrawn => Ok(vec![]),
                Some(_) => Ok(vec![Event::CodeWithdrawn { code: *code }]),
            },
        }
    }

    fn add(
        &self,
        activity: ActivityId,
        facts: &ActivityFacts,
        since: Day,
    ) -> Result<Vec<Event>, Rejection> {
        if facts.name.is_none() || facts.organised_by.is_none() {
            return Err(Rejection::IncompleteActivity);
        }
        match self.activities.get(&activity) {
            None => Ok(vec![Event::ActivityAdded {
                activity,
                facts: facts.clone(),
                since,
            }]),
            Some(held) if facts_on(held, since) == *facts => Ok(vec![]),
            Some(_) => Err(Rejection::IdReused),
        }
    }

    fn change(
        &self,
        activity: ActivityId,
        facts: &ActivityFacts,
        since: Day,
    ) -> Result<Vec<Event>, Rejection> {
        let held = self
            .activities
            .get(&activity)
            .ok_or(Rejection::UnknownActivity(activity))?;
        let now = facts_on(held, since);
        if over(&now, facts) == now {
            return Ok(vec![]);
        }
        Ok(vec![Event::ActivityChanged {
            activity,
            facts: facts.clone(),
            since,
        }])
    }

    fn plan(
        &self,
        activity: ActivityId,
        plans: &[SessionPlan],
        room: Option<RoomId>,
        series: Option<SeriesId>,
    ) -> Result<Vec<Event>, Rejection> {
        if !self.activities.contains_key(&activity) {
            return Err(Rejection::UnknownActivity(activity));
        }
        if plans.is_empty() || plans.len() > SESSIONS_A_COMMAND_MAX {
            return Err(Rejection::SessionCount);
        }
        let mut events = Vec::new();
        let mut ids = BTreeSet::new();
        for plan in plans {
            let millis = plan.ends_at.millis_since(plan.starts_at);
            if !(1..=SESSION_MILLIS_MAX).contains(&millis) {
                return Err(Rejection::EmptySpan);
            }
            if !ids.insert(plan.session) {
                return Err(Rejection::IdReused);
            }
            match self.sessions.get(&plan.session) {
                None => events.push(Event::SessionPlanned {
                    session: plan.session,
                    activity,
                    starts_at: plan.starts_at,
                    ends_at: plan.ends_at,
                    room,
                    series,
                }),
                Some(known) if known.is(activity, plan, room) => {}
                Some(_) => return Err(Rejection::IdReused),
            }
        }
        Ok(events)
    }

    fn say(&self, session: SessionId, word: Word, event: Event) -> Result<Vec<Event>, Rejection> {
        let known = self
            .sessions
            .get(&session)
            .ok_or(Rejection::UnknownSession(session))?;
        Ok(if known.word == word {
            vec![]
        } else {
            vec![event]
        })
    }

    fn issue(&self, code: Code, issued: Issued) -> Result<Vec<Event>, Rejection> {
        match issued.target {
            Target::Activity(activity) if !self.activities.contains_key(&activity) => {
                return Err(Rejection::UnknownActivity(activity));
            }
            Target::Session(session) if !self.sessions.contains_key(&session) => {
                return Err(Rejection::UnknownSession(session));
            }
            Target::Activity(_)
            | Target::Session(_)
            | Target::Door
            | Target::Bar
            | Target::Coffee
            | Target::Gift => {}
        }
        match self.codes.get(&code) {
            Some(known) if *known == issued => Ok(vec![]),
            Some(_) => Err(Rejection::IdReused),
            None => {
                let Issued {
                    target,
                    day,
                    valid_until,
                    ..
                } = issued;
                Ok(vec![Event::CodeIssued {
                    code,
                    target,
                    day,
                    valid_until,
                }])
            }
        }
    }

    /// Takes an event in.
    pub fn evolve(&mut self, event: &Event) {
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
                };
                self.by_start.insert((*starts_at, *session));
                self.sessions.insert(*session, planned);
            }
            Event::SessionCancelled { session } => self.hear(*session, Word::Cancelled),
            Event::SessionConfirmed { session } => self.hear(*session, Word::Confirmed),
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

    fn hear(&mut self, session: SessionId, word: Word) {
        if let Some(known) = self.sessions.get_mut(&session) {
            known.word = word;
        }
    }
}

impl Session {
    /// Milliseconds between an instant and the session; 0 while it is on.
    fn distance(&self, at: Timestamp) -> i64 {
        let ahead = self.starts_at.millis_since(at);
        let behind = at.millis_since(self.ends_at);
        ahead.max(behind).max(0)
    }

    fn is(&self, activity: ActivityId, plan: &SessionPlan, room: Option<RoomId>) -> bool {
        self.activity == activity
            && self.starts_at == plan.starts_at
            && self.ends_at == plan.ends_at
            && self.room == room
    }
}
