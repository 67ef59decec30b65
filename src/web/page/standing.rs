//! Standing facts: tenants, partners, grants, the counters of the bar, and what is measured now and then.

use super::form::{self, Author, Sent, wrong};
use super::{Frame, path, read, see, show};
use crate::api::caller::Coordinator;
use crate::live::Live;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::web::view::coordinator::{Fact, FactKind, Grant, Standing};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::organisation::Request;
use meetellen_events::standing::{Command, Listed};
use meetellen_events::values::{
    Cents, CounterId, Day, GrantId, IndicatorId, Name, PartnerId, TenantId,
};
use serde_json::json;
use uuid::Uuid;

/// Kinds of standing facts with a name alone, as they stand on the page.
const KINDS: [&str; 4] = ["tenant", "partner", "counter", "indicator"];

/// The routes below `/standing`.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(path("/standing").route(read().to(standing)))
        .service(path("/standing/grant").route(web::post().to(award)))
        .service(path("/standing/grant/{id}/end").route(web::post().to(end_grant)))
        .service(path("/standing/measure/{id}").route(web::post().to(measure)))
        .service(path("/standing/{kind}").route(web::post().to(add)))
        .service(path("/standing/{kind}/{id}/end").route(web::post().to(end)));
}

/// The fact of a kind's word.
fn listed(kind: &str, id: Uuid) -> Result<Listed, Problem> {
    match kind {
        "tenant" => Ok(Listed::Tenant(TenantId::new(id))),
        "partner" => Ok(Listed::Partner(PartnerId::new(id))),
        "counter" => Ok(Listed::Counter(CounterId::new(id))),
        "indicator" => Ok(Listed::Indicator(IndicatorId::new(id))),
        _ => Err(Cause::NotFound.into()),
    }
}

const fn word_and_id(listed: Listed) -> (&'static str, Uuid) {
    match listed {
        Listed::Tenant(id) => ("tenant", id.uuid()),
        Listed::Partner(id) => ("partner", id.uuid()),
        Listed::Counter(id) => ("counter", id.uuid()),
        Listed::Indicator(id) => ("indicator", id.uuid()),
    }
}

/// `GET /standing`.
async fn standing(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
) -> Result<HttpResponse, Problem> {
    let Frame { t, page } = Frame::of(&node, &request, &coordinator);
    let today = coordinator.today(&node);
    let page = {
        let live = coordinator.live.read();
        Standing {
            t,
            page,
            kinds: KINDS
                .map(|kind| FactKind {
                    kind,
                    facts: facts(&node, &live, kind, today),
                })
                .to_vec(),
            grants: grants(&live, today),
            today: today.date(),
        }
    };
    show(&node, &request, &page)
}

fn facts(node: &Node, live: &Live, kind: &str, today: Day) -> Vec<Fact> {
    let standing = live.organisation.standing();
    let stands = standing
        .listed()
        .filter(|(_, fact)| fact.until.is_none_or(|until| today < until));
    let mut facts: Vec<Fact> = stands
        .filter_map(|(listed, fact)| {
            let (word, id) = word_and_id(listed);
            (word == kind).then(|| Fact {
                id: id.to_string(),
                name: fact.what.to_string(),
                since: fact.since.date(),
                entry: form::new_entry(node),
            })
        })
        .collect();
    facts.sort_by_cached_key(|fact| fact.name.to_lowercase());
    facts
}

fn grants(live: &Live, today: Day) -> Vec<Grant> {
    let standing = live.organisation.standing();
    let stands = standing
        .grants()
        .filter(|(_, grant)| grant.until.is_none_or(|until| today < until));
    let mut grants: Vec<Grant> = stands
        .map(|(id, grant)| Grant {
            id: id.to_string(),
            funder: grant.what.funder.to_string(),
            purpose: grant.what.purpose.to_string(),
            cents: super::telling::cents(grant.what.amount),
            since: grant.since.date(),
        })
        .collect();
    grants.sort_by_key(|grant| std::cmp::Reverse(grant.since));
    grants
}

fn name(sent: &Sent, field: &str) -> Result<Name, Problem> {
    Name::new(sent.needed(field)?).map_err(|error| wrong(field, &error.to_string()))
}

/// `POST /standing/KIND`.
async fn add(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    kind: Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let command = Command::Add {
        listed: listed(&kind, Uuid::now_v7())?,
        name: name(&sent, "name")?,
        since: sent.parsed("since")?,
    };
    coordinator.ask(&node, Request::Standing(command)).await?;
    Ok(see("/standing?done=kept"))
}

/// `POST /standing/KIND/ID/end`: from today on it stands no more.
async fn end(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    fact: Path<(String, Uuid)>,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let (kind, id) = fact.into_inner();
    let command = Command::End {
        listed: listed(&kind, id)?,
        since: None,
    };
    coordinator.ask(&node, Request::Standing(command)).await?;
    Ok(see("/standing?done=kept"))
}

/// `POST /standing/grant`.
async fn award(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let cents = sent.cents("amount")?;
    let amount = cents.and_then(|cents| Cents::new(cents).ok());
    let amount = amount.filter(|amount| amount.get() > 0);
    let command = Command::AwardGrant {
        grant: GrantId::new(Uuid::now_v7()),
        funder: name(&sent, "funder")?,
        purpose: name(&sent, "purpose")?,
        amount: amount.ok_or_else(|| wrong("amount", "must be an amount"))?,
        since: sent.parsed("since")?,
    };
    coordinator.ask(&node, Request::Standing(command)).await?;
    Ok(see("/standing?done=kept"))
}

/// `POST /standing/grant/ID/end`.
async fn end_grant(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    grant: Path<GrantId>,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let command = Command::EndGrant {
        grant: *grant,
        since: None,
    };
    coordinator.ask(&node, Request::Standing(command)).await?;
    Ok(see("/standing?done=kept"))
}

/// `POST /standing/measure/ID`: what an indicator shows now.
async fn measure(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    indicator: Path<IndicatorId>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let value = sent.needed("value")?.replace(',', ".");
    let fields = json!({ "type": "measurement", "indicator": *indicator, "value": value });
    let author = Author::of(&node, &coordinator);
    author.record(sent.entry(&node), &fields).await?;
    Ok(see("/standing?done=kept"))
}
