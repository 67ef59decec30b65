//! Entries against the limits of their codes, phones and browsers.

use super::Shared;
use crate::api::entry_body::{self, EntryBody, Kind};
use crate::limits::{BY_CODE_IN_ARRAY_MAX, ByCode};
use crate::problem::{Cause, Problem};
use meetellen_events::access::DeviceKind;
use meetellen_events::organisation::Authority;
use meetellen_events::values::Code;

impl Shared<'_> {
    /// Counts the entry against its code and phone, or its browser. Programs are held back by the writer's queue.
    pub(super) fn within_limits(
        &self,
        body: &EntryBody,
        authority: Authority,
    ) -> Result<(), Problem> {
        let limits = &self.node.limits;
        match authority {
            Authority::Code(code) => {
                self.within_array(code)?;
                let now = self.node.now();
                limits.by_code(ByCode {
                    code,
                    address: self.address,
                    age_millis: now.millis_since(body.occurred_at.plus_millis(self.shift)),
                })?;
                if let Kind::Donation { .. } = &body.kind {
                    limits.gift_by_code(code)?;
                }
                if let Kind::CheckIn {
                    arrival: entry_body::Arrival::Phone(token),
                    ..
                } = &body.kind
                {
                    limits.by_phone(token.bytes())?;
                }
                Ok(())
            }
            Authority::Device { device, .. } => {
                let seen = self.live.read();
                let known = seen.organisation.access().device(device);
                if known.is_some_and(|known| known.kind == DeviceKind::Browser) {
                    limits.by_browser(device)?;
                }
                Ok(())
            }
            Authority::Operator | Authority::System => Ok(()),
        }
    }

    /// Refuses what one array has too much of: nobody was offline for so long.
    fn within_array(&self, code: Code) -> Result<(), Problem> {
        let mut by_code = self.by_code.borrow_mut();
        let sent = by_code.entry(code).or_default();
        *sent += 1;
        if *sent > BY_CODE_IN_ARRAY_MAX {
            Err(Cause::TooFast.into())
        } else {
            Ok(())
        }
    }
}
