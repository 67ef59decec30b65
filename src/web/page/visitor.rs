//! Whoever scans a code: check in, a cup of coffee, a gift; what was counted; and undoing it.

use super::facts::{activity_at, activity_name, clock};
use super::form::{self, Author, Sent};
use super::{Frame, belongs_to, path, phone, read, see, show};
use crate::address;
use crate::api::caller;
use crate::live::{Live, Shared};
use crate::node::Node;
use crate::problem::{Cause, Problem, rejected};
use crate::web::tally;
use crate::web::view::visitor::{
    CheckIn, CoffeeCode, Counted, Gift, Noted, Offered, Stranger, Thanks, Undone,
};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::codec::Found;
use meetellen_events::organisation::{self, Authority};
use meetellen_events::programme::Target;
use meetellen_events::tally::{Event, Standing};
use meetellen_events::values::{
    ActivityId, Code, Day, EntryId, OrganisationId, SessionId, Timestamp, Zone,
};
use meetellen_projections::figures::count_day;
use serde_json::json;
use std::net::IpAddr;
use std::sync::Arc;

/// The routes below `/c`.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(
            path("/c/{code}")
                .route(read().to(scanned))
                .route(web::post().to(tapped)),
        )
        .service(path("/c/{code}/thanks/{entry}").route(read().to(thanks)))
        .service(path("/c/{code}/undo").route(web::post().to(undo)))
        .service(path("/c/{code}/undone").route(read().to(undone)));
}

/// A code that somebody scanned, and the organisation it hangs in.
struct Scan {
    organisation: OrganisationId,
    live: Arc<Shared>,
    code: Code,
    address: IpAddr,
    now: Timestamp,
    zone: Zone,
    today: Day,
}

impl Scan {
    /// Finds the organisation of a code, good or not.
    async fn find(node: &Node, request: &HttpRequest, code: &str) -> Result<Self, Problem> {
        let code: Code = code
            .parse()
            .map_err(|_| Problem::from(Cause::UnknownCode))?;
        let organisation = node
            .find(&Found::Code(code))
            .ok_or_else(|| Problem::from(Cause::UnknownCode))?;
        let live = node.open(organisation).await?;
        let now = node.now();
        let zone = {
            let seen = live.read();
            belongs_to(request, &seen, now);
            seen.house.get().zone().clone()
        };
        Ok(Self {
            organisation,
            live,
            code,
            address: address::of(node, request),
            now,
            today: zone.day_of(now),
            zone,
        })
    }

    /// What the code opens now; refused where it is good no more.
    fn target(&self) -> Result<Target, Problem> {
        let live = self.live.read();
        let issued = live.organisation.opened_by(self.code, self.now);
        issued
            .map(|issued| issued.target)
            .map_err(|rejection| rejected(&organisation::Rejection::Tally(rejection)))
    }

    async fn record(
        &self,
        node: &Node,
        id: EntryId,
        fields: &serde_json::Value,
    ) -> Result<(), Problem> {
        let author = Author {
            node,
            organisation: self.organisation,
            authority: Authority::Code(self.code),
            address: self.address,
        };
        author.record(id, fields).await.map(|_| ())
    }
}

/// `GET /c/CODE`: what the code opens.
async fn scanned(
    node: Data<Node>,
    request: HttpRequest,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    let scan = Scan::find(&node, &request, &code).await?;
    match scan.target()? {
        target @ (Target::Door | Target::Activity(_) | Target::Session(_)) => {
            let page = check_in_page(&node, &scan, Frame::visitor(&request), target);
            show(&node, &request, &page)
        }
        Target::Coffee => {
            let Frame { t, page } = Frame::visitor(&request);
            let cups = cups(&scan.live.read(), scan.today);
            let coffee = CoffeeCode {
                t,
                page,
                code: scan.code.to_string(),
                entry: form::new_entry(&node),
                cups,
            };
            show(&node, &request, &coffee)
        }
        Target::Gift => {
            let Frame { t, page } = Frame::visitor(&request);
            let gift = Gift {
                t,
                page,
                code: scan.code.to_string(),
                money_entry: form::new_entry(&node),
                goods_entry: form::new_entry(&node),
            };
            show(&node, &request, &gift)
        }
        Target::Bar => bar(&node, &request, &scan).await,
    }
}

/// The bar's page for who is let in there; who isn't is told kindly whom to ask.
async fn bar(node: &Node, request: &HttpRequest, scan: &Scan) -> Result<HttpResponse, Problem> {
    let caller = caller::find(node, request).await.ok().flatten();
    if caller.is_some_and(|caller| caller.organisation == scan.organisation) {
        return Ok(see("/bar"));
    }
    let Frame { t, page } = Frame::team(request);
    let stranger = Stranger {
        t,
        page,
        askable: String::new(),
    };
    show(node, request, &stranger)
}

fn check_in_page(node: &Node, scan: &Scan, frame: Frame, target: Target) -> CheckIn {
    let live = scan.live.read();
    let (zone, day) = (&scan.zone, scan.today);
    let programme = live.organisation.programme();
    let activity = activity_of(&live, target);
    let sessions = match target {
        Target::Door => offered(&live, zone, scan.now),
        Target::Activity(_) | Target::Session(_) | Target::Bar | Target::Coffee | Target::Gift => {
            Vec::new()
        }
    };
    let outside_hours = match target {
        Target::Activity(activity) => programme.session_at(activity, scan.now).is_none(),
        Target::Door => {
            live.organisation.standing().within_hours(zone, scan.now) == Some(false)
                && !programme.is_near_any(scan.now)
        }
        Target::Session(_) | Target::Bar | Target::Coffee | Target::Gift => false,
    };
    CheckIn {
        t: frame.t,
        page: frame.page,
        code: scan.code.to_string(),
        entry: form::new_entry(node),
        activity: activity.and_then(|activity| activity_name(live.house.get(), activity, day)),
        drop_in_chosen: sessions.iter().all(|session| !session.chosen),
        sessions,
        outside_hours,
        anonymous: activity.is_some_and(|activity| programme.is_sensitive(activity, day)),
        party_open: false,
    }
}

/// What is on now or soon. Where that is one session alone, it is the choice to begin with: whoever comes in then
/// mostly comes for it.
pub(super) fn offered(live: &Live, zone: &Zone, now: Timestamp) -> Vec<Offered> {
    let day = zone.day_of(now);
    let near: Vec<_> = live.organisation.programme().near(now).collect();
    let alone = near.len() == 1;
    near.into_iter()
        .map(|(id, session)| Offered {
            id: id.to_string(),
            name: activity_name(live.house.get(), session.activity, day).unwrap_or_default(),
            from: clock(zone, session.starts_at),
            to: clock(zone, session.ends_at),
            chosen: alone && session.starts_at <= now && now < session.ends_at,
        })
        .collect()
}

fn activity_of(live: &Live, target: Target) -> Option<ActivityId> {
    match target {
        Target::Activity(activity) => Some(activity),
        Target::Session(session) => activity_at(live, session),
        Target::Door | Target::Bar | Target::Coffee | Target::Gift => None,
    }
}

/// The day's cups.
fn cups(live: &Live, day: Day) -> u64 {
    let numbers = live.house.today().on(day);
    numbers.coffee_cups.max(0).unsigned_abs()
}

/// `POST /c/CODE`: the tap.
async fn tapped(
    node: Data<Node>,
    request: HttpRequest,
    code: Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    phone::not_foreign(&request)?;
    let scan = Scan::find(&node, &request, &code).await?;
    let id = sent.entry(&node);
    let mut answer = see(format!("/c/{}/thanks/{id}", scan.code));
    match scan.target()? {
        target @ (Target::Door | Target::Activity(_) | Target::Session(_)) => {
            if let Some(token) = check_in(&node, &request, &scan, target, id, &sent).await? {
                let cookie = phone::cookie(&node, &scan.zone, scan.now, token);
                answer
                    .add_cookie(&cookie)
                    .map_err(|error| Problem::internal(&error))?;
            }
        }
        Target::Coffee => {
            let fields = json!({ "type": "coffee", "code": scan.code });
            scan.record(&node, id, &fields).await?;
        }
        Target::Gift => {
            let fields = match sent.given("what") {
                Some("goods") => json!({
                    "type": "donation", "code": scan.code,
                    "goods": { "category": sent.needed("category")? },
                }),
                Some(_) | None => json!({
                    "type": "donation", "code": scan.code,
                    "money_cents": sent.cents("amount")?,
                }),
            };
            scan.record(&node, id, &fields).await?;
        }
        Target::Bar => return Err(Cause::WrongCode.into()),
    }
    Ok(answer)
}

/// Records a check-in; the token the phone is to keep, where it is told apart.
async fn check_in(
    node: &Node,
    request: &HttpRequest,
    scan: &Scan,
    target: Target,
    id: EntryId,
    sent: &Sent,
) -> Result<Option<String>, Problem> {
    let session: Option<SessionId> = match target {
        Target::Door => sent.parsed("session")?,
        Target::Activity(_) | Target::Session(_) | Target::Bar | Target::Coffee | Target::Gift => {
            None
        }
    };
    let anonymous = {
        let live = scan.live.read();
        let activity = session.map_or_else(
            || activity_of(&live, target),
            |session| activity_at(&live, session),
        );
        let programme = live.organisation.programme();
        activity.is_some_and(|activity| programme.is_sensitive(activity, scan.today))
    };
    let token = if anonymous {
        None
    } else {
        phone::token(node, request, id)?
    };
    let fields = |token: Option<&String>| {
        Ok::<_, Problem>(json!({
            "type": "check_in",
            "code": scan.code,
            "session": session,
            "adults": sent.whole("adults")?.unwrap_or(1),
            "children": sent.whole("children")?.unwrap_or(0),
            "visitor": token,
        }))
    };
    match scan.record(node, id, &fields(token.as_ref())?).await {
        // It became sensitive between the look and the tap.
        Err(problem) if problem.cause() == Cause::SensitiveActivity => {
            scan.record(node, id, &fields(None)?).await.map(|()| None)
        }
        answer => answer.map(|()| token),
    }
}

/// `GET /c/CODE/thanks/ENTRY`: what was counted, and undoing it.
async fn thanks(
    node: Data<Node>,
    request: HttpRequest,
    address: Path<(String, EntryId)>,
) -> Result<HttpResponse, Problem> {
    let (code, entry) = address.into_inner();
    let scan = Scan::find(&node, &request, &code).await?;
    let live = scan.live.read();
    let ledger = live.house.get();
    let position = live.organisation.entry(entry);
    let row = position.and_then(|position| ledger.kept(position.0));
    let row = row
        .filter(|row| row.event.code() == Some(scan.code))
        .ok_or_else(|| Problem::from(Cause::NotFound))?;
    if row.retracted {
        return Ok(see(format!("/c/{}/undone", scan.code)));
    }
    let frame = Frame::visitor(&request);
    if let Event::VisitorCheckedIn {
        session,
        party,
        standing,
        ..
    } = &row.event
    {
        let day = ledger.day_of(&row).unwrap_or(scan.today);
        // A day long over has its visits alone.
        let number = live.house.today().number_of(entry);
        let number = number.unwrap_or_else(|| count_day(ledger, day, scan.now).seen.total());
        let state = match standing {
            _ if row.waiting => Counted::Waiting,
            Standing::AlreadyCounted => Counted::Already(number.unsigned_abs()),
            Standing::Counted | Standing::ToConfirm => Counted::Yes(number),
        };
        let activity = session.and_then(|session| activity_at(&live, session));
        let thanks = Thanks {
            t: frame.t,
            page: frame.page,
            code: scan.code.to_string(),
            entry: form::new_entry(&node),
            retracts: entry.to_string(),
            state,
            strokes: tally::groups(number.unsigned_abs()),
            activity: activity.and_then(|activity| activity_name(live.house.get(), activity, day)),
            party: u64::from(party.persons()),
        };
        return show(&node, &request, &thanks);
    }
    let t = frame.t;
    let (title, text) = if matches!(row.event, Event::CoffeeServed { .. }) {
        let cups = cups(&live, scan.today);
        (
            t.say("sticker-thanks"),
            t.with("sticker-today", "count", cups),
        )
    } else {
        (t.say("gift-thanks"), t.say("gift-wait"))
    };
    let noted = Noted {
        t,
        page: frame.page,
        code: scan.code.to_string(),
        entry: form::new_entry(&node),
        retracts: entry.to_string(),
        title,
        text,
    };
    show(&node, &request, &noted)
}

/// `POST /c/CODE/undo`: takes back what this code counted, for a quarter of an hour.
async fn undo(
    node: Data<Node>,
    request: HttpRequest,
    code: Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    phone::not_foreign(&request)?;
    let scan = Scan::find(&node, &request, &code).await?;
    let retracts: Option<EntryId> = sent.parsed("retracts")?;
    let fields = json!({ "type": "retraction", "code": scan.code, "retracts": retracts });
    match scan.record(&node, sent.entry(&node), &fields).await {
        Err(problem) if problem.cause() == Cause::NotYoursToRetract => {
            Err(Cause::TooLateToRetract.into())
        }
        Err(problem) if problem.cause() != Cause::AlreadyRetracted => Err(problem),
        Ok(()) | Err(_) => Ok(see(format!("/c/{}/undone", scan.code))),
    }
}

/// `GET /c/CODE/undone`.
async fn undone(
    node: Data<Node>,
    request: HttpRequest,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    let scan = Scan::find(&node, &request, &code).await?;
    let live = scan.live.read();
    let issued = live.organisation.programme().code(scan.code);
    let visit = issued.is_some_and(|issued| match issued.target {
        Target::Door | Target::Activity(_) | Target::Session(_) => true,
        Target::Bar | Target::Coffee | Target::Gift => false,
    });
    let Frame { t, page } = Frame::visitor(&request);
    let undone = Undone {
        t,
        page,
        code: scan.code.to_string(),
        visit,
    };
    show(&node, &request, &undone)
}
