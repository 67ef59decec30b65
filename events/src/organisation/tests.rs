mod asked;
mod histories;

use super::{Authority, Event, Rejection, Request};
use crate::codec;
use crate::decider::Decider;
use crate::event::{self, Recorded, Unknown};
use crate::log::line::{Head, Position};
use crate::programme;
use crate::scenario::Scenario;
use crate::scenario::given::*;
use crate::tally::{Arrival, Command, OpeningState, Place};
use crate::values::{DeviceId, Locale, OrganisationId, SeriesId, Slug};
use crate::{access, people, standing};
use uuid::Uuid;

fn found(number: u128, time_zone: &str) -> Request {
    Request::Found {
        organisation: OrganisationId::new(Uuid::from_u128(number)),
        name: name("Het Badhuis"),
        slug: Slug::new("badhuis").expect("a slug"),
        time_zone: time_zone.to_owned(),
        locale: Locale::Nl,
        demo: false,
        at: at("2026-10-05T12:00:00+02:00"),
    }
}

/// One request to each room.
fn one_each() -> Vec<Request> {
    let drop_in = by_host(Place::DropIn, Arrival::Unknown);
    vec![
        Request::Rename(name("Elders")),
        happened(900, at("2026-10-05T12:00:00+02:00"), drop_in),
        Request::Programme(programme::Command::CancelSession(CHOIR_TODAY)),
        Request::People(people::Command::Erase(ANS)),
        Request::Access(access::Command::Revoke(DeviceId::new(Uuid::nil()))),
        Request::Standing(standing::Command::Change {
            settings: vec![],
            since: None,
        }),
    ]
}

#[test]
fn an_organisation_is_founded_once_and_bears_its_id() {
    let mut new = Scenario::default();
    let facts = new.admits(Authority::Operator, found(7, "Europe/Amsterdam"));
    assert_eq!(facts[0].id, Uuid::from_u128(7));
    assert_eq!(facts[0].occurred_at, at("2026-10-05T12:00:00+02:00"));
    let organisation = &new.organisation;
    assert_eq!(
        organisation.id().map(OrganisationId::uuid),
        Some(Uuid::from_u128(7))
    );
    assert_eq!(organisation.slug().map(Slug::as_str), Some("badhuis"));
    let other = found(8, "Europe/Amsterdam");
    new.refuses(Authority::Operator, other, Rejection::AlreadyFounded);
}

#[test]
fn a_time_zone_must_be_known() {
    for (zone, known) in [
        ("Europe/Amsterdam", true),
        ("America/Paramaribo", true),
        ("Europe/Barendrecht", false),
        ("", false),
    ] {
        let mut new = Scenario::default();
        let asked = new.when(Authority::Operator, found(7, zone));
        assert_eq!(asked.is_ok(), known, "{zone}");
        let why = asked.err();
        assert!(why.is_none_or(|why| why == Rejection::UnknownTimeZone));
    }
}

#[test]
fn who_has_not_begun_records_nothing() {
    let nobody = Scenario::default();
    for request in one_each() {
        nobody.refuses(COORDINATOR, request, Rejection::NotFounded);
    }
    nobody.refuses(Authority::Operator, Request::End, Rejection::NotFounded);
}

#[test]
fn a_new_name_is_recorded_and_the_same_one_not() {
    let mut house = house();
    let same = Request::Rename(name("Het Badhuis"));
    assert_eq!(house.admits(COORDINATOR, same), vec![]);
    let facts = house.admits(COORDINATOR, Request::Rename(name("Ons Badhuis")));
    let expected = Event::Renamed {
        name: name("Ons Badhuis"),
    };
    assert_eq!(facts[0].event, event::Event::Organisation(expected));
    assert_eq!(house.organisation.name(), Some(&name("Ons Badhuis")));
}

#[test]
fn who_ended_refuses_everything_but_the_end() {
    let mut house = house();
    let issue = access::Command::IssueApiToken {
        device: DeviceId::new(Uuid::nil()),
        name: name("Website"),
        role: access::Role::Coordinator,
    };
    house.admits(COORDINATOR, Request::Access(issue));
    let device = DeviceId::new(Uuid::nil());
    assert!(house.organisation.role_of(device).is_some());
    house.admits(Authority::Operator, Request::End);
    for request in one_each() {
        house.refuses(COORDINATOR, request, Rejection::Ended);
    }
    let door = Authority::Code(AT_DOOR);
    let scan = happened(901, house.now, by_code(AT_DOOR, phone(1)));
    house.refuses(door, scan, Rejection::Ended);
    house.refuses(
        Authority::Operator,
        found(1, "Europe/Amsterdam"),
        Rejection::Ended,
    );
    assert_eq!(house.organisation.role_of(device), None);
    assert!(house.organisation.is_revoked(device));
}

#[test]
fn an_event_of_a_newer_version_makes_it_read_only() {
    let mut house = house();
    let newer = Unknown {
        name: "tea_served.v1".to_owned(),
        members: "{}".to_owned(),
    };
    let mut recorded: Recorded = house.log.last().expect("some").clone();
    recorded.fact.event = event::Event::Unknown(newer);
    house.organisation.evolve(&recorded);
    for request in one_each() {
        house.refuses(COORDINATOR, request, Rejection::ReadOnly);
    }
    house.refuses(Authority::Operator, Request::End, Rejection::ReadOnly);
}

#[test]
fn the_day_is_that_of_its_own_zone() {
    let mut new = Scenario {
        now: at("2026-10-05T05:00:00Z"),
        ..Scenario::default()
    };
    new.admits(Authority::Operator, found(7, "America/Paramaribo"));
    // Two in the night there: still the fourth of October.
    let listed = standing::Listed::Counter(EGGS);
    let facts = new.standing(standing::Command::Add {
        listed,
        name: name("Eieren"),
        since: None,
    });
    let since = day("2026-10-04");
    let expected = standing::Event::Added {
        listed,
        name: name("Eieren"),
        since,
    };
    assert_eq!(facts[0].event, event::Event::Standing(expected));
}

#[test]
fn what_no_client_named_has_an_id_of_its_own_that_follows_from_the_log() {
    let ids = |house: &Scenario| -> Vec<Uuid> {
        house.log.iter().map(|recorded| recorded.fact.id).collect()
    };
    let (one, other) = (ids(&house()), ids(&house()));
    assert_eq!(one, other);
    let mut unique = one.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), one.len());
}

#[test]
fn an_entry_stands_where_its_own_fact_does() {
    let mut house = house();
    let event = house.counts(BAR, 100, Command::NoteOpening(OpeningState::Opened));
    let last = house.log.last().expect("some");
    assert_eq!(last.fact.event, event::Event::Tally(event));
    assert_eq!(house.organisation.entry(entry(100)), Some(last.position));
    assert_eq!(house.organisation.position(), last.position);
}

/// Whether the facts of one commit fit a line of the log.
fn fits(facts: Vec<event::Fact>) -> bool {
    let commit = event::Commit {
        organisation: OrganisationId::new(Uuid::max()),
        first: Position(1),
        recorded_at: at("2026-10-05T12:00:00+02:00"),
        actor: event::Actor {
            id: Some(DeviceId::new(Uuid::max())),
            kind: event::ActorKind::Device,
        },
        previous: Head::default().hash,
        facts,
    };
    codec::encode(&commit).is_ok()
}

#[test]
fn the_longest_plan_and_the_longest_confirmation_fit_a_line() {
    let mut house = house();
    let first = at("2026-11-01T10:00:00Z");
    let plan = |number: i64| programme::SessionPlan {
        session: session(1_000 + number.unsigned_abs() as u128),
        starts_at: first.plus_millis(7 * number * DAY),
        ends_at: first.plus_millis(7 * number * DAY + HOUR),
    };
    let facts = house.programme(programme::Command::PlanSessions {
        activity: CHOIR,
        sessions: (0..209).map(plan).collect(),
        room: None,
        series: Some(SeriesId::new(Uuid::max())),
    });
    assert!(facts.len() == 209 && fits(facts));
    let ids = 1_000..1_500;
    for id in ids.clone() {
        house.counts(Authority::Code(AT_GIFTS), id, money(5));
    }
    let confirm = Command::Confirm(ids.map(entry).collect());
    let facts = house.admits(VOLUNTEER, happened(1, house.now, confirm));
    assert!(facts.len() == 1 && fits(facts));
}
