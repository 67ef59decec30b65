//! What an entry says that names nobody, and apart from it whom it names.

use super::Field;
use meetellen_events::tally::{CountBasis, Event, Evidence, HoursBasis, OpeningState, Visitor};
use meetellen_events::values::{Cents, HeadCount, Name, Party, PersonId, Quantity, SessionId};

type Fields = Vec<(&'static str, Field)>;

fn cents(amount: Cents) -> Field {
    Field::Whole(i64::try_from(amount.get()).unwrap_or(i64::MAX))
}

fn number(quantity: Quantity) -> Field {
    Field::Whole(i64::from(quantity.get()))
}

/// The fields of an event by their names in the contract, but for codes, persons and what is sealed.
pub(super) fn clear(event: &Event) -> Fields {
    match event {
        Event::VisitorCheckedIn {
            session,
            party,
            visitor,
            ..
        } => check_in(*session, *party, *visitor),
        Event::HeadsCounted {
            session,
            heads,
            basis,
        } => head_count(*session, *heads, *basis),
        Event::CoffeeServed {
            cups,
            paid,
            pot,
            session,
            ..
        } => coffee(i64::from(cups.get()), *paid, *pot, *session),
        Event::CounterTallied { counter, quantity } => vec![
            ("counter", Field::Counter(*counter)),
            ("quantity", number(*quantity)),
        ],
        Event::ContributionMade {
            kind,
            quantity,
            session,
            ..
        } => at_session(*session, things("kind", kind, *quantity)),
        Event::ShiftStarted { kind, session, .. } => {
            at_session(*session, vec![("kind", Field::Word(kind.name()))])
        }
        Event::ShiftEnded { shift, basis } => vec![
            ("shift", Field::Entry(shift.entry)),
            ("basis", Field::Word(hours_basis(*basis))),
        ],
        Event::BarRevenueCounted {
            amount,
            expected,
            hire,
        } => till(*amount, *expected, Some(*hire)),
        Event::ShopRevenueCounted { amount, expected } => till(*amount, *expected, None),
        Event::MoneyDonated { amount, method, .. } => {
            let method = method.as_ref().map(ToString::to_string);
            let mut fields = vec![("money_cents", cents(*amount))];
            fields.extend(method.map(|method| ("method", Field::Text(method))));
            fields
        }
        Event::GoodsDonated {
            category, quantity, ..
        } => things("category", category, *quantity),
        Event::IndicatorMeasured { indicator, value } => vec![
            ("indicator", Field::Indicator(*indicator)),
            ("value", Field::Text(value.to_string())),
        ],
        Event::OpeningNoted { state } => vec![("state", Field::Word(opening(*state)))],
        Event::EntryRetracted { target, .. } => vec![("retracts", Field::Entry(target.entry))],
        Event::EntriesConfirmed { targets } => {
            let entries = targets.iter().map(|target| target.entry).collect();
            vec![("entries", Field::Entries(entries))]
        }
    }
}

fn things(named: &'static str, name: &Name, quantity: Quantity) -> Fields {
    vec![
        (named, Field::Text(name.to_string())),
        ("quantity", number(quantity)),
    ]
}

fn at_session(session: Option<SessionId>, mut fields: Fields) -> Fields {
    fields.extend(session.map(|session| ("session", Field::Session(session))));
    fields
}

fn check_in(session: Option<SessionId>, party: Party, visitor: Visitor) -> Fields {
    let visitor = match visitor {
        Visitor::Unknown => "unknown",
        Visitor::Phone(_) => "phone",
        Visitor::Pass(_) => "pass",
    };
    at_session(
        session,
        vec![
            ("adults", Field::Whole(i64::from(party.adults()))),
            ("children", Field::Whole(i64::from(party.children()))),
            ("visitor", Field::Word(visitor)),
        ],
    )
}

fn head_count(session: Option<SessionId>, heads: HeadCount, basis: CountBasis) -> Fields {
    let mut fields = vec![
        ("adults", Field::Whole(i64::from(heads.adults()))),
        ("children", Field::Whole(i64::from(heads.children()))),
    ];
    if let Some(volunteers) = heads.volunteers() {
        fields.push(("volunteers", Field::Whole(i64::from(volunteers))));
    }
    let basis = match basis {
        CountBasis::Counted => "counted",
        CountBasis::Estimated => "estimated",
    };
    fields.push(("basis", Field::Word(basis)));
    at_session(session, fields)
}

fn coffee(cups: i64, paid: Option<bool>, pot: bool, session: Option<SessionId>) -> Fields {
    let mut fields = vec![("cups", Field::Whole(cups)), ("pot", Field::Flag(pot))];
    fields.extend(paid.map(|paid| ("paid", Field::Flag(paid))));
    at_session(session, fields)
}

fn till(amount: Cents, expected: Option<Cents>, hire: Option<bool>) -> Fields {
    let mut fields = vec![("amount_cents", cents(amount))];
    fields.extend(expected.map(|expected| ("expected_cents", cents(expected))));
    fields.extend(hire.map(|hire| ("hire", Field::Flag(hire))));
    fields
}

const fn hours_basis(basis: HoursBasis) -> &'static str {
    match basis {
        HoursBasis::Clocked => "clocked",
        HoursBasis::Entered => "entered",
        HoursBasis::Estimated => "estimated",
    }
}

const fn opening(state: OpeningState) -> &'static str {
    match state {
        OpeningState::Opened => "opened",
        OpeningState::Closed => "closed",
        OpeningState::NobodyCame => "nobody_came",
    }
}

/// How an event was seen, where it tells.
pub(super) const fn evidence(event: &Event) -> Option<Evidence> {
    match event {
        Event::VisitorCheckedIn { evidence, .. } | Event::CoffeeServed { evidence, .. } => {
            Some(*evidence)
        }
        Event::HeadsCounted { .. }
        | Event::CounterTallied { .. }
        | Event::ContributionMade { .. }
        | Event::ShiftStarted { .. }
        | Event::ShiftEnded { .. }
        | Event::BarRevenueCounted { .. }
        | Event::ShopRevenueCounted { .. }
        | Event::MoneyDonated { .. }
        | Event::GoodsDonated { .. }
        | Event::IndicatorMeasured { .. }
        | Event::OpeningNoted { .. }
        | Event::EntryRetracted { .. }
        | Event::EntriesConfirmed { .. } => None,
    }
}

/// The volunteer or giver an event names. Visitors are left out for everyone.
pub(super) const fn person(event: &Event) -> Option<PersonId> {
    match event {
        Event::ShiftStarted { volunteer, .. } => Some(*volunteer),
        Event::ContributionMade { volunteer, .. } => *volunteer,
        Event::MoneyDonated { donor, .. } | Event::GoodsDonated { donor, .. } => *donor,
        Event::VisitorCheckedIn { .. }
        | Event::HeadsCounted { .. }
        | Event::CoffeeServed { .. }
        | Event::CounterTallied { .. }
        | Event::ShiftEnded { .. }
        | Event::BarRevenueCounted { .. }
        | Event::ShopRevenueCounted { .. }
        | Event::IndicatorMeasured { .. }
        | Event::OpeningNoted { .. }
        | Event::EntryRetracted { .. }
        | Event::EntriesConfirmed { .. } => None,
    }
}
