//! Devices: those that are in, inviting more, and shutting one out.

use super::entrance::role_word;
use super::facts::{Names, clock};
use super::form::Sent;
use super::{Frame, path, read, see, show};
use crate::api::caller::Coordinator;
use crate::api::{devices as api, house};
use crate::live::Live;
use crate::node::Node;
use crate::problem::Problem;
use crate::web::qr;
use crate::web::view::coordinator::{Device, Devices, Invitation};
use crate::{i18n::Language, secrets};
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::access::{DeviceKind, Role};
use meetellen_events::values::{Code, DeviceId, Name};
use serde::Deserialize;

/// Roles to invite for, the likeliest first.
const ROLES: [Role; 4] = [Role::Bar, Role::Volunteer, Role::Coordinator, Role::Viewer];

/// The routes below `/devices`.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(
            path("/devices")
                .route(read().to(devices))
                .route(web::post().to(invite)),
        )
        .service(path("/devices/{id}/revoke").route(web::post().to(revoke)));
}

/// An invitation just made: only the browser that asked for it knows its code.
#[derive(Deserialize)]
struct Invited {
    invited: Option<String>,
}

/// `GET /devices`.
async fn devices(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    invited: Query<Invited>,
) -> Result<HttpResponse, Problem> {
    let names = Names::read(&node, coordinator.organisation, &coordinator.live).await?;
    let Frame { t, page } = Frame::of(&node, &request, &coordinator);
    let code: Option<Code> = invited.invited.as_ref().and_then(|code| code.parse().ok());
    let page = {
        let live = coordinator.live.read();
        Devices {
            t,
            page,
            invitation: code
                .map(|code| invitation(&node, &live, t, code))
                .transpose()?
                .flatten(),
            devices: listed(&node, &live, &names, t, coordinator.device),
            roles: ROLES.map(role_word).to_vec(),
        }
    };
    show(&node, &request, &page)
}

/// The invitation of a code, while it lets a device in.
fn invitation(
    node: &Node,
    live: &Live,
    t: Language,
    code: Code,
) -> Result<Option<Invitation>, Problem> {
    let hash = secrets::hash(code.bytes());
    let device = live.organisation.access().by_invitation(&hash);
    let until = device
        .filter(|device| !device.is_enrolled() && !device.revoked)
        .and_then(|device| device.expires_at)
        .filter(|until| node.now() < *until);
    let Some(until) = until else {
        return Ok(None);
    };
    let address = house::enrol_url(node, code);
    let drawn = qr::Code::of(&address).map_err(|error| Problem::internal(&error))?;
    Ok(Some(Invitation {
        qr: drawn.svg(&t.say("invite-scan")),
        address,
        until: clock(live.house.get().zone(), until),
    }))
}

/// The devices that are in, and those whose invitation is good still.
fn listed(node: &Node, live: &Live, names: &Names, t: Language, own: DeviceId) -> Vec<Device> {
    let now = node.now();
    let zone = live.house.get().zone();
    let there = live.organisation.access().devices().filter(|(_, device)| {
        let expired = device.expires_at.is_some_and(|until| until <= now);
        !device.revoked
            && match device.kind {
                DeviceKind::Browser => device.is_enrolled() || !expired,
                DeviceKind::Api => !expired,
            }
    });
    let mut devices: Vec<Device> = there
        .map(|(id, device)| {
            let person = device.person.map(|person| names.say(t, person));
            let name = device.name.as_ref().map(ToString::to_string);
            Device {
                id: id.to_string(),
                name: person.or(name).unwrap_or_default(),
                role: role_word(device.role).to_owned(),
                seen: device.seen_at().map(|at| zone.day_of(at).date()),
                program: device.kind == DeviceKind::Api,
                own: id == own,
            }
        })
        .collect();
    devices.sort_by_cached_key(|device| (!device.own, device.name.to_lowercase()));
    devices
}

/// `POST /devices`.
async fn invite(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let name = Name::new(sent.needed("name")?)
        .map_err(|error| super::form::wrong("name", &error.to_string()))?;
    let asked = sent.needed("role")?;
    let role = ROLES.into_iter().find(|role| role_word(*role) == asked);
    let role = role.ok_or_else(|| super::form::wrong("role", "must be a role"))?;
    let (organisation, authority) = (coordinator.organisation, coordinator.authority());
    let (_, code) = house::invitation(&node, organisation, authority, name, role).await?;
    Ok(see(format!("/devices?invited={code}")))
}

/// `POST /devices/ID/revoke`.
async fn revoke(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    device: Path<DeviceId>,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    api::revoke(coordinator, node, device).await?;
    Ok(see("/devices?done=kept"))
}
