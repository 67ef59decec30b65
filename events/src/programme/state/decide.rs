//! What the programme records of a command.

use super::{Issued, Session, State, Word, facts_on, over};
use crate::programme::{
    ActivityFacts, Command, Event, Rejection, SESSION_MILLIS_MAX, SESSIONS_A_COMMAND_MAX,
    SessionPlan, Target,
};
use crate::values::{ActivityId, Code, Day, PersonId, RoomId, SeriesId, SessionId};
use std::collections::BTreeSet;

/// What the programme depends on in other rooms.
pub struct Rooms<'a> {
    /// The day on which it is asked.
    pub today: Day,
    /// Whether a room of the house is known.
    pub has_room: &'a dyn Fn(RoomId) -> bool,
    /// Whether a person is known, and not erased.
    pub has_person: &'a dyn Fn(PersonId) -> bool,
}

impl Rooms<'_> {
    fn room(&self, room: Option<RoomId>) -> Result<(), Rejection> {
        match room {
            Some(room) if !(self.has_room)(room) => Err(Rejection::UnknownRoom(room)),
            Some(_) | None => Ok(()),
        }
    }

    fn facts(&self, facts: &ActivityFacts) -> Result<(), Rejection> {
        self.room(facts.room)?;
        let mut organisers = facts.organisers.iter().flatten();
        let unknown = organisers.find(|person| !(self.has_person)(**person));
        unknown.map_or(Ok(()), |person| Err(Rejection::UnknownPerson(*person)))
    }
}

impl State {
    /// What a command would record.
    pub fn decide(&self, command: &Command, rooms: &Rooms<'_>) -> Result<Vec<Event>, Rejection> {
        let today = rooms.today;
        match command {
            Command::AddActivity {
                activity,
                facts,
                since,
            } => {
                rooms.facts(facts)?;
                self.add(*activity, facts, since.unwrap_or(today))
            }
            Command::ChangeActivity {
                activity,
                facts,
                since,
            } => {
                rooms.facts(facts)?;
                self.change(*activity, facts, since.unwrap_or(today))
            }
            Command::PlanSessions {
                activity,
                sessions,
                room,
                series,
            } => {
                rooms.room(*room)?;
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
        match (self.codes.get(&code), issued.target) {
            (Some(known), _) if *known == issued => Ok(vec![]),
            (Some(_), _) => Err(Rejection::IdReused),
            (None, Target::Session(session)) if self.is_cancelled(session) => {
                Err(Rejection::SessionCancelled(session))
            }
            (None, _) => {
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
}

impl Session {
    fn is(&self, activity: ActivityId, plan: &SessionPlan, room: Option<RoomId>) -> bool {
        self.activity == activity
            && self.starts_at == plan.starts_at
            && self.ends_at == plan.ends_at
            && self.room == room
    }
}
