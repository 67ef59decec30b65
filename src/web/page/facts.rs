//! What several pages look up: names of activities and people, and times on the wall.

use crate::i18n::Language;
use crate::keys::{KeyError, Opened, Owner};
use crate::live::{Live, Shared};
use crate::node::Node;
use crate::problem::Problem;
use jiff::civil::{Time, time};
use meetellen_events::standing::Listed;
use meetellen_events::values::{ActivityId, Day, OrganisationId, PersonId, Sealed, SessionId};
use meetellen_events::values::{Timestamp, Zone};
use meetellen_projections::ledger::Ledger;
use std::collections::HashMap;
use std::sync::Arc;

/// What an activity is called on a day.
pub fn activity_name(ledger: &Ledger, activity: ActivityId, day: Day) -> Option<String> {
    ledger.facts().activity(activity, day, |facts| {
        facts.name.as_ref().map(ToString::to_string)
    })
}

/// The activity of a session.
pub fn activity_at(live: &Live, session: SessionId) -> Option<ActivityId> {
    let session = live.organisation.programme().session(session)?;
    Some(session.activity)
}

/// What a session's activity is called.
pub fn session_name(ledger: &Ledger, session: SessionId) -> Option<String> {
    let (activity, starts_at, _) = ledger.session(session)?.plan?;
    activity_name(ledger, activity, ledger.zone().day_of(starts_at))
}

/// What a counter, an indicator, a tenant or a partner is called.
pub fn listed_name(ledger: &Ledger, listed: Listed) -> String {
    let stands = ledger.facts().stands(listed);
    stands.map_or_else(String::new, |stands| stands.what.to_string())
}

/// An instant on the wall clock.
pub fn clock(zone: &Zone, at: Timestamp) -> Time {
    let (_, minutes) = zone.wall(at);
    let part = |number: u16| i8::try_from(number).unwrap_or(0);
    time(part(minutes / 60 % 24), part(minutes % 60), 0, 0)
}

/// What people are called, as far as it can be read; a number for who has no name.
#[derive(Debug, Default)]
pub struct Names {
    names: HashMap<PersonId, String>,
    numbers: HashMap<PersonId, u64>,
}

impl Names {
    /// The names of an organisation's people.
    pub async fn read(
        node: &Node,
        organisation: OrganisationId,
        live: &Arc<Shared>,
    ) -> Result<Self, Problem> {
        let live = Arc::clone(live);
        node.blocking(move |node| open(node, organisation, &live, true))
            .await?
    }

    /// The same without givers of whom nothing is confirmed yet: anybody with a gift box's code may have named them, and
    /// who works at the bar neither picks one nor waits for them.
    pub async fn of_persons(
        node: &Node,
        organisation: OrganisationId,
        live: &Arc<Shared>,
    ) -> Result<Self, Problem> {
        let live = Arc::clone(live);
        node.blocking(move |node| open(node, organisation, &live, false))
            .await?
    }

    /// The name, where there is one.
    pub fn get(&self, person: PersonId) -> Option<&str> {
        self.names.get(&person).map(String::as_str)
    }

    /// The number of a person in the order they were registered, from 1.
    pub fn number(&self, person: PersonId) -> u64 {
        self.numbers.get(&person).copied().unwrap_or(0)
    }

    /// The name, or what stands for it.
    pub fn say(&self, t: Language, person: PersonId) -> String {
        self.get(person).map_or_else(
            || t.with("person-unnamed", "number", self.number(person)),
            ToOwned::to_owned,
        )
    }
}

fn open(
    node: &Node,
    organisation: OrganisationId,
    live: &Shared,
    with_givers: bool,
) -> Result<Names, Problem> {
    let (sealed, numbers) = {
        let live = live.read();
        let people = live.organisation.people();
        let kept = |(person, name): (PersonId, &Sealed)| (person, name.clone());
        let sealed: Vec<(PersonId, Sealed)> = if with_givers {
            people.sealed_names().map(kept).collect()
        } else {
            people.names_of_persons().map(kept).collect()
        };
        let persons = live.house.get().facts().persons();
        (sealed, persons.zip(1..).collect())
    };
    let mut names = HashMap::with_capacity(sealed.len());
    for (person, name) in sealed {
        let owner = Owner::Person(person);
        match node.keys().open_sealed(organisation, owner, "name", &name) {
            // Empty where it was taken away.
            Ok(Opened::Text(name)) if name.is_empty() => {}
            Ok(Opened::Text(name)) => {
                names.insert(person, name);
            }
            // A key that is gone hides a name, and nothing else.
            Ok(Opened::Erased) | Err(KeyError::Missing | KeyError::Forged) => {}
            Err(error) => return Err(Problem::internal(&error)),
        }
    }
    Ok(Names { names, numbers })
}
