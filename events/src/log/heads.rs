//! The heads of the organisations met since the start, shared by the writer and the readers.

use super::journal::AppendError;
use super::line::{Head, Line};
use crate::values::OrganisationId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// Finds the head of an organisation that was not met since the start; an error where its log is damaged.
pub(super) type ColdHead = Box<dyn Fn(OrganisationId) -> Result<Head, AppendError> + Send + Sync>;

/// A head, and the batch that made it (0: before the start).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    pub(super) head: Head,
    pub(super) batch: u64,
}

/// Heads by organisation.
pub(super) struct Heads {
    known: Mutex<HashMap<OrganisationId, Known>>,
    cold: ColdHead,
}

impl Heads {
    /// Starts with none; `cold` finds what was there before the start.
    pub(super) fn new(cold: ColdHead) -> Arc<Self> {
        Arc::new(Self {
            known: Mutex::new(HashMap::new()),
            cold,
        })
    }

    /// The organisation's head with the batch to wait for.
    pub(super) fn get(&self, organisation: OrganisationId) -> Result<Known, AppendError> {
        if let Some(known) = self.lock().get(&organisation) {
            return Ok(*known);
        }
        // Nothing was appended to it since the start, so what the store says is all there is.
        let head = (self.cold)(organisation)?;
        Ok(*self
            .lock()
            .entry(organisation)
            .or_insert(Known { head, batch: 0 }))
    }

    /// Whether each line comes right behind its organisation's head or behind an earlier one of these lines.
    pub(super) fn check(&self, lines: &[Line]) -> Result<(), AppendError> {
        if let [line] = lines {
            return follows(line, self.get(line.organisation())?.head);
        }
        let mut ahead: HashMap<OrganisationId, Head> = HashMap::new();
        for line in lines {
            let head = match ahead.get(&line.organisation()) {
                Some(head) => *head,
                None => self.get(line.organisation())?.head,
            };
            follows(line, head)?;
            ahead.insert(line.organisation(), line.head());
        }
        Ok(())
    }

    /// Takes in lines that were kept.
    pub(super) fn advance(&self, lines: &[Line], batch: u64) {
        let mut known = self.lock();
        for line in lines {
            known.insert(
                line.organisation(),
                Known {
                    head: line.head(),
                    batch,
                },
            );
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<OrganisationId, Known>> {
        self.known.lock().expect("no holder of this lock panics")
    }
}

fn follows(line: &Line, head: Head) -> Result<(), AppendError> {
    if line.header().follows(&head) {
        return Ok(());
    }
    Err(AppendError::Conflict {
        organisation: line.organisation(),
        position: head.position,
    })
}
