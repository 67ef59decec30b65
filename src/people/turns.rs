//! Turns at the names of an organisation: one new name given twice at once becomes one person, and nothing is sealed
//! with a key while another takes its place. Other organisations wait for nobody.

use meetellen_events::values::OrganisationId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::OwnedMutexGuard;

/// Turns remembered before those that nobody waits for are forgotten.
const TURNS_MAX: usize = 256;

/// Whose turn it is at the names of each organisation.
#[derive(Debug, Default)]
pub struct Turns(Mutex<HashMap<OrganisationId, Weak<tokio::sync::Mutex<()>>>>);

impl Turns {
    /// Waits for the turn at an organisation's names; it ends where what is given is dropped.
    pub async fn take(&self, organisation: OrganisationId) -> OwnedMutexGuard<()> {
        self.of(organisation).lock_owned().await
    }

    fn of(&self, organisation: OrganisationId) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(&organisation).and_then(Weak::upgrade) {
            return turn;
        }
        if turns.len() >= TURNS_MAX {
            turns.retain(|_, turn| turn.strong_count() > 0);
        }
        let turn = Arc::default();
        turns.insert(organisation, Arc::downgrade(&turn));
        turn
    }
}
