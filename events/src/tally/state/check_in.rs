//! Check-ins: where, who, how it was seen, and whether it counts.

use super::decide::{Decided, Rooms};
use super::{Spot, State};
use crate::organisation::Authority;
use crate::programme::Target;
use crate::programme::state::Issued;
use crate::tally::{Arrival, Entry, Event, Evidence, Place, Rejection, Standing, Visitor};
use crate::values::{ActivityId, Code, Day, Party, SessionId, Timestamp};

/// Where a check-in belongs, once its code is read.
struct Where {
    session: Option<SessionId>,
    activity: Option<ActivityId>,
    code: Option<Code>,
    evidence: Evidence,
}

/// How a code that is good shows what happened.
pub(super) fn good_code<'a>(
    rooms: &Rooms<'a>,
    code: Code,
    at: Timestamp,
) -> Result<(&'a Issued, Evidence), Rejection> {
    let issued = rooms.programme.code(code).ok_or(Rejection::UnknownCode)?;
    if issued.withdrawn {
        return Err(Rejection::UnknownCode);
    }
    let session = match issued.target {
        Target::Session(session) => Some(session),
        Target::Activity(_) | Target::Door | Target::Bar | Target::Coffee | Target::Gift => None,
    };
    let planned = session.and_then(|session| rooms.programme.session(session));
    let day = planned.map_or(at, |planned| match issued.day {
        Some(_) => planned.starts_at,
        None => at,
    });
    let other_day = issued
        .day
        .is_some_and(|only| only != rooms.zone.day_of(day));
    if other_day || issued.valid_until.is_some_and(|until| at >= until) {
        return Err(Rejection::CodeExpired);
    }
    let for_once = issued.day.is_some() || session.is_some();
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
        authority: Authority,
        entry: &Entry,
        (place, party, arrival): (Place, Option<Party>, &Arrival),
    ) -> Result<Decided, Rejection> {
        let at = entry.occurred_at;
        let found = locate(rooms, authority, place, at)?;
        let planned = found
            .session
            .and_then(|session| rooms.programme.session(session));
        let day = rooms
            .zone
            .day_of(planned.map_or(at, |planned| planned.starts_at));
        let activity = planned.map(|planned| planned.activity).or(found.activity);
        let sensitive =
            activity.is_some_and(|activity| rooms.programme.is_sensitive(activity, day));
        if sensitive && *arrival != Arrival::Unknown {
            return Err(Rejection::Sensitive);
        }
        let visitor = who(rooms, arrival, day)?;
        let party = party.unwrap_or_else(|| match visitor {
            Visitor::Pass(person) if rooms.people.is_child(person, day) => Party::one_child(),
            Visitor::Pass(_) | Visitor::Phone(_) | Visitor::Unknown => Party::one_adult(),
        });
        let spot = found.session.map_or(Spot::DropIn(day), Spot::Session);
        let standing = if visitor != Visitor::Unknown && self.is_in(spot, visitor, party.persons())
        {
            Standing::AlreadyCounted
        } else if found.evidence == Evidence::Poster
            && (is_out_of_hours(rooms, at)
                || self.is_too_many(rooms.zone, at, u32::from(party.persons())))
        {
            Standing::ToConfirm
        } else {
            Standing::Counted
        };
        let (occurred_at, shifted_millis) = match planned {
            Some(planned) if sensitive => (planned.starts_at, 0),
            None if sensitive => (rooms.zone.start_of(day), 0),
            Some(_) | None => (at, entry.shifted_millis),
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

fn is_out_of_hours(rooms: &Rooms<'_>, at: Timestamp) -> bool {
    rooms.standing.within_hours(rooms.zone, at) == Some(false) && !rooms.programme.is_near_any(at)
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
                activity: None,
                code: None,
                evidence: Evidence::Host,
            });
        }
        (Place::DropIn, _) => {
            return Ok(Where {
                session: None,
                activity: None,
                code: None,
                evidence: Evidence::Host,
            });
        }
    };
    let (issued, seen) = good_code(rooms, code, at)?;
    let (session, activity) = match issued.target {
        Target::Activity(activity) => (rooms.programme.session_at(activity, at), Some(activity)),
        Target::Session(session) => (Some(session), None),
        Target::Door => (chosen, None),
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
        activity,
        code: Some(code),
        evidence,
    })
}

fn who(rooms: &Rooms<'_>, arrival: &Arrival, day: Day) -> Result<Visitor, Rejection> {
    match arrival {
        Arrival::Unknown => Ok(Visitor::Unknown),
        Arrival::Phone(tags) => {
            let of_month = tags.iter().find(|(month, _)| *month == day.month());
            of_month
                .map(|(_, tag)| Visitor::Phone(*tag))
                .ok_or(Rejection::NoTag)
        }
        Arrival::Pass(hash) => rooms
            .people
            .by_pass(hash)
            .map(Visitor::Pass)
            .ok_or(Rejection::UnknownPass),
    }
}
