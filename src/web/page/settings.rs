//! Settings: the hours, the rooms, rates and limits, each from the day it is to hold.

use super::form::{Sent, body, wrong};
use super::{Frame, path, read, see, show};
use crate::api::caller::Coordinator;
use crate::api::settings as api;
use crate::i18n::Language;
use crate::live::Live;
use crate::node::Node;
use crate::problem::Problem;
use crate::web::view::coordinator::{Room, Settings, WeekdayHours};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use jiff::civil::Date;
use meetellen_events::organisation::Request;
use meetellen_events::standing::{Hours, Room as Known, Setting, Sourced};
use meetellen_events::values::{Day, Name, RoomId};
use serde_json::{Value, json};

/// The routes below `/settings`.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(path("/settings").route(read().to(settings)))
        .service(path("/settings/name").route(web::post().to(rename)))
        .service(path("/settings/hours").route(web::post().to(hours)))
        .service(path("/settings/closed-days").route(web::post().to(close_day)))
        .service(path("/settings/closed-days/{day}/remove").route(web::post().to(open_day)))
        .service(path("/settings/rooms").route(web::post().to(add_room)))
        .service(path("/settings/rooms/{id}/remove").route(web::post().to(remove_room)))
        .service(path("/settings/rates").route(web::post().to(rates)));
}

/// What holds on a day.
#[derive(Default)]
struct Now {
    hours: Vec<Hours>,
    closed_days: Vec<Day>,
    rooms: Vec<Known>,
    hourly_rate: Option<Sourced>,
    cups_per_pot: Option<u64>,
    canteen_limit: Option<Sourced>,
    inhabitants: Option<Sourced>,
}

impl Now {
    fn on(live: &Live, day: Day) -> Self {
        let mut now = Self::default();
        for setting in live.organisation.standing().settings(day) {
            match setting {
                Setting::OpeningHours(hours) => now.hours.clone_from(hours),
                Setting::ClosedDays(days) => now.closed_days.clone_from(days),
                Setting::Rooms(rooms) => now.rooms.clone_from(rooms),
                Setting::HourlyRate(rate) => now.hourly_rate = Some(rate.clone()),
                Setting::CupsPerPot(cups) => now.cups_per_pot = Some(u64::from(cups.get())),
                Setting::CanteenLimit(limit) => now.canteen_limit = Some(limit.clone()),
                Setting::Inhabitants(people) => now.inhabitants = Some(people.clone()),
            }
        }
        now
    }
}

/// `GET /settings`.
async fn settings(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
) -> Result<HttpResponse, Problem> {
    let Frame { t, page } = Frame::of(&node, &request, &coordinator);
    let today = coordinator.today(&node);
    let now = Now::on(&coordinator.live.read(), today);
    let source = |of: &Option<Sourced>| {
        of.as_ref()
            .map_or_else(String::new, |of| of.source.to_string())
    };
    let mut closed_days: Vec<Date> = now.closed_days.iter().map(|day| day.date()).collect();
    closed_days.sort_unstable();
    let settings = Settings {
        name: page.organisation.clone(),
        t,
        page,
        hours: (1..=7).map(|weekday| week(&now.hours, weekday)).collect(),
        closed_days: closed_days
            .into_iter()
            .filter(|day| *day >= today.date())
            .collect(),
        rooms: now
            .rooms
            .iter()
            .map(|room| Room {
                id: room.id.to_string(),
                name: room.name.to_string(),
                capacity: room.capacity.map(u64::from),
            })
            .collect(),
        hourly_rate: euros(t, now.hourly_rate.as_ref()),
        hourly_rate_source: source(&now.hourly_rate),
        cups_per_pot: now
            .cups_per_pot
            .map_or_else(String::new, |cups| cups.to_string()),
        canteen_limit: euros(t, now.canteen_limit.as_ref()),
        canteen_limit_source: source(&now.canteen_limit),
        inhabitants: now
            .inhabitants
            .as_ref()
            .map_or_else(String::new, |people| people.number.to_string()),
        inhabitants_source: source(&now.inhabitants),
        today: today.date(),
    };
    show(&node, &request, &settings)
}

/// The hours of one weekday: the house may open twice.
fn week(hours: &[Hours], weekday: u8) -> WeekdayHours {
    let mut of_day = hours.iter().filter(|hours| hours.weekday == weekday);
    let mut next = || {
        of_day.next().map_or_else(Default::default, |hours| {
            (hours.from.to_string(), hours.to.to_string())
        })
    };
    let ((from, to), (from_again, to_again)) = (next(), next());
    WeekdayHours {
        weekday: i8::try_from(weekday).unwrap_or(0),
        from,
        to,
        from_again,
        to_again,
    }
}

/// Cents as somebody types them.
fn euros(t: Language, of: Option<&Sourced>) -> String {
    of.map_or_else(String::new, |of| {
        t.decimal(format!("{}.{:02}", of.number / 100, of.number % 100))
    })
}

/// Has a change of settings recorded by the API's own rules, and leads back.
async fn change(
    node: Data<Node>,
    coordinator: Coordinator,
    said: Value,
) -> Result<HttpResponse, Problem> {
    api::change(coordinator, node, body(said)?).await?;
    Ok(see("/settings?done=kept"))
}

/// `POST /settings/name`.
async fn rename(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let name = Name::new(sent.needed("name")?).map_err(|error| wrong("name", &error.to_string()));
    coordinator.ask(&node, Request::Rename(name?)).await?;
    Ok(see("/settings?done=kept"))
}

/// `POST /settings/hours`: a day left empty is a day closed.
async fn hours(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let mut hours = Vec::new();
    for weekday in 1..=7 {
        for again in ["", "_again"] {
            let from = sent.given(&format!("from{again}_{weekday}"));
            let to = sent.given(&format!("to{again}_{weekday}"));
            match (from, to) {
                (Some(from), Some(to)) => {
                    hours.push(json!({ "weekday": weekday, "from": from, "to": to }));
                }
                (None, None) => {}
                (Some(_), None) | (None, Some(_)) => {
                    let name = format!("to{again}_{weekday}");
                    return Err(wrong(&name, "an opening needs both ends"));
                }
            }
        }
    }
    let said = json!({ "opening_hours": hours, "since": sent.given("since") });
    change(node, coordinator, said).await
}

/// The days on which the house is closed, those long past left out.
fn closed_days(coordinator: &Coordinator, today: Day) -> Vec<Day> {
    let days = Now::on(&coordinator.live.read(), today).closed_days;
    days.into_iter().filter(|day| *day >= today).collect()
}

/// `POST /settings/closed-days`.
async fn close_day(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let day: Option<Day> = sent.parsed("day")?;
    let day = day.ok_or_else(|| wrong("day", "is missing"))?;
    let today = coordinator.today(&node);
    let mut days = closed_days(&coordinator, today);
    if !days.contains(&day) {
        days.push(day);
    }
    change(node, coordinator, json!({ "closed_days": days })).await
}

/// `POST /settings/closed-days/DAY/remove`.
async fn open_day(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    day: Path<Day>,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let mut days = closed_days(&coordinator, coordinator.today(&node));
    days.retain(|closed| *closed != *day);
    change(node, coordinator, json!({ "closed_days": days })).await
}

fn rooms_said(coordinator: &Coordinator, today: Day) -> Vec<Value> {
    let rooms = Now::on(&coordinator.live.read(), today).rooms;
    let said = rooms.iter().map(|room| match room.capacity {
        Some(capacity) => json!({ "id": room.id, "name": room.name, "capacity": capacity }),
        None => json!({ "id": room.id, "name": room.name }),
    });
    said.collect()
}

/// `POST /settings/rooms`.
async fn add_room(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let mut rooms = rooms_said(&coordinator, coordinator.today(&node));
    let mut room = json!({ "name": sent.needed("name")? });
    if let Some(capacity) = sent.whole("capacity")? {
        room["capacity"] = capacity.into();
    }
    rooms.push(room);
    change(node, coordinator, json!({ "rooms": rooms })).await
}

/// `POST /settings/rooms/ID/remove`: sessions that were in it keep it.
async fn remove_room(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    room: Path<RoomId>,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let gone = room.to_string();
    let mut rooms = rooms_said(&coordinator, coordinator.today(&node));
    rooms.retain(|room| room["id"] != gone);
    change(node, coordinator, json!({ "rooms": rooms })).await
}

/// `POST /settings/rates`: what is left empty stays as it was.
async fn rates(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let sourced = |name: &str, key: &str, number: Option<i64>| {
        let Some(number) = number else {
            return Ok(None);
        };
        let source = sent.needed(name)?;
        Ok::<_, Problem>(Some(json!({ key: number, "source": source })))
    };
    let people = sent.given("inhabitants").map(|typed| {
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        digits
            .parse()
            .map_err(|_| wrong("inhabitants", "must be a whole number"))
    });
    let said = json!({
        "hourly_rate": sourced("hourly_rate_source", "cents", sent.cents("hourly_rate")?)?,
        "cups_per_pot": sent.whole("cups_per_pot")?,
        "canteen_limit": sourced("canteen_limit_source", "cents", sent.cents("canteen_limit")?)?,
        "inhabitants": sourced("inhabitants_source", "number", people.transpose()?)?,
        "since": sent.given("since"),
    });
    change(node, coordinator, said).await
}
