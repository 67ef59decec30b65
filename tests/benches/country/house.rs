//! One house of the country, day by day: who comes, what is served, who works, what is given, and what is mended.

mod entries;

use super::{Failure, Known};
use jiff::civil::Date;
use meetellen_events::access::{self, Role};
use meetellen_events::codec;
use meetellen_events::event::{Actor, ActorKind, Commit, Event, Fact};
use meetellen_events::log::line::{Head, Line, Position};
use meetellen_events::organisation;
use meetellen_events::people::{self, PersonFacts};
use meetellen_events::programme::{self, ActivityFacts, OrganisedBy};
use meetellen_events::tally::Target;
use meetellen_events::values::{
    ActivityId, Code, Day as HouseDay, DeviceId, EntryId, Locale, Name, OrganisationId, PersonId,
    Slug, Timestamp,
};
use uuid::Uuid;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// Volunteers of a house, activities it offers.
const VOLUNTEERS: u64 = 12;
const ACTIVITIES: u64 = 5;

/// The last month that is played: one in which the clocks change.
const LAST_MONTH: Date = Date::constant(2026, 10, 1);

/// The days that are played.
pub struct Calendar(Vec<Day>);

/// One of them.
#[derive(Debug, Clone, Copy)]
pub struct Day {
    date: Date,
    /// 7:00 UTC.
    morning: i64,
    is_last_month: bool,
}

impl Calendar {
    /// So many months, up to the last.
    pub fn last(months: usize) -> Result<Self, Failure> {
        let back = jiff::Span::new().months(i64::try_from(months)? - 1);
        let first = LAST_MONTH.checked_sub(back)?;
        let days = first.series(jiff::Span::new().days(1));
        let days = days.take_while(|date| *date <= LAST_MONTH.last_of_month());
        let days = days.map(|date| {
            let morning = date
                .at(7, 0, 0, 0)
                .to_zoned_datetime(jiff::tz::TimeZone::UTC)?;
            Ok(Day {
                date,
                morning: morning.timestamp().as_millisecond(),
                is_last_month: date >= LAST_MONTH,
            })
        });
        Ok(Self(days.collect::<Result<_, jiff::Error>>()?))
    }

    /// In their order.
    pub fn days(&self) -> impl Iterator<Item = Day> + '_ {
        self.0.iter().copied()
    }
}

impl Day {
    /// Whether every house plays it.
    pub const fn is_of_last_month(&self) -> bool {
        self.is_last_month
    }

    /// Its part of what a month has.
    fn share(&self, of_month: u64) -> u64 {
        let (day, days) = (self.date.day() as u64, self.date.days_in_month() as u64);
        day * of_month / days - (day - 1) * of_month / days
    }
}

/// One house as it stands.
pub struct House {
    number: u64,
    known: Known,
    head: Head,
    first_morning: i64,
    recorded_at: i64,
    random: u64,
    /// What is written down of the day.
    lines: Vec<Line>,
    /// Check-ins and coffee of the day that may turn out wrong.
    mistakes: Vec<Target>,
    /// Check-ins that wait to be confirmed.
    waiting: Vec<Target>,
}

impl House {
    /// Before its first day.
    pub fn new(seed: u64, number: u64) -> Result<Self, Failure> {
        Ok(Self {
            number,
            known: Self::known(seed, number),
            head: Head::default(),
            first_morning: 0,
            recorded_at: 0,
            random: mixed(seed ^ mixed(number + 1)) | 1,
            lines: Vec::new(),
            mistakes: Vec::new(),
            waiting: Vec::new(),
        })
    }

    /// What a caller needs.
    pub fn known(seed: u64, number: u64) -> Known {
        Known {
            organisation: OrganisationId::new(uuid(seed ^ mixed(number), 1, 0)),
            device: DeviceId::new(uuid(seed ^ mixed(number), 2, 0)),
            role: Role::Coordinator,
        }
    }

    /// Plays a day of about so many entries a month; what is recorded on it.
    pub fn play(&mut self, day: Day, of_month: u64) -> Result<Vec<Line>, Failure> {
        if self.head.position.0 == 0 {
            self.found(day)?;
        }
        self.mistakes.clear();
        let share = usize::try_from(day.share(of_month))?;
        self.open(day, share)?;
        Ok(std::mem::take(&mut self.lines))
    }

    /// Founds the house and lets everybody in.
    fn found(&mut self, day: Day) -> Result<(), Failure> {
        self.first_morning = day.morning;
        let at = day.morning - 2 * HOUR;
        let since = HouseDay::new(day.date);
        let founded = organisation::Event::Founded {
            name: Name::new(&format!("Huis {}", self.number))?,
            slug: Slug::new(&format!("huis-{}", self.number))?,
            time_zone: "Europe/Amsterdam".to_owned(),
            locale: Locale::Nl,
            demo: false,
        };
        self.record(at, Event::Organisation(founded))?;
        let issued = access::Event::ApiTokenIssued {
            device: self.known.device,
            name: Name::new("Balie")?,
            role: self.known.role,
            expires_at: Timestamp::from_millis(at).plus_millis(20 * 365 * 24 * HOUR),
            by_host: true,
        };
        self.record(at, Event::Access(issued))?;
        let issued = programme::Event::CodeIssued {
            code: self.door(),
            target: programme::Target::Door,
            day: None,
            valid_until: None,
        };
        self.record(at, Event::Programme(issued))?;
        for number in 0..ACTIVITIES {
            let added = programme::Event::ActivityAdded {
                activity: self.activity(number),
                facts: ActivityFacts {
                    name: Some(Name::new(&format!("Activiteit {number}"))?),
                    organised_by: Some(OrganisedBy::Residents),
                    ..ActivityFacts::default()
                },
                since,
            };
            self.record(at, Event::Programme(added))?;
        }
        for number in 0..VOLUNTEERS {
            let registered = people::Event::Registered {
                person: self.person(number),
                facts: PersonFacts {
                    volunteer: Some(true),
                    from_neighbourhood: Some(number % 3 > 0),
                    alcohol_instruction: Some(number % 4 == 0),
                    ..PersonFacts::default()
                },
                since,
            };
            self.record(at, Event::People(registered))?;
        }
        Ok(())
    }

    fn person(&self, number: u64) -> PersonId {
        PersonId::new(self.uuid(3, number))
    }

    fn activity(&self, number: u64) -> ActivityId {
        ActivityId::new(self.uuid(4, number))
    }

    fn door(&self) -> Code {
        Code::new(*self.uuid(5, 0).as_bytes())
    }

    fn uuid(&self, kind: u64, number: u64) -> Uuid {
        uuid(self.known.organisation.uuid().as_u64_pair().0, kind, number)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) % bound
    }

    /// Once in so many times.
    fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// Records something as it happens.
    fn record(&mut self, at: i64, event: Event) -> Result<Target, Failure> {
        self.record_late(at, at, event)
    }

    /// Records something that happened earlier.
    fn record_late(&mut self, at: i64, occurred: i64, event: Event) -> Result<Target, Failure> {
        // A second later at the least, as people tap; the log's time never goes back.
        self.recorded_at = (self.recorded_at + 1_000).max(at + self.below(900) as i64);
        let id = entry_id(occurred, self.below(u64::MAX), self.below(u64::MAX));
        let commit = Commit {
            organisation: self.known.organisation,
            first: Position(self.head.position.0 + 1),
            recorded_at: Timestamp::from_millis(self.recorded_at),
            actor: Actor {
                id: Some(self.known.device),
                kind: ActorKind::Device,
            },
            previous: self.head.hash,
            facts: vec![Fact {
                id,
                occurred_at: Timestamp::from_millis(occurred),
                shifted_millis: 0,
                event,
            }],
        };
        let line = codec::encode(&commit)?;
        self.head = line.head();
        self.lines.push(line);
        Ok(Target {
            entry: EntryId::new(id),
            position: self.head.position,
        })
    }
}

/// The finaliser of splitmix64: near numbers come out far apart.
const fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

fn uuid(seed: u64, kind: u64, number: u64) -> Uuid {
    let high = mixed(seed ^ mixed(kind));
    uuid::Builder::from_random_bytes(
        ((u128::from(high) << 64) | u128::from(mixed(high ^ mixed(number)))).to_be_bytes(),
    )
    .into_uuid()
}

/// As a client makes them: version 7, the time in front.
fn entry_id(at: i64, one: u64, other: u64) -> Uuid {
    let random = (u128::from(one) << 64) | u128::from(other);
    let bytes: [u8; 16] = random.to_be_bytes();
    let mut part = [0; 10];
    part.copy_from_slice(&bytes[3..13]);
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(at).unwrap_or(0), &part).into_uuid()
}
