//! A history told fact by fact.

use meetellen_events::event::{Actor, ActorKind, Event, Fact, Recorded};
use meetellen_events::log::line::Position;
use meetellen_events::organisation;
use meetellen_events::programme::{self, ActivityFacts, OrganisedBy};
use meetellen_events::standing::{self, Listed, Setting};
use meetellen_events::tally::{
    CountBasis, Event as Tally, Evidence, HoursBasis, ShiftKind, Standing, Target, Visitor,
};
use meetellen_events::values::{
    ActivityId, Cents, Cups, Day, DeviceId, EntryId, HeadCount, Locale, Name, Party, Period,
    PersonId, Quantity, RoomId, SessionId, Slug, Tag, Timestamp,
};
use meetellen_projections::House;
use std::str::FromStr;

pub fn parsed<T: FromStr>(text: &str) -> T {
    text.parse()
        .unwrap_or_else(|_| panic!("{text} does not parse"))
}

pub fn at(text: &str) -> Timestamp {
    parsed(text)
}

pub fn id<T: FromStr>(number: u64) -> T {
    parsed(&format!("00000000-0000-4000-8000-{number:012}"))
}

pub fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

pub fn day(text: &str) -> Day {
    parsed(text)
}

pub fn period(text: &str) -> Period {
    parsed(text)
}

/// A phone, told apart by its number.
pub fn phone(number: u8) -> Visitor {
    Visitor::Phone(Tag::new([number; 16]))
}

/// The organisation, and what was recorded of it.
#[derive(Clone)]
pub struct World {
    pub house: House,
    last: u64,
    pub actor: Actor,
    /// When the next facts are recorded; at the instant they tell of where it is none.
    pub recorded_at: Option<Timestamp>,
    latest: Timestamp,
}

/// A device's actor.
pub fn device(number: u64) -> Actor {
    let id: DeviceId = id(number);
    Actor {
        id: Some(id),
        kind: ActorKind::Device,
    }
}

impl World {
    /// An organisation founded on 1 January 2026, in Amsterdam's time zone.
    pub fn new() -> Self {
        let mut world = Self {
            house: House::default(),
            last: 0,
            actor: device(600),
            recorded_at: None,
            latest: Timestamp::default(),
        };
        let founded = organisation::Event::Founded {
            name: name("Het Badhuis"),
            slug: Slug::new("badhuis").expect("a slug"),
            time_zone: "Europe/Amsterdam".into(),
            locale: Locale::Nl,
            demo: false,
        };
        world.record("2026-01-01T09:00:00Z", Event::Organisation(founded));
        world
    }

    /// The same world at the end of 2026: all that was planned is over.
    pub fn later(&self) -> Self {
        let mut later = self.clone();
        let name = name("Het Badhuis");
        let renamed = Event::Organisation(organisation::Event::Renamed { name });
        later.record("2026-12-31T12:00:00Z", renamed);
        later
    }

    pub fn record(&mut self, when: &str, event: Event) -> Target {
        self.record_at(at(when), event)
    }

    pub fn record_at(&mut self, occurred_at: Timestamp, event: Event) -> Target {
        self.last += 1;
        let entry: EntryId = id(self.last);
        self.latest = self.recorded_at.unwrap_or(occurred_at).max(self.latest);
        let recorded = Recorded {
            position: Position(self.last),
            recorded_at: self.latest,
            actor: self.actor,
            fact: Fact {
                id: entry.uuid(),
                occurred_at,
                shifted_millis: 0,
                event,
            },
        };
        assert_eq!(self.house.apply(&recorded), Ok(true));
        Target {
            entry,
            position: recorded.position,
        }
    }

    pub fn tally(&mut self, when: &str, event: Tally) -> Target {
        self.record(when, Event::Tally(event))
    }

    pub fn setting(&mut self, setting: Setting) {
        let since = day("2026-01-01");
        let changed = standing::Event::SettingChanged { setting, since };
        self.record("2026-01-01T10:00:00Z", Event::Standing(changed));
    }

    pub fn list(&mut self, listed: Listed, called: &str, since: &str) {
        let added = standing::Event::Added {
            listed,
            name: name(called),
            since: day(since),
        };
        self.record("2026-01-01T10:00:00Z", Event::Standing(added));
    }

    pub fn activity(&mut self, number: u64, called: &str, room: Option<RoomId>) -> ActivityId {
        let facts = ActivityFacts {
            room,
            ..ActivityFacts::default()
        };
        self.activity_with(number, called, facts)
    }

    /// An activity of residents that can take so many.
    pub fn activity_for(&mut self, number: u64, called: &str, capacity: u32) -> ActivityId {
        let facts = ActivityFacts {
            capacity: Some(capacity),
            ..ActivityFacts::default()
        };
        self.activity_with(number, called, facts)
    }

    fn activity_with(&mut self, number: u64, called: &str, more: ActivityFacts) -> ActivityId {
        let activity = id(number);
        let facts = ActivityFacts {
            name: Some(name(called)),
            organised_by: Some(OrganisedBy::Residents),
            ..more
        };
        let added = programme::Event::ActivityAdded {
            activity,
            facts,
            since: day("2026-01-01"),
        };
        self.record("2026-01-01T10:00:00Z", Event::Programme(added));
        activity
    }

    pub fn session(&mut self, activity: ActivityId, start: &str, end: &str) -> SessionId {
        let session = id(10_000 + self.last);
        let planned = programme::Event::SessionPlanned {
            session,
            activity,
            starts_at: at(start),
            ends_at: at(end),
            room: None,
            series: None,
        };
        self.record("2026-01-01T11:00:00Z", Event::Programme(planned));
        session
    }

    pub fn cancel(&mut self, when: &str, session: SessionId) {
        let event = programme::Event::SessionCancelled { session };
        self.record(when, Event::Programme(event));
    }

    pub fn confirm_session(&mut self, when: &str, session: SessionId) {
        let event = programme::Event::SessionConfirmed { session };
        self.record(when, Event::Programme(event));
    }

    pub fn check_in(
        &mut self,
        when: &str,
        visitor: Visitor,
        session: Option<SessionId>,
        party: (i64, i64),
    ) -> Target {
        self.check_in_as(when, visitor, session, party, Standing::Counted)
    }

    pub fn check_in_as(
        &mut self,
        when: &str,
        visitor: Visitor,
        session: Option<SessionId>,
        party: (i64, i64),
        standing: Standing,
    ) -> Target {
        let evidence = match standing {
            Standing::ToConfirm => Evidence::Poster,
            Standing::Counted | Standing::AlreadyCounted => Evidence::Host,
        };
        self.tally(
            when,
            Tally::VisitorCheckedIn {
                session,
                party: Party::new(party.0, party.1).expect("a party"),
                visitor,
                evidence,
                code: None,
                standing,
            },
        )
    }

    /// Taps at the door: visitors that can't be told apart.
    pub fn taps(&mut self, when: &str, session: Option<SessionId>, number: usize) {
        for _ in 0..number {
            self.check_in(when, Visitor::Unknown, session, (1, 0));
        }
    }

    pub fn heads(
        &mut self,
        when: &str,
        session: Option<SessionId>,
        adults: i64,
        volunteers: Option<i64>,
    ) -> Target {
        self.tally(
            when,
            Tally::HeadsCounted {
                session,
                heads: HeadCount::new(adults, 0, volunteers).expect("a head count"),
                basis: CountBasis::Counted,
            },
        )
    }

    pub fn coffee(&mut self, when: &str, cups: i64) -> Target {
        self.tally(
            when,
            Tally::CoffeeServed {
                cups: Cups::new(cups).expect("cups"),
                paid: None,
                pot: false,
                session: None,
                evidence: Evidence::Host,
                code: None,
            },
        )
    }

    pub fn shift(&mut self, when: &str, who: u64, kind: ShiftKind) -> Target {
        self.shift_at(when, who, kind, None)
    }

    pub fn shift_at(
        &mut self,
        when: &str,
        who: u64,
        kind: ShiftKind,
        session: Option<SessionId>,
    ) -> Target {
        let volunteer: PersonId = id(who);
        self.tally(
            when,
            Tally::ShiftStarted {
                volunteer,
                kind,
                session,
            },
        )
    }

    pub fn end(&mut self, when: &str, shift: Target) -> Target {
        let basis = HoursBasis::Clocked;
        self.tally(when, Tally::ShiftEnded { shift, basis })
    }

    pub fn bar_revenue(&mut self, when: &str, cents: i64, hire: bool) -> Target {
        let amount = Cents::new(cents).expect("an amount");
        self.tally(
            when,
            Tally::BarRevenueCounted {
                amount,
                expected: None,
                hire,
            },
        )
    }

    pub fn goods(
        &mut self,
        when: &str,
        category: &str,
        quantity: i64,
        donor: Option<u64>,
        standing: Standing,
    ) -> Target {
        self.tally(
            when,
            Tally::GoodsDonated {
                category: name(category),
                description: None,
                quantity: Quantity::new(quantity).expect("a quantity"),
                donor: donor.map(id),
                purpose: None,
                code: None,
                standing,
            },
        )
    }

    pub fn retract(&mut self, when: &str, target: Target) -> Target {
        self.tally(
            when,
            Tally::EntryRetracted {
                target,
                reason: None,
            },
        )
    }

    pub fn confirm(&mut self, when: &str, targets: &[Target]) -> Target {
        let targets = targets.to_vec();
        self.tally(when, Tally::EntriesConfirmed { targets })
    }
}
