//! A store that holds everything the journal does: caught up, or made again.

use super::{Config, OpenError, Recovery, Step, Witness, derive};
use crate::log::journal::{Cursor, Damage, JournalError, JournalReader, Place, Rows};
use crate::log::line::{Head, Line};
use crate::log::store::{Store, folder};
use crate::values::OrganisationId;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Bytes of lines given to the store at once while it catches up: with more of them, more lines of an organisation go into
/// a chunk together and never into the tree one by one.
const CATCH_UP_BYTES: usize = 64 << 20;

/// A store that holds everything up to `last`: the one there is, where it may be kept and can be caught up, else a new
/// one. Where a log does not go on it is refused, if there may be `gaps`; else that is damage, as is anything worse, and
/// `witness` still holds the old store.
pub(super) fn bring_up(
    config: &Config,
    (witness, keep): (&mut Option<Witness>, bool),
    (last, gaps): (Place, bool),
    recovery: &mut Recovery,
    progress: &mut dyn FnMut(Step),
) -> Result<Arc<Store>, OpenError> {
    if let Some((store, _)) = witness.as_ref().filter(|_| keep) {
        match catch_up(config, store, (last, false), progress) {
            Ok(behind) => {
                recovery.caught_up = behind;
                recovery.refused = store.refused()?;
                return Ok(Arc::clone(store));
            }
            Err(OpenError::Store(error)) => {
                tracing::warn!(%error, "the store can't be caught up and is made again");
                recovery.store_rebuilt = Some(error.to_string());
            }
            Err(OpenError::Damage(damage)) => {
                tracing::warn!(%damage, "the journal does not go on where the store ends");
                recovery.store_rebuilt = Some("it ended elsewhere than the journal".to_owned());
            }
            Err(error) => return Err(error),
        }
    } else if witness.is_none() && last.batch > 0 && recovery.store_rebuilt.is_none() {
        recovery.store_rebuilt = Some("there was none".to_owned());
    }
    let store = make(config, (last, gaps), progress)?;
    recovery.refused = store.refused()?;
    Ok(store)
}

fn make(
    config: &Config,
    last: (Place, bool),
    progress: &mut dyn FnMut(Step),
) -> Result<Arc<Store>, OpenError> {
    if let Some(tree) = &config.memory {
        let new = tree.beside();
        let store = Store::in_memory(&new, derive(config));
        catch_up(config, &store, last, progress)?;
        tree.become_like(&new);
        return Ok(Store::in_memory(tree, derive(config)));
    }
    let (number, store) = folder::begin(&config.folder, derive(config))?;
    catch_up(config, &store, last, progress)?;
    store.flush()?;
    folder::make_ready(&config.folder, number)?;
    Ok(store)
}

/// Applies what the journal holds behind the store's cursor up to `last`, checking every chain; the batches that were
/// missing. A log that does not go on is refused where there may be `gaps`, else it is an error, as is anything worse.
fn catch_up(
    config: &Config,
    store: &Store,
    (last, gaps): (Place, bool),
    progress: &mut dyn FnMut(Step),
) -> Result<u64, OpenError> {
    let after = Place::of(&store.cursor()?)?.filter(|place| place.batch > 0);
    let reader = JournalReader::up_to(Arc::clone(&config.disk), &config.folder, last);
    let refused = store.refused()?;
    let mut chains = Chains {
        store,
        heads: HashMap::new(),
        refused: refused.iter().filter_map(|it| it.organisation).collect(),
        gaps,
    };
    let mut pending: (Vec<Line>, Cursor) = Default::default();
    let mut bytes = 0;
    let mut failed = None;
    reader.batches(after, &mut |place, rows| {
        if failed.is_some() {
            return Ok(());
        }
        let (lines, refused) = chains.check(rows, place)?;
        failed = refused.iter().find_map(|damage| store.refuse(damage).err());
        bytes += lines.iter().map(|line| line.bytes().len()).sum::<usize>();
        pending.0.extend(lines);
        pending.1 = place.cursor();
        if bytes >= CATCH_UP_BYTES && failed.is_none() {
            bytes = 0;
            failed = store
                .apply(std::mem::take(&mut pending.0), &pending.1)
                .err();
            progress(Step {
                done: place.batch,
                total: last.batch,
            });
        }
        Ok(())
    })?;
    if failed.is_none() && !pending.1.0.is_empty() {
        failed = store.apply(pending.0, &pending.1).err();
    }
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(last.batch - after.map_or(0, |place| place.batch)),
    }
}

/// Sees that each commit comes right behind its organisation's head.
struct Chains<'a> {
    store: &'a Store,
    heads: HashMap<OrganisationId, Head>,
    refused: HashSet<OrganisationId>,
    gaps: bool,
}

impl Chains<'_> {
    /// The lines to apply, and who is refused from here on.
    fn check(
        &mut self,
        rows: Rows,
        place: Place,
    ) -> Result<(Vec<Line>, Vec<Damage>), JournalError> {
        let mut refused: Vec<Damage> = Vec::new();
        for lost in &rows.lost {
            if self.refused.insert(lost.organisation) {
                refused.push(place.lost(lost));
            }
        }
        let mut lines = rows.lines;
        let mut gap = None;
        lines.retain(|line| {
            let organisation = line.organisation();
            if gap.is_some() || self.refused.contains(&organisation) {
                return false;
            }
            let head = match self.heads.get(&organisation) {
                Some(head) => *head,
                None => match self.store.head(organisation) {
                    Ok(head) => head,
                    Err(_) => {
                        gap = Some(JournalError::Cursor);
                        return false;
                    }
                },
            };
            if line.header().follows(&head) {
                self.heads.insert(organisation, line.head());
                return true;
            }
            let damage = place.damage(organisation, head);
            if self.gaps {
                self.refused.insert(organisation);
                refused.push(damage);
            } else {
                gap = Some(damage.into());
            }
            false
        });
        gap.map_or(Ok((lines, refused)), Err)
    }
}
