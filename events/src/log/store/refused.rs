//! Organisations of which commits are lost: kept in the store as long as it lives, found again when it is made anew.

use super::record::{self, REFUSED};
use super::{Store, StoreError, guarded};
use crate::log::journal::Damage;
use crate::log::line::Position;
use crate::values::OrganisationId;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::PoisonError;

impl Store {
    /// Shows nothing more of the organisation that this damage names.
    pub(in crate::log) fn refuse(&self, damage: &Damage) -> Result<(), StoreError> {
        let (Some(organisation), Some(position)) = (damage.organisation, damage.position) else {
            return Err(StoreError::Damaged);
        };
        guarded(|| {
            let key = record::key(REFUSED, organisation, position.0);
            let bytes = [
                damage.offset.to_be_bytes().as_slice(),
                damage.file.as_bytes(),
            ]
            .concat();
            let value = record::checked(&key, 0, &bytes);
            self.tree.apply(vec![(key, Some(value))])?;
            *self.refused.write().unwrap_or_else(PoisonError::into_inner) = None;
            Ok(())
        })
    }

    /// All who are refused, with where each log ends.
    pub(in crate::log) fn refused(&self) -> Result<Vec<Damage>, StoreError> {
        guarded(|| {
            self.read_refused()?;
            let refused = self.refused.read().unwrap_or_else(PoisonError::into_inner);
            let mut all: Vec<Damage> = refused.iter().flatten().map(|it| it.1.clone()).collect();
            all.sort_by_key(|damage| damage.organisation);
            Ok(all)
        })
    }

    /// An error where the organisation is refused.
    pub(super) fn allowed(&self, organisation: OrganisationId) -> Result<(), StoreError> {
        self.read_refused()?;
        let refused = self.refused.read().unwrap_or_else(PoisonError::into_inner);
        match refused.as_ref().and_then(|all| all.get(&organisation)) {
            Some(damage) => Err(StoreError::Refused(damage.clone())),
            None => Ok(()),
        }
    }

    fn read_refused(&self) -> Result<(), StoreError> {
        let known = self.refused.read().unwrap_or_else(PoisonError::into_inner);
        if known.is_some() {
            return Ok(());
        }
        drop(known);
        let (mut all, mut outcome) = (HashMap::new(), Ok(()));
        let (from, to) = ([REFUSED], [REFUSED + 1]);
        self.tree
            .scan(&from, &to, &mut |key, value| match damage(key, value) {
                Ok((organisation, damage)) => {
                    all.entry(organisation).or_insert(damage);
                    ControlFlow::Continue(())
                }
                Err(error) => {
                    outcome = Err(error);
                    ControlFlow::Break(())
                }
            })?;
        outcome?;
        *self.refused.write().unwrap_or_else(PoisonError::into_inner) = Some(all);
        Ok(())
    }
}

fn damage(key: &[u8], value: &[u8]) -> Result<(OrganisationId, Damage), StoreError> {
    let (_, bytes) = record::open(key, value)?;
    let organisation = record::organisation(key).ok_or(StoreError::Damaged)?;
    let position = key.get(17..25).and_then(|bytes| bytes.try_into().ok());
    let (offset, file) = bytes.split_first_chunk::<8>().ok_or(StoreError::Damaged)?;
    let damage = Damage {
        file: String::from_utf8(file.to_vec()).map_err(|_| StoreError::Damaged)?,
        offset: u64::from_be_bytes(*offset),
        organisation: Some(organisation),
        position: Some(Position(u64::from_be_bytes(
            position.ok_or(StoreError::Damaged)?,
        ))),
    };
    Ok((organisation, damage))
}
