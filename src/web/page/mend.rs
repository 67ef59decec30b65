//! What is missing or contradictory, and the forms that mend it: an end of a shift, a day or a session nobody counted.

use super::facts::{Names, clock, session_name};
use super::form::{self, Author, Sent, wrong};
use super::{Frame, path, read, see, show};
use crate::api::caller::{Coordinator, Volunteer};
use crate::export::warning;
use crate::i18n::Language;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::web::view::coordinator::{MendDay, MendSession, MendShift, Task};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use jiff::civil::DateTime;
use meetellen_events::tally::Event;
use meetellen_events::values::{Day, EntryId, Period, SessionId, Timestamp, Zone};
use meetellen_projections::ledger::{Ledger, Row};
use meetellen_projections::warnings::{self, Kind, Warning};
use serde_json::json;

/// How long before a day ends what was written down afterwards is taken to have been seen, in milliseconds.
const BEFORE_END_MILLIS: i64 = 60_000;

/// The routes below `/mend`.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(
            path("/mend/shifts/{entry}")
                .route(read().to(shift))
                .route(web::post().to(end_shift)),
        )
        .service(
            path("/mend/days/{day}")
                .route(read().to(day))
                .route(web::post().to(count_day)),
        )
        .service(
            path("/mend/sessions/{session}")
                .route(read().to(session))
                .route(web::post().to(count_session)),
        );
}

/// What is to be mended in a period, each with where to do so.
pub fn tasks(ledger: &Ledger, period: &Period, t: Language) -> Vec<Task> {
    warnings::warnings(ledger, period)
        .into_iter()
        .map(|found| Task {
            href: address(&found),
            text: warning(found, ledger.zone(), t).text,
        })
        .collect()
}

fn address(found: &Warning) -> String {
    let day = found.day;
    let entries = |kind: &str| format!("/entries?period={day}&type={kind}");
    let first = found.entries.first();
    match found.kind {
        Kind::ShiftNotEnded | Kind::ShiftTooLong => first.map_or_else(
            || entries("shift_start"),
            |entry| format!("/mend/shifts/{entry}"),
        ),
        Kind::ShiftsAtOnce => entries("shift_start"),
        Kind::OpeningNotCounted => format!("/mend/days/{day}"),
        Kind::SessionUnconfirmed => found.session.map_or_else(
            || "/programme".to_owned(),
            |session| format!("/mend/sessions/{session}"),
        ),
        Kind::EntriesToConfirm => format!("/entries?period={day}"),
        Kind::HeadCountBelowCheckIns => entries("head_count"),
        Kind::SessionOverRoom | Kind::SessionOverCapacity => entries("check_in,head_count"),
        Kind::ManyCupsPerVisit => entries("coffee"),
        Kind::LittleRevenuePerCup => entries("bar_revenue"),
    }
}

/// A shift's start, by its entry, and its end where it has one.
fn shift_of(ledger: &Ledger, position: Option<u64>) -> Result<(Row, Option<Row>), Problem> {
    let row = position.and_then(|position| ledger.row(position));
    let row = row.filter(|row| matches!(row.event, Event::ShiftStarted { .. }));
    let row = row.ok_or_else(|| Problem::from(Cause::UnknownShift))?;
    let end = ledger.end_of(&row);
    Ok((row, end))
}

/// `GET /mend/shifts/ENTRY`: when did it end?
async fn shift(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    entry: Path<EntryId>,
) -> Result<HttpResponse, Problem> {
    let names = Names::read(&node, coordinator.organisation, &coordinator.live).await?;
    let Frame { t, page } = Frame::of(&node, &request, &coordinator);
    let page = {
        let live = coordinator.live.read();
        let ledger = live.house.get();
        let position = live.organisation.entry(*entry);
        let (row, end) = shift_of(ledger, position.map(|position| position.0))?;
        let Event::ShiftStarted {
            volunteer, kind, ..
        } = &row.event
        else {
            return Err(Cause::UnknownShift.into());
        };
        let zone = ledger.zone();
        MendShift {
            t,
            page,
            shift: entry.to_string(),
            entry: form::new_entry(&node),
            retraction: form::new_entry(&node),
            name: names.say(t, *volunteer),
            kind: kind.name().to_owned(),
            day: zone.day_of(row.at).date(),
            since: clock(zone, row.at),
            end: end.as_ref().map(|end| end.entry.to_string()),
            from: local(zone, row.at),
            suggested: end.map_or_else(|| local(zone, row.at), |end| local(zone, end.at)),
        }
    };
    show(&node, &request, &page)
}

/// A moment as a form's field of date and time writes it.
fn local(zone: &Zone, at: Timestamp) -> String {
    let wall = zone.jiff().to_datetime(at.to_jiff());
    wall.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// A moment that such a field sent.
fn instant(zone: &Zone, name: &str, text: &str) -> Result<Timestamp, Problem> {
    let wall: Option<DateTime> = text.parse().ok();
    let zoned = wall.and_then(|wall| wall.to_zoned_datetime(zone.jiff().clone()).ok());
    zoned
        .map(|zoned| zoned.timestamp().into())
        .ok_or_else(|| wrong(name, "must be a date and a time"))
}

/// `POST /mend/shifts/ENTRY`: takes the old end back, where there is one, and writes the right one down.
async fn end_shift(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    entry: Path<EntryId>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let author = Author::of(&node, &coordinator);
    let ended = instant(&coordinator.zone(), "ended", sent.needed("ended")?)?;
    if let Some(end) = sent.given("end") {
        let id = sent.entry_in(&node, "retraction");
        let fields = json!({ "type": "retraction", "retracts": end });
        match author.record(id, &fields).await {
            Err(problem) if problem.cause() != Cause::AlreadyRetracted => return Err(problem),
            Ok(_) | Err(_) => {}
        }
    }
    let fields = json!({
        "type": "shift_end", "shift": *entry, "basis": sent.given("basis").unwrap_or("entered"),
    });
    author
        .record_then(sent.entry(&node), &fields, ended)
        .await?;
    Ok(see("/today?done=kept"))
}

/// `GET /mend/days/DAY`: how many came?
async fn day(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    day: Path<Day>,
) -> Result<HttpResponse, Problem> {
    let Frame { t, page } = Frame::of(&node, &request, &coordinator);
    let mend = MendDay {
        t,
        page,
        day: day.date(),
        address: day.to_string(),
        entry: form::new_entry(&node),
        opening_entry: form::new_entry(&node),
    };
    show(&node, &request, &mend)
}

/// `POST /mend/days/DAY`: a head count of the whole house, or that nobody came, or that it was closed.
async fn count_day(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    day: Path<Day>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let fields = match sent.given("state") {
        Some(state) => json!({ "type": "opening", "state": state }),
        None => heads(&sent, None)?,
    };
    let end = coordinator.zone().end_of(*day);
    let at = end.plus_millis(-BEFORE_END_MILLIS).min(node.now());
    let author = Author::of(&node, &coordinator);
    author.record_then(sent.entry(&node), &fields, at).await?;
    Ok(see("/today?done=kept"))
}

fn heads(sent: &Sent, session: Option<SessionId>) -> Result<serde_json::Value, Problem> {
    Ok(json!({
        "type": "head_count",
        "session": session,
        "adults": sent.whole("adults")?,
        "children": sent.whole("children")?.unwrap_or(0),
        "volunteers": sent.whole("volunteers")?,
        "basis": sent.given("basis").unwrap_or("counted"),
    }))
}

/// `GET /mend/sessions/SESSION`: did it take place, and how many came?
async fn session(
    node: Data<Node>,
    request: HttpRequest,
    volunteer: Volunteer,
    session: Path<SessionId>,
) -> Result<HttpResponse, Problem> {
    let Frame { t, page } = Frame::of(&node, &request, &volunteer);
    let page = {
        let live = volunteer.live.read();
        let ledger = live.house.get();
        let known = live.organisation.programme().session(*session);
        let known = known.ok_or_else(|| Problem::from(Cause::UnknownSession))?;
        let zone = ledger.zone();
        MendSession {
            t,
            page,
            session: session.to_string(),
            entry: form::new_entry(&node),
            name: session_name(ledger, *session).unwrap_or_default(),
            day: zone.day_of(known.starts_at).date(),
            from: clock(zone, known.starts_at),
            to: clock(zone, known.ends_at),
            begun: known.starts_at <= node.now(),
        }
    };
    show(&node, &request, &page)
}

/// `POST /mend/sessions/SESSION`: a head count at its end.
async fn count_session(
    node: Data<Node>,
    request: HttpRequest,
    volunteer: Volunteer,
    session: Path<SessionId>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &volunteer);
    let ended = {
        let live = volunteer.live.read();
        let known = live.organisation.programme().session(*session);
        known.map(|known| known.ends_at)
    };
    let ended = ended.ok_or_else(|| Problem::from(Cause::UnknownSession))?;
    let fields = heads(&sent, Some(*session))?;
    let at = ended.min(node.now());
    let author = Author::of(&node, &volunteer);
    author.record_then(sent.entry(&node), &fields, at).await?;
    Ok(see("/programme?done=kept"))
}
