//! Any history: live equals rebuilt, repeats and the order of arrival change nothing, and a naive count agrees.

#[path = "properties/naive.rs"]
mod naive;
#[path = "properties/steps.rs"]
mod steps;
#[path = "properties/world.rs"]
mod world;

use meetellen_events::codec;
use meetellen_events::event::{Actor, ActorKind, Commit, Event, Fact, Recorded};
use meetellen_events::log::line::{Head, Line, Position};
use meetellen_events::tally::{Event as Tally, Target, Visitor};
use meetellen_events::values::{OrganisationId, Period};
use meetellen_projections::House;
use meetellen_projections::figures::{Figures, Value, adds_up, figures};
use naive::{Log, Naive};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use steps::steps;
use uuid::Uuid;
use world::World;

const PERIODS: [&str; 7] = [
    "2026-10-24",
    "2026-10-25",
    "2026-W44",
    "2026-10",
    "2026-11",
    "2026-Q4",
    "2026-10-20..2026-11-20",
];

fn period(text: &str) -> Period {
    text.parse().expect("a period")
}

fn ask(house: &House) -> Vec<Figures> {
    PERIODS
        .map(|text| figures(house.get(), &period(text)))
        .to_vec()
}

fn folded(log: &[Recorded]) -> House {
    let mut house = House::default();
    for recorded in log {
        assert_eq!(house.apply(recorded), Ok(true));
    }
    house
}

/// The same log, by way of its lines and a sealed chunk.
fn rebuilt(log: &[Recorded]) -> House {
    let mut head = Head::default();
    let mut lines: Vec<Line> = Vec::new();
    for recorded in log {
        let commit = Commit {
            organisation: OrganisationId::new(Uuid::from_u128(1)),
            first: recorded.position,
            recorded_at: recorded.recorded_at,
            actor: recorded.actor,
            previous: head.hash,
            facts: vec![recorded.fact.clone()],
        };
        let line = codec::encode(&commit).expect("a commit");
        head = line.head();
        lines.push(line);
    }
    let packed = codec::pack(&lines).expect("lines behind each other");
    let mut house = House::default();
    codec::unpack(&packed, &mut |recorded| {
        assert_eq!(house.apply(&recorded), Ok(true));
    })
    .expect("what was packed");
    house
}

fn whole(found: &Figures, key: &str) -> Option<i64> {
    match &found.get(key).expect("a key of the catalogue").value {
        Value::Whole(number) => Some(*number),
        Value::Decimal(text) => panic!("{key} is {text}"),
        Value::Unknown | Value::Suppressed | Value::Withheld => None,
    }
}

/// The tally's facts in another order, with their places made anew; what mends an entry comes behind it.
fn shuffled(log: &[Recorded], order: &[prop::sample::Index]) -> Vec<Recorded> {
    let is_tally = |recorded: &&Recorded| matches!(recorded.fact.event, Event::Tally(_));
    let mut sorted: Vec<&Recorded> = log.iter().filter(|one| !is_tally(one)).collect();
    let mut waiting: Vec<&Recorded> = log.iter().filter(is_tally).collect();
    let mut placed: BTreeSet<u64> = BTreeSet::new();
    let mut order = order.iter().cycle();
    while !waiting.is_empty() {
        let ready: Vec<usize> = (0..waiting.len())
            .filter(|place| {
                targets(waiting[*place])
                    .iter()
                    .all(|target| placed.contains(target))
            })
            .collect();
        let next = order.next().expect("a cycle").index(ready.len());
        let recorded = waiting.remove(ready[next]);
        placed.insert(recorded.position.0);
        sorted.push(recorded);
    }
    let places: BTreeMap<u64, u64> = (1..)
        .zip(&sorted)
        .map(|(place, recorded)| (recorded.position.0, place))
        .collect();
    let end = log.last().expect("founded").recorded_at;
    let moved = sorted.into_iter().map(|recorded| Recorded {
        position: Position(places[&recorded.position.0]),
        recorded_at: end,
        actor: Actor {
            id: None,
            kind: ActorKind::System,
        },
        fact: Fact {
            event: retargeted(&recorded.fact.event, &places),
            ..recorded.fact.clone()
        },
    });
    moved.collect()
}

/// The entries that an event mends, ends or confirms.
fn targets_mut(event: &mut Event) -> Vec<&mut Target> {
    let Event::Tally(tally) = event else {
        return Vec::new();
    };
    if let Tally::EntryRetracted { target, .. } | Tally::ShiftEnded { shift: target, .. } = tally {
        vec![target]
    } else if let Tally::EntriesConfirmed { targets } = tally {
        targets.iter_mut().collect()
    } else {
        Vec::new()
    }
}

fn targets(recorded: &Recorded) -> Vec<u64> {
    let mut event = recorded.fact.event.clone();
    let targets = targets_mut(&mut event).into_iter();
    targets.map(|target| target.position.0).collect()
}

fn retargeted(event: &Event, places: &BTreeMap<u64, u64>) -> Event {
    let mut event = event.clone();
    for target in targets_mut(&mut event) {
        target.position = Position(places[&target.position.0]);
    }
    event
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn live_equals_rebuilt_after_every_commit(steps in steps(60), stride in 5..20_usize) {
        let world = World::after(&steps);
        let (mut live, mut shown) = (House::default(), 0);
        for (number, end) in world.commits.iter().enumerate() {
            for recorded in &world.log()[shown..*end] {
                prop_assert_eq!(live.apply(recorded), Ok(true));
            }
            shown = *end;
            if number % stride == 0 || *end == world.log().len() {
                let again = rebuilt(&world.log()[..*end]);
                prop_assert_eq!(ask(&live), ask(&again));
                prop_assert_eq!(live.get(), again.get());
            }
        }
    }

    #[test]
    fn a_naive_count_agrees(steps in steps(120)) {
        let world = World::after(&steps);
        let house = folded(world.log());
        let log = Log::new(world.log());
        let ever = log.with_all();
        let mut began = false;
        let mut days: Vec<Naive> = Vec::new();
        for day in period("2026-10-22..2026-11-12").days() {
            let naive = log.count(day.date());
            began |= ever.count(day.date()).counted;
            let found = figures(house.get(), &Period::day(day));
            prop_assert_eq!(whole(&found, "open_days"), Some(naive.open.into()));
            let known = began && (naive.counted || !naive.open);
            let expected = |number| known.then_some(number);
            prop_assert_eq!(whole(&found, "visits"), expected(naive.visits), "{}", day);
            prop_assert_eq!(whole(&found, "visits_children"), expected(naive.children));
            prop_assert_eq!(whole(&found, "visits_with_volunteers"), expected(naive.with_volunteers));
            prop_assert_eq!(whole(&found, "visits_anonymous"), expected(naive.anonymous));
            prop_assert_eq!(whole(&found, "visits_to_confirm").unwrap_or(0), naive.waiting);
            prop_assert_eq!(whole(&found, "unique_visitors"), expected(naive.known.len() as i64));
            for (key, number) in [
                ("activities_held", naive.held),
                ("activities_cancelled", naive.cancelled),
                ("activities_unconfirmed", naive.unconfirmed),
            ] {
                prop_assert_eq!(whole(&found, key).unwrap_or(0), number, "{}", key);
            }
            if naive.held > 0 && naive.participations > 0 {
                prop_assert_eq!(whole(&found, "participations"), Some(naive.participations));
            }
            days.push(naive);
        }
        let found = figures(house.get(), &period("2026-10-22..2026-11-12"));
        let visits: i64 = days.iter().map(|day| day.visits).sum();
        let passes: BTreeSet<_> = days.iter().flat_map(|day| &day.known).filter_map(|visitor| match visitor {
            Visitor::Pass(person) => Some(*person),
            Visitor::Phone(_) | Visitor::Unknown => None,
        }).collect();
        if let Some(found) = whole(&found, "visits") {
            prop_assert_eq!(found, visits);
        }
        if let Some(found) = whole(&found, "unique_pass_holders") {
            prop_assert_eq!(found, passes.len() as i64);
        }
    }

    #[test]
    fn rows_tell_what_was_recorded(steps in steps(80)) {
        let world = World::after(&steps);
        let house = folded(world.log());
        for recorded in world.log() {
            let row = house.get().kept(recorded.position.0);
            let Event::Tally(event) = &recorded.fact.event else {
                prop_assert!(row.is_none());
                continue;
            };
            let row = row.expect("a row");
            prop_assert_eq!(&row.event, event);
            prop_assert_eq!(row.entry.uuid(), recorded.fact.id);
            prop_assert_eq!(row.at, recorded.fact.occurred_at);
            prop_assert_eq!((row.recorded_at, row.actor), (recorded.recorded_at, recorded.actor));
        }
    }

    #[test]
    fn the_order_of_arrival_changes_nothing(
        steps in steps(80),
        order in proptest::collection::vec(any::<prop::sample::Index>(), 1..80),
    ) {
        let world = World::after(&steps);
        let in_order = folded(world.log());
        let otherwise = folded(&shuffled(world.log(), &order));
        prop_assert_eq!(ask(&in_order), ask(&otherwise));
    }

    #[test]
    fn sending_everything_again_adds_nothing(steps in steps(80)) {
        let mut world = World::after(&steps);
        let mut house = folded(world.log());
        let before = ask(&house);
        for recorded in world.log() {
            prop_assert_eq!(house.apply(recorded), Ok(false));
        }
        prop_assert_eq!(ask(&house), before);
        prop_assert_eq!(world.send_again(), 0);
    }

    #[test]
    fn what_is_said_to_add_up_does(steps in steps(80)) {
        let house = folded(World::after(&steps).log());
        let of = |text: &str| figures(house.get(), &period(text));
        let days = |month: &str, last: u32| (1..=last).map(|day| of(&format!("{month}-{day:02}"))).collect();
        let sums: [(Figures, Vec<Figures>); 2] = [
            (of("2026-10"), days("2026-10", 31)),
            (of("2026-Q4"), ["2026-10", "2026-11", "2026-12"].map(of).to_vec()),
        ];
        for (all, parts) in &sums {
            // Hours are rounded in each period.
            for figure in all.figures.iter().filter(|figure| adds_up(figure.key)) {
                let Value::Whole(whole_period) = figure.value else { continue };
                let known: Option<Vec<i64>> = parts.iter().map(|part| whole(part, figure.key)).collect();
                if let Some(known) = known {
                    prop_assert_eq!(known.iter().sum::<i64>(), whole_period, "{}", figure.key);
                }
            }
        }
    }
}
