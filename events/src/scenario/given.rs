//! A house to test rules in: on Monday 5 October 2026 at noon, with a choir at 14:00 and a sensitive group at 19:00.

use super::{Scenario, device};
use crate::access::Role;
use crate::event::{self, Fact};
use crate::organisation::{Authority, Request};
use crate::people::{self, AgeGroup, PersonFacts};
use crate::programme::{self, ActivityFacts, OrganisedBy, SessionPlan, Target};
use crate::standing::{self, Listed};
use crate::tally::{self, Arrival, Entry, Place, Standing};
use crate::values::{
    ActivityId, Cents, Code, CounterId, Cups, Day, EntryId, IndicatorId, Month, Name, Party,
    PersonId, SecretHash, SessionId, Tag, Timestamp,
};
use uuid::Uuid;

pub(crate) const COORDINATOR: Authority = device(51, Role::Coordinator);
pub(crate) const VOLUNTEER: Authority = device(52, Role::Volunteer);
pub(crate) const BAR: Authority = device(53, Role::Bar);
pub(crate) const VIEWER: Authority = device(54, Role::Viewer);

pub(crate) const CHOIR: ActivityId = ActivityId::new(Uuid::from_u128(1));
pub(crate) const GROUP: ActivityId = ActivityId::new(Uuid::from_u128(2));
pub(crate) const CHOIR_TODAY: SessionId = SessionId::new(Uuid::from_u128(11));
pub(crate) const GROUP_TODAY: SessionId = SessionId::new(Uuid::from_u128(12));

pub(crate) const AT_DOOR: Code = Code::new([1; 16]);
pub(crate) const AT_CHOIR: Code = Code::new([2; 16]);
pub(crate) const AT_GROUP: Code = Code::new([3; 16]);
pub(crate) const AT_CHOIR_TODAY: Code = Code::new([4; 16]);
pub(crate) const AT_BAR: Code = Code::new([5; 16]);
pub(crate) const AT_COFFEE: Code = Code::new([6; 16]);
pub(crate) const AT_GIFTS: Code = Code::new([7; 16]);

/// A volunteer with a badge.
pub(crate) const ANS: PersonId = PersonId::new(Uuid::from_u128(1));
/// A child with a pass.
pub(crate) const KIM: PersonId = PersonId::new(Uuid::from_u128(2));
/// A visitor with a pass.
pub(crate) const JAN: PersonId = PersonId::new(Uuid::from_u128(3));

pub(crate) const EGGS: CounterId = CounterId::new(Uuid::from_u128(1));
pub(crate) const FOLLOWERS: IndicatorId = IndicatorId::new(Uuid::from_u128(1));

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("RFC 3339")
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

pub(crate) fn entry(number: u128) -> EntryId {
    EntryId::new(Uuid::from_u128(number))
}

pub(crate) fn session(number: u128) -> SessionId {
    SessionId::new(Uuid::from_u128(number))
}

pub(crate) fn person(number: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(number))
}

pub(crate) fn hash(byte: u8) -> SecretHash {
    SecretHash::new([byte; 32])
}

pub(crate) fn party(adults: i64, children: i64) -> Option<Party> {
    Some(Party::new(adults, children).expect("a party"))
}

/// The hash of the code in the QR of a person's pass.
pub(crate) fn pass(person: PersonId) -> SecretHash {
    hash(10 * person.uuid().as_bytes()[15])
}

/// The hash of the characters to type of a person's pass.
pub(crate) fn short(person: PersonId) -> SecretHash {
    hash(10 * person.uuid().as_bytes()[15] + 1)
}

/// A phone with its pseudonyms for the months of autumn.
pub(crate) fn phone(number: u8) -> Arrival {
    let tag = |month: u8| Tag::new([number ^ (month << 4); 16]);
    let months = (9..=12).map(|n| {
        let month: Month = format!("2026-{n:02}").parse().expect("a month");
        (month, tag(n))
    });
    Arrival::Phone(months.collect())
}

/// Somebody comes with a code.
pub(crate) fn by_code(code: Code, arrival: Arrival) -> tally::Command {
    tally::Command::CheckIn {
        place: Place::Code {
            code,
            session: None,
        },
        party: None,
        arrival,
    }
}

/// A host counts somebody in.
pub(crate) fn by_host(place: Place, arrival: Arrival) -> tally::Command {
    tally::Command::CheckIn {
        place,
        party: None,
        arrival,
    }
}

/// Cups of coffee, of which nothing else is known.
pub(crate) fn cups(number: i64) -> tally::Command {
    tally::Command::Coffee {
        cups: Cups::new(number).expect("cups"),
        paid: None,
        pot: false,
        session: None,
    }
}

/// Money of somebody unnamed.
pub(crate) fn money(cents: i64) -> tally::Command {
    tally::Command::GiveMoney {
        amount: Cents::new(cents).expect("an amount"),
        method: None,
        donor: None,
        purpose: None,
    }
}

/// One session, planned in advance.
pub(crate) fn planned(
    activity: ActivityId,
    session: SessionId,
    from: &str,
    to: &str,
) -> programme::Command {
    let (starts_at, ends_at) = (at(from), at(to));
    let sessions = vec![SessionPlan {
        session,
        starts_at,
        ends_at,
    }];
    programme::Command::PlanSessions {
        activity,
        sessions,
        room: None,
        series: None,
    }
}

/// A code without an end.
pub(crate) fn issued(code: Code, target: Target) -> programme::Command {
    programme::Command::IssueCode {
        code,
        target,
        day: None,
        valid_until: None,
    }
}

/// What a statement of a month says, as far as the rules look: made of the house's log as it stands.
pub(crate) fn stated(house: &Scenario, month: Month, number: u128) -> serde_json::Value {
    serde_json::json!({
        "id": Uuid::from_u128(number),
        "organisation": { "id": house.organisation.id() },
        "period": {
            "kind": "month",
            "first_day": month.first_day(),
            "last_day": month.last_day(),
        },
        "as_of": { "position": house.organisation.position() },
        "made_at": house.now,
        "previous": house.organisation.months().last_hash().to_string(),
    })
}

/// The house described above.
pub(crate) fn house() -> Scenario {
    let mut house = Scenario::founded(at("2026-10-05T12:00:00+02:00")).expect("it can be founded");
    house.offer(CHOIR, "Koor", false);
    house.offer(GROUP, "Herstelgroep", true);
    let (choir, group) = (CHOIR_TODAY, GROUP_TODAY);
    let from_to = ("2026-10-05T14:00:00+02:00", "2026-10-05T16:00:00+02:00");
    house.programme(planned(CHOIR, choir, from_to.0, from_to.1));
    let from_to = ("2026-10-05T19:00:00+02:00", "2026-10-05T21:00:00+02:00");
    house.programme(planned(GROUP, group, from_to.0, from_to.1));
    for (code, target) in [
        (AT_DOOR, Target::Door),
        (AT_CHOIR, Target::Activity(CHOIR)),
        (AT_GROUP, Target::Activity(GROUP)),
        (AT_CHOIR_TODAY, Target::Session(CHOIR_TODAY)),
        (AT_BAR, Target::Bar),
        (AT_COFFEE, Target::Coffee),
        (AT_GIFTS, Target::Gift),
    ] {
        house.programme(issued(code, target));
    }
    house.register(ANS, Some(true), AgeGroup::Adult);
    house.register(KIM, None, AgeGroup::Child);
    house.register(JAN, Some(false), AgeGroup::Senior);
    for (listed, called) in [
        (Listed::Counter(EGGS), "Eieren"),
        (Listed::Indicator(FOLLOWERS), "Volgers"),
    ] {
        let name = name(called);
        house.standing(standing::Command::Add {
            listed,
            name,
            since: None,
        });
    }
    house
}

impl Scenario {
    /// The coordinator asks something of the programme.
    #[track_caller]
    pub(crate) fn programme(&mut self, asked: programme::Command) -> Vec<Fact> {
        self.admits(COORDINATOR, Request::Programme(asked))
    }

    /// The coordinator asks something about persons.
    #[track_caller]
    pub(crate) fn people(&mut self, asked: people::Command) -> Vec<Fact> {
        self.admits(COORDINATOR, Request::People(asked))
    }

    /// The coordinator asks something of the standing facts.
    #[track_caller]
    pub(crate) fn standing(&mut self, asked: standing::Command) -> Vec<Fact> {
        self.admits(COORDINATOR, Request::Standing(asked))
    }

    /// An entry that happens now is recorded.
    #[track_caller]
    pub(crate) fn counts(
        &mut self,
        authority: Authority,
        id: u128,
        command: tally::Command,
    ) -> tally::Event {
        let now = self.now;
        self.counts_at(authority, id, now, command)
    }

    /// An entry that happened at an instant is recorded.
    #[track_caller]
    pub(crate) fn counts_at(
        &mut self,
        authority: Authority,
        id: u128,
        occurred_at: Timestamp,
        command: tally::Command,
    ) -> tally::Event {
        let facts = self.admits(authority, happened(id, occurred_at, command));
        tallied(&facts).clone()
    }

    /// An entry that happens now is refused.
    #[track_caller]
    pub(crate) fn denies(
        &self,
        authority: Authority,
        command: tally::Command,
        why: tally::Rejection,
    ) {
        self.denies_at(authority, self.now, command, why);
    }

    /// An entry that happened at an instant is refused.
    #[track_caller]
    pub(crate) fn denies_at(
        &self,
        authority: Authority,
        occurred_at: Timestamp,
        command: tally::Command,
        why: tally::Rejection,
    ) {
        self.refuses(authority, happened(u128::MAX, occurred_at, command), why);
    }

    /// The same house at another time, to try something in; its log is left behind.
    pub(crate) fn at(&self, now: Timestamp) -> Self {
        Self {
            organisation: self.organisation.clone(),
            now,
            ..Self::default()
        }
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, millis: i64) {
        self.now = self.now.plus_millis(millis);
    }

    #[track_caller]
    fn offer(&mut self, activity: ActivityId, called: &str, sensitive: bool) {
        let facts = ActivityFacts {
            name: Some(name(called)),
            organised_by: Some(OrganisedBy::Residents),
            sensitive: Some(sensitive),
            ..ActivityFacts::default()
        };
        let since = Some(day("2026-01-01"));
        self.programme(programme::Command::AddActivity {
            activity,
            facts,
            since,
        });
    }

    #[track_caller]
    fn register(&mut self, person: PersonId, volunteer: Option<bool>, age: AgeGroup) {
        let facts = PersonFacts {
            volunteer,
            age: Some(age),
            ..PersonFacts::default()
        };
        let since = Some(day("2026-01-01"));
        self.people(people::Command::Register {
            person,
            facts,
            since,
        });
        self.people(people::Command::IssuePass {
            person,
            pass: pass(person),
            short: short(person),
        });
    }
}

/// An entry as a request.
pub(crate) fn happened(id: u128, occurred_at: Timestamp, command: tally::Command) -> Request {
    Request::Tally(Entry {
        id: entry(id),
        occurred_at,
        shifted_millis: 0,
        command,
    })
}

/// The tallied one of some facts.
#[track_caller]
pub(crate) fn tallied(facts: &[Fact]) -> &tally::Event {
    let tallied = facts.iter().find_map(|fact| match &fact.event {
        event::Event::Tally(event) => Some(event),
        event::Event::Organisation(_)
        | event::Event::Programme(_)
        | event::Event::People(_)
        | event::Event::Access(_)
        | event::Event::Standing(_)
        | event::Event::Months(_)
        | event::Event::Unknown(_) => None,
    });
    tallied.expect("something was tallied")
}

/// How sure a check-in or a gift is.
#[track_caller]
pub(crate) fn standing(event: &tally::Event) -> Standing {
    match event {
        tally::Event::VisitorCheckedIn { standing, .. }
        | tally::Event::MoneyDonated { standing, .. }
        | tally::Event::GoodsDonated { standing, .. } => *standing,
        tally::Event::HeadsCounted { .. }
        | tally::Event::CoffeeServed { .. }
        | tally::Event::CounterTallied { .. }
        | tally::Event::ContributionMade { .. }
        | tally::Event::ShiftStarted { .. }
        | tally::Event::ShiftEnded { .. }
        | tally::Event::BarRevenueCounted { .. }
        | tally::Event::ShopRevenueCounted { .. }
        | tally::Event::IndicatorMeasured { .. }
        | tally::Event::OpeningNoted { .. }
        | tally::Event::EntryRetracted { .. }
        | tally::Event::EntriesConfirmed { .. } => panic!("is neither: {event:?}"),
    }
}
