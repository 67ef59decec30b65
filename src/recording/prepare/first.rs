//! What the rules say of an entry by a code before a key is made for it. A code on a wall is everybody's: what it may
//! not do leaves nothing in the key folder.

use super::place;
use crate::api::entry_body::{self, EntryBody, Gift, Kind};
use crate::live;
use crate::problem::{self, Problem};
use meetellen_events::decider::Decider;
use meetellen_events::organisation::{self, Authority, Request};
use meetellen_events::tally::{Arrival, Command, Donor, Entry};
use meetellen_events::values::{EntryId, Timestamp};
use std::collections::HashSet;

/// What the entries of one request said so far, in their order.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Entries that the rules will take: a later one of the same request may retract them.
    taken: HashSet<EntryId>,
    /// Entries that are retracted: nothing is sealed for a second time.
    retracted: HashSet<EntryId>,
}

/// What the rules say of an entry whose texts are not sealed yet.
#[derive(Debug)]
pub(super) enum First {
    /// They will take it.
    Taken,
    /// Its id stands in the log already, or an earlier entry did the same: nothing has to be sealed.
    Known,
}

impl Said {
    /// Asks the rules, on what is durable and what came before in the same request.
    pub(super) fn ask(
        &mut self,
        live: &live::Shared,
        authority: Authority,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<First, Problem> {
        let retracts = match &entry.command {
            Command::Retract { retracts, .. } => Some(*retracts),
            Command::CheckIn { .. }
            | Command::CountHeads { .. }
            | Command::Coffee { .. }
            | Command::Tally { .. }
            | Command::Contribute { .. }
            | Command::StartShift { .. }
            | Command::EndShift { .. }
            | Command::CountBarRevenue { .. }
            | Command::CountShopRevenue { .. }
            | Command::GiveMoney { .. }
            | Command::GiveGoods { .. }
            | Command::Measure { .. }
            | Command::NoteOpening(_)
            | Command::Confirm(_) => None,
        };
        if let Some(retracts) = retracts {
            if self.retracted.contains(&retracts) {
                return Ok(First::Known);
            }
            if self.taken.contains(&retracts) {
                self.retracted.insert(retracts);
                return Ok(First::Taken);
            }
        }
        let asked = organisation::Command {
            authority,
            request: Request::Tally(entry.clone()),
        };
        let decided = live.read().organisation.decide(&asked, now);
        match decided {
            Ok(facts) if facts.is_empty() => Ok(First::Known),
            Ok(_) => {
                self.taken.insert(entry.id);
                self.retracted.extend(retracts);
                Ok(First::Taken)
            }
            Err(rejection) => Err(problem::rejected(&rejection)),
        }
    }
}

/// What a code may send, without what needs a key; nothing where no code sends such an entry.
pub(super) fn unsealed(body: &EntryBody) -> Option<Command> {
    match &body.kind {
        Kind::CheckIn { session, party, .. } => Some(Command::CheckIn {
            place: place(body, *session),
            party: *party,
            arrival: Arrival::Unknown,
        }),
        Kind::Coffee {
            cups,
            paid,
            pot,
            session,
        } => Some(Command::Coffee {
            cups: *cups,
            paid: *paid,
            pot: *pot,
            session: *session,
        }),
        Kind::Donation { gift, donor, .. } => Some(unsealed_gift(gift, donor.as_ref())),
        Kind::Retraction { retracts, .. } => Some(Command::Retract {
            retracts: *retracts,
            reason: None,
        }),
        Kind::HeadCount { .. }
        | Kind::Tally { .. }
        | Kind::Contribution { .. }
        | Kind::ShiftStart { .. }
        | Kind::ShiftEnd { .. }
        | Kind::BarRevenue { .. }
        | Kind::ShopRevenue { .. }
        | Kind::Measurement { .. }
        | Kind::Opening(_)
        | Kind::Confirmation(_) => None,
    }
}

fn unsealed_gift(gift: &Gift, donor: Option<&entry_body::Donor>) -> Command {
    let donor = match donor {
        Some(entry_body::Donor::Person(person)) => Some(Donor::Person(*person)),
        Some(entry_body::Donor::Named(_)) | None => None,
    };
    match gift {
        Gift::Money { amount, method } => Command::GiveMoney {
            amount: *amount,
            method: method.clone(),
            donor,
            purpose: None,
        },
        Gift::Goods {
            category, quantity, ..
        } => Command::GiveGoods {
            category: category.clone(),
            description: None,
            quantity: *quantity,
            donor,
            purpose: None,
        },
    }
}
