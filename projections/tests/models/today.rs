//! What the bar and the door show now.

use crate::world::{World, at, day, device, id, phone};
use meetellen_events::event::Event;
use meetellen_events::log::line::Position;
use meetellen_events::people::{self, AgeGroup, PersonFacts};
use meetellen_events::standing::Listed;
use meetellen_events::tally::{Event as Tally, OpeningState, ShiftKind, Standing, Target, Visitor};
use meetellen_events::values::{Cents, Day, PersonId, Quantity, SessionId};
use meetellen_projections::figures::{count_day, count_session};
use meetellen_projections::today::{LAST_ENTRIES_MAX, Numbers, OpenShift};
use proptest::prelude::*;

fn visits(world: &World, of: &str) -> i64 {
    world.house.today().on(day(of)).visits
}

fn number(world: &World, check_in: Target) -> Option<i64> {
    world.house.today().number_of(check_in.entry)
}

#[test]
fn a_day_in_numbers() {
    let mut world = World::new();
    let eggs = id(400);
    world.list(Listed::Counter(eggs), "Eieren", "2026-01-01");
    world.taps("2026-10-05T10:00:00Z", None, 3);
    world.check_in_as(
        "2026-10-05T10:00:00Z",
        phone(1),
        None,
        (1, 1),
        Standing::ToConfirm,
    );
    world.coffee("2026-10-05T10:00:00Z", 5);
    let wrong = world.coffee("2026-10-05T10:01:00Z", 50);
    world.retract("2026-10-05T10:02:00Z", wrong);
    world.bar_revenue("2026-10-05T20:00:00Z", 6_250, false);
    world.tally(
        "2026-10-05T20:00:00Z",
        Tally::ShopRevenueCounted {
            amount: Cents::new(1_200).expect("an amount"),
            expected: None,
        },
    );
    for quantity in [12, 7] {
        world.tally(
            "2026-10-05T20:00:00Z",
            Tally::CounterTallied {
                counter: eggs,
                quantity: Quantity::new(quantity).expect("a quantity"),
            },
        );
    }
    for (when, state) in [
        ("2026-10-05T21:00:00Z", OpeningState::Closed),
        ("2026-10-05T07:00:00Z", OpeningState::Opened),
    ] {
        world.tally(when, Tally::OpeningNoted { state });
    }
    assert_eq!(
        world.house.today().on(day("2026-10-05")),
        Numbers {
            visits: 3,
            check_ins: 3,
            to_confirm: 2,
            coffee_cups: 5,
            bar_cents: 6_250,
            shop_cents: 1_200,
            counters: [(eggs, 19)].into(),
            door: Some(OpeningState::Closed),
        }
    );
    assert_eq!(
        world.house.today().on(day("2026-10-04")),
        Numbers::default()
    );
}

#[test]
fn the_day_turns_at_four_and_yesterday_stays_for_late_phones() {
    let mut world = World::new();
    world.taps("2026-10-05T10:00:00Z", None, 1);
    world.taps("2026-10-06T01:59:59Z", None, 1);
    world.taps("2026-10-06T02:00:00Z", None, 1);
    assert_eq!(
        (visits(&world, "2026-10-05"), visits(&world, "2026-10-06")),
        (2, 1)
    );
    let late = world.check_in("2026-10-05T20:00:00Z", phone(1), None, (1, 2));
    assert_eq!(
        (visits(&world, "2026-10-05"), number(&world, late)),
        (5, Some(5))
    );
    world.taps("2026-10-07T02:00:00Z", None, 1);
    assert_eq!(
        visits(&world, "2026-10-05"),
        0,
        "the day before yesterday is gone"
    );
    let older = world.check_in("2026-10-05T20:00:00Z", phone(2), None, (1, 0));
    assert_eq!(
        (visits(&world, "2026-10-05"), number(&world, older)),
        (0, None)
    );
}

#[test]
fn the_night_the_clock_goes_back_has_an_hour_more() {
    let mut world = World::new();
    world.taps("2026-10-25T02:59:59Z", None, 1);
    world.taps("2026-10-25T03:00:00Z", None, 2);
    assert_eq!(
        (visits(&world, "2026-10-24"), visits(&world, "2026-10-25")),
        (1, 2)
    );
}

#[test]
fn a_check_in_has_its_number_of_the_day_for_good() {
    let mut world = World::new();
    world.taps("2026-10-05T10:00:00Z", None, 11);
    let twelfth = world.check_in("2026-10-05T10:01:00Z", phone(1), None, (1, 0));
    world.taps("2026-10-05T10:02:00Z", None, 3);
    let again = world.check_in_as(
        "2026-10-05T10:03:00Z",
        phone(1),
        None,
        (1, 0),
        Standing::AlreadyCounted,
    );
    let waiting = world.check_in_as(
        "2026-10-05T10:04:00Z",
        phone(2),
        None,
        (1, 0),
        Standing::ToConfirm,
    );
    assert_eq!(number(&world, twelfth), Some(12));
    assert_eq!(number(&world, again), Some(15));
    assert_eq!(number(&world, waiting), None);
}

#[test]
fn sessions_of_the_day_tell_who_takes_part_so_far() {
    let mut world = World::new();
    let choir = world.activity(800, "Koor", None);
    let late = world.session(choir, "2026-10-05T18:00:00Z", "2026-10-05T20:00:00Z");
    let early = world.session(choir, "2026-10-05T12:00:00Z", "2026-10-05T14:00:00Z");
    world.session(choir, "2026-10-06T12:00:00Z", "2026-10-06T14:00:00Z");
    world.taps("2026-10-05T12:00:00Z", Some(early), 3);
    world.heads("2026-10-05T12:30:00Z", Some(early), 8, None);
    world.taps("2026-10-05T18:00:00Z", Some(late), 2);
    world.cancel("2026-10-05T18:10:00Z", late);
    let told = |world: &World| -> Vec<_> {
        let sessions = world.house.today().sessions(day("2026-10-05")).into_iter();
        sessions
            .map(|one| (one.session, one.cancelled, one.participations))
            .collect()
    };
    assert_eq!(told(&world), [(early, false, 8), (late, true, 0)]);
    assert_eq!(
        visits(&world, "2026-10-05"),
        10,
        "what was counted there stays"
    );
    world.confirm_session("2026-10-05T19:00:00Z", late);
    assert_eq!(told(&world)[1], (late, false, 2));
}

#[test]
fn shifts_stay_open_until_an_end_that_stands() {
    let mut world = World::new();
    let forgotten = world.shift("2026-10-01T08:00:00Z", 700, ShiftKind::Bar);
    let shift = world.shift("2026-10-05T08:00:00Z", 701, ShiftKind::Shop);
    let gone = world.shift("2026-10-05T08:00:00Z", 702, ShiftKind::Host);
    world.retract("2026-10-05T08:01:00Z", gone);
    let end = world.end("2026-10-05T12:00:00Z", shift);
    let open = |world: &World| world.house.today().open_shifts();
    assert_eq!(
        open(&world),
        [OpenShift {
            entry: forgotten.entry,
            position: forgotten.position.0,
            volunteer: id(700),
            kind: ShiftKind::Bar,
            session: None,
            since: at("2026-10-01T08:00:00Z"),
        }]
    );
    world.retract("2026-12-05T08:01:00Z", end);
    assert_eq!(open(&world).len(), 2);
    world.retract("2026-12-05T08:02:00Z", forgotten);
    world.end("2026-10-05T13:00:00Z", shift);
    assert_eq!(open(&world), []);
}

#[test]
fn a_device_has_its_last_twenty_entries_newest_first() {
    let mut world = World::new();
    let mut own = Vec::new();
    for number in 0..50 {
        world.actor = device(600 + number % 2);
        let cup = world.coffee("2026-10-05T08:00:00Z", 1);
        if number % 2 == 1 {
            own.insert(0, cup.position.0);
        }
    }
    own.truncate(LAST_ENTRIES_MAX);
    let tablet = device(601).id.expect("a device");
    let newest = Target {
        entry: id(own[0]),
        position: Position(own[0]),
    };
    world.retract("2026-10-05T08:00:01Z", newest);
    let last: Vec<u64> = world.house.today().last_of(tablet).collect();
    assert_eq!(last, own);
}

#[derive(Debug, Clone)]
enum Act {
    CheckIn(u8, Option<usize>, (i64, i64), bool),
    Heads(Option<usize>, i64),
    Shift(u64),
    End(usize),
    Coffee(i64),
    Retract(usize),
    Confirm(usize),
    Cancel(usize),
    Hold(usize),
    Age(u64, AgeGroup),
}

fn act() -> impl Strategy<Value = Act> {
    let session = || prop::option::of(0..3_usize);
    prop_oneof![
        8 => (0..6_u8, session(), (0..3_i64, 0..3_i64), prop::bool::weighted(0.2))
            .prop_filter("nobody", |(_, _, (adults, children), _)| adults + children > 0)
            .prop_map(|(who, session, party, waits)| Act::CheckIn(who, session, party, waits)),
        3 => (session(), 0..12_i64).prop_map(|(session, heads)| Act::Heads(session, heads)),
        2 => (704..706_u64).prop_map(Act::Shift),
        1 => (0..20_usize).prop_map(Act::End),
        1 => (1..5_i64).prop_map(Act::Coffee),
        4 => (0..40_usize).prop_map(Act::Retract),
        2 => (0..40_usize).prop_map(Act::Confirm),
        1 => (0..3_usize).prop_map(Act::Cancel),
        1 => (0..3_usize).prop_map(Act::Hold),
        1 => (704..706_u64, prop_oneof![Just(AgeGroup::Child), Just(AgeGroup::Adult)])
            .prop_map(|(who, age)| Act::Age(who, age)),
    ]
}

/// The days around the hour that comes twice.
const DAYS: [&str; 2] = ["2026-10-24", "2026-10-25"];

struct Played {
    world: World,
    sessions: Vec<SessionId>,
    entries: Vec<Target>,
    shifts: Vec<Target>,
}

impl Played {
    fn new() -> Self {
        let mut world = World::new();
        let choir = world.activity(800, "Koor", None);
        let sessions = [
            ("2026-10-24T10:00:00Z", "2026-10-24T12:00:00Z"),
            ("2026-10-24T20:00:00Z", "2026-10-25T03:30:00Z"),
            ("2026-10-25T10:00:00Z", "2026-10-25T12:00:00Z"),
        ]
        .map(|(start, end)| world.session(choir, start, end));
        world.recorded_at = Some(at("2026-10-25T20:00:00Z"));
        Self {
            world,
            sessions: sessions.to_vec(),
            entries: Vec::new(),
            shifts: Vec::new(),
        }
    }

    fn play(&mut self, when: &str, act: &Act) {
        let world = &mut self.world;
        let session = |number: &Option<usize>| number.map(|number| self.sessions[number]);
        match act {
            Act::CheckIn(who, place, party, waits) => {
                let visitor = match who {
                    0 => Visitor::Unknown,
                    4 | 5 => Visitor::Pass(id(700 + u64::from(*who))),
                    phones => phone(*phones),
                };
                let standing = if *waits {
                    Standing::ToConfirm
                } else {
                    Standing::Counted
                };
                let place = session(place);
                let target = world.check_in_as(when, visitor, place, *party, standing);
                self.entries.push(target);
            }
            Act::Heads(place, heads) => {
                let place = session(place);
                self.entries.push(world.heads(when, place, *heads, None));
            }
            Act::Shift(who) => {
                let shift = world.shift(when, *who, ShiftKind::Bar);
                self.shifts.push(shift);
                self.entries.push(shift);
            }
            Act::End(number) => {
                if let Some(shift) = self.shifts.get(*number) {
                    let end = world.end(when, *shift);
                    self.entries.push(end);
                }
            }
            Act::Coffee(cups) => self.entries.push(world.coffee(when, *cups)),
            Act::Retract(number) => {
                if let Some(target) = self.entries.get(*number) {
                    world.retract(when, *target);
                }
            }
            Act::Confirm(number) => {
                if let Some(target) = self.entries.get(*number) {
                    world.confirm(when, &[*target]);
                }
            }
            Act::Cancel(number) => world.cancel(when, self.sessions[*number]),
            Act::Hold(number) => world.confirm_session(when, self.sessions[*number]),
            Act::Age(who, age) => {
                let person: PersonId = id(*who);
                let facts = PersonFacts {
                    age: Some(*age),
                    ..PersonFacts::default()
                };
                let since = day("2026-10-01");
                let changed = people::Event::Changed {
                    person,
                    facts,
                    since,
                };
                world.record(when, Event::People(changed));
            }
        }
    }

    fn agrees(&self, day: Day) -> Result<(), TestCaseError> {
        let (ledger, today) = (self.world.house.get(), self.world.house.today());
        let count = count_day(ledger, day, at("2026-12-31T12:00:00Z"));
        let now = today.on(day);
        prop_assert_eq!(now.visits, count.seen.total());
        prop_assert_eq!(now.to_confirm, count.waiting.total());
        let cups = ledger.rows_of(day).map(|row| {
            let Tally::CoffeeServed { cups, .. } = &row.event else {
                return 0;
            };
            i64::from(cups.get())
        });
        prop_assert_eq!(now.coffee_cups, cups.sum::<i64>());
        for one in today.sessions(day) {
            let session = ledger.session(one.session).expect("a session");
            let found = count_session(ledger, session, at("2026-12-31T12:00:00Z"));
            prop_assert_eq!(one.participations, found.participations.total());
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn the_numbers_of_a_day_are_those_of_the_figures(
        acts in prop::collection::vec((act(), 0..47_u32), 1..60),
    ) {
        let mut played = Played::new();
        for (act, hour) in &acts {
            let (date, hour) = if *hour < 22 { (24, hour + 2) } else { (25, hour - 22) };
            let when = format!("2026-10-{date}T{:02}:30:00Z", hour.min(23));
            played.play(&when, act);
            for of in DAYS {
                played.agrees(day(of))?;
            }
        }
        let ledger = played.world.house.get();
        let standing = |shift: &&Target| {
            ledger.row(shift.position.0).is_some_and(|row| {
                ledger.end_of(&row).is_none()
            })
        };
        prop_assert_eq!(
            played.world.house.today().open_shifts().len(),
            played.shifts.iter().filter(standing).count()
        );
    }
}

#[test]
fn what_a_pass_holder_on_duty_brings_along_is_a_visit() {
    let mut world = World::new();
    world.check_in("2026-10-05T10:00:00Z", Visitor::Pass(id(700)), None, (1, 1));
    assert_eq!(visits(&world, "2026-10-05"), 2);
    let shift = world.shift("2026-10-05T11:00:00Z", 700, ShiftKind::Bar);
    assert_eq!(visits(&world, "2026-10-05"), 1);
    world.retract("2026-10-05T11:01:00Z", shift);
    assert_eq!(visits(&world, "2026-10-05"), 2);
}
