use super::{Command, Event, Hours, Listed, Rejection, Room, Setting, Sourced};
use crate::event;
use crate::organisation::Request;
use crate::scenario::Scenario;
use crate::scenario::given::*;
use crate::values::{Cents, CounterId, Cups, GrantId, IndicatorId, PartnerId, RoomId, TenantId};
use uuid::Uuid;

const GRANT: GrantId = GrantId::new(Uuid::from_u128(1));
const TENANT: Listed = Listed::Tenant(TenantId::new(Uuid::from_u128(1)));

impl Scenario {
    #[track_caller]
    fn standing_denies(&self, asked: Command, why: Rejection) {
        self.refuses(COORDINATOR, Request::Standing(asked), why);
    }
}

fn of(facts: Vec<event::Fact>) -> Vec<Event> {
    let events = facts.into_iter().map(|fact| match fact.event {
        event::Event::Standing(event) => event,
        event::Event::Organisation(_)
        | event::Event::Programme(_)
        | event::Event::Tally(_)
        | event::Event::People(_)
        | event::Event::Access(_)
        | event::Event::Months(_)
        | event::Event::Unknown(_) => panic!("no standing fact"),
    });
    events.collect()
}

fn add(listed: Listed, called: &str, since: Option<&str>) -> Command {
    Command::Add {
        listed,
        name: name(called),
        since: since.map(day),
    }
}

fn end(listed: Listed, since: Option<&str>) -> Command {
    Command::End {
        listed,
        since: since.map(day),
    }
}

fn award(cents: i64, since: Option<&str>) -> Command {
    Command::AwardGrant {
        grant: GRANT,
        funder: name("Gemeente"),
        purpose: name("Park"),
        amount: Cents::new(cents).expect("an amount"),
        since: since.map(day),
    }
}

fn end_grant(since: Option<&str>) -> Command {
    Command::EndGrant {
        grant: GRANT,
        since: since.map(day),
    }
}

fn set(settings: Vec<Setting>, since: Option<&str>) -> Command {
    Command::Change {
        settings,
        since: since.map(day),
    }
}

fn hours(weekday: u8, from: &str, to: &str) -> Setting {
    Setting::OpeningHours(vec![Hours {
        weekday,
        from: from.parse().expect("a time"),
        to: to.parse().expect("a time"),
    }])
}

fn rate(cents: u64) -> Setting {
    Setting::HourlyRate(Sourced {
        number: cents,
        source: name("CBS"),
    })
}

#[test]
fn each_kind_is_listed_from_today_or_a_day_said_and_once() {
    let id = Uuid::from_u128(7);
    for listed in [
        Listed::Counter(CounterId::new(id)),
        Listed::Indicator(IndicatorId::new(id)),
        Listed::Tenant(TenantId::new(id)),
        Listed::Partner(PartnerId::new(id)),
    ] {
        for (said, since) in [(None, "2026-10-05"), (Some("2027-01-01"), "2027-01-01")] {
            let mut house = house();
            let expected = Event::Added {
                listed,
                name: name("Wijkhulp"),
                since: day(since),
            };
            let facts = house.standing(add(listed, "Wijkhulp", said));
            assert_eq!(of(facts), [expected]);
            house.standing_denies(add(listed, "Anders", said), Rejection::IdReused);
            let other = add(listed, "Wijkhulp", Some("2020-01-01"));
            house.standing_denies(other, Rejection::IdReused);
        }
    }
}

#[test]
fn what_is_listed_ends_from_a_day() {
    let mut house = house();
    house.standing_denies(end(TENANT, None), Rejection::UnknownListed(TENANT));
    house.standing(add(TENANT, "Atelier", Some("2026-01-01")));
    let ends = |text: &str| Event::Ended {
        listed: TENANT,
        since: day(text),
    };
    let facts = house.standing(end(TENANT, Some("2026-12-31")));
    assert_eq!(of(facts), [ends("2026-12-31")]);
    // Earlier after all, and then now.
    let facts = house.standing(end(TENANT, Some("2026-11-30")));
    assert_eq!(of(facts), [ends("2026-11-30")]);
    let facts = house.standing(end(TENANT, None));
    assert_eq!(of(facts), [ends("2026-10-05")]);
}

#[test]
fn what_has_ended_stays_so() {
    let mut house = house();
    house.standing(add(TENANT, "Atelier", Some("2026-01-01")));
    house.standing(end(TENANT, None));
    house.wait(10 * DAY);
    assert_eq!(house.standing(end(TENANT, None)), vec![]);
    assert_eq!(house.standing(end(TENANT, Some("2026-10-05"))), vec![]);
    let since = day("2026-10-05");
    let later = end(TENANT, Some("2026-10-06"));
    house.standing_denies(later, Rejection::AlreadyEnded { since });
}

#[test]
fn a_grant_is_awarded_once_and_ends() {
    let mut house = house();
    house.standing_denies(end_grant(None), Rejection::UnknownGrant(GRANT));
    let expected = Event::GrantAwarded {
        grant: GRANT,
        funder: name("Gemeente"),
        purpose: name("Park"),
        amount: Cents::new(30_000_000).expect("an amount"),
        since: day("2026-10-05"),
    };
    assert_eq!(of(house.standing(award(30_000_000, None))), [expected]);
    house.standing_denies(award(1, None), Rejection::IdReused);
    let ended = Event::GrantEnded {
        grant: GRANT,
        since: day("2026-12-31"),
    };
    let facts = house.standing(end_grant(Some("2026-12-31")));
    assert_eq!(of(facts), [ended]);
    let later = end_grant(Some("2027-01-01"));
    let since = day("2026-12-31");
    house.standing_denies(later, Rejection::AlreadyEnded { since });
    assert_eq!(house.standing(end_grant(None)).len(), 1);
}

#[test]
fn every_setting_changes_from_its_day_where_it_is_new() {
    let sourced = |number| Sourced {
        number,
        source: name("CBS"),
    };
    let hall = Room {
        id: RoomId::new(Uuid::from_u128(1)),
        name: name("Zaal"),
        capacity: Some(40),
    };
    for (setting, other) in [
        (hours(1, "09:00", "12:30"), hours(2, "09:00", "12:30")),
        (
            Setting::ClosedDays(vec![day("2026-12-25")]),
            Setting::ClosedDays(vec![]),
        ),
        (Setting::Rooms(vec![hall]), Setting::Rooms(vec![])),
        (rate(1_500), rate(1_600)),
        (
            Setting::CupsPerPot(Cups::new(10).expect("cups")),
            Setting::CupsPerPot(Cups::new(12).expect("cups")),
        ),
        (
            Setting::CanteenLimit(sourced(6_800_000)),
            Setting::CanteenLimit(sourced(7_000_000)),
        ),
        (
            Setting::Inhabitants(sourced(4_830)),
            Setting::Inhabitants(sourced(4_900)),
        ),
    ] {
        let mut house = house();
        let changed = |setting: &Setting, since: &str| Event::SettingChanged {
            setting: setting.clone(),
            since: day(since),
        };
        let facts = house.standing(set(vec![setting.clone()], None));
        assert_eq!(of(facts), [changed(&setting, "2026-10-05")]);
        let facts = house.standing(set(vec![other.clone()], Some("2027-01-01")));
        assert_eq!(of(facts), [changed(&other, "2027-01-01")]);
        let standing = house.organisation.standing();
        assert_eq!(standing.on(&setting, day("2026-10-04")), None);
        assert_eq!(standing.on(&setting, day("2026-12-31")), Some(&setting));
        assert_eq!(standing.on(&setting, day("2027-01-01")), Some(&other));
        let again = set(vec![setting], Some("2026-11-01"));
        assert_eq!(house.standing(again), vec![]);
    }
}

#[test]
fn several_settings_change_together_and_of_one_kind_the_last() {
    let mut house = house();
    let pot = Setting::CupsPerPot(Cups::new(10).expect("cups"));
    let facts = house.standing(set(vec![rate(1), pot.clone(), rate(2)], None));
    let since = day("2026-10-05");
    let changed = |setting| Event::SettingChanged { setting, since };
    assert_eq!(of(facts), [changed(pot), changed(rate(2))]);
    assert_eq!(house.standing(set(vec![], None)), vec![]);
}

#[test]
fn weekly_hours_have_a_weekday_and_a_length() {
    let mut house = house();
    for setting in [
        hours(0, "09:00", "12:30"),
        hours(8, "09:00", "12:30"),
        hours(1, "09:00", "09:00"),
    ] {
        let other = rate(1);
        house.standing_denies(set(vec![other, setting], None), Rejection::InvalidHours);
    }
    for setting in [
        hours(1, "00:00", "24:00"),
        hours(7, "22:00", "02:00"),
        hours(7, "09:00", "08:59"),
    ] {
        house.standing(set(vec![setting], None));
    }
}
