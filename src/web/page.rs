//! The page routes: what stands around each page, and how one is answered.
//!
//! Always true: GET records nothing; POST answers with a redirect; what is tallied goes through the same door as the
//! API's entries. Tested in `tests/pages.rs`.

mod activities;
mod bar;
mod devices;
mod entrance;
mod entries;
mod facts;
mod form;
mod mend;
mod month;
mod pass;
mod people;
mod phone;
mod posters;
mod programme;
mod settings;
mod standing;
mod statements;
mod telling;
mod today;
mod visitor;

use super::view::{Notice, Page, Tone};
use super::{browser, problems};
use crate::api::caller::Caller;
use crate::i18n::Language;
use crate::live::Live;
use crate::node::Node;
use crate::problem::{self, Problem};
use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION, REFERER};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, Resource, Route, guard};
use askama::Template;
use jiff::civil::Date;
use meetellen_events::values::Timestamp;

/// What stands above a page before there is an organisation.
const PRODUCT: &str = "Meetellen";

/// How long a chosen language is kept.
const LANGUAGE_DAYS: i64 = 365;

/// Every page route.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .app_data(problem::form())
        .app_data(problem::path())
        .app_data(problem::query())
        .configure(browser::assets)
        .service(path("/problems/{slug}").route(read().to(problems::kind)))
        .configure(activities::routes)
        .configure(bar::routes)
        .configure(devices::routes)
        .configure(entrance::routes)
        .configure(entries::routes)
        .configure(mend::routes)
        .configure(month::routes)
        .configure(pass::routes)
        .configure(people::routes)
        .configure(posters::routes)
        .configure(programme::routes)
        .configure(settings::routes)
        .configure(standing::routes)
        .configure(statements::routes)
        .configure(today::routes)
        .configure(visitor::routes);
}

/// A path that is only read. Link previews ask for heads alone.
fn read() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// A path, which answers other methods as the contract says.
fn path(path: &str) -> Resource {
    web::resource(path).default_service(web::to(problem::unknown_method))
}

/// The page of ours that a form was sent from.
pub fn own_referer(request: &HttpRequest) -> Option<String> {
    let from = request.headers().get(REFERER)?.to_str().ok()?;
    let own = from
        .split_once("://")?
        .1
        .strip_prefix(browser::host(request))?;
    own.starts_with('/').then(|| own.to_owned())
}

/// The organisation a request turned out to be about, for what stands around its page or problem.
#[derive(Debug, Clone)]
struct House {
    name: String,
    demo: bool,
    today: Date,
}

/// Notes whose page it is, so that a problem shows it too.
pub fn belongs_to(request: &HttpRequest, live: &Live, now: Timestamp) {
    let Some(zone) = live.organisation.zone() else {
        return;
    };
    request.extensions_mut().insert(House {
        name: live
            .organisation
            .name()
            .map_or_else(|| PRODUCT.to_owned(), ToString::to_string),
        demo: live.organisation.is_demo(),
        today: zone.day_of(now).date(),
    });
}

/// What stands around a page, and in which language it speaks.
pub struct Frame {
    /// The reader's language.
    pub t: Language,
    /// What stands around it.
    pub page: Page,
}

impl Frame {
    /// Around the page of a request, in one of the languages offered.
    pub fn new(request: &HttpRequest, offered: &[Language]) -> Self {
        let house = request.extensions().get::<House>().cloned();
        let page = Page {
            organisation: house
                .as_ref()
                .map_or_else(|| PRODUCT.to_owned(), |house| house.name.clone()),
            today: house.as_ref().map(|house| house.today),
            demo: house.is_some_and(|house| house.demo),
            stylesheet: browser::stylesheet_address(),
            query: other_than_language(request.query_string()),
            languages: offered.to_vec(),
            notice: None,
        };
        Self {
            t: browser::language(request, offered),
            page,
        }
    }

    /// Around a page for a device that is in.
    pub fn of(node: &Node, request: &HttpRequest, caller: &Caller) -> Self {
        belongs_to(request, &caller.live.read(), node.now());
        let mut frame = Self::team(request);
        frame.page.notice = was_kept(request.query_string()).then(|| Notice {
            tone: Tone::Counted,
            text: frame.t.say("done-kept"),
        });
        frame
    }

    /// Around a page of the bar or the coordinator.
    pub fn team(request: &HttpRequest) -> Self {
        Self::new(request, &Language::TEAM)
    }

    /// Around a visitor's page.
    pub fn visitor(request: &HttpRequest) -> Self {
        Self::new(request, &Language::VISITOR)
    }
}

/// Whether the page follows a form that was kept.
fn was_kept(query: &str) -> bool {
    query.split('&').any(|pair| pair == "done=kept")
}

/// The query without its language, ready to stand before another one.
fn other_than_language(query: &str) -> String {
    query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="))
        .map(|pair| format!("{pair}&"))
        .collect()
}

/// Answers with a page. It is kept nowhere: its forms carry ids of entries. A language that was asked for is kept.
pub fn show(
    node: &Node,
    request: &HttpRequest,
    template: &impl Template,
) -> Result<HttpResponse, Problem> {
    show_with(StatusCode::OK, node, request, template)
}

/// Answers with a page that says what was wrong with what was sent.
pub fn show_mistake(
    node: &Node,
    request: &HttpRequest,
    template: &impl Template,
) -> Result<HttpResponse, Problem> {
    show_with(StatusCode::UNPROCESSABLE_ENTITY, node, request, template)
}

fn show_with(
    status: StatusCode,
    node: &Node,
    request: &HttpRequest,
    template: &impl Template,
) -> Result<HttpResponse, Problem> {
    let html = template
        .render()
        .map_err(|error| Problem::internal(&error))?;
    let mut response = HttpResponse::build(status);
    response
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"));
    if let Some(chosen) = browser::asked_language(request.query_string(), &Language::VISITOR) {
        let kept = Cookie::build(browser::LANGUAGE_COOKIE, chosen.tag())
            .path("/")
            .max_age(time::Duration::days(LANGUAGE_DAYS))
            .same_site(SameSite::Lax)
            .secure(node.is_https())
            .http_only(true);
        response.cookie(kept.finish());
    }
    Ok(response.body(html))
}

/// Answers a form: the browser gets the page at `address`, which may be loaded again as often as one likes.
pub fn see(address: impl AsRef<str>) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, address.as_ref()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}
