//! Activities: what people attend, again and again.

use super::caller::{Caller, Coordinator, Recorder};
use super::fields::{self, Body, Fields, Read, Wrong};
use super::query::Parameters;
use super::rooms;
use crate::node::Node;
use crate::problem::{Cause, Problem, unknown_method};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, web::Data};
use meetellen_events::access::Role;
use meetellen_events::organisation::Request;
use meetellen_events::programme::{ActivityFacts, Command, OrganisedBy};
use meetellen_events::values::{ActivityId, Day, Name, PersonId, RoomId};
use serde::Serialize;
use serde_json::Value;
use std::collections::HashSet;

/// Organisers of one activity.
const ORGANISERS_MAX: usize = 50;

/// Characters of a category.
const CATEGORY_CHARS_MAX: usize = 40;

/// Persons that an activity, or a room, may say it holds.
pub const CAPACITY_MAX: i64 = 10_000;

/// The words of [`OrganisedBy`].
pub const ORGANISED_BY: &str = "residents, volunteers, partner, staff";

/// The routes of activities.
pub fn routes(api: &mut ServiceConfig) {
    api.service(
        web::resource("/activities")
            .route(web::post().to(add))
            .route(web::get().to(list))
            .default_service(web::to(unknown_method)),
    )
    .service(
        web::resource("/activities/{id}")
            .route(web::patch().to(change))
            .default_service(web::to(unknown_method)),
    );
}

/// What a body says of an activity; its room by id or name.
#[derive(Default)]
struct Said {
    facts: ActivityFacts,
    room: Option<Name>,
}

/// A body that adds an activity.
pub struct NewActivity(Said);

/// A body that changes some of an activity's facts.
pub struct ActivityChange {
    said: Said,
    since: Option<Day>,
}

fn said(fields: &mut Fields<'_>) -> Said {
    Said {
        facts: ActivityFacts {
            name: fields.optional("name", fields::name),
            organised_by: fields.optional("organised_by", fields::word(ORGANISED_BY)),
            organisers: organisers(fields),
            category: fields.optional("category", fields::short_name(CATEGORY_CHARS_MAX)),
            room: None,
            capacity: fields.optional("capacity", capacity),
            sensitive: fields.optional("sensitive", fields::boolean),
        },
        room: fields.optional("room", fields::name),
    }
}

/// How many persons something holds.
pub fn capacity(value: &Value) -> Result<u32, Wrong> {
    let number = fields::whole(1, CAPACITY_MAX)(value)?;
    u32::try_from(number).map_err(Wrong::range)
}

fn organisers(fields: &mut Fields<'_>) -> Option<Vec<PersonId>> {
    let mut seen = HashSet::new();
    fields.list("organisers", ORGANISERS_MAX, |item| {
        item.one(|value| {
            let person: PersonId = fields::id(value)?;
            let first = seen.insert(person).then_some(person);
            first.ok_or_else(|| Wrong::value("stands here twice"))
        })
    })
}

impl Read for NewActivity {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        fields.must_have("name");
        fields.must_have("organised_by");
        Some(Self(said(fields)))
    }
}

impl Read for ActivityChange {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        fields.must_not_be_empty();
        Some(Self {
            said: said(fields),
            since: fields.optional("since", fields::day),
        })
    }
}

impl Said {
    fn facts(self, caller: &Caller, day: Day) -> Result<ActivityFacts, Problem> {
        let room = self.room.as_ref();
        let room = room.map(|room| rooms::named(caller, room, day));
        Ok(ActivityFacts {
            room: room.transpose()?,
            ..self.facts
        })
    }
}

#[derive(Serialize)]
struct Activity {
    id: ActivityId,
    name: Name,
    organised_by: OrganisedBy,
    #[serde(skip_serializing_if = "Option::is_none")]
    organisers: Option<Vec<PersonId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<RoomId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity: Option<u32>,
    sensitive: bool,
}

/// What holds of an activity on a day, as its callers may see it.
fn shown(caller: &Caller, id: ActivityId, day: Day) -> Option<Activity> {
    let seen = caller.live.read();
    let facts = seen.organisation.programme().activity(id, day)?;
    // A shared device shows nobody who the people are.
    let organisers = facts.organisers.filter(|_| caller.role != Role::Bar);
    Some(Activity {
        id,
        name: facts.name?,
        organised_by: facts.organised_by?,
        organisers,
        category: facts.category,
        room: facts.room,
        capacity: facts.capacity,
        sensitive: facts.sensitive.unwrap_or(false),
    })
}

fn known(caller: &Caller, id: ActivityId, day: Day) -> Result<Activity, Problem> {
    shown(caller, id, day).ok_or_else(|| Cause::UnknownActivity.into())
}

/// `POST /api/v1/activities`.
pub async fn add(
    coordinator: Coordinator,
    node: Data<Node>,
    body: Body<NewActivity>,
) -> Result<HttpResponse, Problem> {
    let activity = ActivityId::new(uuid::Uuid::now_v7());
    let today = coordinator.today(&node);
    let command = Command::AddActivity {
        activity,
        facts: body.0.0.facts(&coordinator, today)?,
        since: None,
    };
    coordinator.ask(&node, Request::Programme(command)).await?;
    Ok(HttpResponse::Created().json(known(&coordinator, activity, today)?))
}

/// `PATCH /api/v1/activities/{id}`: answers with what holds from that day on.
pub async fn change(
    coordinator: Coordinator,
    node: Data<Node>,
    id: web::Path<ActivityId>,
    body: Body<ActivityChange>,
) -> Result<HttpResponse, Problem> {
    let (activity, ActivityChange { said, since }) = (id.into_inner(), body.0);
    let day = since.unwrap_or_else(|| coordinator.today(&node));
    let command = Command::ChangeActivity {
        activity,
        facts: said.facts(&coordinator, day)?,
        since: Some(day),
    };
    coordinator.ask(&node, Request::Programme(command)).await?;
    Ok(HttpResponse::Ok().json(known(&coordinator, activity, day)?))
}

/// `GET /api/v1/activities`, in the order they were added.
async fn list(
    recorder: Recorder,
    node: Data<Node>,
    mut query: Parameters,
) -> Result<HttpResponse, Problem> {
    let page = query.page::<ActivityId>()?;
    query.end()?;
    let today = recorder.today(&node);
    let ids: Vec<ActivityId> = {
        let seen = recorder.live.read();
        seen.organisation.programme().activities().collect()
    };
    let shown = |id| Some((id, shown(&recorder, id, today)?));
    Ok(page.of(ids.into_iter().filter_map(shown)))
}
