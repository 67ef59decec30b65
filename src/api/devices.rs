//! Devices: browsers and programs that were let in. For coordinators only.

use super::caller::Coordinator;
use super::fields::{self, Body, Fields, Read};
use super::house::{api_token, enrol_url, invitation};
use super::query::Parameters;
use crate::node::Node;
use crate::people;
use crate::problem::{Problem, unknown_method};
use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{self, ServiceConfig};
use meetellen_events::access::{Command, DeviceKind, Role, state};
use meetellen_events::event::ActorKind;
use meetellen_events::organisation::Request;
use meetellen_events::values::{DeviceId, Name, PersonId, Timestamp};
use serde::Serialize;

/// A body that lets a device in.
pub struct NewDevice {
    name: Name,
    role: Role,
    kind: DeviceKind,
}

impl Read for NewDevice {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.required("name", fields::name);
        let roles = fields::word("coordinator, volunteer, bar, viewer");
        let role = fields.required("role", roles);
        let kind = fields.optional("kind", fields::word("browser, api"));
        Some(Self {
            name: name?,
            role: role?,
            kind: kind.unwrap_or_default(),
        })
    }
}

#[derive(Serialize)]
struct Added {
    id: DeviceId,
    #[serde(skip_serializing_if = "Option::is_none")]
    enrol_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

#[derive(Serialize)]
struct Device {
    id: DeviceId,
    name: Option<String>,
    role: Role,
    kind: DeviceKind,
    made_by: &'static str,
    added_at: Timestamp,
    enrolled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<PersonId>,
    revoked: bool,
}

/// The routes below `/devices`.
pub fn routes(api: &mut ServiceConfig) {
    api.service(
        web::resource("/devices")
            .route(web::get().to(list))
            .route(web::post().to(add))
            .default_service(web::to(unknown_method)),
    )
    .service(
        web::resource("/devices/{id}")
            .route(web::delete().to(revoke))
            .default_service(web::to(unknown_method)),
    );
}

/// `POST /api/v1/devices`.
async fn add(
    coordinator: Coordinator,
    node: web::Data<Node>,
    Body(new): Body<NewDevice>,
) -> Result<HttpResponse, Problem> {
    let (organisation, authority) = (coordinator.organisation, coordinator.authority());
    let NewDevice { name, role, kind } = new;
    let added = match kind {
        DeviceKind::Browser => {
            let (id, code) = invitation(&node, organisation, authority, name, role).await?;
            Added {
                id,
                enrol_url: Some(enrol_url(&node, code)),
                token: None,
            }
        }
        DeviceKind::Api => {
            let (id, token) = api_token(&node, organisation, authority, name, role).await?;
            Added {
                id,
                enrol_url: None,
                token: Some(token),
            }
        }
    };
    Ok(HttpResponse::Created()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(added))
}

/// `GET /api/v1/devices`: all that were ever let in or invited, in the order of their ids.
async fn list(
    coordinator: Coordinator,
    node: web::Data<Node>,
    mut query: Parameters,
) -> Result<HttpResponse, Problem> {
    let page = query.page()?;
    query.end()?;
    let organisation = coordinator.organisation;
    let live = coordinator.0.live;
    let devices = {
        let seen = live.read();
        let devices = seen.organisation.access().devices();
        page.cut(devices.map(|(id, device)| (id, device.clone())))
    };
    let devices = node.blocking(move |node| {
        let devices = devices.into_iter().map(|(id, known)| {
            let name = match known.person {
                Some(person) => people::name(node, organisation, &live, person)?,
                None => known.name.as_ref().map(ToString::to_string),
            };
            Ok((id, device(id, &known, name)))
        });
        devices.collect::<Result<Vec<_>, Problem>>()
    });
    Ok(page.answer(devices.await??.into_iter()))
}

/// `DELETE /api/v1/devices/{id}`.
pub async fn revoke(
    coordinator: Coordinator,
    node: web::Data<Node>,
    device: web::Path<DeviceId>,
) -> Result<HttpResponse, Problem> {
    let asked = Request::Access(Command::Revoke(*device));
    node.ask(coordinator.organisation, coordinator.authority(), asked)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn device(id: DeviceId, known: &state::Device, name: Option<String>) -> Device {
    let waits = !known.is_enrolled() || known.kind == DeviceKind::Api;
    Device {
        id,
        name,
        role: known.role,
        kind: known.kind,
        made_by: match known.added_by {
            _ if known.person.is_some() => "badge",
            ActorKind::Device => "coordinator",
            ActorKind::Operator | ActorKind::System | ActorKind::Visitor => "host",
        },
        added_at: known.added_at,
        enrolled: known.is_enrolled(),
        expires_at: known.expires_at.filter(|_| waits),
        seen_at: known.seen_at(),
        person: known.person,
        revoked: known.revoked,
    }
}
