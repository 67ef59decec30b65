//! Any history at all: whatever is asked, the rules keep their promises.

use super::asked::{Step, aimed, steps};
use crate::codec;
use crate::decider::Decider;
use crate::event::{self, Commit, Fact, Recorded};
use crate::log::line::{Head, Line, Position};
use crate::organisation::{Command, Organisation, Request};
use crate::scenario::Scenario;
use crate::scenario::given::house;
use crate::tally::{self, Standing, Visitor};
use crate::values::{EntryId, OrganisationId};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// What of a log is a commit, written as lines behind each other.
#[derive(Default)]
struct Written {
    follows: Head,
    lines: Vec<Line>,
}

impl Written {
    fn keep(&mut self, recorded: &[Recorded]) {
        let Some(first) = recorded.first() else {
            return;
        };
        let commit = Commit {
            organisation: OrganisationId::new(Uuid::from_u128(1)),
            first: Position(self.follows.position.0 + 1),
            recorded_at: first.recorded_at,
            actor: first.actor,
            previous: self.follows.hash,
            facts: recorded.iter().map(|one| one.fact.clone()).collect(),
        };
        let line = codec::encode(&commit).expect("a commit can be written");
        assert_eq!(codec::decode(&line).expect("what we wrote"), commit);
        self.follows = line.head();
        self.lines.push(line);
    }

    /// Every fact, as it is read from a sealed chunk.
    fn unpacked(&self) -> Vec<Recorded> {
        let packed = codec::pack(&self.lines).expect("lines behind each other");
        let mut all = Vec::new();
        codec::unpack(&packed, &mut |recorded| all.push(recorded)).expect("what we packed");
        all
    }
}

fn tally_of(fact: &Fact) -> Option<&tally::Event> {
    match &fact.event {
        event::Event::Tally(event) => Some(event),
        event::Event::Organisation(_)
        | event::Event::Programme(_)
        | event::Event::People(_)
        | event::Event::Access(_)
        | event::Event::Standing(_)
        | event::Event::Months(_)
        | event::Event::Unknown(_) => None,
    }
}

/// Each entry and each mending is once, and points to what came before it.
fn mendings_hold(log: &[Recorded]) {
    let mut open = BTreeSet::new();
    let mut gone = BTreeSet::new();
    let mut ends: HashMap<EntryId, Vec<EntryId>> = HashMap::new();
    let mut kinds: BTreeMap<EntryId, bool> = BTreeMap::new();
    for recorded in log {
        let Some(event) = tally_of(&recorded.fact) else {
            continue;
        };
        let id = EntryId::new(recorded.fact.id);
        let mut is_mending = false;
        if let tally::Event::VisitorCheckedIn { standing, .. }
        | tally::Event::MoneyDonated { standing, .. }
        | tally::Event::GoodsDonated { standing, .. } = event
            && *standing == Standing::ToConfirm
        {
            open.insert(id);
        } else if let tally::Event::ShiftEnded { shift, .. } = event {
            let ends = ends.entry(shift.entry).or_default();
            assert!(ends.iter().all(|end| gone.contains(end)), "two ends stand");
            assert!(!gone.contains(&shift.entry), "what is retracted ended");
            ends.push(id);
        } else if let tally::Event::EntryRetracted { target, .. } = event {
            is_mending = true;
            assert_eq!(kinds.get(&target.entry), Some(&false));
            assert!(gone.insert(target.entry), "retracted twice");
            gone.extend(ends.get(&target.entry).into_iter().flatten());
            open.remove(&target.entry);
        } else if let tally::Event::EntriesConfirmed { targets } = event {
            is_mending = true;
            for target in targets {
                assert!(open.remove(&target.entry), "it did not wait");
            }
        }
        assert_eq!(kinds.insert(id, is_mending), None, "an id stands twice");
    }
}

/// Nobody who may not tally does, and a known visitor counts again only with a larger party.
fn arrivals_hold(log: &[Recorded]) {
    for recorded in log {
        let Some(event) = tally_of(&recorded.fact) else {
            continue;
        };
        let role = recorded.actor.kind;
        assert_ne!(role, event::ActorKind::Operator);
        if let tally::Event::VisitorCheckedIn {
            visitor, standing, ..
        } = event
        {
            let known = *visitor != Visitor::Unknown;
            assert!(known || *standing != Standing::AlreadyCounted);
        }
    }
}

/// Plays the steps; after each, the same request records nothing more.
fn played(steps: Vec<Step>) -> (Scenario, Written) {
    let mut house = house();
    let mut written = Written::default();
    for recorded in house.log.chunk_by(|_, _| false) {
        written.keep(recorded);
    }
    for step in steps {
        house.wait(step.2);
        let (authority, request) = aimed(&house, &step);
        let before = house.log.len();
        let known = match &request {
            Request::Tally(entry) => house.organisation.entry(entry.id),
            Request::Found { .. }
            | Request::Rename(_)
            | Request::End
            | Request::Programme(_)
            | Request::People(_)
            | Request::Access(_)
            | Request::Standing(_)
            | Request::Months(_) => None,
        };
        let decided = house.when(authority, request.clone());
        assert!(
            known.is_none() || decided == Ok(vec![]),
            "a known id records something"
        );
        written.keep(&house.log[before..]);
        let again = house
            .organisation
            .decide(&Command { authority, request }, house.now);
        if let Ok(facts) = again {
            assert_eq!(facts, vec![], "a repeat adds something to {decided:?}");
        }
    }
    (house, written)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_asked_the_promises_hold(steps in steps(), probes in steps()) {
        let (house, written) = played(steps);
        for (position, recorded) in (1..).zip(&house.log) {
            prop_assert_eq!(recorded.position, Position(position));
        }
        mendings_hold(&house.log);
        arrivals_hold(&house.log);
        let unpacked = written.unpacked();
        prop_assert_eq!(&unpacked, &house.log);
        let mut replayed = Organisation::default();
        unpacked.iter().for_each(|recorded| replayed.evolve(recorded));
        prop_assert_eq!(replayed.position(), house.organisation.position());
        prop_assert!(replayed.waiting().eq(house.organisation.waiting()));
        for probe in probes {
            let (authority, request) = aimed(&house, &probe);
            let command = Command { authority, request };
            let now = house.now.plus_millis(probe.2);
            prop_assert_eq!(replayed.decide(&command, now), house.organisation.decide(&command, now));
        }
    }
}
