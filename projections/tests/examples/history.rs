//! A house whose facts a test writes down one by one.

use meetellen_events::event::{Actor, ActorKind, Event, Fact, Recorded};
use meetellen_events::log::line::Position;
use meetellen_events::tally::{
    CountBasis, Event as Tally, Evidence, HoursBasis, OpeningState, ShiftKind, Standing, Target,
    Visitor,
};
use meetellen_events::values::{
    ActivityId, EntryId, HeadCount, Locale, Name, Party, PersonId, SessionId, Slug, Tag, Timestamp,
};
use meetellen_events::{organisation, people, programme, standing};
use meetellen_projections::House;
use meetellen_projections::figures::{Figure, Figures, Value, figures};

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

pub fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

pub fn uuid(number: u64) -> uuid::Uuid {
    uuid::Uuid::from_u128(number.into())
}

pub fn person(number: u64) -> PersonId {
    PersonId::new(uuid(700 + number))
}

pub fn activity(number: u64) -> ActivityId {
    ActivityId::new(uuid(800 + number))
}

/// A phone's pseudonym.
pub fn phone(number: u8) -> Visitor {
    Visitor::Phone(Tag::new([number; 16]))
}

pub struct History {
    house: House,
    last: u64,
    recorded_at: Timestamp,
}

impl Default for History {
    /// Founded in Amsterdam, in the summer before everything else.
    fn default() -> Self {
        let mut history = Self {
            house: House::default(),
            last: 0,
            recorded_at: at("2026-06-01T08:00:00Z"),
        };
        let founded = organisation::Event::Founded {
            name: name("Het Badhuis"),
            slug: Slug::new("badhuis").expect("a slug"),
            time_zone: "Europe/Amsterdam".into(),
            locale: Locale::Nl,
            demo: false,
        };
        history.record("2026-06-01T08:00:00Z", Event::Organisation(founded));
        history
    }
}

impl History {
    /// Records what happened at an instant, at once or, where the log is further, late.
    pub fn record(&mut self, when: &str, event: Event) -> Target {
        self.last += 1;
        self.recorded_at = self.recorded_at.max(at(when));
        let fact = Fact {
            id: uuid(self.last),
            occurred_at: at(when),
            shifted_millis: 0,
            event,
        };
        let recorded = Recorded {
            position: Position(self.last),
            recorded_at: self.recorded_at,
            actor: Actor {
                id: None,
                kind: ActorKind::Visitor,
            },
            fact,
        };
        assert_eq!(self.house.apply(&recorded), Ok(true));
        assert_eq!(
            self.house.apply(&recorded),
            Ok(false),
            "a repeat adds nothing"
        );
        Target {
            entry: EntryId::new(uuid(self.last)),
            position: Position(self.last),
        }
    }

    /// Lets time pass: something of no consequence is recorded.
    pub fn until(&mut self, when: &str) {
        let renamed = organisation::Event::Renamed {
            name: name("Het Badhuis"),
        };
        self.record(when, Event::Organisation(renamed));
    }

    pub fn tally(&mut self, when: &str, event: Tally) -> Target {
        self.record(when, Event::Tally(event))
    }

    pub fn standing(&mut self, when: &str, event: standing::Event) {
        self.record(when, Event::Standing(event));
    }

    pub fn set(&mut self, setting: standing::Setting, since: &str) {
        let since = since.parse().expect("a day");
        self.standing(
            "2026-06-01T08:00:00Z",
            standing::Event::SettingChanged { setting, since },
        );
    }

    pub fn people(&mut self, when: &str, event: people::Event) {
        self.record(when, Event::People(event));
    }

    /// Says something of a person from a day on.
    pub fn register(&mut self, person: PersonId, since: &str, facts: people::PersonFacts) {
        let since = since.parse().expect("a day");
        let registered = people::Event::Registered {
            person,
            facts,
            since,
        };
        self.people("2026-06-01T09:00:00Z", registered);
    }

    pub fn programme(&mut self, when: &str, event: programme::Event) {
        self.record(when, Event::Programme(event));
    }

    /// Plans a session of activity 0, when it begins.
    pub fn plan(&mut self, number: u64, start: &str, end: &str) -> SessionId {
        self.plan_of(activity(0), number, start, end)
    }

    pub fn plan_of(
        &mut self,
        activity: ActivityId,
        number: u64,
        start: &str,
        end: &str,
    ) -> SessionId {
        let session = SessionId::new(uuid(900 + number));
        let planned = programme::Event::SessionPlanned {
            session,
            activity,
            starts_at: at(start),
            ends_at: at(end),
            room: None,
            series: None,
        };
        self.programme("2026-06-01T10:00:00Z", planned);
        session
    }

    pub fn check_in(
        &mut self,
        when: &str,
        visitor: Visitor,
        session: Option<SessionId>,
        party: (i64, i64),
        evidence: Evidence,
    ) -> Target {
        let checked_in = Tally::VisitorCheckedIn {
            session,
            party: Party::new(party.0, party.1).expect("a party"),
            visitor,
            evidence,
            code: None,
            standing: Standing::Counted,
        };
        self.tally(when, checked_in)
    }

    /// A host taps +1.
    pub fn tap(&mut self, when: &str, session: Option<SessionId>) -> Target {
        self.check_in(when, Visitor::Unknown, session, (1, 0), Evidence::Host)
    }

    pub fn heads(&mut self, when: &str, session: Option<SessionId>, adults: i64) -> Target {
        let heads = HeadCount::new(adults, 0, None).expect("a head count");
        let basis = CountBasis::Counted;
        let counted = Tally::HeadsCounted {
            session,
            heads,
            basis,
        };
        self.tally(when, counted)
    }

    pub fn note(&mut self, when: &str, state: OpeningState) {
        self.tally(when, Tally::OpeningNoted { state });
    }

    pub fn start_shift(&mut self, when: &str, volunteer: PersonId, kind: ShiftKind) -> Target {
        let session = None;
        self.tally(
            when,
            Tally::ShiftStarted {
                volunteer,
                kind,
                session,
            },
        )
    }

    pub fn end_shift(&mut self, when: &str, shift: Target, basis: HoursBasis) -> Target {
        self.tally(when, Tally::ShiftEnded { shift, basis })
    }

    pub fn retract(&mut self, when: &str, target: Target) {
        let reason = None;
        self.tally(when, Tally::EntryRetracted { target, reason });
    }

    /// The figures of a period, as known now.
    pub fn figures(&self, period: &str) -> Figures {
        figures(self.house.get(), &period.parse().expect("a period"))
    }
}

#[track_caller]
pub fn figure<'a>(found: &'a Figures, key: &str) -> &'a Figure {
    let figure = found.get(key);
    figure.unwrap_or_else(|| panic!("no figure {key}"))
}

/// A value as people read it.
pub fn text(value: &Value) -> String {
    match value {
        Value::Whole(number) => number.to_string(),
        Value::Decimal(text) => text.clone(),
        Value::Unknown => "null".into(),
        Value::Suppressed | Value::Withheld => value.hidden().unwrap_or_default().into(),
    }
}

/// Each key has its value, as people read it.
#[track_caller]
pub fn shows(found: &Figures, expected: &[(&str, &str)]) {
    for (key, value) in expected {
        assert_eq!(text(&figure(found, key).value), *value, "{key}");
    }
}

/// The shares of a key are those, and no others.
#[track_caller]
pub fn shares(found: &Figures, key: &str, expected: &[(&str, &str)]) {
    let shares = &figure(found, key).basis_share;
    let shares: Vec<(&str, &str)> = shares.iter().map(|(k, v)| (*k, v.as_str())).collect();
    assert_eq!(shares, expected, "{key}");
}
