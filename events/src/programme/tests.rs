use super::{
    ActivityFacts, Command, Event, OrganisedBy, Rejection, SESSIONS_A_COMMAND_MAX, SessionPlan,
    Target, weekly,
};
use crate::event;
use crate::organisation::Request;
use crate::people;
use crate::scenario::Scenario;
use crate::scenario::given::*;
use crate::standing::{self, Room, Setting};
use crate::values::{ActivityId, Code, PersonId, RoomId, SeriesId, SessionId, Timestamp, Zone};
use uuid::Uuid;

const YOGA: ActivityId = ActivityId::new(Uuid::from_u128(3));
const HALL: RoomId = RoomId::new(Uuid::from_u128(1));
const NEW: Code = Code::new([99; 16]);

impl Scenario {
    #[track_caller]
    fn programme_denies(&self, asked: Command, why: Rejection) {
        self.refuses(COORDINATOR, Request::Programme(asked), why);
    }
}

fn of(facts: Vec<event::Fact>) -> Vec<event::Event> {
    facts.into_iter().map(|fact| fact.event).collect()
}

fn yoga() -> ActivityFacts {
    ActivityFacts {
        name: Some(name("Stoelyoga")),
        organised_by: Some(OrganisedBy::Volunteers),
        ..ActivityFacts::default()
    }
}

fn add(facts: ActivityFacts) -> Command {
    Command::AddActivity {
        activity: YOGA,
        facts,
        since: None,
    }
}

fn change(facts: ActivityFacts, since: Option<&str>) -> Command {
    Command::ChangeActivity {
        activity: YOGA,
        facts,
        since: since.map(day),
    }
}

fn plan(starts_at: &str, lasts: i64) -> Command {
    let starts_at = at(starts_at);
    let plan = SessionPlan {
        session: session(13),
        starts_at,
        ends_at: starts_at.plus_millis(lasts),
    };
    plans(vec![plan])
}

fn plans(sessions: Vec<SessionPlan>) -> Command {
    Command::PlanSessions {
        activity: CHOIR,
        sessions,
        room: None,
        series: None,
    }
}

/// Sessions of an hour, a day apart.
fn many(count: usize) -> Vec<SessionPlan> {
    let first = at("2026-11-01T10:00:00Z");
    let plan = |n: usize| {
        let days = i64::try_from(n).expect("few");
        let starts_at = first.plus_millis(days * DAY);
        SessionPlan {
            session: session(1_000 + n as u128),
            starts_at,
            ends_at: starts_at.plus_millis(HOUR),
        }
    };
    (0..count).map(plan).collect()
}

#[test]
fn an_activity_is_added_from_today_and_once() {
    let mut house = house();
    let expected = Event::ActivityAdded {
        activity: YOGA,
        facts: yoga(),
        since: day("2026-10-05"),
    };
    let facts = house.programme(add(yoga()));
    assert_eq!(of(facts), [event::Event::Programme(expected)]);
    let other = ActivityFacts {
        organised_by: Some(OrganisedBy::Staff),
        ..yoga()
    };
    house.programme_denies(add(other), Rejection::IdReused);
}

#[test]
fn an_activity_needs_a_name_and_an_organiser() {
    let house = house();
    for lacking in [
        ActivityFacts {
            name: None,
            ..yoga()
        },
        ActivityFacts {
            organised_by: None,
            ..yoga()
        },
    ] {
        house.programme_denies(add(lacking), Rejection::IncompleteActivity);
    }
}

#[test]
fn an_activity_changes_from_a_day_where_something_is_new() {
    let mut house = house();
    house.programme_denies(change(yoga(), None), Rejection::UnknownActivity(YOGA));
    house.programme(add(yoga()));
    assert_eq!(house.programme(change(yoga(), None)), vec![]);
    assert_eq!(
        house.programme(change(ActivityFacts::default(), None)),
        vec![]
    );
    let capacity = ActivityFacts {
        capacity: Some(20),
        ..ActivityFacts::default()
    };
    let expected = Event::ActivityChanged {
        activity: YOGA,
        facts: capacity.clone(),
        since: day("2026-11-01"),
    };
    let facts = house.programme(change(capacity.clone(), Some("2026-11-01")));
    assert_eq!(of(facts), [event::Event::Programme(expected)]);
    // It is none the earlier.
    assert_eq!(
        house.programme(change(capacity, Some("2026-10-31"))).len(),
        1
    );
}

#[test]
fn organisers_are_persons_who_are_known() {
    let mut house = house();
    let by = |persons: &[PersonId]| ActivityFacts {
        organisers: Some(persons.to_vec()),
        ..yoga()
    };
    let nobody = person(99);
    let unknown = |person| Rejection::UnknownPerson(person);
    house.programme_denies(add(by(&[ANS, nobody])), unknown(nobody));
    house.programme(add(by(&[ANS, JAN])));
    house.people(people::Command::Erase(JAN));
    house.programme_denies(change(by(&[JAN]), None), unknown(JAN));
    house.programme(change(by(&[ANS]), None));
}

#[test]
fn rooms_are_those_of_the_house_now_or_ever() {
    let mut house = house();
    let here = ActivityFacts {
        room: Some(HALL),
        ..yoga()
    };
    let in_hall = |session| Command::PlanSessions {
        activity: CHOIR,
        sessions: vec![session],
        room: Some(HALL),
        series: None,
    };
    let session = many(1)[0];
    house.programme_denies(add(here.clone()), Rejection::UnknownRoom(HALL));
    house.programme_denies(in_hall(session), Rejection::UnknownRoom(HALL));
    let hall = Room {
        id: HALL,
        name: name("Zaal"),
        capacity: None,
    };
    for rooms in [vec![hall], vec![]] {
        let settings = vec![Setting::Rooms(rooms)];
        let since = None;
        house.standing(standing::Command::Change { settings, since });
    }
    house.programme(add(here));
    house.programme(in_hall(session));
}

#[test]
fn a_session_lasts_up_to_a_day() {
    let mut house = house();
    let start = "2026-11-01T10:00:00Z";
    for lasts in [0, -1, DAY + 1] {
        house.programme_denies(plan(start, lasts), Rejection::EmptySpan);
    }
    house.at(house.now).programme(plan(start, 1));
    house.programme(plan(start, DAY));
    house.programme_denies(plan(start, DAY - 1), Rejection::IdReused);
}

#[test]
fn sessions_are_of_an_activity_that_is_known_and_have_an_id_each() {
    let house = house();
    let of_yoga = Command::PlanSessions {
        activity: YOGA,
        sessions: many(1),
        room: None,
        series: None,
    };
    house.programme_denies(of_yoga, Rejection::UnknownActivity(YOGA));
    let twice = vec![many(1)[0], many(1)[0]];
    house.programme_denies(plans(twice), Rejection::IdReused);
}

#[test]
fn up_to_four_years_of_weeks_are_planned_at_once() {
    let mut house = house();
    house.programme_denies(plans(vec![]), Rejection::SessionCount);
    let past = many(SESSIONS_A_COMMAND_MAX + 1);
    house.programme_denies(plans(past), Rejection::SessionCount);
    let most = house.programme(plans(many(SESSIONS_A_COMMAND_MAX)));
    assert_eq!(most.len(), 209);
}

#[test]
fn what_of_a_plan_is_known_is_not_planned_again() {
    let mut house = house();
    house.programme(plans(many(2)));
    let series = Some(SeriesId::new(Uuid::from_u128(1)));
    let more = Command::PlanSessions {
        activity: CHOIR,
        sessions: many(3),
        room: None,
        series,
    };
    assert_eq!(house.programme(more).len(), 1);
}

#[test]
fn of_cancel_and_confirm_the_last_word_counts() {
    let mut house = house();
    let unknown = session(99);
    let no = || Rejection::UnknownSession(unknown);
    house.programme_denies(Command::CancelSession(unknown), no());
    house.programme_denies(Command::ConfirmSession(unknown), no());
    let session = CHOIR_TODAY;
    for (asked, said) in [
        (
            Command::ConfirmSession(session),
            Event::SessionConfirmed { session },
        ),
        (
            Command::CancelSession(session),
            Event::SessionCancelled { session },
        ),
        (
            Command::ConfirmSession(session),
            Event::SessionConfirmed { session },
        ),
    ] {
        let facts = house.programme(asked);
        assert_eq!(of(facts), [event::Event::Programme(said)]);
    }
}

#[test]
fn a_code_is_for_something_that_is_known() {
    let mut house = house();
    let of_yoga = issued(NEW, Target::Activity(YOGA));
    house.programme_denies(of_yoga, Rejection::UnknownActivity(YOGA));
    let nowhere = issued(NEW, Target::Session(session(99)));
    house.programme_denies(nowhere, Rejection::UnknownSession(session(99)));
    house.programme(issued(NEW, Target::Door));
    house.programme_denies(issued(NEW, Target::Bar), Rejection::IdReused);
}

#[test]
fn no_code_is_made_for_a_session_that_does_not_take_place() {
    let mut house = house();
    let of_choir = || issued(NEW, Target::Session(CHOIR_TODAY));
    house.programme(Command::CancelSession(CHOIR_TODAY));
    let no = Rejection::SessionCancelled(CHOIR_TODAY);
    house.programme_denies(of_choir(), no);
    house.programme(Command::ConfirmSession(CHOIR_TODAY));
    house.programme(of_choir());
    house.programme(Command::CancelSession(CHOIR_TODAY));
    assert_eq!(house.programme(of_choir()), vec![]);
}

#[test]
fn a_code_is_withdrawn_for_good() {
    let mut house = house();
    house.programme_denies(Command::WithdrawCode(NEW), Rejection::UnknownCode);
    house.programme(issued(NEW, Target::Door));
    let facts = house.programme(Command::WithdrawCode(NEW));
    let expected = Event::CodeWithdrawn { code: NEW };
    assert_eq!(of(facts), [event::Event::Programme(expected)]);
    house.programme_denies(issued(NEW, Target::Door), Rejection::IdReused);
}

fn repeat(
    first: (&str, &str),
    every_weeks: u8,
    until: &str,
) -> Result<Vec<(Timestamp, Timestamp)>, Rejection> {
    let first = (at(first.0), at(first.1));
    weekly(&Zone::default(), first, every_weeks, day(until))
}

fn times(texts: &[(&str, &str)]) -> Vec<(Timestamp, Timestamp)> {
    let pair = |(from, to): &(&str, &str)| (at(from), at(to));
    texts.iter().map(pair).collect()
}

#[test]
fn a_repeat_keeps_its_time_on_the_wall_clock() {
    let autumn = ("2026-10-18T14:00:30+02:00", "2026-10-18T16:00:00+02:00");
    let expected = times(&[
        autumn,
        ("2026-10-25T14:00:30+01:00", "2026-10-25T16:00:00+01:00"),
        ("2026-11-01T14:00:30+01:00", "2026-11-01T16:00:00+01:00"),
    ]);
    assert_eq!(repeat(autumn, 1, "2026-11-01"), Ok(expected));
    let spring = ("2026-03-22T14:00:00+01:00", "2026-03-22T16:00:00+01:00");
    let expected = times(&[
        spring,
        ("2026-04-05T14:00:00+02:00", "2026-04-05T16:00:00+02:00"),
    ]);
    assert_eq!(repeat(spring, 2, "2026-04-18"), Ok(expected));
}

#[test]
fn a_repeat_over_the_night_of_a_clock_change_lasts_as_the_clock_says() {
    let back = ("2026-10-17T22:00:00+02:00", "2026-10-18T03:30:00+02:00");
    let expected = times(&[
        back,
        ("2026-10-24T22:00:00+02:00", "2026-10-25T03:30:00+01:00"),
    ]);
    assert_eq!(repeat(back, 1, "2026-10-24"), Ok(expected));
}

#[test]
fn a_repeat_into_the_gap_of_spring_begins_later_and_lasts_as_long() {
    let first = ("2026-03-22T02:30:00+01:00", "2026-03-22T03:00:00+01:00");
    let expected = times(&[
        first,
        ("2026-03-29T03:30:00+02:00", "2026-03-29T04:00:00+02:00"),
        ("2026-04-05T02:30:00+02:00", "2026-04-05T03:00:00+02:00"),
    ]);
    assert_eq!(repeat(first, 1, "2026-04-04"), Ok(expected));
}

#[test]
fn a_repeat_of_a_whole_day_is_none_longer_where_the_clock_is_put_back() {
    let first = ("2026-10-17T10:00:00+02:00", "2026-10-18T10:00:00+02:00");
    let expected = times(&[
        first,
        ("2026-10-24T10:00:00+02:00", "2026-10-25T09:00:00+01:00"),
    ]);
    assert_eq!(repeat(first, 1, "2026-10-30"), Ok(expected));
}

#[test]
fn a_repeat_goes_on_to_the_day_of_its_end() {
    let first = ("2026-10-06T00:30:00+02:00", "2026-10-06T01:00:00+02:00");
    // Half past midnight is still Monday.
    let count = |until: &str| repeat(first, 1, until).map(|sessions| sessions.len());
    assert_eq!(count("2026-10-04"), Err(Rejection::SessionCount));
    assert_eq!(count("2026-10-05"), Ok(1));
    assert_eq!(count("2026-10-11"), Ok(1));
    assert_eq!(count("2026-10-12"), Ok(2));
}

#[test]
fn a_repeat_has_its_bounds() {
    let first = ("2026-10-05T10:00:00+02:00", "2026-10-05T11:00:00+02:00");
    let count = |weeks, until: &str| repeat(first, weeks, until).map(|sessions| sessions.len());
    assert_eq!(count(0, "2026-12-01"), Err(Rejection::WeeksBetween));
    assert_eq!(count(53, "2026-12-01"), Err(Rejection::WeeksBetween));
    assert_eq!(count(52, "2027-10-04"), Ok(2));
    assert_eq!(count(1, "2030-09-30"), Ok(SESSIONS_A_COMMAND_MAX));
    assert_eq!(count(1, "2030-10-06"), Ok(SESSIONS_A_COMMAND_MAX));
    assert_eq!(count(1, "2030-10-07"), Err(Rejection::SessionCount));
    let nothing = ("2026-10-05T10:00:00+02:00", "2026-10-05T10:00:00+02:00");
    let spans = repeat(nothing, 1, "2026-12-01");
    assert_eq!(spans, Err(Rejection::EmptySpan));
}

#[test]
fn what_a_repeat_gives_can_be_planned() {
    let mut house = house();
    let first = ("2026-10-05T10:00:00+02:00", "2026-10-06T10:00:00+02:00");
    let spans = repeat(first, 1, "2030-09-30").expect("a repeat");
    let sessions = spans.into_iter().zip(5_000..);
    let sessions = sessions.map(|((starts_at, ends_at), id): (_, u128)| SessionPlan {
        session: SessionId::new(Uuid::from_u128(id)),
        starts_at,
        ends_at,
    });
    let all = house.programme(plans(sessions.collect()));
    assert_eq!(all.len(), SESSIONS_A_COMMAND_MAX);
}
