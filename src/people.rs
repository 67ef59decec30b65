//! Persons as coordinators see and change them: what is personal is sealed before a command is queued, and opened for
//! who may read it.
//!
//! Always true, each tested in `tests/people.rs`: nothing personal is in the log but sealed; who is erased is recorded
//! so first, and then unreadable; a name that was put right is unreadable as it was before.

mod data;
mod turns;

pub use data::{Data, OwnDevice, Told, data};
pub use turns::Turns;

use crate::keys::{KeyError, Opened, Owner};
use crate::live::{Live, Shared};
use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::secrets;
use meetellen_events::organisation::{Authority, Request};
use meetellen_events::people::{AgeGroup, Command, PersonFacts};
use meetellen_events::values::{Code, Day, Name, OrganisationId, PersonId, Sealed};
use serde::Serialize;

/// How often another short code is drawn where the one drawn is in use: one in a million million would be.
const SHORT_DRAWS_MAX: usize = 4;

/// Characters of a pass to type.
const SHORT_CHARS: usize = 8;

/// A sealed text as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// This.
    Is(Name),
    /// None any more.
    Gone,
}

impl Text {
    /// What is sealed: nothing where there is none, so that what took its place can be told from what never was.
    fn as_str(&self) -> &str {
        match self {
            Self::Is(name) => name.as_str(),
            Self::Gone => "",
        }
    }
}

/// What can be said of a person, each from a day on.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// Whether a volunteer.
    pub volunteer: Option<bool>,
    /// Age group.
    pub age: Option<AgeGroup>,
    /// Whether from the neighbourhood.
    pub from_neighbourhood: Option<bool>,
    /// Her name.
    pub name: Option<Text>,
    /// How to reach her.
    pub contact: Option<Text>,
    /// Whether instructed to serve alcohol.
    pub alcohol_instruction: Option<bool>,
    /// From which day; today where not said.
    pub since: Option<Day>,
}

/// A person as a coordinator sees her today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// Whether a volunteer.
    pub volunteer: bool,
    /// Age group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<AgeGroup>,
    /// Whether from the neighbourhood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_neighbourhood: Option<bool>,
    /// Her name, where there is one that can be read.
    pub name: Option<String>,
    /// How to reach her, where that can be read.
    pub contact: Option<String>,
    /// Whether instructed to serve alcohol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alcohol_instruction: Option<bool>,
    /// From which day she is a volunteer, or none any more; of others, known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Day>,
}

/// A pass, shown this once: only its hashes are kept.
#[derive(Debug, Clone)]
pub struct Pass {
    /// What stands in its QR.
    pub code: Code,
    /// To type on an enrolled device.
    pub short: String,
}

/// Registers a person.
pub async fn register(
    node: &Node,
    organisation: OrganisationId,
    authority: Authority,
    mut details: Details,
) -> Result<PersonId, Problem> {
    for text in [&mut details.name, &mut details.contact] {
        text.take_if(|text| *text == Text::Gone);
    }
    let person = PersonId::new(uuid::Uuid::now_v7());
    let since = details.since;
    let facts = node
        .blocking(move |node| sealed_facts(node, organisation, person, &details))
        .await??;
    let command = Command::Register {
        person,
        facts,
        since,
    };
    ask(node, organisation, authority, command).await?;
    Ok(person)
}

/// Changes what is known of a person. A name or a contact that takes another's place is sealed with a new key, and the
/// old key destroyed with all it sealed, a giver's remarks too.
pub async fn change(
    node: &Node,
    organisation: OrganisationId,
    authority: Authority,
    person: PersonId,
    details: Details,
) -> Result<(), Problem> {
    let live = node.open(organisation).await?;
    // Until the older key is gone: else another change could seal with it what is recorded after this one.
    let _names = node.names.take(organisation).await;
    let since = details.since;
    let (facts, is_renewed) = node
        .blocking(move |node| changed_facts(node, organisation, &live, person, details))
        .await??;
    let command = Command::Change {
        person,
        facts,
        since,
    };
    ask(node, organisation, authority, command).await?;
    if is_renewed {
        node.blocking(move |node| node.keys().settle(organisation, person))
            .await?
            .map_err(|error| Problem::internal(&error))?;
    }
    Ok(())
}

/// Erases a person: recorded first, then her key is destroyed. Done again where it broke off.
pub async fn erase(
    node: &Node,
    organisation: OrganisationId,
    authority: Authority,
    person: PersonId,
) -> Result<(), Problem> {
    ask(node, organisation, authority, Command::Erase(person)).await?;
    node.blocking(move |node| node.keys().destroy(organisation, Owner::Person(person)))
        .await?
        .map_err(|error| Problem::internal(&error))
}

/// Makes a pass.
pub async fn issue_pass(
    node: &Node,
    organisation: OrganisationId,
    authority: Authority,
    person: PersonId,
) -> Result<Pass, Problem> {
    let mut draws = 0;
    loop {
        draws += 1;
        let code = secrets::code().map_err(|error| Problem::internal(&error))?;
        let drawn = secrets::code().map_err(|error| Problem::internal(&error))?;
        let short: String = drawn.to_string().chars().take(SHORT_CHARS).collect();
        let command = Command::IssuePass {
            person,
            pass: secrets::hash(code.bytes()),
            short: secrets::short_hash(organisation, &short),
        };
        match ask(node, organisation, authority, command).await {
            Ok(()) => return Ok(Pass { code, short }),
            Err(problem) if problem.cause() == Cause::IdReused && draws < SHORT_DRAWS_MAX => {}
            Err(problem) => return Err(problem),
        }
    }
}

/// Withdraws all passes of a person: one that was lost opens nothing any more.
pub async fn withdraw_passes(
    node: &Node,
    organisation: OrganisationId,
    authority: Authority,
    person: PersonId,
) -> Result<(), Problem> {
    let live = node.open(organisation).await?;
    let passes = {
        let seen = live.read();
        if !seen.organisation.people().is_known(person) {
            return Err(Cause::UnknownPerson.into());
        }
        seen.organisation.people().passes_of(person)
    };
    for pass in passes {
        ask(node, organisation, authority, Command::WithdrawPass(pass)).await?;
    }
    Ok(())
}

/// A person as she is known today, erased or not; none where the id is nobody's. Touches the disk.
pub fn person(
    node: &Node,
    organisation: OrganisationId,
    live: &Shared,
    id: PersonId,
) -> Result<Option<Person>, Problem> {
    let found = look(node, &live.read(), id);
    let Some((mut person, name, contact)) = found else {
        return Ok(None);
    };
    let open = |field, sealed: Option<Sealed>| match sealed {
        Some(sealed) => shown(opened(node, organisation, id, field, &sealed)),
        None => Ok(None),
    };
    person.name = open("name", name)?;
    person.contact = open("contact", contact)?;
    Ok(Some(person))
}

/// What a person is called, where she has a name that can be read. Touches the disk.
pub fn name(
    node: &Node,
    organisation: OrganisationId,
    live: &Shared,
    id: PersonId,
) -> Result<Option<String>, Problem> {
    let found = look(node, &live.read(), id);
    match found.and_then(|(_, name, _)| name) {
        Some(sealed) => shown(opened(node, organisation, id, "name", &sealed)),
        None => Ok(None),
    }
}

/// A text that was taken away is none.
fn shown(text: Result<Option<String>, Problem>) -> Result<Option<String>, Problem> {
    Ok(text?.filter(|text| !text.is_empty()))
}

/// What is known but for what is sealed, and that apart: a key is never looked for while the organisation is held.
fn look(
    node: &Node,
    seen: &Live,
    id: PersonId,
) -> Option<(Person, Option<Sealed>, Option<Sealed>)> {
    let zone = seen.organisation.zone()?;
    let today = zone.day_of(node.now());
    let known = seen.organisation.people().person(id, today)?;
    let person = Person {
        id,
        volunteer: known.volunteer && !known.erased,
        age: known.age,
        from_neighbourhood: known.from_neighbourhood,
        name: None,
        contact: None,
        alcohol_instruction: known.alcohol_instruction,
        since: known.since,
    };
    Some((person, known.name.cloned(), known.contact.cloned()))
}

/// A sealed text, as far as it can be read; empty where one was taken away. Keys that are gone, or put elsewhere, hide names and stop nothing else.
fn opened(
    node: &Node,
    organisation: OrganisationId,
    person: PersonId,
    field: &str,
    sealed: &Sealed,
) -> Result<Option<String>, Problem> {
    let owner = Owner::Person(person);
    match node.keys().open_sealed(organisation, owner, field, sealed) {
        Ok(Opened::Text(text)) => Ok(Some(text)),
        Ok(Opened::Erased) | Err(KeyError::Missing | KeyError::Forged) => Ok(None),
        Err(error) => Err(Problem::internal(&error)),
    }
}

fn sealed_facts(
    node: &Node,
    organisation: OrganisationId,
    person: PersonId,
    details: &Details,
) -> Result<PersonFacts, Problem> {
    let seal = |field, text: Option<&Text>| match text {
        Some(text) => sealed(node, organisation, person, field, text.as_str()),
        None => Ok(None),
    };
    Ok(PersonFacts {
        volunteer: details.volunteer,
        age: details.age,
        from_neighbourhood: details.from_neighbourhood,
        alcohol_instruction: details.alcohol_instruction,
        name: seal("name", details.name.as_ref())?,
        contact: seal("contact", details.contact.as_ref())?,
    })
}

/// The facts of a change, and whether the person got a new key for them.
fn changed_facts(
    node: &Node,
    organisation: OrganisationId,
    live: &Shared,
    id: PersonId,
    mut details: Details,
) -> Result<(PersonFacts, bool), Problem> {
    let before = person(node, organisation, live, id)?;
    let had = look(node, &live.read(), id);
    let (_, had_name, had_contact) = had.ok_or_else(|| Problem::from(Cause::UnknownPerson))?;
    let (name, contact) = before.map_or((None, None), |before| (before.name, before.contact));
    // What is there already is not sealed anew: sending it twice changes nothing.
    let is_new = |new: &Text, text: Option<&str>| new.as_str() != text.unwrap_or_default();
    details.name = details.name.filter(|new| is_new(new, name.as_deref()));
    details.contact = details
        .contact
        .filter(|new| is_new(new, contact.as_deref()));
    let replaces = (details.name.is_some() && had_name.is_some())
        || (details.contact.is_some() && had_contact.is_some());
    if !replaces {
        return Ok((sealed_facts(node, organisation, id, &details)?, false));
    }
    // What the old key sealed and stays is sealed with the new one.
    let kept = |text: Option<String>| Some(Text::Is(Name::new(&text?).ok()?));
    details.name = details.name.or_else(|| kept(name));
    details.contact = details.contact.or_else(|| kept(contact));
    match node.keys().renew(organisation, id) {
        Ok(()) => Ok((sealed_facts(node, organisation, id, &details)?, true)),
        // The rules say what is wrong with an erased person.
        Err(KeyError::Destroyed) => Ok((PersonFacts::default(), false)),
        Err(error) => Err(Problem::internal(&error)),
    }
}

fn sealed(
    node: &Node,
    organisation: OrganisationId,
    person: PersonId,
    field: &str,
    text: &str,
) -> Result<Option<Sealed>, Problem> {
    match node
        .keys()
        .seal(organisation, Owner::Person(person), field, text)
    {
        Ok(sealed) => Ok(Some(sealed)),
        // The rules say what is wrong with an erased person.
        Err(KeyError::Destroyed) => Ok(None),
        Err(error) => Err(Problem::internal(&error)),
    }
}

async fn ask(
    node: &Node,
    organisation: OrganisationId,
    authority: Authority,
    command: Command,
) -> Result<(), Problem> {
    let asked = Request::People(command);
    node.ask(organisation, authority, asked).await.map(drop)
}
