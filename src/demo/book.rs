//! The book of one organisation: what will be asked of it and when, put in order and then played.

mod entries;

use super::Stage;
use super::seed::Seed;
use meetellen_events::access::{self, Role};
use meetellen_events::organisation::{Authority, Command, Request};
use meetellen_events::people::{self, AgeGroup, PersonFacts};
use meetellen_events::programme::{self, ActivityFacts, OrganisedBy, SessionPlan, Target};
use meetellen_events::standing::{self, Listed, Setting};
use meetellen_events::tally::{self, Standing};
use meetellen_events::values::{
    ActivityId, Code, Day, DeviceId, EntryId, Locale, Month, Name, OrganisationId, PersonId,
    RoomId, Sealed, SecretHash, SeriesId, SessionId, Slug, Timestamp, Zone,
};
use std::collections::HashSet;

const MINUTE: i64 = 60_000;

/// How long an invited device takes to enrol.
const ENROLS_AFTER: i64 = 3 * MINUTE;

/// When somebody looks at what waits and says that it was real: a quarter to eleven in the evening.
const CONFIRMS_AT: (u16, i64) = (22, 45);

/// What is to be played of one organisation.
pub struct Book<'a> {
    stage: &'a mut dyn Stage,
    /// Its chance.
    pub seed: Seed,
    organisation: OrganisationId,
    coordinator: DeviceId,
    bar: DeviceId,
    zone: Zone,
    first: Day,
    /// The instant before the day behind the last month.
    end: Timestamp,
    asked: Vec<(Timestamp, Command)>,
    /// Months to be closed, and to be restated.
    closings: Vec<(Timestamp, Step)>,
    /// Entries that nobody will say were real.
    doubted: HashSet<EntryId>,
}

/// What is played at an instant.
enum Step {
    Ask(Command),
    Close(Month),
    Restate(Month),
}

/// Which of the two devices an entry is made on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// The one the house shares.
    Shared,
    /// The coordinator's own.
    Own,
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
    /// Founds the organisation the day before the first month, and lets its two devices in.
    pub fn found(
        stage: &'a mut dyn Stage,
        months: &[Month],
        slug: &str,
        name: &str,
    ) -> anyhow::Result<Self> {
        let mut seed = Seed::new(slug, months[0]);
        let zone = Zone::default();
        let last = months[months.len() - 1].last_day();
        let mut book = Self {
            stage,
            organisation: OrganisationId::new(seed.uuid()),
            coordinator: DeviceId::new(seed.uuid()),
            bar: DeviceId::new(seed.uuid()),
            seed,
            first: months[0].first_day(),
            end: zone.end_of(last).plus_millis(-1),
            zone,
            asked: Vec::new(),
            closings: Vec::new(),
            doubted: HashSet::new(),
        };
        let at = book.setup_at().plus_millis(-4 * ENROLS_AFTER);
        let request = Request::Found {
            organisation: book.organisation,
            name: Name::new(name)?,
            slug: Slug::new(slug)?,
            time_zone: book.zone.name().to_owned(),
            locale: Locale::Nl,
            demo: true,
            at,
        };
        book.asked.push((
            at,
            Command {
                authority: Authority::Operator,
                request,
            },
        ));
        let own = (book.coordinator, "Laptop", Role::Coordinator);
        book.let_in(at, Authority::Operator, own)?;
        let authority = book.authority(On::Own);
        let shared = (book.bar, "Tablet", Role::Bar);
        book.let_in(at.plus_millis(2 * ENROLS_AFTER), authority, shared)?;
        Ok(book)
    }

    /// Invites a device, which enrols. Nobody is told its secrets: it is in, and nobody can use it.
    fn let_in(
        &mut self,
        at: Timestamp,
        authority: Authority,
        (device, name, role): (DeviceId, &str, Role),
    ) -> anyhow::Result<()> {
        let (code, refresh) = (self.stage.secret()?, self.stage.secret()?);
        let invite = access::Command::Invite {
            device,
            name: Name::new(name)?,
            role,
            code,
        };
        let enrol = access::Command::Enrol { code, refresh };
        for (now, command) in [(at, invite), (at.plus_millis(ENROLS_AFTER), enrol)] {
            let request = Request::Access(command);
            self.asked.push((now, Command { authority, request }));
        }
        Ok(())
    }

    const fn authority(&self, on: On) -> Authority {
        match on {
            On::Own => Authority::Device {
                device: self.coordinator,
                role: Role::Coordinator,
            },
            On::Shared => Authority::Device {
                device: self.bar,
                role: Role::Bar,
            },
        }
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
        let authority = self.authority(On::Own);
        self.asked.push((now, Command { authority, request }));
    }

    /// Has all months but the last closed by the coordinator, each on the fifth evening behind it.
    fn close_months(&mut self, months: &[Month]) {
        let (_, closed) = months.split_last().unwrap_or((&months[0], &[]));
        for &month in closed {
            let evening = self.clock(month.next().first_day().plus(4), 20, 30);
            self.closings.push((evening, Step::Close(month)));
        }
    }

    /// Writes down that a month is restated, once what came late for it has all come.
    pub fn restate(&mut self, now: Timestamp, month: Month) {
        self.closings.push((now, Step::Restate(month)));
    }

    /// Plays the book in the order of time. Nothing comes after the last month, and what waited is confirmed each
    /// evening.
    pub fn close(mut self, months: &[Month]) -> anyhow::Result<()> {
        self.close_months(months);
        let asked = std::mem::take(&mut self.asked).into_iter();
        let asked = asked.map(|(now, command)| (now.min(self.end), Step::Ask(command)));
        let mut steps: Vec<(Timestamp, Step)> = asked.collect();
        steps.append(&mut self.closings);
        steps.sort_by_key(|(now, _)| *now);
        let mut waiting: Vec<EntryId> = Vec::new();
        let mut evening = self.end;
        for (now, step) in steps {
            if evening <= now && !waiting.is_empty() {
                self.confirm(evening, std::mem::take(&mut waiting))?;
            }
            let command = match step {
                Step::Ask(command) => command,
                Step::Close(month) => {
                    let closing = (self.authority(On::Own), month);
                    self.stage.close(self.organisation, now, closing)?;
                    continue;
                }
                Step::Restate(month) => {
                    self.stage.restate(self.organisation, now, month)?;
                    continue;
                }
            };
            let mut sure = None;
            if let Request::Tally(entry) = &command.request {
                sure = Some(entry.id).filter(|entry| !self.doubted.contains(entry));
            }
            let standing = self.stage.at(self.organisation, now, command)?;
            if let (Standing::ToConfirm, Some(entry)) = (standing, sure) {
                if waiting.is_empty() {
                    evening = self.evening_after(now);
                }
                waiting.push(entry);
            }
        }
        if !waiting.is_empty() {
            self.confirm(self.end, waiting)?;
        }
        Ok(())
    }

    fn evening_after(&self, now: Timestamp) -> Timestamp {
        let day = self.zone.day_of(now);
        let (hour, minute) = CONFIRMS_AT;
        let evening = self.clock(day, hour, minute);
        if evening > now {
            evening
        } else {
            self.clock(day.next(), hour, minute).min(self.end)
        }
    }

    fn confirm(&mut self, now: Timestamp, entries: Vec<EntryId>) -> anyhow::Result<()> {
        let authority = self.authority(On::Own);
        let entry = self.entry(now, tally::Command::Confirm(entries));
        let request = Request::Tally(entry);
        let command = Command { authority, request };
        self.stage.at(self.organisation, now, command)?;
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
    pub fn offer(
        &mut self,
        name: &str,
        organised_by: OrganisedBy,
        room: Option<RoomId>,
    ) -> anyhow::Result<Offered> {
        let activity = ActivityId::new(self.seed.uuid());
        let facts = ActivityFacts {
            name: Some(Name::new(name)?),
            organised_by: Some(organised_by),
            room,
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

    /// A person from the neighbourhood, known from a day on. Two of three volunteers were instructed to serve alcohol.
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
            alcohol_instruction: volunteer.then_some(self.seed.within(1, 3) > 1),
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

    /// A pass for a person, made when the house is set up. What stands in it is told to nobody.
    pub fn pass(&mut self, person: PersonId) -> anyhow::Result<SecretHash> {
        let (pass, short) = (self.stage.secret()?, self.stage.secret()?);
        let request = Request::People(people::Command::IssuePass {
            person,
            pass,
            short,
        });
        self.ask(self.clock(self.first, 8, 30), request);
        Ok(pass)
    }

    /// A session that does not take place.
    pub fn cancel(&mut self, at: Timestamp, session: SessionId) {
        let cancel = programme::Command::CancelSession(session);
        self.ask(at, Request::Programme(cancel));
    }
}
