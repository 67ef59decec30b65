//! Volunteers and pass holders: who they are, their passes, and erasing them.

mod data;

use super::form::{Sent, body, whole, wrong};
use super::{Frame, path, read, see, show};
use crate::api::caller::Coordinator;
use crate::api::people as api;
use crate::node::Node;
use crate::people::{self, Person as Known};
use crate::problem::{Cause, Problem};
use crate::secrets;
use crate::web::qr;
use crate::web::view::people::{Card, Erase, OnePerson, People, Person};
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::people::AgeGroup;
use meetellen_events::values::{Code, Day, PersonId};
use serde::Deserialize;
use serde_json::json;

/// The routes below `/people`.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(
            path("/people")
                .route(read().to(people))
                .route(web::post().to(register)),
        )
        .service(
            path("/people/{id}")
                .route(read().to(one))
                .route(web::post().to(change)),
        )
        .service(path("/people/{id}/passes").route(web::post().to(issue)))
        .service(path("/people/{id}/passes/withdraw").route(web::post().to(withdraw)))
        .service(path("/people/{id}/card").route(read().to(card)))
        .service(path("/people/{id}/data").route(read().to(data::data)))
        .service(
            path("/people/{id}/erase")
                .route(read().to(ask_to_erase))
                .route(web::post().to(erase)),
        );
}

/// Everybody who was not erased, in the order they were registered, each with her number.
async fn known(node: &Node, coordinator: &Coordinator) -> Result<Vec<(u64, Known)>, Problem> {
    let organisation = coordinator.organisation;
    let live = std::sync::Arc::clone(&coordinator.live);
    let found = node.blocking(move |node| {
        let persons: Vec<PersonId> = {
            let live = live.read();
            live.house.get().facts().persons().collect()
        };
        let mut found = Vec::new();
        for (number, person) in (1..).zip(persons) {
            let is_known = live.read().organisation.people().is_known(person);
            if is_known && let Some(known) = people::person(node, organisation, &live, person)? {
                found.push((number, known));
            }
        }
        Ok(found)
    });
    found.await?
}

/// `GET /people`.
async fn people(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
) -> Result<HttpResponse, Problem> {
    let known = known(&node, &coordinator).await?;
    let Frame { t, page } = Frame::of(&node, &request, &coordinator);
    let mut people: Vec<Person> = known.into_iter().map(shown).collect();
    // Volunteers first; who has no name stands behind those who have.
    people.sort_by_cached_key(|person| {
        let name = person.name.as_ref().map(|name| name.to_lowercase());
        (!person.volunteer, name.is_none(), name, person.number)
    });
    let today = coordinator.today(&node).date();
    show(
        &node,
        &request,
        &People {
            t,
            page,
            people,
            today,
        },
    )
}

fn shown((number, known): (u64, Known)) -> Person {
    Person {
        id: known.id.to_string(),
        number,
        name: known.name,
        contact: known.contact.unwrap_or_default(),
        volunteer: known.volunteer,
        since: known.since.map(Day::date),
        age: known.age.map(age_word).unwrap_or_default().to_owned(),
        neighbour: known.from_neighbourhood == Some(true),
        instructed: known.alcohol_instruction == Some(true),
    }
}

/// `GET /people/ID`.
async fn one(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    person: Path<PersonId>,
) -> Result<HttpResponse, Problem> {
    let found = of_id(&node, &coordinator, *person).await?;
    let Frame { t, page } = Frame::of(&node, &request, &coordinator);
    let one = OnePerson {
        t,
        page,
        person: shown(found),
        today: coordinator.today(&node).date(),
    };
    show(&node, &request, &one)
}

/// Somebody who was not erased, with her number.
async fn of_id(
    node: &Node,
    coordinator: &Coordinator,
    person: PersonId,
) -> Result<(u64, Known), Problem> {
    let known = known(node, coordinator).await?;
    let found = known.into_iter().find(|(_, known)| known.id == person);
    found.ok_or_else(|| Cause::UnknownPerson.into())
}

const fn age_word(age: AgeGroup) -> &'static str {
    match age {
        AgeGroup::Child => "child",
        AgeGroup::Adult => "adult",
        AgeGroup::Senior => "senior",
    }
}

/// What a form says of a person, as the body the API takes.
fn said(sent: &Sent) -> serde_json::Value {
    json!({
        "name": sent.given("name"),
        "contact": sent.given("contact"),
        "age": sent.given("age"),
        "volunteer": sent.given("volunteer").is_some(),
        "from_neighbourhood": sent.given("from_neighbourhood").is_some(),
        "alcohol_instruction": sent.given("alcohol_instruction").is_some(),
        "since": sent.given("since"),
    })
}

/// The same of somebody known: a name or a contact that was emptied is taken away.
fn put_right(sent: &Sent) -> serde_json::Value {
    let mut said = said(sent);
    if let Some(said) = said.as_object_mut() {
        let texts = ["name", "contact"].map(|field| (field, sent.all(field).next().is_some()));
        said.retain(|name, value| {
            let emptied = texts.iter().any(|(text, there)| name == text && *there);
            !value.is_null() || emptied
        });
    }
    said
}

/// `POST /people`.
async fn register(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    api::register(coordinator, node, body(said(&sent))?).await?;
    Ok(see("/people?done=kept"))
}

/// `POST /people/ID`.
async fn change(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    person: Path<PersonId>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    api::change(coordinator, node, person, whole(&put_right(&sent))?).await?;
    Ok(see("/people?done=kept"))
}

/// `POST /people/ID/passes`: a new pass, or for a volunteer a badge.
async fn issue(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    person: Path<PersonId>,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let (organisation, authority) = (coordinator.organisation, coordinator.authority());
    let pass = people::issue_pass(&node, organisation, authority, *person).await?;
    Ok(see(format!(
        "/people/{person}/card?pass={}&short={}",
        pass.code, pass.short
    )))
}

/// `POST /people/ID/passes/withdraw`: a card was lost.
async fn withdraw(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    person: Path<PersonId>,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    api::withdraw_passes(coordinator, node, person).await?;
    Ok(see("/people?done=kept"))
}

/// A pass just made: only the browser that asked for it knows its code, so that loading the page again shows it again.
#[derive(Deserialize)]
struct Made {
    pass: String,
    short: String,
}

/// `GET /people/ID/card`.
async fn card(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    person: Path<PersonId>,
    made: Query<Made>,
) -> Result<HttpResponse, Problem> {
    let Frame { t, page } = Frame::of(&node, &request, &coordinator);
    let unknown = || Problem::from(Cause::UnknownPass);
    let code: Code = made.pass.parse().map_err(|_| unknown())?;
    let is_theirs = {
        let live = coordinator.live.read();
        let people = live.organisation.people();
        let short = secrets::short_hash(coordinator.organisation, &made.short);
        let whole = secrets::hash(code.bytes());
        [whole, short].map(|hash| people.by_pass(&hash)) == [Some(*person); 2]
    };
    if !is_theirs {
        return Err(unknown());
    }
    let address = format!("{}/p/{code}", node.public_url);
    let drawn = qr::Code::of(&address).map_err(|error| Problem::internal(&error))?;
    let (first, second) = made.short.split_at_checked(4).ok_or_else(unknown)?;
    let card = Card {
        qr: drawn.svg(&t.say("card-title")),
        short_code: format!("{first}-{second}"),
        t,
        page,
    };
    show(&node, &request, &card)
}

/// `GET /people/ID/erase`: says what it means.
async fn ask_to_erase(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    person: Path<PersonId>,
) -> Result<HttpResponse, Problem> {
    let (number, known) = of_id(&node, &coordinator, *person).await?;
    let Frame { t, page } = Frame::of(&node, &request, &coordinator);
    let name = known.name;
    let erase = Erase {
        person: person.to_string(),
        name: name.unwrap_or_else(|| t.with("person-unnamed", "number", number)),
        t,
        page,
    };
    show(&node, &request, &erase)
}

/// `POST /people/ID/erase`.
async fn erase(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    person: Path<PersonId>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    if sent.given("erase") != Some("for-ever") {
        return Err(wrong("erase", "must be said"));
    }
    let left = format!("/people/{person}/data?done=kept");
    api::erase(coordinator, node, person).await?;
    Ok(see(left))
}
