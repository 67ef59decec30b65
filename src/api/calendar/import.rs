//! What a calendar's events are in the programme: which sessions to plan, which to cancel.
//!
//! Ids are made of the organisation's and the event's own, so that the same file says the same thing twice.

use super::read::{Event, Moment};
use crate::live::Live;
use jiff::tz::TimeZone;
use meetellen_events::programme::state::{State, Word};
use meetellen_events::programme::{
    ActivityFacts, Command, OrganisedBy, SESSIONS_A_COMMAND_MAX, SessionPlan,
};
use meetellen_events::values::{
    ActivityId, Day, Name, OrganisationId, RoomId, SeriesId, SessionId, Timestamp,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Sessions of one file.
pub const SESSIONS_MAX: usize = 5_000;

/// How far ahead an event is repeated.
const AHEAD_DAYS: i32 = 400;

/// A session lasts no longer.
const SESSION_MILLIS_MAX: i64 = 24 * 3_600_000;

/// What follows a session's id in an event of ours.
pub const UID_SUFFIX: &str = "@meetellen";

/// The file has more sessions than [`SESSIONS_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have at most {SESSIONS_MAX} sessions")]
pub struct TooMany;

/// What is to be asked of the programme.
#[derive(Debug, Default)]
pub struct Plan {
    /// In this order.
    pub commands: Vec<Command>,
    /// Activities that are new.
    pub activities: usize,
    /// Sessions that are new.
    pub sessions: usize,
    /// Events that are no sessions.
    pub skipped: usize,
}

/// One event on one day.
struct Occurrence<'a> {
    event: &'a Event,
    id: SessionId,
    starts_at: Timestamp,
    ends_at: Timestamp,
}

/// Sessions planned by one command: of one activity, in one room, of one series.
type Group = (ActivityId, Option<RoomId>, Option<SeriesId>);

struct Import<'a> {
    organisation: OrganisationId,
    live: &'a Live,
    today: Day,
    /// Who organises what is new and does not say.
    organised_by: OrganisedBy,
    activities: HashMap<String, ActivityId>,
    planned: HashSet<SessionId>,
    plan: Plan,
    groups: BTreeMap<Group, Vec<SessionPlan>>,
}

/// Compares events with the programme as it stands.
pub fn plan(
    organisation: OrganisationId,
    live: &Live,
    today: Day,
    organised_by: OrganisedBy,
    events: &[Event],
) -> Result<Plan, TooMany> {
    let mut import = Import {
        organisation,
        live,
        today,
        organised_by,
        activities: activities(live.organisation.programme(), today),
        planned: HashSet::new(),
        plan: Plan::default(),
        groups: BTreeMap::new(),
    };
    let instead: HashSet<(&str, jiff::Timestamp)> = events
        .iter()
        .filter_map(|event| Some((event.uid.as_str(), event.instead_of?)))
        .collect();
    let mut count = 0;
    for event in events {
        let occurrences = import.occurrences(event, &instead);
        if occurrences.is_empty() {
            import.plan.skipped += 1;
        }
        count += occurrences.len();
        if count > SESSIONS_MAX {
            return Err(TooMany);
        }
        occurrences.into_iter().for_each(|it| import.take(it));
    }
    Ok(import.finished())
}

/// Activities by the name they have now.
fn activities(programme: &State, today: Day) -> HashMap<String, ActivityId> {
    let named = programme.activities().filter_map(|id| {
        let name = programme.activity(id, today)?.name?;
        Some((name.folded(), id))
    });
    named.collect()
}

impl Import<'_> {
    fn occurrences<'e>(
        &self,
        event: &'e Event,
        instead: &HashSet<(&str, jiff::Timestamp)>,
    ) -> Vec<Occurrence<'e>> {
        let Some(rule) = &event.rule else {
            return self
                .occurrence(
                    event,
                    event.instead_of,
                    event.start.clone(),
                    event.end.clone(),
                )
                .into_iter()
                .collect();
        };
        let zone = event.start.zone.clone();
        let instant = |wall| {
            moment(wall, &zone)
                .instant()
                .unwrap_or(jiff::Timestamp::MAX)
        };
        let last = self.today.plus(AHEAD_DAYS).date();
        rule.starts(event.start.wall, last, instant)
            .take(SESSIONS_MAX + 1)
            .filter_map(|wall| {
                let start = moment(wall, &zone);
                let original = start.instant()?;
                let gone = event.without.contains(&original)
                    || instead.contains(&(event.uid.as_str(), original));
                if gone {
                    return None;
                }
                let days = event.start.wall.date().until(wall.date()).ok()?;
                let end = moment(event.end.wall.checked_add(days).ok()?, &event.end.zone);
                self.occurrence(event, Some(original), start, end)
            })
            .collect()
    }

    /// `original` tells one repeat from another: when it was to begin at first.
    fn occurrence<'e>(
        &self,
        event: &'e Event,
        original: Option<jiff::Timestamp>,
        start: Moment,
        end: Moment,
    ) -> Option<Occurrence<'e>> {
        let starts_at: Timestamp = start.instant()?.into();
        let ends_at: Timestamp = end.instant()?.into();
        let millis = ends_at.millis_since(starts_at);
        let is_session = (1..=SESSION_MILLIS_MAX).contains(&millis);
        is_session.then(|| Occurrence {
            event,
            id: self.session(&event.uid, original),
            starts_at,
            ends_at,
        })
    }

    /// A session of ours stays who it is; any other gets an id made of its event's. Repeats are told apart by their
    /// date, so that a series that moves to another hour stays the same.
    fn session(&self, uid: &str, original: Option<jiff::Timestamp>) -> SessionId {
        let ours = uid.strip_suffix(UID_SUFFIX).and_then(|id| id.parse().ok());
        let ours = ours.filter(|id| self.programme().session(*id).is_some());
        ours.unwrap_or_else(|| {
            let zone = self.live.organisation.zone().cloned().unwrap_or_default();
            let date = |at: jiff::Timestamp| at.to_zoned_datetime(zone.jiff().clone()).date();
            let original = original.map_or_else(String::new, |at| date(at).to_string());
            SessionId::new(Uuid::new_v5(&self.named("event", uid), original.as_bytes()))
        })
    }

    fn programme(&self) -> &State {
        self.live.organisation.programme()
    }

    fn named(&self, kind: &str, name: &str) -> Uuid {
        let namespace = self.organisation.uuid();
        Uuid::new_v5(&namespace, format!("{kind}:{name}").as_bytes())
    }

    fn take(&mut self, occurrence: Occurrence<'_>) {
        let known = self.programme().session(occurrence.id).cloned();
        let same = known.as_ref().is_some_and(|known| {
            known.starts_at == occurrence.starts_at && known.ends_at == occurrence.ends_at
        });
        let stands = known
            .as_ref()
            .is_some_and(|known| known.word != Word::Cancelled);
        if stands && (occurrence.event.cancelled || !same) {
            let command = Command::CancelSession(occurrence.id);
            self.plan.commands.push(command);
        }
        if occurrence.event.cancelled || same {
            return;
        }
        let id = if known.is_some() {
            // It was moved: the one at its new time is another.
            let at = occurrence.starts_at.to_string();
            SessionId::new(Uuid::new_v5(&occurrence.id.uuid(), at.as_bytes()))
        } else {
            occurrence.id
        };
        if self.programme().session(id).is_some() || !self.planned.insert(id) {
            return;
        }
        let Some(activity) = self.activity(occurrence.event) else {
            self.plan.skipped += 1;
            return;
        };
        let series = occurrence.event.rule.as_ref();
        let series = series.map(|_| SeriesId::new(self.named("series", &occurrence.event.uid)));
        let group = (activity, self.room(occurrence.event), series);
        self.plan.sessions += 1;
        self.groups.entry(group).or_default().push(SessionPlan {
            session: id,
            starts_at: occurrence.starts_at,
            ends_at: occurrence.ends_at,
        });
    }

    /// The activity of the event's name; a new one where there is none.
    fn activity(&mut self, event: &Event) -> Option<ActivityId> {
        let name = Name::new(&event.name).ok()?;
        let folded = name.folded();
        if let Some(known) = self.activities.get(&folded) {
            return Some(*known);
        }
        let id = ActivityId::new(self.named("activity", &folded));
        self.activities.insert(folded, id);
        if self.programme().activity(id, self.today).is_none() {
            let category = event.category.as_ref();
            let facts = ActivityFacts {
                name: Some(name),
                organised_by: Some(event.organised_by.unwrap_or(self.organised_by)),
                category: category.and_then(|word| Name::new(word).ok()),
                ..ActivityFacts::default()
            };
            self.plan.activities += 1;
            self.plan.commands.push(Command::AddActivity {
                activity: id,
                facts,
                since: None,
            });
        }
        Some(id)
    }

    fn room(&self, event: &Event) -> Option<RoomId> {
        let folded = Name::new(event.place.as_ref()?).ok()?.folded();
        let rooms = self.live.organisation.standing().rooms(self.today);
        let found = rooms.iter().find(|room| room.name.folded() == folded);
        found.map(|room| room.id)
    }

    fn finished(self) -> Plan {
        let mut plan = self.plan;
        for ((activity, room, series), sessions) in self.groups {
            let commands = sessions.chunks(SESSIONS_A_COMMAND_MAX).map(|sessions| {
                let sessions = sessions.to_vec();
                Command::PlanSessions {
                    activity,
                    sessions,
                    room,
                    series,
                }
            });
            plan.commands.extend(commands);
        }
        plan
    }
}

fn moment(wall: jiff::civil::DateTime, zone: &TimeZone) -> Moment {
    Moment {
        wall,
        zone: zone.clone(),
    }
}
