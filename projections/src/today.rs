//! What the bar and the door show now: kept up with each fact, so that nobody waits for a count.
//!
//! | always true | tested in |
//! |---|---|
//! | the numbers of a day are those the figures give for it | `tests/models/today.rs` |
//! | only two days, what lies ahead, and shifts are kept | `tests/models/today.rs` |

mod crowd;
mod day;
mod shifts;

use crate::Projection;
use crate::ledger::session_of;
use day::Count;
use meetellen_events::event::{Event, Recorded};
use meetellen_events::organisation::{self, Held};
use meetellen_events::people::{self, AgeGroup};
use meetellen_events::programme;
use meetellen_events::tally::{Event as Tally, OpeningState};
use meetellen_events::values::{
    ActivityId, CounterId, Day, DeviceId, EntryId, PersonId, SessionId, Timestamp, Zone,
};
use std::collections::{BTreeMap, HashMap, VecDeque};

pub use shifts::OpenShift;
use shifts::Shifts;

/// Entries of one device that its page lists.
pub const LAST_ENTRIES_MAX: usize = 20;

/// One day in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Visits.
    pub visits: i64,
    /// Check-ins, but for those that wait; a visitor's second one too.
    pub check_ins: i64,
    /// Persons in check-ins that wait to be confirmed.
    pub to_confirm: i64,
    /// Cups of coffee.
    pub coffee_cups: i64,
    /// What was in the bar's till, in cents.
    pub bar_cents: i64,
    /// What was in the shop's till, in cents.
    pub shop_cents: i64,
    /// Own counters that went up.
    pub counters: BTreeMap<CounterId, i64>,
    /// What was last said about the door.
    pub door: Option<OpeningState>,
}

/// A session of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionNow {
    /// Which.
    pub session: SessionId,
    /// Of what.
    pub activity: ActivityId,
    /// Its beginning.
    pub starts_at: Timestamp,
    /// Its end.
    pub ends_at: Timestamp,
    /// Whether it was called off.
    pub cancelled: bool,
    /// Participations so far; none where it was called off.
    pub participations: i64,
}

#[derive(Debug, Clone)]
struct Plan {
    activity: ActivityId,
    starts_at: Timestamp,
    ends_at: Timestamp,
    cancelled: bool,
}

/// The running day of one organisation, and the one before.
#[derive(Debug, Clone, Default)]
pub struct Today {
    zone: Zone,
    first: Option<Day>,
    until: Timestamp,
    days: BTreeMap<Day, Count>,
    plans: BTreeMap<Day, BTreeMap<SessionId, Plan>>,
    sessions: HashMap<SessionId, Day>,
    ages: HashMap<PersonId, Held<AgeGroup>>,
    shifts: Shifts,
    devices: HashMap<DeviceId, VecDeque<u64>>,
}

impl Projection for Today {
    fn apply(&mut self, recorded: &Recorded) {
        if recorded.recorded_at >= self.until {
            self.forget(recorded.recorded_at);
        }
        match &recorded.fact.event {
            Event::Organisation(organisation::Event::Founded { time_zone, .. }) => {
                self.zone = Zone::new(time_zone).unwrap_or_default();
                self.until = Timestamp::default();
            }
            Event::Tally(event) => self.tally(recorded, event),
            Event::Programme(event) => self.programme(event),
            Event::People(event) => self.people(event),
            Event::Organisation(_)
            | Event::Standing(_)
            | Event::Access(_)
            | Event::Months(_)
            | Event::Unknown(_) => {}
        }
    }
}

impl Today {
    /// The numbers of a day; nothing but of the running day and the one before.
    pub fn on(&self, day: Day) -> Numbers {
        self.days.get(&day).map(Count::numbers).unwrap_or_default()
    }

    /// The visits of its day right after a check-in, should it count: "you are number 12 today".
    pub fn number_of(&self, check_in: EntryId) -> Option<i64> {
        let mut days = self.days.values();
        days.find_map(|count| count.number_of(check_in))
    }

    /// The sessions of a day, in the order they begin.
    pub fn sessions(&self, day: Day) -> Vec<SessionNow> {
        let count = self.days.get(&day);
        let plans = self.plans.get(&day).into_iter().flatten();
        let mut sessions: Vec<SessionNow> = plans
            .map(|(id, plan)| SessionNow {
                session: *id,
                activity: plan.activity,
                starts_at: plan.starts_at,
                ends_at: plan.ends_at,
                cancelled: plan.cancelled,
                participations: count
                    .filter(|_| !plan.cancelled)
                    .map_or(0, |count| count.participations(*id)),
            })
            .collect();
        sessions.sort_by_key(|session| (session.starts_at, session.session));
        sessions
    }

    /// The shifts that have no end, the earliest first; those of an earlier day were forgotten.
    pub fn open_shifts(&self) -> Vec<OpenShift> {
        self.shifts.open()
    }

    /// Places of the last entries of a device, the newest first; retracted ones too, retractions not.
    pub fn last_of(&self, device: DeviceId) -> impl Iterator<Item = u64> {
        let places = self.devices.get(&device).into_iter().flatten();
        places.rev().copied()
    }

    /// Drops the days before the one that ran until now: from here on the running day is another.
    fn forget(&mut self, now: Timestamp) {
        let day = self.zone.day_of(now);
        self.until = self.zone.end_of(day);
        let first = day.plus(-1);
        if self.first.is_some_and(|known| first <= known) {
            return;
        }
        self.first = Some(first);
        self.days = self.days.split_off(&first);
        let kept = self.plans.split_off(&first);
        for (id, _) in std::mem::replace(&mut self.plans, kept)
            .into_values()
            .flatten()
        {
            self.sessions.remove(&id);
        }
    }

    fn is_kept(&self, day: Day) -> bool {
        self.first.is_none_or(|first| first <= day)
    }

    /// The day an entry counts on, where that is kept.
    fn day_of(&self, at: Timestamp, session: Option<SessionId>) -> Option<Day> {
        let day = match session {
            Some(session) => *self.sessions.get(&session)?,
            None => self.zone.day_of(at),
        };
        self.is_kept(day).then_some(day)
    }

    fn tally(&mut self, recorded: &Recorded, event: &Tally) {
        let (place, at) = (recorded.position.0, recorded.fact.occurred_at);
        let entry = EntryId::new(recorded.fact.id);
        match event {
            Tally::EntryRetracted { target, .. } => return self.retract(target.position.0),
            Tally::EntriesConfirmed { targets } => {
                let places = targets.iter().map(|target| target.position.0);
                return places.for_each(|place| self.confirm(place));
            }
            Tally::ShiftStarted { .. } | Tally::ShiftEnded { .. } => {
                self.shifts.take(entry, place, at, event);
            }
            Tally::VisitorCheckedIn { .. }
            | Tally::HeadsCounted { .. }
            | Tally::CoffeeServed { .. }
            | Tally::CounterTallied { .. }
            | Tally::ContributionMade { .. }
            | Tally::BarRevenueCounted { .. }
            | Tally::ShopRevenueCounted { .. }
            | Tally::MoneyDonated { .. }
            | Tally::GoodsDonated { .. }
            | Tally::IndicatorMeasured { .. }
            | Tally::OpeningNoted { .. } => {}
        }
        if let Some(device) = recorded.actor.id {
            let places = self.devices.entry(device).or_default();
            places.push_back(place);
            if places.len() > LAST_ENTRIES_MAX {
                places.pop_front();
            }
        }
        let Some(day) = self.day_of(at, session_of(event)) else {
            return;
        };
        let children = Children {
            ages: &self.ages,
            day,
        };
        let count = self.days.entry(day).or_default();
        count.take((entry, place, at), event, &children);
    }

    fn retract(&mut self, place: u64) {
        self.shifts.retract(place);
        for (day, count) in &mut self.days {
            let children = Children {
                ages: &self.ages,
                day: *day,
            };
            count.retract(place, &children);
        }
    }

    fn confirm(&mut self, place: u64) {
        for (day, count) in &mut self.days {
            let children = Children {
                ages: &self.ages,
                day: *day,
            };
            count.confirm(place, &children);
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
                let day = self.zone.day_of(*starts_at);
                if !self.is_kept(day) || self.sessions.contains_key(session) {
                    return;
                }
                self.sessions.insert(*session, day);
                let plan = Plan {
                    activity: *activity,
                    starts_at: *starts_at,
                    ends_at: *ends_at,
                    cancelled: false,
                };
                self.plans.entry(day).or_default().insert(*session, plan);
            }
            programme::Event::SessionCancelled { session } => self.hear(*session, true),
            programme::Event::SessionConfirmed { session } => self.hear(*session, false),
            programme::Event::ActivityAdded { .. }
            | programme::Event::ActivityChanged { .. }
            | programme::Event::CodeIssued { .. }
            | programme::Event::CodeWithdrawn { .. } => {}
        }
    }

    fn hear(&mut self, session: SessionId, cancelled: bool) {
        let day = self.sessions.get(&session);
        let plans = day.and_then(|day| self.plans.get_mut(day));
        if let Some(plan) = plans.and_then(|plans| plans.get_mut(&session)) {
            plan.cancelled = cancelled;
        }
    }

    /// Ages tell whether a volunteer on duty came as a child.
    fn people(&mut self, event: &people::Event) {
        let (person, age, since) = match event {
            people::Event::Registered {
                person,
                facts,
                since,
            }
            | people::Event::Changed {
                person,
                facts,
                since,
            } => (*person, facts.age, *since),
            people::Event::GiverNamed { .. }
            | people::Event::Erased { .. }
            | people::Event::PassIssued { .. }
            | people::Event::PassWithdrawn { .. } => return,
        };
        let Some(age) = age else { return };
        let is_child = |ages: &HashMap<PersonId, Held<AgeGroup>>, day| {
            let children = Children { ages, day };
            children.has(person)
        };
        let was: Vec<bool> = self
            .days
            .keys()
            .map(|day| is_child(&self.ages, *day))
            .collect();
        self.ages.entry(person).or_default().set(since, age);
        for ((day, count), was) in self.days.iter_mut().zip(was) {
            count.value_again(person, was, is_child(&self.ages, *day));
        }
    }
}

/// Who is a child on a day.
struct Children<'a> {
    ages: &'a HashMap<PersonId, Held<AgeGroup>>,
    day: Day,
}

impl Children<'_> {
    fn has(&self, person: PersonId) -> bool {
        let ages = self.ages.get(&person);
        ages.and_then(|ages| ages.on_or_first(self.day)) == Some(&AgeGroup::Child)
    }
}
