//! What an entry records.

use super::check_in::good_code;
use super::giver::giver;
use super::{Kind, State};
use crate::access::Role;
use crate::organisation::Authority;
use crate::standing::Listed;
use crate::tally::{
    CONFIRMED_MAX, Command, Donor, Entry, Event, Evidence, Rejection, Standing, Target, Who,
};
use crate::values::{Code, Day, EntryId, PersonId, SecretHash, SessionId, Timestamp, Zone};
use crate::{people, programme, standing};

const AHEAD_MILLIS_MAX: i64 = 5 * 60_000;
const BACK_MILLIS_MAX: i64 = 400 * 86_400_000;
pub(super) const CODE_MENDS_MILLIS: i64 = 15 * 60_000;

/// The other rooms, as far as an entry depends on them.
pub struct Rooms<'a> {
    /// The organisation's time zone.
    pub zone: &'a Zone,
    /// Sessions and codes.
    pub programme: &'a programme::state::State,
    /// Persons and passes.
    pub people: &'a people::state::State,
    /// Counters, indicators, hours.
    pub standing: &'a standing::state::State,
}

/// An entry on its way in.
pub(super) struct Asked<'a> {
    /// On whose word.
    pub(super) authority: Authority,
    /// The entry itself.
    pub(super) entry: &'a Entry,
    /// The writer's clock.
    pub(super) now: Timestamp,
}

/// What is recorded of an entry.
pub struct Decided {
    /// A giver who is new, or known by name alone.
    pub registered: Option<people::Event>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// By how much the device's clock error shifted it.
    pub shifted_millis: i64,
    /// What happened.
    pub event: Event,
}

impl Rooms<'_> {
    pub(super) fn session(&self, session: Option<SessionId>) -> Result<(), Rejection> {
        match session {
            Some(session) if self.programme.session(session).is_none() => {
                Err(Rejection::UnknownSession(session))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whose pass it is; the characters to type are good on a device that was let in only.
    pub(super) fn holder(&self, authority: Authority, hash: &SecretHash) -> Option<PersonId> {
        match authority {
            Authority::Code(_) => self.people.by_whole_pass(hash),
            Authority::Device { .. } | Authority::Operator | Authority::System => {
                self.people.by_pass(hash)
            }
        }
    }

    /// Refuses a session that does not let know who came: nothing that names somebody may point to it.
    fn open(&self, session: Option<SessionId>, at: Timestamp) -> Result<(), Rejection> {
        self.session(session)?;
        if self.programme.is_hidden(self.zone, session, None, at) {
            Err(Rejection::Sensitive)
        } else {
            Ok(())
        }
    }

    fn volunteer(&self, who: Who, day: Day) -> Result<PersonId, Rejection> {
        let person = match who {
            Who::Person(person) => person,
            Who::Pass(hash) => self.people.by_pass(&hash).ok_or(Rejection::UnknownPass)?,
        };
        if !self.people.is_known(person) {
            return Err(Rejection::UnknownPerson(person));
        }
        if self.people.has_helped(person, day) {
            Ok(person)
        } else {
            Err(Rejection::NoVolunteer(person))
        }
    }
}

impl State {
    /// What the entry would record; nothing where its id is known.
    pub fn decide(
        &self,
        rooms: &Rooms<'_>,
        authority: Authority,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<Option<Decided>, Rejection> {
        if self.entries.contains_key(&entry.id) {
            return Ok(None);
        }
        let asked = Asked {
            authority,
            entry,
            now,
        };
        may(authority, &entry.command)?;
        let ahead = entry.occurred_at.millis_since(now);
        if ahead > AHEAD_MILLIS_MAX {
            return Err(Rejection::TooFarAhead);
        }
        if -ahead > BACK_MILLIS_MAX {
            return Err(Rejection::TooFarBack);
        }
        if let Command::CheckIn {
            place,
            party,
            arrival,
        } = &entry.command
        {
            return self
                .check_in(rooms, &asked, (*place, *party, arrival))
                .map(Some);
        }
        let (registered, event) = self.event(rooms, &asked)?;
        let (occurred_at, shifted_millis) = (entry.occurred_at, entry.shifted_millis);
        Ok(Some(Decided {
            registered,
            occurred_at,
            shifted_millis,
            event,
        }))
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each kind of entry")]
    fn event(
        &self,
        rooms: &Rooms<'_>,
        asked: &Asked<'_>,
    ) -> Result<(Option<people::Event>, Event), Rejection> {
        let (authority, entry) = (asked.authority, asked.entry);
        let day = rooms.zone.day_of(entry.occurred_at);
        let event = match entry.command.clone() {
            Command::CheckIn { .. } => return Err(Rejection::Forbidden),
            Command::CountHeads {
                session,
                heads,
                basis,
            } => {
                rooms.session(session)?;
                Event::HeadsCounted {
                    session,
                    heads,
                    basis,
                }
            }
            Command::Coffee {
                cups,
                paid,
                pot,
                session,
            } => {
                rooms.session(session)?;
                let target = programme::Target::Coffee;
                let by = by_code(rooms, authority, target, entry.occurred_at)?;
                let today = rooms.zone.day_of(asked.now);
                if by.is_some() && day < today && self.is_too_late(today, 1) {
                    return Err(Rejection::CodeExpired);
                }
                let (code, seen) = by.unzip();
                Event::CoffeeServed {
                    cups,
                    paid,
                    pot,
                    session,
                    evidence: seen.unwrap_or(Evidence::Host),
                    code,
                }
            }
            Command::Tally { counter, quantity } => {
                if !rooms.standing.takes(Listed::Counter(counter), day) {
                    return Err(Rejection::UnknownCounter(counter));
                }
                Event::CounterTallied { counter, quantity }
            }
            Command::Contribute {
                kind,
                quantity,
                session,
                volunteer,
            } => {
                match volunteer {
                    Some(_) => rooms.open(session, entry.occurred_at)?,
                    None => rooms.session(session)?,
                }
                volunteer
                    .map(|person| rooms.volunteer(Who::Person(person), day))
                    .transpose()?;
                Event::ContributionMade {
                    kind,
                    quantity,
                    session,
                    volunteer,
                }
            }
            Command::StartShift { who, kind, session } => {
                rooms.open(session, entry.occurred_at)?;
                let volunteer = rooms.volunteer(who, day)?;
                Event::ShiftStarted {
                    volunteer,
                    kind,
                    session,
                }
            }
            Command::EndShift { shift, basis } => {
                let shift = self.shift_to_end(shift, entry.occurred_at)?;
                Event::ShiftEnded { shift, basis }
            }
            Command::CountBarRevenue {
                amount,
                expected,
                hire,
            } => Event::BarRevenueCounted {
                amount,
                expected,
                hire,
            },
            Command::CountShopRevenue { amount, expected } => {
                Event::ShopRevenueCounted { amount, expected }
            }
            Command::GiveMoney {
                amount,
                method,
                donor,
                purpose,
            } => {
                let by = by_code(rooms, authority, programme::Target::Gift, entry.occurred_at)?;
                let (registered, donor) = giver(rooms, donor, day, by.is_some())?;
                let (code, standing) = waits(by);
                let event = Event::MoneyDonated {
                    amount,
                    method,
                    donor,
                    purpose,
                    code,
                    standing,
                };
                return Ok((registered, event));
            }
            Command::GiveGoods {
                category,
                description,
                quantity,
                donor,
                purpose,
            } => {
                let by = by_code(rooms, authority, programme::Target::Gift, entry.occurred_at)?;
                let (registered, donor) = giver(rooms, donor, day, by.is_some())?;
                let (code, standing) = waits(by);
                let event = Event::GoodsDonated {
                    category,
                    description,
                    quantity,
                    donor,
                    purpose,
                    code,
                    standing,
                };
                return Ok((registered, event));
            }
            Command::Measure { indicator, value } => {
                if !rooms.standing.takes(Listed::Indicator(indicator), day) {
                    return Err(Rejection::UnknownIndicator(indicator));
                }
                Event::IndicatorMeasured { indicator, value }
            }
            Command::NoteOpening(state) => Event::OpeningNoted { state },
            Command::Retract { retracts, reason } => {
                let target = self.to_retract(rooms.zone, authority, retracts, asked.now)?;
                Event::EntryRetracted { target, reason }
            }
            Command::Confirm(entries) => Event::EntriesConfirmed {
                targets: self.to_confirm(&entries)?,
            },
        };
        Ok((None, event))
    }

    fn shift_to_end(&self, shift: EntryId, at: Timestamp) -> Result<Target, Rejection> {
        let kept = self.entries.get(&shift).filter(|kept| !kept.retracted);
        match kept.map(|kept| (kept.kind, kept.position)) {
            Some((Kind::ShiftStart { end: Some(_), .. }, _)) => Err(Rejection::ShiftEnded(shift)),
            Some((
                Kind::ShiftStart {
                    at: began,
                    end: None,
                },
                position,
            )) => {
                let target = Target {
                    entry: shift,
                    position,
                };
                if at < began {
                    Err(Rejection::EndBeforeStart)
                } else {
                    Ok(target)
                }
            }
            Some(_) | None => Err(Rejection::UnknownShift(shift)),
        }
    }

    fn to_retract(
        &self,
        zone: &Zone,
        authority: Authority,
        id: EntryId,
        now: Timestamp,
    ) -> Result<Target, Rejection> {
        let kept = self
            .entries
            .get(&id)
            .ok_or(Rejection::NothingToRetract(id))?;
        if matches!(kept.kind, Kind::Retraction | Kind::Confirmation) {
            return Err(Rejection::NotRetractable(id));
        }
        let (mine, in_time) = match authority {
            Authority::Code(code) => {
                let age = now.millis_since(kept.recorded_at);
                let mine = kept.code == Some(code) && kept.device.is_none();
                (mine, age <= CODE_MENDS_MILLIS)
            }
            Authority::Device {
                role: Role::Coordinator,
                ..
            }
            | Authority::System => (true, true),
            Authority::Device { device, .. } => {
                let same_day = zone.day_of(kept.recorded_at) == zone.day_of(now);
                (kept.device == Some(device), same_day)
            }
            Authority::Operator => (false, false),
        };
        if !mine {
            Err(Rejection::NotYours(id))
        } else if kept.retracted {
            Err(Rejection::AlreadyRetracted(id))
        } else if !in_time {
            Err(Rejection::TooLateToRetract(id))
        } else {
            Ok(Target {
                entry: id,
                position: kept.position,
            })
        }
    }

    fn to_confirm(&self, ids: &[EntryId]) -> Result<Vec<Target>, Rejection> {
        if ids.is_empty() || ids.len() > CONFIRMED_MAX {
            return Err(Rejection::ConfirmationCount);
        }
        let mut targets: Vec<Target> = Vec::with_capacity(ids.len());
        let mut taken = std::collections::HashSet::new();
        for &entry in ids {
            let kept = self.entries.get(&entry);
            let kept = kept.ok_or(Rejection::NothingToConfirm(entry))?;
            if !kept.waiting || kept.retracted || !taken.insert(entry) {
                return Err(Rejection::NotWaiting(entry));
            }
            targets.push(Target {
                entry,
                position: kept.position,
            });
        }
        Ok(targets)
    }
}

fn may(authority: Authority, command: &Command) -> Result<(), Rejection> {
    let allowed = match authority {
        Authority::System => true,
        Authority::Operator
        | Authority::Device {
            role: Role::Viewer, ..
        } => false,
        Authority::Device {
            role: Role::Coordinator | Role::Volunteer | Role::Bar,
            ..
        } => true,
        Authority::Code(_) => match command {
            Command::CheckIn { .. }
            | Command::GiveMoney {
                donor: None | Some(Donor::Named { .. }),
                ..
            }
            | Command::GiveGoods {
                donor: None | Some(Donor::Named { .. }),
                ..
            }
            | Command::Retract { .. } => true,
            Command::Coffee {
                cups, pot, session, ..
            } => cups.get() == 1 && !*pot && session.is_none(),
            Command::GiveMoney { .. }
            | Command::GiveGoods { .. }
            | Command::CountHeads { .. }
            | Command::Tally { .. }
            | Command::Contribute { .. }
            | Command::StartShift { .. }
            | Command::EndShift { .. }
            | Command::CountBarRevenue { .. }
            | Command::CountShopRevenue { .. }
            | Command::Measure { .. }
            | Command::NoteOpening(_)
            | Command::Confirm(_) => false,
        },
    };
    if allowed {
        Ok(())
    } else {
        Err(Rejection::Forbidden)
    }
}

/// The code of the authority, where it is one, if it opens `target`.
fn by_code(
    rooms: &Rooms<'_>,
    authority: Authority,
    target: programme::Target,
    at: Timestamp,
) -> Result<Option<(Code, Evidence)>, Rejection> {
    let Authority::Code(code) = authority else {
        return Ok(None);
    };
    let (issued, seen) = good_code(rooms, code, at)?;
    if issued.target == target {
        Ok(Some((code, seen)))
    } else {
        Err(Rejection::WrongCode)
    }
}

fn waits(by: Option<(Code, Evidence)>) -> (Option<Code>, Standing) {
    by.map_or((None, Standing::Counted), |(code, _)| {
        (Some(code), Standing::ToConfirm)
    })
}
