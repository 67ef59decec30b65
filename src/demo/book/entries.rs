//! What is tallied: scans and taps, cups, heads and shifts.

use super::{Book, MINUTE, On};
use meetellen_events::organisation::{Authority, Command, Request};
use meetellen_events::tally::{
    self, Arrival, CountBasis, Entry, HoursBasis, Place, ShiftKind, Who,
};
use meetellen_events::values::{
    Code, Cups, EntryId, HeadCount, PersonId, SecretHash, SessionId, Timestamp,
};

impl Book<'_> {
    /// An entry of the shared device, sent when it happened.
    pub fn tally(&mut self, at: Timestamp, command: tally::Command) -> EntryId {
        self.tally_on(On::Shared, (at, at), command)
    }

    /// An entry of either device, which may reach the server later than it happened.
    pub fn tally_on(
        &mut self,
        on: On,
        (at, now): (Timestamp, Timestamp),
        command: tally::Command,
    ) -> EntryId {
        let entry = self.entry(at, command);
        let id = entry.id;
        let (authority, request) = (self.authority(on), Request::Tally(entry));
        self.asked.push((now, Command { authority, request }));
        id
    }

    pub(super) fn entry(&mut self, occurred_at: Timestamp, command: tally::Command) -> Entry {
        Entry {
            id: EntryId::new(self.seed.uuid()),
            occurred_at,
            shifted_millis: 0,
            command,
        }
    }

    /// A phone's scan of a poster, which reaches the server so many minutes later.
    pub fn scan(
        &mut self,
        (at, late): (Timestamp, i64),
        poster: Code,
        phone: [u8; 16],
    ) -> anyhow::Result<EntryId> {
        let entry = self.scanned(at, poster, phone)?;
        Ok(self.send(at.plus_millis(late * MINUTE), poster, entry))
    }

    /// A scan by a phone whose clock is off: what it sent was shifted by the difference.
    pub fn scan_shifted(
        &mut self,
        at: Timestamp,
        poster: Code,
        (phone, minutes): ([u8; 16], i64),
    ) -> anyhow::Result<EntryId> {
        let mut entry = self.scanned(at, poster, phone)?;
        entry.shifted_millis = minutes * MINUTE;
        Ok(self.send(at, poster, entry))
    }

    /// A scan that nobody will say was real, such as of a poster's photograph at night.
    pub fn scan_doubtful(
        &mut self,
        at: Timestamp,
        poster: Code,
        phone: [u8; 16],
    ) -> anyhow::Result<()> {
        let entry = self.scan((at, 0), poster, phone)?;
        self.doubted.insert(entry);
        Ok(())
    }

    fn scanned(&mut self, at: Timestamp, code: Code, phone: [u8; 16]) -> anyhow::Result<Entry> {
        let month = self.zone.day_of(at).month();
        let tag = self.stage.tag(self.organisation, month, phone)?;
        let session = None;
        let command = tally::Command::CheckIn {
            place: Place::Code { code, session },
            party: None,
            arrival: Arrival::Phone(vec![(month, tag)]),
        };
        Ok(self.entry(at, command))
    }

    fn send(&mut self, now: Timestamp, poster: Code, entry: Entry) -> EntryId {
        let id = entry.id;
        let (authority, request) = (Authority::Code(poster), Request::Tally(entry));
        self.asked.push((now, Command { authority, request }));
        id
    }

    /// A host's tap for somebody who can't be told apart, or the pass somebody shows.
    pub fn tap(&mut self, at: Timestamp, place: Place, pass: Option<SecretHash>) -> EntryId {
        let arrival = pass.map_or(Arrival::Unknown, Arrival::Pass);
        let party = None;
        self.tally(
            at,
            tally::Command::CheckIn {
                place,
                party,
                arrival,
            },
        )
    }

    /// A tap too many, taken back two minutes later.
    pub fn mistap(&mut self, at: Timestamp, place: Place) {
        let retracts = self.tap(at, place, None);
        let reason = None;
        self.tally(
            at.plus_millis(2 * MINUTE),
            tally::Command::Retract { retracts, reason },
        );
    }

    /// Heads counted at a session.
    pub fn heads(&mut self, at: Timestamp, session: SessionId, heads: HeadCount) {
        let (session, basis) = (Some(session), CountBasis::Counted);
        self.tally(
            at,
            tally::Command::CountHeads {
                session,
                heads,
                basis,
            },
        );
    }

    /// Cups over some hours: pots while there is much to pour, then single cups, most of them paid.
    pub fn pour(&mut self, from: Timestamp, minutes: i64, cups: i64) -> anyhow::Result<()> {
        let mut left = cups;
        while left > 0 {
            let pot = left >= 40;
            let poured = if pot {
                20
            } else {
                self.seed.within(1, 6).min(left)
            };
            left -= poured;
            let at = from.plus_millis(self.seed.within(1, minutes) * MINUTE);
            let paid = (!pot).then(|| self.seed.within(1, 5) > 1);
            let command = tally::Command::Coffee {
                cups: Cups::new(poured)?,
                paid,
                pot,
                session: None,
            };
            self.tally(at, command);
        }
        Ok(())
    }

    /// A shift; without an end where it was forgotten.
    pub fn shift(
        &mut self,
        who: PersonId,
        kind: ShiftKind,
        from: Timestamp,
        end: Option<(i64, HoursBasis)>,
    ) {
        let who = Who::Person(who);
        let session = None;
        let shift = self.tally(from, tally::Command::StartShift { who, kind, session });
        if let Some((minutes, basis)) = end {
            let at = from.plus_millis(minutes * MINUTE);
            let command = tally::Command::EndShift { shift, basis };
            if basis == HoursBasis::Clocked {
                self.tally(at, command);
            } else {
                let next_day = at.plus_millis(1_000 * MINUTE);
                self.tally_on(On::Own, (at, next_day), command);
            }
        }
    }
}
