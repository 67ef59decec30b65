//! What the rules keep of persons and passes: nothing sealed is read.

use super::{AgeGroup, Command, Event, GIVERS_MAX, PersonFacts, Rejection};
use crate::organisation::Held;
use crate::values::{Day, PersonId, Sealed, SecretHash};
use std::collections::HashMap;

#[derive(Debug, Clone, Default)]
struct Person {
    volunteer: Held<bool>,
    age: Held<AgeGroup>,
    from_neighbourhood: Held<bool>,
    alcohol_instruction: Held<bool>,
    /// Sealed texts hold from when they were recorded: what was wrong is gone.
    name: Option<Sealed>,
    contact: Option<Sealed>,
    first_day: Option<Day>,
    erased: bool,
}

/// What is known of a person on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known<'a> {
    /// Whether a volunteer of the house.
    pub volunteer: bool,
    /// From which day that is so; of somebody who never was one, the first day anything is known of.
    pub since: Option<Day>,
    /// Age group.
    pub age: Option<AgeGroup>,
    /// Whether from the neighbourhood.
    pub from_neighbourhood: Option<bool>,
    /// Whether instructed to serve alcohol.
    pub alcohol_instruction: Option<bool>,
    /// The sealed name.
    pub name: Option<&'a Sealed>,
    /// The sealed way to reach her.
    pub contact: Option<&'a Sealed>,
    /// Whether she was erased: then nothing sealed is left.
    pub erased: bool,
}

/// Persons and passes.
#[derive(Debug, Clone, Default)]
pub struct State {
    persons: HashMap<PersonId, Person>,
    /// Sealed names of givers of whom nothing is confirmed yet.
    givers: HashMap<PersonId, Sealed>,
    passes: HashMap<SecretHash, Pass>,
    shorts: HashMap<SecretHash, SecretHash>,
}

#[derive(Debug, Clone, Copy)]
struct Pass {
    person: PersonId,
    short: SecretHash,
    withdrawn: bool,
}

impl Person {
    fn take(&mut self, facts: &PersonFacts, since: Day) {
        note(&mut self.volunteer, facts.volunteer.as_ref(), since);
        note(&mut self.age, facts.age.as_ref(), since);
        note(
            &mut self.from_neighbourhood,
            facts.from_neighbourhood.as_ref(),
            since,
        );
        note(
            &mut self.alcohol_instruction,
            facts.alcohol_instruction.as_ref(),
            since,
        );
        self.name = facts.name.clone().or_else(|| self.name.take());
        self.contact = facts.contact.clone().or_else(|| self.contact.take());
        self.first_day = self.first_day.min(Some(since)).or(Some(since));
    }

    fn on(&self, day: Day) -> Known<'_> {
        let volunteer = self.volunteer.on(day) == Some(&true);
        let ever = self.volunteer.days().filter(|since| *since <= day).last();
        Known {
            volunteer,
            since: ever.or(self.first_day),
            age: self.age.on_or_first(day).copied(),
            from_neighbourhood: self.from_neighbourhood.on_or_first(day).copied(),
            alcohol_instruction: self.alcohol_instruction.on(day).copied(),
            name: self.name.as_ref(),
            contact: self.contact.as_ref(),
            erased: self.erased,
        }
    }

    fn holds(&self, facts: &PersonFacts, since: Day) -> bool {
        same(&self.volunteer, facts.volunteer.as_ref(), since)
            && same(&self.age, facts.age.as_ref(), since)
            && same(
                &self.from_neighbourhood,
                facts.from_neighbourhood.as_ref(),
                since,
            )
            && same(
                &self.alcohol_instruction,
                facts.alcohol_instruction.as_ref(),
                since,
            )
            && (facts.name.is_none() || facts.name == self.name)
            && (facts.contact.is_none() || facts.contact == self.contact)
    }
}

fn note<T: Clone>(held: &mut Held<T>, value: Option<&T>, since: Day) {
    if let Some(value) = value {
        held.set(since, value.clone());
    }
}

fn same<T: PartialEq>(held: &Held<T>, value: Option<&T>, since: Day) -> bool {
    value.is_none_or(|value| held.on(since) == Some(value))
}

impl State {
    /// Whether somebody of that id is known and not erased.
    pub fn is_known(&self, person: PersonId) -> bool {
        self.persons.get(&person).is_some_and(|known| !known.erased)
    }

    /// Whether the id was ever given out, erased ones too.
    pub fn was_known(&self, person: PersonId) -> bool {
        self.persons.contains_key(&person)
    }

    /// Whether she is a giver of whom nothing is confirmed yet: no person so far.
    pub fn is_giver(&self, person: PersonId) -> bool {
        self.givers.contains_key(&person)
    }

    /// How many givers there are of whom nothing is confirmed yet.
    pub fn givers(&self) -> usize {
        self.givers.len()
    }

    /// Whether one more name said at a gift box is kept: at most [`GIVERS_MAX`] wait.
    pub fn takes_giver(&self) -> bool {
        self.givers() < GIVERS_MAX
    }

    /// What is known of a person, or of a giver who is none yet, on a day, erased or not.
    pub fn person(&self, person: PersonId, day: Day) -> Option<Known<'_>> {
        let giver = || {
            let nobody = Known {
                volunteer: false,
                since: None,
                age: None,
                from_neighbourhood: None,
                alcohol_instruction: None,
                name: Some(self.givers.get(&person)?),
                contact: None,
                erased: false,
            };
            Some(nobody)
        };
        let known = self.persons.get(&person).map(|known| known.on(day));
        known.or_else(giver)
    }

    /// Everybody who was not erased, in the order of their ids.
    pub fn persons(&self) -> Vec<PersonId> {
        let living = self.persons.iter().filter(|(_, known)| !known.erased);
        let mut living: Vec<_> = living.map(|(person, _)| *person).collect();
        living.sort_unstable();
        living
    }

    /// The passes of a person that are good, in the order of their hashes.
    pub fn passes_of(&self, person: PersonId) -> Vec<SecretHash> {
        let own = |pass: &Pass| pass.person == person && !pass.withdrawn;
        let good = self.passes.iter().filter(|(_, pass)| own(pass));
        let mut good: Vec<_> = good.map(|(hash, _)| *hash).collect();
        good.sort_unstable();
        good
    }

    /// Whether the person is a volunteer on a day.
    pub fn is_volunteer(&self, person: PersonId, day: Day) -> bool {
        self.persons
            .get(&person)
            .is_some_and(|known| !known.erased && known.volunteer.on(day) == Some(&true))
    }

    /// Whether shifts and contributions of a day may be the person's: a volunteer's then, or of who became one later.
    /// Who helped before being written down is none the less.
    pub fn has_helped(&self, person: PersonId, day: Day) -> bool {
        self.persons
            .get(&person)
            .is_some_and(|known| !known.erased && known.volunteer.on_or_first(day) == Some(&true))
    }

    /// Who is shut out by an event: erased, no volunteer any more on that day, or without the badge that let the own
    /// phones in. A copy of it let in others, and nobody can tell which.
    pub fn shut_out(&self, event: &Event, today: Day) -> Option<PersonId> {
        match event {
            Event::Erased { person } => Some(*person),
            Event::Changed {
                person,
                facts,
                since,
            } => {
                let mut volunteer = self.persons.get(person)?.volunteer.clone();
                note(&mut volunteer, facts.volunteer.as_ref(), *since);
                let stays = volunteer.on(today) == Some(&true);
                (self.is_volunteer(*person, today) && !stays).then_some(*person)
            }
            Event::PassWithdrawn { pass } => self.passes.get(pass).map(|pass| pass.person),
            Event::Registered { .. } | Event::GiverNamed { .. } | Event::PassIssued { .. } => None,
        }
    }

    /// Whether the person is a child on a day.
    pub fn is_child(&self, person: PersonId, day: Day) -> bool {
        self.persons
            .get(&person)
            .is_some_and(|known| known.age.on_or_first(day) == Some(&AgeGroup::Child))
    }

    /// The sealed names of all who have one and were not erased, givers of whom nothing is confirmed yet among them, in
    /// no order.
    pub fn sealed_names(&self) -> impl Iterator<Item = (PersonId, &Sealed)> {
        let givers = self.givers.iter().map(|(person, name)| (*person, name));
        self.names_of_persons().chain(givers)
    }

    /// The sealed names of persons who have one and were not erased, in no order.
    pub fn names_of_persons(&self) -> impl Iterator<Item = (PersonId, &Sealed)> {
        let known = self.persons.iter().filter(|(_, known)| !known.erased);
        known.filter_map(|(person, known)| Some((*person, known.name.as_ref()?)))
    }

    /// Whose pass it is, by the hash of its code or of its short code, while it is good.
    pub fn by_pass(&self, hash: &SecretHash) -> Option<PersonId> {
        self.by_whole_pass(self.shorts.get(hash).unwrap_or(hash))
    }

    /// Whose pass it is, by the hash of the code in its QR alone, while it is good: the characters to type are too few
    /// to let anybody guess.
    pub fn by_whole_pass(&self, hash: &SecretHash) -> Option<PersonId> {
        let pass = self.passes.get(hash).filter(|pass| !pass.withdrawn)?;
        self.is_known(pass.person).then_some(pass.person)
    }

    /// What a command would record.
    pub fn decide(&self, command: &Command, today: Day) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Register {
                person,
                facts,
                since,
            } => self.register(*person, facts, since.unwrap_or(today)),
            Command::Change {
                person,
                facts,
                since,
            } => self.change(*person, facts, since.unwrap_or(today)),
            Command::Erase(person) if self.is_giver(*person) => {
                Ok(vec![Event::Erased { person: *person }])
            }
            Command::Erase(person) => match self.persons.get(person) {
                None => Err(Rejection::UnknownPerson(*person)),
                Some(known) if known.erased => Ok(vec![]),
                Some(_) => Ok(vec![Event::Erased { person: *person }]),
            },
            Command::IssuePass {
                person,
                pass,
                short,
            } => self.issue(*person, *pass, *short),
            Command::WithdrawPass(pass) => match self.passes.get(pass) {
                None => Err(Rejection::UnknownPass),
                Some(known) if known.withdrawn => Ok(vec![]),
                Some(_) => Ok(vec![Event::PassWithdrawn { pass: *pass }]),
            },
        }
    }

    fn living(&self, person: PersonId) -> Result<&Person, Rejection> {
        match self.persons.get(&person) {
            None => Err(Rejection::UnknownPerson(person)),
            Some(known) if known.erased => Err(Rejection::ErasedPerson(person)),
            Some(known) => Ok(known),
        }
    }

    fn register(
        &self,
        person: PersonId,
        facts: &PersonFacts,
        since: Day,
    ) -> Result<Vec<Event>, Rejection> {
        match self.persons.get(&person) {
            None if self.is_giver(person) => Err(Rejection::IdReused),
            None => Ok(vec![Event::Registered {
                person,
                facts: facts.clone(),
                since,
            }]),
            Some(known) if !known.erased && known.holds(facts, since) => Ok(vec![]),
            Some(_) => Err(Rejection::IdReused),
        }
    }

    fn change(
        &self,
        person: PersonId,
        facts: &PersonFacts,
        since: Day,
    ) -> Result<Vec<Event>, Rejection> {
        if self.living(person)?.holds(facts, since) {
            return Ok(vec![]);
        }
        Ok(vec![Event::Changed {
            person,
            facts: facts.clone(),
            since,
        }])
    }

    fn issue(
        &self,
        person: PersonId,
        pass: SecretHash,
        short: SecretHash,
    ) -> Result<Vec<Event>, Rejection> {
        self.living(person)?;
        let taken = |hash| self.passes.contains_key(hash) || self.shorts.contains_key(hash);
        match self.passes.get(&pass) {
            Some(known) if known.person == person && known.short == short && !known.withdrawn => {
                Ok(vec![])
            }
            None if pass != short && !taken(&pass) && !taken(&short) => {
                Ok(vec![Event::PassIssued {
                    person,
                    pass,
                    short,
                }])
            }
            Some(_) | None => Err(Rejection::IdReused),
        }
    }

    /// Takes an event in.
    pub fn evolve(&mut self, event: &Event) {
        match event {
            Event::Registered {
                person,
                facts,
                since,
            }
            | Event::Changed {
                person,
                facts,
                since,
            } => {
                let giver = self.givers.remove(person);
                let known = self.persons.entry(*person).or_default();
                known.name = known.name.take().or(giver);
                known.take(facts, *since);
            }
            Event::GiverNamed { person, name } => {
                self.givers.insert(*person, name.clone());
            }
            Event::Erased { person } => {
                self.givers.remove(person);
                let known = self.persons.entry(*person).or_default();
                known.erased = true;
                known.name = None;
                known.contact = None;
            }
            Event::PassIssued {
                person,
                pass,
                short,
            } => {
                self.shorts.insert(*short, *pass);
                let issued = Pass {
                    person: *person,
                    short: *short,
                    withdrawn: false,
                };
                self.passes.insert(*pass, issued);
            }
            Event::PassWithdrawn { pass } => {
                if let Some(known) = self.passes.get_mut(pass) {
                    known.withdrawn = true;
                }
            }
        }
    }
}
