//! What a code opens, until when, and which session an activity's means.

use crate::organisation::Authority;
use crate::programme::{self, Target};
use crate::scenario::Scenario;
use crate::scenario::given::*;
use crate::tally::{Arrival, Command, Event, Evidence, Rejection, Standing};
use crate::values::{Code, Day, SessionId, Timestamp};

const NEW: Code = Code::new([99; 16]);

fn scan(code: Code) -> Command {
    by_code(code, Arrival::Unknown)
}

/// Session and evidence of a scan at an instant, on a copy of the house.
#[track_caller]
fn scanned(house: &Scenario, code: Code, text: &str) -> (Option<SessionId>, Evidence, Standing) {
    let event = house
        .at(at(text))
        .counts(Authority::Code(code), 100, scan(code));
    if let Event::VisitorCheckedIn {
        session,
        evidence,
        standing,
        ..
    } = event
    {
        (session, evidence, standing)
    } else {
        panic!("no check-in: {event:?}")
    }
}

#[track_caller]
fn expires(house: &Scenario, code: Code, text: &str) {
    let house = house.at(at(text));
    house.denies(Authority::Code(code), scan(code), Rejection::CodeExpired);
}

fn with_code(target: Target, day: Option<Day>, valid_until: Option<Timestamp>) -> Scenario {
    let mut house = house();
    house.programme(programme::Command::IssueCode {
        code: NEW,
        target,
        day,
        valid_until,
    });
    house
}

#[test]
fn a_code_nobody_here_made_opens_nothing() {
    let house = house();
    house.denies(Authority::Code(NEW), scan(NEW), Rejection::UnknownCode);
    house.denies(VOLUNTEER, scan(NEW), Rejection::UnknownCode);
    house.denies(Authority::Code(NEW), cups(1), Rejection::UnknownCode);
    house.denies(Authority::Code(NEW), money(1), Rejection::UnknownCode);
}

#[test]
fn a_withdrawn_code_opens_nothing_any_more() {
    let mut house = house();
    house.programme(programme::Command::WithdrawCode(AT_DOOR));
    let door = Authority::Code(AT_DOOR);
    house.denies(door, scan(AT_DOOR), Rejection::UnknownCode);
    house.denies(VOLUNTEER, scan(AT_DOOR), Rejection::UnknownCode);
}

#[test]
fn each_code_opens_one_kind_of_entry() {
    let house = house();
    for code in [AT_BAR, AT_COFFEE, AT_GIFTS] {
        house.denies(Authority::Code(code), scan(code), Rejection::WrongCode);
    }
    for code in [AT_DOOR, AT_CHOIR, AT_CHOIR_TODAY, AT_BAR, AT_GIFTS] {
        house.denies(Authority::Code(code), cups(1), Rejection::WrongCode);
    }
    for code in [AT_DOOR, AT_CHOIR, AT_CHOIR_TODAY, AT_BAR, AT_COFFEE] {
        house.denies(Authority::Code(code), money(1), Rejection::WrongCode);
    }
}

#[test]
fn an_activitys_code_means_its_session_that_is_on() {
    let mut house = house();
    let later = session(13);
    let (from, to) = ("2026-10-05T15:30:00+02:00", "2026-10-05T17:00:00+02:00");
    house.programme(planned(CHOIR, later, from, to));
    let here = |text| scanned(&house, AT_CHOIR, text).0;
    assert_eq!(here("2026-10-05T14:00:00+02:00"), Some(CHOIR_TODAY));
    assert_eq!(here("2026-10-05T15:29:59+02:00"), Some(CHOIR_TODAY));
    // Both are on: the one begun last.
    assert_eq!(here("2026-10-05T15:30:00+02:00"), Some(later));
    assert_eq!(here("2026-10-05T16:00:01+02:00"), Some(later));
}

#[test]
fn an_activitys_code_means_the_nearest_session_within_two_hours() {
    let house = house();
    let here = |text| scanned(&house, AT_CHOIR, text).0;
    assert_eq!(here("2026-10-05T11:59:59.999+02:00"), None);
    assert_eq!(here("2026-10-05T12:00:00+02:00"), Some(CHOIR_TODAY));
    assert_eq!(here("2026-10-05T18:00:00+02:00"), Some(CHOIR_TODAY));
    assert_eq!(here("2026-10-05T18:00:00.001+02:00"), None);
}

#[test]
fn an_activitys_code_passes_over_cancelled_sessions() {
    let mut house = house();
    let later = session(13);
    let (from, to) = ("2026-10-05T16:30:00+02:00", "2026-10-05T17:00:00+02:00");
    house.programme(planned(CHOIR, later, from, to));
    let noon = "2026-10-05T14:30:00+02:00";
    house.programme(programme::Command::CancelSession(CHOIR_TODAY));
    assert_eq!(scanned(&house, AT_CHOIR, noon).0, Some(later));
    house.programme(programme::Command::CancelSession(later));
    assert_eq!(scanned(&house, AT_CHOIR, noon).0, None);
    house.programme(programme::Command::ConfirmSession(CHOIR_TODAY));
    assert_eq!(scanned(&house, AT_CHOIR, noon).0, Some(CHOIR_TODAY));
}

#[test]
fn between_two_sessions_the_nearer_counts_and_of_equals_the_coming_one() {
    let mut house = house();
    let later = session(13);
    let (from, to) = ("2026-10-05T17:00:00+02:00", "2026-10-05T18:00:00+02:00");
    house.programme(planned(CHOIR, later, from, to));
    let here = |text| scanned(&house, AT_CHOIR, text).0;
    assert_eq!(here("2026-10-05T16:29:59+02:00"), Some(CHOIR_TODAY));
    assert_eq!(here("2026-10-05T16:30:00+02:00"), Some(later));
}

#[test]
fn what_a_code_shows_depends_on_what_it_was_printed_for() {
    let noon = "2026-10-05T13:00:00+02:00";
    let house = house();
    assert_eq!(scanned(&house, AT_DOOR, noon).1, Evidence::Poster);
    assert_eq!(scanned(&house, AT_CHOIR, noon).1, Evidence::Poster);
    assert_eq!(scanned(&house, AT_CHOIR_TODAY, noon).1, Evidence::DayCode);
    let today = Some(day("2026-10-05"));
    for target in [Target::Door, Target::Activity(CHOIR)] {
        let house = with_code(target, today, None);
        assert_eq!(scanned(&house, NEW, noon).1, Evidence::DayCode);
    }
    let until = Some(at("2026-11-01T00:00:00Z"));
    let house = with_code(Target::Door, None, until);
    assert_eq!(scanned(&house, NEW, noon).1, Evidence::Poster);
}

#[test]
fn whoever_is_signed_in_is_a_host_whatever_the_code() {
    let mut house = house();
    for (id, code) in (100..).zip([AT_DOOR, AT_CHOIR, AT_CHOIR_TODAY]) {
        let event = house.counts(VOLUNTEER, id, scan(code));
        let by = Some(code);
        assert!(
            matches!(event, Event::VisitorCheckedIn { evidence: Evidence::Host, code, .. } if code == by)
        );
    }
}

#[test]
fn a_days_code_is_good_from_four_to_four() {
    let house = with_code(Target::Door, Some(day("2026-10-05")), None);
    expires(&house, NEW, "2026-10-05T03:59:59.999+02:00");
    scanned(&house, NEW, "2026-10-05T04:00:00+02:00");
    scanned(&house, NEW, "2026-10-06T03:59:59.999+02:00");
    expires(&house, NEW, "2026-10-06T04:00:00+02:00");
}

#[test]
fn a_days_code_outlasts_the_night_while_its_session_goes_on() {
    let mut house = house();
    let party = session(13);
    let (from, to) = ("2026-10-05T23:00:00+02:00", "2026-10-06T05:00:00+02:00");
    house.programme(planned(CHOIR, party, from, to));
    let day = Some(day("2026-10-05"));
    let code = |byte| Code::new([byte; 16]);
    for (code, target) in [
        (code(21), Target::Session(party)),
        (code(22), Target::Activity(CHOIR)),
    ] {
        house.programme(programme::Command::IssueCode {
            code,
            target,
            day,
            valid_until: None,
        });
        assert_eq!(
            scanned(&house, code, "2026-10-06T07:00:00+02:00").0,
            Some(party)
        );
        expires(&house, code, "2026-10-06T07:00:00.001+02:00");
    }
}

#[test]
fn a_code_is_good_until_its_end_and_not_at_it() {
    let end = "2026-10-05T13:00:00+02:00";
    let house = with_code(Target::Door, None, Some(at(end)));
    scanned(&house, NEW, "2026-10-05T12:59:59.999+02:00");
    expires(&house, NEW, end);
    for (target, command) in [(Target::Coffee, cups(1)), (Target::Gift, money(1))] {
        let mut house = with_code(target, None, Some(at(end)));
        house.counts(Authority::Code(NEW), 100, command.clone());
        house.now = at(end);
        house.denies(Authority::Code(NEW), command, Rejection::CodeExpired);
    }
}

#[test]
fn what_was_scanned_in_time_may_arrive_late() {
    let mut house = with_code(Target::Door, Some(day("2026-10-05")), None);
    let scanned_at = house.now;
    house.wait(3 * DAY);
    house.counts_at(Authority::Code(NEW), 100, scanned_at, scan(NEW));
}

#[test]
fn a_sessions_code_used_on_another_day_waits() {
    let house = house();
    let here = |text| scanned(&house, AT_CHOIR_TODAY, text);
    let counted = (Some(CHOIR_TODAY), Evidence::DayCode, Standing::Counted);
    let waits = (Some(CHOIR_TODAY), Evidence::DayCode, Standing::ToConfirm);
    assert_eq!(here("2026-10-05T04:00:00+02:00"), counted);
    assert_eq!(here("2026-10-06T03:59:59+02:00"), counted);
    assert_eq!(here("2026-10-06T04:00:00+02:00"), waits);
    assert_eq!(here("2026-10-05T03:59:59+02:00"), waits);
}

#[test]
fn a_session_chosen_at_the_door_on_another_day_waits() {
    let mut house = house();
    let next = session(13);
    let (from, to) = ("2026-10-12T14:00:00+02:00", "2026-10-12T16:00:00+02:00");
    house.programme(planned(CHOIR, next, from, to));
    let choose = |session| Command::CheckIn {
        place: crate::tally::Place::Code {
            code: AT_DOOR,
            session: Some(session),
        },
        party: None,
        arrival: Arrival::Unknown,
    };
    let door = Authority::Code(AT_DOOR);
    let event = house.counts(door, 100, choose(next));
    assert_eq!(standing(&event), Standing::ToConfirm);
    let event = house.counts(VOLUNTEER, 101, choose(next));
    assert_eq!(standing(&event), Standing::Counted);
    let event = house.counts(door, 102, choose(CHOIR_TODAY));
    assert_eq!(standing(&event), Standing::Counted);
}
