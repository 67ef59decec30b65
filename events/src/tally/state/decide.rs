//! What an entry records.

use super::check_in::good_code;
use super::{Kept, Kind, State};
use crate::access::Role;
use crate::organisation::Authority;
use crate::standing::Listed;
use crate::tally::{Command, Donor, Entry, Event, Evidence, Rejection, Standing, Target, Who};
use crate::values::{Code, Day, EntryId, PersonId, SessionId, Timestamp, Zone};
use crate::{people, programme, standing};

const AHEAD_MILLIS_MAX: i64 = 5 * 60_000;
const BACK_MILLIS_MAX: i64 = 400 * 86_400_000;
const CODE_MENDS_MILLIS: i64 = 15 * 60_000;
/// Entries confirmed by one entry.
const CONFIRMED_MAX: usize = 500;

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

/// What is recorded of an entry.
pub struct Decided {
    /// A giver who is new.
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

    fn volunteer(&self, who: Who, day: Day) -> Result<PersonId, Rejection> {
        let person = match who {
            Who::Person(person) => person,
            Who::Pass(hash) => self.people.by_pass(&hash).ok_or(Rejection::UnknownPass)?,
        };
        if !self.people.is_known(person) {
            return Err(Rejection::UnknownPerson(person));
        }
        let volunteers = self.people.is_volunteer(person, day);
        if volunteers {
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
        may(authority, &entry.command)?;
        let ahead = entry.occurred_at.millis_since(now);
        if ahead > AHEAD_MILLIS_MAX {
            return Err(Rejection::TooEarly);
        }
        if -ahead > BACK_MILLIS_MAX {
            return Err(Rejection::TooLate);
        }
        if let Command::CheckIn {
            place,
            party,
            arrival,
        } = &entry.command
        {
            return self
                .check_in(rooms, authority, entry, (*place, *party, arrival))
                .map(Some);
        }
        if let Command::Retract { retracts, .. } = &entry.command
            && self
                .entries
                .get(retracts)
                .is_some_and(|kept| kept.retracted)
        {
            return Ok(None);
        }
        let (registered, event) = self.event(rooms, authority, entry, now)?;
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
        authority: Authority,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<(Option<people::Event>, Event), Rejection> {
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
                let by = by_code(
                    rooms,
                    authority,
                    programme::Target::Coffee,
                    entry.occurred_at,
                )?;
                let (code, evidence) =
                    by.map_or((None, Evidence::Host), |(code, seen)| (Some(code), seen));
                Event::CoffeeServed {
                    cups,
                    paid,
                    pot,
                    session,
                    evidence,
                    code,
                }
            }
            Command::Tally { counter, quantity } => {
                if !rooms.standing.stands(Listed::Counter(counter), day) {
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
                rooms.session(session)?;
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
                rooms.session(session)?;
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
                let (registered, donor) = giver(rooms, donor, day)?;
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
                let (registered, donor) = giver(rooms, donor, day)?;
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
                if !rooms.standing.stands(Listed::Indicator(indicator), day) {
                    return Err(Rejection::UnknownIndicator(indicator));
                }
                Event::IndicatorMeasured { indicator, value }
            }
            Command::NoteOpening(state) => Event::OpeningNoted { state },
            Command::Retract { retracts, reason } => {
                let target = self.to_retract(rooms.zone, authority, retracts, now)?;
                Event::EntryRetracted { target, reason }
            }
            Command::Confirm(entries) => Event::EntriesConfirmed {
                targets: self.to_confirm(&entries)?,
            },
        };
        Ok((None, event))
    }

    fn kept(&self, id: EntryId) -> Result<&Kept, Rejection> {
        self.entries.get(&id).ok_or(Rejection::UnknownEntry(id))
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
        let kept = self.kept(id)?;
        if matches!(kept.kind, Kind::Retraction | Kind::Confirmation) {
            return Err(Rejection::NotRetractable(id));
        }
        let mine = match authority {
            Authority::Code(code) => {
                let age = now.millis_since(kept.recorded_at);
                kept.code == Some(code) && kept.device.is_none() && age <= CODE_MENDS_MILLIS
            }
            Authority::Device {
                role: Role::Coordinator,
                ..
            }
            | Authority::System => true,
            Authority::Device { device, .. } => {
                kept.device == Some(device) && zone.day_of(kept.recorded_at) == zone.day_of(now)
            }
            Authority::Operator => false,
        };
        let target = Target {
            entry: id,
            position: kept.position,
        };
        if mine {
            Ok(target)
        } else {
            Err(Rejection::NotYours(id))
        }
    }

    fn to_confirm(&self, ids: &[EntryId]) -> Result<Vec<Target>, Rejection> {
        if ids.is_empty() || ids.len() > CONFIRMED_MAX {
            return Err(Rejection::Forbidden);
        }
        let mut targets: Vec<Target> = Vec::with_capacity(ids.len());
        let mut taken = std::collections::HashSet::new();
        for &entry in ids {
            let kept = self.kept(entry)?;
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

fn giver(
    rooms: &Rooms<'_>,
    donor: Option<Donor>,
    day: Day,
) -> Result<(Option<people::Event>, Option<PersonId>), Rejection> {
    match donor {
        None => Ok((None, None)),
        Some(Donor::Person(person) | Donor::Named { person, .. })
            if rooms.people.is_known(person) =>
        {
            Ok((None, Some(person)))
        }
        Some(Donor::Named { person, name }) if !rooms.people.was_known(person) => {
            let facts = people::PersonFacts {
                name: Some(name),
                ..people::PersonFacts::default()
            };
            Ok((
                Some(people::Event::Registered {
                    person,
                    facts,
                    since: day,
                }),
                Some(person),
            ))
        }
        Some(Donor::Person(person) | Donor::Named { person, .. }) => {
            Err(Rejection::UnknownPerson(person))
        }
    }
}
