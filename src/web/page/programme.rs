//! The programme: sessions week by week.

use super::activities::{KINDS, offered, rooms};
use super::facts::{activity_name, clock};
use super::form::{Sent, body, wrong};
use super::{Frame, path, read, see, show};
use crate::api::caller::{Coordinator, Volunteer};
use crate::api::sessions;
use crate::live::Live;
use crate::node::Node;
use crate::problem::Problem;
use crate::web::view::coordinator::{PlannedSession, Programme};
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::values::{Day, DayTime, RoomId, SessionId, Timestamp, Zone};
use meetellen_projections::figures::{Outcome, count_session};
use serde::Deserialize;
use serde_json::json;

/// Days on one page.
const SHOWN_DAYS: i32 = 7;

/// The routes of the programme.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(path("/programme").route(read().to(programme)))
        .service(path("/sessions").route(web::post().to(plan)))
        .service(path("/sessions/{id}/cancel").route(web::post().to(cancel)))
        .service(path("/sessions/{id}/confirm").route(web::post().to(confirm)));
}

#[derive(Deserialize)]
struct From {
    from: Option<Day>,
}

/// `GET /programme`: the sessions of seven days, from today where nothing is asked.
async fn programme(
    node: Data<Node>,
    request: HttpRequest,
    volunteer: Volunteer,
    from: Query<From>,
) -> Result<HttpResponse, Problem> {
    let Frame { t, page } = Frame::of(&node, &request, &volunteer);
    let today = volunteer.today(&node);
    let from = from.from.unwrap_or(today);
    let page = {
        let live = volunteer.live.read();
        Programme {
            t,
            page,
            sessions: planned(&live, from, node.now()),
            from: from.date(),
            to: from.plus(SHOWN_DAYS - 1).date(),
            earlier: from.plus(-SHOWN_DAYS).to_string(),
            later: from.plus(SHOWN_DAYS).to_string(),
            activities: offered(&live, today),
            rooms: rooms(&live, today),
            organisers: KINDS.to_vec(),
            first_day: today.date(),
        }
    };
    show(&node, &request, &page)
}

fn planned(live: &Live, from: Day, now: Timestamp) -> Vec<PlannedSession> {
    let ledger = live.house.get();
    let zone = ledger.zone();
    let days = (0..SHOWN_DAYS).map(|days| from.plus(days));
    let mut sessions = Vec::new();
    for day in days {
        let mut of_day: Vec<(Timestamp, PlannedSession)> = ledger
            .sessions_of(day)
            .filter_map(|(id, session)| {
                let (activity, starts_at, ends_at) = session.plan?;
                let outcome = count_session(ledger, session, now).outcome;
                let room = ledger.facts().room_of(id, activity, day);
                let planned = PlannedSession {
                    id: id.to_string(),
                    name: activity_name(ledger, activity, day).unwrap_or_default(),
                    day: day.date(),
                    from: clock(zone, starts_at),
                    to: clock(zone, ends_at),
                    room: room.and_then(|room| room_name(live, room, day)),
                    cancelled: session.held == Some(false),
                    held: outcome == Outcome::Held,
                    over: ends_at <= now,
                };
                Some((starts_at, planned))
            })
            .collect();
        of_day.sort_by(|(at, one), (or_at, other)| (at, &one.name).cmp(&(or_at, &other.name)));
        sessions.extend(of_day.into_iter().map(|(_, session)| session));
    }
    sessions
}

fn room_name(live: &Live, room: RoomId, day: Day) -> Option<String> {
    let rooms = live.organisation.standing().rooms(day);
    let room = rooms.iter().find(|known| known.id == room)?;
    Some(room.name.to_string())
}

/// A time on the wall clock of a day that a form named.
fn at(zone: &Zone, sent: &Sent, day: Day, name: &str) -> Result<(u16, Timestamp), Problem> {
    let time: Option<DayTime> = sent.parsed(name)?;
    let time = time.ok_or_else(|| wrong(name, "is missing"))?;
    Ok((time.minutes(), zone.at(day, time.minutes())))
}

/// `POST /sessions`: one, or a weekly series.
async fn plan(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let zone = coordinator.zone();
    let day: Option<Day> = sent.parsed("day")?;
    let day = day.ok_or_else(|| wrong("day", "is missing"))?;
    let (from, starts_at) = at(&zone, &sent, day, "from")?;
    let (to, _) = at(&zone, &sent, day, "to")?;
    // An end before the beginning is past midnight.
    let ends = if to <= from { to + 1_440 } else { to };
    let every_weeks = sent.whole("every_weeks")?;
    let repeat = every_weeks.map(|every_weeks| {
        let until = sent.needed("repeat_until")?;
        Ok::<_, Problem>(json!({ "every_weeks": every_weeks, "until": until }))
    });
    let said = body(json!({
        "activity": sent.needed("activity")?,
        "starts_at": starts_at,
        "ends_at": zone.at(day, ends),
        "room": sent.given("room"),
        "repeat": repeat.transpose()?,
    }))?;
    sessions::plan(coordinator, node, said).await?;
    // A session after midnight belongs to the evening before.
    let shown = zone.day_of(starts_at);
    Ok(see(format!("/programme?from={shown}&done=kept")))
}

/// `POST /sessions/ID/cancel`.
async fn cancel(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    id: Path<SessionId>,
) -> Result<HttpResponse, Problem> {
    let back = week_of(&node, &request, &coordinator, *id);
    sessions::cancel(coordinator, node, id).await?;
    Ok(see(back))
}

/// `POST /sessions/ID/confirm`.
async fn confirm(
    node: Data<Node>,
    request: HttpRequest,
    volunteer: Volunteer,
    id: Path<SessionId>,
) -> Result<HttpResponse, Problem> {
    let back = week_of(&node, &request, &volunteer, *id);
    sessions::confirm(volunteer, node, id).await?;
    Ok(see(back))
}

/// The page on which a session stands.
fn week_of(
    node: &Node,
    request: &HttpRequest,
    caller: &crate::api::caller::Caller,
    id: SessionId,
) -> String {
    Frame::of(node, request, caller);
    let (zone, today) = (caller.zone(), caller.today(node));
    let live = caller.live.read();
    let session = live.organisation.programme().session(id);
    let day = session.map_or(today, |session| zone.day_of(session.starts_at));
    let weeks = day.days_since(today).div_euclid(SHOWN_DAYS);
    let from = today.plus(weeks * SHOWN_DAYS);
    format!("/programme?from={from}&done=kept")
}
