//! Whatever may be tallied.

use super::*;

pub(super) fn arrivals() -> impl Strategy<Value = Arrival> {
    prop_oneof![
        Just(Arrival::Unknown),
        (1u8..5).prop_map(phone),
        hashes().prop_map(Arrival::Pass),
    ]
}

pub(super) fn check_ins() -> impl Strategy<Value = tally::Command> {
    let by_code = (codes(), prop::option::weighted(0.2, sessions()))
        .prop_map(|(code, session)| Place::Code { code, session });
    let places = prop_oneof![
        3 => by_code,
        1 => sessions().prop_map(Place::Session),
        1 => Just(Place::DropIn),
    ];
    let parties = prop::option::of((0i64..4, 0i64..3))
        .prop_map(|party| party.and_then(|(adults, children)| Party::new(adults, children).ok()));
    (places, parties, arrivals()).prop_map(|(place, party, arrival)| tally::Command::CheckIn {
        place,
        party,
        arrival,
    })
}

pub(super) fn gifts() -> impl Strategy<Value = tally::Command> {
    let donors = prop_oneof![
        persons().prop_map(Donor::Person),
        (persons(), sealed()).prop_map(|(person, name)| Donor::Named { person, name }),
    ];
    let donors = prop::option::of(donors);
    let purposes = prop::option::of(sealed());
    (donors, purposes, any::<bool>()).prop_map(|(donor, purpose, is_money)| {
        if is_money {
            tally::Command::GiveMoney {
                amount: Cents::new(10_000_000).expect("an amount"),
                method: None,
                donor,
                purpose,
            }
        } else {
            tally::Command::GiveGoods {
                category: name("tools"),
                description: purpose.clone(),
                quantity: Quantity::new(10_000).expect("a quantity"),
                donor,
                purpose,
            }
        }
    })
}

pub(super) fn tallies() -> impl Strategy<Value = tally::Command> {
    let session = || prop::option::of(sessions());
    let heads = (session(), 0i64..50).prop_map(|(session, adults)| tally::Command::CountHeads {
        session,
        heads: HeadCount::new(adults, 3, None).expect("heads"),
        basis: CountBasis::Counted,
    });
    let coffee = (session(), 1i64..=200, any::<bool>()).prop_map(|(session, cups, pot)| {
        tally::Command::Coffee {
            cups: Cups::new(cups).expect("cups"),
            paid: Some(pot),
            pot,
            session,
        }
    });
    let cakes = (session(), prop::option::of(persons())).prop_map(|(session, volunteer)| {
        tally::Command::Contribute {
            kind: name("cake"),
            quantity: Quantity::new(1).expect("one"),
            session,
            volunteer,
        }
    });
    let tills = (0i64..=10_000_000, any::<bool>()).prop_map(|(cents, hire)| {
        tally::Command::CountBarRevenue {
            amount: Cents::new(cents).expect("an amount"),
            expected: None,
            hire,
        }
    });
    let others = select(vec![
        tally::Command::NoteOpening(OpeningState::NobodyCame),
        tally::Command::Tally {
            counter: EGGS,
            quantity: Quantity::new(1).expect("one"),
        },
        tally::Command::Measure {
            indicator: FOLLOWERS,
            value: "-0.5".parse().expect("a decimal"),
        },
    ]);
    prop_oneof![heads, coffee, cakes, tills, others]
}

pub(super) fn shifts() -> impl Strategy<Value = tally::Command> {
    let who = prop_oneof![
        persons().prop_map(Who::Person),
        hashes().prop_map(Who::Pass),
    ];
    let starts = (who, prop::option::weighted(0.3, sessions()));
    prop_oneof![
        starts.prop_map(|(who, session)| tally::Command::StartShift {
            who,
            kind: ShiftKind::Bar,
            session,
        }),
        entries().prop_map(|shift| tally::Command::EndShift {
            shift,
            basis: HoursBasis::Entered,
        }),
    ]
}

pub(super) fn mendings() -> impl Strategy<Value = tally::Command> {
    let retractions = (entries(), prop::option::of(sealed()));
    prop_oneof![
        2 => retractions.prop_map(|(retracts, reason)| tally::Command::Retract { retracts, reason }),
        1 => prop::collection::vec(entries(), 0..4).prop_map(tally::Command::Confirm),
    ]
}
