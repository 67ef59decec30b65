//! The entries behind the figures: what became of each, confirming those that wait, and taking one back.

use super::facts::Names;
use super::form::{self, Author, Sent};
use super::telling::Teller;
use super::{Frame, own_referer, path, read, see, show};
use crate::api::caller::Coordinator;
use crate::i18n::Language;
use crate::live::Live;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::web::view::month::{Entries, Entry, State};
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::access::Role;
use meetellen_events::values::{EntryId, Period, PeriodKind};
use meetellen_projections::history::{self, EntryType, Filter};
use meetellen_projections::ledger::Ledger;
use serde::Deserialize;
use serde_json::json;

/// Entries on one page.
const SHOWN: usize = 50;

/// The routes below `/entries`.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(path("/entries").route(read().to(entries)))
        .service(path("/entries/confirm").route(web::post().to(confirm)))
        .service(path("/entries/{id}/retract").route(web::post().to(retract)));
}

/// Which entries.
#[derive(Deserialize)]
struct Asked {
    period: Option<String>,
    r#type: Option<String>,
    after: Option<u64>,
}

/// `GET /entries?period=2026-10&type=coffee,shift_start&after=N`.
async fn entries(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let names = Names::read(&node, coordinator.organisation, &coordinator.live).await?;
    let frame = Frame::of(&node, &request, &coordinator);
    let period: Period = match &asked.period {
        Some(period) => period
            .parse()
            .map_err(|_| Problem::from(Cause::UnknownPeriod))?,
        None => Period::month(coordinator.today(&node).month()),
    };
    let types = asked.r#type.as_deref().unwrap_or_default();
    let types: Vec<EntryType> = types.split(',').filter_map(EntryType::named).collect();
    let filter = Filter {
        from: Some(period.first_day()),
        to: Some(period.last_day()),
        entry_types: &types,
        device: None,
        after: asked.after.unwrap_or(0),
    };
    let page = {
        let live = coordinator.live.read();
        page(&node, &live, &names, frame, (&period, &filter))
    };
    show(&node, &request, &page)
}

fn page(
    node: &Node,
    live: &Live,
    names: &Names,
    Frame { t, page }: Frame,
    (period, filter): (&Period, &Filter<'_>),
) -> Entries {
    let ledger = live.house.get();
    let found = history::page(ledger, filter, SHOWN, Role::Coordinator);
    let teller = Teller { t, ledger, names };
    let entries: Vec<Entry> = found
        .entries
        .iter()
        .map(|entry| shown(node, ledger, &teller, entry))
        .collect();
    let waiting = entries.iter().filter(|entry| entry.waiting()).count();
    let further = |after: u64| format!("{}&after={after}", address(period, filter.entry_types));
    Entries {
        title: title(t, period, filter.entry_types),
        waiting: u64::try_from(waiting).unwrap_or(0),
        confirm_entry: form::new_entry(node),
        next: found.next.map(further),
        entries,
        t,
        page,
    }
}

/// Address of the entries of a period, of these types; of any where there are none.
pub(super) fn address(period: &Period, types: &[EntryType]) -> String {
    let names: Vec<&str> = types.iter().map(|kind| kind.name()).collect();
    if names.is_empty() {
        return format!("/entries?period={period}");
    }
    format!("/entries?period={period}&type={}", names.join(","))
}

fn title(t: Language, period: &Period, types: &[EntryType]) -> String {
    let days = match period.kind() {
        PeriodKind::Month => t.month(period.first_day().date()),
        PeriodKind::Day => t.day(period.first_day().date()),
        PeriodKind::Week | PeriodKind::Quarter | PeriodKind::Year | PeriodKind::Range => format!(
            "{} – {}",
            t.date(period.first_day().date()),
            t.date(period.last_day().date())
        ),
    };
    let names = types.iter().map(|kind| t.word("entry", kind.name()));
    names.chain([days]).collect::<Vec<_>>().join(", ")
}

fn shown(node: &Node, ledger: &Ledger, teller: &Teller<'_>, entry: &history::Entry) -> Entry {
    let row = ledger.kept(entry.position);
    let mut states = vec![match entry.state {
        history::State::Counted => State::Counted,
        history::State::ToConfirm => State::Waiting,
        history::State::AlreadyCounted => State::AlreadyCounted,
        history::State::Replaced => State::Replaced,
        history::State::Retracted => State::Retracted,
    }];
    if entry.late {
        states.push(State::Late);
    }
    let can_be_taken_back = match entry.entry_type {
        EntryType::Retraction | EntryType::Confirmation => false,
        EntryType::CheckIn
        | EntryType::HeadCount
        | EntryType::Coffee
        | EntryType::Tally
        | EntryType::Contribution
        | EntryType::ShiftStart
        | EntryType::ShiftEnd
        | EntryType::BarRevenue
        | EntryType::ShopRevenue
        | EntryType::Donation
        | EntryType::Measurement
        | EntryType::Opening => entry.state != history::State::Retracted,
    };
    Entry {
        id: entry.entry.to_string(),
        kind: entry.entry_type.name().to_owned(),
        detail: row.map_or_else(String::new, |row| teller.detail(&row)),
        day: entry.day.date(),
        at: super::facts::clock(ledger.zone(), entry.occurred_at),
        position: entry.position,
        states,
        retract: can_be_taken_back.then(|| form::new_entry(node)),
    }
}

/// Where the form was sent from, else all entries.
fn back(request: &HttpRequest) -> String {
    own_referer(request).unwrap_or_else(|| "/entries".to_owned())
}

/// `POST /entries/confirm`: they were real.
async fn confirm(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let entries: Vec<&str> = sent.all("entries").collect();
    let fields = json!({ "type": "confirmation", "entries": entries });
    let author = Author::of(&node, &coordinator);
    author.record(sent.entry(&node), &fields).await?;
    Ok(see(back(&request)))
}

/// `POST /entries/ID/retract`. What was taken back already stays so.
async fn retract(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    entry: Path<EntryId>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let fields = json!({ "type": "retraction", "retracts": *entry });
    let author = Author::of(&node, &coordinator);
    match author.record(sent.entry(&node), &fields).await {
        Err(problem) if problem.cause() != Cause::AlreadyRetracted => Err(problem),
        Ok(_) | Err(_) => Ok(see(back(&request))),
    }
}
