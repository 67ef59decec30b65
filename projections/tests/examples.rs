//! The worked examples of the catalogue.

use meetellen_events::event::{Actor, ActorKind, Event, Fact, Recorded};
use meetellen_events::log::line::Position;
use meetellen_events::programme;
use meetellen_events::tally::{
    CountBasis, Event as Tally, Evidence, HoursBasis, OpeningState, ShiftKind, Standing, Target,
    Visitor,
};
use meetellen_events::values::{
    Cents, EntryId, HeadCount, Party, PersonId, SessionId, Tag, Timestamp,
};
use meetellen_projections::House;
use meetellen_projections::figures::{Figures, Value, figures};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

fn uuid(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

#[derive(Default)]
struct History {
    house: House,
    last: u64,
}

impl History {
    fn record(&mut self, when: &str, event: Event) -> Target {
        self.last += 1;
        let entry: EntryId = uuid(self.last).parse().expect("an id");
        let fact = Fact {
            id: entry.uuid(),
            occurred_at: at(when),
            shifted_millis: 0,
            event,
        };
        let actor = Actor {
            id: None,
            kind: ActorKind::Visitor,
        };
        let position = Position(self.last);
        let recorded = Recorded {
            position,
            recorded_at: at(when),
            actor,
            fact,
        };
        assert_eq!(self.house.apply(&recorded), Ok(true));
        assert_eq!(
            self.house.apply(&recorded),
            Ok(false),
            "a repeat adds nothing"
        );
        Target { entry, position }
    }

    fn tally(&mut self, when: &str, event: Tally) -> Target {
        self.record(when, Event::Tally(event))
    }

    fn plan(&mut self, number: u64, start: &str, end: &str) -> SessionId {
        let session = uuid(900 + number).parse().expect("an id");
        let activity = uuid(800).parse().expect("an id");
        let (starts_at, ends_at) = (at(start), at(end));
        let planned = programme::Event::SessionPlanned {
            session,
            activity,
            starts_at,
            ends_at,
            room: None,
            series: None,
        };
        self.record(start, Event::Programme(planned));
        session
    }

    fn check_in(
        &mut self,
        when: &str,
        visitor: Visitor,
        session: Option<SessionId>,
        party: (i64, i64),
        evidence: Evidence,
    ) -> Target {
        let party = Party::new(party.0, party.1).expect("a party");
        let standing = Standing::Counted;
        self.tally(
            when,
            Tally::VisitorCheckedIn {
                session,
                party,
                visitor,
                evidence,
                code: None,
                standing,
            },
        )
    }

    fn heads(&mut self, when: &str, session: Option<SessionId>, adults: i64) {
        let heads = HeadCount::new(adults, 0, None).expect("a head count");
        self.tally(
            when,
            Tally::HeadsCounted {
                session,
                heads,
                basis: CountBasis::Counted,
            },
        );
    }

    fn retract(&mut self, when: &str, target: Target) {
        self.tally(
            when,
            Tally::EntryRetracted {
                target,
                reason: None,
            },
        );
    }

    fn figures(&self, period: &str) -> Figures {
        figures(
            self.house.get(),
            &period.parse().expect("a period"),
            at("2026-12-01T12:00:00Z"),
        )
    }
}

fn whole(figures: &Figures, key: &str) -> Option<i64> {
    match figures.get(key)?.value {
        Value::Whole(number) => Some(number),
        Value::Decimal(_) | Value::Unknown => None,
    }
}

const A: Visitor = Visitor::Phone(Tag::new([7; 16]));

#[test]
fn example_1_a_phone_twice_and_a_larger_party() {
    let mut history = History::default();
    let choir = history.plan(1, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    history.check_in("2026-10-05T08:00:00Z", A, None, (1, 0), Evidence::Poster);
    history.check_in(
        "2026-10-05T12:00:00Z",
        A,
        Some(choir),
        (1, 0),
        Evidence::Poster,
    );
    history.check_in(
        "2026-10-05T12:05:00Z",
        A,
        Some(choir),
        (1, 2),
        Evidence::Poster,
    );
    let found = history.figures("2026-10-05");
    for (key, value) in [
        ("visits", 3),
        ("visits_children", 2),
        ("visits_anonymous", 2),
        ("participations", 3),
        ("unique_visitors", 1),
    ] {
        assert_eq!(whole(&found, key), Some(value), "{key}");
    }
}

#[test]
fn example_2_a_retracted_check_in_gives_way_to_the_other() {
    let mut history = History::default();
    let pass = Visitor::Pass(uuid(700).parse::<PersonId>().expect("an id"));
    let first = history.check_in("2026-10-05T08:00:00Z", pass, None, (1, 0), Evidence::Host);
    let second = history.check_in("2026-10-05T08:05:00Z", pass, None, (1, 0), Evidence::Host);
    history.retract("2026-10-05T09:00:00Z", first);
    assert_eq!(whole(&history.figures("2026-10-05"), "visits"), Some(1));
    history.retract("2026-10-05T09:01:00Z", second);
    assert_eq!(whole(&history.figures("2026-10-05"), "open_days"), Some(0));
}

#[test]
fn example_4_head_counts_add_what_check_ins_miss() {
    let mut history = History::default();
    let choir = history.plan(1, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    for phone in 0..10 {
        let visitor = Visitor::Phone(Tag::new([phone; 16]));
        history.check_in(
            "2026-10-05T12:00:00Z",
            visitor,
            Some(choir),
            (1, 0),
            Evidence::Poster,
        );
    }
    history.heads("2026-10-05T12:30:00Z", Some(choir), 30);
    history.heads("2026-10-05T13:00:00Z", Some(choir), 35);
    for _ in 0..5 {
        history.check_in(
            "2026-10-05T10:00:00Z",
            Visitor::Unknown,
            None,
            (1, 0),
            Evidence::Host,
        );
    }
    let found = history.figures("2026-10-05");
    assert_eq!(
        (whole(&found, "participations"), whole(&found, "visits")),
        (Some(35), Some(40))
    );
    let visits = found.get("visits").expect("visits");
    assert_eq!(visits.basis_share["counted"], "0.38");
    assert_eq!(visits.basis_share["head_count"], "0.63");
    history.heads("2026-10-05T14:00:00Z", None, 38);
    assert_eq!(whole(&history.figures("2026-10-05"), "visits"), Some(40));
    history.heads("2026-10-05T15:00:00Z", None, 50);
    let found = history.figures("2026-10-05");
    assert_eq!(whole(&found, "visits"), Some(50));
    assert_eq!(
        found.get("visits").expect("visits").basis_share["counted"],
        "0.30"
    );
}

#[test]
fn example_5_a_volunteer_on_duty_is_no_visit() {
    let mut history = History::default();
    let volunteer: PersonId = uuid(700).parse().expect("an id");
    let choir = history.plan(1, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    history.tally(
        "2026-10-05T07:00:00Z",
        Tally::ShiftStarted {
            volunteer,
            kind: ShiftKind::Bar,
            session: None,
        },
    );
    history.check_in(
        "2026-10-05T12:00:00Z",
        Visitor::Pass(volunteer),
        Some(choir),
        (1, 1),
        Evidence::Host,
    );
    let found = history.figures("2026-10-05");
    assert_eq!(whole(&found, "visits"), Some(1));
    assert_eq!(whole(&found, "visits_with_volunteers"), Some(2));
    assert_eq!(whole(&found, "participations"), Some(2));
}

#[test]
fn example_6_the_night_belongs_to_the_evening_before() {
    let mut history = History::default();
    let party = history.plan(1, "2026-10-31T21:00:00Z", "2026-11-01T01:00:00Z");
    history.check_in(
        "2026-10-31T23:30:00Z",
        A,
        Some(party),
        (1, 0),
        Evidence::Poster,
    );
    history.check_in(
        "2026-11-01T00:00:00Z",
        Visitor::Unknown,
        None,
        (1, 0),
        Evidence::Host,
    );
    let amount = Cents::new(6250).expect("an amount");
    history.tally(
        "2026-11-01T00:30:00Z",
        Tally::BarRevenueCounted {
            amount,
            expected: None,
            hire: false,
        },
    );
    let found = history.figures("2026-10-31");
    assert_eq!(
        (
            whole(&found, "participations"),
            whole(&found, "visits"),
            whole(&found, "bar_revenue")
        ),
        (Some(1), Some(2), Some(6250))
    );
    assert_eq!(whole(&history.figures("2026-11-01"), "open_days"), Some(0));
}

#[test]
fn example_7_hours_over_the_clock_change() {
    let mut history = History::default();
    let volunteer: PersonId = uuid(700).parse().expect("an id");
    let mut ends = Vec::new();
    for (start, end) in [
        ("2026-10-24T20:00:00Z", "2026-10-25T02:30:00Z"),
        ("2026-10-31T19:00:00Z", "2026-11-01T00:00:00Z"),
    ] {
        let shift = history.tally(
            start,
            Tally::ShiftStarted {
                volunteer,
                kind: ShiftKind::Bar,
                session: None,
            },
        );
        ends.push(history.tally(
            end,
            Tally::ShiftEnded {
                shift,
                basis: HoursBasis::Clocked,
            },
        ));
    }
    let found = history.figures("2026-10");
    assert_eq!(
        found.get("volunteer_hours").expect("hours").value,
        Value::Decimal("11.5".into())
    );
    history.retract("2026-11-02T09:00:00Z", ends[1]);
    let found = history.figures("2026-10");
    assert_eq!(whole(&found, "shifts"), Some(2));
    assert_eq!(
        found.get("volunteer_hours").expect("hours").value,
        Value::Decimal("6.5".into())
    );
}

#[test]
fn example_8_held_cancelled_and_unconfirmed_sessions() {
    let mut history = History::default();
    let sessions = [1, 2, 3]
        .map(|number| history.plan(number, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z"));
    for _ in 0..3 {
        history.check_in(
            "2026-10-05T12:00:00Z",
            Visitor::Unknown,
            Some(sessions[0]),
            (1, 0),
            Evidence::Host,
        );
    }
    history.record(
        "2026-10-05T12:10:00Z",
        Event::Programme(programme::Event::SessionCancelled {
            session: sessions[0],
        }),
    );
    history.heads("2026-10-05T12:30:00Z", Some(sessions[1]), 0);
    let found = history.figures("2026-10-05");
    for (key, value) in [
        ("activities_cancelled", 1),
        ("activities_held", 1),
        ("activities_unconfirmed", 1),
        ("participations", 0),
        ("visits", 3),
    ] {
        assert_eq!(whole(&found, key), Some(value), "{key}");
    }
    assert_eq!(
        found.get("average_participations").expect("mean").value,
        Value::Decimal("0.0".into())
    );
}

#[test]
fn example_10_a_phone_over_a_months_border() {
    let mut history = History::default();
    history.check_in("2026-10-31T14:00:00Z", A, None, (1, 0), Evidence::Poster);
    history.check_in("2026-11-01T14:00:00Z", A, None, (1, 0), Evidence::Poster);
    let week = history.figures("2026-W44");
    assert_eq!(
        (whole(&week, "visits"), whole(&week, "unique_visitors")),
        (Some(2), None)
    );
    assert_eq!(
        whole(&history.figures("2026-10"), "unique_visitors"),
        Some(1)
    );
    assert_eq!(
        whole(&history.figures("2026-11"), "unique_visitors"),
        Some(1)
    );
}

#[test]
fn nobody_came_is_a_count_of_nothing() {
    let mut history = History::default();
    history.tally(
        "2026-10-06T10:00:00Z",
        Tally::OpeningNoted {
            state: OpeningState::NobodyCame,
        },
    );
    let found = history.figures("2026-10-06");
    assert_eq!(
        (whole(&found, "visits"), whole(&found, "open_days")),
        (Some(0), Some(1))
    );
}
