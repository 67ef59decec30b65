//! Sessions: dated occurrences of an activity, one by one or by the week.

use super::caller::{Caller, Coordinator, Recorder, Volunteer};
use super::fields::{self, Body, Fields, Read};
use super::query::Parameters;
use super::rooms;
use crate::node::Node;
use crate::problem::{Cause, Problem, rejected, unknown_method};
use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use meetellen_events::organisation::{self, Request};
use meetellen_events::programme::state::{Session, Word};
use meetellen_events::programme::{self, Command, SessionPlan, WEEKS_BETWEEN_MAX};
use meetellen_events::values::{
    ActivityId, Day, Name, RoomId, SeriesId, SessionId, Timestamp, Zone,
};
use serde::Serialize;

/// The routes of sessions.
pub fn routes(api: &mut ServiceConfig) {
    api.service(
        web::resource("/sessions")
            .route(web::post().to(plan))
            .route(web::get().to(list))
            .default_service(web::to(unknown_method)),
    )
    .service(
        web::resource("/sessions/{id}/cancel")
            .route(web::post().to(cancel))
            .default_service(web::to(unknown_method)),
    )
    .service(
        web::resource("/sessions/{id}/confirm")
            .route(web::post().to(confirm))
            .default_service(web::to(unknown_method)),
    );
}

/// A body that plans a session, or a weekly series of them.
pub struct NewSession {
    activity: ActivityId,
    starts_at: Timestamp,
    ends_at: Timestamp,
    room: Option<Name>,
    repeat: Option<Repeat>,
}

/// Every so many weeks, up to a day.
#[derive(Clone, Copy)]
pub struct Repeat {
    every_weeks: u8,
    until: Day,
}

impl Read for NewSession {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let activity = fields.required("activity", fields::id);
        let starts_at = fields.required("starts_at", fields::instant);
        let ends_at = fields.required("ends_at", fields::instant);
        let room = fields.optional("room", fields::name);
        let repeat = fields.object("repeat", Repeat::read);
        Some(Self {
            activity: activity?,
            starts_at: starts_at?,
            ends_at: ends_at?,
            room,
            repeat,
        })
    }
}

impl Read for Repeat {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let every_weeks = fields.required(
            "every_weeks",
            fields::whole(1, i64::from(WEEKS_BETWEEN_MAX)),
        );
        let until = fields.required("until", fields::day);
        Some(Self {
            every_weeks: u8::try_from(every_weeks?).ok()?,
            until: until?,
        })
    }
}

/// When a session and its repeats begin and end.
fn spans(body: &NewSession, zone: &Zone) -> Result<Vec<(Timestamp, Timestamp)>, Problem> {
    let first = (body.starts_at, body.ends_at);
    let Some(Repeat { every_weeks, until }) = body.repeat else {
        return Ok(vec![first]);
    };
    let spans = programme::weekly(zone, first, every_weeks, until);
    spans.map_err(|why| rejected(&organisation::Rejection::Programme(why)))
}

/// A session as the contract shows it.
#[derive(Serialize)]
struct Shown {
    id: SessionId,
    activity: ActivityId,
    starts_at: Timestamp,
    ends_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<RoomId>,
    state: &'static str,
}

impl Shown {
    fn new(caller: &Caller, id: SessionId, session: &Session) -> Self {
        let seen = caller.live.read();
        let zone = seen.organisation.zone().cloned().unwrap_or_default();
        let day = zone.day_of(session.starts_at);
        let activity = seen
            .organisation
            .programme()
            .activity(session.activity, day);
        Self {
            id,
            activity: session.activity,
            starts_at: session.starts_at,
            ends_at: session.ends_at,
            room: session.room.or_else(|| activity?.room),
            state: match session.word {
                Word::None => "planned",
                Word::Cancelled => "cancelled",
                Word::Confirmed => "confirmed",
            },
        }
    }
}

fn known(caller: &Caller, id: SessionId) -> Result<Shown, Problem> {
    let session = {
        let seen = caller.live.read();
        seen.organisation.programme().session(id).cloned()
    };
    let session = session.ok_or_else(|| Problem::from(Cause::UnknownSession))?;
    Ok(Shown::new(caller, id, &session))
}

#[derive(Serialize)]
struct Planned {
    id: SessionId,
    sessions: Vec<Shown>,
}

/// `POST /api/v1/sessions`.
pub async fn plan(
    coordinator: Coordinator,
    node: Data<Node>,
    body: Body<NewSession>,
) -> Result<HttpResponse, Problem> {
    let body = body.0;
    let zone = coordinator.zone();
    let day = zone.day_of(body.starts_at);
    let room = body.room.as_ref();
    let room = room.map(|room| rooms::named(&coordinator, room, day));
    let sessions: Vec<SessionPlan> = spans(&body, &zone)?
        .into_iter()
        .map(|(starts_at, ends_at)| SessionPlan {
            session: SessionId::new(uuid::Uuid::now_v7()),
            starts_at,
            ends_at,
        })
        .collect();
    let ids: Vec<SessionId> = sessions.iter().map(|plan| plan.session).collect();
    let command = Command::PlanSessions {
        activity: body.activity,
        sessions,
        room: room.transpose()?,
        series: body.repeat.map(|_| SeriesId::new(uuid::Uuid::now_v7())),
    };
    coordinator.ask(&node, Request::Programme(command)).await?;
    let shown: Result<Vec<Shown>, Problem> =
        ids.iter().map(|id| known(&coordinator, *id)).collect();
    let first = ids.first().copied();
    Ok(HttpResponse::Created().json(Planned {
        id: first.ok_or_else(|| Problem::from(Cause::OutOfRange))?,
        sessions: shown?,
    }))
}

/// `GET /api/v1/sessions`, by their start.
async fn list(recorder: Recorder, mut query: Parameters) -> Result<HttpResponse, Problem> {
    let page = query.page::<SessionId>()?;
    let (from, to): (Option<Day>, Option<Day>) = (query.day("from")?, query.day("to")?);
    query.end()?;
    let zone = recorder.zone();
    let sessions: Vec<(SessionId, Session)> = {
        let seen = recorder.live.read();
        let programme = seen.organisation.programme();
        let none = SessionId::new(uuid::Uuid::nil());
        let after = match page.after {
            Some(id) => programme.session(id).map(|known| (known.starts_at, id)),
            None => Some((
                from.map_or(Timestamp::from_millis(i64::MIN), |day| zone.start_of(day)),
                none,
            )),
        };
        let after = after.ok_or_else(|| {
            Problem::from(Cause::Malformed).in_parameter("after", "is no session of this list")
        })?;
        let before = to.map_or(Timestamp::from_millis(i64::MAX), |day| zone.end_of(day));
        let sessions = programme.sessions(after, before);
        let sessions = sessions.map(|(id, session)| (id, session.clone()));
        sessions.take(page.limit + 1).collect()
    };
    let shown = sessions
        .iter()
        .map(|(id, session)| (*id, Shown::new(&recorder, *id, session)));
    Ok(page.answer(shown))
}

/// `POST /api/v1/sessions/{id}/cancel`.
pub async fn cancel(
    coordinator: Coordinator,
    node: Data<Node>,
    id: web::Path<SessionId>,
) -> Result<HttpResponse, Problem> {
    let command = Command::CancelSession(*id);
    coordinator.ask(&node, Request::Programme(command)).await?;
    Ok(HttpResponse::Ok().json(known(&coordinator, *id)?))
}

/// `POST /api/v1/sessions/{id}/confirm`: whoever was there may say so.
pub async fn confirm(
    volunteer: Volunteer,
    node: Data<Node>,
    id: web::Path<SessionId>,
) -> Result<HttpResponse, Problem> {
    let command = Command::ConfirmSession(*id);
    volunteer.ask(&node, Request::Programme(command)).await?;
    Ok(HttpResponse::Ok().json(known(&volunteer, *id)?))
}
