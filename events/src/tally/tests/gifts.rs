//! Gifts of money and goods, with or without a name.

use crate::event;
use crate::organisation::Authority;
use crate::people;
use crate::scenario::given::*;
use crate::tally::{Command, Donor, Event, Rejection, Standing};
use crate::values::{Cents, PersonId, Quantity, Sealed};

const GIFTS: Authority = Authority::Code(AT_GIFTS);
const NEW: PersonId = PersonId::new(uuid::Uuid::from_u128(77));

fn sealed(text: &str) -> Sealed {
    Sealed::new(text.to_owned())
}

fn named(person: PersonId) -> Option<Donor> {
    let name = sealed("Ym9z");
    Some(Donor::Named { person, name })
}

fn money_of(donor: Option<Donor>) -> Command {
    Command::GiveMoney {
        amount: Cents::new(1_000).expect("an amount"),
        method: Some(name("cash")),
        donor,
        purpose: Some(sealed("ZG9lbA==")),
    }
}

fn spade(donor: Option<Donor>) -> Command {
    Command::GiveGoods {
        category: name("tools"),
        description: Some(sealed("c2NoZXA=")),
        quantity: Quantity::new(1).expect("one"),
        donor,
        purpose: None,
    }
}

fn donor_of(event: &Event) -> Option<PersonId> {
    if let Event::MoneyDonated { donor, .. } | Event::GoodsDonated { donor, .. } = event {
        *donor
    } else {
        None
    }
}

#[test]
fn money_and_goods_keep_what_was_said_of_them() {
    let mut house = house();
    let expected = Event::MoneyDonated {
        amount: Cents::new(1_000).expect("an amount"),
        method: Some(name("cash")),
        donor: Some(JAN),
        purpose: Some(sealed("ZG9lbA==")),
        code: None,
        standing: Standing::Counted,
    };
    let by = Some(Donor::Person(JAN));
    assert_eq!(house.counts(BAR, 100, money_of(by)), expected);
    let expected = Event::GoodsDonated {
        category: name("tools"),
        description: Some(sealed("c2NoZXA=")),
        quantity: Quantity::new(1).expect("one"),
        donor: None,
        purpose: None,
        code: None,
        standing: Standing::Counted,
    };
    assert_eq!(house.counts(VOLUNTEER, 101, spade(None)), expected);
}

#[test]
fn who_is_named_first_is_registered_in_the_same_commit() {
    let mut house = house();
    let facts = house.admits(BAR, happened(100, house.now, money_of(named(NEW))));
    let registered = people::Event::Registered {
        person: NEW,
        facts: people::PersonFacts {
            name: Some(sealed("Ym9z")),
            ..people::PersonFacts::default()
        },
        since: day("2026-10-05"),
    };
    assert_eq!(facts[0].event, event::Event::People(registered));
    assert_eq!((facts.len(), facts[1].id), (2, entry(100).uuid()));
    let last = house.organisation.position();
    assert_eq!(house.organisation.entry(entry(100)), Some(last));
}

#[test]
fn the_same_name_is_the_same_person_again() {
    let mut house = house();
    house.counts(BAR, 100, money_of(named(NEW)));
    let facts = house.admits(BAR, happened(101, house.now, spade(named(NEW))));
    assert_eq!(facts.len(), 1);
    assert_eq!(donor_of(tallied(&facts)), Some(NEW));
    let by_id = house.counts(BAR, 102, money_of(Some(Donor::Person(NEW))));
    assert_eq!(donor_of(&by_id), Some(NEW));
}

#[test]
fn a_gift_of_nobody_known_or_of_one_erased_is_refused() {
    let mut house = house();
    let unknown = || Rejection::UnknownPerson(NEW);
    for gift in [money_of, spade] {
        house.denies(BAR, gift(Some(Donor::Person(NEW))), unknown());
    }
    house.counts(BAR, 100, money_of(named(NEW)));
    house.people(people::Command::Erase(NEW));
    for gift in [money_of, spade] {
        house.denies(BAR, gift(Some(Donor::Person(NEW))), unknown());
        house.denies(BAR, gift(named(NEW)), unknown());
    }
}

#[test]
fn what_is_said_at_the_gift_box_waits_to_be_confirmed() {
    let mut house = house();
    for (id, gift) in (100..).zip([money_of(None), spade(None), money_of(named(NEW))]) {
        let event = house.counts(GIFTS, id, gift);
        assert_eq!(standing(&event), Standing::ToConfirm);
        assert!(matches!(
            event,
            Event::MoneyDonated {
                code: Some(AT_GIFTS),
                ..
            } | Event::GoodsDonated {
                code: Some(AT_GIFTS),
                ..
            }
        ));
    }
    let waiting: Vec<_> = house.organisation.waiting().collect();
    assert_eq!(waiting, [entry(100), entry(101), entry(102)]);
    house.counts(VOLUNTEER, 200, Command::Confirm(waiting));
    assert_eq!(house.organisation.waiting().count(), 0);
}

#[test]
fn nobody_speaks_for_a_known_person_at_the_gift_box() {
    let house = house();
    for gift in [money_of, spade] {
        house.denies(GIFTS, gift(Some(Donor::Person(JAN))), Rejection::Forbidden);
    }
}

fn people_of(facts: &[crate::event::Fact]) -> Vec<people::Event> {
    let about = facts.iter().filter_map(|fact| {
        if let event::Event::People(event) = &fact.event {
            Some(event.clone())
        } else {
            None
        }
    });
    about.collect()
}

fn refusal(of: u128) -> Command {
    Command::Retract {
        retracts: entry(of),
        reason: None,
    }
}

#[test]
fn a_name_at_the_gift_box_makes_a_person_once_a_gift_is_confirmed() {
    let mut house = house();
    let facts = house.admits(GIFTS, happened(100, house.now, money_of(named(NEW))));
    let name = sealed("Ym9z");
    assert_eq!(
        people_of(&facts),
        [people::Event::GiverNamed { person: NEW, name }]
    );
    let facts = house.admits(GIFTS, happened(101, house.now, spade(named(NEW))));
    assert_eq!((facts.len(), donor_of(tallied(&facts))), (1, Some(NEW)));
    let people = house.organisation.people();
    assert!(!people.is_known(NEW) && people.is_giver(NEW) && !people.persons().contains(&NEW));
    house.denies(
        BAR,
        money_of(Some(Donor::Person(NEW))),
        Rejection::UnknownPerson(NEW),
    );
    let both = Command::Confirm(vec![entry(100), entry(101)]);
    let facts = house.admits(VOLUNTEER, happened(200, house.now, both));
    let registered = people::Event::Registered {
        person: NEW,
        facts: people::PersonFacts::default(),
        since: day("2026-10-05"),
    };
    assert_eq!(people_of(&facts), [registered]);
    let people = house.organisation.people();
    assert!(people.is_known(NEW) && !people.is_giver(NEW));
    let known = people.person(NEW, day("2026-10-05")).expect("a person");
    assert_eq!(known.name, Some(&sealed("Ym9z")));
    // What was confirmed and is taken back later leaves her a person.
    let facts = house.admits(COORDINATOR, happened(201, house.now, refusal(100)));
    assert_eq!(people_of(&facts), []);
}

#[test]
fn who_gave_only_what_was_refused_is_erased_with_the_last_of_it() {
    let mut house = house();
    house.counts(GIFTS, 100, money_of(named(NEW)));
    house.counts(GIFTS, 101, spade(named(NEW)));
    let facts = house.admits(COORDINATOR, happened(200, house.now, refusal(100)));
    assert_eq!(people_of(&facts), [], "one of hers still waits");
    let facts = house.admits(GIFTS, happened(201, house.now, refusal(101)));
    assert_eq!(people_of(&facts), [people::Event::Erased { person: NEW }]);
    assert_eq!(tallied(&facts).standing(), Standing::Counted);
    let people = house.organisation.people();
    assert!(!people.is_known(NEW) && !people.is_giver(NEW) && people.was_known(NEW));
    assert_eq!(people.sealed_names().count(), house_names());
    house.denies(GIFTS, money_of(named(NEW)), Rejection::UnknownPerson(NEW));
}

/// Names that the house has from the start.
fn house_names() -> usize {
    house().organisation.people().sealed_names().count()
}

#[test]
fn whom_a_host_names_is_a_person_whatever_waits_at_the_gift_box() {
    let mut house = house();
    house.counts(GIFTS, 100, money_of(named(NEW)));
    let facts = house.admits(BAR, happened(101, house.now, spade(named(NEW))));
    assert!(matches!(
        people_of(&facts)[..],
        [people::Event::Registered { person: NEW, .. }]
    ));
    let facts = house.admits(COORDINATOR, happened(200, house.now, refusal(100)));
    assert_eq!(people_of(&facts), []);
    assert!(house.organisation.people().is_known(NEW));
}

#[test]
fn a_giver_of_whom_nothing_is_confirmed_can_be_erased() {
    let mut house = house();
    house.counts(GIFTS, 100, money_of(named(NEW)));
    let facts = house.people(people::Command::Erase(NEW));
    assert_eq!(people_of(&facts), [people::Event::Erased { person: NEW }]);
    let facts = house.admits(
        VOLUNTEER,
        happened(200, house.now, Command::Confirm(vec![entry(100)])),
    );
    assert_eq!(people_of(&facts), [], "the gift counts, of somebody");
}

#[test]
fn beyond_two_hundred_names_that_wait_a_gift_is_taken_without_one() {
    let mut house = house();
    let giver = |number: u128| PersonId::new(uuid::Uuid::from_u128(70_000 + number));
    let max = u128::try_from(people::GIVERS_MAX).expect("a small number");
    for number in 0..max {
        let given = house.counts(GIFTS, 1_000 + number, money_of(named(giver(number))));
        assert_eq!(donor_of(&given), Some(giver(number)));
    }
    let more = house.counts(GIFTS, 5_000, money_of(named(giver(max))));
    assert_eq!(donor_of(&more), None);
    let again = house.counts(GIFTS, 5_001, money_of(named(giver(1))));
    assert_eq!(donor_of(&again), Some(giver(1)), "she waits already");
    // What is refused makes room.
    house.admits(COORDINATOR, happened(6_000, house.now, refusal(1_000)));
    let next = house.counts(GIFTS, 5_002, money_of(named(giver(max))));
    assert_eq!(donor_of(&next), Some(giver(max)));
}
