//! Check-ins: where, who, how it was seen, and whether it counts.

use super::decide::{Asked, Decided, Rooms};
use super::{Spot, State};
use crate::organisation::Authority;
use crate::programme::Target;
use crate::programme::state::{Issued, Session};
use crate::tally::{Arrival, Event, Evidence, Place, Rejection, Standing, Visitor};
use crate::values::{Code, Day, Party, SessionId, Timestamp};

/// Where a check-in belongs, once its code is read.
struct Where {
    session: Option<SessionId>,
    code: Option<Code>,
    evidence: Evidence,
}

/// How a code that is good shows what happened.
pub(crate) fn good_code<'a>(
    rooms: &Rooms<'a>,
    code: Code,
    at: Timestamp,
) -> Result<(&'a Issued, Evidence), Rejection> {
    let issued = rooms.programme.code(code).ok_or(Rejection::UnknownCode)?;
    if issued.withdrawn {
        return Err(Rejection::UnknownCode);
    }
    let (programme, zone) = (rooms.programme, rooms.zone);
    let session = match issued.target {
        Target::Session(session) => Some(session),
        Target::Activity(activity) => programme.session_at(activity, at),
        Target::Door | Target::Bar | Target::Coffee | Target::Gift => None,
    };
    let planned = session.and_then(|session| programme.session(session));
    // What began that evening may go on behind the day's end.
    let goes_on = |only| {
        let began = |planned: &&Session| zone.day_of(planned.starts_at) == only;
        planned
            .filter(began)
            .is_some_and(|planned| planned.is_near(at))
    };
    let other_day = issued
        .day
        .is_some_and(|only| only != zone.day_of(at) && !goes_on(only));
    if other_day || issued.valid_until.is_some_and(|until| at >= until) {
        return Err(Rejection::CodeExpired);
    }
    let for_once = issued.day.is_some() || matches!(issued.target, Target::Session(_));
    Ok((
        issued,
        if for_once {
            Evidence::DayCode
        } else {
            Evidence::Poster
        },
    ))
}

impl State {
    pub(super) fn check_in(
        &self,
        rooms: &Rooms<'_>,
        asked: &Asked<'_>,
        (place, party, arrival): (Place, Option<Party>, &Arrival),
    ) -> Result<Decided, Rejection> {
        let at = asked.entry.occurred_at;
        let found = locate(rooms, asked.authority, place, at)?;
        let planned = found
            .session
            .and_then(|session| rooms.programme.session(session));
        let day = rooms
            .zone
            .day_of(planned.map_or(at, |planned| planned.starts_at));
        let programme = rooms.programme;
        let sensitive = programme.is_hidden(rooms.zone, found.session, found.code, at);
        if sensitive && *arrival != Arrival::Unknown {
            return Err(Rejection::Sensitive);
        }
        let visitor = who(rooms, asked.authority, arrival, day)?;
        let party = party.unwrap_or_else(|| match visitor {
            Visitor::Pass(person) if rooms.people.is_child(person, day) => Party::one_child(),
            Visitor::Pass(_) | Visitor::Phone(_) | Visitor::Unknown => Party::one_adult(),
        });
        let spot = found.session.map_or(Spot::DropIn(day), Spot::Session);
        let standing = if visitor != Visitor::Unknown && self.is_in(spot, visitor, party.persons())
        {
            Standing::AlreadyCounted
        } else if found.is_elsewhere(rooms, at)
            || found.is_out_of_hours(rooms, at)
            || self.is_late(rooms, asked.now, (found.evidence, day, party))
        {
            Standing::ToConfirm
        } else if found.evidence == Evidence::Poster {
            // The log keeps no time of who came to a sensitive activity, only when it was told.
            let seen_at = if sensitive { asked.now } else { at };
            if self.is_too_many(rooms.zone, seen_at, u32::from(party.persons())) {
                Standing::ToConfirm
            } else {
                Standing::Counted
            }
        } else {
            Standing::Counted
        };
        let (occurred_at, shifted_millis) = match planned {
            Some(planned) if sensitive => (planned.starts_at, 0),
            None if sensitive => (rooms.zone.start_of(day), 0),
            Some(_) | None => (at, asked.entry.shifted_millis),
        };
        let event = Event::VisitorCheckedIn {
            session: found.session,
            party,
            visitor,
            evidence: found.evidence,
            code: found.code,
            standing,
        };
        Ok(Decided {
            registered: None,
            occurred_at,
            shifted_millis,
            event,
        })
    }
}

impl State {
    /// Whether a code alone tells of a day that is over, and more have done so today than phones that were offline would.
    fn is_late(
        &self,
        rooms: &Rooms<'_>,
        now: Timestamp,
        (evidence, day, party): (Evidence, Day, Party),
    ) -> bool {
        let today = rooms.zone.day_of(now);
        evidence != Evidence::Host
            && day < today
            && self.is_too_late(today, u32::from(party.persons()))
    }
}

impl Where {
    /// Whether nobody signed in saw it, and the session was neither near nor on that day: its code was kept or copied.
    fn is_elsewhere(&self, rooms: &Rooms<'_>, at: Timestamp) -> bool {
        let planned = self
            .session
            .and_then(|session| rooms.programme.session(session));
        self.evidence != Evidence::Host
            && planned.is_some_and(|planned| {
                let same_day = rooms.zone.day_of(planned.starts_at) == rooms.zone.day_of(at);
                !same_day && !planned.is_near(at)
            })
    }

    /// Whether a poster was scanned outside the weekly hours, where there are any, and far from any session.
    fn is_out_of_hours(&self, rooms: &Rooms<'_>, at: Timestamp) -> bool {
        self.evidence == Evidence::Poster
            && rooms.standing.within_hours(rooms.zone, at) == Some(false)
            && !rooms.programme.is_near_any(at)
    }
}

fn locate(
    rooms: &Rooms<'_>,
    authority: Authority,
    place: Place,
    at: Timestamp,
) -> Result<Where, Rejection> {
    let (code, chosen) = match (place, authority) {
        (Place::Code { code, .. }, Authority::Code(own)) if code != own => {
            return Err(Rejection::WrongCode);
        }
        (Place::Code { code, session }, _) => (code, session),
        (Place::Session(_) | Place::DropIn, Authority::Code(_)) => {
            return Err(Rejection::Forbidden);
        }
        (Place::Session(session), _) => {
            rooms.session(Some(session))?;
            return Ok(Where {
                session: Some(session),
                code: None,
                evidence: Evidence::Host,
            });
        }
        (Place::DropIn, _) => {
            return Ok(Where {
                session: None,
                code: None,
                evidence: Evidence::Host,
            });
        }
    };
    let (issued, seen) = good_code(rooms, code, at)?;
    let session = match issued.target {
        Target::Activity(activity) => rooms.programme.session_at(activity, at),
        Target::Session(session) => Some(session),
        Target::Door => chosen,
        Target::Bar | Target::Coffee | Target::Gift => return Err(Rejection::WrongCode),
    };
    if chosen.is_some() && chosen != session {
        return Err(Rejection::WrongCode);
    }
    rooms.session(session)?;
    let evidence = match authority {
        Authority::Code(_) => seen,
        Authority::Device { .. } | Authority::Operator | Authority::System => Evidence::Host,
    };
    Ok(Where {
        session,
        code: Some(code),
        evidence,
    })
}

fn who(
    rooms: &Rooms<'_>,
    authority: Authority,
    arrival: &Arrival,
    day: Day,
) -> Result<Visitor, Rejection> {
    match arrival {
        Arrival::Unknown => Ok(Visitor::Unknown),
        // Without a pseudonym for that month, a phone is nobody that can be told apart (figures.md, rule 5).
        Arrival::Phone(tags) => {
            let of_month = tags.iter().find(|(month, _)| *month == day.month());
            Ok(of_month.map_or(Visitor::Unknown, |(_, tag)| Visitor::Phone(*tag)))
        }
        Arrival::Pass(hash) => rooms
            .holder(authority, hash)
            .map(Visitor::Pass)
            .ok_or(Rejection::UnknownPass),
    }
}
