//! Where the coordinator starts: today, and what is to be mended.

use super::facts::{activity_name, clock};
use super::form::{self, Author, Sent};
use super::{Frame, mend, path, read, see, show};
use crate::api::caller::Coordinator;
use crate::node::Node;
use crate::problem::Problem;
use crate::web::tally;
use crate::web::view::coordinator::{Today, TodaySession};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::values::Period;
use serde_json::json;
use std::collections::BTreeSet;

/// Days back in which something missing is asked for; earlier ones stand on their month's page.
const ASKED_DAYS: i32 = 31;

/// Things asked for at once, the latest first; the others stand on their month's page.
const ASKED_MAX: usize = 5;

/// The routes of the start.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(path("/today").route(read().to(today)))
        .service(path("/today/opening").route(web::post().to(opening)));
}

/// `GET /today`.
async fn today(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
) -> Result<HttpResponse, Problem> {
    let Frame { t, page } = Frame::of(&node, &request, &coordinator);
    let page = {
        let live = coordinator.live.read();
        let ledger = live.house.get();
        let day = ledger.zone().day_of(node.now());
        let now = live.house.today();
        let numbers = now.on(day);
        let on_duty: BTreeSet<_> = now
            .open_shifts()
            .iter()
            .filter(|shift| ledger.zone().day_of(shift.since) == day)
            .map(|shift| shift.volunteer)
            .collect();
        let sessions = now.sessions(day);
        let asked = Period::range(day.plus(-ASKED_DAYS), day);
        let mend = asked.map_or_else(|_| Vec::new(), |asked| mend::tasks(ledger, &asked, t));
        Today {
            t,
            page,
            visits: numbers.visits,
            cups: numbers.coffee_cups,
            on_duty: i64::try_from(on_duty.len()).unwrap_or(i64::MAX),
            strokes: tally::groups(numbers.visits.max(0).unsigned_abs()),
            sessions: sessions
                .iter()
                .map(|session| TodaySession {
                    name: activity_name(ledger, session.activity, day).unwrap_or_default(),
                    from: clock(ledger.zone(), session.starts_at),
                    to: clock(ledger.zone(), session.ends_at),
                    cancelled: session.cancelled,
                    participations: session.participations.max(0).unsigned_abs(),
                })
                .collect(),
            more: mend.len().saturating_sub(ASKED_MAX) as u64,
            month: day.month().to_string(),
            mend: mend.into_iter().rev().take(ASKED_MAX).collect(),
            opening_entry: form::new_entry(&node),
        }
    };
    show(&node, &request, &page)
}

/// `POST /today/opening`.
async fn opening(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let fields = json!({ "type": "opening", "state": sent.needed("state")? });
    let author = Author::of(&node, &coordinator);
    author.record(sent.entry(&node), &fields).await?;
    Ok(see("/today?done=kept"))
}
