//! A busy house, day by day, as sealed chunks.

use meetellen_events::codec;
use meetellen_events::event::{Actor, ActorKind, Commit, Event, Fact};
use meetellen_events::log::line::{Head, Line, Position};
use meetellen_events::organisation;
use meetellen_events::programme;
use meetellen_events::tally::{
    CountBasis, Event as Tally, Evidence, HoursBasis, OpeningState, ShiftKind, Standing, Target,
    Visitor,
};
use meetellen_events::values::{
    ActivityId, Cents, Code, CounterId, Cups, DeviceId, EntryId, HeadCount, Locale, Name,
    OrganisationId, Party, PersonId, Quantity, SessionId, Slug, Tag, Timestamp,
};
use uuid::Uuid;

type Failure = Box<dyn std::error::Error>;

const DAY_MILLIS: i64 = 86_400_000;
const HOUR_MILLIS: i64 = 3_600_000;
/// 2016-01-01, 08:00 UTC.
const FIRST: i64 = 1_451_635_200_000;
/// As the store seals them.
const CHUNK_COMMITS: usize = 64;

/// A log as the store keeps it.
pub struct Chunks {
    /// The packed form of each.
    pub packed: Vec<Vec<u8>>,
    /// How many events that is.
    pub events: usize,
    /// The last whole month.
    pub last_month: String,
}

struct House {
    head: Head,
    lines: Vec<Line>,
    packed: Vec<Vec<u8>>,
    random: u64,
}

/// Plays days until there are so many events.
pub fn played(events: usize) -> Result<Chunks, Failure> {
    let mut house = House {
        head: Head::default(),
        lines: Vec::new(),
        packed: Vec::new(),
        random: 7,
    };
    let founded = organisation::Event::Founded {
        name: Name::new("Het Badhuis")?,
        slug: Slug::new("badhuis")?,
        time_zone: "Europe/Amsterdam".to_owned(),
        locale: Locale::Nl,
        demo: false,
    };
    house.record(FIRST, Event::Organisation(founded))?;
    let mut day = 0;
    while (house.head.position.0 as usize) < events {
        house.play(FIRST + day * DAY_MILLIS)?;
        day += 1;
    }
    house.seal()?;
    let last = Timestamp::from_millis(FIRST + (day - 35) * DAY_MILLIS);
    Ok(Chunks {
        packed: house.packed,
        events: usize::try_from(house.head.position.0)?,
        last_month: last.to_string()[..7].to_owned(),
    })
}

fn uuid(kind: u64, number: u64) -> Uuid {
    Uuid::from_u128(
        (u128::from(kind) << 100) | u128::from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
    )
}

impl House {
    fn below(&mut self, bound: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % bound
    }

    fn record(&mut self, at: i64, event: Event) -> Result<Target, Failure> {
        let position = Position(self.head.position.0 + 1);
        let entry = uuid(1, position.0);
        let occurred_at = Timestamp::from_millis(at);
        let commit = Commit {
            organisation: OrganisationId::new(uuid(2, 1)),
            first: position,
            recorded_at: occurred_at.plus_millis(300),
            actor: Actor {
                id: Some(DeviceId::new(uuid(3, position.0 % 4))),
                kind: ActorKind::Device,
            },
            previous: self.head.hash,
            facts: vec![Fact {
                id: entry,
                occurred_at,
                shifted_millis: 0,
                event,
            }],
        };
        let line = codec::encode(&commit)?;
        self.head = line.head();
        self.lines.push(line);
        if self.lines.len() == CHUNK_COMMITS {
            self.seal()?;
        }
        let entry = EntryId::new(entry);
        Ok(Target { entry, position })
    }

    fn seal(&mut self) -> Result<(), Failure> {
        let packed = codec::pack(&self.lines).map_err(|error| error.to_string())?;
        self.packed.push(packed);
        self.lines.clear();
        Ok(())
    }

    fn tally(&mut self, at: i64, event: Tally) -> Result<Target, Failure> {
        self.record(at, Event::Tally(event))
    }

    /// About 82 entries: 60 check-ins, coffee, shifts, head counts, tills, gifts.
    fn play(&mut self, morning: i64) -> Result<(), Failure> {
        let number = u64::try_from(morning / DAY_MILLIS)?;
        let mut sessions = Vec::new();
        for place in 0..2 {
            let session = SessionId::new(uuid(4, number * 2 + place));
            let starts_at = Timestamp::from_millis(morning + (2 + place as i64 * 4) * HOUR_MILLIS);
            let planned = programme::Event::SessionPlanned {
                session,
                activity: ActivityId::new(uuid(5, number % 7 * 2 + place)),
                starts_at,
                ends_at: starts_at.plus_millis(2 * HOUR_MILLIS),
                room: None,
                series: None,
            };
            self.record(morning, Event::Programme(planned))?;
            sessions.push(session);
        }
        let state = OpeningState::Opened;
        self.tally(morning, Tally::OpeningNoted { state })?;
        let mut shifts = Vec::new();
        for place in 0..3 {
            let started = Tally::ShiftStarted {
                volunteer: PersonId::new(uuid(6, self.below(60))),
                kind: [ShiftKind::Bar, ShiftKind::Host, ShiftKind::Kitchen][place],
                session: None,
            };
            shifts.push(self.tally(morning, started)?);
        }
        for minute in 0..60 {
            self.check_in(morning + minute * 8 * 60_000, number, &sessions)?;
            if minute % 6 == 0 {
                self.coffee(morning + minute * 8 * 60_000)?;
            }
        }
        let evening = morning + 9 * HOUR_MILLIS;
        for session in sessions {
            self.heads(evening, Some(session))?;
        }
        self.heads(evening, None)?;
        for shift in shifts {
            let basis = HoursBasis::Clocked;
            self.tally(evening, Tally::ShiftEnded { shift, basis })?;
        }
        self.close(evening)
    }

    fn check_in(&mut self, at: i64, day: u64, sessions: &[SessionId]) -> Result<(), Failure> {
        let month = day / 30;
        let visitor = match self.below(4) {
            0 => Visitor::Unknown,
            1 => Visitor::Pass(PersonId::new(uuid(6, self.below(200)))),
            _ => {
                let phone = uuid(7, month * 500 + self.below(300));
                Visitor::Phone(Tag::new(*phone.as_bytes()))
            }
        };
        let session = match self.below(3) {
            0 => None,
            _ => Some(sessions[self.below(2) as usize]),
        };
        let (adults, children) = (1, i64::from(self.below(5) == 0));
        let checked_in = Tally::VisitorCheckedIn {
            session,
            party: Party::new(adults, children)?,
            visitor,
            evidence: if visitor == Visitor::Unknown {
                Evidence::Host
            } else {
                Evidence::Poster
            },
            code: Some(Code::new(*uuid(8, self.below(6)).as_bytes())),
            standing: Standing::Counted,
        };
        let target = self.tally(at, checked_in)?;
        if self.below(60) == 0 {
            let reason = None;
            self.tally(at, Tally::EntryRetracted { target, reason })?;
        }
        Ok(())
    }

    fn coffee(&mut self, at: i64) -> Result<(), Failure> {
        let served = Tally::CoffeeServed {
            cups: Cups::new(1 + self.below(4) as i64)?,
            paid: Some(true),
            pot: false,
            session: None,
            evidence: Evidence::Host,
            code: None,
        };
        self.tally(at, served).map(|_| ())
    }

    fn heads(&mut self, at: i64, session: Option<SessionId>) -> Result<(), Failure> {
        let counted = Tally::HeadsCounted {
            session,
            heads: HeadCount::new(20 + self.below(30) as i64, 4, Some(3))?,
            basis: CountBasis::Counted,
        };
        self.tally(at, counted).map(|_| ())
    }

    fn close(&mut self, at: i64) -> Result<(), Failure> {
        let till = Tally::BarRevenueCounted {
            amount: Cents::new(5_000 + self.below(5_000) as i64)?,
            expected: None,
            hire: false,
        };
        self.tally(at, till)?;
        let tallied = Tally::CounterTallied {
            counter: CounterId::new(uuid(9, 1)),
            quantity: Quantity::new(1 + self.below(9) as i64)?,
        };
        self.tally(at, tallied)?;
        if self.below(3) == 0 {
            let given = Tally::MoneyDonated {
                amount: Cents::new(500)?,
                method: None,
                donor: Some(PersonId::new(uuid(6, self.below(200)))),
                purpose: None,
                code: None,
                standing: Standing::Counted,
            };
            self.tally(at, given)?;
        }
        let state = OpeningState::Closed;
        self.tally(at, Tally::OpeningNoted { state }).map(|_| ())
    }
}
