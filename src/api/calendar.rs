//! The programme as iCalendar, out and in.

mod import;
mod read;
mod repeat;

use super::activities::ORGANISED_BY;
use super::caller::{Coordinator, Volunteer};
use super::etag;
use super::query::Parameters;
use crate::live::Live;
use crate::node::Node;
use crate::problem::{Cause, Problem, unknown_method};
use crate::writer::Done;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};
use meetellen_events::organisation::{Command, Request};
use meetellen_events::programme::OrganisedBy;
use meetellen_events::programme::state::{Session, Word};
use meetellen_events::values::{Day, SessionId, Timestamp};
use serde_json::json;

/// Bytes of an imported file.
const FILE_BYTES_MAX: usize = 1 << 20;

/// Commands of a file that wait for the writer together, so that others of this organisation find room.
const COMMANDS_AT_ONCE: usize = 500;

/// How far back and ahead the programme is told.
const BACK_DAYS: i32 = 92;
const AHEAD_DAYS: i32 = 400;

/// The routes of the calendar.
pub fn routes(api: &mut ServiceConfig) {
    api.service(
        web::resource("/programme.ics")
            .route(web::get().to(tell))
            .route(web::post().to(take))
            .default_service(web::to(unknown_method)),
    );
}

/// `GET /api/v1/programme.ics`: from three months back to a year and a month ahead.
async fn tell(
    volunteer: Volunteer,
    node: Data<Node>,
    request: HttpRequest,
    query: Parameters,
) -> Result<HttpResponse, Problem> {
    query.end()?;
    let today = volunteer.today(&node);
    let calendar = written(&volunteer.live.read(), today);
    let body = calendar.to_string().into_bytes();
    let tag = etag::tag(&body);
    if let Some(unchanged) = etag::unchanged(&request, &tag) {
        return Ok(unchanged);
    }
    let mut response = etag::fresh(&tag);
    response.content_type("text/calendar; charset=utf-8");
    Ok(response.body(body))
}

fn written(live: &Live, today: Day) -> Calendar {
    let zone = live.organisation.zone().cloned().unwrap_or_default();
    let mut calendar = Calendar::empty();
    for (name, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//Meetellen//Programme//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
    ] {
        calendar.append_property(Property::new(name, value));
    }
    if let Some(name) = live.organisation.name() {
        calendar.append_property(Property::new("X-WR-CALNAME", name.as_str()));
    }
    let none = SessionId::new(uuid::Uuid::nil());
    let after = (zone.start_of(today.plus(-BACK_DAYS)), none);
    let before = zone.end_of(today.plus(AHEAD_DAYS));
    for (id, session) in live.organisation.programme().sessions(after, before) {
        if let Some(event) = event(live, id, session, zone.day_of(session.starts_at)) {
            calendar.push(event);
        }
    }
    calendar
}

fn event(live: &Live, id: SessionId, session: &Session, day: Day) -> Option<Event> {
    let activity = live
        .organisation
        .programme()
        .activity(session.activity, day)?;
    let mut event = Event::with_uid(&format!("{id}{}", import::UID_SUFFIX));
    event.summary(activity.name.as_ref()?.as_str());
    for (name, at) in [
        ("DTSTAMP", session.changed_at),
        ("LAST-MODIFIED", session.changed_at),
        ("DTSTART", session.starts_at),
        ("DTEND", session.ends_at),
    ] {
        event.append_property(Property::new(name, instant(at)));
    }
    let room = session.room.or(activity.room);
    let rooms = live.organisation.standing().rooms(day);
    if let Some(room) = rooms.iter().find(|known| Some(known.id) == room) {
        event.location(room.name.as_str());
    }
    if let Some(category) = &activity.category {
        event.categories([category.as_str()]);
    }
    if let Some(by) = activity
        .organised_by
        .and_then(|by| json!(by).as_str().map(str::to_owned))
    {
        event.append_property(Property::new(read::ORGANISED_BY, by));
    }
    event.status(match session.word {
        Word::Cancelled => EventStatus::Cancelled,
        Word::None | Word::Confirmed => EventStatus::Confirmed,
    });
    Some(event)
}

fn instant(at: Timestamp) -> String {
    at.to_jiff().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// `POST /api/v1/programme.ics`: plans what is not planned yet. `organised_by` says whose the new activities are.
async fn take(
    coordinator: Coordinator,
    node: Data<Node>,
    request: HttpRequest,
    mut query: Parameters,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let organised_by = query.word("organised_by", ORGANISED_BY)?;
    query.end()?;
    let file = file(&request, payload).await?;
    let zone = coordinator.zone();
    let (events, skipped) = read::events(&file, zone.jiff())
        .map_err(|error| Problem::from(Cause::Malformed).because(error.to_string()))?;
    let plan = import::plan(
        coordinator.organisation,
        &coordinator.live.read(),
        coordinator.today(&node),
        organised_by.unwrap_or(OrganisedBy::Volunteers),
        &events,
    )
    .map_err(|error| Problem::from(Cause::OutOfRange).because(error.to_string()))?;
    let commands: Vec<Command> = plan
        .commands
        .into_iter()
        .map(|command| Command {
            authority: coordinator.authority(),
            request: Request::Programme(command),
        })
        .collect();
    for commands in commands.chunks(COMMANDS_AT_ONCE) {
        let commands = commands.to_vec();
        for done in node.submit(coordinator.organisation, commands).await? {
            if let Done::Refused(refusal) = done {
                return Err(refusal.into());
            }
        }
    }
    Ok(HttpResponse::Ok().json(json!({
        "activities": plan.activities,
        "sessions": plan.sessions,
        "skipped": skipped + plan.skipped,
    })))
}

async fn file(request: &HttpRequest, payload: Payload) -> Result<String, Problem> {
    let sort = request.headers().get(CONTENT_TYPE);
    let sort = sort
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = sort.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("text/calendar") {
        return Err(Cause::UnsupportedMediaType.into());
    }
    let bytes = payload
        .to_bytes_limited(FILE_BYTES_MAX)
        .await
        .map_err(|_| Problem::from(Cause::BodyTooLarge))?
        .map_err(|_| Problem::from(Cause::Malformed))?;
    let text = String::from_utf8(bytes.to_vec())
        .map_err(|_| Problem::from(Cause::Malformed).because("must be UTF-8"))?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}
