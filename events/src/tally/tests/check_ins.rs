//! Where somebody checks in, who, with whom, and when that counts.

use crate::organisation::Authority;
use crate::people;
use crate::programme;
use crate::scenario::Scenario;
use crate::scenario::given::*;
use crate::tally::{Arrival, Command, Event, Evidence, Place, Rejection, Standing, Visitor};
use crate::values::{Party, SecretHash, SessionId, Tag};

const DOOR: Authority = Authority::Code(AT_DOOR);

fn with_party(mut command: Command, adults: i64, children: i64) -> Command {
    if let Command::CheckIn { party: who, .. } = &mut command {
        *who = party(adults, children);
    }
    command
}

#[track_caller]
fn seen(event: &Event) -> (Option<SessionId>, Party, Standing) {
    if let Event::VisitorCheckedIn {
        session,
        party,
        standing,
        ..
    } = event
    {
        (*session, *party, *standing)
    } else {
        panic!("no check-in: {event:?}")
    }
}

fn chosen(session: SessionId, arrival: Arrival) -> Command {
    Command::CheckIn {
        place: Place::Code {
            code: AT_DOOR,
            session: Some(session),
        },
        party: None,
        arrival,
    }
}

fn shows(pass: SecretHash) -> Arrival {
    Arrival::Pass(pass)
}

#[test]
fn a_check_in_keeps_code_evidence_and_pseudonym() {
    let mut house = house();
    let event = house.counts(DOOR, 100, by_code(AT_DOOR, phone(1)));
    let expected = Event::VisitorCheckedIn {
        session: None,
        party: Party::one_adult(),
        visitor: Visitor::Phone(Tag::new([1 ^ (10 << 4); 16])),
        evidence: Evidence::Poster,
        code: Some(AT_DOOR),
        standing: Standing::Counted,
    };
    assert_eq!(event, expected);
}

#[test]
fn a_host_counts_in_at_a_session_or_as_drop_in() {
    for host in [COORDINATOR, VOLUNTEER, BAR] {
        let mut house = house();
        let at_choir = by_host(Place::Session(CHOIR_TODAY), Arrival::Unknown);
        let event = house.counts(host, 100, with_party(at_choir, 3, 2));
        assert_eq!(seen(&event).0, Some(CHOIR_TODAY));
        assert_eq!(Some(seen(&event).1), party(3, 2));
        let event = house.counts(host, 101, by_host(Place::DropIn, Arrival::Unknown));
        assert_eq!(seen(&event).0, None);
        let nowhere = by_host(Place::Session(session(99)), Arrival::Unknown);
        house.denies(host, nowhere, Rejection::UnknownSession(session(99)));
    }
}

#[test]
fn without_a_token_a_code_must_say_where() {
    let house = house();
    for place in [Place::DropIn, Place::Session(CHOIR_TODAY)] {
        house.denies(DOOR, by_host(place, Arrival::Unknown), Rejection::Forbidden);
    }
    for nobody in [VIEWER, Authority::Operator] {
        let drop_in = by_host(Place::DropIn, Arrival::Unknown);
        house.denies(nobody, drop_in, Rejection::Forbidden);
    }
    let other = by_code(AT_CHOIR, Arrival::Unknown);
    house.denies(DOOR, other, Rejection::WrongCode);
}

#[test]
fn a_doors_code_may_name_the_session_and_others_only_their_own() {
    let mut house = house();
    let event = house.counts(DOOR, 100, chosen(CHOIR_TODAY, phone(1)));
    assert_eq!(seen(&event).0, Some(CHOIR_TODAY));
    let unknown = chosen(session(99), phone(1));
    house.denies(DOOR, unknown, Rejection::UnknownSession(session(99)));
    let place = |session| Place::Code {
        code: AT_CHOIR,
        session: Some(session),
    };
    let asked = |session| by_host(place(session), Arrival::Unknown);
    let choir = Authority::Code(AT_CHOIR);
    house.denies(choir, asked(GROUP_TODAY), Rejection::WrongCode);
    house.counts(choir, 101, asked(CHOIR_TODAY));
}

#[test]
fn a_session_that_was_cancelled_still_takes_who_came() {
    let mut house = house();
    house.programme(programme::Command::CancelSession(CHOIR_TODAY));
    let at_choir = by_host(Place::Session(CHOIR_TODAY), Arrival::Unknown);
    let event = house.counts(VOLUNTEER, 100, at_choir);
    assert_eq!(
        seen(&event),
        (Some(CHOIR_TODAY), Party::one_adult(), Standing::Counted)
    );
    let by_poster = by_code(AT_CHOIR_TODAY, phone(1));
    let event = house.counts(Authority::Code(AT_CHOIR_TODAY), 101, by_poster);
    assert_eq!(seen(&event).0, Some(CHOIR_TODAY));
}

#[test]
fn the_same_phone_counts_again_only_with_a_larger_party() {
    let mut house = house();
    let mut scan = |id, adults| {
        let event = house.counts(DOOR, id, with_party(by_code(AT_DOOR, phone(1)), adults, 0));
        seen(&event).2
    };
    assert_eq!(scan(100, 2), Standing::Counted);
    assert_eq!(scan(101, 2), Standing::AlreadyCounted);
    assert_eq!(scan(102, 1), Standing::AlreadyCounted);
    assert_eq!(scan(103, 3), Standing::Counted);
    assert_eq!(scan(104, 3), Standing::AlreadyCounted);
}

#[test]
fn a_phone_counts_once_at_each_session_and_once_a_day_as_drop_in() {
    let mut house = house();
    let mut scan = |id, command| seen(&house.counts(DOOR, id, command)).2;
    assert_eq!(scan(100, by_code(AT_DOOR, phone(1))), Standing::Counted);
    assert_eq!(scan(101, chosen(CHOIR_TODAY, phone(1))), Standing::Counted);
    assert_eq!(
        scan(102, chosen(CHOIR_TODAY, phone(1))),
        Standing::AlreadyCounted
    );
    assert_eq!(scan(103, by_code(AT_DOOR, phone(2))), Standing::Counted);
    house.now = at("2026-10-06T03:59:59+02:00");
    let event = house.counts(DOOR, 104, by_code(AT_DOOR, phone(1)));
    assert_eq!(seen(&event).2, Standing::AlreadyCounted);
    house.now = at("2026-10-06T04:00:00+02:00");
    let event = house.counts(DOOR, 105, by_code(AT_DOOR, phone(1)));
    assert_eq!(seen(&event).2, Standing::Counted);
}

#[test]
fn who_cannot_be_told_apart_counts_each_time() {
    let mut house = house();
    for id in 100..103 {
        let event = house.counts(DOOR, id, by_code(AT_DOOR, Arrival::Unknown));
        assert_eq!(seen(&event).2, Standing::Counted);
    }
}

#[test]
fn a_retracted_check_in_lets_the_next_count() {
    let mut house = house();
    house.counts(DOOR, 100, by_code(AT_DOOR, phone(1)));
    let reason = None;
    let retracts = entry(100);
    house.counts(DOOR, 200, Command::Retract { retracts, reason });
    let event = house.counts(DOOR, 101, by_code(AT_DOOR, phone(1)));
    assert_eq!(seen(&event).2, Standing::Counted);
}

#[test]
fn a_phone_is_known_by_the_pseudonym_of_the_month_it_counts_in() {
    let mut house = house();
    let november = "2026-11".parse().expect("a month");
    let tag = Tag::new([1; 16]);
    let only = || by_code(AT_DOOR, Arrival::Phone(vec![(november, tag)]));
    let mut who = |text: &str, id, command| {
        house.now = at(text);
        let event = house.counts(DOOR, id, command);
        if let Event::VisitorCheckedIn { visitor, .. } = event {
            visitor
        } else {
            panic!("no check-in: {event:?}")
        }
    };
    let night = "2026-11-01T03:59:59+01:00";
    assert_eq!(who(night, 100, only()), Visitor::Unknown);
    let morning = "2026-11-01T04:00:00+01:00";
    assert_eq!(who(morning, 101, only()), Visitor::Phone(tag));
    // The session's day is in October, whenever its code is scanned.
    let place = Place::Code {
        code: AT_DOOR,
        session: Some(CHOIR_TODAY),
    };
    let late = by_host(place, Arrival::Phone(vec![(november, tag)]));
    assert_eq!(
        who("2026-11-10T12:00:00+01:00", 102, late),
        Visitor::Unknown
    );
}

#[test]
fn a_pass_is_known_by_its_code_and_on_devices_by_what_is_typed() {
    let mut house = house();
    let drop_in = |hash| by_host(Place::DropIn, shows(hash));
    let event = house.counts(VOLUNTEER, 100, drop_in(short(JAN)));
    assert!(
        matches!(event, Event::VisitorCheckedIn { visitor: Visitor::Pass(who), .. } if who == JAN)
    );
    let event = house.counts(BAR, 101, drop_in(pass(JAN)));
    assert_eq!(seen(&event).2, Standing::AlreadyCounted);
    house.denies(VOLUNTEER, drop_in(hash(99)), Rejection::UnknownPass);
    let scan = |hash| by_code(AT_DOOR, shows(hash));
    house.denies(DOOR, scan(short(JAN)), Rejection::UnknownPass);
    let event = house.counts(DOOR, 102, scan(pass(JAN)));
    assert_eq!(seen(&event).2, Standing::AlreadyCounted);
}

#[test]
fn a_childs_pass_alone_is_a_child_and_others_an_adult() {
    let mut house = house();
    let drop_in = |person| by_host(Place::DropIn, shows(pass(person)));
    let event = house.counts(VOLUNTEER, 100, drop_in(KIM));
    assert_eq!(seen(&event).1, Party::one_child());
    let event = house.counts(VOLUNTEER, 101, drop_in(JAN));
    assert_eq!(seen(&event).1, Party::one_adult());
    let event = house.counts(VOLUNTEER, 102, with_party(drop_in(KIM), 1, 1));
    assert_eq!(Some(seen(&event).1), party(1, 1));
}

#[test]
fn a_child_who_grew_up_is_one_until_that_day() {
    let mut house = house();
    let facts = people::PersonFacts {
        age: Some(people::AgeGroup::Adult),
        ..people::PersonFacts::default()
    };
    let (person, since) = (KIM, Some(day("2026-10-05")));
    house.people(people::Command::Change {
        person,
        facts,
        since,
    });
    let drop_in = || by_host(Place::DropIn, shows(pass(KIM)));
    let night = at("2026-10-05T03:00:00+02:00");
    let event = house.counts_at(VOLUNTEER, 100, night, drop_in());
    assert_eq!(seen(&event).1, Party::one_child());
    let event = house.counts(VOLUNTEER, 101, drop_in());
    assert_eq!(seen(&event).1, Party::one_adult());
}

#[test]
fn a_retired_pass_and_one_of_an_erased_person_are_unknown() {
    let mut house = house();
    house.people(people::Command::WithdrawPass(pass(JAN)));
    house.people(people::Command::Erase(KIM));
    for hash in [pass(JAN), short(JAN), pass(KIM), short(KIM)] {
        let drop_in = by_host(Place::DropIn, shows(hash));
        house.denies(VOLUNTEER, drop_in, Rejection::UnknownPass);
    }
}

#[test]
fn a_check_in_may_be_five_minutes_ahead_and_four_hundred_days_back() {
    let house = house();
    let counts = |millis: i64| -> Scenario {
        let mut house = house.at(house.now);
        let at = house.now.plus_millis(millis);
        house.counts_at(VOLUNTEER, 100, at, by_host(Place::DropIn, Arrival::Unknown));
        house
    };
    counts(5 * MINUTE);
    counts(-400 * DAY);
    for (millis, why) in [
        (5 * MINUTE + 1, Rejection::TooFarAhead),
        (6 * MINUTE, Rejection::TooFarAhead),
        (-400 * DAY - 1, Rejection::TooFarBack),
        (-401 * DAY, Rejection::TooFarBack),
    ] {
        let at = house.now.plus_millis(millis);
        let drop_in = by_host(Place::DropIn, Arrival::Unknown);
        house.denies_at(VOLUNTEER, at, drop_in, why);
    }
}
