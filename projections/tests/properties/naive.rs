//! Visits and participations counted from the catalogue's words, entry by entry, without the ledger: slow and plain.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use meetellen_events::event::{Event, Recorded};
use meetellen_events::people::{self, AgeGroup};
use meetellen_events::programme;
use meetellen_events::standing::{self, Setting};
use meetellen_events::tally::{Event as Tally, OpeningState, ShiftKind, Standing, Visitor};
use meetellen_events::values::{Day, HeadCount, Party, PersonId, SessionId, Timestamp};
use std::collections::BTreeSet;

/// What the naive count says of one day.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Naive {
    pub open: bool,
    pub counted: bool,
    pub visits: i64,
    pub children: i64,
    pub with_volunteers: i64,
    pub anonymous: i64,
    pub waiting: i64,
    pub participations: i64,
    pub held: i64,
    pub cancelled: i64,
    pub unconfirmed: i64,
    pub known: Vec<Visitor>,
}

struct CheckIn {
    at: Timestamp,
    position: u64,
    session: Option<SessionId>,
    visitor: Visitor,
    party: Party,
}

/// A day runs from 04:00 to 04:00 on the wall clock.
fn date_of(at: Timestamp) -> Date {
    let zone = TimeZone::get("Europe/Amsterdam").expect("a zone");
    let wall = zone.to_datetime(at.to_jiff());
    (wall - 4.hours()).date()
}

pub struct Log<'a> {
    log: &'a [Recorded],
    retracted: BTreeSet<u64>,
    confirmed: BTreeSet<u64>,
}

impl<'a> Log<'a> {
    pub fn new(log: &'a [Recorded]) -> Self {
        let (mut retracted, mut confirmed) = (BTreeSet::new(), BTreeSet::new());
        for recorded in log {
            if let Event::Tally(Tally::EntryRetracted { target, .. }) = &recorded.fact.event {
                retracted.insert(target.position.0);
            }
            if let Event::Tally(Tally::EntriesConfirmed { targets }) = &recorded.fact.event {
                confirmed.extend(targets.iter().map(|target| target.position.0));
            }
        }
        Self {
            log,
            retracted,
            confirmed,
        }
    }

    /// The same with nothing taken back: what was ever entered.
    pub fn with_all(&self) -> Self {
        Self {
            log: self.log,
            retracted: BTreeSet::new(),
            confirmed: self.confirmed.clone(),
        }
    }

    fn now(&self) -> Timestamp {
        self.log
            .last()
            .map_or_else(Timestamp::default, |last| last.recorded_at)
    }

    /// Entries that count nowhere are left out; waiting ones are not.
    fn entries(&self) -> impl Iterator<Item = (&'a Recorded, &'a Tally)> {
        let counts = |recorded: &&Recorded| !self.retracted.contains(&recorded.position.0);
        self.log.iter().filter(counts).filter_map(|recorded| {
            let Event::Tally(tally) = &recorded.fact.event else {
                return None;
            };
            Some((recorded, tally))
        })
    }

    fn waits(&self, recorded: &Recorded, standing: Standing) -> bool {
        standing == Standing::ToConfirm && !self.confirmed.contains(&recorded.position.0)
    }

    /// What happened in the programme, in order.
    fn programme(&self) -> impl Iterator<Item = &'a programme::Event> {
        self.log.iter().filter_map(|recorded| {
            let Event::Programme(event) = &recorded.fact.event else {
                return None;
            };
            Some(event)
        })
    }

    fn planned(&self) -> impl Iterator<Item = (SessionId, Timestamp)> {
        self.programme().filter_map(|event| {
            let programme::Event::SessionPlanned {
                session, starts_at, ..
            } = event
            else {
                return None;
            };
            Some((*session, *starts_at))
        })
    }

    fn start_of(&self, session: SessionId) -> Option<Timestamp> {
        self.planned()
            .find_map(|(planned, starts_at)| (planned == session).then_some(starts_at))
    }

    /// A check-in or head count for a session belongs to the day it began.
    fn belongs(&self, date: Date, at: Timestamp, session: Option<SessionId>) -> bool {
        let at = match session {
            Some(session) => self.start_of(session),
            None => Some(at),
        };
        at.map(date_of) == Some(date)
    }

    fn check_ins(&self, date: Date, waiting: bool) -> Vec<CheckIn> {
        let mut found = Vec::new();
        for (recorded, tally) in self.entries() {
            if let Tally::VisitorCheckedIn {
                session,
                party,
                visitor,
                standing,
                ..
            } = tally
                && self.belongs(date, recorded.fact.occurred_at, *session)
                && self.waits(recorded, *standing) == waiting
            {
                found.push(CheckIn {
                    at: recorded.fact.occurred_at,
                    position: recorded.position.0,
                    session: *session,
                    visitor: *visitor,
                    party: *party,
                });
            }
        }
        found
    }

    /// The last one, by when it happened.
    fn head_count(&self, date: Date, of: Option<SessionId>) -> Option<HeadCount> {
        let counts = self.entries().filter_map(|(recorded, tally)| {
            let Tally::HeadsCounted { session, heads, .. } = tally else {
                return None;
            };
            let at = recorded.fact.occurred_at;
            let here = *session == of && self.belongs(date, at, of);
            here.then_some(((at, recorded.position.0), *heads))
        });
        counts
            .max_by_key(|(place, _)| *place)
            .map(|(_, heads)| heads)
    }

    fn sessions(&self, date: Date) -> Vec<(SessionId, Timestamp)> {
        self.planned()
            .filter(|(_, starts_at)| date_of(*starts_at) == date)
            .collect()
    }

    /// Of cancel and confirm the last word counts.
    fn word(&self, of: SessionId) -> Option<bool> {
        let mut word = None;
        for event in self.programme() {
            if let programme::Event::SessionCancelled { session } = event
                && *session == of
            {
                word = Some(false);
            }
            if let programme::Event::SessionConfirmed { session } = event
                && *session == of
            {
                word = Some(true);
            }
        }
        word
    }

    fn on_duty(&self, date: Date) -> BTreeSet<PersonId> {
        let shifts = self.entries().filter_map(|(recorded, tally)| {
            let Tally::ShiftStarted { volunteer, .. } = tally else {
                return None;
            };
            (date_of(recorded.fact.occurred_at) == date).then_some(*volunteer)
        });
        shifts.collect()
    }

    fn is_child(&self, of: PersonId, date: Date) -> bool {
        let mut ages: Vec<(Day, AgeGroup)> = Vec::new();
        for recorded in self.log {
            if let Event::People(
                people::Event::Registered {
                    person,
                    facts,
                    since,
                }
                | people::Event::Changed {
                    person,
                    facts,
                    since,
                },
            ) = &recorded.fact.event
                && *person == of
            {
                ages.extend(facts.age.map(|age| (*since, age)));
            }
        }
        ages.sort_by_key(|(since, _)| *since);
        let held = ages.iter().rfind(|(since, _)| since.date() <= date);
        held.or(ages.first()).map(|(_, age)| *age) == Some(AgeGroup::Child)
    }

    /// Whether the weekly hours open the house that day, at an instant that has come.
    fn is_planned(&self, date: Date) -> bool {
        let (mut hours, mut closed) = (None, None);
        for recorded in self.log {
            // All are recorded with the day they hold from, in order.
            if let Event::Standing(standing::Event::SettingChanged { setting, since }) =
                &recorded.fact.event
                && since.date() <= date
            {
                if let Setting::OpeningHours(week) = setting {
                    hours = Some(week);
                }
                if let Setting::ClosedDays(days) = setting {
                    closed = Some(days);
                }
            }
        }
        if closed.is_some_and(|days| days.contains(&Day::new(date))) {
            return false;
        }
        let zone = TimeZone::get("Europe/Amsterdam").expect("a zone");
        let four = 4 * 60;
        hours.into_iter().flatten().any(|hours| {
            let from = hours.from.minutes();
            // Hours that begin before 04:00 belong to the evening before.
            let of = if from < four {
                date.tomorrow().expect("a date")
            } else {
                date
            };
            let opens = of
                .at((from / 60) as i8, (from % 60) as i8, 0, 0)
                .to_zoned_datetime(zone.clone())
                .expect("an instant");
            let weekday = of.weekday().to_monday_one_offset().unsigned_abs();
            hours.weekday == weekday && opens.timestamp() <= self.now().to_jiff()
        })
    }

    fn opens(&self, date: Date) -> bool {
        let mut closed = false;
        for (recorded, tally) in self.entries() {
            if date_of(recorded.fact.occurred_at) != date {
                continue;
            }
            if let Tally::OpeningNoted { state } = tally {
                closed |= *state == OpeningState::Closed;
                if *state != OpeningState::Closed {
                    return true;
                }
            }
            if let Tally::ShiftStarted { kind, .. } = tally
                && matches!(kind, ShiftKind::Bar | ShiftKind::Shop | ShiftKind::Host)
            {
                return true;
            }
            if matches!(tally, Tally::CoffeeServed { .. }) {
                return true;
            }
        }
        self.is_planned(date) && !closed
    }

    fn nobody_came(&self, date: Date) -> bool {
        self.entries().any(|(recorded, tally)| {
            let nobody = OpeningState::NobodyCame;
            date_of(recorded.fact.occurred_at) == date
                && matches!(tally, Tally::OpeningNoted { state } if *state == nobody)
        })
    }

    pub fn count(&self, date: Date) -> Naive {
        let check_ins = self.check_ins(date, false);
        let sessions = self.sessions(date);
        let door = self.head_count(date, None);
        let duty = self.on_duty(date);
        let mut naive = Naive::default();
        let (mut surplus, mut child_surplus) = (0, 0);
        let mut volunteers = duty.len() as i64;
        let mut counts = i64::from(door.is_some());
        for (session, starts_at) in sessions {
            let own: Vec<&CheckIn> = check_ins
                .iter()
                .filter(|one| one.session == Some(session))
                .collect();
            let counting = counting(&own);
            let persons: i64 = counting
                .iter()
                .map(|one| i64::from(one.party.persons()))
                .sum();
            let children: i64 = counting
                .iter()
                .map(|one| i64::from(one.party.children()))
                .sum();
            let heads = self.head_count(date, Some(session));
            if let Some(heads) = heads {
                counts += 1;
                surplus += (i64::from(heads.visitors()) - persons).max(0);
                child_surplus += (i64::from(heads.children()) - children).max(0);
                volunteers = volunteers.max(heads.volunteers().unwrap_or(0).into());
            }
            let shown = !own.is_empty() || heads.is_some();
            let begun = starts_at <= self.now();
            match self.word(session) {
                Some(false) => naive.cancelled += i64::from(begun || shown),
                word if shown || word == Some(true) && begun => {
                    naive.held += 1;
                    let heads = heads.map_or(0, |heads| i64::from(heads.visitors()));
                    naive.participations += persons.max(heads);
                }
                None | Some(true) => naive.unconfirmed += i64::from(begun),
            }
        }
        self.visits(&mut naive, &check_ins, &duty, date);
        let entries = naive.visits + surplus;
        let heads = door.map_or(0, |heads| i64::from(heads.visitors()));
        naive.visits = entries.max(heads);
        let heads = door.map_or(0, |heads| i64::from(heads.children()));
        naive.children = (naive.children + child_surplus)
            .max(heads)
            .min(naive.visits);
        let at_door = door.and_then(|heads| heads.volunteers()).unwrap_or(0);
        naive.anonymous = naive.visits - naive.known.len() as i64;
        let waiting = self.check_ins(date, true);
        naive.waiting = waiting
            .iter()
            .map(|one| i64::from(one.party.persons()))
            .sum();
        naive.counted = !check_ins.is_empty() || counts > 0 || self.nobody_came(date);
        naive.open = naive.counted || self.opens(date);
        // Per opening: on other days volunteers are no visit either.
        let volunteers = if naive.open {
            volunteers.max(at_door.into())
        } else {
            0
        };
        naive.with_volunteers = naive.visits + volunteers;
        naive
    }

    /// What check-ins show: whoever has a shift that day is no visit, but for the company.
    fn visits(
        &self,
        naive: &mut Naive,
        check_ins: &[CheckIn],
        duty: &BTreeSet<PersonId>,
        date: Date,
    ) {
        for one in counting(&check_ins.iter().collect::<Vec<_>>()) {
            let (mut adults, mut children) = (
                i64::from(one.party.adults()),
                i64::from(one.party.children()),
            );
            match one.visitor {
                Visitor::Pass(person) if duty.contains(&person) => {
                    if adults > 0 {
                        adults -= 1;
                    } else if self.is_child(person, date) {
                        children -= 1;
                    }
                }
                Visitor::Pass(_) | Visitor::Phone(_) => naive.known.push(one.visitor),
                Visitor::Unknown => {}
            }
            naive.visits += adults + children;
            naive.children += children;
        }
    }
}

/// A known visitor counts by the check-in with the largest party, of equals the earliest; everyone else at each.
fn counting<'a>(check_ins: &[&'a CheckIn]) -> Vec<&'a CheckIn> {
    let better = |one: &CheckIn, other: &CheckIn| {
        let (a, b) = (one.party.persons(), other.party.persons());
        a > b || a == b && (one.at, one.position) < (other.at, other.position)
    };
    let counts = check_ins.iter().filter(|one| {
        one.visitor == Visitor::Unknown
            || !check_ins
                .iter()
                .any(|other| other.visitor == one.visitor && better(other, one))
    });
    counts.copied().collect()
}
