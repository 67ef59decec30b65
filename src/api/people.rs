//! People: volunteers, pass holders, donors. For coordinators only.

use super::caller::Coordinator;
use super::fields::{self, Body, Fields, Read};
use super::query::Parameters;
use crate::node::Node;
use crate::people::{self, Data, Details, Person, Text};
use crate::problem::{Cause, Problem, unknown_method};
use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::{self, ServiceConfig};
use meetellen_events::values::PersonId;
use serde::Serialize;

#[derive(Serialize)]
struct Passed {
    pass: String,
    url: String,
    short: String,
}

/// The routes below `/people`.
pub fn routes(api: &mut ServiceConfig) {
    api.service(
        web::resource("/people")
            .route(web::get().to(list))
            .route(web::post().to(register))
            .default_service(web::to(unknown_method)),
    )
    .service(
        web::resource("/people/{id}")
            .route(web::patch().to(change))
            .route(web::delete().to(erase))
            .default_service(web::to(unknown_method)),
    )
    .service(
        web::resource("/people/{id}/data")
            .route(web::get().to(data))
            .default_service(web::to(unknown_method)),
    )
    .service(
        web::resource("/people/{id}/passes")
            .route(web::post().to(issue_pass))
            .route(web::delete().to(withdraw_passes))
            .default_service(web::to(unknown_method)),
    );
}

/// A body that registers a person.
pub struct NewPerson(Details);

/// A body that changes some of what is known of a person.
pub struct PersonChange(Details);

/// A sealed text; null takes away what there is.
fn text(fields: &mut Fields<'_>, name: &'static str) -> Option<Text> {
    if fields.raw(name).is_some_and(serde_json::Value::is_null) {
        return Some(Text::Gone);
    }
    fields.optional(name, fields::name).map(Text::Is)
}

fn details(fields: &mut Fields<'_>) -> Details {
    Details {
        volunteer: fields.optional("volunteer", fields::boolean),
        age: fields.optional("age", fields::word("child, adult, senior")),
        from_neighbourhood: fields.optional("from_neighbourhood", fields::boolean),
        name: text(fields, "name"),
        contact: text(fields, "contact"),
        alcohol_instruction: fields.optional("alcohol_instruction", fields::boolean),
        since: fields.optional("since", fields::day),
    }
}

impl Read for NewPerson {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self(details(fields)))
    }
}

impl Read for PersonChange {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        fields.must_not_be_empty();
        Some(Self(details(fields)))
    }
}

/// `GET /api/v1/people`: everybody who was not erased.
async fn list(
    coordinator: Coordinator,
    node: web::Data<Node>,
    mut query: Parameters,
) -> Result<HttpResponse, Problem> {
    let page = query.page()?;
    query.end()?;
    let organisation = coordinator.organisation;
    let live = coordinator.0.live;
    let persons = live.read().organisation.people().persons();
    let persons = page.cut(persons.into_iter().map(|person| (person, person)));
    let persons = node.blocking(move |node| {
        let persons = persons.into_iter().filter_map(|(key, person)| {
            let person = people::person(node, organisation, &live, person).transpose()?;
            Some(person.map(|person| (key, person)))
        });
        persons.collect::<Result<Vec<_>, Problem>>()
    });
    Ok(unstored(page.answer(persons.await??.into_iter())))
}

/// `POST /api/v1/people`.
pub async fn register(
    coordinator: Coordinator,
    node: web::Data<Node>,
    Body(NewPerson(details)): Body<NewPerson>,
) -> Result<HttpResponse, Problem> {
    let (organisation, authority) = (coordinator.organisation, coordinator.authority());
    let person = people::register(&node, organisation, authority, details).await?;
    let person = shown(&node, coordinator, person).await?;
    Ok(unstored(HttpResponse::Created().json(person)))
}

/// `PATCH /api/v1/people/{id}`.
pub async fn change(
    coordinator: Coordinator,
    node: web::Data<Node>,
    person: web::Path<PersonId>,
    Body(PersonChange(details)): Body<PersonChange>,
) -> Result<HttpResponse, Problem> {
    let (organisation, authority) = (coordinator.organisation, coordinator.authority());
    people::change(&node, organisation, authority, *person, details).await?;
    let person = shown(&node, coordinator, *person).await?;
    Ok(unstored(HttpResponse::Ok().json(person)))
}

/// `DELETE /api/v1/people/{id}`.
pub async fn erase(
    coordinator: Coordinator,
    node: web::Data<Node>,
    person: web::Path<PersonId>,
) -> Result<HttpResponse, Problem> {
    let authority = coordinator.authority();
    people::erase(&node, coordinator.organisation, authority, *person).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /api/v1/people/{id}/data`.
async fn data(
    coordinator: Coordinator,
    node: web::Data<Node>,
    person: web::Path<PersonId>,
) -> Result<HttpResponse, Problem> {
    let organisation = coordinator.organisation;
    let data: Data = node
        .blocking(move |node| people::data(node, organisation, &coordinator.live, *person))
        .await??;
    Ok(unstored(HttpResponse::Ok().json(data)))
}

/// `POST /api/v1/people/{id}/passes`.
async fn issue_pass(
    coordinator: Coordinator,
    node: web::Data<Node>,
    person: web::Path<PersonId>,
) -> Result<HttpResponse, Problem> {
    let authority = coordinator.authority();
    let pass = people::issue_pass(&node, coordinator.organisation, authority, *person).await?;
    let passed = Passed {
        url: format!("{}/p/{}", node.public_url, pass.code),
        pass: pass.code.to_string(),
        short: pass.short,
    };
    Ok(unstored(HttpResponse::Created().json(passed)))
}

/// `DELETE /api/v1/people/{id}/passes`.
pub async fn withdraw_passes(
    coordinator: Coordinator,
    node: web::Data<Node>,
    person: web::Path<PersonId>,
) -> Result<HttpResponse, Problem> {
    let authority = coordinator.authority();
    people::withdraw_passes(&node, coordinator.organisation, authority, *person).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn shown(node: &Node, coordinator: Coordinator, person: PersonId) -> Result<Person, Problem> {
    let organisation = coordinator.organisation;
    let found =
        node.blocking(move |node| people::person(node, organisation, &coordinator.live, person));
    found.await??.ok_or_else(|| Cause::UnknownPerson.into())
}

/// Names and passes stay in no cache.
fn unstored(mut response: HttpResponse) -> HttpResponse {
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, no_store);
    response
}
