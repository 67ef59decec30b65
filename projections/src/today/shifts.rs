//! Who is on duty.

use meetellen_events::tally::{Event, ShiftKind};
use meetellen_events::values::{EntryId, PersonId, SessionId, Timestamp};
use std::collections::{BTreeMap, HashMap};

/// A shift that has no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenShift {
    /// Its entry: the shift's id.
    pub entry: EntryId,
    /// Its place in the log.
    pub position: u64,
    /// Whose.
    pub volunteer: PersonId,
    /// What for.
    pub kind: ShiftKind,
    /// At which session.
    pub session: Option<SessionId>,
    /// Since when.
    pub since: Timestamp,
}

/// All shifts: an end may be retracted after months.
#[derive(Debug, Clone, Default)]
pub(super) struct Shifts {
    open: BTreeMap<u64, OpenShift>,
    ended: HashMap<u64, (OpenShift, Vec<u64>)>,
    ends: HashMap<u64, u64>,
}

impl Shifts {
    pub(super) fn open(&self) -> Vec<OpenShift> {
        let mut open: Vec<OpenShift> = self.open.values().copied().collect();
        open.sort_by_key(|shift| (shift.since, shift.position));
        open
    }

    pub(super) fn take(&mut self, entry: EntryId, position: u64, at: Timestamp, event: &Event) {
        if let Event::ShiftStarted {
            volunteer,
            kind,
            session,
        } = event
        {
            let shift = OpenShift {
                entry,
                position,
                volunteer: *volunteer,
                kind: *kind,
                session: *session,
                since: at,
            };
            self.open.insert(position, shift);
        }
        if let Event::ShiftEnded { shift, .. } = event {
            let start = shift.position.0;
            self.ends.insert(position, start);
            if let Some(shift) = self.open.remove(&start) {
                self.ended.insert(start, (shift, Vec::new()));
            }
            if let Some((_, ends)) = self.ended.get_mut(&start) {
                ends.push(position);
            }
        }
    }

    pub(super) fn retract(&mut self, place: u64) {
        self.open.remove(&place);
        self.ended.remove(&place);
        let Some(start) = self.ends.remove(&place) else {
            return;
        };
        let Some((_, ends)) = self.ended.get_mut(&start) else {
            return;
        };
        ends.retain(|end| *end != place);
        if ends.is_empty()
            && let Some((shift, _)) = self.ended.remove(&start)
        {
            self.open.insert(start, shift);
        }
    }
}
