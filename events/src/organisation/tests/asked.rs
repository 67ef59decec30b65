//! Random requests to every room, with few ids, so that they meet.

mod tallies;

use crate::access::{self, Role};
use crate::event;
use crate::months::{self, Statement};
use crate::organisation::{Authority, Request};
use crate::people::{self, AgeGroup, PersonFacts};
use crate::programme::{self, ActivityFacts, OrganisedBy, SessionPlan, Target};
use crate::scenario::given::*;
use crate::scenario::{Scenario, device};
use crate::standing::{self, Hours, Listed, Setting};
use crate::tally::{
    self, Arrival, CountBasis, Donor, HoursBasis, OpeningState, Place, ShiftKind, Who,
};
use crate::values::{
    ActivityId, Cents, Code, Cups, Day, DeviceId, EntryId, HeadCount, Party, PersonId, Quantity,
    Sealed, SecretHash, SessionId, Timestamp,
};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use tallies::{check_ins, gifts, mendings, shifts, tallies};
use uuid::Uuid;

fn codes() -> impl Strategy<Value = Code> {
    select(vec![
        AT_DOOR,
        AT_CHOIR,
        AT_GROUP,
        AT_CHOIR_TODAY,
        AT_COFFEE,
        AT_GIFTS,
        Code::new([99; 16]),
    ])
}

/// Numbers that [`aimed`] reads as one of the entries there are, where it can.
fn entries() -> impl Strategy<Value = EntryId> {
    (0u128..1_000).prop_map(entry)
}

fn sessions() -> impl Strategy<Value = SessionId> {
    select(vec![CHOIR_TODAY, GROUP_TODAY, session(13), session(99)])
}

fn persons() -> impl Strategy<Value = PersonId> {
    select(vec![ANS, KIM, JAN, person(9), person(77)])
}

fn hashes() -> impl Strategy<Value = SecretHash> {
    select(vec![10, 11, 20, 21, 30, 31, 201, 202, 203]).prop_map(hash)
}

fn devices() -> impl Strategy<Value = DeviceId> {
    (51u128..56).prop_map(|number| DeviceId::new(Uuid::from_u128(number)))
}

fn activities() -> impl Strategy<Value = ActivityId> {
    select(vec![CHOIR, GROUP, ActivityId::new(Uuid::from_u128(3))])
}

fn days() -> impl Strategy<Value = Day> {
    (-40i32..40).prop_map(|days| day("2026-10-05").plus(days))
}

fn sealed() -> impl Strategy<Value = Sealed> {
    select(vec!["Qm8=", "QW5z"]).prop_map(|text| Sealed::new(text.to_owned()))
}

fn roles() -> impl Strategy<Value = Role> {
    select(vec![
        Role::Coordinator,
        Role::Volunteer,
        Role::Bar,
        Role::Viewer,
    ])
}

fn authorities() -> impl Strategy<Value = Authority> {
    prop_oneof![
        3 => codes().prop_map(Authority::Code),
        4 => (51u128..56, roles()).prop_map(|(number, role)| device(number, role)),
        1 => Just(Authority::System),
        1 => Just(Authority::Operator),
    ]
}

fn tallied() -> impl Strategy<Value = Request> {
    let commands = prop_oneof![
        4 => check_ins(),
        1 => gifts(),
        2 => tallies(),
        2 => shifts(),
        2 => mendings(),
    ];
    let times = prop_oneof![
        6 => -3 * HOUR..10 * MINUTE,
        2 => -402 * DAY..2 * DAY,
        1 => any::<i64>(),
    ];
    let ids = prop_oneof![9 => 0u128..1_000_000, 1 => 0u128..50];
    // Times are from noon on: what is meant is the history's clock at that step.
    (ids, times, commands)
        .prop_map(|(id, from_noon, command)| happened(id, noon().plus_millis(from_noon), command))
}

fn programmes() -> impl Strategy<Value = programme::Command> {
    let facts = (prop::option::of(any::<bool>()), prop::option::of(persons()));
    let facts = facts.prop_map(|(sensitive, organiser)| ActivityFacts {
        name: Some(name("Groep")),
        organised_by: Some(OrganisedBy::Partner),
        organisers: organiser.map(|person| vec![person]),
        sensitive,
        ..ActivityFacts::default()
    });
    let plans = (
        sessions(),
        activities(),
        -5 * HOUR..5 * HOUR,
        -HOUR..25 * HOUR,
    );
    let targets = prop_oneof![
        Just(Target::Door),
        Just(Target::Coffee),
        Just(Target::Gift),
        activities().prop_map(Target::Activity),
        sessions().prop_map(Target::Session),
    ];
    let since = || prop::option::of(days());
    prop_oneof![
        4 => (activities(), facts, since(), any::<bool>()).prop_map(
            |(activity, facts, since, is_new)| {
                if is_new {
                    programme::Command::AddActivity {
                        activity,
                        facts,
                        since,
                    }
                } else {
                    programme::Command::ChangeActivity {
                        activity,
                        facts,
                        since,
                    }
                }
            }
        ),
        4 => plans.prop_map(|(session, activity, from, lasts)| {
            let starts_at = noon().plus_millis(from);
            let ends_at = starts_at.plus_millis(lasts);
            let sessions = vec![SessionPlan {
                session,
                starts_at,
                ends_at,
            }];
            programme::Command::PlanSessions {
                activity,
                sessions,
                room: None,
                series: None,
            }
        }),
        4 => sessions().prop_map(programme::Command::CancelSession),
        4 => sessions().prop_map(programme::Command::ConfirmSession),
        4 => (codes(), targets, since()).prop_map(|(code, target, day)| {
            programme::Command::IssueCode {
                code,
                target,
                day,
                valid_until: None,
            }
        }),
        1 => codes().prop_map(programme::Command::WithdrawCode),
    ]
}

fn peoples() -> impl Strategy<Value = people::Command> {
    let ages = select(vec![AgeGroup::Child, AgeGroup::Adult]);
    let facts = (
        prop::option::of(any::<bool>()),
        prop::option::of(ages),
        prop::option::of(sealed()),
    );
    let facts = facts.prop_map(|(volunteer, age, name)| PersonFacts {
        volunteer,
        age,
        name,
        ..PersonFacts::default()
    });
    let since = || prop::option::of(days());
    prop_oneof![
        4 => (persons(), facts, since(), any::<bool>()).prop_map(|(person, facts, since, is_new)| {
            if is_new {
                people::Command::Register {
                    person,
                    facts,
                    since,
                }
            } else {
                people::Command::Change {
                    person,
                    facts,
                    since,
                }
            }
        }),
        1 => persons().prop_map(people::Command::Erase),
        4 => (persons(), hashes(), hashes()).prop_map(|(person, pass, short)| {
            people::Command::IssuePass {
                person,
                pass,
                short,
            }
        }),
        1 => hashes().prop_map(people::Command::WithdrawPass),
    ]
}

fn accesses() -> impl Strategy<Value = access::Command> {
    let called = || name("Tablet");
    prop_oneof![
        (devices(), roles(), hashes()).prop_map(move |(device, role, code)| {
            access::Command::Invite {
                device,
                name: called(),
                role,
                code,
            }
        }),
        (hashes(), hashes()).prop_map(|(code, refresh)| access::Command::Enrol { code, refresh }),
        (hashes(), devices(), hashes()).prop_map(|(pass, device, refresh)| {
            access::Command::EnrolByBadge {
                pass,
                device,
                refresh,
            }
        }),
        (devices(), roles()).prop_map(move |(device, role)| access::Command::IssueApiToken {
            device,
            name: called(),
            role,
        }),
        (devices(), hashes(), hashes()).prop_map(|(device, shown, next)| {
            access::Command::Refresh {
                device,
                shown,
                next,
            }
        }),
        devices().prop_map(access::Command::Revoke),
    ]
}

fn standings() -> impl Strategy<Value = standing::Command> {
    let listed = select(vec![Listed::Counter(EGGS), Listed::Indicator(FOLLOWERS)]);
    let since = || prop::option::of(days());
    let hours = (
        0u8..9,
        select(vec!["04:00", "13:00"]),
        select(vec!["13:00", "24:00"]),
    );
    let hours = hours.prop_map(|(weekday, from, to)| Hours {
        weekday,
        from: from.parse().expect("a time"),
        to: to.parse().expect("a time"),
    });
    let settings = prop_oneof![
        prop::collection::vec(hours, 0..3).prop_map(Setting::OpeningHours),
        prop::collection::vec(days(), 0..3).prop_map(Setting::ClosedDays),
        (1i64..3).prop_map(|cups| Setting::CupsPerPot(Cups::new(cups).expect("cups"))),
    ];
    prop_oneof![
        (listed.clone(), since()).prop_map(|(listed, since)| standing::Command::Add {
            listed,
            name: name("Iets"),
            since,
        }),
        (listed, since()).prop_map(|(listed, since)| standing::Command::End { listed, since }),
        (prop::collection::vec(settings, 0..4), since())
            .prop_map(|(settings, since)| standing::Command::Change { settings, since }),
    ]
}

/// Statements that [`aimed`] makes anew behind the last one.
fn months() -> impl Strategy<Value = months::Command> {
    let house = house();
    let of = select(vec!["2026-07", "2026-08", "2026-09", "2026-10"]);
    (of, 0u128..8, any::<bool>()).prop_map(move |(month, number, again)| {
        let month = month.parse().expect("a month");
        let mut value = stated(&house, month, number);
        if again {
            value["restates"] = json!({ "statement": Uuid::from_u128(number) });
            months::Command::Restate(Statement::new(&value).expect("a statement"))
        } else {
            months::Command::Close(Statement::new(&value).expect("a statement"))
        }
    })
}

fn aim_months(house: &Scenario, command: &mut months::Command) {
    let (months::Command::Close(statement) | months::Command::Restate(statement)) = command;
    let number = statement.id().uuid().as_u128() + 8 * u128::from(house.organisation.position().0);
    let mut value = stated(house, statement.month(), number);
    if statement.restates().is_some() {
        let closed = house.organisation.months().month(statement.month());
        let current = closed.map(|closed| closed.current.id);
        value["restates"] = json!({ "statement": current.unwrap_or(statement.id()) });
    }
    *statement = Statement::new(&value).expect("a statement");
}

fn requests() -> impl Strategy<Value = Request> {
    prop_oneof![
        60 => tallied(),
        8 => programmes().prop_map(Request::Programme),
        6 => peoples().prop_map(Request::People),
        6 => accesses().prop_map(Request::Access),
        4 => standings().prop_map(Request::Standing),
        2 => months().prop_map(Request::Months),
        1 => Just(Request::Rename(name("Anders"))),
    ]
}

/// A request, on whose word, and how long after the one before: the clock may go back.
pub(super) type Step = (Authority, Request, i64);

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let waits = prop_oneof![6 => 0..10 * MINUTE, 1 => 0..10 * HOUR, 1 => -HOUR..0];
    prop::collection::vec((authorities(), requests(), waits), 0..200)
}

/// The request with a code on whose word it can be, and with entries in it that there are.
pub(super) fn aimed(house: &Scenario, (authority, request, _): &Step) -> (Authority, Request) {
    let mut request = request.clone();
    let mut authority = *authority;
    if let Request::Tally(entry) = &mut request {
        entry.occurred_at = entry
            .occurred_at
            .plus_millis(house.now.millis_since(noon()));
        aim(house, &mut entry.command);
        if let (Authority::Code(code), Some(fits)) = (&mut authority, code_of(&entry.command)) {
            *code = fits;
        }
    }
    if let Request::Months(command) = &mut request {
        authority = match command {
            months::Command::Close(_) => COORDINATOR,
            months::Command::Restate(_) => Authority::System,
        };
        aim_months(house, command);
    }
    (authority, request)
}

fn code_of(command: &tally::Command) -> Option<Code> {
    if let tally::Command::CheckIn {
        place: Place::Code { code, .. },
        ..
    } = command
    {
        Some(*code)
    } else if let tally::Command::GiveMoney { .. } | tally::Command::GiveGoods { .. } = command {
        Some(AT_GIFTS)
    } else if let tally::Command::Coffee { .. } = command {
        Some(AT_COFFEE)
    } else {
        None
    }
}

fn aim(house: &Scenario, command: &mut tally::Command) {
    let all = |wanted: fn(&tally::Event) -> bool| -> Vec<EntryId> {
        let tallied = house.log.iter().filter(|one| match &one.fact.event {
            event::Event::Tally(event) => wanted(event),
            event::Event::Organisation(_)
            | event::Event::Programme(_)
            | event::Event::People(_)
            | event::Event::Access(_)
            | event::Event::Standing(_)
            | event::Event::Months(_)
            | event::Event::Unknown(_) => false,
        });
        tallied.map(|one| EntryId::new(one.fact.id)).collect()
    };
    // One in twenty stays as it is: nobody has heard of it.
    let pick = |of: &[EntryId], id: &mut EntryId| {
        let number = id.uuid().as_u128();
        if !of.is_empty() && !number.is_multiple_of(20) {
            *id = of[usize::try_from(number).expect("small") % of.len()];
        }
    };
    if let tally::Command::Retract { retracts, .. } = command {
        pick(&all(|_| true), retracts);
    } else if let tally::Command::EndShift { shift, .. } = command {
        let began = |event: &tally::Event| matches!(event, tally::Event::ShiftStarted { .. });
        pick(&all(began), shift);
    } else if let tally::Command::Confirm(entries) = command {
        let waiting: Vec<_> = house.organisation.waiting().collect();
        entries.iter_mut().for_each(|id| pick(&waiting, id));
    }
}

fn noon() -> Timestamp {
    at("2026-10-05T12:00:00+02:00")
}
