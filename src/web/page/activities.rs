//! Activities: what people attend, again and again.

use super::facts::Names;
use super::form::{Sent, body};
use super::{Frame, path, read, see, show};
use crate::api::activities as api;
use crate::api::caller::Coordinator;
use crate::i18n::Language;
use crate::live::Live;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::web::view::Choice;
use crate::web::view::coordinator::{Activity, OneActivity, Organiser};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::programme::{ActivityFacts, OrganisedBy};
use meetellen_events::values::{ActivityId, Day, PersonId};
use serde_json::{Value, json};

/// The words of the contract for who organises.
pub const KINDS: [&str; 4] = ["residents", "volunteers", "partner", "staff"];

/// The routes below `/activities`.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(path("/activities").route(web::post().to(add)))
        .service(
            path("/activities/{id}")
                .route(read().to(one))
                .route(web::post().to(change)),
        );
}

/// The activities there are, by name.
pub fn offered(live: &Live, today: Day) -> Vec<Activity> {
    let programme = live.organisation.programme();
    let mut activities: Vec<Activity> = programme
        .activities()
        .filter_map(|id| shown(id, &programme.activity(id, today)?))
        .collect();
    activities.sort_by_cached_key(|activity| activity.name.to_lowercase());
    activities
}

fn shown(id: ActivityId, facts: &ActivityFacts) -> Option<Activity> {
    Some(Activity {
        id: id.to_string(),
        name: facts.name.as_ref()?.to_string(),
        organised_by: kind(facts.organised_by?).to_owned(),
        sensitive: facts.sensitive.unwrap_or(false),
    })
}

const fn kind(organised_by: OrganisedBy) -> &'static str {
    match organised_by {
        OrganisedBy::Residents => "residents",
        OrganisedBy::Volunteers => "volunteers",
        OrganisedBy::Partner => "partner",
        OrganisedBy::Staff => "staff",
    }
}

/// The rooms there are on a day.
pub fn rooms(live: &Live, day: Day) -> Vec<Choice> {
    let rooms = live.organisation.standing().rooms(day).iter();
    rooms
        .map(|room| Choice {
            id: room.id.to_string(),
            name: room.name.to_string(),
        })
        .collect()
}

/// `GET /activities/ID`.
async fn one(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    id: Path<ActivityId>,
) -> Result<HttpResponse, Problem> {
    let names = Names::read(&node, coordinator.organisation, &coordinator.live).await?;
    let Frame { t, page } = Frame::of(&node, &request, &coordinator);
    let today = coordinator.today(&node);
    let page = {
        let live = coordinator.live.read();
        let facts = live.organisation.programme().activity(*id, today);
        let facts = facts.ok_or_else(|| Problem::from(Cause::UnknownActivity))?;
        let activity = shown(*id, &facts);
        let organisers = organisers(&live, &names, t, today, &facts);
        let text = |said: Option<String>| said.unwrap_or_default();
        OneActivity {
            t,
            page,
            activity: activity.ok_or_else(|| Problem::from(Cause::UnknownActivity))?,
            category: text(facts.category.map(|category| category.to_string())),
            room: text(facts.room.map(|room| room.to_string())),
            capacity: text(facts.capacity.map(|capacity| capacity.to_string())),
            rooms: rooms(&live, today),
            kinds: KINDS.to_vec(),
            organisers_chosen: organisers.iter().any(|organiser| organiser.chosen),
            organisers,
            today: today.date(),
        }
    };
    show(&node, &request, &page)
}

/// The day's volunteers, those who organise it first.
fn organisers(
    live: &Live,
    names: &Names,
    t: Language,
    day: Day,
    facts: &ActivityFacts,
) -> Vec<Organiser> {
    let known = live.house.get().facts();
    let chosen: &[PersonId] = facts.organisers.as_deref().unwrap_or_default();
    let may = known
        .persons()
        .filter(|person| known.is_volunteer(*person, day) || chosen.contains(person));
    let mut organisers: Vec<Organiser> = may
        .map(|person| Organiser {
            id: person.to_string(),
            name: names.say(t, person),
            chosen: chosen.contains(&person),
        })
        .collect();
    organisers.sort_by_cached_key(|organiser| (!organiser.chosen, organiser.name.to_lowercase()));
    organisers
}

/// What a form says of an activity, as the body the API takes.
fn said(sent: &Sent) -> Result<Value, Problem> {
    Ok(json!({
        "name": sent.needed("name")?,
        "organised_by": sent.needed("organised_by")?,
        "category": sent.given("category"),
        "room": sent.given("room"),
        "capacity": sent.whole("capacity")?,
        "sensitive": sent.given("sensitive").is_some(),
    }))
}

/// `POST /activities`.
async fn add(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    api::add(coordinator, node, body(said(&sent)?)?).await?;
    Ok(see("/programme?done=kept"))
}

/// `POST /activities/ID`: otherwise from the day chosen on.
async fn change(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    id: Path<ActivityId>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let mut said = said(&sent)?;
    said["organisers"] = sent.all("organiser").collect();
    said["since"] = sent.given("since").into();
    api::change(coordinator, node, id, body(said)?).await?;
    Ok(see("/programme?done=kept"))
}
