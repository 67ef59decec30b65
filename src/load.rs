//! Brings into memory what is not there: one organisation, folded from the store, off the writer's thread.

use crate::live::Live;
use meetellen_events::codec::{self, CodecError, InvalidChunk};
use meetellen_events::event::Recorded;
use meetellen_events::log::line::{Line, Position};
use meetellen_events::log::store::Stretch;
use meetellen_events::log::{LogError, LogReader};
use meetellen_events::values::{OrganisationId, Timestamp};
use std::ops::ControlFlow;

/// Why an organisation can't be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The log can't answer.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A line is no commit.
    #[error(transparent)]
    Line(#[from] CodecError),
    /// A sealed chunk does not unpack.
    #[error(transparent)]
    Chunk(#[from] InvalidChunk),
}

/// Up to where a log is asked for; whole commits only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// Up to its end.
    Now,
    /// Up to the last commit that lies at or before this position.
    Position(Position),
    /// Up to the last commit recorded at or before this instant.
    Instant(Timestamp),
}

/// Everything acknowledged to the organisation; [`Live::default`] where there is nothing.
pub fn live(reader: &LogReader, organisation: OrganisationId) -> Result<Live, LoadError> {
    as_of(reader, organisation, AsOf::Now)
}

/// The organisation as it was known earlier. A replay, by whole commits.
pub fn as_of(
    reader: &LogReader,
    organisation: OrganisationId,
    until: AsOf,
) -> Result<Live, LoadError> {
    let mut live = Live::default();
    let mut failed = None;
    reader.replay(organisation, Position(0), &mut |stretch| {
        take(&mut live, stretch, until).unwrap_or_else(|error| {
            failed = Some(error);
            ControlFlow::Break(())
        })
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    // A sealed chunk is shown whole: what of it was known by then comes line by line.
    let within = live.head.position;
    reader.lines(organisation, within, &mut |line| {
        take(&mut live, Stretch::Line(line), until).unwrap_or_else(|error| {
            failed = Some(error);
            ControlFlow::Break(())
        })
    })?;
    failed.map_or(Ok(live), Err)
}

/// Shows `visit` every fact of a log, in order, and keeps none.
pub fn each(
    reader: &LogReader,
    organisation: OrganisationId,
    visit: &mut dyn FnMut(Recorded),
) -> Result<(), LoadError> {
    let mut last = Position(0);
    let mut failed = None;
    reader.replay(organisation, last, &mut |stretch| {
        let shown = match stretch {
            Stretch::Packed { head, bytes, .. } => show_packed(bytes, visit).inspect(|flow| {
                if flow.is_continue() {
                    last = head.position;
                }
            }),
            Stretch::Line(line) => show_line(line, visit).inspect(|_| last = line.last()),
        };
        shown.unwrap_or_else(|error| {
            failed = Some(error);
            ControlFlow::Break(())
        })
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    // From a chunk that another version sealed on, the lines are read.
    reader.lines(organisation, last, &mut |line| {
        show_line(line, visit).unwrap_or_else(|error| {
            failed = Some(error);
            ControlFlow::Break(())
        })
    })?;
    failed.map_or(Ok(()), Err)
}

fn show_packed(
    bytes: &[u8],
    visit: &mut dyn FnMut(Recorded),
) -> Result<ControlFlow<()>, LoadError> {
    match codec::unpack(bytes, visit) {
        Ok(()) => Ok(ControlFlow::Continue(())),
        Err(InvalidChunk::Version) => Ok(ControlFlow::Break(())),
        Err(error @ (InvalidChunk::Form | InvalidChunk::Value(_) | InvalidChunk::Event(_))) => {
            Err(error.into())
        }
    }
}

fn show_line(line: &Line, visit: &mut dyn FnMut(Recorded)) -> Result<ControlFlow<()>, LoadError> {
    codec::decode(line)?.recorded().for_each(visit);
    Ok(ControlFlow::Continue(()))
}

fn take(live: &mut Live, stretch: Stretch<'_>, until: AsOf) -> Result<ControlFlow<()>, LoadError> {
    match stretch {
        Stretch::Packed { head, bytes, .. } => {
            match unpack(live, bytes, head.position, until) {
                Ok(true) => {}
                // Sealed by another version: from here on the lines are read.
                Ok(false) | Err(InvalidChunk::Version) => return Ok(ControlFlow::Break(())),
                Err(
                    error @ (InvalidChunk::Form | InvalidChunk::Value(_) | InvalidChunk::Event(_)),
                ) => return Err(error.into()),
            }
            live.head = head;
        }
        Stretch::Line(line) => {
            let beyond = match until {
                AsOf::Now => false,
                AsOf::Position(position) => line.last() > position,
                AsOf::Instant(instant) => line.header().recorded_at > instant,
            };
            if beyond {
                return Ok(ControlFlow::Break(()));
            }
            for recorded in codec::decode(line)?.recorded() {
                live.apply(&recorded);
            }
            live.head = line.head();
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Takes a sealed chunk in, unless it reaches beyond; whether it did.
fn unpack(
    live: &mut Live,
    bytes: &[u8],
    last: Position,
    until: AsOf,
) -> Result<bool, InvalidChunk> {
    match until {
        AsOf::Now => codec::unpack(bytes, &mut |recorded| live.apply(&recorded))?,
        AsOf::Position(position) if last > position => return Ok(false),
        AsOf::Position(_) => codec::unpack(bytes, &mut |recorded| live.apply(&recorded))?,
        AsOf::Instant(instant) => {
            let mut facts: Vec<Recorded> = Vec::new();
            codec::unpack(bytes, &mut |recorded| facts.push(recorded))?;
            if facts.last().is_some_and(|last| last.recorded_at > instant) {
                return Ok(false);
            }
            facts.iter().for_each(|recorded| live.apply(recorded));
        }
    }
    Ok(true)
}
