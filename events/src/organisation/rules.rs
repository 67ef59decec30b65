//! The rules of an organisation, room by room.

mod closed;
mod givers;

use super::{Authority, Command, Event, Request};
use crate::decider::Decider;
use crate::event::{self, Fact, Recorded};
use crate::log::line::Position;
use crate::values::{
    Code, Day, DeviceId, EntryId, Locale, Month, Name, OrganisationId, PersonId, SecretHash, Slug,
    Timestamp, Zone,
};
use crate::{access, months, people, programme, standing, tally};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How long after its end the phones of a month can be told apart, where nobody closes it (design.md §6).
const TAGS_MILLIS_MAX: i64 = 400 * 86_400_000;

/// How long after its closing they can.
const CLOSED_TAGS_MILLIS_MAX: i64 = 60 * 86_400_000;

/// Why an organisation says no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// It was founded before, as something else.
    #[error("the organisation is founded already")]
    AlreadyFounded,
    /// It has not begun.
    #[error("no such organisation")]
    NotFounded,
    /// It left: nothing more is recorded.
    #[error("the organisation ended")]
    Ended,
    /// Its log holds an event of a newer version.
    #[error("the log holds events of a newer version: this one may only read")]
    ReadOnly,
    /// No IANA name of a time zone.
    #[error("no such time zone")]
    UnknownTimeZone,
    /// The tally says no.
    #[error(transparent)]
    Tally(#[from] tally::Rejection),
    /// The programme says no.
    #[error(transparent)]
    Programme(#[from] programme::Rejection),
    /// The persons' rules say no.
    #[error(transparent)]
    People(#[from] people::Rejection),
    /// The devices' rules say no.
    #[error(transparent)]
    Access(#[from] access::Rejection),
    /// The standing facts' rules say no.
    #[error(transparent)]
    Standing(#[from] standing::Rejection),
    /// The months' rules say no.
    #[error(transparent)]
    Months(#[from] months::Rejection),
}

/// The state of one organisation's rules.
#[derive(Debug, Clone, Default)]
pub struct Organisation {
    position: u64,
    founded: Option<Founded>,
    ended: bool,
    read_only: bool,
    programme: programme::state::State,
    people: people::state::State,
    access: access::state::State,
    standing: standing::state::State,
    tally: tally::state::State,
    months: months::state::State,
}

#[derive(Debug, Clone)]
struct Founded {
    organisation: OrganisationId,
    name: Name,
    slug: Slug,
    zone: Zone,
    demo: bool,
    locale: Locale,
    on: Day,
}

impl Organisation {
    /// The log position of the last fact taken in; 0 before the first.
    pub fn position(&self) -> Position {
        Position(self.position)
    }

    /// Lets copies made from here on share what each only adds to: most of what there is.
    pub fn share(&mut self) {
        self.tally.share();
    }

    /// Its id, once founded: the founding fact bears it.
    pub fn id(&self) -> Option<OrganisationId> {
        self.founded.as_ref().map(|founded| founded.organisation)
    }

    /// What people call it now, once founded.
    pub fn name(&self) -> Option<&Name> {
        self.founded.as_ref().map(|founded| &founded.name)
    }

    /// Its name in addresses, once founded.
    pub fn slug(&self) -> Option<&Slug> {
        self.founded.as_ref().map(|founded| &founded.slug)
    }

    /// Its time zone, once founded.
    pub fn zone(&self) -> Option<&Zone> {
        self.founded.as_ref().map(|founded| &founded.zone)
    }

    /// When the key that tells the phones of a month apart must be gone; none before there is an organisation.
    pub fn tags_end_at(&self, month: Month) -> Option<Timestamp> {
        let end = self.zone()?.end_of(month.last_day());
        let end = end.plus_millis(TAGS_MILLIS_MAX);
        let closed = self.months.month(month);
        let early = closed.map(|closed| closed.closed_at.plus_millis(CLOSED_TAGS_MILLIS_MAX));
        Some(early.map_or(end, |early| early.min(end)))
    }

    /// Its first language, once founded.
    pub fn locale(&self) -> Option<Locale> {
        self.founded.as_ref().map(|founded| founded.locale)
    }

    /// Whether it is the invented demo: pages and exports say so.
    pub fn is_demo(&self) -> bool {
        self.founded.as_ref().is_some_and(|founded| founded.demo)
    }

    /// What a code opens at an instant, as an entry made with it would find.
    pub fn opened_by(
        &self,
        code: Code,
        at: Timestamp,
    ) -> Result<&programme::state::Issued, tally::Rejection> {
        let founded = self.founded.as_ref().ok_or(tally::Rejection::UnknownCode)?;
        tally::state::good_code(&self.rooms(founded), code, at).map(|(issued, _)| issued)
    }

    /// Whether it left.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Where an entry of that id stands.
    pub fn entry(&self, id: EntryId) -> Option<Position> {
        self.tally.entry(id)
    }

    /// What a device may do, while it is in.
    pub fn role_of(&self, device: DeviceId) -> Option<access::Role> {
        let known = self.access.device(device)?;
        (!self.ended && known.is_in()).then_some(known.role)
    }

    /// Whether a device was shut out, or is none of this organisation.
    pub fn is_revoked(&self, device: DeviceId) -> bool {
        self.ended || self.access.device(device).is_none_or(|known| known.revoked)
    }

    /// The device that was ever given a refresh secret, by its hash.
    pub fn device_by_refresh(&self, hash: &SecretHash) -> Option<DeviceId> {
        self.access.by_refresh(hash)
    }

    /// Whose pass or badge it is, by the hash of its code or of its short code.
    pub fn person_by_pass(&self, hash: &SecretHash) -> Option<PersonId> {
        self.people.by_pass(hash)
    }

    /// The persons' state, for lookups.
    pub fn people(&self) -> &people::state::State {
        &self.people
    }

    /// The standing facts' state, for lookups.
    pub fn standing(&self) -> &standing::state::State {
        &self.standing
    }

    /// The months' state, for lookups.
    pub fn months(&self) -> &months::state::State {
        &self.months
    }

    /// The months that are closed, with when each was; the earliest first.
    pub fn closed_months(&self) -> impl Iterator<Item = (Month, Timestamp)> + '_ {
        let closed = self.months.closed();
        closed.map(|(month, closed)| (month, closed.closed_at))
    }

    /// The programme's state, for lookups.
    pub fn programme(&self) -> &programme::state::State {
        &self.programme
    }

    /// Whether the log does not say when an entry happened: of who comes to a sensitive activity it keeps the session's
    /// start, or the day's.
    pub fn hides_time(&self, event: &tally::Event, occurred_at: Timestamp) -> bool {
        let (Some(founded), tally::Event::VisitorCheckedIn { session, code, .. }) =
            (&self.founded, event)
        else {
            return false;
        };
        self.programme
            .is_hidden(&founded.zone, *session, *code, occurred_at)
    }

    /// The entries that wait to be confirmed, in the order they came.
    pub fn waiting(&self) -> impl Iterator<Item = EntryId> {
        self.tally.waiting()
    }

    /// The devices' state, for lookups.
    pub fn access(&self) -> &access::state::State {
        &self.access
    }

    fn events(&self, command: &Command, now: Timestamp) -> Result<Vec<Fact>, Rejection> {
        let Some(founded) = &self.founded else {
            return self.found(&command.request);
        };
        let today = founded.zone.day_of(now);
        let events = match &command.request {
            Request::Found { organisation, .. } => {
                let same = *organisation == founded.organisation;
                return if same {
                    Ok(vec![])
                } else {
                    Err(Rejection::AlreadyFounded)
                };
            }
            Request::Rename(name) if *name == founded.name => vec![],
            Request::Rename(name) => {
                vec![event::Event::Organisation(Event::Renamed {
                    name: name.clone(),
                })]
            }
            Request::End => vec![event::Event::Organisation(Event::Ended {})],
            Request::Tally(entry) => {
                return self.tally_entry(founded, command.authority, entry, now);
            }
            Request::Programme(asked) => {
                let rooms = programme::state::Rooms {
                    today,
                    has_room: &|room| self.standing.has_room(room),
                    has_person: &|person| self.people.is_known(person),
                };
                let decided = self.programme.decide(asked, &rooms)?;
                decided.into_iter().map(event::Event::Programme).collect()
            }
            Request::People(asked) => {
                let decided = self.people.decide(asked, today)?;
                let gone = decided
                    .iter()
                    .find_map(|event| self.people.shut_out(event, today));
                let devices = gone.map(|person| self.access.of_person(person));
                let revoked = devices
                    .into_iter()
                    .flatten()
                    .map(|device| access::Event::Revoked { device });
                let decided = decided.into_iter().map(event::Event::People);
                decided.chain(revoked.map(event::Event::Access)).collect()
            }
            Request::Access(asked) => {
                let badge = match asked {
                    access::Command::EnrolByBadge { pass, .. } => self
                        .people
                        .by_whole_pass(pass)
                        .filter(|person| self.people.is_volunteer(*person, today)),
                    access::Command::Invite { .. }
                    | access::Command::Enrol { .. }
                    | access::Command::IssueApiToken { .. }
                    | access::Command::Refresh { .. }
                    | access::Command::Revoke(_) => None,
                };
                let by_host = command.authority == Authority::Operator;
                let decided = self.access.decide(asked, now, by_host, badge)?;
                decided.into_iter().map(event::Event::Access).collect()
            }
            Request::Standing(asked) => {
                let decided = self.standing.decide(asked, today)?;
                decided.into_iter().map(event::Event::Standing).collect()
            }
            Request::Months(asked) => {
                let rooms = months::state::Rooms {
                    organisation: founded.organisation,
                    zone: &founded.zone,
                    founded_on: founded.on,
                    position: self.position(),
                    today,
                };
                let decided = self.months.decide(asked, command.authority, &rooms)?;
                decided.into_iter().map(event::Event::Months).collect()
            }
        };
        self.leaves_closed(&founded.zone, &events)?;
        Ok(self.facts(founded.organisation, events, now))
    }

    fn found(&self, request: &Request) -> Result<Vec<Fact>, Rejection> {
        let Request::Found {
            organisation,
            name,
            slug,
            time_zone,
            locale,
            demo,
            at,
        } = request
        else {
            return Err(Rejection::NotFounded);
        };
        Zone::new(time_zone).map_err(|_| Rejection::UnknownTimeZone)?;
        let event = event::Event::Organisation(Event::Founded {
            name: name.clone(),
            slug: slug.clone(),
            time_zone: time_zone.clone(),
            locale: *locale,
            demo: *demo,
        });
        Ok(vec![Fact {
            id: organisation.uuid(),
            occurred_at: *at,
            shifted_millis: 0,
            event,
        }])
    }

    fn tally_entry(
        &self,
        founded: &Founded,
        authority: Authority,
        entry: &tally::Entry,
        now: Timestamp,
    ) -> Result<Vec<Fact>, Rejection> {
        let decided = self
            .tally
            .decide(&self.rooms(founded), authority, entry, now)?;
        let Some(decided) = decided else {
            return Ok(vec![]);
        };
        if let tally::Event::EntryRetracted { target, .. } = &decided.event
            && let Some(day) = self.tally.day(target.entry)
        {
            self.months.open_on(&founded.zone, day)?;
        }
        let about = decided.registered.into_iter();
        let about = about.chain(self.of_givers(&decided.event));
        let about = about.map(event::Event::People).collect();
        let mut facts = self.facts(founded.organisation, about, now);
        facts.push(Fact {
            id: entry.id.uuid(),
            occurred_at: decided.occurred_at,
            shifted_millis: decided.shifted_millis,
            event: event::Event::Tally(decided.event),
        });
        Ok(facts)
    }

    /// When an entry was seen: where the log hides when somebody came, when it was told.
    fn seen_at(&self, event: &tally::Event, recorded: &Recorded) -> Timestamp {
        if self.hides_time(event, recorded.fact.occurred_at) {
            recorded.recorded_at
        } else {
            recorded.fact.occurred_at
        }
    }

    fn rooms<'a>(&'a self, founded: &'a Founded) -> tally::state::Rooms<'a> {
        tally::state::Rooms {
            zone: &founded.zone,
            programme: &self.programme,
            people: &self.people,
            standing: &self.standing,
        }
    }

    /// Events that no client named get an id made of the organisation's and their place.
    fn facts(
        &self,
        organisation: OrganisationId,
        events: Vec<event::Event>,
        now: Timestamp,
    ) -> Vec<Fact> {
        (self.position + 1..)
            .zip(events)
            .map(|(position, event)| Fact {
                id: id_at(organisation, position),
                occurred_at: now,
                shifted_millis: 0,
                event,
            })
            .collect()
    }
}

fn id_at(organisation: OrganisationId, position: u64) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(organisation.uuid().as_bytes());
    hash.update(position.to_be_bytes());
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

impl Decider for Organisation {
    type Command = Command;
    type Fact = Fact;
    type Recorded = Recorded;
    type Rejection = Rejection;

    fn decide(&self, command: &Command, now: Timestamp) -> Result<Vec<Fact>, Rejection> {
        if self.read_only {
            return Err(Rejection::ReadOnly);
        }
        if self.ended {
            let again = command.request == Request::End;
            return if again {
                Ok(vec![])
            } else {
                Err(Rejection::Ended)
            };
        }
        self.events(command, now)
    }

    fn evolve(&mut self, recorded: &Recorded) {
        self.position += 1;
        match &recorded.fact.event {
            event::Event::Organisation(Event::Founded {
                name,
                slug,
                time_zone,
                locale,
                demo,
            }) => {
                self.founded = Some(Founded {
                    organisation: OrganisationId::new(recorded.fact.id),
                    name: name.clone(),
                    slug: slug.clone(),
                    zone: Zone::new(time_zone).unwrap_or_default(),
                    demo: *demo,
                    locale: *locale,
                    on: Zone::new(time_zone)
                        .unwrap_or_default()
                        .day_of(recorded.fact.occurred_at),
                });
            }
            event::Event::Organisation(Event::Renamed { name }) => {
                if let Some(founded) = &mut self.founded {
                    founded.name = name.clone();
                }
            }
            event::Event::Organisation(Event::Ended {}) => self.ended = true,
            event::Event::Programme(event) => {
                self.programme.evolve(event, recorded.recorded_at);
            }
            event::Event::People(event) => self.people.evolve(event),
            event::Event::Access(event) => self.access.evolve(event, recorded),
            event::Event::Standing(event) => self.standing.evolve(event),
            event::Event::Tally(event) => {
                let zone = self.zone().cloned().unwrap_or_default();
                let seen = tally::state::Seen {
                    zone: &zone,
                    at: self.seen_at(event, recorded),
                    counted_on: self.counted_on(&zone, event, recorded.fact.occurred_at),
                };
                self.tally.evolve(event, recorded, &seen);
            }
            event::Event::Months(event) => self.months.evolve(event, recorded),
            event::Event::Unknown(_) => self.read_only = true,
        }
        self.touch_months(recorded);
    }
}
