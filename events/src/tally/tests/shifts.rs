//! Shifts: whose they are, and how they end.

use crate::organisation::Authority;
use crate::people;
use crate::scenario::Scenario;
use crate::scenario::given::*;
use crate::tally::{Command, Event, HoursBasis, Rejection, ShiftKind, Target, Who};
use crate::values::PersonId;

fn start(who: Who) -> Command {
    Command::StartShift {
        who,
        kind: ShiftKind::Bar,
        session: None,
    }
}

fn ends(shift: u128) -> Command {
    Command::EndShift {
        shift: entry(shift),
        basis: HoursBasis::Clocked,
    }
}

fn retract(id: u128) -> Command {
    Command::Retract {
        retracts: entry(id),
        reason: None,
    }
}

/// Ans began a shift at noon.
fn on_duty() -> Scenario {
    let mut house = house();
    house.counts(BAR, 100, start(Who::Person(ANS)));
    house
}

#[test]
fn a_shift_begins_for_a_volunteer_by_id_badge_or_typed_code() {
    for who in [
        Who::Person(ANS),
        Who::Pass(pass(ANS)),
        Who::Pass(short(ANS)),
    ] {
        let mut house = house();
        let command = Command::StartShift {
            who,
            kind: ShiftKind::Kitchen,
            session: Some(CHOIR_TODAY),
        };
        let expected = Event::ShiftStarted {
            volunteer: ANS,
            kind: ShiftKind::Kitchen,
            session: Some(CHOIR_TODAY),
        };
        assert_eq!(house.counts(BAR, 100, command), expected);
    }
}

#[test]
fn a_shift_is_nobodys_who_is_unknown_erased_or_no_volunteer() {
    let mut house = house();
    let nobody: PersonId = person(99);
    house.denies(
        BAR,
        start(Who::Person(nobody)),
        Rejection::UnknownPerson(nobody),
    );
    house.denies(BAR, start(Who::Pass(hash(99))), Rejection::UnknownPass);
    for person in [JAN, KIM] {
        let no = || Rejection::NoVolunteer(person);
        house.denies(BAR, start(Who::Person(person)), no());
        house.denies(BAR, start(Who::Pass(pass(person))), no());
    }
    house.people(people::Command::Erase(ANS));
    house.denies(BAR, start(Who::Person(ANS)), Rejection::UnknownPerson(ANS));
    house.denies(BAR, start(Who::Pass(pass(ANS))), Rejection::UnknownPass);
}

#[test]
fn a_shift_needs_a_session_that_is_known_and_somebody_signed_in() {
    let house = house();
    let command = Command::StartShift {
        who: Who::Person(ANS),
        kind: ShiftKind::Host,
        session: Some(session(99)),
    };
    house.denies(BAR, command, Rejection::UnknownSession(session(99)));
    for nobody in [Authority::Code(AT_BAR), VIEWER, Authority::Operator] {
        house.denies(nobody, start(Who::Person(ANS)), Rejection::Forbidden);
        house.denies(nobody, ends(100), Rejection::Forbidden);
    }
}

fn volunteers(house: &mut Scenario, volunteer: bool, since: &str) {
    let facts = people::PersonFacts {
        volunteer: Some(volunteer),
        ..people::PersonFacts::default()
    };
    let (person, since) = (ANS, Some(day(since)));
    house.people(people::Command::Change {
        person,
        facts,
        since,
    });
}

#[test]
fn who_left_has_shifts_up_to_that_day() {
    let mut house = house();
    volunteers(&mut house, false, "2026-10-05");
    let night = at("2026-10-05T03:59:59+02:00");
    house.counts_at(COORDINATOR, 100, night, start(Who::Person(ANS)));
    let morning = at("2026-10-05T04:00:00+02:00");
    let no = Rejection::NoVolunteer(ANS);
    house.denies_at(COORDINATOR, morning, start(Who::Person(ANS)), no);
    volunteers(&mut house, true, "2026-10-06");
    house.now = at("2026-10-06T12:00:00+02:00");
    house.counts(COORDINATOR, 101, start(Who::Person(ANS)));
}

#[test]
fn who_helped_before_being_written_down_has_shifts_too() {
    let mut house = house();
    let facts = people::PersonFacts {
        volunteer: Some(true),
        ..people::PersonFacts::default()
    };
    let (person, since) = (person(9), None);
    house.people(people::Command::Register {
        person,
        facts,
        since,
    });
    let last_month = house.now.plus_millis(-30 * DAY);
    house.counts_at(COORDINATOR, 100, last_month, start(Who::Person(person)));
}

#[test]
fn an_end_names_the_start_and_its_place() {
    let mut house = on_duty();
    let position = house.organisation.entry(entry(100)).expect("recorded");
    house.wait(3 * HOUR);
    let shift = Target {
        entry: entry(100),
        position,
    };
    let basis = HoursBasis::Clocked;
    assert_eq!(
        house.counts(BAR, 101, ends(100)),
        Event::ShiftEnded { shift, basis }
    );
}

#[test]
fn the_first_end_stands_until_it_is_retracted() {
    let mut house = on_duty();
    house.wait(3 * HOUR);
    house.counts(BAR, 101, ends(100));
    let ended = || Rejection::ShiftEnded(entry(100));
    house.denies(BAR, ends(100), ended());
    house.denies(COORDINATOR, ends(100), ended());
    house.counts(BAR, 102, retract(101));
    let entered = Command::EndShift {
        shift: entry(100),
        basis: HoursBasis::Entered,
    };
    house.counts(COORDINATOR, 103, entered);
    house.denies(BAR, ends(100), ended());
}

#[test]
fn only_a_shift_that_began_ends() {
    let mut house = on_duty();
    let no = |id| Rejection::UnknownShift(entry(id));
    house.denies(BAR, ends(99), no(99));
    house.counts(BAR, 101, cups(1));
    house.denies(BAR, ends(101), no(101));
    house.counts(BAR, 102, ends(100));
    house.denies(BAR, ends(102), no(102));
}

#[test]
fn a_start_retracted_takes_its_end_along() {
    let mut house = on_duty();
    house.counts(BAR, 101, ends(100));
    house.counts(BAR, 102, retract(100));
    house.denies(BAR, retract(101), Rejection::AlreadyRetracted(entry(101)));
    house.denies(BAR, ends(100), Rejection::UnknownShift(entry(100)));
}

#[test]
fn an_end_retracted_with_its_start_does_not_come_back() {
    let mut house = on_duty();
    house.counts(BAR, 101, ends(100));
    house.counts(BAR, 102, retract(101));
    house.counts(BAR, 103, ends(100));
    house.counts(BAR, 104, retract(100));
    house.denies(BAR, retract(103), Rejection::AlreadyRetracted(entry(103)));
    house.denies(BAR, retract(101), Rejection::AlreadyRetracted(entry(101)));
}

#[test]
fn a_shift_ends_when_it_began_or_later() {
    let mut house = on_duty();
    let began = house.now;
    let early = began.plus_millis(-1);
    house.denies_at(BAR, early, ends(100), Rejection::EndBeforeStart);
    house.counts_at(BAR, 101, began, ends(100));
}

#[test]
fn a_shift_of_any_length_may_end() {
    let mut house = on_duty();
    house.wait(30 * DAY);
    house.counts(BAR, 101, ends(100));
}

#[test]
fn shifts_end_by_the_instant_where_the_clock_is_put_back() {
    let mut house = house();
    house.now = at("2026-10-25T12:00:00+01:00");
    let late = at("2026-10-25T02:50:00+02:00");
    house.counts_at(BAR, 100, late, start(Who::Person(ANS)));
    // Ten to three and then ten past two, twenty minutes later.
    let end = at("2026-10-25T02:10:00+01:00");
    house.counts_at(BAR, 101, end, ends(100));
    house.counts(BAR, 102, retract(101));
    let before = at("2026-10-25T02:10:00+02:00");
    house.denies_at(BAR, before, ends(100), Rejection::EndBeforeStart);
}

#[test]
fn one_person_may_be_on_two_shifts_at_once() {
    let mut house = on_duty();
    house.counts(BAR, 101, start(Who::Person(ANS)));
    house.counts(BAR, 102, ends(100));
    house.counts(BAR, 103, ends(101));
}
