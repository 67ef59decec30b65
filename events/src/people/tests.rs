use super::{AgeGroup, Command, Event, PersonFacts, Rejection};
use crate::event;
use crate::organisation::Request;
use crate::scenario::Scenario;
use crate::scenario::given::*;
use crate::values::{PersonId, Sealed, SecretHash};

const BO: PersonId = PersonId::new(uuid::Uuid::from_u128(9));

impl Scenario {
    #[track_caller]
    fn people_deny(&self, asked: Command, why: Rejection) {
        self.refuses(COORDINATOR, Request::People(asked), why);
    }

    fn is_volunteer(&self, person: PersonId, text: &str) -> bool {
        self.organisation.people().is_volunteer(person, day(text))
    }
}

#[track_caller]
fn only(facts: &[event::Fact]) -> &Event {
    match facts {
        [
            event::Fact {
                event: event::Event::People(event),
                ..
            },
        ] => event,
        facts => panic!("not one fact of persons: {facts:?}"),
    }
}

fn sealed(text: &str) -> Option<Sealed> {
    Some(Sealed::new(text.to_owned()))
}

fn volunteer(is: bool) -> PersonFacts {
    PersonFacts {
        volunteer: Some(is),
        ..PersonFacts::default()
    }
}

fn all() -> PersonFacts {
    PersonFacts {
        volunteer: Some(true),
        age: Some(AgeGroup::Senior),
        from_neighbourhood: Some(true),
        alcohol_instruction: Some(true),
        name: sealed("Qm8="),
        contact: sealed("MDYtMQ=="),
    }
}

fn register(facts: PersonFacts, since: Option<&str>) -> Command {
    Command::Register {
        person: BO,
        facts,
        since: since.map(day),
    }
}

fn change(facts: PersonFacts, since: Option<&str>) -> Command {
    Command::Change {
        person: BO,
        facts,
        since: since.map(day),
    }
}

fn issue(person: PersonId, pass: u8, short: u8) -> Command {
    Command::IssuePass {
        person,
        pass: hash(pass),
        short: hash(short),
    }
}

fn holder(house: &Scenario, hash: SecretHash) -> Option<PersonId> {
    house.organisation.person_by_pass(&hash)
}

#[test]
fn a_person_is_registered_from_today_or_a_day_said_and_once() {
    for (said, since) in [(None, "2026-10-05"), (Some("2026-01-01"), "2026-01-01")] {
        let mut house = house();
        let (person, facts, since) = (BO, all(), day(since));
        let expected = Event::Registered {
            person,
            facts,
            since,
        };
        assert_eq!(*only(&house.people(register(all(), said))), expected);
        let other = PersonFacts {
            age: Some(AgeGroup::Adult),
            ..all()
        };
        house.people_deny(register(other, said), Rejection::IdReused);
    }
}

#[test]
fn nothing_need_be_known_of_a_person() {
    let mut house = house();
    house.people(register(PersonFacts::default(), None));
    assert!(house.organisation.people().is_known(BO));
    assert!(!house.is_volunteer(BO, "2026-10-05"));
}

#[test]
fn only_what_is_new_is_changed_from_its_day() {
    let mut house = house();
    house.people_deny(change(all(), None), Rejection::UnknownPerson(BO));
    house.people(register(all(), None));
    assert_eq!(house.people(change(all(), None)), vec![]);
    assert_eq!(house.people(change(PersonFacts::default(), None)), vec![]);
    for facts in [
        volunteer(false),
        PersonFacts {
            age: Some(AgeGroup::Adult),
            ..PersonFacts::default()
        },
        PersonFacts {
            from_neighbourhood: Some(false),
            ..PersonFacts::default()
        },
        PersonFacts {
            alcohol_instruction: Some(false),
            ..PersonFacts::default()
        },
        PersonFacts {
            name: sealed("QmEu"),
            ..PersonFacts::default()
        },
        PersonFacts {
            contact: sealed("MDYtMg=="),
            ..PersonFacts::default()
        },
    ] {
        let (person, since) = (BO, day("2026-11-01"));
        let changed = house.people(change(facts.clone(), Some("2026-11-01")));
        let expected = Event::Changed {
            person,
            facts,
            since,
        };
        assert_eq!(*only(&changed), expected);
    }
}

#[test]
fn a_volunteer_joins_leaves_and_joins_again_by_the_day() {
    let mut house = house();
    house.people(register(volunteer(true), Some("2026-02-01")));
    house.people(change(volunteer(false), Some("2026-06-01")));
    house.people(change(volunteer(true), Some("2026-09-01")));
    for (text, is) in [
        ("2026-01-31", false),
        ("2026-02-01", true),
        ("2026-05-31", true),
        ("2026-06-01", false),
        ("2026-08-31", false),
        ("2026-09-01", true),
    ] {
        assert_eq!(house.is_volunteer(BO, text), is, "{text}");
    }
    // Said later, of an earlier day.
    house.people(change(volunteer(true), Some("2026-01-15")));
    assert!(house.is_volunteer(BO, "2026-01-15"));
    assert!(!house.is_volunteer(BO, "2026-06-01"));
}

#[test]
fn of_two_words_for_one_day_the_last_counts() {
    let mut house = house();
    house.people(register(volunteer(true), Some("2026-02-01")));
    house.people(change(volunteer(false), Some("2026-02-01")));
    assert!(!house.is_volunteer(BO, "2026-02-01"));
    house.people(change(volunteer(true), Some("2026-02-01")));
    assert!(house.is_volunteer(BO, "2026-02-01"));
}

#[test]
fn an_age_holds_before_its_first_day_too() {
    let mut house = house();
    let facts = PersonFacts {
        age: Some(AgeGroup::Child),
        ..PersonFacts::default()
    };
    house.people(register(facts, None));
    let people = house.organisation.people();
    assert!(people.is_child(BO, day("2025-01-01")));
}

#[test]
fn an_erased_person_is_nobody_any_more() {
    let mut house = house();
    house.people_deny(Command::Erase(BO), Rejection::UnknownPerson(BO));
    house.people(register(all(), None));
    house.people(issue(BO, 201, 202));
    let erased = Event::Erased { person: BO };
    assert_eq!(*only(&house.people(Command::Erase(BO))), erased);
    let people = house.organisation.people();
    assert!(!people.is_known(BO) && people.was_known(BO));
    assert!(!house.is_volunteer(BO, "2026-10-05"));
    assert_eq!(holder(&house, hash(201)), None);
    let gone = || Rejection::ErasedPerson(BO);
    house.people_deny(change(volunteer(true), None), gone());
    house.people_deny(issue(BO, 203, 204), gone());
    house.people_deny(register(all(), None), Rejection::IdReused);
    let named: Vec<_> = people.sealed_names().map(|(person, _)| person).collect();
    assert_eq!(named, []);
}

#[test]
fn a_pass_is_known_by_either_of_its_codes() {
    let mut house = house();
    house.people_deny(issue(BO, 201, 202), Rejection::UnknownPerson(BO));
    let expected = Event::PassIssued {
        person: JAN,
        pass: hash(201),
        short: hash(202),
    };
    assert_eq!(*only(&house.people(issue(JAN, 201, 202))), expected);
    assert_eq!(holder(&house, hash(201)), Some(JAN));
    assert_eq!(holder(&house, hash(202)), Some(JAN));
    // The one from before stays good.
    assert_eq!(holder(&house, pass(JAN)), Some(JAN));
}

#[test]
fn the_codes_of_a_pass_are_of_one_pass() {
    let mut house = house();
    house.people(issue(JAN, 201, 202));
    for other in [
        issue(KIM, 201, 202),
        issue(JAN, 201, 203),
        issue(JAN, 203, 202),
        // What is typed of one pass is no code of another, nor the other way round.
        issue(JAN, 202, 203),
        issue(JAN, 203, 201),
        issue(JAN, 203, 203),
    ] {
        house.people_deny(other, Rejection::IdReused);
    }
    house.people(issue(KIM, 203, 204));
}

#[test]
fn a_withdrawn_pass_is_good_no_more_and_another_is() {
    let mut house = house();
    house.people_deny(Command::WithdrawPass(hash(201)), Rejection::UnknownPass);
    house.people(issue(JAN, 201, 202));
    let withdrawn = Event::PassWithdrawn { pass: hash(201) };
    assert_eq!(
        *only(&house.people(Command::WithdrawPass(hash(201)))),
        withdrawn
    );
    assert_eq!(holder(&house, hash(201)), None);
    assert_eq!(holder(&house, hash(202)), None);
    house.people_deny(issue(JAN, 201, 202), Rejection::IdReused);
    house.people(issue(JAN, 203, 204));
    assert_eq!(holder(&house, hash(204)), Some(JAN));
}
