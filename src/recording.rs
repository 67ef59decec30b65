//! From checked bodies of entries to durable answers: keys are used before the rules are asked, and what is known
//! already is compared with what was sent.

mod prepare;

use crate::api::entry_body::{self, EntryBody};
use crate::keys::Owner;
use crate::live;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::writer::{Done, Receipt};
use meetellen_events::codec;
use meetellen_events::event::{Event, Recorded};
use meetellen_events::log::line::{Hash, Position};
use meetellen_events::organisation::{Authority, Command, Request};
use meetellen_events::people;
use meetellen_events::tally::{self, Standing};
use meetellen_events::values::{OrganisationId, Timestamp};
use std::net::IpAddr;
use std::sync::Arc;

/// A device whose clock is off by more than this has its times shifted by the difference (design.md §5).
const CLOCK_OFF_MILLIS_MAX: i64 = 2 * 60_000;

/// From whom entries come, as far as that is known.
#[derive(Debug, Clone, Copy)]
pub struct Sender {
    /// What a device says the time is.
    pub client_time: Option<Timestamp>,
    /// From which address.
    pub address: IpAddr,
}

/// How an entry was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It counts.
    Recorded,
    /// It was recorded before, with the same content.
    Duplicate,
    /// It counts once somebody signed in confirmed it.
    ToConfirm,
    /// This visitor was counted already, with as large a party.
    AlreadyCounted,
}

/// An entry that stands in the log.
#[derive(Debug, Clone)]
pub struct Taken {
    /// How it was taken.
    pub status: Status,
    /// Its place.
    pub position: Position,
    /// Hash of its commit.
    pub hash: Hash,
    /// The entry as it was recorded.
    pub recorded: Recorded,
}

/// By how many milliseconds the times of a device that says it is `client_time` must be shifted.
pub fn shift(client_time: Option<Timestamp>, now: Timestamp, last_recorded: Timestamp) -> i64 {
    // A server whose own clock stands before its log can tell nobody what time it is.
    let Some(theirs) = client_time.filter(|_| now >= last_recorded) else {
        return 0;
    };
    let off = now.millis_since(theirs);
    if off.abs() > CLOCK_OFF_MILLIS_MAX {
        off
    } else {
        0
    }
}

/// Records entries of one organisation in order, each on its own authority; one answer for each, in the same order.
pub async fn record(
    node: &Node,
    organisation: OrganisationId,
    entries: Vec<(EntryBody, Authority)>,
    sender: Sender,
) -> Vec<Result<Taken, Problem>> {
    let count = entries.len();
    match record_all(node, organisation, entries, sender).await {
        Ok(answers) => answers,
        Err(problem) => {
            let mut answers: Vec<_> = Vec::with_capacity(count);
            let again = || Problem::from(problem.cause());
            answers.extend((1..count).map(|_| Err(again())));
            answers.insert(0, Err(problem));
            answers
        }
    }
}

async fn record_all(
    node: &Node,
    organisation: OrganisationId,
    entries: Vec<(EntryBody, Authority)>,
    sender: Sender,
) -> Result<Vec<Result<Taken, Problem>>, Problem> {
    let live = node.open(organisation).await?;
    let shift = shift(sender.client_time, node.now(), live.read().recorded_at);
    let by = (shift, sender.address);
    // Held until the answer, so that one new name given twice at once becomes one person.
    let _names = if entries
        .iter()
        .any(|(entry, _)| prepare::touches_names(entry))
    {
        Some(node.names.take(organisation).await)
    } else {
        None
    };
    let bodies = Arc::new(entries);
    let prepared = prepared(node, organisation, live, by, &bodies).await?;
    let commands: Vec<Command> = prepared
        .iter()
        .zip(&*bodies)
        .filter_map(|(entry, (_, authority))| {
            Some(Command {
                authority: *authority,
                request: Request::Tally(entry.as_ref().ok()?.clone()),
            })
        })
        .collect();
    let mut done = if commands.is_empty() {
        Vec::new()
    } else {
        node.submit(organisation, commands).await?
    }
    .into_iter();
    let mut answers = Vec::with_capacity(bodies.len());
    for (entry, (body, _)) in prepared.into_iter().zip(&*bodies) {
        let answer = match entry {
            Err(problem) => Err(problem),
            Ok(_) => match done.next() {
                Some(done) => told(node, organisation, body, done).await,
                None => Err(Cause::OutcomeUnknown.into()),
            },
        };
        answers.push(answer);
    }
    Ok(answers)
}

/// The entries as the rules take them: off the async threads where the disk may be touched, else at once.
async fn prepared(
    node: &Node,
    organisation: OrganisationId,
    live: Arc<live::Shared>,
    by: (i64, IpAddr),
    entries: &Arc<Vec<(EntryBody, Authority)>>,
) -> Result<Vec<Result<tally::Entry, Problem>>, Problem> {
    {
        let shared = prepare::Shared::new(node, organisation, &live, by);
        if !entries.iter().any(|(body, _)| shared.touches_disk(body)) {
            let entries = entries.iter();
            return Ok(entries
                .map(|(body, authority)| shared.entry(body, *authority))
                .collect());
        }
    }
    let entries = Arc::clone(entries);
    node.blocking(move |node| {
        let shared = prepare::Shared::new(node, organisation, &live, by);
        let entries = entries.iter();
        entries
            .map(|(body, authority)| shared.entry_asked_first(body, *authority))
            .collect()
    })
    .await
}

async fn told(
    node: &Node,
    organisation: OrganisationId,
    body: &EntryBody,
    done: Done,
) -> Result<Taken, Problem> {
    match done {
        Done::Recorded(receipt) => {
            forget(node, organisation, &receipt).await?;
            first_answer(receipt)
        }
        Done::Known(position) => known(node, organisation, body, position).await,
        // The rules record every entry or say why not; what is in effect already has its id.
        Done::InEffect => Err(Cause::Internal.into()),
        Done::Refused(refusal) => Err(refusal.into()),
    }
}

/// Destroys the keys of givers who were erased with their last gift. Where that breaks off, the next start does it.
async fn forget(
    node: &Node,
    organisation: OrganisationId,
    receipt: &Receipt,
) -> Result<(), Problem> {
    for recorded in &*receipt.facts {
        if let Event::People(people::Event::Erased { person }) = recorded.fact.event {
            let owner = Owner::Person(person);
            let destroyed = node.blocking(move |node| node.keys().destroy(organisation, owner));
            destroyed
                .await?
                .map_err(|error| Problem::internal(&error))?;
        }
    }
    Ok(())
}

fn first_answer(receipt: Receipt) -> Result<Taken, Problem> {
    let Receipt { facts, hash } = receipt;
    // The entry stands last: a giver who is new is registered before.
    let recorded = facts
        .last()
        .cloned()
        .ok_or_else(|| Problem::from(Cause::OutcomeUnknown))?;
    Ok(Taken {
        status: status(&recorded.fact.event),
        position: recorded.position,
        hash,
        recorded,
    })
}

/// An id that stands in the log: the first answer again where it says the same.
async fn known(
    node: &Node,
    organisation: OrganisationId,
    body: &EntryBody,
    position: Position,
) -> Result<Taken, Problem> {
    let reader = node.reader().clone();
    let found = node
        .blocking(move |_| reader.commit_at(organisation, position))
        .await?;
    let line = found
        .map_err(|error| Problem::internal(&error))?
        .ok_or_else(|| Problem::from(Cause::LogDamaged))?;
    let commit = codec::decode(&line).map_err(|error| Problem::internal(&error))?;
    let recorded = commit
        .recorded()
        .find(|recorded| recorded.position == position)
        .ok_or_else(|| Problem::from(Cause::LogDamaged))?;
    let live = node.open(organisation).await?;
    let hides_time = match &recorded.fact.event {
        Event::Tally(event) => live
            .read()
            .organisation
            .hides_time(event, recorded.fact.occurred_at),
        Event::Organisation(_)
        | Event::Programme(_)
        | Event::People(_)
        | Event::Access(_)
        | Event::Standing(_)
        | Event::Months(_)
        | Event::Unknown(_) => false,
    };
    if !entry_body::content_equals(body, &recorded.fact, hides_time) {
        return Err(Cause::IdReused.into());
    }
    Ok(Taken {
        status: Status::Duplicate,
        position,
        hash: line.head().hash,
        recorded,
    })
}

const fn status(event: &Event) -> Status {
    match event.standing() {
        Standing::Counted => Status::Recorded,
        Standing::ToConfirm => Status::ToConfirm,
        Standing::AlreadyCounted => Status::AlreadyCounted,
    }
}
