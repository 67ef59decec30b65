//! Closing a month, and the statements of closed months: for the coordinator, and for a funder who sees nothing else.

mod told;

use super::month::FIRST;
use super::{Frame, mend, path, read, see, show};
use crate::api::caller::{Coordinator, FigureReader};
use crate::api::months::{self, close_month};
use crate::i18n::Language;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::web::view::statement::{Close, Restated, Row, Statement as Page, Statements};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::access::Role;
use meetellen_events::months::{Statement, state::Given};
use meetellen_events::values::{Month, Period, StatementId, Timestamp, Zone};
use serde_json::Value;

/// First characters of a hash: enough to tell two logs apart at a glance.
const HASH_SHOWN: usize = 16;

/// The routes of closing and of statements.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(
            path("/month/{month}/close")
                .route(read().to(ask_to_close))
                .route(web::post().to(close)),
        )
        .service(path("/statements").route(read().to(list)))
        .service(path("/statements/{id}").route(read().to(one)));
}

fn month_of(text: &str) -> Result<Month, Problem> {
    text.parse()
        .map_err(|_| Problem::from(Cause::UnknownPeriod))
}

/// `GET /month/2026-10/close`: says what it means.
async fn ask_to_close(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    month: Path<String>,
) -> Result<HttpResponse, Problem> {
    let month = month_of(&month)?;
    let live = coordinator.live.snapshot();
    if let Some(closed) = live.organisation.months().month(month) {
        return Ok(see(address(closed.current.id)));
    }
    if coordinator.today(&node).month() <= month {
        return Err(Cause::MonthNotOver.into());
    }
    let frame = Frame::of(&node, &request, &coordinator);
    let page = node.blocking(move |_| {
        let ledger = live.house.get();
        let period = Period::month(month);
        let tasks = mend::tasks(ledger, &period, frame.t);
        let places = period.days().flat_map(|day| ledger.places_of(day));
        let waiting = places.filter_map(|place| ledger.row(place));
        let waiting = waiting.filter(|row| row.waiting).count();
        Close {
            t: frame.t,
            page: frame.page,
            month: month.first_day().date(),
            address: month.to_string(),
            missing: u64::try_from(tasks.len()).unwrap_or(0),
            waiting: u64::try_from(waiting).unwrap_or(0),
        }
    });
    show(&node, &request, &page.await?)
}

/// `POST /month/2026-10/close`. Sent twice it is closed once.
async fn close(
    node: Data<Node>,
    coordinator: Coordinator,
    month: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (statement, _) = close_month(&node, &coordinator, month_of(&month)?).await?;
    Ok(see(format!("{}?done=kept", address(statement.id()))))
}

/// Address of a statement's page.
pub fn address(id: StatementId) -> String {
    format!("/statements/{id}")
}

/// A day and a time of the house, in words.
pub fn when(t: Language, zone: &Zone, at: Timestamp) -> String {
    let (date, minutes) = zone.wall(at);
    let time =
        jiff::civil::Time::midnight().saturating_add(jiff::Span::new().minutes(i64::from(minutes)));
    format!("{}, {}", t.date(date.date()), t.time(time))
}

/// `GET /statements`.
async fn list(
    node: Data<Node>,
    request: HttpRequest,
    reader: FigureReader,
) -> Result<HttpResponse, Problem> {
    let Frame { t, page } = Frame::of(&node, &request, &reader);
    let (live, zone) = (reader.live.snapshot(), reader.zone());
    let months = live.organisation.months();
    let rows = months.statements().iter().rev().map(|given| Row {
        month: given.month.first_day().date(),
        address: address(given.id),
        given_at: when(t, &zone, given.recorded_at),
        restates: given.restates.is_some(),
        current: months
            .month(given.month)
            .is_some_and(|closed| closed.current.id == given.id),
    });
    let rows = rows.collect();
    let coordinator = reader.role == Role::Coordinator;
    show(
        &node,
        &request,
        &Statements {
            t,
            page,
            coordinator,
            rows,
        },
    )
}

/// `GET /statements/ID`.
async fn one(
    node: Data<Node>,
    request: HttpRequest,
    reader: FigureReader,
    id: Path<StatementId>,
) -> Result<HttpResponse, Problem> {
    let given = months::find(&reader, *id)?;
    let statement = months::read(&node, reader.organisation, given).await?;
    let frame = Frame::of(&node, &request, &reader);
    let (live, zone) = (reader.live.snapshot(), reader.zone());
    let state = live.organisation.months();
    let holds = state.month(given.month).map(|closed| closed.current.id);
    let newer = holds.filter(|holds| *holds != given.id).map(address);
    let before = given.restates.and_then(|id| state.statement(id).copied());
    let coordinator = reader.role == Role::Coordinator;
    let shown = Shown {
        zone: &zone,
        given: &given,
        before: before.as_ref(),
        newer,
        coordinator,
    };
    show(&node, &request, &page(frame, &statement, shown))
}

/// What stands around a statement.
struct Shown<'a> {
    zone: &'a Zone,
    given: &'a Given,
    before: Option<&'a Given>,
    newer: Option<String>,
    coordinator: bool,
}

fn page(Frame { t, page }: Frame, statement: &Statement, shown: Shown<'_>) -> Page {
    let said = statement.value();
    let text = |pointer| {
        said.pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let count = |pointer| told::cell(t, said.pointer(pointer).unwrap_or(&Value::Null), "");
    let Shown {
        zone,
        given,
        before,
        newer,
        coordinator,
    } = shown;
    let (mut figures, mut more) = (Vec::new(), Vec::new());
    for figure in told::figures(t, &said) {
        match FIRST.iter().position(|key| *key == figure.key) {
            Some(place) => figures.push((place, figure)),
            None => more.push(figure),
        }
    }
    figures.sort_by_key(|(place, _)| *place);
    let restated = said.get("restates").zip(before);
    let restated = restated.map(|(restates, before)| Restated {
        before: address(before.id),
        before_at: when(t, zone, before.recorded_at),
        changes: told::changes(t, &said),
        arrivals: told::arrivals(t, restates, zone),
        causes: told::causes(t, restates),
        withheld: restates.get("entries_withheld").is_some(),
    });
    let month = statement.month();
    Page {
        coordinator,
        month: month.first_day().date(),
        address: month.to_string(),
        id: statement.id().to_string(),
        given_at: when(t, zone, given.recorded_at),
        newer,
        restated,
        figures: figures.into_iter().map(|(_, figure)| figure).collect(),
        more,
        tables: told::tables(t, &said),
        retracted: count("/corrections/retracted"),
        late: count("/corrections/late"),
        pending: count("/corrections/waiting"),
        key: grouped(text("/key/id")),
        position: t.number(i64::try_from(given.as_of.0).unwrap_or(i64::MAX)),
        hash: text("/as_of/hash").chars().take(HASH_SHOWN).collect(),
        file: given.hash.to_string().chars().take(HASH_SHOWN).collect(),
        download: format!("{}-{month}.json", text("/organisation/slug")),
        t,
        page,
    }
}

/// In groups of four, to be compared by eye.
fn grouped(fingerprint: &str) -> String {
    let characters: Vec<char> = fingerprint.chars().collect();
    let groups = characters.chunks(4).map(|group| group.iter().collect());
    groups.collect::<Vec<String>>().join(" ")
}
