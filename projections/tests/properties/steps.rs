//! What may be asked of a house, in any order.

use meetellen_events::tally::{HoursBasis, OpeningState, ShiftKind};
use proptest::prelude::*;

/// What somebody asks, in small numbers that shrink well.
#[derive(Debug, Clone)]
pub enum What {
    CheckIn {
        place: u8,
        who: u8,
        party: Option<(u8, u8)>,
    },
    Heads {
        place: u8,
        adults: u8,
        children: u8,
        volunteers: Option<u8>,
        guessed: bool,
    },
    Coffee {
        cups: u8,
        pot: bool,
        paid: Option<bool>,
    },
    StartShift {
        who: u8,
        kind: ShiftKind,
    },
    EndShift {
        shift: u8,
        basis: HoursBasis,
    },
    Till {
        cents: u16,
        expected: Option<u16>,
        hire: bool,
    },
    Money {
        cents: u16,
        by: u8,
    },
    Goods {
        by: u8,
    },
    Counter,
    Contribute {
        who: u8,
        place: u8,
    },
    Door(OpeningState),
    Retract(u8),
    Confirm,
    Plan {
        activity: u8,
        hours_ahead: i8,
        minutes: u8,
    },
    Cancel(u8),
    Hold(u8),
    Turn {
        who: u8,
        volunteer: bool,
        child: bool,
    },
    Open(bool),
}

/// One request: so long after the last one, about something so long before.
#[derive(Debug, Clone)]
pub struct Step {
    pub minutes: u16,
    pub late_minutes: u16,
    pub what: What,
}

fn shift_kind() -> impl Strategy<Value = ShiftKind> {
    proptest::sample::select(vec![
        ShiftKind::Bar,
        ShiftKind::Kitchen,
        ShiftKind::Shop,
        ShiftKind::Host,
    ])
}

fn what() -> impl Strategy<Value = What> {
    let party = proptest::option::of((0..4_u8, 0..3_u8));
    let basis = proptest::sample::select(vec![
        HoursBasis::Clocked,
        HoursBasis::Entered,
        HoursBasis::Estimated,
    ]);
    let door = proptest::sample::select(vec![
        OpeningState::Opened,
        OpeningState::Closed,
        OpeningState::NobodyCame,
    ]);
    let visits = prop_oneof![
        12 => (0..12_u8, 0..12_u8, party)
            .prop_map(|(place, who, party)| What::CheckIn { place, who, party }),
        3 => (0..8_u8, 0..9_u8, 0..5_u8, proptest::option::of(0..5_u8), any::<bool>()).prop_map(
            |(place, adults, children, volunteers, guessed)| What::Heads {
                place, adults, children, volunteers, guessed
            }
        ),
        1 => door.prop_map(What::Door),
        3 => any::<u8>().prop_map(What::Retract),
        1 => Just(What::Confirm),
    ];
    let work = prop_oneof![
        3 => (0..4_u8, shift_kind()).prop_map(|(who, kind)| What::StartShift { who, kind }),
        3 => (any::<u8>(), basis).prop_map(|(shift, basis)| What::EndShift { shift, basis }),
        1 => (1..30_u8, any::<bool>(), any::<Option<bool>>())
            .prop_map(|(cups, pot, paid)| What::Coffee { cups, pot, paid }),
        1 => (any::<u16>(), any::<Option<u16>>(), any::<bool>())
            .prop_map(|(cents, expected, hire)| What::Till { cents, expected, hire }),
        1 => (1..9_999_u16, 0..5_u8).prop_map(|(cents, by)| What::Money { cents, by }),
        1 => (0..5_u8).prop_map(|by| What::Goods { by }),
        1 => Just(What::Counter),
        1 => (0..5_u8, 0..5_u8).prop_map(|(who, place)| What::Contribute { who, place }),
    ];
    let plans = prop_oneof![
        4 => (0..3_u8, -6..30_i8, 20..240_u8).prop_map(|(activity, hours_ahead, minutes)| {
            What::Plan { activity, hours_ahead, minutes }
        }),
        1 => any::<u8>().prop_map(What::Cancel),
        1 => any::<u8>().prop_map(What::Hold),
        1 => (0..5_u8, any::<bool>(), any::<bool>())
            .prop_map(|(who, volunteer, child)| What::Turn { who, volunteer, child }),
        1 => any::<bool>().prop_map(What::Open),
    ];
    prop_oneof![6 => visits, 3 => work, 2 => plans]
}

pub fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let late = prop_oneof![4 => Just(0), 1 => 0..60_u16, 1 => 0..3_000_u16];
    let step = (0..400_u16, late, what()).prop_map(|(minutes, late_minutes, what)| Step {
        minutes,
        late_minutes,
        what,
    });
    proptest::collection::vec(step, 1..most)
}
