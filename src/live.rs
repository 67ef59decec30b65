//! What readers see of the organisations in memory: the rules' state and the read models, as of the last durable commit.
//!
//! Always true: nothing shows here before it is durable; only the writer changes it, and what reads for long does not
//! hold it up (`a_snapshot_stays_as_it_was_and_holds_up_nobody`).

use meetellen_events::codec::Found;
use meetellen_events::codec::{directory_key, erased};
use meetellen_events::decider::Decider;
use meetellen_events::event::Recorded;
use meetellen_events::log::line::Head;
use meetellen_events::organisation::Organisation;
use meetellen_events::values::{OrganisationId, PersonId, Timestamp};
use meetellen_projections::House;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

/// One organisation as its readers see it.
#[derive(Debug, Clone, Default)]
pub struct Live {
    /// The rules' state, for lookups.
    pub organisation: Organisation,
    /// All read models.
    pub house: House,
    /// Last position and hash.
    pub head: Head,
    /// When the last commit was recorded; the epoch before the first.
    pub recorded_at: Timestamp,
}

impl Live {
    /// Takes a fact in; one that came before is skipped.
    pub(crate) fn apply(&mut self, recorded: &Recorded) {
        if recorded.position <= self.organisation.position() {
            return;
        }
        self.organisation.evolve(recorded);
        self.recorded_at = recorded.recorded_at;
        if let Err(gap) = self.house.apply(recorded) {
            // The log checks its positions; this can't come from a damaged disk.
            tracing::error!(?gap, "a fact came before the one that precedes it");
        }
    }
}

/// One organisation in memory, shared between the writer and its readers.
#[derive(Debug, Default)]
pub struct Shared(RwLock<Arc<Live>>);

impl Shared {
    pub(crate) fn new(live: Live) -> Self {
        Self(RwLock::new(Arc::new(live)))
    }

    /// Holds the organisation still while it is looked at, and the writer with it: keep it short, never across an
    /// await. What takes longer takes a [`Self::snapshot`].
    pub fn read(&self) -> RwLockReadGuard<'_, Arc<Live>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The organisation as it stands now, to be looked at for as long as it takes: the writer goes on, at the price of
    /// one copy where it records something meanwhile.
    pub fn snapshot(&self) -> Arc<Live> {
        Arc::clone(&self.read())
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Live)) {
        let mut live = self.0.write().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut live));
    }
}

/// Finds organisations: those in memory by id, all by what the directory keeps of them.
#[derive(Debug, Default)]
pub struct Houses {
    resident: RwLock<HashMap<OrganisationId, Arc<Shared>>>,
    directory: RwLock<HashMap<Vec<u8>, OrganisationId>>,
}

impl Houses {
    /// Starts with the directory as the store has it, and nobody in memory.
    pub fn new(directory: impl IntoIterator<Item = (Vec<u8>, OrganisationId)>) -> Arc<Self> {
        Arc::new(Self {
            resident: RwLock::default(),
            directory: RwLock::new(directory.into_iter().collect()),
        })
    }

    /// The organisation, where it is in memory.
    pub fn resident(&self, organisation: OrganisationId) -> Option<Arc<Shared>> {
        let resident = self.resident.read();
        let resident = resident.unwrap_or_else(PoisonError::into_inner);
        resident.get(&organisation).cloned()
    }

    /// All that are in memory.
    pub fn residents(&self) -> Vec<(OrganisationId, Arc<Shared>)> {
        let resident = self.resident.read();
        let resident = resident.unwrap_or_else(PoisonError::into_inner);
        let all = resident.iter();
        all.map(|(organisation, shared)| (*organisation, Arc::clone(shared)))
            .collect()
    }

    /// How many are in memory.
    pub fn resident_count(&self) -> usize {
        let resident = self.resident.read();
        resident.unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whose slug, code or secret it is.
    pub fn find(&self, found: &Found) -> Option<OrganisationId> {
        let directory = self.directory.read();
        let directory = directory.unwrap_or_else(PoisonError::into_inner);
        directory.get(&directory_key(found)).copied()
    }

    /// Everybody who was ever erased.
    pub fn erased(&self) -> Vec<(OrganisationId, PersonId)> {
        let directory = self.directory.read();
        let directory = directory.unwrap_or_else(PoisonError::into_inner);
        directory.keys().filter_map(|key| erased(key)).collect()
    }

    pub(crate) fn settle(&self, organisation: OrganisationId, shared: Arc<Shared>) {
        let resident = self.resident.write();
        resident
            .unwrap_or_else(PoisonError::into_inner)
            .insert(organisation, shared);
    }

    pub(crate) fn forget(&self, organisation: OrganisationId) {
        let resident = self.resident.write();
        resident
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&organisation);
    }

    pub(crate) fn list(&self, entries: impl IntoIterator<Item = (Vec<u8>, OrganisationId)>) {
        let directory = self.directory.write();
        directory
            .unwrap_or_else(PoisonError::into_inner)
            .extend(entries);
    }
}

#[cfg(test)]
mod tests {
    use super::{Live, Shared};
    use meetellen_events::log::line::Position;

    #[test]
    fn a_snapshot_stays_as_it_was_and_holds_up_nobody() {
        let shared = Shared::new(Live::default());
        let before = shared.snapshot();
        shared.change(|live| live.head.position = Position(7));
        assert_eq!(before.head.position, Position(0));
        assert_eq!(shared.read().head.position, Position(7));
    }
}
