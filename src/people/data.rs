//! All that is kept about one person, for her to see (GDPR, article 15): as JSON, and told on a page.
//!
//! Always true, each tested in `tests/people/access.rs`: every event that names her is there, with those that end,
//! retract or confirm what names her; what it says of others is left out.

use super::{Person, opened, person};
use crate::keys::{KeyError, Opened, Owner};
use crate::live::Shared;
use crate::load;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use meetellen_events::access::Event as Access;
use meetellen_events::event::{Actor, Event, Recorded};
use meetellen_events::people::{Event as People, PersonFacts};
use meetellen_events::programme::Event as Programme;
use meetellen_events::tally::Event as Tally;
use meetellen_events::values::{
    DeviceId, EntryId, OrganisationId, PersonId, Sealed, SecretHash, Timestamp,
};
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};

/// All that is kept about a person.
#[derive(Debug, Clone, Serialize)]
pub struct Data {
    /// As she is known today.
    pub person: Person,
    /// Whether she was erased: then nothing sealed can be read, and this is what is left.
    pub erased: bool,
    /// Every event that says something of her, in order.
    pub events: Vec<Told>,
    /// The devices that her badge let in.
    pub devices: Vec<OwnDevice>,
}

/// An event that says something of a person.
#[derive(Debug, Clone)]
pub struct Told {
    /// The event in its place; what it says of others is left out.
    pub recorded: Recorded,
    /// What was sealed in it, by its member; none where it can't be read any more.
    pub opened: Vec<(&'static str, Option<String>)>,
    /// What the device that had it recorded is called.
    pub device: Option<String>,
}

/// A device that a person's badge let in, and what it recorded.
#[derive(Debug, Clone, Serialize)]
pub struct OwnDevice {
    /// Which.
    pub device: DeviceId,
    /// What it is called.
    pub name: Option<String>,
    /// Entries it recorded, of whatever type.
    pub entries: u64,
    /// When it was let in.
    pub since: Timestamp,
    /// When it last recorded anything.
    pub last: Timestamp,
    /// Whether it was shut out.
    pub revoked: bool,
}

impl Told {
    /// As it stands in the log, what was sealed opened, with its place and who had it recorded.
    pub fn value(&self) -> Value {
        let fact = &self.recorded.fact;
        let mut value = members(&fact.event);
        value["id"] = fact.id.to_string().into();
        value["occurred_at"] = fact.occurred_at.to_string().into();
        if fact.shifted_millis != 0 {
            value["shifted_millis"] = fact.shifted_millis.into();
        }
        value["position"] = self.recorded.position.0.into();
        value["recorded_at"] = self.recorded.recorded_at.to_string().into();
        for (member, text) in &self.opened {
            let place = if value.get(member).is_some() {
                &mut value
            } else {
                &mut value["facts"]
            };
            place[*member] = text.clone().into();
        }
        let Actor { id, kind } = self.recorded.actor;
        value["recorded_by"] =
            serde_json::json!({ "kind": kind, "device": id, "name": self.device });
        value
    }
}

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

/// An event's own members, by their stored names.
fn members(event: &Event) -> Value {
    let members = match event {
        Event::Organisation(event) => serde_json::to_value(event),
        Event::Programme(event) => serde_json::to_value(event),
        Event::Tally(event) => serde_json::to_value(event),
        Event::People(event) => serde_json::to_value(event),
        Event::Access(event) => serde_json::to_value(event),
        Event::Standing(event) => serde_json::to_value(event),
        Event::Months(event) => serde_json::to_value(event),
        Event::Unknown(unknown) => {
            serde_json::from_str(&unknown.members).map(|mut members: Value| {
                members["type"] = unknown.name.clone().into();
                members
            })
        }
    };
    members.expect("what was read from the log can be written")
}

/// Reads all of it out of the log. Touches the disk.
pub fn data(
    node: &Node,
    organisation: OrganisationId,
    live: &Shared,
    id: PersonId,
) -> Result<Data, Problem> {
    let person = person(node, organisation, live, id)?;
    let person = person.ok_or_else(|| Problem::from(Cause::UnknownPerson))?;
    let mut found = Found::new(id);
    let read = load::each(node.reader(), organisation, &mut |recorded| {
        found.look(recorded)
    });
    read.map_err(|error| Problem::internal(&error))?;
    let seen = live.snapshot();
    let known = seen.organisation.access();
    let name = |device: DeviceId| {
        let name = known.device(device)?.name.as_ref()?;
        Some(name.to_string())
    };
    let mut events = Vec::with_capacity(found.events.len());
    for recorded in found.events {
        let opened = texts(node, organisation, id, &recorded)?;
        let device = recorded.actor.id.and_then(name);
        events.push(Told {
            recorded,
            opened,
            device,
        });
    }
    let mut devices: Vec<OwnDevice> = found.devices.into_values().collect();
    for own in &mut devices {
        own.name = name(own.device);
    }
    let people = seen.organisation.people();
    Ok(Data {
        person,
        erased: !people.is_known(id) && !people.is_giver(id),
        events,
        devices,
    })
}

/// What was found of a person so far, and by what more of her is known.
struct Found {
    person: PersonId,
    passes: HashSet<SecretHash>,
    entries: HashSet<EntryId>,
    devices: BTreeMap<DeviceId, OwnDevice>,
    events: Vec<Recorded>,
}

impl Found {
    fn new(person: PersonId) -> Self {
        Self {
            person,
            passes: HashSet::new(),
            entries: HashSet::new(),
            devices: BTreeMap::new(),
            events: Vec::new(),
        }
    }

    fn look(&mut self, mut recorded: Recorded) {
        let is_entry = matches!(recorded.fact.event, Event::Tally(_));
        let by = recorded.actor.id.and_then(|by| self.devices.get_mut(&by));
        if let Some(own) = by {
            own.entries += u64::from(is_entry);
            own.last = recorded.recorded_at;
        }
        let is_hers = match &mut recorded.fact.event {
            Event::People(event) => self.of_people(event),
            Event::Programme(event) => self.of_programme(event),
            Event::Tally(event) => self.of_tally(event, EntryId::new(recorded.fact.id)),
            Event::Access(event) => self.of_access(event, recorded.recorded_at),
            Event::Unknown(unknown) => unknown.members.contains(&self.person.to_string()),
            Event::Organisation(_) | Event::Standing(_) | Event::Months(_) => false,
        };
        if is_hers {
            self.events.push(recorded);
        }
    }

    fn of_people(&mut self, event: &People) -> bool {
        match event {
            People::Registered { person, .. }
            | People::GiverNamed { person, .. }
            | People::Changed { person, .. }
            | People::Erased { person } => *person == self.person,
            People::PassIssued { person, pass, .. } => {
                let is_hers = *person == self.person;
                if is_hers {
                    self.passes.insert(*pass);
                }
                is_hers
            }
            People::PassWithdrawn { pass } => self.passes.contains(pass),
        }
    }

    /// Who organises with her is left out.
    fn of_programme(&self, event: &mut Programme) -> bool {
        let organisers = match event {
            Programme::ActivityAdded { facts, .. } | Programme::ActivityChanged { facts, .. } => {
                &mut facts.organisers
            }
            Programme::SessionPlanned { .. }
            | Programme::SessionCancelled { .. }
            | Programme::SessionConfirmed { .. }
            | Programme::CodeIssued { .. }
            | Programme::CodeWithdrawn { .. } => return false,
        };
        let Some(organisers) = organisers else {
            return false;
        };
        organisers.retain(|organiser| *organiser == self.person);
        !organisers.is_empty()
    }

    /// What else was confirmed with what is hers is left out.
    fn of_tally(&mut self, event: &mut Tally, id: EntryId) -> bool {
        let is_hers = match event {
            Tally::ShiftEnded { shift, .. } => self.entries.contains(&shift.entry),
            Tally::EntryRetracted { target, .. } => self.entries.contains(&target.entry),
            Tally::EntriesConfirmed { targets } => {
                targets.retain(|target| self.entries.contains(&target.entry));
                !targets.is_empty()
            }
            Tally::VisitorCheckedIn { .. }
            | Tally::HeadsCounted { .. }
            | Tally::CoffeeServed { .. }
            | Tally::CounterTallied { .. }
            | Tally::ContributionMade { .. }
            | Tally::ShiftStarted { .. }
            | Tally::BarRevenueCounted { .. }
            | Tally::ShopRevenueCounted { .. }
            | Tally::MoneyDonated { .. }
            | Tally::GoodsDonated { .. }
            | Tally::IndicatorMeasured { .. }
            | Tally::OpeningNoted { .. } => event.whom() == Some(self.person),
        };
        if is_hers {
            self.entries.insert(id);
        }
        is_hers
    }

    fn of_access(&mut self, event: &Access, at: Timestamp) -> bool {
        match event {
            Access::EnrolledByBadge { device, person, .. } if *person == self.person => {
                let own = OwnDevice {
                    device: *device,
                    name: None,
                    entries: 0,
                    since: at,
                    last: at,
                    revoked: false,
                };
                self.devices.insert(*device, own);
                true
            }
            Access::Revoked { device } => match self.devices.get_mut(device) {
                Some(own) => {
                    own.revoked = true;
                    true
                }
                None => false,
            },
            Access::EnrolledByBadge { .. }
            | Access::Invited { .. }
            | Access::Enrolled { .. }
            | Access::ApiTokenIssued { .. }
            | Access::RefreshChanged { .. }
            | Access::RefreshUsed { .. } => false,
        }
    }
}

/// What is sealed in an event, opened as far as that can be done.
fn texts(
    node: &Node,
    organisation: OrganisationId,
    person: PersonId,
    recorded: &Recorded,
) -> Result<Vec<(&'static str, Option<String>)>, Problem> {
    let mut found = Vec::new();
    for (member, sealed) in sealed(&recorded.fact.event) {
        let mut text = opened(node, organisation, person, member, sealed)?;
        if text.is_none() {
            // What was said of an entry that names nobody was sealed with that entry's own key.
            let owner = Owner::Entry(EntryId::new(recorded.fact.id));
            text = match node.keys().open_sealed(organisation, owner, member, sealed) {
                Ok(Opened::Text(text)) => Some(text),
                Ok(Opened::Erased) | Err(KeyError::Missing | KeyError::Forged) => None,
                Err(error) => return Err(Problem::internal(&error)),
            };
        }
        found.push((member, text));
    }
    Ok(found)
}

/// The sealed members of an event.
fn sealed(event: &Event) -> Vec<(&'static str, &Sealed)> {
    match event {
        Event::People(event) => match event {
            People::Registered { facts, .. } | People::Changed { facts, .. } => {
                let PersonFacts { name, contact, .. } = facts;
                let name = name.iter().map(|name| ("name", name));
                name.chain(contact.iter().map(|contact| ("contact", contact)))
                    .collect()
            }
            People::GiverNamed { name, .. } => vec![("name", name)],
            People::Erased { .. } | People::PassIssued { .. } | People::PassWithdrawn { .. } => {
                Vec::new()
            }
        },
        Event::Tally(event) => event.remarks(),
        Event::Organisation(_)
        | Event::Programme(_)
        | Event::Access(_)
        | Event::Standing(_)
        | Event::Months(_)
        | Event::Unknown(_) => Vec::new(),
    }
}
