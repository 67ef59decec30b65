//! Heads, coffee, counters, contributions, tills, measurements and the door.

use crate::organisation::Authority;
use crate::scenario::given::*;
use crate::standing::{self, Listed};
use crate::tally::{Command, CountBasis, Event, Evidence, OpeningState, Rejection};
use crate::values::{Cents, CounterId, Cups, Decimal, HeadCount, IndicatorId, Quantity, SessionId};
use uuid::Uuid;

const STICKER: Authority = Authority::Code(AT_COFFEE);

fn cents(amount: i64) -> Cents {
    Cents::new(amount).expect("an amount")
}

fn quantity(number: i64) -> Quantity {
    Quantity::new(number).expect("a quantity")
}

fn heads(session: Option<SessionId>) -> Command {
    Command::CountHeads {
        session,
        heads: HeadCount::new(12, 3, Some(2)).expect("heads"),
        basis: CountBasis::Estimated,
    }
}

fn coffee(cups: i64, pot: bool, session: Option<SessionId>) -> Command {
    Command::Coffee {
        cups: Cups::new(cups).expect("cups"),
        paid: Some(true),
        pot,
        session,
    }
}

fn eggs(number: i64) -> Command {
    Command::Tally {
        counter: EGGS,
        quantity: quantity(number),
    }
}

fn followers(value: &str) -> Command {
    Command::Measure {
        indicator: FOLLOWERS,
        value: value.parse().expect("a decimal"),
    }
}

/// One of each that needs somebody signed in.
fn of_devices() -> Vec<Command> {
    let cake = Command::Contribute {
        kind: name("cake"),
        quantity: quantity(1),
        session: None,
        volunteer: None,
    };
    let bar = Command::CountBarRevenue {
        amount: cents(1),
        expected: None,
        hire: false,
    };
    let shop = Command::CountShopRevenue {
        amount: cents(1),
        expected: None,
    };
    let opening = Command::NoteOpening(OpeningState::Opened);
    vec![
        heads(None),
        eggs(1),
        cake,
        bar,
        shop,
        followers("1"),
        opening,
    ]
}

#[test]
fn what_devices_tally_no_code_viewer_or_host_does() {
    for command in of_devices() {
        let mut house = house();
        for nobody in [
            Authority::Code(AT_DOOR),
            Authority::Code(AT_BAR),
            STICKER,
            Authority::Code(AT_GIFTS),
            VIEWER,
            Authority::Operator,
        ] {
            house.denies(nobody, command.clone(), Rejection::Forbidden);
        }
        for (id, somebody) in (100..).zip([COORDINATOR, VOLUNTEER, BAR, Authority::System]) {
            house.counts(somebody, id, command.clone());
        }
    }
}

#[test]
fn each_kind_is_bound_to_five_minutes_and_four_hundred_days() {
    let mut all = of_devices();
    all.extend([cups(1), money(1)]);
    for (id, command) in (100..).zip(all) {
        let mut house = house();
        let (ahead, back) = (5 * MINUTE, -400 * DAY);
        let now = house.now;
        house.counts_at(BAR, id, now.plus_millis(ahead), command.clone());
        house.counts_at(BAR, id + 100, now.plus_millis(back), command.clone());
        let past = |millis: i64| now.plus_millis(millis);
        house.denies_at(
            BAR,
            past(ahead + 1),
            command.clone(),
            Rejection::TooFarAhead,
        );
        house.denies_at(BAR, past(back - 1), command, Rejection::TooFarBack);
    }
}

#[test]
fn an_id_stands_for_one_entry_whatever_comes_again() {
    let mut house = house();
    house.counts(BAR, 100, cups(1));
    let position = house.organisation.entry(entry(100));
    let last = house.organisation.position();
    for again in [cups(1), cups(2), eggs(3)] {
        for who in [BAR, COORDINATOR, VIEWER, STICKER] {
            let request = happened(100, house.now, again.clone());
            assert_eq!(house.when(who, request), Ok(vec![]));
        }
    }
    house.wait(500 * DAY);
    let request = happened(100, at("2026-10-05T12:00:00+02:00"), cups(1));
    assert_eq!(house.when(BAR, request), Ok(vec![]));
    assert_eq!(house.organisation.entry(entry(100)), position);
    assert_eq!(house.organisation.position(), last);
    assert_eq!(house.organisation.entry(entry(101)), None);
}

#[test]
fn heads_are_counted_at_the_door_or_at_a_session() {
    let mut house = house();
    for (id, session) in (100..).zip([None, Some(CHOIR_TODAY)]) {
        let expected = Event::HeadsCounted {
            session,
            heads: HeadCount::new(12, 3, Some(2)).expect("heads"),
            basis: CountBasis::Estimated,
        };
        assert_eq!(house.counts(VOLUNTEER, id, heads(session)), expected);
    }
    let nobody = HeadCount::new(0, 0, None).expect("heads");
    let command = Command::CountHeads {
        session: None,
        heads: nobody,
        basis: CountBasis::Counted,
    };
    house.counts(VOLUNTEER, 102, command);
    let unknown = heads(Some(session(99)));
    house.denies(VOLUNTEER, unknown, Rejection::UnknownSession(session(99)));
}

#[test]
fn coffee_is_served_by_cups_or_pot_and_by_a_host() {
    let mut house = house();
    for (id, (number, pot)) in (100..).zip([(1, false), (200, true)]) {
        let session = Some(CHOIR_TODAY);
        let expected = Event::CoffeeServed {
            cups: Cups::new(number).expect("cups"),
            paid: Some(true),
            pot,
            session,
            evidence: Evidence::Host,
            code: None,
        };
        assert_eq!(
            house.counts(BAR, id, coffee(number, pot, session)),
            expected
        );
    }
    let unknown = coffee(1, false, Some(session(99)));
    house.denies(BAR, unknown, Rejection::UnknownSession(session(99)));
}

#[test]
fn a_sticker_counts_one_cup() {
    let mut house = house();
    let event = house.counts(STICKER, 100, coffee(1, false, None));
    let (poster, by) = (Evidence::Poster, Some(AT_COFFEE));
    assert!(
        matches!(event, Event::CoffeeServed { evidence, code, .. } if (evidence, code) == (poster, by))
    );
    for more in [
        coffee(2, false, None),
        coffee(1, true, None),
        coffee(1, false, Some(CHOIR_TODAY)),
    ] {
        house.denies(STICKER, more, Rejection::Forbidden);
    }
}

#[test]
fn a_counter_takes_one_to_ten_thousand_until_it_ends() {
    let mut house = house();
    house.counts(VOLUNTEER, 100, eggs(1));
    house.counts(VOLUNTEER, 101, eggs(10_000));
    let other = CounterId::new(Uuid::from_u128(99));
    let unknown = Command::Tally {
        counter: other,
        quantity: quantity(1),
    };
    house.denies(VOLUNTEER, unknown, Rejection::UnknownCounter(other));
    // What was counted before the counter was set up is written down later.
    let last_year = at("2025-11-01T12:00:00+01:00");
    house.counts_at(COORDINATOR, 102, last_year, eggs(5));
    let (listed, since) = (Listed::Counter(EGGS), Some(day("2026-10-05")));
    house.standing(standing::Command::End { listed, since });
    let night = at("2026-10-05T03:59:59+02:00");
    house.counts_at(VOLUNTEER, 103, night, eggs(1));
    house.denies(VOLUNTEER, eggs(1), Rejection::UnknownCounter(EGGS));
}

#[test]
fn an_indicator_is_measured_until_it_ends() {
    let mut house = house();
    let value: Decimal = "-12.5".parse().expect("a decimal");
    let expected = Event::IndicatorMeasured {
        indicator: FOLLOWERS,
        value,
    };
    assert_eq!(house.counts(VOLUNTEER, 100, followers("-12.50")), expected);
    let other = IndicatorId::new(Uuid::from_u128(99));
    let unknown = Command::Measure {
        indicator: other,
        value,
    };
    house.denies(VOLUNTEER, unknown, Rejection::UnknownIndicator(other));
    let (listed, since) = (Listed::Indicator(FOLLOWERS), None);
    house.standing(standing::Command::End { listed, since });
    house.denies(
        VOLUNTEER,
        followers("1"),
        Rejection::UnknownIndicator(FOLLOWERS),
    );
}

#[test]
fn a_contribution_is_for_a_session_and_by_a_volunteer_where_said() {
    let mut house = house();
    let cake = |session, volunteer| Command::Contribute {
        kind: name("cake"),
        quantity: quantity(2),
        session,
        volunteer,
    };
    let expected = Event::ContributionMade {
        kind: name("cake"),
        quantity: quantity(2),
        session: Some(CHOIR_TODAY),
        volunteer: Some(ANS),
    };
    let event = house.counts(VOLUNTEER, 100, cake(Some(CHOIR_TODAY), Some(ANS)));
    assert_eq!(event, expected);
    house.counts(VOLUNTEER, 101, cake(None, None));
    let nowhere = cake(Some(session(99)), None);
    house.denies(VOLUNTEER, nowhere, Rejection::UnknownSession(session(99)));
    house.denies(
        VOLUNTEER,
        cake(None, Some(JAN)),
        Rejection::NoVolunteer(JAN),
    );
    let nobody = person(99);
    house.denies(
        VOLUNTEER,
        cake(None, Some(nobody)),
        Rejection::UnknownPerson(nobody),
    );
}

#[test]
fn tills_keep_what_was_in_them_and_what_should_have_been() {
    let mut house = house();
    let (amount, expected) = (cents(0), Some(cents(10_000_000)));
    let bar = Command::CountBarRevenue {
        amount,
        expected,
        hire: true,
    };
    let kept = Event::BarRevenueCounted {
        amount,
        expected,
        hire: true,
    };
    assert_eq!(house.counts(BAR, 100, bar), kept);
    let shop = Command::CountShopRevenue { amount, expected };
    let kept = Event::ShopRevenueCounted { amount, expected };
    assert_eq!(house.counts(BAR, 101, shop), kept);
}

#[test]
fn the_door_is_noted_as_often_as_it_turns() {
    let mut house = house();
    for (id, state) in (100..).zip([
        OpeningState::Opened,
        OpeningState::Closed,
        OpeningState::Opened,
        OpeningState::NobodyCame,
        OpeningState::NobodyCame,
    ]) {
        let event = house.counts(BAR, id, Command::NoteOpening(state));
        assert_eq!(event, Event::OpeningNoted { state });
    }
}
