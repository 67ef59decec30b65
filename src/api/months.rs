//! Months that are closed, their statements, and the keys that sign those.

use super::caller::{Coordinator, FigureReader, Operator};
use super::etag;
use super::query::{Page, Parameters};
use crate::live::Live;
use crate::node::Node;
use crate::problem::{Cause, Problem, unknown_method};
use crate::statements::keys::{Introduction, KeyError};
use crate::statements::restating::{self, RestateError};
use crate::statements::{MakeError, closing};
use crate::writer::Done;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::months::{self, InvalidStatement, Statement, state::Given};
use meetellen_events::organisation::{Command, Request};
use meetellen_events::values::{Month, OrganisationId, StatementId, Timestamp};
use serde::Serialize;

/// How often a statement is made anew where the log went on meanwhile.
const TRIES_MAX: usize = 8;

/// The routes of months and statements.
pub fn routes(api: &mut ServiceConfig) {
    api.service(
        web::resource("/months/{month}/close")
            .route(web::post().to(close))
            .default_service(web::to(unknown_method)),
    )
    .service(
        web::resource("/statements")
            .route(web::get().to(list))
            .default_service(web::to(unknown_method)),
    )
    .service(
        web::resource("/statements/{id}")
            .route(web::get().to(tell))
            .default_service(web::to(unknown_method)),
    )
    .service(
        web::resource("/statement-keys")
            .route(web::get().to(keys))
            .route(web::post().to(rotate))
            .default_service(web::to(unknown_method)),
    );
}

/// `POST /api/v1/months/2026-10/close`: 201 with the statement; 200 with the one that holds where it is closed already.
async fn close(
    coordinator: Coordinator,
    node: Data<Node>,
    month: Path<String>,
) -> Result<HttpResponse, Problem> {
    let month: Month = month
        .parse()
        .map_err(|_| Problem::from(Cause::UnknownPeriod).because("no such month"))?;
    let (statement, new) = close_month(&node, &coordinator, month).await?;
    let status = if new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let mut response = HttpResponse::build(status);
    response
        .content_type("application/json")
        .insert_header((LOCATION, format!("/api/v1/statements/{}", statement.id())));
    Ok(response.body(statement.as_str().to_owned()))
}

/// Closes a month on a coordinator's word: its statement, and whether that is new. A month that is closed already has
/// the one that holds.
pub async fn close_month(
    node: &Node,
    coordinator: &Coordinator,
    month: Month,
) -> Result<(Statement, bool), Problem> {
    let organisation = coordinator.organisation;
    for _ in 0..TRIES_MAX {
        let live = coordinator.live.snapshot();
        if let Some(closed) = live.organisation.months().month(month) {
            return Ok((read(node, organisation, closed.current).await?, false));
        }
        let made = node
            .blocking(move |node| made(node, &live, month))
            .await??;
        let command = Command {
            authority: coordinator.authority(),
            request: Request::Months(months::Command::Close(made.clone())),
        };
        let done = node.submit(organisation, vec![command]).await?;
        match done.into_iter().next() {
            Some(Done::Recorded(_)) => return Ok((made, true)),
            // Somebody else closed it, or another month, meanwhile.
            Some(Done::InEffect | Done::Known(_)) => {}
            Some(Done::Refused(refusal)) if restating::is_outdated(&refusal) => {}
            Some(Done::Refused(refusal)) => return Err(refusal.into()),
            None => return Err(Cause::OutcomeUnknown.into()),
        }
    }
    Err(Cause::Busy.into())
}

fn made(node: &Node, live: &Live, month: Month) -> Result<Statement, Problem> {
    let now = node.now();
    let signing = node.statement_keys.signing(now)?;
    Ok(closing(live, month, &signing, now)?)
}

/// A statement as it was given.
pub async fn read(
    node: &Node,
    organisation: OrganisationId,
    given: Given,
) -> Result<Statement, Problem> {
    let found = node.blocking(move |node| restating::given(node.reader(), organisation, &given));
    found.await?.map_err(|error| match error {
        RestateError::NoStatement(_) | RestateError::Line(_) => Cause::LogDamaged.into(),
        RestateError::Log(_)
        | RestateError::Load(_)
        | RestateError::Write(_)
        | RestateError::Make(_)
        | RestateError::Keys(_)
        | RestateError::Refused(_)
        | RestateError::Busy
        | RestateError::Stopped => Problem::internal(&error),
    })
}

/// A statement in a list.
#[derive(Serialize)]
struct Item {
    id: StatementId,
    month: Month,
    recorded_at: Timestamp,
    position: u64,
    as_of: u64,
    hash: String,
    restates: Option<StatementId>,
    current: bool,
}

/// `GET /api/v1/statements`: in the order they were given.
async fn list(reader: FigureReader, mut query: Parameters) -> Result<HttpResponse, Problem> {
    let of: Option<Month> = query.parsed("month")?;
    let page: Page<u64> = query.page()?;
    query.end()?;
    let live = reader.live.snapshot();
    let months = live.organisation.months();
    let given = months.statements().iter();
    let items = given.filter(|given| of.is_none_or(|of| of == given.month));
    let items = items.map(|given| {
        let holds = months.month(given.month);
        let item = Item {
            id: given.id,
            month: given.month,
            recorded_at: given.recorded_at,
            position: given.position.0,
            as_of: given.as_of.0,
            hash: given.hash.to_string(),
            restates: given.restates,
            current: holds.is_some_and(|closed| closed.current.id == given.id),
        };
        (given.position.0, item)
    });
    Ok(page.of(items))
}

/// `GET /api/v1/statements/{id}`: byte for byte as it was given.
async fn tell(
    reader: FigureReader,
    node: Data<Node>,
    request: HttpRequest,
    id: Path<StatementId>,
) -> Result<HttpResponse, Problem> {
    let given = find(&reader, *id)?;
    let tag = etag::tag(given.hash.to_string().as_bytes());
    if let Some(unchanged) = etag::unchanged(&request, &tag) {
        return Ok(unchanged);
    }
    let statement = read(&node, reader.organisation, given).await?;
    let mut response = etag::fresh(&tag);
    response.content_type("application/json");
    Ok(response.body(statement.as_str().to_owned()))
}

/// A statement of the reader's organisation.
pub fn find(reader: &FigureReader, id: StatementId) -> Result<Given, Problem> {
    let live = reader.live.read();
    let given = live.organisation.months().statement(id).copied();
    given.ok_or_else(|| Cause::UnknownStatement.into())
}

#[derive(Serialize)]
struct Keys {
    format: &'static str,
    version: u32,
    keys: Vec<Introduction>,
}

/// `GET /api/v1/statement-keys`: for whoever has a statement in hand, without a token.
async fn keys(node: Data<Node>) -> Result<HttpResponse, Problem> {
    let known = node.blocking(|node| node.statement_keys.known()).await??;
    Ok(HttpResponse::Ok().json(Keys {
        format: "meetellen-statement-keys",
        version: 1,
        keys: known,
    }))
}

/// `POST /api/v1/statement-keys`: a new key in the place of the one that signs now.
async fn rotate(_: Operator, node: Data<Node>) -> Result<HttpResponse, Problem> {
    let rotated = node.blocking(|node| node.statement_keys.rotate(node.now()));
    Ok(HttpResponse::Created().json(rotated.await??))
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::TooMany => Self::from(Cause::Invalid).at("", error.to_string()),
            KeyError::Disk(_) | KeyError::Randomness(_) | KeyError::Damaged(_) => {
                Self::internal(&error)
            }
        }
    }
}

impl From<MakeError> for Problem {
    fn from(error: MakeError) -> Self {
        match error {
            MakeError::Statement(InvalidStatement::TooLong(_)) => {
                Self::from(Cause::BodyTooLarge).because(error.to_string())
            }
            MakeError::Statement(InvalidStatement::Form | InvalidStatement::Member(_))
            | MakeError::Document(_)
            | MakeError::NotFounded => Self::internal(&error),
        }
    }
}
