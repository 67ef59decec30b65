//! Restates closed months by itself, a short calm after something came for them.
//!
//! Only organisations in memory are looked at: what comes for a month brings its organisation there. What a stop left
//! undone is found after the start, one organisation a round.

use super::make::cause;
use super::{MakeError, keys, restated};
use crate::live::Live;
use crate::load::{self, LoadError};
use crate::node::Node;
use crate::writer::{Done, Refusal, WriteError};
use meetellen_events::codec::{self, CodecError};
use meetellen_events::event::{Event, Recorded};
use meetellen_events::log::line::Position;
use meetellen_events::log::{LogError, LogReader};
use meetellen_events::months::{self, Statement, state::Given, state::Touched};
use meetellen_events::organisation::{self, Authority, Command, Request};
use meetellen_events::values::{Month, OrganisationId, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often it is looked whether something came.
const ROUND: Duration = Duration::from_secs(5);

/// How long nothing more must have come for a month, in milliseconds by the server's clock: a phone that was offline
/// sends what it kept within seconds.
pub const CALM_MILLIS: i64 = 10_000;

/// The longest that is waited for a calm, in milliseconds: what keeps coming is told all the same.
pub const CALM_WAITS_MILLIS: i64 = 10 * 60_000;

/// The longest between two restatements of a month, in milliseconds. Each within a day doubles the calm that the next
/// one needs, so that whoever sends entries for a closed month fills no log with its statements.
pub const RESTATED_MILLIS_MAX: i64 = 3_600_000;

/// For how long a restatement counts, in milliseconds.
const LATELY_MILLIS: i64 = 86_400_000;

/// How often a statement is made anew where the log went on meanwhile.
const TRIES_MAX: usize = 8;

/// Why a month is not restated now. It is tried again.
#[derive(Debug, thiserror::Error)]
pub enum RestateError {
    /// The log can't answer.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A line is no commit.
    #[error(transparent)]
    Line(#[from] CodecError),
    /// An organisation can't be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Nothing can be recorded.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// No statement could be made.
    #[error(transparent)]
    Make(#[from] MakeError),
    /// The key can't be used.
    #[error(transparent)]
    Keys(#[from] keys::KeyError),
    /// Where the log says there is a statement there is none.
    #[error("there is no statement at position {0}")]
    NoStatement(Position),
    /// The rules refuse it.
    #[error("the rules refuse to restate a month: {0:?}")]
    Refused(Refusal),
    /// The log went on each time.
    #[error("others write all the time")]
    Busy,
    /// The work was given up.
    #[error("the server stops")]
    Stopped,
}

/// What was looked at and changed nothing, and when: the log can't say so.
#[derive(Debug, Default)]
pub struct Settled(Mutex<HashMap<(OrganisationId, Month), (Position, Timestamp)>>);

impl Settled {
    /// Up to where a month was looked at, and when.
    fn of(&self, organisation: OrganisationId, month: Month) -> Option<(Position, Timestamp)> {
        let settled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        settled.get(&(organisation, month)).copied()
    }

    fn note(&self, organisation: OrganisationId, month: Month, seen: (Position, Timestamp)) {
        let mut settled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        settled.insert((organisation, month), seen);
    }
}

/// Whether a month is to be restated now: nothing came for a while, or something came long ago. Both take longer where
/// it was restated lately.
fn is_due(
    touched: &Touched,
    settled: Option<(Position, Timestamp)>,
    restated: usize,
    now: Timestamp,
) -> bool {
    if settled.is_some_and(|(position, _)| position >= touched.position) {
        return false;
    }
    let doubled = u32::try_from(restated)
        .ok()
        .and_then(|by| 1_i64.checked_shl(by));
    let calm = doubled.and_then(|by| CALM_MILLIS.checked_mul(by));
    let calm = calm
        .unwrap_or(RESTATED_MILLIS_MAX)
        .clamp(CALM_MILLIS, RESTATED_MILLIS_MAX);
    let looked_at = settled.map_or(touched.first_at, |(_, at)| at.max(touched.first_at));
    now.millis_since(touched.recorded_at) >= calm
        || now.millis_since(looked_at) >= calm.max(CALM_WAITS_MILLIS)
}

/// Restates what is due, again and again, for as long as the server's system runs.
pub async fn by_itself(node: Node) {
    let mut rounds = tokio::time::interval(ROUND);
    let reader = node.reader().clone();
    let all = node.blocking(move |_| reader.organisations()).await;
    let mut left = match all {
        Ok(Ok(all)) => all.into_iter(),
        Ok(Err(_)) | Err(_) => Vec::new().into_iter(),
    };
    loop {
        rounds.tick().await;
        if let Some(organisation) = left.next() {
            wake(&node, organisation).await;
        }
        round(&node).await;
    }
}

/// Brings an organisation into memory where something came for a closed month of it that nobody restated.
async fn wake(node: &Node, organisation: OrganisationId) {
    let reader = node.reader().clone();
    let waits = node
        .blocking(move |_| {
            load::live(&reader, organisation)
                .is_ok_and(|live| live.organisation.months().touched().next().is_some())
        })
        .await;
    if matches!(waits, Ok(true)) {
        // One that can't be opened is told of by whoever asks for it.
        drop(node.open(organisation).await);
    }
}

/// Restates what is due now, of the organisations in memory.
pub async fn round(node: &Node) {
    for (organisation, live) in node.writer.houses().residents() {
        let now = node.now();
        let due: Vec<(Month, Position)> = {
            let seen = live.read();
            let touched = seen.organisation.months().touched();
            let lately = now.plus_millis(-LATELY_MILLIS);
            let due = touched.filter(|(month, touched)| {
                let restated = seen.organisation.months().restated_since(*month, lately);
                is_due(
                    touched,
                    node.settled.of(organisation, *month),
                    restated,
                    now,
                )
            });
            due.map(|(month, touched)| (month, touched.position))
                .collect()
        };
        for (month, position) in due {
            match restate(node, organisation, month).await {
                Ok(()) => node.settled.note(organisation, month, (position, now)),
                Err(error) => {
                    tracing::warn!(%organisation, %month, %error, "a month could not be restated yet");
                }
            }
        }
    }
}

async fn restate(
    node: &Node,
    organisation: OrganisationId,
    month: Month,
) -> Result<(), RestateError> {
    for _ in 0..TRIES_MAX {
        let live = node.writer.open(organisation).await?.snapshot();
        if live.organisation.has_ended() {
            return Ok(());
        }
        let made = node
            .blocking(move |node| again(node, &live, month, node.now()))
            .await;
        let Some(statement) = made.map_err(|_| RestateError::Stopped)?? else {
            return Ok(());
        };
        let id = statement.id();
        let command = Command {
            authority: Authority::System,
            request: Request::Months(months::Command::Restate(statement)),
        };
        let done = node.writer.submit(organisation, vec![command]).await?;
        match done.into_iter().next() {
            Some(Done::Refused(refusal)) if is_outdated(&refusal) => {}
            Some(Done::Refused(refusal)) => return Err(RestateError::Refused(refusal)),
            Some(Done::Recorded(_)) => {
                tracing::info!(%organisation, %month, statement = %id, "restated a closed month");
                return Ok(());
            }
            Some(Done::InEffect | Done::Known(_)) | None => return Ok(()),
        }
    }
    Err(RestateError::Busy)
}

/// Whether the log went on since a statement was made.
pub fn is_outdated(refusal: &Refusal) -> bool {
    let outdated = organisation::Rejection::Months(months::Rejection::Outdated);
    *refusal == Refusal::Rules(outdated)
}

/// The statement that a closed month needs now, if it needs one. Reads the disk.
fn again(
    node: &Node,
    live: &Arc<Live>,
    month: Month,
    now: Timestamp,
) -> Result<Option<Statement>, RestateError> {
    let organisation = live.organisation.id().ok_or(MakeError::NotFounded)?;
    let Some(closed) = live.organisation.months().month(month) else {
        return Ok(None);
    };
    let reader = node.reader();
    let old = given(reader, organisation, &closed.current)?;
    let facts = closed.touched.iter().flat_map(|touched| &touched.facts);
    let facts = facts.map(|position| Ok(cause(&recorded(reader, organisation, *position)?)?));
    let facts: Result<Vec<_>, RestateError> = facts.collect();
    let signing = node.statement_keys.signing(now)?;
    Ok(restated(live, &old, facts?, &signing, now)?)
}

/// A statement as it was given. Reads the disk.
pub fn given(
    reader: &LogReader,
    organisation: OrganisationId,
    given: &Given,
) -> Result<Statement, RestateError> {
    let recorded = recorded(reader, organisation, given.position)?;
    if let Event::Months(event) = recorded.fact.event {
        Ok(event.statement().clone())
    } else {
        Err(RestateError::NoStatement(given.position))
    }
}

fn recorded(
    reader: &LogReader,
    organisation: OrganisationId,
    position: Position,
) -> Result<Recorded, RestateError> {
    let missing = || RestateError::NoStatement(position);
    let line = reader.commit_at(organisation, position)?;
    let commit = codec::decode(&line.ok_or_else(missing)?)?;
    let mut facts = commit.recorded();
    facts
        .find(|recorded| recorded.position == position)
        .ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Something came at these seconds, first and last.
    fn touched(first: i64, last: i64) -> Touched {
        Touched {
            position: Position(7),
            recorded_at: Timestamp::from_millis(last * 1_000),
            first_at: Timestamp::from_millis(first * 1_000),
            facts: Vec::new(),
        }
    }

    #[track_caller]
    fn due_at(touched: &Touched, restated: usize, seconds: i64) {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1_000);
        assert!(!is_due(touched, None, restated, at(seconds - 1)), "not yet");
        assert!(is_due(touched, None, restated, at(seconds)), "by now");
    }

    #[test]
    fn a_month_is_restated_after_ten_seconds_calm_or_ten_minutes_without() {
        due_at(&touched(0, 0), 0, 10);
        due_at(&touched(0, 300), 0, 310);
        due_at(&touched(0, 599), 0, 600);
    }

    #[test]
    fn each_restatement_of_a_day_doubles_the_wait_up_to_an_hour() {
        due_at(&touched(0, 0), 1, 20);
        due_at(&touched(0, 0), 3, 80);
        due_at(&touched(0, 595), 6, 640);
        for often in [9, 40, 70, usize::MAX] {
            due_at(&touched(0, 3_599), often, 3_600);
            due_at(&touched(0, 0), often, 3_600);
        }
    }

    #[test]
    fn what_was_looked_at_is_looked_at_again_once_more_came() {
        let touched = touched(0, 1_000);
        let looked = |position| Some((Position(position), Timestamp::from_millis(900_000)));
        let now = Timestamp::from_millis(1_005_000);
        assert!(!is_due(&touched, looked(7), 0, now.plus_millis(86_400_000)));
        assert!(
            !is_due(&touched, looked(6), 0, now),
            "ten minutes from the look on"
        );
        assert!(is_due(&touched, looked(6), 0, now.plus_millis(5_000)));
        assert!(is_due(&touched, None, 0, now));
    }
}
