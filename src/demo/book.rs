//! The book of one organisation: what will be asked of it and when, put in order and then played.

use super::Stage;
use super::seed::Seed;
use meetellen_events::access::Role;
use meetellen_events::organisation::{Authority, Command, Request};
use meetellen_events::people::{self, AgeGroup, PersonFacts};
use meetellen_events::programme::{self, ActivityFacts, OrganisedBy, SessionPlan, Target};
use meetellen_events::standing::{self, Listed, Setting};
use meetellen_events::tally::{
    self, Arrival, CountBasis, Entry, HoursBasis, Place, ShiftKind, Who,
};
use meetellen_events::values::{
    ActivityId, Code, Cups, Day, DeviceId, EntryId, HeadCount, Locale, Month, Name, OrganisationId,
    PersonId, Sealed, SecretHash, SeriesId, SessionId, Slug, Timestamp, Zone,
};

const MINUTE: i64 = 60_000;

/// What is to be played of one organisation.
pub struct Book<'a> {
    stage: &'a mut dyn Stage,
    /// Its chance.
    pub seed: Seed,
    organisation: OrganisationId,
    device: DeviceId,
    zone: Zone,
    first: Day,
    asked: Vec<(Timestamp, Command)>,
}

/// An activity with the poster on its wall.
#[derive(Clone, Copy)]
pub struct Offered {
    /// Its id.
    pub activity: ActivityId,
    /// Its poster.
    pub poster: Code,
}

impl<'a> Book<'a> {
    /// Founds the organisation the day before the first month.
    pub fn found(
        stage: &'a mut dyn Stage,
        months: &[Month],
        slug: &str,
        name: &str,
    ) -> anyhow::Result<Self> {
        let mut seed = Seed::new(slug, months[0]);
        let book = Self {
            stage,
            organisation: OrganisationId::new(seed.uuid()),
            device: DeviceId::new(seed.uuid()),
            seed,
            zone: Zone::default(),
            first: months[0].first_day(),
            asked: Vec::new(),
        };
        let at = book.setup_at();
        let request = Request::Found {
            organisation: book.organisation,
            name: Name::new(name)?,
            slug: Slug::new(slug)?,
            time_zone: book.zone.name().to_owned(),
            locale: Locale::Nl,
            demo: true,
            at,
        };
        let authority = Authority::Operator;
        let command = Command { authority, request };
        book.stage.at(book.organisation, at, command)?;
        Ok(book)
    }

    /// When the house is set up: noon of the day before.
    pub fn setup_at(&self) -> Timestamp {
        self.zone.at(self.first.plus(-1), 720)
    }

    /// The first day played.
    pub fn first(&self) -> Day {
        self.first
    }

    /// A time on the wall clock of a day.
    pub fn clock(&self, day: Day, hour: u16, minute: i64) -> Timestamp {
        self.zone.at(day, hour * 60).plus_millis(minute * MINUTE)
    }

    /// Writes a request of the coordinator's device into the book.
    pub fn ask(&mut self, now: Timestamp, request: Request) {
        let authority = Authority::Device {
            device: self.device,
            role: Role::Coordinator,
        };
        self.asked.push((now, Command { authority, request }));
    }

    /// Plays the book in the order of time.
    pub fn close(mut self) -> anyhow::Result<()> {
        self.asked.sort_by_key(|(now, _)| *now);
        for (now, command) in self.asked {
            self.stage.at(self.organisation, now, command)?;
        }
        Ok(())
    }

    /// Settings that hold from the first day.
    pub fn settings(&mut self, settings: Vec<Setting>) {
        let since = Some(self.first);
        let request = Request::Standing(standing::Command::Change { settings, since });
        self.ask(self.setup_at(), request);
    }

    /// A standing fact from the first day.
    pub fn list(&mut self, listed: Listed, name: &str) -> anyhow::Result<()> {
        let request = Request::Standing(standing::Command::Add {
            listed,
            name: Name::new(name)?,
            since: Some(self.first),
        });
        self.ask(self.setup_at(), request);
        Ok(())
    }

    /// An activity from the first day, with its poster.
    pub fn offer(&mut self, name: &str, organised_by: OrganisedBy) -> anyhow::Result<Offered> {
        let activity = ActivityId::new(self.seed.uuid());
        let facts = ActivityFacts {
            name: Some(Name::new(name)?),
            organised_by: Some(organised_by),
            ..ActivityFacts::default()
        };
        let since = Some(self.first);
        let request = Request::Programme(programme::Command::AddActivity {
            activity,
            facts,
            since,
        });
        self.ask(self.setup_at(), request);
        let poster = self.poster(Target::Activity(activity));
        Ok(Offered { activity, poster })
    }

    /// A printed code without an end.
    pub fn poster(&mut self, target: Target) -> Code {
        let code = Code::new(self.seed.bytes());
        let request = Request::Programme(programme::Command::IssueCode {
            code,
            target,
            day: None,
            valid_until: None,
        });
        self.ask(self.setup_at(), request);
        code
    }

    /// Sessions of an activity at the same hour of some days, planned a week before the first.
    pub fn plan(
        &mut self,
        activity: ActivityId,
        days: &[Day],
        hours: (u16, u16),
    ) -> Vec<SessionId> {
        let sessions: Vec<SessionPlan> = days
            .iter()
            .map(|&day| SessionPlan {
                session: SessionId::new(self.seed.uuid()),
                starts_at: self.clock(day, hours.0, 0),
                ends_at: self.clock(day, hours.1, 0),
            })
            .collect();
        let ids = sessions.iter().map(|plan| plan.session).collect();
        if let Some(&first) = days.first() {
            let week_before = self.clock(first.plus(-7), 12, 0);
            let now = week_before.max(self.setup_at().plus_millis(MINUTE));
            let series = (days.len() > 1).then(|| SeriesId::new(self.seed.uuid()));
            let request = Request::Programme(programme::Command::PlanSessions {
                activity,
                sessions,
                room: None,
                series,
            });
            self.ask(now, request);
        }
        ids
    }

    /// A person from the neighbourhood, known from a day on.
    pub fn register(
        &mut self,
        name: &str,
        volunteer: bool,
        age: AgeGroup,
        since: Day,
    ) -> anyhow::Result<PersonId> {
        let person = PersonId::new(self.seed.uuid());
        let facts = PersonFacts {
            volunteer: Some(volunteer),
            age: Some(age),
            from_neighbourhood: Some(true),
            alcohol_instruction: volunteer.then_some(true),
            name: Some(self.stage.seal(self.organisation, person, name)?),
            contact: None,
        };
        let now = self.clock(since, 8, 0).max(self.setup_at());
        let since = Some(since);
        let request = Request::People(people::Command::Register {
            person,
            facts,
            since,
        });
        self.ask(now, request);
        Ok(person)
    }

    /// A giver who is known by the first gift: a new id and the sealed name.
    pub fn giver(&mut self, name: &str) -> anyhow::Result<(PersonId, Sealed)> {
        let person = PersonId::new(self.seed.uuid());
        let sealed = self.stage.seal(self.organisation, person, name)?;
        Ok((person, sealed))
    }

    /// A pass for a person, made when the house is set up.
    pub fn pass(&mut self, person: PersonId) -> SecretHash {
        let (pass, short) = (self.seed.bytes(), self.seed.bytes());
        let (pass, short) = (self.stage.hash(pass), self.stage.hash(short));
        let request = Request::People(people::Command::IssuePass {
            person,
            pass,
            short,
        });
        self.ask(self.clock(self.first, 8, 30), request);
        pass
    }

    /// An entry of the coordinator's device, sent when it happened.
    pub fn tally(&mut self, at: Timestamp, command: tally::Command) -> EntryId {
        self.tally_late(at, at, command)
    }

    /// An entry that reaches the server later than it happened.
    pub fn tally_late(
        &mut self,
        at: Timestamp,
        now: Timestamp,
        command: tally::Command,
    ) -> EntryId {
        let entry = self.entry(at, command);
        let id = entry.id;
        self.ask(now, Request::Tally(entry));
        id
    }

    fn entry(&mut self, occurred_at: Timestamp, command: tally::Command) -> Entry {
        Entry {
            id: EntryId::new(self.seed.uuid()),
            occurred_at,
            shifted_millis: 0,
            command,
        }
    }

    /// A phone's scan of a poster; it may reach the server minutes later.
    pub fn scan(
        &mut self,
        at: Timestamp,
        late: i64,
        poster: Code,
        phone: [u8; 16],
    ) -> anyhow::Result<()> {
        let month = self.zone.day_of(at).month();
        let tag = self.stage.tag(self.organisation, month, phone)?;
        let command = tally::Command::CheckIn {
            place: Place::Code {
                code: poster,
                session: None,
            },
            party: None,
            arrival: Arrival::Phone(vec![(month, tag)]),
        };
        let request = Request::Tally(self.entry(at, command));
        let authority = Authority::Code(poster);
        self.asked.push((
            at.plus_millis(late * MINUTE),
            Command { authority, request },
        ));
        Ok(())
    }

    /// A host's tap for somebody who can't be told apart, or the pass somebody shows.
    pub fn tap(&mut self, at: Timestamp, place: Place, pass: Option<SecretHash>) -> EntryId {
        let arrival = pass.map_or(Arrival::Unknown, Arrival::Pass);
        let party = None;
        self.tally(
            at,
            tally::Command::CheckIn {
                place,
                party,
                arrival,
            },
        )
    }

    /// A tap too many, taken back two minutes later.
    pub fn mistap(&mut self, at: Timestamp, place: Place) {
        let retracts = self.tap(at, place, None);
        let reason = None;
        self.tally(
            at.plus_millis(2 * MINUTE),
            tally::Command::Retract { retracts, reason },
        );
    }

    /// Heads counted at a session.
    pub fn heads(&mut self, at: Timestamp, session: SessionId, heads: HeadCount) {
        let (session, basis) = (Some(session), CountBasis::Counted);
        self.tally(
            at,
            tally::Command::CountHeads {
                session,
                heads,
                basis,
            },
        );
    }

    /// Cups over some hours: pots while there is much to pour, then trays.
    pub fn pour(&mut self, from: Timestamp, minutes: i64, cups: i64) -> anyhow::Result<()> {
        let mut left = cups;
        while left > 0 {
            let pot = left >= 40;
            let poured = if pot {
                20
            } else {
                self.seed.within(1, 6).min(left)
            };
            left -= poured;
            let at = from.plus_millis(self.seed.within(1, minutes) * MINUTE);
            let command = tally::Command::Coffee {
                cups: Cups::new(poured)?,
                paid: None,
                pot,
                session: None,
            };
            self.tally(at, command);
        }
        Ok(())
    }

    /// A shift; without an end where it was forgotten.
    pub fn shift(
        &mut self,
        who: PersonId,
        kind: ShiftKind,
        from: Timestamp,
        end: Option<(i64, HoursBasis)>,
    ) {
        let who = Who::Person(who);
        let session = None;
        let shift = self.tally(from, tally::Command::StartShift { who, kind, session });
        if let Some((minutes, basis)) = end {
            let at = from.plus_millis(minutes * MINUTE);
            let late = i64::from(basis != HoursBasis::Clocked) * 1_000 * MINUTE;
            let command = tally::Command::EndShift { shift, basis };
            self.tally_late(at, at.plus_millis(late), command);
        }
    }
}
