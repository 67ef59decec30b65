//! Random histories: requests to the rules of an organisation, over the days around a clock change and a month's border.

use super::steps::{Step, What};
use meetellen_events::access::Role;
use meetellen_events::event::Recorded;
use meetellen_events::organisation::{Authority, Request};
use meetellen_events::people::{self, AgeGroup, PersonFacts};
use meetellen_events::programme::{self, ActivityFacts, OrganisedBy, SessionPlan};
use meetellen_events::scenario::{Scenario, device};
use meetellen_events::standing::{self, Hours, Listed, Setting};
use meetellen_events::tally::{Arrival, Command as Tally, CountBasis, Donor, Entry, Place, Who};
use meetellen_events::values::{
    ActivityId, Cents, Code, CounterId, Cups, Day, EntryId, HeadCount, Month, Name, Party,
    PersonId, Quantity, Sealed, SecretHash, SessionId, Tag, Timestamp,
};
use uuid::Uuid;

const DOOR: Code = Code::new([1; 16]);
const GIFTS: Code = Code::new([2; 16]);
const CHOIR: Code = Code::new([3; 16]);
const COORDINATOR: Authority = device(1, Role::Coordinator);

/// 24 October 2026, 20:00 in Amsterdam: five hours before the clock goes back.
const BEGINS: &str = "2026-10-24T18:00:00Z";

/// A history as it was recorded.
pub struct World {
    pub scenario: Scenario,
    /// How long the log was after each commit.
    pub commits: Vec<usize>,
    sessions: Vec<SessionId>,
    entries: Vec<EntryId>,
    shifts: Vec<EntryId>,
    sent: Vec<(Authority, Request)>,
    next: u128,
}

fn person(number: u8) -> PersonId {
    PersonId::new(Uuid::from_u128(100 + u128::from(number)))
}

fn pass(number: u8) -> SecretHash {
    SecretHash::new([number; 32])
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

impl World {
    /// A house of three activities, a door, a gift box and five persons with a pass; three of them are volunteers.
    pub fn new() -> Self {
        let begins: Timestamp = BEGINS.parse().expect("a timestamp");
        let mut world = Self {
            scenario: Scenario::founded(begins).expect("founded"),
            commits: vec![1],
            sessions: Vec::new(),
            entries: Vec::new(),
            shifts: Vec::new(),
            sent: Vec::new(),
            next: 1_000,
        };
        for number in 0..3 {
            let facts = ActivityFacts {
                name: Some(name("Koor")),
                organised_by: Some([OrganisedBy::Residents, OrganisedBy::Partner][number % 2]),
                organisers: Some(vec![person(0)]),
                ..ActivityFacts::default()
            };
            world.programme(programme::Command::AddActivity {
                activity: ActivityId::new(Uuid::from_u128(200 + number as u128)),
                facts,
                since: None,
            });
        }
        let choir = ActivityId::new(Uuid::from_u128(200));
        for (code, target) in [
            (DOOR, programme::Target::Door),
            (GIFTS, programme::Target::Gift),
            (CHOIR, programme::Target::Activity(choir)),
        ] {
            let (day, valid_until) = (None, None);
            world.programme(programme::Command::IssueCode {
                code,
                target,
                day,
                valid_until,
            });
        }
        for number in 0..5 {
            let facts = PersonFacts {
                volunteer: Some(number < 3),
                age: (number == 4).then_some(AgeGroup::Child),
                ..PersonFacts::default()
            };
            let (person, since) = (person(number), None);
            world.people(people::Command::Register {
                person,
                facts,
                since,
            });
            world.people(people::Command::IssuePass {
                person,
                pass: pass(number),
                short: pass(number + 100),
            });
        }
        world.standing(standing::Command::Add {
            listed: Listed::Counter(CounterId::new(Uuid::from_u128(300))),
            name: name("Eieren"),
            since: None,
        });
        world
    }

    /// What the rules made of all steps.
    pub fn after(steps: &[Step]) -> Self {
        let mut world = Self::new();
        for step in steps {
            world.take(step);
        }
        world
    }

    pub fn log(&self) -> &[Recorded] {
        &self.scenario.log
    }

    /// Sends everything again, in order: how many facts that made.
    pub fn send_again(&mut self) -> usize {
        let sent = std::mem::take(&mut self.sent);
        let answers = sent.into_iter().map(|(authority, request)| {
            // What was refused may be refused for another reason now.
            self.scenario
                .when(authority, request)
                .map_or(0, |facts| facts.len())
        });
        answers.sum()
    }

    fn ask(&mut self, authority: Authority, request: Request) -> bool {
        let before = self.scenario.log.len();
        let again = matches!(request, Request::Tally(_)).then(|| (authority, request.clone()));
        let recorded = self.scenario.when(authority, request).is_ok();
        if self.scenario.log.len() > before {
            self.commits.push(self.scenario.log.len());
            self.sent.extend(again);
        }
        recorded
    }

    fn programme(&mut self, command: programme::Command) {
        self.ask(COORDINATOR, Request::Programme(command));
    }

    fn people(&mut self, command: people::Command) {
        self.ask(COORDINATOR, Request::People(command));
    }

    fn standing(&mut self, command: standing::Command) {
        self.ask(COORDINATOR, Request::Standing(command));
    }

    fn session(&self, number: u8) -> Option<SessionId> {
        let count = self.sessions.len().max(1);
        self.sessions.get(usize::from(number) % count).copied()
    }

    fn tally(&mut self, authority: Authority, at: Timestamp, command: Tally) -> Option<EntryId> {
        self.next += 1;
        let id = EntryId::new(Uuid::from_u128(self.next));
        let entry = Entry {
            id,
            // No two entries at one instant: what the log's order would have to settle is tested elsewhere.
            occurred_at: at.plus_millis(i64::try_from(self.next).expect("small")),
            shifted_millis: 0,
            command,
        };
        let recorded = self.ask(authority, Request::Tally(entry));
        if recorded {
            self.entries.push(id);
        }
        recorded.then_some(id)
    }

    fn take(&mut self, step: &Step) {
        let minute = 60_000;
        self.scenario.now = self
            .scenario
            .now
            .plus_millis(i64::from(step.minutes) * minute);
        let at = self
            .scenario
            .now
            .plus_millis(-i64::from(step.late_minutes) * minute);
        match &step.what {
            What::CheckIn { place, who, party } => self.check_in(at, *place, *who, *party),
            What::Retract(which) => {
                let which = usize::from(*which) % self.entries.len().max(1);
                if let Some(retracts) = self.entries.get(which).copied() {
                    let reason = None;
                    self.tally(COORDINATOR, at, Tally::Retract { retracts, reason });
                }
            }
            What::Confirm => {
                let waiting: Vec<EntryId> = self.scenario.organisation.waiting().collect();
                self.tally(COORDINATOR, at, Tally::Confirm(waiting));
            }
            What::StartShift { who, kind } => {
                let started = Tally::StartShift {
                    who: Who::Pass(pass(*who)),
                    kind: *kind,
                    session: None,
                };
                let shift = self.tally(COORDINATOR, at, started);
                self.shifts.extend(shift);
            }
            What::EndShift { shift, basis } => {
                let which = usize::from(*shift) % self.shifts.len().max(1);
                if let Some(shift) = self.shifts.get(which).copied() {
                    let basis = *basis;
                    self.tally(COORDINATOR, at, Tally::EndShift { shift, basis });
                }
            }
            What::Money { by, .. } if *by == 3 => {
                let gift = self.entry(&step.what);
                self.tally(Authority::Code(GIFTS), at, gift);
            }
            What::Heads { .. }
            | What::Coffee { .. }
            | What::Till { .. }
            | What::Money { .. }
            | What::Goods { .. }
            | What::Counter
            | What::Contribute { .. }
            | What::Door(_) => {
                let entry = self.entry(&step.what);
                self.tally(COORDINATOR, at, entry);
            }
            What::Plan { .. }
            | What::Cancel(_)
            | What::Hold(_)
            | What::Turn { .. }
            | What::Open(_) => self.arrange(&step.what),
        }
    }

    fn check_in(&mut self, at: Timestamp, place: u8, who: u8, party: Option<(u8, u8)>) {
        let months: [Month; 2] =
            ["2026-10", "2026-11"].map(|month| month.parse().expect("a month"));
        let arrival = match who {
            0..=2 => Arrival::Unknown,
            3..=7 => Arrival::Pass(pass(who - 3)),
            phone => {
                let tag = |month: Month| Tag::new([phone + month.number().unsigned_abs(); 16]);
                Arrival::Phone(months.map(|month| (month, tag(month))).to_vec())
            }
        };
        let (authority, place) = match place {
            0..=2 => (COORDINATOR, Place::DropIn),
            3 | 4 => (
                Authority::Code(DOOR),
                Place::Code {
                    code: DOOR,
                    session: None,
                },
            ),
            5 | 6 => (
                Authority::Code(CHOIR),
                Place::Code {
                    code: CHOIR,
                    session: None,
                },
            ),
            number => match self.session(number) {
                Some(session) => (COORDINATOR, Place::Session(session)),
                None => (COORDINATOR, Place::DropIn),
            },
        };
        let party =
            party.and_then(|(adults, children)| Party::new(adults.into(), children.into()).ok());
        let checked_in = Tally::CheckIn {
            place,
            party,
            arrival,
        };
        self.tally(authority, at, checked_in);
    }

    /// The entries that name no other entry.
    fn entry(&self, what: &What) -> Tally {
        let cents = |cents: u16| Cents::new(cents.into()).expect("an amount");
        let donor = |by: u8| match by {
            0 | 3 => None,
            1 | 2 => Some(Donor::Person(person(by))),
            _ => Some(Donor::Named {
                person: person(50),
                name: Sealed::new("sealed".into()),
            }),
        };
        match what {
            What::Heads {
                place,
                adults,
                children,
                volunteers,
                guessed,
            } => Tally::CountHeads {
                session: (*place > 2).then(|| self.session(*place)).flatten(),
                heads: HeadCount::new(
                    (*adults).into(),
                    (*children).into(),
                    volunteers.map(i64::from),
                )
                .expect("a head count"),
                basis: [CountBasis::Counted, CountBasis::Estimated][usize::from(*guessed)],
            },
            What::Coffee { cups, pot, paid } => Tally::Coffee {
                cups: Cups::new((*cups).into()).expect("cups"),
                paid: *paid,
                pot: *pot,
                session: None,
            },
            What::Till {
                cents: amount,
                expected,
                hire,
            } => Tally::CountBarRevenue {
                amount: cents(*amount),
                expected: expected.map(cents),
                hire: *hire,
            },
            What::Money { cents: amount, by } => Tally::GiveMoney {
                amount: cents(*amount),
                method: None,
                donor: donor(*by),
                purpose: None,
            },
            What::Goods { by } => Tally::GiveGoods {
                category: name("soil"),
                description: None,
                quantity: Quantity::new(2).expect("a quantity"),
                donor: donor(*by),
                purpose: None,
            },
            What::Contribute { who, place } => Tally::Contribute {
                kind: name("cake"),
                quantity: Quantity::new(1).expect("a quantity"),
                session: self.session(*place),
                volunteer: Some(person(*who)),
            },
            What::Door(state) => Tally::NoteOpening(*state),
            What::Counter
            | What::CheckIn { .. }
            | What::StartShift { .. }
            | What::EndShift { .. }
            | What::Retract(_)
            | What::Confirm
            | What::Plan { .. }
            | What::Cancel(_)
            | What::Hold(_)
            | What::Turn { .. }
            | What::Open(_) => Tally::Tally {
                counter: CounterId::new(Uuid::from_u128(300)),
                quantity: Quantity::new(3).expect("a quantity"),
            },
        }
    }

    fn arrange(&mut self, what: &What) {
        match what {
            What::Plan {
                activity,
                hours_ahead,
                minutes,
            } => {
                self.next += 1;
                let session = SessionId::new(Uuid::from_u128(self.next));
                let starts_at = self
                    .scenario
                    .now
                    .plus_millis(i64::from(*hours_ahead) * 3_600_000);
                let plan = SessionPlan {
                    session,
                    starts_at,
                    ends_at: starts_at.plus_millis(i64::from(*minutes) * 60_000),
                };
                self.programme(programme::Command::PlanSessions {
                    activity: ActivityId::new(Uuid::from_u128(200 + u128::from(*activity))),
                    sessions: vec![plan],
                    room: None,
                    series: None,
                });
                self.sessions.push(session);
            }
            What::Cancel(number) => {
                if let Some(session) = self.session(*number) {
                    self.programme(programme::Command::CancelSession(session));
                }
            }
            What::Hold(number) => {
                if let Some(session) = self.session(*number) {
                    self.programme(programme::Command::ConfirmSession(session));
                }
            }
            What::Turn {
                who,
                volunteer,
                child,
            } => {
                let facts = PersonFacts {
                    volunteer: Some(*volunteer),
                    age: Some([AgeGroup::Adult, AgeGroup::Child][usize::from(*child)]),
                    ..PersonFacts::default()
                };
                let (person, since) = (person(*who), None);
                self.people(people::Command::Change {
                    person,
                    facts,
                    since,
                });
            }
            What::Open(mornings) => self.open(*mornings),
            What::CheckIn { .. }
            | What::Heads { .. }
            | What::Coffee { .. }
            | What::StartShift { .. }
            | What::EndShift { .. }
            | What::Till { .. }
            | What::Money { .. }
            | What::Goods { .. }
            | What::Counter
            | What::Contribute { .. }
            | What::Door(_)
            | What::Retract(_)
            | What::Confirm => {}
        }
    }

    /// Changes the weekly hours: mornings of weekdays, or Saturday night.
    fn open(&mut self, mornings: bool) {
        let time = |text: &str| text.parse().expect("a time of day");
        let hours = |weekday, from, to| Hours {
            weekday,
            from: time(from),
            to: time(to),
        };
        let hours = if mornings {
            (1..=5)
                .map(|weekday| hours(weekday, "09:00", "12:00"))
                .collect()
        } else {
            vec![hours(6, "20:00", "02:00"), hours(1, "01:00", "03:00")]
        };
        let closed: Day = "2026-10-28".parse().expect("a day");
        self.standing(standing::Command::Change {
            settings: vec![
                Setting::OpeningHours(hours),
                Setting::ClosedDays(vec![closed]),
            ],
            since: None,
        });
    }
}
