//! Activities at which nothing may show who came (design.md §6).

use crate::event;
use crate::organisation::Authority;
use crate::programme::{self, ActivityFacts};
use crate::scenario::given::*;
use crate::tally::{
    Arrival, Command, CountBasis, Event, Place, Rejection, ShiftKind, Standing, Who,
};
use crate::values::{Code, HeadCount, Quantity, SessionId, Timestamp};

const POSTER: Authority = Authority::Code(AT_GROUP);

fn begins() -> Timestamp {
    at("2026-10-05T19:00:00+02:00")
}

/// When the fact of an entry says that it happened, and by how much that was shifted.
#[track_caller]
fn kept(house: &crate::scenario::Scenario, id: u128) -> (Timestamp, i64) {
    let kept = house.log.iter().find(|one| one.fact.id == entry(id).uuid());
    let fact = &kept.expect("it was recorded").fact;
    (fact.occurred_at, fact.shifted_millis)
}

fn at_session(arrival: Arrival) -> Command {
    by_host(Place::Session(GROUP_TODAY), arrival)
}

#[test]
fn phones_and_passes_are_refused_however_they_come() {
    let mut house = house();
    house.now = at("2026-10-05T19:10:00+02:00");
    let named = || [phone(1), Arrival::Pass(pass(JAN))];
    for arrival in named() {
        house.denies(
            POSTER,
            by_code(AT_GROUP, arrival.clone()),
            Rejection::Sensitive,
        );
        house.denies(VOLUNTEER, at_session(arrival.clone()), Rejection::Sensitive);
        let place = Place::Code {
            code: AT_DOOR,
            session: Some(GROUP_TODAY),
        };
        let chosen = by_host(place, arrival);
        house.denies(Authority::Code(AT_DOOR), chosen, Rejection::Sensitive);
    }
    // Far from any session of it, too.
    house.now = at("2026-10-07T10:00:00+02:00");
    for arrival in named() {
        house.denies(POSTER, by_code(AT_GROUP, arrival), Rejection::Sensitive);
    }
}

#[test]
fn who_came_is_kept_as_of_the_sessions_start() {
    let mut house = house();
    house.now = at("2026-10-05T20:13:00+02:00");
    let event = house.counts(POSTER, 100, by_code(AT_GROUP, Arrival::Unknown));
    assert!(matches!(
        event,
        Event::VisitorCheckedIn {
            session: Some(GROUP_TODAY),
            ..
        }
    ));
    house.counts(VOLUNTEER, 101, at_session(Arrival::Unknown));
    assert_eq!(kept(&house, 100), (begins(), 0));
    assert_eq!(kept(&house, 101), (begins(), 0));
}

#[test]
fn a_clock_that_was_set_right_does_not_show_either() {
    let mut house = house();
    let request = crate::organisation::Request::Tally(crate::tally::Entry {
        id: entry(100),
        occurred_at: at("2026-10-05T19:13:00+02:00"),
        shifted_millis: 7_200_000,
        command: by_code(AT_GROUP, Arrival::Unknown),
    });
    house.now = at("2026-10-05T19:14:00+02:00");
    house.admits(POSTER, request);
    assert_eq!(kept(&house, 100), (begins(), 0));
}

#[test]
fn who_came_to_no_session_of_it_is_kept_as_of_the_days_start() {
    let mut house = house();
    house.now = at("2026-10-08T01:30:00+02:00");
    let event = house.counts(POSTER, 100, by_code(AT_GROUP, Arrival::Unknown));
    assert!(matches!(
        event,
        Event::VisitorCheckedIn { session: None, .. }
    ));
    assert_eq!(kept(&house, 100), (at("2026-10-07T04:00:00+02:00"), 0));
}

#[test]
fn heads_are_counted_and_their_time_is_kept() {
    let mut house = house();
    house.now = at("2026-10-05T20:13:00+02:00");
    let heads = Command::CountHeads {
        session: Some(GROUP_TODAY),
        heads: HeadCount::new(9, 0, Some(1)).expect("heads"),
        basis: CountBasis::Counted,
    };
    house.counts(VOLUNTEER, 100, heads);
    assert_eq!(kept(&house, 100), (house.now, 0));
}

#[test]
fn nothing_that_names_somebody_points_to_its_session() {
    let mut house = house();
    let session = Some(GROUP_TODAY);
    let shift = |session: Option<SessionId>| Command::StartShift {
        who: Who::Person(ANS),
        kind: ShiftKind::Host,
        session,
    };
    house.denies(VOLUNTEER, shift(session), Rejection::Sensitive);
    house.counts(VOLUNTEER, 100, shift(None));
    house.counts(VOLUNTEER, 101, shift(Some(CHOIR_TODAY)));
    let cake = |volunteer| Command::Contribute {
        kind: name("cake"),
        quantity: Quantity::new(1).expect("one"),
        session,
        volunteer,
    };
    house.denies(VOLUNTEER, cake(Some(ANS)), Rejection::Sensitive);
    house.counts(VOLUNTEER, 102, cake(None));
}

#[test]
fn what_is_plausible_counts_by_when_it_was_told() {
    let mut house = house();
    house.now = begins();
    let mut scan = |wait: i64, id| {
        house.wait(wait);
        standing(&house.counts(POSTER, id, by_code(AT_GROUP, Arrival::Unknown)))
    };
    for id in 100..110 {
        assert_eq!(scan(0, id), Standing::Counted);
    }
    assert_eq!(scan(0, 110), Standing::ToConfirm);
    assert_eq!(scan(15 * MINUTE - 1, 111), Standing::ToConfirm);
    assert_eq!(scan(1, 112), Standing::Counted);
}

#[test]
fn it_is_sensitive_from_the_day_it_is_said_to_be() {
    let mut house = house();
    let facts = ActivityFacts {
        sensitive: Some(true),
        ..ActivityFacts::default()
    };
    let since = Some(day("2026-10-12"));
    house.programme(programme::Command::ChangeActivity {
        activity: CHOIR,
        facts,
        since,
    });
    let choir = Authority::Code(AT_CHOIR);
    house.now = at("2026-10-12T03:59:59+02:00");
    house.counts(choir, 100, by_code(AT_CHOIR, phone(1)));
    house.now = at("2026-10-12T04:00:00+02:00");
    house.denies(choir, by_code(AT_CHOIR, phone(1)), Rejection::Sensitive);
}

#[test]
fn an_activity_is_sensitive_before_its_first_day_too() {
    let mut house = house();
    house.now = at("2025-12-20T12:00:00+01:00");
    house.denies(POSTER, by_code(AT_GROUP, phone(1)), Rejection::Sensitive);
}

#[test]
fn a_days_code_of_it_hides_as_well() {
    let mut house = house();
    let code = Code::new([99; 16]);
    house.programme(programme::Command::IssueCode {
        code,
        target: programme::Target::Session(GROUP_TODAY),
        day: Some(day("2026-10-05")),
        valid_until: None,
    });
    let scanned = Authority::Code(code);
    house.denies(scanned, by_code(code, phone(1)), Rejection::Sensitive);
    house.counts(scanned, 100, by_code(code, Arrival::Unknown));
    assert_eq!(kept(&house, 100), (begins(), 0));
    let nobody = |one: &crate::event::Recorded| match one.actor.kind {
        event::ActorKind::Visitor => one.actor.id.is_none(),
        event::ActorKind::Device | event::ActorKind::Operator | event::ActorKind::System => true,
    };
    assert!(house.log.iter().all(nobody));
}
