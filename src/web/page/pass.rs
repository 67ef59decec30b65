//! A pass or a badge that somebody scanned: a device of the house counts its holder, a volunteer's own phone is let in.

use super::bar::{SHIFT_KINDS, running, undoable};
use super::facts::Names;
use super::form::{self, Author, Sent};
use super::visitor::offered;
use super::{Frame, belongs_to, path, read, see, show};
use crate::api::caller::{self, Caller, Recorder};
use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::secrets;
use crate::web::view::bar::Pass;
use crate::web::view::visitor::{Enrol, PassStranger};
use crate::web::view::{Notice, Tone};
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::access::Role;
use meetellen_events::codec::Found;
use meetellen_events::values::{Code, EntryId, PersonId, SessionId};
use serde::Deserialize;
use serde_json::json;

/// The routes below `/p`.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(
        path("/p/{code}")
            .route(read().to(scanned))
            .route(web::post().to(count)),
    );
}

/// What was just done with a pass.
#[derive(Deserialize)]
struct Done {
    done: Option<EntryId>,
}

/// `GET /p/CODE`.
async fn scanned(
    node: Data<Node>,
    request: HttpRequest,
    code: Path<String>,
    done: Query<Done>,
) -> Result<HttpResponse, Problem> {
    let unknown = || Problem::from(Cause::UnknownCode);
    let code: Code = code.parse().map_err(|_| unknown())?;
    let hash = secrets::hash(code.bytes());
    let organisation = node.find(&Found::Secret(hash)).ok_or_else(unknown)?;
    let live = node.open(organisation).await?;
    let now = node.now();
    let (person, volunteer) = {
        let live = live.read();
        belongs_to(&request, &live, now);
        let person = live
            .organisation
            .person_by_pass(&hash)
            .ok_or_else(unknown)?;
        let today = live.house.get().zone().day_of(now);
        let people = live.organisation.people();
        (person, people.is_volunteer(person, today))
    };
    let caller = caller::find(&node, &request).await.ok().flatten();
    match caller.filter(|caller| caller.organisation == organisation && caller.role != Role::Viewer)
    {
        Some(caller) => {
            let page = page(
                &node,
                &request,
                &caller,
                (code, person, volunteer),
                done.done,
            );
            show(&node, &request, &page.await?)
        }
        None if volunteer => {
            let Frame { t, page } = Frame::team(&request);
            let enrol = Enrol {
                t,
                page,
                code: code.to_string(),
                role: "volunteer".to_owned(),
                name: None,
            };
            show(&node, &request, &enrol)
        }
        None => {
            let Frame { t, page } = Frame::visitor(&request);
            show(&node, &request, &PassStranger { t, page })
        }
    }
}

async fn page(
    node: &Node,
    request: &HttpRequest,
    caller: &Caller,
    (code, person, volunteer): (Code, PersonId, bool),
    done: Option<EntryId>,
) -> Result<Pass, Problem> {
    let names = Names::of_persons(node, caller.organisation, &caller.live).await?;
    let frame = Frame::of(node, request, caller);
    let t = frame.t;
    let live = caller.live.read();
    let ledger = live.house.get();
    let sessions = offered(&live, ledger.zone(), node.now());
    let shifts = live.house.today().open_shifts();
    let shift = shifts.iter().find(|shift| shift.volunteer == person);
    let counted = done.and_then(|done| ledger.kept(live.organisation.entry(done)?.0));
    let mut page = frame.page;
    page.notice = counted.map(|row| {
        let key = if row.retracted {
            "pass-taken-back"
        } else if super::telling::is_already_counted(&row.event) {
            "pass-already"
        } else {
            "pass-counted"
        };
        Notice {
            tone: Tone::Counted,
            text: t.say(key),
        }
    });
    Ok(Pass {
        t,
        page,
        code: code.to_string(),
        name: names
            .get(person)
            .filter(|_| volunteer)
            .map(ToOwned::to_owned),
        undoable: done.and_then(|done| undoable(node, &live, &names, t, done)),
        entry: form::new_entry(node),
        drop_in_chosen: sessions.iter().all(|session| !session.chosen),
        sessions,
        volunteer,
        shift: shift.map(|shift| running(node, ledger, &names, t, shift)),
        shift_kinds: SHIFT_KINDS.to_vec(),
        shift_entry: form::new_entry(node),
    })
}

/// `POST /p/CODE`: counts the holder.
async fn count(
    node: Data<Node>,
    request: HttpRequest,
    recorder: Recorder,
    code: Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    belongs_to(&request, &recorder.live.read(), node.now());
    let id = sent.entry(&node);
    let session: Option<SessionId> = sent.parsed("session")?;
    let fields = json!({ "type": "check_in", "pass": code.as_str(), "session": session });
    Author::of(&node, &recorder).record(id, &fields).await?;
    Ok(see(format!("/p/{code}?done={id}")))
}
