//! Organisations: making, ending, and letting a coordinator in where all devices are lost.

use super::caller::Operator;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::secrets;
use crate::tokens::{Bearer, Kind};
use actix_web::{HttpResponse, web};
use meetellen_events::access::{self, Role};
use meetellen_events::organisation::{Authority, Request};
use meetellen_events::values::{Code, DeviceId, Locale, Name, OrganisationId, Slug};
use serde::{Deserialize, Serialize};

/// The zone of an organisation that names none.
const ZONE_DEFAULT: &str = "Europe/Amsterdam";

/// What the token of the host's making is called among the devices.
const HOST_DEVICE: &str = "API";

/// A body that makes an organisation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOrganisation {
    name: Name,
    slug: Slug,
    time_zone: Option<String>,
    locale: Option<Locale>,
}

/// A body that makes the first organisation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    code: Code,
    name: Name,
    slug: Slug,
    time_zone: Option<String>,
    locale: Option<Locale>,
}

#[derive(Serialize)]
struct Made {
    id: OrganisationId,
    slug: Slug,
    coordinator_token: String,
}

#[derive(Serialize)]
struct Invited {
    enrol_url: String,
}

/// `POST /api/v1/organisations`.
pub async fn make(
    _operator: Operator,
    node: web::Data<Node>,
    body: web::Json<NewOrganisation>,
) -> Result<HttpResponse, Problem> {
    let organisation = found(&node, body.into_inner()).await?;
    made(&node, organisation).await
}

/// `POST /api/v1/setup`.
pub async fn set_up(
    node: web::Data<Node>,
    body: web::Json<Setup>,
) -> Result<HttpResponse, Problem> {
    let body = body.into_inner();
    let new = NewOrganisation {
        name: body.name,
        slug: body.slug,
        time_zone: body.time_zone,
        locale: body.locale,
    };
    let organisation = found_first(&node, body.code, new).await?;
    made(&node, organisation).await
}

/// Makes the first organisation with the setup link's code, which is good until something came of it.
pub async fn found_first(
    node: &Node,
    code: Code,
    new: NewOrganisation,
) -> Result<OrganisationId, Problem> {
    if node.setup_code().is_none() {
        return Err(Cause::SetupDone.into());
    }
    if !node.spend_setup(code) {
        return Err(Cause::UnknownCode.into());
    }
    let made = found(node, new).await;
    if made.is_err() {
        node.restore_setup(code);
    }
    made
}

impl NewOrganisation {
    /// Out of a page's fields.
    pub const fn new(name: Name, slug: Slug, time_zone: Option<String>, locale: Locale) -> Self {
        Self {
            name,
            slug,
            time_zone,
            locale: Some(locale),
        }
    }
}

async fn found(node: &Node, new: NewOrganisation) -> Result<OrganisationId, Problem> {
    let organisation = OrganisationId::new(uuid::Uuid::now_v7());
    let request = Request::Found {
        organisation,
        name: new.name,
        slug: new.slug,
        time_zone: new.time_zone.unwrap_or_else(|| ZONE_DEFAULT.to_owned()),
        locale: new.locale.unwrap_or(Locale::Nl),
        demo: false,
        at: node.now(),
    };
    node.ask(organisation, Authority::Operator, request).await?;
    // There is an organisation now: the setup link leads nowhere any more.
    if let Some(code) = node.setup_code() {
        node.spend_setup(code);
    }
    Ok(organisation)
}

async fn made(node: &Node, organisation: OrganisationId) -> Result<HttpResponse, Problem> {
    let token = api_token(
        node,
        organisation,
        Authority::Operator,
        Name::new(HOST_DEVICE).map_err(|error| Problem::internal(&error))?,
        Role::Coordinator,
    )
    .await?;
    let live = node.open(organisation).await?;
    let slug = live.read().organisation.slug().cloned();
    let slug = slug.ok_or_else(|| Problem::from(Cause::UnknownOrganisation))?;
    Ok(HttpResponse::Created().json(Made {
        id: organisation,
        slug,
        coordinator_token: token.1,
    }))
}

/// Lets a program in: its device, and the token that is shown once.
pub async fn api_token(
    node: &Node,
    organisation: OrganisationId,
    authority: Authority,
    name: Name,
    role: Role,
) -> Result<(DeviceId, String), Problem> {
    let device = DeviceId::new(uuid::Uuid::now_v7());
    let request = Request::Access(access::Command::IssueApiToken { device, name, role });
    node.ask(organisation, authority, request).await?;
    let bearer = Bearer {
        organisation,
        device,
        role,
    };
    Ok((device, node.tokens.issue(Kind::Api, bearer, node.now())))
}

/// Invites a browser: the link that lets it in once, within 15 minutes.
pub async fn invite(
    node: &Node,
    organisation: OrganisationId,
    authority: Authority,
    name: Name,
    role: Role,
) -> Result<String, Problem> {
    let (_, code) = invitation(node, organisation, authority, name, role).await?;
    Ok(enrol_url(node, code))
}

/// Where an invitation's code leads.
pub fn enrol_url(node: &Node, code: Code) -> String {
    format!("{}/enrol/{code}", node.public_url)
}

/// Invites a browser: its device, and the code that lets it in once, within 15 minutes.
pub async fn invitation(
    node: &Node,
    organisation: OrganisationId,
    authority: Authority,
    name: Name,
    role: Role,
) -> Result<(DeviceId, Code), Problem> {
    let device = DeviceId::new(uuid::Uuid::now_v7());
    let code = secrets::code().map_err(|error| Problem::internal(&error))?;
    let request = Request::Access(access::Command::Invite {
        device,
        name,
        role,
        code: secrets::hash(code.bytes()),
    });
    node.ask(organisation, authority, request).await?;
    Ok((device, code))
}

/// `DELETE /api/v1/organisations/{id}`: ends it, and destroys its keys. Done again where it broke off.
pub async fn end(
    _operator: Operator,
    node: web::Data<Node>,
    id: web::Path<OrganisationId>,
) -> Result<HttpResponse, Problem> {
    let organisation = id.into_inner();
    known(&node, organisation).await?;
    node.ask(organisation, Authority::Operator, Request::End)
        .await?;
    node.blocking(move |node| node.keys().destroy_all(organisation))
        .await?
        .map_err(|error| Problem::internal(&error))?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/v1/organisations/{id}/invite`: told to all others by its place among the devices.
pub async fn invite_coordinator(
    _operator: Operator,
    node: web::Data<Node>,
    id: web::Path<OrganisationId>,
) -> Result<HttpResponse, Problem> {
    let organisation = id.into_inner();
    known(&node, organisation).await?;
    let name = Name::new(HOST_DEVICE).map_err(|error| Problem::internal(&error))?;
    let enrol_url = invite(
        &node,
        organisation,
        Authority::Operator,
        name,
        Role::Coordinator,
    )
    .await?;
    Ok(HttpResponse::Created().json(Invited { enrol_url }))
}

async fn known(node: &Node, organisation: OrganisationId) -> Result<(), Problem> {
    let live = node.open(organisation).await?;
    let there = live.read().organisation.id().is_some();
    if there {
        Ok(())
    } else {
        Err(Cause::UnknownOrganisation.into())
    }
}
