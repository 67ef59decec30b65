//! Whether an entry that is sent again is the one that was recorded.

use super::{Donor, EntryBody, Gift, Kind, Who};
use meetellen_events::event::{Event, Fact};
use meetellen_events::tally;
use meetellen_events::values::{EntryId, Party, PersonId, SessionId};

/// Type, time as sent and clear fields agree. Tokens, passes, names and sealed texts are not compared, nor the time where
/// the log hides it.
pub fn content_equals(body: &EntryBody, fact: &Fact, hides_time: bool) -> bool {
    let Event::Tally(event) = &fact.event else {
        return false;
    };
    let sent_at = fact.occurred_at.plus_millis(-fact.shifted_millis);
    let same_time = hides_time || body.occurred_at == sent_at;
    body.id.uuid() == fact.id && same_time && agrees(body, event)
}

/// A code may have chosen the session where none was sent.
fn session_agrees(body: &EntryBody, sent: Option<SessionId>, kept: Option<SessionId>) -> bool {
    sent == kept || (sent.is_none() && body.code.is_some())
}

fn donor_agrees(sent: Option<&Donor>, kept: Option<PersonId>) -> bool {
    match sent {
        None => kept.is_none(),
        Some(Donor::Person(person)) => kept == Some(*person),
        Some(Donor::Named(_)) => kept.is_some(),
    }
}

fn party_agrees(sent: Option<Party>, kept: Party) -> bool {
    sent.map_or(
        kept == Party::one_adult() || kept == Party::one_child(),
        |party| party == kept,
    )
}

fn agrees(body: &EntryBody, event: &tally::Event) -> bool {
    use tally::Event as E;
    match (&body.kind, event) {
        (
            Kind::CheckIn { session, party, .. },
            E::VisitorCheckedIn {
                session: at,
                party: kept,
                code,
                ..
            },
        ) => {
            session_agrees(body, *session, *at) && party_agrees(*party, *kept) && body.code == *code
        }
        (
            Kind::HeadCount {
                session,
                heads,
                basis,
            },
            E::HeadsCounted {
                session: at,
                heads: h,
                basis: b,
            },
        ) => (session, heads, basis) == (at, h, b),
        (
            Kind::Coffee {
                cups,
                paid,
                pot,
                session,
            },
            E::CoffeeServed {
                cups: c,
                paid: p,
                pot: o,
                session: at,
                code,
                ..
            },
        ) => {
            session_agrees(body, *session, *at)
                && (cups, paid, pot) == (c, p, o)
                && body.code == *code
        }
        (
            Kind::Tally { counter, quantity },
            E::CounterTallied {
                counter: c,
                quantity: q,
            },
        ) => (counter, quantity) == (c, q),
        (
            Kind::Contribution {
                kind,
                quantity,
                session,
                volunteer,
            },
            E::ContributionMade {
                kind: k,
                quantity: q,
                session: at,
                volunteer: v,
            },
        ) => (kind, quantity, session, volunteer) == (k, q, at, v),
        (
            Kind::ShiftStart { who, kind, session },
            E::ShiftStarted {
                volunteer,
                kind: k,
                session: at,
            },
        ) => {
            let whose = match who {
                Who::Person(person) => person == volunteer,
                Who::Pass(_) => true,
            };
            whose && (kind, session) == (k, at)
        }
        (Kind::ShiftEnd { shift, basis }, E::ShiftEnded { shift: s, basis: b }) => {
            (shift, basis) == (&s.entry, b)
        }
        (
            Kind::BarRevenue {
                amount,
                expected,
                hire,
            },
            E::BarRevenueCounted {
                amount: a,
                expected: e,
                hire: h,
            },
        ) => (amount, expected, hire) == (a, e, h),
        (
            Kind::ShopRevenue { amount, expected },
            E::ShopRevenueCounted {
                amount: a,
                expected: e,
            },
        ) => (amount, expected) == (a, e),
        (Kind::Donation { gift, donor, .. }, kept) => gift_agrees(body, gift, donor.as_ref(), kept),
        (
            Kind::Measurement { indicator, value },
            E::IndicatorMeasured {
                indicator: i,
                value: v,
            },
        ) => (indicator, value) == (i, v),
        (Kind::Opening(state), E::OpeningNoted { state: s }) => state == s,
        (Kind::Retraction { retracts, .. }, E::EntryRetracted { target, .. }) => {
            *retracts == target.entry
        }
        (Kind::Confirmation(entries), E::EntriesConfirmed { targets }) => {
            let mut sent = entries.clone();
            let mut kept: Vec<EntryId> = targets.iter().map(|target| target.entry).collect();
            sent.sort_unstable();
            kept.sort_unstable();
            sent == kept
        }
        (_, _) => false,
    }
}

fn gift_agrees(body: &EntryBody, gift: &Gift, donor: Option<&Donor>, kept: &tally::Event) -> bool {
    if let (
        Gift::Money { amount, method },
        tally::Event::MoneyDonated {
            amount: a,
            method: m,
            donor: d,
            code,
            ..
        },
    ) = (gift, kept)
    {
        (amount, method, body.code) == (a, m, *code) && donor_agrees(donor, *d)
    } else if let (
        Gift::Goods {
            category, quantity, ..
        },
        tally::Event::GoodsDonated {
            category: c,
            quantity: q,
            donor: d,
            code,
            ..
        },
    ) = (gift, kept)
    {
        (category, quantity, body.code) == (c, q, *code) && donor_agrees(donor, *d)
    } else {
        false
    }
}
