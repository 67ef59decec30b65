//! Retractions and confirmations: whose they are, for how long, and once.

use crate::access::Role;
use crate::log::line::Position;
use crate::organisation::Authority;
use crate::scenario::device;
use crate::scenario::given::*;
use crate::tally::{
    Arrival, CONFIRMED_MAX, Command, Event, OpeningState, Place, Rejection, Standing, Target,
};

fn retract(id: u128) -> Command {
    Command::Retract {
        retracts: entry(id),
        reason: None,
    }
}

fn confirm(ids: impl IntoIterator<Item = u128>) -> Command {
    Command::Confirm(ids.into_iter().map(entry).collect())
}

fn drop_in() -> Command {
    by_host(Place::DropIn, Arrival::Unknown)
}

const DOOR: Authority = Authority::Code(AT_DOOR);

#[test]
fn a_retraction_names_the_entry_and_its_place() {
    let mut house = house();
    house.counts(VOLUNTEER, 100, drop_in());
    let position = house.organisation.entry(entry(100));
    let event = house.counts(VOLUNTEER, 101, retract(100));
    let target = Target {
        entry: entry(100),
        position: position.expect("it was recorded"),
    };
    let reason = None;
    assert_eq!(event, Event::EntryRetracted { target, reason });
    let behind = Position(target.position.0 + 1);
    assert_eq!(house.organisation.entry(entry(101)), Some(behind));
}

#[test]
fn what_was_retracted_is_not_retracted_again() {
    let mut house = house();
    house.counts(VOLUNTEER, 100, drop_in());
    house.counts(VOLUNTEER, 101, retract(100));
    let again = || Rejection::AlreadyRetracted(entry(100));
    house.denies(VOLUNTEER, retract(100), again());
    house.denies(COORDINATOR, retract(100), again());
    house.denies(BAR, retract(100), Rejection::NotYours(entry(100)));
}

#[test]
fn a_code_retracts_its_own_for_a_quarter_of_an_hour() {
    let mut house = house();
    house.counts(DOOR, 100, by_code(AT_DOOR, phone(1)));
    house.counts(DOOR, 101, by_code(AT_DOOR, phone(2)));
    let other = Authority::Code(AT_CHOIR);
    house.denies(other, retract(100), Rejection::NotYours(entry(100)));
    house.wait(15 * MINUTE);
    house.counts(DOOR, 200, retract(100));
    house.wait(1);
    house.denies(DOOR, retract(101), Rejection::TooLateToRetract(entry(101)));
}

#[test]
fn a_code_retracts_nothing_that_a_device_recorded_with_it() {
    let mut house = house();
    house.counts(VOLUNTEER, 100, by_code(AT_DOOR, Arrival::Unknown));
    house.denies(DOOR, retract(100), Rejection::NotYours(entry(100)));
}

#[test]
fn codes_of_coffee_and_gifts_retract_their_own_too() {
    let mut house = house();
    let (sticker, gifts) = (Authority::Code(AT_COFFEE), Authority::Code(AT_GIFTS));
    house.counts(sticker, 100, cups(1));
    house.counts(gifts, 101, money(500));
    house.denies(gifts, retract(100), Rejection::NotYours(entry(100)));
    house.counts(sticker, 200, retract(100));
    house.counts(gifts, 201, retract(101));
    assert_eq!(house.organisation.waiting().count(), 0);
}

#[test]
fn a_withdrawn_code_still_takes_back_what_it_just_counted() {
    let mut house = house();
    house.counts(DOOR, 100, by_code(AT_DOOR, phone(1)));
    house.programme(crate::programme::Command::WithdrawCode(AT_DOOR));
    house.counts(DOOR, 200, retract(100));
}

#[test]
fn a_device_retracts_its_own_until_the_night_is_over() {
    for own in [VOLUNTEER, BAR] {
        let mut house = house();
        house.counts(own, 100, drop_in());
        house.counts(own, 101, drop_in());
        let other = device(99, Role::Volunteer);
        house.denies(other, retract(100), Rejection::NotYours(entry(100)));
        house.now = at("2026-10-06T03:59:59.999+02:00");
        house.counts(own, 200, retract(100));
        house.now = at("2026-10-06T04:00:00+02:00");
        house.denies(own, retract(101), Rejection::TooLateToRetract(entry(101)));
    }
}

#[test]
fn what_came_late_is_a_devices_own_on_the_day_it_was_recorded() {
    let mut house = house();
    let yesterday = house.now.plus_millis(-DAY);
    house.counts_at(VOLUNTEER, 100, yesterday, drop_in());
    house.counts(VOLUNTEER, 200, retract(100));
}

#[test]
fn a_coordinator_retracts_anybodys_at_any_time() {
    let mut house = house();
    house.counts(DOOR, 100, by_code(AT_DOOR, phone(1)));
    house.counts(VOLUNTEER, 101, drop_in());
    house.wait(300 * DAY);
    house.counts(COORDINATOR, 200, retract(100));
    house.counts(COORDINATOR, 201, retract(101));
}

#[test]
fn viewers_and_the_host_retract_nothing() {
    let mut house = house();
    house.counts(VOLUNTEER, 100, drop_in());
    for nobody in [VIEWER, Authority::Operator] {
        house.denies(nobody, retract(100), Rejection::Forbidden);
    }
}

#[test]
fn nothing_unknown_and_no_mending_is_retracted() {
    let mut house = house();
    house.denies(
        COORDINATOR,
        retract(100),
        Rejection::NothingToRetract(entry(100)),
    );
    house.counts(VOLUNTEER, 100, drop_in());
    house.counts(VOLUNTEER, 200, retract(100));
    let no = |id| Rejection::NotRetractable(entry(id));
    house.denies(COORDINATOR, retract(200), no(200));
    let gift = Authority::Code(AT_GIFTS);
    house.counts(gift, 101, money(500));
    house.counts(VOLUNTEER, 201, confirm([101]));
    house.denies(COORDINATOR, retract(201), no(201));
    house.counts(COORDINATOR, 202, retract(101));
}

#[test]
fn what_waits_counts_once_it_is_confirmed_by_somebody_signed_in() {
    for who in [COORDINATOR, VOLUNTEER, BAR] {
        let mut house = house();
        let gift = Authority::Code(AT_GIFTS);
        let event = house.counts(gift, 100, money(500));
        assert_eq!(standing(&event), Standing::ToConfirm);
        house.counts(gift, 101, money(700));
        let waiting: Vec<_> = house.organisation.waiting().collect();
        assert_eq!(waiting, [entry(100), entry(101)]);
        for nobody in [gift, VIEWER, Authority::Operator] {
            house.denies(nobody, confirm([100]), Rejection::Forbidden);
        }
        let event = house.counts(who, 200, confirm([101, 100]));
        assert!(matches!(event, Event::EntriesConfirmed { targets }
            if targets.iter().map(|target| target.entry).eq([entry(101), entry(100)])));
        assert_eq!(house.organisation.waiting().count(), 0);
        house.denies(who, confirm([100]), Rejection::NotWaiting(entry(100)));
    }
}

#[test]
fn only_what_waits_is_confirmed_and_each_once() {
    let mut house = house();
    let gift = Authority::Code(AT_GIFTS);
    house.counts(gift, 100, money(500));
    house.counts(gift, 101, money(700));
    house.counts(VOLUNTEER, 102, Command::NoteOpening(OpeningState::Opened));
    let no = |id| Rejection::NotWaiting(entry(id));
    house.denies(VOLUNTEER, confirm([100, 102]), no(102));
    house.denies(VOLUNTEER, confirm([100, 100]), no(100));
    house.denies(
        VOLUNTEER,
        confirm([9]),
        Rejection::NothingToConfirm(entry(9)),
    );
    house.counts(COORDINATOR, 200, retract(101));
    house.denies(VOLUNTEER, confirm([100, 101]), no(101));
    house.counts(VOLUNTEER, 201, confirm([100]));
}

#[test]
fn one_to_five_hundred_entries_are_confirmed_at_once() {
    let mut house = house();
    let gift = Authority::Code(AT_GIFTS);
    let most = 1_000..1_000 + CONFIRMED_MAX as u128;
    for id in most.clone() {
        house.counts(gift, id, money(5));
    }
    house.denies(VOLUNTEER, confirm([]), Rejection::ConfirmationCount);
    let past = most.clone().chain([5]);
    house.denies(VOLUNTEER, confirm(past), Rejection::ConfirmationCount);
    house.counts(VOLUNTEER, 200, confirm(most));
    assert_eq!(house.organisation.waiting().count(), 0);
}
