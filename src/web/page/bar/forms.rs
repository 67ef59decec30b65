//! What is tapped and written down at the bar. Each form is one entry; the bar's page comes back with a way to undo it.

use super::super::form::{Author, Sent, wrong};
use super::super::{Frame, belongs_to, path, read, see, show};
use crate::api::caller::{Caller, Recorder};
use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::web::view::bar::Revenue;
use actix_web::web::{self, Data, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

/// The forms of the bar's page.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(path("/bar/coffee").route(web::post().to(coffee)))
        .service(path("/bar/visitors").route(web::post().to(visitors)))
        .service(path("/bar/counters").route(web::post().to(counter)))
        .service(path("/bar/shifts").route(web::post().to(shift_start)))
        .service(path("/bar/shifts/end").route(web::post().to(shift_end)))
        .service(path("/bar/revenue/check").route(web::post().to(check_revenue)))
        .service(
            path("/bar/revenue")
                .route(read().to(confirm_revenue))
                .route(web::post().to(revenue)),
        )
        .service(path("/bar/donations").route(web::post().to(donation)))
        .service(path("/bar/contributions").route(web::post().to(contribution)))
        .service(path("/bar/head-counts").route(web::post().to(head_count)))
        .service(path("/bar/opening").route(web::post().to(opening)))
        .service(path("/bar/confirm").route(web::post().to(confirm)))
        .service(path("/bar/undo").route(web::post().to(undo)));
}

/// Has a form's entry recorded, and leads back to the bar.
async fn keep(
    node: &Node,
    request: &HttpRequest,
    caller: &Caller,
    sent: &Sent,
    fields: Result<Value, Problem>,
) -> Result<HttpResponse, Problem> {
    belongs_to(request, &caller.live.read(), node.now());
    let id = sent.entry_of(node, &["cups", "pot", "volunteer", "pass", "state"]);
    Author::of(node, caller).record(id, &fields?).await?;
    Ok(see(format!("/bar?done={id}")))
}

/// Makes the handler of a form that is one entry.
macro_rules! entry_form {
    ($($(#[$doc:meta])* $name:ident: $fields:expr;)+) => {$(
        $(#[$doc])*
        async fn $name(
            node: Data<Node>,
            request: HttpRequest,
            recorder: Recorder,
            sent: Sent,
        ) -> Result<HttpResponse, Problem> {
            let fields: fn(&Sent) -> Result<Value, Problem> = $fields;
            keep(&node, &request, &recorder, &sent, fields(&sent)).await
        }
    )+};
}

entry_form! {
    /// `POST /bar/coffee`.
    coffee: |sent| Ok(match sent.whole("pot")? {
        Some(cups) => json!({ "type": "coffee", "cups": cups, "pot": true }),
        None => json!({ "type": "coffee", "cups": sent.whole("cups")?.unwrap_or(1) }),
    });
    /// `POST /bar/visitors`: somebody who neither scans nor carries a pass.
    visitors: |sent| Ok(json!({
        "type": "check_in",
        "session": sent.given("session"),
        "adults": sent.whole("adults")?,
        "children": sent.whole("children")?,
    }));
    /// `POST /bar/counters`.
    counter: |sent| Ok(json!({
        "type": "tally",
        "counter": sent.needed("counter")?,
        "quantity": sent.whole("quantity")?.unwrap_or(1),
    }));
    /// `POST /bar/shifts`: by name, or by the code or the characters of a badge.
    shift_start: |sent| Ok(match sent.given("volunteer") {
        Some(volunteer) => json!({
            "type": "shift_start", "kind": sent.needed("kind")?, "volunteer": volunteer,
        }),
        None => json!({
            "type": "shift_start", "kind": sent.needed("kind")?, "pass": badge(sent)?,
        }),
    });
    /// `POST /bar/shifts/end`.
    shift_end: |sent| Ok(json!({ "type": "shift_end", "shift": sent.needed("shift")? }));
    /// `POST /bar/revenue`: an amount that was looked at twice.
    revenue: |sent| {
        let till = Till::named(sent.given("till").unwrap_or("bar"))?;
        Ok(json!({
            "type": till.entry_type(),
            "amount_cents": sent.whole("amount_cents")?,
            "expected_cents": sent.whole("expected_cents")?,
            "hire": (till == Till::Hire).then_some(true),
        }))
    };
    /// `POST /bar/donations`.
    donation: |sent| Ok(match sent.needed("what")? {
        "goods" => json!({
            "type": "donation",
            "goods": {
                "category": sent.needed("category")?,
                "quantity": sent.whole("quantity")?.unwrap_or(1),
            },
            "donor": sent.given("donor"),
        }),
        _ => json!({
            "type": "donation",
            "money_cents": sent.cents("amount")?,
            "donor": sent.given("donor"),
        }),
    });
    /// `POST /bar/contributions`: a cake, a meal.
    contribution: |sent| Ok(json!({
        "type": "contribution",
        "kind": sent.needed("kind")?,
        "quantity": sent.whole("quantity")?.unwrap_or(1),
        "session": sent.given("session"),
    }));
    /// `POST /bar/head-counts`.
    head_count: |sent| Ok(json!({
        "type": "head_count",
        "session": sent.given("session"),
        "adults": sent.whole("adults")?,
        "children": sent.whole("children")?.unwrap_or(0),
        "volunteers": sent.whole("volunteers")?,
        "basis": sent.given("basis").unwrap_or("counted"),
    }));
    /// `POST /bar/opening`.
    opening: |sent| Ok(json!({ "type": "opening", "state": sent.needed("state")? }));
}

/// The characters of a badge without what people put between them.
fn badge(sent: &Sent) -> Result<String, Problem> {
    let typed = sent.needed("pass")?;
    Ok(typed
        .chars()
        .filter(|character| character.is_ascii_alphanumeric())
        .collect())
}

/// `POST /bar/confirm`: entries that wait were real.
async fn confirm(
    node: Data<Node>,
    request: HttpRequest,
    recorder: Recorder,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    let entries: Vec<&str> = sent.all("entries").collect();
    let fields = json!({ "type": "confirmation", "entries": entries });
    keep(&node, &request, &recorder, &sent, Ok(fields)).await?;
    Ok(see("/bar"))
}

/// `POST /bar/undo`. What was undone already stays undone.
async fn undo(
    node: Data<Node>,
    request: HttpRequest,
    recorder: Recorder,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    let fields = json!({ "type": "retraction", "retracts": sent.needed("retracts")? });
    match keep(&node, &request, &recorder, &sent, Ok(fields)).await {
        Err(problem) if problem.cause() != Cause::AlreadyRetracted => Err(problem),
        Ok(_) | Err(_) => Ok(see("/bar")),
    }
}

/// Which till was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Till {
    Bar,
    Hire,
    Shop,
}

impl Till {
    fn named(name: &str) -> Result<Self, Problem> {
        match name {
            "bar" => Ok(Self::Bar),
            "hire" => Ok(Self::Hire),
            "shop" => Ok(Self::Shop),
            _ => Err(wrong("till", "must be bar, hire or shop")),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Bar => "bar",
            Self::Hire => "hire",
            Self::Shop => "shop",
        }
    }

    const fn entry_type(self) -> &'static str {
        match self {
            Self::Bar | Self::Hire => "bar_revenue",
            Self::Shop => "shop_revenue",
        }
    }
}

/// `POST /bar/revenue/check`: shows what was typed, to be looked at before it is kept.
async fn check_revenue(
    node: Data<Node>,
    request: HttpRequest,
    recorder: Recorder,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    belongs_to(&request, &recorder.live.read(), node.now());
    let till = Till::named(sent.given("till").unwrap_or("bar"))?;
    let amount = sent.cents("amount")?;
    let amount = amount.ok_or_else(|| wrong("amount", "is missing"))?;
    let expected = sent.cents("expected")?;
    let expected = expected.map_or_else(String::new, |cents| format!("&expected={cents}"));
    let (id, till) = (sent.entry(&node), till.name());
    Ok(see(format!(
        "/bar/revenue?id={id}&till={till}&amount={amount}{expected}"
    )))
}

#[derive(Deserialize)]
struct Checked {
    id: uuid::Uuid,
    till: String,
    amount: u32,
    expected: Option<u32>,
}

/// `GET /bar/revenue`: is this amount right?
async fn confirm_revenue(
    node: Data<Node>,
    request: HttpRequest,
    recorder: Recorder,
    checked: Query<Checked>,
) -> Result<HttpResponse, Problem> {
    let Frame { t, page } = Frame::of(&node, &request, &recorder);
    let day = recorder.live.read().house.get().zone().day_of(node.now());
    let (cents, expected) = (i64::from(checked.amount), checked.expected.map(i64::from));
    let revenue = Revenue {
        t,
        page,
        entry: checked.id.to_string(),
        till: Till::named(&checked.till)?.name().to_owned(),
        cents,
        day: day.date(),
        expected_cents: expected,
        difference_cents: cents - expected.unwrap_or(cents),
    };
    show(&node, &request, &revenue)
}
