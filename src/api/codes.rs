//! Codes to print and to show: what is scanned on a wall.

use super::caller::{Caller, Coordinator, Volunteer};
use super::fields::{self, Body, Fields, Read, Wrong};
use super::query::Parameters;
use crate::node::Node;
use crate::problem::{Cause, Problem, unknown_method};
use crate::secrets;
use crate::web::qr;
use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use meetellen_events::codec::Found;
use meetellen_events::organisation::Request;
use meetellen_events::programme::state::Issued;
use meetellen_events::programme::{Command, Target};
use meetellen_events::values::{Code, Day, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

/// The routes of codes. The longer paths come first: a code's own would take them too.
pub fn routes(api: &mut ServiceConfig) {
    api.service(
        web::resource("/codes")
            .route(web::post().to(issue))
            .route(web::get().to(list))
            .default_service(web::to(unknown_method)),
    )
    .service(
        web::resource("/codes/{code}.svg")
            .route(web::get().to(svg))
            .default_service(web::to(unknown_method)),
    )
    .service(
        web::resource("/codes/{code}.png")
            .route(web::get().to(png))
            .default_service(web::to(unknown_method)),
    )
    .service(
        web::resource("/codes/{code}")
            .route(web::delete().to(withdraw))
            .default_service(web::to(unknown_method)),
    );
}

/// A body that makes a code; none where it is for a survey, which nobody has yet.
pub struct NewCode {
    target: Option<Target>,
    day: Option<Day>,
    valid_until: Option<Timestamp>,
}

impl Read for NewCode {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let target = match fields.raw("for") {
            Some(Value::Object(_)) => fields.object("for", thing),
            Some(value) => {
                let word = word(value);
                word.map_err(|wrong| fields.wrong("for", wrong)).ok()
            }
            None => {
                fields.must_have("for");
                None
            }
        };
        Some(Self {
            day: fields.optional("day", fields::day),
            valid_until: fields.optional("valid_until", fields::instant),
            target: target?,
        })
    }
}

fn word(value: &Value) -> Result<Option<Target>, Wrong> {
    Ok(Some(match fields::text(value)? {
        "door" => Target::Door,
        "bar" => Target::Bar,
        "coffee" => Target::Coffee,
        "gift" => Target::Gift,
        _ => {
            return Err(Wrong::value(
                "must be one of door, bar, coffee, gift, or an object",
            ));
        }
    }))
}

fn thing(fields: &mut Fields<'_>) -> Option<Option<Target>> {
    let given = ["activity", "session", "survey"];
    let count = given.iter().filter(|name| fields.has(name)).count();
    let activity = fields.optional("activity", fields::id);
    let session = fields.optional("session", fields::id);
    let survey: Option<uuid::Uuid> = fields.optional("survey", fields::id);
    if count != 1 {
        fields.refuse_all("must name one of activity, session, survey");
        return None;
    }
    let known = activity.map(Target::Activity);
    let known = known.or_else(|| session.map(Target::Session));
    match known {
        Some(target) => Some(Some(target)),
        None => survey.map(|_| None),
    }
}

#[derive(Serialize)]
struct Shown {
    code: Code,
    url: String,
    r#for: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<Timestamp>,
}

impl Shown {
    fn new(node: &Node, code: Code, issued: &Issued) -> Self {
        Self {
            code,
            url: url(node, code),
            r#for: match issued.target {
                Target::Activity(activity) => json!({ "activity": activity }),
                Target::Session(session) => json!({ "session": session }),
                Target::Door => "door".into(),
                Target::Bar => "bar".into(),
                Target::Coffee => "coffee".into(),
                Target::Gift => "gift".into(),
            },
            day: issued.day,
            valid_until: issued.valid_until,
        }
    }
}

/// Where a code leads.
pub fn url(node: &Node, code: Code) -> String {
    format!("{}/c/{code}", node.public_url)
}

/// `POST /api/v1/codes`.
async fn issue(
    coordinator: Coordinator,
    node: Data<Node>,
    body: Body<NewCode>,
) -> Result<HttpResponse, Problem> {
    let NewCode {
        target,
        day,
        valid_until,
    } = body.0;
    let target =
        target.ok_or_else(|| Problem::from(Cause::NotFound).because("there is no such survey"))?;
    let code = secrets::code().map_err(|error| Problem::internal(&error))?;
    let command = Command::IssueCode {
        code,
        target,
        day,
        valid_until,
    };
    coordinator.ask(&node, Request::Programme(command)).await?;
    let issued = Issued {
        target,
        day,
        valid_until,
        withdrawn: false,
    };
    Ok(HttpResponse::Created().json(Shown::new(&node, code, &issued)))
}

/// `GET /api/v1/codes`: those that are good.
async fn list(
    volunteer: Volunteer,
    node: Data<Node>,
    mut query: Parameters,
) -> Result<HttpResponse, Problem> {
    let page = query.page::<Code>()?;
    query.end()?;
    let (today, now) = (volunteer.today(&node), node.now());
    let seen = volunteer.live.read();
    let codes = seen.organisation.programme().codes();
    let good = codes.filter(|(_, issued)| issued.is_good(today, now));
    Ok(page.of(good.map(|(code, issued)| (code, Shown::new(&node, code, issued)))))
}

/// `DELETE /api/v1/codes/{code}`.
pub async fn withdraw(
    coordinator: Coordinator,
    node: Data<Node>,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let code = ours(&node, &coordinator, &code)?;
    let command = Command::WithdrawCode(code);
    coordinator.ask(&node, Request::Programme(command)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A code of the caller's organisation.
fn ours(node: &Node, caller: &Caller, text: &str) -> Result<Code, Problem> {
    let code: Code = text
        .parse()
        .map_err(|_| Problem::from(Cause::UnknownCode))?;
    match node.find(&Found::Code(code)) {
        Some(organisation) if organisation == caller.organisation => Ok(code),
        Some(_) => Err(Cause::CodeOfAnotherOrganisation.into()),
        None => Err(Cause::UnknownCode.into()),
    }
}

/// Draws a code that was not withdrawn.
fn drawn(node: &Node, caller: &Caller, text: &str) -> Result<(String, qr::Code), Problem> {
    let code = ours(node, caller, text)?;
    let is_there = {
        let seen = caller.live.read();
        let issued = seen.organisation.programme().code(code);
        issued.is_some_and(|issued| !issued.withdrawn)
    };
    if !is_there {
        return Err(Cause::UnknownCode.into());
    }
    let url = url(node, code);
    let drawn = qr::Code::of(&url).map_err(|error| Problem::internal(&error))?;
    Ok((url, drawn))
}

/// `GET /api/v1/codes/{code}.svg`.
async fn svg(
    volunteer: Volunteer,
    node: Data<Node>,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let (url, drawn) = drawn(&node, &volunteer, &code)?;
    Ok(HttpResponse::Ok()
        .content_type("image/svg+xml")
        .body(drawn.svg(&url)))
}

/// `GET /api/v1/codes/{code}.png`.
async fn png(
    volunteer: Volunteer,
    node: Data<Node>,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let (_, drawn) = drawn(&node, &volunteer, &code)?;
    let file = drawn.png().map_err(|error| Problem::internal(&error))?;
    Ok(HttpResponse::Ok().content_type("image/png").body(file))
}
