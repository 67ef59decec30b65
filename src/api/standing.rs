//! Standing facts: counters, indicators, tenants, partners and grants, until they are ended.

use super::caller::{Caller, Coordinator, Recorder};
use super::fields::{self, Body, Fields, Read, Wrong};
use super::query::Parameters;
use crate::node::Node;
use crate::problem::{Problem, unknown_method};
use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use meetellen_events::organisation::Request;
use meetellen_events::standing::state::Standing;
use meetellen_events::standing::{Command, Listed};
use meetellen_events::values::{
    Cents, CounterId, Day, GrantId, IndicatorId, Name, PartnerId, TenantId,
};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// Cents of one grant: a billion euro.
const GRANT_CENTS_MAX: i64 = 100_000_000_000;

/// What is listed, each kind with routes of its own.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Counter,
    Indicator,
    Tenant,
    Partner,
}

impl Kind {
    const fn listed(self, id: Uuid) -> Listed {
        match self {
            Self::Counter => Listed::Counter(CounterId::new(id)),
            Self::Indicator => Listed::Indicator(IndicatorId::new(id)),
            Self::Tenant => Listed::Tenant(TenantId::new(id)),
            Self::Partner => Listed::Partner(PartnerId::new(id)),
        }
    }

    /// The id, where it is of this kind.
    fn id(self, listed: Listed) -> Option<Uuid> {
        let id = match listed {
            Listed::Counter(id) => id.uuid(),
            Listed::Indicator(id) => id.uuid(),
            Listed::Tenant(id) => id.uuid(),
            Listed::Partner(id) => id.uuid(),
        };
        (self.listed(id) == listed).then_some(id)
    }
}

/// The routes of standing facts. What the bar tallies is listed for whoever records, the rest for coordinators.
pub fn routes(api: &mut ServiceConfig) {
    for (path, kind) in [
        ("/counters", Kind::Counter),
        ("/indicators", Kind::Indicator),
    ] {
        let list = move |recorder: Recorder, query: Parameters| async move {
            list(kind, &recorder, query)
        };
        listed(api, path, kind, web::get().to(list));
    }
    for (path, kind) in [("/tenants", Kind::Tenant), ("/partners", Kind::Partner)] {
        let list = move |coordinator: Coordinator, query: Parameters| async move {
            list(kind, &coordinator, query)
        };
        listed(api, path, kind, web::get().to(list));
    }
    api.service(
        web::resource("/grants")
            .route(web::post().to(award))
            .route(web::get().to(grants))
            .default_service(web::to(unknown_method)),
    )
    .service(
        web::resource("/grants/{id}")
            .route(web::delete().to(end_grant))
            .default_service(web::to(unknown_method)),
    );
}

fn listed(api: &mut ServiceConfig, path: &str, kind: Kind, list: actix_web::Route) {
    let add = move |coordinator: Coordinator, node: Data<Node>, body: Body<NewNamed>| {
        add(kind, coordinator, node, body.0)
    };
    let end = move |coordinator: Coordinator,
                    node: Data<Node>,
                    id: web::Path<Uuid>,
                    query: Parameters| { end(kind, coordinator, node, *id, query) };
    api.service(
        web::resource(path)
            .route(web::post().to(add))
            .route(list)
            .default_service(web::to(unknown_method)),
    )
    .service(
        web::resource(format!("{path}/{{id}}"))
            .route(web::delete().to(end))
            .default_service(web::to(unknown_method)),
    );
}

/// A body that adds something with a name.
pub struct NewNamed {
    name: Name,
    since: Option<Day>,
}

impl Read for NewNamed {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.required("name", fields::name);
        let since = fields.optional("since", fields::day);
        Some(Self { name: name?, since })
    }
}

/// A body that notes a grant.
pub struct NewGrant {
    funder: Name,
    purpose: Name,
    amount: Cents,
    since: Option<Day>,
}

impl Read for NewGrant {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let funder = fields.required("funder", fields::name);
        let purpose = fields.required("purpose", fields::name);
        let amount = fields.required("amount_cents", grant_cents);
        let since = fields.optional("since", fields::day);
        Some(Self {
            funder: funder?,
            purpose: purpose?,
            amount: amount?,
            since,
        })
    }
}

fn grant_cents(value: &Value) -> Result<Cents, Wrong> {
    Cents::new(fields::whole(1, GRANT_CENTS_MAX)(value)?).map_err(Wrong::range)
}

#[derive(Serialize)]
struct Named {
    id: Uuid,
    name: Name,
    since: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Day>,
}

#[derive(Serialize)]
struct Grant {
    id: GrantId,
    funder: Name,
    purpose: Name,
    amount_cents: Cents,
    since: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Day>,
}

impl Named {
    fn new(id: Uuid, standing: Standing<'_, Name>) -> Self {
        Self {
            id,
            name: standing.what.clone(),
            since: standing.since,
            until: standing.until,
        }
    }
}

async fn add(
    kind: Kind,
    coordinator: Coordinator,
    node: Data<Node>,
    body: NewNamed,
) -> Result<HttpResponse, Problem> {
    let id = Uuid::now_v7();
    let since = body.since.unwrap_or_else(|| coordinator.today(&node));
    let command = Command::Add {
        listed: kind.listed(id),
        name: body.name.clone(),
        since: Some(since),
    };
    coordinator.ask(&node, Request::Standing(command)).await?;
    Ok(HttpResponse::Created().json(Named {
        id,
        name: body.name,
        since,
        until: None,
    }))
}

fn list(kind: Kind, caller: &Caller, mut query: Parameters) -> Result<HttpResponse, Problem> {
    let page = query.page::<Uuid>()?;
    query.end()?;
    let seen = caller.live.read();
    let listed = seen.organisation.standing().listed();
    let of_kind = listed.filter_map(|(listed, standing)| Some((kind.id(listed)?, standing)));
    Ok(page.of(of_kind.map(|(id, standing)| (id, Named::new(id, standing)))))
}

async fn end(
    kind: Kind,
    coordinator: Coordinator,
    node: Data<Node>,
    id: Uuid,
    mut query: Parameters,
) -> Result<HttpResponse, Problem> {
    let since = query.day("since")?;
    query.end()?;
    let command = Command::End {
        listed: kind.listed(id),
        since,
    };
    coordinator.ask(&node, Request::Standing(command)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/v1/grants`.
async fn award(
    coordinator: Coordinator,
    node: Data<Node>,
    body: Body<NewGrant>,
) -> Result<HttpResponse, Problem> {
    let NewGrant {
        funder,
        purpose,
        amount,
        since,
    } = body.0;
    let shown = Grant {
        id: GrantId::new(Uuid::now_v7()),
        funder: funder.clone(),
        purpose: purpose.clone(),
        amount_cents: amount,
        since: since.unwrap_or_else(|| coordinator.today(&node)),
        until: None,
    };
    let command = Command::AwardGrant {
        grant: shown.id,
        funder,
        purpose,
        amount,
        since: Some(shown.since),
    };
    coordinator.ask(&node, Request::Standing(command)).await?;
    Ok(HttpResponse::Created().json(shown))
}

/// `GET /api/v1/grants`.
async fn grants(coordinator: Coordinator, mut query: Parameters) -> Result<HttpResponse, Problem> {
    let page = query.page::<GrantId>()?;
    query.end()?;
    let seen = coordinator.live.read();
    let grants = seen.organisation.standing().grants();
    let shown = grants.map(|(id, standing)| {
        let grant = Grant {
            id,
            funder: standing.what.funder.clone(),
            purpose: standing.what.purpose.clone(),
            amount_cents: standing.what.amount,
            since: standing.since,
            until: standing.until,
        };
        (id, grant)
    });
    Ok(page.of(shown))
}

/// `DELETE /api/v1/grants/{id}`.
async fn end_grant(
    coordinator: Coordinator,
    node: Data<Node>,
    id: web::Path<GrantId>,
    mut query: Parameters,
) -> Result<HttpResponse, Problem> {
    let since = query.day("since")?;
    query.end()?;
    let command = Command::EndGrant { grant: *id, since };
    coordinator.ask(&node, Request::Standing(command)).await?;
    Ok(HttpResponse::NoContent().finish())
}
