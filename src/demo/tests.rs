mod checks;

use super::{Stage, months_before, play};
use crate::live::Live;
use crate::statements::keys::{Signing, StatementKeys};
use crate::statements::{self};
use meetellen_events::decider::Decider;
use meetellen_events::event::{Actor, ActorKind, Event, Recorded};
use meetellen_events::log::line::Position;
use meetellen_events::months;
use meetellen_events::organisation::{Authority, Command, Organisation, Request};
use meetellen_events::programme;
use meetellen_events::tally::{self, Standing};
use meetellen_events::values::{
    Day, Month, OrganisationId, PersonId, Sealed, SecretHash, Tag, Timestamp, Zone,
};
use meetellen_projections::House;
use std::collections::HashMap;
use std::sync::LazyLock;

/// One organisation as the rules and the figures see it.
#[derive(Default)]
pub struct Played {
    pub rules: Organisation,
    pub house: House,
    pub recorded: Vec<Recorded>,
}

impl Played {
    /// As readers see it; nothing here has a hash.
    fn live(&self) -> Live {
        let mut live = Live {
            organisation: self.rules.clone(),
            house: self.house.clone(),
            ..Live::default()
        };
        live.head.position = self.rules.position();
        live.recorded_at = self
            .recorded
            .last()
            .map_or(live.recorded_at, |last| last.recorded_at);
        live
    }
}

/// One key for all that is played: the same day plays the same.
static SIGNING: LazyLock<Signing> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = StatementKeys::of(folder.path());
    keys.signing(Timestamp::default()).expect("a key")
});

/// The rules and the figures, without a log or keys.
#[derive(Default)]
pub struct Rules {
    played: Vec<Played>,
    at: HashMap<OrganisationId, usize>,
    secrets: u8,
    /// Whether months are left open: a statement takes more time than its month.
    leaves_open: bool,
}

impl Stage for Rules {
    fn at(
        &mut self,
        organisation: OrganisationId,
        now: Timestamp,
        command: Command,
    ) -> anyhow::Result<Standing> {
        let next = self.played.len();
        let at = *self.at.entry(organisation).or_insert(next);
        if at == next {
            self.played.push(Played::default());
        }
        let played = &mut self.played[at];
        if let Some(last) = played.recorded.last() {
            assert!(last.recorded_at <= now, "time went back");
        }
        let mut actor = Actor {
            id: None,
            kind: ActorKind::Visitor,
        };
        if let Authority::Device { device, role } = command.authority {
            assert_eq!(played.rules.role_of(device), Some(role), "not let in");
            (actor.id, actor.kind) = (Some(device), ActorKind::Device);
        }
        let facts = played.rules.decide(&command, now)?;
        anyhow::ensure!(!facts.is_empty(), "asked twice: {:?}", command.request);
        let mut sure = Standing::Counted;
        for fact in facts {
            sure = fact.event.standing();
            let recorded = Recorded {
                position: Position(played.rules.position().0 + 1),
                recorded_at: now,
                actor,
                fact,
            };
            played.rules.evolve(&recorded);
            played.house.apply(&recorded).expect("no gap");
            played.recorded.push(recorded);
        }
        Ok(sure)
    }

    fn close(
        &mut self,
        organisation: OrganisationId,
        now: Timestamp,
        (authority, month): (Authority, Month),
    ) -> anyhow::Result<()> {
        if self.leaves_open {
            return Ok(());
        }
        let live = self.played[self.at[&organisation]].live();
        let statement = statements::closing(&live, month, &SIGNING, now)?;
        let request = Request::Months(months::Command::Close(statement));
        self.at(organisation, now, Command { authority, request })?;
        Ok(())
    }

    fn restate(
        &mut self,
        organisation: OrganisationId,
        now: Timestamp,
        month: Month,
    ) -> anyhow::Result<()> {
        if self.leaves_open {
            return Ok(());
        }
        let played = &self.played[self.at[&organisation]];
        let live = played.live();
        let given = played.recorded.iter().rev().find_map(|recorded| {
            let Event::Months(event) = &recorded.fact.event else {
                return None;
            };
            Some(event.statement().clone()).filter(|statement| statement.month() == month)
        });
        let old = given.expect("it is closed");
        let made = statements::restated(&live, &old, Vec::new(), &SIGNING, now)?;
        let request = Request::Months(months::Command::Restate(made.expect("it changed")));
        let authority = Authority::System;
        self.at(organisation, now, Command { authority, request })?;
        Ok(())
    }

    fn seal(&mut self, _: OrganisationId, _: PersonId, text: &str) -> anyhow::Result<Sealed> {
        Ok(Sealed::new(text.to_owned()))
    }

    fn tag(&mut self, _: OrganisationId, month: Month, phone: [u8; 16]) -> anyhow::Result<Tag> {
        let mut tag = phone;
        tag[0] ^= month.number().unsigned_abs();
        Ok(Tag::new(tag))
    }

    fn secret(&mut self) -> anyhow::Result<SecretHash> {
        self.secrets += 1;
        Ok(SecretHash::new([self.secrets; 32]))
    }
}

/// Badhuis, Sleutel and Kempenaar as played on a day.
fn played(today: Day) -> [Played; 3] {
    played_on(Rules::default(), today)
}

/// The same with every month open.
fn left_open(today: Day) -> [Played; 3] {
    let leaves_open = true;
    played_on(
        Rules {
            leaves_open,
            ..Rules::default()
        },
        today,
    )
}

fn played_on(mut stage: Rules, today: Day) -> [Played; 3] {
    play(today, &mut stage).expect("the rules admit every command");
    stage.played.try_into().ok().expect("three organisations")
}

fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

/// Played once for the tests that only look at it.
pub(crate) static PLAYED: LazyLock<[Played; 3]> = LazyLock::new(|| played(day(TODAY)));
const TODAY: &str = "2027-01-01";

#[test]
fn the_same_day_plays_the_same() {
    for (once, again) in PLAYED.iter().zip(&played(day(TODAY))) {
        assert!(!once.recorded.is_empty());
        assert_eq!(once.recorded, again.recorded);
    }
}

#[test]
fn nothing_is_recorded_before_the_first_month_or_after_the_last() {
    let today = day(TODAY);
    let months = months_before(today);
    let zone = Zone::default();
    let from = zone.start_of(months[0].first_day().plus(-1));
    for played in &*PLAYED {
        let (first, last) = (&played.recorded[0], played.recorded.last());
        assert!(first.recorded_at > from);
        assert!(last.is_some_and(|last| last.recorded_at < zone.start_of(today)));
    }
}

#[test]
fn it_has_the_mess_of_life() {
    const HOUR: i64 = 3_600_000;
    let [badhuis, sleutel, kempenaar] = &*PLAYED;
    let count = |which: &dyn Fn(&Recorded, &Event) -> bool| {
        let all = badhuis.recorded.iter();
        all.filter(|recorded| which(recorded, &recorded.fact.event))
            .count()
    };
    let taken_as = |taken: Standing| count(&|_, event| event.standing() == taken);
    let late = count(&|recorded, event| {
        let late = recorded.recorded_at.millis_since(recorded.fact.occurred_at);
        matches!(event, Event::Tally(_)) && late > HOUR
    });
    let retracted =
        count(&|_, event| matches!(event, Event::Tally(tally::Event::EntryRetracted { .. })));
    let started =
        count(&|_, event| matches!(event, Event::Tally(tally::Event::ShiftStarted { .. })));
    let ended = count(&|_, event| matches!(event, Event::Tally(tally::Event::ShiftEnded { .. })));
    let cancelled = count(&|_, event| {
        matches!(
            event,
            Event::Programme(programme::Event::SessionCancelled { .. })
        )
    });
    let shifted = count(&|recorded, _| recorded.fact.shifted_millis != 0);
    assert!(late > 100, "{late} phones were offline");
    assert!(shifted > 100, "{shifted} clocks were off");
    assert!(retracted > 50, "{retracted} slips");
    assert!(taken_as(Standing::AlreadyCounted) > 300, "double scans");
    assert!(taken_as(Standing::ToConfirm) > 39, "crowds at a poster");
    assert_eq!(badhuis.rules.waiting().count(), 39, "photographs of one");
    assert_eq!(
        (started - ended, cancelled),
        (13, 13),
        "forgotten, cancelled"
    );
    for played in [sleutel, kempenaar] {
        assert_eq!(played.rules.waiting().count(), 0);
    }
}

#[test]
fn every_month_but_the_last_is_closed_and_one_was_restated() {
    let months = months_before(day(TODAY));
    let (last, closed) = months.split_last().expect("thirteen");
    for played in &*PLAYED {
        let found: Vec<Month> = played
            .rules
            .closed_months()
            .map(|(month, _)| month)
            .collect();
        assert_eq!(found, closed);
        let state = played.rules.months();
        assert_eq!(state.touched().count(), 0, "nothing is left to restate");
        assert!(state.month(*last).is_none());
    }
    let restated = |played: &Played| {
        let given = played.rules.months().statements().iter();
        given.filter(|given| given.restates.is_some()).count()
    };
    assert_eq!(PLAYED.iter().map(restated).collect::<Vec<_>>(), [1, 0, 0]);
}
