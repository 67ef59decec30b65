//! What needs a key or a hash is done here, off the writer: pseudonyms of phones, sealed texts, hashes of passes.

mod first;
mod limits;

use crate::api::entry_body::{self, EntryBody, Gift, Kind, Pass, VisitorToken};
use crate::keys::{KeyError, Opened, Owner};
use crate::live;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use first::{First, Said};
use meetellen_events::organisation::Authority;
use meetellen_events::people::GIVERS_MAX;
use meetellen_events::tally::{Arrival, Command, Donor, Entry, Event, Place, Who};
use meetellen_events::values::{
    Code, EntryId, Month, Name, OrganisationId, PersonId, Sealed, SecretHash, Tag, Timestamp, Zone,
};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::IpAddr;

/// How far ahead of this server's clock an entry may be for a key to be made for its month: the rules take none beyond.
const AHEAD_MILLIS_MAX: i64 = 5 * 60_000;

/// Whether the entry may make a person of a new name, or erase one with the last gift.
pub(super) fn touches_names(body: &EntryBody) -> bool {
    matches!(
        &body.kind,
        Kind::Donation {
            donor: Some(entry_body::Donor::Named(_)),
            ..
        } | Kind::Retraction { .. }
            | Kind::Confirmation(_)
    )
}

/// The months a check-in at an instant may count in: a session's day may lie next to its own.
fn months(zone: &Zone, at: Timestamp) -> Vec<Month> {
    let day = zone.day_of(at);
    let mut months: Vec<Month> = [-1, 0, 1].map(|days| day.plus(days).month()).into();
    months.dedup();
    months
}

/// What the entries of one request share.
pub(super) struct Shared<'a> {
    node: &'a Node,
    organisation: OrganisationId,
    live: &'a live::Shared,
    zone: Zone,
    shift: i64,
    address: IpAddr,
    /// Persons by name, read once and only where an entry needs it.
    names: RefCell<Option<HashMap<String, PersonId>>>,
    /// Givers that its gifts by codes named, and nobody had before.
    givers: Cell<usize>,
    /// How many of its entries came by each code.
    by_code: RefCell<HashMap<Code, usize>>,
    /// What its entries by codes said so far.
    said: RefCell<Said>,
}

impl<'a> Shared<'a> {
    pub(super) fn new(
        node: &'a Node,
        organisation: OrganisationId,
        live: &'a live::Shared,
        (shift, address): (i64, IpAddr),
    ) -> Self {
        let zone = live.read().organisation.zone().cloned().unwrap_or_default();
        Self {
            node,
            organisation,
            live,
            zone,
            shift,
            address,
            names: RefCell::new(None),
            givers: Cell::new(0),
            by_code: RefCell::default(),
            said: RefCell::default(),
        }
    }

    /// Whether preparing the entry may touch the disk: it seals a text, or uses a key that is not in memory.
    pub(super) fn touches_disk(&self, body: &EntryBody) -> bool {
        match &body.kind {
            Kind::CheckIn {
                arrival: entry_body::Arrival::Phone(_),
                ..
            } => {
                let months = months(&self.zone, body.occurred_at.plus_millis(self.shift));
                !self.node.keys().is_warm(self.organisation, &months)
            }
            Kind::Donation { .. } => true,
            Kind::Retraction { reason, .. } => reason.is_some(),
            Kind::CheckIn { .. }
            | Kind::HeadCount { .. }
            | Kind::Coffee { .. }
            | Kind::Tally { .. }
            | Kind::Contribution { .. }
            | Kind::ShiftStart { .. }
            | Kind::ShiftEnd { .. }
            | Kind::BarRevenue { .. }
            | Kind::ShopRevenue { .. }
            | Kind::Measurement { .. }
            | Kind::Opening(_)
            | Kind::Confirmation(_) => false,
        }
    }

    /// The entry as the rules take it, where no key has to be made for any entry of its request.
    pub(super) fn entry(&self, body: &EntryBody, authority: Authority) -> Result<Entry, Problem> {
        self.within_limits(body, authority)?;
        self.sealed_entry(body, authority)
    }

    /// The same where keys may be made: those of an entry by a code only once the rules would take it.
    pub(super) fn entry_asked_first(
        &self,
        body: &EntryBody,
        authority: Authority,
    ) -> Result<Entry, Problem> {
        self.within_limits(body, authority)?;
        let by_code = matches!(authority, Authority::Code(_));
        if let Some(command) = first::unsealed(body).filter(|_| by_code) {
            let entry = self.with_command(body, command);
            let now = self.node.now();
            let said = self
                .said
                .borrow_mut()
                .ask(self.live, authority, &entry, now)?;
            if let First::Known = said {
                return Ok(entry);
            }
        }
        self.sealed_entry(body, authority)
    }

    fn sealed_entry(&self, body: &EntryBody, authority: Authority) -> Result<Entry, Problem> {
        let occurred_at = body.occurred_at.plus_millis(self.shift);
        let command = self.command(body, authority, occurred_at)?;
        Ok(self.with_command(body, command))
    }

    fn with_command(&self, body: &EntryBody, command: Command) -> Entry {
        Entry {
            id: body.id,
            occurred_at: body.occurred_at.plus_millis(self.shift),
            shifted_millis: self.shift,
            command,
        }
    }

    fn command(
        &self,
        body: &EntryBody,
        authority: Authority,
        at: Timestamp,
    ) -> Result<Command, Problem> {
        Ok(match body.kind.clone() {
            Kind::CheckIn {
                session,
                party,
                arrival,
            } => Command::CheckIn {
                place: place(body, session),
                party,
                arrival: self.arrival(&arrival, authority, at)?,
            },
            Kind::HeadCount {
                session,
                heads,
                basis,
            } => Command::CountHeads {
                session,
                heads,
                basis,
            },
            Kind::Coffee {
                cups,
                paid,
                pot,
                session,
            } => Command::Coffee {
                cups,
                paid,
                pot,
                session,
            },
            Kind::Tally { counter, quantity } => Command::Tally { counter, quantity },
            Kind::Contribution {
                kind,
                quantity,
                session,
                volunteer,
            } => Command::Contribute {
                kind,
                quantity,
                session,
                volunteer,
            },
            Kind::ShiftStart { who, kind, session } => Command::StartShift {
                who: match who {
                    entry_body::Who::Person(person) => Who::Person(person),
                    entry_body::Who::Pass(pass) => Who::Pass(self.pass(&pass, authority)?),
                },
                kind,
                session,
            },
            Kind::ShiftEnd { shift, basis } => Command::EndShift { shift, basis },
            Kind::BarRevenue {
                amount,
                expected,
                hire,
            } => Command::CountBarRevenue {
                amount,
                expected,
                hire,
            },
            Kind::ShopRevenue { amount, expected } => {
                Command::CountShopRevenue { amount, expected }
            }
            Kind::Donation {
                gift,
                donor,
                purpose,
            } => {
                let donor = donor.map(|donor| self.donor(&donor, authority));
                let donor = donor.transpose()?.flatten();
                self.gift(body.id, gift, donor, purpose.as_ref())?
            }
            Kind::Measurement { indicator, value } => Command::Measure { indicator, value },
            Kind::Opening(state) => Command::NoteOpening(state),
            Kind::Retraction { retracts, reason } => Command::Retract {
                retracts,
                reason: self.sealed(
                    self.spoken_of(retracts, body.id),
                    "reason",
                    reason.as_ref(),
                )?,
            },
            Kind::Confirmation(entries) => Command::Confirm(entries),
        })
    }

    fn gift(
        &self,
        entry: EntryId,
        gift: Gift,
        donor: Option<Donor>,
        purpose: Option<&Name>,
    ) -> Result<Command, Problem> {
        // What a known giver said goes with the giver's key.
        let owner = match &donor {
            Some(Donor::Person(person) | Donor::Named { person, .. }) => Owner::Person(*person),
            None => Owner::Entry(entry),
        };
        let purpose = self.sealed(owner, "purpose", purpose)?;
        Ok(match gift {
            Gift::Money { amount, method } => Command::GiveMoney {
                amount,
                method,
                donor,
                purpose,
            },
            Gift::Goods {
                category,
                description,
                quantity,
            } => Command::GiveGoods {
                category,
                description: self.sealed(owner, "description", description.as_ref())?,
                quantity,
                donor,
                purpose,
            },
        })
    }

    /// Whose key seals what is said of an entry: that of whom it names, so that it goes with her, else one of its own.
    fn spoken_of(&self, entry: EntryId, own: EntryId) -> Owner {
        let live = self.live.read();
        let whom = || {
            let ledger = live.house.get();
            let row = ledger.kept(live.organisation.entry(entry)?.0)?;
            let named = if let Event::ShiftEnded { shift, .. } = row.event {
                ledger.kept(shift.position.0)?.event.whom()
            } else {
                row.event.whom()
            };
            let people = live.organisation.people();
            named.filter(|person| people.is_known(*person) || people.is_giver(*person))
        };
        whom().map_or(Owner::Entry(own), Owner::Person)
    }

    /// Who gives; nobody where a code alone names somebody new and as many wait as are kept: the rules would drop the
    /// name, and what was said with it must not be sealed under its key.
    fn donor(
        &self,
        donor: &entry_body::Donor,
        authority: Authority,
    ) -> Result<Option<Donor>, Problem> {
        let name = match donor {
            entry_body::Donor::Person(person) => return Ok(Some(Donor::Person(*person))),
            entry_body::Donor::Named(name) => name,
        };
        let mut names = self.names.borrow_mut();
        let names = match &mut *names {
            Some(names) => names,
            empty => empty.insert(self.read_names()?),
        };
        let person = match names.get(&name.folded()) {
            Some(person) => *person,
            None if matches!(authority, Authority::Code(_)) && !self.takes_giver() => {
                return Ok(None);
            }
            None => {
                let person = PersonId::new(uuid::Uuid::now_v7());
                names.insert(name.folded(), person);
                person
            }
        };
        let sealed = self.sealed(Owner::Person(person), "name", Some(name))?;
        Ok(Some(sealed.map_or(Donor::Person(person), |name| {
            Donor::Named { person, name }
        })))
    }

    /// Whether one more new giver is named by a code, those of this request counted.
    fn takes_giver(&self) -> bool {
        let waiting = self.live.read().organisation.people().givers();
        let named = self.givers.get();
        self.givers.set(named + 1);
        waiting + named < GIVERS_MAX
    }

    /// Every name that can still be read, case and spaces aside.
    fn read_names(&self) -> Result<HashMap<String, PersonId>, Problem> {
        let sealed: Vec<(PersonId, Sealed)> = {
            let live = self.live.read();
            let names = live.organisation.people().sealed_names();
            names.map(|(person, name)| (person, name.clone())).collect()
        };
        let mut names = HashMap::with_capacity(sealed.len());
        for (person, name) in sealed {
            let owner = Owner::Person(person);
            let opened = self
                .node
                .keys()
                .open_sealed(self.organisation, owner, "name", &name);
            match opened {
                Ok(Opened::Text(text)) => {
                    if let Ok(name) = Name::new(&text) {
                        names.insert(name.folded(), person);
                    }
                }
                // Keys that are gone, or put elsewhere, hide names and stop nothing else.
                Ok(Opened::Erased) | Err(KeyError::Missing | KeyError::Forged) => {}
                Err(error) => return Err(Problem::internal(&error)),
            }
        }
        Ok(names)
    }

    fn sealed(
        &self,
        owner: Owner,
        field: &str,
        text: Option<&Name>,
    ) -> Result<Option<Sealed>, Problem> {
        let Some(text) = text else {
            return Ok(None);
        };
        match self
            .node
            .keys()
            .seal(self.organisation, owner, field, text.as_str())
        {
            Ok(sealed) => Ok(Some(sealed)),
            // The rules say what is wrong with an erased person.
            Err(KeyError::Destroyed) => Ok(None),
            Err(error) => Err(Problem::internal(&error)),
        }
    }

    fn arrival(
        &self,
        arrival: &entry_body::Arrival,
        authority: Authority,
        at: Timestamp,
    ) -> Result<Arrival, Problem> {
        match arrival {
            entry_body::Arrival::Unknown => Ok(Arrival::Unknown),
            entry_body::Arrival::Pass(pass) => Ok(Arrival::Pass(self.pass(pass, authority)?)),
            entry_body::Arrival::Phone(token) => self.phone(token, at),
        }
    }

    /// Pseudonyms for every month the check-in may count in.
    fn phone(&self, token: &VisitorToken, at: Timestamp) -> Result<Arrival, Problem> {
        let day = self.zone.day_of(at);
        // The rules say what is wrong with an entry that lies so far ahead: no month to come gets a key.
        if at.millis_since(self.node.now()) > AHEAD_MILLIS_MAX {
            return Ok(Arrival::Unknown);
        }
        let months = months(&self.zone, at);
        let mut tags: Vec<(Month, Tag)> = Vec::with_capacity(months.len());
        for month in months {
            // Also where the key is still there, or would be made anew in a folder that lost it.
            let tag = if self.is_over(month) {
                Err(KeyError::Destroyed)
            } else {
                let keys = self.node.keys();
                keys.tag(self.organisation, month, token.bytes())
            };
            match tag {
                Ok(tag) => tags.push((month, tag)),
                // The month is too long ago to tell phones apart (figures.md, rule 5).
                Err(KeyError::Destroyed) if month == day.month() => return Ok(Arrival::Unknown),
                Err(KeyError::Destroyed) => {}
                Err(error) => return Err(Problem::internal(&error)),
            }
        }
        Ok(Arrival::Phone(tags))
    }

    /// Whether the phones of a month can't be told apart any more.
    fn is_over(&self, month: Month) -> bool {
        let end = self.live.read().organisation.tags_end_at(month);
        end.is_some_and(|end| end <= self.node.now())
    }

    /// A short code is good on enrolled devices only: its 40 bits could be guessed.
    fn pass(&self, pass: &Pass, authority: Authority) -> Result<SecretHash, Problem> {
        match (pass, authority) {
            (Pass::Code(code), _) => Ok(crate::secrets::hash(code.bytes())),
            (Pass::Short(_), Authority::Code(_)) => Err(Cause::UnknownPass.into()),
            (
                Pass::Short(short),
                Authority::Device { .. } | Authority::Operator | Authority::System,
            ) => Ok(crate::secrets::short_hash(self.organisation, short)),
        }
    }
}

fn place(body: &EntryBody, session: Option<meetellen_events::values::SessionId>) -> Place {
    match (body.code, session) {
        (Some(code), session) => Place::Code { code, session },
        (None, Some(session)) => Place::Session(session),
        (None, None) => Place::DropIn,
    }
}
