//! Posters: within the weekly hours, and up to what is plausible (design.md §8).

use crate::organisation::Authority;
use crate::scenario::Scenario;
use crate::scenario::given::*;
use crate::standing::{self, Hours, Setting};
use crate::tally::{Arrival, Command, Place, Rejection, Standing};
use crate::values::{Day, Timestamp};

const DOOR: Authority = Authority::Code(AT_DOOR);

fn hours(weekday: u8, from: &str, to: &str) -> Hours {
    Hours {
        weekday,
        from: from.parse().expect("a time"),
        to: to.parse().expect("a time"),
    }
}

fn set(house: &mut Scenario, setting: Setting) {
    let since = Some(day("2026-01-01"));
    let settings = vec![setting];
    house.standing(standing::Command::Change { settings, since });
}

/// Open on Mondays from 9:00 to 12:30 and from 22:00 to 2:00.
fn with_hours() -> Scenario {
    let mut house = house();
    let hours = vec![hours(1, "09:00", "12:30"), hours(1, "22:00", "02:00")];
    set(&mut house, Setting::OpeningHours(hours));
    house
}

fn come(persons: i64) -> Command {
    Command::CheckIn {
        place: Place::Code {
            code: AT_DOOR,
            session: None,
        },
        party: party(persons, 0),
        arrival: Arrival::Unknown,
    }
}

/// How sure a scan of the door's poster is, on a copy of the house.
#[track_caller]
fn scanned(house: &Scenario, at: Timestamp) -> Standing {
    standing(&house.at(at).counts(DOOR, 1_000, come(1)))
}

#[test]
fn a_poster_scanned_outside_the_weekly_hours_waits() {
    let house = with_hours();
    // A week without sessions.
    for (text, expected) in [
        ("2026-10-12T08:59:59.999+02:00", Standing::ToConfirm),
        ("2026-10-12T09:00:00+02:00", Standing::Counted),
        ("2026-10-12T12:29:59.999+02:00", Standing::Counted),
        ("2026-10-12T12:30:00+02:00", Standing::ToConfirm),
        ("2026-10-12T22:00:00+02:00", Standing::Counted),
        ("2026-10-13T01:59:59.999+02:00", Standing::Counted),
        ("2026-10-13T02:00:00+02:00", Standing::ToConfirm),
        ("2026-10-13T10:00:00+02:00", Standing::ToConfirm),
    ] {
        assert_eq!(scanned(&house, at(text)), expected, "{text}");
    }
}

#[test]
fn where_there_are_no_weekly_hours_no_poster_waits_for_them() {
    let mut house = house();
    let night = at("2026-10-13T03:00:00+02:00");
    assert_eq!(scanned(&house, night), Standing::Counted);
    set(&mut house, Setting::OpeningHours(vec![]));
    assert_eq!(scanned(&house, night), Standing::Counted);
}

#[test]
fn weekly_hours_hold_from_their_day() {
    let mut house = house();
    let settings = vec![Setting::OpeningHours(vec![hours(1, "09:00", "12:30")])];
    let since = Some(day("2026-10-19"));
    house.standing(standing::Command::Change { settings, since });
    assert_eq!(
        scanned(&house, at("2026-10-12T20:00:00+02:00")),
        Standing::Counted
    );
    assert_eq!(
        scanned(&house, at("2026-10-19T20:00:00+02:00")),
        Standing::ToConfirm
    );
}

#[test]
fn a_closed_day_has_no_hours() {
    let mut house = with_hours();
    let morning = at("2026-10-12T10:00:00+02:00");
    assert_eq!(scanned(&house, morning), Standing::Counted);
    let closed: Vec<Day> = vec![day("2026-10-12")];
    set(&mut house, Setting::ClosedDays(closed));
    assert_eq!(scanned(&house, morning), Standing::ToConfirm);
    let after_midnight = at("2026-10-13T01:00:00+02:00");
    assert_eq!(scanned(&house, after_midnight), Standing::ToConfirm);
}

#[test]
fn a_poster_near_any_session_is_as_good_as_within_the_hours() {
    let mut house = with_hours();
    let early = at("2026-10-05T12:40:00+02:00");
    assert_eq!(scanned(&house, early), Standing::Counted);
    assert_eq!(
        scanned(&house, at("2026-10-05T16:59:59+02:00")),
        Standing::Counted
    );
    let (from, to) = ("2026-10-14T14:00:00+02:00", "2026-10-14T16:00:00+02:00");
    house.programme(planned(CHOIR, session(13), from, to));
    for (text, expected) in [
        ("2026-10-14T11:59:59.999+02:00", Standing::ToConfirm),
        ("2026-10-14T12:00:00+02:00", Standing::Counted),
        ("2026-10-14T18:00:00+02:00", Standing::Counted),
        ("2026-10-14T18:00:00.001+02:00", Standing::ToConfirm),
    ] {
        assert_eq!(scanned(&house, at(text)), expected, "{text}");
    }
    house.programme(crate::programme::Command::CancelSession(session(13)));
    let begin = at("2026-10-14T14:00:00+02:00");
    assert_eq!(scanned(&house, begin), Standing::ToConfirm);
}

#[test]
fn hosts_and_days_codes_are_not_bound_to_the_hours() {
    let mut house = with_hours();
    house.now = at("2026-10-13T15:00:00+02:00");
    let drop_in = by_host(Place::DropIn, Arrival::Unknown);
    let event = house.counts(VOLUNTEER, 100, drop_in);
    assert_eq!(standing(&event), Standing::Counted);
    let code = crate::values::Code::new([99; 16]);
    house.programme(crate::programme::Command::IssueCode {
        code,
        target: crate::programme::Target::Door,
        day: Some(day("2026-10-13")),
        valid_until: None,
    });
    let event = house.counts(Authority::Code(code), 101, by_code(code, phone(1)));
    assert_eq!(standing(&event), Standing::Counted);
}

/// Scans of the door's poster one after another: how sure each is.
fn scans(house: &mut Scenario, first: u128, parties: &[i64]) -> Vec<Standing> {
    let ids = first..;
    let scan = |(id, persons): (u128, &i64)| standing(&house.counts(DOOR, id, come(*persons)));
    ids.zip(parties).map(scan).collect()
}

fn hosts(house: &mut Scenario, first: u128, taps: u128, at: Timestamp) {
    for id in first..first + taps {
        house.counts_at(VOLUNTEER, id, at, by_host(Place::DropIn, Arrival::Unknown));
    }
}

#[test]
fn ten_persons_a_quarter_of_an_hour_are_plausible_and_one_more_waits() {
    let mut house = house();
    let all = scans(&mut house, 100, &[1; 10]);
    assert_eq!(all, [Standing::Counted; 10]);
    assert_eq!(scans(&mut house, 110, &[1]), [Standing::ToConfirm]);
    house.wait(15 * MINUTE - 1);
    assert_eq!(scans(&mut house, 111, &[1]), [Standing::ToConfirm]);
    house.wait(1);
    assert_eq!(scans(&mut house, 112, &[1]), [Standing::Counted]);
}

#[test]
fn parties_are_persons_and_what_waits_takes_no_room() {
    let mut house = house();
    use Standing::{Counted, ToConfirm};
    let all = scans(&mut house, 100, &[9, 2, 1, 1]);
    assert_eq!(all, [Counted, ToConfirm, Counted, ToConfirm]);
}

#[test]
fn what_is_retracted_makes_room_again() {
    let mut house = house();
    scans(&mut house, 100, &[10]);
    assert_eq!(scans(&mut house, 101, &[1]), [Standing::ToConfirm]);
    let (retracts, reason) = (entry(100), None);
    house.counts(DOOR, 200, Command::Retract { retracts, reason });
    assert_eq!(scans(&mut house, 102, &[10]), [Standing::Counted]);
}

#[test]
fn repeats_of_a_known_phone_take_no_room() {
    let mut house = house();
    for id in 100..130 {
        house.counts(DOOR, id, by_code(AT_DOOR, phone(1)));
    }
    assert_eq!(scans(&mut house, 200, &[9]), [Standing::Counted]);
    assert_eq!(scans(&mut house, 201, &[1]), [Standing::ToConfirm]);
}

#[test]
fn twice_the_busiest_quarter_like_it_is_plausible() {
    let monday = at("2026-10-05T12:00:00+02:00");
    for (back, plausible) in [
        (0, true),
        (7 * DAY, true),
        // The same hour, another quarter of it.
        (7 * DAY - 45 * MINUTE, true),
        (7 * DAY + 1, false),
        (7 * DAY - 60 * MINUTE, false),
        (6 * DAY, false),
        (56 * DAY, true),
        (56 * DAY - 45 * MINUTE, true),
        (63 * DAY, false),
    ] {
        let mut house = house();
        hosts(&mut house, 1_000, 8, monday.plus_millis(-back));
        let expected = if plausible { 16 } else { 10 };
        let all = scans(&mut house, 100, &[1; 17]);
        let counted = all.iter().filter(|one| **one == Standing::Counted).count();
        assert_eq!(counted, expected, "{back} back");
    }
}

#[test]
fn the_hour_is_that_of_the_wall_clock() {
    // Eight weeks before 2 November, summer time was on.
    for (text, plausible) in [
        ("2026-09-07T12:00:00+02:00", true),
        ("2026-09-07T12:00:00+01:00", false),
    ] {
        let mut house = house();
        house.now = at("2026-11-02T12:00:00+01:00");
        hosts(&mut house, 1_000, 8, at(text));
        let all = scans(&mut house, 100, &[1; 16]);
        let last = all.last().expect("some");
        assert_eq!(*last == Standing::Counted, plausible, "{text}");
    }
}

#[test]
fn what_was_confirmed_makes_more_plausible_and_posters_alone_do_not() {
    let mut house = house();
    scans(&mut house, 100, &[10, 1, 1, 1, 1, 1, 1]);
    house.wait(7 * DAY);
    assert_eq!(scans(&mut house, 200, &[11]), [Standing::ToConfirm]);
    let waiting = (101..107).map(entry).collect();
    house.counts(VOLUNTEER, 300, Command::Confirm(waiting));
    assert_eq!(scans(&mut house, 201, &[12]), [Standing::Counted]);
    assert_eq!(scans(&mut house, 202, &[1]), [Standing::ToConfirm]);
}

#[test]
fn a_code_tells_of_days_that_are_over_for_few_persons_a_day() {
    let mut house = house();
    let monday = house.now;
    house.wait(3 * DAY);
    let late = |house: &mut Scenario, id: u128, at: Timestamp, persons: i64| {
        standing(&house.counts_at(DOOR, id, at, come(persons)))
    };
    use Standing::{Counted, ToConfirm};
    // Spread over quarters of an hour, each of which would take ten.
    for id in 100..110 {
        let quarter = 15 * MINUTE * (id as i64 - 100);
        assert_eq!(
            late(&mut house, id, monday.plus_millis(quarter), 1),
            Counted
        );
    }
    let at = monday.plus_millis(DAY);
    assert_eq!(late(&mut house, 110, at, 1), ToConfirm);
    // A volunteer saw them, and today's visitors go on counting.
    let seen = house.counts_at(VOLUNTEER, 111, at, by_host(Place::DropIn, Arrival::Unknown));
    assert_eq!(standing(&seen), Counted);
    assert_eq!(scans(&mut house, 112, &[1]), [Counted]);
    // What is taken back makes room, what is confirmed takes none, and tomorrow is another day.
    let (retracts, reason) = (entry(100), None);
    house.counts(DOOR, 200, Command::Retract { retracts, reason });
    house.counts(VOLUNTEER, 201, Command::Confirm(vec![entry(110)]));
    assert_eq!(late(&mut house, 113, at, 2), ToConfirm);
    assert_eq!(late(&mut house, 114, at, 1), Counted);
    house.wait(DAY);
    assert_eq!(late(&mut house, 115, monday, 9), Counted);
}

#[test]
fn taking_back_what_counted_makes_no_room_while_another_takes_its_place() {
    let mut house = house();
    let ten = || {
        let arrival = phone(1);
        let mut command = by_code(AT_DOOR, arrival);
        if let Command::CheckIn { party, .. } = &mut command {
            *party = Some(crate::values::Party::new(10, 0).expect("a party"));
        }
        command
    };
    house.counts(DOOR, 100, ten());
    let again = house.counts(DOOR, 101, ten());
    assert_eq!(standing(&again), Standing::AlreadyCounted);
    let (retracts, reason) = (entry(100), None);
    house.counts(DOOR, 200, Command::Retract { retracts, reason });
    assert_eq!(scans(&mut house, 102, &[1]), [Standing::ToConfirm]);
    // Once nobody stands in its place, there is room.
    let (retracts, reason) = (entry(101), None);
    house.counts(DOOR, 201, Command::Retract { retracts, reason });
    assert_eq!(scans(&mut house, 103, &[10]), [Standing::Counted]);
}

#[test]
fn a_sticker_tells_of_few_cups_on_days_that_are_over() {
    let mut house = house();
    let monday = house.now;
    house.wait(2 * DAY);
    let (cups, session) = (crate::values::Cups::new(1).expect("cups"), None);
    let (paid, pot) = (None, false);
    let cup = || Command::Coffee {
        cups,
        paid,
        pot,
        session,
    };
    let sticker = Authority::Code(AT_COFFEE);
    for id in 100..110 {
        house.counts_at(sticker, id, monday, cup());
    }
    house.denies_at(sticker, monday, cup(), Rejection::CodeExpired);
    house.counts(sticker, 111, cup());
    house.counts_at(VOLUNTEER, 112, monday, cup());
}
