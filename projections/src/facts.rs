//! What stands on which day: names, who organises, rooms, grants, persons, settings (figures.md, rule 11).

use crate::Projection;
use meetellen_events::event::{Event, Recorded};
use meetellen_events::organisation::{self, Held};
use meetellen_events::people::{self, AgeGroup, PersonFacts};
use meetellen_events::programme::{self, ActivityFacts};
use meetellen_events::standing::{self, Listed, Setting, Sourced};
use meetellen_events::values::{
    ActivityId, Cents, Day, GrantId, Name, PersonId, RoomId, SessionId, Timestamp, Zone,
};
use std::collections::{BTreeMap, HashMap};

/// Something that stands from a day until another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stands<T> {
    /// What.
    pub what: T,
    /// From which day.
    pub since: Day,
    /// From which day not.
    pub until: Option<Day>,
}

impl<T> Stands<T> {
    /// Whether it stands on a day.
    pub fn on(&self, day: Day) -> bool {
        self.since <= day && self.until.is_none_or(|until| day < until)
    }

    /// Ends it; of several ends the earliest day holds.
    fn end(&mut self, since: Day) {
        self.until = Some(self.until.map_or(since, |until| until.min(since)));
    }
}

/// Money awarded to the initiative or through it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// By whom.
    pub funder: Name,
    /// What for.
    pub purpose: Name,
    /// How much.
    pub amount: Cents,
}

/// All facts of one organisation that stand for a while.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    zone: Zone,
    name: Option<Name>,
    activities: BTreeMap<ActivityId, Held<ActivityFacts>>,
    rooms: HashMap<SessionId, RoomId>,
    persons: BTreeMap<PersonId, Held<PersonFacts>>,
    listed: BTreeMap<Listed, Stands<Name>>,
    grants: BTreeMap<GrantId, Stands<Grant>>,
    settings: [Held<Setting>; 7],
}

const HOURLY_RATE: usize = 3;
const CANTEEN_LIMIT: usize = 5;
const INHABITANTS: usize = 6;

const fn place_of(setting: &Setting) -> usize {
    match setting {
        Setting::OpeningHours(_) => 0,
        Setting::ClosedDays(_) => 1,
        Setting::Rooms(_) => 2,
        Setting::HourlyRate(_) => HOURLY_RATE,
        Setting::CupsPerPot(_) => 4,
        Setting::CanteenLimit(_) => CANTEEN_LIMIT,
        Setting::Inhabitants(_) => INHABITANTS,
    }
}

/// A day of the house begins so many minutes after midnight.
const DAY_STARTS_MINUTES: u16 = 240;
const MINUTES_A_DAY: u16 = 1_440;

impl Projection for Facts {
    fn apply(&mut self, recorded: &Recorded) {
        match &recorded.fact.event {
            Event::Organisation(organisation::Event::Founded {
                name, time_zone, ..
            }) => {
                self.zone = Zone::new(time_zone).unwrap_or_default();
                self.name = Some(name.clone());
            }
            Event::Organisation(organisation::Event::Renamed { name }) => {
                self.name = Some(name.clone());
            }
            Event::Programme(event) => self.programme(event),
            Event::People(event) => {
                self.people(event, self.zone.day_of(recorded.fact.occurred_at));
            }
            Event::Standing(event) => self.standing(event),
            Event::Organisation(organisation::Event::Ended {})
            | Event::Tally(_)
            | Event::Access(_)
            | Event::Months(_)
            | Event::Unknown(_) => {}
        }
    }
}

impl Facts {
    /// What people call the organisation.
    pub const fn name(&self) -> Option<&Name> {
        self.name.as_ref()
    }

    /// What holds of an activity on a day, by one of its fields; its first value also before its day.
    pub fn activity<T>(
        &self,
        activity: ActivityId,
        day: Day,
        field: impl Fn(&ActivityFacts) -> Option<T>,
    ) -> Option<T> {
        let held = self.activities.get(&activity)?;
        held.up_to(day)
            .filter_map(&field)
            .last()
            .or_else(|| held.all().find_map(&field))
    }

    /// The activities, in the order of their ids.
    pub fn activities(&self) -> impl Iterator<Item = ActivityId> {
        self.activities.keys().copied()
    }

    /// Where a session is: its own room, else where its activity usually is on that day.
    pub fn room_of(&self, session: SessionId, activity: ActivityId, day: Day) -> Option<RoomId> {
        let own = self.rooms.get(&session).copied();
        own.or_else(|| self.activity(activity, day, |facts| facts.room))
    }

    /// What holds of a person on a day, by one of her fields; nothing before its first day.
    pub fn person<T>(
        &self,
        person: PersonId,
        day: Day,
        field: impl Fn(&PersonFacts) -> Option<T>,
    ) -> Option<T> {
        self.persons
            .get(&person)?
            .up_to(day)
            .filter_map(field)
            .last()
    }

    /// Persons there ever were, in the order of their ids.
    pub fn persons(&self) -> impl Iterator<Item = PersonId> {
        self.persons.keys().copied()
    }

    /// Whether a person is a volunteer on a day.
    pub fn is_volunteer(&self, person: PersonId, day: Day) -> bool {
        self.person(person, day, |facts| facts.volunteer) == Some(true)
    }

    /// Whether a person is a child on a day; the first age group holds before its day too.
    pub fn is_child(&self, person: PersonId, day: Day) -> bool {
        let first = || {
            let held = self.persons.get(&person)?;
            held.all().find_map(|facts| facts.age)
        };
        let age = self.person(person, day, |facts| facts.age).or_else(first);
        age == Some(AgeGroup::Child)
    }

    /// The days from which something was otherwise about a person.
    pub fn turns(&self, person: PersonId) -> impl Iterator<Item = Day> {
        self.persons.get(&person).into_iter().flat_map(Held::days)
    }

    /// Counters, indicators, tenants and partners there ever were, in the order of their ids.
    pub fn listed(&self) -> impl Iterator<Item = (Listed, &Stands<Name>)> {
        self.listed.iter().map(|(listed, stands)| (*listed, stands))
    }

    /// One of them.
    pub fn stands(&self, listed: Listed) -> Option<&Stands<Name>> {
        self.listed.get(&listed)
    }

    /// Grants there ever were, in the order of their ids.
    pub fn grants(&self) -> impl Iterator<Item = (GrantId, &Stands<Grant>)> {
        self.grants.iter().map(|(grant, stands)| (*grant, stands))
    }

    /// The setting of the same kind as the one given that holds on a day.
    pub fn setting(&self, like: &Setting, day: Day) -> Option<&Setting> {
        self.settings[place_of(like)].on(day)
    }

    /// What a volunteer's hour would cost on a day, in cents; the first rate holds before its day too.
    pub fn hourly_rate(&self, day: Day) -> Option<&Sourced> {
        match self.settings[HOURLY_RATE].on_or_first(day) {
            Some(Setting::HourlyRate(rate)) => Some(rate),
            Some(_) | None => None,
        }
    }

    /// The yearly limit of canteen revenue without VAT on a day, in cents.
    pub fn canteen_limit(&self, day: Day) -> Option<&Sourced> {
        match self.settings[CANTEEN_LIMIT].on(day) {
            Some(Setting::CanteenLimit(limit)) => Some(limit),
            Some(_) | None => None,
        }
    }

    /// Inhabitants of the neighbourhood on a day.
    pub fn inhabitants(&self, day: Day) -> Option<&Sourced> {
        match self.settings[INHABITANTS].on(day) {
            Some(Setting::Inhabitants(number)) => Some(number),
            Some(_) | None => None,
        }
    }

    /// The weekly hours of a day, from when to when; none where it is closed. Hours that begin before 04:00 belong to the evening before.
    pub fn hours_of(&self, day: Day) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let closed = self.setting(&Setting::ClosedDays(vec![]), day);
        let closed = matches!(closed, Some(Setting::ClosedDays(days)) if days.contains(&day));
        let hours = match self.setting(&Setting::OpeningHours(vec![]), day) {
            Some(Setting::OpeningHours(hours)) if !closed => hours.as_slice(),
            Some(_) | None => &[],
        };
        hours.iter().filter_map(move |hours| {
            let (from, mut to) = (hours.from.minutes(), hours.to.minutes());
            if to <= from {
                to += MINUTES_A_DAY;
            }
            let night = from < DAY_STARTS_MINUTES;
            let date = if night { day.next() } else { day };
            let opens = hours.weekday == date.weekday();
            opens.then(|| (self.zone.at(date, from), self.zone.at(date, to)))
        })
    }

    /// When the weekly hours open the house on a day, if they do.
    pub fn planned_opening(&self, day: Day) -> Option<Timestamp> {
        self.hours_of(day).map(|(from, _)| from).min()
    }

    /// The house's rooms on a day.
    pub fn rooms(&self, day: Day) -> &[standing::Room] {
        match self.setting(&Setting::Rooms(vec![]), day) {
            Some(Setting::Rooms(rooms)) => rooms,
            Some(_) | None => &[],
        }
    }

    fn programme(&mut self, event: &programme::Event) {
        match event {
            programme::Event::ActivityAdded {
                activity,
                facts,
                since,
            }
            | programme::Event::ActivityChanged {
                activity,
                facts,
                since,
            } => {
                let held = self.activities.entry(*activity).or_default();
                held.set(*since, facts.clone());
            }
            programme::Event::SessionPlanned { session, room, .. } => {
                if let Some(room) = room {
                    self.rooms.insert(*session, *room);
                }
            }
            programme::Event::SessionCancelled { .. }
            | programme::Event::SessionConfirmed { .. }
            | programme::Event::CodeIssued { .. }
            | programme::Event::CodeWithdrawn { .. } => {}
        }
    }

    /// Sealed fields are left out: no figure needs a name. Who is erased has left.
    fn people(&mut self, event: &people::Event, today: Day) {
        match event {
            people::Event::Registered {
                person,
                facts,
                since,
            }
            | people::Event::Changed {
                person,
                facts,
                since,
            } => {
                let clear = PersonFacts {
                    name: None,
                    contact: None,
                    ..facts.clone()
                };
                self.persons.entry(*person).or_default().set(*since, clear);
            }
            people::Event::Erased { person } => {
                let left = PersonFacts {
                    volunteer: Some(false),
                    ..PersonFacts::default()
                };
                // A giver whose gifts were refused never was one of the house.
                if let Some(known) = self.persons.get_mut(person) {
                    known.set(today, left);
                    // What was noted for a later day would have her join again.
                    let later = known.behind_mut(today);
                    later.for_each(|facts| facts.volunteer = None);
                }
            }
            people::Event::GiverNamed { .. }
            | people::Event::PassIssued { .. }
            | people::Event::PassWithdrawn { .. } => {}
        }
    }

    fn standing(&mut self, event: &standing::Event) {
        match event {
            standing::Event::Added {
                listed,
                name,
                since,
            } => {
                let stands = Stands {
                    what: name.clone(),
                    since: *since,
                    until: None,
                };
                self.listed.insert(*listed, stands);
            }
            standing::Event::Ended { listed, since } => {
                if let Some(stands) = self.listed.get_mut(listed) {
                    stands.end(*since);
                }
            }
            standing::Event::GrantAwarded {
                grant,
                funder,
                purpose,
                amount,
                since,
            } => {
                let what = Grant {
                    funder: funder.clone(),
                    purpose: purpose.clone(),
                    amount: *amount,
                };
                let stands = Stands {
                    what,
                    since: *since,
                    until: None,
                };
                self.grants.insert(*grant, stands);
            }
            standing::Event::GrantEnded { grant, since } => {
                if let Some(stands) = self.grants.get_mut(grant) {
                    stands.end(*since);
                }
            }
            standing::Event::SettingChanged { setting, since } => {
                self.settings[place_of(setting)].set(*since, setting.clone());
            }
        }
    }
}
