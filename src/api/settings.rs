//! Settings, each with the day it holds from.

use super::activities::capacity;
use super::caller::{Caller, Coordinator, Recorder};
use super::fields::{self, Body, Fields, Item, Read, Wrong};
use crate::node::Node;
use crate::problem::{Cause, Problem, unknown_method};
use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use meetellen_events::organisation::Request;
use meetellen_events::standing::{Command, Hours, Room, Setting, Sourced};
use meetellen_events::values::{Cups, Day, DayTime, Name, RoomId};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Weekly hours, in items.
const HOURS_MAX: usize = 50;

/// Days a house may say it is closed on.
const CLOSED_DAYS_MAX: usize = 400;

/// Rooms of a house.
const ROOMS_MAX: usize = 50;

/// Cents of an hourly rate or a limit: ten million euro.
const SOURCED_CENTS_MAX: i64 = 1_000_000_000;

/// Inhabitants of a neighbourhood.
const INHABITANTS_MAX: i64 = 20_000_000;

/// The routes of settings.
pub fn routes(api: &mut ServiceConfig) {
    api.service(
        web::resource("/settings")
            .route(web::get().to(show))
            .route(web::patch().to(change))
            .default_service(web::to(unknown_method)),
    );
}

/// A body that changes settings.
pub struct Change {
    settings: Vec<Setting>,
    rooms: Option<Vec<RoomSaid>>,
    since: Option<Day>,
}

/// What a body says of a room. A name alone keeps the room that has it, or makes one.
struct RoomSaid {
    id: Option<RoomId>,
    name: Name,
    capacity: Option<u32>,
    by_name_alone: bool,
}

impl Read for Change {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        fields.must_not_be_empty();
        let rate = |fields: &mut Fields<'_>| sourced(fields, "cents", 0, SOURCED_CENTS_MAX);
        let people = |fields: &mut Fields<'_>| sourced(fields, "number", 1, INHABITANTS_MAX);
        let settings = [
            opening_hours(fields).map(Setting::OpeningHours),
            closed_days(fields).map(Setting::ClosedDays),
            fields.object("hourly_rate", rate).map(Setting::HourlyRate),
            fields
                .optional("cups_per_pot", cups)
                .map(Setting::CupsPerPot),
            fields
                .object("canteen_limit", rate)
                .map(Setting::CanteenLimit),
            fields
                .object("inhabitants", people)
                .map(Setting::Inhabitants),
        ];
        Some(Self {
            settings: settings.into_iter().flatten().collect(),
            rooms: fields.list("rooms", ROOMS_MAX, room),
            since: fields.optional("since", fields::day),
        })
    }
}

fn opening_hours(fields: &mut Fields<'_>) -> Option<Vec<Hours>> {
    fields.list("opening_hours", HOURS_MAX, |item| {
        item.object(|fields| {
            let weekday = fields.required("weekday", fields::whole(1, 7));
            let from: Option<DayTime> = fields.required("from", fields::parsed);
            let to = fields.required("to", fields::parsed);
            Some(Hours {
                weekday: u8::try_from(weekday?).ok()?,
                from: from?,
                to: to?,
            })
        })
    })
}

fn closed_days(fields: &mut Fields<'_>) -> Option<Vec<Day>> {
    let mut seen = HashSet::new();
    fields.list("closed_days", CLOSED_DAYS_MAX, |item| {
        item.one(|value| {
            let day = fields::day(value)?;
            let first = seen.insert(day).then_some(day);
            first.ok_or_else(|| Wrong::value("stands here twice"))
        })
    })
}

fn cups(value: &Value) -> Result<Cups, Wrong> {
    Cups::new(fields::whole(Cups::MIN, Cups::MAX)(value)?).map_err(Wrong::range)
}

fn sourced(fields: &mut Fields<'_>, number: &'static str, min: i64, max: i64) -> Option<Sourced> {
    let number = fields.required(number, fields::whole(min, max));
    let source = fields.required("source", fields::name);
    Some(Sourced {
        number: u64::try_from(number?).ok()?,
        source: source?,
    })
}

fn room(item: Item<'_, '_>) -> Option<RoomSaid> {
    if !item.value.is_object() {
        return item.one(fields::name).map(|name| RoomSaid {
            id: None,
            name,
            capacity: None,
            by_name_alone: true,
        });
    }
    item.object(|fields| {
        let name = fields.required("name", fields::name);
        let id = fields.optional("id", fields::id);
        let capacity = fields.optional("capacity", capacity);
        Some(RoomSaid {
            id,
            name: name?,
            capacity,
            by_name_alone: false,
        })
    })
}

/// The rooms as they are to be: those that have the name, or the id, stay who they are.
fn rooms(caller: &Caller, said: Vec<RoomSaid>, day: Day) -> Result<Vec<Room>, Problem> {
    let seen = caller.live.read();
    let standing = seen.organisation.standing();
    let now = standing.rooms(day);
    let mut rooms: Vec<Room> = Vec::with_capacity(said.len());
    for (place, said) in said.into_iter().enumerate() {
        let folded = said.name.folded();
        let same = now.iter().find(|room| room.name.folded() == folded);
        let id = match said.id {
            Some(id) if !standing.has_room(id) => return Err(Cause::UnknownRoom.into()),
            Some(id) => id,
            None => same.map_or_else(|| RoomId::new(uuid::Uuid::now_v7()), |room| room.id),
        };
        let twice = |room: &Room| room.id == id || room.name.folded() == folded;
        if rooms.iter().any(twice) {
            let place = format!("/rooms/{place}");
            return Err(Problem::from(Cause::Invalid).at(place, "stands here twice"));
        }
        let kept = same.filter(|_| said.by_name_alone);
        rooms.push(Room {
            id,
            name: said.name,
            capacity: said.capacity.or_else(|| kept?.capacity),
        });
    }
    Ok(rooms)
}

#[derive(Serialize)]
struct Settings<'a> {
    opening_hours: &'a [Hours],
    closed_days: &'a [Day],
    rooms: &'a [Room],
    #[serde(skip_serializing_if = "Option::is_none")]
    hourly_rate: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cups_per_pot: Option<Cups>,
    #[serde(skip_serializing_if = "Option::is_none")]
    canteen_limit: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inhabitants: Option<Value>,
}

/// What holds on a day.
fn shown(caller: &Caller, day: Day) -> HttpResponse {
    let seen = caller.live.read();
    let standing = seen.organisation.standing();
    let mut shown = Settings {
        opening_hours: &[],
        closed_days: &[],
        rooms: &[],
        hourly_rate: None,
        cups_per_pot: None,
        canteen_limit: None,
        inhabitants: None,
    };
    let cents = |said: &Sourced| json!({ "cents": said.number, "source": said.source });
    for setting in standing.settings(day) {
        match setting {
            Setting::OpeningHours(hours) => shown.opening_hours = hours,
            Setting::ClosedDays(days) => shown.closed_days = days,
            Setting::Rooms(rooms) => shown.rooms = rooms,
            Setting::HourlyRate(rate) => shown.hourly_rate = Some(cents(rate)),
            Setting::CupsPerPot(cups) => shown.cups_per_pot = Some(*cups),
            Setting::CanteenLimit(limit) => shown.canteen_limit = Some(cents(limit)),
            Setting::Inhabitants(people) => {
                let people = json!({ "number": people.number, "source": people.source });
                shown.inhabitants = Some(people);
            }
        }
    }
    HttpResponse::Ok().json(shown)
}

/// `GET /api/v1/settings`: those that hold today.
async fn show(recorder: Recorder, node: Data<Node>) -> HttpResponse {
    shown(&recorder, recorder.today(&node))
}

/// `PATCH /api/v1/settings`: answers with what holds from that day on.
pub async fn change(
    coordinator: Coordinator,
    node: Data<Node>,
    body: Body<Change>,
) -> Result<HttpResponse, Problem> {
    let Change {
        mut settings,
        rooms: said,
        since,
    } = body.0;
    let day = since.unwrap_or_else(|| coordinator.today(&node));
    if let Some(said) = said {
        settings.push(Setting::Rooms(rooms(&coordinator, said, day)?));
    }
    let command = Command::Change {
        settings,
        since: Some(day),
    };
    coordinator.ask(&node, Request::Standing(command)).await?;
    Ok(shown(&coordinator, day))
}
