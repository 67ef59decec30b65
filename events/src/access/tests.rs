use super::{
    API_TOKEN_MILLIS, BADGE_DEVICES_MAX, Command, DeviceKind, Event, INVITATION_MILLIS, Rejection,
    Role,
};
use crate::event::{self, Fact};
use crate::organisation::{Authority, Request};
use crate::people;
use crate::scenario::Scenario;
use crate::scenario::given::*;
use crate::values::{DeviceId, PersonId};
use uuid::Uuid;

const TABLET: DeviceId = DeviceId::new(Uuid::from_u128(9));
const PHONE: DeviceId = DeviceId::new(Uuid::from_u128(10));
const CODE: u8 = 201;

#[track_caller]
fn only(facts: &[Fact]) -> &Event {
    match facts {
        [
            Fact {
                event: event::Event::Access(event),
                ..
            },
        ] => event,
        facts => panic!("not one fact of devices: {facts:?}"),
    }
}

impl Scenario {
    #[track_caller]
    fn lets(&mut self, command: Command) -> Vec<Fact> {
        self.admits(Authority::System, Request::Access(command))
    }

    #[track_caller]
    fn keeps_out(&self, command: Command, why: Rejection) {
        self.refuses(Authority::System, Request::Access(command), why);
    }

    fn role(&self, device: DeviceId) -> Option<Role> {
        self.organisation.role_of(device)
    }
}

fn invite(device: DeviceId, role: Role, code: u8) -> Command {
    Command::Invite {
        device,
        name: name("Bar"),
        role,
        code: hash(code),
    }
}

fn enrol(code: u8, refresh: u8) -> Command {
    Command::Enrol {
        code: hash(code),
        refresh: hash(refresh),
    }
}

fn badge(pass: crate::values::SecretHash) -> Command {
    Command::EnrolByBadge {
        pass,
        device: PHONE,
        refresh: hash(1),
    }
}

fn show(shown: u8, next: u8) -> Command {
    Command::Refresh {
        device: TABLET,
        shown: hash(shown),
        next: hash(next),
    }
}

fn api(role: Role) -> Command {
    Command::IssueApiToken {
        device: TABLET,
        name: name("Website"),
        role,
    }
}

/// The tablet enrolled with secret 1.
fn enrolled() -> Scenario {
    let mut house = house();
    house.lets(invite(TABLET, Role::Bar, CODE));
    house.lets(enrol(CODE, 1));
    house
}

#[test]
fn a_one_time_code_lets_one_in_with_its_role() {
    for role in [Role::Coordinator, Role::Volunteer, Role::Bar, Role::Viewer] {
        let mut house = house();
        house.lets(invite(TABLET, role, CODE));
        assert_eq!(house.role(TABLET), None);
        house.lets(enrol(CODE, 1));
        assert_eq!(house.role(TABLET), Some(role));
        house.keeps_out(enrol(CODE, 2), Rejection::CodeSpent);
        house.keeps_out(enrol(99, 1), Rejection::CodeSpent);
    }
}

#[test]
fn a_one_time_code_is_good_for_fifteen_minutes() {
    let mut house = house();
    house.lets(invite(TABLET, Role::Bar, CODE));
    let expired_at = house.now.plus_millis(INVITATION_MILLIS);
    house.at(expired_at.plus_millis(-1)).lets(enrol(CODE, 1));
    house.wait(15 * MINUTE);
    house.keeps_out(enrol(CODE, 1), Rejection::CodeExpired { expired_at });
}

#[test]
fn who_enrolled_in_time_may_ask_again_later() {
    let mut house = enrolled();
    house.wait(DAY);
    assert_eq!(house.lets(enrol(CODE, 1)), vec![]);
}

#[test]
fn an_id_and_a_code_invite_one_device() {
    let mut house = house();
    house.lets(invite(TABLET, Role::Bar, CODE));
    house.keeps_out(invite(TABLET, Role::Bar, 99), Rejection::IdReused);
    house.keeps_out(invite(PHONE, Role::Bar, CODE), Rejection::IdReused);
    house.keeps_out(api(Role::Bar), Rejection::IdReused);
    house.lets(invite(PHONE, Role::Bar, 99));
}

#[test]
fn an_api_token_is_good_for_ninety_days() {
    let mut house = house();
    let expires_at = house.now.plus_millis(90 * DAY);
    for (by, by_host) in [(COORDINATOR, false), (Authority::Operator, true)] {
        let mut house = house.at(house.now);
        let facts = house.admits(by, Request::Access(api(Role::Coordinator)));
        let expected = Event::ApiTokenIssued {
            device: TABLET,
            name: name("Website"),
            role: Role::Coordinator,
            expires_at,
            by_host,
        };
        assert_eq!(*only(&facts), expected);
        assert_eq!(house.role(TABLET), Some(Role::Coordinator));
    }
    assert_eq!(API_TOKEN_MILLIS, 90 * DAY);
    house.lets(api(Role::Viewer));
    house.keeps_out(api(Role::Bar), Rejection::IdReused);
    house.keeps_out(show(1, 2), Rejection::CodeSpent);
    let known = house.organisation.access().device(TABLET);
    assert_eq!(known.map(|known| known.kind), Some(DeviceKind::Api));
}

#[test]
fn a_badge_lets_a_volunteers_own_phone_in() {
    let mut house = house();
    let expected = Event::EnrolledByBadge {
        device: PHONE,
        person: ANS,
        refresh: hash(1),
    };
    let facts = house.lets(badge(pass(ANS)));
    assert_eq!(*only(&facts), expected);
    assert_eq!(house.role(PHONE), Some(Role::Volunteer));
}

#[test]
fn no_other_pass_and_nothing_typed_lets_a_phone_in() {
    let mut house = house();
    for other in [pass(JAN), pass(KIM), short(ANS), hash(99)] {
        house.keeps_out(badge(other), Rejection::NoBadge);
    }
    house.people(people::Command::WithdrawPass(pass(ANS)));
    house.keeps_out(badge(pass(ANS)), Rejection::NoBadge);
}

#[test]
fn a_badge_that_is_withdrawn_takes_the_phones_it_let_in_along() {
    let mut house = house();
    house.lets(invite(TABLET, Role::Bar, CODE));
    house.lets(enrol(CODE, 2));
    house.lets(badge(pass(ANS)));
    let facts = house.people(people::Command::WithdrawPass(pass(ANS)));
    let shut = Event::Revoked { device: PHONE };
    assert_eq!(facts[1].event, event::Event::Access(shut));
    assert_eq!(facts.len(), 2);
    assert!(house.organisation.is_revoked(PHONE));
    assert_eq!(house.role(TABLET), Some(Role::Bar), "others stay in");
    assert_eq!(
        house.people(people::Command::WithdrawPass(pass(ANS))),
        vec![]
    );
}

#[test]
fn a_further_phone_by_the_same_badge_shuts_the_oldest_out() {
    let mut house = house();
    let phone = |number: usize| DeviceId::new(Uuid::from_u128(500 - number as u128));
    let lets = |house: &mut Scenario, number: usize| {
        house.wait(1);
        house.lets(Command::EnrolByBadge {
            pass: pass(ANS),
            device: phone(number),
            refresh: hash(100 + u8::try_from(number).expect("few phones")),
        })
    };
    for number in 0..BADGE_DEVICES_MAX {
        assert_eq!(lets(&mut house, number).len(), 1);
    }
    let facts = lets(&mut house, BADGE_DEVICES_MAX);
    let shut = Event::Revoked { device: phone(0) };
    assert_eq!(facts[0].event, event::Event::Access(shut));
    assert_eq!(
        house.organisation.access().of_person(ANS).len(),
        BADGE_DEVICES_MAX
    );
    assert_eq!(house.role(phone(1)), Some(Role::Volunteer));
    assert_eq!(lets(&mut house, BADGE_DEVICES_MAX), vec![], "a repeat");
}

fn no_volunteer(person: PersonId, since: &str) -> people::Command {
    let facts = people::PersonFacts {
        volunteer: Some(false),
        ..people::PersonFacts::default()
    };
    let since = Some(day(since));
    people::Command::Change {
        person,
        facts,
        since,
    }
}

#[test]
fn who_leaves_or_is_erased_is_shut_out_with_the_own_phone() {
    for gone in [
        no_volunteer(ANS, "2026-10-05"),
        no_volunteer(ANS, "2026-09-01"),
        people::Command::Erase(ANS),
    ] {
        let mut house = house();
        house.lets(badge(pass(ANS)));
        let facts = house.people(gone);
        let shut = Event::Revoked { device: PHONE };
        assert_eq!(facts[1].event, event::Event::Access(shut));
        assert!(house.organisation.is_revoked(PHONE));
        house.keeps_out(badge(pass(ANS)), Rejection::NoBadge);
    }
}

#[test]
fn who_stays_a_volunteer_keeps_the_own_phone() {
    let mut house = house();
    let facts = people::PersonFacts {
        volunteer: Some(true),
        ..people::PersonFacts::default()
    };
    let (person, since) = (ANS, Some(day("2026-03-01")));
    house.people(no_volunteer(ANS, "2026-02-01"));
    house.people(people::Command::Change {
        person,
        facts,
        since,
    });
    house.lets(badge(pass(ANS)));
    // She came back in March: whatever is said of January, and of tomorrow, she is one today.
    for since in ["2026-01-15", "2026-10-06"] {
        let facts = house.people(no_volunteer(ANS, since));
        assert_eq!(facts.len(), 1);
        assert_eq!(house.role(PHONE), Some(Role::Volunteer));
    }
}

#[test]
fn the_secret_changes_after_a_day_of_use() {
    let mut house = enrolled();
    house.wait(DAY - 1);
    assert_eq!(house.lets(show(1, 2)), vec![]);
    house.wait(1);
    let changed = Event::RefreshChanged {
        device: TABLET,
        refresh: hash(2),
    };
    assert_eq!(*only(&house.lets(show(1, 2))), changed);
}

#[test]
fn the_secret_before_is_good_until_the_new_one_was_shown() {
    let mut house = enrolled();
    house.wait(DAY);
    house.lets(show(1, 2));
    house.wait(HOUR);
    assert_eq!(house.lets(show(1, 3)), vec![]);
    let used = Event::RefreshUsed {
        device: TABLET,
        refresh: hash(2),
    };
    assert_eq!(*only(&house.lets(show(2, 3))), used);
    assert_eq!(house.lets(show(2, 3)), vec![]);
    let facts = house.when(Authority::System, Request::Access(show(1, 3)));
    let shut = Event::Revoked { device: TABLET };
    assert_eq!(*only(&facts.expect("it is answered")), shut);
    assert_eq!(house.role(TABLET), None);
    house.keeps_out(show(2, 3), Rejection::Revoked(TABLET));
}

#[test]
fn a_browser_whose_answers_get_lost_day_after_day_stays_in() {
    let mut house = enrolled();
    for next in 2..9 {
        house.wait(DAY);
        let changed = Event::RefreshChanged {
            device: TABLET,
            refresh: hash(next),
        };
        assert_eq!(*only(&house.lets(show(1, next))), changed);
    }
    house.lets(show(8, 9));
    house.keeps_out(show(99, 9), Rejection::CodeSpent);
    // What got lost turns up with somebody else.
    house
        .when(Authority::System, Request::Access(show(5, 9)))
        .expect("it is answered");
    assert!(house.organisation.is_revoked(TABLET));
}

#[test]
fn a_browser_used_once_a_week_shows_its_new_secret_and_gets_the_next() {
    let mut house = enrolled();
    house.wait(7 * DAY);
    house.lets(show(1, 2));
    house.wait(7 * DAY);
    let facts: Vec<_> = house
        .lets(show(2, 3))
        .into_iter()
        .map(|fact| fact.event)
        .collect();
    let (device, used, next) = (TABLET, hash(2), hash(3));
    let expected = [
        Event::RefreshUsed {
            device,
            refresh: used,
        },
        Event::RefreshChanged {
            device,
            refresh: next,
        },
    ];
    assert_eq!(facts, expected.map(event::Event::Access));
}

#[test]
fn a_secret_is_its_own_devices() {
    let mut house = enrolled();
    house.lets(invite(PHONE, Role::Bar, 99));
    house.lets(enrol(99, 7));
    house.keeps_out(show(7, 8), Rejection::CodeSpent);
    assert_eq!(house.organisation.device_by_refresh(&hash(7)), Some(PHONE));
    let unknown = Command::Refresh {
        device: DeviceId::new(Uuid::from_u128(99)),
        shown: hash(7),
        next: hash(8),
    };
    let nobody = DeviceId::new(Uuid::from_u128(99));
    house.keeps_out(unknown, Rejection::UnknownDevice(nobody));
}

#[test]
fn a_revoked_device_is_out_for_good() {
    let mut house = enrolled();
    let unknown = DeviceId::new(Uuid::from_u128(99));
    house.keeps_out(Command::Revoke(unknown), Rejection::UnknownDevice(unknown));
    assert!(house.organisation.is_revoked(unknown));
    assert!(!house.organisation.is_revoked(TABLET));
    let shut = Event::Revoked { device: TABLET };
    assert_eq!(*only(&house.lets(Command::Revoke(TABLET))), shut);
    assert!(house.organisation.is_revoked(TABLET));
    assert_eq!(house.role(TABLET), None);
    let out = || Rejection::Revoked(TABLET);
    house.keeps_out(enrol(CODE, 1), out());
    house.keeps_out(show(1, 2), out());
    house.keeps_out(api(Role::Bar), out());
    house.keeps_out(invite(TABLET, Role::Bar, CODE), out());
}

#[test]
fn an_invitation_can_be_taken_back() {
    let mut house = house();
    house.lets(invite(TABLET, Role::Bar, CODE));
    house.lets(Command::Revoke(TABLET));
    house.keeps_out(enrol(CODE, 1), Rejection::Revoked(TABLET));
}
