//! The reading side of the log.

use super::follower::Progress;
use super::heads::{Heads, Known};
use super::journal::{AppendError, Damage};
use super::line::{Head, Line, Position};
use super::store::{DirectoryEntry, Store, StoreError, Stretch};
use crate::values::OrganisationId;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Why the log can't answer.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The store failed: the log is to be opened again, which rebuilds it.
    #[error(transparent)]
    Store(StoreError),
    /// The store does not hold all that was acknowledged to this organisation: it is rebuilt at the next start.
    #[error("the log of organisation {0} is damaged")]
    Damaged(OrganisationId),
    /// Neither journal nor store has all commits of this organisation any more: nothing of it is shown.
    #[error("commits are lost: {0}")]
    Refused(Damage),
}

/// What the log says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statistics {
    /// Bytes of lines appended since the start.
    pub appended_bytes: u64,
    /// How long the last append took, its sync included.
    pub last_sync: Duration,
    /// The last batch in the store.
    pub applied_batch: u64,
}

/// What the writer and all readers share.
pub(super) struct Shared {
    pub(super) store: Arc<Store>,
    pub(super) heads: Arc<Heads>,
    pub(super) progress: Arc<Progress>,
    pub(super) sync_micros: AtomicU64,
    pub(super) appended_bytes: AtomicU64,
    /// Lets the store be rebuilt at the next start.
    pub(super) give_up: Arc<dyn Fn() + Send + Sync>,
}

impl Shared {
    /// A store that can't answer right is no longer one: the next start makes it anew.
    fn failed(&self, error: StoreError) -> LogError {
        if let StoreError::Refused(damage) = error {
            return LogError::Refused(damage);
        }
        if self.progress.find_bad() {
            tracing::error!(%error, "the store can't be read; it is rebuilt at the next start");
            (self.give_up)();
        }
        LogError::Store(error)
    }
}

/// Reads the log; cheap to clone. Every answer holds all that was acknowledged to that organisation before it was asked.
#[derive(Clone)]
pub struct LogReader {
    shared: Arc<Shared>,
}

impl LogReader {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Last position and hash of an organisation; zero where it has no commit.
    pub fn head(&self, organisation: OrganisationId) -> Result<Head, LogError> {
        self.known(organisation).map(|known| known.head)
    }

    /// Shows `visit` everything behind `after`: sealed chunks in their typed form, the rest as lines, until it breaks
    /// off. The last position shown. A chunk is shown whole; where `after` lies inside one, its commits come as lines.
    pub fn replay(
        &self,
        organisation: OrganisationId,
        after: Position,
        visit: &mut dyn FnMut(Stretch<'_>) -> ControlFlow<()>,
    ) -> Result<Position, LogError> {
        self.show(organisation, after, true, visit)
    }

    /// Shows `visit` the commits behind `after`, each as its line, until it breaks off. The last position shown.
    pub fn lines(
        &self,
        organisation: OrganisationId,
        after: Position,
        visit: &mut dyn FnMut(&Line) -> ControlFlow<()>,
    ) -> Result<Position, LogError> {
        self.show(organisation, after, false, &mut |stretch| match stretch {
            Stretch::Line(line) => visit(line),
            Stretch::Packed { .. } => ControlFlow::Continue(()),
        })
    }

    /// The commit that holds `position`.
    pub fn commit_at(
        &self,
        organisation: OrganisationId,
        position: Position,
    ) -> Result<Option<Line>, LogError> {
        self.wait_applied(organisation)?;
        let found = self.shared.store.commit_at(organisation, position);
        found.map_err(|error| self.shared.failed(error))
    }

    /// Every organisation that had a commit when the store last caught up.
    pub fn organisations(&self) -> Result<Vec<OrganisationId>, LogError> {
        let found = self.shared.store.organisations();
        found.map_err(|error| self.shared.failed(error))
    }

    /// All of the directory as the store has it: to be read at start; the writer adds what it records.
    pub fn directory(&self) -> Result<Vec<DirectoryEntry>, LogError> {
        let found = self.shared.store.directory();
        found.map_err(|error| self.shared.failed(error))
    }

    /// Waits until everything acknowledged to this organisation is in the store (milliseconds); its head.
    pub fn wait_applied(&self, organisation: OrganisationId) -> Result<Head, LogError> {
        let known = self.known(organisation)?;
        if self.shared.progress.wait(known.batch) {
            Ok(known.head)
        } else {
            Err(LogError::Store(StoreError::Damaged))
        }
    }

    /// Figures about the log itself.
    pub fn statistics(&self) -> Statistics {
        Statistics {
            appended_bytes: self.shared.appended_bytes.load(Ordering::Relaxed),
            last_sync: Duration::from_micros(self.shared.sync_micros.load(Ordering::Relaxed)),
            applied_batch: self.shared.progress.applied(),
        }
    }

    /// Whether the store failed or part of it can't be read, so that the log must be opened again.
    pub fn store_failed(&self) -> bool {
        self.shared.progress.store_failed() || self.shared.progress.store_bad()
    }

    fn known(&self, organisation: OrganisationId) -> Result<Known, LogError> {
        self.shared.heads.get(organisation).map_err(|error| {
            if let AppendError::Damaged(_) = error
                && let Err(error) = self.shared.store.head(organisation)
            {
                return self.shared.failed(error);
            }
            LogError::Damaged(organisation)
        })
    }

    fn show(
        &self,
        organisation: OrganisationId,
        after: Position,
        packed: bool,
        visit: &mut dyn FnMut(Stretch<'_>) -> ControlFlow<()>,
    ) -> Result<Position, LogError> {
        let head = self.wait_applied(organisation)?;
        let mut broken_off = false;
        let shown = self
            .shared
            .store
            .replay(organisation, after, packed, &mut |stretch| {
                let flow = visit(stretch);
                broken_off = flow.is_break();
                flow
            });
        match shown {
            Ok(shown) if broken_off || shown >= head.position.max(after) => Ok(shown),
            // Nothing is wrong with the store where the caller asked from inside a commit.
            Ok(_) | Err(StoreError::Damaged) if !self.is_boundary(organisation, after)? => {
                Err(LogError::Damaged(organisation))
            }
            Ok(_) => Err(self.shared.failed(StoreError::Damaged)),
            Err(error) => Err(self.shared.failed(error)),
        }
    }

    /// Whether a commit ends at this position, or none can be there.
    fn is_boundary(&self, organisation: OrganisationId, at: Position) -> Result<bool, LogError> {
        let commit = self.shared.store.commit_at(organisation, at);
        match commit.map_err(|error| self.shared.failed(error))? {
            Some(commit) => Ok(commit.last() == at),
            None => Ok(true),
        }
    }
}
