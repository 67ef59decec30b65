//! What closes a month, and what it refuses and takes from then on.

mod slipped;

use super::state::Given;
use super::{Command, InvalidStatement, Rejection, STATEMENT_BYTES_MAX, Statement};
use crate::event::Fact;
use crate::log::line::{Hash, Position};
use crate::organisation::{Authority, Request};
use crate::people::{self, PersonFacts};
use crate::programme::{self, ActivityFacts};
use crate::scenario::Scenario;
use crate::scenario::given::*;
use crate::standing::{self, Listed, Setting};
use crate::tally::{self, Arrival, HoursBasis, Place, ShiftKind, Who};
use crate::values::{Month, OrganisationId, StatementId, TenantId};
use serde_json::{Value, json};
use uuid::Uuid;

const FOREIGN: OrganisationId = OrganisationId::new(Uuid::from_u128(2));

fn october() -> Month {
    "2026-10".parse().expect("a month")
}

fn closing(house: &Scenario, month: &str, number: u128) -> Statement {
    let month: Month = month.parse().expect("a month");
    Statement::new(&stated(house, month, number)).expect("a statement")
}

fn restating(house: &Scenario, number: u128, of: u128) -> Statement {
    let mut value = stated(house, october(), number);
    value["restates"] = json!({ "statement": Uuid::from_u128(of) });
    Statement::new(&value).expect("a statement")
}

fn close(statement: &Statement) -> Request {
    Request::Months(Command::Close(statement.clone()))
}

fn restate(statement: &Statement) -> Request {
    Request::Months(Command::Restate(statement.clone()))
}

/// The house on 2 November, with two entries, a shift and a waiting gift in October, which is closed.
fn closed_house() -> Scenario {
    let mut house = house();
    house.counts(VOLUNTEER, 100, by_host(Place::DropIn, Arrival::Unknown));
    house.counts(BAR, 101, cups(2));
    house.counts(Authority::Code(AT_GIFTS), 102, money(500));
    let start = tally::Command::StartShift {
        who: Who::Person(ANS),
        kind: ShiftKind::Bar,
        session: None,
    };
    house.counts(BAR, 103, start);
    house.now = at("2026-11-02T10:00:00+01:00");
    house.admits(COORDINATOR, close(&closing(&house, "2026-10", 900)));
    house
}

fn closed_october(statement: u128) -> Rejection {
    Rejection::Closed {
        month: october(),
        closed_on: day("2026-11-02"),
        statement: StatementId::new(Uuid::from_u128(statement)),
    }
}

fn touched(house: &Scenario) -> Vec<(Month, Position)> {
    let touched = house.organisation.months().touched();
    touched
        .map(|(month, touched)| (month, touched.position))
        .collect()
}

fn retraction(of: u128) -> tally::Command {
    tally::Command::Retract {
        retracts: entry(of),
        reason: None,
    }
}

#[test]
fn a_month_is_closed_once_and_its_statement_is_known() {
    let house = closed_house();
    let statement = closing(&house, "2026-10", 901);
    let months = house.organisation.months();
    assert_eq!(statement.previous(), months.last_hash());
    assert_ne!(months.last_hash(), Hash::ZERO);
    let closed: Vec<_> = house.organisation.closed_months().collect();
    assert_eq!(closed, [(october(), house.now)]);
    let given: Vec<StatementId> = months.statements().iter().map(|given| given.id).collect();
    assert_eq!(given, [StatementId::new(Uuid::from_u128(900))]);
    // Another statement of the same month is in effect already.
    let again = house.at(house.now).when(COORDINATOR, close(&statement));
    assert_eq!(again, Ok(vec![]));
}

#[test]
fn a_month_is_over_at_four_in_the_morning() {
    let mut house = house();
    let refused = Rejection::NotOver(october());
    for early in ["2026-10-05T12:00:00+02:00", "2026-11-01T03:59:59.999+01:00"] {
        house.now = at(early);
        house.refuses(
            COORDINATOR,
            close(&closing(&house, "2026-10", 900)),
            refused.clone(),
        );
    }
    house.now = at("2026-11-01T04:00:00+01:00");
    house.admits(COORDINATOR, close(&closing(&house, "2026-10", 900)));
}

#[test]
fn months_are_closed_in_any_order_but_not_before_everything() {
    let mut house = house();
    house.now = at("2026-12-02T10:00:00+01:00");
    for (month, number) in [("2026-11", 900), ("2026-09", 901), ("2026-10", 902)] {
        house.admits(COORDINATOR, close(&closing(&house, month, number)));
    }
    let covered = |first, last| house.organisation.months().covers(day(first), day(last));
    assert!(covered("2026-09-15", "2026-11-30"));
    assert!(!covered("2026-08-31", "2026-11-30") && !covered("2026-11-30", "2026-12-01"));
    let before: Month = "2025-07".parse().expect("a month");
    let refused = Rejection::BeforeAll(before);
    house.refuses(
        COORDINATOR,
        close(&closing(&house, "2025-07", 903)),
        refused,
    );
    house.admits(COORDINATOR, close(&closing(&house, "2025-08", 903)));
}

#[test]
fn only_a_coordinator_closes_and_only_the_server_restates() {
    let mut house = house();
    house.now = at("2026-11-02T10:00:00+01:00");
    let statement = closing(&house, "2026-10", 900);
    for authority in [
        VOLUNTEER,
        BAR,
        VIEWER,
        Authority::Operator,
        Authority::System,
    ] {
        house.refuses(authority, close(&statement), Rejection::Forbidden);
    }
    let house = closed_house();
    let again = restating(&house, 901, 900);
    for authority in [COORDINATOR, VIEWER, Authority::Operator] {
        house.refuses(authority, restate(&again), Rejection::Forbidden);
    }
}

#[test]
fn a_statement_goes_on_behind_the_one_before() {
    let mut house = house();
    house.now = at("2026-12-02T10:00:00+01:00");
    let stale = closing(&house, "2026-11", 901);
    house.admits(COORDINATOR, close(&closing(&house, "2026-10", 900)));
    house.refuses(COORDINATOR, close(&stale), Rejection::Outdated);
    let same_id = closing(&house, "2026-11", 900);
    house.refuses(COORDINATOR, close(&same_id), Rejection::Outdated);
    for (member, wrong) in [
        (
            "/as_of/position",
            json!(house.organisation.position().0 + 1),
        ),
        ("/organisation/id", json!(FOREIGN)),
        ("/previous", json!(Hash::ZERO.to_string())),
    ] {
        let mut value = closing(&house, "2026-11", 901).value();
        *value.pointer_mut(member).expect("it is there") = wrong;
        let wrong = Statement::new(&value).expect("a statement");
        house.refuses(COORDINATOR, close(&wrong), Rejection::Outdated);
    }
    house.admits(COORDINATOR, close(&closing(&house, "2026-11", 901)));
}

#[test]
fn a_closed_month_refuses_retractions_whoever_asks() {
    let mut house = closed_house();
    for authority in [COORDINATOR, Authority::System] {
        for id in [100, 101, 102, 103] {
            let asked = happened(u128::MAX, house.now, retraction(id));
            house.refuses(authority, asked, closed_october(900));
        }
    }
    // What is in an open month is still retracted.
    house.counts(COORDINATOR, 200, cups(1));
    house.counts(COORDINATOR, 201, retraction(200));
    assert_eq!(touched(&house), []);
}

#[test]
fn a_shift_s_end_belongs_to_the_month_of_its_start() {
    let mut house = closed_house();
    let end = tally::Command::EndShift {
        shift: entry(103),
        basis: HoursBasis::Entered,
    };
    house.counts(COORDINATOR, 200, end);
    assert_eq!(
        touched(&house),
        [(october(), house.organisation.position())]
    );
    let asked = happened(u128::MAX, house.now, retraction(200));
    house.refuses(COORDINATOR, asked, closed_october(900));
}

#[test]
fn a_closed_month_refuses_cancellations_and_their_undoing() {
    let mut house = house();
    let cancel = |session| Request::Programme(programme::Command::CancelSession(session));
    let confirm = |session| Request::Programme(programme::Command::ConfirmSession(session));
    house.admits(COORDINATOR, cancel(GROUP_TODAY));
    house.now = at("2026-11-02T10:00:00+01:00");
    house.admits(COORDINATOR, close(&closing(&house, "2026-10", 900)));
    house.refuses(COORDINATOR, cancel(CHOIR_TODAY), closed_october(900));
    house.refuses(COORDINATOR, confirm(GROUP_TODAY), closed_october(900));
    // What is in effect already changes nothing; that one took place is a confirmation.
    house.admits(COORDINATOR, cancel(GROUP_TODAY));
    house.admits(COORDINATOR, confirm(CHOIR_TODAY));
    assert_eq!(
        touched(&house),
        [(october(), house.organisation.position())]
    );
}

/// Every fact that holds from a day on.
fn facts_since(since: &str) -> Vec<Request> {
    let since = Some(day(since));
    let listed = Listed::Tenant(TenantId::new(Uuid::from_u128(7)));
    vec![
        Request::Programme(programme::Command::ChangeActivity {
            activity: CHOIR,
            facts: ActivityFacts {
                capacity: Some(9),
                ..ActivityFacts::default()
            },
            since,
        }),
        Request::People(people::Command::Change {
            person: ANS,
            facts: PersonFacts {
                volunteer: Some(false),
                ..PersonFacts::default()
            },
            since,
        }),
        Request::People(people::Command::Register {
            person: person(77),
            facts: PersonFacts::default(),
            since,
        }),
        Request::Standing(standing::Command::Add {
            listed,
            name: name("Atelier"),
            since,
        }),
        Request::Standing(standing::Command::End {
            listed: Listed::Counter(EGGS),
            since,
        }),
        Request::Standing(standing::Command::Change {
            settings: vec![Setting::ClosedDays(vec![day("2026-10-06")])],
            since,
        }),
    ]
}

#[test]
fn a_closed_month_refuses_facts_that_reach_back_into_it() {
    let mut house = closed_house();
    for since in ["2026-10-31", "2026-10-01", "2026-03-01"] {
        for asked in facts_since(since) {
            house.refuses(COORDINATOR, asked, closed_october(900));
        }
    }
    let from_to = ("2026-11-01T03:00:00+01:00", "2026-11-01T03:30:00+01:00");
    let planned = planned(CHOIR, session(99), from_to.0, from_to.1);
    house.refuses(
        COORDINATOR,
        Request::Programme(planned),
        closed_october(900),
    );
    for asked in facts_since("2026-11-01") {
        house.admits(COORDINATOR, asked);
    }
}

#[test]
fn late_entries_and_confirmations_are_taken_and_mark_the_month() {
    let mut house = closed_house();
    assert_eq!(touched(&house), []);
    house.counts(BAR, 200, cups(1));
    assert_eq!(touched(&house), [], "an entry of today changes nothing");
    let late = at("2026-10-20T20:00:00+02:00");
    house.counts_at(BAR, 201, late, cups(3));
    let position = house.organisation.position();
    assert_eq!(touched(&house), [(october(), position)]);
    house.counts(COORDINATOR, 202, tally::Command::Confirm(vec![entry(102)]));
    assert_eq!(touched(&house), [(october(), Position(position.0 + 1))]);
}

#[test]
fn a_late_entry_may_change_every_closed_month_from_its_own_on() {
    let mut house = house();
    house.now = at("2026-12-02T10:00:00+01:00");
    for (month, number) in [("2026-09", 900), ("2026-10", 901), ("2026-11", 902)] {
        house.admits(COORDINATOR, close(&closing(&house, month, number)));
    }
    house.counts_at(BAR, 200, at("2026-10-20T20:00:00+02:00"), cups(3));
    let marked: Vec<String> = touched(&house)
        .iter()
        .map(|(month, _)| month.to_string())
        .collect();
    assert_eq!(marked, ["2026-10", "2026-11"]);
}

#[test]
fn a_restatement_stands_in_the_place_of_the_one_before() {
    let mut house = closed_house();
    let stale = restating(&house, 901, 900);
    house.counts_at(BAR, 201, at("2026-10-20T20:00:00+02:00"), cups(3));
    house.admits(Authority::System, restate(&restating(&house, 902, 900)));
    assert_eq!(touched(&house), []);
    let months = house.organisation.months();
    let current = months.month(october()).expect("closed").current;
    assert_eq!(current.id, StatementId::new(Uuid::from_u128(902)));
    assert_eq!(
        current.restates,
        Some(StatementId::new(Uuid::from_u128(900)))
    );
    assert_eq!(months.statement(current.id), Some(&current));
    let positions: Vec<Position> = months
        .statements()
        .iter()
        .map(|given: &Given| given.position)
        .collect();
    assert_eq!(positions.len(), 2);
    assert!(positions[0] < positions[1]);
    house.refuses(Authority::System, restate(&stale), Rejection::Outdated);
    let of_the_first = restating(&house, 903, 900);
    house.refuses(
        Authority::System,
        restate(&of_the_first),
        Rejection::Outdated,
    );
    let asked = happened(u128::MAX, house.now, retraction(201));
    house.refuses(COORDINATOR, asked, closed_october(902));
    let open = Request::Months(Command::Restate(closing(&house, "2026-09", 904)));
    let open_month = "2026-09".parse().expect("a month");
    house.refuses(Authority::System, open, Rejection::NotClosed(open_month));
}

#[test]
fn what_slips_in_before_the_closing_marks_the_month() {
    let mut house = house();
    house.now = at("2026-11-02T10:00:00+01:00");
    let statement = closing(&house, "2026-10", 900);
    house.counts_at(BAR, 200, at("2026-10-20T20:00:00+02:00"), cups(3));
    let late = house.organisation.position();
    house.admits(COORDINATOR, close(&statement));
    assert_eq!(touched(&house), [(october(), late)]);
}

#[test]
fn what_holds_before_its_first_day_marks_every_closed_month() {
    let mut house = closed_house();
    let rate = Setting::HourlyRate(standing::Sourced {
        number: 1_500,
        source: name("Movisie"),
    });
    house.standing(standing::Command::Change {
        settings: vec![rate],
        since: None,
    });
    assert_eq!(
        touched(&house),
        [(october(), house.organisation.position())]
    );
}

fn refused(change: impl FnOnce(&mut Value)) -> InvalidStatement {
    let mut value = stated(&house(), october(), 900);
    change(&mut value);
    Statement::new(&value).expect_err("no statement")
}

#[test]
fn a_statement_is_its_canonical_text_and_nothing_else() {
    let statement = closing(&house(), "2026-10", 900);
    let text = statement.as_str();
    assert_eq!(Statement::parse(text), Ok(statement.clone()));
    for other in [
        format!("{text}\n"),
        text.replacen(':', ": ", 1),
        "{".into(),
        text[1..].into(),
    ] {
        assert_eq!(Statement::parse(&other), Err(InvalidStatement::Form));
    }
    let in_a_log = serde_json::to_value(&statement).expect("JSON");
    assert_eq!(
        serde_json::from_value::<Statement>(in_a_log).expect("JSON"),
        statement
    );
}

#[test]
fn a_statement_is_of_one_whole_month_and_of_a_bounded_length() {
    assert_eq!(
        refused(|value| value["period"]["last_day"] = json!("2026-10-30")),
        InvalidStatement::Member("/period")
    );
    assert_eq!(
        refused(|value| value["previous"] = json!("0")),
        InvalidStatement::Member("/previous")
    );
    let padded = |to: usize| {
        let mut value = stated(&house(), october(), 900);
        value["padding"] = json!("");
        let len = crate::codec::canonical::text(&value).len();
        value["padding"] = json!("x".repeat(to - len));
        Statement::new(&value).map(|statement| statement.as_str().len())
    };
    assert_eq!(padded(STATEMENT_BYTES_MAX), Ok(STATEMENT_BYTES_MAX));
    assert_eq!(
        padded(STATEMENT_BYTES_MAX + 1),
        Err(InvalidStatement::TooLong(STATEMENT_BYTES_MAX + 1))
    );
}

#[test]
fn a_statement_of_any_length_fits_a_line() {
    let mut house = closed_house();
    let mut value = stated(&house, "2026-09".parse().expect("a month"), 901);
    value["padding"] = json!("");
    let len = crate::codec::canonical::text(&value).len();
    value["padding"] = json!("x".repeat(STATEMENT_BYTES_MAX - len));
    let statement = Statement::new(&value).expect("a statement");
    let facts: Vec<Fact> = house.admits(COORDINATOR, close(&statement));
    let commit = crate::event::Commit {
        organisation: OrganisationId::new(Uuid::from_u128(1)),
        first: Position(crate::log::line::POSITION_MAX - 1),
        recorded_at: house.now,
        actor: crate::event::Actor {
            id: Some(crate::values::DeviceId::new(Uuid::from_u128(51))),
            kind: crate::event::ActorKind::Device,
        },
        previous: Hash([255; 32]),
        facts,
    };
    let line = crate::codec::encode(&commit).expect("it fits");
    assert_eq!(crate::codec::decode(&line).expect("what we wrote"), commit);
}

#[test]
fn the_phones_of_a_month_are_told_apart_until_60_days_after_its_closing_or_400_after_its_last_night()
 {
    assert_eq!(
        Scenario::default().organisation.tags_end_at(october()),
        None
    );
    let end = at("2027-12-06T04:00:00+01:00");
    assert_eq!(house().organisation.tags_end_at(october()), Some(end));
    let mut house = closed_house();
    let early = at("2027-01-01T10:00:00+01:00");
    assert_eq!(house.organisation.tags_end_at(october()), Some(early));
    // What comes late restates the month, and keeps nothing longer.
    house.now = at("2026-12-01T10:00:00+01:00");
    house.admits(Authority::System, restate(&restating(&house, 901, 900)));
    assert_eq!(house.organisation.tags_end_at(october()), Some(early));
    // Closed late, it ends with the 400 days.
    let mut house = crate::scenario::given::house();
    house.now = at("2027-12-01T10:00:00+01:00");
    house.admits(COORDINATOR, close(&closing(&house, "2026-10", 900)));
    assert_eq!(house.organisation.tags_end_at(october()), Some(end));
}

#[test]
fn who_stands_at_the_bar_the_next_morning_may_change_the_night_before() {
    let mut house = closed_house();
    let start = |volunteer| tally::Command::StartShift {
        who: Who::Person(volunteer),
        kind: ShiftKind::Bar,
        session: None,
    };
    house.counts_at(BAR, 200, at("2026-11-02T05:00:00+01:00"), start(ANS));
    assert_eq!(touched(&house), []);
    house.counts_at(BAR, 201, at("2026-11-01T05:00:00+01:00"), start(ANS));
    let [(month, _)] = touched(&house)[..] else {
        panic!("one month")
    };
    assert_eq!(month, october());
}
