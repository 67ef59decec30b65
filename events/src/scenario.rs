//! Given, when, then: an organisation in memory, for tests of rules and of what stands on them.

use crate::access::Role;
use crate::decider::Decider;
use crate::event::{Actor, ActorKind, Fact, Recorded};
use crate::log::line::Position;
use crate::organisation::{Authority, Command, Organisation, Rejection, Request};
use crate::tally;
use crate::values::{DeviceId, EntryId, Locale, Name, OrganisationId, Slug, Timestamp};
use uuid::Uuid;

#[cfg(test)]
pub(crate) mod given;

/// An organisation with everything that was recorded for it.
#[derive(Debug, Default)]
pub struct Scenario {
    /// The rules' state.
    pub organisation: Organisation,
    /// Every fact, in order.
    pub log: Vec<Recorded>,
    /// The clock.
    pub now: Timestamp,
}

impl Scenario {
    /// An organisation founded in Amsterdam at an instant.
    pub fn founded(now: Timestamp) -> Result<Self, Box<dyn std::error::Error>> {
        let mut scenario = Self {
            now,
            ..Self::default()
        };
        scenario.when(
            Authority::Operator,
            Request::Found {
                organisation: OrganisationId::new(Uuid::from_u128(1)),
                name: Name::new("Het Badhuis")?,
                slug: Slug::new("badhuis")?,
                time_zone: "Europe/Amsterdam".to_owned(),
                locale: Locale::Nl,
                demo: false,
                at: now,
            },
        )?;
        Ok(scenario)
    }

    /// Expects the rules to admit a request now and a repeat to add nothing; takes in what it records.
    ///
    /// # Panics
    /// Where they refuse it, or record something the second time.
    #[track_caller]
    pub fn admits(&mut self, authority: Authority, request: Request) -> Vec<Fact> {
        let facts = match self.when(authority, request.clone()) {
            Ok(facts) => facts,
            Err(why) => panic!("refused because {why}: {request:?}"),
        };
        let again = self.when(authority, request);
        assert_eq!(again, Ok(vec![]), "a repeat adds something");
        facts
    }

    /// Expects the rules to refuse a request now.
    ///
    /// # Panics
    /// Where they admit it, or have another reason.
    #[track_caller]
    pub fn refuses(&self, authority: Authority, request: Request, why: impl Into<Rejection>) {
        let decided = self
            .organisation
            .decide(&Command { authority, request }, self.now);
        assert_eq!(decided, Err(why.into()));
    }

    /// Decides a request now, and takes in what it records.
    pub fn when(&mut self, authority: Authority, request: Request) -> Result<Vec<Fact>, Rejection> {
        let facts = self
            .organisation
            .decide(&Command { authority, request }, self.now)?;
        let actor = match authority {
            Authority::Code(_) => Actor {
                id: None,
                kind: ActorKind::Visitor,
            },
            Authority::Device { device, .. } => Actor {
                id: Some(device),
                kind: ActorKind::Device,
            },
            Authority::Operator => Actor {
                id: None,
                kind: ActorKind::Operator,
            },
            Authority::System => Actor {
                id: None,
                kind: ActorKind::System,
            },
        };
        // As the writer does it: the log's time never goes back, even where the clock does.
        let last = self.log.last().map_or(self.now, |last| last.recorded_at);
        let recorded_at = self.now.max(last);
        for fact in &facts {
            let position = Position(self.organisation.position().0 + 1);
            let recorded = Recorded {
                position,
                recorded_at,
                actor,
                fact: fact.clone(),
            };
            self.organisation.evolve(&recorded);
            self.log.push(recorded);
        }
        Ok(facts)
    }

    /// Sends an entry that happens now.
    pub fn tally(
        &mut self,
        authority: Authority,
        id: u128,
        command: tally::Command,
    ) -> Result<Vec<Fact>, Rejection> {
        let entry = tally::Entry {
            id: EntryId::new(Uuid::from_u128(id)),
            occurred_at: self.now,
            shifted_millis: 0,
            command,
        };
        self.when(authority, Request::Tally(entry))
    }
}

/// A device of a role.
pub const fn device(number: u128, role: Role) -> Authority {
    Authority::Device {
        device: DeviceId::new(Uuid::from_u128(number)),
        role,
    }
}
