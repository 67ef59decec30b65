//! What a house's day is made of.

use super::{ACTIVITIES, Day, Failure, HOUR, House, MINUTE, VOLUNTEERS};
use meetellen_events::event::Event;
use meetellen_events::programme;
use meetellen_events::tally::{
    CountBasis, Event as Tally, Evidence, HoursBasis, OpeningState, ShiftKind, Standing, Target,
    Visitor,
};
use meetellen_events::values::{
    Cents, Cups, HeadCount, Name, Party, Quantity, SessionId, Tag, Timestamp,
};

/// Entries that close a day, but for the head counts of its sessions: two shifts, the door, the till, what waits, the key.
const CLOSING: usize = 5;

const KINDS: [ShiftKind; 6] = [
    ShiftKind::Bar,
    ShiftKind::Host,
    ShiftKind::Kitchen,
    ShiftKind::Garden,
    ShiftKind::Bar,
    ShiftKind::Shop,
];

/// A day as it goes on.
struct Going {
    day: Day,
    sessions: Vec<SessionId>,
    shifts: Vec<Target>,
}

impl House {
    /// Opens, lets people come, and closes: about so many entries.
    pub(super) fn open(&mut self, day: Day, entries: usize) -> Result<(), Failure> {
        let mut going = Going {
            day,
            sessions: Vec::new(),
            shifts: Vec::new(),
        };
        for place in 0..if entries < 30 { 1 } else { 2 } {
            going.sessions.push(self.plan(day, place)?);
        }
        let state = OpeningState::Opened;
        self.tally(day.morning, Tally::OpeningNoted { state })?;
        self.coffee(day.morning)?;
        for _ in 0..2 {
            let started = Tally::ShiftStarted {
                volunteer: self.person_below(VOLUNTEERS),
                kind: KINDS[self.below(KINDS.len() as u64) as usize],
                session: None,
            };
            going.shifts.push(self.tally(day.morning, started)?);
        }
        let done = self.lines.len();
        let rest = entries.saturating_sub(done + CLOSING + going.sessions.len()) as i64;
        for number in 0..rest {
            let at = day.morning + number * 10 * HOUR / rest.max(1);
            self.something(at, &going)?;
        }
        self.close(&going)
    }

    fn person_below(&mut self, bound: u64) -> meetellen_events::values::PersonId {
        let number = self.below(bound);
        self.person(number)
    }

    fn tally(&mut self, at: i64, event: Tally) -> Result<Target, Failure> {
        self.record(at, Event::Tally(event))
    }

    fn plan(&mut self, day: Day, place: u64) -> Result<SessionId, Failure> {
        let number = day.morning as u64 / HOUR as u64 + place;
        let session = SessionId::new(self.uuid(6, number));
        let starts_at = Timestamp::from_millis(day.morning + (2 + 5 * place as i64) * HOUR);
        let planned = programme::Event::SessionPlanned {
            session,
            activity: self.activity((day.date.weekday() as u64 + place) % ACTIVITIES),
            starts_at,
            ends_at: starts_at.plus_millis(2 * HOUR),
            room: None,
            series: None,
        };
        self.record(day.morning - HOUR, Event::Programme(planned))?;
        Ok(session)
    }

    /// One entry of those that make up a day.
    fn something(&mut self, at: i64, going: &Going) -> Result<(), Failure> {
        let target = match self.below(100) {
            0..16 => self.coffee(at)?,
            16..18 => {
                if let Some(target) = self.mistakes.pop() {
                    let reason = None;
                    self.tally(at, Tally::EntryRetracted { target, reason })?;
                    return Ok(());
                }
                self.check_in(at, at, going)?
            }
            18..20 => self.gift(at)?,
            20..22 => {
                // A phone that was offline for a day or three.
                let late = at - (1 + self.below(3) as i64) * 24 * HOUR;
                let late = if late < self.first_morning { at } else { late };
                self.check_in(
                    at,
                    late,
                    &Going {
                        sessions: Vec::new(),
                        shifts: Vec::new(),
                        ..*going
                    },
                )?
            }
            22.. => self.check_in(at, at, going)?,
            // Below 100 is all there is.
        };
        if self.mistakes.len() < 8 {
            self.mistakes.push(target);
        }
        Ok(())
    }

    fn check_in(&mut self, at: i64, occurred: i64, going: &Going) -> Result<Target, Failure> {
        let month = u64::try_from(occurred / (24 * HOUR) / 30)?;
        let visitor = match self.below(20) {
            0..3 => Visitor::Unknown,
            // A volunteer who has a shift that day is no visit.
            3 => Visitor::Pass(self.person_below(VOLUNTEERS)),
            4..7 => Visitor::Pass(self.person_below(VOLUNTEERS + 60)),
            7.. => {
                let number = month * 1_000 + self.below(240);
                Visitor::Phone(Tag::new(*self.uuid(7, number).as_bytes()))
            }
        };
        let session = match going.sessions.len() as u64 {
            0 => None,
            sessions if self.below(5) < 2 => Some(going.sessions[self.below(sessions) as usize]),
            _ => None,
        };
        let children = if self.once_in(6) {
            1 + self.below(3)
        } else {
            0
        };
        let adults = if self.once_in(9) { 2 } else { 1 };
        let by_poster = visitor != Visitor::Unknown && !self.once_in(4);
        let waits = by_poster && self.once_in(40);
        let checked_in = Tally::VisitorCheckedIn {
            session,
            party: Party::new(adults, children as i64)?,
            visitor,
            evidence: if by_poster {
                Evidence::Poster
            } else {
                Evidence::Host
            },
            code: by_poster.then(|| self.door()),
            standing: if waits {
                Standing::ToConfirm
            } else {
                Standing::Counted
            },
        };
        let target = self.record_late(at, occurred, Event::Tally(checked_in))?;
        if waits && self.waiting.len() < 40 {
            self.waiting.push(target);
        }
        Ok(target)
    }

    fn coffee(&mut self, at: i64) -> Result<Target, Failure> {
        let pot = self.once_in(12);
        let cups = if pot { 10 } else { 1 + self.below(4) };
        let served = Tally::CoffeeServed {
            cups: Cups::new(cups as i64)?,
            paid: (!pot).then_some(true),
            pot,
            session: None,
            evidence: Evidence::Host,
            code: None,
        };
        self.tally(at, served)
    }

    fn gift(&mut self, at: i64) -> Result<Target, Failure> {
        let donor = if self.once_in(2) {
            Some(self.person_below(VOLUNTEERS + 60))
        } else {
            None
        };
        let standing = Standing::Counted;
        let given = if self.once_in(2) {
            Tally::MoneyDonated {
                amount: Cents::new(100 + 50 * self.below(40) as i64)?,
                method: None,
                donor,
                purpose: None,
                code: None,
                standing,
            }
        } else {
            Tally::GoodsDonated {
                category: Name::new(["Boeken", "Tuin", "Eten"][self.below(3) as usize])?,
                description: None,
                quantity: Quantity::new(1 + self.below(5) as i64)?,
                donor,
                purpose: None,
                code: None,
                standing,
            }
        };
        self.tally(at, given)
    }

    /// Heads, till, the ends of the shifts, and the key.
    fn close(&mut self, going: &Going) -> Result<(), Failure> {
        let at = going.day.morning + 10 * HOUR;
        for session in &going.sessions {
            if self.once_in(30) {
                let session = *session;
                let cancelled = programme::Event::SessionCancelled { session };
                self.record(at, Event::Programme(cancelled))?;
            } else {
                self.heads(at, Some(*session))?;
            }
        }
        if self.once_in(3) {
            self.heads(at, None)?;
        }
        let till = Tally::BarRevenueCounted {
            amount: Cents::new(1_500 + self.below(9_000) as i64)?,
            expected: None,
            hire: self.once_in(25),
        };
        self.tally(at + 10 * MINUTE, till)?;
        for shift in &going.shifts {
            // Somebody forgets, now and then.
            if !self.once_in(20) {
                let ended = Tally::ShiftEnded {
                    shift: *shift,
                    basis: HoursBasis::Clocked,
                };
                let at = at + self.below(90) as i64 * MINUTE;
                self.record_late(
                    going.day.morning + 11 * HOUR + 30 * MINUTE,
                    at,
                    Event::Tally(ended),
                )?;
            }
        }
        let at = going.day.morning + 12 * HOUR;
        if !self.waiting.is_empty() && self.once_in(2) {
            let targets = std::mem::take(&mut self.waiting);
            self.tally(at, Tally::EntriesConfirmed { targets })?;
        }
        let state = OpeningState::Closed;
        self.tally(at, Tally::OpeningNoted { state }).map(|_| ())
    }

    fn heads(&mut self, at: i64, session: Option<SessionId>) -> Result<Target, Failure> {
        let adults = 4 + self.below(if session.is_some() { 20 } else { 60 });
        let counted = Tally::HeadsCounted {
            session,
            heads: HeadCount::new(adults as i64, self.below(6) as i64, Some(2))?,
            basis: if self.once_in(4) {
                CountBasis::Estimated
            } else {
                CountBasis::Counted
            },
        };
        self.tally(at, counted)
    }
}
